//! What invitations' mails say.

use chrono::NaiveDate;
use domain::request::in_words;

use super::{Invitation, Invited, Says};

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// The last day to answer, as a line of its own.
fn until(answer_by: Option<NaiveDate>) -> String {
    answer_by.map(|last| format!("Please answer by {}.\n", day(last))).unwrap_or_default()
}

/// The invitation itself.
pub(super) fn invitation(tour: &Invited, school: &str, answer_by: Option<NaiveDate>, link: &str) -> String {
    let summary = if tour.summary.trim().is_empty() { String::new() } else { format!("{}\n\n", tour.summary.trim()) };
    format!(
        "{school} is invited to have {} from {}.\n\n{summary}When: between {} and {}\nPrice: {}\n\n\
         Say yes, name other days, or say no here; you need no account:\n{link}\n{}\n\
         Saying yes books nothing yet: a date is found with you afterwards.\n",
        tour.programme,
        tour.provider,
        day(tour.starts),
        day(tour.ends),
        tour.price_in_words(),
        until(answer_by),
    )
}

/// Which reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reminder {
    /// A week has gone without an answer.
    First,
    /// The last day to answer is near.
    Last,
}

impl Reminder {
    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::First => "we have not heard from you",
            Self::Last => "the invitation lapses soon",
        }
    }
}

/// The invitation once more.
pub(super) fn reminder(
    which: Reminder,
    tour: &Invited,
    school: &str,
    answer_by: Option<NaiveDate>,
    link: &str,
) -> String {
    let first = match (which, answer_by) {
        (Reminder::Last, Some(last)) => {
            format!("The invitation of {school} to {} lapses after {}.", tour.programme, day(last))
        }
        _ => format!("{school} was invited to have {} a week ago, and has not answered.", tour.programme),
    };
    format!(
        "{first}\n\nIt comes between {} and {}, and is {}.\n\n\
         Say yes, name other days, or say no here; you need no account:\n{link}\n{}\n\
         A no helps too: the place then goes to another school, and you hear no more of it.\n",
        day(tour.starts),
        day(tour.ends),
        tour.price_in_words(),
        until(answer_by),
    )
}

/// That it was withdrawn.
pub(super) fn withdrawn(tour: &Invited, school: &str) -> String {
    format!(
        "{} has withdrawn the invitation of {school} to {}. Its link no longer works, and you need not answer.\n\n\
         To ask for a visit all the same, get in touch with {}.\n",
        tour.authority_name, tour.programme, tour.authority_name,
    )
}

/// What the school did, for the subject of the commissioners' mail.
pub(super) const fn did(says: &Says) -> &'static str {
    match says {
        Says::Yes => "would like",
        Says::OtherDates(_) => "proposes other dates for",
        Says::No { .. } => "declined",
    }
}

/// What the school answered.
pub(super) fn answered(invitation: &Invitation, says: &Says, list: &str) -> String {
    let Invitation { school, to, .. } = invitation;
    match says {
        Says::Yes => {
            format!("{school} said yes to {}. It waits for a date among the tour’s requests:\n{list}\n", to.tour_name)
        }
        Says::OtherDates(days) => format!(
            "{school} would have {} on:\n{}\n\nIt waits for a date among the tour’s requests:\n{list}\n",
            to.tour_name,
            in_words(days).join("\n"),
        ),
        Says::No { .. } => format!("{school} said no to {}. Its reason:\n{}\n", to.tour_name, why(says)),
    }
}

/// The reason of a no, and what was said of it.
fn why(says: &Says) -> String {
    let Says::No { reason, note } = says else { return String::new() };
    let reason = reason.map_or("no reason given", |r| r.label());
    let note = if note.trim().is_empty() { String::new() } else { format!("\n{}", note.trim()) };
    format!("{reason}{note}")
}

/// To the school: what the council noted as its answer.
pub(super) fn noted(invitation: &Invitation, says: &Says, link: &str) -> String {
    let Invitation { school, to, .. } = invitation;
    format!(
        "{} noted that {school} says no to {}. The reason:\n{}\n\n\
         If that is not so, or if it changes, say so here; you need no account:\n{link}\n",
        to.authority_name,
        to.tour_name,
        why(says),
    )
}
