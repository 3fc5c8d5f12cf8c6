//! What an import changed, row by row, beside what stands there now.

use serde::Deserialize as _;
use serde_json::Value;
use uuid::Uuid;

use super::reading::{rows, short, text_of};
use super::{Among, Kept};
use crate::db::Conn;
use crate::error::Result;

/// Numbers of a row that an import changed.
pub(crate) struct Compared {
    /// The row's key.
    pub id: Uuid,
    /// What stood in the columns before.
    pub before: Vec<Option<i64>>,
    /// What stands there now.
    pub now: Vec<Option<i64>>,
    /// The row is not any more as the import left it.
    pub is_changed_since: bool,
}

/// What columns of numbers held of the rows that an import changed, and hold now. Rows that it added, and those that are
/// gone since, are not among them.
pub(crate) async fn compared(conn: &mut Conn, kept: &Kept, columns: &[&str]) -> Result<Vec<Compared>> {
    let table = kept.table;
    let at: Vec<usize> = columns.iter().filter_map(|column| table.column(column)).map(|(at, _)| at).collect();
    let first = format!("{} IN ", table.columns[0].0);
    let now = rows(conn, table, &first, Among::Ids(&kept.ids()), "").await?;
    let numbers = |values: &[Value]| at.iter().map(|at| values.get(*at).and_then(Value::as_i64)).collect();
    let mut compared = Vec::new();
    for (key, before, left) in &kept.rows {
        let id = key.first().and_then(|id| Uuid::deserialize(id).ok());
        let (Some(id), Some(before), Some(now)) = (id, before, now.get(&text_of(key)?)) else { continue };
        let print = short(text_of(now)?.as_bytes());
        let is_changed_since = left.as_ref() != Some(&print);
        compared.push(Compared { id, before: numbers(before), now: numbers(now), is_changed_since });
    }
    Ok(compared)
}
