//! The database: SQLite or PostgreSQL behind one SQL text.
//!
//! The macros run the same statement with the same binds on either. What both understand and what they do not is
//! in `docs/decisions/0002-one-sql-text.md`.

use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::error::{Error, Result};

/// So much of an embedded file each connection keeps in memory, in KiB.
const SQLITE_CACHE: usize = 32 << 10;

/// Rows that are read ahead of whoever takes them. The embedded database has a thread of its own, and with few rows the
/// two wait for each other at each: reading thousands takes twice as long.
const ROWS_AHEAD: usize = 1_000;

/// A connection to the server that lay idle for so long is asked whether it is there still.
const ASKED_AFTER: Duration = Duration::from_secs(1);

/// Rows a list shows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The page's number, from 1.
    pub number: i64,
    /// Rows on a page.
    pub size: i64,
}

impl Page {
    /// The page of this number with 50 rows.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self { number: number.clamp(1, 1_000_000), size: 50 }
    }

    pub(crate) const fn offset(self) -> i64 {
        (self.number - 1) * self.size
    }
}

/// An address that names no database Callboard can open.
#[derive(Debug, thiserror::Error)]
#[error("the address must begin with sqlite:// or postgres://; {0}")]
pub struct BadAddress(String);

/// Open pools of connections.
#[derive(Clone)]
pub enum Db {
    /// An embedded file: one connection writes, others read at the same time.
    Sqlite {
        /// The one that writes.
        write: SqlitePool,
        /// Those that read.
        read: SqlitePool,
    },
    /// A server, which several Callboards can share.
    Postgres(PgPool),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite { .. } => "Db::Sqlite",
            Self::Postgres(_) => "Db::Postgres",
        })
    }
}

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

