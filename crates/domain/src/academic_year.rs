//! Academic years, 1 September to 31 August.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// An academic year, named by the calendar year it begins in: 2026 is 1 September 2026 to 31 August 2027.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct AcademicYear(i32);

/// A number or text that names no academic year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an academic year: give the year it starts in, such as 2026, between 1990 and 2100")]
pub struct NotAnAcademicYear(pub String);

impl AcademicYear {
    /// The academic year that begins in September of `first`.
    ///
    /// # Errors
    /// A year before 1990 or after 2100: surely a slip.
    pub fn new(first: i64) -> Result<Self, NotAnAcademicYear> {
        match i32::try_from(first) {
            Ok(y) if (1990..=2100).contains(&y) => Ok(Self(y)),
            _ => Err(NotAnAcademicYear(first.to_string())),
        }
    }

    /// The academic year `date` falls in.
    #[must_use]
    pub fn containing(date: NaiveDate) -> Self {
        Self(if date.month() >= 9 { date.year() } else { date.year() - 1 })
    }

    /// The academic year `date` falls in, where it is one that can be kept: a day of 1926 is surely a slip.
    #[must_use]
    pub fn holding(date: NaiveDate) -> Option<Self> {
        Self::new(Self::containing(date).0.into()).ok()
    }

    /// The calendar year it begins in.
    #[must_use]
    pub const fn first(self) -> i32 {
        self.0
    }

    /// 1 September.
    #[must_use]
    pub fn starts(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 9, 1).unwrap_or(NaiveDate::MIN)
    }

    /// 31 August.
    #[must_use]
    pub fn ends(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0 + 1, 8, 31).unwrap_or(NaiveDate::MAX)
    }

    /// Whether `date` falls in it.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        Self::containing(date) == self
    }

    /// The one before.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// The one after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl From<AcademicYear> for i64 {
    fn from(year: AcademicYear) -> Self {
        year.0.into()
    }
}

impl TryFrom<i64> for AcademicYear {
    type Error = NotAnAcademicYear;
    fn try_from(first: i64) -> Result<Self, Self::Error> {
        Self::new(first)
    }
}

impl FromStr for AcademicYear {
    type Err = NotAnAcademicYear;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse().map_err(|_| NotAnAcademicYear(text.to_owned())).and_then(Self::new)
    }
}

/// `2026/27`
impl fmt::Display for AcademicYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:02}", self.0, (self.0 + 1) % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_turns_on_the_first_of_september() {
        let year = |y, m, d| AcademicYear::containing(NaiveDate::from_ymd_opt(y, m, d).unwrap()).to_string();
        assert_eq!(year(2026, 8, 31), "2025/26");
        assert_eq!(year(2026, 9, 1), "2026/27");
        assert_eq!(year(2027, 1, 1), "2026/27");
        assert_eq!(year(2099, 9, 1), "2099/00");
    }

    #[test]
    fn a_day_that_is_surely_a_slip_is_of_no_year() {
        let year = |y, m, d| AcademicYear::holding(NaiveDate::from_ymd_opt(y, m, d).unwrap()).map(AcademicYear::first);
        assert_eq!((year(1990, 8, 31), year(1990, 9, 1)), (None, Some(1990)));
        assert_eq!((year(2101, 8, 31), year(2101, 9, 1)), (Some(2100), None));
        assert_eq!((year(12, 9, 16), year(1926, 9, 13)), (None, None));
    }

    #[test]
    fn its_days_are_its_own() {
        let year = AcademicYear::new(2026).unwrap();
        assert!(year.contains(year.starts()) && year.contains(year.ends()));
        assert!(!year.contains(year.next().starts()) && !year.contains(year.previous().ends()));
        assert!("26".parse::<AcademicYear>().is_err());
    }
}
