//! Older records taken back: what was built on an import, and deleting what it wrote. The rest is `crate::taking_back`.

use chrono::{DateTime, NaiveDate, Utc};
use domain::import::ImportKind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::taking_back::{At, Built, Hold};

/// Deletes everything that an import wrote, what hangs on it first: sessions, visits, tours made for them, remembered names
/// and columns. Returns how many sessions there were, for the audit line.
pub(crate) async fn remove(conn: &mut Conn, id: Uuid) -> Result<Value> {
    const OF: &str = "session_id IN (SELECT id FROM session WHERE import_id = $1)";
    for table in ["attending_group", "session_event"] {
        execute!(conn, sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE {OF}")), id)?;
    }
    let sessions = execute!(conn, "DELETE FROM session WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM visit WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM tour WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM school_alias WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM import_shape WHERE import_id = $1", id)?;
    Ok(json!({ "state": "applied", "sessions": sessions }))
}

/// What was built on an import: sessions that were changed, joined or answered about, tours that were
/// changed or used.
pub(crate) async fn built_on(conn: &mut Conn, id: Uuid, hold: Hold) -> Result<Vec<Built>> {
    if hold == Hold::Yes {
        // Whoever changes one of its visits meanwhile waits, or is waited for.
        execute!(conn, "UPDATE visit SET version = version WHERE import_id = $1", id)?;
    }
    let sessions = fetch_all!(
        conn,
        (Uuid, String, NaiveDate, String),
        "SELECT x.id, v.name, x.on_date,
            CASE WHEN EXISTS (SELECT 1 FROM response r WHERE r.session_id = x.id) THEN 'has feedback'
                 WHEN x.version > 1 OR w.version > 1 THEN 'was changed'
                 WHEN (SELECT COUNT(*) FROM attending_group g WHERE g.session_id = x.id) <> 1 THEN 'has other groups'
                 ELSE 'has more in its timeline' END AS why
         FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
         WHERE x.import_id = $1 AND (x.version > 1 OR w.version > 1
            OR EXISTS (SELECT 1 FROM response r WHERE r.session_id = x.id)
            OR (SELECT COUNT(*) FROM attending_group g WHERE g.session_id = x.id) <> 1
            OR (SELECT COUNT(*) FROM session_event e WHERE e.session_id = x.id) <> 1)
         ORDER BY x.on_date, v.name, x.id",
        id
    )?;
    let visits = fetch_all!(
        conn,
        (Uuid, String, NaiveDate),
        "SELECT x.id, v.name, w.on_date FROM visit w JOIN setting v ON v.id = w.venue_id
            JOIN session x ON x.visit_id = w.id AND (x.import_id IS NULL OR x.import_id <> $1)
         WHERE w.import_id = $1
         ORDER BY w.on_date, v.name, x.id",
        id
    )?;
    let tours = fetch_all!(
        conn,
        (Uuid, String, String),
        "SELECT t.id, t.name, CASE WHEN t.version > 1 THEN 'was changed' ELSE 'is in use' END AS why FROM tour t
         WHERE t.import_id = $1 AND (t.version > 1
            OR EXISTS (SELECT 1 FROM tour_team o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM visit o WHERE o.tour_id = t.id AND o.import_id IS NULL)
            OR EXISTS (SELECT 1 FROM opening o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM withdrawn_opening o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM invitation o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM request o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM waiting o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM plan_tour o WHERE o.tour_id = t.id)
            OR EXISTS (SELECT 1 FROM calendar_feed o WHERE o.tour_id = t.id))
         ORDER BY t.name, t.id",
        id
    )?;
    // What later files brought to these tours is named by its file: that can be taken back.
    let later = fetch_all!(
        conn,
        (Uuid, String, DateTime<Utc>, String),
        "SELECT DISTINCT i.id, i.file_name, i.finished_at, t.name
         FROM tour t JOIN visit o ON o.tour_id = t.id JOIN import i ON i.id = o.import_id
         WHERE t.import_id = $1 AND o.import_id <> $1
         ORDER BY i.finished_at DESC, i.id DESC, t.name",
        id
    )?;
    let day = |on: NaiveDate| on.format("%-d %B %Y").to_string();
    let mut built: Vec<Built> = Vec::new();
    for (session, school, on, why) in sessions {
        built.push(Built::new(format!("the session at {school} on {} {why}", day(on)), At::Session(session)));
    }
    for (other, school, on) in visits {
        let what = format!("the visit to {school} on {} has another session", day(on));
        built.push(Built::new(what, At::Session(other)));
    }
    for (other, file, at, tour) in later {
        let on = day(at.date_naive());
        let what = format!("“{file}”, imported on {on}, has sessions of the tour “{tour}”: take that back first");
        built.push(Built::new(what, At::Import(ImportKind::History, other)));
    }
    built.extend(tours.into_iter().map(|(id, tour, why)| Built::new(format!("the tour “{tour}” {why}"), At::Tour(id))));
    Ok(built)
}
