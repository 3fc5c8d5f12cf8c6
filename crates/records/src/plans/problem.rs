//! A plan's ground as problems for the planner, and its results as placements. Pure.
//!
//! The planner knows slots that never overlap. Days whose slots fit together, be they of one team or of several, are one
//! problem; days with other slots are another, planned after it with what it left out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::plan::{DETOUR, MINIMUM_MINUTES, MINUTE_POINTS, MOVED_POINTS, PREFERRED_POINTS, SPEED_KMH, VALUE_POINTS};
use domain::slot::{Slot, TimeOfDay};
use planner::{Current, Day, PROBLEM_FORMAT, Placement, Problem, Request, Team, Travel, Weights};
use uuid::Uuid;

use super::ground::{Ask, Ground, Place, PlanTeam};

/// A slot's times.
type Times = (TimeOfDay, TimeOfDay);

/// Days whose slots never overlap, to be planned together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    /// Every slot there is, by time.
    pub slots: BTreeSet<Times>,
    /// The days.
    pub days: BTreeSet<(Uuid, NaiveDate)>,
}

/// What can be planned, and what cannot be planned with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ready {
    pub groups: Vec<Group>,
    /// A sentence each, for the person who plans.
    pub faults: Vec<String>,
}

fn fits(slots: &BTreeSet<Times>, day: &[Slot]) -> bool {
    day.iter().all(|s| slots.iter().all(|t| *t == (s.starts, s.ends) || t.1 <= s.starts || s.ends <= t.0))
}

/// Groups the days, the most common slots first, and names what has to be left out.
pub(crate) fn ready(ground: &Ground) -> Ready {
    let mut ready = Ready::default();
    for team in ground.teams.values() {
        if team.limits().is_none() {
            ready.faults.push(format!(
                "Nobody knows where {} sets out from, so it is not planned. Give its base a position",
                team.name
            ));
        }
    }
    let lost: BTreeSet<&str> = ground.asks.iter().filter(|a| a.at.is_none()).map(|a| a.school.as_str()).collect();
    for school in lost {
        ready.faults.push(format!(
            "The school list has no position for {school}, so it is not planned. Add its easting and northing"
        ));
    }
    let mut patterns: BTreeMap<Vec<Times>, Vec<(Uuid, NaiveDate)>> = BTreeMap::new();
    for (&(team, on), slots) in &ground.days {
        let Some(of) = ground.teams.get(&team).filter(|t| t.limits().is_some()) else { continue };
        if !slots.is_empty() && slots.windows(2).all(|pair| pair[0].ends <= pair[1].starts) {
            if let Some(why) = undrivable(ground, of, on) {
                ready.faults.push(why);
                continue;
            }
            patterns.entry(slots.iter().map(|s| (s.starts, s.ends)).collect()).or_default().push((team, on));
        } else {
            let day = on.format("%-d %B %Y");
            ready.faults.push(format!("Sessions of {} on {day} overlap, so nothing else is planned that day", of.name));
        }
    }
    let mut patterns: Vec<_> = patterns.into_values().collect();
    patterns.sort_by_key(|days| std::cmp::Reverse(days.len()));
    for days in patterns {
        let slots = &ground.days[&days[0]];
        let at = ready.groups.iter().position(|g| fits(&g.slots, slots)).unwrap_or_else(|| {
            ready.groups.push(Group::default());
            ready.groups.len() - 1
        });
        ready.groups[at].slots.extend(slots.iter().map(|s| (s.starts, s.ends)));
        ready.groups[at].days.extend(days);
    }
    ready
}

/// Whether an ask stays where it is whatever is planned.
fn stays(ask: &Ask) -> bool {
    ask.place.is_some() && (ask.fixed || ask.pinned || !ask.is_loose())
}

/// Why what stays on a day cannot be driven as it stands: a planner that kept it would find no plan at all.
fn undrivable(ground: &Ground, team: &PlanTeam, on: NaiveDate) -> Option<String> {
    let mut standing = ground.clone_day(team.id, on);
    standing.asks.retain(|ask| stays(ask) && ask.at.is_some());
    let route = standing.road(team.id, on)?;
    let late = route.faults.first()?.1;
    let day = on.format("%-d %B %Y");
    Some(format!("{late}: what stands with {} on {day} is left as it is, and nothing is added to it", team.name))
}

