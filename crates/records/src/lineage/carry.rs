//! What is still to come at a school that closed, brought to the school that carries it on. A person looks at it and says
//! yes; until then it stays where it is, and is listed.

mod there;
mod undo;

use std::collections::BTreeSet;

use domain::AcademicYear;
use domain::access::{Actor, Operation};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Choice, found, lock};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::schools;
use there::{bookings, calendar, corrections, item, people};
use undo::Before;
pub(crate) use undo::{built_on, remove};

/// What kind of thing is brought over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bringing {
    /// A session offered or confirmed.
    Session,
    /// A request that stands.
    Request,
    /// A place on a waiting list.
    Waiting,
    /// An invitation that stands.
    Invitation,
    /// A person's role at the school.
    Person,
    /// Something of its calendar: days without visits, its week, when the hall is free, its own terms, a feed's address.
    Calendar,
    /// What people corrected: addresses, setting type, year groups, counted numbers on roll.
    Correction,
}

/// One thing that is still to come, or stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What kind of thing.
    pub kind: Bringing,
    /// Its key; none for what has none.
    pub id: Option<Uuid>,
    /// What a page calls it.
    pub label: String,
    /// Why it stays where it is; none: it is brought over.
    pub stays: Option<&'static str>,
}

/// What could be brought over, and to whom.
#[derive(Debug, Clone)]
pub struct Carry {
    /// The school that closed.
    pub from: Choice,
    /// The school that carries it on; none where nobody does, or it is not decided.
    pub to: Option<Choice>,
    /// What there is, kind by kind.
    pub items: Vec<Item>,
    merged: bool,
    authority: String,
}

impl Carry {
    /// How many things are brought over.
    #[must_use]
    pub fn moving(&self) -> usize {
        self.items.iter().filter(|item| item.stays.is_none()).count()
    }

    fn ids(&self, kind: Bringing) -> Vec<Uuid> {
        self.items.iter().filter(|i| i.kind == kind && i.stays.is_none()).filter_map(|i| i.id).collect()
    }
}

/// What is still to come at a school that closed.
///
/// # Errors
/// Forbidden; not found, also for a school that is open.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Carry> {
    desk.authorise(actor, Operation::FollowSchools)?;
    let mut conn = desk.read().await?;
    find(&mut conn, desk, actor, id).await
}

async fn find(conn: &mut Conn, desk: &Desk, actor: &Actor, id: Uuid) -> Result<Carry> {
    let (urn, name, authority) = found(conn, actor, id).await?;
    let status = fetch_scalar!(conn, String, "SELECT status FROM setting WHERE id = $1", id)?;
    if domain::setting::SettingStatus::try_from(status).map_err(Error::unavailable)?.is_open() {
        return Err(Error::NotFound);
    }
    let to = fetch_optional!(
        conn,
        (Uuid, i64, String, String),
        "SELECT s.id, s.urn, s.name, l.way FROM lineage l JOIN setting s ON s.id = l.current_id WHERE l.setting_id = $1",
        id,
    )?;
    let merged = to.as_ref().is_some_and(|t| t.3 == "merged");
    let to = to.map(|(id, urn, name, _)| Choice { id, urn, name });
    let carrier = to.as_ref().map(|t| t.id);
    let mut items = bookings(conn, desk.today(), id, carrier).await?;
    items.extend(people(conn, id, carrier).await?);
    items.extend(calendar(conn, desk.today(), id, carrier).await?);
    if let Some(carrier) = carrier.filter(|_| !merged) {
        let corrections = corrections(conn, AcademicYear::containing(desk.today()), id, carrier).await?;
        items.extend(corrections.labels().into_iter().map(|label| item(Bringing::Correction, None, label)));
    }
    Ok(Carry { from: Choice { id, urn, name }, to, items, merged, authority })
}

