//! Year groups that a sheet's name or title names, and those that stand across.

use super::found::{of, told};
use crate::history::*;

/// The year groups of each visit of a sheet of this name, which has this title.
fn years(name: &str, title: &str, rows: &[[&str; 3]]) -> Vec<String> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(name).expect("a name");
    sheet.write(0, 0, title).expect("a title");
    let heading = if rows.iter().any(|row| !row[2].is_empty()) { "Year" } else { "Officer" };
    sheet.write_row(1, 0, ["Date", "School", heading]).expect("headings");
    for (at, row) in (2..).zip(rows) {
        sheet.write_row(at, 0, *row).expect("a row");
    }
    let history = read(&book.save_to_buffer().expect("a workbook"), "log.xlsx").expect("a table");
    assert!(history.doubts.is_empty(), "{:?}", history.doubts);
    told(&history).iter().map(|told| told.split(' ').nth(3).unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_sheet_named_for_a_year_group_is_of_it() {
    let rows = [["05/09/2016", "Oak", ""], ["06/09/2016", "Elm", ""]];
    for (name, title, wanted) in [
        ("Year 7", "", "Y7"),
        ("Y5", "", "Y5"),
        ("Yr 10 Sept 16", "", "Y10"),
        ("Sheet1", "Year 6 transition workshops", "Y6"),
        ("Year 6", "Year 6 transition workshops", "Y6"),
        ("Reception", "", "Y0"),
        ("Year 2 classes", "", "Y2"),
        // Several, or not the pupils' who came.
        ("Y5", "Year 6 transition workshops", "-"),
        ("Y5-6", "", "-"),
        ("Years 5 and 6", "", "-"),
        ("KS2", "", "-"),
        ("Year 2016", "", "-"),
        ("Year 16-17", "", "-"),
        // The second of a project, perhaps.
        ("Year 2", "", "-"),
        ("Year 4 of the project", "", "-"),
        ("Y6 parents", "", "-"),
        ("Log", "Please note that Year 6 classes are limited to thirty pupils", "-"),
    ] {
        assert_eq!(years(name, title, &rows), [wanted, wanted], "{name} {title}");
    }
    // Rows that say it themselves, alone or against the sheet's name.
    let row = |years| ["05/09/2016", "Oak", years];
    assert_eq!(years("Y5", "", &[row("Y5"), row(""), row("5A")]), ["Y5", "Y5", "Y5"]);
    assert_eq!(years("Y5", "", &[row("Y6"), row("")]), ["Y6", "-"]);
    assert_eq!(years("Y5", "", &[row("whole school"), row("")]), ["Whole", "-"]);
}

#[test]
fn a_cross_below_a_year_group_says_who_came_or_is_asked_about() {
    let text = "Date,School,Y7,Y8,Y9,Total\n05/09/2016,Oak,120,118,,238\n06/09/2016,Elm,x,,,190\n07/09/2016,Ash,x,,,\n08/09/2016,Fir,90,x,,90\n";
    assert_eq!(
        told(&of(text)),
        [
            "2: Oak 05/09/16 Y7+Y8 238",
            "3: Elm 06/09/16 Y7 190",
            "4: Ash 07/09/16 - - asked C4",
            "5: Fir 08/09/16 Y7 90"
        ]
    );
    // Beside staff a total may be of both, and is not read.
    let text = "Date,School,Y7,Y8,Total,Staff\n05/09/2016,Oak,120,118,238,5\n06/09/2016,Elm,x,,190,6\n";
    assert_eq!(told(&of(text)), ["2: Oak 05/09/16 Y7+Y8 238", "3: Elm 06/09/16 - - asked C3"]);
}
