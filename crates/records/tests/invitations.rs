//! Invitations: yes and other dates lead to a request, no gives a reason, links can be withdrawn, reminders go once.

use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::clock::Clock;
use domain::invitation::InvitationState;
use domain::request::{DeclineReason, PartOfDay, RequestState};
use domain::session::State;
use domain::tour::AskedBy;
use records::invitations::{self, Over, SaidNo, Says};
use records::requests::{self, Asking, Filter};
use records::secret::Secret;
use records::sessions::OnBehalf;
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, both, outbox};
use uuid::Uuid;

async fn mails(desk: &Desk) -> Vec<(String, String, String)> {
    outbox::claim(desk, 100).await.unwrap().into_iter().map(|m| (m.to_address, m.subject, m.body)).collect()
}

async fn invited(desk: &Desk, town: &Town, setting: Uuid) -> String {
    invitations::invite(desk, &town.commissioner(), town.tour, &[setting], None).await.unwrap();
    link(desk, town, setting).await
}

async fn link(desk: &Desk, town: &Town, setting: Uuid) -> String {
    let own = invitations::list(desk, &town.school(setting)).await.unwrap();
    own[0].path.as_deref().unwrap().strip_prefix("/invitations/answer?link=").unwrap().to_owned()
}

fn no(reason: DeclineReason) -> Says {
    Says::No { reason: Some(reason), note: String::new() }
}

async fn requests_of(desk: &Desk, setting: Uuid) -> Vec<requests::Request> {
    let filter = Filter { setting: Some(setting), ..Filter::default() };
    requests::list(desk, &Actor::SYSTEM, filter).await.unwrap()
}

both! {
    async fn saying_yes_asks_for_what_the_roll_says_until_the_school_says_more(desk: Desk) {
        let town = Town::build(&desk).await;
        let link = invited(&desk, &town, town.primary).await;
        invitations::answer(&desk, None, &link, &Says::Yes).await.unwrap();
        let asked = requests_of(&desk, town.primary).await.remove(0);
        assert_eq!((asked.state, asked.is_estimated, asked.expected()), (RequestState::Asked, true, 30));
        assert_eq!(asked.by_person, None);
        invitations::answer(&desk, None, &link, &Says::Yes).await.expect("a second yes changes nothing");
        assert_eq!(requests_of(&desk, town.primary).await.len(), 1);

        let (invitation, tour, school) = invitations::asked(&desk, &link).await.unwrap();
        assert_eq!((invitation.state, tour.id, school.id), (InvitationState::Accepted, town.tour, town.primary));
        let mut more = Asking {
            tour: town.tour,
            setting: town.primary,
            wish: records::testing::wish(&[28, 29], 2),
            is_estimated: false,
            contact_name: String::new(),
            contact_telephone: String::new(),
            contact_email: String::new(),
            on_behalf: None,
            outside_audience: false,
        };
        more.wish.part_of_day = PartOfDay::Morning;
        invitations::say_more(&desk, None, &link, asked.version, &more).await.unwrap();
        let said = requests_of(&desk, town.primary).await.remove(0);
        assert_eq!((said.is_estimated, said.sessions, said.expected()), (false, 2, 57));
        let stale = invitations::say_more(&desk, None, &link, asked.version, &more).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        more.contact_email = "rubbish".into();
        let wrong = invitations::say_more(&desk, None, &link, said.version, &more).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))), "what is given must be right");
        for rubbish in ["", "x-y", &format!("{link}x")] {
            let found = invitations::say_more(&desk, None, rubbish, 1, &more).await;
            assert!(matches!(found, Err(Error::NotFound)), "{rubbish}");
        }
    }
}

both! {
    async fn other_dates_are_proposed_and_a_no_withdraws_what_was_asked(desk: Desk) {
        let town = Town::build(&desk).await;
        let link = invited(&desk, &town, town.special).await;
        let none = invitations::answer(&desk, None, &link, &Says::OtherDates(vec![])).await;
        assert!(matches!(none, Err(Error::Invalid(_))));
        let past = invitations::answer(&desk, None, &link, &Says::OtherDates(vec![date(2026, 11, 1)])).await;
        assert!(matches!(past, Err(Error::Invalid(_))), "{past:?}");
        let days = vec![date(2026, 12, 10), date(2027, 1, 12)];
        invitations::answer(&desk, None, &link, &Says::OtherDates(days.clone())).await.unwrap();
        let asked = requests_of(&desk, town.special).await.remove(0);
        assert_eq!(asked.preferred, days);
        assert_eq!(asked.outside_tour(), [date(2027, 1, 12)], "somebody has to decide about that one");
        assert!(asked.groups[0].year_groups.is_empty(), "no year group is claimed that nobody stated");
        invitations::answer(&desk, None, &link, &Says::OtherDates(vec![date(2026, 12, 11)])).await.unwrap();
        assert_eq!(requests_of(&desk, town.special).await[0].preferred, [date(2026, 12, 11)]);

        let reasonless = invitations::answer(&desk, None, &link, &Says::No { reason: None, note: String::new() }).await;
        assert!(matches!(reasonless, Err(Error::Invalid(_))));
        invitations::answer(&desk, None, &link, &no(DeclineReason::Staffing)).await.unwrap();
        let after = requests_of(&desk, town.special).await.remove(0);
        assert_eq!((after.state, after.reason.as_str()), (RequestState::Withdrawn, "staffing"));
        let listed = invitations::list(&desk, &town.commissioner()).await.unwrap().remove(0);
        assert_eq!((listed.state, listed.reason), (InvitationState::Declined, Some(DeclineReason::Staffing)));
        invitations::answer(&desk, None, &link, &Says::Yes).await.expect("it may change its mind");
        assert_eq!(requests_of(&desk, town.special).await.len(), 2);
    }
}

