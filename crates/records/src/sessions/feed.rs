//! Calendar feeds: an address nobody can guess, revocable, that a calendar program reads without signing in.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Operation, Scope};
use report::calendar::calendar;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{attended_by, mail};
use crate::Desk;
use crate::audit::{self, Change};
use crate::error::{Error, Result};
use crate::within::Within;

/// What a feed's digest is made for.
const PURPOSE: &str = "calendar feed";

/// Days back that a feed goes.
const DAYS_BACK: i64 = 120;

/// A school's feed.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its key.
    pub id: Uuid,
    /// The school.
    pub school: String,
    /// Its full address.
    pub address: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// The key stands in the query, not in the path: logs hold paths.
fn address(desk: &Desk, id: Uuid) -> String {
    desk.address(&format!("/calendar.ics?key={}-{}", id.simple(), desk.secret().digest(PURPOSE, &id.to_string())))
}

/// The feeds of the schools an actor acts for.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Feed>> {
    desk.authorise(actor, Operation::EditFeeds)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let rows = fetch_all!(
        conn,
        (Uuid, String, DateTime<Utc>),
        "SELECT f.id, s.name, f.created_at FROM calendar_feed f JOIN setting s ON s.id = f.setting_id
         WHERE f.revoked_at IS NULL AND ($1 IS NULL OR s.id = $1) AND ($2 IS NULL OR s.trust_code = $2)
           AND ($3 IS NULL OR s.authority_code = $3) AND $4 IS NULL ORDER BY s.name, f.created_at",
        within.setting,
        within.trust,
        within.authority,
        within.provider,
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, school, created_at)| Feed { id, school, address: address(desk, id), created_at })
        .collect())
}

/// One feed of a school the actor acts for.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Feed> {
    desk.authorise(actor, Operation::EditFeeds)?;
    list(desk, actor).await?.into_iter().find(|feed| feed.id == id).ok_or(Error::NotFound)
}

/// Gives a school a feed of its sessions.
///
/// # Errors
/// Not found; forbidden.
pub async fn give(desk: &Desk, actor: &Actor, setting: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditFeeds)?;
    let within = Within::of(actor);
    if matches!(actor.scope, Scope::Provider(_)) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.write().await?;
    let (authority,) = fetch_one!(
        conn,
        (String,),
        "SELECT authority_code FROM setting WHERE id = $1 AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR trust_code = $3)
           AND ($4 IS NULL OR authority_code = $4)",
        setting,
        within.setting,
        within.trust,
        within.authority,
    )?;
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO calendar_feed (id, setting_id, created_at) VALUES ($1, $2, $3)",
        id,
        setting,
        desk.now(),
    )?;
    remember(&mut conn, desk, actor, id, &authority, "given").await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Takes a feed's address back: it opens nothing any more.
///
/// # Errors
/// Not found; forbidden.
pub async fn revoke(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditFeeds)?;
    let within = Within::of(actor);
    if matches!(actor.scope, Scope::Provider(_)) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.write().await?;
    let (authority,) = fetch_one!(
        conn,
        (String,),
        "SELECT s.authority_code FROM calendar_feed f JOIN setting s ON s.id = f.setting_id
         WHERE f.id = $1 AND f.revoked_at IS NULL AND ($2 IS NULL OR s.id = $2) AND ($3 IS NULL OR s.trust_code = $3)
           AND ($4 IS NULL OR s.authority_code = $4)",
        id,
        within.setting,
        within.trust,
        within.authority,
    )?;
    execute!(conn, "UPDATE calendar_feed SET revoked_at = $1 WHERE id = $2", desk.now(), id)?;
    remember(&mut conn, desk, actor, id, &authority, "revoked").await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn remember(
    conn: &mut crate::Conn,
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    authority: &str,
    state: &str,
) -> Result<()> {
    let change = Change {
        operation: Operation::EditFeeds,
        authority: Some(authority),
        record_kind: "calendar_feed",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "state": state }),
    };
    audit::write(conn, desk, actor, change).await
}

/// What a feed's address gives: the school's sessions of the last months and all to come, cancelled ones marked so.
///
/// # Errors
/// Not found: an address that was not given here, or was revoked.
pub async fn by_key(desk: &Desk, key: &str) -> Result<String> {
    let (id, digest) = key.split_once('-').ok_or(Error::NotFound)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    if !desk.secret().verify(PURPOSE, &id.to_string(), digest) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.read().await?;
    let (setting, name) = fetch_one!(
        conn,
        (Uuid, String),
        "SELECT s.id, s.name FROM calendar_feed f JOIN setting s ON s.id = f.setting_id
         WHERE f.id = $1 AND f.revoked_at IS NULL",
        id,
    )?;
    let sessions = attended_by(&mut conn, setting, desk.today() - TimeDelta::days(DAYS_BACK)).await?;
    let entries: Vec<_> = sessions
        .iter()
        .map(|session| mail::entry(desk, session, &desk.address(&format!("/sessions/{}", session.id))))
        .collect();
    Ok(calendar(&format!("Visits to {name}"), &entries))
}
