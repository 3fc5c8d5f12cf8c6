//! A team's day: who is in it, and the visits it makes. Officers are called away, and the visits stand.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::session::State;
use serde_json::json;
use uuid::Uuid;

use super::change::{people, put_people};
use super::{Session, called_off_that_day, find, of_team_day};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::{Desk, teams};

/// One visit of a team's day, with its sessions in order of time.
#[derive(Debug, Clone)]
pub struct TeamVisit {
    /// The sessions that are offered, confirmed or delivered.
    pub sessions: Vec<Session>,
}

/// A team's day.
#[derive(Debug, Clone)]
pub struct TeamDay {
    /// The team.
    pub team: teams::Team,
    /// The day.
    pub on: NaiveDate,
    /// Who is named for the day, one a line; where nobody was, those of its first visit that names any.
    pub people: String,
    /// For a kindly refused stale edit; 0 where nobody was named yet.
    pub version: i64,
    /// Its visits, by time.
    pub visits: Vec<TeamVisit>,
    /// What was to be, and was called off, by time.
    pub called_off: Vec<Session>,
    /// Why the team does not come that day, where it does not.
    pub away: Option<domain::availability::Away>,
}

impl TeamDay {
    /// The sessions that are still to come: what calling the day off cancels.
    #[must_use]
    pub fn coming(&self) -> Vec<&Session> {
        let coming = |s: &&Session| matches!(s.state, State::Confirmed | State::Offered);
        self.visits.iter().flat_map(|v| v.sessions.iter().filter(coming)).collect()
    }

    /// Whether a visit still to come names other people than the day does.
    #[must_use]
    pub fn differs(&self) -> bool {
        let coming = |s: &&Session| matches!(s.state, State::Confirmed | State::Offered);
        self.visits.iter().flat_map(|v| v.sessions.iter().find(coming)).any(|s| s.who_comes != self.people)
    }
}

/// A team's day, with the visits the actor may see.
///
/// # Errors
/// Not found; forbidden.
pub async fn team_day(desk: &Desk, actor: &Actor, team: Uuid, on: NaiveDate) -> Result<TeamDay> {
    desk.authorise(actor, Operation::AssignPeople)?;
    let mut conn = desk.read().await?;
    load(&mut conn, actor, team, on).await
}

async fn load(conn: &mut Conn, actor: &Actor, id: Uuid, on: NaiveDate) -> Result<TeamDay> {
    let team = teams::find(conn, actor, id).await?;
    let named = fetch_optional!(
        conn,
        (String, i64),
        "SELECT people, version FROM team_day WHERE team_id = $1 AND on_date = $2",
        id,
        on,
    )?;
    let sessions = of_team_day(conn, actor, id, on).await?;
    let mut visits: Vec<TeamVisit> = Vec::new();
    for session in sessions {
        match visits.iter_mut().find(|v| v.sessions.iter().any(|s| s.visit_id == session.visit_id)) {
            Some(visit) => visit.sessions.push(session),
            None => visits.push(TeamVisit { sessions: vec![session] }),
        }
    }
    // Where nobody was named for the day, the form begins with whom its visits name: saving must not wipe them out.
    let (people, version) = named.unwrap_or_else(|| {
        let first = visits.iter().flat_map(|v| &v.sessions).map(|s| &s.who_comes).find(|who| !who.is_empty());
        (first.cloned().unwrap_or_default(), 0)
    });
    let called_off = called_off_that_day(conn, actor, id, on).await?;
    let mut calendars = crate::availability::teams(conn, &[id], on, on).await?;
    let away = calendars.remove(&id).and_then(|calendar| calendar.away(on));
    Ok(TeamDay { team, on, people, version, visits, called_off, away })
}

/// Names who is in a team on a day, one person a line. Its visits that are still to come keep their bookings, name
/// these people from now on, and their schools are told; visits booked later begin with them.
///
/// # Errors
/// Not found; forbidden; too long; the day is over; somebody else changed it since `version`.
pub async fn set_team_day(
    desk: &Desk,
    actor: &Actor,
    team: Uuid,
    on: NaiveDate,
    version: i64,
    who_comes: &str,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::AssignPeople)?;
    let text = people(who_comes)?;
    if on < desk.today() {
        return Err(Error::refused("This day is over: who came then stays as it was"));
    }
    let mut conn = desk.write().await?;
    let day = load(&mut conn, actor, team, on).await?;
    let written = execute!(
        conn,
        "INSERT INTO team_day (team_id, on_date, people, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (team_id, on_date) DO UPDATE SET people = excluded.people, version = excluded.version
         WHERE team_day.version = $5",
        team,
        on,
        &text,
        version + 1,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    for visit in &day.visits {
        let coming = visit.sessions.iter().find(|s| matches!(s.state, State::Confirmed | State::Offered));
        if let Some(session) = coming {
            // Read again: on PostgreSQL somebody may have changed the visit since the day was loaded.
            let session = find(&mut conn, actor, session.id).await?;
            put_people(&mut conn, desk, actor, &session, session.visit_version, &text).await?;
        }
    }
    let change = Change {
        operation: Operation::AssignPeople,
        authority: actor.authority().map(|code| code.as_str()),
        record_kind: "team",
        record_id: team.to_string(),
        before: json!({ "on": on, "people": audit::REDACTED }),
        after: json!({ "on": on, "people": audit::REDACTED, "visits": day.visits.len() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, team).await?;
    Ok(team)
}
