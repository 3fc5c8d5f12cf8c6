//! Tables as CSV (RFC 4180) that a spreadsheet opens without running what is in them.

use std::io;

/// A cell of text that came from people: one that would be read as a formula begins with an apostrophe.
#[must_use]
pub fn text(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell with a number, which is never a formula.
#[must_use]
pub fn number(cell: impl std::fmt::Display) -> String {
    cell.to_string()
}

/// A table in the making.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// A table with these columns.
    ///
    /// # Errors
    /// As for [`line`](Self::line).
    pub fn new(columns: &[&str]) -> io::Result<Self> {
        let mut table = Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new()));
        table.line(columns)?;
        Ok(table)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// Not as many cells as columns.
    pub fn line<T: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = T>) -> io::Result<()> {
        Ok(self.0.write_record(cells)?)
    }

    /// The whole table.
    ///
    /// # Errors
    /// None: it is written to memory.
    pub fn finish(self) -> io::Result<String> {
        let bytes = self.0.into_inner().map_err(csv::IntoInnerError::into_error)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}
