//! Which rows are sessions on record, and which look like one on record or like each other.
//!
//! A row is on record where its school, day, time and programme are, one for one. Where several rows or records share
//! them, those go together that say the same of who came: a row that was added to a log is not taken for the record of
//! the row below it. A row of which anything is asked may be on record all the same: of one whose school, day or
//! programme is asked about these are not known here, and the rest does not say which session it is.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::slot::TimeOfDay;
use intake::history::Half;
use uuid::Uuid;

use super::ground::{OnRecord, Schools};
use super::there::{Beside, There, Years};
use super::{About, Asks, Choices, Question, Row, Standing};

/// What the rows and records of a school, day and programme share. A school is the one that carries on its history.
type Day = (Uuid, NaiveDate, Uuid);

/// When a session was, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    starts: Option<i64>,
    half: Option<Half>,
}

impl Slot {
    fn new(starts: Option<i64>, half: Option<Half>) -> Self {
        let of_start = starts.map(|minute| if minute < 12 * 60 { Half::Am } else { Half::Pm });
        Self { starts, half: of_start.or(half) }
    }

    fn of(row: &Row) -> Self {
        Self::new(row.starts.map(TimeOfDay::minutes), row.half)
    }

    fn on(record: &OnRecord) -> Self {
        let half = match record.slot_label.to_lowercase().as_str() {
            "am" | "morning" => Some(Half::Am),
            "pm" | "afternoon" => Some(Half::Pm),
            _ => None,
        };
        Self::new(record.starts_minute, half)
    }

    /// Whether both may be one: none where they cannot, false where it is not certain.
    fn same(self, other: Self) -> Option<bool> {
        if self == other {
            return Some(true);
        }
        let differ = |a: Option<i64>, b: Option<i64>| a.zip(b).is_some_and(|(a, b)| a != b);
        if differ(self.starts, other.starts) || self.half.zip(other.half).is_some_and(|(a, b)| a != b) {
            None
        } else {
            Some(false)
        }
    }
}

/// A session on record, and whether a row is it.
struct Record<'a> {
    of: &'a OnRecord,
    slot: Slot,
    is_taken: bool,
    /// Whether another row may be it as well as the one that is asked about.
    is_open: bool,
}

const MAY_BE: &str = "A session of this school on this day is on record, at a time that is not said or may be the same. Is this another one?";

/// How like a row and a record are, the best first: who came, then whether the numbers differ.
type Likeness = (Beside, bool);

/// Every likeness, the best first.
const LIKENESSES: [Likeness; 6] = [
    (Beside::Same, false),
    (Beside::Same, true),
    (Beside::Unsaid, false),
    (Beside::Unsaid, true),
    (Beside::Other, false),
    (Beside::Other, true),
];

fn likeness(row: &Row, record: &OnRecord) -> Likeness {
    let said = row.count.pupils().map(i64::from);
    let counted = record.attended.or(Some(record.expected).filter(|expected| *expected > 0));
    (Years::on(record).beside(Years::of(row)), said != counted)
}

/// What is compared with what.
pub(super) struct Pairing<'a> {
    pub schools: &'a Schools,
    pub choices: &'a Choices,
}

/// Holds the rows against what is on record, and against each other.
pub(super) fn compare(rows: &mut [Row], on_record: &[OnRecord], schools: &Schools, choices: &Choices) {
    let pairing = Pairing { schools, choices };
    let mut records = HashMap::<Day, Vec<Record<'_>>>::new();
    for of in on_record {
        let day = (schools.carrier(of.setting_id), of.on_date, of.programme_id);
        records.entry(day).or_default().push(Record { of, slot: Slot::on(of), is_taken: false, is_open: false });
    }
    let mut of_day = HashMap::<Day, Vec<usize>>::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| is_open(row)) {
        if let Some(day) = pairing.day(row).filter(|day| records.contains_key(day)) {
            of_day.entry(day).or_default().push(at);
        }
    }
    for (day, records) in &mut records {
        if let Some(mut open) = of_day.remove(day) {
            pairing.groups(rows, &mut open, records);
            pairing.certain(rows, &mut open, records);
            pairing.doubtful(rows, &mut open, records);
        }
    }
    pairing.alike(rows);
}

const fn is_open(row: &Row) -> bool {
    matches!(row.standing, Standing::Ready | Standing::Asked)
}

fn is_there(row: &mut Row, record: &OnRecord) {
    row.there = Some(There::of(record));
    row.standing = Standing::AlreadyThere;
    row.questions.clear();
}

fn ask(row: &mut Row, message: String) {
    row.questions.push(Question { asks: Asks::Again, about: None, cell: None, typed: row.typed.clone(), message });
    row.standing = Standing::Asked;
}

