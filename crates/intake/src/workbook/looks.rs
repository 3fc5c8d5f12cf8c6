//! How the cells of a workbook look, where that says something: struck through, merged, or coloured.
//!
//! calamine reads values alone. What is looked for here stands in the same parts of the file, which were checked before.

mod archived;
mod colour;
mod compound;
mod keyed;
mod opened;
mod painted;
mod palette;
mod scan;

use std::collections::HashMap;

pub(super) use archived::Watch;
pub(crate) use colour::{Colour, Colours, Paint};
pub(super) use colour::{MOST_RUNS, Run};

/// The most cells of a sheet of which something is kept.
const MOST: usize = 100_000;

/// Cells that were merged into one: it holds the text of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Merged {
    /// Its first and its last row, from 1.
    pub rows: (u32, u32),
    /// Its first and its last column, from 0.
    pub columns: (u32, u32),
}

impl Merged {
    /// Whether a cell is one of them: row from 1, column from 0.
    pub fn holds(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }

    /// Whether they are of more than one row.
    pub fn is_over_rows(&self) -> bool {
        self.rows.0 < self.rows.1
    }

    fn is_of_several(&self) -> bool {
        self.is_over_rows() || self.columns.0 < self.columns.1
    }
}

/// What a sheet shows of its cells beyond their texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    /// Cells whose text is struck through, all of it or a part: row from 1, column from 0. In their order.
    pub struck: Vec<(u32, u32)>,
    /// Cells that were merged, in their order.
    pub merged: Vec<Merged>,
    /// How its cells are coloured.
    pub colours: Colours,
}

impl Looks {
    /// Whether a cell is struck through, or the one that it was merged with: row from 1, column from 0.
    pub fn is_struck(&self, row: u32, column: usize) -> bool {
        let Some(column) = u32::try_from(column).ok().filter(|_| !self.struck.is_empty()) else { return false };
        let row = self.merged.iter().find(|merged| merged.holds(row, column)).map_or(row, |merged| merged.rows.0);
        self.struck.binary_search(&(row, column)).is_ok()
    }

    pub(super) fn strike(&mut self, row: u32, column: u32) {
        if self.struck.len() < MOST {
            self.struck.push((row, column));
        }
    }

    pub(super) fn merge(&mut self, merged: Merged) {
        if merged.is_of_several() && self.merged.len() < MOST {
            self.merged.push(merged);
        }
    }

    pub(super) fn in_order(mut self) -> Self {
        self.struck.sort_unstable();
        self.struck.dedup();
        self.merged.sort_unstable();
        self.merged.dedup();
        self.colours.runs.sort_unstable();
        self
    }
}

/// By sheet.
pub(super) type OfSheets = HashMap<String, Looks>;

/// The looks of an .xlsx or .xlsm workbook. A part that cannot be read shows nothing: reading its cells says why.
pub(super) fn of_office_open(bytes: &[u8], watch: &Watch) -> OfSheets {
    archived::looks(bytes, watch).unwrap_or_default()
}

/// The same of an .xls workbook.
pub(super) fn of_compound(bytes: &[u8]) -> OfSheets {
    compound::looks(bytes).unwrap_or_default()
}

/// The same of an .ods workbook.
pub(super) fn of_open_document(bytes: &[u8]) -> OfSheets {
    opened::looks(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests;
