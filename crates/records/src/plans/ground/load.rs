//! Reading the ground of a plan, in a few statements however many schools there are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::availability::SchoolCalendar;
use domain::programme::Need;
use domain::session::State;
use domain::slot::{Slot, TimeOfDay};
use domain::{TermSet, YearGroups};
use uuid::Uuid;

use super::ask::asks;
use super::{Busy, Ground, PlanTeam, PlanTour};
use crate::availability;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::plans::Plan;

#[derive(sqlx::FromRow)]
struct TourRow {
    id: Uuid,
    name: String,
    starts: NaiveDate,
    ends: NaiveDate,
    programme_id: Uuid,
    programme_name: String,
    #[sqlx(try_from = "String")]
    needs: TermSet<Need>,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    base_name: Option<String>,
}

/// A plan's tours, and their teams' names and bases.
type ToursAndTeams = (BTreeMap<Uuid, PlanTour>, BTreeMap<Uuid, (String, String)>);

async fn tours(conn: &mut Conn, plan: Uuid) -> Result<ToursAndTeams> {
    let rows = fetch_all!(
        conn,
        TourRow,
        "SELECT t.id, t.name, t.starts, t.ends, t.programme_id, p.name AS programme_name, p.needs, m.id AS team_id,
            m.name AS team_name, m.base_name
         FROM plan_tour pt JOIN tour t ON t.id = pt.tour_id JOIN programme p ON p.id = t.programme_id
            LEFT JOIN tour_team tt ON tt.tour_id = t.id LEFT JOIN team m ON m.id = tt.team_id
         WHERE pt.plan_id = $1",
        plan,
    )?;
    let (mut tours, mut teams) = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        let tour = tours.entry(row.id).or_insert_with(|| PlanTour {
            id: row.id,
            name: row.name,
            starts: row.starts,
            ends: row.ends,
            programme: row.programme_id,
            programme_name: row.programme_name,
            needs_hall: row.needs.0.contains(&Need::Hall),
            teams: BTreeSet::new(),
        });
        if let Some(team) = row.team_id {
            tour.teams.insert(team);
            teams.insert(team, (row.team_name.unwrap_or_default(), row.base_name.unwrap_or_default()));
        }
    }
    Ok((tours, teams))
}

#[derive(sqlx::FromRow)]
struct LiveRow {
    id: Uuid,
    visit_id: Uuid,
    #[sqlx(try_from = "String")]
    state: State,
    team_id: Uuid,
    on_date: NaiveDate,
    slot: i64,
    slot_label: String,
    #[sqlx(try_from = "i64")]
    starts_minute: TimeOfDay,
    #[sqlx(try_from = "i64")]
    ends_minute: TimeOfDay,
    setting_id: Uuid,
    school: String,
    easting: Option<i64>,
    northing: Option<i64>,
}

