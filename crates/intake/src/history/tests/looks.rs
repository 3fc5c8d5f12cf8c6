//! What cells look like: struck through, merged.

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::*;

/// A workbook of one sheet: headings in its first row, then what `fill` writes.
fn book(headings: &[&str], fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Log").expect("a name");
    for (column, heading) in (0..).zip(headings) {
        sheet.write(0, column, *heading).expect("a heading");
    }
    fill(sheet);
    book.save_to_buffer().expect("a workbook")
}

fn row(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
        sheet.write(row, column, *text).expect("a cell");
    }
}

/// Row, day, school, pupils, outcome.
fn facts(history: &History) -> Vec<(u32, String, &str, Option<u32>, Outcome)> {
    let visits = history.visits.iter();
    visits
        .map(|visit| {
            let pupils = match visit.count {
                Count::Pupils { pupils, .. } => Some(pupils),
                _ => None,
            };
            (
                visit.row,
                visit.on.map(|on| on.to_string()).unwrap_or_default(),
                visit.school.as_str(),
                pupils,
                visit.outcome,
            )
        })
        .collect()
}

fn asked(history: &History) -> Vec<&str> {
    let unsure = history.unsure.iter().map(|unsure| unsure.cell.as_str());
    history.doubts.iter().map(|doubt| doubt.cell.as_str()).chain(unsure).collect()
}

const HEADINGS: [&str; 4] = ["Date", "School", "Pupils", "Comments"];

#[test]
fn a_day_and_a_remark_that_are_merged_over_visits_are_each_ones() {
    let bytes = book(&HEADINGS, |sheet| {
        row(sheet, 1, &["", "Oak Primary", "30"]);
        row(sheet, 2, &["", "Elm Primary", "28"]);
        row(sheet, 3, &["13/09/2016", "Ash Primary", "25"]);
        let plain = Format::new();
        sheet.merge_range(1, 0, 2, 0, "12/09/2016", &plain).expect("a day");
        sheet.merge_range(1, 3, 2, 3, "cancelled, snow", &plain).expect("a remark");
        // A tall row, and its school's address in the second line of it.
        row(sheet, 5, &["", "", "", "Tel in the office"]);
        sheet.merge_range(4, 0, 5, 0, "14/09/2016", &plain).expect("a day");
        sheet.write(4, 1, "Fir Primary").expect("a school");
    });
    let history = read(&bytes, "log.xlsx").expect("a table");
    assert_eq!(
        facts(&history),
        [
            (2, "2016-09-12".into(), "Oak Primary", Some(30), Outcome::Cancelled),
            (3, "2016-09-12".into(), "Elm Primary", Some(28), Outcome::Cancelled),
            (4, "2016-09-13".into(), "Ash Primary", Some(25), Outcome::Held),
            (5, "2016-09-14".into(), "Fir Primary", None, Outcome::Held),
        ]
    );
    assert!(asked(&history).is_empty(), "{:?}", history.doubts);
    // Marked to be mended, the workbook says the same.
    let marked = crate::marked::workbook(&bytes, "log.xlsx", &[]).expect("a marked workbook");
    assert_eq!(read(&marked, "log.xlsx").expect("a table").visits, history.visits);
}

#[test]
fn headings_that_are_merged_downwards_are_no_rows() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    for (column, heading) in [(0, "Date"), (1, "School")] {
        sheet.merge_range(0, column, 1, column, heading, &plain).expect("a heading");
    }
    sheet.merge_range(0, 2, 0, 3, "Pupils", &plain).expect("a heading");
    row(sheet, 1, &["", "", "Boys", "Girls"]);
    row(sheet, 2, &["12/09/2016", "Oak Primary", "14", "15"]);
    let bytes = book.save_to_buffer().expect("a workbook");
    let history = read(&bytes, "log.xlsx").expect("a table");
    assert_eq!(facts(&history), [(3, "2016-09-12".into(), "Oak Primary", Some(29), Outcome::Held)]);
}

