//! `callboard import history`, as a script runs it: its JSON, its exit codes, the same file again.

use std::path::Path;
use std::process::{Command, Output};

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

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    scripts_read_its_json(Throwaway::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    if let Some(database) = Throwaway::postgres().await {
        scripts_read_its_json(database).await;
    }
}
