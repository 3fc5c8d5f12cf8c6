//! What the words of a key say: of a colour that stands beside them, or of one that they name.

use super::super::lines::{begins_totals, names_a_school};
use super::super::says::{Place, Says, says};
use super::super::sections;
use super::super::words::{plain, words};
use super::hue::Hue;

/// The longest text beside a colour, in words, and the longest sentence, in bytes.
const MOST_WORDS: usize = 12;
const LONGEST: usize = 400;

/// What a colour says of visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) enum Means {
    /// That they did not take place, or may not have.
    Off,
    /// That they did, or are booked.
    On,
    /// Something else.
    Other,
}

/// What a short text says of those that have its colour; none where it counts or is too long.
pub(super) fn label(text: &str) -> Option<Means> {
    let plain = plain(text);
    let text = plain.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(').trim_end_matches('.');
    let said = words(text);
    let is_number = |word: &&str| word.bytes().all(|b| b.is_ascii_digit()) && word.len() != 4;
    if said.is_empty() || said.len() > MOST_WORDS || said.iter().any(is_number) || begins_totals(text) {
        return None;
    }
    if let Some(is_off) = sections::says_off(text) {
        return Some(if is_off { Means::Off } else { Means::On });
    }
    let has = |any: &[&str]| said.iter().any(|word| any.contains(word));
    if names_a_school(text) && !has(DENIED) {
        return Some(Means::Other);
    }
    let is_open = |two: &[&str]| match two {
        ["going", "ahead"] => has(DENIED),
        ["awaiting", word] => word.starts_with("confirm"),
        _ => false,
    };
    if said.windows(2).any(is_open) {
        return Some(Means::Off);
    }
    Some(match says(text, Place::Notes) {
        Says::Postponed | Says::Cancelled => Means::Off,
        // That they are planned: of visits of the past no more than that they are booked.
        Says::Unsure | Says::Nothing if has(BOOKED) => {
            if has(DENIED) {
                Means::Off
            } else {
                Means::On
            }
        }
        Says::Unsure => Means::Off,
        Says::Held => Means::On,
        Says::Nothing => Means::Other,
    })
}

const BOOKED: &[&str] =
    &["booked", "confirmed", "scheduled", "arranged", "planned", "delivered", "completed", "visited"];
const DENIED: &[&str] = &["not", "never", "no", "to", "awaiting", "tbc", "provisional", "provisionally"];

/// Whether a text stands over a key, and says no more: “Key”, “Colour code:”.
pub(super) fn heads(text: &str) -> bool {
    if text.len() > LONGEST_HEAD {
        return false;
    }
    let plain = plain(text);
    let said = words(&plain);
    (1..=4).contains(&said.len())
        && said
            .iter()
            .any(|word| matches!(*word, "key" | "legend" | "code" | "codes" | "coding" | "colours" | "colors"))
        && said.iter().all(|word| OF_HEADS.contains(word))
}

/// The longest such text, in bytes.
const LONGEST_HEAD: usize = 60;
const OF_HEADS: &[&str] = &[
    "key", "legend", "colour", "colours", "color", "colors", "code", "codes", "coding", "coded", "to", "the", "of",
    "guide", "for", "status", "and", "row", "rows",
];

/// What a sentence says of colours that it names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Those of visits that did not take place, or may not have.
    pub off: Vec<Hue>,
    /// Others that it speaks of.
    pub other: Vec<Hue>,
    /// Whether any colour says that one may not have: “highlighted = provisional”.
    pub is_of_any: bool,
}

/// Reads a sentence that [may name](may_name) colours; none where it says of none that a visit may not have taken place.
pub(super) fn sentence(text: &str) -> Option<Sentence> {
    let mut found = Sentence::default();
    // Colours in front of an “and” or a comma are of what is said behind it: “red and orange = cancelled”.
    let mut waiting = Vec::new();
    // “Colour code: red cancelled”.
    let text = text.split_once(':').filter(|(head, _)| heads(head)).map_or(text, |(_, said)| said);
    for part in text.split(['\n', '\r', ',', ';', '/', '&', '|', '•']).flat_map(|part| part.split(". ")) {
        let plain = plain(part);
        for part in plain.split(" and ") {
            let part = Part::of(part);
            let means = label(&part.rest);
            let mut hues = part.hues;
            if part.rest.is_empty() {
                waiting.append(&mut hues);
                continue;
            }
            match means {
                Some(Means::Off) => {
                    found.is_of_any |= hues.is_empty() && waiting.is_empty() && part.is_highlighted;
                    found.off.append(&mut hues);
                    found.off.append(&mut waiting);
                }
                _ => {
                    found.other.append(&mut hues);
                    found.other.append(&mut waiting);
                }
            }
        }
    }
    (found.is_of_any || !found.off.is_empty()).then_some(found)
}