#[test]
fn a_number_that_is_merged_over_visits_is_asked_about() {
    let bytes = book(&HEADINGS, |sheet| {
        row(sheet, 1, &["12/09/2016", "Oak Primary"]);
        row(sheet, 2, &["12/09/2016", "Elm Primary"]);
        sheet.merge_range(1, 2, 2, 2, "60", &Format::new()).expect("a number");
    });
    let history = read(&bytes, "log.xlsx").expect("a table");
    assert_eq!(asked(&history), ["C2", "C3"]);
    let marked = crate::marked::workbook(&bytes, "log.xlsx", &[]).expect("a marked workbook");
    assert_eq!(asked(&read(&marked, "log.xlsx").expect("a table")), ["C2", "C3"]);
    let said = |cell: &str, text: &str| (("Log".to_owned(), cell.to_owned()), text.to_owned());
    let said = Corrections { cells: [said("C2", "32"), said("C3", "28")].into(), ..Corrections::default() };
    let history = read_corrected(&bytes, "log.xlsx", &said).expect("a table");
    assert!(asked(&history).is_empty(), "{:?}", history.doubts);
    assert_eq!(facts(&history).iter().map(|fact| fact.3).collect::<Vec<_>>(), [Some(32), Some(28)]);
}

#[test]
fn a_school_that_is_merged_over_morning_and_afternoon_is_asked_about() {
    let bytes = book(&["Date", "AM school", "PM school"], |sheet| {
        row(sheet, 1, &["12/09/2016", "Oak Primary", "Elm Primary"]);
        row(sheet, 2, &["13/09/2016"]);
        sheet.merge_range(2, 1, 2, 2, "Ash Primary", &Format::new()).expect("a school");
    });
    assert_eq!(asked(&read(&bytes, "log.xlsx").expect("a table")), ["C3"]);
    for (typed, visits) in [("same", 2), ("-", 1)] {
        let said = [(("Log".to_owned(), "C3".to_owned()), typed.to_owned())].into();
        let said = Corrections { cells: said, ..Corrections::default() };
        let history = read_corrected(&bytes, "log.xlsx", &said).expect("a table");
        assert!(asked(&history).is_empty(), "{:?}", history.doubts);
        assert_eq!(history.visits.iter().filter(|visit| visit.school == "Ash Primary").count(), visits, "{typed}");
    }
}

#[test]
fn whether_a_visit_that_is_struck_through_took_place_is_asked() {
    let struck = Format::new().set_font_strikethrough();
    let bytes = book(&HEADINGS, |sheet| {
        let (plain, struck) = (Format::new(), struck.clone());
        row(sheet, 1, &["12/09/2016", "Oak Primary", "30", "lovely"]);
        row(sheet, 2, &["13/09/2016", "", "30"]);
        sheet.write_with_format(2, 1, "Elm Primary", &struck).expect("a school");
        row(sheet, 3, &["14/09/2016", "", "30"]);
        sheet.write_rich_string(3, 1, &[(&plain, "Ash "), (&struck, "Primary")]).expect("a school");
        row(sheet, 4, &["15/09/2016", "Fir Primary"]);
        sheet.write_with_format(4, 2, 25, &struck).expect("a number");
        row(sheet, 5, &["16/09/2016", "Yew Primary", "25"]);
        sheet.write_with_format(5, 3, "ring the office", &struck).expect("a remark that is done with");
        row(sheet, 6, &["19/09/2016", "", "30", "cancelled"]);
        sheet.write_with_format(6, 1, "Box Primary", &struck).expect("a school");
        sheet.write_with_format(7, 0, "", &struck).expect("nothing");
        row(sheet, 7, &["20/09/2016", "Bay Primary", "25"]);
    });
    let marked = crate::marked::workbook(&bytes, "log.xlsx", &[]).expect("a marked workbook");
    for bytes in [bytes, marked] {
        let history = read(&bytes, "log.xlsx").expect("a table");
        let unsure: Vec<_> = history.unsure.iter().map(|unsure| (unsure.cell.as_str(), unsure.stands)).collect();
        assert_eq!(unsure, [("B3", Stands::Struck), ("B4", Stands::Struck), ("C5", Stands::Struck)]);
        let outcomes: Vec<Outcome> = history.visits.iter().map(|visit| visit.outcome).collect();
        let (held, open) = (Outcome::Held, Outcome::ToConfirm);
        assert_eq!(outcomes, [held, open, open, open, held, Outcome::Cancelled, held]);
    }
}
