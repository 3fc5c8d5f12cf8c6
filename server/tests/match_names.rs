//! Matching typed names on the command line: the format's array, a table for people, and refusals that say what is wrong.

use std::path::Path;
use std::process::{Command, Output};

const LIST: &str = "\
URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Town,Postcode
200001,999,Hallowdale,2034,Thornwick Primary School,Community school,Primary,4,11,Hallow,HD1 1AA
200002,999,Hallowdale,2035,St Joseph's Catholic Primary School,Academy converter,Primary,4,11,Hallow,HD1 2AA
200003,999,Hallowdale,2036,St Joseph's Catholic Primary School,Academy converter,Primary,4,11,Marbeck,HD7 1AA
200004,998,Overdale,2037,Fennick Primary School,Community school,Primary,4,11,Skelby,OD9 1AA
";
const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate
200001,199001,Dunmere First School,Predecessor,
";
const NAMES: &str = "row,name,postcode,town
11,thornwick pri  sch - am,,
12,St Joseph\u{2019}s,,
13,Zoom,,
14,Dunmere First,,
";

fn callboard(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callboard")).current_dir(folder).args(words).output().expect("callboard")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("list.csv", LIST), ("links.csv", LINKS), ("names.csv", NAMES)] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

#[test]
fn names_are_matched() {
    let folder = folder();
    let words = ["match", "names.csv", "--schools", "list.csv", "--links", "links.csv", "--authority", "999", "--json"];
    let matched = callboard(folder.path(), &words);
    assert!(matched.status.success(), "{}", text(&matched.stderr));
    let rows: serde_json::Value = serde_json::from_slice(&matched.stdout).expect("JSON");
    let of = |row: usize, key: &str| rows[row][key].clone();
    assert_eq!(rows.as_array().map(Vec::len), Some(4));
    assert_eq!((of(0, "row"), of(0, "urn"), of(0, "decision")), (11.into(), "200001".into(), "matched".into()));
    assert_eq!(rows[0]["candidates"][0]["name"], "Thornwick Primary School");
    assert_eq!((of(1, "urn"), of(1, "decision")), (serde_json::Value::Null, "review".into()));
    assert_eq!(rows[1]["candidates"].as_array().map(Vec::len), Some(2));
    assert_eq!((of(2, "urn"), of(2, "decision")), (serde_json::Value::Null, "none".into()));
    assert_eq!((of(3, "urn"), of(3, "decision")), ("200001".into(), "matched".into()));
    assert!(
        rows.as_array()
            .expect("rows")
            .iter()
            .all(|r| (0.0..=1.0).contains(&r["confidence"].as_f64().expect("a share")))
    );
    assert!(!folder.path().join("data").exists(), "matching needs no database");

    let table = callboard(folder.path(), &["match", "names.csv", "--schools", "list.csv"]);
    let said = text(&table.stdout);
    assert!(table.status.success(), "{}", text(&table.stderr));
    assert!(said.contains("200001 Thornwick Primary School") && said.contains("part of its name"), "{said}");
    assert!(said.ends_with("1 matched, 1 to review, 2 of no school of this list\n"), "{said}");
}

#[test]
fn bad_files_are_refused() {
    let folder = folder();
    let refused = |words: &[&str], code: i32, expected: &[&str]| {
        let output = callboard(folder.path(), words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(output.stdout.is_empty(), "{words:?}");
        for part in expected {
            assert!(said.contains(part), "{part:?} is not in {said}");
        }
    };
    std::fs::write(folder.path().join("bad.csv"), "row,school\n1,Thornwick\n").expect("a file");
    std::fs::write(folder.path().join("empty.csv"), "").expect("a file");
    refused(&["match", "bad.csv", "--schools", "list.csv"], 1, &["bad.csv is refused", "row 1, name", "no column"]);
    refused(&["match", "names.csv", "--schools", "bad.csv"], 1, &["bad.csv is refused", "URN"]);
    refused(&["match", "names.csv", "--schools", "list.csv", "--links", "bad.csv"], 1, &["LinkURN", "missing"]);
    refused(&["match", "gone.csv", "--schools", "list.csv"], 1, &["gone.csv cannot be read"]);
    refused(&["match", "empty.csv", "--schools", "list.csv"], 1, &["empty"]);
    refused(&["match", "names.csv", "--schools", "list.csv", "--authority", "997"], 1, &["no school of authority 997"]);
    refused(&["match", "names.csv"], 2, &["--schools"]);
    refused(&["match", "names.csv", "--schools", "list.csv", "--authority", "x"], 2, &["LA code"]);
}
