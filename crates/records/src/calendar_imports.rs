//! Calendars from files: an authority's term dates, and the published bank holidays.
//!
//! A file waits until somebody says yes; what it changes is compared with the records anew at each look, and once more when
//! it is applied. It replaces what stood of its years, and keeps that for taking it back.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::import::ImportKind;
use domain::setting::LaCode;
use domain::term_date::Stretch;
use intake::Problem;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::histories::{About, Choice, choices};
use crate::imports::File;
use crate::taking_back::Built;
use crate::uploads::{self, Figures, New};
use crate::{bank_holidays, before, term_dates};

pub use uploads::Import;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = intake::term_dates::MAX_BYTES;

const MAY: Operation = Operation::EditAuthority;

/// What a file lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// Terms and breaks.
    Terms(Vec<Stretch>),
    /// Bank holidays, by date.
    BankHolidays(Vec<(NaiveDate, String)>),
}

/// What a file would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Of the terms.
    Terms(term_dates::Preview),
    /// Of the bank holidays.
    BankHolidays(bank_holidays::Preview),
}

impl Changes {
    /// Whether applying it would change anything.
    #[must_use]
    pub fn is_change(&self) -> bool {
        match self {
            Self::Terms(preview) => preview.is_change(),
            Self::BankHolidays(preview) => preview.is_change(),
        }
    }

    /// What is wrong with what the file lists, a sentence each.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        match self {
            Self::Terms(preview) => &preview.faults,
            Self::BankHolidays(_) => &[],
        }
    }

    /// All of it in a word: compared when it is applied.
    #[must_use]
    pub fn seen(&self) -> String {
        let mut hasher = DefaultHasher::new();
        match self {
            Self::Terms(preview) => {
                let added = preview.added.iter().map(|t| (&t.name, t.starts, t.ends));
                let removed = preview.removed.iter().map(|t| (&t.name, t.starts, t.ends));
                (added.collect::<Vec<_>>(), removed.collect::<Vec<_>>(), preview.unchanged).hash(&mut hasher);
            }
            Self::BankHolidays(preview) => {
                let days = |days: &[domain::calendar::HolidayDifference]| {
                    days.iter().map(|d| (d.on, d.name.clone())).collect::<Vec<_>>()
                };
                (days(&preview.added), days(&preview.removed), preview.published).hash(&mut hasher);
            }
        }
        format!("{:016x}", hasher.finish())
    }

    fn figures(&self) -> Figures {
        match self {
            Self::Terms(preview) => Figures {
                total: preview.added.len() + preview.unchanged,
                added: preview.added.len(),
                changed: preview.removed.len(),
                unchanged: preview.unchanged,
            },
            Self::BankHolidays(preview) => Figures {
                total: preview.published,
                added: preview.added.len(),
                changed: preview.removed.len(),
                unchanged: preview.published.saturating_sub(preview.added.len()),
            },
        }
    }
}

/// What came of applying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It is done.
    Done(Changes),
    /// The records have changed since they were looked at: nothing was done.
    Changed(Changes),
}

/// What a file is, by its content: the published bank holidays are JSON.
#[must_use]
pub fn kind_of(bytes: &[u8]) -> ImportKind {
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(*b));
    if first == Some(&b'{') { ImportKind::BankHolidays } else { ImportKind::Terms }
}

/// Reads a file of a kind; of term dates those of one academic year, if one is named.
async fn read(
    kind: ImportKind,
    file: &File,
    year: Option<AcademicYear>,
) -> Result<std::result::Result<Listed, Vec<Problem>>> {
    let bytes = Arc::clone(&file.bytes);
    // Beside the other requests: a workbook is read by a process of its own, which is waited for.
    let reading = move || match kind {
        ImportKind::BankHolidays => intake::bank_holidays::read(&bytes).map(Listed::BankHolidays),
        _ => {
            let mut list = intake::term_dates::read(&bytes)?;
            list.retain(|stretch| year.is_none_or(|year| year.contains(stretch.starts)));
            match (list.is_empty(), year) {
                (true, Some(year)) => Err(vec![Problem::of_file(format!("The file has no dates of {year}."))]),
                _ => Ok(Listed::Terms(list)),
            }
        }
    };
    tokio::task::spawn_blocking(reading).await.map_err(Error::unavailable)
}

async fn compare(conn: &mut Conn, authority: &LaCode, listed: &Listed) -> Result<Changes> {
    Ok(match listed {
        Listed::Terms(list) => Changes::Terms(term_dates::compare(conn, authority.as_str(), list).await?),
        Listed::BankHolidays(days) => {
            Changes::BankHolidays(bank_holidays::compare(conn, authority.as_str(), days).await?)
        }
    })
}

/// Stores a file; one with problems is stored too, as refused, so that its cells can be marked.
///
/// # Errors
/// Forbidden; the file is too large.
pub async fn upload(
    desk: &Desk,
    actor: &Actor,
    authority: Option<&LaCode>,
    kind: ImportKind,
    file: &File,
    year: Option<AcademicYear>,
) -> Result<Uuid> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, authority, MAY)?;
    uploads::check_size(file, MAX_BYTES)?;
    let (total, problems) = match read(kind, file, year).await? {
        Ok(Listed::Terms(list)) => (list.len(), Vec::new()),
        Ok(Listed::BankHolidays(days)) => (days.len(), Vec::new()),
        Err(problems) => (0, problems),
    };
    let mut conn = desk.write().await?;
    let new = New { total, problems: &problems, ..New::of(kind, Some(authority.as_str()), file) };
    let id = uploads::store(&mut conn, desk, actor, new).await?;
    if let Some(year) = year {
        let said = [Choice::new(About::Year, "", i64::from(year).to_string())];
        choices::store(&mut conn, authority.as_str(), id, &said).await?;
    }
    desk.commit(conn, id).await?;
    Ok(id)
}

