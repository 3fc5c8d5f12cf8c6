//! Ways of typing that are read, and columns beside the visit's own: tables as people keep them.

use super::found::{of, told};
use crate::history::*;

const HEADINGS: &str = "Date,School,Year,Nos";

/// What is read of one row of a table, without its number and its school.
fn row(text: &str) -> String {
    told(&of(&format!("{HEADINGS}\n{text}\n")))[0].replace("2: Oak Primary ", "")
}

#[test]
fn days_of_something_else_are_no_second_visits() {
    for heading in [
        "Review date",
        "Evaluation date",
        "Date of evaluation",
        "Report date",
        "Date added",
        "Letter date",
        "Consent date",
        "Date notified",
        "Follow-up date",
        "Contract end date",
    ] {
        let history = of(&format!("{HEADINGS},{heading}\n12/09/2018,Oak Primary,Y6,30,20/09/2018\n"));
        assert_eq!(told(&history), ["2: Oak Primary 12/09/18 Y6 30"], "{heading}");
        let first = of(&format!("{heading},{HEADINGS}\n20/09/2018,12/09/2018,Oak Primary,Y6,30\n"));
        assert_eq!(told(&first), ["2: Oak Primary 12/09/18 Y6 30"], "{heading} before it");
    }
    for heading in [
        "Date 2",
        "2nd date",
        "Date",
        "Second visit date",
        "End date",
        "Other date",
        "Visit 2",
        "Second visit",
        "Session 2",
        "Revisit",
    ] {
        let history = of(&format!(
            "{HEADINGS},{heading}\n12/09/2018,Oak Primary,Y6,30,20/09/2018\n13/09/2018,Elm Primary,Y6,30,\n"
        ));
        assert_eq!(
            told(&history),
            ["2: Oak Primary 12/09/18 Y6 30 asked E2", "3: Elm Primary 13/09/18 Y6 30"],
            "{heading}"
        );
    }
    for text in ["Internet safety", "28", "10.10", "9:30"] {
        let history = of(&format!("{HEADINGS},Session 2\nSEPTEMBER 2018,,,\n12/09/2018,Oak Primary,Y6,30,{text}\n"));
        assert!(history.doubts.is_empty(), "{text} is no day");
    }
}

#[test]
fn the_school_beside_a_rows_is_asked_about() {
    for heading in ["Joint with", "Other school attending", "Other school", "Second school"] {
        for headings in [format!("{HEADINGS},{heading}"), format!("Date,{heading},School,Year,Nos")] {
            let rows = if headings.ends_with(heading) {
                "12/09/2018,Oak Primary,Y6,30,Elm Primary\n13/09/2018,Ash Primary,Y6,30,\n"
            } else {
                "12/09/2018,Elm Primary,Oak Primary,Y6,30\n13/09/2018,,Ash Primary,Y6,30\n"
            };
            let cell = if headings.ends_with(heading) { "E2" } else { "B2" };
            assert_eq!(
                told(&of(&format!("{headings}\n{rows}"))),
                [format!("2: Oak Primary 12/09/18 Y6 30 asked {cell}"), "3: Ash Primary 13/09/18 Y6 30".to_owned()],
                "{headings}"
            );
        }
    }
    assert!(of(&format!("{HEADINGS},Joint with\n12/09/2018,Oak Primary,Y6,30,no\n")).doubts.is_empty());
}

