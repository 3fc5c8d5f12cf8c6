//! Answering a questionnaire over HTTP: by code, one question a page, without a cookie.

use domain::session::State;
use records::testing::{Throwaway, Town, date};
use tests::{Client, TestApp, databases};

async fn app_with_code() -> Vec<(Throwaway, TestApp, Town)> {
    let mut apps = Vec::new();
    for (database, desk) in databases().await {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 11, 20), State::Delivered).await;
        let codes =
            "UPDATE session SET feedback_code = 'K7M4PX', staff_code = 'T7W9CC', feedback_closes = '2026-12-18'";
        Throwaway::execute(&desk, codes).await;
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 1").await;
        apps.push((database, TestApp::start(desk, false).await, town));
    }
    apps
}

async fn answer_all(client: &Client) -> tests::Reply {
    let mut fields = vec![("code", "K7M4PX".to_owned()), ("shown", "start".to_owned())];
    for _ in 0..4 {
        let sent: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let page = client.post("/feedback", &sent).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let shown = page.input("shown").expect("the question shown");
        let question: &'static str =
            ["liked", "learned", "comfortable", "knows_help"].into_iter().find(|q| *q == shown).unwrap();
        fields.retain(|(k, _)| *k != "shown");
        fields.push((question, "2".into()));
        fields.push(("shown", shown));
    }
    let sent: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    client.post("/feedback", &sent).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pupil_answers_one_question_a_page() {
    for (_database, app, town) in app_with_code().await {
        let pupil = app.visitor();
        let welcome = pupil.get("/feedback?code=k7m-4px").await;
        assert_eq!(welcome.status, 200);
        assert!(welcome.body.contains("The Lantern") && welcome.body.contains("Kelderdale"));
        assert!(welcome.cookies().is_empty(), "no cookie is set for somebody who answers");
        let nothing = pupil.post("/feedback", &[("code", "K7M4PX"), ("shown", "liked")]).await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.body.contains("Choose one of the three answers"));
        let done = answer_all(&pupil).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some("/feedback/thanks?from=pupil")));
        let again = answer_all(&app.visitor()).await;
        assert_eq!(again.status, 422);
        assert!(again.body.contains("answered already"), "one pupil was there, so one answers");
        let commissioner = app.signed_in(&town.commissioner()).await;
        let results = commissioner.get(&format!("/programmes/{}/results", town.programme)).await;
        assert_eq!(results.status, 200);
        assert!(results.body.contains("1 response"), "{}", results.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_says_so_and_keeps_what_was_typed() {
    for (_database, app, _town) in app_with_code().await {
        for (typed, says) in
            [("CCC CCC", "No questionnaire has this code"), ("hello", "six letters and digits"), ("", "Enter the code")]
        {
            let page = app.visitor().get(&format!("/feedback?code={}", typed.replace(' ', "+"))).await;
            assert_eq!(page.status, 422, "{typed}");
            assert!(page.body.contains(says), "{typed}: {}", page.body);
            assert_eq!(page.input("code").as_deref(), Some(typed));
        }
        let rubbish = app.visitor().post("/feedback", &[("code", "K7M4PX"), ("shown", "liked"), ("liked", "9")]).await;
        assert_eq!(rubbish.status, 422);
    }
}
