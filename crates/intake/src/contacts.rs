//! Lists of schools' people, as councils keep them: who is a school's PSHE lead, its DSL, its head, its office.
//!
//! The table is found below its titles by its headings ([`Role`]), in any order; a line may hold one person, or a school
//! with several, each under headings of their own (“DSL”, “DSL email”). Whose an address is, a person's or the school's
//! office's, is told from it and from what stands beside it ([`Whose`]). Whoever is said to have left, to be a
//! governor, a pupil, a parent or of another body, or not to hold a post for certain, is asked about, and so is an
//! address that is not to be used; addresses under a heading of pupils or parents are not read at all. Telephone numbers are not read: nothing here
//! needs them. Which school is meant is for matching to say.

mod address;
mod columns;
mod doubt;
mod post;
mod reading;
mod staff;

pub use columns::Role;

use std::collections::HashMap;

use domain::contact::EmailAddress;
use domain::import::ImportKind;

use crate::grid::Grid;
use crate::history::{LeftOut, letters, table};
use crate::problem::Problem;
use crate::resemblance;

/// The most lines one file may hold.
pub const MAX_LINES: usize = 20_000;

/// What a file says of people.
#[derive(Debug, Clone, Default)]
pub struct Contacts {
    /// The tables that were found, in the order of the sheets.
    pub tables: Vec<Table>,
    /// The people and offices, in the order of the file.
    pub lines: Vec<Line>,
    /// Rows that hold something and name nobody, and sheets without such a table.
    pub left_out: Vec<LeftOut>,
    /// Columns of pupils', parents' and families' addresses, by the row of their headings: they are not read.
    pub not_read: Vec<LeftOut>,
    /// How many rows have no school where the row above has one.
    pub blank_schools: usize,
    /// What the file plainly is, where that is something else ([`crate::resembles`]).
    pub resembles: Option<ImportKind>,
}

/// A table that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// The row of its headings, from 1.
    pub header_row: u32,
    /// Every column that has a heading: letters, heading, what it holds; none: it is not read.
    pub columns: Vec<(String, String, Option<Role>)>,
    /// What files of the same shape share: the headings in their order, in small letters.
    pub shape: String,
}

impl Table {
    /// What a column holds; none where it is not read.
    #[must_use]
    pub fn role_of(&self, letters: &str) -> Option<Role> {
        self.columns.iter().find(|(of, ..)| of == letters).and_then(|(.., role)| *role)
    }
}

/// What a person says of a file that it does not say itself. A sheet without a name is blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections {
    /// Of files of this [shape](Table::shape): what the columns hold, by letters.
    pub shapes: HashMap<String, Vec<(String, Option<Role>)>>,
    /// By sheet: the same, of this file alone.
    pub columns: HashMap<String, Vec<(String, Option<Role>)>>,
    /// A row without a school is of the school above it.
    pub blank_is_above: bool,
}

/// Whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A person's own.
    Person {
        /// They are the school's designated safeguarding lead.
        is_lead: bool,
        /// They are something else there too, or nothing is said.
        is_more: bool,
    },
    /// The school's office, or a mailbox that several share.
    School,
}

/// Somebody of a school, or its office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// The cell of the address: `D14`.
    pub cell: String,
    /// The school as it is typed.
    pub school: String,
    /// The town beside it.
    pub town: String,
    /// The postcode beside it.
    pub postcode: String,
    /// The school's unique reference number as it is typed.
    pub urn: String,
    /// The school's number at the Department for Education as it is typed: LA code and establishment number.
    pub dfe: String,
    /// The person's name; blank where it is not said.
    pub name: String,
    /// What they are there, in the file's words; blank where it is not said.
    pub job: String,
    /// Whose the address is.
    pub whose: Whose,
    /// The address; none where the file has none, or a problem says what is wrong with it.
    pub email: Option<EmailAddress>,
    /// What has to be mended before anything becomes of the line.
    pub problems: Vec<Problem>,
    /// What the list says against a role or address, which a person may overrule.
    pub doubt: Option<Problem>,
}

/// Whether a row is the headings of a list of people.
pub(crate) fn are_headings(cells: &[String]) -> bool {
    columns::Columns::of(cells).is_table()
}

/// Reads the people of a file: every sheet that has a table of them.
///
/// # Errors
/// A file that cannot be read, or holds no such table, each with what to do.
pub fn read(bytes: &[u8], file_name: &str, said: &Corrections) -> Result<Contacts, Vec<Problem>> {
    let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
    let resembles = resemblance::of_grid(&mut grid).filter(|kind| *kind != ImportKind::Contacts);
    let mut contacts = Contacts { resembles, ..Contacts::default() };
    for sheet in grid.sheets() {
        let rows = table::rows(&mut grid, sheet.as_deref()).map_err(|p| vec![p])?;
        reading::read(sheet.as_deref(), &rows, said, &mut contacts);
        if contacts.lines.len() > MAX_LINES {
            return Err(vec![Problem::of_file(format!(
                "The file has more than {MAX_LINES} people. Import it in parts."
            ))]);
        }
    }
    if contacts.tables.is_empty() {
        let unread = contacts.not_read.iter().map(|column| format!(" {}.", column.text)).collect::<String>();
        return Err(vec![Problem::of_file(format!(
            "“{file_name}” has no table of people: no row has a heading for the school, or its URN, and one for the email address. Name these columns “School” and “Email”, and try again.{unread}"
        ))]);
    }
    Ok(contacts)
}

#[cfg(test)]
mod tests;
