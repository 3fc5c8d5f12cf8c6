use proptest::prelude::*;

use super::*;
use crate::{YearGroup, YearGroups};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn group(label: &str, expected: i64, expected_send: Option<i64>) -> Group {
    Group { year_groups: YearGroups::from(YearGroup::new(7).unwrap()), label: label.into(), expected, expected_send }
}

fn wish(groups: Vec<Group>, sessions: i64) -> Wish {
    Wish {
        groups,
        sessions,
        may_split: true,
        room_for_others: false,
        part_of_day: PartOfDay::Any,
        impossible: Vec::new(),
        preferred: Vec::new(),
        access_needs: String::new(),
        note: String::new(),
    }
}

fn terms() -> Terms {
    Terms { today: day(2026, 11, 22), starts: day(2027, 1, 11), ends: day(2027, 2, 5), largest_group: Some(90) }
}

#[test]
fn three_classes_and_three_sessions_are_a_class_each() {
    let dealt = deal(&[group("7A", 30, None), group("7B", 28, Some(3)), group("7C", 29, None)], 3);
    let labels: Vec<Vec<&str>> = dealt.iter().map(|s| s.iter().map(|g| g.label.as_str()).collect()).collect();
    assert_eq!(labels, [["7A"], ["7C"], ["7B"]]);
}

#[test]
fn more_groups_than_sessions_are_put_together_evenly() {
    let dealt = deal(&[group("A", 60, None), group("B", 30, None), group("C", 30, None)], 2);
    assert_eq!(dealt.iter().map(|s| expected(s)).collect::<Vec<_>>(), [60, 60]);
}

#[test]
fn a_whole_year_in_one_line_is_split_and_says_so() {
    let dealt = deal(&[group("", 181, Some(9))], 3);
    let shown: Vec<_> = dealt.iter().map(|s| (s[0].label.as_str(), s[0].expected, s[0].expected_send)).collect();
    assert_eq!(
        shown,
        [("Year 7 (3 of 3)", 61, Some(3)), ("Year 7 (1 of 3)", 60, Some(3)), ("Year 7 (2 of 3)", 60, Some(3))]
    );
}

#[test]
fn what_is_wrong_with_a_wish_is_said() {
    let fields = |w: &Wish| w.faults(terms()).into_iter().map(|f| f.field).collect::<Vec<_>>();
    let good = wish(vec![group("6A", 30, None)], 1);
    assert_eq!(fields(&good), Vec::<&str>::new());
    assert_eq!(fields(&wish(Vec::new(), 1)), ["expected-0"]);
    for sessions in [0, -1, 13] {
        assert_eq!(fields(&Wish { sessions, ..good.clone() }), ["sessions"], "{sessions}");
    }
    assert_eq!(fields(&wish(vec![group("6A", 2, None)], 3)), ["sessions"], "more sessions than pupils");
    let full = wish(vec![group("Year 7", 200, None)], 2);
    assert_eq!(fields(&full), ["sessions"]);
    assert!(full.faults(terms())[0].message.contains("ask for 3 sessions"), "{:?}", full.faults(terms()));
    assert_eq!(fields(&Wish { sessions: 3, ..full }), Vec::<&str>::new());
    for (impossible, preferred, expected) in [
        (vec![day(2027, 1, 10)], vec![], vec!["impossible"]),
        (vec![day(2027, 1, 11)], vec![day(2027, 1, 12)], vec![]),
        (vec![day(2027, 1, 11)], vec![day(2027, 1, 11)], vec!["preferred"]),
        (vec![], vec![day(2026, 11, 22)], vec!["preferred"]),
        (vec![], vec![day(2027, 3, 1)], vec![]),
        (vec![], vec![day(2027, 9, 1)], vec!["preferred"]),
        (terms().starts.iter_days().take(26).collect(), vec![], vec!["impossible"]),
        (terms().starts.iter_days().take(26).collect(), vec![day(2027, 3, 1)], vec![]),
    ] {
        let asked = Wish { impossible, preferred, ..good.clone() };
        assert_eq!(fields(&asked), expected, "{:?} {:?}", asked.impossible, asked.preferred);
    }
}

#[test]
fn a_reason_is_given_and_another_reason_explained() {
    let fields = |reason, note: &str| reason_faults(reason, note).into_iter().map(|f| f.field).collect::<Vec<_>>();
    assert_eq!(fields(Some(DeclineReason::NoHall), ""), Vec::<&str>::new());
    assert_eq!(fields(None, "because"), ["reason"]);
    assert_eq!(fields(Some(DeclineReason::Other), "  "), ["reason_note"]);
    assert_eq!(fields(Some(DeclineReason::Other), "The hall is being rebuilt"), Vec::<&str>::new());
    assert_eq!(fields(Some(DeclineReason::Staffing), &"a".repeat(501)), ["reason_note"]);
}

#[test]
fn morning_and_afternoon_part_at_noon() {
    let at = |h, m| TimeOfDay::new(h, m).unwrap();
    for (part, starts, ends, suits) in [
        (PartOfDay::Morning, at(9, 30), at(10, 30), true),
        (PartOfDay::Morning, at(13, 15), at(14, 15), false),
        (PartOfDay::Morning, at(11, 30), at(12, 30), true),
        (PartOfDay::Afternoon, at(11, 30), at(12, 30), false),
        (PartOfDay::Afternoon, at(11, 45), at(12, 45), true),
        (PartOfDay::Afternoon, at(9, 30), at(10, 30), false),
        (PartOfDay::Any, at(13, 15), at(14, 15), true),
    ] {
        assert_eq!(part.suits(starts, ends), suits, "{part:?} {starts} {ends}");
    }
}

