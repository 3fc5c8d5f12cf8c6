//! The best whole choice among some patterns: a linear program, made tighter by cuts, and branching where it stays
//! fractional. Every bound is worked out from prices, so that no number the simplex got wrong can prove anything.

use std::collections::HashMap;
use std::time::Instant;

use crate::cuts;
use crate::patterns::{Patterns, points};
use crate::simplex::{Lp, Stand};
use crate::watch::Clock;

/// What was found among some patterns.
pub(crate) struct Outcome {
    /// The best choice that is worth more than was asked for.
    pub best: Option<(i64, Vec<usize>)>,
    /// No choice among these patterns is worth more than the larger of this and what was asked for.
    pub upper: i64,
    /// Nothing was left out: `upper` is the best itself, or what was asked for.
    pub done: bool,
}

/// Rounds of cuts.
const ROUNDS: u32 = 30;
/// Cuts of a round.
const OF_A_ROUND: usize = 40;
/// Numbers so near to whole are whole.
const NEAR: f64 = 1e-4;

struct Branch<'a> {
    patterns: &'a Patterns,
    columns: &'a [usize],
    day_row: Vec<usize>,
    days: usize,
    lp: Lp<'a>,
    rows: usize,
    best: Option<(i64, Vec<usize>)>,
    more_than: i64,
}

