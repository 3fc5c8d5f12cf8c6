//! Older records that are imported again, on each database: what is on record already, whatever became of its school
//! since, and what of it a corrected file says otherwise.

mod log;

use std::path::Path;
use std::sync::Arc;

use domain::access::Actor;
use domain::session::State;
use domain::setting::LaCode;
use log::{say, seen, upload};
use records::histories::{self, About, Applied, Asks, Choice, Differs, Found, Links, OUT, Standing, Understood};
use records::imports::{self, File, Mode, Sent};
use records::testing::{Throwaway, Town};
use records::{Desk, both};
use uuid::Uuid;

const HEADER: &str = "URN,LA (code),LA (name),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),\
                      PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NumberOfPupils\n";
const BECK: &str = "900002,990,Kelderdale,Beck Primary School,,Open,Primary,4,11,420\n";
const OTHERS: &str = "900003,990,Kelderdale,Kelder High School,,Open,Secondary,11,16,1000\n\
                      900004,990,Kelderdale,Oak Lodge School,,Open,Not applicable,,,100\n";
const ACADEMY: &str = "900011,990,Kelderdale,Moorside Academy,Academy converter,Open,Primary,4,11,210\n";
const NORTH: &str = "900012,990,Kelderdale,North Moorside School,,Open,Primary,4,11,100\n";
const CONVERTED: &str = "900011,900001,Kelder Primary School,Predecessor,01-09-2019\n";