#[test]
fn a_day_is_read_with_the_time_behind_it() {
    for (date, half, starts) in [
        ("12/9/18 pm", Some(Half::Pm), None),
        ("12 Sept 18 (am)", Some(Half::Am), None),
        ("12/09/18 1pm", Some(Half::Pm), Some("13:00")),
        ("12/09/18 1.15 p.m.", Some(Half::Pm), Some("13:15")),
        ("12/9/2018 9.30", Some(Half::Am), Some("09:30")),
        ("12/9/18 at 9.30", Some(Half::Am), Some("09:30")),
        ("12/9/18 9:30", Some(Half::Am), Some("09:30")),
        ("12/9/18 9.30-10.30am", Some(Half::Am), Some("09:30")),
        ("12/09/2018 10:00", Some(Half::Am), Some("10:00")),
        ("12/09/2018 10:00 - 11:00", Some(Half::Am), Some("10:00")),
        ("Wed 12 Sept 2018 10:00", Some(Half::Am), Some("10:00")),
        ("Wed 12 Sept 2018 - afternoon", Some(Half::Pm), None),
        ("2018-09-12T09:30:00", Some(Half::Am), Some("09:30")),
        ("2018-09-12T00:00:00", None, None),
        ("12SEP18", None, None),
        ("12Sept2018", None, None),
        ("20180912", None, None),
    ] {
        let history = of(&format!("{HEADINGS}\n{date},Oak Primary,Y6,30\n"));
        assert_eq!(told(&history), ["2: Oak Primary 12/09/18 Y6 30"], "{date}");
        let visit = &history.visits[0];
        let time = visit.starts.map(|time| format!("{:02}:{:02}", time.minutes() / 60, time.minutes() % 60));
        assert_eq!((visit.half, time.as_deref()), (half, starts), "{date}");
    }
    for date in ["12/9/18 13.10.18", "12.9.2018 13.10", "12/9 10.11", "20181312", "12/9 and 13/9 am", "pm", "9.30"] {
        assert!(row(&format!("{date},Oak Primary,Y6,30")).ends_with("asked A2"), "{date}");
    }
}

