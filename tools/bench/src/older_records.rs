//! 100,000 rows of older records in one workbook, taken over by `callboard import history`: against calamine, which only
//! reads the cells, and against pandas with openpyxl and rapidfuzz, which read them and match the schools' names.

mod workbook;

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use calamine::Reader;
use chrono::Utc;
use domain::access::Actor;
use domain::clock::Clock;
use domain::programme::{Audience, NewProgramme, Part, ProgrammeKind, Status};
use domain::setting::{LaCode, SettingType};
use domain::tour::{NewProvider, ProviderKind};
use domain::year_group::YearGroups;
use records::secret::Secret;
use records::testing::Throwaway;
use records::{Db, Desk, programmes, providers};

use crate::measure::{Measurement, Programs, TIMES, median, peak_of_all, run};

/// The word by which this program is called to read a workbook's cells and do nothing else.
pub(crate) const READ_CELLS: &str = "read-cells";

const LIST: &str = "../shared/data/register/gias_layout_england_2024-25.csv";
/// The authority with the most schools.
const AUTHORITY: &str = "886";
const ROWS: usize = 100_000;
/// Less than all: some rows are asked about.
const LEAST_TAKEN_OVER: i64 = 90_000;
const SEED: u64 = 20_161_117;
const PEER: &str = include_str!("../peers/older_records.py");

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let list = Path::new(LIST);
    if !list.is_file() {
        println!("skipped: no ../shared/data, and without real names older records are not measured");
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let workbook = folder.join("older records.xlsx");
    let own = own(&std::fs::read(list)?)?;
    workbook::write(&own, ROWS, SEED, &workbook)?;
    let names = folder.join("schools.csv");
    std::fs::write(&names, own.rows.iter().map(|row| format!("{}\n", row.name)).collect::<String>())?;
    let ready = folder.join("ready.sqlite");
    tokio::runtime::Runtime::new()?.block_on(prepare(&ready))?;
    let mut schools = Command::new(programs.callboard());
    schools.args(["import", "schools", "--authority", AUTHORITY, "--json"]).arg(list);
    run(at(&mut schools, folder, &ready))?;

    let (mut whole, mut looks, mut cells, mut writing) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // By turns, so that whatever else the machine does falls on all.
    for _ in 0..TIMES {
        cells.push(run(Command::new(std::env::current_exe()?).arg(READ_CELLS).arg(&workbook))?.seconds);
        let copy = copied(&ready, folder)?;
        whole.push(run(at(&mut import(programs, &workbook), folder, &copy))?.seconds);
        ensure!(taken_over(&copy)? > LEAST_TAKEN_OVER, "too few rows were taken over");
        writing.push(written_alone(&ready, &copy, folder)?);
        looks.push(run(at(import(programs, &workbook).arg("--dry-run"), folder, &ready))?.seconds);
    }
    let copy = copied(&ready, folder)?;
    let peak = peak_of_all(at(&mut import(programs, &workbook), folder, &copy))?;
    let (whole, looks, cells, writing) = (median(whole), median(looks), median(cells), median(writing));
    let mut measurements = vec![
        Measurement::against(
            "100,000 rows of older records taken over; calamine reading cells",
            whole,
            cells,
            "s",
            2.0,
        ),
        Measurement::alone("peak memory of that, the reading process included", peak, "MiB", 400.0),
        Measurement::against(
            "the same; the sqlite3 shell writing the same rows from another file",
            whole,
            writing,
            "s",
            3.0,
        ),
        // Nobody's to keep below: it tells what the first line can come to.
        Measurement {
            limit: None,
            ..Measurement::against("the same shell; calamine reading cells", writing, cells, "s", 2.0)
        },
    ];
    match peer(&workbook, &names)? {
        Some(peer) => measurements.extend([
            Measurement::against(
                "the same; pandas, openpyxl and rapidfuzz reading and matching",
                whole,
                peer,
                "s",
                0.05,
            ),
            Measurement::against("the same rows understood and matched only; the same three", looks, peer, "s", 0.05),
        ]),
        None => println!("no peer: no Python with pandas, openpyxl and rapidfuzz (CALLBOARD_BENCH_PYTHON names one)"),
    }
    Ok(measurements)
}

/// Reads every cell of a workbook, as anybody does with calamine.
pub(crate) fn read_cells(path: &Path) -> anyhow::Result<()> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path)?;
    let mut cells = 0;
    for name in book.sheet_names() {
        cells += book.worksheet_range(&name)?.used_cells().count();
    }
    println!("{cells}");
    Ok(())
}

