//! `callboard import schools`, as a script runs it: its JSON, its exit codes, and a kill in the middle.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use records::testing::Throwaway;
use serde_json::{Value, json};

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                      PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n";

/// A list of schools with these URNs, named after `name`.
fn list(folder: &Path, name: &str, urns: std::ops::Range<u32>) -> String {
    let mut text = HEADER.to_owned();
    for urn in urns {
        writeln!(text, "{urn},380,Bradford,{name} {urn},Community school,Open,Primary,4,11,210").expect("text grows");
    }
    let path = folder.join(format!("{name}.csv"));
    std::fs::write(&path, text).expect("a list");
    path.display().to_string()
}

fn command(address: &str, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
    command.args(args).env("DATABASE_URL", address).env("CALLBOARD_SECRET_FILE", folder.join("secret"));
    command
}

fn import(address: &str, folder: &Path, args: &[&str]) -> Output {
    let args: Vec<&str> = ["import", "schools", "--json"].iter().chain(args).copied().collect();
    command(address, folder, &args).output().expect("callboard runs")
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

fn figures(output: &Output) -> [u64; 4] {
    assert!(output.status.success(), "{output:?}");
    let answer = answer(output);
    ["added", "changed", "closed", "unchanged"].map(|key| answer[key].as_u64().expect("a count"))
}

#[test]
fn scripts_read_its_json_and_its_exit_code() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| import(&database.address, folder.path(), args);
    let (three, two) =
        (list(folder.path(), "School", 100_000..100_003), list(folder.path(), "Other", 100_000..100_002));
    assert_eq!(figures(&run(&[&three, "--dry-run"])), [3, 0, 0, 0]);
    assert_eq!(figures(&run(&[&three])), [3, 0, 0, 0]);
    assert_eq!(figures(&run(&[&three])), [0, 0, 0, 3]);
    let left = run(&[&two, "--authority", "380"]);
    assert_eq!(figures(&left), [0, 2, 1, 0]);
    assert!(String::from_utf8_lossy(&left.stderr).contains("or not as open: 1"), "{left:?}");
    // The list of imports has its key, and counts what was marked.
    let listed = || {
        let output = command(&database.address, folder.path(), &["import", "list", "--json"]).output().unwrap();
        let latest = answer(&output)[0].clone();
        (latest["import"].is_string(), latest["closed"].as_u64())
    };
    assert_eq!(listed(), (true, Some(0)));
    for (flag, said) in [("--close-missing", "1 closed"), ("--authority=380", "0 closed")] {
        let args = ["import", "schools", &two, "--dry-run", flag];
        let told = command(&database.address, folder.path(), &args).output().unwrap();
        assert!(told.status.success() && String::from_utf8_lossy(&told.stdout).contains(said), "{told:?}");
    }
    let marked = run(&[&two, "--close-missing"]);
    assert_eq!(figures(&marked), [0, 0, 1, 2]);
    assert_eq!((listed(), marked.stderr.is_empty()), ((true, Some(1)), true));
    let keys: std::collections::BTreeSet<_> = answer(&marked).as_object().unwrap().keys().cloned().collect();
    let interface = ["added", "changed", "closed", "problems", "unchanged"].map(str::to_owned);
    assert_eq!(keys, interface.into(), "the interface, and no more");
    assert_eq!(figures(&run(&[&two, "--close-missing"])), [0, 0, 0, 2]);

    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, format!("{HEADER}100000,380,Bradford,,Community school,Open,Primary,4,11,\n")).unwrap();
    let refused = run(&[&bad.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    let problem = json!({
        "sheet": null,
        "row": 2,
        "column": "EstablishmentName",
        "message": "The name is blank. Every school of the list has one.",
    });
    assert_eq!(answer(&refused)["problems"], json!([problem]));
    let marked = folder.path().join("marked.xlsx");
    assert_eq!(run(&[&bad.display().to_string(), "--marked", &marked.display().to_string()]).status.code(), Some(1));
    let again = answer(&run(&[&marked.display().to_string()]))["problems"].clone();
    assert_eq!(
        (&again[0]["sheet"], &again[0]["row"], &again[0]["column"]),
        (&json!("bad.csv"), &problem["row"], &problem["column"])
    );
    assert_eq!(run(&["no-such-file.csv"]).status.code(), Some(1));
}

const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n\
                     200000,100001,School 100001,Predecessor,01-09-2026\n\
                     100002,100003,Sixth form,Sixth Form Centre Link,\n";

#[test]
fn links_tell_what_became_of_schools() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| import(&database.address, folder.path(), args);
    let old = list(folder.path(), "Old", 100_000..100_003);
    assert_eq!(figures(&run(&[&old])), [3, 0, 0, 0]);
    // School 100001 becomes 200000; 100002 is gone.
    let new = folder.path().join("release.csv");
    let row = |urn: u32, name: &str| format!("{urn},380,Bradford,{name},Community school,Open,Primary,4,11,\n");
    let text = format!("{HEADER}{}{}", row(100_000, "Another Name"), row(200_000, "New Academy"));
    std::fs::write(&new, text).unwrap();
    let (new, links) = (new.display().to_string(), folder.path().join("links.csv"));
    std::fs::write(&links, LINKS).unwrap();
    let links = links.display().to_string();

    // Without links the answer is what it always was.
    let plain = answer(&run(&[&new, "--dry-run"]));
    let keys: Vec<&String> = plain.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["added", "changed", "closed", "unchanged", "problems"]);
    let words = command(&database.address, folder.path(), &["import", "schools", &new, "--dry-run"]).output().unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("With the links table of the same release (--links)"), "{words}");

    let seen = answer(&run(&[&new, "--links", &links, "--dry-run"]));
    assert_eq!(seen["links"], json!({ "read": 2, "kept": 1, "added": 1, "removed": 0 }));
    assert_eq!(seen["left_open"], 1);
    let release = &seen["release"];
    let urns = |kind: &str| release[kind].as_array().unwrap().iter().map(|i| i["urn"].clone()).collect::<Vec<_>>();
    assert_eq!((urns("new"), urns("closed"), urns("renamed")), (vec![], vec![json!(100_002)], vec![json!(100_000)]));
    assert_eq!(urns("reopened"), Vec::<Value>::new());
    assert_eq!((urns("converted"), urns("merged"), urns("split")), (vec![json!(100_001)], vec![], vec![]));
    let next =
        json!([{ "urn": 200_000, "name": "New Academy", "link": "predecessor", "since": "2026-09-01", "open": true }]);
    assert_eq!(release["converted"][0]["successors"], next);
    assert_eq!(release["converted"][0]["coming_sessions"], 0);
    assert_eq!(release["renamed"][0]["was"], "Old 100000");

    assert_eq!(figures(&run(&[&new, "--links", &links])), [1, 1, 2, 0]);
    assert_eq!(figures(&run(&[&new, "--links", &links])), [0, 0, 1, 2]);
    let again = command(&database.address, folder.path(), &["import", "links", &links, "--json"]).output().unwrap();
    assert_eq!(answer(&again)["links"], json!({ "read": 2, "kept": 1, "added": 0, "removed": 0 }));
    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, "URN,LinkURN\n100000,100001\n").unwrap();
    let refused = run(&[&new, "--links", &bad.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(answer(&refused)["problems"].as_array().unwrap().len(), 2);

    // What is wrong with either file is told at once, and each is marked by itself.
    let list = folder.path().join("nameless.csv").display().to_string();
    std::fs::write(&list, format!("{HEADER}{}", row(100_000, ""))).unwrap();
    let links = folder.path().join("wrong.csv").display().to_string();
    std::fs::write(&links, "URN,LinkURN,LinkName,LinkType\n100000,100001,A,Predecessor\nx,100001,A,Predecessor\n")
        .unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (marked, marked_links) = (file("marked.xlsx"), file("marked links.xlsx"));
    let refused = run(&[&list, "--links", &links, "--marked", &marked, "--marked-links", &marked_links]);
    let places = |output: &Output| {
        let problems = answer(output)["problems"].as_array().unwrap().clone();
        problems.iter().map(|p| (p["row"].clone(), p["column"].clone())).collect::<Vec<_>>()
    };
    let both = [(json!(2), json!("EstablishmentName")), (json!(3), json!("URN"))];
    assert_eq!((refused.status.code(), places(&refused)), (Some(1), both.to_vec()));
    assert_eq!(places(&run(&[&marked, "--links", &marked_links])), both, "not mended");
    let alone = file("alone.xlsx");
    let args = ["import", "links", &links, "--json", "--marked", &alone];
    assert_eq!(command(&database.address, folder.path(), &args).output().unwrap().status.code(), Some(1));
    let again = command(&database.address, folder.path(), &["import", "links", &alone, "--json"]).output().unwrap();
    assert_eq!(places(&again), both[1..]);
}

#[test]
fn an_older_list_is_refused_unless_somebody_says_so() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| import(&database.address, folder.path(), args);
    let write = |name: &str, rows: &[(u32, &str)]| {
        let rows: String = rows
            .iter()
            .map(|(urn, status)| format!("{urn},380,Bradford,School {urn},Community school,{status},Primary,4,11,\n"))
            .collect();
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
        path.display().to_string()
    };
    let old = write("old.csv", &[(100_000, "Open"), (100_001, "Open")]);
    let new = write("new.csv", &[(100_000, "Open"), (100_001, "Closed")]);
    let first = answer(&run(&[&old]));
    assert_eq!(first["authorities_added"], json!(["380"]), "a tenant is added");
    assert_eq!(figures(&run(&[&new])), [0, 0, 1, 1]);
    let refused = run(&[&old]);
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && why.contains("1 school of the file") && why.contains("--older"), "{why}");
    assert_eq!(figures(&run(&[&old, "--dry-run"])), [0, 1, 0, 1], "looking is no importing");
    assert_eq!(figures(&run(&[&new])), [0, 0, 0, 1], "nothing was stored");
    assert_eq!(figures(&run(&[&old, "--older"])), [0, 1, 0, 1]);
}

