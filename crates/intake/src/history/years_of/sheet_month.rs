//! The one month that a sheet is of, where a workbook has a sheet for each.

use super::{Months, month, plain, tokens};

/// Words beside a month in a sheet's name or title that say nothing of when.
const BESIDE: &[&str] = &[
    "visits",
    "visit",
    "sessions",
    "session",
    "school",
    "schools",
    "log",
    "diary",
    "workshops",
    "month",
    "of",
    "the",
    "for",
    "in",
    "continued",
    "cont",
    "term",
    "list",
    "record",
];

/// The month that a sheet's name and titles name, each alone: “Sept 23”, “September 2023”, “September” where its year is
/// known. None where they name several. It says which month days by themselves are of, not more: “Sept 23” may be a day.
pub(in crate::history) fn sheet_month<'a>(
    titles: impl IntoIterator<Item = &'a str>,
    year: Option<Months>,
) -> Option<Months> {
    let mut found = titles.into_iter().filter_map(|title| of_title(title, year));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first).filter(|month| year.is_none_or(|year| year.holds(*month)))
}

fn of_title(title: &str, year: Option<Months>) -> Option<Months> {
    if title.len() > 60 {
        return None;
    }
    let plain = plain(title);
    let tokens = tokens(&plain);
    let said: Vec<_> = tokens.iter().filter(|token| !BESIDE.contains(&token.text)).collect();
    let (name, own) = match said.as_slice() {
        [name] => (name, None),
        [name, year] => {
            let short = || year.number(2).filter(|year| (10..50).contains(year)).map(|year| 2000 + year);
            (name, Some(year.year().or_else(short)?))
        }
        _ => return None,
    };
    let month = month(name.text)?;
    let year = match own {
        Some(own) => own,
        None => year?.year_of(month)?,
    };
    Some(Months::month(year, month))
}
