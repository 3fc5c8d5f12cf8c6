//! The school list: the official extract of Get Information About Schools, or a file in its layout.
//!
//! Columns are found by their names in the official layout ([`COLUMNS`]), in any order and any case, a few by other usual
//! names too; others are ignored.
//! Those without which the rules cannot decide are required. The names stand in one of the first rows.
//!
//! What counts as a fault: a missing or doubled column; a blank name; a bad or repeated URN; a bad LA code; a phase the
//! list does not have; ages that are no whole numbers, reversed or outside 0 to 30; another number that is no whole
//! number. A college may teach adults, so that from a low age of 14 a high age of up to 99 is taken as it stands (the
//! official list has such colleges, and no year group depends on it). One age without the other says nothing and is
//! taken as blank. With one fault, nothing of the file is used.
//!
//! The status says whether a school is open. A word that is none of the list's (see `status.rs`) is a fault. A file without the
//! column, or with nothing in it, has schools that are open: somebody took the open ones from a list. Where some rows
//! have a status and others do not, nobody knows of the others, and each is a fault.
//!
//! Rows of totals, of a nation, a region or an authority are passed over and counted. A number of pupils that is withheld ([`crate::rolls::WITHHELD`], `<5`) is
//! not known, and no fault.

mod columns;
mod reading;
mod status;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use domain::setting::{LaCode, Phase, Urn};

use crate::grid::{Grid, Row};
use crate::problem::Problem;
pub use columns::COLUMNS;
use columns::{Columns, Header};
use reading::Reading;

/// The most rows a list may have; the official extract, closed establishments included, has about 52,000.
pub const MAX_ROWS: usize = 200_000;
/// The column names are looked for in so many rows at the top.
const HEADER_ROWS: u32 = 10;

/// A school list that was read without a problem.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchoolList {
    /// The sheet it stands on; none for a text file.
    pub sheet: Option<String>,
    /// Schools that are open, in the order of the file.
    pub rows: Vec<SchoolRow>,
    /// Schools the file says are closed.
    pub closed: Vec<Urn>,
    /// The authorities of the file (with `only`: that one) and their names, none where the file has none.
    pub authorities: BTreeMap<LaCode, Option<String>>,
    /// How many rows were left out because the school has not opened yet.
    pub not_yet_open: usize,
    /// How many rows were left out because they belong to another authority than the one asked for.
    pub of_others: usize,
    /// The schools of those rows that are open, and their authority: one of the authority asked for may have moved there.
    pub elsewhere: HashMap<Urn, LaCode>,
    /// How many rows were totals of several schools.
    pub totals: usize,
}

impl SchoolList {
    /// The open schools of these authorities alone.
    #[must_use]
    pub fn of(&self, authorities: &BTreeSet<LaCode>) -> Self {
        Self {
            sheet: self.sheet.clone(),
            rows: self.rows.iter().filter(|row| authorities.contains(&row.authority)).cloned().collect(),
            closed: Vec::new(),
            authorities: authorities
                .iter()
                .filter_map(|code| Some((code.clone(), self.authorities.get(code)?.clone())))
                .collect(),
            not_yet_open: 0,
            of_others: 0,
            elsewhere: HashMap::new(),
            totals: 0,
        }
    }
}

