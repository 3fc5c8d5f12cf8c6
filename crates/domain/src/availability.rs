//! When a school can be visited and a team can come: pure, over calendars that were loaded before.

mod school;
mod team;
mod week;

pub use school::{Closed, NewSchoolDate, SchoolCalendar, SchoolDate};
pub use team::{Away, Hours, Leave, TeamCalendar};
pub use week::{HallWindow, Week, WeekLetter, hall};

use chrono::NaiveDate;

use crate::term::terms;

terms! {
    /// Why a school takes no visits for some days.
    pub enum DateKind {
        Inset = "inset", "Inset day";
        Sats = "sats", "SATs";
        Mocks = "mocks", "Mock exams";
        Exams = "exams", "Exams";
        Leavers = "leavers", "Leavers’ days";
        Transition = "transition", "Transition days";
        Eid = "eid", "Eid";
        Festival = "festival", "Another festival";
        Trip = "trip", "Trip or residential";
        Other = "other", "Something else";
    }
}

/// `14 May 2027`, `11 to 14 May 2027`, `30 April to 3 May 2027`, `18 December 2026 to 4 January 2027`.
#[must_use]
pub fn days(from: NaiveDate, to: NaiveDate) -> String {
    use chrono::Datelike;
    let whole = "%-d %B %Y";
    let first = match (from.year() == to.year(), from.month() == to.month()) {
        _ if from == to => return from.format(whole).to_string(),
        (true, true) => "%-d",
        (true, false) => "%-d %B",
        (false, _) => whole,
    };
    format!("{} to {}", from.format(first), to.format(whole))
}

#[cfg(test)]
mod tests;
