//! Home pages: what waits for whom, and only for them.

use domain::access::{Actor, Role, Scope};
use domain::attendance::Headcounts;
use domain::session::State;
use records::attendance::{Statement, record, sheet};
use records::home::{Home, School, Sessions, home};
use records::invitations::{self, Says};
use records::testing::{Throwaway, Town, date};
use records::{Desk, both};
use uuid::Uuid;

async fn school(desk: &Desk, actor: &Actor) -> School {
    match home(desk, actor).await.unwrap() {
        Home::School(school) => school,
        other => panic!("not a school’s home: {other:?}"),
    }
}

async fn provider(desk: &Desk, actor: &Actor) -> Sessions {
    match home(desk, actor).await.unwrap() {
        Home::Provider(sessions) => sessions,
        other => panic!("not a provider’s home: {other:?}"),
    }
}

async fn count(desk: &Desk, actor: &Actor, id: Uuid) {
    let sheet = sheet(desk, actor, id).await.unwrap();
    let counts = Headcounts { pupils: Some(28), ..Headcounts::default() };
    let groups = sheet.groups.iter().map(|g| (g.id, counts)).collect();
    let said = Statement { version: sheet.session.version, groups, ..Statement::default() };
    record(desk, actor, id, said).await.unwrap();
}

both!(
    async fn a_school_sees_its_visits_and_what_it_owes(desk: Desk) {
        let town = Town::build(&desk).await;
        let kelder = town.school(town.primary);
        // Sunday 22 November: the 18th is four days ago, the 19th three.
        let overdue = town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        let waiting = town.session(&desk, town.primary, date(2026, 11, 19), State::Delivered).await;
        let today = town.session(&desk, town.primary, date(2026, 11, 22), State::Confirmed).await;
        let next = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        town.session(&desk, town.primary, date(2026, 12, 2), State::Cancelled).await;
        town.session(&desk, town.second_primary, date(2026, 12, 3), State::Confirmed).await;

        let home = school(&desk, &kelder).await.sessions;
        let ids = |lines: &[records::home::SessionLine]| lines.iter().map(|l| l.id).collect::<Vec<_>>();
        assert_eq!(ids(&home.coming), [today, next]);
        assert_eq!(home.coming[0].expected, 30);
        assert_eq!(ids(&home.overdue), [overdue]);
        assert_eq!(ids(&home.to_record), [waiting, today], "today’s ended at 10:30 and it is 11 o’clock");

        count(&desk, &kelder, overdue).await;
        count(&desk, &town.company(), waiting).await;
        let home = school(&desk, &kelder).await;
        assert_eq!((home.sessions.overdue.len(), ids(&home.sessions.to_record)), (0, vec![today]));
        assert_eq!(home.feedback.iter().map(|f| f.id).collect::<Vec<_>>(), [overdue, waiting]);
        assert_eq!((home.feedback[0].attended, home.feedback[0].pupils), (28, 0));

        let company = provider(&desk, &town.company()).await;
        assert_eq!((company.coming.len(), ids(&company.to_record)), (3, vec![today]));
        let far = provider(&desk, &town.company_elsewhere()).await;
        assert!(far.coming.is_empty() && far.to_record.is_empty() && far.overdue.is_empty());
        assert!(school(&desk, &town.school(town.primary_elsewhere)).await.sessions.coming.is_empty());
    }
);

both!(
    async fn a_visit_that_was_called_off_waits_for_a_new_date(desk: Desk) {
        let town = Town::build(&desk).await;
        let called_off = async |setting| {
            let home = school(&desk, &town.school(setting)).await;
            home.called_off.iter().map(|v| v.id).collect::<Vec<_>>()
        };
        let ill = town.session(&desk, town.primary, date(2026, 12, 2), State::Cancelled).await;
        town.session(&desk, town.second_primary, date(2026, 12, 3), State::Cancelled).await;
        Throwaway::execute(&desk, "UPDATE session SET reason = 'sickness' WHERE on_date = '2026-12-02'").await;
        Throwaway::execute(&desk, "UPDATE session SET reason = 'timetable' WHERE on_date = '2026-12-03'").await;
        assert_eq!(called_off(town.primary).await, [ill]);
        assert!(called_off(town.second_primary).await.is_empty(), "it gave the visit up itself");
        let missed = town.session(&desk, town.second_primary, date(2026, 11, 19), State::Missed).await;
        assert_eq!(called_off(town.second_primary).await, [missed]);
        town.session(&desk, town.primary, date(2026, 12, 4), State::Offered).await;
        assert!(called_off(town.primary).await.is_empty(), "it has another date to answer");
    }
);

both!(
    async fn a_school_that_counted_its_own_pupils_owes_nothing(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        Throwaway::execute(
            &desk,
            "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, over_roll)
             SELECT t.id, x.id, s.id, 256, '6B', 20, FALSE FROM session x, tour t, setting s WHERE s.urn = 900002",
        )
        .await;
        count(&desk, &town.school(town.primary), id).await;
        assert!(school(&desk, &town.school(town.primary)).await.sessions.overdue.is_empty());
        assert_eq!(school(&desk, &town.school(town.second_primary)).await.sessions.overdue.len(), 1);
        assert_eq!(provider(&desk, &town.company()).await.overdue.len(), 1);
        // What came from older records is nobody’s debt.
        Throwaway::execute(&desk, "UPDATE session SET import_id = id").await;
        assert!(provider(&desk, &town.company()).await.overdue.is_empty());
    }
);

