//! Numbers on roll from the school census: counted numbers take the place of estimates.
//!
//! What a file withholds or leaves blank changes nothing. EHC plans and SEN support are kept of the present: they are
//! taken over from a census of this academic year or the last, and how many schools' are passed over otherwise is told.
//! Those of more than a school's pupils are left out. Taking the same file over again changes nothing.
//!
//! A file that is taken over is an import: it is listed with the others, with what it changed, and can be taken back.

mod finding;
mod undo;
mod uploads;

use std::collections::{BTreeMap, HashMap};

use domain::access::{Actor, Operation};
use domain::setting::LaCode;
use domain::{AcademicYear, YearGroup};
use serde_json::json;
use uuid::Uuid;

pub use finding::NotFound;
pub use intake::rolls::{MOST_PUPILS, RollList, SchoolRoll, Unread, read};

use crate::Desk;
use crate::audit::{self, Change as AuditChange};
use crate::before::{self, Among};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::imports::{File, Problem, confined};
use finding::{Found, Known};

pub(crate) use undo::{built_on, remove};
pub use uploads::{Applied, Preview, apply, preview, refuse, upload};

/// Rolls of an academic year, as a file has them.
#[derive(Debug, Clone)]
pub struct Rolls {
    /// The year.
    pub year: AcademicYear,
    /// The schools.
    pub schools: Vec<SchoolRoll>,
}

/// What a file changes of one school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The row of the file, from 1.
    pub row: u32,
    /// The setting.
    pub setting_id: Uuid,
    /// Its URN.
    pub urn: i64,
    /// Its name.
    pub name: String,
    /// Year groups with what is counted now, none where it is estimated, and what will be.
    pub by_year: Vec<(YearGroup, Option<i64>, i64)>,
    /// Pupils with an EHC plan, before and after.
    pub ehc_plans: Option<(Option<i64>, i64)>,
    /// Pupils with SEN support, before and after.
    pub sen_support: Option<(Option<i64>, i64)>,
}

/// A school whose year groups together are far more than its pupils by the list of schools.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FarAbove {
    /// The row it stands in, from 1.
    pub row: u32,
    /// Its name on record.
    pub name: String,
    /// The pupils of its year groups together.
    pub year_groups: i64,
    /// Its pupils by the list of schools.
    pub pupils: i64,
}

/// What taking a file over does, or would do.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Schools of which something changes, by name.
    pub changes: Vec<Change>,
    /// Schools that are as the file has them.
    pub unchanged: usize,
    /// Schools of the file that are not in the records, or another authority's, those of [`Self::not_found`] included.
    pub elsewhere: usize,
    /// Rows that may be of schools in the records, and whose numbers do not say of which.
    pub not_found: Vec<NotFound>,
    /// Rows whose EHC plans or SEN support are left out, since the school has fewer pupils.
    pub implausible: Vec<NotFound>,
    /// Schools whose year groups together are more than double the pupils that the list of schools gives them.
    pub far_above: Vec<FarAbove>,
    /// How many schools' EHC plans or SEN support are passed over, since they are of an earlier year.
    pub earlier_needs: usize,
    /// The import, where something was changed.
    pub import: Option<Uuid>,
}

impl Report {
    /// How many year groups are counted anew.
    #[must_use]
    pub fn counted(&self) -> usize {
        self.changes.iter().map(|change| change.by_year.len()).sum()
    }
}

/// Reads a census file; rows of the authorities in the records are known by their names.
///
/// # Errors
/// Forbidden; the database does not answer. What is wrong with the file stands within.
pub async fn read_file(desk: &Desk, actor: &Actor, file: &File) -> Result<std::result::Result<RollList, Vec<Problem>>> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let names = fetch_all!(&mut desk.read().await?, (String,), "SELECT name FROM authority")?;
    let names: Vec<String> = names.into_iter().map(|(name,)| name).collect();
    let file = file.clone();
    let read = tokio::task::spawn_blocking(move || read(&file.bytes, &file.name, &names));
    read.await.map_err(Error::unavailable)
}

/// Whether a file says of which academic year it is, though something else is wrong with it.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn says_year(desk: &Desk, actor: &Actor, file: &File) -> Result<bool> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let names = fetch_all!(&mut desk.read().await?, (String,), "SELECT name FROM authority")?;
    let names: Vec<String> = names.into_iter().map(|(name,)| name).collect();
    let file = file.clone();
    let said = tokio::task::spawn_blocking(move || intake::rolls::says_year(&file.bytes, &file.name, &names));
    said.await.map_err(Error::unavailable)
}

