//! Headcounts as people type them: “30 approx”, “2x30”, “28+2 staff”.

use super::says::{Place, Says, says};
use super::words::{is_nothing, plain, words};
use super::years::Years;

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
const PUPILS: &[&str] = &[
    "pupils", "pupil", "children", "child", "chn", "students", "student", "kids", "young", "people", "yp", "ch",
    "boys", "boy", "girls", "girl",
];
const ADULTS: &[&str] = &[
    "staff", "adults", "adult", "teachers", "teacher", "ta", "tas", "lsa", "lsas", "helpers", "parents", "carers",
    "ad", "ads",
];
const UNKNOWN: &[&str] =
    &["tbc", "tba", "unknown", "whole class", "class", "all", "whole school", "not recorded", "not known", "n/k", "nk"];
/// What a remark in brackets may say, beside year groups and figures that come to the same, without changing how many
/// came.
const BENIGN: &[&str] = &["class", "classes", "group", "groups", "mixed", "each", "send", "sen", "eal", "pp", "fsm"];
/// A lone figure so small beside a class is as likely the adults: “28+2”.
const FEW: u32 = 4;

impl Count {
    /// How many pupils; none where no number is given.
    #[must_use]
    pub const fn pupils(&self) -> Option<u32> {
        match self {
            Self::Pupils { pupils, .. } => Some(*pupils),
            Self::NotGiven | Self::Cancelled | Self::Unclear => None,
        }
    }

    /// Reads a cell. Products and sums are worked out and adults left out. Where a remark in brackets may change how many
    /// came, the cell is unclear; other remarks are passed over.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = plain(text);
        if text.chars().all(|c| c == '?') || UNKNOWN.contains(&text.as_str()) {
            return Self::NotGiven;
        }
        // “nil” may be a number of pupils or of things to say.
        if matches!(text.as_str(), "none" | "nil" | "free") {
            return Self::Unclear;
        }
        if is_nothing(&text) {
            return Self::NotGiven;
        }
        match says(&text, Place::Elsewhere) {
            Says::Cancelled => return Self::Cancelled,
            Says::Postponed => return Self::NotGiven,
            _ => {}
        }
        let text = text.replace("'ish", "ish").replace("-ish", "ish");
        let Some((text, remarks)) = without_brackets(&text) else { return Self::Unclear };
        let Some((pupils, mut approximate)) = or_more(text.trim()).or_else(|| worked_out(text.trim())) else {
            return Self::Unclear;
        };
        for remark in &remarks {
            match remarked(remark.trim(), pupils) {
                Some(roughly) => approximate |= roughly,
                None => return Self::Unclear,
            }
        }
        if pupils > MOST { Self::Unclear } else { Self::Pupils { pupils, approximate } }
    }
}

/// Whether a text says of pupils or adults how many there were, in few words: “3 TAs”, “about 30”.
pub(crate) fn says_how_many(text: &str) -> bool {
    let spaced = spaced(&plain(text));
    let said = words(&spaced);
    let is_word = |word: &&str| PUPILS.contains(word) || ADULTS.contains(word) || ROUGHLY.contains(word);
    let is_number = |word: &&str| number(word).is_some();
    said.iter().any(is_number)
        && said.iter().any(is_word)
        && said.iter().all(|word| is_number(word) || is_word(word) || matches!(*word, "and" | "x" | "plus"))
}

/// “30+”, “30+ pupils”: about so many.
fn or_more(text: &str) -> Option<(u32, bool)> {
    let (few, of) = text.split_once('+')?;
    let of = of.trim();
    number(few.trim()).filter(|few| *few > 0 && (of.is_empty() || PUPILS.contains(&of))).map(|few| (few, true))
}

/// How many a text comes to, and whether roughly: “3x30 = 90” says it twice.
fn worked_out(text: &str) -> Option<(u32, bool)> {
    let Some((of, total)) = text.split_once('=') else { return sum(text) };
    let (worked, rough) = sum(of.trim())?;
    (number(total.trim())? == worked).then_some((worked, rough))
}

