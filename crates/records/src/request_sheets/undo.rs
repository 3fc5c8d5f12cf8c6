//! A sheet taken back, as long as nothing was built on it: the requests it made are gone, those it changed are as they
//! were.

use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::import::{ImportState as State, may_take_back};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{KIND, MAY, filled_in};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::requests::{self, Kept};
use crate::taking_back::{At, Built, Hold, check_nothing};
use crate::uploads::find;

/// What stands in the way of taking an own sheet back now; nothing where it may be.
///
/// # Errors
/// Forbidden; not found; it was not taken in, or too long ago.
pub async fn in_the_way(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<Built>> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, KIND, id).await?;
    may_take_back(import.state, import.finished_at, desk.now())?;
    built_on(&mut conn, id, Hold::No).await
}

/// Takes back what an own sheet did. One of an authority's can be taken back as any import is, too.
///
/// # Errors
/// Forbidden; not found; it was not taken in, or too long ago; something was built on it since, which is named.
pub async fn undo(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.write().await?;
    find(&mut conn, actor, KIND, id).await?;
    // Who takes the same sheet back at the same moment waits here.
    execute!(conn, "UPDATE import SET total = total WHERE id = $1", id)?;
    let import = find(&mut conn, actor, KIND, id).await?;
    may_take_back(import.state, import.finished_at, desk.now())?;
    check_nothing(&built_on(&mut conn, id, Hold::Yes).await?)?;
    let before = remove(&mut conn, desk, id).await?;
    execute!(
        conn,
        "UPDATE import SET state = $1, undone_at = $2, undone_by = $3 WHERE id = $4",
        State::Undone.as_str(),
        desk.now(),
        actor.person,
        id
    )?;
    let authority = audit::authority_of(&mut conn, actor).await?;
    let change = Change {
        operation: MAY,
        authority: authority.as_deref(),
        record_kind: "import",
        record_id: id.to_string(),
        before,
        after: json!({ "state": State::Undone.as_str() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await
}

/// Deletes the requests that a sheet made, and puts those it changed back as they were; says how many, for the audit line.
pub(crate) async fn remove(conn: &mut Conn, desk: &Desk, id: Uuid) -> Result<Value> {
    let done = fetch_all!(
        conn,
        (Uuid, Option<String>),
        "SELECT request_id, before FROM request_import WHERE import_id = $1 ORDER BY request_id",
        id
    )?;
    let (mut withdrawn, mut restored) = (0, 0);
    for (request, before) in done {
        match before {
            None => {
                requests::forget(conn, desk, request).await?;
                withdrawn += 1;
            }
            Some(before) => {
                let kept: Kept = serde_json::from_str(&before).map_err(Error::unavailable)?;
                kept.restore(conn, request).await?;
                restored += 1;
            }
        }
    }
    execute!(conn, "DELETE FROM request_import WHERE import_id = $1", id)?;
    filled_in::remove(conn, id).await?;
    Ok(json!({ "state": State::Applied.as_str(), "made": withdrawn, "changed": restored }))
}

/// What was built on a sheet, a phrase each.
pub(crate) async fn built_on(conn: &mut Conn, id: Uuid, hold: Hold) -> Result<Vec<Built>> {
    if hold == Hold::Yes {
        // Whoever changes one of its requests meanwhile waits, or is waited for.
        execute!(
            conn,
            "UPDATE request SET version = version
             WHERE id IN (SELECT request_id FROM request_import WHERE import_id = $1)",
            id
        )?;
    }
    let built = fetch_all!(
        conn,
        (Uuid, String, String, String),
        "SELECT r.id, s.name, t.name, CASE WHEN EXISTS (SELECT 1 FROM session x WHERE x.request_id = r.id AND x.created_at >= m.finished_at)
                    THEN 'was offered a date'
                WHEN EXISTS (SELECT 1 FROM plan_request pr JOIN plan p ON p.id = pr.plan_id
                    WHERE pr.request_id = r.id AND (p.state <> 'dropped' OR i.before IS NULL)) THEN 'is in a plan'
                WHEN r.state = 'placed' THEN 'has a date'
                WHEN r.state <> 'asked' THEN 'no longer stands'
                ELSE 'was changed' END AS why
         FROM request_import i JOIN import m ON m.id = i.import_id JOIN request r ON r.id = i.request_id JOIN setting s ON s.id = r.setting_id
            JOIN tour t ON t.id = r.tour_id
         WHERE i.import_id = $1 AND (r.state <> 'asked' OR r.version <> i.version
            OR EXISTS (SELECT 1 FROM session x WHERE x.request_id = r.id AND x.created_at >= m.finished_at)
            OR EXISTS (SELECT 1 FROM plan_request pr JOIN plan p ON p.id = pr.plan_id
                WHERE pr.request_id = r.id AND (p.state <> 'dropped' OR i.before IS NULL)))
         ORDER BY s.name, t.name, r.id",
        id
    )?;
    let phrase =
        |(id, school, tour, why)| Built::new(format!("the request of {school} for {tour} {why}"), At::Request(id));
    Ok(built.into_iter().map(phrase).collect())
}

/// Forgets what sheets did that were taken in before `until`: they can no longer be taken back. Says how many rows went.
pub(crate) async fn forget(conn: &mut Conn, until: DateTime<Utc>) -> Result<u64> {
    filled_in::forget(conn, until).await?;
    execute!(
        conn,
        "DELETE FROM request_import WHERE import_id IN
            (SELECT id FROM import WHERE kind = 'requests' AND finished_at < $1)",
        until,
    )
}
