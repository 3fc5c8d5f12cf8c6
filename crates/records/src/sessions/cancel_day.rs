//! A team's whole day is called off: every visit of it, in one step.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::session::{self, Event, Reason, State};
use serde_json::{Value, json};
use uuid::Uuid;

use super::change::{Why, end};
use super::in_calendars::of_team_day;
use super::{Session, check_notice, find, reserve};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::{Desk, availability, openings, providers, teams};

/// What calling a team's day off does.
#[derive(Debug, Clone)]
pub struct CancelDay {
    /// The sessions the person saw, all of which are cancelled.
    pub sessions: Vec<Uuid>,
    /// Why.
    pub why: Why,
    /// The team is away that day: its free openings are withdrawn, and neither a plan nor a waiting list uses the day.
    pub away: bool,
}

/// Cancels every session of a team's day that is offered or confirmed and that the actor may see, all or none; their
/// schools and the provider are told, and the requests they served are open again. Slots somebody is just booking are
/// let go of when the team is away.
///
/// # Errors
/// Not found; forbidden; the day is over; nothing is to come that day and the team stays; the day's sessions are no
/// longer those that were seen, which is stale.
pub async fn cancel_day(desk: &Desk, actor: &Actor, team: Uuid, on: NaiveDate, how: &CancelDay) -> Result<Uuid> {
    desk.authorise(actor, Operation::CancelSession)?;
    if how.away {
        desk.authorise(actor, Operation::EditProvider)?;
        desk.authorise(actor, Operation::EditOpenings)?;
    }
    how.why.check()?;
    let mut conn = desk.write().await?;
    teams::find(&mut conn, actor, team).await?;
    if on < desk.today() {
        return Err(Error::refused("This day is over: mark what did not take place as missed"));
    }
    // A booking locks its opening in the same way: it comes before this, and is seen, or after, and finds none.
    execute!(conn, "UPDATE opening SET slot = slot WHERE team_id = $1 AND on_date = $2", team, on)?;
    let coming = coming(of_team_day(&mut conn, actor, team, on).await?);
    if coming.is_empty() && !how.away {
        return Err(Error::refused("No session of this day is still to come"));
    }
    if coming.len() != how.sessions.len() || coming.iter().any(|s| !how.sessions.contains(&s.id)) {
        return Err(Conflict::Stale.into());
    }
    // Before the sessions end: what they give back must find the team away.
    if how.away {
        stay_away(&mut conn, desk, actor, team, on, &how.why).await?;
    }
    for seen in &coming {
        // A handful. Read again: on PostgreSQL somebody may have changed it since the day was read.
        let session = find(&mut conn, actor, seen.id).await?;
        let state = session::after(Some(session.state), Event::Cancel, actor.role)?;
        check_notice(desk, actor.role, &session)?;
        let is_free = !how.away && !how.why.reason.is_the_teams();
        end(&mut conn, desk, actor, &session, seen.version, (Event::Cancel, state), &how.why, is_free).await?;
    }
    desk.commit(conn, team).await?;
    Ok(team)
}

/// The sessions that calling the day off cancels.
pub(super) fn coming(sessions: Vec<Session>) -> Vec<Session> {
    sessions.into_iter().filter(|s| matches!(s.state, State::Offered | State::Confirmed)).collect()
}

/// Puts leave on the day, unless there is some; withdraws its free openings, and lets go of slots being booked.
async fn stay_away(conn: &mut Conn, desk: &Desk, actor: &Actor, team: Uuid, on: NaiveDate, why: &Why) -> Result<()> {
    execute!(conn, "UPDATE team SET version = version WHERE id = $1", team)?;
    if availability::leave(conn, &[team], on, on).await?.is_empty() {
        let note: String = why.text().chars().take(120).collect();
        execute!(
            conn,
            "INSERT INTO team_leave (id, team_id, starts, ends, note, created_at) VALUES ($1, $2, $3, $3, $4, $5)",
            Uuid::now_v7(),
            team,
            on,
            note,
            desk.now(),
        )?;
        let after = json!({ "leave_from": on, "leave_to": on });
        providers::record(conn, desk, actor, "team", team, Value::Null, after).await?;
    }
    reserve::let_go_of_day(conn, desk, actor, team, on).await?;
    openings::withdraw_free(conn, desk, actor, team, on).await
}

/// Whether a reason is one for which a whole day is called off.
#[must_use]
pub fn calls_off_a_day(reason: Reason) -> bool {
    reason.is_the_teams() || matches!(reason, Reason::Other)
}
