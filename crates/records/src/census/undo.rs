//! Rolls of a census taken back. What is the same for every import is `crate::taking_back`.

use serde_json::{Value, json};

use crate::before::{self, Kept};
use crate::db::Conn;
use crate::error::Result;
use crate::taking_back::{self, Built, Hold, Import, Kind};

/// What was built on rolls: a census that was taken over later, and numbers that were changed since.
pub(crate) async fn built_on(conn: &mut Conn, import: &Import, hold: Hold) -> Result<Vec<Built>> {
    let kept = before::kept(conn, import.id).await?;
    let later = taking_back::later(conn, import, &[Kind::Rolls]).await?;
    if !later.is_empty() {
        return Ok(later);
    }
    if hold == Hold::Yes {
        // Whoever changes a school meanwhile waits, and then finds it changed.
        let settings: Vec<_> = kept.iter().filter(|k| k.table.name == "setting").flat_map(Kept::ids).collect();
        execute_in!(conn, "UPDATE setting SET version = version WHERE id IN ", settings, "")?;
    }
    before::changed_since(conn, &kept).await
}

/// Puts counted numbers, EHC plans and SEN support back as they were.
pub(crate) async fn remove(conn: &mut Conn, import: &Import) -> Result<Value> {
    let kept = before::kept(conn, import.id).await?;
    before::restore(conn, import.id, &kept).await?;
    Ok(json!({ "state": "applied", "schools": import.changed }))
}
