//! Booking: the steps, what is refused and how, on whose behalf.

use super::{Place, booking, done, post, with};

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
async fn what_comes_is_said_and_what_is_known_is_filled_in() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        let page = school.get(&place.page()).await;
        assert!(page.body.contains("Year 6: ") && page.body.contains("for up to 90 pupils"), "{}", page.body);
        assert!(page.body.contains("/visit-pack\"") && page.body.contains("Read the visit pack"), "{}", page.body);
        assert!(page.fields().contains(&("year_groups-0".into(), "6".into())), "{:?}", page.fields());
        let account = school.get("/account").await.body;
        let (name, email) = (page.input("contact_name"), page.input("contact_email"));
        assert!([name, email].iter().flatten().all(|own| !own.is_empty() && account.contains(own.as_str())));
        // Who writes for a school types whom it names.
        let commissioner = place.app.signed_in(&place.town.commissioner()).await;
        let page = commissioner.get(&format!("{}?school={}", place.page(), place.town.primary)).await;
        assert_eq!(page.input("contact_email").unwrap_or_default(), "");
        assert!(page.fields().contains(&("year_groups-0".into(), "6".into())), "{:?}", page.fields());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn year_groups_are_those_it_is_for_and_a_mixed_class_may_come_along() {
    for place in Place::all().await {
        let actor = place.town.school(place.town.primary);
        let school = place.app.signed_in(&actor).await;
        let slot = place.free(&actor).await[0];
        let page = school.get(&place.page()).await;
        let boxes = |body: &str, name: &str| body.matches(&format!("name=\"{name}\"")).count();
        assert_eq!(boxes(&page.body, "year_groups-0"), 1, "Year 6 alone: {}", page.body);
        assert!(boxes(&page.body, "other_year_groups-0") >= 6, "{}", page.body);
        let mixed = with(&booking(slot, place.town.primary), "other_year_groups-0", "5");
        let check = post(&school, &place.page(), &mixed).await;
        assert!(check.body.contains("Year 5 and Year 6, 6B: 28 expected"), "{}", check.body);
        let change = post(&school, &place.page(), &with(&mixed, "step", "change")).await;
        let ticked = ("other_year_groups-0".to_owned(), "5".to_owned());
        assert!(change.fields().contains(&ticked), "nothing ticked is lost: {:?}", change.fields());
        // The council may book for whom it is not meant, and sees that it is not.
        let commissioner = place.app.signed_in(&place.town.commissioner()).await;
        let page = commissioner.get(&format!("{}?school={}", place.page(), place.town.secondary)).await;
        assert!(page.body.contains("This is for Year 6, and the school teaches none of these."), "{}", page.body);
        assert_eq!(boxes(&page.body, "year_groups-0"), 0, "{}", page.body);
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