async fn release(desk: &Desk, town: &Town, rows: &[&str], linked: &str) {
    let list = File { name: "list.csv".into(), bytes: Arc::from(format!("{HEADER}{}", rows.concat()).into_bytes()) };
    let links = format!("URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n{linked}");
    let links = File { name: "links.csv".into(), bytes: Arc::from(links.into_bytes()) };
    let (sent, mode) = (Sent { list: Some(list), links: Some(links) }, Mode::Apply { close_missing: true });
    let report = imports::run_sent(desk, &town.commissioner(), &sent, None, mode).await.expect("an import");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

async fn apply(desk: &Desk, town: &Town, id: Uuid) {
    let done = histories::apply(desk, &town.commissioner(), id, &Links::default(), None).await.expect("applied");
    assert!(matches!(done, Applied::Done { .. }), "{done:?}");
}

async fn taken_over(desk: &Desk, town: &Town, text: &str) {
    let id = upload(desk, town, text).await;
    apply(desk, town, id).await;
}

async fn looked_at(desk: &Desk, town: &Town, text: &str) -> Understood {
    let id = upload(desk, town, text).await;
    seen(desk, town, id).await
}

fn standings(understood: &Understood) -> Vec<Standing> {
    understood.rows.iter().map(|row| row.standing).collect()
}

fn urns(understood: &Understood) -> Vec<Option<i64>> {
    understood.rows.iter().map(|row| Some(row.school.as_ref()?.urn?.number())).collect()
}

fn messages(understood: &Understood) -> Vec<&str> {
    let again = |row: &histories::Row| row.questions.iter().all(|q| q.asks == Asks::Again);
    assert!(understood.rows.iter().all(again), "{:?}", understood.rows);
    understood.rows.iter().flat_map(|row| row.questions.iter().map(|q| q.message.as_str())).collect()
}

const LOG: &str = "Date,Time,School,Yr,Nos\n\
    15/1/19,am,Kelder Primary School,Y6,30\n\
    16/1/19,am,Kelder Primary School,Y5,31\n\
    17/1/19,am,Beck Primary School,Y6,32\n";

both!(
    async fn a_visit_of_a_school_that_converted_since_is_not_doubled(desk: Desk) {
        let town = Town::build(&desk).await;
        taken_over(&desk, &town, LOG).await;
        release(&desk, &town, &[ACADEMY, BECK, OTHERS], CONVERTED).await;
        let again = looked_at(&desk, &town, LOG).await;
        assert_eq!(urns(&again), [Some(900_011), Some(900_011), Some(900_002)], "the name means the new school");
        assert_eq!(standings(&again), [Standing::AlreadyThere; 3]);
        // Another day's is a new one.
        let next = looked_at(&desk, &town, &LOG.replace("15/1/19", "18/1/19")).await;
        assert_eq!(standings(&next)[0], Standing::Ready);
    }
);

both!(
    async fn a_visit_of_one_of_two_joined_schools_may_be_the_others(desk: Desk) {
        let town = Town::build(&desk).await;
        taken_over(&desk, &town, LOG).await;
        let joined = "900011,900001,Kelder Primary School,Predecessor - amalgamated,01-09-2019\n\
                      900011,900002,Beck Primary School,Predecessor - amalgamated,01-09-2019\n";
        release(&desk, &town, &[ACADEMY, OTHERS], joined).await;
        assert_eq!(standings(&looked_at(&desk, &town, LOG).await), [Standing::AlreadyThere; 3]);
        // On the day on which the one had a session, the other may have had another.
        let other = looked_at(&desk, &town, "Date,Time,School,Yr,Nos\n15/1/19,am,Beck Primary School,Y5,9\n").await;
        assert_eq!((urns(&other), standings(&other)), (vec![Some(900_011)], vec![Standing::Asked]));
        assert!(messages(&other)[0].contains("session of Kelder Primary School"), "{:?}", messages(&other));
    }
);

both!(
    async fn a_row_is_the_record_that_says_the_same_of_who_came(desk: Desk) {
        let town = Town::build(&desk).await;
        taken_over(&desk, &town, "Date,School,Yr,Nos\n14/9/18,Kelder Primary,Y6,28\n").await;
        let log = |rows: &str| format!("Date,Time,School,Yr,Nos\n{rows}");
        let (ready, there, asked) = (Standing::Ready, Standing::AlreadyThere, Standing::Asked);
        for (rows, wanted, what) in [
            ("14/9/18,,Kelder Primary,Y5,28\n14/9/18,,Kelder Primary,Y6,28\n", vec![ready, there], "all of it"),
            ("14/9/18,,Kelder Primary,Y5,28\n14/9/18,,Kelder Primary,Y6,29\n", vec![ready, there], "its year group"),
            ("14/9/18,,Kelder Primary,Y6,29\n14/9/18,,Kelder Primary,Y6,28\n", vec![ready, there], "its number"),
            ("14/9/18,,Kelder Primary,Y5,28\n", vec![there], "alone, it is a correction"),
            ("14/9/18,,Kelder Primary,,28\n14/9/18,,Kelder Primary,Y5,28\n", vec![there, ready], "no year group said"),
            // Neither is what is on record, and either may be.
            ("14/9/18,,Kelder Primary,Y5,28\n14/9/18,,Kelder Primary,Y4,28\n", vec![asked, asked], "neither"),
            // Its time is not on record.
            ("14/9/18,am,Kelder Primary,Y5,28\n14/9/18,pm,Kelder Primary,Y6,28\n", vec![ready, asked], "some time"),
        ] {
            assert_eq!(standings(&looked_at(&desk, &town, &log(rows)).await), wanted, "{what}: {rows}");
        }
        // A class is another beside one of the same year, and is told where it stands alone.
        taken_over(&desk, &town, "Date,School,Yr,Nos\n21/9/18,Kelder Primary,6A,30\n").await;
        for (rows, wanted) in [
            ("21/9/18,,Kelder Primary,6B,30\n21/9/18,,Kelder Primary,6A,30\n", vec![ready, there]),
            ("21/9/18,,Kelder Primary,6B,30\n21/9/18,,Kelder Primary,6C,30\n", vec![asked, asked]),
            ("21/9/18,,Kelder Primary,Y6,30\n", vec![there]),
        ] {
            assert_eq!(standings(&looked_at(&desk, &town, &log(rows)).await), wanted, "{rows}");
        }
        let other = looked_at(&desk, &town, &log("21/9/18,,Kelder Primary,6B,30\n")).await;
        assert_eq!(other.rows[0].differs(), [Differs::Years("Year 6 (6A)".into())]);
        let corrected = looked_at(&desk, &town, &log("14/9/18,,Kelder Primary,Y5,28\n")).await;
        assert_eq!(corrected.rows[0].differs(), [Differs::Years("Year 6".into())]);

        // Once it is said that the one is another session, the other is the one on record.
        let id = upload(&desk, &town, &log("14/9/18,,Kelder Primary,Y5,28\n14/9/18,,Kelder Primary,Y4,28\n")).await;
        let both = seen(&desk, &town, id).await;
        assert!(messages(&both).iter().all(|m| m.contains("of Year 6. Is this another one?")), "{:?}", messages(&both));
        assert_eq!(both.open_together().len(), 1, "it is asked once");
        assert!(both.open_together()[0].message.contains("of Year 6"), "{:?}", both.open_together());
        say(&desk, &town, id, &[Choice::new(About::Again, &both.rows[0].place, "own")]).await;
        assert_eq!(standings(&seen(&desk, &town, id).await), [ready, there]);
    }
);

both!(
    async fn what_a_record_says_otherwise_than_its_row_is_told(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,Time,School,Yr,Nos,Notes\n\
            14/1/19,am,Kelder Primary,Y6,28,\n\
            15/1/19,am,Kelder Primary,Y6,28,cancelled\n\
            16/1/19,am,Kelder Primary,Y6,28,\n\
            17/1/19,am,Oak Lodge School,Butterfly class,8,\n\
            18/1/19,am,Kelder Primary,whole school,200,\n";
        taken_over(&desk, &town, log).await;
        let again = looked_at(&desk, &town, log).await;
        assert!(again.rows.iter().all(|row| row.differs().is_empty()), "{again:?}");
        let mended = "Date,Time,School,Yr,Nos,Notes\n\
            14/1/19,am,Kelder Primary,Y6,28,postponed\n\
            15/1/19,am,Kelder Primary,Y5,30,\n\
            16/1/19,am,Kelder Primary,Y6,28,to be confirmed\n\
            17/1/19,am,Oak Lodge School,Ladybird class,9,\n\
            18/1/19,am,Kelder Primary,,,\n";
        let mended = looked_at(&desk, &town, mended).await;
        assert_eq!(standings(&mended), [Standing::AlreadyThere; 5], "{:?}", mended.open());
        let differs: Vec<_> = mended.rows.iter().map(histories::Row::differs).collect();
        let wanted = [
            vec![Differs::Outcome(State::Delivered)],
            vec![Differs::Outcome(State::Cancelled), Differs::Years("Year 6".into())],
            vec![],
            vec![Differs::Years("Butterfly class".into()), Differs::Pupils(8)],
            vec![],
        ];
        assert_eq!(differs, wanted);
    }
);

both!(
    async fn a_row_of_which_a_cell_is_in_doubt_is_on_record_where_that_does_not_say_which_session_it_is(desk: Desk) {
        let town = Town::build(&desk).await;
        taken_over(&desk, &town, "Date,Time,School,Yr,Nos\n14/1/19,,Kelder Primary,Y6,28\n").await;
        let doubtful = looked_at(&desk, &town, "Date,Time,School,Yr,Nos\n14/1/19,,Kelder Primary,Y6,25-30\n").await;
        assert_eq!(standings(&doubtful), [Standing::AlreadyThere]);
        for row in ["31/2/19,,Kelder Primary,Y6,28", "14/1/19,,Kelder,Y6,28"] {
            let doubtful = looked_at(&desk, &town, &format!("Date,Time,School,Yr,Nos\n{row}\n")).await;
            assert_eq!(standings(&doubtful), [Standing::Asked], "{row}");
        }
    }
);

both!(
    async fn a_remembered_name_follows_its_school(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = |day: &str| format!("Date,School,Nos\n{day},The Old Mill Site,30\n");
        let id = upload(&desk, &town, &log("12/11/2018")).await;
        let key = seen(&desk, &town, id).await.names[0].key.clone();
        say(&desk, &town, id, &[Choice::new(About::School, key, town.primary)]).await;
        apply(&desk, &town, id).await;
        release(&desk, &town, &[ACADEMY, BECK, OTHERS], CONVERTED).await;
        let next = looked_at(&desk, &town, &log("11/11/2025")).await;
        assert_eq!((urns(&next), standings(&next)), (vec![Some(900_011)], vec![Standing::Ready]));
        assert!(matches!(next.names[0].found, Found::Remembered(_)), "{:?}", next.names);
        let same = looked_at(&desk, &town, &log("12/11/2018")).await;
        assert_eq!((urns(&same), standings(&same)), (vec![Some(900_011)], vec![Standing::AlreadyThere]));
    }
);

both!(
    async fn what_was_no_school_is_asked_again_of_the_same_file_once_there_is_such_a_school(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Nos\n12/11/2018,Penny Oaks Primary,30\n13/11/2018,Beck Primary School,30\n";
        let id = upload(&desk, &town, log).await;
        let key = seen(&desk, &town, id).await.names[0].key.clone();
        say(&desk, &town, id, &[Choice::new(About::School, key, OUT)]).await;
        apply(&desk, &town, id).await;
        let same = looked_at(&desk, &town, log).await;
        assert_eq!(standings(&same), [Standing::LeftOut, Standing::AlreadyThere]);
        let penny = NORTH.replace("North Moorside School", "Penny Oaks Primary School");
        release(&desk, &town, &[&penny, BECK, OTHERS], CONVERTED).await;
        let later = looked_at(&desk, &town, log).await;
        assert_eq!(standings(&later), [Standing::Asked, Standing::AlreadyThere], "{:?}", later.names);
    }
);

both!(
    async fn a_remembered_name_of_a_school_that_was_split_is_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = |day: &str| format!("Date,School,Nos\n{day},The Old Mill Site,30\n");
        let id = upload(&desk, &town, &log("12/11/2018")).await;
        let key = seen(&desk, &town, id).await.names[0].key.clone();
        say(&desk, &town, id, &[Choice::new(About::School, key, town.primary)]).await;
        apply(&desk, &town, id).await;
        let split = "900001,900011,Moorside Academy,Successor - Split School,31-08-2019\n\
                     900001,900012,North Moorside School,Successor - Split School,31-08-2019\n";
        release(&desk, &town, &[ACADEMY, NORTH, BECK, OTHERS], split).await;
        let next = looked_at(&desk, &town, &log("11/11/2025")).await;
        assert_eq!((&next.names[0].found, standings(&next)), (&Found::Review, vec![Standing::Asked]));
        let mut among: Vec<_> =
            next.names[0].candidates.iter().filter_map(|c| c.school.urn).map(|urn| urn.number()).collect();
        among.sort_unstable();
        assert_eq!(among[..2], [900_011, 900_012], "{:?}", next.names);
        // Closed, and followed by none, it is what was said.
        release(&desk, &town, &[BECK, OTHERS], CONVERTED).await;
        let last = looked_at(&desk, &town, &log("12/11/2018")).await;
        assert_eq!(standings(&last), [Standing::AlreadyThere], "{:?}", last.names);
    }
);

