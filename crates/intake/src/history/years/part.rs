//! What a text without brackets says of year groups, token by token.

use domain::AcademicYear;
use domain::year_group::{YearGroup, YearGroups};

use super::{A_DATE, COUNTED, OTHERS, UNREAD, Years, range, year};
use crate::history::date::{self, When};
use crate::history::words::words;

/// The key stages of the National Curriculum (Education Act 2002, section 82) and the halves of the second as schools
/// speak of them, the foundation stage before and the sixth form after them: first and last year group.
fn stage(word: &str) -> Option<(i64, i64)> {
    Some(match word {
        "eyfs" | "foundation" | "fs" => (-2, 0),
        "nursery" | "nurs" | "preschool" | "n" | "fs1" | "f1" => (-2, -1),
        "infants" | "infant" => (0, 2),
        "juniors" | "junior" => (3, 6),
        "ks1" => (1, 2),
        "ks2" => (3, 6),
        "lks2" => (3, 4),
        "uks2" => (5, 6),
        "ks3" => (7, 9),
        "ks4" => (10, 11),
        "ks5" => (12, 13),
        _ => return None,
    })
}

/// What people call stages in several words, or in others.
const SPELLINGS: [(&str, &str); 18] = [
    ("key stages", "ks"),
    ("key stage", "ks"),
    ("keystage", "ks"),
    ("foundation stage", "fs"),
    ("early years", "eyfs"),
    ("pre-school", "preschool"),
    ("pre school", "preschool"),
    ("sixth form", "ks5"),
    ("6th form", "ks5"),
    ("post-16", "ks5"),
    ("post 16", "ks5"),
    ("upper ks", "uks"),
    ("lower ks", "lks"),
    ("year group", "year"),
    ("yr group", "year"),
    ("yr grp", "year"),
    ("yr gp", "year"),
    ("fs 2", "fs2"),
];

/// Words beside year groups that say nothing of which.
const BESIDE: &[&str] = &[
    "class", "classes", "pupils", "pupil", "group", "groups", "children", "child", "chn", "students", "boys", "girls",
    "cohort", "form", "forms", "set", "sets", "staff", "teacher", "teachers", "adults", "ta", "tas", "mixed", "all",
    "whole", "both", "each", "of", "the", "only", "with", "x", "s", "ages", "sen", "send",
];
/// After these a number is the class's own, not a year: “Y5 class 2”.
const NUMBERED: &[&str] = &["class", "group", "set", "form", "room"];

/// What stood before a dash.
#[derive(Clone, Copy)]
enum Last {
    Year(i64),
    Stage(i64, i64),
}

/// The year groups that a text's tokens name, one after the other.
#[derive(Default)]
struct Reading<'a> {
    years: YearGroups,
    stages: YearGroups,
    last: Option<Last>,
    dash: Option<Last>,
    /// It says that its numbers are years, or names a stage or class.
    marked: bool,
    /// Numbers after “KS” are stages.
    of_stages: bool,
    /// “YR” was taken for Reception.
    yr: bool,
    unknown: Vec<&'a str>,
    /// It speaks of years in a way that is not understood.
    unread: bool,
    /// An arrow stood between two years: “Y3 → Y6”. From one to the next it is who moved up.
    arrow: bool,
    /// It names a class of a year by its letter or its number: “6A”, “Y5 class 2”.
    of_class: bool,
}

/// What a text without brackets says.
pub(super) fn part(text: &str) -> Years {
    read(text, |read, tokens| read.found(text, tokens))
}

/// Whether a text without brackets names one class of its year groups: “6A”, “Y5 Oak”.
pub(super) fn names_class(text: &str) -> bool {
    read(text, |read, _| read.of_class || read.unknown.iter().any(|word| word.contains(char::is_alphabetic)))
}

fn read<T>(text: &str, found: impl FnOnce(&Reading<'_>, &[&str]) -> T) -> T {
    let spelled = SPELLINGS.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let joined = joined(&spelled);
    let tokens: Vec<&str> = joined.split(' ').filter(|t| !t.is_empty()).map(without_times).collect();
    let tokens = with_figures(tokens);
    let mut read = Reading::default();
    for at in 0..tokens.len() {
        read.token(&tokens, at);
    }
    found(&read, &tokens)
}

/// “Year five” as “year 5”. Without such a word before it a number in words is how many.
fn with_figures(mut tokens: Vec<&str>) -> Vec<&str> {
    const WORDS: [(&str, &str); 13] = [
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("ten", "10"),
        ("eleven", "11"),
        ("twelve", "12"),
        ("thirteen", "13"),
    ];
    let figure = |word: &str| WORDS.iter().find(|(of, _)| *of == word).map(|(_, figure)| *figure);
    for at in 1..tokens.len() {
        let is_next = matches!(tokens[at - 1], "and" | "&" | "/" | "-" | "to" | ",")
            && at > 1
            && is_number(tokens[at - 2])
            && tokens.get(at + 1).is_none_or(|next| !COUNTED.contains(next));
        if let Some(figure) = figure(tokens[at]).filter(|_| is_marker(Some(tokens[at - 1])) || is_next) {
            tokens[at] = figure;
        }
    }
    tokens
}

fn is_number(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_digit())
}

