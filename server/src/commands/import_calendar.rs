//! `callboard import calendar FILE`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use domain::AcademicYear;
use domain::access::Actor;
use domain::calendar::HolidayDifference;
use domain::import::ImportKind;
use domain::setting::LaCode;
use records::Desk;
use records::calendar_imports::{self, Changes};
use records::imports::{File, Problem};
use records::taking_back::{self, Import};
use serde_json::{Value, json};
use uuid::Uuid;

use super::import::{NOT_AGAIN, file, listed, same_json, tell_same, write_marked};
use super::in_words;
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Calendar {
    /// The file: .ics, .csv or a workbook with term dates, or the published bank holidays as JSON
    file: PathBuf,
    /// Whose calendar, by LA code
    #[arg(long)]
    authority: LaCode,
    /// Only the terms of this academic year, by its first year: 2026 for 2026/27
    #[arg(long)]
    year: Option<AcademicYear>,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Write the table, when it is refused, as a workbook with the cells marked that are to be mended
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print JSON: {"kind", "years", "added", "removed", "unchanged", "neither", "faults", "problems",
    /// "same_file", "applied", "import"}
    #[arg(long)]
    json: bool,
}

impl Calendar {
    /// The file.
    pub(super) fn file(&self) -> &std::path::Path {
        &self.file
    }

    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let file = file(&self.file)?;
        let kind = calendar_imports::kind_of(&file.bytes);
        if self.year.is_some() && kind == ImportKind::BankHolidays {
            bail!("--year is for term dates: the published bank holidays are taken over whole");
        }
        let desk = config.desk().await?;
        let done = self.import(&desk, kind, &file).await;
        desk.db().close().await;
        done
    }

    async fn import(&self, desk: &Desk, kind: ImportKind, file: &File) -> anyhow::Result<()> {
        let (actor, authority) = (&Actor::SYSTEM, &self.authority);
        let seen = calendar_imports::look_at_file(desk, actor, authority, kind, file, self.year).await;
        let changes = match seen.map_err(in_words)? {
            Ok(changes) => changes,
            Err(problems) => return self.refuse(kind, file, &problems),
        };
        let same = taking_back::imported_before(desk, actor, kind, Some(authority), file).await.map_err(in_words)?;
        let mut import = None;
        if !self.dry_run && changes.is_change() {
            let stored = calendar_imports::upload(desk, actor, Some(authority), kind, file, self.year).await;
            let id = stored.map_err(in_words)?;
            calendar_imports::apply(desk, actor, id, None).await.map_err(in_words)?;
            import = Some(id);
        }
        if self.json {
            say!("{:#}", as_json(kind, &changes, same.as_ref(), import));
        } else {
            tell(&changes, same.as_ref(), import);
        }
        match changes.faults() {
            [] => Ok(()),
            faults => bail!("{} is refused; nothing was stored:\n  {}", self.file.display(), faults.join("\n  ")),
        }
    }

    fn refuse(&self, kind: ImportKind, file: &File, problems: &[Problem]) -> anyhow::Result<()> {
        if let Some(path) = self.marked.as_ref().filter(|_| kind == ImportKind::Terms) {
            write_marked(path, file, problems)?;
        }
        if self.json {
            say!("{}", json!({ "kind": kind, "problems": problems }));
            bail!("{} is refused; nothing was stored", self.file.display());
        }
        bail!("{} is refused; nothing was stored:{}", self.file.display(), listed(problems))
    }
}

/// “2026-12-25 Christmas Day”, or that the rule's holiday is none.
fn day(difference: &HolidayDifference) -> String {
    format!("{} {}", difference.on, difference.name.as_deref().unwrap_or("no bank holiday, although the rule has one"))
}

fn tell(changes: &Changes, same: Option<&Import>, import: Option<Uuid>) {
    tell_same(same, NOT_AGAIN);
    let (added, removed, unchanged) = match changes {
        Changes::Terms(preview) => {
            let line = |name: &str, starts, ends| format!("{name}: {starts} to {ends}");
            for term in &preview.neither {
                say!("left out, neither a term nor a break: {}", line(&term.name, term.starts, term.ends));
            }
            (
                preview.added.iter().map(|t| line(&t.name, t.starts, t.ends)).collect::<Vec<_>>(),
                preview.removed.iter().map(|t| line(&t.name, t.starts, t.ends)).collect::<Vec<_>>(),
                preview.unchanged,
            )
        }
        Changes::BankHolidays(preview) => (
            preview.added.iter().map(day).collect(),
            preview.removed.iter().map(day).collect(),
            preview.published.saturating_sub(preview.added.len()),
        ),
    };
    added.iter().for_each(|line| say!("new {line}"));
    removed.iter().for_each(|line| say!("goes {line}"));
    let would = if import.is_some() { "" } else { "Nothing was stored. It would be: " };
    say!("{would}{} new, {} gone, {unchanged} as they are", added.len(), removed.len());
}

fn as_json(kind: ImportKind, changes: &Changes, same: Option<&Import>, import: Option<Uuid>) -> Value {
    let mut json = match changes {
        Changes::Terms(preview) => {
            let term = |name: &str, starts, ends| json!({ "name": name, "starts": starts, "ends": ends });
            json!({
                "years": preview.years,
                "added": preview.added.iter().map(|t| term(&t.name, t.starts, t.ends)).collect::<Vec<_>>(),
                "removed": preview.removed.iter().map(|t| term(&t.name, t.starts, t.ends)).collect::<Vec<_>>(),
                "unchanged": preview.unchanged,
                "neither": preview.neither.iter().map(|t| term(&t.name, t.starts, t.ends)).collect::<Vec<_>>(),
            })
        }
        Changes::BankHolidays(preview) => {
            let days = |days: &[HolidayDifference]| {
                days.iter().map(|d| json!({ "on": d.on, "name": d.name })).collect::<Vec<_>>()
            };
            json!({
                "years": preview.years,
                "added": days(&preview.added),
                "removed": days(&preview.removed),
                "unchanged": preview.published.saturating_sub(preview.added.len()),
                "neither": [],
            })
        }
    };
    json["kind"] = json!(kind);
    json["faults"] = json!(changes.faults());
    json["problems"] = json!([]);
    json["same_file"] = same_json(same);
    json["applied"] = json!(import.is_some());
    json["import"] = json!(import);
    json
}
