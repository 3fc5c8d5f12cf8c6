//! Imports of school lists, links and rolls, as pages show them.

use chrono::{DateTime, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::import::ImportKind as Kind;
use domain::import::undo_until;
use domain::setting::LaCode;
use intake::Problem;
use uuid::Uuid;

use super::{Change, ChangeKind, FieldChange, Release, at_work, confined};
use crate::Desk;
use crate::db::{Conn, Page};
use crate::error::{Error, Result};

pub use domain::import::ImportState as State;

/// An import, as a page shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// The authority it is confined to; none for several.
    pub authority_code: Option<String>,
    /// The file's name.
    pub file_name: String,
    /// Who imported it; none for the command line.
    pub person: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Schools done.
    pub done: i64,
    /// Schools in all; 0 before it is known.
    pub total: i64,
    /// Schools added, or that would be.
    pub added: i64,
    /// Schools changed.
    pub changed: i64,
    /// Schools that the file does not have as open, those that were left so included: [`Self::marked_and_left`] tells them apart.
    pub closed: i64,
    /// Schools unchanged.
    pub unchanged: i64,
    problems: String,
    /// A school list, links, or rolls.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// The name of the links table that came with it, or was all that came.
    pub links_name: Option<String>,
    release: Option<String>,
    academic_year: Option<i64>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

impl Import {
    /// Whether only a links table was sent.
    #[must_use]
    pub fn is_links_alone(&self) -> bool {
        self.kind == Kind::Links
    }

    /// Of rolls, the year they are of.
    ///
    /// # Errors
    /// A number that is no year.
    pub fn academic_year(&self) -> Result<Option<AcademicYear>> {
        self.academic_year.map(AcademicYear::try_from).transpose().map_err(Error::unavailable)
    }

    /// Until when it may be taken back; none when it cannot be at all.
    #[must_use]
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        undo_until(self.state, self.finished_at)
    }

    /// What becomes of schools; none before it is known.
    #[must_use]
    pub fn release(&self) -> Option<Release> {
        self.release.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }

    /// Schools that were marked as closed or no longer in the list, or would be, and those that were left open.
    #[must_use]
    pub fn marked_and_left(&self) -> (i64, i64) {
        let left = self.release().map_or(0, |release| i64::try_from(release.left).unwrap_or(i64::MAX));
        ((self.closed - left).max(0), left)
    }

    /// What is wrong with the file.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        serde_json::from_str(&self.problems).unwrap_or_default()
    }
}

/// `import_sql!("AND …")`: the columns of [`Import`], within an authority or none ($1).
macro_rules! import_sql {
    ($tail:literal) => {
        concat!(
            "SELECT i.id, i.authority_code, i.file_name, p.name AS person, i.started_at, i.finished_at, i.state, i.done,
                i.total, i.added, i.changed, i.closed, i.unchanged, i.problems, i.kind, i.links_name, i.release, i.academic_year, i.undone_at
             FROM import i LEFT JOIN person p ON p.id = i.by_person
             WHERE i.kind IN ('schools', 'links', 'rolls', 'carry') AND ($1 IS NULL OR i.authority_code = $1) ",
            $tail
        )
    };
}

/// One import and how far it has come.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    desk.authorise(actor, Operation::SeeImports)?;
    let mut import = find(&mut desk.read().await?, actor, id).await?;
    if let Some((done, total)) = at_work::progress(id) {
        import.done = i64::try_from(done).unwrap_or_default();
        import.total = i64::try_from(total).unwrap_or_default();
    }
    Ok(import)
}

pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Import> {
    let authority = confined(actor, None)?;
    fetch_one!(conn, Import, import_sql!("AND i.id = $2"), authority.as_ref().map(LaCode::as_str), id)
}

/// A page of an import's changes of one kind, in the order of the file.
///
/// # Errors
/// Forbidden; not found.
pub async fn changes(desk: &Desk, actor: &Actor, id: Uuid, kind: ChangeKind, page: Page) -> Result<Vec<Change>> {
    desk.authorise(actor, Operation::SeeImports)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await?;
    let rows = fetch_all!(
        conn,
        (Uuid, i64, String, String),
        "SELECT setting_id, urn, name, fields FROM import_change WHERE import_id = $1 AND kind = $2
         ORDER BY number LIMIT $3 OFFSET $4",
        id,
        kind.as_str(),
        page.size,
        page.offset(),
    )?;
    let change = |(setting_id, urn, name, fields): (Uuid, i64, String, String)| {
        let fields: Vec<FieldChange> = serde_json::from_str(&fields).unwrap_or_default();
        Change { setting_id, urn, name, kind, fields }
    };
    Ok(rows.into_iter().map(change).collect())
}
