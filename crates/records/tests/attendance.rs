//! Attendance: who may state what, what 0 and blank mean, "sure?", corrections, and the codes of a delivered session.

use std::collections::BTreeMap;

use domain::access::{Actor, Role};
use domain::attendance::{Figure, Headcounts};
use domain::session::State;
use records::attendance::{Statement, field, record, sheet};
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, both};
use uuid::Uuid;

const fn counts(pupils: i64, send: i64) -> Headcounts {
    Headcounts { pupils: Some(pupils), send: Some(send), withdrawn: Some(0), adults: Some(3) }
}

async fn statement(desk: &Desk, actor: &Actor, id: Uuid, each: Headcounts) -> Statement {
    let sheet = sheet(desk, actor, id).await.unwrap();
    Statement {
        version: sheet.session.version,
        groups: sheet.groups.iter().map(|g| (g.id, each)).collect(),
        ..Statement::default()
    }
}

fn fields(result: Result<Uuid, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("should have been invalid: {other:?}"),
    }
}

/// Puts a group of another school into the session.
async fn join(desk: &Desk, session: Uuid, setting: Uuid) {
    let (group, session, setting) = (Uuid::now_v7(), session, setting);
    // The same text for both databases: SQLite holds a UUID as its bytes.
    let quote = |id: Uuid| match desk.db() {
        records::Db::Sqlite { .. } => format!("X'{}'", id.simple()),
        records::Db::Postgres(_) => format!("'{id}'"),
    };
    let sql = format!(
        "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, over_roll)
         VALUES ({}, {}, {}, 256, '6B', 20, FALSE)",
        quote(group),
        quote(session),
        quote(setting),
    );
    Throwaway::execute(desk, &sql).await;
}

both!(
    async fn a_confirmed_session_is_delivered_by_its_headcounts(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let mut said = statement(&desk, &school, id, counts(28, 2)).await;
        (said.starts, said.ends) = ("9:35".parse().ok(), "10:40".parse().ok());
        assert_eq!(record(&desk, &school, id, said).await.unwrap(), id);

        let after = sheet(&desk, &town.company(), id).await.unwrap();
        assert_eq!(after.session.state, State::Delivered);
        assert!(after.session.attendance_at.is_some());
        assert_eq!((after.session.actual_starts_minute, after.session.actual_ends_minute), (Some(575), Some(640)));
        let group = &after.groups[0];
        assert_eq!(group.counts, counts(28, 2));
        assert_eq!((group.stated_by.as_deref(), group.stated_role), (Some("pshe"), Some(Role::School)));
        assert_eq!((group.roll.map(|r| r.pupils), group.over_roll), (Some(30), false));
        let shown = &records::sessions::get(&desk, &school, id).await.unwrap().groups[0];
        let counted = (shown.attended, shown.attended_send, shown.withdrawn, shown.adults);
        assert_eq!(counted, (Some(28), Some(2), Some(0), Some(3)), "the page of the session shows what was counted");
        let coded = "SELECT COUNT(*) FROM session WHERE LENGTH(feedback_code) = 6 AND LENGTH(staff_code) = 6
            AND feedback_code <> staff_code AND feedback_closes = '2026-12-18'";
        assert_eq!(Throwaway::count(&desk, coded).await, 1);
        assert_eq!(
            Throwaway::count(
                &desk,
                "SELECT COUNT(*) FROM session_event WHERE event = 'deliver' AND from_state = 'confirmed'"
            )
            .await,
            1
        );
        assert_eq!(
            Throwaway::count(&desk, "SELECT COUNT(*) FROM audit WHERE operation = 'record_attendance'").await,
            1
        );
    }
);

both!(
    async fn the_later_one_sees_and_corrects_what_the_other_stated(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let (school, company) = (town.school(town.primary), town.company());
        let early = statement(&desk, &school, id, counts(29, 2)).await;
        let said = statement(&desk, &company, id, counts(28, 2)).await;
        record(&desk, &company, id, said).await.unwrap();
        assert!(matches!(record(&desk, &school, id, early).await, Err(Error::Conflict(Conflict::Stale))));

        let said = statement(&desk, &school, id, counts(29, 2)).await;
        record(&desk, &school, id, said.clone()).await.unwrap();
        let after = sheet(&desk, &company, id).await.unwrap();
        assert_eq!(after.groups[0].counts.pupils, Some(29));
        assert_eq!(after.groups[0].stated_role, Some(Role::School));
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session_event WHERE event = 'attendance'").await, 1);

        // Saying the same again is no correction: the statement stays the school's.
        let same = statement(&desk, &company, id, counts(29, 2)).await;
        record(&desk, &company, id, same).await.unwrap();
        assert_eq!(sheet(&desk, &company, id).await.unwrap().groups[0].stated_role, Some(Role::School));
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session_event").await, 2);
    }
);

