//! Sign-ins: people's web sessions. The browser holds a token; only its digest is stored.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Operation, Role, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::grants::{self, Grant, ScopeColumns};
use crate::secret::token;

/// How long sign-ins last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInLimits {
    /// Without a page asked for.
    pub idle: TimeDelta,
    /// In all.
    pub most: TimeDelta,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self { idle: TimeDelta::minutes(60), most: TimeDelta::hours(12) }
    }
}

/// A person's web session, as every request sees it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The sign-in's key.
    pub id: Uuid,
    /// The person.
    pub person: Uuid,
    /// Their name, for the header.
    pub name: String,
    /// Who they act as; none until a grant is chosen, or when it was revoked.
    pub actor: Option<Actor>,
}

/// What a token is digested for.
const PURPOSE: &str = "sign-in";

/// Last-seen times are this exact: reading pages writes at most so often.
const TOUCH: TimeDelta = TimeDelta::minutes(1);

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    name: String,
    last_seen_at: DateTime<Utc>,
    grant_id: Option<Uuid>,
    role: Option<String>,
    #[sqlx(flatten)]
    scope: ScopeColumns,
}

/// The sign-in that `token` opens; none when it has ended, never was, or still waits for the authenticator app.
///
/// # Errors
/// The database does not answer.
pub async fn recognise(desk: &Desk, token: &str) -> Result<Option<SignedIn>> {
    let now = desk.now();
    let mut conn = desk.db().glance().await?;
    let row = fetch_optional!(
        conn,
        Row,
        "SELECT i.id, i.person_id, p.name, i.last_seen_at, g.id AS grant_id, g.role, g.authority_code, g.provider_id,
                g.setting_id, g.trust_code
         FROM sign_in i JOIN person p ON p.id = i.person_id
         LEFT JOIN access_grant g ON g.id = i.grant_id AND g.person_id = i.person_id AND g.revoked_at IS NULL
         WHERE i.token_hash = $1 AND i.ended_at IS NULL AND i.ends_at > $2 AND i.last_seen_at > $3
           AND (i.totp_passed OR p.totp_confirmed_at IS NULL)",
        desk.secret().digest(PURPOSE, token),
        now,
        now - desk.sign_in_limits().idle,
    )?;
    drop(conn);
    let Some(row) = row else { return Ok(None) };
    if now - row.last_seen_at >= TOUCH {
        let mut conn = desk.db().write().await?;
        execute!(conn, "UPDATE sign_in SET last_seen_at = $1 WHERE id = $2", now, row.id)?;
        conn.commit().await?;
    }
    let actor = match (row.grant_id, row.role) {
        (Some(grant), Some(role)) => Some(Actor {
            person: Some(row.person_id),
            grant: Some(grant),
            role: role.parse::<Role>().map_err(Error::unavailable)?,
            scope: row.scope.scope()?,
        }),
        _ => None,
    };
    Ok(Some(SignedIn { id: row.id, person: row.person_id, name: row.name, actor }))
}

/// A new sign-in.
pub(crate) struct Begin<'a> {
    pub person: Uuid,
    /// The grant, when there is nothing to choose.
    pub grant: Option<Uuid>,
    /// “Firefox on Android”
    pub device: &'a str,
    pub ends: DateTime<Utc>,
    /// The authenticator app was asked, or need not be.
    pub totp_passed: bool,
}

/// Begins a sign-in and gives the token that opens it.
pub(crate) async fn begin(conn: &mut Conn, desk: &Desk, begin: Begin<'_>) -> Result<String> {
    let token = token()?;
    execute!(
        conn,
        "INSERT INTO sign_in (id, token_hash, person_id, grant_id, totp_passed, device, created_at, last_seen_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        Uuid::now_v7(),
        desk.secret().digest(PURPOSE, &token),
        begin.person,
        begin.grant,
        begin.totp_passed,
        begin.device,
        desk.now(),
        begin.ends,
    )?;
    Ok(token)
}

