//! Whether a session took place, as the words of a cell say it.

mod alone;
mod here;
mod other;
mod own;
mod phrases;

use super::words::plain;
use here::read;
pub(super) use own::is_own;
use phrases::{BUT, PAPERS, PLANNED};
pub(super) use phrases::{begins_at, is_cancelled, is_modifier, may_ask, may_tell};

/// What a cell says of whether a session took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Says {
    /// Nothing of it.
    Nothing,
    /// That it did.
    Held,
    /// Something that may mean either: to be asked.
    Unsure,
    /// That it was put off.
    Postponed,
    /// That it did not.
    Cancelled,
}

/// Where a text stands: how much its words are about whether the session took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// A column that is about nothing else: whatever is not understood is to be asked.
    Status,
    /// Remarks: plain words count, and those that may mean it are to be asked.
    Notes,
    /// Any other cell: only the plainest words count.
    Elsewhere,
}

/// Reads a text.
pub(super) fn says(text: &str, place: Place) -> Says {
    let text = spelled_out(text);
    let text = text.trim().trim_end_matches('.');
    if place == Place::Status
        && let Some(said) = mark(text)
    {
        return said;
    }
    let asks = !text.is_empty() && text.chars().all(|c| c == '?');
    if place == Place::Notes && (asks || PLANNED.contains(&text) || alone::REMARKS.contains(&text)) {
        return Says::Unsure;
    }
    let clauses = clauses(text);
    let mut found = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let before: Vec<&str> = clauses[..at].iter().flat_map(|c| c.words.iter().copied()).collect();
        read(clause, &before, place, &mut found);
    }
    if place == Place::Notes && !other::is_covered(text) && clauses.iter().any(|c| alone::may_be_off(&c.words)) {
        found.push(Says::Unsure);
    }
    let has = |said: Says| found.contains(&said);
    let off = if has(Says::Cancelled) { Says::Cancelled } else { Says::Postponed };
    match (has(off), has(Says::Held)) {
        // “Cancelled, but went ahead later”.
        (true, true) => Says::Unsure,
        (true, false) if own::is_contradicted(&clauses) => Says::Unsure,
        (true, false) => off,
        _ if has(Says::Unsure) => Says::Unsure,
        (_, held) if place == Place::Status => {
            let sure = held && !clauses.iter().any(|c| c.asks || c.words.iter().any(|w| BUT.contains(w)));
            if sure { Says::Held } else { Says::Unsure }
        }
        (_, true) => Says::Held,
        _ => Says::Nothing,
    }
}

/// Words of a status that say of a booking that all of it is over; of a visit they may say other things.
pub(in crate::history) const CLOSED: &[&str] =
    &["paid", "invoiced", "finished", "comp", "closed", "good", "green", "invoiced & paid", "invoiced and paid"];

/// Cells of a status column that are a sign or a single word.
fn mark(text: &str) -> Option<Says> {
    Some(match text {
        "" | "-" | "--" | "n/a" => Says::Nothing,
        "yes" | "y" | "ok" | "true" | "✓" | "✔" | "✔\u{fe0f}" | "☑" | "☑\u{fe0f}" | "√" | "✅" | "🗸" => {
            Says::Held
        }
        "no" | "n" => Says::Cancelled,
        "checked in" | "checked-in" | "checkedin" => Says::Held,
        _ if CLOSED.contains(&text) => Says::Held,
        _ => return None,
    })
}

/// Whether a text says of an invoice or a payment alone that it was cancelled.
pub(super) fn is_of_paper(text: &str) -> bool {
    let text = spelled_out(text);
    let clauses = clauses(&text);
    let is_paper = |clause: &Clause<'_>| {
        let at = clause.words.iter().position(|word| is_cancelled(word));
        at.is_some_and(|at| at > 0 && PAPERS.contains(&clause.words[at - 1]))
    };
    clauses.iter().any(is_paper)
        && clauses.iter().all(|clause| is_paper(clause) || !clause.words.iter().any(|word| is_cancelled(word)))
}

/// A run of words between signs.
struct Clause<'a> {
    words: Vec<&'a str>,
    asks: bool,
}

/// Texts in which words are told apart: `didn't` → `did not`, `no-show` → `no show`.
fn spelled_out(text: &str) -> String {
    let mut text = plain(text);
    for (from, to) in [
        ("n't", " not"),
        ("didnt", "did not"),
        ("wasnt", "was not"),
        ("couldnt", "could not"),
        ("re-", "re"),
        ("c/x", "cx"),
        ("canc'd", "cancelled"),
        ("c/l", "cl"),
        ("post-poned", "postponed"),
        ("last-minute", ""),
        ("last minute", ""),
        ("cancel culture", ""),
    ] {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    text
}

fn clauses(text: &str) -> Vec<Clause<'_>> {
    let mut out = Vec::new();
    let ends = |c: char| matches!(c, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '!');
    for part in text.split(ends).flat_map(|part| part.split(" - ")).flat_map(|part| part.split(". ")) {
        let words: Vec<&str> = part.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        if words.is_empty() && !part.contains('?') {
            continue;
        }
        out.push(Clause { words, asks: part.contains('?') });
    }
    out
}

#[cfg(test)]
mod tests;
