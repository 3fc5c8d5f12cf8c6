//! `callboard import attendance` and `callboard import feedback`, as a script runs them.

use std::path::Path;
use std::process::{Command, Output};

use domain::attendance_sheet::Key;
use domain::feedback::{Questionnaire, Respondent};
use domain::session::State;
use records::attendance;
use records::testing::{Throwaway, Town, date};
use serde_json::{Value, json};
use uuid::Uuid;

fn run(database: &Throwaway, folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callboard"))
        .arg("import")
        .args(args)
        .args(["--authority", "990", "--json"])
        .env("DATABASE_URL", &database.address)
        .env("CALLBOARD_SECRET_FILE", folder.join("secret"))
        .output()
        .expect("callboard runs")
}

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_read_their_json_and_exit_codes() {
    let database = Throwaway::sqlite();
    let desk = database.desk().await;
    let town = Town::build(&desk).await;
    let session = town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
    let group = attendance::sheet(&desk, &town.company(), session).await.expect("a sheet").groups.remove(0);
    desk.db().close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let run = |args: &[&str]| run(&database, folder.path(), args);

    let key = Key { group: group.id, base: group.counts, beside: None };
    let counted = |name: &str, count: &str| {
        write(name, format!("Pupils who took part,Key (leave as it is)\n{count},\"{key}\"\n"))
    };
    let marked = folder.path().join("marked.xlsx").display().to_string();
    let wrong = run(&["attendance", &counted("wrong.csv", "many"), "--marked", &marked]);
    assert_eq!((wrong.status.code(), &told(&wrong)["problems"][0]["row"]), (Some(1), &json!(2)));
    assert!(Path::new(&marked).exists());
    let sheet = counted("sheet.csv", "28");
    let dry = told(&run(&["attendance", &sheet, "--dry-run"]));
    assert_eq!((&dry["changes"], &dry["import"]), (&json!(1), &Value::Null));
    let done = told(&run(&["attendance", &sheet]));
    assert_eq!((&done["changes"], done["import"].is_string()), (&json!(1), true), "{done}");
    let again = told(&run(&["attendance", &sheet]));
    assert_eq!((&again["changes"], &again["same_file"]["import"]), (&json!(0), &done["import"]), "{again}");
    let other = run(&["attendance", &counted("other.csv", "27")]);
    assert_eq!((other.status.code(), &told(&other)["asked"][0]["on_record"]), (Some(1), &json!("28")), "{other:?}");

    let heads: Vec<_> = Questionnaire::after(Respondent::Pupil)
        .questions
        .iter()
        .map(|question| question.asked(domain::programme::ProgrammeKind::Play))
        .collect();
    let form = Uuid::new_v4();
    let typed = |name: &str, liked: &str| {
        let row = format!("{session}:pupil:1:{form},{liked},Yes,Yes,Yes");
        write(name, format!("Key (leave as it is),{}\n{row}\n", heads.join(",")))
    };
    let sheet = typed("typed.csv", "Good");
    assert_eq!(told(&run(&["feedback", &sheet, "--dry-run"]))["added"], 1);
    let done = told(&run(&["feedback", &sheet]));
    assert_eq!((&done["added"], &done["unchanged"]), (&json!(1), &json!(0)), "{done}");
    let again = told(&run(&["feedback", &sheet]));
    assert_eq!(
        (&again["added"], &again["unchanged"], &again["same_file"]["import"]),
        (&json!(0), &json!(1), &done["import"])
    );
    let other = run(&["feedback", &typed("other.csv", "OK")]);
    let asked = told(&other)["asked"][0].clone();
    assert_eq!(
        (other.status.code(), &asked["on_record"], &asked["said"]),
        (Some(1), &json!("Good"), &json!(["OK (row 2)"]))
    );
    // A row that is typed in in part holds up no other, once somebody says what its blanks are.
    let part = format!("{session}:pupil:1:{},Good,Yes,,\n", Uuid::new_v4());
    let sheet = write("part.csv", std::fs::read_to_string(&sheet).unwrap() + &part);
    let asked = run(&["feedback", &sheet]);
    let what = told(&asked)["asked"][0]["what"].as_str().unwrap_or_default().to_owned();
    assert!(asked.status.code() == Some(1) && what.contains("--blanks leave-out"), "{asked:?}");
    let left = told(&run(&["feedback", &sheet, "--blanks", "leave-out"]));
    assert_eq!((&left["added"], &left["left_out"]), (&json!(0), &json!(["row 3"])), "{left}");
    let whole = told(&run(&["feedback", &sheet, "--blanks", "no-answers"]));
    assert_eq!((&whole["added"], &whole["unchanged"]), (&json!(1), &json!(1)), "{whole}");
    let rubbish = run(&["feedback", &write("rubbish.xlsx", "PK\u{3}\u{4}".into())]);
    assert_eq!(rubbish.status.code(), Some(1), "{rubbish:?}");
}
