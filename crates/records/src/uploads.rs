//! Files that were uploaded: one waits until somebody says yes, and is listed from then on. What kinds of import share that
//! are understood from their bytes at each look, beside the records as they are then.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Operation, Scope};
use domain::import::{ImportKind, ImportState, UNDO_DAYS, undo_until};
use domain::setting::LaCode;
use intake::Problem;
use uuid::Uuid;

use crate::Desk;
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::imports::{self, File, fingerprint};

/// The kinds, and for how many days a file of each waits at most: older records hold what is not to be taken over, too.
const KEPT_DAYS: [(ImportKind, i64); 7] = [
    (ImportKind::History, 30),
    (ImportKind::Contacts, 30),
    (ImportKind::Terms, 30),
    (ImportKind::BankHolidays, 30),
    (ImportKind::Requests, UNDO_DAYS),
    (ImportKind::Attendance, 7),
    (ImportKind::Feedback, 7),
];

/// An import that waits, was applied, or was taken back.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// What was imported.
    #[sqlx(try_from = "String")]
    pub kind: ImportKind,
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
    /// Who took it back; none for the command line.
    pub undone_by: Option<String>,
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
    /// When the same file was applied before, and not taken back.
    pub same_applied_at: Option<DateTime<Utc>>,
    /// The import that did.
    pub same_id: Option<Uuid>,
    /// The file's SHA-256.
    pub(crate) file_sha256: String,
    problems: String,
}

impl Import {
    /// What is wrong with the file; none unless it is refused.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        serde_json::from_str(&self.problems).unwrap_or_default()
    }

    /// Rows that were left for later, or left out.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.total - self.added - self.changed - self.unchanged
    }

    /// Until when it may be taken back; none when it cannot be at all.
    #[must_use]
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        undo_until(self.state, self.finished_at)
    }

    /// The authority, of a kind that always is one's.
    pub(crate) fn authority(&self) -> Result<LaCode> {
        let code = self.authority_code.clone().ok_or(Error::NotFound)?;
        LaCode::try_from(code).map_err(Error::unavailable)
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

/// Whether a kind is a sheet that went out and came back. It may be of several authorities, and is “taken in”.
const fn is_sheet(kind: ImportKind) -> bool {
    matches!(kind, ImportKind::Attendance | ImportKind::Feedback | ImportKind::Requests)
}

/// What is said where a file of a kind waits no more.
const fn done_already(kind: ImportKind) -> &'static str {
    if is_sheet(kind) { "This sheet was taken in already" } else { "This file was imported already" }
}

/// What the name of a marked copy has behind that of its file.
pub(crate) const MARKED: &str = " marked";

/// Whose imports an actor finds: an authority's ($1), or those made under a grant ($2). Who sees a whole authority finds
/// its; a school or provider those they made themselves.
pub(crate) fn finds(actor: &Actor) -> (Option<&str>, Option<Uuid>) {
    match &actor.scope {
        Scope::Everything => (None, None),
        Scope::Authority(code) => (Some(code.as_str()), None),
        // A key that no upload has, where there is no grant.
        _ => (None, Some(actor.grant.unwrap_or_default())),
    }
}

/// As [`finds`], of a kind: a sheet of requests is found by nobody but whoever uploaded it, the command line's too.
fn finds_of(actor: &Actor, kind: ImportKind) -> (Option<&str>, Option<Uuid>) {
    if kind == ImportKind::Requests { (None, actor.grant) } else { finds(actor) }
}

