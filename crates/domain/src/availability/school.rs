//! A school's calendar: whether a visit can be there on a day, and if not, why.

use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};
use uuid::Uuid;

use super::{DateKind, HallWindow, Week, WeekLetter, days};
use crate::calendar::{BankHoliday, Term, weekday_name};
use crate::fault::{Fault, Faults};
use crate::slot::TimeOfDay;
use crate::{AcademicYear, YearGroups};

/// Days on which a school takes no visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolDate {
    /// Its key.
    pub id: Uuid,
    /// Why.
    pub kind: DateKind,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// For these year groups only; none at all: for the whole school.
    pub year_groups: YearGroups,
    /// What the school says of it; may be blank.
    pub note: String,
}

impl SchoolDate {
    /// Whether it keeps a group of these year groups from a visit on `day`. A date for some year groups leaves a group
    /// alone that follows none.
    #[must_use]
    pub fn applies(&self, day: NaiveDate, year_groups: YearGroups) -> bool {
        (self.from..=self.to).contains(&day)
            && (self.year_groups.is_empty() || !self.year_groups.intersection(year_groups).is_empty())
    }
}

/// `SATs for Year 6, 11 to 14 May 2027`, `Eid, 20 March 2026: school closes at noon`
impl fmt::Display for SchoolDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.label())?;
        if !self.year_groups.is_empty() {
            write!(f, " for {}", self.year_groups)?;
        }
        write!(f, ", {}", days(self.from, self.to))?;
        if self.note.is_empty() { Ok(()) } else { write!(f, ": {}", self.note) }
    }
}

/// Most days one date spans: a slip of the year is longer.
const MOST_DAYS: i64 = 120;

/// A date as a person fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchoolDate {
    /// Why.
    pub kind: DateKind,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// For these year groups only; none at all: for the whole school.
    pub year_groups: YearGroups,
    /// What the school says of it; may be blank, except for something else.
    pub note: String,
}

impl NewSchoolDate {
    /// The date, if it can stand for a school with `taught` year groups (none: unknown).
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(mut self, taught: Option<YearGroups>) -> Result<Self, Vec<Fault>> {
        self.note = self.note.trim().to_owned();
        let mut faults = Faults::default();
        faults.unless(self.from <= self.to, "to", "The last day must be the same as or after the first day");
        let length = (self.to - self.from).num_days() + 1;
        faults.unless(length <= MOST_DAYS, "to", format!("At most {MOST_DAYS} days: give terms of your own instead"));
        for day in [self.from, self.to] {
            let field = if day == self.from { "from" } else { "to" };
            faults.unless((1990..=2100).contains(&day.year()), field, "Enter a year between 1990 and 2100");
        }
        faults.at_most(&self.note, 120, "note", "The note");
        let said = self.kind != DateKind::Other || !self.note.is_empty();
        faults.unless(said, "note", "Say what it is, for example “sports day”");
        if let Some(taught) = taught {
            let own = self.year_groups.intersection(taught) == self.year_groups;
            faults.unless(own, "year_groups", format!("Choose among the year groups the school teaches: {taught}"));
        }
        faults.or(self)
    }
}

/// Everything that decides whether a school can be visited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchoolCalendar {
    /// The terms that hold for it, by date. An academic year without any leaves only weekends and holidays out.
    pub terms: Vec<Term>,
    /// Bank holidays, by date.
    pub holidays: Vec<BankHoliday>,
    /// Its own dates, by first day.
    pub dates: Vec<SchoolDate>,
    /// Its ordinary week.
    pub week: Week,
    /// When its hall is free; a weekday without a window is free all day.
    pub hall: Vec<HallWindow>,
}

/// Why a school cannot be visited: as [`fmt::Display`] has it, a sentence without a full stop that it could be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// A Saturday or Sunday.
    Weekend,
    /// A bank holiday, by its name.
    BankHoliday(String),
    /// Outside the terms of its academic year.
    OutsideTerm,
    /// A date of the school's own.
    Date(SchoolDate),
    /// A weekday on which the school never takes visits, in every week or in one of two.
    Weekday(Weekday, Option<WeekLetter>),
    /// The hall is not free for the whole stay.
    Hall {
        /// The weekday.
        weekday: Weekday,
        /// The whole stay, in minutes after midnight: from get-in to get-out.
        stay: (i64, i64),
        /// When the hall is free that day.
        free: Vec<HallWindow>,
    },
}

