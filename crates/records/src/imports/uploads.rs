//! Imports through the site: a file waits, is read into a preview, and is applied when somebody says so.
//!
//! The work is done in the process that took the upload, beside its requests. Were that process killed, nothing of the
//! file would be in the school list, and the import would be given up: see [`give_up_stale`].

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::import::undo_until;
use domain::setting::LaCode;
use intake::Problem;
use uuid::Uuid;

use super::{
    Change, ChangeKind, FieldChange, File, Job, Progress, Release, Report, Sent, confined, fingerprint, store,
};
use crate::Desk;
use crate::db::{Conn, Page};
use crate::error::{Error, Result};

use domain::import::ImportKind as Kind;

pub use domain::import::ImportState as State;

/// A preview that nobody applied is dropped after a day.
const PREVIEW_HOURS: i64 = 24;
/// Reading or applying takes seconds; after so many minutes it has stopped.
const STALE_MINUTES: i64 = 10;

/// How far this process's imports have come. It cannot stand in the database: on SQLite nobody can write while an
/// import's transaction is open. Where several servers share a database, only the one at work knows; the others show
/// the state alone.
static AT_WORK: LazyLock<Mutex<HashMap<Uuid, Progress>>> = LazyLock::new(Mutex::default);

const SCHOOLS: &str = Kind::Schools.as_str();
const LINKS: &str = Kind::Links.as_str();

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

/// Stores an uploaded file; [`preview`] reads it.
///
/// # Errors
/// Forbidden; the file is too large.
pub async fn upload(desk: &Desk, actor: &Actor, file: &File) -> Result<Uuid> {
    desk.authorise(actor, Operation::ImportSchools)?;
    upload_sent(desk, actor, &Sent::list(file.clone())).await
}

/// As [`upload`], of a school list, a links table, or both together.
///
/// # Errors
/// As [`upload`]; neither is there.
pub async fn upload_sent(desk: &Desk, actor: &Actor, sent: &Sent) -> Result<Uuid> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let authority = confined(actor, None)?;
    for (field, file) in [("file", &sent.list), ("links", &sent.links)] {
        if file.as_ref().is_some_and(|file| file.bytes.len() > intake::MAX_FILE_BYTES) {
            return Err(Error::field(field, format!("The file is larger than {} MB", intake::MAX_FILE_BYTES >> 20)));
        }
    }
    let Some(main) = sent.list.as_ref().or(sent.links.as_ref()) else {
        return Err(Error::field("file", "Choose the school list, or the links table"));
    };
    let id = Uuid::now_v7();
    let mut conn = desk.write().await?;
    drop_previews(&mut conn, desk).await?;
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body, links_name, links_body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, '[]', $10, $11, $12)",
        id,
        kind_of(sent),
        authority.as_ref().map(LaCode::as_str),
        &main.name,
        fingerprint(&main.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        State::Waiting.as_str(),
        sent.list.as_ref().map(|file| &file.bytes[..]),
        sent.links.as_ref().map(|file| file.name.as_str()),
        sent.links.as_ref().map(|file| &file.bytes[..]),
    )?;
    desk.commit(conn, id).await?;
    Ok(id)
}

const fn kind_of(sent: &Sent) -> &'static str {
    if sent.list.is_some() { SCHOOLS } else { LINKS }
}

/// Removes uploads of a day ago that were never applied: they changed nothing.
pub(crate) async fn drop_previews(conn: &mut Conn, desk: &Desk) -> Result<()> {
    let until = desk.now() - TimeDelta::hours(PREVIEW_HOURS);
    execute!(
        conn,
        "DELETE FROM import_change WHERE import_id IN (SELECT id FROM import WHERE kind IN ('schools', 'links', 'rolls')
            AND state NOT IN ('applied', 'applying', 'undone') AND started_at < $1)",
        until,
    )?;
    execute!(
        conn,
        "DELETE FROM import WHERE kind IN ('schools', 'links', 'rolls')
            AND state NOT IN ('applied', 'applying', 'undone') AND started_at < $1",
        until
    )?;
    Ok(())
}

/// Marks imports that stopped in the middle, as a killed process leaves them: nothing of theirs was stored.
///
/// # Errors
/// The database does not answer.
pub async fn give_up_stale(desk: &Desk) -> Result<()> {
    let at_work: Vec<Uuid> = watch().keys().copied().collect();
    let mut conn = desk.write().await?;
    let stopped = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM import WHERE kind IN ('schools', 'links') AND state IN ('waiting', 'reading', 'applying')
            AND started_at < $1",
        desk.now() - TimeDelta::minutes(STALE_MINUTES),
    )?;
    for (id,) in stopped.into_iter().filter(|(id,)| !at_work.contains(id)) {
        finish(&mut conn, desk, id, State::Failed).await?;
    }
    conn.commit().await
}

async fn finish(conn: &mut Conn, desk: &Desk, id: Uuid, state: State) -> Result<()> {
    execute!(
        conn,
        "UPDATE import SET state = $1, finished_at = $2, body = NULL, links_body = NULL WHERE id = $3",
        state.as_str(),
        desk.now(),
        id
    )?;
    Ok(())
}

/// Reads an uploaded file and lists what it would change; nothing else happens when it was read already.
///
/// # Errors
/// Forbidden; not found; the database does not answer.
pub async fn preview(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let Some(sent) = begin(desk, actor, id, State::Waiting, State::Reading).await? else { return Ok(()) };
    let work = Working::begin(id);
    let only = confined(actor, None)?;
    let job = Job { desk, actor, sent: &sent, only: only.as_ref(), id, progress: work.progress.clone() };
    let report = match job.look(false).await {
        Ok(report) => report,
        Err(error) => return give_up(desk, id, error).await,
    };
    let mut conn = desk.write().await?;
    store::write_changes(&mut conn, id, &report.changes).await?;
    write_figures(
        &mut conn,
        desk,
        id,
        &report,
        if report.problems.is_empty() { State::Previewed } else { State::Refused },
    )
    .await?;
    conn.commit().await
}

