//! A school list and its links taken back: what was kept before they were applied, what was built on them since, and
//! putting everything back. The rest is `crate::taking_back`.

use std::collections::BTreeSet;

use domain::AcademicYear;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Job;
use super::plan::Plan;
use crate::Desk;
use crate::before::{self, AUTHORITY, Among, Kept, Rows, SCHOOL_LINK, SETTING, SETTING_YEAR};
use crate::db::Conn;
use crate::error::Result;
use crate::lineage;
use crate::schools;
use crate::taking_back::{self, At, Built, Hold, Import, Kind};

mod references;

#[cfg(feature = "testing")]
pub(crate) use references::TO_SETTING as REFERENCES;

/// The records as they were before a list and its links were applied.
pub(super) struct Before {
    codes: Vec<String>,
    year: AcademicYear,
    authorities: Rows,
    settings: Rows,
    snapshots: Rows,
    /// None where no links were sent.
    links: Option<Rows>,
    /// Settings that are changed or closed: of any authority.
    known: Vec<Uuid>,
    /// Settings that are added: of the list's authorities.
    added: Vec<Uuid>,
}

/// The authorities of a list as they are before those that are missing are added.
pub(super) async fn authorities(conn: &mut Conn, codes: &[String]) -> Result<Rows> {
    before::rows(conn, &AUTHORITY, "code IN ", Among::Codes(codes), "").await
}

impl Before {
    /// Reads what `plan` is going to change.
    pub(super) async fn read(
        conn: &mut Conn,
        plan: &Plan,
        codes: &[String],
        year: AcademicYear,
        authorities: Rows,
        with_links: bool,
    ) -> Result<Self> {
        let known = plan.changed.iter().map(|(school, _)| school.id).chain(plan.closed.iter().map(|c| c.school.id));
        let known: Vec<Uuid> = known.collect();
        let settings = before::rows(conn, &SETTING, "id IN ", Among::Ids(&known), "").await?;
        let tail = of_year(year);
        let mut snapshots = before::rows(conn, &SETTING_YEAR, "authority_code IN ", Among::Codes(codes), &tail).await?;
        // Schools that come from another authority have theirs there.
        snapshots.extend(before::rows(conn, &SETTING_YEAR, "setting_id IN ", Among::Ids(&known), &tail).await?);
        let links = if with_links {
            Some(before::rows(conn, &SCHOOL_LINK, "authority_code IN ", Among::Codes(codes), "").await?)
        } else {
            None
        };
        let added = plan.added.iter().map(|school| school.id).collect();
        Ok(Self { codes: codes.to_vec(), year, authorities, settings, snapshots, links, known, added })
    }

    /// Keeps what is another since, with the import.
    pub(super) async fn keep(self, conn: &mut Conn, import: Uuid) -> Result<()> {
        let (codes, known, tail) = (Among::Codes(&self.codes), Among::Ids(&self.known), of_year(self.year));
        let after = before::prints(conn, &AUTHORITY, "code IN ", codes, "").await?;
        before::keep(conn, import, &AUTHORITY, &self.authorities, &after).await?;
        let mut after = before::prints(conn, &SETTING, "id IN ", known, "").await?;
        after.extend(before::prints(conn, &SETTING, "id IN ", Among::Ids(&self.added), "").await?);
        before::keep(conn, import, &SETTING, &self.settings, &after).await?;
        let mut after = before::prints(conn, &SETTING_YEAR, "authority_code IN ", codes, &tail).await?;
        after.extend(before::prints(conn, &SETTING_YEAR, "setting_id IN ", known, &tail).await?);
        before::keep(conn, import, &SETTING_YEAR, &self.snapshots, &after).await?;
        if let Some(before) = &self.links {
            let after = before::prints(conn, &SCHOOL_LINK, "authority_code IN ", codes, "").await?;
            before::keep(conn, import, &SCHOOL_LINK, before, &after).await?;
        }
        Ok(())
    }
}

/// Snapshots of a year alone.
fn of_year(year: AcademicYear) -> String {
    format!(" AND academic_year = {}", year.first())
}

impl Job<'_> {
    /// Whether links were sent, which change what is on record of them.
    pub(super) const fn has_links(&self) -> bool {
        self.sent.links.is_some()
    }
}

