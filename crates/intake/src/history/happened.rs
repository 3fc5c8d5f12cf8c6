//! Which columns of a table may say whether its visits took place.

use super::Role;
use super::Table;
use super::columns::column_of;
use super::says::{Place, Says, says};
use super::told::without_outcome;
use super::words::{is_nothing, plain, words};

/// How what a column holds is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum How {
    /// As what stands at this place.
    In(Place),
    /// “Yes” says that it did not take place: the column is headed “Cancelled?”.
    Denied(Says),
    /// Why it was cancelled.
    Why,
    /// The day, with what became of it behind: “12/09/16 CANC”.
    Day,
    /// The school: read by itself.
    School,
}

impl How {
    /// Whether the column is there to say what became of a visit.
    pub fn is_remark(self) -> bool {
        !matches!(self, Self::In(Place::Elsewhere) | Self::Day | Self::School)
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
            Self::In(place) => says(typed, place),
            Self::Denied(_) | Self::Why if is_no => Says::Nothing,
            Self::Denied(said) if matches!(word.as_str(), "yes" | "y" | "x" | "true" | "1") || is_tick(typed) => said,
            Self::Denied(_) | Self::Why => says(typed, Place::Notes).max(Says::Unsure),
            Self::Day => without_outcome(typed).0,
            Self::School => Says::Nothing,
        }
    }
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
}

/// How each column of a table that has a heading or is read is read, from left to right.
pub(super) fn columns(table: &Table) -> Vec<Column> {
    let headings = table.headings.iter().filter_map(|(letters, heading)| Some((column_of(letters)?, letters, heading)));
    let mut columns: Vec<Column> = headings
        .map(|(at, letters, heading)| {
            let role = table.role_of(letters);
            let may_be_remarks = words(&plain(heading)).contains(&"outcome");
            Column { at, about: role.unwrap_or(Role::Notes), how: how(role, heading), may_be_remarks }
        })
        .collect();
    columns.sort_by_key(|column| column.at);
    columns
}

/// Words of a heading such as “Delivered (Y/N)” beside the one that makes it a status.
const BESIDE: &[&str] = &[
    "session", "sessions", "visit", "visits", "booking", "event", "current", "final", "of", "was", "it", "did", "the",
    "y", "n", "yes", "no", "or", "is", "and", "has", "been",
];
const STATUS: &[&str] = &["status", "outcome", "delivered", "happened", "happen", "held", "completed", "complete"];
const DENIED: &[&str] = &["cancelled", "canceled", "canc", "cancellation", "cancelation", "postponed"];

fn how(role: Option<Role>, heading: &str) -> How {
    let heading = plain(heading).replace("took place", "happened").replace("take place", "happened");
    let heading = heading.replace("go ahead", "happened").replace("went ahead", "happened");
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
        Some(Role::Notes | Role::Topic) | None if is_of(STATUS) => How::In(Place::Status),
        None if begins(&["reason"]) && begins_cancelled => How::Why,
        None if is_of(DENIED) && said.contains(&"postponed") => How::Denied(Says::Postponed),
        None if is_of(DENIED) => How::Denied(Says::Cancelled),
        Some(Role::Notes) => How::In(Place::Notes),
        None if begins(&["note", "comment", "remark"]) => How::In(Place::Notes),
        _ => How::In(Place::Elsewhere),
    }
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
            (None, "Did it take place?", How::In(Place::Status)),
            (Some(Role::Topic), "Session delivered", How::In(Place::Status)),
            (Some(Role::Notes), "Notes / status", How::In(Place::Notes)),
            (Some(Role::Notes), "Payment status", How::In(Place::Notes)),
            (Some(Role::Notes), "Learning outcomes", How::In(Place::Notes)),
            (None, "Comments", How::In(Place::Notes)),
            (None, "Cancelled?", How::Denied(Says::Cancelled)),
            (None, "Cancelled Y/N", How::Denied(Says::Cancelled)),
            (None, "Postponed", How::Denied(Says::Postponed)),
            (None, "Reason for cancellation", How::Why),
            (None, "Delivered by", How::In(Place::Elsewhere)),
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
        assert_eq!(How::In(Place::Elsewhere).says("went ahead"), Says::Nothing);
    }
}
