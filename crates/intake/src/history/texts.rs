//! What texts of a table say, each read once: most stand in many rows.

use std::collections::HashMap;

use domain::slot::TimeOfDay;

use super::count::Count;

use super::clock::{self, Half, cell};
use super::date::{self, Known, When};
use super::extras::Extras;
use super::for_all::ForAll;
use super::lines::{adds_up, begins_totals, is_formula, is_school};
use super::outcome;
use super::turned::turn;
use super::words::{is_ditto, plain};
use super::years::{Aged, Years};
use super::years_of::Months;

/// What texts were read as.
#[derive(Default)]
pub(super) struct Texts<'a> {
    /// What is known of the table's dates.
    known: Known,
    /// Its column of year groups is headed as one of ages.
    of_ages: Option<Aged>,
    /// Its column of times is headed so.
    of_times: bool,
    /// The workbook counts its days from 1904.
    since_1904: bool,
    schools: HashMap<&'a str, bool>,
    extras: HashMap<&'a str, Extras>,
    totals: HashMap<&'a str, bool>,
    sums: HashMap<&'a str, bool>,
    dates: HashMap<&'a str, Day>,
    times: HashMap<&'a str, Time>,
    years: HashMap<&'a str, Years>,
    classes: HashMap<&'a str, bool>,
    counts: HashMap<&'a str, Count>,
    parts: HashMap<&'a str, Option<u8>>,
}

/// What a time's cell says.
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub starts: Option<TimeOfDay>,
    pub half: Option<Half>,
    /// It is meant as a time, and is none.
    pub is_unclear: bool,
    /// It names several, each of a visit.
    pub is_several: bool,
    /// It is that of the row above.
    pub is_ditto: bool,
}

/// What a date's cell says.
#[derive(Clone)]
pub(super) enum Day {
    /// The day above it.
    Ditto,
    Itself(When),
}

impl<'a> Texts<'a> {
    /// Nothing yet, of a table of whose dates something is known, in a workbook that counts its days from 1904 or not, with
    /// a column of ages or not, and one that is headed as one of times or not.
    pub fn new(known: Known, since_1904: bool, (of_ages, of_times): (Option<Aged>, bool)) -> Self {
        Self { known, since_1904, of_ages, of_times, ..Self::default() }
    }

    /// The months that dates without a year lie in.
    pub fn months(&self) -> Option<Months> {
        self.known.months
    }

    /// The month in which days by themselves lie.
    pub fn month(&self) -> Option<Months> {
        self.known.month
    }

    /// From here on dates without a year lie in these months, and days by themselves in this one.
    pub fn turn_to(&mut self, months: Option<Months>, month: Option<Months>) {
        if (self.known.months, self.known.month) != (months, month) {
            (self.known.months, self.known.month) = (months, month);
            self.dates.clear();
        }
    }

    pub fn is_school(&mut self, text: &'a str) -> bool {
        *self.schools.entry(text).or_insert_with(|| is_school(text))
    }

    /// What a school's cell says besides the school.
    pub fn extras(&mut self, text: &'a str) -> &Extras {
        self.extras.entry(text).or_insert_with(|| Extras::of(text))
    }

    pub fn begins_totals(&mut self, text: &'a str) -> bool {
        *self.totals.entry(text).or_insert_with(|| begins_totals(text))
    }

    /// Whether a row without a day that begins so is none of a visit.
    pub fn adds_up(&mut self, text: &'a str) -> bool {
        *self.sums.entry(text).or_insert_with(|| adds_up(text))
    }

    pub fn day(&mut self, text: &'a str) -> Day {
        let (known, since_1904) = (self.known, self.since_1904);
        let read = || {
            if is_ditto(&plain(text)) {
                Day::Ditto
            } else {
                Day::Itself(date::read_as(&date::of_serial(text, since_1904), known))
            }
        };
        self.dates.entry(text).or_insert_with(read).clone()
    }

    /// A day of which a person said what is the same for many, where a line above it may name its month.
    pub fn day_for_all(&self, filed: &str, answer: ForAll, month: Option<u32>) -> Day {
        if is_ditto(&plain(filed)) {
            return Day::Ditto;
        }
        let filed = date::of_serial(filed, self.since_1904);
        match (answer, self.typed_day(&filed)) {
            (ForAll::Year(year), _) => {
                let months = Months::academic(year);
                let of_line = month.and_then(|of| Some(Months::month(months.year_of(of)?, of)));
                let month = self.known.month.or(of_line);
                let known = Known { months: Some(months), month, named: None, order: self.known.order };
                Day::Itself(date::read_as(&filed, known))
            }
            (ForAll::Exchanged, Day::Itself(When::On(on))) => Day::Itself(When::On(turn(on).unwrap_or(on))),
            (_, day) => day,
        }
    }

    /// A day that a person typed: as it stands, whatever its column or its sheet is like.
    pub fn typed_day(&self, text: &str) -> Day {
        if is_ditto(&plain(text)) {
            return Day::Ditto;
        }
        Day::Itself(date::read_as(
            text,
            Known { months: self.known.months, month: self.known.month, ..Known::default() },
        ))
    }

    pub fn time(&mut self, text: &'a str) -> Time {
        let of_times = self.of_times;
        let read = || {
            let said = cell::read(text, of_times);
            let (starts, half) = match said {
                cell::Said::At(starts, half) => (starts, Some(half)),
                _ => (None, None),
            };
            let is_unclear = said == cell::Said::Unclear && (of_times || clock::is_unclear(text));
            let is_ditto = is_ditto(&plain(text));
            Time { starts, half, is_unclear, is_several: said == cell::Said::Several, is_ditto }
        };
        *self.times.entry(text).or_insert_with(read)
    }

    pub fn years(&mut self, text: &'a str) -> Years {
        let of_ages = self.of_ages;
        let read = || of_ages.map_or_else(|| Years::read(text), |aged| Years::read_aged(text, aged));
        self.years.entry(text).or_insert_with(read).clone()
    }

    /// Whether a text of year groups names one class of them.
    pub fn names_class(&mut self, text: &'a str) -> bool {
        *self.classes.entry(text).or_insert_with(|| Years::names_class(text))
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
