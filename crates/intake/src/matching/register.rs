//! The schools that a typed name is looked for in, with every name each is known by.

use std::collections::{HashMap, HashSet};

use domain::setting::{LaCode, Phase, Urn};

use super::Links;
use super::lexicon::{Class, Level};
use super::place::{Gazetteer, Postcode, place_words};
use super::reading::plain;
use super::spelling::Vocabulary;
use super::words;
use crate::school_list::SchoolList;

/// How many open schools England has, about: how much of it a register covers.
pub(super) const SCHOOLS_OF_ENGLAND: f64 = 23_500.0;

/// What a person decided once about a typed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The name as it was typed; spelling of abbreviations, case and punctuation do not matter.
    pub text: String,
    /// The school that was chosen, none when the person said that it is no school.
    pub urn: Option<Urn>,
}

/// What is known of a school that a name may mean. Blank is none.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Its URN.
    pub urn: Urn,
    /// Its authority's code.
    pub authority: &'a LaCode,
    /// Its authority's name.
    pub authority_name: Option<&'a str>,
    /// Its number within the authority.
    pub establishment_number: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// What kind of establishment it is, in the list's words.
    pub establishment_type: Option<&'a str>,
    /// Its phase.
    pub phase: Option<Phase>,
    /// Statutory low and high age in years.
    pub ages: Option<(u8, u8)>,
    /// Post town.
    pub town: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
}

/// A school list made ready for finding typed names in it.
#[derive(Debug, Default)]
pub struct Register {
    pub(super) schools: Vec<School>,
    pub(super) names: Vec<Name>,
    pub(super) vocabulary: Vocabulary,
    pub(super) gazetteer: Gazetteer,
    pub(super) by_urn: HashMap<Urn, u32>,
    /// By LA and establishment number, seven digits.
    pub(super) by_number: HashMap<String, u32>,
    pub(super) by_postcode: HashMap<Postcode, Vec<u32>>,
    /// What was decided, by the text's key; several schools when the one chosen was split.
    pub(super) remembered: HashMap<String, Vec<u32>>,
    /// The towns of the schools of an outward half, by word.
    pub(super) places_of_outward: HashMap<String, HashSet<u32>>,
    /// Which part of England's schools the register has, 0 to 1.
    pub(super) coverage: f64,
}

#[derive(Debug)]
pub(super) struct School {
    pub(super) urn: Urn,
    pub(super) name: String,
    /// Its name in small letters.
    pub(super) plain: String,
    pub(super) postcode: Option<Postcode>,
    pub(super) town: Vec<String>,
    pub(super) authority: Vec<String>,
    pub(super) authority_code: LaCode,
    pub(super) authority_name: Option<String>,
    /// The words of the names it no longer has.
    pub(super) former: Vec<u32>,
    /// The words of its town and authority.
    pub(super) places: Vec<u32>,
    phase: Option<Phase>,
    ages: Option<(u8, u8)>,
    special: bool,
}

/// A name of a school: the one it has, or one it or a school before it had.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) school: u32,
    pub(super) words: Vec<u32>,
    /// The name as it is written, for one it no longer has.
    pub(super) old: Option<String>,
    /// From which of its words on it says where it is: "… Primary School, Swanage".
    pub(super) tail: usize,
}

impl Register {
    /// Makes a school list that was read ready, as [`Register::new`] does.
    #[must_use]
    pub fn of_list(list: &SchoolList, links: &Links, remembered: &[Remembered]) -> Self {
        let schools = list.rows.iter().map(|row| Listed {
            urn: row.urn,
            authority: &row.authority,
            authority_name: list.authorities.get(&row.authority).and_then(Option::as_deref),
            establishment_number: row.establishment_number.as_deref(),
            name: &row.name,
            establishment_type: row.establishment_type.as_deref(),
            phase: row.phase,
            ages: row.ages,
            town: row.town.as_deref(),
            postcode: row.postcode.as_deref(),
        });
        Self::new(schools, links, remembered)
    }

