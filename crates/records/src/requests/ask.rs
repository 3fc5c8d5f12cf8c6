//! Asking for a tour, changing what was asked, withdrawing it.

use chrono::NaiveDate;
use domain::access::{Actor, Operation, Role};
use domain::contact::{EmailAddress, telephone};
use domain::programme::Status;
use domain::request::{self, DeclineReason, RequestState, Terms, Wish};
use domain::session::{Group, group_faults};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Request, find, mail};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::sessions::{Bookable, OnBehalf, asked_errors, bookable_school};
use crate::tours::{self, Tour};

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The tour.
    pub tour: Uuid,
    /// The school.
    pub setting: Uuid,
    /// What it wants.
    pub wish: Wish,
    /// The groups were taken from the roll: nobody has stated them.
    pub is_estimated: bool,
    /// Whom to talk to.
    pub contact_name: String,
    /// Their number.
    pub contact_telephone: String,
    /// Their address.
    pub contact_email: String,
    /// Who asked, unless the school asks for itself.
    pub on_behalf: Option<OnBehalf>,
    /// A commissioner decided that it may come although the programme is not meant for it.
    pub outside_audience: bool,
}

fn wrong(field: impl Into<String>, message: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), message: message.into() }
}

/// What is wrong with whom to talk to, and who asked. By an invitation's link nobody has to be named.
#[must_use]
pub fn contact_errors(actor: &Actor, asking: &Asking) -> Vec<FieldError> {
    let mut errors = Vec::new();
    // Whoever answers an invitation is asked for it afterwards, and need not say.
    let may_be_blank = asking.is_estimated || (actor.person.is_none() && actor.role == Role::School);
    let given = |text: &str| !may_be_blank || !text.trim().is_empty();
    if given(&asking.contact_name) && asking.contact_name.trim().is_empty() {
        errors.push(wrong("contact_name", "Enter whom we should talk to"));
    }
    if asking.contact_name.chars().count() > 120 {
        errors.push(wrong("contact_name", "Use 120 characters or fewer"));
    }
    if given(&asking.contact_telephone)
        && let Err(message) = telephone(&asking.contact_telephone)
    {
        errors.push(wrong("contact_telephone", message));
    }
    if given(&asking.contact_email)
        && let Err(error) = asking.contact_email.parse::<EmailAddress>()
    {
        errors.push(wrong("contact_email", error.to_string()));
    }
    errors.extend(asked_errors(actor, asking.on_behalf.as_ref()).filter(|_| !may_be_blank));
    errors
}

/// What is wrong with a wish for this tour by this school. Fields of groups end in `-0`, `-1` and so on.
#[must_use]
pub fn wish_errors(
    tour: &Tour,
    school: &Bookable,
    wish: &Wish,
    largest_group: Option<i64>,
    today: NaiveDate,
    outside_audience: bool,
) -> Vec<FieldError> {
    let audience = tour.audience();
    let groups = wish.groups.iter().enumerate().flat_map(|(i, group)| {
        group_faults(group, &audience, school.year_groups, outside_audience)
            .into_iter()
            .map(move |(field, message)| wrong(format!("{}-{i}", field.as_str()), message))
    });
    let terms = Terms { today, starts: tour.starts, ends: tour.ends, largest_group };
    groups.chain(wish.faults(terms).into_iter().map(|f| wrong(f.field, f.message))).collect()
}

/// Checks a request without making it: for the page that shows the answers once more.
///
/// # Errors
/// As [`ask`].
pub async fn check(desk: &Desk, actor: &Actor, asking: &Asking) -> Result<(Tour, Bookable)> {
    desk.authorise(actor, Operation::AskForTour)?;
    let mut conn = desk.read().await?;
    checked(&mut conn, desk, By::themselves(actor), asking, true).await
}

/// Who asks, and within whose scope tour and school are looked up.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub actor: &'a Actor,
    pub within: &'a Actor,
}

