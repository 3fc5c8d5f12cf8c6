//! Days whose year is a slip of the keyboard.

use super::dates::days;
use super::found::of;
use crate::history::*;

/// A log with a title and these days.
pub(super) fn log(title: &str, days: &[&str]) -> String {
    let rows: String = days.iter().map(|day| format!("{day},Oak\n")).collect();
    format!("{title},\nDate,School\n{rows}")
}

#[test]
fn a_day_outside_the_year_that_the_title_names_is_asked_about() {
    for (title, dates, wanted) in [
        (
            "Visits 2023-24",
            &["18/12/2023", "09/01/2023", "10/01/2023", "11/01/2024", "2023-01-12T00:00:00", "15/01/2024"][..],
            &["2023-12-18", "A4", "A5", "2024-01-11", "A7", "2024-01-15"][..],
        ),
        (
            "Visits 2023-24",
            &["18/12/2023", "same", "09/01/2025", "11/01/2024"],
            &["2023-12-18", "2023-12-18", "A5", "2024-01-11"],
        ),
        // A day above it repeats itself.
        (
            "Visits 2023-24",
            &["18/12/2023", "20/12/2023", "11/01/2024", "09/01/2023", "same"],
            &["2023-12-18", "2023-12-20", "2024-01-11", "A6", "A7"],
        ),
        // The title is of something else.
        ("Prices 2023-24", &["13/09/2021", "14/09/2021", "14/09/2023"], &["2021-09-13", "2021-09-14", "2023-09-14"]),
        // It may be the financial year, unless something is later than that has it.
        ("Visits 2023-24", &["12/04/2023", "13/09/2023", "11/01/2024"], &["2023-04-12", "2023-09-13", "2024-01-11"]),
        (
            "Visits 2023-24",
            &["13/09/2023", "11/01/2024", "12/04/2023", "12/04/2024"],
            &["2023-09-13", "2024-01-11", "A5", "2024-04-12"],
        ),
        (
            "FY 2023/24",
            &["12/04/2023", "13/09/2023", "11/01/2024", "12/04/2024"],
            &["2023-04-12", "2023-09-13", "2024-01-11", "A6"],
        ),
    ] {
        assert_eq!(days(&of(&log(title, dates))), wanted, "{title} {dates:?}");
    }
    let history = of(&log("Visits 2023-24", &["18/12/2023", "09/01/2023", "11/01/2024"]));
    assert_eq!(
        history.doubts[0].message,
        "“09/01/2023” lies before the year 2023/24, which the sheet’s name or title says it is of. Type the date with its year."
    );
    // A line that names another year ends what the title says.
    let text = "Log 2016/17,\nDate,School\n12/09/2016,Oak\n13/09/2016,Oak\nAutumn 2017,\n12/09/2017,Oak\n";
    assert_eq!(days(&of(text)), ["2016-09-12", "2016-09-13", "2017-09-12"]);
}

#[test]
fn a_day_that_goes_back_a_year_between_its_neighbours_is_asked_about() {
    for (dates, wanted) in [
        (&["18/12/2023", "08/01/2023", "11/01/2024"][..], &["2023-12-18", "A4", "2024-01-11"][..]),
        (
            &["11/12/2023", "18/12/2023", "08/01/2023", "09/01/2023", "11/01/2024", "12/01/2024"],
            &["2023-12-11", "2023-12-18", "A5", "A6", "2024-01-11", "2024-01-12"],
        ),
        // Ahead, with the newest first, and up to the end.
        (&["18/12/2023", "19/12/2024", "20/12/2023"], &["2023-12-18", "A4", "2023-12-20"]),
        (&["12/01/2024", "11/01/2024", "08/01/2023", "18/12/2023"], &["2024-01-12", "2024-01-11", "A5", "2023-12-18"]),
        (
            &["04/12/2023", "11/12/2023", "18/12/2023", "08/01/2023", "09/01/2023"],
            &["2023-12-04", "2023-12-11", "2023-12-18", "A6", "A7"],
        ),
        // In their order a year apart, and in none.
        (&["11/12/2023", "18/12/2023", "19/12/2024"], &["2023-12-11", "2023-12-18", "2024-12-19"]),
        (
            &["18/12/2023", "09/01/2023", "08/03/2024", "11/11/2022", "05/06/2023", "01/02/2022"],
            &["2023-12-18", "2023-01-09", "2024-03-08", "2022-11-11", "2023-06-05", "2022-02-01"],
        ),
        // Another list, of the year before, below.
        (
            &["11/01/2024", "12/01/2024", "13/02/2024", "20/09/2022", "21/09/2022", "22/09/2022"],
            &["2024-01-11", "2024-01-12", "2024-02-13", "2022-09-20", "2022-09-21", "2022-09-22"],
        ),
    ] {
        assert_eq!(days(&of(&log("Log", dates))), wanted, "{dates:?}");
    }
}

