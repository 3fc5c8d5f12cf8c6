//! The linear programs of planning: pick columns in part so that what they earn is most, each row used at most once.
//!
//! A revised simplex with the basis inverse kept whole, which suits rows by the hundred. It continues from where it
//! stands after a row (a cut) joins or columns are closed, which solvers that start afresh cannot, and it answers prices.
//! Whatever it answers need not be believed: bounds are worked out from its prices by others.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What no number is told from nothing below.
const TINY: f64 = 1e-9;
/// Pivots after which the inverse is worked out afresh.
const FRESH: u32 = 150;
/// A column enters when it promises more than this, in points.
const PROMISE: f64 = 1e-5;

/// Where a linear program stands; kept to go back to.
#[derive(Clone)]
pub(crate) struct Stand {
    basis: Vec<u32>,
    place: Vec<u32>,
    inverse: Vec<Vec<f64>>,
    used: Vec<f64>,
    prices: Vec<f64>,
    pub closed: Vec<bool>,
}

const NONBASIC: u32 = u32::MAX;

pub(crate) struct Lp<'a> {
    limits: Vec<f64>,
    /// Rows of each column with the times it uses them, slack columns among them.
    columns: Vec<Vec<(u32, f64)>>,
    earns: Vec<f64>,
    pub stand: Stand,
    pivots: u32,
    noise: u64,
    deadline: Instant,
    stop: &'a AtomicBool,
}

impl<'a> Lp<'a> {
    /// No columns yet but the rows' slack, which takes the first ids.
    pub fn new(rows: usize, deadline: Instant, stop: &'a AtomicBool) -> Self {
        let stand = Stand {
            basis: Vec::new(),
            place: Vec::new(),
            inverse: Vec::new(),
            used: Vec::new(),
            prices: Vec::new(),
            closed: Vec::new(),
        };
        let mut lp = Self {
            limits: Vec::new(),
            columns: Vec::new(),
            earns: Vec::new(),
            stand,
            pivots: 0,
            noise: 0x9E37_79B9,
            deadline,
            stop,
        };
        for _ in 0..rows {
            lp.row(&[], 1.0);
        }
        lp
    }

    pub fn rows(&self) -> usize {
        self.limits.len()
    }

    /// The price of a row: what a little more of it would earn.
    pub fn price(&self, row: usize) -> f64 {
        self.stand.prices[row].max(0.0)
    }

