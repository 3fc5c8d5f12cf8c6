//! What a census file says that cannot be: more pupils than a year group has, more than the school has, another year than
//! it is said to be of.

use std::collections::BTreeMap;

use domain::{AcademicYear, YearGroup};

use super::{RollList, SchoolRoll};

/// Official tables round to tens at most: a sum may be so much above a headcount.
pub const ROUNDING: i64 = 10;
/// More pupils of one year group are a slip, up to Year 11: the largest school has some 600.
pub const MOST_IN_YEAR: i64 = 1_000;
/// From this year on schools may be sixth-form colleges, which have thousands.
const SIXTH_FORM: i8 = 12;

/// The year groups with more pupils than one has, each with its number.
pub(super) fn too_many(by_year: &BTreeMap<YearGroup, i64>) -> Vec<(YearGroup, i64)> {
    let is_too_many = |(year, sum): &(&YearGroup, &i64)| year.number() < SIXTH_FORM && **sum > MOST_IN_YEAR;
    by_year.iter().filter(is_too_many).map(|(year, sum)| (*year, *sum)).collect()
}

/// What is wrong with so many pupils of one year group.
pub(super) fn message(sum: i64) -> String {
    format!("{sum} pupils of one year group are more than any school has. Correct the number, or remove the row.")
}

impl SchoolRoll {
    /// Its URN, or else its LAESTAB.
    #[must_use]
    pub fn known_by(&self) -> String {
        let urn = self.urn.map(|urn| urn.to_string());
        urn.or_else(|| self.number.as_ref().map(ToString::to_string)).unwrap_or_default()
    }

    /// The pupils of its year groups together.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.by_year.values().sum()
    }

    /// The pupils of its year groups together, where these are more than all pupils that the file gives the school: then
    /// other columns than the year groups' were added up, or the file is wrong.
    #[must_use]
    pub fn above_headcount(&self) -> Option<i64> {
        let sum = self.sum();
        self.pupils.filter(|pupils| sum > pupils + ROUNDING).map(|_| sum)
    }

    /// The pupils of its year groups together, where these are more than double the pupils that the school has by the list
    /// of schools. What schools gain and lose in years is less.
    #[must_use]
    pub fn far_above(&self, listed: Option<i64>) -> Option<i64> {
        let sum = self.sum();
        listed.filter(|listed| sum > 2 * listed + ROUNDING).map(|_| sum)
    }

    /// Why its EHC plans or SEN support cannot be: they are more than its pupils, those of the file or, where it has none,
    /// those of the list of schools or its year groups.
    #[must_use]
    pub fn too_many_needs(&self, listed: Option<i64>) -> Option<String> {
        let all = self.pupils.or(listed).map(|pupils| pupils.max(self.sum()))?;
        let both = self.ehc_plans.unwrap_or_default() + self.sen_support.unwrap_or_default();
        let said = |what: &str, count: Option<i64>| {
            count.filter(|count| *count > all + ROUNDING).map(|count| format!("{count} {what}"))
        };
        let said = said("EHC plans", self.ehc_plans).or_else(|| said("pupils with SEN support", self.sen_support));
        let said =
            said.or_else(|| (both > all + ROUNDING).then(|| format!("{both} pupils with EHC plans or SEN support")));
        Some(format!("{} in a school of {all} pupils", said?))
    }
}

impl RollList {
    /// The schools whose year groups together are more than their headcount.
    pub fn above_headcount(&self) -> impl Iterator<Item = &SchoolRoll> {
        self.schools.iter().filter(|school| school.above_headcount().is_some())
    }

    /// The year that the file is of: the one that a person says, else its own.
    ///
    /// # Errors
    /// Why it cannot be that year: the file says another, or the year is to come; none is said at all (`None`).
    pub fn year(&self, said: Option<AcademicYear>, now: AcademicYear) -> Result<AcademicYear, Option<String>> {
        let year = said.or(self.academic_year).ok_or(None)?;
        match self.says.filter(|own| *own != year) {
            Some(own) => Err(Some(format!("The file says that it is of {own}, not of {year}"))),
            None if year.first() > now.first() => {
                Err(Some(format!("{year} has not begun: no census of it has been taken")))
            }
            None => Ok(year),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(first: i64) -> AcademicYear {
        AcademicYear::new(first).unwrap()
    }

    #[test]
    fn a_year_that_the_file_contradicts_or_that_is_to_come_is_refused() {
        let of = |own: Option<i64>, named: Option<i64>| RollList {
            says: own.map(year),
            academic_year: own.or(named).map(year),
            ..RollList::default()
        };
        for (list, said, wanted) in [
            (of(Some(2024), None), None, Ok(year(2024))),
            (of(Some(2024), None), Some(2024), Ok(year(2024))),
            (of(Some(2024), None), Some(2022), Err(Some("2024/25"))),
            // A file may be named after the day on which it was saved.
            (of(None, Some(2024)), Some(2023), Ok(year(2023))),
            (of(None, None), Some(2027), Err(Some("2027/28 has not begun"))),
            (of(Some(2027), None), None, Err(Some("has not begun"))),
            (of(None, None), None, Err(None)),
        ] {
            match (list.year(said.map(year), year(2026)), wanted) {
                (Err(Some(why)), Err(Some(words))) => assert!(why.contains(words), "{why}"),
                (got, wanted) => assert_eq!(got, wanted.map_err(|why| why.map(str::to_owned))),
            }
        }
    }

    #[test]
    fn needs_of_more_than_all_pupils_are_told() {
        let roll = |pupils, sum, ehc_plans, sen_support| SchoolRoll {
            row: 2,
            urn: None,
            number: None,
            name: None,
            by_year: [(YearGroup::RECEPTION, sum)].into(),
            pupils,
            ehc_plans,
            sen_support,
        };
        for (roll, listed, wanted) in [
            (roll(None, 30, Some(900), None), Some(464), Some("900 EHC plans in a school of 464 pupils")),
            (roll(None, 30, Some(900), None), None, None),
            (roll(Some(50), 30, Some(61), None), Some(464), Some("61 EHC plans in a school of 50 pupils")),
            (roll(Some(50), 30, Some(60), None), Some(464), None),
            (
                roll(Some(50), 30, Some(30), Some(31)),
                None,
                Some("61 pupils with EHC plans or SEN support in a school of 50 pupils"),
            ),
            (roll(None, 400, Some(350), None), Some(300), None),
        ] {
            assert_eq!(roll.too_many_needs(listed).as_deref(), wanted);
        }
        assert_eq!(roll(None, 990, None, None).far_above(Some(464)), Some(990));
        assert_eq!(roll(None, 900, None, None).far_above(Some(464)), None);
    }
}
