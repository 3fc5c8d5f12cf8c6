//! Requests: asked once, changed, withdrawn, placed by a booking; what each is worth; another tenant finds nothing.

use domain::access::{Actor, Operation, Role};
use domain::coverage;
use domain::need::{Factor, Weights};
use domain::offer::Declined;
use domain::programme::Status;
use domain::request::{DeclineReason, PartOfDay, RequestState, Wish};
use domain::session::{Group, Reason, State};
use domain::tour::AskedBy;
use domain::year_group::{YearGroup, YearGroups};
use records::requests::{self, Asking, Filter};
use records::sessions::{self, Booking, Declining, OnBehalf, Why};
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, both, need, openings, tours};
use uuid::Uuid;

fn year_six(expected: i64) -> Group {
    let year_groups: YearGroups = [YearGroup::new(6).unwrap()].into_iter().collect();
    Group { year_groups, label: "6B".into(), expected, expected_send: Some(2) }
}

fn asking(town: &Town, setting: Uuid) -> Asking {
    Asking {
        tour: town.tour,
        setting,
        wish: Wish {
            groups: vec![year_six(28)],
            sessions: 1,
            may_split: true,
            room_for_others: true,
            part_of_day: PartOfDay::Morning,
            impossible: vec![date(2026, 12, 2)],
            preferred: vec![date(2026, 12, 8), date(2026, 12, 9)],
            access_needs: "A ramp".into(),
            note: String::new(),
        },
        is_estimated: false,
        contact_name: "Sam Reed".into(),
        contact_telephone: "01274 431000".into(),
        contact_email: "sam@school.example".into(),
        on_behalf: None,
        outside_audience: false,
    }
}

fn on_behalf() -> Option<OnBehalf> {
    Some(OnBehalf { name: "The head".into(), how: AskedBy::Telephone })
}

fn fields(result: Result<Uuid, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

async fn state(desk: &Desk, id: Uuid) -> RequestState {
    requests::get(desk, &Actor::SYSTEM, id).await.unwrap().state
}

both!(
    async fn a_school_asks_changes_and_withdraws(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let id = requests::ask(&desk, &school, &asking(&town, town.primary)).await.unwrap();
        let asked = requests::get(&desk, &school, id).await.unwrap();
        assert_eq!((asked.state, asked.expected(), asked.missing()), (RequestState::Asked, 28, 1));
        assert_eq!(asked.impossible, [date(2026, 12, 2)]);
        assert_eq!(asked.preferred, [date(2026, 12, 8), date(2026, 12, 9)]);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM outbox WHERE record_kind = 'request'").await, 1);

        let mut more = asking(&town, town.primary);
        more.wish.groups.push(year_six(29));
        more.wish.sessions = 2;
        more.wish.preferred.clear();
        requests::change(&desk, &school, id, asked.version, &more).await.unwrap();
        let stale = requests::change(&desk, &school, id, asked.version, &more).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        let changed = requests::get(&desk, &school, id).await.unwrap();
        assert_eq!((changed.sessions, changed.groups.len(), changed.preferred.len()), (2, 2, 0));

        let reasonless = requests::withdraw(&desk, &school, id, None, "").await;
        assert_eq!(fields(reasonless), ["reason"]);
        requests::withdraw(&desk, &school, id, Some(DeclineReason::Staffing), "").await.unwrap();
        assert_eq!(state(&desk, id).await, RequestState::Withdrawn);
        let again = requests::withdraw(&desk, &school, id, Some(DeclineReason::Staffing), "").await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::Refused(_)))), "{again:?}");
        requests::ask(&desk, &school, &more).await.expect("it may ask anew");

        let personal = "SELECT COUNT(*) FROM audit WHERE after LIKE '%Sam%' OR after LIKE '%431000%'";
        assert_eq!(Throwaway::count(&desk, personal).await, 0, "no personal values in audit lines");
    }
);

both!(
    async fn nobody_reaches_beyond_their_scope(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = requests::ask(&desk, &town.school(town.primary), &asking(&town, town.primary)).await.unwrap();
        let reason = Some(DeclineReason::NoHall);
        for stranger in [town.school(town.second_primary), town.commissioner_elsewhere(), town.company_elsewhere()] {
            assert!(matches!(requests::get(&desk, &stranger, id).await, Err(Error::NotFound)));
            assert!(matches!(requests::withdraw(&desk, &stranger, id, reason, "").await, Err(Error::NotFound)));
            let other = Asking { on_behalf: on_behalf(), ..asking(&town, town.second_primary) };
            assert!(matches!(requests::change(&desk, &stranger, id, 1, &other).await, Err(Error::NotFound)));
            assert_eq!(requests::list(&desk, &stranger, Filter::default()).await.unwrap().len(), 0);
            let theirs = Asking { on_behalf: on_behalf(), ..asking(&town, town.primary) };
            let asked = requests::ask(&desk, &stranger, &theirs).await;
            assert!(matches!(asked, Err(Error::NotFound)), "{stranger:?}");
        }
        for seer in [town.commissioner(), town.company(), town.school(town.primary)] {
            assert_eq!(requests::list(&desk, &seer, Filter::default()).await.unwrap().len(), 1);
        }
        let evaluator = town.official(Role::Evaluator);
        let seen = requests::list(&desk, &evaluator, Filter::default()).await;
        assert!(matches!(seen, Err(Error::Forbidden(Operation::SeeRequests))));
    }
);

