//! Small problems against trying everything; rubbish is refused with every fault listed.

use std::sync::atomic::{AtomicBool, Ordering};

use planner::generate::{self, Size};
use planner::{Current, Day, Faults, Placement, Problem, Status, check, greedy, moves, plan, plan_with, score, split};
use proptest::prelude::*;

const SMALL: Size = Size {
    teams: 2,
    days: 2,
    works: 80,
    requests: 4,
    sessions: 2,
    open: 80,
    two_slots: true,
    metres: (30_000.0, 30_000.0),
};

/// Every way to place one request: teams, dates and sets of slots, whether they keep the rules or not.
fn ways(problem: &Problem, request: usize) -> Vec<Option<Placement>> {
    let request = &problem.requests[request];
    let mut ways = vec![None];
    for team in &request.teams {
        for Day { date, slots } in &request.open {
            for mask in 1_u32..1 << slots.len() {
                if mask.count_ones() as usize == request.sessions {
                    let chosen = slots.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0);
                    let slots = chosen.map(|(_, slot)| slot.clone()).collect();
                    let (team, date) = (team.clone(), date.clone());
                    ways.push(Some(Placement { request: request.id.clone(), team, date, slots }));
                }
            }
        }
    }
    ways
}

/// The best score of all plans there are; none when no plan keeps the rules.
fn best_of_all(problem: &Problem) -> Option<i64> {
    let ways: Vec<_> = (0..problem.requests.len()).map(|r| ways(problem, r)).collect();
    let (mut best, mut at) = (None, vec![0; ways.len()]);
    loop {
        let placements: Vec<Placement> = at.iter().zip(&ways).filter_map(|(i, ways)| ways[*i].clone()).collect();
        let scored = score(problem, &placements);
        if scored.broken.is_empty() {
            best = best.max(Some(scored.score));
        }
        let Some(next) = (0..at.len()).find(|i| at[*i] + 1 < ways[*i].len()) else { return best };
        at[next] += 1;
        at[..next].fill(0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_beats_a_small_plan(
        seed in any::<u64>(),
        pinned in any::<bool>(),
        stood in 0_usize..4,
        most in proptest::option::of(1_usize..4),
        two_slots in any::<bool>(),
    ) {
        let mut problem = generate::problem(Size { two_slots, ..SMALL }, seed, 5.0);
        problem.teams[0].max_sessions = most;
        if !two_slots {
            // Trying everything takes its time.
            problem.requests.truncate(3);
        }
        let stood = stood % problem.requests.len();
        // One request stood somewhere before: kept there by a pin, or worth keeping there.
        let was = ways(&problem, stood).into_iter().flatten().next_back();
        if let Some(was) = was {
            let current = Current { team: was.team, date: was.date, slots: was.slots };
            problem.requests[stood].current = Some(current);
            problem.requests[stood].pinned = pinned;
        }
        match (plan(&problem), best_of_all(&problem)) {
            (Ok(result), Some(best)) => {
                prop_assert_eq!(check(&problem, &result), Vec::<String>::new());
                prop_assert_eq!(result.score, best);
                prop_assert_eq!((result.status, result.bound), (Status::Optimal, Some(best)));
            }
            // A pin that cannot be kept.
            (Err(_), None) => {}
            (plan, best) => prop_assert!(false, "{:?}, though the best of all is {:?}", plan, best),
        }
    }

    #[test]
    fn a_larger_plan_keeps_the_rules(seed in any::<u64>()) {
        let size = Size { teams: 2, days: 8, requests: 25, two_slots: seed % 2 == 0, ..SMALL };
        let problem = generate::problem(size, seed, 0.5);
        let result = plan(&problem).expect("a plan");
        prop_assert_eq!(check(&problem, &result), Vec::<String>::new());
        prop_assert!(result.bound.is_none_or(|bound| bound >= result.score));
    }
}

#[test]
fn every_fault_is_listed() {
    let mut problem = generate::problem(SMALL, 1, 1.0);
    problem.requests[0].place = "nowhere".into();
    problem.requests[1].teams.push("nobody".into());
    problem.requests[2].open.push(Day { date: "soon".into(), slots: vec!["am".into()] });
    problem.requests[3].pinned = true;
    problem.slots[1].starts = "10:00".into();
    problem.teams[0].leave_from = "breakfast".into();
    let Err(Faults(faults)) = plan(&problem) else { panic!("it is refused") };
    for says in [
        "request R0: there is no place nowhere",
        "request R1: there is no team nobody",
        "“soon” is no date",
        "request R3 is pinned, and has no current",
        "slot pm overlaps the slot before it",
        "“breakfast” is no time",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(says)), "“{says}” is not among {faults:#?}");
    }
    let mut nobody = generate::problem(SMALL, 1, 1.0);
    nobody.teams.clear();
    let Err(Faults(faults)) = plan(&nobody) else { panic!("it is refused") };
    assert!(faults.iter().any(|fault| fault == "there is no team"), "{faults:#?}");
}