impl<'a> By<'a> {
    /// Somebody within their own scope.
    pub(crate) const fn themselves(actor: &'a Actor) -> Self {
        Self { actor, within: actor }
    }

    /// Somebody who was invited: the commissioner has decided that the school may come.
    pub(crate) const fn invited(actor: &'a Actor) -> Self {
        Self { actor, within: &Actor::SYSTEM }
    }
}

/// [`check`], within the caller's transaction: a new request, or a change of what was asked.
pub(crate) async fn check_in(conn: &mut Conn, desk: &Desk, by: By<'_>, asking: &Asking, is_new: bool) -> Result<()> {
    checked(conn, desk, by, asking, is_new).await.map(drop)
}

async fn checked(conn: &mut Conn, desk: &Desk, by: By<'_>, asking: &Asking, is_new: bool) -> Result<(Tour, Bookable)> {
    let tour = tours::find(conn, by.within, asking.tour).await?;
    if tour.status != Status::Open || tour.ends <= desk.today() {
        return Err(Error::refused("This tour takes no requests: it is not open, or it is over. Look for another one"));
    }
    let school = bookable_school(conn, by.within, &tour, asking.setting, asking.outside_audience).await?;
    let largest =
        fetch_scalar!(conn, Option<i64>, "SELECT largest_group FROM programme WHERE id = $1", tour.programme_id)?;
    let mut errors = wish_errors(
        &tour,
        &school,
        &asking.wish,
        largest,
        desk.today(),
        asking.outside_audience || !school.in_audience,
    );
    errors.extend(contact_errors(by.actor, asking));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if is_new && live_of(conn, tour.id, school.id).await?.is_some() {
        return Err(asked_before(&school.name));
    }
    Ok((tour, school))
}

fn asked_before(school: &str) -> Error {
    Error::refused(format!("{school} has already asked for this tour. Change that request instead"))
}

/// A school's live request for a tour, if it has one: a waiting or a placed one.
pub(crate) async fn live_of(conn: &mut Conn, tour: Uuid, setting: Uuid) -> Result<Option<Uuid>> {
    let found = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT id FROM request WHERE tour_id = $1 AND setting_id = $2 AND state IN ('asked', 'placed')",
        tour,
        setting,
    )?;
    Ok(found.map(|(id,)| id))
}

/// Asks for a tour to come.
///
/// # Errors
/// Not found; forbidden; the tour takes no requests; the school has asked already, or is not in the audience; fields to
/// mend.
pub async fn ask(desk: &Desk, actor: &Actor, asking: &Asking) -> Result<Uuid> {
    desk.authorise(actor, Operation::AskForTour)?;
    let mut conn = desk.write().await?;
    let id = ask_in(&mut conn, desk, By::themselves(actor), asking).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// [`ask`], within the caller's transaction.
pub(crate) async fn ask_in(conn: &mut Conn, desk: &Desk, by: By<'_>, asking: &Asking) -> Result<Uuid> {
    let actor = by.actor;
    let (tour, school) = checked(conn, desk, by, asking, true).await?;
    let id = Uuid::now_v7();
    let on_behalf = asking.on_behalf.as_ref();
    execute!(
        conn,
        "INSERT INTO request (id, authority_code, tour_id, setting_id, state, sessions, may_split, room_for_others, part_of_day,
            access_needs, note, contact_name, contact_telephone, contact_email, asked_by_name, asked_how, by_person,
            is_estimated, outside_audience, reason, reason_note, asked_at, updated_at, version)
         VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, '', '', $19, $19, 1)",
        id,
        tour.authority_code.as_str(),
        tour.id,
        school.id,
        asking.wish.sessions,
        asking.wish.may_split,
        asking.wish.room_for_others,
        asking.wish.part_of_day.as_str(),
        asking.wish.access_needs.trim(),
        asking.wish.note.trim(),
        asking.contact_name.trim(),
        telephone(&asking.contact_telephone).unwrap_or_default(),
        asking.contact_email.trim(),
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        actor.person,
        asking.is_estimated,
        !school.in_audience,
        desk.now(),
    )
    // Two people of a school at once: the index lets one of them through.
    .map_err(|error| if error.is_unique_violation() { asked_before(&school.name) } else { error })?;
    let wish = &asking.wish;
    put_details(conn, id, &wish.groups, &wish.impossible, &wish.preferred).await?;
    write_audit(conn, desk, actor, tour.authority_code.as_str(), id, Value::Null, after(asking, RequestState::Asked))
        .await?;
    mail::tell(conn, desk, id, mail::News::Asked).await?;
    Ok(id)
}

