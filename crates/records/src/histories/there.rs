//! A session on record that a row of a file is, and what the two say otherwise.

use std::fmt;

use domain::session::State;
use domain::year_group::YearGroups;
use intake::history::{Count, Outcome};
use uuid::Uuid;

use super::Row;
use super::ground::OnRecord;

/// A session on record that a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// Its key.
    pub session: Uuid,
    /// What became of it.
    pub state: State,
    /// The year groups of the school at it; none where nobody said them.
    pub year_groups: YearGroups,
    /// What else is said of who came: the name of a class, “whole school”.
    pub label: String,
    /// How many of the school came; none where nobody counted.
    pub attended: Option<i64>,
}

impl There {
    pub(super) fn of(record: &OnRecord) -> Self {
        let OnRecord { id, state, year_groups, attended, .. } = *record;
        Self { session: id, state, year_groups, label: record.label.clone(), attended }
    }

    /// What it says otherwise than a row. What only one of the two says does not differ.
    pub(super) fn differs(&self, row: &Row) -> Vec<Differs> {
        let took_place = match row.outcome {
            Outcome::Held => Some(true),
            Outcome::Cancelled | Outcome::Postponed => Some(false),
            Outcome::ToConfirm => None,
        };
        let is_other = match self.state {
            State::Delivered => took_place == Some(false),
            State::Offered | State::Confirmed => took_place.is_some(),
            State::Cancelled | State::Missed => took_place == Some(true),
            State::Reserved | State::Declined | State::Lapsed => false,
        };
        let years = Years { groups: self.year_groups, label: &self.label };
        let has_other_years = years.beside(Years::of(row)) == Beside::Other;
        let pupils = match row.count {
            Count::Pupils { pupils, .. } => self.attended.filter(|attended| *attended != i64::from(pupils)),
            _ => None,
        };
        let state = is_other.then_some(Differs::Outcome(self.state));
        let years = has_other_years.then(|| Differs::Years(years.to_string()));
        state.into_iter().chain(years).chain(pupils.map(Differs::Pupils)).collect()
    }
}

/// What a session on record says otherwise than the row that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Differs {
    /// What became of it.
    Outcome(State),
    /// Who came.
    Years(String),
    /// How many.
    Pupils(i64),
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome(state) => write!(f, "as {}", state.label().to_lowercase()),
            Self::Years(years) => write!(f, "of {years}"),
            Self::Pupils(pupils) => write!(f, "with {pupils}"),
        }
    }
}

/// Who came to a session, as a row or a record has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Years<'a> {
    groups: YearGroups,
    label: &'a str,
}

/// How what two say of who came stands to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    /// The same.
    Same,
    /// Only one of them says anything.
    Unsaid,
    /// Something else.
    Other,
}

impl<'a> Years<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self { groups: row.year_groups, label: &row.label }
    }

    pub(super) fn on(record: &'a OnRecord) -> Self {
        Self { groups: record.year_groups, label: &record.label }
    }

    pub(super) fn beside(self, other: Years<'_>) -> Beside {
        let is_unsaid = |years: Years<'_>| years.groups.is_empty() && years.label.trim().is_empty();
        let is_of_label = self.label.trim().to_lowercase() == other.label.trim().to_lowercase();
        match (is_unsaid(self), is_unsaid(other)) {
            (true, true) => Beside::Same,
            (true, false) | (false, true) => Beside::Unsaid,
            // “Whole school” is whom the school teaches now, which may have been others then.
            _ if is_of_label && !self.label.trim().is_empty() => Beside::Same,
            // 6A is not 6B; what says no more than the year may be either.
            _ if self.groups == other.groups
                && !self.groups.is_empty()
                && (self.label.trim().is_empty() || other.label.trim().is_empty()) =>
            {
                Beside::Same
            }
            _ => Beside::Other,
        }
    }
}

impl fmt::Display for Years<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.groups.is_empty(), self.label.trim()) {
            (true, label) => f.write_str(label),
            (false, "") => self.groups.fmt(f),
            (false, label) => write!(f, "{} ({label})", self.groups),
        }
    }
}
