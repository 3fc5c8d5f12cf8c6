//! Taking older records over, on each database: what is certain, what is asked, what is there already, and back again.

mod log;

use std::collections::BTreeMap;

use domain::AcademicYear;
use domain::access::{Actor, Role};
use domain::coverage::{Counts, State as Covered};
use domain::session::{Reason, State};
use intake::history::Role as Column;
use log::{file, say, seen, upload};
use records::histories::{self, About, Applied, Asks, Choice, Differs, Found, Links, OUT, Standing, Understood};
use records::sessions::{self, Why};
use records::taking_back::At;
use records::testing::{Throwaway, Town, dump};
use records::{Conflict, Desk, Error, Page, both, coverage, sweep, taking_back};
use uuid::Uuid;

const LOG: &str = "Sessions 2018-19,,,,,\n\
    Date,Time,School,Yr,Nos,Notes\n\
    15/1/19,9.30,Kelder Primary,Y6,30,\n\
    15/1/19,1.15pm,Kelder Primary,Y6,~25,\n\
    16/1/19,am,Oak Lodge School,Butterfly class,?,\n\
    17/1/19,am,Beck Primary School,Y6,28,postponed\n\
    18/1/19,am,Kelder Primary,Y5/6,60,CANCELLED\n\
    21/1/19,pm,Kelder High School,Y7,whole class,\n";

async fn apply(desk: &Desk, town: &Town, id: Uuid) -> Applied {
    histories::apply(desk, &town.commissioner(), id, &Links::default(), None).await.expect("applied")
}

/// Ready, asked, already there, left out.
fn figures(understood: &Understood) -> [usize; 4] {
    Standing::ALL.map(|standing| understood.count(standing))
}

fn asked(understood: &Understood) -> Vec<(u32, Asks)> {
    let rows = understood.rows.iter();
    rows.flat_map(|row| row.questions.iter().map(move |q| (row.row, q.asks))).collect()
}

async fn count(desk: &Desk, sql: &str) -> i64 {
    Throwaway::count(desk, sql).await
}

async fn covered(desk: &Desk, town: &Town, first: i64) -> (Counts, BTreeMap<Uuid, Vec<Covered>>) {
    let year = AcademicYear::new(first).unwrap();
    let covered = coverage::of(desk, &town.commissioner(), town.programme, year).await.unwrap();
    let states = covered.coverage.schools.iter().map(|s| (s.school.id, s.cells.iter().map(|c| c.state).collect()));
    (Counts::from(&covered.coverage.row(&[])), states.collect())
}

both!(
    async fn a_log_becomes_sessions_that_coverage_counts(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, LOG).await;
        let understood = seen(&desk, &town, id).await;
        assert_eq!(figures(&understood), [6, 0, 0, 0], "{:?}", asked(&understood));
        assert_eq!(covered(&desk, &town, 2018).await.0.sessions, 0, "looking changes nothing");
        let done = apply(&desk, &town, id).await;
        assert_eq!(done, Applied::Done { added: 6, already_there: 0, asked: 0, left_out: 0, tours: 1 });

        let (counts, states) = covered(&desk, &town, 2018).await;
        assert_eq!((counts.sessions, counts.reached_schools, counts.reached_pupils), (4, 3, 55));
        assert_eq!(counts.headcounts_missing, 2, "unknown is unknown, and no zero");
        assert_eq!(states[&town.primary], [Covered::Delivered]);
        assert!(states[&town.special].contains(&Covered::Delivered), "never overdue: {states:?}");
        assert_ne!(states[&town.second_primary], [Covered::Delivered]);
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM session WHERE state = 'cancelled' AND reason = 'postponed'", 1),
            ("SELECT COUNT(*) FROM session WHERE state = 'cancelled' AND reason = 'other'", 1),
            ("SELECT COUNT(*) FROM visit", 5),
            ("SELECT COUNT(*) FROM attending_group WHERE attended IS NULL", 4),
            ("SELECT COUNT(*) FROM attending_group WHERE attended = 0", 0),
            ("SELECT COUNT(*) FROM attending_group WHERE label = 'Butterfly class' AND year_groups = 0", 1),
            ("SELECT COUNT(*) FROM session WHERE starts_minute = 795 AND slot_label = 'PM'", 1),
            ("SELECT COUNT(*) FROM tour WHERE academic_year = 2018 AND status = 'closed'", 1),
            ("SELECT COUNT(*) FROM session_event WHERE event IN ('import', 'import_cancelled')", 6),
            ("SELECT COUNT(*) FROM audit WHERE operation = 'import_history'", 1),
            ("SELECT COUNT(*) FROM import WHERE body IS NOT NULL", 0),
        ] {
            assert_eq!(count(&desk, sql).await, wanted, "{sql}");
        }
        let note = "SELECT COUNT(*) FROM session_event WHERE note LIKE '%row 4%about 25'";
        assert_eq!(count(&desk, note).await, 1, "a rough number says so");
        let again = histories::apply(&desk, &town.commissioner(), id, &Links::default(), None).await;
        assert!(matches!(again, Err(Error::Conflict(_))));
    }
);

