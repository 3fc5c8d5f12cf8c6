//! What is swept away when its time is over: a background job calls this now and then.

use chrono::TimeDelta;
use domain::import::UNDO_DAYS;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::{Desk, feedback, histories, request_sheets, uploads};

/// Rows of one kind that a turn deletes at most: nobody waits long behind it.
const MOST: i64 = 1_000;

/// Days an ended sign-in stays, for whoever asks what happened.
const SIGN_IN_DAYS: i64 = 30;

/// Days a sent mail's address and subject stay; its text is dropped on sending.
const MAIL_DAYS: i64 = 30;

/// Days a mail that was given up stays, with its text, for whoever has it sent again.
const FAILED_MAIL_DAYS: i64 = 90;

/// Days a form's key stays: nobody sends a form again after that.
const FORM_DAYS: i64 = 7;

/// Days a reservation that came to nothing stays: nobody asks after it, and its audit lines say that it was.
const RESERVATION_DAYS: i64 = 7;

/// Days an audit line stays: six years, after which a claim is out of time (Limitation Act 1980).
pub const AUDIT_DAYS: i64 = 6 * 365 + 2;

/// Deletes what is over: codes and counts of tries a day old, form keys, ended sign-ins, mails sent or long given up,
/// reservations that came to nothing, older records and sheets of requests that nobody took over, what records were
/// before imports that can no longer be taken back, old audit lines; of each kind at most a thousand. Lets go of files
/// that were read and nobody looks at. Says how many rows went.
///
/// # Errors
/// The database does not answer.
pub async fn sweep(desk: &Desk) -> Result<u64> {
    histories::let_go(std::time::Instant::now());
    let now = desk.now();
    let before = |days: i64| now - TimeDelta::days(days);
    let mut conn = desk.write().await?;
    let mut gone = 0;
    gone += delete(
        &mut conn,
        "DELETE FROM sign_in_code WHERE id IN (SELECT id FROM sign_in_code WHERE expires_at < $1 LIMIT $2)",
        before(1),
    )
    .await?;
    gone += delete(
        &mut conn,
        "DELETE FROM rate_limit WHERE (key_hash, window_starts) IN
           (SELECT key_hash, window_starts FROM rate_limit WHERE window_starts < $1 LIMIT $2)",
        before(1),
    )
    .await?;
    gone += delete(
        &mut conn,
        "DELETE FROM form_post WHERE idempotency_key IN (SELECT idempotency_key FROM form_post WHERE at < $1 LIMIT $2)",
        before(FORM_DAYS),
    )
    .await?;
    gone += delete(
        &mut conn,
        "DELETE FROM sign_in WHERE id IN (SELECT id FROM sign_in WHERE COALESCE(ended_at, ends_at) < $1 LIMIT $2)",
        before(SIGN_IN_DAYS),
    )
    .await?;
    gone += delete(
        &mut conn,
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent_at < $1 LIMIT $2)",
        before(MAIL_DAYS),
    )
    .await?;
    gone += delete(
        &mut conn,
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE failed_at < $1 LIMIT $2)",
        before(FAILED_MAIL_DAYS),
    )
    .await?;
    gone += reservations(&mut conn, before(RESERVATION_DAYS)).await?;
    gone += delete(
        &mut conn,
        "DELETE FROM import_before WHERE import_id IN (SELECT b.import_id FROM import_before b JOIN import i ON i.id = b.import_id
           WHERE i.finished_at < $1 LIMIT $2)",
        before(UNDO_DAYS),
    )
    .await?;
    gone += uploads::drop_old(&mut conn, now).await?;
    gone += feedback::forget(&mut conn, before(UNDO_DAYS)).await?;
    gone += request_sheets::forget(&mut conn, before(UNDO_DAYS)).await?;
    gone += delete(
        &mut conn,
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 LIMIT $2)",
        before(AUDIT_DAYS),
    )
    .await?;
    conn.commit().await?;
    Ok(gone)
}

/// Reservations that lapsed, with their visits where nothing else is in them. What was ever more stays.
async fn reservations(conn: &mut Conn, before: chrono::DateTime<chrono::Utc>) -> Result<u64> {
    let rows = fetch_all!(
        conn,
        (Uuid, Uuid),
        "SELECT x.id, x.visit_id FROM session x WHERE x.state = 'lapsed' AND x.reserved_until < $1
           AND NOT EXISTS (SELECT 1 FROM session_event e WHERE e.session_id = x.id AND e.event NOT IN ('reserve', 'lapse'))
           AND NOT EXISTS (SELECT 1 FROM attending_group g WHERE g.session_id = x.id)
         ORDER BY x.reserved_until, x.id LIMIT $2",
        before,
        MOST,
    )?;
    let gone = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let (sessions, visits): (Vec<Uuid>, Vec<Uuid>) = rows.into_iter().unzip();
    execute_in!(conn, "DELETE FROM session_event WHERE session_id IN ", sessions, "")?;
    execute_in!(conn, "DELETE FROM session WHERE id IN ", sessions, "")?;
    execute_in!(
        conn,
        "DELETE FROM visit WHERE id IN ",
        visits,
        " AND NOT EXISTS (SELECT 1 FROM session x WHERE x.visit_id = visit.id)"
    )?;
    Ok(gone)
}

async fn delete(conn: &mut Conn, sql: &'static str, before: chrono::DateTime<chrono::Utc>) -> Result<u64> {
    execute!(conn, sql, before, MOST)
}
