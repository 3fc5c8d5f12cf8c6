//! Results that break a rule or claim too much are refused: by the checker here, and by the format's own where a Python
//! is there to run it. Results that are true pass both.

use std::path::PathBuf;
use std::process::Command;

use planner::generate::{self, Size, TOUR};
use planner::{Day, PlanResult, Problem, Reason, Unplaced, check, plan};

/// The format's own checker; none where it, or a Python, is missing.
struct Other {
    script: PathBuf,
}

impl Other {
    fn find() -> Option<Self> {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/planner/check.py");
        let python = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
        if !script.is_file() || !python {
            println!(
                "skipped: no ../shared/planner/check.py, or no python3; results are not compared with its answers"
            );
            return None;
        }
        Some(Self { script })
    }

    /// Whether it accepts a result, and what it says.
    fn accepts(&self, problem: &Problem, result: &PlanResult) -> (bool, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        let problem = write("problem.json", serde_json::to_string(problem).expect("JSON"));
        let result = write("result.json", serde_json::to_string(result).expect("JSON"));
        let output = Command::new("python3").arg(&self.script).args([problem, result]).output().expect("python3");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn size() -> Size {
    Size { teams: 2, days: 8, works: 80, requests: 24, sessions: 2, open: 30, two_slots: false, ..TOUR }
}

/// A way to make a result untrue, and what the checker here then says.
type Spoilt = (&'static str, &'static str, fn(&Problem, &mut PlanResult));

/// The placement of a request with more than one session.
fn long(result: &PlanResult) -> usize {
    result.placements.iter().position(|p| p.slots.len() > 1).expect("a placement of two sessions")
}

const SPOILT: [Spoilt; 15] = [
    ("a day on which the school is closed", "is not open on", |_, r| r.placements[0].date = "2026-12-25".into()),
    ("a team that may not", "may not do it", |_, r| r.placements[0].team = "nobody".into()),
    ("a visit on another's slot", "two sessions in one slot", |problem, r| {
        // Both are open there, so that nothing else is wrong.
        let (team, date, slot) =
            (r.placements[0].team.clone(), r.placements[0].date.clone(), r.placements[0].slots[0].clone());
        let other = r.placements.iter().rposition(|p| p.slots.len() == 1 && p.request != r.placements[0].request);
        let other = &mut r.placements[other.expect("another placement")];
        assert!(problem.teams.iter().any(|t| t.id == team));
        (other.team, other.date, other.slots) = (team, date, vec![slot]);
    }),
    ("a request that nobody made", "there is no request", |_, r| r.placements[0].request = "R999".into()),
    ("a request placed twice", "is placed twice", |_, r| r.placements.push(r.placements[0].clone())),
    ("part of a request", "different slots", |_, r| {
        let at = long(r);
        r.placements[at].slots.pop();
    }),
    ("one slot counted twice", "different slots", |_, r| {
        let at = long(r);
        r.placements[at].slots[1] = r.placements[at].slots[0].clone();
    }),
    ("a slot that is none", "is not open on", |_, r| r.placements[0].slots[0] = "midnight".into()),
    ("more than it scores", "the score is", |_, r| r.score += 1),
    ("less travel", "travel_min is", |_, r| r.travel_min -= 1),
    ("a bound below the score", "lies below the score", |_, r| r.bound = Some(r.score - 1)),
    ("a proof without a bound", "optimal, but", |_, r| (r.status, r.bound) = (planner::Status::Optimal, None)),
    ("a placement left out and not said", "stand either among", |_, r| drop(r.placements.pop())),
    ("a request left out without a reason", "without a reason", |_, r| {
        let gone = r.placements.pop().expect("a placement");
        r.unplaced.push(Unplaced { request: gone.request, reasons: Vec::new() });
    }),
    ("a request both placed and not", "stand either among", |_, r| {
        let reasons = vec![Reason { rule: "none".into(), detail: "None.".into() }];
        r.unplaced.push(Unplaced { request: r.placements[0].request.clone(), reasons });
    }),
];

#[test]
fn what_is_untrue_is_refused_by_both_checkers() {
    let problem = generate::problem(size(), 11, 5.0);
    let good = plan(&problem).expect("a plan");
    let other = Other::find();
    assert_eq!(check(&problem, &good), Vec::<String>::new());
    if let Some(other) = &other {
        assert!(other.accepts(&problem, &good).0, "{}", other.accepts(&problem, &good).1);
    }
    for (what, says, spoil) in SPOILT {
        let mut result = good.clone();
        spoil(&problem, &mut result);
        let faults = check(&problem, &result);
        assert!(faults.iter().any(|fault| fault.contains(says)), "{what}: “{says}” is not among {faults:#?}");
        if let Some(other) = &other {
            assert!(!other.accepts(&problem, &result).0, "{what}: the format's checker accepts it");
        }
    }
}

#[test]
fn the_road_and_pins_are_refused_by_both_checkers() {
    let mut problem = generate::problem(size(), 12, 5.0);
    let good = plan(&problem).expect("a plan");
    let other = Other::find();
    let refused = |problem: &Problem, says: &str| {
        let faults = check(problem, &good);
        assert!(faults.iter().any(|fault| fault.contains(says)), "“{says}” is not among {faults:#?}");
        if let Some(other) = &other {
            assert!(!other.accepts(problem, &good).0, "{says}: the format's checker accepts it");
        }
    };
    let was = problem.clone();
    problem.teams.iter_mut().for_each(|team| team.leave_from = "08:58".into());
    refused(&problem, "in time");
    problem = was.clone();
    problem.teams.iter_mut().for_each(|team| team.home_by = "10:00".into());
    refused(&problem, "cannot be home");
    problem = was.clone();
    problem.teams.iter_mut().for_each(|team| team.max_sessions = Some(1));
    refused(&problem, "sessions");
    problem = was.clone();
    problem.teams.iter_mut().for_each(|team| team.days.clear());
    refused(&problem, "does not work on");
    problem = was.clone();
    let placed = good.placements[0].request.clone();
    let request = problem.requests.iter_mut().find(|r| r.id == placed).expect("a request");
    let (team, date) = (good.placements[0].team.clone(), "2026-12-01".to_owned());
    request.current = Some(planner::Current { team, date, slots: good.placements[0].slots.clone() });
    request.pinned = true;
    refused(&problem, "is pinned");
}

/// What the format allows is planned, and both checkers agree on the result.
#[test]
fn what_the_format_allows_is_planned() {
    let other = Other::find();
    type Change = (&'static str, fn(&mut Problem));
    let changes: [Change; 8] = [
        ("dates that stand twice", |p| {
            let twice = |days: &mut Vec<Day>| {
                if let Some(day) = days.first_mut().filter(|day| day.slots.len() > 1) {
                    let slots = vec![day.slots.remove(0)];
                    let day = Day { date: day.date.clone(), slots };
                    days.push(day);
                }
            };
            p.teams.iter_mut().for_each(|team| twice(&mut team.days));
            p.requests.iter_mut().for_each(|request| twice(&mut request.open));
        }),
        ("a team that may do nothing", |p| p.teams[0].max_sessions = Some(0)),
        ("values below nothing", |p| p.requests.iter_mut().step_by(2).for_each(|r| r.value = -5)),
        ("values of nothing", |p| p.requests.iter_mut().step_by(2).for_each(|r| r.value = 0)),
        ("large values", |p| p.requests.iter_mut().step_by(2).for_each(|r| r.value = 4_000_000)),
        ("moves that are welcome", |p| p.weights.moved = -2_000),
        ("roads that are welcome", |p| p.weights.travel_min = -3),
        ("dates that nobody prefers", |p| p.weights.preferred = -200),
    ];
    for (what, change) in changes {
        let mut problem = generate::problem(size(), 13, 5.0);
        let first = plan(&problem).expect("a plan");
        for placement in first.placements {
            let request = problem.requests.iter_mut().find(|r| r.id == placement.request).expect("a request");
            request.current =
                Some(planner::Current { team: placement.team, date: placement.date, slots: placement.slots });
        }
        change(&mut problem);
        let result = plan(&problem).unwrap_or_else(|faults| panic!("{what}: {faults}"));
        assert_eq!(check(&problem, &result), Vec::<String>::new(), "{what}");
        assert!(!result.placements.is_empty(), "{what}");
        if let Some(other) = &other {
            let (accepts, said) = other.accepts(&problem, &result);
            assert!(accepts, "{what}: {said}");
        }
    }
}
