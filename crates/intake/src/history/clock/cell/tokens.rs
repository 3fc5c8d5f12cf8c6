//! The parts of what a time's cell says.

use domain::slot::TimeOfDay;

use super::{Half, NOON};

/// A part of what a cell says; words that change nothing are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Clock(Told),
    Half(Half),
    /// A period of the school's day.
    Period,
    /// Of two times one is the end.
    To,
    /// What stands before and behind it are two.
    Join,
    /// “Both”.
    Both,
}

/// A time as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    hour: u16,
    minute: u16,
    /// The half that it names itself.
    half: Option<Half>,
}

impl Told {
    /// The time of day: nobody teaches at one at night, and hours before seven are after noon.
    pub fn time(self) -> Option<TimeOfDay> {
        let hour = match self.half {
            Some(Half::Am) if self.hour == 12 => return None,
            Some(Half::Am) => self.hour,
            Some(Half::Pm) if self.hour < 12 => self.hour + 12,
            Some(Half::Pm) => self.hour,
            None if self.hour < 7 => self.hour + 12,
            None => self.hour,
        };
        TimeOfDay::new(hour, self.minute).filter(|_| self.hour > 0)
    }

    /// The same, of a half of the day where it names none itself.
    pub fn of_half(self, half: Option<Half>) -> Self {
        Self { half: self.half.or(half), ..self }
    }

    /// The first of two, of which the other is the end: “10-11pm” is in the evening.
    pub fn until(self, last: Self) -> Self {
        let (Some(from), Some(to)) = (self.time(), last.time()) else { return Self { hour: 0, ..self } };
        let is_late = self.half.is_none() && last.half == Some(Half::Pm) && from.minutes() + NOON < to.minutes();
        if is_late { Self { half: Some(Half::Pm), ..self } } else { self }
    }

    /// `9`, `9.15`, `9:15`, `9h15`, `915`, `0915`, `9.3` where a spreadsheet program took `9.30` for a number.
    fn of(text: &str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let text = text.strip_suffix('h').unwrap_or(text);
        let (hour, minute) = match text.split_once([':', '.', 'h']) {
            Some((hour, minute)) if minute.len() == 2 => (hour, minute.to_owned()),
            // “8.5” may be half past eight.
            Some((hour, minute @ ("1" | "2" | "3" | "4"))) => (hour, format!("{minute}0")),
            Some(_) => return None,
            None if matches!(text.len(), 3 | 4) && digits(text) => {
                let (hour, minute) = text.split_at(text.len() - 2);
                (hour, minute.to_owned())
            }
            None => (text, "0".to_owned()),
        };
        let is_hour = digits(hour) && hour.len() < 3 && digits(&minute);
        let told = Self { hour: hour.parse().ok().filter(|_| is_hour)?, minute: minute.parse().ok()?, half: None };
        // “30” is no hour, and schools have none so late.
        ((1..=20).contains(&told.hour) && told.minute < 60).then_some(told)
    }
}

/// Words that say nothing of when.
const BESIDE: &[&str] = &[
    "only",
    "assembly",
    "start",
    "starts",
    "starting",
    "from",
    "at",
    "about",
    "approx",
    "approximately",
    "c",
    "ca",
    "circa",
    "around",
    "the",
    "in",
    "session",
    "slot",
    "visit",
    "workshop",
    "workshops",
    "talk",
    "lesson",
    "class",
    "sharp",
    "prompt",
    "onwards",
    "school",
    "early",
    "late",
    "mid",
    "time",
    "registration",
    "reg",
    "break",
    "breaktime",
    "playtime",
    "lunch",
    "lunchtime",
    "o'clock",
    "oclock",
    "clock",
    "ish",
    "approx.",
    "hall",
];

