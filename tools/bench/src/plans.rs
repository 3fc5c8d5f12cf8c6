//! Plans made by the command `callboard plan`, one thread and a time limit each: points short of the bound, beside those
//! of a greedy plan of the same problem.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, anyhow, ensure};
use planner::generate::{self, REGION, SEASON, TOUR};
use planner::{PlanResult, Problem};

use crate::measure::{Measurement, Planned, Programs, run};

/// The shared samples, and the best scores known, proved by another solver.
const SAMPLES: [(&str, &str, i64); 3] = [
    ("sample-tour.json", "a tour", 44_245_972),
    ("sample-replan.json", "that tour planned again", 44_983_595),
    ("sample-police.json", "six officers, 60 requests", 76_195_790),
];
const FOLDER: &str = "../shared/planner";

/// Generated problems of a kind, by their seeds; their worst is the figure.
const TOURS: [u64; 5] = [1, 2, 3, 4, 5];
const SEASONS: [u64; 2] = [1, 2];

/// Seconds each kind may take, and the points it may fall short.
const TOUR_SECONDS: f64 = 5.0;
const SEASON_SECONDS: f64 = 60.0;
const REGION_SECONDS: f64 = 120.0;
const SEASON_SHORT: f64 = 20.0;
const REGION_SHORT: f64 = 5_000.0;
/// Memory of the region's plan at most, in MiB.
const REGION_MIB: f64 = 1_024.0;

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let mut rows = samples(programs)?;
    let tours: Vec<Problem> = TOURS.iter().map(|seed| generate::problem(TOUR, *seed, TOUR_SECONDS)).collect();
    rows.push(worst(programs, "generated tours of 90 schools, the worst of 5", &tours, 0.0)?);
    let again = tours.into_iter().map(|tour| generate::planned_again(tour, 3)).collect::<Result<Vec<_>, _>>()?;
    rows.push(worst(programs, "these planned again after 3 lost days, the worst of 5", &again, 0.0)?);
    let seasons: Vec<Problem> = SEASONS.iter().map(|seed| generate::problem(SEASON, *seed, SEASON_SECONDS)).collect();
    rows.push(worst(programs, "police seasons of some 660 sessions, the worse of 2", &seasons, SEASON_SHORT)?);
    Ok(rows)
}

pub(crate) fn measure_region(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let region = generate::problem(REGION, 1, REGION_SECONDS);
    let row = worst(programs, "a region of 40 teams and 5,000 requests", &[region], REGION_SHORT)?;
    let peak = row.plan.map_or(0.0, |plan| plan.peak_mib);
    Ok(vec![row, Measurement::alone("peak memory of the region's plan", peak, "MiB", REGION_MIB)])
}

/// The shared samples: no plan may score more than the best known, and none should score less.
fn samples(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let mut rows = Vec::new();
    for (file, what, best) in SAMPLES {
        let path = Path::new(FOLDER).join(file);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: no {FOLDER}, and without its samples reference scores are not measured");
            return Ok(Vec::new());
        };
        let problem: Problem =
            serde_json::from_str(&text).with_context(|| format!("{} is no problem", path.display()))?;
        let (result, planned) = plan(programs, &problem)?;
        ensure!(result.score <= best && planned.bound >= best, "{file}: {} against {best} is untrue", result.score);
        let greedy = planner::greedy(&problem)?.score;
        let name = format!("points short of the reference: {what}");
        rows.push(Measurement::of_plan(&name, best - result.score, best - greedy, 0.0, planned));
    }
    Ok(rows)
}

/// Plans each, and answers the one that falls short most, or of those the one that took longest.
fn worst(programs: &Programs, what: &str, problems: &[Problem], limit: f64) -> anyhow::Result<Measurement> {
    let mut worst: Option<(i64, Planned, usize)> = None;
    for (at, problem) in problems.iter().enumerate() {
        let (result, planned) = plan(programs, problem)?;
        let short = planned.bound - result.score;
        println!("{what}: {short} short{planned}");
        if worst.is_none_or(|(most, then, _)| (short, planned.seconds) > (most, then.seconds)) {
            worst = Some((short, planned, at));
        }
    }
    let (short, planned, at) = worst.context("there is nothing to plan")?;
    let greedy = planned.bound - planner::greedy(&problems[at])?.score;
    Ok(Measurement::of_plan(&format!("points short of the bound: {what}"), short, greedy, limit, planned))
}

/// The command's plan of a problem, checked.
fn plan(programs: &Programs, problem: &Problem) -> anyhow::Result<(PlanResult, Planned)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("problem.json");
    std::fs::write(&path, serde_json::to_string(problem)?)?;
    let run = run(Command::new(programs.callboard()).arg("plan").arg(&path))?;
    let result: PlanResult = serde_json::from_str(&run.stdout)?;
    let faults = planner::check(problem, &result);
    ensure!(faults.is_empty(), "the plan is untrue:\n{}", faults.join("\n"));
    let bound = result.bound.ok_or_else(|| anyhow!("the plan has no bound"))?;
    Ok((result, Planned { bound, seconds: run.seconds, peak_mib: run.peak_mib }))
}
