//! The attendance sheet that goes out: the sessions of a tour, or of a team's days, as a workbook.

use chrono::NaiveDate;
use domain::YearGroups;
use domain::access::{Actor, Operation};
use domain::attendance::Headcounts;
use report::attendance::{Line, workbook};
use uuid::Uuid;

use super::sheet::{group_name, session_name};
use crate::error::{Error, Result};
use crate::within::Within;
use crate::{Desk, run_sheets, tours};

/// The most rows of a sheet.
const MOST_ROWS: usize = 5_000;

/// Days of a team.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// How many.
    pub days: u64,
}

/// The attendance sheet of a tour, as far as the actor records it: a name for the file, and the workbook.
///
/// # Errors
/// Not found; forbidden; too many sessions for one sheet.
pub async fn of_tour(desk: &Desk, actor: &Actor, tour: Uuid) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let found = tours::get(desk, actor, tour).await?;
    write(desk, actor, found.name, Which { tour: Some(tour), ..Which::default() }).await
}

/// The attendance sheet of a team's days.
///
/// # Errors
/// Not found; forbidden; too many sessions for one sheet.
pub async fn of_team(desk: &Desk, actor: &Actor, team: Uuid, days: Days) -> Result<(String, Vec<u8>)> {
    desk.authorise(actor, Operation::RecordAttendance)?;
    let found = run_sheets::of_team(desk, actor, team, days.from, days.days).await?;
    let days = if found.from == found.until {
        found.from.format("%-d %B %Y").to_string()
    } else {
        format!("{} to {}", found.from.format("%-d %b"), found.until.format("%-d %b %Y"))
    };
    let which = Which { team: Some(team), from: Some(found.from), until: Some(found.until), ..Which::default() };
    write(desk, actor, format!("{}, {days}", found.team.name), which).await
}

/// Which sessions; none does not restrict.
#[derive(Default)]
struct Which {
    tour: Option<Uuid>,
    team: Option<Uuid>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    on_date: NaiveDate,
    slot_label: String,
    starts_minute: Option<i64>,
    programme: String,
    venue: String,
    setting: String,
    year_groups: i64,
    label: String,
    expected: i64,
    attended: Option<i64>,
    attended_send: Option<i64>,
    withdrawn: Option<i64>,
    adults: Option<i64>,
}

async fn write(desk: &Desk, actor: &Actor, of: String, which: Which) -> Result<(String, Vec<u8>)> {
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT g.id, x.on_date, x.slot_label, x.starts_minute, p.name AS programme, v.name AS venue, s.name AS setting,
                g.year_groups, g.label, g.expected, g.attended, g.attended_send, g.withdrawn, g.adults
         FROM attending_group g JOIN session x ON x.id = g.session_id JOIN programme p ON p.id = x.programme_id
         JOIN tour t ON t.id = x.tour_id JOIN visit w ON w.id = x.visit_id JOIN setting v ON v.id = w.venue_id
         JOIN setting s ON s.id = g.setting_id
         WHERE x.state IN ('confirmed', 'delivered') AND ($1 IS NULL OR x.tour_id = $1)
           AND ($2 IS NULL OR x.team_id = $2) AND ($3 IS NULL OR x.on_date >= $3) AND ($4 IS NULL OR x.on_date <= $4)
           AND ($5 IS NULL OR x.authority_code = $5) AND ($6 IS NULL OR t.provider_id = $6)
           AND ($7 IS NULL OR g.setting_id = $7 OR s.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $7))
           AND ($8 IS NULL OR s.trust_code = $8 OR s.id IN
            (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $8))
         ORDER BY x.on_date, x.starts_minute, v.name, x.id, s.name, g.year_groups, g.label, g.id",
        which.tour,
        which.team,
        which.from,
        which.until,
        within.authority,
        within.provider,
        within.setting,
        within.trust,
    )?;
    drop(conn);
    if rows.len() > MOST_ROWS {
        return Err(Error::refused(format!(
            "There are more than {MOST_ROWS} groups to count. Take the sheet of a team’s day or week instead"
        )));
    }
    let lines = rows.into_iter().map(line).collect::<Result<Vec<_>>>()?;
    let made = desk.today().format("%-d %B %Y").to_string();
    let title = format!("Attendance: {of}");
    let name = format!("Attendance {of}.xlsx");
    let book = tokio::task::spawn_blocking(move || workbook(&title, &made, &lines)).await;
    Ok((name, book.map_err(Error::unavailable)?.map_err(Error::unavailable)?))
}

fn line(row: Row) -> Result<Line> {
    let years = YearGroups::try_from(row.year_groups).map_err(Error::unavailable)?;
    Ok(Line {
        group: row.id,
        on: row.on_date,
        session: session_name(&row.slot_label, row.starts_minute, &row.programme),
        venue: row.venue,
        name: group_name(&row.label, years, &row.setting),
        school: row.setting,
        expected: row.expected,
        counts: Headcounts {
            pupils: row.attended,
            send: row.attended_send,
            withdrawn: row.withdrawn,
            adults: row.adults,
        },
    })
}
