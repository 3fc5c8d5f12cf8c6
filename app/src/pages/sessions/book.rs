//! Booking: choose school and slot, say who attends, check the answers, book.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation, Role};
use domain::availability::Closed;
use domain::programme::Audience;
use domain::year_group::YearGroups;
use leptos::prelude::*;
use records::openings::{self, Opening};
use records::sessions::{self, Bookable, Booking};
use records::tours::{self, Tour};
use records::{Conflict, Error, people, school_calendar};
use serde::Deserialize;
use uuid::Uuid;

use super::change::{NEAREST, slot_text};
use super::fields::{about, asked_fields, held_words, on_the_day_fields, read_asked, school_field, send_again};
use super::{addresses, groups};
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/tours/{id}/book", Who::May(Operation::BookSession), ask).post(
        "/tours/{id}/book",
        Who::May(Operation::BookSession),
        book,
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    opening: String,
    #[serde(alias = "setting")]
    school: String,
}

/// What the pages of a booking need.
struct Around {
    tour: Tour,
    schools: Vec<Bookable>,
    free: Vec<Opening>,
    /// Whether another school's visit of it has room.
    joinable: bool,
    /// Which of the free slots the chosen school cannot take, by its calendar.
    closed: Vec<(Uuid, Closed)>,
}

