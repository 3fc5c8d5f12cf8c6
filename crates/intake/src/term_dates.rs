//! Term dates from a calendar file (.ics), a table (.csv) or a workbook.

mod calendar;
mod moment;

use std::ops::ControlFlow;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::AcademicYear;
use domain::calendar::{weekday_name, weekday_named};
use domain::term_date::Stretch;

use crate::grid::{Grid, Row};
use crate::history::academic_year;
use crate::problem::{Problem, Problems};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Most stretches of a file.
const MAX_ROWS: usize = 500;

/// Reads the stretches of a list of term dates, in the order of the file: terms and breaks alike.
///
/// A calendar file has an entry for each. A table or workbook has a row for each, under headings: one for the name
/// (“Term”, “Name”), one for the first day (“Starts”, “From”, “First day”) and one for the last (“Ends”, “To”).
///
/// # Errors
/// Every problem found; in a calendar file the row is the entry's number.
pub fn read(bytes: &[u8]) -> Result<Vec<Stretch>, Vec<Problem>> {
    if bytes.len() > MAX_BYTES {
        return Err(vec![Problem::of_file(
            "The file is larger than 1 MB. Term dates have a few rows: is this the file?",
        )]);
    }
    let text = without_mark(bytes);
    let read = if is_calendar(bytes) { calendar::read(text) } else { table(bytes) };
    let (stretches, problems) = read.map_err(|p| vec![p])?;
    if !problems.is_empty() {
        return Err(problems.into_list());
    }
    if stretches.is_empty() {
        return Err(vec![Problem::of_file("The file has no dates.")]);
    }
    Ok(stretches)
}

/// Whether this is a calendar file, of whatever it is.
pub(crate) fn is_calendar(bytes: &[u8]) -> bool {
    without_mark(bytes).get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCALENDAR"))
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

type Found = (Vec<Stretch>, Problems);

fn tidy(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect()
}

/// A stretch, once nothing is wrong with it.
fn stretch(name: &str, starts: NaiveDate, ends: NaiveDate) -> Result<Stretch, String> {
    let name = tidy(name);
    if name.is_empty() {
        return Err("It has no name. Write which term it is.".into());
    }
    if ends < starts {
        let day = |on: NaiveDate| on.format("%-d %B %Y");
        return Err(format!("“{name}” ends on {}, before it starts on {}.", day(ends), day(starts)));
    }
    if !(1990..=2100).contains(&starts.year()) || !(1990..=2100).contains(&ends.year()) {
        return Err(format!("“{name}” lies outside the years 1990 to 2100."));
    }
    Ok(Stretch { name, starts, ends })
}

/// The columns of a table, by index.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    name: usize,
    starts: usize,
    ends: usize,
}

const NAMES: [&str; 6] = ["name", "term", "title", "summary", "description", "event"];
const STARTS: [&str; 9] =
    ["starts", "start", "start date", "from", "first day", "begins", "opens", "term starts", "first day of teaching"];
const ENDS: [&str; 9] =
    ["ends", "end", "end date", "to", "last day", "finishes", "closes", "term ends", "last day of teaching"];

impl Columns {
    /// The columns that a row names, if it names all three.
    fn read(row: &dyn Row) -> Option<Self> {
        let heads: Vec<String> = (0..row.width().min(50)).map(|c| row.cell(c).trim().to_lowercase()).collect();
        let find = |words: &[&str]| heads.iter().position(|head| words.contains(&head.as_str()));
        Some(Self { name: find(&NAMES)?, starts: find(&STARTS)?, ends: find(&ENDS)? })
    }
}

/// The columns of a row that may be the headings of a list of terms: any list of events may have them.
pub(crate) fn headings(row: &dyn Row) -> Option<Columns> {
    Columns::read(row)
}

/// Whether a row below such headings names a term or a holiday.
pub(crate) fn is_term(row: &dyn Row, at: &Columns) -> bool {
    names_stretch(&row.cell(at.name))
}

/// Whether a row has headings of the days on which schools close and open again: whether those days are still school or
/// already holiday, such tables do not agree about.
fn is_closing(row: &dyn Row) -> bool {
    (0..row.width().min(50)).any(|column| {
        let head = row.cell(column).trim().to_lowercase();
        ["re-open", "reopen", "schools close", "school closes"].iter().any(|part| head.contains(part))
    })
}

