//! Another date for what did not take place: the same school, groups and contact, in a free opening of the tour.

use domain::access::{Actor, Operation, Role};
use domain::session::{Group, State};
use uuid::Uuid;

use super::{Booking, OnBehalf, book, get};
use crate::Desk;
use crate::error::{Error, Result};

/// Books an opening with the groups and the contact of a session that was missed or cancelled.
///
/// # Errors
/// Not found; forbidden; it did take place; a school that only joined; all that [`book`] refuses.
pub async fn again(desk: &Desk, actor: &Actor, id: Uuid, opening: Uuid, on_behalf: Option<OnBehalf>) -> Result<Uuid> {
    desk.authorise(actor, Operation::BookSession)?;
    let detail = get(desk, actor, id).await?;
    let session = &detail.session;
    if !matches!(session.state, State::Missed | State::Cancelled) {
        return Err(Error::refused("Only what was missed or cancelled is booked again: move it instead"));
    }
    if detail.is_guest(actor) {
        return Err(Error::refused(format!("{} booked this visit: book one of your own", session.venue)));
    }
    let groups = detail
        .groups
        .iter()
        .filter(|g| g.setting_id == session.venue_id)
        .map(|g| Group {
            year_groups: g.year_groups,
            label: g.label.clone(),
            expected: g.expected,
            expected_send: g.expected_send,
        })
        .collect();
    let booking = Booking {
        opening,
        setting: session.venue_id,
        groups,
        room: session.room.clone(),
        access_needs: session.access_needs.clone(),
        contact_name: session.contact_name.clone(),
        contact_telephone: session.contact_telephone.clone(),
        contact_email: session.contact_email.clone(),
        more_emails: session.more_emails.clone(),
        // They stayed, or would have.
        staff_stay: true,
        room_for_others: session.room_for_others,
        on_behalf,
        outside_audience: actor.role == Role::Commissioner,
    };
    book(desk, actor, &booking).await
}
