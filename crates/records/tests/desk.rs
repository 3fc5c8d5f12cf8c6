//! The desk itself: a form's work happens once, mail is claimed once, dates and instants survive both databases.

use chrono::TimeDelta;
use domain::access::{Actor, Role};
use domain::clock::Clock;
use domain::import::ImportKind as Kind;
use records::secret::Secret;
use records::testing::{Throwaway, Town, present};
use records::{Desk, Error, authorities, both, outbox, sweep};
use uuid::Uuid;

both!(
    async fn a_form_sent_twice_does_its_work_once(desk: Desk) {
        let form = desk.for_form(Some(Uuid::new_v4()));
        let code = "777".parse().unwrap();
        authorities::add(&form, &Actor::SYSTEM, &code, "Once", false).await.unwrap();
        let again = authorities::add(&form, &Actor::SYSTEM, &code, "Once", false).await;
        assert!(matches!(again, Err(Error::Repeated(id)) if id == "777"));
        let another = authorities::add(&desk, &Actor::SYSTEM, &code, "Once", false).await;
        assert!(matches!(another, Err(Error::Conflict(_))), "without the form's key it is a second try");
        assert_eq!(authorities::list(&desk, &Actor::SYSTEM).await.unwrap().len(), 1);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM audit").await, 1);
    }
);

both!(
    async fn only_the_command_line_adds_authorities(desk: Desk) {
        let town = Town::build(&desk).await;
        let code = "778".parse().unwrap();
        for actor in [town.commissioner(), town.official(Role::Administrator), town.school(town.primary)] {
            let refused = authorities::add(&desk, &actor, &code, "Mine", false).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{actor:?}");
        }
    }
);

both!(
    async fn a_mail_is_claimed_once_and_tried_again_when_it_fails(desk: Desk) {
        Throwaway::execute(
        &desk,
        "INSERT INTO outbox (id, to_address, subject, body, record_kind, record_id, created_at, next_attempt_at, attempts, last_error)
         SELECT person.id, email, 'Hello', 'Text', 'person', '', created_at, created_at, 0, '' FROM person",
    ).await;
        assert!(outbox::claim(&desk, 10).await.unwrap().is_empty(), "nobody lives here yet");
        Town::build(&desk).await;
        Throwaway::execute(
        &desk,
        "INSERT INTO outbox (id, to_address, subject, body, record_kind, record_id, created_at, next_attempt_at, attempts, last_error)
         SELECT person.id, email, 'Hello', 'Text', 'person', '', created_at, created_at, 0, '' FROM person WHERE email LIKE 'pshe@k%'",
    ).await;
        let claimed = outbox::claim(&desk, 10).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].to_address, "pshe@kelder.example");
        assert!(outbox::claim(&desk, 10).await.unwrap().is_empty(), "its lease has not expired");
        outbox::failed(&desk, &claimed[0], "the server is away").await.unwrap();
        assert!(outbox::claim(&desk, 10).await.unwrap().is_empty(), "not before its next try is due");
        outbox::sent(&desk, claimed[0].id).await.unwrap();
        assert_eq!(
            Throwaway::count(&desk, "SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND body = ''").await,
            1
        );
    }
);

both!(
    async fn a_file_that_nobody_applies_waits_as_long_as_its_kind_does(desk: Desk) {
        Town::build(&desk).await;
        let later = |days: i64| {
            let moment = present() + TimeDelta::days(days) + TimeDelta::minutes(1);
            Desk::new(desk.db().clone(), Clock::fixed(moment), Secret::random().unwrap())
        };
        let files = async || Throwaway::count(&desk, "SELECT COUNT(*) FROM import").await;
        for kind in Kind::ALL {
            let days = match kind {
                Kind::History | Kind::Contacts | Kind::Terms | Kind::BankHolidays | Kind::Requests => Some(30),
                Kind::Attendance | Kind::Feedback => Some(7),
                // They go when another school list or census file comes.
                Kind::Schools | Kind::Links | Kind::Rolls | Kind::Carry => None,
            };
            for (state, goes) in [("previewed", days.is_some()), ("applied", false)] {
                let insert = format!(
                    "INSERT INTO import (id, kind, file_name, file_sha256, started_at, state, done, total, added,
                        changed, closed, unchanged, problems)
                     SELECT id, '{kind}', 'a.csv', '', '{at}', '{state}', 0, 0, 0, 0, 0, 0, '[]' FROM person
                     WHERE email LIKE 'pshe@k%'",
                    kind = kind.as_str(),
                    at = present().to_rfc3339()
                );
                Throwaway::execute(&desk, &insert).await;
                sweep::sweep(&later(days.unwrap_or(365) - 1)).await.unwrap();
                assert_eq!(files().await, 1, "{kind:?}, {state}: not yet");
                sweep::sweep(&later(days.unwrap_or(365))).await.unwrap();
                assert_eq!(files().await, i64::from(!goes), "{kind:?}, {state}");
                Throwaway::execute(&desk, "DELETE FROM import").await;
            }
        }
    }
);
