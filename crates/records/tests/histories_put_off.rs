//! What only the records can tell of a row, on each database: a visit that was put off to a day of which there is no row,
//! and more pupils than the school has.

use std::sync::Arc;

use records::histories::{self, About, Answer, Applied, Choice, Links};
use records::imports::File;
use records::testing::Town;
use records::{Desk, both};
use uuid::Uuid;

async fn upload(desk: &Desk, town: &Town, log: &str) -> Uuid {
    let file = File { name: "log.csv".into(), bytes: Arc::from(log.as_bytes()) };
    let id = histories::upload(desk, &town.commissioner(), None, &file).await.expect("an upload");
    let programme = Choice::new(About::Programme, "", town.programme);
    histories::choose(desk, &town.commissioner(), id, &[programme]).await.expect("a programme");
    id
}

/// The cells that are asked about.
async fn asked(desk: &Desk, town: &Town, id: Uuid) -> Vec<String> {
    let understood = histories::understand(desk, &town.commissioner(), id).await.expect("what is understood");
    understood.open().iter().filter_map(|open| open.rows[0].1.clone()).collect()
}

async fn answer(desk: &Desk, town: &Town, id: Uuid, answers: &[&str]) {
    let understood = histories::understand(desk, &town.commissioner(), id).await.expect("what is understood");
    for (open, text) in understood.open().iter().zip(answers) {
        let choices = open.choices(&understood, &Answer::Text((*text).into()));
        histories::choose(desk, &town.commissioner(), id, &choices).await.expect("an answer");
    }
}

both!(
    async fn a_visit_put_off_to_a_day_without_a_row_is_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Nos,Notes\n\
            12/11/18,Kelder Primary,30,postponed to 26/11/18\n\
            13/11/18,Kelder High School,30,moved to 27/11/18\n\
            27/11/18,Kelder High,30,\n\
            14/11/18,Beck Primary School,30,postponed\n";
        let id = upload(&desk, &town, log).await;
        assert_eq!(asked(&desk, &town, id).await, ["D2"], "the other school has a row on the day");
        answer(&desk, &town, id, &["postponed"]).await;
        assert!(asked(&desk, &town, id).await.is_empty());
        let done = histories::apply(&desk, &town.commissioner(), id, &Links::default(), None).await.expect("applied");
        assert_eq!(done, Applied::Done { added: 4, already_there: 0, asked: 0, left_out: 0, tours: 1 });
        // The day may be on record from another file.
        let log = "Date,School,Nos,Notes\n13/11/18,Kelder High School,31,moved to 27/11/18\n\
            15/11/18,Kelder High School,31,moved to 27/11/18\n15/11/18,Beck Primary School,31,moved to 27/11/18\n";
        let id = upload(&desk, &town, log).await;
        assert_eq!(asked(&desk, &town, id).await, ["D4"]);
    }
);

both!(
    async fn far_more_pupils_than_a_school_has_are_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Nos\n12/11/18,Kelder Primary,500\n13/11/18,Kelder High School,500\n\
            14/11/18,Kelder Primary,210\n15/11/18,Kelder Primary,600\n";
        let id = upload(&desk, &town, log).await;
        assert_eq!(asked(&desk, &town, id).await, ["C2", "C5"]);
        answer(&desk, &town, id, &["50", "600"]).await;
        assert!(asked(&desk, &town, id).await.is_empty(), "the same number again is right");
    }
);

both!(
    async fn year_groups_far_from_those_that_a_school_teaches_are_asked_about(desk: Desk) {
        let town = Town::build(&desk).await;
        let log = "Date,School,Yr\n12/11/18,Kelder Primary,Y10\n13/11/18,Kelder High School,Y6\n\
            14/11/18,Kelder High School,KS1\n15/11/18,Kelder Primary,Y3-Y8\n";
        let id = upload(&desk, &town, log).await;
        assert_eq!(asked(&desk, &town, id).await, ["C2", "C4"]);
        answer(&desk, &town, id, &["Y1", "KS1"]).await;
        assert!(asked(&desk, &town, id).await.is_empty(), "the same again is right");
    }
);
