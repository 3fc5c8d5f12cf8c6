//! The relaxation: patterns may be picked in part. Its dual prices give a bound that holds for every plan, and say of
//! each pattern how far it is from being in a best one.
//!
//! Column generation: a linear program over some patterns (clarabel, which gives duals) is solved, all patterns are
//! priced, the best of each day join, until none would help.

use std::time::Instant;

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettingsBuilder, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, SupportedConeT, ZeroConeT,
};

use crate::model::Model;
use crate::patterns::Pattern;

/// Patterns of a day that join in a round.
const JOIN: usize = 4;

/// A pattern joins when it promises more than this many points.
const WORTH: f64 = 0.05;

/// Prices that prove a bound.
pub(crate) struct Relaxed {
    /// What each request is worth to whoever serves it, in points; never less than nothing.
    pub requests: Vec<f64>,
    /// What each day is worth: the most any of its patterns earns beyond its requests' prices.
    pub days: Vec<f64>,
    /// No choice of patterns earns more.
    pub bound: f64,
    /// How much of each pattern the relaxation picks, by place among the patterns; only what it picks.
    pub picked: Picked,
}

/// Patterns by their place among all, with the part of each that is picked.
type Picked = Vec<(usize, f64)>;

impl Relaxed {
    /// How many points a pattern falls short of its day's and its requests' prices. A plan's patterns together fall
    /// short by no more than the plan does of the bound.
    pub fn slack(&self, pattern: &Pattern) -> f64 {
        self.days[pattern.day] - earned(pattern, &self.requests)
    }
}

#[allow(clippy::cast_precision_loss)] // Scores lie far below 2^52.
pub(crate) fn points(value: i64) -> f64 {
    value as f64
}

fn earned(pattern: &Pattern, prices: &[f64]) -> f64 {
    points(pattern.value) - pattern.requests().map(|r| prices[r]).sum::<f64>()
}

/// Prices from `requests`: each day's follows, so that the bound holds whatever the prices are.
fn priced(model: &Model, patterns: &[Pattern], requests: Vec<f64>) -> Relaxed {
    // A day without pins may stay empty, which earns nothing.
    let mut days: Vec<f64> =
        model.days.iter().map(|d| if d.pinned.is_empty() { 0.0 } else { f64::NEG_INFINITY }).collect();
    for pattern in patterns {
        let earned = earned(pattern, &requests);
        if earned > days[pattern.day] {
            days[pattern.day] = earned;
        }
    }
    let bound = requests.iter().sum::<f64>() + days.iter().sum::<f64>();
    Relaxed { requests, days, bound, picked: Vec::new() }
}

/// The relaxation's best prices by `deadline`; a bound that holds even when time runs out first.
pub(crate) fn relax(model: &Model, patterns: &[Pattern], deadline: Instant) -> Relaxed {
    let now = Instant::now();
    let mut best = descend(model, patterns, now + deadline.saturating_duration_since(now) / 5);
    let mut inside = vec![false; patterns.len()];
    let mut columns = Vec::new();
    join(model, patterns, &best, &mut inside, &mut columns, f64::NEG_INFINITY);
    while Instant::now() < deadline {
        let Some((prices, picked)) = solve(model, patterns, &columns, deadline) else { return best };
        let now = priced(model, patterns, prices);
        let grown = join(model, patterns, &now, &mut inside, &mut columns, WORTH);
        if now.bound < best.bound {
            best = now;
        }
        best.picked = picked;
        if grown == 0 {
            break;
        }
    }
    best
}

/// Steps without a better bound after which steps become shorter.
const PATIENCE: u32 = 12;
/// Steps are not made shorter than this part of the first.
const SHORTEST: f64 = 1e-4;

/// Good prices without a linear program, which large problems take too long for: a request that several days would serve
/// becomes dearer, one that none would becomes cheaper, by steps after Polyak (subgradient descent on the dual).
fn descend(model: &Model, patterns: &[Pattern], deadline: Instant) -> Relaxed {
    let mut prices = vec![0.0; model.requests.len()];
    let mut best = priced(model, patterns, prices.clone());
    let (mut length, mut tries) = (1.0, 0);
    while length > SHORTEST && Instant::now() < deadline {
        let now = priced(model, patterns, prices.clone());
        let mut wanted = vec![-1.0; prices.len()];
        let mut taken = vec![false; model.days.len()];
        for pattern in patterns {
            // The pattern that sets its day's price is the one the day would pick.
            if !taken[pattern.day] && earned(pattern, &prices) >= now.days[pattern.day] {
                taken[pattern.day] = true;
                pattern.requests().for_each(|r| wanted[r] += 1.0);
            }
        }
        for (want, price) in wanted.iter_mut().zip(&prices) {
            // What nobody wants costs nothing, and cannot cost less.
            if *want < 0.0 && *price <= 0.0 {
                *want = 0.0;
            }
        }
        if now.bound < best.bound - 1.0 {
            (best, tries) = (now, 0);
        } else {
            tries += 1;
            if tries == PATIENCE {
                (length, tries) = (length / 2.0, 0);
                prices.clone_from(&best.requests);
                continue;
            }
        }
        let norm: f64 = wanted.iter().map(|w| w * w).sum();
        if norm == 0.0 {
            break;
        }
        // A hundredth of the bound is what a first guess is off by.
        let step = length * best.bound.abs() * 0.01 / norm;
        prices.iter_mut().zip(&wanted).for_each(|(price, want)| *price = (*price + step * want).max(0.0));
    }
    best
}

