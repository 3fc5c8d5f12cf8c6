//! Older records taken over through pages, without JavaScript, on each database.

mod histories_layout;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::access::{Actor, Role, Scope};
use records::imports::{self, File, Mode};
use records::people::{self, NewPerson};
use records::testing::{Throwaway, Town, date};
use records::{Db, Desk, Page, authorities, grants, sessions};
use tests::{Client, Reply, TestApp, databases, good, send};
use uuid::Uuid;

const LOG: &str = "Date,School,Yr,Nos,Notes\n\
    12/11/18,Kelder Primary,Y6,30,\n\
    31/11/18,Kelder Primary,Y6,28,\n\
    14/11/18,Beck Primary School,Y6,25-30,\n\
    15/11/18,Beck Primary School,Y6,20,to be confirmed\n\
    16/11/18,Youth club,,30,\n\
    19/11/18,The Old Mill Site,Y7,31,\n";

/// What a page's list says of something.
fn fact(page: &Reply, key: &str) -> String {
    let body = page.body.replace("<!>", "").replace("<!---->", "");
    let after = body.split_once(&format!("__key\">{key}</dt>")).map_or("", |(_, after)| after);
    let value = after.split_once("__value\">").map_or("", |(_, value)| value);
    value.split('<').next().unwrap_or_default().to_owned()
}

/// The session of a day.
async fn session_of(desk: &Desk, town: &Town, on: NaiveDate) -> Uuid {
    let found = sessions::list(desk, &town.commissioner(), &sessions::Filter::default(), Page::new(1)).await;
    let found = found.expect("sessions").0;
    found.iter().find(|line| line.on_date == on).expect("a session on that day").id
}

