//! Postcode and town as they stand beside a name.

use intake::school_list::SchoolRow;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::hand::Hand;
use super::part::plain;
use super::truth::{Clue, outward};

/// What stands in the two columns.
#[derive(Debug, Default)]
pub struct Columns {
    pub postcode: String,
    pub town: String,
    pub clue: Clue,
    /// The postcode is not the school's, and says another place.
    pub contradicts: bool,
}

/// Fills the columns for a school in `place` (its town, else its authority), `other` being a school nearby.
pub fn columns(row: &SchoolRow, place: &str, other: &SchoolRow, hand: &Hand, rng: &mut ChaCha8Rng) -> Columns {
    let mut columns = Columns::default();
    if rng.random_bool(hand.postcodes)
        && let Some(right) = &row.postcode
    {
        let squeezed = right.replace(' ', "");
        let slip = rng.random_bool(hand.postcode_slips);
        let kind = rng.random_range(0..8);
        columns.postcode = match (slip, kind) {
            (true, 0..=2) => {
                columns.contradicts = true;
                columns.clue.postcode = Some(outward(right).to_owned());
                wrong_letter(right, rng)
            }
            (true, 3..=4) => {
                columns.contradicts = other.postcode != row.postcode;
                other.postcode.clone().unwrap_or_default()
            }
            // The letter O for a nought and the like: what is meant is plain.
            (true, _) => {
                columns.clue.postcode = Some(squeezed);
                right.replace('0', "O").replace('1', "I")
            }
            (false, 0) => {
                columns.clue.postcode = Some(outward(right).to_owned());
                outward(right).to_owned()
            }
            (false, 1) => {
                columns.clue.postcode = Some(squeezed.clone());
                squeezed.to_lowercase()
            }
            (false, 2) => {
                columns.clue.postcode = Some(squeezed.clone());
                squeezed
            }
            (false, _) => {
                columns.clue.postcode = Some(squeezed);
                right.clone()
            }
        };
    }
    if rng.random_bool(hand.town_column) {
        columns.clue.town = Some(plain(place));
        columns.town = match rng.random_range(0..12) {
            0 => place.to_lowercase(),
            1 => place.to_uppercase(),
            2 => format!("{place} "),
            3 => format!("{place}, UK"),
            _ => place.to_owned(),
        };
    }
    columns
}

fn wrong_letter(postcode: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = postcode.chars().collect();
    let at = letters.len() - rng.random_range(1..4);
    let all: Vec<char> =
        if letters[at].is_ascii_digit() { ('0'..='9').collect() } else { "ABDEFGHJLNPQRSTUWXYZ".chars().collect() };
    let others: Vec<char> = all.into_iter().filter(|c| *c != letters[at]).collect();
    letters[at] = *others.choose(rng).unwrap_or(&'A');
    letters.into_iter().collect()
}
