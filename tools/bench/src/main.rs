//! `make bench`: measures Callboard against its peers in the same run, prints a table and writes `bench.json` into the
//! build folder: `[{"name","ours","peer","ratio","unit","limit"}]`; `peer` and `ratio` are null where there is no peer,
//! `limit` is what the ratio, or without a peer our own figure, should stay below, null where none is set. A plan's
//! figure is points short of its bound, its peer's a greedy plan's; its `limit` is for our own, and `plan` tells bound,
//! seconds and memory.
//!
//! Words after it name the parts to measure (`schools`, `matching`, `older-records`, `bookings`, `plans`, `region`);
//! without any, all of them but the region, which alone takes minutes.

#![warn(clippy::unwrap_used)]

mod bookings;
mod matching;
mod measure;
mod older_records;
mod plans;
mod school_list;

use std::process::ExitCode;

use anyhow::{Context, bail};
use measure::{Measurement, Programs};

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

/// A part of the measurements, and how it is taken.
type Part = (&'static str, fn(&Programs) -> anyhow::Result<Vec<Measurement>>);

/// The parts, in their order. The region comes last, and only when it is asked for.
const PARTS: [Part; 6] = [
    ("schools", school_list::measure),
    ("matching", matching::measure),
    ("older-records", older_records::measure),
    ("bookings", bookings::measure),
    ("plans", plans::measure),
    (REGION, plans::measure_region),
];

const REGION: &str = "region";

/// Whether everything stayed within its limit.
fn run() -> anyhow::Result<bool> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [word, workbook] = wanted.as_slice()
        && word == older_records::READ_CELLS
    {
        return older_records::read_cells(std::path::Path::new(workbook)).map(|()| true);
    }
    let programs = Programs::beside_this_one()?;
    if let Some(unknown) = wanted.iter().find(|word| PARTS.iter().all(|(name, _)| name != word)) {
        bail!("there is no part “{unknown}”: the parts are {}", PARTS.map(|(name, _)| name).join(", "));
    }
    let mut measurements = Vec::new();
    for (name, measure) in PARTS {
        let asked = if wanted.is_empty() { name != REGION } else { wanted.iter().any(|word| word == name) };
        if asked {
            println!("measuring: {name}");
            measurements.extend(measure(&programs)?);
        }
    }
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
            "{:width$}  {:>10.2}  {:>10}  {:>7}  {:>7}  {}{}{}",
            m.name,
            m.ours,
            optional(m.peer),
            optional(m.ratio),
            optional(m.limit),
            m.unit,
            m.plan.as_ref().map_or_else(String::new, ToString::to_string),
            if m.is_within_limit() { "" } else { "  OVER THE LIMIT" }
        );
    }
}
