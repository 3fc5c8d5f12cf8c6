//! Term dates: between two terms nobody teaches.

use chrono::{Datelike, Days, NaiveDate, Weekday};

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

/// Days in a row with a name, as a list of term dates has them: a term, or a break between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// What the list calls it.
    pub name: String,
    /// The first day.
    pub starts: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
}

/// Longer than any break within a year but the summer's, in days: what is called “half term 1” and is longer is a term.
const LONGEST_BREAK: i64 = 25;
/// Shorter than any stretch of teaching, in days.
const SHORTEST_TERM: i64 = 10;

/// What the name of an entry begins with that its calendar says is cancelled.
pub const CANCELLED: &str = "Cancelled: ";

impl Stretch {
    fn is_cancelled(&self) -> bool {
        self.name.starts_with(CANCELLED)
    }

    fn days(&self) -> i64 {
        (self.ends - self.starts).num_days() + 1
    }

    fn says(&self, words: &[&str]) -> bool {
        let name = self.name.to_lowercase().replace('-', " ");
        words.iter().any(|word| name.contains(word))
    }

    /// Whether it is a break, by its name and length.
    #[must_use]
    pub fn is_break(&self) -> bool {
        self.says(&["half term", "holiday", "break", "recess"]) && self.days() <= LONGEST_BREAK && !self.is_cancelled()
    }

    /// Whether it is a stretch of teaching, by its name and length.
    #[must_use]
    pub fn is_term(&self) -> bool {
        !self.is_break()
            && self.days() >= SHORTEST_TERM
            && self.says(&["term", "autumn", "spring", "summer"])
            && !self.says(&["holiday"])
            && !self.is_cancelled()
    }
}

/// The terms of a list: its stretches of teaching, parted by the breaks that lie inside them, by date; and what is
/// neither.
#[must_use]
pub fn terms_of(list: &[Stretch]) -> (Vec<Stretch>, Vec<Stretch>) {
    let mut breaks: Vec<&Stretch> = list.iter().filter(|s| s.is_break()).collect();
    breaks.sort_by_key(|s| s.starts);
    let mut terms = Vec::new();
    for term in list.iter().filter(|s| s.is_term()) {
        let mut pieces = Vec::new();
        let mut starts = term.starts;
        for gap in breaks.iter().filter(|b| term.starts < b.starts && b.ends < term.ends && b.starts <= b.ends) {
            let (last, next) = (taught_before(gap.starts), taught_after(gap.ends));
            if starts <= last {
                pieces.push((starts, last));
            }
            starts = starts.max(next);
        }
        pieces.push((starts, term.ends));
        let halves = pieces.len();
        for (number, (starts, ends)) in pieces.into_iter().enumerate() {
            let name = match (halves, number) {
                (1, _) => term.name.clone(),
                (2, 0) => format!("{}, first half", term.name),
                (2, _) => format!("{}, second half", term.name),
                (_, n) => format!("{}, part {}", term.name, n + 1),
            };
            terms.push(Stretch { name, starts, ends });
        }
    }
    terms.sort_by_key(|s| s.starts);
    let neither = list.iter().filter(|s| !s.is_term() && !s.is_break()).cloned().collect();
    (terms, neither)
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The last weekday before a break.
fn taught_before(day: NaiveDate) -> NaiveDate {
    (1..=3).map(|n| day - Days::new(n)).find(|d| !is_weekend(*d)).unwrap_or(day)
}

/// The first weekday after a break.
fn taught_after(day: NaiveDate) -> NaiveDate {
    (1..=3).map(|n| day + Days::new(n)).find(|d| !is_weekend(*d)).unwrap_or(day)
}

/// The breaks between the terms of one academic year, named by what lies in them: half terms, Christmas, Easter.
/// `terms` are first and last days, by date.
#[must_use]
pub fn breaks(terms: &[(NaiveDate, NaiveDate)]) -> Vec<Stretch> {
    let pairs = terms.windows(2).filter(|p| AcademicYear::containing(p[0].1) == AcademicYear::containing(p[1].0));
    pairs
        .filter_map(|pair| {
            let (starts, ends) = (pair[0].1 + Days::new(1), pair[1].0 - Days::new(1));
            let mut days = starts.iter_days().take_while(|d| *d <= ends);
            let weekdays = days.clone().filter(|d| !is_weekend(*d)).count();
            let christmas = days.clone().any(|d| (d.month(), d.day()) == (12, 25));
            let easter = days.any(|d| d == crate::calendar::easter(d.year()));
            if weekdays == 0 {
                return None;
            }
            let name = if christmas {
                "Christmas holiday"
            } else if easter && weekdays > 5 {
                "Easter holiday"
            } else if weekdays <= 7 {
                "Half term"
            } else {
                "Holiday"
            };
            Some(Stretch { name: name.to_owned(), starts, ends })
        })
        .collect()
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

    fn stretch(name: &str, starts: &str, ends: &str) -> Stretch {
        Stretch { name: name.into(), starts: starts.parse().unwrap(), ends: ends.parse().unwrap() }
    }

    #[test]
    fn whole_terms_are_parted_by_their_half_terms() {
        let (terms, neither) = terms_of(&[
            stretch("Autumn term", "2026-09-03", "2026-12-18"),
            stretch("Autumn half-term", "2026-10-26", "2026-10-30"),
            stretch("Christmas holiday", "2026-12-21", "2027-01-01"),
            stretch("INSET day", "2026-09-02", "2026-09-02"),
            stretch("Half term 3", "2027-01-04", "2027-02-12"),
        ]);
        assert_eq!(
            terms,
            [
                stretch("Autumn term, first half", "2026-09-03", "2026-10-23"),
                stretch("Autumn term, second half", "2026-11-02", "2026-12-18"),
                stretch("Half term 3", "2027-01-04", "2027-02-12"),
            ]
        );
        assert_eq!(neither, [stretch("INSET day", "2026-09-02", "2026-09-02")]);
    }

    #[test]
    fn breaks_are_named_by_what_lies_in_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let terms = [
            ("2026-09-03", "2026-10-23"),
            ("2026-11-02", "2026-12-18"),
            ("2027-01-04", "2027-02-12"),
            ("2027-02-22", "2027-03-25"),
            ("2027-04-12", "2027-07-20"),
            ("2027-09-02", "2027-10-22"),
        ];
        let terms: Vec<_> = terms.iter().map(|(a, b)| (day(a), day(b))).collect();
        let names: Vec<_> = breaks(&terms).into_iter().map(|b| (b.name, b.starts, b.ends)).collect();
        let expected = [
            ("Half term", "2026-10-24", "2026-11-01"),
            ("Christmas holiday", "2026-12-19", "2027-01-03"),
            ("Half term", "2027-02-13", "2027-02-21"),
            ("Easter holiday", "2027-03-26", "2027-04-11"),
        ];
        assert_eq!(names, expected.map(|(n, a, b)| (n.to_owned(), day(a), day(b))));
        assert!(breaks(&terms[..1]).is_empty());
    }
}
