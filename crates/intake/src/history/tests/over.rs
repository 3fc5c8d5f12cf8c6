//! What columns, bars, sheets' names, titles and footnotes say of whether visits took place.

use super::*;

/// What became of each visit, with what is asked.
fn became(history: &History) -> Vec<String> {
    let told = |visit: &Visit| {
        let asked = history.unsure.iter().find(|unsure| unsure.row == visit.row && visit.outcome == Outcome::ToConfirm);
        let asked = asked.map(|unsure| format!(" {}: {}", unsure.cell, unsure.question())).unwrap_or_default();
        format!("{} {:?}{asked}", visit.row, visit.outcome)
    };
    history.visits.iter().map(told).collect()
}

#[test]
fn a_filled_cell_of_a_column_that_says_so_is_no_delivered_visit() {
    for (heading, typed, wanted) in [
        ("Date cancelled", "04/09/2016", Outcome::Cancelled),
        ("Date cancelled", "", Outcome::Held),
        ("Cancelled by", "School", Outcome::Cancelled),
        ("Rescheduled to", "12/10/2016", Outcome::Postponed),
        ("New date", "12/10/2016", Outcome::Postponed),
        ("New date", "", Outcome::Held),
        ("DNA", "Y", Outcome::ToConfirm),
        ("DNA", "N", Outcome::Held),
        ("No show", "x", Outcome::ToConfirm),
        ("Confirmed", "N", Outcome::ToConfirm),
        ("Confirmed", "Y", Outcome::Held),
        ("Booking", "Provisional", Outcome::ToConfirm),
        ("Booking", "B1234", Outcome::Held),
        ("State", "Declined", Outcome::ToConfirm),
        ("State", "Independent", Outcome::Held),
        ("Result", "Refused", Outcome::ToConfirm),
        ("Status code", "C", Outcome::ToConfirm),
        ("Status code", "P", Outcome::ToConfirm),
    ] {
        for headings in [format!("Date,School,{heading}"), format!("{heading},Date,School")] {
            // Of two dates the first counts, where neither says which it is.
            if headings.starts_with("New date") {
                continue;
            }
            let cells = if headings.starts_with("Date,") {
                format!("05/09/2016,Oak,{typed}")
            } else {
                format!("{typed},05/09/2016,Oak")
            };
            let history = of(&format!("{headings}\n{cells}\n"));
            assert_eq!(history.visits[0].outcome, wanted, "{headings}: {typed}");
            assert_eq!(history.visits[0].on, chrono::NaiveDate::from_ymd_opt(2016, 9, 5), "{headings}: {typed}");
        }
    }
}

#[test]
fn what_stands_over_visits_is_asked_about_once_for_all() {
    let asked = "Did it take place?";
    for (text, wanted) in [
        (
            "Date,School,Status\n05/09/2016,Oak,\nCANCELLED VISITS,,\n06/09/2016,Elm,\n07/09/2016,Ash,held\n08/09/2016,Fir,cancelled\n",
            vec![
                "2 Held".to_owned(),
                format!("4 ToConfirm B4: The row stands under “CANCELLED VISITS”. {asked}"),
                "5 Held".into(),
                "6 Cancelled".into(),
            ],
        ),
        // The bar stands in the school's column; another ends it.
        (
            "Date,School\n,Waiting list\n06/09/2016,Elm\n,Delivered visits\n07/09/2016,Ash\n",
            vec![format!("3 ToConfirm B3: The row stands under “Waiting list”. {asked}"), "5 Held".into()],
        ),
        // A month's cancelled visits, and then another month.
        (
            "Date,School\nSEPTEMBER,\n05/09/2016,Oak\nProvisional - not confirmed,\n06/09/2016,Elm\nOCTOBER,\n05/10/2016,Ash\n",
            vec![
                "3 Held".into(),
                format!("5 ToConfirm B5: The row stands under “Provisional - not confirmed”. {asked}"),
                "7 Held".into(),
            ],
        ),
        // Cancelled visits by months.
        (
            "Date,School\nSEPTEMBER,\n05/09/2016,Oak\nCancelled,\nSEPTEMBER,\n06/09/2016,Elm\nOCTOBER,\n05/10/2016,Ash\n",
            vec![
                "3 Held".into(),
                format!("6 ToConfirm B6: The row stands under “Cancelled”. {asked}"),
                format!("8 ToConfirm B8: The row stands under “Cancelled”. {asked}"),
            ],
        ),
        (
            "Cancelled sessions 2016,\nKept by Kim,\nDate,School\n05/09/2016,Oak\n",
            vec![format!("4 ToConfirm B4: The row stands under “Cancelled sessions 2016”. {asked}")],
        ),
        (
            "Date,School\n05/09/2016,Eldwick Primary*\n06/09/2016,Oak\n* cancelled by school,\n",
            vec![
                format!(
                    "2 ToConfirm B2: A note to the mark at the school’s name says “* cancelled by school”. {asked}"
                ),
                "3 Held".into(),
            ],
        ),
        ("Date,School\n05/09/2016,Eldwick Primary*\n* numbers from the office,\n", vec!["2 Held".into()]),
        ("Cancelled visits are shown in red,\nDate,School\n05/09/2016,Oak\n", vec!["3 Held".into()]),
        (
            "Visits 2016-17,\nDate,School\n05/09/2016,Oak\nCancelled: 3,\n06/09/2016,Elm\n",
            vec!["3 Held".into(), "5 Held".into()],
        ),
    ] {
        assert_eq!(became(&of(text)), wanted, "{text}");
    }
}

#[test]
fn a_sheets_name_may_say_that_its_visits_did_not_take_place() {
    use rust_xlsxwriter::Workbook;
    let mut book = Workbook::new();
    for name in ["Visits 2017", "Cancelled", "Requests 2017", "Cancelled items key"] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        for (row, cells) in (0..).zip([["Date", "School"], ["05/09/2016", "Oak"]]) {
            sheet.write(row, 0, cells[0]).and_then(|s| s.write(row, 1, cells[1])).expect("cells");
        }
    }
    let history = read(&book.save_to_buffer().expect("a workbook"), "log.xlsx").expect("tables");
    let questions: Vec<_> = history.unsure.iter().map(|unsure| (unsure.cell.as_str(), unsure.question())).collect();
    assert_eq!(
        questions,
        [
            ("B2", "The sheet is called “Cancelled”. Did it take place?".to_owned()),
            ("B2", "The sheet is called “Requests 2017”. Did it take place?".to_owned()),
        ]
    );
}
