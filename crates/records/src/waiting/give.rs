//! Giving a free slot to whoever waits: in the transaction that frees it, and by a job for what that left.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::YearGroups;
use domain::access::Actor;
use domain::availability::{SchoolCalendar, TeamCalendar};
use domain::offer::waiting_until;
use domain::programme::{Eligibility, Need, Status};
use domain::session::Group;
use domain::setting::{SettingStatus, SettingType};
use domain::slot::{Slot, TimeOfDay};
use domain::waiting::{Free, Wish, in_order};
use uuid::Uuid;

use super::{needs, part_of_day};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::openings::{self, Opening};
use crate::sessions::{NewOffer, Session, put_offer};
use crate::tours::{self, Tour};
use crate::{Desk, availability, need};

/// A slot that is free.
#[derive(Debug, Clone)]
struct FreeSlot {
    team: Uuid,
    on_date: NaiveDate,
    slot: Slot,
}

/// Offers the slot a session let go of to whoever waits for its tour.
pub(crate) async fn freed(conn: &mut Conn, desk: &Desk, session: &Session) -> Result<()> {
    let (Some(team), Some(number), Some((starts, ends))) = (session.team_id, session.slot, session.times()) else {
        return Ok(());
    };
    let slot = Slot { number, label: session.slot_label.clone(), starts, ends };
    offer(conn, desk, session.tour_id, &[FreeSlot { team, on_date: session.on_date, slot }]).await.map(drop)
}

/// Offers an opening that a reservation let go of.
pub(crate) async fn freed_place(
    conn: &mut Conn,
    desk: &Desk,
    tour: Uuid,
    (team, on_date, number): (Uuid, NaiveDate, i64),
) -> Result<()> {
    let found = fetch_optional!(
        conn,
        (String, i64, i64),
        "SELECT slot_label, starts_minute, ends_minute FROM opening
         WHERE team_id = $1 AND on_date = $2 AND slot = $3 AND tour_id = $4",
        team,
        on_date,
        number,
        tour,
    )?;
    let Some((label, starts, ends)) = found else { return Ok(()) };
    let time = |minute: i64| TimeOfDay::try_from(minute).map_err(Error::unavailable);
    let slot = Slot { number, label, starts: time(starts)?, ends: time(ends)? };
    offer(conn, desk, tour, &[FreeSlot { team, on_date, slot }]).await.map(drop)
}

/// Offers openings that were just made.
pub(crate) async fn opened(
    conn: &mut Conn,
    desk: &Desk,
    tour: Uuid,
    slots: Vec<(Uuid, NaiveDate, Slot)>,
) -> Result<()> {
    let free: Vec<_> = slots.into_iter().map(|(team, on_date, slot)| FreeSlot { team, on_date, slot }).collect();
    offer(conn, desk, tour, &free).await.map(drop)
}

/// Offers what is free and what nobody was there to take when it became so: one tour a transaction. Says how many
/// offers were made.
///
/// # Errors
/// The database does not answer.
pub async fn give_free(desk: &Desk) -> Result<u64> {
    let mut conn = desk.read().await?;
    let tours = fetch_all!(
        conn,
        (Uuid,),
        "SELECT DISTINCT w.tour_id FROM waiting w JOIN tour t ON t.id = w.tour_id
         WHERE w.state = 'waiting' AND t.status = 'open' AND t.ends > $1 ORDER BY w.tour_id",
        desk.today(),
    )?;
    drop(conn);
    let mut given = 0;
    for (tour,) in tours {
        let mut conn = desk.write().await?;
        let free: Vec<FreeSlot> = openings::free_in(&mut conn, desk, tour, desk.today())
            .await?
            .into_iter()
            .map(|o: Opening| FreeSlot {
                team: o.team_id,
                on_date: o.on_date,
                slot: Slot { number: o.slot, label: o.slot_label, starts: o.starts, ends: o.ends },
            })
            .collect();
        given += offer(&mut conn, desk, tour, &free).await?;
        conn.commit().await?;
    }
    Ok(given)
}

/// Somebody who waits.
struct Candidate {
    row: Row,
    wish: Wish,
    passed: BTreeSet<(Uuid, NaiveDate, i64)>,
    value: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    setting_id: Uuid,
    part_of_day: String,
    has: String,
    room_for_others: bool,
    access_needs: String,
    contact_name: String,
    contact_telephone: String,
    contact_email: String,
    joined_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    year_groups: Option<i64>,
    #[sqlx(try_from = "String")]
    status: SettingStatus,
}

