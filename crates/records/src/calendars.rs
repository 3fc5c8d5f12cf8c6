//! Everyone's calendar to look at: days with their sessions, openings, closed days and leave.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation, Role};
use domain::availability::{Away, Closed, SchoolCalendar};
use domain::calendar::bank_holidays_between;
use domain::session::State;
use domain::slot::TimeOfDay;
use domain::year_group::YearGroups;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;
use crate::{Desk, availability, providers, school_calendar, teams, tours};

/// Whose calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A school's.
    School(Uuid),
    /// A team's.
    Team(Uuid),
    /// A tour's.
    Tour(Uuid),
    /// A provider's, over all its teams.
    Provider(Uuid),
}

/// Most days looked at at once.
const MOST_DAYS: i64 = 62;

/// A session in a calendar.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Its key.
    pub id: Uuid,
    /// Its day.
    pub on_date: NaiveDate,
    starts_minute: Option<i64>,
    ends_minute: Option<i64>,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Its programme.
    pub programme: String,
    /// Where it is.
    pub venue: String,
    /// The team, where it is known.
    pub team: Option<String>,
}

/// A free opening in a calendar.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Opening {
    /// Its key.
    pub id: Uuid,
    /// Its tour.
    pub tour_id: Uuid,
    /// The tour's name.
    pub tour: String,
    /// The team's name.
    pub team: String,
    /// Its day.
    pub on_date: NaiveDate,
    #[sqlx(try_from = "i64", rename = "starts_minute")]
    /// When it begins.
    pub starts: TimeOfDay,
    /// When it ends.
    #[sqlx(try_from = "i64", rename = "ends_minute")]
    pub ends: TimeOfDay,
}

impl Session {
    /// From when to when, where it is known.
    #[must_use]
    pub fn times(&self) -> Option<(TimeOfDay, TimeOfDay)> {
        let time = |minute: Option<i64>| minute.and_then(|m| TimeOfDay::try_from(m).ok());
        time(self.starts_minute).zip(time(self.ends_minute))
    }
}

/// One day of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub on: NaiveDate,
    /// Why nothing can be on it: of a school, what closes it; of the others, a weekend, a bank holiday or the holidays
    /// between terms.
    pub closed: Option<Closed>,
    /// Dates of the school that concern some of its year groups only.
    pub in_part: Vec<String>,
    /// Teams that are away, with why.
    pub away: Vec<(String, Away)>,
    /// Its sessions, by time.
    pub sessions: Vec<Session>,
    /// Its free openings, by time.
    pub openings: Vec<Opening>,
}

/// A calendar to look at.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Whose it is.
    pub name: String,
    /// Its days, from the first to the last asked for.
    pub days: Vec<Day>,
}

/// Which sessions and openings a calendar has, as binds: none where it does not restrict by it.
#[derive(Default)]
struct Which {
    setting: Option<Uuid>,
    team: Option<Uuid>,
    tour: Option<Uuid>,
    provider: Option<Uuid>,
}

/// A calendar from one day to another, both included; at most two months of it.
///
/// A school's shows a provider its own sessions only. A team's or a provider's shows a council its own.
///
/// # Errors
/// Not found; forbidden.
pub async fn look(desk: &Desk, actor: &Actor, of: Of, from: NaiveDate, to: NaiveDate) -> Result<Calendar> {
    desk.authorise(actor, Operation::SeeCalendar)?;
    if !matches!(of, Of::School(_)) {
        desk.authorise(actor, Operation::SeeProviders)?;
    }
    if (to - from).num_days() >= MOST_DAYS {
        return Err(Error::refused("Look at one month at a time"));
    }
    let mut conn = desk.read().await?;
    let mut which = Which::default();
    let (name, authority, team_names) = match of {
        Of::School(id) => {
            which.setting = Some(id);
            let school = school_calendar::find(&mut conn, actor, id).await?;
            (school.name, Some(school.authority_code), BTreeMap::new())
        }
        Of::Team(id) => {
            which.team = Some(id);
            let team = teams::find(&mut conn, actor, id).await?;
            (team.name.clone(), home(&mut conn, actor, team.provider_id).await?, BTreeMap::from([(id, team.name)]))
        }
        Of::Tour(id) => {
            which.tour = Some(id);
            let tour = tours::find(&mut conn, actor, id).await?;
            let names = tour.teams.iter().map(|t| (t.id, t.name.clone())).collect();
            (tour.name, Some(tour.authority_code.as_str().to_owned()), names)
        }
        Of::Provider(id) => {
            which.provider = Some(id);
            let provider = providers::find(&mut conn, actor, id).await?;
            let names = fetch_all!(conn, (Uuid, String), "SELECT id, name FROM team WHERE provider_id = $1", id)?;
            (provider.name, home(&mut conn, actor, id).await?, names.into_iter().collect())
        }
    };
    let sessions = sessions(&mut conn, actor, &which, from, to).await?;
    let openings = match of {
        Of::School(_) => Vec::new(),
        _ => openings(&mut conn, actor, &which, from, to).await?,
    };
    let mut days = empty(&mut conn, of, authority.as_deref(), from, to).await?;
    let ids: Vec<Uuid> = team_names.keys().copied().collect();
    let calendars = availability::teams(&mut conn, &ids, from, to).await?;
    let away = |day: NaiveDate| {
        let mut away: Vec<(String, Away)> = calendars
            .iter()
            .filter_map(|(id, calendar)| Some((team_names.get(id)?.clone(), calendar.away(day)?)))
            .collect();
        away.sort_by(|a, b| a.0.cmp(&b.0));
        away
    };
    for day in &mut days {
        // What closes a whole day says enough.
        if day.closed.is_none() {
            day.away = away(day.on);
        }
        day.sessions = sessions.iter().filter(|s| s.on_date == day.on).cloned().collect();
        day.openings = openings.iter().filter(|o| o.on_date == day.on).cloned().collect();
    }
    Ok(Calendar { name, days })
}

