//! What the cells of a column of times say, as people fill it: “8.50 assembly”, “after lunch”, “AM/PM”.

mod tokens;

use domain::slot::TimeOfDay;

use super::{Half, NOON, time};
use crate::history::told::without_outcome;
use crate::history::words::{is_ditto, is_nothing, plain, words};
use tokens::{Part, Told, tokens};

/// Nobody begins before six.
const EARLIEST: i64 = 6 * 60;

/// What a time's cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) enum Said {
    /// When the visit began, or in which half of the day.
    At(Option<TimeOfDay>, Half),
    /// Nothing, or that nobody knows.
    Nothing,
    /// Several times, each of a visit.
    Several,
    /// Something else.
    Unclear,
}

/// Whether a heading says that its column holds when visits began: then a number alone is an hour, and what is not
/// understood is asked about.
pub(in crate::history) fn is_of_times(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|word| any.contains(word));
    has(&["time", "times"])
        && !has(&[
            "spent",
            "taken",
            "allocated",
            "duration",
            "length",
            "hrs",
            "hours",
            "mins",
            "minutes",
            "slot",
            "period",
            "of",
            "travel",
            "total",
        ])
}

/// Reads a cell of a column of times; where it `is_of_times`, an hour may stand there as a number alone.
pub(in crate::history) fn read(text: &str, is_of_times: bool) -> Said {
    if let (starts, Some(half)) = time(text) {
        return Said::At(starts, half);
    }
    // “Cancelled” is told of the whole row.
    let (_, text) = without_outcome(&plain(text));
    if text.is_empty() || says_nothing(&text) {
        return Said::Nothing;
    }
    let Some(parts) = tokens(&text) else {
        return if names_both_halves(&text) { Said::Several } else { Said::Unclear };
    };
    if parts.contains(&Part::Both) {
        return Said::Several;
    }
    match (joined(&parts), is_of_times) {
        (Said::At(Some(_), _), false) if !text.contains([':', '.']) && !text.contains('m') => Said::Nothing,
        (said, _) => said,
    }
}

/// Whether a text says nothing but in which half of the day it was, or that it was in both; none where it says something
/// else.
pub(in crate::history) fn says_half(text: &str) -> Option<bool> {
    const WORDS: &[&str] = &[
        "am",
        "pm",
        "a",
        "m",
        "p",
        "morning",
        "mornings",
        "afternoon",
        "afternoons",
        "aft",
        "session",
        "only",
        "in",
        "the",
        "early",
        "late",
        "mid",
        "all",
        "whole",
        "full",
        "half",
        "day",
        "both",
        "and",
        "or",
        "n",
    ];
    let plain = plain(text);
    let said = words(&plain);
    if says_nothing(&plain) || is_ditto(&plain) || is_nothing(&plain) {
        return Some(false);
    }
    if !said.iter().all(|word| WORDS.contains(word)) {
        return None;
    }
    match read(text, false) {
        Said::At(..) => Some(true),
        Said::Several => Some(false),
        Said::Nothing | Said::Unclear => None,
    }
}

/// Words that say of a time only that it is not given.
const NOT_GIVEN: &[&str] = &[
    "tbc",
    "tba",
    "tbd",
    "various",
    "varied",
    "varies",
    "vary",
    "flexible",
    "any",
    "anytime",
    "any time",
    "unknown",
    "not known",
    "not recorded",
    "n k",
    "n a",
    "nk",
    "na",
    "none",
    "to be confirmed",
    "to be arranged",
    "to be agreed",
    "all day",
    "allday",
    "whole day",
    "full day",
    "half day",
    "1 2 day",
    "1 day",
    "one day",
    "day",
    "a day",
    "day visit",
    "school day",
    "normal",
    "usual",
    "usual time",
    "as usual",
    "x",
];

fn says_nothing(text: &str) -> bool {
    let said = words(text);
    said.is_empty() && !text.contains(['"', '\'']) || NOT_GIVEN.contains(&said.join(" ").as_str())
}

/// Whether a text that is not understood names the morning and the afternoon.
fn names_both_halves(text: &str) -> bool {
    let said = words(text);
    let has = |any: &[&str]| said.iter().any(|word| any.contains(word));
    has(&["am", "morning"]) && has(&["pm", "afternoon"])
}

/// What the parts of a text say together.
fn joined(parts: &[Part]) -> Said {
    let (mut said, mut at) = (Vec::<Part>::new(), 0);
    while let Some(part) = parts.get(at) {
        match (part, parts.get(at + 1), parts.get(at + 2)) {
            (Part::Clock(first), Some(Part::To), Some(Part::Clock(last))) => {
                said.push(Part::Clock(first.until(*last)));
                at += 3;
                continue;
            }
            // A double period is one visit.
            (Part::Period, Some(Part::To), Some(Part::Clock(_) | Part::Period)) => {
                said.push(Part::Period);
                at += 3;
                continue;
            }
            (Part::To, ..) => return Said::Unclear,
            (Part::Join, ..) if said.is_empty() || parts[at + 1..].iter().all(|part| *part == Part::Join) => {}
            (part, ..) => said.push(*part),
        }
        at += 1;
    }
    match said.as_slice() {
        [] => Said::Nothing,
        _ if said.contains(&Part::Join) => Said::Several,
        _ => one(&said),
    }
}

/// What parts say that no sign or word divides.
fn one(parts: &[Part]) -> Said {
    let (mut clock, mut half, mut periods) = (None, None, 0);
    for part in parts {
        match part {
            Part::Clock(_) if clock.is_some() => return Said::Several,
            Part::Clock(told) => clock = Some(*told),
            Part::Half(other) if half.is_some_and(|half| half != *other) => return Said::Several,
            Part::Half(other) => half = Some(*other),
            _ => periods += 1,
        }
    }
    match (clock, half) {
        _ if periods > 1 => Said::Several,
        (Some(told), half) => at(told, half),
        (None, Some(half)) => Said::At(None, half),
        (None, None) => Said::Nothing,
    }
}

/// A time of day, which the words beside it may say to be of one half.
fn at(told: Told, half: Option<Half>) -> Said {
    let told = told.of_half(half);
    // Nobody begins at “1.15 (am)”.
    let Some(time) = told.time().filter(|time| time.minutes() >= EARLIEST) else { return Said::Unclear };
    let of = if time.minutes() < NOON { Half::Am } else { Half::Pm };
    if half.is_some_and(|half| half != of) { Said::Unclear } else { Said::At(Some(time), of) }
}

#[cfg(test)]
mod tests;
