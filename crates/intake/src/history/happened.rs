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
            Self::Paid(place) => Self::In(place).says(typed),
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
    "session", "sessions", "visit", "visits", "booking", "event", "current", "final", "of", "was", "it", "did", "the",
    "y", "n", "yes", "no", "or", "is", "and", "has", "been", "code", "codes",
];
const STATUS: &[&str] =
    &["status", "outcome", "delivered", "happened", "happen", "held", "completed", "complete", "done"];
const DENIED: &[&str] = &["cancelled", "canceled", "canc", "cancellation", "cancelation", "postponed"];
/// That nobody was there.
const MISSED: &[&str] = &["dna", "noshow", "noshows", "fta"];
/// Beginnings of what a column of payments is headed.
const PAID: &[&str] = &["payment", "paid", "invoice"];
const AGREED: &[&str] = &["confirmed", "agreed", "accepted", "booked"];
/// Columns that say, among other things, what came of it.
const ANSWERS: &[&str] = &["booking", "bookings", "state", "result", "results", "decision", "response"];
/// Beside “cancelled” these make a heading of who did so, or when.
const BY: &[&str] = &["by", "date", "on", "when", "who", "school", "us", "team"];
const PUT_OFF: &[&str] = &["postponed", "rescheduled", "rearranged", "rebooked", "moved"];
/// Beside those, or beside “new date”, these make one of the day that it was put off to.
const TO: &[&str] = &["to", "for", "date", "until", "on", "new", "day"];

