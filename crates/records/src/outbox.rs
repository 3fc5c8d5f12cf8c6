//! The outbox: mail written in the transaction of what caused it, delivered by a background job.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;

/// A mail to send.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mail {
    pub authority: Option<String>,
    pub to: String,
    pub subject: String,
    /// Plain text, lines of any length.
    pub body: String,
    /// Whether it may wait for the day's digest, where the person chose one. A code to sign in never does.
    pub may_wait: bool,
    /// Name, media type and text of a file that goes with it.
    pub attachment: Option<(String, String, String)>,
    /// What it is about.
    pub record_kind: &'static str,
    pub record_id: String,
}

/// Puts a mail into the outbox, in the transaction of what caused it.
pub(crate) async fn put(conn: &mut Conn, desk: &Desk, mail: Mail) -> Result<()> {
    insert(conn, desk, &[mail], None).await
}

/// Puts mails into the outbox as [`put`] does, many in one statement.
pub(crate) async fn put_all(conn: &mut Conn, desk: &Desk, mails: &[Mail]) -> Result<()> {
    insert(conn, desk, mails, None).await
}

/// Does the work of [`put`] for an address that nobody here has: nothing is sent, and the address is not kept.
pub(crate) async fn put_unsent(conn: &mut Conn, desk: &Desk, mail: Mail) -> Result<()> {
    insert(conn, desk, &[Mail { to: String::new(), body: String::new(), ..mail }], Some(desk.now())).await
}

async fn insert(conn: &mut Conn, desk: &Desk, mails: &[Mail], sent_at: Option<DateTime<Utc>>) -> Result<()> {
    let now = desk.now();
    insert_rows!(
        conn,
        "INSERT INTO outbox (id, authority_code, to_address, subject, body, attachment_name, attachment_type, attachment,
                             record_kind, record_id, created_at, next_attempt_at, sent_at, attempts, last_error, digest_of) ",
        mails,
        |b, mail| {
            b.push_bind(Uuid::now_v7()).push_bind(mail.authority.as_deref()).push_bind(mail.to.as_str());
            b.push_bind(mail.subject.as_str()).push_bind(mail.body.as_str());
            b.push_bind(mail.attachment.as_ref().map(|(name, ..)| name.as_str()));
            b.push_bind(mail.attachment.as_ref().map(|(_, kind, _)| kind.as_str()));
            b.push_bind(mail.attachment.as_ref().map(|(.., text)| text.as_str()));
            b.push_bind(mail.record_kind).push_bind(mail.record_id.as_str());
            b.push_bind(now).push_bind(now).push_bind(sent_at).push_bind(0_i64).push_bind("");
            b.push("(SELECT p.id FROM person p WHERE ").push_bind_unseparated(mail.may_wait);
            b.push_unseparated(" AND p.email = ").push_bind_unseparated(mail.to.trim().to_lowercase());
            b.push_unseparated(" AND p.daily_digest)");
        },
        ""
    )?;
    Ok(())
}

/// A mail that was claimed for sending.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Claimed {
    /// Its key; the Message-ID is made from it, so that a mail sent twice is recognised.
    pub id: Uuid,
    /// To whom.
    pub to_address: String,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub body: String,
    /// The attached file's name.
    pub attachment_name: Option<String>,
    /// The attached file's media type.
    pub attachment_type: Option<String>,
    /// The attached file's text.
    pub attachment: Option<String>,
    /// How often it was tried before.
    pub attempts: i64,
}

/// Minutes a claim lasts: a sender that dies gives its mail back.
const LEASE_MINUTES: i64 = 5;

/// Tries before a mail is given up and shown to an administrator.
pub const MOST_ATTEMPTS: i64 = 8;

/// Claims up to `most` mails that are due. Two senders never claim the same one.
///
/// # Errors
/// The database does not answer.
pub async fn claim(desk: &Desk, most: i64) -> Result<Vec<Claimed>> {
    let now = desk.now();
    let mut conn = desk.write().await?;
    let due = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND digest_of IS NULL AND next_attempt_at <= $1
           AND (leased_until IS NULL OR leased_until < $1) ORDER BY next_attempt_at, id LIMIT $2",
        now,
        most,
    )?;
    let mut claimed = Vec::new();
    for (id,) in due {
        // The condition again: on PostgreSQL another sender may have come first.
        let row = fetch_optional!(
            conn,
            Claimed,
            "UPDATE outbox SET leased_until = $1, attempts = attempts + 1
             WHERE id = $2 AND sent_at IS NULL AND (leased_until IS NULL OR leased_until < $3)
             RETURNING id, to_address, subject, body, attachment_name, attachment_type, attachment, attempts",
            now + TimeDelta::minutes(LEASE_MINUTES),
            id,
            now,
        )?;
        claimed.extend(row);
    }
    conn.commit().await?;
    Ok(claimed)
}

/// Notes that a claimed mail was handed over. Its text is dropped: the outbox is no archive.
///
/// # Errors
/// The database does not answer.
pub async fn sent(desk: &Desk, id: Uuid) -> Result<()> {
    let mut conn = desk.write().await?;
    execute!(
        conn,
        "UPDATE outbox SET sent_at = $1, leased_until = NULL, body = '', attachment = NULL WHERE id = $2",
        desk.now(),
        id,
    )?;
    conn.commit().await
}

/// Notes that a claimed mail could not be handed over: it is tried again, after 1, 2, 4 … minutes, and given up
/// after [`MOST_ATTEMPTS`].
///
/// # Errors
/// The database does not answer.
pub async fn failed(desk: &Desk, mail: &Claimed, why: &str) -> Result<()> {
    let now = desk.now();
    let given_up: Option<DateTime<Utc>> = (mail.attempts >= MOST_ATTEMPTS).then_some(now);
    let wait = TimeDelta::minutes(1 << mail.attempts.clamp(1, 10).saturating_sub(1));
    let mut conn = desk.write().await?;
    execute!(
        conn,
        "UPDATE outbox SET leased_until = NULL, next_attempt_at = $1, failed_at = $2, last_error = $3 WHERE id = $4",
        now + wait,
        given_up,
        why,
        mail.id,
    )?;
    conn.commit().await
}
