//! Importing the school list, on each database.

use std::path::Path;
use std::sync::Arc;

use domain::access::{Actor, Role, Scope};
use domain::setting::{LaCode, SettingStatus, SettingType};
use domain::year_group::YearGroups;
use records::imports::{self, ChangeKind, File, Mode, Report, State};
use records::schools::{self, Edit, Filter, YearGroupsEdit};
use records::{Desk, Error, Page, authorities, both, taking_back};
use uuid::Uuid;

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                      PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils,TelephoneNum\n";
const ELM: &str = "100001,380,Bradford,Elm Primary,Community school,Open,Primary,4,11,210,01274 000001\n";
const OAK: &str = "100002,380,Bradford,Oak School,Community special school,Open,Not applicable,,,126,\n";
const ASH: &str = "100003,381,Calderdale,Ash Academy,Academy converter,Open,Secondary,11,18,900,\n";

fn file(rows: &[&str]) -> File {
    File { name: "list.csv".into(), bytes: Arc::from(format!("{HEADER}{}", rows.concat()).into_bytes()) }
}

const APPLY: Mode = Mode::Apply { close_missing: false };
const LOOK: Mode = Mode::DryRun { close_missing: false };
const CLOSE: Mode = Mode::Apply { close_missing: true };

async fn import(desk: &Desk, rows: &[&str], mode: Mode) -> Report {
    imports::run(desk, &Actor::SYSTEM, &file(rows), None, mode).await.expect("an import")
}

/// Added, changed, closed, unchanged.
fn figures(report: &Report) -> (usize, usize, usize, usize) {
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    (report.added, report.changed, report.closed, report.unchanged)
}

fn commissioner(code: &str) -> Actor {
    let scope = Scope::Authority(code.parse().expect("an LA code"));
    Actor { person: None, grant: None, role: Role::Commissioner, scope }
}

async fn school(desk: &Desk, urn: i64) -> schools::School {
    let line = found(desk, urn, false).await.expect("the school is open");
    schools::get(desk, &Actor::SYSTEM, line.id).await.expect("a school").school
}

async fn found(desk: &Desk, urn: i64, gone: bool) -> Option<schools::Line> {
    let filter = Filter { search: urn.to_string(), gone, ..Filter::default() };
    schools::list(desk, &Actor::SYSTEM, &filter, Page::new(1)).await.expect("a list").0.pop()
}

async fn total(desk: &Desk) -> i64 {
    schools::list(desk, &Actor::SYSTEM, &Filter::default(), Page::new(1)).await.expect("a list").1
}

both!(
    async fn a_second_import_changes_only_what_differs(desk: Desk) {
        assert_eq!(figures(&import(&desk, &[ELM, OAK, ASH], LOOK).await), (3, 0, 0, 0));
        assert_eq!(total(&desk).await, 0);
        assert_eq!(figures(&import(&desk, &[ELM, OAK, ASH], APPLY).await), (3, 0, 0, 0));
        assert_eq!(figures(&import(&desk, &[ELM, OAK, ASH], APPLY).await), (0, 0, 0, 3));
        assert_eq!(authorities::list(&desk, &Actor::SYSTEM).await.unwrap().len(), 2);

        let renamed = ELM.replace("Elm Primary", "Elm Primary Academy").replace("01274 000001", "");
        let report = import(&desk, &[&renamed, OAK, ASH], APPLY).await;
        assert_eq!(figures(&report), (0, 1, 0, 2));
        let fields: Vec<&str> = report.changes[0].fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["name"]);
        let elm = school(&desk, 100_001).await;
        assert_eq!((elm.name.as_str(), elm.telephone.as_deref()), ("Elm Primary Academy", Some("01274 000001")));
    }
);

