//! What the rows of a table say.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::session::Reason;

use super::columns::{Columns, letters};
use super::count::Count;
use super::date::{Half, When};
use super::header;
use super::headings;
use super::lines::{is_bar, is_formula, is_no_visit, names_a_school};
use super::outcome::Outcome;
use super::sheet::Cells;
use super::tally::{Part, Tally};
use super::texts::{Day, Texts};
use super::words::{is_ditto, plain};
use super::years::Years;
use super::{Doubt, History, LeftOut, Role, Visit};

/// What a line says of one visit: which columns are its own.
#[derive(Clone, Copy)]
struct Slot {
    school: Role,
    pupils: Role,
    years: Role,
    half: Option<Half>,
}

/// A line's visits: one, or one for each half of the day.
fn slots(columns: &Columns) -> Vec<Slot> {
    let own = |role: Role, all: Role| if columns.at(role).is_some() { role } else { all };
    if columns.is_of_two() {
        let am = Slot {
            school: Role::AmSchool,
            pupils: Role::AmPupils,
            years: own(Role::AmYears, Role::Years),
            half: Some(Half::Am),
        };
        let pm = Slot {
            school: Role::PmSchool,
            pupils: Role::PmPupils,
            years: own(Role::PmYears, Role::Years),
            half: Some(Half::Pm),
        };
        [am, pm].into_iter().filter(|slot| columns.at(slot.school).is_some()).collect()
    } else if columns.has_school() {
        let school = own(Role::School, own(Role::Urn, Role::Dfe));
        vec![Slot { school, pupils: Role::Pupils, years: Role::Years, half: None }]
    } else {
        Vec::new()
    }
}

/// A column of notes.
struct Note {
    at: usize,
    /// It says of each row whether they came: “yes” and “no”.
    is_attended: bool,
}

impl Note {
    fn of(at: usize, heading: &str) -> Self {
        Self { at, is_attended: headings::may_be_words(heading) }
    }
}

/// A table whose rows are read.
pub(super) struct Reading<'a> {
    sheet: Option<&'a str>,
    columns: &'a Columns,
    /// The texts of the headings.
    heads: Vec<Vec<String>>,
    slots: Vec<Slot>,
    notes: Vec<Note>,
    parts: Vec<Part>,
    /// The date of the row above; inner none: it could not be read.
    above: Option<Option<NaiveDate>>,
    /// The school of the row above.
    school_above: &'a str,
    texts: Texts<'a>,
    history: &'a mut History,
}

impl<'a> Reading<'a> {
    /// Begins to read the rows of a table; `days` are its academic year, and whether its days count from 1904.
    pub fn new(
        sheet: Option<&'a str>,
        columns: &'a Columns,
        heads: Vec<Vec<String>>,
        (year, since_1904): (Option<AcademicYear>, bool),
        history: &'a mut History,
    ) -> Self {
        Self {
            sheet,
            columns,
            heads,
            slots: slots(columns),
            notes: columns.all(Role::Notes).map(|(at, heading)| Note::of(at, heading)).collect(),
            parts: columns.all(Role::Part).map(|(at, heading)| Part::of(at, heading)).collect(),
            above: None,
            school_above: "",
            texts: Texts::new(year, since_1904),
            history,
        }
    }

