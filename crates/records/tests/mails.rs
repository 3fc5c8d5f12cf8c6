//! Mails as time goes by: reminders of offers, and what becomes of mails that nobody took.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Role;
use domain::clock::Clock;
use domain::request::DeclineReason;
use domain::session::{Reason, State};
use records::secret::Secret;
use records::sessions::{Declining, Why};
use records::testing::{Throwaway, Town, date, present};
use records::{Desk, Error, Page, both, failed_mails, outbox, sessions, sweep};
use uuid::Uuid;

/// The same desk at another moment.
fn at(desk: &Desk, moment: DateTime<Utc>) -> Desk {
    Desk::new(desk.db().clone(), Clock::fixed(moment), Secret::random().unwrap())
}

both!(
    async fn an_offer_is_reminded_of_after_a_week_and_two_days_before_it_lapses(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2027, 1, 12), State::Offered).await;
        let set =
            "UPDATE session SET created_at = '2026-11-22 11:00:00+00:00', offered_until = '2026-12-15 18:00:00+00:00'";
        Throwaway::execute(&desk, set).await;
        let told = "SELECT COUNT(*) FROM outbox WHERE subject LIKE 'Still to answer:%' AND body LIKE '%15 December 2026, 6:00pm%'";
        let mut before = 0;
        for (when, more) in [
            ("2026-11-29T10:59:00Z", false),
            ("2026-11-29T11:00:00Z", true),
            ("2026-12-05T11:00:00Z", false),
            ("2026-12-13T17:59:00Z", false),
            ("2026-12-13T18:00:00Z", true),
            ("2026-12-14T18:00:00Z", false),
        ] {
            let then = at(&desk, when.parse().unwrap());
            let (one, two) = tokio::join!(sessions::remind_of_offers(&then), sessions::remind_of_offers(&then));
            assert_eq!(one.unwrap() + two.unwrap(), u64::from(more), "at {when}");
            let now = Throwaway::count(&desk, told).await;
            assert_eq!(now > before, more, "at {when}: {now} mails, {before} before");
            before = now;
        }
        // Those who answer for the school are asked, and nobody else; the mail leads to the answer.
        let mails = outbox::claim(&at(&desk, "2026-12-14T18:00:00Z".parse().unwrap()), 100).await.unwrap();
        let reminders: Vec<_> = mails.iter().filter(|m| m.subject.starts_with("Still to answer:")).collect();
        assert!(reminders.iter().all(|m| m.to_address.contains("school.example") || m.to_address.contains("kelder")));
        assert!(reminders.iter().all(|m| m.body.contains(&format!("/sessions/{id}/accept"))));
    }
);

/// Who got a mail about a session: those whose calendars let go of it by it, and those who are told alone.
async fn told(desk: &Desk, id: Uuid, subject: &str) -> (Vec<String>, Vec<String>) {
    let with = async |attachment: &str| {
        let sql = format!(
            "SELECT to_address FROM outbox WHERE record_id = '{id}' AND subject LIKE '{subject}%' AND {attachment}
             ORDER BY to_address"
        );
        Throwaway::texts(desk, &sql).await
    };
    let lets_go = "attachment LIKE '%METHOD:CANCEL%' AND attachment LIKE '%STATUS:CANCELLED%'";
    (with(lets_go).await, with("attachment IS NULL").await)
}

fn two(calendars: &[&str], told: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    (owned(calendars), owned(told))
}

