//! Headcounts as people type them: “30 approx”, “2x30”, “28+2 staff”.

use super::words::{is_nothing, plain, words};

/// What a headcount cell says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Count {
    /// So many pupils; `approximate` where the cell says that it is a rough figure.
    Pupils {
        /// How many.
        pupils: u32,
        /// The cell says “about” in some way.
        approximate: bool,
    },
    /// Nothing, or that it is not known: “?”, “tbc”, “whole class”.
    NotGiven,
    /// That the session was cancelled.
    Cancelled,
    /// Something else: not one number. Never taken as 0.
    Unclear,
}

/// More pupils than any school has: a telephone number or a date in the wrong column.
const MOST: u32 = 5_000;

const ROUGHLY: &[&str] = &["approx", "approximately", "about", "around", "circa", "ca", "c", "ish", "roughly", "est"];
const PUPILS: &[&str] =
    &["pupils", "pupil", "children", "child", "chn", "students", "student", "kids", "young", "people", "yp"];
const ADULTS: &[&str] = &[
    "staff", "adults", "adult", "teachers", "teacher", "ta", "tas", "lsa", "lsas", "helpers", "parents", "carers",
    "sen",
];
const UNKNOWN: &[&str] =
    &["tbc", "tba", "unknown", "whole class", "class", "all", "whole school", "not recorded", "not known"];

impl Count {
    /// Reads a cell. Products and sums are worked out, adults left out, remarks in brackets passed over.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = plain(text);
        let text = without_brackets(&text);
        let text = text.trim();
        if text.chars().all(|c| c == '?') || is_nothing(text) || UNKNOWN.contains(&text) {
            return Self::NotGiven;
        }
        if text.starts_with("canc") {
            return Self::Cancelled;
        }
        let (mut pupils, mut approximate) = (0_u32, false);
        // “28 chn, 3 adults”: a comma between figures divides them, one within a figure does not.
        for part in text.replace(", ", "+").split(['+', '&']).flat_map(|part| part.split(" and ")) {
            match addend(part.trim()) {
                Some(Addend::Pupils(more, rough)) => {
                    pupils = pupils.saturating_add(more);
                    approximate |= rough;
                }
                Some(Addend::Adults) => {}
                None => return Self::Unclear,
            }
        }
        if pupils > MOST { Self::Unclear } else { Self::Pupils { pupils, approximate } }
    }
}

enum Addend {
    Pupils(u32, bool),
    Adults,
}

fn addend(part: &str) -> Option<Addend> {
    let (mut factors, mut rough, mut adults) = (Vec::new(), false, false);
    let spaced = spaced(part);
    for word in spaced.split(' ').filter(|w| !w.is_empty()) {
        let bare = word.trim_end_matches('.');
        match word {
            "~" => rough = true,
            "x" | "*" => {}
            _ if ROUGHLY.contains(&bare) => rough = true,
            _ if PUPILS.contains(&bare) => {}
            _ if ADULTS.contains(&bare) => adults = true,
            _ => factors.push(number(word)?),
        }
    }
    if adults {
        return (factors.len() <= 1).then_some(Addend::Adults);
    }
    let multiplied = words(&spaced).contains(&"x") || spaced.contains('*');
    match factors.as_slice() {
        [one] if !multiplied => Some(Addend::Pupils(*one, rough)),
        [one, other] if multiplied => Some(Addend::Pupils(one.checked_mul(*other)?, rough)),
        _ => None,
    }
}

/// Blanks between figures, letters and signs: `2x30` → `2 x 30`, `30ish` → `30 ish`, `~25` → `~ 25`.
fn spaced(part: &str) -> String {
    #[derive(PartialEq, Clone, Copy)]
    enum Kind {
        Figure,
        Letter,
        Sign,
    }
    let (mut out, mut before) = (String::new(), None);
    for c in part.chars() {
        let kind = match c {
            '0'..='9' | ',' | '.' | '-' => Kind::Figure,
            _ if c.is_alphabetic() => Kind::Letter,
            _ => Kind::Sign,
        };
        // A point after letters ends an abbreviation.
        let kind = if c == '.' && before == Some(Kind::Letter) { Kind::Letter } else { kind };
        if before.is_some_and(|b| b != kind) {
            out.push(' ');
        }
        out.push(c);
        before = Some(kind);
    }
    out
}

/// `30`, `30.0`, `1,050`; nothing else.
fn number(word: &str) -> Option<u32> {
    let whole = word.strip_suffix(".0").unwrap_or(word);
    if let Some((thousands, rest)) = whole.split_once(',') {
        let digits = rest.len() == 3 && (1..=3).contains(&thousands.len());
        return if digits { format!("{thousands}{rest}").parse().ok() } else { None };
    }
    whole.bytes().all(|b| b.is_ascii_digit()).then(|| whole.parse().ok())?
}

fn without_brackets(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headcounts_are_read_as_people_type_them() {
        for (text, pupils, approximate) in [
            ("30", 30, false),
            ("60 ", 60, false),
            ("25\u{a0}", 25, false),
            ("180.0", 180, false),
            ("30 approx", 30, true),
            ("approx. 30", 30, true),
            ("~25", 25, true),
            ("c. 24", 24, true),
            ("c24", 24, true),
            ("30ish", 30, true),
            ("2x30", 60, false),
            ("2 x 28", 56, false),
            ("3×27", 81, false),
            ("30 + 29", 59, false),
            ("28+2 staff", 28, false),
            ("30 + 29 + 3 adults", 59, false),
            ("28 chn, 3 adults", 28, false),
            ("120 pupils", 120, false),
            ("90 (2 classes)", 90, false),
            ("10 (1:1)", 10, false),
            ("1,050", 1050, false),
            ("0", 0, false),
        ] {
            assert_eq!(Count::read(text), Count::Pupils { pupils, approximate }, "{text}");
        }
    }

    #[test]
    fn what_is_not_given_is_not_a_zero() {
        for text in ["", " ", "?", "??", "tbc", "-", "n/a", "whole class", "TBC"] {
            assert_eq!(Count::read(text), Count::NotGiven, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_one_number_is_asked_about() {
        for text in
            ["25-30", "2 classes", "lots", "3 groups of 10", "01632 960821", "12/09/16", "2x", "30/28", "-5", "1,05"]
        {
            assert_eq!(Count::read(text), Count::Unclear, "{text:?}");
        }
        assert_eq!(Count::read("CANC"), Count::Cancelled);
        assert_eq!(Count::read("Cancelled"), Count::Cancelled);
    }
}
