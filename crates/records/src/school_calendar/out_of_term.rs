//! Booked and offered sessions that the terms and bank holidays, as they are now, leave without a school to go to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::availability::Closed;
use domain::session::State;
use domain::year_group::YearGroups;
use uuid::Uuid;

use crate::Desk;
use crate::availability;
use crate::error::Result;
use crate::within::Within;

/// Sessions that are named at most: more than these are a term entered wrongly.
const MOST: usize = 100;

/// A session on a day without school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfTerm {
    /// The session.
    pub session: Uuid,
    /// Its programme.
    pub programme: String,
    /// The school whose groups attend.
    pub school: String,
    /// Its day.
    pub on: NaiveDate,
    /// Confirmed or offered.
    pub state: State,
    /// A bank holiday, or outside the terms.
    pub why: Closed,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    programme: String,
    setting_id: Uuid,
    school: String,
    authority_code: String,
    on_date: NaiveDate,
    #[sqlx(try_from = "String")]
    state: State,
}

/// The sessions to come of an authority's or a trust's schools, or of one school, that lie outside the terms that hold
/// for the school, or on a bank holiday, by date; at most a hundred.
///
/// # Errors
/// Forbidden.
pub async fn out_of_term(desk: &Desk, actor: &Actor) -> Result<Vec<OutOfTerm>> {
    desk.authorise(actor, Operation::EditCalendar)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT DISTINCT x.id, p.name AS programme, g.setting_id, s.name AS school, s.authority_code, x.on_date, x.state
         FROM attending_group g JOIN session x ON x.id = g.session_id JOIN setting s ON s.id = g.setting_id
            JOIN programme p ON p.id = x.programme_id
         WHERE x.on_date >= $1 AND x.state IN ('confirmed', 'offered')
           AND ($2 IS NULL OR s.authority_code = $2) AND ($3 IS NULL OR s.trust_code = $3)
           AND ($4 IS NULL OR s.id = $4)
         ORDER BY x.on_date, s.name, x.id",
        desk.today(),
        within.authority,
        within.trust,
        within.setting,
    )?;
    let mut by_authority: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        by_authority.entry(&row.authority_code).or_default().push(row);
    }
    let mut found = Vec::new();
    // One authority, or the few in which a trust has schools.
    for (authority, rows) in by_authority {
        let mut settings: Vec<Uuid> = rows.iter().map(|r| r.setting_id).collect();
        settings.sort();
        settings.dedup();
        let last = rows.iter().map(|r| r.on_date).max().unwrap_or_else(|| desk.today());
        let calendars = availability::schools(&mut conn, authority, &settings, desk.today(), last).await?;
        found.extend(rows.into_iter().filter_map(|row| {
            let why = calendars.get(&row.setting_id)?.closed_day(row.on_date, YearGroups::NONE)?;
            matches!(why, Closed::OutsideTerm | Closed::BankHoliday(_)).then(|| OutOfTerm {
                session: row.id,
                programme: row.programme.clone(),
                school: row.school.clone(),
                on: row.on_date,
                state: row.state,
                why,
            })
        }));
    }
    found.sort_by(|a, b| (a.on, &a.school).cmp(&(b.on, &b.school)));
    found.truncate(MOST);
    Ok(found)
}
