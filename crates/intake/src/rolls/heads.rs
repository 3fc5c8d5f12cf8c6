//! What a heading says of a year group: which it counts and which part of it, or that it may count one.

use domain::YearGroup;

use super::words::{BOYS, GIRLS, NO_HEADCOUNT, NUMBERS, PLAIN, RECEPTION};

/// Which part of a year group a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    /// Boys, girls; none: both.
    pub(super) girls: Option<bool>,
    /// Part-time, full-time; none: both.
    pub(super) part_time: Option<bool>,
}

impl Part {
    pub(super) const WHOLE: Self = Self { girls: None, part_time: None };
}

/// A heading in small letters, with single spaces in place of all that is no letter, digit or percent sign.
pub(super) fn plain(heading: &str) -> String {
    let spaced: String =
        heading.to_lowercase().chars().map(|c| if c.is_alphanumeric() || c == '%' { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words before a number that make it a year group's.
fn says_year(word: &str) -> bool {
    matches!(word, "year" | "yr" | "y" | "nc" | "ncy" | "ncyear" | "ncyearactual" | "yeargroup")
}

/// “1st”: of which school is not said.
fn is_ordinal(word: &str) -> bool {
    ["st", "nd", "rd", "th"].iter().filter_map(|end| word.strip_suffix(end)).any(|n| n.parse::<u8>().is_ok())
}

/// The year group that a word is; a bare number is one only where the heading speaks of years.
fn of_word(word: &str, is_after_year: bool) -> Option<YearGroup> {
    if RECEPTION.contains(&word) {
        return Some(YearGroup::RECEPTION);
    }
    if let Some(at) = NUMBERS.iter().position(|number| *number == word) {
        return YearGroup::new(i64::try_from(at).ok()? + 1).ok().filter(|_| is_after_year);
    }
    let is_bare = word.bytes().all(|b| b.is_ascii_digit());
    let number = ["ncy", "nc"].iter().find_map(|prefix| word.strip_prefix(prefix));
    let number = number.filter(|number| !number.is_empty()).unwrap_or(word);
    number.parse::<YearGroup>().ok().filter(|_| is_after_year || !is_bare)
}

/// The year group that a heading counts, and which part of it; none where it says anything else.
pub(super) fn year_group(head: &str) -> Option<(YearGroup, Part)> {
    let words: Vec<&str> = head.split(' ').collect();
    if words.iter().any(|word| NO_HEADCOUNT.contains(word)) {
        return None;
    }
    let mut part = Part::WHOLE;
    let mut found: Option<YearGroup> = None;
    let mut at = 0;
    let mut is_after_year = false;
    while let Some(word) = words.get(at) {
        let two = words.get(at + 1).copied().unwrap_or_default();
        match *word {
            "full" | "part" if two == "time" => {
                part.part_time = Some(*word == "part");
                at += 1;
            }
            "fulltime" => part.part_time = Some(false),
            "parttime" => part.part_time = Some(true),
            word if BOYS.contains(&word) => part.girls = Some(false),
            word if GIRLS.contains(&word) => part.girls = Some(true),
            // “YR” alone is Reception.
            "yr" if two != "group" && of_word(two, true).is_none() => {
                if found.replace(YearGroup::RECEPTION).is_some() {
                    return None;
                }
            }
            word if says_year(word) => is_after_year = true,
            word if PLAIN.contains(&word) => {}
            "nursery" if matches!(two, "1" | "2") => {
                let year = format!("N{two}").parse().ok()?;
                if found.replace(year).is_some_and(|before| before != year) {
                    return None;
                }
                at += 1;
            }
            word => {
                let year = of_word(word, is_after_year)?;
                if found.replace(year).is_some_and(|before| before != year) {
                    return None;
                }
            }
        }
        at += 1;
    }
    found.map(|year_group| (year_group, part))
}

/// Whether a heading that is not read may be over pupils of a year group: “Y1-2”, “Nursery”, “Year 6 FSM”, “7”. One that
/// counts no heads, as a percentage, is none.
pub(super) fn may_be_year_group(head: &str) -> bool {
    let words: Vec<&str> = head.split(' ').collect();
    let is_small = |word: &str| (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let prefixed = |word: &str| {
        ["year", "yr", "y", "ncy", "nc", "n", "f", "fs", "ks"]
            .iter()
            .any(|p| word.strip_prefix(p).is_some_and(is_small))
    };
    let follows = |at: usize| {
        let next = words[at + 1..].iter().find(|word| !matches!(**word, "group" | "groups"));
        next.is_some_and(|word| is_small(word) || NUMBERS.contains(word) || RECEPTION.contains(word))
    };
    let is_group = |(at, word): (usize, &&str)| {
        RECEPTION.contains(word)
            || prefixed(word)
            || (is_ordinal(word) && words.get(at + 1).is_some_and(|next| says_year(next)))
            || matches!(*word, "yr" | "nursery" | "preschool" | "foundation" | "eyfs" | "infants" | "juniors" | "sixth")
            || ((says_year(word) || matches!(*word, "years" | "yrs" | "stage")) && follows(at))
    };
    !words.iter().any(|word| NO_HEADCOUNT.contains(word)) && (is_small(head) || words.iter().enumerate().any(is_group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_which_year_group_they_count() {
        let year =
            |head: &str| year_group(&plain(head)).map(|(year, part)| (year.number(), part.girls, part.part_time));
        for (head, expected) in [
            ("Full time boys Year group 12", Some((12, Some(false), Some(false)))),
            ("Part-Time number of pupils in year group 1 - sole registrations", Some((1, None, Some(true)))),
            ("year_group_6", Some((6, None, None))),
            ("Year 7 headcount", Some((7, None, None))),
            ("Y10", Some((10, None, None))),
            ("Reception", Some((0, None, None))),
            ("Full time girls Reception", Some((0, Some(true), Some(false)))),
            ("Number of pupils in year group N1", Some((-2, None, None))),
            ("Yr 2", Some((2, None, None))),
            ("Y 2", Some((2, None, None))),
            ("YR", Some((0, None, None))),
            ("Yr R", Some((0, None, None))),
            ("Yr. group 2", Some((2, None, None))),
            ("Rec", Some((0, None, None))),
            ("FS2", Some((0, None, None))),
            ("NC2", Some((2, None, None))),
            ("NC 2", Some((2, None, None))),
            ("NCY2", Some((2, None, None))),
            ("Year Two", Some((2, None, None))),
            ("Year Two girls", Some((2, Some(true), None))),
            ("Y2 NOR", Some((2, None, None))),
            ("No. in Y2", Some((2, None, None))),
            ("No on roll Yr2", Some((2, None, None))),
            ("number_of_pupils_ncyear_1", Some((1, None, None))),
            ("NCyearActual 1", Some((1, None, None))),
            ("Full time boys Nursery 1 (N1)", Some((-2, Some(false), Some(false)))),
            ("Nursery 2", Some((-1, None, None))),
            ("1st year", None),
            ("F1", None),
            ("Number of nursery pupils (years N1 and N2)", None),
            ("% of pupils in year 6", None),
            ("FTE pupils year 6", None),
            ("Full time boys aged 10", None),
            ("Number of pupils in year group 6 - dual main registrations", None),
            ("6", None),
            ("Two", None),
            ("Y", None),
            ("NC", None),
            ("Year", None),
            ("Year 15", None),
            ("Year 6 FSM", None),
            ("Y1-2", None),
            ("Yr R Yr 1", None),
            ("Nursery", None),
        ] {
            assert_eq!(year(head), expected, "{head}");
        }
    }

    #[test]
    fn headings_that_may_count_a_year_group_are_told() {
        for head in [
            "Y1-2",
            "Y1/2",
            "Years 1 and 2",
            "Nursery",
            "FS1",
            "F1",
            "1st year",
            "Year 6 FSM",
            "6",
            "Key stage 1",
            "KS2",
            "Year groups 5 to 6",
            "Sixth form",
            "Boys Year 3",
            "Number of nursery pupils (years N1 and N2)",
        ] {
            assert!(may_be_year_group(&plain(head)), "{head}");
        }
        for head in
            ["School", "Year opened", "Academic year", "% of pupils in year 6", "Postcode", "Pupils", "Ward", ""]
        {
            assert!(!may_be_year_group(&plain(head)), "{head}");
        }
    }
}
