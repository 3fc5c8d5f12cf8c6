//! Making openings by rule: weekdays between two dates, without holidays.

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::calendar::{LeftOut, OpenableDays, WorkingDays, openable_days};
use domain::slot::Slot;
use uuid::Uuid;

use super::change::insert;
use crate::Desk;
use crate::availability;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::tours::{self, Tour};

/// Most openings one rule makes.
const MOST_OPENINGS: usize = 5_000;

/// A rule: every day of these weekdays between two dates, except weekends, bank holidays, days outside the terms, days
/// on which a team does not work, and its leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Teams of the tour.
    pub teams: Vec<Uuid>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The weekdays wanted.
    pub weekdays: WorkingDays,
    /// Slots by what people call them; none: every slot.
    pub slots: Vec<String>,
}

/// An opening that a rule would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The team.
    pub team_id: Uuid,
    /// The team's name.
    pub team_name: String,
    /// The day.
    pub on_date: NaiveDate,
    /// The slot of that day.
    pub slot: Slot,
}

/// What a rule would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The openings it would make, by date and time.
    pub planned: Vec<Planned>,
    /// Days left out for every team, with the reason.
    pub left_out: Vec<(NaiveDate, LeftOut)>,
    /// Slots that are open already, in whatever tour, or hold a session.
    pub already: Vec<Planned>,
    /// Academic years whose terms the authority has not entered: of these only weekends and bank holidays are left out.
    pub years_without_terms: Vec<AcademicYear>,
}

impl Preview {
    /// The days on which it would open something.
    #[must_use]
    pub fn days(&self) -> Vec<NaiveDate> {
        let mut days: Vec<_> = self.planned.iter().map(|p| p.on_date).collect();
        days.sort();
        days.dedup();
        days
    }
}

/// A team's time that is open already or holds a session.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Held {
    team_id: Uuid,
    on_date: NaiveDate,
    slot: i64,
    starts_minute: i64,
    ends_minute: i64,
}

impl Held {
    /// Whether an opening of that slot would stand in its way: the same slot, or times that overlap.
    pub(super) fn clashes(&self, plan: &Planned) -> bool {
        let overlaps = self.starts_minute < plan.slot.ends.minutes() && plan.slot.starts.minutes() < self.ends_minute;
        (self.team_id, self.on_date) == (plan.team_id, plan.on_date) && (self.slot == plan.slot.number || overlaps)
    }
}

/// What teams have open or booked between two days.
pub(super) async fn held(conn: &mut Conn, teams: &[Uuid], from: NaiveDate, to: NaiveDate) -> Result<Vec<Held>> {
    let mut held = fetch_in!(
        conn,
        Held,
        "SELECT team_id, on_date, slot, starts_minute, ends_minute FROM opening WHERE team_id IN ",
        teams,
        ""
    )?;
    held.extend(fetch_in!(
        conn,
        Held,
        "SELECT team_id, on_date, slot, COALESCE(starts_minute, 0) AS starts_minute, COALESCE(ends_minute, 0) AS ends_minute
         FROM session WHERE live AND slot IS NOT NULL AND team_id IN ",
        teams,
        ""
    )?);
    held.retain(|h| (from..=to).contains(&h.on_date));
    Ok(held)
}

/// Openings of a team are made one after another: two rules at once would otherwise not see each other's.
pub(super) async fn lock_teams(conn: &mut Conn, teams: &[Uuid]) -> Result<()> {
    execute_in!(conn, "UPDATE team SET version = version WHERE id IN ", teams, "")
}

/// What a rule would make of a tour, without making it.
///
/// # Errors
/// Not found; forbidden; fields to mend.
pub async fn preview(desk: &Desk, actor: &Actor, tour: Uuid, rule: &Rule) -> Result<Preview> {
    desk.authorise(actor, Operation::EditOpenings)?;
    let mut conn = desk.read().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    plan(&mut conn, desk, &tour, rule).await
}

