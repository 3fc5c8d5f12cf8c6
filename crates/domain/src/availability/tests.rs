use chrono::{Datelike, Days, Weekday};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::calendar::{Term, WorkingDays, bank_holidays_between};
use crate::slot::{Pattern, Slot, TimeOfDay};
use crate::{AcademicYear, YearGroup, YearGroups};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> TimeOfDay {
    text.parse().unwrap()
}

fn term(starts: &str, ends: &str) -> Term {
    Term {
        academic_year: AcademicYear::containing(day(starts)),
        name: String::new(),
        starts: day(starts),
        ends: day(ends),
    }
}

fn year(number: i64) -> YearGroups {
    YearGroup::new(number).unwrap().into()
}

fn date(kind: DateKind, from: &str, to: &str, year_groups: YearGroups, note: &str) -> SchoolDate {
    SchoolDate { id: Uuid::nil(), kind, from: day(from), to: day(to), year_groups, note: note.into() }
}

/// A primary school: 2026/27 in five terms, Year 6 SATs, an inset day, no Fridays, and a dining hall.
fn school() -> SchoolCalendar {
    SchoolCalendar {
        terms: vec![
            term("2026-09-03", "2026-10-23"),
            term("2026-11-02", "2026-12-18"),
            term("2027-01-04", "2027-02-12"),
            term("2027-02-22", "2027-03-25"),
            term("2027-04-12", "2027-05-28"),
        ],
        holidays: bank_holidays_between(day("2026-09-01"), day("2027-08-31")),
        dates: vec![
            date(DateKind::Inset, "2027-01-04", "2027-01-04", YearGroups::NONE, ""),
            date(DateKind::Sats, "2027-05-10", "2027-05-13", year(6), ""),
            date(DateKind::Other, "2026-12-15", "2026-12-16", YearGroups::NONE, "nativity"),
        ],
        week: Week { closed: [Weekday::Fri].into_iter().collect(), ..Week::default() },
        hall: [Weekday::Mon, Weekday::Tue].map(|d| hall(d, "8:30-11:45, 13:15-15:30").unwrap()).concat(),
    }
}

#[test]
fn a_school_says_why_a_day_is_closed() {
    let cases = [
        ("an ordinary Wednesday", "2026-11-04", None),
        ("the last day of a term", "2026-10-22", None),
        ("a Saturday", "2026-11-07", Some("It is a weekend")),
        ("a bank holiday in term", "2027-05-03", Some("It is a bank holiday: Early May bank holiday")),
        ("half term", "2026-10-28", Some("It lies outside the school’s terms")),
        ("the day before a term", "2026-11-01", Some("It is a weekend")),
        ("an inset day", "2027-01-04", Some("Inset day, 4 January 2027")),
        ("a date with a note", "2026-12-16", Some("Something else, 15 to 16 December 2026: nativity")),
        ("SATs, for those who sit them", "2027-05-11", Some("SATs for Year 6, 10 to 13 May 2027")),
        ("a Friday", "2026-11-06", Some("The school takes no visits on Fridays")),
        ("a year without terms", "2027-09-08", None),
    ];
    for (what, on, expected) in cases {
        let closed = school().closed(day(on), at("9:30"), at("10:30"), 30, 30, year(6)).map(|c| c.to_string());
        assert_eq!(closed.as_deref(), expected, "{what}");
    }
    let sats = |groups| school().closed_day(day("2027-05-11"), groups).is_some();
    assert!(sats(year(6)) && sats(year(5).union(year(6))), "one of the groups sits them");
    assert!(!sats(year(5)), "others may be visited");
    assert!(!sats(YearGroups::NONE), "a group that follows no year groups sits nothing");
}

#[test]
fn the_whole_stay_lies_in_one_window_of_the_hall() {
    // Monday 9 November 2026, free 8:30 to 11:45 and 13:15 to 15:30.
    let cases = [
        ("fits", "9:15", "10:30", 45, 45, true),
        ("fits to the minute", "9:15", "11:00", 45, 45, true),
        ("a minute too early", "9:14", "10:30", 45, 45, false),
        ("a minute too late", "9:15", "11:01", 45, 45, false),
        ("the session alone would fit", "13:20", "14:20", 30, 30, false),
        ("over noon", "11:00", "13:30", 0, 0, false),
        ("in the afternoon", "13:45", "15:00", 30, 30, true),
        ("before the day begins", "0:10", "1:00", 30, 30, false),
    ];
    for (what, starts, ends, before, after, fits) in cases {
        let closed = school().closed(day("2026-11-09"), at(starts), at(ends), before, after, year(6));
        assert_eq!(closed.is_none(), fits, "{what}: {closed:?}");
    }
    let noon = school().closed(day("2026-11-09"), at("11:30"), at("12:30"), 30, 15, year(6)).unwrap();
    assert_eq!(
        noon.to_string(),
        "On Mondays the hall is free from 8:30am to 11:45am and from 1:15pm to 3:30pm, not for the whole stay from 11am to 12:45pm"
    );
    assert!(noon.is_schools_own() && !Closed::Weekend.is_schools_own());
    let wednesday =
        |school: SchoolCalendar| school.closed(day("2026-11-11"), at("11:30"), at("12:30"), 30, 30, year(6));
    assert_eq!(wednesday(school()), None, "nothing was said of Wednesdays");
    assert_eq!(school().without_hall().closed(day("2026-11-09"), at("11:30"), at("12:30"), 30, 30, year(6)), None);
}

