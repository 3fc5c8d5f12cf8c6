//! The ways between the pages of older records: to what the records lack and back, and on with what was left, without
//! JavaScript, on each database.

use records::Db;
use records::testing::{Throwaway, Town};
use tests::browser::{Browser, Manner};
use tests::{Reply, TestApp, databases, good, send};

/// Where the link with this text leads.
fn link(page: &Reply, text: &str) -> String {
    let before = page.body.split(text).next().filter(|before| before.len() < page.body.len());
    let tag =
        before.and_then(|before| before.rsplit("<a ").next()).unwrap_or_else(|| panic!("no {text}: {}", page.body));
    let href = tag.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
    href.expect("an address").replace("&amp;", "&")
}

/// What is filled in of a programme besides its name.
const PROGRAMME: [(&str, &str); 4] =
    [("kind", "workshop"), ("year_groups", "6"), ("minutes_1", "60"), ("status", "draft")];

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_that_a_file_names_is_added_from_it_and_one_comes_back() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner_elsewhere()).await;
        let log = "Date,School,Nos,Topic\n12/11/18,Vale Primary School,30,Lockdown\n\
            13/11/18,Vale Primary School,30,Cyber & safe\n14/11/18,Vale Primary School,31,Lockdown\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let at = format!("{id}/columns");

        // The authority has no programme: what was given is named, each with the way to add it.
        let columns = client.get(&at).await;
        assert!(
            columns.body.contains("There is no programme yet") && columns.body.contains(", 2 rows"),
            "{}",
            columns.body
        );
        let add = link(&columns, "Add a programme for “Lockdown”");
        let form = client.get(&add).await;
        assert_eq!(form.input("name").as_deref(), Some("Lockdown"), "{add}");
        assert!(form.body.contains(&format!("href=\"{at}\" class=\"govuk-back-link\"")), "{}", form.body);
        // What is wrong with the form does not lose the way back.
        let wrong = send(&client, &form, "/programmes/add", &[("name", "")]).await;
        assert_eq!((wrong.status, wrong.input("then")), (422, Some(at.clone())), "{}", wrong.body);
        assert_eq!(good(&send(&client, &form, "/programmes/add", &PROGRAMME).await), at);

        // It is chosen by its name; the other is still offered, its text as it stands in the file.
        let columns = client.get(&at).await;
        assert!(!columns.body.contains("Add a programme for “Lockdown”"), "{}", columns.body);
        assert!(columns.body.contains("Lockdown, by its name"), "{}", columns.body);
        let form = client.get(&link(&columns, "Add a programme for “Cyber &amp; safe”")).await;
        assert_eq!(form.input("name").as_deref(), Some("Cyber & safe"));
        assert_eq!(good(&send(&client, &form, "/programmes/add", &PROGRAMME).await), at);
        let columns = client.get(&at).await;
        assert!(!columns.body.contains("Add a programme for"), "{}", columns.body);
        assert_eq!(client.get(&link(&columns, "Add another programme")).await.input("name").as_deref(), Some(""));

        // Who delivered is added in the same way.
        let form = client.get(&link(&columns, "Add another provider")).await;
        let police = [("name", "Vale police"), ("kind", "police")];
        assert_eq!(good(&send(&client, &form, "/providers/add", &police).await), at);

        // A way back is one of this site's own pages, or none.
        let form = client.get("/programmes/add?then=%2F%2Fevil.example&name=Other").await;
        assert!(!form.body.contains("evil.example"), "{}", form.body);
        let fill = [&PROGRAMME[..], &[("then", "//evil.example")]].concat();
        assert!(good(&send(&client, &form, "/programmes/add", &fill).await).starts_with("/programmes/"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_files_says_what_was_left_and_where_to_go_on() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let log = "Date,School,Yr,Nos\n12/11/18,Kelder Primary,Y6,30\n13/11/18,Beck Primary School,Y6,25-30\n";
        let upload = async || good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let apply = async |id: &str| {
            let ask = client.get(&format!("{id}/apply")).await;
            good(&send(&client, &ask, &format!("{id}/apply"), &[]).await);
        };
        let list = async || client.get("/histories").await;

        let first = upload().await;
        let columns = client.get(&format!("{first}/columns")).await;
        let programme = town.programme.to_string();
        good(&send(&client, &columns, &format!("{first}/columns"), &[("programme", &programme)]).await);
        apply(&first).await;
        assert_eq!(link(&list().await, "1 row without an answer"), first);
        assert!(client.get(&first).await.body.contains("Upload the file again for the rows without an answer"));

        // Uploaded again it waits, and what was left leads there.
        let second = upload().await;
        assert_eq!(link(&list().await, "1 row without an answer"), second);
        assert!(list().await.body.contains("Waits for you"));
        assert!(!client.get(&second).await.body.contains("There is nothing to do"));
        let cells = client.get(&format!("{second}/cells")).await;
        let answer = [("answer-0", "27")];
        good(&send(&client, &cells.form_to(&format!("{second}/cells")), &format!("{second}/cells"), &answer).await);
        apply(&second).await;
        assert!(!list().await.body.contains("without an answer"), "it was answered for since");

        // A third time there is nothing to do.
        let third = upload().await;
        let files = list().await;
        assert!(files.body.contains("Nothing to do") && !files.body.contains("Waits for you"), "{}", files.body);
        let steps = client.get(&third).await;
        assert!(steps.body.contains("There is nothing to do"), "{}", steps.body);
        let preview = client.get(&format!("{third}/preview")).await;
        assert!(
            preview.body.contains("There is nothing to take over: every row is on record already"),
            "{}",
            preview.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_many_schools_match_says_how_many_and_asks_for_more_of_the_name() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let rest = "kind, name || ' ' || n.x, 'beck school ' || n.x, establishment_type, type_group, phase, setting_type,
            setting_type_source, year_groups, year_groups_source, pupils, ward, constituency, status, created_at, updated_at, version";
        let columns =
            "kind, name, search_name, establishment_type, type_group, phase, setting_type, setting_type_source,
            year_groups, year_groups_source, pupils, ward, constituency, status, created_at, updated_at, version";
        for n in 1..=11 {
            let id = format!("00000000-0000-7000-8000-0000000000{n:02}");
            let id = match desk.db() {
                Db::Sqlite { .. } => format!("x'{}'", id.replace('-', "")),
                Db::Postgres(_) => format!("'{id}'"),
            };
            let copy = format!(
                "INSERT INTO setting (id, authority_code, {columns}) SELECT {id}, authority_code, {rest}
                 FROM setting, (SELECT {n} AS x) n WHERE urn = 900002"
            );
            Throwaway::execute(&desk, &copy).await;
        }
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let log = "Date,School,Yr,Nos\n12/11/18,The Old Mill Site,Y6,30\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let at = format!("{id}/schools");
        let names = client.get(&at).await.form_to(&at);
        let search = async |text: &str| send(&client, &names, &at, &[("school-0", "other"), ("search-0", text)]).await;
        let many = search("Beck").await;
        assert_eq!(many.status, 422);
        assert!(many.body.contains("12 schools match “Beck”: type more of the name, or the URN"), "{}", many.body);
        assert!(!many.body.contains("found by your search"), "none of them is likelier than the others");
        assert_eq!(many.input("search-0").as_deref(), Some("Beck"));
        good(&search("900002").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_are_read_in_no_table_are_told_of_once_and_the_page_fits_a_phone() {
    let database = Throwaway::sqlite();
    let desk = database.desk().await;
    let town = Town::build(&desk).await;
    let app = TestApp::start(desk, false).await;
    let client = app.signed_in(&town.commissioner()).await;
    let log = "Date,School,Yr,Tel,Fax\n12/11/18,Kelder Primary,Y6,01274 1,01274 2\n\
        School,Date,Yr,Tel,Fax\nKelder Primary,13/11/18,Y6,01274 1,01274 2\n\
        Date,Yr,School,Diary\n14/11/18,Y5,Kelder Primary,in Kim’s\n";
    let name = format!("{}.csv", "visits_of_the_cyber_unit_20250422".repeat(3));
    let id = good(&client.upload("/histories", &[], "file", &name, log.into()).await);
    let steps = client.get(&id).await;
    assert!(steps.body.contains("2 columns are not read in 2 tables alike: “Tel”, “Fax”"), "{}", steps.body);
    assert!(steps.body.contains("1 column is not read: “Diary”"), "{}", steps.body);
    assert_eq!(steps.body.matches(&format!("href=\"{id}/columns\"")).count(), 1, "{}", steps.body);
    let preview = client.get(&format!("{id}/preview")).await;
    assert_eq!(preview.body.matches(&format!("href=\"{id}/columns\"")).count(), 1, "{}", preview.body);

    let Some(browser) = Browser::start(Manner::PLAIN_PHONE).await else { return };
    browser.open(&app.url).await;
    browser.set_cookie(&app.url, &app.cookie(&town.commissioner()).await).await;
    for page in ["", "/columns", "/names", "/preview", "/drop"] {
        browser.open(&format!("{}{id}{page}", app.url)).await;
        assert_eq!(browser.overflow().await, 0, "{page}: {:?}", browser.beyond().await);
    }
    browser.quit().await;
}
