//! Columns that are not read though a visit or its day may stand there: a person has to say what they hold.

use super::*;

/// The columns that are open in a table, each with what it holds; rows are separated by strokes.
fn open(table: &str) -> Vec<(String, Holds)> {
    let csv = table.replace(" / ", "\n");
    let history = read(csv.as_bytes(), "log.csv").expect("a table");
    history.tables.iter().flat_map(|table| &table.open).map(|open| (open.letters.clone(), open.holds)).collect()
}

#[test]
fn days_times_schools_and_numbers_that_are_not_read_are_open() {
    for (table, wanted) in [
        ("Date received,School,Delivered on / 01/03/2024,Oak Primary,20/05/2024", vec![("C", Holds::Days)]),
        ("Enquiry date,School,Appt / 01/03/2024,Oak Primary,20/05/2024", vec![("C", Holds::Days)]),
        ("Date booked,School,Session / 01/03/2024,Oak Primary,20/05/2024", vec![("C", Holds::Days)]),
        ("Date booked,School,Slot / 01/03/2024,Oak Primary,20/05/2024", vec![("C", Holds::Days)]),
        ("Date,School,Delivered / 01/03/2024,Oak Primary,20/05/2024", vec![("C", Holds::Days)]),
        ("Date,School,Follow-up date / 01/03/2024,Oak Primary,20/05/2024", vec![("C", Holds::Days)]),
        ("Date received,School,Pupils / 01/03/2024,Oak Primary,30", vec![("A", Holds::OnlyDays)]),
        ("Inv date,School,Pupils / 01/03/2024,Oak Primary,30", vec![("A", Holds::OnlyDays)]),
        (
            "Date,School,Perf 1,Perf 2 / 01/03/2024,Oak Primary,9.30,13.15",
            vec![("C", Holds::Times), ("D", Holds::Times)],
        ),
        ("Date,School,Time 1,Time 2 / 01/03/2024,Oak Primary,9.30,13.15", vec![("D", Holds::Times)]),
        ("Date,School,Start,2nd start / 01/03/2024,Oak Primary,9.30,13.15", vec![("D", Holds::Times)]),
        (
            "Date,School,First performance,Second performance / 01/03/2024,Oak Primary,9.30,13.15",
            vec![("C", Holds::Times), ("D", Holds::Times)],
        ),
        ("Date,School,,Pupils / 01/03/2024,Oak Primary,08/03/2024,30", vec![("C", Holds::Days)]),
        ("Date,School,Time, / 01/03/2024,Oak Primary,9.30,10.45", vec![("D", Holds::Times)]),
        ("Date,School,AM,PM / 01/03/2024,Oak Primary,x,x", vec![("C", Holds::Halves), ("D", Holds::Halves)]),
        ("Date,School,With / 01/03/2024,Oak Primary,Elm Primary School", vec![("C", Holds::Schools)]),
        (
            "Date,School,Beneficiaries / 01/03/2024,Oak Primary,30 / 02/03/2024,Elm Primary,25 / 05/03/2024,Ash Primary,28",
            vec![("C", Holds::Numbers)],
        ),
        (
            "Date,School,Pax / 01/03/2024,Oak Primary,30 / 02/03/2024,Elm Primary,25 / 05/03/2024,Ash Primary,28",
            vec![("C", Holds::Numbers)],
        ),
        ("Date,School,Booked for,Pupils / 01/03/2024,Oak Primary,Y7-Y9,30", vec![("C", Holds::Years)]),
        ("Date,School,Level,Pupils / 01/03/2024,Oak Primary,Y9,30", vec![("C", Holds::Years)]),
        ("Date,School,Details,Pupils / 01/03/2024,Oak Primary,Year 9,30", vec![("C", Holds::Years)]),
        ("Date,School,Year group,Details / 01/03/2024,Oak Primary,Upper,9A", vec![("D", Holds::Years)]),
        (
            "Date,School,Classes & numbers / 01/03/2024,Oak Primary,\"6A 28, 6B 29\" / 02/03/2024,Elm Primary,Y5 – 30",
            vec![("C", Holds::Years)],
        ),
        ("Date,School,P1,P2,Pupils / 01/03/2024,Oak Primary,9A,9B,60", vec![("C", Holds::Years), ("D", Holds::Years)]),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(|(letters, holds)| (letters.to_owned(), holds)).collect();
        assert_eq!(open(table), wanted, "{table}");
    }
}

