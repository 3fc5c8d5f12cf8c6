//! Booking an opening, and joining another school's session.

use domain::access::{Actor, Operation, Role};
use domain::contact::{EmailAddress, telephone};
use domain::programme::{Eligibility, Status};
use domain::session::{self, Event, Group, State};
use domain::setting::{SettingStatus, SettingType};
use domain::tour::AskedBy;
use domain::year_group::YearGroups;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{find, groups, happened, mail, slot_gone};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::openings::{self, Opening};
use crate::tours::{self, Tour};
use crate::within::Within;

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
    let tour = tours::find(&mut conn, desk, actor, tour).await?;
    schools(&mut conn, actor, &tour, None).await
}

async fn schools(conn: &mut Conn, actor: &Actor, tour: &Tour, only: Option<Uuid>) -> Result<Vec<Bookable>> {
    let within = Within::of(actor);
    let rows = fetch_all!(
        conn,
        SchoolRow,
        "SELECT id, name, setting_type, year_groups, status FROM setting
         WHERE authority_code = $1 AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR trust_code = $3)
           AND ($4 IS NULL OR id = $4) ORDER BY name, id",
        tour.authority_code.as_str(),
        within.setting,
        within.trust,
        only,
    )?;
    let audience = tour.audience();
    let mut schools = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|r| r.status.is_open()) {
        let year_groups = row.year_groups.map(YearGroups::try_from).transpose().map_err(Error::unavailable)?;
        let in_audience = audience.eligibility(row.setting_type, year_groups) != Eligibility::NotEligible;
        if in_audience || may_widen(actor) {
            schools.push(Bookable {
                id: row.id,
                name: row.name,
                setting_type: row.setting_type,
                year_groups,
                in_audience,
            });
        }
    }
    Ok(schools)
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
    checked(&mut conn, desk, actor, booking).await
}

/// Books an opening.
///
/// # Errors
/// Not found; forbidden; the slot has gone; the tour takes no bookings; fields to mend.
pub async fn book(desk: &Desk, actor: &Actor, booking: &Booking) -> Result<Uuid> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.write().await?;
    let (tour, opening, school) = checked(&mut conn, desk, actor, booking).await?;
    let state = session::after(None, Event::Book, actor.role)?;
    let visit = visit(&mut conn, desk, &tour, &opening, booking).await?;
    let id = Uuid::now_v7();
    let on_behalf = booking.on_behalf.as_ref();
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
    add_groups(&mut conn, id, school.id, &booking.groups).await?;
    let note = match (on_behalf, school.in_audience) {
        (_, false) => "Outside the programme’s audience, as the commissioner decided".to_owned(),
        (Some(o), true) => format!("On the school’s behalf ({})", o.how.label().to_lowercase()),
        (None, true) => String::new(),
    };
    happened(&mut conn, desk, actor, id, Event::Book.as_str(), (None, state), &note).await?;
    let change = Change {
        operation: Operation::BookSession,
        authority: Some(tour.authority_code.as_str()),
        record_kind: "session",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "tour": tour.id, "setting": school.id, "on": opening.on_date, "slot": opening.slot, "state": state,
            "expected": booking.groups.iter().map(|g| g.expected).sum::<i64>(), "contact": audit::REDACTED }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::Booked).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// The booking's tour, opening and school, once nothing is wrong with it.
async fn checked(conn: &mut Conn, desk: &Desk, actor: &Actor, booking: &Booking) -> Result<(Tour, Opening, Bookable)> {
    let opening = fetch_one!(
        conn,
        Opening,
        "SELECT o.id, o.tour_id, o.team_id, m.name AS team_name, o.on_date, o.slot, o.slot_label, o.starts_minute, o.ends_minute
         FROM opening o JOIN team m ON m.id = o.team_id WHERE o.id = $1",
        booking.opening,
    )?;
    let tour = tours::find(conn, desk, actor, opening.tour_id).await?;
    takes_bookings(desk, actor, &tour, &opening)?;
    let school = school(conn, actor, &tour, booking.setting, booking.outside_audience).await?;
    let largest =
        fetch_scalar!(conn, Option<i64>, "SELECT largest_group FROM programme WHERE id = $1", tour.programme_id)?;
    let mut errors = group_errors(&tour, &school, &booking.groups, booking.outside_audience, largest);
    errors.extend(contact_errors(actor, booking));
    if errors.is_empty() { Ok((tour, opening, school)) } else { Err(Error::Invalid(errors)) }
}

