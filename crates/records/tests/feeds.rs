//! Calendar feeds and mails' calendar files: the same entry, moved, changed and removed.

use chrono::NaiveDate;
use domain::access::Role;
use domain::session::{Group, Reason, State};
use domain::year_group::YearGroup;
use records::sessions::{self, Booking, FeedOf, Joining, Why};
use records::testing::{Throwaway, Town, date};
use records::{Desk, Error, both, openings};
use uuid::Uuid;

fn booking(opening: Uuid, setting: Uuid) -> Booking {
    Booking {
        opening,
        setting,
        groups: vec![group(28)],
        room: "Hall".into(),
        access_needs: String::new(),
        contact_name: "Sam Reed".into(),
        contact_telephone: "01274 431000".into(),
        contact_email: "sam@school.example".into(),
        more_emails: String::new(),
        staff_stay: true,
        room_for_others: true,
        on_behalf: None,
        outside_audience: false,
    }
}

fn group(expected: i64) -> Group {
    Group { year_groups: YearGroup::new(6).unwrap().into(), label: "6B".into(), expected, expected_send: None }
}

fn why() -> Why {
    Why { reason: Reason::Timetable, note: String::new() }
}

/// The properties of a session's entry in a calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    sequence: i64,
    status: String,
    starts: String,
    text: String,
}

fn entry(file: &str, session: Uuid) -> Option<Entry> {
    let whole = file.replace("\r\n ", "");
    let text = whole.split("BEGIN:VEVENT").find(|e| e.contains(&format!("UID:{session}@callboard")))?;
    let value = |name: &str| {
        text.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
    };
    Some(Entry {
        sequence: value("SEQUENCE:").parse().unwrap(),
        status: value("STATUS:"),
        starts: value("DTSTART:"),
        text: text.to_owned(),
    })
}

async fn feed(desk: &Desk, actor: &domain::access::Actor, of: FeedOf) -> String {
    let feeds = sessions::feeds(desk, actor).await.unwrap();
    let feed = feeds.into_iter().find(|f| f.of == of).expect("the feed");
    let key = feed.address.split_once("key=").expect("a key").1.to_owned();
    sessions::feed_by_key(desk, &key).await.unwrap()
}

async fn free(desk: &Desk, town: &Town, from: NaiveDate) -> Vec<Uuid> {
    let free = openings::free(desk, &town.commissioner(), town.tour, from).await.unwrap();
    free.into_iter().map(|o| o.id).collect()
}

both!(
    async fn every_change_raises_the_sequence_and_a_cancellation_removes(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, company) = (town.school(town.primary), town.company());
        let of = FeedOf::School(town.primary);
        sessions::give_feed(&desk, &school, of).await.unwrap();
        let slots = free(&desk, &town, date(2026, 12, 1)).await;
        let id = sessions::book(&desk, &school, &booking(slots[0], town.primary)).await.unwrap();
        let booked = entry(&feed(&desk, &school, of).await, id).unwrap();
        assert_eq!((booked.status.as_str(), booked.starts.as_str()), ("CONFIRMED", "20261201T093000Z"));

        // A second session of the same visit says another room: the first one's entry changes with it.
        let other = Booking { room: "Gym".into(), ..booking(slots[1], town.primary) };
        let second = sessions::book(&desk, &school, &other).await.unwrap();
        let room = entry(&feed(&desk, &school, of).await, id).unwrap();
        assert!(room.sequence > booked.sequence && room.text.contains("Gym"), "{room:?}");

        let version = sessions::get(&desk, &company, id).await.unwrap().session.visit_version;
        sessions::set_people(&desk, &company, id, version, "Ann Other").await.unwrap();
        let people = entry(&feed(&desk, &school, of).await, id).unwrap();
        assert!(people.sequence > room.sequence && people.text.contains("Ann Other"), "{people:?}");
        let mailed =
            format!("SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Who comes%' AND attachment LIKE '%{second}%'");
        assert!(Throwaway::count(&desk, &mailed).await > 0, "the other session of the visit changed too");

        // Out of a visit of two sessions into one of its own, whose version begins anew.
        let version = sessions::get(&desk, &school, id).await.unwrap().session.version;
        sessions::move_to(&desk, &school, id, version, slots[4], &why()).await.unwrap();
        let moved = entry(&feed(&desk, &school, of).await, id).unwrap();
        assert!(moved.sequence > people.sequence, "{} after {}", moved.sequence, people.sequence);
        assert_eq!(moved.starts, "20261203T093000Z");

        let version = sessions::get(&desk, &school, id).await.unwrap().session.version;
        sessions::cancel(&desk, &school, id, version, &why()).await.unwrap();
        let cancelled = entry(&feed(&desk, &school, of).await, id).unwrap();
        assert!(cancelled.sequence > moved.sequence);
        assert_eq!(cancelled.status, "CANCELLED");
        let same = format!("SEQUENCE:{}", cancelled.sequence);
        let mail = format!(
            "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Cancelled%' AND attachment LIKE '%METHOD:CANCEL%'
               AND attachment LIKE '%{same}%' AND attachment_type LIKE '%method=CANCEL'"
        );
        assert!(Throwaway::count(&desk, &mail).await > 0, "the mail says the same as the feed");
    }
);

