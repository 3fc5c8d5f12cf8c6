//! The attendance sheet that comes back: filled in, sorted, copied, in part.
//!
//! Columns are found by their headings wherever they were moved, rows by their key. The day, the school and the group are
//! what the records say; what stands of them beside the key is read only to find out where columns were
//! sorted apart or cells copied over.

use std::collections::HashSet;

use domain::attendance::{Figure, Headcounts, MOST_PEOPLE};
use domain::attendance_sheet::{COLUMNS, Column, FIGURES, Key, YES, heading};

use crate::grid::Row;
use crate::history::{letters, says_how_many};
use crate::problem::{Problem, Problems};
use crate::sheet::{MOST_COLUMNS, Places, walk};
use crate::text::tidy;
use crate::totals::says_total;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 5 << 20;
/// The most rows that are filled in, of all copies together.
pub const MAX_FILLED: usize = 1_000;
/// The longest name of who counted, in characters.
const LONGEST_NAME: usize = 60;
/// The longest text beside the key that is looked at, in characters; no school's name is so long.
const LONGEST: usize = 1_000;

/// A row in which something was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledRow {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// Which group it is, and what was on record when the sheet went out.
    pub key: Key,
    /// What stands in it.
    pub counts: Headcounts,
    /// Whether the figures are said to be right although they are more than the roll.
    pub sure: bool,
    /// Who counted, as it is written there; blank where nobody is named.
    pub counted_by: String,
    /// The day that stands beside the key; blank where none does.
    pub on: String,
    /// The session that stands beside the key.
    pub session: String,
    /// The venue that stands beside the key.
    pub venue: String,
    /// The school that stands beside the key.
    pub school: String,
    /// The group that stands beside the key.
    pub group: String,
}

impl FilledRow {
    /// Whether a figure was filled in or changed.
    #[must_use]
    pub fn says(&self, figure: Figure) -> bool {
        self.counts.get(figure).is_some() && self.counts.get(figure) != self.key.base.get(figure)
    }

    fn is_filled(&self) -> bool {
        FIGURES.into_iter().any(|figure| self.says(figure))
    }

    /// What a copy of it has, too.
    fn of(&self) -> (Option<String>, String) {
        (self.sheet.clone(), self.key.to_string())
    }

    /// Whether another row is a copy of this one: typed over, it is not known which of the two is right.
    #[must_use]
    pub fn is_copy_of(&self, other: &Self) -> bool {
        self.row != other.row && self.sheet == other.sheet && self.key == other.key
    }
}

/// What a sheet says, and what of it cannot be read: beside the other rows, so that everything that is to be mended can
/// be told at once.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// The rows in which something was filled in, in the order of the file; of what cannot be read, without it. A row
    /// that is as it went out is among them where a copy of it on the same sheet says something else.
    pub rows: Vec<FilledRow>,
    /// Keys that were changed, counts that are no whole numbers.
    pub problems: Vec<Problem>,
}

impl Filled {
    /// Whether nothing was filled in.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.rows.is_empty() && self.problems.is_empty()
    }
}

/// Reads the rows in which something was filled in.
///
/// # Errors
/// The file is no such sheet, or too large.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Filled, Vec<Problem>> {
    if bytes.len() > MAX_BYTES {
        return Err(vec![Problem::of_file(format!(
            "“{file_name}” is larger than {} MB. An attendance sheet is smaller: is this the file?",
            MAX_BYTES >> 20
        ))]);
    }
    let mut reading = Reading::default();
    let columns: Vec<_> = COLUMNS.iter().map(|column| (*column, column.heading().to_owned())).collect();
    let needs = [Column::Key, Column::Count(Figure::Pupils)];
    let walked = walk(bytes, &columns, &needs, &mut |sheet, number, row, places| {
        reading.row(sheet, number, row, places);
    });
    let (found, problems) = walked.map_err(|p| vec![p])?;
    problems.into_iter().for_each(|problem| reading.problems.push(problem));
    if !found && reading.problems.is_empty() {
        reading.problems.push(Problem::of_file(format!(
            "“{file_name}” is no attendance sheet: no row has the headings “{}” and “{}”. Download a sheet, and fill in that one.",
            Column::Count(Figure::Pupils).heading(),
            Column::Key.heading()
        )));
    }
    if reading.filled > MAX_FILLED {
        reading
            .problems
            .push(Problem::of_file(format!("More than {MAX_FILLED} rows are filled in. Upload them in parts.")));
    }
    let problems = reading.problems.into_list();
    // What is wrong with the file as a whole leaves nothing to go by.
    if problems.iter().any(|problem| problem.row.is_none()) {
        return Err(problems);
    }
    let is_filled = |row: &&FilledRow| row.is_filled();
    let copied: HashSet<_> = reading.rows.iter().filter(is_filled).map(FilledRow::of).collect();
    let rows = reading.rows.iter().filter(|row| copied.contains(&row.of())).cloned().collect();
    Ok(Filled { rows, problems })
}

#[derive(Default)]
struct Reading {
    rows: Vec<FilledRow>,
    /// How many of them say something else than when they went out.
    filled: usize,
    problems: Problems,
    /// The columns of each sheet that were told to be none of the sheet's.
    strange: HashSet<(Option<String>, usize)>,
}

