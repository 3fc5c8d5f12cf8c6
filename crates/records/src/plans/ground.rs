//! Everything a plan stands on, read from the records at once: tours, teams, schools' calendars, what is to be placed,
//! and what already holds the teams' slots.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::availability::{SchoolCalendar, TeamCalendar};
use domain::plan::{Limits, Outcome, Stop};
use domain::programme::Need;
use domain::request::PartOfDay;
use domain::session::State;
use domain::setting::SettingType;
use domain::slot::{Slot, TimeOfDay};
use domain::{TermSet, YearGroups};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Plan, find};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ward_outlines::{self, Outline};
use crate::{Desk, availability};

/// A team's slots of a date.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The team.
    pub team: Uuid,
    /// The date.
    pub on: NaiveDate,
    /// The numbers of the slots, in order.
    pub slots: Vec<i64>,
}

impl Place {
    fn of(team: Option<Uuid>, on: Option<NaiveDate>, slots: &str) -> Option<Self> {
        let slots = slots.split(',').filter_map(|n| n.parse().ok()).collect();
        Some(Self { team: team?, on: on?, slots })
    }

    /// The numbers as they are stored.
    pub(crate) fn stored(slots: &[i64]) -> String {
        slots.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// A group that is to attend, as a plan keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attending {
    pub year_groups: i64,
    pub label: String,
    pub expected: i64,
    pub expected_send: Option<i64>,
}

/// What is to be placed: a request, a part of one, a gap school, or a visit that is booked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Its key.
    pub id: Uuid,
    /// The tour.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// What it is.
    pub setting_type: SettingType,
    /// Where it lies: easting and northing; none: not known, so that it cannot be planned.
    pub at: Option<(i64, i64)>,
    /// The request it comes from.
    pub request: Option<Uuid>,
    /// The visit it is, or was.
    pub visit: Option<Uuid>,
    /// How that visit stands; none: it is over or was cancelled.
    pub booked: Option<State>,
    /// Of a request that became several, from 1.
    pub part: i64,
    /// How many it became.
    pub parts: i64,
    /// Sessions, all on one day.
    pub sessions: usize,
    /// For each session its groups.
    pub(crate) attending: Vec<Vec<Attending>>,
    /// What placing it is worth.
    pub value: i64,
    /// It is booked, and not released.
    pub fixed: bool,
    /// When in the day the school would have it.
    pub part_of_day: PartOfDay,
    /// Days on which it cannot be.
    pub impossible: BTreeSet<NaiveDate>,
    /// Days on which the school would rather have it.
    pub preferred: BTreeSet<NaiveDate>,
    /// Where the booked visit stands.
    pub current: Option<Place>,
    /// Where it is placed.
    pub place: Option<Place>,
    /// Planning again leaves it where it is.
    pub pinned: bool,
    /// Why it is not placed.
    pub reasons: Vec<String>,
    /// What publishing did with it.
    pub outcome: Option<Outcome>,
    /// For a kindly refused stale edit.
    pub version: i64,
}

impl Ask {
    /// The year groups that attend, all sessions together.
    #[must_use]
    pub fn year_groups(&self) -> YearGroups {
        self.attending.iter().flatten().fold(YearGroups::NONE, |all, group| {
            YearGroups::try_from(group.year_groups).map_or(all, |years| all.union(years))
        })
    }

    /// How many are expected.
    #[must_use]
    pub fn expected(&self) -> i64 {
        self.attending.iter().flatten().map(|g| g.expected).sum()
    }

    /// The school, and which part of a request that became several.
    #[must_use]
    pub fn name(&self) -> String {
        if self.parts > 1 {
            format!("{}, part {} of {}", self.school, self.part, self.parts)
        } else {
            self.school.clone()
        }
    }

    /// A booked visit that may move, and is placed elsewhere than it stands.
    #[must_use]
    pub fn moves(&self) -> bool {
        !self.fixed && self.current.is_some() && self.place.is_some() && self.place != self.current
    }

    /// Whether a person may still move it on the board.
    #[must_use]
    pub const fn is_loose(&self) -> bool {
        !self.fixed && !matches!(self.outcome, Some(Outcome::Offered | Outcome::Moved | Outcome::Kept))
    }
}

