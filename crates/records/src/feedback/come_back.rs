//! Feedback on paper that comes back: each form that was typed in becomes a response as a page makes one. A form is known
//! by its key; what was typed differently is asked about, cell by cell; all of it is taken in, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::feedback::paper::{Column, Given, KEY, NotAKey};
use domain::feedback::{Question, Respondent};
use domain::programme::ProgrammeKind;
use domain::setting::LaCode;
use intake::Problem;
use intake::paper_feedback::{Typed, TypedForm};
use uuid::Uuid;

use super::ground::{Session, on_record, sessions};
use super::one_form::OneForm;
use super::other_forms::{Known, Row, told_apart};
use super::unfinished::Unfinished;
use crate::Desk;
use crate::attendance::beside::{another_day, another_school};
use crate::db::Conn;
use crate::error::Result;
use crate::filled_sheets::within;
use crate::within::Within;

pub use intake::paper_feedback::{MAX_BYTES, read as read_workbook};

/// What somebody decided about an answer that was typed differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// What was on record when it was asked, none while the form was not: when it is no longer, it is asked again.
    pub on_record: Option<Given>,
    /// What is right.
    pub right: Given,
}

/// What was decided, by the [`Asked::field`].
pub type Decisions = BTreeMap<String, Decision>;

/// Forms that are new, of a session and a respondent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The session's day.
    pub on: NaiveDate,
    /// Its slot and venue.
    pub place: String,
    /// Who filled them in.
    pub respondent: Respondent,
    /// How many.
    pub forms: usize,
}

/// An answer of a form.
#[derive(Debug, Clone)]
pub struct Change {
    /// The session's day.
    pub on: NaiveDate,
    /// Its slot and venue.
    pub place: String,
    /// The question.
    pub question: &'static Question,
    /// Which decides its wording.
    pub kind: ProgrammeKind,
    /// Where the form is typed in: “Pupils, row 5”.
    pub rows: String,
    /// What is on record; none while the form is not.
    pub before: Option<Given>,
    /// What it will be; none where it is asked about.
    pub after: Option<Given>,
}

/// One thing that was typed for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The answer.
    pub given: Given,
    /// Where: “Pupils, row 5”.
    pub wheres: Vec<String>,
}

/// An answer that was typed differently.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which, and what is on record.
    pub what: Change,
    /// Its name on a form.
    pub field: String,
    /// Who uploaded what is on record, and when; none while the form is not, or when that is no longer known.
    pub by: Option<(Option<String>, DateTime<Utc>)>,
    /// The file that brought it.
    pub from: Option<String>,
    /// What the file says.
    pub said: Vec<Said>,
    /// All rows of its key, which may be different forms.
    pub row: Row,
}

/// What a file says beside the records.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// New responses.
    pub added: Vec<Added>,
    /// Decisions that change.
    pub changes: Vec<Change>,
    /// What has to be decided first.
    pub asked: Vec<Asked>,
    /// Forms with blank cells, of which has to be said whether these are no answers.
    pub unfinished: Vec<Unfinished>,
    /// Forms that somebody left out, since they are not typed in to the end, by their rows.
    pub left_out: Vec<String>,
    /// What cannot be taken in.
    pub problems: Vec<Problem>,
    /// Forms that are on record as they are typed.
    pub unchanged: usize,
    /// The rows of those: somebody may know that they are other forms that say the same.
    pub same: Vec<Row>,
    /// Rows that repeat another row's key, and are the same form.
    pub copies: usize,
    /// Rows in all.
    pub rows: usize,
}

impl Comparison {
    /// Whether nothing is left to decide or to mend.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.asked.is_empty() && self.unfinished.is_empty() && self.problems.is_empty()
    }

    /// How many responses are new.
    #[must_use]
    pub fn forms(&self) -> usize {
        self.added.iter().map(|added| added.forms).sum()
    }
}

/// What taking in this sheet would do; of another authority than `authority`, where one is named, none is found.
/// Nothing is stored.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn compare(
    desk: &Desk,
    actor: &Actor,
    authority: Option<&LaCode>,
    typed: &Typed,
    answers: &Decisions,
) -> Result<Comparison> {
    desk.authorise(actor, Operation::EnterPaperFeedback)?;
    let mut conn = desk.read().await?;
    let within = within(actor, authority.map(LaCode::as_str));
    Ok(bring_together(&mut conn, desk, &within, typed, answers).await?.comparison)
}