/// `import_sql!("AND …")`: imports of a kind ($3) that an actor finds ($1, $2).
macro_rules! import_sql {
    ($tail:literal) => {
        concat!(
            "SELECT i.id, i.kind, i.authority_code, i.file_name, p.name AS person, i.started_at, i.finished_at,
                i.undone_at, u.name AS undone_by, i.state, i.total, i.added, i.changed, i.unchanged, s.finished_at AS same_applied_at,
                s.id AS same_id, i.file_sha256, i.problems
             FROM import i LEFT JOIN person p ON p.id = i.by_person LEFT JOIN person u ON u.id = i.undone_by
             LEFT JOIN import s ON s.id = (SELECT o.id FROM import o WHERE o.kind = i.kind AND o.state = 'applied'
                AND o.file_sha256 = i.file_sha256 AND o.id <> i.id
                AND ($1 IS NULL OR o.authority_code = $1) AND ($2 IS NULL OR o.by_grant = $2)
                AND (o.authority_code = i.authority_code OR o.by_grant = i.by_grant)
                AND o.finished_at <= COALESCE(i.finished_at, o.finished_at)
                ORDER BY o.finished_at DESC, o.id DESC LIMIT 1)
             WHERE i.kind = $3 AND ($1 IS NULL OR i.authority_code = $1)
                AND (i.by_grant = $2 OR ($2 IS NULL AND (i.kind <> 'requests' OR i.by_grant IS NULL))) ",
            $tail
        )
    };
}

/// The authority an import belongs to: an actor of one never reaches another's.
pub(crate) fn confined(actor: &Actor, wanted: Option<&LaCode>, operation: Operation) -> Result<LaCode> {
    imports::confined(actor, wanted)?.ok_or(Error::Forbidden(operation))
}

/// A file that is stored.
pub(crate) struct New<'a> {
    pub kind: ImportKind,
    pub authority: Option<&'a str>,
    pub file: &'a File,
    /// What it holds.
    pub total: usize,
    /// With problems it is refused, without it waits.
    pub problems: &'a [Problem],
    /// Whether its content is kept.
    pub is_kept: bool,
}

impl<'a> New<'a> {
    /// A file that waits, of which no more is known.
    pub(crate) const fn of(kind: ImportKind, authority: Option<&'a str>, file: &'a File) -> Self {
        Self { kind, authority, file, total: 0, problems: &[], is_kept: true }
    }
}

/// Writes the row of an upload.
///
/// # Errors
/// There is no such authority.
pub(crate) async fn store(conn: &mut Conn, desk: &Desk, actor: &Actor, new: New<'_>) -> Result<Uuid> {
    if !is_sheet(new.kind) {
        fetch_one!(conn, (String,), "SELECT code FROM authority WHERE code = $1", new.authority)?;
    }
    let id = Uuid::now_v7();
    let state = if new.problems.is_empty() { ImportState::Previewed } else { ImportState::Refused };
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, 0, 0, 0, $11, $12)",
        id,
        new.kind.as_str(),
        new.authority,
        &new.file.name,
        fingerprint(&new.file.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        state.as_str(),
        count(new.total),
        serde_json::to_string(new.problems).map_err(Error::unavailable)?,
        new.is_kept.then_some(&new.file.bytes[..]),
    )?;
    Ok(id)
}

/// One import of a kind that the actor finds.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, kind: ImportKind, id: Uuid) -> Result<Import> {
    let (authority, grant) = finds_of(actor, kind);
    fetch_one!(conn, Import, import_sql!("AND i.id = $4"), authority, grant, kind.as_str(), id)
}

/// One import of a kind that the actor finds.
///
/// # Errors
/// Forbidden; not found.
pub(crate) async fn look(desk: &Desk, actor: &Actor, kind: ImportKind, id: Uuid) -> Result<Import> {
    desk.authorise(actor, kind.operation())?;
    find(&mut desk.read().await?, actor, kind, id).await
}

/// Imports of a kind that the actor finds, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub(crate) async fn list(desk: &Desk, actor: &Actor, kind: ImportKind, page: Page) -> Result<Vec<Import>> {
    desk.authorise(actor, kind.operation())?;
    let (authority, grant) = finds_of(actor, kind);
    let mut conn = desk.read().await?;
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

/// The file of an import that is still kept.
pub(crate) async fn file(conn: &mut Conn, import: &Import) -> Result<File> {
    let body = fetch_scalar!(conn, Option<Vec<u8>>, "SELECT body FROM import WHERE id = $1", import.id)?;
    match body {
        Some(body) => Ok(File { name: import.file_name.clone(), bytes: body.into() }),
        None => Err(Error::refused(format!("{}, and is not kept. Upload it again", done_already(import.kind)))),
    }
}

