//! Whether “cancelled” is what a remark itself states of the visit: “cancelled - snow”, and not “PC Smith cancelled - PC
//! Jones did it” or “school cancelled our parking”.

use super::phrases::{CARRIED, MOVED, NOT, OFF, PERHAPS_DONE, PERHAPS_HELD, PUT_OFF, SUBJECTS, TOOK_PLACE, any};
use super::{Clause, Place, clauses, is_cancelled, spelled_out};
use crate::history::date;

/// What takes it back, or says that it is of another visit.
const CONTRADICTS: &[&str] = &[
    "reinstated",
    "reinstate",
    "instead",
    "repeat",
    "repeated",
    "repeats",
    "replaces",
    "replaced",
    "replacing",
    "replacement",
    "previously",
    "originally",
    "but",
    "then",
    "however",
    "although",
    "understudy",
];
/// Whose things, and which, may be cancelled while the visit goes on.
const THINGS: &[&str] = &[
    "our", "their", "his", "her", "my", "lunch", "lunches", "dinner", "break", "assembly", "parking", "train",
    "trains", "bus", "coach", "taxi", "hotel", "meeting", "photos", "date", "dates", "order", "invoice", "payment",
];
/// What may stand in front.
const LEAD: &[&str] = &["they", "unfortunately", "sadly", "sorry", "had", "to", "be", "head", "headteacher", "office"];
/// What may follow: why, when, by whom.
const AFTER: &[&str] = &[
    "by",
    "due",
    "because",
    "owing",
    "as",
    "on",
    "at",
    "in",
    "to",
    "until",
    "till",
    "from",
    "for",
    "after",
    "again",
    "today",
    "day",
    "later",
    "late",
    "short",
    "notice",
    "via",
    "per",
    "with",
    "tbc",
    "snow",
    "ice",
    "weather",
    "staff",
    "school",
    "covid",
    "lockdown",
    "strike",
    "illness",
    "ill",
    "sick",
    "sickness",
    "flood",
    "flooding",
    "heating",
    "boiler",
    "power",
    "operational",
    "emergency",
    "officer",
    "team",
    "unit",
    "van",
    "vehicle",
    "exam",
    "exams",
    "ofsted",
    "sats",
    "clash",
    "timetable",
    "no",
    "not",
    "autumn",
    "spring",
    "summer",
    "term",
    "week",
    "bad",
    "heavy",
    "closed",
];

/// Whether a text that says so states it of the visit itself. Remarks begin with it; elsewhere what stands before a dash
/// or a bracket is the cell's own matter.
pub(in crate::history) fn is_own(text: &str, place: Place) -> bool {
    let text = spelled_out(text);
    let clauses = clauses(text.trim());
    let mut said = clauses.iter().filter(|clause| !clause.words.is_empty());
    match place {
        Place::Elsewhere => said.any(|clause| states(&clause.words)),
        _ => said.find(|c| !c.words.iter().all(|word| is_when_or_why(word))).is_some_and(|c| states(&c.words)),
    }
}

fn states(words: &[&str]) -> bool {
    let is_lead =
        |word: &&&str| SUBJECTS.contains(word) || LEAD.contains(word) || NOT.contains(word) || **word == "did";
    let lead = words.iter().take_while(is_lead).count();
    let rest = &words[lead..];
    let Some(first) = rest.first() else { return false };
    let denied = words[..lead].iter().any(|word| NOT.contains(word));
    let mut taken = usize::from(is_cancelled(first));
    taken = taken.max([OFF, PUT_OFF, MOVED, CARRIED].iter().map(|of| any(of, rest)).max().unwrap_or(0));
    if denied {
        taken = taken.max([TOOK_PLACE, PERHAPS_HELD, PERHAPS_DONE].iter().map(|of| any(of, rest)).max().unwrap_or(0));
    }
    // “School withdrew” begins with whom it is said of.
    taken = taken.max(any(OFF, words).saturating_sub(lead));
    // “Was cancelled in May” tells of what was before.
    taken > 0 && words[0] != "was" && goes_on(&rest[taken..])
}

/// What stands behind “the” or “next” where that is a day: “next one” may be another visit.
const DAYS: &[&str] = &["term", "week", "month", "year", "day", "half", "date", "morning", "minute", "time", "night"];

/// Whether what follows the words is why, when or by whom.
fn goes_on(rest: &[&str]) -> bool {
    let is_of = |word: &str| matches!(word, "the" | "next" | "this" | "new" | "last");
    match rest.split_first() {
        None => true,
        Some((first, rest)) if is_of(first) => {
            rest.first().is_some_and(|word| DAYS.contains(word) || is_when_or_why(word))
        }
        Some((first, _)) => is_when_or_why(first),
    }
}

fn is_when_or_why(word: &str) -> bool {
    AFTER.contains(&word)
        || word.starts_with(|c: char| c.is_ascii_digit())
        || date::month(word).is_some()
        || date::weekday(word).is_some()
}

/// Whether other words take it back: “cancelled, then reinstated”, “was cancelled in May, now done”.
pub(super) fn is_contradicted(clauses: &[Clause<'_>]) -> bool {
    clauses.iter().any(|clause| {
        let words = &clause.words;
        words.iter().enumerate().any(|(at, word)| {
            let before = at.checked_sub(1).map(|before| words[before]);
            let is_to_come = before.is_some_and(|word| NOT.contains(&word) || matches!(word, "be" | "get"));
            CONTRADICTS.contains(word)
                // “Did not happen as planned”.
                || (matches!(*word, "planned" | "expected" | "hoped") && before == Some("as"))
                || (*word == "done" && !is_to_come)
                || (matches!(*word, "it" | "there") && matches!(before, Some("did" | "got")))
        })
    })
}

/// Whether what follows the word is a thing that was cancelled while the visit went on.
pub(super) fn is_of_thing(rest: &[&str]) -> bool {
    rest.first().is_some_and(|word| THINGS.contains(word))
        || matches!(rest, ["school", "trip" | "lunch" | "assembly", ..])
}
