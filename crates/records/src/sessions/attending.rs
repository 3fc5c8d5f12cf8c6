//! The groups that attend a session: who is expected, and who was counted.

use domain::access::Actor;
use domain::year_group::YearGroups;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

/// A group that attends.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Group {
    /// Where its pupils belong.
    pub setting_id: Uuid,
    /// That setting's name.
    pub setting: String,
    /// Its year groups; none at all where they are not followed, or not said.
    #[sqlx(try_from = "i64")]
    pub year_groups: YearGroups,
    /// No year groups mean that the older records it comes from do not say them: else that it follows none.
    pub is_unsaid: bool,
    /// What the school calls it.
    pub label: String,
    /// Expected.
    pub expected: i64,
    /// Of whom SEND, where the school said.
    pub expected_send: Option<i64>,
    /// Counted; none: not yet.
    pub attended: Option<i64>,
    /// Of whom SEND, as it was counted.
    pub attended_send: Option<i64>,
    /// Pupils withdrawn by their parents: not among those counted.
    pub withdrawn: Option<i64>,
    /// Adults who were there.
    pub adults: Option<i64>,
}

/// Those of a session that the actor finds.
pub(super) async fn groups(conn: &mut Conn, actor: &Actor, session: Uuid) -> Result<Vec<Group>> {
    let within = Within::of(actor);
    fetch_all!(
        conn,
        Group,
        "SELECT g.setting_id, s.name AS setting, g.year_groups, g.label, g.expected, g.expected_send, g.attended,
            g.attended_send, g.withdrawn, g.adults, x.import_id IS NOT NULL AND s.year_groups_source <> 'not_followed' AS is_unsaid
         FROM attending_group g JOIN setting s ON s.id = g.setting_id JOIN session x ON x.id = g.session_id
         WHERE g.session_id = $1 AND ($2 IS NULL OR s.id = $2 OR s.id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $2))
           AND ($3 IS NULL OR s.trust_code = $3 OR s.id IN
               (SELECT l.setting_id FROM lineage l JOIN setting c ON c.id = l.current_id WHERE c.trust_code = $3))
         ORDER BY s.name, g.year_groups, g.label, g.id",
        session,
        within.setting,
        within.trust,
    )
}
