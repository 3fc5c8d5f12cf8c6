//! Time: instants are UTC, school days are plain dates, people see Europe/London.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SubsecRound, Utc};

/// Where the present comes from. The program has the machine's; tests hold one fixed.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now` each time.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that stands still.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::new(move || at)
    }

    /// The present instant, to the millisecond: both databases keep that much without loss.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(3)
    }

    /// Today's date where the schools are.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        in_london(self.now()).date()
    }
}

/// Day and time of day where the schools are, at an instant.
#[must_use]
pub fn in_london(at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&chrono_tz::Europe::London).naive_local()
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_londons() {
        let today = |text: &str| Clock::fixed(text.parse().unwrap()).today().to_string();
        assert_eq!(today("2026-06-30T23:30:00Z"), "2026-07-01", "summer time is an hour ahead");
        assert_eq!(today("2026-12-31T23:30:00Z"), "2026-12-31");
    }
}