/// What was built on a school list or its links.
pub(crate) async fn built_on(conn: &mut Conn, import: &Import, hold: Hold) -> Result<Vec<Built>> {
    let kept = before::kept(conn, import.id).await?;
    let later = taking_back::later(conn, import, &[Kind::Schools, Kind::Links, Kind::Carry]).await?;
    if !later.is_empty() {
        return Ok(later);
    }
    let (added, added_codes) = (added(&kept), added_codes(&kept));
    if hold == Hold::Yes {
        // Whoever changes a school meanwhile waits, and then finds it changed.
        execute_in!(conn, "UPDATE setting SET version = version WHERE id IN ", of(&kept, "setting", Kept::ids), "")?;
    }
    let mut built = before::changed_since(conn, &kept).await?;
    built.extend(decided_since(conn, import, &kept).await?);
    built.extend(references::to_settings(conn, &added).await?);
    built.extend(references::to_authorities(conn, &added_codes, &added).await?);
    Ok(built)
}

fn of<T>(kept: &[Kept], table: &str, what: impl Fn(&Kept) -> Vec<T>) -> Vec<T> {
    kept.iter().filter(|k| k.table.name == table).flat_map(what).collect()
}

fn added(kept: &[Kept]) -> Vec<Uuid> {
    of(kept, "setting", Kept::added)
}

fn added_codes(kept: &[Kept]) -> Vec<String> {
    of(kept, "authority", Kept::added_codes)
}

/// Splits that a person decided about since, where the import changed one of the schools or their links.
async fn decided_since(conn: &mut Conn, import: &Import, kept: &[Kept]) -> Result<Vec<Built>> {
    let decided = fetch_all!(
        conn,
        (i64, Option<i64>, Option<String>),
        "SELECT d.urn, d.carrier_urn, s.name FROM split_decision d LEFT JOIN setting s ON s.urn = d.urn
         WHERE ($1 IS NULL OR d.authority_code = $1) AND d.decided_at >= $2 ORDER BY d.urn",
        &import.authority_code,
        import.finished_at,
    )?;
    if decided.is_empty() {
        return Ok(Vec::new());
    }
    let mut touched: BTreeSet<i64> =
        of(kept, "school_link", |k| [k.before("urn"), k.before("other_urn")].concat()).into_iter().collect();
    let links = of(kept, "school_link", Kept::added);
    for (urn, other) in fetch_in!(conn, (i64, i64), "SELECT urn, other_urn FROM school_link WHERE id IN ", links, "")? {
        touched.extend([urn, other]);
    }
    let settings = of(kept, "setting", Kept::ids);
    let urns = fetch_in!(conn, (Option<i64>,), "SELECT urn FROM setting WHERE id IN ", settings, "")?;
    touched.extend(urns.into_iter().filter_map(|(urn,)| urn));
    let built = decided
        .into_iter()
        .filter(|(urn, carrier, _)| touched.contains(urn) || carrier.is_some_and(|carrier| touched.contains(&carrier)));
    Ok(built
        .map(|(urn, _, name)| {
            let name = name.unwrap_or_else(|| format!("the school {urn}"));
            Built::new(format!("it was decided who carries on {name}"), At::Split(urn))
        })
        .collect())
}

/// Puts settings, snapshots and links back as they were, and computes the lineage anew.
pub(crate) async fn remove(conn: &mut Conn, desk: &Desk, import: &Import) -> Result<Value> {
    let kept = before::kept(conn, import.id).await?;
    let added = added(&kept);
    let mut codes: BTreeSet<String> = match &import.authority_code {
        Some(code) => [code.clone()].into(),
        None => fetch_all!(conn, (String,), "SELECT code FROM authority")?.into_iter().map(|(code,)| code).collect(),
    };
    // A school may have come from another authority.
    codes.extend(of(&kept, "setting", |k| k.before("authority_code")));
    let codes: Vec<String> = codes.into_iter().collect();
    execute_in!(
        conn,
        "DELETE FROM lineage WHERE setting_id IN (SELECT id FROM setting WHERE authority_code IN ",
        codes,
        ")"
    )?;
    // Of a school that goes, what the following years said of it by themselves goes too.
    execute_in!(conn, "DELETE FROM setting_year WHERE setting_id IN ", added, "")?;
    before::restore(conn, import.id, &kept).await?;
    lineage::rebuild(conn, &codes).await?;
    let year = AcademicYear::containing(desk.today());
    if import.finished_at.is_some_and(|at| AcademicYear::containing(at.date_naive()) != year) {
        schools::snapshot(conn, year, schools::Of::Authorities(&codes)).await?;
    }
    Ok(json!({
        "state": "applied",
        "added": import.added,
        "changed": import.changed,
        "closed": import.closed,
    }))
}
