//! A school's own calendar: the days it takes no visits, its ordinary week, its hall, terms of its own.

mod clash;
mod dates;
mod out_of_term;
mod terms;
mod week;

use domain::AcademicYear;
use domain::access::{Actor, Operation, permitted};
use domain::availability::{SchoolCalendar, SchoolDate};
use domain::year_group::YearGroups;
use serde_json::Value;
use uuid::Uuid;

use crate::Desk;
use crate::audit::{self, Change};
use crate::availability;
use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

pub use clash::{Clash, Proposed, clashes, closed_elsewhere, closed_for, closed_of_tour};
pub use dates::{Dated, add_date, change_date, date, remove_date};
pub use out_of_term::{OutOfTerm, out_of_term};
pub use terms::{OwnTerm, add_term, of_trust, remove_term, term};
pub use week::set_week;

/// A school, as far as its calendar needs it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct School {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its authority.
    pub authority_code: String,
    /// Its trust's code.
    pub trust_code: Option<String>,
    /// Its trust's name.
    pub trust_name: Option<String>,
    year_groups: Option<i64>,
}

impl School {
    /// The year groups it teaches; none: unknown or not followed.
    #[must_use]
    pub fn year_groups(&self) -> Option<YearGroups> {
        self.year_groups.and_then(|mask| mask.try_into().ok())
    }
}

/// Everything a school's calendar page shows.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The school.
    pub school: School,
    /// What decides whether it can be visited, from the beginning of this academic year to the end of the next.
    pub calendar: SchoolCalendar,
    /// Its own dates that are not over, by first day.
    pub dates: Vec<SchoolDate>,
    /// Terms of its own, by date.
    pub own_terms: Vec<OwnTerm>,
    /// Terms of its trust's own, by date.
    pub trust_terms: Vec<OwnTerm>,
    /// Whether the actor may change them.
    pub may_edit: bool,
    /// For a kindly refused stale edit of the week; 0 where none was given yet.
    pub week_version: i64,
}

/// A school's calendar as its page lists it.
///
/// # Errors
/// Not found; forbidden.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Detail> {
    desk.authorise(actor, Operation::SeeCalendar)?;
    let mut conn = desk.read().await?;
    let school = find(&mut conn, actor, id).await?;
    let today = desk.today();
    let year = AcademicYear::containing(today);
    let (from, to) = (year.starts(), year.next().ends());
    let mut calendars = availability::schools(&mut conn, &school.authority_code, &[id], from, to).await?;
    let calendar = calendars.remove(&id).unwrap_or_default();
    let dates = calendar.dates.iter().filter(|d| d.to >= today).cloned().collect();
    let week_version =
        fetch_optional!(conn, (i64,), "SELECT version FROM school_week WHERE setting_id = $1", id)?.map_or(0, |v| v.0);
    Ok(Detail {
        dates,
        calendar,
        own_terms: terms::of_school(&mut conn, id).await?,
        trust_terms: terms::trusts(&mut conn, school.trust_code.as_deref()).await?,
        may_edit: permitted(actor.role, Operation::EditCalendar),
        week_version,
        school,
    })
}

/// A school within the actor's scope; a provider finds those of the authorities it serves.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<School> {
    let within = Within::of(actor);
    fetch_one!(
        conn,
        School,
        "SELECT id, name, authority_code, trust_code, trust_name, year_groups FROM setting
         WHERE id = $1 AND ($2 IS NULL OR authority_code = $2) AND ($3 IS NULL OR id = $3)
           AND ($4 IS NULL OR trust_code = $4) AND ($5 IS NULL OR authority_code IN
                (SELECT authority_code FROM provider_authority WHERE provider_id = $5))",
        id,
        &within.authority,
        within.setting,
        &within.trust,
        within.provider,
    )
}

/// Writes on the school's own trail: its page shows it.
async fn note(conn: &mut Conn, desk: &Desk, actor: &Actor, school: &School, before: Value, after: Value) -> Result<()> {
    let change = Change {
        operation: Operation::EditCalendar,
        authority: Some(&school.authority_code),
        record_kind: "setting",
        record_id: school.id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}
