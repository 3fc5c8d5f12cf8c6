//! Schools with those whose history they carry, as one school a year.
//!
//! In a year in which the schools that came before were on record as open, the school is what they were: decision 11
//! keeps the past as it was, and only the name, the URN and the key are today's. Schools that were joined count as one in
//! every year, with the pupils of all.

use std::collections::BTreeMap;

use domain::coverage::School;
use domain::number_on_roll::{Before, carried};
use uuid::Uuid;

/// A school as it stands in the year that is asked about.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub school: School,
    /// Whether there is a snapshot of that year: else it is taken as it is now.
    pub is_kept: bool,
}

/// Puts each school in the place of those whose history it carries. `lineage`: a setting, the one that carries it on,
/// and whether it was joined with another.
pub(super) fn combined(members: Vec<Member>, lineage: &BTreeMap<Uuid, (Uuid, bool)>) -> Vec<School> {
    let mut before = BTreeMap::<Uuid, Vec<(Member, bool)>>::new();
    let mut schools = Vec::with_capacity(members.len());
    for member in members {
        match lineage.get(&member.school.id) {
            Some((carrier, merged)) => before.entry(*carrier).or_default().push((member, *merged)),
            None => schools.push(member),
        }
    }
    schools
        .into_iter()
        .map(|member| match before.remove(&member.school.id) {
            Some(others) => one(member, others),
            None => member.school,
        })
        .collect()
}

fn one(carrier: Member, before: Vec<(Member, bool)>) -> School {
    let then_open = |m: &Member| m.is_kept && m.school.takes_part;
    let stands = then_open(&carrier);
    let rolls: Vec<Before<'_>> = before
        .iter()
        .map(|(m, merged)| Before { roll: &m.school.roll, was_open: then_open(m), is_merged: *merged })
        .collect();
    let parts = before.iter().zip(&rolls).filter(|(_, roll)| roll.is_part(stands));
    let mut of_year: Vec<&Member> = parts.map(|((m, _), _)| m).collect();
    // The largest says what the joined school was, where the carrier was not there yet.
    of_year.sort_by_key(|m| std::cmp::Reverse(m.school.roll.pupils));
    let mut school = carrier.school.clone();
    school.roll = carried(&carrier.school.roll, stands, &rolls);
    if stands {
        of_year.insert(0, &carrier);
    }
    if let Some(first) = of_year.first() {
        let was = &first.school;
        school.setting_type = was.setting_type;
        school.phase = was.phase;
        school.ward.clone_from(&was.ward);
        school.constituency.clone_from(&was.constituency);
        school.takes_part = true;
    }
    school
}

#[cfg(test)]
mod tests {
    use domain::number_on_roll::Roll;
    use domain::setting::{Phase, SettingKind, SettingType};
    use domain::{YearGroup, YearGroups};

    use super::*;

    fn member(id: u128, pupils: Option<i64>, years: (i64, i64), is_kept: bool, is_open: bool) -> Member {
        let year = |n| YearGroup::new(n).unwrap();
        Member {
            school: School {
                id: Uuid::from_u128(id),
                urn: None,
                name: format!("School {id}"),
                kind: SettingKind::School,
                setting_type: if id == 1 { SettingType::Special } else { SettingType::Mainstream },
                phase: Phase::Primary,
                ward: Some(format!("Ward {id}")),
                constituency: None,
                roll: Roll {
                    pupils,
                    year_groups: Some(YearGroups::range(year(years.0), year(years.1))),
                    counted: vec![],
                },
                takes_part: is_open,
                reached_before: None,
            },
            is_kept,
        }
    }

    fn run(members: Vec<Member>, lineage: &[(u128, u128, bool)]) -> Vec<School> {
        let lineage = lineage.iter().map(|(a, b, m)| (Uuid::from_u128(*a), (Uuid::from_u128(*b), *m))).collect();
        combined(members, &lineage)
    }

    #[test]
    fn a_converted_school_was_what_it_was_before() {
        // A year of which only the old school has a snapshot.
        let all = vec![member(1, Some(90), (0, 6), true, true), member(2, Some(120), (0, 11), false, true)];
        let schools = run(all, &[(1, 2, false)]);
        assert_eq!(schools.len(), 1);
        let school = &schools[0];
        assert_eq!((school.name.as_str(), school.ward.as_deref()), ("School 2", Some("Ward 1")));
        assert_eq!((school.setting_type, school.roll.pupils), (SettingType::Special, Some(90)));
        assert_eq!(school.roll.year_groups.unwrap().to_string(), "Reception to Year 6");
    }

    #[test]
    fn a_school_is_not_counted_twice_in_the_year_it_converted() {
        let all = vec![member(1, Some(90), (0, 6), true, true), member(2, None, (0, 6), true, true)];
        let school = &run(all, &[(1, 2, false)])[0];
        // The new URN has no pupils yet.
        assert_eq!((school.setting_type, school.roll.pupils), (SettingType::Mainstream, Some(90)));
        // In later years it is itself.
        let all = vec![member(1, Some(90), (0, 6), true, false), member(2, Some(95), (0, 6), true, true)];
        assert_eq!(run(all, &[(1, 2, false)])[0].roll.pupils, Some(95));
    }

    #[test]
    fn joined_schools_count_as_one_with_the_pupils_of_all() {
        // An infant and a junior school became a primary.
        let all = vec![
            member(3, Some(90), (0, 2), true, true),
            member(4, Some(120), (3, 6), true, true),
            member(5, Some(240), (0, 6), false, true),
        ];
        let school = &run(all, &[(3, 5, true), (4, 5, true)])[0];
        assert_eq!((school.roll.pupils, school.ward.as_deref()), (Some(210), Some("Ward 4")));
        assert_eq!(school.roll.year_groups.unwrap().to_string(), "Reception to Year 6");
        // One school took in another and kept its URN.
        let all = vec![member(3, Some(90), (0, 2), true, true), member(4, Some(120), (3, 6), true, true)];
        let school = &run(all, &[(3, 4, true)])[0];
        assert_eq!((school.roll.pupils, school.ward.as_deref()), (Some(210), Some("Ward 4")));
        // Today it is what it is.
        let all = vec![member(3, Some(90), (0, 2), true, false), member(4, Some(200), (0, 6), true, true)];
        assert_eq!(run(all, &[(3, 4, true)])[0].roll.pupils, Some(200));
    }
}
