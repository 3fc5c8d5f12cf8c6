//! What was carried over, taken back: it stands at the school that closed again. What is the same for every import is
//! `crate::taking_back`.

use domain::AcademicYear;
use domain::access::Actor;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Bringing, Carry, Choice};
use crate::Desk;
use crate::before::{self, Among, Kept, Rows, Table};
use crate::db::Conn;
use crate::error::Result;
use crate::imports::{self, Change, ChangeKind};
use crate::taking_back::{Built, Hold, Import};

/// The rows of one table as they were, and how they are read.
struct Part {
    table: &'static Table,
    condition: &'static str,
    ids: Vec<Uuid>,
    tail: String,
    rows: Rows,
}

/// What is at both schools before anything is carried over.
pub(super) struct Before(Vec<Part>);

/// What is read by the setting it is of.
const OF_SETTING: [&Table; 10] = [
    &before::REQUEST,
    &before::PLAN_REQUEST,
    &before::WAITING,
    &before::INVITATION,
    &before::ACCESS_GRANT,
    &before::SCHOOL_DATE,
    &before::OWN_TERM,
    &before::CALENDAR_FEED,
    &before::SCHOOL_WEEK,
    &before::HALL_WINDOW,
];

impl Before {
    pub(super) async fn read(conn: &mut Conn, desk: &Desk, carry: &Carry, to: &Choice) -> Result<Self> {
        let (sessions, both) = (carry.ids(Bringing::Session), vec![carry.from.id, to.id]);
        let visits = fetch_in!(conn, (Uuid,), "SELECT DISTINCT visit_id FROM session WHERE id IN ", sessions, "")?;
        let visits: Vec<Uuid> = visits.into_iter().map(|(id,)| id).collect();
        for (table, ids) in [
            ("visit", &visits),
            ("session", &sessions),
            ("request", &carry.ids(Bringing::Request)),
            ("waiting", &carry.ids(Bringing::Waiting)),
            ("setting", &both),
        ] {
            lock(conn, table, ids).await?;
        }
        let year = format!(" AND academic_year = {}", AcademicYear::containing(desk.today()).first());
        let mut parts = vec![
            (&before::VISIT, "id IN ", visits, String::new()),
            (&before::SESSION, "id IN ", sessions.clone(), String::new()),
            (&before::ATTENDING_GROUP, "session_id IN ", sessions.clone(), String::new()),
            (&before::SESSION_EVENT, "session_id IN ", sessions.clone(), String::new()),
            (&before::LEFT_CALENDAR, "session_id IN ", sessions, String::new()),
            (&before::SETTING, "id IN ", vec![to.id], String::new()),
            (&before::SETTING_YEAR, "setting_id IN ", vec![to.id], year.clone()),
            (&before::NUMBER_ON_ROLL, "setting_id IN ", vec![to.id], year),
        ];
        parts.extend(OF_SETTING.map(|table| (table, "setting_id IN ", both.clone(), String::new())));
        let mut before = Vec::new();
        for (table, condition, ids, tail) in parts {
            let rows = before::rows(conn, table, condition, Among::Ids(&ids), &tail).await?;
            before.push(Part { table, condition, ids, tail, rows });
        }
        Ok(Self(before))
    }

    /// Writes the carrying over among the imports, and keeps with it what is another since.
    pub(super) async fn keep(
        self,
        conn: &mut Conn,
        desk: &Desk,
        actor: &Actor,
        carry: &Carry,
        to: &Choice,
    ) -> Result<()> {
        if carry.items.is_empty() {
            return Ok(());
        }
        let id = Uuid::now_v7();
        execute!(
            conn,
            "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at,
                finished_at, state, done, total, added, changed, closed, unchanged, problems)
             VALUES ($1, 'carry', $2, $3, '', $4, $5, $6, $6, 'applied', $7, $8, 0, $7, 0, $9, '[]')",
            id,
            &carry.authority,
            format!("{} → {}", carry.from.name, to.name),
            actor.person,
            actor.grant,
            desk.now(),
            i64::try_from(carry.moving()).unwrap_or(i64::MAX),
            i64::try_from(carry.items.len()).unwrap_or(i64::MAX),
            i64::try_from(carry.items.len() - carry.moving()).unwrap_or(i64::MAX),
        )?;
        let line = |school: &Choice| Change {
            setting_id: school.id,
            urn: school.urn,
            name: school.name.clone(),
            kind: ChangeKind::Changed,
            fields: Vec::new(),
        };
        imports::write_changes(conn, id, &[line(&carry.from), line(to)]).await?;
        for part in self.0 {
            let after = before::prints(conn, part.table, part.condition, Among::Ids(&part.ids), &part.tail).await?;
            before::keep(conn, id, part.table, &part.rows, &after).await?;
        }
        Ok(())
    }
}

/// Whoever changes one of these meanwhile waits, and then finds it changed.
async fn lock(conn: &mut Conn, table: &str, ids: &[Uuid]) -> Result<()> {
    let lock = format!("UPDATE {table} SET version = version WHERE id IN ");
    execute_in!(conn, lock.as_str(), ids, "")
}

/// What was built on it: whatever was changed since.
pub(crate) async fn built_on(conn: &mut Conn, import: &Import, hold: Hold) -> Result<Vec<Built>> {
    let kept = before::kept(conn, import.id).await?;
    let held = ["visit", "session", "request", "waiting", "setting"];
    for table in held.into_iter().filter(|_| hold == Hold::Yes) {
        let ids: Vec<Uuid> = kept.iter().filter(|k| k.table.name == table).flat_map(Kept::ids).collect();
        lock(conn, table, &ids).await?;
    }
    before::changed_since(conn, &kept).await
}

/// Puts everything back at the school that closed.
pub(crate) async fn remove(conn: &mut Conn, import: &Import) -> Result<Value> {
    let kept = before::kept(conn, import.id).await?;
    before::restore(conn, import.id, &kept).await?;
    Ok(json!({ "state": "applied", "things": import.changed }))
}