fn shared(name: &str) -> Option<File> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    let file_name = path.file_name()?.to_string_lossy().into_owned();
    Some(File { name: file_name, bytes: std::fs::read(path).ok()?.into() })
}

both!(
    async fn bradfords_log_is_not_doubled_by_the_release_after_it(desk: Desk) {
        let files = [
            "data/register/gias_layout_bradford_2023.csv",
            "data/register/gias_layout_bradford_2024-25.csv",
            "data/register/links_edubasealldata20250422.csv",
            "spreadsheets/history/police_log.xlsx",
        ];
        let [Some(old), Some(new), Some(links), Some(log)] = files.map(shared) else {
            println!("skipped: no ../shared");
            return;
        };
        let town = Town::build(&desk).await;
        let import = async |list: File| {
            let sent = Sent { list: Some(list), links: Some(links.clone()) };
            let mode = Mode::Apply { close_missing: true };
            imports::run_sent(&desk, &Actor::SYSTEM, &sent, None, mode).await.expect("an import")
        };
        import(old).await;
        for sql in [
            "UPDATE programme SET authority_code = '380'",
            "DELETE FROM provider_authority WHERE authority_code <> '990'",
            "UPDATE provider_authority SET authority_code = '380'",
        ] {
            Throwaway::execute(&desk, sql).await;
        }
        let bradford: LaCode = "380".parse().unwrap();
        let take_over = async |log: File| {
            let opened = histories::open(&desk, &Actor::SYSTEM, &bradford, log, &[]).await.expect("a log");
            let choices = [Choice::new(About::Programme, "", town.programme)];
            histories::take_over(&desk, &Actor::SYSTEM, &opened, &choices, &Links::default()).await.expect("a log").0
        };
        let first = take_over(log.clone()).await;
        let taken = first.count(Standing::Ready);
        assert!(taken > 80, "{taken}");
        import(new).await;
        let again = take_over(log).await;
        let doubled = again
            .rows
            .iter()
            .zip(&first.rows)
            .filter(|(again, first)| first.standing == Standing::Ready && again.standing != Standing::AlreadyThere);
        let doubled: Vec<_> = doubled.map(|(row, _)| (row.where_is(), &row.typed, &row.questions)).collect();
        assert!(doubled.is_empty(), "{doubled:?}");
    }
);

