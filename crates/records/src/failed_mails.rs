//! Mails that nobody took however often they were tried, and those that were taken and came back: shown to somebody, sent
//! again, or put away.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;
use crate::{Desk, Page};

/// A mail that was given up.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FailedMail {
    /// Its key.
    pub id: Uuid,
    /// To whom.
    pub to_address: String,
    /// What about.
    pub subject: String,
    /// What the mail server said last.
    pub last_error: String,
    /// When it was given up.
    pub failed_at: DateTime<Utc>,
    /// It was handed over and came back: its text is gone, so it is not sent again.
    pub came_back: bool,
    /// What it is about: `session`, `request`, `invitation`, ….
    pub record_kind: String,
    /// That record's key.
    pub record_id: String,
}

/// Given-up mails of the actor's authority, the newest first, and how many there are.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor, page: Page) -> Result<(Vec<FailedMail>, i64)> {
    desk.authorise(actor, Operation::MindMail)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let mails = fetch_all!(
        conn,
        FailedMail,
        "SELECT o.id, o.to_address, o.subject, o.last_error, o.failed_at, o.sent_at IS NOT NULL AS came_back,
            o.record_kind, o.record_id FROM outbox o
         WHERE ($1 IS NULL OR o.authority_code = $1) AND o.failed_at IS NOT NULL
         ORDER BY o.failed_at DESC, o.id DESC LIMIT $2 OFFSET $3",
        &within.authority,
        page.size,
        page.offset(),
    )?;
    Ok((mails, count(&mut conn, &within).await?))
}

/// How many mails of an authority were given up.
pub(crate) async fn count(conn: &mut Conn, within: &Within) -> Result<i64> {
    fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM outbox o WHERE ($1 IS NULL OR o.authority_code = $1) AND o.failed_at IS NOT NULL",
        within.authority.as_deref(),
    )
}

/// How many mails of the actor's authority are being tried again, because they were not taken the first time.
///
/// # Errors
/// Forbidden.
pub async fn being_tried(desk: &Desk, actor: &Actor) -> Result<i64> {
    desk.authorise(actor, Operation::MindMail)?;
    let mut conn = desk.read().await?;
    fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM outbox o WHERE ($1 IS NULL OR o.authority_code = $1) AND o.failed_at IS NULL
           AND o.sent_at IS NULL AND o.digest_of IS NULL AND o.last_error <> ''",
        Within::of(actor).authority,
    )
}

/// How many given-up mails of the actor's authority can be sent again: those that were never handed over.
///
/// # Errors
/// Forbidden.
pub async fn to_send_again(desk: &Desk, actor: &Actor) -> Result<i64> {
    desk.authorise(actor, Operation::MindMail)?;
    let mut conn = desk.read().await?;
    fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM outbox o WHERE ($1 IS NULL OR o.authority_code = $1) AND o.failed_at IS NOT NULL
           AND o.sent_at IS NULL",
        Within::of(actor).authority,
    )
}

/// Notes that a mail which was handed over came back, and why: a mail server's report of it arrived.
///
/// # Errors
/// Forbidden; not found: it was not sent from here, is swept away, or was noted before.
pub async fn came_back(desk: &Desk, actor: &Actor, id: Uuid, why: &str) -> Result<Uuid> {
    desk.authorise(actor, Operation::MindMail)?;
    let mut conn = desk.write().await?;
    let (authority,) = fetch_one!(
        conn,
        (Option<String>,),
        "UPDATE outbox SET failed_at = $1, last_error = $2
         WHERE id = $3 AND sent_at IS NOT NULL AND failed_at IS NULL AND ($4 IS NULL OR authority_code = $4)
         RETURNING authority_code",
        desk.now(),
        why,
        id,
        Within::of(actor).authority,
    )?;
    let change = Change {
        operation: Operation::MindMail,
        authority: authority.as_deref(),
        record_kind: "mail",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "came_back": true }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Has every given-up mail of the actor's authority that was never handed over sent again, as if for the first time.
/// Says how many there were.
///
/// # Errors
/// Forbidden.
pub async fn send_again(desk: &Desk, actor: &Actor) -> Result<u64> {
    desk.authorise(actor, Operation::MindMail)?;
    let within = Within::of(actor);
    let mut conn = desk.write().await?;
    let mails = execute!(
        conn,
        "UPDATE outbox SET failed_at = NULL, attempts = 0, next_attempt_at = $1, leased_until = NULL
         WHERE ($2 IS NULL OR authority_code = $2) AND failed_at IS NOT NULL AND sent_at IS NULL",
        desk.now(),
        &within.authority,
    )?;
    let change = Change {
        operation: Operation::MindMail,
        authority: within.authority.as_deref(),
        record_kind: "mail",
        record_id: String::new(),
        before: Value::Null,
        after: json!({ "sent_again": mails }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, mails).await?;
    Ok(mails)
}

/// A given-up mail, for the page that asks before it is put away.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<FailedMail> {
    desk.authorise(actor, Operation::MindMail)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<FailedMail> {
    fetch_one!(
        conn,
        FailedMail,
        "SELECT o.id, o.to_address, o.subject, o.last_error, o.failed_at, o.sent_at IS NOT NULL AS came_back,
            o.record_kind, o.record_id FROM outbox o
         WHERE o.id = $1 AND ($2 IS NULL OR o.authority_code = $2) AND o.failed_at IS NOT NULL",
        id,
        Within::of(actor).authority,
    )
}

/// Puts a given-up mail away for good: whom it was for was told another way, or need not be.
///
/// # Errors
/// Not found; forbidden.
pub async fn put_away(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::MindMail)?;
    let mut conn = desk.write().await?;
    let mail = find(&mut conn, actor, id).await?;
    execute!(conn, "DELETE FROM outbox WHERE id = $1 AND failed_at IS NOT NULL", mail.id)?;
    let within = Within::of(actor);
    let change = Change {
        operation: Operation::MindMail,
        authority: within.authority.as_deref(),
        record_kind: "mail",
        record_id: id.to_string(),
        before: json!({ "to": audit::REDACTED, "about": mail.record_kind }),
        after: Value::Null,
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}
