//! The board: what is placed where, what a change would break and cost, and the change itself.

use chrono::NaiveDate;
use domain::access::{Actor, Operation};
use domain::number::thousands;
use domain::session::first_bookable;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ground::{Ask, Ground, Place};
use super::{find, ground, record};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};

/// What somebody does on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Places it, or moves it, to a team's day; what needs several slots takes the next free ones too.
    To {
        /// The team.
        team: Uuid,
        /// The date.
        on: NaiveDate,
        /// The number of the first slot.
        slot: i64,
    },
    /// The two change places.
    Swap {
        /// The other.
        with: Uuid,
    },
    /// It has no place any more.
    Off,
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Why it cannot be done at all: a sentence without a full stop.
    pub refused: Option<String>,
    /// What it breaks, a sentence each without a full stop; it can be done all the same.
    pub breaks: Vec<String>,
    /// Points of the score won (or lost, below 0).
    pub score: i64,
    /// Minutes more on the road (or fewer, below 0).
    pub minutes: i64,
    /// Where it would be: `Tuesday 1 December 2026, AM 9:30am`.
    pub place: String,
}

impl Effect {
    fn refused(why: impl Into<String>) -> Self {
        Self { refused: Some(why.into()), breaks: Vec::new(), score: 0, minutes: 0, place: String::new() }
    }

    /// All of it in words, for a page and for a voice.
    #[must_use]
    pub fn words(&self) -> String {
        if let Some(why) = &self.refused {
            return format!("Not possible: {why}.");
        }
        let breaks = match &self.breaks[..] {
            [] => "Breaks nothing.".to_owned(),
            all => format!("Breaks: {}.", all.join("; ")),
        };
        format!("{breaks} {}", self.costs())
    }

    /// What it costs, in words.
    #[must_use]
    pub fn costs(&self) -> String {
        let noun = if self.minutes.abs() == 1 { "minute" } else { "minutes" };
        let minutes = match self.minutes {
            0 => "The same time on the road".to_owned(),
            n if n > 0 => format!("{n} more {noun} on the road"),
            n => format!("{} fewer {noun} on the road", -n),
        };
        let score = match self.score {
            0 => "the score stays".to_owned(),
            n if n > 0 => format!("the score rises by {}", thousands(n)),
            n => format!("the score falls by {}", thousands(-n)),
        };
        format!("{minutes}; {score}.")
    }
}

/// A plan with everything it stands on, as the records are now.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn board(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Ground> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    let plan = find(&mut conn, actor, id).await?;
    ground::load(&mut conn, plan).await
}

/// Every place that something could be moved to: free slots of its tour's teams, enough of them for its sessions.
#[must_use]
pub fn targets(ground: &Ground, ask: &Ask) -> Vec<Place> {
    let Some(tour) = ground.tours.get(&ask.tour) else { return Vec::new() };
    let mut targets = Vec::new();
    for ((team, on), slots) in &ground.days {
        if tour.teams.contains(team) {
            let starts = slots.iter().filter_map(|s| run(ground, ask, *team, *on, s.number).ok());
            targets.extend(starts.filter(|place| Some(place) != ask.place.as_ref()));
        }
    }
    targets.sort_by_key(|place| (place.on, place.team, place.slots.clone()));
    targets
}

/// The slots from `first` on that hold all of an ask's sessions; or why there are none.
fn run(ground: &Ground, ask: &Ask, team: Uuid, on: NaiveDate, first: i64) -> Result<Place, String> {
    let name = ground.teams.get(&team).map_or("The team", |t| t.name.as_str());
    let slots = ground.days.get(&(team, on)).ok_or_else(|| format!("{name} has no slots on this day"))?;
    let from =
        slots.iter().position(|s| s.number == first).ok_or_else(|| format!("{name} has no such slot on this day"))?;
    let numbers: Vec<i64> = slots[from..].iter().take(ask.sessions).map(|s| s.number).collect();
    if numbers.len() < ask.sessions {
        return Err(format!(
            "It needs {} slots in one day, and from this one on there are only {}",
            ask.sessions,
            numbers.len()
        ));
    }
    let place = Place { team, on, slots: numbers };
    match ground.taken_by(ask.id, &place) {
        Some(who) => Err(format!("{who} is there already: swap the two, or take the other off first")),
        None => Ok(place),
    }
}

