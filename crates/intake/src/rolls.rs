//! Numbers on roll by year group, from the school-level files of the school census and of special educational needs.
//!
//! Columns are found by their headings, in any order, below whatever titles there are: each school's URN, or its LAESTAB
//! (LA code and establishment number, in one column or in two), and any of pupils by year group (“Full time boys Year group 6” and its like are added up), the headcount, EHC plans
//! and SEN support. Other columns are not read: percentages, full-time equivalents, ages, and the nursery years counted
//! together.
//!
//! A figure that is withheld, or does not apply, is not known: it is never a zero ([`WITHHELD`]). A year group of which
//! one part is withheld is not known either. Rows of totals, and notes below, are passed over and counted: a row without a
//! school's number that says that it is one, or is named as the nation, a region or an authority is, or has for figures
//! what the schools above it add up to. A name alone never says which school a row is of.

mod columns;
mod heads;
mod plausible;
mod who;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use domain::dfe_number::DfeNumber;
use domain::setting::Urn;
use domain::{AcademicYear, YearGroup};

use crate::grid::{Grid, Row};
use crate::history::{academic_year, letters};
use crate::problem::{Problem, Problems};
use crate::text::tidy;
use columns::{Columns, What};
use who::{Sums, Who};

/// The headings are looked for in so many rows at the top: official tables have up to eight lines of titles.
const HEADER_ROWS: usize = 30;
/// The most rows of a file.
const MAX_ROWS: usize = 200_000;
/// More pupils in one figure are a slip: no school of England has so many.
pub const MOST_PUPILS: i64 = 10_000;
/// What official tables write for a figure that is withheld, not applicable, not available or too low to be shown.
pub const WITHHELD: [&str; 17] =
    ["c", "x", "z", "k", "u", "low", "supp", "suppressed", ":", ".", "..", "...", "-", "~", "*", "n/a", "na"];

/// A census file that was read without a problem.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RollList {
    /// The academic year the file says it is of.
    pub academic_year: Option<AcademicYear>,
    /// Its schools, in the order of the file.
    pub schools: Vec<SchoolRoll>,
    /// How many figures were withheld.
    pub withheld: usize,
    /// How many rows were totals of several schools.
    pub totals: usize,
    /// How many rows were notes.
    pub notes: usize,
    /// Columns that may be of a year group and are not read.
    pub unread: Vec<Unread>,
    /// The year that its rows or titles name, whatever its file name says.
    says: Option<AcademicYear>,
}

/// A column that is not read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unread {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its letters.
    pub column: String,
    /// Its heading.
    pub heading: String,
}

/// What a file says of one school. What it withholds or leaves blank is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRoll {
    /// The row it stands in, from 1.
    pub row: u32,
    /// Its unique reference number; where there is none, its LAESTAB is.
    pub urn: Option<Urn>,
    /// Its LA code and establishment number.
    pub number: Option<DfeNumber>,
    /// Its name, as the file has it.
    pub name: Option<String>,
    /// Pupils by year group.
    pub by_year: BTreeMap<YearGroup, i64>,
    /// All pupils.
    pub pupils: Option<i64>,
    /// Pupils with an education, health and care plan.
    pub ehc_plans: Option<i64>,
    /// Pupils with special educational needs support and no plan.
    pub sen_support: Option<i64>,
}

/// Reads a census file: CSV, or a workbook of which every sheet that has the columns is read. `authorities` are names by
/// which rows of whole authorities may be told.
///
/// # Errors
/// Every problem found: no such columns, columns that cannot be told apart, a school twice, a row without URN and LAESTAB,
/// a figure that is none, several academic years.
pub fn read(bytes: &[u8], file_name: &str, authorities: &[String]) -> Result<RollList, Vec<Problem>> {
    let reading = walk(bytes, authorities)?;
    if reading.tables > 0 {
        return reading.finish(file_name);
    }
    Err(vec![Problem::of_file(format!(
        "“{file_name}” has no pupils by year group: no row has the heading “URN” or “LAESTAB” and one such as “Full time boys Year group 6”, “Year 6”, “EHC plan” or “SEN support”. A school’s name alone does not say which it is. Choose the school-level file of the census."
    ))])
}

/// Whether a row is the headings of a census file; `above` is the row above it.
pub(crate) fn are_headings(row: &dyn Row, above: &[String]) -> bool {
    Columns::read(row, above).is_some()
}

/// Whether a file says of which academic year it is, whatever else is wrong with it. One that cannot be read at all is not
/// asked about its year.
#[must_use]
pub fn says_year(bytes: &[u8], file_name: &str, authorities: &[String]) -> bool {
    let said = |reading: Reading| reading.tables == 0 || !reading.years.is_empty();
    academic_year(file_name).is_some() || walk(bytes, authorities).map_or(true, said)
}