both!(
    async fn a_school_that_vanished_is_marked_once_confirmed(desk: Desk) {
        import(&desk, &[ELM, OAK, ASH], APPLY).await;
        let report = import(&desk, &[ELM], APPLY).await;
        assert_eq!(figures(&report), (0, 0, 1, 1));
        assert_eq!((report.changes[0].urn, report.changes[0].kind), (100_002, ChangeKind::Closed));
        let listed = async || taking_back::list(&desk, &Actor::SYSTEM, None, Page::new(1)).await.unwrap().0[0].closed;
        assert_eq!((report.release.left, listed().await), (1, 0), "what stays open is not called closed");
        assert_eq!(total(&desk).await, 3);

        let report = import(&desk, &[ELM], CLOSE).await;
        assert_eq!((figures(&report), report.marked), ((0, 0, 1, 1), true));
        assert_eq!((report.release.left, listed().await), (0, 1));
        assert_eq!(found(&desk, 100_002, true).await.unwrap().status, SettingStatus::NotInList);
        assert_eq!(found(&desk, 100_003, false).await.unwrap().status, SettingStatus::Open);
        assert_eq!(figures(&import(&desk, &[ELM], CLOSE).await), (0, 0, 0, 1));

        let back = import(&desk, &[ELM, OAK], APPLY).await;
        assert_eq!(figures(&back), (0, 1, 0, 1));
        let reopened: Vec<_> = back.release.reopened.iter().map(|i| (i.urn, i.was.as_deref())).collect();
        assert_eq!(reopened, [(100_002, Some("No longer in the list"))]);
        assert_eq!(back.release.closed_before(), 0, "the file before was incomplete");
        assert_eq!(school(&desk, 100_002).await.status, SettingStatus::Open);
        let closed = ELM.replace(",Open,", ",Closed,");
        // What the file says is closed needs nobody to confirm it; a school that it has not, does.
        let seen = import(&desk, &[&closed], LOOK).await.release;
        let gone: Vec<_> = seen.closed.iter().map(|item| (item.urn, item.said_closed)).collect();
        assert_eq!((gone, seen.left), (vec![(100_001, true), (100_002, false)], 1));
        let done = import(&desk, &[&closed, OAK], APPLY).await;
        assert_eq!((figures(&done), done.release.left, done.marked), ((0, 0, 1, 1), 0, true));
        assert_eq!(found(&desk, 100_001, true).await.unwrap().status, SettingStatus::Closed);
        let older = import(&desk, &[ELM, OAK, "Total,,,,,"], LOOK).await;
        assert_eq!((older.release.closed_before(), older.release.totals), (1, 1), "the list is from before it closed");
        assert_eq!(import(&desk, &[&closed, OAK], LOOK).await.release.closed_before(), 0);
    }
);

both!(
    async fn one_problem_and_nothing_is_stored(desk: Desk) {
        import(&desk, &[ELM], APPLY).await;
        let bad = OAK.replace("100002", "10002");
        let report = import(&desk, &[&ELM.replace("Elm", "Yew"), ASH, &bad], APPLY).await;
        assert_eq!((report.added, report.changed, report.problems.len()), (0, 0, 1));
        assert_eq!((report.problems[0].row, report.problems[0].column.as_deref()), (Some(4), Some("URN")));
        assert_eq!(total(&desk).await, 1);
        assert_eq!(school(&desk, 100_001).await.name, "Elm Primary");
        assert_eq!(authorities::list(&desk, &Actor::SYSTEM).await.unwrap().len(), 1);
    }
);

both!(
    async fn what_a_person_edited_survives(desk: Desk) {
        import(&desk, &[ELM, OAK], APPLY).await;
        let oak = school(&desk, 100_002).await;
        assert_eq!((oak.setting_type, oak.year_groups()), (SettingType::Special, None));
        let edited = Edit {
            version: oak.version,
            year_groups: YearGroupsEdit::Taught(YearGroups::planning_assumption()),
            setting_type: Some(SettingType::Hospital),
            telephone: "01274 999999".into(),
            email: Some("office@oak.example".parse().unwrap()),
            website: String::new(),
        };
        schools::edit(&desk, &commissioner("380"), oak.id, edited).await.unwrap();
        let listed = OAK.replace(",,,126,", ",4,11,130,01274 111111");
        assert_eq!(figures(&import(&desk, &[ELM, &listed], APPLY).await), (0, 1, 0, 1));
        let oak = school(&desk, 100_002).await;
        assert_eq!(oak.year_groups(), Some(YearGroups::planning_assumption()));
        assert_eq!((oak.setting_type, oak.pupils), (SettingType::Hospital, Some(130)));
        assert_eq!(oak.telephone.as_deref(), Some("01274 999999"));
        assert_eq!(oak.email.as_deref(), Some("office@oak.example"));
    }
);

