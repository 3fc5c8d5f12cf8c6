//! What the words of a typed name may be: each is read as words of the register, at a cost.

use std::collections::HashMap;

use super::lexicon::{self, Class};
use super::place::{Postcode, is_region, place_words};
use super::register::Register;
use super::spelling::cost_of_slips;
use super::words::{self, Token};
use super::{Typed, beside, place, respelling};

/// The cost of writing two words as one, or one as two.
const SPACING: f64 = 1.5;
/// The cost of a final s too many or too few.
const FINAL_S: f64 = 0.7;
/// How much less likely each is when all England's schools are looked at: most names that differ so are two schools'.
const OF_ANOTHER: f64 = 2.4;
/// The cost of an abbreviation that may mean several things.
const ABBREVIATION: f64 = 0.6;

/// The cost of a last word cut off.
const CUT: f64 = 2.5;
/// No field is narrower, in characters.
const NARROWEST: usize = 18;

/// Some words of the typed text, taken for a word of the register.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Which typed words, a bit each.
    pub(super) of: u32,
    pub(super) cost: f64,
    /// Whether it is not spelt the same, even allowing for abbreviations and spacing.
    pub(super) slip: bool,
    /// The other word of the register that the same typed word holds, where two are written as one.
    pub(super) with: Option<u32>,
}

/// A typed name made ready to be weighed against schools.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) tokens: Vec<Token>,
    pub(super) classes: Vec<Class>,
    /// The words' numbers in the register, for those it has, places included.
    pub(super) ids: Vec<Option<u32>>,
    /// By the number of a word of the register.
    pub(super) readings: HashMap<u32, Vec<Reading>>,
    /// From this word on there is nothing but notes.
    pub(super) notes_from: usize,
    /// By part of the text: whether it speaks of a trust.
    pub(super) trust_parts: u64,
    /// The words that stand alone behind a comma or in brackets, as a place does, a bit each.
    pub(super) alone: u32,
    /// The words that no name here has and schools elsewhere have in theirs, a bit each.
    pub(super) abroad: u32,
    /// The words that may be mistyped ones of the register, a bit each.
    pub(super) slipped: u32,
    /// The words that name a trust without brackets or a dash, a bit each.
    pub(super) trust_words: u32,
    /// The words before the name that say what is done there, and people's names with their titles, a bit each.
    pub(super) asides: u32,
    /// The words of a town or county in the text, a bit each.
    pub(super) of_place: u32,
    /// Whether a word says that it is a school, or of which phase.
    pub(super) says_school: bool,
    pub(super) postcode: Option<Postcode>,
    /// The words of the town, and as one text.
    pub(super) town: Vec<String>,
    pub(super) town_key: String,
    pub(super) town_is_region: bool,
    pub(super) years: Option<(u8, u8)>,
    /// The text in small letters, as it is compared with a name in the list.
    pub(super) plain: String,
}

impl Query {
    pub(super) fn new(register: &Register, typed: &Typed<'_>) -> Self {
        let mut raw = words::split(typed.name);
        respelling::put_together(register, &mut raw);
        let years = typed.years.or_else(|| words::years(&raw));
        let tokens = words::in_full(raw.into_iter().flat_map(|token| respelling::apart(register, token)).collect());
        let classes: Vec<Class> = tokens.iter().map(|t| lexicon::class(&t.text)).collect();
        let ids: Vec<Option<u32>> = tokens.iter().map(|t| register.vocabulary.get(&t.text)).collect();
        let in_text = beside::postcode(&tokens);
        let place = beside::place(&tokens, &register.gazetteer);
        let town = place_words(typed.town);
        let mut query = Self {
            notes_from: beside::notes_from(&tokens),
            trust_parts: beside::trust_parts(&tokens),
            alone: beside::alone(&tokens),
            slipped: 0,
            abroad: 0,
            of_place: place.map_or(0, |place| place.fold(0, |mask, at| mask | 1 << at)),
            trust_words: beside::trust_words(&tokens),
            asides: beside::asides(&tokens) | in_text.as_ref().map_or(0, |(_, mask)| *mask),
            says_school: classes.iter().any(|c| matches!(c, Class::School | Class::Phase(_))),
            postcode: Postcode::read(typed.postcode).or_else(|| in_text.as_ref().map(|(postcode, _)| postcode.clone())),
            town_key: town.join(" "),
            town_is_region: is_region(&town),
            town,
            years,
            plain: plain(typed.name),
            tokens,
            classes,
            ids,
            readings: HashMap::new(),
        };
        if !register.is_whole_country() {
            let here = |at: usize| register.vocabulary.in_a_name(&query.tokens[at].text).is_some();
            query.abroad = query.words(|at| !here(at) && lexicon::names_with(&query.tokens[at].text) > 0);
        }
        query.read_exactly(register);
        query.read_saints(register);
        query.read_spacing(register);
        query.read_cut(register, typed.name);
        query
    }

