//! Headings of days: which one is the visit's, and which may be another visit's.

use super::{PERSONAL, Rank, role};
use crate::history::Role;
use crate::history::words::{plain, words};

/// What days are of that are no visit's.
const OTHERS: [&str; 30] = [
    "invoice",
    "invoiced",
    "created",
    "entered",
    "paid",
    "payment",
    "birth",
    "updated",
    "modified",
    "printed",
    "feedback",
    "expiry",
    "dbs",
    "deposit",
    "rang",
    "rung",
    "called",
    "phoned",
    "emailed",
    "chased",
    "closed",
    "cancelled",
    "canceled",
    "cancellation",
    "postponed",
    "new",
    "rescheduled",
    "rearranged",
    "moved",
    "revised",
];
/// What is done before or after a visit: its day may stand for the visit's where there is no other.
const BEFORE_OR_AFTER: [&str; 31] = [
    "booked",
    "booking",
    "enquiry",
    "enquired",
    "requested",
    "request",
    "received",
    "ordered",
    "order",
    "confirmed",
    "sent",
    "contacted",
    "planned",
    "original",
    "provisional",
    "reported",
    "recorded",
    "logged",
    "returned",
    "deadline",
    "due",
    "review",
    "evaluation",
    "evaluated",
    "report",
    "added",
    "letter",
    "consent",
    "notified",
    "submitted",
    "signed",
];
/// Words of days that may be of a visit, or of its end.
const OF_VISITS: [&str; 12] =
    ["end", "ends", "ended", "finish", "to", "until", "next", "previous", "last", "follow", "followup", "completed"];

/// What a heading says that names a date, in its words.
pub(super) fn of_date(said: &[&str]) -> Option<(Role, Rank)> {
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    if has(&OTHERS) {
        return None;
    }
    let is_low = said.iter().any(|word| is_later(word)) || has(&OF_VISITS) || has(&BEFORE_OR_AFTER);
    let is_high = has(&[
        "session",
        "sessions",
        "visit",
        "visits",
        "visited",
        "delivery",
        "delivered",
        "performance",
        "show",
        "workshop",
        "lesson",
        "taught",
        "actual",
        "event",
        "attended",
        "occurred",
        "took",
        "held",
    ]);
    Some((
        Role::Date,
        if is_low {
            Rank::Low
        } else if is_high {
            Rank::High
        } else {
            Rank::Plain
        },
    ))
}

const MOVED: [&str; 5] = ["rescheduled", "rearranged", "moved", "new", "revised"];

/// Whether a heading is that of the day to which a visit was moved: “New date”, “Rescheduled to”.
pub(in crate::history) fn is_moved_to(heading: &str) -> bool {
    let text = plain(heading);
    let said = words(&text);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    has(&MOVED) && has(&["date", "dates", "to", "for", "day"]) && !has(&PERSONAL) && !has(&["requested", "enquiry"])
}

/// Whether a column that is not read may hold a day of another visit of the row: headed no worse than the one that is
/// (“Date 1”, “Date 2”), as its end, or as the day to which it was moved.
pub(in crate::history) fn is_other_day(heading: &str, read: &str) -> bool {
    const END: [&str; 6] = ["end", "ends", "ended", "finish", "to", "until"];
    let text = plain(heading);
    let said = words(&text);
    if said.iter().any(|word| MOVED.contains(word)) {
        return is_moved_to(heading);
    }
    if is_second_visit(&said) {
        return true;
    }
    let Some((Role::Date, rank)) = role(heading) else { return false };
    // “Review date” and “Letter date” are days of something else.
    if !said.iter().all(|word| END.contains(word) || is_of_visit(word)) {
        return false;
    }
    let is_end = [said.first(), said.last()].into_iter().flatten().any(|w| END.contains(w));
    is_end || said.iter().any(|word| is_later(word)) || role(read).is_none_or(|(_, of_read)| rank >= of_read)
}

/// Words of a day of a visit, whichever it is of several.
fn is_of_visit(word: &str) -> bool {
    const WORDS: [&str; 47] = [
        "date",
        "dates",
        "day",
        "days",
        "when",
        "of",
        "the",
        "on",
        "from",
        "start",
        "starts",
        "first",
        "second",
        "third",
        "fourth",
        "1st",
        "2nd",
        "3rd",
        "4th",
        "one",
        "two",
        "three",
        "another",
        "other",
        "additional",
        "extra",
        "further",
        "repeat",
        "return",
        "if",
        "any",
        "and",
        "or",
        "am",
        "pm",
        "morning",
        "afternoon",
        "visit",
        "visits",
        "session",
        "sessions",
        "delivery",
        "delivered",
        "performance",
        "show",
        "workshop",
        "lesson",
    ];
    WORDS.contains(&word) || word.bytes().all(|b| b.is_ascii_digit())
}

/// A word of another visit than the first: “second”, “2”.
fn is_later(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "second",
        "third",
        "fourth",
        "2nd",
        "3rd",
        "4th",
        "two",
        "three",
        "another",
        "other",
        "additional",
        "extra",
        "return",
        "repeat",
    ];
    WORDS.contains(&word) || word.parse::<u8>().is_ok_and(|number| (2..=9).contains(&number))
}

/// “Visit 2”, “Second visit”, “Return visit”: what stands below may be its day.
fn is_second_visit(said: &[&str]) -> bool {
    matches!(said, ["revisit"])
        || (matches!(said, [one, other] if (is_later(one) || is_later(other))
            && [one, other].iter().any(|word| matches!(**word, "visit" | "session" | "workshop" | "performance"))))
}

/// Whether a heading says that its days are of something else than a visit: “Date received”, “Invoice sent”, “DBS”.
pub(in crate::history) fn is_day_of_other(heading: &str) -> bool {
    const MORE: [&str; 86] = [
        "inv",
        "po",
        "risk",
        "assessment",
        "form",
        "forms",
        "contract",
        "agreement",
        "email",
        "mail",
        "call",
        "contact",
        "certificate",
        "cert",
        "certificates",
        "refund",
        "pack",
        "resources",
        "survey",
        "questionnaire",
        "approved",
        "checked",
        "started",
        "entry",
        "timestamp",
        "response",
        "acknowledged",
        "issued",
        "renewal",
        "agreed",
        "referral",
        "referred",
        "allocated",
        "preferred",
        "ra",
        "pre",
        "prep",
        "planning",
        "meeting",
        "tech",
        "recce",
        "rehearsal",
        "briefing",
        "spoke",
        "confirmation",
        "conf",
        "conf'd",
        "confd",
        "bkd",
        "pencilled",
        "diary",
        "calendar",
        "ack",
        "replied",
        "recieved",
        "quote",
        "quoted",
        "letters",
        "permission",
        "flyer",
        "reminder",
        "chase",
        "certs",
        "eval",
        "evals",
        "fb",
        "thanks",
        "evidence",
        "filed",
        "scanned",
        "uploaded",
        "database",
        "system",
        "invd",
        "pd",
        "mileage",
        "expenses",
        "insurance",
        "gdpr",
        "expires",
        "valid",
        "term",
        "opened",
        "prev",
        "before",
        "site",
    ];
    let text = plain(heading);
    let said = words(&text);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    has(&OTHERS) || has(&BEFORE_OR_AFTER) || has(&MORE)
}
