//! An independent checker of plans: it shares the format with the planner, and no other code.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::problem::{Day, Placement, PlanResult, Problem, RESULT_FORMAT, Request, Status, Team};

/// What some placements come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// Their score, if they kept every rule.
    pub score: i64,
    /// Minutes on the road.
    pub travel_min: i64,
    /// The rules they break, a sentence each.
    pub broken: Vec<String>,
}

/// Scores placements, and names the rules they break.
#[must_use]
pub fn score(problem: &Problem, placements: &[Placement]) -> Scored {
    let mut broken = Vec::new();
    let requests: HashMap<&str, &Request> = problem.requests.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut placed: HashMap<&str, &Placement> = HashMap::new();
    for placement in placements {
        match requests.get(placement.request.as_str()) {
            None => broken.push(format!("there is no request {}", placement.request)),
            Some(_) if placed.contains_key(placement.request.as_str()) => {
                broken.push(format!("{} is placed twice", placement.request));
            }
            Some(request) => {
                placed.insert(&placement.request, placement);
                broken.extend(one(problem, request, placement));
            }
        }
    }
    let travel_min = days(problem, &placed, &requests, &mut broken);
    for request in problem.requests.iter().filter(|r| r.pinned) {
        if !placed.get(request.id.as_str()).is_some_and(|p| stays(request, p)) {
            broken.push(format!("{} is pinned, and not where it was", request.id));
        }
    }
    Scored { score: total(problem, &placed, travel_min), travel_min, broken }
}

/// Everything that is untrue of a result, a sentence each; empty when it keeps every rule and its claims hold.
///
/// The bound itself is not checked, only that the score does not exceed it.
#[must_use]
pub fn check(problem: &Problem, result: &PlanResult) -> Vec<String> {
    let Scored { score, travel_min, broken: mut errors } = score(problem, &result.placements);
    if result.format != RESULT_FORMAT {
        errors.push(format!("the format is “{}”, not “{RESULT_FORMAT}”", result.format));
    }
    errors.extend(left_out(problem, result));
    if result.travel_min != travel_min {
        errors.push(format!("travel_min is {travel_min}, not {}", result.travel_min));
    }
    if result.score != score {
        errors.push(format!("the score is {score}, not {}", result.score));
    }
    match (result.status, result.bound) {
        (_, Some(bound)) if bound < score => errors.push(format!("the bound {bound} lies below the score")),
        (Status::Optimal, bound) if bound != Some(score) => {
            errors.push("optimal, but the bound is not the score".into())
        }
        _ => {}
    }
    errors
}

/// The slots that a list of days offers on a date.
fn offered<'a>(days: &'a [Day], date: &str) -> HashSet<&'a str> {
    days.iter().filter(|d| d.date == date).flat_map(|d| d.slots.iter().map(String::as_str)).collect()
}

fn set(slots: &[String]) -> HashSet<&str> {
    slots.iter().map(String::as_str).collect()
}

fn stays(request: &Request, placement: &Placement) -> bool {
    request.current.as_ref().is_some_and(|was| {
        was.team == placement.team && was.date == placement.date && set(&was.slots) == set(&placement.slots)
    })
}

/// The rules that concern one placement alone.
fn one(problem: &Problem, request: &Request, placement: &Placement) -> Vec<String> {
    let (id, slots) = (&request.id, set(&placement.slots));
    let mut errors = Vec::new();
    if placement.slots.len() != request.sessions || slots.len() != request.sessions {
        errors.push(format!("{id}: needs {} different slots, has {:?}", request.sessions, placement.slots));
    }
    if !slots.is_subset(&offered(&request.open, &placement.date)) {
        errors.push(format!("{id}: is not open on {} in {:?}", placement.date, placement.slots));
    }
    if !request.teams.contains(&placement.team) {
        errors.push(format!("{id}: {} may not do it", placement.team));
    }
    match problem.teams.iter().find(|t| t.id == placement.team) {
        None => errors.push(format!("{id}: there is no team {}", placement.team)),
        Some(team) if !slots.is_subset(&offered(&team.days, &placement.date)) => {
            errors.push(format!("{id}: {} does not work on {} in {:?}", team.id, placement.date, placement.slots));
        }
        Some(_) => {}
    }
    errors
}

fn clock(text: &str) -> i64 {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    hours.parse::<i64>().unwrap_or(0) * 60 + minutes.parse::<i64>().unwrap_or(0)
}