fn walk(bytes: &[u8], authorities: &[String]) -> Result<Reading, Vec<Problem>> {
    let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
    let mut reading = Reading { authorities: authorities.iter().cloned().collect(), ..Reading::default() };
    for sheet in grid.sheets() {
        reading.begin(sheet.clone());
        let walked = grid.rows(sheet.as_deref(), &mut |number, row| reading.row(number, row));
        if let Err(problem) = walked {
            return Err(vec![problem]);
        }
        reading.end();
    }
    Ok(reading)
}

#[derive(Default)]
struct Reading {
    /// The sheet that is read.
    sheet: Option<String>,
    columns: Option<Columns>,
    /// How many rows of it were looked at for headings.
    looked_at: usize,
    /// What stands above its headings.
    titles: Vec<String>,
    /// The row above, where the headings may be grouped.
    above: Vec<String>,
    /// How many sheets had the columns.
    tables: usize,
    /// The schools so far, each with where it stands.
    seen: BTreeMap<String, String>,
    authorities: BTreeSet<String>,
    /// What the schools of the sheet add up to.
    sums: Sums,
    list: RollList,
    /// The years that rows name, or sheets whose rows name none.
    years: BTreeSet<AcademicYear>,
    problems: Problems,
}

impl Reading {
    fn begin(&mut self, sheet: Option<String>) {
        (self.sheet, self.columns, self.looked_at, self.sums) = (sheet, None, 0, Sums::default());
        self.titles.clear();
        self.above.clear();
    }

    /// What a sheet is of, where its rows did not say.
    fn end(&mut self) {
        if let Some(columns) = self.columns.take() {
            self.tables += 1;
            let named = self.titles.iter().map(String::as_str).chain(self.sheet.as_deref());
            if columns.period.is_none() {
                self.years.extend(named.into_iter().find_map(academic_year));
            }
        }
    }

