//! Booking over HTTP, on both databases: what a school, a commissioner and a provider do; what is refused, and how;
//! and two hundred who want the same slot at once.

use domain::access::Actor;
use domain::session::State;
use records::testing::{Throwaway, Town, date};
use records::{Desk, openings};
use tests::{Client, Reply, TestApp, databases};
use uuid::Uuid;

/// Those who race for one slot.
const RACERS: usize = 200;

/// Where somebody stands who wants to book: the town's site, and slots free for them.
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

    fn desk(&self) -> &Desk {
        &self.app.desk
    }

    async fn free(&self, actor: &Actor) -> Vec<Uuid> {
        let first = domain::session::first_bookable(actor.role, self.desk().today());
        let free = openings::free(self.desk(), actor, self.town.tour, first).await.expect("openings");
        free.iter().map(|opening| opening.id).collect()
    }

    fn page(&self) -> String {
        format!("/tours/{}/book", self.town.tour)
    }

    async fn count(&self, sql: &str) -> i64 {
        Throwaway::count(self.desk(), sql).await
    }

    /// Books as the primary school; the session's path.
    async fn booked(&self, school: &Client, slot: Uuid, more: &[(&'static str, &str)]) -> String {
        let mut fields = booking(slot, self.town.primary);
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields.push(("step", "book".into()));
        done(post(school, &self.page(), &fields).await)
    }
}

fn booking(slot: Uuid, school: Uuid) -> Vec<(&'static str, String)> {
    [
        ("opening", slot.to_string().as_str()),
        ("school", school.to_string().as_str()),
        ("year_groups-0", "6"),
        ("expected-0", "28"),
        ("expected_send-0", "4"),
        ("label-0", "6B"),
        ("room", "Main hall"),
        ("access_needs", "Step-free way in"),
        ("contact_name", "Sam Okoro"),
        ("contact_telephone", "01632 960001"),
        ("contact_email", "sam@kelder.example"),
        ("more_emails", "office@kelder.example"),
        ("staff_stay", "yes"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// The same fields with one of them changed, or left out where `to` is blank.
fn with(fields: &[(&'static str, String)], name: &'static str, to: &str) -> Vec<(&'static str, String)> {
    let mut changed: Vec<_> = fields.iter().filter(|(field, _)| *field != name).cloned().collect();
    if !to.is_empty() {
        changed.push((name, to.into()));
    }
    changed
}

async fn post(client: &Client, path: &str, fields: &[(&'static str, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields).await
}

fn done(reply: Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.expect("a redirect's address")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_books_in_a_few_steps() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        let slot = place.free(&actor).await[0];
        let page = school.get(&format!("{}?opening={slot}", place.page())).await;
        assert!(page.status == 200 && page.body.contains("Check your answers"), "{}", page.body);
        let fields = booking(slot, place.town.primary);

        let check = post(&school, &place.page(), &fields).await;
        assert_eq!(check.status, 200);
        for shown in
            ["Year 6, 6B: 28 expected, 4 with SEND", "Main hall", "Step-free way in", "Sam Okoro, 01632 960001"]
        {
            assert!(check.body.contains(shown), "“{shown}” is not among the answers: {}", check.body);
        }
        let booked = "SELECT COUNT(*) FROM session WHERE state <> 'reserved'";
        assert_eq!(place.count(booked).await, 0, "checking books nothing");
        assert!(check.body.contains("Held for you until 11:10am"), "{}", check.body);
        let change = post(&school, &place.page(), &with(&fields, "step", "change")).await;
        assert!(change.status == 200 && change.input("room").as_deref() == Some("Main hall"), "{}", change.body);

        let path = place.booked(&school, slot, &[]).await;
        let session = school.get(&path).await;
        for shown in ["Confirmed", "Main hall", "6B", "Sam Okoro, 01632 960001", "Move to another date"] {
            assert!(session.body.contains(shown), "“{shown}” is not on the session's page: {}", session.body);
        }
        let mails = "SELECT COUNT(*) FROM outbox WHERE attachment LIKE '%BEGIN:VEVENT%' AND to_address IN
            ('sam@kelder.example', 'office@kelder.example')";
        assert_eq!(place.count(mails).await, 2, "both contacts are told, with an entry for their calendars");
        assert!(!place.free(&actor).await.contains(&slot));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_nothing_typed_is_lost() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        let good = booking(place.free(&actor).await[0], place.town.primary);
        for (field, typed, says) in [
            ("expected-0", "", "Enter how many you expect"),
            ("expected-0", "many", "whole number"),
            ("expected-0", "-3", "between 1 and 2000"),
            ("expected-0", "1500", "There is room for"),
            ("expected_send-0", "29", "SEND"),
            ("year_groups-0", "2", "This is for Year 6"),
            ("contact_name", "", "Enter whom the team asks for"),
            ("contact_telephone", "", "telephone"),
            ("contact_telephone", "ring me", "telephone"),
            ("contact_email", "nowhere", "email address"),
            ("more_emails", "one@school.example, nowhere", "“nowhere” is no email address"),
            ("staff_stay", "", "must stay with the pupils"),
            ("opening", "", "Choose a date and time"),
            ("opening", "yesterday", "Choose a date and time"),
        ] {
            let reply = post(&school, &place.page(), &with(&good, field, typed)).await;
            assert_eq!(reply.status, 422, "{field} = “{typed}”: {}", reply.body);
            assert!(reply.body.contains(says), "{field} = “{typed}” does not say “{says}”: {}", reply.body);
            assert_eq!(reply.input("room").as_deref(), Some("Main hall"), "{field} = “{typed}” loses what was typed");
        }
        // A commissioner who types nothing is told everything in one go.
        let commissioner = place.app.signed_in(&place.town.commissioner()).await;
        let empty = post(&commissioner, &place.page(), &[]).await;
        assert_eq!(empty.status, 422);
        for field in [
            "school",
            "opening",
            "asked_by_name",
            "asked_how",
            "expected-0",
            "contact_name",
            "contact_telephone",
            "contact_email",
            "staff_stay",
        ] {
            let link = format!("href=\"#{field}\"");
            assert_eq!(empty.body.matches(&link).count(), 1, "{field} is not named once: {}", empty.body);
        }
        assert_eq!(place.count("SELECT COUNT(*) FROM session").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_books_once() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        let slot = place.free(&actor).await[0];
        let key = school.get(&place.page()).await.input("idempotency_key").expect("a key");
        let mut fields = booking(slot, place.town.primary);
        fields.extend([("step", "book".to_owned()), ("idempotency_key", key)]);
        let page = place.page();
        let all = futures::future::join_all((0..8).map(|_| post(&school, &page, &fields))).await;
        let led: std::collections::BTreeSet<_> = all.into_iter().map(done).collect();
        assert_eq!(led.len(), 1, "every press leads to the one session: {led:?}");
        assert_eq!(done(post(&school, &page, &fields).await), *led.first().expect("a path"));
        assert_eq!(place.count("SELECT COUNT(*) FROM session").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_book_on_a_schools_behalf_and_say_who_asked() {
    for place in Place::all().await {
        for actor in [place.town.commissioner(), place.town.company()] {
            let client = place.app.signed_in(&actor).await;
            let slot = place.free(&actor).await[0];
            let mut fields = booking(slot, place.town.special);
            fields.push(("step", "book".into()));
            let unsaid = post(&client, &place.page(), &fields).await;
            assert!(unsaid.status == 422 && unsaid.body.contains("Choose how the school asked"), "{}", unsaid.body);
            fields.extend([("asked_by_name", "Ruth Hall".to_owned()), ("asked_how", "telephone".to_owned())]);
            let session = client.get(&done(post(&client, &place.page(), &fields).await)).await;
            assert!(session.body.contains("Ruth Hall (by telephone)"), "{}", session.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_are_not_found() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let slot = place.free(&actor).await[0];
        let school = place.app.signed_in(&actor).await;
        let path = place.booked(&school, slot, &[]).await;
        let next = place.free(&actor).await[0];
        let (town, app) = (&place.town, &place.app);
        for stranger in [town.commissioner_elsewhere(), town.company_elsewhere(), town.school(town.primary_elsewhere)] {
            let client = app.signed_in(&stranger).await;
            let mut fields = booking(next, town.primary);
            fields.push(("step", "book".into()));
            for reply in [
                client.get(&place.page()).await,
                post(&client, &place.page(), &fields).await,
                client.get(&format!("/tours/{}/join", town.tour)).await,
                client.get(&path).await,
                client.get(&format!("{path}/cancel")).await,
                client
                    .post(&format!("{path}/cancel"), &[("version", "1"), ("reason", "other"), ("note", "Mine")])
                    .await,
            ] {
                assert_eq!(reply.status, 404, "{}", reply.body);
            }
        }
        // One's own tour, another school: not found either.
        let reply = post(&school, &place.page(), &with(&booking(next, town.second_primary), "step", "book")).await;
        assert_eq!(reply.status, 404);
        assert_eq!(place.count("SELECT COUNT(*) FROM session").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_moved_given_people_and_cancelled() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        let slots = place.free(&actor).await;
        let (last, earlier) = (slots[slots.len() - 1], slots[slots.len() - 2]);
        let path = place.booked(&school, last, &[]).await;

        let page = school.get(&format!("{path}/move")).await;
        for slot in place.free(&actor).await {
            assert!(page.body.contains(&format!("value=\"{slot}\"")), "{slot} is not offered: {}", page.body);
        }
        let version = page.input("version").expect("a version");
        let second = place.app.signed_in(&place.town.school(place.town.second_primary)).await;
        let other = with(&booking(slots[0], place.town.second_primary), "step", "book");
        done(post(&second, &place.page(), &other).await);
        let gone = slots[0].to_string();
        let fields = [("version", version.as_str()), ("opening", &gone), ("reason", "other"), ("note", "Exams")];
        let reply = school.post(&format!("{path}/move"), &fields).await;
        assert!(reply.status == 409 && reply.body.contains("That slot has just gone"), "{}", reply.body);
        let offered = reply.body.matches("<option value=").count();
        assert!((2..=7).contains(&offered), "the nearest free slots, and the first line: {offered}");
        assert!(reply.body.contains("Exams"), "what was typed is kept");
        let no_reason = [("version", version.as_str()), ("opening", &earlier.to_string())];
        assert_eq!(school.post(&format!("{path}/move"), &no_reason).await.status, 422);
        let opening = earlier.to_string();
        let fields = [("version", version.as_str()), ("opening", &opening), ("reason", "other"), ("note", "Exams")];
        done(school.post(&format!("{path}/move"), &fields).await);
        assert!(place.free(&actor).await.contains(&last), "the old slot is free again");

        let company = place.app.signed_in(&place.town.company()).await;
        let people = format!("{path}/people");
        assert_eq!(school.get(&people).await.status, 403, "who comes is the provider's to say");
        let version = company.get(&people).await.input("version").expect("a version");
        done(company.post(&people, &[("version", &version), ("who_comes", "Ada Byron\r\nNoor Ali")]).await);
        let stale = company.post(&people, &[("version", &version), ("who_comes", "Somebody else")]).await;
        assert!(stale.status == 409 && stale.body.contains("Somebody else") && stale.body.contains("meanwhile"));
        let page = school.get(&path).await;
        assert!(page.body.contains("Ada Byron") && page.body.contains("Confirmed"), "{}", page.body);

        let ask = school.get(&format!("{path}/cancel")).await;
        assert!(ask.body.contains("Cancel this visit?"), "{}", ask.body);
        assert!(school.get(&path).await.body.contains("Confirmed"), "asking changes nothing");
        let version = ask.input("version").expect("a version");
        let fields = [("version", version.as_str()), ("reason", "other"), ("note", "Not this year")];
        done(school.post(&format!("{path}/cancel"), &fields).await);
        let page = school.get(&path).await;
        assert!(page.body.contains("Cancelled") && page.body.contains("Not this year"), "{}", page.body);
        assert!(place.free(&actor).await.contains(&earlier));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_late_to_change_says_whom_to_ring_and_a_missed_session_says_why() {
    for place in Place::all().await {
        let (town, desk) = (&place.town, place.desk());
        // Sunday 22 November: tomorrow is within every tour's notice.
        let tomorrow = town.session(desk, town.primary, date(2026, 11, 23), State::Confirmed).await;
        let school = place.app.signed_in(&town.school(town.primary)).await;
        let page = school.get(&format!("/sessions/{tomorrow}")).await;
        assert!(page.body.contains("so close to the day, ring"), "{}", page.body);
        let late = [("version", "1"), ("reason", "other"), ("note", "Snow")];
        let refused = school.post(&format!("/sessions/{tomorrow}/cancel"), &late).await;
        assert!(refused.status >= 400 && refused.body.contains("Ring"), "{}: {}", refused.status, refused.body);
        for (actor, on) in [(town.school(town.primary), 18), (town.company(), 19)] {
            let past = town.session(desk, town.primary, date(2026, 11, on), State::Confirmed).await;
            let client = place.app.signed_in(&actor).await;
            let ask = client.get(&format!("/sessions/{past}/missed")).await;
            let version = ask.input("version").expect("a version");
            let fields = [("version", version.as_str()), ("reason", "vehicle"), ("note", "The van broke down")];
            done(client.post(&format!("/sessions/{past}/missed"), &fields).await);
            let page = client.get(&format!("/sessions/{past}")).await;
            assert!(page.body.contains("Missed") && page.body.contains("The van broke down"), "{}", page.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_school_joins_a_visit_with_room() {
    for place in Place::all().await {
        let town = &place.town;
        let host = town.school(town.primary);
        let school = place.app.signed_in(&host).await;
        let slots = place.free(&host).await;
        let alone = place.booked(&school, slots[0], &[]).await;
        let guest = place.app.signed_in(&town.school(town.second_primary)).await;
        let page = format!("/tours/{}/join", town.tour);
        assert!(guest.get(&page).await.body.contains("No school’s visit has room"), "the host did not offer it");
        let open = place.booked(&school, slots[slots.len() - 1], &[("room_for_others", "yes")]).await;
        assert!(guest.get(&place.page()).await.body.contains(&page), "the booking page leads to joining");
        let id = open.rsplit('/').next().expect("an id").to_owned();
        assert!(guest.get(&page).await.body.contains(&id));
        let fields = [
            ("school", town.second_primary.to_string()),
            ("session", id.clone()),
            ("year_groups-0", "6".to_owned()),
            ("expected-0", "5".to_owned()),
        ];
        let crowd = post(&guest, &page, &with(&fields, "expected-0", "1999")).await;
        assert!(crowd.status == 422 && crowd.body.contains("There is room for"), "{}", crowd.body);
        let taken = alone.rsplit('/').next().expect("an id");
        let other = post(&guest, &page, &with(&fields, "session", taken)).await;
        assert!(other.status == 422 && other.body.contains("takes no other school"), "{}", other.body);
        let check = post(&guest, &page, &fields).await;
        assert!(check.status == 200 && check.body.contains("Year 6: 5 expected"), "{}", check.body);
        assert_eq!(guest.get(&open).await.status, 404, "checking joins nothing");
        assert_eq!(done(post(&guest, &page, &with(&fields, "step", "book")).await), open);
        let seen = guest.get(&open).await.body;
        assert!(seen.contains("33"), "28 and 5 are expected");
        assert!(!seen.contains("sam@kelder.example"), "the host’s addresses are not the guest’s to see");
        let commissioner = place.app.signed_in(&town.commissioner()).await;
        let unsaid = post(&commissioner, &page, &fields).await;
        assert!(unsaid.status == 422 && unsaid.body.contains("Choose how the school asked"), "{}", unsaid.body);
        assert!(commissioner.get(&open).await.body.contains("What was changed"), "its audit lines");
        let told = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Another school joins%'";
        assert!(place.count(told).await >= 3, "host, provider and guest are told");

        // What a guest may do is to leave; the visit goes on.
        let session = guest.get(&open).await;
        assert!(session.body.contains("Take our groups out"), "{}", session.body);
        assert!(!session.body.contains("Move to another date"), "moving is the host's: {}", session.body);
        assert!(school.get(&open).await.body.contains("Move to another date"));
        let ask = guest.get(&format!("{open}/cancel")).await;
        assert!(
            ask.body.contains("The visit itself goes on") && !ask.body.contains("Cancel this visit?"),
            "{}",
            ask.body
        );
        let version = ask.input("version").expect("a version");
        let fields = [("version", version.as_str()), ("reason", "other"), ("note", "No coach")];
        done(guest.post(&format!("{open}/cancel"), &fields).await);
        assert_eq!(guest.get(&open).await.status, 404, "it is no longer theirs");
        let session = school.get(&open).await;
        assert!(session.body.contains("Confirmed") && session.body.contains("No coach"), "{}", session.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_reads_a_feed_until_it_is_stopped() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        place.booked(&school, place.free(&actor).await[0], &[]).await;
        done(school.post("/calendar-feeds", &[("school", &place.town.primary.to_string())]).await);
        let other = [("school", &*place.town.second_primary.to_string())];
        assert_eq!(school.post("/calendar-feeds", &other).await.status, 404, "not another school’s");
        let page = school.get("/calendar-feeds").await;
        let link =
            page.body.split("/calendar.ics?key=").nth(1).and_then(|rest| rest.split('<').next()).expect("an address");
        let feed = place.app.visitor().get(&format!("/calendar.ics?key={link}")).await;
        assert_eq!(feed.status, 200);
        assert!(feed.body.contains("BEGIN:VEVENT") && feed.body.contains("The Lantern"), "{}", feed.body);
        assert!(feed.headers["content-type"].to_str().expect("text").starts_with("text/calendar"));
        let stop = page.body.split("href=\"").find(|a| a.starts_with("/calendar-feeds/")).expect("a link");
        let stop = stop.split('"').next().expect("a path");
        assert!(school.get(stop).await.body.contains("Stop this calendar address?"));
        done(school.post(stop, &[]).await);
        assert_eq!(place.app.visitor().get(&format!("/calendar.ics?key={link}")).await.status, 404);
    }
}

/// Everyone posts the same slot at the same moment: the statuses, with what the refused were told.
async fn race(place: &Place) -> Vec<Reply> {
    let town = &place.town;
    let slot = place.free(&town.commissioner()).await[0];
    let mut racers = Vec::new();
    for i in 0..RACERS {
        let (actor, school) = match i % 3 {
            0 => (town.school(town.primary), town.primary),
            1 => (town.school(town.second_primary), town.second_primary),
            _ => (town.commissioner(), town.special),
        };
        let mut fields = booking(slot, school);
        fields.push(("step", "book".into()));
        if i % 3 == 2 {
            fields.extend([("asked_by_name", "Ruth Hall".to_owned()), ("asked_how", "telephone".to_owned())]);
        }
        racers.push((place.app.signed_in(&actor).await, fields));
    }
    let page = place.page();
    futures::future::join_all(racers.iter().map(|(client, fields)| post(client, &page, fields))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_race_for_one_slot_and_one_gets_it() {
    for place in Place::all().await {
        // Before anybody has it, it is free for everyone, and so are the slots that are offered instead.
        let replies = race(&place).await;
        let won = replies.iter().filter(|reply| reply.status == 303).count();
        assert_eq!(won, 1, "{:?}", replies.iter().map(|r| r.status).collect::<Vec<_>>());
        for reply in replies.iter().filter(|reply| reply.status != 303) {
            assert_eq!(reply.status, 409, "{}", reply.body);
            assert!(reply.body.contains("That slot has just gone. Here are the nearest free ones"), "{}", reply.body);
            assert!(reply.body.matches("<option value=").count() > 3, "no slot is offered instead: {}", reply.body);
            assert_eq!(reply.input("room").as_deref(), Some("Main hall"), "what was typed is lost");
        }
        assert_eq!(place.count("SELECT COUNT(*) FROM session").await, 1);
    }
}

/// The negative control: the race above notices when nothing guards the slot.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_its_guard_the_slot_is_given_more_than_once() {
    for place in Place::all().await {
        Throwaway::execute(place.desk(), "DROP INDEX session_slot_taken").await;
        let won = race(&place).await.iter().filter(|reply| reply.status == 303).count();
        assert!(won > 1, "{won} got the slot, although nothing guards it");
    }
}
