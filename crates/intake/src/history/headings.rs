//! What the heading of a column says.

mod days;
mod others;
mod pupils;
mod times;

use super::Role;
use super::happened;
use super::words::{is_dfe_number, plain, words};
use super::years::Years;
use days::of_date;
pub(super) use days::{is_day_of_other, is_moved_to, is_other_day};
use domain::year_group::YearGroups;
pub(super) use others::{
    counts_visits, is_a_title, is_left_out, is_of_form, is_of_orders, is_of_whom, is_personal, is_place, is_quantity,
    is_school_of_other, is_year_of_other, may_be_days, may_be_schools, may_count_pupils,
};
use pupils::{ADULTS, Counts, PUPILS};
pub(super) use times::{is_of_halves, is_start, is_time_of_other, may_be_half};

/// How well a heading says it: of two columns for the same thing the better counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It may be about something else: the day on which it was booked, how many were expected.
    Low,
    /// It says that something is numbered, and not what: “Nos”.
    Bare,
    /// As people say it for short.
    Plain,
    /// It says that this is what took place.
    High,
}

/// Columns about people: their names and numbers are personal, and nothing here needs them.
const PERSONAL: [&str; 11] =
    ["contact", "tel", "telephone", "phone", "mobile", "email", "officer", "officers", "lead", "deliverer", "dob"];
/// What is said of a visit that did not take place on its day.
const OFF: [&str; 6] = ["cancelled", "canceled", "canc", "cancellation", "cancelation", "postponed"];

/// What a heading says, and how well; none where it is not one of those that are read.
pub(super) fn role(heading: &str) -> Option<(Role, Rank)> {
    let heading = plain(heading);
    let heading = without_contact(&heading);
    let said = words(heading);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    let begins = |any: &[&str]| said.iter().any(|w| any.iter().any(|a| w.starts_with(a)));
    let counts = pupils::counts(heading, &said);
    if let (true, Counts::Pupils(rank)) = (said.is_empty(), counts) {
        return Some((Role::Pupils, rank));
    }
    if said.is_empty() || has(&PERSONAL) || is_off(&said) {
        return None;
    }
    let plain = |role| Some((role, Rank::Plain));
    // “Did the session go ahead as planned?”
    if happened::asks(heading) {
        return plain(Role::Notes);
    }
    // When they arrived, not how many were there.
    if has(&["time", "times"]) && has(&["attendance", "attended"]) && !has(&PUPILS) {
        return plain(Role::Time);
    }
    let half = |of_day: Role, am, pm| match half(&said) {
        Some(true) => am,
        Some(false) => pm,
        None => of_day,
    };
    let of_pupils = pupils::is_of_pupils(&said);
    let numbered = has(&["no", "nos", "number", "numbers", "count", "size"]);
    let of_years = has(&["year", "years", "yr", "yrs", "age", "ages"]);
    // “Session no.” is which, “no. in session” how many.
    let is_which = has(&["session", "visit", "tour", "day", "week"])
        && has(&["no", "number", "id", "ref"])
        && !has(&["of", "in", "at"])
        && !of_pupils;
    let school = begins(&["school", "establishment", "academy", "venue", "setting"]) || has(&["sch"]);
    if has(&["urn"]) {
        plain(Role::Urn)
    } else if !of_pupils && is_dfe_number(heading) {
        plain(Role::Dfe)
    } else if has(&["postcode", "pcode"]) || heading.contains("post code") {
        plain(Role::Postcode)
    } else if has(&["academic", "financial"]) || is_which || (numbered && !of_pupils && pupils::numbers_others(&said)) {
        None
    } else if (begins(&["note", "comment", "remark"]) && !of_years) || is_how_it_went(&said) {
        plain(Role::Notes)
    } else if let Some(groups) = year_groups(heading) {
        (!groups.is_empty() && !pupils::is_no_part(heading, &said)).then_some((Role::Part, Rank::Plain))
    } else if has(&["boys", "girls", "male", "males", "female", "females"]) && !school {
        (!pupils::is_no_part(heading, &said)).then_some((Role::Part, Rank::Plain))
    } else if school && is_other_half(&said) {
        None
    } else if school && !numbered && !of_pupils && !has(&["attended", "attendance", "time", "times"]) {
        of_school(&said).map(|(role, rank)| match role {
            Role::School => (half(role, Role::AmSchool, Role::PmSchool), rank),
            Role::Years => (half(role, Role::AmYears, Role::PmYears), rank),
            _ => (role, rank),
        })
    } else if let (Counts::Pupils(rank), false) = (counts, of_years) {
        Some((half(Role::Pupils, Role::AmPupils, Role::PmPupils), rank))
    } else if counts == Counts::Other && !of_years {
        None
    } else if has(&["date", "dates", "when"]) {
        of_date(&said)
    } else if has(&["time", "times", "slot"]) {
        times::of_time(&said).map(|rank| (Role::Time, rank))
    } else if has(&["area", "town", "locality", "district"]) {
        plain(Role::Town)
    } else if of_years || has(&["class", "group", "ks", "stage", "cohort"]) {
        let rank = if of_years || has(&["ks", "stage"]) { Rank::Plain } else { Rank::Low };
        Some((half(Role::Years, Role::AmYears, Role::PmYears), rank))
    } else if begins(&["status", "outcome"]) {
        plain(Role::Notes)
    } else if has(&["topic", "programme", "input", "subject", "play", "theme"]) {
        plain(Role::Topic)
    } else if has(&["session", "title"]) {
        Some((Role::Topic, Rank::Low))
    } else {
        None
    }
}

