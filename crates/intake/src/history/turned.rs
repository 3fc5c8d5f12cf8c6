//! Days whose day and month a spreadsheet program of America exchanged. Of a file's texts it makes dates of its own wherever
//! it can read them month first, and leaves as they are those of which it cannot: “09/01/2024” becomes the 1st of September,
//! “16/01/2024” stays.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};

use super::date::{day_and_time, from_workbook};
use super::years_of::Months;

/// So many different days of each kind tell by themselves, in a table that is in no order.
const MANY: usize = 3;
/// Fewer days than these tell nothing.
const FEWEST: usize = 3;
/// In a sorted table one of so many pairs is out of its order.
const SORTED: usize = 5;

/// What of a column was read month first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turned {
    /// The workbook's own dates. Its texts are those that cannot be read so.
    Cells,
    /// What is written without noughts, as a program saves its dates as text: “9/1/2024” beside “16/01/2024”.
    Bare,
}

/// How a day is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Written {
    /// As the workbook's own date.
    Cell,
    /// With a number of one figure.
    Bare,
    /// With a nought before one.
    Padded,
    /// With numbers of two figures alone.
    Full,
}

/// What of a column was read month first, by its texts from the top and the months that its table is named for; none where
/// nothing says so. Most columns tell after a few.
pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>, named: Option<Months>) -> Option<Turned> {
    let (mut days, mut of_cells, mut of_bare) = (Vec::new(), true, true);
    let mut seen = HashSet::new();
    for text in texts {
        let Some((written, on)) = read(text) else { continue };
        // What has its month first is another matter.
        let on = on?;
        let is_early = on.day() <= 12;
        of_cells &= is_early == (written == Written::Cell);
        let fits = if is_early { Written::Bare } else { Written::Padded };
        of_bare &= written == fits || written == Written::Full;
        if !of_cells && !of_bare {
            return None;
        }
        seen.insert(written);
        days.push(on);
    }
    let kind = if of_cells {
        Turned::Cells
    } else if seen.contains(&Written::Bare) && seen.contains(&Written::Padded) {
        Turned::Bare
    } else {
        return None;
    };
    are_turned(&days, named, kind).then_some(kind)
}

/// The day with its month as its day.
pub(super) fn turn(on: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(on.year(), on.day(), on.month())
}

/// Whether the days up to the twelfth lie better with day and month exchanged.
fn are_turned(days: &[NaiveDate], named: Option<Months>, kind: Turned) -> bool {
    let all: HashSet<NaiveDate> = days.iter().copied().collect();
    let early = all.iter().filter(|on| on.day() <= 12 && on.day() != on.month()).count();
    let late = all.iter().filter(|on| on.day() > 12).count();
    if early == 0 || late == 0 || early + late < FEWEST {
        return false;
    }
    let turned: Vec<NaiveDate> = days.iter().map(|on| turn(*on).unwrap_or(*on)).collect();
    let (as_is, exchanged) = (disorder(days, named), disorder(&turned, named));
    let is_sorted = |disorder: usize| disorder * SORTED <= days.len();
    match kind {
        Turned::Cells => {
            exchanged < as_is || (early >= MANY && late >= MANY && (exchanged == as_is || !is_sorted(as_is)))
        }
        // A program that writes what it read the way it read it brings the day back to where it was.
        Turned::Bare => exchanged < as_is && is_sorted(exchanged) && early > 1,
    }
}

/// How many days follow one that is later, or earlier where the newest is at the top, or lie outside of the months that the
/// table is named for.
fn disorder(days: &[NaiveDate], named: Option<Months>) -> usize {
    let back = days.windows(2).filter(|pair| pair[1] < pair[0]).count();
    let ahead = days.windows(2).filter(|pair| pair[1] > pair[0]).count();
    back.min(ahead) + named.map_or(0, |named| days.iter().filter(|on| !named.has(**on)).count())
}

/// How a day is written, and which it is, day first; inner none where that is no day.
fn read(text: &str) -> Option<(Written, Option<NaiveDate>)> {
    let text = text.trim();
    if let Some(on) = from_workbook(text) {
        return Some((Written::Cell, Some(on)));
    }
    let text = day_and_time(text).0;
    // Such a program makes no date of “9.1.2024”.
    let mut parts = text.split(if text.contains('/') { '/' } else { '-' });
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_so = [day, month].iter().all(|part| part.len() < 3) && matches!(year.len(), 2 | 4);
    if !is_so || parts.next().is_some() || ![day, month, year].into_iter().all(is_number) {
        return None;
    }
    let written = if day.len() == 1 || month.len() == 1 {
        Written::Bare
    } else if day.starts_with('0') || month.starts_with('0') {
        Written::Padded
    } else {
        Written::Full
    };
    let year: i32 = year.parse::<i32>().ok().map(|number| if year.len() == 2 { 2000 + number } else { number })?;
    Some((written, NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)))
}
