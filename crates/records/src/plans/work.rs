//! Planning itself, behind the pages: one plan at a time in a process, on a thread of its own.
//!
//! A plan that is being planned is leased for some seconds at a time. When the process ends in the middle the lease runs
//! out, and the plan says that it was interrupted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::access::{Actor, Operation};
use planner::PlanResult;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::ground::{Ground, Place};
use super::{find, ground, problem, worth};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};

/// How long a plan is leased; it is renewed long before.
const LEASE_SECONDS: i64 = 30;

/// How often the best so far is written down.
const BEAT: Duration = Duration::from_millis(500);

/// Planning takes a whole core: never two at once in one process.
static ONE: Semaphore = Semaphore::const_new(1);

/// The stop flags of the plans this process works at.
static STOPS: LazyLock<Mutex<HashMap<Uuid, Arc<AtomicBool>>>> = LazyLock::new(Mutex::default);

fn stops() -> std::sync::MutexGuard<'static, HashMap<Uuid, Arc<AtomicBool>>> {
    STOPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The best plan so far of the plan being planned.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    score: Option<i64>,
    bound: Option<i64>,
    placed: i64,
}

/// Plans whatever waits, the first asked for first. Returns when nothing waits any more.
///
/// # Errors
/// The database does not answer.
pub async fn work(desk: &Desk) -> Result<()> {
    let Ok(_turn) = ONE.acquire().await else { return Ok(()) };
    while let Some(id) = claim(desk).await? {
        if let Err(error) = plan_one(desk, id).await {
            tracing::error!(?error, plan = %id, "a plan could not be planned");
            interrupt(desk, id).await?;
        }
    }
    Ok(())
}

/// Takes the plan that has waited longest.
async fn claim(desk: &Desk) -> Result<Option<Uuid>> {
    let mut conn = desk.read().await?;
    let waits =
        fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM plan WHERE state = 'planning' AND leased_until IS NULL")?;
    if waits == 0 {
        return Ok(None);
    }
    drop(conn);
    let mut conn = desk.write().await?;
    let claimed = fetch_optional!(
        conn,
        (Uuid,),
        "UPDATE plan SET leased_until = $1 WHERE state = 'planning' AND leased_until IS NULL AND id =
            (SELECT id FROM plan WHERE state = 'planning' AND leased_until IS NULL ORDER BY asked_at, id LIMIT 1)
         RETURNING id",
        desk.now() + TimeDelta::seconds(LEASE_SECONDS),
    )?;
    conn.commit().await?;
    Ok(claimed.map(|(id,)| id))
}

/// Marks plans whose server has gone: they can be planned again, and what was placed before is still there.
///
/// # Errors
/// The database does not answer.
pub async fn give_up_stale(desk: &Desk) -> Result<()> {
    let mut conn = desk.read().await?;
    let stale =
        fetch_all!(conn, (Uuid,), "SELECT id FROM plan WHERE state = 'planning' AND leased_until < $1", desk.now(),)?;
    drop(conn);
    for (id,) in stale {
        if !stops().contains_key(&id) {
            interrupt(desk, id).await?;
        }
    }
    Ok(())
}

async fn interrupt(desk: &Desk, id: Uuid) -> Result<()> {
    let mut conn = desk.write().await?;
    execute!(
        conn,
        "UPDATE plan SET state = CASE WHEN EXISTS (SELECT 1 FROM plan_request pr WHERE pr.plan_id = plan.id
                AND pr.team_id IS NOT NULL AND NOT pr.fixed) THEN 'ready' ELSE 'draft' END,
            interrupted = TRUE, leased_until = NULL, version = version + 1
         WHERE id = $1 AND state = 'planning'",
        id,
    )?;
    conn.commit().await
}

