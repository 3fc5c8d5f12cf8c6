//! Tables of a sheet that stand below another: a term's or a tour's, with headings of its own.

use std::collections::HashMap;

use super::Role;
use super::header::{self, Head, is_data, is_date, read_as, repeats};
use super::headings;
use super::sheet::{Cells, Sheet};
use super::words::plain;

/// Headings are shorter than what people write into a row, in characters.
const LONGEST_HEADING: usize = 40;
/// So many columns that are understood make a row one of headings, where not all are: the day's and the school's.
const ENOUGH: usize = 2;
/// One of so many rows below headings has a day.
const LOOKED_AT: usize = 5;

/// A sheet's first table, and those below it. A row that repeats the headings above it begins none.
pub(super) fn all(sheet: &Sheet, first: Head) -> Vec<Head> {
    let mut heads = vec![first];
    let (mut days, mut of_date) = (HashMap::new(), HashMap::new());
    let mut at = heads[0].rows.end;
    while at < sheet.len() {
        let cells = sheet.row(at).1;
        at += 1;
        let Some(above) = heads.last() else { break };
        // Nearly every row has a day where the table has its days: it is looked up, and the row is done.
        let day = above.columns.at(Role::Date).map_or("", |column| cells.at(column)).trim();
        if !day.is_empty() && *days.entry(day).or_insert_with(|| is_date(day)) {
            continue;
        }
        if cells.iter().any(|cell| *of_date.entry(cell).or_insert_with(|| heads_days(cell)))
            && let Some(head) = begins(sheet, at - 1, above)
        {
            at = head.rows.end;
            heads.push(head);
        }
    }
    if heads.len() == 1 {
        return heads;
    }
    // What stands in another table tells nothing of this one's columns.
    let ends: Vec<usize> = heads.iter().skip(1).map(|head| head.rows.start).chain([sheet.len()]).collect();
    heads.into_iter().zip(ends).map(|(head, end)| header::until(sheet, head, end)).collect()
}

/// Whether a cell may head a column of days.
fn heads_days(cell: &str) -> bool {
    cell.len() <= LONGEST_HEADING
        && (headings::role(cell).is_some_and(|(role, _)| role == Role::Date)
            || matches!(plain(cell).as_str(), "day" | "days"))
}

/// The headings that a row is, or those of which it is the upper one.
fn begins(sheet: &Sheet, at: usize, above: &Head) -> Option<Head> {
    let texts: Vec<Vec<String>> = above.rows.clone().map(|row| sheet.row(row).1.texts()).collect();
    let is_short = |cells: Cells<'_>| cells.filled().all(|cell| cell.chars().count() <= LONGEST_HEADING);
    let may_be = |at: usize| {
        let cells = sheet.row(at).1;
        is_short(cells) && !is_data(&cells.texts()) && !repeats(&texts, cells)
    };
    if !may_be(at) {
        return None;
    }
    let is_next = at + 1 < sheet.len() && sheet.row(at + 1).0 == sheet.row(at).0 + 1 && may_be(at + 1);
    let rows = [Some(at), is_next.then_some(at + 1)].into_iter().flatten();
    // The headings above are no part of these.
    let heads = rows.filter_map(|row| read_as(sheet, row, false)).filter(|head| head.rows.start >= above.rows.end);
    let mut best: Option<Head> = None;
    for head in heads {
        if best.as_ref().is_none_or(|best| head.columns.known.len() > best.columns.known.len()) {
            best = Some(head);
        }
    }
    best.filter(|head| {
        let filled: usize = head.rows.clone().map(|row| sheet.row(row).1.filled().count()).sum();
        let known = head.columns.known.len();
        let day = head.columns.at(Role::Date);
        let is_of_days =
            day.is_some_and(|day| sheet.rows(head.rows.end).take(LOOKED_AT).any(|(_, cells)| is_date(cells.at(day))));
        (known >= ENOUGH || known == filled) && is_of_days
    })
}