/// Adds to the columns the patterns of each day that promise most, if more than `worth` beyond what the day has inside.
fn join(
    model: &Model,
    patterns: &[Pattern],
    prices: &Relaxed,
    inside: &mut [bool],
    columns: &mut Vec<usize>,
    worth: f64,
) -> usize {
    let mut floor: Vec<f64> =
        model.days.iter().map(|d| if d.pinned.is_empty() { 0.0 } else { f64::NEG_INFINITY }).collect();
    for &column in columns.iter() {
        let day = patterns[column].day;
        floor[day] = floor[day].max(earned(&patterns[column], &prices.requests));
    }
    let mut promising: Vec<Vec<(f64, usize)>> = vec![Vec::new(); model.days.len()];
    for (i, pattern) in patterns.iter().enumerate().filter(|(i, _)| !inside[*i]) {
        let promise = earned(pattern, &prices.requests);
        if promise > floor[pattern.day] + worth {
            promising[pattern.day].push((promise, i));
        }
    }
    let before = columns.len();
    for mut day in promising {
        day.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, i) in day.into_iter().take(JOIN) {
            inside[i] = true;
            columns.push(i);
        }
    }
    columns.len() - before
}

/// Solves the linear program over these columns: the requests' prices, and what is picked.
fn solve(model: &Model, patterns: &[Pattern], columns: &[usize], deadline: Instant) -> Option<(Vec<f64>, Picked)> {
    let scale = points(model.weights.value.max(1));
    let days: Vec<usize> = {
        // Days with pins first: of them exactly one pattern is picked.
        let (pinned, free): (Vec<_>, Vec<_>) = (0..model.days.len()).partition(|d| !model.days[*d].pinned.is_empty());
        pinned.into_iter().chain(free).collect()
    };
    let exact = days.iter().filter(|d| !model.days[**d].pinned.is_empty()).count();
    let mut row_of_day = vec![0; days.len()];
    days.iter().enumerate().for_each(|(row, day)| row_of_day[*day] = row);
    let (n, first_request) = (columns.len(), days.len());
    let rows = days.len() + model.requests.len();
    let (mut starts, mut at, mut values) = (vec![0], Vec::new(), Vec::new());
    for (column, &i) in columns.iter().enumerate() {
        let mut entries = vec![row_of_day[patterns[i].day]];
        entries.extend(patterns[i].requests().map(|r| first_request + r));
        entries.sort_unstable();
        values.extend(std::iter::repeat_n(1.0, entries.len()));
        at.extend(entries);
        // No part of a pattern is less than nothing.
        at.push(rows + column);
        values.push(-1.0);
        starts.push(at.len());
    }
    let matrix = CscMatrix::new(rows + n, n, starts, at, values);
    let costs: Vec<f64> = columns.iter().map(|&i| -points(patterns[i].value) / scale).collect();
    let mut limits = vec![1.0; rows];
    limits.resize(rows + n, 0.0);
    let cones: [SupportedConeT<f64>; 2] = [ZeroConeT(exact), NonnegativeConeT(rows + n - exact)];
    let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64().max(0.01);
    let settings = DefaultSettingsBuilder::default().verbose(false).time_limit(left).build().ok()?;
    let mut solver = DefaultSolver::new(&CscMatrix::zeros((n, n)), &costs, &matrix, &limits, &cones, settings).ok()?;
    solver.solve();
    if !matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved) {
        return None;
    }
    let prices = (0..model.requests.len()).map(|r| (solver.solution.z[first_request + r] * scale).max(0.0)).collect();
    let picked = columns.iter().zip(&solver.solution.x).filter(|(_, x)| **x > 1e-6).map(|(i, x)| (*i, *x)).collect();
    Some((prices, picked))
}
