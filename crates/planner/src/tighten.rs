//! Tight prices for problems of many thousand rows: a primal-dual method (after Chambolle and Pock, as linear programs
//! are solved with it) over the patterns near to being picked, begun afresh from averages again and again.

use std::time::Instant;

use crate::patterns::Patterns;
use crate::prices::{Prices, at};
use crate::watch::Clock;

/// Steps between two looks at the bound.
const STEPS: u32 = 400;
/// Patterns that take part at most, the nearest of them.
const MOST_NEAR: usize = 60_000;
/// Prices are worked out in units of so many points.
const UNIT: f64 = 1_000.0;

struct Near {
    patterns: Vec<usize>,
    starts: Vec<usize>,
    rows: Vec<u32>,
    earns: Vec<f64>,
    /// Step lengths of patterns and of rows.
    tau: Vec<f64>,
    sigma: Vec<f64>,
}

impl Near {
    fn of(patterns: &Patterns, prices: &Prices, within: f64, keep: &[f64]) -> Self {
        let mut chosen: Vec<(f64, usize)> = (0..patterns.len())
            .map(|i| (if keep[i] > 1e-4 { -1.0 } else { prices.slack(patterns, i) }, i))
            .filter(|(slack, _)| *slack <= within)
            .collect();
        if chosen.len() > MOST_NEAR {
            chosen.select_nth_unstable_by(MOST_NEAR, |a, b| a.0.total_cmp(&b.0));
            chosen.truncate(MOST_NEAR);
        }
        chosen.sort_unstable_by_key(|(_, i)| *i);
        let days = patterns.of_day.len();
        let mut near = Self {
            patterns: chosen.into_iter().map(|(_, i)| i).collect(),
            starts: vec![0],
            rows: Vec::new(),
            earns: Vec::new(),
            tau: Vec::new(),
            sigma: vec![0.0; days + patterns.request_count],
        };
        for &i in &near.patterns {
            near.rows.push(patterns.day[i]);
            near.rows.extend(patterns.requests(i).iter().map(|r| u32::try_from(days).unwrap_or(u32::MAX) + r));
            near.earns.push(patterns.value[i] / UNIT);
            let from = near.starts[near.starts.len() - 1];
            near.starts.push(near.rows.len());
            #[allow(clippy::cast_precision_loss)] // A handful.
            near.tau.push(1.0 / (near.rows.len() - from) as f64);
        }
        for &row in &near.rows {
            near.sigma[row as usize] += 1.0;
        }
        near.sigma.iter_mut().for_each(|used| *used = 1.0 / used.max(1.0));
        near
    }
}

/// Prices no worse than these, as tight as time allows.
pub(crate) fn tighten(patterns: &Patterns, start: Prices, deadline: Instant, clock: &Clock) -> Prices {
    let days = patterns.of_day.len();
    let mut best = start;
    let mut parts = vec![0.0; patterns.len()];
    let mut prices: Vec<f64> = best.days.iter().chain(&best.requests).map(|price| price / UNIT).collect();
    let mut weight = 1.0;
    let mut within = 3_000.0;
    let mut rounds = 0;
    while Instant::now() < deadline && !clock.stopped() {
        let near = Near::of(patterns, &best, within, &parts);
        let before = best.bound;
        // Several averages over one set of patterns.
        for _ in 0..12 {
            if Instant::now() >= deadline || clock.stopped() {
                break;
            }
            let (last, average) = steps(&near, &mut prices, &mut parts, &mut weight);
            for candidate in [average, last] {
                let requests: Vec<f64> = candidate[days..].iter().map(|price| price * UNIT).collect();
                let now = at(patterns, requests);
                if now.bound < best.bound {
                    best = now;
                }
            }
            rounds += 1;
        }
        if before - best.bound < 2.0 && rounds > 60 {
            break;
        }
        within = (within * 0.8_f64).max(200.0);
    }
    best.picked = parts.into_iter().enumerate().filter(|(_, part)| *part > 1e-3).collect();
    best
}

/// Some steps from these prices and parts; answers the last prices and the average, from which it goes on.
fn steps(near: &Near, prices: &mut Vec<f64>, parts: &mut [f64], weight: &mut f64) -> (Vec<f64>, Vec<f64>) {
    let mut x: Vec<f64> = near.patterns.iter().map(|i| parts[*i]).collect();
    let mut y = prices.clone();
    let (x0, y0) = (x.clone(), y.clone());
    let (mut sum_x, mut sum_y) = (vec![0.0; x.len()], vec![0.0; y.len()]);
    let mut used = vec![0.0; y.len()];
    for _ in 0..STEPS {
        used.fill(0.0);
        for k in 0..x.len() {
            let rows = &near.rows[near.starts[k]..near.starts[k + 1]];
            let promise: f64 = near.earns[k] - rows.iter().map(|row| y[*row as usize]).sum::<f64>();
            let next = (x[k] + near.tau[k] / *weight * promise).clamp(0.0, 1.0);
            let ahead = 2.0 * next - x[k];
            x[k] = next;
            sum_x[k] += next;
            if ahead != 0.0 {
                rows.iter().for_each(|row| used[*row as usize] += ahead);
            }
        }
        for (row, price) in y.iter_mut().enumerate() {
            *price = (*price + near.sigma[row] * *weight * (used[row] - 1.0)).max(0.0);
            sum_y[row] += *price;
        }
    }
    let many = f64::from(STEPS);
    sum_x.iter_mut().for_each(|sum| *sum /= many);
    sum_y.iter_mut().for_each(|sum| *sum /= many);
    let moved = |from: &[f64], to: &[f64]| from.iter().zip(to).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let (by_x, by_y) = (moved(&x0, &sum_x), moved(&y0, &sum_y));
    if by_x > 1e-9 && by_y > 1e-9 {
        *weight = (0.5 * (by_y / by_x).ln() + 0.5 * weight.ln()).exp();
    }
    parts.fill(0.0);
    near.patterns.iter().zip(&sum_x).for_each(|(i, part)| parts[*i] = *part);
    prices.clone_from(&sum_y);
    (y, sum_y)
}
