//! Whether the visits of a table took place, by all that their rows say: a status, remarks, “(cancelled)” beside the
//! school's name or in a column that is not read.

mod blank;
mod parted;
mod who;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::Role;
use super::came;
use super::columns::letters;
use super::happened::{Column, How, columns};
use super::judged::judge;
use super::key::Key;
use super::kinds;
use super::outcome::{self, Outcome};
use super::put_off;
use super::remarks;
use super::says::{self, Place, Says};
use super::sections::Sections;
use super::sheet::{Cells, Sheet};
use super::words::{is_ditto, plain, words};
use super::{Corrections, Count, Doubt, Half, History, PutOff, Stands, Unsure, Visit};

use blank::is_counted;
use parted::beside_the_school;
pub(super) use parted::without_outcome;

/// The longest text that is told of.
const LONGEST: usize = 120;
/// The longest text that may say no more than that it repeats the one above, in bytes.
const LONGEST_DITTO: usize = 12;

/// What a cell says, and where it is.
struct Told<'a> {
    says: Says,
    how: How,
    at: usize,
    about: Role,
    typed: &'a str,
}

/// How much of a history there was before a sheet was read, and what is known of the sheet.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub visits: usize,
    pub doubts: usize,
    /// Whether the sheet's name asks whether its visits took place.
    pub is_asked: bool,
}

/// Tells what became of the visits of a sheet that was just read, and asks about what is not plain. What the sheet says of
/// colours is returned.
pub(super) fn tell(
    sheet: Option<&str>,
    cells: &Sheet,
    before: Before,
    said: &Corrections,
    history: &mut History,
) -> Key {
    let History { tables, visits, doubts, unsure, .. } = history;
    let visits = &mut visits[before.visits..];
    let mut rows = cells.rows(0).peekable();
    let mut at_row = |number: u32| {
        while rows.peek().is_some_and(|(here, _)| *here < number) {
            rows.next();
        }
        rows.peek().filter(|(here, _)| *here == number).map(|(_, cells)| *cells)
    };
    let found: Vec<Option<Cells<'_>>> = visits.iter().map(|visit| at_row(visit.row)).collect();
    let of_visits: Vec<u32> = visits.iter().map(|visit| visit.row).collect();
    // The tables of a sheet stand one below the other.
    let tables: Vec<_> = tables.iter().filter(|table| table.sheet.as_deref() == sheet).collect();
    let key = Key::of(sheet, cells, &of_visits, &tables);
    let sections = Sections::of(sheet, before.is_asked, cells, &of_visits, (&tables, &key));
    let mut from = 0;
    for (at, table) in tables.iter().enumerate() {
        let end = tables.get(at + 1).map_or(u32::MAX, |next| next.header_row);
        let until = from + visits[from..].iter().take_while(|visit| visit.row <= end).count();
        let (of_table, rows) = (&mut visits[from..until], &found[from..until]);
        from = until;
        let mut columns = columns(table);
        judge(&mut columns, rows);
        let mut read = Read {
            columns,
            texts: HashMap::new(),
            above: HashMap::new(),
            sections: &sections,
            key: &key,
            sheet: cells,
        };
        let mut asked = HashSet::new();
        let is_counted = is_counted(of_table);
        let with_number = if is_counted { read.beside_numbers(of_table, rows) } else { HashSet::new() };
        for (visit, cells) in of_table.iter_mut().zip(rows) {
            let Some(cells) = cells else { continue };
            read.visit(visit, *cells, unsure);
            if is_counted && visit.outcome == Outcome::Held {
                read.blank(visit, *cells, &with_number, unsure);
            }
            let Some((about, column, heading)) = who::years_of(table, visit) else { continue };
            who::by_heading(visit, heading);
            if let Some(message) = who::asks(visit)
                && asked.insert((visit.row, about))
            {
                doubts.push(Doubt {
                    sheet: visit.sheet.clone(),
                    row: visit.row,
                    cell: format!("{}{}", letters(column), visit.row),
                    about,
                    typed: visit.years_typed.clone(),
                    message,
                });
            }
        }
        remarks::ask(&read.columns, of_table, rows, doubts);
        came::ask(table, &read.columns, (of_table, rows), said, doubts);
        kinds::ask(table, (of_table, rows), said, doubts);
    }
    doubts[before.doubts..].sort_by_key(|doubt| doubt.row);
    key
}