    /// Makes schools ready, each URN once. `links` tell old names; `remembered` what people decided about typed texts.
    #[must_use]
    pub fn new<'a>(schools: impl Iterator<Item = Listed<'a>>, links: &Links, remembered: &[Remembered]) -> Self {
        let mut register = Self::default();
        for school in schools {
            register.add(&school);
        }
        for (school, name) in links.old_names(&register.by_urn) {
            register.add_name(school, name, true);
        }
        for choice in remembered {
            let schools = choice.urn.map(|urn| links.successors(urn, &register.by_urn));
            // A choice whose school is gone without a successor tells nothing.
            if schools.as_ref().is_none_or(|schools| !schools.is_empty()) {
                register.remembered.insert(words::key(&choice.text), schools.unwrap_or_default());
            }
        }
        let with_town = register.schools.iter().filter(|s| !s.town.is_empty()).count();
        register.gazetteer.knows_towns = with_town * 2 > register.schools.len();
        #[allow(clippy::cast_precision_loss)]
        let share = register.schools.len() as f64 / SCHOOLS_OF_ENGLAND;
        register.coverage = share.min(1.0);
        register
    }

    /// Whether it has about every school there is, so that one that is not found was mistyped, and many are called alike.
    pub(super) fn is_whole_country(&self) -> bool {
        self.coverage > 0.5
    }

    /// How many schools it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.schools.len()
    }

    /// Whether it has no school.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.schools.is_empty()
    }

    /// The name of a school in the list.
    #[must_use]
    pub fn name_of(&self, urn: Urn) -> Option<&str> {
        self.by_urn.get(&urn).map(|at| self.schools[*at as usize].name.as_str())
    }

    fn add(&mut self, row: &Listed<'_>) {
        let at = u32::try_from(self.schools.len()).unwrap_or(u32::MAX);
        let postcode = row.postcode.and_then(Postcode::read);
        let town = row.town.map(place_words).unwrap_or_default();
        let authority = row.authority_name.map(place_words).unwrap_or_default();
        self.gazetteer.add(&town, &authority, postcode.as_ref());
        let mut places: Vec<u32> = Vec::new();
        for word in town.iter().chain(&authority) {
            let id = self.vocabulary.intern(word);
            self.vocabulary.word_mut(id).place = true;
            places.push(id);
        }
        if let Some(postcode) = &postcode
            && !town.is_empty()
        {
            let here = self.places_of_outward.entry(postcode.outward.clone()).or_default();
            here.extend(&places[..town.len()]);
        }
        if let Some(postcode) = &postcode {
            self.by_postcode.entry(postcode.clone()).or_default().push(at);
        }
        let kind = row.establishment_type.unwrap_or_default().to_ascii_lowercase();
        self.schools.push(School {
            urn: row.urn,
            name: row.name.to_owned(),
            plain: plain(row.name),
            postcode,
            town,
            authority,
            authority_code: row.authority.clone(),
            authority_name: row.authority_name.map(str::to_owned),
            former: Vec::new(),
            places,
            phase: row.phase,
            ages: row.ages,
            special: kind.contains("special") || kind.contains("pupil referral") || kind.contains("alternative"),
        });
        self.by_urn.insert(row.urn, at);
        if let Some(number) = row.establishment_number {
            self.by_number.insert(format!("{}{number:0>4}", row.authority), at);
        }
        self.add_name(at, row.name, false);
    }

    fn add_name(&mut self, school: u32, name: &str, old: bool) {
        let words: Vec<u32> =
            words::in_full(words::split(name)).iter().map(|token| self.vocabulary.intern(&token.text)).collect();
        let known = self.names.get(school as usize);
        if old && known.is_some_and(|name| name.words == words) {
            return;
        }
        if old {
            self.schools[school as usize].former.extend(&words);
        }
        let at = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        for word in &words {
            let names = &mut self.vocabulary.word_mut(*word).names;
            if names.last() != Some(&at) {
                names.push(at);
            }
        }
        let tail = self.tail_of(&words);
        self.names.push(Name { school, words, old: old.then(|| name.to_owned()), tail });
    }

    /// Where a name's words after "School" begin, if they say where it is.
    fn tail_of(&self, words: &[u32]) -> usize {
        let word = |at: usize| words.get(at).map(|id| self.vocabulary.word(*id));
        let own = |at: usize| word(at).is_some_and(|word| word.class == Class::Own);
        let school = (0..words.len()).find(|at| word(*at).is_some_and(|word| word.text == "school"));
        match school {
            Some(at) if (0..at).any(own) && own(at + 1) => at + 1,
            _ => words.len(),
        }
    }
}

