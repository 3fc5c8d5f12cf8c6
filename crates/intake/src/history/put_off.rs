//! The day to which a visit that was put off was moved, as the remark beside it names it: “moved to 21/09”.

use chrono::NaiveDate;
use domain::AcademicYear;

use super::Role;
use super::date::{self, When};
use super::words::{plain, words};

/// The most words of a day: “Thursday 21st September 2023”.
const MOST_WORDS: usize = 4;
/// Beginnings of words beside which a day is one that a cancelled visit was moved to.
const MOVED: &[&str] =
    &["rebook", "rearr", "resch", "re-book", "re-arr", "re-sch", "moved", "new", "now", "changed", "instead"];

/// To when a visit was put off, and where that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOff {
    /// The day.
    pub to: NaiveDate,
    /// What the cell is about.
    pub about: Role,
    /// The cell: `D14`.
    pub cell: String,
    /// What is typed there.
    pub typed: String,
}

/// The later day that a remark about a visit that was put off names.
pub(super) fn day_in(text: &str, on: NaiveDate) -> Option<NaiveDate> {
    let text = plain(text);
    let tokens: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | ':'))
        .map(|token| token.trim_end_matches('.'))
        .filter(|token| !token.is_empty())
        .collect();
    (0..tokens.len()).find_map(|at| {
        let most = MOST_WORDS.min(tokens.len() - at);
        (1..=most).rev().find_map(|many| day(&tokens[at..at + many].join(" "), on))
    })
}

/// Whether a remark about a cancelled visit may say that it was moved.
pub(super) fn says_moved(text: &str) -> bool {
    let text = plain(text);
    words(&text).iter().any(|word| MOVED.iter().any(|begin| word.starts_with(begin)))
}

fn day(text: &str, on: NaiveDate) -> Option<NaiveDate> {
    let is_day = text.contains(|c: char| c.is_ascii_digit())
        && (text.contains(['/', '-', '.']) || text.contains(char::is_alphabetic));
    if !is_day {
        return None;
    }
    let year = AcademicYear::containing(on);
    [year, year.next()].into_iter().find_map(|year| match date::read(text, Some(year)) {
        When::On(day) => Some(day).filter(|day| *day > on),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_name_the_day_that_a_visit_was_moved_to() {
        let on = NaiveDate::from_ymd_opt(2023, 9, 13).expect("a day");
        for (text, to) in [
            ("Rescheduled 21/09/23", Some("2023-09-21")),
            ("moved to 21/9", Some("2023-09-21")),
            ("postponed until Thursday 21st September 2023 (snow)", Some("2023-09-21")),
            ("now 3rd Oct", Some("2023-10-03")),
            ("moved to 12/9", Some("2024-09-12")),
            ("2023-10-03", Some("2023-10-03")),
            ("postponed on 12/09/2023", None),
            ("postponed to next term", None),
            ("moved to hall 2", None),
            ("moved to 2 classes", None),
        ] {
            assert_eq!(day_in(text, on).map(|day| day.to_string()).as_deref(), to, "{text}");
        }
        assert!(says_moved("Cancelled, rebooked 21/9") && !says_moved("Cancelled by school 21/9"));
    }
}
