//! The groups that a sheet names which comes back, and whose they are.

use std::collections::BTreeSet;

use intake::attendance::FilledRow;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::within::Within;

/// A group that a row is about, with what decides whose it is.
#[derive(sqlx::FromRow)]
pub(super) struct Found {
    pub id: Uuid,
    pub visit_id: Uuid,
    pub session_id: Uuid,
    authority_code: String,
    provider_id: Uuid,
    setting_id: Uuid,
    trust_code: Option<String>,
    heir_id: Option<Uuid>,
    heir_trust: Option<String>,
}

impl Found {
    pub(super) fn lies_within(&self, within: &Within) -> bool {
        let is_own = |setting: Option<Uuid>, trust: &Option<String>| {
            within.setting.is_none_or(|own| Some(own) == setting)
                && within.trust.as_ref().is_none_or(|own| Some(own) == trust.as_ref())
        };
        within.authority.as_ref().is_none_or(|own| *own == self.authority_code)
            && within.provider.is_none_or(|own| own == self.provider_id)
            && (is_own(Some(self.setting_id), &self.trust_code)
                || (self.heir_id.is_some() && is_own(self.heir_id, &self.heir_trust)))
    }
}

/// The groups of these rows; a school that carries on another's history counts for it.
pub(super) async fn found<'a>(conn: &mut Conn, groups: impl Iterator<Item = &'a Uuid>) -> Result<Vec<Found>> {
    let groups: Vec<Uuid> = groups.copied().collect();
    fetch_in!(
        conn,
        Found,
        "SELECT g.id, x.visit_id, x.id AS session_id, x.authority_code, t.provider_id, g.setting_id, s.trust_code,
            c.id AS heir_id, c.trust_code AS heir_trust
         FROM attending_group g JOIN session x ON x.id = g.session_id JOIN tour t ON t.id = x.tour_id
         JOIN setting s ON s.id = g.setting_id LEFT JOIN lineage l ON l.setting_id = s.id
         LEFT JOIN setting c ON c.id = l.current_id WHERE g.id IN ",
        groups,
        " ORDER BY g.id"
    )
}

/// The authorities whose groups these are.
pub(super) async fn authorities(conn: &mut Conn, within: &Within, rows: &[FilledRow]) -> Result<Vec<String>> {
    let groups: BTreeSet<Uuid> = rows.iter().map(|row| row.key.group).collect();
    let own = found(conn, groups.iter()).await?.into_iter().filter(|found| found.lies_within(within));
    let codes: BTreeSet<String> = own.map(|found| found.authority_code).collect();
    Ok(codes.into_iter().collect())
}
