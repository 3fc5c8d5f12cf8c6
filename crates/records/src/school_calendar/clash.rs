//! Booked and offered sessions that a change of a school's calendar would fall on.

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::TermSet;
use domain::access::{Actor, Operation};
use domain::availability::{Closed, HallWindow, NewSchoolDate, SchoolCalendar, SchoolDate, Week};
use domain::calendar::Term;
use domain::programme::Need;
use domain::session::State;
use domain::slot::TimeOfDay;
use domain::year_group::YearGroups;
use uuid::Uuid;

use super::find;
use crate::Desk;
use crate::availability;
use crate::db::Conn;
use crate::error::{Error, Result};

/// A change of a school's calendar, not made yet.
#[derive(Debug, Clone)]
pub enum Proposed {
    /// A date, in place of another one when it is changed.
    Date(NewSchoolDate, Option<Uuid>),
    /// An ordinary week and hall hours.
    Week(Week, Vec<HallWindow>),
    /// A term of the school's own more.
    Term(NaiveDate, NaiveDate),
}

impl Proposed {
    fn applied_to(&self, calendar: &SchoolCalendar) -> SchoolCalendar {
        let mut changed = calendar.clone();
        match self {
            Self::Date(date, instead_of) => {
                changed.dates.retain(|d| Some(d.id) != *instead_of);
                changed.dates.push(SchoolDate {
                    id: Uuid::nil(),
                    kind: date.kind,
                    from: date.from,
                    to: date.to,
                    year_groups: date.year_groups,
                    note: date.note.clone(),
                });
            }
            Self::Week(week, hall) => {
                changed.week = *week;
                changed.hall.clone_from(hall);
            }
            Self::Term(starts, ends) => {
                let academic_year = AcademicYear::containing(*starts);
                changed.terms.push(Term { academic_year, name: String::new(), starts: *starts, ends: *ends });
            }
        }
        changed
    }
}

/// A session that the school could no longer take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The session.
    pub session: Uuid,
    /// Its programme.
    pub programme: String,
    /// Its day.
    pub on: NaiveDate,
    /// When it begins.
    pub starts: Option<TimeOfDay>,
    /// Confirmed or offered.
    pub state: State,
    /// Why it no longer fits.
    pub why: Closed,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    programme: String,
    needs: String,
    on_date: NaiveDate,
    starts_minute: Option<i64>,
    ends_minute: Option<i64>,
    #[sqlx(try_from = "String")]
    state: State,
    is_here: bool,
    get_in_minutes: Option<i64>,
    get_out_minutes: Option<i64>,
    year_groups: i64,
}

impl Row {
    /// Why it cannot take place under `calendar`.
    fn closed(&self, calendar: &SchoolCalendar, year_groups: YearGroups) -> Option<Closed> {
        let time = |minute: Option<i64>| minute.and_then(|m| TimeOfDay::try_from(m).ok());
        let needs_hall = self.is_here
            && TermSet::<Need>::try_from(self.needs.clone()).is_ok_and(|needs| needs.0.contains(&Need::Hall));
        match time(self.starts_minute).zip(time(self.ends_minute)) {
            Some((starts, ends)) => {
                let fitting = if needs_hall { calendar.clone() } else { calendar.without_hall() };
                let (before, after) = (self.get_in_minutes.unwrap_or(0), self.get_out_minutes.unwrap_or(0));
                fitting.closed(self.on_date, starts, ends, before, after, year_groups)
            }
            None => calendar.closed_day(self.on_date, year_groups),
        }
    }
}

/// The booked and offered sessions to come that fit the school's calendar as it is, and would no longer under `proposed`.
///
/// # Errors
/// Not found; forbidden.
pub async fn clashes(desk: &Desk, actor: &Actor, setting: Uuid, proposed: &Proposed) -> Result<Vec<Clash>> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.read().await?;
    let school = find(&mut conn, actor, setting).await?;
    let rows = coming(&mut conn, setting, desk.today()).await?;
    let last = rows.iter().map(|r| r.on_date).max().unwrap_or_else(|| desk.today());
    let mut calendars =
        availability::schools(&mut conn, &school.authority_code, &[setting], desk.today(), last).await?;
    let calendar = calendars.remove(&setting).ok_or(Error::NotFound)?;
    let changed = match proposed {
        // Terms of its own stand alone: the authority's of that year go with the first of them.
        Proposed::Term(starts, _) if !has_own(&mut conn, setting, *starts).await? => {
            let year = AcademicYear::containing(*starts);
            let mut bare = calendar.clone();
            bare.terms.retain(|t| t.academic_year != year);
            proposed.applied_to(&bare)
        }
        _ => proposed.applied_to(&calendar),
    };
    let mut clashes: Vec<Clash> = Vec::new();
    for row in rows {
        let year_groups = YearGroups::try_from(row.year_groups).map_err(Error::unavailable)?;
        if clashes.iter().any(|c| c.session == row.id) || row.closed(&calendar, year_groups).is_some() {
            continue;
        }
        if let Some(why) = row.closed(&changed, year_groups) {
            clashes.push(Clash {
                session: row.id,
                on: row.on_date,
                starts: row.starts_minute.and_then(|m| TimeOfDay::try_from(m).ok()),
                state: row.state,
                programme: row.programme,
                why,
            });
        }
    }
    Ok(clashes)
}

