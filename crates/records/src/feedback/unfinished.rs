//! Forms that were typed in in part: whether what is blank is no answer, somebody has to say.

use chrono::NaiveDate;
use domain::feedback::{Question, Questionnaire};
use domain::programme::ProgrammeKind;
use intake::paper_feedback::TypedForm;
use uuid::Uuid;

use super::come_back::{Decision, rows_of};
use super::ground::Session;
use crate::error::{Error, Result};

/// A form of which some questions are blank in every row that has it: not typed in to the end, or left blank on paper.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Its name on a form: its [`Decision`] is one of [`Unfinished::TAKE_IN`] and [`Unfinished::LEAVE_OUT`].
    pub field: String,
    /// The session's day.
    pub on: NaiveDate,
    /// Its slot and venue.
    pub place: String,
    /// Where the form is typed in: “Pupils, row 5”.
    pub rows: String,
    /// What is blank.
    pub blanks: Vec<&'static Question>,
    /// Which decides their wording.
    pub kind: ProgrammeKind,
}

impl Unfinished {
    /// The blanks are no answers.
    pub const TAKE_IN: Decision = Decision { on_record: None, right: None };
    /// The form is not taken in.
    pub const LEAVE_OUT: Decision = Decision { on_record: None, right: Some(0) };
}

/// The questions of a form that are blank in each of its rows; none where there are none.
pub(super) fn unfinished(session: &Session, form: Uuid, rows: &[&TypedForm]) -> Result<Option<Unfinished>> {
    let Some(first) = rows.first() else { return Ok(None) };
    let questions = Questionnaire::after(first.key.respondent).questions.iter();
    let blanks: Vec<_> = questions.filter(|q| rows.iter().all(|form| form.blanks.contains(&q.id))).collect();
    let unfinished = Unfinished {
        field: format!("blanks-{form}"),
        on: session.on_date,
        place: session.place(),
        rows: rows_of(rows),
        blanks,
        kind: session.kind.parse().map_err(Error::unavailable)?,
    };
    Ok(Some(unfinished).filter(|unfinished| !unfinished.blanks.is_empty()))
}
