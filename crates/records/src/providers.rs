//! Providers: who delivers.

use domain::access::{Actor, Operation, Role};
use domain::setting::LaCode;
use domain::tour::{NewProvider, ProviderKind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change, REDACTED};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::within::Within;

/// A provider.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Provider {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: ProviderKind,
    /// Its name.
    pub name: String,
    /// Where it is written to.
    pub email: Option<String>,
    /// Where it is rung.
    pub telephone: Option<String>,
    /// For a kindly refused stale edit.
    pub version: i64,
    /// How many teams it has.
    pub teams: i64,
}

/// `providers!("AND …")`: providers within an actor's scope; authority and provider are the first binds.
macro_rules! providers {
    ($tail:literal) => {
        concat!(
            "SELECT v.id, v.kind, v.name, v.email, v.telephone, v.version,
                (SELECT COUNT(*) FROM team m WHERE m.provider_id = v.id) AS teams
             FROM provider v
             WHERE ($1 IS NULL OR EXISTS
                    (SELECT 1 FROM provider_authority va WHERE va.provider_id = v.id AND va.authority_code = $1))
               AND ($2 IS NULL OR v.id = $2) ",
            $tail
        )
    };
}

/// The providers an actor sees, by name: those that serve its authority, or itself.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Provider>> {
    desk.authorise(actor, Operation::SeeProviders)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    fetch_all!(conn, Provider, providers!("ORDER BY v.name, v.id"), &within.authority, within.provider)
}

/// One provider.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Provider> {
    desk.authorise(actor, Operation::SeeProviders)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

/// One provider within the actor's scope, inside another operation.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Provider> {
    let within = Within::of(actor);
    fetch_one!(conn, Provider, providers!("AND v.id = $3"), &within.authority, within.provider, id)
}

/// Adds a provider that serves `authority`.
///
/// # Errors
/// Forbidden, to providers too; another authority's; fields to mend.
pub async fn add(desk: &Desk, actor: &Actor, authority: &LaCode, provider: NewProvider) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    if actor.role == Role::Provider {
        return Err(Error::Forbidden(Operation::EditProvider));
    }
    if actor.authority().is_some_and(|own| own != authority) {
        return Err(Error::NotFound);
    }
    let provider = provider.check()?;
    let id = Uuid::now_v7();
    let mut conn = desk.write().await?;
    execute!(
        conn,
        "INSERT INTO provider (id, kind, name, email, telephone, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)",
        id,
        provider.kind.as_str(),
        &provider.name,
        provider.email.as_ref().map(|e| e.as_str()),
        &provider.telephone,
        desk.now(),
    )?;
    execute!(
        conn,
        "INSERT INTO provider_authority (provider_id, authority_code) VALUES ($1, $2)",
        id,
        authority.as_str(),
    )?;
    record(&mut conn, desk, actor, "provider", id, Value::Null, said(&provider)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Replaces what is on record of a provider.
///
/// # Errors
/// Not found; forbidden; fields to mend; somebody else changed it since `version`.
pub async fn change(desk: &Desk, actor: &Actor, id: Uuid, version: i64, provider: NewProvider) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProvider)?;
    let provider = provider.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let written = execute!(
        conn,
        "UPDATE provider SET kind = $3, name = $4, email = $5, telephone = $6, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        provider.kind.as_str(),
        &provider.name,
        provider.email.as_ref().map(|e| e.as_str()),
        &provider.telephone,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let was = json!({ "kind": before.kind, "name": before.name, "email": before.email.map(|_| REDACTED) });
    record(&mut conn, desk, actor, "provider", id, was, said(&provider)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// What an audit line says of a provider; its address and number are people's.
fn said(provider: &NewProvider) -> Value {
    json!({ "kind": provider.kind, "name": provider.name, "email": provider.email.as_ref().map(|_| REDACTED) })
}

pub(crate) async fn record(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    record_kind: &str,
    id: Uuid,
    before: Value,
    after: Value,
) -> Result<()> {
    let change = Change {
        operation: Operation::EditProvider,
        // A provider serves several authorities and belongs to none: the line is the acting commissioner's, if any.
        authority: actor.authority().map(LaCode::as_str),
        record_kind,
        record_id: id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
