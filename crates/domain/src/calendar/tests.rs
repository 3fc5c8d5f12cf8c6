use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(texts: &[&str]) -> Vec<NaiveDate> {
    texts.iter().map(|t| day(t)).collect()
}

fn term(starts: &str, ends: &str) -> Term {
    Term {
        academic_year: AcademicYear::containing(day(starts)),
        name: String::new(),
        starts: day(starts),
        ends: day(ends),
    }
}

#[test]
fn easter_is_where_the_tables_have_it() {
    for text in ["1991-03-31", "2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2026-04-05", "2038-04-25"] {
        assert_eq!(easter(day(text).year()), day(text));
    }
}

#[test]
fn bank_holidays_agree_with_those_the_government_published() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/calendar/bank-holidays.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no ../shared/data");
        return;
    };
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let published: Vec<(NaiveDate, String)> = json["england-and-wales"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (day(e["date"].as_str().unwrap()), e["title"].as_str().unwrap().to_owned()))
        .collect();
    let (first, last) = (published[0].0, published[published.len() - 1].0);
    let ruled: Vec<(NaiveDate, String)> =
        bank_holidays_between(first, last).into_iter().map(|h| (h.on, h.name.into_owned())).collect();
    assert_eq!(ruled, published);
    assert!(published.len() > 130, "{}", published.len());
}

#[test]
fn one_off_days_and_moved_days_are_known() {
    let on = |year| bank_holidays(year).iter().map(|h| h.on).collect::<Vec<_>>();
    assert!(on(2011).contains(&day("2011-04-29")));
    assert!(on(2020).contains(&day("2020-05-08")) && !on(2020).contains(&day("2020-05-04")));
    let jubilee = on(2022);
    assert!(jubilee.contains(&day("2022-06-02")) && jubilee.contains(&day("2022-06-03")));
    assert!(jubilee.contains(&day("2022-09-19")) && !jubilee.contains(&day("2022-05-30")));
    assert!(on(2023).contains(&day("2023-05-08")));
    assert_eq!(on(2026).len(), 8);
}

#[test]
fn working_days_read_as_people_say_them() {
    let shown = |mask: i64| WorkingDays::try_from(mask).unwrap().to_string();
    assert_eq!(shown(0b1_1111), "Monday to Friday");
    assert_eq!(shown(0b0_1011), "Monday, Tuesday and Thursday");
    assert_eq!(shown(0b0_0011), "Monday and Tuesday");
    assert_eq!(shown(0b100_0000), "Sunday");
    assert_eq!(shown(0), "no day");
    assert!(WorkingDays::try_from(128).is_err() && WorkingDays::try_from(-1).is_err());
}

#[test]
fn leave_is_left_out_last_and_says_from_when_to_when() {
    let leave = [crate::availability::Leave {
        id: uuid::Uuid::nil(),
        from: day("2027-03-04"),
        to: day("2027-03-07"),
        note: "Rehearsals".into(),
    }];
    let sorted = openable_days(day("2027-03-03"), day("2027-03-08"), WorkingDays::WEEKDAYS, &leave, &[], &[]);
    assert_eq!(sorted.days, days(&["2027-03-03", "2027-03-08"]));
    let away = LeftOut::TeamAway(day("2027-03-04"), day("2027-03-07"));
    let why: Vec<_> = sorted.left_out.iter().map(|(_, why)| why.clone()).collect();
    assert_eq!(why, [away.clone(), away, LeftOut::Weekend, LeftOut::Weekend]);
}

#[test]
fn published_holidays_are_kept_where_they_differ_from_the_rule() {
    let published = |year: i32| -> Vec<(NaiveDate, String)> {
        bank_holidays(year).into_iter().map(|h| (h.on, h.name.replace('’', "'"))).collect()
    };
    assert_eq!(differences_of(&published(2027)), [], "another apostrophe is no difference");
    assert_eq!(differences_of(&[]), []);
    let mut changed = published(2027);
    changed.retain(|(on, _)| *on != day("2027-05-03"));
    changed.push((day("2027-05-07"), "Early May bank holiday (moved)".into()));
    let differences = differences_of(&changed);
    assert_eq!(
        differences,
        [
            HolidayDifference { on: day("2027-05-03"), name: None },
            HolidayDifference { on: day("2027-05-07"), name: Some("Early May bank holiday (moved)".into()) },
        ]
    );
    let on: Vec<_> = holidays_with(day("2027-05-01"), day("2027-05-31"), &differences).iter().map(|h| h.on).collect();
    assert_eq!(on, days(&["2027-05-07", "2027-05-31"]));
}

#[test]
fn a_schools_terms_go_before_its_trusts_and_those_before_the_authoritys() {
    let authority =
        [term("2025-09-03", "2025-10-24"), term("2026-09-03", "2026-10-23"), term("2026-11-02", "2026-12-18")];
    let trust = [term("2026-09-01", "2026-10-16"), term("2025-09-01", "2025-10-17")];
    let school = [term("2026-09-07", "2026-10-30")];
    let starts = |terms: Vec<Term>| terms.iter().map(|t| t.starts).collect::<Vec<_>>();
    assert_eq!(starts(terms_that_hold(&authority, &[], &[])), days(&["2025-09-03", "2026-09-03", "2026-11-02"]));
    assert_eq!(starts(terms_that_hold(&authority, &trust, &[])), days(&["2025-09-01", "2026-09-01"]));
    assert_eq!(starts(terms_that_hold(&authority, &trust, &school)), days(&["2025-09-01", "2026-09-07"]));
}

