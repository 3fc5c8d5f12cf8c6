//! Answering an offered session: yes, yes on another day, no.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Operation, Role};
use domain::request::DeclineReason;
use domain::year_group::YearGroups;
use leptos::prelude::*;
use records::openings::{self, Opening};
use records::sessions::{self, Accepting, Declining, Session};
use records::{Conflict, Error, people, school_calendar, tours};
use serde::Deserialize;
use uuid::Uuid;

use super::book::closed_warning;
use super::change::{closed, look_again, slot_or_closed, slot_text, what};
use super::fields::{asked_fields, on_the_day_fields, read_asked};
use super::groups;
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::AnswerOffer);
    routes
        .get("/sessions/{id}/accept", who, ask_accept)
        .post("/sessions/{id}/accept", who, accept)
        .get("/sessions/{id}/another-day", who, another_day)
        .get("/sessions/{id}/decline", who, ask_decline)
        .post("/sessions/{id}/decline", who, decline)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    opening: Option<Uuid>,
}

async fn ask_accept(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    sessions::answerable(ctx.desk(), ctx.actor()?, id).await?;
    let offered = sessions::offered_groups(ctx.desk(), ctx.actor()?, id).await?;
    let mut form = Form::of([
        ("version", session.version.to_string()),
        ("opening", asked.opening.map(|o| o.to_string()).unwrap_or_default()),
        ("room", session.room.clone()),
        ("access_needs", session.access_needs.clone()),
        ("contact_name", session.contact_name.clone()),
        ("contact_telephone", session.contact_telephone.clone()),
        ("contact_email", session.contact_email.clone()),
        ("more_emails", session.more_emails.clone()),
    ]);
    if session.staff_stay {
        form.put("staff_stay", "yes");
    }
    if session.room_for_others {
        form.put("room_for_others", "yes");
    }
    groups::put(&mut form, &offered);
    // Offered out of a gap, it has no contact yet.
    if ctx.actor()?.role == Role::School && session.contact_email.is_empty() {
        let (email, name) = people::own(ctx.desk(), ctx.actor()?).await?;
        form.replace("contact_name", name);
        form.replace("contact_email", email);
    }
    Ok(accept_page(&ctx, &session, form).await?.into_response())
}

async fn accept(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let on_behalf = read_asked(&mut form, ctx.actor()?.role);
    let elsewhere = form.read_optional::<Uuid>("opening");
    let rooms = groups::rooms(&form);
    let groups = groups::read_of(&mut form, rooms);
    let text = |name: &str| form.get(name).to_owned();
    let yes = Accepting {
        elsewhere,
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
    };
    let version = form.get("version").parse().unwrap_or(0);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if form.is_good() {
        match once(sessions::accept(&ctx.desk_for(&form), ctx.actor()?, id, version, &yes).await) {
            Ok(id) => {
                let text = "Accepted: the visit is booked. The provider and the council were told";
                return Ok(ctx.see_other_with(format!("/sessions/{id}"), text));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                // Answered meanwhile: then this says so in place of the form.
                sessions::answerable(ctx.desk(), ctx.actor()?, id).await?;
                let now = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session.version;
                look_again(&mut form, "contact_name", now);
                status = StatusCode::CONFLICT;
            }
            Err(Error::Conflict(Conflict::SlotGone)) => {
                form.replace("opening", String::new());
                form.refuse("opening", "That day has just gone. What you were offered is still kept for you");
                status = StatusCode::CONFLICT;
            }
            Err(other) => return Err(other.into()),
        }
    } else {
        let mut others = sessions::accept_errors(ctx.actor()?, &yes);
        others.retain(|other| form.error(&other.field).is_none());
        form.refuse_all(others);
    }
    Ok(accept_page(&ctx, &session, form).await?.status(status).into_response())
}

