//! The words in which people say whether a session took place.

use super::Place;

/// A word or several, told by how each begins (`*` at its end) or what each is.
pub(super) type Phrase = &'static str;

/// Plainly not, wherever they stand. The words for “cancelled” are told by [`is_cancelled`].
pub(super) const OFF: &[Phrase] =
    &["called off", "called it off", "school withdrew", "school pulled out", "school has withdrawn"];
/// Not, of a session; in remarks they may be of something else.
pub(super) const PERHAPS_OFF: &[Phrase] = &[
    "no show",
    "noshow",
    "fell through",
    "snowed off",
    "did not get there",
    "dropped out",
    "scrubbed",
    "evacuated",
    "abandon*",
    "aborted",
    "turned back",
    "turned away",
    "turned us away",
    "wasted journey",
    "snow day",
    "sent away",
    "sent home",
    "school clos*",
    "school was clos*",
    "school shut",
    "withdrew",
    "withdrawn",
    "pulled out",
    "stood down",
    "stand down",
    "no visit",
    "no session",
    "no longer needed",
    "no longer required",
    "unable to attend",
    "unable to deliver",
    "could not attend",
    "could not deliver",
    "failed to attend",
    "fta",
    "failed visit",
    "stood us up",
    "no one there",
    "noone there",
    "nobody there",
    "no one turned up",
    "noone turned up",
    "nobody turned up",
    "no one came",
    "nobody came",
    "unable to get there",
    "unable to get to school",
    "could not get there",
    "could not get in",
    "refused entry",
    "refused access",
    "put us off",
    "gave slot",
    "gave the slot",
    "gave our slot",
    "slot given",
    "slot went to",
    "forgot we",
    "forgot us",
    "forgot about us",
    "not expecting us",
    "lost to snow",
    "lost to weather",
    "lost to ice",
    "lost to flood*",
    "lost to illness",
    "lost to sickness",
    "lost to strike*",
    "lost session",
    "lost the session",
    "stood us down",
    "recalled to station",
    "recalled to work",
    "recalled to duty",
    "recalled to base",
    "cry off",
    "cried off",
];
pub(super) const PUT_OFF: &[Phrase] =
    &["postpon*", "postoned", "postp", "resched*", "rearrang*", "deferred", "put off", "held over"];
/// Put off where a day follows.
pub(super) const MOVED: &[Phrase] = &[
    "moved to",
    "bumped to",
    "pushed to",
    "pushed back to",
    "put back to",
    "changed to",
    "brought forward to",
    "swapped to",
    "swopped to",
    "switched to",
    "rebooked for",
    "rebooked to",
];
/// Put off, of a session: “fee carried forward” is not.
pub(super) const CARRIED: &[Phrase] = &["rolled over", "rolled forward", "carried forward", "carried over"];
/// To come, of a session.
pub(super) const TO_COME: &[Phrase] = &[
    "to be arranged",
    "to be booked",
    "to be rebooked",
    "to rebook",
    "needs rebooking",
    "will rebook",
    "will be done",
    "will be delivered",
    "will be rebooked",
    "to ring back",
    "to call back",
    "to phone back",
    "to get back to",
];
pub(super) const PERHAPS_PUT_OFF: &[Phrase] = &["new date", "rebooked"];
pub(super) const TO_CONFIRM: &[Phrase] = &[
    "tbc",
    "tba",
    "provisional*",
    "pencilled",
    "penciled",
    "awaiting confirmation",
    "to confirm",
    "to be confirmed",
    "not confirmed",
    "unconfirmed",
    "not yet",
];
/// That it took place; after “not”, that it did not.
pub(super) const TOOK_PLACE: &[Phrase] =
    &["went ahead", "go ahead", "gone ahead", "took place", "take place", "taken place", "happen*"];
/// The same of a session; in remarks they may be of something else.
pub(super) const PERHAPS_HELD: &[Phrase] = &["held", "delivered", "deliver"];
pub(super) const PERHAPS_DONE: &[Phrase] =
    &["attended", "attend", "completed", "complete", "done", "visited", "ran", "run", "yes"];
/// Whole cells that say nothing but that it is planned, or why it may not have been.
pub(super) const PLANNED: &[&str] = &[
    "planned",
    "booked",
    "scheduled",
    "pending",
    "provisional",
    "prov",
    "arranged",
    "confirmed",
    "requested",
    "waiting list",
    "enquiry",
    "enquiry only",
    "no",
    "n",
    "dna",
    "declined",
    "void",
    "refund",
    "refunded",
    "snow",
    "strike",
    "covid",
];

pub(super) const NOT: &[&str] = &["not", "never", "without", "wasn", "didn", "hasn", "weren"];
pub(super) const HEDGES: &[&str] =
    &["maybe", "might", "possibly", "probably", "perhaps", "likely", "unsure", "if", "unless", "nearly", "almost"];
/// What speaks of a part of what a row is about, or of another thing: “PM cancelled”, “trip cancelled”.
pub(super) const PARTS: &[&str] = &[
    "am",
    "pm",
    "morning",
    "afternoon",
    "half",
    "part",
    "partly",
    "some",
    "one",
    "two",
    "three",
    "first",
    "second",
    "third",
    "1st",
    "2nd",
    "3rd",
    "last",
    "next",
    "previous",
    "other",
    "another",
    "class",
    "classes",
    "group",
    "groups",
    "assembly",
    "meeting",
    "trip",
    "parents",
    "parent",
    "follow",
    "followup",
    "lunch",
    "swimming",
    "bus",
    "coach",
    "year",
    "yr",
    "reception",
    "nursery",
];
pub(super) const CHILDREN: &[&str] = &[
    "pupil", "pupils", "child", "children", "chn", "student", "students", "boy", "boys", "girl", "girls", "ta", "tas",
];
/// What is cancelled as a paper or a payment, before the word.
pub(super) const PAPERS: &[&str] =
    &["invoice", "invoices", "inv", "payment", "cheque", "deposit", "po", "order", "charge", "fee"];
