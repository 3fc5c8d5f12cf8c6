//! How many school names of England have a word, and which words are of places, so that one authority's list knows what
//! is another school's name.

use std::collections::HashMap;
use std::sync::LazyLock;

const WORDS: &str = include_str!("england.txt");

/// How many names have a word, and whether it is a place's.
static KNOWN: LazyLock<HashMap<&str, (u32, bool)>> = LazyLock::new(|| {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
    let counted = lines.filter_map(|(count, words)| Some((count.parse().ok()?, words)));
    let one = |count: u32, word: &'static str| match word.strip_suffix('*') {
        Some(word) => (word, (count, true)),
        None => (word, (count, false)),
    };
    counted.flat_map(|(count, words)| words.split(' ').map(move |word| one(count, word))).collect()
});

/// How many names of England's schools have a word that tells schools apart.
pub(crate) fn names_with(word: &str) -> u32 {
    KNOWN.get(word).map_or(0, |(count, _)| *count)
}

/// Whether a word is of a town's name, or of a place behind a school's.
pub(crate) fn is_of_place(word: &str) -> bool {
    KNOWN.get(word).is_some_and(|(_, place)| *place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names_are_counted() {
        assert!(names_with("park") > 500);
        assert!(names_with("menston") > 0 && !is_of_place("menston"));
        assert!(is_of_place("preston") && is_of_place("yeovil"));
        for word in ["primary", "st", "zelverton", "", "of"] {
            assert!(names_with(word) == 0 && !is_of_place(word), "{word}");
        }
    }
}
