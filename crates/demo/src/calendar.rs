//! Term dates and school days of the district.

use chrono::{Datelike, Days, NaiveDate};
use domain::AcademicYear;
use domain::calendar::{Term, WorkingDays, bank_holidays_between, openable_days};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// The first Monday on or after `date`.
fn monday_from(date: NaiveDate) -> NaiveDate {
    date + Days::new(u64::from((7 - date.weekday().num_days_from_monday()) % 7))
}

/// The Friday before the week of `monday`.
fn friday_before(monday: NaiveDate) -> NaiveDate {
    monday - Days::new(3)
}

/// The six half terms of an academic year, laid out the way northern districts do: a week off at the end of
/// October, in mid-February and at the end of May, and two weeks at Christmas and in spring.
pub(crate) fn terms(year: AcademicYear) -> [Term; 6] {
    let first = year.first();
    let second = first + 1;
    let october = monday_from(day(first, 10, 25));
    let christmas = monday_from(day(first, 12, 18));
    let january = monday_from(day(second, 1, 3));
    let february = monday_from(day(second, 2, 13));
    let spring = monday_from(day(second, 3, 29));
    let may = monday_from(day(second, 5, 25));
    let july = monday_from(day(second, 7, 20));
    let week = Days::new(7);
    let autumn_starts = monday_from(day(first, 9, 1)) + Days::new(1);
    let term = |name: &str, starts, ends| Term { academic_year: year, name: name.to_owned(), starts, ends };
    [
        term("Autumn term, first half", autumn_starts, friday_before(october)),
        term("Autumn term, second half", october + week, friday_before(christmas)),
        term("Spring term, first half", january, friday_before(february)),
        term("Spring term, second half", february + week, friday_before(spring)),
        term("Summer term, first half", spring + week + week, friday_before(may)),
        term("Summer term, second half", may + week, friday_before(july)),
    ]
}

/// The days on which schools teach.
pub(crate) struct SchoolDays(Vec<NaiveDate>);

impl SchoolDays {
    /// Those of an academic year, earliest first.
    pub(crate) fn of(year: AcademicYear) -> Self {
        let (from, to) = (year.starts(), year.ends());
        Self(openable_days(from, to, WorkingDays::WEEKDAYS, &[], &terms(year), &bank_holidays_between(from, to)).days)
    }

    /// Those from `from` to `to`, both included.
    pub(crate) fn within(&self, from: NaiveDate, to: NaiveDate) -> &[NaiveDate] {
        let first = self.0.partition_point(|d| *d < from);
        let last = self.0.partition_point(|d| *d <= to);
        &self.0[first..last.max(first)]
    }

    /// Those before `date`.
    pub(crate) fn before(&self, date: NaiveDate) -> &[NaiveDate] {
        &self.0[..self.0.partition_point(|d| *d < date)]
    }

    /// Those on or after `date`.
    pub(crate) fn from(&self, date: NaiveDate) -> &[NaiveDate] {
        &self.0[self.0.partition_point(|d| *d < date)..]
    }
}

/// School days a year must still have to be the one people are busy with.
const WORTH_WHILE: usize = 6;

/// The academic year people are busy with on `today`: in the summer holidays, and in the week before, the one to come.
pub(crate) fn present_year(today: NaiveDate) -> AcademicYear {
    let year = AcademicYear::containing(today);
    if SchoolDays::of(year).from(today).len() < WORTH_WHILE { year.next() } else { year }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_follow_one_another_and_stay_in_their_year() {
        for first in 2020..2040 {
            let year = AcademicYear::new(first).unwrap();
            let terms = terms(year);
            for pair in terms.windows(2) {
                assert!(pair[0].starts < pair[0].ends && pair[0].ends < pair[1].starts, "{pair:?}");
            }
            assert!(year.contains(terms[0].starts) && year.contains(terms[5].ends));
            let days = SchoolDays::of(year).0.len();
            assert!((185..=200).contains(&days), "{year}: {days} school days");
        }
    }

    #[test]
    fn the_summer_holidays_look_forward() {
        let year = |text: &str| present_year(text.parse().unwrap()).first();
        assert_eq!(year("2026-11-22"), 2026);
        assert_eq!(year("2026-07-01"), 2025);
        assert_eq!(year("2026-08-10"), 2026);
    }
}
