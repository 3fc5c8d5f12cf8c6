//! Reservations: a slot held for ten minutes for the person who is writing a booking.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::access::{Actor, Operation, Role};
use domain::session::{self, Event, RESERVED_MINUTES, State};
use serde_json::{Value, json};
use uuid::Uuid;

use super::visit::{NewVisit, drop_if_empty, insert};
use super::{book, happened};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::openings;
use crate::within::Within;
use crate::{Desk, tours, waiting};

/// Slots one person holds at most at a time, one of each tour.
const MOST_HELD: usize = 3;

/// A slot: team, day, number.
pub(super) type Place = (Uuid, NaiveDate, i64);

/// A reservation that stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Held {
    pub id: Uuid,
    pub visit_id: Uuid,
    pub tour_id: Uuid,
    pub authority_code: String,
    team_id: Uuid,
    on_date: NaiveDate,
    slot: i64,
    reserved_by: Option<Uuid>,
    reserved_until: DateTime<Utc>,
}

impl Held {
    pub(super) fn is_at(&self, place: Place) -> bool {
        (self.team_id, self.on_date, self.slot) == place
    }

    pub(super) fn is_by(&self, actor: &Actor) -> bool {
        actor.person.is_some() && self.reserved_by == actor.person
    }

    pub(super) fn place(&self) -> Place {
        (self.team_id, self.on_date, self.slot)
    }

    fn is_over(&self, desk: &Desk) -> bool {
        self.reserved_until < desk.now()
    }
}

/// The reservations of a slot, and the person's own everywhere.
pub(super) async fn held(conn: &mut Conn, actor: &Actor, (team, on, slot): Place) -> Result<Vec<Held>> {
    fetch_all!(
        conn,
        Held,
        "SELECT id, visit_id, tour_id, authority_code, team_id, on_date, slot, reserved_by, reserved_until FROM session
         WHERE state = 'reserved' AND ((team_id = $1 AND on_date = $2 AND slot = $3) OR reserved_by = $4) ORDER BY created_at",
        team,
        on,
        slot,
        actor.person,
    )
}

/// Turns a reservation to lapsed, when it is one still. Its slot is not given to anybody here.
pub(super) async fn let_go(conn: &mut Conn, desk: &Desk, actor: &Actor, held: &Held, note: &str) -> Result<bool> {
    let state = session::after(Some(State::Reserved), Event::Lapse, actor.role)?;
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, version = version + 1 WHERE id = $3 AND state = 'reserved'",
        state.as_str(),
        state.is_live(),
        held.id,
    )?;
    if written == 0 {
        return Ok(false);
    }
    happened(conn, desk, actor, held.id, Event::Lapse.as_str(), (Some(State::Reserved), state), note).await?;
    let change = Change {
        operation: Operation::BookSession,
        authority: Some(&held.authority_code),
        record_kind: "session",
        record_id: held.id.to_string(),
        before: json!({ "state": State::Reserved }),
        after: json!({ "state": state }),
    };
    audit::write(conn, desk, actor, change).await?;
    Ok(true)
}

/// Lets go of a reservation of a slot that has run out, for whoever takes the slot in this transaction.
pub(super) async fn let_go_of_due(conn: &mut Conn, desk: &Desk, place: Place) -> Result<()> {
    for held in held(conn, &Actor::SYSTEM, place).await? {
        if held.is_at(place) && held.is_over(desk) {
            let_go(conn, desk, &Actor::SYSTEM, &held, "Ran out").await?;
        }
    }
    Ok(())
}

/// Lets go of every slot of a team's day that somebody is just booking: the team is away.
pub(super) async fn let_go_of_day(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    team: Uuid,
    on: NaiveDate,
) -> Result<()> {
    let within = Within::of(actor);
    let held = fetch_all!(
        conn,
        Held,
        "SELECT x.id, x.visit_id, x.tour_id, x.authority_code, x.team_id, x.on_date, x.slot, x.reserved_by, x.reserved_until
         FROM session x JOIN tour t ON t.id = x.tour_id
         WHERE x.state = 'reserved' AND x.team_id = $1 AND x.on_date = $2
           AND ($3 IS NULL OR x.authority_code = $3) AND ($4 IS NULL OR t.provider_id = $4)
         ORDER BY x.created_at",
        team,
        on,
        &within.authority,
        within.provider,
    )?;
    for held in held {
        let_go(conn, desk, actor, &held, "The team is away").await?;
    }
    Ok(())
}

/// What a booking of a slot finds reserved: lets go of what has run out there, and of what the person holds elsewhere
/// of the same tour. The answer is the person's own reservation of this slot, though its time be over.
pub(super) async fn settle(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    tour: Uuid,
    place: Place,
) -> Result<(Option<Held>, Vec<Held>)> {
    let (mut own, mut rest) = (None, Vec::new());
    for held in held(conn, actor, place).await? {
        if held.is_at(place) && held.is_by(actor) {
            own = Some(held);
        } else if held.is_at(place) {
            if held.is_over(desk) {
                let_go(conn, desk, &Actor::SYSTEM, &held, "Ran out").await?;
            }
        } else if held.tour_id == tour && let_go(conn, desk, actor, &held, "Another slot was chosen").await? {
            rest.push(held);
        }
    }
    Ok((own, rest))
}

