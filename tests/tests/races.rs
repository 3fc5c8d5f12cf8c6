//! Two who want the same slot, two hundred times, over HTTP: on SQLite at one server, on PostgreSQL at two processes.
//!
//! Each race has its negative control: with the unique index off, the slot must be given twice.

use chrono::{Datelike, Days, NaiveDate, Utc};
use domain::access::Actor;
use domain::calendar::bank_holidays_between;
use domain::clock::Clock;
use domain::request::PartOfDay;
use domain::session::{Group, State};
use domain::waiting::Wish;
use domain::{YearGroup, YearGroups};
use records::secret::Secret;
use records::testing::{Throwaway, Town};
use records::waiting::{self, Joining};
use records::{Db, Desk};
use tests::process::Process;
use tests::{Client, Reply, TestApp};
use uuid::Uuid;

/// How often each race is run.
const ROUNDS: u64 = 200;

/// A town with slots enough, two schools signed in at different servers, and a commissioner.
struct Place {
    kind: &'static str,
    desk: Desk,
    town: Town,
    /// Kelder Primary, at the first server.
    kelder: Client,
    /// Beck Primary, at the second.
    beck: Client,
    /// The commissioner, at the first.
    commissioner: Client,
    first: NaiveDate,
    _servers: Vec<Server>,
    _database: Throwaway,
    _folder: tempfile::TempDir,
}

#[allow(dead_code)]
enum Server {
    Here(TestApp),
    Process(Process),
}

impl Server {
    fn url(&self) -> &str {
        match self {
            Self::Here(app) => &app.url,
            Self::Process(process) => &process.url,
        }
    }
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut places = vec![Self::at(Throwaway::sqlite()).await];
        if let Some(database) = Throwaway::postgres().await {
            places.push(Self::at(database).await);
        }
        places
    }

    async fn at(database: Throwaway) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = folder.path().join("secret");
        let db = Db::open(&database.address).await.expect("a database");
        db.migrate().await.expect("migrations");
        let sqlite = matches!(db, Db::Sqlite { .. });
        // Processes have the machine's clock, so everybody has.
        let desk = Desk::new(db, Clock::new(Utc::now), Secret::at(&secret).expect("a secret"));
        let town = Town::build(&desk).await;
        let first = desk.today() + Days::new(30);
        let first = first - Days::new(u64::from(first.weekday().num_days_from_monday()));
        let dates = format!("UPDATE tour SET starts = '{}', ends = '{}'", desk.today(), first + Days::new(2000));
        Throwaway::execute(&desk, &dates).await;
        let mut servers = Vec::new();
        if !sqlite {
            for _ in 0..2 {
                servers.extend(Process::start(&database.address, &secret).await.map(Server::Process));
            }
        }
        while servers.len() < 2 {
            servers.push(Server::Here(TestApp::start(desk.clone(), false).await));
        }
        let mut clients = Vec::new();
        for (server, actor) in
            [(0, town.school(town.primary)), (1, town.school(town.second_primary)), (0, town.commissioner())]
        {
            clients.push(Client::at(servers[server].url(), &cookie(&desk, &actor).await));
        }
        let [kelder, beck, commissioner] = clients.try_into().ok().expect("three clients");
        Self {
            kind: if sqlite { "SQLite" } else { "PostgreSQL" },
            desk,
            town,
            kelder,
            beck,
            commissioner,
            first,
            _servers: servers,
            _database: database,
            _folder: folder,
        }
    }

    /// A key as the database writes it.
    fn key(&self, id: Uuid) -> String {
        if self.kind == "SQLite" { format!("X'{}'", id.simple()) } else { format!("'{id}'") }
    }

    /// The n-th day on which schools are open, from the Monday the races begin on.
    fn day(&self, n: u64) -> NaiveDate {
        let closed = bank_holidays_between(self.first, self.first + Days::new(2 * n + 40));
        let open = |day: &NaiveDate| day.weekday().number_from_monday() <= 5 && closed.iter().all(|h| h.on != *day);
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        self.first.iter_days().filter(open).nth(n).expect("a day")
    }

    /// An opening for the afternoon of the n-th day.
    async fn opening(&self, n: u64) -> Uuid {
        self.open(n, 2, "PM", 795, 855).await
    }

    /// An opening for the morning, where a session stands already.
    async fn open(&self, n: u64, slot: i64, label: &str, starts: i64, ends: i64) -> Uuid {
        let id = Uuid::now_v7();
        let sql = format!(
            "INSERT INTO opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute, created_at)
             VALUES ({}, {}, {}, '{}', {slot}, '{label}', {starts}, {ends}, '2026-01-01T00:00:00+00:00')",
            self.key(id),
            self.key(self.town.tour),
            self.key(self.town.team),
            self.day(n),
        );
        Throwaway::execute(&self.desk, &sql).await;
        id
    }

    /// How many live sessions hold a slot of the n-th day.
    async fn live(&self, n: u64, slot: i64) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM session WHERE live AND on_date = '{}' AND slot = {slot}", self.day(n));
        Throwaway::count(&self.desk, &sql).await
    }

    async fn off_guard(&self) {
        Throwaway::execute(&self.desk, "DROP INDEX session_slot_taken").await;
    }

    fn book_path(&self) -> String {
        format!("/tours/{}/book", self.town.tour)
    }

    async fn book(&self, client: &Client, school: Uuid, opening: Uuid) -> Reply {
        let mut fields = details();
        fields.extend([("opening", opening.to_string()), ("school", school.to_string()), ("step", "book".into())]);
        post(client, &self.book_path(), &fields).await
    }
}

