//! The relaxation: patterns may be picked in part. Its prices give a bound that holds for every plan, and say of each
//! pattern how far it is from being in a best one.
//!
//! Up to some thousand rows a simplex over a growing set of patterns finds the best prices. A region has more rows than
//! that: there prices come down step by step (subgradients), and are then made tight by a primal-dual method whose
//! every step is one look at the patterns near to being picked.

use std::time::Instant;

use crate::patterns::Patterns;
use crate::simplex::Lp;
use crate::watch::Clock;

/// Prices that prove a bound.
#[derive(Clone)]
pub(crate) struct Prices {
    /// What each request is worth to whoever serves it, in points; never less than nothing.
    pub requests: Vec<f64>,
    /// What each day is worth: the most any of its patterns earns beyond its requests' prices.
    pub days: Vec<f64>,
    /// No choice of patterns earns more.
    pub bound: f64,
    /// How much of each pattern the relaxation picks, by place among the patterns; only what it picks.
    pub picked: Vec<(usize, f64)>,
}

impl Prices {
    /// Prices from `requests`: each day's follows, so that the bound holds whatever the prices are.
    fn of(patterns: &Patterns, requests: Vec<f64>) -> Self {
        let mut days = vec![0.0_f64; patterns.of_day.len()];
        for (day, range) in patterns.of_day.iter().enumerate() {
            for pattern in range.clone() {
                days[day] = days[day].max(patterns.earned(pattern, &requests));
            }
        }
        let bound = requests.iter().sum::<f64>() + days.iter().sum::<f64>();
        Self { requests, days, bound, picked: Vec::new() }
    }

    /// How many points a pattern falls short of its day's and its requests' prices. A plan's patterns together fall
    /// short by no more than the plan does of the bound.
    pub fn slack(&self, patterns: &Patterns, pattern: usize) -> f64 {
        self.days[patterns.day[pattern] as usize] - patterns.earned(pattern, &self.requests)
    }
}

/// Rows up to which the simplex is used.
const MOST_ROWS: usize = 2_000;
/// Patterns up to which all of them are in its program.
const ALL_IN: usize = 6_000;
/// Patterns of a day that join in a round.
const JOIN: usize = 4;
/// A pattern joins when it promises more than this many points.
const WORTH: f64 = 0.01;

/// The relaxation's best prices by `deadline`; a bound that holds even when time runs out first.
pub(crate) fn relax(patterns: &Patterns, deadline: Instant, clock: &Clock) -> Prices {
    // What a request earns at best is a price at which no day earns anything.
    let mut dearest = vec![0.0_f64; patterns.request_count];
    for pattern in 0..patterns.len() {
        let requests = patterns.requests(pattern);
        #[allow(clippy::cast_precision_loss)] // A handful.
        let share = patterns.value[pattern] / requests.len() as f64;
        for request in requests {
            dearest[*request as usize] = dearest[*request as usize].max(share);
        }
    }
    let start = Prices::of(patterns, dearest);
    let busy = patterns.of_day.iter().filter(|range| !range.is_empty()).count();
    let wanted = start.requests.iter().filter(|price| **price > 0.0).count();
    if busy + wanted <= MOST_ROWS {
        simplex(patterns, start, deadline, clock)
    } else {
        let descended = descend(patterns, start, clock.part(0.06).min(deadline), clock);
        crate::tighten::tighten(patterns, descended, deadline, clock)
    }
}

pub(crate) fn at(patterns: &Patterns, requests: Vec<f64>) -> Prices {
    Prices::of(patterns, requests)
}

/// Column generation.
fn simplex(patterns: &Patterns, start: Prices, deadline: Instant, clock: &Clock) -> Prices {
    let days = patterns.of_day.len();
    let mut lp = Lp::new(days + patterns.request_count, deadline, clock.stop);
    let mut inside = vec![false; patterns.len()];
    let mut columns: Vec<(usize, usize)> = Vec::new();
    let mut enter = |lp: &mut Lp, columns: &mut Vec<(usize, usize)>, pattern: usize| {
        if !inside[pattern] {
            inside[pattern] = true;
            let row = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let mut uses = vec![(row(patterns.day[pattern] as usize), 1.0)];
            uses.extend(patterns.requests(pattern).iter().map(|r| (row(days) + r, 1.0)));
            columns.push((lp.column(uses, patterns.value[pattern]), pattern));
        }
    };
    let mut best = start;
    if patterns.len() <= ALL_IN {
        (0..patterns.len()).for_each(|pattern| enter(&mut lp, &mut columns, pattern));
    } else {
        for pattern in most_promising(patterns, &best.requests, &vec![f64::NEG_INFINITY; days]) {
            enter(&mut lp, &mut columns, pattern);
        }
    }
    loop {
        let solved = lp.solve();
        let prices: Vec<f64> = (0..patterns.request_count).map(|r| lp.price(days + r)).collect();
        let now = Prices::of(patterns, prices);
        let own: Vec<f64> = (0..days).map(|day| lp.price(day)).collect();
        let joining = most_promising(patterns, &now.requests, &own);
        if now.bound < best.bound {
            best = now;
        }
        best.picked =
            columns.iter().map(|(id, pattern)| (*pattern, lp.picked(*id))).filter(|(_, x)| *x > 1e-5).collect();
        let before = columns.len();
        joining.into_iter().for_each(|pattern| enter(&mut lp, &mut columns, pattern));
        if !solved || columns.len() == before || clock.stopped() || Instant::now() >= deadline {
            return best;
        }
    }
}

/// The patterns of each day that earn most beyond their requests' prices, where that is more than the day's own price.
fn most_promising(patterns: &Patterns, requests: &[f64], days: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    for (day, range) in patterns.of_day.iter().enumerate() {
        let mut of_day: Vec<(f64, usize)> = range
            .clone()
            .map(|pattern| (patterns.earned(pattern, requests), pattern))
            .filter(|(earned, _)| *earned > days[day] + WORTH)
            .collect();
        of_day.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.extend(of_day.into_iter().take(JOIN).map(|(_, pattern)| pattern));
    }
    found
}

/// Steps without a better bound after which steps become shorter.
const PATIENCE: u32 = 12;
/// Steps are not made shorter than this part of the first.
const SHORTEST: f64 = 1e-5;

/// A request that several days would serve becomes dearer, one that none would becomes cheaper, by steps after Polyak.
fn descend(patterns: &Patterns, start: Prices, deadline: Instant, clock: &Clock) -> Prices {
    let mut prices = start.requests.clone();
    let mut best = start;
    let (mut length, mut tries) = (1.0, 0);
    while length > SHORTEST && Instant::now() < deadline && !clock.stopped() {
        let now = Prices::of(patterns, prices.clone());
        let mut wanted = vec![-1.0; prices.len()];
        for (day, range) in patterns.of_day.iter().enumerate() {
            // The pattern that sets its day's price is the one the day would pick.
            let picks = range.clone().find(|p| now.days[day] > 0.0 && patterns.earned(*p, &prices) >= now.days[day]);
            picks.into_iter().flat_map(|p| patterns.requests(p)).for_each(|r| wanted[*r as usize] += 1.0);
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