both!(
    async fn what_is_doubtful_is_asked_and_never_taken_over(desk: Desk) {
        let town = Town::build(&desk).await;
        let text = "Date,School,Nos,Notes\n\
            31/11/18,Kelder Primary,30,\n\
            12/11/18,Kelder,30,\n\
            13/11/18,Youth club,30,\n\
            14/11/18,Beck Primary School,25-30,\n\
            15/11/18,Beck Primary School,30,to be confirmed\n\
            16/11/2028,Beck Primary School,30,\n\
            19/11/18,Kelder High School,30,\n\
            19/11/18,Kelder High School,30,\n\
            20/11/18,Kelder High School,31,\n";
        let id = upload(&desk, &town, text).await;
        let understood = seen(&desk, &town, id).await;
        let wanted = [
            (2, Asks::Cell),
            (3, Asks::School),
            (4, Asks::School),
            (5, Asks::Cell),
            (6, Asks::Outcome),
            (7, Asks::Cell),
            (9, Asks::Again),
        ];
        assert_eq!(asked(&understood), wanted);
        assert_eq!(figures(&understood), [2, 7, 0, 0]);
        let cells: Vec<_> = understood.to_mend().map(|r| (r.row, r.questions[0].cell.clone())).collect();
        let cell = |text: &str| Some(text.to_owned());
        assert_eq!(cells, [(2, cell("A2")), (5, cell("C5")), (6, cell("D6")), (7, cell("A7")), (9, None)]);
        let review = understood.names.iter().find(|n| n.text == "Kelder").unwrap();
        assert_eq!((&review.found, review.candidates.len() >= 2), (&Found::Review, true), "{review:?}");

        // Each is answered in its own way.
        let name = |text: &str| understood.names.iter().find(|n| n.text == text).unwrap().key.clone();
        let place = |row: u32| understood.rows.iter().find(|r| r.row == row).unwrap().place.clone();
        say(
            &desk,
            &town,
            id,
            &[
                Choice::new(About::Cell, "\tA2", "30/11/18"),
                Choice::new(About::School, name("Kelder"), town.secondary),
                Choice::new(About::School, name("Youth club"), OUT),
                Choice::new(About::Cell, "\tC5", ""),
                Choice::new(About::Outcome, place(6), "held"),
                Choice::new(About::Row, place(7), OUT),
                Choice::new(About::Again, place(9), "own"),
            ],
        )
        .await;
        let answered = seen(&desk, &town, id).await;
        assert_eq!(figures(&answered), [7, 0, 0, 2], "{:?}", asked(&answered));
        // And an answer can be taken back.
        say(&desk, &town, id, &[Choice { about: About::Outcome, place: place(6), value: None }]).await;
        assert_eq!(asked(&seen(&desk, &town, id).await), [(6, Asks::Outcome)]);
        let done = apply(&desk, &town, id).await;
        assert_eq!(done, Applied::Done { added: 6, already_there: 0, asked: 1, left_out: 2, tours: 1 });
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 6);
    }
);