both!(
    async fn one_live_request_under_a_race(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let tries = (0..16).map(|_| {
            let (desk, school, asking) = (desk.clone(), school.clone(), asking(&town, town.primary));
            tokio::spawn(async move { requests::ask(&desk, &school, &asking).await })
        });
        let mut won = 0;
        for one in tries.collect::<Vec<_>>() {
            match one.await.unwrap() {
                Ok(_) => won += 1,
                Err(Error::Conflict(Conflict::Refused(why))) => assert!(why.contains("already asked"), "{why}"),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM request").await, 1);
        // A form that is sent twice asks once.
        let other = town.school(town.second_primary);
        let form = desk.for_form(Some(Uuid::now_v7()));
        let id = requests::ask(&form, &other, &asking(&town, town.second_primary)).await.unwrap();
        let twice = requests::ask(&form, &other, &asking(&town, town.second_primary)).await;
        assert!(matches!(twice, Err(Error::Repeated(done)) if done == id.to_string()));
    }
);

both!(
    async fn what_cannot_be_asked_is_said_field_by_field(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, commissioner) = (town.school(town.primary), town.commissioner());
        let mut bad = asking(&town, town.primary);
        bad.wish.groups[0].expected = 0;
        bad.wish.sessions = 0;
        bad.wish.impossible = vec![date(2027, 3, 1)];
        bad.contact_email = "nowhere".into();
        bad.contact_telephone = "x".into();
        assert_eq!(
            fields(requests::ask(&desk, &school, &bad).await),
            ["expected-0", "sessions", "impossible", "contact_telephone", "contact_email"]
        );
        let full =
            Asking { wish: Wish { groups: vec![year_six(120)], ..bad.wish.clone() }, ..asking(&town, town.primary) };
        assert!(fields(requests::ask(&desk, &school, &full).await).contains(&"sessions".to_owned()));
        let nobody = Asking { on_behalf: None, ..asking(&town, town.primary) };
        assert_eq!(fields(requests::ask(&desk, &commissioner, &nobody).await), ["asked_how"]);
        // Not in the audience: the school is told so; the commissioner decides.
        let high = requests::ask(&desk, &town.school(town.secondary), &asking(&town, town.secondary)).await;
        assert!(matches!(high, Err(Error::Conflict(Conflict::Refused(_)))), "{high:?}");
        let mut widened = Asking { on_behalf: on_behalf(), ..asking(&town, town.secondary) };
        widened.wish.groups[0].year_groups = [YearGroup::new(7).unwrap()].into_iter().collect();
        assert_eq!(fields(requests::ask(&desk, &commissioner, &widened).await), ["outside_audience"]);
        widened.outside_audience = true;
        let id = requests::ask(&desk, &commissioner, &widened).await.unwrap();
        let asked = requests::get(&desk, &commissioner, id).await.unwrap();
        assert!(asked.outside_audience);
        assert_eq!((asked.asked_by_name.as_str(), asked.asked_how.as_str()), ("The head", "telephone"));
    }
);

both!(
    async fn a_booking_places_it_and_a_cancelled_one_lets_it_wait_again(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, commissioner) = (town.school(town.primary), town.commissioner());
        let mut two = asking(&town, town.primary);
        two.wish.sessions = 2;
        let id = requests::ask(&desk, &school, &two).await.unwrap();
        let free = openings::free(&desk, &school, town.tour, date(2026, 12, 1)).await.unwrap();
        let mut booked = Vec::new();
        for opening in &free[..2] {
            let booking = Booking {
                opening: opening.id,
                setting: town.primary,
                groups: vec![year_six(14)],
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
            };
            booked.push(sessions::book(&desk, &school, &booking).await.unwrap());
            let now = requests::get(&desk, &school, id).await.unwrap();
            let expected = if booked.len() == 1 { RequestState::Asked } else { RequestState::Placed };
            assert_eq!((now.state, now.missing()), (expected, 2 - booked.len() as i64));
        }
        let refused = requests::withdraw(&desk, &school, id, Some(DeclineReason::NoHall), "").await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(_)))), "{refused:?}");
        let why = Why { reason: Reason::Sickness, note: String::new() };
        sessions::cancel(&desk, &commissioner, booked[0], 1, &why).await.unwrap();
        assert_eq!(state(&desk, id).await, RequestState::Asked, "it needs a date again");
        assert_eq!(requests::get(&desk, &school, id).await.unwrap().missing(), 1);
    }
);

