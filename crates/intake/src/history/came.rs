//! Remarks that say how many came, otherwise than the number of their row: “54 attended” beside 60.

use super::columns::{column_of, letters};
use super::happened::Column;
use super::says::Place;
use super::sheet::Cells;
use super::words::{plain, words};
use super::{Corrections, Count, Doubt, Outcome, Role, Table, Visit};

/// Whom a number of them counts, where all who came are meant.
const PUPILS: &[&str] = &["pupils", "children", "students", "kids", "chn", "young", "people", "yp"];
/// What those did who were there.
const CAME: &[&str] = &["attended", "came", "present", "participated", "attending"];
/// Behind these a number is a name, or counts a part: “Y5 attended”, “another 6 came”.
const BEFORE_OTHERS: &[&str] = &[
    "year",
    "yr",
    "years",
    "class",
    "ks",
    "set",
    "form",
    "group",
    "room",
    "part",
    "session",
    "another",
    "other",
    "extra",
    "further",
    "additional",
    "plus",
    "and",
    "not",
    "last",
];
/// What may stand behind without saying more than that they came.
const BEHIND: &[&str] = &[
    "in",
    "total",
    "altogether",
    "all",
    "today",
    "on",
    "the",
    "day",
    "overall",
    "am",
    "pm",
    "this",
    "time",
    "only",
    "instead",
];

/// Asks about the numbers of a table's visits beside which a remark says another.
pub(super) fn ask(
    table: &Table,
    columns: &[Column],
    (visits, rows): (&[Visit], &[Option<Cells<'_>>]),
    said: &Corrections,
    doubts: &mut Vec<Doubt>,
) {
    let is_of = |column: &&Column| column.how.is_status() || column.how.of_sentences() == Some(Place::Notes);
    let columns: Vec<&Column> = columns.iter().filter(is_of).collect();
    let counted = table.columns.iter().find(|(_, role, _)| *role == Role::Pupils);
    let counted = counted.and_then(|(letters, role, _)| Some((column_of(letters)?, *role)));
    for (at, (visit, cells)) in visits.iter().zip(rows).enumerate() {
        let Some(cells) = cells else { continue };
        // A number for both visits of a line is neither's.
        if matches!(visit.outcome, Outcome::Cancelled | Outcome::Postponed) || is_of_two(visits, at) {
            continue;
        }
        let number = match visit.count {
            Count::Pupils { pupils, .. } => Some(pupils),
            Count::NotGiven => None,
            Count::Cancelled | Count::Unclear => continue,
        };
        let other = columns.iter().find_map(|column| {
            let typed = cells.at(column.at).trim();
            came(typed).filter(|came| Some(*came) != number).map(|came| (column.at, typed, came))
        });
        let Some((of_remark, remark, came)) = other else { continue };
        let (column, about) = counted.unwrap_or((of_remark, Role::Notes));
        let cell = format!("{}{}", letters(column), visit.row);
        if said.cells.contains_key(&(visit.sheet.clone().unwrap_or_default(), cell.clone())) {
            continue;
        }
        let message = match counted {
            Some(_) => format!("A remark says “{remark}”. Type how many pupils came: {came}, or another number."),
            None => format!(
                "“{remark}” says how many came, and no column does. Give the number a column of its own in the file, or type “-” here."
            ),
        };
        let typed = cells.at(column).trim().to_owned();
        doubts.push(Doubt { sheet: visit.sheet.clone(), row: visit.row, cell, about, typed, message });
    }
}

fn is_of_two(visits: &[Visit], at: usize) -> bool {
    let is_beside = |other: Option<&Visit>| other.is_some_and(|other| other.row == visits[at].row);
    is_beside(at.checked_sub(1).and_then(|before| visits.get(before))) || is_beside(visits.get(at + 1))
}

/// How many came, as a remark says: the numbers of its clauses together.
fn came(text: &str) -> Option<u32> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = plain(text);
    let clauses = text.split([',', ';', '(', ')', ':']).filter(|clause| !clause.contains('%'));
    let found: Vec<u32> = clauses
        .filter_map(|clause| {
            let said = words(clause);
            (0..said.len()).find_map(|at| came_at(&said, at))
        })
        .collect();
    (!found.is_empty()).then(|| found.iter().sum())
}

fn came_at(said: &[&str], at: usize) -> Option<u32> {
    // A longer number counts nobody, and sums of these stay numbers.
    let number = |at: usize| said.get(at)?.parse::<u16>().ok().map(u32::from);
    let word = |at: usize| said.get(at).copied().unwrap_or_default();
    let mut next = at + 1;
    while PUPILS.contains(&word(next)) {
        next += 1;
    }
    let verb = match (word(next), word(next + 1)) {
        ("turned", "up") | ("took", "part") | ("in", "attendance") => 2,
        (verb, _) if CAME.contains(&verb) => 1,
        _ => return None,
    };
    // “12 came forward”, “4 came in late”: more is said of some of them.
    let is_all = said[next + verb..].iter().all(|word| BEHIND.contains(word));
    let pupils = number(at).filter(|pupils| is_all && *pupils > 0)?;
    match at.checked_sub(1).map_or("", word) {
        // “54 of 60 attended”, “54 out of 60 came”.
        "of" => at.checked_sub(2).and_then(|before| number(before).or_else(|| number(before.checked_sub(1)?))),
        before if BEFORE_OTHERS.contains(&before) => None,
        before if before.parse::<u32>().is_ok() => None,
        _ => Some(pupils),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_say_how_many_came() {
        for (text, came_) in [
            ("54 attended", Some(54)),
            ("only 12 children attended", Some(12)),
            ("30 booked, 28 attended", Some(28)),
            ("54 of 60 attended", Some(54)),
            ("54 out of 60 came", Some(54)),
            ("26 turned up (measles)", Some(26)),
            ("26 came in total", Some(26)),
            ("very good, 31 pupils took part", Some(31)),
            ("Year 5 attended", None),
            ("class 12 came late", None),
            ("Y5 and 6 attended", None),
            ("2 staff attended", None),
            ("3 not present", None),
            ("all attended", None),
            ("0 attended", None),
            ("4 girls attended a follow up", None),
            ("30 pupils", None),
            ("Year 5: 31 attended, Year 6: 29 attended", Some(60)),
            ("20 attended am, 10 attended pm", Some(30)),
            ("90% attended", None),
            ("4000000000 attended, 4000000000 came", None),
            ("65535 attended, 65535 came", Some(131_070)),
            ("15 attended last year", None),
            ("12 came forward to ask questions", None),
            ("4 children came in late", None),
            ("10 young people turned up early", None),
            ("3 attended from the resource base", None),
        ] {
            assert_eq!(came(text), came_, "{text}");
        }
    }
}
