//! Whoever keeps a sheet, and their habits: they hold for all of its rows.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// How the sheet's letters are cased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    AsIs,
    Capitals,
    Small,
    Title,
}

/// Habits, as likelihoods from 0 to 1.
#[derive(Debug, Clone)]
pub struct Hand {
    /// To leave words out.
    pub terse: f64,
    /// To write a word short.
    pub short: f64,
    /// To let a word go astray.
    pub slips: f64,
    /// To write a note.
    pub notes: f64,
    /// To name the trust.
    pub trusts: f64,
    /// To name the town in the name.
    pub towns: f64,
    /// To say what the register's name does not.
    pub adds: f64,
    /// To leave out or change apostrophes and commas.
    pub sloppy: f64,
    /// To use a name the school had.
    pub memory: f64,
    pub phone: bool,
    pub case: Case,
    /// The field's width in characters.
    pub width: Option<usize>,
    /// To fill the columns beside the name, where the sheet has them.
    pub postcodes: f64,
    pub town_column: f64,
    /// To mistype a postcode.
    pub postcode_slips: f64,
}

impl Hand {
    /// Somebody of the field.
    pub fn any(rng: &mut ChaCha8Rng) -> Self {
        let mut hand = match rng.random_range(0..7) {
            // A council's officer who types from the published list.
            0 => Self {
                terse: 0.35,
                short: 0.15,
                slips: 0.02,
                notes: 0.08,
                towns: 0.06,
                postcodes: 0.6,
                ..Self::plain()
            },
            // A police unit's log, filled in on the way.
            1 => Self {
                terse: 0.7,
                short: 0.35,
                slips: 0.07,
                notes: 0.3,
                phone: true,
                town_column: 0.35,
                ..Self::plain()
            },
            // A theatre company's tour list.
            2 => Self {
                terse: 0.55,
                short: 0.25,
                slips: 0.04,
                notes: 0.2,
                towns: 0.3,
                town_column: 0.5,
                ..Self::plain()
            },
            // An export of another system, with a field too narrow.
            3 => Self {
                terse: 0.1,
                short: 0.1,
                slips: 0.005,
                notes: 0.02,
                width: Some(*[20, 25, 28, 30, 32].choose(rng).unwrap_or(&30)),
                postcodes: 0.5,
                ..Self::plain()
            },
            // A school office that books by form, with its trust.
            4 => Self {
                terse: 0.3,
                short: 0.1,
                slips: 0.04,
                trusts: 0.3,
                adds: 0.25,
                postcodes: 0.55,
                phone: true,
                ..Self::plain()
            },
            // An older hand, who knows the schools by their names of then.
            5 => Self { terse: 0.5, short: 0.5, slips: 0.03, notes: 0.15, memory: 0.22, adds: 0.15, ..Self::plain() },
            // Two lists pasted together.
            _ => Self {
                terse: 0.45,
                short: 0.3,
                slips: 0.05,
                notes: 0.12,
                towns: 0.12,
                adds: 0.1,
                town_column: 0.3,
                ..Self::plain()
            },
        };
        hand.case = match rng.random_range(0..10) {
            0 => Case::Capitals,
            1 => Case::Small,
            2 => Case::Title,
            _ => Case::AsIs,
        };
        if rng.random_bool(0.3) {
            (hand.postcodes, hand.town_column) = (0.0, 0.0);
        }
        hand
    }

    fn plain() -> Self {
        Self {
            terse: 0.3,
            short: 0.2,
            slips: 0.03,
            notes: 0.05,
            trusts: 0.03,
            towns: 0.05,
            adds: 0.05,
            sloppy: 0.35,
            memory: 0.03,
            phone: false,
            case: Case::AsIs,
            width: None,
            postcodes: 0.15,
            town_column: 0.15,
            postcode_slips: 0.04,
        }
    }

    /// The text in the sheet's case.
    pub fn cased(&self, text: &str) -> String {
        match self.case {
            Case::AsIs => text.to_owned(),
            Case::Capitals => text.to_uppercase(),
            Case::Small => text.to_lowercase(),
            Case::Title => {
                // As a spreadsheet's PROPER does: a capital after every apostrophe too.
                let mut start = true;
                let cased = text.chars().map(|c| {
                    let cased = if start { c.to_uppercase().next() } else { c.to_lowercase().next() };
                    start = !c.is_alphabetic();
                    cased.unwrap_or(c)
                });
                cased.collect()
            }
        }
    }
}

/// Apostrophes, commas and spaces as careless hands set them; what was done, none where nothing.
pub fn careless(text: &str, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..9) {
        0..=2 => text.replace(['\'', '\u{2019}'], ""),
        3 => text.replace('\'', "\u{2019}"),
        4 => text.replace(',', ""),
        5 => text.replace("'s", "s'"),
        6 => text.replace('-', " "),
        7 => format!("{text}."),
        _ => text.replace('\'', "`"),
    }
}

/// Spaces doubled, missing, hard, or in the middle of a word.
pub fn spaced(text: &str, rng: &mut ChaCha8Rng) -> String {
    let spaces: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    let Some(at) = spaces.choose(rng).copied() else { return format!(" {text} ") };
    match rng.random_range(0..6) {
        0 => format!("{}  {}", &text[..at], &text[at + 1..]),
        1 => format!("{text}  "),
        2 => text.replace(' ', "\u{a0}"),
        3 => format!("{}{}", &text[..at], &text[at + 1..]),
        4 => {
            // A split inside a longer word.
            let long = text.split(' ').filter(|w| w.len() >= 7 && w.is_ascii()).collect::<Vec<_>>();
            long.choose(rng).map_or_else(
                || format!("{text} "),
                |w| text.replacen(w, &format!("{} {}", &w[..w.len() / 2], &w[w.len() / 2..]), 1),
            )
        }
        _ => format!(" {text}"),
    }
}