both! {
    async fn withdrawing_the_request_declines_the_invitation_it_came_from(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let link = invited(&desk, &town, town.primary).await;
        invitations::answer(&desk, Some(&school), &link, &Says::Yes).await.unwrap();
        let asked = requests_of(&desk, town.primary).await.remove(0);
        assert_eq!(asked.contact_email, "pshe@kelder.example", "who is signed in is whom to talk to");
        requests::withdraw(&desk, &school, asked.id, Some(DeclineReason::NotAPriority), "").await.unwrap();
        let listed = invitations::list(&desk, &town.commissioner()).await.unwrap().remove(0);
        assert_eq!((listed.state, listed.reason), (InvitationState::Declined, Some(DeclineReason::NotAPriority)));
    }
}

both! {
    async fn a_withdrawn_link_says_so_and_stays_dead(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let old = invited(&desk, &town, town.primary).await;
        let id = invitations::list(&desk, &commissioner).await.unwrap()[0].id;
        let stranger = town.commissioner_elsewhere();
        assert!(matches!(invitations::to_withdraw(&desk, &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(invitations::withdraw(&desk, &stranger, id).await, Err(Error::NotFound)));
        let school = invitations::withdraw(&desk, &town.school(town.primary), id).await;
        assert!(matches!(school, Err(Error::Forbidden(_))));
        mails(&desk).await;
        invitations::withdraw(&desk, &commissioner, id).await.unwrap();
        let told = mails(&desk).await;
        assert_eq!(told.len(), 1);
        assert!(told[0].1.contains("withdrawn") && !told[0].2.contains("link="), "{told:?}");
        let found = invitations::by_link(&desk, &old).await.unwrap();
        assert_eq!(found.over(desk.today()), Some(Over::Withdrawn));
        let late = invitations::answer(&desk, None, &old, &Says::Yes).await;
        assert!(matches!(late, Err(Error::Conflict(Conflict::Refused(_)))));
        let twice = invitations::withdraw(&desk, &commissioner, id).await;
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Refused(_)))));

        let new = invited(&desk, &town, town.primary).await;
        assert_ne!(old, new);
        assert!(matches!(invitations::by_link(&desk, &old).await, Err(Error::NotFound)), "the old link stays dead");
        assert_eq!(invitations::by_link(&desk, &new).await.unwrap().state, InvitationState::Sent);
    }
}

both! {
    async fn a_no_on_the_telephone_is_noted_with_its_reason_and_who_said_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let link = invited(&desk, &town, town.primary).await;
        invitations::answer(&desk, None, &link, &Says::Yes).await.unwrap();
        let id = invitations::list(&desk, &commissioner).await.unwrap()[0].id;
        mails(&desk).await;
        let said = |name: &str| OnBehalf { name: name.into(), how: AskedBy::Telephone };
        let no = |reason, note: &str, name: &str| SaidNo { reason, note: note.into(), said: said(name) };
        for wrong in [
            no(None, "", "Ms Khan"),
            no(Some(DeclineReason::Other), "", "Ms Khan"),
            no(Some(DeclineReason::NoHall), "", " "),
        ] {
            let refused = invitations::said_no(&desk, &commissioner, id, &wrong).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong:?}: {refused:?}");
        }
        let right = no(Some(DeclineReason::NoHall), "It is being painted", "Ms Khan");
        let stranger = invitations::said_no(&desk, &town.commissioner_elsewhere(), id, &right).await;
        assert!(matches!(stranger, Err(Error::NotFound)));
        let school = invitations::said_no(&desk, &town.school(town.primary), id, &right).await;
        assert!(matches!(school, Err(Error::Forbidden(_))), "a school answers itself");

        invitations::said_no(&desk, &commissioner, id, &right).await.unwrap();
        let listed = invitations::list(&desk, &commissioner).await.unwrap().remove(0);
        assert_eq!((listed.state, listed.reason), (InvitationState::Declined, Some(DeclineReason::NoHall)));
        assert_eq!(listed.reason_note, "It is being painted (Ms Khan, by telephone)");
        assert_eq!(requests_of(&desk, town.primary).await[0].state, RequestState::Withdrawn);
        let told = mails(&desk).await;
        let to_school = told.iter().find(|m| m.0 == "pshe@kelder.example" && m.1.contains("says no")).expect("a mail");
        assert!(to_school.2.contains("Ms Khan") && to_school.2.contains(&link), "{}", to_school.2);
        invitations::answer(&desk, None, &link, &Says::Yes).await.expect("the school may say otherwise");
        invitations::withdraw(&desk, &commissioner, id).await.unwrap();
        let gone = invitations::said_no(&desk, &commissioner, id, &right).await;
        assert!(matches!(gone, Err(Error::Conflict(Conflict::Refused(_)))));
    }
}

