//! Tours: opened of what the authority offers, changed within what is booked, seen by whom they concern.

use domain::access::Role;
use domain::programme::Status;
use domain::session::State;
use domain::tour::{NewTour, Price};
use records::testing::{Throwaway, Town, date};
use records::tours::{self, Filter};
use records::{Conflict, Error, both, programmes};

fn tour(town: &Town) -> NewTour {
    NewTour {
        name: "The Lantern, spring".into(),
        teams: vec![town.team],
        starts: date(2027, 1, 11),
        ends: date(2027, 3, 19),
        target_schools: Some(60),
        funders: "Public health".into(),
        budget: Some("24000".parse().unwrap()),
        price: Price::Charged,
        school_pays: "75".parse().unwrap(),
        notice_days: 5,
    }
}

fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

both!(
    async fn a_tour_is_opened_of_a_programme(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, new) = (town.commissioner(), tour(&town));
        let add =
            async |actor, new, status| tours::add(&desk, &actor, town.programme, town.provider, new, status).await;
        let id = add(town.commissioner(), new.clone(), Status::Open).await.unwrap();
        let tours::Counted { tour: opened, counts } = tours::get_counted(&desk, &actor, id).await.unwrap();
        assert_eq!((opened.academic_year.first(), opened.teams[0].name.as_str()), (2026, "The cast"));
        assert_eq!((opened.budget().map(|b| b.pence()), opened.price_pence.pence()), (Some(2_400_000), 7_500));
        assert_eq!((counts.openings, counts.schools_booked), (0, 0));
        assert_eq!(tours::list(&desk, &actor, Filter::default()).await.unwrap().len(), 2);
        let foreign_team = NewTour { teams: vec![town.tour], ..new.clone() };
        assert_eq!(fields(add(town.commissioner(), foreign_team, Status::Open).await), ["teams"]);
        assert!(matches!(add(town.commissioner_elsewhere(), new.clone(), Status::Open).await, Err(Error::NotFound)));
        assert!(matches!(add(town.company(), new.clone(), Status::Open).await, Err(Error::Forbidden(_))));
        let by_strangers =
            tours::add(&desk, &actor, town.programme, town.provider_elsewhere, new.clone(), Status::Open).await;
        assert!(matches!(by_strangers, Err(Error::NotFound)), "it does not serve the authority");
        Throwaway::execute(&desk, "UPDATE programme SET status = 'draft'").await;
        let too_soon = add(town.commissioner(), new.clone(), Status::Open).await;
        assert!(matches!(too_soon, Err(Error::Conflict(Conflict::Refused(_)))));
        assert!(add(town.commissioner(), new, Status::Draft).await.is_ok());
    }
);

both!(
    async fn a_tour_changes_within_what_is_open_and_booked(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        town.session(&desk, town.primary, date(2026, 11, 20), State::Delivered).await;
        let tours::Counted { tour: before, counts } = tours::get_counted(&desk, &actor, town.tour).await.unwrap();
        assert_eq!(
            (counts.schools_booked, counts.schools_reached, counts.openings, counts.free_openings),
            (1, 1, 20, 20)
        );
        let same = NewTour { starts: before.starts, ends: before.ends, ..tour(&town) };
        let change = async |new| tours::change(&desk, &actor, town.tour, before.version, new).await;
        assert_eq!(fields(change(NewTour { starts: date(2026, 11, 21), ..same.clone() }).await), ["starts"]);
        assert_eq!(fields(change(NewTour { ends: date(2026, 12, 10), ..same.clone() }).await), ["ends"]);
        change(same.clone()).await.unwrap();
        assert!(matches!(change(same.clone()).await, Err(Error::Conflict(Conflict::Stale))));
        assert_eq!(tours::history(&desk, &actor, town.tour).await.unwrap().len(), 1);
        let strangers = tours::change(&desk, &town.commissioner_elsewhere(), town.tour, before.version + 1, same).await;
        assert!(matches!(strangers, Err(Error::NotFound)));

        let closed = tours::set_status(&desk, &actor, town.tour, before.version + 1, Status::Closed).await;
        assert!(closed.is_ok());
        let programme = programmes::get(&desk, &actor, town.programme).await.unwrap();
        programmes::set_status(&desk, &actor, town.programme, programme.version, Status::Closed).await.unwrap();
        let reopened = tours::set_status(&desk, &actor, town.tour, before.version + 2, Status::Open).await;
        assert!(matches!(reopened, Err(Error::Conflict(Conflict::Refused(_)))), "its programme is closed");
    }
);

both!(
    async fn a_school_sees_open_tours_for_it_without_the_money(desk: Desk) {
        let town = Town::build(&desk).await;
        let add = async |new, status| {
            tours::add(&desk, &town.commissioner(), town.programme, town.provider, new, status).await.unwrap()
        };
        let open = add(tour(&town), Status::Open).await;
        let draft = add(NewTour { name: "Draft".into(), ..tour(&town) }, Status::Draft).await;
        let count = async |actor| tours::list(&desk, &actor, Filter::default()).await.unwrap().len();
        assert_eq!(count(town.school(town.primary)).await, 2);
        assert_eq!(count(town.school(town.special)).await, 2, "its year groups are unknown");
        assert_eq!(count(town.school(town.secondary)).await, 0);
        assert_eq!(count(town.school(town.primary_elsewhere)).await, 0);
        assert_eq!(count(town.company()).await, 3);
        assert_eq!(count(town.company_elsewhere()).await, 0);
        for (actor, sees) in
            [(town.school(town.primary), false), (town.company(), false), (town.official(Role::Evaluator), true)]
        {
            let seen = tours::get(&desk, &actor, open).await.unwrap();
            assert_eq!((!seen.funders.is_empty(), seen.budget().is_some()), (sees, sees), "{:?}", actor.role);
        }
        assert!(matches!(tours::get(&desk, &town.school(town.primary), draft).await, Err(Error::NotFound)));
        assert!(matches!(tours::get(&desk, &town.company_elsewhere(), open).await, Err(Error::NotFound)));
        let safeguarding = tours::get(&desk, &town.official(Role::Safeguarding), open).await;
        assert!(matches!(safeguarding, Err(Error::Forbidden(_))));
        let years = tours::years(&desk, &town.school(town.primary)).await.unwrap();
        assert_eq!(years.iter().map(|y| y.first()).collect::<Vec<_>>(), [2026]);
    }
);
