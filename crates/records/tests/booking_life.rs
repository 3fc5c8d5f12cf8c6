//! A booking's life: offered, answered, lapsed; reserved; waited for; reminded of.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Actor;
use domain::clock::Clock;
use domain::request::{DeclineReason, PartOfDay};
use domain::session::{Group, Reason, State};
use domain::waiting::{WaitingState, Wish};
use domain::year_group::{YearGroup, YearGroups};
use records::secret::Secret;
use records::sessions::{self, Accepting, Booking, Declining, OnBehalf, Why};
use records::testing::{Throwaway, Town, date, present};
use records::waiting::{self, Joining};
use records::{Conflict, Desk, Error, both, digests, openings, sweep};
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
        more_emails: String::new(),
        staff_stay: true,
        room_for_others: false,
        on_behalf: None,
        outside_audience: false,
    }
}

fn joining(setting: Uuid, expected: i64) -> Joining {
    Joining {
        setting,
        wish: Wish {
            groups: vec![year_six(expected)],
            part_of_day: PartOfDay::Any,
            has: [domain::programme::Need::Hall].into(),
            impossible: [].into(),
        },
        room_for_others: false,
        access_needs: String::new(),
        contact_name: "Kim Lee".into(),
        contact_telephone: "01274 431001".into(),
        contact_email: "kim@school.example".into(),
        on_behalf: None,
    }
}

fn yes() -> Accepting {
    Accepting {
        elsewhere: None,
        groups: vec![year_six(26)],
        room: "Small hall".into(),
        access_needs: String::new(),
        contact_name: "Kim Lee".into(),
        contact_telephone: "01274 431001".into(),
        contact_email: "kim@school.example".into(),
        more_emails: String::new(),
        staff_stay: true,
        room_for_others: false,
        on_behalf: None,
    }
}

fn why(reason: Reason) -> Why {
    Why { reason, note: String::new() }
}

/// The same desk at another moment.
fn at(desk: &Desk, moment: DateTime<Utc>) -> Desk {
    Desk::new(desk.db().clone(), Clock::fixed(moment), Secret::random().unwrap())
}

async fn free(desk: &Desk, actor: &Actor, town: &Town) -> Vec<Uuid> {
    openings::free(desk, actor, town.tour, date(2026, 12, 1)).await.unwrap().into_iter().map(|o| o.id).collect()
}

/// Every slot of the tour is booked by the primary school's commissioner but for those that are given back.
async fn filled(desk: &Desk, town: &Town) -> Vec<Uuid> {
    let commissioner = town.commissioner();
    let on_behalf = Some(OnBehalf { name: "Sam".into(), how: domain::tour::AskedBy::Telephone });
    let mut sessions = Vec::new();
    let first = date(2026, 11, 30);
    for opening in openings::free(desk, &commissioner, town.tour, first).await.unwrap() {
        let booking = Booking { on_behalf: on_behalf.clone(), ..booking(opening.id, town.primary) };
        sessions.push(sessions::book(desk, &commissioner, &booking).await.unwrap());
    }
    sessions
}

/// The offer a school has to answer.
async fn offered_to(desk: &Desk, school: &Actor) -> Option<sessions::Session> {
    let filter = sessions::Filter { state: Some(State::Offered), ..Default::default() };
    let (lines, _) = sessions::list(desk, school, &filter, records::Page::new(1)).await.unwrap();
    match lines.first() {
        Some(line) => Some(sessions::get(desk, school, line.id).await.unwrap().session),
        None => None,
    }
}

