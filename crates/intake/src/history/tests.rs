//! The shared workbooks against their truth, and small tables for each rule.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::year_group::YearGroups;

use super::*;

mod remarks;
mod words;

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spreadsheets/history");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no ../shared/spreadsheets");
    None
}

/// Year groups as the truth writes them.
fn words_of(years: &Years) -> String {
    let list = |groups: &YearGroups| {
        let mut named: Vec<String> = Vec::new();
        for year in domain::YearGroup::all().filter(|y| groups.contains(*y)) {
            let name = match year.number() {
                n if n < 0 => "N".to_owned(),
                0 => "R".to_owned(),
                n => format!("Y{n}"),
            };
            if named.last() != Some(&name) {
                named.push(name);
            }
        }
        named.join(";")
    };
    match years {
        Years::Groups(groups) => list(groups),
        Years::Whole => "ALL".into(),
        Years::Mixed => "MIXED".into(),
        Years::NotGiven | Years::Named | Years::Unclear(_) => String::new(),
    }
}

/// Sheet, row, slot → typed, date, year groups, pupils, approximate, status.
type Facts = BTreeMap<(String, u32, String), [String; 6]>;

fn understood(history: &History) -> Facts {
    let mut facts = Facts::new();
    for visit in &history.visits {
        let slot = match visit.half.filter(|_| visit.of_two) {
            Some(Half::Am) => "am",
            Some(Half::Pm) => "pm",
            None => "",
        };
        let (pupils, approximate) = match visit.count {
            Count::Pupils { pupils, approximate } => (pupils.to_string(), i32::from(approximate).to_string()),
            _ => (String::new(), "0".into()),
        };
        let status = serde_json::to_value(visit.outcome).expect("a word");
        facts.insert(
            (visit.sheet.clone().unwrap_or_default(), visit.row, slot.to_owned()),
            [
                visit.typed.clone(),
                visit.on.map(|d| d.to_string()).unwrap_or_default(),
                words_of(&visit.years),
                pupils,
                approximate,
                status.as_str().unwrap_or_default().to_owned(),
            ],
        );
    }
    facts
}

fn truth(path: &Path) -> Facts {
    let mut reader = csv::Reader::from_path(path).expect("a truth table");
    let rows = reader.records().map(|r| r.expect("a row"));
    rows.map(|r| {
        let key = (r[0].to_owned(), r[1].parse().expect("a row number"), r[2].to_owned());
        (key, [&r[3], &r[5], &r[6], &r[7], &r[8], &r[9]].map(str::to_owned))
    })
    .collect()
}

