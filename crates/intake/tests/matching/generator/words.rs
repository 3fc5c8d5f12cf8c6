//! Words as they are compared here: a plainer way than the one that is tested.

use std::collections::BTreeSet;

/// A name's words as they are compared here: a plainer way than the one that is tested.
pub(super) fn plain_words(name: &str) -> Vec<String> {
    let text = name
        .to_lowercase()
        .replace(['\'', '’'], "")
        .replace("church of england", "cofe")
        .replace("roman catholic", "catholic")
        .replace('&', " and ");
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let full = |w: &str| match w {
        "rc" => "catholic".to_owned(),
        "ce" => "cofe".to_owned(),
        "saint" => "st".to_owned(),
        "infants" => "infant".to_owned(),
        w => w.to_owned(),
    };
    words.map(full).collect()
}

pub(super) fn key(name: &str) -> String {
    plain_words(name).join(" ")
}

pub(super) fn is_general(word: &str) -> bool {
    let word = word.to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(
        word,
        "school"
            | "primary"
            | "academy"
            | "junior"
            | "infant"
            | "infants"
            | "nursery"
            | "community"
            | "high"
            | "secondary"
            | "college"
            | "cofe"
            | "catholic"
            | "rc"
            | "ce"
            | "voluntary"
            | "aided"
            | "controlled"
            | "va"
            | "vc"
            | "church"
            | "of"
            | "england"
            | "and"
            | "the"
            | "a"
            | "roman"
            | "special"
            | "foundation"
            | "first"
            | "middle"
            | "preparatory"
            | "centre"
            | "for"
            | "&"
            | ""
            | "sixth"
            | "form"
    )
}

pub(super) fn own(name: &str) -> BTreeSet<String> {
    plain_words(name).into_iter().filter(|w| !is_general(w) && w != "st").collect()
}

/// All words but those that any school may have.
pub(super) fn tellings(name: &str) -> BTreeSet<String> {
    let any = |w: &String| !matches!(w.as_str(), "school" | "academy" | "the" | "of" | "and" | "a" | "for" | "st");
    plain_words(name).into_iter().filter(any).collect()
}
