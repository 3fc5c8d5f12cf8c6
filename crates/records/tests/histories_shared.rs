//! The three shared workbooks of older records against their truth: every row right or asked about, none silently wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::AcademicYear;
use domain::access::Actor;
use domain::coverage::Counts;
use domain::setting::LaCode;
use intake::history::{Count, Half, Outcome};
use records::histories::{self, About, Applied, Choice, Links, Row, Standing, Understood};
use records::imports::{self, File, Mode};
use records::testing::Throwaway;
use records::{Desk, both, coverage};
use uuid::Uuid;

const FILES: [&str; 3] = ["police_log.xlsx", "tour_list.xls", "special_schools.ods"];

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no ../shared");
    None
}

fn file(path: &Path) -> File {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    File { name, bytes: std::fs::read(path).expect("a file").into() }
}

/// Bradford's schools, a programme and a provider.
async fn bradford(desk: &Desk, shared: &Path) -> (LaCode, Uuid) {
    let list = file(&shared.join("data/register/gias_layout_bradford_2024-25.csv"));
    let mode = Mode::Apply { close_missing: false };
    let report = imports::run(desk, &Actor::SYSTEM, &list, None, mode).await.expect("an import");
    assert!(report.added > 200);
    let programme = Uuid::now_v7();
    for sql in [
        format!(
            "INSERT INTO programme (id, authority_code, kind, name, summary, for_adults, setting_types, year_groups, needs,
                adaptations, topics, status, assurance, risk_assessment, content_notes, parent_letter, parent_materials,
                created_at, version)
             VALUES ({}, '380', 'session', 'Staying safe', '', FALSE, 'special,mainstream', 131071, '', '', '', 'open',
                '', '', '', '', '', '2026-01-01T00:00:00Z', 1)",
            key(desk, programme)
        ),
        format!("INSERT INTO programme_part (programme_id, number, title, minutes) VALUES ({}, 1, 'One', 60)", key(desk, programme)),
        format!(
            "INSERT INTO provider (id, kind, name, created_at, version)
             VALUES ({}, 'police', 'The unit', '2026-01-01T00:00:00Z', 1)",
            key(desk, programme)
        ),
        format!("INSERT INTO provider_authority (provider_id, authority_code) VALUES ({}, '380')", key(desk, programme)),
    ] {
        Throwaway::execute(desk, &sql).await;
    }
    ("380".parse().expect("an LA code"), programme)
}

/// A key as each database writes it.
fn key(desk: &Desk, id: Uuid) -> String {
    match desk.db() {
        records::Db::Sqlite { .. } => format!("X'{}'", id.simple()),
        records::Db::Postgres(_) => format!("'{id}'"),
    }
}

type Truth = BTreeMap<(String, u32, String), [String; 6]>;

/// URN, date, year groups, pupils, approximately, status.
fn truth(path: &Path) -> Truth {
    let mut reader = csv::Reader::from_path(path).expect("a truth table");
    let rows = reader.records().map(|r| r.expect("a row"));
    rows.map(|r| {
        let place = (r[0].to_owned(), r[1].parse().expect("a row number"), r[2].to_owned());
        (place, [&r[4], &r[5], &r[6], &r[7], &r[8], &r[9]].map(str::to_owned))
    })
    .collect()
}

fn place(row: &Row) -> (String, u32, String) {
    let half = match row.half.filter(|_| row.of_two) {
        Some(Half::Am) => "am",
        Some(Half::Pm) => "pm",
        None => "",
    };
    (row.sheet.clone(), row.row, half.to_owned())
}

/// What would be written of a row that is taken over, as the truth says it.
fn facts(row: &Row) -> [String; 6] {
    let years: Vec<String> = row
        .year_groups
        .iter()
        .filter(|y| y.number() != -2)
        .map(|y| match y.number() {
            -1 => "N".to_owned(),
            0 => "R".to_owned(),
            n => format!("Y{n}"),
        })
        .collect();
    let years = match row.label.as_str() {
        "whole school" => "ALL".to_owned(),
        label if label.to_lowercase().starts_with("mixed") => "MIXED".to_owned(),
        _ => years.join(";"),
    };
    let (pupils, approximate) = match row.count {
        Count::Pupils { pupils, approximate } => (pupils.to_string(), approximate),
        _ => (String::new(), false),
    };
    let status = match row.outcome {
        Outcome::Held => "held",
        Outcome::Cancelled => "cancelled",
        Outcome::Postponed => "postponed",
        Outcome::ToConfirm => "to_confirm",
    };
    [
        row.school.as_ref().and_then(|s| s.urn).map(|u| u.to_string()).unwrap_or_default(),
        row.on.map(|on| on.to_string()).unwrap_or_default(),
        years,
        pupils,
        i32::from(approximate).to_string(),
        status.to_owned(),
    ]
}

