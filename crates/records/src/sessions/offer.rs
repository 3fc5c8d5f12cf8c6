//! Offers: a session put to a school, which accepts it, takes another day, declines it, or lets it lapse.

mod lapse;
mod list;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::offer;
use domain::request::{DeclineReason, reason_faults};
use domain::session::{self, Event, Group};
use domain::slot::Slot;
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::{Bookable, OnBehalf, add_groups, group_errors, school};
use super::visit::{NewVisit, NewVisitText, asked_errors, describe, drop_if_empty, find_live, insert, visit_errors};
use super::{Session, change, find, happened, left_calendar, mail, reserve, slot_gone};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::openings::{self, Opening};
use crate::tours::{self, Tour};
use crate::{Desk, requests, waiting};

pub use lapse::{lapse_due, remind as remind_of_offers};
pub(crate) use list::open_within;
pub use list::{Open, offered_groups};

/// A session to put to a school.
#[derive(Debug, Clone)]
pub(crate) struct NewOffer {
    /// The tour.
    pub tour: Uuid,
    /// The team.
    pub team: Uuid,
    /// The day.
    pub on_date: NaiveDate,
    /// The slot, which need not be an opening.
    pub slot: Slot,
    /// The school, which is also the venue.
    pub setting: Uuid,
    /// Who is to attend.
    pub groups: Vec<Group>,
    /// The request it serves.
    pub request: Option<Uuid>,
    /// The place on the waiting list it serves.
    pub waiting: Option<Uuid>,
    /// Until when the school may answer.
    pub until: DateTime<Utc>,
    /// Whom the team asks for, as far as it is known.
    pub contact_name: String,
    /// Their number.
    pub contact_telephone: String,
    /// Their address; the mail goes there, and to those who sign in for the school.
    pub contact_email: String,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Another school may join.
    pub room_for_others: bool,
    /// What the timeline says of it; may be blank.
    pub note: String,
}

/// Puts a session to a school, in the caller's transaction, and writes to the school.
///
/// # Errors
/// The tour is not found; this role offers nothing; the slot is taken, which leaves the transaction usable.
pub(crate) async fn put(conn: &mut Conn, desk: &Desk, actor: &Actor, new: &NewOffer) -> Result<Uuid> {
    let state = session::after(None, Event::Offer, actor.role)?;
    let tour = tours::find(conn, actor, new.tour).await?;
    reserve::let_go_of_due(conn, desk, (new.team, new.on_date, new.slot.number)).await?;
    let place = NewVisit {
        authority: tour.authority_code.as_str(),
        tour: tour.id,
        team: new.team,
        on_date: new.on_date,
        venue: new.setting,
        room: "",
        access_needs: new.access_needs.trim(),
        contact_name: new.contact_name.trim(),
        contact_telephone: new.contact_telephone.trim().to_owned(),
        contact_email: new.contact_email.trim(),
        more_emails: String::new(),
        staff_stay: false,
        room_for_others: new.room_for_others,
        fee: tour.price_pence,
    };
    // A visit that stands keeps what its school said of it.
    let (visit, own) = match find_live(conn, &place).await? {
        Some(visit) => (visit, false),
        None => (insert(conn, desk, &place).await?, true),
    };
    let id = Uuid::now_v7();
    // Not an error of the database: on PostgreSQL that would end the caller's transaction.
    let written = execute!(
        conn,
        "INSERT INTO session (id, visit_id, authority_code, tour_id, programme_id, academic_year, team_id, on_date, slot,
            slot_label, starts_minute, ends_minute, part, state, live, offered_until, request_id, waiting_id, asked_by_name,
            asked_how, reason, reason_note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $15, $16, $17, '', '', '', '', $18, 1)
         ON CONFLICT DO NOTHING",
        id,
        visit,
        tour.authority_code.as_str(),
        tour.id,
        tour.programme_id,
        i64::from(domain::AcademicYear::containing(new.on_date)),
        new.team,
        new.on_date,
        new.slot.number,
        &new.slot.label,
        i64::from(new.slot.starts),
        i64::from(new.slot.ends),
        state.as_str(),
        state.is_live(),
        new.until,
        new.request,
        new.waiting,
        desk.now(),
    )?;
    if written == 0 {
        if own {
            drop_if_empty(conn, visit).await?;
        }
        return Err(Conflict::SlotGone.into());
    }
    add_groups(conn, id, new.setting, &new.groups).await?;
    happened(conn, desk, actor, id, Event::Offer.as_str(), (None, state), new.note.trim()).await?;
    let change = Change {
        operation: Operation::OfferSession,
        authority: Some(tour.authority_code.as_str()),
        record_kind: "session",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "tour": tour.id, "setting": new.setting, "on": new.on_date, "slot": new.slot.number, "state": state,
            "until": new.until, "request": new.request, "waiting": new.waiting, "contact": audit::REDACTED }),
    };
    audit::write(conn, desk, actor, change).await?;
    mail::tell(conn, desk, id, mail::News::Offered { until: new.until }).await?;
    Ok(id)
}

