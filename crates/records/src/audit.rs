//! The audit trail: who, under which grant, did what to which record, when, with the values before and after.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::access::{Actor, Operation, Scope};
use serde_json::Value;
use uuid::Uuid;

use crate::Desk;
use crate::db::{Conn, Page};
use crate::error::Result;

/// What a change was, for its audit line.
pub(crate) struct Change<'a> {
    pub operation: Operation,
    /// The tenant whose record it is; none for what belongs to no authority.
    pub authority: Option<&'a str>,
    /// `session`, `tour`, `person`, …: with the id it finds the record.
    pub record_kind: &'a str,
    pub record_id: String,
    /// JSON objects; [`Value::Null`] where there is none. Names, addresses and numbers of people must not stand here:
    /// pass [`REDACTED`] for a personal value that changed.
    pub before: Value,
    pub after: Value,
}

/// Stands in an audit line for a personal value.
pub(crate) const REDACTED: &str = "(personal)";

/// Writes the audit line of a change, in the change's own transaction.
pub(crate) async fn write(conn: &mut Conn, desk: &Desk, actor: &Actor, change: Change<'_>) -> Result<()> {
    write_all(conn, desk, actor, &[change]).await
}

/// Writes the audit lines of changes that were made together, in their own transaction.
pub(crate) async fn write_all(conn: &mut Conn, desk: &Desk, actor: &Actor, changes: &[Change<'_>]) -> Result<()> {
    let json = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
    insert_rows!(
        conn,
        "INSERT INTO audit (id, at, person_id, grant_id, role, authority_code, operation, record_kind, record_id, before, after) ",
        changes,
        |b, change| {
            b.push_bind(Uuid::now_v7()).push_bind(desk.now()).push_bind(actor.person).push_bind(actor.grant);
            b.push_bind(actor.role.as_str()).push_bind(change.authority).push_bind(change.operation.as_str());
            b.push_bind(change.record_kind).push_bind(change.record_id.as_str());
            b.push_bind(json(&change.before)).push_bind(json(&change.after));
        },
        ""
    )?;
    Ok(())
}

/// A line of the audit trail.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name; none for the command line or somebody signed out.
    pub person: Option<String>,
    /// The role acted under, a [`domain::access::Role`]'s word.
    pub role: String,
    /// What, a [`domain::access::Operation`]'s word.
    pub operation: String,
    /// `session`, `tour`, `person`, …
    pub record_kind: String,
    /// The record's id.
    pub record_id: String,
    /// The tenant whose record it is.
    pub authority_code: Option<String>,
    /// JSON before, or empty.
    pub before: String,
    /// JSON after, or empty.
    pub after: String,
}

/// The lines of one record, newest first; the caller has already found the record for its actor.
pub(crate) async fn of_record(conn: &mut Conn, record_kind: &str, record_id: &str) -> Result<Vec<Line>> {
    fetch_all!(
        conn,
        Line,
        "SELECT a.at, p.name AS person, a.role, a.operation, a.record_kind, a.record_id, a.authority_code, a.before, a.after
         FROM audit a LEFT JOIN person p ON p.id = a.person_id
         WHERE a.record_kind = $1 AND a.record_id = $2 ORDER BY a.at DESC, a.id DESC LIMIT 200",
        record_kind,
        record_id,
    )
}

macro_rules! lines_where {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM audit a LEFT JOIN person p ON p.id = a.person_id
              WHERE ($1 IS NULL OR a.authority_code = $1)
                AND ($2 IS NULL OR a.operation = $2)
                AND ($3 IS NULL OR LOWER(p.name) LIKE $3 OR p.email LIKE $3)
                AND ($4 IS NULL OR a.record_kind = $4)
                AND ($5 IS NULL OR a.record_id = $5)
                AND ($6 IS NULL OR a.at >= $6)
                AND ($7 IS NULL OR a.at < $7) ",
            $rest
        )
    };
}

/// The tenant an actor's own affairs belong to: none for a provider or a trust, which may serve several.
pub(crate) async fn authority_of(conn: &mut Conn, actor: &Actor) -> Result<Option<String>> {
    match &actor.scope {
        Scope::Authority(code) => Ok(Some(code.as_str().to_owned())),
        Scope::Setting(id) => {
            let row = fetch_optional!(conn, (String,), "SELECT authority_code FROM setting WHERE id = $1", *id)?;
            Ok(row.map(|(code,)| code))
        }
        Scope::Provider(_) | Scope::Trust(_) | Scope::Everything => Ok(None),
    }
}

/// Which lines to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// What was done.
    pub operation: Option<Operation>,
    /// Part of the name or address of who did it.
    pub person: Option<String>,
    /// `session`, `tour`, `person`, …
    pub record_kind: Option<String>,
    /// The record's id.
    pub record_id: Option<String>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Up to this day.
    pub until: Option<NaiveDate>,
}

/// An authority's lines, newest first, and how many there are in all.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn list(desk: &Desk, actor: &Actor, filter: &Filter, page: Page) -> Result<(Vec<Line>, i64)> {
    desk.authorise(actor, Operation::SeeAudit)?;
    let authority = actor.authority().map(|code| code.as_str().to_owned());
    let midnight = |day: NaiveDate| {
        day.and_time(NaiveTime::MIN).and_local_timezone(chrono_tz::Europe::London).earliest().map(|at| at.to_utc())
    };
    let from = filter.from.and_then(midnight);
    let until = filter.until.and_then(|day| day.succ_opt()).and_then(midnight);
    let operation = filter.operation.map(Operation::as_str);
    let person = filter.person.as_deref().map(|text| format!("%{}%", text.to_lowercase().replace(['%', '_'], " ")));
    let mut conn = desk.read().await?;
    let lines = fetch_all!(
        conn,
        Line,
        lines_where!(
            "SELECT a.at, p.name AS person, a.role, a.operation, a.record_kind, a.record_id, a.authority_code, a.before, a.after",
            "ORDER BY a.at DESC, a.id DESC LIMIT $8 OFFSET $9"
        ),
        &authority,
        operation,
        &person,
        &filter.record_kind,
        &filter.record_id,
        from,
        until,
        page.size,
        page.offset(),
    )?;
    let total = fetch_scalar!(
        conn,
        i64,
        lines_where!("SELECT COUNT(*)", ""),
        &authority,
        operation,
        &person,
        &filter.record_kind,
        &filter.record_id,
        from,
        until,
    )?;
    Ok((lines, total))
}
