//! What a school's cell says besides the school, where no column says it.

use super::{Reading, Slot};
use crate::history::Role;
use crate::history::extras::{Asks, Extras};
use crate::history::sheet::Cells;
use crate::history::years::Years;

impl<'a> Reading<'a> {
    /// What is read of a school's cell besides the school; a doubt where it may be of another visit, or of several. What
    /// columns say counts before it.
    pub(super) fn extras(&mut self, number: u32, cells: Cells<'a>, slot: Slot, years: &Years) -> Extras {
        if matches!(slot.school, Role::Urn | Role::Dfe) {
            return Extras::default();
        }
        let typed = self.cell(cells, slot.school);
        let mut extras = self.texts.extras(typed).clone();
        if *years != Years::NotGiven {
            extras.years = None;
        }
        let is_of_half = slot.half.is_some();
        if is_of_half || !self.cell(cells, Role::Time).trim().is_empty() {
            (extras.starts, extras.half) = (None, None);
        }
        if let Some(asks) = extras.asks.filter(|asks| !(is_of_half && *asks == Asks::Halves)) {
            self.doubt(number, slot.school, self.columns.at(slot.school), typed.trim(), asks.why());
        }
        extras
    }
}
