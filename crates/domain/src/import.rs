//! Imports of files as a whole: what kinds there are, where one stands, and when it may be taken back.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::Operation;
use crate::term::terms;

/// An import may be taken back for so many days.
pub const UNDO_DAYS: i64 = 30;

/// So many things that stand in the way of taking an import back are named.
const NAMED: usize = 5;

terms! {
    /// What was imported.
    pub enum ImportKind {
        Schools = "schools", "School list";
        Links = "links", "Links table";
        Rolls = "rolls", "Rolls from the census";
        History = "history", "Older records";
        Attendance = "attendance", "Attendance sheet";
        Feedback = "feedback", "Feedback on paper";
        Contacts = "contacts", "Schools’ people";
        Terms = "terms", "Term dates";
        BankHolidays = "bank_holidays", "Bank holidays";
        /// What was still to come at a school that closed, brought to the school that carries it on.
        Carry = "carry", "Carried over";
        Requests = "requests", "Sheet of requests";
    }
}

impl ImportKind {
    /// What such a file is, as a sentence says it: “This looks like …”.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Schools => "a list of schools",
            Self::Links => "a links table of schools",
            Self::Rolls => "numbers on roll from the census",
            Self::History => "a list of visits",
            Self::Attendance => "an attendance sheet",
            Self::Feedback => "a workbook of feedback on paper",
            Self::Contacts => "a list of schools’ people",
            Self::Terms => "term dates",
            Self::BankHolidays => "the published bank holidays",
            Self::Carry => "what was carried over",
            Self::Requests => "a sheet of requests",
        }
    }

    /// What somebody may do who may import such a file, and take it back.
    #[must_use]
    pub const fn operation(self) -> Operation {
        match self {
            Self::Schools | Self::Links | Self::Rolls => Operation::ImportSchools,
            Self::History => Operation::ImportHistory,
            Self::Attendance => Operation::RecordAttendance,
            Self::Feedback => Operation::EnterPaperFeedback,
            Self::Contacts => Operation::EditPeople,
            Self::Terms | Self::BankHolidays => Operation::EditAuthority,
            Self::Carry => Operation::FollowSchools,
            Self::Requests => Operation::AskForTour,
        }
    }
}

terms! {
    /// Where an import stands.
    pub enum ImportState {
        Waiting = "waiting", "Uploaded";
        /// Being read and compared.
        Reading = "reading", "Being read";
        /// What it would change is shown; somebody has to say yes.
        Previewed = "previewed", "To be checked";
        Applying = "applying", "Being imported";
        Applied = "applied", "Imported";
        /// The file has problems.
        Refused = "refused", "Refused";
        /// It stopped in the middle; nothing was changed.
        Failed = "failed", "Stopped";
        /// What it changed is as it was before.
        Undone = "undone", "Taken back";
    }
}

impl ImportState {
    /// Whether it will go on by itself.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Waiting | Self::Reading | Self::Applying)
    }
}

/// Why an import cannot be taken back: a sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotTakeBack {
    /// It was, before.
    #[error("This import was taken back already")]
    TakenBack,
    /// It changed nothing.
    #[error("This file was not imported: there is nothing to take back")]
    NotImported,
    /// The records as they were before it are not on record.
    #[error("What this import changed was not kept, so it cannot be taken back")]
    NotKept,
    /// Its days are over.
    #[error(
        "This import is older than {UNDO_DAYS} days, so it can no longer be taken back. Change what it brought one by one"
    )]
    TooOld,
    /// Something was built on it: phrases such as “the session at Elm Primary on 3 May 2026 was changed”.
    #[error("This import cannot be taken back, because something was built on it since: {}", named(.0))]
    BuiltOn(Vec<String>),
    /// Something refers to what it brought, and the database alone knows what.
    #[error("This import cannot be taken back: other records refer to what it brought")]
    ReferredTo,
}

fn named(built: &[String]) -> String {
    let more = if built.len() > NAMED { format!(", and {} more", built.len() - NAMED) } else { String::new() };
    format!("{}{more}", built.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; "))
}

/// Until when an import may be taken back; none when it cannot be at all.
#[must_use]
pub fn undo_until(state: ImportState, finished_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    finished_at.filter(|_| state == ImportState::Applied).map(|at| at + TimeDelta::days(UNDO_DAYS))
}

/// Whether an import may be taken back now, for all that its state and age say.
///
/// # Errors
/// Why not.
pub fn may_take_back(
    state: ImportState,
    finished_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), CannotTakeBack> {
    match undo_until(state, finished_at) {
        None if state == ImportState::Undone => Err(CannotTakeBack::TakenBack),
        None => Err(CannotTakeBack::NotImported),
        Some(until) if now > until => Err(CannotTakeBack::TooOld),
        Some(_) => Ok(()),
    }
}

/// Whether nothing was built on it.
///
/// # Errors
/// What was.
pub fn nothing_in_the_way(built: Vec<String>) -> Result<(), CannotTakeBack> {
    if built.is_empty() { Ok(()) } else { Err(CannotTakeBack::BuiltOn(built)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_may_be_taken_back_once_for_thirty_days() {
        let at: DateTime<Utc> = "2026-09-01T10:00:00Z".parse().unwrap();
        let after = |days: i64, seconds: i64| at + TimeDelta::days(days) + TimeDelta::seconds(seconds);
        assert_eq!(may_take_back(ImportState::Applied, Some(at), after(30, 0)), Ok(()));
        assert_eq!(may_take_back(ImportState::Applied, Some(at), after(30, 1)), Err(CannotTakeBack::TooOld));
        assert_eq!(may_take_back(ImportState::Undone, Some(at), at), Err(CannotTakeBack::TakenBack));
        for state in [ImportState::Previewed, ImportState::Refused, ImportState::Failed, ImportState::Applying] {
            assert_eq!(may_take_back(state, Some(at), at), Err(CannotTakeBack::NotImported), "{state:?}");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_named_up_to_five() {
        let things = |n: usize| (1..=n).map(|i| format!("thing {i}")).collect::<Vec<_>>();
        assert_eq!(nothing_in_the_way(Vec::new()), Ok(()));
        let why = nothing_in_the_way(things(5)).unwrap_err().to_string();
        assert!(why.ends_with("since: thing 1; thing 2; thing 3; thing 4; thing 5"), "{why}");
        let why = nothing_in_the_way(things(7)).unwrap_err().to_string();
        assert!(why.ends_with("thing 5, and 2 more"), "{why}");
    }
}