both!(
    async fn a_freed_slot_is_offered_to_whoever_waits_and_to_the_next_when_declined(desk: Desk) {
        let town = Town::build(&desk).await;
        let taken = filled(&desk, &town).await;
        // Each asks on its own; the special school has the greater need.
        let (beck, oak) = (town.school(town.second_primary), town.school(town.special));
        waiting::join(&desk, &beck, town.tour, &joining(town.second_primary, 30)).await.unwrap();
        let twice = waiting::join(&desk, &beck, town.tour, &joining(town.second_primary, 30)).await;
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Refused(_)))), "{twice:?}");
        waiting::join(&desk, &oak, town.tour, &joining(town.special, 12)).await.unwrap();
        let places = waiting::of_tour(&desk, &town.commissioner(), town.tour).await.unwrap();
        assert_eq!(places.iter().map(|l| (l.place, l.of)).collect::<Vec<_>>(), [(Some(1), 2), (Some(2), 2)]);
        assert!(places[0].school.starts_with("Oak"), "the greater need comes first: {places:?}");
        assert_eq!(waiting::of_tour(&desk, &beck, town.tour).await.unwrap().len(), 1, "a school sees its own place");

        let last = *taken.last().unwrap();
        sessions::cancel(&desk, &town.commissioner(), last, 1, &why(Reason::Timetable)).await.unwrap();
        assert!(free(&desk, &town.commissioner(), &town).await.is_empty(), "it was not free for a moment");
        assert!(offered_to(&desk, &beck).await.is_none());
        let offer = offered_to(&desk, &oak).await.expect("an offer");
        assert_eq!(offer.offered_until, Some(present() + TimeDelta::hours(48)));
        let mails = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Offered to Oak Lodge%' AND to_address IN
            ('kim@school.example', 'pshe@oak.example')";
        assert_eq!(Throwaway::count(&desk, mails).await, 2, "the contact and who signs in for it");

        let no = Declining { reason: DeclineReason::NoHall, note: String::new(), on_behalf: None };
        for stranger in [beck.clone(), town.commissioner_elsewhere(), town.company_elsewhere()] {
            let refused = sessions::decline(&desk, &stranger, offer.id, 1, &no).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
            assert!(matches!(sessions::accept(&desk, &stranger, offer.id, 1, &yes()).await, Err(Error::NotFound)));
        }
        sessions::decline(&desk, &oak, offer.id, offer.version, &no).await.unwrap();
        let next = offered_to(&desk, &beck).await.expect("the next one's offer");
        assert_eq!((next.on_date, next.slot), (offer.on_date, offer.slot));
        assert!(offered_to(&desk, &oak).await.is_none(), "the same slot is not offered again");
        let oaks = waiting::of_tour(&desk, &oak, town.tour).await.unwrap();
        assert_eq!((oaks[0].state, oaks[0].place), (WaitingState::Waiting, Some(1)), "it goes on waiting");

        sessions::accept(&desk, &beck, next.id, next.version, &yes()).await.unwrap();
        let booked = sessions::get(&desk, &beck, next.id).await.unwrap();
        assert_eq!((booked.session.state, booked.expected), (State::Confirmed, 26));
        assert_eq!(booked.session.room, "Small hall");
        let events: Vec<_> = booked.timeline.iter().map(|e| e.event.as_str()).collect();
        assert_eq!(events, ["offer", "accept"]);
        let again = sessions::accept(&desk, &beck, next.id, next.version, &yes()).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert!(waiting::of_tour(&desk, &beck, town.tour).await.unwrap().is_empty(), "its wait is over");
        let told = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Accepted by Beck%' AND to_address IN
            ('office@provider.example', 'commissioner@kelderdale.example')";
        assert_eq!(Throwaway::count(&desk, told).await, 2);
    }
);

