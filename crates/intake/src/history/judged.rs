//! How columns that may say whether visits took place are read, as their cells show: one headed as a status may hold
//! remarks, names or days, and one in which all is “confirmed” says no more than that the visits were arranged.

use std::collections::{HashMap, HashSet};

use super::date::{self, When};
use super::happened::{Column, How, is_booked};
use super::says::{CLOSED, Place, Says, says};
use super::sheet::Cells;
use super::words::{plain, words};

/// Texts of a status column that are not understood are asked about, unless there are more than so many, and they are
/// more than those that are: then it holds remarks.
const MANY: usize = 20;
/// Fewer cells do not show that all of them say “confirmed”.
const FEW: usize = 3;

/// Says of each column how it is read.
pub(super) fn judge(columns: &mut [Column], rows: &[Option<Cells<'_>>]) {
    for column in columns {
        if !(column.how.is_status()
            || matches!(column.how, How::In(Place::Notes) | How::Paid(Place::Notes) | How::Missed))
        {
            continue;
        }
        // How often each text stands there.
        let mut texts = HashMap::<&str, usize>::new();
        for text in rows.iter().flatten().map(|cells| cells.at(column.at).trim()).filter(|text| !text.is_empty()) {
            *texts.entry(text).or_default() += 1;
        }
        column.how = match column.how {
            How::Missed if texts.keys().any(|text| text.parse::<u32>().is_ok_and(|number| number > 1)) => How::Absent,
            How::Missed => How::Missed,
            How::In(Place::Notes) if is_all_booked(&texts, Place::Notes) => How::Booked(Place::Notes),
            How::Paid(Place::Notes) if is_all_booked(&texts, Place::Notes) => How::Booked(Place::Notes),
            how @ (How::In(Place::Notes) | How::Paid(_)) => how,
            how => status(how, column, &texts),
        };
    }
}

/// How a column that is headed as a status is read.
fn status(how: How, column: &Column, texts: &HashMap<&str, usize>) -> How {
    let unknown = texts.keys().filter(|text| says(text, Place::Status) == Says::Unsure).count();
    let is_held = |text: &&&str| says(text, Place::Status) == Says::Held && !CLOSED.contains(&plain(text).as_str());
    let is_of_remarks = unknown > MANY && unknown * 2 > texts.len();
    if is_of_remarks || (column.may_be_remarks && !texts.keys().any(|text| is_held(&text))) {
        return How::In(Place::Notes);
    }
    let named: usize = texts.iter().filter(|(text, _)| is_name_or_day(text)).map(|(_, times)| times).sum();
    if column.may_be_by && named * 2 > texts.values().sum() {
        return How::In(Place::Notes);
    }
    if is_all_booked(texts, Place::Status) { How::Booked(Place::Status) } else { how }
}

/// Whether all that a column says of visits that are not called off, or nearly all, is that they are booked.
fn is_all_booked(texts: &HashMap<&str, usize>, place: Place) -> bool {
    if is_of_calendar(texts) {
        return true;
    }
    let is_of = |text: &str| text.len() <= LONGEST_BOOKED && is_booked(&plain(text));
    let booked: usize = texts.iter().filter(|(text, _)| is_of(text)).map(|(_, times)| times).sum();
    if booked < FEW || booked * 2 < texts.values().sum() {
        return false;
    }
    let others: HashSet<Says> = texts.keys().filter(|text| !is_of(text)).map(|text| says(text, place)).collect();
    // Beside “delivered”, “confirmed” is another thing.
    !others.contains(&Says::Held)
}

/// Whether a column holds the words, and no others, with which a calendar says of each event that it stands.
fn is_of_calendar(texts: &HashMap<&str, usize>) -> bool {
    texts.contains_key("CONFIRMED") && texts.keys().all(|text| matches!(*text, "CONFIRMED" | "TENTATIVE" | "CANCELLED"))
}

/// The longest text that says no more than that a visit is booked, in bytes.
const LONGEST_BOOKED: usize = 24;

/// Whether a cell is a day, or like somebody's name: “PC Marsh”, “Kim & Jo”.
fn is_name_or_day(text: &str) -> bool {
    if matches!(date::read(text, None), When::On(_)) {
        return true;
    }
    let said = words(text);
    let is_like = |word: &&str| word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphabetic);
    let is_part = |word: &&str| {
        matches!(
            word.to_lowercase().as_str(),
            "half" | "partly" | "part" | "partial" | "partially" | "only" | "some" | "c" | "x" | "see"
        )
    };
    (1..=4).contains(&said.len())
        && said.iter().all(is_like)
        && !said.iter().any(is_part)
        && says(text, Place::Status) == Says::Unsure
        && says(text, Place::Notes) == Says::Nothing
}