/// The parts of a text without capitals; none where something in it is not understood.
pub(super) fn tokens(text: &str) -> Option<Vec<Part>> {
    let spelled = spelled(text);
    let texts: Vec<&str> = spelled.split(' ').filter(|token| !token.is_empty()).collect();
    let (mut parts, mut at, mut in_brackets) = (Vec::new(), 0, false);
    while let Some(token) = texts.get(at) {
        let next = texts.get(at + 1).copied().unwrap_or_default();
        let mut took = 1;
        match *token {
            "(" | "[" => in_brackets = true,
            ")" | "]" => in_brackets = false,
            "-" | "to" | "until" | "till" => parts.push(Part::To),
            "&" | "/" | "+" | "," | ";" | "and" | "then" | "or" => parts.push(Part::Join),
            "both" => parts.push(Part::Both),
            "after" | "before" if matches!(next, "lunch" | "school" | "lunchtime") => {
                parts.push(Part::Half(if *token == "after" { Half::Pm } else { Half::Am }));
                took = 2;
            }
            "period" | "periods" | "lesson" | "lessons" | "session" | "p" if is_number(next) => {
                parts.push(Part::Period);
                took = 2;
            }
            number if is_amount(number) && is_length(next) => took = 2,
            word if BESIDE.contains(&word) || is_lasting(word) => {}
            word => match (half(word), period(word), clock(word, next)) {
                (Some(half), ..) => parts.push(Part::Half(half)),
                (_, true, _) => parts.push(Part::Period),
                (.., Some((told, more))) => {
                    parts.push(Part::Clock(told));
                    took += more;
                }
                // What else stands in brackets is a remark, unless it may be another time.
                _ if in_brackets && word.chars().all(char::is_alphabetic) && !matches!(word, "not" | "no") => {}
                _ => return None,
            },
        }
        at += took;
    }
    Some(parts)
}

/// Signs stand alone, and halves of the day have one spelling.
fn spelled(text: &str) -> String {
    let text = text
        .replace("a.m.", "am ")
        .replace("p.m.", "pm ")
        .replace("a.m", "am")
        .replace("p.m", "pm")
        .replace("a/noon", "afternoon")
        .replace("afterschool", "after school")
        .replace("->", "-")
        .replace('\u{2192}', "-");
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '(' | ')' | '[' | ']' | '-' | '&' | '/' | '+' | ',' | ';') {
            out.extend([' ', c, ' ']);
        } else {
            out.push(c);
        }
    }
    out
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// `45`, `1.30`, `1.5`.
fn is_amount(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Units of how long a visit was.
fn is_length(word: &str) -> bool {
    matches!(word, "min" | "mins" | "minute" | "minutes" | "hr" | "hrs" | "hour" | "hours")
}

/// `45mins`, `2hrs`; `1330hrs` is a time.
fn is_lasting(word: &str) -> bool {
    let digits = word.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    (1..4).contains(&digits) && is_length(&word[digits..])
}

fn half(word: &str) -> Option<Half> {
    match word {
        "am" | "morn" | "morning" | "mornings" => Some(Half::Am),
        "pm" | "aft" | "aft." | "afternoon" | "afternoons" | "evening" | "eve" | "twilight" => Some(Half::Pm),
        _ => None,
    }
}

/// `p3`.
fn period(word: &str) -> bool {
    word.strip_prefix('p').is_some_and(|number| number.len() == 1 && is_number(number))
}

/// A time, and how many words behind it are its own: `9.15`, `9.15am`, `9 am`, `9ish`.
fn clock(word: &str, next: &str) -> Option<(Told, usize)> {
    let word = word.trim_end_matches('.');
    let (bare, own) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(bare), _) => (bare, Some(Half::Am)),
        (_, Some(bare)) => (bare, Some(Half::Pm)),
        _ => (word.strip_suffix("ish").unwrap_or(word), None),
    };
    let told = Told::of(bare)?;
    let behind = half(next).filter(|_| own.is_none() && matches!(next, "am" | "pm"));
    Some((Told { half: own.or(behind), ..told }, usize::from(behind.is_some())))
}
