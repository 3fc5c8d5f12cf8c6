//! Year groups as people type them: “Y7”, “Yr 7/8”, “KS3”, “whole school”, the name of a class.

use domain::year_group::{YearGroup, YearGroups};

mod listed;
mod part;
pub(super) mod title;

use super::says::Says;
use super::told::without_outcome;
use super::words::{is_nothing, plain, words};
use listed::listed;
pub(super) use listed::{counts, tells};
use part::part;

/// What a cell says of who attended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Years {
    /// These year groups.
    Groups(YearGroups),
    /// Every year group of the school.
    Whole,
    /// Several together, without saying which.
    Mixed,
    /// Nothing.
    NotGiven,
    /// A class or group by a name of its own, which tells no year.
    Named,
    /// Something else: why it is not understood, as the rest of a sentence that begins with the cell.
    Unclear(&'static str),
}

/// Why a cell is not understood, as the rest of a sentence that begins with it.
const UNREAD: &str =
    "is not understood as year groups. Type them, like Y5 or Y5-Y6, or the class’s name, or clear the cell";
const A_DATE: &str = "is a date: spreadsheet programs make one of what is typed as 5/6 or 5-6. Type the year groups, like Y5 and Y6, or clear the cell";
const OF_AGES: &str =
    "are ages of several year groups. Type the year groups, like Y5 or Y5-Y6, or the class’s name, or clear the cell";
const OF_AGES_OR_YEARS: &str =
    "may be ages or year groups. Type it like Y5-Y6, or ages 5-6, or the class’s name, or clear the cell";
const OF_ADULTS: &str = "is of adults, so the number is not one of pupils. Type the year groups of the pupils who came, or leave the row out";
/// Who is not among the pupils.
const ADULTS: &[&str] =
    &["staff", "teachers", "parents", "parent", "carers", "governors", "governor", "adults", "adult", "volunteers"];
/// What stands beside them.
const BESIDE_ADULTS: &[&str] =
    &["and", "only", "evening", "meeting", "training", "inset", "session", "workshop", "school", "all", "the", "event"];
/// Before these a number is how many.
const COUNTED: &[&str] = &[
    "class", "classes", "groups", "forms", "sets", "pupils", "children", "chn", "students", "boys", "girls", "staff",
    "teachers", "adults", "ta", "tas", "x",
];
/// What makes the year beside it another than the one that came.
const OTHERS: &[&str] = &[
    "not",
    "no",
    "except",
    "excluding",
    "exc",
    "excl",
    "without",
    "minus",
    "but",
    "or",
    "mainly",
    "mostly",
    "some",
    "parents",
    "carers",
    "families",
    "siblings",
    "leavers",
    "into",
    "entering",
    "next",
    "new",
    "future",
    "transition",
    "from",
    "after",
    "before",
    "most",
    "half",
    "part",
    // “Y3 and up”: how far nobody says.
    "up",
    "upwards",
    "upward",
    "above",
    "over",
    "onwards",
    "onward",
    "older",
    "down",
    "downwards",
    "below",
    "under",
    "younger",
];

/// How sure it is that the numbers of a column are ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aged {
    /// Its heading says so; but people write year groups below it, too.
    Perhaps,
    /// Its heading is of ages from one to another.
    Surely,
}

impl Years {
    /// Reads a cell of a column of ages: “9-10 yrs” says no years there, and “9-10” only where its numbers surely are ages.
    pub(super) fn read_aged(text: &str, aged: Aged) -> Self {
        let said = plain(text);
        let is_of_ages = words(&said).iter().any(|word| {
            let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
            matches!(unit, "yr" | "yrs" | "year" | "years" | "yo")
        });
        let begins = said.starts_with(|c: char| c.is_ascii_digit());
        let is_range = || aged == Aged::Surely && Self::is_range(&said);
        // At a primary school these may as well be year groups.
        let is_low = said.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u8>().ok()).max() <= Some(6);
        if is_range() && is_low {
            return Self::Unclear(OF_AGES_OR_YEARS);
        }
        ages(&format!("ages {said}"))
            .filter(|_| begins && (is_of_ages || is_range()))
            .unwrap_or_else(|| Self::read(text))
    }

    /// Whether a cell says from which number to which, and nothing else: “10-11”.
    pub(super) fn is_range(text: &str) -> bool {
        let plain = plain(text);
        let said = words(&plain);
        let numbers = said.iter().filter(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
        numbers == 2 && said.iter().all(|word| *word == "to" || word.bytes().all(|b| b.is_ascii_digit()))
    }

    /// Whether a cell of year groups names one class of them, which another beside it is not: “6A”, “Y5 Oak”.
    pub(super) fn names_class(text: &str) -> bool {
        let text = listed(plain(text));
        let (outer, inner) = brackets(&without_outcome(&text).1);
        part::names_class(&outer) || inner.iter().any(|inner| !is_how_many(inner) && part(inner) == Self::Named)
    }

    /// Reads a cell.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = listed(plain(text));
        let unknown = ["?", "tbc", "tba", "unknown", "not known", "not recorded", "n/k"];
        if text.is_empty() || is_nothing(&text) || unknown.contains(&text.as_str()) {
            return Self::NotGiven;
        }
        // “Cancelled” is no class.
        let (said, text) = without_outcome(&text);
        if text.is_empty() && said != Says::Nothing {
            return Self::NotGiven;
        }
        let words = words(&text);
        if matches!(
            words.as_slice(),
            ["whole", "sch" | "school" | "nursery" | "academy"]
                | ["all"]
                | ["all", "school" | "years" | "classes" | "pupils" | "children" | "ages"]
                | ["ws"]
                | ["everyone"]
        ) {
            return Self::Whole;
        }
        if matches!(
            words.as_slice(),
            ["mixed"]
                | ["mixed", "ages" | "age" | "years" | "group" | "groups" | "class" | "classes" | "ks"]
                | ["various"]
                | ["vertical", _]
        ) {
            return Self::Mixed;
        }
        let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
        if words.iter().any(|word| ADULTS.contains(word))
            && words.iter().all(|word| ADULTS.contains(word) || BESIDE_ADULTS.contains(word) || is_number(word))
        {
            return Self::Unclear(OF_ADULTS);
        }
        if is_of_adults(&text, &words) {
            return Self::Unclear(OF_ADULTS);
        }
        if let Some(ages) = ages(&text) {
            return ages;
        }
        let (outer, inner) = brackets(&text);
        inner.iter().fold(part(&outer), |said, inner| {
            let is_other = self::words(inner).iter().any(|word| OTHERS.contains(word)) || inner.contains('?');
            let more = if is_how_many(inner) { Self::Named } else { part(inner) };
            match (said, more) {
                (Self::Groups(_), _) if is_other => Self::Unclear(UNREAD),
                (Self::Groups(years), Self::Groups(same)) if years == same => Self::Groups(years),
                (Self::Groups(years), Self::Named) => Self::Groups(years),
                // “KS2 (Y5)”.
                (Self::Groups(stage), Self::Groups(years)) if is_stage(&outer) && stage.union(years) == stage => {
                    Self::Groups(years)
                }
                // “Oak class (Y5)”.
                (Self::Named, Self::Groups(years)) if !is_other && inner.contains(char::is_alphabetic) => {
                    Self::Groups(years)
                }
                (Self::Named, Self::Named) => Self::Named,
                (why @ Self::Unclear(_), _) => why,
                _ => Self::Unclear(UNREAD),
            }
        })
    }
}