fn takes_bookings(desk: &Desk, actor: &Actor, tour: &Tour, opening: &Opening) -> Result<()> {
    if tour.status != Status::Open {
        return Err(Error::refused("This tour takes no bookings at present. Ask the council when it opens"));
    }
    if opening.on_date < session::first_bookable(actor.role, desk.today()) {
        return Err(Error::refused("This day can no longer be booked. Choose a later one"));
    }
    Ok(())
}

/// The school, found within the actor's scope and in the audience.
async fn school(conn: &mut Conn, actor: &Actor, tour: &Tour, id: Uuid, outside_audience: bool) -> Result<Bookable> {
    let Some(school) = schools(conn, actor, tour, Some(id)).await?.pop() else {
        // Theirs, but not meant for it: that is said. Not theirs: not found.
        let within = Within::of(actor);
        let own = fetch_scalar!(
            conn,
            i64,
            "SELECT COUNT(*) FROM setting WHERE id = $1 AND authority_code = $2
               AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR trust_code = $4)",
            id,
            tour.authority_code.as_str(),
            within.setting,
            within.trust,
        )?;
        return Err(if own == 0 {
            Error::NotFound
        } else {
            Error::refused(
                "This programme is not meant for this school’s setting type or year groups. The council can book it all the same: ask them",
            )
        });
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

fn group_errors(
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

fn contact_errors(actor: &Actor, booking: &Booking) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.into(), message });
    if booking.contact_name.trim().is_empty() {
        wrong("contact_name", "Enter whom the team asks for on the day".into());
    }
    if let Err(message) = telephone(&booking.contact_telephone) {
        wrong("contact_telephone", message.to_owned());
    }
    if let Err(error) = booking.contact_email.parse::<EmailAddress>() {
        wrong("contact_email", error.to_string());
    }
    if let Some(bad) = more_emails(&booking.more_emails).find(|text| text.parse::<EmailAddress>().is_err()) {
        wrong("more_emails", format!("“{bad}” is no email address. Separate addresses by commas"));
    }
    if !booking.staff_stay {
        wrong("staff_stay", "A member of your staff must stay with the pupils throughout".into());
    }
    for (field, text, most) in [
        ("room", &booking.room, 200),
        ("access_needs", &booking.access_needs, 2_000),
        ("contact_name", &booking.contact_name, 120),
    ] {
        if text.chars().count() > most {
            wrong(field, format!("Use {most} characters or fewer"));
        }
    }
    match &booking.on_behalf {
        None if actor.role != Role::School && actor.role != Role::System => {
            wrong("asked_how", "Say how the school asked".into());
        }
        Some(o) if o.name.trim().is_empty() => wrong("asked_by_name", "Enter who asked".into()),
        _ => {}
    }
    errors
}

fn more_emails(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n', ' ']).map(str::trim).filter(|t| !t.is_empty())
}