impl School {
    /// How unlikely it is, in nats, that a person who means this school adds a phase to its name.
    pub(super) fn cost_of_phase(&self, level: Level) -> f64 {
        let is = |phases: &[Phase]| self.phase.is_some_and(|phase| phases.contains(&phase));
        let primary = is(&[Phase::Primary, Phase::MiddleDeemedPrimary]);
        let secondary = is(&[Phase::Secondary, Phase::MiddleDeemedSecondary]);
        let through = is(&[Phase::AllThrough]);
        let unknown = self.phase.is_none() || is(&[Phase::NotApplicable]);
        let (low, high) = self.ages.map_or((None, None), |(low, high)| (Some(low), Some(high)));
        match level {
            Level::Primary if primary || through => 1.2,
            Level::Primary if self.special => 5.0,
            Level::Primary if unknown => 3.5,
            Level::Primary => 8.0,
            Level::Infant if primary && high.is_some_and(|high| high <= 8) => 1.0,
            Level::Infant if low.is_some_and(|low| low >= 7) => 9.0,
            Level::Junior if high.is_some_and(|high| high <= 8) => 9.0,
            Level::Junior if primary && low.is_some_and(|low| low >= 7) => 1.0,
            Level::Infant | Level::Junior if primary => 4.5,
            Level::Infant | Level::Junior if unknown || through => 6.0,
            Level::Infant | Level::Junior => 9.0,
            Level::Secondary if secondary || through => 1.5,
            Level::Secondary if unknown => 4.0,
            Level::Secondary => 9.0,
            Level::Nursery if is(&[Phase::Nursery]) => 0.7,
            Level::Nursery if primary || through || unknown => 3.5,
            Level::Nursery => 7.0,
            Level::Special if self.special => 1.0,
            Level::Special => 6.5,
            Level::SixthForm if is(&[Phase::SixteenPlus]) => 1.0,
            Level::SixthForm if secondary || through || unknown => 3.5,
            Level::SixthForm => 9.0,
            Level::Middle if is(&[Phase::MiddleDeemedPrimary, Phase::MiddleDeemedSecondary]) => 1.0,
            Level::Middle => 6.5,
        }
    }

    /// Whether it is a nursery school.
    pub(super) fn is_nursery(&self) -> bool {
        self.phase == Some(Phase::Nursery)
    }

    /// Whether a school year (Reception 0) is one it cannot have.
    pub(super) fn cannot_teach(&self, (low, high): (u8, u8)) -> bool {
        match (self.ages, self.phase) {
            (Some((from, to)), _) => high + 5 <= from || low + 4 >= to,
            (None, Some(Phase::Primary)) => low > 6,
            (None, Some(Phase::Nursery)) => low > 0,
            _ => false,
        }
    }
}

impl Name {
    /// Its words up to the first that says it is a school: what follows (", A Voluntary Academy", ", Swanage") tells little.
    pub(super) fn core(&self, vocabulary: &Vocabulary) -> &[u32] {
        if self.tail < self.words.len() {
            return &self.words[..self.tail];
        }
        let end = self.words.iter().position(|w| vocabulary.word(*w).class == Class::School);
        let own_after = |end: usize| self.words[end + 1..].iter().any(|w| vocabulary.word(*w).class == Class::Own);
        match end {
            Some(end) if end > 0 && !own_after(end) => &self.words[..=end],
            _ => &self.words,
        }
    }

    /// Whether it has a word that tells which school it is.
    pub(super) fn has_own_word(&self, vocabulary: &Vocabulary) -> bool {
        self.words.iter().any(|w| vocabulary.word(*w).class == Class::Own)
    }
}