impl Pairing<'_> {
    fn day(&self, row: &Row) -> Option<Day> {
        Some((self.schools.carrier(row.school.as_ref()?.id), row.on?, row.programme?))
    }

    /// Whether a person said that a row is a session of its own.
    fn is_own(&self, row: &Row) -> bool {
        self.choices.get(About::Again, &row.place) == Some("own")
    }

    /// The name of the school of a record that was joined with others since and of which a row says something else: a
    /// visit of each of them may have been on that day.
    fn joined(&self, row: &Row, record: &OnRecord) -> Option<&str> {
        let is_other = row.school.as_ref().is_none_or(|school| school.id != record.setting_id);
        self.schools.joined(record.setting_id).filter(|_| is_other && likeness(row, record) != LIKENESSES[0])
    }

    /// The rows that are groups of one session on record: each class has its row in the file, and on record they share one.
    fn groups(&self, rows: &mut [Row], open: &mut Vec<usize>, records: &mut [Record<'_>]) {
        for record in records.iter_mut().filter(|record| !record.of.groups.is_empty()) {
            let mut left: Vec<&OnRecord> = record.of.groups.iter().collect();
            let mut found = Vec::new();
            for &at in open.iter() {
                let row = &rows[at];
                let is_of = record.slot == Slot::of(row) && !self.is_own(row) && self.joined(row, record.of).is_none();
                let fits = |group: &&OnRecord| likeness(row, group).0 == Beside::Same;
                if let Some(place) = left.iter().position(fits).filter(|_| is_of) {
                    found.push((at, left.swap_remove(place)));
                }
            }
            // One row by itself is of all of them.
            if found.len() < 2 {
                continue;
            }
            record.is_taken = true;
            open.retain(|at| found.iter().all(|(of, _)| of != at));
            for (at, group) in found {
                is_there(&mut rows[at], group);
            }
        }
    }

    /// The rows that are on record beyond doubt, each session for one row, the most alike first. Those that share their
    /// time with more rows than there are records, and their year groups with none of these, are asked about.
    fn certain(&self, rows: &mut [Row], open: &mut Vec<usize>, records: &mut [Record<'_>]) {
        let is_free = |record: &Record<'_>, row: &Row| !record.is_taken && record.slot == Slot::of(row);
        for likes in LIKENESSES.into_iter().filter(|(years, _)| *years != Beside::Other) {
            self.take(rows, open, records, |row, record| is_free(record, row) && likeness(row, record.of) == likes);
        }
        let shared = |slot: Slot, rows: &[Row], open: &[usize], records: &[Record<'_>]| {
            let of_slot = open.iter().filter(|at| !self.is_own(&rows[**at]) && Slot::of(&rows[**at]) == slot);
            let mut free = records.iter().filter(|record| !record.is_taken && record.slot == slot).peekable();
            (of_slot.count(), free.peek().map(|record| Years::on(record.of).to_string()), free.count())
        };
        let mut asked = Vec::new();
        for &at in open.iter().filter(|at| !self.is_own(&rows[**at])) {
            if let (of_slot, Some(years), free) = shared(Slot::of(&rows[at]), rows, open, records)
                && of_slot > free
            {
                asked.push((at, years));
            }
        }
        open.retain(|at| asked.iter().all(|(other, _)| other != at));
        for (at, years) in asked {
            ask(
                &mut rows[at],
                format!(
                    "On record is a session of this school on this day, at the same time, of {years}. Is this another one?"
                ),
            );
        }
        for likes in LIKENESSES {
            self.take(rows, open, records, |row, record| {
                is_free(record, row) && likeness(row, record.of) == likes && !self.is_own(row)
            });
        }
    }

    /// Takes records for the rows that fit, in the order of the file.
    fn take(
        &self,
        rows: &mut [Row],
        open: &mut Vec<usize>,
        records: &mut [Record<'_>],
        fits: impl Fn(&Row, &Record<'_>) -> bool,
    ) {
        open.retain(|at| {
            let row = &mut rows[*at];
            let record = records.iter_mut().find(|record| self.joined(row, record.of).is_none() && fits(row, record));
            let Some(record) = record else { return true };
            record.is_taken = true;
            is_there(row, record.of);
            false
        });
    }

    /// The rows that may be on record, as far as it is known: a person has to say whether they are.
    fn doubtful(&self, rows: &mut [Row], open: &mut Vec<usize>, records: &mut [Record<'_>]) {
        for likes in LIKENESSES {
            open.retain(|at| {
                let row = &mut rows[*at];
                if self.is_own(row) {
                    return false;
                }
                let fits = |record: &&mut Record<'_>| {
                    let may_be = Slot::of(row).same(record.slot).is_some();
                    may_be && !record.is_taken && likeness(row, record.of) == likes
                };
                let Some(record) = records.iter_mut().find(fits) else { return true };
                record.is_taken = true;
                record.is_open = likes.0 != Beside::Same || !record.of.groups.is_empty();
                let message = match self.joined(row, record.of) {
                    Some(name) => format!(
                        "On record is a session of {name}, which is a part of this school by now, on this day. Is this another one?"
                    ),
                    None => MAY_BE.to_owned(),
                };
                ask(row, message);
                false
            });
        }
        // A record that may be one row's may be another's as well, as long as nobody said so.
        open.retain(|at| {
            let row = &mut rows[*at];
            let may_be = |record: &Record<'_>| record.is_open && Slot::of(row).same(record.slot).is_some();
            let is_asked = !self.is_own(row) && records.iter().any(may_be);
            if is_asked {
                ask(row, MAY_BE.to_owned());
            }
            !is_asked
        });
    }

    /// The rows that look like one above: that may be the same session, typed twice.
    fn alike(&self, rows: &mut [Row]) {
        let looks = |row: &Row| {
            let (day, slot) = (self.day(row)?, Slot::of(row));
            Some((day, slot.starts, slot.half, row.year_groups, row.label.clone(), row.count.clone()))
        };
        let mut above = HashMap::<_, u32>::with_capacity(rows.len());
        // A row that is there already has its doubles below it, too: they were asked about when it was taken over.
        for row in rows.iter().filter(|row| row.standing == Standing::AlreadyThere) {
            if let Some(looks) = looks(row) {
                above.entry(looks).or_insert(row.row);
            }
        }
        let is_asked = |row: &Row| row.questions.iter().any(|question| question.asks == Asks::Again);
        for row in rows.iter_mut().filter(|row| is_open(row) && !is_asked(row) && !self.is_own(row)) {
            if let Some(first) = looks(row).and_then(|looks| above.insert(looks, row.row)) {
                ask(
                    row,
                    format!(
                        "Row {first} has the same school, day, time, year groups and number. Is this another session?"
                    ),
                );
            }
        }
    }
}
