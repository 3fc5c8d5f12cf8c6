//! Visits that were put off to a day, of which no row is: those that took place then would be lost.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::session::State;
use intake::history::{Outcome, Visit};

use super::ground::{OnRecord, Schools};
use super::{Asks, Question, Row, Standing};

/// Asks about the rows that say they were put off to a day that has come, if the school has no visit on that day: neither
/// in a row nor on record. Rows and visits are in the same order.
pub(super) fn ask(rows: &mut [Row], visits: &[Visit], records: &[OnRecord], schools: &Schools, today: NaiveDate) {
    if visits.iter().all(|visit| visit.put_off.is_none()) {
        return;
    }
    let of_rows = rows.iter().filter(|row| row.outcome == Outcome::Held || row.outcome == Outcome::ToConfirm);
    let of_rows = of_rows.filter_map(|row| Some((schools.carrier(row.school.as_ref()?.id), row.on?)));
    let of_records = records.iter().filter(|record| record.state == State::Delivered);
    let of_records = of_records.map(|record| (schools.carrier(record.setting_id), record.on_date));
    let known: HashSet<_> = of_rows.chain(of_records).collect();
    // Rows whose school is not known yet may be it.
    let unknown: HashSet<_> = rows.iter().filter(|row| row.school.is_none()).filter_map(|row| row.on).collect();
    for (row, visit) in rows.iter_mut().zip(visits) {
        let is_off = matches!(row.outcome, Outcome::Cancelled | Outcome::Postponed);
        let Some(put_off) = visit.put_off.as_ref().filter(|put_off| is_off && put_off.to <= today) else { continue };
        let Some(school) = row.school.as_ref().map(|school| schools.carrier(school.id)) else { continue };
        if row.standing == Standing::LeftOut || known.contains(&(school, put_off.to)) || unknown.contains(&put_off.to) {
            continue;
        }
        row.questions.push(Question {
            asks: Asks::Cell,
            about: Some(put_off.about),
            cell: Some(put_off.cell.clone()),
            typed: put_off.typed.clone(),
            message: format!(
                "It was put off to {}, and no row is of this school on that day. If it took place then, give it a row of its own in the file; if it did not, type “postponed” here.",
                put_off.to.format("%-d %B %Y")
            ),
        });
        row.standing = Standing::Asked;
    }
}