both!(
    async fn an_offer_lapses_once_and_its_slot_goes_to_the_next(desk: Desk) {
        let town = Town::build(&desk).await;
        let taken = filled(&desk, &town).await;
        let (beck, oak) = (town.school(town.second_primary), town.school(town.special));
        waiting::join(&desk, &beck, town.tour, &joining(town.second_primary, 30)).await.unwrap();
        waiting::join(&desk, &oak, town.tour, &joining(town.special, 12)).await.unwrap();
        let last = *taken.last().unwrap();
        sessions::cancel(&desk, &town.commissioner(), last, 1, &why(Reason::Timetable)).await.unwrap();
        let offer = offered_to(&desk, &oak).await.expect("an offer");
        let until = offer.offered_until.expect("a deadline");
        assert_eq!(sessions::lapse_due(&at(&desk, until)).await.unwrap(), 0, "its last moment counts");
        let late = at(&desk, until + TimeDelta::seconds(1));
        let refused = sessions::accept(&late, &oak, offer.id, offer.version, &yes()).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(_)))), "{refused:?}");
        // Two servers at once.
        let (one, two) = tokio::join!(sessions::lapse_due(&late), sessions::lapse_due(&late));
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        assert_eq!(sessions::get(&desk, &oak, offer.id).await.unwrap().session.state, State::Lapsed);
        assert!(offered_to(&desk, &beck).await.is_some(), "the next one has it");
        let offers = Throwaway::count(&desk, "SELECT COUNT(*) FROM session WHERE state = 'offered'").await;
        assert_eq!(offers, 1);
        assert_eq!(waiting::give_free(&late).await.unwrap(), 0, "nothing is left to give");
    }
);

both!(
    async fn who_does_not_fit_is_passed_over(desk: Desk) {
        let town = Town::build(&desk).await;
        let taken = filled(&desk, &town).await;
        let beck = town.school(town.second_primary);
        let mut new = joining(town.second_primary, 30);
        new.wish.part_of_day = PartOfDay::Morning;
        new.wish.impossible = [date(2026, 12, 10)].into();
        waiting::join(&desk, &beck, town.tour, &new).await.unwrap();
        let commissioner = town.commissioner();
        let count = taken.len();
        // The last is an afternoon; the one of the 10th in the morning is an impossible day.
        sessions::cancel(&desk, &commissioner, taken[count - 1], 1, &why(Reason::Timetable)).await.unwrap();
        sessions::cancel(&desk, &commissioner, taken[count - 4], 1, &why(Reason::Timetable)).await.unwrap();
        assert!(offered_to(&desk, &beck).await.is_none());
        // A slot the team cannot keep is nobody's to have.
        sessions::cancel(&desk, &commissioner, taken[count - 2], 1, &why(Reason::Sickness)).await.unwrap();
        assert!(offered_to(&desk, &beck).await.is_none());
        sessions::cancel(&desk, &commissioner, taken[count - 6], 1, &why(Reason::Timetable)).await.unwrap();
        let offer = offered_to(&desk, &beck).await.expect("a morning");
        assert_eq!((offer.on_date, offer.slot), (date(2026, 12, 9), Some(1)));

        let crowd = waiting::join(&desk, &town.school(town.special), town.tour, &joining(town.special, 91)).await;
        assert!(matches!(crowd, Err(Error::Invalid(_))), "more than the programme takes: {crowd:?}");
        let other = waiting::join(&desk, &beck, town.tour, &joining(town.special, 9)).await;
        assert!(matches!(other, Err(Error::NotFound)), "not another school: {other:?}");
        let secondary = town.school(town.secondary);
        let outside = waiting::join(&desk, &secondary, town.tour, &joining(town.secondary, 9)).await;
        assert!(matches!(outside, Err(Error::Conflict(Conflict::Refused(_)))), "{outside:?}");
    }
);

both!(
    async fn a_school_leaves_the_list_and_is_offered_nothing(desk: Desk) {
        let town = Town::build(&desk).await;
        let taken = filled(&desk, &town).await;
        let beck = town.school(town.second_primary);
        let id = waiting::join(&desk, &beck, town.tour, &joining(town.second_primary, 30)).await.unwrap();
        for stranger in [town.school(town.primary), town.commissioner_elsewhere(), town.company_elsewhere()] {
            assert!(matches!(waiting::leave(&desk, &stranger, id, 1).await, Err(Error::NotFound)));
        }
        waiting::leave(&desk, &beck, id, 1).await.unwrap();
        sessions::cancel(&desk, &town.commissioner(), taken[19], 1, &why(Reason::Timetable)).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session WHERE state = 'offered'").await, 0);
        assert!(waiting::join(&desk, &beck, town.tour, &joining(town.second_primary, 30)).await.is_ok(), "once more");
    }
);

