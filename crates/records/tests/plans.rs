//! Plans: made of what is on record, planned behind the pages, changed by hand.

use std::collections::BTreeSet;

use domain::plan::{Outcome, PlanState};
use domain::request::{DeclineReason, PartOfDay, RequestState, Wish};
use domain::session::{Group, Reason, State};
use domain::{YearGroup, YearGroups};
use records::plans::{self, Action, Broken, NewPlan, Place};
use records::requests::{self, Asking};
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, both};
use uuid::Uuid;

/// The town with everyone's position: two primaries some kilometres apart, the cast's base between.
async fn town(desk: &Desk) -> Town {
    let town = Town::build(desk).await;
    for (name, east, north) in [
        ("Kelder Primary School", 410_000, 430_000),
        ("Beck Primary School", 414_000, 433_000),
        ("Oak Lodge School", 409_000, 436_000),
    ] {
        Throwaway::execute(
            desk,
            &format!("UPDATE setting SET easting = {east}, northing = {north} WHERE name = '{name}'"),
        )
        .await;
    }
    Throwaway::execute(desk, "UPDATE team SET base_easting = 411000, base_northing = 431000").await;
    town
}

fn year_six(expected: i64) -> Group {
    let year_groups = YearGroups::from(YearGroup::new(6).unwrap());
    Group { year_groups, label: "6A".into(), expected, expected_send: None }
}

async fn ask(desk: &Desk, town: &Town, setting: Uuid, wish: Wish) -> Uuid {
    let asking = Asking {
        tour: town.tour,
        setting,
        wish,
        is_estimated: false,
        contact_name: "Sam Reed".into(),
        contact_telephone: "01274 431000".into(),
        contact_email: "sam@school.example".into(),
        on_behalf: None,
        outside_audience: false,
    };
    requests::ask(desk, &town.school(setting), &asking).await.expect("a request")
}

fn wish(groups: Vec<Group>, sessions: i64) -> Wish {
    Wish {
        groups,
        sessions,
        may_split: true,
        room_for_others: false,
        part_of_day: PartOfDay::Any,
        impossible: Vec::new(),
        preferred: Vec::new(),
        access_needs: String::new(),
        note: String::new(),
    }
}

fn new_plan(town: &Town) -> NewPlan {
    NewPlan {
        name: String::new(),
        tours: BTreeSet::from([town.tour]),
        gaps: BTreeSet::new(),
        released: BTreeSet::new(),
        lost: BTreeSet::new(),
        from: date(2026, 11, 30),
        by_openings: true,
        seconds: 10,
    }
}

async fn planned(desk: &Desk, town: &Town, new: &NewPlan) -> plans::Ground {
    let actor = town.commissioner();
    let id = plans::start(desk, &actor, new).await.expect("a plan");
    assert_eq!(plans::get(desk, &actor, id).await.unwrap().state, PlanState::Planning);
    plans::work(desk).await.expect("planned");
    plans::board(desk, &actor, id).await.expect("its board")
}

fn of(ground: &plans::Ground, setting: Uuid) -> Vec<&plans::Ask> {
    ground.asks.iter().filter(|a| a.setting == setting).collect()
}

fn at(town: &Town, day: u32, slots: &[i64]) -> Option<Place> {
    Some(Place { team: town.team, on: date(2026, 12, day), slots: slots.to_vec() })
}

