//! Plans tours and seasons: which request is served, by which team, on which day and in which slots, so that the score
//! is as high as can be.
//!
//! [`plan`] grows everything each team can do on each day, with exact travel (`patterns`), prices requests and days by a
//! linear relaxation whose dual is a bound that holds for every plan (`prices`), and chooses whole patterns (`choose`):
//! exactly where what lies within the bound is few enough, else by solving parts of the plan again and again until time
//! is up. [`check`] tests a result against the rules without any of that code.

mod branch;
mod check;
mod choose;
mod cuts;
pub mod generate;
mod greedy;
mod model;
mod moves;
mod patterns;
mod prices;
mod problem;
mod reasons;
mod simplex;
mod split;
mod tighten;
mod watch;

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

pub use check::{Scored, check, score};
pub use greedy::greedy;
pub use model::Faults;
pub use moves::{Move, moves};
pub use problem::*;
pub use split::split;
pub use watch::Progress;

use choose::{Choice, Chooser};
use model::{Model, Slots};
use patterns::Patterns;
use watch::Clock;

/// Kept back from the time limit, for writing the result down: a part of it, and at most this.
const MOST_KEPT_BACK: Duration = Duration::from_millis(300);

/// The days of which no journey keeps all that is pinned to them.
fn pins_clash(problem: &Problem, model: &Model, days: &[usize]) -> Faults {
    let say = |day: &usize| {
        let day = &model.days[*day];
        let pins: Vec<&str> = day.pinned.iter().map(|(r, _)| problem.requests[*r].id.as_str()).collect();
        format!(
            "no plan keeps what is pinned on {} for team {} ({}): travel, set-up, max_sessions or the day's ends do not allow it",
            day.date,
            problem.teams[day.team].id,
            pins.join(", ")
        )
    };
    Faults(days.iter().map(say).collect())
}

/// Plans, within the problem's time limit.
///
/// # Errors
/// The problem's faults, all of them; also pins that no plan can keep together.
pub fn plan(problem: &Problem) -> Result<PlanResult, Faults> {
    plan_with(problem, &AtomicBool::new(false), &mut |_| {})
}

/// Plans like [`plan`], for a program that has other things to do: raise `stop` (from a signal, or another thread) and
/// the best plan so far is returned within a fraction of a second; `watch` hears of every better plan and bound, on the
/// thread that plans, and may write the plan down.
///
/// # Errors
/// As [`plan`].
pub fn plan_with(problem: &Problem, stop: &AtomicBool, watch: &mut dyn FnMut(&Progress)) -> Result<PlanResult, Faults> {
    let began = Instant::now();
    let model = model::read(problem)?;
    let limit = Duration::from_secs_f64(problem.time_limit_s.clamp(0.01, 1e6));
    let clock = Clock { began, deadline: began + limit - MOST_KEPT_BACK.min(limit / 10), stop };
    let patterns = patterns::all(&model, clock.part(0.5), &clock).map_err(|days| pins_clash(problem, &model, &days))?;
    let base = model.nothing() + patterns.pins_value;
    let mut tell = |choice: &Choice, bound: Option<i64>| {
        let (score, elapsed_s) = (base + choice.value, clock.began.elapsed().as_secs_f64());
        let plan = || written(problem, &model, &patterns, choice, (score, bound, elapsed_s));
        watch(&Progress { score, bound, elapsed_s, written: &plan });
    };
    // The plan a person makes is there at once: whoever stops early has it, and nothing worse is answered.
    let first = greedy::choice(&model, &patterns);
    tell(&first, None);
    let prices = prices::relax(&patterns, clock.part(0.5), &clock);
    // Where patterns are missing their prices prove nothing; that each request earns its most, and no way takes time, does.
    let most = patterns.cut_short.then(|| model.most_there_is());
    let bounded = |upper: i64| most.unwrap_or(Some(base + upper));
    let chooser = Chooser::new(&patterns, &prices, &clock, problem.seed);
    let (choice, upper) = chooser.choose(first, &mut |choice, upper| tell(choice, bounded(upper)));
    let (score, bound) = (base + choice.value, bounded(upper));
    Ok(written(problem, &model, &patterns, &choice, (score, bound, began.elapsed().as_secs_f64())))
}

/// How many patterns there are to choose from: how large a problem is, whatever its requests and days.
///
/// # Errors
/// As [`plan`].
pub fn patterns(problem: &Problem) -> Result<usize, Faults> {
    let model = model::read(problem)?;
    let (began, stop) = (Instant::now(), AtomicBool::new(false));
    let clock = Clock { began, deadline: began + Duration::from_secs(3_600), stop: &stop };
    let patterns = patterns::all(&model, clock.deadline, &clock).map_err(|days| pins_clash(problem, &model, &days))?;
    Ok(patterns.len())
}

/// The plan in the result's words.
fn written(
    problem: &Problem,
    model: &Model,
    patterns: &Patterns,
    choice: &Choice,
    (score, bound, elapsed_s): (i64, Option<i64>, f64),
) -> PlanResult {
    let (mut placements, mut served) = (Vec::new(), vec![false; model.requests.len()]);
    let mut travel_min = 0;
    for (at, day) in model.days.iter().enumerate() {
        let mut visits = day.pinned.clone();
        visits.extend(choice.by_day[at].iter().flat_map(|i| patterns.visits(*i)));
        travel_min += on_the_road(model, day.team, &visits);
        for (request, slots) in visits {
            served[request] = true;
            let ids = problem.slots.iter().enumerate().filter(|(i, _)| slots & (1 << i) != 0);
            placements.push(Placement {
                request: problem.requests[request].id.clone(),
                team: problem.teams[day.team].id.clone(),
                date: day.date.to_string(),
                slots: ids.map(|(_, slot)| slot.id.clone()).collect(),
            });
        }
    }
    let chances = reasons::Chances::of(problem, model, patterns, choice);
    let unplaced = (0..served.len())
        .filter(|request| !served[*request])
        .map(|request| Unplaced { request: problem.requests[request].id.clone(), reasons: chances.why(request) })
        .collect();
    let status = if bound == Some(score) { Status::Optimal } else { Status::Feasible };
    let format = RESULT_FORMAT.to_owned();
    PlanResult { format, status, score, bound, placements, unplaced, travel_min, elapsed_s }
}

/// The minutes of a day's journey: out, from place to place, and home.
fn on_the_road(model: &Model, team: usize, visits: &[(usize, Slots)]) -> i64 {
    let base = model.teams[team].base;
    let (mut minutes, mut here) = (0, base);
    for slot in 0..model.slots.len() {
        if let Some((request, _)) = visits.iter().find(|(_, slots)| slots & (1 << slot) != 0) {
            let place = model.requests[*request].place;
            minutes += model.minutes(here, place);
            here = place;
        }
    }
    minutes + model.minutes(here, base)
}