/// What a file that is not stored would change; or every problem of it.
///
/// # Errors
/// Forbidden; the authority is not there; the file is too large.
pub async fn look_at_file(
    desk: &Desk,
    actor: &Actor,
    authority: &LaCode,
    kind: ImportKind,
    file: &File,
    year: Option<AcademicYear>,
) -> Result<std::result::Result<Changes, Vec<Problem>>> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, Some(authority), MAY)?;
    uploads::check_size(file, MAX_BYTES)?;
    let mut conn = desk.read().await?;
    fetch_one!(conn, (String,), "SELECT code FROM authority WHERE code = $1", authority.as_str())?;
    match read(kind, file, year).await? {
        Ok(listed) => Ok(Ok(compare(&mut conn, &authority, &listed).await?)),
        Err(problems) => Ok(Err(problems)),
    }
}

/// What a file that waits would change, as the records are now.
///
/// # Errors
/// Forbidden; not found; it was applied already, or has problems.
pub async fn understand(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Changes> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, id).await?;
    let listed = listed(&mut conn, &import).await?;
    compare(&mut conn, &import.authority()?, &listed).await
}

/// What the file of an import that waits lists.
async fn listed(conn: &mut Conn, import: &Import) -> Result<Listed> {
    import.check_waits()?;
    let file = uploads::file(conn, import).await?;
    let said = choices::of_import(conn, import.id).await?;
    let year = said.get(About::Year, "").and_then(|year| year.parse().ok());
    read(import.kind, &file, year).await?.map_err(|problems| uploads::unreadable(&problems))
}

/// Applies a file that waits. `as_seen` is what [`Changes::seen`] said when a person looked; where the records have changed
/// since, nothing is done.
///
/// # Errors
/// Forbidden; not found; it was applied already; it has faults, or changes nothing.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, as_seen: Option<&str>) -> Result<Applied> {
    desk.authorise(actor, MAY)?;
    // Reading may take a moment: nobody else's writing waits for that.
    let (import, listed) = {
        let mut conn = desk.read().await?;
        let import = find(&mut conn, actor, id).await?;
        let listed = listed(&mut conn, &import).await?;
        (import, listed)
    };
    let authority = &import.authority()?;
    let mut conn = desk.write().await?;
    execute!(conn, "UPDATE authority SET version = version WHERE code = $1", authority.as_str())?;
    // Whoever waited for the lock looks anew: the one before may have applied it.
    find(&mut conn, actor, id).await?.check_waits()?;
    let changes = compare(&mut conn, authority, &listed).await?;
    if let Some(fault) = changes.faults().first() {
        return Err(Error::refused(fault.trim_end_matches('.')));
    }
    if as_seen.is_some_and(|as_seen| as_seen != changes.seen()) {
        return Ok(Applied::Changed(changes));
    }
    if !changes.is_change() {
        return Err(Error::refused("Everything is as this file has it already: there is nothing to change"));
    }
    let at = (id, authority.as_str());
    match &changes {
        Changes::Terms(preview) => term_dates::replace(&mut conn, desk, actor, at, preview).await?,
        Changes::BankHolidays(preview) => bank_holidays::replace(&mut conn, desk, actor, at, preview).await?,
    }
    uploads::finish(&mut conn, desk, (import.kind, id), changes.figures()).await?;
    desk.commit(conn, id).await?;
    Ok(Applied::Done(changes))
}

/// One import of either kind within the actor's scope.
async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Import> {
    match uploads::find(conn, actor, ImportKind::Terms, id).await {
        Err(Error::NotFound) => uploads::find(conn, actor, ImportKind::BankHolidays, id).await,
        other => other,
    }
}

/// One import.
///
/// # Errors
/// Forbidden; not found.
pub async fn look(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Import> {
    desk.authorise(actor, MAY)?;
    find(&mut desk.read().await?, actor, id).await
}

/// Drops a file that is not to be applied.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn drop_upload(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.write().await?;
    let import = find(&mut conn, actor, id).await?;
    uploads::remove(&mut conn, &import).await?;
    desk.commit(conn, id).await
}

/// A refused table as a workbook with the cells marked that are to be mended, and a name for it.
///
/// # Errors
/// Forbidden; not found; nothing in particular is wrong with it, or it has no cells.
pub async fn marked(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(String, Vec<u8>)> {
    let import = look(desk, actor, id).await?;
    if !has_cells(&import) {
        return Err(Error::refused("There is no cell of this file to mark"));
    }
    uploads::marked(desk, actor, (import.kind, id), import.problems()).await
}

/// Whether a refused file has cells that can be marked: a table has, a calendar file and JSON have entries.
#[must_use]
pub fn has_cells(import: &Import) -> bool {
    import.problems().iter().any(|problem| problem.row.is_some() && problem.column.is_some())
        && import.kind == ImportKind::Terms
}

/// What was built on an import.
pub(crate) async fn built_on(conn: &mut Conn, id: Uuid) -> Result<Vec<Built>> {
    let kept = before::kept(conn, id).await?;
    let mut built = before::changed_since(conn, &kept).await?;
    let authority = fetch_scalar!(conn, String, "SELECT authority_code FROM import WHERE id = $1", id)?;
    built.extend(term_dates::in_the_way(conn, &authority, &kept).await?);
    Ok(built)
}

/// Puts back what an import replaced; gives back what the audit line says of it.
pub(crate) async fn remove(conn: &mut Conn, id: Uuid) -> Result<Value> {
    let kept = before::kept(conn, id).await?;
    before::restore(conn, id, &kept).await?;
    Ok(json!({ "state": "applied" }))
}
