//! Whether days lie in the months that a sheet or a title names.

use chrono::{Datelike, NaiveDate};

use super::Months;
use crate::history::date;

impl Months {
    /// Whether a day lies in them.
    pub(in crate::history) fn has(self, date: NaiveDate) -> bool {
        self.holds(Self::month(date.year(), date.month()))
    }

    /// Whether a day lies before the first of them.
    pub(in crate::history) fn begin_after(self, date: NaiveDate) -> bool {
        Self::month(date.year(), date.month()).first < self.first
    }

    /// Of an academic year, which “2023-24” may be or not: the months from April that a financial year has before it, and
    /// those after that one's end.
    pub(in crate::history) fn beside_financial(self) -> Option<(Self, Self)> {
        let is_academic = self.count == 12 && self.first.rem_euclid(12) == 8;
        let from_april = |first| Self { first, count: 5 };
        is_academic.then(|| (from_april(self.first - 5), from_april(self.first + 7)))
    }

    /// What people call them: “the year 2023/24”, “April 2023 to March 2024”.
    pub(in crate::history) fn label(self) -> String {
        if let Some(year) = self.academic_year().filter(|_| self.count == 12) {
            return format!("the year {year}");
        }
        let name = |at: i32| {
            let month = u32::try_from(at.rem_euclid(12) + 1).unwrap_or(1);
            format!("{} {}", date::month_name(month), at.div_euclid(12))
        };
        format!("{} to {}", name(self.first), name(self.end() - 1))
    }
}
