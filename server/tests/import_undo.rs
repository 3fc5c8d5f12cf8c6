//! `callboard import list` and `callboard import undo`, as a script runs them.

use std::process::{Command, Output};

use records::testing::{Throwaway, dump};
use serde_json::Value;

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
    PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n";
const ONE: &str = "100001,380,Bradford,A,Community school,Open,Primary,4,11,210\n";
const TWO: &str = "100002,380,Bradford,B,Community school,Open,Primary,4,11,420\n";

#[test]
fn imports_are_listed_and_taken_back_by_scripts() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let run = |args: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
        command
            .args(args)
            .env("DATABASE_URL", &database.address)
            .env("CALLBOARD_SECRET_FILE", folder.path().join("secret"));
        command.output().unwrap()
    };
    let told =
        |output: &Output| -> Value { serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}")) };
    let key = |told: &Value| told["import"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
    let stored = || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let all = runtime.block_on(async { dump(&database.desk().await).await });
        ["setting", "setting_year", "number_on_roll", "authority"].map(|table| all[table].clone())
    };
    assert_eq!(told(&run(&["import", "list", "--json"])), Value::Array(Vec::new()));
    let first_file = write("first.csv", &format!("{HEADER}{ONE}"));
    assert!(run(&["import", "schools", &first_file]).status.success());
    let after_first = stored();
    let second_file = write("second.csv", &format!("{HEADER}{}{TWO}", ONE.replace(",A,", ",A Academy,")));
    assert!(run(&["import", "schools", &second_file]).status.success());
    let census = write("census.csv", "URN,time_period,Year 6\n100001,202627,28\n");
    let rolls = told(&run(&["import", "rolls", &census, "--authority", "380", "--json"]));

    let listed = told(&run(&["import", "list", "--authority", "380", "--json"]));
    let kinds: Vec<_> = listed.as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["rolls", "schools", "schools"]);
    let (second, first) = (&listed[1], &listed[2]);
    assert_eq!((&second["file"], &second["added"]), (&"second.csv".into(), &1.into()));
    assert!(listed[0]["undo_until"].is_string() && listed[0]["by"].is_null(), "{listed}");
    assert_eq!(told(&run(&["import", "list", "--authority", "381", "--json"])).as_array().unwrap().len(), 0);
    let words = String::from_utf8(run(&["import", "list"]).stdout).unwrap();
    assert!(words.contains("School list “second.csv”, by the command line: 1 added, 1 changed"), "{words}");
    let same = told(&run(&["import", "rolls", &census, "--dry-run", "--json"]));
    assert_eq!(same["same_file"]["import"].as_str(), Some(key(&rolls).as_str()));

    // What stands in the way is told with its key, tried or only looked at.
    for dry in [&[][..], &["--dry-run"]] {
        let refused = run(&[&["import", "undo", &key(first), "--json"], dry].concat());
        let told = told(&refused);
        let why = told["refused"].as_str().unwrap();
        assert!(refused.status.code() == Some(1) && why.contains("“second.csv” was imported on"), "{why}");
        let stands = &told["in_the_way"];
        assert_eq!((&stands[0]["kind"], &stands[0]["id"]), (&"import".into(), &second["import"]), "{told}");
        assert!(stands[0]["what"].as_str().unwrap().ends_with("take that back first"), "{told}");
        let words = run(&[&["import", "undo", &key(first)], dry].concat());
        let line = format!("take that back first (import {})", key(second));
        assert!(String::from_utf8_lossy(&words.stdout).contains(&line), "{words:?}");
    }
    let free = run(&["import", "undo", &key(second), "--dry-run", "--json"]);
    assert!(free.status.success() && told(&free)["state"] == "applied", "{free:?}");
    assert_ne!(stored(), after_first, "a dry run takes nothing back");
    let done = run(&["import", "undo", &key(&rolls)]);
    let named = "Taken back: Rolls from the census “";
    assert!(done.status.success() && String::from_utf8_lossy(&done.stdout).contains(named), "{done:?}");
    assert_eq!(told(&run(&["import", "undo", &key(second), "--json"]))["state"], "undone");
    assert_eq!(stored(), after_first);
    let again = run(&["import", "undo", &key(second)]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("taken back already"), "{again:?}");
    assert!(run(&["import", "undo", &key(first)]).status.success());
    assert!(stored().iter().all(Vec::is_empty));

    let nobody = run(&["import", "undo", "0192a3b4-0000-7000-8000-000000000000"]);
    assert!(nobody.status.code() == Some(1) && String::from_utf8_lossy(&nobody.stderr).contains("there is no import"));
    assert_eq!(run(&["import", "undo", "x"]).status.code(), Some(2));
}
