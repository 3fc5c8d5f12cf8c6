//! Typed names made from a school list, with what each means: a seed gives the same names again.

mod elsewhere;
mod words;
mod writing;

use std::collections::{BTreeSet, HashMap};

use domain::lineage::Order;
use domain::setting::{LaCode, Urn};
use intake::matching::Link;
use intake::school_list::{SchoolList, SchoolRow};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::made::{Kind, Made};
use words::{key, own, tellings};

/// How often each kind is made, by weight.
const KINDS: &[(Kind, u32)] = &[
    (Kind::Exact, 10),
    (Kind::Abbrev, 12),
    (Kind::Dropped, 13),
    (Kind::Punct, 6),
    (Kind::Order, 3),
    (Kind::Affix, 6),
    (Kind::Town, 6),
    (Kind::Note, 6),
    (Kind::Typo, 14),
    (Kind::Case, 4),
    (Kind::Space, 4),
    (Kind::Combo, 10),
    (Kind::OldName, 4),
    (Kind::WrongPostcode, 2),
    (Kind::Ambiguous, 3),
    (Kind::NotASchool, 5),
    (Kind::OutOfArea, 5),
];

/// A place to make names of.
pub struct Generator<'a> {
    list: &'a SchoolList,
    /// Schools of elsewhere.
    others: Vec<(&'a SchoolRow, &'a str)>,
    old_names: Vec<(usize, String)>,
    own_words: Vec<BTreeSet<String>>,
    keys: Vec<String>,
    by_word: HashMap<String, Vec<usize>>,
    rng: ChaCha8Rng,
}

