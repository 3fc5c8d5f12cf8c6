//! Requests over HTTP, JavaScript off: a school asks, checks, changes, withdraws; the council sees why each is worth what
//! it is, and sets what counts.

use domain::session::State;
use records::testing::{Throwaway, Town, date};
use tests::{Client, Reply, TestApp, databases};

async fn apps() -> Vec<(Throwaway, TestApp, Town)> {
    let mut apps = Vec::new();
    for (database, desk) in databases().await {
        let town = Town::build(&desk).await;
        apps.push((database, TestApp::start(desk, false).await, town));
    }
    apps
}

/// What is typed into the form, with some of it replaced.
fn typed<'a>(school: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("school", school),
        ("year_groups-0", "6"),
        ("expected-0", "28"),
        ("expected_send-0", "3"),
        ("label-0", "6A"),
        ("expected-1", "29"),
        ("label-1", "6B"),
        ("sessions", "2"),
        ("may_split", "yes"),
        ("part_of_day", "morning"),
        ("preferred", "8 to 10 December"),
        ("impossible", "2 December\n4 Dec"),
        ("access_needs", "A ramp to the hall"),
        ("contact_name", "Sam Reed"),
        ("contact_telephone", "01274 431000"),
        ("contact_email", "sam@school.example"),
    ];
    for (name, value) in other {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

async fn ask(client: &Client, town: &Town, school: &str, more: &[(&str, &str)]) -> Reply {
    let path = format!("/tours/{}/request", town.tour);
    let mut fields = typed(school, more);
    let check = client.post(&path, &fields).await;
    assert_eq!(check.status, 200, "{}", check.body);
    assert!(check.body.contains("Check your answers"));
    let key = check.input("idempotency_key").unwrap();
    fields.extend([("step", "book"), ("idempotency_key", key.as_str())]);
    let sent = client.post(&path, &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let again = client.post(&path, &fields).await;
    assert_eq!(again.location, sent.location, "sent twice, done once");
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_asks_checks_changes_and_withdraws() {
    for (_database, app, town) in apps().await {
        let school = app.signed_in(&town.school(town.primary)).await;
        let primary = town.primary.to_string();
        let tour = school.get(&format!("/tours/{}", town.tour)).await;
        assert!(tour.body.contains("Ask for this tour to come"));
        let form = school.get(&format!("/tours/{}/request", town.tour)).await;
        assert_eq!(form.input("school").as_deref(), Some(primary.as_str()));

        let check = school.post(&format!("/tours/{}/request", town.tour), &typed(&primary, &[])).await;
        for shown in
            ["6A", "29 pupils", "8 to 10 December 2026", "2 December 2026; 4 December 2026", "on one day or several"]
        {
            assert!(check.body.contains(shown), "{shown}");
        }
        let fields: Vec<_> = typed(&primary, &[("step", "change")]);
        let back = school.post(&format!("/tours/{}/request", town.tour), &fields).await;
        assert!(back.status == 200 && back.body.contains("A ramp to the hall"), "answers can be changed");

        let path = ask(&school, &town, &primary, &[]).await.location.unwrap();
        let page = school.get(&path).await;
        assert!(page.body.contains("Waits for a date") && page.body.contains("Your request was sent"));
        assert!(!page.body.contains("Worth"), "what a plan makes of it is the council’s business");
        assert!(school.get("/").await.body.contains("What you asked for"));
        assert!(school.get("/requests").await.body.contains(&path));
        assert!(school.get("/school-year").await.body.contains("Requested"));
        let again = school.get(&format!("/tours/{}/request", town.tour)).await;
        assert!(again.body.contains("has asked for this tour already") && again.body.contains(&path));
        let second = school.post(&format!("/tours/{}/request", town.tour), &typed(&primary, &[])).await;
        assert_eq!(second.status, 422);

        let edit = school.get(&format!("{path}/change")).await;
        let version = edit.input("version").unwrap();
        for kept in ["8 to 10 December 2026", "6B", "A ramp to the hall", "value=\"29\""] {
            assert!(edit.body.contains(kept), "{kept}");
        }
        let wrong = typed(&primary, &[("version", &version), ("impossible", "9 December"), ("note", "After lunch")]);
        let wrong = school.post(&format!("{path}/change"), &wrong).await;
        assert!(wrong.status == 422 && wrong.body.contains("After lunch"), "{}", wrong.status);
        assert!(wrong.body.contains("stands among the days that are not possible"));
        let good = typed(&primary, &[("version", &version), ("sessions", "1")]);
        assert_eq!(school.post(&format!("{path}/change"), &good).await.status, 303);
        assert_eq!(school.post(&format!("{path}/change"), &good).await.status, 409, "stale");

        let question = school.get(&format!("{path}/withdraw")).await;
        assert!(question.body.contains("Withdraw the request for The Lantern?"));
        let none = school.post(&format!("{path}/withdraw"), &[("reason_note", "We move")]).await;
        assert!(none.status == 422 && none.body.contains("We move") && none.body.contains("Say why"));
        assert_eq!(school.post(&format!("{path}/withdraw"), &[("reason", "staffing")]).await.status, 303);
        let page = school.get(&path).await;
        assert!(page.body.contains("Withdrawn") && page.body.contains("staffing") && page.body.contains("Ask anew"));
        assert_eq!(school.get(&format!("{path}/change")).await.status, 409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rubbish_is_named_field_by_field_and_stays() {
    for (_database, app, town) in apps().await {
        let school = app.signed_in(&town.school(town.primary)).await;
        let primary = town.primary.to_string();
        let path = format!("/tours/{}/request", town.tour);
        for (field, value, said) in [
            ("expected-0", "lots", "How many you expect must be a whole number"),
            ("expected-0", "", "Enter how many you expect"),
            ("expected-0", "1999", "A session takes at most 90"),
            ("expected_send-0", "99", "Pupils with SEND are among the 28 expected"),
            ("sessions", "", "Enter how many sessions you need"),
            ("sessions", "99", "Sessions must be a whole number between 1 and 12"),
            ("part_of_day", "night", "Choose when in the day it can be"),
            ("preferred", "whenever <b>", "is not a date"),
            ("preferred", "1 to 3 November 2026", "has gone"),
            ("preferred", "1 October 2027", "is not in the academic year"),
            ("impossible", "1 March 2027", "is not among the tour’s days"),
            ("impossible", "1 November to 18 December", "stands among the days that are not possible"),
            ("contact_name", "", "Enter whom we should talk to"),
            ("contact_telephone", "none", "telephone number"),
            ("contact_email", "nowhere", "Enter an email address"),
            ("school", "rubbish", "Choose the school"),
        ] {
            let refused = school.post(&path, &typed(&primary, &[(field, value)])).await;
            assert_eq!(refused.status, 422, "{field} {value}");
            assert!(refused.body.contains(said), "{field} {value}: {said}");
            // What cannot be typed, only forged, does not stay.
            if field != "part_of_day" && field != "school" {
                let shown = value.replace('<', "&lt;").replace('>', "&gt;");
                assert!(refused.body.contains(&shown), "{value} stays");
            }
            assert!(refused.body.contains("A ramp to the hall"), "the rest stays too");
        }
        let all = school.post(&path, &[("school", &primary)]).await;
        assert_eq!(all.status, 422);
        for said in ["how many you expect", "how many sessions", "when in the day it can be", "whom we should talk to"]
        {
            assert!(all.body.contains(said), "{said} is said at once");
        }
        assert!(school.get("/requests").await.body.contains("Your school has no such request"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_council_asks_for_a_school_sees_values_and_sets_what_counts() {
    for (_database, app, town) in apps().await {
        let commissioner = app.signed_in(&town.commissioner()).await;
        let (special, primary) = (town.special.to_string(), town.primary.to_string());
        let path = format!("/tours/{}/request", town.tour);
        let nobody = commissioner.post(&path, &typed(&special, &[])).await;
        assert!(nobody.status == 422 && nobody.body.contains("Enter who asked"));
        let asked = [("asked_by_name", "The head"), ("asked_how", "telephone")];
        ask(&commissioner, &town, &primary, &asked).await;
        let request = ask(&commissioner, &town, &special, &asked).await.location.unwrap();
        let page = commissioner.get(&request).await;
        assert!(page.body.contains("The head (by telephone)") && page.body.contains("Worth 75 points to a plan"));
        assert!(commissioner.get("/").await.body.contains("Requests that wait for a plan"));
        let list = commissioner.get(&format!("/tours/{}/requests", town.tour)).await;
        let (first, second) = (list.body.find("Oak Lodge"), list.body.find("Kelder Primary"));
        assert!(first < second && list.body.contains("never reached: 30") && list.body.contains("Book for them"));
        let filtered = commissioner.get(&format!("/tours/{}/requests?kind=special", town.tour)).await;
        assert!(filtered.body.contains("Oak Lodge") && !filtered.body.contains("Kelder Primary"));
        let rubbish = commissioner.get(&format!("/tours/{}/requests?kind=x&state=y", town.tour)).await;
        assert_eq!(rubbish.status, 200);

        let weights = commissioner.get("/weights").await;
        assert!(weights.body.contains("The first ten at present") && weights.body.contains("Oak Lodge"));
        let version = weights.input("version").unwrap();
        let mut fields = vec![("version", version.as_str())];
        for (field, value) in [
            ("request", "15"),
            ("never", "10"),
            ("year", "4"),
            ("most_years", "5"),
            ("provision", "0"),
            ("deprivation", "2"),
            ("leaving", "10"),
            ("week", "1"),
            ("most_weeks", "8"),
        ] {
            fields.push((field, value));
        }
        let with = |step: &'static str| fields.iter().copied().chain([("step", step)]).collect::<Vec<_>>();
        let tried = commissioner.post("/weights", &with("try")).await;
        assert_eq!(tried.status, 200);
        assert!(tried.body.contains("if you save this") && tried.body.contains("up from 2"), "{}", tried.body);
        assert!(commissioner.get(&request).await.body.contains("Worth 75 points"), "trying saves nothing");
        assert_eq!(commissioner.post("/weights", &with("save")).await.status, 303);
        assert!(commissioner.get(&request).await.body.contains("Worth 55 points"));
        assert_eq!(commissioner.post("/weights", &with("save")).await.status, 409, "stale");
        for (field, value) in
            [("never", "-1"), ("never", "many"), ("request", "0"), ("most_years", "0"), ("week", ""), ("year", "1001")]
        {
            let mut wrong = with("save");
            wrong.retain(|(name, _)| *name != field);
            wrong.push((field, value));
            let refused = commissioner.post("/weights", &wrong).await;
            assert_eq!(refused.status, 422, "{field}={value}");
            assert!(
                refused.body.contains(&format!("href=\"#{field}\""))
                    && refused.body.contains(&format!("value=\"{value}\""))
            );
        }
        assert_eq!(commissioner.post("/weights", &with("default")).await.status, 200);
        for other in [town.company(), town.school(town.primary)] {
            assert_eq!(app.signed_in(&other).await.get("/weights").await.status, 403);
        }
        let provider = app.signed_in(&town.company()).await;
        assert!(provider.get(&request).await.body.contains("Worth 55 points"));
        assert!(provider.get("/requests").await.body.contains("Oak Lodge"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_day_is_told_wherever_the_open_request_shows() {
    for (_database, app, town) in apps().await {
        let school = app.signed_in(&town.school(town.primary)).await;
        let request = ask(&school, &town, &town.primary.to_string(), &[]).await.location.unwrap();
        let offer = town.session(&app.desk, town.primary, date(2026, 12, 3), State::Offered).await;
        Throwaway::execute(&app.desk, "UPDATE session SET request_id = (SELECT id FROM request)").await;
        Throwaway::execute(&app.desk, "UPDATE request SET state = 'placed'").await;
        let no = [("version", "1"), ("reason", "no_hall")];
        assert_eq!(school.post(&format!("/sessions/{offer}/decline"), &no).await.status, 303);
        let said = "Declined 3 December 2026: no hall or room for it. Still asks for another date";
        for path in [request.as_str(), "/", "/requests", "/school-year"] {
            let page = school.get(path).await;
            assert!(page.body.contains(said), "{path}: {}", page.body);
        }
        let commissioner = app.signed_in(&town.commissioner()).await;
        let gaps = format!("/coverage/gaps?programme={}", town.programme);
        for path in [format!("/tours/{}/requests", town.tour), gaps, request] {
            let page = commissioner.get(&path).await;
            assert!(page.body.contains(said), "{path}: {}", page.body);
        }
    }
}
