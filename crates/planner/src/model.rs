//! A problem with its faults found and its ids turned into numbers.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDate, NaiveTime, Timelike};

use crate::problem::{Day, PROBLEM_FORMAT, Problem, Travel, Weights};

/// The most slots of a day: a set of them is one number's bits.
const MOST_SLOTS: usize = 64;

/// No plan's score may be further from nothing: up to here, and some way beyond, floating point adds up exactly.
const MOST_SCORE: i128 = 1 << 50;

/// Everything that is wrong with a problem, a sentence each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Faults(pub Vec<String>);

/// A set of slots: bit `i` is slot `i`.
pub(crate) type Slots = u64;

/// A slot's minutes after midnight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotTimes {
    pub starts: i64,
    pub ends: i64,
}

#[derive(Debug)]
pub(crate) struct Team {
    pub base: usize,
    pub setup: i64,
    pub pack: i64,
    pub leave: i64,
    pub home: i64,
    pub most: usize,
}

/// One team on one date.
#[derive(Debug)]
pub(crate) struct TeamDay {
    pub team: usize,
    pub date: NaiveDate,
    pub slots: Slots,
    /// Requests that could be done on it, with the slots that are open for them.
    pub candidates: Vec<(usize, Slots)>,
    /// Requests that must be, with their slots.
    pub pinned: Vec<(usize, Slots)>,
}

#[derive(Debug)]
pub(crate) struct Request {
    pub place: usize,
    pub sessions: usize,
    pub value: i64,
    /// Preferred slots, by date.
    pub preferred: HashMap<NaiveDate, Slots>,
    /// The day it stood on, where that is still worked, and its slots.
    pub current: Option<(Option<usize>, Slots)>,
    pub pinned: bool,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub places: Vec<(f64, f64)>,
    pub slots: Vec<SlotTimes>,
    pub teams: Vec<Team>,
    pub days: Vec<TeamDay>,
    pub requests: Vec<Request>,
    pub travel: Travel,
    pub weights: Weights,
}

impl Model {
    /// Minutes from one place to another.
    pub fn minutes(&self, from: usize, to: usize) -> i64 {
        if from == to {
            return 0;
        }
        let ((ax, ay), (bx, by)) = (self.places[from], self.places[to]);
        let (dx, dy) = (ax - bx, ay - by);
        let minutes = (dx * dx + dy * dy).sqrt() * self.travel.detour / 1000.0 / self.travel.speed_kmh * 60.0;
        #[allow(clippy::cast_possible_truncation)] // Minutes of a journey.
        let whole = minutes.ceil() as i64;
        whole.max(self.travel.minimum_min)
    }

    /// What no plan scores more than, whatever the days: each request earns the most it could, and no way takes time.
    /// None where time on the road is worth something.
    pub fn most_there_is(&self) -> Option<i64> {
        let w = self.weights;
        let most = |r: &Request| {
            let stays = if r.current.is_some() && !r.pinned { w.moved.max(0) } else { 0 };
            let placed = r.value * w.value + w.preferred.max(0) + stays;
            if r.pinned { placed } else { placed.max(0) }
        };
        (w.travel_min >= 0).then(|| self.nothing() + self.requests.iter().map(most).sum::<i64>())
    }

    /// How far from nothing a score can be at most, whatever the plan.
    fn furthest_score(&self) -> i128 {
        let size = |number: i64| i128::from(number).abs();
        let w = self.weights;
        let request = |r: &Request| size(r.value) * size(w.value) + size(w.preferred) + size(w.moved);
        let mut range = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        for (x, y) in &self.places {
            range = [range[0].min(*x), range[1].max(*x), range[2].min(*y), range[3].max(*y)];
        }
        let across = (range[1] - range[0]).hypot(range[3] - range[2]);
        #[allow(clippy::cast_possible_truncation)] // What is beyond all numbers becomes the largest of them.
        let way = (across * self.travel.detour / 1000.0 / self.travel.speed_kmh * 60.0).ceil() as i64;
        let way = i128::from(way.max(self.travel.minimum_min));
        let ways = i128::try_from(self.days.len() * (self.slots.len() + 1)).unwrap_or(i128::MAX);
        let road = size(w.travel_min).saturating_mul(way).saturating_mul(ways);
        self.requests.iter().map(request).fold(road, i128::saturating_add)
    }

    /// The score of the empty plan: everything that had a place has lost it.
    pub fn nothing(&self) -> i64 {
        let lost = self.requests.iter().filter(|r| r.current.is_some() && !r.pinned).count();
        -self.weights.moved * i64::try_from(lost).unwrap_or(i64::MAX)
    }
}

/// Reads a problem, collecting faults on the way.
struct Reader<'a> {
    problem: &'a Problem,
    faults: Vec<String>,
    places: HashMap<&'a str, usize>,
    slots: HashMap<&'a str, usize>,
    teams: HashMap<&'a str, usize>,
}

