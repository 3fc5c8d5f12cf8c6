//! A school's year at a glance: its year groups down, programmes across.

mod grid;
mod rows;

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::coverage::State;
use domain::number_on_roll::NumberOnRoll;
use domain::offer::Declined;
use domain::programme::ProgrammeKind;
use domain::setting::{SettingType, YearGroupsSource};
use domain::stage::Stage;
use domain::{AcademicYear, YearGroup, session};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::within::Within;
use crate::{Desk, rolls};

/// A school, as its year is headed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct School {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its URN; none outside the school list.
    pub urn: Option<i64>,
    pub(crate) authority_code: String,
    /// Its setting type in this academic year.
    #[sqlx(try_from = "String")]
    pub setting_type: SettingType,
    pub(crate) year_groups: Option<i64>,
    /// Where its year groups come from.
    #[sqlx(try_from = "String")]
    pub year_groups_source: YearGroupsSource,
}

/// A school whose year the actor may choose.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Choice {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// One year group.
    YearGroup(YearGroup),
    /// One stage, where year groups are not followed.
    Stage(Stage),
    /// Groups whose year groups nobody stated.
    Mixed,
    /// Adults: staff and parents.
    Adults,
}

/// A session in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attended {
    /// The session.
    pub session: Uuid,
    /// Its day.
    pub on_date: NaiveDate,
    /// Its slot, as its tour calls it; blank where older records do not say.
    pub slot: String,
    /// Its state.
    pub state: session::State,
}

/// How a row stands with a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its state.
    pub state: State,
    /// Its sessions that are confirmed, offered or delivered, by day.
    pub sessions: Vec<Attended>,
    /// The day it was last offered and said no to, where it goes on asking.
    pub declined: Option<Declined>,
    /// The tour that can be booked now, for somebody who may book.
    pub book: Option<Uuid>,
    /// The tour that can be asked to come, for somebody who may ask, where nothing was asked yet.
    pub ask: Option<Uuid>,
}

/// A row: a year group of the school, or what stands for one.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is of.
    pub of: Of,
    /// Its number on roll; none where it is not known.
    pub on_roll: Option<NumberOnRoll>,
    /// A cell for each programme, in the order of [`SchoolYear::programmes`].
    pub cells: Vec<Cell>,
}

/// A programme, with what it came to at the school in the year.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ProgrammeKind,
    /// What was counted.
    pub totals: Totals,
}

/// Headcounts of delivered sessions, summed: attendances, not children.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Delivered sessions the school attended.
    pub sessions: i64,
    /// Attendances of pupils.
    pub pupils: i64,
    /// Of these, of pupils with SEND; none where nobody ever said.
    pub send: Option<i64>,
    /// Pupils withdrawn by their parents; none where nobody ever said.
    pub withdrawn: Option<i64>,
    /// Attendances of adults; none where nobody ever said.
    pub adults: Option<i64>,
    /// Groups of delivered sessions that nobody has counted.
    pub uncounted: i64,
}

/// A school's year.
#[derive(Debug, Clone)]
pub struct SchoolYear {
    /// The school.
    pub school: School,
    /// The academic year shown.
    pub year: AcademicYear,
    /// The academic years that can be shown, the latest first.
    pub years: Vec<AcademicYear>,
    /// Programmes across: those that came or are to come, then those that are for the school, then the others; each by name.
    pub programmes: Vec<Programme>,
    /// Year groups down.
    pub rows: Vec<Row>,
    /// All programmes together.
    pub totals: Totals,
    /// The day of reading.
    pub as_of: NaiveDate,
}

/// The schools whose year a school's or a trust's person may see, by name.
///
/// # Errors
/// Forbidden.
pub async fn choices(desk: &Desk, actor: &Actor) -> Result<Vec<Choice>> {
    desk.authorise(actor, Operation::SeeSchoolYear)?;
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    fetch_all!(
        conn,
        Choice,
        "SELECT s.id, s.name FROM setting s WHERE s.id = $1 OR s.trust_code = $2 ORDER BY s.search_name, s.id",
        within.setting,
        within.trust.as_deref(),
    )
}

/// A school's year; without `year`, the present one.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid, year: Option<AcademicYear>) -> Result<SchoolYear> {
    desk.authorise(actor, Operation::SeeSchoolYear)?;
    let present = AcademicYear::containing(desk.today());
    let year = year.unwrap_or(present);
    let within = Within::of(actor);
    let mut conn = desk.read().await?;
    let school = fetch_one!(
        conn,
        School,
        "SELECT s.id, s.name, s.urn, s.authority_code,
            CASE WHEN y.setting_id IS NULL THEN s.setting_type ELSE y.setting_type END AS setting_type,
            CASE WHEN y.setting_id IS NULL THEN s.year_groups ELSE y.year_groups END AS year_groups,
            CASE WHEN y.setting_id IS NULL THEN s.year_groups_source ELSE y.year_groups_source END AS year_groups_source
         FROM setting s LEFT JOIN setting_year y ON y.setting_id = s.id AND y.academic_year = $1
         WHERE s.id = $2 AND ($3 IS NULL OR s.authority_code = $3) AND ($4 IS NULL OR s.id = $4)
            AND ($5 IS NULL OR s.trust_code = $5)",
        i64::from(year),
        id,
        within.authority.as_deref(),
        within.setting,
        within.trust.as_deref(),
    )?;
    if within.provider.is_some() {
        return Err(Error::NotFound);
    }
    let roll = rolls::of_setting(&mut conn, id, year).await?;
    let found = grid::Found::of(&mut conn, desk, actor, &school, year).await?;
    let mut years = found.years.clone();
    years.extend([present, year]);
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    let mut rows = rows::rows(&school, &roll, &found);
    let (mut programmes, totals) = found.totals();
    nearest_first(&mut programmes, &mut rows);
    Ok(SchoolYear { school, year, years, programmes, rows, totals, as_of: desk.today() })
}

/// Puts the programmes that are not for the school at all last, and those that came or are to come first: on a phone two or
/// three are in sight.
fn nearest_first(programmes: &mut Vec<Programme>, rows: &mut [Row]) {
    let rank = |at: usize| {
        let mut cells = rows.iter().filter_map(|row| row.cells.get(at));
        if cells.clone().any(|cell| !cell.sessions.is_empty()) {
            0
        } else if cells.any(|cell| cell.state != State::NotEligible) {
            1
        } else {
            2
        }
    };
    let mut order: Vec<(i32, usize)> = (0..programmes.len()).map(|at| (rank(at), at)).collect();
    order.sort_unstable();
    let places: Vec<usize> = order.into_iter().map(|(_, at)| at).collect();
    *programmes = in_order(programmes, &places);
    for row in rows {
        row.cells = in_order(&row.cells, &places);
    }
}

fn in_order<T: Clone>(things: &[T], places: &[usize]) -> Vec<T> {
    places.iter().filter_map(|at| things.get(*at).cloned()).collect()
}
