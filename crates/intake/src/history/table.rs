//! A sheet: where its table is, and what its rows say.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::session::Reason;
use domain::slot::TimeOfDay;

use super::columns::{Columns, Role, column_of, letters};
use super::count::Count;
use super::date::{self, Half, When};
use super::outcome::{self, Outcome};
use super::sheet::{Cells, Sheet};
use super::words::{is_ditto, is_nothing, plain, words};
use super::years::Years;
use super::{Corrections, Doubt, History, LeftOut, Table, Visit};
use crate::grid::Grid;
use crate::problem::Problem;

/// Headings are looked for in so many rows at the top.
pub(crate) const HEADER_ROWS: usize = 40;

/// The rows of a sheet that hold something, with their numbers from 1.
pub(crate) fn rows(grid: &mut Grid<'_>, sheet: Option<&str>) -> Result<Vec<(u32, Vec<String>)>, Problem> {
    Ok(Sheet::read(grid, sheet)?.rows(0).map(|(number, cells)| (number, cells.texts())).collect())
}

/// The row of the headings, and the columns.
fn header(sheet: &Sheet) -> Option<(usize, Columns)> {
    let mut best: Option<(usize, Columns)> = None;
    let top: Vec<Vec<String>> = sheet.rows(0).take(HEADER_ROWS).map(|(_, cells)| cells.texts()).collect();
    for (at, cells) in top.iter().enumerate() {
        let alone = Columns::of(cells);
        // Headings in two rows: “AM” over “School” and “Nos”.
        let above = at.checked_sub(1).map(|above| Columns::of(&joined(&top[above], cells)));
        for columns in [Some(alone), above].into_iter().flatten().filter(Columns::is_table) {
            if best.as_ref().is_none_or(|(_, b)| columns.known.len() > b.known.len()) {
                best = Some((at, columns));
            }
        }
    }
    best
}

/// Each heading with the one above it, which stands for the blank ones to its right too, as merged cells do.
pub(crate) fn joined(above: &[String], below: &[String]) -> Vec<String> {
    let mut group = "";
    below
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            if let Some(text) = above.get(at).filter(|t| !t.trim().is_empty()) {
                group = text;
            }
            format!("{group} {heading}").trim().to_owned()
        })
        .collect()
}

/// Reads a sheet's visits into `history`; nothing where it has no table.
pub(super) fn read(sheet: Option<&str>, cells: &Sheet, said: &Corrections, since_1904: bool, history: &mut History) {
    let Some((head, mut columns)) = header(cells) else { return };
    let titles = cells.rows(0).take(head).flat_map(|(_, cells)| cells.iter());
    let named = sheet.unwrap_or_default();
    let year = said.years.get(named).copied();
    let year = year.or_else(|| sheet.into_iter().chain(titles).find_map(date::academic_year));
    name_the_unnamed(&mut columns, cells, head);
    let shape = columns.headings.iter().map(|(at, h)| format!("{} {}", letters(*at), h.to_lowercase()));
    let shape = shape.collect::<Vec<_>>().join("\n");
    for (letters, role) in said.shapes.get(&shape).into_iter().chain(said.columns.get(named)).flatten() {
        if let Some(at) = column_of(letters) {
            columns.correct(at, *role);
        }
    }
    let mut headings = columns.headings.clone();
    headings.extend(columns.known.iter().filter(|(_, _, h)| h.is_empty()).map(|(at, ..)| (*at, String::new())));
    headings.sort_by_key(|(at, _)| *at);
    history.tables.push(Table {
        sheet: sheet.map(str::to_owned),
        header_row: cells.row(head).0,
        academic_year: year.map(AcademicYear::first),
        columns: columns.known.iter().map(|(at, role, heading)| (letters(*at), *role, heading.clone())).collect(),
        not_read: columns.left_out.clone(),
        headings: headings.into_iter().map(|(at, heading)| (letters(at), heading)).collect(),
        shape,
    });
    let read = Read::default();
    let mut reading = Reading { sheet, columns: &columns, year, since_1904, above: None, read, history };
    for (number, cells) in cells.rows(head + 1) {
        reading.row(number, cells);
    }
}

