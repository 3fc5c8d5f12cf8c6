//! Publishing: placements become offers to schools, released visits move, all in one transaction. What can no longer be is
//! left in the plan, with the reason.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::YearGroups;
use domain::access::{Actor, Operation};
use domain::plan::{Outcome, PlanState, answer_until};
use domain::request::RequestState;
use domain::session::Group;
use domain::slot::Slot;
use serde_json::json;
use uuid::Uuid;

use super::ground::{Ask, Ground, Place};
use super::{ground, record, take};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::sessions::{NewOffer, Shift, put_offer, shift};
use crate::{Desk, requests};

/// What publishing would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The plan on its ground.
    pub ground: Ground,
    /// What becomes an offer.
    pub offers: Vec<Uuid>,
    /// Booked visits that move.
    pub moves: Vec<Uuid>,
    /// Released visits that stay where they are.
    pub stay: usize,
    /// What can no longer be, with the reason.
    pub gone: Vec<(Uuid, String)>,
}

impl Preview {
    /// Schools that get an offer.
    #[must_use]
    pub fn schools(&self) -> usize {
        let of = |id: &Uuid| self.ground.ask(*id).map(|a| a.setting);
        self.offers.iter().filter_map(of).collect::<BTreeSet<_>>().len()
    }

    /// Sessions that are offered.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.offers.iter().filter_map(|id| self.ground.ask(*id)).map(|a| a.sessions).sum()
    }

    /// Whether what is published breaks a rule that people were told of on the board.
    #[must_use]
    pub fn breaks(&self) -> bool {
        let published = |id: &Uuid| self.offers.contains(id) || self.moves.contains(id);
        self.ground.broken().iter().any(|(id, _)| published(id))
    }

    /// The first day of anything offered.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.offers.iter().filter_map(|id| Some(self.ground.ask(*id)?.place.as_ref()?.on)).min()
    }
}

/// What happens to a plan that breaks a rule people were told of on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// It is not published.
    Refused,
    /// Whoever publishes it has seen what it breaks, and publishes it all the same.
    Accepted,
}

/// What to say to somebody who has not.
const SAY_ANYWAY: &str = "Say that you publish it although it breaks rules, or mend it on the board first";

/// Looks at what publishing would do now.
///
/// # Errors
/// Not found; forbidden.
pub async fn preview(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Preview> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    let plan = super::find(&mut conn, actor, id).await?;
    let found = ground::load(&mut conn, plan).await?;
    sort(&mut conn, desk, found).await
}

/// Which placements become what.
async fn sort(conn: &mut Conn, desk: &Desk, ground: Ground) -> Result<Preview> {
    let standing = fetch_all!(
        conn,
        (Uuid, String),
        "SELECT DISTINCT r.id, r.state FROM request r JOIN plan_request pr ON pr.request_id = r.id WHERE pr.plan_id = $1",
        ground.plan.id,
    )?;
    let waiting: BTreeSet<Uuid> =
        standing.into_iter().filter(|(_, state)| state == RequestState::Asked.as_str()).map(|(id, _)| id).collect();
    // Schools that got a session of the tour in another way, or asked, since the plan was made.
    let served: BTreeSet<(Uuid, Uuid)> = fetch_all!(
        conn,
        (Uuid, Uuid),
        "SELECT DISTINCT x.tour_id, g.setting_id FROM session x JOIN attending_group g ON g.session_id = x.id
            JOIN plan_tour pt ON pt.tour_id = x.tour_id
         WHERE pt.plan_id = $1 AND x.state IN ('offered', 'confirmed') AND x.visit_id NOT IN
            (SELECT pr.visit_id FROM plan_request pr WHERE pr.plan_id = $1 AND pr.visit_id IS NOT NULL AND pr.fixed)
            AND x.visit_id NOT IN (SELECT pr.visit_id FROM plan_request pr WHERE pr.plan_id = $1
                AND pr.visit_id IS NOT NULL AND pr.current_team_id IS NOT NULL)",
        ground.plan.id,
    )?
    .into_iter()
    .collect();
    let today = desk.today();
    let mut preview = Preview { ground, offers: Vec::new(), moves: Vec::new(), stay: 0, gone: Vec::new() };
    let ground = &preview.ground;
    for ask in ground.asks.iter().filter(|a| a.is_loose()) {
        let Some(place) = &ask.place else { continue };
        if ask.current.is_some() && ask.booked.is_none() {
            preview.gone.push((ask.id, "The visit that was to move was called off meanwhile".to_owned()));
        } else if ask.current.as_ref() == Some(place) {
            preview.stay += 1;
        } else if place.on <= today.succ_opt().unwrap_or(today) {
            preview.gone.push((ask.id, "Its day is too near to ask the school".to_owned()));
        } else if slots(ground, place).is_none() {
            preview
                .gone
                .push((ask.id, "Its slot has gone: it was booked, or the team no longer works then".to_owned()));
        } else if ask.current.is_some() {
            preview.moves.push(ask.id);
        } else if ask.request.is_some_and(|id| !waiting.contains(&id)) {
            preview.gone.push((ask.id, "The school withdrew its request, or has got a date meanwhile".to_owned()));
        } else if ask.request.is_none() && served.contains(&(ask.tour, ask.setting)) {
            preview.gone.push((ask.id, "The school has a session of this tour meanwhile".to_owned()));
        } else {
            preview.offers.push(ask.id);
        }
    }
    Ok(preview)
}

