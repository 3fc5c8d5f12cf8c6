//! `callboard import rolls FILE`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use domain::AcademicYear;
use domain::access::Actor;
use domain::setting::LaCode;
use records::Desk;
use records::census::{self, Report, RollList};
use records::imports::{File, Problem};
use records::taking_back::{self, Import, Kind};
use serde_json::json;

use super::counted;
use super::import::{LINES, NOT_AGAIN, listed, read, same_json, tell_same, write_marked};
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Rolls {
    /// The file
    file: PathBuf,
    /// Only the schools of this authority, by its LA code
    #[arg(long)]
    authority: Option<LaCode>,
    /// The academic year of the census, by its first year, where the file does not say it: 2025 for January 2026
    #[arg(long)]
    year: Option<AcademicYear>,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Write the file, when it is refused, as a workbook with the cells marked that are to be mended
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print JSON: {"year", "changed", "counted", "unchanged", "elsewhere", "not_found": [{"row", "number", "name", "why"}]
    /// (of the elsewhere, those whose LAESTAB says no school for certain), "withheld", "totals",
    /// "above_headcount": [{"row", "urn", "year_groups", "pupils"}],
    /// "far_above": [{"row", "name", "year_groups", "pupils"}] (more than double the list's pupils),
    /// "implausible": [{"row", "number", "name", "why"}] (EHC plans or SEN support left out), "earlier_needs" (schools whose
    /// EHC plans and SEN support are of an earlier year), "unread": [{"sheet", "column", "heading"}], "problems": [{"sheet", "row", "column", "message"}], "same_file", "import"}
    #[arg(long)]
    json: bool,
}

impl Rolls {
    /// The file.
    pub(super) fn file(&self) -> &std::path::Path {
        &self.file
    }

    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = File { name, bytes: read(&self.file)?.into() };
        let desk = config.desk().await?;
        let done = self.take_over(&desk, &file).await;
        desk.db().close().await;
        done
    }

    async fn take_over(&self, desk: &Desk, file: &File) -> anyhow::Result<()> {
        let list = match census::read_file(desk, &Actor::SYSTEM, file).await.map_err(super::in_words)? {
            Ok(list) => list,
            Err(problems) => return self.refuse(file, &problems),
        };
        let year = match list.year(self.year, AcademicYear::containing(desk.today())) {
            Ok(year) => year,
            Err(Some(why)) => return self.refuse(file, &[Problem::of_file(format!("{why}."))]),
            Err(None) => bail!("The file does not say of which academic year it is: name it with --year"),
        };
        let rolls = census::Rolls { year, schools: list.schools.clone() };
        let only = self.authority.as_ref();
        let same = taking_back::imported_before(desk, &Actor::SYSTEM, Kind::Rolls, only, file).await;
        let report = if self.dry_run {
            census::look(desk, &Actor::SYSTEM, only, &rolls).await
        } else {
            census::take_over(desk, &Actor::SYSTEM, only, &rolls, file).await
        };
        let (same, report) = (same.map_err(super::in_words)?, report.map_err(super::in_words)?);
        if self.json {
            say!("{}", as_json(year, &list, &report, same.as_ref()));
        } else {
            tell_same(same.as_ref(), NOT_AGAIN);
            self.tell(year, &list, &report);
        }
        Ok(())
    }

    fn refuse(&self, file: &File, problems: &[Problem]) -> anyhow::Result<()> {
        if let Some(path) = &self.marked {
            write_marked(path, file, problems)?;
        }
        if self.json {
            say!("{}", json!({ "problems": problems }));
            bail!("{} is refused; nothing was stored", self.file.display());
        }
        bail!("{} is refused; nothing was stored:{}", self.file.display(), listed(problems))
    }

    fn tell(&self, year: AcademicYear, list: &RollList, report: &Report) {
        let would = if self.dry_run { "Nothing was stored. It would be: " } else { "" };
        say!(
            "{would}{year}: {} changed, {} counted, {} unchanged, {} not in the records",
            counted(report.changes.len(), "school", "schools"),
            counted(report.counted(), "year group", "year groups"),
            report.unchanged,
            report.elsewhere
        );
        say!(
            "{} withheld: what is on record stays as it is; {} of totals",
            counted(list.withheld, "figure is", "figures are"),
            counted(list.totals, "row", "rows")
        );
        self.tell_unread(year, list, report);
        for row in report.not_found.iter().take(LINES) {
            let name = row.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            say!("row {}, {}{name}: left out. {}", row.row, row.number, row.why);
        }
        if report.not_found.len() > LINES {
            say!("… and {} more rows left out", report.not_found.len() - LINES);
        }
        let above: Vec<_> = list.above_headcount().collect();
        for school in above.iter().take(LINES) {
            let (sum, pupils) = (school.above_headcount().unwrap_or_default(), school.pupils.unwrap_or_default());
            say!(
                "row {}, {}: its year groups add up to {sum}, its number of pupils is {pupils}: look at the file",
                school.row,
                school.known_by()
            );
        }
        if above.len() > LINES {
            let more = above.len() - LINES;
            say!("… and {more} more schools whose year groups add up to more than their number of pupils");
        }
        for far in report.far_above.iter().take(LINES) {
            say!(
                "row {}, {}: its year groups add up to {}, the list of schools gives it {} pupils: look at the file",
                far.row,
                far.name,
                far.year_groups,
                far.pupils
            );
        }
        if report.far_above.len() > LINES {
            say!("… and {} more schools with far more pupils than in the list", report.far_above.len() - LINES);
        }
    }

    /// What of the file is not taken over.
    fn tell_unread(&self, year: AcademicYear, list: &RollList, report: &Report) {
        for unread in list.unread.iter().take(LINES) {
            let sheet = unread.sheet.as_ref().map(|sheet| format!("{sheet}, ")).unwrap_or_default();
            say!("{sheet}column {}, “{}”: not read as a year group", unread.column, unread.heading);
        }
        if list.unread.len() > LINES {
            say!("… and {} more columns that are not read", list.unread.len() - LINES);
        }
        if report.earlier_needs > 0 {
            say!(
                "EHC plans and SEN support of {year} are passed over ({}): only those of this year’s census or the last one’s are kept",
                counted(report.earlier_needs, "school", "schools")
            );
        }
        for row in report.implausible.iter().take(LINES) {
            say!("row {}, {}: EHC plans and SEN support are left out: {}", row.row, row.number, row.why);
        }
        if report.implausible.len() > LINES {
            let more = report.implausible.len() - LINES;
            say!("… and {more} more rows whose EHC plans and SEN support are left out");
        }
    }
}

fn as_json(year: AcademicYear, list: &RollList, report: &Report, same: Option<&Import>) -> serde_json::Value {
    json!({
        "year": year,
        "changed": report.changes.len(),
        "counted": report.counted(),
        "unchanged": report.unchanged,
        "elsewhere": report.elsewhere,
        "not_found": report.not_found,
        "withheld": list.withheld,
        "totals": list.totals,
        "above_headcount": list.above_headcount().map(|school| json!({
            "row": school.row, "urn": school.urn, "year_groups": school.above_headcount(), "pupils": school.pupils,
        })).collect::<Vec<_>>(),
        "far_above": report.far_above,
        "implausible": report.implausible,
        "earlier_needs": report.earlier_needs,
        "unread": list.unread,
        "problems": [],
        "same_file": same_json(same),
        "import": report.import,
    })
}
