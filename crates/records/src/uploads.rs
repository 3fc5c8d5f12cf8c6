//! Files that were uploaded and wait until somebody says yes, and are listed from then on: what kinds of import share that
//! are understood from their bytes at each look.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Operation};
use domain::import::{ImportKind, ImportState};
use domain::setting::LaCode;
use intake::Problem;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::imports::{self, File, fingerprint};

/// An import that waits, was applied, or was taken back.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// What was imported.
    #[sqlx(try_from = "String")]
    pub kind: ImportKind,
    /// Whose records.
    #[sqlx(try_from = "String")]
    pub authority_code: LaCode,
    /// The file's name.
    pub file_name: String,
    /// Who uploaded it; none for the command line.
    pub person: Option<String>,
    /// When it was uploaded.
    pub started_at: DateTime<Utc>,
    /// When it was applied.
    pub finished_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    /// What the file holds.
    pub total: i64,
    /// What was new.
    pub added: i64,
    /// What took the place of something else, or went.
    pub changed: i64,
    /// What was on record already.
    pub unchanged: i64,
    problems: String,
}

impl Import {
    /// What is wrong with the file; none unless it is refused.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        serde_json::from_str(&self.problems).unwrap_or_default()
    }

    /// Refuses what is only done while it waits.
    ///
    /// # Errors
    /// It was imported, refused or taken back.
    pub(crate) fn check_waits(&self) -> Result<()> {
        match self.state {
            ImportState::Previewed => Ok(()),
            ImportState::Refused => Err(Error::refused("This file has problems. Mend it and upload it again")),
            _ => Err(Error::refused("This file was imported already, or taken back. Upload it again")),
        }
    }
}

/// The authority an import belongs to: an actor of one never reaches another's.
pub(crate) fn confined(actor: &Actor, wanted: Option<&LaCode>, operation: Operation) -> Result<LaCode> {
    imports::confined(actor, wanted)?.ok_or(Error::Forbidden(operation))
}

/// Writes the row of an upload: with problems it is refused, without it waits.
pub(crate) async fn store(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    (kind, authority): (ImportKind, &LaCode),
    file: &File,
    total: usize,
    problems: &[Problem],
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let state = if problems.is_empty() { ImportState::Previewed } else { ImportState::Refused };
    let written = execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body)
         SELECT $1, $2, code, $4, $5, $6, $7, $8, $9, 0, $10, 0, 0, 0, 0, $11, $12 FROM authority WHERE code = $3",
        id,
        kind.as_str(),
        authority.as_str(),
        &file.name,
        fingerprint(&file.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        state.as_str(),
        count(total),
        serde_json::to_string(problems).map_err(Error::unavailable)?,
        &file.bytes[..],
    )?;
    if written == 0 { Err(Error::NotFound) } else { Ok(id) }
}

/// One import of a kind within the actor's scope.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, kind: ImportKind, id: Uuid) -> Result<Import> {
    let authority = imports::confined(actor, None)?;
    let authority = authority.as_ref().map(LaCode::as_str);
    fetch_one!(
        conn,
        Import,
        "SELECT i.id, i.kind, i.authority_code, i.file_name, p.name AS person, i.started_at, i.finished_at, i.state, i.total,
            i.added, i.changed, i.unchanged, i.problems
         FROM import i LEFT JOIN person p ON p.id = i.by_person
         WHERE ($1 IS NULL OR i.authority_code = $1) AND i.kind = $2 AND i.id = $3",
        authority,
        kind.as_str(),
        id
    )
}

/// The file of an import that is still kept.
pub(crate) async fn file(conn: &mut Conn, id: Uuid) -> Result<File> {
    let row = fetch_one!(conn, (String, Option<Vec<u8>>), "SELECT file_name, body FROM import WHERE id = $1", id)?;
    match row {
        (name, Some(body)) => Ok(File { name, bytes: body.into() }),
        _ => Err(Error::refused("The file is no longer kept. Upload it again")),
    }
}

/// Drops a file that was not applied, with what was said of it.
pub(crate) async fn remove(conn: &mut Conn, import: &Import) -> Result<()> {
    if !matches!(import.state, ImportState::Previewed | ImportState::Refused) {
        return Err(Error::refused("This file was imported already"));
    }
    execute!(conn, "DELETE FROM import_choice WHERE import_id = $1", import.id)?;
    execute!(conn, "DELETE FROM import WHERE id = $1 AND state IN ('previewed', 'refused')", import.id)?;
    Ok(())
}

/// Removes files from before `until` that were never applied: they changed nothing. Says how many.
pub(crate) async fn drop_old(conn: &mut Conn, until: DateTime<Utc>) -> Result<u64> {
    execute!(
        conn,
        "DELETE FROM import_choice WHERE import_id IN (SELECT id FROM import
            WHERE kind IN ('contacts', 'terms', 'bank_holidays') AND state IN ('previewed', 'refused') AND started_at < $1)",
        until,
    )?;
    execute!(
        conn,
        "DELETE FROM import WHERE kind IN ('contacts', 'terms', 'bank_holidays') AND state IN ('previewed', 'refused')
            AND started_at < $1",
        until
    )
}

/// What an import did, for its row.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub total: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Marks an import as applied; the file is not kept.
pub(crate) async fn finish(conn: &mut Conn, desk: &Desk, id: Uuid, figures: Figures) -> Result<()> {
    execute!(
        conn,
        "UPDATE import SET state = 'applied', finished_at = $1, done = $2, total = $2, added = $3, changed = $4,
            unchanged = $5, body = NULL WHERE id = $6 AND state = 'previewed'",
        desk.now(),
        count(figures.total),
        count(figures.added),
        count(figures.changed),
        count(figures.unchanged),
        id,
    )?;
    Ok(())
}

/// A file with its cells marked that are to be mended, and a name for it.
///
/// # Errors
/// There is no cell to mark; it is too large to be marked.
pub(crate) async fn marked(file: File, problems: Vec<Problem>) -> Result<(String, Vec<u8>)> {
    if problems.iter().all(|problem| problem.row.is_none()) {
        return Err(Error::refused("There is no cell of this file to mark"));
    }
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let name = format!("{stem} marked.xlsx");
    let marking = move || intake::marked::workbook(&file.bytes, &file.name, &problems);
    let marked = tokio::task::spawn_blocking(marking).await.map_err(Error::unavailable)?;
    Ok((name, marked.map_err(|problem| Error::refused(problem.message.trim_end_matches('.')))?))
}

/// What is wrong with a file, for the field it was chosen in.
pub(crate) fn unreadable(problems: &[Problem]) -> Error {
    let messages = problems.iter().map(|p| p.message.trim_end_matches('.')).collect::<Vec<_>>().join(". ");
    Error::field("file", messages)
}

/// Refuses a file that is larger than can be read.
pub(crate) fn check_size(file: &File, most: usize) -> Result<()> {
    if file.bytes.len() > most {
        return Err(Error::field("file", format!("The file is larger than {} MB", most >> 20)));
    }
    Ok(())
}

/// A count as the database takes it.
pub(crate) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How long a file waits at most.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);
