//! Rows that are of no session of pupils: telephone calls, meetings, the training of staff, evenings for parents. Logs of
//! all that somebody does have them between the visits, and a column says which is which.

mod lists;

use std::collections::HashMap;

use super::columns::column_of;
use super::happened;
use super::sheet::Cells;
use super::words::{plain, words};
use super::years::Years;
use super::{Corrections, Doubt, Role, Table, Visit};
use lists::{ABOUT, ADULTS, BESIDE_ADULTS, BESIDE_KINDS, FOR_ADULTS, KINDS, NONE, PERHAPS, PUPILS};

/// As few pupils may have been spoken to by themselves.
const LEAST: u32 = 8;
/// The longest text that names a kind, in words.
const MOST_WORDS: usize = 10;

/// What a text says of the kind of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// That it was no session of pupils.
    Other,
    /// That it may have been none.
    Perhaps,
}

/// Asks about the rows of a table that a column says are of something else.
pub(super) fn ask(
    table: &Table,
    (visits, rows): (&[Visit], &[Option<Cells<'_>>]),
    said: &Corrections,
    doubts: &mut Vec<Doubt>,
) {
    let of_kinds = table.headings.iter().filter_map(|(letters, heading)| {
        let role = table.role_of(letters);
        let is_free = role.is_none_or(|role| role == Role::Topic);
        let is_kind = role == Some(Role::Topic) || is_of_kinds(heading);
        (is_free && is_kind && !happened::is_off(heading)).then_some(())?;
        Some((column_of(letters)?, letters, role.unwrap_or(Role::Notes)))
    });
    let columns: Vec<_> = of_kinds.collect();
    let mut read = HashMap::<&str, Option<Kind>>::new();
    for (at, (visit, cells)) in visits.iter().zip(rows).enumerate() {
        let Some(cells) = cells else { continue };
        // A line's two visits share what kind they are.
        if at > 0 && visits[at - 1].row == visit.row {
            continue;
        }
        let names_years = matches!(visit.years, Years::Groups(_) | Years::Whole) || !visit.class.is_empty();
        // Beside a class and its number a call or a meeting was none.
        let is_of_pupils = names_years && visit.count.pupils().is_some_and(|pupils| pupils >= LEAST);
        for (column, letters, about) in &columns {
            let typed = cells.at(*column).trim();
            let kind = *read.entry(typed).or_insert_with(|| kind(typed));
            let cell = format!("{letters}{}", visit.row);
            let is_asked =
                (kind == Some(Kind::Other) && !is_of_pupils) || (kind == Some(Kind::Perhaps) && !names_years);
            if !is_asked || said.cells.contains_key(&(visit.sheet.clone().unwrap_or_default(), cell.clone())) {
                continue;
            }
            doubts.push(Doubt {
                sheet: visit.sheet.clone(),
                row: visit.row,
                cell,
                about: *about,
                typed: typed.to_owned(),
                message: format!(
                    "“{typed}” may have been no session of pupils. Leave the row out, or type what it was, the same again if pupils had a session."
                ),
            });
            break;
        }
    }
}

/// Whether a heading is over what kind of thing a row is.
fn is_of_kinds(heading: &str) -> bool {
    let heading = plain(heading);
    let said = words(&heading);
    said.iter().any(|word| KINDS.contains(word))
        && said.iter().all(|word| KINDS.contains(word) || BESIDE_KINDS.contains(word))
}

/// What a text says of the kind of its row; none where pupils may have been there.
fn kind(text: &str) -> Option<Kind> {
    let text = plain(text);
    let said = words(&text);
    let joined = said.join(" ");
    let is_year = |word: &&str| {
        word.starts_with(['y', 'k']) && word.ends_with(|c: char| c.is_ascii_digit()) || matches!(*word, "year" | "yr")
    };
    if said.is_empty() || said.len() > MOST_WORDS || said.iter().any(|word| is_year(word) || PUPILS.contains(word)) {
        return None;
    }
    if ["young carer", "school council", "student council"].iter().any(|of| joined.contains(of)) {
        return None;
    }
    let is_adult = |word: &str| ADULTS.contains(&word);
    let is_for = |word: &str| FOR_ADULTS.contains(&word);
    let is_beside = |word: &str| BESIDE_ADULTS.contains(&word) || word.bytes().all(|b| b.is_ascii_digit());
    let is_of_adults = said.iter().any(|word| is_adult(word))
        && said.iter().all(|word| is_adult(word) || is_for(word) || is_beside(word));
    // “WRAP staff training”, “training for all staff”.
    let is_theirs = said.windows(2).any(|pair| is_adult(pair[0]) && is_for(pair[1]) && pair[1] != "input")
        || (is_for(said[0]) && said.get(1) == Some(&"for") && said[2..].iter().any(|word| is_adult(word)));
    if is_of_adults || is_theirs || NONE.contains(&joined.as_str()) || is_spoken(&text, &said) {
        Some(Kind::Other)
    } else {
        PERHAPS.contains(&joined.as_str()).then_some(Kind::Perhaps)
    }
}

/// Whether it was spoken or written: “Phone call re booking”, “Email: confirm dates”, “Planning meeting with PSHE lead”.
fn is_spoken(text: &str, said: &[&str]) -> bool {
    let is_apart = |word: &str| {
        let behind = &text[text.find(word).map_or(text.len(), |at| at + word.len())..];
        behind.trim_start().starts_with([':', '-', ',', '(', '/', ';'])
    };
    (0..said.len()).any(|at| {
        let next = said.get(at + 1);
        let ends = || next.is_none_or(|next| ABOUT.contains(next)) || is_apart(said[at]);
        let before = at.checked_sub(1).map_or("", |before| said[before]);
        match said[at] {
            "call" | "calls" | "conversation" => matches!(before, "phone" | "telephone" | "tel" | "teams" | "zoom"),
            "phoned" | "emailed" | "rang" => at == 0,
            "email" | "emails" | "voicemail" | "letter" => at == 0 && next.is_some() && ends(),
            // “Meeting strangers” is a topic.
            "meeting" | "meetings" | "mtg" => (at > 0 || next.is_some()) && ends(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_no_session_of_pupils_says_so() {
        for text in [
            "Phone call",
            "Phone call re booking",
            "Email",
            "Email: confirm dates",
            "Meeting",
            "Planning meeting",
            "Planning meeting with PSHE lead",
            "Staff training",
            "Staff INSET",
            "WRAP staff training",
            "Training for all staff",
            "Governor training",
            "Parents evening",
            "Parents' workshop",
            "Parents/carers",
            "Coffee morning",
            "Site visit",
            "1:1",
            "Meet & greet",
            "Youth Club",
            "Staff",
        ] {
            assert_eq!(kind(text), Some(Kind::Other), "{text}");
        }
        for text in ["Training", "Drop-in"] {
            assert_eq!(kind(text), Some(Kind::Perhaps), "{text}");
        }
        for text in [
            "Workshop",
            "Assembly",
            "School Input",
            "Email safety",
            "Phone safety",
            "Meeting strangers online",
            "999 call",
            "First aid training",
            "Cycle training",
            "Y6 pupils and staff",
            "Staffroom",
            "Theatre visit",
            "Parental controls",
            "Planning your journey",
            "Children and parents",
            "Knife crime",
            "",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn headings_are_over_kinds() {
        for heading in [
            "Type",
            "Activity",
            "Activity type",
            "Delivery type",
            "Contact type",
            "Type of contact",
            "Event",
            "Event type",
            "Purpose",
            "Reason",
            "Session type",
            "Input",
            "Audience",
            "Details",
        ] {
            assert!(is_of_kinds(heading), "{heading}");
        }
        for heading in ["Booking method", "Contact", "Contact email", "Booked by", "Source", "Staff", "School", ""] {
            assert!(!is_of_kinds(heading), "{heading}");
        }
    }
}