impl Reading {
    fn row(&mut self, sheet: Option<&str>, number: u32, row: &dyn Row, places: &Places<Column>) {
        let key = places.text(row, Column::Key);
        let texts = FIGURES.map(|figure| (figure, places.text(row, Column::Count(figure))));
        if key.is_empty() && texts.iter().all(|(_, text)| text.is_empty()) {
            return;
        }
        if key.parse::<Key>().is_ok() {
            self.beside(sheet, number, row, places);
        }
        if key.is_empty() {
            // What its figures are does not matter: they are nobody's.
            let message = if is_total(row) { IS_TOTAL } else { NO_KEY };
            self.problems.push(Problem {
                sheet: sheet.map(str::to_owned),
                row: Some(number),
                column: Some(Column::Key.heading().to_owned()),
                message: message.to_owned(),
            });
            return;
        }
        let mut wrong = |column: Column, message: String| {
            self.problems.push(Problem {
                sheet: sheet.map(str::to_owned),
                row: Some(number),
                column: Some(column.heading().to_owned()),
                message,
            });
        };
        let mut counts = Headcounts::default();
        for (figure, text) in texts {
            match count(&text) {
                Ok(count) => counts.set(figure, count),
                Err(()) => wrong(
                    Column::Count(figure),
                    format!(
                        "“{text}” is no whole number from 0 to {MOST_PEOPLE}. Write the number alone, or leave it blank."
                    ),
                ),
            }
        }
        match key.parse::<Key>() {
            Err(error) => wrong(Column::Key, format!("{error}.")),
            Ok(key) if self.filled <= MAX_FILLED => {
                let text = |column, most| places.text(row, column).chars().take(most).collect::<String>();
                let filled = FilledRow {
                    sheet: sheet.map(str::to_owned),
                    row: number,
                    key,
                    counts,
                    sure: places.text(row, Column::Sure).eq_ignore_ascii_case(YES),
                    counted_by: text(Column::CountedBy, LONGEST_NAME),
                    on: text(Column::Date, LONGEST),
                    session: text(Column::Session, LONGEST),
                    venue: text(Column::Venue, LONGEST),
                    school: text(Column::School, LONGEST),
                    group: text(Column::Group, LONGEST),
                };
                if filled.is_filled() {
                    self.filled += 1;
                    self.words(sheet, number, row, places);
                }
                if FIGURES.into_iter().any(|figure| filled.counts.get(figure).is_some()) {
                    self.rows.push(filled);
                }
            }
            Ok(_) => {}
        }
    }
}

impl Reading {
    /// Tells of words beside figures in a column that has no heading: “cancelled”, of figures that would be taken all the
    /// same. What somebody writes under a heading of their own is theirs.
    fn words(&mut self, sheet: Option<&str>, number: u32, row: &dyn Row, places: &Places<Column>) {
        let mut words =
            places.beside(row).filter(|(_, head, text)| head.is_empty() && text.contains(char::is_alphabetic));
        let Some((at, ..)) = words.find(|(at, ..)| !self.strange.contains(&(sheet.map(str::to_owned), *at))) else {
            return;
        };
        self.problems.push(Problem {
            sheet: sheet.map(str::to_owned),
            row: Some(number),
            column: Some(format!("{}{number}", letters(at))),
            message: WORDS.to_owned(),
        });
    }

    /// Tells of figures below a heading that is none of the sheet's, where one of its own is missing: that may be the one
    /// that somebody renamed, and they would be lost without a word. Where none is, the column is one of somebody's own;
    /// but of two that are headed alike nobody knows which is meant. A column that is left out says nothing, and is no
    /// problem.
    fn beside(&mut self, sheet: Option<&str>, number: u32, row: &dyn Row, places: &Places<Column>) {
        let missing: Vec<_> = FIGURES.into_iter().filter(|figure| !places.has(Column::Count(*figure))).collect();
        let is_figure = |text: &str| matches!(count(text), Ok(Some(_)));
        for (at, head, text) in places.beside(row) {
            let is_twice = FIGURES.iter().any(|figure| heading(*figure).eq_ignore_ascii_case(head));
            let is_told = if is_twice || missing.is_empty() {
                is_twice && is_figure(&text)
            } else {
                is_figure(&text) || says_how_many(&text)
            };
            if !is_told {
                continue;
            }
            if !self.strange.insert((sheet.map(str::to_owned), at)) {
                continue;
            }
            let named = if head.is_empty() { "A column without a heading".to_owned() } else { format!("“{head}”") };
            let what = if is_twice {
                format!("The heading {named} stands twice, and both have numbers below. Take one of the columns out.")
            } else {
                let missing: Vec<_> = missing.iter().map(|figure| format!("“{}”", heading(*figure))).collect();
                format!(
                    "{named} is no column of the sheet, and has numbers below. If they are those of {}, write that heading above them; if not, take the column out.",
                    missing.join(" or ")
                )
            };
            self.problems.push(Problem {
                sheet: sheet.map(str::to_owned),
                row: Some(number),
                column: Some(head.to_owned()).filter(|head| !head.is_empty()),
                message: what,
            });
        }
    }
}

/// They may say what must not be lost, or name a child, and are not repeated.
const WORDS: &str = "Words stand here beside the figures, in no column of the sheet, and would be lost. If they say that the figures are not right, mend those; then take the words out, or write a heading of your own above them.";
const IS_TOTAL: &str = "This row is a total of others, and not a group’s. Take it out: nothing is recorded of it.";
const NO_KEY: &str = "This row has no key, so that nobody knows whose figures these are. Type them into the group’s own row, or put its key back.";

/// Whether a row says that it is a total.
fn is_total(row: &dyn Row) -> bool {
    (0..row.width().min(MOST_COLUMNS)).any(|at| says_total(&tidy(&row.cell(at))))
}

/// A count as it is typed; none for a blank.
fn count(text: &str) -> Result<Option<i64>, ()> {
    match text {
        "" => Ok(None),
        text => match text.strip_suffix(".0").unwrap_or(text).parse() {
            Ok(count) if (0..=MOST_PEOPLE).contains(&count) => Ok(Some(count)),
            _ => Err(()),
        },
    }
}

#[cfg(test)]
mod tests;
