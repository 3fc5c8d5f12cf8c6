//! Sessions: booked once, moved, cancelled, missed, joined; another tenant finds nothing.

use domain::access::Actor;
use domain::session::{Group, Reason, State};
use domain::year_group::{YearGroup, YearGroups};
use records::sessions::{self, Booking, OnBehalf, Why};
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, both, openings};
use uuid::Uuid;

fn year_six(expected: i64) -> Group {
    let year_groups: YearGroups = [YearGroup::new(6).unwrap()].into_iter().collect();
    Group { year_groups, label: "6B".into(), expected, expected_send: Some(2) }
}

fn booking(opening: Uuid, setting: Uuid) -> Booking {
    Booking {
        opening,
        setting,
        groups: vec![year_six(28)],
        room: "Hall".into(),
        access_needs: String::new(),
        contact_name: "Sam Reed".into(),
        contact_telephone: "01274 431000".into(),
        contact_email: "sam@school.example".into(),
        more_emails: "office@school.example".into(),
        staff_stay: true,
        room_for_others: true,
        on_behalf: None,
        outside_audience: false,
    }
}

async fn free(desk: &Desk, actor: &Actor, town: &Town) -> Vec<Uuid> {
    openings::free(desk, actor, town.tour, date(2026, 12, 1)).await.unwrap().into_iter().map(|o| o.id).collect()
}

fn why() -> Why {
    Why { reason: Reason::Timetable, note: String::new() }
}

both!(
    async fn an_opening_is_booked_once_and_everybody_is_told(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let slots = free(&desk, &school, &town).await;
        let id = sessions::book(&desk, &school, &booking(slots[0], town.primary)).await.unwrap();
        let detail = sessions::get(&desk, &school, id).await.unwrap();
        assert_eq!((detail.session.state, detail.expected), (State::Confirmed, 28));
        assert_eq!(detail.timeline.len(), 1);
        let mails =
            Throwaway::count(&desk, "SELECT COUNT(*) FROM outbox WHERE attachment LIKE 'BEGIN:VCALENDAR%'").await;
        assert!(mails >= 2, "the contact and the office: {mails}");

        let other = town.school(town.second_primary);
        let again = sessions::book(&desk, &other, &booking(slots[0], town.second_primary)).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::SlotGone))), "{again:?}");
        let visits = Throwaway::count(&desk, "SELECT COUNT(*) FROM visit").await;
        assert_eq!(visits, 1, "what was refused left nothing behind");

        for stranger in [town.school(town.second_primary), town.commissioner_elsewhere(), town.company_elsewhere()] {
            assert!(matches!(sessions::get(&desk, &stranger, id).await, Err(Error::NotFound)));
            assert!(matches!(sessions::cancel(&desk, &stranger, id, 1, &why()).await, Err(Error::NotFound)));
        }
        assert!(sessions::get(&desk, &town.company(), id).await.is_ok());
    }
);

