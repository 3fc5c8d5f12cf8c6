//! Programmes and their visit packs: who sees and writes which, and what parents may read.

use domain::TermSet;
use domain::access::Role;
use domain::programme::{Audience, Need, NewProgramme, Part, ProgrammeKind, Status, Topic};
use domain::setting::SettingType;
use domain::visit_pack::{DocumentKind, MOST_DOCUMENTS, NewDocument, VisitPack};
use domain::year_group::{YearGroup, YearGroups};
use records::programmes;
use records::testing::{Throwaway, Town, date};
use records::{Conflict, Error, both};
use uuid::Uuid;

fn programme(name: &str, year: i64) -> NewProgramme {
    NewProgramme {
        kind: ProgrammeKind::Workshop,
        name: name.into(),
        summary: "What to do when somebody asks for a picture.".into(),
        audience: Audience::Children {
            setting_types: [SettingType::Mainstream, SettingType::Special].into(),
            year_groups: YearGroups::from(YearGroup::new(year).unwrap()),
        },
        parts: vec![
            Part { number: 0, title: "Assembly".into(), minutes: 20 },
            Part { number: 0, title: "Workshop".into(), minutes: 60 },
        ],
        largest_group: Some(60),
        needs: [Need::Projector].into_iter().collect(),
        adaptations: TermSet::default(),
        topics: [Topic::ImageSharing].into_iter().collect(),
        topics_as_of: Some(date(2025, 7, 15)),
    }
}

fn pdf(title: &str, for_parents: bool) -> NewDocument {
    NewDocument {
        kind: DocumentKind::Material,
        title: title.into(),
        file_name: "slides.pdf".into(),
        for_parents,
        body: b"%PDF-1.7\nslides".to_vec(),
    }
}

fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

both!(
    async fn a_programme_is_written_and_changed(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, authority) = (town.commissioner(), "990".parse().unwrap());
        let id = programmes::add(&desk, &actor, &authority, programme("Pictures", 8), Status::Draft).await.unwrap();
        let added = programmes::get(&desk, &actor, id).await.unwrap();
        assert_eq!((added.minutes(), added.parts[1].number, added.needs.words()), (80, 2, "projector".to_owned()));
        assert_eq!(added.audience(), programme("Pictures", 8).audience);
        let taken = programmes::add(&desk, &actor, &authority, programme("Pictures", 8), Status::Draft).await;
        assert_eq!(fields(taken), ["name"]);
        let parts = vec![Part { number: 0, title: String::new(), minutes: 45 }];
        let shorter = NewProgramme { parts, audience: Audience::Adults, ..programme("Pictures, short", 8) };
        programmes::change(&desk, &actor, id, added.version, shorter).await.unwrap();
        let changed = programmes::get(&desk, &actor, id).await.unwrap();
        assert_eq!((changed.minutes(), changed.audience()), (45, Audience::Adults));
        let stale = programmes::change(&desk, &actor, id, added.version, programme("Pictures", 8)).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        assert_eq!(programmes::history(&desk, &actor, id).await.unwrap().len(), 2);
        // The town's programme has an open tour.
        let before = programmes::get(&desk, &actor, town.programme).await.unwrap();
        let closed = programmes::set_status(&desk, &actor, town.programme, before.version, Status::Closed).await;
        assert!(matches!(closed, Err(Error::Conflict(Conflict::Refused(_)))));
    }
);

both!(
    async fn a_school_sees_open_programmes_meant_for_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, authority) = (town.commissioner(), "990".parse().unwrap());
        let draft = programmes::add(&desk, &actor, &authority, programme("Draft", 6), Status::Draft).await.unwrap();
        let year_8 = programmes::add(&desk, &actor, &authority, programme("Pictures", 8), Status::Open).await.unwrap();
        let names = async |actor| {
            let all = programmes::list(&desk, &actor).await.unwrap();
            all.into_iter().map(|p| p.name).collect::<Vec<_>>()
        };
        assert_eq!(names(town.commissioner()).await, ["Pictures", "The Lantern", "Draft"]);
        assert_eq!(names(town.school(town.primary)).await, ["The Lantern"]);
        assert_eq!(names(town.school(town.secondary)).await, ["Pictures"]);
        assert_eq!(names(town.school(town.special)).await, ["Pictures", "The Lantern"], "its year groups are unknown");
        assert_eq!(names(town.company()).await, ["The Lantern"]);
        for (stranger, id) in [
            (town.school(town.primary), draft),
            (town.school(town.primary_elsewhere), year_8),
            (town.commissioner_elsewhere(), year_8),
            (town.company(), year_8),
        ] {
            assert!(matches!(programmes::get(&desk, &stranger, id).await, Err(Error::NotFound)), "{:?}", stranger.role);
        }
        let mine = programmes::change(&desk, &town.commissioner_elsewhere(), year_8, 1, programme("Mine", 8)).await;
        assert!(matches!(mine, Err(Error::NotFound)));
        for role in [Role::Evaluator, Role::Administrator] {
            let added = programmes::add(&desk, &town.official(role), &authority, programme("X", 8), Status::Open).await;
            assert!(matches!(added, Err(Error::Forbidden(_))));
        }
    }
);

