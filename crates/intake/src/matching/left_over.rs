//! How unlikely the typed words are that a name does not explain, in nats.

use super::lexicon::{self, Class, Level};
use super::reading::Query;
use super::register::{Register, School};
use super::weigh::Facts;
use super::{placed, words};

/// How much less likely a phase is added to a name there: most names with it are another's.
const ADDED_IN_ENGLAND: f64 = 1.9;
/// How unlikely it is that another place is typed in its stead, although the school is there too.
const ANOTHER_TAIL: f64 = 3.5;

/// The typed words that the name does not explain.
pub(super) fn words_beside(register: &Register, query: &Query, school: &School, read: u32, facts: &mut Facts) -> f64 {
    let unread = |at: usize| read & (1 << at) == 0;
    // Parts of the text in which nothing of the name stands are beside it.
    let mut parts_read = 0_u64;
    for (at, token) in query.tokens.iter().enumerate().filter(|(at, _)| !unread(*at)) {
        let part = 1_u64 << u32::from(token.part).min(63);
        let general = matches!(query.classes[at], Class::School | Class::Status | Class::Filler);
        // "… Academy Trust" does not stand for the academy.
        let counts = query.classes[at] != Class::Filler && (!general || query.trust_parts & part == 0);
        if counts {
            parts_read |= 1 << u32::from(token.part).min(63);
        }
    }
    let first_read = (0..query.tokens.len()).find(|at| !unread(*at)).unwrap_or(0);
    let mut cost = 0.0;
    let nursery = Class::Phase(Level::Nursery);
    let only_nursery =
        !query.classes.iter().any(|c| *c == Class::School || (matches!(c, Class::Phase(_)) && *c != nursery));
    let young = |class: &Class| matches!(class, Class::Phase(Level::Infant | Level::Junior));
    let both_young = query.classes.iter().enumerate().filter(|(at, c)| unread(*at) && young(c)).count() >= 2;
    for (at, token) in query.tokens.iter().enumerate().filter(|(at, _)| unread(*at)) {
        let part = 1_u64 << u32::from(token.part).min(63);
        let beside = parts_read & part == 0;
        let text = token.text.as_str();
        let of_place = query.ids[at].is_some_and(|id| {
            school.places.contains(&id)
                || school
                    .postcode
                    .as_ref()
                    .and_then(|p| register.places_of_outward.get(&p.outward))
                    .is_some_and(|places| places.contains(&id))
        });
        // "South" alone is no place, "South Shields" is.
        let short = query.ids[at].is_none() && placed::is_short_for_town(text, school);
        let of_place = short || of_place && (!lexicon::sets_apart(text) || with_place(query, school, at));
        let note = (beside || at >= query.notes_from) && (words::is_numeral(text) || lexicon::is_note(text));
        cost += if note || query.asides & (1 << at) != 0 {
            0.6
        } else if beside && query.ids[at].is_some_and(|id| school.former.contains(&id)) {
            // "New Mill Primary (Old Mill Infants)".
            0.8
        } else if words::is_numeral(text) && query.ids[at].is_none() {
            2.0
        } else if beside && query.trust_parts & part != 0 {
            0.7
        } else if query.is_typed_town(at) || of_place {
            // "…, Gateshead" is hardly the one in Gateshead that is called "…, Blaydon".
            if facts.tail_left_out { ANOTHER_TAIL } else { 0.8 }
        } else if query.of_place & (1 << at) != 0 && !query.ids[at].is_some_and(|id| register.vocabulary.word(id).place)
        {
            // "upon" in "Kingston upon Hull".
            0.3
        } else {
            facts.more += u8::from(query.classes[at] != Class::Filler);
            facts.whole &= beside;
            match query.classes[at] {
                Class::Filler => 0.3,
                Class::Saint => 3.0,
                Class::School if text == "college" => {
                    facts.other_level |= school.cost_of_phase(Level::Secondary) > 4.0;
                    3.0
                }
                Class::School => 2.0,
                Class::Status if lexicon::is_no_school(text) && !query.says_school => {
                    facts.unexplained += 1;
                    5.0
                }
                Class::Status => 2.3,
                Class::Faith => {
                    facts.unexplained += 1;
                    4.5
                }
                Class::Phase(Level::Infant | Level::Junior) if both_young => {
                    school.cost_of_phase(Level::Primary).max(1.5) / 1.5
                }
                Class::Phase(level) => {
                    let cost = school.cost_of_phase(level);
                    facts.other_phase |= cost > 4.0;
                    // "Little Acorns Day Nursery" is no school's name.
                    facts.other_level |= cost > 4.0 || (level == Level::Nursery && only_nursery && cost > 1.0);
                    facts.added_level = true;
                    cost + if register.is_whole_country() { ADDED_IN_ENGLAND } else { 0.0 }
                }
                Class::Own => {
                    let cost = own_word_beside(register, query, at, beside, first_read);
                    if beside {
                        facts.beside += u8::from(cost > 4.0);
                    } else {
                        facts.unexplained += u8::from(cost > 4.0);
                    }
                    cost
                }
            }
        };
    }
    cost
}

/// Whether a word of the school's place stands next to this one.
fn with_place(query: &Query, school: &School, at: usize) -> bool {
    let is = |at: usize| query.ids.get(at).copied().flatten().is_some_and(|id| school.places.contains(&id));
    is(at + 1) || at.checked_sub(1).is_some_and(is)
}

/// A word that would tell schools apart, and is none of the name's.
fn own_word_beside(register: &Register, query: &Query, at: usize, beside: bool, first_read: usize) -> f64 {
    let token = &query.tokens[at];
    let text = token.text.as_str();
    let place_elsewhere = query.ids[at].is_some_and(|id| register.vocabulary.word(id).place);
    let known = register.vocabulary.in_a_name(text).is_some();
    let stands_apart = |word: &&str| lexicon::sets_apart(word);
    if token.initials && (beside || (at < first_read && !known)) {
        2.5
    } else if query.trust_words & (1 << at) != 0 {
        3.0
    } else if lexicon::is_trust(text) && (beside || at < first_read) {
        if known { 4.0 } else { 2.0 }
    } else if beside && lexicon::is_note(text) {
        0.8
    } else if lexicon::is_no_school(text)
        || lexicon::sets_apart(text)
        || (text.len() > 1 && lexicon::may_stand_for(text).iter().any(stands_apart))
    {
        10.0
    } else if place_elsewhere {
        8.5
    } else if text.len() == 1 {
        4.0
    } else if query.ids[at].is_none() && text.len() <= 3 && query.abroad & (1 << at) == 0 {
        if query.slipped & (1 << at) == 0 { 4.0 } else { 4.5 }
    } else if beside && query.alone & (1 << at) != 0 && register.coverage < 0.5 {
        9.0
    } else if beside {
        if known { 8.0 } else { 6.0 }
    } else if query.slipped & (1 << at) != 0 {
        12.5
    } else if at < first_read {
        9.5
    } else {
        10.5
    }
}
