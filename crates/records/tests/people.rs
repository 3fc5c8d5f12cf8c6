//! People, grants, the authority, term dates and the audit trail, on both databases.

use domain::access::{Actor, Role, Scope};
use domain::setting::LaCode;
use records::authenticator;
use records::people::{self, Filter, NewPerson};
use records::sign_ins;
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Desk, Error, Page, audit, authorities, both, grants, outbox, term_dates};
use uuid::Uuid;

fn new(email: &str, role: Role, scope: Scope) -> NewPerson {
    NewPerson { email: email.parse().unwrap(), name: "  Sam   Reed ".into(), role, scope }
}

fn authority(code: &str) -> Scope {
    Scope::Authority(code.parse::<LaCode>().unwrap())
}

fn field(result: Result<impl std::fmt::Debug, Error>) -> String {
    match result {
        Err(Error::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

async fn everyone(desk: &Desk, actor: &Actor, filter: Filter) -> Vec<people::Person> {
    let (people, total) = people::list(desk, actor, &filter, Page::new(1)).await.unwrap();
    assert_eq!(i64::try_from(people.len()).unwrap(), total);
    people
}

both! {
    async fn an_administrator_adds_people_in_their_own_authority_only(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        let inside = [
            (Role::School, Scope::Setting(town.special)),
            (Role::Provider, Scope::Provider(town.provider)),
            (Role::Safeguarding, Scope::Setting(town.primary)),
            (Role::Commissioner, authority("990")),
        ];
        let mut ids = Vec::new();
        for (role, scope) in inside {
            ids.push(people::add(&desk, &administrator, &new("Sam@School.example", role, scope)).await.unwrap());
        }
        assert!(ids.iter().all(|id| *id == ids[0]), "one person, four roles");
        let mails = outbox::claim(&desk, 10).await.unwrap();
        assert_eq!(mails.len(), 4);
        assert!(mails.iter().all(|m| m.to_address == "sam@school.example" && m.body.contains("/sign-in")));
        assert!(mails[0].body.starts_with("Dear Sam Reed,"), "{}", mails[0].body);

        let again = people::add(&desk, &administrator, &new("sam@school.example", Role::School, Scope::Setting(town.special))).await;
        assert_eq!(field(again), "email");
        let outside = [
            (Role::School, Scope::Setting(town.primary_elsewhere)),
            (Role::School, Scope::Setting(Uuid::now_v7())),
            (Role::Provider, Scope::Provider(town.provider_elsewhere)),
            (Role::Commissioner, authority("991")),
            (Role::Administrator, authority("999")),
            (Role::School, Scope::Trust("9999".into())),
        ];
        for (role, scope) in outside {
            let refused = people::add(&desk, &administrator, &new("a@b.example", role, scope.clone())).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{scope:?}: {refused:?}");
        }
        for (role, scope) in [
            (Role::Administrator, Scope::Setting(town.primary)),
            (Role::School, authority("990")),
            (Role::System, Scope::Everything),
            (Role::Commissioner, Scope::Everything),
        ] {
            assert_eq!(field(people::add(&desk, &administrator, &new("a@b.example", role, scope)).await), "scope");
        }
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM person WHERE email = 'a@b.example'").await, 0);
        for role in [Role::Commissioner, Role::Evaluator, Role::Safeguarding] {
            let refused = people::add(&desk, &town.official(role), &new("a@b.example", role, authority("990"))).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{role}");
            assert!(matches!(people::get(&desk, &town.official(role), ids[0]).await, Err(Error::Forbidden(_))));
        }
    }
}

both! {
    async fn a_trust_with_schools_elsewhere_is_not_one_councils_to_give(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        Throwaway::execute(&desk, "UPDATE setting SET trust_code = '16001', trust_name = 'Beacon Trust' WHERE name LIKE 'Kelder%'").await;
        let trust = || Scope::Trust("16001".into());
        let person = people::add(&desk, &administrator, &new("trust@beacon.example", Role::School, trust())).await.unwrap();
        let details = people::get(&desk, &administrator, person).await.unwrap();
        assert_eq!(details.person.grants[0].scope_name, "Beacon Trust");
        let offered = grants::choices(&desk, &administrator, Role::School).await.unwrap();
        assert!(offered.iter().any(|c| c.scope == trust()));
        Throwaway::execute(&desk, "UPDATE setting SET trust_code = '16001' WHERE authority_code = '991'").await;
        let refused = people::add(&desk, &administrator, &new("other@beacon.example", Role::School, trust())).await;
        assert_eq!(field(refused), "scope");
        let offered = grants::choices(&desk, &administrator, Role::School).await.unwrap();
        assert!(!offered.iter().any(|c| c.scope == trust()));
    }
}

both! {
    async fn people_are_listed_with_their_roles_here_and_found_by_name(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        let here = everyone(&desk, &administrator, Filter::default()).await;
        assert!(here.iter().any(|p| p.email == "pshe@oak.example") && here.iter().any(|p| p.email == "office@lamplight.example"));
        assert!(!here.iter().any(|p| p.email.ends_with("othervale.example") || p.email == "office@far.example"));
        assert!(here.iter().all(|p| p.grants.len() == 1));
        let found = everyone(&desk, &administrator, Filter { text: Some("OAK".into()), role: None }).await;
        assert_eq!(found.len(), 1);
        let found = everyone(&desk, &administrator, Filter { text: None, role: Some(Role::Evaluator) }).await;
        assert_eq!(found.len(), 1);
        assert!(everyone(&desk, &administrator, Filter { text: Some("100%' OR".into()), role: None }).await.is_empty());

        // A person of two authorities: each sees its own part.
        let elsewhere = town.actor(Role::Administrator, &authority("991"));
        let evaluator = found[0].id;
        people::add(&desk, &elsewhere, &new("evaluator@kelderdale.example", Role::Evaluator, authority("991"))).await.unwrap();
        let here = people::get(&desk, &administrator, evaluator).await.unwrap();
        let there = people::get(&desk, &elsewhere, evaluator).await.unwrap();
        assert_eq!((here.person.grants.len(), there.person.grants.len()), (1, 1));
        assert_eq!(here.person.name, "evaluator", "a known person keeps their name");
        assert_eq!((here.trail.len(), there.trail.len()), (0, 1), "and each its own trail");
        let foreign = there.person.grants[0].id;
        assert!(matches!(grants::revoke(&desk, &administrator, evaluator, foreign).await, Err(Error::NotFound)));
    }
}

both! {
    async fn a_revoked_grant_acts_no_longer(desk: Desk) {
        let town = Town::build(&desk).await;
        let (administrator, school) = (town.official(Role::Administrator), town.school(town.primary));
        let (person, grant) = (school.person.unwrap(), school.grant.unwrap());
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, grant, "test").await.unwrap();
        let elsewhere = town.actor(Role::Administrator, &authority("991"));
        assert!(matches!(grants::revoke(&desk, &elsewhere, person, grant).await, Err(Error::NotFound)));
        assert!(matches!(people::get(&desk, &elsewhere, person).await, Err(Error::NotFound)));
        assert!(matches!(people::end_sign_ins(&desk, &elsewhere, person).await, Err(Error::NotFound)));
        grants::revoke(&desk, &administrator, person, grant).await.unwrap();
        let signed_in = sign_ins::recognise(&desk, &token).await.unwrap().unwrap();
        assert_eq!(signed_in.actor, None);
        assert!(sign_ins::choices(&desk, &signed_in).await.unwrap().is_empty());
        assert!(matches!(sign_ins::choose(&desk, &signed_in, grant).await, Err(Error::NotFound)));
        assert!(matches!(grants::revoke(&desk, &administrator, person, grant).await, Err(Error::NotFound)), "only once");
        let own = grants::revoke(&desk, &administrator, administrator.person.unwrap(), administrator.grant.unwrap()).await;
        assert!(matches!(own, Err(Error::Conflict(Conflict::Refused(_)))), "nobody locks themselves out");
        // No mail with a code goes to somebody without a role.
        records::sign_in_codes::ask(&desk, &"pshe@kelder.example".parse().unwrap(), "192.0.2.1").await.unwrap();
        assert!(outbox::claim(&desk, 10).await.unwrap().is_empty());
    }
}

both! {
    async fn a_role_is_chosen_among_ones_own(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        people::add(&desk, &administrator, &new("evaluator@kelderdale.example", Role::Commissioner, authority("990"))).await.unwrap();
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, town.official(Role::Evaluator).grant.unwrap(), "test").await.unwrap();
        let signed_in = sign_ins::recognise(&desk, &token).await.unwrap().unwrap();
        let choices = sign_ins::choices(&desk, &signed_in).await.unwrap();
        assert_eq!(choices.iter().map(|g| g.role).collect::<Vec<_>>(), [Role::Evaluator, Role::Commissioner]);
        sign_ins::choose(&desk, &signed_in, choices[1].id).await.unwrap();
        let signed_in = sign_ins::recognise(&desk, &token).await.unwrap().unwrap();
        assert_eq!(signed_in.actor, Some(choices[1].actor()));
        let others = town.commissioner_elsewhere().grant.unwrap();
        assert!(matches!(sign_ins::choose(&desk, &signed_in, others).await, Err(Error::NotFound)));
    }
}

both! {
    async fn an_administrator_ends_somebodys_sign_ins(desk: Desk) {
        let town = Town::build(&desk).await;
        let school = town.school(town.primary);
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, school.grant.unwrap(), "test").await.unwrap();
        let administrator = town.official(Role::Administrator);
        assert_eq!(people::get(&desk, &administrator, school.person.unwrap()).await.unwrap().sign_ins.len(), 1);
        assert_eq!(people::end_sign_ins(&desk, &administrator, school.person.unwrap()).await.unwrap(), 1);
        assert!(sign_ins::recognise(&desk, &token).await.unwrap().is_none());
    }
}

