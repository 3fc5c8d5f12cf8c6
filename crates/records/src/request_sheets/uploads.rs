//! Sheets that were uploaded: they wait until somebody says yes, and are listed from then on.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::import::{ImportKind, ImportState as State, undo_until};
use intake::Problem;
use intake::requests::{FilledRow, MAX_BYTES, read};
use uuid::Uuid;

use super::compare::{Answers, Comparison};
use super::take_in;
use crate::Desk;
use crate::audit;
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::imports::{File, fingerprint};

/// An uploaded sheet.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// The file's name.
    pub file_name: String,
    /// When it was uploaded.
    pub started_at: DateTime<Utc>,
    /// When it was taken in.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Requests that it made.
    pub added: i64,
    /// Requests that it changed.
    pub changed: i64,
    /// When the same file was taken in before, and not taken back.
    pub same_applied_at: Option<DateTime<Utc>>,
}

impl Import {
    /// Until when it may be taken back; none when it cannot be at all.
    #[must_use]
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        undo_until(self.state, self.finished_at)
    }
}

/// A sheet beside the records; there is nothing to compare once it was taken in.
#[derive(Debug, Clone)]
pub struct Look {
    /// The sheet.
    pub import: Import,
    /// What it would do, or what is wrong with it.
    pub comparison: Option<Comparison>,
}

/// `import_sql!("AND …")`: sheets of requests that somebody uploaded under one grant ($1; none: the command line).
macro_rules! import_sql {
    ($tail:literal) => {
        concat!(
            "SELECT i.id, i.file_name, i.started_at, i.finished_at, i.undone_at, i.state, i.added, i.changed,
                (SELECT MAX(o.finished_at) FROM import o WHERE o.kind = 'requests' AND o.state = 'applied'
                    AND o.file_sha256 = i.file_sha256 AND o.by_grant = i.by_grant AND o.id <> i.id) AS same_applied_at
             FROM import i WHERE i.kind = 'requests' AND (i.by_grant = $1 OR ($1 IS NULL AND i.by_grant IS NULL)) ",
            $tail
        )
    };
}

/// Stores a filled sheet; a file that is none, or on which nothing is filled in, is not.
///
/// # Errors
/// Forbidden; the file is too large, cannot be read, is no sheet of requests, or nothing is filled in.
pub async fn upload(desk: &Desk, actor: &Actor, file: &File) -> Result<Uuid> {
    desk.authorise(actor, Operation::AskForTour)?;
    if file.bytes.len() > MAX_BYTES {
        return Err(Error::field("file", format!("The file is larger than {} MB", MAX_BYTES >> 20)));
    }
    match read_file(file.clone()).await? {
        Ok(rows) if rows.is_empty() => return Err(Error::field("file", "Nothing is filled in on this sheet")),
        // What is wrong with single cells is shown, and can be marked.
        Err(problems) if problems.iter().all(|problem| problem.row.is_none()) => {
            let messages = problems.iter().map(|p| p.message.trim_end_matches('.')).collect::<Vec<_>>().join(". ");
            return Err(Error::field("file", messages));
        }
        _ => {}
    }
    let id = Uuid::now_v7();
    let mut conn = desk.write().await?;
    let authority = audit::authority_of(&mut conn, actor).await?;
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, '[]', $10)",
        id,
        ImportKind::Requests.as_str(),
        authority,
        &file.name,
        fingerprint(&file.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        State::Previewed.as_str(),
        &file.bytes[..],
    )?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn read_file(file: File) -> Result<std::result::Result<Vec<FilledRow>, Vec<Problem>>> {
    tokio::task::spawn_blocking(move || read(&file.bytes, &file.name)).await.map_err(Error::unavailable)
}

/// The rows of a sheet that waits, or what is wrong with them.
pub(super) async fn rows(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
) -> Result<std::result::Result<Vec<FilledRow>, Vec<Problem>>> {
    read_file(file(desk, actor, id).await?).await
}

/// The file of a sheet that waits.
async fn file(desk: &Desk, actor: &Actor, id: Uuid) -> Result<File> {
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, id).await?;
    let body = fetch_scalar!(conn, Option<Vec<u8>>, "SELECT body FROM import WHERE id = $1", id)?;
    match body {
        Some(body) => Ok(File { name: import.file_name, bytes: body.into() }),
        None => Err(Error::refused("This sheet was taken in already")),
    }
}

/// One sheet.
///
/// # Errors
/// Forbidden; not found.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    desk.authorise(actor, Operation::AskForTour)?;
    find(&mut desk.read().await?, actor, id).await
}

/// One sheet, and what it would do now, with what was decided so far.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid, answers: &Answers) -> Result<Look> {
    desk.authorise(actor, Operation::AskForTour)?;
    let import = find(&mut desk.read().await?, actor, id).await?;
    let comparison = match import.state {
        State::Previewed => Some(match rows(desk, actor, id).await? {
            Ok(rows) => take_in::try_out(desk, actor, &rows, answers).await?,
            Err(problems) => Comparison { problems, ..Comparison::default() },
        }),
        _ => None,
    };
    Ok(Look { import, comparison })
}

/// A sheet as a workbook with the cells marked that are to be mended, and a name for it.
///
/// # Errors
/// Forbidden; not found; nothing is wrong with it; it was taken in.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::AskForTour)?;
    let look = look(desk, actor, id, &Answers::new()).await?;
    let problems = look.comparison.map(|comparison| comparison.problems).unwrap_or_default();
    if problems.iter().all(|problem| problem.row.is_none()) {
        return Err(Error::refused("There is no cell of this sheet to mark"));
    }
    let file = file(desk, actor, id).await?;
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let name = format!("{stem} marked.xlsx");
    let marked = move || intake::marked::workbook(&file.bytes, &file.name, &problems);
    let marked = tokio::task::spawn_blocking(marked).await.map_err(Error::unavailable)?;
    let marked = marked.map_err(|problem| Error::refused(problem.message.trim_end_matches('.')))?;
    Ok((name, marked))
}

/// The sheets that somebody uploaded under their grant, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, page: Page) -> Result<Vec<Import>> {
    desk.authorise(actor, Operation::AskForTour)?;
    let mut conn = desk.read().await?;
    fetch_all!(
        conn,
        Import,
        import_sql!("ORDER BY i.started_at DESC, i.id DESC LIMIT $2 OFFSET $3"),
        actor.grant,
        page.size,
        page.offset()
    )
}

/// One sheet of the actor's own.
pub(super) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Import> {
    fetch_one!(conn, Import, import_sql!("AND i.id = $2"), actor.grant, id)
}

/// Drops a sheet that is not to be taken in.
///
/// # Errors
/// Forbidden; not found; it was taken in already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::AskForTour)?;
    let mut conn = desk.write().await?;
    find(&mut conn, actor, id).await?;
    if execute!(conn, "DELETE FROM import WHERE id = $1 AND state = 'previewed'", id)? == 0 {
        return Err(Error::refused("This sheet was taken in already"));
    }
    desk.commit(conn, id).await
}

/// Removes sheets from before `until` that were never taken in, and what was kept to take the others back. Says how many
/// rows went.
pub(crate) async fn drop_old(conn: &mut Conn, until: DateTime<Utc>) -> Result<u64> {
    let kept = execute!(
        conn,
        "DELETE FROM request_import WHERE import_id IN
            (SELECT id FROM import WHERE kind = 'requests' AND finished_at < $1)",
        until,
    )?;
    let waiting = execute!(
        conn,
        "DELETE FROM import WHERE kind = 'requests' AND state = 'previewed' AND started_at < $1",
        until
    )?;
    Ok(kept + waiting)
}
