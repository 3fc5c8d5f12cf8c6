//! Backup, restore and a kill: nothing that was confirmed is lost.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use domain::access::Actor;
use domain::attendance::Figure;
use domain::clock::Clock;
use domain::session::State;
use records::secret::Secret;
use records::testing::{Throwaway, Town, date};
use records::{Db, Desk, attendance, sign_ins};
use uuid::Uuid;

fn command(address: &str, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
    command.args(args).env("DATABASE_URL", address).env("CALLBOARD_SECRET_FILE", folder.join("secret"));
    command
}

fn callboard(address: &str, folder: &Path, args: &[&str]) -> Output {
    command(address, folder, args).output().expect("callboard runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

/// A desk at the database as the program opens it: the present, and the secret of `folder`.
async fn desk(address: &str, folder: &Path) -> Desk {
    let secret = Secret::at(&folder.join("secret")).expect("a secret");
    Desk::new(Db::open(address).await.expect("a database"), Clock::new(Utc::now), secret)
}

fn address(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_rows_are_written_loses_nothing_confirmed() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let desk = database.desk().await;
    let town = Town::build(&desk).await;
    let (confirmed, stop) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let writer = tokio::spawn({
        let (desk, confirmed, stop) = (desk.clone(), confirmed.clone(), stop.clone());
        async move {
            // Each is a visit, a session and a group in one transaction, and counts once that is committed.
            while !stop.load(Ordering::SeqCst) {
                let n = confirmed.load(Ordering::SeqCst);
                town.session(&desk, town.primary, date(2026, 11, 2) + TimeDelta::days(n), State::Confirmed).await;
                confirmed.store(n + 1, Ordering::SeqCst);
            }
        }
    });
    let mut backups = Vec::new();
    for turn in 0..4 {
        let file = folder.path().join(format!("backup-{turn}"));
        let before = confirmed.load(Ordering::SeqCst);
        let backup = tokio::task::spawn_blocking({
            let (address, folder, file) = (database.address.clone(), folder.path().to_owned(), file.clone());
            move || callboard(&address, &folder, &["backup", text(&file)])
        });
        let output = backup.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(said(&output).contains("secret file") && said(&output).contains("is separate"), "{}", said(&output));
        backups.push((file, before, confirmed.load(Ordering::SeqCst)));
    }
    stop.store(true, Ordering::SeqCst);
    writer.await.unwrap();
    assert!(backups[3].1 > backups[0].1, "rows were written meanwhile: {backups:?}");
    for (file, before, after) in backups {
        let target = file.with_extension("sqlite");
        let output = callboard(&address(&target), folder.path(), &["restore", text(&file)]);
        assert!(output.status.success(), "{output:?}");
        assert!(said(&output).contains("is separate"));
        let restored = self::desk(&address(&target), folder.path()).await;
        let counts = async |table: &str| Throwaway::count(&restored, &format!("SELECT COUNT(*) FROM {table}")).await;
        let sessions = counts("session").await;
        assert!(
            (before..=after + 1).contains(&sessions),
            "{before} were confirmed, {sessions} restored, {after} after"
        );
        assert_eq!((counts("visit").await, counts("attending_group").await), (sessions, sessions), "nothing by halves");
        let days = Throwaway::count(&restored, "SELECT COUNT(DISTINCT on_date) FROM session").await;
        assert_eq!(days, sessions);
        assert!(said(&output).contains(&format!("sessions {sessions}")), "{}", said(&output));
    }
}

/// Every way in which a copy is refused, in words, with everything left as it was.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_why_and_touch_nothing() {
    let database = Throwaway::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let desk = database.desk().await;
    Town::build(&desk).await;
    let good = at("good");
    assert!(callboard(&database.address, folder.path(), &["backup", text(&good)]).status.success());
    let bytes = std::fs::read(&good).unwrap();
    let refused = |address: &str, args: &[&str], says: &str| {
        let output = callboard(address, folder.path(), args);
        assert_eq!(output.status.code(), Some(1), "{args:?} {output:?}");
        assert!(said(&output).contains(says), "{says}: {}", said(&output));
    };

    refused(&database.address, &["backup", text(&good)], "is there already");
    assert_eq!(std::fs::read(&good).unwrap(), bytes);
    refused(&address(&at("none.sqlite")), &["backup", text(&at("x"))], "there is no database");
    refused("postgres://u:secret@127.0.0.1/x", &["backup", text(&at("x"))], "pg_dump");
    refused("postgres://u:secret@127.0.0.1/x", &["restore", text(&good)], "pg_restore");
    refused(&database.address, &["backup", text(&at("no/such/folder"))], "cannot be read or written");

    refused(&database.address, &["restore", text(&good)], "is not empty");
    assert_eq!(Throwaway::count(&desk, "SELECT COUNT(*) FROM authority").await, 2);
    let fresh = address(&at("fresh.sqlite"));
    let write = |name: &str, content: &[u8]| -> PathBuf {
        std::fs::write(at(name), content).unwrap();
        at(name)
    };
    let mut torn = bytes.clone();
    torn.truncate(bytes.len() / 2);
    let mut scribbled = bytes.clone();
    scribbled[100..bytes.len() / 2].fill(0x5a);
    for (file, says) in [
        (write("empty", b""), "is not a backup"),
        (write("rubbish", b"not a database at all, but long enough to be one"), "is not a backup"),
        (write("header", &bytes[..16]), "is not a backup"),
        (write("torn", &torn), "is not a backup"),
        (write("scribbled", &scribbled), "is not a backup"),
        (at("missing"), "cannot be read or written"),
        (folder.path().to_owned(), "cannot be read or written"),
    ] {
        refused(&fresh, &["restore", text(&file)], says);
        assert!(!at("fresh.sqlite").exists(), "{} left something behind", file.display());
        assert!(!at("fresh.sqlite.restoring").exists());
    }
    let live = PathBuf::from(database.address.trim_start_matches("sqlite://"));
    refused(&fresh, &["restore", text(&live)], "database in use");
    let somebodys = write("somebodys", b"a letter");
    refused(&address(&somebodys), &["restore", text(&good)], "is not empty");
    assert_eq!(std::fs::read(&somebodys).unwrap(), b"a letter");

    let newer = write("newer", &bytes);
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'of a later version', TRUE, x'00', 0)";
    Throwaway::execute_in(&newer, later).await;
    refused(&fresh, &["restore", text(&newer)], "newer Callboard");

    // An empty database that was only migrated may be restored into, unless somebody has it open.
    let migrated = address(&at("migrated.sqlite"));
    let open = self::desk(&migrated, folder.path()).await;
    open.db().migrate().await.unwrap();
    refused(&migrated, &["restore", text(&good)], "is in use");
    open.db().close().await;
    let output = callboard(&migrated, folder.path(), &["restore", text(&good)]);
    assert!(output.status.success(), "{output:?}");
    let restored = self::desk(&migrated, folder.path()).await;
    assert_eq!(Throwaway::count(&restored, "SELECT COUNT(*) FROM authority").await, 2);
}