both!(
    async fn the_same_file_again_doubles_nothing(desk: Desk) {
        let town = Town::build(&desk).await;
        let first = upload(&desk, &town, LOG).await;
        assert_eq!(histories::look(&desk, &town.commissioner(), first).await.unwrap().same_id, None);
        apply(&desk, &town, first).await;
        let second = upload(&desk, &town, LOG).await;
        let import = histories::look(&desk, &town.commissioner(), second).await.unwrap();
        assert_eq!(import.same_id, Some(first), "it is recognised");
        let understood = seen(&desk, &town, second).await;
        assert_eq!(figures(&understood), [0, 0, 6, 0]);
        let nothing = histories::apply(&desk, &town.commissioner(), second, &Links::default(), None).await;
        assert!(matches!(nothing, Err(Error::Conflict(_))));
        // A longer log of the same sessions: only what is new. One whose time is not said may be one that is there.
        let more = format!("{LOG}22/1/19,am,Kelder High School,Y7,30,\n15/1/19,,Kelder Primary,Y6,30,\n");
        let third = upload(&desk, &town, &more).await;
        let understood = seen(&desk, &town, third).await;
        assert_eq!(figures(&understood), [1 + 1, 0, 6, 0], "both sessions of that day are taken by rows above");
        // Another number than on record is told; what is on record stays.
        let mended = upload(&desk, &town, &LOG.replace("Y6,~25,", "Y6,27,")).await;
        let differing: Vec<_> =
            seen(&desk, &town, mended).await.rows.iter().flat_map(histories::Row::differs).collect();
        assert_eq!(differing, [Differs::Pupils(25)]);
        let without = more.replace("15/1/19,1.15pm,Kelder Primary,Y6,~25,\n", "");
        let fourth = upload(&desk, &town, &without).await;
        assert_eq!(asked(&seen(&desk, &town, fourth).await), [(9, Asks::Again)]);
        apply(&desk, &town, third).await;
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 8);
        assert_eq!(
            count(&desk, "SELECT COUNT(*) FROM tour WHERE academic_year = 2018").await,
            2,
            "the tour ended before"
        );
        // Two parts of a year make two tours that are told apart.
        let names = Throwaway::texts(&desk, "SELECT name FROM tour WHERE academic_year = 2018 ORDER BY starts").await;
        assert!(names[0].ends_with(" 2018/19 (older records)"), "{names:?}");
        assert!(names[1].ends_with(" 2018/19 (older records, 2)"), "{names:?}");
    }
);

both!(
    async fn a_later_file_that_uses_a_tour_is_named_where_it_stands_in_the_way(desk: Desk) {
        let town = Town::build(&desk).await;
        let first = upload(&desk, &town, LOG).await;
        apply(&desk, &town, first).await;
        let second = upload(&desk, &town, "Date,School,Nos\n17/1/19,Kelder High School,9\n").await;
        let done = apply(&desk, &town, second).await;
        assert_eq!(done, Applied::Done { added: 1, already_there: 0, asked: 0, left_out: 0, tours: 0 });
        let built = taking_back::in_the_way(&desk, &town.commissioner(), first).await.unwrap();
        let [only] = &built[..] else { panic!("{built:?}") };
        assert!(
            only.what.contains("“log.csv”, imported on ") && only.what.contains("take that back first"),
            "{only:?}"
        );
        assert!(matches!(only.at, Some(At::Import(_, id)) if id == second), "{only:?}");
        taking_back::undo(&desk, &town.commissioner(), second).await.unwrap();
        taking_back::undo(&desk, &town.commissioner(), first).await.unwrap();
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM tour WHERE academic_year = 2018").await, 0);
    }
);

both!(
    async fn applying_says_what_has_changed_since_somebody_looked(desk: Desk) {
        let town = Town::build(&desk).await;
        let (one, other) = (upload(&desk, &town, LOG).await, upload(&desk, &town, LOG).await);
        let as_seen = seen(&desk, &town, other).await.seen();
        let part = LOG.lines().take(4).map(|l| format!("{l}\n")).collect::<String>();
        let between = upload(&desk, &town, &part).await;
        apply(&desk, &town, between).await;
        let apply = async |id, seen: &str| {
            histories::apply(&desk, &town.commissioner(), id, &Links::default(), Some(seen)).await.unwrap()
        };
        let Applied::Changed(differences) = apply(other, &as_seen).await else { panic!("nothing differs") };
        let rows: Vec<_> = differences.iter().map(|d| (d.row, d.before, d.now)).collect();
        assert_eq!(rows, [(3, Standing::Ready, Standing::AlreadyThere), (4, Standing::Ready, Standing::AlreadyThere)]);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 2, "nothing was done");
        let as_seen = seen(&desk, &town, other).await.seen();
        let done = apply(other, &as_seen).await;
        assert_eq!(done, Applied::Done { added: 4, already_there: 2, asked: 0, left_out: 0, tours: 1 });
        assert!(matches!(apply(one, "nonsense").await, Applied::Changed(all) if all.len() == 6));
    }
);

