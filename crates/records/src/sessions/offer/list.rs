//! Offers that wait for an answer.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::session::Group;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::sessions::{find, groups};
use crate::within::Within;

/// An offer that waits for an answer, as a line of a home page.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Open {
    /// The session.
    pub id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// The school.
    pub school: String,
    /// On which day.
    pub on_date: NaiveDate,
    /// What its slot is called.
    pub slot_label: String,
    /// Until when it may be answered; none: no end.
    pub offered_until: Option<DateTime<Utc>>,
}

/// The offers within a scope that wait for an answer: those that lapse first come first; at most 50.
pub(crate) async fn open_within(conn: &mut Conn, desk: &Desk, within: &Within) -> Result<Vec<Open>> {
    fetch_all!(
        conn,
        Open,
        "SELECT x.id, p.name AS programme, v.name AS school, x.on_date, x.slot_label, x.offered_until
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
            JOIN programme p ON p.id = x.programme_id JOIN tour t ON t.id = x.tour_id
         WHERE x.state = 'offered' AND (x.offered_until IS NULL OR x.offered_until >= $1)
            AND ($2 IS NULL OR x.authority_code = $2) AND ($3 IS NULL OR t.provider_id = $3)
            AND (($4 IS NULL AND $5 IS NULL) OR EXISTS (SELECT 1 FROM attending_group g JOIN setting s ON s.id = g.setting_id
                WHERE g.session_id = x.id AND (s.id = $4 OR s.trust_code = $5)))
         ORDER BY x.offered_until, x.on_date, x.starts_minute, x.id LIMIT 50",
        desk.now(),
        within.authority.as_deref(),
        within.provider,
        within.setting,
        within.trust.as_deref(),
    )
}

/// The groups of an offer's own school, to be corrected on accepting.
///
/// # Errors
/// Not found; forbidden.
pub async fn offered_groups(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<Group>> {
    desk.authorise(actor, Operation::AnswerOffer)?;
    let mut conn = desk.read().await?;
    let session = find(&mut conn, actor, id).await?;
    let all = groups(&mut conn, &Actor::SYSTEM, id).await?;
    Ok(all
        .into_iter()
        .filter(|g| g.setting_id == session.venue_id)
        .map(|g| Group {
            year_groups: g.year_groups,
            label: g.label,
            expected: g.expected,
            expected_send: g.expected_send,
        })
        .collect())
}
