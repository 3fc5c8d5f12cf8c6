//! The words of a register's names, and which of them a mistyped word may be.

use std::collections::HashMap;

use super::lexicon::{self, Class};

/// A word of the register.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) class: Class,
    /// The names it occurs in, by their place in the register.
    pub(super) names: Vec<u32>,
    /// Whether a town or an authority has it in its name.
    pub(super) place: bool,
    letters: u32,
}

/// All words of a register.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, u32>,
    words: Vec<Word>,
}

impl Vocabulary {
    /// The word's number, given to it now if it has none.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.ids.insert(text.to_owned(), id);
        self.words.push(Word {
            text: text.to_owned(),
            class: lexicon::class(text),
            names: Vec::new(),
            place: false,
            letters: letters(text),
        });
        id
    }

    pub(super) fn get(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// The word's number if a school's name has it.
    pub(super) fn in_a_name(&self, text: &str) -> Option<u32> {
        self.get(text).filter(|id| !self.word(*id).names.is_empty())
    }

    pub(super) fn word(&self, id: u32) -> &Word {
        &self.words[id as usize]
    }

    pub(super) fn word_mut(&mut self, id: u32) -> &mut Word {
        &mut self.words[id as usize]
    }

    /// Longer words of names that begin so.
    pub(super) fn beginning(&self, text: &str) -> Vec<u32> {
        let begins =
            |word: &Word| word.text.len() > text.len() && word.text.starts_with(text) && !word.names.is_empty();
        (0_u32..).zip(&self.words).filter(|(_, word)| begins(word)).map(|(id, _)| id).collect()
    }

    /// Words of names that say which school it is, at most so many slips of the fingers away (a letter left out, put in,
    /// taken for another, or two swapped), and how many.
    pub(super) fn alike(&self, text: &str, most: usize) -> Vec<(u32, usize)> {
        let (mine, length) = (letters(text), text.len());
        let apart = 2 * u32::try_from(most).unwrap_or(2);
        let mut found = Vec::new();
        for (id, word) in (0_u32..).zip(&self.words) {
            if (word.letters ^ mine).count_ones() > apart
                || word.text.len().abs_diff(length) > most
                || word.text.len() < 4
                || word.class != Class::Own
                || word.names.is_empty()
            {
                continue;
            }
            let slips = strsim::osa_distance(text, &word.text);
            if (1..=most).contains(&slips) {
                found.push((id, slips));
            }
        }
        found
    }
}

/// Which letters a word has, a bit each: one slip changes at most two of them.
fn letters(text: &str) -> u32 {
    text.bytes().filter(u8::is_ascii_lowercase).fold(0, |mask, b| mask | 1 << (b - b'a'))
}

/// How unlikely it is that a person who meant a word typed another, so many slips away, in nats; none when a short word
/// would be another altogether.
pub(super) fn cost_of_slips(typed: &str, meant: &str, slips: usize) -> Option<f64> {
    let length = typed.len().min(meant.len());
    let base = match (slips, length) {
        (1, 0..=2) => return None,
        (1, 3) => 8.5,
        (1, 4) => 7.5,
        (1, 5) => 6.5,
        (1, 6 | 7) => 5.5,
        (1, _) => 4.5,
        (2, 0..=5) => return None,
        (2, 6) => 11.0,
        (2, 7) => 8.5,
        (2, _) => 7.5,
        _ => return None,
    };
    let first_differs = typed.as_bytes().first() != meant.as_bytes().first();
    Some(match (first_differs, slips) {
        (false, _) => base,
        (true, 1) => base + 1.0,
        (true, _) => base + 3.0,
    })
}
