//! The states of a session and the events that lead from one to the next.
//!
//! `docs/states.md` is this table in words; a test compares the two.

use crate::access::Role;
use crate::term::terms;

terms! {
    /// The state of a session.
    pub enum State {
        Reserved = "reserved", "Being booked";
        Offered = "offered", "Offered";
        Confirmed = "confirmed", "Confirmed";
        Delivered = "delivered", "Delivered";
        Cancelled = "cancelled", "Cancelled";
        Missed = "missed", "Missed";
        Declined = "declined", "Declined";
        Lapsed = "lapsed", "Lapsed";
    }
}

impl State {
    /// Whether a session in this state holds its slot.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Reserved | Self::Offered | Self::Confirmed | Self::Delivered)
    }
}

terms! {
    /// What happens to a session.
    pub enum Event {
        Reserve = "reserve", "Reserved while being booked";
        Book = "book", "Booked";
        Offer = "offer", "Offered";
        Accept = "accept", "Accepted";
        Decline = "decline", "Declined";
        Lapse = "lapse", "Lapsed";
        Move = "move", "Moved";
        Cancel = "cancel", "Cancelled";
        Miss = "miss", "Marked missed";
        Deliver = "deliver", "Delivered";
        Import = "import", "Taken over from older records";
    }
}

terms! {
    /// Why a session was cancelled or missed.
    pub enum Reason {
        CalledAway = "called_away", "The team was called away";
        Sickness = "sickness", "Sickness";
        Vehicle = "vehicle", "Vehicle trouble";
        SchoolClosed = "school_closed", "School closed";
        Timetable = "timetable", "Clash in the school’s timetable";
        NoLongerNeeded = "no_longer_needed", "No longer needed";
        Other = "other", "Another reason";
    }
}

/// One line of the table: from a state (none: the session begins) by an event to a state, by these roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before; none when the event begins the session.
    pub from: Option<State>,
    /// What happens.
    pub event: Event,
    /// The state after.
    pub to: State,
    /// Who may do it; the system may do every one.
    pub by: &'static [Role],
}

const SCHOOL: &[Role] = &[Role::School, Role::Provider, Role::Commissioner];
const OFFICE: &[Role] = &[Role::Provider, Role::Commissioner];
const SYSTEM: &[Role] = &[];

const fn line(from: Option<State>, event: Event, to: State, by: &'static [Role]) -> Transition {
    Transition { from, event, to, by }
}

/// Every transition there is. What is not listed cannot happen.
pub const TRANSITIONS: &[Transition] = &[
    line(None, Event::Reserve, State::Reserved, SCHOOL),
    line(None, Event::Book, State::Confirmed, SCHOOL),
    line(None, Event::Offer, State::Offered, OFFICE),
    line(None, Event::Import, State::Delivered, SYSTEM),
    line(Some(State::Reserved), Event::Book, State::Confirmed, SCHOOL),
    line(Some(State::Reserved), Event::Lapse, State::Lapsed, SCHOOL),
    line(Some(State::Offered), Event::Accept, State::Confirmed, SCHOOL),
    line(Some(State::Offered), Event::Decline, State::Declined, SCHOOL),
    line(Some(State::Offered), Event::Lapse, State::Lapsed, SYSTEM),
    line(Some(State::Offered), Event::Cancel, State::Cancelled, OFFICE),
    line(Some(State::Confirmed), Event::Move, State::Confirmed, SCHOOL),
    line(Some(State::Confirmed), Event::Cancel, State::Cancelled, SCHOOL),
    line(Some(State::Confirmed), Event::Miss, State::Missed, SCHOOL),
    line(Some(State::Confirmed), Event::Deliver, State::Delivered, SCHOOL),
    line(Some(State::Missed), Event::Deliver, State::Delivered, SCHOOL),
    line(Some(State::Delivered), Event::Miss, State::Missed, OFFICE),
];

/// An event that cannot happen to a session in this state, or not by this role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The table has no such line.
    #[error("this session is {}, so this can no longer be done", .0.map_or("new", |s| s.label()))]
    NotFrom(Option<State>),
    /// The line is there, but not for this role.
    #[error("your role may not do this")]
    NotBy(Role),
}

/// The state after `event`, or why it is refused.
///
/// # Errors
/// [`Refused`] when no line of [`TRANSITIONS`] leads from `from` by `event`, or none by `role`.
pub fn after(from: Option<State>, event: Event, role: Role) -> Result<State, Refused> {
    let Some(line) = TRANSITIONS.iter().find(|t| t.from == from && t.event == event) else {
        return Err(Refused::NotFrom(from));
    };
    if role == Role::System || line.by.contains(&role) { Ok(line.to) } else { Err(Refused::NotBy(role)) }
}

/// How long a slot stays reserved while a booking is being written, in minutes.
pub const RESERVED_MINUTES: i64 = 10;

/// Days after a session's date until attendance that nobody recorded is overdue.
pub const OVERDUE_DAYS: i64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_can_be_reached_and_no_line_stands_twice() {
        for &state in State::ALL {
            assert!(TRANSITIONS.iter().any(|t| t.to == state), "{state:?} cannot be reached");
        }
        for (i, a) in TRANSITIONS.iter().enumerate() {
            assert!(TRANSITIONS[..i].iter().all(|b| (a.from, a.event) != (b.from, b.event)), "{a:?} stands twice");
        }
    }

    #[test]
    fn what_the_table_lacks_is_refused_for_every_role() {
        for from in State::ALL.iter().copied().map(Some).chain([None]) {
            for &event in Event::ALL {
                for &role in Role::ALL {
                    let listed = TRANSITIONS.iter().find(|t| t.from == from && t.event == event);
                    let allowed = listed.is_some_and(|t| role == Role::System || t.by.contains(&role));
                    assert_eq!(after(from, event, role).is_ok(), allowed, "{from:?} {event:?} {role:?}");
                }
            }
        }
    }
}
