//! Teams: one cast or officer unit each, with working days, hours, leave and dated slot patterns.

mod hours;
mod leave;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::availability::Hours;
use domain::calendar::WorkingDays;
use domain::slot::{Pattern, Slot, TimeOfDay, pattern, slots_on};
use domain::tour::NewTeam;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::providers;
use crate::within::Within;

pub use hours::{Base, set_hours};
pub use leave::{Met, MetSession, add_leave, leave_of, met_by, remove_leave};

/// A team.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Team {
    /// Its key.
    pub id: Uuid,
    /// Its provider.
    pub provider_id: Uuid,
    /// Its provider's name.
    pub provider_name: String,
    /// Its name.
    pub name: String,
    /// Where it sets out from.
    pub base_name: String,
    /// That place's postcode.
    pub base_postcode: Option<String>,
    base_easting: Option<i64>,
    base_northing: Option<i64>,
    /// The days it works on.
    #[sqlx(try_from = "i64")]
    pub working_days: WorkingDays,
    /// It leaves its base no earlier.
    #[sqlx(try_from = "i64", rename = "earliest_start_minute")]
    pub earliest_start: TimeOfDay,
    /// It is back at its base no later.
    #[sqlx(try_from = "i64", rename = "latest_home_minute")]
    pub latest_home: TimeOfDay,
    /// Minutes it needs at a place before its first session there.
    pub get_in_minutes: i64,
    /// Minutes it needs at a place after its last session there.
    pub get_out_minutes: i64,
    /// Minutes between two sessions in one place.
    pub turnaround_minutes: i64,
    /// Most sessions a day; none: as many as there are slots.
    pub most_sessions: Option<i64>,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// Its slot patterns, earliest first.
    #[sqlx(skip)]
    pub patterns: Vec<Pattern>,
}

impl Team {
    /// Where its base is: OSGB36 easting and northing in metres; none: unknown.
    #[must_use]
    pub fn base(&self) -> Option<(i64, i64)> {
        self.base_easting.zip(self.base_northing)
    }

    /// Its hours and minutes.
    #[must_use]
    pub const fn hours(&self) -> Hours {
        Hours {
            earliest_start: self.earliest_start,
            latest_home: self.latest_home,
            get_in_minutes: self.get_in_minutes,
            get_out_minutes: self.get_out_minutes,
            turnaround_minutes: self.turnaround_minutes,
            most_sessions: self.most_sessions,
        }
    }

    /// The slots of a day; none before the first pattern begins.
    #[must_use]
    pub fn slots_on(&self, day: NaiveDate) -> &[Slot] {
        slots_on(&self.patterns, day)
    }
}

/// A slot's row: team, from, number, label, starts, ends.
type SlotRow = (Uuid, NaiveDate, i64, String, i64, i64);

/// `teams!("AND …")`: teams within an actor's scope; authority and provider are the first binds.
macro_rules! teams {
    ($tail:literal) => {
        concat!(
            "SELECT m.id, m.provider_id, v.name AS provider_name, m.name, m.base_name, m.base_postcode, m.base_easting, m.base_northing,
                m.working_days, m.earliest_start_minute, m.latest_home_minute, m.get_in_minutes, m.get_out_minutes,
                m.turnaround_minutes, m.most_sessions, m.version
             FROM team m JOIN provider v ON v.id = m.provider_id
             WHERE ($1 IS NULL OR EXISTS
                    (SELECT 1 FROM provider_authority va WHERE va.provider_id = v.id AND va.authority_code = $1))
               AND ($2 IS NULL OR v.id = $2) ",
            $tail
        )
    };
}

/// A provider's teams by name, with their slot patterns; every team the actor sees when `provider` is none.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, provider: Option<Uuid>) -> Result<Vec<Team>> {
    desk.authorise(actor, Operation::SeeProviders)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let mut teams = fetch_all!(
        conn,
        Team,
        teams!("AND ($3 IS NULL OR m.provider_id = $3) ORDER BY v.name, m.name, m.id"),
        &within.authority,
        within.provider,
        provider,
    )?;
    let ids: Vec<Uuid> = teams.iter().map(|t| t.id).collect();
    let mut patterns = patterns_of(&mut conn, &ids).await?;
    for team in &mut teams {
        team.patterns = patterns.remove(&team.id).unwrap_or_default();
    }
    Ok(teams)
}

/// One team, with its slot patterns.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Team> {
    desk.authorise(actor, Operation::SeeProviders)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

/// One team within the actor's scope, inside another operation.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Team> {
    let within = Within::of(actor);
    let mut team = fetch_one!(conn, Team, teams!("AND m.id = $3"), &within.authority, within.provider, id)?;
    team.patterns = patterns_of(conn, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(team)
}

