//! Imports of the school list: a dry run or a preview first, then everything or nothing.
//!
//! A file is compared with the records school by school, by URN. Schools of the file's authorities that it no longer
//! has are listed, and marked only when that is confirmed. Applying is one transaction: settings, their snapshot of
//! the current academic year, the import with its list of changes, and one audit line.

mod at_work;
mod compare;
mod import;
mod marked;
mod place;
mod plan;
mod release;
mod resembling;
mod store;
mod undo;
mod uploads;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Operation, Scope};
use domain::setting::LaCode;
use intake::matching::Links;
use intake::school_list;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change as AuditChange};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::lineage;
use crate::schools;
use plan::{Closing, Read};
use undo::Before;

pub use crate::lineage::LinkFigures;
pub use compare::FieldChange;
pub(crate) use import::find;
pub use import::{Import, State, changes, look};
pub use intake::{MAX_FILE_BYTES, Problem, went_out};
pub use marked::{Part, marked, problems_of};
pub use release::{Item, Release, Successor};
pub use resembling::{refused_resembles, resembles};
pub(crate) use store::write_changes;
#[cfg(feature = "testing")]
pub(crate) use undo::REFERENCES;
pub(crate) use undo::{built_on, remove};
pub(crate) use uploads::drop_previews;
pub use uploads::{apply, drop_upload, give_up_stale, preview, upload, upload_sent};

/// A school list as somebody chose it.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, for people.
    pub name: String,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

/// What is imported together: a school list, the links table of its release, or both. One at least is there.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// The school list.
    pub list: Option<File>,
    /// The links table.
    pub links: Option<File>,
}

impl Sent {
    /// A school list by itself.
    #[must_use]
    pub const fn list(file: File) -> Self {
        Self { list: Some(file), links: None }
    }
}

/// What to do with a list that has no problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only tell what would change.
    DryRun {
        /// As for [`Mode::Apply`].
        close_missing: bool,
    },
    /// Change it.
    Apply {
        /// Whether schools that vanished are marked "no longer in the list".
        close_missing: bool,
    },
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Schools that were not known.
    pub added: usize,
    /// Schools of which something changed.
    pub changed: usize,
    /// Schools that the file, though it has their authority, does not have as open: those that were marked so, and those
    /// that were left open ([`Release::left`]).
    pub closed: usize,
    /// Whether those were marked so, every one.
    pub marked: bool,
    /// Schools that are as they were.
    pub unchanged: usize,
    /// What is wrong with the file; then nothing was done, and the figures are 0.
    pub problems: Vec<Problem>,
    /// Every school added, changed or closed.
    pub changes: Vec<Change>,
    /// What becomes of schools: new, closed, reopened, renamed, converted, merged, split.
    pub release: Release,
    /// The authorities of the list that the records do not have: with them it adds tenants.
    pub new_authorities: Vec<LaCode>,
    /// The import, once it is applied.
    pub import: Option<Uuid>,
    /// Whether the records changed since the preview, so that something else would be done than was shown: then nothing
    /// was, and the preview is a new one.
    pub differs: bool,
    /// URNs of the closed that were, or would be, left as they are until somebody confirms that they closed.
    unmarked: HashSet<i64>,
}

/// What an import does to one school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The setting.
    pub setting_id: Uuid,
    /// Its URN.
    pub urn: i64,
    /// Its name, as the file has it.
    pub name: String,
    /// Added, changed or closed.
    pub kind: ChangeKind,
    /// Of a changed or closed school, what changed.
    pub fields: Vec<FieldChange>,
}

/// What became of a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not known.
    Added,
    /// Something changed.
    Changed,
    /// The file no longer has it as open.
    Closed,
}

impl ChangeKind {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Closed => "closed",
        }
    }
}

impl TryFrom<String> for ChangeKind {
    type Error = Error;
    fn try_from(word: String) -> Result<Self> {
        [Self::Added, Self::Changed, Self::Closed]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| Error::unavailable(format!("“{word}” is no kind of change")))
    }
}

/// How far an import has come. Shared between the work and those who watch it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<(AtomicUsize, AtomicUsize)>);

impl Progress {
    fn begin(&self, total: usize) {
        self.0.0.store(0, Ordering::Relaxed);
        self.0.1.store(total, Ordering::Relaxed);
    }

