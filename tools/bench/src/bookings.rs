//! Bookings a second at a real server over HTTP, with 64 clients at once: each a whole booking (form, session, timeline,
//! audit line, outbox mail, one durable commit).

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chrono::{Days, NaiveDate, Utc};
use domain::access::Actor;
use domain::clock::Clock;
use records::secret::Secret;
use records::testing::{Throwaway, Town};
use records::{Db, Desk, sign_ins};
use uuid::Uuid;

use crate::measure::{Measurement, Programs};

/// Who books at the same time.
const CLIENTS: usize = 64;

/// Bookings of one measurement, unless time is up first.
const BOOKINGS: usize = 4_000;

/// Seconds one measurement takes at most.
const MOST_SECONDS: u64 = 20;

/// Teams that share the bookings: each has a slot a day.
const TEAMS: usize = 8;

/// Bookings a second that are aimed at, and the milliseconds in which 95 of 100 are done.
const AIM: f64 = 500.0;
const P95_LIMIT: f64 = 1_000.0;

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Vec<Measurement>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut measurements = Vec::new();
    for (name, database) in
        [("SQLite", Some(Throwaway::sqlite())), ("PostgreSQL", runtime.block_on(Throwaway::postgres()))]
    {
        let Some(database) = database else { continue };
        let (rate, p95) = runtime.block_on(run(programs, &database))?;
        println!("{name}: {rate:.0} bookings a second, p95 {p95:.0} ms");
        let title = format!("milliseconds a booking takes of the server, {CLIENTS} clients, {name}");
        measurements.push(Measurement::alone(&title, 1000.0 / rate, "ms", 1000.0 / AIM));
        let title = format!("95 of 100 bookings are done in, {CLIENTS} clients, {name}");
        measurements.push(Measurement::alone(&title, p95, "ms", P95_LIMIT));
    }
    Ok(measurements)
}