/// Whether a text has a word of colours, and is not too long: most have none.
pub(super) fn may_name(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let lower = text.to_lowercase();
    words(&lower).into_iter().any(|word| Hue::named(word).is_some() || is_highlighted(word))
}

fn is_highlighted(word: &str) -> bool {
    ["highlight", "hilight"].iter().any(|beginning| word.starts_with(beginning))
        || matches!(word, "shaded" | "shading" | "coloured" | "colored")
}

/// A part of a sentence: the colours that it names, and what it says besides.
struct Part {
    hues: Vec<Hue>,
    is_highlighted: bool,
    rest: String,
}

/// Words around a colour's name that say of what it is the colour, and that it means something.
const AROUND: &[&str] = &[
    "in",
    "with",
    "row",
    "rows",
    "text",
    "font",
    "fonts",
    "writing",
    "cell",
    "cells",
    "line",
    "lines",
    "entry",
    "entries",
    "fill",
    "filled",
    "background",
    "highlight",
    "highlights",
    "highlighter",
    "marked",
    "means",
    "mean",
    "meaning",
    "indicates",
    "indicate",
    "denotes",
    "denote",
    "shows",
    "show",
    "shown",
    "represents",
    "signifies",
    "is",
    "are",
    "out",
    "light",
    "dark",
    "pale",
    "bright",
    "all",
    "any",
    "anything",
    "those",
    "ones",
    "key",
    "note",
    "nb",
    "colour",
    "color",
    "type",
    "bold",
    "for",
    "as",
    "on",
    "these",
    "have",
    "been",
    "has",
    "that",
    "which",
    "if",
    "school",
    "schools",
    "date",
    "dates",
    "italics",
    "the",
    "a",
];
/// Of these, those that may be of a visit's own sentence too: “is”, “the”.
const OF_REST: &[&str] = &["all", "on", "have", "been", "has", "for", "the", "a", "school", "schools", "is", "are"];
/// What visits are called behind a colour's name.
const NOUNS: &[&str] = &["visit", "visits", "session", "sessions", "booking", "bookings", "were", "was", "did", "not"];

impl Part {
    fn of(text: &str) -> Self {
        let said = words(text);
        let mut hues = Vec::new();
        let mut is_of_hue = vec![false; said.len()];
        for (at, word) in said.iter().enumerate() {
            if let Some(hue) = Hue::named(word).filter(|_| is_meant(text, &said, at)) {
                hues.push(hue);
                is_of_hue[at] = true;
            }
        }
        let highlights = said.iter().any(|word| is_highlighted(word));
        let names = !hues.is_empty() || highlights;
        let is_rest = |at: usize| {
            let word = said[at];
            !names || !(is_of_hue[at] || is_highlighted(word) || (AROUND.contains(&word) && !OF_REST.contains(&word)))
        };
        let rest = (0..said.len()).filter(|at| is_rest(*at)).map(|at| said[at]).collect::<Vec<_>>().join(" ");
        Self { hues, is_highlighted: highlights, rest }
    }
}