/// Whether a column that holds nothing else is there to say whether visits took place: it is looked at, though no role is its.
pub(super) fn tells(heading: &str) -> bool {
    matches!(how(None, heading), How::In(Place::Status) | How::Denied(_) | How::Off(_) | How::Missed | How::Why)
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
        None if is_of(MISSED) => How::Missed,
        None if is_of(AGREED) => How::Agreed,
        Some(Role::Notes | Role::Topic) | None if is_of(STATUS) => How::In(Place::Status),
        None if begins(&["reason"]) && begins_cancelled => How::Why,
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

/// Whether a heading has a word of both, and none but those.
fn is_of_off(said: &[&str], off: &[&str], with: &[&str]) -> bool {
    let is_beside =
        |word: &&str| off.contains(word) || with.contains(word) || matches!(*word, "of" | "visit" | "session");
    said.iter().any(|word| off.contains(word))
        && said.iter().any(|word| with.contains(word) && !off.contains(word))
        && said.iter().all(is_beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_say_what_became_of_a_visit_are_told_by_their_headings() {
        for (role, heading, wanted) in [
            (Some(Role::Notes), "Status", How::In(Place::Status)),
            (Some(Role::Notes), "Outcome", How::In(Place::Status)),
            (Some(Role::Notes), "Status/outcome", How::In(Place::Status)),
            (Some(Role::Notes), "Booking status", How::In(Place::Status)),
            (None, "Status", How::In(Place::Status)),
            (None, "Delivered?", How::In(Place::Status)),
            (None, "Delivered (Y/N)", How::In(Place::Status)),
            (None, "Done?", How::In(Place::Status)),
            (None, "Did it take place?", How::In(Place::Status)),
            (Some(Role::Topic), "Session delivered", How::In(Place::Status)),
            (Some(Role::Notes), "Notes / status", How::In(Place::Notes)),
            (Some(Role::Notes), "Payment status", How::Paid(Place::Notes)),
            (None, "Invoice no", How::Paid(Place::Elsewhere)),
            (Some(Role::Notes), "Learning outcomes", How::In(Place::Notes)),
            (None, "Comments", How::In(Place::Notes)),
            (None, "Cancelled?", How::Denied(Says::Cancelled)),
            (None, "Cancelled Y/N", How::Denied(Says::Cancelled)),
            (None, "Postponed", How::Denied(Says::Postponed)),
            (None, "Reason for cancellation", How::Why),
            (None, "Delivered by", How::In(Place::Elsewhere)),
            (Some(Role::Notes), "Status code", How::In(Place::Status)),
            (None, "Date cancelled", How::Off(Says::Cancelled)),
            (None, "Cancelled by", How::Off(Says::Cancelled)),
            (None, "Cancelled on", How::Off(Says::Cancelled)),
            (None, "Rescheduled to", How::Off(Says::Postponed)),
            (None, "New date", How::Off(Says::Postponed)),
            (None, "Postponed to", How::Off(Says::Postponed)),
            (Some(Role::Date), "New date", How::Day),
            (None, "Rearranged", How::Denied(Says::Postponed)),
            (None, "Rearranged?", How::Denied(Says::Postponed)),
            (None, "Moved", How::Denied(Says::Postponed)),
            (None, "DNA", How::Missed),
            (None, "No show", How::Missed),
            (None, "Confirmed", How::Agreed),
            (None, "Confirmed?", How::Agreed),
            (None, "Booking", How::In(Place::Notes)),
            (None, "State", How::In(Place::Notes)),
            (None, "Result", How::In(Place::Notes)),
            (None, "New school", How::In(Place::Elsewhere)),
            (None, "Lunch booked", How::In(Place::Elsewhere)),
            (None, "Officer", How::In(Place::Elsewhere)),
            (Some(Role::Topic), "Topic", How::In(Place::Elsewhere)),
            (Some(Role::PmSchool), "PM school", How::School),
        ] {
            assert_eq!(how(role, heading), wanted, "{heading}");
        }
    }

    #[test]
    fn yes_under_cancelled_is_a_cancelled_visit() {
        let denied = How::Denied(Says::Cancelled);
        for (typed, wanted) in [
            ("Y", Says::Cancelled),
            ("x", Says::Cancelled),
            ("✓", Says::Cancelled),
            ("cancelled by school", Says::Cancelled),
            ("no", Says::Nothing),
            ("-", Says::Nothing),
            ("n/a", Says::Nothing),
            ("snow", Says::Unsure),
        ] {
            assert_eq!(denied.says(typed), wanted, "{typed}");
        }
        assert_eq!(How::Why.says("snow"), Says::Unsure);
        for (how, typed, wanted) in [
            (denied, "12/09/2016", Says::Cancelled),
            (How::Off(Says::Cancelled), "12/09/2016", Says::Cancelled),
            (How::Off(Says::Cancelled), "School", Says::Cancelled),
            (How::Off(Says::Cancelled), "-", Says::Nothing),
            (How::Off(Says::Cancelled), "?", Says::Unsure),
            (How::Off(Says::Postponed), "3 May", Says::Postponed),
            (How::Off(Says::Postponed), "tbc", Says::Unsure),
            (How::Missed, "Y", Says::Unsure),
            (How::Missed, "x", Says::Unsure),
            (How::Missed, "3", Says::Nothing),
            (How::Missed, "0", Says::Nothing),
            (How::Missed, "1", Says::Unsure),
            (How::Absent, "1", Says::Nothing),
            (How::Absent, "Y", Says::Unsure),
            (How::Denied(Says::Postponed), "Y", Says::Postponed),
            (How::Denied(Says::Postponed), "12/10/2016", Says::Postponed),
            (How::Outcome, "closed", Says::Unsure),
            (How::Outcome, "held", Says::Held),
            (How::In(Place::Status), "closed", Says::Held),
            (How::Booked(Place::Status), "Confirmed", Says::Nothing),
            (How::Booked(Place::Status), "Provisional", Says::Unsure),
            (How::Booked(Place::Notes), "booked", Says::Nothing),
            (How::Agreed, "N", Says::Unsure),
            (How::Agreed, "provisional", Says::Unsure),
            (How::Agreed, "Y", Says::Nothing),
            (How::Agreed, "Confirmed", Says::Nothing),
            (How::Agreed, "x", Says::Nothing),
            (How::Agreed, "12/09/2016", Says::Nothing),
        ] {
            assert_eq!(how.says(typed), wanted, "{how:?} {typed}");
        }
        assert_eq!(How::In(Place::Elsewhere).says("went ahead"), Says::Nothing);
    }
}
