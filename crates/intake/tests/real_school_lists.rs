//! The real lists and the odd workbooks of `../shared`, when they are there.

use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::setting::LaCode;
use intake::school_list::{SchoolList, read};

/// A folder of `../shared`, beside the workspace; none, and a line that says so, when it isn't there.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    if path.is_dir() {
        Some(path)
    } else {
        println!("skipped: no ../shared/{folder}");
        None
    }
}

fn school_list(name: &str, only: Option<&LaCode>) -> Option<SchoolList> {
    let path = shared("data")?.join("register").join(name);
    let bytes = std::fs::read(path).expect("the list is there");
    Some(read(&bytes, name, only).unwrap_or_else(|problems| panic!("{name}: {problems:#?}")))
}

#[test]
fn the_lists_of_one_authority_are_read() {
    let Some(older) = school_list("gias_layout_bradford_2023.csv", None) else { return };
    let Some(newer) = school_list("gias_layout_bradford_2024-25.csv", None) else { return };
    assert_eq!((older.rows.len(), newer.rows.len()), (215, 225));
    assert_eq!(newer.rows.iter().filter(|r| r.closing == Some(true)).count(), 1);
    assert_eq!(newer.rows.iter().filter(|r| r.ages.is_none()).count(), 19);
    assert_eq!(newer.authorities.into_values().collect::<Vec<_>>(), [Some("Bradford".to_owned())]);
    let peel_park = newer.rows.iter().find(|r| r.urn.number() == 101_494).unwrap();
    assert_eq!(peel_park.name, "Peel Park Primary School and Nursery");
    assert_eq!((peel_park.pupils, peel_park.ehc_plans, peel_park.sen_support), (Some(546), Some(41), Some(79)));
    assert_eq!((peel_park.easting, peel_park.lsoa.as_deref()), (Some(417_549), Some("E01010831")));
}

#[test]
fn all_the_schools_of_england_are_read() {
    let began = Instant::now();
    let Some(england) = school_list("gias_layout_england_2024-25.csv", None) else { return };
    println!("the schools of England: {:?}", began.elapsed());
    assert_eq!(england.rows.len(), 23_755);
    assert_eq!(england.rows.iter().filter(|r| r.ages.is_none()).count(), 2_819);
    let westmorland = england.authorities.values().flatten().find(|name| name.starts_with("Westmorland"));
    assert_eq!(westmorland.map(String::as_str), Some("Westmorland and Furness"));
    let only: LaCode = "380".parse().unwrap();
    let Some(bradford) = school_list("gias_layout_england_2024-25.csv", Some(&only)) else { return };
    assert_eq!(bradford.rows.len() + bradford.of_others, 23_755);
    assert_eq!(bradford.rows.len(), england.rows.iter().filter(|r| r.authority == only).count());
}

#[test]
fn a_list_that_breaks_off_is_refused() {
    let Some(folder) = shared("data") else { return };
    let bytes = std::fs::read(folder.join("register/gias_layout_bradford_2023.csv")).unwrap();
    for length in [bytes.len() / 2, bytes.len() / 3, 20_000] {
        let problems = read(&bytes[..length], "cut.csv", None).unwrap_err();
        assert!(problems[0].message.contains("breaks off") && problems[0].row.is_some(), "{problems:?}");
    }
}

#[test]
fn odd_and_hostile_workbooks_are_refused_with_a_clear_problem() {
    for folder in ["spreadsheets/corpus", "spreadsheets/history"] {
        let Some(folder) = shared(folder) else { return };
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            let began = Instant::now();
            let problems = read(&bytes, &name, None).unwrap_err();
            println!("{name}: {:?} {:?} {}", began.elapsed(), problems[0].sheet, problems[0].message);
            assert!(problems.iter().all(|p| !p.message.is_empty()));
            if name.starts_with("pass_protected") {
                assert!(problems[0].message.contains("password"), "{name}: {problems:?}");
            }
            // Cut short, it must be refused as well.
            for length in [bytes.len() / 2, bytes.len().saturating_sub(100)] {
                assert!(read(&bytes[..length], &name, None).is_err(), "{name} cut to {length}");
            }
        }
    }
}
