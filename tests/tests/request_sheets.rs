//! Sheets of requests over HTTP, JavaScript off: downloaded, filled in, uploaded, decided, taken back; by a school, a trust
//! and a commissioner; and rubbish.

use domain::access::Role;
use domain::request_sheet::{Cell, Cells, Column, Key};
use domain::session::GroupField;
use records::requests::{self, Filter};
use records::testing::{Throwaway, Town};
use tests::{Client, Reply, TestApp, databases};

const HERE: &str = "/request-sheets";
const PUPILS: Cell = Cell::Group(0, GroupField::Expected);

async fn apps() -> Vec<(Throwaway, TestApp, Town)> {
    let mut apps = Vec::new();
    for (database, desk) in databases().await {
        let town = Town::build(&desk).await;
        apps.push((database, TestApp::start(desk, false).await, town));
    }
    apps
}

/// A filled sheet as a text file: the key of each row, and what stands in its cells.
fn csv(rows: &[(&Key, &[(Cell, &str)])]) -> Vec<u8> {
    let mut cells: Vec<Cell> = rows.iter().flat_map(|(_, cells)| cells.iter().map(|(cell, _)| *cell)).collect();
    cells.sort();
    cells.dedup();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut heads = vec![quoted(&Column::Key.heading()), quoted(&Column::FilledInBy.heading())];
    heads.extend(cells.iter().map(|cell| quoted(&cell.heading())));
    let mut lines = vec![heads.join(",")];
    for (key, said) in rows {
        let text = |cell: &Cell| said.iter().find(|(c, _)| c == cell).map_or("", |(_, text)| *text);
        let mut line = vec![quoted(&key.to_string()), quoted("Jo")];
        line.extend(cells.iter().map(|cell| quoted(text(cell))));
        lines.push(line.join(","));
    }
    lines.join("\n").into_bytes()
}

const GOOD: [(Cell, &str); 4] = [
    (PUPILS, "28"),
    (Cell::ContactName, "Sam Reed"),
    (Cell::ContactTelephone, "01274 431000"),
    (Cell::ContactEmail, "sam@school.example"),
];

fn with<'a>(more: &[(Cell, &'a str)]) -> Vec<(Cell, &'a str)> {
    let mut cells: Vec<(Cell, &str)> = GOOD.to_vec();
    for (cell, text) in more {
        cells.retain(|(known, _)| known != cell);
        cells.push((*cell, text));
    }
    cells
}

/// Uploads a sheet; the path of its page.
async fn send(client: &Client, body: Vec<u8>) -> String {
    let reply = client.upload(HERE, &[], "file", "filled.csv", body).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.expect("its page")
}

