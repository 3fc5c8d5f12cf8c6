//! Typed names matched to the schools of England, against rapidfuzz's `process.extractOne` over the same names with its
//! best ratio for them, where a Python that has it is there.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::measure::{Measurement, Programs, TIMES, median, run};

const LIST: &str = "../shared/data/register/gias_layout_england_2024-25.csv";
const NAMES: usize = 1_000;

/// A Python to measure with: `CALLBOARD_BENCH_PYTHON`, or `python3`.
const PEER: &str = "\
import csv, sys, time
from rapidfuzz import fuzz, process, utils
names = [utils.default_process(r['name']) for r in csv.DictReader(open(sys.argv[1], encoding='utf-8'))]
began = time.perf_counter()
rows = csv.DictReader(open(sys.argv[2], encoding='cp1252'))
schools = [utils.default_process(r['EstablishmentName']) for r in rows]
for name in names:
    process.extractOne(name, schools, scorer=fuzz.token_set_ratio)
print(time.perf_counter() - began)
";

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let list = Path::new(LIST);
    if !list.is_file() {
        println!("skipped: no ../shared/data, and without real names matching is not measured");
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let names = folder.path().join("names.csv");
    std::fs::write(&names, typed(list)?)?;
    let mut ours = Vec::new();
    for _ in 0..TIMES {
        let mut command = Command::new(programs.callboard());
        command.arg("match").arg(&names).arg("--schools").arg(list).arg("--json");
        let run = run(&mut command)?;
        ensure!(run.stdout.matches("\"decision\"").count() == NAMES, "not every name was answered");
        ours.push(run.seconds);
    }
    let what = "matching 1,000 typed names to the schools of England";
    Ok(vec![match peer(&names, list)? {
        Some(peer) => Measurement::against(what, median(ours), peer, "s", 0.1),
        None => {
            println!("no peer: no Python with rapidfuzz (CALLBOARD_BENCH_PYTHON names one)");
            Measurement::alone(what, median(ours), "s", 1.0)
        }
    }])
}

/// Names of the list as people type them: shortened, abbreviated, a letter swapped.
fn typed(list: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(list)?;
    let list = intake::school_list::read(&bytes, "list.csv", None).ok().context("the list cannot be read")?;
    let mut text = "row,name,postcode,town\n".to_owned();
    let every = (list.rows.len() / NAMES).max(1);
    for (row, school) in list.rows.iter().step_by(every).take(NAMES).enumerate() {
        let mut name = match row % 3 {
            0 => school.name.replace("Primary School", "Prim Sch"),
            1 => school.name.to_lowercase().replace("school", ""),
            _ => school.name.clone(),
        };
        if row % 4 == 0 && name.is_ascii() && name.len() > 4 {
            let letter = name.remove(3);
            name.insert(2, letter);
        }
        writeln!(text, "{row},\"{}\",,", name.replace('"', ""))?;
    }
    Ok(text)
}

/// Seconds that rapidfuzz takes; none where it is not there.
fn peer(names: &Path, list: &Path) -> anyhow::Result<Option<f64>> {
    let python = std::env::var("CALLBOARD_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there =
        Command::new(&python).args(["-c", "import rapidfuzz"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let run = run(Command::new(&python).args(["-c", PEER]).arg(names).arg(list))?;
    Ok(Some(run.stdout.trim().parse()?))
}
