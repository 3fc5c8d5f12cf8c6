//! What a grant may reach: chosen from a list on a page, or named on the command line.

use domain::access::{Actor, Operation, Role, Scope};
use domain::setting::LaCode;
use uuid::Uuid;

use crate::Desk;
use crate::error::{Error, Result};

/// A scope that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The scope.
    pub scope: Scope,
    /// What it is called.
    pub name: String,
}

/// What somebody with `role` may be given in the actor's authority: the authority itself, its providers, or its
/// schools and the trusts that have no school elsewhere.
///
/// # Errors
/// Forbidden to all but an administrator; an actor without an authority.
pub async fn choices(desk: &Desk, actor: &Actor, role: Role) -> Result<Vec<Choice>> {
    desk.authorise(actor, Operation::EditPeople)?;
    let code = actor.authority().ok_or(Error::NotFound)?;
    let mut conn = desk.read().await?;
    let mut choices = Vec::new();
    let mut add = |scope: Scope, name: String| {
        if scope.fits(role) {
            choices.push(Choice { scope, name });
        }
    };
    let (name,) = fetch_one!(conn, (String,), "SELECT name FROM authority WHERE code = $1", code.as_str())?;
    add(Scope::Authority(code.clone()), name);
    let providers = fetch_all!(
        conn,
        (Uuid, String),
        "SELECT v.id, v.name FROM provider v JOIN provider_authority w ON w.provider_id = v.id
         WHERE w.authority_code = $1 ORDER BY v.name",
        code.as_str(),
    )?;
    providers.into_iter().for_each(|(id, name)| add(Scope::Provider(id), name));
    let trusts = fetch_all!(
        conn,
        (String, String),
        "SELECT s.trust_code, MIN(COALESCE(s.trust_name, s.trust_code)) AS name FROM setting s
         WHERE s.authority_code = $1 AND s.trust_code IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM setting o WHERE o.trust_code = s.trust_code AND o.authority_code <> $1)
         GROUP BY s.trust_code ORDER BY name",
        code.as_str(),
    )?;
    trusts.into_iter().for_each(|(trust, name)| add(Scope::Trust(trust), format!("{name} (all its schools)")));
    let settings = fetch_all!(
        conn,
        (Uuid, String),
        "SELECT id, name FROM setting WHERE authority_code = $1 AND status IN ('open', 'closing') ORDER BY search_name",
        code.as_str(),
    )?;
    settings.into_iter().for_each(|(id, name)| add(Scope::Setting(id), name));
    Ok(choices)
}

/// The scope that `id` names for `role` on the command line: an LA code, a URN, a trust's code, a provider's name, or
/// the key of a provider or setting.
///
/// # Errors
/// Forbidden to all but the system; nothing, or more than one thing, is called that.
pub async fn named(desk: &Desk, actor: &Actor, role: Role, id: &str) -> Result<Scope> {
    desk.authorise(actor, Operation::EditPeople)?;
    if actor.scope != Scope::Everything {
        return Err(Error::Forbidden(Operation::EditPeople));
    }
    let id = id.trim();
    let key: Option<Uuid> = id.parse().ok();
    let code: Option<LaCode> = id.parse().ok();
    let mut conn = desk.read().await?;
    if role == Role::Provider {
        let found = fetch_all!(
            conn,
            (Uuid,),
            "SELECT id FROM provider WHERE id = $1 OR LOWER(name) = $2 LIMIT 2",
            key,
            id.to_lowercase(),
        )?;
        return match found.as_slice() {
            [(id,)] => Ok(Scope::Provider(*id)),
            [] => Err(Error::field("scope", format!("No provider is called “{id}”"))),
            _ => Err(Error::field("scope", format!("Several providers are called “{id}”: give the provider’s id"))),
        };
    }
    if let Some(code) = code.filter(|code| Scope::Authority(code.clone()).fits(role)) {
        let found = fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM authority WHERE code = $1", code.as_str())?;
        return if found > 0 {
            Ok(Scope::Authority(code))
        } else {
            Err(Error::field("scope", format!("There is no authority {code}: add it with `callboard authority add`")))
        };
    }
    let urn: Option<i64> = id.parse().ok();
    let setting = fetch_optional!(conn, (Uuid,), "SELECT id FROM setting WHERE id = $1 OR urn = $2", key, urn)?;
    if let Some((setting,)) = setting {
        return Ok(Scope::Setting(setting));
    }
    let trust = fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM setting WHERE trust_code = $1", id)?;
    if trust > 0 && role == Role::School {
        return Ok(Scope::Trust(id.to_owned()));
    }
    Err(Error::field(
        "scope",
        match role {
            Role::School => format!("“{id}” is neither the URN of a school in the list nor the code of a trust"),
            Role::Safeguarding => format!("“{id}” is neither an LA code nor the URN of a school in the list"),
            _ => format!("“{id}” is not an LA code: an LA code has three digits"),
        },
    ))
}
