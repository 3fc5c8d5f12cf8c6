//! Thousands of older records in one file, on each database: taken over without storing it, and back again.

use std::fmt::Write;
use std::sync::Arc;

use chrono::Days;
use domain::access::{Actor, Role};
use records::histories::{self, About, Applied, Choice, Links, Opened, Standing};
use records::imports::File;
use records::testing::{Throwaway, Town, date, dump};
use records::{Desk, Error, Page, both, taking_back};
use uuid::Uuid;

const ROWS: usize = 3_000;

/// Two sessions a day in one school, for years.
fn log() -> String {
    let mut text = "Date,Slot,School,Yr,Nos,Notes\n".to_owned();
    for row in 0..ROWS {
        let (on, slot) = (date(2014, 9, 1) + Days::new(row as u64 / 2), if row % 2 == 0 { "AM" } else { "PM" });
        let note = if row % 50 == 0 { "cancelled" } else { "" };
        writeln!(text, "{},{slot},Kelder Primary,Y6,{},{note}", on.format("%d/%m/%Y"), row % 40 + 1).unwrap();
    }
    text
}

async fn opened(desk: &Desk, text: &str) -> Opened {
    let file = File { name: "log.csv".into(), bytes: Arc::from(text.as_bytes()) };
    histories::open(desk, &Actor::SYSTEM, &"990".parse().unwrap(), file, &[]).await.expect("a file")
}

async fn taken_over(desk: &Desk, text: &str, choices: &[Choice]) -> Option<(Uuid, Applied)> {
    let opened = opened(desk, text).await;
    let done = histories::take_over(desk, &Actor::SYSTEM, &opened, choices, &Links::default()).await;
    done.expect("what came of it").1
}

both!(
    async fn thousands_of_rows_are_taken_over_and_back(desk: Desk) {
        let town = Town::build(&desk).await;
        let choices = [Choice::new(About::Programme, "", town.programme)];
        let was = dump(&desk).await;
        let (id, done) = taken_over(&desk, &log(), &choices).await.expect("an import");
        let Applied::Done { added, asked, tours, .. } = done else { panic!("{done:?}") };
        assert_eq!((added, asked, tours), (ROWS, 0, 5), "a tour each academic year");
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM session", ROWS),
            ("SELECT COUNT(*) FROM session WHERE state = 'cancelled'", ROWS / 50),
            ("SELECT COUNT(*) FROM session WHERE slot_label = 'AM' AND live", ROWS / 2 - ROWS / 50),
            ("SELECT COUNT(*) FROM visit", ROWS / 2),
            (
                "SELECT COUNT(DISTINCT x.id) FROM session x JOIN visit v ON v.id = x.visit_id AND v.on_date = x.on_date \
              JOIN tour t ON t.id = x.tour_id AND t.id = v.tour_id AND x.on_date BETWEEN t.starts AND t.ends \
              JOIN attending_group g ON g.session_id = x.id AND g.setting_id = v.venue_id \
              JOIN session_event e ON e.session_id = x.id AND e.to_state = x.state",
                ROWS,
            ),
            (
                "SELECT COUNT(*) FROM attending_group WHERE attended = expected AND stated_at IS NOT NULL",
                ROWS - ROWS / 50,
            ),
            ("SELECT COUNT(*) FROM session_event WHERE note = 'log.csv, row 2'", 1),
            ("SELECT COUNT(*) FROM import WHERE state = 'applied' AND body IS NULL AND added = 3000", 1),
            ("SELECT COUNT(*) FROM audit WHERE operation = 'import_history'", 1),
        ] {
            assert_eq!(Throwaway::count(&desk, sql).await, i64::try_from(wanted).unwrap(), "{sql}");
        }
        // The same file again adds nothing, and stores nothing.
        assert!(taken_over(&desk, &log(), &choices).await.is_none());
        let imports = histories::list(&desk, &town.commissioner(), Page::new(1)).await.unwrap();
        assert_eq!(imports.iter().map(|import| import.id).collect::<Vec<_>>(), [id]);

        taking_back::undo(&desk, &town.commissioner(), id).await.unwrap();
        let after = dump(&desk).await;
        for (table, rows) in &was {
            if !["audit", "import", "import_choice"].contains(&table.as_str()) {
                assert_eq!(rows, &after[table], "{table}");
            }
        }
    }
);

both!(
    async fn whoever_may_not_upload_may_not_take_over(desk: Desk) {
        let town = Town::build(&desk).await;
        let opened = opened(&desk, "Date,School\n12/11/18,Kelder High School\n").await;
        let choices = [Choice::new(About::Programme, "", town.programme)];
        let take = async |actor: &Actor, choices: &[Choice]| {
            histories::take_over(&desk, actor, &opened, choices, &Links::default()).await.map(|(seen, _)| seen)
        };
        for actor in [town.school(town.primary), town.company(), town.official(Role::Evaluator)] {
            assert!(matches!(take(&actor, &choices).await, Err(Error::Forbidden(_))), "{actor:?}");
        }
        assert!(matches!(take(&town.commissioner_elsewhere(), &choices).await, Err(Error::NotFound)));
        let others = [Choice::new(About::Provider, "", town.provider_elsewhere)];
        assert!(matches!(take(&town.commissioner(), &others).await, Err(Error::NotFound)));
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM import").await, 0);
        let seen = take(&town.commissioner(), &choices).await.unwrap();
        assert_eq!(seen.count(Standing::Ready), 1);
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM session").await, 1);
    }
);
