//! Why a request has no place, in words a school can be told, and what would change it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use crate::choose::Choice;
use crate::model::{Model, Slots, TeamDay};
use crate::patterns::{self, Patterns};
use crate::problem::{Problem, Reason};

/// Dates that are named one by one; of more only the first ones.
const NAMED: usize = 3;
/// A session that begins earlier is a morning's.
const NOON: i64 = 12 * 60;

/// What each request could have had.
pub(crate) struct Chances<'a> {
    problem: &'a Problem,
    model: &'a Model,
    choice: &'a Choice,
    patterns: &'a Patterns,
    /// The days on which some pattern has it.
    reached: Vec<BTreeSet<usize>>,
}

impl<'a> Chances<'a> {
    pub fn of(problem: &'a Problem, model: &'a Model, patterns: &'a Patterns, choice: &'a Choice) -> Self {
        let mut reached = vec![BTreeSet::new(); model.requests.len()];
        for pattern in 0..patterns.len() {
            for request in patterns.requests(pattern) {
                reached[*request as usize].insert(patterns.day[pattern] as usize);
            }
        }
        Self { problem, model, choice, patterns, reached }
    }

    /// Why this request, which the plan leaves out, has no place.
    pub fn why(&self, request: usize) -> Vec<Reason> {
        let (model, r) = (self.model, &self.model.requests[request]);
        let own = self.days_of_its_teams(request);
        let longest = own.map(|d| self.room(d.team, d.slots)).max().unwrap_or(0);
        if longest > 0 && r.sessions > longest {
            let detail = format!(
                "It needs {} slots in one day, and no team that may do it has more than {longest}. Asked for as several requests, it can be spread over several days.",
                r.sessions
            );
            return reason("needs_more_slots", detail);
        }
        let offered: BTreeSet<usize> = (0..model.days.len())
            .filter(|day| model.days[*day].candidates.iter().any(|(c, _)| *c == request))
            .collect();
        if offered.is_empty() {
            return self.no_common_date(request);
        }
        let reached = &self.reached[request];
        if !reached.is_empty() {
            return self.taken(request, reached);
        }
        let possible: Vec<usize> =
            offered.iter().copied().filter(|day| patterns::possible(model, *day, request)).collect();
        if possible.is_empty() { self.out_of_reach(request, &offered) } else { self.not_worth_it(&possible) }
    }

    fn days_of_its_teams(&self, request: usize) -> impl Iterator<Item = &TeamDay> {
        let allowed = &self.problem.requests[request].teams;
        self.model.days.iter().filter(|d| allowed.contains(&self.problem.teams[d.team].id))
    }

    /// Sessions a team can do in these slots.
    fn room(&self, team: usize, slots: Slots) -> usize {
        (slots.count_ones() as usize).min(self.model.teams[team].most)
    }

    fn no_common_date(&self, request: usize) -> Vec<Reason> {
        let asked = &self.problem.requests[request];
        if asked.open.iter().all(|day| day.slots.is_empty()) {
            let detail = "It has no open date. Open dates on which its hall is free would change that.";
            return reason("no_open_date", detail.to_owned());
        }
        if asked.teams.is_empty() {
            return reason("no_team", "No team may do it. A team that may would change that.".to_owned());
        }
        // Open slots by date, against what its teams work on the date.
        let slot = |id: &String| self.problem.slots.iter().position(|s| s.id == *id).map_or(0, |at| 1 << at);
        let mut open: BTreeMap<&str, Slots> = BTreeMap::new();
        for day in &asked.open {
            *open.entry(day.date.as_str()).or_default() |= day.slots.iter().map(slot).sum::<Slots>();
        }
        let (mut short, mut other) = (Vec::new(), Vec::new());
        for day in self.days_of_its_teams(request) {
            let Some(open) = open.get(day.date.to_string().as_str()) else { continue };
            match open & day.slots {
                0 => other.push((day.date, open & !day.slots)),
                common => short.push((day.date, common)),
            }
        }
        if let Some((_, most)) = short.iter().max_by_key(|(_, slots)| slots.count_ones()) {
            let dates = dates(short.iter().map(|(date, _)| *date));
            let detail = format!(
                "It needs {} slots in one day; where its open slots and its team’s meet ({dates}) there are at most {}. {} more open on one of these dates would change that.",
                asked.sessions,
                most.count_ones(),
                slots_more(asked.sessions.saturating_sub(most.count_ones() as usize)),
            );
            return reason("needs_more_slots", detail);
        }
        if !other.is_empty() {
            let half = self.half(other.iter().fold(0, |all, (_, slots)| all | slots));
            let dates = dates(other.iter().map(|(date, _)| *date));
            let detail = format!(
                "There is no {half} on which both its hall and its team are free: on {dates} the team works at other times of the day. Another slot open on one of these dates would change that."
            );
            return reason("no_common_slot", detail);
        }
        let worked: BTreeSet<NaiveDate> = self.days_of_its_teams(request).map(|d| d.date).collect();
        let detail = if worked.is_empty() {
            "Its teams work on no date at all. A working day on one of its open dates would change that.".to_owned()
        } else {
            format!(
                "On none of its open dates does its team work. An open date among the team’s would change that, such as {}.",
                dates(worked.into_iter())
            )
        };
        reason("no_common_date", detail)
    }

