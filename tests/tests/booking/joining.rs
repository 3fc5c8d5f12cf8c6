//! A second school joins a visit, and leaves it.

use super::{Place, done, post, with};

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
