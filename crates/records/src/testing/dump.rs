//! Everything that stands in a database, to be compared with what stood in it before.

use std::collections::BTreeMap;

use crate::Desk;
use crate::db::Db;

/// Every table's rows as text, in an order of their own.
///
/// # Panics
/// When the database refuses.
pub async fn dump(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let mut conn = desk.read().await.expect("a transaction");
    let is_sqlite = matches!(desk.db(), Db::Sqlite { .. });
    let tables = if is_sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
    };
    let tables = fetch_all!(conn, (String,), tables).expect("tables");
    let mut dump = BTreeMap::new();
    for (table,) in tables {
        let rows = if is_sqlite {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(columns)).expect("columns");
            let all = columns.iter().map(|(c,)| format!("quote(\"{c}\")")).collect::<Vec<_>>().join(" || ',' || ");
            format!("SELECT {all} FROM \"{table}\" ORDER BY 1")
        } else {
            format!("SELECT CAST(t AS TEXT) FROM \"{table}\" t ORDER BY 1")
        };
        let rows = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(rows)).expect("rows");
        dump.insert(table, rows.into_iter().map(|(row,)| row).collect());
    }
    dump
}

/// The tables whose rows imports keep before they change them, with the columns that are kept, and whether these are all.
#[must_use]
pub fn kept_columns() -> Vec<(&'static str, Vec<&'static str>, bool)> {
    crate::before::schema()
}

/// Columns that refer to a setting and that taking an import back knows: `table.column`, in the alphabet's order.
#[must_use]
pub fn named_references() -> Vec<String> {
    let own = [("setting_year", "setting_id"), ("lineage", "setting_id"), ("lineage", "current_id")];
    let named = crate::imports::REFERENCES.iter().map(|(table, column, _)| (*table, *column));
    let mut all: Vec<String> = named.chain(own).map(|(table, column)| format!("{table}.{column}")).collect();
    all.sort();
    all
}
