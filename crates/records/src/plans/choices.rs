//! What a plan can be made of: tours, the requests that wait, gap schools that have not asked, booked visits, and visits
//! that were called off.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::coverage::State as Standing;
use domain::number_on_roll::Roll;
use domain::programme::Status;
use domain::session::{Reason, State};
use domain::setting::SettingType;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::requests::{self, Request};
use crate::tours::{self as tour_records, Filter, Tour};
use crate::{Desk, coverage};

/// A tour that can be planned.
#[derive(Debug, Clone)]
pub struct TourChoice {
    /// The tour.
    pub tour: Tour,
    /// Requests that wait for a date.
    pub waiting: usize,
}

/// A school that the programme has not reached and that has not asked.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The tour that could come.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// What it is.
    pub setting_type: SettingType,
    /// The programme never reached it.
    pub never_reached: bool,
    pub(crate) roll: Roll,
}

/// A visit that is booked, and could be released.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The visit.
    pub visit: Uuid,
    /// Its tour.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// Confirmed, or offered.
    pub state: State,
    /// The team.
    pub team: Uuid,
    /// The day.
    pub on: NaiveDate,
    /// The slots' numbers.
    pub slots: Vec<i64>,
    pub(crate) sessions: Vec<Uuid>,
}

/// A visit that was called off, to be placed again.
#[derive(Debug, Clone)]
pub struct Lost {
    /// The visit.
    pub visit: Uuid,
    /// Its tour.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// Its name.
    pub school: String,
    /// The day it was to be.
    pub on: NaiveDate,
    /// Why: for another reason, nobody but its people knows whether it is still wanted.
    pub reason: Reason,
    pub(crate) sessions: Vec<Uuid>,
}

/// Everything that can go into a plan of some tours.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The tours.
    pub tours: Vec<Tour>,
    /// One of them has free openings.
    pub opened: bool,
    /// Requests that wait: all of them are planned.
    pub waiting: Vec<Request>,
    /// Gap schools, special schools first.
    pub gaps: Vec<Gap>,
    /// Booked visits from tomorrow on, by date.
    pub booked: Vec<Booked>,
    /// Called off, and not booked again.
    pub lost: Vec<Lost>,
}

/// The tours an actor can plan: not closed, and not over.
///
/// # Errors
/// Forbidden.
pub async fn tours(desk: &Desk, actor: &Actor) -> Result<Vec<TourChoice>> {
    desk.authorise(actor, Operation::PlanTours)?;
    let tours = tour_records::list(desk, actor, Filter::default()).await?;
    let tours: Vec<Tour> = tours.into_iter().filter(|t| t.status != Status::Closed && t.ends > desk.today()).collect();
    let ids: Vec<Uuid> = tours.iter().map(|t| t.id).collect();
    let mut conn = desk.read().await?;
    let waiting: BTreeMap<Uuid, i64> = fetch_in!(
        conn,
        (Uuid, i64),
        "SELECT tour_id, COUNT(*) FROM request WHERE state = 'asked' AND tour_id IN ",
        ids,
        " GROUP BY tour_id"
    )?
    .into_iter()
    .collect();
    let count = |id: Uuid| waiting.get(&id).and_then(|n| usize::try_from(*n).ok()).unwrap_or_default();
    Ok(tours.into_iter().map(|tour| TourChoice { waiting: count(tour.id), tour }).collect())
}

/// What a plan of these tours could hold.
///
/// # Errors
/// Not found in the actor's scope; forbidden; tours of several authorities.
pub async fn choices(desk: &Desk, actor: &Actor, ids: &BTreeSet<Uuid>) -> Result<Choices> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    of(&mut conn, desk, actor, ids).await
}