both! {
    async fn requests_and_gaps_get_days_that_schools_and_team_can_do(desk: Desk) {
        let town = town(&desk).await;
        let mut first = wish(vec![year_six(30)], 1);
        first.part_of_day = PartOfDay::Afternoon;
        first.preferred = vec![date(2026, 12, 8)];
        ask(&desk, &town, town.primary, first).await;
        ask(&desk, &town, town.second_primary, wish(vec![year_six(80), year_six(70), year_six(60)], 3)).await;
        let actor = town.commissioner();
        let choices = plans::choices(&desk, &actor, &BTreeSet::from([town.tour])).await.unwrap();
        assert_eq!(choices.waiting.len(), 2);
        assert_eq!(choices.gaps.iter().map(|g| g.setting).collect::<Vec<_>>(), [town.special]);
        let gaps = BTreeSet::from([(town.tour, town.special), (town.tour, town.primary_elsewhere)]);
        let ground = planned(&desk, &town, &NewPlan { gaps, ..new_plan(&town) }).await;
        assert_eq!(ground.plan.state, PlanState::Ready);
        assert_eq!(ground.plan.faults(), Vec::<String>::new());
        assert_eq!(of(&ground, town.primary)[0].place, at(&town, 8, &[2]), "its day, in the afternoon");
        let parts = of(&ground, town.second_primary);
        assert_eq!(parts.iter().map(|a| (a.part, a.sessions)).collect::<Vec<_>>(), [(1, 2), (2, 1)], "a day has two slots");
        assert_eq!(parts.iter().map(|a| a.expected()).sum::<i64>(), 210);
        assert!(of(&ground, town.special)[0].place.is_some());
        assert_eq!(ground.asks.len(), 4, "the school elsewhere is not this authority’s gap");
        assert_eq!((ground.plan.placed, ground.plan.score), (4, Some(ground.score())));
        assert_eq!(ground.plan.bound, ground.plan.score, "proved best");
        assert_eq!(ground.broken(), []);
    }
}

both! {
    async fn the_score_is_the_planners(desk: Desk) {
        let town = town(&desk).await;
        town.session(&desk, town.special, date(2026, 12, 3), State::Confirmed).await;
        for school in [town.primary, town.second_primary] {
            let mut wish = wish(vec![year_six(30)], 1);
            wish.preferred = vec![date(2026, 12, 3)];
            ask(&desk, &town, school, wish).await;
        }
        let ground = planned(&desk, &town, &new_plan(&town)).await;
        assert!(ground.asks.iter().all(|a| a.place.is_some()));
        assert_eq!(ground.plan.bound, ground.plan.score);
        let fixed = of(&ground, town.special);
        assert!(fixed[0].fixed && fixed[0].booked == Some(State::Confirmed));
        // On the preferred day one of two fits beside what is booked, at the cost of the longer road.
        let there = ground.placed_on(town.team, date(2026, 12, 3)).count();
        assert_eq!(there, 2);
        assert!(ground.travel() > 0);
    }
}

both! {
    async fn by_hand_says_what_breaks_and_costs_and_refuses_what_is_stale(desk: Desk) {
        let town = town(&desk).await;
        let mut first = wish(vec![year_six(30)], 1);
        first.impossible = vec![date(2026, 12, 2)];
        first.part_of_day = PartOfDay::Morning;
        ask(&desk, &town, town.primary, first).await;
        ask(&desk, &town, town.second_primary, wish(vec![year_six(30)], 1)).await;
        let ground = planned(&desk, &town, &new_plan(&town)).await;
        let actor = town.commissioner();
        let (ask, other) = (of(&ground, town.primary)[0].clone(), of(&ground, town.second_primary)[0].clone());
        let to = |day, slot| Action::To { team: town.team, on: date(2026, 12, day), slot };
        let effect = plans::effect(&ground, ask.id, to(2, 2));
        assert_eq!(effect.refused, None);
        assert!(effect.words().contains("The school said that it cannot be on this day"), "{}", effect.words());
        assert!(effect.words().contains("The school asked for a morning"), "{}", effect.words());
        let there = other.place.clone().unwrap();
        let taken = plans::effect(&ground, ask.id, Action::To { team: there.team, on: there.on, slot: there.slots[0] });
        assert!(taken.refused.as_deref().is_some_and(|why| why.contains("Beck Primary School is there already")));
        assert!(plans::effect(&ground, ask.id, to(5, 1)).refused.is_some(), "a Saturday");
        assert!(plans::targets(&ground, &ask).iter().all(|p| Some(p) != ask.place.as_ref()));

        let id = ground.plan.id;
        plans::apply(&desk, &actor, id, ask.id, ask.version, to(2, 2)).await.unwrap();
        let stale = plans::apply(&desk, &actor, id, ask.id, ask.version, to(3, 1)).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        let moved = ground.ask(ask.id).unwrap().clone();
        assert_eq!((moved.place.clone(), moved.pinned), (at(&town, 2, &[2]), true));
        assert_eq!(ground.broken().len(), 2);
        assert_eq!(ground.plan.score, Some(ground.score()));
        // Another's change elsewhere on the board is no hindrance.
        plans::apply(&desk, &actor, id, other.id, other.version, Action::Swap { with: moved.id }).await.unwrap_err();
        plans::set_pinned(&desk, &actor, id, moved.id, moved.version, false).await.unwrap();
        plans::apply(&desk, &actor, id, other.id, other.version, Action::Swap { with: moved.id }).await.unwrap();
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        assert_eq!(ground.ask(other.id).unwrap().place, at(&town, 2, &[2]));
        assert_eq!(ground.ask(moved.id).unwrap().place, Some(there));
        let other = ground.ask(other.id).unwrap();
        plans::apply(&desk, &actor, id, other.id, other.version, Action::Off).await.unwrap();
        let off = plans::board(&desk, &actor, id).await.unwrap().ask(other.id).unwrap().clone();
        assert_eq!((off.place, off.pinned, off.reasons.len()), (None, false, 1));
    }
}