#[test]
fn weeks_are_counted_as_schools_teach_them() {
    let terms = school().terms;
    let week = Week {
        closed: [Weekday::Tue].into_iter().collect(),
        closed_b: [Weekday::Thu].into_iter().collect(),
        a_from: Some(day("2026-09-07")),
    };
    let cases = [
        ("the first week", "2026-09-11", WeekLetter::A),
        ("the second", "2026-09-14", WeekLetter::B),
        ("its weekend", "2026-09-20", WeekLetter::B),
        ("the week before the first", "2026-09-03", WeekLetter::B),
        ("the last before half term", "2026-10-23", WeekLetter::A),
        ("half term, as the week after it", "2026-10-28", WeekLetter::B),
        ("after half term it goes on", "2026-11-02", WeekLetter::B),
        ("the last before Christmas", "2026-12-18", WeekLetter::B),
        ("after two weeks of holiday", "2027-01-04", WeekLetter::A),
    ];
    for (what, on, expected) in cases {
        assert_eq!(week.letter(day(on), &terms), Some(expected), "{what}");
    }
    assert_eq!(week.letter(day("2026-09-29"), &[]), Some(WeekLetter::B), "without terms every week counts");
    let school = SchoolCalendar { week, dates: Vec::new(), ..school() };
    let closed = |on| school.closed_day(day(on), YearGroups::NONE).map(|c| c.to_string());
    assert_eq!(closed("2026-09-08").as_deref(), Some("The school takes no visits on Tuesdays of week A"));
    assert_eq!(closed("2026-09-15"), None);
    assert_eq!(closed("2026-09-17").as_deref(), Some("The school takes no visits on Thursdays of week B"));
}

#[test]
fn a_week_that_never_suits_is_refused() {
    let fields = |week: Week| week.check().err().unwrap_or_default().iter().map(|f| f.field).collect::<Vec<_>>();
    let all = WorkingDays::WEEKDAYS;
    assert_eq!(fields(Week { closed: all, ..Week::default() }), ["closed"]);
    assert_eq!(fields(Week { closed: all, a_from: Some(day("2026-09-07")), ..Week::default() }), [""; 0]);
    assert_eq!(fields(Week { a_from: Some(day("2026-09-08")), ..Week::default() }), ["a_from"]);
}

