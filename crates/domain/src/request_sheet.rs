//! The sheet of requests that goes out as a workbook and comes back: its columns, the key of a row, how a cell is read,
//! and what a row asks for.
//!
//! A row is a tour and a school that may ask for it. Its key says which, and what was on record when the sheet went out:
//! so a cell that somebody filled in is told from one that was there before, whatever was sorted, copied or left blank.

mod cell;
mod key;

use std::collections::BTreeMap;

use crate::AcademicYear;
use crate::merged::{self, Merged, Said};
use crate::request::{MOST_GROUPS, PartOfDay, Wish, in_words, read_dates};
use crate::session::{Group, GroupField};
use crate::tour::AskedBy;

pub use cell::{Cell, NONE};
pub use key::{Key, NotAKey};

/// A column of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The tour.
    Tour,
    /// Its days.
    Days,
    /// The school.
    School,
    /// Where its request stands; blank where it has not asked.
    Standing,
    /// What is filled in.
    Cell(Cell),
    /// Who filled it in.
    FilledInBy,
    /// The row's [`Key`].
    Key,
}

impl Column {
    /// The heading, by which the column is found again wherever it was moved.
    #[must_use]
    pub fn heading(self) -> String {
        match self {
            Self::Tour => "Tour".into(),
            Self::Days => "Its days".into(),
            Self::School => "School".into(),
            Self::Standing => "Request".into(),
            Self::Cell(cell) => cell.heading(),
            Self::FilledInBy => "Filled in by".into(),
            Self::Key => "Key (leave as it is)".into(),
        }
    }
}

/// The columns from left to right, with room for so many groups; `on_behalf`: somebody asks for the school.
#[must_use]
pub fn columns(groups: usize, on_behalf: bool) -> Vec<Column> {
    let cells = Cell::all().filter(|cell| match cell {
        Cell::Group(at, _) => *at < groups,
        Cell::AskedBy | Cell::AskedHow => on_behalf,
        _ => true,
    });
    let first = [Column::Tour, Column::Days, Column::School, Column::Standing];
    first.into_iter().chain(cells.map(Column::Cell)).chain([Column::FilledInBy, Column::Key]).collect()
}

/// What stands in the cells of a row, as [`Cell::read`] leaves it. A cell that is not here is blank; one that holds
/// nothing was emptied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells(BTreeMap<Cell, String>);

impl FromIterator<(Cell, String)> for Cells {
    fn from_iter<T: IntoIterator<Item = (Cell, String)>>(cells: T) -> Self {
        Self(cells.into_iter().collect())
    }
}

impl Cells {
    /// What a request asks for: its wish, whom to talk to (name, telephone, email), and who asked where somebody else
    /// wrote it.
    #[must_use]
    pub fn of(wish: &Wish, contact: [&str; 3], asked: Option<(&str, AskedBy)>) -> Self {
        let mut cells = Self::default();
        for (at, group) in wish.groups.iter().enumerate().take(MOST_GROUPS) {
            let years = if group.year_groups.is_empty() { String::new() } else { group.year_groups.to_string() };
            cells.put(Cell::Group(at, GroupField::YearGroups), years);
            cells.put(Cell::Group(at, GroupField::Label), cell::one_line(&group.label));
            cells.put(Cell::Group(at, GroupField::Expected), group.expected.to_string());
            let send = group.expected_send.map(|n| n.to_string()).unwrap_or_default();
            cells.put(Cell::Group(at, GroupField::ExpectedSend), send);
        }
        cells.put(Cell::Sessions, wish.sessions.to_string());
        cells.put(Cell::Days, cell::days_word(wish.may_split).to_owned());
        cells.put(Cell::PartOfDay, wish.part_of_day.label().to_owned());
        cells.put(Cell::Preferred, in_words(&wish.preferred).join("; "));
        cells.put(Cell::Impossible, in_words(&wish.impossible).join("; "));
        cells.put(Cell::RoomForOthers, cell::yes_word(wish.room_for_others).to_owned());
        cells.put(Cell::AccessNeeds, cell::one_line(&wish.access_needs));
        cells.put(Cell::Note, cell::one_line(&wish.note));
        for (cell, text) in [Cell::ContactName, Cell::ContactTelephone, Cell::ContactEmail].into_iter().zip(contact) {
            cells.put(cell, cell::one_line(text));
        }
        if let Some((name, how)) = asked {
            cells.put(Cell::AskedBy, cell::one_line(name));
            cells.put(Cell::AskedHow, how.label().to_owned());
        }
        cells
    }

