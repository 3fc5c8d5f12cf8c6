//! A plan begins: what it is to place is written down, each with what it is worth, and planning is asked for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::need::{Weights, value};
use domain::plan::{BOOKED_VALUE, PlanState, SECONDS};
use domain::request::deal;
use domain::session::Group;
use serde_json::{Value, json};
use uuid::Uuid;

use super::choices::{self, Choices};
use super::ground::{Attending, Ground, Place};
use super::{find, ground, record, take};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::requests::Request;
use crate::tours::Tour;
use crate::{Desk, need, requests};

/// A plan as somebody wants it.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Its name; blank: its tours' names, the day and the time.
    pub name: String,
    /// Its tours: at least one, of one authority.
    pub tours: BTreeSet<Uuid>,
    /// Gap schools to plan for, each with the tour that could come.
    pub gaps: BTreeSet<(Uuid, Uuid)>,
    /// Booked visits that may be moved; those before `from` stay all the same.
    pub released: BTreeSet<Uuid>,
    /// Visits that were called off, to be placed again.
    pub lost: BTreeSet<Uuid>,
    /// Nothing is planned before.
    pub from: NaiveDate,
    /// Only the tours' openings are used.
    pub by_openings: bool,
    /// How long planning may take.
    pub seconds: i64,
}

/// One row to be: what is to be placed, with its groups dealt out over its sessions.
pub(super) struct Row {
    tour: Uuid,
    setting: Uuid,
    request: Option<Uuid>,
    visit: Option<Uuid>,
    part: i64,
    parts: i64,
    pub(super) attending: Vec<Vec<Attending>>,
    value: i64,
    fixed: bool,
    current: Option<Place>,
}

