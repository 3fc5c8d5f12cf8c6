//! A scope as SQL binds: each is none where the scope does not restrict by it.

use domain::access::{Actor, Scope};
use uuid::Uuid;

/// An actor's scope, ready to be bound: `($1 IS NULL OR s.authority_code = $1) AND …`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Within {
    pub authority: Option<String>,
    pub provider: Option<Uuid>,
    pub setting: Option<Uuid>,
    pub trust: Option<String>,
}

impl Within {
    /// The restriction `actor`'s scope puts on every query.
    pub(crate) fn of(actor: &Actor) -> Self {
        match &actor.scope {
            Scope::Authority(code) => Self { authority: Some(code.as_str().to_owned()), ..Self::default() },
            Scope::Provider(id) => Self { provider: Some(*id), ..Self::default() },
            Scope::Setting(id) => Self { setting: Some(*id), ..Self::default() },
            Scope::Trust(code) => Self { trust: Some(code.clone()), ..Self::default() },
            Scope::Everything => Self::default(),
        }
    }
}