both! {
    async fn the_command_line_names_scopes(desk: Desk) {
        let town = Town::build(&desk).await;
        let system = &Actor::SYSTEM;
        let urn = Throwaway::count(&desk, "SELECT urn FROM setting WHERE name LIKE 'Oak Lodge%'").await.to_string();
        Throwaway::execute(&desk, "UPDATE setting SET trust_code = '16001' WHERE name LIKE 'Kelder%'").await;
        let named = async |role, id: &str| grants::named(&desk, system, role, id).await;
        assert_eq!(named(Role::Administrator, " 990 ").await.unwrap(), authority("990"));
        assert_eq!(named(Role::Safeguarding, "990").await.unwrap(), authority("990"));
        assert_eq!(named(Role::Safeguarding, &urn).await.unwrap(), Scope::Setting(town.special));
        assert_eq!(named(Role::School, &urn).await.unwrap(), Scope::Setting(town.special));
        assert_eq!(named(Role::School, &town.special.to_string()).await.unwrap(), Scope::Setting(town.special));
        assert_eq!(named(Role::School, "16001").await.unwrap(), Scope::Trust("16001".into()));
        assert_eq!(named(Role::Provider, &town.provider.to_string()).await.unwrap(), Scope::Provider(town.provider));
        for (role, id) in [
            (Role::Administrator, "998"),
            (Role::Administrator, "Kelderdale"),
            (Role::School, "1"),
            (Role::School, ""),
            (Role::Provider, "nobody"),
            (Role::Evaluator, &urn),
        ] {
            assert_eq!(field(named(role, id).await.and_then(|s| if s.fits(role) { Ok(()) } else { Err(Error::field("scope", "")) })), "scope", "{role} {id}");
        }
        let refused = grants::named(&desk, &town.official(Role::Administrator), Role::School, &urn).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        people::add(&desk, system, &new("first@council.example", Role::Administrator, authority("991"))).await.unwrap();
        authenticator::reset(&desk, system, &"first@council.example".parse().unwrap()).await.unwrap();
        let nobody = authenticator::reset(&desk, system, &"nobody@council.example".parse().unwrap()).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
    }
}

