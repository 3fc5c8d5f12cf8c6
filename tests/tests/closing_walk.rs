//! From the demo's gaps to a tour that stands: planned, overruled three times, published, accepted and declined, moved, a
//! day called off and planned anew. At each step every calendar feed and every mail says what the records say. Over HTTP
//! without JavaScript, on both databases; the board with JavaScript and a pointer beside.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeZone;
use domain::access::{Actor, Role, Scope};
use domain::session::State;
use records::outbox::{self, Claimed};
use records::plans::{self, Ask};
use records::sessions::{self, Session};
use records::testing::{Throwaway, Town, date};
use records::{Desk, demo, grants};
use tests::browser::{Browser, By, Manner};
use tests::{Client, Reply, TestApp, databases};
use uuid::Uuid;

/// An entry as a calendar program keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    sequence: i64,
    status: String,
    starts: String,
}

/// The entries of an iCalendar text, by session.
fn entries(text: &str) -> BTreeMap<Uuid, Entry> {
    let whole = text.replace("\r\n ", "");
    let mut all = BTreeMap::new();
    for event in whole.split("BEGIN:VEVENT").skip(1) {
        let value = |name: &str| {
            let line = event.lines().find(|l| l.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {event}"));
            line.split_once(':').expect("a value").1.to_owned()
        };
        let id = value("UID").split('@').next().and_then(|id| id.parse().ok()).expect("a session’s key");
        let sequence = value("SEQUENCE").parse().expect("a number");
        let entry = Entry { sequence, status: value("STATUS"), starts: value("DTSTART") };
        assert!(all.insert(id, entry).is_none(), "{id} stands twice in one calendar");
    }
    all
}

/// When a session begins, as a calendar has it.
fn starts(session: &Session) -> String {
    let (from, _) = session.times().expect("its times");
    let at = chrono_tz::Europe::London.from_local_datetime(&session.on_date.and_time(from.time())).earliest();
    at.expect("an instant").to_utc().format("%Y%m%dT%H%M%SZ").to_string()
}

const fn status(state: State) -> &'static str {
    match state {
        State::Confirmed | State::Delivered => "CONFIRMED",
        State::Offered => "TENTATIVE",
        _ => "CANCELLED",
    }
}

async fn session(desk: &Desk, id: Uuid) -> Session {
    sessions::get(desk, &Actor::SYSTEM, id).await.expect("a session").session
}

/// A feed somebody reads, with what it said last.
struct Feed {
    name: String,
    path: String,
    team: Option<Uuid>,
    said: BTreeMap<Uuid, Entry>,
}

/// One walk on one database.
struct Walk {
    app: TestApp,
    _database: Throwaway,
    commissioner: Client,
    actor: Actor,
    feeds: Vec<Feed>,
    /// What mails have put into whose calendar.
    kept: BTreeMap<(String, Uuid), Entry>,
    tour: Uuid,
}

fn done(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.clone().expect("where to")
}

/// The address of the first link that holds this.
fn link(page: &Reply, part: &str) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = links.map(|l| l.replace("&amp;", "&")).find(|l| l.contains(part));
    found.unwrap_or_else(|| panic!("no link with {part} on:\n{}", page.body))
}

/// The way from coverage to the gaps of this year's play.
fn gaps_of_the_play(coverage: &Reply) -> String {
    let mut links = coverage.body.split("<a ");
    let play = links.find(|a| a.contains("/coverage/gaps?") && a.contains("The Kindest Stranger"));
    let play = play.and_then(|a| a.split("href=\"").nth(1)).and_then(|a| a.split('"').next());
    play.expect("the play’s gaps").replace("&amp;", "&")
}

/// The places to which a school's page on the board offers to move it.
fn places_offered(page: &Reply) -> Vec<String> {
    let values = page.body.split("<option").skip(1).filter_map(|o| o.split("value=\"").nth(1)?.split('"').next());
    values.filter(|v| v.matches('.').count() == 2).map(str::to_owned).collect()
}

fn last(path: &str) -> Uuid {
    path.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("{path} ends with no key"))
}

