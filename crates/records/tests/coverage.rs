//! Coverage and invitations, on both databases.

use domain::AcademicYear;
use domain::access::{Actor, Role, Scope};
use domain::coverage::{By, Counts, State, Value};
use domain::invitation::InvitationState;
use domain::programme::Status;
use domain::request::DeclineReason;
use domain::session;
use domain::setting::SettingType;
use records::invitations::Says;
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, both, coverage, invitations, outbox, tours};
use uuid::Uuid;

fn year(first: i64) -> AcademicYear {
    AcademicYear::new(first).unwrap()
}

async fn counts(desk: &Desk, town: &Town, of: Option<Value>) -> Counts {
    let covered = coverage::of(desk, &town.commissioner(), town.programme, year(2026)).await.unwrap();
    Counts::from(&covered.coverage.row(of.as_slice()))
}

both! {
    async fn special_schools_have_their_own_line(desk: Desk) {
        let town = Town::build(&desk).await;
        let special = Some(Value::SettingType(SettingType::Special));
        let before = counts(&desk, &town, special.clone()).await;
        assert_eq!((before.eligible_schools, before.reached_schools, before.sessions), (1, 0, 0));
        assert_eq!((before.eligible_pupils, before.unknown_schools), (8, 1), "100 pupils over 12 year groups");

        town.session(&desk, town.special, date(2026, 11, 18), session::State::Delivered).await;
        town.session(&desk, town.primary, date(2026, 11, 17), session::State::Delivered).await;
        town.session(&desk, town.secondary, date(2026, 11, 16), session::State::Cancelled).await;
        let after = counts(&desk, &town, special).await;
        assert_eq!((after.reached_schools, after.sessions, after.reached_pupils), (1, 1, 0));
        assert_eq!(after.headcounts_missing, 1, "delivered, and nobody has counted");
        let all = counts(&desk, &town, None).await;
        assert_eq!((all.eligible_schools, all.reached_schools, all.sessions), (3, 2, 2));
        let mill = counts(&desk, &town, Some(Value::Ward(Some("Mill".into())))).await;
        assert_eq!((mill.eligible_schools, mill.reached_schools), (1, 1), "the secondary is not eligible");
        assert_eq!(counts(&desk, &town, Some(Value::Ward(None))).await.sessions, 1);
    }
}

both! {
    async fn gaps_come_special_first_and_change_with_what_happens(desk: Desk) {
        let town = Town::build(&desk).await;
        let gaps = async || {
            let covered = coverage::of(&desk, &town.commissioner(), town.programme, year(2026)).await.unwrap();
            let schools = &covered.coverage.schools;
            covered.coverage.gaps.iter().map(|g| (schools[g.school].school.id, g.state)).collect::<Vec<_>>()
        };
        let primaries = [(town.second_primary, State::Offered), (town.primary, State::Offered)];
        assert_eq!(gaps().await, [&[(town.special, State::Unknown)], &primaries[..]].concat());
        town.session(&desk, town.special, date(2026, 12, 1), session::State::Confirmed).await;
        town.session(&desk, town.primary, date(2026, 11, 2), session::State::Confirmed).await;
        town.session(&desk, town.second_primary, date(2025, 11, 3), session::State::Delivered).await;
        let states = gaps().await;
        assert_eq!(
            states,
            [
                (town.special, State::Booked),
                (town.primary, State::DataOverdue),
                (town.second_primary, State::Offered),
            ],
            "who was reached last year comes last"
        );
        let last_year = coverage::of(&desk, &town.commissioner(), town.programme, year(2025)).await.unwrap();
        assert_eq!(last_year.coverage.row(&[]).sessions.len(), 1);
        assert!(last_year.tours.is_empty());
        assert!(last_year.coverage.gaps.iter().all(|g| matches!(g.state, State::NotOffered | State::Unknown)));
    }
}

