//! A refused file with its cells marked.

use domain::access::{Actor, Operation};
use uuid::Uuid;

use super::File;
use super::import::find;
use crate::Desk;
use crate::error::{Error, Result};
use crate::uploads;

/// A refused file as a workbook with the cells marked that are to be mended, and a name for it. The file is kept as long
/// as a preview is.
///
/// # Errors
/// Forbidden; not found; nothing in particular is wrong with it; it is no longer kept, or too large to be marked.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, id).await?;
    let problems = import.problems();
    // With two files a row may be that of either.
    if import.links_name.is_some() || problems.iter().all(|problem| problem.row.is_none()) {
        return Err(Error::refused("There is no cell of this file to mark"));
    }
    let body = fetch_scalar!(conn, Option<Vec<u8>>, "SELECT body FROM import WHERE id = $1", id)?;
    drop(conn);
    let Some(body) = body else {
        return Err(Error::refused("The file is no longer kept. Upload it again to have its cells marked"));
    };
    uploads::mark(File { name: import.file_name, bytes: body.into() }, problems).await
}