/// What an import and its undoing leave behind, and what every change does.
const OWN: [&str; 4] = ["import", "import_choice", "audit", "outbox"];

both!(
    async fn undo_leaves_the_database_as_it_was(desk: Desk) {
        let town = Town::build(&desk).await;
        // What an earlier import left stays: its tour, its sessions, its names.
        let before =
            upload(&desk, &town, "Date,School,Nos\n12/11/18,Youth club,30\n13/11/18,Kelder High School,9\n").await;
        let key = seen(&desk, &town, before).await.undecided().next().unwrap().key.clone();
        say(&desk, &town, before, &[Choice::new(About::School, key, OUT)]).await;
        apply(&desk, &town, before).await;
        let was = dump(&desk).await;
        assert!(was.len() > 40 && was["session"].len() == 1 && was["school_alias"].len() == 1, "{:?}", was.keys());

        let text = format!("{LOG}23/1/19,am,Kelder,Y6,30,\n24/1/19,am,Kelder Primary,Y6,30,\n");
        let id = upload(&desk, &town, &text).await;
        let key = seen(&desk, &town, id).await.undecided().next().unwrap().key.clone();
        let column = Choice::new(About::Column, "\tE", Column::Pupils.as_str());
        let remember = Choice::new(About::Remember, &key, "yes");
        say(&desk, &town, id, &[Choice::new(About::School, key, town.primary), remember, column]).await;
        let done = apply(&desk, &town, id).await;
        assert_eq!(done, Applied::Done { added: 8, already_there: 0, asked: 0, left_out: 0, tours: 1 });
        let now = dump(&desk).await;
        let changed: Vec<_> = was.keys().filter(|t| was[*t] != now[*t]).map(String::as_str).collect();
        assert_eq!(
            changed,
            [
                "attending_group",
                "audit",
                "import",
                "import_choice",
                "import_shape",
                "school_alias",
                "session",
                "session_event",
                "tour",
                "visit"
            ]
        );
        taking_back::undo(&desk, &town.commissioner(), id).await.unwrap();
        let after = dump(&desk).await;
        for (table, rows) in &was {
            if !OWN.contains(&table.as_str()) {
                assert_eq!(rows, &after[table], "{table}");
            }
        }
        assert_eq!(was.len(), after.len());
        let import = histories::look(&desk, &town.commissioner(), id).await.unwrap();
        assert_eq!(import.state, histories::State::Undone);
        assert!(taking_back::undo(&desk, &town.commissioner(), id).await.is_err(), "only once");
        // And the file can be taken over again.
        let again = upload(&desk, &town, LOG).await;
        assert_eq!(figures(&seen(&desk, &town, again).await), [6, 0, 0, 0]);
    }
);

both!(
    async fn undo_is_refused_for_what_was_built_on_it(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let refusal = async |id| match taking_back::undo(&desk, &commissioner, id).await {
            Err(Error::Conflict(Conflict::Refused(why))) => why,
            other => panic!("{other:?}"),
        };
        let id = upload(&desk, &town, LOG).await;
        assert!(refusal(id).await.contains("not imported"));
        apply(&desk, &town, id).await;
        let line =
            "UPDATE session SET version = 2 WHERE id = (SELECT x.id FROM session x JOIN visit v ON v.id = x.visit_id
            WHERE x.on_date = '2019-01-16')";
        Throwaway::execute(&desk, line).await;
        let why = refusal(id).await;
        assert!(why.contains("Oak Lodge School on 16 January 2019 was changed"), "{why}");
        // It is foreseen, each thing with its place, and looking changes nothing.
        let was = dump(&desk).await;
        let foreseen = taking_back::in_the_way(&desk, &commissioner, id).await.unwrap();
        assert_eq!(taking_back::refusal(&foreseen), Some(why));
        let oak = sessions::list(&desk, &commissioner, &sessions::Filter::default(), Page::new(1)).await.unwrap().0;
        let oak = oak.iter().find(|line| line.venue == "Oak Lodge School").unwrap().id;
        assert_eq!(foreseen.iter().map(|built| built.at).collect::<Vec<_>>(), [Some(At::Session(oak))]);
        assert_eq!(was, dump(&desk).await);
        for stranger in [town.commissioner_elsewhere(), town.company(), town.school(town.primary)] {
            let looked = taking_back::in_the_way(&desk, &stranger, id).await;
            assert!(matches!(looked, Err(Error::NotFound | Error::Forbidden(_))), "{looked:?}");
        }
        Throwaway::execute(&desk, "UPDATE session SET version = 1").await;
        let answer = "INSERT INTO response (id, session_id, respondent, moment, questionnaire_version, on_date)
            SELECT id, id, 'staff', 'after', 1, on_date FROM session WHERE on_date = '2019-01-21'";
        Throwaway::execute(&desk, answer).await;
        let why = refusal(id).await;
        assert!(why.contains("Kelder High School on 21 January 2019 has feedback"), "{why}");
        Throwaway::execute(&desk, "DELETE FROM response").await;
        Throwaway::execute(&desk, "UPDATE tour SET version = 2 WHERE academic_year = 2018").await;
        let why = refusal(id).await;
        assert!(why.contains("2018/19 (older records)” was changed"), "{why}");
        let foreseen = taking_back::in_the_way(&desk, &commissioner, id).await.unwrap();
        assert!(matches!(foreseen[..], [taking_back::Built { at: Some(At::Tour(_)), .. }]), "{foreseen:?}");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 6, "nothing was taken back");
        Throwaway::execute(&desk, "UPDATE tour SET version = 1").await;
        Throwaway::execute(&desk, "UPDATE import SET finished_at = '2026-10-01T00:00:00Z'").await;
        assert!(refusal(id).await.contains("30 days"));
    }
);

