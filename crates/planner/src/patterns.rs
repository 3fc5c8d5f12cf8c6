//! Everything a team can do on one day: each set of requests once, in the slots that score best.
//!
//! A plan picks at most one pattern for a team-day and each request at most once, so that travel is exact and all else
//! is choosing. Pinned requests are on their days from the start: a pattern is what is done besides, and earns what
//! it adds to the day's pins. Leaving a visit out never spoils a day, so a day's pins stand alone where they stand at all.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::time::Instant;

use crate::model::{Model, Slots};
use crate::watch::Clock;

/// Patterns in long lists, since there may be half a million of them: pattern `i` is on day `day[i]`.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    /// The team-day of each.
    pub day: Vec<u32>,
    /// What each adds to the score, travel included. Whole numbers, and more than nothing.
    pub value: Vec<f64>,
    starts: Vec<u32>,
    requests: Vec<u32>,
    slots: Vec<Slots>,
    /// The patterns of each day.
    pub of_day: Vec<Range<usize>>,
    /// What each day's pins alone add to the score, in sum.
    pub pins_value: i64,
    /// Not everything was tried: nothing is proved from these.
    pub cut_short: bool,
    /// How many requests there are.
    pub request_count: usize,
}

impl Patterns {
    pub fn len(&self) -> usize {
        self.day.len()
    }

    /// The requests of a pattern, in order.
    pub fn requests(&self, pattern: usize) -> &[u32] {
        &self.requests[self.starts[pattern] as usize..self.starts[pattern + 1] as usize]
    }

    /// The requests of a pattern with their slots.
    pub fn visits(&self, pattern: usize) -> impl Iterator<Item = (usize, Slots)> + '_ {
        let range = self.starts[pattern] as usize..self.starts[pattern + 1] as usize;
        range.map(|at| (self.requests[at] as usize, self.slots[at]))
    }

    /// What a pattern earns beyond its requests' prices.
    pub fn earned(&self, pattern: usize, prices: &[f64]) -> f64 {
        self.value[pattern] - self.requests(pattern).iter().map(|r| prices[*r as usize]).sum::<f64>()
    }

    fn push(&mut self, day: usize, value: i64, visits: &[(u32, Slots)]) {
        self.day.push(u32::try_from(day).unwrap_or(u32::MAX));
        self.value.push(points(value));
        for (request, slots) in visits {
            self.requests.push(*request);
            self.slots.push(*slots);
        }
        self.starts.push(u32::try_from(self.requests.len()).unwrap_or(u32::MAX));
    }
}

#[allow(clippy::cast_precision_loss)] // Scores lie far below 2^52.
pub(crate) fn points(value: i64) -> f64 {
    value as f64
}

/// More are not kept: memory has an end.
const MOST_PATTERNS: usize = 2_500_000;
/// A day is given up as too rich after so many steps, and grown again with fewer requests to a pattern.
const MOST_STEPS: u32 = 4_000_000;

/// Grows the patterns of every day until `deadline`.
///
/// # Errors
/// The days whose pins cannot all be kept.
pub(crate) fn all(model: &Model, deadline: Instant, clock: &Clock) -> Result<Patterns, Vec<usize>> {
    let broken: Vec<usize> = (0..model.days.len()).filter(|day| Grow::only_pins(model, *day).is_none()).collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let mut patterns = Patterns { request_count: model.requests.len(), starts: vec![0], ..Patterns::default() };
    for day in 0..model.days.len() {
        let first = patterns.len();
        let alone = Grow::only_pins(model, day).unwrap_or(0);
        patterns.pins_value += alone;
        let left = MOST_PATTERNS.saturating_sub(first) / (model.days.len() - day);
        let mut grow = Grow::new(model, day, usize::MAX, (left * 8).max(500));
        let late = Instant::now() >= deadline || clock.stopped();
        if late || !grow.whole(deadline, clock) {
            patterns.cut_short = true;
            // Fewer requests to a pattern, as many as there is room for.
            for fewer in [1, 2, 3, 4] {
                let mut again = Grow::new(model, day, fewer, left.max(200));
                let whole = again.whole(deadline, clock);
                if whole || fewer == 1 {
                    grow = again;
                }
                if !whole || Instant::now() >= deadline {
                    break;
                }
            }
        }
        // What adds nothing is not worth doing.
        let mut found: Vec<(Box<[u32]>, Found)> = grow.best.into_iter().filter(|(_, f)| f.value > alone).collect();
        // In an order of their own, so that the same seed gives the same search.
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (_, Found { value, visits }) in found {
            patterns.push(day, value - alone, &visits);
        }
        patterns.of_day.push(first..patterns.len());
    }
    Ok(patterns)
}

