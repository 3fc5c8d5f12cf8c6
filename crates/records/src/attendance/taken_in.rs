//! Uploads of attendance sheets: they wait until somebody says yes, are taken in, and can be taken back.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::import::{ImportKind, ImportState};
use domain::setting::LaCode;
use intake::Problem;
use intake::attendance::{self as sheets, Filled, FilledRow};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answered;
use super::come_back::attempt;
use super::comparison::{Answers, Comparison};
use super::named::authorities;
use crate::Desk;
use crate::before::{self, Among, Kept};
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::filled_sheets::{belongs_to, within};
use crate::imports::File;
use crate::taking_back::{self, At, Built, Hold};
use crate::uploads::{self, Figures, Import, New};

const KIND: ImportKind = ImportKind::Attendance;

/// Reads a file beside the other tasks, since it takes a moment.
async fn read(file: &File) -> Result<std::result::Result<Filled, Vec<Problem>>> {
    let (bytes, name) = (Arc::clone(&file.bytes), file.name.clone());
    tokio::task::spawn_blocking(move || sheets::read(&bytes, &name)).await.map_err(Error::unavailable)
}

/// Stores a filled sheet; [`look`] says what it would do.
///
/// # Errors
/// Forbidden; a field error on `file`: it is no such sheet, or nothing is filled in.
pub async fn upload(desk: &Desk, actor: &Actor, authority: Option<&LaCode>, file: &File) -> Result<Uuid> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let rows = match read(file).await? {
        Ok(filled) if filled.is_blank() => {
            return Err(Error::field(
                "file",
                "Nothing is filled in on this sheet, or only what was on record when it went out",
            ));
        }
        Ok(filled) => filled.rows,
        Err(problems) => {
            uploads::check_readable(&problems)?;
            Vec::new()
        }
    };
    let mut conn = desk.write().await?;
    let found = authorities(&mut conn, &within(actor, authority.map(LaCode::as_str)), &rows).await?;
    let authority = belongs_to(actor, authority, found);
    let id = uploads::store(&mut conn, desk, actor, New::of(KIND, authority.as_deref(), file)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// The uploads that the actor finds, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list_uploads(desk: &Desk, actor: &Actor, page: Page) -> Result<Vec<Import>> {
    uploads::list(desk, actor, KIND, page).await
}

/// An upload, and while it waits what it would do, as far as it is decided: by what was kept with [`answer`](super::answer),
/// and by `answers`.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid, answers: &Answers) -> Result<(Import, Option<Comparison>)> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let (import, file) = {
        let mut conn = desk.read().await?;
        let import = uploads::find(&mut conn, actor, KIND, id).await?;
        if import.state != ImportState::Previewed {
            return Ok((import, None));
        }
        let file = uploads::file(&mut conn, &import).await?;
        (import, file)
    };
    let comparison = match read(&file).await? {
        Ok(filled) => {
            // Tried out, so that every rule says its word, and taken back.
            let mut conn = desk.write().await?;
            let within = within(actor, import.authority_code.as_deref());
            let answers = answered::with(&mut conn, id, answers).await?;
            attempt(&mut conn, desk, actor, &within, &filled, &answers).await?
        }
        Err(problems) => Comparison { problems, ..Comparison::default() },
    };
    Ok((import, Some(comparison)))
}

/// Takes in what was filled in, by what was decided then and now. Nothing is stored unless everything is settled: then the comparison says what was.
///
/// # Errors
/// Forbidden; not found; it was taken in already.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, answers: &Answers) -> Result<Comparison> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let file = {
        let mut conn = desk.read().await?;
        let import = uploads::find(&mut conn, actor, KIND, id).await?;
        uploads::file(&mut conn, &import).await
    };
    // A form that is sent again finds the file gone, and what it did.
    let filled = match &file {
        Ok(file) => match read(file).await? {
            Ok(filled) => filled,
            Err(problems) => return Ok(Comparison { problems, ..Comparison::default() }),
        },
        Err(_) => Filled::default(),
    };
    let mut conn = desk.write().await?;
    file?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    let within = within(actor, import.authority_code.as_deref());
    let sessions = sessions_of(&mut conn, &filled.rows).await?;
    lock_visits(&mut conn, &sessions).await?;
    let before = state(&mut conn, &sessions).await?;
    let answers = answered::with(&mut conn, id, answers).await?;
    let comparison = attempt(&mut conn, desk, actor, &within, &filled, &answers).await?;
    if !comparison.is_settled() {
        return Ok(comparison);
    }
    for ((table, condition), before) in WRITTEN.iter().zip(&before) {
        let after = before::prints(&mut conn, table, condition, Among::Ids(&sessions), "").await?;
        before::keep(&mut conn, id, table, before, &after).await?;
    }
    let changed: BTreeSet<Uuid> = comparison.changes.iter().map(|change| change.session).collect();
    let figures = Figures {
        total: filled.rows.len(),
        added: changed.len(),
        changed: comparison.changes.len(),
        unchanged: comparison.unchanged,
    };
    answered::forget(&mut conn, id).await?;
    uploads::finish(&mut conn, desk, (KIND, id), figures).await?;
    desk.commit(conn, id).await?;
    Ok(comparison)
}

