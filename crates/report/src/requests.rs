//! The sheet of requests as a workbook: a row for each tour and school that may ask for it, with what was asked already;
//! what is there is locked, what is filled in is checked as it is typed, and a second sheet says how.

use domain::request_sheet::{Cell, Cells, Column, Key, NONE, columns};
use domain::session::GroupField;
use domain::year_group::YearGroups;
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, Formula, Workbook, Worksheet, XlsxError,
};
use uuid::Uuid;

use crate::sheet::{heading, instruct, open, protect, write_text};

/// The sheet that is filled in.
pub const SHEET: &str = "Requests";
/// Room for so many groups at least; there is always room for one more than was asked for.
const GROUPS: usize = 3;

/// A row: a tour and a school that may ask for it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The tour.
    pub tour: Uuid,
    /// Its name.
    pub tour_name: String,
    /// Its days, in words.
    pub days: String,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// Where its request stands, in words; blank where it has not asked.
    pub standing: String,
    /// What it asked for; none where it has not.
    pub asked: Option<Cells>,
    /// Whether it can be filled in: a request that has a date is only shown.
    pub is_open: bool,
}

/// Of what a workbook is, and for whom.
#[derive(Debug, Clone)]
pub struct About {
    /// Whose requests, for what.
    pub title: String,
    /// When it was made.
    pub made: String,
    /// Whether somebody fills it in who asks for schools.
    pub on_behalf: bool,
    /// The year groups that the tours are for.
    pub year_groups: YearGroups,
}

/// The workbook.
///
/// # Errors
/// None in practice: it is written to memory, and texts are cut to what a cell holds.
pub fn workbook(about: &About, lines: &[Line]) -> Result<Vec<u8>, XlsxError> {
    let used = lines.iter().filter_map(|line| line.asked.as_ref()).map(Cells::groups).max().unwrap_or(0);
    let groups = (used + 1).clamp(GROUPS, domain::request::MOST_GROUPS);
    let mut book = Workbook::new();
    fill(book.add_worksheet(), about, lines, &columns(groups, about.on_behalf))?;
    instruct(book.add_worksheet(), &about.title, &about.made, instructions(about, lines.is_empty()))?;
    book.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, about: &About, lines: &[Line], columns: &[Column]) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    let (heading, locked) = (heading(), Format::new().set_text_wrap());
    // As text, so that a telephone number keeps its noughts and a day stays as it was written.
    let open = open().set_num_format("@").set_text_wrap();
    let number = crate::sheet::open();
    for (at, column) in (0..).zip(columns) {
        sheet.write_string_with_format(0, at, column.heading(), &heading)?;
        sheet.set_column_width(at, width(*column))?;
    }
    for (row, line) in (1..).zip(lines) {
        for (at, column) in (0..).zip(columns) {
            let is_number = matches!(column, Column::Cell(cell) if cell.range().is_some());
            let format = match column {
                Column::Cell(_) | Column::FilledInBy if line.is_open => {
                    if is_number {
                        &number
                    } else {
                        &open
                    }
                }
                _ => &locked,
            };
            let key = || {
                Key::of(line.tour, line.setting, line.asked.as_ref()).beside(&line.tour_name, &line.school).to_string()
            };
            let text = match column {
                Column::Tour => line.tour_name.clone(),
                Column::Days => line.days.clone(),
                Column::School => line.school.clone(),
                Column::Standing => line.standing.clone(),
                Column::Cell(cell) => line.asked.as_ref().map(|cells| cells.get(*cell).to_owned()).unwrap_or_default(),
                Column::FilledInBy => String::new(),
                Column::Key => key(),
            };
            match text.parse::<u32>() {
                _ if text.is_empty() => sheet.write_blank(row, at, format)?,
                Ok(count) if is_number => sheet.write_number_with_format(row, at, count, format)?,
                _ => write_text(sheet, row, at, &text, format)?,
            };
        }
    }
    let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    if last > 0 {
        for (at, column) in (0_u16..).zip(columns) {
            if let Some(rule) = check(*column, at, about)? {
                sheet.add_data_validation(1, at, last, at, &rule)?;
            }
        }
        sheet.autofilter(0, 0, last, u16::try_from(columns.len() - 1).unwrap_or_default())?;
    }
    // Tour and school stay in sight beside the cells.
    sheet.set_freeze_panes(1, 3)?;
    protect(sheet);
    Ok(())
}

