//! What records were before an import changed them, kept so that it can be taken back.
//!
//! An import reads the rows of a table it writes before and after it ([`rows`]), and keeps what differs ([`keep`]): each
//! row as it was, and a fingerprint of what it became. Taking the import back compares first: a row that is not what the
//! import left any more was changed since ([`changed_since`]). Then each is put back as it was ([`restore`]).

mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use domain::import::CannotTakeBack;
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{Postgres, QueryBuilder, Row as _, Sqlite};
use uuid::Uuid;

use crate::batch::ROWS_AT_A_TIME;
use crate::db::{Conn, Handle};
use crate::error::{Error, Result};
use crate::imports::fingerprint;

pub(crate) use tables::*;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Key,
    Number,
    Text,
    Flag,
    Instant,
    Day,
}

impl Type {
    /// Whether a kept value is one of this type.
    fn reads(self, value: &Value) -> bool {
        fn is<T: serde::de::DeserializeOwned>(value: &Value) -> bool {
            Option::<T>::deserialize(value).is_ok()
        }
        match self {
            Self::Key => is::<Uuid>(value),
            Self::Number => is::<i64>(value),
            Self::Text => is::<String>(value),
            Self::Flag => is::<bool>(value),
            Self::Instant => is::<DateTime<Utc>>(value),
            Self::Day => is::<NaiveDate>(value),
        }
    }
}

/// A table, the columns of its key first.
pub(crate) struct Table {
    pub name: &'static str,
    /// How many columns are its key.
    pub keys: usize,
    pub columns: &'static [(&'static str, Type)],
    /// Whether these are all its columns: else its rows are changed by an import, or added, and never removed.
    pub whole: bool,
    /// The column that says which setting a row is about.
    pub setting: Option<&'static str>,
    /// What is said of a row that was changed since: “{}” stands for the setting's name.
    pub changed: &'static str,
}

/// The tables of which rows are kept, with their columns, and whether these are all.
#[cfg(feature = "testing")]
pub(crate) fn schema() -> Vec<(&'static str, Vec<&'static str>, bool)> {
    let columns = |table: &Table| table.columns.iter().map(|(name, _)| *name).collect();
    tables::ALL.iter().map(|table| (table.name, columns(table), table.whole)).collect()
}

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

/// A row that an import changed: its key, what it was (none: it was not there), and the fingerprint of what it became
/// (none: it is not there any more).
type Changed = (Vec<Value>, Option<Vec<Value>>, Option<String>);

/// As it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    columns: Vec<String>,
    rows: Vec<Changed>,
}

/// What is kept of one table.
pub(crate) struct Kept {
    pub table: &'static Table,
    rows: Vec<Changed>,
}

impl Kept {
    /// The keys, in their first column, of rows that the import added.
    pub(crate) fn added(&self) -> Vec<Uuid> {
        let added = self.rows.iter().filter(|(_, before, _)| before.is_none());
        added.filter_map(|(key, ..)| Uuid::deserialize(key.first()?).ok()).collect()
    }

    /// The same where the key is text.
    pub(crate) fn added_codes(&self) -> Vec<String> {
        let added = self.rows.iter().filter(|(_, before, _)| before.is_none());
        added.filter_map(|(key, ..)| Some(key.first()?.as_str()?.to_owned())).collect()
    }

    /// The keys, in their first column, of all rows.
    pub(crate) fn ids(&self) -> Vec<Uuid> {
        let keys: BTreeSet<Uuid> =
            self.rows.iter().filter_map(|(key, ..)| Uuid::deserialize(key.first()?).ok()).collect();
        keys.into_iter().collect()
    }

    /// What stood in a column of the rows that were there before.
    pub(crate) fn before<T: serde::de::DeserializeOwned>(&self, column: &str) -> Vec<T> {
        let Some((at, _)) = self.table.column(column) else { return Vec::new() };
        let before = self.rows.iter().filter_map(|(_, before, _)| before.as_ref()?.get(at));
        before.filter_map(|value| T::deserialize(value).ok()).collect()
    }
}

