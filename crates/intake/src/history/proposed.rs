//! What a file says elsewhere of the year of days that have none: on a sheet without a table, or by its name. It is told
//! beside the question, and nothing follows from it.

use domain::AcademicYear;

use super::years_of::academic_year;
use super::{Doubt, History, is_for_all};

/// What is said of days without a year.
pub(super) const NO_YEARS: &str = "have no year, and nothing beside or above them says";

/// Tells it where days without a year are asked about, and all that names a year names the same.
pub(super) fn propose(history: &mut History, file_name: &str) {
    let asks = |doubt: &Doubt| is_for_all(&doubt.message) && doubt.message.contains(NO_YEARS);
    if !history.doubts.iter().any(asks) {
        return;
    }
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let of_sheets = history.skipped.iter().flat_map(|skipped| {
        let sheet = skipped.sheet.as_deref().unwrap_or_default();
        skipped.begins.iter().map(move |(_, text)| (format!("The sheet “{sheet}” says “{text}”"), text.as_str()))
    });
    let of_name = (format!("The file is called “{name}”"), name);
    let found: Vec<(String, AcademicYear)> =
        of_sheets.chain([of_name]).filter_map(|(says, text)| Some((says, academic_year(text)?))).collect();
    let Some((says, year)) = found.first().filter(|(_, first)| found.iter().all(|(_, year)| year == first)) else {
        return;
    };
    for doubt in history.doubts.iter_mut().filter(|doubt| asks(doubt)) {
        doubt.message.push_str(&format!(" {says}: perhaps {year}."));
    }
}
