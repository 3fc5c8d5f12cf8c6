//! A school's year over HTTP: its cells lead to what they name; nobody else's year is found.

use domain::session::State;
use records::testing::{Town, date};
use tests::{TestApp, databases};

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_says_how_it_stands_and_leads_on() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let delivered = town.session(&desk, town.primary, date(2026, 11, 18), State::Delivered).await;
        let app = TestApp::start(desk, false).await;
        let school = app.signed_in(&town.school(town.primary)).await;
        let page = school.get("/school-year").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(&format!("/sessions/{delivered}")), "{}", page.body);
        assert!(page.body.contains("Year 6") && page.body.contains("2026/27"));
        assert_eq!(school.get(&format!("/sessions/{delivered}")).await.status, 200);

        let second = app.signed_in(&town.school(town.second_primary)).await;
        let page = second.get("/school-year").await;
        let book = page.body.split("href=\"").find(|link| link.contains("/book?school=")).expect("something to book");
        let book = book.split('"').next().expect("a path");
        assert_eq!(second.get(book).await.status, 200, "{book}");
        let last = second.get(&format!("/school-year?school={}&year=2024", town.second_primary)).await;
        assert!(last.status == 200 && last.body.contains("2024/25"), "{}", last.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_year_is_not_found() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let path = format!("/school-year?school={}", town.primary);
        for stranger in [town.school(town.second_primary), town.commissioner_elsewhere()] {
            assert_eq!(app.signed_in(&stranger).await.get(&path).await.status, 404);
        }
        let commissioner = app.signed_in(&town.commissioner()).await;
        assert_eq!(commissioner.get(&path).await.status, 200);
        let none = commissioner.get("/school-year").await;
        assert_eq!((none.status, none.location.as_deref()), (303, Some("/schools")));
        let link = commissioner.get(&format!("/schools/{}", town.primary)).await;
        assert!(link.body.contains(&path), "a school's page leads to its year");
        assert_eq!(app.signed_in(&town.company()).await.get(&path).await.status, 403);
        for rubbish in ["/school-year?school=x", "/school-year?year=soon"] {
            assert_eq!(app.signed_in(&town.school(town.primary)).await.get(rubbish).await.status, 404, "{rubbish}");
        }
    }
}
