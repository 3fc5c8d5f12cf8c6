//! The school list: who sees what, what people correct, what a year was.

use std::sync::Arc;

use domain::AcademicYear;
use domain::access::{Actor, Role, Scope};
use domain::clock::Clock;
use domain::number_on_roll::{Basis, NumberOnRoll};
use domain::setting::{SettingType, YearGroupsSource};
use domain::year_group::YearGroup;
use records::imports::{self, File, Mode};
use records::schools::{self, Edit, Filter, YearGroupsEdit};
use records::secret::Secret;
use records::{Conflict, Desk, Error, Page, both};
use uuid::Uuid;

const LIST: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),\
StatutoryLowAge,StatutoryHighAge,NumberOfPupils,Trusts (code)
100001,380,Bradford,St Anne's Primary,Community school,Primary,4,11,210,
100002,380,Bradford,Oak School,Community special school,Not applicable,,,126,T1
100003,381,Calderdale,Ash Academy,Academy converter,Secondary,11,18,900,T1
";

async fn town(desk: &Desk) {
    let file = File { name: "list.csv".into(), bytes: Arc::from(LIST.as_bytes()) };
    let report = imports::run(desk, &Actor::SYSTEM, &file, None, Mode::Apply { close_missing: false }).await;
    assert_eq!(report.expect("an import").added, 3);
}

fn actor(role: Role, scope: Scope) -> Actor {
    Actor { person: None, grant: None, role, scope }
}

fn bradford(role: Role) -> Actor {
    actor(role, Scope::Authority("380".parse().expect("an LA code")))
}

async fn names(desk: &Desk, actor: &Actor, filter: &Filter) -> Vec<String> {
    let (lines, total) = schools::list(desk, actor, filter, Page::new(1)).await.expect("a list");
    assert_eq!(usize::try_from(total), Ok(lines.len()));
    lines.into_iter().map(|line| line.name).collect()
}

async fn id(desk: &Desk, urn: &str) -> Uuid {
    let filter = Filter { search: urn.into(), ..Filter::default() };
    schools::list(desk, &Actor::SYSTEM, &filter, Page::new(1)).await.expect("a list").0[0].id
}

async fn as_it_is(desk: &Desk, id: Uuid) -> Edit {
    let school = schools::get(desk, &Actor::SYSTEM, id).await.expect("a school").school;
    Edit {
        version: school.version,
        year_groups: YearGroupsEdit::AsListed,
        setting_type: None,
        telephone: String::new(),
        email: None,
        website: String::new(),
    }
}

both!(
    async fn each_sees_its_own_schools(desk: Desk) {
        town(&desk).await;
        let all = Filter::default();
        assert_eq!(names(&desk, &Actor::SYSTEM, &all).await, ["Ash Academy", "Oak School", "St Anne's Primary"]);
        assert_eq!(names(&desk, &bradford(Role::Commissioner), &all).await, ["Oak School", "St Anne's Primary"]);
        let trust = actor(Role::School, Scope::Trust("T1".into()));
        assert_eq!(names(&desk, &trust, &all).await, ["Ash Academy", "Oak School"]);
        let (oak, ash) = (id(&desk, "100002").await, id(&desk, "100003").await);
        let school = actor(Role::School, Scope::Setting(oak));
        assert_eq!(names(&desk, &school, &all).await, ["Oak School"]);
        assert!(schools::get(&desk, &school, oak).await.is_ok());
        assert!(matches!(schools::get(&desk, &school, ash).await, Err(Error::NotFound)));
        let provider = actor(Role::Provider, Scope::Provider(Uuid::now_v7()));
        assert_eq!(names(&desk, &provider, &all).await, Vec::<String>::new());
    }
);

both!(
    async fn the_list_is_searched_and_filtered(desk: Desk) {
        town(&desk).await;
        let search = |text: &str| Filter { search: text.into(), ..Filter::default() };
        let system = Actor::SYSTEM;
        assert_eq!(names(&desk, &system, &search("st. annes")).await, ["St Anne's Primary"]);
        assert_eq!(names(&desk, &system, &search("100003")).await, ["Ash Academy"]);
        assert_eq!(names(&desk, &system, &search("%")).await.len(), 3);
        assert!(names(&desk, &system, &search("elm")).await.is_empty());
        let special = Filter { setting_type: Some(SettingType::Special), ..Filter::default() };
        assert_eq!(names(&desk, &system, &special).await, ["Oak School"]);
        let gone = Filter { gone: true, ..Filter::default() };
        assert!(names(&desk, &system, &gone).await.is_empty());
    }
);