/// Whether a text names a term or a holiday, and so needs its days: “Autumn term”, and not “Term dates 2026/27” or
/// “Inset days are to be confirmed”.
fn names_stretch(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(word));
    words.len() <= 4
        && has(&["term", "half", "holiday", "holidays", "break", "autumn", "spring", "summer", "christmas", "easter"])
        && !has(&["dates", "are", "is", "be", "see", "tbc"])
}

fn table(bytes: &[u8]) -> Result<Found, Problem> {
    let mut grid = Grid::open(bytes)?;
    let (mut found, mut problems) = (Vec::new(), Problems::default());
    let (mut has_table, mut closing) = (false, None);
    for sheet in grid.sheets() {
        let mut columns: Option<Columns> = None;
        // The academic year that a sheet's name or a title says, for days without a year below it.
        let mut year = sheet.as_deref().and_then(academic_year);
        let of_others = found.len();
        grid.rows(sheet.as_deref(), &mut |number, row| {
            // Headings may stand again, above another year's terms.
            if let Some(here) = Columns::read(row) {
                columns = Some(here);
                return ControlFlow::Continue(());
            }
            let titled = || (0..row.width().min(50)).find_map(|column| academic_year(&row.cell(column)));
            let Some(at) = columns else {
                year = titled().or(year);
                if closing.is_none() && is_closing(row) {
                    closing = Some((sheet.clone(), number));
                }
                return if number > 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            };
            if row.is_blank() {
                return ControlFlow::Continue(());
            }
            if found.len() >= MAX_ROWS {
                problems.push(Problem::of_file(format!(
                    "There are more than {MAX_ROWS} rows: is this a list of term dates?"
                )));
                return ControlFlow::Break(());
            }
            let mut wrong = |column: &str, message: String| {
                let column = Some(column.to_owned());
                problems.push(Problem { sheet: sheet.clone(), row: Some(number), column, message });
            };
            let (starts, ends) = (row.cell(at.starts), row.cell(at.ends));
            match (date_in(&starts, year), date_in(&ends, year)) {
                (Err(_), Err(_)) if is_note(row) => year = titled().or(year),
                (Ok(starts), Ok(ends)) => match stretch(&row.cell(at.name), starts, ends) {
                    // A sheet of all years says what the sheet of each year says.
                    Ok(stretch) if found[..of_others].contains(&stretch) => {}
                    Ok(stretch) => found.push(stretch),
                    Err(message) => wrong("name", message),
                },
                (first, last) => {
                    for (column, date) in [("first day", first), ("last day", last)] {
                        if let Err(message) = date {
                            wrong(column, message);
                        }
                    }
                }
            }
            ControlFlow::Continue(())
        })?;
        has_table |= columns.is_some();
    }
    if has_table {
        return Ok((found, problems));
    }
    let layouts = "Write the headings “Name”, “Starts” and “Ends” above the dates (“Term”, “From” and “To”, or “First day” and “Last day”, are known too), one term or holiday a row.";
    Err(match closing {
        Some((sheet, number)) => Problem {
            sheet,
            row: Some(number),
            ..Problem::of_file(format!(
                "These headings name days on which schools close and open again, which do not say for certain whether those days are still school. {layouts}"
            ))
        },
        None => Problem::of_file(format!("No row has headings for a name, a first day and a last day. {layouts}")),
    })
}

