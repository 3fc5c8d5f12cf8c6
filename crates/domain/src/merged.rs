//! What becomes of a cell that several people stated: on record, and on sheets that went out, were filled in and come
//! back.

use std::collections::BTreeSet;

/// What becomes of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged<T> {
    /// What is on record stays: nothing else was filled in.
    Stays,
    /// Nobody else stated it since the sheet went out: this is it from now on.
    Becomes(T),
    /// Several people stated it differently: somebody has to say which is right. What was filled in other than what is
    /// on record, lowest first.
    Asked(Vec<T>),
}

/// What a sheet says of a cell, where it says something other than when it went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// What was filled in.
    pub value: T,
    /// Whether what is on record is what was on record when the sheet went out.
    pub untouched: bool,
}

/// Brings together what is on record with what sheets say. Their order says nothing.
#[must_use]
pub fn merge<T: Ord + Clone>(on_record: &T, said: &[Said<T>]) -> Merged<T> {
    let others: BTreeSet<&T> = said.iter().map(|s| &s.value).filter(|value| *value != on_record).collect();
    // Somebody who filled in what is on record by now has said so, too.
    let confirmed = said.iter().any(|s| s.value == *on_record);
    let untouched = said.iter().all(|s| s.untouched);
    match others.first() {
        None => Merged::Stays,
        Some(only) if others.len() == 1 && untouched && !confirmed => Merged::Becomes((*only).clone()),
        Some(_) => Merged::Asked(others.into_iter().cloned().collect()),
    }
}
