//! The years that an import of older records reaches.

use domain::AcademicYear;
use domain::access::{Actor, Operation};
use uuid::Uuid;

use super::look;
use crate::Desk;
use crate::error::Result;

/// The academic years of the sessions that an import took over, the latest first; none once it was taken back.
///
/// # Errors
/// Forbidden; not found.
pub async fn years(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Vec<AcademicYear>> {
    desk.authorise(actor, Operation::ImportHistory)?;
    look(desk, actor, id).await?;
    let mut conn = desk.read().await?;
    let years = fetch_all!(
        conn,
        (i64,),
        "SELECT DISTINCT t.academic_year FROM session x JOIN tour t ON t.id = x.tour_id WHERE x.import_id = $1
         ORDER BY t.academic_year DESC",
        id
    )?;
    Ok(years.into_iter().filter_map(|(first,)| AcademicYear::new(first).ok()).collect())
}
