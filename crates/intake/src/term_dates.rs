//! Term dates from a calendar file (.ics), a table (.csv) or a workbook.

use std::ops::ControlFlow;

use chrono::{Datelike, Days, NaiveDate};
use domain::term_date::Stretch;

use crate::grid::{Grid, Row};
use crate::problem::{Problem, Problems};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Most stretches of a file.
const MAX_ROWS: usize = 500;

/// Most levels of components inside one another that a calendar file may have; real ones have three.
const MAX_DEPTH: usize = 8;

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
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_calendar = text.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCALENDAR"));
    let (stretches, problems) = if is_calendar { calendar(text) } else { table(bytes) }.map_err(|p| vec![p])?;
    if !problems.is_empty() {
        return Err(problems.into_list());
    }
    if stretches.is_empty() {
        return Err(vec![Problem::of_file("The file has no dates.")]);
    }
    Ok(stretches)
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

fn calendar(bytes: &[u8]) -> Result<Found, Problem> {
    let text = String::from_utf8_lossy(bytes);
    let mut depth = 0_usize;
    for line in text.lines() {
        let begins = |word: &str| line.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
        depth = if begins("BEGIN:") { depth + 1 } else { depth.saturating_sub(usize::from(begins("END:"))) };
        if depth > MAX_DEPTH {
            return Err(Problem::of_file("The calendar file has entries within entries, deeper than any calendar."));
        }
    }
    let unfolded = icalendar::parser::unfold(&text);
    let parsed = icalendar::parser::read_calendar_simple(&unfolded).map_err(|_| {
        Problem::of_file(
            "The calendar file cannot be read: it is damaged or incomplete. Save it again from the calendar.",
        )
    })?;
    let events: Vec<_> = parsed
        .iter()
        .flat_map(|calendar| &calendar.components)
        .filter(|component| component.name.as_str().eq_ignore_ascii_case("VEVENT"))
        .collect();
    if events.len() > MAX_ROWS {
        return Err(Problem::of_file(format!(
            "The calendar has more than {MAX_ROWS} entries: is this a list of term dates?"
        )));
    }
    let (mut found, mut problems) = (Vec::new(), Problems::default());
    for (number, event) in (1_u32..).zip(events) {
        let value = |name: &str| event.find_prop(name).map(|p| p.val.as_str().to_owned());
        let name = event.find_prop("SUMMARY").map(|p| p.val.to_owned().unescape_text().as_str().to_owned());
        let name = name.unwrap_or_default();
        // The time of day, if any, says nothing of terms.
        let day = |text: &str| text.get(..8).and_then(|t| NaiveDate::parse_from_str(t, "%Y%m%d").ok());
        let mut wrong = |message: String| problems.push(Problem { row: Some(number), ..Problem::of_file(message) });
        let Some(starts) = value("DTSTART").as_deref().and_then(day) else {
            wrong(format!("“{}” has no first day.", tidy(&name)));
            continue;
        };
        let ends = match value("DTEND") {
            None => starts,
            // The standard's end of a whole day is the day after it.
            Some(text) => match day(&text) {
                Some(end) if !text.contains('T') && end > starts => end - Days::new(1),
                Some(end) => end,
                None => {
                    wrong(format!("“{}” has no last day.", tidy(&name)));
                    continue;
                }
            },
        };
        match stretch(&name, starts, ends) {
            Ok(stretch) => found.push(stretch),
            Err(message) => wrong(message),
        }
    }
    Ok((found, problems))
}

