//! Second visits of a row, in columns of their own.

use super::Reading;
use crate::history::Role;
use crate::history::sheet::Cells;
use crate::history::words::{is_ditto, plain};

/// More are pupils.
const MOST_VISITS: u8 = 7;

impl<'a> Reading<'a> {
    /// The first column in which a second school stands.
    pub(super) fn second(&mut self, cells: Cells<'a>) -> Option<usize> {
        self.columns.seconds.iter().copied().find(|at| self.is_second(cells.at(*at)))
    }

    fn is_second(&mut self, text: &'a str) -> bool {
        text.contains(char::is_alphabetic) && self.texts.is_school(text) && !is_ditto(&plain(text))
    }

    /// Asks about each second school of a row: a row is one visit.
    pub(super) fn ask_for_second(&mut self, number: u32, cells: Cells<'a>) {
        for n in 0..self.columns.seconds.len() {
            let at = self.columns.seconds[n];
            let typed = cells.at(at);
            if self.is_second(typed) {
                let why = "stands in a second column of schools, which is not read. Give each visit a row of its own, or clear the cell";
                self.doubt(number, Role::School, Some(at), typed.trim(), why);
            }
        }
    }

    /// Asks about a row that says that it stands for several visits: it is read as one.
    pub(super) fn ask_for_several(&mut self, number: u32, cells: Cells<'a>) {
        for n in 0..self.columns.of_visits.len() {
            let at = self.columns.of_visits[n];
            let typed = cells.at(at).trim();
            if typed.parse::<u8>().is_ok_and(|visits| (2..=MOST_VISITS).contains(&visits)) {
                let why = "visits stand in one row, and it is read as one. Give each a row of its own in the file, or type 1 if it was one";
                self.doubt(number, Role::Notes, Some(at), typed, why);
            }
        }
    }
}
