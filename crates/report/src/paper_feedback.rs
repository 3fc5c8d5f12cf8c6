//! Feedback given on paper, as a workbook to type it into: a sheet for each respondent, a row for each form, a drop-down
//! for each question, and a sheet that says how.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::feedback::paper::{Column, NO_ANSWER, RowKey, columns, words};
use domain::feedback::{OPEN_DAYS, Questionnaire, Respondent};
use domain::programme::ProgrammeKind;
use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use crate::sheet::{day, heading, instruct, open, protect, write_text};

/// A row: one paper form.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its key.
    pub key: RowKey,
    /// The day of the session.
    pub on: NaiveDate,
    /// Where it was.
    pub school: String,
    /// What its slot is called, and when it began.
    pub session: String,
}

/// The workbook; `title` says of which session or tour, `made` when.
///
/// # Errors
/// None in practice: it is written to memory, and texts are cut to what a cell holds.
pub fn workbook(title: &str, made: &str, kind: ProgrammeKind, lines: &[Line]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut counts = BTreeMap::new();
    for respondent in Respondent::ALL {
        let own: Vec<&Line> = lines.iter().filter(|line| line.key.respondent == *respondent).collect();
        counts.insert(*respondent, own.len());
        fill(book.add_worksheet(), *respondent, kind, &own)?;
    }
    instruct(book.add_worksheet(), title, made, how(&counts))?;
    book.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, respondent: Respondent, kind: ProgrammeKind, lines: &[&Line]) -> Result<(), XlsxError> {
    sheet.set_name(respondent.label())?;
    let (heading, open) = (heading(), open());
    let (locked, date) = (Format::new(), Format::new().set_num_format("ddd d mmm yyyy"));
    let columns = columns(respondent);
    for (at, column) in (0..).zip(&columns) {
        sheet.write_string_with_format(0, at, column.heading(kind), &heading)?;
        sheet.set_column_width(at, width(*column))?;
    }
    for (row, line) in (1..).zip(lines) {
        for (at, column) in (0..).zip(&columns) {
            match column {
                Column::Date => {
                    let on = day(line.on)?;
                    sheet.write_datetime_with_format(row, at, &on, &date)?
                }
                Column::School => write_text(sheet, row, at, &line.school, &locked)?,
                Column::Session => write_text(sheet, row, at, &line.session, &locked)?,
                Column::Question(_) => sheet.write_blank(row, at, &open)?,
                Column::Key => sheet.write_string_with_format(row, at, line.key.to_string(), &locked)?,
            };
        }
    }
    let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    if last > 0 {
        for (at, column) in (0..).zip(&columns) {
            let Column::Question(question) = column else { continue };
            let rule = DataValidation::new()
                .allow_list_strings(&words(question))?
                .set_error_title("One of the answers")?
                .set_error_message("Choose one of the answers from the list")?;
            sheet.add_data_validation(1, at, last, at, &rule)?;
        }
        sheet.autofilter(0, 0, last, u16::try_from(columns.len() - 1).unwrap_or_default())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    protect(sheet);
    Ok(())
}

/// What the sheet says that says how.
fn how(counts: &BTreeMap<Respondent, usize>) -> Vec<String> {
    let mut lines = Vec::new();
    for (respondent, count) in counts {
        let label = respondent.label();
        lines.push(match count {
            0 => format!(
                "{label}: no row, because as many have answered as were there, or no session is open to answers."
            ),
            _ => format!("{label}: a row for each form, as many as have not answered yet."),
        });
    }
    let questions = Questionnaire::after(Respondent::Pupil).questions.len();
    lines.extend([
        "Each yellow row is one paper form. Take any blank row of the session it was filled in after.".to_owned(),
        format!("Choose an answer to each of its {questions} questions. Where the form leaves a question blank, choose “{NO_ANSWER}”. Leave rows blank that you have no form for."),
        "Never write names, here or on the forms. Nobody can tell from a row who filled in the form.".to_owned(),
        "Filter the rows as you like, type in only some, and send copies of the file to others: give each person rows of their own.".to_owned(),
        "Leave the columns beside each other: do not sort only some of them. Rows are known by the key in the last column.".to_owned(),
        "Do not copy one row over another: the last column is its key, by which a form is counted once however often the file is uploaded.".to_owned(),
        format!("Questionnaires close {OPEN_DAYS} days after the session: later, nothing is added any more."),
        "Record the session’s attendance in Callboard first. Then go to “Paper feedback” and upload the file, each copy in turn. What is added is shown first.".to_owned(),
    ]);
    lines
}

const fn width(column: Column) -> f64 {
    match column {
        Column::Date => 16.0,
        Column::School => 30.0,
        Column::Session => 20.0,
        Column::Question(_) => 24.0,
        Column::Key => 12.0,
    }
}
