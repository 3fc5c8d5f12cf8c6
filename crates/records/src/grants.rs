//! Grants: a role in a scope, held by a person.

mod giving;
mod scopes;

use domain::access::{Actor, Role, Scope};
use domain::setting::LaCode;
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};

pub use giving::revoke;
pub(crate) use giving::{check, give, welcome};
pub use scopes::{Choice, choices, named};

/// A grant, with the name of what it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The grant's key.
    pub id: Uuid,
    /// Whose it is.
    pub person: Uuid,
    /// The person's name.
    pub person_name: String,
    /// The role.
    pub role: Role,
    /// What it reaches.
    pub scope: Scope,
    /// The authority's, provider's, school's or trust's name.
    pub scope_name: String,
}

impl Grant {
    /// The actor under this grant.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { person: Some(self.person), grant: Some(self.id), role: self.role, scope: self.scope.clone() }
    }
}

/// The scope columns of a grant, one of which is set.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ScopeColumns {
    pub authority_code: Option<String>,
    pub provider_id: Option<Uuid>,
    pub setting_id: Option<Uuid>,
    pub trust_code: Option<String>,
}

impl ScopeColumns {
    pub fn of(scope: &Scope) -> Self {
        let mut columns = Self { authority_code: None, provider_id: None, setting_id: None, trust_code: None };
        match scope {
            Scope::Authority(code) => columns.authority_code = Some(code.as_str().to_owned()),
            Scope::Provider(id) => columns.provider_id = Some(*id),
            Scope::Setting(id) => columns.setting_id = Some(*id),
            Scope::Trust(code) => columns.trust_code = Some(code.clone()),
            Scope::Everything => {}
        }
        columns
    }

