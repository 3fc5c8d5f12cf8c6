//! Visits without a number where the others of their table have one, and a remark beside them.

use std::collections::HashSet;

use super::Read;
use crate::history::happened::Column;
use crate::history::outcome::Outcome;
use crate::history::says::{Place, Says, says};
use crate::history::sheet::Cells;
use crate::history::words::{is_nothing, plain, words};
use crate::history::{Count, Role, Stands, Unsure, Visit};

/// Fewer visits do not show that a number is always given.
const LEAST_COUNTED: usize = 5;
/// With these a remark says why there is no number, or that pupils were there.
const OF_COUNT: &[&str] = &[
    "number",
    "numbers",
    "nos",
    "count",
    "counted",
    "headcount",
    "register",
    "registers",
    "approx",
    "tally",
    "figures",
    "great",
    "good",
    "excellent",
    "lovely",
    "brilliant",
    "fantastic",
    "enjoyed",
    "well",
    "super",
    "engaged",
    "feedback",
];
/// What may have been in the way of a visit.
const IN_THE_WAY: &[&str] = &[
    "trip",
    "trips",
    "outing",
    "ofsted",
    "inspection",
    "ill",
    "illness",
    "sick",
    "sickness",
    "poorly",
    "unwell",
    "absent",
    "absence",
    "closed",
    "closure",
    "shut",
    "strike",
    "snow",
    "snowed",
    "flood",
    "flooded",
    "flooding",
    "ice",
    "weather",
    "storm",
    "boiler",
    "heating",
    "power",
    "water",
    "gas",
    "leak",
    "covid",
    "bubble",
    "bubbles",
    "isolating",
    "isolation",
    "lockdown",
    "inset",
    "holiday",
    "funeral",
    "bereavement",
    "court",
    "recalled",
    "clash",
    "clashed",
    "forgot",
    "forgotten",
    "mistake",
    "error",
    "unavailable",
    "away",
    "gone",
    "refused",
    "declined",
    "withdrew",
    "withdrawn",
    "instead",
    "exam",
    "exams",
    "mocks",
    "sats",
    "election",
    "polling",
    "swimming",
    "lost",
    "missed",
    "emergency",
    "evacuated",
    "evacuation",
    "breakdown",
    "traffic",
    "accident",
    "train",
    "needed",
    "elsewhere",
    "commitment",
    "commitments",
    "no",
    "not",
    "never",
    "nobody",
    "without",
    "failed",
    "unable",
    "cancelled",
    "canceled",
    "off",
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
        let has = |typed: &str, any: &[&str]| words(&plain(typed)).iter().any(|word| any.contains(word));
        let is_of_count = |typed: &str| is_nothing(&plain(typed)) || has(typed, OF_COUNT);
        let in_the_way = |(.., typed): &(usize, Role, &str)| has(typed, IN_THE_WAY);
        let found = self.remarks(cells).find(in_the_way).filter(|_| visit.count == Count::NotGiven);
        let Some((at, about, typed)) = found else { return };
        if self.remarks(cells).any(|(.., typed)| is_held(typed) || is_of_count(typed) || with_number.contains(typed)) {
            return;
        }
        visit.outcome = Outcome::ToConfirm;
        unsure.push(Unsure::of(visit, (at, about), typed, Stands::Blank));
    }
}