both! {
    async fn what_is_pinned_stays_when_it_is_planned_again(desk: Desk) {
        let town = town(&desk).await;
        let mut first = wish(vec![year_six(30)], 1);
        first.preferred = vec![date(2026, 12, 8)];
        first.impossible = vec![date(2026, 12, 2)];
        ask(&desk, &town, town.primary, first).await;
        ask(&desk, &town, town.second_primary, wish(vec![year_six(30)], 1)).await;
        let ground = planned(&desk, &town, &new_plan(&town)).await;
        let actor = town.commissioner();
        let ask = of(&ground, town.primary)[0].clone();
        let to = Action::To { team: town.team, on: date(2026, 12, 2), slot: 1 };
        plans::apply(&desk, &actor, ground.plan.id, ask.id, ask.version, to).await.unwrap();
        let plan = plans::get(&desk, &actor, ground.plan.id).await.unwrap();
        let stale = plans::plan_again(&desk, &actor, plan.id, plan.version - 1, 10).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        plans::plan_again(&desk, &actor, plan.id, plan.version, 10).await.unwrap();
        let open = plans::apply(&desk, &actor, plan.id, ask.id, ask.version + 1, Action::Off).await;
        assert!(matches!(open, Err(Error::Conflict(Conflict::Refused(_)))), "not while it is planned");
        plans::work(&desk).await.unwrap();
        let ground = plans::board(&desk, &actor, plan.id).await.unwrap();
        assert_eq!(ground.ask(ask.id).unwrap().place, at(&town, 2, &[1]), "though the school cannot that day");
        assert!(of(&ground, town.second_primary)[0].place.is_some());
    }
}

both! {
    async fn booked_visits_stay_unless_released_and_then_move_as_little_as_can_be(desk: Desk) {
        let town = town(&desk).await;
        let stays = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        town.session(&desk, town.special, date(2026, 12, 4), State::Offered).await;
        ask(&desk, &town, town.second_primary, wish(vec![year_six(30)], 1)).await;
        let actor = town.commissioner();
        let choices = plans::choices(&desk, &actor, &BTreeSet::from([town.tour])).await.unwrap();
        assert_eq!(choices.booked.len(), 2);
        let released = BTreeSet::from([choices.booked[1].visit]);
        let ground = planned(&desk, &town, &NewPlan { released: released.clone(), ..new_plan(&town) }).await;
        assert_eq!(of(&ground, town.primary)[0].place, at(&town, 1, &[1]));
        let free = of(&ground, town.special)[0];
        assert!(!free.fixed && !free.moves(), "nothing is won by moving it");
        assert!(matches!(
            plans::apply(&desk, &actor, ground.plan.id, of(&ground, town.primary)[0].id, 1, Action::Off).await,
            Err(Error::Conflict(Conflict::Refused(_)))
        ));
        // The cast is away that day: what stood there goes elsewhere, as one move.
        Throwaway::execute(
            &desk,
            "INSERT INTO team_leave (id, team_id, starts, ends, note, created_at)
                 SELECT id, id, '2026-12-04', '2026-12-04', '', created_at FROM team WHERE name = 'The cast'",
        )
        .await;
        let ground = planned(&desk, &town, &NewPlan { released, ..new_plan(&town) }).await;
        let moved = of(&ground, town.special)[0];
        assert!(moved.moves(), "{:?}", moved.place);
        assert_eq!(plans::figures(&ground).moves, 1);
        let why = plans::why_moved(&ground, moved);
        assert!(why.starts_with("It cannot stay: ") && why.ends_with('.'), "{why}");
        let _ = stays;
    }
}

