//! Why a booked visit moves. Pure: over a [`Ground`].

use std::collections::BTreeSet;

use super::ground::{Ask, Ground};

/// Why a visit does not stay where it is booked, in a sentence: it cannot, somebody else is placed there, or what else is
/// placed on that day leaves the team no time to come.
#[must_use]
pub fn why_moved(ground: &Ground, ask: &Ask) -> String {
    let Some(stood) = &ask.current else { return String::new() };
    let mut back = ground.clone();
    for other in back.asks.iter_mut().filter(|a| a.id == ask.id) {
        other.place = Some(stood.clone());
    }
    if let Some(why) = back.breaks(ask, stood).into_iter().next() {
        return format!("It cannot stay: {}{}.", why[..1].to_lowercase(), &why[1..]);
    }
    if let Some(who) = ground.taken_by(ask.id, stood) {
        return format!("{who} is placed there now.");
    }
    let late = back.road(stood.team, stood.on).is_some_and(|route| !route.faults.is_empty());
    let new = ground.placed_on(stood.team, stood.on).filter(|(other, place)| other.current.as_ref() != Some(*place));
    let new: BTreeSet<String> = new.map(|(other, _)| other.name()).collect();
    if late && !new.is_empty() {
        let names: Vec<String> = new.into_iter().collect();
        return format!("The team goes to {} that day, and could not be there in time.", names.join(" and "));
    }
    "Nothing keeps it from staying: move it back and pin it, if it should.".to_owned()
}
