//! `callboard backup FILE` and `callboard restore FILE`

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use records::Db;
use records::backup;

use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to make; it must not exist yet
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `callboard backup` made
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Some(database) = embedded(config)? else {
            bail!(
                "this is a PostgreSQL database, which its own tools back up while it is in use: \
                 pg_dump --format=custom --file={} \"$DATABASE_URL\". {}",
                self.file.display(),
                secret_is_separate(config)
            );
        };
        // Opened, a missing database would be made, and an empty one backed up.
        if !database.exists() {
            bail!("DATABASE_URL: there is no database at {}", database.display());
        }
        let db = Db::open(&config.database_url).await.context("DATABASE_URL: the database cannot be opened")?;
        let size = backup::backup(&db, &self.file).await;
        db.close().await;
        say!("Backed up {} to {} ({} bytes).", database.display(), self.file.display(), size?);
        say!("{}", secret_is_separate(config));
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Some(database) = embedded(config)? else {
            bail!(
                "DATABASE_URL names a PostgreSQL database, which its own tools restore: \
                 pg_restore --dbname=\"$DATABASE_URL\" {}, into an empty database. {}",
                self.file.display(),
                secret_is_separate(config)
            );
        };
        if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("DATABASE_URL: cannot make the folder {}", folder.display()))?;
        }
        let restored = backup::restore(&self.file, &database).await?;
        say!(
            "Restored {} to {}: authorities {}, schools and other settings {}, sessions {}.",
            self.file.display(),
            database.display(),
            restored.authorities,
            restored.settings,
            restored.sessions
        );
        say!("{}", secret_is_separate(config));
        Ok(())
    }
}

/// The file of an embedded database; none on PostgreSQL.
fn embedded(config: &Config) -> anyhow::Result<Option<PathBuf>> {
    match config.sqlite_path() {
        Some(path) if path == Path::new(":memory:") || path.as_os_str().is_empty() => {
            bail!("DATABASE_URL names no file")
        }
        None if !config.database_url.starts_with("postgres") => {
            bail!("DATABASE_URL must begin with sqlite:// or postgres://")
        }
        path => Ok(path),
    }
}

/// What a backup leaves out on purpose: whoever has both opens everything.
fn secret_is_separate(config: &Config) -> String {
    format!(
        "The secret file, {}, is separate: keep a copy of it in another place. Without it authenticator apps, \
         calendar feeds and links in mails that were sent no longer work",
        config.secret_file.display()
    )
}
