//! Plans: their states, what counts how much, and a team's day on the road.
//!
//! The rules of travel and score are the planner's (`crates/planner`, `callboard-plan/1`); here they are applied to what
//! a person does by hand.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::slot::TimeOfDay;
use crate::term::terms;

terms! {
    /// The state of a plan.
    pub enum PlanState {
        Draft = "draft", "Not planned";
        Planning = "planning", "Being planned";
        Ready = "ready", "Ready";
        Published = "published", "Published";
        Dropped = "dropped", "Dropped";
    }
}

impl PlanState {
    /// Whether people may move what it places.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Ready)
    }
}

terms! {
    /// What publishing did with a placement.
    pub enum Outcome {
        Offered = "offered", "Offered to the school";
        Moved = "moved", "Moved";
        Kept = "kept", "Left as it was";
        Gone = "gone", "Its slot had gone";
    }
}

/// Seconds that planning may take: fewest, most, and what is proposed.
pub const SECONDS: (i64, i64, i64) = (10, 120, 20);

/// Points of the score for one unit of a placed request's value.
pub const VALUE_POINTS: i64 = 10_000;
/// Points lost when a booked visit does not stay where it is.
pub const MOVED_POINTS: i64 = 2_000;
/// Points for a request placed on a day the school prefers.
pub const PREFERRED_POINTS: i64 = 200;
/// Points lost for each minute on the road.
pub const MINUTE_POINTS: i64 = 1;
/// Added to the value of a booked visit that was released, in units: it never loses its place to a request.
pub const BOOKED_VALUE: i64 = 1_000;

/// Kilometres an hour on the road.
pub const SPEED_KMH: f64 = 35.0;
/// How much longer the road is than the straight line.
pub const DETOUR: f64 = 1.3;
/// No journey takes less, in minutes.
pub const MINIMUM_MINUTES: i64 = 5;

/// Minutes of the journey between two different places, easting and northing in metres:
/// `max(5, ceil(metres × 1.3 / 1000 / 35 × 60))`.
#[must_use]
pub fn journey(from: (i64, i64), to: (i64, i64)) -> i64 {
    #[allow(clippy::cast_precision_loss)] // Metres of the national grid lie far below 2^52.
    let (dx, dy) = ((from.0 - to.0) as f64, (from.1 - to.1) as f64);
    let minutes = (dx * dx + dy * dy).sqrt() * DETOUR / 1000.0 / SPEED_KMH * 60.0;
    #[allow(clippy::cast_possible_truncation)] // Minutes of a journey.
    let whole = minutes.ceil() as i64;
    whole.max(MINIMUM_MINUTES)
}

/// Until when a school may answer an offer for `on`: six in the evening, in London, of the day that was chosen, or of the
/// day before the session where that is earlier.
#[must_use]
pub fn answer_until(chosen: NaiveDate, on: NaiveDate) -> Option<DateTime<Utc>> {
    let evening = chosen.min(on.pred_opt()?).and_time(NaiveTime::from_hms_opt(18, 0, 0)?);
    Some(evening.and_local_timezone(chrono_tz::Europe::London).earliest()?.to_utc())
}

/// How a team spends a day: where it begins and ends, and what it needs at each place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Its base: easting and northing.
    pub base: (i64, i64),
    /// It leaves no earlier.
    pub leave_from: TimeOfDay,
    /// It is home no later.
    pub home_by: TimeOfDay,
    /// Minutes from arrival to the first session at a place.
    pub get_in: i64,
    /// Minutes from the last session at a place to leaving.
    pub get_out: i64,
}

/// One session of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop<P> {
    /// Where: two sessions at one place need no journey between them.
    pub place: P,
    /// Its easting and northing.
    pub at: (i64, i64),
    /// When it begins.
    pub starts: TimeOfDay,
    /// When it ends.
    pub ends: TimeOfDay,
}

/// A stay at one place: one session, or several with nothing between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay<P> {
    /// Where.
    pub place: P,
    /// Its easting and northing.
    pub at: (i64, i64),
    /// Minutes on the road to it.
    pub minutes: i64,
    /// When the team has to be there, in minutes after midnight: its get-in before the first session.
    pub arrive: i64,
    /// When the first session begins.
    pub starts: TimeOfDay,
    /// When the last session ends.
    pub ends: TimeOfDay,
    /// When the team can leave.
    pub leave: i64,
}

/// A team's day on the road.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route<P> {
    /// The places in order.
    pub stays: Vec<Stay<P>>,
    /// When the team leaves its base, in minutes after midnight.
    pub sets_out: i64,
    /// Minutes home from the last place.
    pub home_minutes: i64,
    /// When it is home.
    pub home: i64,
    /// All minutes on the road.
    pub minutes: i64,
    /// What cannot be done, by the number of the stay it concerns.
    pub faults: Vec<(usize, Late)>,
}

/// Why a day cannot be driven: a sentence without a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// It would have to leave its base too early.
    SetsOut {
        /// When it would have to leave.
        at: i64,
        /// When it may.
        from: TimeOfDay,
    },
    /// It cannot be at this place in time, from the one before.
    Arrives {
        /// When it would be there.
        at: i64,
        /// When it has to be.
        by: i64,
    },
    /// It would be home too late.
    Home {
        /// When it would be home.
        at: i64,
        /// When it has to be.
        by: TimeOfDay,
    },
}