    fn row(&mut self, number: u32, row: &dyn Row) -> ControlFlow<()> {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let Some(columns) = self.columns.take() else {
            self.columns = Columns::read(row, &self.above);
            match &self.columns {
                Some(columns) => {
                    self.list.unread.extend(columns.unread.iter().map(|at| Unread {
                        sheet: self.sheet.clone(),
                        column: letters(*at),
                        heading: columns.heading(*at),
                    }));
                    for at in &columns.twice {
                        self.problems.push(Problem {
                            sheet: self.sheet.clone(),
                            row: Some(number),
                            column: Some(columns.place(*at)),
                            message: format!(
                                "Two columns are “{}”, and nothing tells them apart. Keep the one of all pupils, or say in each heading what it counts: “Boys Year 6”, “Girls Year 6”.",
                                columns.heading(*at)
                            ),
                        });
                    }
                }
                None => {
                    self.above = (0..row.width().min(1_000)).map(|c| tidy(&row.cell(c)).into_owned()).collect();
                    self.titles.extend(self.above.iter().take(20).cloned());
                    self.looked_at += 1;
                }
            }
            return if self.looked_at > HEADER_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        };
        self.school(number, row, &columns);
        self.columns = Some(columns);
        if self.list.schools.len() > MAX_ROWS {
            self.problems.push(Problem::of_file(format!("The file has more than {MAX_ROWS} schools. Split it.")));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn school(&mut self, number: u32, row: &dyn Row, columns: &Columns) {
        let sheet = self.sheet.clone();
        let problem = |column: &str, message: String| Problem {
            sheet: sheet.clone(),
            row: Some(number),
            column: Some(column.to_owned()),
            message,
        };
        let (urn, dfe_number) = match who::of(row, columns, &self.sums, &self.authorities) {
            Who::School { urn, number } => (urn, number),
            Who::Total => {
                self.list.totals += 1;
                self.sums.total();
                return;
            }
            Who::Note => {
                self.list.notes += 1;
                return;
            }
            Who::Unknown(at, message) => {
                self.problems.push(problem(&columns.heading(at), message));
                return;
            }
        };
        self.sums.add(row, columns);
        let key = urn.map(|urn| urn.to_string()).or_else(|| dfe_number.as_ref().map(ToString::to_string));
        let key = key.unwrap_or_default();
        if let Some(first) = self.seen.get(&key) {
            let at = if urn.is_some() { columns.urn } else { columns.laestab.or(columns.estab) };
            let name = columns.name.map(|at| tidy(&row.cell(at)).into_owned()).filter(|name| !name.is_empty());
            let school = name.map_or_else(|| format!("The school {key}"), |name| format!("{name} ({key})"));
            self.problems.push(problem(
                &columns.heading(at.unwrap_or_default()),
                format!("{school} is there twice: it stands in {first}, too. Keep one row of it."),
            ));
            return;
        }
        let sheet = self.sheet.as_ref().map(|sheet| format!(" of “{sheet}”")).unwrap_or_default();
        self.seen.insert(key, format!("row {number}{sheet}"));
        if let Some(year) = columns.period.and_then(|at| period(&columns.heading(at), &tidy(&row.cell(at)))) {
            self.years.insert(year);
        }
        let mut figure = |at: usize| match count(&tidy(&row.cell(at))) {
            Figure::Known(count) => Some(count),
            Figure::Blank => None,
            Figure::Withheld => {
                self.list.withheld += 1;
                None
            }
            Figure::None => {
                let text = tidy(&row.cell(at)).into_owned();
                self.problems.push(problem(
                    &columns.place(at),
                    format!("“{text}” is no number of pupils. Write a whole number, or c where it is withheld."),
                ));
                None
            }
        };
        let mut by_year = BTreeMap::new();
        for (year_group, parts) in &columns.years {
            // All parts are looked at, so that each that is wrong is named.
            let parts: Vec<Option<i64>> = parts.iter().map(|at| figure(*at)).collect();
            if let Some(sum) = parts.into_iter().sum::<Option<i64>>() {
                by_year.insert(*year_group, sum);
            }
        }
        let mut single = |what: What| columns.single(what).and_then(&mut figure);
        let (pupils, ehc_plans, sen_support) = (single(What::Pupils), single(What::EhcPlans), single(What::SenSupport));
        for (year_group, sum) in plausible::too_many(&by_year) {
            let at = columns.years.get(&year_group).and_then(|parts| parts.first()).copied().unwrap_or_default();
            self.problems.push(problem(&columns.place(at), plausible::message(sum)));
        }
        let name = columns.name.map(|at| tidy(&row.cell(at)).into_owned()).filter(|name| !name.is_empty());
        self.list.schools.push(SchoolRoll {
            row: number,
            urn,
            number: dfe_number,
            name,
            by_year,
            pupils,
            ehc_plans,
            sen_support,
        });
    }

    fn finish(mut self, file_name: &str) -> Result<RollList, Vec<Problem>> {
        if self.years.len() > 1 {
            let years: Vec<_> = self.years.iter().map(ToString::to_string).collect();
            self.problems.push(Problem::of_file(format!(
                "The file has several academic years: {}. Keep the rows of one.",
                years.join(", ")
            )));
        }
        if self.list.schools.is_empty() && self.problems.is_empty() {
            self.problems.push(Problem::of_file("The file has no schools below its headings."));
        }
        if !self.problems.is_empty() {
            return Err(self.problems.into_list());
        }
        self.list.says = self.years.first().copied();
        self.list.academic_year = self.list.says.or_else(|| academic_year(file_name));
        Ok(self.list)
    }
}

/// `202425` and `2024/25`: the academic year a time period names. `2025` alone is the year of the census's January,
/// `Autumn 2025` begins one; under “Academic year”, 2025 alone may be either, and says nothing.
fn period(heading: &str, text: &str) -> Option<AcademicYear> {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let number = |text: &str| text.parse::<i64>().ok();
    match digits.len() {
        4 if says(&["autumn", "october", "oct "]) => AcademicYear::new(number(&digits)?).ok(),
        4 if says(&["spring", "summer", "january", "jan ", "may"]) => AcademicYear::new(number(&digits)? - 1).ok(),
        4 if heading.to_lowercase().contains("academic") => None,
        4 => AcademicYear::new(number(&digits)? - 1).ok(),
        6 if (number(&digits[..4])? + 1) % 100 == number(&digits[4..])? => {
            AcademicYear::new(number(&digits[..4])?).ok()
        }
        8 if number(&digits[..4])? + 1 == number(&digits[4..])? => AcademicYear::new(number(&digits[..4])?).ok(),
        _ => None,
    }
}

/// Whether a cell says that its figure is withheld, in an official table's words or as people write it.
pub(crate) fn is_withheld(text: &str) -> bool {
    let plain = text.trim().to_lowercase();
    let plain = plain.trim_matches(['[', ']', '(', ')']);
    WITHHELD.contains(&plain)
        || ["<", "≤", "‹", "less than ", "fewer than ", "under ", "below "].iter().any(|word| plain.starts_with(word))
}

/// “1,204” without its comma; “1,2” is no number of pupils, and stays as it is.
fn without_thousands(text: &str) -> String {
    let groups: Vec<&str> = text.split(',').collect();
    let is_first = (1..=3).contains(&groups[0].len());
    let are_thousands =
        is_first && groups[1..].iter().all(|group| group.strip_suffix(".0").unwrap_or(group).len() == 3);
    if are_thousands { groups.concat() } else { text.to_owned() }
}

enum Figure {
    Known(i64),
    Blank,
    Withheld,
    None,
}

fn count(text: &str) -> Figure {
    let plain = text.to_lowercase();
    let plain = plain.trim_matches(['[', ']']);
    if plain.is_empty() {
        return Figure::Blank;
    }
    if is_withheld(plain) {
        return Figure::Withheld;
    }
    let whole = without_thousands(plain);
    match whole.strip_suffix(".0").unwrap_or(&whole).parse() {
        Ok(count) if (0..=MOST_PUPILS).contains(&count) => Figure::Known(count),
        _ => Figure::None,
    }
}

#[cfg(test)]
mod tests;