/// Brings over what is still to come at a school that closed, and tells how many things that were. What is there is read
/// anew: something may have come or gone since somebody looked.
///
/// # Errors
/// Forbidden; not found; nobody carries the school on.
pub async fn carry_over(desk: &Desk, actor: &Actor, id: Uuid) -> Result<usize> {
    desk.authorise(actor, Operation::FollowSchools)?;
    let mut conn = desk.write().await?;
    let (_, _, authority) = found(&mut conn, actor, id).await?;
    lock(&mut conn, &authority).await?;
    let carry = find(&mut conn, desk, actor, id).await?;
    let Some(to) = carry.to.clone() else {
        return Err(Error::refused("Nobody carries this school on: say first which school does"));
    };
    let before = Before::read(&mut conn, desk, &carry, &to).await?;
    sessions(&mut conn, desk, actor, &carry, &to).await?;
    // A number of the school list, no text of anybody's: the list of values takes the binds.
    let is = format!("SET setting_id = (SELECT id FROM setting WHERE urn = {})", to.urn);
    for (table, kind, more) in [
        ("request", Bringing::Request, ", version = version + 1"),
        ("waiting", Bringing::Waiting, ", version = version + 1"),
        ("invitation", Bringing::Invitation, ""),
        ("access_grant", Bringing::Person, ""),
        ("school_date", Bringing::Calendar, ", version = version + 1"),
        ("own_term", Bringing::Calendar, ""),
        ("calendar_feed", Bringing::Calendar, ""),
    ] {
        let statement = format!("UPDATE {table} {is}{more} WHERE id IN ");
        execute_in!(conn, statement.as_str(), carry.ids(kind), "")?;
    }
    // Plans that are still being made place the school that asks now.
    let plans = format!("UPDATE plan_request {is}, version = version + 1 WHERE request_id IN ");
    execute_in!(conn, plans.as_str(), carry.ids(Bringing::Request), " AND outcome = ''")?;
    // The role at the old school is not needed by somebody who has it at the new one.
    execute!(
        conn,
        "UPDATE access_grant SET revoked_at = $1 WHERE setting_id = $2 AND revoked_at IS NULL",
        desk.now(),
        carry.from.id
    )?;
    if brings(&carry, "Its ordinary week") {
        execute!(conn, "UPDATE school_week SET setting_id = $1 WHERE setting_id = $2", to.id, carry.from.id)?;
    }
    if brings(&carry, "When its hall is free") {
        execute!(conn, "UPDATE hall_window SET setting_id = $1 WHERE setting_id = $2", to.id, carry.from.id)?;
    }
    if !carry.merged {
        correct(&mut conn, desk, &carry.from, &to).await?;
    }
    before.keep(&mut conn, desk, actor, &carry, &to).await?;
    write_audit(&mut conn, desk, actor, &carry, &to).await?;
    desk.commit(conn, carry.moving()).await?;
    Ok(carry.moving())
}

fn brings(carry: &Carry, label: &str) -> bool {
    carry.items.iter().any(|i| i.kind == Bringing::Calendar && i.label == label && i.stays.is_none())
}