async fn around(ctx: &Context, id: Uuid, school: &str) -> Result<Around, Problem> {
    let actor = ctx.actor()?;
    let tour = tours::get(ctx.desk(), actor, id).await?;
    let schools = sessions::bookable_schools(ctx.desk(), actor, id).await?;
    let first = domain::session::first_bookable(actor.role, ctx.desk().today());
    let free = openings::free(ctx.desk(), actor, id, first).await?;
    let joinable = !sessions::joinable(ctx.desk(), actor, id).await?.is_empty();
    // The school that was asked for, or the only one there is.
    let known = schools.iter().find(|s| s.id.to_string() == school).or(match schools.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    let closed = match known {
        // Which groups come is not known yet: dates for some year groups are told when it is.
        Some(s) => school_calendar::closed_of_tour(ctx.desk(), actor, s.id, id, first, YearGroups::NONE).await?,
        None => Vec::new(),
    };
    Ok(Around { tour, schools, free, joinable, closed })
}

async fn ask(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let around = around(&ctx, id, &asked.school).await?;
    let mut form = Form::of([("opening", asked.opening.as_str()), ("school", asked.school.as_str())]);
    if let [only] = around.schools.as_slice() {
        form = Form::of([("opening", asked.opening), ("school", only.id.to_string())]);
    }
    fill_in(&ctx, &around, &mut form).await?;
    Ok(details_page(&ctx, &around, form).await?.into_response())
}

/// What need not be typed: the year group, where the tour is for one that the school teaches, and a school's own person.
async fn fill_in(ctx: &Context, around: &Around, form: &mut Form) -> Result<(), Problem> {
    let school = around.schools.iter().find(|s| s.id.to_string() == form.get("school"));
    if let (Audience::Children { year_groups, .. }, Some(taught)) =
        (around.tour.audience(), school.and_then(|s| s.year_groups))
    {
        let wanted: Vec<_> = year_groups.iter().filter(|year| taught.contains(*year)).collect();
        if let [only] = wanted.as_slice() {
            form.put("year_groups-0", only.number().to_string());
        }
    }
    if ctx.actor()?.role == Role::School {
        let (email, name) = people::own(ctx.desk(), ctx.actor()?).await?;
        form.put("contact_name", name);
        form.put("contact_email", email);
    }
    Ok(())
}

async fn book(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let step = form.get("step").to_owned();
    if step == "hold" {
        let around = around(&ctx, id, form.get("school")).await?;
        return hold(&ctx, &around, form).await;
    }
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(booking) = read(&mut form, ctx.actor()?) else {
        let around = around(&ctx, id, form.get("school")).await?;
        return Ok(details_page(&ctx, &around, form).await?.status(unprocessable).into_response());
    };
    // What the pages need is read only when there is one to show: a booking leads on.
    let mut refused = None;
    if step == "book" {
        match once(sessions::book(&ctx.desk_for(&form), ctx.actor()?, &booking).await) {
            Ok(id) => {
                let told = "Booked. The school’s contacts and the provider were told";
                return Ok(ctx.see_other_with(format!("/sessions/{id}"), told));
            }
            Err(error) => refused = Some(error),
        }
    }
    let around = around(&ctx, id, form.get("school")).await?;
    if step == "change" {
        return Ok(details_page(&ctx, &around, form).await?.into_response());
    }
    let refused = match refused {
        Some(error) => error,
        None => match checked_and_held(&ctx, &booking).await {
            Ok((opening, school, until)) => {
                let years = booking.groups.iter().fold(YearGroups::NONE, |all, g| all.union(g.year_groups));
                let closed =
                    school_calendar::closed_for(ctx.desk(), ctx.actor()?, school.id, opening.id, years).await?;
                let page = check_page(&ctx, &around, &form, &booking, (&opening, &school), until, closed);
                return Ok(page.into_response());
            }
            Err(error) => error,
        },
    };
    match refused {
        Error::Invalid(errors) => {
            form.refuse_all(errors);
            Ok(details_page(&ctx, &around, form).await?.status(unprocessable).into_response())
        }
        Error::Conflict(Conflict::SlotGone) => gone(&ctx, &around, form, booking.opening).await,
        other => Err(other.into()),
    }
}

/// Nothing is wrong with the booking, and its slot is held while the answers are read once more.
async fn checked_and_held(ctx: &Context, booking: &Booking) -> records::Result<(Opening, Bookable, DateTime<Utc>)> {
    let actor = ctx.visitor.sign_in().and_then(|s| s.actor.as_ref()).ok_or(Error::NotFound)?;
    let (_, opening, school) = sessions::check(ctx.desk(), actor, booking).await?;
    let until = sessions::reserve(ctx.desk(), actor, booking.opening, booking.setting).await?;
    Ok((opening, school, until))
}

/// Holds the chosen slot; whatever was typed stays.
async fn hold(ctx: &Context, around: &Around, mut form: Form) -> Answer {
    let setting = form.read::<Uuid>("school", "Choose the school first: the slot is held for it");
    let opening = form.read::<Uuid>("opening", "Choose a date and time to hold");
    let Some((setting, opening)) = setting.zip(opening) else {
        return Ok(details_page(ctx, around, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    match sessions::reserve(ctx.desk(), ctx.actor()?, opening, setting).await {
        // Straight from the tour's page: nothing was typed that a redirect could lose.
        Ok(_) if form.get("contact_telephone").is_empty() && form.get("expected-0").is_empty() => {
            Ok(ctx.see_other(format!("/tours/{}/book?opening={opening}&school={setting}", around.tour.id)))
        }
        Ok(_) => Ok(details_page(ctx, around, form).await?.into_response()),
        Err(Error::Invalid(errors)) => {
            form.refuse_all(errors);
            Ok(details_page(ctx, around, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(Error::Conflict(Conflict::SlotGone)) => gone(ctx, around, form, opening).await,
        Err(other) => Err(other.into()),
    }
}

/// The slot has gone: the nearest free ones, and what was typed.
async fn gone(ctx: &Context, around: &Around, mut form: Form, wanted: Uuid) -> Answer {
    let (desk, actor, tour) = (ctx.desk(), ctx.actor()?, around.tour.id);
    let wanted = openings::get(desk, actor, wanted).await?;
    let free = sessions::nearest(desk, actor, tour, wanted.on_date, NEAREST).await?;
    let text = "That slot has just gone. Here are the nearest free ones; everything else you typed is still there";
    form.refuse("opening", text);
    let around = Around {
        tour: around.tour.clone(),
        schools: around.schools.clone(),
        joinable: around.joinable,
        closed: around.closed.clone(),
        free,
    };
    Ok(details_page(ctx, &around, form).await?.status(StatusCode::CONFLICT).into_response())
}

/// What was typed, in the order of the page; everything that is wrong with it is named at once.
fn read(form: &mut Form, actor: &Actor) -> Option<Booking> {
    let setting = form.read::<Uuid>("school", "Choose the school");
    let opening = form.read::<Uuid>("opening", "Choose a date and time");
    let on_behalf = read_asked(form, actor.role);
    let groups = groups::read(form);
    let text = |name: &str| form.get(name).to_owned();
    let booking = Booking {
        opening: opening.unwrap_or_default(),
        setting: setting.unwrap_or_default(),
        groups,
        room: text("room"),
        access_needs: text("access_needs"),
        contact_name: text("contact_name"),
        contact_telephone: text("contact_telephone"),
        contact_email: text("contact_email"),
        more_emails: text("more_emails"),
        staff_stay: form.has("staff_stay", "yes"),
        room_for_others: form.has("room_for_others", "yes"),
        on_behalf,
        outside_audience: form.has("outside_audience", "yes"),
    };
    if form.is_good() {
        return Some(booking);
    }
    let mut others = sessions::contact_errors(actor, &booking);
    others.retain(|other| form.error(&other.field).is_none());
    form.refuse_all(others);
    None
}

async fn details_page(ctx: &Context, around: &Around, form: Form) -> Result<Page, Problem> {
    let role = ctx.actor()?.role;
    let held = held(ctx, around, &form).await?;
    let here = format!("/tours/{}", around.tour.id);
    let title = format!("Book {}", around.tour.programme_name);
    let join = around.joinable.then(|| {
        let href = format!("{here}/join?school={}", form.get("school"));
        view! {
            <p class="govuk-body">"A small group? "<a class="govuk-link" href=href>"Join another school’s visit that has room"</a></p>
        }
    });
    let about = about(ctx, &around.tour).await?;
    let instead = (!around.schools.is_empty() && around.tour.status == domain::programme::Status::Open).then(|| {
        let href = format!("{here}/request?school={}", form.get("school"));
        view! {
            <p class="govuk-body">
                "No slot suits? "<a class="govuk-link" href=format!("{here}/wait")>"Wait for another"</a>", or "
                <a class="govuk-link" href=href>"ask for it to come"</a>", and a date is found with the school."
            </p>
        }
    });
    if (around.free.is_empty() && held.is_none()) || around.schools.is_empty() {
        let text = if around.free.is_empty() {
            "No slot of this tour is free."
        } else {
            "This tour is not meant for your school."
        };
        let wait = (!around.schools.is_empty()).then(|| {
            let href = format!("{here}/wait");
            let ask = format!("{here}/request?school={}", form.get("school"));
            view! {
                <p class="govuk-body">
                    <a class="govuk-link" href=href>"Wait for a slot"</a>": you are offered the next that suits you. Or "
                    <a class="govuk-link" href=ask>"ask for it to come"</a>", and a date is found with the school."
                </p>
            }
        });
        let content = view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {join}
            <Empty text=text>
                {wait}
                <p class="govuk-body"><a class="govuk-link" href="/tours">"See other tours"</a></p>
            </Empty>
        };
        return Ok(ctx.page(title, content).back(here));
    }
    let slots: Vec<Choice> = std::iter::once(choice("", "Choose a date and time"))
        .chain(held.iter().map(|(o, _)| choice(o.id, slot_text(o))))
        .chain(around.free.iter().map(|o| {
            let closed = around.closed.iter().any(|(id, _)| *id == o.id);
            choice(o.id, format!("{}{}", slot_text(o), if closed { " (the school is closed then)" } else { "" }))
        }))
        .collect();
    let until = held.as_ref().map(|(_, until)| *until);
    let hold = until.is_none().then(|| {
        view! { <Button text="Hold this slot for 10 minutes" variant="secondary" name="step" value="hold"/> }
    });
    let school = school_field(&form, &around.schools);
    let taught = around.schools.iter().find(|s| s.id.to_string() == form.get("school")).and_then(|s| s.year_groups);
    let groups = groups::fields(&form, &groups::offered(&around.tour, taught));
    let widen = matches!(role, Role::Commissioner).then(|| {
        let choices = vec![choice("yes", "The group may come although the programme is not meant for it")];
        view! { <Checkboxes form=form.clone() name="outside_audience" legend="Outside the audience" choices=choices/> }
    });
    let asked = asked_fields(&form, role);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{around.tour.name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {about}
        {join}
        <PostForm form=form.clone() action=format!("{here}/book")>
            {school}
            <Select form=form.clone() name="opening" label="Date and time" choices=slots/>
            {until.map(held_words)}
            {hold}
            {instead}
            {asked}
            {groups}
            {widen}
            {on_the_day_fields(&form)}
            <Button text="Check your answers"/>
        </PostForm>
    };
    Ok(ctx.page(title, content).back(here))
}

/// The chosen slot, where the person holds it, and until when.
async fn held(ctx: &Context, around: &Around, form: &Form) -> Result<Option<(Opening, DateTime<Utc>)>, Problem> {
    let Ok(opening) = form.get("opening").parse::<Uuid>() else { return Ok(None) };
    let Some(until) = sessions::held_until(ctx.desk(), ctx.actor()?, opening).await? else { return Ok(None) };
    let opening = openings::get(ctx.desk(), ctx.actor()?, opening).await?;
    Ok((opening.tour_id == around.tour.id).then_some((opening, until)))
}

fn check_page(
    ctx: &Context,
    around: &Around,
    form: &Form,
    booking: &Booking,
    (opening, school): (&Opening, &Bookable),
    until: DateTime<Utc>,
    closed: Option<Closed>,
) -> Page {
    let here = format!("/tours/{}/book", around.tour.id);
    let or_none = |text: &str| if text.is_empty() { "None".to_owned() } else { text.to_owned() };
    let mut rows = vec![
        row("School", school.name.clone()),
        row("When", slot_text(opening)),
        row("Who attends", groups::in_words(&booking.groups)),
        row("Room", or_none(&booking.room)),
        row("Access needs", or_none(&booking.access_needs)),
        row("Contact on the day", format!("{}, {}", booking.contact_name, booking.contact_telephone)),
        row("Mails go to", addresses(&booking.contact_email, &booking.more_emails)),
        row("Staff stay throughout", "Yes"),
        row("Another school may join", if booking.room_for_others { "Yes" } else { "No" }),
    ];
    if let Some(o) = &booking.on_behalf {
        rows.push(row("Who asked", format!("{} ({})", o.name, o.how.label().to_lowercase())));
    }
    let content = view! {
        <span class="govuk-caption-l">{around.tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Check your answers"</h1>
        {held_words(until)}
        {closed.map(|why| closed_warning(&why, &school.name, school.id))}
        <SummaryList rows=rows/>
        {send_again(form, here.clone(), "Book")}
    };
    ctx.page("Check your answers", content).back(here)
}

/// That a school takes no visits then, why, and what to do; its own dates it may overrule by booking all the same.
pub(super) fn closed_warning(why: &Closed, school: &str, id: Uuid) -> impl IntoView + use<> {
    let text = format!("{school} takes no visits then, according to its calendar. {why}.");
    let next = if why.is_schools_own() {
        "Book all the same if the school agrees, or change your answers and choose another time."
    } else {
        "Change your answers and choose another day, unless the school is open all the same."
    };
    view! {
        <Warning text=text/>
        <p class="govuk-body">{next}" "<a class="govuk-link" href=format!("/schools/{id}/dates")>"See the school’s calendar"</a></p>
    }
}