    fn add(&mut self, word: u32, reading: Reading) {
        let readings = self.readings.entry(word).or_default();
        match readings.iter_mut().find(|r| r.of == reading.of) {
            Some(known) if known.cost <= reading.cost => {}
            Some(known) => *known = reading,
            None => readings.push(reading),
        }
    }

    fn read_exactly(&mut self, register: &Register) {
        let final_s = FINAL_S + if register.is_whole_country() { OF_ANOTHER } else { 0.0 };
        for at in 0..self.tokens.len() {
            let text = self.tokens[at].text.clone();
            let mut add = |word: &str, cost: f64| {
                if let Some(id) = register.vocabulary.in_a_name(word) {
                    self.add(id, Reading { of: 1 << at, cost, slip: false, with: None });
                }
            };
            add(&text, 0.0);
            // A name begins with a saint, not with a street.
            for word in lexicon::may_stand_for(&text).iter().filter(|word| at > 0 || **word != "street") {
                add(word, ABBREVIATION);
            }
            if text.len() >= 4 {
                match text.strip_suffix('s') {
                    Some(without) => add(without, final_s),
                    None => add(&format!("{text}s"), final_s),
                }
            }
        }
    }

    /// The beginning of a saint's name: "St Mich", "St Aug".
    fn read_saints(&mut self, register: &Register) {
        for at in 1..self.tokens.len() {
            let text = self.tokens[at].text.clone();
            let saint = self.tokens[at - 1].text == "st" && (3..=6).contains(&text.len());
            if saint && register.vocabulary.in_a_name(&text).is_none() {
                for id in register.vocabulary.beginning(&text) {
                    self.add(id, Reading { of: 1 << at, cost: ABBREVIATION, slip: false, with: None });
                }
            }
        }
    }

    /// Words written as one, and one written as two.
    fn read_spacing(&mut self, register: &Register) {
        let vocabulary = &register.vocabulary;
        let of_another = if register.is_whole_country() { OF_ANOTHER } else { 0.0 };
        let own = |text: &str| {
            vocabulary.in_a_name(text).filter(|id| !matches!(vocabulary.word(*id).class, Class::Filler | Class::Saint))
        };
        // "Schoolfor Girls": what follows may be any word.
        let own_or_joining = |text: &str| vocabulary.in_a_name(text);
        for at in 0..self.tokens.len() {
            let text = self.tokens[at].text.clone();
            if let Some(next) = self.tokens.get(at + 1) {
                let joined = format!("{text}{}", next.text);
                if joined.len() >= 5
                    && let Some(id) = vocabulary.in_a_name(&joined)
                {
                    // "Park Gate" is hardly Parkgate where both words are schools' too.
                    let known = |text: &str| vocabulary.in_a_name(text).is_some();
                    let another = if known(&text) && known(&next.text) { of_another } else { 0.0 };
                    self.add(id, Reading { of: 0b11 << at, cost: SPACING + another, slip: false, with: None });
                }
            }
            if vocabulary.in_a_name(&text).is_some() || text.len() < 5 || !text.is_ascii() {
                continue;
            }
            for cut in 2..text.len() - 1 {
                let (left, right) = text.split_at(cut);
                let leads = (left == "st" && right.len() >= 3) || (left == "the" && right.len() >= 5);
                let left_id = if leads { vocabulary.in_a_name(left) } else { own(left).filter(|_| left.len() >= 3) };
                if let (Some(left), Some(right)) = (left_id, own_or_joining(right).filter(|_| right.len() >= 3)) {
                    let cost = SPACING / 2.0;
                    self.add(left, Reading { of: 1 << at, cost, slip: false, with: Some(right) });
                    self.add(right, Reading { of: 1 << at, cost, slip: false, with: Some(left) });
                }
            }
        }
    }

    /// The last word, of which a field too narrow has kept the beginning.
    fn read_cut(&mut self, register: &Register, typed: &str) {
        let Some(at) = self.tokens.len().checked_sub(1) else { return };
        let text = self.tokens[at].text.clone();
        if typed.chars().count() < NARROWEST
            || text.len() < 2
            || !typed.ends_with(char::is_alphanumeric)
            || words::is_numeral(&text)
            || register.vocabulary.in_a_name(&text).is_some()
            || lexicon::is_no_school(&text)
        {
            return;
        }
        for id in register.vocabulary.beginning(&text) {
            let own = register.vocabulary.word(id).class == Class::Own;
            if own && text.len() < 3 {
                continue;
            }
            let cost = if own { CUT } else { CUT / 2.0 };
            self.add(id, Reading { of: 1 << at, cost, slip: own, with: None });
            self.slipped |= u32::from(own) << at;
        }
    }

