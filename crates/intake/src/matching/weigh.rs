//! How unlikely it is that somebody who means a school typed what they typed, in nats.

use super::lexicon::{self, Class, Level};
use super::reading::Query;
use super::register::{Name, Register, School};
use super::{placed, words};

/// How much likelier a name is when every word of it stands there in its order: who means another with one word more has
/// left just that out.
const WHOLE: f64 = 1.5;
/// The same among all England's schools, of which many have one word more.
const WHOLE_IN_ENGLAND: f64 = 2.5;
/// How unlikely it is that a name is one that the school no longer has.
const NO_LONGER: f64 = 2.5;
/// How much less likely it is in the whole country if nothing says where: most old names are another's present one.
const NO_LONGER_IN_ENGLAND: f64 = 1.5;
/// How much less likely a phase is added to a name there: most names with it are another's.
const ADDED_IN_ENGLAND: f64 = 1.9;
/// How unlikely it is that the place behind a name is left out, and each further word of it.
const TAIL: f64 = 2.0;
const MORE_OF_TAIL: f64 = 0.3;
/// How unlikely it is that another place is typed in its stead, although the school is there too.
const ANOTHER_TAIL: f64 = 3.5;

/// A name weighed against a typed one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) name: u32,
    pub(super) school: u32,
    pub(super) cost: f64,
    /// Which typed words are its own, a bit each.
    pub(super) read: u32,
    /// What its words alone cost.
    pub(super) words: f64,
    pub(super) facts: Facts,
}

/// What speaks for and against a name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// How many words that tell schools apart were typed.
    pub(super) own_read: u8,
    /// How many of them were mistyped.
    pub(super) slips: u8,
    /// Whether one so short was mistyped that it may as well be another word.
    pub(super) short_slip: bool,
    /// How many were typed with a final s more or less, or abbreviated.
    pub(super) loose: u8,
    /// How many of the name's were not typed.
    pub(super) own_left_out: u8,
    /// Whether the place behind the name was not typed.
    pub(super) tail_left_out: bool,
    /// How many of the name's words that tell schools apart, or say of which phase or faith it is, were not typed.
    pub(super) telling_left_out: u8,
    /// How many typed words of that kind nothing explains.
    pub(super) unexplained: u8,
    /// How many typed words of any kind nothing explains but notes, places and fillers.
    pub(super) more: u8,
    /// How many such words stand beside the name: behind a dash, in brackets.
    pub(super) beside: u8,
    /// How many words of the name, of whatever kind, were not typed; fillers do not count.
    pub(super) left_out: u8,
    /// Whether every word of the name was typed, fillers too, in its order, and nothing between.
    pub(super) whole: bool,
    pub(super) other_phase: bool,
    /// Whether a phase was typed that its name has not.
    pub(super) added_level: bool,
    /// Whether that phase is one it hardly has.
    pub(super) other_level: bool,
    pub(super) other_faith: bool,
    pub(super) postcode: Agreement,
    pub(super) town: Agreement,
}

impl Facts {
    /// Whether every word that tells schools apart was typed.
    pub(super) fn has_all_own(&self) -> bool {
        self.own_left_out == 0 && !self.tail_left_out
    }
}

/// How a place agrees with the school's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Agreement {
    /// Nothing to compare.
    #[default]
    Unsaid,
    Same,
    Near,
    /// Not the same, but a place that nothing is known of.
    Unknown,
    Other,
}

/// Weighs one name of the register.
pub(super) fn weigh(register: &Register, query: &Query, at: u32) -> Weighed {
    let name = &register.names[at as usize];
    let school = &register.schools[name.school as usize];
    let mut facts = Facts::default();
    let (read, mut cost) = words_of_name(register, query, name, school, &mut facts);
    cost += words_beside(register, query, school, read, &mut facts);
    if facts.left_out == 0 && facts.unexplained == 0 && facts.beside == 0 {
        cost -= 1.0;
    }
    if name.old.is_some() {
        cost += NO_LONGER;
    } else {
        if query.plain == school.plain {
            cost -= 0.7;
        }
        let alone = facts.more == 0 && facts.beside == 0;
        // "Academy" of a trust beside the name is not the name's.
        let in_trust = query.words(|at| query.trust_parts & (1 << u32::from(query.tokens[at].part).min(63)) != 0);
        let of_trust = read & in_trust != 0 && read & !in_trust != 0;
        if facts.whole && facts.loose == 0 && (alone || (register.is_whole_country() && !of_trust)) {
            // Where "School" is no word of the name, it may as well have been left out of another's.
            let says_school = name.words.iter().any(|id| register.vocabulary.word(*id).class == Class::School);
            cost -= if register.is_whole_country() && says_school { WHOLE_IN_ENGLAND } else { WHOLE };
        }
    }
    let words = cost;
    cost += placed::postcode(register, query, school, &mut facts);
    cost += placed::town(register, query, school, &mut facts);
    let here = facts.town == Agreement::Same || matches!(facts.postcode, Agreement::Same | Agreement::Near);
    if name.old.is_some() && register.is_whole_country() && !here {
        cost += NO_LONGER_IN_ENGLAND;
    }
    let mut weighed = Weighed { name: at, school: name.school, cost, read, words, facts };
    if query.years.is_some_and(|years| school.cannot_teach(years)) {
        weighed.cannot_teach();
    }
    weighed
}

impl Weighed {
    /// The school cannot teach the years that are said to have taken part.
    pub(super) fn cannot_teach(&mut self) {
        self.facts.other_phase = true;
        self.cost += 2.0;
    }
}

