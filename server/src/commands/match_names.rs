//! `callboard match NAMES.csv --schools LIST.csv`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use domain::setting::LaCode;
use intake::matching::{self, Decision, Finding, Links, NameRow, Register, Typed};
use intake::{Problem, school_list};
use serde::Serialize;

use super::import::listed;
use crate::say::as_far_as_read;

#[derive(Debug, Args)]
pub(super) struct Match {
    /// The names: a CSV file or workbook with the columns row, name, postcode and town, of which only name is needed
    names: PathBuf,
    /// The school list: the extract of Get Information About Schools, CSV or a workbook
    #[arg(long)]
    schools: PathBuf,
    /// The links table of the same source, which tells old names
    #[arg(long)]
    links: Option<PathBuf>,
    /// Only the schools of this authority, by its LA code
    #[arg(long)]
    authority: Option<LaCode>,
    /// Print JSON: [{"row", "urn", "confidence", "decision", "candidates": [{"urn", "name", "score", "reasons"}]}]
    #[arg(long)]
    json: bool,
}

impl Match {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let schools = read(&self.schools, |bytes, name| school_list::read(bytes, name, self.authority.as_ref()))?;
        let links = match &self.links {
            Some(path) => read(path, Links::read)?,
            None => Links::default(),
        };
        let names = read(&self.names, matching::read_names)?;
        let register = Register::of_list(&schools, &links, &[]);
        let typed: Vec<Typed<'_>> = names
            .iter()
            .map(|name| Typed { name: &name.name, postcode: &name.postcode, town: &name.town, years: None })
            .collect();
        let found = register.find_all(&typed, |codes| Register::of_list(&schools.of(codes), &links, &[]));
        let found = names.iter().zip(found);
        let printed = if self.json { print_json(found) } else { print_table(found, &register) };
        Ok(as_far_as_read(printed)?)
    }
}

/// Reads a file, and names every fault of it.
fn read<T>(path: &Path, parse: impl Fn(&[u8], &str) -> Result<T, Vec<Problem>>) -> anyhow::Result<T> {
    let bytes = super::import::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match parse(&bytes, &name) {
        Ok(read) => Ok(read),
        Err(problems) => bail!("{} is refused:{}", path.display(), listed(&problems)),
    }
}

/// One row of the result, as its format has it.
#[derive(Serialize)]
struct Row<'a> {
    row: u64,
    urn: Option<String>,
    confidence: f64,
    decision: &'static str,
    candidates: Vec<RowCandidate<'a>>,
}

#[derive(Serialize)]
struct RowCandidate<'a> {
    urn: String,
    name: &'a str,
    score: f64,
    /// What speaks for it, as people read it.
    reasons: Vec<String>,
}

fn print_json<'a>(found: impl Iterator<Item = (&'a NameRow, Finding)>) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    write!(out, "[")?;
    for (at, (name, finding)) in found.enumerate() {
        let row = Row {
            row: name.row,
            urn: urn(finding.decision),
            confidence: rounded(finding.confidence),
            decision: word(finding.decision),
            candidates: finding
                .candidates
                .iter()
                .map(|c| RowCandidate {
                    urn: c.urn.to_string(),
                    name: &c.name,
                    score: rounded(c.score),
                    reasons: c.reasons.iter().map(matching::Reason::label).collect(),
                })
                .collect(),
        };
        write!(out, "{}", if at == 0 { "" } else { ",\n " })?;
        serde_json::to_writer(&mut out, &row)?;
    }
    writeln!(out, "]")?;
    out.flush()
}

/// Of names to be reviewed, the candidates with what speaks for each.
fn print_table<'a>(found: impl Iterator<Item = (&'a NameRow, Finding)>, register: &Register) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut matched, mut review, mut none) = (0_usize, 0_usize, 0_usize);
    for (name, finding) in found {
        write!(
            out,
            "{:>6}  {:<8} {:>4.0}%  {}",
            name.row,
            word(finding.decision),
            finding.confidence * 100.0,
            name.name
        )?;
        match finding.decision {
            Decision::Matched(urn) => {
                matched += 1;
                writeln!(out, "  →  {urn} {}", register.name_of(urn).unwrap_or_default())?;
            }
            Decision::Review => {
                review += 1;
                writeln!(out)?;
                for candidate in &finding.candidates {
                    let reasons: Vec<String> = candidate.reasons.iter().map(matching::Reason::label).collect();
                    writeln!(
                        out,
                        "{:>22}  ?  {} {}: {}",
                        format!("{:.0}%", candidate.score * 100.0),
                        candidate.urn,
                        candidate.name,
                        reasons.join(", ")
                    )?;
                }
            }
            Decision::None => {
                none += 1;
                writeln!(out)?;
            }
        }
    }
    writeln!(out, "{matched} matched, {review} to review, {none} of no school of this list")?;
    out.flush()
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Matched(_) => "matched",
        Decision::Review => "review",
        Decision::None => "none",
    }
}

fn urn(decision: Decision) -> Option<String> {
    match decision {
        Decision::Matched(urn) => Some(urn.to_string()),
        Decision::Review | Decision::None => None,
    }
}

/// Three digits are enough: more would look more exact than it is.
fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}
