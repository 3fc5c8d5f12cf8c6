//! What records were before an import changed them, kept so that it can be taken back.
//!
//! An import reads the rows of a table it writes before and after it ([`rows`]), and keeps what differs ([`keep`]): each
//! row as it was, and a fingerprint of what it became. Taking the import back compares first: a row that is not what the
//! import left any more was changed since ([`changed_since`]). Then each is put back as it was ([`restore`]).

mod compared;
mod reading;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::import::CannotTakeBack;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::taking_back::{At, Built};
use reading::{short, text_of};

pub(crate) use compared::compared;
pub(crate) use reading::{Among, Prints, Rows, prints, rows};
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
    #[cfg_attr(not(feature = "testing"), allow(dead_code, reason = "tests ask, of every table there is"))]
    pub whole: bool,
    /// The column that says which setting a row is about.
    pub setting: Option<&'static str>,
    /// What is said of a row that was changed since: “{}” stands for the setting's name; of a row that is about a
    /// session alone, for where and when that is.
    pub changed: &'static str,
}

/// The tables of which rows are kept, with their columns, and whether these are all.
#[cfg(feature = "testing")]
pub(crate) fn schema() -> Vec<(&'static str, Vec<&'static str>, bool)> {
    let columns = |table: &Table| table.columns.iter().map(|(name, _)| *name).collect();
    tables::ALL.iter().map(|table| (table.name, columns(table), table.whole)).collect()
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

/// Keeps what an import changed of a table; also that it changed nothing.
pub(crate) async fn keep(conn: &mut Conn, import: Uuid, table: &Table, before: &Rows, after: &Prints) -> Result<()> {
    let mut changed: Vec<Changed> = Vec::new();
    for (key, was) in before {
        let (now, print) = (after.get(key).map(|(_, print)| print), short(text_of(was)?.as_bytes()));
        if now.is_none_or(|now| *now != print) {
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

/// The values of a table's first column among keys: few statements, and never more rows than have one of them.
enum Keys {
    Ids(Vec<Uuid>),
    Codes(Vec<String>),
}

impl Keys {
    fn of<'r>(table: &Table, rows: impl Iterator<Item = &'r Changed>) -> Self {
        if table.columns[0].1 == Type::Key {
            let ids: BTreeSet<Uuid> = rows.filter_map(|(key, ..)| Uuid::deserialize(key.first()?).ok()).collect();
            Self::Ids(ids.into_iter().collect())
        } else {
            Self::Codes(rows.filter_map(|(key, ..)| Some(key.first()?.as_str()?.to_owned())).collect())
        }
    }

    fn among(&self) -> Among<'_> {
        match self {
            Self::Ids(ids) => Among::Ids(ids),
            Self::Codes(codes) => Among::Codes(codes),
        }
    }
}

/// What is not any more as the import left it: “Elm Primary was changed”. Of one school it may be said several times.
pub(crate) async fn changed_since(conn: &mut Conn, kept: &[Kept]) -> Result<Vec<Built>> {
    // Phrases with the settings they are about, and where.
    let mut found: Vec<(&'static str, Option<Uuid>, Option<At>)> = Vec::new();
    for Kept { table, rows: changed } in kept {
        let first = format!("{} IN ", table.columns[0].0);
        let now = prints(conn, table, &first, Keys::of(table, changed.iter()).among(), "").await?;
        let mut differing = Vec::new();
        for row in changed {
            let (key, _, after) = row;
            if now.get(&text_of(key)?).map(|(_, print)| print) != after.as_ref() {
                differing.push(row);
            }
        }
        // Most often none does: an undo of all England does not read everything whole.
        let now = rows(conn, table, &first, Keys::of(table, differing.iter().copied()).among(), "").await?;
        for (key, before, _) in differing {
            let now = now.get(&text_of(key)?);
            let id = |column: &str| {
                let (at, _) = table.column(column)?;
                // Of a row that is gone the key alone is known.
                let values = now.or(before.as_ref()).and_then(|values| values.get(at));
                Uuid::deserialize(values.or_else(|| key.get(at))?).ok()
            };
            let about = table.setting.and_then(id);
            found.push((table.changed, about, table.place(now.is_some(), about, id)));
        }
    }
    let unnamed = found.iter().filter(|(_, about, _)| about.is_none());
    let sessions: BTreeSet<Uuid> = unnamed
        .filter_map(|(.., at)| match at {
            Some(At::Session(id)) => Some(*id),
            _ => None,
        })
        .collect();
    let ids: BTreeSet<Uuid> = found.iter().filter_map(|(_, id, _)| *id).collect();
    let mut names = names(conn, &ids.into_iter().collect::<Vec<_>>()).await?;
    names.extend(whereabouts(conn, &sessions.into_iter().collect::<Vec<_>>()).await?);
    let mut built = Vec::new();
    for (phrase, about, at) in found {
        let id = match (about, at) {
            (None, Some(At::Session(id))) => Some(id),
            (about, _) => about,
        };
        let name = id.and_then(|id| names.get(&id)).map_or("a school", String::as_str);
        built.push(Built::new(phrase.replace("{}", name), at));
    }
    Ok(built)
}

impl Table {
    /// The page on which a row is seen: its own as long as it `is_there`, that of its session, or of the school it is
    /// about. `id` tells the key that stands in a column.
    fn place(&self, is_there: bool, about: Option<Uuid>, id: impl Fn(&str) -> Option<Uuid>) -> Option<At> {
        match self.name {
            "session" => id("id").filter(|_| is_there).map(At::Session),
            "attending_group" | "session_event" | "left_calendar" => id("session_id").map(At::Session),
            "request" if is_there => id("id").map(At::Request),
            "authority" | "term" | "bank_holiday" => Some(At::Authority),
            _ => about.map(At::School),
        }
    }
}

async fn names(conn: &mut Conn, ids: &[Uuid]) -> Result<BTreeMap<Uuid, String>> {
    let rows = fetch_in!(conn, (Uuid, String), "SELECT id, name FROM setting WHERE id IN ", ids, "")?;
    Ok(rows.into_iter().collect())
}

/// Where and when sessions are: “Elm Primary on 3 May 2026”.
async fn whereabouts(conn: &mut Conn, sessions: &[Uuid]) -> Result<BTreeMap<Uuid, String>> {
    let rows = fetch_in!(
        conn,
        (Uuid, String, NaiveDate),
        "SELECT x.id, v.name, x.on_date FROM session x
         JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id WHERE x.id IN ",
        sessions,
        ""
    )?;
    Ok(rows.into_iter().map(|(id, venue, on)| (id, format!("{venue} on {}", on.format("%-d %B %Y")))).collect())
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