both!(
    async fn another_day_takes_its_slot_and_lets_go_of_the_offered_one(desk: Desk) {
        let town = Town::build(&desk).await;
        let taken = filled(&desk, &town).await;
        let (beck, oak) = (town.school(town.second_primary), town.school(town.special));
        waiting::join(&desk, &beck, town.tour, &joining(town.second_primary, 30)).await.unwrap();
        sessions::cancel(&desk, &town.commissioner(), taken[19], 1, &why(Reason::Timetable)).await.unwrap();
        let offer = offered_to(&desk, &beck).await.expect("an offer");
        sessions::cancel(&desk, &town.commissioner(), taken[15], 1, &why(Reason::Timetable)).await.unwrap();
        waiting::join(&desk, &oak, town.tour, &joining(town.special, 12)).await.unwrap();
        let other = free(&desk, &beck, &town).await[0];
        let elsewhere = Accepting { elsewhere: Some(other), ..yes() };
        sessions::accept(&desk, &beck, offer.id, offer.version, &elsewhere).await.unwrap();
        let booked = sessions::get(&desk, &beck, offer.id).await.unwrap().session;
        assert_eq!((booked.state, booked.on_date), (State::Confirmed, date(2026, 12, 9)));
        let next = offered_to(&desk, &oak).await.expect("the slot it let go of");
        assert_eq!((next.on_date, next.slot), (offer.on_date, offer.slot));
    }
);

both!(
    async fn who_answers_for_a_school_says_who_asked(desk: Desk) {
        let town = Town::build(&desk).await;
        let taken = filled(&desk, &town).await;
        waiting::join(&desk, &town.school(town.second_primary), town.tour, &joining(town.second_primary, 30))
            .await
            .unwrap();
        sessions::cancel(&desk, &town.commissioner(), taken[19], 1, &why(Reason::Timetable)).await.unwrap();
        let company = town.company();
        let offer = offered_to(&desk, &company).await.expect("an offer");
        let silent = sessions::accept(&desk, &company, offer.id, offer.version, &yes()).await;
        assert!(matches!(silent, Err(Error::Invalid(_))), "{silent:?}");
        let bad = Accepting { contact_telephone: "ring".into(), staff_stay: false, groups: vec![year_six(0)], ..yes() };
        let Err(Error::Invalid(errors)) = sessions::accept(&desk, &company, offer.id, offer.version, &bad).await else {
            panic!("should have been refused")
        };
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        for field in ["expected-0", "contact_telephone", "staff_stay", "asked_how"] {
            assert!(fields.contains(&field), "{field} is missing in {fields:?}");
        }
        let on_behalf = Some(OnBehalf { name: "Ruth Hall".into(), how: domain::tour::AskedBy::Telephone });
        let said = Accepting { on_behalf, ..yes() };
        sessions::accept(&desk, &company, offer.id, offer.version, &said).await.unwrap();
        let session = sessions::get(&desk, &company, offer.id).await.unwrap().session;
        assert_eq!((session.asked_by_name.as_str(), session.asked_how.as_str()), ("Ruth Hall", "telephone"));
    }
);