/// The sessions of the rows, whosever they are: what is written is compared, and nothing else.
async fn sessions_of(conn: &mut Conn, rows: &[FilledRow]) -> Result<Vec<Uuid>> {
    let groups: BTreeSet<Uuid> = rows.iter().map(|row| row.key.group).collect();
    let groups: Vec<Uuid> = groups.into_iter().collect();
    let found = fetch_in!(conn, (Uuid,), "SELECT DISTINCT session_id FROM attending_group WHERE id IN ", groups, "")?;
    let sessions: BTreeSet<Uuid> = found.into_iter().map(|(id,)| id).collect();
    Ok(sessions.into_iter().collect())
}

/// Whoever changes one of the sessions' visits meanwhile waits, or is waited for.
async fn lock_visits(conn: &mut Conn, sessions: &[Uuid]) -> Result<()> {
    execute_in!(
        conn,
        "UPDATE visit SET version = version WHERE id IN (SELECT x.visit_id FROM session x WHERE x.id IN ",
        sessions,
        ")"
    )
}

/// Everything that recording attendance writes, and how its sessions are asked for.
const WRITTEN: [(&before::Table, &str); 3] = [
    (&before::SESSION, "id IN "),
    (&before::ATTENDING_GROUP, "session_id IN "),
    (&before::SESSION_EVENT, "session_id IN "),
];

/// What stands there of these sessions.
async fn state(conn: &mut Conn, sessions: &[Uuid]) -> Result<Vec<before::Rows>> {
    let mut state = Vec::new();
    for (table, condition) in WRITTEN {
        state.push(before::rows(conn, table, condition, Among::Ids(sessions), "").await?);
    }
    Ok(state)
}

/// The file of an upload with its cells marked that are to be mended, and a name for it.
///
/// # Errors
/// Forbidden; not found; nothing in particular is wrong with it; it is too large to be marked.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let (_, comparison) = look(desk, actor, id, &Answers::default()).await?;
    uploads::marked(desk, actor, (KIND, id), comparison.unwrap_or_default().problems).await
}

/// Drops a file that is not to be taken in.
///
/// # Errors
/// Forbidden; not found; it was taken in already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    uploads::drop_upload(desk, actor, KIND, id).await.map(drop)
}

/// What was built on an upload: attendance stated since, whatever else happened to its sessions, and answers to
/// questionnaires that opened with it.
pub(crate) async fn built_on(conn: &mut Conn, import: &taking_back::Import, hold: Hold) -> Result<Vec<Built>> {
    let kept = before::kept(conn, import.id).await?;
    if hold == Hold::Yes {
        let sessions: Vec<Uuid> = kept.iter().filter(|k| k.table.name == "session").flat_map(Kept::ids).collect();
        lock_visits(conn, &sessions).await?;
    }
    let mut built = before::changed_since(conn, &kept).await?;
    if !built.is_empty() {
        built.splice(0..0, later_sheets(conn, import, &kept).await?);
    }
    let answered = fetch_in!(
        conn,
        (Uuid, String, NaiveDate),
        "SELECT x.id, v.name, x.on_date FROM session x JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
         WHERE EXISTS (SELECT 1 FROM response r WHERE r.session_id = x.id) AND x.id IN ",
        opened(&kept),
        " ORDER BY x.on_date, v.name, x.id"
    )?;
    let day = |on: NaiveDate| on.format("%-d %B %Y").to_string();
    built.extend(answered.into_iter().map(|(id, venue, on)| {
        Built::new(format!("the session at {venue} on {} has feedback", day(on)), At::Session(id))
    }));
    Ok(built)
}

/// Sheets taken in later that changed one of these sessions.
async fn later_sheets(conn: &mut Conn, import: &taking_back::Import, kept: &[Kept]) -> Result<Vec<Built>> {
    let ours: HashSet<Uuid> = kept.iter().filter(|k| k.table.name == "session").flat_map(Kept::ids).collect();
    let mut sheets = Vec::new();
    for built in taking_back::later(conn, import, &[KIND]).await? {
        let Some(At::Import(_, id)) = built.at else { continue };
        let theirs = before::kept(conn, id).await?;
        if theirs.iter().filter(|k| k.table.name == "session").flat_map(Kept::ids).any(|id| ours.contains(&id)) {
            sheets.push(built);
        }
    }
    Ok(sheets)
}

/// The sessions that had no feedback codes before.
fn opened(kept: &[Kept]) -> Vec<Uuid> {
    let sessions = kept.iter().filter(|k| k.table.name == "session");
    sessions
        .flat_map(|k| k.before::<Uuid>("id").into_iter().zip(k.before::<Option<String>>("feedback_code")))
        .filter(|(_, code)| code.is_none())
        .map(|(id, _)| id)
        .collect()
}

/// Puts back what was on record before.
pub(crate) async fn remove(conn: &mut Conn, import: &taking_back::Import) -> Result<Value> {
    let kept = before::kept(conn, import.id).await?;
    before::restore(conn, import.id, &kept).await?;
    Ok(json!({ "state": "applied", "sessions": import.added, "figures": import.changed }))
}
