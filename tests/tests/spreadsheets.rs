//! What people do with files: a refused list is mended where it is marked, attendance is counted without signal.

use domain::attendance_sheet::Key;
use domain::session::State;
use records::attendance::{self, Statement};
use records::testing::{Throwaway, Town, date};
use tests::{Reply, TestApp, databases};

const HEADER: &str = "URN,LA (code),EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_is_marked_and_uploaded_again() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let list =
            format!("{HEADER}100001,990,Good School,Community school,Primary,4,11\n100002,990,,=1+1,Primary,four,11\n");
        let reply = client.upload("/schools/import", &[], "file", "list of 2026.csv", list.into_bytes()).await;
        let here = reply.location.expect("the import's page");
        let page = client.follow(&here).await;
        assert!(page.body.contains("2 problems") && page.body.contains("The name is blank"), "{}", page.body);
        assert!(page.body.contains(&format!("href=\"{here}/marked\"")), "{}", page.body);

        let (status, name, marked) = client.download(&format!("{here}/marked")).await;
        assert_eq!((status, marked.starts_with(b"PK")), (200, true));
        assert!(name.contains("filename=\"list of 2026 marked.xlsx\""), "{name}");
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!(other.download(&format!("{here}/marked")).await.0, 404);

        // Not mended, it is refused for the same cells.
        let reply = client.upload("/schools/import", &[], "file", "list of 2026 marked.xlsx", marked).await;
        let again = client.follow(&reply.location.expect("the import's page")).await;
        assert!(again.body.contains("2 problems") && again.body.contains("list of 2026.csv"), "{}", again.body);

        // A file in which no cell is at fault is not marked.
        let reply = client.upload("/schools/import", &[], "file", "a.xlsx", b"PK\x03\x04".to_vec()).await;
        let here = reply.location.expect("the import's page");
        assert!(!client.follow(&here).await.body.contains("/marked"));
        assert_eq!(client.get(&format!("{here}/marked")).await.status, 409);
    }
}

/// The page's form as a browser sends it, with these fields chosen.
fn sent<'a>(fields: &'a [(String, String)], chosen: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(chosen.iter().copied()).collect()
}

