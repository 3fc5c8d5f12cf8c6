//! Waiting lists: schools that wait for a slot of a tour, and whom a free one is offered to.

mod give;
mod list;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::contact::{EmailAddress, telephone};
use domain::programme::Status;
use domain::request::PartOfDay;
use domain::session::Group;
use domain::waiting::{MOST_DATES, WaitingState, Wish};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::sessions::{OnBehalf, Session, waiting_checks};
use crate::tours;
use crate::{Desk, openings};

pub use give::give_free;
pub(crate) use give::{freed, freed_place, opened};
pub use list::{Line, of_actor, of_tour};

/// Who wants to wait, and for what.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The school.
    pub setting: Uuid,
    /// Groups, part of the day, what the school has, days on which it cannot.
    pub wish: Wish,
    /// Another school may join.
    pub room_for_others: bool,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Whom the team will ask for.
    pub contact_name: String,
    /// Their number.
    pub contact_telephone: String,
    /// Their address: an offer goes there.
    pub contact_email: String,
    /// Who asked, unless the school does so itself.
    pub on_behalf: Option<OnBehalf>,
}

/// A place on a waiting list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Place {
    /// Its key.
    pub id: Uuid,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// The tour.
    pub tour_id: Uuid,
    /// The tour's name.
    pub tour: String,
    /// The programme's name.
    pub programme: String,
    /// The school.
    pub setting_id: Uuid,
    /// Its name.
    pub school: String,
    /// How it stands.
    #[sqlx(try_from = "String")]
    pub state: WaitingState,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    authority_code: String,
}

/// Puts a school on a tour's waiting list. The slots that are free now are taken not to suit it.
///
/// # Errors
/// Not found; forbidden; the tour takes no bookings; it waits already; fields to mend.
pub async fn join(desk: &Desk, actor: &Actor, tour: Uuid, new: &Joining) -> Result<Uuid> {
    desk.authorise(actor, Operation::WaitForSlot)?;
    let mut conn = desk.write().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    if tour.status != Status::Open || tour.ends <= desk.today() {
        return Err(Error::refused("This tour takes no bookings, so there is nothing to wait for"));
    }
    let mut errors = waiting_checks(&mut conn, actor, &tour, new.setting, &new.wish.groups).await?;
    errors.extend(faults(new));
    errors.extend(crate::sessions::asked_errors(actor, new.on_behalf.as_ref()));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let (id, now, on_behalf) = (Uuid::now_v7(), desk.now(), new.on_behalf.as_ref());
    let has = new.wish.has.iter().map(|need| need.as_str()).collect::<Vec<_>>().join(",");
    let written = execute!(
        conn,
        "INSERT INTO waiting (id, authority_code, tour_id, setting_id, state, part_of_day, has, room_for_others, access_needs,
            contact_name, contact_telephone, contact_email, asked_by_name, asked_how, by_person, joined_at, version)
         VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1) ON CONFLICT DO NOTHING",
        id,
        tour.authority_code.as_str(),
        tour.id,
        new.setting,
        new.wish.part_of_day.as_str(),
        has,
        new.room_for_others,
        new.access_needs.trim(),
        new.contact_name.trim(),
        telephone(&new.contact_telephone).unwrap_or_default(),
        new.contact_email.trim(),
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        actor.person,
        now,
    )?;
    if written == 0 {
        return Err(Error::refused("This school waits for this tour already"));
    }
    write_wish(&mut conn, id, &new.wish).await?;
    let passed = openings::free_in(&mut conn, desk, tour.id, desk.today()).await?;
    insert_rows!(
        conn,
        "INSERT INTO waiting_passed (waiting_id, team_id, on_date, slot) ",
        passed,
        |b, o| {
            b.push_bind(id).push_bind(o.team_id).push_bind(o.on_date).push_bind(o.slot);
        },
        ""
    )?;
    record(&mut conn, desk, actor, tour.authority_code.as_str(), id, (None, WaitingState::Waiting)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn write_wish(conn: &mut Conn, id: Uuid, wish: &Wish) -> Result<()> {
    let groups: Vec<(i64, &Group)> = (1..).zip(&wish.groups).collect();
    insert_rows!(
        conn,
        "INSERT INTO waiting_group (waiting_id, number, year_groups, label, expected, expected_send) ",
        groups,
        |b, numbered| {
            let (number, group) = numbered;
            b.push_bind(id)
                .push_bind(*number)
                .push_bind(group.year_groups.mask())
                .push_bind(group.label.trim())
                .push_bind(group.expected)
                .push_bind(group.expected_send);
        },
        ""
    )?;
    let dates: Vec<NaiveDate> = wish.impossible.iter().copied().collect();
    insert_rows!(
        conn,
        "INSERT INTO waiting_date (waiting_id, on_date) ",
        dates,
        |b, day| {
            b.push_bind(id).push_bind(*day);
        },
        ""
    )?;
    Ok(())
}

fn faults(new: &Joining) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.into(), message });
    if new.contact_name.trim().is_empty() {
        wrong("contact_name", "Enter whom to ask for".into());
    }
    if let Err(message) = telephone(&new.contact_telephone) {
        wrong("contact_telephone", message.to_owned());
    }
    if let Err(error) = new.contact_email.parse::<EmailAddress>() {
        wrong("contact_email", error.to_string());
    }
    if new.wish.impossible.len() > MOST_DATES {
        wrong("impossible", format!("Name at most {MOST_DATES} days"));
    }
    for (field, text, most) in [("contact_name", &new.contact_name, 120), ("access_needs", &new.access_needs, 2_000)] {
        if text.chars().count() > most {
            wrong(field, format!("Use {most} characters or fewer"));
        }
    }
    errors
}

