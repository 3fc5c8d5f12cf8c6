//! What people do with files: a refused list is mended where it is marked, attendance is counted without signal.

use domain::access::{Role, permitted};
use domain::attendance_sheet::Key;
use domain::session::State;
use records::attendance::{self, Statement};
use records::taking_back::Kind;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_its_links_are_marked_each_by_itself() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk, false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let list = format!("{HEADER}100002,990,,Community school,Primary,4,11\n").into_bytes();
        let links = b"URN,LinkURN,LinkName,LinkType\nx,100001,A,Predecessor\n".to_vec();
        let send = async |list: (&str, Vec<u8>), links: (&str, Vec<u8>)| {
            let files = vec![("file", list.0, list.1), ("links", links.0, links.1)];
            let here = client.upload_all("/schools/import", &[], files).await.location.expect("the import's page");
            (client.follow(&here).await, here)
        };
        let (page, here) = send(("list.csv", list), ("links.csv", links.clone())).await;
        assert!(page.body.contains("2 problems") && page.body.contains("The name is blank"), "at once: {}", page.body);
        assert!(page.body.contains("In the links table: "), "{}", page.body);
        let home = client.get("/").await.body;
        assert!(home.contains(&here) && home.contains("2 problems to be mended"), "{home}");
        let (list, table) = (format!("{here}/marked"), format!("{here}/marked-links"));
        for (path, name) in [(&list, "list marked.xlsx"), (&table, "links marked.xlsx")] {
            assert!(page.body.contains(&format!("href=\"{path}\"")), "{}", page.body);
            let (status, said, marked) = client.download(path).await;
            assert_eq!((status, marked.starts_with(b"PK")), (200, true));
            assert!(said.contains(name), "{said}");
        }
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!(other.download(&table).await.0, 404);

        // Not mended, each is refused for its own cell, and for no more.
        let (list, links_marked) = (client.download(&list).await.2, client.download(&table).await.2);
        let (again, _) = send(("list marked.xlsx", list), ("links marked.xlsx", links_marked)).await;
        assert_eq!(
            table_of(&again, "Problems", &[0, 1, 2]),
            [["list.csv", "2", "EstablishmentName"], ["links.csv", "2", "URN"]]
        );

        // Links that come alone are marked, too; they have no list to be told from.
        let alone = client.upload("/schools/import", &[], "links", "links.csv", links).await;
        let here = alone.location.expect("the import's page");
        let page = client.follow(&here).await;
        assert!(
            heading(&page) == "The links table was refused" && !page.body.contains("marked-links"),
            "{}",
            page.body
        );
        let (status, name, _) = client.download(&format!("{here}/marked")).await;
        assert!(status == 200 && name.contains("links marked.xlsx"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_rolls_are_marked_and_uploaded_again() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let urn =
            records::schools::get(&desk, &town.commissioner(), town.primary).await.unwrap().school.urn.expect("a URN");
        let send = async |name: &str, bytes: Vec<u8>| {
            client.upload("/schools/rolls", &[("year", "2026")], "file", name, bytes).await
        };
        let wrong = format!("URN,Year 5,Year 6\n{urn},30,many\n").into_bytes();
        let page = send("census.csv", wrong.clone()).await;
        let at = |page: &Reply| {
            let before = page.body.split("/marked\"").next().unwrap_or_default();
            before.rsplit("href=\"").next().unwrap_or_default().to_owned()
        };
        let here = at(&page);
        assert!(page.status == 422 && here.starts_with("/schools/imports/"), "{}", page.body);
        let (status, name, marked) = client.download(&format!("{here}/marked")).await;
        assert!(status == 200 && name.contains("census marked.xlsx"), "{name}");
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!(other.download(&format!("{here}/marked")).await.0, 404);
        // It has a page of its own, to which Home leads; the same file again is kept once.
        let twice = at(&send("census.csv", wrong).await);
        assert!(twice != here && client.get(&here).await.status == 404);
        let home = client.get("/").await.body;
        assert!(home.contains(&twice) && home.contains("1 problem to be mended"), "{home}");
        let own = client.get(&twice).await;
        assert_eq!((own.status, heading(&own)), (200, "The census file was refused"));
        let again = send("census marked.xlsx", marked).await;
        assert!(again.status == 422 && again.body.contains("census.csv, row 2, Year 6"), "{}", again.body);
        let dropped = client.post(&format!("{twice}/drop"), &[]).await;
        assert_eq!((dropped.status, dropped.location.as_deref()), (303, Some("/schools/rolls")));

        // A file in which no cell is at fault is not kept.
        let none = send("a.xlsx", b"PK\x03\x04".to_vec()).await;
        assert!(none.status == 422 && !none.body.contains("/marked"), "{}", none.body);
    }
}