both! {
    async fn the_audit_trail_is_the_administrators_own_and_without_personal_values(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        people::add(&desk, &administrator, &new("sam@school.example", Role::School, Scope::Setting(town.special))).await.unwrap();
        people::rename(&desk, &town.commissioner(), "Alex Quill").await.unwrap();
        let all = |filter: audit::Filter, actor: Actor| {
            let desk = desk.clone();
            async move { audit::list(&desk, &actor, &filter, Page::new(1)).await }
        };
        let (lines, total) = all(audit::Filter::default(), administrator.clone()).await.unwrap();
        assert_eq!((lines.len(), total), (2, 2));
        let text: String = lines.iter().flat_map(|line| [line.before.as_str(), &line.after]).collect();
        assert!(text.contains("Oak Lodge School") && !text.contains("sam@school") && !text.contains("Quill"), "{text}");
        assert_eq!(lines[0].person.as_deref(), Some("Alex Quill"), "who acted is shown by their name of today");
        let filter = |f: fn(&mut audit::Filter)| {
            let mut filter = audit::Filter::default();
            f(&mut filter);
            filter
        };
        for (filter, count) in [
            (filter(|f| f.person = Some("QUILL".into())), 1),
            (filter(|f| f.operation = Some(domain::access::Operation::EditPeople)), 1),
            (filter(|f| f.record_kind = Some("tour".into())), 0),
            (filter(|f| f.from = Some(date(2026, 11, 22))), 2),
            (filter(|f| f.until = Some(date(2026, 11, 22))), 2),
            (filter(|f| f.from = Some(date(2026, 11, 23))), 0),
            (filter(|f| f.until = Some(date(2026, 11, 21))), 0),
        ] {
            assert_eq!(all(filter.clone(), administrator.clone()).await.unwrap().1, count, "{filter:?}");
        }
        let elsewhere = town.actor(Role::Administrator, &authority("991"));
        assert_eq!(all(audit::Filter::default(), elsewhere).await.unwrap().1, 0);
        assert!(matches!(all(audit::Filter::default(), town.commissioner()).await, Err(Error::Forbidden(_))));
    }
}

