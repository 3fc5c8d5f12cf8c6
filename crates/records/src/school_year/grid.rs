//! What stands in a school's year: its programmes, groups, invitations and free openings, each in one query.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::{Actor, Operation, permitted};
use domain::invitation::InvitationState;
use domain::offer::Declined;
use domain::programme::{Audience, ProgrammeKind};
use domain::session::{State, first_bookable};
use domain::setting::SettingType;
use domain::{AcademicYear, TermSet, YearGroups};
use uuid::Uuid;

use super::{Programme, School, Totals};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::programmes::audience;

/// A programme's row.
#[derive(sqlx::FromRow)]
pub(super) struct Column {
    pub id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub kind: ProgrammeKind,
    pub for_adults: bool,
    #[sqlx(try_from = "String")]
    setting_types: TermSet<SettingType>,
    #[sqlx(try_from = "i64")]
    year_groups: YearGroups,
    pub parts: i64,
}

impl Column {
    pub(super) fn audience(&self) -> Audience {
        audience(self.for_adults, &self.setting_types, self.year_groups)
    }
}

/// A group of the school in a session of the year.
#[derive(sqlx::FromRow)]
pub(super) struct Group {
    pub session_id: Uuid,
    pub programme_id: Uuid,
    pub on_date: NaiveDate,
    pub slot_label: String,
    pub part: i64,
    #[sqlx(try_from = "String")]
    pub state: State,
    reason: String,
    #[sqlx(try_from = "i64")]
    pub year_groups: YearGroups,
    attended: Option<i64>,
    attended_send: Option<i64>,
    withdrawn: Option<i64>,
    adults: Option<i64>,
    is_history: bool,
}

impl Group {
    pub(super) const fn is_counted(&self) -> bool {
        self.attended.is_some()
    }

    /// The day, where the school was offered it and said no.
    pub(super) fn declined(&self) -> Option<Declined> {
        let declined = Declined { on_date: self.on_date, because: self.reason.parse().ok() };
        (self.state == State::Declined).then_some(declined)
    }

    /// Whether nobody is asked for its headcount: it is on record, or the session was taken over from older records.
    pub(super) const fn is_settled(&self) -> bool {
        self.is_counted() || self.is_history
    }
}

/// Everything the grid is made of.
pub(super) struct Found {
    pub today: NaiveDate,
    pub columns: Vec<Column>,
    /// By day.
    pub groups: Vec<Group>,
    /// The latest word of an invitation, by programme.
    pub invitations: BTreeMap<Uuid, InvitationState>,
    /// What the school asks for, group by group, by programme.
    pub requests: Vec<(Uuid, YearGroups)>,
    /// With whom it stands on a waiting list, by programme.
    pub waiting: Vec<(Uuid, YearGroups)>,
    /// The tour that it may ask to come, by programme: the latest of those that are open.
    pub askable: BTreeMap<Uuid, Uuid>,
    /// The tour with the earliest free opening, by programme.
    pub offers: BTreeMap<Uuid, Uuid>,
    /// Whether the actor may book it.
    pub may_book: bool,
    /// Years in which the school has sessions.
    pub years: Vec<AcademicYear>,
}

