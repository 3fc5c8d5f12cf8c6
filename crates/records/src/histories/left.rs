//! What an import of older records did not take over, and why.

use std::collections::HashMap;

use domain::access::Actor;
use serde::Deserialize;
use uuid::Uuid;

use super::{Import, MAY, look};
use crate::Desk;
use crate::audit;
use crate::error::Result;

/// The rows of a file that were not taken over, besides those that were on record already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Left {
    /// Rows that nobody had answered for.
    #[serde(rename = "asked")]
    pub unanswered: i64,
    /// Rows that somebody wanted left out.
    pub left_out: i64,
}

/// What an import left, as its audit line has it; none before it was applied, and once that line is kept no more.
///
/// # Errors
/// Forbidden; not found.
pub async fn left(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<Left>> {
    desk.authorise(actor, MAY)?;
    look(desk, actor, id).await?;
    let mut conn = desk.read().await?;
    let lines = audit::of_record(&mut conn, "import", &id.to_string()).await?;
    // Taking it back has a line of its own, which does not say.
    Ok(lines.iter().find_map(|line| serde_json::from_str(&line.after).ok()))
}

/// What each of `imports` left, and what the imports of the same files before them did.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn left_by(desk: &Desk, actor: &Actor, imports: &[Import]) -> Result<HashMap<Uuid, Left>> {
    desk.authorise(actor, MAY)?;
    // Whoever has an import found it, and the one before it with it.
    let mut ids: Vec<String> = imports
        .iter()
        .flat_map(|import| [Some(import.id), import.same_id])
        .flatten()
        .map(|id| id.to_string())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut conn = desk.read().await?;
    let lines = fetch_in!(
        conn,
        (String, String),
        "SELECT record_id, after FROM audit WHERE record_kind = 'import' AND record_id IN ",
        ids,
        ""
    )?;
    let left = |(id, after): (String, String)| Some((id.parse().ok()?, serde_json::from_str(&after).ok()?));
    Ok(lines.into_iter().filter_map(left).collect())
}