/// Makes a plan of tours, of every request that waits for them and of the gaps chosen, and asks for it to be planned.
///
/// # Errors
/// Not found in the actor's scope; forbidden; fields to mend.
pub async fn start(desk: &Desk, actor: &Actor, new: &NewPlan) -> Result<Uuid> {
    desk.authorise(actor, Operation::PlanTours)?;
    if new.tours.is_empty() {
        return Err(Error::field("tour", "Choose at least one tour"));
    }
    check_seconds(new.seconds)?;
    if new.name.chars().count() > 120 {
        return Err(Error::field("name", "The name must be 120 characters or fewer"));
    }
    if new.from <= desk.today() {
        return Err(Error::field("from", "The first day must lie after today"));
    }
    let mut conn = desk.write().await?;
    let choices = choices::of(&mut conn, desk, actor, &new.tours).await?;
    if choices.tours.iter().all(|t| t.ends < new.from) {
        return Err(Error::field("from", "The first day lies after the last day of the tours"));
    }
    let authority = choices.tours[0].authority_code.as_str().to_owned();
    let names: Vec<&str> = choices.tours.iter().map(|t| t.name.as_str()).collect();
    let name = if new.name.trim().is_empty() {
        // With the time: of a morning's several plans each has its own.
        let now = desk.now().with_timezone(&chrono_tz::Europe::London);
        let name = format!("{}, {}", names.join(" and "), now.format("%-d %B %Y, %-I:%M%P"));
        name.chars().take(120).collect()
    } else {
        new.name.trim().to_owned()
    };
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO plan (id, authority_code, name, state, from_date, by_openings, seconds, asked_at, stop, interrupted,
            faults, placed, travel_min, elapsed_ms, by_person, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, '[]', 0, 0, 0, $10, $8, 1)",
        id,
        &authority,
        &name,
        PlanState::Planning.as_str(),
        new.from,
        new.by_openings,
        new.seconds,
        desk.now(),
        false,
        actor.person,
    )?;
    let tours: Vec<Uuid> = new.tours.iter().copied().collect();
    insert_rows!(
        conn,
        "INSERT INTO plan_tour (plan_id, tour_id) ",
        tours,
        |b, tour| {
            b.push_bind(id).push_bind(tour);
        },
        ""
    )?;
    let plan = find(&mut conn, actor, id).await?;
    let ground = ground::load(&mut conn, plan.clone()).await?;
    let rows = rows(&mut conn, desk, &authority, new, &choices, &ground).await?;
    if rows.iter().all(|row| row.fixed) {
        return Err(Error::field(
            "gap",
            "There is nothing to place: no request waits for these tours. Choose gap schools, or release booked visits",
        ));
    }
    put(&mut conn, id, &rows).await?;
    let after = json!({ "tours": names, "from": new.from, "to_place": rows.iter().filter(|r| !r.fixed).count() });
    record(&mut conn, desk, actor, &plan, Value::Null, after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

fn check_seconds(seconds: i64) -> Result<()> {
    let (fewest, most, _) = SECONDS;
    if (fewest..=most).contains(&seconds) {
        return Ok(());
    }
    Err(Error::field("seconds", format!("Planning takes between {fewest} and {most} seconds")))
}

/// Asks for an open plan to be planned again, with what has come since: requests made since are planned with the rest,
/// those that were withdrawn or got a date go, and everything is worth what it is by the weights as they are now. What is
/// pinned stays where it is.
///
/// # Errors
/// Not found; forbidden; stale; it is not open.
pub async fn plan_again(desk: &Desk, actor: &Actor, id: Uuid, version: i64, seconds: i64) -> Result<Uuid> {
    desk.authorise(actor, Operation::PlanTours)?;
    check_seconds(seconds)?;
    let mut conn = desk.write().await?;
    let plan = take(&mut conn, actor, id, version).await?;
    if !plan.state.is_open() {
        return Err(Error::refused(format!("This plan is {}", plan.state.label().to_lowercase())));
    }
    let since = super::renew::renew(&mut conn, desk, &plan).await?;
    execute!(
        conn,
        "UPDATE plan SET state = 'planning', seconds = $1, asked_at = $2, leased_until = NULL, stop = FALSE,
            interrupted = FALSE, score = NULL, bound = NULL, elapsed_ms = 0, version = version + 1 WHERE id = $3",
        seconds,
        desk.now(),
        id,
    )?;
    let after = json!({ "state": PlanState::Planning, "requests_added": since.added, "requests_gone": since.gone });
    record(&mut conn, desk, actor, &plan, json!({ "state": plan.state }), after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// What each school of these tours is worth, by programme and year.
pub(super) async fn values(
    conn: &mut Conn,
    desk: &Desk,
    authority: &str,
    choices: &Choices,
    settings: &[Uuid],
) -> Result<BTreeMap<(Uuid, Uuid), i64>> {
    let (weights, _): (Weights, i64) = need::weights_of(conn, authority).await?;
    let mut values = BTreeMap::new();
    // A few statements for each of a handful of tours.
    for tour in &choices.tours {
        let needs = need::of_schools(conn, desk.today(), tour.programme_id, tour.academic_year, settings).await?;
        values.extend(needs.into_iter().map(|(setting, need)| ((tour.id, setting), value(&need, &weights))));
    }
    Ok(values)
}

async fn rows(
    conn: &mut Conn,
    desk: &Desk,
    authority: &str,
    new: &NewPlan,
    choices: &Choices,
    ground: &Ground,
) -> Result<Vec<Row>> {
    let gaps: Vec<_> = choices.gaps.iter().filter(|g| new.gaps.contains(&(g.tour, g.setting))).collect();
    let lost: Vec<_> = choices.lost.iter().filter(|l| new.lost.contains(&l.visit)).collect();
    // Another school, or one that has asked or was booked meanwhile: it is planned as what it is now.
    let settings: BTreeSet<Uuid> = choices
        .waiting
        .iter()
        .map(|r| r.setting_id)
        .chain(gaps.iter().map(|g| g.setting))
        .chain(choices.booked.iter().map(|b| b.setting))
        .chain(lost.iter().map(|l| l.setting))
        .collect();
    let settings: Vec<Uuid> = settings.into_iter().collect();
    let values = values(conn, desk, authority, choices, &settings).await?;
    let worth = |tour: Uuid, setting: Uuid| values.get(&(tour, setting)).copied().unwrap_or(1).max(1);
    let largest = largest(conn, &choices.tours).await?;
    let sessions: Vec<Uuid> =
        choices.booked.iter().flat_map(|b| &b.sessions).chain(lost.iter().flat_map(|l| &l.sessions)).copied().collect();
    let attending = attending(conn, &sessions).await?;
    let groups_of =
        |ids: &[Uuid]| ids.iter().map(|id| attending.get(id).cloned().unwrap_or_default()).collect::<Vec<_>>();
    let mut rows = Vec::new();
    for request in &choices.waiting {
        rows.extend(of_request(request, ground, worth(request.tour_id, request.setting_id)));
    }
    for gap in gaps {
        let Some(tour) = choices.tours.iter().find(|t| t.id == gap.tour) else { continue };
        let roll = &gap.roll;
        let most = largest.get(&tour.programme_id).copied().flatten();
        let wish = requests::of_roll(&tour.audience(), roll.year_groups, |y| roll.of(y).map(|n| n.pupils), most);
        let dealt = deal(&wish.groups, wish.sessions).into_iter().map(kept).collect();
        let row = row(gap.tour, gap.setting, dealt);
        rows.extend(split(row, longest(ground, gap.tour), worth(gap.tour, gap.setting)));
    }
    for visit in lost {
        let row = Row { visit: Some(visit.visit), ..row(visit.tour, visit.setting, groups_of(&visit.sessions)) };
        rows.extend(split(row, longest(ground, visit.tour), worth(visit.tour, visit.setting)));
    }
    for visit in &choices.booked {
        // What lies before the plan's first day has no slot in it: it could only be moved away.
        let fixed = !new.released.contains(&visit.visit) || visit.on < new.from;
        rows.push(Row {
            visit: Some(visit.visit),
            fixed,
            value: if fixed { 0 } else { worth(visit.tour, visit.setting) + BOOKED_VALUE },
            current: Some(Place { team: visit.team, on: visit.on, slots: visit.slots.clone() }),
            ..row(visit.tour, visit.setting, groups_of(&visit.sessions))
        });
    }
    rows.retain(|row| !row.attending.is_empty());
    Ok(rows)
}

/// What of a request is to be placed: the sessions it asks for and has not got.
pub(super) fn of_request(request: &Request, ground: &Ground, worth: i64) -> Vec<Row> {
    let held = usize::try_from(request.held).unwrap_or(0);
    let dealt: Vec<_> = deal(&request.groups, request.sessions).into_iter().skip(held).map(kept).collect();
    let row = Row { request: Some(request.id), ..row(request.tour_id, request.setting_id, dealt) };
    split(row, longest(ground, request.tour_id), worth)
}

fn row(tour: Uuid, setting: Uuid, attending: Vec<Vec<Attending>>) -> Row {
    Row {
        tour,
        setting,
        request: None,
        visit: None,
        part: 1,
        parts: 1,
        attending,
        value: 1,
        fixed: false,
        current: None,
    }
}

/// The most sessions a team of this tour can give on one day of the plan.
fn longest(ground: &Ground, tour: Uuid) -> usize {
    let Some(tour) = ground.tours.get(&tour) else { return 0 };
    let days = ground.days.iter().filter(|((team, _), _)| tour.teams.contains(team));
    days.map(|((team, _), slots)| {
        let most = ground.teams.get(team).and_then(|t| t.calendar.most_sessions);
        most.and_then(|most| usize::try_from(most).ok()).map_or(slots.len(), |most| most.min(slots.len()))
    })
    .max()
    .unwrap_or(0)
}

/// What needs more sessions than a day has slots becomes several, as even as can be; they share what it is worth.
fn split(whole: Row, longest: usize, worth: i64) -> Vec<Row> {
    let count = whole.attending.len();
    if longest == 0 || count <= longest {
        return vec![Row { value: worth, ..whole }];
    }
    let parts = count.div_ceil(longest);
    let (mut rows, mut rest) = (Vec::new(), whole.attending.clone());
    for part in 0..parts {
        let take = rest.len().div_ceil(parts - part);
        let attending: Vec<_> = rest.drain(..take).collect();
        let share = |n: usize| i64::try_from(n).unwrap_or(1);
        rows.push(Row {
            value: (worth * share(attending.len()) / share(count)).max(1),
            part: share(part + 1),
            parts: share(parts),
            attending,
            ..row(whole.tour, whole.setting, Vec::new())
        });
        if let Some(last) = rows.last_mut() {
            last.request = whole.request;
            last.visit = whole.visit;
        }
    }
    rows
}

fn kept(groups: Vec<Group>) -> Vec<Attending> {
    let keep = |g: Group| Attending {
        year_groups: g.year_groups.mask(),
        label: g.label,
        expected: g.expected,
        expected_send: g.expected_send,
    };
    groups.into_iter().map(keep).collect()
}

async fn largest(conn: &mut Conn, tours: &[Tour]) -> Result<BTreeMap<Uuid, Option<i64>>> {
    let programmes: Vec<Uuid> = tours.iter().map(|t| t.programme_id).collect();
    let rows =
        fetch_in!(conn, (Uuid, Option<i64>), "SELECT id, largest_group FROM programme WHERE id IN ", programmes, "")?;
    Ok(rows.into_iter().collect())
}

/// The groups of sessions.
async fn attending(conn: &mut Conn, sessions: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Attending>>> {
    let rows = fetch_in!(
        conn,
        (Uuid, i64, String, i64, Option<i64>),
        "SELECT session_id, year_groups, label, expected, expected_send FROM attending_group WHERE session_id IN ",
        sessions,
        " ORDER BY session_id, id"
    )?;
    let mut all: BTreeMap<Uuid, Vec<Attending>> = BTreeMap::new();
    for (session, year_groups, label, expected, expected_send) in rows {
        all.entry(session).or_default().push(Attending { year_groups, label, expected, expected_send });
    }
    Ok(all)
}

pub(super) async fn put(conn: &mut Conn, plan: Uuid, rows: &[Row]) -> Result<()> {
    let mut json = Vec::new();
    for row in rows {
        json.push((row, serde_json::to_string(&row.attending).map_err(Error::unavailable)?));
    }
    insert_rows!(
        conn,
        "INSERT INTO plan_request (id, plan_id, tour_id, setting_id, request_id, visit_id, part, parts, sessions, attending,
            value, fixed, current_team_id, current_date_on, current_slots, team_id, on_date, slots, pinned, reasons, outcome,
            version) ",
        json,
        |b, line| {
            let (row, attending) = line;
            let current = row.current.as_ref();
            let slots = current.map(|p| Place::stored(&p.slots)).unwrap_or_default();
            b.push_bind(Uuid::now_v7()).push_bind(plan).push_bind(row.tour).push_bind(row.setting);
            b.push_bind(row.request).push_bind(row.visit).push_bind(row.part).push_bind(row.parts);
            b.push_bind(i64::try_from(row.attending.len()).unwrap_or(1)).push_bind(attending);
            b.push_bind(row.value).push_bind(row.fixed);
            b.push_bind(current.map(|p| p.team)).push_bind(current.map(|p| p.on)).push_bind(slots.clone());
            b.push_bind(current.map(|p| p.team)).push_bind(current.map(|p| p.on)).push_bind(slots);
            b.push_bind(false).push_bind("[]").push_bind("").push_bind(1_i64);
        },
        ""
    )?;
    Ok(())
}
