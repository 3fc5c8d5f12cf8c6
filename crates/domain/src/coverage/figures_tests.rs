use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::number_on_roll::Roll;
use crate::programme::Audience;
use crate::setting::{Phase, SettingKind, SettingType};
use crate::year_group::{YearGroup, YearGroups};

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
}

fn year(n: i64) -> YearGroup {
    YearGroup::new(n).unwrap()
}

fn years(low: i64, high: i64) -> YearGroups {
    YearGroups::range(year(low), year(high))
}

fn school(n: u128, kind: SettingType, taught: Option<YearGroups>, pupils: i64, ward: Option<&str>) -> School {
    School {
        id: Uuid::from_u128(n),
        urn: Some((900_000 + i64::try_from(n).unwrap()).try_into().unwrap()),
        name: format!("School {n:03}"),
        kind: SettingKind::School,
        setting_type: kind,
        phase: if taught.is_some() { Phase::Primary } else { Phase::NotApplicable },
        ward: ward.map(str::to_owned),
        constituency: None,
        roll: Roll { pupils: Some(pupils), year_groups: taught, counted: vec![] },
        takes_part: true,
        reached_before: None,
    }
}

fn delivered(n: u128, groups: &[(u128, YearGroups, Option<i64>)]) -> Session {
    let groups = groups
        .iter()
        .map(|&(setting, year_groups, attended)| Group {
            setting: Uuid::from_u128(setting),
            year_groups,
            attended,
            expected: 30,
        })
        .collect();
    let id = Uuid::from_u128(1000 + n);
    Session {
        id,
        on_date: day(20),
        state: session::State::Delivered,
        part: 1,
        is_history: false,
        declined_because: None,
        groups,
    }
}

/// A Year 5 and 6 programme for mainstream and special schools: a primary, a special school and a secondary.
fn town(sessions: Vec<Session>) -> Coverage {
    let audience = Audience::Children {
        setting_types: [SettingType::Mainstream, SettingType::Special].into(),
        year_groups: years(5, 6),
    };
    Coverage::of(Records {
        today: day(22),
        audience,
        parts: 1,
        on_offer: true,
        schools: vec![
            school(1, SettingType::Mainstream, Some(years(0, 6)), 210, Some("Mill")),
            school(2, SettingType::Special, None, 120, None),
            school(3, SettingType::Mainstream, Some(years(7, 11)), 1000, Some("Mill")),
        ],
        sessions,
        invitations: vec![],
        requests: vec![],
    })
}

fn counts(coverage: &Coverage, value: Value) -> (usize, usize, i64, i64, usize) {
    let c = Counts::from(&coverage.row(&[value]));
    (c.eligible_schools, c.reached_schools, c.eligible_pupils, c.reached_pupils, c.sessions)
}

#[test]
fn an_empty_year_is_all_gaps() {
    let coverage = town(vec![]);
    assert_eq!(counts(&coverage, Value::SettingType(SettingType::Special)), (1, 0, 20, 0, 0));
    assert_eq!(counts(&coverage, Value::SettingType(SettingType::Mainstream)), (1, 0, 60, 0, 0));
    assert_eq!(counts(&coverage, Value::YearGroup(Some(year(6)))), (2, 0, 40, 0, 0));
    assert_eq!(counts(&coverage, Value::Ward(None)), (1, 0, 20, 0, 0));
    let gaps: Vec<_> = coverage.gaps.iter().map(|g| (g.school, g.year_groups, g.state)).collect();
    assert_eq!(gaps, [(1, years(5, 6), State::Unknown), (0, years(5, 6), State::Offered)], "special first");
}

#[test]
fn a_session_counts_once_in_each_row_it_belongs_to() {
    let six = YearGroups::from(year(6));
    let coverage =
        town(vec![delivered(1, &[(1, years(5, 6), Some(55)), (2, six, Some(8))]), delivered(2, &[(1, six, None)])]);
    assert_eq!(counts(&coverage, Value::SettingType(SettingType::Special)), (1, 1, 20, 8, 1));
    assert_eq!(counts(&coverage, Value::SettingType(SettingType::Mainstream)), (1, 1, 60, 55, 2));
    assert_eq!(counts(&coverage, Value::YearGroup(Some(year(5)))), (2, 1, 40, 55, 1));
    assert_eq!(counts(&coverage, Value::YearGroup(Some(year(6)))), (2, 2, 40, 63, 2));
    let total = coverage.row(&[]);
    assert_eq!((total.sessions.len(), total.headcount.pupils, total.headcount.missing), (2, 63, 1));
    let gaps: Vec<_> = coverage.gaps.iter().map(|g| (g.school, g.year_groups, g.state)).collect();
    assert_eq!(gaps, [(1, YearGroups::from(year(5)), State::Unknown)], "Year 5 of the special school");
}