/// A way to spoil a problem, and what is then said.
type Spoilt = (&'static str, fn(&mut Problem));

#[test]
fn each_fault_is_named() {
    let cases: &[Spoilt] = &[
        ("the format is", |p| p.format = "callboard-plan/2".into()),
        ("travel: speed_kmh", |p| p.travel.speed_kmh = f64::NAN),
        ("travel: speed_kmh", |p| p.travel.detour = 0.0),
        ("minimum_min at least 0", |p| p.travel.minimum_min = -1),
        ("time_limit_s must be", |p| p.time_limit_s = f64::NAN),
        ("cannot be added up exactly", |p| p.weights.value = i64::MAX),
        ("there are 0 slots", |p| p.slots.clear()),
        ("slot pm overlaps", |p| p.slots[1].starts = "10:00".into()),
        ("stands out of order", |p| p.slots.swap(0, 1)),
        ("slot am ends before it begins", |p| p.slots[0].ends = "09:00".into()),
        ("“9:30” is no time", |p| p.slots[0].starts = "9:30".into()),
        ("“25:00” is no time", |p| p.teams[0].home_by = "25:00".into()),
        ("slot am: the id stands twice", |p| p.slots[1].id = "am".into()),
        ("request R0: the id stands twice", |p| p.requests[1].id = "R0".into()),
        ("team 1 has no id", |p| p.teams[0].id.clear()),
        ("team team-0: setup_min is less", |p| p.teams[0].setup_min = -5),
        ("team team-0: there is no place", |p| p.teams[0].base = "nowhere".into()),
        ("there is no slot noon", |p| {
            p.requests[0].open = vec![Day { date: "2026-10-05".into(), slots: vec!["noon".into()] }];
        }),
        ("“2026-02-30” is no date", |p| {
            p.requests[0].open = vec![Day { date: "2026-02-30".into(), slots: vec!["am".into()] }];
        }),
        ("request R0 asks for no session", |p| p.requests[0].sessions = 0),
        ("place base-0 is nowhere", |p| p.places[0].x = f64::INFINITY),
        ("R0 is pinned to a slot that is not open", |p| pin(p, |_| {})),
        ("R0 is pinned to a team that may not", |p| pin(p, |r| r.teams.clear())),
        ("R0 is pinned to another number of slots", |p| pin(p, |r| r.sessions = 2)),
        ("no plan keeps what is pinned on 2026-10-05", |p| {
            p.teams[0].home_by = "09:00".into();
            pin(p, |r| r.open = vec![Day { date: "2026-10-05".into(), slots: vec!["am".into()] }]);
        }),
    ];
    for (says, spoil) in cases {
        let mut problem = generate::problem(SMALL, 1, 1.0);
        spoil(&mut problem);
        let Err(Faults(faults)) = plan(&problem) else { panic!("{says}: it is refused") };
        assert!(faults.iter().any(|fault| fault.contains(says)), "“{says}” is not among {faults:#?}");
    }
}

/// Pins the first request to the first team's first morning, where it is not open unless `change` opens it.
fn pin(problem: &mut Problem, change: fn(&mut planner::Request)) {
    let date = "2026-10-05".to_owned();
    problem.teams[0].days = vec![Day { date: date.clone(), slots: vec!["am".into(), "pm".into()] }];
    let request = &mut problem.requests[0];
    request.sessions = 1;
    request.open.clear();
    request.current = Some(Current { team: "team-0".into(), date, slots: vec!["am".into()] });
    request.pinned = true;
    change(request);
}

#[test]
fn planning_again_lists_each_move() {
    let size = Size { teams: 2, days: 12, requests: 20, ..SMALL };
    let problem = generate::planned_again(generate::problem(size, 7, 3.0), 3).expect("a problem");
    let result = plan(&problem).expect("a plan");
    assert_eq!(check(&problem, &result), Vec::<String>::new());
    let moved = moves(&problem, &result);
    assert!(!moved.is_empty());
    for request in &problem.requests {
        let now = result.placements.iter().find(|p| p.request == request.id);
        let kept = request.current.as_ref().is_none_or(|was| {
            now.is_some_and(|now| (&now.team, &now.date, &now.slots) == (&was.team, &was.date, &was.slots))
        });
        let listed = moved.iter().find(|m| m.request == request.id);
        assert_eq!(listed.is_none(), kept, "{}", request.id);
        assert!(listed.is_none_or(|m| m.to.as_ref() == now && !request.pinned));
    }
}

#[test]
fn a_request_for_more_than_a_day_becomes_several() {
    let mut request = generate::problem(SMALL, 1, 1.0).requests.swap_remove(0);
    for (sessions, most, expected) in
        [(1, 2, vec![1]), (5, 5, vec![5]), (6, 5, vec![3, 3]), (7, 2, vec![2, 2, 2, 1]), (11, 5, vec![4, 4, 3])]
    {
        (request.sessions, request.value) = (sessions, 100);
        let parts = split(&request, most);
        assert_eq!(parts.iter().map(|r| r.sessions).collect::<Vec<_>>(), expected);
        assert_eq!(parts.iter().map(|r| r.value).sum::<i64>(), 100);
        assert!(parts.iter().all(|r| r.teams == request.teams && r.open.len() == request.open.len()));
        if parts.len() > 1 {
            assert_eq!(parts[1].id, format!("{}/2", request.id));
        }
    }
}

#[test]
fn a_stopped_plan_is_the_best_so_far() {
    let problem = generate::problem(generate::SEASON, 3, 120.0);
    let stop = AtomicBool::new(false);
    let (mut last, mut first, mut plans) = (i64::MIN, None, 0);
    let result = plan_with(&problem, &stop, &mut |progress| {
        assert!(progress.score >= last && progress.bound.is_none_or(|bound| bound >= progress.score));
        last = progress.score;
        first = first.or(Some(progress.score));
        assert_eq!(check(&problem, &progress.plan()), Vec::<String>::new());
        plans += 1;
        stop.store(true, Ordering::Relaxed);
    })
    .expect("a plan");
    assert_eq!(first, Some(greedy(&problem).expect("a plan").score), "the plan a person makes is told first");
    // The step at hand is ended, and no other is begun: who is not stopped tells of seven plans.
    assert!((1..=3).contains(&plans), "{plans} plans");
    assert_eq!((result.score, check(&problem, &result)), (last, Vec::<String>::new()));
}
