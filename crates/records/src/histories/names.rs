//! Which schools the names of a file mean.

use std::collections::{HashMap, HashSet};

use domain::setting::Urn;
use domain::year_group::YearGroup;
use intake::history::{Visit, Years};
use intake::matching::{self, Decision, Register, Typed};
use uuid::Uuid;

use super::ground::Schools;
use super::{About, Candidate, Choices, Evidence, Found, Name, OUT, School};

impl Name {
    /// Whether it is a name at all: which school a blank cell means is asked at the cell.
    #[must_use]
    pub const fn is_typed(&self) -> bool {
        !self.text.is_empty()
    }
}

/// A school as a row has it, with what stands beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    /// The name as it is typed.
    pub school: &'a str,
    /// The town.
    pub town: &'a str,
    /// The postcode.
    pub postcode: &'a str,
    /// The unique reference number as it is typed.
    pub urn: &'a str,
    /// The lowest and highest school year that is said to have taken part.
    pub years: Option<(u8, u8)>,
}

impl<'a> Written<'a> {
    /// The school of a visit, with the number that says which it is.
    pub(super) fn of(visit: &'a Visit, urn: &'a str) -> Self {
        let Visit { school, town, postcode, .. } = visit;
        Self { school, town, postcode, urn, years: years(visit) }
    }
}

/// The URN that the numbers of a row say: that of an open school, or of the open school of a number at the Department
/// for Education. None where neither is one.
pub(crate) fn number(urn: &str, dfe: &str, schools: &Schools) -> Option<String> {
    let of_urn = urn.trim().parse().ok().and_then(|urn| schools.of_urn(urn));
    if of_urn.is_some_and(|school| schools.is_open(school.id)) {
        return Some(urn.trim().to_owned());
    }
    let of_dfe = schools.of_dfe(dfe).filter(|_| !dfe.is_empty());
    of_dfe.and_then(|school| school.urn).map(|urn| urn.to_string())
}

/// What choices call a name: what two ways of typing it share, with the place beside it.
fn key(written: &Written<'_>) -> String {
    let place = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let name = matching::text_key(written.school);
    // A text without a word that could be a name is itself.
    let name = if name.is_empty() { place(written.school) } else { name };
    [name, place(written.town), place(written.postcode), place(written.urn)].join("|").trim_end_matches('|').to_owned()
}

/// The lowest and highest school year that is said to have taken part.
fn years(visit: &Visit) -> Option<(u8, u8)> {
    let Years::Groups(groups) = &visit.years else { return None };
    let year = |year: YearGroup| u8::try_from(year.number().max(0)).ok();
    Some((groups.iter().next().and_then(year)?, groups.iter().next_back().and_then(year)?))
}