/// However early or late it is killed, the list is the old one or the new one, whole.
async fn a_kill_leaves_the_old_list_or_the_new_one(database: Throwaway) {
    let folder = tempfile::tempdir().unwrap();
    let migrated = command(&database.address, folder.path(), &["migrate"]).status().unwrap();
    assert!(migrated.success());
    let old = list(folder.path(), "Old", 100_000..102_000);
    let new = list(folder.path(), "New", 101_000..103_000);
    assert_eq!(figures(&import(&database.address, folder.path(), &[&old])), [2_000, 0, 0, 0]);
    let (mut killed, mut delay) = (0, Duration::from_millis(20));
    for turn in 0..8 {
        let file = if turn % 2 == 0 { &new } else { &old };
        let mut child = command(&database.address, folder.path(), &["import", "schools", file, "--close-missing"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(delay);
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
        delay *= 2;
        // Against either file every school differs, or none does.
        let whole = [&old, &new].map(|file| {
            let [added, changed, closed, unchanged] =
                figures(&import(&database.address, folder.path(), &[file, "--dry-run"]));
            assert_eq!(added + changed + unchanged, 2_000);
            assert!(closed == 0 || closed == 1_000, "{closed} closed");
            unchanged == 2_000 && closed == 0
        });
        assert!(whole[0] != whole[1], "the list is neither the old one nor the new one, after {delay:?}");
    }
    println!("{killed} of 8 imports were killed");
    assert!(killed > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_on_sqlite() {
    a_kill_leaves_the_old_list_or_the_new_one(Throwaway::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_on_postgres() {
    if let Some(database) = Throwaway::postgres().await {
        a_kill_leaves_the_old_list_or_the_new_one(database).await;
    }
}
