//! `make bench`: measures Callboard against its peers in the same run, prints a table and writes `bench.json` into the
//! build folder: `[{"name","ours","peer","ratio","unit","limit"}]`; `peer` and `ratio` are null where there is no peer,
//! `limit` is what the ratio, or without a peer our own figure, should stay below.

#![warn(clippy::unwrap_used)]

mod bookings;
mod matching;
mod measure;
mod school_list;

use std::process::ExitCode;

use anyhow::Context;
use measure::Measurement;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything stayed within its limit.
fn run() -> anyhow::Result<bool> {
    let programs = measure::Programs::beside_this_one()?;
    let mut measurements = school_list::measure(&programs)?;
    measurements.extend(matching::measure(&programs)?);
    measurements.extend(bookings::measure(&programs)?);
    let file = programs.build_folder().join("bench.json");
    let json = serde_json::to_string_pretty(&measurements)?;
    std::fs::write(&file, json).with_context(|| format!("{} cannot be written", file.display()))?;
    print(&measurements);
    println!("\nWritten to {}", file.display());
    Ok(measurements.iter().all(Measurement::is_within_limit))
}

fn print(measurements: &[Measurement]) {
    let width = measurements.iter().map(|m| m.name.chars().count()).max().unwrap_or_default();
    println!("\n{:width$}  {:>10}  {:>10}  {:>7}  {:>7}  unit", "", "ours", "peer", "ratio", "limit");
    let optional = |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |f| format!("{f:.2}"));
    for m in measurements {
        println!(
            "{:width$}  {:>10.2}  {:>10}  {:>7}  {:>7}  {}{}",
            m.name,
            m.ours,
            optional(m.peer),
            optional(m.ratio),
            optional(m.limit),
            m.unit,
            if m.is_within_limit() { "" } else { "  OVER THE LIMIT" }
        );
    }
}