impl Ground {
    /// The same ground with one team's day alone.
    fn clone_day(&self, team: Uuid, on: NaiveDate) -> Self {
        let key = (team, on);
        let here = |p: &Option<Place>| p.as_ref().is_some_and(|p| (p.team, p.on) == key);
        Self {
            plan: self.plan.clone(),
            tours: BTreeMap::new(),
            teams: self.teams.get(&team).map(|t| (team, t.clone())).into_iter().collect(),
            asks: self.asks.iter().filter(|a| here(&a.place)).cloned().collect(),
            busy: self.busy.get(&key).map(|b| (key, b.clone())).into_iter().collect(),
            schools: BTreeMap::new(),
            days: self.days.get(&key).map(|d| (key, d.clone())).into_iter().collect(),
        }
    }
}

fn clock(time: TimeOfDay) -> String {
    time.time().format("%H:%M").to_string()
}

fn id_of(times: &Times) -> String {
    format!("{}-{}", clock(times.0), clock(times.1))
}

/// A group as a problem. `left` are the asks that are still to be placed.
pub(crate) fn problem(ground: &Ground, group: &Group, left: &BTreeSet<Uuid>, seconds: f64) -> Problem {
    let builder = Builder { ground, group };
    let teams: Vec<Team> = ground.teams.values().filter_map(|team| builder.team(team)).collect();
    let known: BTreeSet<&str> = teams.iter().map(|t| t.id.as_str()).collect();
    let mut places = builder.bases(&known);
    let mut requests = Vec::new();
    for ask in &ground.asks {
        let Some((x, y)) = ask.at else { continue };
        let request =
            if stays(ask) { builder.standing(ask) } else { left.contains(&ask.id).then(|| builder.asked(ask, &known)) };
        if let Some(request) = request.filter(|r| !r.teams.is_empty()) {
            places.insert(ask.setting.to_string(), (x, y));
            requests.push(request);
        }
    }
    for (key, busy) in &ground.busy {
        for busy in busy.iter().filter(|_| group.days.contains(key)) {
            // Off the group's slots or nowhere: its slot is taken, and the road to it cannot be counted.
            let (Some(at), true) = (busy.at, group.slots.contains(&(busy.starts, busy.ends))) else { continue };
            places.insert(busy.setting.to_string(), at);
            let slots = vec![id_of(&(busy.starts, busy.ends))];
            requests.push(pinned(busy.session.to_string(), busy.setting, busy.team, busy.on, slots, 0));
        }
    }
    #[allow(clippy::cast_precision_loss)] // Metres of the national grid lie far below 2^52.
    let places = places.into_iter().map(|(id, (x, y))| planner::Place { id, x: x as f64, y: y as f64 }).collect();
    Problem {
        format: PROBLEM_FORMAT.to_owned(),
        time_limit_s: seconds,
        seed: 1,
        travel: Travel { speed_kmh: SPEED_KMH, detour: DETOUR, minimum_min: MINIMUM_MINUTES },
        places,
        slots: group
            .slots
            .iter()
            .map(|t| planner::Slot { id: id_of(t), starts: clock(t.0), ends: clock(t.1) })
            .collect(),
        teams,
        requests,
        weights: Weights {
            value: VALUE_POINTS,
            moved: MOVED_POINTS,
            preferred: PREFERRED_POINTS,
            travel_min: MINUTE_POINTS,
        },
    }
}

fn pinned(id: String, place: Uuid, team: Uuid, on: NaiveDate, slots: Vec<String>, value: i64) -> Request {
    Request {
        id,
        place: place.to_string(),
        sessions: slots.len(),
        value,
        worth: Vec::new(),
        teams: vec![team.to_string()],
        open: vec![Day { date: on.to_string(), slots: slots.clone() }],
        preferred: None,
        current: Some(Current { team: team.to_string(), date: on.to_string(), slots }),
        pinned: true,
    }
}

struct Builder<'a> {
    ground: &'a Ground,
    group: &'a Group,
}

