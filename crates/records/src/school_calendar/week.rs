//! A school's ordinary week and its hall.

use domain::access::{Actor, Operation};
use domain::availability::{HallWindow, Week};
use serde_json::json;
use uuid::Uuid;

use super::{find, note};
use crate::Desk;
use crate::error::{Conflict, Result};

/// Says on which weekdays a school takes no visits, and when its hall is free.
///
/// # Errors
/// Not found; forbidden; fields to mend; somebody else changed it since `version`.
pub async fn set_week(
    desk: &Desk,
    actor: &Actor,
    setting: Uuid,
    version: i64,
    week: Week,
    hall: &[HallWindow],
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let week = week.check()?;
    let mut conn = desk.write().await?;
    let school = find(&mut conn, actor, setting).await?;
    let written = execute!(
        conn,
        "INSERT INTO school_week (setting_id, closed_days, closed_days_b, week_a_from, version) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (setting_id) DO UPDATE SET closed_days = excluded.closed_days,
            closed_days_b = excluded.closed_days_b, week_a_from = excluded.week_a_from, version = excluded.version
         WHERE school_week.version = $6",
        setting,
        week.closed.mask(),
        week.closed_b.mask(),
        week.a_from,
        version + 1,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    execute!(conn, "DELETE FROM hall_window WHERE setting_id = $1", setting)?;
    insert_rows!(
        conn,
        "INSERT INTO hall_window (setting_id, weekday, starts_minute, ends_minute) ",
        hall,
        |b, window| {
            b.push_bind(setting).push_bind(i64::from(window.weekday));
            b.push_bind(window.starts.minutes()).push_bind(window.ends.minutes());
        },
        ""
    )?;
    let after = json!({
        "no_visits_on": week.closed.to_string(),
        "no_visits_in_week_b_on": week.a_from.map(|_| week.closed_b.to_string()),
        "hall_windows": hall.len(),
    });
    note(&mut conn, desk, actor, &school, serde_json::Value::Null, after).await?;
    desk.commit(conn, setting).await?;
    Ok(setting)
}