    fn advance(&self, by: usize) {
        self.0.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Schools done, and schools in all; 0 of 0 before it is known.
    #[must_use]
    pub fn now(&self) -> (usize, usize) {
        (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed))
    }
}

/// Imports a school list; of another authority than `only` nothing is read.
///
/// # Errors
/// Forbidden; the database does not answer. What is wrong with the file stands in the report.
pub async fn run(desk: &Desk, actor: &Actor, file: &File, only: Option<&LaCode>, mode: Mode) -> Result<Report> {
    desk.authorise(actor, Operation::ImportSchools)?;
    run_sent(desk, actor, &Sent::list(file.clone()), only, mode).await
}

/// Imports what was sent together; of another authority than `only` nothing is read, and no link is kept.
///
/// A school that the list no longer has and that by the links another open one follows has closed, whether or not schools
/// that vanished are marked.
///
/// # Errors
/// As [`run`].
pub async fn run_sent(desk: &Desk, actor: &Actor, sent: &Sent, only: Option<&LaCode>, mode: Mode) -> Result<Report> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let only = confined(actor, only)?;
    let job = Job { desk, actor, sent, only: only.as_ref(), id: Uuid::now_v7(), progress: Progress::default() };
    match mode {
        Mode::DryRun { close_missing } => job.look(close_missing).await,
        Mode::Apply { close_missing } => job.apply(close_missing, desk.now()).await,
    }
}

/// The one authority that is imported: an actor of one authority never reads another's schools.
pub(crate) fn confined(actor: &Actor, only: Option<&LaCode>) -> Result<Option<LaCode>> {
    match (&actor.scope, only) {
        (Scope::Everything, only) => Ok(only.cloned()),
        (Scope::Authority(own), None) => Ok(Some(own.clone())),
        (Scope::Authority(own), Some(only)) if own == only => Ok(Some(own.clone())),
        (Scope::Authority(_), Some(_)) => Err(Error::NotFound),
        _ => Err(Error::Forbidden(Operation::ImportSchools)),
    }
}

/// One import at work.
struct Job<'a> {
    desk: &'a Desk,
    actor: &'a Actor,
    sent: &'a Sent,
    only: Option<&'a LaCode>,
    /// The import's key.
    id: Uuid,
    progress: Progress,
}