pub(super) async fn of(conn: &mut Conn, desk: &Desk, actor: &Actor, ids: &BTreeSet<Uuid>) -> Result<Choices> {
    let (mut tours, mut opened) = (Vec::new(), false);
    // As many as a person ticks: a handful.
    for id in ids {
        let counted = tour_records::find_counted(conn, desk, actor, *id).await?;
        opened |= counted.counts.free_openings > 0;
        tours.push(counted.tour);
    }
    if tours.iter().any(|t| t.authority_code != tours[0].authority_code) {
        return Err(Error::refused("A plan holds the tours of one authority: choose those of one council"));
    }
    tours.sort_by(|a, b| (a.starts, &a.name).cmp(&(b.starts, &b.name)));
    let keys: Vec<Uuid> = ids.iter().copied().collect();
    let waiting = requests::open_of_tours(conn, &keys).await?;
    let visits = visits(conn, &keys, desk.today()).await?;
    let (mut booked, mut lost, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for visit in visits {
        match visit {
            Visit::Booked(visit) => booked.push(visit),
            Visit::Held { tour, setting, on } => held.push((tour, setting, on)),
            Visit::Lost(visit) => lost.push(visit),
        }
    }
    let concerned: BTreeSet<(Uuid, Uuid)> =
        booked.iter().map(|b| (b.tour, b.setting)).chain(waiting.iter().map(|r| (r.tour_id, r.setting_id))).collect();
    let since =
        |l: &Lost| held.iter().any(|(tour, setting, on)| (*tour, *setting) == (l.tour, l.setting) && *on > l.on);
    lost.retain(|l| !concerned.contains(&(l.tour, l.setting)) && !since(l));
    let gaps = gaps(conn, desk, &tours, &concerned, &lost).await?;
    Ok(Choices { tours, opened, waiting, gaps, booked, lost })
}

async fn gaps(
    conn: &mut Conn,
    desk: &Desk,
    tours: &[Tour],
    concerned: &BTreeSet<(Uuid, Uuid)>,
    lost: &[Lost],
) -> Result<Vec<Gap>> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut seen = BTreeSet::new();
    for tour in tours {
        let covered =
            coverage::of_programme(conn, desk, tour.authority_code.as_str(), tour.programme_id, tour.academic_year);
        let Some(covered) = covered.await? else { continue };
        for gap in &covered.coverage.gaps {
            let standing = &covered.coverage.schools[gap.school];
            let school = &standing.school;
            let wanted = matches!(gap.state, Standing::Unknown | Standing::NotOffered | Standing::Offered);
            let free = gap.ahead.is_none()
                && !concerned.contains(&(tour.id, school.id))
                && !lost.iter().any(|l| (l.tour, l.setting) == (tour.id, school.id));
            // A school of two tours of one programme is asked once, for the first.
            if wanted && free && seen.insert((tour.programme_id, school.id)) {
                gaps.push(Gap {
                    tour: tour.id,
                    setting: school.id,
                    school: school.name.clone(),
                    setting_type: school.setting_type,
                    never_reached: standing.is_never_reached(),
                    roll: school.roll.clone(),
                });
            }
        }
    }
    Ok(gaps)
}

enum Visit {
    Booked(Booked),
    Lost(Lost),
    /// It took place, as far as is known.
    Held {
        tour: Uuid,
        setting: Uuid,
        on: NaiveDate,
    },
}

#[derive(sqlx::FromRow)]
struct VisitRow {
    id: Uuid,
    visit_id: Uuid,
    tour_id: Uuid,
    setting_id: Uuid,
    school: String,
    #[sqlx(try_from = "String")]
    state: State,
    reason: String,
    team_id: Uuid,
    on_date: NaiveDate,
    slot: i64,
}

/// Visits of tours that are still to come, and those that were called off by the team.
async fn visits(conn: &mut Conn, tours: &[Uuid], today: NaiveDate) -> Result<Vec<Visit>> {
    let rows = fetch_in!(
        conn,
        VisitRow,
        "SELECT x.id, x.visit_id, x.tour_id, v.venue_id AS setting_id, s.name AS school, x.state, x.reason, x.team_id,
            x.on_date, x.slot
         FROM session x JOIN visit v ON v.id = x.visit_id JOIN setting s ON s.id = v.venue_id
         WHERE x.team_id IS NOT NULL AND x.slot IS NOT NULL
           AND x.state IN ('offered', 'confirmed', 'delivered', 'cancelled', 'missed') AND x.tour_id IN ",
        tours,
        " ORDER BY x.on_date, s.name, x.starts_minute, x.id"
    )?;
    let mut visits: BTreeMap<(NaiveDate, String, Uuid), Vec<VisitRow>> = BTreeMap::new();
    for row in rows {
        visits.entry((row.on_date, row.school.clone(), row.visit_id)).or_default().push(row);
    }
    let reason = |row: &VisitRow| row.reason.parse::<Reason>().ok();
    let called_off = |row: &VisitRow| {
        reason(row).is_some_and(|r| r.is_the_teams() || matches!(r, Reason::SchoolClosed | Reason::Other))
    };
    Ok(visits
        .into_values()
        .filter_map(|rows| {
            let sessions = |of: &dyn Fn(&&VisitRow) -> bool| rows.iter().filter(of).map(|r| r.id).collect::<Vec<_>>();
            let live: Vec<&VisitRow> = rows.iter().filter(|r| r.state.is_live()).collect();
            if let Some(first) = live.first() {
                if first.on_date <= today {
                    return Some(Visit::Held { tour: first.tour_id, setting: first.setting_id, on: first.on_date });
                }
                let offered = live.iter().any(|r| r.state == State::Offered);
                return Some(Visit::Booked(Booked {
                    visit: first.visit_id,
                    tour: first.tour_id,
                    setting: first.setting_id,
                    school: first.school.clone(),
                    state: if offered { State::Offered } else { State::Confirmed },
                    team: first.team_id,
                    on: first.on_date,
                    slots: live.iter().map(|r| r.slot).collect(),
                    sessions: sessions(&|r| r.state.is_live()),
                }));
            }
            let first = rows.iter().find(|r| called_off(r))?;
            Some(Visit::Lost(Lost {
                visit: first.visit_id,
                tour: first.tour_id,
                setting: first.setting_id,
                school: first.school.clone(),
                on: first.on_date,
                reason: reason(first)?,
                sessions: sessions(&|r| called_off(r)),
            }))
        })
        .collect())
}
