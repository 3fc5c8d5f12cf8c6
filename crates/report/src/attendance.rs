//! The attendance sheet as a workbook that is filled in without signal: what is there already is locked, what is to be
//! counted is checked as it is typed, and a second sheet says how.

use chrono::NaiveDate;
use domain::attendance::{Headcounts, MOST_PEOPLE};
use domain::attendance_sheet::{Beside, COLUMNS, Column, Key, YES};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, Formula, Workbook, Worksheet, XlsxError,
};
use uuid::Uuid;

use crate::sheet::{day, heading, instruct, open, protect, write_text};

/// The sheet that is filled in.
pub const SHEET: &str = "Attendance";

/// A row: one attending group.
#[derive(Debug, Clone)]
pub struct Line {
    /// The group.
    pub group: Uuid,
    /// The day.
    pub on: NaiveDate,
    /// What the slot is called, and when it begins.
    pub session: String,
    /// Where it is.
    pub venue: String,
    /// Where the group's pupils belong.
    pub school: String,
    /// The group.
    pub name: String,
    /// How many are expected.
    pub expected: i64,
    /// What is on record.
    pub counts: Headcounts,
}

impl Line {
    fn key(&self) -> Key {
        let beside = Beside::of(|column| match column {
            Column::Session => &self.session,
            Column::Venue => &self.venue,
            Column::School => &self.school,
            Column::Group => &self.name,
            _ => "",
        });
        Key { group: self.group, base: self.counts, beside: Some(beside) }
    }
}

/// The workbook; `title` says of which tour or team, `made` when.
///
/// # Errors
/// None in practice: it is written to memory, and texts are cut to what a cell holds.
pub fn workbook(title: &str, made: &str, lines: &[Line]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    fill(book.add_worksheet(), lines)?;
    instruct_all(book.add_worksheet(), title, made, lines.is_empty())?;
    book.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, lines: &[Line]) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    let (heading, open) = (heading(), open());
    let locked = Format::new();
    let date = Format::new().set_num_format("ddd d mmm yyyy");
    for (at, column) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(0, at, column.heading(), &heading)?;
        sheet.set_column_width(at, width(column))?;
    }
    for (row, line) in (1..).zip(lines) {
        for (at, column) in (0..).zip(COLUMNS) {
            match column {
                Column::Date => {
                    let day = day(line.on)?;
                    sheet.write_datetime_with_format(row, at, &day, &date)?
                }
                Column::Session => write_text(sheet, row, at, &line.session, &locked)?,
                Column::Venue => write_text(sheet, row, at, &line.venue, &locked)?,
                Column::School => write_text(sheet, row, at, &line.school, &locked)?,
                Column::Group => write_text(sheet, row, at, &line.name, &locked)?,
                #[allow(clippy::cast_precision_loss)]
                Column::Expected => sheet.write_number_with_format(row, at, line.expected as f64, &locked)?,
                #[allow(clippy::cast_precision_loss)]
                Column::Count(figure) => match line.counts.get(figure) {
                    Some(count) => sheet.write_number_with_format(row, at, count as f64, &open)?,
                    None => sheet.write_blank(row, at, &open)?,
                },
                Column::Sure | Column::CountedBy => sheet.write_blank(row, at, &open)?,
                Column::Key => {
                    let key = line.key();
                    sheet.write_string_with_format(row, at, key.to_string(), &locked)?
                }
            };
        }
    }
    let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    if last > 0 {
        check(sheet, last)?;
        sheet.autofilter(0, 0, last, u16::try_from(COLUMNS.len() - 1).unwrap_or_default())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    protect(sheet);
    Ok(())
}

/// What is checked as it is typed, in rows 1 to `last`.
fn check(sheet: &mut Worksheet, last: u32) -> Result<(), XlsxError> {
    let most = i32::try_from(MOST_PEOPLE).unwrap_or(i32::MAX);
    for (at, column) in (0_u16..).zip(COLUMNS) {
        let rule = match column {
            Column::Count(domain::attendance::Figure::Send) => {
                // Of the row's own pupils, wherever the row stands after sorting.
                let (pupils, send) = (letter(at - 1), letter(at));
                let formula = format!(
                    "=AND(ISNUMBER({send}2),{send}2>=0,{send}2=INT({send}2),OR(ISBLANK({pupils}2),{send}2<={pupils}2))"
                );
                DataValidation::new()
                    .allow_custom(Formula::new(formula))
                    .set_error_title("Not among the pupils")?
                    .set_error_message(
                        "Pupils with SEND are counted among the pupils: not more than these, a whole number",
                    )?
            }
            Column::Count(_) => DataValidation::new()
                .allow_whole_number(DataValidationRule::Between(0, most))
                .set_error_title("A whole number")?
                .set_error_message(format!("Enter a whole number from 0 to {most}, or leave it blank"))?,
            Column::Sure => DataValidation::new()
                .allow_list_strings(&[YES])?
                .set_input_title("More than the roll?")?
                .set_input_message(
                "Choose Yes where more pupils came than are on roll, and the numbers are right",
            )?,
            Column::CountedBy => DataValidation::new()
                .allow_text_length(DataValidationRule::LessThanOrEqualTo(60))
                .set_error_style(DataValidationErrorStyle::Stop)
                .set_error_message("At most 60 characters")?,
            _ => continue,
        };
        sheet.add_data_validation(1, at, last, at, &rule)?;
    }
    Ok(())
}

fn instruct_all(sheet: &mut Worksheet, title: &str, made: &str, is_empty: bool) -> Result<(), XlsxError> {
    let none = is_empty.then(|| "No session is booked yet: download the sheet again when one is.".to_owned());
    let lines = [
        "Fill in the yellow cells of the sheet “Attendance”. 0 is a number: enter it where nobody came.",
        "Leave blank what you do not know yet. A blank never erases what is on record.",
        "Write in “Counted by” who counted, so that somebody else who counted too knows whom to ask.",
        "Where more pupils came than are on roll and the numbers are right, choose “Yes” in the column beside them.",
        "Filter the rows as you like, fill in only some, and send copies of the file to others.",
        "Leave the columns beside each other: do not sort only some of them. Rows are known by the key in the last column, which says which group a row is: leave it as it is.",
        "Headcounts only: never write children’s names.",
        "With signal again, go to “Attendance sheets” in Callboard and upload the file, each copy in turn. What changes is shown first, and where two people counted differently you are asked who is right.",
    ];
    instruct(sheet, title, made, none.into_iter().chain(lines.map(str::to_owned)))
}

const fn width(column: Column) -> f64 {
    match column {
        Column::Date => 16.0,
        Column::Session | Column::Group | Column::CountedBy => 20.0,
        Column::Venue | Column::School => 30.0,
        Column::Expected => 9.0,
        Column::Count(_) | Column::Sure => 14.0,
        Column::Key => 12.0,
    }
}

/// The letter of one of the first 26 columns.
fn letter(column: u16) -> char {
    char::from(b'A' + u8::try_from(column % 26).unwrap_or_default())
}
