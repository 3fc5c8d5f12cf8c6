//! A team's leave.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::availability::Leave;
use domain::session::State;
use serde_json::{Value, json};
use uuid::Uuid;

use super::find;
use crate::error::{Error, Result};
use crate::within::Within;
use crate::{Desk, availability, providers};

/// Most days of one leave: a slip of the year is longer.
const MOST_DAYS: i64 = 200;

/// What stands in a team's calendar on some days.
#[derive(Debug, Clone, Default)]
pub struct Met {
    /// Booked and offered sessions that the actor may see, by date.
    pub sessions: Vec<MetSession>,
    /// Free openings.
    pub openings: i64,
}

/// A session that leave falls on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MetSession {
    /// The session.
    pub id: Uuid,
    /// Its programme.
    pub programme: String,
    /// Where it is.
    pub venue: String,
    /// Its day.
    pub on_date: NaiveDate,
    /// Confirmed or offered.
    #[sqlx(try_from = "String")]
    pub state: State,
}

/// A team's leave that is not over, by first day.
///
/// # Errors
/// Not found; forbidden.
pub async fn leave_of(desk: &Desk, actor: &Actor, team: Uuid) -> Result<Vec<Leave>> {
    desk.authorise(actor, Operation::SeeProviders)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, team).await?;
    let leave = availability::leave(&mut conn, &[team], desk.today(), NaiveDate::MAX).await?;
    Ok(leave.into_iter().map(|(_, leave)| leave).collect())
}

/// What leave on these days would meet: sessions to be moved, openings to be withdrawn.
///
/// # Errors
/// Not found; forbidden.
pub async fn met_by(desk: &Desk, actor: &Actor, team: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Met> {
    desk.authorise(actor, Operation::EditProvider)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    find(&mut conn, actor, team).await?;
    let sessions = fetch_all!(
        conn,
        MetSession,
        "SELECT x.id, p.name AS programme, v.name AS venue, x.on_date, x.state
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
            JOIN programme p ON p.id = x.programme_id
         WHERE x.team_id = $1 AND x.on_date BETWEEN $2 AND $3 AND x.state IN ('confirmed', 'offered')
           AND ($4 IS NULL OR x.authority_code = $4) ORDER BY x.on_date, x.starts_minute, x.id",
        team,
        from.max(desk.today()),
        to,
        within.authority,
    )?;
    let openings = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM opening o WHERE o.team_id = $1 AND o.on_date BETWEEN $2 AND $3 AND NOT EXISTS
            (SELECT 1 FROM session s WHERE s.team_id = o.team_id AND s.on_date = o.on_date AND s.slot = o.slot AND s.live)",
        team,
        from.max(desk.today()),
        to,
    )?;
    Ok(Met { sessions, openings })
}

/// Adds leave. Sessions and openings stay: [`met_by`] names them beforehand.
///
/// # Errors
/// Not found; forbidden; fields to mend.
pub async fn add_leave(
    desk: &Desk,
    actor: &Actor,
    team: Uuid,
    from: NaiveDate,
    to: NaiveDate,
    note: &str,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let mut faults = domain::Faults::default();
    faults.unless(from <= to, "to", "The last day must be the same as or after the first day");
    faults.unless((to - from).num_days() < MOST_DAYS, "to", format!("Leave has at most {MOST_DAYS} days"));
    faults.unless(to >= desk.today(), "to", "The last day must be today or later");
    faults.at_most(note.trim(), 120, "note", "The note");
    faults.or(())?;
    let mut conn = desk.write().await?;
    find(&mut conn, actor, team).await?;
    // Two people at once must not add leave that overlaps.
    execute!(conn, "UPDATE team SET version = version WHERE id = $1", team)?;
    if let Some((_, other)) = availability::leave(&mut conn, &[team], from, to).await?.first() {
        let days = domain::availability::days(other.from, other.to);
        return Err(Error::field("from", format!("The team is on leave already: {days}")));
    }
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO team_leave (id, team_id, starts, ends, note, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        team,
        from,
        to,
        note.trim(),
        desk.now(),
    )?;
    let after = json!({ "leave_from": from, "leave_to": to });
    providers::record(&mut conn, desk, actor, "team", team, Value::Null, after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Takes leave back.
///
/// # Errors
/// Not found; forbidden.
pub async fn remove_leave(desk: &Desk, actor: &Actor, team: Uuid, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let mut conn = desk.write().await?;
    find(&mut conn, actor, team).await?;
    let (from, to) = fetch_one!(
        conn,
        (NaiveDate, NaiveDate),
        "DELETE FROM team_leave WHERE id = $1 AND team_id = $2 RETURNING starts, ends",
        id,
        team,
    )?;
    let before = json!({ "leave_from": from, "leave_to": to });
    providers::record(&mut conn, desk, actor, "team", team, before, Value::Null).await?;
    desk.commit(conn, team).await?;
    Ok(team)
}
