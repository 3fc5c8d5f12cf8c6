//! Days that are likely a slip of the keyboard: a year as around New Year, “09/01/2023” between 18/12/2023 and
//! 11/01/2024, or a day on which schools are closed.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate, Weekday};
use domain::calendar::weekday_name;

use super::columns::{Columns, letters};
use super::date;
use super::table::OfSheet;
use super::words::{is_ditto, plain, words};
use super::years_of::Months;
use super::{Doubt, History, Role};

/// So many days apart are a year less the longest gap between two visits.
const FAR: i64 = 250;
/// Two visits of a sorted list are no further apart.
const NEAR: i64 = 100;
/// By so many days visits of a sorted list may be out of their order.
const SLACK: i64 = 14;
/// No more rows in a row have a slip.
const MOST: usize = 200;

/// What to do about a year.
const TYPE: &str = "Type the date with its year";
/// Of so many days one may be no school day: where more are, visits are made on those, too.
const WORKING: usize = 20;

/// What is known of a table's days.
pub(super) struct Known {
    /// The months that the sheet's name and the titles say they are of.
    pub named: Option<Months>,
    /// The first row for which that no longer holds.
    pub turned: Option<u32>,
    /// The rows whose date a person typed.
    pub typed: HashSet<u32>,
}

/// The day of a row.
struct Day {
    row: u32,
    /// Its first visit.
    visit: usize,
    on: NaiveDate,
}

/// Asks about the days of a table that lie outside of the year it is named for, and those that a year more or less would
/// put between the days beside them. Its visits and doubts begin at `from`.
pub(super) fn ask(of: &OfSheet<'_>, columns: &Columns, known: &Known, from: (usize, usize), history: &mut History) {
    let Some(column) = columns.at(Role::Date) else { return };
    let mut days: Vec<Day> = Vec::with_capacity(history.visits.len() - from.0);
    for (visit, of_row) in history.visits.iter().enumerate().skip(from.0) {
        if let Some(on) = of_row.on.filter(|_| days.last().is_none_or(|last| last.row != of_row.row)) {
            days.push(Day { row: of_row.row, visit, on });
        }
    }
    let mut found: Vec<(usize, String)> =
        known.named.map(|named| outside(&days, named, known.turned)).unwrap_or_default();
    let is_found: HashSet<usize> = found.iter().map(|(at, _)| *at).collect();
    found.extend(astray(&days).into_iter().filter(|(at, _)| !is_found.contains(at)));
    let is_found: HashSet<usize> = found.iter().map(|(at, _)| *at).collect();
    let free = free(&days, |row, weekday| names(of, row, weekday));
    found.extend(free.into_iter().filter(|(at, _)| !is_found.contains(at)));
    found.sort_unstable_by_key(|(at, _)| *at);
    // “Same” below a day that a person typed is that day.
    let mut trusted = None;
    for (at, why) in found {
        let Day { row, visit, on } = days[at];
        let typed = of.cells.at_row(row, column).trim();
        let repeats = is_ditto(&plain(typed));
        if known.typed.contains(&row) || (repeats && at > 0 && trusted == Some(at - 1) && days[at - 1].on == on) {
            trusted = Some(at);
            continue;
        }
        let message = if repeats {
            format!("“{typed}” repeats the day above, {}, which {why}.", on.format("%d/%m/%Y"))
        } else {
            format!("“{typed}” {why}.")
        };
        history.visits[visit..].iter_mut().take_while(|visit| visit.row == row).for_each(|visit| visit.on = None);
        let (sheet, cell) = (of.sheet.map(str::to_owned), format!("{}{row}", letters(column)));
        history.doubts.push(Doubt { sheet, row, cell, about: Role::Date, typed: typed.to_owned(), message });
    }
    history.doubts[from.1..].sort_by_key(|doubt| doubt.row);
}

/// The days that lie outside of the months a table is named for, with why they are asked about; none where most do: then
/// what names them is of something else.
fn outside(days: &[Day], named: Months, turned: Option<u32>) -> Vec<(usize, String)> {
    let days = &days[..turned.map_or(days.len(), |turned| days.partition_point(|day| day.row < turned))];
    let mut out: Vec<usize> = (0..days.len()).filter(|at| !named.has(days[*at].on)).collect();
    if out.is_empty() || out.len() * 2 > days.len() {
        return Vec::new();
    }
    // “2023-24” may be the financial year, where nothing is later than that has it.
    if let Some((before, after)) = named.beside_financial()
        && !days.iter().any(|day| after.has(day.on))
    {
        out.retain(|at| !before.has(days[*at].on));
    }
    let why = |at: usize| {
        let side = if named.begin_after(days[at].on) { "before" } else { "after" };
        (at, format!("lies {side} {}, which the sheet’s name or title says it is of. {TYPE}", named.label()))
    };
    out.into_iter().map(why).collect()
}

