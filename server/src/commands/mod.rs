//! The command line. Exit 0 done, 1 refused, 2 wrong usage.

use std::process::ExitCode;

use anyhow::Context;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::Config;

mod authority;
mod backup;
mod coverage;
mod demo;
mod import;
mod import_calendar;
mod import_contacts;
mod import_filled;
mod import_history;
mod import_rolls;
mod import_told;
mod import_undo;
mod mail;
mod match_names;
mod migrate;
mod person;
mod plan;
mod read_workbook;
mod serve;

/// “1 row”, “3 rows”.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Schedules prevention work in schools and shows who has not been reached.
#[derive(Debug, Parser)]
#[command(name = "callboard", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site
    Serve(serve::Serve),
    /// Bring the database's schema up to date
    Migrate,
    /// Fill an empty database with the demo district, Hallowdale: invented schools, tours and history
    Demo,
    /// Add authorities, the tenants
    #[command(subcommand)]
    Authority(authority::Authority),
    /// Add people and give them roles
    #[command(subcommand)]
    Person(person::Person),
    /// Note what became of mails
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Import files, list what was imported, and take it back
    #[command(subcommand)]
    Import(import::Import),
    /// Print who was reached by a programme, and the gaps
    Coverage(coverage::Coverage),
    /// Match typed school names to the school list
    Match(match_names::Match),
    /// Plan which requests are served, by which team, when: a problem's file in, a plan as JSON out
    Plan(plan::Plan),
    /// Copy an embedded database to a file while it is in use
    Backup(backup::Backup),
    /// Put a backup where no database is yet
    Restore(backup::Restore),
    /// Read a workbook from standard input, within limits: for Callboard itself
    #[command(hide = true)]
    ReadWorkbook,
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let source = from_environment(&error);
            if error.print().is_err() {
                return ExitCode::FAILURE;
            }
            if let Some(name) = source {
                eprintln!("The value is that of {name} in the environment.");
            }
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    if matches!(cli.command, Command::ReadWorkbook) {
        return read_workbook::run();
    }
    read_workbook::isolate();
    match log_filter() {
        Ok(filter) => tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init(),
        Err(error) => {
            eprintln!("callboard: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("callboard: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("callboard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The variable of the environment that a refused value came from. Clap names the flag alone, which nobody typed.
fn from_environment(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(refused)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = refused.split_whitespace().next()?.trim_start_matches("--");
    if std::env::args().any(|typed| typed.trim_start_matches("--").split('=').next() == Some(flag)) {
        return None;
    }
    let mut waiting = vec![Cli::command()];
    while let Some(command) = waiting.pop() {
        if let Some(name) = command.get_arguments().find(|a| a.get_long() == Some(flag)).and_then(|a| a.get_env()) {
            return Some(name.to_string_lossy().into_owned());
        }
        waiting.extend(command.get_subcommands().cloned());
    }
    None
}

/// How much is logged.
fn log_filter() -> anyhow::Result<EnvFilter> {
    match std::env::var("RUST_LOG") {
        Ok(asked) if !asked.trim().is_empty() => {
            EnvFilter::try_new(&asked).with_context(|| format!("RUST_LOG is no filter of the log: {asked}"))
        }
        _ => Ok("warn,callboard=info".into()),
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(serve) => serve.run(&cli.config).await,
        Command::Demo => demo::run(&cli.config).await,
        Command::Migrate => migrate::run(&cli.config).await,
        Command::Authority(command) => command.run(&cli.config).await,
        Command::Person(command) => command.run(&cli.config).await,
        Command::Mail(command) => command.run(&cli.config).await,
        Command::Import(command) => command.run(&cli.config).await,
        Command::Coverage(command) => command.run(&cli.config).await,
        Command::Match(command) => tokio::task::spawn_blocking(move || command.run()).await?,
        Command::Plan(command) => tokio::task::spawn_blocking(move || command.run()).await?,
        Command::Backup(command) => command.run(&cli.config).await,
        Command::Restore(command) => command.run(&cli.config).await,
        Command::ReadWorkbook => Ok(()),
    }
}

/// A refusal's sentences alone, without the names of form fields.
fn in_words(error: records::Error) -> anyhow::Error {
    match error {
        records::Error::Invalid(errors) => {
            anyhow::anyhow!("{}", errors.into_iter().map(|e| e.message).collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}