/// “How did it go”, “How it went”.
fn is_how_it_went(said: &[&str]) -> bool {
    said.first() == Some(&"how") && said.iter().any(|word| matches!(*word, "go" | "went"))
}

/// A heading without what stands in brackets behind it about a person: “School (contact)”.
fn without_contact(heading: &str) -> &str {
    let is_personal = |text: &str| words(text).iter().any(|word| PERSONAL.contains(word));
    match heading.split_once('(') {
        Some((before, behind)) if is_personal(behind) && !is_personal(before) && !before.trim().is_empty() => {
            before.trim()
        }
        _ => heading,
    }
}

/// Whether it speaks of what did not take place on its day: “Date cancelled”, “Cancelled by school”.
fn is_off(said: &[&str]) -> bool {
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    let is_of_all = has(&["inc", "incl", "including", "or", "if"])
        || said.iter().any(|w| ["note", "comment", "remark", "status", "outcome"].iter().any(|of| w.starts_with(of)));
    has(&OFF) && !is_of_all
}

/// Whether it speaks of a part of the day that is neither the morning nor the afternoon.
fn is_other_half(said: &[&str]) -> bool {
    said.iter().any(|w| matches!(*w, "evening" | "eve" | "twilight" | "lunch" | "lunchtime" | "midday" | "overnight"))
}

/// A heading that says nothing but another part of the day, perhaps with “school”: its column may hold a third visit.
pub(super) fn is_third(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    let beside = |word: &str| matches!(word, "school" | "schools" | "session" | "visit" | "venue" | "after" | "name");
    is_other_half(&said) && said.iter().all(|word| is_other_half(&[word]) || beside(word))
}

/// Whether a heading says nothing but how many came, or were to come: “Actual”, “Booked”.
pub(super) fn alone(heading: &str) -> Option<Rank> {
    pupils::alone(&words(&plain(heading)))
}

/// Whether a heading is of pupils and of something else: a number by itself may be either.
pub(super) fn is_of_both(heading: &str) -> bool {
    let heading = plain(heading);
    pupils::is_of_both(&heading, &words(&heading))
}

/// Whether a heading of year groups is one of ages alone.
pub(super) fn is_of_ages(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    has(&["age", "ages"]) && !has(&["year", "years", "yr", "yrs", "ks", "stage"])
}

/// Whether a heading says that below it stand ages from one to another: “10-11” are no year groups there.
pub(super) fn is_of_age_ranges(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    has(&["age", "ages"]) && has(&["range", "ranges"]) && !has(&["ks", "stage"])
}

/// Whether a heading says nothing but that it is of classes.
pub(super) fn is_class(heading: &str) -> bool {
    matches!(plain(heading).as_str(), "class" | "class name" | "name of class" | "form" | "class/form" | "tutor group")
}

/// Whether a heading says that it is of days.
pub(super) fn is_of_days(heading: &str) -> bool {
    is_moved_to(heading) || role(heading).is_some_and(|(role, _)| role == Role::Date)
}

/// Whether a heading is of adults.
pub(super) fn is_of_adults(heading: &str) -> bool {
    words(&plain(heading)).iter().any(|word| ADULTS.contains(word))
}

/// Whether it speaks of the morning, or of the afternoon.
fn half(said: &[&str]) -> Option<bool> {
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    if has(&["am", "morning"]) { Some(true) } else { has(&["pm", "afternoon"]).then_some(false) }
}

