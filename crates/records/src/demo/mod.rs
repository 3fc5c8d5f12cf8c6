//! Fills an empty database with the demo district of `crates/demo`, in one transaction.

mod places;
mod requests;
mod tours;
mod visits;

use domain::access::{Actor, Operation, Scope};
use serde_json::{Value, json};

use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};

/// What the demo district came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The council's name.
    pub council: &'static str,
    /// Its LA code.
    pub code: &'static str,
    /// Schools.
    pub schools: usize,
    /// Visits, past and coming.
    pub visits: usize,
}

/// Whether the database holds no authority yet, so that the demo district can be put there.
///
/// # Errors
/// Forbidden to all but the system.
pub async fn is_empty(desk: &Desk, actor: &Actor) -> Result<bool> {
    allow(desk, actor)?;
    holds_nothing(&mut desk.read().await?).await
}

/// Fills the database.
///
/// # Errors
/// Forbidden to all but the system; refused when an authority is already there.
pub async fn fill(desk: &Desk, actor: &Actor) -> Result<Filled> {
    allow(desk, actor)?;
    let district = demo::district(desk.today(), desk.now()).map_err(Error::unavailable)?;
    let mut conn = desk.write().await?;
    if !holds_nothing(&mut conn).await? {
        return Err(Error::refused(
            "The demo district needs a database of its own: this one already holds an authority. Name another with \
             DATABASE_URL, such as sqlite://data/demo.sqlite",
        ));
    }
    places::write(&mut conn, &district).await?;
    tours::write(&mut conn, &district).await?;
    visits::write(&mut conn, &district).await?;
    requests::write(&mut conn, &district).await?;
    let filled = Filled {
        council: demo::COUNCIL,
        code: demo::LA_CODE,
        schools: district.schools.len(),
        visits: district.visits.len(),
    };
    let change = Change {
        operation: Operation::EditAuthority,
        authority: Some(filled.code),
        record_kind: "authority",
        record_id: filled.code.to_owned(),
        before: Value::Null,
        after: json!({ "demo_schools": filled.schools, "demo_visits": filled.visits }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, filled.code).await?;
    Ok(filled)
}

fn allow(desk: &Desk, actor: &Actor) -> Result<()> {
    desk.authorise(actor, Operation::EditAuthority)?;
    if actor.scope == Scope::Everything { Ok(()) } else { Err(Error::Forbidden(Operation::EditAuthority)) }
}

async fn holds_nothing(conn: &mut Conn) -> Result<bool> {
    Ok(fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM authority")? == 0)
}
