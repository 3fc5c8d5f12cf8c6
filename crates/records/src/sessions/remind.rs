//! Reminders 7 days and 1 day before a visit, with what to prepare.

use chrono::{DateTime, NaiveDate, Utc};
use domain::reminder;
use uuid::Uuid;

use super::mail;
use crate::Desk;
use crate::error::Result;
use crate::reminders;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    on_date: NaiveDate,
    settled_at: DateTime<Utc>,
    needs: String,
    programme_id: Uuid,
    parent_letter: bool,
}

/// Reminders a turn sends at most.
const MOST: i64 = 200;

/// Reminds everybody a coming visit concerns. From 7:00 in London on; each reminder is sent once, whichever server
/// sends it. Says how many visits were reminded of.
///
/// # Errors
/// The database does not answer.
pub async fn remind(desk: &Desk) -> Result<u64> {
    if !reminder::is_time(desk.now()) {
        return Ok(0);
    }
    let today = desk.today();
    let mut conn = desk.read().await?;
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT x.id, x.on_date, p.needs, p.id AS programme_id, (p.parent_letter <> '' OR EXISTS (SELECT 1 FROM document d
                WHERE d.programme_id = p.id AND d.kind = 'parent_letter')) AS parent_letter,
            COALESCE((SELECT MAX(e.at) FROM session_event e WHERE e.session_id = x.id AND e.event IN ('book', 'accept', 'move')),
                x.created_at) AS settled_at
         FROM session x JOIN programme p ON p.id = x.programme_id
         WHERE x.state = 'confirmed' AND x.on_date > $1 AND x.on_date <= $2
           AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.session_id = x.id AND r.on_date = x.on_date
                AND r.kind = CASE WHEN x.on_date > $3 THEN 'week' ELSE 'day' END)
         ORDER BY x.on_date, x.id LIMIT $4",
        today,
        today + chrono::Days::new(7),
        today + chrono::Days::new(1),
        MOST,
    )?;
    drop(conn);
    let mut reminded = 0;
    for row in rows {
        let settled = row.settled_at.with_timezone(&chrono_tz::Europe::London).date_naive();
        let Some(kind) = reminder::due(today, row.on_date, settled) else { continue };
        let mut conn = desk.write().await?;
        if reminders::claim(&mut conn, desk, row.id, kind, row.on_date).await? {
            mail::tell(&mut conn, desk, row.id, mail::News::Reminder { prepare: prepare(desk, &row) }).await?;
            reminded += 1;
        }
        conn.commit().await?;
    }
    Ok(reminded)
}

/// What the school prepares, in lines.
fn prepare(desk: &Desk, row: &Row) -> String {
    let mut lines = vec!["To prepare:".to_owned()];
    for need in row.needs.split(',').filter_map(|word| word.trim().parse::<domain::programme::Need>().ok()) {
        lines.push(format!("- {}", need.label()));
    }
    lines.push("- Somebody at the door who knows that the team comes, and where to".into());
    if row.parent_letter {
        let path = format!("/for-parents/{}", row.programme_id);
        lines.push(format!("- The letter to parents, if it has not gone out yet: {}", desk.address(&path)));
    }
    lines.join("\n")
}
