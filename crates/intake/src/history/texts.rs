//! What texts of a table say, each read once: most stand in many rows.

use std::collections::HashMap;

use domain::AcademicYear;
use domain::slot::TimeOfDay;

use super::count::Count;
use super::date::{self, Half, When};
use super::lines::{begins_totals, is_formula, is_school};
use super::outcome;
use super::words::{is_ditto, plain};
use super::years::Years;

/// What texts were read as.
#[derive(Default)]
pub(super) struct Texts<'a> {
    /// The academic year of days without one.
    year: Option<AcademicYear>,
    /// The workbook counts its days from 1904.
    since_1904: bool,
    schools: HashMap<&'a str, bool>,
    totals: HashMap<&'a str, bool>,
    dates: HashMap<&'a str, Day>,
    times: HashMap<&'a str, (Option<TimeOfDay>, Option<Half>)>,
    years: HashMap<&'a str, Years>,
    counts: HashMap<&'a str, Count>,
    parts: HashMap<&'a str, Option<u8>>,
}

/// What a date's cell says.
#[derive(Clone)]
pub(super) enum Day {
    /// The day above it.
    Ditto,
    Itself(When),
}

impl<'a> Texts<'a> {
    /// Nothing yet, of a table of an academic year, in a workbook that counts its days from 1904 or not.
    pub fn new(year: Option<AcademicYear>, since_1904: bool) -> Self {
        Self { year, since_1904, ..Self::default() }
    }

    pub fn is_school(&mut self, text: &'a str) -> bool {
        *self.schools.entry(text).or_insert_with(|| is_school(text))
    }

    pub fn begins_totals(&mut self, text: &'a str) -> bool {
        *self.totals.entry(text).or_insert_with(|| begins_totals(text))
    }

    pub fn day(&mut self, text: &'a str) -> Day {
        let (year, since_1904) = (self.year, self.since_1904);
        let read = || {
            if is_ditto(&plain(text)) {
                Day::Ditto
            } else {
                Day::Itself(date::read(&date::of_serial(text, since_1904), year))
            }
        };
        self.dates.entry(text).or_insert_with(read).clone()
    }

    pub fn time(&mut self, text: &'a str) -> (Option<TimeOfDay>, Option<Half>) {
        *self.times.entry(text).or_insert_with(|| date::time(text))
    }

    pub fn years(&mut self, text: &'a str) -> Years {
        self.years.entry(text).or_insert_with(|| Years::read(text)).clone()
    }

    pub fn count(&mut self, text: &'a str) -> Count {
        let read = || if is_formula(text) { Count::Unclear } else { Count::read(text) };
        self.counts.entry(text).or_insert_with(read).clone()
    }

    /// The part of a programme that a topic or a note names.
    pub fn part(&mut self, text: &'a str) -> Option<u8> {
        *self.parts.entry(text).or_insert_with(|| outcome::part(text))
    }
}