/// The visit of this team to this school on this day; a second session of the same day joins the first one's.
async fn visit(conn: &mut Conn, desk: &Desk, tour: &Tour, opening: &Opening, booking: &Booking) -> Result<Uuid> {
    let found = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT w.id FROM visit w WHERE w.tour_id = $1 AND w.team_id = $2 AND w.venue_id = $3 AND w.on_date = $4
           AND EXISTS (SELECT 1 FROM session s WHERE s.visit_id = w.id AND s.live) ORDER BY w.id LIMIT 1",
        tour.id,
        opening.team_id,
        booking.setting,
        opening.on_date,
    )?;
    let more: Vec<&str> = more_emails(&booking.more_emails).collect();
    let telephone = telephone(&booking.contact_telephone).unwrap_or_default();
    if let Some((id,)) = found {
        execute!(
            conn,
            "UPDATE visit SET room = $1, access_needs = $2, contact_name = $3, contact_telephone = $4, contact_email = $5,
                more_emails = $6, room_for_others = $7, version = version + 1 WHERE id = $8",
            booking.room.trim(),
            booking.access_needs.trim(),
            booking.contact_name.trim(),
            telephone,
            booking.contact_email.trim(),
            more.join(", "),
            booking.room_for_others,
            id,
        )?;
        return Ok(id);
    }
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO visit (id, authority_code, tour_id, team_id, venue_id, on_date, room, access_needs, contact_name,
            contact_telephone, contact_email, more_emails, staff_stay, who_comes, room_for_others, fee_pence, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14, $15, $16, 1)",
        id,
        tour.authority_code.as_str(),
        tour.id,
        opening.team_id,
        booking.setting,
        opening.on_date,
        booking.room.trim(),
        booking.access_needs.trim(),
        booking.contact_name.trim(),
        telephone,
        booking.contact_email.trim(),
        more.join(", "),
        booking.staff_stay,
        booking.room_for_others,
        tour.price_pence.pence(),
        desk.now(),
    )?;
    Ok(id)
}

async fn add_groups(conn: &mut Conn, session: Uuid, setting: Uuid, groups: &[Group]) -> Result<()> {
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

/// Puts a second school's groups into a session with room.
///
/// # Errors
/// Not found; forbidden; the session takes no other school, or has no room; fields to mend.
pub async fn join(desk: &Desk, actor: &Actor, id: Uuid, setting: Uuid, new: &[Group]) -> Result<Uuid> {
    desk.authorise(actor, Operation::BookSession)?;
    let mut conn = desk.write().await?;
    // Found by its tour: the joining school has no group in it yet.
    let session = find(&mut conn, &Actor::SYSTEM, id).await?;
    let tour = tours::find(&mut conn, desk, actor, session.tour_id).await?;
    // Two schools that join at once wait here for each other.
    execute!(conn, "UPDATE visit SET version = version WHERE id = $1", session.visit_id)?;
    let school = school(&mut conn, actor, &tour, setting, false).await?;
    if session.state != State::Confirmed || !session.room_for_others {
        return Err(Error::refused("This visit takes no other school. Book an opening of your own"));
    }
    if session.on_date < session::first_bookable(actor.role, desk.today()) {
        return Err(Error::refused("This day can no longer be booked. Choose a later one"));
    }
    let there = groups(&mut conn, &Actor::SYSTEM, id).await?;
    if there.iter().any(|g| g.setting_id == setting) {
        return Err(Error::refused("This school attends already"));
    }
    let room = session::room_left(session.largest_group, there.iter().map(|g| g.expected).sum());
    let errors = group_errors(&tour, &school, new, false, room);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    add_groups(&mut conn, id, setting, new).await?;
    execute!(conn, "UPDATE session SET version = version + 1 WHERE id = $1", id)?;
    happened(&mut conn, desk, actor, id, "join", (Some(session.state), session.state), &school.name).await?;
    let change = Change {
        operation: Operation::BookSession,
        authority: Some(&session.authority_code),
        record_kind: "session",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({ "joined": setting, "expected": new.iter().map(|g| g.expected).sum::<i64>() }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    mail::tell(&mut conn, desk, id, mail::News::Joined).await?;
    desk.commit(conn, id).await?;
    Ok(id)
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
    let mut free = openings::free(desk, actor, tour, session::first_bookable(actor.role, desk.today())).await?;
    free.sort_by_key(|o| ((o.on_date - to).num_days().abs(), o.on_date, o.starts));
    free.truncate(most);
    Ok(free)
}
