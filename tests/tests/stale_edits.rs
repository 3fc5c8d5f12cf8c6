//! Two people edit the same thing: the second one sees what the first saved beside what they entered, and decides.

use domain::access::Role;
use records::testing::Town;
use tests::{Client, TestApp, databases};

/// Sends the form at `path` as its page has it, but for `field`.
async fn send(client: &Client, path: &str, page: &tests::Reply, field: &str, value: &str) -> tests::Reply {
    let mut fields = page.fields();
    fields.retain(|(name, _)| name != field);
    fields.push((field.to_owned(), value.to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(path, &fields).await
}

/// Both open `path`, the first saves `theirs`, the second `mine`; `shown` is how the second reads the first one's.
async fn both_edit(client: &Client, path: &str, field: &str, theirs: &str, shown: &str, mine: &str) {
    let page = client.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    let second = client.get(path).await;
    let saved = send(client, path, &page, field, theirs).await;
    assert_eq!(saved.status, 303, "{path}: {}", saved.body);

    let stale = send(client, path, &second, field, mine).await;
    assert_eq!(stale.status, 409, "{path} was written over: {}", stale.body);
    assert!(stale.body.contains("Somebody else changed this meanwhile"), "{path}: {}", stale.body);
    let record = format!("On record now: <span class=\"app-on-record__value\">{shown}<");
    assert!(stale.body.contains(&record), "{path} does not show “{shown}”: {}", stale.body);
    assert_eq!(stale.body.matches("On record now").count(), 1, "{path} shows what does not differ: {}", stale.body);
    assert!(stale.fields().contains(&(field.to_owned(), mine.to_owned())), "{path} loses “{mine}”: {}", stale.body);

    let meant = send(client, path, &stale, field, mine).await;
    assert_eq!(meant.status, 303, "{path} does not take it the second time: {}", meant.body);
    assert!(client.get(path).await.fields().contains(&(field.to_owned(), mine.to_owned())), "{path} kept nothing");
}

#[tokio::test]
async fn a_stale_edit_shows_what_is_on_record_beside_what_was_entered() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let commissioner = app.signed_in(&town.commissioner()).await;
        let administrator = app.signed_in(&town.official(Role::Administrator)).await;
        let at = |what: &str, id| format!("/{what}/{id}");

        let programme = at("programmes", town.programme);
        let edit = format!("{programme}/edit");
        both_edit(&commissioner, &edit, "name", "Theirs & more", "Theirs &amp; more", "Mine").await;
        both_edit(&commissioner, &edit, "kind", "workshop", "Workshop", "session").await;
        let pack = format!("{programme}/visit-pack/edit");
        both_edit(&commissioner, &pack, "content_notes", "A loud bang", "A loud bang", "A shout").await;

        let tour = at("tours", town.tour);
        both_edit(&commissioner, &format!("{tour}/edit"), "budget", "512.50", "£512.50", "712.50").await;
        both_edit(&commissioner, &format!("{tour}/status"), "status", "closed", "Closed", "open").await;
        // A programme can be closed once its tours are.
        let status = format!("{tour}/status");
        let closed = send(&commissioner, &status, &commissioner.get(&status).await, "status", "closed").await;
        assert_eq!(closed.status, 303, "{}", closed.body);
        both_edit(&commissioner, &format!("{programme}/status"), "status", "closed", "Closed", "open").await;

        let provider = format!("{}/edit", at("providers", town.provider));
        both_edit(&commissioner, &provider, "telephone", "01632 960001", "01632 960001", "01632 960002").await;
        let team = at("teams", town.team);
        both_edit(&commissioner, &format!("{team}/edit"), "base_name", "The Mill", "The Mill", "The Barn").await;
        both_edit(&commissioner, &format!("{team}/slots"), "label_1", "Early", "Early", "First").await;

        let school = format!("{}/edit", at("schools", town.primary));
        both_edit(&commissioner, &school, "telephone", "01632 960003", "01632 960003", "01632 960004").await;
        both_edit(&administrator, "/authority/edit", "colour", "#12505b", "#12505b", "#512b1b").await;
    }
}