both!(
    // An offer out of a gap has no contact: it went to those who sign in for the school, with an entry for their calendar.
    async fn who_had_an_offer_is_told_what_became_of_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, why) = (town.school(town.primary), Why { reason: Reason::Sickness, note: String::new() });
        let mut ids = Vec::new();
        for day in 1..=4 {
            ids.push(town.session(&desk, town.primary, date(2026, 12, day), State::Offered).await);
        }
        let offered = "UPDATE session SET offered_until = '2026-11-27 18:00:00+00:00'";
        Throwaway::execute(&desk, offered).await;
        Throwaway::execute(&desk, "UPDATE visit SET contact_email = '', more_emails = ''").await;

        let no = Declining { reason: DeclineReason::Staffing, note: String::new(), on_behalf: None };
        sessions::decline(&desk, &school, ids[0], 1, &no).await.unwrap();
        let (council, school_and_company) =
            (["commissioner@kelderdale.example"], ["office@provider.example", "pshe@kelder.example"]);
        assert_eq!(told(&desk, ids[0], "Declined by").await, two(&school_and_company, &council));

        sessions::cancel(&desk, &town.company(), ids[1], 1, &why).await.unwrap();
        let anew = "the council has to plan anew";
        assert_eq!(told(&desk, ids[1], "Cancelled").await, two(&school_and_company, &council), "{anew}");
        sessions::cancel(&desk, &town.commissioner(), ids[2], 1, &why).await.unwrap();
        assert_eq!(told(&desk, ids[2], "Cancelled").await, two(&school_and_company, &[]), "it did so itself");

        // Accepted with another address: whoever had the offer keeps an entry that moves and goes.
        Throwaway::execute(&desk, "UPDATE session SET state = 'confirmed' WHERE on_date = '2026-12-04'").await;
        Throwaway::execute(&desk, "UPDATE visit SET contact_email = 'office@kelder.example'").await;
        sessions::cancel(&desk, &town.company(), ids[3], 1, &why).await.unwrap();
        let with_the_contact = ["office@kelder.example", "office@provider.example", "pshe@kelder.example"];
        assert_eq!(told(&desk, ids[3], "Cancelled").await, two(&with_the_contact, &council));
    }
);

both!(
    async fn a_mail_says_who_cancelled_and_why(desk: Desk) {
        let town = Town::build(&desk).await;
        let why = |note: &str| Why { reason: Reason::Sickness, note: note.to_owned() };
        let cases = [
            (town.company(), State::Confirmed, "cancelled by Lamplight"),
            (town.commissioner(), State::Confirmed, "cancelled by the council"),
            (town.company(), State::Missed, "did not take place, Lamplight"),
        ];
        for (day, (actor, state, says)) in (1..).zip(cases) {
            let missed = state == State::Missed;
            let on = if missed { date(2026, 11, 20) } else { date(2026, 12, day) };
            let id = town.session(&desk, town.primary, on, State::Confirmed).await;
            if missed {
                sessions::miss(&desk, &actor, id, 1, &why("The lead is ill")).await.unwrap();
            } else {
                sessions::cancel(&desk, &actor, id, 1, &why("The lead is ill")).await.unwrap();
            }
            let mails = outbox::claim(&desk, 100).await.unwrap();
            assert!(!mails.is_empty());
            for mail in mails {
                assert!(
                    mail.body.contains(says) && mail.body.contains("Reason: Sickness: The lead is ill"),
                    "{}",
                    mail.body
                );
                assert!(mail.body.contains("find a new date"), "{}", mail.body);
                outbox::sent(&desk, mail.id).await.unwrap();
            }
        }
    }
);

