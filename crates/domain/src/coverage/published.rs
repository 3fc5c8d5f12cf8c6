//! Coverage as it is handed out: the shape of the JSON, which is an interface. Fields are only ever added.

use chrono::NaiveDate;
use serde::Serialize;

use super::State;
use super::figures::{Coverage, Row};
use super::value::{By, Value};
use crate::request::DeclineReason;
use crate::setting::{SettingType, Urn};
use crate::{AcademicYear, YearGroups};

/// The coverage of one programme in one academic year.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// The programme's name.
    pub programme: String,
    /// The academic year, by its first calendar year.
    pub year: AcademicYear,
    /// The day the figures were true.
    pub as_of: NaiveDate,
    /// The rows, by [`By::ALL`] in turn.
    pub rows: Vec<RowLine>,
    /// The gaps, the most urgent first.
    pub gaps: Vec<GapLine>,
    /// Every school once, and every session.
    pub total: Counts,
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub struct RowLine {
    /// What the row is formed by.
    pub by: By,
    /// A term, a name or a year group's number; null where it is not known.
    pub value: Value,
    /// Its figures.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Figures of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Schools the programme is for, those with unknown year groups among them.
    pub eligible_schools: usize,
    /// Schools with a delivered session, eligible or not.
    pub reached_schools: usize,
    /// Numbers on roll of the eligible schools' year groups that the programme is for; 0 for adults.
    pub eligible_pupils: i64,
    /// Summed headcounts of delivered sessions, uncapped.
    pub reached_pupils: i64,
    /// Delivered sessions.
    pub sessions: usize,
    /// Of the eligible schools, those whose year groups are not stated.
    pub unknown_schools: usize,
    /// Of the schools reached, those the programme is not for.
    pub reached_not_eligible_schools: usize,
    /// Attending groups whose headcount nobody has recorded: missing in `reached_pupils`.
    pub headcounts_missing: usize,
    /// Eligible schools whose roll is not known: missing in `eligible_pupils`.
    pub rolls_missing: usize,
    /// Whether `eligible_pupils` holds estimates.
    pub eligible_pupils_estimated: bool,
}

impl From<&Row> for Counts {
    fn from(row: &Row) -> Self {
        Self {
            eligible_schools: row.eligible.len(),
            reached_schools: row.reached.len(),
            eligible_pupils: row.eligible_pupils,
            reached_pupils: row.headcount.pupils,
            sessions: row.sessions.len(),
            unknown_schools: row.unknown.len(),
            reached_not_eligible_schools: row.reached_not_eligible.len(),
            headcounts_missing: row.headcount.missing,
            rolls_missing: row.rolls_missing,
            eligible_pupils_estimated: row.is_estimated,
        }
    }
}

/// A gap.
#[derive(Debug, Clone, Serialize)]
pub struct GapLine {
    /// The school's URN; null outside the school list.
    pub urn: Option<Urn>,
    /// Its name.
    pub name: String,
    /// The year groups, as numbers; none for adults.
    pub year_groups: YearGroups,
    /// How they stand.
    pub state: State,
    /// The school's setting type.
    pub setting_type: SettingType,
    /// Its ward; null where it is not known.
    pub ward: Option<String>,
    /// The year groups' number on roll; null where it is not known.
    pub pupils: Option<i64>,
    /// Whether no session of the programme was ever delivered there, in any year.
    pub never_reached: bool,
    /// Why the school declined, where it did, even where it goes on asking (`requested`); null otherwise.
    pub declined_because: Option<DeclineReason>,
}

impl Coverage {
    /// The coverage as it is handed out.
    #[must_use]
    pub fn figures(&self, programme: &str, year: AcademicYear) -> Figures {
        let rows = By::ALL
            .iter()
            .flat_map(|by| self.rows(*by))
            .map(|(value, row)| RowLine { by: value.by(), value, counts: Counts::from(&row) })
            .collect();
        let gaps = self
            .gaps
            .iter()
            .map(|gap| {
                let standing = &self.schools[gap.school];
                GapLine {
                    urn: standing.school.urn,
                    name: standing.school.name.clone(),
                    year_groups: gap.year_groups,
                    state: gap.state,
                    setting_type: standing.school.setting_type,
                    ward: standing.school.ward.clone(),
                    pupils: gap.on_roll.map(|r| r.pupils),
                    never_reached: standing.is_never_reached(),
                    declined_because: standing.declined_because(gap.state),
                }
            })
            .collect();
        let total = Counts::from(&self.row(&[]));
        Figures { programme: programme.to_owned(), year, as_of: self.as_of, rows, gaps, total }
    }
}