/// One place within the actor's scope: a school's own, a provider's tours', an authority's.
async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Place> {
    let within = crate::within::Within::of(actor);
    fetch_one!(
        conn,
        Place,
        "SELECT w.id, w.version, w.tour_id, t.name AS tour, p.name AS programme, w.setting_id, s.name AS school, w.state,
            w.joined_at, w.authority_code
         FROM waiting w JOIN tour t ON t.id = w.tour_id JOIN programme p ON p.id = t.programme_id
            JOIN setting s ON s.id = w.setting_id
         WHERE w.id = $1 AND ($2 IS NULL OR w.authority_code = $2) AND ($3 IS NULL OR t.provider_id = $3)
            AND ($4 IS NULL OR s.id = $4) AND ($5 IS NULL OR s.trust_code = $5)",
        id,
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )
}

/// One place on a waiting list.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Place> {
    desk.authorise(actor, Operation::WaitForSlot)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

/// Leaves a waiting list. An offer that was made stays to be answered.
///
/// # Errors
/// Not found; forbidden; stale; it waits no more.
pub async fn leave(desk: &Desk, actor: &Actor, id: Uuid, version: i64) -> Result<Uuid> {
    desk.authorise(actor, Operation::WaitForSlot)?;
    let mut conn = desk.write().await?;
    let place = find(&mut conn, actor, id).await?;
    if place.state != WaitingState::Waiting {
        return Err(Error::refused("It waits no more: answer the offer, or look at what is booked"));
    }
    let written = execute!(
        conn,
        "UPDATE waiting SET state = 'left', version = version + 1 WHERE id = $1 AND version = $2 AND state = 'waiting'",
        id,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let states = (Some(WaitingState::Waiting), WaitingState::Left);
    record(&mut conn, desk, actor, &place.authority_code, id, states).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn record(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &str,
    id: Uuid,
    (from, to): (Option<WaitingState>, WaitingState),
) -> Result<()> {
    let change = Change {
        operation: Operation::WaitForSlot,
        authority: Some(authority),
        record_kind: "waiting",
        record_id: id.to_string(),
        before: from.map_or(Value::Null, |state| json!({ "state": state })),
        after: json!({ "state": to }),
    };
    audit::write(conn, desk, actor, change).await
}

/// The school has a date: its wait is over.
pub(crate) async fn served(conn: &mut Conn, waiting: Option<Uuid>) -> Result<()> {
    if let Some(id) = waiting {
        execute!(conn, "UPDATE waiting SET state = 'served', version = version + 1 WHERE id = $1", id)?;
    }
    Ok(())
}

/// A school that booked a slot of the tour waits for it no more.
pub(crate) async fn booked(conn: &mut Conn, tour: Uuid, setting: Uuid) -> Result<()> {
    execute!(
        conn,
        "UPDATE waiting SET state = 'served', version = version + 1
         WHERE tour_id = $1 AND setting_id = $2 AND state = 'waiting'",
        tour,
        setting,
    )?;
    Ok(())
}

/// What was offered came to nothing: the school waits again, but not for this slot.
pub(crate) async fn passed(conn: &mut Conn, session: &Session) -> Result<()> {
    let (Some(id), Some(team), Some(slot)) = (session.waiting_id, session.team_id, session.slot) else { return Ok(()) };
    execute!(
        conn,
        "INSERT INTO waiting_passed (waiting_id, team_id, on_date, slot) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        id,
        team,
        session.on_date,
        slot,
    )?;
    execute!(
        conn,
        "UPDATE waiting SET state = 'waiting', version = version + 1 WHERE id = $1 AND state = 'offered'",
        id,
    )?;
    Ok(())
}

/// The needs a stored list names.
fn needs(text: &str) -> BTreeSet<domain::programme::Need> {
    text.split(',').filter_map(|word| word.trim().parse().ok()).collect()
}

/// The part of the day a stored word names.
fn part_of_day(word: &str) -> PartOfDay {
    word.parse().unwrap_or(PartOfDay::Any)
}
