//! Imports taken back, on each database: everything is as it was, or what stands in the way is named.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::AcademicYear;
use domain::access::{Actor, Role, Scope};
use domain::session::State as Session;
use domain::tour::AskedBy;
use records::census::{self, Rolls};
use records::imports::{self, File, Mode, Report, Sent};
use records::schools::{self, Edit, Filter, YearGroupsEdit};
use records::sessions::OnBehalf;
use records::taking_back::{self, Kind, State};
use records::testing::{Throwaway, Town, date, dump, foreseen, kept_columns, named_references, wish};
use records::{Conflict, Desk, Error, Page, both, lineage, requests, sweep};
use uuid::Uuid;

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                      PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n";
const KELDER: &str = "900001,990,Kelderdale,Kelder Primary School,,Open,Primary,4,11,210\n";
const BECK: &str = "900002,990,Kelderdale,Beck Primary School,,Open,Primary,4,11,420\n";
const HIGH: &str = "900003,990,Kelderdale,Kelder High School,,Open,Secondary,11,16,1000\n";
const OAK: &str = "900004,990,Kelderdale,Oak Lodge School,,Open,Not applicable,,,100\n";
const ACADEMY: &str = "900011,990,Kelderdale,Kelder Primary Academy,Academy converter,Open,Primary,4,11,\n";
const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n";
const CONVERTED: &str = "900001,900011,Kelder Primary Academy,Successor,31-08-2026\n\
                         900011,900001,Kelder Primary School,Predecessor,01-09-2026\n";

fn list(rows: &[&str]) -> File {
    File { name: "list.csv".into(), bytes: Arc::from(format!("{HEADER}{}", rows.concat()).into_bytes()) }
}

fn links(rows: &str) -> File {
    File { name: "links.csv".into(), bytes: Arc::from(format!("{LINKS}{rows}").into_bytes()) }
}

/// Imports what is sent, and gives the import's key.
async fn import(desk: &Desk, actor: &Actor, sent: &Sent, close_missing: bool) -> (Report, Uuid) {
    let report = imports::run_sent(desk, actor, sent, None, Mode::Apply { close_missing }).await.expect("an import");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let latest = taking_back::list(desk, actor, None, Page::new(1)).await.expect("imports").0.remove(0);
    (report, latest.id)
}

/// The list after a conversion, with another name for a school and one that vanished.
fn release() -> Sent {
    let renamed = BECK.replace("Beck Primary School", "Beck Church of England Primary School");
    Sent { list: Some(list(&[ACADEMY, &renamed, HIGH])), links: Some(links(CONVERTED)) }
}

/// What an import and its taking back leave behind, and what every change does.
const OWN: [&str; 6] = ["import", "import_change", "import_choice", "import_before", "audit", "outbox"];

type Dump = BTreeMap<String, Vec<String>>;

/// The tables that differ, but for those.
fn changed(was: &Dump, now: &Dump) -> Vec<String> {
    assert!(was.len() > 40 && was.keys().eq(now.keys()));
    was.keys().filter(|t| was[*t] != now[*t] && !OWN.contains(&t.as_str())).cloned().collect()
}

async fn refusal(desk: &Desk, actor: &Actor, id: Uuid) -> String {
    let before = dump(desk).await;
    match taking_back::undo(desk, actor, id).await {
        Err(Error::Conflict(Conflict::Refused(why))) => {
            assert_eq!(dump(desk).await, before, "a refusal changes nothing");
            assert_eq!(foreseen(desk, actor, id).await.as_deref(), Some(why.as_str()));
            why
        }
        other => panic!("{other:?}"),
    }
}

async fn setting(desk: &Desk, urn: i64) -> Uuid {
    for gone in [false, true] {
        let filter = Filter { search: urn.to_string(), gone, ..Filter::default() };
        if let Some(line) = schools::list(desk, &Actor::SYSTEM, &filter, Page::new(1)).await.expect("a list").0.pop() {
            return line.id;
        }
    }
    panic!("no school {urn}");
}

