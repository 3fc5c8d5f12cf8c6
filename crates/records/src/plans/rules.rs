//! What a placement breaks, and what a plan is worth. Pure: over a [`Ground`].

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::plan::{MINUTE_POINTS, MOVED_POINTS, PREFERRED_POINTS, Route, VALUE_POINTS, route};
use domain::request::PartOfDay;
use domain::slot::Slot;
use uuid::Uuid;

use super::ground::{Ask, Ground, Holder, Place, PlanTeam};

impl Ground {
    /// Why a school does not want a session of this slot, as sentences without a full stop; none: it can.
    pub(crate) fn school_side(&self, ask: &Ask, team: &PlanTeam, on: NaiveDate, slot: &Slot) -> Vec<String> {
        let mut why = Vec::new();
        let Some(tour) = self.tours.get(&ask.tour) else { return why };
        if on < tour.starts || on > tour.ends {
            why.push(format!("{} does not run on this day", tour.name));
        }
        if ask.impossible.contains(&on) {
            why.push("The school said that it cannot be on this day".to_owned());
        }
        if !ask.part_of_day.suits(slot.starts, slot.ends) {
            why.push(match ask.part_of_day {
                PartOfDay::Afternoon => "The school asked for an afternoon".to_owned(),
                _ => "The school asked for a morning".to_owned(),
            });
        }
        let (get_in, get_out) = (team.calendar.get_in_minutes, team.calendar.get_out_minutes);
        if let Some(calendar) = self.schools.get(&(ask.setting, tour.needs_hall)) {
            let closed = calendar.closed(on, slot.starts, slot.ends, get_in, get_out, ask.year_groups());
            why.extend(closed.map(|c| c.to_string()));
        }
        why
    }

    /// Everything a placement breaks but for the roads.
    pub(crate) fn breaks(&self, ask: &Ask, place: &Place) -> Vec<String> {
        let mut why = Vec::new();
        let Some(team) = self.teams.get(&place.team) else { return vec!["This team is not in the plan".to_owned()] };
        if self.tours.get(&ask.tour).is_some_and(|tour| !tour.teams.contains(&place.team)) {
            why.push(format!("{} does not play {}", team.name, self.tours[&ask.tour].name));
        }
        why.extend(team.calendar.away(place.on).map(|away| away.to_string()));
        for number in &place.slots {
            match self.slot(place.team, place.on, *number) {
                Some(slot) => why.extend(self.school_side(ask, team, place.on, slot)),
                None => why.push(format!("{} has no free slot {number} on this day any more", team.name)),
            }
        }
        let sessions = self.placed_on(place.team, place.on).map(|(_, p)| p.slots.len()).sum::<usize>();
        let others = self.busy.get(&(place.team, place.on)).map_or(0, Vec::len);
        let most = team.calendar.most_sessions.and_then(|most| usize::try_from(most).ok());
        if most.is_some_and(|most| sessions + others > most) {
            why.push(format!(
                "{} would have {} sessions that day, more than it takes on",
                team.name,
                sessions + others
            ));
        }
        let mut seen = BTreeSet::new();
        why.retain(|sentence| seen.insert(sentence.clone()));
        why
    }

    /// A team's day on the road; none without a session, or where its base is not known.
    #[must_use]
    pub fn road(&self, team: Uuid, on: NaiveDate) -> Option<Route<Uuid>> {
        route(&self.teams.get(&team)?.limits()?, &self.stops(team, on))
    }

    /// Minutes on the road on all days of the plan.
    #[must_use]
    pub fn travel(&self) -> i64 {
        let held = self.asks.iter().filter_map(|a| a.place.as_ref()).map(|p| (p.team, p.on));
        let days: BTreeSet<_> = held.chain(self.busy.keys().copied()).collect();
        days.into_iter().filter_map(|(team, on)| self.road(team, on)).map(|r| r.minutes).sum()
    }

    /// The score of what is placed, by the planner's formula: value, moves, preferred days, minutes.
    #[must_use]
    pub fn score(&self) -> i64 {
        let of_asks: i64 = self.asks.iter().map(Ask::points).sum();
        of_asks - MINUTE_POINTS * self.travel()
    }

    /// What the placements break, each with its request: placements on top, roads below.
    #[must_use]
    pub fn broken(&self) -> Vec<(Uuid, String)> {
        let mut all = Vec::new();
        for ask in self.asks.iter().filter(|a| a.is_loose()) {
            if let Some(place) = &ask.place {
                all.extend(self.breaks(ask, place).into_iter().map(|why| (ask.id, why)));
                all.extend(self.late(ask, place).into_iter().map(|why| (ask.id, why)));
            }
        }
        all
    }

    /// Why the day cannot be driven, as far as it concerns this school.
    pub(crate) fn late(&self, ask: &Ask, place: &Place) -> Vec<String> {
        let Some(route) = self.road(place.team, place.on) else { return Vec::new() };
        route
            .faults
            .iter()
            .filter(|(stay, _)| route.stays.get(*stay).is_some_and(|stay| stay.place == ask.setting))
            .map(|(_, late)| late.to_string())
            .collect()
    }

    /// Whether somebody else holds a slot, and who: another placement, or a session.
    pub(crate) fn taken_by(&self, ask: Uuid, place: &Place) -> Option<String> {
        place.slots.iter().find_map(|slot| match self.holder(place.team, place.on, *slot) {
            Some(Holder::Ask(other)) if other.id != ask => Some(other.name()),
            Some(Holder::Busy(busy)) => Some(busy.school.clone()),
            _ => None,
        })
    }
}

impl Ask {
    /// Its part of the score.
    fn points(&self) -> i64 {
        let mut points = 0;
        if let Some(place) = &self.place {
            points += VALUE_POINTS * self.value;
            if self.preferred.contains(&place.on) {
                points += PREFERRED_POINTS;
            }
        }
        if !self.fixed && self.current.is_some() && self.place != self.current {
            points -= MOVED_POINTS;
        }
        points
    }
}
