//! Lists as programs write them, and texts of year groups that say more than those: how many came.

use super::{COUNTED, Years, brackets};
use crate::history::words::{plain, words};

/// A list that a program wrote, as people write one: `["Year 5","Year 6"]`, `Year 5;#Year 6`, with or without the numbers
/// by which it knows its values. Other texts are as they are.
pub(super) fn listed(text: String) -> String {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    if let Some(inner) = inner.filter(|inner| inner.starts_with('"') && inner.ends_with('"')) {
        let values = inner.split(',').map(|value| value.trim().trim_matches('"'));
        return values.collect::<Vec<_>>().join(", ");
    }
    if !text.contains(";#") {
        return text;
    }
    let values: Vec<&str> = text.split(";#").map(str::trim).filter(|value| !value.is_empty()).collect();
    let is_number = |value: &&str| value.bytes().all(|b| b.is_ascii_digit());
    // Each with its number: “1;#Year 5;#2;#Year 6”, or behind it.
    let is_every_other = |first: usize| {
        let is_own = |(at, value): (usize, &&str)| is_number(value) == (at % 2 == first);
        values.len() > 1 && values.len().is_multiple_of(2) && values.iter().enumerate().all(is_own)
    };
    let is_mixed = is_every_other(0) || is_every_other(1);
    let values = values.iter().filter(|value| !(is_mixed && is_number(value))).copied();
    values.collect::<Vec<_>>().join(", ")
}

/// So many are pupils, not classes or years.
const MANY: u16 = 14;
/// Longer texts say more than who came, in words.
const MOST_WORDS: usize = 16;
/// What stands beside year groups in a text that tells no more than who and how many.
const BESIDE: &[&str] = &[
    "x", "and", "of", "in", "to", "class", "classes", "group", "groups", "form", "forms", "set", "sets", "pupils",
    "pupil", "children", "chn", "students", "kids", "boys", "girls", "mixed", "all", "only", "total",
];

/// Whether a text of year groups says how many came of them, too: “Y5/6 (27)”, “Year 6 x 26”, “Y5, 30 pupils”.
pub(in crate::history) fn counts(text: &str) -> bool {
    let text = plain(text);
    let is_many = |word: &str| word.parse::<u16>().is_ok_and(|number| number > MANY);
    let inner = brackets(&text).1;
    let in_brackets = inner.iter().any(|inner| match words(inner).as_slice() {
        [number] => is_many(number),
        [number, of] => is_many(number) && is_pupils(of),
        _ => false,
    });
    let said = words(&text);
    in_brackets
        || said.windows(2).any(|pair| (pair[0] == "x" && is_many(pair[1])) || (is_many(pair[0]) && is_pupils(pair[1])))
        || said.iter().any(|word| word.strip_prefix('x').is_some_and(is_many))
}

fn is_pupils(word: &str) -> bool {
    COUNTED.contains(&word) && matches!(word, "pupils" | "children" | "chn" | "students" | "boys" | "girls")
}

/// Whether a text by itself names year groups or classes, under whatever heading: “Y9”, “Y7-Y9”, “6A 28, 6B 29”. Numbers
/// alone are anything’s.
pub(in crate::history) fn tells(text: &str) -> bool {
    let typed = words(text);
    let is_named = (0..typed.len()).any(|at| names_year(&typed, at));
    let is_plain = |at: usize| {
        let word = typed[at].to_lowercase();
        names_year(&typed, at)
            || word.bytes().all(|b| b.is_ascii_digit())
            || is_marker(&word)
            || BESIDE.contains(&word.as_str())
    };
    is_named
        && typed.len() <= MOST_WORDS
        && (matches!(Years::read(text), Years::Groups(_)) || (0..typed.len()).all(is_plain))
}

fn is_marker(word: &str) -> bool {
    matches!(word, "y" | "yr" | "yrs" | "year" | "years" | "ks")
}

/// Whether a word is a year group's or a class's: “Y9”, “Yr9”, “9A”, the number behind “Year”, “Reception”.
fn names_year(typed: &[&str], at: usize) -> bool {
    let word = typed[at].to_lowercase();
    let is_year = |text: &str| text.parse::<u8>().is_ok_and(|number| (1..=13).contains(&number));
    if matches!(word.as_str(), "reception" | "nursery" | "eyfs") || (at > 0 && is_year(&word)) {
        return !is_year(&word) || is_marker(&typed[at - 1].to_lowercase());
    }
    let marked =
        ["years", "year", "yrs", "yr", "lks", "uks", "ks", "y"].iter().find_map(|mark| word.strip_prefix(mark));
    let rest = marked.unwrap_or(&word);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, form) = rest.split_at(digits);
    // “1h” and “9am” are no classes; people write those with capital letters.
    let is_form = form.len() <= 2
        && form.bytes().all(|b| b.is_ascii_alphabetic())
        && (marked.is_some() || !form.is_empty() && typed[at].ends_with(|c: char| c.is_ascii_uppercase()))
        && !matches!(form, "am" | "pm" | "st" | "nd" | "rd" | "th" | "km" | "hr");
    is_form && is_year(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_programs_are_lists() {
        for (text, wanted) in [
            (r#"["year 5","year 6"]"#, "year 5, year 6"),
            (r#"["year 6"]"#, "year 6"),
            ("year 5;#year 6", "year 5, year 6"),
            (";#year 5;#year 6;#", "year 5, year 6"),
            ("5;#year 5;#6;#year 6", "year 5, year 6"),
            ("[y5]", "[y5]"),
            ("[]", "[]"),
        ] {
            assert_eq!(listed(text.to_owned()), wanted);
        }
    }

    #[test]
    fn year_groups_are_told_under_any_heading() {
        for text in [
            "Y9",
            "Y7-Y9",
            "Yr 9",
            "Year 10",
            "KS2",
            "9A",
            "10B",
            "Reception",
            "6A 28, 6B 29",
            "Y5 – 30",
            "Y6 (30), Y5 (29)",
            "Year 6 x 26",
            "5H and 5P",
        ] {
            assert!(tells(text), "{text}");
        }
        for text in [
            "9",
            "30",
            "P1",
            "Y",
            "N",
            "R",
            "1h",
            "2x",
            "9am",
            "45 mins",
            "A6",
            "Room 6",
            "Hall",
            "Mr Fox",
            "BD5 7DQ",
            "7/1",
            "1st",
            "PO-12",
            "Teacher of Y6 was ill so we went home",
            "",
        ] {
            assert!(!tells(text), "{text}");
        }
    }

    #[test]
    fn numbers_of_pupils_stand_beside_year_groups() {
        for text in ["Y5/6 (27)", "Y6 (30), Y5 (29)", "Year 6 x 26", "Y5 x26", "Y5, 30 pupils", "Y5 (30 children)"] {
            assert!(counts(text), "{text}");
        }
        for text in ["Y5", "Y5 (3 classes)", "Y5 x2", "Y5 class 2", "Y13", "Y5 (Oak)"] {
            assert!(!counts(text), "{text}");
        }
    }
}