both!(
    async fn a_mail_that_was_given_up_is_sent_again_or_put_away(desk: Desk) {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        town.session(&desk, town.special, date(2026, 12, 2), State::Confirmed).await;
        Throwaway::execute(
            &desk,
            "INSERT INTO outbox (id, authority_code, to_address, subject, body, record_kind, record_id, created_at, next_attempt_at,
                attempts, failed_at, last_error)
             SELECT x.id, '990', 'gone@kelder.example', 'Booked', 'Come', 'session', '', x.created_at, x.created_at, 8, x.created_at,
                'no such mailbox' FROM session x",
        )
        .await;
        let (commissioner, page) = (town.commissioner(), Page::new(1));
        let (mails, total) = failed_mails::list(&desk, &commissioner, page).await.unwrap();
        assert_eq!((mails.len(), total), (2, 2));
        assert_eq!(mails[0].last_error, "no such mailbox");
        for actor in [town.company(), town.school(town.primary), town.official(Role::Evaluator)] {
            assert!(matches!(failed_mails::list(&desk, &actor, page).await, Err(Error::Forbidden(_))));
        }
        let stranger = town.commissioner_elsewhere();
        assert_eq!(failed_mails::list(&desk, &stranger, page).await.unwrap().1, 0);
        assert!(matches!(failed_mails::put_away(&desk, &stranger, mails[0].id).await, Err(Error::NotFound)));
        assert_eq!(failed_mails::send_again(&desk, &stranger).await.unwrap(), 0);

        failed_mails::put_away(&desk, &commissioner, mails[0].id).await.unwrap();
        assert!(matches!(failed_mails::put_away(&desk, &commissioner, mails[0].id).await, Err(Error::NotFound)));
        let administrator = town.official(Role::Administrator);
        assert_eq!(failed_mails::send_again(&desk, &administrator).await.unwrap(), 1);
        let claimed = outbox::claim(&desk, 100).await.unwrap();
        let again = claimed.iter().find(|m| m.id == mails[1].id).expect("it is due at once");
        assert_eq!((again.attempts, again.body.as_str()), (1, "Come"), "as if for the first time");
        assert_eq!(failed_mails::being_tried(&desk, &administrator).await.unwrap(), 1);
        outbox::failed(&desk, again, "busy").await.unwrap();
        assert_eq!(failed_mails::list(&desk, &commissioner, page).await.unwrap().1, 0, "it is tried again by itself");
        outbox::sent(&desk, again.id).await.unwrap();
        assert_eq!(failed_mails::being_tried(&desk, &administrator).await.unwrap(), 0);
        let lines = "SELECT COUNT(*) FROM audit WHERE operation = 'mind_mail' AND before NOT LIKE '%gone@%'";
        assert_eq!(Throwaway::count(&desk, lines).await, 3);
    }
);

both!(
    async fn a_mail_that_came_back_is_shown_and_not_sent_again(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let session = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        let why = Why { reason: Reason::Sickness, note: String::new() };
        sessions::cancel(&desk, &town.company(), session, 1, &why).await.unwrap();
        let mail = outbox::claim(&desk, 1).await.unwrap().remove(0);
        let note = async |actor: &domain::access::Actor| {
            failed_mails::came_back(&desk, actor, mail.id, "550 no such mailbox").await
        };
        assert!(matches!(note(&commissioner).await, Err(Error::NotFound)), "it was not handed over yet");
        outbox::sent(&desk, mail.id).await.unwrap();
        assert!(matches!(note(&town.school(town.primary)).await, Err(Error::Forbidden(_))));
        assert!(matches!(note(&town.commissioner_elsewhere()).await, Err(Error::NotFound)));
        note(&domain::access::Actor::SYSTEM).await.unwrap();
        assert!(matches!(note(&commissioner).await, Err(Error::NotFound)), "once is enough");
        let (shown, _) = failed_mails::list(&desk, &commissioner, Page::new(1)).await.unwrap();
        assert_eq!(shown.len(), 1);
        assert!(shown[0].came_back && shown[0].last_error.contains("no such mailbox") && shown[0].id == mail.id);
        assert_eq!(failed_mails::to_send_again(&desk, &commissioner).await.unwrap(), 0);
        assert_eq!(failed_mails::send_again(&desk, &commissioner).await.unwrap(), 0, "its text is gone");
        failed_mails::put_away(&desk, &commissioner, mail.id).await.unwrap();
        assert!(failed_mails::list(&desk, &commissioner, Page::new(1)).await.unwrap().0.is_empty());
    }
);

both!(
    async fn a_mail_that_was_given_up_does_not_stay_for_ever(desk: Desk) {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        Throwaway::execute(
            &desk,
            "INSERT INTO outbox (id, authority_code, to_address, subject, body, record_kind, record_id, created_at, next_attempt_at,
                attempts, failed_at, last_error)
             SELECT x.id, '990', 'gone@kelder.example', 'Booked', 'Come', 'session', '', x.created_at, x.created_at, 8,
                '2026-11-22 11:00:00+00:00', 'no such mailbox' FROM session x",
        )
        .await;
        let failed = "SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL";
        sweep::sweep(&at(&desk, present() + TimeDelta::days(89))).await.unwrap();
        assert_eq!(Throwaway::count(&desk, failed).await, 1);
        sweep::sweep(&at(&desk, present() + TimeDelta::days(91))).await.unwrap();
        assert_eq!(Throwaway::count(&desk, failed).await, 0);
    }
);
