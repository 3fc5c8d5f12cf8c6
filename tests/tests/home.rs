//! Home pages over HTTP: each role is shown what waits for it, and nothing of another tenant's.

use domain::access::Role;
use domain::session::State;
use records::testing::{Town, date};
use tests::{TestApp, databases};

#[tokio::test(flavor = "multi_thread")]
async fn each_role_is_shown_what_waits() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let overdue = town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        let next = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        let app = TestApp::start(desk, false).await;
        let link = format!("/sessions/{overdue}/attendance");

        let school = app.signed_in(&town.school(town.primary)).await.get("/").await;
        assert_eq!(school.status, 200);
        assert!(school.body.contains("Data overdue") && school.body.contains(&link), "{}", school.body);
        assert!(school.body.contains(&format!("/sessions/{next}")));

        let other = app.signed_in(&town.school(town.second_primary)).await.get("/").await;
        assert!(!other.body.contains(&link) && other.body.contains("On offer to you"), "{}", other.body);
        assert!(other.body.contains(&format!("/tours/{}/book", town.tour)));

        let provider = app.signed_in(&town.company()).await.get("/").await;
        assert!(provider.body.contains("Data overdue") && provider.body.contains(&link), "{}", provider.body);
        let far = app.signed_in(&town.company_elsewhere()).await.get("/").await;
        assert!(far.body.contains("nothing waits to be counted") && !far.body.contains(&link));

        let commissioner = app.signed_in(&town.commissioner()).await.get("/").await;
        assert!(commissioner.body.contains("Data overdue") && commissioner.body.contains("Open tours"));
        assert!(commissioner.body.contains(&format!("/tours/{}", town.tour)));
        for (role, says) in [
            (Role::Administrator, "open schools are"),
            (Role::Evaluator, "Nobody has answered a questionnaire yet"),
            (Role::Safeguarding, "Nothing waits for you"),
        ] {
            let page = app.signed_in(&town.official(role)).await.get("/").await;
            assert!(page.status == 200 && page.body.contains(says), "{role}: {}", page.body);
        }

        let nobody = app.visitor().get("/").await;
        assert_eq!(nobody.status, 200);
        assert!(nobody.body.contains("href=\"/sign-in\"") && nobody.body.contains("href=\"/feedback\""));
        assert!(!nobody.body.contains("/demo"), "no demonstration here");
    }
}
