//! Configuration: flags and environment, checked at start-up and named when wrong.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::Utc;
use clap::Args;
use domain::clock::Clock;
use records::secret::Secret;
use records::{Db, Desk};

/// Above these options in every command's help, below the command's own.
const EVERYWHERE: &str = "Options of every command";

/// What every command needs.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The database: sqlite://PATH (made when missing) or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        value_name = "URL",
        env = "DATABASE_URL",
        default_value = "sqlite://data/callboard.sqlite",
        hide_env_values = true,
        global = true,
        help_heading = EVERYWHERE
    )]
    pub database_url: String,

    /// The file with the installation's secret; made when missing. Keep a copy apart from the database
    #[arg(
        long,
        value_name = "FILE",
        env = "CALLBOARD_SECRET_FILE",
        default_value = "data/secret",
        global = true,
        help_heading = EVERYWHERE
    )]
    pub secret_file: PathBuf,
}

/// How people reach the site, for what leads there: pages and mails.
#[derive(Debug, Clone, Args)]
pub struct Reached {
    /// How people reach this site: https:// and its name, without a path; https:// makes cookies secure and sends
    /// HSTS [default: http:// and the address of `serve`]
    #[arg(long, value_name = "URL", env = "CALLBOARD_PUBLIC_URL")]
    pub public_url: Option<String>,
}

impl Reached {
    /// The site's address without a slash at its end; where none is stated, a server that listens at `addr`.
    ///
    /// # Errors
    /// An address that is not one of the web.
    pub fn url(&self, addr: SocketAddr) -> anyhow::Result<String> {
        let Some(url) = &self.public_url else { return Ok(format!("http://{addr}")) };
        let parsed = url::Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
        parsed.context("CALLBOARD_PUBLIC_URL is not an address like https://callboard.example.gov.uk")?;
        Ok(url.trim_end_matches('/').to_owned())
    }
}

/// What `serve` needs besides.
#[derive(Debug, Clone, Args)]
pub struct ServeConfig {
    /// Where to listen
    #[arg(long, env = "CALLBOARD_ADDR", value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// How people reach the site.
    #[command(flatten)]
    pub reached: Reached,

    /// Behind a proxy: the header in which it states the client's address, such as X-Forwarded-For. Without it, limits
    /// on tries count everyone behind the proxy as one
    #[arg(long, value_name = "HEADER", env = "CALLBOARD_CLIENT_ADDRESS_HEADER")]
    pub client_address_header: Option<axum::http::HeaderName>,

    /// The folder of the built site: style sheet, icon, WebAssembly
    #[arg(long, value_name = "FOLDER", env = "CALLBOARD_SITE", default_value = "target/site")]
    pub site: PathBuf,

    /// Where mail goes: smtp://, smtps://USER:PASSWORD@HOST:PORT, or file://FOLDER
    #[arg(
        long,
        value_name = "URL",
        env = "CALLBOARD_SMTP_URL",
        default_value = "file://data/mail",
        hide_env_values = true
    )]
    pub smtp_url: String,

    /// The sender of mail
    #[arg(
        long,
        value_name = "SENDER",
        env = "CALLBOARD_MAIL_FROM",
        default_value = "Callboard <callboard@localhost.localdomain>"
    )]
    pub mail_from: String,

    /// Minutes without a page until a sign-in ends, 5 to 1440
    #[arg(long, value_name = "MINUTES", env = "CALLBOARD_SIGN_IN_IDLE_MINUTES", default_value_t = 60, value_parser = clap::value_parser!(i64).range(5..=1440))]
    pub sign_in_idle_minutes: i64,

    /// Hours until a sign-in ends, 1 to 168
    #[arg(long, value_name = "HOURS", env = "CALLBOARD_SIGN_IN_HOURS", default_value_t = 12, value_parser = clap::value_parser!(i64).range(1..=168))]
    pub sign_in_hours: i64,

    /// Fill an empty database with a generated district, and let visitors sign in as anyone. A database of real
    /// authorities is refused
    #[arg(long, env = "CALLBOARD_DEMO")]
    pub demo: bool,
}

impl Config {
    /// Opens the database, migrating SQLite by itself; PostgreSQL is migrated by `callboard migrate` alone.
    ///
    /// # Errors
    /// A database or secret that cannot be opened, or a PostgreSQL schema that is not current.
    pub async fn desk(&self) -> anyhow::Result<Desk> {
        let desk = self.desk_as_it_is().await?;
        match desk.db() {
            Db::Sqlite { .. } => desk.db().migrate().await.context("the database could not be migrated")?,
            Db::Postgres(_) if desk.db().is_current().await? => {}
            Db::Postgres(_) => {
                bail!("the database’s schema is not the one of this version: run `callboard migrate` first")
            }
        }
        Ok(desk)
    }

    /// Opens the database and leaves its schema as it is.
    ///
    /// # Errors
    /// A database or secret that cannot be opened.
    pub async fn desk_as_it_is(&self) -> anyhow::Result<Desk> {
        if let Some(path) = self.sqlite_path()
            && let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("DATABASE_URL: cannot make the folder {}", folder.display()))?;
        }
        let secret = Secret::at(&self.secret_file)
            .with_context(|| format!("CALLBOARD_SECRET_FILE: {} cannot be used", self.secret_file.display()))?;
        let db = Db::open(&self.database_url).await.map_err(|e| match e {
            records::Error::Unavailable(cause) => {
                anyhow::anyhow!("DATABASE_URL: the database cannot be opened: {cause}")
            }
            other => other.into(),
        })?;
        Ok(Desk::new(db, Clock::new(Utc::now), secret))
    }

    /// The file of an embedded database.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        let path = self.database_url.strip_prefix("sqlite://").or_else(|| self.database_url.strip_prefix("sqlite:"))?;
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }
}