/// A time of day that may lie outside the day.
#[must_use]
pub fn clock(minutes: i64) -> String {
    TimeOfDay::try_from(minutes.rem_euclid(24 * 60)).map(|t| t.to_string()).unwrap_or_default()
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::SetsOut { at, from } => {
                write!(f, "The team would have to leave its base at {}, and leaves no earlier than {from}", clock(at))
            }
            Self::Arrives { at, by } => {
                write!(f, "The team cannot be there before {}, and has to be by {} to set up", clock(at), clock(by))
            }
            Self::Home { at, by } => {
                write!(f, "The team would be home at {}, and is to be by {by}", clock(at))
            }
        }
    }
}

/// The journey of a day; none without a session. `stops` are in order of time.
#[must_use]
pub fn route<P: Copy + PartialEq>(limits: &Limits, stops: &[Stop<P>]) -> Option<Route<P>> {
    let mut stays: Vec<Stay<P>> = Vec::new();
    let (mut faults, mut here) = (Vec::new(), limits.base);
    for stop in stops {
        if let Some(last) = stays.last_mut().filter(|last| last.place == stop.place) {
            last.ends = stop.ends;
            last.leave = stop.ends.minutes() + limits.get_out;
            continue;
        }
        // Standing at one's base is no journey; two places are never nearer than the least journey.
        let minutes = if stays.is_empty() && here == stop.at { 0 } else { journey(here, stop.at) };
        let arrive = stop.starts.minutes() - limits.get_in;
        let number = stays.len();
        match stays.last() {
            None if arrive - minutes < limits.leave_from.minutes() => {
                faults.push((number, Late::SetsOut { at: arrive - minutes, from: limits.leave_from }));
            }
            Some(before) if before.leave + minutes > arrive => {
                faults.push((number, Late::Arrives { at: before.leave + minutes, by: arrive }));
            }
            _ => {}
        }
        let leave = stop.ends.minutes() + limits.get_out;
        stays.push(Stay {
            place: stop.place,
            at: stop.at,
            minutes,
            arrive,
            starts: stop.starts,
            ends: stop.ends,
            leave,
        });
        here = stop.at;
    }
    let (first, last) = (*stays.first()?, *stays.last()?);
    let home_minutes = if last.at == limits.base { 0 } else { journey(last.at, limits.base) };
    let home = last.leave + home_minutes;
    if home > limits.home_by.minutes() {
        faults.push((stays.len() - 1, Late::Home { at: home, by: limits.home_by }));
    }
    let minutes = stays.iter().map(|s| s.minutes).sum::<i64>() + home_minutes;
    Some(Route { sets_out: first.arrive - first.minutes, stays, home_minutes, home, minutes, faults })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    fn limits() -> Limits {
        Limits { base: (0, 0), leave_from: time("7:30"), home_by: time("17:00"), get_in: 45, get_out: 30 }
    }

    fn stop(place: u8, at: (i64, i64), starts: &str, ends: &str) -> Stop<u8> {
        Stop { place, at, starts: time(starts), ends: time(ends) }
    }

    #[test]
    fn schools_answer_by_the_evening() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let until = |chosen, on| answer_until(day(chosen), day(on)).unwrap().to_rfc3339();
        assert_eq!(until("2026-12-01", "2026-12-08"), "2026-12-01T18:00:00+00:00");
        assert_eq!(until("2026-06-10", "2026-06-10"), "2026-06-09T17:00:00+00:00", "in summer, the day before");
    }

    #[test]
    fn journeys_take_what_the_planner_says() {
        assert_eq!(journey((0, 0), (0, 0)), 5);
        assert_eq!(journey((0, 0), (3_000, 4_000)), 12, "5 km × 1.3 at 35 km/h are 11.1 minutes");
        assert_eq!(journey((0, 0), (100, 0)), 5);
    }

    #[test]
    fn a_day_goes_out_from_place_to_place_and_home() {
        let day = [stop(1, (3_000, 4_000), "9:30", "10:30"), stop(2, (3_000, 0), "13:15", "14:15")];
        let route = route(&limits(), &day).unwrap();
        assert_eq!((route.sets_out, route.stays.len()), (9 * 60 + 30 - 45 - 12, 2));
        assert_eq!(route.minutes, 12 + 9 + 7);
        assert_eq!(route.home, 14 * 60 + 15 + 30 + 7);
        assert_eq!(route.faults, []);
    }

    #[test]
    fn sessions_at_one_place_are_one_stay() {
        let at = (3_000, 4_000);
        let day = [stop(1, at, "9:00", "10:00"), stop(1, at, "10:00", "11:00"), stop(2, (0, 100), "11:20", "12:00")];
        let route = route(&limits(), &day).unwrap();
        assert_eq!(route.stays.iter().map(|s| s.place).collect::<Vec<_>>(), [1, 2]);
        assert!(matches!(route.faults[..], [(1, Late::Arrives { .. })]), "{:?}", route.faults);
    }

    #[test]
    fn what_cannot_be_driven_is_said() {
        let far = route(&limits(), &[stop(1, (60_000, 0), "9:00", "16:00")]).unwrap();
        let words: Vec<String> = far.faults.iter().map(|(_, late)| late.to_string()).collect();
        assert_eq!(words.len(), 2);
        assert!(
            words[0].contains("would have to leave its base at 6:01am, and leaves no earlier than 7:30am"),
            "{words:?}"
        );
        assert!(words[1].contains("and is to be by 5pm"), "{words:?}");
        assert!(route::<u8>(&limits(), &[]).is_none());
    }
}