both! {
    async fn the_authority_changes_its_name_and_colour(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        let colour = "#7a1f2b".parse().unwrap();
        authorities::change(&desk, &administrator, " Kelderdale  Council ", colour, 1).await.unwrap();
        let (now, trail) = authorities::own(&desk, &administrator).await.unwrap();
        assert_eq!((now.name.as_str(), now.colour.as_str(), now.version), ("Kelderdale Council", "#7a1f2b", 2));
        assert_eq!(trail.len(), 1);
        let stale = authorities::change(&desk, &administrator, "Another name", colour, 1).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        assert_eq!(field(authorities::change(&desk, &administrator, " ", colour, 2).await), "name");
        let refused = authorities::change(&desk, &town.commissioner(), "Another name", colour, 2).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }
}

both! {
    async fn terms_lie_apart_and_belong_to_one_authority(desk: Desk) {
        let town = Town::build(&desk).await;
        let administrator = town.official(Role::Administrator);
        let add = async |name: &str, from, to| term_dates::add(&desk, &administrator, name, from, to).await;
        let autumn = add("Autumn", date(2026, 9, 3), date(2026, 10, 23)).await.unwrap();
        add("Autumn, second half", date(2026, 11, 2), date(2026, 12, 18)).await.unwrap();
        assert_eq!(field(add("Spring", date(2026, 12, 18), date(2027, 2, 12)).await), "starts");
        assert_eq!(field(add("Backwards", date(2027, 2, 12), date(2027, 1, 4)).await), "ends");
        assert_eq!(field(add("Over summer", date(2027, 8, 1), date(2027, 9, 12)).await), "ends");
        assert_eq!(field(add("  ", date(2027, 1, 4), date(2027, 2, 12)).await), "name");
        let elsewhere = town.actor(Role::Administrator, &authority("991"));
        term_dates::add(&desk, &elsewhere, "Autumn", date(2026, 9, 3), date(2026, 12, 18)).await.unwrap();
        assert!(matches!(term_dates::remove(&desk, &elsewhere, autumn).await, Err(Error::NotFound)));
        assert!(matches!(term_dates::get(&desk, &elsewhere, autumn).await, Err(Error::NotFound)));
        assert!(matches!(term_dates::list(&desk, &town.commissioner()).await, Err(Error::Forbidden(_))));
        term_dates::remove(&desk, &administrator, autumn).await.unwrap();
        assert_eq!(term_dates::list(&desk, &administrator).await.unwrap().len(), 1);
        assert!(matches!(term_dates::remove(&desk, &administrator, autumn).await, Err(Error::NotFound)));
    }
}
