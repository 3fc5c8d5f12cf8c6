//! A school's year: its cells, its totals, and who may look.

use domain::access::{Actor, Role, Scope};
use domain::attendance::Headcounts;
use domain::coverage::State as Coverage;
use domain::programme::{Audience, NewProgramme, Part, ProgrammeKind, Status};
use domain::session::State;
use domain::setting::SettingType;
use domain::stage::Stage;
use domain::{AcademicYear, TermSet, YearGroup, YearGroups};
use records::attendance::{Statement, record, sheet};
use records::programmes;
use records::school_year::{Cell, Of, SchoolYear, choices, get};
use records::testing::{Throwaway, Town, date};
use records::{Error, both};

fn six() -> Of {
    Of::YearGroup(YearGroup::new(6).unwrap())
}

fn cell(year: &SchoolYear, of: Of) -> &Cell {
    &year.rows.iter().find(|r| r.of == of).unwrap_or_else(|| panic!("no row {of:?}")).cells[0]
}

both!(
    async fn a_cell_goes_from_on_offer_to_booked_to_done(desk: Desk) {
        let town = Town::build(&desk).await;
        let kelder = town.school(town.primary);
        let year = get(&desk, &kelder, town.primary, None).await.unwrap();
        assert_eq!((year.rows.len(), year.programmes.len()), (7, 1), "Reception to Year 6; The Lantern");
        assert_eq!((cell(&year, six()).state, cell(&year, six()).book), (Coverage::Offered, Some(town.tour)));
        let reception = cell(&year, Of::YearGroup(YearGroup::RECEPTION));
        assert_eq!((reception.state, reception.book), (Coverage::NotEligible, None));
        assert_eq!(year.rows[6].on_roll.map(|r| r.pupils), Some(30));

        let booked = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        let year = get(&desk, &kelder, town.primary, None).await.unwrap();
        assert_eq!((cell(&year, six()).state, cell(&year, six()).book), (Coverage::Booked, None));
        assert_eq!(cell(&year, six()).sessions.iter().map(|s| s.session).collect::<Vec<_>>(), [booked]);

        let done = town.session(&desk, town.primary, date(2026, 11, 20), State::Confirmed).await;
        let sheet = sheet(&desk, &kelder, done).await.unwrap();
        let counts = Headcounts { pupils: Some(28), send: Some(2), withdrawn: Some(1), adults: Some(3) };
        let groups = sheet.groups.iter().map(|g| (g.id, counts)).collect();
        let said = Statement { version: sheet.session.version, groups, ..Statement::default() };
        record(&desk, &kelder, done, said).await.unwrap();
        let year = get(&desk, &kelder, town.primary, None).await.unwrap();
        assert_eq!(cell(&year, six()).state, Coverage::Delivered);
        let totals = year.totals;
        assert_eq!((totals.sessions, totals.pupils), (1, 28));
        assert_eq!((totals.send, totals.withdrawn, totals.adults), (Some(2), Some(1), Some(3)));
        assert_eq!((totals.uncounted, year.programmes[0].totals), (0, totals));
    }
);

both!(
    async fn what_comes_stands_first_and_what_is_for_others_last(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let authority = commissioner.authority().unwrap().clone();
        for (name, group) in [("A for Year 10", 10), ("B for Year 5", 5)] {
            let new = NewProgramme {
                kind: ProgrammeKind::Workshop,
                name: name.into(),
                summary: "What it is.".into(),
                audience: Audience::Children {
                    setting_types: [SettingType::Mainstream].into(),
                    year_groups: YearGroups::from(YearGroup::new(group).unwrap()),
                },
                parts: vec![Part { number: 0, title: "Workshop".into(), minutes: 60 }],
                largest_group: None,
                needs: TermSet::default(),
                adaptations: TermSet::default(),
                topics: TermSet::default(),
                topics_as_of: None,
            };
            programmes::add(&desk, &commissioner, &authority, new, Status::Open).await.unwrap();
        }
        let names = async || {
            let year = get(&desk, &town.school(town.primary), town.primary, None).await.unwrap();
            let states: Vec<_> =
                year.rows.iter().find(|r| r.of == six()).unwrap().cells.iter().map(|c| c.state).collect();
            (year.programmes.into_iter().map(|p| p.name).collect::<Vec<_>>(), states)
        };
        let others = Coverage::NotEligible;
        let (before, states) = names().await;
        assert_eq!(before, ["B for Year 5", "The Lantern", "A for Year 10"]);
        assert_eq!(states, [others, Coverage::Offered, others], "each below its own programme");
        town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        let (after, states) = names().await;
        assert_eq!(after, ["The Lantern", "B for Year 5", "A for Year 10"]);
        assert_eq!(states, [Coverage::Booked, others, others]);
    }
);

