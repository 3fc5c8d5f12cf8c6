//! A sheet: where its table is, and what its rows say.

use std::ops::ControlFlow;

use chrono::NaiveDate;
use domain::AcademicYear;

use super::columns::{Columns, Role, column_of, letters};
use super::count::Count;
use super::date::{self, Half, When};
use super::outcome::Outcome;
use super::words::{is_ditto, is_nothing, plain, words};
use super::years::Years;
use super::{Corrections, Doubt, History, LeftOut, Table, Visit};
use crate::grid::{Grid, Row};
use crate::problem::Problem;

/// Headings are looked for in so many rows at the top.
pub(crate) const HEADER_ROWS: usize = 40;
/// More rows than a sheet of visits has.
const MOST_ROWS: usize = 400_000;
/// More cells than a sheet of visits has.
const MOST_CELLS: usize = 3_000_000;

/// The rows of a sheet that hold something, with their numbers from 1.
pub(crate) fn rows(grid: &mut Grid<'_>, sheet: Option<&str>) -> Result<Vec<(u32, Vec<String>)>, Problem> {
    let (mut rows, mut cells) = (Vec::new(), 0);
    grid.rows(sheet, &mut |number, row: &dyn Row| {
        if rows.len() >= MOST_ROWS {
            return ControlFlow::Break(());
        }
        if !row.is_blank() {
            cells += row.width();
            if cells > MOST_CELLS {
                return ControlFlow::Break(());
            }
            rows.push((number, (0..row.width()).map(|column| row.cell(column).into_owned()).collect()));
        }
        ControlFlow::Continue(())
    })?;
    if cells > MOST_CELLS {
        return Err(Problem {
            sheet: sheet.map(str::to_owned),
            ..Problem::of_file(format!(
                "The sheet has more than {} million cells. Keep the list alone, or import it in parts.",
                MOST_CELLS / 1_000_000
            ))
        });
    }
    Ok(rows)
}

/// The row of the headings, and the columns.
fn header(rows: &[(u32, Vec<String>)]) -> Option<(usize, Columns)> {
    let mut best: Option<(usize, Columns)> = None;
    for (at, (_, cells)) in rows.iter().take(HEADER_ROWS).enumerate() {
        let alone = Columns::of(cells);
        // Headings in two rows: “AM” over “School” and “Nos”.
        let above = at.checked_sub(1).map(|above| Columns::of(&joined(&rows[above].1, cells)));
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

/// Puts what a person typed into the cells it stands for.
pub(super) fn mend(sheet: Option<&str>, rows: &mut [(u32, Vec<String>)], said: &Corrections) {
    for ((_, cell), text) in said.cells.iter().filter(|((of, _), _)| of == sheet.unwrap_or_default()) {
        let digits = cell.find(|c: char| c.is_ascii_digit()).unwrap_or(cell.len());
        let (letters, number) = cell.split_at(digits);
        let (Some(column), Ok(number)) = (column_of(letters), number.parse::<u32>()) else { continue };
        if let Ok(at) = rows.binary_search_by_key(&number, |(number, _)| *number) {
            let cells = &mut rows[at].1;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column].clone_from(text);
        }
    }
}

/// Reads a sheet's visits into `history`; nothing where it has no table.
pub(super) fn read(sheet: Option<&str>, rows: &[(u32, Vec<String>)], said: &Corrections, history: &mut History) {
    let Some((head, mut columns)) = header(rows) else { return };
    let titles = rows[..head].iter().flat_map(|(_, cells)| cells.iter());
    let named = sheet.unwrap_or_default();
    let year = said.years.get(named).copied();
    let year = year.or_else(|| sheet.into_iter().chain(titles.map(String::as_str)).find_map(date::academic_year));
    name_the_unnamed(&mut columns, &rows[head].1, &rows[head + 1..]);
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
        header_row: rows[head].0,
        academic_year: year.map(AcademicYear::first),
        columns: columns.known.iter().map(|(at, role, heading)| (letters(*at), *role, heading.clone())).collect(),
        not_read: columns.left_out.clone(),
        headings: headings.into_iter().map(|(at, heading)| (letters(at), heading)).collect(),
        shape,
    });
    let mut reading = Reading { sheet, columns: &columns, year, above: None, history };
    for (number, cells) in &rows[head + 1..] {
        reading.row(*number, cells);
    }
}

