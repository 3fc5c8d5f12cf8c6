//! Rows of a table as they stand: their values, or a fingerprint of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{Postgres, QueryBuilder, Row as _, Sqlite};
use uuid::Uuid;

use super::{Table, Type};
use crate::batch::ROWS_AT_A_TIME;
use crate::db::{Conn, Handle};
use crate::error::{Error, Result};
use crate::imports::fingerprint;

/// Rows of a table by their key: the values of its columns.
pub(crate) type Rows = BTreeMap<String, Vec<Value>>;

/// What rows became, by their key: the key's values, and the fingerprint of all.
pub(crate) type Prints = BTreeMap<String, (Vec<Value>, String)>;

/// Which rows are read: those with any of these values.
#[derive(Clone, Copy)]
pub(crate) enum Among<'a> {
    Codes(&'a [String]),
    Ids(&'a [Uuid]),
}

/// Reads a column's value, whichever its type, and does something with it.
macro_rules! column {
    ($row:expr, $at:expr, $kind:expr, |$value:ident| $then:expr) => {
        match $kind {
            Type::Key => column!(@ $row, $at, Uuid, |$value| $then),
            Type::Number => column!(@ $row, $at, i64, |$value| $then),
            Type::Text => column!(@ $row, $at, String, |$value| $then),
            Type::Flag => column!(@ $row, $at, bool, |$value| $then),
            Type::Instant => column!(@ $row, $at, DateTime<Utc>, |$value| $then),
            Type::Day => column!(@ $row, $at, NaiveDate, |$value| $then),
        }
    };
    (@ $row:expr, $at:expr, $of:ty, |$value:ident| $then:expr) => {{
        let $value = $row.try_get::<Option<$of>, _>($at)?;
        $then
    }};
}

/// `each!(conn, table, condition, among, tail, |row| { … })`: reads row after row, on either database.
macro_rules! each {
    ($conn:expr, $table:expr, $condition:expr, $among:expr, $tail:expr, |$row:ident| $take:block) => {{
        let columns: Vec<&str> = $table.columns.iter().map(|(name, _)| *name).collect();
        let select = format!("SELECT {} FROM {} WHERE {}", columns.join(", "), $table.name, $condition);
        match $among {
            Among::Codes(codes) => each!(@among $conn, select, codes, $tail, |$row| $take),
            Among::Ids(ids) => each!(@among $conn, select, ids, $tail, |$row| $take),
        }
    }};
    (@among $conn:expr, $select:expr, $values:expr, $tail:expr, |$row:ident| $take:block) => {
        for chunk in $values.chunks(ROWS_AT_A_TIME * 10) {
            match $conn.handle() {
                Handle::Sqlite(c) => each!(@on c, Sqlite, $select, chunk, $tail, |$row| $take),
                Handle::Postgres(c) => each!(@on c, Postgres, $select, chunk, $tail, |$row| $take),
            }
        }
    };
    (@on $c:expr, $db:ty, $select:expr, $chunk:expr, $tail:expr, |$row:ident| $take:block) => {{
        let mut query = QueryBuilder::<$db>::new($select.as_str());
        query.push_tuples($chunk, |mut b, value| {
            b.push_bind(value);
        });
        let mut found = query.push($tail).build().fetch($c);
        while let Some($row) = found.try_next().await? {
            $take
        }
    }};
}

/// Reads the rows of a table: `condition` ends in `IN `, and `tail` follows the list of values.
pub(crate) async fn rows(
    conn: &mut Conn,
    table: &Table,
    condition: &str,
    among: Among<'_>,
    tail: &str,
) -> Result<Rows> {
    let mut rows = Rows::new();
    each!(conn, table, condition, among, tail, |row| {
        let mut values = Vec::with_capacity(table.columns.len());
        for (at, (_, kind)) in table.columns.iter().enumerate() {
            values.push(column!(row, at, kind, |value| json!(value)));
        }
        rows.insert(text_of(&values[..table.keys])?, values);
    });
    Ok(rows)
}

/// As [`rows`], of each row no more than [`keep`] needs of what it became: a list of all England is not held twice.
pub(crate) async fn prints(
    conn: &mut Conn,
    table: &Table,
    condition: &str,
    among: Among<'_>,
    tail: &str,
) -> Result<Prints> {
    let mut prints = Prints::new();
    // The texts of a row's values, as `text_of` has them: of England's schools there are two million.
    let mut text = Vec::new();
    each!(conn, table, condition, among, tail, |row| {
        text.clear();
        let mut key = Vec::with_capacity(table.keys);
        for (at, (_, kind)) in table.columns.iter().enumerate() {
            column!(row, at, kind, |value| {
                write_value(&mut text, at, &value)?;
                if at < table.keys {
                    key.push(json!(value));
                }
            });
        }
        prints.insert(text_of(&key)?, (key, short(&text)));
    });
    Ok(prints)
}

/// A row's values as one text.
pub(super) fn text_of(values: &[Value]) -> Result<String> {
    let mut text = Vec::new();
    for (at, value) in values.iter().enumerate() {
        write_value(&mut text, at, value)?;
    }
    String::from_utf8(text).map_err(Error::unavailable)
}

fn write_value(text: &mut Vec<u8>, at: usize, value: &impl Serialize) -> Result<()> {
    if at > 0 {
        text.push(b',');
    }
    serde_json::to_writer(text, value).map_err(Error::unavailable)
}

/// Half a fingerprint tells two states of one row apart as well.
pub(super) fn short(text: &[u8]) -> String {
    fingerprint(text)[..32].to_owned()
}