/// Whether a text is of the adults of a year, “Y5 parents”, not of pupils with adults beside them: “Y5 + 2 staff”.
fn is_of_adults(text: &str, words: &[&str]) -> bool {
    let is_beside =
        text.contains(['+', '&', ',', '/', '(']) || words.iter().any(|w| matches!(*w, "and" | "with" | "plus"));
    let is_marker = |word: &str| matches!(word, "year" | "years" | "yr" | "yrs" | "y");
    // “2 staff” is how many, “Year 6 staff” of which year.
    let is_how_many =
        |at: usize| words[at].bytes().all(|b| b.is_ascii_digit()) && (at == 0 || !is_marker(words[at - 1]));
    let of_adults = |at: usize| at > 0 && ADULTS.contains(&words[at]) && !is_how_many(at - 1);
    !is_beside
        && (0..words.len()).any(of_adults)
        && !words.iter().any(|word| OTHERS.contains(word) && !ADULTS.contains(word))
}

/// Whether a text names a stage and no year: “KS2”.
fn is_stage(text: &str) -> bool {
    let words = words(text);
    let names_year = |word: &&str| word.starts_with('y') && word.bytes().any(|b| b.is_ascii_digit());
    words.iter().any(|word| word.contains("ks") || matches!(*word, "stage" | "eyfs" | "infants" | "juniors"))
        && !words.iter().any(|word| names_year(word) || matches!(*word, "year" | "years" | "yr" | "y"))
}

/// “30”, “2 classes”: more than a year's number, or counted.
fn is_how_many(text: &str) -> bool {
    match words(text).as_slice() {
        [number] => number.parse::<u16>().is_ok_and(|number| number > 14),
        [number, of] => number.parse::<u16>().is_ok() && COUNTED.contains(of),
        _ => false,
    }
}

/// What a text says outside of its brackets, and in each.
fn brackets(text: &str) -> (String, Vec<String>) {
    let (mut outer, mut inner, mut depth) = (String::new(), Vec::<String>::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' => {
                depth += 1;
                inner.push(String::new());
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => match inner.last_mut().filter(|_| depth > 0) {
                Some(inner) => inner.push(c),
                None => outer.push(c),
            },
        }
    }
    (outer.trim().to_owned(), inner)
}

/// “3-4 yr olds”: the year group of children who turn so old in the year. Year 1 turns six. Ages of several school years
/// may begin and end in the middle of one.
fn ages(text: &str) -> Option<Years> {
    let words = words(text);
    if !words.iter().any(|w| matches!(*w, "olds" | "old" | "aged" | "ages" | "age")) {
        return None;
    }
    let age = |word: &str| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let is_age = matches!(&word[digits..], "" | "yr" | "yrs" | "year" | "years" | "y" | "yo");
        word[..digits].parse::<i64>().ok().filter(|_| is_age)
    };
    let ages: Vec<i64> = words.iter().filter_map(|w| age(w)).collect();
    // Children of three and four are in nursery; who is five in September begins Year 1.
    let of = |age: i64| if age < 5 { age - 5 } else { age - 4 };
    let (low, high) = match ages.as_slice() {
        [one] => (of(*one), of(*one)),
        [3, 4] => (-2, -1),
        [low, high] if low == high => (of(*low), of(*low)),
        [low, high] if *high == low + 1 && *low > 3 => (low - 4, low - 4),
        [low, high] if low < high => return Some(Years::Unclear(OF_AGES)),
        _ => return None,
    };
    ((2..=18).contains(&ages[0]) && high <= 14).then(|| Years::Groups(range(low.max(-2), high)))
}

fn year(number: i64) -> Option<YearGroup> {
    YearGroup::new(number).ok()
}

fn span(low: i64, high: i64) -> impl Iterator<Item = YearGroup> {
    (low..=high).filter_map(year)
}

fn range(low: i64, high: i64) -> YearGroups {
    span(low, high).collect()
}

#[cfg(test)]
mod tests;
