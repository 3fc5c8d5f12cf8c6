//! What a sheet of requests did that was taken in: the requests it made, and the cells it changed.

use domain::access::Actor;
use domain::request_sheet::Cell;
use uuid::Uuid;

use super::compare::Change;
use super::go_out::cells;
use super::{KIND, MAY};
use crate::Desk;
use crate::error::{Error, Result};
use crate::requests::{self, Filter, Kept, Request};
use crate::uploads::find;

/// What a sheet did.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The requests it made, as they are now.
    pub made: Vec<Request>,
    /// The cells it changed.
    pub changed: Vec<ChangedCell>,
}

/// A cell of a request that a sheet changed.
#[derive(Debug, Clone)]
pub struct ChangedCell {
    /// The request.
    pub request: Uuid,
    /// Which cell, what it was before, and what it is now.
    pub change: Change,
    /// The request was changed again since: what it is now may not be what the sheet said.
    pub is_changed_since: bool,
}

/// What a sheet did, by tour and school; nothing of one that can no longer be taken back: it is not kept for longer.
///
/// # Errors
/// Forbidden; not found.
pub async fn taken(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Taken> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, KIND, id).await?;
    let did = fetch_all!(
        conn,
        (Uuid, Option<String>, i64),
        "SELECT request_id, before, version FROM request_import WHERE import_id = $1",
        id
    )?;
    if did.is_empty() {
        return Ok(Taken::default());
    }
    let mut taken = Taken::default();
    let mut requests = requests::select(&mut conn, actor, Filter::default()).await?;
    requests.sort_by(|a, b| (&a.tour, &a.school, a.id).cmp(&(&b.tour, &b.school, b.id)));
    for request in requests {
        let Some((_, before, version)) = did.iter().find(|(of, ..)| *of == request.id) else { continue };
        let Some(before) = before else {
            taken.made.push(request);
            continue;
        };
        let before: Kept = serde_json::from_str(before).map_err(Error::unavailable)?;
        let (was, is) = (cells(&before.onto(&request)?), cells(&request));
        for cell in Cell::all().filter(|cell| was.get(*cell) != is.get(*cell)) {
            let change = Change {
                tour: request.tour.clone(),
                school: request.school.clone(),
                cell,
                before: was.get(cell).to_owned(),
                after: is.get(cell).to_owned(),
            };
            let is_changed_since = request.version != *version;
            taken.changed.push(ChangedCell { request: request.id, change, is_changed_since });
        }
    }
    Ok(taken)
}