/// Sessions keep their visit, slot and people; the school in them is another. Both schools' feeds say so.
async fn sessions(conn: &mut Conn, desk: &Desk, actor: &Actor, carry: &Carry, to: &Choice) -> Result<()> {
    let ids = carry.ids(Bringing::Session);
    let states = fetch_in!(conn, (Uuid, String), "SELECT id, state FROM session WHERE id IN ", ids, " ORDER BY id")?;
    let note = format!("{} (URN {}) is carried on by {} (URN {})", carry.from.name, carry.from.urn, to.name, to.urn);
    insert_rows!(
        conn,
        "INSERT INTO session_event (id, session_id, at, event, from_state, to_state, by_person, by_role, note) ",
        states,
        |b, row| {
            b.push_bind(Uuid::now_v7()).push_bind(row.0).push_bind(desk.now()).push_bind("carry");
            b.push_bind(row.1.as_str()).push_bind(row.1.as_str()).push_bind(actor.person);
            b.push_bind(actor.role.as_str()).push_bind(note.as_str());
        },
        ""
    )?;
    insert_rows!(
        conn,
        "INSERT INTO left_calendar (id, session_id, setting_id, at) ",
        ids,
        |b, id| {
            b.push_bind(Uuid::now_v7()).push_bind(*id).push_bind(carry.from.id).push_bind(desk.now());
        },
        ""
    )?;
    let other = format!("(SELECT id FROM setting WHERE urn = {})", to.urn);
    let old = format!("(SELECT id FROM setting WHERE urn = {})", carry.from.urn);
    let groups = format!("UPDATE attending_group SET setting_id = {other} WHERE setting_id = {old} AND session_id IN ");
    execute_in!(conn, groups.as_str(), ids, "")?;
    let visits = format!(
        "UPDATE visit SET venue_id = {other}, version = version + 1 WHERE venue_id = {old}
         AND id IN (SELECT visit_id FROM session WHERE id IN "
    );
    execute_in!(conn, visits.as_str(), ids, ")")?;
    execute_in!(conn, "UPDATE session SET version = version + 1 WHERE id IN ", ids, "")
}

/// What people corrected goes on being so.
async fn correct(conn: &mut Conn, desk: &Desk, from: &Choice, to: &Choice) -> Result<()> {
    let year = AcademicYear::containing(desk.today());
    let c = corrections(conn, year, from.id, to.id).await?;
    if c.labels().is_empty() {
        return Ok(());
    }
    let (telephone, website) = c.contacts.clone().unwrap_or_default();
    let (groups, source) = c.year_groups.clone().unwrap_or_default();
    execute!(
        conn,
        "UPDATE setting SET email = COALESCE(email, $1),
            telephone = CASE WHEN $2 THEN $3 ELSE telephone END, website = CASE WHEN $2 THEN $4 ELSE website END,
            contact_edited_at = CASE WHEN $2 THEN $5 ELSE contact_edited_at END,
            setting_type_source = CASE WHEN $6 IS NULL THEN setting_type_source ELSE 'person' END,
            setting_type = COALESCE($6, setting_type),
            year_groups = CASE WHEN $7 = '' THEN year_groups ELSE $8 END,
            year_groups_source = CASE WHEN $7 = '' THEN year_groups_source ELSE $7 END,
            updated_at = $5, version = version + 1
         WHERE id = $9",
        &c.email,
        c.contacts.is_some(),
        telephone,
        website,
        desk.now(),
        &c.setting_type,
        source,
        groups,
        to.id,
    )?;
    if c.roll {
        execute!(
            conn,
            "INSERT INTO number_on_roll (setting_id, academic_year, year_group, pupils)
             SELECT $1, academic_year, year_group, pupils FROM number_on_roll WHERE setting_id = $2 AND academic_year = $3",
            to.id,
            from.id,
            i64::from(year),
        )?;
    }
    schools::snapshot(conn, year, schools::Of::Setting(to.id)).await
}

/// A line on each of the two schools.
async fn write_audit(conn: &mut Conn, desk: &Desk, actor: &Actor, carry: &Carry, to: &Choice) -> Result<()> {
    let kinds: BTreeSet<Bringing> = carry.items.iter().map(|i| i.kind).collect();
    let counts: serde_json::Map<String, Value> = kinds
        .into_iter()
        .map(|kind| {
            let word = match kind {
                Bringing::Session => "sessions",
                Bringing::Request => "requests",
                Bringing::Waiting => "waiting",
                Bringing::Invitation => "invitations",
                Bringing::Person => "people",
                Bringing::Calendar => "calendar",
                Bringing::Correction => "corrections",
            };
            let moved = carry.items.iter().filter(|i| i.kind == kind && i.stays.is_none()).count();
            (word.to_owned(), json!(moved))
        })
        .collect();
    for (record, key, other) in
        [(carry.from.id, "carried_over_to", to.urn), (to.id, "carried_over_from", carry.from.urn)]
    {
        let mut after = counts.clone();
        after.insert(key.to_owned(), json!(other));
        let change = Change {
            operation: Operation::FollowSchools,
            authority: Some(&carry.authority),
            record_kind: "setting",
            record_id: record.to_string(),
            before: Value::Null,
            after: Value::Object(after),
        };
        audit::write(conn, desk, actor, change).await?;
    }
    Ok(())
}
