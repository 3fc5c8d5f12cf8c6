//! Files that were uploaded: they wait until somebody says yes, and are listed from then on.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::import::undo_until;
use domain::setting::LaCode;
use uuid::Uuid;

use super::understand::Reading;
use super::{Choices, confined, kept};
use crate::Desk;
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::imports::{File, fingerprint};

pub use domain::import::ImportState as State;

/// A file that nobody applied is dropped after so many days: it holds what is not to be taken over, too.
pub(crate) const KEPT_DAYS: i64 = 30;

/// An import of older records.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
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
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Its rows.
    pub total: i64,
    /// Rows that were taken over.
    pub added: i64,
    /// Rows that were on record already.
    pub unchanged: i64,
    /// When the same file was applied before, and not taken back.
    pub same_applied_at: Option<DateTime<Utc>>,
    /// The import that did.
    pub same_id: Option<Uuid>,
    /// The file's SHA-256.
    pub(super) file_sha256: String,
}

impl Import {
    /// Rows that were left for later, or left out.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.total - self.added - self.unchanged
    }

    /// Until when it may be taken back; none when it cannot be at all.
    #[must_use]
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        undo_until(self.state, self.finished_at)
    }
}

/// `import_sql!("AND …")`: imports of older records, within an authority or none ($1).
macro_rules! import_sql {
    ($tail:literal) => {
        concat!(
            "SELECT i.id, i.authority_code, i.file_name, p.name AS person, i.started_at, i.finished_at, i.undone_at,
                i.state, i.total, i.added, i.unchanged, s.finished_at AS same_applied_at, s.id AS same_id,
                i.file_sha256
             FROM import i LEFT JOIN person p ON p.id = i.by_person
             LEFT JOIN import s ON s.id = (SELECT o.id FROM import o WHERE o.kind = 'history' AND o.state = 'applied'
                AND o.authority_code = i.authority_code AND o.file_sha256 = i.file_sha256 AND o.id <> i.id
                AND o.finished_at <= COALESCE(i.finished_at, o.finished_at)
                ORDER BY o.finished_at DESC, o.id LIMIT 1)
             WHERE i.kind = 'history' AND ($1 IS NULL OR i.authority_code = $1) ",
            $tail
        )
    };
}

/// Stores a file of older records; a file that cannot be read, or has no table of visits, is not.
///
/// # Errors
/// Forbidden; the file is too large, cannot be read or has no such table: each with what to do.
pub async fn upload(desk: &Desk, actor: &Actor, authority: Option<&LaCode>, file: &File) -> Result<Uuid> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let authority = confined(actor, authority)?;
    let choices = Choices::default();
    let said = Reading::said(&mut desk.read().await?, &authority, &choices).await?;
    let reading = Reading::read(file, said).await?;
    let visits = reading.history.visits.len();
    let mut conn = desk.write().await?;
    let id = store(&mut conn, desk, actor, &authority, file, Some(&file.bytes)).await?;
    execute!(conn, "UPDATE import SET total = $1 WHERE id = $2", i64::try_from(visits).unwrap_or_default(), id)?;
    desk.commit(conn, id).await?;
    // Whoever uploads a file looks at it next.
    reading.keep(&fingerprint(&file.bytes));
    Ok(id)
}

/// What is wrong with a file, for the field it was chosen in.
pub(super) fn unreadable(problems: &[intake::Problem]) -> Error {
    let messages = problems.iter().map(|p| p.message.trim_end_matches('.')).collect::<Vec<_>>().join(". ");
    Error::field("file", messages)
}

/// Writes the row of an upload, with the file's content where it is to be kept.
pub(super) async fn store(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &LaCode,
    file: &File,
    body: Option<&[u8]>,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body)
         SELECT $1, 'history', code, $3, $4, $5, $6, $7, 'previewed', 0, 0, 0, 0, 0, 0, '[]', $8
         FROM authority WHERE code = $2",
        id,
        authority.as_str(),
        &file.name,
        fingerprint(&file.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        body,
    )
    .and_then(|written| if written == 0 { Err(Error::NotFound) } else { Ok(id) })
}

/// Removes files from before `until` that were never applied: they changed nothing. Says how many.
pub(crate) async fn drop_old(conn: &mut Conn, until: DateTime<Utc>) -> Result<u64> {
    execute!(
        conn,
        "DELETE FROM import_choice WHERE import_id IN
            (SELECT id FROM import WHERE kind = 'history' AND state = 'previewed' AND started_at < $1)",
        until,
    )?;
    execute!(conn, "DELETE FROM import WHERE kind = 'history' AND state = 'previewed' AND started_at < $1", until)
}

/// Drops a file that is not to be applied.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let mut conn = desk.write().await?;
    let import = find(&mut conn, actor, id).await?;
    if import.state != State::Previewed {
        return Err(Error::refused("This file was imported already"));
    }
    kept::forget(&import.file_sha256);
    execute!(conn, "DELETE FROM import_choice WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM import WHERE id = $1 AND state = 'previewed'", id)?;
    desk.commit(conn, id).await
}

/// One import.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    desk.authorise(actor, Operation::ImportHistory)?;
    find(&mut desk.read().await?, actor, id).await
}

/// One import within the actor's scope.
pub(super) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Import> {
    fetch_one!(conn, Import, import_sql!("AND i.id = $2"), actor.authority().map(LaCode::as_str), id)
}

/// An authority's imports of older records, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, page: Page) -> Result<Vec<Import>> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let mut conn = desk.read().await?;
    fetch_all!(
        conn,
        Import,
        import_sql!("ORDER BY i.started_at DESC, i.id DESC LIMIT $2 OFFSET $3"),
        actor.authority().map(LaCode::as_str),
        page.size,
        page.offset()
    )
}

/// The import by which the same file was applied last, and not taken back.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn same_file(desk: &Desk, actor: &Actor, authority: &LaCode, file: &File) -> Result<Option<Import>> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let authority = confined(actor, Some(authority))?;
    let mut conn = desk.read().await?;
    fetch_optional!(
        conn,
        Import,
        import_sql!("AND i.file_sha256 = $2 AND i.state = 'applied' ORDER BY i.finished_at DESC, i.id LIMIT 1"),
        authority.as_str(),
        fingerprint(&file.bytes),
    )
}

/// The file of an import that waits.
pub(super) async fn file(conn: &mut Conn, id: Uuid) -> Result<File> {
    let row = fetch_one!(conn, (String, Option<Vec<u8>>), "SELECT file_name, body FROM import WHERE id = $1", id)?;
    match row {
        (name, Some(body)) => Ok(File { name, bytes: body.into() }),
        _ => Err(Error::refused("This file was imported already, and is not kept. Upload it again")),
    }
}
