//! Choosing whole patterns: greedily by the relaxation's prices, then better by solving parts of the plan exactly
//! (microlp), until the bound is reached or time is up.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::model::Model;
use crate::patterns::Pattern;
use crate::relax::{Relaxed, points};

/// A whole plan: for each team-day its pattern, by place among the patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub by_day: Vec<Option<usize>>,
    /// What its patterns add to the score.
    pub value: i64,
}

/// The patterns an exact step takes at most.
const MOST_COLUMNS: usize = 4_000;
/// How many points a pattern may fall short of the prices to take part in the first exact step.
const FEW_POINTS: f64 = 5.0;
/// Patterns of a day that take part in a neighbourhood.
const OF_A_DAY: usize = 60;
/// How long parts of the plan are solved before the whole is tried.
const FIRST_LOOK: Duration = Duration::from_millis(1_500);
/// The longest a neighbourhood may take.
const NEIGHBOURHOOD: Duration = Duration::from_millis(800);

pub(crate) struct Chooser<'a> {
    model: &'a Model,
    patterns: &'a [Pattern],
    prices: &'a Relaxed,
    slack: Vec<f64>,
    /// The patterns of each day, the least slack first.
    of_day: Vec<Vec<usize>>,
    /// The days that could take each request.
    days_of: Vec<Vec<usize>>,
    deadline: Instant,
    random: ChaCha8Rng,
}

impl<'a> Chooser<'a> {
    pub fn new(model: &'a Model, patterns: &'a [Pattern], prices: &'a Relaxed, deadline: Instant, seed: u64) -> Self {
        let slack: Vec<f64> = patterns.iter().map(|p| prices.slack(p)).collect();
        let mut of_day = vec![Vec::new(); model.days.len()];
        for (i, pattern) in patterns.iter().enumerate() {
            of_day[pattern.day].push(i);
        }
        for day in &mut of_day {
            day.sort_unstable_by(|a, b| slack[*a].total_cmp(&slack[*b]).then(a.cmp(b)));
        }
        let mut days_of = vec![Vec::new(); model.requests.len()];
        for (i, day) in model.days.iter().enumerate() {
            day.candidates.iter().for_each(|(request, _)| days_of[*request].push(i));
        }
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self { model, patterns, prices, slack, of_day, days_of, deadline, random }
    }

    /// The best plan found, and whether it is proved best. None where no plan that keeps the pins was found.
    pub fn choose(mut self) -> Option<(Choice, bool)> {
        let every_day = vec![true; self.model.days.len()];
        // What lies within a few points of the prices is little, and often holds a best plan.
        let (closest, exact) = self.near(FEW_POINTS, 4);
        if let Some(closest) = &closest
            && exact
            && self.prices.bound - points(closest.value) <= FEW_POINTS
        {
            return Some((closest.clone(), true));
        }
        let mut best = match closest.into_iter().chain(self.greedy()).max_by_key(|choice| choice.value) {
            Some(first) => {
                let until = self.part_of_the_rest(3).min(Instant::now() + FIRST_LOOK);
                self.improve(first, until)
            }
            // Pins stand in each other's way: only an exact step finds what keeps them all.
            None => {
                let all: Vec<usize> = (0..self.patterns.len()).collect();
                let limit = self.deadline.saturating_duration_since(Instant::now());
                self.solve(&all, &every_day, &BTreeSet::new(), limit).0?
            }
        };
        // A better plan has no pattern whose slack is more than what this one falls short of the bound: over what is
        // left an exact step proves the best.
        let gap = self.prices.bound - points(best.value);
        if gap >= 1.0 {
            let (found, exact) = self.near(gap, 1);
            if let Some(found) = found
                && found.value > best.value
            {
                best = found;
            }
            if exact {
                return Some((best, true));
            }
        }
        let best = self.improve(best, self.deadline);
        let proved = self.prices.bound - points(best.value) < 1.0;
        Some((best, proved))
    }

    /// The best choice among patterns of at most this slack, and whether that is proved; nothing where there are too
    /// many. It takes no more than one `part` of the time that is left.
    fn near(&self, slack: f64, part: u32) -> (Option<Choice>, bool) {
        let near: Vec<usize> = (0..self.patterns.len()).filter(|i| self.slack[*i] <= slack + 1e-3).collect();
        if near.len() > MOST_COLUMNS {
            return (None, false);
        }
        let limit = self.deadline.saturating_duration_since(Instant::now()) / part * 9 / 10;
        let every_day = vec![true; self.model.days.len()];
        let (found, exact) = self.solve(&near, &every_day, &BTreeSet::new(), limit);
        (found.filter(|choice| self.keeps_pins(choice)), exact)
    }

    /// The end of one `part` of the time that is left.
    fn part_of_the_rest(&self, part: u32) -> Instant {
        let now = Instant::now();
        now + self.deadline.saturating_duration_since(now) / part
    }

    /// Takes patterns in the order of their slack while their day and their requests are free.
    fn greedy(&self) -> Option<Choice> {
        let mut order: Vec<usize> = (0..self.patterns.len()).collect();
        // Pinned days first: they may not stay empty.
        let key = |i: &usize| self.model.days[self.patterns[*i].day].pinned.is_empty();
        let picked: std::collections::HashMap<usize, f64> = self.prices.picked.iter().copied().collect();
        let part = |i: &usize| picked.get(i).copied().unwrap_or(0.0);
        order.sort_unstable_by(|a, b| {
            key(a)
                .cmp(&key(b))
                .then(part(b).total_cmp(&part(a)))
                .then(self.slack[*a].total_cmp(&self.slack[*b]))
                .then(a.cmp(b))
        });
        let (mut by_day, mut served) = (vec![None; self.model.days.len()], vec![false; self.model.requests.len()]);
        let mut value = 0;
        for i in order {
            let pattern = &self.patterns[i];
            let free = by_day[pattern.day].is_none() && pattern.requests().all(|r| !served[r]);
            let pinned = !self.model.days[pattern.day].pinned.is_empty();
            if free && (pattern.value > 0 || pinned) {
                by_day[pattern.day] = Some(i);
                pattern.requests().for_each(|r| served[r] = true);
                value += pattern.value;
            }
        }
        let choice = Choice { by_day, value };
        self.keeps_pins(&choice).then_some(choice)
    }

