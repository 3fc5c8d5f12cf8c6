//! What becomes of one form that was typed in: it is new, on record as it is, or asked about.

use std::collections::BTreeMap;

use domain::feedback::paper::{Given, merge};
use domain::feedback::{Questionnaire, Respondent};
use domain::merged::Merged;
use intake::paper_feedback::TypedForm;
use uuid::Uuid;

use super::come_back::{Asked, Change, Decisions, Outcome, Said, place, problem, rows_of};
use super::ground::{Answered, OnRecord, Session};
use super::other_forms::Row;
use super::room;
use super::unfinished::{Unfinished, unfinished};
use crate::Desk;
use crate::error::{Error, Result};

/// A form, with the rows that it is typed into.
pub(super) struct OneForm<'a> {
    /// Its key, as a response.
    pub form: Uuid,
    /// At least one.
    pub rows: &'a [&'a TypedForm],
    /// As it is on record.
    pub there: Option<(&'a OnRecord, Option<&'a Answered>)>,
    /// All rows of its key.
    pub row: &'a Row,
}

impl OneForm<'_> {
    /// Brings it together with what is on record; whether it is a new response.
    pub(super) fn bring(
        &self,
        session: &mut Session,
        desk: &Desk,
        answers: &Decisions,
        outcome: &mut Outcome,
    ) -> Result<bool> {
        let is_new = self.there.is_none();
        let (rows, there) = (self.rows, self.there);
        let Some(first) = rows.first() else { return Ok(false) };
        let decided = decide(session, self, answers)?;
        if there.is_some() && decided.asked.is_empty() && decided.changed.is_empty() {
            outcome.comparison.unchanged += 1;
            if !answers.contains_key(&self.row.field) {
                outcome.comparison.same.push(self.row.clone());
            }
            return Ok(false);
        }
        if let Some(why) = session.why_not(desk.today()) {
            outcome.comparison.problems.extend(rows.iter().map(|form| problem(form, why.clone())));
            return Ok(false);
        }
        if there.is_none() {
            if let Some(unfinished) = unfinished(session, self.form, rows)? {
                match answers.get(&unfinished.field) {
                    Some(&Unfinished::TAKE_IN) => {}
                    Some(&Unfinished::LEAVE_OUT) => {
                        outcome.comparison.left_out.push(unfinished.rows);
                        return Ok(false);
                    }
                    _ => {
                        outcome.comparison.unfinished.push(unfinished);
                        // What is typed differently in it is asked at the same time.
                        outcome.comparison.asked.extend(decided.asked);
                        return Ok(false);
                    }
                }
            }
            if room(&session.room, first.key.respondent) == 0 {
                let message = "More forms than were there: as many responses as people counted are on record or above this row. Correct the attendance, or take this row out.";
                outcome.comparison.problems.push(problem(first, message.to_owned()));
                return Ok(false);
            }
            match first.key.respondent {
                Respondent::Pupil => session.room.pupils += 1,
                Respondent::Staff => session.room.staff += 1,
            }
            outcome.fresh.push((self.form, first.key.respondent, session.id, decided.after));
        } else {
            let changed = decided
                .changed
                .iter()
                .filter_map(|change| Some((self.form, change.question.id, change.before?, change.after?)));
            outcome.changed.extend(changed);
            outcome.comparison.changes.extend(decided.changed);
        }
        outcome.comparison.asked.extend(decided.asked);
        Ok(is_new)
    }
}

/// What becomes of one form.
#[derive(Default)]
struct Decided {
    asked: Vec<Asked>,
    changed: Vec<Change>,
    after: BTreeMap<&'static str, Given>,
}

fn decide(session: &Session, typed: &OneForm<'_>, answers: &Decisions) -> Result<Decided> {
    let mut decided = Decided::default();
    let (rows, there) = (typed.rows, typed.there.map(|(there, _)| there));
    let given = typed.there.and_then(|(_, given)| given);
    let Some(first) = rows.first() else { return Ok(decided) };
    let kind = session.kind.parse().map_err(Error::unavailable)?;
    for question in Questionnaire::after(first.key.respondent).questions {
        let says = |form: &&TypedForm| form.answers.get(question.id).copied();
        let said: Vec<Given> = rows.iter().filter_map(says).collect();
        let before = there.map(|_| given.and_then(|given| given.get(question.id)).copied());
        let change = |after| Change {
            on: session.on_date,
            place: session.place(),
            question,
            kind,
            rows: rows_of(rows),
            before,
            after,
        };
        let others: Vec<Given> = match merge(before, &said) {
            Merged::Stays => continue,
            Merged::Becomes(after) => {
                decided.after.extend(after.map(|after| (question.id, after)));
                continue;
            }
            Merged::Asked(others) => others.into_iter().flatten().collect(),
        };
        let field = format!("{}-{}", question.id, typed.form);
        let answer = answers.get(&field).filter(|answer| answer.on_record == before).map(|answer| answer.right);
        let at = |at: &str| rows.iter().find(|form| place(form) == at).and_then(says);
        match answer.or_else(|| typed.row.right(answers, before, at)) {
            Some(right) if before == Some(right) => {}
            Some(right) if others.contains(&right) => {
                decided.after.insert(question.id, right);
                decided.changed.push(change(Some(right)));
            }
            _ => {
                let wheres = |given| rows.iter().filter(|f| says(f) == Some(given)).map(|f| place(f)).collect();
                decided.asked.push(Asked {
                    what: change(None),
                    field,
                    by: there.and_then(|there| Some((there.person.clone(), there.at?))),
                    from: there.and_then(|there| there.file_name.clone()),
                    row: typed.row.clone(),
                    said: others.into_iter().map(|given| Said { given, wheres: wheres(given) }).collect(),
                });
            }
        }
    }
    Ok(decided)
}
