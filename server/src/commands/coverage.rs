//! `callboard coverage`

use anyhow::{Context, bail};
use clap::Args;
use domain::AcademicYear;
use domain::access::Actor;
use domain::coverage::{Counts, Figures};
use domain::setting::LaCode;
use records::{Error, authorities, coverage};

use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// The authority's LA code
    #[arg(long)]
    authority: LaCode,
    /// The programme's name
    #[arg(long)]
    programme: String,
    /// The academic year, by the year it starts in [default: this one]
    #[arg(long)]
    year: Option<AcademicYear>,
    /// Print JSON: {"programme", "year", "as_of", "rows": [{"by", "value", "eligible_schools", "reached_schools",
    /// "eligible_pupils", "reached_pupils", "sessions", …}], "gaps": [{"urn", "name", "year_groups", "state", …}], "total"}
    #[arg(long)]
    json: bool,
    /// Print the rows as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// With --csv, print the gaps instead of the rows
    #[arg(long, requires = "csv")]
    gaps: bool,
}

impl Coverage {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let desk = config.desk().await?;
        let figures = self.figures(&desk).await;
        desk.db().close().await;
        let figures = figures?;
        if self.json {
            say!("{}", serde_json::to_string(&figures)?);
        } else if self.csv {
            let table = if self.gaps { report::coverage::gaps(&figures) } else { report::coverage::rows(&figures) };
            let table = table?;
            say!("{}", table.strip_suffix('\n').unwrap_or(&table));
        } else {
            tell(&figures);
        }
        Ok(())
    }

    async fn figures(&self, desk: &records::Desk) -> anyhow::Result<Figures> {
        let known = authorities::list(desk, &Actor::SYSTEM).await?;
        if !known.iter().any(|authority| authority.code == self.authority) {
            bail!("there is no authority {}: see `callboard authority list`", self.authority);
        }
        let year = self.year.unwrap_or_else(|| AcademicYear::containing(desk.today()));
        let programme = coverage::programme_named(desk, &Actor::SYSTEM, &self.authority, &self.programme).await;
        let programme = match programme {
            Err(Error::NotFound) => {
                bail!("authority {} has no programme named “{}”", self.authority, self.programme)
            }
            other => other.context("the programme cannot be read")?,
        };
        let covered = coverage::of(desk, &Actor::SYSTEM, programme, year).await?;
        Ok(covered.coverage.figures(&covered.programme.name, year))
    }
}

/// The figures for people: a line for each row.
fn tell(figures: &Figures) {
    say!("{}, {}, as of {}", figures.programme, figures.year, figures.as_of);
    let mut by = None;
    for row in &figures.rows {
        if by != Some(row.by) {
            say!("\n{}", row.by.label());
            by = Some(row.by);
        }
        say!("  {}: {}", row.value.label(), words(&row.counts));
    }
    say!("\nEvery school: {}", words(&figures.total));
    say!("{} gaps: see them with --csv --gaps or --json", figures.gaps.len());
    say!("A session counts once in each row it belongs to, so rows need not add up.");
}

fn words(counts: &Counts) -> String {
    let missing = match counts.headcounts_missing {
        0 => String::new(),
        missing => format!(" ({missing} headcounts missing)"),
    };
    format!(
        "{} reached of {} eligible schools, {} sessions, {} counted there{missing}",
        counts.reached_schools, counts.eligible_schools, counts.sessions, counts.reached_pupils,
    )
}