/// The slots of a place, where all of them are still there.
fn slots(ground: &Ground, place: &Place) -> Option<Vec<Slot>> {
    place.slots.iter().map(|n| ground.slot(place.team, place.on, *n).cloned()).collect()
}

/// Publishes a plan: offers that schools may answer until `until`, and moves.
///
/// # Errors
/// Not found; forbidden; stale; it is not open, or nothing of it can be published; it breaks a rule, which is refused in
/// the field `anyway`; a day to mend.
pub async fn publish(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    version: i64,
    until: NaiveDate,
    broken: Broken,
) -> Result<Uuid> {
    desk.authorise(actor, Operation::PlanTours)?;
    if until <= desk.today() {
        return Err(Error::field("until", "The day must lie after today, so that schools can answer"));
    }
    // Somebody may book between the look and the writing. Then it is looked at anew.
    for _ in 0..5 {
        match publish_once(desk, actor, id, version, until, broken).await {
            Err(Error::Conflict(Conflict::SlotGone)) => {}
            other => return other,
        }
    }
    Err(Error::refused("Slots of this plan are being booked at this moment. Try again"))
}

async fn publish_once(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    version: i64,
    until: NaiveDate,
    broken: Broken,
) -> Result<Uuid> {
    let mut conn = desk.write().await?;
    let plan = take(&mut conn, actor, id, version).await?;
    if !plan.state.is_open() {
        return Err(Error::refused(format!("This plan is {}", plan.state.label().to_lowercase())));
    }
    let found = ground::load(&mut conn, plan).await?;
    let preview = sort(&mut conn, desk, found).await?;
    let ground = &preview.ground;
    if preview.offers.is_empty() && preview.moves.is_empty() {
        return Err(Error::refused(
            "Nothing of this plan can be published: nothing is placed that is not offered already",
        ));
    }
    let breaks = preview.breaks();
    if breaks && broken == Broken::Refused {
        return Err(Error::field("anyway", SAY_ANYWAY));
    }
    let mut outcomes: BTreeMap<Uuid, (Outcome, Option<Uuid>)> = BTreeMap::new();
    move_visits(&mut conn, desk, actor, &preview, until, &mut outcomes).await?;
    let contacts = contacts(&mut conn, ground).await?;
    for ask in preview.offers.iter().filter_map(|id| ground.ask(*id)) {
        let visit = offer(&mut conn, desk, actor, ground, ask, &contacts, until).await?;
        outcomes.insert(ask.id, (Outcome::Offered, Some(visit)));
    }
    for ask in ground.asks.iter().filter(|a| a.is_loose() && a.current.is_some() && a.place == a.current) {
        outcomes.insert(ask.id, (Outcome::Kept, ask.visit));
    }
    place_requests(&mut conn, desk, actor, ground, &outcomes).await?;
    store(&mut conn, &preview, &outcomes).await?;
    let state = if preview.gone.is_empty() { PlanState::Published } else { PlanState::Ready };
    execute!(
        conn,
        "UPDATE plan SET state = $1, published_at = $2, changed_by = $3, version = version + 1 WHERE id = $4",
        state.as_str(),
        desk.now(),
        actor.person,
        id,
    )?;
    let after = json!({ "state": state, "offers": preview.offers.len(), "moves": preview.moves.len(),
        "gone": preview.gone.len(), "until": until, "breaks": breaks });
    record(&mut conn, desk, actor, &ground.plan, json!({ "state": ground.plan.state }), after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

async fn move_visits(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    preview: &Preview,
    until: NaiveDate,
    outcomes: &mut BTreeMap<Uuid, (Outcome, Option<Uuid>)>,
) -> Result<()> {
    let (mut shifts, mut asks) = (Vec::new(), Vec::new());
    for ask in preview.moves.iter().filter_map(|id| preview.ground.ask(*id)) {
        let (Some(visit), Some(place)) = (ask.visit, &ask.place) else { continue };
        let slots = slots(&preview.ground, place).ok_or(Conflict::SlotGone)?;
        let until = answer_until(until, place.on).ok_or(Error::NotFound)?;
        shifts.push(Shift { visit, team: place.team, on_date: place.on, slots, until });
        asks.push(ask.id);
    }
    let visits = shift(conn, desk, actor, &shifts).await?;
    outcomes.extend(asks.into_iter().zip(visits).map(|(ask, visit)| (ask, (Outcome::Moved, Some(visit)))));
    Ok(())
}

/// Whom to talk to, and what else a school said.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
struct Contact {
    id: Uuid,
    contact_name: String,
    contact_telephone: String,
    contact_email: String,
    access_needs: String,
    room_for_others: bool,
}

/// What is known of each request, and of each visit that was called off.
async fn contacts(conn: &mut Conn, ground: &Ground) -> Result<BTreeMap<Uuid, Contact>> {
    let mut rows = fetch_all!(
        conn,
        Contact,
        "SELECT DISTINCT r.id, r.contact_name, r.contact_telephone, r.contact_email, r.access_needs, r.room_for_others
         FROM request r JOIN plan_request pr ON pr.request_id = r.id WHERE pr.plan_id = $1",
        ground.plan.id,
    )?;
    rows.extend(fetch_all!(
        conn,
        Contact,
        "SELECT DISTINCT v.id, v.contact_name, v.contact_telephone, v.contact_email, v.access_needs, v.room_for_others
         FROM visit v JOIN plan_request pr ON pr.visit_id = v.id WHERE pr.plan_id = $1",
        ground.plan.id,
    )?);
    Ok(rows.into_iter().map(|c| (c.id, c)).collect())
}

/// Offers every session of one placement; their visit.
async fn offer(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    ground: &Ground,
    ask: &Ask,
    contacts: &BTreeMap<Uuid, Contact>,
    until: NaiveDate,
) -> Result<Uuid> {
    let place = ask.place.as_ref().ok_or(Error::NotFound)?;
    let slots = slots(ground, place).ok_or(Conflict::SlotGone)?;
    let said = ask.request.or(ask.visit).and_then(|id| contacts.get(&id)).cloned().unwrap_or_default();
    let until = answer_until(until, place.on).ok_or(Error::NotFound)?;
    let mut session = None;
    for (slot, attending) in slots.into_iter().zip(&ask.attending) {
        let mut groups = Vec::new();
        for group in attending {
            groups.push(Group {
                year_groups: YearGroups::try_from(group.year_groups).map_err(Error::unavailable)?,
                label: group.label.clone(),
                expected: group.expected,
                expected_send: group.expected_send,
            });
        }
        let new = NewOffer {
            tour: ask.tour,
            team: place.team,
            on_date: place.on,
            slot,
            setting: ask.setting,
            groups,
            request: ask.request,
            waiting: None,
            until,
            contact_name: said.contact_name.clone(),
            contact_telephone: said.contact_telephone.clone(),
            contact_email: said.contact_email.clone(),
            access_needs: said.access_needs.clone(),
            room_for_others: said.room_for_others,
            note: format!("From the plan “{}”", ground.plan.name),
        };
        session = Some(put_offer(conn, desk, actor, &new).await?);
    }
    let session = session.ok_or(Error::NotFound)?;
    fetch_scalar!(conn, Uuid, "SELECT visit_id FROM session WHERE id = $1", session)
}

/// Requests all of whose parts are offered have got their date.
async fn place_requests(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    ground: &Ground,
    outcomes: &BTreeMap<Uuid, (Outcome, Option<Uuid>)>,
) -> Result<()> {
    let offered = |ask: &Ask| {
        ask.outcome == Some(Outcome::Offered) || outcomes.get(&ask.id).is_some_and(|(o, _)| *o == Outcome::Offered)
    };
    let new: BTreeSet<Uuid> =
        ground.asks.iter().filter(|a| outcomes.contains_key(&a.id)).filter_map(|a| a.request).collect();
    for request in new {
        if ground.asks.iter().filter(|a| a.request == Some(request)).all(offered) {
            requests::placed(conn, desk, actor, request).await?;
        }
    }
    Ok(())
}

/// What became of each placement.
async fn store(conn: &mut Conn, preview: &Preview, outcomes: &BTreeMap<Uuid, (Outcome, Option<Uuid>)>) -> Result<()> {
    for (ask, (outcome, visit)) in outcomes {
        // One statement for each that is published, as each is a session and a mail anyway.
        execute!(
            conn,
            "UPDATE plan_request SET outcome = $1, visit_id = $2, fixed = TRUE, pinned = FALSE, current_team_id = team_id,
                current_date_on = on_date, current_slots = slots, version = version + 1 WHERE id = $3",
            outcome.as_str(),
            *visit,
            *ask,
        )?;
    }
    for (ask, why) in &preview.gone {
        let reasons = serde_json::to_string(&[format!("{why}.")]).map_err(Error::unavailable)?;
        execute!(
            conn,
            "UPDATE plan_request SET outcome = $1, team_id = NULL, on_date = NULL, slots = '', pinned = FALSE, reasons = $2,
                version = version + 1 WHERE id = $3",
            Outcome::Gone.as_str(),
            reasons,
            *ask,
        )?;
    }
    Ok(())
}