fn ids<'a>(what: &str, all: impl Iterator<Item = &'a str>, faults: &mut Vec<String>) -> HashMap<&'a str, usize> {
    let mut known = HashMap::new();
    for (i, id) in all.enumerate() {
        if id.is_empty() {
            faults.push(format!("{what} {} has no id", i + 1));
        }
        if known.insert(id, i).is_some() {
            faults.push(format!("{what} {id}: the id stands twice"));
        }
    }
    known
}

impl<'a> Reader<'a> {
    fn fault(&mut self, text: String) {
        self.faults.push(text);
    }

    fn minute(&mut self, what: &str, text: &str) -> i64 {
        match NaiveTime::parse_from_str(text, "%H:%M") {
            // Other readers of the format take the digits by their place.
            Ok(time) if text.len() == 5 => i64::from(time.hour() * 60 + time.minute()),
            _ => {
                self.fault(format!("{what}: “{text}” is no time like 09:30"));
                0
            }
        }
    }

    fn date(&mut self, what: &str, text: &str) -> Option<NaiveDate> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        if date.is_none() {
            self.fault(format!("{what}: “{text}” is no date like 2026-10-05"));
        }
        date
    }

    fn place(&mut self, what: &str, id: &str) -> usize {
        self.places.get(id).copied().unwrap_or_else(|| {
            self.faults.push(format!("{what}: there is no place {id}"));
            0
        })
    }

    fn set(&mut self, what: &str, slots: &[String]) -> Slots {
        let mut set = 0;
        for id in slots {
            match self.slots.get(id.as_str()) {
                Some(slot) => set |= 1 << slot,
                None => self.fault(format!("{what}: there is no slot {id}")),
            }
        }
        set
    }

    /// Dates with their slots. A date that stands twice offers what both offer.
    fn dates(&mut self, what: &str, days: &[Day]) -> Vec<(NaiveDate, Slots)> {
        let mut found: Vec<(NaiveDate, Slots)> = Vec::new();
        for day in days {
            let set = self.set(&format!("{what} on {}", day.date), &day.slots);
            let Some(date) = self.date(what, &day.date) else { continue };
            match found.iter_mut().find(|(known, _)| *known == date) {
                Some((_, slots)) => *slots |= set,
                None => found.push((date, set)),
            }
        }
        found
    }

    fn slot_times(&mut self) -> Vec<SlotTimes> {
        let mut times: Vec<SlotTimes> = Vec::new();
        for slot in &self.problem.slots {
            let what = format!("slot {}", slot.id);
            let (starts, ends) = (self.minute(&what, &slot.starts), self.minute(&what, &slot.ends));
            if starts >= ends {
                self.fault(format!("{what} ends before it begins"));
            }
            if times.last().is_some_and(|before| before.ends > starts) {
                self.fault(format!("{what} overlaps the slot before it, or stands out of order"));
            }
            times.push(SlotTimes { starts, ends });
        }
        times
    }

    fn teams(&mut self) -> Vec<Team> {
        let problem = self.problem;
        let mut teams = Vec::new();
        for team in &problem.teams {
            let what = format!("team {}", team.id);
            for (name, minutes) in [("setup_min", team.setup_min), ("pack_min", team.pack_min)] {
                if minutes < 0 {
                    self.fault(format!("{what}: {name} is less than nothing"));
                }
            }
            teams.push(Team {
                base: self.place(&what, &team.base),
                setup: team.setup_min,
                pack: team.pack_min,
                leave: self.minute(&what, &team.leave_from),
                home: self.minute(&what, &team.home_by),
                most: team.max_sessions.unwrap_or(usize::MAX),
            });
        }
        teams
    }

    fn days(&mut self) -> Vec<TeamDay> {
        let problem = self.problem;
        let mut days = Vec::new();
        for (i, team) in problem.teams.iter().enumerate() {
            for (date, slots) in self.dates(&format!("team {}", team.id), &team.days) {
                days.push(TeamDay { team: i, date, slots, candidates: Vec::new(), pinned: Vec::new() });
            }
        }
        days
    }

    /// The requests, entered as candidates of the days they could be done on.
    fn requests(&mut self, days: &mut [TeamDay]) -> Vec<Request> {
        let problem = self.problem;
        let by_date = by_team_and_date(days);
        let mut requests = Vec::new();
        for (i, request) in problem.requests.iter().enumerate() {
            let what = format!("request {}", request.id);
            if request.sessions == 0 {
                self.fault(format!("{what} asks for no session"));
            }
            let place = self.place(&what, &request.place);
            let open = self.dates(&what, &request.open);
            let preferred: HashMap<_, _> =
                self.dates(&what, request.preferred.as_deref().unwrap_or_default()).into_iter().collect();
            let mut allowed = BTreeSet::new();
            for team in &request.teams {
                match self.teams.get(team.as_str()) {
                    Some(team) => drop(allowed.insert(*team)),
                    None => self.fault(format!("{what}: there is no team {team}")),
                }
            }
            let mut current = None;
            if let Some(was) = &request.current {
                let slots = self.set(&format!("{what}, current"), &was.slots);
                let date = self.date(&format!("{what}, current"), &was.date);
                let team = self.teams.get(was.team.as_str()).copied();
                if team.is_none() {
                    self.fault(format!("{what}, current: there is no team {}", was.team));
                }
                let day = team.zip(date).and_then(|key| by_date.get(&key).copied());
                current = Some((day, slots));
            }
            if request.pinned {
                self.pin(&what, i, request.sessions, &open, &allowed, current, days);
            } else {
                for (date, slots) in &open {
                    for team in &allowed {
                        let Some(&day) = by_date.get(&(*team, *date)) else { continue };
                        let usable = slots & days[day].slots;
                        if usable.count_ones() as usize >= request.sessions {
                            days[day].candidates.push((i, usable));
                        }
                    }
                }
            }
            let (sessions, value, pinned) = (request.sessions, request.value, request.pinned);
            requests.push(Request { place, sessions, value, preferred, current, pinned });
        }
        requests
    }

    #[allow(clippy::too_many_arguments)] // All that one pin is checked against.
    fn pin(
        &mut self,
        what: &str,
        request: usize,
        sessions: usize,
        open: &[(NaiveDate, Slots)],
        allowed: &BTreeSet<usize>,
        current: Option<(Option<usize>, Slots)>,
        days: &mut [TeamDay],
    ) {
        let Some((day, slots)) = current else { return self.fault(format!("{what} is pinned, and has no current")) };
        let Some(day) = day else { return self.fault(format!("{what} is pinned to a day its team does not work")) };
        let opened = open.iter().find(|(date, _)| *date == days[day].date).map_or(0, |(_, slots)| *slots);
        let before = self.faults.len();
        if slots.count_ones() as usize != sessions {
            self.fault(format!("{what} is pinned to another number of slots than it has sessions"));
        }
        if !allowed.contains(&days[day].team) {
            self.fault(format!("{what} is pinned to a team that may not do it"));
        }
        if slots & !opened != 0 {
            self.fault(format!("{what} is pinned to a slot that is not open for it"));
        }
        if slots & !days[day].slots != 0 {
            self.fault(format!("{what} is pinned to a slot its team does not work"));
        }
        if days[day].pinned.iter().any(|(_, taken)| taken & slots != 0) {
            self.fault(format!("{what} is pinned to a slot that another request is pinned to"));
        }
        if self.faults.len() == before {
            days[day].candidates.push((request, slots));
            days[day].pinned.push((request, slots));
        }
    }
}

