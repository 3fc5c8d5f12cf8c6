//! Typed names made from a school list, with what each means: a seed gives the same names again.

use std::collections::{BTreeSet, HashMap};

use domain::lineage::Order;
use domain::setting::{LaCode, Urn};
use intake::matching::Link;
use intake::school_list::{SchoolList, SchoolRow};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What was done to a name, as the shared format calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Exact,
    Abbrev,
    Dropped,
    Punct,
    Order,
    Affix,
    Town,
    Note,
    Typo,
    Case,
    Space,
    Combo,
    OldName,
    WrongPostcode,
    Ambiguous,
    NotASchool,
    OutOfArea,
}

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

/// A typed name and what it means.
#[derive(Debug, Clone)]
pub struct Made {
    pub name: String,
    pub postcode: String,
    pub town: String,
    pub kind: Kind,
    /// The school that is meant, none where it is none of the list.
    pub urn: Option<Urn>,
    /// Whether asking is as good as the right answer.
    pub review_ok: bool,
}

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

    fn not_a_school(&mut self) -> Made {
        const PLAIN: &[&str] = &[
            "TBC",
            "tba",
            "Teams call",
            "ONLINE",
            "Half term",
            "Bank holiday",
            "No visit",
            "Office day",
            "CPD day",
            "Team meeting",
            "Cancelled - weather",
            "Reserve date",
            "St John Ambulance",
            "Police station",
            "Youth Centre",
            "Fire Station open day",
            "n/a",
            "???",
            "Christmas break",
            "Admin",
            "Prep day",
            "Sports Hall",
            "Cricket Club",
        ];
        const LOCAL: &[&str] = &[
            "Youth Club",
            "Brownies",
            "Library",
            "Community Centre",
            "Leisure Centre",
            "Mosque",
            "Cubs",
            "Football Club",
            "Baptist Church",
            "Town Hall",
            "Family Centre",
            "Sea Cadets",
            "Toddler Group",
            "Museum",
            "Theatre",
        ];
        let name = if self.rng.random_bool(0.5) {
            (*PLAIN.choose(&mut self.rng).unwrap()).to_owned()
        } else {
            let school = self.rng.random_range(0..self.list.rows.len());
            format!("{} {}", self.town_of(school), LOCAL.choose(&mut self.rng).unwrap())
        };
        Made { name, postcode: String::new(), town: String::new(), kind: Kind::NotASchool, urn: None, review_ok: false }
    }

    fn out_of_area(&mut self) -> Option<Made> {
        let (row, authority) = *self.others.choose(&mut self.rng)?;
        let mut name = match self.rng.random_range(0..5) {
            0 => self.abbreviated(&row.name),
            1 => self.shortened(&row.name),
            2 => self.mistyped(&row.name),
            _ => row.name.clone(),
        };
        if self.rng.random_bool(0.1) {
            name = name.to_lowercase();
        }
        let mut made = Made {
            name,
            postcode: String::new(),
            town: String::new(),
            kind: Kind::OutOfArea,
            urn: None,
            review_ok: false,
        };
        let words = own(&made.name);
        let alike = words.is_empty() || self.fitting(&words, "", &made, None) > 0;
        // Nobody could tell a like name without a word of where it is.
        if alike || self.rng.random_bool(0.4) {
            made.postcode = row.postcode.clone().unwrap_or_default();
        }
        if self.rng.random_bool(0.4) {
            made.town = authority.to_owned();
        }
        Some(made)
    }

    fn ambiguous(&mut self) -> Option<Made> {
        for _ in 0..50 {
            let school = self.rng.random_range(0..self.list.rows.len());
            let mut words: Vec<String> = self.list.rows[school].name.split(' ').map(str::to_owned).collect();
            let keep = self.rng.random_range(1..=2.min(words.len()));
            words.truncate(keep);
            let name = words.join(" ");
            let mut made = self.beside(school, Kind::Ambiguous, name.clone());
            made.postcode.clear();
            let own = own(&name);
            let whole = key(&name);
            if !own.is_empty() && !self.keys.contains(&whole) && self.fitting(&own, &name, &made, Some(school)) >= 2 {
                (made.urn, made.review_ok) = (None, true);
                return Some(made);
            }
        }
        None
    }

    fn abbreviated(&mut self, name: &str) -> String {
        const SHORT: &[(&str, &[&str])] = &[
            ("school", &["Sch", "Schl", "sch."]),
            ("primary", &["Pri", "Prim", "Prim.", "Pry"]),
            ("junior", &["Jnr", "Jun", "Jnr."]),
            ("infant", &["Inf", "Inf."]),
            ("infants", &["Infs"]),
            ("academy", &["Acad", "Acad.", "Acdmy"]),
            ("nursery", &["Nurs", "Nsy", "Nur."]),
            ("community", &["Comm", "Com", "Comm."]),
            ("secondary", &["Sec", "Sec."]),
            ("catholic", &["RC", "R.C.", "Cath"]),
            ("cofe", &["CE", "C of E", "C.E.", "C/E"]),
            ("saint", &["St", "St."]),
            ("college", &["Coll", "Coll."]),
            ("grammar", &["Gram"]),
            ("special", &["Spec"]),
            ("voluntary", &["Vol"]),
            ("controlled", &["Contr."]),
            ("preparatory", &["Prep"]),
            ("road", &["Rd"]),
            ("lane", &["Ln"]),
            ("park", &["Pk"]),
            ("street", &["St"]),
            ("house", &["Hse"]),
            ("and", &["&", "+"]),
        ];
        let mut name = name.replace("Church of England", "CofE").replace("Roman Catholic", "RC");
        if self.rng.random_bool(0.3) {
            name = name.replace("Voluntary Aided", "VA").replace("Voluntary Controlled", "VC");
        }
        if self.rng.random_bool(0.15) {
            name = name.replace("Primary School", "PS").replace("High School", "HS");
        }
        let often = self.rng.random_range(0.3..0.9);
        let words: Vec<String> = name
            .split(' ')
            .map(|word| {
                let short = SHORT.iter().find(|(long, _)| word.eq_ignore_ascii_case(long));
                match short {
                    Some((_, short)) if self.rng.random_bool(often) => {
                        (*short.choose(&mut self.rng).unwrap()).to_owned()
                    }
                    _ if word == "St" && self.rng.random_bool(0.2) => "Saint".to_owned(),
                    _ => word.to_owned(),
                }
            })
            .collect();
        words.join(" ")
    }

    /// Words that many schools have are left out: all after a place, or one.
    fn shortened(&mut self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        let general: Vec<usize> = (1..words.len()).filter(|at| is_general(words[*at])).collect();
        if general.is_empty() {
            return name.to_owned();
        }
        match self.rng.random_range(0..4) {
            0 => {
                let at = *general.choose(&mut self.rng).unwrap();
                let kept: Vec<&str> =
                    words.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, word)| *word).collect();
                kept.join(" ")
            }
            1 => {
                let first = general[0];
                words[..first].join(" ").trim_end_matches(',').to_owned()
            }
            _ => {
                let mut end = words.len();
                let most = self.rng.random_range(1..=3);
                for _ in 0..most {
                    if end > 1 && is_general(words[end - 1]) {
                        end -= 1;
                    }
                }
                words[..end].join(" ").trim_end_matches(',').to_owned()
            }
        }
    }

    fn punctuated(&mut self, name: &str) -> String {
        match self.rng.random_range(0..5) {
            0 => name.replace('\'', ""),
            1 => name.replace('\'', "’"),
            2 => name.replace("St ", "St. ").replace(" and ", " & "),
            3 => name.replace('-', " ").replace(',', ""),
            _ => format!("{name}."),
        }
    }

    fn reordered(&mut self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        let general = words.iter().rposition(|w| !is_general(w)).map_or(0, |at| at + 1);
        if general == 0 || general >= words.len() {
            return name.to_owned();
        }
        let (own, rest) = (words[..general].join(" "), words[general..].join(" "));
        if self.rng.random_bool(0.5) { format!("{rest}, {own}") } else { format!("{rest} {own}") }
    }

    fn with_affix(&mut self, name: &str) -> String {
        const TRUSTS: &[&str] = &[
            "Larkfield Learning Trust",
            "Delta Academies Trust",
            "Five Rivers MAT",
            "Harris Federation",
            "Star Academies",
            "Outwood Grange Academies Trust",
            "The Diocese of Leeds",
            "Moorside Multi Academy Trust",
            "Ebor Academy Trust",
        ];
        const SHORT: &[&str] = &["FRMAT", "DAT", "MAT", "Ebor", "Harris", "OGAT", "NET", "Exceed", "Moorside MAT"];
        let long = *TRUSTS.choose(&mut self.rng).unwrap();
        let short = *SHORT.choose(&mut self.rng).unwrap();
        match self.rng.random_range(0..5) {
            0 => format!("{name} ({long})"),
            1 => format!("{name} - {long}"),
            2 => format!("{name}, {long}"),
            3 => format!("{name} ({short})"),
            _ => format!("{short} {name}"),
        }
    }

    fn with_note(&mut self, name: &str) -> String {
        const NOTES: &[&str] = &[
            "(pm)",
            "- a.m.",
            "Yr 4",
            "(Year 3)",
            "x2",
            "- 3 sessions",
            "(45 pupils)",
            "- booked",
            "- TBC",
            "(rescheduled)",
            "12/5",
            "- hall booked",
            "(cancelled)",
            "2nd visit",
            "- see email",
            "(both classes)",
            "[new head]",
            "- invoice sent",
            "??",
            "*",
        ];
        format!("{name} {}", NOTES.choose(&mut self.rng).unwrap())
    }

    fn mistyped(&mut self, name: &str) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let slips = if self.rng.random_bool(0.7) { 1 } else { 2 };
        for _ in 0..slips {
            let places: Vec<usize> =
                (0..letters.len().saturating_sub(1)).filter(|i| letters[*i].is_alphabetic()).collect();
            let Some(at) = places.choose(&mut self.rng).copied() else { continue };
            match self.rng.random_range(0..4) {
                0 => {
                    letters.remove(at);
                }
                1 => letters.insert(at, letters[at].to_ascii_lowercase()),
                2 if letters[at + 1].is_alphabetic() => letters.swap(at, at + 1),
                _ => letters[at] = char::from(self.rng.random_range(b'a'..=b'z')),
            }
        }
        letters.into_iter().collect()
    }

    fn spaced(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        match self.rng.random_range(0..3) {
            0 => name = name.replacen(' ', "  ", 2),
            1 => name = format!(" {} ", name.replace(' ', "\u{a0}")),
            _ => {
                let spaces: Vec<usize> = name.match_indices(' ').map(|(at, _)| at).collect();
                if let Some(at) = spaces.choose(&mut self.rng) {
                    name.remove(*at);
                }
            }
        }
        name
    }
}