both!(
    async fn a_session_changed_in_the_ordinary_way_stands_in_the_way_of_undo(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, "Date,School,Nos\n20/11/2026,Kelder Primary,30\n").await;
        apply(&desk, &town, id).await;
        assert_eq!(
            count(&desk, "SELECT COUNT(*) FROM tour WHERE import_id IS NOT NULL").await,
            0,
            "the tour was on then"
        );
        let filter = sessions::Filter::default();
        let line = sessions::list(&desk, &town.commissioner(), &filter, Page::new(1)).await.unwrap().0.remove(0);
        assert_eq!(line.state, State::Delivered);
        let why = Why { reason: Reason::SchoolClosed, note: "Burst pipe".into() };
        sessions::miss(&desk, &town.commissioner(), line.id, 1, &why).await.unwrap();
        let refused = taking_back::undo(&desk, &town.commissioner(), id).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Refused(why))) if why.contains("20 November 2026")));
    }
);

both!(
    async fn names_and_columns_are_remembered_until_somebody_takes_them_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let commissioner = town.commissioner();
        let log = |day: u32| {
            format!("Date,School,Booked,Nos\n{day}/11/18,The Old Mill Site,30,28\n{day}/11/18,Community hall,1,1\n")
        };
        let id = upload(&desk, &town, &log(12)).await;
        let keys: Vec<_> = seen(&desk, &town, id).await.names.iter().map(|n| n.key.clone()).collect();
        let choices = [
            Choice::new(About::School, &keys[0], town.primary),
            Choice::new(About::School, &keys[1], OUT),
            Choice::new(About::Column, "\tC", Column::Pupils.as_str()),
        ];
        say(&desk, &town, id, &choices).await;
        assert_eq!(
            histories::aliases(&desk, &commissioner, Page::new(1)).await.unwrap().1,
            0,
            "not before it is applied"
        );
        apply(&desk, &town, id).await;
        assert_eq!(count(&desk, "SELECT CAST(SUM(attended) AS BIGINT) FROM attending_group").await, 30);

        // The next file of that shape needs nobody.
        let next = upload(&desk, &town, &log(13).replace("The Old Mill Site", "OLD MILL site, the")).await;
        let next = seen(&desk, &town, next).await;
        assert_eq!(next.tables[0].role_of("C"), Some(Column::Pupils));
        let (aliases, total) = histories::aliases(&desk, &commissioner, Page::new(1)).await.unwrap();
        let listed: Vec<_> = aliases.iter().map(|a| (a.text.as_str(), a.school.as_deref())).collect();
        assert_eq!(listed, [("Community hall", None), ("The Old Mill Site", Some("Kelder Primary School"))]);
        assert_eq!(total, 2);
        let same = upload(&desk, &town, &log(14)).await;
        assert_eq!(figures(&seen(&desk, &town, same).await), [1, 0, 0, 1]);
        assert!(matches!(seen(&desk, &town, same).await.names[0].found, Found::Remembered(_)));
        // Another council knows nothing of it, and cannot take it back.
        let stranger = town.commissioner_elsewhere();
        assert_eq!(histories::aliases(&desk, &stranger, Page::new(1)).await.unwrap().1, 0);
        assert!(matches!(histories::forget_alias(&desk, &stranger, aliases[1].id).await, Err(Error::NotFound)));
        histories::forget_alias(&desk, &commissioner, aliases[1].id).await.unwrap();
        assert_eq!(figures(&seen(&desk, &town, same).await), [0, 1, 0, 1]);
        // What is not to be remembered is not, and what was decided in two ways is not either.
        let key = seen(&desk, &town, same).await.names[0].key.clone();
        let choices = [Choice::new(About::School, &key, town.primary), Choice::new(About::Remember, &key, "no")];
        say(&desk, &town, same, &choices).await;
        apply(&desk, &town, same).await;
        assert_eq!(histories::aliases(&desk, &commissioner, Page::new(1)).await.unwrap().1, 1);
    }
);