#[test]
fn what_is_plainly_of_something_else_is_not_asked_about() {
    for table in [
        "Date,School,Date booked / 01/03/2024,Oak Primary,20/02/2024",
        "Date,School,Invoice sent / 01/03/2024,Oak Primary,20/05/2024",
        "Date,School,Risk assessment / 01/03/2024,Oak Primary,20/02/2024",
        "Date,School,Feedback received / 01/03/2024,Oak Primary,20/05/2024",
        "Date of visit,School,Date cancelled / 01/03/2024,Oak Primary,20/02/2024",
        "Date,School,AM/PM,Time / 01/03/2024,Oak Primary,AM,9.30",
        "Date,School,Slot,Time / 01/03/2024,Oak Primary,AM,9.30",
        "Date,School,Begin,End / 01/03/2024,Oak Primary,9.30,10.30",
        "Date,School,Lunch time,Start time / 01/03/2024,Oak Primary,12.00,9.30",
        "Date,School,RA date / 01/03/2024,Oak Primary,20/02/2024",
        "Date,School,Conf / 01/03/2024,Oak Primary,20/02/2024",
        "Date,School,Nearest school / 01/03/2024,Oak Primary,Elm Primary",
        "Date,School,Day / 01/03/2024,Oak Primary,Friday",
        "Date,School,Start,Finish / 01/03/2024,Oak Primary,9.30,10.30",
        "Date,School,Time,Get-in / 01/03/2024,Oak Primary,9.30,8.30",
        "Date,School,Venue / 01/03/2024,Oak Primary,Elm Primary School",
        "Date,School,Comments / 01/03/2024,Oak Primary,Moved from Elm Primary School",
        "Date,School,Pupils,Sheets / 01/03/2024,Oak Primary,30,31",
        "Date,School,Collar no. / 01/03/2024,Oak Primary,1045",
        "Date,School,Miles,Ref / 01/03/2024,Oak Primary,30,31",
        "Date,School,Year,Room,Pupils / 01/03/2024,Oak Primary,Y5,6A,30",
        "Date/Time From,Date/Time To,School / 01/03/2024 09:00,01/03/2024 10:00,Oak Primary",
        "Date,School,Room,Pupils / 01/03/2024,Oak Primary,6A,30",
        "Date,School,Year,Target audience,Pupils / 01/03/2024,Oak Primary,Y5,Y5,30",
        "Date,School,Form,Year,Pupils / 01/03/2024,Oak Primary,5A,Y5,30",
        "Date,School,Invoiced,Pupils / 01/03/2024,Oak Primary,N,30",
        "Date,School,RAG,Pupils / 01/03/2024,Oak Primary,R,30",
        "Date,School,Duration,Pupils / 01/03/2024,Oak Primary,1h,30",
        "Date,School,Pupils,Path / 01/03/2024,Oak Primary,30,sites/prevention/Lists/School Visits",
        "Date,School,Contact,Tel / 01/03/2024,Oak Primary,Ms Elm,01632960001",
    ] {
        assert_eq!(open(table), [], "{table}");
    }
}

#[test]
fn the_time_of_the_visit_is_read_whatever_other_times_stand_before_it() {
    for heads in ["Slot,Time", "Lunch time,Start time", "Call time,Time", "AM/PM,Time"] {
        let other = if heads.starts_with("Slot") || heads.starts_with("AM") { "AM" } else { "12.00" };
        let csv = format!("Date,School,{heads}\n01/03/2024,Oak Primary,{other},9.30\n");
        let history = read(csv.as_bytes(), "log.csv").expect("a table");
        assert_eq!(history.visits[0].starts.map(|at| at.to_string()).as_deref(), Some("9:30am"), "{heads}");
    }
    let csv = "Date,School,No shows\n01/03/2024,Oak Primary,2\n";
    assert_eq!(read(csv.as_bytes(), "log.csv").expect("a table").doubts, []);
}