both! {
    async fn what_lies_before_the_plans_first_day_stays_though_it_was_released(desk: Desk) {
        let town = town(&desk).await;
        town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        town.session(&desk, town.special, date(2026, 12, 4), State::Confirmed).await;
        ask(&desk, &town, town.second_primary, wish(vec![year_six(30)], 1)).await;
        let choices = plans::choices(&desk, &town.commissioner(), &BTreeSet::from([town.tour])).await.unwrap();
        let released = choices.booked.iter().map(|b| b.visit).collect();
        let new = NewPlan { released, from: date(2026, 12, 3), ..new_plan(&town) };
        for by_openings in [true, false] {
            let ground = planned(&desk, &town, &NewPlan { by_openings, ..new.clone() }).await;
            let (early, later) = (of(&ground, town.primary)[0], of(&ground, town.special)[0]);
            assert!(early.fixed && early.place == at(&town, 1, &[1]), "{:?}", early.place);
            assert!(!later.fixed, "what lies in the plan may be moved");
            assert_eq!(plans::figures(&ground).moves, 0, "and is not, for nothing is won by it");
            assert!(of(&ground, town.second_primary)[0].place.is_some());
        }
    }
}

both! {
    async fn days_on_which_no_school_is_open_are_not_planned(desk: Desk) {
        let town = town(&desk).await;
        ask(&desk, &town, town.primary, wish(vec![year_six(30)], 1)).await;
        let new = NewPlan { by_openings: false, ..new_plan(&town) };
        let days = |ground: &plans::Ground| ground.dates().into_iter().filter(|day| *day > date(2026, 12, 9)).collect::<Vec<_>>();
        let all = days(&planned(&desk, &town, &new).await);
        assert_eq!(all.last(), Some(&date(2026, 12, 18)));
        // The term ends on the 9th. Openings were made for the 10th and 11th: somebody meant those days.
        let administrator = town.official(domain::access::Role::Administrator);
        records::term_dates::add(&desk, &administrator, "Autumn", date(2026, 9, 3), date(2026, 12, 9)).await.unwrap();
        assert_eq!(days(&planned(&desk, &town, &new).await), [date(2026, 12, 10), date(2026, 12, 11)]);
        // A school that keeps other terms opens its days for the board.
        let (starts, ends) = (date(2026, 9, 3), date(2026, 12, 18));
        let actor = town.commissioner();
        records::school_calendar::add_term(&desk, &actor, Some(town.primary), "Ours", starts, ends).await.unwrap();
        assert_eq!(days(&planned(&desk, &town, &new).await), all);
    }
}

both! {
    async fn what_cannot_be_planned_says_why(desk: Desk) {
        let town = town(&desk).await;
        Throwaway::execute(&desk, "UPDATE setting SET easting = NULL WHERE name = 'Oak Lodge School'").await;
        let mut never = wish(vec![year_six(30)], 1);
        never.impossible = (0..19).map(|d| date(2026, 11, 30) + chrono::TimeDelta::days(d)).filter(|d| *d <= date(2026, 12, 18)).collect();
        ask(&desk, &town, town.primary, never).await;
        let gaps = BTreeSet::from([(town.tour, town.special)]);
        let ground = planned(&desk, &town, &NewPlan { gaps, ..new_plan(&town) }).await;
        let lost = of(&ground, town.special)[0];
        assert!(lost.place.is_none() && lost.reasons[0].contains("no position"), "{:?}", lost.reasons);
        assert!(ground.plan.faults()[0].contains("Oak Lodge School"));
        let never = of(&ground, town.primary)[0];
        assert!(never.place.is_none() && !never.reasons.is_empty());
        let nothing = plans::start(&desk, &town.commissioner(), &NewPlan { tours: BTreeSet::new(), ..new_plan(&town) }).await;
        assert!(matches!(nothing, Err(Error::Invalid(_))));
        let slow = plans::start(&desk, &town.commissioner(), &NewPlan { seconds: 600, ..new_plan(&town) }).await;
        assert!(matches!(slow, Err(Error::Invalid(_))));
    }
}

