//! Imports of every kind, as one list shows them, and taking one back as long as nothing was built on it.
//!
//! What is the same for all kinds stands here: who may, the lock, the import's state and age, the refusal, the audit line.
//! A kind adds two functions and its arms in `built_on` and `remove`: what was built on it, each with its place, and putting
//! the records back as they were. The rule is `domain::import`.

mod in_the_way;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::import::{CannotTakeBack, may_take_back, undo_until};
use domain::setting::LaCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::imports::{File, confined, fingerprint};
use crate::{
    Desk, attendance, calendar_imports, census, contacts, feedback, histories, imports, lineage, request_sheets,
    uploads,
};

pub use in_the_way::{At, Built, in_the_way, refusal};
pub(crate) use in_the_way::{Hold, check_nothing, later};

pub use domain::import::{ImportKind as Kind, ImportState as State, UNDO_DAYS};

/// An import of any kind.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// What was imported.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// Whose records; none for several authorities'.
    pub authority_code: Option<String>,
    /// The file's name.
    pub file_name: String,
    /// The name of a links table that came with it.
    pub links_name: Option<String>,
    /// Who imported it; none for the command line.
    pub person: Option<String>,
    /// The grant they did it under; none for the command line.
    pub by_grant: Option<Uuid>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Records added.
    pub added: i64,
    /// Records changed.
    pub changed: i64,
    /// Schools closed: of a list that was applied, those that were marked so, without those that were left open.
    pub closed: i64,
    /// Records that were as the file has them.
    pub unchanged: i64,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// Who took it back; none for the command line.
    pub undone_by: Option<String>,
}

impl Import {
    /// Whether its own page is open to an actor who finds it: a sheet of requests is read by nobody but whoever uploaded
    /// it.
    #[must_use]
    pub fn is_shown_to(&self, actor: &Actor) -> bool {
        self.kind != Kind::Requests || self.by_grant == actor.grant
    }

    /// Until when it may be taken back; none when it cannot be at all.
    #[must_use]
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        undo_until(self.state, self.finished_at)
    }
}

/// `import_sql!("AND …")`: imports of every kind, within an authority or none ($1).
macro_rules! import_sql {
    ($tail:literal) => {
        concat!(
            "SELECT i.id, i.kind, i.authority_code, i.file_name, i.links_name, p.name AS person, i.by_grant,
                i.started_at, i.finished_at, i.state, i.added, i.changed,
                CASE WHEN i.kind = 'schools' AND i.closed > 0 AND i.state IN ('applied', 'undone')
                    THEN (SELECT COUNT(*) FROM import_change c WHERE c.import_id = i.id AND c.kind = 'closed')
                    ELSE i.closed END AS closed,
                i.unchanged, i.undone_at, u.name AS undone_by
             FROM import i LEFT JOIN person p ON p.id = i.by_person LEFT JOIN person u ON u.id = i.undone_by
             WHERE ($1 IS NULL OR i.authority_code = $1) ",
            $tail
        )
    };
}

/// A page of the imports of an authority, of every kind, newest first, and how many there are. Sheets of requests are
/// among them once they were taken in: one that waits is a school's draft, and is listed to whoever uploaded it, by
/// [`request_sheets::list`].
///
/// # Errors
/// Forbidden; not found for another's authority.
pub async fn list(desk: &Desk, actor: &Actor, authority: Option<&LaCode>, page: Page) -> Result<(Vec<Import>, i64)> {
    desk.authorise(actor, Operation::SeeImports)?;
    let authority = confined(actor, authority)?;
    let code = authority.as_ref().map(LaCode::as_str);
    let mut conn = desk.read().await?;
    let imports = fetch_all!(
        conn,
        Import,
        import_sql!(
            "AND (i.kind <> 'requests' OR i.finished_at IS NOT NULL) ORDER BY i.started_at DESC, i.id DESC LIMIT $2 OFFSET $3"
        ),
        code,
        page.size,
        page.offset()
    )?;
    let count = "SELECT COUNT(*) FROM import
        WHERE (kind <> 'requests' OR finished_at IS NOT NULL) AND ($1 IS NULL OR authority_code = $1)";
    Ok((imports, fetch_scalar!(conn, i64, count, code)?))
}

/// One import.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    desk.authorise(actor, Operation::TakeBackImport)?;
    let import = find(&mut desk.read().await?, actor, id).await?;
    desk.authorise(actor, import.kind.operation())?;
    Ok(import)
}

async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Import> {
    // A school or provider finds what was taken in under its own grant.
    let (authority, grant) = uploads::finds(actor);
    fetch_one!(conn, Import, import_sql!("AND i.id = $2 AND ($3 IS NULL OR i.by_grant = $3)"), authority, id, grant)
}