    /// A number from 0 to 1, by which ties are told apart.
    fn chance(&mut self) -> f64 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        #[allow(clippy::cast_precision_loss)] // A fraction.
        let fraction = (self.noise >> 11) as f64 / (1_u64 << 53) as f64;
        fraction
    }

    /// A column that uses each of these rows so many times and earns this; answers its id.
    pub fn column(&mut self, rows: Vec<(u32, f64)>, earns: f64) -> usize {
        let ties = self.chance() * 1e-5;
        self.push_column(rows, earns + ties)
    }

    fn push_column(&mut self, rows: Vec<(u32, f64)>, earns: f64) -> usize {
        self.columns.push(rows);
        self.earns.push(earns);
        self.stand.place.push(NONBASIC);
        self.stand.closed.push(false);
        self.columns.len() - 1
    }

    /// A row that columns there are use so many times, up to `limit`; answers its place.
    pub fn row(&mut self, used_by: &[(usize, f64)], limit: f64) -> usize {
        let row = self.limits.len();
        let id = u32::try_from(row).unwrap_or(u32::MAX);
        let limit = limit + 1e-6 * (0.5 + 0.5 * self.chance());
        self.limits.push(limit);
        let mut fresh = vec![0.0; row + 1];
        let mut left = limit;
        for &(column, times) in used_by {
            self.columns[column].push((id, times));
            let at = self.stand.place[column];
            if at != NONBASIC {
                left -= times * self.stand.used[at as usize];
                for (to, from) in fresh.iter_mut().zip(&self.stand.inverse[at as usize]) {
                    *to -= times * from;
                }
            }
        }
        fresh[row] = 1.0;
        self.stand.inverse.iter_mut().for_each(|line| line.push(0.0));
        self.stand.inverse.push(fresh);
        let slack = self.push_column(vec![(id, 1.0)], 0.0);
        self.stand.place[slack] = id;
        self.stand.basis.push(u32::try_from(slack).unwrap_or(u32::MAX));
        self.stand.used.push(left);
        self.stand.prices.push(0.0);
        row
    }

    /// Whether it is to end where it stands.
    fn late(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || Instant::now() >= self.deadline
    }

    /// The rows a column uses, with the times it does.
    pub fn uses(&self, column: usize) -> &[(u32, f64)] {
        &self.columns[column]
    }

    /// How much of a column is picked.
    pub fn picked(&self, column: usize) -> f64 {
        match self.stand.place[column] {
            NONBASIC => 0.0,
            at => self.stand.used[at as usize],
        }
    }

    /// What a column promises beyond its rows' prices.
    pub fn promise(&self, column: usize) -> f64 {
        let mut promise = self.earns[column];
        for &(row, times) in &self.columns[column] {
            promise -= times * self.stand.prices[row as usize];
        }
        promise
    }

    /// Works on until nothing would earn more; false when time ran out or numbers went astray.
    pub fn solve(&mut self) -> bool {
        for _ in 0..20 {
            let before = self.pivots;
            if !self.mend() || !self.grow() {
                return false;
            }
            if self.pivots == before {
                return true;
            }
            if self.pivots >= FRESH {
                if !self.refresh() {
                    return false;
                }
            } else if self.stand.used.iter().all(|used| *used > -1e-7) {
                return true;
            }
        }
        false
    }

    /// Primal steps: columns that promise more enter, while nothing is used too often.
    fn grow(&mut self) -> bool {
        let rows = self.rows();
        let mut direction = vec![0.0; rows];
        let mut steps = 0_u32;
        loop {
            steps += 1;
            if steps.is_multiple_of(16) && self.late() {
                return false;
            }
            let mut entering = None;
            let mut most = PROMISE;
            for column in 0..self.columns.len() {
                if self.stand.place[column] == NONBASIC && !self.stand.closed[column] {
                    let promise = self.promise(column);
                    if promise > most {
                        (most, entering) = (promise, Some(column));
                    }
                }
            }
            let Some(entering) = entering else { return true };
            self.direction(entering, &mut direction);
            let (mut leaving, mut ratio) = (None, f64::INFINITY);
            for (row, along) in direction.iter().enumerate() {
                let this = if *along > 1e-7 {
                    self.stand.used[row].max(0.0) / along
                } else if *along < -1e-7 && self.stand.closed[self.stand.basis[row] as usize] {
                    0.0
                } else {
                    continue;
                };
                let larger = |best: usize| along.abs() > direction[best].abs();
                if this < ratio - TINY || (this <= ratio + TINY && leaving.is_none_or(larger)) {
                    (ratio, leaving) = (this.min(ratio), Some(row));
                }
            }
            let Some(leaving) = leaving else { return false };
            let step =
                if direction[leaving] > 0.0 { self.stand.used[leaving].max(0.0) / direction[leaving] } else { 0.0 };
            self.pivot(entering, leaving, &direction, step, most);
            if self.pivots >= FRESH && !self.refresh() {
                return false;
            }
        }
    }

    /// Dual steps: what is used too often, or closed and yet picked, leaves.
    fn mend(&mut self) -> bool {
        let mut direction = vec![0.0; self.rows()];
        let mut steps = 0_u32;
        loop {
            steps += 1;
            if steps.is_multiple_of(16) && self.late() {
                return false;
            }
            let (mut leaving, mut worst, mut above) = (None, 1e-8, false);
            for (row, used) in self.stand.used.iter().enumerate() {
                if -used > worst {
                    (leaving, worst, above) = (Some(row), -used, false);
                } else if *used > worst && self.stand.closed[self.stand.basis[row] as usize] {
                    (leaving, worst, above) = (Some(row), *used, true);
                }
            }
            let Some(leaving) = leaving else { return true };
            let line = &self.stand.inverse[leaving];
            let (mut entering, mut ratio, mut size) = (None, f64::INFINITY, 0.0_f64);
            for column in 0..self.columns.len() {
                if self.stand.place[column] != NONBASIC || self.stand.closed[column] {
                    continue;
                }
                let along: f64 = self.columns[column].iter().map(|(row, times)| times * line[*row as usize]).sum();
                let along = if above { along } else { -along };
                if along <= 1e-7 {
                    continue;
                }
                let this = (-self.promise(column)).max(0.0) / along;
                if this < ratio - 1e-10 || (this <= ratio + 1e-10 && along > size) {
                    (entering, ratio, size) = (Some(column), this.min(ratio), along);
                }
            }
            // Picking nothing keeps every row: there is always a way, or numbers went astray.
            let Some(entering) = entering else { return false };
            self.direction(entering, &mut direction);
            if direction[leaving].abs() < 1e-8 {
                return false;
            }
            let step = self.stand.used[leaving] / direction[leaving];
            let promise = self.promise(entering);
            self.pivot(entering, leaving, &direction, step, promise);
            if self.pivots >= FRESH && !self.refresh() {
                return false;
            }
        }
    }

    /// How the picked parts shrink as this column grows.
    fn direction(&self, column: usize, direction: &mut Vec<f64>) {
        direction.resize(self.rows(), 0.0);
        for (along, line) in direction.iter_mut().zip(&self.stand.inverse) {
            *along = self.columns[column].iter().map(|(row, times)| times * line[*row as usize]).sum();
        }
    }

    fn pivot(&mut self, entering: usize, leaving: usize, direction: &[f64], step: f64, promise: f64) {
        let stand = &mut self.stand;
        for (used, along) in stand.used.iter_mut().zip(direction) {
            *used -= step * along;
        }
        stand.used[leaving] = step;
        let mut line = std::mem::take(&mut stand.inverse[leaving]);
        let by = 1.0 / direction[leaving];
        let mut filled = Vec::new();
        for (at, number) in line.iter_mut().enumerate() {
            if *number != 0.0 {
                *number *= by;
                if number.abs() < 1e-13 {
                    *number = 0.0;
                } else {
                    filled.push(at);
                }
            }
        }
        for at in &filled {
            stand.prices[*at] += promise * line[*at];
        }
        for (row, along) in direction.iter().enumerate() {
            if row != leaving && along.abs() > 1e-13 {
                let other = &mut stand.inverse[row];
                for &at in &filled {
                    other[at] -= along * line[at];
                }
            }
        }
        stand.inverse[leaving] = line;
        stand.place[stand.basis[leaving] as usize] = NONBASIC;
        stand.basis[leaving] = u32::try_from(entering).unwrap_or(u32::MAX);
        stand.place[entering] = u32::try_from(leaving).unwrap_or(u32::MAX);
        self.pivots += 1;
    }

    /// The inverse, what is used, and prices worked out afresh from the basis.
    fn refresh(&mut self) -> bool {
        let rows = self.rows();
        let basis = self.stand.basis.clone();
        let mut lines: Vec<Vec<f64>> = Vec::with_capacity(rows);
        for row in 0..rows {
            let mut line = vec![0.0; rows];
            line[row] = 1.0;
            lines.push(line);
        }
        // Columns with few rows first: slack columns cost nothing.
        let mut order: Vec<u32> = basis;
        order.sort_by_key(|column| self.columns[*column as usize].len());
        let mut owner: Vec<Option<u32>> = vec![None; rows];
        let mut along = vec![0.0; rows];
        for column in order {
            let entries = &self.columns[column as usize];
            for (to, line) in along.iter_mut().zip(&lines) {
                *to = entries.iter().map(|(row, times)| times * line[*row as usize]).sum();
            }
            let free = (0..rows).filter(|row| owner[*row].is_none());
            let Some(at) = free.max_by(|a, b| along[*a].abs().total_cmp(&along[*b].abs())) else { return false };
            if along[at].abs() < 1e-9 {
                return false;
            }
            owner[at] = Some(column);
            let mut line = std::mem::take(&mut lines[at]);
            let by = 1.0 / along[at];
            let mut filled = Vec::new();
            for (i, number) in line.iter_mut().enumerate() {
                if *number != 0.0 {
                    *number *= by;
                    filled.push(i);
                }
            }
            for (row, other) in lines.iter_mut().enumerate() {
                if row != at && along[row] != 0.0 {
                    for &i in &filled {
                        other[i] -= along[row] * line[i];
                    }
                }
            }
            lines[at] = line;
        }
        let mut prices = vec![0.0; rows];
        for (row, owner) in owner.iter().enumerate() {
            let Some(column) = owner else { return false };
            self.stand.basis[row] = *column;
            self.stand.place[*column as usize] = u32::try_from(row).unwrap_or(u32::MAX);
            self.stand.used[row] = lines[row].iter().zip(&self.limits).map(|(a, b)| a * b).sum();
            let earns = self.earns[*column as usize];
            if earns != 0.0 {
                for (price, number) in prices.iter_mut().zip(&lines[row]) {
                    *price += earns * number;
                }
            }
        }
        self.stand.inverse = lines;
        self.stand.prices = prices;
        self.pivots = 0;
        true
    }

    /// Goes back to where it stood, rows and columns that joined since then aside.
    pub fn back_to(&mut self, stand: Stand) {
        self.stand = stand;
    }
}
