//! Which school a row of a census file is of, and which rows are of none.

use std::collections::{BTreeMap, BTreeSet};

use domain::dfe_number::DfeNumber;
use domain::setting::{LaCode, Urn};

use super::columns::Columns;
use super::{Figure, count, is_withheld};
use crate::grid::Row;
use crate::text::tidy;
use crate::totals;

/// What a row says of its school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Its URN, its LAESTAB, or both.
    School { urn: Option<Urn>, number: Option<DfeNumber> },
    /// It is a total of several schools, or of an authority, a region, the nation.
    Total,
    /// It has no figures.
    Note,
    /// Nobody knows: in this column, for this reason.
    Unknown(usize, String),
}

/// What a row says of its school; `above` are the sums of the schools above it, `places` names of authorities.
pub(super) fn of(row: &dyn Row, columns: &Columns, above: &Sums, places: &BTreeSet<String>) -> Who {
    let text = |at: Option<usize>| at.map(|at| tidy(&row.cell(at)).into_owned()).unwrap_or_default();
    // “-” and “n/a” stand for nothing here too.
    let given = |at: Option<usize>| Some(text(at)).filter(|text| !text.is_empty() && !is_withheld(text));
    let urn = given(columns.urn).map(|text| text.strip_suffix(".0").unwrap_or(&text).parse::<Urn>());
    let number = number(given(columns.laestab), given(columns.la), given(columns.estab));
    let wrong = match (urn, number) {
        (Some(Ok(urn)), number) => return Who::School { urn: Some(urn), number: number.and_then(Result::ok) },
        (None, Some(Ok(number))) => return Who::School { urn: None, number: Some(number) },
        (Some(Err(error)), _) => {
            (columns.urn, format!("{error}. Without it nobody knows which school this is."))
        }
        (None, Some(Err(message))) => (columns.laestab.or(columns.estab), format!("{message}.")),
        (None, None) => (
            columns.urn.or(columns.laestab).or(columns.estab),
            "This row has no URN and no LAESTAB, and a name alone does not say which school it is. Write one of them, or remove the row.".to_owned(),
        ),
    };
    if is_total(row, columns, places) || above.is(row, columns) {
        Who::Total
    } else if columns.figures().all(|at| tidy(&row.cell(at)).is_empty()) {
        Who::Note
    } else {
        Who::Unknown(wrong.0.unwrap_or_default(), wrong.1)
    }
}

/// The LAESTAB of a row, in one column or in two.
fn number(whole: Option<String>, la: Option<String>, estab: Option<String>) -> Option<Result<DfeNumber, String>> {
    let authority = || la.as_deref().and_then(|la| la.strip_suffix(".0").unwrap_or(la).parse::<LaCode>().ok());
    let read = |text: String| {
        text.parse::<DfeNumber>().map(|number| number.within(authority())).map_err(|error| error.to_string())
    };
    whole.or(estab).map(read)
}

/// Whether a row without a school's number is a total: it says so, or its place is no school.
fn is_total(row: &dyn Row, columns: &Columns, authorities: &BTreeSet<String>) -> bool {
    let text = |at: usize| tidy(&row.cell(at)).into_owned();
    match columns.level.map(|at| text(at).to_lowercase()).as_deref() {
        None | Some("") => {}
        // Its country and region stand beside every school.
        Some("school") => return false,
        Some(_) => return true,
    }
    let figures: BTreeSet<usize> = columns.figures().chain(columns.period).collect();
    let texts = (0..row.width().min(1_000)).filter(|at| !figures.contains(at)).map(|at| (at, text(at)));
    let (places, own): (Vec<_>, Vec<_>) =
        texts.filter(|(_, text)| !text.is_empty()).partition(|(at, _)| columns.places.contains(at));
    // Whole names only: a school without a URN may lie in New England.
    let is_none = |text: &str| {
        totals::says_total(text)
            || totals::is_region(text)
            || authorities.iter().any(|name| totals::is_authority(text, name))
    };
    if own.is_empty() {
        // An authority's code beside its name is no school's number.
        return !places.is_empty();
    }
    own.iter().any(|(_, text)| is_none(text))
}

/// The sums of the schools of a sheet, by column.
#[derive(Debug, Default)]
pub(super) struct Sums {
    all: Sum,
    /// Since the last total.
    since: Sum,
}

#[derive(Debug, Default)]
struct Sum {
    schools: usize,
    by_column: BTreeMap<usize, i64>,
}

impl Sums {
    /// Counts a school.
    pub(super) fn add(&mut self, row: &dyn Row, columns: &Columns) {
        for sum in [&mut self.all, &mut self.since] {
            sum.schools += 1;
            for (at, number) in known(row, columns) {
                *sum.by_column.entry(at).or_default() += number;
            }
        }
    }

    /// A total was passed over: the next one may begin anew.
    pub(super) fn total(&mut self) {
        self.since = Sum::default();
    }

    /// Whether a row's figures are what the schools above it add up to. One figure alone may be so by chance.
    fn is(&self, row: &dyn Row, columns: &Columns) -> bool {
        let figures: Vec<(usize, i64)> = known(row, columns).collect();
        figures.iter().filter(|(_, number)| *number > 0).count() > 1
            && [&self.all, &self.since]
                .into_iter()
                .any(|sum| sum.schools > 1 && figures.iter().all(|(at, number)| sum.by_column.get(at) == Some(number)))
    }
}

fn known(row: &dyn Row, columns: &Columns) -> impl Iterator<Item = (usize, i64)> {
    columns.figures().filter_map(|at| match count(&tidy(&row.cell(at))) {
        Figure::Known(number) => Some((at, number)),
        Figure::Blank | Figure::Withheld | Figure::None => None,
    })
}
