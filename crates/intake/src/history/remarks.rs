//! Remarks that say of their row that it is more than one visit, or not right as it stands: “2 shows”, “also did Y5 in the
//! pm”, “wrong school, should be Eldwick”, “joint with Saltaire”.

mod clause;

use std::collections::HashMap;

use super::columns::letters;
use super::happened::Column;
use super::says::Place;
use super::sheet::Cells;
use super::words::plain;
use super::{Doubt, Outcome, Role, Visit};
use clause::Clause;

/// What a remark may say of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remark {
    /// That it is several visits.
    Several,
    /// That it is another's, of another day, or of several schools.
    Wrong,
    /// That it stands instead of another row.
    Corrected,
}

impl Remark {
    /// What is wrong, and how to mend it, as the rest of a sentence that begins with the remark.
    fn why(self) -> &'static str {
        match self {
            Self::Several => {
                "may be of more than one visit, and a row is one. Give each visit a row of its own in the file, or type “-” here if it was one"
            }
            Self::Corrected => {
                "may say that this row stands instead of another one of the day. Leave that one out, then type “-” here; or type “-” if both are visits"
            }
            Self::Wrong => {
                "may say that the row is not right as it stands. Correct it in the file or leave the row out, or type “-” here if it is right"
            }
        }
    }
}

/// Asks about the remarks of a table's visits that may say so.
pub(super) fn ask(columns: &[Column], visits: &[Visit], rows: &[Option<Cells<'_>>], doubts: &mut Vec<Doubt>) {
    let is_of = |column: &&Column| column.how.is_status() || column.how.of_sentences() == Some(Place::Notes);
    let columns: Vec<&Column> = columns.iter().filter(is_of).collect();
    let mut read = HashMap::<&str, Option<Remark>>::new();
    let mut found = Vec::new();
    for (at, cells) in rows.iter().enumerate() {
        let Some(cells) = cells else { continue };
        // A line's two visits share their remarks.
        if at > 0 && visits[at - 1].row == visits[at].row {
            continue;
        }
        for column in &columns {
            let typed = cells.at(column.at).trim();
            if let Some(remark) = *read.entry(typed).or_insert_with(|| remark(typed)) {
                found.push((at, column.at, typed, remark));
            }
        }
    }
    if found.is_empty() {
        return;
    }
    let days = days(visits);
    for (at, column, typed, remark) in found {
        let visit = &visits[at];
        let is_off = matches!(visit.outcome, Outcome::Cancelled | Outcome::Postponed);
        // Another row of the same visit: neither another class nor another time of the day.
        let is_same = |other: &Visit| {
            day(other) == day(visit)
                && (&other.years, other.starts, other.half) == (&visit.years, visit.starts, visit.half)
        };
        let is_alone = remark == Remark::Corrected && visits.iter().filter(|other| is_same(other)).count() < 2;
        if (remark == Remark::Corrected && is_alone)
            || is_off
            || (remark == Remark::Several && days.get(&day(visit)).is_some_and(|visits| *visits > 1))
        {
            continue;
        }
        doubts.push(Doubt {
            sheet: visit.sheet.clone(),
            row: visit.row,
            cell: format!("{}{}", letters(column), visit.row),
            about: Role::Notes,
            typed: typed.to_owned(),
            message: format!("“{typed}” {}.", remark.why()),
        });
    }
}

/// How many visits of a day stand there for each school: where each has its row, “2 sessions” counts those.
fn days(visits: &[Visit]) -> HashMap<(Option<chrono::NaiveDate>, String), usize> {
    let mut days = HashMap::new();
    for (at, visit) in visits.iter().enumerate() {
        let is_of_two = at > 0 && visits[at - 1].row == visit.row;
        *days.entry(day(visit)).or_insert(0) += 1;
        if is_of_two {
            *days.entry(day(&visits[at - 1])).or_insert(0) += 1;
        }
    }
    days
}

fn day(visit: &Visit) -> (Option<chrono::NaiveDate>, String) {
    (visit.on, plain(&visit.school))
}

fn remark(text: &str) -> Option<Remark> {
    if text.len() < 2 {
        return None;
    }
    let ends = |c: char| matches!(c, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '!' | '\n');
    let text: String = text.chars().map(|c| if matches!(c, '–' | '—') { '-' } else { c }).collect();
    let clauses: Vec<Clause> =
        text.split(ends).flat_map(|part| part.split(" - ")).flat_map(|part| part.split(". ")).map(Clause::of).collect();
    let has = |is: fn(&Clause) -> bool| clauses.iter().any(is);
    if has(Clause::is_wrong) {
        Some(Remark::Wrong)
    } else if has(Clause::is_corrected) {
        Some(Remark::Corrected)
    } else {
        has(Clause::is_several).then_some(Remark::Several)
    }
}
