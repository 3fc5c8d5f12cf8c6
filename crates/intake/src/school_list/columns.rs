//! The columns of the official layout that are read.

use crate::grid::Row;
use crate::problem::{Problem, Problems};
use crate::text::tidy;

/// Declares the columns: their name here, their name in the official layout, whether they are required.
macro_rules! columns {
    ($($column:ident = $name:literal $(, $required:ident)?;)+) => {
        /// A column that is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Column { $($column,)+ }

        impl Column {
            pub(super) const ALL: &'static [Self] = &[$(Self::$column,)+];

            /// Its name in the official layout.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$column => $name,)+ }
            }

            const fn is_required(self) -> bool {
                match self { $(Self::$column => columns!(@required $($required)?),)+ }
            }
        }

        /// The columns that are read, by their names in the official layout, and whether a list must have them.
        pub const COLUMNS: &[(&str, bool)] = &[$(($name, columns!(@required $($required)?)),)+];
    };
    (@required) => { false };
    (@required required) => { true };
}

columns! {
    Urn = "URN", required;
    Authority = "LA (code)", required;
    AuthorityName = "LA (name)";
    EstablishmentNumber = "EstablishmentNumber";
    Name = "EstablishmentName", required;
    Type = "TypeOfEstablishment (name)", required;
    TypeGroup = "EstablishmentTypeGroup (name)";
    Status = "EstablishmentStatus (name)";
    Phase = "PhaseOfEducation (name)", required;
    LowAge = "StatutoryLowAge", required;
    HighAge = "StatutoryHighAge", required;
    Pupils = "NumberOfPupils";
    EhcPlans = "SENStat";
    SenSupport = "SENNoStat";
    Street = "Street";
    Town = "Town";
    Postcode = "Postcode";
    Telephone = "TelephoneNum";
    Website = "SchoolWebsite";
    Ward = "AdministrativeWard (name)";
    Constituency = "ParliamentaryConstituency (name)";
    Lsoa = "LSOA (code)";
    Easting = "Easting";
    Northing = "Northing";
    TrustCode = "Trusts (code)";
    TrustName = "Trusts (name)";
}

/// Other headings of files as people have them. A status decides whether a school is open, and may be given by its number:
/// passed over, each closed school would be open.
const ALSO: &[(Column, &[&str])] = &[
    (Column::Status, &["EstablishmentStatus", "Establishment status", "Status", "EstablishmentStatus (code)"]),
    (Column::Authority, &["LA code"]),
    (Column::Name, &["School name", "Establishment name"]),
    (Column::Pupils, &["Number of pupils", "Pupils"]),
    (Column::Postcode, &["Post code"]),
    (Column::Ward, &["AdministrativeWard", "Administrative ward", "Ward"]),
    (Column::Constituency, &["ParliamentaryConstituency", "Parliamentary constituency", "Constituency"]),
];

/// Where the columns are: the place of each, counted from 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    places: [Option<usize>; COLUMNS.len()],
    /// Headings other than the official ones.
    named: Vec<(Column, &'static str)>,
    /// One more than the last column with a name.
    pub(super) width: usize,
}

impl Columns {
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }

    /// What stands above a column.
    pub(super) fn heading(&self, column: Column) -> &'static str {
        self.named.iter().find(|(named, _)| *named == column).map_or(column.name(), |(_, name)| name)
    }

    pub(super) fn found(&self) -> usize {
        self.places.iter().flatten().count()
    }

    pub(super) fn missing(&self) -> impl Iterator<Item = Column> {
        Column::ALL.iter().copied().filter(|c| c.is_required() && self.place(*c).is_none())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.missing().next().is_none()
    }

    pub(super) fn is_plainly(&self) -> bool {
        let required = Column::ALL.iter().filter(|column| column.is_required());
        let has = |column: Column| self.place(column).is_some();
        has(Column::Urn) && has(Column::Name) && 2 * self.missing().count() < required.count()
    }

    pub(super) fn required_names() -> Vec<&'static str> {
        Column::ALL.iter().filter(|c| c.is_required()).map(|c| c.name()).collect()
    }
}

/// The row with the column names.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) row: u32,
    pub(super) columns: Columns,
    doubled: Vec<Column>,
}

impl Header {
    /// Takes a row's cells for column names; those that are none are passed over.
    pub(super) fn read(number: u32, row: &dyn Row) -> Self {
        let mut header = Self { row: number, columns: Columns::default(), doubled: Vec::new() };
        for place in 0..row.width() {
            let cell = row.cell(place);
            let name = tidy(&cell);
            if name.is_empty() {
                continue;
            }
            header.columns.width = place + 1;
            let Some(column) = Column::ALL.iter().copied().find(|c| c.name().eq_ignore_ascii_case(&name)) else {
                continue;
            };
            match header.columns.places[column as usize] {
                None => header.columns.places[column as usize] = Some(place),
                Some(_) => header.doubled.push(column),
            }
        }
        header.find_others(row);
        header
    }

    /// What stands under another heading than the official one, where there is nothing under that.
    fn find_others(&mut self, row: &dyn Row) {
        let heads: Vec<_> = (0..self.columns.width).map(|place| tidy(&row.cell(place)).to_lowercase()).collect();
        for (column, names) in ALSO.iter().copied() {
            if self.columns.place(column).is_some() {
                continue;
            }
            let place = |name: &str| heads.iter().position(|head| *head == name.to_lowercase());
            if let Some((name, place)) = names.iter().find_map(|name| Some((*name, place(name)?))) {
                self.columns.places[column as usize] = Some(place);
                self.columns.named.push((column, name));
            }
        }
    }

    /// What is wrong with the columns: missing ones and those that are there twice.
    pub(super) fn faults(&self, sheet: Option<&str>) -> Vec<Problem> {
        let mut problems = Problems::default();
        let mut fault = |column: Column, message: String| {
            problems.push(Problem {
                sheet: sheet.map(str::to_owned),
                row: Some(self.row),
                column: Some(column.name().to_owned()),
                message,
            });
        };
        for column in self.columns.missing() {
            fault(column, format!("The column “{}” is missing. Export the list with all its columns.", column.name()));
        }
        for column in &self.doubled {
            fault(*column, format!("The column “{}” is there twice. Remove one of them.", column.name()));
        }
        problems.into_list()
    }
}