/// Rows that are right, asked about, wrong (each with what is), against the truth.
fn compare(understood: &Understood, truth: &Truth) -> (usize, usize, Vec<String>) {
    let ours: BTreeMap<_, _> = understood.rows.iter().map(|row| (place(row), row)).collect();
    let (mut right, mut asked, mut wrong) = (0, 0, Vec::new());
    for (place, wanted) in truth {
        match ours.get(place) {
            None => wrong.push(format!("{place:?} is missing")),
            Some(row) if row.standing == Standing::Asked => asked += 1,
            Some(row) if row.standing == Standing::Ready && facts(row) == *wanted => right += 1,
            Some(row) => wrong.push(format!("{place:?}: {:?}, truth {wanted:?}, ours {:?}", row.standing, facts(row))),
        }
    }
    let extra = ours.keys().filter(|place| !truth.contains_key(*place));
    wrong.extend(extra.map(|place| format!("{place:?} is no record")));
    (right, asked, wrong)
}

both!(
    async fn every_row_is_right_or_asked_about_and_coverage_counts_them(desk: Desk) {
        let Some(shared) = shared() else { return };
        let (authority, programme) = bradford(&desk, &shared).await;
        let links = std::fs::read(shared.join("matching/links-bradford.csv")).expect("links");
        let links = Links::read(&links, "links-bradford.csv").expect("links");
        let choices = [Choice::new(About::Programme, "", programme)];
        let mut taken = 0;
        for name in FILES {
            let history = file(&shared.join("spreadsheets/history").join(name));
            let stem = name.split('.').next().unwrap_or_default();
            let truth = truth(&shared.join(format!("spreadsheets/history/{stem}.truth.csv")));
            for (with, links) in [("with links", &links), ("without links", &Links::default())] {
                let opened = histories::open(&desk, &Actor::SYSTEM, &authority, history.clone(), &[]).await.unwrap();
                let understood = histories::look_at(&desk, &Actor::SYSTEM, &opened, &choices, links).await.unwrap();
                let (right, asked, wrong) = compare(&understood, &truth);
                println!(
                    "{name}, {with}: {right} right, {asked} asked about, {} wrong of {}",
                    wrong.len(),
                    truth.len()
                );
                assert!(wrong.is_empty(), "{name}, {with}:\n{}", wrong.join("\n"));
                if with == "with links" {
                    assert!(right * 100 >= truth.len() * 75, "{name}: too many rows are asked about");
                }
            }
            let id = histories::upload(&desk, &Actor::SYSTEM, Some(&authority), &history).await.unwrap();
            histories::choose(&desk, &Actor::SYSTEM, id, &choices).await.unwrap();
            let done = histories::apply(&desk, &Actor::SYSTEM, id, &links, None).await.unwrap();
            let Applied::Done { added, .. } = done else { panic!("{done:?}") };
            taken += i64::try_from(added).unwrap();
            let opened = histories::open(&desk, &Actor::SYSTEM, &authority, history, &[]).await.unwrap();
            let again = histories::look_at(&desk, &Actor::SYSTEM, &opened, &choices, &links).await.unwrap();
            assert_eq!(
                (again.count(Standing::Ready), again.count(Standing::AlreadyThere)),
                (0, added),
                "{name}, again"
            );
        }
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session").await, taken);
        // Coverage has every one that took place, and every child that was counted.
        let (mut sessions, mut pupils) = (0, 0);
        for first in 2015..2024 {
            let year = AcademicYear::new(first).unwrap();
            let covered = coverage::of(&desk, &Actor::SYSTEM, programme, year).await.unwrap();
            let counts = Counts::from(&covered.coverage.row(&[]));
            sessions += i64::try_from(counts.sessions).unwrap();
            pupils += counts.reached_pupils;
        }
        let delivered = "SELECT COUNT(*) FROM session WHERE state = 'delivered'";
        assert_eq!(sessions, Throwaway::count(&desk, delivered).await);
        assert!(sessions > 150, "{sessions}");
        let came = "SELECT CAST(SUM(attended) AS BIGINT) FROM attending_group";
        assert_eq!(pupils, Throwaway::count(&desk, came).await);
        println!("coverage counts {sessions} sessions and {pupils} attendances");
    }
);
