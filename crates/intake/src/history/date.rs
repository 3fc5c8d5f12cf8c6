//! Dates as people type them, day first, with or without a year.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use domain::AcademicYear;
use domain::calendar::iso_day;
use domain::slot::TimeOfDay;

use super::says::is_cancelled;
use super::words::{plain, words};

/// What a date cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// This day.
    On(NaiveDate),
    /// Nothing.
    NotGiven,
    /// Nothing that is a day: why, as a sentence for people.
    Unclear(String),
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// Spreadsheets' serial numbers from 1995 to 2064 (days since 30 December 1899): nothing else in a date column is so large.
const SERIALS: std::ops::Range<i64> = 34_700..60_400;

/// The two systems of serial numbers are so many days apart.
const DAYS_BETWEEN: i64 = 1_462;

pub(super) fn month(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|m| word.starts_with(m))?;
    let long = [
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
    (long[at].starts_with(word) || word == "sept").then(|| u32::try_from(at + 1).unwrap_or(1))
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let (short, day) = DAYS.into_iter().find(|(short, _)| word.starts_with(short))?;
    let long = domain::calendar::weekday_name(day).to_lowercase();
    (long.starts_with(word) || matches!(word, "tues" | "thur" | "thurs" | "weds") || word == short).then_some(day)
}

/// The academic year that a sheet's name or a title speaks of: “Autumn 2016”, “Summer 17”, “2018-19”, “21-22”.
#[must_use]
pub fn academic_year(text: &str) -> Option<AcademicYear> {
    let text = plain(text).replace('/', "-");
    let words = words(&text);
    let full = |word: &str| match (word.len(), word.parse::<i64>()) {
        (4, Ok(year)) if (1990..2100).contains(&year) => Some(year),
        (2, Ok(year)) if word.bytes().all(|b| b.is_ascii_digit()) => Some(2000 + year),
        _ => None,
    };
    for pair in words.windows(2) {
        let (Some(first), Some(second)) = (full(pair[0]), full(pair[1])) else { continue };
        if second == first + 1 {
            return AcademicYear::new(first).ok();
        }
    }
    for pair in words.windows(2) {
        let year = full(pair[1]).or_else(|| words.iter().find_map(|w| full(w).filter(|_| w.len() == 4)));
        let first = match pair[0] {
            "autumn" | "christmas" => year,
            "spring" | "summer" | "easter" => year.map(|y| y - 1),
            _ => None,
        };
        if let Some(first) = first {
            return AcademicYear::new(first).ok();
        }
    }
    None
}

