//! Copies of an embedded database: taken while it is in use, and put back where there is none.
//!
//! These need no desk: a backup is of the whole file, whoever's records are in it, and only the command line makes one.
//! PostgreSQL has its own tools for both.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, Connection};

use crate::db::{Db, MIGRATIONS};

/// What every SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why nothing was copied. What was there before is still there.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The database is a server's.
    #[error("this is a PostgreSQL database, which PostgreSQL’s own tools copy")]
    Postgres,
    /// The backup's file is there already.
    #[error("{} is there already, and a backup never overwrites: give another name", .0.display())]
    Exists(PathBuf),
    /// The file to restore is no backup.
    #[error("{} is not a backup made by `callboard backup`: {}", .0.display(), .1)]
    NotABackup(PathBuf, String),
    /// The file to restore was made by a later version.
    #[error("{} was made by a newer Callboard than this one: update this one first", .0.display())]
    Newer(PathBuf),
    /// There are records where the backup was to go.
    #[error(
        "{} is not empty, and a restore never overwrites: name a database that does not exist yet, or move that file away",
        .0.display()
    )]
    NotEmpty(PathBuf),
    /// Somebody has the empty database open.
    #[error("{} is in use: stop `callboard serve` first", .0.display())]
    InUse(PathBuf),
    /// The folder or file cannot be read or written.
    #[error("{} cannot be read or written", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The database does not answer.
    #[error("the database cannot be copied: {0}")]
    Database(#[source] sqlx::Error),
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Authorities.
    pub authorities: i64,
    /// Schools and other settings.
    pub settings: i64,
    /// Sessions, in any state.
    pub sessions: i64,
}

/// `path` with `suffix` at its end: the names SQLite gives to a journal.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// A file that is removed again unless it is kept: what a copy is made in until it is whole.
struct Part(Option<PathBuf>);

impl Part {
    /// An empty file that nobody else may read; one that a killed copy left is made anew.
    fn new(path: PathBuf) -> Result<Self, Refused> {
        let fail = |e| Refused::File(path.clone(), e);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(fail(e)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(fail)?;
        Ok(Self(Some(path)))
    }

    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or_else(|| Path::new(""))
    }