async fn count(desk: &Desk, sql: &str) -> i64 {
    Throwaway::count(desk, sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_understood_answered_for_taken_over_and_taken_back() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;

        let none = client.upload("/histories", &[], "file", "list.csv", b"Dear all\nThank you\n".to_vec()).await;
        assert_eq!(none.status, 422);
        assert!(none.body.contains("has no table"), "{}", none.body);
        let id = good(&client.upload("/histories", &[], "file", "log.csv", LOG.into()).await);
        let at = |path: &str| format!("{id}/{path}");
        let steps = client.get(&id).await;
        for text in ["6 rows with a visit", "Programme to choose", "2 names", "3 rows"] {
            assert!(steps.body.contains(text), "{text}: {}", steps.body);
        }

        // The programme is asked for; what was chosen elsewhere on the page stays.
        let columns = client.get(&at("columns")).await;
        let refused = send(&client, &columns, &at("columns"), &[("role-0-D", "out")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("Choose the programme"), "{}", refused.body);
        assert!(refused.fields().contains(&("role-0-D".into(), "out".into())), "kept as it was chosen");
        let programme = town.programme.to_string();
        good(&send(&client, &columns, &at("columns"), &[("programme", &programme)]).await);
        let twice = client.get(&at("columns")).await;
        let twice = send(&client, &twice, &at("columns"), &[("role-0-C", "pupils")]).await;
        assert!(twice.status == 422 && twice.body.contains("two columns are"), "{}", twice.body);

        // Names: a search without a hit keeps what was typed, one with several asks which, one with one is taken.
        let schools = client.get(&at("schools")).await;
        assert!(
            schools.body.contains("“The Old Mill Site”") && schools.body.contains("“Youth club”"),
            "{}",
            schools.body
        );
        let none = "2 names look like no school of the list: “Youth club”, “The Old Mill Site”.";
        assert!(schools.body.contains(none), "{}", schools.body);
        let names = schools.form_to(&at("schools"));
        let number = |text: &str| {
            let before = schools.body.split(&format!("Another school for “{text}”")).next().unwrap_or_default();
            before.rsplit("name=\"name-").next().and_then(|r| r.split('"').next()).unwrap_or_default().to_owned()
        };
        let (youth, mill) = (number("Youth club"), number("The Old Mill Site"));
        let (school, search) = (format!("school-{mill}"), format!("search-{mill}"));
        let nothing = send(&client, &names, &at("schools"), &[(&school, "other"), (&search, "Nowhere")]).await;
        assert!(nothing.status == 422 && nothing.body.contains("No school is called “Nowhere”"), "{}", nothing.body);
        assert!(nothing.body.contains("value=\"Nowhere\""));
        let several = send(&client, &names, &at("schools"), &[(&school, "other"), (&search, "Kelder")]).await;
        assert!(several.status == 422 && several.body.contains("2 schools are called"), "{}", several.body);
        assert!(several.body.contains("found by your search"));
        // What else was decided on the page is saved all the same, and the page says so.
        let out = format!("school-{youth}");
        let fill = [(school.as_str(), "other"), (search.as_str(), "Nowhere"), (out.as_str(), "out")];
        let half = send(&client, &names, &at("schools"), &fill).await;
        let saved = "1 other name was decided and saved. 1 name is still to decide, below.";
        assert!(half.status == 422 && half.body.contains(saved), "{}", half.body);
        assert!(!half.body.contains(&format!("name=\"{out}\"")), "what is decided is not asked about again");
        assert!(!several.body.contains("decided and saved"), "nothing was");
        let names = half.form_to(&at("schools"));
        good(&send(&client, &names, &at("schools"), &[(&school, "other"), (&search, "Kelder High")]).await);

        // Rows: a date that is none again is said so, beside what was typed.
        let cells = client.get(&at("cells")).await;
        for text in ["Cell A3", "Cell D4", "Did it take place?", "Nobody knows how many came"] {
            assert!(cells.body.contains(text), "{text}: {}", cells.body);
        }
        let wrong = send(&client, &cells.form_to(&at("cells")), &at("cells"), &[("answer-0", "31/11/19")]).await;
        assert!(wrong.status == 422 && wrong.body.contains("value=\"31/11/19\""), "{}", wrong.body);
        let cells = client.get(&at("cells")).await;
        let answers = [("answer-0", "30/11/18"), ("unknown-1", "yes"), ("answer-2", "held")];
        good(&send(&client, &cells.form_to(&at("cells")), &at("cells"), &answers).await);
        assert!(client.get(&at("cells")).await.body.contains("No row waits"));

        let preview = client.get(&at("preview")).await;
        assert!(preview.body.contains("5 sessions") && preview.body.contains("Left out: 1 row"), "{}", preview.body);
        assert!(preview.body.contains("12/11/18 · Y6 · 30"), "what was read stands beside what was typed");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 0);
        let ask = client.get(&at("apply")).await;
        assert!(ask.body.contains("Take over 5 sessions?"), "{}", ask.body);
        // What was seen is not what would be: it says so, and nothing is done.
        let changed = send(&client, &ask, &at("apply"), &[("seen", "")]).await;
        assert!(changed.status == 409 && changed.body.contains("have changed since you looked"), "{}", changed.body);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 0);
        good(&send(&client, &ask, &at("apply"), &[]).await);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session WHERE state = 'delivered'").await, 5);
        let done = client.get(&id).await;
        assert!(done.body.contains("Older records taken over") && done.body.contains("Take it back"), "{}", done.body);
        // What somebody left out is told from what nobody answered for.
        assert_eq!(fact(&done, "Left out, as decided"), "1 row");
        assert_eq!(fact(&done, "Not taken over, without an answer"), "0 rows");
        assert!(!done.body.contains("Upload the file again"), "there is nothing more to take over: {}", done.body);
        // The way on leads to the years of the records, not to this one.
        let way = "href=\"/coverage?year=2018\"";
        assert!(done.body.contains(way) && done.body.contains("See coverage in 2018/19"), "{}", done.body);

        // The same file again is recognised; names are remembered, and can be forgotten.
        let again = good(&client.upload("/histories", &[], "file", "log.csv", LOG.into()).await);
        assert!(client.get(&again).await.body.contains("This file was taken over before"));
        let remembered = client.get("/school-names").await;
        assert!(remembered.body.contains("“The Old Mill Site”"), "{}", remembered.body);

        let back =
            done.body.split("href=\"").find_map(|rest| rest.split('"').next().filter(|to| to.ends_with("/undo")));
        let back = back.expect("the way to take it back");
        // Once something was built on it, that is named before the press, with the way there.
        Throwaway::execute(&desk, "UPDATE session SET version = 2 WHERE on_date = '2018-11-12'").await;
        let session = session_of(&desk, &town, date(2018, 11, 12)).await;
        let stands = client.get(back).await;
        let what = "The session at Kelder Primary School on 12 November 2018 was changed";
        let link = format!("href=\"/sessions/{session}\" class=\"govuk-link\">{what}");
        assert!(
            stands.body.contains("This import cannot be taken back") && stands.body.contains(&link),
            "{}",
            stands.body
        );
        assert!(!stands.body.contains(&format!("action=\"{back}\"")), "no button: {}", stands.body);
        let refused = client.post(back, &[]).await;
        assert!(refused.status == 409 && refused.body.contains(&link), "{}", refused.body);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 5, "nothing was done");
        Throwaway::execute(&desk, "UPDATE session SET version = 1").await;

        let undo = client.get(back).await;
        assert!(undo.body.contains("5 sessions will be deleted"), "{}", undo.body);
        assert_eq!(good(&send(&client, &undo, back, &[]).await), id);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM session").await, 0);
        assert!(client.get("/school-names").await.body.contains("Nothing is remembered yet"));
        let taken_back = client.get(&id).await;
        assert!(taken_back.body.contains("Older records taken back"));
        let who = fact(&taken_back, "Taken back");
        assert!(who.starts_with("22 Nov 2026") && who.ends_with(", by commissioner"), "{who}");
        assert!(client.get(&format!("{again}/drop")).await.body.contains("Drop this file?"));
        good(&client.post(&format!("{again}/drop"), &[]).await);
        assert_eq!(client.get(&again).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_for_a_file_is_offered_for_the_next() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let programme = town.programme.to_string();
        let log =
            "Date,School,Nos,Topic\n12/11/18,The Old Mill Site,30,Lantern walk\n13/11/18,Kelder,30,Lantern walk\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let at = |path: &str| format!("{id}/{path}");
        let columns = client.get(&at("columns")).await;
        assert!(!columns.body.contains("Remembered from"), "{}", columns.body);
        good(&send(&client, &columns, &at("columns"), &[("topic-0", &programme)]).await);

        // A name that several schools share is remembered only where somebody says so.
        let schools = client.get(&at("schools")).await;
        let names = schools.form_to(&at("schools"));
        let number = |text: &str| {
            let before = schools.body.split(&format!("Another school for “{text}”")).next().unwrap_or_default();
            before.rsplit("name=\"name-").next().and_then(|r| r.split('"').next()).unwrap_or_default().to_owned()
        };
        let (mill, kelder) = (number("The Old Mill Site"), number("Kelder"));
        let ticked = names.fields().into_iter().filter(|(field, _)| field.starts_with("remember-"));
        assert_eq!(ticked.map(|(field, _)| field).collect::<Vec<_>>(), [format!("remember-{mill}")]);
        let (search, school) = (format!("search-{mill}"), format!("school-{kelder}"));
        let fill = [(search.as_str(), "Kelder High"), (school.as_str(), &town.primary.to_string())];
        good(&send(&client, &names, &at("schools"), &fill).await);
        good(&send(&client, &client.get(&at("apply")).await, &at("apply"), &[]).await);
        let known = client.get("/school-names").await;
        assert!(known.body.contains("“The Old Mill Site”") && !known.body.contains("“Kelder”"), "{}", known.body);

        // A row whose file does not name year groups says no more of them.
        let session = session_of(&desk, &town, date(2018, 11, 13)).await;
        let session = client.get(&format!("/sessions/{session}")).await;
        let years = "data-label=\"Year groups\" class=\"govuk-table__cell\">";
        let years = session.body.split(years).nth(1).and_then(|rest| rest.split('<').next());
        assert_eq!(years, Some("not stated"), "{}", session.body);

        // The next file with that topic: its programme is chosen beforehand, says so, and waits for a yes.
        let next = log.replace("/11/18", "/12/18");
        let next = good(&client.upload("/histories", &[], "file", "december.csv", next.into()).await);
        let columns = client.get(&format!("{next}/columns")).await;
        assert!(columns.body.contains("Remembered from “log.csv”, taken over on"), "{}", columns.body);
        assert!(columns.fields().contains(&("topic-0".into(), programme.clone())), "{:?}", columns.fields());
        assert!(client.get(&next).await.body.contains("Programme to choose"), "nothing follows from it by itself");
        good(&send(&client, &columns, &format!("{next}/columns"), &[]).await);
        assert!(!client.get(&next).await.body.contains("Programme to choose"));

        // What nobody was asked about for this file is marked.
        let preview = client.get(&format!("{next}/preview")).await;
        let mark = "The Old Mill Site (remembered from an earlier file)";
        assert!(
            preview.body.contains(mark) && preview.body.matches("remembered from").count() == 1,
            "{}",
            preview.body
        );
    }
}