struct Read<'a, 's> {
    columns: Vec<Column>,
    /// What each text says, and whether it states that of the visit itself.
    texts: HashMap<(How, &'a str), (Says, bool)>,
    /// By column of remarks: the last text that repeats none above it.
    above: HashMap<usize, &'a str>,
    /// What stands over rows.
    sections: &'s Sections,
    key: &'s Key,
    sheet: &'s Sheet,
}

impl<'a> Read<'a, '_> {
    /// What a row says of a visit, cell by cell.
    fn cells(&mut self, visit: &Visit, cells: Cells<'a>) -> Vec<Told<'a>> {
        let came = matches!(visit.count, Count::Pupils { pupils: 1.., .. });
        let mut told = Vec::new();
        let mut known = self.columns.iter().peekable();
        for (at, text) in cells.iter().enumerate() {
            while known.peek().is_some_and(|column| column.at < at) {
                known.next();
            }
            let column = known.peek().filter(|column| column.at == at);
            let (how, about) =
                column.map_or((How::In(Place::Elsewhere), Role::Notes), |column| (column.how, column.about));
            let typed = match text.trim() {
                typed if how.is_remark() => repeated(&mut self.above, at, typed),
                typed => typed,
            };
            let is_other_half = match about {
                Role::AmPupils => visit.half != Some(Half::Am),
                Role::PmPupils => visit.half != Some(Half::Pm),
                _ => false,
            };
            let is_silent = matches!(how, How::In(Place::Elsewhere) | How::Paid(Place::Elsewhere) | How::Day)
                && !says::may_tell(typed);
            let of_key = self.key.at(visit.row, at);
            if typed.is_empty()
                || of_key == Some(true)
                || how == How::School
                || is_silent
                || (visit.of_two && is_other_half)
            {
                continue;
            }
            let read = || {
                let says = how.says(typed);
                let place = how.of_sentences().filter(|_| says >= Says::Postponed);
                (says, place.is_none_or(|place| says::is_own(typed, place)))
            };
            let (says, is_own) = *self.texts.entry((how, typed)).or_insert_with(read);
            // Where pupils came, a word for “cancelled” may be of another thing.
            let says = if (is_own || !came) && of_key.is_none() { says } else { says.min(Says::Unsure) };
            if says != Says::Nothing {
                told.push(Told { says, how, at, about, typed });
            }
        }
        told
    }

    /// The first cell that is read of a visit and is struck through.
    fn struck(&self, visit: &Visit, cells: Cells<'_>) -> Option<(usize, Role)> {
        let is_own = |about: Role| about.half().is_none_or(|half| !visit.of_two || visit.half == Some(half));
        let is_struck = |at: usize| !cells.at(at).trim().is_empty() && self.sheet.is_struck(visit.row, at);
        let of = |column: &&Column| column.about != Role::Notes && is_own(column.about) && is_struck(column.at);
        self.columns.iter().find(of).map(|column| (column.at, column.about))
    }

    fn visit(&mut self, visit: &mut Visit, cells: Cells<'a>, unsure: &mut Vec<Unsure>) {
        let mut told = self.cells(visit, cells);
        let about = match visit.half.filter(|_| visit.of_two) {
            Some(Half::Am) => Role::AmSchool,
            Some(Half::Pm) => Role::PmSchool,
            None => Role::School,
        };
        let (said, name, words) = beside_the_school(&visit.school);
        if said != Says::Nothing {
            let of = |about: Role| self.columns.iter().find(|column| column.about == about);
            let at = of(about).or_else(|| of(Role::School)).map_or(0, |column| column.at);
            // “Same” as a school whose morning was cancelled says nothing of the afternoon.
            let says = if visit.typed == visit.school { said } else { said.min(Says::Unsure) };
            told.push(Told { says, how: How::School, at, about, typed: cells.at(at).trim() });
            visit.school = name;
        }
        let (outcome, of) = together(&told);
        visit.outcome = outcome;
        if matches!(outcome, Outcome::Cancelled | Outcome::Postponed) {
            let remarks = self.columns.iter().filter(|column| column.how.is_remark()).map(|column| cells.at(column.at));
            visit.put_off = visit.on.and_then(|on| put_off(visit.row, &told, on));
            visit.reason = outcome::reason(&remarks.chain([words.as_str()]).collect::<Vec<_>>().join(" - "));
        }
        let (at, about, typed, stands) = match (outcome, of) {
            (Outcome::ToConfirm, Some(of)) => (of.at, of.about, of.typed, Stands::Cell),
            (Outcome::Held, _) if let Some((at, about)) = self.struck(visit, cells) => {
                visit.outcome = Outcome::ToConfirm;
                (at, about, STRUCK, Stands::Struck)
            }
            (Outcome::Held, _) if nobody_came(visit, cells) => {
                visit.outcome = Outcome::ToConfirm;
                let is_own = |about: Role| about.half().is_none_or(|half| visit.half == Some(half));
                let of = |column: &&Column| {
                    column.about.is_count() && is_own(column.about) && is_nought(cells.at(column.at))
                };
                let (at, about) =
                    self.columns.iter().find(of).map_or((0, Role::Pupils), |column| (column.at, column.about));
                (at, about, NOBODY, Stands::Cell)
            }
            (Outcome::Held, _) if !self.sections.is_empty() && !says_held(&told) => {
                let Some((stands, text)) = self.sections.over(visit.row, &visit.typed) else { return };
                visit.outcome = Outcome::ToConfirm;
                let at = self.columns.iter().find(|column| column.about == about).map_or(0, |column| column.at);
                (at, about, text, stands)
            }
            _ => return,
        };
        unsure.push(Unsure::of(visit, (at, about), typed, stands));
    }
}

/// What a remark says: “ditto” says what the one above it does.
fn repeated<'a>(above: &mut HashMap<usize, &'a str>, at: usize, typed: &'a str) -> &'a str {
    if typed.is_empty() {
        return typed;
    }
    if typed.len() <= LONGEST_DITTO && is_ditto(&plain(typed)) {
        return above.get(&at).copied().unwrap_or(typed);
    }
    above.insert(at, typed);
    typed
}

/// A text that is told of, not too long.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// What is told of a row that is struck through.
const STRUCK: &str = "struck through";
/// What is told of a row whose number of pupils is 0.
const NOBODY: &str = "0 pupils";
/// Those who were there instead, where no pupils were to come.
const ADULTS: &[&str] = &[
    "staff",
    "adult",
    "adults",
    "teacher",
    "teachers",
    "governor",
    "governors",
    "parent",
    "parents",
    "carers",
    "cpd",
    "twilight",
    "training",
    "inset",
    "meeting",
];

fn is_nought(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|c| c == '0')
}