/// Applies a previewed import. The records may have changed since the preview: what is done is compared anew.
///
/// # Errors
/// Forbidden; not found; it was applied already, or was given up.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, close_missing: bool) -> Result<Report> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let Some(sent) = begin(desk, actor, id, State::Previewed, State::Applying).await? else {
        return Err(Error::refused("This list was imported already, or its preview was dropped. Upload it again"));
    };
    let work = Working::begin(id);
    let only = confined(actor, None)?;
    let job = Job { desk, actor, sent: &sent, only: only.as_ref(), id, progress: work.progress.clone() };
    match job.apply(close_missing, desk.now()).await {
        Ok(report) if report.problems.is_empty() => Ok(report),
        Ok(report) => {
            let mut conn = desk.write().await?;
            write_figures(&mut conn, desk, id, &report, State::Refused).await?;
            conn.commit().await?;
            Ok(report)
        }
        Err(error) => give_up(desk, id, error).await,
    }
}

/// Takes an import from one state to the next, and what was sent; none when it is in another state.
async fn begin(desk: &Desk, actor: &Actor, id: Uuid, from: State, to: State) -> Result<Option<Sent>> {
    find(&mut desk.read().await?, actor, id).await?;
    let mut conn = desk.write().await?;
    let sent = fetch_optional!(
        conn,
        (String, Option<Vec<u8>>, Option<String>, Option<Vec<u8>>),
        "UPDATE import SET state = $1, started_at = $2 WHERE id = $3 AND state = $4 AND kind IN ('schools', 'links')
         RETURNING file_name, body, links_name, links_body",
        to.as_str(),
        desk.now(),
        id,
        from.as_str(),
    )?;
    let Some((name, body, links_name, links_body)) = sent else { return Ok(None) };
    if body.is_none() && links_body.is_none() {
        return Ok(None);
    }
    // A preview's list is written anew when it is applied.
    conn.commit().await?;
    Ok(Some(Sent {
        list: body.map(|bytes| File { name, bytes: bytes.into() }),
        links: links_name.zip(links_body).map(|(name, bytes)| File { name, bytes: bytes.into() }),
    }))
}

async fn give_up<T>(desk: &Desk, id: Uuid, error: Error) -> Result<T> {
    let mut conn = desk.write().await?;
    finish(&mut conn, desk, id, State::Failed).await?;
    conn.commit().await?;
    Err(error)
}

/// Drops an upload that is not to be applied.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let mut conn = desk.write().await?;
    let import = find(&mut conn, actor, id).await?;
    if matches!(import.state, State::Applied | State::Applying | State::Undone) {
        return Err(Error::refused("This file was imported already"));
    }
    execute!(conn, "DELETE FROM import_change WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM import WHERE id = $1", id)?;
    desk.commit(conn, id).await
}

/// One import and how far it has come.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    desk.authorise(actor, Operation::SeeImports)?;
    let mut import = find(&mut desk.read().await?, actor, id).await?;
    if let Some(progress) = watch().get(&id) {
        let (done, total) = progress.now();
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

/// Writes an import that is done: over the upload it came from, or anew.
pub(super) async fn write_applied(
    conn: &mut Conn,
    job: &Job<'_>,
    report: &Report,
    authority: Option<&str>,
    started: DateTime<Utc>,
) -> Result<()> {
    execute!(conn, "DELETE FROM import_change WHERE import_id = $1", job.id)?;
    let Some(main) = job.sent.list.as_ref().or(job.sent.links.as_ref()) else {
        return Err(Error::unavailable("an import of nothing"));
    };
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, links_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'applying', 0, 0, 0, 0, 0, 0, '[]', $9)
         ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at",
        job.id,
        kind_of(job.sent),
        authority,
        &main.name,
        fingerprint(&main.bytes),
        job.actor.person,
        job.actor.grant,
        started,
        job.sent.links.as_ref().map(|file| file.name.as_str()),
    )?;
    write_figures(conn, job.desk, job.id, report, State::Applied).await
}

async fn write_figures(conn: &mut Conn, desk: &Desk, id: Uuid, report: &Report, state: State) -> Result<()> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let total = count(report.added + report.changed + report.unchanged);
    let finished = (state != State::Previewed).then(|| desk.now());
    execute!(
        conn,
        "UPDATE import SET state = $1, finished_at = $2, done = $3, total = $3, added = $4, changed = $5, closed = $6,
            unchanged = $7, problems = $8, body = CASE WHEN $1 IN ('previewed', 'refused') THEN body ELSE NULL END,
            links_body = CASE WHEN $1 = 'previewed' THEN links_body ELSE NULL END, release = $10
         WHERE id = $9",
        state.as_str(),
        finished,
        total,
        count(report.added),
        count(report.changed),
        count(report.closed),
        count(report.unchanged),
        serde_json::to_string(&report.problems).unwrap_or_default(),
        id,
        report.release.stored(),
    )?;
    Ok(())
}

/// An import this process works at, for as long as it does.
struct Working {
    id: Uuid,
    progress: Progress,
}

impl Working {
    fn begin(id: Uuid) -> Self {
        let progress = Progress::default();
        watch().insert(id, progress.clone());
        Self { id, progress }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        watch().remove(&self.id);
    }
}

fn watch() -> std::sync::MutexGuard<'static, HashMap<Uuid, Progress>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}