fn way(problem: &Problem, from: &str, to: &str) -> i64 {
    if from == to {
        return 0;
    }
    let at = |id: &str| problem.places.iter().find(|p| p.id == id).map_or((0.0, 0.0), |p| (p.x, p.y));
    let ((ax, ay), (bx, by)) = (at(from), at(to));
    let t = problem.travel;
    let minutes = ((ax - bx).powi(2) + (ay - by).powi(2)).sqrt() * t.detour / 1000.0 / t.speed_kmh * 60.0;
    #[allow(clippy::cast_possible_truncation)] // Minutes of a journey.
    let whole = minutes.ceil() as i64;
    whole.max(t.minimum_min)
}

/// The clock of every team-day; answers the minutes on the road.
fn days<'a>(
    problem: &'a Problem,
    placed: &HashMap<&str, &'a Placement>,
    requests: &HashMap<&str, &'a Request>,
    errors: &mut Vec<String>,
) -> i64 {
    let mut visits: BTreeMap<(&str, &str), Vec<(usize, &str)>> = BTreeMap::new();
    for (id, placement) in placed {
        for slot in &placement.slots {
            if let Some(at) = problem.slots.iter().position(|s| s.id == *slot) {
                let key = (placement.team.as_str(), placement.date.as_str());
                visits.entry(key).or_default().push((at, requests[id].place.as_str()));
            }
        }
    }
    let mut travel = 0;
    for ((team, date), mut day) in visits {
        day.sort_unstable();
        if let Some(team) = problem.teams.iter().find(|t| t.id == team) {
            travel += one_day(problem, team, date, &day, errors);
        }
    }
    travel
}

fn one_day(problem: &Problem, team: &Team, date: &str, day: &[(usize, &str)], errors: &mut Vec<String>) -> i64 {
    let mut wrong = |what: String| errors.push(format!("{} {date}: {what}", team.id));
    if day.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        wrong("two sessions in one slot".into());
    }
    if team.max_sessions.is_some_and(|most| day.len() > most) {
        wrong(format!("{} sessions", day.len()));
    }
    let (starts, ends) = (|i: usize| clock(&problem.slots[i].starts), |i: usize| clock(&problem.slots[i].ends));
    let ((first, start), (last, end)) = (day[0], day[day.len() - 1]);
    let (out, back) = (way(problem, &team.base, start), way(problem, end, &team.base));
    if clock(&team.leave_from) + out + team.setup_min > starts(first) {
        wrong(format!("cannot be at {start} in time"));
    }
    if ends(last) + team.pack_min + back > clock(&team.home_by) {
        wrong(format!("cannot be home from {end} in time"));
    }
    let mut travel = out + back;
    for pair in day.windows(2) {
        let ((one, here), (next, there)) = (pair[0], pair[1]);
        let hop = way(problem, here, there);
        travel += hop;
        if here != there && ends(one) + team.pack_min + hop + team.setup_min > starts(next) {
            wrong(format!("cannot get from {here} to {there} in time"));
        }
    }
    travel
}

fn total(problem: &Problem, placed: &HashMap<&str, &Placement>, travel: i64) -> i64 {
    let w = problem.weights;
    let mut score = -w.travel_min * travel;
    for request in &problem.requests {
        let placement = placed.get(request.id.as_str());
        if let Some(placement) = placement {
            score += w.value * request.value;
            let preferred = offered(request.preferred.as_deref().unwrap_or_default(), &placement.date);
            if set(&placement.slots).is_subset(&preferred) {
                score += w.preferred;
            }
        }
        let moved = request.current.is_some() && !placement.is_some_and(|p| stays(request, p));
        if moved && !request.pinned {
            score -= w.moved;
        }
    }
    score
}

/// What is not placed is listed once, with reasons; nothing else is.
fn left_out(problem: &Problem, result: &PlanResult) -> Vec<String> {
    let mut errors = Vec::new();
    let placed: HashSet<&str> = result.placements.iter().map(|p| p.request.as_str()).collect();
    let mut listed = HashSet::new();
    for unplaced in &result.unplaced {
        if !listed.insert(unplaced.request.as_str()) {
            errors.push(format!("{} is listed twice as unplaced", unplaced.request));
        }
        if unplaced.reasons.is_empty() || unplaced.reasons.iter().any(|r| r.rule.is_empty() || r.detail.is_empty()) {
            errors.push(format!("{} is unplaced without a reason", unplaced.request));
        }
    }
    for request in &problem.requests {
        let id = request.id.as_str();
        if placed.contains(id) == listed.contains(id) {
            errors.push(format!("{id} is to stand either among the placed or the unplaced"));
        }
        listed.remove(id);
    }
    errors.extend(listed.into_iter().map(|id| format!("{id} is unplaced, and no request")));
    errors
}
