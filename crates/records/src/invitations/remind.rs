//! Reminders of invitations that nobody has answered: after a week, and two days before they lapse. And their withdrawal.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use domain::access::{Actor, Operation, Scope};
use domain::invitation::{InvitationState, LAST_REMINDER_DAYS, REMIND_AFTER_DAYS};
use domain::reminder::invitation_may_wait;
use serde_json::json;
use uuid::Uuid;

use super::mail::Reminder;
use super::{SettingRow, addresses, link, mail, people_of, tour};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};
use crate::within::Within;

#[derive(sqlx::FromRow)]
struct Due {
    id: Uuid,
    tour_id: Uuid,
    setting_id: Uuid,
    answer_by: Option<NaiveDate>,
    sendings: i64,
}

/// `claim!("…", "…")`: sets the instant of a reminder where it is due and nobody has set it, and says which those are. Of
/// two servers that run it at once, the second waits for the first and then finds nothing.
macro_rules! claim {
    ($set:literal, $due:literal) => {
        concat!(
            "UPDATE invitation SET ",
            $set,
            " WHERE state = 'sent' AND ",
            $due,
            " AND EXISTS (SELECT 1 FROM tour t JOIN setting s ON s.id = invitation.setting_id
                WHERE t.id = invitation.tour_id AND t.status = 'open' AND t.ends >= $2 AND s.status IN ('open', 'closing'))
              AND NOT EXISTS (SELECT 1 FROM request r WHERE r.tour_id = invitation.tour_id
                AND r.setting_id = invitation.setting_id AND r.state IN ('asked', 'placed'))
              AND NOT EXISTS (SELECT 1 FROM session x JOIN attending_group g ON g.session_id = x.id
                WHERE x.tour_id = invitation.tour_id AND x.live AND g.setting_id = invitation.setting_id)
             RETURNING id, tour_id, setting_id, answer_by, sendings"
        )
    };
}

/// Reminds the schools whose reminder is due, each once. Says how many schools were reminded: the background job's work.
/// A school that has asked for the tour itself, or has a session of it, is left alone.
///
/// # Errors
/// Forbidden to all but the system; the database does not answer.
pub async fn remind(desk: &Desk, actor: &Actor) -> Result<usize> {
    desk.authorise(actor, Operation::InviteSchools)?;
    if actor.scope != Scope::Everything {
        return Err(Error::Forbidden(Operation::InviteSchools));
    }
    let (now, today) = (desk.now(), desk.today());
    let mut conn = desk.write().await?;
    // The last one first: it makes the other one needless.
    let last = fetch_all!(
        conn,
        Due,
        claim!(
            "last_reminded_at = $1, reminded_at = COALESCE(reminded_at, $1)",
            "last_reminded_at IS NULL AND answer_by >= $2 AND answer_by <= $3"
        ),
        now,
        today,
        today + TimeDelta::days(LAST_REMINDER_DAYS),
    )?;
    let first = fetch_all!(
        conn,
        Due,
        claim!("reminded_at = $1", "reminded_at IS NULL AND sent_at <= $3 AND (answer_by IS NULL OR answer_by >= $2)"),
        now,
        today,
        now - TimeDelta::days(REMIND_AFTER_DAYS),
    )?;
    let reminded = first.len() + last.len();
    let mut by_tour = BTreeMap::<Uuid, Vec<(Reminder, Due)>>::new();
    let due = last.into_iter().map(|d| (Reminder::Last, d)).chain(first.into_iter().map(|d| (Reminder::First, d)));
    for (which, due) in due {
        by_tour.entry(due.tour_id).or_default().push((which, due));
    }
    for (tour_id, due) in by_tour {
        send(&mut conn, desk, tour_id, due).await?;
    }
    conn.commit().await?;
    Ok(reminded)
}