/// Reads a row's values, on either database.
macro_rules! values {
    ($row:expr, $table:expr) => {
        $table
            .columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| {
                Ok(match kind {
                    Type::Key => json!($row.try_get::<Option<Uuid>, _>(at)?),
                    Type::Number => json!($row.try_get::<Option<i64>, _>(at)?),
                    Type::Text => json!($row.try_get::<Option<String>, _>(at)?),
                    Type::Flag => json!($row.try_get::<Option<bool>, _>(at)?),
                    Type::Instant => json!($row.try_get::<Option<DateTime<Utc>>, _>(at)?),
                    Type::Day => json!($row.try_get::<Option<NaiveDate>, _>(at)?),
                })
            })
            .collect::<std::result::Result<Vec<Value>, sqlx::Error>>()
    };
}

/// Binds a value, on either database. [`kept`] has seen that it is one of the column's type.
macro_rules! bind {
    ($b:expr, $kind:expr, $value:expr) => {
        match $kind {
            Type::Key => $b.push_bind(Option::<Uuid>::deserialize($value).unwrap_or_default()),
            Type::Number => $b.push_bind($value.as_i64()),
            Type::Text => $b.push_bind($value.as_str().map(str::to_owned)),
            Type::Flag => $b.push_bind($value.as_bool()),
            Type::Instant => $b.push_bind(Option::<DateTime<Utc>>::deserialize($value).unwrap_or_default()),
            Type::Day => $b.push_bind(Option::<NaiveDate>::deserialize($value).unwrap_or_default()),
        }
    };
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
    each(conn, table, condition, among, tail, &mut |values| {
        rows.insert(key_of(table, &values), values);
    })
    .await?;
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
    each(conn, table, condition, among, tail, &mut |values| {
        // A list of its own: shortened, that of all values would keep its room.
        let key = values[..table.keys].to_vec();
        prints.insert(text_of(&key), (key, short(&values)));
    })
    .await?;
    Ok(prints)
}

/// Reads row after row.
async fn each(
    conn: &mut Conn,
    table: &Table,
    condition: &str,
    among: Among<'_>,
    tail: &str,
    take: &mut (dyn FnMut(Vec<Value>) + Send),
) -> Result<()> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let select = format!("SELECT {} FROM {} WHERE {condition}", columns.join(", "), table.name);
    macro_rules! read {
        ($values:expr) => {
            for chunk in $values.chunks(ROWS_AT_A_TIME * 10) {
                match conn.handle() {
                    Handle::Sqlite(c) => read!(c, Sqlite, chunk),
                    Handle::Postgres(c) => read!(c, Postgres, chunk),
                }
            }
        };
        ($c:expr, $db:ty, $chunk:expr) => {{
            let mut query = QueryBuilder::<$db>::new(select.as_str());
            query.push_tuples($chunk, |mut b, value| {
                b.push_bind(value);
            });
            let mut found = query.push(tail).build().fetch($c);
            while let Some(row) = found.try_next().await? {
                take(values!(row, table)?);
            }
        }};
    }
    match among {
        Among::Codes(codes) => read!(codes),
        Among::Ids(ids) => read!(ids),
    }
    Ok(())
}

fn key_of(table: &Table, values: &[Value]) -> String {
    text_of(&values[..table.keys])
}

fn text_of(values: &[Value]) -> String {
    let mut text = String::new();
    for (at, value) in values.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        // A text takes what it is given.
        let _ = write!(text, "{comma}{value}");
    }
    text
}

/// Half a fingerprint tells two states of one row apart as well.
fn short(values: &[Value]) -> String {
    fingerprint(text_of(values).as_bytes())[..32].to_owned()
}

