//! Watching a plan being made, and stopping it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::problem::PlanResult;

/// How far planning has come: handed out whenever the plan or its bound gets better.
pub struct Progress<'a> {
    /// The score of the best plan so far.
    pub score: i64,
    /// No plan scores more; none while nothing is proved.
    pub bound: Option<i64>,
    /// Seconds since planning began.
    pub elapsed_s: f64,
    pub(crate) written: &'a dyn Fn() -> PlanResult,
}

impl Progress<'_> {
    /// The best plan so far, written down; this costs a little, and only when asked for.
    #[must_use]
    pub fn plan(&self) -> PlanResult {
        (self.written)()
    }
}

/// Time and the wish to stop.
pub(crate) struct Clock<'a> {
    pub began: Instant,
    pub deadline: Instant,
    pub stop: &'a AtomicBool,
}

impl Clock<'_> {
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether planning must end now.
    pub fn over(&self) -> bool {
        self.stopped() || Instant::now() >= self.deadline
    }

    /// What is left.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The end of this part of what is left.
    pub fn part(&self, part: f64) -> Instant {
        Instant::now() + self.left().mul_f64(part)
    }
}