/// Writes the groups and dates of a request in place of those that are there.
pub(super) async fn put_details(
    conn: &mut Conn,
    id: Uuid,
    groups: &[Group],
    impossible: &[NaiveDate],
    preferred: &[NaiveDate],
) -> Result<()> {
    execute!(conn, "DELETE FROM request_group WHERE request_id = $1", id)?;
    execute!(conn, "DELETE FROM request_date WHERE request_id = $1", id)?;
    let groups: Vec<_> = groups.iter().zip(1_i64..).collect();
    insert_rows!(
        conn,
        "INSERT INTO request_group (request_id, number, year_groups, label, expected, expected_send) ",
        groups,
        |b, row| {
            b.push_bind(id)
                .push_bind(row.1)
                .push_bind(row.0.year_groups.mask())
                .push_bind(row.0.label.trim().to_owned())
                .push_bind(row.0.expected)
                .push_bind(row.0.expected_send);
        },
        ""
    )?;
    let dates: Vec<(NaiveDate, &str)> = impossible
        .iter()
        .map(|d| (*d, request::DateKind::Impossible.as_str()))
        .chain(preferred.iter().map(|d| (*d, request::DateKind::Preferred.as_str())))
        .collect();
    insert_rows!(
        conn,
        "INSERT INTO request_date (request_id, on_date, kind) ",
        dates,
        |b, row| {
            b.push_bind(id).push_bind(row.0).push_bind(row.1.to_owned());
        },
        ""
    )?;
    Ok(())
}

fn after(asking: &Asking, state: RequestState) -> Value {
    json!({ "tour": asking.tour, "setting": asking.setting, "state": state, "sessions": asking.wish.sessions,
        "expected": asking.wish.groups.iter().map(|g| g.expected).sum::<i64>(),
        "impossible": asking.wish.impossible.len(), "preferred": asking.wish.preferred.len(), "contact": audit::REDACTED })
}