/// What taking the rolls over would change; of another authority than `only` nothing.
///
/// # Errors
/// Forbidden; a number of pupils that cannot be.
pub async fn look(desk: &Desk, actor: &Actor, only: Option<&LaCode>, rolls: &Rolls) -> Result<Report> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let only = confined(actor, only)?;
    check(desk, rolls)?;
    let mut conn = desk.read().await?;
    Ok(compare(&mut conn, desk, only.as_ref(), rolls).await?.0)
}

/// Takes the rolls of a file over: all of them or, when something is wrong, none.
///
/// # Errors
/// Forbidden; a number of pupils that cannot be.
pub async fn take_over(
    desk: &Desk,
    actor: &Actor,
    only: Option<&LaCode>,
    rolls: &Rolls,
    file: &File,
) -> Result<Report> {
    desk.authorise(actor, Operation::ImportSchools)?;
    let only = confined(actor, only)?;
    check(desk, rolls)?;
    let mut conn = desk.write().await?;
    lock(&mut conn, only.as_ref()).await?;
    let (mut report, needs) = compare(&mut conn, desk, only.as_ref(), rolls).await?;
    if !report.changes.is_empty() {
        let id = Uuid::now_v7();
        uploads::insert(&mut conn, desk, actor, only.as_ref(), id, rolls.year, file, false).await?;
        write(&mut conn, desk, actor, only.as_ref(), id, rolls, &report, &needs).await?;
        report.import = Some(id);
    }
    desk.commit(conn, rolls.year).await?;
    Ok(report)
}

/// Imports of one authority wait for each other.
async fn lock(conn: &mut Conn, only: Option<&LaCode>) -> Result<()> {
    let code = only.map(LaCode::as_str);
    execute!(conn, "UPDATE authority SET version = version WHERE ($1 IS NULL OR code = $1)", code)?;
    Ok(())
}

/// Writes what changes, keeps what was before with the import, and its audit line.
#[allow(clippy::too_many_arguments)] // What is written, of which file, and for whom.
async fn write(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    only: Option<&LaCode>,
    id: Uuid,
    rolls: &Rolls,
    report: &Report,
    needs: &[Needs],
) -> Result<()> {
    let changing: Vec<Uuid> = report.changes.iter().map(|change| change.setting_id).collect();
    let needing: Vec<Uuid> = needs.iter().map(|(id, ..)| *id).collect();
    let of_year = format!(" AND academic_year = {}", rolls.year.first());
    let (counts, settings) = (&before::NUMBER_ON_ROLL, &before::SETTING);
    let counted_before = before::rows(conn, counts, "setting_id IN ", Among::Ids(&changing), &of_year).await?;
    let settings_before = before::rows(conn, settings, "id IN ", Among::Ids(&needing), "").await?;
    let counted: Vec<_> = report
        .changes
        .iter()
        .flat_map(|c| c.by_year.iter().map(|(year, _, after)| (c.setting_id, *year, *after)))
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO number_on_roll (setting_id, academic_year, year_group, pupils) ",
        counted,
        |b, row| {
            b.push_bind(row.0).push_bind(i64::from(rolls.year)).push_bind(i64::from(row.1.number())).push_bind(row.2);
        },
        " ON CONFLICT (setting_id, academic_year, year_group) DO UPDATE SET pupils = excluded.pupils"
    )?;
    insert_rows!(
        conn,
        "WITH given (id, ehc_plans, sen_support, at) AS (",
        needs,
        |b, row| {
            b.push_bind(row.0).push_bind(row.1).push_bind(row.2).push_bind(desk.now());
        },
        ") UPDATE setting SET ehc_plans = given.ehc_plans, sen_support = given.sen_support, updated_at = given.at,
            version = setting.version + 1 FROM given WHERE setting.id = given.id"
    )?;
    let counted_after = before::prints(conn, counts, "setting_id IN ", Among::Ids(&changing), &of_year).await?;
    let settings_after = before::prints(conn, settings, "id IN ", Among::Ids(&needing), "").await?;
    before::keep(conn, id, counts, &counted_before, &counted_after).await?;
    before::keep(conn, id, settings, &settings_before, &settings_after).await?;
    uploads::finish(conn, desk, id, report).await?;
    let (was, is) = before_and_after(report);
    let change = AuditChange {
        operation: Operation::ImportSchools,
        authority: only.map(LaCode::as_str),
        record_kind: "rolls",
        record_id: rolls.year.to_string(),
        before: json!({ "schools": report.changes.len(), "on_roll": was }),
        after: json!({ "schools": report.changes.len(), "on_roll": is }),
    };
    audit::write(conn, desk, actor, change).await
}