    fn cell(&self, cells: Cells<'a>, role: Role) -> &'a str {
        self.columns.at(role).map_or("", |at| cells.at(at))
    }

    /// Whether it is a row of totals: its first cell or the school's says so.
    fn is_total(&mut self, cells: Cells<'a>) -> bool {
        let first = cells.iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
        self.texts.begins_totals(first)
    }

    fn day(&mut self, cells: Cells<'a>) -> Day {
        self.texts.day(self.cell(cells, Role::Date))
    }

    /// Whether a visit's own cells name its school.
    fn is_named(&mut self, cells: Cells<'a>, slot: Slot) -> bool {
        let number = |role| slot.half.is_none() && !self.cell(cells, role).trim().is_empty();
        let by_number = number(Role::Urn) || number(Role::Dfe);
        let school = self.cell(cells, slot.school);
        self.texts.is_school(school)
            || (by_number && (school.trim().is_empty() || !matches!(slot.school, Role::School)))
    }

    /// Whether a visit's own cells say that pupils came, though none says from where.
    fn is_attended(&mut self, cells: Cells<'a>, slot: Slot) -> bool {
        if is_no_visit(self.cell(cells, slot.school)) {
            return false;
        }
        let some = |count: &Count| matches!(count, Count::Pupils { pupils: 1.., .. });
        let pupils = self.texts.count(self.cell(cells, slot.pupils));
        let years = self.texts.years(self.cell(cells, slot.years).trim());
        let of_half = slot.half.is_none() || slot.years.half().is_some();
        let parts: Vec<usize> = self.parts.iter().map(|part| part.at).collect();
        some(&pupils)
            || (of_half && matches!(years, Years::Groups(_) | Years::Whole))
            || parts.into_iter().any(|at| some(&self.texts.count(cells.at(at))))
    }

    /// The visits of a row: those whose school is named, and those it has to be asked of. None: the row is no visit.
    fn visits(&mut self, cells: Cells<'a>) -> Vec<Slot> {
        let slots = self.slots.clone();
        let found: Vec<Slot> =
            slots.iter().filter(|s| self.is_named(cells, **s) || self.is_attended(cells, **s)).copied().collect();
        let date = self.cell(cells, Role::Date);
        if !date.trim().is_empty() {
            return match found.is_empty() && self.slots.len() > 1 && self.is_of_somebody(cells) {
                true => slots.into_iter().take(1).collect(),
                false => found,
            };
        }
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let is_named = found.iter().any(|s| self.is_named(cells, *s));
        let is_of =
            if filled == 1 { self.is_lone_school(cells, &found) } else { is_named || self.is_of_somebody(cells) };
        if is_of { found } else { Vec::new() }
    }

    /// Whether a row without a school says who came, not only how many, as totals do.
    fn is_of_somebody(&mut self, cells: Cells<'a>) -> bool {
        [Role::Years, Role::AmYears, Role::PmYears].into_iter().any(|role| {
            let text = self.cell(cells, role).trim();
            matches!(self.texts.years(text), Years::Groups(_) | Years::Whole)
        })
    }

    /// Whether the only text of a row is a school's: not a month, a title or a note.
    fn is_lone_school(&mut self, cells: Cells<'a>, found: &[Slot]) -> bool {
        found.iter().any(|slot| {
            let text = self.cell(cells, slot.school).trim();
            // Months and notes stand at the left, as a rule in the date's column.
            let is_behind = self.columns.at(slot.school) > self.columns.at(Role::Date);
            !text.is_empty() && !is_bar(text) && (is_behind || names_a_school(text))
        })
    }

    /// Reads a row: a visit, or two, or none.
    pub fn row(&mut self, number: u32, cells: Cells<'a>) {
        if self.is_total(cells) || self.columns.at(Role::Date).is_none() || header::repeats(&self.heads, cells) {
            return self.leave_out(number, cells);
        }
        let visits = self.visits(cells);
        if visits.is_empty() {
            // A day that stands above its visits is the day that “same” below it means.
            if let Day::Itself(When::On(on)) = self.day(cells) {
                self.above = Some(Some(on));
            }
            return self.leave_out(number, cells);
        }
        let on = self.date(number, cells);
        let time = self.cell(cells, Role::Time);
        let (starts, of_time) = self.texts.time(time);
        let noted = self.noted(number, cells);
        let topic = self.cell(cells, Role::Topic);
        let part = self.texts.part(topic).or(noted);
        let of_two = self.columns.is_of_two();
        for slot in visits {
            let (typed, meant) = self.school(number, cells, slot);
            let years_typed = self.cell(cells, slot.years).trim();
            let (years, count) = self.who(number, cells, slot);
            self.history.visits.push(Visit {
                sheet: self.sheet.map(str::to_owned),
                row: number,
                half: slot.half.or(of_time),
                of_two,
                typed: typed.to_owned(),
                school: meant.to_owned(),
                town: self.cell(cells, Role::Town).trim().to_owned(),
                postcode: self.cell(cells, Role::Postcode).trim().to_owned(),
                urn: self.cell(cells, Role::Urn).trim().to_owned(),
                dfe: self.cell(cells, Role::Dfe).trim().to_owned(),
                on,
                starts,
                years,
                years_typed: years_typed.to_owned(),
                beside: self.beside(cells, slot),
                count,
                topic: topic.trim().to_owned(),
                // What became of it is told once the table is read, from all that its rows say.
                outcome: Outcome::Held,
                reason: Reason::Other,
                part,
            });
        }
    }

    /// What is typed for all that is read of a visit but its school and programme.
    fn beside(&self, cells: Cells<'a>, slot: Slot) -> Arc<str> {
        let read = [Role::Date, Role::Time, slot.years, slot.pupils].map(|role| self.cell(cells, role));
        let parts = self.parts.iter().map(|part| cells.at(part.at));
        let notes = self.notes.iter().map(|note| cells.at(note.at));
        let mut texts = String::with_capacity(64);
        for text in read.into_iter().chain(parts).chain(notes).map(str::trim).filter(|text| !text.is_empty()) {
            if !texts.is_empty() {
                texts.push_str(" · ");
            }
            // A workbook's date has a time, which nobody typed.
            let text = text.strip_suffix("T00:00:00").unwrap_or(text);
            let end = text.char_indices().nth(MOST_BESIDE).map_or(text.len(), |(end, _)| end);
            texts.push_str(if text.len() <= MOST_BESIDE { text } else { &text[..end] });
        }
        texts.into()
    }

    /// The school as it is typed, and the one that is meant; a doubt where none is.
    fn school(&mut self, number: u32, cells: Cells<'a>, slot: Slot) -> (&'a str, &'a str) {
        let column = self.columns.at(slot.school);
        let typed = if matches!(slot.school, Role::Urn | Role::Dfe) { "" } else { self.cell(cells, slot.school) };
        // Names are longer: most cells need no closer look.
        let said = if typed.len() <= LONGEST_SAME { plain(typed) } else { String::new() };
        let repeats_the_morning = slot.half == Some(Half::Pm) && repeats_the_morning(&said);
        let meant = if repeats_the_morning {
            self.cell(cells, Role::AmSchool)
        } else if slot.half.is_none() && is_ditto(&said) {
            self.school_above
        } else {
            typed
        };
        if !self.is_named(cells, slot) {
            let same = if slot.half.is_none() { ", or “same” if it is the school of the row above" } else { "" };
            let message = format!(
                "No school stands here, though the row says who came. Type its name{same}; or leave the row out."
            );
            self.ask(number, slot.school, column, typed.trim(), message);
            return (typed, "");
        }
        if meant != typed && !self.texts.is_school(meant) {
            let why = if repeats_the_morning {
                "says that it is the morning’s school, and there is none. Type the school’s name"
            } else {
                "says that it is the school of the row above, and there is none. Type the school’s name"
            };
            self.doubt(number, slot.school, column, typed, why);
        }
        if slot.half.is_none() {
            self.school_above = meant;
        }
        (typed, meant)
    }

    /// Who came, and how many; a doubt where a cell does not say it.
    fn who(&mut self, number: u32, cells: Cells<'a>, slot: Slot) -> (Years, Count) {
        let typed = self.cell(cells, slot.years).trim();
        let mut years = self.texts.years(typed);
        if is_formula(typed) {
            self.doubt(number, slot.years, self.columns.at(slot.years), typed, OF_FORMULA);
        }
        let counted = self.cell(cells, slot.pupils);
        let mut count = self.texts.count(counted);
        if count == Count::Unclear {
            let why = no_count(counted);
            self.doubt(number, slot.pupils, self.columns.at(slot.pupils), counted.trim(), why);
        }
        let mut tally = Tally::default();
        for at in 0..self.parts.len() {
            let column = self.parts[at].at;
            let text = cells.at(column);
            let part = self.texts.count(text);
            if part == Count::Unclear {
                let why = no_count(text);
                self.doubt(number, Role::Part, Some(column), text.trim(), why);
            }
            tally.add(&part, self.parts[at].years);
        }
        if let Some(message) = tally.contradicts(&count) {
            self.ask(number, slot.pupils, self.columns.at(slot.pupils), counted.trim(), message);
        }
        if count == Count::NotGiven {
            count = tally.count();
        }
        if years == Years::NotGiven {
            years = tally.years();
        }
        (years, count)
    }

    /// The part of a programme that notes name; a doubt where one says that nobody came.
    fn noted(&mut self, number: u32, cells: Cells<'a>) -> Option<u8> {
        let mut part = None;
        for n in 0..self.notes.len() {
            let Note { at, is_attended } = self.notes[n];
            let note = cells.at(at);
            if is_attended && matches!(plain(note).as_str(), "n" | "no" | "x" | "false" | "none" | "0" | "\u{2717}") {
                let why = "says that nobody attended. Type “held” or “cancelled”";
                self.doubt(number, Role::Notes, Some(at), note.trim(), why);
            }
            part = part.or(self.texts.part(note));
        }
        part
    }

    /// The row's day; a doubt where there is none.
    fn date(&mut self, number: u32, cells: Cells<'a>) -> Option<NaiveDate> {
        let (typed, column) = (self.cell(cells, Role::Date), self.columns.at(Role::Date));
        let on = match self.day(cells) {
            Day::Ditto => match self.above {
                Some(Some(above)) => Some(above),
                above => {
                    let why = if above.is_some() {
                        "repeats a date above that could not be read. Type the date"
                    } else {
                        "repeats the date above, and there is none. Type the date"
                    };
                    self.doubt(number, Role::Date, column, typed, why);
                    None
                }
            },
            Day::Itself(When::On(date)) => Some(date),
            Day::Itself(When::NotGiven) => {
                let what = if typed.trim().is_empty() {
                    "No date stands here".into()
                } else {
                    format!("“{}” is no date", typed.trim())
                };
                let mend = "Type one like 12/09/2016, or “same” if it is the day of the row above.";
                self.ask(number, Role::Date, column, typed.trim(), format!("{what}. {mend}"));
                None
            }
            Day::Itself(When::Unclear(_)) if is_formula(typed) => {
                self.doubt(number, Role::Date, column, typed.trim(), OF_FORMULA);
                None
            }
            Day::Itself(When::Unclear(why)) => {
                self.doubt(number, Role::Date, column, typed.trim(), &format!("{why}. Type a date like 12/09/2016"));
                None
            }
        };
        self.above = Some(on);
        on
    }

    fn doubt(&mut self, row: u32, about: Role, column: Option<usize>, typed: &str, why: &str) {
        self.ask(row, about, column, typed, format!("“{typed}” {why}."));
    }

    fn ask(&mut self, row: u32, about: Role, column: Option<usize>, typed: &str, message: String) {
        let cell = format!("{}{row}", letters(column.unwrap_or_default()));
        let (sheet, typed) = (self.sheet.map(str::to_owned), typed.to_owned());
        self.history.doubts.push(Doubt { sheet, row, cell, about, typed, message });
    }

    /// Keeps a row as one that is no visit.
    pub fn leave_out(&mut self, row: u32, cells: Cells<'a>) {
        self.history.left_out.push(LeftOut { sheet: self.sheet.map(str::to_owned), row, text: cells.shown() });
    }
}

/// So many characters of a cell are shown beside what was read of it.
const MOST_BESIDE: usize = 60;

/// The longest text that may say that a school is the one above or the morning's, in bytes.
const LONGEST_SAME: usize = 24;

/// What is asked about a formula whose value the file does not hold.
const OF_FORMULA: &str = "is a formula whose result is not in the file. Open it in a spreadsheet program and save it again, or type what it says";

/// Why a cell says no number of pupils.
fn no_count(text: &str) -> &'static str {
    if is_formula(text) { OF_FORMULA } else { "is not one number. Type how many pupils came, or clear the cell" }
}

fn repeats_the_morning(plain: &str) -> bool {
    is_ditto(plain) || matches!(plain, "as am" | "same as am" | "same school" | "as morning" | "same as morning")
}
