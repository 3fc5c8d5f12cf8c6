//! Columns of which a person has to say what they hold, on each database: nothing of their table is taken over before.

use std::sync::Arc;

use records::histories::{self, About, Applied, Asks, Choice, Links, OUT, Standing, Understood};
use records::imports::File;
use records::testing::Town;
use records::{Desk, both};
use uuid::Uuid;

const LOG: &str = "Date received,School,Yr,Delivered on,Nos\n\
    01/10/18,Kelder Primary,Y6,12/11/18,30\n\
    02/10/18,Kelder High School,Y7,13/11/18,28\n";

async fn upload(desk: &Desk, town: &Town, log: &str) -> Uuid {
    let file = File { name: "log.csv".into(), bytes: Arc::from(log.as_bytes()) };
    let id = histories::upload(desk, &town.commissioner(), None, &file).await.expect("an upload");
    say(desk, town, id, &[Choice::new(About::Programme, "", town.programme)]).await;
    id
}

async fn say(desk: &Desk, town: &Town, id: Uuid, choices: &[Choice]) {
    histories::choose(desk, &town.commissioner(), id, choices).await.expect("choices");
}

async fn seen(desk: &Desk, town: &Town, id: Uuid) -> Understood {
    histories::understand(desk, &town.commissioner(), id).await.expect("what is understood")
}

/// How many rows are asked about for a column, and how many are ready.
fn asked(understood: &Understood) -> (usize, usize) {
    let is_asked = |row: &&histories::Row| row.questions.iter().any(|question| question.asks == Asks::Column);
    (understood.rows.iter().filter(is_asked).count(), understood.count(Standing::Ready))
}

both!(
    async fn nothing_is_taken_over_before_its_columns_are_known_and_what_was_said_is_remembered(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, LOG).await;
        let understood = seen(&desk, &town, id).await;
        assert_eq!(asked(&understood), (2, 0));
        // It is one thing to mend, at the heading.
        let problems = understood.problems();
        let cells: Vec<_> = problems.iter().filter_map(|problem| problem.column.as_deref()).collect();
        assert_eq!((cells, problems[0].row), (vec!["D1"], Some(1)));
        say(&desk, &town, id, &[Choice::new(About::Column, "\tD", "date")]).await;
        let understood = seen(&desk, &town, id).await;
        assert_eq!(asked(&understood), (0, 2));
        let days: Vec<_> = understood.rows.iter().filter_map(|row| row.on).map(|on| on.to_string()).collect();
        assert_eq!(days, ["2018-11-12", "2018-11-13"]);
        let done = histories::apply(&desk, &town.commissioner(), id, &Links::default(), None).await.expect("applied");
        assert!(matches!(done, Applied::Done { added: 2, .. }), "{done:?}");

        let next = LOG.replace("/11/18", "/12/18");
        let next = upload(&desk, &town, &next).await;
        let understood = seen(&desk, &town, next).await;
        assert_eq!(asked(&understood), (0, 2));
        assert_eq!(understood.rows[0].on.map(|on| on.to_string()).as_deref(), Some("2018-12-12"));
    }
);

both!(
    async fn a_column_that_is_said_to_be_none_is_not_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let id = upload(&desk, &town, LOG).await;
        say(&desk, &town, id, &[Choice::new(About::Column, "\tD", OUT)]).await;
        // The only days left are headed as those of something else.
        let understood = seen(&desk, &town, id).await;
        assert_eq!(asked(&understood), (2, 0));
        say(&desk, &town, id, &[Choice::new(About::Column, "\tA", "date")]).await;
        let understood = seen(&desk, &town, id).await;
        assert_eq!(asked(&understood), (0, 2));
        assert_eq!(understood.rows[0].on.map(|on| on.to_string()).as_deref(), Some("2018-10-01"));
    }
);