both!(
    async fn a_school_corrects_its_own_entry(desk: Desk) {
        town(&desk).await;
        let oak = id(&desk, "100002").await;
        let own = actor(Role::School, Scope::Setting(oak));
        let year = AcademicYear::new(2026).unwrap();
        let detail = schools::get(&desk, &own, oak).await.unwrap();
        assert_eq!((detail.academic_year, detail.school.year_groups()), (year, None));
        let estimate = Some(NumberOnRoll { pupils: 11, basis: Basis::Estimated });
        assert_eq!(detail.roll.of(YearGroup::RECEPTION), estimate);

        let not_followed = Edit { year_groups: YearGroupsEdit::NotFollowed, ..as_it_is(&desk, oak).await };
        schools::edit(&desk, &own, oak, not_followed.clone()).await.unwrap();
        let stale = schools::edit(&desk, &own, oak, not_followed).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        let detail = schools::get(&desk, &own, oak).await.unwrap();
        assert_eq!(detail.school.year_groups_source, YearGroupsSource::NotFollowed);
        assert_eq!(detail.audit.len(), 1);
        assert!(detail.audit[0].after.contains("not_followed"), "{}", detail.audit[0].after);

        let back = Edit { telephone: "01274 000000".into(), ..as_it_is(&desk, oak).await };
        schools::edit(&desk, &own, oak, back).await.unwrap();
        let detail = schools::get(&desk, &own, oak).await.unwrap();
        assert_eq!(detail.school.year_groups_source, YearGroupsSource::NotStated);
        assert!(!detail.audit[0].after.contains("01274"), "a contact stands in the audit line");

        for (role, scope) in [
            (Role::School, Scope::Setting(id(&desk, "100001").await)),
            (Role::Commissioner, Scope::Authority("381".parse().unwrap())),
        ] {
            let other = schools::edit(&desk, &actor(role, scope), oak, as_it_is(&desk, oak).await).await;
            assert!(matches!(other, Err(Error::NotFound)));
        }
        let evaluator = schools::edit(&desk, &bradford(Role::Evaluator), oak, as_it_is(&desk, oak).await).await;
        assert!(matches!(evaluator, Err(Error::Forbidden(_))));
    }
);

both!(
    async fn contacts_that_cannot_be_are_refused(desk: Desk) {
        town(&desk).await;
        let oak = id(&desk, "100002").await;
        for website in ["javascript:alert(1.5)", "www.oak.example", "https://oak.example/\"><x"] {
            let edit = Edit { website: website.into(), telephone: "ring us".into(), ..as_it_is(&desk, oak).await };
            let Err(Error::Invalid(errors)) = schools::edit(&desk, &Actor::SYSTEM, oak, edit).await else {
                panic!("{website} was taken")
            };
            assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["telephone", "website"]);
        }
    }
);

both!(
    async fn counted_numbers_replace_estimates(desk: Desk) {
        town(&desk).await;
        let anne = id(&desk, "100001").await;
        let year = AcademicYear::new(2026).unwrap();
        let six = YearGroup::new(6).unwrap();
        let own = actor(Role::School, Scope::Setting(anne));
        schools::count(&desk, &own, anne, year, &[(six, Some(28)), (YearGroup::RECEPTION, Some(0))]).await.unwrap();
        schools::count(&desk, &own, anne, year, &[(YearGroup::RECEPTION, None)]).await.unwrap();
        let roll = schools::get(&desk, &own, anne).await.unwrap().roll;
        assert_eq!(roll.of(six), Some(NumberOnRoll { pupils: 28, basis: Basis::Counted }));
        assert_eq!(roll.of(YearGroup::RECEPTION), Some(NumberOnRoll { pupils: 30, basis: Basis::Estimated }));
        let many = schools::count(&desk, &own, anne, year, &[(six, Some(5_001))]).await;
        assert!(matches!(many, Err(Error::Invalid(_))));
    }
);

both!(
    async fn every_setting_has_a_snapshot_of_the_year(desk: Desk) {
        town(&desk).await;
        // The import wrote them; nothing is left to keep.
        assert_eq!(schools::keep_snapshots(&desk).await.unwrap(), 0);
        let next_year = Clock::fixed("2027-09-01T07:00:00Z".parse().unwrap());
        let later = Desk::new(desk.db().clone(), next_year, Secret::random().unwrap());
        assert_eq!(schools::keep_snapshots(&later).await.unwrap(), 3);
        assert_eq!(schools::keep_snapshots(&later).await.unwrap(), 0);
    }
);
