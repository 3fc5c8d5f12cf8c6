//! Cells that were merged over visits: what they say is of each, but a number is not.

use super::columns::{Columns, letters};
use super::table::OfSheet;
use super::{Doubt, History, Role};
use crate::workbook::Merged;

/// Asks about numbers that stand for several visits at once, and schools that stand for morning and afternoon, among the
/// visits of a table that begin at `from`. What a person typed is of its row alone.
pub(super) fn ask(of: &OfSheet<'_>, columns: &Columns, from: usize, history: &mut History) {
    let rows: Vec<u32> = history.visits[from..].iter().map(|visit| visit.row).collect();
    let doubt = |row: u32, column: usize, about: Role, message: &dyn Fn(&str) -> String| {
        let (cell, sheet) = (format!("{}{row}", letters(column)), of.sheet.map(str::to_owned));
        let is_said = of.said.cells.contains_key(&(sheet.clone().unwrap_or_default(), cell.clone()));
        let typed = of.cells.at_row(row, column).trim().to_owned();
        let message = message(&typed);
        (!is_said).then_some(Doubt { sheet, row, cell, about, typed, message })
    };
    for (column, about, _) in columns.known.iter().filter(|(_, role, _)| role.is_count() || *role == Role::Part) {
        for Merged { rows: (first, last), .. } in of.cells.merged_from(*column) {
            let mut shared: Vec<u32> = rows.iter().copied().filter(|row| (*first..=*last).contains(row)).collect();
            shared.dedup();
            let several = shared.len();
            let message = |typed: &str| {
                format!(
                    "“{typed}” stands in cells that are merged over {several} visits. Type each one’s own number, or “-” where nobody knows it."
                )
            };
            let asked = shared.into_iter().filter(|_| several > 1);
            history.doubts.extend(asked.filter_map(|row| doubt(row, *column, *about, &message)));
        }
    }
    let (Some(am), Some(pm)) = (columns.at(Role::AmSchool), columns.at(Role::PmSchool)) else { return };
    for merged in of.cells.merged_from(am) {
        if u32::try_from(pm).is_ok_and(|pm| merged.holds(merged.rows.0, pm)) {
            let message = |_: &str| {
                "The morning’s school stands in cells that are merged with the afternoon’s. Type “same” if there was a visit in the afternoon too, or “-” if there was one in all.".to_owned()
            };
            let of_rows = rows.iter().filter(|row| (merged.rows.0..=merged.rows.1).contains(row));
            history.doubts.extend(of_rows.filter_map(|row| doubt(*row, pm, Role::PmSchool, &message)));
        }
    }
}