/// Begins a sign-in under `grant` without asking its person, and gives the token for the cookie. For tests and
/// the command line.
///
/// # Errors
/// Forbidden to all but the system; the grant was revoked or never was.
pub async fn begin_as(desk: &Desk, actor: &Actor, grant: Uuid, device: &str) -> Result<String> {
    if actor.scope != Scope::Everything {
        return Err(Error::Forbidden(Operation::EditPeople));
    }
    let mut conn = desk.write().await?;
    let grant = grants::find(&mut conn, grant).await?;
    let token = begin_under(&mut conn, desk, &grant, device).await?;
    conn.commit().await?;
    Ok(token)
}

/// One press on the demonstration's page: a sign-in under a grant that reaches into a demonstration authority.
///
/// The page exists only where the site is a demonstration; this is its second lock.
///
/// # Errors
/// No such grant in a demonstration authority.
pub async fn begin_demonstration(desk: &Desk, grant: Uuid, device: &str) -> Result<String> {
    let mut conn = desk.write().await?;
    let grant = grants::find(&mut conn, grant).await?;
    if !grants::is_for_demonstration(&mut conn, &grant).await? {
        return Err(Error::NotFound);
    }
    let token = begin_under(&mut conn, desk, &grant, device).await?;
    conn.commit().await?;
    Ok(token)
}

async fn begin_under(conn: &mut Conn, desk: &Desk, grant: &Grant, device: &str) -> Result<String> {
    let ends = desk.now() + desk.sign_in_limits().most;
    let new = Begin { person: grant.person, grant: Some(grant.id), device, ends, totp_passed: true };
    begin(conn, desk, new).await
}

/// The roles a signed-in person may choose from.
///
/// # Errors
/// The database does not answer.
pub async fn choices(desk: &Desk, sign_in: &SignedIn) -> Result<Vec<Grant>> {
    let mut conn = desk.read().await?;
    grants::of_person(&mut conn, sign_in.person).await
}

/// Chooses the grant a sign-in acts under.
///
/// # Errors
/// The grant is another person's, or was revoked.
pub async fn choose(desk: &Desk, sign_in: &SignedIn, grant: Uuid) -> Result<Grant> {
    let mut conn = desk.write().await?;
    let chosen = grants::of_person(&mut conn, sign_in.person).await?;
    let chosen = chosen.into_iter().find(|g| g.id == grant).ok_or(Error::NotFound)?;
    execute!(conn, "UPDATE sign_in SET grant_id = $1 WHERE id = $2", grant, sign_in.id)?;
    conn.commit().await?;
    Ok(chosen)
}

/// Ends the sign-in that `token` opens: signing out.
///
/// # Errors
/// The database does not answer.
pub async fn end(desk: &Desk, token: &str) -> Result<()> {
    let mut conn = desk.write().await?;
    execute!(
        conn,
        "UPDATE sign_in SET ended_at = $1 WHERE token_hash = $2 AND ended_at IS NULL",
        desk.now(),
        desk.secret().digest(PURPOSE, token),
    )?;
    conn.commit().await
}

/// The sign-in of `token` that waits for the authenticator app's code, and its person.
pub(crate) async fn waiting_for_app(conn: &mut Conn, desk: &Desk, token: &str) -> Result<Option<(Uuid, Uuid)>> {
    fetch_optional!(
        conn,
        (Uuid, Uuid),
        "SELECT i.id, i.person_id FROM sign_in i JOIN person p ON p.id = i.person_id
         WHERE i.token_hash = $1 AND i.ended_at IS NULL AND i.ends_at > $2 AND p.totp_confirmed_at IS NOT NULL
           AND NOT i.totp_passed",
        desk.secret().digest(PURPOSE, token),
        desk.now(),
    )
}

