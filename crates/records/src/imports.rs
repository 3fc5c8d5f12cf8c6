//! Imports of the school list: a dry run or a preview first, then everything or nothing.
//!
//! A file is compared with the records school by school, by URN. Schools of the file's authorities that it no longer
//! has are listed, and marked only when that is confirmed. Applying is one transaction: settings, their snapshot of
//! the current academic year, the import with its list of changes, and one audit line.

mod compare;
mod marked;
mod store;
mod uploads;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use domain::AcademicYear;
use domain::access::{Actor, Operation, Scope};
use domain::setting::{LaCode, SettingStatus};
use intake::school_list::{self, SchoolList};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change as AuditChange};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::schools;
use compare::School;

pub use compare::FieldChange;
pub use intake::{MAX_FILE_BYTES, Problem};
pub use marked::marked;
pub use uploads::{Import, State, apply, changes, drop_upload, give_up_stale, list, look, preview, upload};

/// A school list as somebody chose it.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, for people.
    pub name: String,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

/// What to do with a list that has no problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only tell what would change.
    DryRun,
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
    /// Schools that the file, though it has their authority, no longer has as open.
    pub closed: usize,
    /// Whether those were marked so.
    pub marked: bool,
    /// Schools that are as they were.
    pub unchanged: usize,
    /// What is wrong with the file; then nothing was done, and the figures are 0.
    pub problems: Vec<Problem>,
    /// Every school added, changed or closed.
    pub changes: Vec<Change>,
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
    let only = confined(actor, only)?;
    let job = Job { desk, actor, file, only: only.as_ref(), id: Uuid::now_v7(), progress: Progress::default() };
    match mode {
        Mode::DryRun => job.look().await,
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
    file: &'a File,
    only: Option<&'a LaCode>,
    /// The import's key.
    id: Uuid,
    progress: Progress,
}

/// What an import would write.
struct Plan {
    added: Vec<School>,
    changed: Vec<(School, Vec<FieldChange>)>,
    closed: Vec<(School, SettingStatus)>,
    unchanged: usize,
}