#[test]
fn what_was_delivered_to_a_school_it_is_not_for_does_not_vanish() {
    let coverage = town(vec![delivered(1, &[(3, YearGroups::from(year(7)), Some(180))])]);
    let row = coverage.row(&[Value::SettingType(SettingType::Mainstream)]);
    assert_eq!((row.eligible.len(), row.reached.len(), row.reached_not_eligible.len()), (1, 1, 1));
    assert_eq!((row.sessions.len(), row.headcount.pupils, row.percent()), (1, 180, Some(0)));
    assert_eq!(counts(&coverage, Value::YearGroup(Some(year(7)))), (0, 1, 0, 180, 1));
}

#[test]
fn a_group_that_states_no_year_groups_is_taken_for_what_can_be_known() {
    let coverage =
        town(vec![delivered(1, &[(2, YearGroups::NONE, Some(8))]), delivered(2, &[(1, YearGroups::NONE, Some(30))])]);
    assert_eq!(coverage.rows(By::YearGroup).len(), 3);
    assert_eq!(counts(&coverage, Value::YearGroup(Some(year(6)))), (2, 1, 40, 8, 1), "the special school follows none");
    assert_eq!(counts(&coverage, Value::YearGroup(None)), (1, 1, 0, 30, 1), "either of two at the primary");
    assert_eq!(coverage.gaps.len(), 1, "which of the primary’s year groups is not known, so both stay gaps");
}

#[test]
fn a_school_of_unknown_year_groups_is_a_gap_of_a_sixth_form_programme_too() {
    let coverage = Coverage::of(Records {
        today: day(22),
        audience: Audience::Children { setting_types: [SettingType::Special].into(), year_groups: years(12, 13) },
        parts: 1,
        on_offer: true,
        schools: vec![school(1, SettingType::Special, None, 120, None)],
        sessions: vec![],
        invitations: vec![],
        requests: vec![],
    });
    assert_eq!(counts(&coverage, Value::YearGroup(Some(year(13)))), (1, 0, 0, 0, 0), "its roll is not known");
    let gaps: Vec<_> = coverage.gaps.iter().map(|g| (g.year_groups, g.state, g.on_roll)).collect();
    assert_eq!(gaps, [(years(12, 13), State::Unknown, None)]);
}

#[test]
fn adults_have_no_year_groups() {
    let records = Records {
        today: day(22),
        audience: Audience::Adults,
        parts: 1,
        on_offer: false,
        schools: vec![school(1, SettingType::Mainstream, Some(years(0, 6)), 210, None)],
        sessions: vec![],
        invitations: vec![],
        requests: vec![],
    };
    let coverage = Coverage::of(records);
    assert!(coverage.rows(By::YearGroup).is_empty());
    assert_eq!(coverage.gaps.len(), 1);
    assert!(coverage.gaps[0].year_groups.is_empty());
    assert_eq!(coverage.rows(By::SettingType).len(), 2, "special schools have a line even where there are none");
}

#[test]
fn the_shape_that_is_handed_out() {
    let figures = town(vec![]).figures("The Lantern", crate::AcademicYear::new(2026).unwrap());
    let json = serde_json::to_value(&figures).unwrap();
    assert_eq!(
        (&json["programme"], &json["year"], &json["as_of"]),
        (&"The Lantern".into(), &2026.into(), &"2026-11-22".into())
    );
    let row = &json["rows"][0];
    assert_eq!(
        (&row["by"], &row["value"], &row["eligible_schools"]),
        (&"setting_type".into(), &"special".into(), &1.into())
    );
    let unknown = json["rows"].as_array().unwrap().iter().find(|r| r["by"] == "ward" && r["value"].is_null());
    assert_eq!(unknown.unwrap()["eligible_schools"], 1);
    let gap = &json["gaps"][0];
    assert_eq!((&gap["urn"], &gap["state"]), (&900_002.into(), &"unknown".into()));
    assert_eq!(gap["year_groups"], serde_json::json!([5, 6]));
}

fn any_school(n: u128) -> impl Strategy<Value = School> {
    let kinds = prop::sample::select(SettingType::ALL);
    let wards = prop::sample::select(vec![None, Some("Mill"), Some("Beck")]);
    (kinds, prop::option::of(0_i64..1 << 17), 0_i64..900, wards, any::<bool>()).prop_map(
        move |(kind, mask, pupils, ward, open)| {
            let taught = mask.map(|m| YearGroups::try_from(m).unwrap());
            School { takes_part: open, ..school(n, kind, taught, pupils, ward) }
        },
    )
}