/// Asks for the best plan so far to be taken.
///
/// # Errors
/// Not found; forbidden.
pub async fn stop(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.write().await?;
    find(&mut conn, actor, id).await?;
    execute!(conn, "UPDATE plan SET stop = TRUE WHERE id = $1 AND state = 'planning'", id)?;
    desk.commit(conn, id).await?;
    if let Some(stop) = stops().get(&id) {
        stop.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// What planning came to.
struct Planned {
    places: Vec<(Uuid, Place)>,
    reasons: Vec<(Uuid, Vec<String>)>,
    faults: Vec<String>,
    /// Of the only problem there was, what lies between its score and its bound.
    gap: Option<i64>,
}

/// Takes its stop flag out of the list, whatever happens.
struct Listed(Uuid);

impl Drop for Listed {
    fn drop(&mut self) {
        stops().remove(&self.0);
    }
}

async fn plan_one(desk: &Desk, id: Uuid) -> Result<()> {
    let mut conn = desk.read().await?;
    let plan = find(&mut conn, &Actor::SYSTEM, id).await?;
    let ground = ground::load(&mut conn, plan).await?;
    let worth = worth::words(&mut conn, desk, &ground).await?;
    drop(conn);
    let (stop, best) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Best::default())));
    stops().insert(id, Arc::clone(&stop));
    let _listed = Listed(id);
    let began = Instant::now();
    let ground = Arc::new(ground);
    let mut thread = {
        let (ground, stop, best) = (Arc::clone(&ground), Arc::clone(&stop), Arc::clone(&best));
        tokio::task::spawn_blocking(move || plan_all(&ground, &worth, &stop, &best))
    };
    let planned = loop {
        tokio::select! {
            planned = &mut thread => break planned.map_err(Error::unavailable)?,
            () = tokio::time::sleep(BEAT) => {
                let best = *best.lock().unwrap_or_else(PoisonError::into_inner);
                if beat(desk, id, best, began.elapsed()).await? {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    let mut conn = desk.write().await?;
    put(&mut conn, &ground, &planned, began.elapsed()).await?;
    conn.commit().await
}

fn millis(elapsed: Duration) -> i64 {
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// Writes the best so far, renews the lease; whether somebody asked for the end.
async fn beat(desk: &Desk, id: Uuid, best: Best, elapsed: Duration) -> Result<bool> {
    let mut conn = desk.write().await?;
    let stop = fetch_optional!(
        conn,
        (bool,),
        "UPDATE plan SET leased_until = $1, score = COALESCE($2, score), bound = COALESCE($3, bound), placed = $4,
            elapsed_ms = $5 WHERE id = $6 AND state = 'planning' RETURNING stop",
        desk.now() + TimeDelta::seconds(LEASE_SECONDS),
        best.score,
        best.bound,
        best.placed,
        millis(elapsed),
        id,
    )?;
    conn.commit().await?;
    // Dropped or given up meanwhile: nobody waits for it.
    Ok(stop.is_none_or(|(stop,)| stop))
}

/// Plans every group of days in turn, each with what the ones before left out.
fn plan_all(ground: &Ground, worth: &BTreeMap<Uuid, Vec<String>>, stop: &AtomicBool, best: &Mutex<Best>) -> Planned {
    let ready = problem::ready(ground);
    let mut planned = Planned { places: Vec::new(), reasons: Vec::new(), faults: ready.faults, gap: None };
    let loose = ground.asks.iter().filter(|a| a.is_loose() && !(a.pinned && a.place.is_some()));
    let mut left: BTreeSet<Uuid> = loose.filter(|a| a.at.is_some()).map(|a| a.id).collect();
    let began = Instant::now();
    let all = Duration::from_secs(u64::try_from(ground.plan.seconds).unwrap_or(10));
    let groups = ready.groups.len();
    for (number, group) in ready.groups.iter().enumerate() {
        let here = |place: &Option<Place>| place.as_ref().is_some_and(|p| group.days.contains(&(p.team, p.on)));
        // A booked visit is planned first where it stands: elsewhere, staying would count for nothing.
        let later: BTreeSet<Uuid> = ready.groups[number + 1..]
            .iter()
            .flat_map(|g| {
                ground.asks.iter().filter(|a| a.current.as_ref().is_some_and(|p| g.days.contains(&(p.team, p.on))))
            })
            .map(|a| a.id)
            .collect();
        let now: BTreeSet<Uuid> = left.difference(&later).copied().collect();
        if now.is_empty() && !ground.asks.iter().any(|a| here(&a.place)) {
            continue;
        }
        let rest = all.saturating_sub(began.elapsed()).as_secs_f64();
        #[allow(clippy::cast_precision_loss)] // A handful.
        let share = (rest / (groups - number) as f64).max(1.0);
        let mut problem = problem::problem(ground, group, &now, share);
        for request in &mut problem.requests {
            request.worth = request.id.parse().ok().and_then(|id| worth.get(&id)).cloned().unwrap_or_default();
        }
        if problem.requests.is_empty() || problem.teams.is_empty() {
            continue;
        }
        match solve(&problem, stop, best) {
            Ok(result) => {
                let places: Vec<_> = result.placements.iter().filter_map(|p| problem::place(ground, p)).collect();
                for (id, _) in &places {
                    left.remove(id);
                }
                planned.places.extend(places.into_iter().filter(|(id, _)| now.contains(id)));
                planned.reasons.extend(result.unplaced.iter().filter_map(|u| {
                    let reasons = u.reasons.iter().map(|r| named(ground, &r.detail)).collect();
                    Some((u.request.parse().ok()?, reasons))
                }));
                planned.gap = result.bound.map(|bound| bound - result.score).filter(|_| groups == 1);
            }
            Err(faults) => planned.faults.extend(faults),
        }
    }
    planned
}

/// A reason with schools' names where the planner, which knows none, names requests by their keys.
fn named(ground: &Ground, reason: &str) -> String {
    let keyed = ground.asks.iter().map(|ask| (ask.id.to_string(), &ask.school));
    keyed
        .filter(|(key, _)| reason.contains(key.as_str()))
        .fold(reason.to_owned(), |text, (key, school)| text.replace(&key, school))
}

/// Plans one problem, telling the best so far as it goes; when it is stopped, the best so far is what it answers.
fn solve(
    problem: &planner::Problem,
    stop: &AtomicBool,
    best: &Mutex<Best>,
) -> std::result::Result<PlanResult, Vec<String>> {
    let mut tell = |progress: &planner::Progress| {
        let placed = progress.plan().placements.len();
        *best.lock().unwrap_or_else(PoisonError::into_inner) = Best {
            score: Some(progress.score),
            bound: progress.bound,
            placed: i64::try_from(placed).unwrap_or(i64::MAX),
        };
    };
    planner::plan_with(problem, stop, &mut tell).map_err(|faults| faults.0)
}

/// Writes placements and reasons. What nobody planned anew keeps its place.
async fn put(conn: &mut Conn, before: &Ground, planned: &Planned, elapsed: Duration) -> Result<()> {
    let plan = &before.plan;
    execute!(
        conn,
        "UPDATE plan_request SET team_id = NULL, on_date = NULL, slots = '', version = version + 1
         WHERE plan_id = $1 AND NOT fixed AND NOT pinned AND outcome IN ('', 'gone')",
        plan.id,
    )?;
    let mut after = before.clone();
    let loose = after.asks.iter_mut().filter(|a| a.is_loose() && !(a.pinned && a.place.is_some()));
    for ask in loose {
        ask.place = planned.places.iter().find(|(id, _)| *id == ask.id).map(|(_, place)| place.clone());
        let reasons = planned.reasons.iter().rev().find(|(id, _)| *id == ask.id);
        ask.reasons = match (&ask.place, reasons) {
            (Some(_), _) => Vec::new(),
            (None, Some((_, reasons))) => reasons.clone(),
            (None, None) if ask.at.is_none() => {
                vec!["The school list has no position for it, so no journey to it can be counted.".to_owned()]
            }
            (None, None) => vec!["None of its tour’s teams has a free slot on any day of the plan.".to_owned()],
        };
        // One statement for each of some hundreds, once when a plan is ready.
        execute!(
            conn,
            "UPDATE plan_request SET team_id = $1, on_date = $2, slots = $3, reasons = $4, outcome = '' WHERE id = $5",
            ask.place.as_ref().map(|p| p.team),
            ask.place.as_ref().map(|p| p.on),
            ask.place.as_ref().map(|p| Place::stored(&p.slots)).unwrap_or_default(),
            serde_json::to_string(&ask.reasons).map_err(Error::unavailable)?,
            ask.id,
        )?;
    }
    let score = after.score();
    let placed = after.asks.iter().filter(|a| !a.fixed && a.place.is_some()).count();
    execute!(
        conn,
        "UPDATE plan SET state = 'ready', leased_until = NULL, faults = $1, score = $2, bound = $3, placed = $4,
            travel_min = $5, elapsed_ms = $6, interrupted = FALSE, version = version + 1
         WHERE id = $7 AND state = 'planning'",
        serde_json::to_string(&planned.faults).map_err(Error::unavailable)?,
        score,
        planned.gap.map(|gap| score + gap),
        i64::try_from(placed).unwrap_or_default(),
        after.travel(),
        millis(elapsed),
        plan.id,
    )?;
    Ok(())
}
