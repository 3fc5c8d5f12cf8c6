//! How unlikely it is that somebody who means a school typed what they typed, in nats.

use super::lexicon::{Class, Level};
use super::reading::Query;
use super::register::{Name, Register, School};
use super::{left_over, placed};

/// How much likelier a name is when every word of it stands there in its order: who means another with one word more has
/// left just that out.
const WHOLE: f64 = 1.5;
/// The same among all England's schools, of which many have one word more.
const WHOLE_IN_ENGLAND: f64 = 2.5;
/// How unlikely it is that a name is one that the school no longer has.
const NO_LONGER: f64 = 2.5;
/// How much less likely it is in the whole country if nothing says where: most old names are another's present one.
const NO_LONGER_IN_ENGLAND: f64 = 1.5;
/// How unlikely it is that the place behind a name is left out, and each further word of it.
const TAIL: f64 = 2.0;
const MORE_OF_TAIL: f64 = 0.3;

/// A name weighed against a typed one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) name: u32,
    pub(super) school: u32,
    pub(super) cost: f64,
    /// Which typed words are its own, a bit each.
    pub(super) read: u32,
    /// Which of them are mistyped, a bit each.
    pub(super) slipped: u32,
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
    let (read, slipped, mut cost) = words_of_name(register, query, name, school, &mut facts);
    cost += left_over::words_beside(register, query, school, read, &mut facts);
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
    let mut weighed = Weighed { name: at, school: name.school, cost, read, slipped, words, facts };
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

/// The words of the name, typed or left out. Answers which typed words they explain, which of these are mistyped, a bit
/// each, and the cost.
fn words_of_name(
    register: &Register,
    query: &Query,
    name: &Name,
    school: &School,
    facts: &mut Facts,
) -> (u32, u32, f64) {
    let (mut read, mut slipped, mut halves) = (0_u32, 0_u32, 0_u32);
    let (mut cost, mut general) = (0.0, 0.0);
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
                    // "Freethorpe" is no "Free Thorpe" where there is one.
                    let apart = query.abroad & reading.of != 0;
                    facts.unexplained += u8::from(apart || register.vocabulary.word(other).class == Class::Own);
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
                slipped |= if reading.slip { reading.of } else { 0 };
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
    (read, slipped, cost)
}

/// Whether a name has a faith that was not typed while another was.
fn lacks_other_faith(register: &Register, query: &Query, name: &Name, typed: &str) -> bool {
    let mut faiths = name.words.iter().filter(|id| register.vocabulary.word(**id).class == Class::Faith);
    faiths.any(|id| register.vocabulary.word(*id).text != typed && !query.readings.contains_key(id))
}
