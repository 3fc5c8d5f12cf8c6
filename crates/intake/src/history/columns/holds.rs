//! What stands in a column, where its heading may be of several things.

use std::collections::HashSet;

use crate::history::header::Below;
use crate::history::outcome;
use crate::history::words::{is_nothing, plain};
use crate::history::years::{self, Years};
use crate::history::{Count, Role};

/// So many rows that differ in nothing but a number are numbered, not given a topic each.
const NUMBERED: usize = 3;
/// So many rows of which each has a text of its own have no topic there.
const NAMED: usize = 10;

impl Below<'_> {
    /// Whether the second of two columns that may both hold a role is the one that does, by what stands in them; none where
    /// that does not tell.
    pub(super) fn tells_between(self, role: Role, first: usize, second: usize) -> Option<bool> {
        match (self.suits(role, first)?, self.suits(role, second)?) {
            (false, true) => Some(true),
            (true, false) => Some(false),
            _ => None,
        }
    }

    /// Whether a column holds what a role is of; none where nothing stands there, or it cannot be told.
    fn suits(self, role: Role, at: usize) -> Option<bool> {
        let holds_something = self.cells(at).any(|text| !is_nothing(&plain(text)));
        match role {
            Role::Pupils | Role::AmPupils | Role::PmPupils => holds_something.then(|| self.is_counted(at)),
            Role::Years | Role::AmYears | Role::PmYears => holds_something.then(|| self.is_of_years(at)),
            _ => None,
        }
    }

    /// Whether a column is of year groups.
    pub(super) fn is_of_years(self, at: usize) -> bool {
        self.mostly(at, |text| matches!(Years::read(text), Years::Groups(_) | Years::Whole | Years::Mixed))
    }

    /// Whether a cell of a column is a number of pupils.
    pub(super) fn counts_some(self, at: usize) -> bool {
        self.cells(at).any(|text| Count::read(text).pupils().is_some())
    }

    /// Whether a column names year groups or classes, whatever its heading.
    pub(super) fn tells_years(self, at: usize) -> bool {
        self.mostly(at, years::tells)
    }

    /// Whether a column says of each row in which school year it was, or calendar year: “2021/22”, “2021”.
    pub(super) fn is_of_school_years(self, at: usize) -> bool {
        self.mostly(at, is_school_year)
    }

    /// Whether each row has a text of its own, by which it is called: “Visit 001”, “Visit 002”. A topic is of several.
    pub(super) fn is_a_name_each(self, at: usize) -> bool {
        let texts: Vec<&str> = self.cells(at).collect();
        if texts.len() < NUMBERED || texts.iter().any(|text| outcome::part(text).is_some()) {
            return false;
        }
        let all: HashSet<String> = texts.iter().map(|text| plain(text)).collect();
        let is_digit = |c: char| c.is_ascii_digit();
        let bare: HashSet<String> = texts.iter().map(|text| plain(text).replace(is_digit, "")).collect();
        let is_numbered = bare.len() == 1 && bare.iter().any(|text| text.contains(char::is_alphabetic));
        all.len() == texts.len() && (is_numbered || texts.len() >= NAMED)
    }
}

/// Whether a text is a school year or a calendar year and nothing else: “2021/22”, “21-22”, “2021”.
fn is_school_year(text: &str) -> bool {
    let text = plain(text);
    let parts: Vec<&str> = text.trim_end_matches(".0").split(['/', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten();
    let is_year = |number: u16| (1990..2070).contains(&number);
    match parts.as_slice() {
        [one] => number(one).is_some_and(is_year),
        [one, next] => number(one).zip(number(next)).is_some_and(|(one, next)| {
            // “10/11” are year groups, and “17-18” may be ages.
            (is_year(one) || (20..70).contains(&one)) && (next % 100 == (one + 1) % 100)
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn school_years_are_no_year_groups() {
        for text in ["2021/22", "2021-22", "2021-2022", "2021/2022", "21/22", "2021", "2021.0", "2021 – 22"] {
            assert!(is_school_year(text), "{text}");
        }
        for text in ["5", "5/6", "10/11", "Y5", "7", "2021/24", "30", "16-17", "18/19", ""] {
            assert!(!is_school_year(text), "{text}");
        }
    }
}
