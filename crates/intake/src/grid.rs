//! A file as rows of cells, whatever its format.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::problem::Problem;
use crate::text::TextTable;
use crate::workbook::{Looks, Workbook};

/// One row: cells by column, counted from 0. A cell that is not there is blank.
pub(crate) trait Row {
    /// The text of a cell, as the file has it.
    fn cell(&self, column: usize) -> Cow<'_, str>;

    /// One more than the last column that may hold something.
    fn width(&self) -> usize;

    /// Shows every cell that may hold something, from left to right.
    fn each(&self, show: &mut dyn FnMut(usize, &str)) {
        for column in 0..self.width() {
            show(column, &self.cell(column));
        }
    }

    /// Whether every cell is blank.
    fn is_blank(&self) -> bool {
        (0..self.width()).all(|column| self.cell(column).trim().is_empty())
    }
}

/// A file that was recognised.
pub(crate) enum Grid<'a> {
    Text(TextTable<'a>),
    Workbook(Box<Workbook<'a>>),
}

impl<'a> Grid<'a> {
    /// Recognises a file by its content: a wrong extension does no harm.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        if bytes.len() > crate::MAX_FILE_BYTES {
            return Err(Problem::of_file(format!(
                "The file is larger than {} MB. A list of all the schools of England has about 60 MB: is this one?",
                crate::MAX_FILE_BYTES >> 20
            )));
        }
        match Workbook::recognise(bytes) {
            Some(kind) => Workbook::open(bytes, kind).map(|book| Self::Workbook(Box::new(book))),
            None => TextTable::open(bytes).map(Self::Text),
        }
    }

    /// The names of the sheets that hold cells; one without a name for a text file.
    pub(crate) fn sheets(&self) -> Vec<Option<String>> {
        match self {
            Self::Text(_) => vec![None],
            Self::Workbook(book) => book.sheets().into_iter().map(Some).collect(),
        }
    }

    /// Walks the rows of a sheet, top to bottom, with their number from 1; blank rows may be left out.
    pub(crate) fn rows(
        &mut self,
        sheet: Option<&str>,
        each: &mut dyn FnMut(u32, &dyn Row) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        match self {
            Self::Text(table) => table.rows(each),
            Self::Workbook(book) => book.rows(sheet.unwrap_or_default(), each),
        }
    }

    /// How the cells of a sheet look, once its rows were walked to their end.
    pub(crate) fn looks(&mut self, sheet: Option<&str>) -> Looks {
        match self {
            Self::Text(_) => Looks::default(),
            Self::Workbook(book) => book.looks(sheet.unwrap_or_default()),
        }
    }
}