/// What is checked as a column is typed.
fn check(column: Column, at: u16, about: &About) -> Result<Option<DataValidation>, XlsxError> {
    let cell = match column {
        Column::Cell(cell) => cell,
        Column::FilledInBy => return Ok(Some(at_most(60)?)),
        _ => return Ok(None),
    };
    let choices = cell.choices();
    Ok(Some(match cell {
        Cell::Group(_, GroupField::YearGroups) => {
            // Several may be written: the list only helps.
            let years: Vec<String> = about.year_groups.iter().map(|year| year.to_string()).collect();
            if years.is_empty() {
                return Ok(None);
            }
            DataValidation::new()
                .allow_list_strings(&years)?
                .show_error_message(false)
                .set_input_title("Year groups")?
                .set_input_message(
                    "Choose one, or write several: Year 5, Year 6. Leave blank if the group follows none",
                )?
        }
        Cell::Group(_, GroupField::ExpectedSend) => {
            // Of the row's own pupils, wherever the row stands after sorting. Emptied by a word.
            let (pupils, send) = (column_number_to_name(at - 1), column_number_to_name(at));
            let formula = format!(
                "=OR(LOWER({send}2)=\"{NONE}\",AND(ISNUMBER({send}2),{send}2>=0,{send}2=INT({send}2),OR(ISBLANK({pupils}2),{send}2<={pupils}2)))"
            );
            DataValidation::new()
                .allow_custom(Formula::new(formula))
                .set_error_title("Not among the pupils")?
                .set_error_message(
                    "Pupils with SEND are counted among the pupils: not more than these, a whole number",
                )?
        }
        Cell::Group(_, GroupField::Expected) => {
            let (name, (low, high)) = (column_number_to_name(at), cell.range().unwrap_or_default());
            let formula = format!(
                "=OR(LOWER({name}2)=\"{NONE}\",AND(ISNUMBER({name}2),{name}2>={low},{name}2<={high},{name}2=INT({name}2)))"
            );
            DataValidation::new()
                .allow_custom(Formula::new(formula))
                .set_error_title("A whole number")?
                .set_error_message(format!(
                    "Enter a whole number from {low} to {high}, or “{NONE}” to take the group out"
                ))?
        }
        Cell::Sessions => {
            let (low, high) = cell.range().unwrap_or_default();
            let small = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
            DataValidation::new()
                .allow_whole_number(DataValidationRule::Between(small(low), small(high)))
                .set_error_title("A whole number")?
                .set_error_message(format!("Enter a whole number from {low} to {high}"))?
        }
        Cell::Preferred | Cell::Impossible => DataValidation::new()
            .allow_any_value()
            .set_input_title("Days")?
            .set_input_message("Like 8 December, 14 to 16 December: with commas between. “none” takes them all out")?,
        _ if !choices.is_empty() => DataValidation::new()
            .allow_list_strings(&choices)?
            .set_error_title("Choose from the list")?
            .set_error_message("Choose what is offered, or leave it blank")?,
        Cell::Group(..) => at_most(60)?,
        Cell::AccessNeeds | Cell::Note => at_most(2_000)?,
        _ => at_most(120)?,
    }))
}

fn at_most(characters: u32) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_text_length(DataValidationRule::LessThanOrEqualTo(characters))
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_message(format!("At most {characters} characters"))
}

fn instructions(about: &About, is_empty: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if is_empty {
        lines.push("No tour can be asked for at present: download the sheet again when one is open.".to_owned());
    }
    lines.extend([
        "Each row of the sheet “Requests” is a tour and a school that may ask for it. Fill in the yellow cells of the rows you ask for; a row that you leave empty is no request.".to_owned(),
        "Needed are: how many pupils the first group has, and whom we talk to, with telephone and email. Left blank, a request is for one session, at any time of the day, without another school.".to_owned(),
        "A request that stands already is filled in: change what should be different. A request that has a date is only shown.".to_owned(),
        format!("A blank never erases what is on record. To take something out, write “{NONE}”; for a whole group, write it in its number of pupils."),
        "Write days with commas between them: 8 December, 14 to 16 December.".to_owned(),
        "Write in “Filled in by” who you are, so that a colleague who filled in a copy knows whom to ask.".to_owned(),
        "Filter the rows as you like, fill in only some, and send copies of the file to others.".to_owned(),
        "Leave the columns beside each other: do not sort only some of them. Rows are known by the key in the last column, which says which tour and school a row is: leave it as it is.".to_owned(),
        "Write no names of pupils.".to_owned(),
        "Then go to “Sheets of requests” in Callboard and upload the file, each copy in turn. What would be asked is shown first, and where two people wrote differently you are asked who is right. To withdraw a request, go to its page.".to_owned(),
    ]);
    if about.on_behalf {
        lines.push("You ask for schools: say in each row you fill in who asked, and how.".to_owned());
    }
    lines
}

const fn width(column: Column) -> f64 {
    match column {
        Column::Tour | Column::School | Column::Cell(Cell::AccessNeeds | Cell::Note | Cell::ContactEmail) => 28.0,
        Column::Days | Column::Cell(Cell::Preferred | Cell::Impossible) => 24.0,
        Column::Cell(Cell::Group(_, GroupField::Expected | GroupField::ExpectedSend) | Cell::Sessions) => 10.0,
        Column::Cell(Cell::Group(..)) => 14.0,
        Column::Key => 12.0,
        _ => 18.0,
    }
}
