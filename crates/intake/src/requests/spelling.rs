//! What is usually written into a cell for what the sheet has a word of its own for: “Yr 7/8”, “am”, “y”, “by phone”.
//! Only what can mean one thing is taken for it; anything else is left as it was typed, and said so.

use domain::YearGroups;
use domain::request::PartOfDay;
use domain::request_sheet::Cell;
use domain::session::GroupField;
use domain::tour::AskedBy;

use crate::history::Years;
use crate::history::words::{plain, words};

/// Words that say no more than is said without them.
const FILLERS: [&str; 8] = ["only", "in", "the", "by", "please", "on", "a", "all"];

/// A text in the sheet's own words, where it says the same in others that are usual.
pub(super) fn usual(cell: Cell, text: String) -> String {
    let found = match cell {
        Cell::Group(_, GroupField::YearGroups) if text.parse::<YearGroups>().is_err() => match Years::read(&text) {
            Years::Groups(years) => Some(years.to_string()),
            Years::Whole | Years::Mixed | Years::NotGiven | Years::Named | Years::Unclear(_) => None,
        },
        Cell::PartOfDay => part_of_day(&text).map(|part| part.label().to_owned()),
        Cell::Days | Cell::RoomForOthers | Cell::AskedHow => choice(cell, &text).map(str::to_owned),
        _ => None,
    };
    found.unwrap_or(text)
}

/// “a.m.” as “am”, without the words that say nothing.
fn said(text: &str) -> String {
    let text = plain(text).replace("a.m", "am").replace("p.m", "pm").replace("e-mail", "email");
    let words: Vec<&str> = words(&text).into_iter().filter(|word| !FILLERS.contains(word)).collect();
    words.join(" ")
}

fn part_of_day(text: &str) -> Option<PartOfDay> {
    match said(text).as_str() {
        "am" | "morning" | "mornings" => Some(PartOfDay::Morning),
        "pm" | "afternoon" | "afternoons" => Some(PartOfDay::Afternoon),
        "any" | "any time" | "anytime" | "either" | "am or pm" | "am pm" | "pm or am" | "mornings or afternoons" => {
            Some(PartOfDay::Any)
        }
        _ => None,
    }
}

/// One of a cell's own choices, by what else it is called.
fn choice(cell: Cell, text: &str) -> Option<&'static str> {
    let choices = cell.choices();
    let at = match (cell, said(text).as_str()) {
        (Cell::Days, "one day or several" | "several" | "several days" | "any" | "either" | "more than one day") => 0,
        (Cell::Days, "one day" | "one" | "same day" | "single day" | "1 day") => 1,
        (Cell::RoomForOthers, "y" | "yes" | "true") => 0,
        (Cell::RoomForOthers, "n" | "no" | "false" | "no thanks" | "no thank you") => 1,
        (Cell::AskedHow, how) => {
            let how = match how {
                "telephone" | "phone" | "tel" | "phone call" | "telephone call" => AskedBy::Telephone,
                "email" | "emailed" => AskedBy::Email,
                "letter" | "post" => AskedBy::Letter,
                "person" | "face to face" => AskedBy::InPerson,
                _ => return None,
            };
            return Some(how.label());
        }
        _ => return None,
    };
    choices.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEARS: Cell = Cell::Group(0, GroupField::YearGroups);

    #[test]
    fn what_is_usual_is_the_sheets_own_word() {
        for (cell, text, own) in [
            (YEARS, "Yr 7", "Yr 7"),
            (YEARS, "yrs 7/8", "Year 7 and Year 8"),
            (YEARS, "KS2", "Years 3 to 6"),
            (YEARS, "Year 5 & Yr 6", "Year 5 & Yr 6"),
            (YEARS, "Rec & Y1", "Reception and Year 1"),
            (Cell::PartOfDay, "am", "Only in the morning"),
            (Cell::PartOfDay, "A.M. only", "Only in the morning"),
            (Cell::PartOfDay, "Mornings", "Only in the morning"),
            (Cell::PartOfDay, "only in the AFTERNOON", "Only in the afternoon"),
            (Cell::PartOfDay, "p.m.", "Only in the afternoon"),
            (Cell::PartOfDay, "AM/PM", "Morning or afternoon"),
            (Cell::Days, "same day", "All on one day"),
            (Cell::Days, "ALL ON ONE DAY", "All on one day"),
            (Cell::Days, "several days", "One day or several"),
            (Cell::RoomForOthers, "y", "Yes"),
            (Cell::RoomForOthers, "No thanks", "No"),
            (Cell::AskedHow, "e-mail", "By email"),
            (Cell::AskedHow, "phone", "By telephone"),
            (Cell::AskedHow, "in person", "In person"),
        ] {
            assert_eq!(usual(cell, text.into()), own, "{text}");
        }
    }

    /// A word that may mean two things, or another thing, is asked about and not taken.
    #[test]
    fn what_may_mean_two_things_stays_as_it_was_typed() {
        for (cell, text) in [
            (YEARS, "whole school"),
            (YEARS, "Class 3"),
            (YEARS, "Oak"),
            (YEARS, "7 4"),
            (Cell::PartOfDay, "am if possible"),
            (Cell::PartOfDay, "not mornings"),
            (Cell::PartOfDay, "9.30"),
            (Cell::PartOfDay, "all day"),
            (Cell::Days, "Mondays"),
            (Cell::RoomForOthers, "perhaps"),
            (Cell::AskedHow, "mail"),
            (Cell::Note, "am"),
            (Cell::Group(0, GroupField::Label), "yrs 7/8"),
        ] {
            assert_eq!(usual(cell, text.into()), text, "{text}");
        }
    }
}