/// The ground after a change; or why it cannot be.
fn after(ground: &Ground, ask: &Ask, action: Action) -> Result<Ground, String> {
    let mut changed = ground.clone();
    match action {
        Action::To { team, on, slot } => {
            let place = run(ground, ask, team, on, slot)?;
            if Some(&place) == ask.place.as_ref() {
                return Err("It is there already".to_owned());
            }
            set(&mut changed, ask.id, Some(place));
        }
        Action::Off => set(&mut changed, ask.id, None),
        Action::Swap { with } => {
            let other = ground.ask(with).ok_or("The other is no longer in the plan")?;
            if !other.is_loose() {
                return Err(format!("{} is booked or offered, and stays where it is", other.name()));
            }
            if other.pinned {
                return Err(format!("{} is pinned: unpin it first", other.name()));
            }
            let (Some(mine), Some(theirs)) = (&ask.place, &other.place) else {
                return Err("Only what is placed can change places".to_owned());
            };
            set(&mut changed, ask.id, None);
            set(&mut changed, other.id, None);
            // Each begins where the other began, and needs its own number of slots.
            let first = |place: &Place| place.slots.first().copied().unwrap_or_default();
            let to = run(&changed, ask, theirs.team, theirs.on, first(theirs))?;
            set(&mut changed, ask.id, Some(to));
            let to = run(&changed, other, mine.team, mine.on, first(mine))?;
            set(&mut changed, other.id, Some(to));
        }
    }
    Ok(changed)
}

fn set(ground: &mut Ground, id: Uuid, place: Option<Place>) {
    if let Some(ask) = ground.asks.iter_mut().find(|a| a.id == id) {
        ask.place = place;
    }
}

/// What a change would break and cost. Pure: over the ground as it was read.
#[must_use]
pub fn effect(ground: &Ground, id: Uuid, action: Action) -> Effect {
    let Some(ask) = ground.ask(id) else { return Effect::refused("It is no longer in the plan") };
    if !ground.plan.state.is_open() {
        return Effect::refused(format!("This plan is {}", ground.plan.state.label().to_lowercase()));
    }
    if !ask.is_loose() {
        return Effect::refused("It is booked or offered, and was not released: move its session instead");
    }
    let changed = match after(ground, ask, action) {
        Ok(changed) => changed,
        Err(why) => return Effect::refused(why),
    };
    // What was broken before, elsewhere, is not this change's doing.
    let before = ground.broken();
    let mut breaks = Vec::new();
    for (of, why) in changed.broken() {
        let concerned = of == id || matches!(action, Action::Swap { with } if with == of);
        if concerned || !before.contains(&(of, why.clone())) {
            let name = changed.ask(of).map(Ask::name).unwrap_or_default();
            breaks.push(if of == id { why } else { format!("{name}: {why}") });
        }
    }
    let place = changed.ask(id).and_then(|a| a.place.as_ref()).map(|p| words(&changed, p)).unwrap_or_default();
    Effect {
        refused: None,
        breaks,
        score: changed.score() - ground.score(),
        minutes: changed.travel() - ground.travel(),
        place,
    }
}

/// Where something is, in words: the day, the times, the team where there are several.
pub(crate) fn words(ground: &Ground, place: &Place) -> String {
    let slots = place.slots.iter().filter_map(|n| ground.slot(place.team, place.on, *n));
    let times: Vec<String> =
        slots.map(|s| format!("{} {} to {}", s.label, s.starts, s.ends).trim().to_owned()).collect();
    let team = ground.teams.get(&place.team).filter(|_| ground.teams.len() > 1);
    let team = team.map(|t| format!(", {}", t.name)).unwrap_or_default();
    // What lies outside the plan's days has no slots in it.
    let times = if times.is_empty() { String::new() } else { format!(", {}", times.join(" and ")) };
    format!("{}{times}{team}", place.on.format("%A %-d %B %Y"))
}

