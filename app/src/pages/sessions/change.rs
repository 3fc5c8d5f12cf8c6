//! Moving, cancelling, marking missed, and saying who comes: each asks on a page of its own.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::session::Reason;
use leptos::prelude::*;
use records::sessions::{self, Session, Why};
use records::{Conflict, Error, openings};
use uuid::Uuid;

use super::time;
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/sessions/{id}/move", Who::May(Operation::MoveSession), ask_move)
        .post("/sessions/{id}/move", Who::May(Operation::MoveSession), do_move)
        .get("/sessions/{id}/cancel", Who::May(Operation::CancelSession), ask_cancel)
        .post("/sessions/{id}/cancel", Who::May(Operation::CancelSession), do_cancel)
        .get("/sessions/{id}/missed", Who::May(Operation::MarkMissed), ask_missed)
        .post("/sessions/{id}/missed", Who::May(Operation::MarkMissed), do_missed)
        .get("/sessions/{id}/people", Who::May(Operation::AssignPeople), ask_people)
        .post("/sessions/{id}/people", Who::May(Operation::AssignPeople), set_people)
}

/// Which of the two ends a form is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Cancel,
    Missed,
}

impl End {
    const fn path(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Missed => "missed",
        }
    }

    const fn question(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel this visit?",
            Self::Missed => "Mark this session missed?",
        }
    }
}

fn reasons() -> Vec<Choice> {
    Reason::ALL.iter().map(|r| choice(r.as_str(), r.label())).collect()
}

fn why(form: &mut Form) -> Option<(i64, Why)> {
    let reason = form.read::<Reason>("reason", "Choose the reason")?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    Some((version, Why { reason, note: form.get("note").to_owned() }))
}

/// Somebody changed the visit meanwhile: what was typed stays, and a second press means it.
fn look_again(form: &mut Form, field: &str, version: i64) {
    form.replace("version", version.to_string());
    form.refuse(field, "Somebody changed this visit meanwhile. Look at it as it stands now, then press again");
}

fn of(session: &Session) -> Form {
    Form::of([("version", session.version.to_string())])
}

fn what(session: &Session) -> String {
    format!("{} at {}, {}, {}", session.programme, session.venue, long_date(session.on_date), time(session))
}

async fn ask_cancel(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    ask_end(ctx, id, End::Cancel).await
}

async fn ask_missed(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    ask_end(ctx, id, End::Missed).await
}

async fn do_cancel(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    do_end(ctx, id, form, End::Cancel).await
}

async fn do_missed(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    do_end(ctx, id, form, End::Missed).await
}

async fn ask_end(ctx: Context, id: Uuid, end: End) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let form = of(&session);
    Ok(end_page(&ctx, &session, form, end).into_response())
}