/// Whether a day could hold a request beside its pins, worth it or not.
pub(crate) fn possible(model: &Model, day: usize, request: usize) -> bool {
    let mut grow = Grow::new(model, day, 1, usize::MAX);
    grow.candidates.retain(|candidate| candidate.request as usize == request);
    grow.from(0, &mut Vec::new(), Stand::AT_BASE, &mut |_| false);
    grow.best.keys().any(|set| !set.is_empty())
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

struct Found {
    value: i64,
    visits: Box<[(u32, Slots)]>,
}

/// A request that a day could hold, with what is asked of it at every step.
struct Candidate {
    request: u32,
    open: Slots,
    /// Its place in the day's table of ways.
    place: usize,
    sessions: u32,
    /// What placing it there adds to the score, travel aside; in slots that are all preferred, and in those where it
    /// stood, so much more.
    gain: i64,
    preferred: (Slots, i64),
    stood: Option<(Slots, i64)>,
}

impl Candidate {
    fn of(model: &Model, day: usize, (request, open): (usize, Slots), place: usize) -> Self {
        let (r, w) = (&model.requests[request], model.weights);
        let stood = r.current.filter(|(on, _)| *on == Some(day) && !r.pinned).map(|(_, slots)| (slots, w.moved));
        Self {
            request: u32::try_from(request).unwrap_or(u32::MAX),
            open,
            place,
            sessions: u32::try_from(r.sessions).unwrap_or(u32::MAX),
            gain: r.value * w.value,
            preferred: (r.preferred.get(&model.days[day].date).copied().unwrap_or(0), w.preferred),
            stood,
        }
    }

    fn gain(&self, slots: Slots) -> i64 {
        let preferred = if slots & !self.preferred.0 == 0 { self.preferred.1 } else { 0 };
        let stays = self.stood.filter(|(was, _)| *was == slots).map_or(0, |(_, moved)| moved);
        self.gain + preferred + stays
    }
}

/// Hashes sets of a few requests: they come by the million, and from nobody who means harm.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }

    fn write_usize(&mut self, length: usize) {
        self.write_u64(length as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

struct Grow<'a> {
    model: &'a Model,
    day: usize,
    /// Requests to a pattern at most, pins aside.
    most: usize,
    /// Patterns at most.
    room: usize,
    candidates: Vec<Candidate>,
    /// Minutes between the day's places, of which its team's base is the first: row after row.
    ways: Vec<i64>,
    places: usize,
    /// Each slot's pinned request, by its place.
    pinned: Vec<Option<usize>>,
    /// What the pins earn, travel aside.
    pins_gain: i64,
    best: HashMap<Box<[u32]>, Found, BuildHasherDefault<Quick>>,
    /// The set and the visits in hand, in order.
    set: Vec<u32>,
    sorted: Vec<(u32, Slots)>,
    steps: u32,
    stopped: bool,
}

impl<'a> Grow<'a> {
    fn new(model: &'a Model, day: usize, most: usize, room: usize) -> Self {
        let of_day = &model.days[day];
        let mut places = vec![model.teams[of_day.team].base];
        let mut local: HashMap<usize, usize> = HashMap::from([(places[0], 0)]);
        let mut place_of = |request: usize| {
            let place = model.requests[request].place;
            *local.entry(place).or_insert_with(|| {
                places.push(place);
                places.len() - 1
            })
        };
        let free = of_day.candidates.iter().copied().filter(|(request, _)| !model.requests[*request].pinned);
        let candidates = free.map(|found| Candidate::of(model, day, found, place_of(found.0))).collect();
        let (mut pinned, mut pins_gain) = (vec![None; model.slots.len()], 0);
        for &(request, slots) in &of_day.pinned {
            let place = place_of(request);
            pins_gain += Candidate::of(model, day, (request, slots), place).gain(slots);
            (0..pinned.len()).filter(|slot| slots & (1 << slot) != 0).for_each(|slot| pinned[slot] = Some(place));
        }
        let ways = places.iter().flat_map(|from| places.iter().map(|to| model.minutes(*from, *to))).collect();
        Self {
            model,
            day,
            most,
            room,
            candidates,
            ways,
            places: places.len(),
            pinned,
            pins_gain,
            best: HashMap::default(),
            set: Vec::new(),
            sorted: Vec::new(),
            steps: 0,
            stopped: false,
        }
    }

    /// What the day's pins add to the score alone; none where they cannot be kept.
    fn only_pins(model: &Model, day: usize) -> Option<i64> {
        if model.days[day].pinned.is_empty() {
            return Some(0);
        }
        let mut grow = Grow::new(model, day, 0, usize::MAX);
        grow.from(0, &mut Vec::new(), Stand::AT_BASE, &mut |_| false);
        grow.best.into_values().next().map(|found| found.value)
    }

    /// Grows everything; false when it was stopped on the way.
    fn whole(&mut self, deadline: Instant, clock: &Clock) -> bool {
        self.from(0, &mut Vec::new(), Stand::AT_BASE, &mut |steps| {
            steps.is_multiple_of(4096) && (steps > MOST_STEPS || Instant::now() >= deadline || clock.stopped())
        });
        !self.stopped
    }

    /// Tries everything for the slots from `slot` on. `visits` are the candidates begun so far, with their slots.
    fn from(
        &mut self,
        slot: usize,
        visits: &mut Vec<(usize, Slots)>,
        stand: Stand,
        enough: &mut impl FnMut(u32) -> bool,
    ) {
        self.steps = self.steps.wrapping_add(1);
        if self.stopped || enough(self.steps) || self.best.len() > self.room {
            self.stopped = true;
            return;
        }
        if slot == self.model.slots.len() {
            return self.keep(visits, stand);
        }
        let day = &self.model.days[self.day];
        if let Some(place) = self.pinned[slot] {
            let Some(next) = self.go(slot, place, stand) else { return };
            return self.from(slot + 1, visits, next, enough);
        }
        self.from(slot + 1, visits, stand, enough);
        if day.slots & (1 << slot) == 0 || stand.sessions >= self.model.teams[day.team].most {
            return;
        }
        for at in 0..self.candidates.len() {
            let candidate = &self.candidates[at];
            if candidate.open & (1 << slot) == 0 {
                continue;
            }
            let known = visits.iter().position(|(c, _)| *c == at);
            let done = known.map_or(0, |at| visits[at].1.count_ones());
            // What is left of the day must hold what is left of the request.
            let later = (candidate.open >> slot).count_ones();
            let full = known.is_none() && visits.len() >= self.most;
            if done == candidate.sessions || done + later < candidate.sessions || full {
                continue;
            }
            let Some(next) = self.go(slot, candidate.place, stand) else { continue };
            match known {
                Some(at) => {
                    visits[at].1 |= 1 << slot;
                    self.from(slot + 1, visits, next, enough);
                    visits[at].1 &= !(1 << slot);
                }
                None => {
                    visits.push((at, 1 << slot));
                    self.from(slot + 1, visits, next, enough);
                    visits.pop();
                }
            }
        }
    }

    fn way(&self, from: usize, to: usize) -> i64 {
        self.ways[from * self.places + to]
    }

    /// The stand after a session in this slot at this place; none where it cannot be reached in time.
    fn go(&self, slot: usize, place: usize, stand: Stand) -> Option<Stand> {
        let team = &self.model.teams[self.model.days[self.day].team];
        let times = self.model.slots[slot];
        let on_the_way = match stand.at {
            Some((here, _)) if here == place => 0,
            Some((here, ended)) => {
                let minutes = self.way(here, place);
                if ended + team.pack + minutes + team.setup > times.starts {
                    return None;
                }
                minutes
            }
            None => {
                let minutes = self.way(0, place);
                if team.leave + minutes + team.setup > times.starts {
                    return None;
                }
                minutes
            }
        };
        let (travelled, sessions) = (stand.travelled + on_the_way, stand.sessions + 1);
        Some(Stand { at: Some((place, times.ends)), travelled, sessions })
    }

    fn keep(&mut self, visits: &[(usize, Slots)], stand: Stand) {
        let Some((last, ended)) = stand.at else { return };
        let whole = |&(at, slots): &(usize, Slots)| slots.count_ones() == self.candidates[at].sessions;
        let team = &self.model.teams[self.model.days[self.day].team];
        if stand.sessions > team.most || !visits.iter().all(whole) {
            return;
        }
        let back = self.way(last, 0);
        if ended + team.pack + back > team.home {
            return;
        }
        let gained: i64 = visits.iter().map(|&(at, slots)| self.candidates[at].gain(slots)).sum();
        let value = self.pins_gain + gained - self.model.weights.travel_min * (stand.travelled + back);
        self.sorted.clear();
        self.sorted.extend(visits.iter().map(|&(at, slots)| (self.candidates[at].request, slots)));
        self.sorted.sort_unstable();
        self.set.clear();
        self.set.extend(self.sorted.iter().map(|(request, _)| *request));
        match self.best.get_mut(self.set.as_slice()) {
            Some(best) if best.value < value => {
                best.value = value;
                best.visits.copy_from_slice(&self.sorted);
            }
            Some(_) => {}
            None => {
                let found = Found { value, visits: self.sorted.as_slice().into() };
                self.best.insert(self.set.as_slice().into(), found);
            }
        }
    }
}
