//! Workbooks with a sheet for each month, and marks that repeat what stands above.

use super::dates::days;
use super::found::{of, told};
use crate::history::*;

/// A workbook of one sheet of this name, with a title and days.
fn sheet(name: &str, title: &str, days: &[&str]) -> History {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(name).expect("a name");
    sheet.write(0, 0, title).expect("a title");
    sheet.write_row(1, 0, ["Date", "School"]).expect("headings");
    for (at, day) in (2..).zip(days) {
        match day.parse::<f64>() {
            Ok(number) => sheet.write(at, 0, number).expect("a day"),
            Err(_) => sheet.write(at, 0, *day).expect("a day"),
        };
        sheet.write(at, 1, "Oak").expect("a school");
    }
    read(&book.save_to_buffer().expect("a workbook"), "log.xlsx").expect("a table")
}

#[test]
fn days_by_themselves_are_of_the_month_that_their_sheet_is_of() {
    let dates = ["Mon 11th", "14th", "15", "same", "Tues 18th", "31", "Fri 22nd am"];
    let wanted = ["2023-09-11", "2023-09-14", "2023-09-15", "2023-09-15", "A7", "A8", "2023-09-22"];
    for (name, title) in [
        ("Sept 23", ""),
        ("September 2023", "School visits"),
        ("Sheet1", "September 2023"),
        ("Sept", "Visits 2023-24"),
        ("SEPT 23", "Visits in September 2023"),
    ] {
        assert_eq!(days(&sheet(name, title, &dates)), wanted, "{name} {title}");
    }
    let history = sheet("Sept 23", "", &dates);
    let asked = "“Tues 18th” is a Monday, not a Tuesday. Type a date like 12/09/2016.";
    assert_eq!(history.doubts[0].message, asked);
    // Two months, none with a year, or one that the title's year has not.
    for (name, title) in
        [("Sept 23", "Oct 23"), ("Sept", ""), ("Log", ""), ("Sept 22", "Visits 2023-24"), ("Sept to Oct 23", "")]
    {
        assert_eq!(days(&sheet(name, title, &["11", "14"])), ["A3", "A4"], "{name} {title}");
    }
    // Among whole dates a number alone is a slip.
    assert_eq!(
        days(&sheet("September 2023", "", &["11/09/2023", "12/09/2023", "14"])),
        ["2023-09-11", "2023-09-12", "A5"]
    );
}

#[test]
fn marks_under_a_school_and_a_day_repeat_those_above() {
    for mark in ["\"  \"", "do.", "-\"-", "\u{201c}", ",,", "\u{3003}"] {
        let mark = mark.replace('"', "\"\"");
        let text = format!(
            "Date,School,Year,Pupils\n05/09/2016,Oak,Y5,30\n\"{mark}\",Elm,Y6,28\n06/09/2016,\"{mark}\",Y4,27\n"
        );
        assert_eq!(
            told(&of(&text)),
            ["2: Oak 05/09/16 Y5 30", "3: Elm 05/09/16 Y6 28", "4: Elm 06/09/16 Y4 27"],
            "{mark}"
        );
    }
}

#[test]
fn a_school_that_stands_once_above_its_dates_is_asked_with_same_as_an_answer() {
    let text = "School,Date,Year,Pupils\nOak,05/09/2016,Y6,30\n,06/09/2016,Y6,30\n,07/09/2016,Y5,29\n";
    let history = of(text);
    let cells: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
    assert_eq!(cells, ["A3", "A4"]);
    assert!(history.doubts.iter().all(|doubt| doubt.message.contains("“same”")));
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "A3".into()), "same".into());
    said.cells.insert((String::new(), "A4".into()), "same".into());
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(told(&mended), ["2: Oak 05/09/16 Y6 30", "3: Oak 06/09/16 Y6 30", "4: Oak 07/09/16 Y5 29"]);
}

#[test]
fn a_line_of_a_month_without_its_year_gives_it_to_the_days_below() {
    let rows = |title: &str, rows: &str| {
        let is_day = |row: &&str| row.bytes().any(|b| b.is_ascii_digit()) && !row.contains("20");
        let lines = rows.split(" | ").map(|row| format!("{row},{}\n", if is_day(&row) { "Oak Primary" } else { "" }));
        days(&of(&format!("{title},\nDate,School\n{}", lines.collect::<String>()))).join(" ")
    };
    for (title, lines, wanted) in [
        (
            "Visits 2023-24",
            "SEPTEMBER | Tue 12th | 14 | OCTOBER | Tue 3rd | DECEMBER - none (xmas ops) | JANUARY cont. | Wed 17th",
            "2023-09-12 2023-09-14 2023-10-03 2024-01-17",
        ),
        // The weekday is another's, or nothing says which month or year it is.
        ("Visits 2023-24", "SEPTEMBER | Wed 12th | 13th", "A4 2023-09-13"),
        ("Visits 2023-24", "12th | SEPTEMBER | 13th | DECEMBER - busy | 14th", "A3 2023-09-13 A7"),
        ("Visits", "SEPTEMBER | Tue 12th", "A4"),
        // A line with its year says it of the next, too.
        ("Visits", "SEPTEMBER 2023 | Tue 12th | OCTOBER | Tue 3rd", "2023-09-12 2023-10-03"),
        // What has its month keeps it.
        ("Visits 2023-24", "SEPTEMBER | 12/10/23 | 3 Nov", "2023-10-12 2023-11-03"),
    ] {
        assert_eq!(rows(title, lines), wanted, "{title}: {lines}");
    }
}
