//! Census files through the site: a file waits, what it changes is shown, and it is taken over when somebody says so.
//!
//! What it changes is computed at each look from the file and the records as they are: an import that is interrupted goes
//! on where it was.

use std::collections::HashMap;

use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::import::{ImportKind as Kind, ImportState as State};
use domain::setting::LaCode;
use uuid::Uuid;

use super::{Report, RollList, Rolls, SchoolRoll, Unread, check, compare, lock, read_file, write};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::histories::Standing;
use crate::histories::seen::{differences, letters};
use crate::imports::{self, Change, ChangeKind, FieldChange, File, Problem, confined, fingerprint};
use crate::uploads::{self, New, check_size};

/// What a file that waits would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The year it is of.
    pub year: AcademicYear,
    /// What it would change.
    pub report: Report,
    /// Figures that it withholds.
    pub withheld: usize,
    /// Rows of totals, which are passed over.
    pub totals: usize,
    /// Schools whose year groups together are more than the headcount that the file gives them.
    pub above_headcount: Vec<SchoolRoll>,
    /// Columns that may be of a year group and are not read.
    pub unread: Vec<Unread>,
    /// What would become of each row of the file, in four letters, for [`apply`] to compare.
    pub seen: String,
}

/// What applying came to.
#[derive(Debug, Clone)]
pub enum Applied {
    /// The rolls were taken over.
    Done(Report),
    /// The records have changed since somebody looked, and nothing was done: the schools, by name, of which something else
    /// would be changed now.
    Changed(Vec<String>),
}

/// Stores a census file that was read without a problem, with the year it is of; [`preview`] says what it changes.
///
/// # Errors
/// Forbidden; the file is too large.
pub async fn upload(desk: &Desk, actor: &Actor, file: &File, year: AcademicYear) -> Result<Uuid> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let authority = confined(actor, None)?;
    check_size(file, intake::MAX_FILE_BYTES)?;
    let id = Uuid::now_v7();
    let mut conn = desk.write().await?;
    imports::drop_previews(&mut conn, desk).await?;
    insert(&mut conn, desk, actor, authority.as_ref(), id, year, file, true).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Keeps a census file that was refused, for a day, so that its cells can be marked; none where no cell is at fault.
///
/// # Errors
/// Forbidden; the file is too large.
pub async fn refuse(desk: &Desk, actor: &Actor, file: &File, problems: &[Problem]) -> Result<Option<Uuid>> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let authority = uploads::confined(actor, None, Operation::ImportSchools)?;
    check_size(file, intake::MAX_FILE_BYTES)?;
    if problems.iter().all(|problem| problem.row.is_none()) {
        return Ok(None);
    }
    let mut conn = desk.write().await?;
    imports::drop_previews(&mut conn, desk).await?;
    // Chosen once more as it is, it is kept once.
    execute!(
        conn,
        "DELETE FROM import WHERE kind = 'rolls' AND state = 'refused' AND authority_code = $1 AND file_sha256 = $2",
        authority.as_str(),
        fingerprint(&file.bytes),
    )?;
    let new = New { problems, ..New::of(Kind::Rolls, Some(authority.as_str()), file) };
    let id = uploads::store(&mut conn, desk, actor, new).await?;
    conn.commit().await?;
    Ok(Some(id))
}

/// Writes the row of an import that is not done; its bytes where it waits.
#[allow(clippy::too_many_arguments)] // Each is a column.
pub(super) async fn insert(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: Option<&LaCode>,
    id: Uuid,
    year: AcademicYear,
    file: &File,
    waits: bool,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO import (id, kind, authority_code, file_name, file_sha256, by_person, by_grant, started_at, state,
            done, total, added, changed, closed, unchanged, problems, body, academic_year)
         VALUES ($1, 'rolls', $2, $3, $4, $5, $6, $7, 'previewed', 0, 0, 0, 0, 0, 0, '[]', $8, $9)",
        id,
        authority.map(LaCode::as_str),
        &file.name,
        fingerprint(&file.bytes),
        actor.person,
        actor.grant,
        desk.now(),
        waits.then(|| &file.bytes[..]),
        i64::from(year),
    )?;
    Ok(())
}

/// What a file that waits would change.
///
/// # Errors
/// Forbidden; not found; it waits no more.
pub async fn preview(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Preview> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let (rolls, list) = waiting(desk, actor, id).await?.ok_or_else(done_already)?;
    let only = confined(actor, None)?;
    let mut conn = desk.read().await?;
    let report = compare(&mut conn, desk, only.as_ref(), &rolls).await?.0;
    let seen = rows_of(&rolls, &report).iter().map(letters_of).collect();
    let above_headcount = list.above_headcount().cloned().collect();
    let RollList { withheld, totals, unread, .. } = list;
    Ok(Preview { year: rolls.year, report, withheld, totals, above_headcount, unread, seen })
}