both! {
    async fn a_plan_is_its_authoritys_and_its_providers(desk: Desk) {
        let town = town(&desk).await;
        ask(&desk, &town, town.primary, wish(vec![year_six(30)], 1)).await;
        let id = planned(&desk, &town, &new_plan(&town)).await.plan.id;
        for stranger in [town.commissioner_elsewhere(), town.company_elsewhere()] {
            assert!(matches!(plans::get(&desk, &stranger, id).await, Err(Error::NotFound)));
            assert!(matches!(plans::stop(&desk, &stranger, id).await, Err(Error::NotFound)));
            assert!(plans::list(&desk, &stranger, None).await.unwrap().is_empty());
            assert!(matches!(plans::start(&desk, &stranger, &new_plan(&town)).await, Err(Error::NotFound)));
        }
        assert!(matches!(plans::get(&desk, &town.school(town.primary), id).await, Err(Error::Forbidden(_))));
        assert_eq!(plans::list(&desk, &town.company(), Some(town.tour)).await.unwrap().len(), 1);
        plans::drop_plan(&desk, &town.company(), id).await.unwrap();
        assert!(plans::list(&desk, &town.commissioner(), None).await.unwrap().is_empty());
    }
}

both! {
    async fn a_server_that_ends_in_the_middle_leaves_a_plan_that_can_be_planned_again(desk: Desk) {
        let town = town(&desk).await;
        ask(&desk, &town, town.primary, wish(vec![year_six(30)], 1)).await;
        let actor = town.commissioner();
        let id = plans::start(&desk, &actor, &new_plan(&town)).await.unwrap();
        // As a killed process leaves it: begun, and its lease over.
        Throwaway::execute(&desk, "UPDATE plan SET leased_until = '2026-01-01 00:00:00+00:00'").await;
        plans::work(&desk).await.unwrap();
        assert_eq!(plans::get(&desk, &actor, id).await.unwrap().state, PlanState::Planning, "somebody else has it");
        plans::give_up_stale(&desk).await.unwrap();
        let plan = plans::get(&desk, &actor, id).await.unwrap();
        assert!(plan.interrupted && plan.state == PlanState::Draft);
        plans::plan_again(&desk, &actor, id, plan.version, 10).await.unwrap();
        plans::work(&desk).await.unwrap();
        let plan = plans::get(&desk, &actor, id).await.unwrap();
        assert!(!plan.interrupted && plan.state == PlanState::Ready && plan.placed == 1);
    }
}

/// What became of everything in a plan, by school.
fn outcomes(ground: &plans::Ground, setting: Uuid) -> Vec<Option<Outcome>> {
    of(ground, setting).iter().map(|a| a.outcome).collect()
}

