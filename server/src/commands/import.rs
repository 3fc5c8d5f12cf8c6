//! `callboard import schools FILE [--links LINKS]`, `callboard import links LINKS`, and the other kinds of files

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use domain::access::Actor;
use domain::setting::LaCode;
use intake::Problem;
use records::Desk;
use records::imports::{self, File, Mode, Part, Sent};
use records::taking_back::{self, Kind};
use serde_json::json;

use super::import_calendar::Calendar;
use super::import_contacts::Contacts;
use super::import_filled::{Filled, Typed};
use super::import_history::History;
use super::import_rolls::Rolls;
use super::import_told::{as_json, older, tell};
use super::import_undo::{List, Undo};
use crate::config::Config;

/// Lines of each kind that are printed for people; --json and the site have them all.
pub(super) const LINES: usize = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Import the school list: the extract of Get Information About Schools, CSV or a workbook
    Schools(Schools),
    /// Import the links table of the same source: which school followed which, so that coverage follows it
    Links(Links),
    /// Import older records of sessions: a log or a tour list, as its workbook is
    History(History),
    /// Import rolls by year group from the census: its school-level file, CSV or a workbook
    Rolls(Rolls),
    /// Take in an attendance sheet that was filled in without signal
    Attendance(Filled),
    /// Take in feedback given on paper: the workbook that the forms were typed into
    Feedback(Typed),
    /// Import schools' people: each gets the role for their school, and signs in with their own address
    Contacts(Contacts),
    /// Import term dates (.ics, .csv, a workbook) or the published bank holidays (JSON)
    Calendar(Calendar),
    /// List what was imported, of every kind, the latest first
    List(List),
    /// Take an import back, of any kind, as long as nothing was built on it
    Undo(Undo),
}

/// How a file of a kind is taken in.
const fn taken_in_by(kind: Kind) -> &'static str {
    match kind {
        Kind::Schools => "Import it with `callboard import schools`",
        Kind::Links => "Import it with `callboard import links`",
        Kind::Rolls => "Import it with `callboard import rolls`",
        Kind::History => "Import it with `callboard import history`",
        Kind::Attendance => "Take it in with `callboard import attendance`",
        Kind::Feedback => "Take it in with `callboard import feedback`",
        Kind::Contacts => "Import it with `callboard import contacts`",
        Kind::Terms | Kind::BankHolidays => "Import it with `callboard import calendar`",
        Kind::Requests => "Take it in on the site, under “Sheets of requests”",
        Kind::Carry => "",
    }
}

#[derive(Debug, Args)]
pub(super) struct Schools {
    /// The file
    file: PathBuf,
    /// The links table of the same release, which says who follows the schools that are gone
    #[arg(long)]
    links: Option<PathBuf>,
    /// Only the schools of this authority, by its LA code
    #[arg(long)]
    authority: Option<LaCode>,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Mark schools of the file's authorities that it no longer has as "no longer in the list"
    #[arg(long)]
    close_missing: bool,
    /// Import it though it is an older list than the one on record: it has schools as open that have closed since
    #[arg(long)]
    older: bool,
    /// Write the file, when it is refused, as a workbook with the cells marked that are to be mended
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Write the links table so, when it is refused
    #[arg(long, value_name = "FILE", requires = "links")]
    marked_links: Option<PathBuf>,
    /// Print JSON: {"added", "changed", "closed", "unchanged", "problems": [{"sheet", "row", "column", "message"}]};
    /// "closed" counts the schools that the file does not have, or not as open: without --close-missing they stay open,
    /// but those that it says are closed ("said_closed") or that another follows by the links.
    /// The import's key is in `import list --json`, and there "closed" counts those that were marked. With --links also
    /// "left_open" (how many of the closed stay open), "same_file", "import", "links": {"read", "kept", "added",
    /// "removed"} and "release": {"new", "closed", "reopened", "followed", "later", "renamed", "converted", "merged",
    /// "split"}, lists of schools with what is to come there and their successors: "followed" are new to the records
    /// though an open school follows them, "later" are not in the file and follow one of its schools. Where there are any,
    /// "authorities_added" are the LA codes that the records do not have, and "moved" the schools that the file has under
    /// another authority's code ("moved_to"): they stay as they are
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Links {
    /// The links table, CSV or a workbook
    file: PathBuf,
    /// Only for the schools of this authority, by its LA code
    #[arg(long)]
    authority: Option<LaCode>,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Write the file, when it is refused, as a workbook with the cells marked that are to be mended
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print JSON, as `import schools --links` does
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let sent = self.sent();
        let done = self.carry_out(config).await;
        // A file that was refused, or of which nothing was understood, may be one of another kind.
        if let (Err(_), Some((file, own))) = (&done, sent)
            && let Some(kind) = read(&file).ok().and_then(|bytes| intake::resembles(&bytes))
            && !own.contains(&kind)
        {
            eprintln!("{} looks like {}. {}", file.display(), kind.in_words(), taken_in_by(kind));
        }
        done
    }