/// Drops a file that was not applied, with what was said of it; gives back what it was.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub(crate) async fn drop_upload(desk: &Desk, actor: &Actor, kind: ImportKind, id: Uuid) -> Result<Import> {
    desk.authorise(actor, kind.operation())?;
    let mut conn = desk.write().await?;
    let import = find(&mut conn, actor, kind, id).await?;
    remove(&mut conn, &import).await?;
    desk.commit(conn, id).await?;
    Ok(import)
}

/// As [`drop_upload`], inside another operation.
pub(crate) async fn remove(conn: &mut Conn, import: &Import) -> Result<()> {
    execute!(conn, "DELETE FROM import_choice WHERE import_id = $1", import.id)?;
    let waits = "DELETE FROM import WHERE id = $1 AND state IN ('previewed', 'refused')";
    match execute!(conn, waits, import.id)? {
        0 => Err(Error::refused(done_already(import.kind))),
        _ => Ok(()),
    }
}

/// Removes files that were never applied, and waited long enough: they changed nothing. Says how many.
pub(crate) async fn drop_old(conn: &mut Conn, now: DateTime<Utc>) -> Result<u64> {
    let mut gone = 0;
    for (kind, days) in KEPT_DAYS {
        let (kind, until) = (kind.as_str(), now - TimeDelta::days(days));
        execute!(
            conn,
            "DELETE FROM import_choice WHERE import_id IN (SELECT id FROM import
                WHERE kind = $1 AND state IN ('previewed', 'refused') AND started_at < $2)",
            kind,
            until,
        )?;
        gone += execute!(
            conn,
            "DELETE FROM import WHERE kind = $1 AND state IN ('previewed', 'refused') AND started_at < $2",
            kind,
            until,
        )?;
    }
    Ok(gone)
}

/// Holds a file that waits: whoever applies it at the same moment waits here, and finds it done.
///
/// # Errors
/// It does not wait any more.
pub(crate) async fn hold(conn: &mut Conn, (kind, id): (ImportKind, Uuid)) -> Result<()> {
    match execute!(conn, "UPDATE import SET total = total WHERE id = $1 AND state = 'previewed'", id)? {
        0 => Err(Error::refused(done_already(kind))),
        _ => Ok(()),
    }
}

/// What an import did, for its row.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub total: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Marks an import as applied; the file is not kept, since what stands in it may be nobody's business.
///
/// # Errors
/// It does not wait any more.
pub(crate) async fn finish(
    conn: &mut Conn,
    desk: &Desk,
    (kind, id): (ImportKind, Uuid),
    figures: Figures,
) -> Result<()> {
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
    if written == 0 { Err(Error::refused(done_already(kind))) } else { Ok(()) }
}

/// The file of an import with its cells marked that are to be mended, and a name for it.
///
/// # Errors
/// Not found; it is not kept; there is no cell to mark; it is too large to be marked.
pub(crate) async fn marked(
    desk: &Desk,
    actor: &Actor,
    (kind, id): (ImportKind, Uuid),
    problems: Vec<Problem>,
) -> Result<(String, Vec<u8>)> {
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, kind, id).await?;
    let file = file(&mut conn, &import).await?;
    drop(conn);
    mark(file, problems).await
}

/// A file with its cells marked that are to be mended, and a name for it.
///
/// # Errors
/// There is no cell to mark; it is too large to be marked.
pub(crate) async fn mark(file: File, problems: Vec<Problem>) -> Result<(String, Vec<u8>)> {
    if !has_rows(&problems) {
        return Err(Error::refused("There is no cell of this file to mark"));
    }
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let name = format!("{stem}{MARKED}.xlsx");
    let marking = move || intake::marked::workbook(&file.bytes, &file.name, &problems);
    let marked = tokio::task::spawn_blocking(marking).await.map_err(Error::unavailable)?;
    Ok((name, marked.map_err(|problem| Error::refused(problem.message.trim_end_matches('.')))?))
}

/// Whether a problem is that of a row, rather than of the whole file.
fn has_rows(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.row.is_some())
}

/// Refuses a file that is not such a sheet at all; one whose cells are to be mended is kept to be marked.
pub(crate) fn check_readable(problems: &[Problem]) -> Result<()> {
    if has_rows(problems) { Ok(()) } else { Err(unreadable(problems)) }
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

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
