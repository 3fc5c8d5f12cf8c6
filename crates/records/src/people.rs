//! People: who they are, and an administrator's view of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation, Role, Scope};
use domain::contact::EmailAddress;
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Change, REDACTED};
use crate::db::{Conn, Page};
use crate::error::{Error, Result};
use crate::grants::{self, Grant, grants_where, in_authority};
use crate::{Desk, sign_ins};

/// A person, with the grants the actor may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their key.
    pub id: Uuid,
    /// The address they sign in by.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Whether an authenticator app is asked at signing in.
    pub has_app: bool,
    /// When they last asked for a page.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Their roles in the actor's authority, the oldest first.
    pub grants: Vec<Grant>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    has_app: bool,
    last_seen_at: Option<DateTime<Utc>>,
}

/// Which people to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of a name or address.
    pub text: Option<String>,
    /// With this role.
    pub role: Option<Role>,
}

/// People who hold a grant in the authority `$1`, chosen by `$2` (part of name or address) and `$3` (a role).
macro_rules! people_where {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM person p WHERE ($2 IS NULL OR LOWER(p.name) LIKE $2 OR p.email LIKE $2)
               AND EXISTS (SELECT 1 FROM access_grant g LEFT JOIN setting s ON s.id = g.setting_id
                           WHERE g.person_id = p.id AND g.revoked_at IS NULL AND ($3 IS NULL OR g.role = $3) AND ",
            in_authority!(),
            ") ",
            $rest
        )
    };
}

/// The people who hold a grant in the actor's authority, by name, and how many there are in all.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn list(desk: &Desk, actor: &Actor, filter: &Filter, page: Page) -> Result<(Vec<Person>, i64)> {
    desk.authorise(actor, Operation::SeePeople)?;
    let authority = actor.authority().map(|code| code.as_str().to_owned());
    let text = filter.text.as_deref().map(|t| format!("%{}%", t.trim().to_lowercase().replace('%', " ")));
    let role = filter.role.map(Role::as_str);
    let mut conn = desk.read().await?;
    let rows = fetch_all!(
        conn,
        Row,
        people_where!(
            "SELECT p.id, p.email, p.name, p.totp_confirmed_at IS NOT NULL AS has_app,
                    (SELECT MAX(i.last_seen_at) FROM sign_in i WHERE i.person_id = p.id) AS last_seen_at",
            "ORDER BY LOWER(p.name), p.id LIMIT $4 OFFSET $5"
        ),
        &authority,
        &text,
        role,
        page.size,
        page.offset(),
    )?;
    let total = fetch_scalar!(conn, i64, people_where!("SELECT COUNT(*)", ""), &authority, &text, role)?;
    let held = fetch_all!(
        conn,
        grants::Row,
        grants_where!(
            in_authority!(),
            " AND g.person_id IN (",
            people_where!("SELECT p.id", "ORDER BY LOWER(p.name), p.id LIMIT $4 OFFSET $5"),
            ") ORDER BY g.created_at, g.id"
        ),
        &authority,
        &text,
        role,
        page.size,
        page.offset(),
    )?;
    let mut by_person: HashMap<Uuid, Vec<Grant>> = HashMap::new();
    for grant in held {
        let grant = grant.read()?;
        by_person.entry(grant.person).or_default().push(grant);
    }
    let people = rows
        .into_iter()
        .map(|row| {
            let grants = by_person.remove(&row.id).unwrap_or_default();
            row.with(grants)
        })
        .collect();
    Ok((people, total))
}

impl Row {
    fn with(self, grants: Vec<Grant>) -> Person {
        let Self { id, email, name, has_app, last_seen_at } = self;
        Person { id, email, name, has_app, last_seen_at, grants }
    }
}

/// A person who holds a grant in the actor's authority.
pub(crate) async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Person> {
    let row = fetch_one!(
        conn,
        Row,
        "SELECT p.id, p.email, p.name, p.totp_confirmed_at IS NOT NULL AS has_app,
                (SELECT MAX(i.last_seen_at) FROM sign_in i WHERE i.person_id = p.id) AS last_seen_at
         FROM person p WHERE p.id = $1",
        id,
    )?;
    let grants = grants::of_person_here(conn, actor, id).await?;
    if grants.is_empty() && actor.scope != Scope::Everything {
        return Err(Error::NotFound);
    }
    Ok(row.with(grants))
}

