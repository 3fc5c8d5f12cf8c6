//! What the rows of a table say.

mod days;
mod extras;
mod second;
mod times;
mod under;
mod who;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::session::Reason;

use super::clock::{self, Half};
use super::columns::{Columns, letters};
use super::count::Count;
use super::date::When;
use super::days::Days;
use super::for_all::ForAll;
use super::header;
use super::headings;
use super::lines::{is_bar, is_no_visit, names_a_school};
use super::outcome::Outcome;
use super::sections;
use super::sheet::Cells;
use super::tally::Part;
use super::texts::{Day, Texts, Time};
use super::words::{is_ditto, plain};
use super::years::Years;
use super::years_of::{self, Months};
use super::{Doubt, History, LeftOut, Role, Visit};
use under::Under;

/// What a line says of one visit: which columns are its own.
#[derive(Clone, Copy)]
struct Slot {
    school: Role,
    pupils: Role,
    years: Role,
    half: Option<Half>,
}

impl Slot {
    /// Whether its school is the line's, not one of its half alone.
    fn is_of_line(self) -> bool {
        self.school.half().is_none()
    }
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
        let whole = Slot { school, pupils: Role::Pupils, years: Role::Years, half: None };
        if !columns.is_by_halves() {
            return vec![whole];
        }
        let am = Slot { pupils: Role::AmPupils, half: Some(Half::Am), ..whole };
        let pm = Slot { pupils: Role::PmPupils, half: Some(Half::Pm), ..whole };
        vec![am, pm]
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
    /// When the visit of the row above began.
    time_above: Option<Time>,
    texts: Texts<'a>,
    /// The months that the sheet's name and its titles say its dates are of.
    of_titles: Option<Months>,
    /// The same, as the last line that names more than a calendar year says.
    around: Option<Months>,
    /// The first row below a line that names another year than the titles.
    turned: Option<u32>,
    /// The month of the line above whose year nothing says, and what that line says, or another that names no one year.
    month_above: Option<u32>,
    line_above: Option<String>,
    /// What the line above says of the visits below it.
    under: Under,
    /// The rows whose date a person typed.
    typed_days: HashSet<u32>,
    /// Those of which a person said what is the same for many, with what the file says of the day.
    for_all: HashMap<u32, (String, ForAll)>,
    /// The first date that may have been turned, with what it would be.
    turned_date: Option<String>,
    history: &'a mut History,
}

impl<'a> Reading<'a> {
    /// Begins to read the rows of a table.
    pub fn new(
        sheet: Option<&'a str>,
        columns: &'a Columns,
        heads: Vec<Vec<String>>,
        days: Days,
        history: &'a mut History,
    ) -> Self {
        let of_times = columns.all(Role::Time).any(|(_, heading)| clock::cell::is_of_times(heading));
        Self {
            sheet,
            columns,
            heads,
            slots: slots(columns),
            notes: columns.all(Role::Notes).map(|(at, heading)| Note::of(at, heading)).collect(),
            parts: columns.all(Role::Part).map(|(at, h)| Part::of(at, h, columns.ticked.contains(&at))).collect(),
            above: None,
            school_above: "",
            time_above: None,
            texts: Texts::new(days.known, days.since_1904, (columns.of_ages(), of_times)),
            of_titles: days.known.months,
            around: days.known.months,
            turned: None,
            month_above: None,
            line_above: None,
            under: Under::default(),
            typed_days: days.typed,
            for_all: days.for_all,
            turned_date: None,
            history,
        }
    }

    /// The months that dates without a year lie in, in the rows that come next.
    pub fn months(&self) -> Option<Months> {
        self.texts.months()
    }

    /// The first row below a line that names another year than the titles.
    pub fn turned(&self) -> Option<u32> {
        self.turned
    }

