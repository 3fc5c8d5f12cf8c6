//! Headings of times: which one is when a visit began, and which are of something else.

use super::{Rank, half_alone};
use crate::history::words::{plain, words};

/// Words of when something began.
const STARTS: &[&str] = &[
    "start",
    "starts",
    "starting",
    "started",
    "begin",
    "begins",
    "beginning",
    "began",
    "from",
    "commence",
    "commences",
    "commencing",
];
/// What is before or after a visit, or of the list itself; beside a start it is both: “Arrival/start time”.
const ENDS: &[&str] = &[
    "end",
    "ends",
    "ended",
    "ending",
    "finish",
    "finishes",
    "finished",
    "finishing",
    "until",
    "till",
    "close",
    "closes",
    "closed",
    "out",
    "leave",
    "leaves",
    "leaving",
    "left",
    "depart",
    "departs",
    "departed",
    "departure",
    "dep",
    "arrive",
    "arrives",
    "arrived",
    "arriving",
    "arrival",
    "arr",
    "home",
    "created",
    "create",
    "creation",
    "modified",
    "updated",
    "edited",
    "changed",
    "submitted",
    "submission",
    "logged",
    "log",
    "recorded",
    "entered",
    "entry",
    "received",
    "receipt",
    "sent",
    "added",
    "uploaded",
    "saved",
    "printed",
    "reported",
    "completed",
    "completion",
    "signed",
    "phoned",
    "rang",
    "emailed",
    "response",
    "reply",
    "zone",
    "off",
];
/// What is done beside a visit, or how long it takes: its own start is no visit's.
const BESIDE: &[&str] = &[
    "set",
    "setup",
    "up",
    "get",
    "getin",
    "getout",
    "lunch",
    "lunchtime",
    "break",
    "breaks",
    "breaktime",
    "playtime",
    "dinner",
    "travel",
    "travelling",
    "traveling",
    "drive",
    "driving",
    "journey",
    "commute",
    "call",
    "calls",
    "meeting",
    "meet",
    "staff",
    "staffing",
    "volunteer",
    "volunteers",
    "crew",
    "planning",
    "plan",
    "prep",
    "preparation",
    "admin",
    "doors",
    "briefing",
    "debrief",
    "taken",
    "allocated",
    "allotted",
    "allowed",
    "spent",
    "worked",
    "working",
    "total",
    "duration",
    "length",
    "waiting",
    "wait",
    "registration",
    "reg",
    "pack",
    "packing",
    "load",
    "loading",
    "unload",
    "unloading",
    "fit",
    "fitup",
    "rig",
    "rehearsal",
    "tech",
    "interval",
    "pickup",
    "pick",
    "collection",
    "parking",
    "available",
    "free",
    "opening",
    "opens",
    "open",
    "closing",
    "bell",
    "cleaning",
    "running",
    "turnaround",
    "return",
    "back",
    "face",
    "per",
];
/// In what it is counted how long something took.
const UNITS: &[&str] = &["hrs", "hours", "hour", "hr", "mins", "min", "minutes"];
/// When it was to be, or one of which nobody knows what it is of.
const LOW: &[&str] =
    &["booked", "booking", "planned", "expected", "proposed", "requested", "preferred", "estimated", "est", "school"];

/// Whether a heading says nothing but when it began.
pub(in crate::history) fn is_start(heading: &str) -> bool {
    let text = plain(heading);
    let is_visit = |word: &str| {
        matches!(
            word,
            "event" | "session" | "visit" | "workshop" | "lesson" | "talk" | "performance" | "show" | "activity"
        )
    };
    let of_visit = match words(&text).as_slice() {
        [of, "start" | "starts" | "begins"] | ["start", "of", of] => is_visit(of),
        _ => false,
    };
    of_visit
        || matches!(
            text.as_str(),
            "start" | "starts" | "begin" | "began" | "begins" | "from" | "starts at" | "start at" | "started at"
        )
}

fn has(said: &[&str], any: &[&str]) -> bool {
    said.iter().any(|word| any.contains(word))
}

fn names_time(said: &[&str]) -> bool {
    has(said, &["time", "times"])
}

/// How well a heading of a time or a slot, in its words, says when a visit began; none where it is of something else.
pub(super) fn of_time(said: &[&str]) -> Option<Rank> {
    let is_time = names_time(said);
    if is_time && (is_of_other(said) || is_how_long(said)) {
        return None;
    }
    // A slot may be the half of a day whose time stands beside it.
    Some(if has(said, LOW) {
        Rank::Low
    } else if is_time {
        Rank::High
    } else {
        Rank::Plain
    })
}

