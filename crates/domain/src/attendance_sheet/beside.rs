//! What stood beside a row's key when the sheet went out, as its key keeps it: cells that were copied over are told from
//! those that went out so, whatever a school, a programme or a slot is called by now.

use std::fmt;
use std::str::FromStr;

use super::{Column, NotAKey};

/// The columns whose words are kept. The day is not among them: what a row says of it is asked about when it is another.
const KEPT: [Column; 4] = [Column::Session, Column::Venue, Column::School, Column::Group];

/// Sixteen bits of each cell's words: enough to tell that they are others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside([u16; KEPT.len()]);

impl Beside {
    /// Of what a row says in each column.
    #[must_use]
    pub fn of<'a>(says: impl Fn(Column) -> &'a str) -> Self {
        Self(KEPT.map(|column| print(says(column))))
    }

    /// Whether this is what stood in the column when the sheet went out.
    #[must_use]
    pub fn stood(self, column: Column, text: &str) -> bool {
        let at = KEPT.iter().position(|kept| *kept == column);
        at.is_some_and(|at| self.0[at] == print(text))
    }
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|print| write!(f, "{print:04x}"))
    }
}

impl FromStr for Beside {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        if text.len() != 4 * KEPT.len() || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAKey);
        }
        let mut prints = [0; KEPT.len()];
        for (at, print) in prints.iter_mut().enumerate() {
            *print = u16::from_str_radix(&text[4 * at..4 * at + 4], 16).map_err(|_| NotAKey)?;
        }
        Ok(Self(prints))
    }
}

/// Letters and digits: programs write other quotation marks and spaces than they read.
pub fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// FNV-1a of a text's [`letters`], folded: the same in every version and on every machine, since sheets are out for months.
#[must_use]
pub fn print(text: &str) -> u16 {
    let mut hash: u32 = 0x811c_9dc5;
    for letter in letters(text) {
        hash = (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193);
    }
    let [a, b, c, d] = hash.to_be_bytes();
    u16::from_be_bytes([a ^ c, b ^ d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&str; 4] = ["Morning 9:30am, Mr Shapeshifter", "St Mary’s Primary", "Beck Primary", "6A (Year 6)"];

    fn says(column: Column) -> &'static str {
        KEPT.iter().position(|kept| *kept == column).map_or("", |at| WORDS[at])
    }

    #[test]
    fn what_stood_there_is_known_again_and_anything_else_is_not() {
        let beside = Beside::of(says);
        assert_eq!(beside.to_string(), "6834e9a31f5fc93b", "sheets that are out must go on being understood");
        assert!(beside.stood(Column::Venue, "st mary's  PRIMARY"), "in other marks");
        for (column, other) in [
            (Column::Session, "Afternoon 1:30pm, Mr Shapeshifter"),
            (Column::Venue, "Beck Primary"),
            (Column::School, ""),
            (Column::Group, "6B (Year 6)"),
            (Column::Date, ""),
        ] {
            assert!(!beside.stood(column, other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn it_survives_the_round_trip_and_nothing_else_is_taken_for_it(prints: [u16; 4], text in "[0-9a-fx:é]{0,20}") {
            let beside = Beside(prints);
            prop_assert_eq!(beside.to_string().parse::<Beside>(), Ok(beside));
            let read = text.parse::<Beside>();
            prop_assert_eq!(read.is_ok(), text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit()));
        }
    }
}