    /// Words mistyped. With `all`, words that the register has are looked at too: they may be slips for others.
    pub(super) fn read_slips(&mut self, register: &Register, all: bool) {
        for at in 0..self.tokens.len() {
            let token = &self.tokens[at];
            let known = register.vocabulary.in_a_name(&token.text).is_some();
            if self.classes[at] != Class::Own
                || (known && !all)
                || token.text.len() < 3
                || words::is_numeral(&token.text)
            {
                continue;
            }
            let text = token.text.clone();
            let most = if text.len() >= 6 { 2 } else { 1 };
            for (id, slips) in register.vocabulary.alike(&text, most) {
                if let Some(cost) = cost_of_slips(&text, &register.vocabulary.word(id).text, slips) {
                    self.add(id, Reading { of: 1 << at, cost, slip: true, with: None });
                    self.slipped |= u32::from(!known) << at;
                }
            }
        }
        self.read_spaced_slips(register);
        if all {
            self.read_joined_slips(register);
        }
    }

    /// Two words written as one, one of them mistyped: "parswood" for Parrs Wood.
    fn read_joined_slips(&mut self, register: &Register) {
        let vocabulary = &register.vocabulary;
        for at in 0..self.tokens.len() {
            let text = self.tokens[at].text.clone();
            let known = vocabulary.get(&text).is_some() || self.slipped & (1 << at) != 0;
            if self.classes[at] != Class::Own
                || known
                || text.len() < 8
                || !text.bytes().all(|b| b.is_ascii_lowercase())
            {
                continue;
            }
            for cut in 4..text.len() - 3 {
                let (left, right) = text.split_at(cut);
                for (exact, other) in [(left, right), (right, left)] {
                    let Some(exact) = vocabulary
                        .in_a_name(exact)
                        .filter(|id| exact.len() >= 6 || vocabulary.word(*id).class == Class::Own)
                    else {
                        continue;
                    };
                    for (id, slips) in vocabulary.alike(other, 1) {
                        if let Some(cost) = cost_of_slips(other, &vocabulary.word(id).text, slips) {
                            let cost = cost / 2.0 + SPACING;
                            self.add(id, Reading { of: 1 << at, cost, slip: true, with: Some(exact) });
                            self.add(exact, Reading { of: 1 << at, cost, slip: true, with: Some(id) });
                        }
                    }
                }
            }
        }
    }

    /// A letter beside the space taken across it or mistyped: "Ked lestone", "Hgih Crags" written as one word.
    fn read_spaced_slips(&mut self, register: &Register) {
        for at in 0..self.tokens.len().saturating_sub(1) {
            let (a, b) = (&self.tokens[at].text, &self.tokens[at + 1].text);
            let unknown = |text: &str| register.vocabulary.in_a_name(text).is_none();
            if !unknown(a)
                || !unknown(b)
                || self.classes[at] != Class::Own
                || words::is_numeral(a)
                || words::is_numeral(b)
            {
                continue;
            }
            let joined = format!("{a}{b}");
            if joined.len() < 7 {
                continue;
            }
            for (id, slips) in register.vocabulary.alike(&joined, 1) {
                if let Some(cost) = cost_of_slips(&joined, &register.vocabulary.word(id).text, slips) {
                    self.add(id, Reading { of: 0b11 << at, cost: cost + SPACING, slip: true, with: None });
                }
            }
        }
    }

    /// The words for which it holds, a bit each.
    pub(super) fn words(&self, holds: impl Fn(usize) -> bool) -> u32 {
        (0..self.tokens.len()).filter(|at| holds(*at)).fold(0, |mask, at| mask | 1 << at)
    }

    /// The words of the part of the text that a word stands in, a bit each.
    pub(super) fn part(&self, at: usize) -> u32 {
        self.words(|other| self.tokens[other].part == self.tokens[at].part)
    }

    /// Whether a typed word is one of the town's that was typed beside it.
    pub(super) fn is_typed_town(&self, at: usize) -> bool {
        self.town.contains(&self.tokens[at].text)
    }
}

/// A text in small letters with single spaces.
pub(super) fn plain(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(|w| w.to_lowercase().replace(['’', '‘', '`'], "'")).collect();
    words.join(" ")
}

/// Whether the town that was typed is one the register knows, or none was typed.
pub(super) fn knows_town(register: &Register, query: &Query) -> bool {
    register.gazetteer.outwards_of(&query.town_key).is_some()
}

/// How an outward half agrees with those of a town.
pub(super) fn near(outwards: &std::collections::HashSet<String>, outward: &str) -> bool {
    outwards.iter().any(|other| place::same_area(other, outward))
}
