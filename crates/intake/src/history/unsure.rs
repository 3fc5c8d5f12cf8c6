//! Cells that leave it open whether a visit took place.

use super::columns::letters;
use super::told::shortened;
use super::{Half, Role, Visit};

/// A cell that leaves it open whether a visit took place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unsure {
    /// Its sheet; none for a text file.
    pub sheet: Option<String>,
    /// Its row, from 1.
    pub row: u32,
    /// Which of a line's two visits, where a line has two.
    pub half: Option<Half>,
    /// Its cell: `D14`.
    pub cell: String,
    /// What the cell is about; notes where the column is not read.
    pub about: Role,
    /// What says so, shortened where it is long.
    pub typed: String,
    /// Where that stands.
    pub stands: Stands,
}

/// Where it stands that a visit may not have taken place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// In the cell itself.
    Cell,
    /// In a row by itself above.
    Above,
    /// It is the name of the sheet.
    Sheet,
    /// In a note to a mark at the school's name.
    Footnote,
    /// In a remark beside a number that is not given, where the rows around it have one.
    Blank,
    /// In how its cells look: they are struck through.
    Struck,
    /// In a key to colours, of the colour that its row has.
    Colour,
    /// In a key to colours, and there are more coloured cells than are read.
    Uncounted,
}

impl Unsure {
    /// A visit's own, by its column, counted from 0, and what that is about.
    pub(super) fn of(visit: &Visit, (column, about): (usize, Role), typed: &str, stands: Stands) -> Self {
        Self {
            sheet: visit.sheet.clone(),
            row: visit.row,
            half: visit.half.filter(|_| visit.of_two),
            cell: format!("{}{}", letters(column), visit.row),
            about,
            typed: shortened(typed),
            stands,
        }
    }

    /// What is asked.
    #[must_use]
    pub fn question(&self) -> String {
        let typed = &self.typed;
        match self.stands {
            Stands::Cell => format!("The row says “{typed}”. Did it take place?"),
            Stands::Above => format!("The row stands under “{typed}”. Did it take place?"),
            Stands::Sheet => format!("The sheet is called “{typed}”. Did it take place?"),
            Stands::Blank => {
                format!("No number is given, as in other rows, and the row says “{typed}”. Did it take place?")
            }
            Stands::Struck => "The row is struck through, or a part of it. Did it take place?".to_owned(),
            Stands::Colour => format!("The row has the colour of “{typed}” in the key. Did it take place?"),
            Stands::Uncounted => format!(
                "The workbook has more coloured cells than are read, and its key says “{typed}” of a colour. Did it take place?"
            ),
            Stands::Footnote => format!("A note to the mark at the school’s name says “{typed}”. Did it take place?"),
        }
    }
}
