//! Who had filled in the sheet that a request was made or changed by: kept beside the import as long as it can be taken
//! back, since the request itself says only who took the sheet in.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use intake::requests::FilledRow;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::requests::Request;

/// The word in `import_choice`; its place is the request.
const ABOUT: &str = "filled_in_by";

/// “Al, Bo”, of those who named themselves.
pub(super) fn names(rows: &[&FilledRow]) -> String {
    let names: BTreeSet<&str> =
        rows.iter().map(|row| row.filled_in_by.as_str()).filter(|name| !name.is_empty()).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// Writes down who filled in which request's rows.
pub(super) async fn keep(conn: &mut Conn, import: Uuid, named: Vec<(Uuid, String)>) -> Result<()> {
    let named: Vec<(Uuid, String)> = named.into_iter().filter(|(_, names)| !names.is_empty()).collect();
    insert_rows!(
        conn,
        "INSERT INTO import_choice (import_id, about, place, value) ",
        named,
        |b, row| {
            b.push_bind(import).push_bind(ABOUT).push_bind(row.0.to_string()).push_bind(row.1.as_str());
        },
        ""
    )?;
    Ok(())
}

/// Who had filled in the sheet that was the last to change a request, blank where nobody is named; none where it was not
/// changed by a sheet last.
pub(super) async fn of(conn: &mut Conn, request: &Request) -> Result<Option<String>> {
    let found = fetch_optional!(
        conn,
        (Option<String>,),
        "SELECT c.value FROM request_import i
         LEFT JOIN import_choice c ON c.import_id = i.import_id AND c.about = $3 AND c.place = $4
         WHERE i.request_id = $1 AND i.version = $2",
        request.id,
        request.version,
        ABOUT,
        request.id.to_string(),
    )?;
    Ok(found.map(|(names,)| names.unwrap_or_default()))
}

/// Forgets who filled in a sheet that is taken back.
pub(super) async fn remove(conn: &mut Conn, import: Uuid) -> Result<()> {
    execute!(conn, "DELETE FROM import_choice WHERE import_id = $1 AND about = $2", import, ABOUT)?;
    Ok(())
}

/// Forgets who filled in sheets that were taken in before `until`.
pub(super) async fn forget(conn: &mut Conn, until: DateTime<Utc>) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM import_choice WHERE about = $1 AND import_id IN
            (SELECT id FROM import WHERE kind = 'requests' AND finished_at < $2)",
        ABOUT,
        until,
    )?;
    Ok(())
}