both!(
    async fn who_has_no_part_any_more_is_told_to_remove_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let (host, guest) = (town.school(town.primary), town.school(town.second_primary));
        let of = FeedOf::School(town.second_primary);
        sessions::give_feed(&desk, &guest, of).await.unwrap();
        let slots = free(&desk, &town, date(2026, 12, 1)).await;
        let id = sessions::book(&desk, &host, &booking(slots[0], town.primary)).await.unwrap();
        assert_eq!(entry(&feed(&desk, &guest, of).await, id), None, "not theirs yet");
        let joining = Joining { setting: town.second_primary, groups: vec![group(20)], on_behalf: None };
        sessions::join(&desk, &guest, id, &joining).await.unwrap();
        let joined = entry(&feed(&desk, &guest, of).await, id).unwrap();
        assert_eq!(joined.status, "CONFIRMED");
        let version = sessions::get(&desk, &guest, id).await.unwrap().session.version;
        sessions::cancel(&desk, &guest, id, version, &why()).await.unwrap();
        let left = entry(&feed(&desk, &guest, of).await, id).unwrap();
        assert_eq!(left.status, "CANCELLED");
        assert!(left.sequence > joined.sequence);
        let told = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'You no longer attend%' AND attachment LIKE '%METHOD:CANCEL%'";
        assert!(Throwaway::count(&desk, told).await > 0);
    }
);

both!(
    async fn offers_are_tentative_and_go_when_declined(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, of) = (town.school(town.primary), FeedOf::School(town.primary));
        sessions::give_feed(&desk, &school, of).await.unwrap();
        let offered = town.session(&desk, town.primary, date(2026, 12, 1), State::Offered).await;
        let lapsed = town.session(&desk, town.primary, date(2026, 12, 2), State::Lapsed).await;
        let text = feed(&desk, &school, of).await;
        assert_eq!(entry(&text, offered).unwrap().status, "TENTATIVE");
        assert_eq!(entry(&text, lapsed), None, "what was only being booked never stood there");
        Throwaway::execute(&desk, "UPDATE session SET state = 'declined', live = FALSE WHERE state = 'offered'").await;
        assert_eq!(entry(&feed(&desk, &school, of).await, offered).unwrap().status, "CANCELLED");
    }
);