/// How many pupils a sum is, and whether roughly; none where it is not one of pupils.
fn sum(text: &str) -> Option<(u32, bool)> {
    // “28 chn, 3 adults”: a comma between figures divides them, one within a figure does not.
    let text = boys_and_girls(text).unwrap_or_else(|| text.to_owned());
    let text = [", ", " plus ", " with ", " and "].iter().fold(text, |text, word| text.replace(word, "+"));
    let (mut pupils, mut bare, mut approximate) = (Vec::new(), Vec::new(), false);
    for part in text.split(['+', '&']) {
        match addend(part.trim())? {
            Addend::Pupils(more, rough) => {
                bare.push(part.trim().bytes().all(|b| b.is_ascii_digit()));
                pupils.push(more);
                approximate |= rough;
            }
            Addend::Adults => {}
        }
    }
    // “2 staff” says nothing of pupils.
    let most = *pupils.iter().max()?;
    let may_be_adults = pupils.iter().zip(&bare).any(|(few, bare)| *bare && *few <= FEW && most > FEW * 2);
    (!may_be_adults).then(|| (pupils.iter().fold(0_u32, |all, more| all.saturating_add(*more)), approximate))
}

/// “15b 14g” and “15B/14G” as a sum.
fn boys_and_girls(text: &str) -> Option<String> {
    let spaced = spaced(text);
    let said: Vec<&str> = spaced.split([' ', '/', ',', '+', '&']).filter(|word| !word.is_empty()).collect();
    let boys = |word: &str| matches!(word, "b" | "boys" | "boy");
    let girls = |word: &str| matches!(word, "g" | "girls" | "girl");
    match said.as_slice() {
        [one, first, other, second] if (boys(first) && girls(second)) || (girls(first) && boys(second)) => {
            Some(format!("{one}+{other}"))
        }
        _ => None,
    }
}

/// Whether what stands in brackets says “roughly”; none where it may change how many came.
fn remarked(remark: &str, pupils: u32) -> Option<bool> {
    let said = words(remark);
    if said.is_empty() {
        return remark.is_empty().then_some(false);
    }
    if said.iter().all(|word| ROUGHLY.contains(word)) {
        return Some(true);
    }
    // “(1:1)”, “(Y5/6)”, “(2x30)”, “(15 boys, 15 girls)”, “(+2 staff)”.
    let is_ratio = said.len() == 2 && remark.contains(':') && said.iter().all(|w| number(w).is_some());
    let is_years = remark.contains(char::is_alphabetic) && matches!(Years::read(remark), Years::Groups(_));
    let mut added = remark.split(['+', '&', ',']).map(str::trim).filter(|part| !part.is_empty());
    let adds_adults = added.all(|part| matches!(addend(part), Some(Addend::Adults)));
    let is_benign = said.iter().all(|word| BENIGN.contains(word) || number(word).is_some())
        && said.iter().any(|word| BENIGN.contains(word));
    // “60 (30 each)” says of what there may be several.
    let is_each = said.contains(&"each");
    let is_the_same = sum(remark).is_some_and(|(same, _)| same == pupils);
    (is_ratio || is_years || adds_adults || is_the_same || (is_benign && !is_each)).then_some(false)
}

enum Addend {
    Pupils(u32, bool),
    Adults,
}