both!(
    async fn codes_and_closing_day_outlive_a_correction(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let company = town.company();
        let said = statement(&desk, &company, id, counts(28, 2)).await;
        record(&desk, &company, id, said).await.unwrap();
        Throwaway::execute(&desk, "UPDATE session SET feedback_code = 'CDFGHJ'").await;
        let said = statement(&desk, &company, id, counts(27, 2)).await;
        record(&desk, &company, id, said).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session WHERE feedback_code = 'CDFGHJ'").await, 1);
    }
);

both!(
    async fn nought_is_a_number_and_blank_is_not_yet(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 22), State::Confirmed).await;
        join(&desk, id, town.second_primary).await;
        let (school, company) = (town.school(town.primary), town.company());
        let blank = statement(&desk, &school, id, Headcounts::default()).await;
        let group = *blank.groups.keys().next().unwrap();
        assert_eq!(fields(record(&desk, &school, id, blank).await), [field(Figure::Pupils, group)]);

        // The school counts its own group alone: nobody came, which is known now.
        let said = statement(&desk, &school, id, counts(0, 0)).await;
        assert_eq!(said.groups.len(), 1);
        record(&desk, &school, id, said).await.unwrap();
        let all = sheet(&desk, &company, id).await.unwrap();
        assert_eq!(all.groups.iter().map(|g| g.counts.pupils).collect::<Vec<_>>(), [None, Some(0)]);
        assert_eq!(
            (all.session.state, all.session.attendance_at),
            (State::Delivered, None),
            "a group is not counted yet"
        );

        let second = town.school(town.second_primary);
        let said = statement(&desk, &second, id, counts(21, 1)).await;
        record(&desk, &second, id, said).await.unwrap();
        assert!(sheet(&desk, &company, id).await.unwrap().session.attendance_at.is_some());
    }
);

both!(
    async fn more_than_the_roll_asks_and_is_flagged(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let school = town.school(town.primary);
        let mut said = statement(&desk, &school, id, counts(31, 2)).await;
        assert_eq!(fields(record(&desk, &school, id, said.clone()).await), ["sure"]);
        assert_eq!(sheet(&desk, &school, id).await.unwrap().session.state, State::Confirmed, "nothing was written");
        said.sure = true;
        record(&desk, &school, id, said).await.unwrap();
        assert!(sheet(&desk, &school, id).await.unwrap().groups[0].over_roll);

        // The same number is not asked about twice; another one is; a smaller one takes the flag off.
        let mut again = statement(&desk, &school, id, counts(31, 3)).await;
        record(&desk, &school, id, again).await.unwrap();
        again = statement(&desk, &school, id, counts(32, 3)).await;
        assert_eq!(fields(record(&desk, &school, id, again).await), ["sure"]);
        again = statement(&desk, &school, id, counts(30, 3)).await;
        record(&desk, &school, id, again).await.unwrap();
        assert!(!sheet(&desk, &school, id).await.unwrap().groups[0].over_roll);
    }
);

both!(
    async fn a_school_of_unknown_year_groups_is_compared_with_what_is_known(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.special, date(2026, 11, 20), State::Confirmed).await;
        let school = town.school(town.special);
        Throwaway::execute(&desk, "UPDATE attending_group SET year_groups = 0, label = 'Key Stage 3'").await;
        let said = statement(&desk, &school, id, counts(100, 100)).await;
        record(&desk, &school, id, said).await.unwrap();
        let said = statement(&desk, &school, id, counts(101, 101)).await;
        assert_eq!(fields(record(&desk, &school, id, said).await), ["sure"]);
    }
);