fn any_session(n: u128) -> impl Strategy<Value = Session> {
    let group = (0_u128..9, 0_i64..1 << 17, prop::option::of(0_i64..60), any::<bool>());
    let state = prop::sample::select(session::State::ALL);
    (prop::collection::vec(group, 1..4), state).prop_map(move |(groups, state)| {
        let groups: Vec<_> = groups
            .into_iter()
            .map(|(s, mask, attended, stated)| {
                (s, if stated { YearGroups::try_from(mask).unwrap() } else { YearGroups::NONE }, attended)
            })
            .collect();
        Session { state, ..delivered(n, &groups) }
    })
}

fn any_records() -> impl Strategy<Value = Records> {
    let schools: Vec<_> = (0..9).map(any_school).collect();
    let sessions: Vec<_> = (0..12).map(any_session).collect();
    let audience = (any::<bool>(), 1_i64..1 << 17).prop_map(|(adults, mask)| match adults {
        true => Audience::Adults,
        false => Audience::Children {
            setting_types: [SettingType::Mainstream, SettingType::Special].into(),
            year_groups: YearGroups::try_from(mask).unwrap(),
        },
    });
    (schools, sessions, audience, 1_usize..3).prop_map(|(schools, sessions, audience, parts)| Records {
        today: day(22),
        audience,
        parts,
        on_offer: true,
        schools,
        sessions,
        invitations: vec![],
        requests: vec![],
    })
}

proptest! {
    #[test]
    fn every_figure_is_the_length_of_its_list(records in any_records()) {
        let coverage = Coverage::of(records);
        for by in By::ALL {
            for (value, row) in coverage.rows(*by) {
                let eligible: BTreeSet<_> = row.eligible.iter().collect();
                let reached: BTreeSet<_> = row.reached.iter().collect();
                prop_assert_eq!(eligible.len(), row.eligible.len(), "a school stands once in a list");
                prop_assert_eq!(reached.len(), row.reached.len());
                let flagged: BTreeSet<_> = row.reached_not_eligible.iter().collect();
                prop_assert!(reached.iter().all(|s| eligible.contains(s) != flagged.contains(s)), "{:?}", value);
                prop_assert_eq!(row.not_reached.len() + reached.len() - flagged.len(), eligible.len());
                prop_assert!(row.sessions.iter().all(|id| coverage.session(*id).is_some()));
                prop_assert_eq!(row.sessions.is_empty(), row.reached.is_empty());
            }
        }
    }

    #[test]
    fn nothing_delivered_vanishes(records in any_records()) {
        let known: BTreeSet<_> = records.schools.iter().map(|s| s.id).collect();
        let delivered: BTreeSet<_> = records
            .sessions
            .iter()
            .filter(|s| s.state == session::State::Delivered && s.groups.iter().any(|g| known.contains(&g.setting)))
            .map(|s| s.id)
            .collect();
        let coverage = Coverage::of(records);
        for by in By::ALL {
            let shown: BTreeSet<_> = coverage.rows(*by).into_iter().flat_map(|(_, row)| row.sessions).collect();
            if *by != By::YearGroup || !coverage.for_adults {
                prop_assert_eq!(&shown, &delivered, "{:?}", by);
            }
        }
    }

    #[test]
    fn the_order_of_the_records_does_not_matter(records in any_records(), by in 0_usize..12) {
        let mut turned = records.clone();
        let (schools, sessions) = (turned.schools.len(), turned.sessions.len());
        turned.schools.rotate_left(by % schools);
        turned.sessions.rotate_left(by % sessions);
        turned.sessions.iter_mut().for_each(|s| s.groups.reverse());
        let (one, other) = (Coverage::of(records), Coverage::of(turned));
        for by in By::ALL {
            prop_assert_eq!(one.rows(*by), other.rows(*by));
        }
        prop_assert_eq!(one.gaps, other.gaps);
    }

    #[test]
    fn gaps_are_eligible_and_not_reached(records in any_records()) {
        let coverage = Coverage::of(records);
        for gap in &coverage.gaps {
            let standing = &coverage.schools[gap.school];
            prop_assert!(standing.is_eligible());
            prop_assert!(!matches!(gap.state, State::NotEligible | State::Delivered | State::PartDelivered));
            prop_assert_eq!(gap.year_groups.is_empty(), coverage.for_adults);
        }
        let unreached = coverage.row(&[]).not_reached;
        let gaps: BTreeSet<_> = coverage.gaps.iter().map(|g| g.school).collect();
        prop_assert!(unreached.iter().all(|s| gaps.contains(s)), "a school that was not reached has a gap");
    }
}