/// The sums of the year groups that change, so that a line of the audit tells a slip from a census.
fn before_and_after(report: &Report) -> (i64, i64) {
    let years = || report.changes.iter().flat_map(|c| &c.by_year);
    (years().filter_map(|(_, before, _)| *before).sum(), years().map(|(.., after)| after).sum())
}

fn check(desk: &Desk, rolls: &Rolls) -> Result<()> {
    if rolls.year > AcademicYear::containing(desk.today()) {
        return Err(Error::refused(format!("{} has not begun: no census of it has been taken", rolls.year)));
    }
    let figures =
        |s: &SchoolRoll| s.by_year.values().copied().chain(s.ehc_plans).chain(s.sen_support).collect::<Vec<_>>();
    if rolls.schools.iter().flat_map(figures).any(|count| !(0..=MOST_PUPILS).contains(&count)) {
        return Err(Error::refused(format!("A number of pupils is below 0 or above {MOST_PUPILS}")));
    }
    Ok(())
}

/// A setting's EHC plans and SEN support after the change.
type Needs = (Uuid, Option<i64>, Option<i64>);

async fn compare(conn: &mut Conn, desk: &Desk, only: Option<&LaCode>, rolls: &Rolls) -> Result<(Report, Vec<Needs>)> {
    let found = finding::find(conn, only, rolls).await?;
    let ids: Vec<Uuid> = found
        .iter()
        .filter_map(|found| match found {
            Found::School(school) => Some(school.id),
            Found::Elsewhere | Found::Nobody(_) => None,
        })
        .collect();
    let rows = fetch_in!(
        conn,
        (Uuid, i64, i64, i64),
        "SELECT setting_id, academic_year, year_group, pupils FROM number_on_roll WHERE setting_id IN ",
        ids,
        ""
    )?;
    let mut counted = HashMap::<Uuid, BTreeMap<i64, i64>>::new();
    for (setting, year, group, pupils) in rows {
        if year == i64::from(rolls.year) {
            counted.entry(setting).or_default().insert(group, pupils);
        }
    }
    let now = i64::from(AcademicYear::containing(desk.today()));
    let is_recent = (now - 1..=now).contains(&i64::from(rolls.year));
    let (mut report, mut needs) = (Report::default(), Vec::new());
    for (school, found) in rolls.schools.iter().zip(found) {
        let setting = match found {
            Found::School(setting) => setting,
            Found::Elsewhere => {
                report.elsewhere += 1;
                continue;
            }
            Found::Nobody(not_found) => {
                report.elsewhere += 1;
                report.not_found.push(not_found);
                continue;
            }
        };
        let own = counted.remove(&setting.id).unwrap_or_default();
        let (ehc_plans, sen_support) = needs_of(school, &setting, is_recent, &mut report);
        let differs = |before: Option<i64>, after: Option<i64>| {
            after.filter(|after| Some(*after) != before).map(|after| (before, after))
        };
        let change = Change {
            row: school.row,
            setting_id: setting.id,
            urn: setting.urn,
            by_year: school
                .by_year
                .iter()
                .map(|(year, after)| (*year, own.get(&i64::from(year.number())).copied(), *after))
                .filter(|(_, before, after)| *before != Some(*after))
                .collect(),
            ehc_plans: differs(setting.ehc_plans, ehc_plans),
            sen_support: differs(setting.sen_support, sen_support),
            name: setting.name,
        };
        if change.ehc_plans.is_some() || change.sen_support.is_some() {
            let after = |change: Option<(Option<i64>, i64)>, before| change.map_or(before, |(_, after)| Some(after));
            needs.push((
                setting.id,
                after(change.ehc_plans, setting.ehc_plans),
                after(change.sen_support, setting.sen_support),
            ));
        } else if change.by_year.is_empty() {
            report.unchanged += 1;
            continue;
        }
        report.changes.push(change);
    }
    report.changes.sort_by(|a, b| (&a.name, a.urn).cmp(&(&b.name, b.urn)));
    Ok((report, needs))
}

/// The EHC plans and SEN support of a row that are taken over; what is wrong with its figures is told.
fn needs_of(school: &SchoolRoll, setting: &Known, is_recent: bool, report: &mut Report) -> (Option<i64>, Option<i64>) {
    if let (Some(year_groups), Some(pupils)) = (school.far_above(setting.pupils), setting.pupils) {
        report.far_above.push(FarAbove { row: school.row, name: setting.name.clone(), year_groups, pupils });
    }
    if !is_recent {
        report.earlier_needs += usize::from(school.ehc_plans.or(school.sen_support).is_some());
        return (None, None);
    }
    match school.too_many_needs(setting.pupils) {
        Some(why) => {
            report.implausible.push(finding::not_found(school, why));
            (None, None)
        }
        None => (school.ehc_plans, school.sen_support),
    }
}
