//! Remarks that may say that a visit did not take place where nothing else stands beside them: “moved”, “school said no”.
//! “Projector moved” and “school said no photos” are of other things.

use super::phrases::{CHILDREN, Phrase, SUBJECTS, any};

const ALONE: &[Phrase] = &[
    "refused",
    "moved",
    "not coming",
    "not required",
    "not needed",
    "on hold",
    "shelved",
    "undelivered",
    "double booked",
    "said no",
    "declined",
    "0 attended",
    "none attended",
    "nobody attended",
    "no one attended",
    "no one in",
    "nobody in",
    "did not turn up",
    "did not come",
    "did not arrive",
    "never arrived",
    "never came",
    "lockdown",
    "closed",
    "shut",
    "suspended",
    "adjourned",
    "rejected",
    "missed",
    "forgot",
    "forgotten",
    "isolating",
    "nobody",
    "no one",
    "noone",
    "dnr",
    "dna",
    "strike day",
    "bank hol",
    "bank holiday",
    "inset",
    "inset day",
    "unsuccessful",
    "not successful",
    "not seen",
    "no contact",
    "no go",
    "not today",
    "ofsted in",
    "staff strike",
    "teacher strike",
    "teachers strike",
    "bubble burst",
    "decided against",
    "decided against it",
    "not interested",
    "session lost",
    "slot lost",
    "snowed in",
    "non attendance",
    "not gain access",
    "not get access",
    "unable to gain access",
    "could not gain access",
    "could not get access",
    "apologies received",
    "apologies sent",
    "hall not available",
    "no access",
    "no answer",
    "no reply",
    "no response",
];
/// Remarks that say nothing else: within others they may be of anything.
pub(super) const REMARKS: &[&str] = &[
    "off",
    "x",
    "tbd",
    "cl",
    "n/a closed",
    "na closed",
    "failed",
    "fail",
    "lost",
    "missing",
    "hold",
    "dropped",
    "gone",
];
/// What may stand in front.
const BEFORE: &[&str] = &[
    "they",
    "are",
    "is",
    "be",
    "been",
    "unfortunately",
    "sadly",
    "now",
    "again",
    "head",
    "headteacher",
    "office",
    "project",
    "programme",
    "sch",
    "bubble",
    "n",
    "so",
    "had",
    "a",
];
/// What may stand behind.
const BEHIND: &[&str] = &[
    "now",
    "at",
    "the",
    "moment",
    "again",
    "unfortunately",
    "sadly",
    "today",
    "on",
    "day",
    "by",
    "school",
    "head",
    "us",
    "visit",
    "session",
    "input",
    "present",
    "available",
    "there",
    "came",
    "attended",
    "turned",
    "up",
    "in",
    "it",
    "this",
    "term",
    "year",
    "any",
    "more",
    "after",
    "all",
];
/// Why: what follows is no other thing.
const WHY: &[&str] = &["due", "because", "owing", "until", "till"];
const NONE: &[&str] = &["no", "0", "zero", "nil"];
/// Whose being away may leave a visit undone.
const TEAM: &[&str] = &[
    "officer",
    "officers",
    "pc",
    "pcso",
    "pcsos",
    "deliverer",
    "team",
    "unit",
    "staff",
    "actor",
    "actors",
    "presenter",
    "facilitator",
    "trainer",
    "driver",
    "we",
];

/// Whether a clause may say so.
pub(super) fn may_be_off(words: &[&str]) -> bool {
    let begins = words.iter().take_while(|word| BEFORE.contains(word) || SUBJECTS.contains(word)).count();
    let is_alone = (0..=begins).any(|at| {
        let here = words.get(at..).unwrap_or_default();
        let taken = any(ALONE, here).max(nobody(here));
        taken > 0 && ends(&here[taken..]) && here != ["moved", "on"]
    });
    is_alone || is_away(words)
}

/// “No pupils”.
fn nobody(words: &[&str]) -> usize {
    match words {
        [none, children, ..] if NONE.contains(none) && CHILDREN.contains(children) => 2,
        _ => 0,
    }
}

fn ends(rest: &[&str]) -> bool {
    rest.first().is_none_or(|word| WHY.contains(word)) || rest.iter().all(|word| BEHIND.contains(word))
}

/// “Officer off sick”.
fn is_away(words: &[&str]) -> bool {
    let is_ill = (0..words.len())
        .any(|at| any(&["off sick", "off ill", "called in sick", "sick", "ill", "isolating"], &words[at..]) > 0);
    words.len() <= 6
        && is_ill
        && words.iter().any(|word| TEAM.contains(word))
        && !words.iter().any(|w| CHILDREN.contains(w))
}