both!(
    async fn another_tenants_files_programmes_and_schools_are_not_there(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, LOG).await;
        let stranger = town.commissioner_elsewhere();
        let nothing = |result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
        nothing(histories::look(&desk, &stranger, id).await.map(drop));
        nothing(histories::understand(&desk, &stranger, id).await.map(drop));
        nothing(histories::choose(&desk, &stranger, id, &[]).await);
        nothing(histories::apply(&desk, &stranger, id, &Links::default(), None).await.map(drop));
        nothing(taking_back::undo(&desk, &stranger, id).await);
        nothing(histories::drop_upload(&desk, &stranger, id).await);
        assert!(histories::list(&desk, &stranger, Page::new(1)).await.unwrap().is_empty());
        // Nor can their things be chosen.
        let choose = async |choice| histories::choose(&desk, &town.commissioner(), id, &[choice]).await;
        nothing(choose(Choice::new(About::School, "x", town.primary_elsewhere)).await);
        nothing(choose(Choice::new(About::Provider, "", town.provider_elsewhere)).await);
        nothing(choose(Choice::new(About::Programme, "", Uuid::now_v7())).await);
        nothing(choose(Choice::new(About::Programme, "", "nonsense")).await);
        assert!(matches!(choose(Choice::new(About::Column, "\tC", "nonsense")).await, Err(Error::Invalid(_))));
        let code = "991".parse().unwrap();
        nothing(histories::open(&desk, &town.commissioner(), &code, file(LOG), &[]).await.map(drop));
        for actor in [town.school(town.primary), town.company(), town.official(Role::Evaluator)] {
            let refused = histories::upload(&desk, &actor, None, &file(LOG)).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{actor:?}");
        }
        let nobody = Actor { role: Role::Commissioner, ..Actor::SYSTEM };
        assert!(histories::upload(&desk, &nobody, None, &file(LOG)).await.is_err());
        let bad = histories::upload(&desk, &town.commissioner(), None, &file("Dear all\nThank you\n")).await;
        assert!(matches!(bad, Err(Error::Invalid(errors)) if errors[0].message.contains("has no table")));
        histories::drop_upload(&desk, &town.commissioner(), id).await.unwrap();
        nothing(histories::look(&desk, &town.commissioner(), id).await.map(drop));
    }
);

both!(
    async fn a_file_that_nobody_takes_over_goes_after_a_month(desk: Desk) {
        let town = Town::build(&desk).await;
        let waits = upload(&desk, &town, "Date,School,Nos\n20/11/2025,Kelder Primary,30\n").await;
        let taken = upload(&desk, &town, "Date,School,Nos\n21/11/2025,Kelder Primary,30\n").await;
        apply(&desk, &town, taken).await;
        let files = "SELECT COUNT(*) FROM import WHERE kind = 'history'";
        sweep::sweep(&desk).await.unwrap();
        assert_eq!(count(&desk, files).await, 2, "a month is not over");
        Throwaway::execute(&desk, "UPDATE import SET started_at = '2020-01-01T00:00:00Z'").await;
        sweep::sweep(&desk).await.unwrap();
        assert_eq!(count(&desk, files).await, 1);
        assert!(matches!(histories::look(&desk, &town.commissioner(), waits).await, Err(Error::NotFound)));
        assert_eq!(
            count(&desk, "SELECT COUNT(*) FROM import_choice WHERE import_id NOT IN (SELECT id FROM import)").await,
            0
        );
    }
);
