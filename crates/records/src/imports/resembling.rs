//! What a refused file looks like: somebody may have chosen it in the wrong place.

use domain::access::{Actor, Operation};
use domain::import::{ImportKind, ImportState};
use uuid::Uuid;

use super::File;
use crate::error::{Error, Result};
use crate::{Desk, taking_back};

/// The kind that a file plainly is, beside the other tasks since it takes a moment; none where it says nothing plainly.
///
/// # Errors
/// The task stops.
pub async fn resembles(file: &File) -> Result<Option<ImportKind>> {
    let bytes = std::sync::Arc::clone(&file.bytes);
    tokio::task::spawn_blocking(move || intake::resembles(&bytes)).await.map_err(Error::unavailable)
}

/// The other kind that a refused file plainly is, as long as it is kept.
///
/// # Errors
/// Forbidden; not found.
pub async fn refused_resembles(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<ImportKind>> {
    desk.authorise(actor, Operation::TakeBackImport)?;
    let import = taking_back::look(desk, actor, id).await?;
    if import.state != ImportState::Refused {
        return Ok(None);
    }
    let body = "SELECT body FROM import WHERE id = $1";
    let body = fetch_scalar!(&mut desk.read().await?, Option<Vec<u8>>, body, id)?;
    let Some(body) = body else { return Ok(None) };
    let found = resembles(&File { name: import.file_name, bytes: body.into() }).await?;
    Ok(found.filter(|kind| *kind != import.kind))
}