both!(
    async fn an_authority_imports_its_own_schools_alone(desk: Desk) {
        import(&desk, &[ELM], APPLY).await;
        let bradford = commissioner("380");
        let all = file(&[ELM, OAK, ASH]);
        let report = imports::run(&desk, &bradford, &all, None, APPLY).await.unwrap();
        assert_eq!(figures(&report), (1, 0, 0, 1));
        let other: LaCode = "381".parse().unwrap();
        assert!(matches!(imports::run(&desk, &bradford, &all, Some(&other), APPLY).await, Err(Error::NotFound)));
        // Another authority's school cannot be taken over.
        imports::run(&desk, &Actor::SYSTEM, &file(&[ASH]), None, APPLY).await.unwrap();
        let taken = ASH.replace("381,Calderdale", "380,Bradford");
        let report = imports::run(&desk, &bradford, &file(&[ELM, OAK, &taken]), None, APPLY).await.unwrap();
        assert_eq!((report.problems[0].row, report.problems[0].column.as_deref()), (Some(4), Some("LA (code)")));
        // The system moves it.
        let report = imports::run(&desk, &Actor::SYSTEM, &file(&[ELM, OAK, &taken]), None, APPLY).await.unwrap();
        assert_eq!(figures(&report), (0, 1, 0, 2));
        let school = Actor { role: Role::School, ..bradford };
        assert!(matches!(imports::run(&desk, &school, &all, None, APPLY).await, Err(Error::Forbidden(_))));
    }
);