/// The authority whose terms a team's calendar shows: the actor's own, else the only one its provider serves.
async fn home(conn: &mut Conn, actor: &Actor, provider: Uuid) -> Result<Option<String>> {
    if let Some(code) = actor.authority() {
        return Ok(Some(code.as_str().to_owned()));
    }
    let served = fetch_all!(
        conn,
        (String,),
        "SELECT authority_code FROM provider_authority WHERE provider_id = $1 LIMIT 2",
        provider,
    )?;
    Ok(if let [(only,)] = served.as_slice() { Some(only.clone()) } else { None })
}

/// The days without what happens on them.
async fn empty(conn: &mut Conn, of: Of, authority: Option<&str>, from: NaiveDate, to: NaiveDate) -> Result<Vec<Day>> {
    let calendar = match (of, authority) {
        (Of::School(id), Some(authority)) => {
            let mut calendars = availability::schools(conn, authority, &[id], from, to).await?;
            calendars.remove(&id).unwrap_or_default()
        }
        (_, Some(authority)) => SchoolCalendar {
            terms: availability::terms(conn, authority, from, to).await?,
            holidays: availability::holidays(conn, authority, from, to).await?,
            ..Default::default()
        },
        // In several authorities terms differ: only what all of England has is said.
        (_, None) => SchoolCalendar { holidays: bank_holidays_between(from, to), ..Default::default() },
    };
    let in_part = |day: NaiveDate| {
        let some = calendar.dates.iter().filter(|d| !d.year_groups.is_empty() && (d.from..=d.to).contains(&day));
        some.map(ToString::to_string).collect::<Vec<_>>()
    };
    Ok(from
        .iter_days()
        .take_while(|day| *day <= to)
        .map(|on| {
            let closed = calendar.closed_day(on, YearGroups::NONE);
            let in_part = if closed.is_some() { Vec::new() } else { in_part(on) };
            Day { on, closed, in_part, away: Vec::new(), sessions: Vec::new(), openings: Vec::new() }
        })
        .collect())
}

async fn sessions(
    conn: &mut Conn,
    actor: &Actor,
    which: &Which,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Session>> {
    let within = Within::of(actor);
    // Within a school's calendar its own people have been found already; a provider sees what is its own.
    let provider = within.provider.filter(|_| actor.role == Role::Provider);
    fetch_all!(
        conn,
        Session,
        "SELECT x.id, x.on_date, x.starts_minute, x.ends_minute, x.state, p.name AS programme, v.name AS venue,
            m.name AS team
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
            JOIN tour t ON t.id = x.tour_id JOIN programme p ON p.id = x.programme_id LEFT JOIN team m ON m.id = x.team_id
         WHERE x.on_date BETWEEN $1 AND $2 AND x.state NOT IN ('reserved', 'lapsed', 'declined')
           AND ($3 IS NULL OR EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = x.id AND g.setting_id = $3))
           AND ($4 IS NULL OR x.team_id = $4) AND ($5 IS NULL OR x.tour_id = $5)
           AND ($6 IS NULL OR t.provider_id = $6) AND ($7 IS NULL OR t.provider_id = $7)
           AND ($8 IS NULL OR x.authority_code = $8)
         ORDER BY x.on_date, x.starts_minute, m.name, x.id",
        from,
        to,
        which.setting,
        which.team,
        which.tour,
        which.provider,
        provider,
        &within.authority,
    )
}

async fn openings(
    conn: &mut Conn,
    actor: &Actor,
    which: &Which,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Opening>> {
    let within = Within::of(actor);
    fetch_all!(
        conn,
        Opening,
        "SELECT o.id, o.tour_id, t.name AS tour, m.name AS team, o.on_date, o.starts_minute, o.ends_minute
         FROM opening o JOIN tour t ON t.id = o.tour_id JOIN team m ON m.id = o.team_id
         WHERE o.on_date BETWEEN $1 AND $2 AND ($3 IS NULL OR o.team_id = $3) AND ($4 IS NULL OR o.tour_id = $4)
           AND ($5 IS NULL OR t.provider_id = $5) AND ($6 IS NULL OR t.authority_code = $6)
           AND NOT EXISTS (SELECT 1 FROM session s
                WHERE s.team_id = o.team_id AND s.on_date = o.on_date AND s.slot = o.slot AND s.live)
         ORDER BY o.on_date, o.starts_minute, m.name, o.id",
        from,
        to,
        which.team,
        which.tour,
        which.provider,
        &within.authority,
    )
}
