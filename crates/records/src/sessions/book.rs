//! Booking an opening.

use domain::access::{Actor, Operation, Role};
use domain::programme::{Eligibility, Status};
use domain::session::{self, Event, Group, State};
use domain::setting::{SettingStatus, SettingType};
use domain::tour::AskedBy;
use domain::year_group::YearGroups;
use serde_json::{Value, json};
use uuid::Uuid;

use super::reserve::Held;
use super::visit::{NewVisit, contact_errors, visit};
use super::{happened, mail, reserve, slot_gone};
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::openings::{self, Opening};
use crate::requests;
use crate::tours::{self, Tour};
use crate::within::Within;
use crate::{Desk, waiting};

/// Who asked for a booking that somebody else writes.
#[derive(Debug, Clone)]
pub struct OnBehalf {
    /// Their name.
    pub name: String,
    /// How they asked.
    pub how: AskedBy,
}

/// What a school books.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The opening.
    pub opening: Uuid,
    /// The school, which is also the venue.
    pub setting: Uuid,
    /// Who is to attend.
    pub groups: Vec<Group>,
    /// The room.
    pub room: String,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Whom the team asks for.
    pub contact_name: String,
    /// Their number on the day.
    pub contact_telephone: String,
    /// Their address.
    pub contact_email: String,
    /// Further addresses that get the mails, separated by commas or lines.
    pub more_emails: String,
    /// Staff stay throughout.
    pub staff_stay: bool,
    /// Another school may join.
    pub room_for_others: bool,
    /// Who asked, unless the school books for itself.
    pub on_behalf: Option<OnBehalf>,
    /// A commissioner decided that a group may come although the programme is not meant for it.
    pub outside_audience: bool,
}

/// A school that can be booked for.
#[derive(Debug, Clone)]
pub struct Bookable {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub setting_type: SettingType,
    /// Its year groups; none: unknown.
    pub year_groups: Option<YearGroups>,
    /// Whether the programme is meant for it; false only where a commissioner may decide otherwise.
    pub in_audience: bool,
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    year_groups: Option<i64>,
    #[sqlx(try_from = "String")]
    status: SettingStatus,
}

/// The open schools of a tour's authority within the actor's scope that it is meant for; a commissioner gets the others
/// too.
///
/// # Errors
/// Not found; forbidden.
pub async fn bookable_schools(desk: &Desk, actor: &Actor, tour: Uuid) -> Result<Vec<Bookable>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    let tour = tours::find(&mut conn, actor, tour).await?;
    let within = Within::of(actor);
    let rows = fetch_all!(
        conn,
        SchoolRow,
        "SELECT id, name, setting_type, year_groups, status FROM setting
         WHERE authority_code = $1 AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR trust_code = $3) ORDER BY name, id",
        tour.authority_code.as_str(),
        within.setting,
        within.trust,
    )?;
    let mut schools = Vec::with_capacity(rows.len());
    for row in rows {
        schools.extend(bookable(row, actor, &tour)?);
    }
    Ok(schools)
}

/// A school as it can be booked for; none: it is closed, or the tour is not meant for it.
fn bookable(row: SchoolRow, actor: &Actor, tour: &Tour) -> Result<Option<Bookable>> {
    let SchoolRow { id, name, setting_type, year_groups, status } = row;
    let year_groups = year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
    let in_audience = tour.audience().eligibility(setting_type, year_groups) != Eligibility::NotEligible;
    let shown = status.is_open() && (in_audience || may_widen(actor));
    Ok(shown.then_some(Bookable { id, name, setting_type, year_groups, in_audience }))
}

fn may_widen(actor: &Actor) -> bool {
    matches!(actor.role, Role::Commissioner | Role::System)
}

/// Checks a booking without making it: for the page that shows the answers once more. Field names of groups end in
/// `-0`, `-1` and so on.
///
/// # Errors
/// As [`book`].
pub async fn check(desk: &Desk, actor: &Actor, booking: &Booking) -> Result<(Tour, Opening, Bookable)> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.read().await?;
    let opening = openings::find(&mut conn, booking.opening).await?;
    let (tour, school) = checked(&mut conn, desk, actor, booking, &opening).await?;
    Ok((tour, opening, school))
}

/// Books an opening.
///
/// # Errors
/// Not found; forbidden; the slot has gone; the tour takes no bookings; fields to mend.
pub async fn book(desk: &Desk, actor: &Actor, booking: &Booking) -> Result<Uuid> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.write().await?;
    let opening = openings::lock(&mut conn, booking.opening).await?;
    let (tour, school) = checked(&mut conn, desk, actor, booking, &opening).await?;
    let id = write(&mut conn, desk, actor, &tour, &opening, &school, booking).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Books in the caller's transaction, which holds the opening: out of the person's own reservation of it, or anew.
