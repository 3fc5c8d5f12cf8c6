//! Days whose day and month a spreadsheet program exchanged.

use super::dates::days;
use super::found::of;
use super::slips::log;
use crate::history::*;

/// What is asked where each of these days stands, or the day.
fn asked(title: &str, dates: &[&str]) -> String {
    days(&of(&log(title, dates))).join(" ")
}

#[test]
fn days_that_a_program_read_month_first_beside_texts_that_it_could_not_are_asked_about() {
    for (title, dates, wanted) in [
        // The workbook's own dates, and texts.
        (
            "Log",
            &["2024-10-01", "16/01/2024", "25/01/2024", "2024-07-02", "13/02/2024"][..],
            "A3 2024-01-16 2024-01-25 A6 2024-02-13",
        ),
        ("Log", &["16/01/2024", "2024-07-02T00:00:00", "13/02/2024"], "2024-01-16 A4 2024-02-13"),
        // As a serial number; the newest at the top; with a time.
        ("Log", &["13/02/2024", "45475", "25/01/2024"], "2024-02-13 A4 2024-01-25"),
        ("Log", &["16/01/2024 09:30", "2024-07-02T09:30:00", "13/02/2024 13:15"], "2024-01-16 A4 2024-02-13"),
        // In no order, into the year that is named, or by so many of each.
        ("Visits 2023-24", &["13/02/2024", "2024-12-03", "22/01/2024"], "2024-02-13 A4 2024-01-22"),
        (
            "Log",
            &["13/02/2024", "2024-12-03", "22/01/2024", "2024-01-10", "25/06/2024", "2024-04-03", "16/04/2024"],
            "2024-02-13 A4 2024-01-22 A6 2024-06-25 A8 2024-04-16",
        ),
        // A day of its month's number is the same.
        (
            "Log",
            &["16/01/2024", "2024-02-02", "13/02/2024", "2024-12-03", "22/03/2024"],
            "2024-01-16 2024-02-02 2024-02-13 A6 2024-03-22",
        ),
        // Saved as text: without noughts what was read, with them what was not.
        (
            "Log",
            &["9/1/2024", "16/01/2024", "25/01/2024", "6/2/2024", "13/02/2024", "27/02/2024"],
            "2024-01-09 2024-01-16 2024-01-25 2024-02-06 2024-02-13 2024-02-27",
        ),
        (
            "Log",
            &["1/10/2024", "16/01/2024", "25/01/2024", "2/7/2024", "13/02/2024", "3/12/2024", "19/03/2024"],
            "A3 2024-01-16 2024-01-25 A6 2024-02-13 A8 2024-03-19",
        ),
    ] {
        assert_eq!(asked(title, dates), wanted, "{title} {dates:?}");
    }
    let history = of(&log("Log", &["16/01/2024", "2024-07-02T00:00:00", "13/02/2024", "2024-05-03", "22/03/2024"]));
    assert_eq!(
        history.doubts[0].message,
        "A spreadsheet program seems to have read dates of the file month first, and to have left as text those that it could not: “2024-07-02” would be 7 February 2024 with day and month exchanged. Type the right date, like 12/09/2016. To answer for all of them at once, give “exchange” if day and month are to change places, or “right” if they are not."
    );
    assert_eq!(history.doubts[0].message, history.doubts[1].message, "one question");
    assert!(for_one(&history.doubts[0].message).ends_with("like 12/09/2016."));
}

#[test]
fn one_answer_exchanges_day_and_month_of_all_dates_or_leaves_them() {
    let text = log("Log", &["16/01/2024", "2024-07-02", "13/02/2024", "45415", "22/03/2024", "2024-09-04"]);
    for (answer, wanted) in [
        ("exchange", "2024-01-16 2024-02-07 2024-02-13 2024-03-05 2024-03-22 2024-04-09"),
        ("right", "2024-01-16 2024-07-02 2024-02-13 2024-05-03 2024-03-22 2024-09-04"),
        ("perhaps", "2024-01-16 A4 2024-02-13 A6 2024-03-22 A8"),
    ] {
        let mut said = Corrections::default();
        for cell in ["A4", "A6", "A8"] {
            said.cells.insert((String::new(), cell.into()), answer.into());
        }
        let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
        assert_eq!(days(&mended).join(" "), wanted, "{answer}");
    }
}

#[test]
fn columns_of_dates_and_texts_that_were_not_turned_are_not_asked_about() {
    for (title, dates) in [
        // In order as they stand.
        ("Log", &["2024-01-09", "16/01/2024", "25/01/2024", "2024-02-06", "13/02/2024"][..]),
        ("Log", &["2024-02-01", "13/02/2024", "22/02/2024", "2024-03-05", "2024-03-12", "19/03/2024"]),
        // A date that no program would have made so, or a text that it would have.
        ("Log", &["2024-10-01", "16/01/2024", "25/01/2024", "2024-06-13", "13/02/2024"]),
        ("Log", &["2024-10-01", "16/01/2024", "05/02/2024", "2024-07-02", "13/02/2024"]),
        ("Log", &["13/02/2024", "9/1/2024", "22/01/2024", "6/2/2024", "25/06/2024", "3/5/2024", "16/04/2024"]),
        ("Log", &["9/1/2024", "16/1/2024", "25/1/2024", "6/2/2024", "13/2/2024"]),
        ("Log", &["09/07/2024", "16/01/2024", "25/01/2024", "06/02/2024", "13/02/2024"]),
        // One of each tells nothing.
        ("Log", &["2024-09-02", "16/01/2024"]),
        ("Log", &["2024-09-02", "2024-01-09", "2024-06-03"]),
        ("Log", &["16/01/2024", "2024-06-03", "13.02.2024"]),
    ] {
        assert!(!asked(title, dates).contains('A'), "{title} {dates:?}");
    }
}

#[test]
fn who_answers_for_some_days_that_were_turned_answers_for_no_other() {
    let dates = ["13/02/2024", "2024-12-03", "22/01/2024", "2024-01-10", "25/06/2024", "2024-04-03", "16/04/2024"];
    let text = log("Log", &dates);
    let mut said = Corrections::default();
    for (cell, typed) in [("A4", "12/03/2024"), ("A6", "2024-01-10")] {
        said.cells.insert((String::new(), cell.into()), typed.into());
    }
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(days(&mended)[1..6], ["2024-03-12", "2024-01-22", "2024-01-10", "2024-06-25", "A8"]);
}
