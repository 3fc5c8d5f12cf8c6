//! Planning on the command line: a plan that its checker accepts, and refusals that say what is wrong.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use planner::generate::{self, TOUR};

fn callboard(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callboard")).current_dir(folder).args(words).output().expect("callboard")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_plan_is_printed_and_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let problem = generate::problem(generate::Size { requests: 12, days: 10, ..TOUR }, 1, 2.0);
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).expect("a file");
    write("problem.json", &serde_json::to_vec(&problem).expect("JSON"));
    let planned = callboard(folder.path(), &["plan", "problem.json"]);
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    write("result.json", &planned.stdout);
    let checked = callboard(folder.path(), &["plan", "--check", "problem.json", "result.json"]);
    assert!(checked.status.success() && text(&checked.stdout).contains("keeps every rule"), "{checked:?}");
    assert!(!folder.path().join("data").exists(), "planning needs no database");

    let mut result: serde_json::Value = serde_json::from_slice(&planned.stdout).expect("JSON");
    result["score"] = 1.into();
    write("result.json", result.to_string().as_bytes());
    let checked = callboard(folder.path(), &["plan", "--check", "problem.json", "result.json"]);
    assert!(checked.status.code() == Some(1) && text(&checked.stderr).contains("the score is"), "{checked:?}");
}

#[test]
fn a_bad_problem_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut problem = generate::problem(TOUR, 1, 1.0);
    problem.teams.clear();
    problem.requests[0].place = "nowhere".into();
    let path = folder.path().join("problem.json");
    std::fs::write(&path, serde_json::to_vec(&problem).expect("JSON")).expect("a file");
    let refused = callboard(folder.path(), &["plan", "problem.json"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("there is no team") && said.contains("there is no place nowhere"), "{said}");
    std::fs::write(&path, "{}").expect("a file");
    assert_eq!(callboard(folder.path(), &["plan", "problem.json"]).status.code(), Some(1));
    assert_eq!(callboard(folder.path(), &["plan"]).status.code(), Some(2));
}

/// The longest a told program may take to write its plan down, on a machine with other things to do.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn told_to_end_it_prints_the_best_plan_so_far() {
    let folder = tempfile::tempdir().expect("a folder");
    let season = generate::problem(generate::SEASON, 1, 300.0);
    std::fs::write(folder.path().join("problem.json"), serde_json::to_vec(&season).expect("JSON")).expect("a file");
    // The first is told while patterns grow or prices are found, the second later.
    for (signal, after) in [("-INT", 1_000), ("-TERM", 4_000)] {
        let child = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .current_dir(folder.path())
            .args(["plan", "problem.json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("callboard");
        std::thread::sleep(Duration::from_millis(after));
        let told = Instant::now();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill").success());
        let planned = child.wait_with_output().expect("an end");
        let took = told.elapsed();
        assert!(planned.status.success(), "{signal}: {} {}", planned.status, text(&planned.stderr));
        assert!(took < SOON, "{signal}: {took:?}");
        let result: planner::PlanResult = serde_json::from_slice(&planned.stdout).expect("a whole result");
        assert!(result.elapsed_s < 60.0 && result.placements.len() > 100, "{} placed", result.placements.len());
        std::fs::write(folder.path().join("result.json"), &planned.stdout).expect("a file");
        let checked = callboard(folder.path(), &["plan", "--check", "problem.json", "result.json"]);
        assert!(checked.status.success(), "{signal}: {}", text(&checked.stderr));
    }
}