/// Whether a colour's name in a text is one, and not a person's or a school's: “Red Lane Primary”.
fn is_meant(text: &str, said: &[&str], at: usize) -> bool {
    let start = said[at].as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = (text[..start].trim_end(), text[start + said[at].len()..].trim_start());
    let is_around = |word: &&str| AROUND.contains(word) || is_highlighted(word) || Hue::named(word).is_some();
    let above = at.checked_sub(1).map(|at| said[at]);
    let is_led = above.is_none_or(|word| is_around(&word));
    let is_followed = said.get(at + 1).is_some_and(|word| is_around(word) || NOUNS.contains(word));
    let signs = ['=', ':', '-', '>', '→', ')', '('];
    said[at].ends_with("ed") && said[at].starts_with("gr")
        || above.is_some_and(|word| {
            matches!(word, "in" | "marked" | "filled" | "light" | "dark" | "pale") || is_highlighted(word)
        })
        || (is_led && (is_followed || after.starts_with(signs)))
        || (is_led && (after.is_empty() && (before.is_empty() || above.is_some())))
        || (after.is_empty() || after.starts_with(')')) && before.ends_with(signs)
        || (is_led && said.len() <= 3 && label(&said[at + 1..].join(" ")) == Some(Means::Off))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_whether_visits_took_place() {
        for text in [
            "Cancelled",
            "= cancelled",
            "CANCELLED VISITS",
            "Cancelled by school",
            "Cancelled by us",
            "Postponed / rearranged",
            "Provisional",
            "Provisional booking",
            "Unconfirmed",
            "Not confirmed",
            "TBC",
            "To be confirmed",
            "Did not go ahead",
            "Not delivered",
            "Did not take place",
            "Awaiting confirmation",
            "Pending",
            "DNA",
            "School withdrew",
            "No show",
            "Cancelled/postponed",
            "Session cancelled",
            "Not yet confirmed",
            "Postponed due to snow",
            "Waiting list",
        ] {
            assert_eq!(label(text), Some(Means::Off), "{text}");
        }
        for text in
            ["Delivered", "Completed", "Booked", "Confirmed", "Confirmed booking", "Went ahead", "Booking confirmed"]
        {
            assert_eq!(label(text), Some(Means::On), "{text}");
        }
        for text in
            ["New school", "PC Marsh", "Bank holiday weekend", "First visit", "Oak Primary School", "Paid", "SEND"]
        {
            assert!(matches!(label(text), Some(Means::Other | Means::On)), "{text}: {:?}", label(text));
        }
        for text in ["Cancelled: 3", "3 cancelled", "Total cancelled", "", "-", "Cancelled (2)"] {
            assert_eq!(label(text), None, "{text}");
        }
        assert!(
            heads("Key") && heads("Colour code:") && heads("KEY TO COLOURS") && !heads("Key stage") && !heads("Status")
        );
    }

    #[test]
    fn sentences_name_colours() {
        let off = |text: &str| {
            Some(text).filter(|text| may_name(text)).and_then(sentence).map(|found| found.off).unwrap_or_default()
        };
        for (text, wanted) in [
            ("Red = cancelled", &[Hue::Red][..]),
            ("cancelled in red", &[Hue::Red]),
            ("Visits in red were cancelled", &[Hue::Red]),
            ("highlighted yellow = provisional", &[Hue::Yellow]),
            ("greyed out rows did not go ahead", &[Hue::Grey]),
            ("Grey: postponed", &[Hue::Grey]),
            ("Cancelled (red)", &[Hue::Red]),
            ("Cancelled - red", &[Hue::Red]),
            ("Red cancelled", &[Hue::Red]),
            ("Key: red - cancelled, amber - provisional, green - delivered", &[Hue::Red, Hue::Orange]),
            ("Cancelled visits are in red and provisional ones in yellow", &[Hue::Red, Hue::Yellow]),
            ("Red and orange = cancelled", &[Hue::Orange, Hue::Red]),
            ("NB sessions highlighted in light blue have not been confirmed", &[Hue::Blue]),
            ("Anything in red has been cancelled", &[Hue::Red]),
            ("Those marked pink are TBC", &[Hue::Pink]),
            ("Yellow highlight = not delivered", &[Hue::Yellow]),
            ("red text means the school cancelled", &[Hue::Red]),
            ("Green = delivered\nRed = cancelled", &[Hue::Red]),
            ("Colour code: red cancelled, green done", &[Hue::Red]),
            ("Red = not going ahead", &[Hue::Red]),
            ("Yellow = awaiting confirmation from school", &[Hue::Yellow]),
            ("Those in red didn't go ahead", &[Hue::Red]),
            ("Red= cancelled; no fill= delivered", &[Hue::Red]),
            ("Green = delivered", &[]),
            ("Green Lane Primary cancelled 3/5", &[]),
            ("Red Lane Primary - cancelled", &[]),
            ("Mr Green is off sick", &[]),
            ("Blue Coat School cancelled", &[]),
            ("3 cancelled in red", &[]),
            ("Yellow = PC Marsh, blue = PC Khan", &[]),
            ("Cancelled sessions", &[]),
        ] {
            assert_eq!(off(text), wanted, "{text}");
        }
        for text in ["Highlighted = provisional", "shaded rows are provisional", "Coloured rows did not take place"] {
            assert!(sentence(text).is_some_and(|found| found.is_of_any && found.off.is_empty()), "{text}");
        }
        for text in [
            "Highlighted = new school",
            "Do not edit cells in grey",
            "Cells in yellow must be completed",
            "Columns in grey are not required",
            "Red = not paid",
            "Red = invoice not sent",
            "Green = consent form not received",
            "Red = high risk, do not visit alone",
            "Amber = feedback outstanding",
            "Red text = not yet invoiced",
            "Cancelled: colour printing",
            "PC Marsh shadowing, cancelled",
        ] {
            assert!(sentence(text).is_none(), "{text}");
        }
        assert_eq!(sentence("Red = cancelled, green = delivered").expect("a key").other, [Hue::Green]);
    }
}
