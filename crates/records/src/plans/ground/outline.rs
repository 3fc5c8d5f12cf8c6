//! The outlines of wards, which lie beneath the map of a route.

use domain::access::{Actor, Operation};
use uuid::Uuid;

use crate::Desk;
use crate::error::{Error, Result};
use crate::plans::find;

/// A ward's outline, for the map beneath a route.
#[derive(Debug, Clone)]
pub struct Outline {
    /// The ward's name.
    pub name: String,
    /// Eastings and northings, OSGB36 metres.
    pub points: Vec<(i64, i64)>,
}

/// The outlines of the wards of a plan's authority.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn outlines(desk: &Desk, actor: &Actor, plan: Uuid) -> Result<Vec<Outline>> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    let plan = find(&mut conn, actor, plan).await?;
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT name, points FROM area_outline WHERE authority_code = $1 ORDER BY name",
        &plan.authority_code,
    )?;
    rows.into_iter()
        .map(|(name, points)| Ok(Outline { name, points: serde_json::from_str(&points).map_err(Error::unavailable)? }))
        .collect()
}