both!(
    async fn rubbish_is_named_by_its_field(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let school = town.school(town.primary);
        let group = sheet(&desk, &school, id).await.unwrap().groups[0].id;
        for (bad, expected) in [
            (counts(10, 11), vec![Figure::Send]),
            (counts(-1, 0), vec![Figure::Pupils]),
            (Headcounts { adults: Some(i64::MAX), ..counts(1, 0) }, vec![Figure::Adults]),
            (Headcounts { pupils: None, ..counts(0, 0) }, vec![Figure::Pupils]),
        ] {
            let said = statement(&desk, &school, id, bad).await;
            let expected: Vec<_> = expected.into_iter().map(|figure| field(figure, group)).collect();
            assert_eq!(fields(record(&desk, &school, id, said).await), expected, "{bad:?}");
        }
        let mut said = statement(&desk, &school, id, counts(20, 1)).await;
        (said.starts, said.ends) = ("10:30".parse().ok(), "9:30".parse().ok());
        assert_eq!(fields(record(&desk, &school, id, said.clone()).await), ["ends"]);
        said.ends = None;
        said.groups = BTreeMap::from([(Uuid::now_v7(), counts(1, 0))]);
        assert!(matches!(record(&desk, &school, id, said).await, Err(Error::NotFound)));
    }
);

both!(
    async fn what_lies_ahead_or_is_over_cannot_be_counted(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        for (day, state) in [
            (23, State::Confirmed),
            (20, State::Cancelled),
            (20, State::Declined),
            (20, State::Lapsed),
            (19, State::Offered),
            (18, State::Reserved),
        ] {
            let id = town.session(&desk, town.primary, date(2026, 11, day), state).await;
            let said = statement(&desk, &company, id, counts(20, 1)).await;
            let refused = record(&desk, &company, id, said).await;
            assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(_)))), "{state:?} {refused:?}");
        }
    }
);

both!(
    async fn a_missed_session_that_was_given_after_all_takes_its_slot_back_unless_it_is_gone(desk: Desk) {
        let town = Town::build(&desk).await;
        let company = town.company();
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Missed).await;
        let said = statement(&desk, &company, id, counts(20, 1)).await;
        record(&desk, &company, id, said).await.unwrap();
        assert_eq!(sheet(&desk, &company, id).await.unwrap().session.state, State::Delivered);

        let missed = town.session(&desk, town.primary, date(2026, 11, 19), State::Missed).await;
        town.session(&desk, town.second_primary, date(2026, 11, 19), State::Confirmed).await;
        let said = statement(&desk, &company, missed, counts(20, 1)).await;
        let refused = record(&desk, &company, missed, said).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(_)))), "{refused:?}");
    }
);

both!(
    async fn nobody_counts_in_another_tenants_session(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let said = statement(&desk, &town.company(), id, counts(20, 1)).await;
        for actor in [
            town.school(town.second_primary),
            town.school(town.primary_elsewhere),
            town.company_elsewhere(),
            town.commissioner_elsewhere(),
        ] {
            assert!(matches!(sheet(&desk, &actor, id).await, Err(Error::NotFound)), "{actor:?}");
            assert!(matches!(record(&desk, &actor, id, said.clone()).await, Err(Error::NotFound)), "{actor:?}");
        }
        for role in [Role::Evaluator, Role::Safeguarding, Role::Administrator] {
            let actor = town.official(role);
            assert!(matches!(sheet(&desk, &actor, id).await, Err(Error::Forbidden(_))), "{role}");
            assert!(matches!(record(&desk, &actor, id, said.clone()).await, Err(Error::Forbidden(_))), "{role}");
        }
        // A school that hosts another school's group does not see its figures.
        join(&desk, id, town.second_primary).await;
        assert_eq!(sheet(&desk, &town.school(town.primary), id).await.unwrap().groups.len(), 1);
        assert_eq!(sheet(&desk, &town.commissioner(), id).await.unwrap().groups.len(), 2);
    }
);

both!(
    async fn the_same_form_twice_counts_once(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let school = town.school(town.primary);
        let form = desk.for_form(Some(Uuid::new_v4()));
        let said = statement(&desk, &school, id, counts(28, 2)).await;
        record(&form, &school, id, said.clone()).await.unwrap();
        assert!(matches!(record(&form, &school, id, said).await, Err(Error::Repeated(done)) if done == id.to_string()));
    }
);
