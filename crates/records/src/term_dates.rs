//! An authority's term dates.

mod import;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::term_date::{self, NotATerm};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};

pub use import::Preview;
pub(crate) use import::{compare, in_the_way, replace};

/// A term.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Term {
    /// Its key.
    pub id: Uuid,
    /// The academic year it lies in.
    #[sqlx(try_from = "i64")]
    pub academic_year: AcademicYear,
    /// “Autumn term, first half”
    pub name: String,
    /// The first day taught.
    pub starts: NaiveDate,
    /// The last day taught.
    pub ends: NaiveDate,
}

fn authority_of(actor: &Actor) -> Result<&str> {
    actor.authority().map(|code| code.as_str()).ok_or(Error::NotFound)
}

async fn of_authority(conn: &mut Conn, authority: &str) -> Result<Vec<Term>> {
    fetch_all!(
        conn,
        Term,
        "SELECT id, academic_year, name, starts, ends FROM term WHERE authority_code = $1 ORDER BY starts",
        authority,
    )
}

/// The authority's terms, the earliest first.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Term>> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let mut conn = desk.read().await?;
    of_authority(&mut conn, authority_of(actor)?).await
}

/// One of the authority's terms.
///
/// # Errors
/// Forbidden to all but an administrator; another authority's.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Term> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let mut conn = desk.read().await?;
    find(&mut conn, authority_of(actor)?, id).await
}

async fn find(conn: &mut Conn, authority: &str, id: Uuid) -> Result<Term> {
    fetch_one!(
        conn,
        Term,
        "SELECT id, academic_year, name, starts, ends FROM term WHERE id = $1 AND authority_code = $2",
        id,
        authority,
    )
}

/// Adds a term.
///
/// # Errors
/// Forbidden; a blank name; dates that are reversed, reach over 31 August or overlap another term.
pub async fn add(desk: &Desk, actor: &Actor, name: &str, starts: NaiveDate, ends: NaiveDate) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let authority = authority_of(actor)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Error::field("name", "Enter the term’s name, at most 60 characters"));
    }
    let mut conn = desk.write().await?;
    // Two administrators at once must not add terms that overlap.
    execute!(conn, "UPDATE authority SET version = version WHERE code = $1", authority)?;
    let others = of_authority(&mut conn, authority).await?;
    let year = term_date::check(starts, ends, others.iter().map(|t| (t.name.as_str(), t.starts, t.ends)))
        .map_err(|e| Error::field(if matches!(e, NotATerm::Overlaps(_)) { "starts" } else { "ends" }, e.to_string()))?;
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO term (id, authority_code, academic_year, name, starts, ends) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        authority,
        i64::from(year),
        name,
        starts,
        ends,
    )?;
    let after = json!({ "term": name, "starts": starts, "ends": ends });
    note(&mut conn, desk, actor, authority, Value::Null, after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Removes a term.
///
/// # Errors
/// Forbidden; another authority's, or gone already.
pub async fn remove(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let authority = authority_of(actor)?;
    let mut conn = desk.write().await?;
    let term = find(&mut conn, authority, id).await?;
    execute!(conn, "DELETE FROM term WHERE id = $1", id)?;
    let before = json!({ "term": term.name, "starts": term.starts, "ends": term.ends });
    note(&mut conn, desk, actor, authority, before, Value::Null).await?;
    desk.commit(conn, id).await
}

/// Written on the authority's own trail: its page shows it.
async fn note(conn: &mut Conn, desk: &Desk, actor: &Actor, authority: &str, before: Value, after: Value) -> Result<()> {
    let change = Change {
        operation: Operation::EditAuthority,
        authority: Some(authority),
        record_kind: "authority",
        record_id: authority.to_owned(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
