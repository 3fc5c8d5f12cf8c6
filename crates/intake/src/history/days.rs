//! What is known of a table's dates before its rows are read.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Corrections;
use super::Role;
use super::columns::{Columns, letters};
use super::date::{self, Known};
use super::for_all::ForAll;
use super::order::Order;
use super::sheet::Sheet;
use super::turned;
use super::words::{is_ditto, plain};
use super::years_of::{Months, of_titles, sheet_month};

/// What is known of a table's dates.
pub(super) struct Days {
    pub known: Known,
    /// The workbook counts its days from 1904.
    pub since_1904: bool,
    /// The months that the sheet's name and the table's titles say its days are of.
    pub named: Option<Months>,
    /// The month that the sheet is of, should its days stand without theirs.
    month: Option<Months>,
    /// The rows whose date a person typed.
    pub typed: HashSet<u32>,
    /// Those of which a person said what is the same for many, with what the file says of the day.
    pub for_all: HashMap<u32, (String, ForAll)>,
}

impl Days {
    /// What a person, the sheet's name, a table's titles and the table above it say of them. `place` is what a person calls
    /// the table.
    pub fn of(
        said: &Corrections,
        (sheet, place): (Option<&str>, &str),
        (titles, above): (&[&str], Option<Months>),
        columns: &Columns,
        since_1904: bool,
    ) -> Self {
        let chosen = said.years.get(place).copied().map(Months::academic);
        let column = columns.at(Role::Date).map(letters);
        let of_column = |cell: &str| cell.strip_prefix(column.as_ref()?.as_str())?.parse().ok();
        let cells = said.cells.keys().filter(|(of, _)| of == sheet.unwrap_or_default());
        let named = of_titles(titles.iter().copied());
        let known = Known {
            months: chosen.or(named).or(above),
            month: None,
            named: if chosen.is_some() { None } else { of_titles(sheet) },
            order: Order::DayFirst,
        };
        let named = named.filter(|_| chosen.is_none());
        let month = sheet_month(titles.iter().copied(), known.months);
        let typed = cells.filter_map(|(_, cell)| of_column(cell)).collect();
        Self { known, since_1904, named, month, typed, for_all: HashMap::new() }
    }

    /// The same, with what the table's rows say of the order of day and month, and of the sheet's month.
    pub fn of_column(mut self, sheet: &Sheet, rows: Range<usize>, columns: &Columns) -> Self {
        if let Some(at) = columns.at(Role::Date) {
            let typed = &self.typed;
            let rows = sheet.rows(rows.start).take(rows.len());
            let texts = rows.clone().filter(|(number, _)| !typed.contains(number)).map(|(_, cells)| cells.at(at));
            self.known.order = Order::of(texts.clone());
            self.known.month = self.month.filter(|_| are_days_alone(texts));
            let for_all = |number: &u32| {
                let answer = ForAll::read(sheet.at_row(*number, at))?;
                Some((*number, (sheet.filed(*number, at).to_owned(), answer)))
            };
            self.for_all = typed.iter().filter_map(for_all).collect();
            // Who answers for some of its rows answers for no other: what the file itself says tells.
            let filed = rows.map(|(number, cells)| match typed.contains(&number) {
                true => sheet.filed(number, at),
                false => cells.at(at),
            });
            if let Some(turned) = turned::of(filed, self.named).filter(|_| self.known.order == Order::DayFirst) {
                self.known.order = Order::Turned(turned);
            }
        }
        self
    }
}

/// Whether most cells of a column are days without their month.
fn are_days_alone<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut all, mut alone) = (0, 0);
    for text in texts.filter(|text| !text.trim().is_empty() && !is_ditto(&plain(text))) {
        all += 1;
        alone += usize::from(date::is_day_alone(text));
    }
    alone * 2 > all
}
