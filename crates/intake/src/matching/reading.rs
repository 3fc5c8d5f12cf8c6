//! What the words of a typed name may be: each is read as words of the register, at a cost.

use std::collections::HashMap;

use super::lexicon::{self, Class, RESPELT};
use super::place::{Postcode, is_region, place_words};
use super::register::Register;
use super::spelling::cost_of_slips;
use super::words::{self, Token};
use super::{Typed, place};

/// The cost of writing two words as one, or one as two.
const SPACING: f64 = 1.5;
/// The cost of a final s too many or too few.
const FINAL_S: f64 = 0.7;
/// The cost of an abbreviation that may mean several things.
const ABBREVIATION: f64 = 0.6;

/// The cost of "St" for a street at the beginning.
const FIRST_STREET: f64 = 6.0;
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
    /// The words that may be mistyped ones of the register, a bit each.
    pub(super) slipped: u32,
    /// The words that name a trust without brackets or a dash, a bit each.
    pub(super) trust_words: u32,
    /// The words before the name that say what is done there, and people's names with their titles, a bit each.
    pub(super) asides: u32,
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
        for token in &mut raw {
            respell(register, token);
        }
        let years = typed.years.or_else(|| words::years(&raw));
        let tokens = words::in_full(raw.into_iter().flat_map(|token| apart(register, token)).collect());
        let classes: Vec<Class> = tokens.iter().map(|t| lexicon::class(&t.text)).collect();
        let ids: Vec<Option<u32>> = tokens.iter().map(|t| register.vocabulary.get(&t.text)).collect();
        let town = place_words(typed.town);
        let mut query = Self {
            notes_from: notes_from(&tokens),
            trust_parts: trust_parts(&tokens),
            alone: alone(&tokens),
            slipped: 0,
            trust_words: trust_words(&tokens),
            asides: asides(&tokens),
            says_school: classes.iter().any(|c| matches!(c, Class::School | Class::Phase(_))),
            postcode: Postcode::read(typed.postcode),
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
        query.read_exactly(register);
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
        for at in 0..self.tokens.len() {
            let text = self.tokens[at].text.clone();
            let mut add = |word: &str, cost: f64| {
                if let Some(id) = register.vocabulary.in_a_name(word) {
                    self.add(id, Reading { of: 1 << at, cost, slip: false, with: None });
                }
            };
            add(&text, 0.0);
            for word in lexicon::may_stand_for(&text) {
                // A name begins with a saint, hardly with a street.
                let first_st = at == 0 && text == "st";
                add(word, if first_st { FIRST_STREET } else { ABBREVIATION });
            }
            if text.len() >= 4 {
                match text.strip_suffix('s') {
                    Some(without) => add(without, FINAL_S),
                    None => add(&format!("{text}s"), FINAL_S),
                }
            }
        }
    }

    /// Words written as one, and one written as two.
    fn read_spacing(&mut self, register: &Register) {
        let vocabulary = &register.vocabulary;
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
                    self.add(id, Reading { of: 0b11 << at, cost: SPACING, slip: false, with: None });
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
            || text.len() < 3
            || !typed.ends_with(char::is_alphanumeric)
            || words::is_numeral(&text)
            || register.vocabulary.in_a_name(&text).is_some()
            || lexicon::is_no_school(&text)
        {
            return;
        }
        for id in register.vocabulary.beginning(&text) {
            let own = register.vocabulary.word(id).class == Class::Own;
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

    /// Whether a typed word is one of the town's that was typed beside it.
    pub(super) fn is_typed_town(&self, at: usize) -> bool {
        self.town.contains(&self.tokens[at].text)
    }
}

/// Three words or more written as one, taken apart; two are a matter of readings.
fn apart(register: &Register, token: Token) -> Vec<Token> {
    let text = &token.text;
    if !(10..=80).contains(&text.len()) || !text.is_ascii() || register.vocabulary.get(text).is_some() {
        return vec![token];
    }
    // The fewest words up to each letter, and where the last of them begins.
    let mut fewest: Vec<Option<(usize, usize)>> = vec![None; text.len() + 1];
    fewest[0] = Some((0, 0));
    for end in 2..=text.len() {
        for begin in 0..end - 1 {
            let Some((count, _)) = fewest[begin] else { continue };
            let word = &text[begin..end];
            let known = match word.len() {
                2 => matches!(word, "st" | "of"),
                _ => register.vocabulary.in_a_name(word).is_some(),
            };
            if known && fewest[end].is_none_or(|(best, _)| count + 1 < best) {
                fewest[end] = Some((count + 1, begin));
            }
        }
    }
    match fewest[text.len()] {
        Some((count, _)) if (3..=8).contains(&count) => {
            let (mut words, mut end) = (Vec::new(), text.len());
            while let Some((_, begin)) = fewest[end].filter(|_| end > 0) {
                words.push(Token { text: text[begin..end].to_owned(), part: token.part, initials: false });
                end = begin;
            }
            words.reverse();
            words
        }
        _ => vec![token],
    }
}

/// A word that no name has, a slip away from one that all schools have, is read as that.
fn respell(register: &Register, token: &mut Token) {
    let text = &token.text;
    let known = register.vocabulary.get(text).is_some() || lexicon::is_note(text);
    // "Thhe", "annd", "widh": between the letters it begins and ends with, a word that joins others.
    let joins = |word: &&&str| {
        (text.as_bytes().first(), text.as_bytes().last()) == (word.as_bytes().first(), word.as_bytes().last())
            || text.len() == 3 && **word == "the"
    };
    if !known
        && text.len() >= 2
        && let Some(word) =
            ["the", "and", "with"].iter().filter(joins).find(|word| strsim::osa_distance(text, word) == 1)
    {
        (*word).clone_into(&mut token.text);
        return;
    }
    if text.len() < 4
        || !text.is_ascii()
        || words::is_numeral(text)
        || register.vocabulary.get(text).is_some()
        || lexicon::full_form(text).is_some()
        || !lexicon::may_stand_for(text).is_empty()
        || lexicon::is_note(text)
        || lexicon::is_no_school(text)
        || lexicon::is_trust(text)
    {
        return;
    }
    let best = RESPELT
        .iter()
        .filter(|word| word.len().abs_diff(text.len()) <= 2)
        .map(|word| (strsim::osa_distance(text, word), *word))
        .filter(|(slips, word)| *slips == 1 || (*slips == 2 && word.len() >= 6))
        .min();
    if let Some((slips, word)) = best {
        // Where a name's own word is as near, that is the likelier: all schools' words are not asked for.
        let seldom = matches!(
            word,
            "first"
                | "high"
                | "middle"
                | "aided"
                | "centre"
                | "sixth"
                | "saint"
                | "cofe"
                | "form"
                | "roman"
                | "endowed"
                | "learning"
                | "prim"
                | "acad"
        );
        let near = if seldom { slips } else { slips - 1 };
        let rival = near > 0 && !register.vocabulary.alike(text, near).is_empty();
        if !rival {
            word.clone_into(&mut token.text);
        }
    }
}

/// From which word on nothing but notes follow.
fn notes_from(tokens: &[Token]) -> usize {
    let mut from = tokens.len();
    while let Some(token) = from.checked_sub(1).and_then(|at| tokens.get(at)) {
        if !(lexicon::is_note(&token.text) || words::is_numeral(&token.text) || token.text.len() == 1) {
            break;
        }
        from -= 1;
    }
    from
}

/// Which parts of a text speak of a trust, a bit each.
fn trust_parts(tokens: &[Token]) -> u64 {
    let speaks = |text: &str| {
        matches!(
            text,
            "trust"
                | "diocese"
                | "academies"
                | "mat"
                | "multi"
                | "federation"
                | "partnership"
                | "maintained"
                | "bdat"
                | "part"
        )
    };
    let mut parts = 0;
    for token in tokens.iter().filter(|t| speaks(&t.text)) {
        parts |= 1_u64 << u32::from(token.part).min(63);
    }
    parts
}

/// Which words have a part of the text after the first to themselves, or share it with one other, a bit each.
fn alone(tokens: &[Token]) -> u32 {
    let many = |part: u8| tokens.iter().filter(|t| t.part == part).count();
    let first = tokens.first().map(|t| t.part);
    let stands = |token: &Token| Some(token.part) != first && many(token.part) <= 2;
    (0_u32..).zip(tokens).filter(|(_, t)| stands(t)).fold(0, |mask, (at, _)| mask | 1 << at)
}

/// Which words stand right before one that means a trust, it included, a bit each.
fn trust_words(tokens: &[Token]) -> u32 {
    let mut mask = 0;
    for (at, token) in tokens.iter().enumerate() {
        if matches!(token.text.as_str(), "trust" | "mat" | "federation") {
            let near = (at.saturating_sub(3)..=at).filter(|before| tokens[*before].part == token.part);
            mask |= near.fold(0, |near, before| near | 1_u32 << before);
        }
    }
    mask
}

/// The words before a name that say what is done there ("Assembly at"), and people with their titles ("Mrs J Smith"), a
/// bit each.
fn asides(tokens: &[Token]) -> u32 {
    let mut mask = 0_u32;
    let leads = tokens.iter().take_while(|t| lexicon::is_doing(&t.text)).count();
    if leads > 0 && leads < tokens.len() {
        let joined =
            tokens[leads..].iter().take_while(|t| matches!(t.text.as_str(), "at" | "to" | "for" | "in")).count();
        mask |= (1 << (leads + joined)) - 1;
    }
    for (at, token) in tokens.iter().enumerate() {
        if matches!(token.text.as_str(), "mr" | "mrs" | "miss" | "ms" | "sister") {
            mask |= 1 << at;
            let named = tokens[at + 1..].iter().take_while(|next| next.part == token.part);
            let initials = named.clone().take_while(|next| next.text.len() == 1).count();
            let many = named.take(initials + 1).count();
            mask |= ((1_u32 << many) - 1) << (at + 1);
        }
    }
    mask
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
