//! The visit a booking makes: where, whom the team asks for, to whom the mails go.

use chrono::NaiveDate;
use domain::access::{Actor, Role};
use domain::contact::{EmailAddress, telephone};
use domain::money::Pence;
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
    let mut errors = visit_errors(&NewVisitText {
        room: &booking.room,
        access_needs: &booking.access_needs,
        contact_name: &booking.contact_name,
        contact_telephone: &booking.contact_telephone,
        contact_email: &booking.contact_email,
        more_emails: &booking.more_emails,
        staff_stay: booking.staff_stay,
    });
    errors.extend(asked_errors(actor, booking.on_behalf.as_ref()));
    errors
}

/// What a school types of its visit, before it is read.
pub(super) struct NewVisitText<'a> {
    pub room: &'a str,
    pub access_needs: &'a str,
    pub contact_name: &'a str,
    pub contact_telephone: &'a str,
    pub contact_email: &'a str,
    pub more_emails: &'a str,
    pub staff_stay: bool,
}

pub(super) fn visit_errors(booking: &NewVisitText<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.into(), message });
    if booking.contact_name.trim().is_empty() {
        wrong("contact_name", "Enter whom the team asks for on the day".into());
    }
    if let Err(message) = telephone(booking.contact_telephone) {
        wrong("contact_telephone", message.to_owned());
    }
    if let Err(error) = booking.contact_email.parse::<EmailAddress>() {
        wrong("contact_email", error.to_string());
    }
    if let Some(bad) = more_emails(booking.more_emails).find(|text| text.parse::<EmailAddress>().is_err()) {
        wrong("more_emails", format!("“{bad}” is no email address. Separate addresses by commas"));
    }
    if !booking.staff_stay {
        wrong("staff_stay", "A member of your staff must stay with the pupils throughout".into());
    }
    for (field, text, most) in [
        ("room", booking.room, 200),
        ("access_needs", booking.access_needs, 2_000),
        ("contact_name", booking.contact_name, 120),
    ] {
        if text.chars().count() > most {
            wrong(field, format!("Use {most} characters or fewer"));
        }
    }
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

pub(super) fn more_emails(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n', ' ']).map(str::trim).filter(|t| !t.is_empty())
}

/// A visit to write.
#[derive(Debug)]
pub(super) struct NewVisit<'a> {
    pub authority: &'a str,
    pub tour: Uuid,
    pub team: Uuid,
    pub on_date: NaiveDate,
    pub venue: Uuid,
    pub room: &'a str,
    pub access_needs: &'a str,
    pub contact_name: &'a str,
    pub contact_telephone: String,
    pub contact_email: &'a str,
    pub more_emails: String,
    pub staff_stay: bool,
    pub room_for_others: bool,
    pub fee: Pence,
}

impl<'a> NewVisit<'a> {
    /// What a booking of an opening makes.
    pub(super) fn booked(tour: &'a Tour, opening: &Opening, booking: &'a Booking) -> Self {
        Self {
            authority: tour.authority_code.as_str(),
            tour: tour.id,
            team: opening.team_id,
            on_date: opening.on_date,
            venue: booking.setting,
            room: booking.room.trim(),
            access_needs: booking.access_needs.trim(),
            contact_name: booking.contact_name.trim(),
            contact_telephone: telephone(&booking.contact_telephone).unwrap_or_default(),
            contact_email: booking.contact_email.trim(),
            more_emails: more_emails(&booking.more_emails).collect::<Vec<_>>().join(", "),
            staff_stay: booking.staff_stay,
            room_for_others: booking.room_for_others,
            fee: tour.price_pence,
        }
    }

    /// What a reservation makes, before anybody has typed anything.
    pub(super) fn reserved(tour: &'a Tour, opening: &Opening, venue: Uuid) -> Self {
        Self {
            authority: tour.authority_code.as_str(),
            tour: tour.id,
            team: opening.team_id,
            on_date: opening.on_date,
            venue,
            room: "",
            access_needs: "",
            contact_name: "",
            contact_telephone: String::new(),
            contact_email: "",
            more_emails: String::new(),
            staff_stay: false,
            room_for_others: false,
            fee: tour.price_pence,
        }
    }
}

/// The visit of this team to this school on this day; a second session of the same day joins the first one's. What is
/// said of room, contact and needs holds for the whole visit.
pub(super) async fn visit(conn: &mut Conn, desk: &Desk, new: &NewVisit<'_>) -> Result<Uuid> {
    match find_live(conn, new).await? {
        Some(id) => {
            describe(conn, id, new).await?;
            Ok(id)
        }
        None => insert(conn, desk, new).await,
    }
}

/// The visit that this one would join.
pub(super) async fn find_live(conn: &mut Conn, new: &NewVisit<'_>) -> Result<Option<Uuid>> {
    let found = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT w.id FROM visit w WHERE w.tour_id = $1 AND w.team_id = $2 AND w.venue_id = $3 AND w.on_date = $4
           AND EXISTS (SELECT 1 FROM session s WHERE s.visit_id = w.id AND s.live) ORDER BY w.id LIMIT 1",
        new.tour,
        new.team,
        new.venue,
        new.on_date,
    )?;
    Ok(found.map(|(id,)| id))
}

/// Writes what a school says of a visit.
pub(super) async fn describe(conn: &mut Conn, id: Uuid, new: &NewVisit<'_>) -> Result<()> {
    execute!(
        conn,
        "UPDATE visit SET room = $1, access_needs = $2, contact_name = $3, contact_telephone = $4, contact_email = $5,
            more_emails = $6, room_for_others = $7, staff_stay = $8, version = version + 1 WHERE id = $9",
        new.room,
        new.access_needs,
        new.contact_name,
        &new.contact_telephone,
        new.contact_email,
        &new.more_emails,
        new.room_for_others,
        new.staff_stay,
        id,
    )?;
    Ok(())
}

/// Inserts a visit.
pub(super) async fn insert(conn: &mut Conn, desk: &Desk, new: &NewVisit<'_>) -> Result<Uuid> {
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO visit (id, authority_code, tour_id, team_id, venue_id, on_date, room, access_needs, contact_name,
            contact_telephone, contact_email, more_emails, staff_stay, who_comes, room_for_others, fee_pence, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14, $15, $16, 1)",
        id,
        new.authority,
        new.tour,
        new.team,
        new.venue,
        new.on_date,
        new.room,
        new.access_needs,
        new.contact_name,
        &new.contact_telephone,
        new.contact_email,
        &new.more_emails,
        new.staff_stay,
        new.room_for_others,
        new.fee.pence(),
        desk.now(),
    )?;
    Ok(id)
}

/// Removes a visit that no session belongs to any more.
pub(super) async fn drop_if_empty(conn: &mut Conn, id: Uuid) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM visit WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.visit_id = $1)",
        id,
    )?;
    Ok(())
}