fn addend(part: &str) -> Option<Addend> {
    let (mut factors, mut rough, mut adults, mut pupils) = (Vec::new(), false, false, false);
    let spaced = spaced(part);
    for word in spaced.split(' ').filter(|w| !w.is_empty()) {
        let bare = word.trim_end_matches('.');
        match word {
            "~" => rough = true,
            "x" | "*" => {}
            // “5c” is class 5C, or five classes.
            "c" | "c." if !factors.is_empty() => return None,
            _ if ROUGHLY.contains(&bare) => rough = true,
            _ if PUPILS.contains(&bare) => pupils = true,
            _ if ADULTS.contains(&bare) => adults = true,
            _ => factors.push(number(word)?),
        }
    }
    if adults {
        return (factors.len() <= 1 && !pupils).then_some(Addend::Adults);
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

/// A text without what stands in brackets, and that; none where the brackets do not close.
fn without_brackets(text: &str) -> Option<(String, Vec<String>)> {
    let (mut out, mut remarks, mut depth) = (String::new(), Vec::<String>::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' | '[' => {
                depth += 1;
                remarks.push(String::new());
            }
            ')' | ']' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => out.push(c),
            _ => remarks.last_mut()?.push(c),
        }
    }
    (depth == 0).then_some((out, remarks))
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
            ("30'ish", 30, true),
            ("30-ish", 30, true),
            ("3x30 = 90", 90, false),
            ("30+29=59", 59, false),
            ("30 ch, 3 ad", 30, false),
            ("30+", 30, true),
            ("30+ chn", 30, true),
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
            ("0 + 2 staff", 0, false),
            ("c.30", 30, true),
            ("30 (approx)", 30, true),
            ("30 pupils plus 2 staff", 30, false),
            ("30 with 3 adults", 30, false),
            ("28 (+2 staff)", 28, false),
            ("60 (2x30)", 60, false),
            ("29 (15 boys, 14 girls)", 29, false),
            ("30 (5 SEND)", 30, false),
            ("30 (Y5)", 30, false),
            ("31 (2 classes)", 31, false),
            ("30 boys", 30, false),
            ("15 boys, 14 girls", 29, false),
            ("15 girls and 14 boys", 29, false),
            ("15b 14g", 29, false),
            ("14G/15B", 29, false),
            ("10 + 5 + 9", 24, false),
            ("3 + 2", 5, false),
        ] {
            assert_eq!(Count::read(text), Count::Pupils { pupils, approximate }, "{text}");
        }
    }

    #[test]
    fn what_is_not_given_is_not_a_zero() {
        for text in
            ["", " ", "?", "??", "tbc", "-", "n/a", "whole class", "TBC", "n/k", "postponed", "Postponed to 3/10"]
        {
            assert_eq!(Count::read(text), Count::NotGiven, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_one_number_is_asked_about() {
        for text in [
            "25-30",
            "2 classes",
            "two classes",
            "3 classes",
            "1 class",
            "1 class of 28",
            "two classes of 30",
            "lots",
            "thirty",
            "3 groups of 10",
            "01632 960821",
            "12/09/16",
            "2x",
            "3x30 = 80",
            "= 90",
            "30 =",
            "30/28",
            "30/31",
            "-5",
            "1,05",
            "2,5",
            "1.050",
            "½",
            "30?",
            "30 - 2",
            "30 less 2",
            "30 out of 32",
            "30 SEND",
            // Pupils too, or some of those counted before.
            "20 + 10 SEN",
            "#REF!",
            "=1+1",
            // Adults alone say nothing of pupils.
            "2 staff",
            "2 teachers",
            "3 adults",
            "1 TA",
            "staff only",
            "2 staff + 1 TA",
            "30 student teachers",
            // Classes, not pupils.
            "5c",
            "3c",
            "15b",
            // What may take away from a number, or be part of it.
            "28+2",
            "30 pupils + 2",
            "30 (10 absent)",
            "30 (2 absent)",
            "60 (30 seen)",
            "60 (30 each)",
            "30 (expected)",
            "30 (tbc)",
            "30 (?)",
            "30 (inc 2 staff)",
            "30 (28)",
            "30 inc 2 staff",
            "30 including 2 staff",
            "30 (2 cancelled",
            "30 (one class cancelled)",
            "nil",
            "none",
        ] {
            assert_eq!(Count::read(text), Count::Unclear, "{text:?}");
        }
        for text in ["CANC", "Cancelled", "CXL", "0 - cancelled", "30 (cancelled)", "did not go ahead"] {
            assert_eq!(Count::read(text), Count::Cancelled, "{text}");
        }
    }
}
