//! `callboard import contacts`, as a script runs it: its JSON, its exit codes, who is told, the same file again.

use std::path::Path;
use std::process::{Command, Output};

use records::Db;
use records::testing::{Throwaway, Town};
use serde_json::{Value, json};

const LIST: &str = "School,Name,Job,Email\n\
    Beck Primary School,Jo Lee,PSHE lead,jo.lee@beck.example\n\
    Beck Primary School,,,office@beck.example\n\
    Kelder,Ann Kaur,,ann@kelder.example\n\
    Oak Lodge School,Pat Row,DSL,pat at oak\n\
    Oak Lodge School,Fay,Head,not-an-email\n\
    (all from the office)\n\
    School,Name,Job,Email\n";

fn run(database: &Throwaway, folder: &Path, args: &[&str]) -> Output {
    let file = folder.join("people.csv");
    std::fs::write(&file, LIST).expect("a list");
    Command::new(env!("CARGO_BIN_EXE_callboard"))
        .args(["import", "contacts"])
        .arg(file)
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
    let figures = |ready: u8, there: u8, people: u8| json!({ "rows": 6, "ready": ready, "asked": 3, "already_there": there, "left_out": 1, "names_nobody": 1, "people": people });

    let marked = folder.path().join("marked.xlsx").display().to_string();
    let seen = answer(&run(&["--authority", "990", "--dry-run", "--json", "--marked", &marked]));
    assert_eq!((&seen["figures"], &seen["applied"]), (&figures(2, 0, 1), &json!(false)));
    let row = &seen["rows"][0];
    assert_eq!((&row["school"]["urn"], &row["gives"]), (&json!(900_002), &json!({ "role": "school" })));
    assert_eq!(seen["rows"][1]["gives"], json!({ "address_for_visits": true }));
    assert_eq!((&seen["rows"][2]["match"], &seen["rows"][2]["standing"]), (&json!("review"), &json!("asked")));
    assert_eq!((&seen["problems"][0]["column"], &seen["problems"][1]["column"]), (&json!("D5"), &json!("D6")));
    assert_eq!(seen["names_nobody"], json!([{ "sheet": null, "row": 8, "text": "School · Name · Job · Email" }]));
    assert_eq!(seen["tables"][0]["columns"][3], json!({ "column": "D", "is": "email", "heading": "Email" }));
    assert_eq!(seen["gone"][0]["email"], "pshe@beck.example");
    assert!(std::fs::read(&marked).unwrap().starts_with(b"PK"));

    let done = answer(&run(&["--authority", "990", "--json", "--send-mail"]));
    assert_eq!((&done["applied"], &done["mails"], &done["same_file"]), (&json!(true), &json!(1), &Value::Null));
    let again = answer(&run(&["--authority", "990", "--json", "--send-mail"]));
    assert_eq!((&again["figures"], &again["applied"], &again["mails"]), (&figures(0, 2, 0), &json!(false), &json!(0)));
    assert_eq!(again["same_file"]["import"], done["import"]);

    let plain = run(&["--authority", "990"]);
    let said = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(plain.status.success() && said.contains("Nothing was stored"), "{said}");
    assert!(said.contains("row 4: “Kelder”: Which school is this?"), "{said}");
    assert!(said.contains("row 6: “Oak Lodge School”: “not-an-email” is not an email address"), "{said}");
    assert!(said.contains("names nobody: row 8: School · Name · Job · Email"), "{said}");
    assert_eq!(run(&["--authority", "123"]).status.code(), Some(1), "there is no such authority");
    assert_eq!(run(&[]).status.code(), Some(2), "the authority is named");
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