/// Makes the openings of a rule; how many, is told by the tour's page.
///
/// # Errors
/// Not found; forbidden; fields to mend; nothing is left to open.
pub async fn make(desk: &Desk, actor: &Actor, tour: Uuid, rule: &Rule) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditOpenings)?;
    let mut conn = desk.write().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    let mut teams = rule.teams.clone();
    teams.sort();
    lock_teams(&mut conn, &teams).await?;
    let preview = plan(&mut conn, desk, &tour, rule).await?;
    if preview.planned.is_empty() {
        return Err(Error::field("from", "There is no day to open between these dates"));
    }
    insert(&mut conn, desk, actor, &tour, &preview.planned).await?;
    desk.commit(conn, tour.id).await?;
    Ok(tour.id)
}

fn check(desk: &Desk, tour: &Tour, rule: &Rule) -> Result<()> {
    let mut faults = domain::Faults::default();
    let shown = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    let own = !rule.teams.is_empty() && rule.teams.iter().all(|team| tour.teams.iter().any(|t| t.id == *team));
    faults.unless(own, "teams", "Choose at least one team of this tour");
    faults.unless(rule.from >= desk.today(), "from", "The first day must be today or later");
    let within = format!("{} to {}", shown(tour.starts), shown(tour.ends));
    faults.unless(rule.from >= tour.starts, "from", format!("The first day must be within the tour, {within}"));
    faults.unless(rule.to <= tour.ends, "to", format!("The last day must be within the tour, {within}"));
    faults.unless(rule.from <= rule.to, "to", "The last day must not be before the first");
    faults.unless(!rule.weekdays.is_empty(), "weekdays", "Choose at least one day of the week");
    Ok(faults.or(())?)
}

async fn plan(conn: &mut Conn, desk: &Desk, tour: &Tour, rule: &Rule) -> Result<Preview> {
    check(desk, tour, rule)?;
    let authority = tour.authority_code.as_str();
    let terms = availability::terms(conn, authority, rule.from, rule.to).await?;
    let holidays = availability::holidays(conn, authority, rule.from, rule.to).await?;
    let calendars = availability::teams(conn, &rule.teams, rule.from, rule.to).await?;
    let held = held(conn, &rule.teams, rule.from, rule.to).await?;
    let mut preview = Preview::default();
    for team in tour.teams.iter().filter(|t| rule.teams.contains(&t.id)) {
        let Some(calendar) = calendars.get(&team.id) else { continue };
        let mask = calendar.working_days.mask() & rule.weekdays.mask();
        let days = WorkingDays::try_from(mask).map_err(Error::unavailable)?;
        let OpenableDays { days, left_out, years_without_terms } =
            openable_days(rule.from, rule.to, days, &calendar.leave, &terms, &holidays);
        for day in days {
            let slots = calendar.slots_on(day);
            for slot in slots.iter().filter(|s| rule.slots.is_empty() || rule.slots.contains(&s.label)) {
                let plan = Planned { team_id: team.id, team_name: team.name.clone(), on_date: day, slot: slot.clone() };
                if held.iter().any(|h| h.clashes(&plan)) {
                    preview.already.push(plan);
                } else {
                    preview.planned.push(plan);
                }
            }
        }
        preview.left_out.extend(left_out);
        preview.years_without_terms = years_without_terms;
    }
    let opened = preview.days();
    preview.left_out.retain(|(day, _)| opened.binary_search(day).is_err());
    preview.left_out.sort_by_key(|(day, _)| *day);
    preview.left_out.dedup_by_key(|(day, _)| *day);
    preview
        .planned
        .sort_by(|a, b| (a.on_date, a.slot.starts, &a.team_name).cmp(&(b.on_date, b.slot.starts, &b.team_name)));
    if preview.planned.len() > MOST_OPENINGS {
        let message = format!("That would make more than {MOST_OPENINGS} openings at once: choose fewer days or teams");
        return Err(Error::field("to", message));
    }
    Ok(preview)
}
