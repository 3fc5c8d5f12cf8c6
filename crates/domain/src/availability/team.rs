//! A team's calendar: whether it works on a day, and the hours and minutes it needs.

use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};
use uuid::Uuid;

use super::days;
use crate::calendar::{WorkingDays, weekday_name};
use crate::fault::{Fault, Faults};
use crate::slot::{Pattern, Slot, TimeOfDay, slots_on};

/// Days on which a team is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Its key.
    pub id: Uuid,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Why, for the provider and the council; may be blank. Schools are not told.
    pub note: String,
}

impl Leave {
    /// Whether it holds `day`.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// Why a team does not come: as [`fmt::Display`] has it, a sentence without a full stop that a school could be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Away {
    /// A weekday on which it does not work.
    NotWorking(Weekday),
    /// It is away for these days.
    Leave {
        /// The first.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
}

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWorking(day) => write!(f, "The team does not work on {}s", weekday_name(*day)),
            Self::Leave { from, to } => write!(f, "The team is away: {}", days(*from, *to)),
        }
    }
}

/// Everything that decides when a team can come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamCalendar {
    /// The days it works on.
    pub working_days: WorkingDays,
    /// When it is away, by first day.
    pub leave: Vec<Leave>,
    /// It leaves its base no earlier.
    pub earliest_start: TimeOfDay,
    /// It is back at its base no later.
    pub latest_home: TimeOfDay,
    /// Minutes it needs at a place before its first session there.
    pub get_in_minutes: i64,
    /// Minutes it needs at a place after its last session there.
    pub get_out_minutes: i64,
    /// Minutes between two sessions in one place.
    pub turnaround_minutes: i64,
    /// Most sessions a day; none: as many as there are slots.
    pub most_sessions: Option<i64>,
    /// Where it sets out from: OSGB36 easting and northing in metres; none: unknown.
    pub base: Option<(i64, i64)>,
    /// Its slot patterns, the earliest first.
    pub patterns: Vec<Pattern>,
}

impl TeamCalendar {
    /// Why the team does not come on `day`; none: it works.
    #[must_use]
    pub fn away(&self, day: NaiveDate) -> Option<Away> {
        if !self.working_days.contains(day.weekday()) {
            return Some(Away::NotWorking(day.weekday()));
        }
        self.leave.iter().find(|l| l.contains(day)).map(|l| Away::Leave { from: l.from, to: l.to })
    }

    /// The slots of a day; none before the first pattern begins. Whether the team works that day, [`Self::away`] says.
    #[must_use]
    pub fn slots_on(&self, day: NaiveDate) -> &[Slot] {
        slots_on(&self.patterns, day)
    }
}

/// A team's hours, minutes and base, as a person fills them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// It leaves its base no earlier.
    pub earliest_start: TimeOfDay,
    /// It is back at its base no later.
    pub latest_home: TimeOfDay,
    /// Minutes before the first session at a place.
    pub get_in_minutes: i64,
    /// Minutes after the last session at a place.
    pub get_out_minutes: i64,
    /// Minutes between two sessions in one place.
    pub turnaround_minutes: i64,
    /// Most sessions a day; none: as many as there are slots.
    pub most_sessions: Option<i64>,
}

impl Hours {
    /// The hours, if they can stand.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let day = self.earliest_start < self.latest_home;
        faults.unless(day, "latest_home", "The team must be back later than it sets out");
        for (field, minutes) in [
            ("get_in_minutes", self.get_in_minutes),
            ("get_out_minutes", self.get_out_minutes),
            ("turnaround_minutes", self.turnaround_minutes),
        ] {
            faults.unless((0..=240).contains(&minutes), field, "Enter minutes between 0 and 240");
        }
        let most = self.most_sessions.is_none_or(|most| (1..=crate::slot::MOST_SLOTS).contains(&most));
        faults.unless(most, "most_sessions", format!("Enter between 1 and {}", crate::slot::MOST_SLOTS));
        faults.or(self)
    }
}
