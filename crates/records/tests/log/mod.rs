//! A log of older records that is uploaded, answered for and looked at.

use std::sync::Arc;

use records::Desk;
use records::histories::{self, About, Choice, Understood};
use records::imports::File;
use records::testing::Town;
use uuid::Uuid;

pub fn file(text: &str) -> File {
    File { name: "log.csv".into(), bytes: Arc::from(text.as_bytes()) }
}

pub async fn upload(desk: &Desk, town: &Town, text: &str) -> Uuid {
    let id = histories::upload(desk, &town.commissioner(), None, &file(text)).await.expect("an upload");
    say(desk, town, id, &[Choice::new(About::Programme, "", town.programme)]).await;
    id
}

pub async fn say(desk: &Desk, town: &Town, id: Uuid, choices: &[Choice]) {
    histories::choose(desk, &town.commissioner(), id, choices).await.expect("choices");
}

pub async fn seen(desk: &Desk, town: &Town, id: Uuid) -> Understood {
    histories::understand(desk, &town.commissioner(), id).await.expect("what is understood")
}
