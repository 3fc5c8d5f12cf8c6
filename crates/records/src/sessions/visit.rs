//! The visit a booking makes: where, whom the team asks for, to whom the mails go.

use domain::access::{Actor, Role};
use domain::contact::{EmailAddress, telephone};
use uuid::Uuid;

use super::book::{Booking, OnBehalf};
use crate::Desk;
use crate::db::Conn;
use crate::error::{FieldError, Result};
use crate::openings::Opening;
use crate::tours::Tour;

/// What is wrong with whom the team asks for, and where the mails go. Slot, school and groups are not looked at.
#[must_use]
pub fn contact_errors(actor: &Actor, booking: &Booking) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.into(), message });
    if booking.contact_name.trim().is_empty() {
        wrong("contact_name", "Enter whom the team asks for on the day".into());
    }
    if let Err(message) = telephone(&booking.contact_telephone) {
        wrong("contact_telephone", message.to_owned());
    }
    if let Err(error) = booking.contact_email.parse::<EmailAddress>() {
        wrong("contact_email", error.to_string());
    }
    if let Some(bad) = more_emails(&booking.more_emails).find(|text| text.parse::<EmailAddress>().is_err()) {
        wrong("more_emails", format!("“{bad}” is no email address. Separate addresses by commas"));
    }
    if !booking.staff_stay {
        wrong("staff_stay", "A member of your staff must stay with the pupils throughout".into());
    }
    for (field, text, most) in [
        ("room", &booking.room, 200),
        ("access_needs", &booking.access_needs, 2_000),
        ("contact_name", &booking.contact_name, 120),
    ] {
        if text.chars().count() > most {
            wrong(field, format!("Use {most} characters or fewer"));
        }
    }
    errors.extend(asked_errors(actor, booking.on_behalf.as_ref()));
    errors
}

/// Somebody who writes on a school's behalf says who asked.
pub(crate) fn asked_errors(actor: &Actor, on_behalf: Option<&OnBehalf>) -> Option<FieldError> {
    let error = |field: &str, message: &str| FieldError { field: field.into(), message: message.into() };
    match on_behalf {
        None if actor.role != Role::School && actor.role != Role::System => {
            Some(error("asked_how", "Say how the school asked"))
        }
        Some(o) if o.name.trim().is_empty() => Some(error("asked_by_name", "Enter who asked")),
        _ => None,
    }
}

fn more_emails(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n', ' ']).map(str::trim).filter(|t| !t.is_empty())
}

/// The visit of this team to this school on this day; a second session of the same day joins the first one's.
pub(super) async fn visit(
    conn: &mut Conn,
    desk: &Desk,
    tour: &Tour,
    opening: &Opening,
    booking: &Booking,
) -> Result<Uuid> {
    let found = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT w.id FROM visit w WHERE w.tour_id = $1 AND w.team_id = $2 AND w.venue_id = $3 AND w.on_date = $4
           AND EXISTS (SELECT 1 FROM session s WHERE s.visit_id = w.id AND s.live) ORDER BY w.id LIMIT 1",
        tour.id,
        opening.team_id,
        booking.setting,
        opening.on_date,
    )?;
    let more: Vec<&str> = more_emails(&booking.more_emails).collect();
    let telephone = telephone(&booking.contact_telephone).unwrap_or_default();
    if let Some((id,)) = found {
        execute!(
            conn,
            "UPDATE visit SET room = $1, access_needs = $2, contact_name = $3, contact_telephone = $4, contact_email = $5,
                more_emails = $6, room_for_others = $7, version = version + 1 WHERE id = $8",
            booking.room.trim(),
            booking.access_needs.trim(),
            booking.contact_name.trim(),
            telephone,
            booking.contact_email.trim(),
            more.join(", "),
            booking.room_for_others,
            id,
        )?;
        return Ok(id);
    }
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO visit (id, authority_code, tour_id, team_id, venue_id, on_date, room, access_needs, contact_name,
            contact_telephone, contact_email, more_emails, staff_stay, who_comes, room_for_others, fee_pence, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14, $15, $16, 1)",
        id,
        tour.authority_code.as_str(),
        tour.id,
        opening.team_id,
        booking.setting,
        opening.on_date,
        booking.room.trim(),
        booking.access_needs.trim(),
        booking.contact_name.trim(),
        telephone,
        booking.contact_email.trim(),
        more.join(", "),
        booking.staff_stay,
        booking.room_for_others,
        tour.price_pence.pence(),
        desk.now(),
    )?;
    Ok(id)
}
