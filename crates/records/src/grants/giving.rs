//! Giving and revoking grants.

use domain::access::{Actor, Operation, Role, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ScopeColumns, find, of_person_here};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::outbox::{self, Mail};

/// Whether the actor may give this role there.
///
/// # Errors
/// The role cannot have such a scope, or it lies outside the actor's authority.
pub(crate) async fn check(conn: &mut Conn, actor: &Actor, role: Role, scope: &Scope) -> Result<()> {
    if !scope.fits(role) {
        let why = match role {
            Role::School => "A school’s role is given for a school or a trust",
            Role::Provider => "A provider’s role is given for a provider",
            Role::Safeguarding => "A safeguarding role is given for an authority or a school",
            Role::System => "This role is never given to a person",
            Role::Commissioner | Role::Evaluator | Role::Administrator => "This role is given for an authority",
        };
        return Err(Error::field("scope", why));
    }
    let columns = ScopeColumns::of(scope);
    let authority = actor.authority().map(|code| code.as_str().to_owned());
    let inside = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM authority a WHERE ($1 IS NULL OR a.code = $1) AND (
            a.code = $2
            OR EXISTS (SELECT 1 FROM provider_authority w WHERE w.authority_code = a.code AND w.provider_id = $3)
            OR EXISTS (SELECT 1 FROM setting s WHERE s.authority_code = a.code AND (s.id = $4 OR s.trust_code = $5)))",
        &authority,
        columns.authority_code,
        columns.provider_id,
        columns.setting_id,
        &columns.trust_code,
    )?;
    // Nothing serves a new provider yet, which the command line may still give people to.
    let served = inside > 0 || (authority.is_none() && matches!(scope, Scope::Provider(_)));
    if !served {
        return Err(Error::NotFound);
    }
    // A trust's people act for all its schools: one council does not let them into another's.
    if let (Some(code), Scope::Trust(trust)) = (&authority, scope) {
        let elsewhere = fetch_scalar!(
            conn,
            i64,
            "SELECT COUNT(*) FROM setting WHERE trust_code = $1 AND authority_code <> $2",
            trust,
            code,
        )?;
        if elsewhere > 0 {
            return Err(Error::field(
                "scope",
                "This trust has schools in other councils too. Choose its schools one by one, or ask whoever runs this server",
            ));
        }
    }
    Ok(())
}

/// Gives a checked role to a person and invites them by mail.
pub(crate) async fn give(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    person: Uuid,
    role: Role,
    scope: &Scope,
) -> Result<()> {
    // Two at once must not give the same role twice.
    execute!(conn, "UPDATE person SET version = version WHERE id = $1", person)?;
    let columns = ScopeColumns::of(scope);
    let held = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM access_grant WHERE person_id = $1 AND role = $2 AND revoked_at IS NULL
           AND (authority_code = $3 OR provider_id = $4 OR setting_id = $5 OR trust_code = $6)",
        person,
        role.as_str(),
        &columns.authority_code,
        columns.provider_id,
        columns.setting_id,
        &columns.trust_code,
    )?;
    if held > 0 {
        return Err(Error::field("email", "This person has this role already"));
    }
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO access_grant (id, person_id, role, authority_code, provider_id, setting_id, trust_code, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        person,
        role.as_str(),
        &columns.authority_code,
        columns.provider_id,
        columns.setting_id,
        &columns.trust_code,
        desk.now(),
    )?;
    let grant = find(conn, id).await?;
    let authority = home(conn, actor, scope).await?;
    let change = Change {
        operation: Operation::EditPeople,
        authority: authority.as_deref(),
        record_kind: "person",
        record_id: person.to_string(),
        before: Value::Null,
        after: json!({ "role": role, "for": grant.scope_name }),
    };
    audit::write(conn, desk, actor, change).await?;
    let (to,) = fetch_one!(conn, (String,), "SELECT email FROM person WHERE id = $1", person)?;
    let (subject, body) = welcome(desk, &grant.person_name, &[(role, &grant.scope_name)]);
    let mail =
        Mail { authority, to, subject, body, record_kind: "person", record_id: person.to_string(), ..Mail::default() };
    outbox::put(conn, desk, mail).await
}

/// The tenant a grant is noted under: the actor's, or for the command line the one it reaches.
async fn home(conn: &mut Conn, actor: &Actor, scope: &Scope) -> Result<Option<String>> {
    match audit::authority_of(conn, actor).await? {
        Some(code) => Ok(Some(code)),
        None => audit::authority_of(conn, &Actor { scope: scope.clone(), ..actor.clone() }).await,
    }
}

/// The subject and the text of the mail that tells somebody what they were given: roles, each with what it is for.
pub(crate) fn welcome(desk: &Desk, name: &str, roles: &[(Role, &str)]) -> (String, String) {
    let link = desk.address("/sign-in");
    let first = roles.first().map_or("", |(_, scope)| *scope);
    let (subject, given) = match roles {
        [(role, scope)] => (
            format!("You can now use Callboard for {scope}"),
            format!(
                "You have been given a role in Callboard, which schedules prevention work in schools: {}, for {scope}.",
                role.label().to_lowercase()
            ),
        ),
        several => {
            let lines: Vec<_> =
                several.iter().map(|(role, scope)| format!("- {}, for {scope}", role.label().to_lowercase())).collect();
            let places = roles.iter().map(|(_, scope)| scope).collect::<std::collections::BTreeSet<_>>().len();
            let more = if places > 1 { " and others" } else { "" };
            (
                format!("You can now use Callboard for {first}{more}"),
                format!(
                    "You have been given roles in Callboard, which schedules prevention work in schools:\n\n{}",
                    lines.join("\n")
                ),
            )
        }
    };
    let body = format!(
        "Dear {name},

{given}

There is no password. Go to

{link}

and type this email address. You will be sent a code to sign in with, each time you need one.

If you think this was sent to you by mistake, tell the person at your council who runs Callboard.
"
    );
    (subject, body)
}

/// Revokes a grant in the actor's authority: from the next page on, its person can no longer act under it.
///
/// # Errors
/// Forbidden; outside the actor's authority, or revoked already; the actor's own.
pub async fn revoke(desk: &Desk, actor: &Actor, person: Uuid, grant: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::EditPeople)?;
    let mut conn = desk.write().await?;
    let held = of_person_here(&mut conn, actor, person).await?;
    let held = held.into_iter().find(|g| g.id == grant).ok_or(Error::NotFound)?;
    if actor.grant == Some(grant) {
        return Err(Error::refused("You are using this role yourself. Ask another administrator to take it away"));
    }
    let written = execute!(
        conn,
        "UPDATE access_grant SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        desk.now(),
        grant
    )?;
    if written == 0 {
        return Err(Error::NotFound);
    }
    let authority = home(&mut conn, actor, &held.scope).await?;
    let change = Change {
        operation: Operation::EditPeople,
        authority: authority.as_deref(),
        record_kind: "person",
        record_id: person.to_string(),
        before: json!({ "role": held.role, "for": held.scope_name }),
        after: Value::Null,
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, person).await
}
