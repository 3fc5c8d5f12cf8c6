//! The links table of the school list: which establishment came from which, with the names they had.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use chrono::{Datelike, NaiveDate};
use domain::lineage::{LinkType, Order};
use domain::setting::Urn;

use crate::grid::{Grid, Row};
use crate::problem::{Problem, Problems};
use crate::text::tidy;

/// The most links a file may have; the official table has about 34,000.
const MAX_LINKS: usize = 400_000;
/// The most steps from a closed school to the one open now: a ring of links ends there.
const MAX_STEPS: usize = 12;

/// The columns that a links table has.
const COLUMNS: [&str; 4] = ["URN", "LinkURN", "LinkName", "LinkType"];

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The establishment the row is about.
    pub urn: Urn,
    /// The establishment it is linked to.
    pub other: Urn,
    /// That one's name.
    pub other_name: String,
    /// How they are linked.
    pub kind: LinkType,
    /// Since when, as the table has it; none where it has no date.
    pub since: Option<NaiveDate>,
}

impl Link {
    /// Whether the other's name is an old one, or a newer one, of the school the row is about; none for links that tell no
    /// names. An amalgamation's rows do not say which came first: each tells the other's name.
    pub(crate) fn other_came_before(&self) -> Option<bool> {
        match self.kind.hands_over()?.0 {
            Order::OtherBefore => Some(true),
            Order::OtherAfter => Some(false),
            Order::Unsaid => (self.kind == LinkType::ResultOfAmalgamation).then_some(false),
        }
    }
}

/// Which school came from which.
#[derive(Debug, Clone, Default)]
pub struct Links {
    links: Vec<Link>,
}

impl Links {
    /// The links of these rows.
    #[must_use]
    pub fn new(links: Vec<Link>) -> Self {
        Self { links }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Link] {
        &self.links
    }

    /// Whether a row is the headings of a links table.
    pub(crate) fn are_headings(row: &dyn Row) -> bool {
        COLUMNS.iter().all(|name| (0..row.width()).any(|at| tidy(&row.cell(at)).eq_ignore_ascii_case(name)))
    }

    /// Reads the links table, `URN,LinkURN,LinkName,LinkType,…`, CSV or a workbook.
    ///
    /// # Errors
    /// Every problem found: a missing column, a URN that is none.
    pub fn read(bytes: &[u8], file_name: &str) -> Result<Self, Vec<Problem>> {
        const SINCE: &str = "LinkEstablishedDate";
        let mut grid = Grid::open(bytes).map_err(|p| vec![p])?;
        let sheet = grid.sheets().into_iter().next().flatten();
        let mut places: Option<([Option<usize>; 4], Option<usize>)> = None;
        let (mut links, mut problems) = (Vec::new(), Problems::default());
        let walked = grid.rows(sheet.as_deref(), &mut |number, row| {
            if row.is_blank() {
                return ControlFlow::Continue(());
            }
            let Some(places) = &places else {
                let place = |c: &str| (0..row.width()).find(|p| tidy(&row.cell(*p)).eq_ignore_ascii_case(c));
                let header = COLUMNS.map(place);
                for (column, _) in COLUMNS.iter().zip(&header).filter(|(_, place)| place.is_none()) {
                    problems.push(Problem {
                        sheet: sheet.clone(),
                        row: Some(number),
                        column: Some((*column).to_owned()),
                        message: format!("The column “{column}” is missing from “{file_name}”: a links table has it."),
                    });
                }
                places = Some((header, place(SINCE)));
                return ControlFlow::Continue(());
            };
            let ([Some(urn), Some(other), Some(name), Some(kind)], since) = *places else {
                return ControlFlow::Break(());
            };
            if links.len() >= MAX_LINKS {
                problems.push(Problem::of_file(format!("“{file_name}” has more than {MAX_LINKS} links.")));
                return ControlFlow::Break(());
            }
            let mut number_in = |place: usize, column: usize| {
                let text = row.cell(place);
                let urn = tidy(&text).parse::<Urn>();
                if let Err(error) = &urn {
                    problems.push(Problem {
                        sheet: sheet.clone(),
                        row: Some(number),
                        column: Some(COLUMNS[column].to_owned()),
                        message: format!("{error}."),
                    });
                }
                urn.ok()
            };
            let (link, other) = (number_in(urn, 0), number_in(other, 1));
            let typed = since.map(|place| tidy(&row.cell(place)).into_owned()).unwrap_or_default();
            let since = day(&typed);
            if since.is_none() && !typed.is_empty() {
                problems.push(Problem {
                    sheet: sheet.clone(),
                    row: Some(number),
                    column: Some(SINCE.to_owned()),
                    message: format!("“{typed}” is no day. Write it like 01-09-2019, or clear the cell."),
                });
            }
            if let (Some(urn), Some(other)) = (link, other) {
                links.push(Link {
                    urn,
                    other,
                    other_name: tidy(&row.cell(name)).into_owned(),
                    kind: kind_of(&tidy(&row.cell(kind))),
                    since,
                });
            }
            ControlFlow::Continue(())
        });
        if let Err(problem) = walked {
            problems.push(problem);
        }
        if problems.is_empty() { Ok(Self { links }) } else { Err(problems.into_list()) }
    }