impl Db {
    /// Opens the database at `address`; a SQLite file is created when it is missing.
    ///
    /// # Errors
    /// An address of another scheme or form, or a database that does not answer.
    pub async fn open(address: &str) -> Result<Self> {
        let bad = |why: String| Error::from(BadAddress(why));
        if address.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(address)
                .map_err(|e| bad(e.to_string()))?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // A confirmed booking survives a power cut, not only a crash.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .row_buffer_size(ROWS_AHEAD)
                .pragma("cache_size", format!("-{SQLITE_CACHE}"))
                // What a statement changed, in case it fails in the middle, is kept in memory: in a file, a statement
                // of fifty rows writes hundreds of pages, and a large import hundreds of thousands.
                .pragma("temp_store", "memory")
                .optimize_on_close(true, Some(400));
            let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
            let read = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
            Ok(Self::Sqlite { write, read })
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            // The reason may quote the address, and with it the password: it is left out.
            let options = PgConnectOptions::from_str(address).map_err(|_| bad("this one cannot be read".into()))?;
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                // A connection that lay idle may be gone, and is asked first; asking one that was used a moment ago is
                // one more journey for every operation.
                .test_before_acquire(false)
                .before_acquire(|conn, meta| {
                    Box::pin(async move { Ok(meta.idle_for < ASKED_AFTER || conn.ping().await.is_ok()) })
                });
            match pool.connect_with(options.clone()).await {
                // The pool waits for a server that is starting, and in the end only says that it waited: one more try
                // by itself says why.
                Err(sqlx::Error::PoolTimedOut) => Err(why_not(&options).await),
                opened => Ok(Self::Postgres(opened?)),
            }
        } else {
            Err(bad("this one does not".into()))
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A migration that fails, or a database that does not answer.
    pub async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { write, .. } => MIGRATIONS.run(write).await,
            Self::Postgres(pool) => MIGRATIONS.run(pool).await,
        }
        .map_err(Error::unavailable)
    }

    /// Whether the schema is the one this program was built with.
    ///
    /// # Errors
    /// A database that does not answer.
    pub async fn is_current(&self) -> Result<bool> {
        use sqlx::migrate::Migrate;
        let table = std::borrow::Cow::Borrowed("_sqlx_migrations");
        let applied = match self {
            Self::Sqlite { write, .. } => write.acquire().await?.list_applied_migrations(&table).await,
            Self::Postgres(pool) => pool.acquire().await?.list_applied_migrations(&table).await,
        };
        // No such table: nothing was ever applied.
        let applied = applied.unwrap_or_default();
        Ok(MIGRATIONS
            .iter()
            .filter(|m| !m.migration_type.is_down_migration())
            .all(|m| applied.iter().any(|a| a.version == m.version && a.checksum == m.checksum)))
    }

    /// A transaction that only reads: every statement sees the same moment.
    pub(crate) async fn read(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite { read, .. } => Conn::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                Conn::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// A connection for one statement that only reads: without a transaction around it, which would take two more
    /// journeys to the server.
    pub(crate) async fn glance(&self) -> Result<Glance> {
        Ok(match self {
            Self::Sqlite { read, .. } => Glance::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => Glance::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that writes. On SQLite it waits for the one before it; on PostgreSQL, rows are locked as they
    /// are updated.
    pub(crate) async fn write(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite { write, .. } => Conn::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        })
    }

    /// Closes every connection, SQLite's journal written back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Why the server at `options` does not answer.
async fn why_not(options: &PgConnectOptions) -> Error {
    let (host, port) = (options.get_host(), options.get_port());
    let one = PgConnection::connect_with(options);
    match tokio::time::timeout(Duration::from_secs(5), one).await {
        Ok(Err(cause)) => Error::unavailable(format!("PostgreSQL at {host}, port {port}: {cause}")),
        Ok(Ok(_)) => {
            Error::unavailable(format!("PostgreSQL at {host}, port {port} took longer than 10 seconds to answer"))
        }
        Err(_) => Error::unavailable(format!("PostgreSQL at {host}, port {port} does not answer")),
    }
}

/// A transaction on either database; dropped without `commit`, it is undone.
pub enum Conn {
    /// On the embedded file.
    Sqlite(Transaction<'static, Sqlite>),
    /// On the server.
    Postgres(Transaction<'static, Postgres>),
}

/// A connection outside any transaction, for one statement.
pub(crate) enum Glance {
    /// On the embedded file.
    Sqlite(PoolConnection<Sqlite>),
    /// On the server.
    Postgres(PoolConnection<Postgres>),
}

impl Glance {
    pub(crate) fn handle(&mut self) -> Handle<'_> {
        match self {
            Self::Sqlite(conn) => Handle::Sqlite(&mut *conn),
            Self::Postgres(conn) => Handle::Postgres(&mut *conn),
        }
    }
}

/// The connection inside a [`Conn`] or a [`Glance`], for the macros.
pub(crate) enum Handle<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Conn {
    pub(crate) fn handle(&mut self) -> Handle<'_> {
        match self {
            Self::Sqlite(tx) => Handle::Sqlite(&mut *tx),
            Self::Postgres(tx) => Handle::Postgres(&mut *tx),
        }
    }

    /// Has a transaction that writes very many rows keep more of the file in memory; or no longer. PostgreSQL sees to
    /// that by itself.
    pub(crate) async fn keep_more(&mut self, more: bool) -> Result<()> {
        if let Self::Sqlite(tx) = self {
            let kibibytes = if more { SQLITE_CACHE * 4 } else { SQLITE_CACHE };
            sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA cache_size = -{kibibytes}"))).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Makes everything since the beginning permanent.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }?)
    }
}

/// `on_either!(conn, method, query_as::<_, Row>(sql), binds…)`: the same statement on either database.
macro_rules! on_either {
    ($conn:expr, $method:ident, $make:expr $(, $bind:expr)*) => {
        match $conn.handle() {
            $crate::db::Handle::Sqlite(c) => $make$(.bind($bind))*.$method(c).await.map_err($crate::Error::from),
            $crate::db::Handle::Postgres(c) => $make$(.bind($bind))*.$method(c).await.map_err($crate::Error::from),
        }
    };
}

/// `execute!(conn, sql, binds…)` → `Result<u64>`: the number of rows written.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn.handle() {
            $crate::db::Handle::Sqlite(c) => {
                sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|r| r.rows_affected()).map_err($crate::Error::from)
            }
            $crate::db::Handle::Postgres(c) => {
                sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|r| r.rows_affected()).map_err($crate::Error::from)
            }
        }
    };
}

/// `fetch_all!(conn, Row, sql, binds…)` → `Result<Vec<Row>>`, `Row: FromRow` (a tuple will do).
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_either!($conn, fetch_all, sqlx::query_as::<_, $row>($sql) $(, $bind)*)
    };
}

/// `fetch_one!(conn, Row, sql, binds…)` → `Result<Row>`; no row is [`Error::NotFound`](crate::Error::NotFound).
macro_rules! fetch_one {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_either!($conn, fetch_one, sqlx::query_as::<_, $row>($sql) $(, $bind)*)
    };
}

/// `fetch_optional!(conn, Row, sql, binds…)` → `Result<Option<Row>>`.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_either!($conn, fetch_optional, sqlx::query_as::<_, $row>($sql) $(, $bind)*)
    };
}

/// `fetch_scalar!(conn, T, sql, binds…)` → `Result<T>`: the first column of the one row.
macro_rules! fetch_scalar {
    ($conn:expr, $t:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_either!($conn, fetch_one, sqlx::query_scalar::<_, $t>($sql) $(, $bind)*)
    };
}