/// The page's form as it stands, with these fields in place of its own.
fn filled(page: &Reply, change: &[(&str, &str)]) -> Vec<(String, String)> {
    assert_eq!(page.status, 200, "{}", page.body);
    let mut fields = page.fields();
    fields.retain(|(name, _)| !change.iter().any(|(changed, _)| changed == name));
    fields.extend(change.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn send(client: &Client, path: &str, fields: &[(String, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(path, &fields).await
}

impl Walk {
    async fn begin(database: Throwaway, desk: Desk) -> Self {
        demo::fill(&desk, &Actor::SYSTEM).await.expect("the demo district");
        let app = TestApp::start(desk, true).await;
        let people = grants::for_demonstration(&app.desk, None).await.expect("people");
        let actor = people.iter().find(|g| g.role == Role::Commissioner).expect("a commissioner").actor();
        let commissioner = app.signed_in(&actor).await;
        Self {
            app,
            _database: database,
            commissioner,
            actor,
            feeds: Vec::new(),
            kept: BTreeMap::new(),
            tour: Uuid::nil(),
        }
    }

    /// Somebody at a school.
    async fn at(&self, school: &Ask) -> Client {
        let people = grants::for_demonstration(&self.app.desk, Some(&school.school)).await.expect("people");
        let scope = Scope::Setting(school.setting);
        let grant = people.iter().find(|g| g.scope == scope).unwrap_or_else(|| panic!("nobody at {}", school.school));
        self.app.signed_in(&grant.actor()).await
    }

    /// Somebody of the company whose team comes.
    async fn company(&self, team: Uuid) -> Client {
        let people = grants::for_demonstration(&self.app.desk, None).await.expect("people");
        for grant in people.iter().filter(|g| g.role == Role::Provider) {
            let client = self.app.signed_in(&grant.actor()).await;
            if client.get(&format!("/teams/{team}")).await.status == 200 {
                return client;
            }
        }
        panic!("nobody of the company");
    }

    /// Makes a calendar address, as people do.
    async fn follow(&mut self, client: &Client, field: &str, id: Uuid, heading: &str) {
        done(&client.post("/calendar-feeds", &[(field, &id.to_string())]).await);
        let page = client.get("/calendar-feeds").await.body;
        let own = page.split("<h2").find(|part| part.contains(heading)).unwrap_or_else(|| panic!("{heading}: {page}"));
        let key = own.split("/calendar.ics?").nth(1).and_then(|r| r.split('<').next()).expect("an address");
        let team = (field == "team").then_some(id);
        let path = format!("/calendar.ics?{key}");
        self.feeds.push(Feed { name: heading.to_owned(), path, team, said: BTreeMap::new() });
    }

    /// Every feed says what the records say, and whatever it says otherwise than before has a higher number.
    async fn feeds_agree(&mut self, when: &str) {
        let visitor = self.app.visitor();
        let desk = &self.app.desk;
        for feed in &mut self.feeds {
            let text = visitor.get(&feed.path).await;
            assert_eq!(text.status, 200, "{when}: {}", feed.name);
            let said = entries(&text.body);
            for (id, entry) in &said {
                let session = session(desk, *id).await;
                let left = feed.team.is_some_and(|team| session.team_id != Some(team));
                let what = format!("{when}: {} in the calendar of {}", session.venue, feed.name);
                assert_eq!(entry.status, if left { "CANCELLED" } else { status(session.state) }, "{what}");
                assert_eq!(entry.sequence, session.sequence(), "{what}");
                assert!(left || entry.starts == starts(&session), "{what}: {entry:?}");
                if let Some(before) = feed.said.get(id) {
                    let same = before == entry;
                    assert!(same || entry.sequence > before.sequence, "{what}: {before:?}, then {entry:?}");
                }
            }
            // Nothing goes without a word: a calendar program keeps what it is not told to remove.
            let lost: Vec<_> = feed.said.keys().filter(|id| !said.contains_key(id)).collect();
            assert!(lost.is_empty(), "{when}: {} forgets {lost:?}", feed.name);
            feed.said = said;
        }
        let tour = self.feeds.iter().find(|f| f.name.starts_with("Tour")).expect("the tour’s calendar");
        let live = tour.said.values().filter(|e| e.status != "CANCELLED").count();
        let sql = format!(
            "SELECT COUNT(*) FROM session WHERE tour_id = {} AND state IN ('offered', 'confirmed', 'delivered')
               AND on_date >= '2026-07-25'",
            self.literal(self.tour)
        );
        assert_eq!(
            i64::try_from(live).expect("a count"),
            Throwaway::count(desk, &sql).await,
            "{when}: the tour’s calendar"
        );
    }

    /// A key as this database's SQL writes it.
    fn literal(&self, id: Uuid) -> String {
        if self._database.address.starts_with("sqlite") { format!("X'{}'", id.simple()) } else { format!("'{id}'") }
    }

    /// The mails since this was asked last. In everybody's calendar stands what the records say: of each session, what the
    /// last mail that brought them an entry of it said.
    async fn mails(&mut self, when: &str) -> Vec<Claimed> {
        let mut mails = Vec::new();
        loop {
            let batch = outbox::claim(&self.app.desk, 100).await.expect("mails");
            if batch.is_empty() {
                break;
            }
            for mail in batch {
                outbox::sent(&self.app.desk, mail.id).await.expect("sent");
                mails.push(mail);
            }
        }
        for mail in &mails {
            for (id, entry) in mail.attachment.iter().flat_map(|file| entries(file)) {
                self.kept.insert((mail.to_address.clone(), id), entry);
            }
        }
        for ((who, id), entry) in &self.kept {
            let session = session(&self.app.desk, *id).await;
            let what = format!("{when}: the visit to {} in the calendar of {who}", session.venue);
            assert_eq!(entry.status, status(session.state), "{what}");
            assert_eq!(entry.starts, starts(&session), "{what}");
        }
        mails
    }

    /// From coverage by its links to the plan's form.
    async fn begin_at_the_gaps(&mut self) -> Reply {
        let client = &self.commissioner;
        let coverage = client.get("/coverage").await;
        let gaps = client.get(&gaps_of_the_play(&coverage)).await;
        let path = link(&gaps, "/plans/new?");
        self.tour = path.split("tour=").nth(1).and_then(|r| r.split('&').next()?.parse().ok()).expect("the tour");
        let page = client.get(&path).await;
        assert!(page.body.contains("Schools with gaps that have not asked"), "{}", page.body);
        page
    }

    /// Sends the plan's form and waits until it is planned; its path.
    async fn plan(&self, page: &Reply, change: &[(&str, &str)]) -> String {
        let path = done(&send(&self.commissioner, "/plans/new", &filled(page, change)).await);
        for _ in 0..600 {
            let page = self.commissioner.get(&path).await;
            assert_eq!(page.status, 200);
            if page.body.contains("Open the board") {
                return path;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        panic!("it is never planned");
    }

    async fn asks(&self, plan: &str) -> Vec<Ask> {
        plans::board(&self.app.desk, &self.actor, last(plan)).await.expect("the board").asks
    }

    async fn ask(&self, plan: &str, id: Uuid) -> Ask {
        self.asks(plan).await.into_iter().find(|a| a.id == id).expect("the school in the plan")
    }

    /// Overrules three placements: one is taken off, one is moved, two change places.
    async fn overrule(&self, plan: &str) {
        let client = &self.commissioner;
        let placed: Vec<Ask> =
            self.asks(plan).await.into_iter().filter(|a| a.is_loose() && a.place.is_some()).collect();
        assert!(placed.len() > 30, "a tour of {} schools", placed.len());
        // Every slot may be taken: what is taken off leaves room.
        let mut rest = placed.iter().filter(|a| a.sessions == 1);
        let off = rest.next().expect("a school");
        let here = format!("{plan}/placements/{}", off.id);
        let version = client.get(&format!("{here}?off=yes")).await.input("version").expect("a version");
        done(&client.post(&here, &[("off", "yes"), ("version", &version)]).await);
        assert!(self.ask(plan, off.id).await.place.is_none());
        assert!(client.get(plan).await.body.contains("Taken off the board by hand."));

        // The first that fits elsewhere without breaking anything.
        let mut moved = None;
        'found: for ask in placed.iter().filter(|a| a.id != off.id && a.place != off.place) {
            let here = format!("{plan}/placements/{}", ask.id);
            for to in places_offered(&client.get(&here).await) {
                let look = client.get(&format!("{here}?to={to}")).await;
                if look.body.contains("It breaks nothing") {
                    let version = look.input("version").expect("a version");
                    done(&client.post(&here, &[("to", &to), ("version", &version)]).await);
                    moved = Some((ask.id, to));
                    break 'found;
                }
            }
        }
        let (moved, to) = moved.expect("something that can be moved");
        let place = self.ask(plan, moved).await.place.expect("its place");
        assert_eq!(to, format!("{}.{}.{}", place.team, place.on, place.slots[0]));

        let mut rest = rest.filter(|a| a.id != moved);
        let (one, other) = (rest.next().expect("a school"), rest.next().expect("another"));
        let here = format!("{plan}/placements/{}", one.id);
        let look = client.get(&format!("{here}?with={}", other.id)).await;
        assert!(look.body.contains("Swap it with"), "{}", look.body);
        let version = look.input("version").expect("a version");
        done(&client.post(&here, &[("with", &other.id.to_string()), ("version", &version)]).await);
        assert_eq!(self.ask(plan, one.id).await.place, other.place);
        assert_eq!(self.ask(plan, other.id).await.place, one.place);
    }

    /// Publishes a plan; where it breaks a rule, it is asked about first.
    async fn publish(&self, plan: &str) {
        let here = format!("{plan}/publish");
        let page = self.commissioner.get(&here).await;
        let broken = page.body.contains("This plan breaks rules");
        if broken {
            let refused = send(&self.commissioner, &here, &filled(&page, &[])).await;
            assert_eq!(refused.status, 422);
            assert!(refused.body.contains("although it breaks rules"), "{}", refused.body);
        }
        let tick: &[(&str, &str)] = if broken { &[("anyway", "yes")] } else { &[] };
        done(&send(&self.commissioner, &here, &filled(&page, tick)).await);
        assert!(self.commissioner.get(plan).await.body.contains("Published"));
    }

    /// The first session of a published placement.
    async fn session_of(&self, ask: &Ask) -> Uuid {
        let home = self.at(ask).await.get("/").await;
        for part in home.body.split("/sessions/").skip(1).filter(|part| part.get(36..43) == Some("/accept")) {
            let id = part[..36].parse().expect("a key");
            if session(&self.app.desk, id).await.tour_id == self.tour {
                return id;
            }
        }
        panic!("{} has nothing to answer:\n{}", ask.school, home.body)
    }

    async fn accept(&self, ask: &Ask) -> Uuid {
        let school = self.at(ask).await;
        let id = self.session_of(ask).await;
        let here = format!("/sessions/{id}/accept");
        let page = school.get(&here).await;
        let yes = [
            ("room", "Hall"),
            ("staff_stay", "yes"),
            ("contact_name", "Sam Reed"),
            ("contact_telephone", "01632 960001"),
            ("contact_email", "sam.reed@hallowdale.example"),
        ];
        done(&send(&school, &here, &filled(&page, &yes)).await);
        assert_eq!(session(&self.app.desk, id).await.state, State::Confirmed);
        id
    }
}

fn has(mails: &[Claimed], subject: &str) -> usize {
    mails.iter().filter(|m| m.subject.contains(subject)).count()
}

async fn walk(mut walk: Walk) {
    let page = walk.begin_at_the_gaps().await;
    let plan = walk.plan(&page, &[("seconds", "10"), ("name", "Year 6 in spring")]).await;
    walk.overrule(&plan).await;
    let tour = walk.tour;
    let commissioner = walk.commissioner.clone();
    walk.follow(&commissioner, "tour", tour, "Tour: ").await;
    walk.feeds_agree("before").await;
    drop(walk.mails("before").await);

    // Published: an offer each, and a mail each.
    walk.publish(&plan).await;
    let offered: Vec<Ask> = walk
        .asks(&plan)
        .await
        .into_iter()
        .filter(|a| a.outcome == Some(domain::plan::Outcome::Offered) && a.sessions == 1 && a.parts == 1)
        .collect();
    assert!(offered.len() > 30, "{} offers", offered.len());
    let mails = walk.mails("published").await;
    for ask in &offered {
        assert!(has(&mails, &format!("Offered to {}:", ask.school)) > 0, "no mail to {}", ask.school);
    }
    // Three schools on days of their own, so that the day called off is the first's alone among them.
    let mut days = BTreeSet::new();
    let own_day: Vec<&Ask> = offered.iter().filter(|a| days.insert(a.place.as_ref().map(|p| (p.team, p.on)))).collect();
    // A school that asked goes on asking when one day does not suit: who declines was a gap.
    let third = own_day.iter().find(|a| a.request.is_none()).expect("an offer to a gap");
    let mut others = own_day.iter().filter(|a| a.id != third.id);
    let (first, second) = (others.next().expect("an offer"), others.next().expect("another"));
    for ask in [first, second, third] {
        let client = walk.at(ask).await;
        walk.follow(&client, "school", ask.setting, &format!("School: {}", ask.school)).await;
    }
    let place = first.place.clone().expect("its place");
    let company = walk.company(place.team).await;
    walk.follow(&company, "team", place.team, "Team: ").await;
    walk.feeds_agree("published").await;

    // Two accept, one declines, with a reason that coverage shows.
    let one = walk.accept(first).await;
    let two = walk.accept(second).await;
    let mails = walk.mails("accepted").await;
    for ask in [first, second] {
        let accepted = format!("Accepted by {}:", ask.school);
        assert!(has(&mails, &accepted) > 1, "the council and the company hear of {}", ask.school);
        assert!(mails.iter().any(|m| m.subject.contains(&accepted) && m.to_address == "sam.reed@hallowdale.example"));
    }
    walk.feeds_agree("accepted").await;
    let school = walk.at(third).await;
    let three = walk.session_of(third).await;
    let here = format!("/sessions/{three}/decline");
    let page = school.get(&here).await;
    assert_eq!(send(&school, &here, &filled(&page, &[])).await.status, 422, "a no has a reason");
    done(&send(&school, &here, &filled(&page, &[("reason", "no_hall")])).await);
    let mails = walk.mails("declined").await;
    let declined = format!("Declined by {}:", third.school);
    assert!(has(&mails, &declined) > 0);
    assert!(
        mails
            .iter()
            .filter(|m| m.subject.contains(&declined))
            .filter(|m| !m.to_address.starts_with("helen.ackroyd@"))
            .all(|m| m.attachment.as_deref().is_some_and(|a| a.contains("METHOD:CANCEL")))
    );
    walk.feeds_agree("declined").await;
    let coverage = walk.commissioner.get("/coverage").await;
    let gaps = walk.commissioner.get(&gaps_of_the_play(&coverage)).await;
    let row = gaps.body.split("<tr").find(|row| row.contains(&third.setting.to_string())).expect("its line");
    assert!(row.contains("Declined") && row.contains("No hall or room for it"), "{row}");

    // One that is booked moves to another day.
    let here = format!("/sessions/{two}/move");
    let page = walk.commissioner.get(&here).await;
    let free = page.body.split("<option").skip(1).filter(|o| !o.contains("is closed then"));
    let to = free.filter_map(|o| o.split("value=\"").nth(1)?.split('"').next()).find(|v| v.len() == 36);
    let to = to.expect("a free opening").to_owned();
    done(&send(&walk.commissioner, &here, &filled(&page, &[("opening", &to), ("reason", "timetable")])).await);
    let mails = walk.mails("moved").await;
    assert!(mails.iter().any(|m| m.subject.starts_with("Moved:") && m.to_address == "sam.reed@hallowdale.example"));
    walk.feeds_agree("moved").await;

    // The company calls a day off, in one step, having been asked.
    let at = format!("/teams/{}/days/{}", place.team, place.on);
    let day = company.get(&at).await;
    let page = company.get(&link(&day, "/cancel")).await;
    assert!(page.body.contains(&first.school) && page.body.contains("This cancels"), "{}", page.body);
    let refused = send(&company, &format!("{at}/cancel"), &filled(&page, &[])).await;
    assert_eq!(refused.status, 422, "a day is called off for a reason");
    done(&send(&company, &format!("{at}/cancel"), &filled(&page, &[("reason", "sickness")])).await);
    assert_eq!(session(&walk.app.desk, one).await.state, State::Cancelled);
    let mails = walk.mails("called off").await;
    assert!(mails.iter().any(|m| m.subject.starts_with("Cancelled:") && m.to_address == "sam.reed@hallowdale.example"));
    walk.feeds_agree("called off").await;

    // And planned anew: what was called off is ticked already, and others may move where it helps.
    let day = company.get(&at).await;
    let page = walk.commissioner.get(&link(&day, "/plans/new?")).await;
    assert!(page.body.contains("Visits that were called off"), "{}", page.body);
    let lost = page.fields().iter().filter(|(name, _)| name == "lost").count();
    let mut fields: Vec<(String, String)> = page.fields();
    fields.retain(|(name, _)| !matches!(name.as_str(), "seconds" | "slots"));
    fields.extend([("seconds".into(), "10".into()), ("slots".into(), "days".into())]);
    let release = page.body.split("<input").filter(|i| i.contains("name=\"release\""));
    let release = release.filter_map(|i| i.split("value=\"").nth(1)?.split('"').next());
    let release: Vec<_> = release.map(|visit| ("release".to_owned(), visit.to_owned())).collect();
    let released = release.len();
    fields.extend(release);
    let path = done(&send(&walk.commissioner, "/plans/new", &fields).await);
    let mut planned = walk.commissioner.get(&path).await;
    while !planned.body.contains("Open the board") {
        tokio::time::sleep(Duration::from_millis(300)).await;
        planned = walk.commissioner.get(&path).await;
    }
    let asks = walk.asks(&path).await;
    let again = asks.iter().find(|a| a.setting == first.setting).expect("the school again");
    assert!(again.place.as_ref().is_some_and(|p| (p.team, p.on) != (place.team, place.on)), "{again:?}");
    let moves: Vec<&Ask> = asks.iter().filter(|a| a.moves()).collect();
    println!("{} of {released} released visits move for {lost} lost", moves.len());
    assert!(moves.len() * 5 < released, "{} of {released} move for {lost} lost", moves.len());
    for ask in &moves {
        let listed = planned.body.split_once("Booked visits that move").expect("the moves").1;
        assert!(listed.contains(&ask.school), "{} moves and is not listed", ask.school);
    }
    walk.publish(&path).await;
    let mails = walk.mails("planned anew").await;
    assert!(
        has(&mails, &format!("Offered to {}:", first.school)) > 0,
        "{:?}",
        mails.iter().map(|m| &m.subject).collect::<Vec<_>>()
    );
    walk.feeds_agree("planned anew").await;
    let anew = walk.accept(first).await;
    assert_ne!(anew, one);
    drop(walk.mails("accepted again").await);
    walk.feeds_agree("accepted again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn this_years_year_six_tour_is_planned_and_kept_straight() {
    for (database, desk) in databases().await {
        walk(Walk::begin(database, desk).await).await;
    }
}

/// A school is dragged on the board to a free slot, with the pointer.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_dragged_on_the_board() {
    if tests::site_folder().is_none() {
        return println!("skipped: no CALLBOARD_SITE");
    }
    for (_database, desk) in databases().await {
        let Some(browser) = Browser::start(Manner::DESKTOP).await else { return };
        let town = Town::build(&desk).await;
        Throwaway::execute(&desk, "UPDATE setting SET easting = 410000, northing = 430000").await;
        Throwaway::execute(&desk, "UPDATE team SET base_easting = 411000, base_northing = 431000").await;
        let app = TestApp::start(desk, false).await;
        let actor = town.commissioner();
        let new = plans::NewPlan {
            name: "Dragged".into(),
            tours: BTreeSet::from([town.tour]),
            gaps: [town.primary, town.second_primary, town.special].map(|s| (town.tour, s)).into(),
            released: BTreeSet::new(),
            lost: BTreeSet::new(),
            from: date(2026, 11, 30),
            by_openings: true,
            seconds: 10,
        };
        let plan = plans::start(&app.desk, &actor, &new).await.expect("a plan");
        plans::work(&app.desk).await.expect("planned");
        let at = async || {
            let board = plans::board(&app.desk, &actor, plan).await.expect("the board");
            board.asks.iter().find(|a| a.school == "Oak Lodge School").and_then(|a| a.place.clone()).expect("its place")
        };
        let before = at().await;
        browser.open(&format!("{}/sign-in", app.url)).await;
        browser.set_cookie(&app.url, &app.cookie(&actor).await).await;
        browser.open(&format!("{}/plans/{plan}/board", app.url)).await;
        browser.see("Drag a school to another slot").await;

        // A free slot in view beside it: the board scrolls sideways.
        let free = "(//td[.//*[@data-name='Oak Lodge School']]/preceding-sibling::td[1]//div[@data-to][.//span[. = 'free']])[1]";
        let free = By::XPath(free);
        let slot = browser.driver.find(free).await.expect("a free slot");
        let to = slot.attr("data-to").await.expect("an attribute").expect("a place");
        let tile = browser.driver.find(By::Css("[data-name='Oak Lodge School']")).await.expect("its tile");
        tile.scroll_into_view().await.expect("in view");
        let chain = || browser.driver.action_chain();
        let held = chain().move_to_element_center(&tile).click_and_hold().move_by_offset(6, 6);
        held.move_to_element_center(&slot).move_by_offset(2, 2).perform().await.expect("a drag");
        browser.see("Breaks nothing").await;
        assert_eq!(at().await, before, "nothing is done before it is let go of");
        chain().release().perform().await.expect("let go of");
        browser.see("Oak Lodge School moved, and pinned there").await;
        let after = at().await;
        assert_eq!(to, format!("{}.{}.{}", after.team, after.on, after.slots[0]));
        assert_ne!(before, after);
        browser.quit().await;
    }
}