both! {
    async fn another_tenant_has_nothing_to_do_with_it(desk: Desk) {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary_elsewhere, date(2026, 11, 18), session::State::Delivered).await;
        let elsewhere = town.commissioner_elsewhere();
        assert!(matches!(coverage::of(&desk, &elsewhere, town.programme, year(2026)).await, Err(Error::NotFound)));
        assert!(matches!(coverage::of(&desk, &elsewhere, Uuid::now_v7(), year(2026)).await, Err(Error::NotFound)));
        assert!(coverage::all(&desk, &elsewhere, year(2026)).await.unwrap().is_empty());
        assert!(coverage::choices(&desk, &elsewhere).await.unwrap().programmes.is_empty());
        let code = "990".parse().unwrap();
        let named = coverage::programme_named(&desk, &elsewhere, &code, "The Lantern").await;
        assert!(matches!(named, Err(Error::NotFound)));
        for actor in [town.company(), town.school(town.primary)] {
            let refused = coverage::of(&desk, &actor, town.programme, year(2026)).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{:?}", actor.role);
        }
        let one_school = Actor { scope: Scope::Setting(town.primary), ..town.official(Role::Safeguarding) };
        assert!(matches!(coverage::all(&desk, &one_school, year(2026)).await, Err(Error::Forbidden(_))));

        let all = counts(&desk, &town, None).await;
        assert_eq!((all.reached_schools, all.reached_not_eligible_schools), (1, 1), "a guest’s session does not vanish");
    }
}

both! {
    async fn the_overview_and_the_command_line_see_the_same(desk: Desk) {
        let town = Town::build(&desk).await;
        town.session(&desk, town.special, date(2026, 11, 18), session::State::Delivered).await;
        let code = "990".parse().unwrap();
        let id = coverage::programme_named(&desk, &Actor::SYSTEM, &code, " The Lantern ").await.unwrap();
        assert_eq!(id, town.programme);
        let one = coverage::of(&desk, &Actor::SYSTEM, id, year(2026)).await.unwrap();
        for role in [Role::Commissioner, Role::Evaluator, Role::Safeguarding, Role::Administrator] {
            let all = coverage::all(&desk, &town.official(role), year(2026)).await.unwrap();
            assert_eq!(all.len(), 1);
            assert_eq!(all[0].coverage, one.coverage);
        }
        assert_eq!(one.coverage.rows(By::YearGroup).len(), 1);
        let choices = coverage::choices(&desk, &town.commissioner()).await.unwrap();
        assert_eq!((choices.years, choices.settings), (vec![year(2026)], 4));
    }
}

async fn mails(desk: &Desk) -> Vec<(String, String)> {
    outbox::claim(desk, 100).await.unwrap().into_iter().map(|m| (m.to_address, m.body)).collect()
}

fn no(note: &str) -> Says {
    Says::No { reason: Some(DeclineReason::NoHall), note: note.into() }
}

fn link(body: &str) -> String {
    let (_, link) = body.split_once("/invitations/answer?link=").unwrap();
    link.split_whitespace().next().unwrap().to_owned()
}

both! {
    async fn a_school_is_invited_once_and_answers_by_its_link(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let (_, before) = invitations::preview(&desk, &commissioner, town.tour, &[town.special]).await.unwrap();
        assert_eq!((before[0].addresses, before[0].is_new()), (1, true));
        let both_schools = [town.special, town.primary, town.special];
        assert_eq!(invitations::invite(&desk, &commissioner, town.tour, &both_schools, None).await.unwrap(), 2);
        assert_eq!(invitations::invite(&desk, &commissioner, town.tour, &[town.special], None).await.unwrap(), 0);
        let sent = mails(&desk).await;
        let (_, body) = sent.iter().find(|(to, _)| to == "pshe@oak.example").unwrap();
        assert_eq!(sent.len(), 2);
        let link = link(body);

        let covered = coverage::of(&desk, &commissioner, town.programme, year(2026)).await.unwrap();
        assert_eq!(covered.coverage.gaps[0].state, State::Offered, "asked, and no longer unknown");
        let asked = invitations::by_link(&desk, &link).await.unwrap();
        assert_eq!((asked.school.as_str(), asked.state), ("Oak Lodge School", InvitationState::Sent));

        invitations::answer(&desk, None, &link, &Says::Yes).await.unwrap();
        let covered = coverage::of(&desk, &commissioner, town.programme, year(2026)).await.unwrap();
        assert_eq!(covered.coverage.gaps[0].state, State::Requested);
        let told = mails(&desk).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "commissioner@kelderdale.example");

        invitations::answer(&desk, None, &link, &no("Our hall is being rebuilt")).await.unwrap();
        let covered = coverage::of(&desk, &commissioner, town.programme, year(2026)).await.unwrap();
        assert_eq!(covered.coverage.gaps[0].state, State::Declined);
        let standing = &covered.coverage.schools[covered.coverage.gaps[0].school];
        assert_eq!(standing.declined_because(State::Declined), Some(DeclineReason::NoHall));
        assert!(mails(&desk).await[0].1.contains("rebuilt"));
        let long = "x".repeat(501);
        assert!(matches!(invitations::answer(&desk, None, &link, &no(&long)).await, Err(Error::Invalid(_))));
        for rubbish in ["", "-", "x-y", &format!("{}x", &link), &link.replacen('-', "", 1)] {
            assert!(matches!(invitations::by_link(&desk, rubbish).await, Err(Error::NotFound)), "{rubbish}");
        }
    }
}