both! {
    async fn publishing_makes_offers_and_leaves_what_has_gone(desk: Desk) {
        let town = town(&desk).await;
        let request = ask(&desk, &town, town.second_primary, wish(vec![year_six(80), year_six(70), year_six(60)], 3)).await;
        let withdrawn = ask(&desk, &town, town.primary, wish(vec![year_six(30)], 1)).await;
        let gaps = BTreeSet::from([(town.tour, town.special)]);
        let ground = planned(&desk, &town, &NewPlan { gaps, ..new_plan(&town) }).await;
        let (actor, id) = (town.commissioner(), ground.plan.id);
        requests::withdraw(&desk, &town.school(town.primary), withdrawn, Some(DeclineReason::NoHall), "").await.unwrap();
        // Somebody else books the slot of the special school in between.
        let special = of(&ground, town.special)[0].clone();
        let free = plans::targets(&ground, &special).into_iter().find(|place| place.slots == [1]).unwrap();
        let to = Action::To { team: free.team, on: free.on, slot: 1 };
        plans::apply(&desk, &actor, id, special.id, special.version, to).await.unwrap();
        town.session(&desk, town.primary, free.on, State::Confirmed).await;
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        let preview = plans::preview(&desk, &actor, id).await.unwrap();
        assert_eq!((preview.sessions(), preview.gone.len()), (3, 2), "{:?}", preview.gone);
        let until = date(2026, 11, 28);
        let late = plans::publish(&desk, &actor, id, ground.plan.version, desk.today(), Broken::Refused).await;
        assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
        let stale = plans::publish(&desk, &actor, id, ground.plan.version - 1, until, Broken::Refused).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{stale:?}");
        let foreign = plans::publish(&desk, &town.commissioner_elsewhere(), id, ground.plan.version, until, Broken::Refused).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
        plans::publish(&desk, &actor, id, ground.plan.version, until, Broken::Refused).await.unwrap();
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        assert_eq!(outcomes(&ground, town.second_primary), [Some(Outcome::Offered); 2]);
        assert_eq!(outcomes(&ground, town.primary), [Some(Outcome::Gone)], "it was withdrawn");
        assert_eq!(outcomes(&ground, town.special), [Some(Outcome::Gone)], "its slot was booked");
        assert_eq!(ground.plan.state, PlanState::Ready, "something is left in it");
        let offered = Throwaway::count(&desk, "SELECT COUNT(*) FROM session WHERE state = 'offered'").await;
        assert_eq!(offered, i64::try_from(preview.sessions()).unwrap());
        let placed = requests::get(&desk, &actor, request).await.unwrap();
        assert_eq!(placed.state, RequestState::Placed);
        let again = plans::publish(&desk, &actor, id, ground.plan.version, until, Broken::Refused).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::Refused(_)))), "nothing is offered twice: {again:?}");
        assert!(of(&ground, town.second_primary).iter().all(|a| a.booked == Some(State::Offered)));
    }
}

both! {
    async fn publishing_moves_released_visits_and_lets_two_change_places(desk: Desk) {
        let town = town(&desk).await;
        let one = town.session(&desk, town.primary, date(2026, 12, 1), State::Confirmed).await;
        let two = town.session(&desk, town.special, date(2026, 12, 3), State::Confirmed).await;
        let offered = town.session(&desk, town.second_primary, date(2026, 12, 4), State::Offered).await;
        let actor = town.commissioner();
        let choices = plans::choices(&desk, &actor, &BTreeSet::from([town.tour])).await.unwrap();
        let released = choices.booked.iter().map(|b| b.visit).collect();
        let ground = planned(&desk, &town, &NewPlan { released, ..new_plan(&town) }).await;
        let id = ground.plan.id;
        let first = of(&ground, town.primary)[0].clone();
        let second = of(&ground, town.special)[0].clone();
        plans::apply(&desk, &actor, id, first.id, first.version, Action::Swap { with: second.id }).await.unwrap();
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        let third = of(&ground, town.second_primary)[0].clone();
        let to = Action::To { team: town.team, on: date(2026, 12, 7), slot: 2 };
        plans::apply(&desk, &actor, id, third.id, third.version, to).await.unwrap();
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        assert_eq!(plans::figures(&ground).moves, 3);
        let why = |setting| plans::why_moved(&ground, of(&ground, setting)[0]);
        assert_eq!(why(town.special), "Kelder Primary School is placed there now.");
        assert!(why(town.second_primary).starts_with("Nothing keeps it from staying"));
        plans::publish(&desk, &actor, id, ground.plan.version, date(2026, 11, 28), Broken::Refused).await.unwrap();
        let on = async |session: Uuid| {
            let detail = records::sessions::get(&desk, &actor, session).await.unwrap();
            (detail.session.on_date, detail.session.state)
        };
        assert_eq!(on(one).await, (date(2026, 12, 3), State::Confirmed));
        assert_eq!(on(two).await, (date(2026, 12, 1), State::Confirmed));
        assert_eq!(on(offered).await, (date(2026, 12, 4), State::Cancelled), "it is offered anew");
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        assert_eq!(ground.plan.state, PlanState::Published);
        assert_eq!(of(&ground, town.second_primary)[0].booked, Some(State::Offered));
        let mails = records::outbox::claim(&desk, 100).await.unwrap();
        assert!(mails.iter().filter(|m| m.subject.starts_with("Moved: ")).count() >= 2);
        assert!(mails.iter().any(|m| m.subject.starts_with("Offered to Beck")));
    }
}