impl Found {
    pub(super) async fn of(
        conn: &mut Conn,
        desk: &Desk,
        actor: &Actor,
        school: &School,
        year: AcademicYear,
    ) -> Result<Self> {
        let today = desk.today();
        let number = i64::from(year);
        // Open programmes belong to the present; what had a tour, or came to the school, belongs to its own year.
        let columns = fetch_all!(
            conn,
            Column,
            "SELECT p.id, p.name, p.kind, p.for_adults, p.setting_types, p.year_groups,
                (SELECT COUNT(*) FROM programme_part q WHERE q.programme_id = p.id) AS parts
             FROM programme p
             WHERE p.authority_code = $1 AND ((p.status = 'open' AND $2 = $3)
                OR (p.status <> 'draft' AND EXISTS (SELECT 1 FROM tour t
                    WHERE t.programme_id = p.id AND t.academic_year = $2 AND t.status <> 'draft'))
                OR EXISTS (SELECT 1 FROM session x JOIN attending_group g ON g.session_id = x.id
                    WHERE x.programme_id = p.id AND x.academic_year = $2 AND (g.setting_id = $4 OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $4)) AND x.live))
             ORDER BY p.name, p.id",
            &school.authority_code,
            number,
            i64::from(AcademicYear::containing(today)),
            school.id,
        )?;
        let groups = fetch_all!(
            conn,
            Group,
            "SELECT x.id AS session_id, x.programme_id, x.on_date, x.slot_label, x.part, x.state, x.reason, g.year_groups, g.attended,
                g.attended_send, g.withdrawn, g.adults, x.import_id IS NOT NULL AS is_history
             FROM attending_group g JOIN session x ON x.id = g.session_id
             WHERE (g.setting_id = $1 OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $1)) AND x.academic_year = $2
             ORDER BY x.on_date, x.starts_minute, x.id, g.id",
            school.id,
            number,
        )?;
        let invitations = fetch_all!(
            conn,
            (Uuid, String),
            "SELECT t.programme_id, i.state FROM invitation i JOIN tour t ON t.id = i.tour_id
             WHERE (i.setting_id = $1 OR i.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $1)) AND t.academic_year = $2 ORDER BY i.sent_at, i.id",
            school.id,
            number,
        )?;
        let invitations = invitations
            .into_iter()
            .map(|(programme, state)| Ok((programme, state.parse().map_err(Error::unavailable)?)))
            .collect::<Result<_>>()?;
        let requests = fetch_all!(
            conn,
            (Uuid, i64),
            "SELECT t.programme_id, g.year_groups FROM request r JOIN tour t ON t.id = r.tour_id
             JOIN request_group g ON g.request_id = r.id
             WHERE (r.setting_id = $1 OR r.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $1)) AND t.academic_year = $2 AND r.state IN ('asked', 'placed')",
            school.id,
            number,
        )?;
        let requests = requests
            .into_iter()
            .map(|(programme, mask)| Ok((programme, YearGroups::try_from(mask).map_err(Error::unavailable)?)))
            .collect::<Result<_>>()?;
        let waiting = fetch_all!(
            conn,
            (Uuid, i64),
            "SELECT t.programme_id, g.year_groups FROM waiting w JOIN tour t ON t.id = w.tour_id
             JOIN waiting_group g ON g.waiting_id = w.id
             WHERE (w.setting_id = $1 OR w.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $1)) AND t.academic_year = $2 AND w.state IN ('waiting', 'offered')",
            school.id,
            number,
        )?;
        let waiting = waiting
            .into_iter()
            .map(|(programme, mask)| Ok((programme, YearGroups::try_from(mask).map_err(Error::unavailable)?)))
            .collect::<Result<_>>()?;
        let askable = fetch_all!(
            conn,
            (Uuid, Uuid),
            "SELECT t.programme_id, t.id FROM tour t
             WHERE t.authority_code = $1 AND t.academic_year = $2 AND t.status = 'open' AND t.ends > $3
             ORDER BY t.ends, t.id",
            &school.authority_code,
            number,
            today,
        )?;
        let offers = fetch_all!(
            conn,
            (Uuid, Uuid),
            "SELECT t.programme_id, t.id FROM opening o JOIN tour t ON t.id = o.tour_id
             WHERE t.authority_code = $1 AND t.academic_year = $2 AND t.status = 'open' AND o.on_date >= $3
                AND NOT EXISTS (SELECT 1 FROM session x WHERE x.team_id = o.team_id AND x.on_date = o.on_date
                    AND x.slot = o.slot AND x.live AND (x.state <> 'reserved' OR x.reserved_until >= $4))
             GROUP BY t.programme_id, t.id ORDER BY MIN(o.on_date) DESC, t.id",
            &school.authority_code,
            number,
            first_bookable(actor.role, today),
            desk.now(),
        )?;
        let years = fetch_all!(
            conn,
            (i64,),
            "SELECT DISTINCT x.academic_year FROM session x JOIN attending_group g ON g.session_id = x.id
             WHERE (g.setting_id = $1 OR g.setting_id IN (SELECT l.setting_id FROM lineage l WHERE l.current_id = $1))",
            school.id,
        )?;
        let years =
            years.into_iter().map(|(y,)| AcademicYear::new(y).map_err(Error::unavailable)).collect::<Result<_>>()?;
        Ok(Self {
            today,
            columns,
            groups,
            invitations,
            requests,
            waiting,
            askable: if permitted(actor.role, Operation::AskForTour) {
                askable.into_iter().collect()
            } else {
                BTreeMap::new()
            },
            // The last of a programme, the earliest, stays.
            offers: offers.into_iter().collect(),
            may_book: permitted(actor.role, Operation::BookSession),
            years,
        })
    }

    /// What each programme came to, and all of them together.
    pub(super) fn totals(self) -> (Vec<Programme>, Totals) {
        let mut all = Totals::default();
        let mut sessions = BTreeSet::new();
        let mut by_programme = BTreeMap::<Uuid, Totals>::new();
        for group in self.groups.iter().filter(|g| g.state == State::Delivered) {
            let one = by_programme.entry(group.programme_id).or_default();
            let first = i64::from(sessions.insert(group.session_id));
            for totals in [one, &mut all] {
                totals.sessions += first;
                totals.pupils += group.attended.unwrap_or(0);
                // Older records say how many pupils came, and no more: what nobody said is no zero.
                for (total, said) in [
                    (&mut totals.send, group.attended_send),
                    (&mut totals.withdrawn, group.withdrawn),
                    (&mut totals.adults, group.adults),
                ] {
                    *total = said.map(|n| total.unwrap_or(0) + n).or(*total);
                }
                totals.uncounted += i64::from(!group.is_counted());
            }
        }
        let programme = |column: Column| Programme {
            totals: by_programme.get(&column.id).copied().unwrap_or_default(),
            id: column.id,
            name: column.name,
            kind: column.kind,
        };
        (self.columns.into_iter().map(programme).collect(), all)
    }
}