/// Whether a row without dates is a note or a title between the terms: a text in one cell, and no name of a term.
fn is_note(row: &dyn Row) -> bool {
    let mut texts = (0..row.width()).map(|column| row.cell(column)).filter(|text| !text.trim().is_empty());
    let text = texts.next().filter(|_| texts.next().is_none());
    text.is_some_and(|text| text.chars().any(char::is_alphanumeric) && !names_stretch(&text))
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoDate {
    /// Nothing in it is one.
    Unread,
    /// This day is another weekday than the one that it names.
    Weekday(NaiveDate, Weekday),
}

impl NoDate {
    /// What is wrong with it, and how to write it.
    fn of(self, text: &str) -> String {
        let text = tidy(text);
        match self {
            Self::Weekday(date, named) => format!(
                "“{text}” is a {}, not a {}. Write the day that is right.",
                weekday_name(date.weekday()),
                weekday_name(named)
            ),
            Self::Unread if text.is_empty() => {
                "There is no date here. Write it like 3 September 2026 or 03/09/2026.".to_owned()
            }
            Self::Unread if day_of(&text, 2024).is_some_and(|day| day != Err(Self::Unread)) => {
                format!("“{text}” has no year, and no title says which academic year it is. Write the year, too.")
            }
            Self::Unread => format!("“{text}” is not a date. Write it like 3 September 2026 or 03/09/2026."),
        }
    }
}

/// A date; one without a year is of the academic year that stands above it.
///
/// # Errors
/// What is wrong with it, and how to write it.
fn date_in(text: &str, year: Option<AcademicYear>) -> Result<NaiveDate, String> {
    let read = date(text);
    let read = match year.filter(|_| read == Err(NoDate::Unread)) {
        None => read,
        Some(year) => {
            let is_of_year = |read: &Result<NaiveDate, NoDate>| match read {
                Ok(day) | Err(NoDate::Weekday(day, _)) => AcademicYear::containing(*day) == year,
                Err(NoDate::Unread) => false,
            };
            let days = [year.first(), year.first() + 1].into_iter().filter_map(|of| day_of(text, of));
            days.into_iter().find(is_of_year).unwrap_or(read)
        }
    };
    read.map_err(|why| why.of(text))
}

/// A day without a year, “5 Jan” or “5/1”, in a year; none where it is a number alone.
fn day_of(text: &str, year: i32) -> Option<Result<NaiveDate, NoDate>> {
    let text = text.trim();
    let between = if text.contains('/') { "/" } else { " " };
    text.parse::<f64>().is_err().then(|| date(&format!("{text}{between}{year}")))
}

/// A date as people and spreadsheets write it: `2026-09-03`, `3/9/2026` (day first), `3 September 2026` with or without
/// the weekday, or a workbook's number of days. A year of two digits stands last, behind the day, and is one of 2020 to
/// 2059: `22-02-27` is 22 February 2027.
///
/// # Errors
/// What is wrong with it: it is none, or not the weekday that it names.
fn date(typed: &str) -> Result<NaiveDate, NoDate> {
    let no = NoDate::Unread;
    let text = typed.trim();
    if let Ok(days) = text.parse::<f64>() {
        // Days since 30 December 1899; from 1982 to 2119.
        let whole = (30_000.0..80_000.0).contains(&days).then_some(days.floor()).ok_or(no)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let days = Days::new(whole as u64);
        return NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|first| first.checked_add_days(days)).ok_or(no);
    }
    let day = text.split(['T']).next().filter(|t| t.len() == 10).unwrap_or(text);
    let plain = day.replace([',', '.'], if day.contains(' ') { " " } else { "/" });
    let mut words: Vec<String> = plain.split_whitespace().map(str::to_owned).collect();
    let named = words.first().and_then(|first| weekday_named(&first.to_lowercase()));
    if named.is_some() {
        words.remove(0);
    }
    if let Some(first) = words.first_mut() {
        for ending in ["st", "nd", "rd", "th"] {
            if let Some(number) = first.strip_suffix(ending).filter(|n| n.parse::<u8>().is_ok()) {
                *first = number.to_owned();
                break;
            }
        }
    }
    let plain = sept(&words.join(" "));
    let read = |format: &&str| NaiveDate::parse_from_str(&plain, format).ok();
    let date = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%Y/%m/%d"]
        .iter()
        .filter_map(read)
        .find(|date| date.year() > 1900)
        .or_else(|| {
            let short = ["%d/%m/%y", "%d-%m-%y", "%d %B %y", "%d %b %y", "%d-%b-%y"];
            short.iter().filter_map(read).find(|date| (2020..2060).contains(&date.year()))
        })
        .ok_or(no)?;
    match named.filter(|named| *named != date.weekday()) {
        Some(named) => Err(NoDate::Weekday(date, named)),
        None => Ok(date),
    }
}

/// “Sept” as “Sep”.
fn sept(text: &str) -> String {
    let is_letter = |c: char| c.is_alphabetic();
    let lower = text.to_ascii_lowercase();
    match lower.find("sept").filter(|at| !lower[at + 4..].starts_with(is_letter) && !lower[..*at].ends_with(is_letter))
    {
        Some(at) => format!("{}{}", &text[..at + 3], &text[at + 4..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
