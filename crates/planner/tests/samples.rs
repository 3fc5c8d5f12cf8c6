//! The shared samples, whose best scores are proved by another solver.

use std::path::PathBuf;

use planner::{Problem, Status, check, plan};

fn sample(name: &str) -> Option<Problem> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/planner").join(name);
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no ../shared/planner");
        return None;
    };
    Some(serde_json::from_str(&text).expect("a problem"))
}

fn proved_best(name: &str, best: i64) {
    let Some(mut problem) = sample(name) else { return };
    // It ends when the plan is proved best, on a machine with other things to do too.
    problem.time_limit_s = 120.0;
    let result = plan(&problem).expect("a plan");
    let faults = check(&problem, &result);
    assert!(faults.is_empty(), "{faults:#?}");
    println!("{name}: {} of {best}, bound {:?}, {:.2} s", result.score, result.bound, result.elapsed_s);
    assert_eq!((result.score, result.status), (best, Status::Optimal), "{name}: bound {:?}", result.bound);
}

#[test]
fn a_tour() {
    proved_best("sample-tour.json", 44_245_972);
}

#[test]
fn a_tour_planned_again() {
    proved_best("sample-replan.json", 44_983_595);
}

#[test]
fn a_police_season() {
    proved_best("sample-police.json", 76_195_790);
}
