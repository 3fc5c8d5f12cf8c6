//! Dates as people type them, day first, with or without a year.

mod moment;

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use domain::AcademicYear;
use domain::calendar::iso_day;

pub(super) use super::clock::time;
use super::order::Order;
use super::says::is_cancelled;
use super::words::{plain, words};
use super::years_of::Months;
pub(super) use moment::{clock_of, day_and_time};

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
/// Spreadsheets' serial numbers from 1995 to 2064 (days since 30 December 1899): nothing else in a date column is so large.
const SERIALS: std::ops::Range<i64> = 34_700..60_400;

/// The two systems of serial numbers are so many days apart.
const DAYS_BETWEEN: i64 = 1_462;

const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn month(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|m| word.starts_with(m))?;
    let is_begun = LONG_MONTHS[at].get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    (is_begun || word == "sept").then(|| u32::try_from(at + 1).unwrap_or(1))
}

/// A month by its number.
pub(super) fn month_name(number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|number| LONG_MONTHS.get(number.checked_sub(1)?)).copied().unwrap_or_default()
}

pub(super) use domain::calendar::weekday_named as weekday;

/// What is known of the dates of a column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// The months that dates without a year lie in.
    pub months: Option<Months>,
    /// The month of the line above, in which a day by itself lies.
    pub month: Option<Months>,
    /// The months that the sheet is named for.
    pub named: Option<Months>,
    /// Whether its days stand before their months.
    pub order: Order,
}

/// Reads a date cell. `year` is the academic year the table is of, where its sheet or title says so.
#[must_use]
pub fn read(text: &str, year: Option<AcademicYear>) -> When {
    read_as(text, Known { months: year.map(Months::academic), ..Known::default() })
}

const NO_DATE: &str = "is not a date";
pub(super) const NO_YEAR: &str =
    "has no year, and neither the sheet’s name nor what stands above it says for certain which it is";
const SEVERAL: &str = "may name several days, and each needs a row of its own";

/// A day, a month, and a year with its figures.
type Parts = (i64, i64, Option<(i64, usize)>);

/// A number of a date.
struct Number<'a> {
    is: i64,
    figures: usize,
    /// “12th”.
    is_ordinal: bool,
    /// What stands before it, from the word before.
    gap: &'a str,
}

/// The words of a date.
#[derive(Default)]
struct Words<'a> {
    /// Numbers before the month's name, or all where none names it.
    before: Vec<Number<'a>>,
    /// Numbers behind the month's name.
    after: Vec<Number<'a>>,
    month: Option<u32>,
    /// What stands before the month's name.
    gap: &'a str,
    weekday: Option<Weekday>,
    /// It says that it names more than one.
    is_several: bool,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Result<Self, &'static str> {
        let (mut found, mut end) = (Self::default(), 0);
        for word in words(text) {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            let gap = text[end..start].trim();
            end = start + word.len();
            let bare = ["st", "nd", "rd", "th"].iter().find_map(|s| word.strip_suffix(s)).unwrap_or(word);
            found.is_several |= gap.contains(['&', '+']);
            if let Some(is) = bare.parse::<i64>().ok().filter(|_| bare.bytes().all(|b| b.is_ascii_digit())) {
                let number = Number { is, figures: bare.len(), is_ordinal: bare != word, gap };
                if found.month.is_some() {
                    found.after.push(number)
                } else {
                    found.before.push(number)
                }
                continue;
            }
            match (month(word), weekday(word)) {
                (Some(_), _) if found.month.is_some() => found.is_several = true,
                (Some(m), _) => (found.month, found.gap) = (Some(m), gap),
                (_, Some(_)) if found.weekday.is_some() => found.is_several = true,
                (_, Some(d)) => found.weekday = Some(d),
                _ if matches!(word, "to" | "and" | "until" | "till") => found.is_several = true,
                // “12/09/16 CANC” says of its day what became of it.
                _ if matches!(word, "of" | "the") || is_cancelled(word) => {}
                _ => return Err(NO_DATE),
            }
        }
        Ok(found)
    }

    /// “13th” or “13” below a line of a month.
    fn day_of(&self, known: Known) -> Option<NaiveDate> {
        known.month?.day(self.day_alone()?)
    }

    /// The number of a day that stands without its month.
    fn day_alone(&self) -> Option<u32> {
        let ([day], [], None, false) = (self.before.as_slice(), self.after.as_slice(), self.month, self.is_several)
        else {
            return None;
        };
        u32::try_from(day.is).ok().filter(|number| day.figures < 3 && (1..=31).contains(number))
    }

    /// “Fri 22”, “22nd”: a day, and no time.
    fn is_day_by_its_words(&self) -> bool {
        self.day_alone().is_some() && (self.weekday.is_some() || self.before.iter().any(|number| number.is_ordinal))
    }

    /// The day, the month and the year with its figures, by where they stand: a second number is a year only where a year
    /// can stand.
    fn parts(&self) -> Result<Parts, &'static str> {
        let is_sign = |gap: &str| matches!(gap, "/" | "." | "-");
        let year = |number: &Number<'_>| Some((number.is, number.figures));
        let numbers = self.before.len() + self.after.len();
        if self.is_several {
            return Err(if numbers > 1 { SEVERAL } else { NO_DATE });
        }
        let found = match (self.month.map(i64::from), self.before.as_slice(), self.after.as_slice()) {
            (Some(m), [day], []) | (Some(m), [], [day]) => Some((day.is, m, None)),
            (Some(m), [y], [day]) if y.figures == 4 && day.figures < 3 => Some((day.is, m, year(y))),
            (Some(m), [day], [y]) if y.figures > 2 => Some((day.is, m, year(y))),
            // “12 Sept - 14” are days; “12-Sep-14” is one.
            (Some(m), [day], [y]) if !y.is_ordinal && (y.gap == self.gap || matches!(y.gap, "" | "." | "'")) => {
                Some((day.is, m, year(y)))
            }
            (Some(m), [], [day, y]) if y.figures == 4 => Some((day.is, m, year(y))),
            (None, [day, m], _) if is_sign(m.gap) && !m.is_ordinal => Some((day.is, m.is, None)),
            (None, [y, m, day], _) if y.figures == 4 => Some((day.is, m.is, year(y))),
            (None, [day, m, y], _) if y.figures > 2 && (is_sign(m.gap) || m.gap.is_empty()) => {
                Some((day.is, m.is, year(y)))
            }
            (None, [day, m, y], _) if is_sign(m.gap) && m.gap == y.gap => Some((day.is, m.is, year(y))),
            _ => None,
        };
        let is_days = |numbers: &[Number<'_>]| numbers.iter().all(|n| (1..=31).contains(&n.is) || n.figures == 4);
        found.ok_or(if numbers > 1 && is_days(&self.before) && is_days(&self.after) { SEVERAL } else { NO_DATE })
    }
}