/// What else holds a team's slot: a session of another tour, or one this plan does not know.
#[derive(Debug, Clone)]
pub struct Busy {
    /// The session.
    pub session: Uuid,
    /// The team.
    pub team: Uuid,
    /// The date.
    pub on: NaiveDate,
    /// The slot's number.
    pub slot: i64,
    /// When it begins.
    pub starts: TimeOfDay,
    /// When it ends.
    pub ends: TimeOfDay,
    /// Where.
    pub setting: Uuid,
    /// The place's name.
    pub school: String,
    /// Its easting and northing.
    pub at: Option<(i64, i64)>,
}

/// A tour of a plan.
#[derive(Debug, Clone)]
pub struct PlanTour {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The first day.
    pub starts: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
    /// The programme.
    pub programme: Uuid,
    /// The programme's name.
    pub programme_name: String,
    /// It is played in a hall.
    pub needs_hall: bool,
    /// Its teams.
    pub teams: BTreeSet<Uuid>,
}

/// A team of a plan.
#[derive(Debug, Clone)]
pub struct PlanTeam {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What its base is called.
    pub base_name: String,
    /// When it works.
    pub calendar: TeamCalendar,
}

impl PlanTeam {
    /// Its day's limits; none where nobody knows where its base is.
    #[must_use]
    pub fn limits(&self) -> Option<Limits> {
        Some(Limits {
            base: self.calendar.base?,
            leave_from: self.calendar.earliest_start,
            home_by: self.calendar.latest_home,
            get_in: self.calendar.get_in_minutes,
            get_out: self.calendar.get_out_minutes,
        })
    }
}

/// Everything a plan stands on.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The plan.
    pub plan: Plan,
    /// Its tours.
    pub tours: BTreeMap<Uuid, PlanTour>,
    /// Their teams.
    pub teams: BTreeMap<Uuid, PlanTeam>,
    /// What is to be placed, by school.
    pub asks: Vec<Ask>,
    pub(crate) busy: BTreeMap<(Uuid, NaiveDate), Vec<Busy>>,
    /// By school, and whether the hall counts.
    pub(crate) schools: BTreeMap<(Uuid, bool), SchoolCalendar>,
    /// The slots of each day on which a team can be planned, by time.
    pub days: BTreeMap<(Uuid, NaiveDate), Vec<Slot>>,
}

/// What holds a slot of a team's day.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holder<'a> {
    Ask(&'a Ask),
    Busy(&'a Busy),
}

impl Ground {
    /// One of what is to be placed.
    #[must_use]
    pub fn ask(&self, id: Uuid) -> Option<&Ask> {
        self.asks.iter().find(|ask| ask.id == id)
    }

    /// A slot of a team's day, by its number.
    #[must_use]
    pub fn slot(&self, team: Uuid, on: NaiveDate, number: i64) -> Option<&Slot> {
        self.days.get(&(team, on))?.iter().find(|s| s.number == number)
    }

    /// What is placed on a team's day.
    pub fn placed_on(&self, team: Uuid, on: NaiveDate) -> impl Iterator<Item = (&Ask, &Place)> {
        self.asks
            .iter()
            .filter_map(|ask| Some((ask, ask.place.as_ref()?)))
            .filter(move |(_, place)| place.team == team && place.on == on)
    }

    pub(crate) fn holder(&self, team: Uuid, on: NaiveDate, slot: i64) -> Option<Holder<'_>> {
        let placed = self.placed_on(team, on).find(|(_, place)| place.slots.contains(&slot));
        placed.map(|(ask, _)| Holder::Ask(ask)).or_else(|| {
            let busy = self.busy.get(&(team, on))?.iter().find(|b| b.slot == slot)?;
            Some(Holder::Busy(busy))
        })
    }

    /// The sessions of a team's day in order of time, as far as their places are known.
    pub(crate) fn stops(&self, team: Uuid, on: NaiveDate) -> Vec<Stop<Uuid>> {
        let mut stops = Vec::new();
        for (ask, place) in self.placed_on(team, on) {
            let Some(at) = ask.at else { continue };
            for slot in place.slots.iter().filter_map(|n| self.slot(team, on, *n)) {
                stops.push(Stop { place: ask.setting, at, starts: slot.starts, ends: slot.ends });
            }
        }
        for busy in self.busy.get(&(team, on)).into_iter().flatten() {
            if let Some(at) = busy.at {
                stops.push(Stop { place: busy.setting, at, starts: busy.starts, ends: busy.ends });
            }
        }
        stops.sort_by_key(|s| (s.starts, s.ends));
        stops
    }

    /// The days of the plan, in order.
    #[must_use]
    pub fn dates(&self) -> Vec<NaiveDate> {
        let dates: BTreeSet<NaiveDate> = self.days.keys().map(|(_, on)| *on).collect();
        dates.into_iter().collect()
    }
}

