//! What a school can book, and what it was invited to.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Actor;
use domain::money::Pence;
use domain::programme::{Audience, Eligibility, ProgrammeKind};
use domain::session::first_bookable;
use domain::setting::SettingType;
use domain::{TermSet, YearGroups};
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::invitations;
use crate::programmes::audience;
use crate::within::Within;

/// A tour with free openings that the school has not booked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Offer {
    /// The tour.
    pub tour_id: Uuid,
    programme_id: Uuid,
    academic_year: i64,
    authority_code: String,
    /// The programme's name.
    pub programme: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: ProgrammeKind,
    /// What it is about, in a sentence.
    pub summary: String,
    for_adults: bool,
    #[sqlx(try_from = "String")]
    setting_types: TermSet<SettingType>,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    /// What a school pays for a visit.
    #[sqlx(try_from = "i64")]
    pub price_pence: Pence,
    /// How many openings are free.
    pub free: i64,
    /// The day of the first of them.
    pub first: NaiveDate,
}

impl Offer {
    /// For whom it is.
    #[must_use]
    pub fn audience(&self) -> Audience {
        audience(self.for_adults, &self.setting_types, self.year_groups)
    }
}

/// A school of the actor's, as an audience sees it.
#[derive(sqlx::FromRow)]
struct School {
    id: Uuid,
    authority_code: String,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    year_groups: Option<i64>,
}

/// Tours that can be booked and are for a school of the actor's that has not booked them this academic year.
pub(super) async fn offers(conn: &mut Conn, desk: &Desk, actor: &Actor, within: &Within) -> Result<Vec<Offer>> {
    let schools = fetch_all!(
        conn,
        School,
        "SELECT s.id, s.authority_code, s.setting_type, s.year_groups FROM setting s
         WHERE (s.id = $1 OR s.trust_code = $2) AND s.status IN ('open', 'closing')",
        within.setting,
        within.trust.as_deref(),
    )?;
    let booked: BTreeSet<(Uuid, i64, Uuid)> = fetch_all!(
        conn,
        (Uuid, i64, Uuid),
        "SELECT DISTINCT x.programme_id, x.academic_year, g.setting_id
         FROM attending_group g JOIN session x ON x.id = g.session_id JOIN setting s ON s.id = g.setting_id
         WHERE x.live AND (g.setting_id = $1 OR s.trust_code = $2)",
        within.setting,
        within.trust.as_deref(),
    )?
    .into_iter()
    .collect();
    let mut offers = fetch_all!(
        conn,
        Offer,
        "SELECT t.id AS tour_id, t.programme_id, t.academic_year, t.authority_code, p.name AS programme, p.kind, p.summary,
            p.for_adults, p.setting_types, p.year_groups, t.price_pence, COUNT(*) AS free, MIN(o.on_date) AS first
         FROM opening o JOIN tour t ON t.id = o.tour_id JOIN programme p ON p.id = t.programme_id
         WHERE t.status = 'open' AND p.status = 'open' AND o.on_date >= $1
            AND t.authority_code IN (SELECT s.authority_code FROM setting s WHERE s.id = $3 OR s.trust_code = $4)
            AND NOT EXISTS (SELECT 1 FROM session x WHERE x.team_id = o.team_id AND x.on_date = o.on_date AND x.slot = o.slot
                AND x.live AND (x.state <> 'reserved' OR x.reserved_until >= $2))
         GROUP BY t.id, t.programme_id, t.academic_year, t.authority_code, p.name, p.kind, p.summary, p.for_adults,
            p.setting_types, p.year_groups, t.price_pence
         ORDER BY first, p.name, t.id",
        first_bookable(actor.role, desk.today()),
        desk.now(),
        within.setting,
        within.trust.as_deref(),
    )?;
    offers.retain(|offer| {
        let audience = offer.audience();
        schools.iter().any(|school| {
            let taught = school.year_groups.and_then(|mask| YearGroups::try_from(mask).ok());
            school.authority_code == offer.authority_code
                && audience.eligibility(school.setting_type, taught) != Eligibility::NotEligible
                && !booked.contains(&(offer.programme_id, offer.academic_year, school.id))
        })
    });
    Ok(offers)
}

/// An invitation that waits for the school's answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invited {
    id: Uuid,
    sendings: i64,
    /// The page where the school answers.
    #[sqlx(skip)]
    pub path: String,
    /// The tour.
    pub tour_id: Uuid,
    /// The programme's name.
    pub programme: String,
    /// The school invited.
    pub school: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// The last day to answer.
    pub answer_by: Option<NaiveDate>,
}

/// Invitations of the actor's schools that nobody has answered, the oldest first.
pub(super) async fn invited(conn: &mut Conn, desk: &Desk, within: &Within) -> Result<Vec<Invited>> {
    let mut invited = fetch_all!(
        conn,
        Invited,
        "SELECT i.id, i.sendings, t.id AS tour_id, p.name AS programme, s.name AS school, i.sent_at, i.answer_by
         FROM invitation i JOIN tour t ON t.id = i.tour_id JOIN programme p ON p.id = t.programme_id
         JOIN setting s ON s.id = i.setting_id
         WHERE i.state = 'sent' AND t.status = 'open' AND (s.id = $1 OR s.trust_code = $2)
            AND t.ends >= $3 AND (i.answer_by IS NULL OR i.answer_by >= $3)
         ORDER BY i.sent_at, i.id LIMIT 20",
        within.setting,
        within.trust.as_deref(),
        desk.today(),
    )?;
    for invited in &mut invited {
        invited.path = invitations::answer_path(desk, invited.id, invited.sendings);
    }
    Ok(invited)
}
