//! Two hundred who want the same slot at once.

use records::testing::Throwaway;
use tests::Reply;

use super::{Place, booking, post};

/// Those who race for one slot.
const RACERS: usize = 200;

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