/// A school's yes, with what a booking asks for; the groups are those that were offered, corrected.
#[derive(Debug, Clone)]
pub struct Accepting {
    /// Another day: an opening of the same tour in place of the slot that was offered.
    pub elsewhere: Option<Uuid>,
    /// Who is to attend.
    pub groups: Vec<Group>,
    /// The room.
    pub room: String,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Whom the team asks for.
    pub contact_name: String,
    /// Their number on the day.
    pub contact_telephone: String,
    /// Their address.
    pub contact_email: String,
    /// Further addresses that get the mails.
    pub more_emails: String,
    /// Staff stay throughout.
    pub staff_stay: bool,
    /// Another school may join.
    pub room_for_others: bool,
    /// Who said yes, unless the school does so itself.
    pub on_behalf: Option<OnBehalf>,
}

/// Accepts an offer, in its slot or in another opening of its tour. Slot, deadline and state are looked at again.
///
/// # Errors
/// Not found; forbidden; stale; it lapsed or was answered; the other slot has gone; fields to mend.
pub async fn accept(desk: &Desk, actor: &Actor, id: Uuid, version: i64, yes: &Accepting) -> Result<Uuid> {
    desk.authorise(actor, Operation::AnswerOffer)?;
    let mut conn = desk.write().await?;
    let session = find(&mut conn, actor, id).await?;
    let state = session::after(Some(session.state), Event::Accept, actor.role)?;
    let tour = tours::find(&mut conn, &Actor::SYSTEM, session.tour_id).await?;
    check_open(desk, &session)?;
    let (school, at) = checked(&mut conn, desk, actor, &session, &tour, yes).await?;
    let visit = match &at {
        Some(to) => {
            reserve::let_go_of_due(&mut conn, desk, (to.team_id, to.on_date, to.slot)).await?;
            change::visit_for(&mut conn, desk, &session, to).await?
        }
        None => session.visit_id,
    };
    let on_behalf = yes.on_behalf.as_ref();
    let place = at.as_ref();
    // One statement: another slot is taken before the offered one is let go of.
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, booked_by = $3, asked_by_name = $4, asked_how = $5, visit_id = $6,
            team_id = COALESCE($7, team_id), on_date = COALESCE($8, on_date), slot = COALESCE($9, slot),
            slot_label = COALESCE($10, slot_label), starts_minute = COALESCE($11, starts_minute),
            ends_minute = COALESCE($12, ends_minute), academic_year = COALESCE($13, academic_year), version = version + 1
         WHERE id = $14 AND version = $15 AND state = 'offered' AND (offered_until IS NULL OR offered_until >= $16)",
        state.as_str(),
        state.is_live(),
        actor.person,
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        visit,
        place.map(|o| o.team_id),
        place.map(|o| o.on_date),
        place.map(|o| o.slot),
        place.map(|o| o.slot_label.as_str()),
        place.map(|o| i64::from(o.starts)),
        place.map(|o| i64::from(o.ends)),
        place.map(|o| i64::from(domain::AcademicYear::containing(o.on_date))),
        id,
        version,
        desk.now(),
    )
    .map_err(slot_gone)?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    if let Some(team) = session.team_id.filter(|team| place.is_some_and(|to| to.team_id != *team)) {
        left_calendar(&mut conn, desk, id, None, Some(team)).await?;
    }
    describe(&mut conn, visit, &said(&session, &tour, yes)).await?;
    execute!(conn, "DELETE FROM attending_group WHERE session_id = $1 AND setting_id = $2", id, school.id)?;
    add_groups(&mut conn, id, school.id, &yes.groups).await?;
    waiting::served(&mut conn, session.waiting_id).await?;
    let note = note(&session, at.as_ref(), on_behalf);
    happened(&mut conn, desk, actor, id, Event::Accept.as_str(), (Some(session.state), state), &note).await?;
    let on = at.as_ref().map_or(session.on_date, |o| o.on_date);
    let change = Change {
        operation: Operation::AnswerOffer,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: id.to_string(),
        before: json!({ "state": session.state, "on": session.on_date }),
        after: json!({ "state": state, "on": on, "contact": audit::REDACTED,
            "expected": yes.groups.iter().map(|g| g.expected).sum::<i64>() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::Accepted).await?;
    if at.is_some() {
        waiting::freed(&mut conn, desk, &session).await?;
    }
    desk.commit(conn, id).await?;
    Ok(id)
}

/// What is wrong with a yes, apart from its groups and its slot.
#[must_use]
pub fn accept_errors(actor: &Actor, yes: &Accepting) -> Vec<FieldError> {
    let mut errors = visit_errors(&NewVisitText {
        room: &yes.room,
        access_needs: &yes.access_needs,
        contact_name: &yes.contact_name,
        contact_telephone: &yes.contact_telephone,
        contact_email: &yes.contact_email,
        more_emails: &yes.more_emails,
        staff_stay: yes.staff_stay,
    });
    errors.extend(asked_errors(actor, yes.on_behalf.as_ref()));
    errors
}

/// Whether an offer can still be answered.
///
/// # Errors
/// Not found; forbidden; it lapsed or was answered.
pub async fn answerable(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::AnswerOffer)?;
    let mut conn = desk.read().await?;
    let session = find(&mut conn, actor, id).await?;
    session::after(Some(session.state), Event::Accept, actor.role)?;
    check_open(desk, &session)
}