/// The live sessions of a plan's teams between two days.
async fn live(conn: &mut Conn, plan: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<LiveRow>> {
    fetch_all!(
        conn,
        LiveRow,
        "SELECT x.id, x.visit_id, x.state, x.team_id, x.on_date, x.slot, x.slot_label, x.starts_minute, x.ends_minute,
            s.id AS setting_id, s.name AS school, s.easting, s.northing
         FROM session x JOIN visit v ON v.id = x.visit_id JOIN setting s ON s.id = v.venue_id
         WHERE x.live AND x.on_date BETWEEN $2 AND $3 AND x.slot IS NOT NULL AND x.starts_minute IS NOT NULL
           AND x.ends_minute IS NOT NULL AND x.team_id IN (SELECT tt.team_id FROM tour_team tt
               JOIN plan_tour pt ON pt.tour_id = tt.tour_id WHERE pt.plan_id = $1)
         ORDER BY x.on_date, x.starts_minute, x.id",
        plan,
        from,
        to,
    )
}

/// An opening of a plan's team: of one of its own tours, or of another.
type OpeningRow = (Uuid, Uuid, NaiveDate, i64, String, i64, i64);

async fn openings(conn: &mut Conn, plan: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<OpeningRow>> {
    fetch_all!(
        conn,
        OpeningRow,
        "SELECT o.tour_id, o.team_id, o.on_date, o.slot, o.slot_label, o.starts_minute, o.ends_minute FROM opening o
         WHERE o.on_date BETWEEN $2 AND $3 AND o.team_id IN (SELECT tt.team_id FROM tour_team tt
             JOIN plan_tour pt ON pt.tour_id = tt.tour_id WHERE pt.plan_id = $1)",
        plan,
        from,
        to,
    )
}

fn overlaps(a: &Slot, b: &Slot) -> bool {
    a.number == b.number || (a.starts < b.ends && b.starts < a.ends)
}

/// Whether any school could be visited on a day, had it no dates of its own: no weekend, bank holiday or school holiday.
fn is_open_anywhere(schools: &BTreeMap<(Uuid, bool), SchoolCalendar>, on: NaiveDate) -> bool {
    let mut calendars = schools.values();
    calendars.any(|s| s.closed_day(on, YearGroups::NONE).is_none_or(|closed| closed.is_schools_own()))
}

/// Reads everything a plan stands on; `plan` was found within the actor's scope.
pub(crate) async fn load(conn: &mut Conn, plan: Plan) -> Result<Ground> {
    let (tours, names) = tours(conn, plan.id).await?;
    let mut asks = asks(conn, plan.id).await?;
    let last = tours.values().map(|t| t.ends).max().unwrap_or(plan.from);
    let first = tours.values().map(|t| t.starts).min().unwrap_or(plan.from).max(plan.from);
    // Booked visits may lie before the first day that is planned, and are shown where they stand.
    let shown = asks.iter().filter_map(|a| Some(a.current.as_ref()?.on)).min().map_or(first, |on| on.min(first));
    let ids: Vec<Uuid> = names.keys().copied().collect();
    let mut calendars = availability::teams(conn, &ids, first, last).await?;
    let teams: BTreeMap<Uuid, PlanTeam> = names
        .into_iter()
        .filter_map(|(id, (name, base_name))| {
            Some((id, PlanTeam { id, name, base_name, calendar: calendars.remove(&id)? }))
        })
        .collect();
    let settings: Vec<Uuid> = asks.iter().map(|a| a.setting).collect::<BTreeSet<_>>().into_iter().collect();
    let calendars = availability::schools(conn, &plan.authority_code, &settings, first, last).await?;
    let schools = calendars
        .into_iter()
        .flat_map(|(id, calendar)| [((id, false), calendar.without_hall()), ((id, true), calendar)])
        .collect();
    let own: BTreeMap<Uuid, usize> = asks.iter().enumerate().filter_map(|(i, a)| Some((a.visit?, i))).collect();
    let mut busy: BTreeMap<(Uuid, NaiveDate), Vec<Busy>> = BTreeMap::new();
    let mut held: BTreeMap<(Uuid, NaiveDate), Vec<(Slot, bool)>> = BTreeMap::new();
    for row in live(conn, plan.id, shown, last).await? {
        let key = (row.team_id, row.on_date);
        if let Some(ask) = own.get(&row.visit_id) {
            asks[*ask].booked = Some(row.state);
            let slot =
                Slot { number: row.slot, label: row.slot_label, starts: row.starts_minute, ends: row.ends_minute };
            held.entry(key).or_default().push((slot, asks[*ask].fixed));
            continue;
        }
        busy.entry(key).or_default().push(Busy {
            session: row.id,
            team: row.team_id,
            on: row.on_date,
            slot: row.slot,
            starts: row.starts_minute,
            ends: row.ends_minute,
            setting: row.setting_id,
            school: row.school,
            at: row.easting.zip(row.northing),
        });
    }
    let mut opened: BTreeMap<(Uuid, NaiveDate), (Vec<Slot>, BTreeSet<i64>)> = BTreeMap::new();
    for (tour, team, on, number, label, starts, ends) in openings(conn, plan.id, first, last).await? {
        let (ours, others) = opened.entry((team, on)).or_default();
        if tours.contains_key(&tour) {
            let time = |minute: i64| TimeOfDay::try_from(minute).map_err(Error::unavailable);
            ours.push(Slot { number, label, starts: time(starts)?, ends: time(ends)? });
        } else {
            others.insert(number);
        }
    }
    let mut open: BTreeMap<NaiveDate, bool> = BTreeMap::new();
    let mut days = BTreeMap::new();
    for (id, team) in &teams {
        for on in first.iter_days().take_while(|day| *day <= last) {
            let key = (*id, on);
            // Where the team cannot come any more, only what is not to be moved still has its slot.
            let is_away = team.calendar.away(on).is_some();
            let held = held.remove(&key).unwrap_or_default().into_iter();
            let mut slots: Vec<Slot> = held.filter(|(_, fixed)| *fixed || !is_away).map(|(slot, _)| slot).collect();
            let (ours, others) = opened.remove(&key).unwrap_or_default();
            let worked = match (is_away, plan.by_openings) {
                (true, _) => Vec::new(),
                (false, true) => ours,
                // In the holidays no school can be visited: such a day is planned only where openings were made for it.
                (false, false) if !*open.entry(on).or_insert_with(|| is_open_anywhere(&schools, on)) => ours,
                (false, false) => {
                    let pattern = team.calendar.slots_on(on).iter().cloned();
                    ours.into_iter().chain(pattern.filter(|s| !others.contains(&s.number))).collect()
                }
            };
            let taken: Vec<Slot> = busy
                .get(&key)
                .into_iter()
                .flatten()
                .map(|b| Slot { number: b.slot, label: String::new(), starts: b.starts, ends: b.ends })
                .collect();
            for slot in worked {
                if !slots.iter().chain(&taken).any(|other| overlaps(&slot, other)) {
                    slots.push(slot);
                }
            }
            slots.sort_by_key(|s| (s.starts, s.number));
            if !slots.is_empty() {
                days.insert(key, slots);
            }
        }
    }
    busy.retain(|key, _| days.contains_key(key));
    Ok(Ground { plan, tours, teams, asks, busy, schools, days })
}
