//! The SQL of an import.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::setting::LaCode;
use uuid::Uuid;

use super::compare::School;
use super::{Change, Progress, Release, Report};
use crate::authorities::DEFAULT_COLOUR;
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::lineage::LinkFigures;

/// The columns of [`School`], in its order.
const SCHOOL: &str =
    "SELECT id, authority_code, urn, establishment_number, name, establishment_type, type_group, phase,
    setting_type, setting_type_source, low_age, high_age, year_groups, year_groups_source, pupils, ehc_plans,
    sen_support, street, town, postcode, telephone, website, contact_edited_at IS NOT NULL AS contact_edited, ward,
    constituency, lsoa, easting, northing, trust_code, trust_name, status, version
    FROM setting WHERE ";

/// Adds the authorities of a file that are not there yet, and locks them all against another import.
pub(super) async fn lock_authorities(
    conn: &mut Conn,
    authorities: &[(LaCode, Option<String>)],
    now: DateTime<Utc>,
) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO authority (code, name, colour, is_demo, created_at, version) ",
        authorities,
        |b, authority| {
            let (code, name) = authority;
            b.push_bind(code.as_str());
            b.push_bind(name.clone().unwrap_or_else(|| format!("Authority {code}")));
            b.push_bind(DEFAULT_COLOUR).push_bind(false).push_bind(now).push_bind(1_i64);
        },
        // Writing what is there already locks the row, which an insert that does nothing would not.
        " ON CONFLICT (code) DO UPDATE SET version = authority.version"
    )?;
    Ok(())
}

/// Those of the authorities that are not there yet.
pub(super) async fn unknown_authorities(conn: &mut Conn, codes: &[String]) -> Result<Vec<LaCode>> {
    let known = fetch_in!(conn, (String,), "SELECT code FROM authority WHERE code IN ", codes, "")?;
    let known: HashSet<String> = known.into_iter().map(|(code,)| code).collect();
    codes.iter().filter(|code| !known.contains(*code)).map(|code| code.parse().map_err(Error::unavailable)).collect()
}

/// Every school of the authorities, and those of the URNs wherever they are, by URN.
pub(super) async fn known(conn: &mut Conn, authorities: &[String], urns: &[i64]) -> Result<HashMap<i64, School>> {
    let select = format!("{SCHOOL} urn IS NOT NULL AND authority_code IN ");
    let schools = fetch_in!(conn, School, select.as_str(), authorities, "")?;
    let mut known: HashMap<i64, School> = schools.into_iter().map(|s| (s.urn, s)).collect();
    let elsewhere: Vec<i64> = urns.iter().copied().filter(|urn| !known.contains_key(urn)).collect();
    let select = format!("{SCHOOL} urn IN ");
    let schools = fetch_in!(conn, School, select.as_str(), elsewhere, "")?;
    known.extend(schools.into_iter().map(|s| (s.urn, s)));
    Ok(known)
}

