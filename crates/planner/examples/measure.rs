//! Plans generated problems of each kind, and prints how far each plan is from its bound.
//!
//! `cargo run --release -p planner --example measure -- tour 1 20`

use planner::generate::{self, REGION, SEASON, TOUR};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [kind, seed, seconds] = words.as_slice() else {
        return eprintln!("measure tour|replan|season|region SEED SECONDS");
    };
    let size = match kind.as_str() {
        "season" => SEASON,
        "region" => REGION,
        _ => TOUR,
    };
    let (Ok(seed), Ok(seconds)) = (seed.parse(), seconds.parse()) else {
        return eprintln!("SEED and SECONDS are numbers");
    };
    let mut problem = generate::problem(size, seed, seconds);
    if kind == "replan" {
        match generate::planned_again(problem, 3) {
            Ok(again) => problem = again,
            Err(faults) => return eprintln!("{faults}"),
        }
    }
    let greedy = planner::greedy(&problem).map(|plan| plan.score).unwrap_or_default();
    match planner::plan(&problem) {
        Ok(result) => println!(
            "{kind} {seed}: score {}, bound {:?}, short {:?}, greedy short {:?}, {} of {} placed, {:.1} s, faults {:?}",
            result.score,
            result.bound,
            result.bound.map(|bound| bound - result.score),
            result.bound.map(|bound| bound - greedy),
            result.placements.len(),
            problem.requests.len(),
            result.elapsed_s,
            planner::check(&problem, &result).len(),
        ),
        Err(faults) => eprintln!("{faults}"),
    }
}
