//! Sheets of a workbook that are of something else than visits: mileage, a summary, invoices, a copy of another sheet.

use std::collections::HashSet;

use super::date;
use super::words::{plain, words};
use super::{Corrections, History, Role, Skipped, Table, Visit};

/// What sheets are of that repeat visits, or count them.
const OTHERS: &[&str] = &[
    "mileage",
    "miles",
    "expenses",
    "expense",
    "claims",
    "claim",
    "summary",
    "summaries",
    "totals",
    "stats",
    "statistics",
    "invoice",
    "invoices",
    "invoicing",
    "budget",
    "finance",
    "finances",
    "payments",
    "template",
    "templates",
];
/// What sheets are of that may be visits, or others than those that took place: it is asked.
const PERHAPS: &[&str] = &["planning", "planner", "plan", "plans", "training", "cpd", "inset", "twilight", "twilights"];
/// What a sheet is called in which older visits stand, or those of another sheet once more.
const OLD: &[&str] = &["archive", "archived", "archives", "old", "backup", "superseded", "obsolete"];
/// What may stand beside those.
const BESIDE: &[&str] = &[
    "of", "the", "for", "by", "and", "to", "school", "schools", "staff", "teacher", "teachers", "log", "sheet", "form",
    "forms", "list", "page", "team", "officer", "officers", "travel", "car", "costs", "fees", "meetings", "meeting",
    "sessions", "session", "days", "day", "autumn", "spring", "summer", "term", "year", "tab", "data", "record",
    "records", "blank", "new",
];
/// Says of a sheet that nobody keeps it.
const UNUSED: &[&str] = &["do not use", "don't use", "dont use", "not in use", "not used"];
/// Headings of a list of schools with how often each was visited.
const TALLIES: &[&str] =
    &["no of visits", "number of visits", "total visits", "times visited", "visits made", "no of times visited"];
/// Words of a heading of what was driven or paid.
const CLAIMED: &[&str] = &["miles", "mileage", "amount", "invoice", "net", "gross", "vat"];

/// What a sheet's name says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// Nothing, or that it is of visits.
    Visits,
    /// That they may not be visits that took place.
    Perhaps,
    /// That they may stand in another sheet too.
    Old,
    /// That it is of something else.
    Other,
}

fn named(name: &str, sheets: &[Option<String>]) -> Named {
    let name = plain(name);
    if UNUSED.iter().any(|unused| name.contains(unused)) {
        return Named::Other;
    }
    if let Some(of) = name.strip_prefix("copy of ") {
        let is_there = sheets.iter().flatten().any(|other| plain(other) == of.trim());
        return if is_there { Named::Other } else { Named::Old };
    }
    let said = words(&name);
    let has = |any: &[&str]| said.iter().any(|word| any.contains(word));
    let is_beside =
        |word: &&str| word.bytes().all(|b| b.is_ascii_digit()) || BESIDE.contains(word) || date::month(word).is_some();
    let is_all = |any: &[&str]| has(any) && said.iter().all(|word| any.contains(word) || is_beside(word));
    if is_all(OTHERS) {
        Named::Other
    } else if is_all(PERHAPS) {
        Named::Perhaps
    } else if is_all(OLD) {
        Named::Old
    } else {
        Named::Visits
    }
}

/// Whether it is asked of a sheet's rows whether they took place, since its name is not that of a list of visits. What a
/// person says of its headings says that it is one.
pub(super) fn is_asked(sheet: Option<&str>, sheets: &[Option<String>], said: &Corrections) -> bool {
    let Some(name) = sheet.filter(|name| !said.headings.contains_key(*name)) else { return false };
    match named(name, sheets) {
        Named::Visits => false,
        // A workbook of nothing else is of older visits, as it says.
        Named::Old => sheets.len() > 1,
        Named::Perhaps | Named::Other => true,
    }
}