both! {
    async fn a_signed_in_school_sees_its_invitations_and_answers_under_its_own_name(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        town.session(&desk, town.second_primary, date(2026, 12, 1), session::State::Confirmed).await;
        let worth = invitations::uninvited(&desk, &commissioner, town.tour).await.unwrap();
        assert_eq!(worth, [town.special, town.primary], "special first; who has a date is not asked again");
        invitations::invite(&desk, &commissioner, town.tour, &worth, None).await.unwrap();
        let school = town.school(town.special);
        let own = invitations::list(&desk, &school).await.unwrap();
        assert_eq!((own.len(), own[0].state), (1, InvitationState::Sent));
        assert!(invitations::list(&desk, &town.school(town.secondary)).await.unwrap().is_empty());
        assert!(invitations::list(&desk, &town.commissioner_elsewhere()).await.unwrap().is_empty());
        let link = own[0].path.as_deref().unwrap().strip_prefix("/invitations/answer?link=").unwrap();
        invitations::answer(&desk, Some(&school), link, &no("No hall")).await.unwrap();
        invitations::answer(&desk, Some(&town.school(town.primary)), link, &Says::Yes).await.unwrap();
        let all = invitations::list(&desk, &commissioner).await.unwrap();
        let states: Vec<_> = all.iter().map(|line| (line.school.as_str(), line.state)).collect();
        let expected = [("Oak Lodge School", InvitationState::Accepted), ("Kelder Primary School", InvitationState::Sent)];
        assert_eq!(states.iter().copied().collect::<std::collections::BTreeMap<_, _>>(), expected.into());
        assert!(all.iter().all(|line| line.path.is_none()), "a commissioner does not answer for a school");
        let named = "SELECT COUNT(*) FROM audit WHERE record_kind = 'invitation' AND grant_id IS NOT NULL AND after LIKE '%declined%'";
        let unnamed = "SELECT COUNT(*) FROM audit WHERE record_kind = 'invitation' AND grant_id IS NULL AND after LIKE '%accepted%'";
        let count = async |sql| Throwaway::count(&desk, sql).await;
        assert_eq!((count(named).await, count(unnamed).await), (1, 1), "another school’s person answers unnamed");
    }
}

both! {
    async fn only_the_commissioner_invites_and_only_their_schools(desk: Desk) {
        let town = Town::build(&desk).await;
        let own = [town.primary];
        for actor in [town.company(), town.school(town.primary), town.official(Role::Evaluator)] {
            let refused = invitations::invite(&desk, &actor, town.tour, &own, None).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{:?}", actor.role);
        }
        let commissioner = town.commissioner();
        let elsewhere = invitations::invite(&desk, &town.commissioner_elsewhere(), town.tour, &own, None).await;
        assert!(matches!(elsewhere, Err(Error::NotFound)));
        let not_ours = invitations::invite(&desk, &commissioner, town.tour, &[town.primary, town.primary_elsewhere], None).await;
        assert!(matches!(not_ours, Err(Error::NotFound)));
        assert!(matches!(invitations::invite(&desk, &commissioner, town.tour, &[], None).await, Err(Error::Invalid(_))));
        assert!(matches!(invitations::invite(&desk, &commissioner, Uuid::now_v7(), &own, None).await, Err(Error::NotFound)));
        assert!(mails(&desk).await.is_empty(), "nothing was written");
        let form = Some(Uuid::new_v4());
        assert_eq!(invitations::invite(&desk.for_form(form), &commissioner, town.tour, &own, None).await.unwrap(), 1);
        let again = invitations::invite(&desk.for_form(form), &commissioner, town.tour, &own, None).await;
        assert!(matches!(again, Err(Error::Repeated(count)) if count == "1"));
        assert_eq!(mails(&desk).await.len(), 1);
    }
}

both! {
    async fn a_tour_that_is_not_open_invites_nobody(desk: Desk) {
        let town = Town::build(&desk).await;
        let version = tours::get(&desk, &town.commissioner(), town.tour).await.unwrap().version;
        tours::set_status(&desk, &town.commissioner(), town.tour, version, Status::Closed).await.unwrap();
        let refused = invitations::invite(&desk, &town.commissioner(), town.tour, &[town.primary], None).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(_)))));
    }
}
