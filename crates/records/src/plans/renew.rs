//! A plan that is planned again takes up what has come since: requests, and what everything is worth.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Actor;
use domain::plan::BOOKED_VALUE;
use uuid::Uuid;

use super::ground::Attending;
use super::start::{Row, of_request, put, values};
use super::{Plan, choices, ground};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};

/// What changed in a plan that is planned again.
pub(super) struct Since {
    /// Requests that were made, changed, or opened again since the plan was made.
    pub added: usize,
    /// Requests that were withdrawn, changed, or got a date in another way.
    pub gone: usize,
}

/// One line of a plan that planning again places.
#[derive(sqlx::FromRow)]
struct Line {
    id: Uuid,
    tour_id: Uuid,
    setting_id: Uuid,
    request_id: Option<Uuid>,
    visit_id: Option<Uuid>,
    sessions: i64,
    attending: String,
    value: i64,
    pinned: bool,
    is_booked: bool,
}

impl Line {
    /// What its parts have in common.
    fn whole(&self) -> (Uuid, Uuid, Option<Uuid>, Option<Uuid>) {
        (self.tour_id, self.setting_id, self.request_id, self.visit_id)
    }

    fn attending(&self) -> Result<Vec<Vec<Attending>>> {
        serde_json::from_str(&self.attending).map_err(Error::unavailable)
    }
}

/// Adds requests that wait now to an open plan, takes those out that no longer wait, deals those anew that have changed,
/// and gives everything that is to be placed its present worth. A gap school that has asked since is planned as it asked.
/// What is pinned stays as it was placed, as long as it waits.
pub(super) async fn renew(conn: &mut Conn, desk: &Desk, plan: &Plan) -> Result<Since> {
    let tours = fetch_all!(conn, (Uuid,), "SELECT tour_id FROM plan_tour WHERE plan_id = $1", plan.id)?;
    let tours: BTreeSet<Uuid> = tours.into_iter().map(|(id,)| id).collect();
    let choices = choices::of(conn, desk, &Actor::SYSTEM, &tours).await?;
    let ground = ground::load(conn, plan.clone()).await?;
    let lines = fetch_all!(
        conn,
        Line,
        "SELECT id, tour_id, setting_id, request_id, visit_id, sessions, attending, value, pinned,
            (current_team_id IS NOT NULL) AS is_booked
         FROM plan_request WHERE plan_id = $1 AND NOT fixed AND outcome IN ('', 'gone') ORDER BY part, id",
        plan.id,
    )?;
    let settings: BTreeSet<Uuid> =
        lines.iter().map(|l| l.setting_id).chain(choices.waiting.iter().map(|r| r.setting_id)).collect();
    let settings: Vec<Uuid> = settings.into_iter().collect();
    let values = values(conn, desk, &plan.authority_code, &choices, &settings).await?;
    let worth = |tour: Uuid, setting: Uuid| values.get(&(tour, setting)).copied().unwrap_or(1).max(1);

    let mut gone: BTreeSet<Uuid> = BTreeSet::new();
    let mut new: Vec<Row> = Vec::new();
    let mut since = Since { added: 0, gone: 0 };
    for request in &choices.waiting {
        let rows = of_request(request, &ground, worth(request.tour_id, request.setting_id));
        let own: Vec<&Line> = lines.iter().filter(|l| l.request_id == Some(request.id)).collect();
        let stands = own.iter().map(|l| l.attending()).collect::<Result<Vec<_>>>()?;
        let same = stands.into_iter().flatten().eq(rows.iter().flat_map(|r| r.attending.iter().cloned()));
        if same || own.iter().any(|l| l.pinned) {
            continue;
        }
        gone.extend(own.iter().map(|l| l.id));
        let gap =
            |l: &&Line| (l.tour_id, l.setting_id) == (request.tour_id, request.setting_id) && l.request_id.is_none();
        gone.extend(lines.iter().filter(gap).filter(|l| l.visit_id.is_none()).map(|l| l.id));
        since.added += 1;
        new.extend(rows);
    }
    let waits: BTreeSet<Uuid> = choices.waiting.iter().map(|r| r.id).collect();
    gone.extend(lines.iter().filter(|l| l.request_id.is_some_and(|id| !waits.contains(&id))).map(|l| l.id));
    since.gone =
        lines.iter().filter(|l| gone.contains(&l.id)).filter_map(|l| l.request_id).collect::<BTreeSet<_>>().len();
    let left: Vec<&Line> = lines.iter().filter(|l| !gone.contains(&l.id)).collect();
    let gone: Vec<Uuid> = gone.into_iter().collect();
    execute_in!(conn, "DELETE FROM plan_request WHERE id IN ", gone, "")?;
    revalue(conn, &left, worth).await?;
    new.retain(|row| !row.attending.is_empty());
    put(conn, plan.id, &new).await?;
    Ok(since)
}

/// Gives every line its worth; the parts of one whole share it, as when the plan began.
async fn revalue(conn: &mut Conn, lines: &[&Line], worth: impl Fn(Uuid, Uuid) -> i64) -> Result<()> {
    let mut wholes: BTreeMap<_, i64> = BTreeMap::new();
    for line in lines {
        *wholes.entry(line.whole()).or_default() += line.sessions;
    }
    for line in lines {
        let all = worth(line.tour_id, line.setting_id);
        let whole = wholes.get(&line.whole()).copied().unwrap_or(1).max(1);
        let booked = if line.is_booked { BOOKED_VALUE } else { 0 };
        let value = (all * line.sessions / whole).max(1) + booked;
        if value != line.value {
            // One statement for each whose worth has changed, when somebody asks for the plan anew.
            execute!(conn, "UPDATE plan_request SET value = $1 WHERE id = $2", value, line.id)?;
        }
    }
    Ok(())
}