/// What it shows, from, to, the team's days, the terms, the days opened.
type Case<'a> = (&'a str, &'a str, &'a str, WorkingDays, &'a [Term], &'a [&'a str]);

#[test]
fn a_rule_opens_exactly_the_days_schools_teach() {
    let every_weekday = WorkingDays::WEEKDAYS;
    let easter = bank_holidays(2027);
    let cases: &[Case<'_>] = &[
        (
            "a whole week",
            "2027-03-01",
            "2027-03-07",
            every_weekday,
            &[],
            &["2027-03-01", "2027-03-02", "2027-03-03", "2027-03-04", "2027-03-05"],
        ),
        ("one day", "2027-03-03", "2027-03-03", every_weekday, &[], &["2027-03-03"]),
        ("a weekend", "2027-03-06", "2027-03-07", every_weekday, &[], &[]),
        ("dates reversed", "2027-03-05", "2027-03-01", every_weekday, &[], &[]),
        (
            "Good Friday and Easter Monday",
            "2027-03-25",
            "2027-03-30",
            every_weekday,
            &[],
            &["2027-03-25", "2027-03-30"],
        ),
        (
            "a team's own days",
            "2027-03-01",
            "2027-03-07",
            [Weekday::Tue, Weekday::Thu, Weekday::Sat].into_iter().collect(),
            &[],
            &["2027-03-02", "2027-03-04"],
        ),
        (
            "the end of a term",
            "2027-02-10",
            "2027-02-23",
            every_weekday,
            &[term("2027-01-04", "2027-02-12"), term("2027-02-22", "2027-03-25")],
            &["2027-02-10", "2027-02-11", "2027-02-12", "2027-02-22", "2027-02-23"],
        ),
        (
            "another year's terms do not count",
            "2027-03-01",
            "2027-03-02",
            every_weekday,
            &[term("2025-09-01", "2025-10-24")],
            &["2027-03-01", "2027-03-02"],
        ),
    ];
    for (what, from, to, working_days, terms, expected) in cases {
        let sorted = openable_days(day(from), day(to), *working_days, &[], terms, &easter);
        assert_eq!(sorted.days, days(expected), "{what}");
    }
}

#[test]
fn what_is_left_out_says_why() {
    let sorted = openable_days(
        day("2026-12-18"),
        day("2026-12-26"),
        [Weekday::Mon, Weekday::Fri].into_iter().collect(),
        &[],
        &[term("2026-11-02", "2026-12-18")],
        &bank_holidays(2026),
    );
    assert_eq!(sorted.days, days(&["2026-12-18"]));
    let why: Vec<_> = sorted.left_out.iter().map(|(on, why)| (on.day(), why.clone())).collect();
    assert_eq!(
        why,
        [
            (19, LeftOut::Weekend),
            (20, LeftOut::Weekend),
            (21, LeftOut::OutsideTerm),
            (22, LeftOut::NotWorking),
            (23, LeftOut::NotWorking),
            (24, LeftOut::NotWorking),
            (25, LeftOut::BankHoliday("Christmas Day".into())),
            (26, LeftOut::Weekend),
        ]
    );
    assert!(sorted.years_without_terms.is_empty());
    let unknown = openable_days(day("2027-08-31"), day("2027-09-01"), WorkingDays::WEEKDAYS, &[], &[], &[]);
    let years: Vec<_> = unknown.years_without_terms.iter().map(ToString::to_string).collect();
    assert_eq!(years, ["2026/27", "2027/28"]);
}

proptest! {
    #[test]
    fn easter_is_a_sunday_between_the_equinox_and_late_april(year in 1990_i32..2100) {
        let easter = easter(year);
        prop_assert_eq!(easter.weekday(), Weekday::Sun);
        let first = NaiveDate::from_ymd_opt(year, 3, 22).unwrap();
        let last = NaiveDate::from_ymd_opt(year, 4, 25).unwrap();
        prop_assert!((first..=last).contains(&easter));
    }

    #[test]
    fn bank_holidays_are_weekdays_and_all_different(year in 1990_i32..2100) {
        let days = bank_holidays(year);
        prop_assert!(days.len() >= 8);
        prop_assert!(days.iter().all(|h| !matches!(h.on.weekday(), Weekday::Sat | Weekday::Sun)));
        prop_assert!(days.windows(2).all(|pair| pair[0].on < pair[1].on));
        prop_assert!(days.iter().all(|h| h.on.year() == year));
    }

    #[test]
    fn every_day_is_opened_or_left_out_once(start in 0_u64..2000, length in 0_u64..500, mask in 0_i64..128) {
        let from = day("2024-09-01") + Days::new(start);
        let to = from + Days::new(length);
        let working = WorkingDays::try_from(mask).unwrap();
        let holidays = bank_holidays_between(from, to);
        let terms = [term("2025-09-01", "2025-10-24"), term("2025-11-03", "2025-12-19")];
        let sorted = openable_days(from, to, working, &[], &terms, &holidays);
        let mut all: Vec<_> = sorted.days.iter().copied().chain(sorted.left_out.iter().map(|(on, _)| *on)).collect();
        all.sort();
        prop_assert_eq!(all, from.iter_days().take_while(|d| *d <= to).collect::<Vec<_>>());
        for day in sorted.days {
            prop_assert!(working.contains(day.weekday()));
            prop_assert!(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
            prop_assert!(holidays.iter().all(|h| h.on != day));
        }
    }
}