/// Why a school cannot take an opening, for groups of these year groups; none: it can. A school may overrule its own
/// dates, and people who book decide: it is a warning, never a refusal.
///
/// # Errors
/// Not found; forbidden.
pub async fn closed_for(
    desk: &Desk,
    actor: &Actor,
    setting: Uuid,
    opening: Uuid,
    year_groups: YearGroups,
) -> Result<Option<Closed>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    let closed = closed_openings(&mut conn, actor, setting, &[opening], year_groups).await?;
    Ok(closed.into_iter().next().map(|(_, why)| why))
}

/// Which of a tour's free openings from `from` on a school cannot take, with why; `year_groups` as in [`closed_for`].
///
/// # Errors
/// Not found; forbidden.
pub async fn closed_of_tour(
    desk: &Desk,
    actor: &Actor,
    setting: Uuid,
    tour: Uuid,
    from: NaiveDate,
    year_groups: YearGroups,
) -> Result<Vec<(Uuid, Closed)>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    let free: Vec<Uuid> = crate::openings::free_in(&mut conn, desk, tour, from).await?.iter().map(|o| o.id).collect();
    closed_openings(&mut conn, actor, setting, &free, year_groups).await
}

/// Why a school's groups of these year groups cannot go to another school's visit then; none: they can. Like
/// [`closed_for`] a warning. Its own hall is not asked for.
///
/// # Errors
/// Not found; forbidden.
pub async fn closed_elsewhere(
    desk: &Desk,
    actor: &Actor,
    setting: Uuid,
    on_date: NaiveDate,
    times: Option<(TimeOfDay, TimeOfDay)>,
    year_groups: YearGroups,
) -> Result<Option<Closed>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    let school = find(&mut conn, actor, setting).await?;
    let mut calendars = availability::schools(&mut conn, &school.authority_code, &[setting], on_date, on_date).await?;
    let row = Row {
        id: setting,
        programme: String::new(),
        needs: String::new(),
        on_date,
        starts_minute: times.map(|(starts, _)| starts.minutes()),
        ends_minute: times.map(|(_, ends)| ends.minutes()),
        state: State::Offered,
        is_here: false,
        get_in_minutes: None,
        get_out_minutes: None,
        year_groups: 0,
    };
    Ok(row.closed(&calendars.remove(&setting).unwrap_or_default(), year_groups))
}

#[derive(sqlx::FromRow)]
struct Open {
    id: Uuid,
    on_date: NaiveDate,
    starts_minute: i64,
    ends_minute: i64,
    needs: String,
    get_in_minutes: i64,
    get_out_minutes: i64,
}

async fn closed_openings(
    conn: &mut Conn,
    actor: &Actor,
    setting: Uuid,
    openings: &[Uuid],
    year_groups: YearGroups,
) -> Result<Vec<(Uuid, Closed)>> {
    let school = find(conn, actor, setting).await?;
    let rows = fetch_in!(
        conn,
        Open,
        "SELECT o.id, o.on_date, o.starts_minute, o.ends_minute, p.needs, m.get_in_minutes, m.get_out_minutes
         FROM opening o JOIN tour t ON t.id = o.tour_id JOIN programme p ON p.id = t.programme_id
            JOIN team m ON m.id = o.team_id WHERE o.id IN ",
        openings,
        ""
    )?;
    let days = || rows.iter().map(|r| r.on_date);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Ok(Vec::new()) };
    let mut calendars = availability::schools(conn, &school.authority_code, &[setting], first, last).await?;
    let calendar = calendars.remove(&setting).unwrap_or_default();
    let row = |open: &Open| Row {
        id: open.id,
        programme: String::new(),
        needs: open.needs.clone(),
        on_date: open.on_date,
        starts_minute: Some(open.starts_minute),
        ends_minute: Some(open.ends_minute),
        state: State::Offered,
        is_here: true,
        get_in_minutes: Some(open.get_in_minutes),
        get_out_minutes: Some(open.get_out_minutes),
        year_groups: 0,
    };
    Ok(rows.iter().filter_map(|open| Some((open.id, row(open).closed(&calendar, year_groups)?))).collect())
}

async fn has_own(conn: &mut Conn, setting: Uuid, day: NaiveDate) -> Result<bool> {
    let count = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM own_term WHERE setting_id = $1 AND academic_year = $2",
        setting,
        i64::from(AcademicYear::containing(day)),
    )?;
    Ok(count > 0)
}

/// The booked and offered sessions of a school from `from` on, a row for each of its groups.
async fn coming(conn: &mut Conn, setting: Uuid, from: NaiveDate) -> Result<Vec<Row>> {
    fetch_all!(
        conn,
        Row,
        "SELECT x.id, p.name AS programme, p.needs, x.on_date, x.starts_minute, x.ends_minute, x.state,
            (w.venue_id = $1) AS is_here, m.get_in_minutes, m.get_out_minutes, g.year_groups
         FROM attending_group g JOIN session x ON x.id = g.session_id JOIN visit w ON w.id = x.visit_id
            JOIN programme p ON p.id = x.programme_id LEFT JOIN team m ON m.id = x.team_id
         WHERE g.setting_id = $1 AND x.on_date >= $2 AND x.state IN ('confirmed', 'offered')
         ORDER BY x.on_date, x.starts_minute, x.id",
        setting,
        from,
    )
}
