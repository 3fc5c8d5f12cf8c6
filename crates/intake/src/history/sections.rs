//! What stands over rows, or below them, of visits that may not have taken place: a bar “CANCELLED VISITS”, a sheet named
//! “Requests 2017”, a footnote “* cancelled by school”.

use super::date;
use super::key::Key;
use super::lines::is_bar;
use super::says::{Place, Says, is_cancelled, says};
use super::sheet::Sheet;
use super::words::{plain, words};
use super::years_of::academic_year;
use super::{Stands, Table};

/// Words that say of visits that they may not have taken place.
const OFF: &[&str] = &[
    "postponed",
    "deferred",
    "rescheduled",
    "declined",
    "refused",
    "withdrawn",
    "provisional",
    "provisionals",
    "unconfirmed",
    "pending",
    "request",
    "requests",
    "requested",
    "enquiry",
    "enquiries",
    "waiting",
    "waitlist",
    "waitlisted",
    "reserve",
    "reserves",
    "proposed",
    "planned",
    "undelivered",
    "tbc",
    "dna",
    "dnas",
    "wishlist",
    "shelved",
    "abandoned",
    "rearranged",
    "outstanding",
    "draft",
    "forthcoming",
    "upcoming",
    "future",
];
/// What makes those behind it say so: “not confirmed”.
const NOT: &[&str] = &["not", "to", "did", "no", "never", "yet", "on"];
const AFTER_NOT: &[&str] = &[
    "confirmed",
    "delivered",
    "held",
    "go",
    "take",
    "be",
    "not",
    "yet",
    "arranged",
    "booked",
    "ahead",
    "place",
    "hold",
    "shows",
    "show",
    "happen",
    "done",
    "completed",
    "attended",
    "rebook",
    "rearrange",
    "rebooked",
    "rearranged",
    "visit",
    "visited",
    "seen",
    "book",
];
/// Words that say that they did.
const ON: &[&str] = &["delivered", "completed", "complete", "held", "confirmed", "done", "actual", "attended"];
/// What visits are called.
const NOUNS: &[&str] = &[
    "visit",
    "visits",
    "session",
    "sessions",
    "booking",
    "bookings",
    "school",
    "schools",
    "performance",
    "performances",
    "workshop",
    "workshops",
    "show",
    "shows",
    "event",
    "events",
    "list",
    "lists",
    "tour",
    "tours",
    "input",
    "inputs",
    "lesson",
    "lessons",
    "programme",
];
/// What stands beside them.
const BESIDE: &[&str] = &[
    "of",
    "the",
    "for",
    "by",
    "and",
    "in",
    "this",
    "last",
    "term",
    "year",
    "half",
    "date",
    "dates",
    "below",
    "following",
    "were",
    "was",
    "have",
    "been",
    "academic",
    "log",
    "diary",
    "schedule",
    "timetable",
    "record",
    "records",
    "autumn",
    "spring",
    "summer",
    "to",
    "from",
    "new",
    "other",
    "only",
    "due",
    "snow",
    "covid",
    "s",
    "still",
    "that",
    "who",
    "which",
    "unable",
    "we",
    "could",
    "next",
];
/// Words of a sentence about the list, or of one that is of both.
const OF_SENTENCES: &[&str] = &[
    "are",
    "is",
    "shown",
    "shaded",
    "marked",
    "highlighted",
    "italics",
    "bold",
    "red",
    "grey",
    "gray",
    "yellow",
    "green",
    "blue",
    "orange",
    "colour",
    "color",
    "include",
    "includes",
    "including",
    "included",
    "inc",
    "incl",
    "excl",
    "excluding",
    "excludes",
    "except",
    "not",
    "see",
    "key",
    "without",
    "note",
    "nb",
    "both",
    "all",
    "fee",
    "fees",
    "policy",
    "charge",
    "any",
    "ones",
    "removed",
    "deleted",
    "omitted",
    "if",
    "please",
    "no",
];
/// The longest text of a bar, in words.
const MOST_WORDS: usize = 12;
/// Signs that lead to a footnote.
const MARKS: [char; 8] = ['*', '†', '‡', '#', '^', '¹', '²', '³'];

/// What a text that stands by itself says of the rows below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// That they may not have taken place.
    Off,
    /// That they did.
    On,
    /// That they are visits.
    Visits,
}

fn section(text: &str) -> Option<Section> {
    let plain = plain(text);
    let said = words(&plain);
    if said.is_empty() || said.len() > MOST_WORDS {
        return None;
    }
    let is_digits = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    // “Cancelled: 3” counts them.
    let of_year = academic_year(text).is_some();
    let is_number = |word: &str| is_digits(word) && !(word.len() == 4 || of_year);
    if said.iter().any(|word| is_number(word)) {
        return None;
    }
    let is_denied = |at: usize| at > 0 && NOT.contains(&said[at - 1]) && AFTER_NOT.contains(&said[at]);
    // “Booked for next year”.
    let is_to_come = |at: usize| said[at] == "booked" && said.contains(&"next");
    let is_off = |at: usize| is_cancelled(said[at]) || OFF.contains(&said[at]) || is_denied(at) || is_to_come(at);
    let is_on = |at: usize| ON.contains(&said[at]) && !(1..=3).any(|back| at >= back && NOT.contains(&said[at - back]));
    let is_other =
        |word: &str| NOUNS.contains(&word) || BESIDE.contains(&word) || is_digits(word) || date::month(word).is_some();
    let is_of_not = |word: &str| NOT.contains(&word) || AFTER_NOT.contains(&word);
    let all = || 0..said.len();
    let off = all().filter(|at| is_off(*at)).count();
    let is_plain = all().all(|at| is_off(at) || is_on(at) || is_other(said[at]) || is_of_not(said[at]));
    match (off > 0, all().any(is_on)) {
        // “Confirmed and provisional”.
        (true, true) => None,
        (true, false) if is_plain => Some(Section::Off),
        (true, false) => {
            let is_beside = all().any(|at| {
                let noun = |at: Option<&&str>| at.is_some_and(|word| NOUNS.contains(word) && *word != "school");
                is_off(at) && (noun(said.get(at + 1)) || (at > 0 && noun(said.get(at - 1))))
            });
            let is_sentence = said.iter().any(|word| OF_SENTENCES.contains(word));
            (is_beside && !is_sentence).then_some(Section::Off)
        }
        (false, true) if is_plain => Some(Section::On),
        (false, false) if is_plain && said.iter().any(|word| NOUNS.contains(word)) => Some(Section::Visits),
        _ => None,
    }
}