#[test]
fn the_shared_workbooks_are_understood_as_their_truth_says() {
    let Some(folder) = folder() else { return };
    for (file, count) in [("police_log.xlsx", 120), ("tour_list.xls", 78), ("special_schools.ods", 25)] {
        let bytes = std::fs::read(folder.join(file)).expect("a workbook");
        let history = read(&bytes, file).expect("a table of visits");
        let name = file.split('.').next().unwrap_or_default();
        let (ours, truth) = (understood(&history), truth(&folder.join(format!("{name}.truth.csv"))));
        let mut wrong = Vec::new();
        for (key, facts) in &truth {
            if ours.get(key) != Some(facts) {
                wrong.push(format!("{key:?}\n   truth {facts:?}\n   ours  {:?}", ours.get(key)));
            }
        }
        wrong.extend(ours.keys().filter(|k| !truth.contains_key(*k)).map(|k| format!("{k:?} is no visit")));
        assert!(wrong.is_empty(), "{file}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(truth.len(), count, "{file}");
        // What has no date is asked about, at its cell.
        for visit in history.visits.iter().filter(|v| v.on.is_none()) {
            let asked =
                history.doubts.iter().any(|d| (&d.sheet, d.row, d.about) == (&visit.sheet, visit.row, Role::Date));
            assert!(asked, "{file}: row {} has no date, and nobody is asked", visit.row);
        }
        println!("{file}: {count} visits, {} doubts, {} rows left out", history.doubts.len(), history.left_out.len());
    }
}

fn of(text: &str) -> History {
    read(text.as_bytes(), "log.csv").expect("a table")
}

#[test]
fn a_table_is_found_below_titles_with_headings_in_two_rows() {
    let history = of(
        "Tour 2018-19,,,,,\n,,,,,\n,AM,,PM,,\nDate,School,Nos,School,Nos,Notes\n15/1,Oak,30,same,,\n16/1,-,,Elm Primary,2x30,canc\nTotal,,30,,60,\n",
    );
    let found: Vec<_> =
        history.visits.iter().map(|v| (v.school.as_str(), v.half, v.on.map(|d| d.to_string()))).collect();
    assert_eq!(
        found,
        [
            ("Oak", Some(Half::Am), Some("2019-01-15".to_owned())),
            ("Oak", Some(Half::Pm), Some("2019-01-15".to_owned())),
            ("Elm Primary", Some(Half::Pm), Some("2019-01-16".to_owned())),
        ]
    );
    assert_eq!(history.visits[2].outcome, Outcome::Cancelled);
    let left_out: Vec<_> = history.left_out.iter().map(|row| (row.row, row.text.as_str())).collect();
    assert_eq!(left_out, [(1, "Tour 2018-19"), (7, "Total · 30 · 60")]);
}

#[test]
fn what_is_not_understood_names_its_cell() {
    let history = of("Date,School,Pupils\n31/11/16,Oak,25-30\n\"\"\"\",Elm,30\n");
    let doubts: Vec<_> = history.doubts.iter().map(|d| (d.cell.as_str(), d.about)).collect();
    assert_eq!(doubts, [("A2", Role::Date), ("C2", Role::Pupils), ("A3", Role::Date)]);
    assert!(history.doubts[0].message.contains("31/11/16"), "{}", history.doubts[0].message);
}

#[test]
fn a_file_of_more_names_than_there_are_schools_is_refused() {
    let of = |names: usize| {
        let rows = (0..names).map(|n| format!("05/09/2016,{n} Road School\n"));
        read(format!("Date,School\n{}", rows.collect::<String>()).as_bytes(), "log.csv")
    };
    assert_eq!(of(MAX_NAMES).expect("a log").visits.len(), MAX_NAMES);
    let problems = of(MAX_NAMES + 1).expect_err("too many");
    assert!(problems[0].message.contains("more than 20000 different schools"), "{}", problems[0].message);
}

#[test]
fn a_file_without_such_a_table_says_what_to_do() {
    for text in ["Dear all\nThe visits went well, thank you\n", "Name\nx\ny\n"] {
        let problems = read(text.as_bytes(), "letter.csv").expect_err(text);
        assert!(problems[0].message.contains("a row for each visit"), "{}", problems[0].message);
    }
}

#[test]
fn what_a_person_says_of_columns_years_and_cells_is_read_instead() {
    let text = "Day,Where,Sum,School lead\n15/1,Oak,30,Kim\n\n16/1,Elm,some,Sam\n";
    assert!(of(text).tables.is_empty(), "no heading says what is a date");
    let text = "Date,School,Booked,Nos\n15/1,Oak,30,28\n\n31/1,Elm,31,some\n";
    let plain = of(text);
    assert_eq!((plain.visits.len(), plain.doubts.len()), (2, 3), "two dates without a year, and a count");
    let shape = plain.tables[0].shape.clone();
    let mut said = Corrections::default();
    said.years.insert(String::new(), domain::AcademicYear::new(2018).expect("a year"));
    said.cells.insert((String::new(), "D4".into()), "27".into());
    let mended = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    let counts = |h: &History| h.visits.iter().map(|v| v.count.clone()).collect::<Vec<_>>();
    let pupils = |pupils| Count::Pupils { pupils, approximate: false };
    assert_eq!((mended.doubts.len(), counts(&mended)), (0, vec![pupils(28), pupils(27)]));
    assert_eq!(mended.visits[1].on.map(|d| d.to_string()).as_deref(), Some("2019-01-31"));
    // The count is in another column: of this file, or of every file of its shape.
    let other = vec![("C".to_owned(), Some(Role::Pupils))];
    said.shapes.insert(shape, other.clone());
    let by_shape = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    assert_eq!(counts(&by_shape), [pupils(30), pupils(31)]);
    assert_eq!(by_shape.tables[0].not_read, ["Nos"]);
    said.shapes.clear();
    said.columns.insert(String::new(), other);
    assert_eq!(counts(&read_corrected(text.as_bytes(), "log.csv", &said).expect("a table")), [pupils(30), pupils(31)]);
    said.columns.insert(String::new(), vec![("D".to_owned(), None)]);
    assert_eq!(
        counts(&read_corrected(text.as_bytes(), "log.csv", &said).expect("a table")),
        [Count::NotGiven, Count::NotGiven]
    );
}

#[test]
fn headings_that_a_person_once_said_what_they_hold_of_are_found_again() {
    let text = "Our diary\nWhere we went,When,Who,How many\nOak,15/1/19,Y6,28\n";
    assert!(of(text).tables.is_empty(), "nothing says by itself that it is a row of headings");
    let mut said = Corrections::default();
    said.headings.insert(String::new(), Headings::Row(2));
    let pointed = read_corrected(text.as_bytes(), "log.csv", &said).expect("a table");
    let columns = [Role::School, Role::Date, Role::Years, Role::Pupils];
    let columns = ["A", "B", "C", "D"].into_iter().zip(columns).map(|(letters, role)| (letters.to_owned(), Some(role)));
    let mut later = Corrections::default();
    later.shapes.insert(pointed.tables[0].shape.clone(), columns.collect());
    let next = "Spring\n\nwhere we went,When,Who,How many\nElm,16/1/20,Y5,30\n";
    let found = read_corrected(next.as_bytes(), "next.csv", &later).expect("a table");
    assert_eq!((found.tables.len(), found.skipped.len(), found.visits.len()), (1, 0, 1));
    assert_eq!((found.tables[0].header_row, found.visits[0].school.as_str()), (3, "Elm"));
    assert_eq!(found.visits[0].count, Count::Pupils { pupils: 30, approximate: false });
    // Headings of which one is another are not these; nor is a sheet left out since its headings are known.
    let other = read_corrected(next.replace("Who", "Whom").as_bytes(), "next.csv", &later).expect("a file");
    assert!(other.tables.is_empty() && other.skipped.len() == 1);
    later.headings.insert(String::new(), Headings::Out);
    assert!(read_corrected(next.as_bytes(), "next.csv", &later).expect("a file").tables.is_empty());
}

#[test]
fn each_kind_of_cell_is_read_or_asked_about() {
    // Date, year groups, pupils; then the day, the year groups, how many (a ~ where it is rough), cells asked about.
    type Case =
        (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);
    let rows: &[Case] = &[
        ("12/09/16", "Y7", "30", "2016-09-12", "Y7", "30", &[]),
        ("12th Sept 2016", "Yr 7/8", "30 approx", "2016-09-12", "Y7;Y8", "30~", &[]),
        ("42625", "KS3", "2x30", "2016-09-12", "Y7;Y8;Y9", "60", &[]),
        ("2016-09-12", "Reception", "~25", "2016-09-12", "R", "25~", &[]),
        ("12 September", "whole school", "28+2 staff", "2016-09-12", "ALL", "28", &[]),
        ("Mon 12/9", "Butterfly class", "c. 24", "2016-09-12", "", "24~", &[]),
        ("12.9.2016", "Years 5 & 6", "28 chn, 3 adults", "2016-09-12", "Y5;Y6", "28", &[]),
        ("9/12/16", "Nursery", "30 + 29", "2016-12-09", "N", "59", &[]),
        ("31/11/16", "Y6", "30", "", "Y6", "30", &["A"]),
        ("Tue 12/9/16", "Y6", "30", "", "Y6", "30", &["A"]),
        ("12/09/16", "Y6", "25-30", "2016-09-12", "Y6", "", &["C"]),
        ("12/09/16", "Y6", "2 classes", "2016-09-12", "Y6", "", &["C"]),
        ("next week", "Y6", "30ish!", "", "Y6", "", &["A", "C"]),
        ("12/09/16", "Y6", "?", "2016-09-12", "Y6", "", &[]),
        ("12/09/16", "", "", "2016-09-12", "", "", &[]),
    ];
    for (date, years, pupils, on, wanted_years, wanted_pupils, asked) in rows {
        let mut csv = csv::Writer::from_writer(Vec::new());
        for record in
            [["Log 2016-17", "", "", ""], ["Date", "Yr", "Nos", "School"], [*date, *years, *pupils, "Oak Primary"]]
        {
            csv.write_record(record).expect("a record");
        }
        let history = read(&csv.into_inner().expect("a file"), "log.csv").expect("a table");
        let visit = &history.visits[0];
        let count = match visit.count {
            Count::Pupils { pupils, approximate } => format!("{pupils}{}", if approximate { "~" } else { "" }),
            _ => String::new(),
        };
        let cells: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.clone()).collect();
        let wanted: Vec<_> = asked.iter().map(|letter| format!("{letter}3")).collect();
        assert_eq!(
            (visit.on.map(|on| on.to_string()).unwrap_or_default(), words_of(&visit.years), count, cells),
            ((*on).to_owned(), (*wanted_years).to_owned(), (*wanted_pupils).to_owned(), wanted),
            "{date}, {years}, {pupils}"
        );
    }
}