/// Writes schools, new ones and changed ones alike; `version` is the one they were read with, 0 for a new one.
///
/// # Errors
/// `Conflict::Stale` when somebody edited one of them meanwhile.
pub(super) async fn write_schools<'a>(
    conn: &mut Conn,
    schools: impl Iterator<Item = &'a School>,
    now: DateTime<Utc>,
    progress: &Progress,
) -> Result<()> {
    let schools: Vec<&School> = schools.collect();
    for part in schools.chunks(crate::batch::ROWS_AT_A_TIME) {
        let written = insert_rows!(
            conn,
            "INSERT INTO setting (id, authority_code, kind, urn, establishment_number, name, search_name,
                establishment_type, type_group, phase, setting_type, setting_type_source, low_age, high_age,
                year_groups, year_groups_source, pupils, ehc_plans, sen_support, street, town, postcode, telephone,
                website, ward, constituency, lsoa, easting, northing, trust_code, trust_name, status, created_at,
                updated_at, version) ",
            part,
            |b, s| {
                b.push_bind(s.id).push_bind(s.authority_code.as_str()).push_bind("school").push_bind(s.urn);
                b.push_bind(s.establishment_number.as_deref()).push_bind(s.name.as_str()).push_bind(s.search_name());
                b.push_bind(s.establishment_type.as_str()).push_bind(s.type_group.as_str());
                b.push_bind(s.phase.as_str()).push_bind(s.setting_type.as_str());
                b.push_bind(s.setting_type_source.as_str()).push_bind(s.low_age).push_bind(s.high_age);
                b.push_bind(s.year_groups).push_bind(s.year_groups_source.as_str());
                b.push_bind(s.pupils).push_bind(s.ehc_plans).push_bind(s.sen_support);
                b.push_bind(s.street.as_deref()).push_bind(s.town.as_deref()).push_bind(s.postcode.as_deref());
                b.push_bind(s.telephone.as_deref()).push_bind(s.website.as_deref()).push_bind(s.ward.as_deref());
                b.push_bind(s.constituency.as_deref()).push_bind(s.lsoa.as_deref());
                b.push_bind(s.easting).push_bind(s.northing);
                b.push_bind(s.trust_code.as_deref()).push_bind(s.trust_name.as_deref()).push_bind(s.status.as_str());
                b.push_bind(now).push_bind(now).push_bind(s.version + 1);
            },
            " ON CONFLICT (id) DO UPDATE SET authority_code = excluded.authority_code,
                establishment_number = excluded.establishment_number, name = excluded.name,
                search_name = excluded.search_name, establishment_type = excluded.establishment_type,
                type_group = excluded.type_group, phase = excluded.phase, setting_type = excluded.setting_type,
                low_age = excluded.low_age, high_age = excluded.high_age, year_groups = excluded.year_groups,
                year_groups_source = excluded.year_groups_source, pupils = excluded.pupils,
                ehc_plans = excluded.ehc_plans, sen_support = excluded.sen_support, street = excluded.street,
                town = excluded.town, postcode = excluded.postcode, telephone = excluded.telephone,
                website = excluded.website, ward = excluded.ward, constituency = excluded.constituency,
                lsoa = excluded.lsoa, easting = excluded.easting, northing = excluded.northing,
                trust_code = excluded.trust_code, trust_name = excluded.trust_name, status = excluded.status,
                updated_at = excluded.updated_at, version = excluded.version
                WHERE setting.version = excluded.version - 1"
        )?;
        if written != part.len() as u64 {
            return Err(Conflict::Stale.into());
        }
        progress.advance(part.len());
    }
    Ok(())
}

/// What a preview showed of an import.
pub(super) struct Previewed {
    links: LinkFigures,
    /// URN, kind, and fields as they are stored, by URN.
    changes: Vec<(i64, String, String)>,
}

impl Previewed {
    /// Whether it is what a report says.
    pub(super) fn shows(&self, report: &Report) -> bool {
        let mut now: Vec<(i64, &str, String)> =
            report.changes.iter().map(|change| (change.urn, change.kind.as_str(), fields(change))).collect();
        now.sort();
        let seen = self.changes.iter().map(|(urn, kind, fields)| (*urn, kind.as_str(), fields.as_str()));
        self.links == report.release.links
            && seen.eq(now.iter().map(|(urn, kind, fields)| (*urn, *kind, fields.as_str())))
    }
}

/// What the preview of an import showed; none where it had none.
pub(super) async fn previewed(conn: &mut Conn, import: Uuid) -> Result<Option<Previewed>> {
    let release = fetch_optional!(conn, (Option<String>,), "SELECT release FROM import WHERE id = $1", import)?;
    let Some((Some(release),)) = release else { return Ok(None) };
    let Release { links, .. } = serde_json::from_str(&release).map_err(Error::unavailable)?;
    let mut changes = fetch_all!(
        conn,
        (i64, String, String),
        "SELECT urn, kind, fields FROM import_change WHERE import_id = $1",
        import
    )?;
    changes.sort();
    Ok(Some(Previewed { links, changes }))
}

/// What changed of a school, as it is stored.
fn fields(change: &Change) -> String {
    if change.fields.is_empty() { "[]".to_owned() } else { serde_json::to_string(&change.fields).unwrap_or_default() }
}

/// Writes the list of an import's changes.
pub(crate) async fn write_changes(conn: &mut Conn, import: Uuid, changes: &[Change]) -> Result<()> {
    let numbered: Vec<(i64, &Change)> = (1..).zip(changes).collect();
    insert_rows!(
        conn,
        "INSERT INTO import_change (import_id, number, setting_id, urn, name, kind, fields) ",
        numbered,
        |b, line| {
            let (number, change) = line;
            let fields = fields(change);
            b.push_bind(import).push_bind(*number).push_bind(change.setting_id).push_bind(change.urn);
            b.push_bind(change.name.as_str()).push_bind(change.kind.as_str()).push_bind(fields);
        },
        ""
    )?;
    Ok(())
}