both!(
    async fn a_slot_is_held_for_ten_minutes_and_then_for_the_next(desk: Desk) {
        let town = Town::build(&desk).await;
        let (kelder, beck) = (town.school(town.primary), town.school(town.second_primary));
        let slots = free(&desk, &kelder, &town).await;
        let until = sessions::reserve(&desk, &kelder, slots[0], town.primary).await.unwrap();
        assert_eq!(until, present() + TimeDelta::minutes(10));
        let again =
            sessions::reserve(&at(&desk, present() + TimeDelta::minutes(3)), &kelder, slots[0], town.primary).await;
        assert_eq!(again.unwrap(), until, "looking again does not make it longer");
        assert!(!free(&desk, &beck, &town).await.contains(&slots[0]), "it is held for everybody else");
        let gone = sessions::book(&desk, &beck, &booking(slots[0], town.second_primary)).await;
        assert!(matches!(gone, Err(Error::Conflict(Conflict::SlotGone))), "{gone:?}");
        let gone = sessions::reserve(&desk, &beck, slots[0], town.second_primary).await;
        assert!(matches!(gone, Err(Error::Conflict(Conflict::SlotGone))), "{gone:?}");

        // Choosing another slot lets go of the first.
        sessions::reserve(&desk, &kelder, slots[1], town.primary).await.unwrap();
        assert!(free(&desk, &beck, &town).await.contains(&slots[0]));
        assert_eq!(sessions::held_until(&desk, &kelder, slots[0]).await.unwrap(), None);
        let id = sessions::book(&desk, &kelder, &booking(slots[1], town.primary)).await.unwrap();
        let events: Vec<_> =
            sessions::get(&desk, &kelder, id).await.unwrap().timeline.into_iter().map(|e| e.event).collect();
        assert_eq!(events, ["reserve", "book"], "the booking is made of the reservation");
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session WHERE state = 'reserved'").await, 0);

        // What has run out is free for the next person at once, and the first still gets it while nobody has.
        let later = at(&desk, present() + TimeDelta::minutes(10) + TimeDelta::seconds(1));
        sessions::reserve(&desk, &kelder, slots[2], town.primary).await.unwrap();
        sessions::reserve(&desk, &beck, slots[3], town.second_primary).await.unwrap();
        assert!(free(&later, &beck, &town).await.contains(&slots[2]));
        sessions::book(&later, &beck, &booking(slots[2], town.second_primary)).await.unwrap();
        let lost = sessions::book(&later, &kelder, &booking(slots[2], town.primary)).await;
        assert!(matches!(lost, Err(Error::Conflict(Conflict::SlotGone))), "{lost:?}");
        sessions::book(&later, &kelder, &booking(slots[3], town.primary)).await.unwrap();
        assert_eq!(sessions::lapse_due(&later).await.unwrap(), 0, "nothing is left of what ran out");
    }
);

both!(
    async fn what_is_left_of_a_reservation_lapses_by_the_job(desk: Desk) {
        let town = Town::build(&desk).await;
        let kelder = town.school(town.primary);
        let slots = free(&desk, &kelder, &town).await;
        sessions::reserve(&desk, &kelder, slots[0], town.primary).await.unwrap();
        let later = at(&desk, present() + TimeDelta::minutes(11));
        let (one, two) = tokio::join!(sessions::lapse_due(&later), sessions::lapse_due(&later));
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        let states = "SELECT COUNT(*) FROM session WHERE state = 'lapsed' AND NOT live";
        assert_eq!(Throwaway::count(&desk, states).await, 1);
        let (lines, _) =
            sessions::list(&desk, &town.commissioner(), &sessions::Filter::default(), records::Page::new(1))
                .await
                .unwrap();
        assert!(lines.is_empty(), "nobody's list shows what was only being written: {lines:?}");
        // A booking whose reservation has gone is made anew.
        sessions::book(&later, &kelder, &booking(slots[0], town.primary)).await.unwrap();
        // What is left of the reservation goes after a week; what was booked, or was an offer once, stays.
        let offer = town.session(&desk, town.special, date(2026, 12, 2), State::Lapsed).await;
        let count = async |sql: &str| Throwaway::count(&desk, sql).await;
        let before = (count("SELECT COUNT(*) FROM session").await, count("SELECT COUNT(*) FROM visit").await);
        sweep::sweep(&at(&desk, present() + TimeDelta::days(6))).await.unwrap();
        assert_eq!(count("SELECT COUNT(*) FROM session").await, before.0, "not yet");
        sweep::sweep(&at(&desk, present() + TimeDelta::days(8))).await.unwrap();
        let after = (count("SELECT COUNT(*) FROM session").await, count("SELECT COUNT(*) FROM visit").await);
        assert_eq!(after, (before.0 - 1, before.1 - 1));
        assert!(sessions::get(&desk, &town.commissioner(), offer).await.is_ok());
    }
);

