//! Providers and teams: who sees and changes which, and the slots of a team's day.

use domain::access::Role;
use domain::calendar::WorkingDays;
use domain::slot::Slot;
use domain::tour::{NewProvider, NewTeam, ProviderKind};
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Error, both, providers, teams};

fn provider(name: &str) -> NewProvider {
    NewProvider {
        kind: ProviderKind::Police,
        name: name.into(),
        email: Some("cyber@police.example".parse().unwrap()),
        telephone: Some("01274  431000".into()),
    }
}

fn team(name: &str) -> NewTeam {
    NewTeam {
        name: name.into(),
        base_name: "Station".into(),
        base_postcode: Some("bd1 1hx".into()),
        working_days: WorkingDays::WEEKDAYS,
    }
}

fn slot(label: &str, starts: &str, ends: &str) -> Slot {
    Slot { number: 0, label: label.into(), starts: starts.parse().unwrap(), ends: ends.parse().unwrap() }
}

fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

both!(
    async fn a_provider_is_added_and_changed(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, authority) = (town.commissioner(), "990".parse().unwrap());
        let id = providers::add(&desk, &actor, &authority, provider("Cyber unit")).await.unwrap();
        let added = providers::get(&desk, &actor, id).await.unwrap();
        assert_eq!((added.kind, added.telephone.as_deref()), (ProviderKind::Police, Some("01274 431000")));
        let names: Vec<_> =
            providers::list(&desk, &actor).await.unwrap().into_iter().map(|p| (p.name, p.teams)).collect();
        assert_eq!(names, [("Cyber unit".to_owned(), 0), ("Lamplight Theatre".to_owned(), 1)]);
        providers::change(&desk, &actor, id, added.version, provider("Cyber team")).await.unwrap();
        let stale = providers::change(&desk, &actor, id, added.version, provider("Another")).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        let nameless = providers::add(&desk, &actor, &authority, provider("")).await;
        assert_eq!(fields(nameless), ["name"]);
        let personal =
            "SELECT COUNT(*) FROM audit WHERE after LIKE '%police.example%' OR before LIKE '%police.example%'";
        assert_eq!(Throwaway::count(&desk, personal).await, 0, "no personal value stands in an audit line");
    }
);

both!(
    async fn a_team_has_slots_from_a_day_on(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.company();
        let first = vec![slot("PM", "13:15", "14:15"), slot("AM", "9:30", "10:30")];
        let id = teams::add(&desk, &actor, town.provider, team("Second cast"), date(2026, 9, 1), first).await.unwrap();
        let added = teams::get(&desk, &actor, id).await.unwrap();
        assert_eq!(added.base_postcode.as_deref(), Some("BD1 1HX"));
        let later = vec![slot("Midday", "11:00", "12:00")];
        teams::set_pattern(&desk, &actor, id, added.version, date(2027, 1, 4), later.clone()).await.unwrap();
        let team_now = teams::get(&desk, &actor, id).await.unwrap();
        let labels = |day| team_now.slots_on(day).iter().map(|s| s.label.as_str()).collect::<Vec<_>>();
        assert!(labels(date(2026, 8, 31)).is_empty());
        assert_eq!(labels(date(2027, 1, 3)), ["AM", "PM"]);
        assert_eq!(labels(date(2027, 1, 4)), ["Midday"]);
        let stale = teams::set_pattern(&desk, &actor, id, added.version, date(2027, 1, 4), later).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        let overlapping = vec![slot("AM", "9:30", "10:30"), slot("Late AM", "10:00", "11:00")];
        let refused = teams::set_pattern(&desk, &actor, id, team_now.version, date(2027, 1, 4), overlapping).await;
        assert_eq!(fields(refused), ["starts_1"]);
        let idle = NewTeam { working_days: WorkingDays::try_from(0).unwrap(), ..team("Idle") };
        assert_eq!(fields(teams::change(&desk, &actor, id, team_now.version, idle).await), ["working_days"]);
        teams::change(&desk, &actor, id, team_now.version, team("Cast B")).await.unwrap();
        assert_eq!(teams::list(&desk, &actor, None).await.unwrap().len(), 2);
    }
);

both!(
    async fn others_providers_are_not_found(desk: Desk) {
        let town = Town::build(&desk).await;
        let authority = "990".parse().unwrap();
        for stranger in [town.commissioner_elsewhere(), town.company_elsewhere()] {
            assert!(matches!(providers::get(&desk, &stranger, town.provider).await, Err(Error::NotFound)));
            let change = providers::change(&desk, &stranger, town.provider, 1, provider("Mine now")).await;
            assert!(matches!(change, Err(Error::NotFound)));
            assert!(matches!(teams::get(&desk, &stranger, town.team).await, Err(Error::NotFound)));
            let change = teams::change(&desk, &stranger, town.team, 1, team("Mine now")).await;
            assert!(matches!(change, Err(Error::NotFound)));
            let slots = vec![slot("AM", "9:30", "10:30")];
            let added = teams::add(&desk, &stranger, town.provider, team("X"), date(2026, 9, 1), slots.clone()).await;
            assert!(matches!(added, Err(Error::NotFound)));
            let set = teams::set_pattern(&desk, &stranger, town.team, 1, date(2026, 9, 1), slots).await;
            assert!(matches!(set, Err(Error::NotFound)));
        }
        let abroad = providers::add(&desk, &town.commissioner_elsewhere(), &authority, provider("X")).await;
        assert!(matches!(abroad, Err(Error::NotFound)));
        for refused in [town.company(), town.school(town.primary), town.official(Role::Administrator)] {
            let added = providers::add(&desk, &refused, &authority, provider("X")).await;
            assert!(matches!(added, Err(Error::Forbidden(_))), "{:?}", refused.role);
        }
    }
);
