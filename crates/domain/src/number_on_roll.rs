//! Numbers on roll: counted, or estimated and labelled so.
//!
//! Only counted numbers are stored. An estimate is computed whenever it is shown: a school's pupils divided by its year
//! groups, rounded to the nearest whole number. A school whose year groups are not known is taken to teach Reception to
//! Year 11 ([`YearGroups::planning_assumption`]).

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