impl Closed {
    /// Whether the school itself said so, so that it may also say otherwise: not a weekend, holiday or the terms.
    #[must_use]
    pub const fn is_schools_own(&self) -> bool {
        matches!(self, Self::Date(_) | Self::Weekday(..) | Self::Hall { .. })
    }
}

/// A minute of the day that may lie before or after it, as people write times.
fn clock(minute: i64) -> String {
    TimeOfDay::try_from(minute).map_or_else(|_| "another day".to_owned(), |time| time.to_string())
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weekend => f.write_str("It is a weekend"),
            Self::BankHoliday(name) => write!(f, "It is a bank holiday: {name}"),
            Self::OutsideTerm => f.write_str("It lies outside the school’s terms"),
            Self::Date(date) => date.fmt(f),
            Self::Weekday(day, None) => write!(f, "The school takes no visits on {}s", weekday_name(*day)),
            Self::Weekday(day, Some(letter)) => {
                write!(f, "The school takes no visits on {}s of {letter}", weekday_name(*day))
            }
            Self::Hall { weekday, stay: (arrive, leave), free } => {
                let free: Vec<_> = free.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "On {}s the hall is free from {}, not for the whole stay from {} to {}",
                    weekday_name(*weekday),
                    free.join(" and from "),
                    clock(*arrive),
                    clock(*leave)
                )
            }
        }
    }
}

impl SchoolCalendar {
    /// The same calendar for what needs no hall.
    #[must_use]
    pub fn without_hall(&self) -> Self {
        Self { hall: Vec::new(), ..self.clone() }
    }

    /// Why the school takes no visit on a whole day, for a group of these year groups; none: it does, hall permitting.
    ///
    /// The first reason that fits: weekend, bank holiday, outside the terms, the school's own date, its ordinary week.
    #[must_use]
    pub fn closed_day(&self, day: NaiveDate, year_groups: YearGroups) -> Option<Closed> {
        let weekday = day.weekday();
        if matches!(weekday, Weekday::Sat | Weekday::Sun) {
            return Some(Closed::Weekend);
        }
        if let Some(holiday) = self.holidays.iter().find(|h| h.on == day) {
            return Some(Closed::BankHoliday(holiday.name.to_string()));
        }
        let year = AcademicYear::containing(day);
        let mut terms = self.terms.iter().filter(|t| t.academic_year == year).peekable();
        if terms.peek().is_some() && !terms.any(|t| (t.starts..=t.ends).contains(&day)) {
            return Some(Closed::OutsideTerm);
        }
        if let Some(date) = self.dates.iter().find(|d| d.applies(day, year_groups)) {
            return Some(Closed::Date(date.clone()));
        }
        self.week.closes(day, &self.terms).map(|(weekday, letter)| Closed::Weekday(weekday, letter))
    }

    /// Why a session from `starts` to `ends` cannot be at the school on `day`; none: it can.
    ///
    /// The stay begins `get_in_minutes` before the session and ends `get_out_minutes` after it. It must lie within one
    /// window of the hall, where the school stated any for that weekday. `year_groups` are the attending groups'; none
    /// at all: not followed.
    #[must_use]
    pub fn closed(
        &self,
        day: NaiveDate,
        starts: TimeOfDay,
        ends: TimeOfDay,
        get_in_minutes: i64,
        get_out_minutes: i64,
        year_groups: YearGroups,
    ) -> Option<Closed> {
        self.closed_day(day, year_groups).or_else(|| {
            let weekday = day.weekday();
            let stay = (starts.minutes() - get_in_minutes, ends.minutes() + get_out_minutes);
            let free: Vec<HallWindow> = self.hall.iter().filter(|w| w.is_on(weekday)).copied().collect();
            let fits =
                free.is_empty() || free.iter().any(|w| w.starts.minutes() <= stay.0 && stay.1 <= w.ends.minutes());
            (!fits).then_some(Closed::Hall { weekday, stay, free })
        })
    }
}
