//! Invitations over HTTP: a commissioner asks the schools with gaps, a school answers signed out by its link.

use domain::access::Role;
use domain::session::State;
use records::outbox;
use records::testing::{Throwaway, Town, date};
use tests::{Client, TestApp, databases};

async fn apps() -> Vec<(Throwaway, TestApp, Town)> {
    let mut apps = Vec::new();
    for (database, desk) in databases().await {
        let town = Town::build(&desk).await;
        apps.push((database, TestApp::start(desk, false).await, town));
    }
    apps
}

/// The invitations' paths in the mails that wait, by address.
async fn paths(app: &TestApp) -> Vec<(String, String)> {
    let mails = outbox::claim(&app.desk, 100).await.unwrap();
    let path = |body: &str| {
        let from = body.find("/invitations/answer")?;
        body[from..].split_whitespace().next().map(str::to_owned)
    };
    mails.into_iter().filter_map(|mail| Some((mail.to_address, path(&mail.body)?))).collect()
}

async fn invite_everyone(client: &Client, town: &Town) -> Vec<String> {
    let path = format!("/tours/{}/invite", town.tour);
    let page = client.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let boxes: Vec<String> = page
        .body
        .split('<')
        .filter(|tag| tag.starts_with("input") && tag.contains("name=\"setting\"") && tag.contains("checked"))
        .filter_map(|tag| Some(tag.split("value=\"").nth(1)?.split('"').next()?.to_owned()))
        .collect();
    let key = page.input("idempotency_key").unwrap();
    let mut fields: Vec<(&str, &str)> = boxes.iter().map(|id| ("setting", id.as_str())).collect();
    fields.push(("idempotency_key", &key));
    for _ in 0..2 {
        let done = client.post(&path, &fields).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some("/invitations")), "sent twice, done once");
    }
    boxes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_school_with_a_gap_is_invited_at_once_and_answers_by_its_link() {
    for (_database, app, town) in apps().await {
        town.session(&app.desk, town.second_primary, date(2026, 12, 1), State::Confirmed).await;
        let commissioner = app.signed_in(&town.commissioner()).await;
        let asked = invite_everyone(&commissioner, &town).await;
        assert_eq!(asked.len(), 2, "the primary and the special school; the other has a date");
        let mails = paths(&app).await;
        assert_eq!(mails.len(), 2);
        let again = commissioner.get(&format!("/tours/{}/invite", town.tour)).await;
        assert!(again.body.contains("Nobody is left to invite"));

        let (_, path) = mails.iter().find(|(to, _)| to == "pshe@oak.example").unwrap();
        let school = app.visitor();
        for _ in 0..2 {
            let page = school.get(path).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(page.body.contains("Oak Lodge School") && page.body.contains("Kelderdale"));
            assert!(!page.body.contains("said yes"), "looking answers nothing, whoever looks");
        }
        let link = path.strip_prefix("/invitations/answer?link=").unwrap();
        let nothing = school.post("/invitations/answer", &[("link", link), ("reason", "The hall")]).await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.body.contains("Say whether") && nothing.body.contains("The hall"), "what was typed stays");
        let long = "x".repeat(501);
        let long = school.post("/invitations/answer", &[("link", link), ("answer", "no"), ("reason", &long)]).await;
        assert_eq!(long.status, 422);
        let yes = school.post("/invitations/answer", &[("link", link), ("answer", "yes")]).await;
        assert_eq!(yes.status, 303);
        let page = school.get(&yes.location.unwrap()).await;
        assert!(page.body.contains("Your school said yes") && page.body.contains("Your answer was sent"));
        assert!(page.body.contains(&format!("/tours/{}/book?setting={}", town.tour, town.special)));
        let no = school.post("/invitations/answer", &[("link", link), ("answer", "no"), ("reason", "No hall")]).await;
        assert_eq!(no.status, 303);
        let list = commissioner.get("/invitations").await;
        assert!(list.body.contains("Said no") && list.body.contains("No hall") && list.body.contains("No answer yet"));
        for rubbish in ["", "x", &link.replace('-', "+"), &format!("{link}x")] {
            assert_eq!(school.get(&format!("/invitations/answer?link={rubbish}")).await.status, 404, "{rubbish}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_school_is_invited_and_answers_signed_in() {
    for (_database, app, town) in apps().await {
        let commissioner = app.signed_in(&town.commissioner()).await;
        let path = format!("/tours/{}/invite", town.tour);
        let page = commissioner.get(&format!("{path}?setting={}", town.primary)).await;
        assert!(page.body.contains("Kelder Primary School") && !page.body.contains("Oak Lodge"));
        let primary = town.primary.to_string();
        let none = commissioner.post(&path, &[("listed", &primary)]).await;
        assert_eq!(none.status, 422);
        assert!(none.body.contains("Choose at least one school") && none.body.contains("Kelder Primary School"));
        assert_eq!(commissioner.post(&path, &[("listed", &primary), ("setting", &primary)]).await.status, 303);
        let school = app.signed_in(&town.school(town.primary)).await;
        let list = school.get("/invitations").await;
        let link = list.body.split("/invitations/answer?link=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(school.get(&format!("/invitations/answer?link={link}")).await.status, 200);
        assert_eq!(school.post("/invitations/answer", &[("link", &link), ("answer", "yes")]).await.status, 303);
        assert!(school.get("/invitations").await.body.contains("Said yes"));
        let other = app.signed_in(&town.school(town.secondary)).await;
        assert!(other.get("/invitations").await.body.contains("There are no invitations"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_commissioner_of_the_authority_invites() {
    for (_database, app, town) in apps().await {
        let path = format!("/tours/{}/invite", town.tour);
        let elsewhere = app.signed_in(&town.commissioner_elsewhere()).await;
        let primary = town.primary.to_string();
        assert_eq!(elsewhere.get(&path).await.status, 404);
        assert_eq!(elsewhere.get(&format!("{path}?setting={primary}")).await.status, 404);
        assert_eq!(elsewhere.post(&path, &[("setting", &primary)]).await.status, 404);
        for actor in [town.school(town.primary), town.company(), town.official(Role::Evaluator)] {
            let client = app.signed_in(&actor).await;
            assert_eq!(client.get(&path).await.status, 403, "{:?}", actor.role);
            assert_eq!(client.post(&path, &[("setting", &primary)]).await.status, 403, "{:?}", actor.role);
        }
        let ours = app.signed_in(&town.commissioner()).await;
        assert_eq!(ours.get(&format!("{path}?setting=rubbish")).await.status, 404);
        let foreign = town.primary_elsewhere.to_string();
        assert_eq!(ours.post(&path, &[("setting", &foreign)]).await.status, 404);
        assert!(paths(&app).await.is_empty(), "nobody was written to");
    }
}