    /// Names that schools had before, with the schools that are open now, each pair once. `open` says which are. A
    /// name of a school that was split comes with each of those that took it over.
    pub(super) fn old_names(&self, open: &HashMap<Urn, u32>) -> Vec<(u32, &str)> {
        let mut after: HashMap<Urn, Vec<Urn>> = HashMap::new();
        for link in &self.links {
            match link.other_came_before() {
                Some(true) => after.entry(link.other).or_default().push(link.urn),
                Some(false) => after.entry(link.urn).or_default().push(link.other),
                None => {}
            }
        }
        let mut seen: HashSet<(u32, &str)> = HashSet::new();
        let mut names = Vec::new();
        let mut now: HashMap<Urn, Vec<u32>> = HashMap::new();
        for link in self.links.iter().filter(|link| !link.other_name.is_empty()) {
            for school in now.entry(link.other).or_insert_with(|| open_now(link.other, &after, open)) {
                if seen.insert((*school, &link.other_name)) {
                    names.push((*school, link.other_name.as_str()));
                }
            }
        }
        names
    }

    /// The schools that are open now in place of one: itself if it is open, else those that followed.
    pub(super) fn successors(&self, urn: Urn, open: &HashMap<Urn, u32>) -> Vec<u32> {
        let mut after: HashMap<Urn, Vec<Urn>> = HashMap::new();
        for link in &self.links {
            match link.other_came_before() {
                Some(true) => after.entry(link.other).or_default().push(link.urn),
                Some(false) => after.entry(link.urn).or_default().push(link.other),
                None => {}
            }
        }
        open_now(urn, &after, open)
    }
}

fn open_now(urn: Urn, after: &HashMap<Urn, Vec<Urn>>, open: &HashMap<Urn, u32>) -> Vec<u32> {
    let mut found = Vec::new();
    let mut seen = HashSet::from([urn]);
    let mut here = vec![urn];
    for _ in 0..MAX_STEPS {
        let mut next = Vec::new();
        for urn in here {
            if let Some(school) = open.get(&urn) {
                if !found.contains(school) {
                    found.push(*school);
                }
            } else {
                next.extend(after.get(&urn).into_iter().flatten().copied().filter(|u| seen.insert(*u)));
            }
        }
        if next.is_empty() {
            break;
        }
        here = next;
    }
    found
}

/// What a phrase means. One that the table has gained since still says which came first.
fn kind_of(phrase: &str) -> LinkType {
    let begins = |with: &str| phrase.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    match LinkType::from_school_list(phrase) {
        Some(kind) => kind,
        None if begins("predecessor") => LinkType::Predecessor,
        None if begins("successor") => LinkType::Successor,
        None => LinkType::Other,
    }
}

/// A date of the table; it is shown and decides nothing, so that one nobody can read is left out.
fn day(text: &str) -> Option<NaiveDate> {
    let four = |day: &NaiveDate| day.year() >= 1000;
    ["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()).filter(four)
}
