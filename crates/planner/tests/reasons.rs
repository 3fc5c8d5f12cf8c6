//! Why a request has no place, in words a school can be told, and what would change it.

use planner::{Current, Day, PROBLEM_FORMAT, Place, Problem, Request, Slot, Team, Travel, Weights, check, plan};

fn day(date: &str, slots: &[&str]) -> Day {
    Day { date: date.into(), slots: slots.iter().map(|s| (*s).into()).collect() }
}

fn place(id: &str, x: f64) -> Place {
    Place { id: id.into(), x: 412_000.0 + x, y: 435_000.0 }
}

const MONDAY: &str = "2026-10-05";
const TUESDAY: &str = "2026-10-06";

/// One cast with two slots on a Monday and a Tuesday, a school beside its base and another at the far end of the
/// district; nobody asks yet.
fn town() -> Problem {
    let slot = |id: &str, starts: &str, ends: &str| Slot { id: id.into(), starts: starts.into(), ends: ends.into() };
    Problem {
        format: PROBLEM_FORMAT.into(),
        time_limit_s: 5.0,
        seed: 1,
        travel: Travel { speed_kmh: 35.0, detour: 1.3, minimum_min: 5 },
        places: vec![place("base", 0.0), place("near", 1_000.0), place("next", 2_000.0), place("far", 60_000.0)],
        slots: vec![slot("am", "09:30", "10:45"), slot("pm", "13:30", "14:45")],
        teams: vec![Team {
            id: "cast".into(),
            base: "base".into(),
            setup_min: 45,
            pack_min: 30,
            leave_from: "07:30".into(),
            home_by: "17:00".into(),
            max_sessions: None,
            days: vec![day(MONDAY, &["am", "pm"]), day(TUESDAY, &["am", "pm"])],
        }],
        requests: Vec::new(),
        weights: Weights { value: 10_000, moved: 2_000, preferred: 200, travel_min: 1 },
    }
}

fn asks(id: &str, place: &str, value: i64, open: &[Day]) -> Request {
    Request {
        id: id.into(),
        place: place.into(),
        sessions: 1,
        value,
        worth: Vec::new(),
        teams: vec!["cast".into()],
        open: open.to_vec(),
        preferred: None,
        current: None,
        pinned: false,
    }
}

fn pinned(id: &str, date: &str, slots: &[&str]) -> Request {
    let current = Current { team: "cast".into(), date: date.into(), slots: day(date, slots).slots };
    Request {
        sessions: slots.len(),
        current: Some(current),
        pinned: true,
        ..asks(id, "next", 1, &[day(date, &["am", "pm"])])
    }
}

/// What is asked for on top of the request in question, the rule, and what its words are.
type Case = (&'static str, fn(&mut Problem), &'static str, &'static [&'static str]);

