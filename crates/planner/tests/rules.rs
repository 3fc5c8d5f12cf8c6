//! Small problems against trying everything; rubbish is refused with every fault listed.

use planner::generate::{self, Size};
use planner::{Current, Day, Faults, Placement, Problem, Status, check, plan, score};
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
    fn nothing_beats_a_small_plan(seed in any::<u64>(), pinned in any::<bool>(), stood in 0_usize..4) {
        let mut problem = generate::problem(SMALL, seed, 5.0);
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

#[test]
fn what_is_left_out_says_why() {
    let mut problem = generate::problem(SMALL, 3, 1.0);
    problem.requests[0].sessions = 3;
    problem.requests[1].open.clear();
    problem.places.iter_mut().find(|p| p.id == "school-2").expect("a place").x += 900_000.0;
    let result = plan(&problem).expect("a plan");
    let rule = |id: &str| {
        let unplaced = result.unplaced.iter().find(|u| u.request == id).expect("unplaced");
        unplaced.reasons[0].rule.clone()
    };
    assert_eq!(
        (rule("R0"), rule("R1"), rule("R2")),
        ("needs_more_slots".into(), "no_open_date".into(), "out_of_reach".into())
    );
    assert_eq!(check(&problem, &result), Vec::<String>::new());
}

#[test]
fn a_checker_that_finds_nothing_would_be_noticed() {
    let problem = generate::problem(SMALL, 5, 1.0);
    let good = plan(&problem).expect("a plan");
    assert!(!good.placements.is_empty());
    let wrong = |change: &dyn Fn(&mut planner::PlanResult)| {
        let mut result = good.clone();
        change(&mut result);
        assert!(!check(&problem, &result).is_empty(), "{result:?}");
    };
    wrong(&|r| r.score += 1);
    wrong(&|r| r.travel_min -= 1);
    wrong(&|r| r.bound = Some(r.score - 1));
    wrong(&|r| r.placements[0].team = "nobody".into());
    wrong(&|r| r.placements[0].slots.clear());
    wrong(&|r| r.placements.push(r.placements[0].clone()));
    wrong(&|r| drop(r.placements.pop()));
    wrong(&|r| r.format.clear());
}