/// The import by which the same file as this one's was applied last, and not taken back.
///
/// # Errors
/// Forbidden; not found.
pub async fn same_file(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<Import>> {
    desk.authorise(actor, Operation::SeeImports)?;
    let authority = confined(actor, None)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await?;
    fetch_optional!(
        conn,
        Import,
        import_sql!(
            "AND i.state = 'applied' AND i.id <> $2 AND EXISTS (SELECT 1 FROM import o WHERE o.id = $2
                AND o.file_sha256 = i.file_sha256 AND o.kind = i.kind
                AND (o.authority_code = i.authority_code OR i.authority_code IS NULL)
                AND i.finished_at <= COALESCE(o.finished_at, i.finished_at))
             ORDER BY i.finished_at DESC, i.id DESC LIMIT 1"
        ),
        authority.as_ref().map(LaCode::as_str),
        id,
    )
}

/// The import by which a file was applied last, and not taken back; of any authority where none is named.
///
/// # Errors
/// Forbidden; not found for another's authority.
pub async fn imported_before(
    desk: &Desk,
    actor: &Actor,
    kind: Kind,
    authority: Option<&LaCode>,
    file: &File,
) -> Result<Option<Import>> {
    desk.authorise(actor, Operation::SeeImports)?;
    let authority = confined(actor, authority)?;
    let mut conn = desk.read().await?;
    fetch_optional!(
        conn,
        Import,
        import_sql!(
            "AND i.state = 'applied' AND i.kind = $2 AND i.file_sha256 = $3
             ORDER BY i.finished_at DESC, i.id DESC LIMIT 1"
        ),
        authority.as_ref().map(LaCode::as_str),
        kind.as_str(),
        fingerprint(&file.bytes),
    )
}

/// Takes back everything that an import did: the records are as they were before it.
///
/// # Errors
/// Forbidden; not found; it was not applied, or more than [`UNDO_DAYS`] ago; something was built on it since, which is
/// named.
pub async fn undo(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::TakeBackImport)?;
    let mut conn = desk.write().await?;
    let found = find(&mut conn, actor, id).await?;
    desk.authorise(actor, found.kind.operation())?;
    // Imports of one authority wait for each other, as does taking one back.
    execute!(conn, "UPDATE authority SET version = version WHERE ($1 IS NULL OR code = $1)", &found.authority_code)?;
    let import = find(&mut conn, actor, id).await?;
    may_take_back(import.state, import.finished_at, desk.now())?;
    check_nothing(&built_on(&mut conn, &import, Hold::Yes).await?)?;
    let removed = remove(&mut conn, desk, &import).await;
    // A row that refers to what goes, or one that stands where another is put back.
    let is_held = |error: &Error| error.is_foreign_key_violation() || error.is_unique_violation();
    let before = removed.map_err(|error| if is_held(&error) { CannotTakeBack::ReferredTo.into() } else { error })?;
    execute!(
        conn,
        "UPDATE import SET state = 'undone', undone_at = $1, undone_by = $2 WHERE id = $3",
        desk.now(),
        actor.person,
        id
    )?;
    let change = Change {
        operation: import.kind.operation(),
        authority: import.authority_code.as_deref(),
        record_kind: "import",
        record_id: id.to_string(),
        before,
        after: json!({ "state": State::Undone.as_str() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await
}

/// What was built on an import.
async fn built_on(conn: &mut Conn, import: &Import, hold: Hold) -> Result<Vec<Built>> {
    match import.kind {
        Kind::History => histories::built_on(conn, import.id, hold).await,
        Kind::Requests => request_sheets::built_on(conn, import.id, hold).await,
        Kind::Contacts => contacts::built_on(conn, import.id, hold).await,
        Kind::Terms | Kind::BankHolidays => calendar_imports::built_on(conn, import.id).await,
        Kind::Schools | Kind::Links => imports::built_on(conn, import, hold).await,
        Kind::Rolls => census::built_on(conn, import, hold).await,
        Kind::Attendance => attendance::built_on(conn, import, hold).await,
        Kind::Feedback => feedback::built_on(conn, import.id).await,
        Kind::Carry => lineage::built_on(conn, import, hold).await,
    }
}

/// Puts the records back as they were; gives back what the audit line says of it.
async fn remove(conn: &mut Conn, desk: &Desk, import: &Import) -> Result<Value> {
    match import.kind {
        Kind::History => histories::remove(conn, import.id).await,
        Kind::Requests => request_sheets::remove(conn, desk, import.id).await,
        Kind::Contacts => contacts::remove(conn, import.id).await,
        Kind::Terms | Kind::BankHolidays => calendar_imports::remove(conn, import.id).await,
        Kind::Schools | Kind::Links => imports::remove(conn, desk, import).await,
        Kind::Rolls => census::remove(conn, import).await,
        Kind::Attendance => attendance::remove(conn, import).await,
        Kind::Feedback => feedback::remove(conn, import.id).await,
        Kind::Carry => lineage::remove(conn, import).await,
    }
}
