//! What a line between the rows says of the visits below it, besides when they were: “Morning”, “Year 5”.

use super::Reading;
use crate::history::clock::{self, Half};
use crate::history::sheet::Cells;
use crate::history::words::plain;
use crate::history::years::Years;

/// What stands above the visits that come next.
#[derive(Debug, Default)]
pub(super) struct Under {
    /// The half of the day, of those that have no time of their own.
    pub half: Option<Half>,
    /// The year groups of those that name none, with the line as it is typed.
    years: Option<(Years, String)>,
}

impl Under {
    /// The year groups of a visit, with what says so: its own, or those of the line above.
    pub(super) fn years(&self, own: Years, typed: String) -> (Years, String) {
        match &self.years {
            Some(years) if own == Years::NotGiven => years.clone(),
            _ => (own, typed),
        }
    }
}

impl<'a> Reading<'a> {
    /// Takes a line that is no visit as what the visits below it stand under, if it says a half of the day or year groups
    /// and nothing else. Any other line by itself ends it: below “Tuesday” it is no longer Monday's afternoon.
    pub(super) fn stand_under(&mut self, cells: Cells<'a>) {
        let mut filled = cells.filled();
        let (Some(text), None) = (filled.next(), filled.next()) else { return };
        if let (None, Some(half)) = clock::time(&plain(text)) {
            self.under = Under { half: Some(half), ..Under::default() };
            return;
        }
        // “6” may be anything.
        let years = self.texts.years(text);
        if matches!(years, Years::Groups(_)) && text.contains(char::is_alphabetic) {
            self.under.years = Some((years, text.to_owned()));
        } else {
            self.under = Under::default();
        }
    }
}