/// The school and the other slot, once nothing is wrong with a yes.
async fn checked(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: &Session,
    tour: &Tour,
    yes: &Accepting,
) -> Result<(Bookable, Option<Opening>)> {
    let first = session::first_bookable(actor.role, desk.today());
    let at = match yes.elsewhere {
        None if session.on_date < first => {
            return Err(Error::refused("This day can no longer be taken. Ask for another day"));
        }
        None => None,
        Some(opening) => {
            let to = openings::lock(conn, opening).await?;
            if to.tour_id != session.tour_id || to.on_date < first {
                return Err(Error::field("opening", "This day can no longer be taken. Choose another"));
            }
            Some(to)
        }
    };
    // The offer was made to it, whether or not the programme is meant for it.
    let school = school(conn, &Actor::SYSTEM, tour, session.venue_id, true).await?;
    let mut errors = group_errors(tour, &school, &yes.groups, !school.in_audience, session.largest_group);
    errors.extend(accept_errors(actor, yes));
    if errors.is_empty() { Ok((school, at)) } else { Err(Error::Invalid(errors)) }
}

fn said<'a>(session: &Session, tour: &'a Tour, yes: &'a Accepting) -> NewVisit<'a> {
    NewVisit {
        authority: tour.authority_code.as_str(),
        tour: tour.id,
        team: session.team_id.unwrap_or_default(),
        on_date: session.on_date,
        venue: session.venue_id,
        room: yes.room.trim(),
        access_needs: yes.access_needs.trim(),
        contact_name: yes.contact_name.trim(),
        contact_telephone: domain::contact::telephone(&yes.contact_telephone).unwrap_or_default(),
        contact_email: yes.contact_email.trim(),
        more_emails: super::visit::more_emails(&yes.more_emails).collect::<Vec<_>>().join(", "),
        staff_stay: yes.staff_stay,
        room_for_others: yes.room_for_others,
        fee: tour.price_pence,
    }
}

