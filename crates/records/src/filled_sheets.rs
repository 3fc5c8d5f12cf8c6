//! Sheets that went out, were filled in and come back: a file waits until somebody says yes, and is listed from then on.
//!
//! What a file says is understood anew at each look, beside the records as they are then. Somebody who sees a whole
//! authority finds its uploads; a school or provider those they made themselves.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Scope};
use domain::import::{ImportKind, ImportState, undo_until};
use domain::setting::LaCode;
use intake::Problem;
use uuid::Uuid;

use crate::Desk;
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::imports::{File, fingerprint};
use crate::within::Within;

/// A file that nobody applied is dropped after so many days.
pub(crate) const KEPT_DAYS: i64 = 7;

/// An upload.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// Whose records; none for those of several authorities.
    pub authority_code: Option<String>,
    /// The file's name.
    pub file_name: String,
    /// Who uploaded it; none for the command line.
    pub person: Option<String>,
    /// When it was uploaded.
    pub started_at: DateTime<Utc>,
    /// When it was applied.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    /// Rows that were filled in.
    pub total: i64,
    /// Records added.
    pub added: i64,
    /// Figures or answers changed.
    pub changed: i64,
    /// Rows that were on record already.
    pub unchanged: i64,
    /// When the same file was applied before, and not taken back.
    pub same_applied_at: Option<DateTime<Utc>>,
    /// The upload that did.
    pub same_id: Option<Uuid>,
}

impl Import {
    /// Until when it may be taken back; none when it cannot be at all.
    #[must_use]
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        undo_until(self.state, self.finished_at)
    }
}

/// Whose uploads an actor finds: an authority's ($1), or those made under a grant ($2).
pub(crate) fn finds(actor: &Actor) -> (Option<&str>, Option<Uuid>) {
    match &actor.scope {
        Scope::Everything => (None, None),
        Scope::Authority(code) => (Some(code.as_str()), None),
        // A key that no upload has, where there is no grant.
        _ => (None, Some(actor.grant.unwrap_or_default())),
    }
}

/// `import_sql!("AND …")`: uploads of a kind ($3) that an actor finds ($1, $2).
macro_rules! import_sql {
    ($tail:literal) => {
        concat!(
            "SELECT i.id, i.authority_code, i.file_name, p.name AS person, i.started_at, i.finished_at, i.undone_at,
                i.state, i.total, i.added, i.changed, i.unchanged, s.finished_at AS same_applied_at, s.id AS same_id
             FROM import i LEFT JOIN person p ON p.id = i.by_person
             LEFT JOIN import s ON s.id = (SELECT o.id FROM import o WHERE o.kind = i.kind AND o.state = 'applied'
                AND o.file_sha256 = i.file_sha256 AND o.id <> i.id
                AND ($1 IS NULL OR o.authority_code = $1) AND ($2 IS NULL OR o.by_grant = $2)
                AND o.finished_at <= COALESCE(i.finished_at, o.finished_at)
                ORDER BY o.finished_at DESC, o.id LIMIT 1)
             WHERE ($1 IS NULL OR i.authority_code = $1) AND ($2 IS NULL OR i.by_grant = $2) AND i.kind = $3 ",
            $tail
        )
    };
}

/// Writes the row of an upload that waits.
pub(crate) async fn store(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    (kind, authority): (ImportKind, Option<&str>),
    file: &File,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, '[]', $10)",
        id,
        kind.as_str(),
        authority,
        &file.name,
        fingerprint(&file.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        ImportState::Previewed.as_str(),
        &file.bytes[..],
    )?;
    Ok(id)
}

/// An upload of a kind that the actor finds.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, kind: ImportKind, id: Uuid) -> Result<Import> {
    let (authority, grant) = finds(actor);
    fetch_one!(conn, Import, import_sql!("AND i.id = $4"), authority, grant, kind.as_str(), id)
}

/// Uploads of a kind that the actor finds, newest first.
pub(crate) async fn list(conn: &mut Conn, actor: &Actor, kind: ImportKind, page: Page) -> Result<Vec<Import>> {
    let (authority, grant) = finds(actor);
    fetch_all!(
        conn,
        Import,
        import_sql!("ORDER BY i.started_at DESC, i.id DESC LIMIT $4 OFFSET $5"),
        authority,
        grant,
        kind.as_str(),
        page.size,
        page.offset()
    )
}

/// The file of an upload that waits.
pub(crate) async fn file(conn: &mut Conn, id: Uuid) -> Result<File> {
    let row = fetch_one!(conn, (String, Option<Vec<u8>>), "SELECT file_name, body FROM import WHERE id = $1", id)?;
    match row {
        (name, Some(body)) => Ok(File { name, bytes: body.into() }),
        _ => Err(Error::refused("This sheet was taken in already, and the file is not kept. Upload it again")),
    }
}

/// What an upload did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub total: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Marks an upload as applied; the file is not kept.
///
/// # Errors
/// It does not wait any more.
pub(crate) async fn finish(conn: &mut Conn, desk: &Desk, id: Uuid, figures: Figures) -> Result<()> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let written = execute!(
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
    if written == 0 { Err(Error::refused("This sheet was taken in already")) } else { Ok(()) }
}

/// Drops a file that was not applied.
///
/// # Errors
/// It was applied already.
pub(crate) async fn remove(conn: &mut Conn, id: Uuid) -> Result<()> {
    match execute!(conn, "DELETE FROM import WHERE id = $1 AND state = 'previewed'", id)? {
        0 => Err(Error::refused("This sheet was taken in already")),
        _ => Ok(()),
    }
}

/// Removes files from before `until` that were never applied: they changed nothing. Says how many.
pub(crate) async fn drop_old(conn: &mut Conn, until: DateTime<Utc>) -> Result<u64> {
    execute!(
        conn,
        "DELETE FROM import WHERE kind IN ('attendance', 'feedback') AND state = 'previewed' AND started_at < $1",
        until
    )
}

/// The scope in which a file is read: the command line names an authority.
pub(crate) fn within(actor: &Actor, authority: Option<&str>) -> Within {
    let mut within = Within::of(actor);
    if actor.scope == Scope::Everything {
        within.authority = authority.map(str::to_owned);
    }
    within
}

/// The authority an upload belongs to: the actor's, or the only one of what is in the file.
pub(crate) fn belongs_to(actor: &Actor, named: Option<&LaCode>, found: Vec<String>) -> Option<String> {
    let named = named.or_else(|| actor.authority()).map(|code| code.as_str().to_owned());
    let mut found = found.into_iter();
    named.or_else(|| match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    })
}

/// Refuses a file that is not such a sheet at all; one whose cells are to be mended is kept to be marked.
pub(crate) fn check_readable(problems: &[Problem]) -> Result<()> {
    if problems.iter().any(|problem| problem.row.is_some()) {
        return Ok(());
    }
    let messages = problems.iter().map(|p| p.message.trim_end_matches('.')).collect::<Vec<_>>().join(". ");
    Err(Error::field("file", messages))
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
    let bytes = Arc::clone(&file.bytes);
    let marking = move || intake::marked::workbook(&bytes, &file.name, &problems);
    let marked = tokio::task::spawn_blocking(marking).await.map_err(Error::unavailable)?;
    Ok((name, marked.map_err(|problem| Error::refused(problem.message.trim_end_matches('.')))?))
}
