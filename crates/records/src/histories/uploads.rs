//! Files of older records that were uploaded: they wait until somebody says yes, and are listed from then on.

use domain::access::Actor;
use domain::setting::LaCode;
use uuid::Uuid;

use super::understand::Reading;
use super::{Choices, Import, KIND, MAY, again, choices, kept};
use crate::Desk;
use crate::db::Page;
use crate::error::Result;
use crate::imports::{File, fingerprint};
use crate::uploads::{self, New};

/// Stores a file of older records; a file that cannot be read, or has no table, is not. What was said of the same file
/// when it was taken over is said of it again.
///
/// # Errors
/// Forbidden; the file is too large, cannot be read or has no table: each with what to do.
pub async fn upload(desk: &Desk, actor: &Actor, authority: Option<&LaCode>, file: &File) -> Result<Uuid> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, authority, MAY)?;
    let mut conn = desk.read().await?;
    let before = again::of_file(&mut conn, &authority, &fingerprint(&file.bytes)).await?;
    let said = before.iter().cloned().collect::<Choices>();
    let said = Reading::said(&mut conn, &authority, &said).await?;
    drop(conn);
    let reading = Reading::read(file, said).await?;
    let total = reading.history.visits.len();
    let mut conn = desk.write().await?;
    let new = New { total, ..New::of(KIND, Some(authority.as_str()), file) };
    let id = uploads::store(&mut conn, desk, actor, new).await?;
    choices::store(&mut conn, authority.as_str(), id, &before).await?;
    desk.commit(conn, id).await?;
    // Whoever uploads a file looks at it next.
    reading.keep(&fingerprint(&file.bytes));
    Ok(id)
}

/// Drops a file that is not to be applied.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    let import = uploads::drop_upload(desk, actor, KIND, id).await?;
    kept::forget(&import.file_sha256);
    Ok(())
}

/// One import.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    uploads::look(desk, actor, KIND, id).await
}

/// An authority's imports of older records, newest first.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, page: Page) -> Result<Vec<Import>> {
    uploads::list(desk, actor, KIND, page).await
}
