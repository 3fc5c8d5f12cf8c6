//! Term dates from a calendar file: an entry for each stretch, or one for its first day and one for its last.

use chrono::{Datelike, NaiveDate};
use domain::term_date::{CANCELLED, Stretch};

use super::{Found, MAX_ROWS, moment, stretch, tidy};
use crate::problem::{Problem, Problems};

/// Most levels of components inside one another that a calendar file may have; real ones have three.
const MAX_DEPTH: usize = 8;

pub(super) fn read(bytes: &[u8]) -> Result<Found, Problem> {
    let text = String::from_utf8_lossy(bytes);
    let mut depth = 0_usize;
    for line in text.lines() {
        let begins = |word: &str| line.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
        depth = if begins("BEGIN:") { depth + 1 } else { depth.saturating_sub(usize::from(begins("END:"))) };
        if depth > MAX_DEPTH {
            return Err(Problem::of_file("The calendar file has entries within entries, deeper than any calendar."));
        }
    }
    let unfolded = icalendar::parser::unfold(&text);
    let parsed = icalendar::parser::read_calendar_simple(&unfolded).map_err(|_| {
        Problem::of_file(
            "The calendar file cannot be read: it is damaged or incomplete. Save it again from the calendar.",
        )
    })?;
    let events: Vec<_> = parsed
        .iter()
        .flat_map(|calendar| &calendar.components)
        .filter(|component| component.name.as_str().eq_ignore_ascii_case("VEVENT"))
        .collect();
    if events.len() > MAX_ROWS {
        return Err(Problem::of_file(format!(
            "The calendar has more than {MAX_ROWS} entries: is this a list of term dates?"
        )));
    }
    let (mut found, mut problems) = (Vec::new(), Problems::default());
    let mut marks: Vec<Mark> = Vec::new();
    for (number, event) in (1_u32..).zip(events) {
        let value = |name: &str| event.find_prop(name).map(|p| p.val.as_str().to_owned());
        let name = event.find_prop("SUMMARY").map(|p| p.val.to_owned().unescape_text().as_str().to_owned());
        let name = name.unwrap_or_default();
        let mut wrong = |message: String| problems.push(Problem { row: Some(number), ..Problem::of_file(message) });
        let is_cancelled = value("STATUS").is_some_and(|status| status.trim().eq_ignore_ascii_case("CANCELLED"));
        if !is_cancelled && (event.find_prop("RRULE").is_some() || event.find_prop("RDATE").is_some()) {
            wrong(format!("“{}” repeats by a rule. Give each time an entry of its own.", tidy(&name)));
            continue;
        }
        let Some(first) = value("DTSTART").as_deref().and_then(moment::read) else {
            if !is_cancelled {
                wrong(format!("“{}” has no first day.", tidy(&name)));
            }
            continue;
        };
        let starts = first.day();
        let ends = match moment::last(first, value("DTEND").as_deref(), value("DURATION").as_deref()) {
            Ok(ends) => ends,
            Err(_) if is_cancelled => continue,
            Err(why) => {
                wrong(format!("“{}” {why}", tidy(&name)));
                continue;
            }
        };
        if is_cancelled {
            // It is told of as left out, not as wrong, whatever its days are.
            found.extend(stretch(&format!("{CANCELLED}{name}"), starts, ends));
            continue;
        }
        match stretch(&name, starts, ends) {
            Ok(stretch) if starts == ends && mark(&stretch.name).is_some() => {
                marks.push(Mark { number, place: found.len(), on: starts, name: stretch.name });
            }
            Ok(stretch) if bounds_break(&stretch) => wrong(format!(
                "“{}” is one day, and does not say for certain whether that day is still school, or how long the break is. Give the break one entry from its first day to its last.",
                stretch.name
            )),
            Ok(stretch) => found.push(stretch),
            Err(message) => wrong(message),
        }
    }
    pair(&marks, &mut found, &mut problems);
    Ok((found, problems))
}

/// Whether an entry of one day says that a break begins or ends about it, and not that this day is one: “School closes for
/// half term”, “School reopens”. A half term is never one day.
fn bounds_break(stretch: &Stretch) -> bool {
    let name = stretch.name.to_lowercase().replace('-', " ");
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(word));
    let pair = |first: &[&str], next: &[&str]| {
        words.windows(2).any(|pair| first.contains(&pair[0]) && next.contains(&pair[1]))
    };
    let reopens = has(&["reopen", "reopens"]) || pair(&["re"], &["open", "opens"]);
    let bounds =
        has(&["close", "closes", "opens", "return", "returns", "back", "starts", "begins", "ends", "finishes"])
            || pair(&["break", "breaks"], &["up"])
            || pair(&["first", "last"], &["day"]);
    let is_whole_day = has(&["inset", "training", "bank", "pd", "staff", "occasional"]);
    stretch.starts == stretch.ends
        && !is_whole_day
        && (reopens || (stretch.is_break() && (bounds || name.contains("half term"))))
}

/// An entry of one day that says that something starts or ends on it.
struct Mark {
    number: u32,
    /// How many stretches stand before it.
    place: usize,
    on: NaiveDate,
    name: String,
}

/// What starts or ends by an entry's name, in small letters, and whether it starts: “Autumn term starts”.
fn mark(name: &str) -> Option<(String, bool)> {
    let name = name.to_lowercase();
    let (of, last) = name.rsplit_once(' ')?;
    let starts = match last {
        "starts" | "start" | "begins" | "begin" => true,
        "ends" | "end" | "finishes" | "finish" => false,
        _ => return None,
    };
    Some((of.trim_end_matches([' ', ':', '-', '–']).to_owned(), starts))
}

/// The school year, by the year it begins in, of a day: staff may start in August.
fn school_year(on: NaiveDate) -> i32 {
    if on.month() >= 8 { on.year() } else { on.year() - 1 }
}

/// Makes a stretch of an entry for its first day and one for its last, where a school year has exactly one of each.
fn pair(marks: &[Mark], found: &mut Vec<Stretch>, problems: &mut Problems) {
    let mut paired = Vec::new();
    for at in marks {
        let Some((of, starts)) = mark(&at.name) else { continue };
        let like = |wanted: bool| {
            let mut like = marks.iter().filter(|other| {
                school_year(other.on) == school_year(at.on) && mark(&other.name) == Some((of.clone(), wanted))
            });
            like.next().filter(|_| like.next().is_none())
        };
        let named: String = at.name.chars().take(of.chars().count()).collect();
        let made = match (like(true), like(false)) {
            (Some(first), Some(last)) if !starts => {
                // Made at its start.
                stretch(&named, first.on, last.on).map(|_| None)
            }
            (Some(first), Some(last)) => stretch(&named, first.on, last.on).map(Some),
            _ => Err(format!(
                "“{}” is one day. To be read as one stretch, “{named}” needs exactly one entry that it starts and one that it ends in a school year; or give it one entry from its first day to its last.",
                at.name
            )),
        };
        match made {
            Ok(stretch) => paired.extend(stretch.map(|stretch| (at.place, stretch))),
            Err(message) if starts || like(true).is_none() || like(false).is_none() => {
                problems.push(Problem { row: Some(at.number), ..Problem::of_file(message) });
            }
            // Said at its start.
            Err(_) => {}
        }
    }
    for (place, stretch) in paired.into_iter().rev() {
        found.insert(place, stretch);
    }
}
