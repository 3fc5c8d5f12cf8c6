//! People and their grants.

use domain::access::Actor;
use uuid::Uuid;

use crate::Desk;
use crate::error::Result;

/// A person's web session, as every request sees it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The sign-in's key.
    pub id: Uuid,
    /// The person.
    pub person: Uuid,
    /// Their name, for the header.
    pub name: String,
    /// Who they act as; none until a grant is chosen.
    pub actor: Option<Actor>,
}

/// The sign-in that `token` opens; none when it has ended or never was.
///
/// # Errors
/// The database does not answer.
pub async fn recognise(_desk: &Desk, _token: &str) -> Result<Option<SignedIn>> {
    Ok(None)
}