/// The slot patterns of teams, earliest first.
pub(crate) async fn patterns_of(conn: &mut Conn, teams: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Pattern>>> {
    let rows = fetch_in!(
        conn,
        SlotRow,
        "SELECT team_id, from_date, number, label, starts_minute, ends_minute FROM team_slot WHERE team_id IN ",
        teams,
        " ORDER BY team_id, from_date, number"
    )?;
    let mut patterns: BTreeMap<Uuid, Vec<Pattern>> = BTreeMap::new();
    for (team, from, number, label, starts, ends) in rows {
        let time = |minutes: i64| TimeOfDay::try_from(minutes).map_err(Error::unavailable);
        let slot = Slot { number, label, starts: time(starts)?, ends: time(ends)? };
        let of_team = patterns.entry(team).or_default();
        match of_team.last_mut().filter(|p| p.from == from) {
            Some(last) => last.slots.push(slot),
            None => of_team.push(Pattern { from, slots: vec![slot] }),
        }
    }
    Ok(patterns)
}

/// Adds a team to a provider, with its first slot pattern from `from` on.
///
/// # Errors
/// Not found; forbidden; fields to mend, among them slots that overlap.
pub async fn add(
    desk: &Desk,
    actor: &Actor,
    provider: Uuid,
    team: NewTeam,
    from: NaiveDate,
    slots: Vec<Slot>,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let team = team.check()?;
    let slots = pattern(slots).map_err(|e| Error::field("starts_1", e.to_string()))?;
    let mut conn = desk.write().await?;
    providers::find(&mut conn, actor, provider).await?;
    let id = Uuid::now_v7();
    let (easting, northing) = hours::at_postcode(&mut conn, team.base_postcode.as_deref()).await?.unzip();
    execute!(
        conn,
        "INSERT INTO team (id, provider_id, name, base_name, base_postcode, working_days, base_easting, base_northing,
            created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
        id,
        provider,
        &team.name,
        &team.base_name,
        &team.base_postcode,
        team.working_days.mask(),
        easting,
        northing,
        desk.now(),
    )?;
    put_slots(&mut conn, id, from, &slots).await?;
    let after = json!({ "team": said(&team), "from": from, "slots": shown(&slots) });
    providers::record(&mut conn, desk, actor, "team", id, Value::Null, after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Replaces what is on record of a team; its slot patterns stay.
///
/// # Errors
/// Not found; forbidden; fields to mend; somebody else changed it since `version`.
pub async fn change(desk: &Desk, actor: &Actor, id: Uuid, version: i64, team: NewTeam) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let team = team.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    // Coordinates somebody gave stay as long as the postcode does.
    let at = match team.base_postcode == before.base_postcode {
        true => before.base(),
        false => hours::at_postcode(&mut conn, team.base_postcode.as_deref()).await?,
    };
    let (easting, northing) = at.unzip();
    let written = execute!(
        conn,
        "UPDATE team SET name = $3, base_name = $4, base_postcode = $5, working_days = $6, base_easting = $7,
            base_northing = $8, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        &team.name,
        &team.base_name,
        &team.base_postcode,
        team.working_days.mask(),
        easting,
        northing,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let was = NewTeam {
        name: before.name,
        base_name: before.base_name,
        base_postcode: before.base_postcode,
        working_days: before.working_days,
    };
    providers::record(&mut conn, desk, actor, "team", id, said(&was), said(&team)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Gives a team these slots from `from` on, in place of a pattern that begins on the same day. Openings that were made
/// before keep their times.
///
/// # Errors
/// Not found; forbidden; slots that overlap or end before they begin; somebody else changed the team since `version`.
pub async fn set_pattern(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    version: i64,
    from: NaiveDate,
    slots: Vec<Slot>,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let slots = pattern(slots).map_err(|e| Error::field("starts_1", e.to_string()))?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let written = execute!(conn, "UPDATE team SET version = version + 1 WHERE id = $1 AND version = $2", id, version,)?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    execute!(conn, "DELETE FROM team_slot WHERE team_id = $1 AND from_date = $2", id, from)?;
    put_slots(&mut conn, id, from, &slots).await?;
    let (was, is) = (json!({ "slots": shown(before.slots_on(from)) }), json!({ "from": from, "slots": shown(&slots) }));
    providers::record(&mut conn, desk, actor, "team", id, was, is).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn put_slots(conn: &mut Conn, team: Uuid, from: NaiveDate, slots: &[Slot]) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO team_slot (team_id, from_date, number, label, starts_minute, ends_minute) ",
        slots,
        |b, slot| {
            b.push_bind(team)
                .push_bind(from)
                .push_bind(slot.number)
                .push_bind(&slot.label)
                .push_bind(slot.starts.minutes())
                .push_bind(slot.ends.minutes());
        },
        ""
    )?;
    Ok(())
}

fn said(team: &NewTeam) -> Value {
    json!({ "name": team.name, "base": team.base_name, "working_days": team.working_days.to_string() })
}

/// Slots as an audit line has them.
fn shown(slots: &[Slot]) -> Value {
    slots.iter().map(|s| format!("{} {} to {}", s.label, s.starts, s.ends)).collect()
}
