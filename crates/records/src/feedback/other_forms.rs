//! Different forms in rows of one key: two people typed into the same blank rows of two copies of a sheet. Somebody says
//! so, and each is a response of its own; the second and those after it have keys that are made of the row's, so that a
//! sheet that comes back once more finds them on record, too.

use std::collections::BTreeMap;

use domain::feedback::paper::{Given, others};
use intake::paper_feedback::TypedForm;
use uuid::Uuid;

use super::come_back::{Decision, Decisions, place};
use super::ground::{Answered, OnRecord};

/// What rows of one key say, taken together, and how it is answered for all of their questions at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name on a form.
    pub field: String,
    /// What is on record of it, as a number: what somebody decides is decided of that.
    pub print: i64,
    /// Its rows in the file: “Pupils, row 5”.
    pub places: Vec<String>,
}

impl Row {
    pub(super) fn of(form: Uuid, rows: &[&TypedForm], known: &Known<'_>) -> Self {
        let places = rows.iter().map(|form| place(form)).collect();
        Self { field: format!("form-{form}"), print: known.print(), places }
    }

    const fn decision(&self, right: i64) -> Decision {
        Decision { on_record: Some(Some(self.print)), right: Some(right) }
    }

    /// They are different forms: each counts.
    #[must_use]
    pub const fn others(&self) -> Decision {
        self.decision(0)
    }

    /// They are the same form, and what is on record stays.
    #[must_use]
    pub const fn record(&self) -> Decision {
        self.decision(1)
    }

    /// They are the same form, and what the row at this of its `places` says is right.
    #[must_use]
    pub fn sheet(&self, at: usize) -> Decision {
        self.decision(i64::try_from(at).unwrap_or(i64::MAX - 2).saturating_add(2))
    }

    /// What was decided of an answer that is asked about: where that is what is on record, and what each row says.
    pub(super) fn right(
        &self,
        answers: &Decisions,
        before: Option<Given>,
        says: impl Fn(&str) -> Option<Given>,
    ) -> Option<Given> {
        let decided = answers.get(&self.field)?;
        if *decided == self.record() {
            return before;
        }
        self.places.iter().enumerate().find(|(at, _)| *decided == self.sheet(*at)).and_then(|(_, place)| says(place))
    }
}

/// The forms of one key that are on record.
pub(super) struct Known<'a>(Vec<(&'a OnRecord, Option<&'a Answered>)>);

impl<'a> Known<'a> {
    pub(super) fn of(form: Uuid, on_record: &'a BTreeMap<Uuid, OnRecord>, given: &'a BTreeMap<Uuid, Answered>) -> Self {
        let all = std::iter::once(form).chain(others(form));
        Self(all.filter_map(|id| Some((on_record.get(&id)?, given.get(&id)))).collect())
    }

    pub(super) fn get(&self, id: Uuid) -> Option<(&'a OnRecord, Option<&'a Answered>)> {
        self.0.iter().find(|(there, _)| there.id == id).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a OnRecord> + '_ {
        self.0.iter().map(|(there, _)| *there)
    }

    /// FNV-1a over the answers of each.
    fn print(&self) -> i64 {
        let mut hash: u32 = 0x811c_9dc5;
        let mut add = |byte: u8| hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        for (_, given) in &self.0 {
            add(0xff);
            for (question, choice) in given.iter().flat_map(|given| given.iter()) {
                question.bytes().for_each(&mut add);
                add(u8::try_from(*choice).unwrap_or(0xfe));
            }
        }
        i64::from(hash)
    }
}

/// How many of its answers are others.
fn differences(row: &TypedForm, given: Option<&Answered>) -> usize {
    let on_record = |question: &str| given.and_then(|given| given.get(question)).copied();
    row.answers.iter().filter(|(question, answer)| on_record(question) != **answer).count()
}

/// Whether two rows may be of one form: where both say something, they say the same, and one of them is to be completed.
fn completes(one: &TypedForm, other: &TypedForm) -> bool {
    let same = one.answers.iter().all(|(question, answer)| other.answers.get(question).is_none_or(|o| o == answer));
    same && !(one.blanks.is_empty() && other.blanks.is_empty())
}

/// The rows of one key by the form that each is: the one on record that it says, or is nearest to; where somebody said
/// that they are different forms, one of its own.
pub(super) fn told_apart<'a>(
    form: Uuid,
    rows: &[&'a TypedForm],
    known: &Known<'_>,
    are_others: bool,
) -> Vec<(Uuid, Vec<&'a TypedForm>)> {
    let mut free = std::iter::once(form).chain(others(form)).filter(|id| known.get(*id).is_none());
    let mut told: Vec<(Uuid, Vec<&TypedForm>)> = Vec::new();
    let put = |id: Uuid, row, told: &mut Vec<(Uuid, Vec<&'a TypedForm>)>| match told.iter_mut().find(|t| t.0 == id) {
        Some((_, rows)) => rows.push(row),
        None => told.push((id, vec![row])),
    };
    for row in rows.iter().copied() {
        let by_differences = known.0.iter().map(|(there, given)| (differences(row, *given), there.id));
        // Beside others of its key, what is on record is the first that says it; alone, it is what somebody spoke of.
        let is_there = |id: Uuid| !are_others || (rows.len() > 1 && !told.iter().any(|(told, _)| *told == id));
        let same = by_differences.clone().find(|(n, id)| *n == 0 && is_there(*id)).map(|(_, id)| id);
        let nearest = by_differences.min_by_key(|(n, _)| *n).map(|(_, id)| id);
        let id = match same {
            Some(id) => id,
            None if are_others => {
                let of_new = |id: &Uuid| known.get(*id).is_none();
                let joins = told.iter().find(|(id, rows)| of_new(id) && rows.iter().all(|other| completes(row, other)));
                joins.map(|(id, _)| *id).or_else(|| free.next()).or(nearest).unwrap_or(form)
            }
            None => nearest.unwrap_or(form),
        };
        put(id, row, &mut told);
    }
    told
}