#[derive(sqlx::FromRow)]
struct AskRow {
    id: Uuid,
    tour_id: Uuid,
    setting_id: Uuid,
    school: String,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    easting: Option<i64>,
    northing: Option<i64>,
    request_id: Option<Uuid>,
    visit_id: Option<Uuid>,
    part_of_day: Option<String>,
    part: i64,
    parts: i64,
    sessions: i64,
    attending: String,
    value: i64,
    fixed: bool,
    current_team_id: Option<Uuid>,
    current_date_on: Option<NaiveDate>,
    current_slots: String,
    team_id: Option<Uuid>,
    on_date: Option<NaiveDate>,
    slots: String,
    pinned: bool,
    reasons: String,
    outcome: String,
    version: i64,
}

async fn asks(conn: &mut Conn, plan: Uuid) -> Result<Vec<Ask>> {
    let rows = fetch_all!(
        conn,
        AskRow,
        "SELECT pr.id, pr.tour_id, pr.setting_id, s.name AS school, s.setting_type, s.easting, s.northing, pr.request_id,
            pr.visit_id, r.part_of_day, pr.part, pr.parts, pr.sessions, pr.attending, pr.value, pr.fixed,
            pr.current_team_id, pr.current_date_on, pr.current_slots, pr.team_id, pr.on_date, pr.slots, pr.pinned,
            pr.reasons, pr.outcome, pr.version
         FROM plan_request pr JOIN setting s ON s.id = pr.setting_id LEFT JOIN request r ON r.id = pr.request_id
         WHERE pr.plan_id = $1 ORDER BY s.search_name, pr.part, pr.id",
        plan,
    )?;
    let dates = fetch_all!(
        conn,
        (Uuid, NaiveDate, String),
        "SELECT DISTINCT d.request_id, d.on_date, d.kind FROM request_date d
         JOIN plan_request pr ON pr.request_id = d.request_id WHERE pr.plan_id = $1",
        plan,
    )?;
    let mut days: BTreeMap<(Uuid, bool), BTreeSet<NaiveDate>> = BTreeMap::new();
    for (request, on, kind) in dates {
        days.entry((request, kind == "preferred")).or_default().insert(on);
    }
    let of = |request: Option<Uuid>, preferred| {
        request.and_then(|id| days.get(&(id, preferred)).cloned()).unwrap_or_default()
    };
    rows.into_iter()
        .map(|row| {
            let word = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
            Ok(Ask {
                id: row.id,
                tour: row.tour_id,
                setting: row.setting_id,
                school: row.school,
                setting_type: row.setting_type,
                at: row.easting.zip(row.northing),
                request: row.request_id,
                visit: row.visit_id,
                booked: None,
                part: row.part,
                parts: row.parts,
                sessions: usize::try_from(row.sessions).unwrap_or(1),
                attending: serde_json::from_str(&row.attending).map_err(Error::unavailable)?,
                value: row.value,
                fixed: row.fixed,
                part_of_day: match row.part_of_day {
                    Some(word) => word.parse().map_err(Error::unavailable)?,
                    None => PartOfDay::Any,
                },
                impossible: of(row.request_id, false),
                preferred: of(row.request_id, true),
                current: Place::of(row.current_team_id, row.current_date_on, &row.current_slots),
                place: Place::of(row.team_id, row.on_date, &row.slots),
                pinned: row.pinned,
                reasons: serde_json::from_str(&row.reasons).map_err(Error::unavailable)?,
                outcome: word(&row.outcome).map(Outcome::try_from).transpose().map_err(Error::unavailable)?,
                version: row.version,
            })
        })
        .collect()
}

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

impl Ground {
    /// The sessions of other tours that hold slots of a team's day.
    #[must_use]
    pub fn busy_on(&self, team: Uuid, on: NaiveDate) -> Vec<&Busy> {
        self.busy.get(&(team, on)).into_iter().flatten().collect()
    }

    /// What the place of such a session is called.
    #[must_use]
    pub fn busy_name(&self, setting: Uuid) -> Option<String> {
        self.busy.values().flatten().find(|b| b.setting == setting).map(|b| b.school.clone())
    }
}

/// The outlines of the wards of a plan's authority.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn outlines(desk: &Desk, actor: &Actor, plan: Uuid) -> Result<Vec<Outline>> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    let plan = find(&mut conn, actor, plan).await?;
    ward_outlines::of_authority(&mut conn, &plan.authority_code).await
}