    /// The file that is sent, and the kinds of file that are asked for.
    fn sent(&self) -> Option<(PathBuf, &'static [Kind])> {
        Some(match self {
            Self::Schools(of) => (of.file.clone(), &[Kind::Schools]),
            Self::Links(of) => (of.file.clone(), &[Kind::Links]),
            Self::History(of) => (of.file().to_owned(), &[Kind::History]),
            Self::Rolls(of) => (of.file().to_owned(), &[Kind::Rolls]),
            Self::Attendance(of) => (of.file().to_owned(), &[Kind::Attendance]),
            Self::Feedback(of) => (of.file().to_owned(), &[Kind::Feedback]),
            Self::Contacts(of) => (of.file().to_owned(), &[Kind::Contacts]),
            Self::Calendar(of) => (of.file().to_owned(), &[Kind::Terms, Kind::BankHolidays]),
            Self::List(_) | Self::Undo(_) => return None,
        })
    }

    async fn carry_out(self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::Schools(schools) => schools.run(config).await,
            Self::Links(links) => links.run(config).await,
            Self::History(history) => history.run(config).await,
            Self::Rolls(rolls) => rolls.run(config).await,
            Self::Attendance(filled) => filled.attendance(config).await,
            Self::Feedback(typed) => typed.feedback(config).await,
            Self::Contacts(contacts) => contacts.run(config).await,
            Self::Calendar(calendar) => calendar.run(config).await,
            Self::List(list) => list.run(config).await,
            Self::Undo(undo) => undo.run(config).await,
        }
    }
}

impl Schools {
    async fn run(self, config: &Config) -> anyhow::Result<()> {
        let links = self.links.as_deref().map(file).transpose()?;
        let sent = Sent { list: Some(file(&self.file)?), links };
        let mode = match (self.dry_run, self.close_missing) {
            (true, close_missing) => Mode::DryRun { close_missing },
            (false, close_missing) => Mode::Apply { close_missing },
        };
        let marked = [(Part::List, self.marked), (Part::Links, self.marked_links)];
        let asked = Asked { only: self.authority, mode, json: self.json, older: self.older, marked };
        run(config, &sent, &asked).await
    }
}

impl Links {
    async fn run(self, config: &Config) -> anyhow::Result<()> {
        let sent = Sent { list: None, links: Some(file(&self.file)?) };
        let mode =
            if self.dry_run { Mode::DryRun { close_missing: false } } else { Mode::Apply { close_missing: false } };
        // A file that comes alone is all that problems are of.
        let marked = [(Part::List, self.marked), (Part::Links, None)];
        let asked = Asked { only: self.authority, mode, json: self.json, older: true, marked };
        run(config, &sent, &asked).await
    }
}

/// What is asked of what was sent.
struct Asked {
    only: Option<LaCode>,
    mode: Mode,
    json: bool,
    /// An older list than the one on record is imported all the same.
    older: bool,
    /// Where each file is written with its cells marked.
    marked: [(Part, Option<PathBuf>); 2],
}

async fn run(config: &Config, sent: &Sent, asked: &Asked) -> anyhow::Result<()> {
    let desk = config.desk().await?;
    let done = import(&desk, sent, asked).await;
    desk.db().close().await;
    done
}

