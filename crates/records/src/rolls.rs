//! Numbers on roll as they are on record; the rule is `domain::number_on_roll`.

use std::collections::BTreeMap;

use domain::number_on_roll::{Before, Roll, carried};
use domain::{AcademicYear, YearGroup, YearGroups};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};

/// A school's pupils and year groups in an academic year, with one counted number; several rows a school.
#[derive(sqlx::FromRow)]
struct Row {
    setting_id: Uuid,
    /// The school that carries it on; none where it is open, or nobody does.
    current_id: Option<Uuid>,
    is_merged: bool,
    was_open: bool,
    pupils: Option<i64>,
    year_groups: Option<i64>,
    year_group: Option<i64>,
    counted: Option<i64>,
}

/// What stands of schools in a year, themselves and those whose history they carry; `$x` is what is asked for.
macro_rules! roll_sql {
    ($year:literal, $from:literal, $wanted:literal) => {
        concat!(
            "SELECT s.id AS setting_id, l.current_id, COALESCE(l.way = 'merged', FALSE) AS is_merged,
                COALESCE(y.status IN ('open', 'closing'), FALSE) AS was_open,
                CASE WHEN y.setting_id IS NULL THEN s.pupils ELSE y.pupils END AS pupils,
                CASE WHEN y.setting_id IS NULL THEN s.year_groups ELSE y.year_groups END AS year_groups,
                n.year_group, n.pupils AS counted
             FROM setting s ",
            $from,
            " LEFT JOIN lineage l ON l.setting_id = s.id
             LEFT JOIN setting_year y ON y.setting_id = s.id AND y.academic_year = ",
            $year,
            " LEFT JOIN number_on_roll n ON n.setting_id = s.id AND n.academic_year = ",
            $year,
            // Two lists, each found by an index: with OR every school would be read for each sheet.
            " WHERE s.id IN (",
            $wanted,
            " UNION SELECT p.setting_id FROM lineage p WHERE p.current_id IN (",
            $wanted,
            "))"
        )
    };
}

/// The roll, in the session's academic year, of every school that has a group in it.
pub(crate) async fn of_session(conn: &mut Conn, session: Uuid) -> Result<BTreeMap<Uuid, Roll>> {
    let rows = fetch_all!(
        conn,
        Row,
        roll_sql!(
            "x.academic_year",
            "JOIN session x ON x.id = $1",
            "SELECT g.setting_id FROM attending_group g WHERE g.session_id = $1"
        ),
        session,
    )?;
    group(rows)
}

/// The roll of one school in an academic year.
pub(crate) async fn of_setting(conn: &mut Conn, setting: Uuid, year: AcademicYear) -> Result<Roll> {
    let rows = fetch_all!(conn, Row, roll_sql!("$2", "", "SELECT $1"), setting, i64::from(year))?;
    Ok(group(rows)?.remove(&setting).unwrap_or_default())
}

/// What is known of one school in the year.
struct Then {
    roll: Roll,
    carrier: Option<Uuid>,
    is_merged: bool,
    was_open: bool,
}

/// Each school's roll with those of the schools that it carries on, where these are among the rows.
fn group(rows: Vec<Row>) -> Result<BTreeMap<Uuid, Roll>> {
    let mut schools = BTreeMap::<Uuid, Then>::new();
    for row in rows {
        let year_groups = row.year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
        let school = schools.entry(row.setting_id).or_insert_with(|| Then {
            roll: Roll { pupils: row.pupils, year_groups, counted: Vec::new() },
            carrier: row.current_id,
            is_merged: row.is_merged,
            was_open: row.was_open,
        });
        if let (Some(number), Some(pupils)) = (row.year_group, row.counted) {
            school.roll.counted.push((YearGroup::new(number).map_err(Error::unavailable)?, pupils));
        }
    }
    let roll_of = |id: &Uuid, own: &Then| {
        let before = schools.values().filter(|then| then.carrier == Some(*id));
        let before: Vec<Before<'_>> = before
            .map(|then| Before { roll: &then.roll, was_open: then.was_open, is_merged: then.is_merged })
            .collect();
        carried(&own.roll, own.was_open, &before)
    };
    Ok(schools.iter().map(|(id, own)| (*id, roll_of(id, own))).collect())
}