    fn out_of_reach(&self, request: usize, offered: &BTreeSet<usize>) -> Vec<Reason> {
        let model = self.model;
        if offered.iter().all(|day| model.teams[model.days[*day].team].most == 0) {
            let detail = "Its team does no sessions at all. A team that does would change that.";
            return reason("no_team", detail.to_owned());
        }
        let place = model.requests[request].place;
        let (mut too_early, mut too_late, mut minutes) = (false, false, i64::MAX);
        for &day in offered {
            let team = &model.teams[model.days[day].team];
            let way = model.minutes(team.base, place);
            minutes = minutes.min(way);
            let usable = model.days[day].candidates.iter().find(|(c, _)| *c == request).map_or(0, |(_, slots)| *slots);
            for (_, times) in model.slots.iter().enumerate().filter(|(at, _)| usable & (1 << at) != 0) {
                too_early |= team.leave + way + team.setup > times.starts;
                too_late |= times.ends + team.pack + way > team.home;
            }
        }
        let dates = dates(offered.iter().map(|day| model.days[*day].date));
        let (what, change) = match (too_early, too_late) {
            (true, false) => ("cannot be there and set up in time", "A later slot on one of these dates"),
            (false, true) => ("cannot be home in time", "An earlier slot on one of these dates"),
            (true, true) => ("cannot be there and set up, and home again, in time", "A team based nearer by"),
            (false, false) => {
                let detail = format!(
                    "On its open dates its team has pinned sessions that leave no time for it ({dates}). Another date, or releasing one of these, would change that."
                );
                return reason("beside_pins", detail);
            }
        };
        let detail = format!("On {dates} its team, {minutes} minutes away, {what}. {change} would change that.");
        reason("out_of_reach", detail)
    }

    fn taken(&self, request: usize, reached: &BTreeSet<usize>) -> Vec<Reason> {
        let model = self.model;
        // A day on which it could join what is there already.
        let fits = |day: &usize| {
            let now: Vec<u32> = self.choice.by_day[*day].map_or(Vec::new(), |i| self.patterns.requests(i).to_vec());
            self.patterns.of_day[*day].clone().any(|i| {
                let with = self.patterns.requests(i);
                with.len() == now.len() + 1
                    && with.iter().any(|r| *r as usize == request)
                    && now.iter().all(|r| with.contains(r))
            })
        };
        let free: Vec<usize> = reached.iter().copied().filter(fits).collect();
        if !free.is_empty() {
            return self.not_worth_it(&free);
        }
        let mut by = BTreeSet::new();
        for &day in reached {
            by.extend(model.days[day].pinned.iter().map(|(r, _)| *r));
            let picked = self.choice.by_day[day].iter().flat_map(|i| self.patterns.requests(*i));
            by.extend(picked.map(|r| *r as usize));
        }
        let by = self.named(request, by);
        let days: BTreeSet<NaiveDate> = reached.iter().map(|day| model.days[*day].date).collect();
        let only = if days.len() == 1 { "Its only free day" } else { "Each of its free days" };
        let slots = self.half(reached.iter().fold(0, |all, day| {
            let usable = model.days[*day].candidates.iter().find(|(c, _)| *c == request).map_or(0, |(_, slots)| *slots);
            all | usable
        }));
        let detail = format!(
            "{only} ({}) went to {by}. One more {slots} in {} on which its school and a team are free would change that.",
            dates(days.iter().copied()),
            self.month(request, &days),
        );
        reason("days_taken", detail)
    }