fn note(session: &Session, at: Option<&Opening>, on_behalf: Option<&OnBehalf>) -> String {
    let day = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    let moved = at.map(|to| format!("Another day: {} in place of {}", day(to.on_date), day(session.on_date)));
    let asked = on_behalf.map(asked_note);
    [moved, asked].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

fn asked_note(on_behalf: &OnBehalf) -> String {
    format!("On the school’s behalf ({})", on_behalf.how.label().to_lowercase())
}

/// A school's no.
#[derive(Debug, Clone)]
pub struct Declining {
    /// Why.
    pub reason: DeclineReason,
    /// What else there is to say; may be blank.
    pub note: String,
    /// Who said no, unless the school does so itself.
    pub on_behalf: Option<OnBehalf>,
}

/// Declines an offer. Its request is open again, and its slot goes to whoever waits.
///
/// # Errors
/// Not found; forbidden; stale; it lapsed or was answered; fields to mend.
pub async fn decline(desk: &Desk, actor: &Actor, id: Uuid, version: i64, no: &Declining) -> Result<Uuid> {
    desk.authorise(actor, Operation::AnswerOffer)?;
    let mut conn = desk.write().await?;
    let session = find(&mut conn, actor, id).await?;
    let state = session::after(Some(session.state), Event::Decline, actor.role)?;
    check_open(desk, &session)?;
    let note = no.note.trim();
    let faults = reason_faults(Some(no.reason), note);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    if let Some(error) = asked_errors(actor, no.on_behalf.as_ref()) {
        return Err(Error::Invalid(vec![error]));
    }
    let on_behalf = no.on_behalf.as_ref();
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, reason = $3, reason_note = $4, asked_by_name = $5, asked_how = $6,
            version = version + 1 WHERE id = $7 AND version = $8 AND state = 'offered'",
        state.as_str(),
        state.is_live(),
        no.reason.as_str(),
        note,
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        id,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let reason = if note.is_empty() { no.reason.label().to_owned() } else { format!("{}: {note}", no.reason.label()) };
    let said = on_behalf.map_or_else(|| reason.clone(), |o| format!("{reason}. {}", asked_note(o)));
    happened(&mut conn, desk, actor, id, Event::Decline.as_str(), (Some(session.state), state), &said).await?;
    let change = Change {
        operation: Operation::AnswerOffer,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: id.to_string(),
        before: json!({ "state": session.state }),
        after: json!({ "state": state, "reason": no.reason }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::Declined { why: reason }).await?;
    given_back(&mut conn, desk, &session, true).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// What becomes of an offer that came to nothing: the request is open again, the school waits again, and the slot goes
/// to the next, unless the team cannot come.
pub(super) async fn given_back(conn: &mut Conn, desk: &Desk, session: &Session, is_free: bool) -> Result<()> {
    if let Some(request) = session.request_id {
        requests::reopened(conn, desk, &Actor::SYSTEM, request).await?;
    }
    waiting::passed(conn, session).await?;
    if is_free { waiting::freed(conn, desk, session).await } else { Ok(()) }
}

fn check_open(desk: &Desk, session: &Session) -> Result<()> {
    if offer::is_open(desk.now(), session.offered_until) {
        return Ok(());
    }
    let until = session.offered_until.map(mail::when).unwrap_or_default();
    Err(Error::refused(format!(
        "This offer could be answered until {until}. Book another day, or ask {} for one",
        session.authority_name
    )))
}
