//! Numbers on roll as they are on record; the rule is `domain::number_on_roll`.

use std::collections::BTreeMap;

use domain::number_on_roll::Roll;
use domain::{AcademicYear, YearGroup, YearGroups};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};

/// A school's pupils and year groups in an academic year, with one counted number; several rows a school.
#[derive(sqlx::FromRow)]
struct Row {
    setting_id: Uuid,
    pupils: Option<i64>,
    year_groups: Option<i64>,
    year_group: Option<i64>,
    counted: Option<i64>,
}

/// The roll, in the session's academic year, of every school that has a group in it.
pub(crate) async fn of_session(conn: &mut Conn, session: Uuid) -> Result<BTreeMap<Uuid, Roll>> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT s.id AS setting_id,
                CASE WHEN y.setting_id IS NULL THEN s.pupils ELSE y.pupils END AS pupils,
                CASE WHEN y.setting_id IS NULL THEN s.year_groups ELSE y.year_groups END AS year_groups,
                n.year_group, n.pupils AS counted
         FROM setting s JOIN session x ON x.id = $1
         LEFT JOIN setting_year y ON y.setting_id = s.id AND y.academic_year = x.academic_year
         LEFT JOIN number_on_roll n ON n.setting_id = s.id AND n.academic_year = x.academic_year
         WHERE s.id IN (SELECT g.setting_id FROM attending_group g WHERE g.session_id = $1)",
        session,
    )?;
    group(rows)
}

/// The roll of one school in an academic year.
pub(crate) async fn of_setting(conn: &mut Conn, setting: Uuid, year: AcademicYear) -> Result<Roll> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT s.id AS setting_id,
                CASE WHEN y.setting_id IS NULL THEN s.pupils ELSE y.pupils END AS pupils,
                CASE WHEN y.setting_id IS NULL THEN s.year_groups ELSE y.year_groups END AS year_groups,
                n.year_group, n.pupils AS counted
         FROM setting s
         LEFT JOIN setting_year y ON y.setting_id = s.id AND y.academic_year = $2
         LEFT JOIN number_on_roll n ON n.setting_id = s.id AND n.academic_year = $2
         WHERE s.id = $1",
        setting,
        i64::from(year),
    )?;
    Ok(group(rows)?.remove(&setting).unwrap_or_default())
}

fn group(rows: Vec<Row>) -> Result<BTreeMap<Uuid, Roll>> {
    let mut rolls = BTreeMap::<Uuid, Roll>::new();
    for row in rows {
        let year_groups = row.year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
        let roll = rolls.entry(row.setting_id).or_insert_with(|| Roll {
            pupils: row.pupils,
            year_groups,
            counted: Vec::new(),
        });
        if let (Some(number), Some(pupils)) = (row.year_group, row.counted) {
            roll.counted.push((YearGroup::new(number).map_err(Error::unavailable)?, pupils));
        }
    }
    Ok(rolls)
}
