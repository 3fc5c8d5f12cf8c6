//! Coverage: who was reached and who was not.
//!
//! [`state`] decides how one school's year group stands with one programme in one academic year. [`Coverage`] sums
//! schools up by setting type, phase, area and year group, and keeps the list behind every figure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::attendance;
use crate::invitation::InvitationState;
use crate::programme::Eligibility;
use crate::session;
use crate::term::terms;

mod figures;
#[cfg(test)]
mod figures_tests;
mod published;
mod standing;
#[cfg(test)]
mod tests;
mod value;

pub use figures::{Coverage, Gap, Row};
pub use published::{Counts, Figures, GapLine, RowLine};
pub use standing::{Cell, Group, Headcount, Invited, Records, Requested, School, Session, Standing};
pub use value::{By, NoSuchValue, Value};

terms! {
    /// How a school's year group stands with a programme in an academic year.
    pub enum State {
        NotEligible = "not_eligible", "Not eligible";
        Unknown = "unknown", "Year groups not stated";
        NotOffered = "not_offered", "Not offered";
        Offered = "offered", "Offered";
        Declined = "declined", "Declined";
        Requested = "requested", "Requested";
        Waiting = "waiting", "Waiting";
        Booked = "booked", "Booked";
        PartDelivered = "part_delivered", "Part delivered";
        Delivered = "delivered", "Delivered";
        DataOverdue = "data_overdue", "Data overdue";
    }
}

/// A session that the year group attends, or would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attends {
    /// The session's own state.
    pub session: session::State,
    /// Its date.
    pub on_date: NaiveDate,
    /// The part of the programme that it gives, from 1.
    pub part: i64,
    /// Whether the group's headcount is recorded.
    pub recorded: bool,
}

/// What is known of one school's year group, one programme and one academic year.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The present day.
    pub today: NaiveDate,
    /// Whether the programme is for the year group.
    pub eligibility: Eligibility,
    /// How many parts the programme has, at least 1.
    pub parts: usize,
    /// Every session of the programme that the year group attends, in any state.
    pub attends: &'a [Attends],
    /// The latest word of an invitation to one of the programme's tours.
    pub invitation: Option<InvitationState>,
    /// Whether the school asks for the year group and has no answer: by a request, or by an invitation that it accepted
    /// without saying for whom.
    pub requested: bool,
    /// Whether the school waits on a tour's waiting list with the year group.
    pub waits: bool,
    /// Whether a tour of the programme is open and has a free opening ahead, which the school may book.
    pub on_offer: bool,
}

/// How the year group stands: the first of these that is true.
///
/// | rule | state |
/// |---|---|
/// | a session was delivered, or was confirmed for a day gone by, and its headcount is overdue | data overdue |
/// | every part was delivered | delivered |
/// | some part was delivered | part delivered |
/// | a session is confirmed | booked |
/// | a dated session is offered and waits for the school's yes, or the school is on a waiting list | waiting |
/// | the school asked for it, or accepted an invitation, and has no date yet | requested |
/// | the programme is not for it | not eligible |
/// | it is invited, or accepted an invitation for other year groups | offered |
/// | it declined an invitation or an offered session | declined |
/// | its year groups are not stated | unknown |
/// | it may book an opening | offered |
/// | nothing of this | not offered |
///
/// What happened goes before what should have: a session at a school that is not eligible shows. Being asked goes
/// before being unknown, since somebody has taken the school in hand; an open tour does not.
#[must_use]
pub fn state(facts: &Facts<'_>) -> State {
    let any = |wanted: session::State| facts.attends.iter().any(|a| a.session == wanted);
    let overdue = facts.attends.iter().any(|a| {
        let happened = matches!(a.session, session::State::Delivered | session::State::Confirmed);
        happened && !a.recorded && attendance::is_overdue(a.on_date, facts.today)
    });
    let parts: BTreeSet<i64> =
        facts.attends.iter().filter(|a| a.session == session::State::Delivered).map(|a| a.part).collect();
    let declined = facts.invitation == Some(InvitationState::Declined) || any(session::State::Declined);
    match facts {
        _ if overdue => State::DataOverdue,
        _ if !parts.is_empty() && parts.len() >= facts.parts => State::Delivered,
        _ if !parts.is_empty() => State::PartDelivered,
        _ if any(session::State::Confirmed) => State::Booked,
        _ if facts.waits || any(session::State::Offered) => State::Waiting,
        Facts { requested: true, .. } => State::Requested,
        Facts { eligibility: Eligibility::NotEligible, .. } => State::NotEligible,
        Facts { invitation: Some(sent), .. } if *sent == InvitationState::Sent || sent.is_wanted() => State::Offered,
        _ if declined => State::Declined,
        Facts { eligibility: Eligibility::Unknown, .. } => State::Unknown,
        Facts { on_offer: true, .. } => State::Offered,
        _ => State::NotOffered,
    }
}

/// Whether the year group was reached: a session was delivered, counted or not.
#[must_use]
pub fn is_reached(facts: &Facts<'_>) -> bool {
    facts.attends.iter().any(|a| a.session == session::State::Delivered)
}

/// Whether it is a gap: eligible or unknown, and not reached.
///
/// The state alone cannot say: data is also overdue where a session was confirmed and nobody says whether it took place.
#[must_use]
pub fn is_gap(facts: &Facts<'_>) -> bool {
    facts.eligibility != Eligibility::NotEligible && !is_reached(facts)
}
