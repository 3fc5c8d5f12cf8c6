//! Visits that a plan moves: all of them let go of their slots first, so that two can change places, and then each takes
//! its new ones.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::session::{self, Event, Group, Reason, State};
use domain::slot::Slot;
use serde_json::json;
use uuid::Uuid;

use super::offer::{NewOffer, put};
use super::{Session, find, groups, happened, left_calendar, mail};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};

/// A visit's new place.
#[derive(Debug, Clone)]
pub(crate) struct Shift {
    /// The visit.
    pub visit: Uuid,
    /// The team.
    pub team: Uuid,
    /// The day.
    pub on_date: NaiveDate,
    /// A slot for each of its live sessions, in order of time.
    pub slots: Vec<Slot>,
    /// Until when a school may answer, where the visit was offered and is offered anew.
    pub until: DateTime<Utc>,
}

/// The live sessions of a visit, in order of time.
async fn sessions_of(conn: &mut Conn, actor: &Actor, visit: Uuid) -> Result<Vec<Session>> {
    let ids = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM session WHERE visit_id = $1 AND state IN ('offered', 'confirmed') ORDER BY starts_minute, id",
        visit,
    )?;
    let mut sessions = Vec::new();
    // A visit has at most as many as a day has slots.
    for (id,) in ids {
        sessions.push(find(conn, actor, id).await?);
    }
    Ok(sessions)
}

/// Moves visits, within the caller's transaction, and tells everyone concerned. A confirmed session is moved; an offered
/// one is withdrawn and offered anew. What the visits become: the keys of theirs, or of the new ones.
///
/// # Errors
/// A slot is taken; a visit is no longer live; this role moves nothing. The caller's transaction is then to be dropped.
pub(crate) async fn shift(conn: &mut Conn, desk: &Desk, actor: &Actor, shifts: &[Shift]) -> Result<Vec<Uuid>> {
    let mut all = Vec::new();
    for shift in shifts {
        let sessions = sessions_of(conn, actor, shift.visit).await?;
        if sessions.len() != shift.slots.len() {
            return Err(Error::refused("A visit that was to move has changed meanwhile: plan again"));
        }
        execute!(
            conn,
            "UPDATE session SET live = FALSE WHERE visit_id = $1 AND state IN ('offered', 'confirmed')",
            shift.visit,
        )?;
        all.push(sessions);
    }
    let mut visits = Vec::new();
    for (shift, sessions) in shifts.iter().zip(&all) {
        let mut visit = shift.visit;
        if sessions.iter().all(|s| s.state == State::Offered) {
            for (session, slot) in sessions.iter().zip(&shift.slots) {
                visit = offer_anew(conn, desk, actor, session, shift, slot).await?;
            }
        } else {
            execute!(
                conn,
                // Whoever is named for the team's new day comes.
                "UPDATE visit SET team_id = $1, on_date = $2, version = version + 1, who_comes = COALESCE(
                    (SELECT d.people FROM team_day d WHERE d.team_id = $1 AND d.on_date = $2), who_comes) WHERE id = $3",
                shift.team,
                shift.on_date,
                shift.visit,
            )?;
            for (session, slot) in sessions.iter().zip(&shift.slots) {
                carry(conn, desk, actor, session, shift, slot).await?;
            }
        }
        visits.push(visit);
    }
    Ok(visits)
}

const WHY: &str = "The tour was planned anew";

/// Takes a session to its new slot.
async fn carry(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: &Session,
    shift: &Shift,
    slot: &Slot,
) -> Result<()> {
    // An offered session beside a confirmed one of the same visit goes along, and stays offered.
    let state = match session.state {
        State::Confirmed => session::after(Some(State::Confirmed), Event::Move, actor.role)?,
        other => other,
    };
    let written = execute!(
        conn,
        "UPDATE session SET team_id = $1, on_date = $2, slot = $3, slot_label = $4, starts_minute = $5, ends_minute = $6,
            academic_year = $7, live = TRUE, version = version + 1
         WHERE id = $8 AND NOT EXISTS (SELECT 1 FROM session x WHERE x.team_id = $1 AND x.on_date = $2 AND x.slot = $3 AND x.live)",
        shift.team,
        shift.on_date,
        slot.number,
        &slot.label,
        i64::from(slot.starts),
        i64::from(slot.ends),
        i64::from(domain::AcademicYear::containing(shift.on_date)),
        session.id,
    )?;
    if written == 0 {
        return Err(Conflict::SlotGone.into());
    }
    if let Some(team) = session.team_id.filter(|team| *team != shift.team) {
        left_calendar(conn, desk, session.id, None, Some(team)).await?;
    }
    let day = |on: NaiveDate| on.format("%-d %B %Y");
    let note = format!("From {} to {}. {WHY}", day(session.on_date), day(shift.on_date));
    happened(conn, desk, actor, session.id, Event::Move.as_str(), (Some(session.state), state), &note).await?;
    let change = Change {
        operation: Operation::MoveSession,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: session.id.to_string(),
        before: json!({ "on": session.on_date, "slot": session.slot_label }),
        after: json!({ "on": shift.on_date, "slot": slot.label, "reason": "planned anew" }),
    };
    audit::write(conn, desk, actor, change).await?;
    mail::tell(conn, desk, session.id, mail::News::Moved { by: actor.role, from: session.on_date, why: WHY.to_owned() })
        .await
}

/// Withdraws an offer and puts its new day to the school; the new session's visit.
async fn offer_anew(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    session: &Session,
    shift: &Shift,
    slot: &Slot,
) -> Result<Uuid> {
    let state = session::after(Some(session.state), Event::Cancel, actor.role)?;
    execute!(
        conn,
        "UPDATE session SET state = $1, live = FALSE, reason = $2, reason_note = $3, version = version + 1 WHERE id = $4",
        state.as_str(),
        Reason::Timetable.as_str(),
        WHY,
        session.id,
    )?;
    happened(conn, desk, actor, session.id, Event::Cancel.as_str(), (Some(session.state), state), WHY).await?;
    let change = Change {
        operation: Operation::CancelSession,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: session.id.to_string(),
        before: json!({ "state": session.state }),
        after: json!({ "state": state, "reason": "planned anew" }),
    };
    audit::write(conn, desk, actor, change).await?;
    mail::tell(
        conn,
        desk,
        session.id,
        mail::News::Ended { by: actor.role, why: format!("{WHY}: another day is offered in its place") },
    )
    .await?;
    let attending: Vec<Group> = groups(conn, &Actor::SYSTEM, session.id)
        .await?
        .into_iter()
        .map(|g| Group {
            year_groups: g.year_groups,
            label: g.label,
            expected: g.expected,
            expected_send: g.expected_send,
        })
        .collect();
    let offer = NewOffer {
        tour: session.tour_id,
        team: shift.team,
        on_date: shift.on_date,
        slot: slot.clone(),
        setting: session.venue_id,
        groups: attending,
        request: session.request_id,
        waiting: session.waiting_id,
        until: shift.until,
        contact_name: session.contact_name.clone(),
        contact_telephone: session.contact_telephone.clone(),
        contact_email: session.contact_email.clone(),
        access_needs: session.access_needs.clone(),
        room_for_others: session.room_for_others,
        note: format!("In place of {}. {WHY}", session.on_date.format("%-d %B %Y")),
    };
    let id = put(conn, desk, actor, &offer).await?;
    fetch_scalar!(conn, Uuid, "SELECT visit_id FROM session WHERE id = $1", id)
}
