//! Loads the calendars that decide when a school can be visited and a team can come.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::availability::{HallWindow, Leave, SchoolCalendar, SchoolDate, TeamCalendar, Week};
use domain::calendar::{BankHoliday, HolidayDifference, Term, WorkingDays, holidays_with, terms_that_hold};
use domain::slot::TimeOfDay;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::teams;

fn term((year, name, starts, ends): (i64, String, NaiveDate, NaiveDate)) -> Result<Term> {
    Ok(Term { academic_year: AcademicYear::new(year).map_err(Error::unavailable)?, name, starts, ends })
}

fn time(minute: i64) -> Result<TimeOfDay> {
    TimeOfDay::try_from(minute).map_err(Error::unavailable)
}

/// An authority's terms of the academic years between two days, by date.
pub(crate) async fn terms(conn: &mut Conn, authority: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<Term>> {
    let rows = fetch_all!(
        conn,
        (i64, String, NaiveDate, NaiveDate),
        "SELECT academic_year, name, starts, ends FROM term WHERE authority_code = $1 AND academic_year BETWEEN $2 AND $3
         ORDER BY starts",
        authority,
        i64::from(AcademicYear::containing(from)),
        i64::from(AcademicYear::containing(to)),
    )?;
    rows.into_iter().map(term).collect()
}

/// Where an authority's bank holidays differ from the rule, by date.
pub(crate) async fn differences(conn: &mut Conn, authority: &str) -> Result<Vec<HolidayDifference>> {
    let rows = fetch_all!(
        conn,
        (NaiveDate, String, bool),
        "SELECT on_date, name, is_holiday FROM bank_holiday WHERE authority_code = $1 ORDER BY on_date",
        authority,
    )?;
    Ok(rows
        .into_iter()
        .map(|(on, name, is_holiday)| HolidayDifference { on, name: is_holiday.then_some(name) })
        .collect())
}

/// An authority's bank holidays between two days.
pub(crate) async fn holidays(
    conn: &mut Conn,
    authority: &str,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<BankHoliday>> {
    Ok(holidays_with(from, to, &differences(conn, authority).await?))
}

/// Whose own terms a row holds, and the term: school, trust, academic year, name, first and last day.
type OwnTermRow = (Option<Uuid>, Option<String>, i64, String, NaiveDate, NaiveDate);

/// Terms of their own that schools and trusts gave, of academic years up to `to`.
async fn own_terms(
    conn: &mut Conn,
    settings: &[Uuid],
    trusts: &[String],
    to: NaiveDate,
) -> Result<(BTreeMap<Uuid, Vec<Term>>, BTreeMap<String, Vec<Term>>)> {
    let mut rows = fetch_in!(
        conn,
        OwnTermRow,
        "SELECT setting_id, trust_code, academic_year, name, starts, ends FROM own_term WHERE setting_id IN ",
        settings,
        " ORDER BY starts"
    )?;
    rows.extend(fetch_in!(
        conn,
        OwnTermRow,
        "SELECT setting_id, trust_code, academic_year, name, starts, ends FROM own_term WHERE trust_code IN ",
        trusts,
        " ORDER BY starts"
    )?);
    let last = i64::from(AcademicYear::containing(to));
    let (mut of_school, mut of_trust) = (BTreeMap::new(), BTreeMap::new());
    for (setting, trust, year, name, starts, ends) in rows.into_iter().filter(|r| r.2 <= last) {
        let term = term((year, name, starts, ends))?;
        match (setting, trust) {
            (Some(setting), _) => of_school.entry(setting).or_insert_with(Vec::new).push(term),
            (None, Some(trust)) => of_trust.entry(trust).or_insert_with(Vec::new).push(term),
            (None, None) => {}
        }
    }
    Ok((of_school, of_trust))
}

/// The calendars of schools, complete for days from `from` to `to`. Those of `settings` that do not exist are left out.
///
/// Terms reach back further than `from`: weeks A and B are counted over them.
pub(crate) async fn schools(
    conn: &mut Conn,
    authority: &str,
    settings: &[Uuid],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<Uuid, SchoolCalendar>> {
    let trust_of =
        fetch_in!(conn, (Uuid, Option<String>), "SELECT id, trust_code FROM setting WHERE id IN ", settings, "")?;
    let mut trusts: Vec<String> = trust_of.iter().filter_map(|(_, trust)| trust.clone()).collect();
    trusts.sort();
    trusts.dedup();
    let weeks = fetch_in!(
        conn,
        (Uuid, i64, i64, Option<NaiveDate>),
        "SELECT setting_id, closed_days, closed_days_b, week_a_from FROM school_week WHERE setting_id IN ",
        settings,
        ""
    )?;
    let counted_from = weeks.iter().filter_map(|w| w.3).min().map_or(from, |a| a.min(from));
    let counted_to = weeks.iter().filter_map(|w| w.3).max().map_or(to, |a| a.max(to));
    let common = terms(conn, authority, counted_from, counted_to).await?;
    let holidays = holidays(conn, authority, from, to).await?;
    let (of_school, of_trust) = own_terms(conn, settings, &trusts, counted_to).await?;
    let none = Vec::new();
    let mut calendars = BTreeMap::new();
    for (id, trust) in trust_of {
        let trusts = trust.and_then(|trust| of_trust.get(&trust)).unwrap_or(&none);
        let terms = terms_that_hold(&common, trusts, of_school.get(&id).unwrap_or(&none));
        calendars.insert(id, SchoolCalendar { terms, holidays: holidays.clone(), ..SchoolCalendar::default() });
    }
    for (id, closed, closed_b, a_from) in weeks {
        let days = |mask| WorkingDays::try_from(mask).map_err(Error::unavailable);
        if let Some(calendar) = calendars.get_mut(&id) {
            calendar.week = Week { closed: days(closed)?, closed_b: days(closed_b)?, a_from };
        }
    }
    for (setting, date) in dates(conn, settings, from, to).await? {
        if let Some(calendar) = calendars.get_mut(&setting) {
            calendar.dates.push(date);
        }
    }
    for (setting, window) in hall(conn, settings).await? {
        if let Some(calendar) = calendars.get_mut(&setting) {
            calendar.hall.push(window);
        }
    }
    Ok(calendars)
}

/// A school's date as its row has it.
#[derive(sqlx::FromRow)]
struct DateRow {
    id: Uuid,
    setting_id: Uuid,
    kind: String,
    starts: NaiveDate,
    ends: NaiveDate,
    year_groups: i64,
    note: String,
}

/// The own dates of schools that meet the days from `from` to `to`, by first day.
pub(crate) async fn dates(
    conn: &mut Conn,
    settings: &[Uuid],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(Uuid, SchoolDate)>> {
    let rows = fetch_in!(
        conn,
        DateRow,
        "SELECT id, setting_id, kind, starts, ends, year_groups, note FROM school_date WHERE setting_id IN ",
        settings,
        " ORDER BY starts, id"
    )?;
    rows.into_iter()
        .filter(|row| row.starts <= to && from <= row.ends)
        .map(|row| {
            let date = SchoolDate {
                id: row.id,
                kind: row.kind.parse().map_err(Error::unavailable)?,
                from: row.starts,
                to: row.ends,
                year_groups: row.year_groups.try_into().map_err(Error::unavailable)?,
                note: row.note,
            };
            Ok((row.setting_id, date))
        })
        .collect()
}

async fn hall(conn: &mut Conn, settings: &[Uuid]) -> Result<Vec<(Uuid, HallWindow)>> {
    let rows = fetch_in!(
        conn,
        (Uuid, i64, i64, i64),
        "SELECT setting_id, weekday, starts_minute, ends_minute FROM hall_window WHERE setting_id IN ",
        settings,
        " ORDER BY weekday, starts_minute"
    )?;
    rows.into_iter()
        .map(|(setting, weekday, starts, ends)| {
            let weekday = u8::try_from(weekday).map_err(Error::unavailable)?;
            Ok((setting, HallWindow { weekday, starts: time(starts)?, ends: time(ends)? }))
        })
        .collect()
}

/// A team's hours as its row has them.
#[derive(sqlx::FromRow)]
struct TeamRow {
    id: Uuid,
    working_days: i64,
    earliest_start_minute: i64,
    latest_home_minute: i64,
    get_in_minutes: i64,
    get_out_minutes: i64,
    turnaround_minutes: i64,
    most_sessions: Option<i64>,
    base_easting: Option<i64>,
    base_northing: Option<i64>,
}

/// The calendars of teams, complete for days from `from` to `to`. Those of `teams` that do not exist are left out.
pub(crate) async fn teams(
    conn: &mut Conn,
    teams: &[Uuid],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<Uuid, TeamCalendar>> {
    let rows = fetch_in!(
        conn,
        TeamRow,
        "SELECT id, working_days, earliest_start_minute, latest_home_minute, get_in_minutes, get_out_minutes,
            turnaround_minutes, most_sessions, base_easting, base_northing FROM team WHERE id IN ",
        teams,
        ""
    )?;
    let mut patterns = teams::patterns_of(conn, teams).await?;
    let mut calendars = BTreeMap::new();
    for row in rows {
        let calendar = TeamCalendar {
            working_days: WorkingDays::try_from(row.working_days).map_err(Error::unavailable)?,
            leave: Vec::new(),
            earliest_start: time(row.earliest_start_minute)?,
            latest_home: time(row.latest_home_minute)?,
            get_in_minutes: row.get_in_minutes,
            get_out_minutes: row.get_out_minutes,
            turnaround_minutes: row.turnaround_minutes,
            most_sessions: row.most_sessions,
            base: row.base_easting.zip(row.base_northing),
            patterns: patterns.remove(&row.id).unwrap_or_default(),
        };
        calendars.insert(row.id, calendar);
    }
    for (team, leave) in leave(conn, teams, from, to).await? {
        if let Some(calendar) = calendars.get_mut(&team) {
            calendar.leave.push(leave);
        }
    }
    Ok(calendars)
}

/// The leave of teams that meets the days from `from` to `to`, by first day.
pub(crate) async fn leave(
    conn: &mut Conn,
    teams: &[Uuid],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(Uuid, Leave)>> {
    let rows = fetch_in!(
        conn,
        (Uuid, Uuid, NaiveDate, NaiveDate, String),
        "SELECT team_id, id, starts, ends, note FROM team_leave WHERE team_id IN ",
        teams,
        " ORDER BY starts, id"
    )?;
    Ok(rows
        .into_iter()
        .filter(|row| row.2 <= to && from <= row.3)
        .map(|(team, id, from, to, note)| (team, Leave { id, from, to, note }))
        .collect())
}