/// Offers each slot to the first who fits. A place is claimed before its slot is given, and given back when the slot is
/// gone: no slot is offered twice and nobody is offered two at once, whichever server does it.
async fn offer(conn: &mut Conn, desk: &Desk, tour: Uuid, free: &[FreeSlot]) -> Result<u64> {
    let waits =
        fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM waiting WHERE tour_id = $1 AND state = 'waiting'", tour)?;
    if waits == 0 || free.is_empty() {
        return Ok(0);
    }
    // Whoever gives slots of this tour away at the same moment waits here.
    execute!(conn, "UPDATE tour SET version = version WHERE id = $1", tour)?;
    let tour = tours::find(conn, &Actor::SYSTEM, tour).await?;
    if tour.status != Status::Open {
        return Ok(0);
    }
    let (largest, needed) = demands(conn, &tour).await?;
    let mut candidates = candidates(conn, desk, &tour).await?;
    let open = Open::load(conn, &tour, &candidates, free).await?;
    let mut given = 0;
    for slot in free {
        let Some(until) = waiting_until(desk.now(), slot.on_date) else { continue };
        let at = Free { on_date: slot.on_date, starts: slot.slot.starts, ends: slot.slot.ends };
        let place = (slot.team, slot.on_date, slot.slot.number);
        let fits = |c: &Candidate| {
            !c.passed.contains(&place) && c.wish.suits(at, largest, &needed) && open.takes(c, slot.team, at)
        };
        while let Some(position) = candidates.iter().position(fits) {
            let candidate = candidates.remove(position);
            if !claim(conn, candidate.row.id).await? {
                continue;
            }
            match put_offer(conn, desk, &Actor::SYSTEM, &candidate.offer(&tour, slot, until)).await {
                Ok(_) => given += 1,
                Err(Error::Conflict(Conflict::SlotGone)) => {
                    unclaim(conn, candidate.row.id).await?;
                    candidates.insert(position, candidate);
                }
                Err(other) => return Err(other),
            }
            break;
        }
    }
    Ok(given)
}

impl Candidate {
    fn offer(&self, tour: &Tour, slot: &FreeSlot, until: DateTime<Utc>) -> NewOffer {
        NewOffer {
            tour: tour.id,
            team: slot.team,
            on_date: slot.on_date,
            slot: slot.slot.clone(),
            setting: self.row.setting_id,
            groups: self.wish.groups.clone(),
            request: None,
            waiting: Some(self.row.id),
            until,
            contact_name: self.row.contact_name.clone(),
            contact_telephone: self.row.contact_telephone.clone(),
            contact_email: self.row.contact_email.clone(),
            access_needs: self.row.access_needs.clone(),
            room_for_others: self.row.room_for_others,
            note: "From the waiting list".into(),
        }
    }
}

/// When the schools that wait take visits, and how long the teams are there before and after.
struct Open {
    schools: BTreeMap<Uuid, SchoolCalendar>,
    teams: BTreeMap<Uuid, TeamCalendar>,
}

impl Open {
    async fn load(conn: &mut Conn, tour: &Tour, candidates: &[Candidate], free: &[FreeSlot]) -> Result<Self> {
        let days = || free.iter().map(|slot| slot.on_date);
        let (Some(from), Some(to)) = (days().min(), days().max()) else {
            return Ok(Self { schools: BTreeMap::new(), teams: BTreeMap::new() });
        };
        let settings: Vec<Uuid> = candidates.iter().map(|c| c.row.setting_id).collect();
        let teams: BTreeSet<Uuid> = free.iter().map(|slot| slot.team).collect();
        let teams: Vec<Uuid> = teams.into_iter().collect();
        Ok(Self {
            schools: availability::schools(conn, tour.authority_code.as_str(), &settings, from, to).await?,
            teams: availability::teams(conn, &teams, from, to).await?,
        })
    }

    /// Whether the school takes a visit of the team then.
    fn takes(&self, candidate: &Candidate, team: Uuid, at: Free) -> bool {
        let (get_in, get_out) = self.teams.get(&team).map_or((0, 0), |t| (t.get_in_minutes, t.get_out_minutes));
        let years = candidate.wish.groups.iter().fold(YearGroups::NONE, |all, g| all.union(g.year_groups));
        self.schools
            .get(&candidate.row.setting_id)
            .is_none_or(|school| school.closed(at.on_date, at.starts, at.ends, get_in, get_out, years).is_none())
    }
}

