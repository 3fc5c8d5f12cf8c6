//! Authorities: the tenants.

use domain::access::{Actor, Operation, Scope};
use domain::colour::Colour;
use domain::setting::LaCode;
use serde_json::{Value, json};

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};

/// An authority.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Authority {
    /// The LA code.
    #[sqlx(try_from = "String")]
    pub code: LaCode,
    /// The council's name.
    pub name: String,
    /// Its colour, `#rrggbb`.
    pub colour: String,
    /// Whether its district was generated for a demonstration.
    pub is_demo: bool,
    /// For a kindly refused stale edit.
    pub version: i64,
}

/// The colour of a council that has chosen none: dark enough for white text (WCAG AA).
pub const DEFAULT_COLOUR: &str = "#12505b";

/// A council's name as it is kept: single spaces, neither empty nor longer than a heading can be.
fn name_of(text: &str) -> Result<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::field("name", "Enter the council’s name, at most 100 characters"));
    }
    Ok(name)
}

/// Adds an authority.
///
/// # Errors
/// Forbidden to all but the system; no name, or too long a one; the code is already there.
pub async fn add(desk: &Desk, actor: &Actor, code: &LaCode, name: &str, is_demo: bool) -> Result<()> {
    desk.authorise(actor, Operation::EditAuthority)?;
    if actor.scope != Scope::Everything {
        return Err(Error::Forbidden(Operation::EditAuthority));
    }
    let name = name_of(name)?;
    let mut conn = desk.write().await?;
    let added = execute!(
        conn,
        "INSERT INTO authority (code, name, colour, is_demo, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)
         ON CONFLICT DO NOTHING",
        code.as_str(),
        &name,
        DEFAULT_COLOUR,
        is_demo,
        desk.now(),
    )?;
    if added == 0 {
        return Err(Error::refused(format!("There is already an authority with the code {code}")));
    }
    let change = Change {
        operation: Operation::EditAuthority,
        authority: Some(code.as_str()),
        record_kind: "authority",
        record_id: code.to_string(),
        before: Value::Null,
        after: json!({ "name": name }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, code).await
}

/// Every authority, by name: for the command line and the choice of an authority at start-up.
///
/// # Errors
/// Forbidden to all but the system.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Authority>> {
    if actor.scope != Scope::Everything {
        return Err(Error::Forbidden(Operation::EditAuthority));
    }
    let mut conn = desk.read().await?;
    fetch_all!(conn, Authority, "SELECT code, name, colour, is_demo, version FROM authority ORDER BY name")
}

/// The actor's own authority, with what was changed on it.
///
/// # Errors
/// Forbidden to all but an administrator; an actor without an authority.
pub async fn own(desk: &Desk, actor: &Actor) -> Result<(Authority, Vec<audit::Line>)> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let code = actor.authority().ok_or(Error::NotFound)?;
    let mut conn = desk.read().await?;
    let authority = get(&mut conn, code.as_str()).await?;
    let trail = audit::of_record(&mut conn, "authority", code.as_str()).await?;
    Ok((authority, trail))
}

/// Changes the actor's own authority's name and colour.
///
/// # Errors
/// Forbidden; no name; changed by somebody else since `version` was read.
pub async fn change(desk: &Desk, actor: &Actor, name: &str, colour: Colour, version: i64) -> Result<()> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let code = actor.authority().ok_or(Error::NotFound)?;
    let name = name_of(name)?;
    let mut conn = desk.write().await?;
    let before = get(&mut conn, code.as_str()).await?;
    let written = execute!(
        conn,
        "UPDATE authority SET name = $1, colour = $2, version = version + 1 WHERE code = $3 AND version = $4",
        &name,
        colour.to_string(),
        code.as_str(),
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let change = Change {
        operation: Operation::EditAuthority,
        authority: Some(code.as_str()),
        record_kind: "authority",
        record_id: code.to_string(),
        before: json!({ "name": before.name, "colour": before.colour }),
        after: json!({ "name": name, "colour": colour.to_string() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, code).await
}

/// One authority, for its name and colour on pages; within an operation that was already authorised.
pub(crate) async fn get(conn: &mut Conn, code: &str) -> Result<Authority> {
    fetch_one!(conn, Authority, "SELECT code, name, colour, is_demo, version FROM authority WHERE code = $1", code)
}

/// The name and colour that head an actor's pages: its authority's, or none for a provider or a trust.
///
/// # Errors
/// The database does not answer.
pub async fn of_actor(desk: &Desk, actor: &Actor) -> Result<Option<Authority>> {
    let (code, setting) = match &actor.scope {
        Scope::Authority(code) => (Some(code.as_str()), None),
        Scope::Setting(id) => (None, Some(*id)),
        Scope::Provider(_) | Scope::Trust(_) | Scope::Everything => return Ok(None),
    };
    let mut conn = desk.db().glance().await?;
    fetch_optional!(
        conn,
        Authority,
        "SELECT a.code, a.name, a.colour, a.is_demo, a.version FROM authority a
         WHERE a.code = COALESCE($1, (SELECT s.authority_code FROM setting s WHERE s.id = $2))",
        code,
        setting,
    )
}