both!(
    async fn teams_and_tours_have_feeds_of_their_own(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, company, council) = (town.school(town.primary), town.company(), town.commissioner());
        let session = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        for of in [FeedOf::Team(town.team), FeedOf::Tour(town.tour)] {
            sessions::give_feed(&desk, &company, of).await.unwrap();
            assert!(entry(&feed(&desk, &company, of).await, session).is_some(), "{of:?}");
            for stranger in [town.company_elsewhere(), town.commissioner_elsewhere(), school.clone()] {
                let given = sessions::give_feed(&desk, &stranger, of).await;
                assert!(matches!(given, Err(Error::NotFound)), "{of:?}: {given:?}");
                assert!(sessions::feeds(&desk, &stranger).await.unwrap().is_empty(), "{of:?}");
            }
        }
        assert!(matches!(
            sessions::give_feed(&desk, &company, FeedOf::School(town.primary)).await,
            Err(Error::NotFound)
        ));
        // What a provider has of a team is no council's; what a council gives shows its own sessions.
        let seen: Vec<_> = sessions::feeds(&desk, &council).await.unwrap().into_iter().map(|f| f.of).collect();
        assert_eq!(seen, [FeedOf::Tour(town.tour)]);
        sessions::give_feed(&desk, &council, FeedOf::Team(town.team)).await.unwrap();
        assert!(entry(&feed(&desk, &council, FeedOf::Team(town.team)).await, session).is_some());
        Throwaway::execute(&desk, "UPDATE session SET authority_code = '991'").await;
        assert_eq!(entry(&feed(&desk, &council, FeedOf::Team(town.team)).await, session), None, "another council's");
        let evaluator = sessions::feeds(&desk, &town.official(Role::Evaluator)).await;
        assert!(matches!(evaluator, Err(Error::Forbidden(_))));

        let mine = sessions::feeds(&desk, &company).await.unwrap().remove(0);
        let key = mine.address.split_once("key=").unwrap().1.to_owned();
        assert!(matches!(sessions::revoke_feed(&desk, &town.company_elsewhere(), mine.id).await, Err(Error::NotFound)));
        sessions::revoke_feed(&desk, &company, mine.id).await.unwrap();
        assert!(matches!(sessions::feed_by_key(&desk, &key).await, Err(Error::NotFound)));
        for bad in ["", "x", "x-y", &format!("{}-{}", Uuid::now_v7().simple(), "0".repeat(64))] {
            assert!(matches!(sessions::feed_by_key(&desk, bad).await, Err(Error::NotFound)), "{bad}");
        }
    }
);

both!(
    async fn a_teams_people_change_and_its_visits_stand(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, company) = (town.school(town.primary), town.company());
        let slots = free(&desk, &town, date(2026, 12, 1)).await;
        let id = sessions::book(&desk, &school, &booking(slots[0], town.primary)).await.unwrap();
        let on = date(2026, 12, 1);
        let day = sessions::team_day(&desk, &company, town.team, on).await.unwrap();
        assert_eq!((day.visits.len(), day.version, day.people.as_str()), (1, 0, ""));
        let mails = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Who comes%'";
        sessions::set_team_day(&desk, &company, town.team, on, 0, " Ann Other \n\nBo Third").await.unwrap();
        let told = Throwaway::count(&desk, mails).await;
        assert!(told > 0, "the school is told");
        let detail = sessions::get(&desk, &school, id).await.unwrap();
        assert_eq!(
            (detail.session.state, detail.session.who_comes.as_str()),
            (State::Confirmed, "Ann Other\nBo Third")
        );
        let stale = sessions::set_team_day(&desk, &company, town.team, on, 0, "Cy").await;
        assert!(matches!(stale, Err(Error::Conflict(records::Conflict::Stale))), "{stale:?}");
        sessions::set_team_day(&desk, &company, town.team, on, 1, "Ann Other\nBo Third").await.unwrap();
        assert_eq!(Throwaway::count(&desk, mails).await, told, "nothing changed, nobody is told");

        // Whoever is named for a day comes to what is booked or moved there later.
        let later = date(2026, 12, 3);
        sessions::set_team_day(&desk, &company, town.team, later, 0, "Di Fourth").await.unwrap();
        let other = town.school(town.second_primary);
        let booked = sessions::book(&desk, &other, &booking(slots[4], town.second_primary)).await.unwrap();
        assert_eq!(sessions::get(&desk, &other, booked).await.unwrap().session.who_comes, "Di Fourth");
        sessions::move_to(&desk, &school, id, detail.session.version, slots[5], &why()).await.unwrap();
        assert_eq!(sessions::get(&desk, &school, id).await.unwrap().session.who_comes, "Di Fourth");

        let past = sessions::set_team_day(&desk, &company, town.team, date(2026, 11, 20), 0, "Ed").await;
        assert!(matches!(past, Err(Error::Conflict(_))), "{past:?}");
        for stranger in [town.company_elsewhere(), town.commissioner_elsewhere()] {
            assert!(matches!(sessions::team_day(&desk, &stranger, town.team, on).await, Err(Error::NotFound)));
            let set = sessions::set_team_day(&desk, &stranger, town.team, on, 2, "X").await;
            assert!(matches!(set, Err(Error::NotFound)), "{set:?}");
        }
    }
);