/// A column without a heading whose cells are times is the time's.
fn name_the_unnamed(columns: &mut Columns, sheet: &Sheet, head: usize) {
    if columns.at(Role::Time).is_some() {
        return;
    }
    for (at, _) in sheet.row(head).1.iter().enumerate().filter(|(_, heading)| heading.trim().is_empty()) {
        let (mut times, mut all) = (0, 0);
        for cell in sheet.rows(head + 1).map(|(_, cells)| cells.at(at)).filter(|cell| !cell.trim().is_empty()) {
            all += 1;
            times += usize::from(date::time(cell) != (None, None) || plain(cell) == "all day");
        }
        if all > 0 && times * 2 > all {
            columns.known.push((at, Role::Time, String::new()));
            return;
        }
    }
}

/// What texts were read as: most stand in many rows.
#[derive(Default)]
struct Read<'a> {
    schools: HashMap<&'a str, bool>,
    totals: HashMap<&'a str, bool>,
    dates: HashMap<&'a str, Day>,
    times: HashMap<&'a str, (Option<TimeOfDay>, Option<Half>)>,
    years: HashMap<&'a str, Years>,
    counts: HashMap<&'a str, Count>,
    notes: HashMap<&'a str, Noted>,
    parts: HashMap<&'a str, Option<u8>>,
}

/// What a note says.
#[derive(Clone, Copy)]
struct Noted {
    outcome: Outcome,
    reason: Reason,
    part: Option<u8>,
}

/// What a date's cell says.
#[derive(Clone)]
enum Day {
    /// The day above it.
    Ditto,
    Itself(When),
}

impl Day {
    fn read(text: &str, year: Option<AcademicYear>, since_1904: bool) -> Self {
        if is_ditto(&plain(text)) {
            Self::Ditto
        } else {
            Self::Itself(date::read(&date::of_serial(text, since_1904), year))
        }
    }
}

struct Reading<'a> {
    sheet: Option<&'a str>,
    columns: &'a Columns,
    year: Option<AcademicYear>,
    /// The workbook counts its days from 1904.
    since_1904: bool,
    /// The date of the visit above; inner none: it could not be read.
    above: Option<Option<NaiveDate>>,
    read: Read<'a>,
    history: &'a mut History,
}