impl<'a> Generator<'a> {
    /// Names of `list`'s schools; `country` is where schools elsewhere are taken from (blank: none are made).
    pub fn new(list: &'a SchoolList, country: Option<&'a SchoolList>, links: &[Link], seed: u64) -> Self {
        let here: BTreeSet<&LaCode> = list.rows.iter().map(|row| &row.authority).collect();
        let others = country
            .into_iter()
            .flat_map(|c| c.rows.iter().map(move |row| (row, authority_name(c, row))))
            .filter(|(row, _)| !here.contains(&row.authority))
            .collect();
        let own_words: Vec<BTreeSet<String>> = list.rows.iter().map(|row| own(&row.name)).collect();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, words) in own_words.iter().enumerate() {
            for word in words {
                by_word.entry(word.clone()).or_default().push(at);
            }
        }
        let at: HashMap<Urn, usize> = list.rows.iter().enumerate().map(|(at, row)| (row.urn, at)).collect();
        // Names of schools that one open school follows, in one step: what a person who remembers the old name writes.
        let mut after: HashMap<Urn, BTreeSet<usize>> = HashMap::new();
        let mut named: HashMap<Urn, &str> = HashMap::new();
        for link in links.iter().filter(|l| matches!(l.kind.hands_over(), Some((Order::OtherBefore, _)))) {
            named.insert(link.other, &link.other_name);
            after.entry(link.other).or_default().extend(at.get(&link.urn));
        }
        let mut old_names: Vec<(usize, String)> = after
            .iter()
            .filter(|(old, now)| now.len() == 1 && !at.contains_key(*old))
            .filter_map(|(old, now)| Some((*now.first()?, (*named.get(old)?).to_owned())))
            .filter(|(now, name)| own(name) != own_words[*now])
            .collect();
        old_names.sort();
        Self {
            list,
            others,
            old_names,
            own_words,
            keys: list.rows.iter().map(|row| key(&row.name)).collect(),
            by_word,
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// So many typed names.
    pub fn make(&mut self, many: usize) -> Vec<Made> {
        let total: u32 = KINDS.iter().map(|k| k.1).sum();
        let mut made = Vec::with_capacity(many);
        while made.len() < many {
            let mut pick = self.rng.random_range(0..total);
            let kind = KINDS.iter().find(|(_, weight)| {
                let here = pick < *weight;
                pick = pick.saturating_sub(*weight);
                here
            });
            made.extend(kind.and_then(|(kind, _)| self.one(*kind)));
        }
        made
    }

    fn one(&mut self, kind: Kind) -> Option<Made> {
        match kind {
            Kind::NotASchool => Some(self.not_a_school()),
            Kind::OutOfArea => self.out_of_area(),
            Kind::Ambiguous => self.ambiguous(),
            Kind::OldName => {
                let (school, name) = self.old_names.choose(&mut self.rng)?.clone();
                let mut made = self.beside(school, Kind::OldName, name.clone());
                let words = own(&name);
                // Where the old name is also another school's, or a part of it, who knows which is meant.
                made.review_ok = words.is_empty() || self.fitting(&words, &name, &made, Some(school)) > 0;
                Some(made)
            }
            _ => {
                let school = self.rng.random_range(0..self.list.rows.len());
                Some(self.of_school(school, kind))
            }
        }
    }

    fn of_school(&mut self, school: usize, kind: Kind) -> Made {
        let full = self.list.rows[school].name.clone();
        let mut made = self.beside(school, kind, full.clone());
        let complete = |typed: &str| key(typed) == key(&full);
        let mut base = full.clone();
        made.name = match kind {
            Kind::Abbrev => self.abbreviated(&full),
            Kind::Dropped => {
                base = self.shortened(&full);
                base.clone()
            }
            Kind::Punct => self.punctuated(&full),
            Kind::Order => self.reordered(&full),
            Kind::Affix => self.with_affix(&full),
            Kind::Town => {
                let town = self.town_of(school);
                if self.rng.random_bool(0.6) {
                    made.town.clone_from(&town);
                }
                match self.rng.random_range(0..4) {
                    0 => format!("{full}, {town}"),
                    1 => format!("{full} ({town})"),
                    2 => format!("{town}: {full}"),
                    _ => format!("{full} {town}"),
                }
            }
            Kind::Note => self.with_note(&full),
            Kind::Typo => self.mistyped(&full),
            Kind::Case => {
                if self.rng.random_bool(0.5) {
                    full.to_lowercase()
                } else {
                    full.to_uppercase()
                }
            }
            Kind::Space => self.spaced(&full),
            Kind::Combo => {
                let mut name = full.clone();
                if self.rng.random_bool(0.4) {
                    name = self.shortened(&name);
                    base.clone_from(&name);
                }
                let steps = self.rng.random_range(2..=3);
                for _ in 0..steps {
                    name = match self.rng.random_range(0..7) {
                        0 => self.abbreviated(&name),
                        1 => self.punctuated(&name),
                        2 => self.with_note(&name),
                        3 => self.mistyped(&name),
                        4 => name.to_lowercase(),
                        5 => self.spaced(&name),
                        _ => self.with_affix(&name),
                    };
                }
                name
            }
            _ => full.clone(),
        };
        let words = own(&base);
        made.review_ok = if kind == Kind::WrongPostcode {
            let other = self.rng.random_range(0..self.list.rows.len());
            made.postcode = self.list.rows[other].postcode.clone().unwrap_or_default();
            made.town.clear();
            true
        } else if words.is_empty() {
            self.list.rows.len() > 1
        } else if complete(&base) {
            self.same_name(school, &made) > 0
        } else {
            self.fitting(&words, &base, &made, Some(school)) > 0
        };
        made
    }

    /// A typed name with a postcode or a town now and then.
    fn beside(&mut self, school: usize, kind: Kind, name: String) -> Made {
        let row = &self.list.rows[school];
        let (urn, full) = (Some(row.urn), row.postcode.clone().unwrap_or_default());
        let mut postcode = String::new();
        if self.rng.random_bool(0.28) {
            postcode = match self.rng.random_range(0..6) {
                0 => full.to_lowercase(),
                1 => full.replace(' ', ""),
                2 => full.split(' ').next().unwrap_or_default().to_owned(),
                _ => full,
            };
        }
        let town = if self.rng.random_bool(0.3) { self.town_of(school) } else { String::new() };
        Made { name, postcode, town, kind, urn, review_ok: false }
    }

    fn town_of(&self, school: usize) -> String {
        let row = &self.list.rows[school];
        row.town.clone().unwrap_or_else(|| authority_name(self.list, row).to_owned())
    }

    /// How many other schools have the same name and could be meant.
    fn same_name(&self, school: usize, made: &Made) -> usize {
        let key = &self.keys[school];
        (0..self.keys.len()).filter(|at| *at != school && self.keys[*at] == *key && self.could_be(*at, made)).count()
    }

    /// How many other schools have all these words in their names and could be meant.
    fn fitting(&self, words: &BTreeSet<String>, typed: &str, made: &Made, but: Option<usize>) -> usize {
        let kinds = tellings(typed);
        let rarest = words.iter().map(|w| self.by_word.get(w).map_or(&[][..], Vec::as_slice)).min_by_key(|l| l.len());
        rarest
            .unwrap_or_default()
            .iter()
            .filter(|at| Some(**at) != but && words.is_subset(&self.own_words[**at]))
            .filter(|at| kinds.is_subset(&tellings(&self.list.rows[**at].name)))
            .filter(|at| self.could_be(**at, made))
            .count()
    }

    fn could_be(&self, at: usize, made: &Made) -> bool {
        let row = &self.list.rows[at];
        let plain = |text: &str| text.replace(' ', "").to_uppercase();
        let own = plain(row.postcode.as_deref().unwrap_or_default());
        let typed = plain(&made.postcode);
        let town = made.town.to_lowercase();
        let here = [row.town.as_deref().unwrap_or_default(), authority_name(self.list, row)];
        let outward = own.get(..own.len().saturating_sub(3)).unwrap_or_default();
        (typed.is_empty() || own == typed || outward == typed)
            && (town.is_empty() || here.iter().any(|t| t.to_lowercase() == town))
    }
}

fn authority_name<'a>(list: &'a SchoolList, row: &SchoolRow) -> &'a str {
    list.authorities.get(&row.authority).and_then(Option::as_deref).unwrap_or_default()
}