/// Reads a date cell. `year` is the academic year the table is of, where its sheet or title says so.
#[must_use]
pub fn read(text: &str, year: Option<AcademicYear>) -> When {
    let text = plain(text);
    if text.is_empty() || matches!(text.as_str(), "-" | "?" | "tbc" | "n/a") {
        return When::NotGiven;
    }
    if let Some(date) = from_workbook(&text) {
        return When::On(date);
    }
    let no = |why: &str| When::Unclear(why.to_owned());
    if text.contains('?') {
        return no("has a question mark");
    }
    if is_month_and_year(&text) {
        return no("may be a month and its year");
    }
    let mut numbers = Vec::new();
    let (mut named_month, mut named_day) = (None, None);
    for word in words(&text) {
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|s| word.strip_suffix(s)).unwrap_or(word);
        match bare.parse::<i64>() {
            Ok(number) if bare.bytes().all(|b| b.is_ascii_digit()) => {
                // “12/09/16”: the month stands where its place is, after the day.
                numbers.push((number, bare.len()));
            }
            _ => match (month(word), weekday(word)) {
                (Some(m), _) if named_month.is_none() => named_month = Some(m),
                (_, Some(d)) => named_day = Some(d),
                // “12/09/16 CANC” says of its day what became of it.
                _ if matches!(word, "of" | "the") || is_cancelled(word) => {}
                _ => return no("is not a date"),
            },
        }
    }
    let (day, month, typed_year) = match (named_month, numbers.as_slice()) {
        (Some(m), [(day, _)]) => (*day, i64::from(m), None),
        (Some(m), [(day, _), year]) => (*day, i64::from(m), Some(*year)),
        (None, [(day, _), (m, _)]) => (*day, *m, None),
        (None, [(year, 4), (m, _), (day, _)]) => (*day, *m, Some((*year, 4))),
        (None, [(day, _), (m, _), year]) => (*day, *m, Some(*year)),
        _ => return no("is not a date"),
    };
    let (Ok(day), Ok(month)) = (u32::try_from(day), u32::try_from(month)) else { return no("is not a date") };
    let date = match typed_year {
        Some((y, 4)) => i32::try_from(y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, month, day)),
        Some((y, 2)) => i32::try_from(2000 + y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, month, day)),
        Some(_) => return no("has no year of two or four figures"),
        None => {
            let Some(year) = year else {
                return no("has no year, and neither the sheet’s name nor its title says which it is");
            };
            // An academic year begins in September.
            let calendar_year = if month >= 9 { year.first() } else { year.first() + 1 };
            NaiveDate::from_ymd_opt(calendar_year, month, day)
        }
    };
    match (date, named_day) {
        (None, _) => no("is no day of the calendar"),
        (Some(date), _) if !YEARS.contains(&date.year()) => {
            When::Unclear(format!("is a day of {}: is the year right?", date.year()))
        }
        (Some(date), Some(named)) if date.weekday() != named => When::Unclear(format!(
            "is a {}, not a {}",
            domain::calendar::weekday_name(date.weekday()),
            domain::calendar::weekday_name(named)
        )),
        (Some(date), _) => When::On(date),
    }
}

/// The years in which sessions can have been: any other is a slip of the keyboard.
const YEARS: std::ops::Range<i32> = 1990..2100;

/// “Sep-16”, as spreadsheet programs show a month: whether 16 is its day nobody knows.
pub(super) fn is_month_and_year(text: &str) -> bool {
    let Some((word, number)) = text.split_once(['-', '\'']) else { return false };
    month(word.trim()).is_some() && number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit())
}

/// A bare serial number of a workbook that counts from 1904 as one that counts from 1900; any other text as it is.
pub(super) fn of_serial(text: &str, since_1904: bool) -> Cow<'_, str> {
    if since_1904 {
        let plain = text.trim();
        let serial = plain.strip_suffix(".0").unwrap_or(plain).parse::<i64>().ok();
        if let Some(serial) = serial.map(|serial| serial + DAYS_BETWEEN).filter(|serial| SERIALS.contains(serial)) {
            return serial.to_string().into();
        }
    }
    text.into()
}

/// A date cell of a workbook, as the reader writes it, or a bare serial number.
fn from_workbook(text: &str) -> Option<NaiveDate> {
    let upper = text.to_uppercase();
    if let Some((date, _)) = upper.split_once(['T', ' ']) {
        let moment = NaiveDateTime::parse_from_str(&upper.replace('T', " "), "%Y-%m-%d %H:%M:%S");
        return moment.ok().and(iso_day(date));
    }
    if let Some(date) = iso_day(text) {
        return Some(date);
    }
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let serial = whole.parse::<i64>().ok().filter(|s| SERIALS.contains(s))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(TimeDelta::days(serial))
}

/// Half of a school day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

