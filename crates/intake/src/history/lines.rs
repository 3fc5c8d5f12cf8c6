//! What a row's texts make of it: a visit, a total, a day without a visit, a note.

use super::date;
use super::words::{is_nothing, plain, words};

/// What stands in a school's cell on a day without a visit.
const NO_VISIT: &[&str] = &[
    "travel day",
    "travel",
    "rehearsal",
    "rehearsals",
    "day off",
    "off",
    "no show",
    "no shows",
    "no visit",
    "no visits",
    "half term",
    "holiday",
    "holidays",
    "school holidays",
    "bank holiday",
    "inset",
    "inset day",
    "training",
    "training day",
    "get in",
    "fit up",
    "leave",
    "annual leave",
    "rest",
    "rest day",
    "dark",
    "dark day",
    "travel home",
    "no performance",
    "no performances",
    "updated",
    "last updated",
    "date updated",
    "printed",
];

/// A formula without its result, as it stands in the cell instead.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with('=') && text.len() > 1
}

/// What a school is called besides its name.
const KINDS: &[&str] = &[
    "school",
    "sch",
    "academy",
    "acad",
    "primary",
    "prim",
    "junior",
    "infant",
    "infants",
    "nursery",
    "college",
    "high",
    "secondary",
    "grammar",
    "pru",
];

/// Words with which a heading begins; no school's name does.
const OF_HEADINGS: &[&str] = &[
    "nearest",
    "closest",
    "name",
    "names",
    "which",
    "where",
    "host",
    "lead",
    "participating",
    "visiting",
    "visited",
    "attending",
    "attended",
    "booked",
    "booking",
    "feeder",
    "previous",
    "last",
    "former",
    "next",
    "receiving",
    "destination",
    "partner",
    "cluster",
    "target",
    "referring",
    "am",
    "pm",
    "morning",
    "afternoon",
    "first",
    "second",
    "third",
    "evening",
    "twilight",
    "lunch",
    "lunchtime",
    "midday",
    "type",
    "of",
    "year",
    "yr",
    "class",
    "group",
    "no",
    "nos",
    "number",
    "numbers",
    "code",
    "urn",
    "dfe",
    "la",
    "pupils",
    "children",
    "chn",
    "contact",
    "phone",
    "tel",
    "email",
    "date",
    "dates",
    "day",
    "time",
    "notes",
    "note",
    "status",
    "session",
    "sessions",
    "visit",
    "visits",
    "town",
    "area",
    "address",
    "postcode",
    "venue",
    "setting",
    "establishment",
    "location",
    "place",
    "site",
    "staff",
    "teacher",
    "head",
    "headteacher",
    "total",
    "other",
    "special",
    "state",
    "independent",
    "in",
    "at",
    "is",
    "local",
    "list",
    "log",
    "record",
    "key",
    "see",
    "nb",
    "p",
    "room",
    "details",
    "cost",
    "fee",
    "travel",
    "trust",
    "phase",
    "topic",
    "programme",
    "secondary",
];

/// With “school” alone behind them they are headings: “Home school”. Names begin so too: “New Lane Primary”.
const OF_SCHOOL: &[&str] = &[
    "nearest", "closest", "local", "new", "old", "home", "main", "middle", "upper", "lower", "linked", "current",
    "other", "each",
];

/// Whether a school's cell holds one.
pub(super) fn is_school(text: &str) -> bool {
    let text = plain(text);
    !text.is_empty() && !is_nothing(&text) && !is_no_visit(&text)
}

/// Whether a text in a school's cell says in so many words that there was no visit, or that totals follow.
pub(super) fn is_no_visit(text: &str) -> bool {
    let text = plain(text);
    let said = words(&text);
    matches!(said.as_slice(), ["total" | "totals" | "subtotal"] | ["sub" | "grand", "total"])
        || NO_VISIT.contains(&said.join(" ").as_str())
        || is_each_no_visit(&text)
}

/// “TRAVEL / OFF”, “Travel & rest day”: each part says so.
fn is_each_no_visit(text: &str) -> bool {
    let mut parts = text.split(['/', '&', '+', ',']).map(|part| words(part).join(" "));
    text.contains(['/', '&', '+', ',']) && parts.all(|part| NO_VISIT.contains(&part.as_str()))
}

/// Whether a text is a school's name by its words: “Peel Park Primary”. “School name” and “AM school” are not.
pub(super) fn names_a_school(text: &str) -> bool {
    let text = plain(text);
    let said = words(&text);
    let first = said.iter().find(|w| **w != "the").copied().unwrap_or_default();
    (2..=12).contains(&said.len())
        && said[1..].iter().any(|w| KINDS.contains(w))
        && !KINDS.contains(&first)
        && !OF_HEADINGS.contains(&first)
        && !matches!(said.as_slice(), [of, "school" | "schools" | "academy"] if OF_SCHOOL.contains(of))
}

/// A row of totals: its first cell says so.
pub(crate) fn is_total(cells: &[String]) -> bool {
    begins_totals(cells.iter().find(|cell| !cell.trim().is_empty()).map_or("", String::as_str))
}