/// What “cancellation” is the beginning of, without saying that there was one.
pub(super) const OF_CANCELLATION: &[&str] =
    &["fee", "fees", "charge", "charged", "policy", "terms", "form", "list", "email", "letter"];
/// Who or what a session's not being held is said of.
pub(super) const SUBJECTS: &[&str] = &[
    "session",
    "sessions",
    "visit",
    "lesson",
    "input",
    "workshop",
    "it",
    "this",
    "we",
    "team",
    "unit",
    "officer",
    "officers",
    "school",
    "deliverer",
    "staff",
    "was",
    "were",
    "has",
    "been",
    "both",
    "all",
    "the",
    "us",
];
pub(super) const THINGS: &[&str] =
    &["seat", "seats", "seating", "chairs", "tables", "room", "rooms", "hall", "furniture", "groups"];
/// What makes “yes” less than that: “yes, but only half”.
pub(super) const BUT: &[&str] =
    &["but", "only", "half", "part", "partly", "partially", "except", "over", "back", "some", "or"];

/// Whether a word is one of those for “cancelled”.
pub(in crate::history) fn is_cancelled(word: &str) -> bool {
    (word.starts_with("canc") && !word.starts_with("cancer"))
        || word.starts_with("cncl")
        || matches!(word, "canx" | "cxl" | "cxld" | "cxd" | "cnx" | "cnxl" | "canelled" | "cx")
}

/// Whether a text may say, wherever it stands, that a session did not take place: most cells need not be read for more.
pub(in crate::history) fn may_tell(text: &str) -> bool {
    has_any(text, |first| match first {
        b'c' => &["canc", "canx", "canel", "cncl", "cxl", "cxd", "cnx", "c/x", "called off", "called it off"],
        b'd' => &["deferred"],
        b'g' => &["go ahead"],
        b'h' => &["happen", "held over"],
        b'p' => &["postp", "posto", "post-p", "put off"],
        b'r' => &["resched", "re-sched", "rearr", "re-arr"],
        b's' => &["school withdr", "school pulled", "school has withdrawn"],
        b't' => &["take place"],
        _ => &[],
    })
}

/// Whether it may ask, beside a school's name, whether one did.
pub(in crate::history) fn may_ask(text: &str) -> bool {
    has_any(text, |first| match first {
        b'a' => &["abandon", "abort", "awaiting"],
        b'd' => &["dna"],
        b'm' => &["moved to"],
        b'n' => &["no show", "no-show", "noshow", "not yet", "not confirmed"],
        b'p' => &["provisional", "pencil"],
        b'r' => &["rebooked", "rebook "],
        b's' => &["school clos"],
        b't' => &["tbc", "tba", "to be confirmed", "to confirm", "turned back", "turned away"],
        b'u' => &["unconfirmed"],
        _ => &[],
    })
}

/// Whether a text has, in any case, one of the words that are given for their first letter, where a word begins.
fn has_any(text: &str, of: impl Fn(u8) -> &'static [&'static str]) -> bool {
    let bytes = text.as_bytes();
    let mut is_inside = false;
    bytes.iter().enumerate().any(|(at, byte)| {
        let begins = !is_inside;
        is_inside = byte.is_ascii_alphanumeric();
        let starts =
            |word: &&str| bytes.get(at..at + word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()));
        begins && is_inside && of(byte.to_ascii_lowercase()).iter().any(starts)
    })
}

/// Whether words that say something of whether a session took place begin a list of words.
pub(in crate::history) fn begins_at(words: &[&str], place: Place) -> bool {
    let denied = words.first().is_some_and(|word| NOT.contains(word))
        && (1..=3).any(|at| any(TOOK_PLACE, words.get(at..).unwrap_or_default()) > 0);
    let asked = &[
        "no show",
        "noshow",
        "abandon*",
        "aborted",
        "turned back",
        "turned away",
        "school clos*",
        "dna",
        "rebooked",
        "moved to",
    ];
    is_cancelled(words[0])
        || denied
        || any(OFF, words).max(any(PUT_OFF, words)) > 0
        || (place == Place::Notes && any(TO_CONFIRM, words).max(any(asked, words)) > 0)
}

/// Whether a word before those changes what they say: “not”, “pm”.
pub(in crate::history) fn is_modifier(word: &str) -> bool {
    NOT.contains(&word)
        || HEDGES.contains(&word)
        || matches!(word, "am" | "pm" | "morning" | "afternoon" | "one" | "class" | "half" | "was" | "been" | "did")
}

/// How many words of a clause a phrase takes from a place on; 0: it does not stand there.
pub(super) fn takes(phrase: Phrase, words: &[&str]) -> usize {
    let mut taken = 0;
    for said in phrase.split(' ') {
        let fits = words.get(taken).is_some_and(|word| match said.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => *word == said,
        });
        if !fits {
            return 0;
        }
        taken += 1;
    }
    taken
}

pub(super) fn any(phrases: &[Phrase], words: &[&str]) -> usize {
    phrases.iter().map(|phrase| takes(phrase, words)).max().unwrap_or(0)
}