/// Does it. What a person places is pinned, so that planning again leaves it there. `version` is the placement's; what
/// others changed elsewhere on the board meanwhile does not matter.
///
/// # Errors
/// Not found; forbidden; stale; it cannot be done, with the reason.
pub async fn apply(desk: &Desk, actor: &Actor, plan: Uuid, id: Uuid, version: i64, action: Action) -> Result<Uuid> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.write().await?;
    let before = locked(&mut conn, actor, plan, id, version).await?;
    let ask = before.ask(id).ok_or(Error::NotFound)?;
    let effect = effect(&before, id, action);
    if let Some(why) = effect.refused {
        return Err(Error::refused(why));
    }
    if let Action::To { on, .. } = action
        && on < first_bookable(actor.role, desk.today())
    {
        return Err(Error::refused("This day is over"));
    }
    let changed = after(&before, ask, action).map_err(Error::refused)?;
    for ask in &changed.asks {
        let was = before.ask(ask.id).and_then(|a| a.place.clone());
        if ask.place == was {
            continue;
        }
        let reasons: Vec<String> =
            if ask.place.is_some() { Vec::new() } else { vec!["Taken off the board by hand.".into()] };
        // One or two: those that change places.
        execute!(
            conn,
            "UPDATE plan_request SET team_id = $1, on_date = $2, slots = $3, pinned = $4, reasons = $5, outcome = '',
                version = version + 1 WHERE id = $6",
            ask.place.as_ref().map(|p| p.team),
            ask.place.as_ref().map(|p| p.on),
            ask.place.as_ref().map(|p| Place::stored(&p.slots)).unwrap_or_default(),
            ask.place.is_some(),
            serde_json::to_string(&reasons).map_err(Error::unavailable)?,
            ask.id,
        )?;
    }
    touched(&mut conn, actor, &changed).await?;
    let place = |of: &Ground| of.ask(id).and_then(|a| a.place.as_ref()).map_or(Value::Null, |p| json!(words(of, p)));
    let (was, is) = (json!({ "request": id, "at": place(&before) }), json!({ "request": id, "at": place(&changed) }));
    record(&mut conn, desk, actor, &before.plan, was, is).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Pins a placement, so that planning again leaves it where it is, or unpins it.
///
/// # Errors
/// Not found; forbidden; stale; it has no place.
pub async fn set_pinned(desk: &Desk, actor: &Actor, plan: Uuid, id: Uuid, version: i64, pinned: bool) -> Result<Uuid> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.write().await?;
    let ground = locked(&mut conn, actor, plan, id, version).await?;
    let ask = ground.ask(id).ok_or(Error::NotFound)?;
    if !ask.is_loose() || ask.place.is_none() {
        return Err(Error::refused("Only what the plan has placed can be pinned"));
    }
    execute!(conn, "UPDATE plan_request SET pinned = $1, version = version + 1 WHERE id = $2", pinned, id)?;
    touched(&mut conn, actor, &ground).await?;
    let (was, is) = (json!({ "request": id, "pinned": ask.pinned }), json!({ "request": id, "pinned": pinned }));
    record(&mut conn, desk, actor, &ground.plan, was, is).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// The ground, with its plan locked, and the placement as the person saw it.
async fn locked(conn: &mut Conn, actor: &Actor, plan: Uuid, id: Uuid, version: i64) -> Result<Ground> {
    execute!(conn, "UPDATE plan SET version = version WHERE id = $1", plan)?;
    let plan = find(conn, actor, plan).await?;
    let ground = ground::load(conn, plan).await?;
    if ground.ask(id).ok_or(Error::NotFound)?.version != version {
        return Err(Conflict::Stale.into());
    }
    if !ground.plan.state.is_open() {
        return Err(Error::refused(format!("This plan is {}", ground.plan.state.label().to_lowercase())));
    }
    Ok(ground)
}

/// The plan's figures after a change, and who made it.
async fn touched(conn: &mut Conn, actor: &Actor, ground: &Ground) -> Result<()> {
    let placed = ground.asks.iter().filter(|a| !a.fixed && a.place.is_some()).count();
    execute!(
        conn,
        "UPDATE plan SET version = version + 1, changed_by = $1, score = $2, travel_min = $3, placed = $4, state = 'ready'
         WHERE id = $5",
        actor.person,
        ground.score(),
        ground.travel(),
        i64::try_from(placed).unwrap_or_default(),
        ground.plan.id,
    )?;
    Ok(())
}