both!(
    async fn a_release_is_taken_back_whole(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        town.session(&desk, town.primary, date(2026, 11, 10), Session::Delivered).await;
        let was = dump(&desk).await;
        let (report, id) = import(&desk, &actor, &release(), true).await;
        assert_eq!((report.added, report.closed, report.marked), (1, 2, true));
        assert!(report.changed >= 1);
        let now = dump(&desk).await;
        assert_eq!(changed(&was, &now), ["lineage", "school_link", "setting", "setting_year"]);

        taking_back::undo(&desk, &actor, id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
        let line = taking_back::look(&desk, &actor, id).await.unwrap();
        assert_eq!((line.kind, line.state, line.undone_at), (Kind::Schools, State::Undone, Some(desk.now())));
        assert!(refusal(&desk, &actor, id).await.contains("taken back already"));
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM import_before").await, 0);
        let audited = format!("SELECT COUNT(*) FROM audit WHERE record_id = '{id}'");
        assert_eq!(Throwaway::count(&desk, &audited).await, 2, "both have their line");

        // And it can be imported again, and taken back again.
        let (again, id) = import(&desk, &actor, &release(), true).await;
        assert_eq!((again.added, again.changed, again.closed), (report.added, report.changed, report.closed));
        taking_back::undo(&desk, &actor, id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
    }
);

both!(
    async fn links_alone_are_taken_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let alone = |rows: &str| Sent { list: None, links: Some(links(rows)) };
        Throwaway::execute(&desk, "UPDATE setting SET status = 'closed' WHERE urn = 900001").await;
        let first = "900001,900002,Beck Primary School,Successor - merged,31-08-2025\n";
        import(&desk, &actor, &alone(first), false).await;
        let was = dump(&desk).await;
        assert_eq!(was["lineage"].len(), 1);
        // Another successor, and another date: a link goes, one comes.
        let (_, id) =
            import(&desk, &actor, &alone(&first.replace("900002,Beck Primary", "900003,Kelder High")), false).await;
        assert_eq!(changed(&was, &dump(&desk).await), ["lineage", "school_link"]);
        taking_back::undo(&desk, &actor, id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
        assert_eq!(taking_back::look(&desk, &actor, id).await.unwrap().kind, Kind::Links);
    }
);

both!(
    async fn the_first_list_of_new_authorities_leaves_nothing(desk: Desk) {
        let was = dump(&desk).await;
        let elsewhere = BECK.replace("990,Kelderdale", "991,Otherdale");
        let sent = Sent::list(list(&[KELDER, &elsewhere]));
        let (report, id) = import(&desk, &Actor::SYSTEM, &sent, false).await;
        assert_eq!(report.added, 2);
        taking_back::undo(&desk, &Actor::SYSTEM, id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());

        // Of several authorities' import none of them may say that it is taken back.
        let (_, id) = import(&desk, &Actor::SYSTEM, &sent, false).await;
        let scope = Scope::Authority("990".parse().unwrap());
        let council = Actor { person: None, grant: None, role: Role::Commissioner, scope };
        assert!(matches!(taking_back::undo(&desk, &council, id).await, Err(Error::NotFound)));
        Throwaway::execute(
            &desk,
            "INSERT INTO term (id, authority_code, academic_year, name, starts, ends)
            SELECT id, '991', 2026, 'Autumn', '2026-09-01', '2026-12-18' FROM setting WHERE urn = 900001",
        )
        .await;
        let why = refusal(&desk, &Actor::SYSTEM, id).await;
        assert!(why.ends_with("Otherdale has term dates"), "{why}");
    }
);

both!(
    async fn what_was_built_on_a_release_is_named(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let (_, id) = import(&desk, &actor, &release(), true).await;
        // A school that was changed since.
        let beck = schools::get(&desk, &actor, town.second_primary).await.unwrap().school;
        let edit = Edit {
            version: beck.version,
            year_groups: YearGroupsEdit::Taught(domain::YearGroups::planning_assumption()),
            setting_type: None,
            telephone: "01274 999999".into(),
            email: None,
            website: String::new(),
        };
        schools::edit(&desk, &actor, town.second_primary, edit).await.unwrap();
        let why = refusal(&desk, &actor, id).await;
        assert!(why.ends_with("since: Beck Church of England Primary School was changed"), "{why}");
    }
);

fn asking(town: &Town, setting: Uuid, on_behalf: Option<OnBehalf>) -> requests::Asking {
    requests::Asking {
        tour: town.tour,
        setting,
        wish: wish(&[30], 1),
        is_estimated: false,
        contact_name: "Sam Reed".into(),
        contact_telephone: "01274 431000".into(),
        contact_email: "sam@school.example".into(),
        on_behalf,
        outside_audience: false,
    }
}

both!(
    async fn what_refers_to_a_new_school_is_named(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let (_, id) = import(&desk, &actor, &release(), true).await;
        let academy = setting(&desk, 900_011).await;
        let on_behalf = Some(OnBehalf { name: "Ms Reed".into(), how: AskedBy::Telephone });
        let asking = asking(&town, academy, on_behalf);
        requests::ask(&desk, &actor, &asking).await.unwrap();
        let why = refusal(&desk, &actor, id).await;
        assert!(why.ends_with("since: Kelder Primary Academy has a request"), "{why}");
        town.session(&desk, academy, date(2026, 12, 8), Session::Confirmed).await;
        Throwaway::execute(
            &desk,
            "INSERT INTO access_grant (id, person_id, role, setting_id, created_at)
            SELECT s.id, (SELECT id FROM person ORDER BY email LIMIT 1), 'school', s.id, s.created_at FROM setting s
            WHERE s.urn = 900011",
        )
        .await;
        let why = refusal(&desk, &actor, id).await;
        for thing in ["has a visit", "has a group in a session", "has a request", "has somebody with a role"] {
            assert!(why.contains(&format!("Kelder Primary Academy {thing}")), "{thing}: {why}");
        }
    }
);

both!(
    async fn a_decision_and_a_later_import_stand_in_the_way(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let split = "900003,900001,Kelder Primary School,Successor - Split School,31-08-2026\n\
                     900003,900002,Beck Primary School,Successor - Split School,31-08-2026\n";
        let sent = Sent { list: Some(list(&[KELDER, BECK, OAK])), links: Some(links(split)) };
        let was = dump(&desk).await;
        let (_, id) = import(&desk, &actor, &sent, false).await;
        lineage::decide(&desk, &actor, 900_003, Some(900_002)).await.unwrap();
        let why = refusal(&desk, &actor, id).await;
        assert!(why.ends_with("it was decided who carries on Kelder High School"), "{why}");
        lineage::take_back(&desk, &actor, 900_003).await.unwrap();

        // Another authority's import is nothing to it, nor is one that changed nothing.
        let foreign = list(&[&ACADEMY.replace("900011,990,Kelderdale", "900099,991,Farside")]);
        imports::run(&desk, &town.commissioner_elsewhere(), &foreign, None, Mode::Apply { close_missing: false })
            .await
            .unwrap();
        let (nothing, _) = import(&desk, &actor, &sent, false).await;
        assert_eq!((nothing.added, nothing.changed), (0, 0));
        let (_, later) = import(&desk, &actor, &Sent::list(list(&[KELDER, BECK, OAK, ACADEMY])), false).await;
        let why = refusal(&desk, &actor, id).await;
        assert!(why.ends_with("“list.csv” was imported on 22 November 2026: take that back first"), "{why}");
        taking_back::undo(&desk, &actor, later).await.unwrap();
        taking_back::undo(&desk, &actor, id).await.unwrap();
        let now = dump(&desk).await;
        for table in ["school_link", "lineage", "split_decision"] {
            assert_eq!(was[table], now[table], "{table}");
        }
        let own = "SELECT COUNT(*) FROM setting WHERE authority_code = '990' AND (version > 1 OR status <> 'open')";
        assert_eq!(Throwaway::count(&desk, own).await, 0);
    }
);

both!(
    async fn only_its_own_people_and_not_for_ever(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let (_, id) = import(&desk, &actor, &release(), true).await;
        let stranger = town.commissioner_elsewhere();
        assert!(matches!(taking_back::undo(&desk, &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(taking_back::look(&desk, &stranger, id).await, Err(Error::NotFound)));
        assert_eq!(taking_back::list(&desk, &stranger, None, Page::new(1)).await.unwrap().1, 0);
        let own = "990".parse().unwrap();
        let list = taking_back::list(&desk, &stranger, Some(&own), Page::new(1)).await;
        assert!(matches!(list, Err(Error::NotFound)));
        for nobody in [town.company(), town.school(town.primary), town.official(Role::Evaluator)] {
            // Schools and providers take back their own sheets: of a list they know nothing.
            let refused = taking_back::undo(&desk, &nobody, id).await;
            assert!(matches!(refused, Err(Error::Forbidden(_) | Error::NotFound)), "{refused:?}");
            assert!(matches!(taking_back::list(&desk, &nobody, None, Page::new(1)).await, Err(Error::Forbidden(_))));
        }
        // What was kept goes when nobody can use it any more.
        sweep::sweep(&desk).await.unwrap();
        assert!(Throwaway::count(&desk, "SELECT COUNT(*) FROM import_before").await > 0);
        Throwaway::execute(&desk, "UPDATE import SET finished_at = '2026-10-20T00:00:00+00:00'").await;
        assert!(refusal(&desk, &actor, id).await.contains("older than 30 days"));
        sweep::sweep(&desk).await.unwrap();
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM import_before").await, 0);
        Throwaway::execute(&desk, "UPDATE import SET finished_at = '2026-11-20T00:00:00+00:00'").await;
        assert!(refusal(&desk, &actor, id).await.contains("was not kept"));
    }
);

fn shared(name: &str) -> Option<File> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/register").join(name);
    Some(File { name: name.to_owned(), bytes: std::fs::read(path).ok()?.into() })
}

both!(
    async fn bradfords_new_release_is_taken_back(desk: Desk) {
        let files =
            ["gias_layout_bradford_2023.csv", "gias_layout_bradford_2024-25.csv", "links_edubasealldata20250422.csv"];
        let [Some(old), Some(new), Some(table)] = files.map(shared) else {
            println!("skipped: no ../shared/data");
            return;
        };
        let empty = dump(&desk).await;
        let (_, first) = import(&desk, &Actor::SYSTEM, &Sent::list(old), false).await;
        let was = dump(&desk).await;
        let sent = Sent { list: Some(new), links: Some(table) };
        let (report, id) = import(&desk, &Actor::SYSTEM, &sent, true).await;
        assert_eq!((report.added, report.closed), (23, 13));
        let now = dump(&desk).await;
        assert_eq!(changed(&was, &now), ["lineage", "school_link", "setting", "setting_year"]);
        assert!(refusal(&desk, &Actor::SYSTEM, first).await.contains("gias_layout_bradford_2024-25.csv"));
        taking_back::undo(&desk, &Actor::SYSTEM, id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
        taking_back::undo(&desk, &Actor::SYSTEM, first).await.unwrap();
        assert_eq!(changed(&empty, &dump(&desk).await), Vec::<String>::new());
    }
);

fn rolls(text: &str) -> (Rolls, File) {
    let list = census::read(text.as_bytes(), "census.csv", &[]).unwrap();
    let file = File { name: "census.csv".into(), bytes: Arc::from(text.as_bytes()) };
    (Rolls { year: AcademicYear::new(2026).unwrap(), schools: list.schools }, file)
}

both!(
    async fn rolls_are_not_taken_over_where_the_records_changed_since_somebody_looked(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let (later, file) = rolls("URN,Year 5,Year 6\n900001,31,28\n900002,40,60\n");
        let id = census::upload(&desk, &actor, &file, later.year).await.unwrap();
        let seen = census::preview(&desk, &actor, id).await.unwrap().seen;
        let (other, file) = rolls("URN,Year 5\n900002,33\n");
        census::take_over(&desk, &actor, None, &other, &file).await.unwrap();
        let was = dump(&desk).await;
        let done = census::apply(&desk, &actor, id, Some(&seen)).await.unwrap();
        let census::Applied::Changed(schools) = done else { panic!("{done:?}") };
        assert_eq!(schools, ["Beck Primary School"]);
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
        let seen = census::preview(&desk, &actor, id).await.unwrap().seen;
        let done = census::apply(&desk, &actor, id, Some(&seen)).await.unwrap();
        assert!(matches!(done, census::Applied::Done(_)), "{done:?}");
    }
);

both!(
    async fn rolls_are_an_import_that_can_be_taken_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let (earlier, file) = rolls("URN,Year 6,EHC plan\n900001,25,3\n");
        census::take_over(&desk, &actor, None, &earlier, &file).await.unwrap();
        let was = dump(&desk).await;

        let text = "URN,Year 5,Year 6,EHC plan,SEN support\n900001,31,28,4,c\n900002,c,60,<5,30\n900099,1,1,1,1\n";
        let (year, file) = (rolls(text).0.year, rolls(text).1);
        let id = census::upload(&desk, &actor, &file, year).await.unwrap();
        let seen = census::preview(&desk, &actor, id).await.unwrap();
        assert_eq!((seen.report.changes.len(), seen.report.counted(), seen.report.elsewhere), (2, 3, 1));
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new(), "looking changes nothing");
        assert!(taking_back::same_file(&desk, &actor, id).await.unwrap().is_none());
        census::apply(&desk, &actor, id, None).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), ["number_on_roll", "setting"]);
        assert!(matches!(census::apply(&desk, &actor, id, None).await, Err(Error::Conflict(_))), "only once");
        let line = taking_back::look(&desk, &actor, id).await.unwrap();
        assert_eq!((line.kind, line.state, line.changed), (Kind::Rolls, State::Applied, 2));
        let listed = imports::changes(&desk, &actor, id, imports::ChangeKind::Changed, Page::new(1)).await.unwrap();
        let field = |at: usize| (listed[1].fields[at].field.as_str(), listed[1].fields[at].before.as_deref());
        assert_eq!(
            (field(0), field(1), field(2)),
            (("Year 5", None), ("Year 6", Some("25")), ("ehc_plans", Some("3")))
        );

        // The same file again is recognised, and changes nothing.
        let again = census::upload(&desk, &actor, &file, year).await.unwrap();
        let same = taking_back::same_file(&desk, &actor, again).await.unwrap();
        assert_eq!(same.map(|same| same.id), Some(id));
        assert!(census::preview(&desk, &actor, again).await.unwrap().report.changes.is_empty());
        imports::drop_upload(&desk, &actor, again).await.unwrap();

        taking_back::undo(&desk, &actor, id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
        assert_eq!(taking_back::look(&desk, &actor, id).await.unwrap().state, State::Undone);
    }
);

both!(
    async fn what_was_built_on_rolls_is_named(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        let (one, file) = rolls("URN,Year 6\n900001,28\n");
        let first = census::take_over(&desk, &actor, None, &one, &file).await.unwrap().import.unwrap();
        let (two, file) = rolls("URN,Year 6,EHC plan\n900002,60,4\n");
        let second = census::take_over(&desk, &actor, None, &two, &file).await.unwrap().import.unwrap();
        assert!(refusal(&desk, &actor, first).await.ends_with("take that back first"));
        Throwaway::execute(&desk, "UPDATE number_on_roll SET pupils = 61 WHERE pupils = 60").await;
        let why = refusal(&desk, &actor, second).await;
        assert!(why.ends_with("since: the numbers on roll of Beck Primary School were changed"), "{why}");
        Throwaway::execute(&desk, "UPDATE number_on_roll SET pupils = 60 WHERE pupils = 61").await;
        taking_back::undo(&desk, &actor, second).await.unwrap();
        taking_back::undo(&desk, &actor, first).await.unwrap();
        assert!(matches!(taking_back::undo(&desk, &town.commissioner_elsewhere(), first).await, Err(Error::NotFound)));
    }
);

/// What a school has that another may carry on.
async fn much_to_come(desk: &Desk, town: &Town) -> Uuid {
    let ahead = town.session(desk, town.primary, date(2026, 12, 8), Session::Confirmed).await;
    let asking = asking(town, town.primary, None);
    requests::ask(desk, &town.school(town.primary), &asking).await.expect("a request");
    for sql in [
        "UPDATE setting SET email = 'office@kelder.example', setting_type = 'special', setting_type_source = 'person'
         WHERE urn = 900001",
        "INSERT INTO number_on_roll (setting_id, academic_year, year_group, pupils)
         SELECT id, 2026, 6, 28 FROM setting WHERE urn = 900001",
        "INSERT INTO school_week (setting_id, closed_days, closed_days_b, week_a_from, version)
         SELECT id, 4, 0, NULL, 1 FROM setting WHERE urn = 900001",
        "INSERT INTO hall_window (setting_id, weekday, starts_minute, ends_minute)
         SELECT id, 1, 540, 720 FROM setting WHERE urn = 900001",
        "INSERT INTO own_term (id, setting_id, academic_year, name, starts, ends)
         SELECT id, id, 2026, 'Winter', '2026-09-01', '2027-03-01' FROM setting WHERE urn = 900001",
        "INSERT INTO school_date (id, setting_id, kind, starts, ends, year_groups, note, created_at, version)
         SELECT id, id, 'closed', '2026-12-01', '2026-12-01', 0, '', created_at, 1 FROM setting WHERE urn = 900001",
        "INSERT INTO calendar_feed (id, setting_id, created_at)
         SELECT id, id, created_at FROM setting WHERE urn = 900001",
        "INSERT INTO invitation (id, tour_id, setting_id, state, reason, sent_at)
         SELECT s.id, t.id, s.id, 'sent', '', s.created_at FROM setting s, tour t
         WHERE s.urn = 900001 AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.setting_id = s.id AND i.tour_id = t.id)
         ORDER BY t.id LIMIT 1",
    ] {
        Throwaway::execute(desk, sql).await;
    }
    ahead
}