async fn write(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    tour: &Tour,
    opening: &Opening,
    school: &Bookable,
    booking: &Booking,
) -> Result<Uuid> {
    let place = (opening.team_id, opening.on_date, opening.slot);
    let (held, left) = reserve::settle(conn, desk, actor, tour.id, place).await?;
    let visit = visit(conn, desk, &NewVisit::booked(tour, opening, booking)).await?;
    let on_behalf = booking.on_behalf.as_ref();
    let from_reserved = match &held {
        Some(held) => confirm(conn, actor, held, visit, on_behalf).await?.then_some((held.id, State::Reserved)),
        None => None,
    };
    let (id, from) = match from_reserved {
        Some((id, from)) => (id, Some(from)),
        None => (add(conn, desk, actor, tour, opening, visit, on_behalf).await?, None),
    };
    if let Some(held) = &held {
        reserve::drop_visit(conn, held, visit).await?;
    }
    let state = session::after(from, Event::Book, actor.role)?;
    add_groups(conn, id, school.id, &booking.groups).await?;
    let note = match (on_behalf, school.in_audience) {
        (_, false) => "Outside the programme’s audience, as the commissioner decided".to_owned(),
        (Some(o), true) => format!("On the school’s behalf ({})", o.how.label().to_lowercase()),
        (None, true) => String::new(),
    };
    happened(conn, desk, actor, id, Event::Book.as_str(), (from, state), &note).await?;
    let change = Change {
        operation: Operation::BookSession,
        authority: Some(tour.authority_code.as_str()),
        record_kind: "session",
        record_id: id.to_string(),
        before: from.map_or(Value::Null, |state| json!({ "state": state })),
        after: json!({ "tour": tour.id, "setting": school.id, "on": opening.on_date, "slot": opening.slot, "state": state,
            "expected": booking.groups.iter().map(|g| g.expected).sum::<i64>(), "contact": audit::REDACTED }),
    };
    audit::write(conn, desk, actor, change).await?;
    requests::settle(conn, desk, actor, tour.id, school.id).await?;
    waiting::booked(conn, tour.id, school.id).await?;
    mail::tell(conn, desk, id, mail::News::Booked).await?;
    for held in left {
        waiting::freed_place(conn, desk, tour.id, held.place()).await?;
    }
    Ok(id)
}

/// Makes a booking of a reservation; false: the job was first and let go of it.
async fn confirm(
    conn: &mut Conn,
    actor: &Actor,
    held: &Held,
    visit: Uuid,
    on_behalf: Option<&OnBehalf>,
) -> Result<bool> {
    let state = session::after(Some(State::Reserved), Event::Book, actor.role)?;
    let written = execute!(
        conn,
        "UPDATE session SET state = $1, live = $2, visit_id = $3, booked_by = $4, asked_by_name = $5, asked_how = $6,
            reserved_until = NULL, version = version + 1 WHERE id = $7 AND state = 'reserved'",
        state.as_str(),
        state.is_live(),
        visit,
        actor.person,
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        held.id,
    )?;
    Ok(written > 0)
}

async fn add(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    tour: &Tour,
    opening: &Opening,
    visit: Uuid,
    on_behalf: Option<&OnBehalf>,
) -> Result<Uuid> {
    let state = session::after(None, Event::Book, actor.role)?;
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO session (id, visit_id, authority_code, tour_id, programme_id, academic_year, team_id, on_date, slot,
            slot_label, starts_minute, ends_minute, part, state, live, booked_by, asked_by_name, asked_how, reason,
            reason_note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $15, $16, $17, '', '', $18, 1)",
        id,
        visit,
        tour.authority_code.as_str(),
        tour.id,
        tour.programme_id,
        i64::from(domain::AcademicYear::containing(opening.on_date)),
        opening.team_id,
        opening.on_date,
        opening.slot,
        &opening.slot_label,
        i64::from(opening.starts),
        i64::from(opening.ends),
        state.as_str(),
        state.is_live(),
        actor.person,
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        desk.now(),
    )
    .map_err(slot_gone)?;
    Ok(id)
}

/// The booking's tour and school, once nothing is wrong with it.
async fn checked(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    booking: &Booking,
    opening: &Opening,
) -> Result<(Tour, Bookable)> {
    let tour = tours::find(conn, actor, opening.tour_id).await?;
    takes_bookings(desk, actor, &tour, opening)?;
    let school = school(conn, actor, &tour, booking.setting, booking.outside_audience).await?;
    let mut errors = group_errors(&tour, &school, &booking.groups, booking.outside_audience, tour.largest_group);
    errors.extend(contact_errors(actor, booking));
    if errors.is_empty() { Ok((tour, school)) } else { Err(Error::Invalid(errors)) }
}

