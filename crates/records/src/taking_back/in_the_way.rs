//! What stands in the way of taking an import back, and where each thing is.

use std::collections::HashSet;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::import::{CannotTakeBack, may_take_back, nothing_in_the_way};
use uuid::Uuid;

use super::{Import, Kind, built_on, find};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;

/// Something that was built on an import.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Built {
    /// A phrase: “the session at Elm Primary on 3 May 2026 was changed”.
    pub what: String,
    /// Where it is; none where it has no page.
    pub at: Option<At>,
}

/// A record with a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At {
    /// A session.
    Session(Uuid),
    /// A tour.
    Tour(Uuid),
    /// A request.
    Request(Uuid),
    /// A school, or another setting.
    School(Uuid),
    /// A school that was split, by its URN.
    Split(i64),
    /// Somebody.
    Person(Uuid),
    /// Another import.
    Import(Kind, Uuid),
    /// The authority itself, with its terms and bank holidays.
    Authority,
}

impl Built {
    pub(crate) fn new(what: impl Into<String>, at: impl Into<Option<At>>) -> Self {
        Self { what: what.into(), at: at.into() }
    }
}

/// Whether those who change what an import brought are made to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// They are, until it is taken back: or it is found what they did.
    Yes,
    /// They are not: it is only looked at.
    No,
}

/// What stands in the way of taking an import back now; nothing where it may be.
///
/// # Errors
/// Forbidden; not found; it may not be taken back at all: it was not applied, or too long ago.
pub async fn in_the_way(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<Built>> {
    desk.authorise(actor, Operation::TakeBackImport)?;
    let mut conn = desk.read().await?;
    let import = find(&mut conn, actor, id).await?;
    desk.authorise(actor, import.kind.operation())?;
    may_take_back(import.state, import.finished_at, desk.now())?;
    Ok(each_once(built_on(&mut conn, &import, Hold::No).await?))
}

/// Refuses where something was built on an import, each thing named once.
pub(crate) fn check_nothing(built: &[Built]) -> std::result::Result<(), CannotTakeBack> {
    nothing_in_the_way(each_once(built.iter().map(|thing| thing.what.clone())))
}

/// Each the first time that it comes.
fn each_once<T: Clone + Eq + Hash>(things: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    things.into_iter().filter(|thing| seen.insert(thing.clone())).collect()
}

/// Why an import on which this was built cannot be taken back; none where nothing was.
#[must_use]
pub fn refusal(built: &[Built]) -> Option<String> {
    check_nothing(built).err().map(|why| why.to_string())
}

/// Imports of these kinds that were applied after this one to records of its authority, and changed something: they are
/// taken back first.
pub(crate) async fn later(conn: &mut Conn, import: &Import, kinds: &[Kind]) -> Result<Vec<Built>> {
    let rows = fetch_all!(
        conn,
        (Uuid, String, String, DateTime<Utc>),
        "SELECT o.id, o.kind, o.file_name, o.finished_at FROM import o
         WHERE o.state = 'applied' AND o.id <> $1 AND (o.finished_at > $2 OR (o.finished_at = $2 AND o.id > $1))
            AND ($3 IS NULL OR o.authority_code IS NULL OR o.authority_code = $3)
            AND EXISTS (SELECT 1 FROM import_before b WHERE b.import_id = o.id AND b.changed > 0)
         ORDER BY o.finished_at DESC, o.id DESC",
        import.id,
        import.finished_at,
        &import.authority_code,
    )?;
    let later = rows.into_iter().filter_map(|(id, word, file, at)| {
        let kind = kinds.iter().find(|kind| kind.as_str() == word)?;
        let did = if *kind == Kind::Carry { "was carried over" } else { "was imported" };
        let what = format!("“{file}” {did} on {}: take that back first", at.format("%-d %B %Y"));
        Some(Built::new(what, At::Import(*kind, id)))
    });
    Ok(later.collect())
}