/// A person's page: who they are, where they are signed in, and what was done to them.
#[derive(Debug, Clone)]
pub struct Details {
    /// The person, with their roles here.
    pub person: Person,
    /// Their sign-ins that have not ended.
    pub sign_ins: Vec<sign_ins::Line>,
    /// What was done to them, under this authority.
    pub trail: Vec<audit::Line>,
}

/// A person who holds a grant in the actor's authority.
///
/// # Errors
/// Forbidden to all but an administrator; somebody who holds none here.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Details> {
    desk.authorise(actor, Operation::SeePeople)?;
    let mut conn = desk.read().await?;
    let person = find(&mut conn, actor, id).await?;
    let sign_ins = sign_ins::of_person(&mut conn, desk, id).await?;
    let mut trail = audit::of_record(&mut conn, "person", &id.to_string()).await?;
    // What another authority did with them is its own affair.
    if let Some(code) = actor.authority() {
        trail.retain(|line| line.authority_code.as_deref() == Some(code.as_str()));
    }
    Ok(Details { person, sign_ins, trail })
}

/// Somebody to add, with their first role here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The address they will sign in by.
    pub email: EmailAddress,
    /// Their name; kept as it is when they are known already.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Adds a person with a role, or gives the role to a person who is known already, and invites them by mail.
///
/// # Errors
/// Forbidden; a role and scope that do not fit, or lie outside the actor's authority; they hold it already.
pub async fn add(desk: &Desk, actor: &Actor, new: &NewPerson) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditPeople)?;
    let name = tidy_name(&new.name)?;
    let mut conn = desk.write().await?;
    grants::check(&mut conn, actor, new.role, &new.scope).await?;
    execute!(
        conn,
        "INSERT INTO person (id, email, name, created_at, version) VALUES ($1, $2, $3, $4, 1) ON CONFLICT (email) DO NOTHING",
        Uuid::now_v7(),
        new.email.as_str(),
        &name,
        desk.now(),
    )?;
    let person = fetch_scalar!(conn, Uuid, "SELECT id FROM person WHERE email = $1", new.email.as_str())?;
    grants::give(&mut conn, desk, actor, person, new.role, &new.scope).await?;
    desk.commit(conn, person).await?;
    Ok(person)
}

/// The longest name of a person, in characters.
pub(crate) const LONGEST_NAME: usize = 100;

fn tidy_name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        1..=LONGEST_NAME => Ok(name),
        _ => Err(Error::field("name", "Enter a name, at most 100 characters")),
    }
}

/// Changes one's own name.
///
/// # Errors
/// Forbidden; no name.
pub async fn rename(desk: &Desk, actor: &Actor, name: &str) -> Result<()> {
    desk.authorise(actor, Operation::EditOwnAccount)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::EditOwnAccount))?;
    let name = tidy_name(name)?;
    let mut conn = desk.write().await?;
    execute!(conn, "UPDATE person SET name = $1, version = version + 1 WHERE id = $2", name, person)?;
    let authority = audit::authority_of(&mut conn, actor).await?;
    let change = Change {
        operation: Operation::EditOwnAccount,
        authority: authority.as_deref(),
        record_kind: "person",
        record_id: person.to_string(),
        before: json!({ "name": REDACTED }),
        after: json!({ "name": REDACTED }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, person).await
}

/// One's own address and name.
///
/// # Errors
/// Forbidden.
pub async fn own(desk: &Desk, actor: &Actor) -> Result<(String, String)> {
    desk.authorise(actor, Operation::SeeOwnSignIns)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::SeeOwnSignIns))?;
    let mut conn = desk.read().await?;
    fetch_one!(conn, (String, String), "SELECT email, name FROM person WHERE id = $1", person)
}

/// Ends every sign-in of a person who holds a grant in the actor's authority, and says how many there were.
///
/// # Errors
/// Forbidden; somebody who holds none here.
pub async fn end_sign_ins(desk: &Desk, actor: &Actor, id: Uuid) -> Result<u64> {
    desk.authorise(actor, Operation::EditPeople)?;
    let mut conn = desk.write().await?;
    find(&mut conn, actor, id).await?;
    let ended = sign_ins::end_all(&mut conn, desk, id, None).await?;
    sign_ins::note_ended(&mut conn, desk, actor, Operation::EditPeople, id, ended).await?;
    desk.commit(conn, ended).await?;
    Ok(ended)
}
