//! The schools of England into an empty SQLite database, against the `sqlite3` shell's own `.import` of the same CSV.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::measure::{Measurement, Programs, Run, TIMES, median, run};

const SCHOOLS: usize = 23_755;
const REAL: &str = "../shared/data/register/gias_layout_england_2024-25.csv";

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let folder = tempfile::tempdir()?;
    let list = list(folder.path())?;
    let bytes = std::fs::read(&list)?;
    let reading = (0..TIMES).map(|_| read(&bytes)).collect::<anyhow::Result<Vec<f64>>>()?;

    let (mut ours, mut again, mut peers, mut peak) = (Vec::new(), Vec::new(), Vec::new(), 0.0_f64);
    // By turns, so that whatever else the machine does falls on both.
    for turn in 0..TIMES {
        peers.push(sqlite3(folder.path(), turn, &list)?.seconds);
        let into_empty = callboard(programs, folder.path(), turn, &list)?;
        ensure!(into_empty.stdout.contains(&format!("\"added\":{SCHOOLS}")), "not all added: {}", into_empty.stdout);
        ours.push(into_empty.seconds);
        peak = peak.max(into_empty.peak_mib);
        let same = callboard(programs, folder.path(), turn, &list)?;
        ensure!(same.stdout.contains(&format!("\"unchanged\":{SCHOOLS}")), "something changed: {}", same.stdout);
        again.push(same.seconds);
    }
    let (ours, again, peer) = (median(ours), median(again), median(peers));
    Ok(vec![
        Measurement::alone("reading the schools of England from CSV", median(reading) * 1000.0, "ms", 100.0),
        Measurement::against("importing the schools of England into an empty SQLite", ours, peer, "s", 3.0),
        Measurement::against("importing the same list again", again, peer, "s", 3.0),
        Measurement::alone("peak memory of the import", peak, "MiB", 150.0),
    ])
}

/// The real list where it is there, else one made up of as many schools in the same layout.
fn list(folder: &Path) -> anyhow::Result<PathBuf> {
    let real = PathBuf::from(REAL);
    if real.is_file() {
        return Ok(real.canonicalize()?);
    }
    println!("skipped: no ../shared/data; a made-up list of {SCHOOLS} schools takes its place");
    let path = folder.join("made-up.csv");
    made_up(&path)?;
    Ok(path)
}

/// The official layout has 137 columns, most of them blank in what is published of it.
fn made_up(path: &Path) -> anyhow::Result<()> {
    let mut columns: Vec<String> = intake::school_list::COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    columns.extend((columns.len()..137).map(|number| format!("Column{number}")));
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(&columns)?;
    for number in 0..SCHOOLS {
        let row = columns.iter().map(|column| match column.as_str() {
            "URN" => (100_000 + number).to_string(),
            "LA (code)" => (201 + number / 160).to_string(),
            "LA (name)" => format!("Council {}", 201 + number / 160),
            "EstablishmentName" => format!("School Number {number} of Its Street"),
            "TypeOfEstablishment (name)" => "Community school".to_owned(),
            "EstablishmentStatus (name)" => "Open".to_owned(),
            "PhaseOfEducation (name)" => "Primary".to_owned(),
            "StatutoryLowAge" => "4".to_owned(),
            "StatutoryHighAge" => "11".to_owned(),
            "NumberOfPupils" => (50 + number % 500).to_string(),
            "Postcode" => format!("ZZ{} {}AA", number % 90 + 1, number % 10),
            "Easting" | "Northing" => (100_000 + number * 17).to_string(),
            _ => String::new(),
        });
        writer.write_record(row)?;
    }
    writer.flush().context("the list cannot be written")
}

/// Seconds that reading alone takes.
fn read(bytes: &[u8]) -> anyhow::Result<f64> {
    let began = Instant::now();
    let list = intake::school_list::read(bytes, "list.csv", None);
    let seconds = began.elapsed().as_secs_f64();
    let rows = list.map(|list| list.rows.len()).unwrap_or_default();
    ensure!(rows == SCHOOLS, "{rows} schools were read instead of {SCHOOLS}");
    Ok(seconds)
}

fn callboard(programs: &Programs, folder: &Path, turn: usize, list: &Path) -> anyhow::Result<Run> {
    let database = format!("sqlite://{}", folder.join(format!("callboard-{turn}.sqlite")).display());
    let mut command = Command::new(programs.callboard());
    command.args(["import", "schools", "--json", "--database-url", &database, "--secret-file"]);
    run(command.arg(folder.join("secret")).arg(list))
}

fn sqlite3(folder: &Path, turn: usize, list: &Path) -> anyhow::Result<Run> {
    let mut command = Command::new("sqlite3");
    command
        .arg(folder.join(format!("shell-{turn}.sqlite")))
        .arg(format!(".import --csv \"{}\" schools", list.display()));
    run(&mut command)
}