/// Whether a sign-in waits for the authenticator app's code in the browser whose cookie holds `token`.
///
/// # Errors
/// The database does not answer.
pub async fn waits_for_app(desk: &Desk, token: &str) -> Result<bool> {
    let mut conn = desk.read().await?;
    Ok(waiting_for_app(&mut conn, desk, token).await?.is_some())
}

/// A line of the list of one's sign-ins.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// The sign-in's key.
    pub id: Uuid,
    /// “Firefox on Android”
    pub device: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When a page was last asked for, to the minute.
    pub last_seen_at: DateTime<Utc>,
}

/// The person's sign-ins that have not ended, the latest first.
pub(crate) async fn of_person(conn: &mut Conn, desk: &Desk, person: Uuid) -> Result<Vec<Line>> {
    fetch_all!(
        conn,
        Line,
        "SELECT i.id, i.device, i.created_at, i.last_seen_at FROM sign_in i JOIN person p ON p.id = i.person_id
         WHERE i.person_id = $1 AND i.ended_at IS NULL AND i.ends_at > $2 AND i.last_seen_at > $3
           AND (i.totp_passed OR p.totp_confirmed_at IS NULL)
         ORDER BY i.last_seen_at DESC, i.id DESC",
        person,
        desk.now(),
        desk.now() - desk.sign_in_limits().idle,
    )
}

fn own(desk: &Desk, actor: &Actor) -> Result<Uuid> {
    desk.authorise(actor, Operation::SeeOwnSignIns)?;
    actor.person.ok_or(Error::Forbidden(Operation::SeeOwnSignIns))
}

/// The actor's own sign-ins that have not ended, the latest first.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Line>> {
    let person = own(desk, actor)?;
    let mut conn = desk.read().await?;
    of_person(&mut conn, desk, person).await
}

/// Ends one of the actor's own sign-ins.
///
/// # Errors
/// Forbidden; it is another person's, or has ended.
pub async fn end_one(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    let person = own(desk, actor)?;
    let mut conn = desk.write().await?;
    let ended = execute!(
        conn,
        "UPDATE sign_in SET ended_at = $1 WHERE id = $2 AND person_id = $3 AND ended_at IS NULL",
        desk.now(),
        id,
        person,
    )?;
    if ended == 0 {
        return Err(Error::NotFound);
    }
    note_ended(&mut conn, desk, actor, Operation::SeeOwnSignIns, person, ended).await?;
    desk.commit(conn, id).await
}

/// Ends the actor's own sign-ins but this one, and says how many.
///
/// # Errors
/// Forbidden.
pub async fn end_others(desk: &Desk, actor: &Actor, this: &SignedIn) -> Result<u64> {
    let person = own(desk, actor)?;
    let mut conn = desk.write().await?;
    let ended = end_all(&mut conn, desk, person, Some(this.id)).await?;
    note_ended(&mut conn, desk, actor, Operation::SeeOwnSignIns, person, ended).await?;
    desk.commit(conn, ended).await?;
    Ok(ended)
}

/// Ends a person's sign-ins, but `spared`.
pub(crate) async fn end_all(conn: &mut Conn, desk: &Desk, person: Uuid, spared: Option<Uuid>) -> Result<u64> {
    execute!(
        conn,
        "UPDATE sign_in SET ended_at = $1 WHERE person_id = $2 AND ended_at IS NULL AND ($3 IS NULL OR id <> $3)",
        desk.now(),
        person,
        spared,
    )
}

/// The audit line of ended sign-ins.
pub(crate) async fn note_ended(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    operation: Operation,
    person: Uuid,
    ended: u64,
) -> Result<()> {
    let authority = audit::authority_of(conn, actor).await?;
    let change = Change {
        operation,
        authority: authority.as_deref(),
        record_kind: "person",
        record_id: person.to_string(),
        before: Value::Null,
        after: json!({ "sign_ins_ended": ended }),
    };
    audit::write(conn, desk, actor, change).await
}
