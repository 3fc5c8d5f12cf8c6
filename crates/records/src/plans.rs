//! Plans: which requests and gaps of which tours are served, by which team, when. A plan's placements are no sessions
//! until it is published; then they become offers to schools.

mod board;
mod choices;
mod compare;
mod ground;
mod problem;
mod publish;
mod renew;
mod rules;
mod start;
mod work;
mod worth;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::plan::PlanState;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::within::Within;

pub use board::{Action, Effect, apply, board, effect, set_pinned, targets};
pub use choices::{Booked, Choices, Gap, Lost, TourChoice, choices, tours};
pub use compare::{Compared, Difference, Figures, compare, figures};
pub use ground::{Ask, Busy, Ground, Place, PlanTeam, PlanTour, outlines};
pub use publish::{Broken, Preview, preview, publish};
pub use start::{NewPlan, plan_again, start};
pub use work::{give_up_stale, stop, work};

/// A plan.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Plan {
    /// Its key.
    pub id: Uuid,
    /// The tenant.
    pub authority_code: String,
    /// Its name.
    pub name: String,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: PlanState,
    /// Nothing is planned before.
    #[sqlx(rename = "from_date")]
    pub from: NaiveDate,
    /// Only the tours' openings are used.
    pub by_openings: bool,
    /// How long planning may take.
    pub seconds: i64,
    /// When planning was asked for.
    pub asked_at: DateTime<Utc>,
    /// A server is planning it.
    pub is_begun: bool,
    /// Planning ended without a result.
    pub interrupted: bool,
    faults: String,
    /// Points; while it is planned, of the best plan so far.
    pub score: Option<i64>,
    /// No plan scores more.
    pub bound: Option<i64>,
    /// How many are placed.
    pub placed: i64,
    /// How many there are to place.
    pub asks: i64,
    /// Minutes on the road.
    pub travel_min: i64,
    /// How long planning took, or has taken, in milliseconds.
    pub elapsed_ms: i64,
    /// Who made it.
    pub person: Option<String>,
    /// Who changed it last, on the board.
    pub changed_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// For a kindly refused stale change.
    pub version: i64,
    /// Its tours' names, with commas between.
    #[sqlx(skip)]
    pub tours: String,
}

impl Plan {
    /// What could not be planned with, a sentence each.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        serde_json::from_str(&self.faults).unwrap_or_default()
    }
}

/// `plans!("AND …")`: plans within an actor's scope; authority and provider are the first binds. A provider sees plans of
/// its own tours alone.
macro_rules! plans {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.authority_code, p.name, p.state, p.from_date, p.by_openings, p.seconds, p.asked_at,
                (p.leased_until IS NOT NULL) AS is_begun, p.interrupted, p.faults, p.score, p.bound, p.placed,
                (SELECT COUNT(*) FROM plan_request pr WHERE pr.plan_id = p.id) AS asks, p.travel_min, p.elapsed_ms,
                w.name AS person, c.name AS changed_by, p.created_at, p.published_at, p.version
             FROM plan p LEFT JOIN person w ON w.id = p.by_person LEFT JOIN person c ON c.id = p.changed_by
             WHERE ($1 IS NULL OR p.authority_code = $1)
               AND ($2 IS NULL OR NOT EXISTS (SELECT 1 FROM plan_tour pt JOIN tour t ON t.id = pt.tour_id
                    WHERE pt.plan_id = p.id AND t.provider_id <> $2)) ",
            $tail
        )
    };
}

/// The plans an actor sees, the newest first, at most 200. Dropped ones are left out.
///
/// # Errors
/// Forbidden.
pub async fn list(desk: &Desk, actor: &Actor, tour: Option<Uuid>) -> Result<Vec<Plan>> {
    desk.authorise(actor, Operation::PlanTours)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let mut plans = fetch_all!(
        conn,
        Plan,
        plans!(
            "AND p.state <> 'dropped' AND ($3 IS NULL OR EXISTS (SELECT 1 FROM plan_tour pt WHERE pt.plan_id = p.id AND pt.tour_id = $3))
             ORDER BY p.created_at DESC, p.id DESC LIMIT 200"
        ),
        &within.authority,
        within.provider,
        tour,
    )?;
    name_tours(&mut conn, &mut plans).await?;
    Ok(plans)
}

/// One plan.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Plan> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, id).await
}

pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Plan> {
    let within = Within::of(actor);
    let plan = fetch_one!(conn, Plan, plans!("AND p.id = $3"), &within.authority, within.provider, id)?;
    let mut plans = [plan];
    name_tours(conn, &mut plans).await?;
    let [plan] = plans;
    Ok(plan)
}

async fn name_tours(conn: &mut Conn, plans: &mut [Plan]) -> Result<()> {
    let ids: Vec<Uuid> = plans.iter().map(|p| p.id).collect();
    let names = fetch_in!(
        conn,
        (Uuid, String),
        "SELECT pt.plan_id, t.name FROM plan_tour pt JOIN tour t ON t.id = pt.tour_id WHERE pt.plan_id IN ",
        ids,
        " ORDER BY t.starts, t.name"
    )?;
    for plan in plans {
        let of: Vec<&str> = names.iter().filter(|(id, _)| *id == plan.id).map(|(_, name)| name.as_str()).collect();
        plan.tours = of.join(", ");
    }
    Ok(())
}

/// Takes a plan for a change: every change of it waits here for the one before, and a stale one is refused.
pub(crate) async fn take(conn: &mut Conn, actor: &Actor, id: Uuid, version: i64) -> Result<Plan> {
    execute!(conn, "UPDATE plan SET version = version WHERE id = $1", id)?;
    let plan = find(conn, actor, id).await?;
    if plan.version != version {
        return Err(Conflict::Stale.into());
    }
    Ok(plan)
}

/// Drops a plan: it is no longer listed. Nothing that was published changes.
///
/// # Errors
/// Not found; forbidden; it was published, or is being planned.
pub async fn drop_plan(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.write().await?;
    let plan = find(&mut conn, actor, id).await?;
    if !plan.state.is_open() {
        return Err(Error::refused(format!(
            "This plan is {}, so it cannot be dropped",
            plan.state.label().to_lowercase()
        )));
    }
    execute!(conn, "UPDATE plan SET state = 'dropped', version = version + 1 WHERE id = $1", id)?;
    record(&mut conn, desk, actor, &plan, json!({ "state": plan.state }), json!({ "state": PlanState::Dropped }))
        .await?;
    desk.commit(conn, id).await
}

pub(crate) async fn record(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    plan: &Plan,
    before: Value,
    after: Value,
) -> Result<()> {
    let change = Change {
        operation: Operation::PlanTours,
        authority: Some(&plan.authority_code),
        record_kind: "plan",
        record_id: plan.id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