#[test]
fn a_day_that_a_person_typed_is_not_asked_about_again() {
    for title in ["Visits 2023-24", "Log"] {
        let text = log(title, &["18/12/2023", "08/01/2023", "same", "11/01/2024", "12/01/2024", "13/01/2024"]);
        assert_eq!(days(&of(&text))[1..3], ["A4", "A5"]);
        for (typed, on) in [("08/01/2023", "2023-01-08"), ("08/01/2024", "2024-01-08")] {
            let mut said = Corrections::default();
            said.cells.insert((String::new(), "A4".into()), typed.into());
            let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
            assert_eq!(days(&mended)[1..3], [on, on], "{title}");
        }
    }
    // Who says of which year the dates are is not told that the title says another.
    let text = log("Visits 2023-24", &["19/12/2022", "08/01/2024", "11/01/2024", "12/01/2024"]);
    let mut said = Corrections::default();
    said.years.insert(String::new(), domain::AcademicYear::new(2022).expect("a year"));
    assert_eq!(days(&of(&text))[0], "A3");
    assert_eq!(days(&read_corrected(text.as_bytes(), "log.csv", &said).expect("a table"))[0], "2022-12-19");
}

#[test]
fn both_visits_of_a_line_wait_for_its_day() {
    let history =
        of("Visits 2023-24,,\nDate,AM school,PM school\n18/12/2023,Oak,Elm\n09/01/2023,Oak,Elm\n11/01/2024,Oak,Elm\n");
    assert_eq!(days(&history), ["2023-12-18", "2023-12-18", "A4", "A4", "2024-01-11", "2024-01-11"]);
    assert!(history.visits[2].on.is_none() && history.visits[3].on.is_none());
    assert_eq!(history.doubts.len(), 1);
}

#[test]
fn days_on_which_schools_are_closed_are_asked_about_where_they_are_few() {
    let asked = |dates: &[&str]| days(&of(&log("Log", dates)));
    assert_eq!(
        asked(&["15/09/2023", "16/09/2023", "18/09/2023", "25/12/2023"]),
        ["2023-09-15", "A4", "2023-09-18", "A6"]
    );
    assert_eq!(asked(&["01/01/2024", "02/01/2024"]), ["A3", "2024-01-02"]);
    // Who names the weekday means it, and so does who visits on many of them.
    assert_eq!(asked(&["15/09/2023", "Sat 16/09/2023"]), ["2023-09-15", "2023-09-16"]);
    assert_eq!(
        asked(&["15/09/2023", "16/09/2023", "17/09/2023", "23/09/2023"]),
        ["2023-09-15", "2023-09-16", "2023-09-17", "2023-09-23"]
    );
    // A day that a person types is right, and so is one that repeats it.
    let text = log("Log", &["15/09/2023", "16/09/2023", "same", "18/09/2023"]);
    assert_eq!(days(&of(&text))[1..3], ["A4", "A5"]);
    let mut said = Corrections::default();
    said.cells.insert((String::new(), "A4".into()), "16/09/2023".into());
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(days(&mended)[1..3], ["2023-09-16", "2023-09-16"]);
}
