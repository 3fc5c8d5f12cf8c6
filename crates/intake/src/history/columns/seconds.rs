//! Columns that may hold a second visit of a row.

use super::Columns;
use super::counts::unnumbered;
use crate::history::Role;
use crate::history::header::Below;
use crate::history::headings;
use crate::history::words::plain;

impl Columns {
    /// Finds the columns of a second or third school: headed as the school's is, but for a number, or as another part of
    /// the day. “Feeder school” is another matter.
    pub(super) fn find_seconds(&mut self, below: Below<'_>) {
        let is_read = |at: usize| self.known.iter().any(|(of, ..)| *of == at);
        let without_number = |heading: &str| {
            let bare = unnumbered(heading).unwrap_or_else(|| plain(heading));
            bare.strip_prefix("other ").map_or_else(|| bare.clone(), str::to_owned)
        };
        let school = self.all(Role::School).next().map(|(_, heading)| without_number(heading));
        let is_alike = |heading: &str| school.as_ref().is_some_and(|first| *first == without_number(heading));
        // A lunch is a visit's only where schools are named there.
        let is_third = |at: usize, heading: &str| {
            headings::is_third(heading) && below.names_schools(at, plain(heading).contains("lunch"))
        };
        let is_joint = |at: usize, heading: &str| headings::is_joint(heading) && below.names_schools(at, false);
        let seconds: Vec<usize> = self
            .headings
            .iter()
            .filter(|(at, heading)| {
                !is_read(*at) && (is_alike(heading) || is_third(*at, heading) || is_joint(*at, heading))
            })
            .map(|(at, _)| *at)
            .collect();
        self.seconds = seconds;
    }
}