/// The words of the name, typed or left out. Answers which typed words they explain, a bit each, and the cost.
fn words_of_name(register: &Register, query: &Query, name: &Name, school: &School, facts: &mut Facts) -> (u32, f64) {
    let (mut read, mut halves, mut cost, mut general) = (0_u32, 0_u32, 0.0, 0.0);
    let (mut last, mut disorder) = (0_u32, false);
    // Who writes "school" at the end has left nothing out there; words before it are left out less often.
    let ended = name
        .words
        .iter()
        .rev()
        .find(|id| register.vocabulary.word(**id).class != Class::Filler)
        .is_some_and(|id| register.vocabulary.word(*id).class == Class::School && query.readings.contains_key(id));
    let other_place =
        query.ids.iter().flatten().any(|id| register.vocabulary.word(*id).place && !name.words.contains(id));
    let leaving_out_own = if query.says_school { 6.0 } else { 3.0 };
    let phases = |id: &&u32| matches!(register.vocabulary.word(**id).class, Class::Phase(_));
    let only_nursery = name.words.iter().filter(phases).count() == 1;
    let mut left_out_phases = 0.0;
    facts.whole = true;
    for (place, id) in name.words.iter().enumerate() {
        let word = register.vocabulary.word(*id);
        let own = word.class == Class::Own;
        let best = query
            .readings
            .get(id)
            .into_iter()
            .flatten()
            .filter(|r| {
                r.of & read == 0 || r.with.is_some_and(|other| halves & r.of != 0 && name.words.contains(&other))
            })
            .min_by(|a, b| a.cost.total_cmp(&b.cost));
        if let Some(reading) = best {
            read |= reading.of;
            cost += reading.cost;
            if let Some(other) = reading.with {
                halves |= reading.of;
                if !name.words.contains(&other) {
                    facts.unexplained += u8::from(register.vocabulary.word(other).class == Class::Own);
                    cost += match register.vocabulary.word(other).class {
                        Class::Own => 9.0,
                        Class::Phase(level) => school.cost_of_phase(level),
                        Class::Faith => 4.5,
                        _ => 1.5,
                    };
                }
            }
            if own {
                facts.own_read += 1;
                facts.slips += u8::from(reading.slip);
                facts.short_slip |= reading.slip && query.tokens[reading.of.trailing_zeros() as usize].text.len() <= 4;
                facts.loose += u8::from(reading.cost > 0.0 && !reading.slip);
                disorder |= reading.of.trailing_zeros() < last;
                last = reading.of.trailing_zeros();
            }
            continue;
        }
        facts.whole = false;
        facts.left_out += u8::from(word.class != Class::Filler);
        if own && place >= name.tail {
            // Where a school is, people leave to be understood.
            cost += if std::mem::replace(&mut facts.tail_left_out, true) { MORE_OF_TAIL } else { TAIL };
            continue;
        }
        facts.telling_left_out += u8::from(matches!(word.class, Class::Own | Class::Phase(_) | Class::Faith));
        let left_out = match word.class {
            Class::Filler => 0.2,
            Class::Saint => 1.5,
            Class::School => 0.5,
            Class::Status => 0.7,
            Class::Faith if ended => 3.0,
            Class::Faith => 1.6,
            Class::Phase(Level::Nursery) if !(ended && only_nursery) => 0.7,
            Class::Phase(_) => {
                left_out_phases += 1.0;
                if ended { 4.0 } else { 1.2 }
            }
            Class::Own if school.places.contains(id) && !other_place => 2.0,
            Class::Own => {
                facts.own_left_out += 1;
                leaving_out_own
            }
        };
        if word.class == Class::Own {
            cost += left_out;
        } else {
            general += left_out;
        }
    }
    // A tail left out is one thing done, however long it is.
    cost += if ended { general.min(4.0 + (general - 4.0) * 0.3) } else { general.min(2.5 + general * 0.2) };
    facts.whole &= !disorder;
    if disorder {
        cost += 3.0;
    }
    // Another phase in place of the name's own, or another faith.
    let unread = |at: usize| read & (1 << at) == 0;
    for (at, class) in query.classes.iter().enumerate().filter(|(at, _)| unread(*at)) {
        match class {
            Class::Phase(Level::Nursery) => {}
            Class::Phase(_) if left_out_phases > 0.0 => {
                cost += 3.0;
                facts.other_phase = true;
                left_out_phases = 0.0;
            }
            Class::Faith if lacks_other_faith(register, query, name, &query.tokens[at].text) => {
                cost += 4.0;
                facts.other_faith = true;
            }
            _ => {}
        }
    }
    (read, cost)
}

/// Whether a name has a faith that was not typed while another was.
fn lacks_other_faith(register: &Register, query: &Query, name: &Name, typed: &str) -> bool {
    let mut faiths = name.words.iter().filter(|id| register.vocabulary.word(**id).class == Class::Faith);
    faiths.any(|id| register.vocabulary.word(*id).text != typed && !query.readings.contains_key(id))
}

/// The typed words that the name does not explain.
fn words_beside(register: &Register, query: &Query, school: &School, read: u32, facts: &mut Facts) -> f64 {
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
        let of_place = of_place && (!lexicon::sets_apart(text) || with_place(query, school, at));
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
                Class::School if text == "college" => 3.0,
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
    } else if query.ids[at].is_none() && text.len() <= 3 {
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
