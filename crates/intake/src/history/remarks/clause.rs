//! A clause of a remark: what it says of its row.

use crate::history::date;
use crate::history::words::{plain, words};

/// What visits are called, several of them.
const VISITS: &[&str] =
    &["sessions", "shows", "visits", "performances", "perfs", "workshops", "talks", "inputs", "lessons", "deliveries"];
const DONE: &[&str] = &[
    "done",
    "delivered",
    "did",
    "held",
    "ran",
    "run",
    "performed",
    "visited",
    "repeated",
    "session",
    "show",
    "visit",
    "workshop",
    "talk",
    "input",
    "performance",
    "lesson",
    "it",
    "given",
    "went",
    "came",
    "sessions",
    "shows",
];
const SEVERAL: &[&str] = &["two", "three", "four", "five", "six"];
/// With these in it a clause is of other visits: of those to come, or of those before.
const OTHERS: &[&str] = &[
    "want",
    "wants",
    "wanted",
    "would",
    "request",
    "requested",
    "like",
    "next",
    "future",
    "more",
    "rebook",
    "last",
    "previous",
    "previously",
    "further",
    "follow",
    "usually",
    "normally",
];
/// Before these a number counts nothing that took place in this row: “session 2 of 3 sessions”, “Year 2 visits”.
const BEFORE_OTHERS: &[&str] = &[
    "another", "of", "over", "every", "after", "before", "than", "year", "yr", "class", "part", "session", "phase",
    "term", "ks",
];
/// What a wrong date may stand on.
const PRINTED: &[&str] = &[
    "poster",
    "posters",
    "letter",
    "letters",
    "invoice",
    "email",
    "emails",
    "ticket",
    "tickets",
    "flyer",
    "flyers",
    "website",
    "certificate",
    "certificates",
    "calendar",
    "board",
    "newsletter",
];
/// Whom a class may be together with.
const TOGETHER: &[&str] = &[
    "staff",
    "parents",
    "the",
    "other",
    "all",
    "class",
    "classes",
    "group",
    "groups",
    "reception",
    "nursery",
    "infants",
    "juniors",
    "year",
    "yr",
    "ks1",
    "ks2",
    "pe",
    "music",
    "assembly",
    "science",
    "maths",
    "english",
    "pshe",
    "a",
    "an",
    "our",
    "their",
    "them",
    "us",
    "each",
    "friends",
    "pupils",
    "children",
    "everyone",
];

/// A run of words between signs.
pub(super) struct Clause {
    words: Vec<String>,
    /// Which of them begin with a capital letter.
    capitals: Vec<bool>,
}

impl Clause {
    /// Reads one.
    pub(super) fn of(text: &str) -> Self {
        let said = words(text);
        Self {
            capitals: said.iter().map(|word| word.starts_with(char::is_uppercase)).collect(),
            words: said.iter().map(|word| plain(word)).collect(),
        }
    }

