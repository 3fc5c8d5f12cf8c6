//! Problems like those that councils have, invented from a seed: for tests and measurements.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::problem::{Day, PROBLEM_FORMAT, Place, Problem, Request, Slot, Team, Travel, Weights};

/// How large a problem is, and of what kind.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Teams.
    pub teams: usize,
    /// School days from the first Monday of October 2026 on.
    pub days: usize,
    /// Of a hundred of these days, on how many a team works.
    pub works: u32,
    /// Requests.
    pub requests: usize,
    /// The most sessions a request asks for.
    pub sessions: usize,
    /// Of a hundred days, on how many a school is open for it.
    pub open: u32,
    /// Two slots a day, each half a day long; else five periods.
    pub two_slots: bool,
    /// The district's width and height, in metres.
    pub metres: (f64, f64),
}

/// A drama tour: one cast, two slots a day, 90 schools in 45 days.
pub const TOUR: Size = Size {
    teams: 1,
    days: 45,
    works: 100,
    requests: 90,
    sessions: 1,
    open: 40,
    two_slots: true,
    metres: (26_000.0, 20_000.0),
};

/// A police season: six officers, five periods, some 660 sessions in a school year.
pub const SEASON: Size = Size {
    teams: 6,
    days: 190,
    works: 60,
    requests: 330,
    sessions: 3,
    open: 12,
    two_slots: false,
    metres: (26_000.0, 20_000.0),
};

/// A region: 40 teams and 5,000 requests, some 570,000 patterns.
pub const REGION: Size = Size {
    teams: 40,
    days: 90,
    works: 85,
    requests: 5_000,
    sessions: 1,
    open: 9,
    two_slots: true,
    metres: (60_000.0, 60_000.0),
};

fn slots(size: Size) -> Vec<Slot> {
    let times: &[(&str, &str, &str)] = if size.two_slots {
        &[("am", "09:30", "10:45"), ("pm", "13:30", "14:45")]
    } else {
        &[
            ("p1", "09:00", "09:50"),
            ("p2", "10:00", "10:50"),
            ("p3", "11:10", "12:00"),
            ("p4", "13:00", "13:50"),
            ("p5", "14:00", "14:50"),
        ]
    };
    times
        .iter()
        .map(|(id, starts, ends)| Slot { id: (*id).into(), starts: (*starts).into(), ends: (*ends).into() })
        .collect()
}

fn school_days(count: usize) -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2026, 10, 5).unwrap_or_default();
    let weekday = |date: &NaiveDate| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    (0..).map_while(|i| first.checked_add_days(Days::new(i))).filter(weekday).take(count).collect()
}

/// A problem of this size from a seed, to be planned in `time_limit_s` seconds.
#[must_use]
pub fn problem(size: Size, seed: u64, time_limit_s: f64) -> Problem {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let (slots, dates) = (slots(size), school_days(size.days));
    let mut places = Vec::new();
    let mut place = |random: &mut ChaCha8Rng, id: String| {
        let (x, y) = (random.random_range(0.0..size.metres.0), random.random_range(0.0..size.metres.1));
        places.push(Place { id, x: 400_000.0 + x.round(), y: 430_000.0 + y.round() });
    };
    let some = |random: &mut ChaCha8Rng, percent: u32, every: usize| {
        let mut days = Vec::new();
        for date in &dates {
            if random.random_ratio(percent.min(100), 100) {
                let of_day = slots.iter().filter(|_| random.random_range(0..every) != 0 || every == 1);
                let of_day: Vec<String> = of_day.map(|s| s.id.clone()).collect();
                days.push(Day { date: date.to_string(), slots: of_day });
            }
        }
        days
    };
    let mut teams = Vec::new();
    for i in 0..size.teams {
        place(random, format!("base-{i}"));
        teams.push(Team {
            id: format!("team-{i}"),
            base: format!("base-{i}"),
            setup_min: if size.two_slots { 45 } else { 10 },
            pack_min: if size.two_slots { 30 } else { 5 },
            leave_from: "07:30".into(),
            home_by: "17:00".into(),
            max_sessions: None,
            days: some(random, size.works, 1),
        });
    }
    let mut requests = Vec::new();
    for i in 0..size.requests {
        place(random, format!("school-{i}"));
        let open = some(random, size.open, 3);
        let preferred = open.iter().filter(|_| random.random_ratio(1, 4)).cloned().collect();
        let near: Vec<String> = if size.teams > 8 {
            (0..3).filter_map(|_| teams.choose(random)).map(|t: &Team| t.id.clone()).collect()
        } else {
            teams.iter().map(|t| t.id.clone()).collect()
        };
        requests.push(Request {
            id: format!("R{i}"),
            place: format!("school-{i}"),
            sessions: random.random_range(1..=size.sessions),
            value: random.random_range(15..=100),
            worth: Vec::new(),
            teams: near,
            open,
            preferred: Some(preferred),
            current: None,
            pinned: false,
        });
    }
    Problem {
        format: PROBLEM_FORMAT.into(),
        time_limit_s,
        seed,
        travel: Travel { speed_kmh: 35.0, detour: 1.3, minimum_min: 5 },
        places,
        slots,
        teams,
        requests,
        weights: Weights { value: 10_000, moved: 2_000, preferred: 200, travel_min: 1 },
    }
}

/// That problem planned, and then `days` of its teams' days lost: what was placed is each request's earlier placement,
/// of which one in four of those still possible is pinned and the rest are released. Planning it first takes its time.
///
/// # Errors
/// The faults of a problem that cannot be planned.
pub fn planned_again(mut problem: Problem, days: usize) -> Result<Problem, crate::Faults> {
    let result = crate::plan(&problem)?;
    let random = &mut ChaCha8Rng::seed_from_u64(problem.seed ^ 0x5EED);
    for _ in 0..days {
        let team = random.random_range(0..problem.teams.len());
        let worked = &mut problem.teams[team].days;
        if !worked.is_empty() {
            worked.remove(random.random_range(0..worked.len()));
        }
    }
    let placed: std::collections::HashMap<String, crate::Placement> =
        result.placements.into_iter().map(|p| (p.request.clone(), p)).collect();
    for request in &mut problem.requests {
        let Some(was) = placed.get(&request.id) else { continue };
        let team = problem.teams.iter().find(|t| t.id == was.team);
        let still = team.is_some_and(|t| t.days.iter().any(|day| day.date == was.date));
        let (team, date, slots) = (was.team.clone(), was.date.clone(), was.slots.clone());
        request.current = Some(crate::Current { team, date, slots });
        request.pinned = still && random.random_ratio(1, 4);
    }
    Ok(problem)
}