/// A column without a heading whose cells are times is the time's.
fn name_the_unnamed(columns: &mut Columns, headings: &[String], rows: &[(u32, Vec<String>)]) {
    if columns.at(Role::Time).is_some() {
        return;
    }
    for at in (0..headings.len()).filter(|at| headings[*at].trim().is_empty()) {
        let cells = rows.iter().filter_map(|(_, cells)| cells.get(at)).filter(|c| !c.trim().is_empty());
        let (mut times, mut all) = (0, 0);
        for cell in cells {
            all += 1;
            times += usize::from(date::time(cell) != (None, None) || plain(cell) == "all day");
        }
        if all > 0 && times * 2 > all {
            columns.known.push((at, Role::Time, String::new()));
            return;
        }
    }
}

struct Reading<'a> {
    sheet: Option<&'a str>,
    columns: &'a Columns,
    year: Option<AcademicYear>,
    /// The date of the visit above; inner none: it could not be read.
    above: Option<Option<NaiveDate>>,
    history: &'a mut History,
}

impl Reading<'_> {
    fn cell<'c>(&self, cells: &'c [String], role: Role) -> &'c str {
        self.columns.at(role).and_then(|at| cells.get(at)).map_or("", String::as_str)
    }

    fn row(&mut self, number: u32, cells: &[String]) {
        let schools: Vec<(Role, Role, Option<Half>)> = if self.columns.at(Role::School).is_some() {
            vec![(Role::School, Role::Pupils, None)]
        } else {
            vec![(Role::AmSchool, Role::AmPupils, Some(Half::Am)), (Role::PmSchool, Role::PmPupils, Some(Half::Pm))]
        };
        let visited: Vec<_> = schools.into_iter().filter(|(school, ..)| is_school(self.cell(cells, *school))).collect();
        if visited.is_empty() || is_total(cells) || self.cell(cells, Role::Date).trim().is_empty() {
            return self.leave_out(number, cells);
        }
        let on = self.date(number, cells);
        let years_typed = self.cell(cells, Role::Years).trim().to_owned();
        let (starts, of_time) = date::time(self.cell(cells, Role::Time));
        let note = self.cell(cells, Role::Notes).to_owned();
        let of_two = self.columns.at(Role::School).is_none();
        for (school, pupils, half) in visited {
            let typed = self.cell(cells, school).to_owned();
            let repeats = half == Some(Half::Pm) && repeats_the_morning(&plain(&typed));
            let meant = if repeats { self.cell(cells, Role::AmSchool).to_owned() } else { typed.clone() };
            if repeats && !is_school(&meant) {
                self.doubt(
                    number,
                    school,
                    &typed,
                    "says that it is the morning’s school, and there is none. Type the school’s name",
                );
            }
            let count = Count::read(self.cell(cells, pupils));
            if count == Count::Unclear {
                let typed = self.cell(cells, pupils).trim().to_owned();
                self.doubt(number, pupils, &typed, "is not one number. Type how many pupils came, or clear the cell");
            }
            let outcome = match (&count, Outcome::read(&note)) {
                (Count::Cancelled, Outcome::Held) => Outcome::Cancelled,
                (_, outcome) => outcome,
            };
            self.history.visits.push(Visit {
                sheet: self.sheet.map(str::to_owned),
                row: number,
                half: half.or(of_time),
                of_two,
                typed,
                school: meant,
                town: self.cell(cells, Role::Town).trim().to_owned(),
                postcode: self.cell(cells, Role::Postcode).trim().to_owned(),
                urn: self.cell(cells, Role::Urn).trim().to_owned(),
                on,
                starts,
                years: Years::read(&years_typed),
                years_typed: years_typed.clone(),
                count,
                topic: self.cell(cells, Role::Topic).trim().to_owned(),
                outcome,
            });
        }
    }

    /// The row's day; a doubt where there is none.
    fn date(&mut self, number: u32, cells: &[String]) -> Option<NaiveDate> {
        let typed = self.cell(cells, Role::Date).to_owned();
        let on = if is_ditto(&plain(&typed)) {
            match self.above {
                Some(above) => {
                    if above.is_none() {
                        self.doubt(
                            number,
                            Role::Date,
                            &typed,
                            "repeats a date above that could not be read. Type the date",
                        );
                    }
                    above
                }
                None => {
                    self.doubt(number, Role::Date, &typed, "repeats the date above, and there is none. Type the date");
                    None
                }
            }
        } else {
            match date::read(&typed, self.year) {
                When::On(date) => Some(date),
                When::NotGiven => None,
                When::Unclear(why) => {
                    self.doubt(number, Role::Date, typed.trim(), &format!("{why}. Type a date like 12/09/2016"));
                    None
                }
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

    fn leave_out(&mut self, row: u32, cells: &[String]) {
        let text: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
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
    let first = cells.iter().map(|c| plain(c)).find(|c| !c.is_empty()).unwrap_or_default();
    words(&first).first().is_some_and(|w| matches!(*w, "total" | "totals" | "sum" | "subtotal" | "grand"))
}
