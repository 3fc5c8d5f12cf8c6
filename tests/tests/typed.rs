//! What was typed is kept and shown as text, whatever it is.

use records::testing::Town;
use tests::{TestApp, databases};

const NASTY: &str = "</textarea><h1>Pwned</h1>\"'><script>alert(1)</script> &lt; \u{1f600}";

#[tokio::test]
async fn html_that_was_typed_is_shown_as_text() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let commissioner = app.signed_in(&town.commissioner()).await;
        let fields = [("name", NASTY), ("summary", NASTY), ("title_1", NASTY), ("minutes_1", NASTY)];
        let again = commissioner.post("/programmes/add", &fields).await;
        assert_eq!(again.status, 422, "{}", again.body);
        assert!(!again.body.contains("<h1>Pwned") && !again.body.contains("<script>alert"), "{}", again.body);
        for field in ["name", "summary", "title_1", "minutes_1"] {
            assert!(again.fields().contains(&(field.to_owned(), NASTY.to_owned())), "{field} is not shown as typed");
        }

        let edit = format!("/programmes/{}/visit-pack/edit", town.programme);
        let version = commissioner.get(&edit).await.input("version").expect("a version");
        let saved = commissioner.post(&edit, &[("version", &version), ("content_notes", NASTY)]).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
        for page in [edit.as_str(), edit.trim_end_matches("/edit")] {
            let shown = commissioner.get(page).await;
            assert!(shown.body.contains("Pwned"), "{page} does not show it: {}", shown.body);
            assert!(!shown.body.contains("<h1>Pwned") && !shown.body.contains("<script>alert"), "{}", shown.body);
        }
    }
}

#[tokio::test]
async fn control_characters_are_no_failure() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let commissioner = app.signed_in(&town.commissioner()).await;
        let saved = commissioner.post("/account/name", &[("name", "Ada\0 Byron\u{1b}")]).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
        assert!(commissioner.get("/account").await.body.contains("Ada Byron"));
        for asked in ["/schools?q=%00", "/schools?name=a%00b", "/audit?kind=%00", "/schools/%00", "/people?q=%00"] {
            let reply = commissioner.get(asked).await;
            assert!(reply.status < 500, "{asked}: {} {}", reply.status, reply.body);
        }
        let visitor = app.visitor();
        assert!(visitor.post("/sign-in", &[("email", "a\0@b.example")]).await.status < 500);
        assert!(visitor.post("/feedback", &[("code", "A\0BCDE")]).await.status < 500);
    }
}

#[tokio::test]
async fn what_another_site_sends_is_refused_on_a_page_that_says_so() {
    for (_database, desk) in databases().await {
        let app = TestApp::start(desk, false).await;
        let sent = reqwest::Client::new()
            .post(format!("{}/sign-in", app.url))
            .header("sec-fetch-site", "cross-site")
            .form(&[("email", "ada@council.example")])
            .send()
            .await
            .expect("an answer");
        assert_eq!(sent.status(), 403);
        assert!(sent.headers().contains_key("content-security-policy"));
        let page = sent.text().await.expect("a page");
        assert!(
            page.contains("This form was sent from another site") && page.contains("Go to your home page"),
            "{page}"
        );
        let address = app.visitor().get("/for-parents/nothing").await;
        assert_eq!(address.status, 400);
        assert!(address.body.contains("Something in the address could not be read"), "{}", address.body);
    }
}