/// The columns of a table, by index.
#[derive(Clone, Copy)]
struct Columns {
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

fn table(bytes: &[u8]) -> Result<Found, Problem> {
    let mut grid = Grid::open(bytes)?;
    for sheet in grid.sheets() {
        let (mut columns, mut found, mut problems): (Option<Columns>, Vec<Stretch>, _) =
            (None, Vec::new(), Problems::default());
        grid.rows(sheet.as_deref(), &mut |number, row| {
            let Some(at) = columns else {
                columns = Columns::read(row);
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
            match (date(&starts), date(&ends)) {
                (None, _) => wrong("first day", not_a_date(&starts)),
                (_, None) => wrong("last day", not_a_date(&ends)),
                (Some(starts), Some(ends)) => match stretch(&row.cell(at.name), starts, ends) {
                    Ok(stretch) => found.push(stretch),
                    Err(message) => wrong("name", message),
                },
            }
            ControlFlow::Continue(())
        })?;
        if columns.is_some() {
            return Ok((found, problems));
        }
    }
    Err(Problem::of_file(
        "No row has the headings “Name”, “Starts” and “Ends”. Write them above the dates, one term a row.",
    ))
}

fn not_a_date(text: &str) -> String {
    format!("“{}” is not a date. Write it like 3 September 2026 or 03/09/2026.", tidy(text))
}

/// A date as people and spreadsheets write it: `2026-09-03`, `3/9/2026` (day first), `3 September 2026` with or without
/// the weekday, or a workbook's number of days.
fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if let Ok(days) = text.parse::<f64>() {
        // Days since 30 December 1899; from 1982 to 2119.
        let whole = (30_000.0..80_000.0).contains(&days).then_some(days.floor())?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        return NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(whole as u64));
    }
    let day = text.split(['T']).next().filter(|t| t.len() == 10).unwrap_or(text);
    let plain = day.replace([',', '.'], if day.contains(' ') { " " } else { "/" });
    let mut words: Vec<String> = plain.split_whitespace().map(str::to_owned).collect();
    if words.len() == 4 {
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
    let plain = words.join(" ");
    ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(&plain, format).ok())
        .filter(|date| date.year() > 1900)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        read(text.as_bytes()).unwrap().iter().map(|s| format!("{}: {} to {}", s.name, s.starts, s.ends)).collect()
    }

    #[test]
    fn dates_are_read_as_people_and_spreadsheets_write_them() {
        for text in [
            "2026-09-03",
            "03/09/2026",
            "3/9/2026",
            "3.9.2026",
            "3 September 2026",
            "3rd September 2026",
            "Thursday 3 September 2026",
            "Thursday, 3 Sep 2026",
            "46268",
            "46268.5",
            "2026-09-03T00:00:00",
        ] {
            assert_eq!(date(text).map(|d| d.to_string()).as_deref(), Some("2026-09-03"), "{text}");
        }
        for text in ["", "soon", "31/02/2026", "9", "2026", "13/13/2026", "3 September"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_table_has_a_row_for_each_stretch() {
        let text = "School terms 2026/27,,\nTerm,First day,Last day\nAutumn term,3 September 2026,18/12/2026\n,,\nHalf term,26/10/2026,30/10/2026\n";
        assert_eq!(shown(text), ["Autumn term: 2026-09-03 to 2026-12-18", "Half term: 2026-10-26 to 2026-10-30"]);
        let wrong = "Name;From;To\nAutumn;soon;18/12/2026\n;4/1/2027;12/2/2027\nSpring;12/2/2027;4/1/2027\n";
        let at: Vec<_> = read(wrong.as_bytes()).unwrap_err().into_iter().map(|p| (p.row, p.column.unwrap())).collect();
        assert_eq!(at, [(Some(2), "first day".into()), (Some(3), "name".into()), (Some(4), "name".into())]);
        assert!(read(b"a,b,c\n1,2,3\n").unwrap_err()[0].message.contains("headings"));
    }

    #[test]
    fn a_calendar_file_has_an_entry_for_each_stretch() {
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Autumn term\\, first\r\n  half\r\nDTSTART;VALUE=DATE:20260903\r\nDTEND;VALUE=DATE:20261024\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Summer term\r\nDTSTART:20270412T080000Z\r\nDTEND:20270720T150000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            shown(text),
            ["Autumn term, first half: 2026-09-03 to 2026-10-23", "Summer term: 2027-04-12 to 2027-07-20"]
        );
        let wrong = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Autumn\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(read(wrong.as_bytes()).unwrap_err()[0].row, Some(1));
        assert!(read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n").is_err());
        let deep = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(50_000));
        assert!(read(deep.as_bytes()).unwrap_err()[0].message.contains("deeper"), "refused, not followed");
    }

    /// A workbook as a council keeps it: a sheet of notes, then the terms below a title, dates as dates and as text.
    fn workbook(last: &str) -> Vec<u8> {
        use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
        let mut book = Workbook::new();
        book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "Agreed by the council in May").unwrap();
        let sheet = book.add_worksheet().set_name("Terms").unwrap();
        let day = Format::new().set_num_format("dddd d mmmm yyyy");
        let date = |y, m, d| ExcelDateTime::from_ymd(y, m, d).unwrap();
        sheet.write(0, 0, "School terms 2026/27").unwrap();
        for (at, heading) in ["Term", "First day", "Last day"].into_iter().enumerate() {
            sheet.write(2, u16::try_from(at).unwrap(), heading).unwrap();
        }
        sheet.write(3, 0, "Autumn term").unwrap();
        sheet.write_datetime_with_format(3, 1, date(2026, 9, 3), &day).unwrap();
        sheet.write_datetime_with_format(3, 2, date(2026, 12, 18), &day).unwrap();
        sheet.write(4, 0, "Half term").unwrap();
        sheet.write_datetime_with_format(4, 1, date(2026, 10, 26), &day).unwrap();
        sheet.write(4, 2, "30/10/2026").unwrap();
        sheet.write(6, 0, "Spring term").unwrap();
        sheet.write(6, 1, "Monday 4 January 2027").unwrap();
        sheet.write(6, 2, last).unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_workbook_has_its_terms_on_any_sheet_as_dates_or_as_text() {
        let shown = |bytes: &[u8]| {
            let list = read(bytes).unwrap();
            list.iter().map(|s| format!("{}: {} to {}", s.name, s.starts, s.ends)).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(&workbook("25th March 2027")),
            [
                "Autumn term: 2026-09-03 to 2026-12-18",
                "Half term: 2026-10-26 to 2026-10-30",
                "Spring term: 2027-01-04 to 2027-03-25"
            ]
        );
        let problems = read(&workbook("Easter")).unwrap_err();
        let at = (problems[0].sheet.as_deref(), problems[0].row, problems[0].column.as_deref());
        assert_eq!(at, (Some("Terms"), Some(7), Some("last day")));
        // The same workbook with the cell marked says the same of it, and nothing else.
        let marked = crate::marked::workbook(&workbook("Easter"), "terms.xlsx", &problems).unwrap();
        assert_eq!(read(&marked).unwrap_err(), problems);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bytes in [&b""[..], b"\n\n", b"%PDF-1.7", b"PK\x03\x04", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
        assert!(read(&vec![b'a'; MAX_BYTES + 1]).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_uploaded_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..400), calendar: bool) {
            let bytes = if calendar { [b"BEGIN:VCALENDAR\r\n".as_slice(), &bytes].concat() } else { bytes };
            if let Ok(stretches) = read(&bytes) {
                prop_assert!(stretches.iter().all(|s| s.starts <= s.ends && !s.name.is_empty()));
            }
        }
    }
}
