//! How columns are read, by their headings, and what their cells say then.

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
        (None, "Reason not delivered", How::Why),
        (None, "If cancelled, why", How::Why),
        (None, "Why not?", How::Why),
        (None, "Canx", How::Denied(Says::Cancelled)),
        (None, "Did they cancel?", How::Denied(Says::Cancelled)),
        (None, "Late cancellation", How::Denied(Says::Cancelled)),
        (None, "Aborted", How::Denied(Says::Cancelled)),
        (None, "Missed", How::Missed),
        (None, "Lost", How::Missed),
        (None, "Run?", How::In(Place::Status)),
        (None, "OK?", How::In(Place::Status)),
        (None, "Show happened", How::In(Place::Status)),
        (None, "Did this go ahead?", How::In(Place::Status)),
        (Some(Role::Notes), "Did the session go ahead?", How::In(Place::Status)),
        (Some(Role::Notes), "Did the session go ahead as planned?", How::Agreed),
        (None, "Date changed to", How::Off(Says::Postponed)),
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
