//! When the visits of a row began.

use super::Reading;
use crate::history::Role;
use crate::history::date::clock_of;
use crate::history::sheet::Cells;
use crate::history::texts::Time;

/// What is asked about a time that is none.
const NO_TIME: &str = "is not one time. Type when it began, like 9.30, or “-” if nobody knows";

/// What is asked about several.
const SEVERAL: &str = "names several times. If there was a visit at each, give each a row of its own in the file; if there was one, type when it began, like 9.30, or “-” if nobody knows";

impl<'a> Reading<'a> {
    /// When a row's visits began; a doubt where its cell speaks of it and does not say it.
    pub(super) fn time(&mut self, number: u32, cells: Cells<'a>, visits: usize) -> Time {
        let own = Some(self.cell(cells, Role::Time)).filter(|time| !time.trim().is_empty());
        let text = own.unwrap_or_else(|| clock_of(self.cell(cells, Role::Date)));
        let mut time = self.texts.time(text);
        if time.is_ditto {
            time = self.time_above.unwrap_or(Time { is_unclear: true, ..time });
        }
        // “AM/PM” is of both where a line has a visit in each.
        let is_of_both = visits > 1 && !text.bytes().any(|b| b.is_ascii_digit());
        let column = self.columns.at(Role::Time);
        if time.is_several && !is_of_both {
            self.doubt(number, Role::Time, column, text.trim(), SEVERAL);
        } else if time.is_unclear {
            self.doubt(number, Role::Time, column, text.trim(), NO_TIME);
        }
        self.time_above = Some(time);
        time
    }
}