fn authority_name<'a>(list: &'a SchoolList, row: &SchoolRow) -> &'a str {
    list.authorities.get(&row.authority).and_then(Option::as_deref).unwrap_or_default()
}

/// A name's words as they are compared here: a plainer way than the one that is tested.
fn plain_words(name: &str) -> Vec<String> {
    let text = name
        .to_lowercase()
        .replace(['\'', '’'], "")
        .replace("church of england", "cofe")
        .replace("roman catholic", "catholic")
        .replace('&', " and ");
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let full = |w: &str| match w {
        "rc" => "catholic".to_owned(),
        "ce" => "cofe".to_owned(),
        "saint" => "st".to_owned(),
        "infants" => "infant".to_owned(),
        w => w.to_owned(),
    };
    words.map(full).collect()
}

fn key(name: &str) -> String {
    plain_words(name).join(" ")
}

fn is_general(word: &str) -> bool {
    let word = word.to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(
        word,
        "school"
            | "primary"
            | "academy"
            | "junior"
            | "infant"
            | "infants"
            | "nursery"
            | "community"
            | "high"
            | "secondary"
            | "college"
            | "cofe"
            | "catholic"
            | "rc"
            | "ce"
            | "voluntary"
            | "aided"
            | "controlled"
            | "va"
            | "vc"
            | "church"
            | "of"
            | "england"
            | "and"
            | "the"
            | "a"
            | "roman"
            | "special"
            | "foundation"
            | "first"
            | "middle"
            | "preparatory"
            | "centre"
            | "for"
            | "&"
            | ""
            | "sixth"
            | "form"
    )
}

fn own(name: &str) -> BTreeSet<String> {
    plain_words(name).into_iter().filter(|w| !is_general(w) && w != "st").collect()
}

/// All words but those that any school may have.
fn tellings(name: &str) -> BTreeSet<String> {
    let any = |w: &String| !matches!(w.as_str(), "school" | "academy" | "the" | "of" | "and" | "a" | "for" | "st");
    plain_words(name).into_iter().filter(any).collect()
}
