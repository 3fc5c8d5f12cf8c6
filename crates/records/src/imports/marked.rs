//! A refused file with its cells marked.

use domain::access::{Actor, Operation};
use intake::Problem;
use uuid::Uuid;

use super::uploads::find;
use crate::Desk;
use crate::error::{Error, Result};

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
    let name = import.file_name;
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let marked_name = format!("{stem} marked.xlsx");
    let marked = tokio::task::spawn_blocking(move || intake::marked::workbook(&body, &name, &problems)).await;
    let marked = marked.map_err(Error::unavailable)?.map_err(|problem| Error::refused(sentence(&problem)))?;
    Ok((marked_name, marked))
}

/// A problem's sentences without the last full stop, which pages add.
fn sentence(problem: &Problem) -> String {
    problem.message.trim_end_matches('.').to_owned()
}
