//! A tour is planned: over HTTP without JavaScript, from the gaps to the offers, and at the board in a browser.

use std::time::Duration;

use domain::session::State;
use records::plans;
use records::testing::{Throwaway, Town, date};
use tests::browser::{Browser, By, Key, Manner};
use tests::{Client, TestApp, databases};
use uuid::Uuid;

/// Everyone's position, without which nothing can be planned.
async fn place(app: &TestApp) {
    for (name, east, north) in [
        ("Kelder Primary School", 410_000, 430_000),
        ("Beck Primary School", 414_000, 433_000),
        ("Oak Lodge School", 409_000, 436_000),
    ] {
        let sql = format!("UPDATE setting SET easting = {east}, northing = {north} WHERE name = '{name}'");
        Throwaway::execute(&app.desk, &sql).await;
    }
    Throwaway::execute(&app.desk, "UPDATE team SET base_easting = 411000, base_northing = 431000").await;
}

async fn apps() -> Vec<(Throwaway, TestApp, Town)> {
    let mut apps = Vec::new();
    for (database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        place(&app).await;
        apps.push((database, app, town));
    }
    apps
}

/// Plans the town's gaps, and waits until the plan is ready; its path.
async fn plan(client: &Client, town: &Town) -> String {
    let tour = town.tour.to_string();
    let page = client.get(&format!("/plans/new?tour={tour}&gaps=all")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(
        page.body.contains("Oak Lodge School (Special school, never reached)")
            || page.body.contains("Oak Lodge School")
    );
    let gaps: Vec<String> = [town.primary, town.second_primary, town.special].map(|s| format!("{tour}.{s}")).to_vec();
    let mut fields = vec![
        ("tour", tour.as_str()),
        ("from-day", "30"),
        ("from-month", "11"),
        ("from-year", "2026"),
        ("slots", "openings"),
        ("seconds", "10"),
        ("name", "First try"),
    ];
    fields.extend(gaps.iter().map(|gap| ("gap", gap.as_str())));
    let done = client.post("/plans/new", &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let path = done.location.expect("the plan’s page");
    for _ in 0..100 {
        let page = client.get(&path).await;
        assert_eq!(page.status, 200);
        if page.body.contains("Open the board") {
            return path;
        }
        assert!(page.body.contains("Stop, and take the best so far"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it is never planned");
}

/// A placement of this school’s on the board: its page.
async fn placement(client: &Client, plan: &str, school: &str) -> String {
    let board = client.get(&format!("{plan}/board")).await;
    assert_eq!(board.status, 200, "{}", board.body);
    let link =
        board.body.split("<a ").find(|a| a.contains("/placements/") && a.contains(&format!("data-name=\"{school}\"")));
    let link = link.unwrap_or_else(|| panic!("{school} is not on the board"));
    link.split("href=\"").nth(1).expect("a link").split('"').next().expect("a link").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tour_is_planned_overruled_and_published_without_a_script() {
    for (_database, app, town) in apps().await {
        let client = app.signed_in(&town.commissioner()).await;
        assert!(client.get("/plans").await.body.contains("There are no plans yet"));
        assert!(
            client.get(&format!("/tours/{}", town.tour)).await.body.contains(&format!("/plans/new?tour={}", town.tour))
        );
        let wrong =
            client.post("/plans/new", &[("tour", &town.tour.to_string()), ("seconds", "500"), ("name", "Kept")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("between 10 and 120") && wrong.body.contains("Kept"), "what was typed stays");
        let plan = plan(&client, &town).await;
        let page = client.get(&plan).await;
        assert!(page.body.contains("3 of 3") && page.body.contains("Proved: no plan is better"), "{}", page.body);

        // Moved by hand: looked at, then done; the same form a second time is stale, and says what it is now.
        let school = placement(&client, &plan, "Kelder Primary School").await;
        let free = format!("{}.2026-12-01.2", town.team);
        let look = client.get(&format!("{school}?to={free}")).await;
        assert!(look.body.contains("It breaks nothing") && look.body.contains("on the road"), "{}", look.body);
        let version = look.input("version").expect("a version");
        assert_eq!(client.post(&school, &[("to", &free), ("version", &version)]).await.status, 303);
        let other = format!("{}.2026-12-02.2", town.team);
        let stale = client.post(&school, &[("to", &other), ("version", &version)]).await;
        assert_eq!(stale.status, 422);
        assert!(stale.body.contains("changed this meanwhile: it is on Tue 1 Dec 2026"), "{}", stale.body);
        assert!(stale.body.contains(&format!("value=\"{other}\"")), "the choice stays");
        let weekend = client.get(&format!("{school}?to={}.2026-12-12.1", town.team)).await;
        assert!(weekend.body.contains("Not possible"));
        let told = client.get(&format!("{school}/effect?to={other}")).await;
        assert!(told.body.contains("\"possible\":true") && told.body.contains("Breaks nothing."), "{}", told.body);

        // Pinned by the move; unpinned, swapped, taken off and placed again.
        assert!(client.get(&school).await.body.contains("planning again leaves it there"));
        let version = client.get(&school).await.input("version").expect("a version");
        let unpinned = client.post(&format!("{school}/pin"), &[("version", &version), ("pinned", "no")]).await;
        assert_eq!(unpinned.status, 303);
        let beck = placement(&client, &plan, "Beck Primary School").await;
        let with = school.rsplit('/').next().expect("a key").to_owned();
        let look = client.get(&format!("{beck}?with={with}")).await;
        assert!(look.body.contains("Swap it with Kelder Primary School?"), "{}", look.body);
        let version = look.input("version").expect("a version");
        assert_eq!(client.post(&beck, &[("with", &with), ("version", &version)]).await.status, 303);
        assert!(client.get(&beck).await.body.contains("Tue 1 Dec 2026"));
        let look = client.get(&format!("{beck}?off=yes")).await;
        let version = look.input("version").expect("a version");
        assert_eq!(client.post(&beck, &[("off", "yes"), ("version", &version)]).await.status, 303);
        let page = client.get(&plan).await;
        assert!(page.body.contains("2 of 3") && page.body.contains("Taken off the board by hand."), "{}", page.body);
        let board = client.get(&format!("{plan}/board")).await;
        assert!(board.body.contains("<svg") && board.body.contains("Lamplight Studio"), "the day’s route");

        // Another plan, side by side.
        let second = self::plan(&client, &town).await;
        let id = |path: &str| path.rsplit('/').next().expect("a key").to_owned();
        let compared = client.get(&format!("/plans/compare?first={}&second={}", id(&plan), id(&second))).await;
        assert!(compared.body.contains("2 of 3") && compared.body.contains("Beck Primary School"), "{}", compared.body);

        // Published: asked first, then offered, and what is left stays.
        let ask = client.get(&format!("{plan}/publish")).await;
        assert!(ask.body.contains("2 sessions to 2 schools"), "{}", ask.body);
        let version = ask.input("version").expect("a version");
        let fields =
            [("version", version.as_str()), ("until-day", "27"), ("until-month", "11"), ("until-year", "2026")];
        let late = client
            .post(
                &format!("{plan}/publish"),
                &[("version", &version), ("until-day", "1"), ("until-month", "1"), ("until-year", "2026")],
            )
            .await;
        assert_eq!(late.status, 422);
        let done = client.post(&format!("{plan}/publish"), &fields).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert_eq!(Throwaway::count(&app.desk, "SELECT COUNT(*) FROM session WHERE state = 'offered'").await, 2);
        assert!(client.get(&plan).await.body.contains("Published"));
        let closed = client.get(&school).await;
        assert!(closed.body.contains("changed on its session"), "nothing moves any more");
        // The other plan knows that these schools are served now.
        let ask = client.get(&format!("{second}/publish")).await;
        assert!(ask.body.contains("has a session of this tour meanwhile"), "{}", ask.body);
        // Dropping asks first.
        assert!(client.get(&format!("{second}/drop")).await.body.contains("Drop this plan?"));
        assert_eq!(client.post(&format!("{second}/drop"), &[]).await.location.as_deref(), Some("/plans"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_day_is_planned_anew() {
    for (_database, app, town) in apps().await {
        town.session(&app.desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        town.session(&app.desk, town.special, date(2026, 12, 2), State::Offered).await;
        Throwaway::execute(
            &app.desk,
            "UPDATE session SET state = 'cancelled', live = FALSE, reason = 'sickness' WHERE state = 'confirmed'",
        )
        .await;
        let client = app.signed_in(&town.company()).await;
        let page = client.get(&format!("/plans/new?tour={}", town.tour)).await;
        assert!(
            page.body.contains("Visits that were called off") && page.body.contains("Release booked visits"),
            "{}",
            page.body
        );
        let value = |name: &str| {
            page.body
                .split("<input")
                .find(|i| i.contains(&format!("name=\"{name}\"")))
                .and_then(|i| Some(i.split("value=\"").nth(1)?.split('"').next()?.to_owned()))
        };
        let (lost, release) = (value("lost").expect("a visit"), value("release").expect("a visit"));
        let tour = town.tour.to_string();
        let fields = [
            ("tour", tour.as_str()),
            ("lost", &lost),
            ("release", &release),
            ("from-day", "30"),
            ("from-month", "11"),
            ("from-year", "2026"),
            ("slots", "openings"),
        ];
        let path = client.post("/plans/new", &fields).await.location.expect("the plan’s page");
        plans::work(&app.desk).await.expect("planned");
        let page = client.get(&path).await;
        assert!(page.body.contains("2 of 2"), "{}", page.body);
        assert!(page.body.contains("Booked visits that move"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_moved_on_the_board_from_the_keyboard() {
    if tests::site_folder().is_none() {
        return println!("skipped: no CALLBOARD_SITE");
    }
    let Some(browser) = Browser::start(Manner::DESKTOP).await else { return };
    let database = Throwaway::sqlite();
    let desk = database.desk().await;
    let town = Town::build(&desk).await;
    let app = TestApp::start(desk, false).await;
    place(&app).await;
    let actor = town.commissioner();
    let client = app.signed_in(&actor).await;
    let plan = plan(&client, &town).await;
    let id: Uuid = plan.rsplit('/').next().expect("a key").parse().expect("a key");
    let cookie = app.cookie(&actor).await;
    browser.open(&format!("{}/sign-in", app.url)).await;
    browser.set_cookie(&app.url, &cookie).await;
    browser.open(&format!("{}{plan}/board", app.url)).await;
    browser.see("Drag a school to another slot").await;

    let at = async || {
        let board = plans::board(&app.desk, &actor, id).await.expect("the board");
        let ask = board.asks.iter().find(|a| a.school == "Oak Lodge School").expect("the special school").clone();
        ask.place
    };
    let before = at().await;
    let tile = browser.driver.find(By::Css("[data-name='Oak Lodge School']")).await.expect("its tile");
    tile.focus().await.expect("focus");
    tile.send_keys(" ").await.expect("a key");
    browser.see("Oak Lodge School is taken up").await;
    // To the left until a place is free, and said to break nothing.
    let mut found = false;
    for _ in 0..12 {
        tile.send_keys(Key::Left + "").await.expect("a key");
        tokio::time::sleep(Duration::from_millis(600)).await;
        let said =
            browser.driver.find(By::Css(".app-board__said")).await.expect("the line").text().await.expect("its text");
        if said.contains("Breaks nothing") && !said.contains("Swap") {
            found = true;
            break;
        }
    }
    assert!(found, "no free place to the left");
    assert_eq!(browser.violations().await, Vec::<String>::new());
    browser.picture("planning-board").await;
    tile.send_keys(Key::Enter + "").await.expect("a key");
    browser.see("Oak Lodge School moved, and pinned there").await;
    let after = at().await;
    assert_ne!(before, after);

    // Somebody else changes the plan: the board comes anew by itself.
    let kelder = placement(&client, &plan, "Kelder Primary School").await;
    let look = client.get(&format!("{kelder}?off=yes")).await;
    let version = look.input("version").expect("a version");
    assert_eq!(client.post(&kelder, &[("off", "yes"), ("version", &version)]).await.status, 303);
    browser.see("Not placed").await;
    browser.quit().await;
}
