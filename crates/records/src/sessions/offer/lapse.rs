//! Offers that nobody answered in time: a background job lets them lapse, and reminds before.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation, Role};
use domain::offer;
use domain::session::{self, Event, State};
use serde_json::json;
use uuid::Uuid;

use super::given_back;
use crate::Desk;
use crate::audit::{self, Change};
use crate::error::Result;
use crate::reminders;
use crate::sessions::{find, happened, mail, reserve};

/// Offers and reservations that a turn of the job looks at, of each kind.
const MOST: i64 = 100;

/// Lets offers lapse that nobody answered in time, and reservations that ran out; each in a transaction of its own, so
/// that their slots go to whoever waits. Says how many lapsed.
///
/// # Errors
/// The database does not answer.
pub async fn lapse_due(desk: &Desk) -> Result<u64> {
    let mut conn = desk.read().await?;
    let offers = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM session WHERE state = 'offered' AND offered_until < $1 ORDER BY offered_until, id LIMIT $2",
        desk.now(),
        MOST,
    )?;
    drop(conn);
    let mut lapsed = 0;
    for (id,) in offers {
        lapsed += u64::from(lapse(desk, id).await?);
    }
    Ok(lapsed + reserve::lapse_due(desk, MOST).await?)
}

/// Whether this turn let the offer lapse: another server's may have been first, or the school.
async fn lapse(desk: &Desk, id: Uuid) -> Result<bool> {
    let actor = Actor::SYSTEM;
    let mut conn = desk.write().await?;
    let state = session::after(Some(State::Offered), Event::Lapse, Role::System)?;
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, version = version + 1
         WHERE id = $3 AND state = 'offered' AND offered_until < $4",
        state.as_str(),
        state.is_live(),
        id,
        desk.now(),
    )?;
    if written == 0 {
        return Ok(false);
    }
    let session = find(&mut conn, &actor, id).await?;
    happened(&mut conn, desk, &actor, id, Event::Lapse.as_str(), (Some(State::Offered), state), "").await?;
    let change = Change {
        operation: Operation::AnswerOffer,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: id.to_string(),
        before: json!({ "state": State::Offered }),
        after: json!({ "state": state }),
    };
    audit::write(&mut conn, desk, &actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::OfferLapsed).await?;
    given_back(&mut conn, desk, &session, true).await?;
    conn.commit().await?;
    Ok(true)
}

/// Reminds schools of offers that they have not answered for a week, and of those that lapse soon; of each once. Says how
/// many were reminded.
///
/// # Errors
/// The database does not answer.
pub async fn remind(desk: &Desk) -> Result<u64> {
    let now = desk.now();
    let mut conn = desk.read().await?;
    let open = fetch_all!(
        conn,
        (Uuid, chrono::NaiveDate, DateTime<Utc>, DateTime<Utc>),
        "SELECT x.id, x.on_date, x.created_at, x.offered_until FROM session x
         WHERE x.state = 'offered' AND x.offered_until >= $1 AND (x.offered_until <= $2 OR x.created_at <= $3)
           AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.session_id = x.id AND r.on_date = x.on_date
                AND r.kind = CASE WHEN x.offered_until <= $2 THEN 'offer' ELSE 'offer_week' END)
         ORDER BY x.offered_until, x.id LIMIT $4",
        now,
        now + chrono::TimeDelta::days(offer::REMINDER_DAYS),
        now - chrono::TimeDelta::days(offer::FIRST_REMINDER_DAYS),
        MOST,
    )?;
    drop(conn);
    let mut reminded = 0;
    for (id, on, offered_at, until) in open {
        let Some(kind) = offer::reminder_due(now, offered_at, until) else { continue };
        let mut conn = desk.write().await?;
        if reminders::claim(&mut conn, desk, id, kind, on).await? {
            mail::tell(&mut conn, desk, id, mail::News::OfferReminder { until }).await?;
            reminded += 1;
        }
        conn.commit().await?;
    }
    Ok(reminded)
}