/// Leaves out the sheets of something else, where others are of visits: `sheets` are all of the file's, each with what is
/// told of it where nothing of it is read. What repeats the visits of other sheets day by day is of something else too.
pub(super) fn set_aside(history: &mut History, sheets: &[(Option<String>, Skipped)], said: &Corrections) {
    let names: Vec<Option<String>> = sheets.iter().map(|(name, _)| name.clone()).collect();
    if names.len() < 2 {
        return;
    }
    let is_read = |name: &Option<String>| history.visits.iter().any(|visit| visit.sheet == *name);
    let is_open = |name: &String| {
        let place_of =
            |place: &String| history.tables.iter().any(|t| t.place == *place && t.sheet.as_ref() == Some(name));
        !said.headings.contains_key(name) && !said.columns.keys().any(place_of)
    };
    let tables = |name: &str| -> Vec<&Table> {
        history.tables.iter().filter(|table| table.sheet.as_deref() == Some(name)).collect()
    };
    let (others, own): (Vec<&String>, Vec<&String>) = names.iter().flatten().partition(|name| {
        is_open(name) && (named(name, &names) == Named::Other || tables(name).iter().any(|table| is_tally(table)))
    });
    let mut others: HashSet<String> = others.into_iter().cloned().collect();
    for name in own.into_iter().filter(|name| is_open(name)) {
        let of = tables(name);
        if !of.is_empty() && of.iter().all(|table| is_claim(table)) && repeats(history, name, &others) {
            others.insert(name.clone());
        }
    }
    if !names.iter().any(|name| is_read(name) && name.as_ref().is_none_or(|name| !others.contains(name))) {
        return;
    }
    let is_out = |sheet: &Option<String>| sheet.as_ref().is_some_and(|name| others.contains(name));
    let had_table: HashSet<Option<String>> = history.tables.iter().map(|table| table.sheet.clone()).collect();
    history.tables.retain(|table| !is_out(&table.sheet));
    history.visits.retain(|visit| !is_out(&visit.sheet));
    history.doubts.retain(|doubt| !is_out(&doubt.sheet));
    history.unsure.retain(|unsure| !is_out(&unsure.sheet));
    history.left_out.retain(|row| !is_out(&row.sheet));
    let set_aside = sheets.iter().filter(|(name, _)| is_out(name) && had_table.contains(name));
    history.skipped.extend(set_aside.map(|(_, skipped)| skipped.clone()));
    history.skipped.sort_by_key(|skipped| names.iter().position(|name| *name == skipped.sheet));
}

/// Whether a table counts visits: its day is that of the last.
fn is_tally(table: &Table) -> bool {
    let plain_words = |heading: &str| words(&plain(heading)).join(" ");
    let is_of_last =
        |(_, role, heading): &(String, Role, String)| *role == Role::Date && plain_words(heading).contains("last");
    table.columns.iter().any(is_of_last)
        || table.headings.iter().any(|(_, heading)| TALLIES.contains(&plain_words(heading).as_str()))
}

/// Whether a table says what was driven or paid, and not who came.
fn is_claim(table: &Table) -> bool {
    let is_claimed = |heading: &str| {
        let heading = plain(heading);
        heading.contains('£') || words(&heading).iter().any(|word| CLAIMED.contains(word))
    };
    let says_who = |role: Role| role.is_count() || matches!(role, Role::Years | Role::AmYears | Role::PmYears);
    table.headings.iter().any(|(_, heading)| is_claimed(heading))
        && !table.columns.iter().any(|(_, role, _)| says_who(*role))
}

/// Whether half of a sheet's visits stand in other sheets: on their day, at a school whose name begins so.
fn repeats(history: &History, name: &str, others: &HashSet<String>) -> bool {
    let is_own = |visit: &&Visit| visit.sheet.as_deref() == Some(name);
    let is_of_other = |visit: &&Visit| visit.sheet.as_ref().is_none_or(|sheet| !others.contains(sheet));
    let there: HashSet<_> = history.visits.iter().filter(|v| !is_own(v) && is_of_other(v)).map(begins).collect();
    let own: Vec<_> = history.visits.iter().filter(is_own).map(begins).collect();
    let again = own.iter().filter(|visit| visit.0.is_some() && there.contains(*visit)).count();
    again > 0 && again * 2 >= own.len()
}

fn begins(visit: &Visit) -> (Option<chrono::NaiveDate>, String) {
    let name = plain(&visit.school);
    let first = words(&name).into_iter().find(|word| word.len() > 2 && *word != "the").unwrap_or_default().to_owned();
    (visit.on, first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_say_what_they_are_of() {
        for (name, wanted) in [
            ("Mileage", Named::Other),
            ("Mileage claims 2018-19", Named::Other),
            ("Summary", Named::Other),
            ("School summary", Named::Other),
            ("Invoices", Named::Other),
            ("OLD - do not use", Named::Other),
            ("Template", Named::Other),
            ("Copy of Visits", Named::Other),
            ("Copy of Visits 2015", Named::Old),
            ("Archive", Named::Old),
            ("Archive 2015", Named::Old),
            ("Planning", Named::Perhaps),
            ("Staff training", Named::Perhaps),
            ("Visits", Named::Visits),
            ("Visit summary", Named::Visits),
            ("Visits and mileage", Named::Visits),
            ("Autumn 2016", Named::Visits),
            ("Sheet1", Named::Visits),
            ("Oldham", Named::Visits),
            ("2015", Named::Visits),
            ("Schools", Named::Visits),
        ] {
            assert_eq!(named(name, &[Some("Visits".into()), Some(name.into())]), wanted, "{name}");
        }
    }
}
