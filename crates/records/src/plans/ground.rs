//! Everything a plan stands on, read from the records at once: tours, teams, schools' calendars, what is to be placed,
//! and what already holds the teams' slots.

mod ask;
mod load;
mod outline;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::availability::{SchoolCalendar, TeamCalendar};
use domain::plan::{Limits, Stop};
use domain::slot::{Slot, TimeOfDay};
use uuid::Uuid;

use super::Plan;

pub(crate) use ask::Attending;
pub use ask::{Ask, Place};
pub(crate) use load::load;
pub use outline::outlines;

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
