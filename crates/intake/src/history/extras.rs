//! What a school's cell says besides the school: “Fagley Y4”, “Low Ash (2 shows)”, “Long Lee - am & pm”, “NOT Swain House”.

use domain::slot::TimeOfDay;

use super::clock::{self, Half};
use super::says::Says;
use super::told::without_outcome;
use super::words::{plain, words};
use super::years::Years;

/// What stands behind a school's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extras {
    /// Year groups, and the words that say so.
    pub years: Option<(Years, String)>,
    /// When it began.
    pub starts: Option<TimeOfDay>,
    /// In which half of the day.
    pub half: Option<Half>,
    /// What is to be asked about the cell.
    pub asks: Option<Asks>,
}

/// What is to be asked about a school's cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// It names both halves of the day.
    Halves,
    /// It counts several visits, or names several times.
    Several,
    /// It may not be the school that was visited.
    Another,
    /// It may be of adults.
    Adults,
}

impl Asks {
    /// What is wrong with the cell, and how to mend it, as the rest of a sentence that begins with what is typed.
    pub fn why(self) -> &'static str {
        match self {
            Self::Halves | Self::Several => {
                "may be of more than one visit. Give each visit a row of its own in the file, or type the school’s name alone if it was one"
            }
            Self::Another => {
                "may not be the school that was visited. Type the name of the one that was, or leave the row out"
            }
            Self::Adults => {
                "may be of adults, not of pupils. Type the school’s name alone if it was a visit, or leave the row out"
            }
        }
    }
}

/// What is for adults, at a school.
const FOR_ADULTS: &[&str] = &[
    " parents eve",
    " parent eve",
    " parents' eve",
    " parent's eve",
    " parents meeting",
    " parents' meeting",
    " parent meeting",
    " open evening",
    " staff meeting",
    " staff training",
    " staff cpd",
    " staff inset",
    " staff session",
    " staff twilight",
    " teacher training",
    " governors meeting",
    " governors' meeting",
    " governor meeting",
    " pta meeting",
    " planning meeting",
    " training for staff",
];
/// What visits are called.
const VISITS: &[&str] = &[
    "sessions",
    "session",
    "shows",
    "show",
    "visits",
    "visit",
    "performances",
    "performance",
    "perfs",
    "workshops",
    "workshop",
    "talks",
    "talk",
    "inputs",
    "input",
    "lessons",
    "lesson",
];
const SEVERAL: &[&str] = &["two", "three", "four", "five", "six"];
/// What joins the words behind a name, or stands before them.
const JOINS: &[&str] =
    &["&", "and", "+", "-", "/", "then", "only", "at", "in", "the", "with", "for", "plus", "to", "from"];
const SECONDARY: &[&str] = &["sec", "secondary", "high", "grammar", "college"];
const PRIMARY: &[&str] = &["primary", "prim", "pri", "infant", "infants", "junior", "juniors", "first"];
impl Extras {
    /// Reads a school's cell.
    pub fn of(text: &str) -> Self {
        let (said, text) = without_outcome(text);
        let text = plain(&text);
        let mut extras = Self::behind(&text);
        let said_apart = format!(" {text}");
        if text.starts_with("ex-") || text.starts_with("ex ") || text.starts_with("not ") {
            extras.asks = Some(Asks::Another);
        } else if FOR_ADULTS.iter().any(|phrase| said_apart.contains(phrase)) {
            extras.asks = Some(Asks::Adults);
        }
        // How many visits did not take place does not matter.
        if said >= Says::Postponed {
            extras.asks = None;
        }
        extras
    }

    /// What stands behind the name: all that follows one of its words and is no name itself.
    fn behind(text: &str) -> Self {
        let apart = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | '?' | '!' | '"');
        let tokens: Vec<&str> =
            text.split(apart).map(|token| token.trim_end_matches(':')).filter(|token| !token.is_empty()).collect();
        let tail = (1..tokens.len()).find_map(|from| {
            let mut tail = Tail::default();
            tail.reads(&tokens[from..]).then_some(tail)
        });
        let mut extras = tail.map(Tail::told).unwrap_or_default();
        extras.years = extras.years.filter(|(years, _)| !is_of_other_phase(&words(text), years));
        extras
    }
}

/// Whether year groups are none of those that a school has by its name: Year 4 of a secondary school.
fn is_of_other_phase(name: &[&str], years: &Years) -> bool {
    let has = |any: &[&str]| name.iter().any(|word| any.contains(word));
    let Years::Groups(groups) = years else { return false };
    let (secondary, primary) = (has(SECONDARY), has(PRIMARY));
    secondary != primary && groups.iter().all(|year| (year.number() < 7) == secondary)
}

/// The words behind a name, as they are read.
#[derive(Default)]
struct Tail {
    years: Vec<String>,
    times: Vec<(TimeOfDay, Option<Half>)>,
    am: bool,
    pm: bool,
    is_several: bool,
}

impl Tail {
    /// Whether all of these words are understood, and say something.
    fn reads(&mut self, tokens: &[&str]) -> bool {
        let mut at = 0;
        while at < tokens.len() {
            let here = &tokens[at..];
            let taken = self.count(here).or_else(|| self.clock(here)).or_else(|| self.half(here[0]));
            match taken.or_else(|| self.year(here)) {
                Some(taken) => at += taken,
                None if JOINS.contains(&here[0]) || VISITS.contains(&here[0]) => at += 1,
                None => return false,
            }
        }
        self.is_several || self.am || self.pm || !self.times.is_empty() || !self.years.is_empty()
    }