both!(
    async fn what_was_carried_over_is_taken_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let actor = town.commissioner();
        much_to_come(&desk, &town).await;
        let (_, list) = import(&desk, &actor, &release(), false).await;
        let was = dump(&desk).await;
        let moved = lineage::carry_over(&desk, &actor, town.primary).await.unwrap();
        assert!(moved >= 9, "{moved}");
        let now = dump(&desk).await;
        let tables = [
            "access_grant",
            "attending_group",
            "calendar_feed",
            "hall_window",
            "invitation",
            "left_calendar",
            "number_on_roll",
            "own_term",
            "request",
            "school_date",
            "school_week",
            "session",
            "session_event",
            "setting",
            "setting_year",
            "visit",
        ];
        assert_eq!(changed(&was, &now), tables);
        let line = taking_back::list(&desk, &actor, None, Page::new(1)).await.unwrap().0.remove(0);
        assert_eq!((line.kind, line.state), (Kind::Carry, State::Applied));
        assert_eq!(line.file_name, "Kelder Primary School → Kelder Primary Academy");
        let why = refusal(&desk, &actor, list).await;
        assert!(why.contains("was carried over on 22 November 2026: take that back first"), "{why}");
        taking_back::undo(&desk, &actor, line.id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
        assert!(refusal(&desk, &actor, line.id).await.contains("taken back already"));

        // Carried over once more, and built on: a session that was cancelled, and a request that was withdrawn.
        lineage::carry_over(&desk, &actor, town.primary).await.unwrap();
        let line = taking_back::list(&desk, &actor, None, Page::new(1)).await.unwrap().0.remove(0);
        Throwaway::execute(&desk, "UPDATE request SET version = version + 1").await;
        let why = refusal(&desk, &actor, line.id).await;
        assert!(why.ends_with("since: a request of Kelder Primary Academy was changed"), "{why}");
        Throwaway::execute(&desk, "UPDATE request SET version = version - 1").await;
        Throwaway::execute(&desk, "UPDATE session SET version = version + 1").await;
        assert!(
            refusal(&desk, &actor, line.id)
                .await
                .ends_with("since: the session at Kelder Primary Academy on 8 December 2026 was changed")
        );
        Throwaway::execute(&desk, "UPDATE session SET version = version - 1").await;
        taking_back::undo(&desk, &actor, line.id).await.unwrap();
        assert_eq!(changed(&was, &dump(&desk).await), Vec::<String>::new());
    }
);

/// What is kept of a table are all of its columns, and what refers to a setting is known, whatever a migration adds.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_fits_the_schema() {
    let database = Throwaway::sqlite();
    let desk = database.desk().await;
    for (table, kept, whole) in kept_columns() {
        let mut columns = Throwaway::texts(&desk, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
        if !whole {
            columns.retain(|column| kept.contains(&column.as_str()));
        }
        assert_eq!(columns.len(), kept.len(), "{table}: {columns:?}");
        assert!(kept.iter().all(|column| columns.iter().any(|c| c == column)), "{table}: {columns:?}");
    }
    let references = "SELECT m.name || '.' || f.\"from\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
        WHERE m.type = 'table' AND f.\"table\" = 'setting' ORDER BY 1";
    assert_eq!(Throwaway::texts(&desk, references).await, named_references());
}