    /// What stands in a cell; nothing where it is blank.
    #[must_use]
    pub fn get(&self, cell: Cell) -> &str {
        self.0.get(&cell).map_or("", String::as_str)
    }

    /// What was filled in; none for a blank, which says nothing.
    #[must_use]
    pub fn said(&self, cell: Cell) -> Option<&str> {
        self.0.get(&cell).map(String::as_str)
    }

    /// Fills a cell in.
    pub fn put(&mut self, cell: Cell, text: String) {
        self.0.insert(cell, text);
    }

    /// For how many groups there has to be room.
    #[must_use]
    pub fn groups(&self) -> usize {
        (0..MOST_GROUPS).rev().find(|at| self.has_group(*at)).map_or(0, |last| last + 1)
    }

    /// Whether something stands in a group's cells.
    fn has_group(&self, at: usize) -> bool {
        Cell::of_group(at).any(|cell| !self.get(cell).is_empty())
    }

    /// Takes a group out: its number of pupils was emptied.
    pub fn remove_group(&mut self, at: usize) {
        Cell::of_group(at).for_each(|cell| self.put(cell, String::new()));
    }

    /// What is asked for, and which group of the sheet, from 0, each of its groups is. What is blank is as the form has it
    /// before anybody types: one session, on one day or several, at any time of the day, without another school.
    #[must_use]
    pub fn wish(&self, year: AcademicYear) -> (Wish, Vec<usize>) {
        let at: Vec<usize> = (0..MOST_GROUPS).filter(|at| self.has_group(*at)).collect();
        let number = |cell| self.get(cell).parse::<i64>().ok();
        let group = |at: &usize| Group {
            year_groups: self.get(Cell::Group(*at, GroupField::YearGroups)).parse().unwrap_or_default(),
            label: self.get(Cell::Group(*at, GroupField::Label)).to_owned(),
            expected: number(Cell::Group(*at, GroupField::Expected)).unwrap_or(0),
            expected_send: number(Cell::Group(*at, GroupField::ExpectedSend)),
        };
        let days = |cell| read_dates(self.get(cell), year).unwrap_or_default();
        let part = PartOfDay::ALL.iter().find(|part| part.label() == self.get(Cell::PartOfDay));
        let wish = Wish {
            groups: at.iter().map(group).collect(),
            sessions: number(Cell::Sessions).unwrap_or(1),
            may_split: self.get(Cell::Days) != cell::days_word(false),
            room_for_others: self.get(Cell::RoomForOthers) == cell::yes_word(true),
            part_of_day: part.copied().unwrap_or(PartOfDay::Any),
            impossible: days(Cell::Impossible),
            preferred: days(Cell::Preferred),
            access_needs: self.get(Cell::AccessNeeds).to_owned(),
            note: self.get(Cell::Note).to_owned(),
        };
        (wish, at)
    }

    /// How the school asked, where that is filled in.
    #[must_use]
    pub fn asked_how(&self) -> Option<AskedBy> {
        AskedBy::ALL.iter().copied().find(|how| how.label() == self.get(Cell::AskedHow))
    }
}

/// What becomes of a cell: what is on record beside the rows of this tour and school, each with its key.
///
/// A blank says nothing, and neither does a cell that is as it went out. Groups are told by their place: where another
/// group stands in it by now, what a sheet says of the group that stood there is asked about.
#[must_use]
pub fn merge(cell: Cell, on_record: &Cells, rows: &[(&Key, &Cells)]) -> Merged<String> {
    let here = on_record.get(cell).to_owned();
    let said = rows.iter().filter_map(|(key, cells)| {
        let value = cells.said(cell).filter(|said| !key.is_base(cell, said))?.to_owned();
        let is_same = |cell| key.is_base(cell, on_record.get(cell));
        let same_group = match cell {
            Cell::Group(at, _) => {
                [GroupField::YearGroups, GroupField::Label].into_iter().all(|field| is_same(Cell::Group(at, field)))
            }
            _ => true,
        };
        Some(Said { value, untouched: is_same(cell) && same_group })
    });
    merged::merge(&here, &said.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
