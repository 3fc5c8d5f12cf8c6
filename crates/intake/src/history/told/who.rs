//! What is asked of the year groups of a visit.

use super::super::columns::column_of;
use super::super::headings;
use super::super::words::{plain, words};
use super::super::years::{self, Years};
use super::super::{Count, Half, Outcome, Role, Table, Visit};

/// The column of a visit's year groups, from 0, with its heading: its own half's, or that of the whole line.
pub(super) fn years_of<'t>(table: &'t Table, visit: &Visit) -> Option<(Role, usize, &'t str)> {
    let own = match visit.half.filter(|_| visit.of_two) {
        Some(Half::Am) => Role::AmYears,
        Some(Half::Pm) => Role::PmYears,
        None => Role::Years,
    };
    [own, Role::Years].into_iter().find_map(|about| {
        let (letters, _, heading) = table.columns.iter().find(|(_, role, _)| *role == about)?;
        Some((about, column_of(letters)?, heading.as_str()))
    })
}

/// Numbers in a column of classes, ages or key stages are not year groups.
pub(super) fn by_heading(visit: &mut Visit, heading: &str) {
    let heading = plain(heading);
    let said = words(&heading);
    let has = |any: &[&str]| said.iter().any(|word| any.contains(word));
    let is_numbers = matches!(visit.years, Years::Groups(_)) && !visit.years_typed.contains(char::is_alphabetic);
    let is_aged = headings::is_of_age_ranges(&heading) && Years::is_range(&visit.years_typed);
    if !is_numbers || is_aged || has(&["year", "years", "yr", "yrs"]) {
        return;
    }
    if has(&["ks", "stage", "stages"]) {
        visit.years = Years::read(&format!("ks {}", visit.years_typed));
    } else if has(&["class", "classes", "group", "groups", "age", "ages", "cohort"]) {
        visit.years = Years::Unclear(
            "may be year groups, ages or a class’s own number. Type it like Y5, Class 5 or ages 9-10, or clear the cell",
        );
    }
}

/// What is asked of the cell of a visit's year groups; none where it says them and no more.
pub(super) fn asks(visit: &Visit) -> Option<String> {
    let typed = &visit.years_typed;
    let is_off = matches!(visit.outcome, Outcome::Cancelled | Outcome::Postponed);
    match &visit.years {
        Years::Unclear(why) => Some(format!("“{typed}” {why}.")),
        Years::Groups(_) if visit.count == Count::NotGiven && !is_off && years::counts(typed) => Some(format!(
            "“{typed}” says how many came, and no column does. Give the number a column of its own in the file, or type the year groups alone here."
        )),
        _ => None,
    }
}