impl Job<'_> {
    /// Reads the file beside the other tasks, since it takes a moment.
    async fn read_file(&self) -> Result<std::result::Result<SchoolList, Vec<Problem>>> {
        let (bytes, name, only) = (Arc::clone(&self.file.bytes), self.file.name.clone(), self.only.cloned());
        tokio::task::spawn_blocking(move || school_list::read(&bytes, &name, only.as_ref()))
            .await
            .map_err(Error::unavailable)
    }

    /// What applying would do; nothing is written.
    async fn look(&self) -> Result<Report> {
        let list = match self.read_file().await? {
            Ok(list) => list,
            Err(problems) => return Ok(Report { problems, ..Report::default() }),
        };
        let mut conn = self.desk.read().await?;
        Ok(match self.plan(&mut conn, list).await? {
            Ok(plan) => plan.into_report(false),
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
        let list = match self.read_file().await? {
            Ok(list) => list,
            Err(problems) => return Ok(Report { problems, ..Report::default() }),
        };
        let authorities: Vec<_> = list.authorities.iter().map(|(code, name)| (code.clone(), name.clone())).collect();
        let now = self.desk.now();
        let mut conn = self.desk.write().await?;
        store::lock_authorities(&mut conn, &authorities, now).await?;
        let mut plan = match self.plan(&mut conn, list).await? {
            Ok(plan) => plan,
            // The transaction is dropped, and with it any authority that was added.
            Err(problems) => return Ok(Report { problems, ..Report::default() }),
        };
        if close_missing {
            for (school, status) in &mut plan.closed {
                school.status = *status;
            }
        }
        let closed = plan.closed.iter().map(|(school, _)| school).filter(|_| close_missing);
        let writing = plan.added.iter().chain(plan.changed.iter().map(|(school, _)| school)).chain(closed);
        store::write_schools(&mut conn, writing, now, &self.progress).await?;
        let year = AcademicYear::containing(self.desk.today());
        let codes: Vec<String> = authorities.into_iter().map(|(code, _)| code.into()).collect();
        schools::snapshot(&mut conn, year, schools::Of::Authorities(&codes)).await?;
        let report = plan.into_report(close_missing);
        self.record(&mut conn, &report, &codes, started).await?;
        self.desk.commit(conn, self.id).await?;
        Ok(report)
    }

    /// Compares a list with the records.
    async fn plan(&self, conn: &mut Conn, list: SchoolList) -> Result<std::result::Result<Plan, Vec<Problem>>> {
        let authorities: Vec<String> = list.authorities.keys().map(ToString::to_string).collect();
        let urns: Vec<i64> = list.rows.iter().map(|row| row.urn.number()).collect();
        let mut known = store::known(conn, &authorities, &urns).await?;
        self.progress.begin(list.rows.len());
        let own = self.actor.authority();
        let mut problems = Vec::new();
        let mut plan = Plan { added: Vec::new(), changed: Vec::new(), closed: Vec::new(), unchanged: 0 };
        for row in list.rows {
            match known.remove(&row.urn.number()) {
                None => plan.added.push(compare::new(row)),
                // One authority cannot take a school out of another's records.
                Some(school) if own.is_some_and(|own| own.as_str() != school.authority_code) => {
                    problems.push(Problem {
                        sheet: list.sheet.clone(),
                        row: Some(row.row),
                        column: Some("LA (code)".to_owned()),
                        message: format!(
                            "The school {} is in the records of authority {}. Ask whoever runs this Callboard to import the list for both.",
                            row.urn, school.authority_code
                        ),
                    });
                }
                Some(before) => {
                    let after = compare::updated(before.clone(), row);
                    if after == before {
                        plan.unchanged += 1;
                    } else {
                        let fields = compare::differences(&before, &after);
                        plan.changed.push((after, fields));
                    }
                }
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        let said_closed: HashSet<i64> = list.closed.iter().map(|urn| urn.number()).collect();
        plan.closed = known
            .into_values()
            .filter(|school| school.status.is_open() && authorities.contains(&school.authority_code))
            .map(|school| {
                let closed = said_closed.contains(&school.urn);
                (school, if closed { SettingStatus::Closed } else { SettingStatus::NotInList })
            })
            .collect();
        plan.closed.sort_by_key(|(school, _)| school.urn);
        Ok(Ok(plan))
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
        let kept = report.changes.iter().filter(|c| report.marked || c.kind != ChangeKind::Closed).cloned();
        store::write_changes(conn, self.id, &kept.collect::<Vec<_>>()).await?;
        let after = json!({
            "file": self.file.name,
            "added": report.added,
            "changed": report.changed,
            "closed": report.closed,
            "marked": report.marked,
            "unchanged": report.unchanged,
        });
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

impl Plan {
    fn into_report(self, marked: bool) -> Report {
        let (added, changed, closed) = (self.added.len(), self.changed.len(), self.closed.len());
        let line = |school: School, kind, fields| Change {
            setting_id: school.id,
            urn: school.urn,
            name: school.name,
            kind,
            fields,
        };
        let mut changes = Vec::with_capacity(added + changed + closed);
        changes.extend(self.added.into_iter().map(|school| line(school, ChangeKind::Added, Vec::new())));
        changes.extend(self.changed.into_iter().map(|(school, fields)| line(school, ChangeKind::Changed, fields)));
        changes.extend(self.closed.into_iter().map(|(school, status)| {
            let field = FieldChange {
                field: "status".to_owned(),
                before: Some(SettingStatus::Open.label().to_owned()),
                after: Some(status.label().to_owned()),
            };
            line(school, ChangeKind::Closed, vec![field])
        }));
        let marked = marked && closed > 0;
        Report { added, changed, closed, marked, unchanged: self.unchanged, problems: Vec::new(), changes }
    }
}

/// The file's fingerprint, in hexadecimal.
fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
