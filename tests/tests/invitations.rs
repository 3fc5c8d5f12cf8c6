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
        let nothing = school.post("/invitations/answer", &[("link", link), ("reason_note", "The hall")]).await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.body.contains("Say whether") && nothing.body.contains("The hall"), "what was typed stays");
        let (path, long) = ("/invitations/answer", "x".repeat(501));
        for (fields, said) in [
            (vec![("answer", "no")], "Say why"),
            (vec![("answer", "no"), ("reason", "rubbish")], "Say why"),
            (vec![("answer", "no"), ("reason", "other")], "Say in a few words"),
            (vec![("answer", "no"), ("reason", "no_hall"), ("reason_note", &long)], "500 characters or fewer"),
            (vec![("answer", "dates"), ("preferred", "")], "Name at least one day"),
            (vec![("answer", "dates"), ("preferred", "Fridays in May")], "is not a date"),
            (vec![("answer", "dates"), ("preferred", "1 November 2026")], "has gone"),
            (vec![("answer", "maybe")], "Say whether"),
        ] {
            let fields: Vec<_> = [("link", link)].into_iter().chain(fields).collect();
            let refused = school.post(path, &fields).await;
            assert_eq!(refused.status, 422, "{fields:?}");
            assert!(refused.body.contains(said), "{fields:?}");
            let stays = |typed: &str| refused.body.contains(typed) || matches!(typed, "rubbish" | "maybe");
            assert!(fields.iter().all(|(_, typed)| stays(typed)), "{fields:?}");
        }
        let yes = school.post(path, &[("link", link), ("answer", "yes")]).await;
        assert_eq!(yes.status, 303);
        let details = school.get(&yes.location.unwrap()).await;
        assert!(details.body.contains("Your answer was sent") && details.body.contains("from your roll"));
        say_more_by_the_link(&school, link, &details).await;
        let page = school.get(&format!("{path}?link={link}")).await;
        assert!(page.body.contains("Your school said yes"));
        assert!(page.body.contains(&format!("/tours/{}/book?setting={}", town.tour, town.special)));
        let list = commissioner.get(&format!("/tours/{}/requests", town.tour)).await;
        assert!(list.body.contains("Oak Lodge School") && list.body.contains("8 pupils"), "{}", list.body);
        let no = [("link", link), ("answer", "no"), ("reason", "no_hall"), ("reason_note", "Until Easter")];
        assert_eq!(school.post(path, &no).await.status, 303);
        let list = commissioner.get("/invitations").await;
        assert!(list.body.contains("Said no") && list.body.contains("No hall") && list.body.contains("Until Easter"));
        let gaps = commissioner.get(&format!("/coverage/gaps?programme={}&year=2026", town.programme)).await;
        assert!(gaps.body.contains("Declined") && gaps.body.contains("No hall"), "{}", gaps.body);
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
async fn a_school_that_rings_to_say_no_is_noted_with_who_said_it() {
    for (_database, app, town) in apps().await {
        let commissioner = app.signed_in(&town.commissioner()).await;
        let primary = town.primary.to_string();
        let invite = format!("/tours/{}/invite", town.tour);
        assert_eq!(commissioner.post(&invite, &[("listed", &primary), ("setting", &primary)]).await.status, 303);
        let list = commissioner.get("/invitations").await.body;
        let from = list.find("/said-no\"").expect("a way to note it");
        let path = list[..from].rsplit('"').next().map(|id| format!("{id}/said-no")).expect("its path");
        let page = commissioner.get(&path).await;
        assert!(page.status == 200 && page.fields().contains(&("asked_how".into(), "telephone".into())));
        let empty = commissioner.post(&path, &[("asked_how", "telephone")]).await;
        assert_eq!(empty.status, 422);
        assert!(empty.body.contains("Enter who said it") && empty.body.contains("Say why"), "{}", empty.body);
        let no = [
            ("asked_by_name", "Ms Khan"),
            ("asked_how", "telephone"),
            ("reason", "staffing"),
            ("reason_note", "Two are away"),
        ];
        assert_eq!(commissioner.post(&path, &no).await.location.as_deref(), Some("/invitations"));
        let list = commissioner.get("/invitations").await.body;
        assert!(list.contains("Said no") && list.contains("Two are away (Ms Khan, by telephone)"), "{list}");
        assert!(!list.contains("/said-no\""), "once is enough");
        let gaps = commissioner.get(&format!("/coverage/gaps?programme={}&year=2026", town.programme)).await;
        assert!(gaps.body.contains("Declined") && gaps.body.contains("Staffing"), "{}", gaps.body);
        let school = app.signed_in(&town.school(town.primary)).await;
        assert_eq!(school.get(&path).await.status, 403);
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!(other.get(&path).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_no_mail_reaches_is_said_once() {
    for (_database, app, town) in apps().await {
        let commissioner = app.signed_in(&town.commissioner()).await;
        let path = format!("/tours/{}/invite", town.tour);
        Throwaway::execute(&app.desk, "UPDATE setting SET email = NULL").await;
        Throwaway::execute(&app.desk, "UPDATE access_grant SET revoked_at = created_at WHERE role = 'school'").await;
        let page = commissioner.get(&path).await.body;
        assert_eq!(page.matches("Nobody’s address is known at any of these schools").count(), 1, "{page}");
        assert!(!page.contains("(no address known)"), "{page}");
        Throwaway::execute(&app.desk, "UPDATE setting SET email = 'a@b.example' WHERE name LIKE 'Oak%'").await;
        let page = commissioner.get(&path).await.body;
        let schools = page.matches("name=\"setting\"").count();
        assert_eq!(page.matches("(no address known)").count(), schools - 1, "{page}");
        assert!(page.contains("marked in the list"), "{page}");
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

/// A school without an account says who would attend; rubbish is named, and what was typed stays.
async fn say_more_by_the_link(school: &Client, link: &str, details: &tests::Reply) {
    let path = "/invitations/details";
    let version = details.input("version").unwrap();
    let rubbish = [
        ("link", link),
        ("version", &version),
        ("expected-0", "many"),
        ("sessions", "0"),
        ("part_of_day", "evening"),
        ("preferred", "soon"),
        ("contact_email", "nowhere"),
        ("access_needs", "A hoist"),
    ];
    let refused = school.post(path, &rubbish).await;
    assert_eq!(refused.status, 422);
    for (_, typed) in &rubbish[2..] {
        assert!(refused.body.contains(typed) || *typed == "evening", "{typed}");
    }
    for said in ["How many you expect must be", "Sessions must be", "is not a date", "Enter an email address"] {
        assert!(refused.body.contains(said), "{said}");
    }
    let good = [
        ("link", link),
        ("version", &version),
        ("expected-0", "8"),
        ("sessions", "1"),
        ("part_of_day", "morning"),
        ("preferred", "8 to 10 December"),
        ("impossible", "30 November\n1/12/2026"),
        ("access_needs", "A hoist"),
    ];
    let saved = school.post(path, &good).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(school.post(path, &good).await.status, 409, "somebody else’s change is not overwritten");
    let again = school.get(&format!("{path}?link={link}")).await;
    for kept in ["8 to 10 December 2026", "30 November 2026 to 1 December 2026", "A hoist"] {
        assert!(again.body.contains(kept), "{kept}");
    }
    for rubbish in ["", "x", &format!("{link}x")] {
        assert_eq!(school.get(&format!("{path}?link={rubbish}")).await.status, 404, "{rubbish}");
        assert_eq!(school.post(path, &[("link", rubbish)]).await.status, 404, "{rubbish}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_invitation_is_asked_about_first_and_its_link_says_so() {
    for (_database, app, town) in apps().await {
        let commissioner = app.signed_in(&town.commissioner()).await;
        let primary = town.primary.to_string();
        let fields = [
            ("setting", primary.as_str()),
            ("answer_by-day", "31"),
            ("answer_by-month", "2"),
            ("answer_by-year", "2026"),
        ];
        let invite = format!("/tours/{}/invite", town.tour);
        let fields: Vec<_> = fields.into_iter().chain([("listed", primary.as_str())]).collect();
        let wrong = commissioner.post(&invite, &fields).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("must be a real date") && wrong.body.contains("value=\"31\""));
        let good = [
            ("setting", primary.as_str()),
            ("answer_by-day", "4"),
            ("answer_by-month", "12"),
            ("answer_by-year", "2026"),
        ];
        assert_eq!(commissioner.post(&invite, &good).await.status, 303);
        let (_, path) = paths(&app).await.remove(0);
        let school = app.visitor();
        assert!(school.get(&path).await.body.contains("Friday 4 December 2026"));
        let list = commissioner.get("/invitations").await;
        let withdraw =
            list.body.split("href=\"").find(|l| l.contains("/withdraw\"")).unwrap().split('"').next().unwrap();
        let question = commissioner.get(withdraw).await;
        assert!(question.body.contains("Withdraw the invitation of Kelder Primary School?"));
        assert!(!school.get(&path).await.body.contains("has withdrawn"), "asking withdraws nothing");
        assert_eq!(commissioner.post(withdraw, &[]).await.status, 303);
        let dead = school.get(&path).await;
        assert_eq!(dead.status, 200);
        assert!(
            dead.body.contains("Kelderdale has withdrawn this invitation") && !dead.body.contains("Send your answer")
        );
        let link = path.strip_prefix("/invitations/answer?link=").unwrap();
        let late = school.post("/invitations/answer", &[("link", link), ("answer", "yes")]).await;
        assert_eq!(late.status, 409);
        assert_eq!(commissioner.get(withdraw).await.status, 409);
    }
}
