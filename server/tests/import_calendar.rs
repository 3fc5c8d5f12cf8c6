//! `callboard import calendar`, as a script runs it: term dates, bank holidays, refusals, the same file again.

use std::process::{Command, Output};

use records::Db;
use records::testing::{Throwaway, Town};
use serde_json::{Value, json};

const TERMS: &str = "Name,Starts,Ends\nAutumn term,3/9/2026,18/12/2026\nHalf term,26/10/2026,30/10/2026\n\
    Autumn term,3/9/2027,17/12/2027\nInset,2/9/2026,2/9/2026\n";
const HOLIDAYS: &str = r#"{"england-and-wales":{"division":"england-and-wales","events":[
    {"title":"Boxing Day","date":"2026-12-28"},{"title":"Christmas Day","date":"2026-12-25"}]}}"#;

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

async fn scripts_read_its_json(database: Throwaway) {
    let desk = database.desk().await;
    Town::build(&desk).await;
    if let Db::Sqlite { .. } = desk.db() {
        desk.db().close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let run = |args: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command
            .args(["import", "calendar", "--authority", "990"])
            .args(args)
            .env("DATABASE_URL", &database.address)
            .env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
        command.output().unwrap()
    };
    let terms = write("terms.csv", TERMS);
    let seen = answer(&run(&[&terms, "--dry-run", "--json"]));
    assert_eq!((&seen["kind"], &seen["applied"]), (&json!("terms"), &json!(false)));
    assert_eq!(seen["added"].as_array().map(Vec::len), Some(3), "{seen}");
    let halves = json!({ "name": "Autumn term, second half", "starts": "2026-11-02", "ends": "2026-12-18" });
    assert_eq!(seen["added"][1], halves);
    assert_eq!(seen["neither"][0]["name"], "Inset");
    let done = answer(&run(&[&terms, "--year", "2026", "--json"]));
    assert_eq!((&done["years"], &done["applied"]), (&json!([2026]), &json!(true)), "{done}");
    let again = answer(&run(&[&terms, "--year", "2026", "--json"]));
    assert_eq!((&again["unchanged"], &again["applied"]), (&json!(2), &json!(false)));
    assert_eq!(again["same_file"]["import"], done["import"]);

    let holidays = write("bank-holidays.json", HOLIDAYS);
    assert_eq!(run(&[&holidays, "--year", "2026"]).status.code(), Some(1), "they are taken over whole");
    let done = answer(&run(&[&holidays, "--json"]));
    assert_eq!((&done["kind"], &done["applied"]), (&json!("bank_holidays"), &json!(true)));
    assert!(done["added"].as_array().is_some_and(|days| days.iter().any(|d| d["name"].is_null())), "{done}");

    let marked = folder.path().join("marked.xlsx").display().to_string();
    let bad =
        run(&[&write("bad.csv", "Name,Starts,Ends\nAutumn term,soon,18/12/2026\n"), "--json", "--marked", &marked]);
    assert_eq!((bad.status.code(), answer(&bad)["problems"][0]["row"].as_i64()), (Some(1), Some(2)));
    let again = answer(&run(&[&marked, "--json"]));
    assert_eq!(again["problems"][0]["column"], "first day", "what was marked can be sent again");
    let overlapping = "Name,Starts,Ends\nAutumn term,3/9/2028,18/12/2028\nSpring term,18/12/2028,1/3/2029\n";
    let faulty = run(&[&write("overlapping.csv", overlapping)]);
    assert!(
        faulty.status.code() == Some(1) && String::from_utf8_lossy(&faulty.stderr).contains("overlap"),
        "{faulty:?}"
    );
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