/// What a time cell says: “am”, “9.30”, “1.15pm”, “all day”.
#[must_use]
pub fn time(text: &str) -> (Option<TimeOfDay>, Option<Half>) {
    let text = plain(text);
    match text.as_str() {
        "am" | "a.m." | "morning" => return (None, Some(Half::Am)),
        "pm" | "p.m." | "afternoon" => return (None, Some(Half::Pm)),
        _ => {}
    }
    // A time cell of a workbook comes with seconds.
    let short = if text.len() == 8 && text.matches(':').count() == 2 { &text[..5] } else { text.as_str() };
    let Ok(time) = short.parse::<TimeOfDay>() else { return (None, None) };
    // Nobody teaches at 1.15 at night: without am or pm, hours before seven are after noon.
    let early = time.minutes() < 7 * 60 && !text.ends_with("am");
    let time = if early { TimeOfDay::try_from(time.minutes() + 12 * 60).unwrap_or(time) } else { time };
    (Some(time), Some(if time.minutes() < 12 * 60 { Half::Am } else { Half::Pm }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<String> {
        match read(text, AcademicYear::new(2016).ok()) {
            When::On(date) => Some(date.to_string()),
            _ => None,
        }
    }

    #[test]
    fn dates_are_read_day_first() {
        for (text, wanted) in [
            ("12/09/16", "2016-09-12"),
            (" 14/09/2016\u{a0}", "2016-09-14"),
            ("12.9.16", "2016-09-12"),
            ("12th Sept 2016", "2016-09-12"),
            ("28-Sep-2016", "2016-09-28"),
            ("Wednesday 08 February 2017", "2017-02-08"),
            ("17/1", "2017-01-17"),
            ("Thu 22 Sept", "2016-09-22"),
            ("Tue 7 March", "2017-03-07"),
            ("2016-09-19", "2016-09-19"),
            ("2016-09-19T00:00:00", "2016-09-19"),
            ("42745", "2017-01-10"),
            ("42745.0", "2017-01-10"),
            ("1st April", "2017-04-01"),
            ("Sept 16", "2016-09-16"),
            ("16-Sep", "2016-09-16"),
            ("12-09-16", "2016-09-12"),
            ("5-10-16", "2016-10-05"),
            ("1\u{2011}2\u{2011}17", "2017-02-01"),
            ("2016-09-19 00:00:00", "2016-09-19"),
        ] {
            assert_eq!(day(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn serial_numbers_are_read_in_both_systems() {
        for (text, since_1904, wanted) in [
            ("42745", false, "2017-01-10"),
            ("41283", true, "2017-01-10"),
            ("41283.0", true, "2017-01-10"),
            ("12/09/16", true, "2016-09-12"),
            ("2016-09-19T00:00:00", true, "2016-09-19"),
        ] {
            assert_eq!(day(&of_serial(text, since_1904)).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_asked_about() {
        for text in [
            "31/11/16",
            "12/09/1916",
            "12/09/16?",
            "Sep-16",
            "Sept ’16",
            "12/09/2106",
            "30/02/17",
            "Wed 22 Sept",
            "SEPTEMBER",
            "next week",
            "13/13/16",
            "1/2/3/4",
            "12/09/216",
        ] {
            assert!(matches!(read(text, AcademicYear::new(2016).ok()), When::Unclear(_)), "{text}");
        }
        assert!(matches!(read("17/1", None), When::Unclear(_)));
        assert_eq!(read(" ", None), When::NotGiven);
    }

    #[test]
    fn sheets_and_titles_name_an_academic_year() {
        for (text, first) in [
            ("Autumn 2016", 2016),
            ("Spring 2017", 2016),
            ("Summer 17", 2016),
            ("Tour 2018-19", 2018),
            ("SEND visits 21-22", 2021),
            ("Spring term 2022", 2021),
            ("2018/2019", 2018),
        ] {
            assert_eq!(academic_year(text).map(|y| y.first()), Some(first), "{text}");
        }
        for text in ["Sheet1", "Tour", "2018", "bookings@example.org / 01632 960470"] {
            assert_eq!(academic_year(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read() {
        let minutes = |text: &str| time(text).0.map(TimeOfDay::minutes);
        for (text, wanted) in
            [("9.30", 570), ("1.15pm", 795), ("10:00", 600), ("13:30:00", 810), ("1.15", 795), ("2:00", 840)]
        {
            assert_eq!(minutes(text), Some(wanted), "{text}");
        }
        assert_eq!(time("pm"), (None, Some(Half::Pm)));
        assert_eq!(time("all day"), (None, None));
    }
}