both!(
    async fn requests_close_and_open_with_their_tour(desk: Desk) {
        let town = Town::build(&desk).await;
        let (school, commissioner) = (town.school(town.primary), town.commissioner());
        let id = requests::ask(&desk, &school, &asking(&town, town.primary)).await.unwrap();
        let version = tours::get(&desk, &commissioner, town.tour).await.unwrap().version;
        tours::set_status(&desk, &commissioner, town.tour, version, Status::Closed).await.unwrap();
        assert_eq!(state(&desk, id).await, RequestState::Closed);
        let late = requests::ask(&desk, &school, &asking(&town, town.primary)).await;
        assert!(matches!(late, Err(Error::Conflict(Conflict::Refused(_)))), "{late:?}");
        tours::set_status(&desk, &commissioner, town.tour, version + 1, Status::Open).await.unwrap();
        assert_eq!(state(&desk, id).await, RequestState::Asked);
    }
);

both!(
    async fn need_is_what_is_on_record(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.primary, date(2024, 11, 5), State::Delivered).await;
        for setting in [town.primary, town.second_primary, town.special] {
            let mut asked = Asking { on_behalf: on_behalf(), ..asking(&town, setting) };
            if setting == town.special {
                asked.wish.groups[0].year_groups = YearGroups::NONE;
            }
            requests::ask(&desk, &commissioner, &asked).await.unwrap();
        }
        let valued = need::valued(&desk, &commissioner, Filter::default()).await.unwrap();
        let shown: Vec<_> = valued.iter().map(|v| (v.request.setting_id, v.value())).collect();
        // Asked 15, never 30, decile unknown 10; special 20; leaving 10 where Year 6 is the last; 2 years 8.
        assert_eq!(shown, [(town.special, 75), (town.second_primary, 65), (town.primary, 43)]);
        assert_eq!(valued[2].points[1].why, "2 years since it was last reached");
        assert!(valued[0].points.iter().any(|p| p.factor == Factor::Provision));

        let (weights, version) = need::weights(&desk, &commissioner).await.unwrap();
        assert_eq!((weights, version), (Weights::default(), 0));
        let flat = Weights { never: 0, year: 0, provision: 0, deprivation: 0, leaving: 0, week: 0, ..weights };
        let trial = need::trial(&desk, &commissioner, flat).await.unwrap();
        assert!(trial.iter().all(|v| v.value() == 15), "nothing is saved by trying");
        need::set_weights(&desk, &commissioner, flat, 0).await.unwrap();
        let stale = need::set_weights(&desk, &commissioner, weights, 0).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        need::set_weights(&desk, &commissioner, Weights { request: 20, ..flat }, 1).await.unwrap();
        let after = need::valued(&desk, &town.company(), Filter::default()).await.unwrap();
        assert!(after.iter().all(|v| v.value() == 20), "the provider sees the authority's values");
        let elsewhere = need::weights(&desk, &town.commissioner_elsewhere()).await.unwrap();
        assert_eq!(elsewhere, (Weights::default(), 0), "each authority has its own");
        let wrong = need::set_weights(&desk, &commissioner, Weights { never: -1, ..flat }, 2).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))));
        assert!(matches!(need::weights(&desk, &town.company()).await, Err(Error::Forbidden(_))));
    }
);

both!(
    async fn a_day_that_did_not_suit_is_told_while_the_request_waits_for_another(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let id = requests::ask(&desk, &school, &asking(&town, town.primary)).await.unwrap();
        assert_eq!(requests::get(&desk, &school, id).await.unwrap().declined(), None);
        let offer = town.session(&desk, town.primary, date(2026, 12, 3), State::Offered).await;
        Throwaway::execute(&desk, "UPDATE session SET request_id = (SELECT id FROM request)").await;
        Throwaway::execute(&desk, "UPDATE request SET state = 'placed'").await;
        let no = Declining { reason: DeclineReason::NoHall, note: String::new(), on_behalf: None };
        sessions::decline(&desk, &school, offer, 1, &no).await.unwrap();

        let said = Declined { on_date: date(2026, 12, 3), because: Some(DeclineReason::NoHall) };
        let open = requests::get(&desk, &school, id).await.unwrap();
        assert_eq!((open.state, open.declined()), (RequestState::Asked, Some(said)));
        let year = open.academic_year;
        let covered = records::coverage::of(&desk, &town.commissioner(), town.programme, year).await.unwrap().coverage;
        let gap = covered.gaps.iter().find(|g| covered.schools[g.school].school.id == town.primary).unwrap();
        assert_eq!(gap.state, coverage::State::Requested, "it goes on asking");
        assert_eq!(covered.schools[gap.school].declined_and_asks(gap.state), Some(said));
        let line = covered.figures("", year).gaps.into_iter().find(|g| g.name.starts_with("Kelder")).unwrap();
        assert_eq!(line.declined_because, Some(DeclineReason::NoHall), "the file says so too");
        let grid = records::school_year::get(&desk, &school, town.primary, Some(year)).await.unwrap();
        let told: Vec<_> = grid.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.declined).collect();
        assert_eq!(told, [said], "of Year 6 alone");

        // A request that no longer waits has nothing to explain.
        requests::withdraw(&desk, &school, id, Some(DeclineReason::Staffing), "").await.unwrap();
        assert_eq!(requests::get(&desk, &school, id).await.unwrap().declined(), None);
    }
);
