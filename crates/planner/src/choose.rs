//! Choosing whole patterns: the best of those near the relaxation's prices where they are few enough, else by opening
//! parts of the plan again and again, until the bound is reached or time is up.

use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::branch::{self, floor};
use crate::patterns::{Patterns, points};
use crate::prices::Prices;
use crate::watch::Clock;

/// A whole plan: for each team-day its pattern, by place among the patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub by_day: Vec<Option<usize>>,
    /// What its patterns add to the score.
    pub value: i64,
}

/// How many points below the bound a best plan is looked for, one after the other; at last as far as there is.
const WITHIN: [i64; 10] = [2, 8, 25, 70, 200, 600, 2_000, 20_000, 200_000, i64::MAX / 4];
/// Patterns up to which the whole is looked at so.
const MOST_COLUMNS: usize = 3_500;
/// Patterns of a neighbourhood at most.
const OPEN_COLUMNS: usize = 1_500;
/// The longest a neighbourhood may take.
const NEIGHBOURHOOD: Duration = Duration::from_millis(400);

/// The plan so far, and who is told of it.
pub(crate) struct Chooser<'a> {
    patterns: &'a Patterns,
    prices: &'a Prices,
    clock: &'a Clock<'a>,
    best: Choice,
    /// No choice is worth more.
    upper: i64,
    slack: Vec<f64>,
    /// The patterns of each day, the least slack first.
    of_day: Vec<Vec<u32>>,
    /// The day that serves each request.
    served_on: Vec<Option<u32>>,
    random: ChaCha8Rng,
}

impl<'a> Chooser<'a> {
    pub fn new(patterns: &'a Patterns, prices: &'a Prices, clock: &'a Clock, seed: u64) -> Self {
        let slack: Vec<f64> = (0..patterns.len()).map(|i| prices.slack(patterns, i)).collect();
        let of_day = patterns
            .of_day
            .iter()
            .map(|range| {
                let mut of_day: Vec<u32> = range.clone().map(|i| u32::try_from(i).unwrap_or(u32::MAX)).collect();
                of_day.sort_unstable_by(|a, b| slack[*a as usize].total_cmp(&slack[*b as usize]).then(a.cmp(b)));
                of_day
            })
            .collect();
        let random = ChaCha8Rng::seed_from_u64(seed);
        let served_on = vec![None; patterns.request_count];
        let best = Choice { by_day: vec![None; patterns.of_day.len()], value: 0 };
        let upper = floor(prices.bound);
        Self { patterns, prices, clock, best, upper, slack, of_day, served_on, random }
    }

    /// The best plan found, no worse than one that is known, and what no plan is worth more than. `tell` hears of every better plan or bound.
    pub fn choose(mut self, known: Choice, tell: &mut dyn FnMut(&Choice, i64)) -> (Choice, i64) {
        let priced = self.greedy();
        self.take(if priced.value >= known.value { priced } else { known }, tell);
        let look = self.clock.left().mul_f64(0.05).min(Duration::from_millis(300));
        self.improve(Instant::now() + look, tell);
        // As much time for the whole as for its parts, by turns.
        let mut share = self.clock.left().mul_f64(0.3);
        let mut within = 0;
        while !self.finished() {
            while within < WITHIN.len() && !self.finished() {
                if !self.whole(WITHIN[within], Instant::now() + share.min(self.clock.left()), tell) {
                    break;
                }
                within += 1;
            }
            if self.finished() {
                break;
            }
            // Shorter turns for what did not end.
            let until = if within == WITHIN.len() || self.too_many(WITHIN[within]) {
                self.clock.deadline
            } else {
                Instant::now() + share.mul_f64(0.3)
            };
            self.improve(until, tell);
            share = share.mul_f64(1.5);
        }
        (self.best, self.upper)
    }

    fn finished(&self) -> bool {
        self.clock.over() || self.best.value >= self.upper
    }

    fn near(&self, within: i64) -> Vec<usize> {
        let most = self.prices.bound - points(self.upper - within) + 1e-3;
        (0..self.patterns.len()).filter(|i| self.slack[*i] <= most).collect()
    }

    fn too_many(&self, within: i64) -> bool {
        self.near(within).len() > MOST_COLUMNS
    }

    /// Looks for the best plan within so many points of the bound; false when that did not end.
    fn whole(&mut self, within: i64, until: Instant, tell: &mut dyn FnMut(&Choice, i64)) -> bool {
        // A plan worth more than this has no pattern of more slack.
        let more_than = self.best.value.max(floor(self.prices.bound) - within);
        let most = self.prices.bound - points(more_than) + 1e-3;
        let near: Vec<usize> = (0..self.patterns.len()).filter(|i| self.slack[*i] <= most).collect();
        if near.len() > MOST_COLUMNS {
            return false;
        }
        let outcome = branch::best(self.patterns, &near, more_than, until, self.clock);
        if let Some((value, chosen)) = outcome.best {
            let mut choice = Choice { by_day: vec![None; self.best.by_day.len()], value };
            chosen.into_iter().for_each(|i| choice.by_day[self.patterns.day[i] as usize] = Some(i));
            self.take(choice, tell);
        }
        // Whatever is not among the near ones is worth no more than what was asked for.
        let upper = outcome.upper.max(more_than);
        if upper < self.upper {
            self.upper = upper.max(self.best.value);
            tell(&self.best, self.upper);
        }
        outcome.done
    }

    fn take(&mut self, choice: Choice, tell: &mut dyn FnMut(&Choice, i64)) {
        if choice.value <= self.best.value && self.best.value > 0 {
            return;
        }
        self.best = choice;
        self.served_on.fill(None);
        for i in self.best.by_day.iter().flatten() {
            for request in self.patterns.requests(*i) {
                self.served_on[*request as usize] = Some(self.patterns.day[*i]);
            }
        }
        tell(&self.best, self.upper);
    }

