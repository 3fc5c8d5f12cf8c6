//! Which columns of a table may say whether its visits took place.

use super::Role;
use super::Table;
use super::columns::column_of;
use super::date::{self, When};
use super::says::{self, CLOSED, Place, Says, says};
use super::told::without_outcome;
use super::words::{is_nothing, plain, words};

/// How what a column holds is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum How {
    /// As what stands at this place.
    In(Place),
    /// As a status headed “Outcome”, where “closed” is no booking's.
    Outcome,
    /// As one in which all is “confirmed” or “booked”: of the past, that is “held”.
    Booked(Place),
    /// “Yes” says that it did not take place: the column is headed “Cancelled?”.
    Denied(Says),
    /// By whom, or to when: whatever stands there says that it did not take place on its day.
    Off(Says),
    /// “Yes” may say that nobody was there, a number how many were not.
    Missed,
    /// The same where numbers count who was not there, 1 too.
    Absent,
    /// “No” may say that it was never arranged: the column is headed “Confirmed”.
    Agreed,
    /// Why it was cancelled.
    Why,
    /// Whether it was paid for: “invoice cancelled” is of the invoice.
    Paid(Place),
    /// The day, with what became of it behind: “12/09/16 CANC”.
    Day,
    /// The school: read by itself.
    School,
}

impl How {
    /// Whether the column is there to say what became of a visit.
    pub fn is_remark(self) -> bool {
        !matches!(self, Self::In(Place::Elsewhere) | Self::Paid(Place::Elsewhere) | Self::Day | Self::School)
    }

    /// Whether it is there for nothing else.
    pub fn is_status(self) -> bool {
        matches!(self, Self::In(Place::Status) | Self::Outcome | Self::Booked(Place::Status))
    }

    /// Where its texts stand, if they are sentences in which words may be of other things.
    pub fn of_sentences(self) -> Option<Place> {
        match self {
            Self::In(place @ (Place::Notes | Place::Elsewhere)) | Self::Booked(place @ Place::Notes) => Some(place),
            Self::Paid(place) => Some(place),
            _ => None,
        }
    }

    /// What a cell of the column says.
    pub fn says(self, typed: &str) -> Says {
        let word = plain(typed);
        let is_no = matches!(word.as_str(), "no" | "n" | "false" | "0")
            || (is_nothing(&word) && word != "x" && !is_tick(typed));
        match self {
            // What stands elsewhere says only that a visit did not take place.
            Self::In(Place::Elsewhere) => {
                Some(says(typed, Place::Elsewhere)).filter(|s| *s != Says::Held).unwrap_or(Says::Nothing)
            }
            Self::Outcome if CLOSED.contains(&word.as_str()) => Says::Unsure,
            Self::Outcome => says(typed, Place::Status),
            Self::Booked(_) if is_booked(&word) => Says::Nothing,
            Self::In(place) | Self::Booked(place) => says(typed, place),
            Self::Denied(_) | Self::Off(_) | Self::Missed | Self::Absent | Self::Why if is_no => Says::Nothing,
            Self::Agreed => match word.as_str() {
                "no" | "n" | "false" | "0" => Says::Unsure,
                "yes" | "y" | "confirmed" | "booked" | "agreed" | "accepted" | "x" => Says::Nothing,
                _ => Some(says(typed, Place::Notes)).filter(|said| *said != Says::Held).unwrap_or(Says::Nothing),
            },
            Self::Absent if word.parse::<u32>().is_ok() => Says::Nothing,
            Self::Missed if word.parse::<u32>().is_ok_and(|number| number > 1) => Says::Nothing,
            Self::Missed | Self::Absent => says(typed, Place::Notes).max(Says::Unsure),
            Self::Off(said) => match says(typed, Place::Notes) {
                Says::Nothing => said,
                Says::Held => Says::Unsure,
                other => other,
            },
            Self::Denied(said) if matches!(word.as_str(), "yes" | "y" | "x" | "true" | "1") || is_tick(typed) => said,
            Self::Denied(said) if matches!(date::read(typed, None), When::On(_)) => said,
            Self::Denied(_) | Self::Why => says(typed, Place::Notes).max(Says::Unsure),
            Self::Paid(_) if says::is_of_paper(typed) => Says::Nothing,
            // “Cancelled” by itself may be the payment.
            Self::Paid(place) => match Self::In(place).says(typed) {
                said if words(&word).len() == 1 => said.min(Says::Unsure),
                said => said,
            },
            Self::Day => without_outcome(typed).0,
            Self::School => Says::Nothing,
        }
    }
}