/// A heading that says nothing but which half of the day: its column may hold that half's schools.
pub(super) fn half_alone(heading: &str) -> Option<Role> {
    let heading = plain(heading);
    match words(&heading).as_slice() {
        ["am" | "morning"] | ["am" | "morning", "session" | "visit"] | ["session" | "visit", "am"] => {
            Some(Role::AmSchool)
        }
        ["pm" | "afternoon"] | ["pm" | "afternoon", "session" | "visit"] | ["session" | "visit", "pm"] => {
            Some(Role::PmSchool)
        }
        _ => None,
    }
}

/// Whether a heading of a count may as well be one of words: “Attended” over “yes” and “no”.
pub(super) fn may_be_words(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    has(&["attended", "attendance"]) && !has(&PUPILS) && !has(&["no", "nos", "number", "numbers", "count"])
}

/// Whether it is of the school that came beside the row's: “Other school attending”.
fn is_beside(said: &[&str]) -> bool {
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    has(&["other", "another", "second", "additional", "also", "joint", "jointly", "shared", "partner"])
        && said.iter().all(|word| {
            matches!(
                *word,
                "other"
                    | "another"
                    | "second"
                    | "additional"
                    | "also"
                    | "joint"
                    | "jointly"
                    | "shared"
                    | "partner"
                    | "school"
                    | "schools"
                    | "name"
                    | "attending"
                    | "attended"
                    | "present"
                    | "taking"
                    | "part"
                    | "with"
            )
        })
}

/// A heading of the school with which the row's came: “Joint with”, “Other school attending”.
pub(super) fn is_joint(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    matches!(
        said.as_slice(),
        ["joint" | "jointly" | "shared" | "together" | "combined" | "joined"]
            | ["joint" | "jointly" | "shared" | "together" | "combined" | "joined", "with"]
    ) || (said.iter().any(|word| word.starts_with("school")) && is_beside(&said))
}

fn of_school(said: &[&str]) -> Option<(Role, Rank)> {
    let has = |any: &[&str]| said.iter().any(|w| any.contains(w));
    if is_beside(said) {
        Some((Role::School, Rank::Low))
    } else if has(&["phase", "type", "status", "trust", "mat", "address", "roll", "website", "id", "ref"]) {
        None
    } else if has(&["year", "years", "yr", "yrs"]) {
        Some((Role::Years, Rank::Plain))
    } else if has(&["town", "area", "district", "locality"]) && !has(&["and", "name"]) {
        Some((Role::Town, Rank::Low))
    } else if has(&[
        "booked",
        "requested",
        "feeder",
        "host",
        "cluster",
        "group",
        "previous",
        "last",
        "former",
        "old",
        "next",
        "destination",
        "transition",
        "receiving",
        "high",
        "secondary",
        "linked",
    ]) || (has(&["venue", "venues"]) && !has(&["school", "schools"]))
    {
        // Where it was held is not always who came.
        Some((Role::School, Rank::Low))
    } else {
        Some((Role::School, if has(&["name", "visited"]) { Rank::High } else { Rank::Plain }))
    }
}

/// The year groups that a heading is of: “Y3”, “Year 6 pupils”, “Reception”. “Year”, “7” and “Y/N” are none, and what is of
/// something else of theirs: “KS1 time”.
pub(super) fn year_groups(heading: &str) -> Option<YearGroups> {
    const OF_THEIRS: [&str; 15] = [
        "time", "times", "date", "dates", "when", "start", "finish", "end", "slot", "topic", "theme", "note", "notes",
        "status", "outcome",
    ];
    let heading = plain(heading);
    let said = words(&heading);
    if said.iter().any(|word| OF_THEIRS.contains(word)) {
        return None;
    }
    let names_one = said.iter().any(|w| {
        matches!(*w, "reception" | "nursery" | "eyfs") || (w.len() > 1 && w.bytes().any(|b| b.is_ascii_digit()))
    }) || said
        .windows(2)
        .any(|pair| matches!(pair[0], "year" | "yr" | "y" | "ks") && pair[1].bytes().all(|b| b.is_ascii_digit()));
    if !names_one || !heading.chars().any(char::is_alphabetic) {
        return None;
    }
    let rest: Vec<&str> = heading
        .split(' ')
        .filter(|w| {
            let bare = w.trim_matches('.');
            !PUPILS.contains(&bare) && !matches!(bare, "no" | "nos" | "number" | "numbers" | "of" | "in" | "#")
        })
        .collect();
    match Years::read(&rest.join(" ")) {
        Years::Groups(groups) => Some(groups),
        _ => None,
    }
}
