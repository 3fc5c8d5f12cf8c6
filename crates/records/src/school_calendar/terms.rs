//! Terms of a school's or a trust's own, in place of the authority's for an academic year.

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::{Actor, Operation, Scope};
use domain::term_date::{self, NotATerm};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{find, note};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};

/// A term of a school's or a trust's own.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnTerm {
    /// Its key.
    pub id: Uuid,
    /// The school; none: a trust's.
    pub setting_id: Option<Uuid>,
    /// The academic year in which it replaces the authority's.
    #[sqlx(try_from = "i64")]
    pub academic_year: AcademicYear,
    /// “Autumn term, first half”
    pub name: String,
    /// The first day taught.
    pub starts: NaiveDate,
    /// The last day taught.
    pub ends: NaiveDate,
}

/// A school's own terms, by date.
pub(super) async fn of_school(conn: &mut Conn, setting: Uuid) -> Result<Vec<OwnTerm>> {
    fetch_all!(
        conn,
        OwnTerm,
        "SELECT id, setting_id, academic_year, name, starts, ends FROM own_term WHERE setting_id = $1 ORDER BY starts",
        setting,
    )
}

/// A trust's own terms, by date.
pub(super) async fn trusts(conn: &mut Conn, trust: Option<&str>) -> Result<Vec<OwnTerm>> {
    fetch_all!(
        conn,
        OwnTerm,
        "SELECT id, setting_id, academic_year, name, starts, ends FROM own_term WHERE trust_code = $1 ORDER BY starts",
        trust,
    )
}

fn trust_of(actor: &Actor) -> Result<&str> {
    match &actor.scope {
        Scope::Trust(code) => Ok(code),
        _ => Err(Error::NotFound),
    }
}

/// The terms of the actor's trust, by date.
///
/// # Errors
/// Forbidden; not found to all who do not act for a trust.
pub async fn of_trust(desk: &Desk, actor: &Actor) -> Result<Vec<OwnTerm>> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.read().await?;
    trusts(&mut conn, Some(trust_of(actor)?)).await
}

/// One term of a school's own within the actor's scope, or of the actor's trust.
///
/// # Errors
/// Not found; forbidden.
pub async fn term(desk: &Desk, actor: &Actor, id: Uuid) -> Result<OwnTerm> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.read().await?;
    find_term(&mut conn, actor, id).await
}

async fn find_term(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<OwnTerm> {
    let term = fetch_one!(
        conn,
        OwnTerm,
        "SELECT id, setting_id, academic_year, name, starts, ends FROM own_term WHERE id = $1",
        id,
    )?;
    match term.setting_id {
        Some(setting) => find(conn, actor, setting).await.map(|_| ())?,
        None => {
            let own = trusts(conn, Some(trust_of(actor)?)).await?;
            own.iter().find(|t| t.id == id).ok_or(Error::NotFound)?;
        }
    }
    Ok(term)
}

/// Adds a term of a school's own, or with `setting` none of the actor's trust's. From its academic year's first one on
/// the authority's terms of that year no longer hold there.
///
/// # Errors
/// Not found; forbidden; a blank name; dates that are reversed, reach over 31 August or overlap another term.
pub async fn add_term(
    desk: &Desk,
    actor: &Actor,
    setting: Option<Uuid>,
    name: &str,
    starts: NaiveDate,
    ends: NaiveDate,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Error::field("name", "Enter the term’s name, at most 60 characters"));
    }
    let mut conn = desk.write().await?;
    let (trust, others, school) = match setting {
        Some(id) => {
            let school = find(&mut conn, actor, id).await?;
            // Two people at once must not add terms that overlap.
            execute!(conn, "UPDATE setting SET version = version WHERE id = $1", id)?;
            (None, of_school(&mut conn, id).await?, Some(school))
        }
        None => {
            let trust = trust_of(actor)?;
            execute!(conn, "UPDATE setting SET version = version WHERE trust_code = $1", trust)?;
            (Some(trust), trusts(&mut conn, Some(trust)).await?, None)
        }
    };
    let year = term_date::check(starts, ends, others.iter().map(|t| (t.name.as_str(), t.starts, t.ends)))
        .map_err(|e| Error::field(if matches!(e, NotATerm::Overlaps(_)) { "starts" } else { "ends" }, e.to_string()))?;
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO own_term (id, setting_id, trust_code, academic_year, name, starts, ends)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        setting,
        trust,
        i64::from(year),
        name,
        starts,
        ends,
    )?;
    let after = json!({ "own_term": name, "starts": starts, "ends": ends });
    match school {
        Some(school) => note(&mut conn, desk, actor, &school, Value::Null, after).await?,
        None => note_of_trust(&mut conn, desk, actor, Value::Null, after).await?,
    }
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Removes a term of a school's or the trust's own. With the last one of an academic year the authority's hold again.
///
/// # Errors
/// Not found; forbidden.
pub async fn remove_term(desk: &Desk, actor: &Actor, id: Uuid) -> Result<OwnTerm> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.write().await?;
    let term = find_term(&mut conn, actor, id).await?;
    execute!(conn, "DELETE FROM own_term WHERE id = $1", id)?;
    let before = json!({ "own_term": term.name, "starts": term.starts, "ends": term.ends });
    match term.setting_id {
        Some(setting) => {
            let school = find(&mut conn, actor, setting).await?;
            note(&mut conn, desk, actor, &school, before, Value::Null).await?;
        }
        None => note_of_trust(&mut conn, desk, actor, before, Value::Null).await?,
    }
    desk.commit(conn, id).await?;
    Ok(term)
}

async fn note_of_trust(conn: &mut Conn, desk: &Desk, actor: &Actor, before: Value, after: Value) -> Result<()> {
    let change = Change {
        operation: Operation::EditCalendar,
        // A trust's schools may lie in several authorities.
        authority: None,
        record_kind: "trust",
        record_id: trust_of(actor)?.to_owned(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