/// Whether a cell says of a visit that it is booked, and no more.
pub(super) fn is_booked(plain: &str) -> bool {
    matches!(plain.trim_end_matches('.'), "confirmed" | "booked" | "booking confirmed" | "conf" | "booked in")
}

fn is_tick(typed: &str) -> bool {
    typed.contains(['✓', '✔', '☑', '√', '✅', '🗸'])
}

/// A column, and how it is read.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub at: usize,
    pub about: Role,
    pub how: How,
    /// Headed “Outcome”, where people write how it went as often as whether it did.
    pub may_be_remarks: bool,
    /// Headed “Delivered”, where people write by whom or when as well.
    pub may_be_by: bool,
}

/// How each column of a table that has a heading or is read is read, from left to right.
pub(super) fn columns(table: &Table) -> Vec<Column> {
    let headings = table.headings.iter().filter_map(|(letters, heading)| Some((column_of(letters)?, letters, heading)));
    let mut columns: Vec<Column> = headings
        .map(|(at, letters, heading)| {
            let role = table.role_of(letters);
            let plain = plain(heading);
            let said = words(&plain);
            let may_be_remarks = said.contains(&"outcome");
            let how = match how(role, heading) {
                How::In(Place::Status) if may_be_remarks => How::Outcome,
                how => how,
            };
            let may_be_by = !may_be_remarks && !said.contains(&"status");
            Column { at, about: role.unwrap_or(Role::Notes), how, may_be_remarks, may_be_by }
        })
        .collect();
    columns.sort_by_key(|column| column.at);
    columns
}

/// Words of a heading such as “Delivered (Y/N)” beside the one that makes it a status.
const BESIDE: &[&str] = &[
    "session",
    "sessions",
    "visit",
    "visits",
    "booking",
    "event",
    "current",
    "final",
    "of",
    "was",
    "it",
    "did",
    "the",
    "y",
    "n",
    "yes",
    "no",
    "or",
    "is",
    "and",
    "has",
    "been",
    "code",
    "codes",
    "they",
    "this",
    "that",
    "as",
    "planned",
    "expected",
    "show",
    "performance",
    "workshop",
    "talk",
    "lesson",
    "late",
    "early",
    "all",
    "ok",
];
const STATUS: &[&str] = &[
    "status",
    "outcome",
    "delivered",
    "happened",
    "happen",
    "held",
    "completed",
    "complete",
    "done",
    "run",
    "ran",
    "fulfilled",
    "ok",
];
const DENIED: &[&str] = &[
    "cancelled",
    "canceled",
    "canc",
    "cancellation",
    "cancelation",
    "postponed",
    "cancel",
    "canx",
    "cnx",
    "aborted",
    "abort",
    "void",
    "voided",
];
/// That nobody was there.
const MISSED: &[&str] = &["dna", "noshow", "noshows", "fta", "missed", "lost"];
/// Beginnings of what a column of payments is headed.
const PAID: &[&str] = &["payment", "paid", "invoice"];
const AGREED: &[&str] = &["confirmed", "agreed", "accepted", "booked"];
/// Columns that say, among other things, what came of it.
const ANSWERS: &[&str] = &["booking", "bookings", "state", "result", "results", "decision", "response"];
/// That it went as it was meant to.
const AS_PLANNED: &[&str] = &["as planned", "as booked", "as expected", "to plan"];
/// Beside “cancelled” these make a heading of who did so, or when.
const BY: &[&str] = &["by", "date", "on", "when", "who", "school", "us", "team"];
const PUT_OFF: &[&str] = &["postponed", "rescheduled", "rearranged", "rebooked", "moved"];
/// Beside those, or beside “new date”, these make one of the day that it was put off to.
const TO: &[&str] = &["to", "for", "date", "until", "on", "new", "day"];