#[test]
fn hall_hours_are_read_as_people_write_them() {
    let read =
        |text: &str| hall(Weekday::Tue, text).map(|w| w.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    for (text, expected) in [
        ("", ""),
        ("9:00-11:45", "9am to 11:45am"),
        ("1:15pm to 3:15pm and 9am–11.45am", "9am to 11:45am, 1:15pm to 3:15pm"),
        ("0900 - 1000; 10:00 to 11:00", "9am to 11am"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
    }
    for text in ["9:00", "nine to ten", "11:00-9:00", "9:00-9:00", "8-9, 10:00-11:00", "9:00-25:00"] {
        let error = read(text).unwrap_err();
        assert!(error.starts_with("Tuesday: "), "{text}: {error}");
    }
    assert!(read("7:00-8:00,9:00-10:00,11:00-12:00,13:00-14:00,15:00-16:00").is_err());
}

#[test]
fn a_date_is_refused_with_every_fault() {
    let new = |kind, from: &str, to: &str, year_groups, note: &str| {
        NewSchoolDate { kind, from: day(from), to: day(to), year_groups, note: note.into() }
            .check(Some(YearGroups::range(YearGroup::RECEPTION, YearGroup::new(6).unwrap())))
            .map(|d| d.note)
            .map_err(|faults| faults.iter().map(|f| f.field).collect::<Vec<_>>())
    };
    assert_eq!(new(DateKind::Sats, "2027-05-10", "2027-05-13", year(6), "  key stage 2 "), Ok("key stage 2".into()));
    assert_eq!(new(DateKind::Inset, "2027-05-10", "2027-05-09", YearGroups::NONE, ""), Err(vec!["to"]));
    assert_eq!(new(DateKind::Other, "2027-05-10", "2028-05-10", year(9), ""), Err(vec!["to", "note", "year_groups"]));
    assert_eq!(new(DateKind::Eid, "0202-05-10", "0202-05-10", YearGroups::NONE, ""), Err(vec!["from", "from"]));
}

fn team() -> TeamCalendar {
    let slot = Slot { number: 1, label: "AM".into(), starts: at("9:30"), ends: at("10:30") };
    TeamCalendar {
        working_days: [Weekday::Mon, Weekday::Tue].into_iter().collect(),
        leave: vec![Leave {
            id: Uuid::nil(),
            from: day("2026-11-10"),
            to: day("2026-11-16"),
            note: "A funeral".into(),
        }],
        earliest_start: at("7:30"),
        latest_home: at("18:00"),
        get_in_minutes: 45,
        get_out_minutes: 30,
        turnaround_minutes: 15,
        most_sessions: None,
        base: None,
        patterns: vec![Pattern { from: day("2026-11-03"), slots: vec![slot] }],
    }
}

#[test]
fn a_team_says_why_it_is_away_without_the_private_note() {
    let away = |on| team().away(day(on)).map(|a| a.to_string());
    assert_eq!(away("2026-11-09"), None);
    assert_eq!(away("2026-11-10").as_deref(), Some("The team is away: 10 to 16 November 2026"));
    assert_eq!(away("2026-11-11").as_deref(), Some("The team does not work on Wednesdays"));
    assert_eq!(away("2026-11-17"), None);
    assert_eq!((team().slots_on(day("2026-11-02")).len(), team().slots_on(day("2026-11-03")).len()), (0, 1));
}

#[test]
fn hours_that_make_no_day_are_refused() {
    let hours = Hours {
        earliest_start: at("7:30"),
        latest_home: at("18:00"),
        get_in_minutes: 30,
        get_out_minutes: 30,
        turnaround_minutes: 0,
        most_sessions: Some(3),
    };
    assert!(hours.check().is_ok());
    let bad = Hours { latest_home: at("7:00"), get_in_minutes: -1, most_sessions: Some(0), ..hours };
    let fields: Vec<_> = bad.check().unwrap_err().iter().map(|f| f.field).collect();
    assert_eq!(fields, ["latest_home", "get_in_minutes", "most_sessions"]);
}

#[test]
fn stretches_of_days_are_said_without_repeating() {
    for (from, to, expected) in [
        ("2027-05-14", "2027-05-14", "14 May 2027"),
        ("2027-05-11", "2027-05-14", "11 to 14 May 2027"),
        ("2027-04-30", "2027-05-03", "30 April to 3 May 2027"),
        ("2026-12-18", "2027-01-04", "18 December 2026 to 4 January 2027"),
    ] {
        assert_eq!(days(day(from), day(to)), expected);
    }
}

proptest! {
    /// In a year without terms letters simply alternate; with terms, two weeks that are taught one after the other
    /// never have the same letter, however long the holiday between them.
    #[test]
    fn letters_alternate_over_the_weeks_taught(start in 0_u64..300, a in 0_u64..40) {
        let terms = school().terms;
        let week = Week { a_from: Some(day("2026-09-07") + Days::new(7 * a)), ..Week::default() };
        let taught = |monday: NaiveDate| terms.iter().any(|t| t.starts <= monday + Days::new(6) && monday <= t.ends);
        let first = day("2026-09-03") + Days::new(start);
        let mondays: Vec<_> = first.iter_days().take(60).filter(|d| d.weekday() == Weekday::Mon).collect();
        for pair in mondays.windows(2) {
            prop_assert_ne!(week.letter(pair[0], &[]), week.letter(pair[1], &[]));
        }
        // Beyond August no terms are known, and every week counts.
        let taught: Vec<_> = mondays.into_iter().filter(|m| *m < day("2027-05-28") && taught(*m)).collect();
        for pair in taught.windows(2) {
            prop_assert_ne!(week.letter(pair[0], &terms), week.letter(pair[1], &terms), "{} {}", pair[0], pair[1]);
        }
    }

    /// A longer stay, or a date more, never opens a day that was closed.
    #[test]
    fn asking_for_more_never_opens(start in 0_u64..260, from in 0_i64..1380, more in 0_i64..120, extra in 0_u64..260) {
        let on = day("2026-09-01") + Days::new(start);
        let (starts, ends) = (TimeOfDay::try_from(from).unwrap(), TimeOfDay::try_from(from + 59).unwrap());
        let closed = |school: &SchoolCalendar, more| school.closed(on, starts, ends, 30 + more, 30, year(6)).is_some();
        let mut school = school();
        let before = closed(&school, 0);
        prop_assert!(!before || closed(&school, more));
        let inset = day("2026-09-01") + Days::new(extra);
        school.dates.push(SchoolDate { from: inset, to: inset, ..school.dates[0].clone() });
        prop_assert!(!before || closed(&school, 0));
        prop_assert!(inset != on || closed(&school, 0));
    }
}
