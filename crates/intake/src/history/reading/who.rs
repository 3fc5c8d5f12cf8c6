//! Who came, and how many.

use std::sync::Arc;

use super::{Note, OF_FORMULA, Reading, Slot};
use crate::history::Role;
use crate::history::count::Count;
use crate::history::lines::is_formula;
use crate::history::sheet::Cells;
use crate::history::tally::{Part, Tally};
use crate::history::words::{is_ditto, is_nothing, plain};
use crate::history::years::Years;

impl<'a> Reading<'a> {
    /// Who came, and how many; a doubt where a cell does not say it. Numbers that the two visits of a line share are its
    /// only one's where it `is_alone`, and else neither's.
    pub(super) fn who(&mut self, number: u32, cells: Cells<'a>, mut slot: Slot, is_alone: bool) -> (Years, Count) {
        let is_shared = slot.half.is_some() && self.columns.at(slot.pupils).is_none();
        if is_shared && is_alone {
            slot.pupils = Role::Pupils;
        } else if is_shared {
            self.ask_for_shared(number, cells);
        }
        let typed = self.cell(cells, slot.years).trim();
        let mut years = self.texts.years(typed);
        if is_formula(typed) {
            self.doubt(number, slot.years, self.columns.at(slot.years), typed, OF_FORMULA);
        }
        let counted = self.cell(cells, slot.pupils);
        let mut count = self.texts.count(counted);
        if count == Count::Unclear {
            let why = no_count(counted);
            self.doubt(number, slot.pupils, self.columns.at(slot.pupils), counted.trim(), why);
        }
        let mut tally = Tally::default();
        let parts = if is_shared && !is_alone { 0 } else { self.parts.len() };
        for at in 0..parts {
            let column = self.parts[at].at;
            let text = cells.at(column);
            let part = self.parts[at].count(text, self.texts.count(text));
            if part == Count::Unclear {
                let why = no_count(text);
                self.doubt(number, Role::Part, Some(column), text.trim(), why);
            }
            tally.add(&part, self.parts[at].years);
            if self.parts[at].is_ticked(text) {
                tally.tick(self.parts[at].years);
            }
        }
        if parts > 0 {
            self.cross(number, cells, &count, &mut tally);
        }
        if let Some(message) = tally.contradicts(&count) {
            self.ask(number, slot.pupils, self.columns.at(slot.pupils), counted.trim(), message);
        }
        if count == Count::NotGiven {
            count = tally.count();
        }
        if years == Years::NotGiven {
            years = tally.years();
        }
        (years, count)
    }

    /// Asks about a number that the two visits of a line share.
    fn ask_for_shared(&mut self, number: u32, cells: Cells<'a>) {
        let of = |(at, role): (usize, Role)| (at, role, cells.at(at).trim());
        let pupils = self.columns.at(Role::Pupils).map(|at| (at, Role::Pupils));
        let parts = self.parts.iter().map(|part| (part.at, Role::Part));
        let shared = pupils.into_iter().chain(parts).map(of).find(|(.., typed)| !is_nothing(&plain(typed)));
        if let Some((at, about, typed)) = shared {
            let why = "stands beside two visits. Give each its own number in the file, or type “-” if it is not known";
            self.doubt(number, about, Some(at), typed, why);
        }
    }

    /// A cross below a year group, where no number stands below any: it says who came beside the number of all, else it is
    /// asked about. Beside numbers it stands for none.
    fn cross(&mut self, number: u32, cells: Cells<'a>, all: &Count, tally: &mut Tally) {
        if tally.says_something() {
            return;
        }
        for n in 0..self.parts.len() {
            let Part { at, years, .. } = self.parts[n];
            let text = cells.at(at);
            if !self.parts[n].is_crossed(text) {
                continue;
            }
            if matches!(all, Count::Pupils { pupils: 1.., .. }) {
                tally.tick(years);
            } else {
                self.doubt(number, Role::Part, Some(at), text.trim(), no_count(text));
            }
        }
    }

    /// The class of a row's year groups, as it is typed: in a column of its own, or in that of the year groups.
    pub(super) fn class(&mut self, cells: Cells<'a>, slot: Slot, years: &Years) -> &'a str {
        let own = self.columns.class.map_or("", |at| cells.at(at)).trim();
        // “2” may be how many classes.
        if own.contains(char::is_alphabetic) && !is_nothing(&plain(own)) && !is_ditto(&plain(own)) && !is_formula(own) {
            return own;
        }
        let typed = self.cell(cells, slot.years).trim();
        if matches!(years, Years::Groups(_)) && self.texts.names_class(typed) { typed } else { "" }
    }

    /// The part of a programme that notes name; a doubt where one says that nobody came.
    pub(super) fn noted(&mut self, number: u32, cells: Cells<'a>) -> Option<u8> {
        let mut part = None;
        for n in 0..self.notes.len() {
            let Note { at, is_attended } = self.notes[n];
            let note = cells.at(at);
            if is_attended && matches!(plain(note).as_str(), "n" | "no" | "x" | "false" | "none" | "0" | "\u{2717}") {
                let why = "says that nobody attended. Type “held” or “cancelled”";
                self.doubt(number, Role::Notes, Some(at), note.trim(), why);
            }
            part = part.or(self.texts.part(note));
        }
        part
    }

    /// What is typed for all that is read of a visit but its school and programme.
    pub(super) fn beside(&self, cells: Cells<'a>, slot: Slot) -> Arc<str> {
        let read = [Role::Date, Role::Time, slot.years, slot.pupils].map(|role| self.cell(cells, role));
        let parts = self.parts.iter().map(|part| cells.at(part.at));
        let notes = self.notes.iter().map(|note| cells.at(note.at));
        let mut texts = String::with_capacity(64);
        let class = self.columns.class.map(|at| cells.at(at));
        for text in
            read.into_iter().chain(class).chain(parts).chain(notes).map(str::trim).filter(|text| !text.is_empty())
        {
            if !texts.is_empty() {
                texts.push_str(" · ");
            }
            // A workbook's date has a time, which nobody typed.
            let text = text.strip_suffix("T00:00:00").unwrap_or(text);
            let end = text.char_indices().nth(MOST_BESIDE).map_or(text.len(), |(end, _)| end);
            texts.push_str(if text.len() <= MOST_BESIDE { text } else { &text[..end] });
        }
        texts.into()
    }
}

/// So many characters of a cell are shown beside what was read of it.
const MOST_BESIDE: usize = 60;

/// Why a cell says no number of pupils.
fn no_count(text: &str) -> &'static str {
    if is_formula(text) { OF_FORMULA } else { "is not one number. Type how many pupils came, or clear the cell" }
}
