//! The plan a person makes: the most valuable request first, each on the first day on which it fits.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::choose::Choice;
use crate::model::{self, Faults, Model};
use crate::patterns::{self, Patterns};
use crate::problem::{PlanResult, Problem};
use crate::watch::Clock;

/// Plans greedily, to compare with: requests by value, the most valuable first, each on its first day that still has
/// room beside what is there. It has no bound, and what was placed before is moved without a thought, pins aside.
///
/// # Errors
/// As [`crate::plan`].
pub fn greedy(problem: &Problem) -> Result<PlanResult, Faults> {
    let began = Instant::now();
    let stop = AtomicBool::new(false);
    let clock = Clock { began, deadline: began + Duration::from_secs(3_600), stop: &stop };
    let model = model::read(problem)?;
    let patterns =
        patterns::all(&model, clock.deadline, &clock).map_err(|days| crate::pins_clash(problem, &model, &days))?;
    let choice = choice(&model, &patterns);
    let score = model.nothing() + patterns.pins_value + choice.value;
    Ok(crate::written(problem, &model, &patterns, &choice, (score, None, began.elapsed().as_secs_f64())))
}

/// That plan's patterns.
pub(crate) fn choice(model: &Model, patterns: &Patterns) -> Choice {
    let mut days: Vec<usize> = (0..model.days.len()).collect();
    days.sort_by_key(|day| (model.days[*day].date, model.days[*day].team));
    let mut order: Vec<usize> = (0..model.requests.len()).collect();
    order.sort_by_key(|request| std::cmp::Reverse(model.requests[*request].value));
    // Which patterns of a day have a request, in the order of days.
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); model.requests.len()];
    for pattern in days.iter().flat_map(|day| patterns.of_day[*day].clone()) {
        patterns.requests(pattern).iter().for_each(|request| found[*request as usize].push(pattern));
    }
    let mut by_day: Vec<Option<usize>> = vec![None; model.days.len()];
    for request in order {
        let fits = found[request].iter().copied().find(|pattern| beside(patterns, &by_day, *pattern));
        if let Some(pattern) = fits {
            by_day[patterns.day[pattern] as usize] = Some(pattern);
        }
    }
    let value = by_day.iter().flatten().map(|i| crate::branch::floor(patterns.value[*i] + 0.5)).sum::<i64>();
    Choice { by_day, value }
}

/// Whether a pattern is what its day has already, and one request more.
fn beside(patterns: &Patterns, by_day: &[Option<usize>], pattern: usize) -> bool {
    let with = patterns.requests(pattern);
    let now = by_day[patterns.day[pattern] as usize].map_or(&[][..], |now| patterns.requests(now));
    // A pattern has each request once.
    with.len() == now.len() + 1 && now.iter().all(|r| with.contains(r))
}