    /// # Errors
    /// None is set: no grant is written like that.
    pub fn scope(self) -> Result<Scope> {
        Ok(match (self.authority_code, self.provider_id, self.setting_id, self.trust_code) {
            (Some(code), ..) => Scope::Authority(LaCode::try_from(code).map_err(Error::unavailable)?),
            (_, Some(id), ..) => Scope::Provider(id),
            (_, _, Some(id), _) => Scope::Setting(id),
            (.., Some(code)) => Scope::Trust(code),
            _ => return Err(Error::unavailable("a grant without a scope")),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    person_id: Uuid,
    person_name: String,
    #[sqlx(try_from = "String")]
    role: Role,
    #[sqlx(flatten)]
    scope: ScopeColumns,
    scope_name: String,
}

impl Row {
    pub(crate) fn read(self) -> Result<Grant> {
        Ok(Grant {
            id: self.id,
            person: self.person_id,
            person_name: self.person_name,
            role: self.role,
            scope: self.scope.scope()?,
            scope_name: self.scope_name,
        })
    }
}

/// What a query of grants selects; ends in `FROM … ` so that conditions on `g`, `p`, `a`, `v`, `s` may follow.
macro_rules! grants_where {
    ($($conditions:tt)*) => {
        concat!(
            "SELECT g.id, g.person_id, p.name AS person_name, g.role, g.authority_code, g.provider_id, g.setting_id,
                    g.trust_code,
                    COALESCE(a.name, v.name, s.name,
                             (SELECT MIN(t.trust_name) FROM setting t WHERE t.trust_code = g.trust_code), '') AS scope_name
             FROM access_grant g JOIN person p ON p.id = g.person_id
             LEFT JOIN authority a ON a.code = g.authority_code
             LEFT JOIN provider v ON v.id = g.provider_id
             LEFT JOIN setting s ON s.id = g.setting_id
             WHERE g.revoked_at IS NULL AND ",
            $($conditions)*
        )
    };
}

/// The condition that a grant `g`, with its setting `s`, lies in the authority `$1`; none: anywhere.
macro_rules! in_authority {
    () => {
        "($1 IS NULL OR g.authority_code = $1 OR s.authority_code = $1
           OR g.provider_id IN (SELECT w.provider_id FROM provider_authority w WHERE w.authority_code = $1)
           OR g.trust_code IN (SELECT c.trust_code FROM setting c WHERE c.authority_code = $1))"
    };
}

pub(crate) use {grants_where, in_authority};

/// A grant that was not revoked.
pub(crate) async fn find(conn: &mut Conn, id: Uuid) -> Result<Grant> {
    fetch_one!(conn, Row, grants_where!("g.id = $1"), id)?.read()
}

/// A person's grants that were not revoked, the oldest first.
pub(crate) async fn of_person(conn: &mut Conn, person: Uuid) -> Result<Vec<Grant>> {
    fetch_all!(conn, Row, grants_where!("g.person_id = $1 ORDER BY g.created_at, g.id"), person)?
        .into_iter()
        .map(Row::read)
        .collect()
}

/// A person's grants in the actor's authority, the oldest first.
pub(crate) async fn of_person_here(conn: &mut Conn, actor: &Actor, person: Uuid) -> Result<Vec<Grant>> {
    fetch_all!(
        conn,
        Row,
        grants_where!(in_authority!(), " AND g.person_id = $2 ORDER BY g.created_at, g.id"),
        actor.authority().map(|code| code.as_str().to_owned()),
        person,
    )?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// Whether a grant reaches into a demonstration authority.
pub(crate) async fn is_for_demonstration(conn: &mut Conn, grant: &Grant) -> Result<bool> {
    let columns = ScopeColumns::of(&grant.scope);
    let found = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM authority d WHERE d.is_demo AND (
            d.code = $1
            OR EXISTS (SELECT 1 FROM provider_authority w WHERE w.authority_code = d.code AND w.provider_id = $2)
            OR EXISTS (SELECT 1 FROM setting s WHERE s.authority_code = d.code AND (s.id = $3 OR s.trust_code = $4)))",
        columns.authority_code,
        columns.provider_id,
        columns.setting_id,
        columns.trust_code,
    )?;
    Ok(found > 0)
}

/// Every grant in demonstration authorities but schools', and of each kind of school the first two: what the page
/// of one-press sign-ins shows. With `school`, the schools whose name holds it instead.
///
/// # Errors
/// The database does not answer.
pub async fn for_demonstration(desk: &Desk, school: Option<&str>) -> Result<Vec<Grant>> {
    let mut conn = desk.read().await?;
    let mut rows = match school {
        None => fetch_all!(
            conn,
            Row,
            grants_where!(
                "(a.is_demo OR g.trust_code IN (SELECT c.trust_code FROM setting c
                                    JOIN authority d ON d.code = c.authority_code AND d.is_demo)
                  OR v.id IN (SELECT w.provider_id FROM provider_authority w
                              JOIN authority d ON d.code = w.authority_code AND d.is_demo)
                  OR g.id IN (SELECT k.id FROM (
                       SELECT h.id, ROW_NUMBER() OVER (PARTITION BY c.setting_type, c.phase ORDER BY c.search_name, h.id) AS place
                       FROM access_grant h JOIN setting c ON c.id = h.setting_id
                       JOIN authority d ON d.code = c.authority_code AND d.is_demo
                       WHERE h.revoked_at IS NULL AND h.role = 'school') k WHERE k.place <= 2))
                 ORDER BY g.role, scope_name, p.name LIMIT 200"
            ),
        )?,
        Some(school) => fetch_all!(
            conn,
            Row,
            grants_where!(
                "s.search_name LIKE $1 AND s.authority_code IN (SELECT d.code FROM authority d WHERE d.is_demo)
                 ORDER BY s.search_name, p.name LIMIT 30"
            ),
            format!("%{}%", domain::setting::search_name(school)),
        )?,
    };
    rows.retain(|r| r.role != Role::System);
    rows.into_iter().map(Row::read).collect()
}