/// Keeps what an import changed of a table; also that it changed nothing.
pub(crate) async fn keep(conn: &mut Conn, import: Uuid, table: &Table, before: &Rows, after: &Prints) -> Result<()> {
    let mut changed: Vec<Changed> = Vec::new();
    for (key, was) in before {
        let now = after.get(key).map(|(_, print)| print);
        if now.is_none_or(|now| *now != short(was)) {
            changed.push((was[..table.keys].to_vec(), Some(was.clone()), now.cloned()));
        }
    }
    let added = after.iter().filter(|(key, _)| !before.contains_key(*key)).map(|(_, now)| now.clone());
    changed.extend(added.map(|(key, print)| (key, None, Some(print))));
    let columns = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let count = i64::try_from(changed.len()).unwrap_or(i64::MAX);
    let stored = serde_json::to_string(&Stored { columns, rows: changed }).map_err(Error::unavailable)?;
    execute!(
        conn,
        "INSERT INTO import_before (import_id, record, changed, kept) VALUES ($1, $2, $3, $4)",
        import,
        table.name,
        count,
        stored
    )?;
    Ok(())
}

/// What is kept of an import, those tables first that others refer to.
///
/// # Errors
/// Refused: nothing is kept of it, or of tables that have other columns now.
pub(crate) async fn kept(conn: &mut Conn, import: Uuid) -> Result<Vec<Kept>> {
    let stored =
        fetch_all!(conn, (String, String), "SELECT record, kept FROM import_before WHERE import_id = $1", import)?;
    if stored.is_empty() {
        return Err(CannotTakeBack::NotKept.into());
    }
    let mut stored: BTreeMap<String, String> = stored.into_iter().collect();
    let mut kept = Vec::new();
    for table in tables::ALL {
        let Some(json) = stored.remove(table.name) else { continue };
        let Stored { columns, rows } = serde_json::from_str(&json).map_err(Error::unavailable)?;
        let fits = |row: &Vec<Value>| row.iter().zip(table.columns).all(|(value, (_, kind))| kind.reads(value));
        let whole = |row: &Vec<Value>| row.len() == table.columns.len() && fits(row);
        if columns.iter().map(String::as_str).ne(table.columns.iter().map(|(name, _)| *name))
            || !rows.iter().all(|(key, before, _)| fits(key) && before.as_ref().is_none_or(whole))
        {
            return Err(CannotTakeBack::NotKept.into());
        }
        kept.push(Kept { table, rows });
    }
    if stored.is_empty() { Ok(kept) } else { Err(CannotTakeBack::NotKept.into()) }
}

