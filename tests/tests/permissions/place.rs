//! A town in which each kind of record is there once, and how each line of the route table is asked there.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::{Assets, RouteLine, Site};
use domain::access::{Actor, Role, Scope};
use domain::availability::{DateKind, NewSchoolDate};
use domain::import::ImportKind;
use domain::session::State;
use domain::visit_pack::{DocumentKind, NewDocument};
use domain::year_group::YearGroups;
use records::plans::{self, NewPlan};
use records::requests::{self, Asking};
use records::testing::{Throwaway, Town, date};
use records::{Desk, calendar_imports, contacts, imports, invitations, programmes, school_calendar, teams, term_dates};
use tests::{Client, Reply, TestApp, databases};
use uuid::Uuid;

/// What some pages cannot be asked without.
const QUERIES: [(&str, &str); 2] =
    [("/schools/imports/{id}/changes", "?kind=added"), ("/plans/{id}/placements/{placement}/effect", "?off=yes")];

/// Forms that come with a file, and are not even read without one.
const UPLOADS: [&str; 11] = [
    "/attendance-sheets",
    "/paper-feedback",
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
pub(super) struct Place {
    _database: Throwaway,
    pub(super) app: TestApp,
    pub(super) town: Town,
    pub(super) table: Vec<RouteLine>,
    pub(super) session: Uuid,
    pub(super) import: Uuid,
    pub(super) history: Uuid,
    pub(super) attendance_sheet: Uuid,
    pub(super) paper_feedback: Uuid,
    pub(super) request_sheet: Uuid,
    pub(super) list: Uuid,
    pub(super) calendar: Uuid,
    pub(super) alias: Uuid,
    pub(super) term: Uuid,
    pub(super) person: Uuid,
    pub(super) grant: Uuid,
    pub(super) document: Uuid,
    pub(super) date: Uuid,
    pub(super) own_term: Uuid,
    pub(super) leave: Uuid,
    pub(super) waiting: Uuid,
    pub(super) request: Uuid,
    pub(super) invitation: Uuid,
    pub(super) plan: Uuid,
    pub(super) placement: Uuid,
    pub(super) closed: Uuid,
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

/// An attendance sheet and typed feedback that wait to be mended.
async fn filled_sheets(desk: &Desk, town: &Town) -> (Uuid, Uuid) {
    use records::{attendance, feedback};
    let actor = &town.commissioner();
    let file = |text: &str| imports::File { name: "sheet.csv".into(), bytes: Arc::from(text.as_bytes()) };
    let sheet = file("Pupils who took part,Key (leave as it is)\nmany,x\n");
    let typed = file("What did you think of the session?,Key (leave as it is)\nGood,x\n");
    let sheet = attendance::upload(desk, actor, None, &sheet).await.expect("an upload");
    (sheet, feedback::upload(desk, actor, None, &typed).await.expect("an upload"))
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
    pub(super) async fn all() -> Vec<Self> {
        let mut places = Vec::new();
        for (database, desk) in databases().await {
            let town = Town::build(&desk).await;
            let session = town.session(&desk, town.primary, date(2026, 11, 30), State::Confirmed).await;
            let file = imports::File { name: "list.csv".into(), bytes: Arc::from(&b"URN\n"[..]) };
            let import = imports::upload(&desk, &town.commissioner(), &file).await.expect("an upload");
            let (history, alias) = history(&desk, &town).await;
            let (attendance_sheet, paper_feedback) = filled_sheets(&desk, &town).await;
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
            // A mail about the session was given up; it has the session's key.
            Throwaway::execute(
                &desk,
                &format!("INSERT INTO outbox (id, authority_code, to_address, subject, body, record_kind, record_id, created_at,
                    next_attempt_at, attempts, failed_at, last_error)
                 SELECT x.id, x.authority_code, 'gone@kelder.example', 'Booked', '', 'session', '{session}', x.created_at, x.created_at,
                    8, x.created_at, 'no such mailbox' FROM session x WHERE x.state = 'confirmed'"),
            )
            .await;
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
                attendance_sheet,
                paper_feedback,
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
            "attendance-sheets" => self.attendance_sheet,
            "paper-feedback" => self.paper_feedback,
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
            "mails" => self.session,
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

    pub(super) async fn ask(&self, client: &Client, line: &RouteLine) -> Reply {
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
    pub(super) fn people(&self) -> [Actor; 6] {
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
    pub(super) fn strangers(&self) -> [Actor; 4] {
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