/// Whether a cell names a day without its month: “Mon 11th”, “14”.
pub(super) fn is_day_alone(text: &str) -> bool {
    let text = plain(text);
    Words::of(moment::day_and_time(&text).0).is_ok_and(|words| words.day_alone().is_some())
}

/// Reads a date cell of a column of which something is known.
pub(super) fn read_as(text: &str, known: Known) -> When {
    let text = plain(text);
    if text.is_empty() || matches!(text.as_str(), "-" | "?" | "tbc" | "n/a") {
        return When::NotGiven;
    }
    let no = |why: &str| When::Unclear(why.to_owned());
    if let Some(date) = from_workbook(&text) {
        if let Some(why) = known.order.doubts_cell(date) {
            return When::Unclear(why);
        }
        return checked(date, None, known);
    }
    if text.contains('?') {
        return no("has a question mark");
    }
    if is_month_and_year(&text) {
        return no("may be a month and its year");
    }
    let spaced = moment::spaced(&text);
    let (text, _) = moment::day_and_time(&spaced);
    if let Some(date) = moment::by_figures(text) {
        return checked(date, None, known);
    }
    let words = match Words::of(text) {
        Ok(words) => words,
        Err(why) => return no(why),
    };
    let found = match (words.parts(), words.day_of(known)) {
        (Ok(parts), _) => (parts, words),
        (_, Some(date)) => return checked(date, words.weekday, known),
        (Err(why), _) => return no(why),
    };
    let ((mut day, mut month, typed_year), words) = found;
    let by_numbers = words.month.is_none() && words.before.first().is_some_and(|n| n.figures < 3);
    match known.order {
        Order::MonthFirst { .. } if by_numbers => std::mem::swap(&mut day, &mut month),
        Order::Unsure { .. } if by_numbers && day != month && (1..=12).contains(&day) && (1..=12).contains(&month) => {
            return no("may have its month first, as other dates of its column have");
        }
        _ => {}
    }
    let (Ok(day), Ok(month)) = (u32::try_from(day), u32::try_from(month)) else { return no(NO_DATE) };
    let date = match typed_year {
        Some((y, 4)) => i32::try_from(y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, month, day)),
        Some((y, 2)) => i32::try_from(2000 + y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, month, day)),
        Some(_) => return no("has no year of two or four figures"),
        // In a leap year: what is no day in any is no question of its year.
        None if NaiveDate::from_ymd_opt(2000, month, day).is_none() => None,
        None => {
            let Some(year) = known.months.and_then(|months| months.year_of(month)) else {
                return no(NO_YEAR);
            };
            NaiveDate::from_ymd_opt(year, month, day)
        }
    };
    let Some(date) = date else { return no("is no day of the calendar") };
    match known.order.doubts_text(date).filter(|_| by_numbers) {
        Some(why) => When::Unclear(why),
        None => checked(date, words.weekday, known),
    }
}

/// A day, unless it cannot be the one that is meant.
fn checked(date: NaiveDate, weekday: Option<Weekday>, known: Known) -> When {
    if !YEARS.contains(&date.year()) || AcademicYear::holding(date).is_none() {
        return When::Unclear(format!("is a day of the year {}, which may be a slip", date.year()));
    }
    if let Some(named) = weekday.filter(|named| *named != date.weekday()) {
        return When::Unclear(format!(
            "is a {}, not a {}",
            domain::calendar::weekday_name(date.weekday()),
            domain::calendar::weekday_name(named)
        ));
    }
    match known.named.filter(|named| named.is_far_from(date)) {
        Some(_) => When::Unclear(format!(
            "is a day of {}, more than a year from what the sheet is named for",
            date.format("%B %Y")
        )),
        None => When::On(date),
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
pub(super) fn from_workbook(text: &str) -> Option<NaiveDate> {
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

#[cfg(test)]
mod tests;
