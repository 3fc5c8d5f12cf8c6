use super::*;

fn day(text: &str) -> Option<String> {
    match read(text, AcademicYear::new(2016).ok()) {
        When::On(date) => Some(date.to_string()),
        _ => None,
    }
}

#[test]
fn dates_are_read_day_first() {
    for (text, wanted) in [
        ("12/09/16", "2016-09-12"),
        (" 14/09/2016\u{a0}", "2016-09-14"),
        ("12.9.16", "2016-09-12"),
        ("12th Sept 2016", "2016-09-12"),
        ("28-Sep-2016", "2016-09-28"),
        ("Wednesday 08 February 2017", "2017-02-08"),
        ("17/1", "2017-01-17"),
        ("Thu 22 Sept", "2016-09-22"),
        ("Tue 7 March", "2017-03-07"),
        ("2016-09-19", "2016-09-19"),
        ("2016-09-19T00:00:00", "2016-09-19"),
        ("42745", "2017-01-10"),
        ("42745.0", "2017-01-10"),
        ("1st April", "2017-04-01"),
        ("Sept 16", "2016-09-16"),
        ("16-Sep", "2016-09-16"),
        ("12-09-16", "2016-09-12"),
        ("5-10-16", "2016-10-05"),
        ("1\u{2011}2\u{2011}17", "2017-02-01"),
        ("2016-09-19 00:00:00", "2016-09-19"),
        ("12/09/2016 00:00", "2016-09-12"),
        ("12/09/2016 00:00:00", "2016-09-12"),
        ("12 / 9 / 16", "2016-09-12"),
        ("12. 9. 16", "2016-09-12"),
        ("12 Sept. 16", "2016-09-12"),
        ("12 Sept ’16", "2016-09-12"),
        ("12 Sept 14", "2014-09-12"),
        ("12th of September, 2016", "2016-09-12"),
        ("Sept 12, 2016", "2016-09-12"),
        ("2016 Sept 12", "2016-09-12"),
        ("2016/09/12", "2016-09-12"),
        ("12 09 2016", "2016-09-12"),
        ("Mon, 12 Sept", "2016-09-12"),
    ] {
        assert_eq!(day(text).as_deref(), Some(wanted), "{text}");
    }
}

#[test]
fn serial_numbers_are_read_in_both_systems() {
    for (text, since_1904, wanted) in [
        ("42745", false, "2017-01-10"),
        ("41283", true, "2017-01-10"),
        ("41283.0", true, "2017-01-10"),
        ("12/09/16", true, "2016-09-12"),
        ("2016-09-19T00:00:00", true, "2016-09-19"),
    ] {
        assert_eq!(day(&of_serial(text, since_1904)).as_deref(), Some(wanted), "{text}");
    }
}

#[test]
fn what_is_no_day_is_asked_about() {
    for text in [
        "31/11/16",
        "12/09/1916",
        "12/09/16?",
        "Sep-16",
        "Sept ’16",
        "12/09/2106",
        "30/02/17",
        "Wed 22 Sept",
        "SEPTEMBER",
        "next week",
        "13/13/16",
        "1/2/3/4",
        "12/09/216",
    ] {
        assert!(matches!(read(text, AcademicYear::new(2016).ok()), When::Unclear(_)), "{text}");
    }
    assert!(matches!(read("17/1", None), When::Unclear(_)));
    assert_eq!(read(" ", None), When::NotGiven);
}

/// A second number is a year only where a year can stand.
#[test]
fn several_days_are_asked_about() {
    for text in [
        "12–14 Sept",
        "12/13 Sept",
        "12th & 13th Oct",
        "12 and 13 Oct 2016",
        "12/9 - 14",
        "12/9-14",
        "12/9 - 14/9/2016",
        "12, 14 Sept",
        "16 17 Sept",
        "1/10 Oct",
        "12 to 14 Sept",
        "12-14 Sept 2016",
        "12 Sept - 14",
        "12 Sept, 14",
        "12 Sept - 14 Sept",
        "Mon 12 & Tue 13 Sept",
        "12 Sept 14th",
        "10 & 11",
        "10, 11",
    ] {
        let When::Unclear(why) = read(text, AcademicYear::new(2016).ok()) else { panic!("{text}") };
        assert_eq!(why, SEVERAL, "{text}");
    }
}

#[test]
fn a_day_outside_the_years_that_are_kept_is_asked_about_however_it_is_written() {
    for text in [
        "1926-09-13",
        "0012-09-16",
        "1900-01-12T00:00:00",
        "2106-09-12",
        "1990-08-31",
        "31/08/1990",
        "12/09/1926",
        "12 Sept 2106",
    ] {
        let When::Unclear(why) = read(text, None) else { panic!("{text}") };
        assert!(why.contains("may be a slip"), "{text}: {why}");
    }
    for text in ["1990-09-01", "2099-12-31"] {
        assert!(matches!(read(text, None), When::On(_)), "{text}");
    }
}