/// The best choice among `columns` that is worth more than `more_than`.
pub(crate) fn best(patterns: &Patterns, columns: &[usize], more_than: i64, until: Instant, clock: &Clock) -> Outcome {
    let mut rows_of_day = HashMap::new();
    let mut row_of_request = HashMap::new();
    let mut day_row = Vec::with_capacity(columns.len());
    for &column in columns {
        let next = rows_of_day.len();
        day_row.push(*rows_of_day.entry(patterns.day[column]).or_insert(next));
    }
    let days = rows_of_day.len();
    for &column in columns {
        for request in patterns.requests(column) {
            let next = days + row_of_request.len();
            row_of_request.entry(*request).or_insert(next);
        }
    }
    let rows = days + row_of_request.len();
    let mut lp = Lp::new(rows, until.min(clock.deadline), clock.stop);
    for (k, &column) in columns.iter().enumerate() {
        let mut uses = vec![(small(day_row[k]), 1.0)];
        uses.extend(patterns.requests(column).iter().map(|r| (small(row_of_request[r]), 1.0)));
        lp.column(uses, patterns.value[column]);
    }
    Branch { patterns, columns, day_row, days, lp, rows, best: None, more_than }.run(until, clock)
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

struct Node {
    stand: Stand,
    close: Vec<usize>,
    upper: i64,
}

impl Branch<'_> {
    fn run(mut self, until: Instant, clock: &Clock) -> Outcome {
        let mut lowest = self.trivial();
        let late = |me: &Self| clock.over() || Instant::now() >= until || me.lp.rows() > 3_000;
        let (mut stale, mut last) = (0, f64::INFINITY);
        let mut solved = false;
        for round in 0..ROUNDS {
            solved = self.lp.solve();
            let bound = self.bound(true);
            lowest = lowest.min(bound);
            if !solved || self.closed_out(lowest) || late(&self) {
                break;
            }
            self.rounded();
            stale = if last - bound < 0.2 { stale + 1 } else { 0 };
            last = bound;
            if stale >= 4 || round + 1 == ROUNDS {
                break;
            }
            let cuts = self.cuts();
            if cuts.is_empty() {
                break;
            }
            for cut in cuts {
                self.lp.row(&cut, 1.0);
            }
        }
        if !solved {
            // A last look at what time allows: the root stays open.
            return self.outcome(lowest, false);
        }
        let mut open = vec![Node { stand: self.lp.stand.clone(), close: Vec::new(), upper: floor(lowest) }];
        let mut astray: Option<i64> = None;
        while let Some(node) = open.pop() {
            if node.upper <= self.worth() {
                continue;
            }
            if late(&self) {
                open.push(node);
                break;
            }
            self.lp.back_to(node.stand);
            for column in node.close {
                self.close(column);
            }
            let solved = self.lp.solve();
            let upper = floor(self.bound(true)).min(node.upper);
            if upper <= self.worth() {
                continue;
            }
            if !solved {
                astray = Some(astray.unwrap_or(i64::MIN).max(upper));
                continue;
            }
            self.rounded();
            if upper <= self.worth() {
                continue;
            }
            let Some((day, request)) = self.undecided() else {
                astray = Some(astray.unwrap_or(i64::MIN).max(upper));
                continue;
            };
            let (mut with, mut without) = (Vec::new(), Vec::new());
            for (k, &column) in self.columns.iter().enumerate() {
                let (here, has) = (self.day_row[k] == day, self.patterns.requests(column).contains(&request));
                if here && has {
                    without.push(k);
                } else if here || has {
                    with.push(k);
                }
            }
            open.push(Node { stand: self.lp.stand.clone(), close: without, upper });
            open.push(Node { stand: self.lp.stand.clone(), close: with, upper });
        }
        let rest = open.iter().map(|node| node.upper).chain(astray).max();
        let rest = rest.filter(|rest| *rest > self.worth());
        match rest {
            Some(rest) => self.outcome(points(rest), false),
            None => {
                let worth = points(self.worth());
                self.outcome(worth, true)
            }
        }
    }

    fn outcome(self, upper: f64, done: bool) -> Outcome {
        let done = done || floor(upper) <= self.worth();
        let upper = floor(upper).max(self.worth());
        Outcome { best: self.best, upper, done }
    }

    /// What a choice must beat.
    fn worth(&self) -> i64 {
        self.best.as_ref().map_or(self.more_than, |best| best.0)
    }

    fn closed_out(&self, bound: f64) -> bool {
        floor(bound) <= self.worth()
    }

    fn id(&self, k: usize) -> usize {
        self.rows + k
    }

    fn close(&mut self, k: usize) {
        let id = self.id(k);
        self.lp.stand.closed[id] = true;
    }

    /// Each day's best, were there no other days.
    fn trivial(&self) -> f64 {
        let mut days = vec![0.0_f64; self.days];
        for (k, &column) in self.columns.iter().enumerate() {
            days[self.day_row[k]] = days[self.day_row[k]].max(self.patterns.value[column]);
        }
        days.iter().sum()
    }

    /// No choice of open columns is worth more: what rows cost at these prices, and what each day could earn beyond them.
    /// With `sort`, columns that cannot be in anything better are closed.
    fn bound(&mut self, sort: bool) -> f64 {
        let mut bound: f64 = (self.days..self.lp.rows()).map(|row| self.lp.price(row)).sum();
        let mut days = vec![0.0_f64; self.days];
        let mut earned = Vec::with_capacity(self.columns.len());
        for (k, &column) in self.columns.iter().enumerate() {
            let mut earns = self.patterns.value[column];
            if self.lp.stand.closed[self.id(k)] {
                earned.push(f64::NEG_INFINITY);
                continue;
            }
            for &(row, times) in self.lp.uses(self.id(k)) {
                if row as usize >= self.days {
                    earns -= times * self.lp.price(row as usize);
                }
            }
            days[self.day_row[k]] = days[self.day_row[k]].max(earns);
            earned.push(earns);
        }
        bound += days.iter().sum::<f64>();
        if sort {
            let need = points(self.worth() + 1) - 1e-3;
            for (k, earns) in earned.iter().enumerate() {
                if bound - (days[self.day_row[k]] - earns) < need {
                    self.close(k);
                }
            }
        }
        bound
    }

    /// Takes columns in the order in which they are picked, while they fit.
    fn rounded(&mut self) {
        let mut picked: Vec<(f64, usize)> =
            (0..self.columns.len()).map(|k| (self.lp.picked(self.id(k)), k)).filter(|(x, _)| *x > NEAR).collect();
        picked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut rest: Vec<(f64, usize)> = Vec::new();
        if picked.first().is_some_and(|(x, _)| *x > NEAR) && picked.last().is_some_and(|(x, _)| *x < 1.0 - NEAR) {
            rest = (0..self.columns.len())
                .filter(|k| !self.lp.stand.closed[self.id(*k)])
                .map(|k| (self.lp.promise(self.id(k)), k))
                .collect();
            rest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        }
        let mut busy = vec![false; self.days];
        let (mut served, mut value, mut chosen) = (std::collections::HashSet::new(), 0.0, Vec::new());
        for (_, k) in picked.into_iter().chain(rest) {
            let column = self.columns[k];
            let requests = self.patterns.requests(column);
            if !busy[self.day_row[k]] && requests.iter().all(|r| !served.contains(r)) {
                busy[self.day_row[k]] = true;
                served.extend(requests.iter().copied());
                value += self.patterns.value[column];
                chosen.push(column);
            }
        }
        let value = floor(value + 0.5);
        if value > self.worth() {
            self.best = Some((value, chosen));
        }
    }

    /// Cuts that the picked parts break, as columns with the times they use them.
    fn cuts(&self) -> Vec<Vec<(usize, f64)>> {
        let picked: Vec<(f64, Vec<u32>)> = (0..self.columns.len())
            .map(|k| (self.lp.picked(self.id(k)), k))
            .filter(|(x, _)| *x > 1e-3)
            .map(|(x, k)| (x, self.own_rows(k)))
            .collect();
        cuts::broken(&picked, self.rows, OF_A_ROUND)
            .into_iter()
            .map(|rows| {
                let times = |k: usize| self.own_rows(k).iter().filter(|row| rows.contains(row)).count() / 2;
                #[allow(clippy::cast_precision_loss)] // 0, 1 or 2.
                let uses = |k: usize| (self.id(k), times(k) as f64);
                (0..self.columns.len()).map(uses).filter(|(_, times)| *times > 0.0).collect()
            })
            .collect()
    }

    /// The rows a column had before there were cuts.
    fn own_rows(&self, k: usize) -> Vec<u32> {
        self.lp.uses(self.id(k)).iter().map(|(row, _)| *row).filter(|row| (*row as usize) < self.rows).collect()
    }

    /// A day and a request of which the program cannot tell whether they belong together.
    fn undecided(&self) -> Option<(usize, u32)> {
        let mut together: HashMap<(usize, u32), f64> = HashMap::new();
        for (k, &column) in self.columns.iter().enumerate() {
            let part = self.lp.picked(self.id(k));
            if part > NEAR {
                for request in self.patterns.requests(column) {
                    *together.entry((self.day_row[k], *request)).or_insert(0.0) += part;
                }
            }
        }
        let split = together.into_iter().filter(|(_, part)| *part > 1e-3 && *part < 1.0 - 1e-3);
        let far = |part: f64| (part - 0.6).abs();
        split.min_by(|a, b| far(a.1).total_cmp(&far(b.1)).then(a.0.cmp(&b.0))).map(|(pair, _)| pair)
    }
}

/// The whole number not above this, but for what adding up loses.
#[allow(clippy::cast_possible_truncation)] // Scores lie far below 2^52.
pub(crate) fn floor(points: f64) -> i64 {
    (points + 1e-4).floor() as i64
}
