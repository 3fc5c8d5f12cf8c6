//! Sheets that went out, were filled in and come back: attendance, and feedback on paper.

use domain::access::{Actor, Scope};
use domain::setting::LaCode;

use crate::within::Within;

pub use crate::uploads::Import;

/// The scope in which a file is read: the command line names an authority.
pub(crate) fn within(actor: &Actor, authority: Option<&str>) -> Within {
    let mut within = Within::of(actor);
    if actor.scope == Scope::Everything {
        within.authority = authority.map(str::to_owned);
    }
    within
}

/// The authority an upload belongs to: the actor's, or the only one of what is in the file.
pub(crate) fn belongs_to(actor: &Actor, named: Option<&LaCode>, found: Vec<String>) -> Option<String> {
    let named = named.or_else(|| actor.authority()).map(|code| code.as_str().to_owned());
    let mut found = found.into_iter();
    named.or_else(|| match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    })
}
