//! Numbers on roll: counted, or estimated and labelled so.
//!
//! Only counted numbers are stored. An estimate is computed whenever it is shown: a school's pupils divided by its year
//! groups, rounded to the nearest whole number. A school whose year groups are not known is taken to teach Reception to
//! Year 11 ([`YearGroups::planning_assumption`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::term::terms;
use crate::year_group::{YearGroup, YearGroups};

terms! {
    /// Where a number on roll comes from.
    pub enum Basis {
        Counted = "counted", "counted";
        Estimated = "estimated", "estimated";
    }
}

/// How many pupils of one year group are on a school's roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberOnRoll {
    /// Pupils.
    pub pupils: i64,
    /// Counted or estimated: shown wherever the number is.
    pub basis: Basis,
}

/// What is known of a school's roll in one academic year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    /// All pupils, as the school list has it.
    pub pupils: Option<i64>,
    /// The year groups it teaches; none when they are not known or not followed.
    pub year_groups: Option<YearGroups>,
    /// Counted numbers, at most one a year group.
    pub counted: Vec<(YearGroup, i64)>,
}

impl Roll {
    /// The number of one year group: the counted one, else an estimate where the school may teach the year group and
    /// its pupils are known.
    #[must_use]
    pub fn of(&self, year_group: YearGroup) -> Option<NumberOnRoll> {
        let counted = self.counted.iter().find(|(counted, _)| *counted == year_group);
        if let Some(&(_, pupils)) = counted {
            return Some(NumberOnRoll { pupils, basis: Basis::Counted });
        }
        let taught = self.taught();
        if !taught.contains(year_group) {
            return None;
        }
        let groups = i64::from(taught.len());
        let pupils = self.pupils.filter(|pupils| *pupils >= 0)?;
        Some(NumberOnRoll { pupils: (pupils + groups / 2) / groups, basis: Basis::Estimated })
    }

    /// Every year group that has a number, lowest first.
    #[must_use]
    pub fn all(&self) -> Vec<(YearGroup, NumberOnRoll)> {
        YearGroup::all().filter_map(|year_group| Some((year_group, self.of(year_group)?))).collect()
    }

    /// The pupils of several year groups together, estimated as soon as one of them is; none when one is not known.
    #[must_use]
    pub fn sum(&self, year_groups: YearGroups) -> Option<NumberOnRoll> {
        let mut sum = NumberOnRoll { pupils: 0, basis: Basis::Counted };
        for year_group in year_groups.iter() {
            let one = self.of(year_group)?;
            sum.pupils = sum.pupils.saturating_add(one.pupils);
            if one.basis == Basis::Estimated {
                sum.basis = Basis::Estimated;
            }
        }
        Some(sum)
    }

    fn taught(&self) -> YearGroups {
        self.year_groups.unwrap_or_else(YearGroups::planning_assumption)
    }
}

/// A school of whose roll another one's may be a part.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Its roll in the year that is asked about.
    pub roll: &'a Roll,
    /// It was on record as an open school in that year.
    pub was_open: bool,
    /// It was joined with the school that carries it on, which may have stood beside it.
    pub is_merged: bool,
}

impl Before<'_> {
    /// Whether the school that carries it on was this one too in that year; `stood`: that one was open itself. One that
    /// was converted in the middle of a year may be on record under both its URNs, and is one school.
    #[must_use]
    pub const fn is_part(&self, stood: bool) -> bool {
        self.was_open && (self.is_merged || !stood)
    }
}