/// What is not any more as the import left it, a phrase each: “Elm Primary was changed”.
pub(crate) async fn changed_since(conn: &mut Conn, kept: &[Kept]) -> Result<Vec<String>> {
    // Phrases with the settings they are about.
    let mut found: Vec<(&'static str, Option<Uuid>)> = Vec::new();
    for Kept { table, rows: changed } in kept {
        let (first, kind) = table.columns[0];
        let condition = format!("{first} IN ");
        let now = if kind == Type::Key {
            let keys: BTreeSet<Uuid> = changed.iter().filter_map(|(key, ..)| Uuid::deserialize(&key[0]).ok()).collect();
            let keys: Vec<Uuid> = keys.into_iter().collect();
            rows(conn, table, &condition, Among::Ids(&keys), "").await?
        } else {
            let codes = changed.iter().filter_map(|(key, ..)| Some(key[0].as_str()?.to_owned()));
            rows(conn, table, &condition, Among::Codes(&codes.collect::<Vec<_>>()), "").await?
        };
        for (key, before, after) in changed {
            let values = now.get(&text_of(key));
            if values.map(|values| short(values)) == *after {
                continue;
            }
            let at = table.setting.and_then(|column| table.column(column)).map(|(at, _)| at);
            let about = at.and_then(|at| values.or(before.as_ref()).and_then(|values| values.get(at)));
            // Of a row that is gone the key alone is known.
            let about = about.or_else(|| at.and_then(|at| key.get(at)));
            found.push((table.changed, about.and_then(|id| Uuid::deserialize(id).ok())));
        }
    }
    let ids: BTreeSet<Uuid> = found.iter().filter_map(|(_, id)| *id).collect();
    let names = names(conn, &ids.into_iter().collect::<Vec<_>>()).await?;
    let mut phrases = Vec::new();
    for (phrase, id) in found {
        let name = id.and_then(|id| names.get(&id)).map_or("a school", String::as_str);
        let phrase = phrase.replace("{}", name);
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    Ok(phrases)
}

async fn names(conn: &mut Conn, ids: &[Uuid]) -> Result<BTreeMap<Uuid, String>> {
    let rows = fetch_in!(conn, (Uuid, String), "SELECT id, name FROM setting WHERE id IN ", ids, "")?;
    Ok(rows.into_iter().collect())
}

/// Puts every row back as it was, and forgets what was kept.
pub(crate) async fn restore(conn: &mut Conn, import: Uuid, kept: &[Kept]) -> Result<()> {
    // What was changed first: it may refer to what was added. What was removed last: it may stand where that is.
    for Kept { table, rows } in kept {
        let changed = rows.iter().filter(|(.., after)| after.is_some()).filter_map(|(_, before, _)| before.as_ref());
        update(conn, table, &changed.collect::<Vec<_>>()).await?;
    }
    for Kept { table, rows } in kept.iter().rev() {
        let added = rows.iter().filter(|(_, before, _)| before.is_none()).map(|(key, ..)| key);
        delete(conn, table, &added.collect::<Vec<_>>()).await?;
    }
    for Kept { table, rows } in kept {
        let removed = rows.iter().filter(|(.., after)| after.is_none()).filter_map(|(_, before, _)| before.as_ref());
        insert(conn, table, &removed.collect::<Vec<_>>()).await?;
    }
    execute!(conn, "DELETE FROM import_before WHERE import_id = $1", import)?;
    Ok(())
}

async fn update(conn: &mut Conn, table: &Table, rows: &[&Vec<Value>]) -> Result<()> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let (keys, rest) = names.split_at(table.keys);
    let name = table.name;
    let set: Vec<String> = rest.iter().map(|column| format!("{column} = given.{column}")).collect();
    let is: Vec<String> = keys.iter().map(|key| format!("{name}.{key} = given.{key}")).collect();
    let begin = format!("WITH given ({}) AS (", names.join(", "));
    let end = format!(") UPDATE {name} SET {} FROM given WHERE {}", set.join(", "), is.join(" AND "));
    insert_rows!(
        conn,
        begin.as_str(),
        rows,
        |b, row| {
            for (value, (_, kind)) in row.iter().zip(table.columns) {
                bind!(b, kind, value);
            }
        },
        end.as_str()
    )?;
    Ok(())
}

async fn insert(conn: &mut Conn, table: &Table, rows: &[&Vec<Value>]) -> Result<()> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let begin = format!("INSERT INTO {} ({}) ", table.name, names.join(", "));
    insert_rows!(
        conn,
        begin.as_str(),
        rows,
        |b, row| {
            for (value, (_, kind)) in row.iter().zip(table.columns) {
                bind!(b, kind, value);
            }
        },
        ""
    )?;
    Ok(())
}

async fn delete(conn: &mut Conn, table: &Table, keys: &[&Vec<Value>]) -> Result<()> {
    let names: Vec<&str> = table.columns[..table.keys].iter().map(|(name, _)| *name).collect();
    // A list of values as a table: row values in a plain list are not what SQLite takes.
    let begin = format!("DELETE FROM {} WHERE ({}) IN (", table.name, names.join(", "));
    insert_rows!(
        conn,
        begin.as_str(),
        keys,
        |b, key| {
            for (value, (_, kind)) in key.iter().zip(table.columns) {
                bind!(b, kind, value);
            }
        },
        ")"
    )?;
    Ok(())
}
