//! What would become of each row of a file, as a person saw it: four letters a row, compared when it is applied.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Standing;

/// Letters for a row.
const LETTERS: usize = 4;

/// How a row stands, and a check of all that would be written of it.
pub(crate) fn letters(standing: Standing, written: impl Hash) -> String {
    let letter = match standing {
        Standing::Ready => 'r',
        Standing::Asked => 'q',
        Standing::AlreadyThere => 'a',
        Standing::LeftOut => 'o',
    };
    let mut hasher = DefaultHasher::new();
    written.hash(&mut hasher);
    format!("{letter}{:03x}", hasher.finish() & 0xfff)
}

/// The rows of which something else would become than was seen, each with how it stood.
pub(crate) fn differences<'a, R>(
    as_seen: &str,
    rows: &'a [R],
    seen: impl Fn(&R) -> String,
) -> impl Iterator<Item = (&'a R, Standing)> {
    let same_length = as_seen.is_ascii() && as_seen.len() == rows.len() * LETTERS;
    let standing = |letters: Option<&str>| match letters.and_then(|l| l.chars().next()) {
        Some('r') => Standing::Ready,
        Some('a') => Standing::AlreadyThere,
        Some('o') => Standing::LeftOut,
        _ => Standing::Asked,
    };
    rows.iter().enumerate().filter_map(move |(at, row)| {
        let before = as_seen.get(at * LETTERS..(at + 1) * LETTERS).filter(|_| same_length);
        (before != Some(seen(row).as_str())).then(|| (row, standing(before)))
    })
}