async fn do_end(ctx: Context, id: Uuid, mut form: Form, end: End) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    if let Some((version, why)) = why(&mut form) {
        let desk = ctx.desk_for(&form);
        let done = match end {
            End::Cancel => sessions::cancel(&desk, ctx.actor()?, id, version, &why).await,
            End::Missed => sessions::miss(&desk, ctx.actor()?, id, version, &why).await,
        };
        match once(done) {
            Ok(_) if end == End::Cancel => {
                return Ok(ctx.see_other_with("/sessions", "Cancelled. Everybody concerned was told"));
            }
            Ok(id) => {
                return Ok(ctx.see_other_with(format!("/sessions/{id}"), "Marked missed. Everybody concerned was told"));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
                look_again(&mut form, "note", session.version);
                return Ok(end_page(&ctx, &session, form, end).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(end_page(&ctx, &session, form, end).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn end_page(ctx: &Context, session: &Session, form: Form, end: End) -> Page {
    let here = format!("/sessions/{}", session.id);
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{end.question()}</h1>
        <p class="govuk-body">{what(session)}</p>
        <p class="govuk-body">"The school’s contacts and the provider get a mail, and the visit leaves their calendars."</p>
        <PostForm form=form.clone() action=format!("{here}/{}", end.path())>
            <Hidden name="version" value=version/>
            <Radios form=form.clone() name="reason" legend="Reason" choices=reasons()/>
            <TextArea form=form name="note" label="Anything else they should know (optional)" rows=3/>
            <Button text=if end == End::Cancel { "Cancel the visit" } else { "Mark missed" } variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Keep it as it is"</a></p>
    };
    ctx.page(end.question(), content).back(here)
}

async fn ask_move(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let form = of(&session);
    Ok(move_page(&ctx, &session, form).await?.into_response())
}

async fn do_move(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let opening = form.read::<Uuid>("opening", "Choose the new date");
    if let (Some((version, why)), Some(opening)) = (why(&mut form), opening) {
        match once(sessions::move_to(&ctx.desk_for(&form), ctx.actor()?, id, version, opening, &why).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/sessions/{id}"), "Moved. Everybody concerned was told")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
                look_again(&mut form, "note", session.version);
                return Ok(move_page(&ctx, &session, form).await?.status(StatusCode::CONFLICT).into_response());
            }
            Err(Error::Conflict(Conflict::SlotGone)) => {
                form.refuse("opening", "That slot has just gone. Choose another: the nearest free ones come first");
                return Ok(move_page(&ctx, &session, form).await?.status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(move_page(&ctx, &session, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn move_page(ctx: &Context, session: &Session, form: Form) -> Result<Page, crate::web::answer::Problem> {
    let free = sessions::nearest(ctx.desk(), ctx.actor()?, session.tour_id, session.on_date, 20).await?;
    let here = format!("/sessions/{}", session.id);
    let version = form.get("version").to_owned();
    let slots = free.iter().map(|o| choice(o.id, slot_text(o))).collect::<Vec<_>>();
    let summary = form.clone();
    let fields = if slots.is_empty() {
        view! { <Empty text="No other slot of this tour is free."><p class="govuk-body">"Ask the provider to open more days."</p></Empty> }
            .into_any()
    } else {
        view! {
            <PostForm form=form.clone() action=format!("{here}/move")>
                <Hidden name="version" value=version/>
                <Radios form=form.clone() name="opening" legend="New date" hint="The nearest free slots" choices=slots/>
                <Radios form=form.clone() name="reason" legend="Reason" choices=reasons()/>
                <TextArea form=form.clone() name="note" label="Anything else they should know (optional)" rows=3/>
                <Button text="Move the visit"/>
            </PostForm>
        }
        .into_any()
    };
    let content = view! {
        <ErrorSummary form=summary/>
        <h1 class="govuk-heading-l">"Move this visit"</h1>
        <p class="govuk-body">{what(session)}</p>
        {fields}
    };
    Ok(ctx.page("Move this visit", content).back(here))
}

/// “Tuesday 1 December 2026, 9:30am to 10:45am, Blue team”.
pub(super) fn slot_text(o: &openings::Opening) -> String {
    format!("{}, {} to {}, {}", long_date(o.on_date), o.starts, o.ends, o.team_name)
}

async fn ask_people(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let form = Form::of([("who_comes", session.who_comes.clone()), ("version", session.visit_version.to_string())]);
    Ok(people_page(&ctx, &session, form).into_response())
}

async fn set_people(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let who = form.get("who_comes").to_owned();
    let version = form.get("version").parse().unwrap_or(0);
    match once(sessions::set_people(&ctx.desk_for(&form), ctx.actor()?, id, version, &who).await) {
        Ok(id) => return Ok(ctx.see_other_with(format!("/sessions/{id}"), "Saved. The booking stands as it was")),
        Err(Error::Invalid(errors)) => form.refuse_all(errors),
        Err(Error::Conflict(Conflict::Stale)) => {
            let now = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session.visit_version;
            look_again(&mut form, "who_comes", now);
            return Ok(people_page(&ctx, &session, form).status(StatusCode::CONFLICT).into_response());
        }
        Err(other) => return Err(other.into()),
    }
    Ok(people_page(&ctx, &session, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn people_page(ctx: &Context, session: &Session, form: Form) -> Page {
    let here = format!("/sessions/{}", session.id);
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Who comes"</h1>
        <p class="govuk-body">{what(session)}</p>
        <PostForm form=form.clone() action=format!("{here}/people")>
            <Hidden name="version" value=version/>
            <TextArea form=form name="who_comes" label="The people who come" hint="One a line. The school sees their names"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Who comes", content).back(here)
}
