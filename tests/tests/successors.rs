//! A new release of the school list in a browser: what becomes of schools is shown before anything changes, a split is
//! asked about, and what is still to come is carried over when somebody says so. With JavaScript on a desk, and without
//! it on a phone.

use std::path::PathBuf;

use domain::session::State;
use records::Desk;
use records::testing::{Throwaway, Town, date};
use tests::browser::{Browser, Manner};
use tests::{TestApp, databases};

const LIST: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                    PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n\
                    900011,990,Kelderdale,Kelder Primary Academy,Academy converter,Open,Primary,4,11,\n\
                    900002,990,Kelderdale,Beck Primary School and Nursery,,Open,Primary,4,11,420\n\
                    900013,990,Kelderdale,Kelder High North,,Open,Secondary,11,16,500\n\
                    900014,990,Kelderdale,Kelder High South,,Open,Secondary,11,16,500\n\
                    900004,990,Kelderdale,Oak Lodge School,,Open,Not applicable,,,100\n";
const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n\
                     900001,900011,Kelder Primary Academy,Successor,31-08-2026\n\
                     900011,900001,Kelder Primary School,Predecessor,01-09-2026\n\
                     900013,900003,Kelder High School,Predecessor - Split School,01-09-2026\n\
                     900014,900003,Kelder High School,Predecessor - Split School,01-09-2026\n";

/// A page is the one that is meant, without a fault at this size.
async fn look(browser: &Browser, heading: &str, picture: &str) {
    assert_eq!(browser.heading().await, heading);
    // axe-core is a script itself.
    if picture.contains("desk") {
        let wrong = browser.violations().await;
        assert!(wrong.is_empty(), "{heading}: {wrong:?}");
    }
    browser.picture(picture).await;
}

async fn a_release_comes_in(desk: Desk, manner: Manner, name: &str) {
    let Some(browser) = Browser::start(manner).await else { return };
    let town = Town::build(&desk).await;
    let ahead = town.session(&desk, town.primary, date(2026, 12, 8), State::Confirmed).await;
    town.session(&desk, town.primary, date(2026, 11, 10), State::Delivered).await;
    let app = TestApp::start(desk.clone(), false).await;
    let cookie = app.cookie(&town.commissioner()).await;
    browser.set_cookie(&app.url, &cookie).await;
    let open = async |path: &str| browser.open(&format!("{}{path}", app.url)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };

    open("/schools/successors").await;
    look(&browser, "Schools that closed, and who follows them", &format!("successors-{name}-empty")).await;

    // The list by itself: links would tell who follows.
    open("/schools/import").await;
    browser.attach("file", &file("list.csv", LIST)).await;
    browser.press("Upload and preview").await;
    browser.see("The links table of the same release says which schools follow").await;
    browser.press("Drop this file").await;
    // Neither file.
    browser.press("Upload and preview").await;
    browser.see("Choose the school list, or the links table").await;

    // Both together.
    browser.attach("file", &file("list.csv", LIST)).await;
    browser.attach("links", &file("links.csv", LINKS)).await;
    browser.press("Upload and preview").await;
    look(&browser, "Check what the school list changes", &format!("successors-{name}-preview")).await;
    for text in [
        "Of the 4 rows of the links table 4 say which school came from which",
        "These schools have sessions to come",
        "1 session, 1 person who may sign in",
        "Kelder Primary Academy (900011), 1 Sep 2026",
        "Kelder High North (900013), 1 Sep 2026",
        "Beck Primary School and Nursery",
    ] {
        browser.see(text).await;
    }
    assert!(!browser.text().await.contains("no longer in the list"), "nothing is left to confirm");
    browser.press("Import this list").await;
    look(&browser, "School list imported", &format!("successors-{name}-imported")).await;
    browser.see("Split").await;
    browser.press("What is still to come at schools that closed").await;
    look(&browser, "Schools that closed, and who follows them", &format!("successors-{name}-list")).await;

    // Which of the two carries the history.
    browser.press("Split: say which school carries its history").await;
    look(&browser, "Kelder High School was split", &format!("successors-{name}-split")).await;
    browser.press("Save").await;
    look(&browser, "Kelder High School was split", &format!("successors-{name}-split-refused")).await;
    browser.see("Choose which school carries its history").await;
    browser.choose("carrier", "900014").await;
    browser.press("Save").await;
    browser.see("Kelder High South").await;
    browser.press("What was decided").await;
    look(&browser, "Kelder High School was split", &format!("successors-{name}-decided")).await;
    browser.see("Carried on by Kelder High South: commissioner said so").await;
    browser.press("Take this back").await;
    browser.see("Taken back: it is asked again").await;

    // What is still to come at Kelder Primary.
    open("/").await;
    look(&browser, "What waits for you", &format!("successors-{name}-home")).await;
    browser.see("1 school was split").await;
    browser.press("1 closed school still has something to come").await;
    browser.press("1 session, 1 person who may sign in").await;
    look(&browser, "What is still to come at Kelder Primary School", &format!("successors-{name}-carry")).await;
    browser.press("over to Kelder Primary Academy").await;
    browser.see("Carried over: 2 things").await;
    look(&browser, "What is still to come at Kelder Primary School", &format!("successors-{name}-carried")).await;
    open(&format!("/sessions/{ahead}")).await;
    browser.see("Kelder Primary Academy").await;
    browser.see("Carried over to the school that follows").await;

    // The school it became says so, and coverage counts it there.
    open(&format!("/schools/{}", town.primary)).await;
    browser.see("It is carried on by Kelder Primary Academy").await;
    look(&browser, "Kelder Primary School Closed", &format!("successors-{name}-school")).await;
    open("/coverage").await;
    browser.resize(320, 640).await;
    open("/schools/successors").await;
    assert_eq!(browser.overflow().await, 0);
    open(&format!("/schools/closed/{}", town.primary)).await;
    assert_eq!(browser.overflow().await, 0);
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_comes_in_on_each_database() {
    for (at, (_database, desk)) in databases().await.into_iter().enumerate() {
        a_release_comes_in(desk, Manner::DESKTOP, &format!("desk-{at}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_comes_in_without_javascript() {
    let database = Throwaway::sqlite();
    a_release_comes_in(database.desk().await, Manner::PLAIN_PHONE, "phone").await;
}