async fn claim(conn: &mut Conn, id: Uuid) -> Result<bool> {
    let written = execute!(
        conn,
        "UPDATE waiting SET state = 'offered', version = version + 1 WHERE id = $1 AND state = 'waiting'",
        id,
    )?;
    Ok(written > 0)
}

async fn unclaim(conn: &mut Conn, id: Uuid) -> Result<()> {
    execute!(conn, "UPDATE waiting SET state = 'waiting', version = version + 1 WHERE id = $1", id)?;
    Ok(())
}

async fn demands(conn: &mut Conn, tour: &Tour) -> Result<(Option<i64>, BTreeSet<Need>)> {
    let (largest, text) = fetch_one!(
        conn,
        (Option<i64>, String),
        "SELECT largest_group, needs FROM programme WHERE id = $1",
        tour.programme_id,
    )?;
    Ok((largest, needs(&text)))
}

/// Everybody who waits for a tour and is in its audience, in the order in which slots are offered.
async fn candidates(conn: &mut Conn, desk: &Desk, tour: &Tour) -> Result<Vec<Candidate>> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT w.id, w.setting_id, w.part_of_day, w.has, w.room_for_others, w.access_needs, w.contact_name,
            w.contact_telephone, w.contact_email, w.joined_at, s.setting_type, s.year_groups, s.status
         FROM waiting w JOIN setting s ON s.id = w.setting_id WHERE w.tour_id = $1 AND w.state = 'waiting'",
        tour.id,
    )?;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
    let mut groups = BTreeMap::<Uuid, Vec<Group>>::new();
    for (id, mask, label, expected, expected_send) in fetch_in!(
        conn,
        (Uuid, i64, String, i64, Option<i64>),
        "SELECT waiting_id, year_groups, label, expected, expected_send FROM waiting_group WHERE waiting_id IN ",
        ids,
        " ORDER BY waiting_id, number"
    )? {
        let year_groups = YearGroups::try_from(mask).map_err(Error::unavailable)?;
        groups.entry(id).or_default().push(Group { year_groups, label, expected, expected_send });
    }
    let mut impossible = BTreeMap::<Uuid, BTreeSet<NaiveDate>>::new();
    for (id, day) in fetch_in!(
        conn,
        (Uuid, NaiveDate),
        "SELECT waiting_id, on_date FROM waiting_date WHERE waiting_id IN ",
        ids,
        ""
    )? {
        impossible.entry(id).or_default().insert(day);
    }
    let mut passed = BTreeMap::<Uuid, BTreeSet<(Uuid, NaiveDate, i64)>>::new();
    for (id, team, day, slot) in fetch_in!(
        conn,
        (Uuid, Uuid, NaiveDate, i64),
        "SELECT waiting_id, team_id, on_date, slot FROM waiting_passed WHERE waiting_id IN ",
        ids,
        ""
    )? {
        passed.entry(id).or_default().insert((team, day, slot));
    }
    let audience = tour.audience();
    let values = values(conn, desk, tour, &rows.iter().map(|r| r.setting_id).collect::<Vec<_>>()).await?;
    let mut candidates = Vec::new();
    for row in rows {
        let taught = row.year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
        let meant = audience.eligibility(row.setting_type, taught) != Eligibility::NotEligible;
        if !meant || !row.status.is_open() {
            continue;
        }
        let wish = Wish {
            groups: groups.remove(&row.id).unwrap_or_default(),
            part_of_day: part_of_day(&row.part_of_day),
            has: needs(&row.has),
            impossible: impossible.remove(&row.id).unwrap_or_default(),
        };
        let passed = passed.remove(&row.id).unwrap_or_default();
        candidates.push(Candidate { value: values.get(&row.setting_id).copied().unwrap_or(0), wish, passed, row });
    }
    in_order(&mut candidates, |c| (c.value, (c.row.joined_at, c.row.id)));
    Ok(candidates)
}

/// What it is worth that each school gets a slot, in points, by the weights its authority set.
pub(super) async fn values(
    conn: &mut Conn,
    desk: &Desk,
    tour: &Tour,
    settings: &[Uuid],
) -> Result<BTreeMap<Uuid, i64>> {
    if settings.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (weights, _) = need::weights_of(conn, tour.authority_code.as_str()).await?;
    let needs = need::of_schools(conn, desk.today(), tour.programme_id, tour.academic_year, settings).await?;
    Ok(needs.iter().map(|(id, need)| (*id, domain::need::value(need, &weights))).collect())
}
