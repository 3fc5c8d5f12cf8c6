//! The link of an invitation: whoever has it may answer, until the invitation is withdrawn.

use domain::access::{Actor, Role, Scope};
use uuid::Uuid;

use crate::Desk;
use crate::error::{Error, Result};

/// The purpose of an invitation link's digest.
const LINK: &str = "invitation";

/// What the digest is of: the invitation, and how often it was sent, so that a withdrawn link stays dead when the
/// school is invited again.
fn subject(id: Uuid, sendings: i64) -> String {
    if sendings <= 1 { id.to_string() } else { format!("{id}/{sendings}") }
}

/// The text that opens the page where an invitation is answered.
pub(super) fn text(desk: &Desk, id: Uuid, sendings: i64) -> String {
    format!("{}-{}", id.simple(), desk.secret().digest(LINK, &subject(id, sendings)))
}

/// The path of the page where an invitation is answered. What opens it stands in the query, which is not logged.
pub(crate) fn path(desk: &Desk, id: Uuid, sendings: i64) -> String {
    format!("/invitations/answer?link={}", text(desk, id, sendings))
}

/// The invitation a link names, before its digest is compared.
pub(super) fn id_of(link: &str) -> Result<Uuid> {
    let (id, _) = link.split_once('-').ok_or(Error::NotFound)?;
    id.parse().map_err(|_| Error::NotFound)
}

/// Whether the link was made here, for this sending.
pub(super) fn is_genuine(desk: &Desk, link: &str, id: Uuid, sendings: i64) -> bool {
    link.split_once('-').is_some_and(|(_, digest)| desk.secret().verify(LINK, &subject(id, sendings), digest))
}

/// The school itself, where nobody of it is signed in.
pub(super) const fn unnamed(setting: Uuid) -> Actor {
    Actor { person: None, grant: None, role: Role::School, scope: Scope::Setting(setting) }
}
