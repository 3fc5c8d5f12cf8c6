//! `callboard import history`, as a script runs it: its JSON, its exit codes, the same file again.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use records::Db;
use records::testing::{Throwaway, Town};
use serde_json::{Value, json};

const LOG: &str = "Date,Time,School,Yr,Nos\n\
    12/11/18,9.30,Kelder Primary,Y6,30 approx\n\
    31/11/18,am,Kelder High School,Y7,28\n\
    14/11/18,pm,Kelder,Y6,25-30\n";

fn run(database: &Throwaway, folder: &Path, args: &[&str]) -> Output {
    let file = folder.join("log.csv");
    std::fs::write(&file, LOG).expect("a log");
    Command::new(env!("CARGO_BIN_EXE_callboard"))
        .args(["import", "history"])
        .arg(file)
        .args(["--authority", "990", "--json"])
        .args(args)
        .env("DATABASE_URL", &database.address)
        .env("CALLBOARD_SECRET_FILE", folder.join("secret"))
        .output()
        .expect("callboard runs")
}

fn answer(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

async fn scripts_read_its_json(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    if let Db::Sqlite { .. } = desk.db() {
        desk.db().close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| run(&database, folder.path(), args);

    let seen = answer(&run(&["--dry-run", "--programme", "the lantern"]));
    assert_eq!(seen["figures"], json!({ "rows": 3, "ready": 1, "asked": 2, "already_there": 0, "left_out": 0 }));
    assert_eq!(seen["applied"], false);
    assert_eq!(seen["tables"][0]["columns"][0], json!({ "column": "A", "is": "date", "heading": "Date" }));
    let row = &seen["rows"][0];
    assert_eq!(row["school"]["urn"], json!(900_001));
    assert_eq!((&row["match"], &row["date"], &row["pupils"]), (&json!("matched"), &json!("2018-11-12"), &json!(30)));
    assert_eq!(
        (&row["approximate"], &row["year_groups"], &row["status"]),
        (&json!(true), &json!([6]), &json!("delivered"))
    );
    assert_eq!(seen["rows"][1]["problems"][0]["cell"], "A3");
    assert_eq!(seen["rows"][2]["match"], "review");
    assert!(seen["rows"][2]["candidates"].as_array().is_some_and(|c| c.len() >= 2), "{}", seen["rows"][2]);

    let bad = run(&["--programme", "nonsense"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("The Lantern"), "it names those there are: {bad:?}");
    assert_eq!(run(&[]).status.code(), Some(1), "no programme was named");

    let done = answer(&run(&["--programme", "The Lantern"]));
    assert_eq!((&done["applied"], &done["same_file"]), (&json!(true), &Value::Null));
    let again = answer(&run(&["--programme", "The Lantern"]));
    assert_eq!((&again["applied"], &again["figures"]["already_there"]), (&json!(false), &json!(1)));
    assert_eq!(again["same_file"]["import"], done["import"], "the same file is recognised");
}

async fn a_file_of_unknown_headings_is_laid_out_by_options(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    if let Db::Sqlite { .. } = desk.db() {
        desk.db().close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("diary.csv");
    std::fs::write(&file, "Our diary\nPitch,Gig,Heads\nKelder Primary,12 Nov,28\n").expect("a diary");
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command.args(["import", "history"]).arg(&file).args(["--authority", "990", "--programme", "The Lantern"]);
        command.env("DATABASE_URL", &database.address).env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
        command.args(args).output().expect("callboard runs")
    };
    let lost = run(&[]);
    let (words, why) = (String::from_utf8_lossy(&lost.stdout), String::from_utf8_lossy(&lost.stderr));
    assert!(lost.status.code() == Some(1) && why.contains("--headings"), "{why}");
    assert!(words.contains("row 2: Pitch · Gig · Heads"), "how the file begins: {words}");
    // Headings below which no day stands: nothing is read, and nothing of it can be answered.
    let questions = folder.path().join("questions.csv");
    let lacking = run(&["--headings", "=3", "--dry-run", "--questions", &questions.to_string_lossy()]);
    let why = String::from_utf8_lossy(&lacking.stderr);
    assert!(lacking.status.code() == Some(1) && why.contains("hold the date") && why.contains("--column"), "{why}");
    assert!(!questions.exists(), "there is no question to answer");
    let layout = ["--headings", "=2", "--column", "B=date", "--column", "c=pupils", "--year", "=2018"];
    let done = answer(&run(&[&layout[..], &["--json"]].concat()));
    assert_eq!((&done["applied"], &done["figures"]["ready"]), (&json!(true), &json!(1)));
    assert_eq!((&done["rows"][0]["date"], &done["rows"][0]["pupils"]), (&json!("2018-11-12"), &json!(28)));
    // The same file once more is laid out as it was: what was said of it is said again.
    let again = answer(&run(&["--json"]));
    assert_eq!(again["figures"]["already_there"], json!(1), "{again}");
    for (bad, says) in [
        (["--column", "A=schol"], "“am_school”"),
        (["--column", "1=school"], "letters of the column"),
        (["--headings", "Autumn=2"], "no sheets with names"),
        (["--headings", "=two"], "number of a row"),
        (["--year", "=18"], "first year"),
    ] {
        let refused = run(&bad);
        let why = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && why.contains(says), "{bad:?}: {why}");
    }
}

async fn a_column_that_may_hold_the_day_is_asked_about(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    if let Db::Sqlite { .. } = desk.db() {
        desk.db().close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, "Date received,School,Delivered on,Sheets,Done?\n1/10/18,Kelder Primary,12/11/18,4,Y\n")
        .expect("a log");
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command.args(["import", "history"]).arg(&file).args(["--authority", "990", "--programme", "The Lantern"]);
        command.env("DATABASE_URL", &database.address).env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
        command.args(args).output().expect("callboard runs")
    };
    let questions = folder.path().join("questions.csv");
    let questions = questions.to_str().expect("a path");
    let told = run(&["--dry-run", "--questions", questions]);
    let words = String::from_utf8_lossy(&told.stdout);
    for says in [
        "not read: “Sheets”",
        "looked at for whether visits took place: “Done?”",
        "Column C, “Delivered on”: It holds days and is not read. Say whether it is the day of the visit. (--column \"C=date\"",
        "0 taken over",
    ] {
        assert!(words.contains(says), "{says}: {words}");
    }
    fill_in(questions, &[("Delivered on", "The date")]);
    let refused = run(&["--answers", questions]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("it holds date, time"), "{refused:?}");
    fill_in(questions, &[("Delivered on", "date")]);
    let done = answer(&run(&["--answers", questions, "--json"]));
    assert_eq!((&done["applied"], &done["rows"][0]["date"]), (&json!(true), &json!("2018-11-12")));
}

async fn its_words_tell_what_was_left_and_why(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    if let Db::Sqlite { .. } = desk.db() {
        desk.db().close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, LOG).expect("a log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
    command.args(["import", "history"]).arg(&file).args(["--authority", "990", "--programme", "The Lantern"]);
    command.env("DATABASE_URL", &database.address).env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
    let done = command.output().expect("callboard runs");
    let words = String::from_utf8_lossy(&done.stdout);
    let line = "1 taken over. Not taken over: 0 on record already, 0 left out as decided, 2 without an answer";
    assert!(done.status.success() && words.lines().any(|l| l == line), "{words}");
    // A corrected log: what the records say otherwise is told, and where to change it.
    std::fs::write(&file, LOG.replace("Y6,30 approx", "Y5,cancelled")).expect("a log");
    let done = command.output().expect("callboard runs");
    let words = String::from_utf8_lossy(&done.stdout);
    assert!(words.contains("row 2: on record already, as delivered, of Year 6; it stays as it is"), "{words}");
    assert!(words.contains("change these at their sessions"), "{words}");
}

/// Each question of a file of questions with an answer, by what it is typed.
fn fill_in(path: &str, answers: &[(&str, &str)]) {
    let mut lines = csv::Reader::from_path(path).expect("a file of questions");
    let heads = lines.headers().expect("headings").clone();
    let mut filled = csv::Writer::from_writer(Vec::new());
    filled.write_record(&heads).expect("a line");
    for line in lines.records() {
        let line = line.expect("a line");
        let answer = answers.iter().find(|(typed, _)| *typed == &line[3]).map_or(&line[6], |(_, answer)| answer);
        filled.write_record(line.iter().take(6).chain([answer])).expect("a line");
    }
    std::fs::write(path, filled.into_inner().expect("a file")).expect("a file");
}

async fn its_questions_are_answered_in_a_file(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    if let Db::Sqlite { .. } = desk.db() {
        desk.db().close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| run(&database, folder.path(), args);
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (questions, marked) = (path("questions.csv"), path("marked.xlsx"));
    let given = ["--programme", "The Lantern", "--answers", &questions, "--questions", &questions];

    answer(&run(&["--dry-run", "--programme", "The Lantern", "--questions", &questions, "--marked", &marked]));
    assert!(std::fs::read(&marked).is_ok_and(|bytes| bytes.starts_with(b"PK")), "a marked workbook");
    let text = std::fs::read_to_string(&questions).expect("questions");
    for part in ["31/11/18", "Kelder", "25-30", "900001", "A3"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // An answer that cannot be is refused with its question; the others wait.
    fill_in(&questions, &[("Kelder", "123456")]);
    let wrong = run(&given);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("no school has this URN"), "{wrong:?}");
    fill_in(&questions, &[("Kelder", "900001"), ("25-30", "unknown"), ("31/11/18", "31/11/19")]);
    let seen = answer(&run(&[&given[..], &["--dry-run"]].concat()));
    assert_eq!((&seen["figures"]["ready"], &seen["figures"]["asked"]), (&json!(2), &json!(1)));
    // What was answered stands in the file beside what is still asked.
    let text = std::fs::read_to_string(&questions).expect("questions");
    assert!(text.contains("900001") && text.contains("31/11/19"), "{text}");
    fill_in(&questions, &[("31/11/19", "30/11/18"), ("31/11/18", "30/11/18")]);
    let done = answer(&run(&given));
    assert_eq!((&done["applied"], &done["figures"]["ready"]), (&json!(true), &json!(3)), "{done}");
}

/// A file that is being taken over while the process is killed: nothing of it is there, and it can be taken over still.
async fn killed_in_the_middle_it_is_cleanly_gone(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, LOG).expect("a log");
    // The line of a session's first event is never written: there the process stands when it is killed.
    for sql in match desk.db() {
        Db::Sqlite { .. } => vec![
            "CREATE VIEW forever AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) AS n FROM c",
            "CREATE TRIGGER hold BEFORE INSERT ON session_event BEGIN SELECT n FROM forever; END",
        ],
        Db::Postgres(_) => vec![
            "CREATE FUNCTION hold() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(3600); RETURN NEW; END' LANGUAGE plpgsql",
            "CREATE TRIGGER hold BEFORE INSERT ON session_event FOR EACH ROW EXECUTE FUNCTION hold()",
        ],
    } {
        Throwaway::execute(&desk, sql).await;
    }
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command.args(["import", "history"]).arg(&file).args(["--authority", "990", "--programme", "The Lantern"]);
        command.env("DATABASE_URL", &database.address);
        command.env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
        command
    };
    let mut process = command().spawn().expect("callboard runs");
    let began = Instant::now();
    while !Throwaway::is_held(&desk).await {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came to where it is held");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // On SQLite the lock is held from the beginning of the transaction.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(process.try_wait().expect("a process").is_none(), "it stands in the middle");
    process.kill().and_then(|()| process.wait()).expect("killed");
    match desk.db() {
        Db::Sqlite { .. } => Throwaway::execute(&desk, "DROP TRIGGER hold").await,
        Db::Postgres(_) => {
            // The server notices that its client is gone once the statement ends.
            let stop = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event = 'PgSleep'";
            Throwaway::count(&desk, stop).await;
            Throwaway::execute(&desk, "DROP TRIGGER hold ON session_event").await;
        }
    }
    for table in [
        "session",
        "visit",
        "tour WHERE import_id IS NOT NULL",
        "attending_group",
        "school_alias",
        "import",
        "import_choice",
        "audit WHERE operation = 'import_history'",
    ] {
        assert_eq!(Throwaway::count(&desk, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
    // Nobody has to clean up: the same command again takes it over.
    let again = command().output().expect("callboard runs");
    assert!(again.status.success(), "{again:?}");
    assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session").await, 1);
}

/// `both!(name)`: the test on each database.
macro_rules! both {
    ($test:ident) => {
        mod $test {
            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                super::$test(super::Throwaway::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                if let Some(database) = super::Throwaway::postgres().await {
                    super::$test(database).await;
                }
            }
        }
    };
}

both!(scripts_read_its_json);
both!(a_file_of_unknown_headings_is_laid_out_by_options);
both!(a_column_that_may_hold_the_day_is_asked_about);
both!(its_words_tell_what_was_left_and_why);
both!(its_questions_are_answered_in_a_file);
both!(killed_in_the_middle_it_is_cleanly_gone);