/// The schools of the authority.
fn own(list: &[u8]) -> anyhow::Result<intake::school_list::SchoolList> {
    let code: LaCode = AUTHORITY.parse()?;
    intake::school_list::read(list, "list.csv", Some(&code)).ok().context("the list cannot be read")
}

/// A database with the authority, a programme and a provider.
async fn prepare(path: &Path) -> anyhow::Result<()> {
    let db = Db::open(&format!("sqlite://{}", path.display())).await?;
    db.migrate().await?;
    let desk = Desk::new(db, Clock::new(Utc::now), Secret::random()?);
    let code: LaCode = AUTHORITY.parse()?;
    records::authorities::add(&desk, &Actor::SYSTEM, &code, "Bench County", false).await?;
    let programme = NewProgramme {
        kind: ProgrammeKind::Workshop,
        name: "Cyber team".into(),
        summary: "What the workbook is about.".into(),
        audience: Audience::Children {
            setting_types: [SettingType::Mainstream, SettingType::Special].into(),
            year_groups: YearGroups::try_from(0b111_1111_1000).unwrap_or(YearGroups::NONE),
        },
        parts: vec![Part { number: 1, title: String::new(), minutes: 60 }],
        largest_group: None,
        needs: domain::TermSet::default(),
        adaptations: domain::TermSet::default(),
        topics: domain::TermSet::default(),
        topics_as_of: None,
    };
    programmes::add(&desk, &Actor::SYSTEM, &code, programme, Status::Open).await?;
    let provider = NewProvider { kind: ProviderKind::Police, name: "Cyber team".into(), email: None, telephone: None };
    providers::add(&desk, &Actor::SYSTEM, &code, provider).await?;
    desk.db().close().await;
    Ok(())
}

fn import(programs: &Programs, workbook: &Path) -> Command {
    let mut command = Command::new(programs.callboard());
    command.args(["import", "history", "--authority", AUTHORITY, "--programme", "Cyber team"]).arg(workbook);
    command
}

/// The command at a database.
fn at<'c>(command: &'c mut Command, folder: &Path, database: &Path) -> &'c mut Command {
    command
        .arg("--database-url")
        .arg(format!("sqlite://{}", database.display()))
        .arg("--secret-file")
        .arg(folder.join("secret"))
}

/// Seconds that the `sqlite3` shell takes for the rows that an import wrote, from its database into one without them: what
/// is left when nothing is read, understood or matched.
fn written_alone(ready: &Path, done: &Path, folder: &Path) -> anyhow::Result<f64> {
    let into = folder.join("alone.sqlite");
    for beside in ["alone.sqlite-wal", "alone.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.join(beside));
    }
    std::fs::copy(ready, &into)?;
    let copy = |table: &str| format!("INSERT INTO {table} SELECT * FROM done.{table};");
    let tables = ["tour", "visit", "session", "attending_group", "session_event"].map(copy).concat();
    // As the program itself has it.
    let as_ours = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -131072;";
    let script = format!("{as_ours} ATTACH '{}' AS done; BEGIN IMMEDIATE; {tables} COMMIT;", done.display());
    Ok(run(Command::new("sqlite3").arg("-bail").arg(&into).arg(script))?.seconds)
}

fn copied(ready: &Path, folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let copy = folder.join("copy.sqlite");
    for beside in ["copy.sqlite-wal", "copy.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.join(beside));
    }
    std::fs::copy(ready, &copy)?;
    Ok(copy)
}

fn taken_over(database: &Path) -> anyhow::Result<i64> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let db = Db::open(&format!("sqlite://{}", database.display())).await?;
        let desk = Desk::new(db, Clock::new(Utc::now), Secret::random()?);
        let count = Throwaway::count(&desk, "SELECT COUNT(*) FROM attending_group").await;
        desk.db().close().await;
        Ok(count)
    })
}

/// Seconds that the three take; none where they are not there.
fn peer(workbook: &Path, names: &Path) -> anyhow::Result<Option<f64>> {
    let python = std::env::var("CALLBOARD_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python)
        .args(["-c", "import pandas, openpyxl, rapidfuzz"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !there.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    Ok(Some(run(Command::new(&python).args(["-c", PEER]).arg(workbook).arg(names))?.seconds))
}
