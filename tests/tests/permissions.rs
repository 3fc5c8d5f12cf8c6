//! The permission walk: every line of the route table, for everyone there is, on each database.
//!
//! A new route is walked without a word here. It fails when it is open to all and not listed in [`PUBLIC`], when a
//! parameter stands in it that [`Place::key`] has no record for, and when it shows one tenant's record to another.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use app::{Assets, RouteLine, Site, Who};
use domain::access::{Actor, Role, Scope, permitted};
use domain::availability::{DateKind, NewSchoolDate};
use domain::import::ImportKind;
use domain::session::State;
use domain::visit_pack::{DocumentKind, NewDocument};
use domain::year_group::YearGroups;
use records::plans::{self, NewPlan};
use records::requests::{self, Asking};
use records::testing::{Throwaway, Town, date};
use records::{
    Desk, calendar_imports, contacts, imports, invitations, people, programmes, school_calendar, teams, term_dates,
};
use tests::{Client, Reply, TestApp, databases};
use uuid::Uuid;

/// What may be reached without signing in, and why that is right. Nothing else may.
const PUBLIC: &[(&str, &str)] = &[
    ("/", "the front door"),
    ("/colour/{file}", "the council's colour, which pages for anyone show too"),
    ("/demo", "exists only under --demo"),
    ("/feedback", "pupils and staff answer by code"),
    ("/feedback/thanks", "where answering ends"),
    ("/for-parents/{id}", "what a programme's parents may see"),
    ("/for-parents/documents/{id}", "and the documents among it"),
    ("/sign-in", "signing in"),
    ("/sign-in/code", "signing in"),
    ("/sign-in/app", "signing in"),
    ("/sign-out", "does nothing for somebody signed out"),
    ("/calendar.ics", "calendars ask for a feed by its secret key, which stands in the query"),
    ("/invitations/answer", "schools answer an invitation by its link, which stands in the query"),
    ("/invitations/details", "and say by it who would attend, and when"),
];

/// What some pages cannot be asked without.
const QUERIES: [(&str, &str); 2] =
    [("/schools/imports/{id}/changes", "?kind=added"), ("/plans/{id}/placements/{placement}/effect", "?off=yes")];

/// Forms that come with a file, and are not even read without one.
const UPLOADS: [&str; 9] = [
    "/attendance-sheets",
    "/request-sheets",
    "/schools/import",
    "/schools/rolls",
    "/programmes/{id}/documents/add",
    "/authority/terms/import",
    "/authority/bank-holidays/import",
    "/authority/wards",
    "/histories",
    "/people/lists",
];

/// The town with one of each thing that a path can name.
struct Place {
    _database: Throwaway,
    app: TestApp,
    town: Town,
    table: Vec<RouteLine>,
    session: Uuid,
    import: Uuid,
    history: Uuid,
    request_sheet: Uuid,
    list: Uuid,
    calendar: Uuid,
    alias: Uuid,
    term: Uuid,
    person: Uuid,
    grant: Uuid,
    document: Uuid,
    date: Uuid,
    own_term: Uuid,
    leave: Uuid,
    waiting: Uuid,
    request: Uuid,
    invitation: Uuid,
    plan: Uuid,
    placement: Uuid,
    closed: Uuid,
}

/// A plan of the town's tour, and the school it places.
async fn plan(desk: &Desk, town: &Town) -> (Uuid, Uuid) {
    Throwaway::execute(desk, "UPDATE setting SET easting = 410000, northing = 430000").await;
    Throwaway::execute(desk, "UPDATE team SET base_easting = 411000, base_northing = 431000").await;
    let new = NewPlan {
        name: String::new(),
        tours: BTreeSet::from([town.tour]),
        gaps: BTreeSet::from([(town.tour, town.special)]),
        released: BTreeSet::new(),
        lost: BTreeSet::new(),
        from: date(2026, 12, 1),
        by_openings: true,
        seconds: 10,
    };
    let plan = plans::start(desk, &town.commissioner(), &new).await.expect("a plan");
    plans::work(desk).await.expect("planned");
    let board = plans::board(desk, &town.commissioner(), plan).await.expect("its board");
    let placed = board.asks.iter().find(|ask| ask.setting == town.special).expect("the special school");
    (plan, placed.id)
}

