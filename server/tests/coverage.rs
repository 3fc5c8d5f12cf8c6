//! `callboard coverage`, as a script runs it, prints what the site shows.

use std::process::{Command, Output};
use std::sync::Arc;

use app::{Assets, Site};
use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use domain::access::Actor;
use domain::clock::Clock;
use domain::session::State;
use http_body_util::BodyExt;
use records::secret::Secret;
use records::testing::{Throwaway, Town, date};
use records::{Db, Desk, sign_ins};
use serde_json::Value;
use tower::ServiceExt;

fn callboard(address: &str, folder: &std::path::Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callboard"))
        .args(args)
        .env("DATABASE_URL", address)
        .env("CALLBOARD_SECRET_FILE", folder.join("secret"))
        .output()
        .expect("callboard runs")
}

/// The site at the present day, as the command line sees it, and what one page answers to a commissioner.
async fn page(desk: &Desk, cookie: &str, path: String) -> String {
    let site = Site {
        desk: desk.clone(),
        assets: Arc::new(Assets::default()),
        public_url: "http://127.0.0.1:3000".into(),
        demo: false,
    };
    let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
    let answer = callboard::http::router(site).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

async fn prints_what_the_site_shows(database: Throwaway) {
    let folder = tempfile::tempdir().unwrap();
    let town = Town::build(&database.desk().await).await;
    let secret = Secret::at(&folder.path().join("secret")).unwrap();
    let desk = Desk::new(Db::open(&database.address).await.unwrap(), Clock::new(Utc::now), secret);
    town.session(&desk, town.special, date(2026, 11, 18), State::Delivered).await;
    town.session(&desk, town.primary, date(2026, 11, 17), State::Delivered).await;
    Throwaway::execute(&desk, "UPDATE attending_group SET attended = 9").await;
    Throwaway::execute(&desk, "UPDATE setting_year SET ward = 'Mill, \"old\"' WHERE ward = 'Mill'").await;
    let grant = town.commissioner().grant.unwrap();
    let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, grant, "test").await.unwrap();
    let cookie = format!("callboard={token}");
    let query = format!("programme={}&year=2026", town.programme);

    let run = |more: &[&str]| {
        let args = ["coverage", "--authority", "990", "--programme", "The Lantern", "--year", "2026"];
        callboard(&database.address, folder.path(), &[&args, more].concat())
    };
    let json = run(&["--json"]);
    assert!(json.status.success(), "{json:?}");
    let printed: Value = serde_json::from_slice(&json.stdout).unwrap();
    let shown: Value = serde_json::from_str(&page(&desk, &cookie, format!("/coverage.json?{query}")).await).unwrap();
    assert_eq!(printed, shown);
    for key in ["programme", "year", "as_of", "rows", "gaps"] {
        assert!(!printed[key].is_null(), "{key}");
    }
    let row = |by: &str, value: Value| {
        let rows = printed["rows"].as_array().unwrap();
        rows.iter()
            .find(|row| row["by"] == by && row["value"] == value)
            .unwrap_or_else(|| panic!("{by} {value}"))
            .clone()
    };
    let special = row("setting_type", "special".into());
    assert_eq!((&special["reached_schools"], &special["sessions"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(row("ward", Value::Null)["reached_pupils"], 9, "an unknown ward is null");
    assert_eq!(row("year_group", 6.into())["eligible_schools"], 3);
    assert_eq!(row("constituency", "Kelder Valley".into())["sessions"], 2);
    let gaps = printed["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!((&gaps[0]["urn"], &gaps[0]["name"]), (&900_002.into(), &"Beck Primary School".into()));
    assert_eq!(gaps[0]["year_groups"], serde_json::json!([6]));

    for (flags, path) in [(&["--csv"][..], "rows.csv"), (&["--csv", "--gaps"][..], "gaps.csv")] {
        let csv = run(flags);
        let shown = page(&desk, &cookie, format!("/coverage/{path}?{query}")).await;
        assert_eq!(String::from_utf8(csv.stdout).unwrap(), shown);
    }
    let told = run(&[]);
    assert!(String::from_utf8(told.stdout).unwrap().contains("Special: 1 reached of 1 eligible schools, 1 sessions"));

    assert_eq!(run(&["--json", "--csv"]).status.code(), Some(2));
    for (authority, programme, says) in [
        ("990", "The Lamp", "no programme named"),
        ("998", "The Lantern", "no authority 998"),
        ("991", "The Lantern", "no programme named"),
    ] {
        let args = ["coverage", "--authority", authority, "--programme", programme, "--json"];
        let refused = callboard(&database.address, folder.path(), &args);
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0));
        assert!(String::from_utf8(refused.stderr).unwrap().contains(says), "{says}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prints_what_the_site_shows_on_sqlite() {
    prints_what_the_site_shows(Throwaway::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prints_what_the_site_shows_on_postgres() {
    if let Some(database) = Throwaway::postgres().await {
        prints_what_the_site_shows(database).await;
    }
}