both! {
    async fn what_was_called_off_is_planned_again_until_it_was_made_good(desk: Desk) {
        let town = town(&desk).await;
        for (setting, day, reason) in [(town.primary, 17, "sickness"), (town.second_primary, 18, "other"), (town.special, 19, "timetable")]
        {
            town.session(&desk, setting, date(2026, 11, day), State::Cancelled).await;
            let why = format!("UPDATE session SET reason = '{reason}' WHERE on_date = '2026-11-{day}'");
            Throwaway::execute(&desk, &why).await;
        }
        let lost = async || {
            let choices = plans::choices(&desk, &town.commissioner(), &BTreeSet::from([town.tour])).await.unwrap();
            choices.lost.iter().map(|l| (l.setting, l.reason)).collect::<Vec<_>>()
        };
        let (ill, other) = ((town.primary, Reason::Sickness), (town.second_primary, Reason::Other));
        assert_eq!(lost().await, [ill, other], "what the school gave up itself is not");
        town.session(&desk, town.primary, date(2026, 11, 13), State::Delivered).await;
        assert_eq!(lost().await, [ill, other], "that was another visit, before");
        town.session(&desk, town.primary, date(2026, 11, 20), State::Delivered).await;
        assert_eq!(lost().await, [other]);
    }
}

both! {
    async fn two_plans_are_compared(desk: Desk) {
        let town = town(&desk).await;
        ask(&desk, &town, town.primary, wish(vec![year_six(30)], 1)).await;
        let first = planned(&desk, &town, &new_plan(&town)).await;
        let gaps = BTreeSet::from([(town.tour, town.special)]);
        let second = planned(&desk, &town, &NewPlan { gaps, ..new_plan(&town) }).await;
        let actor = town.commissioner();
        let compared = plans::compare(&desk, &actor, first.plan.id, second.plan.id).await.unwrap();
        let (one, two) = (plans::figures(&compared.first), plans::figures(&compared.second));
        assert_eq!((one.placed, one.special, two.placed, two.special), (1, 0, 2, 1));
        let special = compared.differences.iter().find(|d| d.name == "Oak Lodge School").unwrap();
        assert!(special.first.is_none() && special.second.is_some());
        let other = plans::compare(&desk, &town.commissioner_elsewhere(), first.plan.id, second.plan.id).await;
        assert!(matches!(other, Err(Error::NotFound)));
    }
}

both! {
    async fn planning_again_takes_up_what_has_come_since(desk: Desk) {
        let town = town(&desk).await;
        let actor = town.commissioner();
        let first = ask(&desk, &town, town.primary, wish(vec![year_six(30)], 1)).await;
        let gaps = BTreeSet::from([(town.tour, town.second_primary)]);
        let ground = planned(&desk, &town, &NewPlan { gaps, ..new_plan(&town) }).await;
        assert_eq!(ground.asks.len(), 2);
        let before = of(&ground, town.second_primary)[0].value;
        // The gap school asks by itself, another asks too, the first changes its mind, and weights are set anew.
        let beck = ask(&desk, &town, town.second_primary, wish(vec![year_six(80), year_six(70)], 2)).await;
        ask(&desk, &town, town.special, wish(vec![year_six(8)], 1)).await;
        let why = Some(DeclineReason::Staffing);
        requests::withdraw(&desk, &town.school(town.primary), first, why, "").await.unwrap();
        let (mut weights, version) = records::need::weights(&desk, &actor).await.unwrap();
        weights.request += 7;
        records::need::set_weights(&desk, &actor, weights, version).await.unwrap();
        let id = ground.plan.id;
        plans::plan_again(&desk, &actor, id, ground.plan.version, 10).await.unwrap();
        plans::work(&desk).await.unwrap();
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        assert!(of(&ground, town.primary).is_empty(), "it was withdrawn");
        let asked = of(&ground, town.second_primary);
        assert_eq!(asked.iter().map(|a| a.sessions).sum::<usize>(), 2, "as it asked, not as a gap");
        assert!(asked.iter().all(|a| a.request == Some(beck)), "{asked:?}");
        assert!(of(&ground, town.special)[0].place.is_some(), "asked since");
        assert_ne!(asked.iter().map(|a| a.value).sum::<i64>(), before, "by the weights as they are now");

        // What is pinned stays where somebody put it, and nothing changes where nothing came.
        let special = of(&ground, town.special)[0].clone();
        plans::set_pinned(&desk, &actor, id, special.id, special.version, true).await.unwrap();
        let version = plans::get(&desk, &actor, id).await.unwrap().version;
        plans::plan_again(&desk, &actor, id, version, 10).await.unwrap();
        plans::work(&desk).await.unwrap();
        let again = plans::board(&desk, &actor, id).await.unwrap();
        let keys = |g: &plans::Ground| g.asks.iter().map(|a| (a.id, a.value)).collect::<BTreeSet<_>>();
        assert_eq!(keys(&ground), keys(&again));
        assert_eq!(of(&again, town.special)[0].place, special.place);
    }
}

