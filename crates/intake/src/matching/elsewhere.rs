//! What else a typed text may be: a school that is not in the register, or no school.

use super::lexicon::{self, Class};
use super::reading::{Query, knows_town};
use super::register::{Register, SCHOOLS_OF_ENGLAND};
use super::words::{self, Token};

/// How unlikely a word is in the name of a school elsewhere, when one school here has it and few there.
const A_RARE_WORD: f64 = 9.5;
/// How unlikely it is when no school here has it.
const AN_UNKNOWN_WORD: f64 = 11.5;
/// How unlikely a word is that stands alone behind the name, as the place of a school elsewhere does.
const A_PLACE_NAMED: f64 = 4.5;
/// Below this a name by itself is one that schools everywhere have.
pub(super) const A_NAME_ANYWHERE: f64 = 6.0;
/// How unlikely a faith is in a name elsewhere.
const A_FAITH: f64 = 1.5;
/// How unlikely it is that nothing was typed that says what it is.
const BARE: f64 = 2.5;

/// The cost of the text as the name of a school outside the register.
pub(super) fn other_school(register: &Register, query: &Query) -> f64 {
    // In a district's list one row in twenty may be of a school next door; in the whole country's hardly any.
    let mut cost = -(0.06 * (1.0 - register.coverage) + 0.001).ln();
    let mut saint = false;
    let mut any_own = false;
    for (at, token) in query.tokens.iter().enumerate() {
        let text = token.text.as_str();
        let in_trust_part = query.trust_parts & (1 << u32::from(token.part).min(63)) != 0;
        cost += if (words::is_numeral(text) && query.ids[at].is_none())
            || (at >= query.notes_from && lexicon::is_note(text))
            || query.asides & (1 << at) != 0
        {
            0.6
        } else if in_trust_part && lexicon::is_trust(text) {
            0.7
        } else if query.trust_words & (1 << at) != 0 && lexicon::is_trust(text) {
            2.0
        } else {
            match query.classes[at] {
                Class::Filler => 0.2,
                Class::Saint => {
                    saint = true;
                    2.0
                }
                Class::School => 0.5,
                Class::Status => 1.5,
                Class::Faith => A_FAITH,
                Class::Phase(_) => 1.0,
                Class::Own => {
                    any_own = true;
                    own_word(register, query, at, saint)
                }
            }
        };
    }
    if !any_own {
        cost += 3.0;
    }
    if !query.says_school {
        cost += BARE;
    }
    cost + evidence_of_place(register, query)
}

fn own_word(register: &Register, query: &Query, at: usize, saint: bool) -> f64 {
    let text = query.tokens[at].text.as_str();
    let known = query.ids[at].map(|id| register.vocabulary.word(id));
    if register.is_whole_country() {
        #[allow(clippy::cast_precision_loss)]
        return known
            .filter(|w| !w.names.is_empty())
            .map_or(14.0, |word| (register.names.len() as f64 / word.names.len() as f64).ln());
    }
    if query.is_typed_town(at) && knows_town(register, query) {
        return 1.0;
    }
    let cost = lexicon::national_cost(text).unwrap_or(match known {
        // The district's own towns are in the names of its own schools.
        Some(word) if word.place => 6.0,
        Some(word) if !word.names.is_empty() => A_RARE_WORD,
        _ if text.len() <= 3 => 6.0,
        _ if query.alone & (1 << at) != 0 => A_PLACE_NAMED,
        _ => AN_UNKNOWN_WORD,
    });
    // So many names elsewhere have it.
    let here = known.map_or(0, |word| u32::try_from(word.names.len()).unwrap_or(u32::MAX));
    let cost = match lexicon::names_with(text).saturating_sub(here) {
        0 => cost,
        names => cost.min((SCHOOLS_OF_ENGLAND / f64::from(names)).ln()),
    };
    // What "St" costs need not be paid again with the saint's name.
    if saint { cost - 1.9 } else { cost }
}

/// Whether what was typed is a name that schools everywhere have, and nothing beside it: "Park", "St Mary's".
pub(super) fn is_anywhere(register: &Register, query: &Query) -> bool {
    let said = query.says_school || query.postcode.is_some() || !query.town.is_empty();
    let own = query.tokens.iter().zip(&query.classes).filter(|(_, class)| **class == Class::Own);
    // "Woodlands CE" is less of it than "Woodlands".
    let faith = if query.classes.contains(&Class::Faith) { A_FAITH / 3.0 } else { 0.0 };
    let cost = cost_anywhere(own.map(|(token, _)| token)) + faith;
    register.coverage < 0.5 && !said && cost < A_NAME_ANYWHERE
}

/// How unlikely these words are in the name of a school anywhere.
pub(super) fn cost_anywhere<'a>(words: impl Iterator<Item = &'a Token>) -> f64 {
    words.map(|token| lexicon::national_cost(&token.text).unwrap_or(A_RARE_WORD)).sum()
}

/// How unlikely the place is for a school that is not in the register.
fn evidence_of_place(register: &Register, query: &Query) -> f64 {
    let mut cost = 0.0;
    if query.postcode.is_none() && query.town.is_empty() {
        // Who writes of a school elsewhere often says where.
        cost += 0.9;
    }
    if let Some(postcode) = &query.postcode {
        cost += if register.gazetteer.has_full(postcode) {
            10.0
        } else if register.gazetteer.has_outward(postcode) {
            4.0
        } else if register.gazetteer.has_area(postcode) {
            1.5
        } else {
            0.0
        };
    }
    if !query.town.is_empty() && knows_town(register, query) {
        cost += if register.is_whole_country() { 1.0 } else { 5.0 };
    }
    cost
}

/// Whether the postcode or the town that was typed is of the register.
pub(super) fn is_said_to_be_here(register: &Register, query: &Query) -> bool {
    match &query.postcode {
        Some(postcode) => register.gazetteer.has_outward(postcode),
        None => !query.town.is_empty() && knows_town(register, query),
    }
}

/// The cost of the text as something that is no school: a club, a meeting, "TBC"; and whether a word says so.
pub(super) fn no_school(register: &Register, query: &Query) -> (f64, bool) {
    let mut cost = 3.0;
    let mut told = false;
    #[allow(clippy::cast_precision_loss)]
    let a_place = (register.gazetteer.len() as f64 + 1.0).ln() + 0.5;
    for (at, token) in query.tokens.iter().enumerate() {
        let text = token.text.as_str();
        let known = query.ids[at].map(|id| register.vocabulary.word(id));
        cost += if lexicon::is_no_school(text) {
            let first = !std::mem::replace(&mut told, true);
            if first { 4.0 } else { 2.5 }
        } else if words::is_numeral(text) || lexicon::is_note(text) || query.classes[at] == Class::Filler {
            0.7
        } else if known.is_some_and(|w| w.place) || query.is_typed_town(at) {
            a_place
        } else {
            match query.classes[at] {
                Class::School | Class::Phase(_) => 6.0,
                Class::Faith | Class::Status => 3.5,
                _ => 9.5,
            }
        };
    }
    if !told {
        cost += 6.0;
    }
    if query.postcode.as_ref().is_some_and(|p| register.gazetteer.has_full(p)) {
        cost += 9.0;
    }
    // Of all places it is just the one that the school is in.
    if register.is_whole_country() && is_said_to_be_here(register, query) {
        cost += 2.0;
    }
    (cost, told)
}