impl<'a> Reading<'a> {
    fn token(&mut self, tokens: &[&'a str], at: usize) {
        let (token, next) = (tokens[at], tokens.get(at + 1).copied());
        let before = at.checked_sub(1).map(|before| tokens[before]);
        let is_age = before.is_some_and(is_number) && !self.marked && !next.is_some_and(is_number);
        match token {
            // “9-10 yrs” are ages, or years.
            "year" | "years" | "yr" | "yrs" | "yo" if is_age => (self.marked, self.unread) = (true, true),
            _ if is_age_of(token) => (self.marked, self.unread) = (true, true),
            // “2x Y5”.
            _ if is_times(token) && next.is_some_and(|next| next.starts_with(['y', 'r', 'k'])) => {}
            // “Y5 x2”.
            _ if at > 0 && is_many(token) => {}
            // “Y3+” has no end.
            "+" if next.is_none() => self.unread = true,
            "-" | "to" => self.dash = self.last,
            "\u{2192}" => (self.dash, self.arrow) = (self.last, true),
            "/" | "&" | "+" | "," | "and" => self.dash = None,
            "yr" if next.is_none_or(|next| !next.starts_with(|c: char| c.is_ascii_alphanumeric())) => {
                (self.marked, self.yr) = (true, true);
                self.year(0);
            }
            "year" | "years" | "yr" | "yrs" | "y" => (self.marked, self.of_stages) = (true, false),
            "ks" | "uks" | "lks" if next.is_some_and(is_number) => self.of_stages = true,
            "r" | "rec" | "recep" | "reception" | "fs2" | "f2" => {
                self.marked = true;
                self.year(0);
            }
            _ if BESIDE.contains(&token) => {}
            _ if is_number(token) && !is_marker(before) && self.counts(&tokens[at..]) => {}
            _ if is_number(token) => self.number(token, before, next),
            _ => match (stage(token), numbered(token), token.parse::<YearGroup>()) {
                (Some((low, high)), ..) => self.stage(low, high, token.starts_with("ks")),
                (_, Some(number), _) => {
                    (self.marked, self.of_stages) = (true, false);
                    // “Y6A”, not “Y6”.
                    self.of_class |= token.trim_start_matches(char::is_alphabetic).contains(char::is_alphabetic);
                    self.year(number);
                }
                (_, _, Ok(year)) => {
                    self.marked = true;
                    self.year(year.number().into());
                }
                _ => self.unknown.push(token),
            },
        }
    }

    /// Whether a number says how many classes of the year behind it there were: “2 Y5”. “4 Y5” may be Years 4 and 5.
    fn counts(&mut self, tokens: &[&str]) -> bool {
        let [many, of, rest @ ..] = tokens else { return false };
        let year = match (*of, rest.first()) {
            ("year" | "yr" | "y", Some(number)) => number.parse().ok(),
            ("reception" | "nursery" | "rec" | "recep" | "r", _) => Some(0),
            _ if of.starts_with(['y', 'r', 'k']) => numbered(of).or_else(|| stage(of).map(|(low, _)| low)),
            _ => None,
        };
        let (Some(year), Ok(many)) = (year, many.parse::<i64>()) else { return false };
        let of_classes = rest.iter().any(|word| matches!(*word, "class" | "classes" | "groups" | "forms" | "sets"));
        let is_next = year == many + 1 && !of_classes;
        self.unread |= !(1..=4).contains(&many) || is_next;
        true
    }

    /// A number by itself.
    fn number(&mut self, token: &str, before: Option<&str>, next: Option<&str>) {
        let is_year = is_marker(before);
        let is_counted = next.is_some_and(|next| COUNTED.contains(&next)) && !is_year;
        let is_numbered = before.is_some_and(|before| NUMBERED.contains(&before));
        if is_counted || is_numbered || before == Some("x") {
            self.of_class |= is_numbered && !is_counted;
            return;
        }
        if self.of_stages {
            let prefix = before.filter(|b| matches!(*b, "uks" | "lks")).unwrap_or("ks");
            return match stage(&format!("{prefix}{token}")) {
                Some((low, high)) => self.stage(low, high, true),
                None => self.unread = true,
            };
        }
        match token.parse::<i64>() {
            // “YR/1” is Reception and Year 1; “YR/7” may be Year 7.
            Ok(number) if self.yr && (number != 1 || before == Some("-")) => self.unread = true,
            Ok(number) if (1..=14).contains(&number) || (number == 0 && is_year) => self.year(number),
            _ => self.unread = true,
        }
    }

    fn year(&mut self, number: i64) {
        match (year(number), self.dash.take()) {
            (Some(year), None) => self.years = self.years.union(year.into()),
            (Some(_), Some(Last::Year(from))) if from < number && !(self.arrow && from + 1 == number) => {
                self.years = self.years.union(range(from, number))
            }
            _ => self.unread = true,
        }
        self.last = Some(Last::Year(number));
    }

    fn stage(&mut self, low: i64, high: i64, of_stages: bool) {
        (self.marked, self.of_stages) = (true, of_stages);
        // “N-Y2”: nursery is where a range may begin.
        if high < 0 && self.dash.is_none() {
            self.years = self.years.union(range(low, high));
            self.last = Some(Last::Year(low));
            return;
        }
        match self.dash.take() {
            None => self.stages = self.stages.union(range(low, high)),
            Some(Last::Stage(from, to)) if to < low => self.stages = self.stages.union(range(from, high)),
            Some(_) => self.unread = true,
        }
        self.last = Some(Last::Stage(low, high));
    }

    fn found(&self, text: &str, tokens: &[&str]) -> Years {
        let has = |any: &[&str]| tokens.iter().any(|token| any.contains(token));
        let found = self.years.union(self.stages);
        // “KS2, Y5”: which of them?
        let overlap = !self.years.intersection(self.stages).is_empty();
        let is_plain = self.unknown.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || c == '\''))
            && (self.unknown.len() < 2 || self.unknown.iter().any(|w| matches!(*w, "mr" | "mrs" | "ms" | "miss")))
            && !self.unknown.iter().any(|word| OTHERS.contains(word));
        // Numbers that nothing marks are years where nothing else stands there, divided by signs: “5/6”.
        let (of_mixed, signs): (Vec<&str>, Vec<&str>) = tokens.iter().partition(|token| **token == "mixed");
        let numbers = signs.iter().enumerate().all(|(at, token)| {
            if at % 2 == 0 { is_number(token) } else { matches!(*token, "/" | "&" | "+" | "," | "-" | "and" | "to") }
        }) && signs.len() % 2 == 1
            // “5/6 mixed”.
            && (of_mixed.is_empty() || signs.len() > 1);
        let numbered = |token: &str| {
            ["year", "yrs", "yr", "y", "ks"]
                .iter()
                .any(|p| token.strip_prefix(p).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
        };
        let of_years = self.marked
            || has(&["year", "years", "yr", "yrs", "ks", "uks", "lks", "key", "stage"])
            || tokens.iter().any(|token| numbered(token));
        // “9-7” is no date.
        let may_be_date = text.contains(char::is_alphabetic) || words(text).len() > 2 || text.len() > 4;
        if !found.is_empty()
            && !self.unread
            && if self.marked { is_plain && (!overlap || self.years == self.stages) } else { numbers }
        {
            Years::Groups(found)
        } else if may_be_date
            && (date::is_month_and_year(text) || matches!(date::read(text, AcademicYear::new(2000).ok()), When::On(_)))
        {
            Years::Unclear(A_DATE)
        } else if of_years || text.starts_with(['=', '#']) || !text.contains(char::is_alphabetic) {
            Years::Unclear(UNREAD)
        } else {
            Years::Named
        }
    }
}