both!(
    async fn an_upload_is_previewed_then_applied_once(desk: Desk) {
        import(&desk, &[ELM], APPLY).await;
        let bradford = commissioner("380");
        let id = imports::upload(&desk, &bradford, &file(&[OAK, ASH])).await.unwrap();
        assert_eq!(imports::look(&desk, &bradford, id).await.unwrap().state, State::Waiting);
        imports::preview(&desk, &bradford, id).await.unwrap();
        let seen = imports::look(&desk, &bradford, id).await.unwrap();
        assert_eq!((seen.state, seen.added, seen.closed), (State::Previewed, 1, 1));
        let closed = imports::changes(&desk, &bradford, id, ChangeKind::Closed, Page::new(1)).await.unwrap();
        assert_eq!((closed[0].urn, closed[0].name.as_str()), (100_001, "Elm Primary"));
        assert_eq!(total(&desk).await, 1);

        let stranger = commissioner("381");
        assert!(matches!(imports::look(&desk, &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(imports::apply(&desk, &stranger, id, true).await, Err(Error::NotFound)));

        let report = imports::apply(&desk, &bradford, id, true).await.unwrap();
        assert_eq!(figures(&report), (1, 0, 1, 0));
        let done = imports::look(&desk, &bradford, id).await.unwrap();
        assert_eq!((done.state, done.done, done.total), (State::Applied, 1, 1));
        assert!(matches!(imports::apply(&desk, &bradford, id, true).await, Err(Error::Conflict(_))));
        let listed = taking_back::list(&desk, &bradford, None, Page::new(1)).await.unwrap().0;
        assert_eq!(listed.iter().map(|i| i.state).collect::<Vec<_>>(), [State::Applied, State::Applied]);
    }
);

both!(
    async fn a_preview_that_holds_no_longer_is_shown_anew_and_nothing_is_done(desk: Desk) {
        import(&desk, &[ELM, OAK], APPLY).await;
        let bradford = commissioner("380");
        let renamed = ELM.replace("Elm Primary", "Elm Primary Academy");
        let id = imports::upload(&desk, &bradford, &file(&[&renamed, OAK])).await.unwrap();
        imports::preview(&desk, &bradford, id).await.unwrap();
        // Meanwhile another list changes the other school.
        import(&desk, &[ELM, &OAK.replace("126", "130")], APPLY).await;
        let report = imports::apply(&desk, &bradford, id, true).await.unwrap();
        assert!(report.differs, "{report:?}");
        assert_eq!(school(&desk, 100_001).await.name, "Elm Primary");
        let seen = imports::look(&desk, &bradford, id).await.unwrap();
        assert_eq!((seen.state, seen.changed, seen.problems().len()), (State::Previewed, 2, 1));
        let changed = imports::changes(&desk, &bradford, id, ChangeKind::Changed, Page::new(1)).await.unwrap();
        assert_eq!(changed.iter().map(|change| change.urn).collect::<Vec<_>>(), [100_001, 100_002]);
        // What is shown now is done.
        let report = imports::apply(&desk, &bradford, id, true).await.unwrap();
        assert!(!report.differs && figures(&report) == (0, 2, 0, 0));
        assert_eq!(school(&desk, 100_001).await.name, "Elm Primary Academy");
        let done = imports::look(&desk, &bradford, id).await.unwrap();
        assert_eq!((done.state, done.problems().len()), (State::Applied, 0));
    }
);

both!(
    async fn an_upload_with_problems_is_refused(desk: Desk) {
        authorities::add(&desk, &Actor::SYSTEM, &"380".parse().unwrap(), "Bradford", false).await.unwrap();
        let bradford = commissioner("380");
        let id = imports::upload(&desk, &bradford, &file(&[&ELM.replace("Elm Primary", "")])).await.unwrap();
        imports::preview(&desk, &bradford, id).await.unwrap();
        let seen = imports::look(&desk, &bradford, id).await.unwrap();
        assert_eq!((seen.state, seen.problems().len()), (State::Refused, 1));
        assert!(imports::apply(&desk, &bradford, id, false).await.is_err());
        imports::drop_upload(&desk, &bradford, id).await.unwrap();
        assert!(matches!(imports::look(&desk, &bradford, id).await, Err(Error::NotFound)));
        assert!(matches!(imports::look(&desk, &bradford, Uuid::now_v7()).await, Err(Error::NotFound)));
    }
);

both!(
    async fn the_real_lists_are_compared(desk: Desk) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/register");
        if !folder.is_dir() {
            println!("skipped: no ../shared/data");
            return;
        }
        let real = |name: &str| File { name: name.into(), bytes: Arc::from(std::fs::read(folder.join(name)).unwrap()) };
        let (older, newer) = (real("gias_layout_bradford_2023.csv"), real("gias_layout_bradford_2024-25.csv"));
        let run = async |file: &File, mode| imports::run(&desk, &Actor::SYSTEM, file, None, mode).await.unwrap();
        assert_eq!(figures(&run(&older, APPLY).await), (215, 0, 0, 0));
        let dry = run(&newer, LOOK).await;
        assert_eq!(dry.added + dry.changed + dry.unchanged, 225);
        assert_eq!(215 - dry.closed, dry.changed + dry.unchanged);
        assert_eq!(figures(&run(&newer, CLOSE).await), figures(&dry));
        assert_eq!(figures(&run(&newer, CLOSE).await), (0, 0, 0, 225));
    }
);

both!(
    async fn a_school_under_another_authoritys_code_has_moved_and_stays_open(desk: Desk) {
        import(&desk, &[ELM, OAK, ASH], APPLY).await;
        let own: LaCode = "380".parse().unwrap();
        let run = async |rows: &[&str], mode: Mode| {
            imports::run(&desk, &Actor::SYSTEM, &file(rows), Some(&own), mode).await.expect("an import")
        };
        let moved = OAK.replace(",380,Bradford", ",383,Leeds");
        for mode in [LOOK, CLOSE] {
            let report = run(&[ELM, &moved], mode).await;
            assert_eq!(figures(&report), (0, 0, 0, 1));
            let told: Vec<_> = report.release.moved.iter().map(|i| (i.urn, i.moved_to.as_deref())).collect();
            assert_eq!(told, [(100_002, Some("383"))]);
        }
        assert_eq!(found(&desk, 100_002, false).await.unwrap().status, SettingStatus::Open);
        // One that the list has as closed there is no longer in it.
        let gone = run(&[ELM, &moved.replace(",Open,", ",Closed,")], CLOSE).await;
        assert_eq!((figures(&gone), gone.release.moved.len()), ((0, 0, 1, 1), 0));
    }
);

both!(
    async fn authorities_that_a_list_adds_are_told(desk: Desk) {
        let codes = |report: &Report| report.new_authorities.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(codes(&import(&desk, &[ELM], APPLY).await), ["380"]);
        for mode in [LOOK, APPLY] {
            assert_eq!(codes(&import(&desk, &[ELM, ASH], mode).await), ["381"]);
        }
        assert!(codes(&import(&desk, &[ELM, ASH], APPLY).await).is_empty());
    }
);
