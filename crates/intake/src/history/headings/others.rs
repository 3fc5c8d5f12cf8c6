//! Headings that say what a column is not, or what it may be where its cells say the same.

use super::{PERSONAL, pupils};
use crate::history::words::{plain, words};

/// Whether a heading may be of schools, where names of schools stand below it.
pub(in crate::history) fn may_be_schools(heading: &str) -> bool {
    matches!(
        plain(heading).as_str(),
        "location"
            | "premises"
            | "site"
            | "organisation"
            | "organization"
            | "customer"
            | "client"
            | "place"
            | "where"
            | "college"
            | "schl"
            | "host"
            | "organisation name"
            | "customer name"
            | "client name"
            | "account"
            | "account name"
            | "location name"
            | "site name"
            | "place name"
            | "premises name"
    )
}

/// Whether a heading is of what an entry is called, as much as of its topic.
pub(in crate::history) fn is_a_title(heading: &str) -> bool {
    let is_title = |word: &&str| {
        matches!(
            *word,
            "title" | "name" | "event" | "entry" | "item" | "ref" | "reference" | "record" | "visit" | "booking"
        )
    };
    words(&plain(heading)).iter().any(is_title)
}

/// Whether a heading is of a place, which may be any.
pub(in crate::history) fn is_place(heading: &str) -> bool {
    words(&plain(heading)).iter().any(|word| matches!(*word, "location" | "place" | "premises" | "site"))
}

/// Whether a heading is one of the times at which somebody filled in a form on the web: such a list has both.
pub(in crate::history) fn is_of_form(heading: &str, mut all: impl Iterator<Item = String>) -> bool {
    matches!(plain(heading).as_str(), "start time" | "completion time")
        && all.any(|other| plain(&other) == "completion time")
}

/// Whether a heading says how many visits a row stands for: “No. of sessions”, “Qty”, “Shows”.
pub(in crate::history) fn counts_visits(heading: &str) -> bool {
    let text = plain(heading);
    let said = words(&text);
    let is_visits = |word: &str| {
        matches!(
            word,
            "sessions"
                | "shows"
                | "performances"
                | "talks"
                | "lessons"
                | "workshops"
                | "inputs"
                | "assemblies"
                | "visits"
                | "qty"
                | "quantity"
        )
    };
    let is_beside =
        |word: &str| matches!(word, "no" | "nos" | "number" | "of" | "how" | "many" | "total" | "delivered");
    // “No shows” says that nobody was there.
    said != ["no", "shows"]
        && said.iter().any(|word| is_visits(word))
        && said.iter().all(|word| is_visits(word) || is_beside(word))
}

/// Whether a heading says nothing but whom it was for, or who came: “Who for”, “Delivered to”, “Classes”.
pub(in crate::history) fn is_of_whom(heading: &str) -> bool {
    const WHOM: [&str; 17] = [
        "who",
        "whom",
        "audience",
        "participants",
        "attendees",
        "recipients",
        "class",
        "classes",
        "form",
        "forms",
        "set",
        "sets",
        "grade",
        "grades",
        "kids",
        "group",
        "groups",
    ];
    const BESIDE: [&str; 19] = [
        "to",
        "for",
        "was",
        "it",
        "delivered",
        "given",
        "target",
        "tutor",
        "cohort",
        "attended",
        "came",
        "which",
        "what",
        "the",
        "seen",
        "taught",
        "session",
        "visit",
        "is",
    ];
    let text = plain(heading);
    let said = words(&text);
    let is_to = matches!(said.as_slice(), ["delivered" | "given", "to"]);
    let names = said.iter().any(|word| WHOM.contains(word));
    is_to || (names && said.iter().all(|word| WHOM.contains(word) || BESIDE.contains(word)))
}

/// Whether a heading says nothing of what is counted.
pub(in crate::history) fn is_quantity(heading: &str) -> bool {
    matches!(plain(heading).as_str(), "qty" | "quantity")
}

/// Whether a heading may be of days, where days stand below it.
pub(in crate::history) fn may_be_days(heading: &str) -> bool {
    let text = plain(heading);
    matches!(words(&text).as_slice(), ["day" | "days"] | ["day" | "days", "and", "time" | "times"] | ["day", "time"])
}

/// Whether a heading is one of tickets or orders: beside it, a quantity is how many of those.
pub(in crate::history) fn is_of_orders(heading: &str) -> bool {
    words(&plain(heading))
        .iter()
        .any(|word| matches!(*word, "ticket" | "tickets" | "order" | "orders" | "item" | "items"))
}

/// Whether a heading says that its column is not to be read.
pub(in crate::history) fn is_left_out(heading: &str) -> bool {
    matches!(plain(heading).as_str(), "not read" | "ignore" | "ignored" | "leave out")
}

/// Whether a heading is of people: their names and numbers are not looked at.
pub(in crate::history) fn is_personal(heading: &str) -> bool {
    words(&plain(heading)).iter().any(|word| PERSONAL.contains(word))
}

/// Whether a heading says that its schools were not visited, or only lent their hall: “Venue”, “Previous school”.
pub(in crate::history) fn is_school_of_other(heading: &str) -> bool {
    const OTHERS: [&str; 34] = [
        "path",
        "url",
        "link",
        "folder",
        "file",
        "nearest",
        "closest",
        "venue",
        "venues",
        "location",
        "place",
        "where",
        "hall",
        "previous",
        "former",
        "old",
        "next",
        "destination",
        "trust",
        "mat",
        "federation",
        "cluster",
        "note",
        "notes",
        "comment",
        "comments",
        "remark",
        "remarks",
        "address",
        "postal",
        "invoice",
        "bill",
        "billing",
        "paid",
    ];
    words(&plain(heading)).iter().any(|word| OTHERS.contains(word))
}

/// Whether a heading says that its year groups or classes are not those that came: “Room”, “Next year”, “Absent”.
pub(in crate::history) fn is_year_of_other(heading: &str) -> bool {
    const OTHERS: [&str; 34] = [
        "room", "rooms", "teacher", "teachers", "tutor", "next", "previous", "last", "follow", "future", "absent",
        "staff", "parents", "siblings", "sen", "send", "ref", "id", "code", "postcode", "duration", "length", "hours",
        "travel", "mileage", "vehicle", "bus", "size", "taught", "taken", "not", "missed", "declined", "rag",
    ];
    words(&plain(heading)).iter().any(|word| OTHERS.contains(word))
}

/// Whether a heading may be of how many pupils came: nothing says that it counts or numbers something else.
pub(in crate::history) fn may_count_pupils(heading: &str) -> bool {
    let text = plain(heading);
    let said = words(&text);
    !is_left_out(heading) && !is_personal(heading) && !pupils::is_other_number(&text, &said)
}
