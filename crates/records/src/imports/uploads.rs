//! Imports through the site: a file waits, is read into a preview, and is applied when somebody says so.
//!
//! The work is done in the process that took the upload, beside its requests. Were that process killed, nothing of the
//! file would be in the school list, and the import would be given up: see [`give_up_stale`].

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Operation};
use domain::import::ImportKind as Kind;
use domain::setting::LaCode;
use uuid::Uuid;

use super::at_work::{self, Working};
use super::import::{State, find};
use super::{File, Job, Problem, Report, Sent, confined, fingerprint, store};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};

/// A preview that nobody applied is dropped after a day.
const PREVIEW_HOURS: i64 = 24;
/// Reading or applying takes seconds; after so many minutes it has stopped.
const STALE_MINUTES: i64 = 10;

/// What a preview says that was made anew.
const DIFFERS: &str =
    "The records have changed since this was shown first, and nothing was imported. Below is what would change now.";

const SCHOOLS: &str = Kind::Schools.as_str();
const LINKS: &str = Kind::Links.as_str();

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
    let at_work = at_work::all();
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

/// Applies a previewed import. The records may have changed since the preview: where something else would be done by now,
/// nothing is, and the preview shows that instead ([`Report::differs`]).
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
    let done = match job.apply(close_missing, desk.now()).await {
        Ok(report) if report.differs => job.look(false).await.map(|report| Report { differs: true, ..report }),
        done => done,
    };
    match done {
        Ok(report) if report.differs && report.problems.is_empty() => {
            let mut conn = desk.write().await?;
            execute!(conn, "DELETE FROM import_change WHERE import_id = $1", id)?;
            store::write_changes(&mut conn, id, &report.changes).await?;
            let told = Report { problems: vec![Problem::of_file(DIFFERS)], ..report };
            write_figures(&mut conn, desk, id, &told, State::Previewed).await?;
            conn.commit().await?;
            Ok(told)
        }
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
            links_body = CASE WHEN $1 IN ('previewed', 'refused') THEN links_body ELSE NULL END, release = $10
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
