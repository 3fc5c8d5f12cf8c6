//! Plans tours and seasons: which request is served, by which team, on which day and in which slots, so that the score
//! is as high as can be.
//!
//! [`plan`] grows everything each team can do on each day, with exact travel (`patterns`), prices requests and days by a
//! linear relaxation whose dual is a bound that holds for every plan (`relax`), and chooses whole patterns (`choose`):
//! exactly where what lies within the bound is few enough, else by solving parts of the plan again and again until time
//! is up. [`check`] tests a result against the rules without any of that code.

mod check;
mod choose;
pub mod generate;
mod model;
mod patterns;
mod problem;
mod reasons;
mod relax;

use std::time::{Duration, Instant};

pub use check::{Scored, check, score};
pub use model::Faults;
pub use problem::*;

use choose::{Choice, Chooser};
use model::Model;
use patterns::Pattern;

/// Kept back from the time limit, for writing the result down: a part of it, and at most this.
const MOST_KEPT_BACK: Duration = Duration::from_millis(400);

/// Plans, within the problem's time limit.
///
/// # Errors
/// The problem's faults, all of them; also pins that no plan can keep together.
pub fn plan(problem: &Problem) -> Result<PlanResult, Faults> {
    let began = Instant::now();
    let limit = Duration::from_secs_f64(problem.time_limit_s.clamp(0.01, 1e6));
    let deadline = began + limit - MOST_KEPT_BACK.min(limit / 10);
    let model = model::read(problem)?;
    let patterns = patterns::all(&model, began + limit / 3);
    let prices = relax::relax(&model, &patterns.all, began + limit * 2 / 3);
    let chosen = Chooser::new(&model, &patterns.all, &prices, deadline, problem.seed).choose();
    let Some((choice, proved)) = chosen else {
        return Err(Faults(vec!["no plan keeps all the pinned requests where they are".into()]));
    };
    let score = model.nothing() + choice.value;
    let bound = (!patterns.cut_short).then(|| {
        if proved {
            return score;
        }
        #[allow(clippy::cast_possible_truncation)] // Scores lie far below 2^52.
        let whole = (prices.bound + 1e-4).floor() as i64;
        model.nothing() + whole.max(choice.value)
    });
    let status = if bound == Some(score) { Status::Optimal } else { Status::Feasible };
    let elapsed_s = began.elapsed().as_secs_f64();
    Ok(written(problem, &model, &patterns.all, &choice, (score, bound, status, elapsed_s)))
}

/// The plan in the result's words.
fn written(
    problem: &Problem,
    model: &Model,
    patterns: &[Pattern],
    choice: &Choice,
    (score, bound, status, elapsed_s): (i64, Option<i64>, Status, f64),
) -> PlanResult {
    let (mut placements, mut served) = (Vec::new(), vec![false; model.requests.len()]);
    for pattern in choice.by_day.iter().flatten().map(|i| &patterns[*i]) {
        let day = &model.days[pattern.day];
        for &(request, slots) in &pattern.visits {
            let request = request as usize;
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
    let busy: Vec<bool> = choice.by_day.iter().map(Option::is_some).collect();
    let chances = reasons::Chances::of(model, patterns, &busy);
    let unplaced = (0..served.len())
        .filter(|request| !served[*request])
        .map(|request| Unplaced { request: problem.requests[request].id.clone(), reasons: chances.why(model, request) })
        .collect();
    let travel_min = choice.by_day.iter().flatten().map(|i| on_the_road(model, &patterns[*i])).sum();
    let format = RESULT_FORMAT.to_owned();
    PlanResult { format, status, score, bound, placements, unplaced, travel_min, elapsed_s }
}

/// The minutes of a pattern's journey: out, from place to place, and home.
fn on_the_road(model: &Model, pattern: &Pattern) -> i64 {
    let base = model.teams[model.days[pattern.day].team].base;
    let (mut minutes, mut here) = (0, base);
    for slot in 0..model.slots.len() {
        let there = pattern.visits.iter().find(|(_, slots)| slots & (1 << slot) != 0);
        if let Some((request, _)) = there {
            let place = model.requests[*request as usize].place;
            minutes += model.minutes(here, place);
            here = place;
        }
    }
    minutes + model.minutes(here, base)
}