both! {
    async fn the_last_day_to_answer_is_kept(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        for wrong in [desk.today(), date(2026, 12, 19)] {
            let refused = invitations::invite(&desk, &commissioner, town.tour, &[town.primary], Some(wrong)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong}");
        }
        let last = Some(date(2026, 12, 1));
        invitations::invite(&desk, &commissioner, town.tour, &[town.primary], last).await.unwrap();
        let found = invitations::by_link(&desk, &link(&desk, &town, town.primary).await).await.unwrap();
        assert_eq!(found.over(date(2026, 12, 1)), None);
        assert_eq!(found.over(date(2026, 12, 2)), Some(Over::Lapsed(date(2026, 12, 1))));
    }
}

/// Mails claimed a week ago and never confirmed are claimed anew: only reminders count.
async fn reminders(desk: &Desk) -> Vec<(String, String, String)> {
    let mut sent = mails(desk).await;
    sent.retain(|(_, subject, _)| subject.contains("not heard") || subject.contains("lapses soon"));
    sent
}

fn at(desk: &Desk, when: &str) -> Desk {
    let when: DateTime<Utc> = when.parse().unwrap();
    Desk::new(desk.db().clone(), Clock::fixed(when), Secret::random().unwrap())
}

both! {
    async fn an_unanswered_invitation_is_brought_to_mind_twice_at_most(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        // Sent on 22 November at 11:00.
        let schools = [town.primary, town.second_primary, town.special];
        invitations::invite(&desk, &commissioner, town.tour, &schools, Some(date(2026, 12, 10))).await.unwrap();
        mails(&desk).await;
        let no_reminder = async |when: &str| {
            let then = at(&desk, when);
            assert_eq!(invitations::remind(&then, &Actor::SYSTEM).await.unwrap(), 0, "{when}");
        };
        no_reminder("2026-11-29T10:59:59Z").await;
        // One has answered, one has a date: they are left alone.
        invitations::answer(&desk, None, &link(&desk, &town, town.special).await, &no(DeclineReason::NoHall)).await.unwrap();
        town.session(&desk, town.second_primary, date(2026, 12, 1), State::Confirmed).await;
        mails(&desk).await;
        let week = at(&desk, "2026-11-29T11:00:00Z");
        assert_eq!(invitations::remind(&week, &Actor::SYSTEM).await.unwrap(), 1);
        let sent = reminders(&week).await;
        assert_eq!(sent.iter().map(|m| m.0.as_str()).collect::<Vec<_>>(), ["pshe@kelder.example"]);
        assert!(sent[0].2.contains("has not answered") && sent[0].2.contains("10 December 2026"), "{}", sent[0].2);
        no_reminder("2026-11-29T11:15:00Z").await;
        no_reminder("2026-12-07T23:59:00Z").await;
        let last = at(&desk, "2026-12-08T00:00:00Z");
        assert_eq!(invitations::remind(&last, &Actor::SYSTEM).await.unwrap(), 1);
        let sent = reminders(&last).await;
        assert!(sent.iter().any(|m| m.2.contains("lapses after 10 December 2026")), "{sent:?}");
        no_reminder("2026-12-09T09:00:00Z").await;
        no_reminder("2026-12-11T09:00:00Z").await;
        assert!(matches!(invitations::remind(&last, &commissioner).await, Err(Error::Forbidden(_))));
    }
}

both! {
    async fn servers_that_run_at_once_remind_once(desk: Desk) {
        let town = Town::build(&desk).await;
        let schools = [town.primary, town.second_primary, town.special];
        invitations::invite(&desk, &town.commissioner(), town.tour, &schools, None).await.unwrap();
        mails(&desk).await;
        let runs = (0..8).map(|_| {
            let later = at(&desk, "2026-11-30T11:00:00Z");
            tokio::spawn(async move { invitations::remind(&later, &Actor::SYSTEM).await.unwrap() })
        });
        let mut reminded = 0;
        for run in runs.collect::<Vec<_>>() {
            reminded += run.await.unwrap();
        }
        assert_eq!(reminded, 3);
        let count = "SELECT COUNT(*) FROM outbox WHERE subject LIKE '%not heard%'";
        assert_eq!(Throwaway::count(&desk, count).await, 3);
    }
}