/// Whether a text by itself says of visits that they may not have taken place, or that they did; none where it says neither.
pub(super) fn says_off(text: &str) -> Option<bool> {
    match section(text)? {
        Section::Off => Some(true),
        Section::On => Some(false),
        Section::Visits => None,
    }
}

/// A footnote's mark, and what it says.
fn footnote(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let mark = text.chars().next().filter(|c| MARKS.contains(c))?;
    let said = text.trim_start_matches(mark);
    let says = said.trim_start_matches(|c: char| !c.is_alphanumeric());
    (!says.is_empty()).then(|| (&text[..text.len() - said.len()], says))
}

/// Whether a text alone in its row is one of these, and no school's name.
pub(super) fn is_over(text: &str) -> bool {
    matches!(section(text), Some(Section::Off | Section::On)) || footnote(text).is_some()
}

/// What stands over and below the rows of a sheet.
#[derive(Debug, Default)]
pub(super) struct Sections {
    of_sheet: Option<String>,
    /// From which row on a bar stands over them; none: no longer.
    bars: Vec<(u32, Option<String>)>,
    /// Footnotes, by their mark.
    marks: Vec<(String, String)>,
}

impl Sections {
    /// Finds them in the rows of a sheet that are no visits; `visits` are the rows of those, in their order.
    /// Where `is_asked`, the sheet's name stands over all of them.
    pub(super) fn of(
        name: Option<&str>,
        is_asked: bool,
        cells: &Sheet,
        visits: &[u32],
        (tables, key): (&[&Table], &Key),
    ) -> Self {
        let of_sheet = name.filter(|name| is_asked || section(name) == Some(Section::Off)).map(str::to_owned);
        let mut found = Self { of_sheet, ..Self::default() };
        let mut of_rows = visits.iter().copied().peekable();
        let (mut months, mut months_before, mut seen) = (false, false, false);
        for (number, cells) in cells.rows(0) {
            while of_rows.next_if(|row| *row < number).is_some() {}
            if of_rows.peek() == Some(&number) {
                seen = true;
                continue;
            }
            if tables.iter().any(|table| table.header_row == number) {
                if seen {
                    found.ends(number);
                }
                (months, seen) = (false, false);
                continue;
            }
            if key.has_row(number) {
                continue;
            }
            let mut filled = cells.filled();
            let (Some(text), None) = (filled.next(), filled.next()) else { continue };
            if let Some((mark, said)) = footnote(text) {
                let is_off = says(said, Place::Notes) == Says::Unsure || says(said, Place::Status) >= Says::Postponed;
                if is_off {
                    found.marks.push((mark.to_owned(), text.to_owned()));
                }
                continue;
            }
            match section(text) {
                _ if is_bar(text) => {
                    // Months of cancelled visits stand directly below their bar; others come after their rows.
                    if seen && months_before {
                        found.ends(number);
                    } else if !seen {
                        months_before = false;
                    }
                    months = true;
                }
                Some(Section::Off) => {
                    (months_before, seen) = (months, false);
                    found.bars.push((number, Some(text.to_owned())));
                }
                Some(Section::On) => found.ends(number),
                Some(Section::Visits) if seen => found.ends(number),
                _ => {}
            }
        }
        found
    }

    fn ends(&mut self, row: u32) {
        if self.bars.last().is_some_and(|(_, text)| text.is_some()) {
            self.bars.push((row, None));
        }
    }

    /// What stands over a row, or belongs to a mark at its school's name.
    pub(super) fn over(&self, row: u32, school: &str) -> Option<(Stands, &str)> {
        let at = self.bars.partition_point(|(from, _)| *from < row);
        if let Some(text) = at.checked_sub(1).and_then(|at| self.bars[at].1.as_deref()) {
            return Some((Stands::Above, text));
        }
        let marked = |mark: &str| {
            let of = mark.chars().next().unwrap_or_default();
            let name = school.trim_end();
            name.len() - name.trim_end_matches(of).len() == mark.len()
                || school.len() - school.trim_start_matches(of).len() == mark.len()
        };
        let mark =
            || self.marks.iter().find(|(mark, _)| marked(mark)).map(|(_, text)| (Stands::Footnote, text.as_str()));
        mark().or_else(|| self.of_sheet.as_deref().map(|name| (Stands::Sheet, name)))
    }

    /// Whether nothing stands there.
    pub(super) fn is_empty(&self) -> bool {
        self.of_sheet.is_none() && self.bars.is_empty() && self.marks.is_empty()
    }
}

#[cfg(test)]
mod tests;