/// Kelder High closes: the links say that it was split between the primaries.
async fn split(desk: &Desk, town: &Town) -> Uuid {
    Throwaway::execute(desk, "UPDATE setting SET status = 'closed' WHERE urn = 900003").await;
    let table = "URN,LinkURN,LinkName,LinkType\n900003,900001,Kelder Primary School,Successor - Split School\n\
                 900003,900002,Beck Primary School,Successor - Split School\n";
    let links = imports::File { name: "links.csv".into(), bytes: Arc::from(table.as_bytes()) };
    let sent = imports::Sent { list: None, links: Some(links) };
    let mode = imports::Mode::Apply { close_missing: false };
    imports::run_sent(desk, &town.commissioner(), &sent, None, mode).await.expect("links");
    town.secondary
}

/// A sheet of requests of Kelder Primary that waits.
async fn request_sheet(desk: &Desk, town: &Town) -> Uuid {
    use domain::request_sheet::Key;
    use records::request_sheets;
    let key = Key::of(town.tour, town.primary, None);
    let text = format!("Group 1: pupils,Key (leave as it is)\n28,{key}\n");
    let file = imports::File { name: "sheet.csv".into(), bytes: Arc::from(text.as_bytes()) };
    request_sheets::upload(desk, &town.school(town.primary), &file).await.expect("an upload")
}

/// Older records that wait, and a name that is remembered from some that were taken over.
async fn history(desk: &Desk, town: &Town) -> (Uuid, Uuid) {
    use records::histories::{self, About, Choice, Links, OUT};
    let actor = &town.commissioner();
    let text = "Date,School,Nos\n12/11/18,Youth club,30\n13/11/18,Kelder High School,9\n";
    let file = imports::File { name: "log.csv".into(), bytes: Arc::from(text.as_bytes()) };
    let done = histories::upload(desk, actor, None, &file).await.expect("an upload");
    let understood = histories::understand(desk, actor, done).await.expect("what is understood");
    let key = understood.undecided().next().expect("a name to decide").key.clone();
    let choices = [Choice::new(About::School, key, OUT), Choice::new(About::Programme, "", town.programme)];
    histories::choose(desk, actor, done, &choices).await.expect("choices");
    histories::apply(desk, actor, done, &Links::default(), None).await.expect("applied");
    let alias = histories::aliases(desk, actor, records::Page::new(1)).await.expect("names").0.remove(0).id;
    (histories::upload(desk, actor, None, &file).await.expect("an upload"), alias)
}