    /// Makes the file last and gives it its name.
    fn keep_as(mut self, name: &Path) -> Result<(), Refused> {
        let fail = |e| Refused::File(name.to_owned(), e);
        let Some(path) = self.0.take() else { return Ok(()) };
        File::open(&path).and_then(|file| file.sync_all()).map_err(fail)?;
        std::fs::rename(&path, name).map_err(fail)?;
        // The name itself lasts when the folder does.
        #[cfg(unix)]
        {
            let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // It is no backup yet: one that cannot be removed is made anew the next time.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Copies the database to a new file while others read and write it. The copy is of one moment: everything confirmed
/// before the call is in it, and nothing by halves. Returns its size in bytes.
///
/// # Errors
/// A database on PostgreSQL; a file that is there already or cannot be written.
pub async fn backup(db: &Db, to: &Path) -> Result<u64, Refused> {
    let Db::Sqlite { read, .. } = db else { return Err(Refused::Postgres) };
    if to.exists() {
        return Err(Refused::Exists(to.to_owned()));
    }
    let part = Part::new(beside(to, ".part"))?;
    // One statement, one snapshot: those who write go on in the journal meanwhile.
    sqlx::query("VACUUM INTO $1")
        .bind(part.path().display().to_string())
        .execute(read)
        .await
        .map_err(Refused::Database)?;
    let size = std::fs::metadata(part.path()).map_err(|e| Refused::File(to.to_owned(), e))?.len();
    if to.exists() {
        return Err(Refused::Exists(to.to_owned()));
    }
    part.keep_as(to)?;
    Ok(size)
}

/// Puts the backup `from` where the embedded database `to` is to be, brought up to this version's schema.
///
/// # Errors
/// A file that is no whole backup, or a newer Callboard's; a database that is not empty or is in use.
pub async fn restore(from: &Path, to: &Path) -> Result<Restored, Refused> {
    looks_like_a_backup(from)?;
    is_empty(to).await?;
    let part = Part::new(beside(to, ".restoring"))?;
    std::fs::copy(from, part.path()).map_err(|e| Refused::File(from.to_owned(), e))?;
    let restored = check(from, part.path()).await?;
    part.keep_as(to)?;
    Ok(restored)
}

fn looks_like_a_backup(from: &Path) -> Result<(), Refused> {
    let mut head = Vec::with_capacity(MAGIC.len());
    File::open(from)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut head))
        .map_err(|e| Refused::File(from.to_owned(), e))?;
    if head != MAGIC {
        return Err(Refused::NotABackup(from.to_owned(), "it is no SQLite file".into()));
    }
    // A running database's newest records are in its journal, not in the file.
    let journal = beside(from, "-wal");
    if std::fs::metadata(&journal).is_ok_and(|journal| journal.len() > 0) {
        let why = format!("it is a database in use, with its journal {} beside it", journal.display());
        return Err(Refused::NotABackup(from.to_owned(), why));
    }
    Ok(())
}

/// Refuses a database with records in it, or that somebody has open.
async fn is_empty(to: &Path) -> Result<(), Refused> {
    let not_empty = || Refused::NotEmpty(to.to_owned());
    let size = match std::fs::metadata(to) {
        Ok(file) => file.len(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => 0,
        Err(e) => return Err(Refused::File(to.to_owned(), e)),
    };
    if size == 0 {
        // A journal without its database may hold the only copy of what was confirmed, and would be read into this one.
        return if beside(to, "-wal").exists() { Err(Refused::NotEmpty(beside(to, "-wal"))) } else { Ok(()) };
    }
    let options = SqliteConnectOptions::new().filename(to).busy_timeout(Duration::from_millis(500));
    // Whatever cannot be read here is somebody's, and not empty.
    let mut conn = SqliteConnection::connect_with(&options).await.map_err(|_| not_empty())?;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
           AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut conn)
    .await
    .map_err(|_| not_empty())?;
    for table in tables {
        let any = format!("SELECT EXISTS (SELECT 1 FROM \"{}\")", table.replace('"', "\"\""));
        let any: bool = sqlx::query_scalar(AssertSqlSafe(any)).fetch_one(&mut conn).await.map_err(Refused::Database)?;
        if any {
            return Err(not_empty());
        }
    }
    // Leaving the journal behind takes the file to oneself: refused while anybody else has it open.
    let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE").fetch_one(&mut conn).await;
    conn.close().await.map_err(Refused::Database)?;
    if mode.is_ok_and(|mode| mode == "delete") { Ok(()) } else { Err(Refused::InUse(to.to_owned())) }
}

/// Checks the copy at `part` page by page and brings its schema up to date.
async fn check(from: &Path, part: &Path) -> Result<Restored, Refused> {
    let not = |why: String| Refused::NotABackup(from.to_owned(), why);
    let broken = |e: sqlx::Error| not(format!("it is damaged or of something else ({e})"));
    let options = SqliteConnectOptions::from_str("sqlite:")
        .map_err(broken)?
        .filename(part)
        .journal_mode(SqliteJournalMode::Delete)
        .foreign_keys(true);
    let mut conn = SqliteConnection::connect_with(&options).await.map_err(broken)?;
    let ours: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_sqlx_migrations', 'authority', 'setting')",
    )
    .fetch_one(&mut conn)
    .await
    .map_err(broken)?;
    if ours < 3 {
        return Err(not("it holds no Callboard records".into()));
    }
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut conn).await.map_err(broken)?;
    if found != ["ok"] {
        return Err(not(format!("it is damaged ({})", found.into_iter().next().unwrap_or_default())));
    }
    match MIGRATIONS.run(&mut conn).await {
        Ok(()) => {}
        Err(MigrateError::VersionMissing(_)) => return Err(Refused::Newer(from.to_owned())),
        Err(e) => return Err(not(format!("its schema cannot be brought up to date ({e})"))),
    }
    let (authorities, settings, sessions) = sqlx::query_as::<_, (i64, i64, i64)>(
        "SELECT (SELECT COUNT(*) FROM authority), (SELECT COUNT(*) FROM setting), (SELECT COUNT(*) FROM session)",
    )
    .fetch_one(&mut conn)
    .await
    .map_err(broken)?;
    conn.close().await.map_err(Refused::Database)?;
    Ok(Restored { authorities, settings, sessions })
}
