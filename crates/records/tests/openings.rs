//! Openings: made by rule and day by day, never twice, withdrawn unless booked.

use domain::access::Role;
use domain::calendar::{LeftOut, WorkingDays};
use domain::session::State;
use records::openings::{self, Rule, Standing};
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Error, both, term_dates};

fn rule(town: &Town) -> Rule {
    Rule {
        teams: vec![town.team],
        from: date(2026, 12, 7),
        to: date(2026, 12, 18),
        weekdays: WorkingDays::WEEKDAYS,
        slots: Vec::new(),
    }
}

fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

both!(
    async fn a_rule_opens_school_days_once(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        // The town's openings end on 11 December: the week after is still to be opened.
        let preview = openings::preview(&desk, &actor, town.tour, &rule(&town)).await.unwrap();
        assert_eq!((preview.planned.len(), preview.already.len()), (10, 10));
        assert_eq!(preview.days().first(), Some(&date(2026, 12, 14)));
        assert_eq!(preview.years_without_terms.len(), 1);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM opening").await, 20, "a preview makes nothing");

        let administrator = town.official(Role::Administrator);
        term_dates::add(&desk, &administrator, "Autumn", date(2026, 9, 2), date(2026, 12, 16)).await.unwrap();
        let preview = openings::preview(&desk, &actor, town.tour, &rule(&town)).await.unwrap();
        assert_eq!((preview.planned.len(), preview.years_without_terms.len()), (6, 0));
        assert!(preview.left_out.contains(&(date(2026, 12, 17), LeftOut::OutsideTerm)));

        let mornings =
            Rule { slots: vec!["AM".into()], weekdays: [chrono::Weekday::Mon].into_iter().collect(), ..rule(&town) };
        openings::make(&desk, &actor, town.tour, &mornings).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM opening").await, 21);
        openings::make(&desk, &town.company(), town.tour, &rule(&town)).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM opening").await, 26);
        assert_eq!(fields(openings::make(&desk, &actor, town.tour, &rule(&town)).await), ["from"]);
    }
);

both!(
    async fn a_rule_leaves_bank_holidays_out(desk: Desk) {
        let town = Town::build(&desk).await;
        Throwaway::execute(&desk, "UPDATE tour SET ends = '2027-01-08'").await;
        let christmas = Rule { from: date(2026, 12, 24), to: date(2027, 1, 4), ..rule(&town) };
        let preview = openings::preview(&desk, &town.commissioner(), town.tour, &christmas).await.unwrap();
        let days = [date(2026, 12, 24), date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 4)];
        assert_eq!(preview.days(), days);
        assert!(preview.left_out.contains(&(date(2026, 12, 25), LeftOut::BankHoliday("Christmas Day".into()))));
        assert!(preview.left_out.contains(&(date(2026, 12, 28), LeftOut::BankHoliday("Boxing Day".into()))));
    }
);

both!(
    async fn a_rule_that_cannot_stand_names_every_fault(desk: Desk) {
        let town = Town::build(&desk).await;
        let none = WorkingDays::try_from(0).unwrap();
        let bad = Rule {
            teams: vec![town.tour],
            from: date(2026, 10, 30),
            to: date(2027, 1, 1),
            weekdays: none,
            ..rule(&town)
        };
        let preview = openings::preview(&desk, &town.commissioner(), town.tour, &bad).await;
        assert_eq!(fields(preview), ["teams", "from", "from", "to", "weekdays"]);
    }
);

both!(
    async fn a_day_is_opened_slot_by_slot(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let add = async |on, slots: &[i64]| openings::add(&desk, &actor, town.tour, town.team, on, slots).await;
        add(date(2026, 12, 14), &[2]).await.unwrap();
        assert_eq!(fields(add(date(2026, 12, 14), &[1, 2]).await), ["slots"], "slot 2 is open already");
        assert_eq!(fields(add(date(2026, 12, 14), &[3]).await), ["slots"], "there is no slot 3");
        assert_eq!(fields(add(date(2026, 12, 14), &[]).await), ["slots"]);
        assert_eq!(fields(add(date(2026, 12, 19), &[1]).await), ["on"], "after the tour");
        assert_eq!(fields(add(date(2026, 11, 20), &[1]).await), ["on"], "in the past");
        let free = openings::free(&desk, &actor, town.tour, date(2026, 12, 14)).await.unwrap();
        assert_eq!(
            free.iter().map(|o| (o.on_date, o.slot_label.as_str())).collect::<Vec<_>>(),
            [(date(2026, 12, 14), "PM")]
        );
        assert_eq!(openings::get(&desk, &actor, free[0].id).await.unwrap(), free[0]);
    }
);

both!(
    async fn a_booked_opening_stays(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        town.session(&desk, town.primary, date(2026, 11, 30), State::Confirmed).await;
        let all = openings::of_tour(&desk, &actor, town.tour).await.unwrap();
        assert!(
            matches!(&all[0].standing, Standing::Taken { session: Some(_), schools, .. } if schools == &["Kelder Primary School"])
        );
        let (taken, free) = (all[0].opening.id, all[1].opening.id);
        let both = openings::withdraw(&desk, &actor, town.tour, &[free, taken]).await;
        assert!(matches!(both, Err(Error::Conflict(Conflict::Refused(_)))), "all or none");
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM opening").await, 20);
        openings::withdraw(&desk, &actor, town.tour, &[free]).await.unwrap();
        let all = openings::of_tour(&desk, &actor, town.tour).await.unwrap();
        assert_eq!((all.len(), &all[1].standing), (20, &Standing::Withdrawn));
        openings::add(&desk, &actor, town.tour, town.team, date(2026, 11, 30), &[2]).await.unwrap();
        let all = openings::of_tour(&desk, &actor, town.tour).await.unwrap();
        assert_eq!((all.len(), &all[1].standing), (20, &Standing::Free), "opened again");
        assert_eq!(fields(openings::withdraw(&desk, &actor, town.tour, &[]).await), ["opening"]);
    }
);

both!(
    async fn others_learn_no_more_than_they_may(desk: Desk) {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 11, 30), State::Confirmed).await;
        let seen_by = async |actor| openings::of_tour(&desk, &actor, town.tour).await.unwrap().remove(0).standing;
        assert!(matches!(seen_by(town.school(town.primary)).await, Standing::Taken { session: Some(_), .. }));
        let other = seen_by(town.school(town.second_primary)).await;
        assert!(matches!(other, Standing::Taken { session: None, ref schools, .. } if schools.is_empty()));
        let free = openings::free(&desk, &town.commissioner(), town.tour, date(2026, 11, 30)).await.unwrap();
        assert_eq!(free.len(), 19);
        for stranger in [town.commissioner_elsewhere(), town.company_elsewhere()] {
            assert!(matches!(openings::of_tour(&desk, &stranger, town.tour).await, Err(Error::NotFound)));
            assert!(matches!(openings::get(&desk, &stranger, free[0].id).await, Err(Error::NotFound)));
            assert!(matches!(openings::make(&desk, &stranger, town.tour, &rule(&town)).await, Err(Error::NotFound)));
            let withdrawn = openings::withdraw(&desk, &stranger, town.tour, &[free[0].id]).await;
            assert!(matches!(withdrawn, Err(Error::NotFound)));
            let added = openings::add(&desk, &stranger, town.tour, town.team, date(2026, 12, 14), &[1]).await;
            assert!(matches!(added, Err(Error::NotFound)));
        }
        let school = openings::withdraw(&desk, &town.school(town.primary), town.tour, &[free[0].id]).await;
        assert!(matches!(school, Err(Error::Forbidden(_))));
    }
);
