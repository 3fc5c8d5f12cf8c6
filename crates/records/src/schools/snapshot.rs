//! What a setting was in an academic year: the past stays as it was.

use domain::AcademicYear;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;

/// Whose snapshots are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of<'a> {
    /// Every setting of these authorities.
    Authorities(&'a [String]),
    /// One setting.
    Setting(Uuid),
}

/// The beginning of the statement; the year, a number, is written into it, since the list of values that follows takes
/// the binds.
fn begin(year: AcademicYear, whose: &str) -> String {
    format!(
        "INSERT INTO setting_year (setting_id, academic_year, authority_code, phase, setting_type, year_groups,
            year_groups_source, pupils, ward, constituency, deprivation_decile, status)
         SELECT id, {}, authority_code, phase, setting_type, year_groups, year_groups_source, pupils, ward,
            constituency, deprivation_decile, status
         FROM setting WHERE {whose} IN ",
        year.first()
    )
}

/// Rows that are as they were are not written again.
const OVERWRITE: &str = " ON CONFLICT (setting_id, academic_year) DO UPDATE SET
    authority_code = excluded.authority_code, phase = excluded.phase, setting_type = excluded.setting_type,
    year_groups = excluded.year_groups, year_groups_source = excluded.year_groups_source, pupils = excluded.pupils,
    ward = excluded.ward, constituency = excluded.constituency, deprivation_decile = excluded.deprivation_decile,
    status = excluded.status
    WHERE setting_year.authority_code <> excluded.authority_code OR setting_year.phase <> excluded.phase
        OR setting_year.setting_type <> excluded.setting_type OR setting_year.status <> excluded.status
        OR setting_year.year_groups_source <> excluded.year_groups_source
        OR setting_year.year_groups IS DISTINCT FROM excluded.year_groups
        OR setting_year.pupils IS DISTINCT FROM excluded.pupils
        OR setting_year.ward IS DISTINCT FROM excluded.ward
        OR setting_year.constituency IS DISTINCT FROM excluded.constituency
        OR setting_year.deprivation_decile IS DISTINCT FROM excluded.deprivation_decile";

/// Writes what settings are now as what they are in `year`, the present one. Earlier years are never touched.
pub(crate) async fn snapshot(conn: &mut Conn, year: AcademicYear, of: Of<'_>) -> Result<()> {
    match of {
        Of::Authorities(codes) => execute_in!(conn, begin(year, "authority_code"), codes, OVERWRITE),
        Of::Setting(id) => execute_in!(conn, begin(year, "id"), [id], OVERWRITE),
    }
}

/// Gives every setting that has none a snapshot of the present academic year, so that a new year begins with what is
/// known on its first day.
///
/// # Errors
/// The database does not answer.
pub async fn keep_snapshots(desk: &Desk) -> Result<u64> {
    let year = AcademicYear::containing(desk.today());
    let mut conn = desk.write().await?;
    let written = execute!(
        conn,
        "INSERT INTO setting_year (setting_id, academic_year, authority_code, phase, setting_type, year_groups,
            year_groups_source, pupils, ward, constituency, deprivation_decile, status)
         SELECT id, $1, authority_code, phase, setting_type, year_groups, year_groups_source, pupils, ward,
            constituency, deprivation_decile, status
         FROM setting WHERE NOT EXISTS
            (SELECT 1 FROM setting_year y WHERE y.setting_id = setting.id AND y.academic_year = $1)
         ON CONFLICT DO NOTHING",
        i64::from(year),
    )?;
    conn.commit().await?;
    Ok(written)
}