#[test]
fn days_are_read_as_people_write_them() {
    let year = AcademicYear::new(2026).unwrap();
    let read = |text: &str| read_dates(text, year).unwrap();
    let fourteenth = day(2027, 1, 14);
    for text in [
        "14 January 2027",
        "14 jan",
        "Thu 14 Jan",
        "Thursday 14th January",
        "14/1/2027",
        "14/01/27",
        "14-1-27",
        "14-01-2027",
        "2027-01-14",
        " 14.1.2027 \n\n",
        "14 January, 14 Jan",
    ] {
        assert_eq!(read(text), [fourteenth], "{text}");
    }
    assert_eq!(read("14 December"), [day(2026, 12, 14)], "the year in which it lies");
    assert_eq!(read("1 Sept"), [day(2026, 9, 1)]);
    let week: Vec<NaiveDate> = day(2027, 1, 4).iter_days().take(5).collect();
    for text in [
        "4 to 8 January",
        "4 January to 8 January 2027",
        "4–8 January",
        "Mon 4 Jan - Fri 8 Jan",
        "4/1/2027 to 8/1/2027",
    ] {
        assert_eq!(read(text), week, "{text}");
    }
    assert_eq!(read("31 December to 1 January").len(), 2);
    assert_eq!(read(""), []);
    for text in [
        "soon",
        "4-8",
        "0-1-27",
        "31 February",
        "14",
        "Fridays",
        "14 January 20277",
        "8 to 4 January",
        "1 January 2000 to 1 January 2100",
    ] {
        let error = read_dates(text, year).unwrap_err();
        assert!(!error.is_empty(), "{text}");
    }
}

#[test]
fn a_weekday_that_is_not_the_dates_own_is_asked_about() {
    let year = AcademicYear::new(2026).unwrap();
    for (text, parts) in [
        ("Mon 12 Jan 2027", &["12 January 2027 is a Tuesday, not a Monday"][..]),
        ("Monday 12th January", &["is a Tuesday, not a Monday"]),
        ("Weds 14/1/2027", &["is a Thursday, not a Wednesday"]),
        ("Mon 4 Jan - Thurs 8 Jan", &["8 January 2027 is a Friday, not a Thursday"]),
        ("Tue 4 to Fri 8 January", &["4 January 2027 is a Monday, not a Tuesday"]),
    ] {
        let error = read_dates(text, year).unwrap_err();
        assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
    }
    for text in ["Tues 12 Jan 2027", "Thur 14 Jan", "Mon 4 to Fri 8 January", "Tuesday 12/1/27"] {
        assert!(read_dates(text, year).is_ok(), "{text}");
    }
}

/// Found by the property below: 7 SEND among 8 pupils in five parts.
#[test]
fn no_part_has_more_send_than_pupils() {
    let dealt = deal(&[group("6B", 8, Some(7))], 5);
    let parts: Vec<(i64, Option<i64>)> = dealt.iter().flatten().map(|g| (g.expected, g.expected_send)).collect();
    assert_eq!(parts.iter().map(|(n, _)| n).sum::<i64>(), 8);
    assert_eq!(parts.iter().filter_map(|(_, send)| *send).sum::<i64>(), 7);
    assert!(parts.iter().all(|(n, send)| send.is_some_and(|send| send <= *n)), "{parts:?}");
}

proptest! {
    /// Nobody is lost, doubled or alone in an empty session.
    #[test]
    fn dealing_keeps_every_pupil(
        sizes in prop::collection::vec((1_i64..200, prop::option::of(0_i64..20)), 1..8),
        sessions in 1_i64..=MOST_SESSIONS,
    ) {
        let groups: Vec<Group> =
            sizes.iter().map(|(n, send)| group("x", *n, send.map(|s| s.min(*n)))).collect();
        let dealt = deal(&groups, sessions);
        let all: Vec<&Group> = dealt.iter().flatten().collect();
        prop_assert_eq!(all.iter().map(|g| g.expected).sum::<i64>(), expected(&groups));
        prop_assert_eq!(
            all.iter().filter_map(|g| g.expected_send).sum::<i64>(),
            groups.iter().filter_map(|g| g.expected_send).sum::<i64>()
        );
        prop_assert!(all.iter().all(|g| g.expected > 0 && g.expected_send.is_none_or(|s| s <= g.expected)));
        prop_assert_eq!(dealt.len() as i64, sessions.min(expected(&groups)));
        prop_assert!(dealt.iter().all(|s| !s.is_empty()));
        prop_assert_eq!(deal(&groups, sessions), dealt);
    }

    /// What a page writes can be typed back.
    #[test]
    fn days_in_words_read_back(offsets in prop::collection::btree_set(0_i64..365, 0..40)) {
        let year = AcademicYear::new(2026).unwrap();
        let days: Vec<NaiveDate> = offsets.iter().map(|n| year.starts() + chrono::TimeDelta::days(*n)).collect();
        prop_assert_eq!(read_dates(&in_words(&days).join("\n"), year).unwrap(), days);
    }

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,60}") {
        let _ = read_dates(&text, AcademicYear::new(2026).unwrap());
    }
}
