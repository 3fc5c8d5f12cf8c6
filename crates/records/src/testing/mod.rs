//! Throw-away databases, and a small town to test on.
//!
//! Every operation is tested on both databases: write the test as `both!(async fn what_it_shows(desk: Desk) { … });`.
//! PostgreSQL's half runs where `CALLBOARD_TEST_POSTGRES` names a server, and says so when it is skipped.

mod dump;
mod town;

use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::clock::Clock;
use sqlx::Connection;
use uuid::Uuid;

use crate::error::{Conflict, Error};
use crate::secret::Secret;
use crate::{Db, Desk, taking_back};

pub use dump::{dump, kept_columns, named_references};
pub use town::{Town, date, wish};

/// Sunday 22 November 2026, 11:00 in London: the present of tests that hold the clock.
///
/// # Panics
/// Never: the text is an instant.
#[must_use]
pub fn present() -> DateTime<Utc> {
    "2026-11-22T11:00:00Z".parse().expect("an instant")
}

/// A database that is gone when this is dropped.
pub struct Throwaway {
    /// The address to open it by.
    pub address: String,
    _folder: Option<tempfile::TempDir>,
}

impl Throwaway {
    /// An empty SQLite file.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = format!("sqlite://{}", folder.path().join("callboard.sqlite").display());
        Self { address, _folder: Some(folder) }
    }

    /// An empty database on the server `CALLBOARD_TEST_POSTGRES` names; none, with a word, when it names none.
    /// The server is itself thrown away, and the database with it.
    ///
    /// # Panics
    /// When the server is named but refuses.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("CALLBOARD_TEST_POSTGRES") else {
            println!("skipped: no CALLBOARD_TEST_POSTGRES");
            return None;
        };
        let name = format!("callboard_{}", Uuid::new_v4().simple());
        let mut admin = sqlx::PgConnection::connect(&server).await.expect("the test server");
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut admin)
            .await
            .expect("a database");
        let (base, _) = server.rsplit_once('/').expect("postgres://…/database");
        Some(Self { address: format!("{base}/{name}"), _folder: None })
    }

    /// Runs a statement that a test needs and no operation has, such as dropping a guard for a negative control.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn execute(desk: &Desk, sql: &str) {
        let mut conn = desk.write().await.expect("a transaction");
        execute!(conn, sqlx::AssertSqlSafe(sql.to_owned())).expect("the statement");
        conn.commit().await.expect("a commit");
    }

    /// Whether somebody else stands in the middle of writing: holds the file's lock, or sleeps inside a statement of the
    /// server's.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn is_held(desk: &Desk) -> bool {
        match desk.db() {
            Db::Sqlite { write, .. } => {
                let mut conn = write.acquire().await.expect("a connection");
                let mut run = async |sql: &'static str| sqlx::query(sql).execute(&mut *conn).await.is_ok();
                run("PRAGMA busy_timeout = 0").await;
                let free = run("BEGIN IMMEDIATE").await && run("ROLLBACK").await;
                run("PRAGMA busy_timeout = 10000").await;
                !free
            }
            Db::Postgres(_) => {
                let asleep = "SELECT COUNT(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep'";
                Self::count(desk, asleep).await > 0
            }
        }
    }

    /// Runs a statement in the SQLite file at `file` over one connection and without a journal beside it, so that
    /// the file by itself is the whole database afterwards.
    ///
    /// # Panics
    /// When the file refuses.
    pub async fn execute_in(file: &std::path::Path, sql: &str) {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Delete);
        let mut conn = sqlx::SqliteConnection::connect_with(&options).await.expect("a SQLite file");
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.expect("the statement");
        conn.close().await.expect("a connection that closes");
    }

    /// Puts a mail into the outbox, as operations do.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn mail(desk: &Desk, to: &str, subject: &str, body: &str) {
        let mut conn = desk.write().await.expect("a transaction");
        let mail = crate::outbox::Mail {
            to: to.to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
            record_kind: "test",
            ..crate::outbox::Mail::default()
        };
        crate::outbox::put(&mut conn, desk, mail).await.expect("a mail");
        conn.commit().await.expect("a commit");
    }

    /// One number that a test asks for.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn count(desk: &Desk, sql: &str) -> i64 {
        let mut conn = desk.read().await.expect("a transaction");
        fetch_scalar!(conn, i64, sqlx::AssertSqlSafe(sql.to_owned())).expect("a number")
    }

    /// The first column of each row that a test asks for.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn texts(desk: &Desk, sql: &str) -> Vec<String> {
        let mut conn = desk.read().await.expect("a transaction");
        let rows = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(sql.to_owned())).expect("rows");
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// A desk at this database, migrated, with a clock that stands at [`present`].
    ///
    /// # Panics
    /// When the database cannot be opened or migrated.
    pub async fn desk(&self) -> Desk {
        let db = Db::open(&self.address).await.expect("a database");
        db.migrate().await.expect("migrations");
        Desk::new(db, Clock::fixed(present()), Secret::random().expect("randomness"))
    }
}

/// Makes one test of the same body on each database.
#[macro_export]
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($desk:ident: Desk) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($desk: $crate::Desk) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = $crate::testing::Throwaway::sqlite();
                body(database.desk().await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = $crate::testing::Throwaway::postgres().await {
                    body(database.desk().await).await;
                }
            }
        }
    };
}

/// Why an import would not be taken back, as it is foreseen: what was built on it, or that it may not be at all. Looking
/// changes nothing.
///
/// # Panics
/// When looking fails, or changes something.
pub async fn foreseen(desk: &Desk, actor: &Actor, id: Uuid) -> Option<String> {
    let before = dump(desk).await;
    let looked = taking_back::in_the_way(desk, actor, id).await;
    assert_eq!(before, dump(desk).await, "looking changes nothing");
    match looked {
        Ok(built) => taking_back::refusal(&built),
        Err(Error::Conflict(Conflict::Refused(why))) => Some(why),
        Err(other) => panic!("{other:?}"),
    }
}