fn is_marker(word: Option<&str>) -> bool {
    matches!(word, Some("year" | "years" | "yr" | "yrs" | "y"))
}

/// `2x`: how many, of what follows.
fn is_times(token: &str) -> bool {
    token.strip_suffix('x').is_some_and(|many| many.len() == 1 && is_number(many))
}

/// `x2`: how many, of what stands before it.
fn is_many(token: &str) -> bool {
    token.strip_prefix('x').is_some_and(|many| many.len() == 1 && is_number(many))
}

/// `10yrs`, `9yo`.
fn is_age_of(token: &str) -> bool {
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && matches!(&token[digits..], "yr" | "yrs" | "year" | "years" | "yo")
}

/// `2xy5` as `y5`.
fn without_times(token: &str) -> &str {
    let of = token.get(2..).filter(|_| token.get(..2).is_some_and(is_times));
    of.filter(|of| of.starts_with('y') && of.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(token)
}

/// `y7`, `yr7`, `year7`, `7b`, `7hr`, `10x2`: the number of the year; a class such as 7B or 10X2 tells its own.
fn numbered(token: &str) -> Option<i64> {
    let tail = ["years", "year", "yrs", "yr", "y"].iter().find_map(|p| token.strip_prefix(p));
    let rest = tail.unwrap_or(token);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, letters) = rest.split_at(digits);
    let form = letters.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(letters);
    let is_class = form.len() <= 2 && form.bytes().all(|b| b.is_ascii_alphabetic());
    // “4th”, “9am”.
    let is_other = matches!(letters, "st" | "nd" | "rd" | "th" | "am" | "pm");
    if digits == 0 || digits > 2 || !is_class || is_other || (tail.is_none() && letters.is_empty()) {
        return None;
    }
    number.parse().ok()
}

/// Signs stand alone: `yr 7/8` → `yr 7 / 8`.
fn joined(text: &str) -> String {
    let mut out = String::new();
    let text = text.trim_end_matches('.').replace("->", "\u{2192}");
    for c in text.strip_suffix(".0").unwrap_or(&text).chars() {
        match c {
            '/' | '&' | '+' | ',' | '-' | '\u{2192}' => {
                out.push(' ');
                out.push(c);
                out.push(' ');
            }
            '.' | ':' | ';' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