both!(
    async fn a_school_is_offered_what_is_for_it_and_not_booked(desk: Desk) {
        let town = Town::build(&desk).await;
        for (setting, offers) in
            [(town.primary, 1), (town.special, 1), (town.secondary, 0), (town.primary_elsewhere, 0)]
        {
            let home = school(&desk, &town.school(setting)).await;
            assert_eq!(home.offers.len(), offers);
        }
        let offer = &school(&desk, &town.school(town.primary)).await.offers[0];
        assert_eq!((offer.tour_id, offer.free, offer.first), (town.tour, 20, date(2026, 11, 30)));

        town.session(&desk, town.second_primary, date(2026, 11, 30), State::Confirmed).await;
        assert_eq!(school(&desk, &town.school(town.primary)).await.offers[0].free, 19, "its slot is taken");
        assert!(school(&desk, &town.school(town.second_primary)).await.offers.is_empty(), "it has booked");

        Throwaway::execute(&desk, "UPDATE setting SET trust_code = 'T1' WHERE urn IN (900001, 900002)").await;
        let trust = Actor { person: None, grant: None, role: Role::School, scope: Scope::Trust("T1".into()) };
        let home = school(&desk, &trust).await;
        assert_eq!((home.offers.len(), home.sessions.coming.len()), (1, 1), "one of its schools has not booked");
        Throwaway::execute(&desk, "UPDATE tour SET status = 'closed'").await;
        assert!(school(&desk, &trust).await.offers.is_empty());
    }
);

both!(
    async fn an_invitation_waits_until_it_is_answered(desk: Desk) {
        let town = Town::build(&desk).await;
        Throwaway::execute(
            &desk,
            "INSERT INTO invitation (id, tour_id, setting_id, state, reason, sent_at)
             SELECT s.id, t.id, s.id, 'sent', '', s.created_at FROM tour t, setting s WHERE s.urn IN (900001, 900005)",
        )
        .await;
        let invited = school(&desk, &town.school(town.primary)).await.invited;
        assert_eq!(invited.len(), 1);
        let link = invited[0].path.strip_prefix("/invitations/answer?link=").unwrap();
        assert_eq!(invitations::by_link(&desk, link).await.unwrap().setting, town.primary);
        assert!(school(&desk, &town.school(town.second_primary)).await.invited.is_empty());
        invitations::answer(&desk, None, link, &Says::Yes).await.unwrap();
        let after = school(&desk, &town.school(town.primary)).await;
        assert!(after.invited.is_empty());
        assert_eq!(after.requests.len(), 1, "what it asked for stands there instead");

        let waiting = async |actor: &Actor| match home(&desk, actor).await.unwrap() {
            Home::Commissioner(found) => found.waiting.iter().map(|w| (w.tour_id, w.requests)).collect::<Vec<_>>(),
            other => panic!("not a commissioner’s home: {other:?}"),
        };
        assert_eq!(waiting(&town.commissioner()).await, [(town.tour, 1)], "it said yes and has no date");
        assert!(waiting(&town.commissioner_elsewhere()).await.is_empty());
    }
);

both!(
    async fn a_commissioner_sees_tours_on_their_way_and_who_owes_data(desk: Desk) {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        town.session(&desk, town.primary, date(2026, 11, 17), State::Delivered).await;
        town.session(&desk, town.special, date(2026, 11, 19), State::Delivered).await;
        town.session(&desk, town.second_primary, date(2026, 12, 1), State::Confirmed).await;
        let Home::Commissioner(found) = home(&desk, &town.commissioner()).await.unwrap() else {
            panic!("a commissioner")
        };
        let tour = &found.tours[0];
        assert_eq!((tour.target, tour.reached, tour.placed, tour.special_reached), (Some(3), 2, 3, 1));
        assert_eq!(
            found.overdue.iter().map(|o| (o.id, o.sessions, o.oldest)).collect::<Vec<_>>(),
            [(town.provider, 2, date(2026, 11, 17))]
        );
        let Home::Commissioner(far) = home(&desk, &town.commissioner_elsewhere()).await.unwrap() else {
            panic!("a commissioner")
        };
        assert!(far.tours.is_empty() && far.overdue.is_empty());
    }
);

both!(
    async fn the_others_see_theirs(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 18), State::Delivered).await;
        Throwaway::execute(
            &desk,
            "INSERT INTO response (id, session_id, respondent, moment, questionnaire_version, on_date)
             SELECT s.id, x.id, CASE WHEN s.urn = 900001 THEN 'staff' ELSE 'pupil' END, 'after', 1, '2026-11-19' FROM session x, setting s",
        )
        .await;
        let Home::Evaluator(tours) = home(&desk, &town.official(Role::Evaluator)).await.unwrap() else {
            panic!("an evaluator")
        };
        assert_eq!(tours.iter().map(|t| (t.id, t.pupils, t.staff)).collect::<Vec<_>>(), [(town.tour, 4, 1)]);
        assert!(matches!(home(&desk, &town.official(Role::Safeguarding)).await.unwrap(), Home::Safeguarding));

        Throwaway::execute(
            &desk,
            "INSERT INTO outbox (id, authority_code, to_address, subject, body, record_kind, record_id, created_at, next_attempt_at,
                attempts, failed_at, last_error)
             SELECT x.id, '990', 'gone@kelder.example', 'Booked', '', 'session', '', x.created_at, x.created_at, 9, x.created_at, 'no such box'
             FROM session x",
        )
        .await;
        let Home::Administrator(found) = home(&desk, &town.official(Role::Administrator)).await.unwrap() else {
            panic!("an administrator")
        };
        assert_eq!((found.schools, found.failed_mails, found.last_import.is_none()), (4, 1, true));
        assert_eq!(found.never_signed_in.len(), 8, "the providers and Other Vale are not this administrator’s");
        let _ = id;
    }
);