/// Takes over a file that waits. What it changes is compared anew; where that is not what was [seen](Preview::seen), nothing
/// is done.
///
/// # Errors
/// Forbidden; not found; it waits no more; a number of pupils that cannot be.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, as_seen: Option<&str>) -> Result<Applied> {
    desk.authorise(actor, Operation::ImportSchools)?;
    // A workbook may take seconds to read: nobody else's writing waits for that.
    let read = waiting(desk, actor, id).await?;
    let only = confined(actor, None)?;
    // That the same form was sent before, and did its work, is said first.
    let mut conn = desk.write().await?;
    let (rolls, _) = read.ok_or_else(done_already)?;
    check(desk, &rolls)?;
    lock(&mut conn, only.as_ref()).await?;
    if imports::find(&mut conn, actor, id).await?.state != State::Previewed {
        return Err(done_already());
    }
    let (mut report, needs) = compare(&mut conn, desk, only.as_ref(), &rolls).await?;
    if let Some(as_seen) = as_seen {
        let rows = rows_of(&rolls, &report);
        let named = |(row, _): (&(&SchoolRoll, Option<&super::Change>), Standing)| {
            row.1.map_or_else(|| row.0.known_by(), |change| change.name.clone())
        };
        let changed: Vec<String> = differences(as_seen, &rows, letters_of).map(named).collect();
        if !changed.is_empty() {
            return Ok(Applied::Changed(changed));
        }
    }
    write(&mut conn, desk, actor, only.as_ref(), id, &rolls, &report, &needs).await?;
    desk.commit(conn, id).await?;
    report.import = Some(id);
    Ok(Applied::Done(report))
}

/// The rows of a file, each with what it would change.
fn rows_of<'a>(rolls: &'a Rolls, report: &'a Report) -> Vec<(&'a SchoolRoll, Option<&'a super::Change>)> {
    let changes: HashMap<u32, &super::Change> = report.changes.iter().map(|change| (change.row, change)).collect();
    rolls.schools.iter().map(|school| (school, changes.get(&school.row).copied())).collect()
}

fn letters_of((_, change): &(&SchoolRoll, Option<&super::Change>)) -> String {
    let standing = if change.is_some() { Standing::Ready } else { Standing::AlreadyThere };
    letters(standing, change.map(|change| (change.setting_id, &change.by_year, change.ehc_plans, change.sen_support)))
}

fn done_already() -> Error {
    Error::refused("These rolls were taken over already, or the file was dropped. Upload it again")
}

/// A file that waits, read; none: it waits no more.
async fn waiting(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Option<(Rolls, RollList)>> {
    let mut conn = desk.read().await?;
    let import = imports::find(&mut conn, actor, id).await?;
    let year = import.academic_year()?.ok_or(Error::NotFound)?;
    let body = fetch_scalar!(conn, Option<Vec<u8>>, "SELECT body FROM import WHERE id = $1", id)?;
    drop(conn);
    let Some(body) = body.filter(|_| import.state == State::Previewed) else { return Ok(None) };
    let list = read_file(desk, actor, &File { name: import.file_name, bytes: body.into() }).await?;
    // It was read without a problem when it came.
    let list = list.map_err(|problems| {
        Error::refused(problems.first().map_or_else(String::new, |p| p.message.trim_end_matches('.').to_owned()))
    })?;
    Ok(Some((Rolls { year, schools: list.schools.clone() }, list)))
}

/// Marks an import as applied, and writes its list of what it changed.
pub(super) async fn finish(conn: &mut Conn, desk: &Desk, id: Uuid, report: &Report) -> Result<()> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    execute!(
        conn,
        "UPDATE import SET state = 'applied', finished_at = $1, done = $2, total = $3, changed = $2, unchanged = $4,
            body = NULL
         WHERE id = $5",
        desk.now(),
        count(report.changes.len()),
        count(report.changes.len() + report.unchanged),
        count(report.unchanged),
        id,
    )?;
    let changes: Vec<Change> = report.changes.iter().map(line).collect();
    imports::write_changes(conn, id, &changes).await
}

/// What changes of one school, as every import lists it.
fn line(change: &super::Change) -> Change {
    let text = |n: Option<i64>| n.map(|n| n.to_string());
    let field = |field: &str, before: Option<i64>, after: i64| FieldChange {
        field: field.to_owned(),
        before: text(before),
        after: text(Some(after)),
    };
    let years = change.by_year.iter().map(|(year, before, after)| field(&year.to_string(), *before, *after));
    let needs = [("ehc_plans", change.ehc_plans), ("sen_support", change.sen_support)];
    let needs = needs.into_iter().filter_map(|(name, pair)| pair.map(|(before, after)| field(name, before, after)));
    Change {
        setting_id: change.setting_id,
        urn: change.urn,
        name: change.name.clone(),
        kind: ChangeKind::Changed,
        fields: years.chain(needs).collect(),
    }
}
