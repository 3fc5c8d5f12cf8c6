//! Whether words say for certain that somebody holds a post today: “not DSL”, “DSL from Sept 2027”, “DSL?”.

use crate::history::words::{plain, words};

/// Words that leave it open, or say no.
const OPEN: [&str; 26] = [
    "was",
    "were",
    "wasn",
    "isn",
    "isnt",
    "wasnt",
    "never",
    "tbc",
    "tba",
    "tbd",
    "possibly",
    "possible",
    "maybe",
    "perhaps",
    "potential",
    "potentially",
    "provisional",
    "provisionally",
    "designate",
    "elect",
    "future",
    "prospective",
    "proposed",
    "unconfirmed",
    "shadow",
    "shadowing",
];
/// Phrases that do.
const PHRASES: [&[&str]; 17] = [
    &["to", "be"],
    &["to", "become"],
    &["will", "be"],
    &["will", "become"],
    &["used", "to"],
    &["next", "year"],
    &["next", "term"],
    &["non", "dsl"],
    &["no", "dsl"],
    &["dsl", "no"],
    &["dsl", "n"],
    &["dsl", "trained"],
    &["dsl", "training"],
    &["dsl", "team"],
    &["safeguarding", "trained"],
    &["to", "dsl"],
    &["to", "the", "dsl"],
];
/// After “not”: what somebody does not do on a day says nothing of the post.
const DAYS: [&str; 9] = ["mon", "tue", "wed", "thu", "fri", "in", "on", "available", "teaching"];
/// Beginnings of what is said of a day to come.
const WHEN: [&str; 17] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "spring", "summer", "autumn",
    "next", "easter",
];

/// Whether words of a post leave open whether its holder holds it today.
pub(super) fn is_open(text: &str) -> bool {
    let plain = plain(text);
    let said = words(&plain);
    let next = |at: usize| said.get(at + 1).copied().unwrap_or_default();
    let begins = |word: &str, with: &[&str]| with.iter().any(|begin| word.starts_with(begin));
    let has = |phrase: &&[&str]| said.windows(phrase.len()).any(|part| part == *phrase);
    plain.contains('?')
        || said.iter().any(|word| OPEN.contains(word))
        || PHRASES.iter().any(has)
        || said.iter().enumerate().any(|(at, word)| match *word {
            "not" => !begins(next(at), &DAYS),
            "from" | "starting" | "starts" | "start" | "wef" => {
                begins(next(at), &WHEN) || next(at).starts_with(|c: char| c.is_ascii_digit())
            }
            _ => false,
        })
}

/// Whether a note says so of the safeguarding lead: notes speak of other things as well.
pub(super) fn is_open_lead(note: &str) -> bool {
    let plain = plain(note);
    let about = words(&plain).iter().any(|word| matches!(*word, "dsl" | "safeguarding" | "ddsl"));
    about && is_open(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_that_is_denied_or_to_come_is_open() {
        for text in [
            "not DSL",
            "was DSL",
            "DSL from Sept 2027",
            "DSL (from 1/9/27)",
            "tbc DSL",
            "DSL?",
            "DSL - TBC",
            "DSL designate",
            "isn’t DSL",
            "will be DSL",
            "DSL trained",
            "PA to the DSL",
            "DSL: no",
            "DSL next year",
            "shadow DSL",
            "Non-DSL",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in [
            "DSL",
            "Designated Safeguarding Lead",
            "Headteacher / DSL",
            "Acting DSL",
            "DSL (not Fridays)",
            "DSL since September 2024",
            "Head from Beck",
            "Notting Hill lead",
        ] {
            assert!(!is_open(text), "{text}");
        }
        assert!(is_open_lead("not the DSL any more") && !is_open_lead("was at the meeting"));
    }
}
