//! Files that were uploaded and wait: for answers, for somebody's yes, or to be mended.

use chrono::{DateTime, Utc};
use domain::access::{Actor, permitted};
use domain::import::{ImportKind, ImportState};
use serde::de::IgnoredAny;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::uploads::finds;

/// Files that a home page lists.
pub const MOST_FILES: usize = 20;

/// A file that waits.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitingFile {
    /// Its import.
    pub id: Uuid,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: ImportKind,
    /// Its name.
    pub file_name: String,
    /// Who uploaded it; none for the command line.
    pub person: Option<String>,
    /// When it was uploaded.
    pub started_at: DateTime<Utc>,
    /// To be checked, or refused.
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    problems: String,
}

impl WaitingFile {
    /// How many problems keep it from being taken over; none where only looking into the file would tell.
    #[must_use]
    pub fn problems(&self) -> Option<usize> {
        let listed: Vec<IgnoredAny> = serde_json::from_str(&self.problems).unwrap_or_default();
        (!listed.is_empty()).then_some(listed.len())
    }
}

/// The files that wait and that the actor may go on with, the latest first; at most [`MOST_FILES`]. No file is read.
pub(super) async fn of(conn: &mut Conn, actor: &Actor) -> Result<Vec<WaitingFile>> {
    let (authority, grant) = finds(actor);
    // A sheet of requests is found by whoever uploaded it, as on its own page.
    let mut files = fetch_all!(
        conn,
        WaitingFile,
        "SELECT i.id, i.kind, i.file_name, p.name AS person, i.started_at, i.state, i.problems
         FROM import i LEFT JOIN person p ON p.id = i.by_person
         WHERE i.state IN ('previewed', 'refused') AND ($1 IS NULL OR i.authority_code = $1)
            AND ($2 IS NULL OR i.by_grant = $2) AND (i.kind <> 'requests' OR i.by_grant = $3)
         ORDER BY i.started_at DESC, i.id DESC",
        authority,
        grant,
        actor.grant,
    )?;
    files.retain(|file| permitted(actor.role, file.kind.operation()));
    files.truncate(MOST_FILES);
    Ok(files)
}
