//! Tables as CSV (RFC 4180) that a spreadsheet opens without running what is in them.

use std::io;

use domain::spreadsheet::guarded;

/// A cell that no spreadsheet program takes for a formula: the only thing a [`Table`] is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell(String);

/// A cell of text: one that would be read as a formula begins with an apostrophe.
#[must_use]
pub fn text(cell: impl AsRef<str>) -> Cell {
    Cell(guarded(cell.as_ref()))
}

/// A cell with a number, which is never a formula: not even below zero. What is none is guarded as text is.
#[must_use]
pub fn number(number: impl std::fmt::Display) -> Cell {
    let shown = number.to_string();
    if shown.parse::<f64>().is_ok() { Cell(shown) } else { text(shown) }
}

/// A cell with nothing in it.
#[must_use]
pub const fn blank() -> Cell {
    Cell(String::new())
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
        table.line(columns.iter().map(text))?;
        Ok(table)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// Not as many cells as columns.
    pub fn line(&mut self, cells: impl IntoIterator<Item = Cell>) -> io::Result<()> {
        Ok(self.0.write_record(cells.into_iter().map(|cell| cell.0))?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::spreadsheet::is_like_formula;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_cell_of_a_table_is_a_formula(
            texts in prop::collection::vec("[=+@,;\"\t\r\n' -]{0,3}[a-z]{0,3}", 1..6),
            below: i32,
        ) {
            let heads: Vec<String> = (0..=texts.len()).map(|n| format!("c{n}")).collect();
            let mut table = Table::new(&heads.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
            table.line(texts.iter().map(text).chain([number(below)])).unwrap();
            let file = table.finish().unwrap();
            let mut reader = csv::Reader::from_reader(file.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            for (cell, text) in row.iter().zip(&texts) {
                prop_assert!(!is_like_formula(cell), "{:?}", cell);
                prop_assert_eq!(cell.strip_prefix('\'').filter(|_| is_like_formula(text)).unwrap_or(cell), text);
            }
            prop_assert_eq!(row[texts.len()].parse::<i32>(), Ok(below));
        }
    }
}
