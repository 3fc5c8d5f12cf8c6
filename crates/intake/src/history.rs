//! Workbooks in which people kept their visits: a police unit's log, a theatre's tour list, as they are.
//!
//! The table is found below its titles by its headings ([`Role`]); month bars, blank lines, totals and notes are told
//! apart from visits and listed ([`LeftOut`]); what a cell says is read as people type it ([`When`], [`Count`],
//! [`Years`], [`Outcome`]). What is not understood is a [`Doubt`] with its sheet and cell, never a guess and never a
//! zero. Which school is meant is for matching to say.

mod below;
mod came;
mod clock;
mod coloured;
pub(crate) mod columns;
mod count;
mod date;
mod days;
mod extras;
mod for_all;
mod happened;
mod header;
mod headings;
mod judged;
mod key;
mod kinds;
mod lines;
mod merged;
mod order;
mod outcome;
mod proposed;
mod put_off;
mod reading;
mod remarks;
mod role;
mod says;
mod sections;
mod sheet;
mod slips;
mod subject;
pub(crate) mod table;
mod tally;
mod texts;
mod told;
mod turned;
mod unsure;
pub(crate) mod words;
mod years;
mod years_of;

pub use clock::Half;
pub use columns::{Holds, OpenColumn, letters};
pub use count::Count;
pub(crate) use count::says_how_many;
pub use date::When;
pub use for_all::{for_one, is_for_all};
pub use outcome::Outcome;
pub use put_off::PutOff;
pub use role::Role;
pub use unsure::{Stands, Unsure};
pub use years::Years;
pub use years_of::academic_year;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::import::ImportKind;
use domain::session::Reason;
use domain::slot::TimeOfDay;

use crate::grid::Grid;
use crate::problem::Problem;
use crate::resemblance;

/// The most visits one file may hold.
pub const MAX_VISITS: usize = 200_000;
/// The most ways in which the schools of one file may be typed: an authority has some hundreds of schools, and each text is
/// looked for among all of them.
pub const MAX_NAMES: usize = 20_000;
/// The most bytes of a file: of so many visits, 160 a row. A text file is read in the server's own process, and what is
/// read of it stands beside it in memory.
pub const MAX_BYTES: usize = 32 << 20;

/// What a file says of visits.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The tables, in the order of the sheets.
    pub tables: Vec<Table>,
    /// The visits, in the order of the file.
    pub visits: Vec<Visit>,
    /// What is not understood, in the order of the file.
    pub doubts: Vec<Doubt>,
    /// Visits of which it is not plain whether they took place, each with the cell that leaves it open.
    pub unsure: Vec<Unsure>,
    /// Rows that hold something and are no visits.
    pub left_out: Vec<LeftOut>,
    /// Sheets that hold something, of which nothing is read.
    pub skipped: Vec<Skipped>,
    /// What the file plainly is, where that is something else ([`crate::resembles`]).
    pub resembles: Option<ImportKind>,
}

/// A sheet of which nothing is read: no row of it has the headings of visits, or a person left it out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Its name; none for a text file.
    pub sheet: Option<String>,
    /// How many of its rows hold something.
    pub rows: usize,
    /// The last of them, from 1.
    pub last_row: u32,
    /// The first of them, from 1, with how each begins: where its headings may be.
    pub begins: Vec<(u32, String)>,
}

/// A table that was found. Those of a sheet stand one below the other.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Table {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// What [`Corrections`] call it: its sheet, and for those below the sheet's first one the row of their headings too:
    /// `Log:30`.
    pub place: String,
    /// The row of its headings, from 1; 0 where it has none.
    pub header_row: u32,
    /// Its last row that holds something.
    pub last_row: u32,
    /// The academic year that its sheet or title names, by its first year.
    pub academic_year: Option<i32>,
    /// What its columns hold: letters, what, heading.
    pub columns: Vec<(String, Role, String)>,
    /// Headings of columns that are not read.
    pub not_read: Vec<String>,
    /// Columns that no role is of, and that are looked at for whether visits took place: letters.
    pub looked_at: Vec<String>,
    /// Columns of which a person has to say what they hold, before anything of the table is taken over.
    pub open: Vec<OpenColumn>,
    /// Every column that has a heading, or is read without one: letters, heading.
    pub headings: Vec<(String, String)>,
    /// What stands in each of its columns: letters, and some of its texts.
    pub examples: Vec<(String, Vec<String>)>,
    /// What files of the same shape share: the headings in their order, in small letters.
    pub shape: String,
}