    fn at(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// Whether these words follow one another from a place on: each is one of those between strokes.
    fn says(&self, at: usize, phrase: &str) -> bool {
        phrase.split(' ').enumerate().all(|(n, any)| any.split('|').any(|word| word == self.at(at + n)))
    }

    fn any(&self, is: impl Fn(&str) -> bool) -> bool {
        self.words.iter().any(|word| is(word))
    }

    /// Whether it says that the row is several visits.
    pub(super) fn is_several(&self) -> bool {
        if (0..self.words.len()).any(|at| self.says(at, "returned|back next day|week")) {
            return true;
        }
        if self.any(|word| OTHERS.contains(&word)) {
            return false;
        }
        (0..self.words.len()).any(|at| self.counts(at) || self.adds(at)) || self.is_of_both_halves()
    }

    /// “2 shows”, “delivered x2”, “done twice”.
    fn counts(&self, at: usize) -> bool {
        let is_number = |word: &str| word.parse::<u8>().is_ok_and(|number| (2..=12).contains(&number));
        let (here, next) = (self.at(at), self.at(at + 1));
        let before = at.checked_sub(1).map_or("", |before| self.at(before));
        if (is_number(here) || SEVERAL.contains(&here)) && VISITS.contains(&next) {
            let of_time = self.says(at + 2, "a|per|each|every year|term|week|month");
            return !BEFORE_OTHERS.contains(&before) && !of_time;
        }
        let taken = match (here, here.strip_prefix('x').or_else(|| here.strip_suffix('x'))) {
            ("x", _) if is_number(next) => 2,
            (_, Some(number)) if is_number(number) => 1,
            ("twice", _) => return DONE.contains(&before),
            ("both" | "double", _) => return VISITS.contains(&next) || next == "session",
            _ => return false,
        };
        let is_of_visits = |word: &str| VISITS.contains(&word) || word == "session" || word == "show";
        DONE.contains(&before) || is_of_visits(self.at(at + taken)) || (at == 0 && self.words.len() == taken)
    }

    /// “Also did Y5”, “repeated for Y5”, “3 classes one after another”.
    fn adds(&self, at: usize) -> bool {
        let of_class = || self.words[at..].iter().any(|word| is_class(word));
        (self.says(at, "also|then did|delivered|ran|saw|taught|visited|performed|spoke") && of_class())
            || self.says(at, "repeated for|with|in|to|pm|after|with")
            || (self.says(at, "again for|with|to") && of_class())
            || self.says(at, "one after another")
            || self.says(at, "one after the other")
            || self.says(at, "back to back")
            || self.says(at, "double bill")
            || self.says(at, "split over|across two|2|several days|visits|sessions")
            || self.returns(at)
    }

    /// “Again 14/3”, “second visit 21/3”, “went back the next day”, “9.30 and 10.45”.
    fn returns(&self, at: usize) -> bool {
        let day = |at: usize| self.is_day(at + usize::from(matches!(self.at(at), "on" | "the")));
        let number = |at: usize, most: u8| self.at(at).parse::<u8>().is_ok_and(|number| number <= most);
        // “9.30”, and “14/3” as well.
        let is_pair = |at: usize| number(at, 31) && number(at + 1, 59);
        (self.says(at, "again|also|continued|continuing") && day(at + 1))
            || (self.says(at, "second|2nd|another|further visit|session|show|performance|workshop") && day(at + 2))
            || (self.says(at, "went|came|going back") && (day(at + 2) || self.says(at + 2, "next|following|the")))
            || self.says(at, "returned next|following|the")
            || (self.says(at, "returned") && day(at + 1))
            || (is_pair(at) && matches!(self.at(at + 2), "and" | "then") && is_pair(at + 3))
            || (is_class(self.at(at))
                && self.says(at + 1, "on")
                && self.is_day(at + 2)
                && self.any(|word| word == "and"))
    }

    /// Whether a word is of a day: “14/3”, “21st”, “Mon”.
    fn is_day(&self, at: usize) -> bool {
        let word = self.at(at);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let is_ordinal = ["st", "nd", "rd", "th"].iter().any(|end| word.ends_with(end));
        // A stroke parts two words.
        let number = |at: usize, most: u8| self.at(at).parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
        (is_number && (is_ordinal || date::month(self.at(at + 1)).is_some()))
            || (number(at, 31) && number(at + 1, 12))
            || date::weekday(word).is_some()
            || date::month(word).is_some()
    }

    /// “AM & PM”.
    fn is_of_both_halves(&self) -> bool {
        let is_pair = |at: usize| {
            ["am pm", "am and pm", "morning afternoon", "morning and afternoon", "am then pm"]
                .iter()
                .any(|phrase| self.says(at, phrase))
        };
        self.words.len() <= 5 && (0..self.words.len()).any(is_pair)
    }

    /// “Corrected number”, “amended”, “updated figures”.
    pub(super) fn is_corrected(&self) -> bool {
        let is_word = |word: &String| {
            matches!(
                word.as_str(),
                "corrected"
                    | "correct"
                    | "correction"
                    | "amended"
                    | "amendment"
                    | "updated"
                    | "update"
                    | "revised"
                    | "resubmitted"
                    | "replaces"
            )
        };
        let is_beside = |word: &String| {
            matches!(
                word.as_str(),
                "number"
                    | "numbers"
                    | "nos"
                    | "no"
                    | "figure"
                    | "figures"
                    | "total"
                    | "count"
                    | "entry"
                    | "row"
                    | "line"
                    | "form"
                    | "above"
                    | "previous"
                    | "of"
                    | "the"
                    | "to"
                    | "version"
                    | "this"
                    | "is"
                    | "a"
                    | "now"
                    | "pupils"
                    | "pupil"
            )
        };
        self.words.iter().any(is_word) && self.words.iter().all(|word| is_word(word) || is_beside(word))
    }

    /// Whether it says that the row is not right.
    pub(super) fn is_wrong(&self) -> bool {
        let first = usize::from(matches!(self.at(0), "please" | "pls" | "nb" | "note" | "this" | "is" | "a"));
        let next = self.at(first + 1);
        let is_alone = match self.at(first) {
            "ignore" | "disregard" | "delete" | "deleted" => {
                matches!(next, "" | "this" | "row" | "line" | "entry" | "me" | "above" | "below" | "as" | "see")
            }
            "duplicate" | "duplicated" | "dup" | "dupe" | "duplication" => {
                matches!(
                    next,
                    "" | "entry" | "of" | "row" | "line" | "booking" | "record" | "visit" | "session" | "see"
                )
            }
            // On what was sent or printed, it is no matter of the row.
            "wrong" | "incorrect" if self.any(|word| PRINTED.contains(&word)) => false,
            "wrong" | "incorrect" => matches!(
                next,
                "school"
                    | "date"
                    | "day"
                    | "row"
                    | "line"
                    | "entry"
                    | "name"
                    | "class"
                    | "year"
                    | "month"
                    | "time"
                    | "numbers"
            ),
            "double" => next == "entry",
            _ => false,
        };
        is_alone || (0..self.words.len()).any(|at| self.corrects(at))
    }

    fn corrects(&self, at: usize) -> bool {
        let last = self.words.len().saturating_sub(1);
        let is_instead =
            || self.says(at, "done|did|delivered|held|ran|went|visited|moved|taken") && self.at(last) == "instead";
        (is_instead() && (at + 1..last).any(|at| self.is_named(at)))
            || (self.is_named(at) && self.at(at + 1) == "not" && self.is_named(at + 2))
            || self.says(at, "date|dates|numbers|number|nos|school|year|years|time wrong|incorrect")
            || self.says(at, "same visit|session|booking|one|row as")
            || self.says(at, "already on|in|entered|listed|above sheet|list|above|log|the|twice")
            || self.says(at, "test entry|row|data|record")
            || (self.says(at, "in error") && self.words.len() <= 4)
            || (self.says(at, "not ours") && at == 0)
            || (self.says(at, "actually|really did|done|held|ran|happened|delivered")
                && self.is_named(self.words.len() - 1))
            || self.says(at, "entered|logged|recorded|listed|typed|submitted|down|counted twice")
            || self.says(at, "entered|logged|recorded|listed in error")
            || self.says(at, "both|two|2 schools")
            || self.says(at, "rolled into")
            || (self.says(at, "should|shd be|read|say") && self.is_named(at + 2))
            || (self.says(at, "should have been") && self.is_named(at + 3))
            || (self.says(at, "actually") && self.is_named(at + 1))
            || self.is_shared(at)
    }

    /// Whether a name, a day, a class or a number stands there.
    fn is_named(&self, at: usize) -> bool {
        let at = at + usize::from(matches!(self.at(at), "on" | "at" | "was" | "the" | "for"));
        let word = self.at(at);
        let is_short = matches!(word, "ok" | "i" | "it" | "we");
        (self.capitals.get(at).copied().unwrap_or(false) && !is_short)
            || word.starts_with(|c: char| c.is_ascii_digit())
            || is_class(word)
            || date::month(word).is_some()
            || date::weekday(word).is_some()
    }

    /// “Joint with Saltaire”, “swapped with Thackley”.
    fn is_shared(&self, at: usize) -> bool {
        let is_with = self.says(at, "joint|jointly|joined|combined|merged|shared|swapped|swopped with|into");
        let with = self.at(at + 2);
        let is_of_school = self.any(|word| matches!(word, "school" | "schools" | "primary"));
        let is_class = is_class(with) || TOGETHER.contains(&with) || with.is_empty();
        let third = self.at(at + 3);
        let is_joint = self.says(at, "joint visit|session with");
        (is_with && (is_of_school || !is_class)) || (is_joint && !self::is_class(third) && !TOGETHER.contains(&third))
    }
}

/// Whether a word is of a class, or of a half of the day: “y5”, “6b”, “pm”.
fn is_class(word: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_year = ["y", "yr", "ks", "year"]
        .iter()
        .any(|p| word.strip_prefix(p).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
    let is_form = word.len() == 2
        && word.is_char_boundary(1)
        && is_digits(&word[..1])
        && word[1..].bytes().all(|b| b.is_ascii_alphabetic());
    is_year
        || is_form
        || matches!(
            word,
            "year" | "yr" | "class" | "classes" | "reception" | "nursery" | "am" | "pm" | "morning" | "afternoon"
        )
}