    fn cell(&self, cells: Cells<'a>, role: Role) -> &'a str {
        self.columns.at(role).map_or("", |at| cells.at(at))
    }

    /// Whether it is a row of totals, or signed below them: its first cell or the school's says so.
    fn is_total(&mut self, number: u32, cells: Cells<'a>) -> bool {
        let first = cells.iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
        let school = self.slots.first().map_or("", |slot| self.cell(cells, slot.school));
        self.texts.begins_totals(first)
            || ((self.texts.adds_up(first) || self.texts.adds_up(school))
                && !matches!(self.day(number, cells), Day::Ditto | Day::Itself(When::On(_))))
    }

    /// Whether a visit's own cells name its school.
    fn is_named(&mut self, cells: Cells<'a>, slot: Slot) -> bool {
        let number = |role| slot.is_of_line() && !self.cell(cells, role).trim().is_empty();
        let by_number = number(Role::Urn) || number(Role::Dfe);
        let school = self.cell(cells, slot.school);
        self.texts.is_school(school)
            || (by_number && (school.trim().is_empty() || !matches!(slot.school, Role::School)))
    }

    /// Whether a visit's own cells say that pupils came, though none says from where.
    fn is_attended(&mut self, cells: Cells<'a>, slot: Slot) -> bool {
        let is_none = is_no_visit(self.cell(cells, slot.school));
        let some = |count: &Count| matches!(count, Count::Pupils { pupils: 1.., .. });
        let pupils = self.texts.count(self.cell(cells, slot.pupils));
        let years = self.texts.years(self.cell(cells, slot.years).trim());
        let of_half = slot.is_of_line() || slot.years.half().is_some();
        // “Rest” beside a class of thirty is a question.
        if is_none {
            return some(&pupils) && of_half && matches!(years, Years::Groups(_));
        }
        let parts: Vec<usize> = self.parts.iter().map(|part| part.at).collect();
        // What both halves share says of neither that it was.
        let is_whole = slot.half.is_none();
        some(&pupils)
            || (of_half && matches!(years, Years::Groups(_) | Years::Whole))
            || (is_whole && parts.into_iter().any(|at| some(&self.texts.count(cells.at(at)))))
            || (is_whole && self.parts.iter().any(|part| part.is_ticked(cells.at(part.at))))
    }

    /// The visits that a row may be: where one school has numbers for each half of the day, those that have one.
    fn of_line(&mut self, cells: Cells<'a>) -> Vec<Slot> {
        let mut slots = self.slots.clone();
        if self.columns.is_by_halves() {
            let nobody = Count::Pupils { pupils: 0, approximate: false };
            let counts: Vec<Count> = slots.iter().map(|slot| self.texts.count(self.cell(cells, slot.pupils))).collect();
            let of = |is: &dyn Fn(&Count) -> bool| -> Vec<Slot> {
                slots.iter().zip(&counts).filter(|(_, count)| is(count)).map(|(slot, _)| *slot).collect()
            };
            let came = of(&|count| *count != Count::NotGiven && *count != nobody);
            // Where nobody came at all it is to be asked whether it took place.
            let empty = of(&|count| *count == nobody).into_iter().take(1).collect::<Vec<_>>();
            let whole = slots.first().map(|slot| Slot { pupils: Role::Pupils, half: None, ..*slot });
            slots = if !came.is_empty() {
                came
            } else if !empty.is_empty() {
                empty
            } else {
                whole.into_iter().collect()
            };
        }
        slots
    }

    /// The visits of a row: those whose school is named, and those it has to be asked of. None: the row is no visit.
    fn visits(&mut self, cells: Cells<'a>) -> Vec<Slot> {
        let slots = self.of_line(cells);
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
            let is_line = is_bar(text) || sections::is_over(text) || years_of::bar(text).is_some();
            !text.is_empty() && !is_line && (is_behind || names_a_school(text))
        })
    }

    /// Reads a row: a visit, or two, or none.
    pub fn row(&mut self, number: u32, cells: Cells<'a>) {
        if self.is_total(number, cells) || self.columns.at(Role::Date).is_none() || header::repeats(&self.heads, cells)
        {
            return self.leave_out(number, cells);
        }
        let mut visits = self.visits(cells);
        if visits.is_empty() && self.second(cells).is_some() {
            visits.extend(self.slots.first().copied());
        }
        if visits.is_empty() {
            self.turn(number, cells);
            self.stand_under(cells);
            // A day that stands above its visits is the day that “same” below it means.
            if let Day::Itself(When::On(on)) = self.day(number, cells) {
                self.above = Some(Some(on));
            }
            return self.leave_out(number, cells);
        }
        let on = self.date(number, cells);
        self.ask_for_second(number, cells);
        self.ask_for_several(number, cells);
        let Time { starts, half: of_time, .. } = self.time(number, cells, visits.len());
        let noted = self.noted(number, cells);
        let topic = self.cell(cells, Role::Topic);
        let part = self.texts.part(topic).or(noted);
        let doubts = self.history.doubts.len();
        let is_alone = visits.len() == 1;
        for slot in visits {
            let (typed, meant) = self.school(number, cells, slot);
            let (years, count) = self.who(number, cells, slot, is_alone);
            let extras = self.extras(number, cells, slot, &years);
            let years_typed = self.cell(cells, slot.years).trim().to_owned();
            let (years, years_typed) = extras.years.unwrap_or((years, years_typed));
            let (years, years_typed) = self.under.years(years, years_typed);
            let class = self.class(cells, slot, &years).to_owned();
            self.history.visits.push(Visit {
                sheet: self.sheet.map(str::to_owned),
                row: number,
                half: slot.half.or(of_time).or(extras.half).or(self.under.half),
                of_two: slot.half.is_some(),
                typed: typed.to_owned(),
                school: meant.to_owned(),
                town: self.cell(cells, Role::Town).trim().to_owned(),
                postcode: self.cell(cells, Role::Postcode).trim().to_owned(),
                urn: self.cell(cells, Role::Urn).trim().to_owned(),
                dfe: self.cell(cells, Role::Dfe).trim().to_owned(),
                on,
                starts: starts.or(extras.starts),
                years,
                years_typed,
                class,
                beside: self.beside(cells, slot),
                count,
                topic: topic.trim().to_owned(),
                // What became of it is told once the table is read, from all that its rows say.
                outcome: Outcome::Held,
                put_off: None,
                reason: Reason::Other,
                part,
            });
        }
        // What is asked of a cell that both halves share is asked once.
        let mut of_row = self.history.doubts.split_off(doubts);
        of_row.dedup_by(|one, other| one.cell == other.cell && one.message == other.message);
        self.history.doubts.append(&mut of_row);
    }

    /// The school as it is typed, and the one that is meant; a doubt where none is.
    fn school(&mut self, number: u32, cells: Cells<'a>, slot: Slot) -> (&'a str, &'a str) {
        let column = self.columns.at(slot.school);
        let typed = if matches!(slot.school, Role::Urn | Role::Dfe) { "" } else { self.cell(cells, slot.school) };
        // Names are longer: most cells need no closer look.
        let said = if typed.len() <= LONGEST_SAME { plain(typed) } else { String::new() };
        let repeats_the_morning = slot.school == Role::PmSchool && repeats_the_morning(&said);
        let meant = if repeats_the_morning {
            self.cell(cells, Role::AmSchool)
        } else if slot.is_of_line() && is_ditto(&said) {
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
        if slot.is_of_line() {
            self.school_above = meant;
        }
        (typed, meant)
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

/// The longest text that may say that a school is the one above or the morning's, in bytes.
const LONGEST_SAME: usize = 24;

/// What is asked about a formula whose value the file does not hold.
const OF_FORMULA: &str = "is a formula whose result is not in the file. Open it in a spreadsheet program and save it again, or type what it says";

fn repeats_the_morning(plain: &str) -> bool {
    is_ditto(plain) || matches!(plain, "as am" | "same as am" | "same school" | "as morning" | "same as morning")
}
