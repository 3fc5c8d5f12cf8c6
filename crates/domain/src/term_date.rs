//! Term dates: between two terms nobody teaches.

use chrono::NaiveDate;

use crate::AcademicYear;

/// Why a term is no term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotATerm {
    /// It ends before it starts.
    #[error("The last day must be the same as or after the first day")]
    Reversed,
    /// It reaches over 31 August.
    #[error("A term lies within one academic year, 1 September to 31 August")]
    TwoYears,
    /// It meets another.
    #[error("These dates overlap {0}")]
    Overlaps(String),
}

/// The academic year of a term from `starts` to `ends`, both taught; `others` are the authority's terms so far, each
/// with its name.
///
/// # Errors
/// What is wrong with the dates.
pub fn check<'a>(
    starts: NaiveDate,
    ends: NaiveDate,
    others: impl IntoIterator<Item = (&'a str, NaiveDate, NaiveDate)>,
) -> Result<AcademicYear, NotATerm> {
    if ends < starts {
        return Err(NotATerm::Reversed);
    }
    let year = AcademicYear::containing(starts);
    if !year.contains(ends) {
        return Err(NotATerm::TwoYears);
    }
    match others.into_iter().find(|(_, first, last)| starts <= *last && *first <= ends) {
        Some((name, ..)) => Err(NotATerm::Overlaps(name.to_owned())),
        None => Ok(year),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_lie_in_one_year_and_apart() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let autumn = [("Autumn term", day("2026-09-03"), day("2026-12-18"))];
        assert_eq!(check(day("2027-01-04"), day("2027-03-26"), autumn).map(AcademicYear::first), Ok(2026));
        assert_eq!(
            check(day("2026-12-18"), day("2027-03-26"), autumn),
            Err(NotATerm::Overlaps("Autumn term".into())),
            "the last day is a day"
        );
        assert_eq!(check(day("2027-03-26"), day("2027-01-04"), autumn), Err(NotATerm::Reversed));
        assert_eq!(check(day("2027-06-01"), day("2027-09-02"), autumn), Err(NotATerm::TwoYears));
    }
}