/// The roll of a school with those of the schools whose history it carries, in one academic year; `stood`: it was on
/// record as an open school then.
///
/// In a year in which they were there and it was not, it is what they were; schools that were joined have the pupils of
/// all. What is not known of it is taken from them: a new URN often has no pupils in the list yet, and a census is often
/// of the old one.
#[must_use]
pub fn carried(own: &Roll, stood: bool, before: &[Before<'_>]) -> Roll {
    let all: Vec<&Roll> = before.iter().map(|b| b.roll).collect();
    let parts = before.iter().filter(|b| b.is_part(stood)).map(|b| b.roll);
    let of_year: Vec<&Roll> = stood.then_some(own).into_iter().chain(parts).collect();
    let mut roll = own.clone();
    if !of_year.is_empty() {
        let groups: Vec<YearGroups> = of_year.iter().filter_map(|r| r.year_groups).collect();
        roll.year_groups = (!groups.is_empty()).then(|| groups.iter().fold(YearGroups::NONE, |all, g| all.union(*g)));
        roll.pupils = pupils(&of_year);
        // What was counted of it by its own number is of that year, though the list did not have it yet.
        if stood || own.counted.is_empty() {
            roll.counted = counted(&of_year);
        }
    }
    roll.pupils = roll.pupils.or_else(|| pupils(&all));
    if roll.counted.is_empty() {
        roll.counted = counted(&all);
    }
    roll
}

fn pupils(rolls: &[&Roll]) -> Option<i64> {
    rolls.iter().filter_map(|roll| roll.pupils).reduce(i64::saturating_add)
}

fn counted(rolls: &[&Roll]) -> Vec<(YearGroup, i64)> {
    let mut all = BTreeMap::new();
    for (year_group, pupils) in rolls.iter().flat_map(|roll| &roll.counted) {
        let sum: &mut i64 = all.entry(*year_group).or_default();
        *sum = sum.saturating_add(*pupils);
    }
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn years(low: i64, high: i64) -> YearGroups {
        YearGroups::range(YearGroup::new(low).unwrap(), YearGroup::new(high).unwrap())
    }

    fn estimated(pupils: i64) -> Option<NumberOnRoll> {
        Some(NumberOnRoll { pupils, basis: Basis::Estimated })
    }

    #[test]
    fn a_year_group_is_estimated_until_it_is_counted() {
        let six = YearGroup::new(6).unwrap();
        let mut roll = Roll { pupils: Some(418), year_groups: Some(years(0, 6)), counted: vec![] };
        assert_eq!(roll.of(six), estimated(60));
        roll.counted.push((six, 0));
        assert_eq!(roll.of(six), Some(NumberOnRoll { pupils: 0, basis: Basis::Counted }));
        assert_eq!(roll.of(YearGroup::RECEPTION), estimated(60));
        assert_eq!(roll.of(YearGroup::new(7).unwrap()), None);
    }

    #[test]
    fn a_school_of_unknown_year_groups_is_taken_to_teach_reception_to_year_11() {
        let roll = Roll { pupils: Some(126), ..Roll::default() };
        assert_eq!(roll.of(YearGroup::RECEPTION), estimated(11));
        assert_eq!(roll.of(YearGroup::new(12).unwrap()), None);
        assert_eq!(roll.all().len(), 12);
    }

    #[test]
    fn a_roll_that_was_counted_at_a_school_that_closed_is_that_of_the_one_that_carries_it_on() {
        let year = |n| YearGroup::new(n).unwrap();
        let roll = |pupils, counted: &[(i64, i64)]| Roll {
            pupils,
            year_groups: Some(years(0, 6)),
            counted: counted.iter().map(|(n, pupils)| (year(*n), *pupils)).collect(),
        };
        let said = |roll: &Roll| (roll.pupils, roll.counted.iter().map(|(y, n)| (y.number(), *n)).collect::<Vec<_>>());
        let (old, other) = (roll(Some(90), &[(5, 20), (6, 30)]), roll(Some(40), &[(6, 12)]));
        let before = |roll, was_open, is_merged| Before { roll, was_open, is_merged };
        for (own, stood, befores, expected) in [
            // Converted: counted by the old number, before or after it closed.
            (roll(Some(95), &[]), true, vec![before(&old, false, false)], (Some(95), vec![(5, 20), (6, 30)])),
            (roll(None, &[]), true, vec![before(&old, true, false)], (Some(90), vec![(5, 20), (6, 30)])),
            // What is counted of it by its own number counts, in a year too of which only the old one was in the list.
            (roll(Some(95), &[(6, 31)]), true, vec![before(&old, true, false)], (Some(95), vec![(6, 31)])),
            (roll(Some(95), &[(6, 31)]), false, vec![before(&old, true, false)], (Some(90), vec![(6, 31)])),
            (roll(Some(95), &[]), false, vec![before(&old, true, false)], (Some(90), vec![(5, 20), (6, 30)])),
            // Joined schools add up.
            (
                roll(Some(130), &[]),
                true,
                vec![before(&old, false, true), before(&other, false, true)],
                (Some(130), vec![(5, 20), (6, 42)]),
            ),
            (
                roll(None, &[]),
                false,
                vec![before(&old, true, true), before(&other, true, true)],
                (Some(130), vec![(5, 20), (6, 42)]),
            ),
            // One took in another, and stood beside it that year.
            (roll(Some(90), &[(6, 30)]), true, vec![before(&other, true, true)], (Some(130), vec![(6, 42)])),
            (roll(Some(90), &[(6, 30)]), true, vec![], (Some(90), vec![(6, 30)])),
        ] {
            assert_eq!(said(&carried(&own, stood, &befores)), expected, "{own:?} {stood} {befores:?}");
        }
    }

    #[test]
    fn without_pupils_there_is_no_estimate() {
        let roll = Roll { year_groups: Some(years(0, 6)), ..Roll::default() };
        assert_eq!((roll.all(), roll.sum(years(6, 6))), (vec![], None));
        let none = Roll { pupils: Some(100), year_groups: Some(YearGroups::NONE), counted: vec![] };
        assert_eq!(none.all(), vec![]);
    }

    #[test]
    fn a_sum_is_only_as_good_as_its_worst_part() {
        let five = YearGroup::new(5).unwrap();
        let roll = Roll { pupils: Some(140), year_groups: Some(years(0, 6)), counted: vec![(five, 25)] };
        assert_eq!(roll.sum(five.into()), Some(NumberOnRoll { pupils: 25, basis: Basis::Counted }));
        assert_eq!(roll.sum(years(5, 6)), estimated(45));
        assert_eq!(roll.sum(years(6, 7)), None);
    }

    proptest! {
        #[test]
        fn estimates_add_up_to_the_pupils_but_for_rounding(pupils in 0_i64..5_000, mask in 1_i64..1 << 17) {
            let year_groups = YearGroups::try_from(mask).unwrap();
            let roll = Roll { pupils: Some(pupils), year_groups: Some(year_groups), counted: vec![] };
            let sum = roll.sum(year_groups).unwrap().pupils;
            prop_assert!((sum - pupils).abs() <= i64::from(year_groups.len()));
        }
    }
}