/// One school, valid. What the file leaves blank is none: a blank never says that there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRow {
    /// The row it stands in, from 1.
    pub row: u32,
    /// Its unique reference number.
    pub urn: Urn,
    /// Its authority.
    pub authority: LaCode,
    /// Its number within the authority, as the file writes it.
    pub establishment_number: Option<String>,
    /// Its name, never blank.
    pub name: String,
    /// What kind of establishment it is, in the list's words.
    pub establishment_type: Option<String>,
    /// The group of that kind.
    pub type_group: Option<String>,
    /// Whether the list says that it is to close; none when it says nothing of its status.
    pub closing: Option<bool>,
    /// Its phase.
    pub phase: Option<Phase>,
    /// Statutory low and high age in years.
    pub ages: Option<(u8, u8)>,
    /// How many pupils it has.
    pub pupils: Option<u32>,
    /// Pupils with an education, health and care plan.
    pub ehc_plans: Option<u32>,
    /// Pupils with special educational needs support and no plan.
    pub sen_support: Option<u32>,
    /// Street and house number.
    pub street: Option<String>,
    /// Post town.
    pub town: Option<String>,
    /// Postcode, in capitals.
    pub postcode: Option<String>,
    /// Telephone number as the file writes it.
    pub telephone: Option<String>,
    /// Web address, beginning with `http://` or `https://`.
    pub website: Option<String>,
    /// Electoral ward.
    pub ward: Option<String>,
    /// Parliamentary constituency.
    pub constituency: Option<String>,
    /// Code of the lower layer super output area (the area deprivation is published for).
    pub lsoa: Option<String>,
    /// Metres east, Ordnance Survey national grid.
    pub easting: Option<u32>,
    /// Metres north.
    pub northing: Option<u32>,
    /// Code of the trust that runs it.
    pub trust_code: Option<String>,
    /// Name of that trust.
    pub trust_name: Option<String>,
}

/// Reads a school list: a CSV file in windows-1252 or Unicode, or a workbook in which one sheet has the columns.
///
/// `file_name` is only spoken of; the content tells what the file is. With `only`, rows of other authorities are passed
/// over.
///
/// # Errors
/// Every problem found, in the order of the file, at most [`crate::MAX_PROBLEMS`] and a line that counts the rest.
pub fn read(bytes: &[u8], file_name: &str, only: Option<&LaCode>) -> Result<SchoolList, Vec<Problem>> {
    let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
    let (sheet, header) = find_header(&mut grid, file_name)?;
    let mut reading = Reading::new(sheet.clone(), header.columns, only);
    let walked = grid.rows(sheet.as_deref(), &mut |number, row| {
        if number <= header.row || row.is_blank() {
            return ControlFlow::Continue(());
        }
        reading.row(number, row)
    });
    if let Err(problem) = walked {
        reading.problems.push(problem);
    }
    reading.finish()
}

/// Whether a row plainly is the headings of a list of schools: the URN, the name, and most of what each list has.
pub(crate) fn are_headings(number: u32, row: &dyn Row) -> bool {
    Header::read(number, row).columns.is_plainly()
}

/// The sheet that has the columns, and where.
fn find_header(grid: &mut Grid<'_>, file_name: &str) -> Result<(Option<String>, Header), Vec<Problem>> {
    let mut found: Vec<(Option<String>, Header)> = Vec::new();
    for sheet in grid.sheets() {
        let mut best: Option<Header> = None;
        let mut look = |number: u32, row: &dyn Row| {
            if number > HEADER_ROWS {
                return ControlFlow::Break(());
            }
            let here = Header::read(number, row);
            if best.as_ref().is_none_or(|b| here.columns.found() > b.columns.found()) {
                best = Some(here);
            }
            ControlFlow::Continue(())
        };
        grid.rows(sheet.as_deref(), &mut look).map_err(|p| vec![p])?;
        found.extend(best.map(|header| (sheet, header)));
    }
    let complete = found.iter().filter(|(_, header)| header.columns.missing().next().is_none()).count();
    if complete > 1 {
        let names: Vec<String> = found
            .iter()
            .filter(|(_, header)| header.columns.missing().next().is_none())
            .map(|(sheet, _)| format!("“{}”", sheet.as_deref().unwrap_or_default()))
            .collect();
        return Err(vec![Problem::of_file(format!(
            "Several sheets look like a school list: {}. Keep the one to import, and look for hidden sheets.",
            names.join(", ")
        ))]);
    }
    let best = found.into_iter().max_by_key(|(_, header)| header.columns.found());
    match best {
        Some((sheet, header)) if header.columns.found() >= 2 || header.columns.is_complete() => {
            let faults = header.faults(sheet.as_deref());
            if faults.is_empty() { Ok((sheet, header)) } else { Err(faults) }
        }
        _ => Err(vec![Problem::of_file(format!(
            "“{file_name}” is not a school list: it does not have the columns {}. Choose the extract of Get Information About Schools, with its column names in the first row.",
            Columns::required_names().join(", ")
        ))]),
    }
}

#[cfg(test)]
mod tests;
