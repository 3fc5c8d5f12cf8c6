//! What a file plainly is, whatever page it was chosen on: by its headings, never by its name or by what its cells may mean.
//!
//! It turns nothing away. Where a file is refused, or nothing of it is understood, it says where such a file is taken in.

use std::ops::ControlFlow;

use domain::attendance_sheet::{COLUMNS, Column, FIGURES, heading};
use domain::import::ImportKind;
use domain::request_sheet::{self, Cell};

use crate::grid::{Grid, Row};
use crate::matching::Links;
use crate::text::tidy;
use crate::{bank_holidays, contacts, history, paper_feedback, rolls, school_list, term_dates};

/// Headings stand in so many rows at the top.
const HEADER_ROWS: u32 = 40;
/// Headings are looked for in so many columns.
const MOST_COLUMNS: usize = 200;

/// The kind that a file plainly is; none where it may be several, or is none of them.
#[must_use]
pub fn resembles(bytes: &[u8]) -> Option<ImportKind> {
    of_bytes(bytes).or_else(|| of_grid(&mut Grid::open(bytes).ok()?))
}

/// The same of a file that was opened.
pub(crate) fn of(bytes: &[u8], grid: &mut Grid<'_>) -> Option<ImportKind> {
    of_bytes(bytes).or_else(|| of_grid(grid))
}

fn of_bytes(bytes: &[u8]) -> Option<ImportKind> {
    if term_dates::is_calendar(bytes) {
        return Some(ImportKind::Terms);
    }
    bank_holidays::is_published(bytes).then_some(ImportKind::BankHolidays)
}

/// The same of a table or workbook: all its sheets that are of any kind are of this one.
pub(crate) fn of_grid(grid: &mut Grid<'_>) -> Option<ImportKind> {
    let mut found: Option<ImportKind> = None;
    for sheet in grid.sheets() {
        let (mut above, mut kind, mut terms) = (Vec::new(), None, None);
        let mut look = |number: u32, row: &dyn Row| {
            if number > HEADER_ROWS {
                return ControlFlow::Break(());
            }
            let cells: Vec<String> =
                (0..row.width().min(MOST_COLUMNS)).map(|at| tidy(&row.cell(at)).into_owned()).collect();
            kind = of_row(number, row, &cells, &above);
            // Any event has a name and two days: a term's name says that it is one.
            if kind.is_none() && terms.as_ref().is_some_and(|terms| term_dates::is_term(row, terms)) {
                kind = Some(ImportKind::Terms);
            }
            terms = terms.take().or_else(|| term_dates::headings(row));
            above = cells;
            if kind.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        grid.rows(sheet.as_deref(), &mut look).ok()?;
        if kind.is_some() && found.is_some_and(|found| Some(found) != kind) {
            return None;
        }
        found = found.or(kind);
    }
    found
}

/// Of which kind a row is the headings.
fn of_row(number: u32, row: &dyn Row, cells: &[String], above: &[String]) -> Option<ImportKind> {
    if cells.iter().filter(|cell| !cell.is_empty()).count() < 2 {
        return None;
    }
    let has = |heading: &str| cells.iter().any(|cell| cell.to_lowercase() == heading.to_lowercase());
    if has(Column::Key.heading()) {
        return if FIGURES.iter().any(|figure| has(heading(*figure))) {
            Some(ImportKind::Attendance)
        } else if Cell::all().any(|cell| has(&request_sheet::Column::Cell(cell).heading())) {
            Some(ImportKind::Requests)
        } else {
            paper_feedback::are_headings(row).then_some(ImportKind::Feedback)
        };
    }
    // A sheet that went out, of which somebody took the keys away.
    if COLUMNS.iter().filter(|column| has(column.heading())).count() > 8 {
        return Some(ImportKind::Attendance);
    }
    if Links::are_headings(row) {
        return Some(ImportKind::Links);
    }
    if rolls::are_headings(row, above) {
        return Some(ImportKind::Rolls);
    }
    if school_list::are_headings(number, row) {
        return Some(ImportKind::Schools);
    }
    // A log may say whom to write to, and a list of people when they were asked.
    match (history::are_headings(cells), contacts::are_headings(cells)) {
        (true, false) => Some(ImportKind::History),
        (false, true) => Some(ImportKind::Contacts),
        _ => None,
    }
}

/// Whether it is a sheet that went out to be filled in: a table of the same headings is no accident.
#[must_use]
pub const fn went_out(kind: ImportKind) -> bool {
    matches!(kind, ImportKind::Attendance | ImportKind::Requests | ImportKind::Feedback)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "Key (leave as it is)";

    #[test]
    fn plain_headings_tell_the_kinds_apart() {
        use ImportKind::{
            Attendance, BankHolidays, Contacts, Feedback, History, Links, Requests, Rolls, Schools, Terms,
        };
        for (text, expected) in [
            (format!("Tour sheet\n{KEY},Date,School,Pupils who took part\n"), Some(Attendance)),
            ("Date,Session,Venue,School,Group,Expected,Pupils who took part,\"Of these, with SEND\",Counted by\n".into(), Some(Attendance)),
            (format!("{KEY},Tour,School,Group 1: pupils,Preferred days\n"), Some(Requests)),
            (format!("{KEY},School,Did you learn something that helps you stay safe?\n"), Some(Feedback)),
            (format!("{KEY},School\n"), None),
            ("URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n1,2,A,Successor,\n".into(), Some(Links)),
            ("School census 2025\n\nURN,School name,Full time boys Year group 6,Full time girls Year group 6\n".into(), Some(Rolls)),
            ("URN,LA (code),EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,OpenDate,MainEmail\n".into(), Some(Schools)),
            ("Log 2019\nDate,School,Year,No. of pupils\n".into(), Some(History)),
            ("School,Name,Job title,Email\n".into(), Some(Contacts)),
            ("Date,School,Pupils,Contact email\n".into(), None),
            ("Name,Starts,Ends\nAutumn term,1/9/2026,18/12/2026\n".into(), Some(Terms)),
            ("Event,Start,End\nTeam meeting,1/9/2026,2/9/2026\n".into(), None),
            ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n".into(), Some(Terms)),
            (r#"{ "england-and-wales": {"events": []} }"#.into(), Some(BankHolidays)),
            ("Item,Price\nTea,2\n".into(), None),
            ("School\nOak\n".into(), None),
            (String::new(), None),
        ] {
            assert_eq!(resembles(text.as_bytes()), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_uploaded_is_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let _ = resembles(&bytes);
        }
    }
}