fn by_team_and_date(days: &[TeamDay]) -> HashMap<(usize, NaiveDate), usize> {
    days.iter().enumerate().map(|(i, day)| ((day.team, day.date), i)).collect()
}

/// Checks a problem whole.
///
/// # Errors
/// Every fault there is.
pub(crate) fn read(problem: &Problem) -> Result<Model, Faults> {
    let mut faults = Vec::new();
    if problem.format != PROBLEM_FORMAT {
        faults.push(format!("the format is “{}”, not “{PROBLEM_FORMAT}”", problem.format));
    }
    let t = problem.travel;
    let usable = |number: f64| number.is_finite() && number > 0.0;
    if !usable(t.speed_kmh) || !usable(t.detour) || t.minimum_min < 0 {
        faults.push("travel: speed_kmh and detour must be more than 0, minimum_min at least 0".into());
    }
    if !usable(problem.time_limit_s) {
        faults.push("time_limit_s must be more than 0".into());
    }
    if problem.teams.is_empty() {
        faults.push("there is no team".into());
    }
    if problem.slots.is_empty() || problem.slots.len() > MOST_SLOTS {
        faults.push(format!("there are {} slots: a day has 1 to {MOST_SLOTS}", problem.slots.len()));
        return Err(Faults(faults));
    }
    let places = ids("place", problem.places.iter().map(|p| p.id.as_str()), &mut faults);
    let slots = ids("slot", problem.slots.iter().map(|s| s.id.as_str()), &mut faults);
    let teams = ids("team", problem.teams.iter().map(|t| t.id.as_str()), &mut faults);
    ids("request", problem.requests.iter().map(|r| r.id.as_str()), &mut faults);
    for place in problem.places.iter().filter(|p| !p.x.is_finite() || !p.y.is_finite()) {
        faults.push(format!("place {} is nowhere", place.id));
    }
    let mut reader = Reader { problem, faults, places, slots, teams };
    let slots = reader.slot_times();
    let teams = reader.teams();
    let mut days = reader.days();
    let requests = reader.requests(&mut days);
    if !reader.faults.is_empty() {
        return Err(Faults(reader.faults));
    }
    let places = problem.places.iter().map(|p| (p.x, p.y)).collect();
    let model = Model { places, slots, teams, days, requests, travel: t, weights: problem.weights };
    if model.furthest_score() > MOST_SCORE {
        let text = "values and weights are so large that scores cannot be added up exactly: make them smaller";
        return Err(Faults(vec![text.to_owned()]));
    }
    Ok(model)
}
