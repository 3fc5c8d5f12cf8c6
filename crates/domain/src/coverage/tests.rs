use chrono::NaiveDate;

use super::*;
use crate::session::State as Session;

fn on(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

/// 22 November 2026, a programme of one part.
fn facts(attends: &[Attends]) -> Facts<'_> {
    Facts {
        today: on(22),
        eligibility: Eligibility::Eligible,
        parts: 1,
        attends,
        invitation: None,
        requested: false,
        waits: false,
        on_offer: false,
    }
}

fn attends(session: Session, day: u32, recorded: bool) -> Attends {
    Attends { session, on_date: on(day), part: 1, recorded }
}

#[test]
fn data_is_overdue_on_the_fourth_day() {
    for session in [Session::Delivered, Session::Confirmed] {
        assert_eq!(state(&facts(&[attends(session, 18, false)])), State::DataOverdue);
        assert_ne!(state(&facts(&[attends(session, 19, false)])), State::DataOverdue, "three days are given");
        assert_ne!(state(&facts(&[attends(session, 18, true)])), State::DataOverdue);
    }
    let both = [attends(Session::Delivered, 2, true), attends(Session::Delivered, 3, false)];
    assert_eq!(state(&facts(&both)), State::DataOverdue);
    assert_eq!(state(&facts(&[attends(Session::Cancelled, 2, false)])), State::NotOffered);
}

#[test]
fn delivered_when_every_part_was() {
    assert_eq!(state(&facts(&[attends(Session::Delivered, 20, true)])), State::Delivered);
    assert_eq!(state(&facts(&[attends(Session::Delivered, 20, false)])), State::Delivered, "not overdue yet");
    let parts = [attends(Session::Delivered, 2, true), Attends { part: 2, ..attends(Session::Delivered, 9, true) }];
    assert_eq!(state(&Facts { parts: 2, ..facts(&parts) }), State::Delivered);
}

#[test]
fn part_delivered_when_some_part_was() {
    let twice = [attends(Session::Delivered, 2, true), attends(Session::Delivered, 9, true)];
    assert_eq!(state(&Facts { parts: 2, ..facts(&twice) }), State::PartDelivered, "the same part twice is one part");
    let second_booked =
        [attends(Session::Delivered, 2, true), Attends { part: 2, ..attends(Session::Confirmed, 30, false) }];
    assert_eq!(state(&Facts { parts: 2, ..facts(&second_booked) }), State::PartDelivered);
}

#[test]
fn booked_waiting_and_requested() {
    assert_eq!(state(&facts(&[attends(Session::Confirmed, 30, false)])), State::Booked);
    assert_eq!(state(&facts(&[attends(Session::Confirmed, 22, false)])), State::Booked, "today");
    assert_eq!(state(&facts(&[attends(Session::Offered, 30, false)])), State::Waiting);
    let waits = Facts { waits: true, ..facts(&[]) };
    assert_eq!(state(&waits), State::Waiting, "on a waiting list");
    assert_eq!(state(&Facts { requested: true, ..waits }), State::Waiting);
    let requested = Facts { requested: true, ..facts(&[]) };
    assert_eq!(state(&requested), State::Requested);
    assert_eq!(state(&Facts { eligibility: Eligibility::NotEligible, ..requested }), State::Requested, "they asked");
    assert_eq!(state(&Facts { eligibility: Eligibility::Unknown, ..requested }), State::Requested);
    for invitation in InvitationState::ALL.iter().copied().map(Some) {
        assert_eq!(
            state(&Facts { invitation, ..requested }),
            State::Requested,
            "whatever else was said: {invitation:?}"
        );
    }
    for (session, expected) in [
        (Session::Offered, State::Waiting),
        (Session::Confirmed, State::Booked),
        (Session::Delivered, State::Delivered),
        (Session::Declined, State::Requested),
        (Session::Lapsed, State::Requested),
        (Session::Cancelled, State::Requested),
    ] {
        let has = [attends(session, 30, true)];
        assert_eq!(state(&Facts { requested: true, ..facts(&has) }), expected, "{session:?}");
    }
    let for_others = Facts { invitation: Some(InvitationState::Accepted), ..facts(&[]) };
    assert_eq!(state(&for_others), State::Offered, "it said yes for other year groups");
}

#[test]
fn not_eligible_unless_something_happened() {
    let not = |attends| Facts { eligibility: Eligibility::NotEligible, on_offer: true, ..facts(attends) };
    assert_eq!(state(&not(&[])), State::NotEligible);
    assert_eq!(state(&Facts { invitation: Some(InvitationState::Sent), ..not(&[]) }), State::NotEligible);
    let delivered = [attends(Session::Delivered, 20, true)];
    assert_eq!(state(&not(&delivered)), State::Delivered, "it does not vanish");
}

#[test]
fn offered_and_declined() {
    let invited = |invitation, attends| Facts { invitation: Some(invitation), ..facts(attends) };
    assert_eq!(state(&invited(InvitationState::Sent, &[])), State::Offered);
    assert_eq!(state(&invited(InvitationState::Declined, &[])), State::Declined);
    let declined = [attends(Session::Declined, 30, false)];
    assert_eq!(state(&facts(&declined)), State::Declined);
    assert_eq!(state(&invited(InvitationState::Sent, &declined)), State::Offered, "asked again");
    assert_eq!(state(&invited(InvitationState::Withdrawn, &[])), State::NotOffered);
    assert_eq!(state(&Facts { on_offer: true, ..facts(&[]) }), State::Offered);
    assert_eq!(state(&facts(&[])), State::NotOffered);
}

#[test]
fn unknown_until_somebody_asks_the_school() {
    let unknown = Facts { eligibility: Eligibility::Unknown, on_offer: true, ..facts(&[]) };
    assert_eq!(state(&unknown), State::Unknown);
    assert_eq!(state(&Facts { invitation: Some(InvitationState::Sent), ..unknown }), State::Offered);
    assert_eq!(state(&Facts { invitation: Some(InvitationState::Declined), ..unknown }), State::Declined);
}

#[test]
fn what_fell_through_leaves_no_trace() {
    for session in [Session::Reserved, Session::Cancelled, Session::Missed, Session::Lapsed] {
        assert_eq!(state(&facts(&[attends(session, 2, false)])), State::NotOffered, "{session:?}");
    }
}

#[test]
fn a_gap_is_whoever_should_be_reached_and_was_not() {
    let overdue = [attends(Session::Confirmed, 2, false)];
    assert!(is_gap(&facts(&overdue)), "nobody says that it took place");
    let uncounted = [attends(Session::Delivered, 2, false)];
    assert!(!is_gap(&facts(&uncounted)), "it took place, though nobody counted");
    assert!(is_gap(&Facts { eligibility: Eligibility::Unknown, ..facts(&[]) }));
    assert!(!is_gap(&Facts { eligibility: Eligibility::NotEligible, ..facts(&[]) }));
}