both!(
    async fn rows_of_the_classes_of_one_session_on_record_are_that_session(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = |rows: &str| format!("Date,Time,School,Class,Nos\n{rows}");
        let (there, asked) = (Standing::AlreadyThere, Standing::Asked);
        let two = "14/9/18,am,Kelder Primary,6A,28\n14/9/18,pm,Kelder Primary,6B,26\n";
        taken_over(&desk, &town, &log(two)).await;
        // Both classes came to the first.
        let first = "(SELECT id FROM session ORDER BY slot_label LIMIT 1)";
        for sql in [
            format!("UPDATE attending_group SET session_id = {first}"),
            format!("DELETE FROM session_event WHERE session_id <> {first}"),
            format!("DELETE FROM session WHERE id <> {first}"),
        ] {
            Throwaway::execute(&desk, &sql).await;
        }
        let classes = |times: [&str; 3]| {
            let rows = ["6A,28", "6B,25", "6C,20"].iter().zip(times);
            log(&rows.map(|(class, time)| format!("14/9/18,{time},Kelder Primary,{class}\n")).collect::<String>())
        };
        let seen = looked_at(&desk, &town, &classes(["am", "am", "pm"])).await;
        assert_eq!(standings(&seen), [there, there, Standing::Ready]);
        assert_eq!(seen.rows[1].differs(), [Differs::Pupils(26)]);
        // Without a time each may be of that session.
        assert_eq!(standings(&looked_at(&desk, &town, &classes([""; 3])).await), [asked; 3]);
        // A row of both is that session, too.
        let both = looked_at(&desk, &town, &log("14/9/18,am,Kelder Primary,Y6,54\n")).await;
        assert_eq!((standings(&both), both.rows[0].differs()), (vec![there], Vec::new()));
    }
);