/// `callboard serve` on a port of its own, killed when this is dropped.
struct Served {
    child: Child,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // SIGKILL: nothing is written back, nothing is said.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    async fn start(database: &str, folder: &Path) -> Self {
        std::fs::write(folder.join("assets.json"), "{}").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let addr = format!("127.0.0.1:{port}");
        let mail = format!("file://{}", folder.join("mail").display());
        let args = ["serve", "--addr", &addr, "--site", text(folder), "--smtp-url", &mail];
        let child = command(database, folder, &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let served = Self { child, url: format!("http://{addr}") };
        for _ in 0..200 {
            if reqwest::get(format!("{}/readyz", served.url)).await.is_ok_and(|answer| answer.status().is_success()) {
                return served;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("callboard serve does not answer");
    }
}

/// Counts a session's pupils over HTTP; whether that was confirmed.
async fn count(http: &reqwest::Client, url: &str, session: Uuid, group: Uuid, pupils: i64) -> bool {
    let path = format!("{url}/sessions/{session}/attendance");
    let field = attendance::field(Figure::Pupils, group);
    let fields = [("version", "1".to_owned()), (field.as_str(), pupils.to_string())];
    match http.post(path).form(&fields).send().await {
        Ok(answer) => {
            assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap_or_default());
            true
        }
        // The server was killed before it answered: it may have happened or not.
        Err(_) => false,
    }
}

async fn a_kill_loses_nothing_confirmed(database: Throwaway) {
    let folder = tempfile::tempdir().unwrap();
    let town = Town::build(&database.desk().await).await;
    let desk = desk(&database.address, folder.path()).await;
    let token = sign_ins::begin_as(&desk, &Actor::SYSTEM, town.commissioner().grant.unwrap(), "test").await.unwrap();
    let mut sessions = Vec::new();
    for days in 1..=150 {
        let on = Utc::now().date_naive() - TimeDelta::days(days);
        let session = town.session(&desk, town.primary, on, State::Confirmed).await;
        let sheet = attendance::sheet(&desk, &town.commissioner(), session).await.unwrap();
        sessions.push((session, sheet.groups[0].id));
    }
    let cookie = format!("callboard={token}").parse().unwrap();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .default_headers([(reqwest::header::COOKIE, cookie)].into_iter().collect())
        .build()
        .unwrap();
    let mut confirmed = 0;
    let mut left = sessions.iter().zip((1_i64..=30).cycle());
    // Killed three times, each time while it is being written to.
    for after in [0, 40, 90] {
        let mut served = Served::start(&database.address, folder.path()).await;
        let url = served.url.clone();
        let Some((&(session, group), pupils)) = left.next() else { break };
        assert!(count(&http, &url, session, group, pupils).await);
        confirmed += 1;
        let kill = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            served.child.kill().unwrap();
            served.child.wait().unwrap();
        });
        for (&(session, group), pupils) in left.by_ref() {
            if !count(&http, &url, session, group, pupils).await {
                break;
            }
            confirmed += 1;
        }
        kill.await.unwrap();
    }
    let served = Served::start(&database.address, folder.path()).await;
    let mut found = 0;
    for (&(session, group), pupils) in sessions.iter().zip((1_i64..=30).cycle()) {
        let sheet = attendance::sheet(&desk, &town.commissioner(), session).await.unwrap();
        let counts = &sheet.groups.iter().find(|g| g.id == group).unwrap().counts;
        if let Some(counted) = counts.pupils {
            assert_eq!((counted, sheet.session.state), (pupils, State::Delivered), "whole or not at all");
            found += 1;
        }
    }
    assert!((confirmed..=confirmed + 3).contains(&found), "{confirmed} were confirmed, {found} are on record");
    let (session, group) = sessions[0];
    let page = http.get(format!("{}/sessions/{session}/attendance", served.url)).send().await.unwrap();
    assert_eq!(page.status(), 200, "the sign-in has survived too");
    assert!(page.text().await.unwrap().contains(&attendance::field(Figure::Pupils, group)));
    println!("{confirmed} confirmed over three kills");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_confirmed_on_sqlite() {
    a_kill_loses_nothing_confirmed(Throwaway::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_confirmed_on_postgres() {
    if let Some(database) = Throwaway::postgres().await {
        a_kill_loses_nothing_confirmed(database).await;
    }
}
