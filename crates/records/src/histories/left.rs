//! What an import of older records did not take over, and why.

use domain::access::Actor;
use serde::Deserialize;
use uuid::Uuid;

use super::{MAY, look};
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