both!(
    async fn racers_for_one_slot_have_one_winner(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let slot = free(&desk, &commissioner, &town).await[0];
        let tries = (0..40).map(|i| {
            let (desk, actor) = (desk.clone(), commissioner.clone());
            let setting = if i % 2 == 0 { town.primary } else { town.second_primary };
            tokio::spawn(async move {
                let on_behalf = Some(OnBehalf { name: "Sam".into(), how: domain::tour::AskedBy::ALL[0] });
                sessions::book(&desk, &actor, &Booking { on_behalf, ..booking(slot, setting) }).await
            })
        });
        let mut won = 0;
        for attempt in tries.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(_) => won += 1,
                Err(Error::Conflict(Conflict::SlotGone)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
    }
);

both!(
    async fn without_the_guard_a_slot_is_given_twice(desk: Desk) {
        let town = Town::build(&desk).await;
        Throwaway::execute(&desk, "DROP INDEX session_slot_taken").await;
        let slot = free(&desk, &town.commissioner(), &town).await[0];
        for setting in [town.primary, town.second_primary] {
            sessions::book(&desk, &town.school(setting), &booking(slot, setting)).await.unwrap();
        }
    }
);

both!(
    async fn a_session_is_moved_and_cancelled_with_a_reason(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let slots = free(&desk, &school, &town).await;
        let last = *slots.last().unwrap();
        let id = sessions::book(&desk, &school, &booking(last, town.primary)).await.unwrap();
        let earlier = slots[slots.len() - 2];
        sessions::move_to(&desk, &school, id, 1, earlier, &why()).await.unwrap();
        assert!(free(&desk, &school, &town).await.contains(&last), "the old slot is free again");
        let stale = sessions::cancel(&desk, &school, id, 1, &why()).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        sessions::cancel(&desk, &school, id, 2, &why()).await.unwrap();
        assert!(free(&desk, &school, &town).await.contains(&earlier));
        let events: Vec<String> =
            sessions::get(&desk, &school, id).await.unwrap().timeline.into_iter().map(|e| e.event).collect();
        assert_eq!(events, ["book", "move", "cancel"]);
    }
);

fn joining(setting: Uuid, expected: i64) -> sessions::Joining {
    sessions::Joining { setting, groups: vec![year_six(expected)], on_behalf: None }
}

both!(
    async fn a_second_school_joins_while_there_is_room_and_leaves_alone(desk: Desk) {
        let town = Town::build(&desk).await;
        let (host, guest) = (town.school(town.primary), town.school(town.second_primary));
        let slot = *free(&desk, &host, &town).await.last().unwrap();
        let id = sessions::book(&desk, &host, &booking(slot, town.primary)).await.unwrap();
        sessions::join(&desk, &guest, id, &joining(town.second_primary, 5)).await.unwrap();
        let twice = sessions::join(&desk, &guest, id, &joining(town.second_primary, 5)).await;
        assert!(matches!(twice, Err(Error::Invalid(_))), "{twice:?}");
        let room = sessions::joinable(&desk, &guest, town.tour).await.unwrap()[0].room();
        let crowd = joining(town.special, room.unwrap() + 1);
        let Err(Error::Invalid(errors)) = sessions::join(&desk, &town.commissioner(), id, &crowd).await else {
            panic!("should have been refused")
        };
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["expected-0", "asked_how"], "too many, and nobody said who asked");
        let seen = sessions::get(&desk, &guest, id).await.unwrap();
        assert_eq!((seen.groups.len(), seen.expected), (1, 33), "its own group; all are expected");
        sessions::cancel(&desk, &guest, id, 2, &why()).await.unwrap();
        let left = sessions::get(&desk, &host, id).await.unwrap();
        assert_eq!((left.session.state, left.expected), (State::Confirmed, 28));
    }
);

both!(
    async fn what_is_wrong_with_a_booking_is_named_by_field(desk: Desk) {
        let town = Town::build(&desk).await;
        let slot = free(&desk, &town.commissioner(), &town).await[0];
        let bad = Booking {
            groups: vec![year_six(0)],
            contact_telephone: "ring".into(),
            contact_email: "nobody".into(),
            staff_stay: false,
            ..booking(slot, town.primary)
        };
        let Err(Error::Invalid(errors)) = sessions::book(&desk, &town.commissioner(), &bad).await else {
            panic!("should have been refused")
        };
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        for field in ["expected-0", "contact_telephone", "contact_email", "staff_stay", "asked_how"] {
            assert!(fields.contains(&field), "{field} is missing in {fields:?}");
        }
        let secondary = sessions::book(&desk, &town.school(town.secondary), &booking(slot, town.secondary)).await;
        assert!(matches!(secondary, Err(Error::Conflict(Conflict::Refused(_)))), "{secondary:?}");
    }
);

both!(
    async fn a_feed_opens_until_it_is_revoked(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let slot = free(&desk, &school, &town).await[0];
        sessions::book(&desk, &school, &booking(slot, town.primary)).await.unwrap();
        let feed = sessions::give_feed(&desk, &school, sessions::FeedOf::School(town.primary)).await.unwrap();
        let address = sessions::feeds(&desk, &school).await.unwrap().pop().unwrap().address;
        let link = address.rsplit('=').next().unwrap().to_owned();
        assert!(sessions::feed_by_key(&desk, &link).await.unwrap().contains("The Lantern"));
        assert!(matches!(sessions::feed_by_key(&desk, &link.replace('-', "-0")).await, Err(Error::NotFound)));
        let stranger = town.school(town.second_primary);
        assert!(matches!(sessions::revoke_feed(&desk, &stranger, feed).await, Err(Error::NotFound)));
        sessions::revoke_feed(&desk, &school, feed).await.unwrap();
        assert!(matches!(sessions::feed_by_key(&desk, &link).await, Err(Error::NotFound)));
    }
);