/// A list of schools' people and a calendar that wait.
async fn lists(desk: &Desk, administrator: &Actor) -> (Uuid, Uuid) {
    let file = |text: &str| imports::File { name: "list.csv".into(), bytes: Arc::from(text.as_bytes()) };
    let people = file("School,Email\nKelder Primary,new@kelder.example\nKelder,\n");
    let terms = file("Name,Starts,Ends\nSummer term,12/4/2027,20/7/2027\n");
    let list = contacts::upload(desk, administrator, None, &people).await.expect("an upload");
    let calendar = calendar_imports::upload(desk, administrator, None, ImportKind::Terms, &terms, None);
    (list, calendar.await.expect("an upload"))
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for (database, desk) in databases().await {
            let town = Town::build(&desk).await;
            let session = town.session(&desk, town.primary, date(2026, 11, 30), State::Confirmed).await;
            let file = imports::File { name: "list.csv".into(), bytes: Arc::from(&b"URN\n"[..]) };
            let import = imports::upload(&desk, &town.commissioner(), &file).await.expect("an upload");
            let (history, alias) = history(&desk, &town).await;
            let request_sheet = request_sheet(&desk, &town).await;
            let administrator = town.official(Role::Administrator);
            let (list, calendar) = lists(&desk, &administrator).await;
            let (starts, ends) = (date(2027, 1, 4), date(2027, 2, 12));
            let term = term_dates::add(&desk, &administrator, "Spring", starts, ends).await.expect("a term");
            let document = NewDocument {
                kind: DocumentKind::RiskAssessment,
                title: "Risk assessment".into(),
                file_name: "risk.pdf".into(),
                for_parents: false,
                body: b"%PDF-1.7 risk".to_vec(),
            };
            let commissioner = town.commissioner();
            let document = programmes::add_document(&desk, &commissioner, town.programme, document).await;
            let document = document.expect("a document");
            let inset = NewSchoolDate {
                kind: DateKind::Inset,
                from: starts,
                to: starts,
                year_groups: YearGroups::NONE,
                note: String::new(),
            };
            let date = school_calendar::add_date(&desk, &commissioner, town.primary, inset).await.expect("a date");
            let own_term = school_calendar::add_term(&desk, &commissioner, Some(town.primary), "Spring", starts, ends);
            let own_term = own_term.await.expect("a term");
            let leave = teams::add_leave(&desk, &commissioner, town.team, starts, ends, "").await.expect("leave");
            let waiting = place_on_list(&desk, &town).await;
            let (plan, placement) = plan(&desk, &town).await;
            // Somebody who does not walk: the walk takes away their role.
            let school = town.school(town.second_primary);
            let (person, grant) = (school.person.expect("a person"), school.grant.expect("a grant"));
            let asking = Asking {
                tour: town.tour,
                setting: town.primary,
                wish: records::testing::wish(&[30], 1),
                is_estimated: false,
                contact_name: "Sam Reed".into(),
                contact_telephone: "01274 431000".into(),
                contact_email: "sam@school.example".into(),
                on_behalf: None,
                outside_audience: false,
            };
            let request = requests::ask(&desk, &town.school(town.primary), &asking).await.expect("a request");
            let asked = invitations::invite(&desk, &town.commissioner(), town.tour, &[town.primary], None).await;
            asked.expect("an invitation");
            let invitation = invitations::list(&desk, &town.commissioner()).await.expect("a list")[0].id;
            let closed = split(&desk, &town).await;
            let app = TestApp::start(desk.clone(), false).await;
            let site = Site { desk, assets: Arc::new(Assets::default()), public_url: "".into(), demo: false };
            let (_, table) = app::router(site);
            places.push(Self {
                _database: database,
                app,
                town,
                table,
                session,
                import,
                history,
                request_sheet,
                list,
                calendar,
                alias,
                term,
                person,
                grant,
                document,
                date,
                own_term,
                leave,
                waiting,
                request,
                invitation,
                plan,
                placement,
                closed,
            });
        }
        places
    }

    /// The record of Kelderdale that a parameter names, by the part of the path before it.
    fn key(&self, kind: &str) -> Option<String> {
        let id = match kind {
            "schools" => self.town.primary,
            "imports" => self.import,
            "histories" => self.history,
            "request-sheets" => self.request_sheet,
            "lists" => self.list,
            "calendars" => self.calendar,
            "school-names" => self.alias,
            "people" => self.person,
            "roles" => self.grant,
            "terms" => self.term,
            "providers" => self.town.provider,
            "teams" => self.town.team,
            "programmes" => self.town.programme,
            "tours" => self.town.tour,
            "plans" => self.plan,
            "placements" => self.placement,
            // Whole programmes and single documents, as parents see them: not found unless they are for parents.
            "for-parents" => self.town.programme,
            "documents" => self.document,
            "sessions" => self.session,
            "run-sheets" => self.town.team,
            "waiting" => self.waiting,
            "requests" => self.request,
            "invitations" => self.invitation,
            // Each person has their own: the walk looks at nobody's.
            "sign-ins" => Uuid::now_v7(),
            "colour" => return Some("12505b.css".into()),
            "calendar-feeds" => Uuid::now_v7(),
            "dates" => self.date,
            "own-terms" => self.own_term,
            "leave" => self.leave,
            "days" => return Some("2026-11-30".into()),
            // Kelder High, which has closed.
            "closed" => self.closed,
            "splits" => return Some("900003".into()),
            _ => return None,
        };
        Some(id.to_string())
    }

    /// The path with the town's keys in place of its parameters.
    fn filled(&self, path: &str) -> String {
        let mut before = "";
        let parts = path.split('/').map(|part| {
            if !part.starts_with('{') {
                before = part;
                return part.to_owned();
            }
            self.key(before).unwrap_or_else(|| panic!("{path}: which record does {part} name? Say it in Place::key"))
        });
        let mut filled = parts.collect::<Vec<_>>().join("/");
        if let Some((_, query)) = QUERIES.iter().find(|(of, _)| *of == path) {
            filled.push_str(query);
        }
        filled
    }

    async fn ask(&self, client: &Client, line: &RouteLine) -> Reply {
        let path = self.filled(line.path);
        if line.method == "GET" {
            client.get(&path).await
        } else if UPLOADS.contains(&line.path) {
            client.upload(&path, &[], "file", "a.pdf", b"%PDF-1.7".to_vec()).await
        } else {
            client.post(&path, &[]).await
        }
    }

    /// Everyone in Kelderdale, by role.
    fn people(&self) -> [Actor; 6] {
        let town = &self.town;
        [
            town.school(town.primary),
            town.company(),
            town.commissioner(),
            town.official(Role::Evaluator),
            town.official(Role::Safeguarding),
            town.official(Role::Administrator),
        ]
    }

    /// People for whom nothing of Kelderdale exists.
    fn strangers(&self) -> [Actor; 4] {
        let town = &self.town;
        let elsewhere = Scope::Authority("991".parse().expect("an LA code"));
        [
            town.commissioner_elsewhere(),
            town.actor(Role::Administrator, &elsewhere),
            town.company_elsewhere(),
            town.school(town.primary_elsewhere),
        ]
    }
}

