//! Plans generated problems of each kind, and prints how far each plan is from its bound, then the median and the worst.
//!
//! `cargo run --release -p planner --example measure -- tour 1-20 20`

use planner::generate::{self, REGION, SEASON, TOUR};

/// One plan.
struct Run {
    short: i64,
    greedy: i64,
    seconds: f64,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [kind, seeds, seconds] = words.as_slice() else {
        return eprintln!("measure tour|replan|season|region SEED|FIRST-LAST SECONDS");
    };
    let (first, last) = seeds.split_once('-').unwrap_or((seeds, seeds));
    let (Ok(first), Ok(last), Ok(seconds)) = (first.parse::<u64>(), last.parse::<u64>(), seconds.parse::<f64>()) else {
        return eprintln!("SEED and SECONDS are numbers");
    };
    let mut runs: Vec<Run> = (first..=last).filter_map(|seed| measure(kind, seed, seconds)).collect();
    let middle = runs.len() / 2;
    let proved = runs.iter().filter(|run| run.short == 0).count();
    let mut column = |of: &dyn Fn(&Run) -> f64| {
        runs.sort_by(|a, b| of(a).total_cmp(&of(b)));
        runs.get(middle).zip(runs.last()).map_or((0.0, 0.0), |(median, worst)| (of(median), of(worst)))
    };
    #[allow(clippy::cast_precision_loss)] // Far below 2^52.
    let (short, greedy) = (column(&|run| run.short as f64), column(&|run| run.greedy as f64));
    let seconds = column(&|run| run.seconds);
    println!(
        "{kind} {seeds}: {proved} proved; median and worst: short {short:?}, greedy short {greedy:?}, seconds {seconds:?}"
    );
}

fn measure(kind: &str, seed: u64, seconds: f64) -> Option<Run> {
    let size = match kind {
        "season" => SEASON,
        "region" => REGION,
        _ => TOUR,
    };
    let problem = generate::problem(size, seed, seconds);
    let problem = if kind == "replan" { generate::planned_again(problem, 3) } else { Ok(problem) };
    let planned = problem.and_then(|problem| {
        let result = planner::plan(&problem)?;
        // Before what follows needs memory of its own.
        let peak = peak_mib();
        Ok((planner::greedy(&problem)?.score, planner::patterns(&problem)?, peak, problem, result))
    });
    let (greedy, patterns, peak, problem, result) = match planned {
        Ok(planned) => planned,
        Err(faults) => {
            eprintln!("{kind} {seed}: {faults}");
            return None;
        }
    };
    let bound = result.bound?;
    println!(
        "{kind} {seed}: {patterns} patterns, score {}, bound {bound}, short {}, greedy short {}, {} of {} placed, {:.2} s, peak {peak} MiB, faults {}",
        result.score,
        bound - result.score,
        bound - greedy,
        result.placements.len(),
        problem.requests.len(),
        result.elapsed_s,
        planner::check(&problem, &result).len(),
    );
    Some(Run { short: bound - result.score, greedy: bound - greedy, seconds: result.elapsed_s })
}

/// The most memory this process held so far; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    mark.and_then(|mark| mark.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or_default() / 1024
}