both!(
    async fn a_visit_pack_names_people_only_in_itself(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, id) = (town.commissioner(), town.programme);
        let pack = VisitPack {
            assurance: "Ada Byron comes; her enhanced DBS was checked.".into(),
            insurance_expires: Some(date(2027, 3, 31)),
            parent_materials: "A lantern, a stranger, a choice.".into(),
            ..VisitPack::default()
        };
        let version = programmes::get(&desk, &actor, id).await.unwrap().version;
        programmes::change_visit_pack(&desk, &actor, id, version, pack.clone()).await.unwrap();
        let school = town.school(town.primary);
        assert_eq!(programmes::get(&desk, &school, id).await.unwrap().visit_pack(), pack);
        let named = "SELECT COUNT(*) FROM audit WHERE after LIKE '%Ada Byron%'";
        assert_eq!(Throwaway::count(&desk, named).await, 0);
        let stale = programmes::change_visit_pack(&desk, &actor, id, version, pack.clone()).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        let long = VisitPack { risk_assessment: "x".repeat(20_001), ..pack.clone() };
        assert_eq!(
            fields(programmes::change_visit_pack(&desk, &actor, id, version + 1, long).await),
            ["risk_assessment"]
        );
        let foreign = programmes::change_visit_pack(&desk, &town.commissioner_elsewhere(), id, version + 1, pack).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
    }
);

both!(
    async fn documents_are_read_by_whom_they_are_for(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, programme) = (town.commissioner(), town.programme);
        let open = programmes::add_document(&desk, &actor, programme, pdf("Slides", true)).await.unwrap();
        let inner = programmes::add_document(&desk, &actor, programme, pdf("Script", false)).await.unwrap();
        let school = town.school(town.primary);
        let (document, body) = programmes::file(&desk, &school, inner).await.unwrap();
        assert_eq!((document.title.as_str(), &body[..5]), ("Script", &b"%PDF-"[..]));
        assert_eq!(programmes::documents(&desk, &school, programme).await.unwrap().len(), 2);
        for stranger in [town.commissioner_elsewhere(), town.school(town.primary_elsewhere), town.company_elsewhere()] {
            assert!(matches!(programmes::file(&desk, &stranger, open).await, Err(Error::NotFound)));
            assert!(matches!(programmes::documents(&desk, &stranger, programme).await, Err(Error::NotFound)));
        }
        let foreign = programmes::remove_document(&desk, &town.commissioner_elsewhere(), open).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
        assert!(matches!(
            programmes::add_document(&desk, &school, programme, pdf("X", true)).await,
            Err(Error::Forbidden(_))
        ));

        let seen = programmes::for_parents(&desk, programme).await.unwrap();
        assert_eq!(seen.documents.iter().map(|d| d.id).collect::<Vec<_>>(), [open]);
        assert!(programmes::file_for_parents(&desk, open).await.is_ok());
        assert!(matches!(programmes::file_for_parents(&desk, inner).await, Err(Error::NotFound)));
        Throwaway::execute(&desk, "UPDATE programme SET status = 'draft'").await;
        assert!(matches!(programmes::for_parents(&desk, programme).await, Err(Error::NotFound)));
        assert!(matches!(programmes::file_for_parents(&desk, open).await, Err(Error::NotFound)));
        assert!(matches!(programmes::for_parents(&desk, Uuid::now_v7()).await, Err(Error::NotFound)));

        assert_eq!(programmes::remove_document(&desk, &actor, open).await.unwrap(), programme);
        assert!(matches!(programmes::file(&desk, &actor, open).await, Err(Error::NotFound)));
    }
);

both!(
    async fn uploads_are_bounded(desk: Desk) {
        let town = Town::build(&desk).await;
        let (actor, programme) = (town.commissioner(), town.programme);
        let word = NewDocument { body: b"PK\x03\x04".to_vec(), ..pdf("Word", false) };
        assert_eq!(fields(programmes::add_document(&desk, &actor, programme, word).await), ["file"]);
        let mut large = pdf("Large", false);
        large.body.resize(5 * 1024 * 1024 + 1, b' ');
        assert_eq!(fields(programmes::add_document(&desk, &actor, programme, large).await), ["file"]);
        for n in 0..MOST_DOCUMENTS {
            programmes::add_document(&desk, &actor, programme, pdf(&n.to_string(), false)).await.unwrap();
        }
        assert_eq!(fields(programmes::add_document(&desk, &actor, programme, pdf("More", false)).await), ["file"]);
    }
);