    fn not_worth_it(&self, days: &[usize]) -> Vec<Reason> {
        let detail = format!(
            "It could be done on {}, but the journey and the moves it would cost weigh more than it is worth. A higher value, or a preferred date, would change that.",
            dates(days.iter().map(|day| self.model.days[*day].date))
        );
        reason("not_worth_it", detail)
    }

    /// Those who have a request's days, each with what sets it above that request; those of whom this is known, and then
    /// the most valuable, come first.
    fn named(&self, request: usize, by: BTreeSet<usize>) -> String {
        let asked = &self.problem.requests[request];
        let above = |other: usize| {
            let other = &self.problem.requests[other];
            let worth = other.worth.iter().find(|worth| !asked.worth.contains(worth));
            worth.filter(|_| other.value > asked.value)
        };
        let mut by: Vec<usize> = by.into_iter().collect();
        by.sort_by_key(|r| (above(*r).is_none(), std::cmp::Reverse(self.model.requests[*r].value), *r));
        let one = |r: &usize| {
            let id = &self.problem.requests[*r].id;
            above(*r).map_or_else(|| id.clone(), |worth| format!("{id} ({worth})"))
        };
        let named: Vec<String> = by.iter().take(NAMED).map(one).collect();
        match (by.as_slice(), by.len().saturating_sub(NAMED)) {
            ([only], _) if self.model.requests[*only].pinned => format!("{}, which is pinned there", named.join(", ")),
            ([_], _) => format!("a request that is worth more there: {}", named.join(", ")),
            (_, 0) => format!("requests that are worth more together: {}", named.join(", ")),
            (_, more) => format!("requests that are worth more together: {} and {more} more", named.join(", ")),
        }
    }

    /// The month in which another day would help: the one in which its teams have most days without work, else the one
    /// in which it has most open days.
    fn month(&self, request: usize, open: &BTreeSet<NaiveDate>) -> String {
        let allowed = &self.problem.requests[request].teams;
        let mut months: BTreeMap<(i32, u32), usize> = BTreeMap::new();
        for (at, day) in self.model.days.iter().enumerate() {
            let idle = self.choice.by_day[at].is_none() && day.pinned.is_empty();
            if idle && day.slots != 0 && allowed.contains(&self.problem.teams[day.team].id) {
                *months.entry((day.date.year(), day.date.month())).or_default() += 1;
            }
        }
        if months.is_empty() {
            open.iter().for_each(|date| *months.entry((date.year(), date.month())).or_default() += 1);
        }
        let best = months.into_iter().max_by_key(|((year, month), days)| (*days, -year, -i64::from(*month)));
        let first = best.and_then(|((year, month), _)| NaiveDate::from_ymd_opt(year, month, 1));
        first.map_or_else(String::new, |date| date.format("%B %Y").to_string())
    }

    /// What part of the day these slots are.
    fn half(&self, slots: Slots) -> &'static str {
        let of = |at: usize| slots & (1 << at) != 0;
        let morning = self.model.slots.iter().enumerate().any(|(at, s)| of(at) && s.starts < NOON);
        let afternoon = self.model.slots.iter().enumerate().any(|(at, s)| of(at) && s.starts >= NOON);
        match (morning, afternoon) {
            (true, false) => "morning",
            (false, true) => "afternoon",
            _ => "day",
        }
    }
}

fn reason(rule: &str, detail: String) -> Vec<Reason> {
    vec![Reason { rule: rule.to_owned(), detail }]
}

fn slots_more(count: usize) -> String {
    if count == 1 { "1 slot".to_owned() } else { format!("{count} slots") }
}

/// Dates as people say them, the first few of them by name.
fn dates(all: impl Iterator<Item = NaiveDate>) -> String {
    let all: BTreeSet<NaiveDate> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    let named: Vec<String> = all.into_iter().take(NAMED).map(|d| d.format("%-d %B %Y").to_string()).collect();
    match (named.split_last(), more) {
        (_, 1..) => format!("{} and {more} more dates", named.join(", ")),
        (Some((last, before)), 0) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => named.join(""),
    }
}
