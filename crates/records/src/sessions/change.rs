//! What happens to a session after it was booked: moved, cancelled, missed, other people.

use domain::access::{Actor, Operation, Role};
use domain::programme::Status;
use domain::session::{self, Event, Reason, State};
use serde_json::json;
use uuid::Uuid;

use super::{Session, check_notice, find, groups, happened, left_calendar, mail, offer, reserve, slot_gone};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::openings::{self, Opening};
use crate::{Desk, tours, waiting};

/// Why something changes.
#[derive(Debug, Clone)]
pub struct Why {
    /// The reason.
    pub reason: Reason,
    /// What else there is to say; may be blank.
    pub note: String,
}

impl Why {
    pub(super) fn check(&self) -> Result<()> {
        match self.note.chars().count() {
            0 if self.reason == Reason::Other => Err(Error::field("note", "Say what the reason is")),
            0..=500 => Ok(()),
            _ => Err(Error::field("note", "Use 500 characters or fewer")),
        }
    }

    pub(super) fn text(&self) -> String {
        let note = self.note.trim();
        if note.is_empty() { self.reason.label().to_owned() } else { format!("{}: {note}", self.reason.label()) }
    }
}

/// Moves a session to another opening of its tour. One statement takes the new slot and lets go of the old.
///
/// # Errors
/// Not found; forbidden; stale; the slot has gone; the notice period has begun; its state refuses.
pub async fn move_to(desk: &Desk, actor: &Actor, id: Uuid, version: i64, opening: Uuid, why: &Why) -> Result<Uuid> {
    desk.authorise(actor, Operation::MoveSession)?;
    why.check()?;
    let mut conn = desk.write().await?;
    let session = find(&mut conn, actor, id).await?;
    let state = session::after(Some(session.state), Event::Move, actor.role)?;
    check_notice(desk, actor.role, &session)?;
    only_host(&mut conn, actor, &session).await?;
    let tour = tours::find(&mut conn, actor, session.tour_id).await?;
    if tour.status == Status::Closed && actor.role == Role::School {
        return Err(Error::refused("This tour is closed: ask the council to move it"));
    }
    let to = openings::lock(&mut conn, opening).await?;
    if to.tour_id != session.tour_id {
        return Err(Error::NotFound);
    }
    if to.on_date < session::first_bookable(actor.role, desk.today()) {
        return Err(Error::refused("This day can no longer be booked. Choose a later one"));
    }
    reserve::let_go_of_due(&mut conn, desk, (to.team_id, to.on_date, to.slot)).await?;
    let visit = visit_for(&mut conn, desk, &session, &to).await?;
    let written = execute!(
        conn,
        "UPDATE session SET visit_id = $1, team_id = $2, on_date = $3, slot = $4, slot_label = $5, starts_minute = $6,
            ends_minute = $7, academic_year = $8, version = version + 1 WHERE id = $9 AND version = $10",
        visit,
        to.team_id,
        to.on_date,
        to.slot,
        &to.slot_label,
        i64::from(to.starts),
        i64::from(to.ends),
        i64::from(domain::AcademicYear::containing(to.on_date)),
        id,
        version,
    )
    .map_err(slot_gone)?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    if let Some(team) = session.team_id.filter(|team| *team != to.team_id) {
        left_calendar(&mut conn, desk, id, None, Some(team)).await?;
    }
    let note =
        format!("From {} to {}. {}", session.on_date.format("%-d %B %Y"), to.on_date.format("%-d %B %Y"), why.text());
    happened(&mut conn, desk, actor, id, Event::Move.as_str(), (Some(session.state), state), &note).await?;
    let change = Change {
        operation: Operation::MoveSession,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: id.to_string(),
        before: json!({ "on": session.on_date, "slot": session.slot_label }),
        after: json!({ "on": to.on_date, "slot": to.slot_label, "reason": why.reason }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::Moved { from: session.on_date, why: why.text() }).await?;
    if !why.reason.is_the_teams() {
        waiting::freed(&mut conn, desk, &session).await?;
    }
    desk.commit(conn, id).await?;
    Ok(id)
}

/// The visit a moved session belongs to: its own, taken along when it is alone in it, or a copy for the new day.
pub(super) async fn visit_for(conn: &mut Conn, desk: &Desk, session: &Session, to: &Opening) -> Result<Uuid> {
    let others = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM session WHERE visit_id = $1 AND id <> $2",
        session.visit_id,
        session.id,
    )?;
    if others == 0 {
        execute!(
            conn,
            // Whoever is named for the team's new day comes.
            "UPDATE visit SET team_id = $1, on_date = $2, version = version + 1, who_comes = COALESCE(
                (SELECT d.people FROM team_day d WHERE d.team_id = $1 AND d.on_date = $2), who_comes) WHERE id = $3",
            to.team_id,
            to.on_date,
            session.visit_id,
        )?;
        return Ok(session.visit_id);
    }
    let id = Uuid::now_v7();
    // The copy's version is higher than its original's: calendars count on it (`Session::sequence`).
    execute!(
        conn,
        "INSERT INTO visit (id, authority_code, tour_id, team_id, venue_id, on_date, room, access_needs, contact_name,
            contact_telephone, contact_email, more_emails, staff_stay, who_comes, room_for_others, fee_pence, created_at, version)
         SELECT $1, authority_code, tour_id, $2, venue_id, $3, room, access_needs, contact_name, contact_telephone,
            contact_email, more_emails, staff_stay,
            COALESCE((SELECT d.people FROM team_day d WHERE d.team_id = $2 AND d.on_date = $3), ''), room_for_others,
            fee_pence, $4, version + 1 FROM visit WHERE id = $5",
        id,
        to.team_id,
        to.on_date,
        desk.now(),
        session.visit_id,
    )?;
    Ok(id)
}

