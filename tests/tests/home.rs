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

#[tokio::test(flavor = "multi_thread")]
async fn files_that_wait_are_shown_to_those_who_may_go_on_with_them() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let commissioner = app.signed_in(&town.commissioner()).await;
        let administrator = app.signed_in(&town.official(Role::Administrator)).await;
        let waits = "Files that wait";
        for client in [&commissioner, &administrator] {
            assert!(!client.get("/").await.body.contains(waits), "none does");
        }

        let log = b"Date,Time,School,Pupils\n12/09/2024,9:30,Kelder Primary,30\n".to_vec();
        let log = commissioner.upload("/histories", &[], "file", "log.csv", log).await.location.expect("its page");
        let log = log.split(['?', '#']).next().unwrap_or_default();
        let list = b"URN,LA (code),EstablishmentName\n100001,990,\n100001,990,A\n".to_vec();
        let list = commissioner.upload("/schools/import", &[], "file", "list.csv", list).await;
        let list = list.location.expect("its page");
        let people = "Email,Name,School,Role\na@kelder.test,Ann Lee,Kelder Primary School,PSHE lead\n";
        let people = administrator.upload("/people/lists", &[], "file", "people.csv", people.into()).await;
        let people = people.location.expect("its page");

        for (client, sees_people) in [(&commissioner, false), (&administrator, true)] {
            let home = client.get("/").await.body.replace("<!>", "");
            assert!(home.contains(waits), "{home}");
            let log = format!("Older records: <a href=\"{log}\" class=\"govuk-link app-break\">log.csv</a>, uploaded ");
            assert!(home.contains(&log) && home.contains(": to be checked"), "{home}");
            assert!(home.contains(&format!("href=\"{list}\" class=\"govuk-link app-break\">list.csv</a>")), "{home}");
            let problems = client.get(&list).await.body;
            let count = problems.split("Mend ").nth(1).and_then(|rest| rest.split(" in the file").next());
            let count = count.expect("how many problems");
            assert!(home.contains(&format!(": {count} to be mended")), "{count}: {home}");
            assert_eq!(
                home.contains(&format!("href=\"{people}\"")),
                sees_people,
                "people are the administrator’s: {home}"
            );
        }
        for actor in [town.commissioner_elsewhere(), town.official(Role::Evaluator), town.school(town.primary)] {
            let home = app.signed_in(&actor).await.get("/").await;
            assert!(!home.body.contains(waits) && !home.body.contains("log.csv"), "{:?}", actor.role);
        }

        // What is dropped waits no more, a refused file as well.
        assert_eq!(commissioner.post(&format!("{list}/drop"), &[]).await.status, 303);
        assert_eq!(commissioner.post(&format!("{log}/drop"), &[]).await.status, 303);
        assert!(!commissioner.get("/").await.body.contains(waits));
        assert!(administrator.get("/").await.body.contains("people.csv"));
    }
}