pub(super) fn takes_bookings(desk: &Desk, actor: &Actor, tour: &Tour, opening: &Opening) -> Result<()> {
    if tour.status != Status::Open {
        return Err(Error::field("opening", "This tour takes no bookings at present. Ask the council when it opens"));
    }
    if opening.on_date < session::first_bookable(actor.role, desk.today()) {
        return Err(Error::field("opening", "This day can no longer be booked. Choose a later one"));
    }
    Ok(())
}

/// The school, found within the actor's scope and in the audience.
pub(crate) async fn school(
    conn: &mut Conn,
    actor: &Actor,
    tour: &Tour,
    id: Uuid,
    outside_audience: bool,
) -> Result<Bookable> {
    let within = Within::of(actor);
    let row = fetch_one!(
        conn,
        SchoolRow,
        "SELECT id, name, setting_type, year_groups, status FROM setting
         WHERE id = $1 AND authority_code = $2 AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR trust_code = $4)",
        id,
        tour.authority_code.as_str(),
        within.setting,
        within.trust,
    )?;
    let Some(school) = bookable(row, actor, tour)? else {
        // Theirs, but not meant for it: that is said. Not theirs: not found.
        return Err(Error::refused(
            "This programme is not meant for this school’s setting type or year groups. The council can book it all the same: ask them",
        ));
    };
    if school.in_audience || outside_audience {
        Ok(school)
    } else {
        Err(Error::field(
            "outside_audience",
            format!(
                "{} is outside the programme’s audience. Say that it may come all the same, or choose another school",
                school.name
            ),
        ))
    }
}

pub(super) fn group_errors(
    tour: &Tour,
    school: &Bookable,
    groups: &[Group],
    outside_audience: bool,
    room: Option<i64>,
) -> Vec<FieldError> {
    let error = |field: String, message: String| FieldError { field, message };
    if groups.is_empty() {
        return vec![error("expected-0".into(), "Say who is to attend: at least one group".into())];
    }
    let audience = tour.audience();
    let mut errors: Vec<FieldError> = groups
        .iter()
        .enumerate()
        .flat_map(|(i, group)| {
            session::group_faults(group, &audience, school.year_groups, outside_audience)
                .into_iter()
                .map(move |(field, message)| FieldError { field: format!("{}-{i}", field.as_str()), message })
        })
        .collect();
    if groups.len() > session::MOST_GROUPS {
        errors.push(error("expected-0".into(), format!("At most {} groups attend one session", session::MOST_GROUPS)));
    }
    let expected: i64 = groups.iter().map(|g| g.expected).sum();
    if let Some(room) = room.filter(|room| expected > *room) {
        errors.push(error(
            "expected-0".into(),
            format!(
                "There is room for {room}, and you expect {expected}: bring fewer, or book a second slot for the others"
            ),
        ));
    }
    errors
}

/// What is wrong with the groups of a school that wants to wait for a tour; the school is within the actor's scope and
/// in the audience.
pub(crate) async fn waiting_checks(
    conn: &mut Conn,
    actor: &Actor,
    tour: &Tour,
    setting: Uuid,
    groups: &[Group],
) -> Result<Vec<FieldError>> {
    let school = school(conn, actor, tour, setting, false).await?;
    Ok(group_errors(tour, &school, groups, false, tour.largest_group))
}

pub(super) async fn add_groups(conn: &mut Conn, session: Uuid, setting: Uuid, groups: &[Group]) -> Result<()> {
    for group in groups {
        execute!(
            conn,
            "INSERT INTO attending_group (id, session_id, setting_id, year_groups, label, expected, expected_send, over_roll)
             VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE)",
            Uuid::now_v7(),
            session,
            setting,
            group.year_groups.mask(),
            group.label.trim(),
            group.expected,
            group.expected_send,
        )?;
    }
    Ok(())
}

/// The free openings of a tour nearest to a day, at most `most`.
///
/// # Errors
/// Not found; forbidden.
pub async fn nearest(
    desk: &Desk,
    actor: &Actor,
    tour: Uuid,
    to: chrono::NaiveDate,
    most: usize,
) -> Result<Vec<Opening>> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut free = openings::free(desk, actor, tour, session::first_bookable(actor.role, desk.today())).await?;
    free.sort_by_key(|o| ((o.on_date - to).num_days().abs(), o.on_date, o.starts));
    free.truncate(most);
    Ok(free)
}