/// Whether a column that holds nothing else is there to say whether visits took place: it is looked at, though no role is its.
pub(super) fn tells(heading: &str) -> bool {
    matches!(how(None, heading), How::In(Place::Status) | How::Denied(_) | How::Off(_) | How::Missed | How::Why)
}

/// Whether a heading is of what did not take place, or of why.
pub(super) fn is_off(heading: &str) -> bool {
    matches!(how(None, heading), How::Denied(_) | How::Off(_) | How::Missed | How::Why)
}

fn how(role: Option<Role>, heading: &str) -> How {
    let heading = plain(heading).replace("took place", "happened").replace("take place", "happened");
    let heading = heading.replace("go ahead", "happened").replace("went ahead", "happened");
    let heading = heading.replace("no-show", "noshow").replace("no show", "noshow").replace("did not attend", "dna");
    let said = words(&heading);
    let is_of = |any: &[&str]| {
        said.iter().any(|word| any.contains(word))
            && said.iter().all(|word| any.contains(word) || BESIDE.contains(word))
    };
    let begins = |any: &[&str]| said.iter().any(|word| any.iter().any(|a| word.starts_with(a)));
    let begins_cancelled = said.iter().any(|word| DENIED.contains(word));
    match role {
        Some(Role::School | Role::AmSchool | Role::PmSchool) => How::School,
        Some(Role::Date) => How::Day,
        None if is_of_off(&said, DENIED, BY) && !said.contains(&"postponed") => How::Off(Says::Cancelled),
        None if is_of_off(&said, PUT_OFF, TO) || is_of_off(&said, &["new", "revised"], &["date"]) => {
            How::Off(Says::Postponed)
        }
        // What did not go as planned may have taken place.
        Some(Role::Notes | Role::Topic) | None if AS_PLANNED.iter().any(|text| heading.contains(text)) => How::Agreed,
        None if is_of(MISSED) => How::Missed,
        None if is_of(AGREED) => How::Agreed,
        Some(Role::Notes | Role::Topic) | None if is_of(STATUS) => How::In(Place::Status),
        None if begins(&["reason", "why"]) && (begins_cancelled || said.contains(&"not")) => How::Why,
        None if is_of_off(&said, &["changed"], &["to"]) => How::Off(Says::Postponed),
        None if is_of(PUT_OFF) => How::Denied(Says::Postponed),
        None if is_of(DENIED) && said.contains(&"postponed") => How::Denied(Says::Postponed),
        None if is_of(DENIED) => How::Denied(Says::Cancelled),
        Some(Role::Notes) if begins(PAID) => How::Paid(Place::Notes),
        None if begins(PAID) => How::Paid(Place::Elsewhere),
        Some(Role::Notes) => How::In(Place::Notes),
        None if begins(&["note", "comment", "remark"]) || is_of(ANSWERS) => How::In(Place::Notes),
        _ => How::In(Place::Elsewhere),
    }
}

/// Whether a heading, in small letters, asks whether a visit took place.
pub(super) fn asks(heading: &str) -> bool {
    let said = words(heading);
    matches!(said.first(), Some(&("did" | "was" | "has" | "were")))
        && ["go ahead", "take place", "happen", "went ahead", "delivered", "run as"]
            .iter()
            .any(|text| heading.contains(text))
}

/// Whether a heading has a word of both, and none but those.
fn is_of_off(said: &[&str], off: &[&str], with: &[&str]) -> bool {
    let is_beside =
        |word: &&str| off.contains(word) || with.contains(word) || matches!(*word, "of" | "visit" | "session" | "date");
    said.iter().any(|word| off.contains(word))
        && said.iter().any(|word| with.contains(word) && !off.contains(word))
        && said.iter().all(is_beside)
}

#[cfg(test)]
mod tests;