/// A school that joined another's visit neither moves nor misses it.
async fn only_host(conn: &mut Conn, actor: &Actor, session: &Session) -> Result<()> {
    if actor.role == Role::School && !hosts(conn, actor, session).await? {
        return Err(Error::refused(format!(
            "{} booked this visit: ask them, or take your own groups out",
            session.venue
        )));
    }
    Ok(())
}

async fn hosts(conn: &mut Conn, actor: &Actor, session: &Session) -> Result<bool> {
    Ok(groups(conn, actor, session.id).await?.iter().any(|g| g.setting_id == session.venue_id))
}

/// Cancels a session before its day is over. A school that joined takes its own groups out instead.
///
/// # Errors
/// Not found; forbidden; stale; the notice period has begun; its state refuses.
pub async fn cancel(desk: &Desk, actor: &Actor, id: Uuid, version: i64, why: &Why) -> Result<Uuid> {
    desk.authorise(actor, Operation::CancelSession)?;
    why.check()?;
    let mut conn = desk.write().await?;
    let session = find(&mut conn, actor, id).await?;
    let state = session::after(Some(session.state), Event::Cancel, actor.role)?;
    check_notice(desk, actor.role, &session)?;
    if actor.role == Role::School && !hosts(&mut conn, actor, &session).await? {
        return leave(conn, desk, actor, &session, version, why).await;
    }
    let is_free = !why.reason.is_the_teams();
    end(&mut conn, desk, actor, &session, version, (Event::Cancel, state), why, is_free).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn leave(mut conn: Conn, desk: &Desk, actor: &Actor, session: &Session, version: i64, why: &Why) -> Result<Uuid> {
    let own = groups(&mut conn, actor, session.id).await?;
    let written = execute!(
        conn,
        "UPDATE session SET version = version + 1 WHERE id = $1 AND version = $2",
        session.id,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let mut left: Vec<Uuid> = own.iter().map(|g| g.setting_id).collect();
    left.dedup();
    for setting in &left {
        execute!(conn, "DELETE FROM attending_group WHERE session_id = $1 AND setting_id = $2", session.id, *setting)?;
        left_calendar(&mut conn, desk, session.id, Some(*setting), None).await?;
    }
    let name = own.first().map(|g| g.setting.clone()).unwrap_or_default();
    let note = format!("{name}. {}", why.text());
    happened(&mut conn, desk, actor, session.id, "leave", (Some(session.state), session.state), &note).await?;
    let change = Change {
        operation: Operation::CancelSession,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: session.id.to_string(),
        before: json!({ "attending": left }),
        after: json!({ "left": left, "reason": why.reason }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, session.id, mail::News::Left { who: name }).await?;
    mail::tell_left(&mut conn, desk, session.id, &left).await?;
    desk.commit(conn, session.id).await?;
    Ok(session.id)
}

/// Whether this can be marked missed at all today, by this role.
#[must_use]
pub fn may_be_missed(desk: &Desk, role: Role, session: &Session) -> bool {
    session.on_date <= desk.today() && session::after(Some(session.state), Event::Miss, role).is_ok()
}

/// Marks a session missed, on its day or after. A delivered one only while nobody has answered its questionnaire: then
/// its attendance is taken back.
///
/// # Errors
/// Not found; forbidden; stale; it lies ahead; its state refuses.
pub async fn miss(desk: &Desk, actor: &Actor, id: Uuid, version: i64, why: &Why) -> Result<Uuid> {
    desk.authorise(actor, Operation::MarkMissed)?;
    why.check()?;
    let mut conn = desk.write().await?;
    let session = find(&mut conn, actor, id).await?;
    let state = session::after(Some(session.state), Event::Miss, actor.role)?;
    if session.on_date > desk.today() {
        return Err(Error::refused("Its day has not come: cancel or move it instead"));
    }
    only_host(&mut conn, actor, &session).await?;
    if session.state == State::Delivered {
        // Whoever answers waits here, and then finds it closed.
        execute!(conn, "UPDATE session SET version = version WHERE id = $1", id)?;
        let answers = fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM response WHERE session_id = $1", id)?;
        if answers > 0 {
            return Err(Error::refused("Pupils or staff have answered its questionnaire, so it did take place"));
        }
        execute!(
            conn,
            "UPDATE attending_group SET attended = NULL, attended_send = NULL, withdrawn = NULL, adults = NULL,
                over_roll = FALSE, stated_by = NULL, stated_at = NULL WHERE session_id = $1",
            id,
        )?;
        execute!(
            conn,
            "UPDATE session SET attendance_at = NULL, actual_starts_minute = NULL, actual_ends_minute = NULL WHERE id = $1",
            id,
        )?;
    }
    end(&mut conn, desk, actor, &session, version, (Event::Miss, state), why, false).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Ends a session before it took place, and tells everybody; where its slot is free again, it goes to whoever waits.
#[allow(clippy::too_many_arguments)] // What ends, how, and why.
pub(super) async fn end(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: &Session,
    version: i64,
    (event, state): (Event, State),
    why: &Why,
    is_free: bool,
) -> Result<()> {
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, reason = $3, reason_note = $4, version = version + 1
         WHERE id = $5 AND version = $6",
        state.as_str(),
        state.is_live(),
        why.reason.as_str(),
        why.note.trim(),
        session.id,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    happened(conn, desk, actor, session.id, event.as_str(), (Some(session.state), state), &why.text()).await?;
    let operation = if event == Event::Miss { Operation::MarkMissed } else { Operation::CancelSession };
    let change = Change {
        operation,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: session.id.to_string(),
        before: json!({ "state": session.state }),
        after: json!({ "state": state, "reason": why.reason }),
    };
    audit::write(conn, desk, actor, change).await?;
    let is_needed = why.reason != Reason::NoLongerNeeded;
    crate::requests::called_off(conn, desk, actor, session.id, is_needed).await?;
    mail::tell(conn, desk, session.id, mail::News::Ended { why: why.text() }).await?;
    if session.state == State::Offered {
        offer::given_back(conn, desk, session, is_free).await?;
    } else if is_free {
        waiting::freed(conn, desk, session).await?;
    }
    Ok(())
}

/// The people who come as they are stored, one a line.
///
/// # Errors
/// Too many, or a line that is too long.
pub(super) fn people(who_comes: &str) -> Result<String> {
    let who: Vec<&str> = who_comes.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    if who.len() > 20 || who.iter().any(|l| l.chars().count() > 120) {
        return Err(Error::field("who_comes", "Enter at most 20 people, each in 120 characters or fewer"));
    }
    Ok(who.join("\n"))
}

/// Says who comes, one person a line, without touching the booking. `version` is the visit's.
///
/// # Errors
/// Not found; forbidden; stale; it is not confirmed; too long.
pub async fn set_people(desk: &Desk, actor: &Actor, id: Uuid, version: i64, who_comes: &str) -> Result<Uuid> {
    desk.authorise(actor, Operation::AssignPeople)?;
    let text = people(who_comes)?;
    let mut conn = desk.write().await?;
    let session = find(&mut conn, actor, id).await?;
    if !matches!(session.state, State::Confirmed | State::Offered) {
        return Err(Error::refused("Only a session that is still to come has people to name"));
    }
    put_people(&mut conn, desk, actor, &session, version, &text).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Puts the people of a visit, known by one of its sessions, on record and tells everybody; nothing when they are as
/// they were. `version` is the visit's.
///
/// # Errors
/// Stale.
pub(super) async fn put_people(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: &Session,
    version: i64,
    text: &str,
) -> Result<()> {
    if text == session.who_comes {
        return Ok(());
    }
    let changed = execute!(
        conn,
        "UPDATE visit SET who_comes = $1, version = version + 1 WHERE id = $2 AND version = $3",
        text,
        session.visit_id,
        version,
    )?;
    if changed == 0 {
        return Err(Conflict::Stale.into());
    }
    happened(conn, desk, actor, session.id, "people", (Some(session.state), session.state), "").await?;
    let change = Change {
        operation: Operation::AssignPeople,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: session.id.to_string(),
        before: json!({ "people": audit::REDACTED }),
        after: json!({ "people": audit::REDACTED }),
    };
    audit::write(conn, desk, actor, change).await?;
    mail::tell(conn, desk, session.id, mail::News::People).await
}