both!(
    async fn reminders_and_digests_go_once(desk: Desk) {
        let town = Town::build(&desk).await;
        let kelder = town.school(town.primary);
        // Sunday 22 November: the visit is on Tuesday 8 December.
        let slot = openings::free(&desk, &kelder, town.tour, date(2026, 12, 8)).await.unwrap()[0].id;
        let id = sessions::book(&desk, &kelder, &booking(slot, town.primary)).await.unwrap();
        let coming = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Coming:%' AND to_address = 'sam@school.example'";
        let moment = |text: &str| at(&desk, text.parse().unwrap());
        for (when, mails) in [
            ("2026-11-30T09:00:00Z", 0),
            ("2026-12-01T06:30:00Z", 0),
            ("2026-12-01T07:00:00Z", 1),
            ("2026-12-01T07:01:00Z", 1),
            ("2026-12-03T09:00:00Z", 1),
            ("2026-12-07T07:00:00Z", 2),
            ("2026-12-07T15:00:00Z", 2),
            ("2026-12-08T07:00:00Z", 2),
        ] {
            let desk = moment(when);
            let (one, two) = tokio::join!(sessions::remind(&desk), sessions::remind(&desk));
            one.unwrap();
            two.unwrap();
            assert_eq!(Throwaway::count(&desk, coming).await, mails, "at {when}");
        }
        let prepares = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Coming:%' AND body LIKE '%- A hall%'";
        assert!(Throwaway::count(&desk, prepares).await >= 2);

        // The company's person chooses one mail a day; the provider's address is theirs.
        Throwaway::execute(&desk, "UPDATE provider SET email = 'Office@Lamplight.example'").await;
        digests::choose(&desk, &town.company(), true).await.unwrap();
        let version = sessions::get(&desk, &kelder, id).await.unwrap().session.version;
        sessions::cancel(&desk, &town.commissioner(), id, version, &why(Reason::Timetable)).await.unwrap();
        let slots = free(&desk, &kelder, &town).await;
        sessions::book(&desk, &kelder, &booking(slots[4], town.primary)).await.unwrap();
        let waits = "SELECT COUNT(*) FROM outbox WHERE digest_of IS NOT NULL AND sent_at IS NULL";
        assert_eq!(Throwaway::count(&desk, waits).await, 2);
        assert_eq!(digests::send_due(&moment("2026-11-22T12:00:00Z")).await.unwrap(), 0, "not before seven");
        let next = moment("2026-11-23T07:00:00Z");
        let (one, two) = tokio::join!(digests::send_due(&next), digests::send_due(&next));
        assert_eq!(one.unwrap() + two.unwrap(), 1, "one digest, whoever writes it");
        let digest = "SELECT COUNT(*) FROM outbox WHERE subject = 'Callboard today: 2 pieces of news'
            AND body LIKE '%Cancelled: The Lantern%' AND body LIKE '%Booked: The Lantern%' AND digest_of IS NULL";
        assert_eq!(Throwaway::count(&desk, digest).await, 1);
        assert_eq!(Throwaway::count(&desk, waits).await, 0);
        // Who changes their mind gets what waits at once.
        sessions::book(&desk, &kelder, &booking(slots[5], town.primary)).await.unwrap();
        digests::choose(&desk, &town.company(), false).await.unwrap();
        assert_eq!(Throwaway::count(&desk, waits).await, 0);
    }
);

both!(
    async fn what_was_missed_is_booked_again_with_the_same_groups(desk: Desk) {
        let town = Town::build(&desk).await;
        let kelder = town.school(town.primary);
        let missed = town.session(&desk, town.primary, date(2026, 11, 20), State::Missed).await;
        let slot = free(&desk, &kelder, &town).await[0];
        let id = sessions::again(&desk, &kelder, missed, slot, None).await.unwrap();
        let detail = sessions::get(&desk, &kelder, id).await.unwrap();
        assert_eq!((detail.session.state, detail.expected), (State::Confirmed, 30));
        assert_eq!(detail.groups[0].label, "6A");
        let held = sessions::again(&desk, &kelder, id, slot, None).await;
        assert!(matches!(held, Err(Error::Conflict(Conflict::Refused(_)))), "{held:?}");
        let stranger = sessions::again(&desk, &town.school(town.second_primary), missed, slot, None).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
    }
);
