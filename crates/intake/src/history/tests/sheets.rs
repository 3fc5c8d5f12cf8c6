//! Sheets beside those of visits: what is of something else is not taken for more of them.

use rust_xlsxwriter::Workbook;

use crate::history::*;

type Rows<'a> = &'a [&'a [&'a str]];

const VISITS: (&str, Rows<'static>) = (
    "Visits 2018-19",
    &[
        &["Date", "School", "Year", "Pupils"],
        &["05/09/2018", "Eldwick Primary", "Y6", "30"],
        &["06/09/2018", "Fagley", "Y5", "28"],
    ],
);

fn book(sheets: &[(&str, Rows<'_>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        for (row, cells) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(*cells) {
                sheet.write(row, column, *text).expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// How many visits are read of each sheet, those asked about with what is asked.
fn read_of(sheets: &[(&str, Rows<'_>)], said: &Corrections) -> (Vec<String>, Vec<String>) {
    let history = read_corrected(&book(sheets), "log.xlsx", said).expect("tables");
    let of = |(name, _): &(&str, Rows<'_>)| {
        let visits = history.visits.iter().filter(|visit| visit.sheet.as_deref() == Some(name));
        let asked = history.unsure.iter().find(|unsure| unsure.sheet.as_deref() == Some(name));
        let asked = asked.map(|unsure| format!(" {}", unsure.question())).unwrap_or_default();
        format!("{}{asked}", visits.count())
    };
    (sheets.iter().map(of).collect(), history.skipped.into_iter().filter_map(|skipped| skipped.sheet).collect())
}

#[test]
fn sheets_of_something_else_are_listed_and_not_read() {
    for (name, rows) in [
        ("Mileage", &[&["Date", "School", "Miles", "£"][..], &["05/09/2018", "Eldwick", "12", "5.40"]] as Rows<'_>),
        // Neither is one that says so nowhere, and repeats the visits' days.
        ("Sheet2", &[&["Date", "School", "Miles", "£"], &["05/09/2018", "Eldwick", "12", "5.40"]]),
        (
            "Summary",
            &[&["School", "No. of visits", "Pupils", "Last date"], &["Eldwick Primary", "1", "30", "05/09/2018"]],
        ),
        ("By school", &[&["School", "Pupils", "Last date"], &["Eldwick Primary", "30", "05/09/2018"]]),
        ("Invoices", &[&["Date", "School", "Amount"], &["30/09/2018", "Eldwick Primary", "180"]]),
        ("OLD - do not use", VISITS.1),
        ("Copy of Visits 2018-19", VISITS.1),
        ("Template", &[&["Date", "School", "Year", "Pupils"], &["01/09/2018", "Any Primary School", "Y6", "30"]]),
    ] {
        for sheets in [[VISITS, (name, rows)], [(name, rows), VISITS]] {
            let at = usize::from(sheets[1].0 == name);
            let (read, skipped) = read_of(&sheets, &Corrections::default());
            assert_eq!(
                (read[at].as_str(), read[1 - at].as_str(), skipped.as_slice()),
                ("0", "2", &[name.to_owned()][..])
            );
            // Its owner says where its headings are, and it is read.
            let mut said = Corrections::default();
            said.headings.insert(name.to_owned(), Headings::Row(1));
            let (read, skipped) = read_of(&sheets, &said);
            let all = (rows.len() - 1).to_string();
            assert_eq!((read[at].as_str(), read[1 - at].as_str(), skipped.len()), (all.as_str(), "2", 0), "{name}");
        }
    }
}

#[test]
fn sheets_that_may_be_of_visits_are_asked_about() {
    for (name, rows) in [
        ("Staff training", &[&["Date", "School", "Staff trained"][..], &["12/09/2018", "Fagley", "9"]] as Rows<'_>),
        ("Planning", &[&["Date", "School", "Purpose"], &["12/09/2018", "Fagley", "first meeting"]]),
        ("Archive", &[&["Date", "School", "Pupils"], &["12/09/2015", "Fagley", "30"]]),
        ("Copy of Visits 2015-16", &[&["Date", "School", "Pupils"], &["12/09/2015", "Fagley", "30"]]),
    ] {
        let (read, skipped) = read_of(&[VISITS, (name, rows)], &Corrections::default());
        let question = format!("1 The sheet is called “{name}”. Did it take place?");
        assert_eq!((read, skipped.len()), (vec!["2".to_owned(), question], 0), "{name}");
    }
}

#[test]
fn a_sheet_of_visits_is_read_whatever_else_it_holds() {
    let other: Rows<'_> = &[&["Date", "School", "Fee £"], &["12/09/2015", "Girlington", "180"]];
    let with_miles: Rows<'_> = &[&["Date", "School", "Pupils", "Miles"], &["05/09/2018", "Eldwick", "30", "12"]];
    for (name, rows) in
        [("2015", other), ("Visits and mileage", with_miles), ("Sheet2", with_miles), ("Oldfield", other)]
    {
        let (read, skipped) = read_of(&[VISITS, (name, rows)], &Corrections::default());
        assert_eq!((read, skipped.len()), (vec!["2".to_owned(), "1".to_owned()], 0), "{name}");
    }
    // Without another it is what its owner means: asked about, or as old as it says.
    for (name, asked) in [("Archive", false), ("Copy of Visits", false), ("Summary", true), ("Mileage", true)] {
        let history = read(&book(&[(name, VISITS.1)]), "log.xlsx").expect("a table");
        assert_eq!((history.visits.len(), history.unsure.len()), (2, if asked { 2 } else { 0 }), "{name}");
    }
}
