//! What happens to a booked visit: moved, given people, cancelled, missed, followed in a calendar.

use domain::session::State;
use records::testing::date;

use super::{Place, booking, done, post, with};

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
