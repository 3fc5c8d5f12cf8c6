//! `callboard import schools FILE`

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use domain::access::Actor;
use domain::setting::LaCode;
use intake::Problem;
use records::imports::{self, ChangeKind, File, Mode, Report};
use serde_json::json;

use super::import_rolls::Rolls;
use crate::config::Config;

/// Lines of each kind that are printed for people; --json and the site have them all.
const LINES: usize = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Import the school list: the extract of Get Information About Schools, CSV or a workbook
    Schools(Schools),
    /// Import rolls by year group from the census: its school-level file, CSV or a workbook
    Rolls(Rolls),
}

#[derive(Debug, Args)]
pub(super) struct Schools {
    /// The file
    file: PathBuf,
    /// Only the schools of this authority, by its LA code
    #[arg(long)]
    authority: Option<LaCode>,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Mark schools of the file's authorities that it no longer has as "no longer in the list"
    #[arg(long, conflicts_with = "dry_run")]
    close_missing: bool,
    /// Write the file, when it is refused, as a workbook with the cells marked that are to be mended
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print JSON: {"added","changed","closed","unchanged","problems":[{"sheet","row","column","message"}],"marked"}
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::Schools(schools) => schools.run(config).await,
            Self::Rolls(rolls) => rolls.run(config).await,
        }
    }
}

impl Schools {
    async fn run(self, config: &Config) -> anyhow::Result<()> {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = File { name, bytes: read(&self.file)?.into() };
        let desk = config.desk().await?;
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Apply { close_missing: self.close_missing } };
        let report = imports::run(&desk, &Actor::SYSTEM, &file, self.authority.as_ref(), mode).await;
        desk.db().close().await;
        let report = report?;
        let marked = self.marked.as_deref().filter(|_| !report.problems.is_empty());
        if let Some(path) = marked {
            write_marked(path, &file, &report.problems)?;
        }
        if self.json {
            println!("{}", as_json(&report));
        } else if report.problems.is_empty() {
            tell(&report, self.dry_run);
        }
        match report.problems.len() {
            0 => Ok(()),
            _ if self.json => bail!("{} is refused; nothing was stored", self.file.display()),
            _ => bail!("{} is refused; nothing was stored:{}", self.file.display(), listed(&report.problems)),
        }
    }
}

/// Writes a refused file with its cells marked.
pub(super) fn write_marked(path: &Path, file: &File, problems: &[Problem]) -> anyhow::Result<()> {
    match intake::marked::workbook(&file.bytes, &file.name, problems) {
        Ok(marked) => {
            std::fs::write(path, marked).with_context(|| format!("{} cannot be written", path.display()))?;
            eprintln!("The cells to mend are marked in {}", path.display());
        }
        Err(problem) => eprintln!("{}", problem.message),
    }
    Ok(())
}

/// The file's content; one byte more than can be imported is enough to refuse it.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", path.display());
    let mut bytes = Vec::new();
    let most = intake::MAX_FILE_BYTES as u64 + 1;
    std::fs::File::open(path).with_context(cannot)?.take(most).read_to_end(&mut bytes).with_context(cannot)?;
    Ok(bytes)
}

fn as_json(report: &Report) -> serde_json::Value {
    json!({
        "added": report.added,
        "changed": report.changed,
        "closed": report.closed,
        "unchanged": report.unchanged,
        "problems": report.problems,
        "marked": report.marked,
    })
}

fn tell(report: &Report, dry_run: bool) {
    for kind in [ChangeKind::Changed, ChangeKind::Closed] {
        let changes: Vec<_> = report.changes.iter().filter(|change| change.kind == kind).collect();
        for change in changes.iter().take(LINES) {
            let fields: Vec<String> = change
                .fields
                .iter()
                .map(|f| format!("{} {} → {}", f.field, quoted(&f.before), quoted(&f.after)))
                .collect();
            println!("{} {} {}: {}", kind.as_str(), change.urn, change.name, fields.join(", "));
        }
        if changes.len() > LINES {
            println!("… and {} more {}", changes.len() - LINES, kind.as_str());
        }
    }
    let would = if dry_run { "Nothing was stored. It would be: " } else { "" };
    println!(
        "{would}{} added, {} changed, {} closed, {} unchanged",
        report.added, report.changed, report.closed, report.unchanged
    );
    if report.closed > 0 && !report.marked {
        println!(
            "The {} closed are in the records but not, or not as open, in the file. Import it with --close-missing to mark them so.",
            report.closed
        );
    }
}

fn quoted(value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("“{value}”"))
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
