//! Whether the dates of a column are typed with the day first, as here, or with the month, as programs from America do.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use domain::calendar::iso_day;

use super::date::day_and_time;
use super::turned::{Turned, turn};

/// So many different dates that can only have their month first are no slips.
const MANY: usize = 3;

/// How the dates of a column are typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The day first, or nothing says otherwise.
    #[default]
    DayFirst,
    /// The month first: several dates can be nothing else, and none can only have its day first.
    MonthFirst { of_cells: bool },
    /// Perhaps the month first. `of_cells`: the workbook's own dates may have been mistaken, too, by the program that made
    /// dates of those texts that it could read day first.
    Unsure { of_cells: bool },
    /// The day first; but what a spreadsheet program could read with the month first, it did.
    Turned(Turned),
}

impl Order {
    /// How the dates of a column are typed, by its texts. Most columns tell after a few.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let (mut seen, mut found) = (HashSet::new(), 0);
        let (mut late, mut early) = (false, false);
        for text in texts {
            if !seen.insert(text) {
                continue;
            }
            let text = day_and_time(text).0;
            let Some((one, other, has_year)) = numbers(text) else {
                if let Some(day) = text.get(..10).and_then(iso_day) {
                    late |= day.day() > 12;
                    early |= day.day() <= 12;
                }
                continue;
            };
            if (13..=31).contains(&one) && (1..=12).contains(&other) {
                return Self::DayFirst;
            }
            let is_month_first = has_year && (1..=12).contains(&one) && (13..=31).contains(&other);
            found += usize::from(is_month_first);
        }
        let of_cells = early && !late;
        match found {
            0 => Self::DayFirst,
            MANY.. => Self::MonthFirst { of_cells },
            _ => Self::Unsure { of_cells },
        }
    }

    /// Why a workbook's own date may be one whose day and month were mistaken for each other; none where it is not.
    pub fn doubts_cell(self, date: NaiveDate) -> Option<String> {
        let is_doubted = match self {
            Self::MonthFirst { of_cells } | Self::Unsure { of_cells } => of_cells && date.day() != date.month(),
            Self::Turned(kind) => return turned(date).filter(|_| kind == Turned::Cells),
            Self::DayFirst => false,
        };
        is_doubted
            .then(|| "may have its day and month the wrong way round, as other dates of its column have".to_owned())
    }

    /// Why a date of numbers, read day first, may be one of which a spreadsheet program exchanged day and month.
    pub fn doubts_text(self, date: NaiveDate) -> Option<String> {
        turned(date).filter(|_| self == Self::Turned(Turned::Bare))
    }
}

/// How it begins why a date may have been turned.
pub(super) const TURNED: &str = "would be ";

/// Which day a date would be that may have been turned; none where it would be the same.
fn turned(date: NaiveDate) -> Option<String> {
    let on = turn(date).filter(|on| *on != date)?;
    Some(format!("{TURNED}{} with day and month exchanged", on.format("%-d %B %Y")))
}

/// The first two numbers of a date of numbers, and whether a third follows: `12/9/16`.
fn numbers(text: &str) -> Option<(u32, u32, bool)> {
    let mut parts = text.split(['/', '.', '-']);
    let mut number = |most: usize| {
        let part = parts.next()?;
        (part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok()).flatten()
    };
    let (one, other) = (number(2)?, number(2)?);
    let has_year = number(4).is_some();
    Some((one, other, has_year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_tells_which_of_its_numbers_is_the_month() {
        let unsure = |of_cells| Order::Unsure { of_cells };
        for (texts, order) in [
            (&["12/09/16", "09/13/16"][..], unsure(false)),
            (&["09/13/16", "09/13/16", "09/14/16"], unsure(false)),
            (&["09/13/16", "09/14/16", "12/1/16", "9.15.2016"], Order::MonthFirst { of_cells: false }),
            (&["09/13/16", "09/14/16", "9/15/2016", "2016-12-09"], Order::MonthFirst { of_cells: true }),
            (
                &["09/13/16 pm", "09/14/16 9.30am", "12/1/16 am", "9/15/2016 10:00"],
                Order::MonthFirst { of_cells: false },
            ),
            (&["09/13/16", "2016-12-09"], unsure(true)),
            (&["09/13/16", "2016-12-09", "2016-12-19T00:00:00"], unsure(false)),
            (&["09/13/16", "13/09/16"], Order::DayFirst),
            (&["09/13/16", "28/9"], Order::DayFirst),
            (&["12/09/16", "9/16", "2016-12-09", "Sept 16", ""], Order::DayFirst),
        ] {
            assert_eq!(Order::of(texts.iter().copied()), order, "{texts:?}");
        }
    }
}
