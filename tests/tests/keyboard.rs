//! Everything can be done from the keyboard: the skip link leads to the content, Tab reaches every field of the longest
//! form in the order it is read, and Enter sends it.

use records::testing::{Throwaway, Town};
use tests::TestApp;
use tests::browser::{Browser, By, Key, Manner, TypingData};

/// Presses of Tab that a page may take.
const MOST_TABS: usize = 120;

async fn active(browser: &Browser, attribute: &str) -> Option<String> {
    let element = browser.driver.active_element().await.expect("an active element");
    element.attr(attribute).await.expect("an answer")
}

async fn send(browser: &Browser, keys: impl Into<TypingData>) {
    let element = browser.driver.active_element().await.expect("an active element");
    element.send_keys(keys).await.expect("a key");
}

/// Presses Tab until a field of this name has the focus.
async fn tab_to(browser: &Browser, name: &str) {
    for _ in 0..MOST_TABS {
        send(browser, Key::Tab + "").await;
        if active(browser, "name").await.as_deref() == Some(name) {
            return;
        }
    }
    panic!("Tab never reaches {name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_booking_need_no_mouse() {
    let Some(browser) = Browser::start(Manner::DESKTOP).await else { return };
    let database = Throwaway::sqlite();
    let desk = database.desk().await;
    let town = Town::build(&desk).await;
    let app = TestApp::start(desk, false).await;

    browser.open(&format!("{}/sign-in", app.url)).await;
    send(&browser, Key::Tab + "").await;
    assert_eq!(active(&browser, "class").await.as_deref(), Some("govuk-skip-link"));
    send(&browser, Key::Enter + "").await;
    assert_eq!(active(&browser, "id").await.as_deref(), Some("main-content"));
    tab_to(&browser, "email").await;
    send(&browser, "dana@kelder.example").await;
    send(&browser, Key::Enter + "").await;
    browser.see("Type the code from your mail").await;

    let school = town.school(town.primary);
    browser.set_cookie(&app.url, &app.cookie(&school).await).await;
    browser.open(&format!("{}/tours/{}/book", app.url, town.tour)).await;
    let shown = "//form[contains(@action, '/book')]//*[self::input or self::select or self::textarea]\
                 [not(@type='hidden')][not(ancestor::details[not(@open)])]";
    let mut names = Vec::new();
    for field in browser.driver.find_all(By::XPath(shown)).await.expect("fields") {
        let name = field.attr("name").await.expect("an answer").expect("a name");
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    assert!(names.len() >= 10, "{names:?}");
    for name in &names {
        tab_to(&browser, name).await;
        match name.as_str() {
            "opening" => send(&browser, Key::Down + "").await,
            "staff_stay" => send(&browser, " ").await,
            "expected-0" => send(&browser, "12").await,
            "contact_telephone" => send(&browser, "01632 960001").await,
            // The year group and the contact are filled in.
            _ => {}
        }
    }
    // Behind the last field comes the button.
    send(&browser, Key::Tab + "").await;
    send(&browser, Key::Enter + "").await;
    browser.see("Year 6: 12 expected").await;
    assert_eq!(browser.heading().await, "Check your answers");
    browser.quit().await;
}

/// How far below the upper edge of the window an element begins.
async fn top(browser: &Browser, selector: &str) -> i64 {
    let script = format!("return Math.round(document.querySelector('{selector}').getBoundingClientRect().top)");
    browser.driver.execute(script, Vec::new()).await.expect("a place").convert().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_what_is_wrong_shows_the_question_and_the_error() {
    for manner in [Manner::DESKTOP, Manner { javascript: true, size: (375, 760) }] {
        let Some(browser) = Browser::start(manner).await else { return };
        let database = Throwaway::sqlite();
        let desk = database.desk().await;
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        browser.open(&app.url).await;
        browser.set_cookie(&app.url, &app.cookie(&town.commissioner()).await).await;
        browser.open(&format!("{}/programmes/add", app.url)).await;
        browser.press("Add the programme").await;
        browser.see("There is a problem").await;
        // Radios in the middle of a long form, and a line of text.
        for (field, asked) in [("status", "fieldset:has(#status) legend"), ("minutes_1", "label[for=minutes_1]")] {
            let link = browser.driver.find(By::Css(format!(".govuk-error-summary a[href=\"#{field}\"]"))).await;
            link.expect("a link").click().await.expect("a click");
            assert_eq!(active(&browser, "name").await.as_deref(), Some(field));
            for shown in [asked.to_owned(), format!("#{field}-error"), format!("#{field}")] {
                let top = top(&browser, &shown).await;
                assert!((0..760).contains(&top), "{manner:?}: {shown} is at {top}");
            }
        }
        browser.quit().await;
    }
}