    /// Takes patterns in the order in which the relaxation picks them, then of their slack, while they fit.
    fn greedy(&self) -> Choice {
        let mut picked: Vec<(usize, f64)> = self.prices.picked.clone();
        picked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut order: Vec<usize> = (0..self.patterns.len()).collect();
        order.sort_unstable_by(|a, b| self.slack[*a].total_cmp(&self.slack[*b]).then(a.cmp(b)));
        let mut choice = Choice { by_day: vec![None; self.best.by_day.len()], value: 0 };
        let mut served = vec![false; self.patterns.request_count];
        for i in picked.into_iter().map(|(i, _)| i).chain(order) {
            let (day, requests) = (self.patterns.day[i] as usize, self.patterns.requests(i));
            if choice.by_day[day].is_none() && requests.iter().all(|r| !served[*r as usize]) {
                choice.by_day[day] = Some(i);
                requests.iter().for_each(|r| served[*r as usize] = true);
                choice.value += floor(self.patterns.value[i] + 0.5);
            }
        }
        choice
    }

    /// Opens part of the plan again and again until then, and keeps what is better.
    fn improve(&mut self, until: Instant, tell: &mut dyn FnMut(&Choice, i64)) {
        let most = self.best.by_day.iter().zip(&self.of_day).filter(|(_, of_day)| !of_day.is_empty()).count();
        if most == 0 {
            return;
        }
        let mut size = 10.min(most);
        while Instant::now() < until && !self.finished() {
            let began = Instant::now();
            let open = self.neighbourhood(size.min(most));
            let (columns, before) = self.open_columns(&open);
            let limit = (began + NEIGHBOURHOOD).min(until);
            let outcome = branch::best(self.patterns, &columns, before, limit, self.clock);
            if let Some((value, chosen)) = outcome.best {
                let mut choice = self.best.clone();
                open.iter().for_each(|day| choice.by_day[*day] = None);
                chosen.into_iter().for_each(|i| choice.by_day[self.patterns.day[i] as usize] = Some(i));
                choice.value += value - before;
                self.take(choice, tell);
            }
            // As large as can be solved in the time.
            let quick = outcome.done && began.elapsed() < NEIGHBOURHOOD / 8;
            if quick && columns.len() < OPEN_COLUMNS / 2 {
                size = (size + 1).min(most).min(160);
            } else if !outcome.done || columns.len() >= OPEN_COLUMNS {
                size = (size * 4 / 5).max(4);
            }
        }
    }

    /// What could be picked on the open days, others left as they are, and what is picked on them now.
    fn open_columns(&self, open: &[usize]) -> (Vec<usize>, i64) {
        let mut is_open = vec![false; self.best.by_day.len()];
        open.iter().for_each(|day| is_open[*day] = true);
        let free = |r: &u32| self.served_on[*r as usize].is_none_or(|day| is_open[day as usize]);
        let (mut gap, mut before) = (0.0, 0);
        let mut missing = std::collections::HashSet::new();
        for &day in open {
            gap += match self.best.by_day[day] {
                Some(i) => self.slack[i],
                None => self.prices.days[day],
            };
            before += self.best.by_day[day].map_or(0, |i| floor(self.patterns.value[i] + 0.5));
            for request in self.of_day[day].iter().flat_map(|i| self.patterns.requests(*i as usize)) {
                if self.served_on[*request as usize].is_none() && missing.insert(*request) {
                    gap += self.prices.requests[*request as usize];
                }
            }
        }
        // A better choice here has no pattern of more slack than what this one loses here.
        let mut columns = Vec::new();
        for &day in open {
            let near = self.of_day[day].iter().map(|i| *i as usize).take_while(|i| self.slack[*i] <= gap + 1e-3);
            columns.extend(near.filter(|i| self.patterns.requests(*i).iter().all(free)));
        }
        if columns.len() > OPEN_COLUMNS {
            columns.sort_by(|a, b| self.slack[*a].total_cmp(&self.slack[*b]));
            columns.truncate(OPEN_COLUMNS);
        }
        (columns, before)
    }

    /// Days that have to do with each other, around one that loses much or a request without a place.
    fn neighbourhood(&mut self, size: usize) -> Vec<usize> {
        let days = self.best.by_day.len();
        let loses = |me: &Self, day: usize| me.best.by_day[day].map_or(me.prices.days[day], |i| me.slack[i]);
        // The one that loses most of a few.
        let mut day = self.random.random_range(0..days);
        for _ in 0..self.random.random_range(0..6) {
            let other = self.random.random_range(0..days);
            if loses(self, other) > loses(self, day) {
                day = other;
            }
        }
        let mut is_open = vec![false; days];
        let mut open = Vec::new();
        let mut tries = 0;
        while open.len() < size && tries < size * 20 {
            tries += 1;
            if !is_open[day] && !self.of_day[day].is_empty() {
                is_open[day] = true;
                open.push(day);
            }
            if open.is_empty() {
                day = self.random.random_range(0..days);
                continue;
            }
            // On to a day that holds what an open one would rather have, or to one that could have what it has.
            let from = open[self.random.random_range(0..open.len())];
            let near = self.of_day[from].len().min(12);
            let pattern = self.of_day[from][self.random.random_range(0..near)] as usize;
            let requests = self.patterns.requests(pattern);
            let request = requests[self.random.random_range(0..requests.len())];
            day = match self.served_on[request as usize] {
                Some(other) if !is_open[other as usize] => other as usize,
                _ => self.random.random_range(0..days),
            };
        }
        open
    }
}
