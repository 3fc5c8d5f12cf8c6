//! Sheets that were uploaded: they wait until somebody says yes, and are listed from then on.

use domain::access::Actor;
use intake::Problem;
use intake::requests::{FilledRow, MAX_BYTES, read};
use uuid::Uuid;

use super::compare::{Answers, Comparison};
use super::{Import, KIND, MAY, State, take_in};
use crate::Desk;
use crate::audit;
use crate::db::Page;
use crate::error::{Error, Result};
use crate::imports::File;
use crate::uploads::{self, New};

/// A sheet beside the records; there is nothing to compare once it was taken in.
#[derive(Debug, Clone)]
pub struct Look {
    /// The sheet.
    pub import: Import,
    /// What it would do, or what is wrong with it.
    pub comparison: Option<Comparison>,
}

/// Stores a filled sheet; a file that is none, or on which nothing is filled in, is not.
///
/// # Errors
/// Forbidden; the file is too large, cannot be read, is no sheet of requests, or nothing is filled in.
pub async fn upload(desk: &Desk, actor: &Actor, file: &File) -> Result<Uuid> {
    desk.authorise(actor, MAY)?;
    uploads::check_size(file, MAX_BYTES)?;
    match read_file(file.clone()).await? {
        Ok(rows) if rows.is_empty() => return Err(Error::field("file", "Nothing is filled in on this sheet")),
        Ok(_) => {}
        // What is wrong with single cells is shown, and can be marked.
        Err(problems) => uploads::check_readable(&problems)?,
    }
    let mut conn = desk.write().await?;
    let authority = audit::authority_of(&mut conn, actor).await?;
    let id = uploads::store(&mut conn, desk, actor, New::of(KIND, authority.as_deref(), file)).await?;
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
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    let file = uploads::file(&mut conn, &import).await?;
    drop(conn);
    read_file(file).await
}

/// One sheet.
///
/// # Errors
/// Forbidden; not found.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    uploads::look(desk, actor, KIND, id).await
}

/// One sheet, and what it would do now, with what was decided so far.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid, answers: &Answers) -> Result<Look> {
    let import = get(desk, actor, id).await?;
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
    desk.authorise(actor, MAY)?;
    let look = look(desk, actor, id, &Answers::new()).await?;
    uploads::marked(desk, actor, (KIND, id), look.comparison.unwrap_or_default().problems).await
}

/// The sheets that somebody uploaded under their grant, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, page: Page) -> Result<Vec<Import>> {
    uploads::list(desk, actor, KIND, page).await
}

/// Drops a sheet that is not to be taken in.
///
/// # Errors
/// Forbidden; not found; it was taken in already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    uploads::drop_upload(desk, actor, KIND, id).await.map(drop)
}
