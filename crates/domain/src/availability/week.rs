//! A school's ordinary week: days that never suit, weeks A and B, and when the hall is free.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::calendar::{Term, WorkingDays, weekday_name};
use crate::fault::{Fault, Faults};
use crate::slot::TimeOfDay;

/// Which of two alternating weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekLetter {
    /// Week A.
    A,
    /// Week B.
    B,
}

impl fmt::Display for WeekLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "week A",
            Self::B => "week B",
        })
    }
}

/// The weekdays of an ordinary week on which a school takes no visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// In every week, or in weeks A where weeks alternate.
    pub closed: WorkingDays,
    /// In weeks B; not looked at where every week is the same.
    pub closed_b: WorkingDays,
    /// A Monday on which a week A begins; none: every week is the same.
    pub a_from: Option<NaiveDate>,
}

impl Default for Week {
    fn default() -> Self {
        let none: WorkingDays = [].into_iter().collect();
        Self { closed: none, closed_b: none, a_from: None }
    }
}

/// The Monday of a day's week.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

impl Week {
    /// The week, if it can stand.
    ///
    /// # Errors
    /// A day on which week A is said to begin that is no Monday; every weekday closed in every week.
    pub fn check(self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        if let Some(day) = self.a_from {
            faults.unless(day.weekday() == Weekday::Mon, "a_from", "Week A must begin on a Monday");
        }
        let whole = |days: WorkingDays| days.mask() & WorkingDays::WEEKDAYS.mask() == WorkingDays::WEEKDAYS.mask();
        let never = whole(self.closed) && (self.a_from.is_none() || whole(self.closed_b));
        faults.unless(!never, "closed", "Leave at least one weekday on which a team can come");
        faults.or(self)
    }

    /// Whether a day's week is A or B; none where every week is the same.
    ///
    /// Schools count the weeks they teach: a week without a day of `terms` does not count, so that after a holiday the
    /// letters go on where they stopped. A day in such a week has the letter of the next week taught. Weeks of an
    /// academic year without terms all count.
    #[must_use]
    pub fn letter(&self, day: NaiveDate, terms: &[Term]) -> Option<WeekLetter> {
        let (start, here) = (self.a_from?, monday(day));
        let taught = |monday: NaiveDate| {
            let ends = monday + Days::new(6);
            let year = crate::AcademicYear::containing(ends);
            terms.iter().any(|t| t.starts <= ends && monday <= t.ends) || !terms.iter().any(|t| t.academic_year == year)
        };
        let between = |from: NaiveDate, to: NaiveDate| {
            from.iter_weeks().take_while(|monday| *monday < to).filter(|monday| taught(*monday)).count()
        };
        let weeks = if start <= here { between(monday(start), here) } else { between(here, monday(start)) };
        Some(if weeks % 2 == 0 { WeekLetter::A } else { WeekLetter::B })
    }

    /// Whether a day's weekday never suits, and in which week where weeks alternate.
    #[must_use]
    pub fn closes(&self, day: NaiveDate, terms: &[Term]) -> Option<(Weekday, Option<WeekLetter>)> {
        let letter = self.letter(day, terms);
        let closed = if letter == Some(WeekLetter::B) { self.closed_b } else { self.closed };
        let alternates = letter.filter(|_| self.closed != self.closed_b);
        closed.contains(day.weekday()).then(|| (day.weekday(), alternates))
    }
}

/// A stretch of a weekday in which the hall is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HallWindow {
    /// 0 is Monday.
    pub weekday: u8,
    /// From when.
    pub starts: TimeOfDay,
    /// Until when.
    pub ends: TimeOfDay,
}

impl HallWindow {
    /// Whether it is of this weekday.
    #[must_use]
    pub fn is_on(&self, weekday: Weekday) -> bool {
        u32::from(self.weekday) == weekday.num_days_from_monday()
    }
}

/// `9am to 11:45am`
impl fmt::Display for HallWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.starts, self.ends)
    }
}

/// Most windows a day.
const MOST_WINDOWS: usize = 4;

/// Reads a weekday's hall hours as a person writes them: `9:00-11:45, 13:15-15:30`, with “to”, “-” or “–” between the
/// two times. Blank: free all day. Windows that meet become one.
///
/// # Errors
/// What is wrong, as a sentence without a full stop.
pub fn hall(weekday: Weekday, text: &str) -> Result<Vec<HallWindow>, String> {
    let day = u8::try_from(weekday.num_days_from_monday()).unwrap_or_default();
    let name = weekday_name(weekday);
    let mut windows = Vec::new();
    for part in text.split([',', ';', '\n']).flat_map(|p| p.split(" and ")).map(str::trim).filter(|p| !p.is_empty()) {
        let times = part.split_once(" to ").or_else(|| part.split_once(['-', '–', '—']));
        let Some((starts, ends)) = times else {
            return Err(format!("{name}: “{part}” has no end. Write hours like 9:00-11:45, 13:15-15:30"));
        };
        let time = |text: &str| text.parse::<TimeOfDay>().map_err(|e| format!("{name}: {e}"));
        let (starts, ends) = (time(starts)?, time(ends)?);
        if ends <= starts {
            return Err(format!("{name}: {starts} to {ends} ends before it begins"));
        }
        windows.push(HallWindow { weekday: day, starts, ends });
    }
    windows.sort();
    let mut joined: Vec<HallWindow> = Vec::new();
    for window in windows {
        match joined.last_mut().filter(|last| window.starts <= last.ends) {
            Some(last) => last.ends = last.ends.max(window.ends),
            None => joined.push(window),
        }
    }
    if joined.len() > MOST_WINDOWS {
        return Err(format!("{name}: give at most {MOST_WINDOWS} times of day"));
    }
    Ok(joined)
}