/// The days on which schools are closed, if they are few: Saturdays and Sundays that are not called so, Christmas, New Year.
fn free(days: &[Day], is_named: impl Fn(u32, Weekday) -> bool) -> Vec<(usize, String)> {
    let free = |at: usize| {
        let on = days[at].on;
        let day = match (on.month(), on.day()) {
            (12, 25) => "Christmas Day".to_owned(),
            (12, 26) => "Boxing Day".to_owned(),
            (1, 1) => "New Year’s Day".to_owned(),
            _ if matches!(on.weekday(), Weekday::Sat | Weekday::Sun) => format!("a {}", weekday_name(on.weekday())),
            _ => return None,
        };
        Some(format!("is {day}. Type the right date, or the same again if it is right"))
    };
    let found: Vec<(usize, String)> = (0..days.len()).filter_map(|at| Some((at, free(at)?))).collect();
    if found.len() > 2 && found.len() * WORKING > days.len() {
        return Vec::new();
    }
    found.into_iter().filter(|(at, _)| !is_named(days[*at].row, days[*at].on.weekday())).collect()
}

/// Whether a cell of a row names a weekday: “Sat”, “Saturday club”.
fn names(of: &OfSheet<'_>, row: u32, weekday: Weekday) -> bool {
    of.cells.numbered(row).is_some_and(|cells| {
        cells.filled().any(|text| words(&plain(text)).iter().any(|word| date::weekday(word) == Some(weekday)))
    })
}

/// The days that go back or ahead by about a year in a sorted table, where one year more or less puts them between those
/// beside them.
fn astray(days: &[Day]) -> Vec<(usize, String)> {
    let pairs = days.len().saturating_sub(1);
    let back = days.windows(2).filter(|pair| pair[1].on < pair[0].on).count();
    let ahead = days.windows(2).filter(|pair| pair[1].on > pair[0].on).count();
    let is_few = |many: usize| many * 5 <= pairs || (pairs <= 10 && many * 2 <= pairs);
    let newest_first = back > ahead;
    if pairs < 2 || !is_few(back.min(ahead)) {
        return Vec::new();
    }
    let place = |at: usize| if newest_first { days.len() - 1 - at } else { at };
    let on = |at: usize| days[place(at)].on;
    let (mut found, mut good, mut at) = (Vec::new(), on(0), 1);
    while at < days.len() {
        let gone = (good - on(at)).num_days();
        let years = if gone > FAR {
            1
        } else if gone < -FAR {
            -1
        } else {
            0
        };
        match run(days.len(), at, good, years, &on) {
            Some(end) => {
                found.extend((at..end).map(|at| (place(at), why(on(at), years))));
                at = end;
            }
            None => {
                good = on(at);
                at += 1;
            }
        }
    }
    found
}

fn why(on: NaiveDate, years: i32) -> String {
    let (side, year) = if years > 0 { ("before", on.year() + 1) } else { ("after", on.year() - 1) };
    format!("lies about a year {side} the days above and below it: {year} may be meant. {TYPE}")
}

/// Where the days end that are out of their place from one on, which so many years more would put behind `good`.
fn run(all: usize, from: usize, good: NaiveDate, years: i32, on: &dyn Fn(usize) -> NaiveDate) -> Option<usize> {
    let follows = |before: NaiveDate, day: NaiveDate| (-SLACK..=NEAR).contains(&(day - before).num_days());
    let (mut last, mut at) = (good, from);
    while years != 0 && at < all && at < from + MOST {
        if at > from && follows(last, on(at)) {
            return Some(at);
        }
        let moved = on(at).with_year(on(at).year() + years).filter(|moved| follows(last, *moved))?;
        last = moved.max(last);
        at += 1;
    }
    // At the end a day may well be a year after those above it, but not before them.
    (years > 0 && at == all && from > 2).then_some(all)
}