impl Builder<'_> {
    fn days_of(&self, team: Uuid) -> impl Iterator<Item = (NaiveDate, &Vec<Slot>)> {
        let days = self.group.days.iter().filter(move |(of, _)| *of == team);
        days.filter_map(|key| Some((key.1, self.ground.days.get(key)?)))
    }

    fn team(&self, team: &PlanTeam) -> Option<Team> {
        let busy = |on: NaiveDate| {
            let known = self.ground.busy.get(&(team.id, on)).into_iter().flatten();
            known.filter(|b| b.at.is_some()).map(|b| (b.starts, b.ends)).filter(|t| self.group.slots.contains(t))
        };
        let days: Vec<Day> = self
            .days_of(team.id)
            .map(|(on, slots)| {
                let own = slots.iter().map(|s| (s.starts, s.ends));
                Day { date: on.to_string(), slots: own.chain(busy(on)).map(|t| id_of(&t)).collect() }
            })
            .collect();
        let calendar = &team.calendar;
        (!days.is_empty()).then(|| Team {
            id: team.id.to_string(),
            base: base(team.id),
            setup_min: calendar.get_in_minutes,
            pack_min: calendar.get_out_minutes,
            leave_from: clock(calendar.earliest_start),
            home_by: clock(calendar.latest_home),
            max_sessions: calendar.most_sessions.and_then(|most| usize::try_from(most).ok()),
            days,
        })
    }

    fn bases(&self, known: &BTreeSet<&str>) -> BTreeMap<String, (i64, i64)> {
        let teams = self.ground.teams.values().filter(|t| known.contains(t.id.to_string().as_str()));
        teams.filter_map(|t| Some((base(t.id), t.limits()?.base))).collect()
    }

    fn ids(&self, place: &Place) -> Option<Vec<String>> {
        self.group.days.get(&(place.team, place.on))?;
        let slots = place.slots.iter().map(|n| self.ground.slot(place.team, place.on, *n));
        slots.map(|slot| slot.map(|s| id_of(&(s.starts, s.ends)))).collect()
    }

    /// What stays where it is, where that is in this group.
    fn standing(&self, ask: &Ask) -> Option<Request> {
        let place = ask.place.as_ref()?;
        Some(pinned(ask.id.to_string(), ask.setting, place.team, place.on, self.ids(place)?, ask.value))
    }

    /// What is to be placed, with the days on which every one of its teams that works suits the school.
    fn asked(&self, ask: &Ask, known: &BTreeSet<&str>) -> Request {
        let tour = self.ground.tours.get(&ask.tour);
        let teams: Vec<&PlanTeam> = tour
            .into_iter()
            .flat_map(|tour| &tour.teams)
            .filter_map(|id| self.ground.teams.get(id))
            .filter(|team| known.contains(team.id.to_string().as_str()))
            .collect();
        let mut open: BTreeMap<NaiveDate, BTreeMap<Times, bool>> = BTreeMap::new();
        for team in &teams {
            for (on, slots) in self.days_of(team.id) {
                for slot in slots {
                    let good = self.ground.school_side(ask, team, on, slot).is_empty();
                    let suits = open.entry(on).or_default().entry((slot.starts, slot.ends)).or_insert(true);
                    *suits &= good;
                }
            }
        }
        let days = |of: &dyn Fn(NaiveDate) -> bool| -> Vec<Day> {
            open.iter()
                .filter(|(on, _)| of(**on))
                .map(|(on, slots)| Day {
                    date: on.to_string(),
                    slots: slots.iter().filter(|(_, good)| **good).map(|(t, _)| id_of(t)).collect(),
                })
                .filter(|day| !day.slots.is_empty())
                .collect()
        };
        let preferred = days(&|on| ask.preferred.contains(&on));
        let current =
            ask.current.as_ref().filter(|p| known.contains(p.team.to_string().as_str())).map(|place| Current {
                team: place.team.to_string(),
                date: place.on.to_string(),
                slots: self.ids(place).unwrap_or_default(),
            });
        Request {
            id: ask.id.to_string(),
            place: ask.setting.to_string(),
            sessions: ask.sessions,
            value: ask.value,
            worth: Vec::new(),
            teams: teams.iter().map(|t| t.id.to_string()).collect(),
            open: days(&|_| true),
            preferred: (!preferred.is_empty()).then_some(preferred),
            current,
            pinned: false,
        }
    }
}

fn base(team: Uuid) -> String {
    format!("base-{team}")
}

/// A placement of the planner's as a place; none for what the plan does not place itself.
pub(crate) fn place(ground: &Ground, placement: &Placement) -> Option<(Uuid, Place)> {
    let ask = ground.ask(placement.request.parse().ok()?)?;
    let (team, on) = (placement.team.parse().ok()?, placement.date.parse().ok()?);
    let day = ground.days.get(&(team, on))?;
    let slots: Vec<i64> =
        day.iter().filter(|s| placement.slots.contains(&id_of(&(s.starts, s.ends)))).map(|s| s.number).collect();
    (slots.len() == ask.sessions).then_some((ask.id, Place { team, on, slots }))
}