/// Whether a row says that no pupils came, and not that it was for others.
fn nobody_came(visit: &Visit, cells: Cells<'_>) -> bool {
    let is_for_adults = |text: &str| {
        let text = plain(text);
        words(&text).iter().any(|word| ADULTS.contains(word))
    };
    matches!(visit.count, Count::Pupils { pupils: 0, .. }) && !cells.iter().any(is_for_adults)
}

/// Whether a remark says that it took place.
fn says_held(told: &[Told<'_>]) -> bool {
    told.iter().any(|told| told.says == Says::Held && told.how.is_remark())
}

/// To when a remark of a row says that its visit was put off.
fn put_off(row: u32, told: &[Told<'_>], on: NaiveDate) -> Option<PutOff> {
    let is_moved = |told: &&Told<'_>| {
        told.how.is_remark()
            && (told.says == Says::Postponed || (told.says == Says::Cancelled && put_off::says_moved(told.typed)))
    };
    told.iter().filter(is_moved).find_map(|told| {
        let to = put_off::day_in(told.typed, on)?;
        let cell = format!("{}{row}", letters(told.at));
        Some(PutOff { to, about: told.about, cell, typed: shortened(told.typed) })
    })
}

/// What the cells of a row say together, and which of them is to be asked about.
fn together<'t, 'a>(told: &'t [Told<'a>]) -> (Outcome, Option<&'t Told<'a>>) {
    let held = |told: &&Told<'_>| told.says == Says::Held && told.how.is_remark();
    let off = told.iter().filter(|t| t.says >= Says::Postponed).max_by_key(|t| t.says);
    match (off, told.iter().find(held)) {
        // A status says “delivered”, and a remark “cancelled”.
        (Some(off), Some(_)) => (Outcome::ToConfirm, Some(off)),
        (Some(off), None) => (off.says.into(), None),
        (None, Some(held)) if held.how.is_status() => (Outcome::Held, None),
        _ => match told.iter().find(|t| t.says == Says::Unsure) {
            Some(unsure) => (Outcome::ToConfirm, Some(unsure)),
            None => (Outcome::Held, None),
        },
    }
}