impl<'a> Reading<'a> {
    fn cell(&self, cells: Cells<'a>, role: Role) -> &'a str {
        self.columns.at(role).map_or("", |at| cells.at(at))
    }

    fn is_school(&mut self, text: &'a str) -> bool {
        *self.read.schools.entry(text).or_insert_with(|| is_school(text))
    }

    /// Whether it is a row of totals: its first cell says so.
    fn is_total(&mut self, cells: Cells<'a>) -> bool {
        let first = cells.iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
        *self.read.totals.entry(first).or_insert_with(|| begins_totals(first))
    }

    fn row(&mut self, number: u32, cells: Cells<'a>) {
        let schools: Vec<(Role, Role, Option<Half>)> = if self.columns.at(Role::School).is_some() {
            vec![(Role::School, Role::Pupils, None)]
        } else {
            vec![(Role::AmSchool, Role::AmPupils, Some(Half::Am)), (Role::PmSchool, Role::PmPupils, Some(Half::Pm))]
        };
        let visited: Vec<_> =
            schools.into_iter().filter(|(school, ..)| self.is_school(self.cell(cells, *school))).collect();
        if visited.is_empty() || self.is_total(cells) || self.cell(cells, Role::Date).trim().is_empty() {
            return self.leave_out(number, cells);
        }
        let on = self.date(number, cells);
        let years_typed = self.cell(cells, Role::Years).trim();
        let years = self.read.years.entry(years_typed).or_insert_with(|| Years::read(years_typed)).clone();
        let time = self.cell(cells, Role::Time);
        let (starts, of_time) = *self.read.times.entry(time).or_insert_with(|| date::time(time));
        let note = self.cell(cells, Role::Notes);
        let noted = *self.read.notes.entry(note).or_insert_with(|| Noted {
            outcome: Outcome::read(note),
            reason: outcome::reason(note),
            part: outcome::part(note),
        });
        let topic = self.cell(cells, Role::Topic);
        let part = *self.read.parts.entry(topic).or_insert_with(|| outcome::part(topic));
        let of_two = self.columns.at(Role::School).is_none();
        for (school, pupils, half) in visited {
            let typed = self.cell(cells, school);
            let repeats = half == Some(Half::Pm) && repeats_the_morning(&plain(typed));
            let meant = if repeats { self.cell(cells, Role::AmSchool) } else { typed };
            if repeats && !self.is_school(meant) {
                self.doubt(
                    number,
                    school,
                    typed,
                    "says that it is the morning’s school, and there is none. Type the school’s name",
                );
            }
            let counted = self.cell(cells, pupils);
            let count = self.read.counts.entry(counted).or_insert_with(|| Count::read(counted)).clone();
            if count == Count::Unclear {
                self.doubt(
                    number,
                    pupils,
                    counted.trim(),
                    "is not one number. Type how many pupils came, or clear the cell",
                );
            }
            let outcome = match (&count, noted.outcome) {
                (Count::Cancelled, Outcome::Held) => Outcome::Cancelled,
                (_, outcome) => outcome,
            };
            self.history.visits.push(Visit {
                sheet: self.sheet.map(str::to_owned),
                row: number,
                half: half.or(of_time),
                of_two,
                typed: typed.to_owned(),
                school: meant.to_owned(),
                town: self.cell(cells, Role::Town).trim().to_owned(),
                postcode: self.cell(cells, Role::Postcode).trim().to_owned(),
                urn: self.cell(cells, Role::Urn).trim().to_owned(),
                on,
                starts,
                years: years.clone(),
                years_typed: years_typed.to_owned(),
                count,
                topic: topic.trim().to_owned(),
                outcome,
                reason: noted.reason,
                part: part.or(noted.part),
            });
        }
    }

    /// The row's day; a doubt where there is none.
    fn date(&mut self, number: u32, cells: Cells<'a>) -> Option<NaiveDate> {
        let (typed, year, since_1904) = (self.cell(cells, Role::Date), self.year, self.since_1904);
        let day = self.read.dates.entry(typed).or_insert_with(|| Day::read(typed, year, since_1904)).clone();
        let on = match day {
            Day::Ditto => match self.above {
                Some(above) => {
                    if above.is_none() {
                        self.doubt(
                            number,
                            Role::Date,
                            typed,
                            "repeats a date above that could not be read. Type the date",
                        );
                    }
                    above
                }
                None => {
                    self.doubt(number, Role::Date, typed, "repeats the date above, and there is none. Type the date");
                    None
                }
            },
            Day::Itself(When::On(date)) => Some(date),
            Day::Itself(When::NotGiven) => None,
            Day::Itself(When::Unclear(why)) => {
                self.doubt(number, Role::Date, typed.trim(), &format!("{why}. Type a date like 12/09/2016"));
                None
            }
        };
        self.above = Some(on);
        on
    }

    fn doubt(&mut self, row: u32, about: Role, typed: &str, message: &str) {
        let cell = format!("{}{row}", letters(self.columns.at(about).unwrap_or_default()));
        self.history.doubts.push(Doubt {
            sheet: self.sheet.map(str::to_owned),
            row,
            cell,
            about,
            typed: typed.to_owned(),
            message: format!("“{typed}” {message}."),
        });
    }

    fn leave_out(&mut self, row: u32, cells: Cells<'a>) {
        let text: Vec<&str> = cells.iter().map(str::trim).filter(|c| !c.is_empty()).collect();
        let text: String = text.join(" · ").chars().take(120).collect();
        self.history.left_out.push(LeftOut { sheet: self.sheet.map(str::to_owned), row, text });
    }
}

fn repeats_the_morning(plain: &str) -> bool {
    is_ditto(plain) || matches!(plain, "as am" | "same as am" | "same school" | "same as morning")
}

/// What stands in a school's cell on a day without a visit.
const NO_VISIT: &[&str] = &[
    "travel day",
    "travel",
    "rehearsal",
    "rehearsals",
    "day off",
    "off",
    "no show",
    "no shows",
    "half term",
    "holiday",
    "bank holiday",
    "inset",
    "inset day",
    "training",
    "training day",
    "get in",
    "fit up",
    "leave",
    "annual leave",
];

fn is_school(text: &str) -> bool {
    let text = plain(text);
    !text.is_empty() && !is_nothing(&text) && !NO_VISIT.contains(&words(&text).join(" ").as_str())
}

/// A row of totals: its first cell says so.
pub(crate) fn is_total(cells: &[String]) -> bool {
    begins_totals(cells.iter().find(|cell| !cell.trim().is_empty()).map_or("", String::as_str))
}

/// Whether a row that begins so is one of totals.
fn begins_totals(first: &str) -> bool {
    words(&plain(first)).first().is_some_and(|w| matches!(*w, "total" | "totals" | "sum" | "subtotal" | "grand"))
}