/// What is to be written, and what is said of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub comparison: Comparison,
    /// New responses: the form with what it says.
    pub fresh: Vec<(Uuid, Respondent, Uuid, BTreeMap<&'static str, Given>)>,
    /// Decisions that change: response, question, before, after.
    pub changed: Vec<(Uuid, &'static str, Given, Given)>,
}

/// Brings the forms together with what is on record.
pub(super) async fn bring_together(
    conn: &mut Conn,
    desk: &Desk,
    within: &Within,
    typed: &Typed,
    answers: &Decisions,
) -> Result<Outcome> {
    let forms = &typed.forms;
    let mut by_form = BTreeMap::<Uuid, Vec<&TypedForm>>::new();
    for form in forms {
        by_form.entry(form.key.form).or_default().push(form);
    }
    let mut sessions = sessions(conn, within, forms).await?;
    let (on_record, given) = on_record(conn, &by_form).await?;
    let mut outcome = Outcome::default();
    outcome.comparison.problems.clone_from(&typed.problems);
    outcome.comparison.rows = forms.len();
    let mut added = BTreeMap::<(NaiveDate, String, Respondent), usize>::new();
    // In the order of the file, so that those above a row count before it.
    let mut seen = BTreeSet::new();
    for first in forms.iter().filter(|form| seen.insert(form.key.form)) {
        let rows = &by_form[&first.key.form];
        let known = Known::of(first.key.form, &on_record, &given);
        let is_other = |form: &&&TypedForm| {
            form.key != first.key
                || known.iter().any(|there| {
                    there.session_id != form.key.session || there.respondent != form.key.respondent.as_str()
                })
        };
        let others: Vec<_> = rows.iter().filter(is_other).collect();
        if !others.is_empty() {
            outcome.comparison.problems.extend(others.iter().map(|form| problem(form, format!("{NotAKey}."))));
            continue;
        }
        let repeated = repeated(rows);
        if !repeated.is_empty() {
            outcome.comparison.problems.extend(repeated);
            continue;
        }
        let Some(session) = sessions.get_mut(&first.key.session) else {
            let message = "There is no such session any more, or it is not yours. Look it up in Callboard.";
            outcome.comparison.problems.extend(rows.iter().map(|form| problem(form, message.to_owned())));
            continue;
        };
        let apart: Vec<_> = rows.iter().filter_map(|form| sorted_apart(session, form)).collect();
        if !apart.is_empty() {
            outcome.comparison.problems.extend(apart);
            continue;
        }
        let row = Row::of(first.key.form, rows, &known);
        let are_others = answers.get(&row.field) == Some(&row.others());
        for (form, rows) in told_apart(first.key.form, rows, &known, are_others) {
            outcome.comparison.copies += rows.len() - 1;
            let typed = OneForm { form, rows: &rows, there: known.get(form), row: &row };
            if typed.bring(session, desk, answers, &mut outcome)? {
                *added.entry((session.on_date, session.place(), first.key.respondent)).or_default() += 1;
            }
        }
    }
    outcome.comparison.problems.sort_by_cached_key(|problem| (problem.sheet.clone(), problem.row));
    outcome.comparison.added =
        added.into_iter().map(|((on, place, respondent), forms)| Added { on, place, respondent, forms }).collect();
    Ok(outcome)
}

/// The rows of one sheet that say what a row above with their key says: most likely a row was copied with its key to
/// make room for another form, which would be lost, since few answers are often the same. Where they say something else
/// it is asked; a sheet that was copied whole is the same forms.
fn repeated(rows: &[&TypedForm]) -> Vec<Problem> {
    let is_complete = |form: &&&TypedForm| form.blanks.is_empty();
    let mut problems = Vec::new();
    for (at, form) in rows.iter().enumerate().filter(|(_, form)| is_complete(form)) {
        let same = |above: &&&TypedForm| above.sheet == form.sheet && above.answers == form.answers;
        if let Some(above) = rows[..at].iter().filter(is_complete).find(same) {
            problems.push(problem(
                form,
                format!(
                    "This row has the key of row {} and says the same. If it is another form, type it into a row of the sheet with a key of its own; if it is the same, take one of the two out.",
                    above.row
                ),
            ));
        }
    }
    problems
}

/// What is wrong with a row that stands beside another session's key.
fn sorted_apart(session: &Session, form: &TypedForm) -> Option<Problem> {
    let (school, on) = (&session.venue, session.on_date);
    // What stood there when the sheet went out is its own, whatever the school is called by now.
    let another = another_school(&form.school, school, on).filter(|_| !form.key.stood(&form.school));
    let another = another.map(|message| (Column::School, message));
    let (column, message) =
        another.or_else(|| another_day(&form.on, school, on).map(|message| (Column::Date, message)))?;
    let heading = column.heading(ProgrammeKind::Session);
    Some(Problem { column: Some(heading), ..problem(form, message) })
}

pub(super) fn problem(form: &TypedForm, message: String) -> Problem {
    Problem { sheet: form.sheet.clone(), row: Some(form.row), column: Some(KEY.to_owned()), message }
}

/// “Pupils, row 5”
pub(super) fn place(form: &TypedForm) -> String {
    match &form.sheet {
        Some(sheet) => format!("{sheet}, row {}", form.row),
        None => format!("row {}", form.row),
    }
}

/// “Pupils, row 5; Pupils, row 7”
pub(super) fn rows_of(rows: &[&TypedForm]) -> String {
    rows.iter().map(|form| place(form)).collect::<Vec<_>>().join("; ")
}