async fn accept_page(ctx: &Context, session: &Session, form: Form) -> Result<Page, Problem> {
    let here = format!("/sessions/{}", session.id);
    let role = ctx.actor()?.role;
    let elsewhere: Option<Opening> = match form.get("opening").parse::<Uuid>() {
        Ok(id) => Some(openings::get(ctx.desk(), ctx.actor()?, id).await?),
        Err(_) => None,
    };
    let closed = match &elsewhere {
        Some(to) => {
            school_calendar::closed_for(ctx.desk(), ctx.actor()?, session.venue_id, to.id, YearGroups::NONE).await?
        }
        None => None,
    };
    let closed = closed.map(|why| closed_warning(&why, &session.venue, session.venue_id));
    let (version, opening) = (form.get("version").to_owned(), form.get("opening").to_owned());
    let when = match &elsewhere {
        Some(to) => format!("Another day: {}", slot_text(to)),
        None => what(session),
    };
    let school = format!("For {}. Correct what has changed.", session.venue);
    let tour = tours::get(ctx.desk(), ctx.actor()?, session.tour_id).await?;
    let schools = sessions::bookable_schools(ctx.desk(), ctx.actor()?, tour.id).await?;
    let taught = schools.iter().find(|school| school.id == session.venue_id).and_then(|school| school.year_groups);
    let groups = groups::fields_of(&form, &groups::offered(&tour, taught), groups::rooms(&form));
    let (asked, on_the_day) = (asked_fields(&form, role), on_the_day_fields(&form));
    let title = if elsewhere.is_some() { "Take another day" } else { "Accept this visit" };
    let other = view! {
        <p class="govuk-body">
            <a class="govuk-link" href=format!("{here}/another-day")>"Ask for another day"</a>", or "
            <a class="govuk-link" href=format!("{here}/decline")>"say no"</a>
        </p>
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{session.tour.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body" id="opening">{when}</p>
        {closed}
        {deadline(session)}
        {other}
        <PostForm form=form.clone() action=format!("{here}/accept")>
            <Hidden name="version" value=version/>
            <Hidden name="opening" value=opening/>
            <p class="govuk-body">{school}</p>
            {asked}
            {groups}
            {on_the_day}
            <Button text="Accept"/>
        </PostForm>
    };
    Ok(ctx.page(title, content).back(here))
}

/// “Say yes or no until …”.
pub(super) fn deadline(session: &Session) -> Option<impl IntoView + use<>> {
    session.offered_until.map(|until| {
        let text = format!("The slot is kept until {}. Then it goes to somebody else.", date_time(until));
        view! { <div class="govuk-inset-text">{text}</div> }
    })
}

async fn another_day(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    sessions::answerable(ctx.desk(), ctx.actor()?, id).await?;
    let here = format!("/sessions/{id}");
    let free = sessions::nearest(ctx.desk(), ctx.actor()?, session.tour_id, session.on_date, 20).await?;
    let closed = closed(&ctx, &session).await?;
    let content = if free.is_empty() {
        let wait = format!("/tours/{}/wait", session.tour_id);
        view! {
            <Empty text="No other slot of this tour is free.">
                <p class="govuk-body">"Decline this one, and "<a class="govuk-link" href=wait>"wait for another"</a>": you are offered the next that suits you."</p>
            </Empty>
        }
        .into_any()
    } else {
        let links = free
            .iter()
            .map(|o| view! { <li><a class="govuk-link" href=format!("{here}/accept?opening={}", o.id)>{slot_or_closed(o, &closed)}</a></li> })
            .collect_view();
        view! { <p class="govuk-body">"These are free, the nearest first. What you were offered is kept until you have taken another."</p>
        <ul class="govuk-list govuk-list--spaced">{links}</ul> }
        .into_any()
    };
    let view = view! {
        <h1 class="govuk-heading-l">"Ask for another day"</h1>
        <p class="govuk-body">{what(&session)}</p>
        {deadline(&session)}
        {content}
    };
    Ok(ctx.page("Ask for another day", view).back(format!("{here}/accept")).into_response())
}

async fn ask_decline(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    sessions::answerable(ctx.desk(), ctx.actor()?, id).await?;
    let form = Form::of([("version", session.version.to_string())]);
    Ok(decline_page(&ctx, &session, form)?.into_response())
}

async fn decline(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let on_behalf = read_asked(&mut form, ctx.actor()?.role);
    let reason = form.read::<DeclineReason>("reason", "Say why: choose what comes closest");
    let version = form.get("version").parse().unwrap_or(0);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let (Some(reason), true) = (reason, form.is_good()) {
        let no = Declining { reason, note: form.get("reason_note").to_owned(), on_behalf };
        match once(sessions::decline(&ctx.desk_for(&form), ctx.actor()?, id, version, &no).await) {
            Ok(_) => return Ok(ctx.see_other_with("/", "Declined. The provider and the council were told")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                sessions::answerable(ctx.desk(), ctx.actor()?, id).await?;
                let now = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session.version;
                look_again(&mut form, "reason_note", now);
                status = StatusCode::CONFLICT;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(decline_page(&ctx, &session, form)?.status(status).into_response())
}

fn decline_page(ctx: &Context, session: &Session, form: Form) -> Result<Page, Problem> {
    let here = format!("/sessions/{}", session.id);
    let role = ctx.actor()?.role;
    let version = form.get("version").to_owned();
    let reasons = DeclineReason::ALL.iter().map(|r| choice(r.as_str(), r.label())).collect::<Vec<_>>();
    let asked = asked_fields(&form, role);
    let who = if role == Role::School { "you" } else { "the school" };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Say no to this visit?"</h1>
        <p class="govuk-body">{what(session)}</p>
        <p class="govuk-body">{format!("The slot goes to another school. What {who} asked for stays open.")}</p>
        <PostForm form=form.clone() action=format!("{here}/decline")>
            <Hidden name="version" value=version/>
            {asked}
            <Radios form=form.clone() name="reason" legend="Why not" choices=reasons/>
            <TextArea form=form name="reason_note" label="Anything else to say (optional)" rows=3/>
            <Button text="Decline" variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=format!("{here}/accept")>"Go back to accepting it"</a></p>
    };
    Ok(ctx.page("Say no to this visit?", content).back(here))
}