#[test]
fn what_a_person_says_of_a_column_is_not_asked_again() {
    let csv = "Date received,School,Delivered on\n01/03/2024,Oak Primary,20/05/2024\n";
    for (letters, role, on) in [("C", None, "2024-03-01"), ("C", Some(Role::Date), "2024-05-20")] {
        let columns = [(
            String::new(),
            vec![(letters.to_owned(), role), ("A".to_owned(), role.map_or(Some(Role::Date), |_| None))],
        )];
        let said = Corrections { columns: columns.into(), ..Corrections::default() };
        let history = read_corrected(csv.as_bytes(), "log.csv", &said).expect("a table");
        assert_eq!(history.tables[0].open, []);
        assert_eq!(history.visits[0].on.map(|on| on.to_string()).as_deref(), Some(on));
    }
}

#[test]
fn the_times_of_a_form_on_the_web_are_no_visits() {
    let csv = "ID,Start time,Completion time,Which school did you visit?,Date of visit,What time did you start?,How many pupils attended?,Did the session go ahead as planned?
3,12/01/2024 15:02,12/01/2024 15:05,Oak Primary,11/01/2024,9:00,30,No
4,12/01/2024 15:07,12/01/2024 15:09,Elm Primary,11/01/2024,10:45,28,Yes
";
    let history = read(csv.as_bytes(), "form.csv").expect("a table");
    assert_eq!(history.tables[0].open, []);
    let starts: Vec<_> = history.visits.iter().map(|visit| visit.starts.map(|at| at.to_string())).collect();
    assert_eq!(starts, [Some("9am".to_owned()), Some("10:45am".to_owned())]);
    assert_eq!(
        history.visits.iter().map(|visit| visit.outcome).collect::<Vec<_>>(),
        [Outcome::ToConfirm, Outcome::Held]
    );
}

#[test]
fn premises_and_places_that_hold_names_of_schools_are_schools() {
    for heading in ["Location", "Premises", "Customer", "Organisation", "Place"] {
        let csv = format!("Date,{heading}\n01/03/2024,Oak Primary School\n");
        let history = read(csv.as_bytes(), "log.csv").expect("a table");
        assert_eq!(history.visits.len(), 1, "{heading}");
        let csv = format!("Date,{heading}\n01/03/2024,Main hall\n");
        assert!(read(csv.as_bytes(), "log.csv").is_ok_and(|history| history.visits.is_empty()), "{heading}");
    }
}

#[test]
fn a_row_that_stands_for_several_visits_is_asked_about() {
    for heading in ["No. of sessions", "Sessions", "Shows", "Qty", "Talks", "Number of visits"] {
        let csv = format!("Date,School,{heading}\n01/03/2024,Oak Primary,1\n04/03/2024,Elm Primary,2\n");
        let history = read(csv.as_bytes(), "log.csv").expect("a table");
        let cells: Vec<_> = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect();
        assert_eq!(cells, ["C3"], "{heading}");
        let said = [((String::new(), "C3".to_owned()), "1".to_owned())].into();
        let said = Corrections { cells: said, ..Corrections::default() };
        assert_eq!(read_corrected(csv.as_bytes(), "log.csv", &said).expect("a table").doubts, [], "{heading}");
    }
}

#[test]
fn whoever_says_who_came_is_not_asked_about_the_other_columns() {
    let csv = "Date,School,P1,P2,Pupils\n01/03/2024,Oak Primary,9A,9B,60\n";
    let columns = [(String::new(), vec![("C".to_owned(), Some(Role::Years))])].into();
    let history = read_corrected(csv.as_bytes(), "log.csv", &Corrections { columns, ..Corrections::default() });
    assert_eq!(history.expect("a table").tables[0].open, []);
}

#[test]
fn a_second_column_headed_as_the_pupils_with_other_numbers_is_open() {
    let csv = "Date,School,Pupils,Pupils\n05/03/2018,Oak Primary,30,25\n06/03/2018,Elm Primary,31,31\n07/03/2018,Ash Primary,28,28\n";
    assert_eq!(open(csv), [("D".to_owned(), Holds::Counts)]);
    // The same number twice says nothing, and neither does one whose heading says less.
    assert_eq!(open(&csv.replace("25", "30")), []);
    assert_eq!(open(&csv.replace("Pupils,Pupils", "No. booked,No. attended")), []);
}