/// Ten rows with the same mistake, and one that is alone.
fn many() -> String {
    let days =
        (1..=12).filter(|day| !(6..=7).contains(day)).map(|day| format!("{day}/10/18,Kelder Primary,Y6,2 classes,\n"));
    format!("Date,School,Yr,Nos,Notes\n{}12/11/18,Beck Primary School,Y6,25-30,\n", days.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_questions_are_answered_at_once_a_workbook_is_marked_and_a_matched_school_corrected() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let id = good(&client.upload("/histories", &[], "file", "log.csv", many().into()).await);
        let at = |path: &str| format!("{id}/{path}");
        let columns = client.get(&at("columns")).await;
        good(&send(&client, &columns, &at("columns"), &[("programme", &town.programme.to_string())]).await);

        // Every problem is listed at once, and marked in the workbook.
        let asked = client.get(&at("preview?standing=asked")).await;
        assert!(asked.body.contains("Wait") && asked.body.contains("download it with these cells marked"));
        let marked = client.get(&at("marked")).await;
        assert_eq!(marked.status, 200);
        let disposition = marked.headers.get("content-disposition").and_then(|h| h.to_str().ok()).unwrap_or_default();
        assert!(disposition.contains("log marked.xlsx"), "{disposition}");

        // A number, and that nobody knows it: neither is taken, and what was typed stands there still.
        let cells = client.get(&at("cells")).await;
        let both = [("answer-0", "56"), ("unknown-0", "yes")];
        let two = send(&client, &cells.form_to(&at("cells")), &at("cells"), &both).await;
        assert!(two.status == 422 && two.body.contains("Two answers are given here"), "{}", two.body);
        assert!(two.fields().contains(&("answer-0".into(), "56".into())), "{:?}", two.fields());

        // Ten rows are one question; one of them is answered by itself, then the others together.
        let cells = client.get(&at("cells")).await;
        for text in ["2 questions are left, for 11 rows", "“2 classes” in 10 rows", "In all 10 rows"] {
            assert!(cells.body.contains(text), "{text}: {}", cells.body);
        }
        let each = cells.body.split("cells?of=").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let each = at(&format!("cells?of={}", each.replace("&amp;", "&")));
        let one_by_one = client.get(&each).await;
        assert!(one_by_one.body.contains("10 questions are left of this kind"), "{}", one_by_one.body);
        let next = good(&send(&client, &one_by_one.form_to(&at("cells")), &at("cells"), &[("answer-0", "55")]).await);
        assert!(client.get(&next).await.body.contains("9 questions are left of this kind"));
        let cells = client.get(&at("cells")).await;
        let wrong = send(&client, &cells.form_to(&at("cells")), &at("cells"), &[("answer-0", "a few")]).await;
        assert!(wrong.status == 422 && wrong.body.contains("“2 classes” in 9 rows"), "{}", wrong.body);
        assert!(wrong.fields().contains(&("answer-0".into(), "a few".into())), "{:?}", wrong.fields());
        let cells = client.get(&at("cells")).await;
        good(
            &send(&client, &cells.form_to(&at("cells")), &at("cells"), &[("answer-0", "60"), ("answer-1", "27")]).await,
        );
        assert!(client.get(&at("cells")).await.body.contains("No row waits"));

        // From the list of what would be taken over, a school that nobody was asked about is corrected, and back.
        let preview = client.get(&at("preview")).await;
        let link = preview.body.split("schools?from=preview&amp;name=").nth(1).and_then(|rest| rest.split('"').next());
        let link = at(&format!("schools?from=preview&name={}", link.unwrap_or_default()));
        let name = client.get(&link).await;
        assert!(name.body.contains("“Kelder Primary”"), "{}", name.body);
        let next = good(&send(&client, &name.form_to(&at("schools")), &at("schools"), &[("school-0", "out")]).await);
        assert_eq!(next, at("preview"));
        assert!(client.get(&at("names")).await.body.contains("No school: left out"));
        let name = client.get(&link).await;
        good(&send(&client, &name.form_to(&at("schools")), &at("schools"), &[("school-0", "back")]).await);
        assert!(client.get(&at("names")).await.body.contains("matched by its words"));

        // What is not at work says so to whoever follows it.
        let progress = client.get(&at("progress")).await;
        assert!(progress.status == 200 && progress.body.contains("\"working\":false"), "{}", progress.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_to_the_next_page_keeps_what_was_answered() {
    let (_database, desk) = databases().await.remove(0);
    let town = Town::build(&desk).await;
    let app = TestApp::start(desk.clone(), false).await;
    let client = app.signed_in(&town.commissioner()).await;
    let rows = (1..=28).map(|day| format!("{day}/11/18,Club of day {day},Y6,{day} classes\n"));
    let log = format!("Date,School,Yr,Nos\n{}", rows.collect::<String>());
    let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
    for (path, field, value) in [("cells", "answer-0", "25"), ("schools", "school-0", "out")] {
        let at = format!("{id}/{path}");
        let page = client.get(&at).await;
        assert!(page.body.contains("Save and go to the next page"), "{}", page.body);
        let form = page.form_to(&at);
        let next = good(&send(&client, &form, &at, &[("next", "yes")]).await);
        assert!(next.ends_with("page=2"), "nothing was answered: {next}");
        let next = good(&send(&client, &form, &at, &[("next", "yes"), (field, value)]).await);
        assert!(next.ends_with("page=2"), "{next}");
        let last = client.get(&next).await;
        assert!(last.body.contains("27 ") && !last.body.contains("Save and go to the next page"), "{}", last.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_school_is_asked_about_at_its_cell_and_cells_are_told_from_rows() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let log = "Date,School,Y5,Y6,Tel\n12/11/18,Kelder Primary,30,2,01274 111222\n13/11/18,,28,2,\n14/11/18,,27,2,\n\
            15/11/18,Beck Primary School,sold out!,sold out!,\n16/11/18,Youth club,9,1,\n";
        let id = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let at = |path: &str| format!("{id}/{path}");
        let columns = client.get(&at("columns")).await;
        good(&send(&client, &columns, &at("columns"), &[("programme", &town.programme.to_string())]).await);

        // One name looks like no school; a blank is none, whatever page lists names.
        let steps = client.get(&id).await;
        assert!(steps.body.contains(">1 name<") && steps.body.contains(">3 rows<"), "{}", steps.body);
        for page in [&steps, &client.get(&at("preview")).await] {
            assert!(page.body.contains("1 column is not read: “Tel”"), "{}", page.body);
        }
        let schools = client.get(&at("schools")).await;
        for text in ["1 name is left", "1 name looks like no school of the list: “Youth club”.", "See all 3 names"]
        {
            assert!(schools.body.contains(text), "{text}: {}", schools.body);
        }
        assert!(!schools.body.contains("“”") && !client.get(&at("names")).await.body.contains("“”"));
        good(&send(&client, &schools.form_to(&at("schools/none")), &at("schools/none"), &[]).await);
        assert!(client.get(&at("schools")).await.body.contains("Every name is decided"));

        let cells = client.get(&at("cells")).await;
        for text in [
            "No school in 2 rows",
            "log.csv",
            ": 13 Nov 2018<",
            "“same” if it is the school of the row above",
            "“sold out!” in 2 cells of 1 row",
            "In all 2 cells of 1 row",
            "Leave this row out",
        ] {
            assert!(cells.body.contains(text), "{text}: {}", cells.body);
        }
        let asked = cells.body.matches("<h2 class=\"govuk-heading-s\">").count();
        assert_eq!(asked, 2, "{}", cells.body);
        good(&send(&client, &cells.form_to(&at("cells")), &at("cells"), &[("answer-0", "same")]).await);
        let preview = client.get(&at("preview")).await;
        assert!(fact(&preview, "Schools").starts_with("1 school") && fact(&preview, "Delivered") == "3 sessions");

        // What was answered is there when the file is uploaded again for the row that was left.
        good(&send(&client, &client.get(&at("apply")).await, &at("apply"), &[]).await);
        let done = client.get(&id).await;
        assert!(done.body.contains("what was answered is kept"), "{}", done.body);
        let again = good(&client.upload("/histories", &[], "file", "log.csv", log.into()).await);
        let steps = client.get(&again).await;
        for text in ["What was answered for it then is taken over here", "3 on record already, 1 left out", ">1 row<"] {
            assert!(steps.body.contains(text), "{text}: {}", steps.body);
        }
        assert!(!steps.body.contains("Programme to choose"), "{}", steps.body);
    }
}

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no ../shared");
    None
}

/// A key as each database writes it.
fn key(desk: &Desk, id: Uuid) -> String {
    match desk.db() {
        Db::Sqlite { .. } => format!("X'{}'", id.simple()),
        Db::Postgres(_) => format!("'{id}'"),
    }
}

/// Bradford with its schools, a programme, a provider and a commissioner who is signed in.
async fn bradford(desk: &Desk, shared: &Path) -> (TestApp, Client, Uuid) {
    let code: domain::setting::LaCode = "380".parse().expect("an LA code");
    authorities::add(desk, &Actor::SYSTEM, &code, "Bradford", true).await.expect("an authority");
    let bytes = std::fs::read(shared.join("data/register/gias_layout_bradford_2024-25.csv")).expect("a list");
    let list = File { name: "list.csv".into(), bytes: Arc::from(bytes) };
    imports::run(desk, &Actor::SYSTEM, &list, None, Mode::Apply { close_missing: false }).await.expect("schools");
    let programme = Uuid::now_v7();
    let id = key(desk, programme);
    for sql in [
        format!(
            "INSERT INTO programme (id, authority_code, kind, name, summary, for_adults, setting_types, year_groups, needs,
                adaptations, topics, status, assurance, risk_assessment, content_notes, parent_letter, parent_materials,
                created_at, version)
             VALUES ({id}, '380', 'session', 'Staying safe', '', FALSE, 'special,mainstream', 131071, '', '', '', 'open',
                '', '', '', '', '', '2026-01-01T00:00:00Z', 1)"
        ),
        format!("INSERT INTO programme_part (programme_id, number, title, minutes) VALUES ({id}, 1, 'One', 60)"),
        format!("INSERT INTO provider (id, kind, name, created_at, version) VALUES ({id}, 'police', 'The unit', '2026-01-01T00:00:00Z', 1)"),
        format!("INSERT INTO provider_authority (provider_id, authority_code) VALUES ({id}, '380')"),
    ] {
        Throwaway::execute(desk, &sql).await;
    }
    let scope = Scope::Authority(code);
    let new = NewPerson {
        email: "dana@council.example".parse().expect("an address"),
        name: "Dana Firth".into(),
        role: Role::Commissioner,
        scope: scope.clone(),
    };
    people::add(desk, &Actor::SYSTEM, &new).await.expect("a person");
    let grant = grants::for_demonstration(desk, None).await.expect("grants").remove(0);
    let app = TestApp::start(desk.clone(), false).await;
    let actor = Actor { person: None, grant: Some(grant.id), role: Role::Commissioner, scope };
    let client = app.signed_in(&actor).await;
    (app, client, programme)
}

/// What the records say of a row of the truth: nothing (it was asked about), what the truth says, or something else.
async fn standing(desk: &Desk, file: &str, row: &csv::StringRecord) -> Option<bool> {
    let note = format!("{file}, {}, row {}", &row[0], &row[1]).replace('\'', "''");
    let half =
        if row[2].is_empty() { String::new() } else { format!("AND x.slot_label = '{}'", row[2].to_uppercase()) };
    let of = format!(
        "FROM session x JOIN session_event e ON e.session_id = x.id JOIN attending_group g ON g.session_id = x.id
         JOIN setting s ON s.id = g.setting_id WHERE (e.note = '{note}' OR e.note LIKE '{note}. %') {half}"
    );
    if count(desk, &format!("SELECT COUNT(*) {of}")).await == 0 {
        return None;
    }
    let (state, reason) = match &row[9] {
        "held" => ("delivered", ""),
        // Why it was cancelled is said in the notes alone, which the truth has not.
        "cancelled" => ("cancelled", "%"),
        "postponed" => ("cancelled", "postponed"),
        _ => return Some(false),
    };
    let attended =
        if state == "delivered" && !row[7].is_empty() { format!("= {}", &row[7]) } else { "IS NULL".to_owned() };
    let urn = if row[4].is_empty() { "0" } else { &row[4] };
    let wanted = format!(
        "SELECT COUNT(*) {of} AND s.urn = {urn} AND x.on_date = '{}' AND x.state = '{state}' AND x.reason LIKE '{reason}'
            AND g.attended {attended}",
        &row[5]
    );
    Some(count(desk, &wanted).await == 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shared_workbooks_come_through_the_pages_right_or_asked_about() {
    let Some(shared) = shared() else { return };
    for (_database, desk) in databases().await {
        let (_app, client, programme) = bradford(&desk, &shared).await;
        for name in ["police_log.xlsx", "tour_list.xls", "special_schools.ods"] {
            let bytes = std::fs::read(shared.join("spreadsheets/history").join(name)).expect("a workbook");
            let id = good(&client.upload("/histories", &[], "file", name, bytes).await);
            let columns = client.get(&format!("{id}/columns")).await;
            let columns = columns.form_to(&format!("{id}/columns"));
            good(&send(&client, &columns, &format!("{id}/columns"), &[("programme", &programme.to_string())]).await);
            for page in ["", "/schools", "/cells", "/preview", "/preview?standing=asked"] {
                assert_eq!(client.get(&format!("{id}{page}")).await.status, 200, "{name}{page}");
            }
            let ask = client.get(&format!("{id}/apply")).await;
            good(&send(&client, &ask, &format!("{id}/apply"), &[]).await);
            let truth =
                shared.join(format!("spreadsheets/history/{}.truth.csv", name.split('.').next().unwrap_or(name)));
            let (mut right, mut asked, mut wrong) = (0, 0, Vec::new());
            for row in csv::Reader::from_path(truth).expect("a truth table").records() {
                let row = row.expect("a row");
                match standing(&desk, name, &row).await {
                    None => asked += 1,
                    Some(true) => right += 1,
                    Some(false) => wrong.push(format!("{row:?}")),
                }
            }
            println!("{name}: {right} right, {asked} asked about, {} wrong", wrong.len());
            assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
            assert!(right > 2 * asked, "{name}");
        }
    }
}