impl Table {
    /// The cell of a row that holds what a role says: `D14`; none where no column does.
    #[must_use]
    pub fn cell(&self, role: Role, row: u32) -> Option<String> {
        self.columns.iter().find(|(_, of, _)| *of == role).map(|(letters, ..)| format!("{letters}{row}"))
    }

    /// What none of its columns holds though every visit has it: its day, or its school. Then nothing of it is read.
    #[must_use]
    pub fn lacks(&self) -> Option<&'static str> {
        let has = |any: &[Role]| self.columns.iter().any(|(_, role, _)| any.contains(role));
        if !has(&[Role::Date]) {
            Some("date")
        } else if !has(&[Role::School, Role::AmSchool, Role::PmSchool, Role::Urn, Role::Dfe]) {
            Some("school")
        } else {
            None
        }
    }

    /// Whether it is its sheet's first.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.place == self.sheet.as_deref().unwrap_or_default()
    }

    /// What a column holds; none where it is not read.
    #[must_use]
    pub fn role_of(&self, letters: &str) -> Option<Role> {
        self.columns.iter().find(|(of, ..)| of == letters).map(|(_, role, _)| *role)
    }
}

/// What a person says of a file that it does not say itself. A sheet without a name is blank; a table is called by its
/// [place](Table::place).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections {
    /// Of files of this [shape](Table::shape): what the columns hold, by letters; none: nothing that is read.
    pub shapes: HashMap<String, Vec<(String, Option<Role>)>>,
    /// By table: the same, of this file alone.
    pub columns: HashMap<String, Vec<(String, Option<Role>)>>,
    /// By sheet: where the headings of its first table are.
    pub headings: HashMap<String, Headings>,
    /// By table: the academic year of dates without one.
    pub years: HashMap<String, AcademicYear>,
    /// By sheet and cell (`D14`): what stands there instead.
    pub cells: HashMap<(String, String), String>,
}

/// Where the headings of a sheet are, as a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headings {
    /// In this row, from 1; 0: it has none, and its first row is a visit.
    Row(u32),
    /// Nowhere: nothing of the sheet is read.
    Out,
}

/// A visit as an old record has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// Which of a line's two visits, where a line has two; else what its time says.
    pub half: Option<Half>,
    /// Whether the line has a column for each half of the day.
    pub of_two: bool,
    /// The school's cell as it is typed.
    pub typed: String,
    /// The school that is meant, as it is typed: the morning's, where the cell says “same”; without words such as
    /// “(cancelled)”.
    pub school: String,
    /// Town or area.
    pub town: String,
    /// Postcode.
    pub postcode: String,
    /// Unique reference number as it is typed.
    pub urn: String,
    /// Number at the Department for Education as it is typed.
    pub dfe: String,
    /// The day; none where the cell gives none, or a doubt says why.
    pub on: Option<NaiveDate>,
    /// When it began.
    pub starts: Option<TimeOfDay>,
    /// Who attended.
    pub years: Years,
    /// What the cell of the year groups says.
    pub years_typed: String,
    /// The class, where year groups and one of their classes are named: “6A”.
    pub class: String,
    /// What the cells say that its date, time, year groups, pupils and outcome are read from, as it is typed:
    /// “12th Sept · Y5/6 · 28+2 staff”.
    pub beside: Arc<str>,
    /// How many.
    pub count: Count,
    /// What was given.
    pub topic: String,
    /// What became of it.
    pub outcome: Outcome,
    /// To when it was put off, where a remark says so.
    pub put_off: Option<PutOff>,
    /// Why it was cancelled, where a note says so in plain words; else another reason.
    pub reason: Reason,
    /// Which part of a programme it was, where the topic or a note says so: “part 2”, “session 2 of 3”.
    pub part: Option<u8>,
}

/// Something that a person has to say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Doubt {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// Its cell: `D14`.
    pub cell: String,
    /// What the cell is about.
    pub about: Role,
    /// What is typed there.
    pub typed: String,
    /// What is wrong with it and how to mend it.
    pub message: String,
}

