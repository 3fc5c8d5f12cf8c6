//! One mail a day, for people who choose it.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::reminder;
use serde_json::json;
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};

/// Whether the actor gets one mail a day in place of each by itself.
///
/// # Errors
/// Forbidden.
pub async fn chosen(desk: &Desk, actor: &Actor) -> Result<bool> {
    desk.authorise(actor, Operation::SeeOwnSignIns)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::SeeOwnSignIns))?;
    let mut conn = desk.read().await?;
    fetch_scalar!(conn, bool, "SELECT daily_digest FROM person WHERE id = $1", person)
}

/// Chooses one mail a day, or each by itself; then what waited goes out at once.
///
/// # Errors
/// Forbidden.
pub async fn choose(desk: &Desk, actor: &Actor, daily: bool) -> Result<bool> {
    desk.authorise(actor, Operation::EditOwnAccount)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::EditOwnAccount))?;
    let mut conn = desk.write().await?;
    execute!(conn, "UPDATE person SET daily_digest = $1, version = version + 1 WHERE id = $2", daily, person)?;
    if !daily {
        execute!(conn, "UPDATE outbox SET digest_of = NULL WHERE digest_of = $1 AND sent_at IS NULL", person)?;
    }
    let authority = audit::authority_of(&mut conn, actor).await?;
    let change = Change {
        operation: Operation::EditOwnAccount,
        authority: authority.as_deref(),
        record_kind: "person",
        record_id: person.to_string(),
        before: json!({ "daily_digest": !daily }),
        after: json!({ "daily_digest": daily }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, daily).await?;
    Ok(daily)
}

#[derive(sqlx::FromRow)]
struct Waiting {
    authority_code: Option<String>,
    to_address: String,
    subject: String,
    body: String,
}

/// Sends each person what waited for them until 7:00 in London, as one mail. The calendar entries are left out: the
/// calendar feed has them. Says how many digests were written.
///
/// # Errors
/// The database does not answer.
pub async fn send_due(desk: &Desk) -> Result<u64> {
    let before: DateTime<Utc> = reminder::last_digest(desk.now());
    let mut conn = desk.read().await?;
    let people = fetch_all!(
        conn,
        (Uuid,),
        "SELECT DISTINCT digest_of FROM outbox WHERE digest_of IS NOT NULL AND sent_at IS NULL AND created_at < $1",
        before,
    )?;
    drop(conn);
    let mut written = 0;
    for (person,) in people {
        let mut conn = desk.write().await?;
        // The same rows are never taken twice: whoever updates them second finds none.
        let mut mails = fetch_all!(
            conn,
            Waiting,
            "UPDATE outbox SET sent_at = $1, attachment = NULL
             WHERE digest_of = $2 AND sent_at IS NULL AND created_at < $3
             RETURNING authority_code, to_address, subject, body",
            desk.now(),
            person,
            before,
        )?;
        if mails.is_empty() {
            continue;
        }
        mails.sort_by(|a, b| a.subject.cmp(&b.subject));
        outbox::put(&mut conn, desk, digest(desk, person, &mails)).await?;
        execute!(
            conn,
            "UPDATE outbox SET body = '' WHERE digest_of = $1 AND sent_at IS NOT NULL AND body <> ''",
            person,
        )?;
        conn.commit().await?;
        written += 1;
    }
    Ok(written)
}

fn digest(desk: &Desk, person: Uuid, mails: &[Waiting]) -> Mail {
    let count = mails.len();
    let noun = if count == 1 { "piece of news" } else { "pieces of news" };
    let list: String = mails.iter().map(|m| format!("- {}\n", m.subject)).collect();
    let bodies: Vec<String> =
        mails.iter().map(|m| format!("{}\n{}\n\n{}", m.subject, "-".repeat(40), m.body.trim_end())).collect();
    Mail {
        authority: mails.iter().find_map(|m| m.authority_code.clone()),
        to: mails.first().map(|m| m.to_address.clone()).unwrap_or_default(),
        subject: format!("Callboard today: {count} {noun}"),
        body: format!(
            "{list}\n{}\n\nYou chose one mail a day. To change that:\n{}\n",
            bodies.join("\n\n\n"),
            desk.address("/account")
        ),
        record_kind: "digest",
        record_id: person.to_string(),
        ..Mail::default()
    }
}