/// A workbook as a unit keeps it: a title over two rows of headings, month bars, a hidden column, totals, notes below.
fn messy() -> Vec<u8> {
    use rust_xlsxwriter::{Format, Workbook};
    let mut book = Workbook::new();
    let plain = Format::new();
    book.add_worksheet()
        .set_name("Read me")
        .and_then(|s| s.write(0, 0, "Kept by the unit since 2009"))
        .expect("a sheet");
    for (name, first) in [("Autumn 2016", 42_625), ("Spring 2017", 42_745)] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        sheet.merge_range(0, 0, 0, 6, "Sessions in schools", &plain).expect("a title");
        sheet
            .merge_range(3, 2, 3, 3, "AM", &plain)
            .and_then(|s| s.merge_range(3, 4, 3, 5, "PM", &plain))
            .expect("bars");
        for (column, heading) in (0..).zip(["Date", "Contact tel", "School", "Nos", "School", "Nos", "Notes"]) {
            sheet.write(4, column, heading).expect("a heading");
        }
        sheet.set_column_hidden(1).expect("hidden");
        sheet.merge_range(5, 0, 5, 6, "SEPTEMBER", &plain).expect("a month");
        sheet.write(6, 0, first).and_then(|s| s.write(6, 1, "01632 960001")).expect("a serial number");
        for (column, text) in [(2, "Oak Primary"), (3, "30 approx"), (4, "Elm Primary"), (5, "2x30")] {
            sheet.write(6, column, text).expect("a cell");
        }
        sheet.write(8, 0, "13/9").and_then(|s| s.write(8, 4, "Ash Primary")).expect("an afternoon");
        sheet.write(9, 0, "Total").and_then(|s| s.write(9, 3, 30)).and_then(|s| s.write(9, 5, 60)).expect("totals");
        sheet.write(11, 0, "* numbers from the school office").expect("a note");
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn the_table_is_found_whatever_stands_around_it() {
    let history = read(&messy(), "log.xlsx").expect("tables");
    let sheets: Vec<_> = history.tables.iter().map(|t| (t.sheet.as_deref(), t.header_row, t.academic_year)).collect();
    assert_eq!(sheets, [(Some("Autumn 2016"), 5, Some(2016)), (Some("Spring 2017"), 5, Some(2016))]);
    let visits: Vec<_> = history
        .visits
        .iter()
        .map(|v| (v.row, v.half, v.school.as_str(), v.on.map(|on| on.to_string()).unwrap_or_default()))
        .collect();
    let am = Some(Half::Am);
    let pm = Some(Half::Pm);
    assert_eq!(
        visits,
        [
            (7, am, "Oak Primary", "2016-09-12".to_owned()),
            (7, pm, "Elm Primary", "2016-09-12".to_owned()),
            (9, pm, "Ash Primary", "2016-09-13".to_owned()),
            (7, am, "Oak Primary", "2017-01-10".to_owned()),
            (7, pm, "Elm Primary", "2017-01-10".to_owned()),
            (9, pm, "Ash Primary", "2016-09-13".to_owned()),
        ]
    );
    assert!(history.doubts.is_empty(), "{:?}", history.doubts);
    assert_eq!(history.left_out.len(), 8, "titles, months, totals and notes: {:?}", history.left_out);
    let begins = vec![(1, "Kept by the unit since 2009".to_owned())];
    assert_eq!(history.skipped, [Skipped { sheet: Some("Read me".into()), rows: 1, last_row: 1, begins }]);
    assert!(!format!("{history:?}").contains("01632"), "a hidden column of telephone numbers is not read");
}

#[test]
fn a_marked_workbook_is_read_as_the_file_it_was_made_of() {
    let bytes = messy();
    let before = read(&bytes, "log.xlsx").expect("tables");
    let problem = |message: &str| Problem {
        sheet: Some("Autumn 2016".into()),
        row: Some(7),
        column: Some("C7".into()),
        message: message.into(),
    };
    // The list of what is wrong speaks of schools and dates, and is no table of visits.
    let problems = [problem("Which school? Type it."), problem("The date of the school is none.")];
    let marked = crate::marked::workbook(&bytes, "log.xlsx", &problems).expect("a marked workbook");
    let after = read(&marked, "log marked.xlsx").expect("tables");
    assert_eq!((after.visits, after.doubts, after.tables.len()), (before.visits, before.doubts, 2));
}

mod colours;
mod counted;
mod dates;
mod extras;
mod fitting;
mod found;
mod headings;
mod kinds;
mod looks;
mod months;
mod open;
mod over;
mod rows;
mod several;
mod sheets;
mod slips;
mod times;
mod titles;
mod turned;
mod ways;
