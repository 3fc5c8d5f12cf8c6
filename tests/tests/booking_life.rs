//! A booking's life over HTTP with JavaScript off: holding a slot, waiting for one, answering an offer, run sheets, the
//! day's digest.

use domain::session::State;
use records::testing::{Throwaway, Town, date};
use tests::{Client, Reply, TestApp, databases};

struct Place {
    _database: Throwaway,
    app: TestApp,
    town: Town,
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for (database, desk) in databases().await {
            let town = Town::build(&desk).await;
            places.push(Self { _database: database, app: TestApp::start(desk, false).await, town });
        }
        places
    }

    async fn count(&self, sql: &str) -> i64 {
        Throwaway::count(&self.app.desk, sql).await
    }

    async fn slots(&self) -> Vec<String> {
        let commissioner = self.town.commissioner();
        let free = records::openings::free(&self.app.desk, &commissioner, self.town.tour, date(2026, 12, 1)).await;
        free.expect("openings").into_iter().map(|o| o.id.to_string()).collect()
    }
}

fn done(reply: Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.expect("a redirect's address")
}

/// The accept page's fields as it shows them.
async fn accept_fields(client: &Client, path: &str) -> Vec<(&'static str, String)> {
    let page = client.get(path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let mut fields = vec![("year_groups-0", "6".to_owned()), ("staff_stay", "yes".to_owned())];
    for name in
        ["version", "opening", "expected-0", "label-0", "contact_name", "contact_telephone", "contact_email", "room"]
    {
        fields.push((name, page.input(name).unwrap_or_default()));
    }
    fields
}

async fn post(client: &Client, path: &str, fields: &[(&'static str, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields).await
}

fn with(fields: &[(&'static str, String)], name: &'static str, to: &str) -> Vec<(&'static str, String)> {
    let mut changed: Vec<_> = fields.iter().filter(|(field, _)| *field != name).cloned().collect();
    changed.push((name, to.into()));
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_is_held_while_the_booking_is_written() {
    for place in Place::all().await {
        let town = &place.town;
        let kelder = place.app.signed_in(&town.school(town.primary)).await;
        let beck = place.app.signed_in(&town.school(town.second_primary)).await;
        let page = format!("/tours/{}/book", town.tour);
        let slots = place.slots().await;
        let school = town.primary.to_string();
        let ask = kelder.get(&format!("{page}?opening={}", slots[0])).await;
        assert!(
            ask.body.contains("Hold this slot for 10 minutes") && !ask.body.contains("Held for you"),
            "{}",
            ask.body
        );
        let hold = [("step", "hold"), ("school", &*school), ("opening", &*slots[0])];
        let held = kelder.get(&done(kelder.post(&page, &hold).await)).await;
        assert!(held.body.contains("Held for you until 11:10am"), "{}", held.body);
        assert!(!beck.get(&page).await.body.contains(&slots[0]), "nobody else is offered it");
        let theirs = town.second_primary.to_string();
        let gone = beck.post(&page, &[("step", "hold"), ("school", &*theirs), ("opening", &*slots[0])]).await;
        assert!(gone.status == 409 && gone.body.contains("That slot has just gone"), "{}", gone.body);
        // Another slot lets go of the first, and what was typed stays.
        let other =
            [("step", "hold"), ("school", &*school), ("opening", &*slots[1]), ("expected-0", "28"), ("room", "Gym")];
        let page_again = kelder.post(&page, &other).await;
        assert!(page_again.status == 200 && page_again.input("room").as_deref() == Some("Gym"), "{}", page_again.body);
        assert!(beck.get(&page).await.body.contains(&slots[0]));
        for (opening, says) in [("", "Choose a date and time to hold"), ("yesterday", "invalid")] {
            let reply = kelder.post(&page, &[("step", "hold"), ("school", &*school), ("opening", opening)]).await;
            assert!(reply.status == 422, "“{opening}” {says}: {}", reply.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_waits_is_offered_a_slot_and_answers() {
    for place in Place::all().await {
        let town = &place.town;
        let beck = place.app.signed_in(&town.school(town.second_primary)).await;
        let wait = format!("/tours/{}/wait", town.tour);
        let page = beck.get(&wait).await;
        assert!(
            page.body.contains("Join the waiting list") && page.body.contains("can be booked at once"),
            "{}",
            page.body
        );
        let school = town.second_primary.to_string();
        let fields = vec![
            ("school", school.clone()),
            ("year_groups-0", "6".into()),
            ("expected-0", "30".into()),
            ("part_of_day", "any".into()),
            ("has", "hall".into()),
            ("contact_name", "Kim Lee".into()),
            ("contact_telephone", "01632 960002".into()),
            ("contact_email", "kim@beck.example".into()),
        ];
        for (field, typed, says) in [
            ("expected-0", "many", "whole number"),
            ("expected-0", "91", "There is room for"),
            ("part_of_day", "midnight", "midnight"),
            ("impossible", "the day after tomorrow", "is not a date"),
            ("contact_email", "nowhere", "email address"),
            ("contact_telephone", "ring me", "telephone"),
        ] {
            let reply = post(&beck, &wait, &with(&fields, field, typed)).await;
            assert!(reply.status == 422 && reply.body.contains(says), "{field} = “{typed}”: {}", reply.body);
            assert!(reply.input("contact_name").as_deref() == Some("Kim Lee"), "what was typed is lost");
        }
        done(post(&beck, &wait, &fields).await);
        assert!(beck.get(&wait).await.body.contains("1 of 1"));
        assert!(beck.get("/").await.body.contains("What you wait for"));

        // A visit in the last morning is given back.
        let session = town.session(&place.app.desk, town.primary, date(2026, 12, 14), State::Confirmed).await;
        let commissioner = place.app.signed_in(&town.commissioner()).await;
        let fields = [("version", "1"), ("reason", "timetable")];
        done(commissioner.post(&format!("/sessions/{session}/cancel"), &fields).await);
        let home = beck.get("/").await.body;
        assert!(home.contains("Visits you are offered") && home.contains("Say yes or no until 24 Nov 2026"), "{home}");
        let accept = home.split("href=\"").find(|a| a.contains("/accept\"")).expect("a link").split('"').next();
        let accept = accept.expect("a path").to_owned();
        let offer = accept.trim_end_matches("/accept").to_owned();
        assert_eq!(place.app.signed_in(&town.school(town.primary)).await.get(&accept).await.status, 404);

        let fields = accept_fields(&beck, &accept).await;
        for (field, typed, says) in [
            ("expected-0", "", "Enter how many you expect"),
            ("contact_telephone", "ring me", "telephone"),
            ("staff_stay", "no", "must stay with the pupils"),
        ] {
            let reply = post(&beck, &accept, &with(&fields, field, typed)).await;
            assert!(reply.status == 422 && reply.body.contains(says), "{field} = “{typed}”: {}", reply.body);
        }
        let decline = format!("{offer}/decline");
        let no_reason = beck.post(&decline, &[("version", "1")]).await;
        assert!(no_reason.status == 422 && no_reason.body.contains("Say why"), "{}", no_reason.body);
        let blank = beck.post(&decline, &[("version", "1"), ("reason", "other")]).await;
        assert!(blank.status == 422, "{}", blank.body);

        let days = beck.get(&format!("{offer}/another-day")).await;
        let other = days.body.split("href=\"").find(|a| a.contains("/accept?opening=")).expect("another day");
        let other = other.split('"').next().expect("a path").to_owned();
        assert!(beck.get(&other).await.body.contains("Another day:"));
        let answered = post(&beck, &accept, &with(&fields, "expected-0", "25")).await;
        assert_eq!(done(answered), offer);
        let page = beck.get(&offer).await.body;
        for shown in ["Confirmed", "Accepted", "Kim Lee, 01632 960002", "From the waiting list"] {
            assert!(page.contains(shown), "“{shown}” is not on the session's page: {page}");
        }
        let late = beck.post(&decline, &[("version", "2"), ("reason", "no_hall")]).await;
        assert!(late.status == 409, "{}: {}", late.status, late.body);
        assert!(beck.get(&wait).await.body.contains("Nobody of yours waits"));
        let told = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Accepted by Beck%'";
        assert!(place.count(told).await >= 3, "contact, provider and commissioner");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_sheet_says_where_to_go_and_is_saved_as_one_file() {
    for place in Place::all().await {
        let town = &place.town;
        town.session(&place.app.desk, town.primary, date(2026, 11, 23), State::Confirmed).await;
        let company = place.app.signed_in(&town.company()).await;
        let list = company.get("/run-sheets").await;
        assert!(list.body.contains("The cast"), "{}", list.body);
        let week = company.get(&format!("/run-sheets/{}?days=7", town.team)).await;
        for shown in [
            "Kelder Primary School",
            "9am",
            "Sam Reed",
            "tel:01274431000",
            "A hall",
            "ask the school office for its DSL",
        ] {
            assert!(week.body.contains(shown), "“{shown}” is not on the run sheet: {}", week.body);
        }
        assert!(company.get(&format!("/run-sheets/{}?days=1", town.team)).await.body.contains("Nothing is booked"));
        let file = company.get(&format!("/run-sheets/{}/file?from=2026-11-23&days=1", town.team)).await;
        assert!(file.headers["content-disposition"].to_str().expect("text").starts_with("attachment"));
        assert!(file.body.contains("Kelder Primary School") && file.body.contains("<style>"), "{}", file.body);
        for needs in ["<link", "<img", "<script", "src="] {
            assert!(!file.body.contains(needs), "the file needs {needs}: {}", file.body);
        }
        let school = place.app.signed_in(&town.school(town.primary)).await;
        assert_eq!(school.get("/run-sheets").await.status, 403);
        let stranger = place.app.signed_in(&town.company_elsewhere()).await;
        assert_eq!(stranger.get(&format!("/run-sheets/{}", town.team)).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mail_a_day_is_chosen_on_the_account() {
    for place in Place::all().await {
        let company = place.app.signed_in(&place.town.company()).await;
        assert!(company.get("/account").await.body.contains("Each by itself, at once"));
        assert_eq!(company.post("/account/mails", &[("mails", "never")]).await.status, 422);
        done(company.post("/account/mails", &[("mails", "daily")]).await);
        assert!(company.get("/account").await.body.contains("One a day, at 7am"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_given_a_new_date_in_one_press() {
    for place in Place::all().await {
        let town = &place.town;
        let missed = town.session(&place.app.desk, town.primary, date(2026, 11, 19), State::Confirmed).await;
        let school = place.app.signed_in(&town.school(town.primary)).await;
        let fields = [("version", "1"), ("reason", "vehicle")];
        let next = done(school.post(&format!("/sessions/{missed}/missed"), &fields).await);
        let page = school.get(&next).await;
        assert!(page.body.contains("The nearest free dates"), "{}", page.body);
        let nothing = school.post(&next, &[]).await;
        assert!(nothing.status == 422 && nothing.body.contains("Choose the new date"), "{}", nothing.body);
        let opening = page.input("opening").expect("a date");
        let booked = school.get(&done(school.post(&next, &[("opening", &opening)]).await)).await.body;
        assert!(booked.contains("Confirmed") && booked.contains("6A"), "{booked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_session_shows_what_was_counted_beside_what_was_expected() {
    for Place { _database, app, town } in Place::all().await {
        let id = town.session(&app.desk, town.primary, date(2026, 11, 20), State::Delivered).await;
        let set = "UPDATE attending_group SET expected = 30, expected_send = 3, attended = 28, attended_send = 4,
            withdrawn = 2, adults = 1";
        Throwaway::execute(&app.desk, set).await;
        let page = app.signed_in(&town.school(town.primary)).await.get(&format!("/sessions/{id}")).await;
        let cell = |head: &str| {
            let cell =
                page.body.split(&format!("data-label=\"{head}\"")).nth(1).and_then(|rest| rest.split("</td>").next());
            cell.unwrap_or_else(|| panic!("no {head}: {}", page.body)).to_owned()
        };
        let (expected, counted) = (cell("Expected"), cell("Counted"));
        assert!(expected.contains("30<") && expected.contains("of whom 3 with SEND"), "{expected}");
        for text in ["28<", "of whom 4 with SEND", "2 withdrawn", "1 adult<"] {
            assert!(counted.contains(text), "{text}: {counted}");
        }
        // What nobody said is not shown as none.
        Throwaway::execute(
            &app.desk,
            "UPDATE attending_group SET attended_send = NULL, withdrawn = NULL, adults = NULL",
        )
        .await;
        let page = app.signed_in(&town.school(town.primary)).await.get(&format!("/sessions/{id}")).await;
        assert!(!page.body.contains("withdrawn") && page.body.matches("with SEND").count() == 1, "{}", page.body);
    }
}