/// Writes one tour's reminders.
async fn send(conn: &mut Conn, desk: &Desk, tour_id: Uuid, due: Vec<(Reminder, Due)>) -> Result<()> {
    let tour = tour(conn, &Actor::SYSTEM, tour_id).await?;
    let ids: Vec<Uuid> = due.iter().map(|(_, d)| d.setting_id).collect();
    let schools =
        fetch_in!(conn, SettingRow, "SELECT id, name, email, trust_code, status FROM setting WHERE id IN ", ids, "")?;
    let addresses = addresses(conn, &tour.authority_code, &schools).await?;
    let names: BTreeMap<Uuid, &str> = schools.iter().map(|s| (s.id, s.name.as_str())).collect();
    for (which, due) in due {
        let school = names.get(&due.setting_id).copied().unwrap_or_default();
        let link = desk.address(&link::path(desk, due.id, due.sendings));
        for to in addresses.get(&due.setting_id).into_iter().flatten() {
            let mail = Mail {
                authority: Some(tour.authority_code.clone()),
                to: to.clone(),
                may_wait: which == Reminder::First && invitation_may_wait(desk.now(), due.answer_by),
                subject: format!("{}: {}", tour.programme, which.subject()),
                body: mail::reminder(which, &tour, school, due.answer_by, &link),
                record_kind: "invitation",
                record_id: due.id.to_string(),
                ..Mail::default()
            };
            outbox::put(conn, desk, mail).await?;
        }
    }
    Ok(())
}

/// An invitation, as the page that asks before it is withdrawn shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ToWithdraw {
    /// Its key.
    pub id: Uuid,
    /// The tour.
    pub tour_id: Uuid,
    /// Its name.
    pub tour: String,
    /// The school.
    pub setting_id: Uuid,
    /// Its name.
    pub school: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: InvitationState,
    /// What the school asks for stands on its own.
    pub has_request: bool,
}

async fn found(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<ToWithdraw> {
    let within = Within::of(actor);
    fetch_one!(
        conn,
        ToWithdraw,
        "SELECT i.id, i.tour_id, t.name AS tour, i.setting_id, s.name AS school, i.state,
            EXISTS (SELECT 1 FROM request r WHERE r.tour_id = i.tour_id AND r.setting_id = i.setting_id
                AND r.state IN ('asked', 'placed')) AS has_request
         FROM invitation i JOIN tour t ON t.id = i.tour_id JOIN setting s ON s.id = i.setting_id
         WHERE i.id = $1 AND ($2 IS NULL OR t.authority_code = $2)",
        id,
        within.authority,
    )
}

/// The invitation that is to be withdrawn.
///
/// # Errors
/// Not found; forbidden.
pub async fn to_withdraw(desk: &Desk, actor: &Actor, id: Uuid) -> Result<ToWithdraw> {
    desk.authorise(actor, Operation::InviteSchools)?;
    let mut conn = desk.read().await?;
    found(&mut conn, actor, id).await
}

/// Withdraws an invitation: its link then says so. What the school asked for stands. A school that had not answered is
/// told.
///
/// # Errors
/// Not found; forbidden; it was withdrawn already.
pub async fn withdraw(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::InviteSchools)?;
    let mut conn = desk.write().await?;
    let invitation = found(&mut conn, actor, id).await?;
    let written =
        execute!(conn, "UPDATE invitation SET state = 'withdrawn' WHERE id = $1 AND state <> 'withdrawn'", id)?;
    if written == 0 {
        return Err(Error::refused("This invitation was withdrawn already"));
    }
    let tour = tour(&mut conn, actor, invitation.tour_id).await?;
    let change = Change {
        operation: Operation::InviteSchools,
        authority: Some(&tour.authority_code),
        record_kind: "invitation",
        record_id: id.to_string(),
        before: json!({ "state": invitation.state }),
        after: json!({ "state": InvitationState::Withdrawn }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    if invitation.state == InvitationState::Sent {
        tell(&mut conn, desk, &tour, &invitation).await?;
    }
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn tell(conn: &mut Conn, desk: &Desk, tour: &super::Invited, invitation: &ToWithdraw) -> Result<()> {
    for to in people_of(conn, &tour.authority_code, invitation.setting_id).await? {
        let mail = Mail {
            authority: Some(tour.authority_code.clone()),
            to,
            may_wait: true,
            subject: format!("{}: the invitation is withdrawn", tour.programme),
            body: mail::withdrawn(tour, &invitation.school),
            record_kind: "invitation",
            record_id: invitation.id.to_string(),
            ..Mail::default()
        };
        outbox::put(conn, desk, mail).await?;
    }
    Ok(())
}
