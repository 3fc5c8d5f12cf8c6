//! The wards beneath a route.

use domain::access::{Actor, Operation};
use uuid::Uuid;

use super::super::find;
use crate::Desk;
use crate::error::Result;
use crate::ward_outlines::{self, Outline};

/// The outlines of the wards of a plan's authority.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn outlines(desk: &Desk, actor: &Actor, plan: Uuid) -> Result<Vec<Outline>> {
    desk.authorise(actor, Operation::PlanTours)?;
    let mut conn = desk.read().await?;
    let plan = find(&mut conn, actor, plan).await?;
    ward_outlines::of_authority(&mut conn, &plan.authority_code).await
}