/// The names of a file in its order, and which of them each row has.
pub(crate) fn names(
    rows: &[Written<'_>],
    schools: &Schools,
    register: &Register,
    choices: &Choices,
) -> (Vec<Name>, Vec<usize>) {
    let remembered = schools.remembered();
    let (mut names, mut at, mut of) = (Vec::<Name>::new(), HashMap::<String, usize>::new(), Vec::new());
    // Most texts stand in many rows: each is made a key once.
    let mut seen = HashMap::<[&str; 4], usize>::new();
    for (number, written) in rows.iter().enumerate() {
        let name = *seen.entry([written.school, written.town, written.postcode, written.urn]).or_insert_with(|| {
            let key = key(written);
            *at.entry(key.clone()).or_insert_with(|| {
                names.push(Name {
                    is_remembered: true,
                    key,
                    text: if written.school.trim().is_empty() { written.urn } else { written.school.trim() }.to_owned(),
                    town: written.town.to_owned(),
                    postcode: written.postcode.to_owned(),
                    rows: Vec::new(),
                    found: Found::None,
                    candidates: Vec::new(),
                });
                names.len() - 1
            })
        });
        names[name].rows.push(number);
        of.push(name);
    }
    for name in &mut names {
        decide(name, rows, schools, &remembered, choices, register);
    }
    (names, of)
}

/// Decides a name: as a person says now, as one said before, as its number says, as matching finds. A name that means
/// one school in one row and another elsewhere, by their year groups, is a person's to decide.
fn decide(
    name: &mut Name,
    rows: &[Written<'_>],
    schools: &Schools,
    remembered: &HashMap<&str, Option<School>>,
    choices: &Choices,
    register: &Register,
) {
    let first = &rows[name.rows[0]];
    let typed = Typed { name: first.school, postcode: first.postcode, town: first.town, years: None };
    let mut sought = register.seek(&typed);
    let (mut agreed, mut asked) = (None::<Decision>, HashSet::new());
    for years in name.rows.iter().map(|row| rows[*row].years) {
        if !asked.insert(years) {
            continue;
        }
        let finding = sought.find(years);
        for candidate in &finding.candidates {
            let known = name.candidates.iter().any(|c| c.school.urn == Some(candidate.urn));
            if let Some(school) = schools.of_urn(candidate.urn).filter(|_| !known) {
                let (score, reasons) = (candidate.score, candidate.reasons.clone());
                name.candidates.push(Candidate { school, score, reasons });
            }
        }
        agreed = match (agreed, finding.decision) {
            (None, decision) => Some(decision),
            (Some(one), other) if one == other => Some(one),
            _ => Some(Decision::Review),
        };
    }
    name.candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    name.candidates.truncate(matching::MAX_CANDIDATES);
    name.is_remembered = match choices.get(About::Remember, &name.key) {
        Some(said) => said != "no",
        None => !is_shared(&name.text, &name.candidates) && !names_two(&name.text, &name.candidates),
    };
    let by_number = first.urn.parse::<Urn>().ok().and_then(|urn| schools.of_urn(urn));
    name.found =
        match (choices.get(About::School, &name.key), remembered.get(matching::text_key(first.school).as_str())) {
            (Some(OUT), _) => Found::Out,
            (Some(chosen), _) => match chosen.parse::<Uuid>().ok().and_then(|id| schools.get(id)) {
                Some(school) => Found::Chosen(school),
                None => Found::Review,
            },
            (None, Some(Some(school))) => match still(school, schools) {
                // Several follow it, and matching knows them by their links.
                None if agreed == Some(Decision::Review) && name.candidates.iter().any(is_remembered) => Found::Review,
                now => Found::Remembered(now.unwrap_or_else(|| school.clone())),
            },
            // There was no such school then; there may be one by now.
            (None, Some(None)) if matches!(agreed, Some(Decision::Matched(_))) => Found::Review,
            (None, Some(None)) => Found::Out,
            (None, None) => match (by_number, agreed) {
                (Some(school), _) if contradicts(name, &school) => {
                    if !name.candidates.iter().any(|c| c.school.id == school.id) {
                        let reasons = vec![Evidence::Number];
                        name.candidates.push(Candidate { school, score: CERTAIN, reasons });
                    }
                    Found::Review
                }
                (Some(school), _) => Found::Matched(school),
                (None, Some(Decision::Matched(urn))) => schools.of_urn(urn).map_or(Found::Review, Found::Matched),
                (None, Some(Decision::None)) => Found::None,
                (None, _) => Found::Review,
            },
        };
}

/// The school that a remembered one is by now: itself, or the one that carries on its history. A name that is matched by
/// itself means that one, too, whatever the day. None where it closed and no single school follows it.
fn still(remembered: &School, schools: &Schools) -> Option<School> {
    let now = schools.carrier(remembered.id);
    schools.get(now).filter(|school| schools.is_open(school.id))
}

fn is_remembered(candidate: &Candidate) -> bool {
    candidate.reasons.contains(&Evidence::Remembered)
}

/// What is more probable than all else together.
const CERTAIN: f64 = 0.5;

/// Whether a name means another school than the number beside it: a session, or a role, at the wrong one is worse than a
/// question. A name that has no word but the school's own is its name, whoever else bears it.
fn contradicts(name: &Name, by_number: &School) -> bool {
    let Some(best) = name.candidates.first().filter(|best| best.school.id != by_number.id && best.score > CERTAIN)
    else {
        return false;
    };
    let is_as_probable = |c: &Candidate| c.school.id == by_number.id && c.score >= best.score;
    !name.candidates.iter().any(is_as_probable) && !has_all_words(&by_number.name, &name.text)
}

/// The school that a name beside a school's number means, where that is another: of the schools of today neither it nor
/// the one that carries on its history.
pub(crate) fn meant(typed: &str, by_number: Uuid, schools: &Schools, register: &Register) -> Option<School> {
    let finding = register.seek(&Typed { name: typed, postcode: "", town: "", years: None }).find(None);
    let best = finding.candidates.iter().max_by(|a, b| a.score.total_cmp(&b.score)).filter(|c| c.score > CERTAIN)?;
    let own = schools.carrier(by_number);
    let is_as_probable = |urn, score: f64| score >= best.score && schools.of_urn(urn).is_some_and(|s| s.id == own);
    let other = schools.of_urn(best.urn).filter(|school| school.id != own)?;
    (!finding.candidates.iter().any(|c| is_as_probable(c.urn, c.score))).then_some(other)
}

/// Whether a school's name has every word of what is typed.
pub(crate) fn has_all_words(name: &str, typed: &str) -> bool {
    let (name, typed) = (matching::text_key(name), matching::text_key(typed));
    let words: HashSet<&str> = name.split(' ').collect();
    !typed.is_empty() && typed.split(' ').all(|word| words.contains(word))
}

/// A school less probable than this is not what a name is shared with.
const MAY_BE: f64 = 0.05;
/// So many times as probable as the next is no longer about the same.
const ABOUT_THE_SAME: f64 = 3.0;

/// Whether several schools share what is typed: no word of it tells one from another, each has all its words, they are
/// called the same, or they are about as probable. What is decided of it in one file says little of the next.
fn is_shared(typed: &str, candidates: &[Candidate]) -> bool {
    let [first, others @ ..] = candidates else { return false };
    let name = |candidate: &Candidate| matching::text_key(&candidate.school.name);
    let has_all = |candidate: &Candidate| has_all_words(&candidate.school.name, typed);
    let is_near = |other: &Candidate| other.score >= MAY_BE && other.score * ABOUT_THE_SAME >= first.score;
    let own = name(first);
    matching::tells_no_school(typed)
        || others.iter().any(|other| is_near(other) || name(other) == own)
        || candidates.iter().filter(|candidate| has_all(candidate)).count() > 1
}

/// Whether what is typed names two schools: what is decided of it is of one visit, not of a name. A school that is itself
/// called by all of it is one.
fn names_two(typed: &str, candidates: &[Candidate]) -> bool {
    const BETWEEN: [&str; 4] = [" / ", " & ", " + ", " and "];
    let said = typed.to_lowercase();
    let parts = BETWEEN.iter().any(|between| {
        said.split_once(between).is_some_and(|(one, other)| [one, other].iter().all(|part| has_letters(part)))
    });
    let halves = said.contains("(am)") && said.contains("(pm)");
    (parts || halves) && !candidates.iter().any(|candidate| has_all_words(&candidate.school.name, typed))
}

/// What is asked where it is not certain which school is meant.
pub(super) fn question(name: &Name) -> String {
    let mut probable = name.candidates.iter().filter(|candidate| candidate.score >= MAY_BE);
    let only = match (name.candidates.as_slice(), probable.next(), probable.next()) {
        ([only], ..) | (_, Some(only), None) => Some(only),
        _ => None,
    };
    match only.filter(|_| !names_two(&name.text, &name.candidates)) {
        Some(only) => format!("Is it {}?", only.school.name),
        None => "Several schools may be meant.".to_owned(),
    }
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use domain::setting::SettingType;

    use super::*;

    fn schools(named: &[(&str, f64)]) -> Vec<Candidate> {
        let candidate = |(name, score): &(&str, f64)| {
            let setting_type = SettingType::Mainstream;
            let school = School { id: Uuid::now_v7(), urn: None, name: (*name).into(), town: None, setting_type };
            Candidate { school, score: *score, reasons: Vec::new() }
        };
        named.iter().map(candidate).collect()
    }

    #[test]
    fn a_text_that_names_two_schools_is_no_name_to_remember() {
        let one = schools(&[("Beck Primary School", 0.9), ("Kelder Primary School", 0.02)]);
        for typed in
            ["Beck / Kelder", "Beck Primary & Kelder", "Beck + Kelder", "Beck and Kelder", "Beck (am) Kelder (PM)"]
        {
            assert!(names_two(typed, &one), "{typed}");
        }
        for typed in ["Beck Primary", "Beck (am)", "Beck / ", "Beck C/E"] {
            assert!(!names_two(typed, &one), "{typed}");
        }
        let called = schools(&[("Holy Trinity and All Saints Primary School", 0.9)]);
        assert!(!names_two("Holy Trinity and All Saints", &called), "a school is called so");
    }

    #[test]
    fn a_name_is_shared_by_schools_that_it_may_mean_as_well() {
        let joseph = "St Joseph's Catholic Primary School";
        for (typed, named) in [
            ("Kelder", &[("Kelder Primary School", 0.4), ("Kelder High School", 0.3)][..]),
            // However little speaks for either: both are called so.
            (
                "Christ Church Primary",
                &[
                    ("Christ Church CofE Primary School, Millroyd", 0.04),
                    ("Christ Church Catholic Primary School", 0.0),
                ],
            ),
            ("St Josefs", &[(joseph, 0.9), (joseph, 0.001)]),
            ("The Primary", &[("Kelder Primary School", 0.01)]),
        ] {
            assert!(is_shared(typed, &schools(named)), "{typed}");
        }
        for (typed, named) in [
            ("Youth club", &[][..]),
            ("Alderclough", &[("Alderclough School", 1.0)]),
            ("The Old Mill Site", &[("St Robert's School, Mill Bank", 0.001), ("St Hild's School, Mill Bank", 0.001)]),
            ("Beck Primary Sch", &[("Beck Primary School", 0.9), ("Beckrigg Primary School", 0.02)]),
        ] {
            assert!(!is_shared(typed, &schools(named)), "{typed}");
        }
    }
    #[test]
    fn where_one_school_is_probable_it_is_asked_whether_it_is_meant() {
        let named = |text: &str, named: &[(&str, f64)]| {
            question(&Name {
                key: String::new(),
                text: text.to_owned(),
                town: String::new(),
                postcode: String::new(),
                rows: Vec::new(),
                found: Found::Review,
                candidates: schools(named),
                is_remembered: false,
            })
        };
        let (beck, kelder) = ("Beck Primary School", "Kelder Primary School");
        assert_eq!(named("Beck", &[(beck, 0.9)]), "Is it Beck Primary School?");
        assert_eq!(named("Beck", &[(beck, 0.01)]), "Is it Beck Primary School?");
        assert_eq!(named("Beck", &[(beck, 0.9), (kelder, 0.0)]), "Is it Beck Primary School?");
        for (text, several) in
            [("Beck", vec![(beck, 0.4), (kelder, 0.3)]), ("Beck / Kelder", vec![(beck, 0.9)]), ("Beck", Vec::new())]
        {
            assert_eq!(named(text, &several), "Several schools may be meant.", "{text}");
        }
    }
}