const CASES: [Case; 17] = [
    (
        "more sessions than a day holds",
        |p| p.requests[0].sessions = 3,
        "needs_more_slots",
        &[
            "It needs 3 slots in one day, and no team that may do it has more than 2",
            "as several requests, it can be spread",
        ],
    ),
    ("no open date", |p| p.requests[0].open.clear(), "no_open_date", &["It has no open date", "would change that"]),
    ("no team", |p| p.requests[0].teams.clear(), "no_team", &["No team may do it"]),
    ("a team that does nothing", |p| p.teams[0].max_sessions = Some(0), "no_team", &["does no sessions at all"]),
    ("a team that never works", |p| p.teams[0].days.clear(), "no_common_date", &["work on no date at all"]),
    (
        "dates on which the team does not work",
        |p| p.requests[0].open = vec![day("2026-10-07", &["am"])],
        "no_common_date",
        &["On none of its open dates does its team work", "such as 5 October 2026 and 6 October 2026"],
    ),
    (
        "mornings only, where the team works in the afternoon",
        |p| {
            p.teams[0].days = vec![day(MONDAY, &["pm"])];
            p.requests[0].open = vec![day(MONDAY, &["am"])];
        },
        "no_common_slot",
        &["There is no morning on which both its hall and its team are free", "5 October 2026", "Another slot"],
    ),
    (
        "two sessions, where the team has one slot left open",
        |p| {
            p.requests[0].sessions = 2;
            p.requests[0].open = vec![day(MONDAY, &["am"])];
        },
        "needs_more_slots",
        &["It needs 2 slots in one day", "at most 1", "1 slot more open"],
    ),
    (
        "too far for the morning",
        |p| {
            p.requests[0].place = "far".into();
            p.requests[0].open = vec![day(MONDAY, &["am"])];
        },
        "out_of_reach",
        &["134 minutes away, cannot be there and set up in time", "A later slot"],
    ),
    (
        "too far for the afternoon",
        |p| {
            p.requests[0].place = "far".into();
            p.requests[0].open = vec![day(MONDAY, &["pm"])];
        },
        "out_of_reach",
        &["cannot be home in time", "An earlier slot"],
    ),
    (
        "too far altogether",
        |p| p.requests[0].place = "far".into(),
        "out_of_reach",
        &["cannot be there and set up, and home again, in time", "A team based nearer by"],
    ),
    (
        "its slots are pinned to others",
        |p| {
            p.requests[0].open = vec![day(MONDAY, &["am", "pm"])];
            p.requests.push(pinned("P", MONDAY, &["am", "pm"]));
        },
        "beside_pins",
        &["pinned sessions that leave no time for it (5 October 2026)", "releasing one of these"],
    ),
    (
        "the team may do no more that day",
        |p| {
            p.teams[0].max_sessions = Some(1);
            p.requests[0].open = vec![day(MONDAY, &["am", "pm"])];
            p.requests.push(pinned("P", MONDAY, &["am"]));
        },
        "beside_pins",
        &["pinned sessions that leave no time"],
    ),
    ("worth nothing", |p| p.requests[0].value = 0, "not_worth_it", &["weigh more than it is worth", "A higher value"]),
    ("worth less than nothing", |p| p.requests[0].value = -1, "not_worth_it", &["5 October 2026 and 6 October 2026"]),
    (
        "its only day went to one that counts more",
        |p| {
            p.requests[0].open = vec![day(MONDAY, &["am"])];
            p.requests.push(asks("S", "next", 90, &[day(MONDAY, &["am"])]));
            p.requests[1].worth = vec!["asked for it".into(), "never reached before".into()];
            p.requests[0].worth = vec!["asked for it".into()];
        },
        "days_taken",
        &[
            "Its only free day (5 October 2026) went to a request that is worth more there: S (never reached before)",
            "One more morning in October 2026",
        ],
    ),
    (
        "all its days went to others",
        |p| {
            for (id, date, slot) in
                [("A", MONDAY, "am"), ("B", MONDAY, "pm"), ("C", TUESDAY, "am"), ("D", TUESDAY, "pm")]
            {
                p.requests.push(asks(id, "near", 90, &[day(date, &[slot])]));
            }
            p.requests[2].worth = vec!["special school".into()];
        },
        "days_taken",
        &[
            "Each of its free days (5 October 2026 and 6 October 2026) went to requests that are worth more together: B (special school), A, C and 1 more",
            "One more day in October 2026",
        ],
    ),
];

#[test]
fn each_reason_says_why_and_what_would_change_it() {
    for (what, change, rule, says) in CASES {
        let mut problem = town();
        let both = [day(MONDAY, &["am", "pm"]), day(TUESDAY, &["am", "pm"])];
        problem.requests.push(asks("R", "near", 50, &both));
        change(&mut problem);
        let result = plan(&problem).unwrap_or_else(|faults| panic!("{what}: {faults}"));
        assert_eq!(check(&problem, &result), Vec::<String>::new(), "{what}");
        let left = result.unplaced.iter().find(|u| u.request == "R");
        let reason = &left.unwrap_or_else(|| panic!("{what}: it is placed")).reasons[0];
        assert_eq!(reason.rule, rule, "{what}: {}", reason.detail);
        assert!(reason.detail.contains("change that") || rule == "needs_more_slots", "{what}: {}", reason.detail);
        for part in says {
            assert!(reason.detail.contains(part), "{what}: “{part}” is not in “{}”", reason.detail);
        }
    }
}