/// The server, stopped when this is dropped.
struct Server {
    url: String,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(programs: &Programs, database: &str, secret: &Path, folder: &Path) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let site = folder.join("site");
        std::fs::create_dir_all(&site)?;
        // Pages need no style to be counted.
        std::fs::write(site.join("assets.json"), "{}")?;
        let child = Command::new(programs.callboard())
            .arg("serve")
            .args(["--addr", &format!("127.0.0.1:{port}"), "--database-url", database])
            .arg("--secret-file")
            .arg(secret)
            .arg("--site")
            .arg(&site)
            .args(["--smtp-url", &format!("file://{}", folder.join("mail").display())])
            .env("RUST_LOG", "error")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the server cannot be started")?;
        let server = Self { url: format!("http://127.0.0.1:{port}"), child };
        let began = Instant::now();
        while reqwest::get(format!("{}/readyz", server.url)).await.map_or(true, |r| !r.status().is_success()) {
            ensure!(began.elapsed() < Duration::from_secs(30), "the server does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }
}

/// Bookings a second, and the 95th percentile of their time in milliseconds.
async fn run(programs: &Programs, database: &Throwaway) -> anyhow::Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let secret = folder.path().join("secret");
    let db = Db::open(&database.address).await?;
    db.migrate().await?;
    let desk = Desk::new(db, Clock::new(Utc::now), Secret::at(&secret)?);
    let town = Town::build(&desk).await;
    let openings = Arc::new(open(&desk, &town).await);
    let mut cookies = Vec::new();
    for setting in [town.primary, town.second_primary] {
        let grant = town.school(setting).grant.context("a grant")?;
        let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, grant, "bench").await?;
        cookies.push((setting, format!("callboard={token}")));
    }
    let server = Server::start(programs, &database.address, &secret, folder.path()).await?;
    let next = Arc::new(AtomicUsize::new(0));
    let url: Arc<str> = format!("{}/tours/{}/book", server.url, town.tour).into();
    let began = Instant::now();
    let clients = (0..CLIENTS).map(|n| {
        let (setting, cookie) = cookies[n % cookies.len()].clone();
        tokio::spawn(client(url.clone(), cookie, setting, openings.clone(), next.clone(), began))
    });
    let mut times = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        times.extend(client.await??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let booked = Throwaway::count(&desk, "SELECT COUNT(*) FROM session WHERE state = 'confirmed'").await;
    ensure!(usize::try_from(booked)? == times.len(), "{booked} sessions of {} bookings", times.len());
    let mails = Throwaway::count(&desk, "SELECT COUNT(*) FROM outbox").await;
    ensure!(mails >= booked, "{mails} mails of {booked} bookings");
    times.sort_by(f64::total_cmp);
    let p95 = times.get(times.len() * 95 / 100).copied().unwrap_or_default();
    Ok((times.len() as f64 / seconds, p95))
}

/// One client: books opening after opening. The milliseconds each took.
async fn client(
    url: Arc<str>,
    cookie: String,
    setting: Uuid,
    openings: Arc<Vec<Uuid>>,
    next: Arc<AtomicUsize>,
    began: Instant,
) -> anyhow::Result<Vec<f64>> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut times = Vec::new();
    while began.elapsed() < Duration::from_secs(MOST_SECONDS) {
        let Some(opening) = openings.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
        let (opening, school, key) = (opening.to_string(), setting.to_string(), Uuid::new_v4().to_string());
        let fields = [
            ("step", "book"),
            ("idempotency_key", &key),
            ("opening", &opening),
            ("school", &school),
            ("year_groups-0", "6"),
            ("expected-0", "28"),
            ("expected_send-0", "4"),
            ("label-0", "6B"),
            ("room", "Main hall"),
            ("contact_name", "Sam Okoro"),
            ("contact_telephone", "01632 960001"),
            ("contact_email", "sam@kelder.example"),
            ("staff_stay", "yes"),
        ];
        let sent = Instant::now();
        let reply = http.post(&*url).header("cookie", &cookie).form(&fields).send().await?;
        let status = reply.status().as_u16();
        let text = reply.text().await?;
        if status != 303 {
            bail!("a booking was refused with {status}: {text}");
        }
        times.push(sent.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

/// Openings enough, a slot a day for each of some teams; a school never has two of the same team on one day.
async fn open(desk: &Desk, town: &Town) -> Vec<Uuid> {
    let sqlite = matches!(desk.db(), Db::Sqlite { .. });
    let key = |id: Uuid| if sqlite { format!("X'{}'", id.simple()) } else { format!("'{id}'") };
    let now = "'2026-01-01T00:00:00+00:00'";
    let first: NaiveDate = desk.today() + Days::new(30);
    let days = (BOOKINGS / TEAMS) as u64;
    let last = first + Days::new(days);
    let run = async |sql: String| Throwaway::execute(desk, &sql).await;
    run(format!("UPDATE tour SET starts = '{}', ends = '{last}'", desk.today())).await;
    let mut all = Vec::new();
    for number in 0..TEAMS {
        let team = Uuid::now_v7();
        run(format!(
            "INSERT INTO team (id, provider_id, name, base_name, working_days, created_at, version)
             VALUES ({}, {}, 'Team {number}', 'Studio', 31, {now}, 1)",
            key(team),
            key(town.provider)
        ))
        .await;
        let rows: Vec<String> = (0..days)
            .map(|day| {
                let (id, on) = (Uuid::now_v7(), first + Days::new(day));
                all.push(id);
                format!("({}, {}, {}, '{on}', 1, 'AM', 570, 630, {now})", key(id), key(town.tour), key(team))
            })
            .collect();
        run(format!(
            "INSERT INTO opening (id, tour_id, team_id, on_date, slot, slot_label, starts_minute, ends_minute, created_at)
             VALUES {}",
            rows.join(", ")
        ))
        .await;
    }
    all
}
