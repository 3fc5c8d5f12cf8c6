//! Days as people write them, many at a time.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::AcademicYear;
use crate::calendar::{iso_day, weekday_name, weekday_named};

/// Days one field names at most: an academic year's.
const MOST_DAYS: usize = 366;

/// Reads days and periods, one a line or between commas: `14 January 2027`, `Mon 14 Jan`, `14/1/2027`, `2027-01-14`,
/// `4 to 8 January`, `30 Nov – 4 Dec`. Where no year is written, it is the one that lies in `year`. In order, each once.
///
/// # Errors
/// A sentence about the first that cannot be read.
pub fn read_dates(text: &str, year: AcademicYear) -> Result<Vec<NaiveDate>, String> {
    let mut days = Vec::new();
    for entry in text.split(['\n', ',', ';']).map(str::trim).filter(|entry| !entry.is_empty()) {
        let no = || {
            format!(
                "“{}” is not a date: write days like 14 January {}, or periods like 4 to 8 January {}, with commas or lines between them",
                entry.chars().take(40).collect::<String>(),
                year.first() + 1,
                year.first() + 1
            )
        };
        let (from, to) = period(entry, year).ok_or_else(no)?;
        if let Some((on, named)) = [from, to].into_iter().find(|(on, named)| named.is_some_and(|d| d != on.weekday())) {
            let named = named.map(weekday_name).unwrap_or_default();
            return Err(format!(
                "“{entry}”: {} is a {}, not a {named}",
                on.format("%-d %B %Y"),
                weekday_name(on.weekday())
            ));
        }
        let (from, to) = (from.0, to.0);
        if to < from {
            return Err(format!("“{entry}” ends before it begins: write the earlier day first"));
        }
        days.extend(from.iter_days().take_while(|day| *day <= to).take(MOST_DAYS + 1));
        if days.len() > MOST_DAYS {
            return Err("Those are more days than a year has: name fewer".into());
        }
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// A day, and the weekday that it is said to be.
type Named = (NaiveDate, Option<Weekday>);

fn period(entry: &str, year: AcademicYear) -> Option<(Named, Named)> {
    let plain = entry.to_lowercase().replace(['–', '—'], " to ").replace(" - ", " to ").replace(" until ", " to ");
    let Some((from, to)) = plain.split_once(" to ") else {
        let day = (one(&plain, year)?, weekday(&plain));
        return Some((day, day));
    };
    let last = one(to, year)?;
    // “4 to 8 January”: the month stands once; “30 November to 4 December 2026”: the year does.
    let first = match words(from).as_slice() {
        [day] => NaiveDate::from_ymd_opt(last.year(), last.month(), day.parse().ok()?)?,
        _ => one(from, year)?,
    };
    Some(((first, weekday(from)), (last, weekday(to))))
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == '/' || c == '.').filter(|word| !word.is_empty())
}

/// The weekday that a text names.
fn weekday(text: &str) -> Option<Weekday> {
    parts(text).find_map(weekday_named)
}

/// The words of a date, without its weekday and the endings of ordinals.
fn words(text: &str) -> Vec<String> {
    parts(text)
        .filter(|word| weekday_named(word).is_none())
        .map(|word| {
            let bare = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
            bare.filter(|bare| bare.chars().all(|c| c.is_ascii_digit())).unwrap_or(word).to_owned()
        })
        .collect()
}

fn one(text: &str, year: AcademicYear) -> Option<NaiveDate> {
    if let Some(day) = iso_day(text.trim()) {
        return Some(day);
    }
    // “8-12-26” is a day; “8-12” might as well be several.
    let strokes = if text.matches('-').count() == 2 { text.replace('-', "/") } else { text.to_owned() };
    let words = words(&strokes);
    let (day, month, written) = match words.as_slice() {
        [day, month] => (day, month, None),
        [day, month, written] => (day, month, Some(written)),
        _ => return None,
    };
    let (day, month) = (day.parse::<u32>().ok()?, month_of(month)?);
    match written {
        Some(written) => {
            let number: i32 = written.parse().ok()?;
            let full = if (0..100).contains(&number) && written.len() == 2 { 2000 + number } else { number };
            NaiveDate::from_ymd_opt(full, month, day).filter(|d| (1990..2200).contains(&d.year()))
        }
        None => [year.first(), year.first() + 1]
            .into_iter()
            .filter_map(|y| NaiveDate::from_ymd_opt(y, month, day))
            .find(|d| year.contains(*d)),
    }
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Ok(number) = word.parse::<u32>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let found = MONTHS.iter().position(|month| {
        word.len() >= 3 && (month.starts_with(word) || word == "sept" && month.starts_with("sept"))
    })?;
    u32::try_from(found + 1).ok()
}

/// Days as a person would write them, periods put together: `4 January 2027`, `11 to 15 January 2027`. Reads back by
/// [`read_dates`]. `days` in order.
#[must_use]
pub fn in_words(days: &[NaiveDate]) -> Vec<String> {
    let mut runs: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for &day in days {
        match runs.last_mut() {
            Some((_, end)) if end.succ_opt() == Some(day) => *end = day,
            _ => runs.push((day, day)),
        }
    }
    let full = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    runs.into_iter()
        .map(|(from, to)| {
            if from == to {
                full(from)
            } else if (from.year(), from.month()) == (to.year(), to.month()) {
                format!("{} to {}", from.day(), full(to))
            } else {
                format!("{} to {}", full(from), full(to))
            }
        })
        .collect()
}