#[test]
fn a_day_by_itself_lies_in_the_month_above_it() {
    let rows = |above: &str, days: &[&str]| {
        let days: String = days.iter().map(|day| format!("{day},Oak Primary,Y6,30\n")).collect();
        let days = told(&of(&format!("{HEADINGS}\n{above}{days}")));
        days.iter().map(|told| told.split(' ').skip(3).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let days = ["13th", "14", "Fri 15th", "Thu 15th", "31st", "2/10"];
    let read = ["13/09/17 Y6 30", "14/09/17 Y6 30", "15/09/17 Y6 30"];
    assert_eq!(
        rows("SEPTEMBER 2017,,,\n", &days),
        [read[0], read[1], read[2], "- Y6 30 asked A6", "- Y6 30 asked A7", "02/10/17 Y6 30"]
    );
    assert_eq!(rows("", &["13th"]), ["- Y6 30 asked A2"]);
    assert_eq!(rows("SEPTEMBER 2017,,,\nAutumn term 2017,,,\n", &["13th"]), ["- Y6 30 asked A4"]);
}

#[test]
fn ages_and_open_ranges_are_asked_unless_they_are_one_year_group() {
    for (years, wanted) in [
        ("Y3 & up", None),
        ("Y3+", None),
        ("Y3 and above", None),
        ("Y3 upwards", None),
        ("Y3 up", None),
        ("Y5 and under", None),
        ("10-11 yr olds", Some("Y6")),
        ("ages 4-5", Some("Y0")),
        ("ages 9-10", Some("Y5")),
        ("age 9-10yrs", Some("Y5")),
        ("5-7 yrs", None),
        ("5-7 yr olds", None),
        ("aged 7-11", None),
        ("7-11yrs old", None),
        ("Y5 x2", Some("Y5")),
        ("Y5 x 2", Some("Y5")),
        ("2x Y5", Some("Y5")),
        ("Y5 + Y6", Some("Y5+Y6")),
    ] {
        let history = of(&format!("{HEADINGS}\n12/09/2018,Oak Primary,{years},30\n"));
        let asked = history.doubts.iter().map(|doubt| doubt.cell.as_str()).collect::<Vec<_>>();
        match wanted {
            Some(wanted) => assert_eq!(told(&history), [format!("2: Oak Primary 12/09/18 {wanted} 30")]),
            None => assert_eq!(asked, ["C2"], "{years}: {:?}", history.visits[0].years),
        }
    }
    for (ages, wanted) in
        [("9-10 yrs", Some("Y5")), ("9-10", None), ("5-7 yrs", None), ("11-16", None), ("Y5", Some("Y5"))]
    {
        let history = of(&format!("Date,School,Ages,Nos\n12/09/2018,Oak Primary,{ages},30\n"));
        match wanted {
            Some(wanted) => assert_eq!(told(&history), [format!("2: Oak Primary 12/09/18 {wanted} 30")]),
            None => assert_eq!(history.doubts.iter().map(|d| d.cell.as_str()).collect::<Vec<_>>(), ["C2"], "{ages}"),
        }
    }
}

#[test]
fn ages_from_one_to_another_are_those_of_a_year_group() {
    for (heading, ages, wanted) in [
        ("Age range", "10-11", Some("Y6")),
        ("Age range (years)", "13 - 14", Some("Y9")),
        ("Age ranges", "7 to 8", Some("Y3")),
        ("Age range", "Y5", Some("Y5")),
        ("Age range", "11-16", None),
        ("Age range", "10", None),
        ("Age group", "10-11", None),
        ("Year range", "5-6", Some("Y5+Y6")),
    ] {
        let history = of(&format!("Date,School,{heading},Nos\n12/09/2018,Oak Primary,{ages},30\n"));
        match wanted {
            Some(wanted) => assert_eq!(told(&history), [format!("2: Oak Primary 12/09/18 {wanted} 30")], "{heading}"),
            None => assert_eq!(history.doubts.iter().map(|d| d.cell.as_str()).collect::<Vec<_>>(), ["C2"], "{ages}"),
        }
    }
}

#[test]
fn number_alone_is_of_pupils_where_it_holds_what_groups_have() {
    let counts = |headings: &str, numbers: &[&str]| {
        let rows: String = numbers.iter().map(|n| format!("12/09/2018,Oak Primary,{n}\n")).collect();
        let history = of(&format!("Date,School,{headings}\n{rows}"));
        history.visits.iter().filter(|v| matches!(v.count, Count::Pupils { .. })).count()
    };
    assert_eq!(counts("Number", &["28", "31", "25", "30", "60"]), 5);
    assert_eq!(counts("Number", &["30", "30", "30", "30"]), 4);
    assert_eq!(counts("Number", &["1", "2", "3", "4", "5"]), 0);
    assert_eq!(counts("Number", &["101", "102", "103"]), 0, "numbered on");
    assert_eq!(counts("Number", &["20", "25", "31", "44", "58"]), 0, "as invoices are");
    assert_eq!(counts("Number", &["2", "1", "3", "2"]), 0, "of sessions");
    assert_eq!(counts("Number", &["28041", "31220"]), 0);
    assert_eq!(counts("Number,Street", &["28,High Street", "31,Low Road", "12,Mill Lane"]), 0, "of houses");
}

#[test]
fn a_number_and_more_is_about_so_many() {
    assert_eq!(row("12/09/2018,Oak Primary,Y6,30+"), "12/09/18 Y6 30~");
    assert_eq!(row("12/09/2018,Oak Primary,Y6,28+2"), "12/09/18 Y6 unclear asked D2");
}

#[test]
fn a_class_of_its_year_is_kept_as_it_is_typed() {
    for (years, class) in [
        ("6A", "6A"),
        ("5B", "5B"),
        ("10X2", "10X2"),
        ("Y6A", "Y6A"),
        ("Y5 Oak", "Y5 Oak"),
        ("Y5 class 2", "Y5 class 2"),
        ("Y6", ""),
        ("Year 6", ""),
        ("5/6", ""),
        ("Y5 x2", ""),
        ("2 Y5 classes", ""),
        ("KS2", ""),
        ("Rec", ""),
        ("Y5 (30)", ""),
        ("Y6 cancelled", ""),
    ] {
        let history = of(&format!("{HEADINGS}\n12/09/2018,Oak Primary,{years},30\n"));
        assert_eq!(history.visits[0].class, class, "{years}");
    }
    let history = of(&format!(
        "{HEADINGS},Class\n12/09/2018,Oak Primary,6,30,6A\n12/09/2018,Oak Primary,6,30,Elm\n12/09/2018,Oak Primary,6,30,2\n"
    ));
    assert_eq!(history.visits.iter().map(|visit| visit.class.as_str()).collect::<Vec<_>>(), ["6A", "Elm", ""]);
    assert!(history.tables[0].not_read.is_empty(), "it is read");
}