/// The page's last form as a browser sends it, with these fields chosen.
async fn press(client: &Client, page: &Reply, path: &str, chosen: &[(&str, &str)]) -> Reply {
    let fields = page.fields();
    let all: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(chosen.iter().copied()).collect();
    client.post(path, &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_asks_by_a_sheet_decides_and_takes_it_back() {
    for (_database, app, town) in apps().await {
        let actor = town.school(town.primary);
        let school = app.signed_in(&actor).await;
        let ask = format!("/tours/{}/request", town.tour);
        for from in ["/requests", "/", ask.as_str()] {
            assert!(school.get(from).await.body.contains(&format!("href=\"{HERE}\"")), "{from}");
        }
        let page = school.get(HERE).await;
        assert!(page.body.contains("a row for each tour you may ask for"), "{}", page.body);
        let (status, name, workbook) = school.download("/request-sheets/workbook").await;
        assert!(status == 200 && workbook.starts_with(b"PK") && name.contains("Requests"), "{name}");
        let key = Key::of(town.tour, town.primary, None);

        let path = send(&school, csv(&[(&key, &with(&[(PUPILS, "120"), (Cell::Preferred, "soon")]))])).await;
        let wrong = school.get(&path).await;
        assert!(
            wrong.body.contains("row 2, Preferred days") && wrong.body.contains("“soon” is not a date"),
            "{}",
            wrong.body
        );
        // What is to be mended stays on the page when no file is chosen, and the list says how much it is.
        let import = path.rsplit('/').next().unwrap_or_default();
        let none = school.upload(HERE, &[("of", import)], "file", "", Vec::new()).await;
        assert!(none.status == 422 && none.body.contains("Choose the filled sheet"), "{}", none.body);
        assert!(none.body.contains("row 2, Preferred days"), "{}", none.body);
        let many = wrong.body.split(" to mend. Nothing").next().and_then(|b| b.rsplit('>').next()).unwrap_or_default();
        let list = school.get(HERE).await;
        assert!(many.contains("cell") && list.body.contains(&format!("{many} to mend")), "{many}: {}", list.body);
        let wrong = send(&school, csv(&[(&key, &with(&[(PUPILS, "120"), (Cell::ContactEmail, "x")]))])).await;
        let page = school.get(&wrong).await;
        assert!(
            page.body.contains("row 2, Sessions needed") || page.body.contains("A session takes at most 90"),
            "{}",
            page.body
        );
        assert!(page.body.contains("row 2, Email") && page.body.contains("2 cells to mend"), "{}", page.body);
        let (status, name, marked) = school.download(&format!("{wrong}/marked")).await;
        assert!(status == 200 && marked.starts_with(b"PK") && name.contains("filled marked.xlsx"), "{name}");
        assert!(school.get(&format!("{wrong}/drop")).await.body.contains("Drop this sheet?"));
        assert_eq!(school.post(&format!("{wrong}/drop"), &[]).await.location.as_deref(), Some(HERE));
        assert_eq!(school.get(&wrong).await.status, 404);

        // Everything that would be stored is shown.
        let freely = [(Cell::AccessNeeds, "A hearing loop"), (Cell::Note, "Ring first"), (Cell::RoomForOthers, "Yes")];
        let path = send(&school, csv(&[(&key, &with(&freely))])).await;
        let page = school.get(&path).await.body.replace("<!>", "");
        for told in ["needs: A hearing loop", "Anything else: Ring first", "Another school may join"] {
            assert!(page.contains(told), "{told}: {page}");
        }

        let good = csv(&[(&key, &GOOD)]);
        let path = send(&school, good.clone()).await;
        let first_path = path.clone();
        let page = school.get(&path).await;
        assert!(page.body.contains("What will be asked for") && page.body.contains("28 expected"), "{}", page.body);
        for (_, contact) in &GOOD[1..] {
            let shown = page.body.replace("<wbr>", "").replace("<!>", "");
            assert!(shown.contains(contact), "{contact} would be stored: {shown}");
        }
        assert!(school.get("/requests").await.body.contains("Your school has no such request"), "not yet");
        let done = press(&school, &page, &path, &[]).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(path.as_str())), "{}", done.body);
        let first = school.follow(&path).await;
        assert!(
            first.body.contains("Sheet taken in") && first.body.contains("Requests that were made"),
            "{}",
            first.body
        );
        assert_eq!(press(&school, &page, &path, &[]).await.status, 303, "sent twice, done once");
        let asked = requests::list(&app.desk, &actor, Filter::default()).await.unwrap().remove(0);
        assert!(school.get(&format!("/requests/{}", asked.id)).await.body.contains("Sam Reed"));
        let again = send(&school, good).await;
        let page = school.get(&again).await;
        assert!(
            page.body.contains("You took in this very file before") && page.body.contains("Nothing would be changed"),
            "{}",
            page.body
        );

        // Another copy of the first sheet says something else: asked, nothing chosen beforehand, and nothing lost.
        let path = send(&school, csv(&[(&key, &with(&[(PUPILS, "26"), (Cell::AccessNeeds, "A <ramp>")]))])).await;
        let page = school.get(&path).await;
        assert!(
            page.body.contains("Decide what is right") && page.body.contains("26, as the sheet says"),
            "{}",
            page.body
        );
        assert!(page.body.contains("row 2, filled in by Jo") && page.body.contains("Taken in by pshe (school)"));
        let told = page.body.replace("<!>", "");
        assert!(told.contains("What will be changed besides") && told.contains(">A &lt;ramp&gt;</td>"), "{told}");
        let undecided = press(&school, &page, &path, &[]).await;
        assert!(undecided.status == 422 && undecided.body.contains("choose what is right"), "{}", undecided.body);
        let field = page.body.split("name=\"cell-").nth(1).and_then(|f| f.split('"').next()).expect("a question");
        let field = format!("cell-{field}");
        let values: Vec<&str> = page
            .body
            .split(&format!("name=\"{field}\""))
            .skip(1)
            .filter_map(|rest| rest.split("value=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(values.len(), 2, "{}", page.body);
        let forged = press(&school, &undecided, &path, &[(&field, "x|y")]).await;
        assert_eq!(forged.status, 422);
        let done = press(&school, &undecided, &path, &[(&field, values[1])]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let changed = requests::get(&app.desk, &actor, asked.id).await.unwrap();
        assert_eq!((changed.expected(), changed.access_needs.as_str()), (26, "A <ramp>"));
        let what = school.get(&path).await.body.replace("<!>", "");
        let row = |cell: &str, before: &str, now: &str| {
            let texts = [cell, before, now].map(|text| format!(">{text}</td>"));
            what.split("<tr").any(|row| texts.iter().all(|text| row.contains(text)))
        };
        assert!(row("Group 1: pupils", "28", "26"), "{what}");
        assert!(row("Access and SEND needs", "blank", "A &lt;ramp&gt;"), "{what}");
        // The first sheet cannot go before it: it says so before the press, and offers no button.
        let earlier = format!("{}/undo", first_path);
        let stands = school.get(&earlier).await;
        assert!(
            stands.body.contains("This sheet cannot be taken back")
                && stands.body.contains(&format!("href=\"/requests/{}\"", asked.id))
                && !stands.body.contains(&format!("action=\"{earlier}\"")),
            "{}",
            stands.body
        );
        assert_eq!(school.post(&earlier, &[]).await.status, 409);

        let question = school.get(&format!("{path}/undo")).await;
        assert!(question.body.contains("Take this sheet back?"), "{}", question.body);
        assert_eq!(press(&school, &question, &format!("{path}/undo"), &[]).await.status, 303);
        assert_eq!(requests::get(&app.desk, &actor, asked.id).await.unwrap().expected(), 28);
        assert!(school.get(&path).await.body.contains("Sheet taken back"));
        assert_eq!(school.post(&format!("{path}/undo"), &[]).await.status, 409);
        let list = school.get(HERE).await;
        assert!(list.body.contains("Taken back") && list.body.contains("1 asked, 0 changed"), "{}", list.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_is_asked_again_with_the_others_kept() {
    for (_database, app, town) in apps().await {
        let school = app.signed_in(&town.school(town.primary)).await;
        let key = Key::of(town.tour, town.primary, None);
        let other = with(&[(PUPILS, "26"), (Cell::AccessNeeds, "A ramp")]);
        let path = send(&school, csv(&[(&key, &with(&[(Cell::AccessNeeds, "A lift")])), (&key, &other)])).await;
        let page = school.get(&path).await;
        let values = |page: &Reply, what: &str| -> Vec<(String, String)> {
            let radios = page.body.split("<input").filter(|input| input.contains("type=\"radio\""));
            let of = |input: &str, name: &str| {
                let rest = input.split_once(&format!("{name}=\""))?.1;
                Some(rest.split('"').next()?.to_owned())
            };
            let radios = radios.filter(|input| input.contains(what));
            radios.filter_map(|input| Some((of(input, "name")?, of(input, "value")?))).collect()
        };
        let (blank, sheets) = (values(&page, "Leave it blank"), values(&page, "as the sheet says"));
        assert_eq!((blank.len(), sheets.len()), (2, 4), "{}", page.body);
        // No pupils at all, and a ramp.
        let chosen = [&blank[0], &sheets[2]].map(|(field, value)| (field.as_str(), value.as_str()));
        let again = press(&school, &page, &path, &chosen).await;
        assert_eq!(again.status, 422);
        for text in ["Decide what is right", "Say who is to attend", "Leave it blank"] {
            assert!(again.body.contains(text), "{text}: {}", again.body);
        }
        assert!(!again.body.contains("What is to be mended"), "{}", again.body);
        for (field, value) in chosen {
            assert!(again.fields().contains(&(field.into(), value.into())), "{field} is kept: {:?}", again.fields());
        }
        let done = press(&school, &again, &path, &[(&sheets[0].0, &sheets[0].1)]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let taken = school.follow(&path).await;
        assert!(taken.body.contains("Sheet taken in") && taken.body.contains("26 expected"), "{}", taken.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trust_and_a_commissioner_ask_for_several_schools() {
    for (_database, app, town) in apps().await {
        let commissioner = app.signed_in(&town.commissioner()).await;
        let tour = commissioner.get(&format!("/tours/{}", town.tour)).await;
        assert!(tour.body.contains(&format!("/tours/{}/request-sheet", town.tour)), "{}", tour.body);
        let (status, _, workbook) = commissioner.download(&format!("/tours/{}/request-sheet", town.tour)).await;
        assert!(status == 200 && workbook.starts_with(b"PK"));
        assert!(commissioner.get(HERE).await.body.contains("say in each row who asked"));
        let [beck, oak] = [town.second_primary, town.special].map(|school| Key::of(town.tour, school, None));
        let unsaid = send(&commissioner, csv(&[(&beck, &GOOD), (&oak, &GOOD)])).await;
        let page = commissioner.get(&unsaid).await;
        assert!(
            page.body.contains("row 2, How they asked") && page.body.contains("row 3, How they asked"),
            "{}",
            page.body
        );
        let said = with(&[(Cell::AskedBy, "The head"), (Cell::AskedHow, "By telephone")]);
        let path = send(&commissioner, csv(&[(&beck, &said), (&oak, &said)])).await;
        let page = commissioner.get(&path).await;
        assert!(page.body.contains("Beck Primary School") && page.body.contains("Oak Lodge School"), "{}", page.body);
        assert_eq!(press(&commissioner, &page, &path, &[]).await.status, 303);
        let list = commissioner.get(&format!("/tours/{}/requests", town.tour)).await;
        assert!(list.body.contains("Beck Primary School") && list.body.contains("Oak Lodge School"));

        // A trust's user: the trust's schools and no other.
        Throwaway::execute(&app.desk, "UPDATE setting SET trust_code = 'T1' WHERE name LIKE 'Kelder%'").await;
        Throwaway::execute(
            &app.desk,
            "UPDATE access_grant SET trust_code = 'T1', setting_id = NULL
             WHERE setting_id = (SELECT id FROM setting WHERE name LIKE 'Kelder High%')",
        )
        .await;
        let client = app.signed_in(&town.school(town.secondary)).await;
        assert!(client.get(HERE).await.body.contains("each of your schools"));
        let kelder = Key::of(town.tour, town.primary, None);
        let theirs = Key::of(town.tour, town.second_primary, Some(&Cells::default()));
        let path = send(&client, csv(&[(&kelder, &GOOD), (&theirs, &GOOD)])).await;
        let page = client.get(&path).await;
        assert!(page.body.contains("row 3, Key") && page.body.contains("it is not yours to ask for"), "{}", page.body);
        let path = send(&client, csv(&[(&kelder, &GOOD)])).await;
        assert_eq!(press(&client, &client.get(&path).await, &path, &[]).await.status, 303);
        assert!(client.get("/requests").await.body.contains("Kelder Primary School"));
        // What one has uploaded is nobody else's.
        assert_eq!(commissioner.get(&path).await.status, 404);
        assert_eq!(commissioner.post(&path, &[]).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rubbish_is_answered_in_words() {
    for (_database, app, town) in apps().await {
        let school = app.signed_in(&town.school(town.primary)).await;
        let none = school.upload(HERE, &[], "file", "", Vec::new()).await;
        assert!(none.status == 422 && none.body.contains("Choose the filled sheet"), "{}", none.body);
        let key = Key::of(town.tour, town.primary, None);
        let large = vec![b'a'; (5 << 20) + 1];
        for (name, bytes, says) in [
            ("empty.xlsx", Vec::new(), "The file is empty"),
            ("cut.xlsx", b"PK\x03\x04".to_vec(), ""),
            ("list.csv", b"URN,Name\n1,A\n".to_vec(), "no sheet of requests"),
            ("blank.csv", csv(&[(&key, &[(PUPILS, "")])]), "Nothing is filled in on this sheet"),
            ("large.csv", large, "larger than 5 MB"),
            ("<b>.csv", b"\xff\xfe\x00".to_vec(), ""),
        ] {
            let reply = school.upload(HERE, &[], "file", name, bytes).await;
            assert!(reply.status == 422 && reply.body.contains(says), "{name}: {} {}", reply.status, reply.body);
            assert!(!reply.body.contains("<b>.csv"), "{name}");
        }
        assert_eq!(school.get("/request-sheets/nonsense").await.status, 400);
        assert_eq!(school.get(&format!("{HERE}/{}", town.tour)).await.status, 404);
        assert_eq!(school.get("/request-sheets?page=-5").await.status, 200);
        assert_eq!(app.signed_in(&town.official(Role::Evaluator)).await.get(HERE).await.status, 403);
    }
}