/// Whether a row that begins so is one of totals.
pub(super) fn begins_totals(first: &str) -> bool {
    let first = plain(first);
    matches!(
        words(&first).as_slice(),
        ["total" | "totals" | "sum" | "subtotal", ..] | ["sub" | "grand", "total" | "totals", ..]
    )
}

/// Whether a row without a day that begins so adds up, or is signed: “Carried fwd”, “Average”, “Cluster 5 total”.
pub(super) fn adds_up(first: &str) -> bool {
    let first = plain(first);
    let said = words(&first);
    let is_name = said.len() > 1 && said[1..].iter().any(|word| KINDS.contains(word) && *word != "school");
    if is_name || said.len() > 6 {
        return false;
    }
    match said.as_slice() {
        ["carried" | "brought" | "c" | "b", "fwd" | "forward" | "f" | "over" | "down", ..] => true,
        ["cf" | "bf"] | ["average" | "averages" | "avg" | "ave" | "mean" | "median" | "target" | "targets"] => true,
        [
            "average" | "avg" | "ave" | "mean" | "target" | "targets",
            "per" | "pupils" | "number" | "no" | "for" | "of",
            ..,
        ] => true,
        ["schools" | "pupils" | "children" | "students", "reached" | "seen" | "visited" | "engaged", ..] => true,
        ["number" | "no" | "nos", "of", "schools" | "pupils" | "children" | "students" | "visits" | "sessions", ..] => {
            true
        }
        ["updated" | "amended" | "revised" | "printed" | "saved"] => true,
        ["last" | "date", "updated" | "amended" | "revised" | "printed" | "saved", ..] => true,
        ["correct" | "as", "at" | "of"] | ["updated" | "printed", "on" | "by", ..] => true,
        ["signed" | "signature", ..] | ["checked" | "authorised" | "approved", "by", ..] => true,
        [_, .., last] => matches!(*last, "total" | "totals" | "subtotal"),
        _ => false,
    }
}

/// Whether a text by itself says which month, term or year follows: “SEPTEMBER”, “Autumn term 2016”.
pub(super) fn is_bar(text: &str) -> bool {
    let text = plain(text);
    let said = words(&text);
    said.iter().any(|w| date::month(w).is_some() || matches!(*w, "autumn" | "spring" | "summer" | "term"))
        && said.iter().all(|w| {
            date::month(w).is_some()
                || w.bytes().all(|b| b.is_ascii_digit())
                || matches!(
                    *w,
                    "autumn" | "spring" | "summer" | "term" | "half" | "the" | "and" | "to" | "continued" | "cont"
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_schools_are_told_from_headings() {
        for text in [
            "Peel Park Primary School",
            "Frizinghall Primary",
            "The Sacred Heart Catholic Primary School",
            "Aldershaw Primary Academy",
            "St Mary's C of E Primary",
            "Grand Avenue Primary",
            "New Lane Primary School",
            "Old Park School",
        ] {
            assert!(names_a_school(text), "{text}");
        }
        for text in [
            "School",
            "School name",
            "Name of school",
            "AM school",
            "Primary School",
            "School (and town)",
            "Host school",
            "No. of school pupils",
            "Date",
            "High",
            "PM nos",
            "Previous school",
            "Last school",
            "Last school attended",
            "High school",
            "New school",
            "Home school",
            "The school",
            "Newby",
            "",
        ] {
            assert!(!names_a_school(text), "{text}");
        }
    }

    #[test]
    fn rows_of_totals_begin_so() {
        for text in ["Total", "TOTALS:", "Sub-total", "Grand total", "Total for September", "Subtotal", "Sum"] {
            assert!(begins_totals(text), "{text}");
        }
        for text in ["Grand Avenue Primary", "Sub", "Summerfield Primary", "12/09/16", ""] {
            assert!(!begins_totals(text), "{text}");
        }
    }

    #[test]
    fn rows_without_a_day_may_add_up() {
        for text in [
            "Carried fwd",
            "Carried forward",
            "b/f",
            "C/fwd",
            "Average",
            "Average per school",
            "Target",
            "Target for 2018",
            "Cluster 5 total",
            "Autumn term total:",
            "Schools reached",
            "No. of schools",
            "Signed",
            "Signed: K Patel",
            "Updated",
            "Last updated 01/06/2024",
            "Printed on",
        ] {
            assert!(adds_up(text), "{text}");
        }
        for text in
            ["Grand Avenue Primary", "Target Primary School", "Mean Lane", "B", "Carr Lane", "Total Park Primary"]
        {
            assert!(!adds_up(text), "{text}");
        }
    }

    #[test]
    fn bars_name_a_month_or_a_term() {
        for text in ["SEPTEMBER", "January 2017", "Autumn term", "Spring 2017", "Sept 16 cont."] {
            assert!(is_bar(text), "{text}");
        }
        for text in ["Summerfield", "March Primary School", "Newby", "2017", "Mayfield"] {
            assert!(!is_bar(text), "{text}");
        }
    }
}