/// Some cells of each row of a table, by its caption.
fn table_of(reply: &Reply, caption: &str, columns: &[usize]) -> Vec<Vec<String>> {
    let rows = table(reply, caption).into_iter();
    rows.map(|cells| columns.iter().filter_map(|at| cells.get(*at).cloned()).collect()).collect()
}

/// The page's form as a browser sends it, with these fields chosen.
fn sent<'a>(fields: &'a [(String, String)], chosen: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(chosen.iter().copied()).collect()
}

fn heading(reply: &Reply) -> &str {
    let after = reply.body.split("<h1").nth(1).unwrap_or_default();
    after.split_once('>').map_or("", |(_, text)| text.split('<').next().unwrap_or_default())
}

/// The cells of the rows of a table, by its caption; none where there is no such table.
fn table(reply: &Reply, caption: &str) -> Vec<Vec<String>> {
    let plain = |html: &str| {
        let texts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        texts.collect::<String>().trim().to_owned()
    };
    let body = reply.body.replace("<!>", "").replace("<!---->", "");
    let Some((_, rest)) = body.split_once(&format!(">{caption}</caption>")) else { return Vec::new() };
    let rows = rest.split("</table>").next().unwrap_or_default().split("<tr").skip(2);
    rows.map(|row| {
        let cells = row.split("<th").flat_map(|part| part.split("<td")).skip(1);
        cells.map(|cell| plain(cell.split_once('>').map_or("", |(_, text)| text))).collect()
    })
    .collect()
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
            keys.push(Key { group: group.id, base: group.counts, beside: None });
        }
        let csv = |one: &str, other: &str| {
            let heads = "Counted by,Pupils who took part,Key (leave as it is)";
            format!("{heads}\nJo,{other},\"{}\"\nJo,{one},\"{}\"\n", keys[1], keys[0]).into_bytes()
        };
        let upload = async |bytes: Vec<u8>| {
            let reply = client.upload("/attendance-sheets", &[], "file", "sheet.csv", bytes).await;
            let here = reply.location.clone().unwrap_or_else(|| panic!("{} {}", reply.status, reply.body));
            (client.follow(&here).await, here)
        };
        let (wrong, here) = upload(csv("many", "25")).await;
        assert!(wrong.body.contains("row 3, Pupils who took part") && wrong.body.contains("no whole number"));
        let (status, name, marked) = client.download(&format!("{here}/marked")).await;
        assert_eq!((status, marked.starts_with(b"PK")), (200, true));
        assert!(name.contains("filename=\"sheet marked.xlsx\""), "{name}");
        assert_eq!(app.signed_in(&school).await.get(&here).await.status, 404, "not the school’s upload");

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
        let (page, here) = upload(csv("28", "25")).await;
        let record = format!("{here}/record");
        assert_eq!((page.status, heading(&page)), (200, "Decide who is right"));
        assert!(
            page.body.contains("Stated by pshe (school)") && page.body.contains("row 3, counted by Jo"),
            "{}",
            page.body
        );

        // Nothing chosen: asked again, and nothing is stored.
        let fields = page.fields();
        let again = client.post(&record, &sent(&fields, &[])).await;
        assert_eq!(again.status, 422);
        assert!(again.body.contains("choose which figure is right"), "{}", again.body);
        let pupils = async |session| attendance::sheet(&desk, &company, session).await.unwrap().groups[0].counts.pupils;
        assert_eq!((pupils(first).await, pupils(second).await), (Some(29), None));

        let field = attendance::field(domain::attendance::Figure::Pupils, keys[0].group);
        let fields = again.fields();
        let chosen = sent(&fields, &[(field.as_str(), "29|28")]);
        let done = client.post(&record, &chosen).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(here.as_str())), "{}", done.body);
        assert_eq!((pupils(first).await, pupils(second).await), (Some(28), Some(25)));
        let shown = client.follow(&here).await;
        assert!(shown.body.contains("2 figures of 2 sessions were recorded"), "{}", shown.body);
        // Row by row: which session, what was there before and what is now.
        assert_eq!(
            table(&shown, "What was recorded"),
            [
                [
                    "18 Nov 2026",
                    "AM, Kelder Primary School",
                    "Kelder Primary School, 6A (Year 6)",
                    "Pupils who took part",
                    "29",
                    "28"
                ],
                [
                    "19 Nov 2026",
                    "AM, Beck Primary School",
                    "Beck Primary School, 6A (Year 6)",
                    "Pupils who took part",
                    "blank",
                    "25"
                ],
            ]
        );
        assert!(shown.body.contains(&format!("href=\"/sessions/{first}\"")), "{}", shown.body);
        // Sent twice, done once.
        assert_eq!(client.post(&record, &chosen).await.status, 303);
        assert_eq!(client.post(&record, &[]).await.status, 409);

        // The same file is recognised, and dropped when somebody says so.
        let (again, other) = upload(csv("28", "25")).await;
        assert!(again.body.contains("taken in before") && again.body.contains(&format!("href=\"{here}\"")));
        assert!(client.get(&format!("{other}/drop")).await.body.contains("Drop this sheet?"));
        assert_eq!(client.post(&format!("{other}/drop"), &[]).await.status, 303);
        assert_eq!(client.get(&other).await.status, 404);

        // And taken back, by whoever uploaded it.
        let undo =
            shown.body.split("href=\"").find(|href| href.starts_with("/imports/")).expect("the way to take it back");
        let undo = undo.split('"').next().unwrap();
        let ask = client.get(undo).await;
        assert!(ask.body.contains("Take this import back?") && ask.body.contains("as it was before"), "{}", ask.body);
        let fields = ask.fields();
        let undone = client.post(undo, &sent(&fields, &[])).await;
        assert_eq!((undone.status, undone.location.as_deref()), (303, Some(here.as_str())), "{}", undone.body);
        assert_eq!((pupils(first).await, pupils(second).await), (Some(29), None));
        let back = client.get(&here).await;
        assert!(back.body.contains("Taken back by") && table(&back, "What was recorded").is_empty(), "{}", back.body);

        // Many figures are decided at once; one that is chosen by itself is as it was chosen.
        for (all, wanted) in [("record", 29), ("sheet", 27)] {
            let (page, here) = upload(csv("27", "25")).await;
            let done = client.post(&format!("{here}/record"), &sent(&page.fields(), &[("all", all)])).await;
            assert_eq!(done.status, 303, "{}", done.body);
            assert_eq!(pupils(first).await, Some(wanted), "{all}");
        }
        // More than the roll: mended on the page, which takes no number that is none.
        let (page, here) = upload(csv("270", "25")).await;
        let (record, own) = (format!("{here}/record"), format!("mend-{field}"));
        let ask = client.post(&record, &sent(&page.fields(), &[("all", "sheet")])).await;
        assert!(ask.status == 422 && ask.body.contains("or mend the number"), "{}", ask.body);
        let with = |page: &Reply, typed: &str| {
            let mut fields = page.fields();
            fields.retain(|(name, _)| *name != own);
            fields.extend([(own.clone(), typed.to_owned()), ("all".to_owned(), "sheet".to_owned())]);
            fields
        };
        let wrong = client.post(&record, &sent(&with(&ask, "2x"), &[])).await;
        assert!(wrong.status == 422 && wrong.body.contains("enter a whole number"), "{}", wrong.body);
        assert_eq!(client.post(&record, &sent(&with(&wrong, "26"), &[])).await.status, 303);
        assert_eq!(pupils(first).await, Some(26));
        let (page, here) = upload(csv("27", "25")).await;
        let done = client.post(&format!("{here}/record"), &sent(&page.fields(), &[("all", "sheet")])).await;
        assert_eq!(done.status, 303, "{}", done.body);

        let (page, here) = upload(csv("26", "25")).await;
        let chosen = [("all", "sheet"), (field.as_str(), "27|27")];
        assert_eq!(client.post(&format!("{here}/record"), &sent(&page.fields(), &chosen)).await.status, 303);
        assert_eq!(pupils(first).await, Some(27));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_figures_that_were_stated_differently_are_decided_page_by_page() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let company = town.company();
        let (mut sessions, mut csv) = (Vec::new(), "Pupils who took part,Key (leave as it is)\n".to_owned());
        for day in 1..=25 {
            let session = town.session(&desk, town.primary, date(2026, 10, day), State::Confirmed).await;
            let group = attendance::sheet(&desk, &company, session).await.unwrap().groups.remove(0);
            csv.push_str(&format!("28,\"{}\"\n", Key { group: group.id, base: group.counts, beside: None }));
            sessions.push((session, attendance::field(domain::attendance::Figure::Pupils, group.id)));
        }
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 29").await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&company).await;
        let reply = client.upload("/attendance-sheets", &[], "file", "sheet.csv", csv.into_bytes()).await;
        let here = reply.location.clone().unwrap_or_else(|| panic!("{} {}", reply.status, reply.body));
        let record = format!("{here}/record");
        let asked = |reply: &Reply| -> Vec<usize> {
            let is_there = |field: &str| reply.body.contains(&format!("name=\"{field}\""));
            (0..sessions.len()).filter(|at| is_there(&sessions[*at].1)).collect()
        };
        let chosen = |reply: &Reply, at: usize| {
            reply.fields().into_iter().find(|(name, _)| *name == sessions[at].1).map(|(_, value)| value)
        };

        let first = client.get(&here).await;
        assert_eq!(asked(&first), (0..20).collect::<Vec<_>>());
        assert!(first.body.contains("25 figures were stated differently") && first.body.contains("Page 1 of 2"));
        // Going on keeps what was chosen.
        let fields = first.fields();
        let on = [(sessions[3].1.as_str(), "29|28"), ("next", "yes")];
        let next = client.post(&record, &sent(&fields, &on)).await;
        assert_eq!((next.status, next.location.as_deref()), (303, Some(format!("{here}?page=2").as_str())));
        let second = client.follow(&format!("{here}?page=2")).await;
        assert_eq!(asked(&second), (20..25).collect::<Vec<_>>());
        assert!(second.body.contains("24 are left to decide"), "{}", second.body);
        assert!(
            !second.body.contains("Save and go to the next page")
                && first.body.contains("Save and go to the next page")
        );
        let back = client.get(&here).await;
        assert_eq!((chosen(&back, 3).as_deref(), chosen(&back, 4)), (Some("29|28"), None));

        // The last page alone does not settle it: the first page with an open one is shown, and what was chosen stays.
        let fields = second.fields();
        let last: Vec<_> = (20..25).map(|at| (sessions[at].1.as_str(), "29|28")).collect();
        let refused = client.post(&record, &sent(&fields, &last)).await;
        assert_eq!((refused.status, asked(&refused)), (422, (0..20).collect::<Vec<_>>()));
        assert_eq!(refused.body.matches("choose which figure is right").count(), 2 * 19, "{}", refused.body);
        assert_eq!(chosen(&refused, 3).as_deref(), Some("29|28"));
        assert!(refused.body.contains("19 are left to decide"), "{}", refused.body);
        // All at once, but for those that were chosen by themselves.
        let fields = refused.fields();
        let done = client.post(&record, &sent(&fields, &[("all", "record")])).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(here.as_str())), "{}", done.body);
        for (at, (session, _)) in sessions.iter().enumerate() {
            let pupils = attendance::sheet(&desk, &company, *session).await.unwrap().groups[0].counts.pupils;
            assert_eq!(pupils, Some(if at == 3 || at >= 20 { 28 } else { 29 }), "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_chosen_in_the_wrong_place_is_told_where_it_belongs() {
    const ROLLS: &str = "URN,School name,Year 5,Year 6\n100001,Kelder,28,29\n";
    const LOG: &str = "Date,School,Year,No. of pupils\n12/11/2024,Kelder Primary,6,28\n";
    const PEOPLE: &str = "School,Name,Job title,Email\nKelder Primary,Jo Bell,PSHE lead,jo@kelder.example\n";
    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n";
    let list = format!("{HEADER}100001,990,Kelder,Community school,Primary,5,11\n");
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        let (_, sheet) = attendance::of_tour(&desk, &town.company(), town.tour).await.unwrap();
        let (_, requests) = records::request_sheets::of_all(&desk, &town.commissioner()).await.unwrap();
        let app = TestApp::start(desk.clone(), false).await;
        let (council, admin) = (town.commissioner(), town.official(Role::Administrator));
        let (by_council, by_admin) = (app.signed_in(&council).await, app.signed_in(&admin).await);
        // What is refused at once, and what is looked at on a page of its own.
        let sent = async |path: &str, bytes: &[u8]| {
            let is_admins = path.starts_with("/people") || path.starts_with("/authority");
            let (client, actor) = if is_admins { (&by_admin, &admin) } else { (&by_council, &council) };
            let reply = client.upload(path, &[], "file", "a file", bytes.to_vec()).await;
            match reply.location.clone() {
                Some(there) => (client.follow(&there).await, actor.role),
                None => (reply, actor.role),
            }
        };
        for (path, bytes, kind, way) in [
            ("/people/lists", ROLLS.as_bytes(), Kind::Rolls, "/schools/rolls"),
            ("/schools/rolls", list.as_bytes(), Kind::Schools, "/schools/import"),
            ("/schools/import", LOG.as_bytes(), Kind::History, "/histories"),
            ("/schools/import", ROLLS.as_bytes(), Kind::Rolls, "/schools/rolls"),
            ("/attendance-sheets", PEOPLE.as_bytes(), Kind::Contacts, "/people/lists"),
            ("/attendance-sheets", &requests, Kind::Requests, "/request-sheets"),
            ("/request-sheets", &sheet, Kind::Attendance, "/attendance-sheets"),
            ("/paper-feedback", &sheet, Kind::Attendance, "/attendance-sheets"),
            ("/authority/terms/import", LOG.as_bytes(), Kind::History, "/histories"),
            ("/authority/bank-holidays/import", CALENDAR.as_bytes(), Kind::Terms, "/authority/terms/import"),
            ("/histories", CALENDAR.as_bytes(), Kind::Terms, "/authority/terms/import"),
            ("/histories", ROLLS.as_bytes(), Kind::Rolls, "/schools/rolls"),
            ("/histories", &requests, Kind::Requests, "/request-sheets"),
            // It could be read as visits: that is doubtful, and is said.
            ("/histories", &sheet, Kind::Attendance, "/attendance-sheets"),
            ("/people/lists", &requests, Kind::Requests, "/request-sheets"),
        ] {
            let (reply, role) = sent(path, bytes).await;
            let says = reply.body.split_once(&format!("This looks like {}", kind.in_words()));
            let (before, after) = says.unwrap_or_else(|| panic!("{path}, {kind:?}: {}", reply.body));
            // An error is the link, a notice has one. Who may not take it in is not sent to a page that is closed to them.
            let last: String = before.chars().rev().take(100).collect::<Vec<_>>().into_iter().rev().collect();
            let near = format!("{last}{}", after.chars().take(100).collect::<String>());
            let is_sent = near.contains(&format!("href=\"{way}\""));
            assert_eq!(is_sent, permitted(role, kind.operation()), "{path}, {kind:?}: {near}");
        }
        // What is of the kind that is asked for, plain or not, is not sent elsewhere; nor is what nobody can tell.
        for (path, bytes) in [
            ("/histories", LOG),
            ("/people/lists", PEOPLE),
            ("/schools/rolls", "URN,Year 6\n100001,many\n"),
            ("/attendance-sheets", "Pupils who took part,Key (leave as it is)\nmany,x\n"),
            ("/schools/import", "Item,Price\nTea,2\n"),
            ("/people/lists", "Date,School,Pupils\n"),
        ] {
            let (reply, _) = sent(path, bytes.as_bytes()).await;
            assert_eq!(
                reply.body.contains("This looks like"),
                bytes.starts_with("Date,School,Pupils"),
                "{path}: {}",
                reply.body
            );
        }
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
        // What stands in the way is said before the press, with the way there; and after it, where it came in between.
        let button = format!("action=\"{undo}\"");
        let ask = client.get(&undo).await;
        assert_eq!((ask.status, heading(&ask)), (200, "This import cannot be taken back"), "{}", ask.body);
        let new = records::schools::Filter { search: "900021".into(), ..records::schools::Filter::default() };
        let new = records::schools::list(&desk, &town.commissioner(), &new, records::Page::new(1)).await.unwrap().0;
        let link =
            format!("href=\"/schools/{}\" class=\"govuk-link\">New School has counted numbers on roll", new[0].id);
        assert!(ask.body.contains(&link) && !ask.body.contains(&button), "{}", ask.body);
        let refused = client.post(&undo, &[]).await;
        assert!(refused.status == 409 && refused.body.contains(&link), "{}", refused.body);
        assert!(!refused.body.contains(&button), "pressing again would come to the same");
        Throwaway::execute(&desk, "DELETE FROM number_on_roll").await;
        let ask = client.get(&undo).await;
        assert!(ask.body.contains("1 school that it added will be deleted") && ask.body.contains(&button));
        let other = app.signed_in(&town.commissioner_elsewhere()).await;
        assert_eq!((other.get(&undo).await.status, other.post(&undo, &[]).await.status), (404, 404));
        assert_eq!(client.post(&undo, &sent(&ask.fields(), &[])).await.status, 303);
        let taken_back = client.follow(&here).await.body;
        assert!(taken_back.contains("School list taken back"), "{taken_back}");
        assert!(taken_back.contains("Taken back: School list “list.csv”, imported on 22 Nov 2026"), "{taken_back}");
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
        assert!(!wrong.body.contains("does not say of which academic year"), "{}", wrong.body);
        let both = send("", format!("URN,Year 6\n{urn},many\n")).await;
        assert!(both.body.contains("row 2, Year 6"), "{}", both.body);
        assert!(both.body.contains("does not say of which academic year"), "at once: {}", both.body);

        let text =
            format!("URN,time_period,Year 5,Year 6,EHC plan\n{urn},202627,c,28,4\n999999,202627,1,1,1\nTotal,,1,1,1\n");
        let here = send("", text.clone()).await.location.expect("the import's page");
        let page = client.get(&here).await;
        assert_eq!((page.status, heading(&page)), (200, "Check what the census of 2026/27 changes"));
        assert!(page.body.contains("Year 6: not counted → 28, EHC plans: not known → 4"), "{}", page.body);
        let apply = format!("{here}/apply");
        let fields = page.form_to(&apply).fields();
        // Somebody else's census came in between: what would be changed now is shown first.
        let unseen: Vec<_> = fields.iter().filter(|(name, _)| name != "seen").cloned().collect();
        let changed = client.post(&apply, &sent(&unseen, &[("seen", "aaaa")])).await;
        assert_eq!((changed.status, heading(&changed)), (409, "Check what the census of 2026/27 changes"));
        assert!(changed.body.contains("it is something else for Kelder Primary School"), "{}", changed.body);
        let fields = page.form_to(&apply).fields();
        let done = client.post(&apply, &sent(&fields, &[])).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(here.as_str())), "{}", done.body);
        let school = client.get(&format!("/schools/{}", town.primary)).await;
        assert!(school.body.contains(">counted<"), "labelled so: {}", school.body);
        assert_eq!(client.post(&apply, &sent(&fields, &[])).await.status, 303, "sent twice, done once");
        let page = client.follow(&here).await;
        let shown = page.body.replace("<!>", "");
        assert!(shown.contains("Rolls taken over") && shown.contains("Year 6: nothing → 28"), "{shown}");
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
        let school = client.get(&format!("/schools/{}", town.primary)).await.body;
        assert!(!school.contains(">counted<"), "{school}");
        assert_eq!(client.post(&undo, &[]).await.status, 409, "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rolls_find_schools_by_their_laestab_and_name_those_they_do_not_find() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        Throwaway::execute(&desk, "UPDATE setting SET establishment_number = '2001' WHERE urn = 900001").await;
        let send = async |text: &str| {
            client.upload("/schools/rolls", &[("year", "2026")], "file", "census.csv", text.as_bytes().to_vec()).await
        };
        let nameless = send("URN,School,Year 6\n900002,Beck,30\n,Kelder Primary School,28\n").await;
        assert!(nameless.status == 422 && nameless.body.contains("no URN and no LAESTAB"), "{}", nameless.body);

        // The authority's own row is a total, and the number that nobody has is named.
        let text = "LAESTAB,School,Year 6\n9902001,Kelder,28\n9909999,Lost School,7\n,Kelderdale,999\n";
        let here = send(text).await.location.expect("the import's page");
        let page = client.get(&here).await;
        assert!(page.body.contains("Year 6: not counted → 28"), "{}", page.body);
        let left_out = table(&page, "Rows left out");
        assert_eq!(left_out, [["3", "990/9999", "Lost School", "No open school has this LAESTAB"]], "{}", page.body);
        let apply = format!("{here}/apply");
        let done = client.post(&apply, &sent(&page.form_to(&apply).fields(), &[])).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let counted = "SELECT COUNT(*) FROM number_on_roll n JOIN setting s ON s.id = n.setting_id
            WHERE s.urn = 900001 AND n.academic_year = 2026 AND n.year_group = 6 AND n.pupils = 28";
        assert_eq!(Throwaway::count(&desk, counted).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn schools_that_are_not_in_a_list_are_closed_only_when_somebody_says_so() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&town.commissioner()).await;
        let open = "SELECT COUNT(*) FROM setting WHERE authority_code = '990' AND kind = 'school' AND status = 'open'";
        let all = Throwaway::count(&desk, open).await;
        let list = format!("{HEADER}900002,990,Beck Primary School,Community school,Primary,4,11\n");
        let upload = async || {
            let reply = client.upload("/schools/import", &[], "file", "list.csv", list.clone().into_bytes()).await;
            let here = reply.location.expect("the import's page");
            (client.follow(&here).await, here)
        };
        let apply = async |page: &Reply, here: &str, chosen: &[(&str, &str)]| {
            let done = client.post(&format!("{here}/apply"), &sent(&page.fields(), chosen)).await;
            assert_eq!(done.status, 303, "{}", done.body);
            client.follow(here).await
        };
        let (page, here) = upload().await;
        assert!(page.body.contains("Not in the list") && !page.body.contains("left open"), "{}", page.body);
        let done = apply(&page, &here, &[]).await;
        assert!(done.body.contains("Not in the list, and left open"), "{}", done.body);
        assert!(!done.body.contains("Closed, and nobody follows") && !done.body.contains("No longer in the list"));
        assert_eq!(Throwaway::count(&desk, open).await, all);
        assert!(!client.get("/imports").await.body.contains("closed"), "what stays open is not called closed");

        let (page, here) = upload().await;
        let done = apply(&page, &here, &[("close_missing", "yes")]).await;
        assert!(done.body.contains("Marked as closed or no longer in the list"), "{}", done.body);
        assert!(!done.body.contains("left open"), "{}", done.body);
        assert_eq!(Throwaway::count(&desk, open).await, 1);
        let imports = client.get("/imports").await.body;
        assert!(imports.contains(&format!("{} closed", all - 1)), "{imports}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_on_paper_are_typed_in_and_uploaded() {
    for (_database, desk) in databases().await {
        let town = Town::build(&desk).await;
        let session = town.session(&desk, town.primary, date(2026, 11, 18), State::Confirmed).await;
        let school = town.school(town.primary);
        let now = attendance::sheet(&desk, &school, session).await.unwrap();
        let mut counts = now.groups[0].counts;
        counts.pupils = Some(2);
        let groups = [(now.groups[0].id, counts)].into();
        let statement = Statement { version: now.session.version, groups, ..Statement::default() };
        attendance::record(&desk, &school, session, statement).await.unwrap();
        let app = TestApp::start(desk.clone(), false).await;
        let client = app.signed_in(&school).await;
        let codes = client.get(&format!("/sessions/{session}/feedback")).await;
        for path in ["paper-forms", "paper-feedback"] {
            assert!(codes.body.contains(&format!("href=\"/sessions/{session}/{path}\"")), "{path}: {}", codes.body);
        }
        let forms = client.get(&format!("/sessions/{session}/paper-forms")).await;
        assert!(forms.body.contains("What did you think of the performance?") && forms.body.contains("Not good"));
        // Each sheet says of which session it is, or has a line for it: piles of two schools are not mixed up.
        let line = "<p class=\"govuk-body\">Kelder Primary School, Wednesday 18 November 2026, AM<!></p>";
        assert_eq!(forms.body.matches(line).count(), 2, "pupils and staff: {}", forms.body);
        let any = client.get(&format!("/tours/{}/paper-forms", town.tour)).await;
        let line = "School and day of the session (for a teacher to fill in):";
        assert!(any.body.matches(line).count() == 2 && !any.body.contains("18 November"), "{}", any.body);
        let (status, name, workbook) = client.download(&format!("/sessions/{session}/paper-feedback")).await;
        assert_eq!((status, workbook.starts_with(b"PK")), (200, true));
        assert!(name.contains("Feedback The Lantern"), "{name}");
        assert_eq!(client.download(&format!("/tours/{}/paper-feedback", town.tour)).await.0, 200);

        let keys: Vec<_> = (0..2).map(|_| uuid::Uuid::new_v4()).collect();
        let csv = |liked: &str| {
            let questions = domain::feedback::Questionnaire::after(domain::feedback::Respondent::Pupil).questions;
            let heads: Vec<_> = questions.iter().map(|q| q.asked(domain::programme::ProgrammeKind::Play)).collect();
            let row = |key: &uuid::Uuid, liked: &str| format!("{session}:pupil:1:{key},{liked},Yes,Yes,Not sure\n");
            format!("Key (leave as it is),{}\n{}{}", heads.join(","), row(&keys[0], liked), row(&keys[1], "OK"))
        };
        let upload = async |text: String| {
            let reply = client.upload("/paper-feedback", &[], "file", "typed.csv", text.into_bytes()).await;
            let here = reply.location.clone().unwrap_or_else(|| panic!("{} {}", reply.status, reply.body));
            (client.follow(&here).await, here)
        };
        let (wrong, here) = upload(csv("Super")).await;
        assert!(wrong.body.contains("none of the answers") && wrong.body.contains("row 2"), "{}", wrong.body);
        assert_eq!(client.download(&format!("{here}/marked")).await.0, 200);
        let rubbish = client.upload("/paper-feedback", &[], "file", "a.xlsx", b"PK\x03\x04".to_vec()).await;
        assert_eq!(rubbish.status, 422);

        // A form that is typed in in part stops no other: one press says what its blanks are.
        let whole = format!("{},OK,Yes,Yes,Not sure", keys[1]);
        let (page, partial) = upload(csv("Good").replace(&whole, &format!("{},OK,,Yes,", keys[1]))).await;
        assert_eq!(heading(&page), "Decide about blank cells");
        assert!(page.body.contains("1 form has blank cells") && page.body.contains("row 3"), "{}", page.body);
        let fields = page.fields();
        let record = format!("{partial}/record");
        let open = client.post(&record, &sent(&fields, &[])).await;
        assert!(open.status == 422 && open.body.contains("say whether the form is blank there"), "{}", open.body);
        let field = format!("blanks-{}", keys[1]);
        let fields = open.fields();
        let taken = client.post(&record, &sent(&fields, &[(field.as_str(), "|0")])).await;
        assert_eq!(taken.status, 303, "{}", taken.body);
        assert!(client.get(&partial).await.body.contains("1 response was added"));
        let undo = format!("/imports/{}/undo", partial.rsplit('/').next().unwrap_or_default());
        assert_eq!(client.post(&undo, &[]).await.status, 303);

        let (page, here) = upload(csv("Good")).await;
        assert_eq!(heading(&page), "Check what is added");
        let fields = page.fields();
        let record = format!("{here}/record");
        let done = client.post(&record, &sent(&fields, &[])).await;
        assert_eq!((done.status, done.location.as_deref()), (303, Some(here.as_str())), "{}", done.body);
        assert_eq!(client.post(&record, &sent(&fields, &[])).await.status, 303, "sent twice, done once");
        let results = client.get(&format!("/sessions/{session}/results")).await;
        assert!(results.body.contains("2 responses"), "{}", results.body);
        let listed = table(&client.get(&here).await, "Responses that were added");
        assert_eq!(listed, [["18 Nov 2026", "AM, Kelder Primary School", "Pupils", "2"]]);

        // A colleague's copy with other forms in the same rows: one press counts them all, and taking it back is as before.
        let (page, colleagues) = upload(csv("Not good").replace(&whole, &format!("{},Good,No,No,No", keys[1]))).await;
        for told in [
            "2 forms were typed differently",
            "All 2 forms",
            "most likely other forms",
            "taken in by pshe",
            "count both",
        ] {
            assert!(page.body.replace("<!>", "").contains(told), "{told}: {}", page.body);
        }
        let record = format!("{colleagues}/record");
        let fields = page.fields();
        let full = client.post(&record, &sent(&fields, &[("all-forms", "others")])).await;
        assert!(full.status == 422 && full.body.contains("More forms than were there"), "{}", full.body);
        Throwaway::execute(&desk, "UPDATE attending_group SET attended = 5").await;
        let fields = client.get(&colleagues).await.fields();
        assert_eq!(client.post(&record, &sent(&fields, &[("all-forms", "others")])).await.status, 303);
        let all = client.get(&format!("/sessions/{session}/results")).await;
        assert!(all.body.contains("4 responses"), "{}", all.body);
        let undo = format!("/imports/{}/undo", colleagues.rsplit('/').next().unwrap_or_default());
        assert_eq!(client.post(&undo, &[]).await.status, 303);

        // Typed otherwise: asked, and decided.
        let (page, other) = upload(csv("Not good")).await;
        assert_eq!(heading(&page), "Decide which answer is right");
        assert!(page.body.contains("Good, as is on record") && page.body.contains("Taken in by pshe"), "{}", page.body);
        let fields = page.fields();
        let record = format!("{other}/record");
        let again = client.post(&record, &sent(&fields, &[])).await;
        assert!(again.status == 422 && again.body.contains("choose which answer is right"), "{}", again.body);
        let field = format!("liked-{}", keys[0]);
        let fields = again.fields();
        assert_eq!(client.post(&record, &sent(&fields, &[(field.as_str(), "2|0")])).await.status, 303);
        let shown = client.get(&other).await;
        assert!(shown.body.contains("1 answer was changed"), "{}", shown.body);
        let question = "What did you think of the performance?";
        let changed = ["18 Nov 2026", "AM, Kelder Primary School", question, "Good", "Not good"];
        assert_eq!(table(&shown, "Answers that were changed"), [changed]);

        // The first cannot go before the second, which changed an answer of it.
        let undo = |page: &Reply| {
            let found = page.body.split("href=\"").find(|href| href.starts_with("/imports/")).expect("a way back");
            found.split('"').next().unwrap().to_owned()
        };
        let (first, second) = (undo(&client.get(&here).await), undo(&shown));
        let ask = client.get(&first).await;
        let link = format!("href=\"{other}\" class=\"govuk-link\">“typed.csv” changed answers of these forms");
        assert!(ask.body.contains(&link) && !ask.body.contains(&format!("action=\"{first}\"")), "{}", ask.body);
        let refused = client.post(&first, &[]).await;
        assert!(refused.status == 409 && refused.body.contains("changed answers of these forms"), "{}", refused.body);
        assert_eq!(client.post(&second, &[]).await.status, 303);
        assert_eq!(client.post(&first, &[]).await.status, 303);
        let results = client.get(&format!("/sessions/{session}/results")).await;
        assert!(results.body.contains("Nobody has answered yet"), "{}", results.body);
    }
}