impl Job<'_> {
    /// Reads the files beside the other tasks, since it takes a moment.
    async fn read_files(&self) -> Result<std::result::Result<Read, Vec<Problem>>> {
        let (sent, only) = (self.sent.clone(), self.only.cloned());
        let both = sent.list.is_some();
        let read = move || {
            let list = sent.list.map(|file| school_list::read(&file.bytes, &file.name, only.as_ref())).transpose();
            let links = sent.links.map(|file| {
                let read = Links::read(&file.bytes, &file.name);
                read.map_err(|problems| if both { marked::of_links(problems) } else { problems })
            });
            match (list, links.transpose()) {
                (Ok(list), Ok(links)) => Ok(Read { list, links }),
                // What is wrong with either is told at once.
                (list, links) => Err([list.err(), links.err()].into_iter().flatten().flatten().collect()),
            }
        };
        tokio::task::spawn_blocking(read).await.map_err(Error::unavailable)
    }

    /// What applying would do; nothing is written.
    async fn look(&self, close_missing: bool) -> Result<Report> {
        let read = match self.read_files().await? {
            Ok(read) => read,
            Err(problems) => return Ok(Report { problems, ..Report::default() }),
        };
        let mut conn = self.desk.read().await?;
        let authorities = self.authorities(&mut conn, &read).await?;
        let new_authorities = store::unknown_authorities(&mut conn, &authorities).await?;
        Ok(match self.plan(&mut conn, read, &authorities).await? {
            Ok(plan) => Report { new_authorities, ..plan.into_report(close_missing) },
            Err(problems) => Report { problems, ..Report::default() },
        })
    }

    /// Applies the file. A school that somebody edits in the same moment makes it begin again.
    async fn apply(&self, close_missing: bool, started: DateTime<Utc>) -> Result<Report> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.apply_once(close_missing, started).await {
                Err(Error::Conflict(Conflict::Stale)) if tries < 5 => {}
                Err(error) if error.is_unique_violation() && tries < 5 => {}
                other => return other,
            }
        }
    }

    async fn apply_once(&self, close_missing: bool, started: DateTime<Utc>) -> Result<Report> {
        let read = match self.read_files().await? {
            Ok(read) => read,
            Err(problems) => return Ok(Report { problems, ..Report::default() }),
        };
        let now = self.desk.now();
        let mut conn = self.desk.write().await?;
        let codes = self.authorities(&mut conn, &read).await?;
        let named: Vec<(LaCode, Option<String>)> = match &read.list {
            Some(list) => list.authorities.iter().map(|(code, name)| (code.clone(), name.clone())).collect(),
            None => {
                let known = codes.iter().map(|code| Ok((code.parse().map_err(Error::unavailable)?, None)));
                known.collect::<Result<_>>()?
            }
        };
        let authorities = undo::authorities(&mut conn, &codes).await?;
        let new_authorities = store::unknown_authorities(&mut conn, &codes).await?;
        store::lock_authorities(&mut conn, &named, now).await?;
        let mut plan = match self.plan(&mut conn, read, &codes).await? {
            Ok(plan) => plan,
            // The transaction is dropped, and with it any authority that was added.
            Err(problems) => return Ok(Report { problems, ..Report::default() }),
        };
        let year = AcademicYear::containing(self.desk.today());
        let before = Before::read(&mut conn, &plan, &codes, year, authorities, self.has_links()).await?;
        let marks = |closing: &Closing| close_missing || closing.is_certain();
        for closing in plan.closed.iter_mut().filter(|c| marks(c)) {
            closing.school.status = closing.status;
        }
        let closed = plan.closed.iter().filter(|c| marks(c)).map(|closing| &closing.school);
        let writing = plan.added.iter().chain(plan.changed.iter().map(|(school, _)| school)).chain(closed);
        store::write_schools(&mut conn, writing, now, &self.progress).await?;
        schools::snapshot(&mut conn, year, schools::Of::Authorities(&codes)).await?;
        lineage::write_links(&mut conn, &plan.linked.before, &plan.linked.after).await?;
        lineage::rebuild(&mut conn, &codes).await?;
        let report = Report { new_authorities, import: Some(self.id), ..plan.into_report(close_missing) };
        if store::previewed(&mut conn, self.id).await?.is_some_and(|seen| !seen.shows(&report)) {
            // Dropped, and with it whatever was written.
            return Ok(Report { differs: true, ..Report::default() });
        }
        self.record(&mut conn, &report, &codes, started).await?;
        before.keep(&mut conn, self.id).await?;
        self.desk.commit(conn, self.id).await?;
        Ok(report)
    }

    /// Writes the import itself, its list of changes and its audit line.
    async fn record(
        &self,
        conn: &mut Conn,
        report: &Report,
        authorities: &[String],
        started: DateTime<Utc>,
    ) -> Result<()> {
        let only = match authorities {
            [only] => Some(only.as_str()),
            _ => None,
        };
        uploads::write_applied(conn, self, report, only, started).await?;
        // What is not marked has not changed.
        let kept = report.changes.iter().filter(|c| !report.unmarked.contains(&c.urn)).cloned();
        store::write_changes(conn, self.id, &kept.collect::<Vec<_>>()).await?;
        let mut after = json!({
            "file": self.sent.list.as_ref().map(|file| &file.name),
            "added": report.added,
            "changed": report.changed,
            "closed": report.closed.saturating_sub(report.release.left),
            "left_open": report.release.left,
            "unchanged": report.unchanged,
        });
        if let Some(links) = &self.sent.links {
            let release = &report.release;
            after["links"] = json!({
                "file": links.name,
                "added": release.links.added,
                "removed": release.links.removed,
                "converted": release.converted.len(),
                "merged": release.merged.len(),
                "split": release.split.len(),
            });
        }
        let change = AuditChange {
            operation: Operation::ImportSchools,
            authority: only,
            record_kind: "import",
            record_id: self.id.to_string(),
            before: Value::Null,
            after,
        };
        audit::write(conn, self.desk, self.actor, change).await
    }
}

/// The file's fingerprint, in hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default());
    Sha256::digest(bytes).iter().flat_map(digits).collect()
}