async fn cookie(desk: &Desk, actor: &Actor) -> String {
    let grant = actor.grant.expect("a grant");
    let token = records::sign_ins::begin_as(desk, &Actor::SYSTEM, grant, "test").await.expect("a sign-in");
    format!("callboard={token}")
}

fn details() -> Vec<(&'static str, String)> {
    [
        ("year_groups-0", "6"),
        ("expected-0", "28"),
        ("room", "Main hall"),
        ("contact_name", "Sam Okoro"),
        ("contact_telephone", "01632 960001"),
        ("contact_email", "sam@kelder.example"),
        ("staff_stay", "yes"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

async fn post(client: &Client, path: &str, fields: &[(&'static str, String)]) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields).await
}

/// One won and was sent on, the other was told that the slot has gone.
fn one_of_two(kind: &str, round: u64, replies: [&Reply; 2]) {
    let mut statuses = replies.map(|r| r.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{kind}, round {round}: {}\n{}", replies[0].body, replies[1].body);
}

/// What one round found: how many hold the slot, and both answers.
struct Round {
    live: i64,
    replies: [Reply; 2],
}

/// Two schools accept what each was offered, both with the same other day.
async fn accept_against_accept(place: &Place, n: u64) -> Round {
    let town = &place.town;
    let (mine, theirs) = (place.day(2 * n), place.day(2 * n + 1));
    let kelders = town.session(&place.desk, town.primary, mine, State::Offered).await;
    let becks = town.session(&place.desk, town.second_primary, theirs, State::Offered).await;
    let opening = place.opening(n).await;
    let mut fields = details();
    fields.extend([("opening", opening.to_string()), ("version", "1".into())]);
    let (one, two) = (format!("/sessions/{kelders}/accept"), format!("/sessions/{becks}/accept"));
    let (one, two) = tokio::join!(post(&place.kelder, &one, &fields), post(&place.beck, &two, &fields));
    // Whoever lost has still what was offered.
    let offered = Throwaway::count(&place.desk, "SELECT COUNT(*) FROM session WHERE state = 'offered'").await;
    if place.live(n, 2).await == 1 {
        assert_eq!(offered, i64::try_from(n).expect("a number") + 1, "{}: an offer was lost", place.kind);
    }
    Round { live: place.live(n, 2).await, replies: [one, two] }
}

/// A reservation has run out: its holder confirms, and somebody else books.
async fn end_against_confirm(place: &Place, n: u64) -> Round {
    let town = &place.town;
    let opening = place.opening(n).await;
    let hold = [("opening", opening.to_string()), ("school", town.primary.to_string()), ("step", "hold".into())];
    let held = post(&place.kelder, &place.book_path(), &hold).await;
    assert_eq!(held.status, 303, "{}", held.body);
    let over = "UPDATE session SET reserved_until = '2026-01-01T00:00:00+00:00' WHERE state = 'reserved'";
    Throwaway::execute(&place.desk, over).await;
    let (one, two) = tokio::join!(
        place.book(&place.kelder, town.primary, opening),
        place.book(&place.beck, town.second_primary, opening)
    );
    Round { live: place.live(n, 2).await, replies: [one, two] }
}

/// One school moves to a slot that another books.
async fn move_against_book(place: &Place, n: u64) -> Round {
    let town = &place.town;
    let session = town.session(&place.desk, town.primary, place.day(n), State::Confirmed).await;
    let opening = place.opening(n).await;
    let to = opening.to_string();
    let path = format!("/sessions/{session}/move");
    let fields = [("version", "1"), ("opening", &to), ("reason", "timetable")];
    let (one, two) =
        tokio::join!(place.kelder.post(&path, &fields), place.book(&place.beck, town.second_primary, opening));
    // Whoever could not move has kept the old slot.
    let kept = place.live(n, 1).await;
    if place.live(n, 2).await == 1 {
        assert_eq!(kept, i64::from(one.status != 303), "{}: a visit was lost in moving", place.kind);
    }
    Round { live: place.live(n, 2).await, replies: [one, two] }
}

/// A slot is given back and offered to who waits, while somebody books it.
async fn offer_against_book(place: &Place, n: u64) -> Round {
    let town = &place.town;
    let session = town.session(&place.desk, town.primary, place.day(n), State::Confirmed).await;
    let opening = place.open(n, 1, "AM", 570, 630).await;
    // The special school waits anew.
    Throwaway::execute(&place.desk, "UPDATE waiting SET state = 'waiting'").await;
    let path = format!("/sessions/{session}/cancel");
    let fields = [("version", "1"), ("reason", "timetable")];
    let (one, two) =
        tokio::join!(place.commissioner.post(&path, &fields), place.book(&place.beck, town.second_primary, opening));
    let live = place.live(n, 1).await;
    if live == 1 && two.status != 303 {
        let offers = format!(
            "SELECT COUNT(*) FROM session x JOIN waiting w ON w.id = x.waiting_id
             WHERE x.state = 'offered' AND w.state = 'offered' AND x.on_date = '{}'",
            place.day(n)
        );
        assert_eq!(Throwaway::count(&place.desk, &offers).await, 1, "{}: nobody was offered it", place.kind);
    }
    Round { live, replies: [one, two] }
}

async fn somebody_waits(place: &Place) {
    let years: YearGroups = [YearGroup::new(6).expect("Year 6")].into_iter().collect();
    let group = Group { year_groups: years, label: String::new(), expected: 9, expected_send: None };
    let new = Joining {
        setting: place.town.special,
        wish: Wish {
            groups: vec![group],
            part_of_day: PartOfDay::Any,
            has: [domain::programme::Need::Hall].into(),
            impossible: [].into(),
        },
        room_for_others: false,
        access_needs: String::new(),
        contact_name: "Kim Lee".into(),
        contact_telephone: "01274 431001".into(),
        contact_email: "kim@oak.example".into(),
        on_behalf: None,
    };
    // The town's own openings lie in the past of some day: nothing but what is given back is free.
    Throwaway::execute(&place.desk, "DELETE FROM opening").await;
    let oak = place.town.school(place.town.special);
    waiting::join(&place.desk, &oak, place.town.tour, &new).await.expect("a place on the list");
}

macro_rules! race {
    ($name:ident, $control:ident, $round:ident, $check:expr, $before:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            for place in Place::all().await {
                $before(&place).await;
                let began = std::time::Instant::now();
                let mut first_won = 0;
                for n in 0..ROUNDS {
                    let Round { live, replies: [one, two] } = $round(&place, n).await;
                    assert_eq!(live, 1, "{}, round {n}: the slot is held by {live}", place.kind);
                    $check(place.kind, n, [&one, &two]);
                    first_won += u64::from(one.status == 303);
                }
                println!("{}: {first_won} of {ROUNDS} were the first one's, {:?}", place.kind, began.elapsed());
            }
        }

        /// The negative control: the race notices when nothing guards the slot.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $control() {
            for place in Place::all().await {
                $before(&place).await;
                place.off_guard().await;
                let mut twice = false;
                for n in 0..ROUNDS {
                    if $round(&place, n).await.live > 1 {
                        twice = true;
                        break;
                    }
                }
                assert!(twice, "{}: the slot was never given twice, although nothing guards it", place.kind);
            }
        }
    };
}

async fn nothing(_: &Place) {}

/// The one who cancels always may; whether the other books in time does not matter.
fn cancelled_and_refused(kind: &str, round: u64, [one, two]: [&Reply; 2]) {
    assert_eq!((one.status, two.status), (303, 409), "{kind}, round {round}: {}\n{}", one.body, two.body);
}

race!(
    two_accept_the_same_day_and_one_gets_it,
    without_the_guard_two_accept_the_same_day,
    accept_against_accept,
    one_of_two,
    nothing
);
race!(
    a_reservation_that_ran_out_is_confirmed_or_taken,
    without_the_guard_a_reservation_is_confirmed_and_taken,
    end_against_confirm,
    one_of_two,
    nothing
);
race!(
    a_slot_is_moved_to_or_booked,
    without_the_guard_a_slot_is_moved_to_and_booked,
    move_against_book,
    one_of_two,
    nothing
);
race!(
    a_slot_given_back_goes_to_who_waits_and_not_to_who_books,
    without_the_guard_a_slot_is_offered_and_booked,
    offer_against_book,
    cancelled_and_refused,
    somebody_waits
);