/// A row that holds something and is no visit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// How it begins.
    pub text: String,
}

/// Reads the visits of a file: every sheet that has a table of them. Where none has, they are all
/// [skipped](History::skipped), for a person to say where the headings are.
///
/// # Errors
/// A file that cannot be read, or holds nothing that can be a table, each with what to do.
pub fn read(bytes: &[u8], file_name: &str) -> Result<History, Vec<Problem>> {
    read_corrected(bytes, file_name, &Corrections::default())
}

/// Refuses a file of more than [`MAX_BYTES`].
///
/// # Errors
/// It is larger: what to do.
pub fn refuse_large(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() <= MAX_BYTES {
        return Ok(());
    }
    Err(Problem::of_file(format!(
        "The file is larger than {} MB. Keep the list of visits alone, or import it in parts.",
        MAX_BYTES >> 20
    )))
}

/// Whether a row is the headings of a list of visits: one says that it is of the day, and one that it is of the school.
pub(crate) fn are_headings(cells: &[String]) -> bool {
    let has =
        |roles: &[Role]| cells.iter().any(|cell| headings::role(cell).is_some_and(|(role, _)| roles.contains(&role)));
    has(&[Role::Date]) && has(&[Role::School, Role::AmSchool, Role::PmSchool, Role::Urn, Role::Dfe])
}

/// Reads the visits of a file as [`read`] does, with what a person said of it.
///
/// # Errors
/// As [`read`].
pub fn read_corrected(bytes: &[u8], file_name: &str, said: &Corrections) -> Result<History, Vec<Problem>> {
    refuse_large(bytes).map_err(|p| vec![p])?;
    let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
    let (mut history, mut may_be_table) = (History::default(), false);
    history.resembles = resemblance::of(bytes, &mut grid).filter(|kind| *kind != ImportKind::History);
    let since_1904 = crate::workbook::is_since_1904(bytes);
    // A workbook that was marked lists at its end what was wrong with it.
    let is_list = |sheet: &Option<String>| sheet.as_deref().is_some_and(|name| name.starts_with(crate::marked::LIST));
    let sheets: Vec<Option<String>> = grid.sheets().into_iter().filter(|sheet| !is_list(sheet)).collect();
    let mut begins = Vec::new();
    let is_marked = grid.sheets().iter().any(is_list);
    let mut colours = coloured::Seen::default();
    for sheet in &sheets {
        let mut cells = sheet::Sheet::read(&mut grid, sheet.as_deref()).map_err(|p| vec![p])?;
        if is_marked {
            cells.forget_marks();
        }
        cells.mend(sheet.as_deref(), said);
        let is_asked = subject::is_asked(sheet.as_deref(), &sheets, said);
        let before = told::Before { visits: history.visits.len(), doubts: history.doubts.len(), is_asked };
        begins.push((sheet.clone(), table::skipped(sheet.as_deref(), &cells)));
        may_be_table |= cells.rows(0).filter(|(_, cells)| cells.filled().count() > 1).take(2).count() == 2;
        table::read(sheet.as_deref(), &mut cells, said, since_1904, &mut history);
        let key = told::tell(sheet.as_deref(), &cells, before, said, &mut history);
        colours.see(sheet.as_deref(), &cells, before.visits, key, &history);
        if history.visits.len() > MAX_VISITS {
            return Err(vec![Problem::of_file(format!(
                "The file has more than {MAX_VISITS} visits. Import it in parts."
            ))]);
        }
    }
    colours.ask(&mut history);
    proposed::propose(&mut history, file_name);
    subject::set_aside(&mut history, &begins, said);
    let names: HashSet<&str> = history.visits.iter().map(|visit| visit.school.as_str()).collect();
    if names.len() > MAX_NAMES {
        return Err(vec![Problem::of_file(format!(
            "The file names more than {MAX_NAMES} different schools. Check that the column of schools holds their names, or import it in parts."
        ))]);
    }
    if history.tables.is_empty() && !may_be_table {
        return Err(vec![Problem::of_file(format!(
            "“{file_name}” has no table: a list of visits has a row of headings, and below it a row for each visit with at least its date and its school. Choose the file that has one."
        ))]);
    }
    Ok(history)
}

#[cfg(test)]
mod tests;
