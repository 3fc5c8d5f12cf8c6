//! Which reminders were sent.

use chrono::NaiveDate;
use domain::reminder::Reminder;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;

/// Notes that a reminder is sent with this transaction; false: it was sent before, or another server sends it now.
pub(crate) async fn claim(conn: &mut Conn, desk: &Desk, session: Uuid, kind: Reminder, on: NaiveDate) -> Result<bool> {
    let written = execute!(
        conn,
        "INSERT INTO reminder (session_id, kind, on_date, sent_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        session,
        kind.as_str(),
        on,
        desk.now(),
    )?;
    Ok(written > 0)
}