    /// “x2”, “2x”, “x 2”, “2 sessions”, “twice”.
    fn count(&mut self, here: &[&str]) -> Option<usize> {
        let is_some = |text: &str| text.parse::<u8>().is_ok_and(|number| (2..=12).contains(&number));
        let next = here.get(1).copied().unwrap_or_default();
        let times = here[0].strip_prefix('x').or_else(|| here[0].strip_suffix('x'));
        let taken = match here[0] {
            "x" if is_some(next) => 2,
            "twice" => 1,
            "both" | "double" if VISITS.contains(&next) => 2,
            _ if times.is_some_and(is_some) => 1,
            word if (is_some(word) || SEVERAL.contains(&word)) && next.ends_with('s') && VISITS.contains(&next) => 2,
            word if is_some(word) && next == "x" => 2,
            _ => return None,
        };
        self.is_several = true;
        Some(taken)
    }

    /// “10.30”, “1.15 pm”, “9.30 - 10.30”.
    fn clock(&mut self, here: &[&str]) -> Option<usize> {
        let is_half = |word: &str| matches!(word, "am" | "pm" | "a.m." | "p.m." | "a.m" | "p.m");
        let next = |at: usize| here.get(at).copied().unwrap_or_default();
        let one = |at: usize| {
            let own = if is_half(next(at + 1)) { format!("{}{}", next(at), next(at + 1)) } else { next(at).to_owned() };
            let taken = 1 + usize::from(is_half(next(at + 1)));
            clock_of(&own).map(|(starts, half)| (taken, starts, half))
        };
        let (mut taken, starts, half) = one(0)?;
        if matches!(next(taken), "-" | "to" | "until" | "till")
            && let Some((more, ..)) = one(taken + 1)
        {
            taken += 1 + more;
        }
        self.times.push((starts, half));
        Some(taken)
    }

    /// “am”, “p.m.”, “am/pm”.
    fn half(&mut self, word: &str) -> Option<usize> {
        let (mut am, mut pm) = (false, false);
        for part in word.split(['/', '&', '+']) {
            match part {
                "am" | "a.m." | "a.m" | "morning" => am = true,
                "pm" | "p.m." | "p.m" | "afternoon" => pm = true,
                _ => return None,
            }
        }
        self.am |= am;
        self.pm |= pm;
        Some(1)
    }

    /// “Y4”, “Yr 5/6”, “Y5 & 6”, “KS2”.
    fn year(&mut self, here: &[&str]) -> Option<usize> {
        let is_number =
            |word: &str| word.len() <= 5 && word.starts_with(|c: char| c.is_ascii_digit()) && clock_of(word).is_none();
        let next = |at: usize| here.get(at).copied().unwrap_or_default();
        let unit = here[0].trim_end_matches(|c: char| !c.is_alphabetic());
        let unit = unit.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let is_unit = matches!(unit, "y" | "yr" | "yrs" | "year" | "years") || unit == "ks";
        let mut taken = match here[0].strip_prefix(unit) {
            _ if !is_unit => return None,
            Some("") if is_number(next(1)) => 2,
            Some(rest) if is_number(rest) || rest.starts_with(|c: char| c.is_ascii_digit()) => 1,
            _ => return None,
        };
        while matches!(next(taken), "&" | "and" | "+" | "/" | "-" | "to")
            && is_number(next(taken + 1))
            && !VISITS.contains(&next(taken + 2))
        {
            taken += 2;
        }
        // A key stage beside a name may be that of a building.
        if unit != "ks" {
            self.years.push(here[..taken].join(" "));
        }
        Some(taken)
    }

    /// What these words say.
    fn told(self) -> Extras {
        let time = self.times.first().filter(|_| self.times.len() == 1);
        let asks = if self.is_several || self.times.len() > 1 {
            Some(Asks::Several)
        } else {
            (self.am && self.pm).then_some(Asks::Halves)
        };
        let typed = self.years.join(" & ");
        let years = Some(Years::read(&typed)).filter(|years| matches!(years, Years::Groups(_)));
        let half = match (self.am, self.pm) {
            (true, false) => Some(Half::Am),
            (false, true) => Some(Half::Pm),
            _ => None,
        };
        let starts = time.map(|(starts, _)| *starts);
        let half = half.or(time.and_then(|(_, half)| *half));
        Extras { years: years.map(|years| (years, typed)), starts, half, asks }
    }
}

/// A time of day with its sign or its half: “10.30”, “9am”, “9.30-10.30”. “10” alone may be anything.
fn clock_of(text: &str) -> Option<(TimeOfDay, Option<Half>)> {
    let bytes = text.as_bytes();
    let is_told = bytes.windows(3).any(|w| {
        w[0].is_ascii_digit()
            && ((matches!(w[1], b'.' | b':') && w[2].is_ascii_digit()) || matches!(&w[1..], b"am" | b"pm"))
    });
    if !is_told || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (starts, half) = clock::time(text);
    starts.map(|starts| (starts, half))
}
