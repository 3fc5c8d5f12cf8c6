//! Two plans side by side.

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::setting::SettingType;
use uuid::Uuid;

use super::board::words;
use super::ground::{Ask, Ground, Place};
use super::{find, ground};
use crate::Desk;
use crate::error::Result;

/// What a plan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Placed, of what is to be placed; booked visits that stay are not counted.
    pub placed: usize,
    /// To be placed.
    pub asks: usize,
    /// Placed schools that are special schools or alternative provision.
    pub special: usize,
    /// Of how many such.
    pub special_asks: usize,
    /// Minutes on the road, sessions that stand already included.
    pub minutes: i64,
    /// Booked visits that would move.
    pub moves: usize,
    /// Placements that break something.
    pub broken: usize,
    /// The score.
    pub score: i64,
}

/// What one school has in one plan and in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The school, and which part of its request.
    pub name: String,
    /// Where the first plan has it; none: it is not placed, or not in that plan.
    pub first: Option<String>,
    /// Where the second has it.
    pub second: Option<String>,
}

/// Two plans side by side.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The first plan.
    pub first: Ground,
    /// The second.
    pub second: Ground,
    /// What differs, by school.
    pub differences: Vec<Difference>,
}

/// What a plan comes to.
#[must_use]
pub fn figures(ground: &Ground) -> Figures {
    // What was published stands fast since, and was placed all the same.
    let asks: Vec<&Ask> = ground.asks.iter().filter(|a| !a.fixed || a.outcome.is_some()).collect();
    let special = |ask: &&&Ask| ask.setting_type != SettingType::Mainstream;
    let placed: Vec<&&Ask> = asks.iter().filter(|a| a.place.is_some()).collect();
    let mut broken: Vec<Uuid> = ground.broken().into_iter().map(|(id, _)| id).collect();
    broken.dedup();
    Figures {
        placed: placed.len(),
        asks: asks.len(),
        special: placed.iter().filter(|a| special(a)).count(),
        special_asks: asks.iter().filter(special).count(),
        minutes: ground.travel(),
        moves: asks.iter().filter(|a| a.moves()).count(),
        broken: broken.len(),
        score: ground.score(),
    }
}

/// Compares two plans.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn compare(desk: &Desk, actor: &Actor, first: Uuid, second: Uuid) -> Result<Compared> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    let plan = find(&mut conn, actor, first).await?;
    let first = ground::load(&mut conn, plan).await?;
    let plan = find(&mut conn, actor, second).await?;
    let second = ground::load(&mut conn, plan).await?;
    let differences = differences(&first, &second);
    Ok(Compared { first, second, differences })
}

/// A school's part in a plan: the same in both, whatever its key.
type Part = (Uuid, Uuid, i64);

fn differences(first: &Ground, second: &Ground) -> Vec<Difference> {
    fn by_part(ground: &Ground) -> BTreeMap<Part, (String, Option<&Place>)> {
        ground.asks.iter().map(|a| ((a.setting, a.tour, a.part), (a.name(), a.place.as_ref()))).collect()
    }
    let (one, mut other) = (by_part(first), by_part(second));
    let mut pairs = Vec::new();
    for (part, (name, here)) in one {
        pairs.push((name, here, other.remove(&part).and_then(|(_, there)| there)));
    }
    pairs.extend(other.into_values().map(|(name, there)| (name, None, there)));
    pairs.retain(|(_, here, there)| here != there);
    let mut all: Vec<Difference> = pairs
        .into_iter()
        .map(|(name, here, there)| Difference {
            name,
            first: here.map(|p| words(first, p)),
            second: there.map(|p| words(second, p)),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