    fn keeps_pins(&self, choice: &Choice) -> bool {
        self.model.days.iter().zip(&choice.by_day).all(|(day, picked)| day.pinned.is_empty() || picked.is_some())
    }

    /// The best choice among `columns` for the `open` days, requests in `closed` left alone; and whether it is proved.
    fn solve(
        &self,
        columns: &[usize],
        open: &[bool],
        closed: &BTreeSet<usize>,
        limit: Duration,
    ) -> (Option<Choice>, bool) {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        problem.set_time_limit(limit);
        let mut of_day: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); self.model.days.len()];
        let mut of_request: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); self.model.requests.len()];
        let mut variables = Vec::new();
        for &i in columns {
            let pattern = &self.patterns[i];
            if !open[pattern.day] || pattern.requests().any(|r| closed.contains(&r)) {
                continue;
            }
            let variable = problem.add_binary_var(points(pattern.value));
            of_day[pattern.day].push((variable, 1.0));
            pattern.requests().for_each(|r| of_request[r].push((variable, 1.0)));
            variables.push((variable, i));
        }
        for (day, terms) in of_day.iter().enumerate().filter(|(day, _)| open[*day]) {
            if !self.model.days[day].pinned.is_empty() {
                if terms.is_empty() {
                    return (None, true);
                }
                problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 1.0);
            } else if terms.len() > 1 {
                problem.add_constraint(terms.as_slice(), ComparisonOp::Le, 1.0);
            }
        }
        for terms in of_request.iter().filter(|terms| terms.len() > 1) {
            problem.add_constraint(terms.as_slice(), ComparisonOp::Le, 1.0);
        }
        let Ok(outcome) = problem.solve() else { return (None, false) };
        let proved = outcome.is_optimal();
        let Some(solution) = outcome.solution() else { return (None, false) };
        let mut choice = Choice { by_day: vec![None; self.model.days.len()], value: 0 };
        for (variable, i) in variables {
            if solution.var_value(variable) > 0.5 {
                choice.by_day[self.patterns[i].day] = Some(i);
                choice.value += self.patterns[i].value;
            }
        }
        (Some(choice), proved)
    }

    /// Opens part of the plan again and again until then, and keeps what is no worse.
    fn improve(&mut self, mut best: Choice, until: Instant) -> Choice {
        let mut size = 12.min(self.model.days.len());
        while Instant::now() < until && self.prices.bound - points(best.value) >= 1.0 {
            let open = self.neighbourhood(&best, size);
            let closed: BTreeSet<usize> = best
                .by_day
                .iter()
                .enumerate()
                .filter(|(day, _)| !open[*day])
                .filter_map(|(_, picked)| *picked)
                .flat_map(|i| self.patterns[i].requests())
                .collect();
            let columns: Vec<usize> = (0..self.model.days.len())
                .filter(|day| open[*day])
                .flat_map(|day| {
                    let usable = |i: &&usize| self.patterns[**i].requests().all(|r| !closed.contains(&r));
                    let now = best.by_day[day];
                    let near = self.of_day[day].iter().filter(usable).take(OF_A_DAY).copied();
                    near.filter(move |i| Some(*i) != now).chain(now)
                })
                .collect();
            let limit = NEIGHBOURHOOD.min(until.saturating_duration_since(Instant::now()));
            let (found, proved) = self.solve(&columns, &open, &closed, limit);
            let before: i64 = (0..open.len())
                .filter(|day| open[*day])
                .filter_map(|day| best.by_day[day])
                .map(|i| self.patterns[i].value)
                .sum();
            if let Some(found) = found
                && found.value >= before
            {
                for day in (0..open.len()).filter(|day| open[*day]) {
                    best.by_day[day] = found.by_day[day];
                }
                best.value += found.value - before;
            }
            // As large as can be solved in the time.
            size = if proved { (size + 2).min(self.model.days.len()) } else { (size * 2 / 3).max(4) };
        }
        best
    }

    /// Days that have to do with each other: they could take the same requests.
    fn neighbourhood(&mut self, best: &Choice, size: usize) -> Vec<bool> {
        let mut open = vec![false; self.model.days.len()];
        let served: BTreeSet<usize> = best.by_day.iter().flatten().flat_map(|i| self.patterns[*i].requests()).collect();
        let missing: Vec<usize> =
            (0..self.model.requests.len()).filter(|r| !served.contains(r) && !self.days_of[*r].is_empty()).collect();
        let mut of: Vec<usize> = match missing.choose(&mut self.random) {
            Some(request) if self.random.random_bool(0.5) => self.days_of[*request].clone(),
            _ => vec![self.random.random_range(0..open.len())],
        };
        let mut count = 0;
        while count < size {
            let day = match of.choose(&mut self.random) {
                Some(day) if !open[*day] => *day,
                _ => self.random.random_range(0..open.len()),
            };
            if !open[day] {
                open[day] = true;
                count += 1;
            }
            of = match best.by_day[day].and_then(|i| self.patterns[i].requests().next()) {
                Some(request) => self.days_of[request].clone(),
                None => vec![self.random.random_range(0..self.model.days.len())],
            };
        }
        open
    }
}