async fn write_audit(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &str,
    id: Uuid,
    before: Value,
    after: Value,
) -> Result<()> {
    let change = Change {
        operation: Operation::AskForTour,
        authority: Some(authority),
        record_kind: "request",
        record_id: id.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}

/// Changes what a waiting request asks for. Tour and school stay.
///
/// # Errors
/// Not found; forbidden; somebody else changed it; it has a date or was withdrawn; fields to mend.
pub async fn change(desk: &Desk, actor: &Actor, id: Uuid, version: i64, asking: &Asking) -> Result<Uuid> {
    desk.authorise(actor, Operation::AskForTour)?;
    let mut conn = desk.write().await?;
    let request = find(&mut conn, actor, id).await?;
    if request.version != version {
        return Err(Conflict::Stale.into());
    }
    change_in(&mut conn, desk, By::themselves(actor), &request, asking).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// [`change`], within the caller's transaction.
pub(crate) async fn change_in(
    conn: &mut Conn,
    desk: &Desk,
    by: By<'_>,
    request: &Request,
    asking: &Asking,
) -> Result<()> {
    if request.state != RequestState::Asked {
        return Err(Error::refused(match request.state {
            RequestState::Placed => "This request has a date. Change or cancel the session instead",
            _ => "This request no longer stands. Ask anew",
        }));
    }
    let same = Asking {
        tour: request.tour_id,
        setting: request.setting_id,
        outside_audience: asking.outside_audience || request.outside_audience,
        ..asking.clone()
    };
    checked(conn, desk, by, &same, false).await?;
    let on_behalf = asking.on_behalf.as_ref();
    let written = execute!(
        conn,
        "UPDATE request SET sessions = $1, may_split = $2, room_for_others = $3, part_of_day = $4, access_needs = $5, note = $6,
            contact_name = $7, contact_telephone = $8, contact_email = $9, is_estimated = $10, outside_audience = $11,
            asked_by_name = CASE WHEN $12 = '' THEN asked_by_name ELSE $12 END,
            asked_how = CASE WHEN $13 = '' THEN asked_how ELSE $13 END, updated_at = $14, version = version + 1
         WHERE id = $15 AND version = $16",
        asking.wish.sessions,
        asking.wish.may_split,
        asking.wish.room_for_others,
        asking.wish.part_of_day.as_str(),
        asking.wish.access_needs.trim(),
        asking.wish.note.trim(),
        asking.contact_name.trim(),
        telephone(&asking.contact_telephone).unwrap_or_default(),
        asking.contact_email.trim(),
        asking.is_estimated,
        same.outside_audience,
        on_behalf.map_or("", |o| o.name.trim()),
        on_behalf.map_or("", |o| o.how.as_str()),
        desk.now(),
        request.id,
        request.version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    let wish = &asking.wish;
    put_details(conn, request.id, &wish.groups, &wish.impossible, &wish.preferred).await?;
    let before = json!({ "sessions": request.sessions, "expected": request.expected(),
        "impossible": request.impossible.len(), "preferred": request.preferred.len() });
    write_audit(conn, desk, by.actor, &request.authority_code, request.id, before, after(&same, request.state)).await
}

/// Withdraws a waiting request. Where the school had accepted an invitation, it declines it so.
///
/// # Errors
/// Not found; forbidden; it has a date or was withdrawn; fields to mend.
pub async fn withdraw(desk: &Desk, actor: &Actor, id: Uuid, reason: Option<DeclineReason>, note: &str) -> Result<Uuid> {
    desk.authorise(actor, Operation::AskForTour)?;
    let faults = request::reason_faults(reason, note);
    let Some(reason) = reason.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let mut conn = desk.write().await?;
    let request = find(&mut conn, actor, id).await?;
    withdraw_in(&mut conn, desk, actor, &request, reason, note).await?;
    execute!(
        conn,
        "UPDATE invitation SET state = 'declined', reason = $1, reason_note = $2, answered_at = $3
         WHERE tour_id = $4 AND setting_id = $5 AND state IN ('accepted', 'proposed')",
        reason.as_str(),
        note.trim(),
        desk.now(),
        request.tour_id,
        request.setting_id,
    )?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// [`withdraw`], within the caller's transaction and without a look at invitations.
pub(crate) async fn withdraw_in(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    request: &Request,
    reason: DeclineReason,
    note: &str,
) -> Result<()> {
    let written = execute!(
        conn,
        "UPDATE request SET state = 'withdrawn', reason = $1, reason_note = $2, updated_at = $3, version = version + 1
         WHERE id = $4 AND state = 'asked'",
        reason.as_str(),
        note.trim(),
        desk.now(),
        request.id,
    )?;
    if written == 0 {
        return Err(Error::refused(match request.state {
            RequestState::Withdrawn => "This request was withdrawn already",
            RequestState::Closed => "The tour was closed, and this request with it",
            _ => "This request has a date. Decline the offer, or cancel the session, instead",
        }));
    }
    let before = json!({ "state": request.state });
    let after = json!({ "state": RequestState::Withdrawn, "reason": reason });
    write_audit(conn, desk, actor, &request.authority_code, request.id, before, after).await?;
    mail::tell(conn, desk, request.id, mail::News::Withdrawn).await
}
