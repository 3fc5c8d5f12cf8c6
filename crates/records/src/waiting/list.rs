//! Who waits, in which place.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation, Role};
use domain::waiting::{WaitingState, in_order};
use uuid::Uuid;

use super::give::values;
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::tours::{self, Tour};
use crate::within::Within;

/// A school that waits, and its place.
#[derive(Debug, Clone)]
pub struct Line {
    /// The place's key.
    pub id: Uuid,
    /// The tour.
    pub tour_id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// The school's name.
    pub school: String,
    /// Pupils expected.
    pub expected: i64,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    /// How it stands.
    pub state: WaitingState,
    /// How many are before it, itself counted: 1 is next. None while it has an offer to answer.
    pub place: Option<usize>,
    /// Of how many that wait.
    pub of: usize,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    setting_id: Uuid,
    school: String,
    expected: i64,
    joined_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    state: WaitingState,
}

/// Who waits for a tour: everybody in their order for those who run it, its own for a school.
///
/// # Errors
/// Not found; forbidden.
pub async fn of_tour(desk: &Desk, actor: &Actor, tour: Uuid) -> Result<Vec<Line>> {
    desk.authorise(actor, Operation::WaitForSlot)?;
    let mut conn = desk.read().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    lines(&mut conn, desk, actor, &tour).await
}

async fn lines(conn: &mut Conn, desk: &Desk, actor: &Actor, tour: &Tour) -> Result<Vec<Line>> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT w.id, w.setting_id, s.name AS school, w.joined_at, w.state,
            CAST((SELECT COALESCE(SUM(g.expected), 0) FROM waiting_group g WHERE g.waiting_id = w.id) AS BIGINT) AS expected
         FROM waiting w JOIN setting s ON s.id = w.setting_id
         WHERE w.tour_id = $1 AND w.state IN ('waiting', 'offered')",
        tour.id,
    )?;
    let settings: Vec<Uuid> = rows.iter().map(|r| r.setting_id).collect();
    let values = values(conn, desk, tour, &settings).await?;
    let own = own(conn, actor).await?;
    let (mut waiting, mut offered): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|r| r.state == WaitingState::Waiting);
    in_order(&mut waiting, |r| (values.get(&r.setting_id).copied().unwrap_or(0), (r.joined_at, r.id)));
    offered.sort_by_key(|r| (r.joined_at, r.id));
    let of = waiting.len();
    let line = |r: Row, place| Line {
        id: r.id,
        tour_id: tour.id,
        programme: tour.programme_name.clone(),
        school: r.school,
        expected: r.expected,
        joined_at: r.joined_at,
        state: r.state,
        place,
        of,
    };
    let seen = |r: &Row| own.as_ref().is_none_or(|own| own.contains(&r.setting_id));
    let offered = offered.into_iter().filter(seen).map(|r| line(r, None)).collect::<Vec<_>>();
    let waiting = waiting.into_iter().zip(1..).filter(|(r, _)| seen(r)).map(|(r, place)| line(r, Some(place)));
    Ok(offered.into_iter().chain(waiting).collect())
}

/// A school's own settings; none: the actor sees all.
async fn own(conn: &mut Conn, actor: &Actor) -> Result<Option<Vec<Uuid>>> {
    if actor.role != Role::School {
        return Ok(None);
    }
    let within = Within::of(actor);
    let rows = fetch_all!(
        conn,
        (Uuid,),
        "SELECT id FROM setting WHERE id = $1 OR trust_code = $2",
        within.setting,
        within.trust,
    )?;
    Ok(Some(rows.into_iter().map(|(id,)| id).collect()))
}

/// Everything a school waits for.
///
/// # Errors
/// Forbidden.
pub async fn of_actor(desk: &Desk, actor: &Actor) -> Result<Vec<Line>> {
    desk.authorise(actor, Operation::WaitForSlot)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let tours = fetch_all!(
        conn,
        (Uuid,),
        "SELECT DISTINCT w.tour_id FROM waiting w JOIN setting s ON s.id = w.setting_id
         WHERE w.state IN ('waiting', 'offered') AND (s.id = $1 OR s.trust_code = $2) ORDER BY w.tour_id",
        within.setting,
        within.trust,
    )?;
    let mut all = Vec::new();
    // A school waits for a tour or two.
    for (tour,) in tours {
        let tour = tours::find(&mut conn, actor, tour).await?;
        all.extend(lines(&mut conn, desk, actor, &tour).await?);
    }
    Ok(all)
}
