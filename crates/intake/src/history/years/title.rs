//! The year group that a sheet's name or its title plainly names: “Y5”, “Year 6 transition workshops”.

use domain::year_group::{YearGroup, YearGroups};

use super::{OTHERS, Years};
use crate::history::Visit;
use crate::history::words::{plain, words};

/// Titles are of few words; others are notes.
const MOST_WORDS: usize = 8;

/// With these the number may be the year of a project, or it is not the pupils' who came.
const NO_TITLE: &[&str] = &[
    "of",
    "project",
    "programme",
    "funding",
    "grant",
    "contract",
    "plan",
    "report",
    "phase",
    "review",
    "academic",
    "financial",
    "fiscal",
    "tax",
    "ending",
    "end",
    "no",
    "staff",
    "teacher",
    "teachers",
    "parents",
    "carers",
    "governors",
    "adults",
    "volunteers",
    "feedback",
    "evaluation",
    "key",
    "note",
    "nb",
    "please",
    "see",
];

/// Who came, where a title says so.
const PUPILS: &[&str] = &["pupils", "pupil", "children", "chn", "class", "classes", "group", "groups"];

/// The year group of all texts that name one; none where they name several, or one may be something else.
pub(in crate::history) fn of_titles<'a>(texts: impl Iterator<Item = &'a str>) -> Option<YearGroup> {
    let mut found: Vec<Option<YearGroup>> = texts.filter_map(of_title).collect();
    found.dedup();
    match found.as_slice() {
        [one] => *one,
        _ => None,
    }
}

/// What a text names: none where it speaks of no year group, inner none where it is not plain which.
fn of_title(text: &str) -> Option<Option<YearGroup>> {
    let plain = plain(text);
    let said = words(&plain);
    let years: Vec<Option<i64>> = (0..said.len()).filter_map(|at| year_at(&said, at)).collect();
    let first = years.first()?;
    let is_other = |word: &&str| NO_TITLE.contains(word) || (OTHERS.contains(word) && *word != "transition");
    // “Year 2” may be the second of a project.
    let is_early =
        first.is_some_and(|number| (1..=3).contains(&number)) && !said.iter().any(|word| PUPILS.contains(word));
    if years.len() > 1 || said.len() > MOST_WORDS || said.iter().any(is_other) || is_early {
        return Some(None);
    }
    Some(first.and_then(|number| YearGroup::new(number).ok()))
}

/// The year that begins at a word, inner none where it names several; none where no year does.
fn year_at(said: &[&str], at: usize) -> Option<Option<i64>> {
    let word = said[at];
    let is_number = |word: &str| word.len() < 3 && !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let is_marker = |word: &str| matches!(word, "year" | "years" | "yr" | "yrs" | "y");
    let (number, behind) = if is_marker(word) {
        (said.get(at + 1).copied().filter(|number| is_number(number))?, at + 2)
    } else if matches!(word, "reception" | "nursery") {
        return Some((word == "reception").then_some(0));
    } else if word.strip_prefix("ks").is_some_and(is_number) {
        return Some(None);
    } else {
        let number = ["years", "year", "yrs", "yr", "y"].iter().find_map(|p| word.strip_prefix(p))?;
        (Some(number).filter(|number| is_number(number))?, at + 1)
    };
    // “Year 5/6”, “Years 3 to 6”, “Year 22/23”; a year of four figures is no second.
    let follows = |at: usize| said.get(at).is_some_and(|next| is_number(next));
    let is_several = follows(behind)
        || said.get(behind).is_some_and(|word| matches!(*word, "and" | "to" | "or")) && follows(behind + 1);
    Some(number.parse().ok().filter(|_| !is_several))
}

/// Gives the visits that say no year group the one that the sheet is named for, unless some say another.
pub(in crate::history) fn give(named: Option<YearGroup>, visits: &mut [Visit]) {
    let Some(named) = named.map(YearGroups::from) else { return };
    let is_other = |years: &Years| match years {
        Years::Groups(groups) => *groups != named,
        Years::Whole | Years::Mixed => true,
        Years::NotGiven | Years::Named | Years::Unclear(_) => false,
    };
    if visits.iter().any(|visit| is_other(&visit.years)) {
        return;
    }
    for visit in visits.iter_mut().filter(|visit| visit.years == Years::NotGiven) {
        visit.years = Years::Groups(named);
    }
}