/// Whether words beside “time” say that it is of something else than when a visit began.
fn is_of_other(said: &[&str]) -> bool {
    let at = |any: &[&str]| said.iter().position(|word| any.contains(word));
    let start = at(STARTS);
    let is_end = at(ENDS).is_some() || said.last() == Some(&"to");
    // “School start time”, “Time in school”, “Time on site”.
    let is_of_school =
        said.first() == Some(&"school") || said.windows(2).any(|two| matches!(two, ["in", "school"] | ["on", "site"]));
    // “Start time (arrive by 8.45)” is one, “Set-up start time” is not.
    is_of_school
        || (is_end && start.is_none())
        || at(BESIDE).is_some_and(|beside| start.is_none_or(|start| beside < start))
}

/// “Time (hrs)”. “Time (24 hr)” is how it is written.
fn is_how_long(said: &[&str]) -> bool {
    has(said, UNITS) && !has(said, STARTS) && !said.iter().any(|word| word.starts_with("24"))
}

/// Whether a heading says that its times are none at which a visit began: “Finish”, “Travel”, “Get-out”.
pub(in crate::history) fn is_time_of_other(heading: &str) -> bool {
    const MORE: &[&str] = &["to", "in", "day", "dep", "site", "curtain", "q&a", "school"];
    let text = plain(heading);
    let said = words(&text);
    // Whether it is how long is told by what stands below.
    if names_time(&said) && !is_of_other(&said) && is_how_long(&said) {
        return false;
    }
    if has(&said, STARTS) && names_time(&said) && !is_of_other(&said) && !has(&said, MORE) {
        return false;
    }
    has(&said, MORE) || has(&said, ENDS) || has(&said, BESIDE) || has(&said, UNITS)
}

/// A heading over which half of the day it was: “AM/PM”.
pub(in crate::history) fn is_of_halves(heading: &str) -> bool {
    matches!(words(&plain(heading)).as_slice(), ["am", "pm"] | ["am", "or", "pm"] | ["a", "m", "p", "m"])
}

/// Whether a heading may be over which half of the day it was, where nothing else stands below it: “Session”, “Part of
/// day”.
pub(in crate::history) fn may_be_half(heading: &str) -> bool {
    const WORDS: &[&str] = &[
        "session",
        "sessions",
        "sess",
        "visit",
        "part",
        "half",
        "period",
        "slot",
        "timing",
        "day",
        "d",
        "am",
        "pm",
        "a",
        "m",
        "p",
        "morning",
        "afternoon",
        "full",
        "whole",
        "all",
        "which",
        "of",
        "the",
        "or",
        "and",
        "time",
        "times",
    ];
    let text = plain(heading);
    let said = words(&text);
    !said.is_empty() && said.iter().all(|word| WORDS.contains(word)) && half_alone(heading).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Role;
    use crate::history::headings::role;

    #[test]
    fn times_of_something_else_are_no_start() {
        for heading in [
            "Created time",
            "Last modified time",
            "Time submitted",
            "Time logged",
            "Time of call",
            "Travel time",
            "Drive time",
            "Time taken",
            "Time allocated",
            "Planning time",
            "Prep time",
            "Set-up time",
            "Get in time",
            "Time left",
            "Time out",
            "Finish time",
            "End time",
            "Time to",
            "Lunch time",
            "Break time",
            "Staff time",
            "Meeting time",
            "Arrival time",
            "Time arrived",
            "Time (hrs)",
            "Time in minutes",
            "Set-up start time",
            "Doors time",
            "School arrival time",
        ] {
            assert!(role(heading).is_none_or(|(role, _)| role != Role::Time), "{heading}");
        }
        for (heading, rank) in [
            ("Time", Rank::High),
            ("Start time", Rank::High),
            ("Time of day", Rank::High),
            ("Time from", Rank::High),
            ("Show time", Rank::High),
            ("Time of visit", Rank::High),
            ("Arrival/start time", Rank::High),
            ("Start/finish times", Rank::High),
            ("Time (start–end)", Rank::High),
            ("Session time", Rank::High),
            ("Start time (allow 30 mins to set up)", Rank::High),
            ("Time (24 hr)", Rank::High),
            ("KS1 time", Rank::High),
            ("Y5 time", Rank::High),
            ("Year 6 start time", Rank::High),
            ("Time booked", Rank::Low),
            ("Slot", Rank::Plain),
            ("Time slot", Rank::High),
        ] {
            assert_eq!(role(heading), Some((Role::Time, rank)), "{heading}");
        }
    }
}
