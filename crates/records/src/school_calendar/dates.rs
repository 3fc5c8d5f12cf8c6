//! Dates on which a school takes no visits.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::availability::{NewSchoolDate, SchoolDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{School, find, note};
use crate::Desk;
use crate::availability;
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};

/// Most dates of one school that are not over.
const MOST_DATES: i64 = 300;

/// A date with its school.
#[derive(Debug, Clone)]
pub struct Dated {
    /// The school.
    pub school: School,
    /// The date.
    pub date: SchoolDate,
    /// For a kindly refused stale edit.
    pub version: i64,
}

/// One date of a school.
///
/// # Errors
/// Not found; forbidden.
pub async fn date(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Dated> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.read().await?;
    find_date(&mut conn, actor, id).await
}

pub(super) async fn find_date(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Dated> {
    let (setting, version) =
        fetch_one!(conn, (Uuid, i64), "SELECT setting_id, version FROM school_date WHERE id = $1", id)?;
    let school = find(conn, actor, setting).await?;
    let dates = availability::dates(conn, &[setting], NaiveDate::MIN, NaiveDate::MAX).await?;
    let date = dates.into_iter().map(|(_, date)| date).find(|date| date.id == id).ok_or(Error::NotFound)?;
    Ok(Dated { school, date, version })
}

fn said(date: &NewSchoolDate) -> Value {
    json!({ "date": date.kind, "from": date.from, "to": date.to, "year_groups": date.year_groups.to_string() })
}

fn of(date: &SchoolDate) -> NewSchoolDate {
    NewSchoolDate {
        kind: date.kind,
        from: date.from,
        to: date.to,
        year_groups: date.year_groups,
        note: date.note.clone(),
    }
}

/// Adds a date on which the school takes no visits. Sessions on it stay: [`super::clashes`] names them beforehand.
///
/// # Errors
/// Not found; forbidden; fields to mend.
pub async fn add_date(desk: &Desk, actor: &Actor, setting: Uuid, date: NewSchoolDate) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.write().await?;
    let school = find(&mut conn, actor, setting).await?;
    let date = date.check(school.year_groups())?;
    let count = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM school_date WHERE setting_id = $1 AND ends >= $2",
        setting,
        desk.today(),
    )?;
    if count >= MOST_DATES {
        return Err(Error::field(
            "from",
            format!("A school has at most {MOST_DATES} dates to come: remove some first"),
        ));
    }
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO school_date (id, setting_id, kind, starts, ends, year_groups, note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        id,
        setting,
        date.kind.as_str(),
        date.from,
        date.to,
        date.year_groups.mask(),
        &date.note,
        desk.now(),
    )?;
    note(&mut conn, desk, actor, &school, Value::Null, said(&date)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Changes a date.
///
/// # Errors
/// Not found; forbidden; fields to mend; somebody else changed it since `version`.
pub async fn change_date(desk: &Desk, actor: &Actor, id: Uuid, version: i64, date: NewSchoolDate) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.write().await?;
    let before = find_date(&mut conn, actor, id).await?;
    let date = date.check(before.school.year_groups())?;
    let written = execute!(
        conn,
        "UPDATE school_date SET kind = $1, starts = $2, ends = $3, year_groups = $4, note = $5, version = version + 1
         WHERE id = $6 AND version = $7",
        date.kind.as_str(),
        date.from,
        date.to,
        date.year_groups.mask(),
        &date.note,
        id,
        version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    note(&mut conn, desk, actor, &before.school, said(&of(&before.date)), said(&date)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Removes a date.
///
/// # Errors
/// Not found; forbidden.
pub async fn remove_date(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let mut conn = desk.write().await?;
    let before = find_date(&mut conn, actor, id).await?;
    execute!(conn, "DELETE FROM school_date WHERE id = $1", id)?;
    note(&mut conn, desk, actor, &before.school, said(&of(&before.date)), Value::Null).await?;
    desk.commit(conn, before.school.id).await?;
    Ok(before.school.id)
}
