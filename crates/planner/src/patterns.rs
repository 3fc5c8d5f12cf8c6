//! Everything a team can do on one day: each set of requests once, in the slots that score best.
//!
//! A plan picks at most one pattern for a team-day and each request at most once, so that travel is exact and all else
//! is choosing.

use std::collections::HashMap;
use std::time::Instant;

use crate::model::{Model, Slots};

/// What a team does on a day.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// The team-day.
    pub day: usize,
    /// What it adds to the score, travel included.
    pub value: i64,
    /// Its requests with their slots, by request.
    pub visits: Box<[(u32, Slots)]>,
}

impl Pattern {
    pub fn requests(&self) -> impl Iterator<Item = usize> + '_ {
        self.visits.iter().map(|(request, _)| *request as usize)
    }
}

/// All patterns, and whether they are all there are.
pub(crate) struct Patterns {
    pub all: Vec<Pattern>,
    /// Not everything was tried: nothing can be proved from these.
    pub cut_short: bool,
}

/// More are not kept: memory has an end.
const MOST_PATTERNS: usize = 3_000_000;

/// Grows the patterns of every day until `deadline`.
pub(crate) fn all(model: &Model, deadline: Instant) -> Patterns {
    let (mut all, mut cut_short) = (Vec::new(), false);
    for day in 0..model.days.len() {
        let mut grow = Grow { model, day, deadline, best: HashMap::new(), steps: 0, stopped: false };
        grow.from(0, &mut Vec::new(), Stand::AT_BASE);
        cut_short |= grow.stopped;
        let pinned = &model.days[day].pinned;
        let mut found: Vec<Pattern> = grow.best.into_values().collect();
        found.retain(|p| pinned.iter().all(|(request, _)| p.requests().any(|r| r == *request)));
        // In an order of their own, so that the same seed gives the same search.
        found.sort_unstable_by(|a, b| a.visits.cmp(&b.visits));
        all.extend(found);
        if all.len() > MOST_PATTERNS {
            return Patterns { all, cut_short: true };
        }
    }
    Patterns { all, cut_short }
}

/// Where a team stands after some slots of its day.
#[derive(Clone, Copy)]
struct Stand {
    /// The place, and when the last session there ended; none: still at its base.
    at: Option<(usize, i64)>,
    travelled: i64,
    sessions: usize,
}

impl Stand {
    const AT_BASE: Self = Self { at: None, travelled: 0, sessions: 0 };
}

struct Grow<'a> {
    model: &'a Model,
    day: usize,
    deadline: Instant,
    best: HashMap<Vec<u32>, Pattern>,
    steps: u32,
    stopped: bool,
}

impl Grow<'_> {
    /// Tries everything for the slots from `slot` on. `visits` are the requests begun so far, with their slots.
    fn from(&mut self, slot: usize, visits: &mut Vec<(u32, Slots)>, stand: Stand) {
        self.steps = self.steps.wrapping_add(1);
        if self.stopped || (self.steps.is_multiple_of(4096) && Instant::now() >= self.deadline) {
            self.stopped = true;
            return;
        }
        if slot == self.model.slots.len() {
            return self.keep(visits, stand);
        }
        self.from(slot + 1, visits, stand);
        let day = &self.model.days[self.day];
        if day.slots & (1 << slot) == 0 || stand.sessions == self.model.teams[day.team].most {
            return;
        }
        for &(request, open) in &day.candidates {
            if open & (1 << slot) == 0 {
                continue;
            }
            let sessions = self.model.requests[request].sessions;
            let key = u32::try_from(request).unwrap_or(u32::MAX);
            let known = visits.iter().position(|(r, _)| *r == key);
            let done = known.map_or(0, |at| visits[at].1.count_ones() as usize);
            // What is left of the day must hold what is left of the request.
            let later = (open >> slot).count_ones() as usize;
            if done == sessions || done + later < sessions {
                continue;
            }
            let Some(next) = self.go(slot, self.model.requests[request].place, stand) else { continue };
            match known {
                Some(at) => {
                    visits[at].1 |= 1 << slot;
                    self.from(slot + 1, visits, next);
                    visits[at].1 &= !(1 << slot);
                }
                None => {
                    visits.push((key, 1 << slot));
                    self.from(slot + 1, visits, next);
                    visits.pop();
                }
            }
        }
    }

    /// The stand after a session in this slot at this place; none where it cannot be reached in time.
    fn go(&self, slot: usize, place: usize, stand: Stand) -> Option<Stand> {
        let team = &self.model.teams[self.model.days[self.day].team];
        let times = self.model.slots[slot];
        let on_the_way = match stand.at {
            Some((here, _)) if here == place => 0,
            Some((here, ended)) => {
                let minutes = self.model.minutes(here, place);
                if ended + team.pack + minutes + team.setup > times.starts {
                    return None;
                }
                minutes
            }
            None => {
                let minutes = self.model.minutes(team.base, place);
                if team.leave + minutes + team.setup > times.starts {
                    return None;
                }
                minutes
            }
        };
        let (travelled, sessions) = (stand.travelled + on_the_way, stand.sessions + 1);
        Some(Stand { at: Some((place, times.ends)), travelled, sessions })
    }

    fn keep(&mut self, visits: &[(u32, Slots)], stand: Stand) {
        let Some((last, ended)) = stand.at else { return };
        let whole =
            |&(r, slots): &(u32, Slots)| slots.count_ones() as usize == self.model.requests[r as usize].sessions;
        if !visits.iter().all(whole) {
            return;
        }
        let team = &self.model.teams[self.model.days[self.day].team];
        let back = self.model.minutes(last, team.base);
        if ended + team.pack + back > team.home {
            return;
        }
        let gained: i64 = visits.iter().map(|&(r, slots)| self.model.gain(r as usize, self.day, slots)).sum();
        let value = gained - self.model.weights.travel_min * (stand.travelled + back);
        let mut visits = visits.to_vec();
        visits.sort_unstable();
        let set: Vec<u32> = visits.iter().map(|(r, _)| *r).collect();
        let pattern = Pattern { day: self.day, value, visits: visits.into() };
        let best = self.best.entry(set).or_insert_with(|| pattern.clone());
        if pattern.value > best.value {
            *best = pattern;
        }
    }
}
