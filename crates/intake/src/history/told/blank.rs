//! Visits without a number where the others of their table have one, and a remark beside them.

use std::collections::HashSet;

use super::{Read, shortened};
use crate::history::columns::letters;
use crate::history::happened::Column;
use crate::history::outcome::Outcome;
use crate::history::says::{Place, Says, says};
use crate::history::sheet::Cells;
use crate::history::words::{is_nothing, plain, words};
use crate::history::{Count, Role, Stands, Unsure, Visit};

/// Fewer visits do not show that a number is always given.
const LEAST_COUNTED: usize = 5;
/// With these a remark says why there is no number.
const OF_COUNT: &[&str] = &[
    "number",
    "numbers",
    "nos",
    "count",
    "counted",
    "headcount",
    "register",
    "registers",
    "whole",
    "all",
    "full",
    "approx",
    "tally",
    "figures",
    "attendance",
    "forgot",
    "great",
    "good",
    "excellent",
    "lovely",
    "brilliant",
    "fantastic",
    "enjoyed",
    "well",
    "fine",
    "super",
    "engaged",
    "feedback",
    "staff",
    "parents",
    "adults",
    "teachers",
    "online",
    "assembly",
    "class",
    "classes",
    "pupils",
    "children",
    "both",
    "resources",
    "leaflets",
];

/// Whether the visits of a table have a number of pupils but for a few.
pub(super) fn is_counted(visits: &[Visit]) -> bool {
    let blank = visits.iter().filter(|visit| visit.count == Count::NotGiven).count();
    visits.len() >= LEAST_COUNTED && blank * 5 <= visits.len()
}

impl<'a> Read<'a, '_> {
    /// What is remarked of visits that have a number.
    pub(super) fn beside_numbers(&self, visits: &[Visit], rows: &[Option<Cells<'a>>]) -> HashSet<&'a str> {
        let numbered = visits.iter().zip(rows).filter(|(visit, _)| visit.count != Count::NotGiven);
        numbered
            .filter_map(|(_, cells)| *cells)
            .flat_map(|cells| self.remarks(cells).map(|(.., typed)| typed))
            .collect()
    }

    /// The remarks of a row, each with its column and what that is about.
    fn remarks(&self, cells: Cells<'a>) -> impl Iterator<Item = (usize, Role, &'a str)> {
        let is_of = |column: &&Column| column.how.of_sentences() == Some(Place::Notes) || column.how.is_status();
        let of = move |column: &Column| (column.at, column.about, cells.at(column.at).trim());
        self.columns.iter().filter(is_of).map(of).filter(|(.., typed)| !typed.is_empty())
    }

    /// Asks about a visit without a number where the others have one, if something is remarked that is not of visits with
    /// one, and nothing says that it was held: “Ofsted”, “school trip”. There are more words for it than can be known.
    pub(super) fn blank(
        &self,
        visit: &mut Visit,
        cells: Cells<'a>,
        with_number: &HashSet<&str>,
        unsure: &mut Vec<Unsure>,
    ) {
        let is_held = |typed: &str| says(typed, Place::Notes) == Says::Held || says(typed, Place::Status) == Says::Held;
        let is_of_count = |typed: &str| {
            let text = plain(typed);
            is_nothing(&text) || words(&text).iter().any(|word| OF_COUNT.contains(word))
        };
        let Some((at, about, typed)) = self.remarks(cells).next().filter(|_| visit.count == Count::NotGiven) else {
            return;
        };
        if self.remarks(cells).any(|(.., typed)| is_held(typed) || is_of_count(typed) || with_number.contains(typed)) {
            return;
        }
        visit.outcome = Outcome::ToConfirm;
        unsure.push(Unsure {
            sheet: visit.sheet.clone(),
            row: visit.row,
            half: visit.half.filter(|_| visit.of_two),
            cell: format!("{}{}", letters(at), visit.row),
            about,
            typed: shortened(typed),
            stands: Stands::Blank,
        });
    }
}