/// Reserves an opening for ten minutes. Choosing another slot of the tour lets go of the first; a slot that is held
/// already stays held until the time that was said.
///
/// # Errors
/// Not found; forbidden; the slot has gone; the tour takes no bookings; too many slots are held.
pub async fn reserve(desk: &Desk, actor: &Actor, opening: Uuid, setting: Uuid) -> Result<DateTime<Utc>> {
    desk.authorise(actor, Operation::BookSession)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::BookSession))?;
    let mut conn = desk.write().await?;
    // One person's reservations are made one after the other.
    execute!(conn, "UPDATE person SET version = version WHERE id = $1", person)?;
    let opening = openings::lock(&mut conn, opening).await?;
    let tour = tours::find(&mut conn, actor, opening.tour_id).await?;
    book::takes_bookings(desk, actor, &tour, &opening)?;
    let widen = matches!(actor.role, Role::Commissioner);
    let school = book::school(&mut conn, actor, &tour, setting, widen).await?;
    let place = (opening.team_id, opening.on_date, opening.slot);
    let (own, left) = settle(&mut conn, desk, actor, tour.id, place).await?;
    let until = desk.now() + TimeDelta::minutes(RESERVED_MINUTES);
    if let Some(own) = own {
        if !own.is_over(desk) {
            desk.commit(conn, own.id).await?;
            return Ok(own.reserved_until);
        }
        let_go(&mut conn, desk, &Actor::SYSTEM, &own, "Ran out").await?;
    }
    let elsewhere = held(&mut conn, actor, place).await?.into_iter().filter(|h| h.is_by(actor) && !h.is_over(desk));
    if elsewhere.count() >= MOST_HELD {
        return Err(Error::field(
            "opening",
            format!(
                "You hold {MOST_HELD} slots of other tours already. Book one of them, or wait until one is free again"
            ),
        ));
    }
    let state = session::after(None, Event::Reserve, actor.role)?;
    let visit = insert(&mut conn, desk, &NewVisit::reserved(&tour, &opening, school.id)).await?;
    let id = Uuid::now_v7();
    let written = execute!(
        conn,
        "INSERT INTO session (id, visit_id, authority_code, tour_id, programme_id, academic_year, team_id, on_date, slot,
            slot_label, starts_minute, ends_minute, part, state, live, reserved_until, reserved_by, asked_by_name, asked_how,
            reason, reason_note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $15, $16, '', '', '', '', $17, 1)
         ON CONFLICT DO NOTHING",
        id,
        visit,
        tour.authority_code.as_str(),
        tour.id,
        tour.programme_id,
        i64::from(domain::AcademicYear::containing(opening.on_date)),
        opening.team_id,
        opening.on_date,
        opening.slot,
        &opening.slot_label,
        i64::from(opening.starts),
        i64::from(opening.ends),
        state.as_str(),
        state.is_live(),
        until,
        person,
        desk.now(),
    )?;
    if written == 0 {
        return Err(Conflict::SlotGone.into());
    }
    happened(&mut conn, desk, actor, id, Event::Reserve.as_str(), (None, state), "").await?;
    let change = Change {
        operation: Operation::BookSession,
        authority: Some(tour.authority_code.as_str()),
        record_kind: "session",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "tour": tour.id, "on": opening.on_date, "slot": opening.slot, "state": state }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    for held in left {
        waiting::freed_place(&mut conn, desk, held.tour_id, held.place()).await?;
    }
    desk.commit(conn, id).await?;
    Ok(until)
}

/// Until when the actor holds an opening; none: they do not.
///
/// # Errors
/// Forbidden.
pub async fn held_until(desk: &Desk, actor: &Actor, opening: Uuid) -> Result<Option<DateTime<Utc>>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    let found = fetch_optional!(
        conn,
        (DateTime<Utc>,),
        "SELECT x.reserved_until FROM session x JOIN opening o ON o.team_id = x.team_id AND o.on_date = x.on_date AND o.slot = x.slot
         WHERE o.id = $1 AND x.state = 'reserved' AND x.reserved_by = $2 AND x.reserved_until >= $3",
        opening,
        actor.person,
        desk.now(),
    )?;
    Ok(found.map(|(until,)| until))
}

/// Turns reservations to lapsed whose time is over; their slots go to whoever waits.
pub(super) async fn lapse_due(desk: &Desk, most: i64) -> Result<u64> {
    let mut conn = desk.read().await?;
    let due = fetch_all!(
        conn,
        Held,
        "SELECT id, visit_id, tour_id, authority_code, team_id, on_date, slot, reserved_by, reserved_until FROM session
         WHERE state = 'reserved' AND reserved_until < $1 ORDER BY reserved_until, id LIMIT $2",
        desk.now(),
        most,
    )?;
    drop(conn);
    let mut lapsed = 0;
    for held in due {
        let mut conn = desk.write().await?;
        if let_go(&mut conn, desk, &Actor::SYSTEM, &held, "Ran out").await? {
            waiting::freed_place(&mut conn, desk, held.tour_id, held.place()).await?;
            lapsed += 1;
        }
        conn.commit().await?;
    }
    Ok(lapsed)
}

/// Drops the visit of a reservation that became part of another one.
pub(super) async fn drop_visit(conn: &mut Conn, held: &Held, now: Uuid) -> Result<()> {
    if held.visit_id == now { Ok(()) } else { drop_if_empty(conn, held.visit_id).await }
}
