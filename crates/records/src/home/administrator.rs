//! What waits for an administrator: files, a school list to import, mails that failed, people who never came.

use chrono::{DateTime, Utc};
use domain::access::Actor;
use uuid::Uuid;

use super::files::{self, WaitingFile};
use crate::db::Conn;
use crate::error::Result;
use crate::failed_mails;
use crate::within::Within;

/// People who never signed in that a home page lists.
pub const MOST_NEVER_SIGNED_IN: usize = 20;

/// An administrator's home page.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// Files that wait to be taken over.
    pub files: Vec<WaitingFile>,
    /// Open schools in the list.
    pub schools: i64,
    /// The last import of a school list.
    pub last_import: Option<LastImport>,
    /// Mails that were given up.
    pub failed_mails: i64,
    /// People who may sign in and never have, the oldest first; at most [`MOST_NEVER_SIGNED_IN`].
    pub never_signed_in: Vec<NeverSignedIn>,
}

/// An import, in a line.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LastImport {
    /// The import.
    pub id: Uuid,
    /// The file's name.
    pub file_name: String,
    /// When it ended; none: not yet.
    pub finished_at: Option<DateTime<Utc>>,
    /// Schools added.
    pub added: i64,
    /// Schools changed.
    pub changed: i64,
}

/// Somebody who may sign in and never has.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NeverSignedIn {
    /// The person.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// When they were added.
    pub created_at: DateTime<Utc>,
}

pub(super) async fn of(conn: &mut Conn, actor: &Actor, within: &Within) -> Result<Administrator> {
    let authority = within.authority.as_deref();
    let schools = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM setting s WHERE ($1 IS NULL OR s.authority_code = $1) AND s.kind = 'school'
            AND s.status IN ('open', 'closing')",
        authority,
    )?;
    let last_import = fetch_optional!(
        conn,
        LastImport,
        "SELECT i.id, i.file_name, i.finished_at, i.added, i.changed FROM import i
         WHERE ($1 IS NULL OR i.authority_code = $1) AND i.kind = 'schools' AND i.state = 'applied'
         ORDER BY i.started_at DESC, i.id DESC LIMIT 1",
        authority,
    )?;
    let failed_mails = failed_mails::count(conn, within).await?;
    let never_signed_in = fetch_all!(
        conn,
        NeverSignedIn,
        "SELECT p.id, p.name, p.created_at FROM person p
         WHERE NOT EXISTS (SELECT 1 FROM sign_in i WHERE i.person_id = p.id)
            AND EXISTS (SELECT 1 FROM access_grant a LEFT JOIN setting s ON s.id = a.setting_id
                WHERE a.person_id = p.id AND a.revoked_at IS NULL
                    AND ($1 IS NULL OR a.authority_code = $1 OR s.authority_code = $1))
         ORDER BY p.created_at, p.name, p.id LIMIT $2",
        authority,
        MOST_NEVER_SIGNED_IN as i64,
    )?;
    let files = files::of(conn, actor).await?;
    Ok(Administrator { files, schools, last_import, failed_mails, never_signed_in })
}