fn heading(reply: &Reply) -> &str {
    let after = reply.body.split("<h1").nth(1).unwrap_or_default();
    after.split_once('>').map_or("", |(_, text)| text.split('<').next().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn attendance_is_counted_without_signal_and_uploaded() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let first = town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        let second = town.session(&desk, town.second_primary, date(2026, 11, 19), State::Confirmed).await;
        let app = TestApp::start(desk.clone(), false).await;
        let (company, school) = (town.company(), town.school(town.primary));
        let client = app.signed_in(&company).await;
        let tour = client.get(&format!("/tours/{}", town.tour)).await;
        assert!(tour.body.contains("/attendance-sheet\"") && tour.body.contains("href=\"/attendance-sheets\""));
        let (status, name, workbook) = client.download(&format!("/tours/{}/attendance-sheet", town.tour)).await;
        assert_eq!((status, workbook.starts_with(b"PK")), (200, true));
        assert!(name.contains("Attendance"), "{name}");
        let days = format!("/run-sheets/{}/attendance-sheet?from=2026-11-18&days=1", town.team);
        assert_eq!(client.download(&days).await.0, 200);

        // As it went out, nothing is filled in.
        let reply = client.upload("/attendance-sheets", &[], "file", "sheet.xlsx", workbook).await;
        assert!(reply.status == 422 && reply.body.contains("Nothing is filled in"), "{}", reply.body);

        let mut keys = Vec::new();
        for session in [first, second] {
            let group = attendance::sheet(&desk, &company, session).await.unwrap().groups.remove(0);
            keys.push(Key { group: group.id, base: group.counts });
        }
        let csv = |one: &str, other: &str| {
            let heads = "Counted by,Pupils who took part,Key (leave as it is)";
            format!("{heads}\nJo,{other},\"{}\"\nJo,{one},\"{}\"\n", keys[1], keys[0]).into_bytes()
        };
        let wrong = client.upload("/attendance-sheets", &[], "file", "sheet.csv", csv("many", "25")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("row 3, Pupils who took part") && wrong.body.contains("no whole number"));

        // The school states one of them meanwhile.
        let now = attendance::sheet(&desk, &school, first).await.unwrap();
        let mut counts = now.groups[0].counts;
        counts.pupils = Some(29);
        let statement = Statement {
            version: now.session.version,
            groups: [(now.groups[0].id, counts)].into(),
            ..Statement::default()
        };
        attendance::record(&desk, &school, first, statement).await.unwrap();
        let page = client.upload("/attendance-sheets", &[], "file", "sheet.csv", csv("28", "25")).await;
        assert_eq!((page.status, heading(&page)), (200, "Decide who is right"));
        assert!(
            page.body.contains("Stated by pshe (school)") && page.body.contains("row 3, counted by Jo"),
            "{}",
            page.body
        );

        // Nothing chosen: asked again, and nothing is stored.
        let fields = page.fields();
        let again = client.post("/attendance-sheets/record", &sent(&fields, &[])).await;
        assert_eq!(again.status, 422);
        assert!(again.body.contains("choose which figure is right"), "{}", again.body);
        let pupils = async |session| attendance::sheet(&desk, &company, session).await.unwrap().groups[0].counts.pupils;
        assert_eq!((pupils(first).await, pupils(second).await), (Some(29), None));

        let field = attendance::field(domain::attendance::Figure::Pupils, keys[0].group);
        let fields = again.fields();
        let chosen = sent(&fields, &[(field.as_str(), "29|28")]);
        let done = client.post("/attendance-sheets/record", &chosen).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some("/attendance-sheets")), "{}", done.body);
        assert_eq!((pupils(first).await, pupils(second).await), (Some(28), Some(25)));
        assert!(client.follow("/attendance-sheets").await.body.contains("2 figures"));
        // Sent twice, done once.
        assert_eq!(client.post("/attendance-sheets/record", &chosen).await.status, 303);
        assert_eq!(client.post("/attendance-sheets/record", &[("rows", "x")]).await.status, 409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_list_is_taken_back_unless_something_was_built_on_it() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let list = format!("{HEADER}900021,990,New School,Community school,Primary,4,11\n").into_bytes();
        let here = client.upload("/schools/import", &[], "file", "list.csv", list).await.location.expect("its page");
        let page = client.follow(&here).await;
        assert_eq!(client.post(&format!("{here}/apply"), &sent(&page.fields(), &[])).await.status, 303);
        let page = client.follow(&here).await;
        let undo = here.replace("/schools", "") + "/undo";
        assert!(page.body.contains(&format!("href=\"{undo}\"")), "{}", page.body);

        let refer = "INSERT INTO number_on_roll (setting_id, academic_year, year_group, pupils)
            SELECT id, 2026, 6, 30 FROM setting WHERE urn = 900021";
        Throwaway::execute(&desk, refer).await;
        let ask = client.get(&undo).await;
        assert!(ask.body.contains("1 school that it added will be deleted"), "{}", ask.body);
        let refused = client.post(&undo, &sent(&ask.fields(), &[])).await;
        assert!(
            refused.status == 409 && refused.body.contains("New School has counted numbers on roll"),
            "{}",
            refused.body
        );
        Throwaway::execute(&desk, "DELETE FROM number_on_roll").await;
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!((other.get(&undo).await.status, other.post(&undo, &[]).await.status), (404, 404));
        assert_eq!(client.post(&undo, &sent(&refused.fields(), &[])).await.status, 303);
        assert!(client.follow(&here).await.body.contains("School list taken back"));
        assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM setting WHERE urn = 900021").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rolls_of_the_census_are_previewed_and_taken_over() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let council = town.commissioner();
        let client = app.signed_in(&council).await;
        assert!(client.get("/schools").await.body.contains("href=\"/schools/rolls\""));
        let urn = records::schools::get(&desk, &council, town.primary).await.unwrap().school.urn.expect("a URN");
        let send = async |year: &str, text: String| {
            client.upload("/schools/rolls", &[("year", year)], "file", "census.csv", text.into_bytes()).await
        };
        let unnamed = send("", format!("URN,Year 6\n{urn},28\n")).await;
        assert!(unnamed.status == 422 && unnamed.body.contains("does not say of which academic year"));
        let wrong = send("2026", format!("URN,Year 6\n{urn},many\n")).await;
        assert!(wrong.status == 422 && wrong.body.contains("row 2, Year 6"), "{}", wrong.body);

        let text =
            format!("URN,time_period,Year 5,Year 6,EHC plan\n{urn},202627,c,28,4\n999999,202627,1,1,1\nTotal,,1,1,1\n");
        let here = send("", text.clone()).await.location.expect("the import's page");
        let page = client.get(&here).await;
        assert_eq!((page.status, heading(&page)), (200, "Check what the census of 2026/27 changes"));
        assert!(page.body.contains("Year 6: not counted → 28, EHC plans: not known → 4"), "{}", page.body);
        let fields = page.fields();
        let apply = format!("{here}/apply");
        let done = client.post(&apply, &sent(&fields, &[])).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(here.as_str())), "{}", done.body);
        let school = client.get(&format!("/schools/{}", town.primary)).await;
        assert!(school.body.contains("counted"), "labelled so: {}", school.body);
        assert_eq!(client.post(&apply, &sent(&fields, &[])).await.status, 303, "sent twice, done once");
        let page = client.follow(&here).await;
        assert!(page.body.contains("Rolls taken over") && page.body.contains("Year 6: nothing → 28"), "{}", page.body);
        assert_eq!(client.post(&apply, &[]).await.status, 409, "not a second time");

        // It stands among the imports, is recognised when it comes again, and can be taken back.
        let all = client.get("/imports").await;
        assert!(all.body.contains(&here) && all.body.contains("Rolls from the census"), "{}", all.body);
        let again = send("", text).await.location.expect("the import's page");
        let page = client.get(&again).await;
        assert!(
            page.body.contains("imported before") && page.body.contains("Nothing would be changed"),
            "{}",
            page.body
        );
        let dropped = client.post(&format!("{again}/drop"), &[]).await;
        assert_eq!((dropped.status, dropped.location.as_deref()), (303, Some("/schools/rolls")));
        let undo = here.replace("/schools", "") + "/undo";
        let ask = client.get(&undo).await;
        assert!(ask.body.contains("The numbers of 1 school will be as they were"), "{}", ask.body);
        let done = client.post(&undo, &sent(&ask.fields(), &[])).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(here.as_str())), "{}", done.body);
        assert!(client.follow(&here).await.body.contains("Rolls taken back"));
        assert!(!client.get(&format!("/schools/{}", town.primary)).await.body.contains("counted"));
        assert_eq!(client.post(&undo, &[]).await.status, 409, "once");
    }
}