both!(
    async fn last_year_is_as_it_was(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = town.session(&desk, town.primary, date(2026, 7, 1), State::Delivered).await;
        Throwaway::execute(&desk, "UPDATE session SET academic_year = 2025, import_id = id").await;
        let kelder = town.school(town.primary);
        let last = AcademicYear::new(2025).unwrap();
        let year = get(&desk, &kelder, town.primary, Some(last)).await.unwrap();
        assert_eq!(cell(&year, six()).sessions[0].session, id);
        assert_eq!((year.totals.sessions, year.totals.uncounted), (1, 1));
        let unsaid = (year.totals.send, year.totals.withdrawn, year.totals.adults);
        assert_eq!(unsaid, (None, None, None), "older records never said, which is no zero");
        assert_eq!(year.years, [AcademicYear::new(2026).unwrap(), last]);
        let now = get(&desk, &kelder, town.primary, None).await.unwrap();
        assert_eq!((now.totals.sessions, cell(&now, six()).state), (0, Coverage::Offered));
        let far = get(&desk, &kelder, town.primary, AcademicYear::new(2019).ok()).await.unwrap();
        assert!(far.programmes.is_empty() && far.rows.iter().all(|r| r.cells.is_empty()));
    }
);

both!(
    async fn unknown_year_groups_are_unknown_and_stages_stand_where_none_are_followed(desk: Desk) {
        let town = Town::build(&desk).await;
        let oak = town.school(town.special);
        let year = get(&desk, &oak, town.special, None).await.unwrap();
        assert_eq!(year.rows.len(), 12, "Reception to Year 11, for planning");
        assert_eq!((cell(&year, six()).state, cell(&year, six()).book), (Coverage::Unknown, Some(town.tour)));

        Throwaway::execute(&desk, "UPDATE setting_year SET year_groups_source = 'not_followed'").await;
        let id = town.session(&desk, town.special, date(2026, 11, 20), State::Delivered).await;
        Throwaway::execute(&desk, "UPDATE attending_group SET year_groups = 0, label = 'Willow class'").await;
        let year = get(&desk, &oak, town.special, None).await.unwrap();
        let rows: Vec<_> = year.rows.iter().map(|r| r.of).collect();
        let stage = Of::Stage;
        assert_eq!(
            rows,
            [
                stage(Stage::EarlyYears),
                stage(Stage::KeyStage1),
                stage(Stage::KeyStage2),
                stage(Stage::KeyStage3),
                stage(Stage::KeyStage4),
                Of::Mixed
            ]
        );
        assert_eq!(cell(&year, stage(Stage::KeyStage2)).state, Coverage::Unknown);
        assert_eq!(cell(&year, stage(Stage::KeyStage4)).state, Coverage::NotEligible);
        assert_eq!(
            (cell(&year, Of::Mixed).state, cell(&year, Of::Mixed).sessions[0].session),
            (Coverage::Delivered, id)
        );
    }
);

both!(
    async fn a_programme_for_sixth_forms_has_its_rows_where_year_groups_are_unknown(desk: Desk) {
        let town = Town::build(&desk).await;
        let [twelve, thirteen] = [12, 13].map(|n| YearGroup::new(n).unwrap());
        let mask = YearGroups::range(twelve, thirteen).mask();
        Throwaway::execute(&desk, &format!("UPDATE programme SET year_groups = {mask}")).await;
        let year = get(&desk, &town.school(town.special), town.special, None).await.unwrap();
        assert_eq!(year.rows.len(), 14, "Reception to Year 11, for planning, and what the programme is for");
        assert_eq!(cell(&year, Of::YearGroup(thirteen)).state, Coverage::Unknown);
        let year = get(&desk, &town.school(town.primary), town.primary, None).await.unwrap();
        assert_eq!(year.rows.len(), 7, "a primary states what it teaches");
    }
);

both!(
    async fn a_programme_for_adults_has_their_row(desk: Desk) {
        let town = Town::build(&desk).await;
        Throwaway::execute(&desk, "UPDATE programme SET for_adults = TRUE").await;
        let year = get(&desk, &town.school(town.primary), town.primary, None).await.unwrap();
        assert_eq!(cell(&year, Of::Adults).state, Coverage::Offered);
        assert_eq!(cell(&year, six()).state, Coverage::NotEligible);
    }
);

both!(
    async fn only_those_who_may_look_do(desk: Desk) {
        let town = Town::build(&desk).await;
        for role in [Role::Commissioner, Role::Evaluator, Role::Safeguarding] {
            let year = get(&desk, &town.official(role), town.primary, None).await.unwrap();
            assert_eq!(cell(&year, six()).book.is_some(), role == Role::Commissioner, "{role} may book or not");
        }
        for actor in
            [town.school(town.second_primary), town.school(town.primary_elsewhere), town.commissioner_elsewhere()]
        {
            assert!(matches!(get(&desk, &actor, town.primary, None).await, Err(Error::NotFound)), "{actor:?}");
        }
        for actor in [town.company(), town.official(Role::Administrator)] {
            assert!(matches!(get(&desk, &actor, town.primary, None).await, Err(Error::Forbidden(_))), "{actor:?}");
        }
        Throwaway::execute(&desk, "UPDATE setting SET trust_code = 'T1' WHERE urn IN (900001, 900002)").await;
        let trust = Actor { person: None, grant: None, role: Role::School, scope: Scope::Trust("T1".into()) };
        let names: Vec<_> = choices(&desk, &trust).await.unwrap().into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["Beck Primary School", "Kelder Primary School"]);
        assert!(get(&desk, &trust, town.primary, None).await.is_ok());
        assert!(matches!(get(&desk, &trust, town.special, None).await, Err(Error::NotFound)));
        assert_eq!(choices(&desk, &town.school(town.special)).await.unwrap().len(), 1);
    }
);
