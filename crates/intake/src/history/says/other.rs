//! Remarks whose words are of another thing than the visit: “letters sent home”, “numbers tbc”, “HT unable to attend”.

use super::phrases::{CHILDREN, PERHAPS_PUT_OFF, Phrase, TO_COME, TO_CONFIRM, any};

/// What is handed out.
const HANDOUTS: &[&str] = &[
    "letter",
    "letters",
    "leaflet",
    "leaflets",
    "pack",
    "packs",
    "newsletter",
    "newsletters",
    "form",
    "forms",
    "slip",
    "slips",
    "booklet",
    "booklets",
    "certificate",
    "certificates",
    "poster",
    "posters",
    "info",
    "information",
    "homework",
    "stickers",
    "resources",
];
/// What is settled of a visit beside whether it is.
const DETAILS: &[&str] = &[
    "number",
    "numbers",
    "nos",
    "headcount",
    "lunch",
    "lunches",
    "parking",
    "hall",
    "room",
    "topic",
    "topics",
    "price",
    "fee",
    "fees",
    "cost",
    "costs",
    "payment",
    "invoice",
    "po",
    "address",
    "contact",
    "register",
    "names",
    "photos",
    "consent",
    "evaluation",
    "receipt",
    "balance",
    "deposit",
    "credit",
    "money",
    "refreshments",
];
/// Those of the school whose being away leaves the visit as it was.
const HEADS: &[&str] = &[
    "head",
    "ht",
    "headteacher",
    "deputy",
    "dht",
    "slt",
    "governor",
    "governors",
    "teacher",
    "mayor",
    "councillor",
    "cllr",
    "senco",
    "parent",
    "parents",
    "mp",
    "photographer",
    "press",
    "ta",
    "tas",
];
/// What is got ready for a visit, or used in it.
const PARTS_OF_IT: &[&str] = &[
    "plan",
    "plans",
    "planned",
    "notes",
    "time",
    "times",
    "q",
    "qa",
    "quiz",
    "game",
    "games",
    "activity",
    "activities",
    "role",
    "video",
    "film",
    "demo",
    "demonstration",
    "slides",
    "powerpoint",
    "ppt",
    "projector",
    "worksheet",
];
/// Whose work went on without them.
const OFFICERS: &[&str] = &["officer", "officers", "pc", "pcso", "unit", "actor", "presenter"];
/// What calls somebody up: “rang to confirm”.
const RANG: &[&str] =
    &["rang", "called", "phoned", "rung", "emailed", "texted", "spoke", "contacted", "wrote", "messaged"];
/// How someone's being away was made good.
const COVERED: &[&str] = &[
    "cover",
    "understudy",
    "did it",
    "but fine",
    "but ok",
    "stood in",
    "stepped in",
    "instead",
    "replaced",
    "went ahead",
    "all fine",
    "still went",
    "still ran",
];

fn has(words: &[&str], of: &[&str]) -> bool {
    words.iter().any(|word| of.contains(word))
}

/// Whether what may say in a remark, at a place of a clause, that a visit was not held is of another thing; `before` are
/// the words of the clauses before it.
pub(super) fn is_of_other(words: &[&str], at: usize, before: &[&str]) -> bool {
    let (lead, here) = words.split_at(at);
    let begins = |phrases: &[Phrase]| any(phrases, here);
    let next = |taken: usize| here.get(taken).copied().unwrap_or_default();
    let taken = begins(&["school clos*", "school was clos*", "school shut"]);
    if taken > 0 {
        return matches!(
            next(taken),
            "early" | "at" | "after" | "soon" | "next" | "tomorrow" | "gate" | "gates" | "door" | "doors"
        );
    }
    let taken = begins(&["abandon*", "aborted", "no visit", "no session", "withdrawn", "withdrew"]);
    if taken > 0 {
        let thing = if matches!(next(taken), "the" | "a" | "from") { next(taken + 1) } else { next(taken) };
        return PARTS_OF_IT.contains(&thing) || HANDOUTS.contains(&thing);
    }
    if begins(&["no show of hands", "no show of hand"]) > 0 {
        return true;
    }
    if begins(&["sent home", "sent away", "will be delivered", "delivered", "will be done"]) > 0 {
        return has(lead, HANDOUTS) || (here[0] != "delivered" && has(here, HANDOUTS));
    }
    if begins(&["stood down", "stand down"]) > 0 {
        return matches!(next(2), "second" | "2nd" | "one" | "other" | "extra" | "spare" | "additional" | "third")
            && has(here, OFFICERS);
    }
    if begins(&["unable to attend", "could not attend", "failed to attend"]) > 0 {
        return has(lead, HEADS) || has(lead, CHILDREN);
    }
    let taken = begins(&["rolled over", "rolled forward", "carried forward", "carried over"]);
    if taken > 0 {
        return has(words, DETAILS);
    }
    let (to_come, to_confirm) = (begins(TO_COME), begins(TO_CONFIRM));
    let is_follow_up =
        |words: &[&str]| has(words, &["followup"]) || words.windows(2).any(|two| two == ["follow", "up"]);
    if to_come.max(to_confirm).max(begins(PERHAPS_PUT_OFF)) > 0 && (is_follow_up(before) || is_follow_up(lead)) {
        return true;
    }
    if to_come > 0 {
        let is_school = here[0] == "will" && has(lead, &["school", "they", "head", "office"]);
        return is_school || here.windows(2).any(|two| two == ["next", "year"]);
    }
    if begins(&["new date"]) > 0 {
        return next(2) == "for" && !has(here, &["visit", "session", "input", "workshop", "us"]);
    }
    if begins(&["not yet"]) > 0 {
        return matches!(
            next(2),
            "paid" | "invoiced" | "billed" | "evaluated" | "received" | "returned" | "sent" | "typed" | "entered"
        );
    }
    to_confirm > 0 && (has(words, DETAILS) || (here[0] == "to" && has(lead, RANG)))
}

/// Whether a remark says how somebody's being away was made good.
pub(super) fn is_covered(text: &str) -> bool {
    COVERED.iter().any(|said| text.contains(said))
}
