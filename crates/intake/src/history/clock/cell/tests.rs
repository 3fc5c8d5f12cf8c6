use super::*;

/// When a cell of a column headed “Time” says that a visit began.
fn said(text: &str) -> String {
    match read(text, true) {
        Said::At(Some(time), _) => time.to_string(),
        Said::At(None, Half::Am) => "am".into(),
        Said::At(None, Half::Pm) => "pm".into(),
        other => format!("{other:?}"),
    }
}

#[test]
fn times_are_read_as_people_type_them() {
    for (text, wanted) in [
        ("11-12", "11am"),
        ("1-2", "1pm"),
        ("9-10", "9am"),
        ("11\u{2013}1", "11am"),
        ("9 to 10", "9am"),
        ("8.50 assembly", "8:50am"),
        ("assembly 8.50", "8:50am"),
        ("8.50-9.10 assembly", "8:50am"),
        ("10-11pm (hall)", "10pm"),
        ("Aft", "pm"),
        ("aft.", "pm"),
        ("after lunch", "pm"),
        ("After school", "pm"),
        ("before lunch", "am"),
        ("a.m. only", "am"),
        ("late morning", "am"),
        ("early afternoon", "pm"),
        ("from 9", "9am"),
        ("2.45 (after school)", "2:45pm"),
        ("2.45 (45 mins)", "2:45pm"),
        ("9.15 (hall)", "9:15am"),
        ("9h15", "9:15am"),
        ("9 o'clock", "9am"),
        ("9 o\u{2019}clock", "9am"),
        ("9ish", "9am"),
        ("2", "2pm"),
        ("9", "9am"),
        ("9 am", "9am"),
        ("9.15 am start", "9:15am"),
        ("9.15 (am)", "9:15am"),
        ("1.15 afternoon", "1:15pm"),
        ("915", "9:15am"),
        // A spreadsheet program leaves out the last nought of a number.
        ("9.3", "9:30am"),
        ("1.1", "1:10pm"),
        ("Period 3 (11.15)", "11:15am"),
        ("9.30-10.30am", "9:30am"),
        ("14:05:00", "2:05pm"),
    ] {
        assert_eq!(said(text), wanted, "{text}");
    }
}

#[test]
fn what_says_nothing_of_when_is_passed_over() {
    for text in [
        "",
        "tbc",
        "TBA",
        "-",
        "n/k",
        "n/a",
        "various",
        "?",
        "all day",
        "Whole day",
        "P1",
        "Period 1",
        "Period 3-4",
        "2 hrs",
        "45 mins",
        "1.30 hrs",
        "1/2 day",
        "45mins",
        "assembly",
        "lunchtime",
        "cancelled",
        "x",
    ] {
        assert_eq!(read(text, true), Said::Nothing, "{text}");
    }
    // A number alone is an hour only where the heading says that they are times.
    for text in ["2", "9-10", "11-12", "3-4"] {
        assert_eq!(read(text, false), Said::Nothing, "{text}");
    }
}

#[test]
fn several_times_are_told_from_one() {
    for text in [
        "9am/1pm",
        "9.15 then 1.15",
        "08:45 (assembly) & 09:15",
        "AM/PM",
        "am + pm",
        "am & pm",
        "both",
        "Period 3 & 4",
        "P3 & P4",
        "9.30 & 1.15",
        "9.30/1.15",
        "9.15, 10.30",
        "9.15 and 10.15",
        "9.15 1.15",
        "am and pm sessions",
        "9.15 (and 1.15)",
        "11-12 & 1-2",
        "morning, afternoon",
        "9.15 or 10.15",
    ] {
        assert_eq!(read(text, true), Said::Several, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_no_time() {
    for text in [
        "25:00",
        "9.75",
        "8.5",
        "0.25",
        "0.123456",
        "30",
        "45",
        "0",
        "2016-12-11",
        "2016-12-11T00:00:00",
        "9.30?",
        "until 9",
        "9.15-45",
        "9 x2",
        "see note",
        "PT26H00M00S",
        "1.15 (am)",
        "13.30 morning",
        "9.15 (not 10)",
        "9.15 to 10.15 to 11.15",
        "second week",
        "9.15 moved",
        "-9",
    ] {
        assert_eq!(read(text, true), Said::Unclear, "{text}");
    }
}

#[test]
fn a_heading_says_whether_its_column_is_of_times() {
    for heading in ["Time", "Start time", "Time(s)", "TIME AM/PM", "Times"] {
        assert!(is_of_times(heading), "{heading}");
    }
    for heading in ["AM/PM", "Slot", "Time (hrs)", "Time spent", "", "No. of times"] {
        assert!(!is_of_times(heading), "{heading}");
    }
}