async fn import(desk: &Desk, sent: &Sent, asked: &Asked) -> anyhow::Result<()> {
    let only = asked.only.as_ref();
    let same = same_file(desk, sent, only).await?;
    let is_dry = matches!(asked.mode, Mode::DryRun { .. });
    if !is_dry && !asked.older {
        let look = Mode::DryRun { close_missing: false };
        let looked = imports::run_sent(desk, &Actor::SYSTEM, sent, only, look).await?;
        if let Some(why) = older(&looked) {
            bail!("Nothing was stored. {why} Say --older to import it all the same.");
        }
    }
    let report = imports::run_sent(desk, &Actor::SYSTEM, sent, only, asked.mode).await?;
    for (part, path) in &asked.marked {
        let file = if *part == Part::List { sent.list.as_ref().or(sent.links.as_ref()) } else { sent.links.as_ref() };
        let problems = imports::problems_of(&report.problems, *part);
        if let (Some(path), Some(file), false) = (path, file, problems.is_empty()) {
            write_marked(path, file, &problems)?;
        }
    }
    if asked.json {
        say!("{}", as_json(&report, sent.links.is_some(), same.as_ref()));
        if report.release.left > 0 {
            eprintln!("left open, though not in the file, or not as open: {}", report.release.left);
        }
    } else if report.problems.is_empty() {
        tell_same(same.as_ref(), "If a newer list came since, this one puts back what that one changed.");
        tell(&report, sent, is_dry);
    }
    let files: Vec<&str> = [&sent.list, &sent.links].into_iter().flatten().map(|file| file.name.as_str()).collect();
    let files = files.join(" with ");
    match report.problems.len() {
        0 => Ok(()),
        _ if asked.json => bail!("{files} is refused; nothing was stored"),
        _ => bail!("{files} is refused; nothing was stored:{}", listed(&report.problems)),
    }
}

/// The import by which the same list, or links that come alone, were applied before.
async fn same_file(desk: &Desk, sent: &Sent, only: Option<&LaCode>) -> records::Result<Option<taking_back::Import>> {
    let (kind, file) = match (&sent.list, &sent.links) {
        (Some(list), _) => (Kind::Schools, list),
        (None, Some(links)) => (Kind::Links, links),
        (None, None) => return Ok(None),
    };
    taking_back::imported_before(desk, &Actor::SYSTEM, kind, only, file).await
}

/// What importing the same file again means for what is on record, where a newer file makes no difference.
pub(super) const NOT_AGAIN: &str = "What is on record already is not changed again.";

/// Says that the same file was imported before, and what that means.
pub(super) fn tell_same(same: Option<&taking_back::Import>, meaning: &str) {
    if let Some(import) = same {
        let when = import.finished_at.unwrap_or(import.started_at).format("%-d %B %Y");
        say!("This file was imported before, on {when}. {meaning}");
    }
}

pub(super) fn same_json(same: Option<&taking_back::Import>) -> serde_json::Value {
    json!(same.map(|import| json!({ "import": import.id, "applied_at": import.finished_at })))
}

pub(super) fn file(path: &Path) -> anyhow::Result<File> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(File { name, bytes: read(path)?.into() })
}

/// Writes a refused file with its cells marked.
pub(super) fn write_marked(path: &Path, file: &File, problems: &[Problem]) -> anyhow::Result<()> {
    if path.extension().is_none_or(|name| !name.eq_ignore_ascii_case("xlsx")) {
        bail!("The copy with the cells marked is a workbook: let the name after --marked end in .xlsx.");
    }
    match intake::marked::workbook(&file.bytes, &file.name, problems) {
        Ok(marked) => {
            std::fs::write(path, marked).with_context(|| format!("{} cannot be written", path.display()))?;
            eprintln!("The cells to mend are marked in {}", path.display());
        }
        Err(problem) => eprintln!("{}", problem.message),
    }
    Ok(())
}

/// The file's content. One that is too large for any import is refused before it is read; of what does not say how large
/// it is, one byte more than can be imported is enough to refuse it.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", path.display());
    let mut bytes = Vec::new();
    let most = intake::MAX_FILE_BYTES as u64;
    let file = std::fs::File::open(path).with_context(cannot)?;
    if file.metadata().is_ok_and(|of| of.is_file() && of.len() > most) {
        bail!("{} is larger than {} MB. Import it in parts.", path.display(), most >> 20);
    }
    file.take(most + 1).read_to_end(&mut bytes).with_context(cannot)?;
    Ok(bytes)
}

/// The problems, one a line, each with its place.
pub(super) fn listed(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| {
            let sheet = problem.sheet.as_ref().map(|sheet| format!("sheet “{sheet}”, "));
            let row = problem.row.map(|row| format!("row {row}"));
            let column = problem.column.as_ref().map(|column| format!(", {column}"));
            let place = [sheet, row, column].into_iter().flatten().collect::<String>();
            let place = if place.is_empty() { place } else { format!("{}: ", place.trim_end_matches(", ")) };
            format!("\n  {place}{}", problem.message)
        })
        .collect()
}