/// Kelder Primary waits for the tour.
async fn place_on_list(desk: &records::Desk, town: &Town) -> Uuid {
    use domain::waiting::Wish;
    let group = domain::session::Group {
        year_groups: [domain::YearGroup::new(6).expect("Year 6")].into_iter().collect(),
        label: String::new(),
        expected: 20,
        expected_send: None,
    };
    let new = records::waiting::Joining {
        setting: town.primary,
        wish: Wish {
            groups: vec![group],
            part_of_day: domain::request::PartOfDay::Any,
            has: [].into(),
            impossible: [].into(),
        },
        room_for_others: false,
        access_needs: String::new(),
        contact_name: "Kim Lee".into(),
        contact_telephone: "01274 431001".into(),
        contact_email: "kim@kelder.example".into(),
        on_behalf: None,
    };
    records::waiting::join(desk, &town.school(town.primary), town.tour, &new).await.expect("a place on the list")
}

/// Whether another tenant's answer for a record is the same for everyone, since no parameter names a tenant's record.
fn names_a_record(path: &str) -> bool {
    path.contains('{') && !path.starts_with("/colour/")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_open_to_all_that_is_not_listed() {
    for place in Place::all().await {
        for line in place.table.iter().filter(|line| line.who == Who::Anyone) {
            assert!(PUBLIC.iter().any(|(path, _)| *path == line.path), "{} {} is open to all", line.method, line.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_leads_to_signing_in() {
    for place in Place::all().await {
        let visitor = place.app.visitor();
        for line in &place.table {
            let reply = place.ask(&visitor, line).await;
            let what = format!("{} {}: {}", line.method, line.path, reply.status);
            if line.who == Who::Anyone {
                assert!(reply.status < 500, "{what}");
            } else {
                let to = reply.location.unwrap_or_default();
                assert!(reply.status == 303 && to.starts_with("/sign-in"), "{what} to {to:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reaches_what_the_table_says_and_nothing_else() {
    for place in Place::all().await {
        let (reading, sending): (Vec<_>, Vec<_>) = place.table.iter().partition(|line| line.method == "GET");
        let mut shown = std::collections::BTreeSet::new();
        // First what only reads, so that everyone finds the town whole.
        for line in reading.into_iter().chain(sending) {
            for actor in place.people() {
                // Of one's own for each: some forms end the sign-in.
                let reply = place.ask(&place.app.signed_in(&actor).await, line).await;
                let what = format!("{} {} as {}: {}", line.method, line.path, actor.role, reply.status);
                assert!(reply.status < 500, "{what}");
                match line.who {
                    Who::May(operation) if !permitted(actor.role, operation) => assert_eq!(reply.status, 403, "{what}"),
                    // What the role may, but not here, is 403 or 404: a rule of the operation.
                    _ => assert!(!reply.location.unwrap_or_default().starts_with("/sign-in?"), "{what}"),
                }
                if reply.status == 200 {
                    shown.insert(line.path);
                }
            }
        }
        // The keys are real: a walk of made-up ones would find everything forbidden, and prove nothing.
        for kind in [
            "/requests/{id}",
            "/requests/{id}/change",
            "/request-sheets/{id}",
            "/invitations/{id}/withdraw",
            "/schools/{id}",
            "/people/{id}",
            "/providers/{id}",
            "/teams/{id}",
            "/authority/terms/{id}/remove",
            "/schools/closed/{id}",
            "/schools/splits/{urn}",
        ] {
            assert!(shown.contains(kind), "nobody sees {kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_records_are_not_found() {
    for place in Place::all().await {
        let (mut tried, mut found) = (0, Vec::new());
        for line in place.table.iter().filter(|line| names_a_record(line.path)) {
            let Who::May(operation) = line.who else { continue };
            for actor in place.strangers().into_iter().filter(|actor| permitted(actor.role, operation)) {
                let reply = place.ask(&place.app.signed_in(&actor).await, line).await;
                tried += 1;
                if reply.status != 404 {
                    found.push(format!("{} {} as {}: {}", line.method, line.path, actor.role, reply.status));
                }
            }
        }
        assert!(tried > 30, "only {tried} tries");
        assert!(found.is_empty(), "another tenant gets more than “not found”:\n{}", found.join("\n"));
        // What they sent changed nothing.
        let administrator = place.town.official(Role::Administrator);
        let desk = &place.app.desk;
        assert!(term_dates::get(desk, &administrator, place.term).await.is_ok(), "the term is gone");
        assert!(people::get(desk, &administrator, place.person).await.is_ok(), "the person is gone");
    }
}

/// The text of every source file under a folder, with its path.
fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push((path.display().to_string(), std::fs::read_to_string(&path).expect("a source file")));
        }
    }
}

fn sources_of(part: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(part), &mut all);
    all
}

/// Each function that begins a line of `text` with `start`: its name, its signature, its body.
fn functions<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    text.split(start).skip(1).map(|function| {
        let end = function.find("\n}").unwrap_or(function.len());
        let (signature, body) = function[..end].split_once('{').unwrap_or((function, ""));
        (signature.split(['(', '<']).next().unwrap_or_default(), signature, body)
    })
}

/// The names of public operations of `text` that take an actor, though nothing in them asks the permission table:
/// neither they nor a function beside them that they begin with, nor are they for the command line alone.
fn unasked(text: &str) -> Vec<&str> {
    let ask: Vec<_> =
        functions(text, "\nfn ").filter(|(_, _, body)| body.contains("authorise(")).map(|(name, ..)| name).collect();
    functions(text, "\npub async fn ")
        .filter(|(_, signature, _)| signature.contains("Actor"))
        .filter(|(_, _, body)| {
            let asks = body.contains("authorise(") || ask.iter().any(|name| body.contains(&format!("{name}(")));
            !asks && !body.contains("actor.scope != Scope::Everything")
        })
        .map(|(name, ..)| name)
        .collect()
}

/// These need no permission: their own authority's name and colour stand on every page people see.
const NEED_NONE: [&str; 1] = ["authorities.rs: of_actor"];

#[test]
fn every_operation_asks_the_table() {
    let mut open = Vec::new();
    for (path, text) in sources_of("crates/records/src") {
        if !path.contains("/testing/") {
            open.extend(unasked(&text).into_iter().map(|name| format!("{path}: {name}")));
        }
    }
    open.retain(|name| !NEED_NONE.iter().any(|known| name.ends_with(known)));
    assert!(open.is_empty(), "these take an actor and ask nobody:\n{}", open.join("\n"));
}

#[test]
fn an_operation_that_does_not_ask_is_noticed() {
    let asks =
        "\npub async fn see(desk: &Desk, actor: &Actor) -> Result<()> {\n    desk.authorise(actor, O::See)?;\n}\n";
    let does_not = "\npub async fn peek(desk: &Desk, actor: &Actor) -> Result<()> {\n    Ok(())\n}\n";
    assert_eq!(unasked(&format!("{asks}{does_not}")), ["peek"]);
}

/// A route outside the table would have no guard: only the table, and the server's own probes and files, make routes.
#[test]
fn every_route_is_in_the_table() {
    for (path, text) in sources_of("app/src").into_iter().chain(sources_of("server/src")) {
        if path.ends_with("web/routes.rs") {
            continue;
        }
        for made in text.split(".route(").skip(1) {
            let to = made.trim_start();
            assert!(
                to.starts_with("\"/healthz\"") || to.starts_with("\"/readyz\""),
                "{path} makes a route outside the table: {}",
                to.lines().next().unwrap_or_default()
            );
        }
    }
}