both! {
    async fn what_breaks_a_rule_is_published_only_by_whoever_says_so(desk: Desk) {
        let town = town(&desk).await;
        let mut first = wish(vec![year_six(30)], 1);
        first.impossible = vec![date(2026, 12, 2)];
        ask(&desk, &town, town.primary, first).await;
        let ground = planned(&desk, &town, &new_plan(&town)).await;
        let (actor, id, until) = (town.commissioner(), ground.plan.id, date(2026, 11, 28));
        let placed = of(&ground, town.primary)[0].clone();
        let to = Action::To { team: town.team, on: date(2026, 12, 2), slot: 1 };
        plans::apply(&desk, &actor, id, placed.id, placed.version, to).await.unwrap();
        let version = plans::get(&desk, &actor, id).await.unwrap().version;
        let refused = plans::publish(&desk, &actor, id, version, until, Broken::Refused).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "anyway"), "{refused:?}");
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session").await, 0, "nothing of it was published");
        assert_eq!(plans::get(&desk, &actor, id).await.unwrap().version, version);
        plans::publish(&desk, &actor, id, version, until, Broken::Accepted).await.unwrap();
        let ground = plans::board(&desk, &actor, id).await.unwrap();
        assert_eq!(outcomes(&ground, town.primary), [Some(Outcome::Offered)]);
    }
}

both! {
    async fn what_the_planner_said_of_a_request_without_a_place_outlives_publishing(desk: Desk) {
        let town = town(&desk).await;
        // Both can have it on one morning only.
        let mut narrow = wish(vec![year_six(30)], 1);
        narrow.part_of_day = PartOfDay::Morning;
        narrow.impossible = (0..19)
            .map(|d| date(2026, 11, 30) + chrono::TimeDelta::days(d))
            .filter(|d| *d != date(2026, 12, 2) && *d <= date(2026, 12, 18))
            .collect();
        for school in [town.primary, town.second_primary] {
            ask(&desk, &town, school, narrow.clone()).await;
        }
        let ground = planned(&desk, &town, &new_plan(&town)).await;
        let (placed, left): (Vec<_>, Vec<_>) = ground.asks.iter().partition(|a| a.place.is_some());
        assert_eq!((placed.len(), left.len()), (1, 1));
        let said = left[0].reasons.clone();
        assert!(said.len() == 1 && said[0].starts_with("Its only free day (2 December 2026) went to"), "{said:?}");
        assert!(said[0].contains(&placed[0].school), "by its name, not by the planner's key: {said:?}");
        assert!(said[0].contains("One more morning in December"), "what would change it: {said:?}");
        let (actor, id) = (town.commissioner(), ground.plan.id);
        let until = date(2026, 11, 28);
        plans::publish(&desk, &actor, id, ground.plan.version, until, Broken::Refused).await.unwrap();
        let after = plans::board(&desk, &actor, id).await.unwrap();
        let still = after.ask(left[0].id).unwrap();
        assert_eq!((&still.reasons, still.outcome, &still.place), (&said, None, &None));
        let waits = requests::get(&desk, &actor, left[0].request.unwrap()).await.unwrap();
        assert_eq!(waits.state, RequestState::Asked);
    }
}
