//! A list taken back: what was built on it, and removing what it gave. The rest is `crate::taking_back`.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::before::{self, Kept};
use crate::db::Conn;
use crate::error::Result;
use crate::taking_back::{At, Built, Hold};

/// What was built on an import: somebody signed in or did something under a role it gave, a role was taken
/// away, a school's address was changed.
pub(crate) async fn built_on(conn: &mut Conn, id: Uuid, hold: Hold) -> Result<Vec<Built>> {
    if hold == Hold::Yes {
        // Whoever changes one of its people's roles meanwhile waits, or is waited for.
        execute!(
            conn,
            "UPDATE person SET version = version
             WHERE id IN (SELECT person_id FROM access_grant WHERE import_id = $1)",
            id
        )?;
    }
    // The audit has a line for each role of a list, and no order by grants: it is read once, not once for each role.
    let people = fetch_all!(
        conn,
        (Uuid, String, String, String),
        "WITH used (grant_id) AS (SELECT a.grant_id FROM audit a WHERE a.grant_id IS NOT NULL),
            signed (grant_id) AS (SELECT i.grant_id FROM sign_in i WHERE i.grant_id IS NOT NULL),
            came (person_id) AS (SELECT i.person_id FROM sign_in i)
         SELECT DISTINCT p.id, p.name, p.email,
            CASE WHEN g.revoked_at IS NOT NULL THEN 'has lost the role since'
                 WHEN g.id IN (SELECT grant_id FROM signed)
                    OR (p.import_id = $1 AND p.id IN (SELECT person_id FROM came)) THEN 'has signed in'
                 ELSE 'has done something under the role' END AS why
         FROM access_grant g JOIN person p ON p.id = g.person_id
         WHERE g.import_id = $1 AND (g.revoked_at IS NOT NULL OR g.id IN (SELECT grant_id FROM signed)
            OR (p.import_id = $1 AND p.id IN (SELECT person_id FROM came)) OR g.id IN (SELECT grant_id FROM used))
         ORDER BY p.name, p.email, why",
        id
    )?;
    let phrase = |(id, name, email, why)| Built::new(format!("{name} ({email}) {why}"), At::Person(id));
    let mut built: Vec<Built> = people.into_iter().map(phrase).collect();
    let kept = before::kept(conn, id).await?;
    if hold == Hold::Yes {
        let settings: Vec<Uuid> = kept.iter().flat_map(Kept::ids).collect();
        execute_in!(conn, "UPDATE setting SET version = version WHERE id IN ", settings, "")?;
    }
    built.extend(before::changed_since(conn, &kept).await?);
    Ok(built)
}

/// Takes back the roles that an import gave, the people nobody knew before, schools' addresses, remembered names and
/// columns, and mails that have not gone yet. Returns how many roles there were, for the audit line.
pub(crate) async fn remove(conn: &mut Conn, id: Uuid) -> Result<Value> {
    let kept = before::kept(conn, id).await?;
    let addresses = kept.iter().flat_map(Kept::ids).count();
    before::restore(conn, id, &kept).await?;
    execute!(
        conn,
        "DELETE FROM outbox WHERE record_kind = 'import' AND record_id = $1 AND sent_at IS NULL",
        id.to_string()
    )?;
    let roles = execute!(conn, "DELETE FROM access_grant WHERE import_id = $1", id)?;
    // Whoever was given another role since stays, as somebody else's.
    let brought = "SELECT p.id FROM person p WHERE p.import_id = $1
        AND NOT EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id)";
    for table in ["sign_in_code WHERE person_id", "person WHERE id"] {
        execute!(conn, sqlx::AssertSqlSafe(format!("DELETE FROM {table} IN ({brought})")), id)?;
    }
    execute!(conn, "UPDATE person SET import_id = NULL WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM school_alias WHERE import_id = $1", id)?;
    execute!(conn, "DELETE FROM import_shape WHERE import_id = $1", id)?;
    Ok(json!({ "state": "applied", "roles": roles, "addresses": addresses }))
}
