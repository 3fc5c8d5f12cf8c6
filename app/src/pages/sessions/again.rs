//! A new date for what did not take place, in one press.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::sessions::{self, Session};
use records::{Conflict, Error};
use uuid::Uuid;

use super::change::{NEAREST, closed, slot_or_closed, warn_of_closed, what};
use super::fields::{asked_fields, read_asked};
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::BookSession);
    routes.get("/sessions/{id}/new-date", who, ask).post("/sessions/{id}/new-date", who, book)
}

async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    Ok(page(&ctx, &session, Form::default()).await?.into_response())
}

async fn book(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let opening = form.read::<Uuid>("opening", "Choose the new date");
    let on_behalf = read_asked(&mut form, ctx.actor()?.role);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(opening) = opening.filter(|_| form.is_good()) {
        warn_of_closed(&ctx, &session, &mut form, opening).await?;
    }
    if let (Some(opening), true) = (opening, form.is_good()) {
        match once(sessions::again(&ctx.desk_for(&form), ctx.actor()?, id, opening, on_behalf).await) {
            Ok(id) => {
                let text = "Booked again with the same groups. Everybody concerned was told";
                return Ok(ctx.see_other_with(format!("/sessions/{id}"), text));
            }
            Err(Error::Conflict(Conflict::SlotGone)) => {
                form.refuse("opening", "That slot has just gone. Here are the nearest free ones");
                status = StatusCode::CONFLICT;
            }
            Err(Error::Invalid(errors)) => {
                // What was said of the old visit no longer passes: the booking page asks for it.
                let messages: Vec<_> = errors.into_iter().map(|e| e.message).collect();
                form.refuse("opening", format!("{}. Book it anew, where you can say so", messages.join(". ")));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(page(&ctx, &session, form).await?.status(status).into_response())
}

async fn page(ctx: &Context, session: &Session, form: Form) -> Result<Page, Problem> {
    let here = format!("/sessions/{}", session.id);
    let from = session.on_date.max(ctx.desk().today());
    let free = sessions::nearest(ctx.desk(), ctx.actor()?, session.tour_id, from, NEAREST).await?;
    let closed = closed(ctx, session).await?;
    let slots = free.iter().map(|o| choice(o.id, slot_or_closed(o, &closed))).collect();
    let fields = fields(&form, &here, session, slots, ctx.actor()?.role);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Find a new date"</h1>
        <p class="govuk-body">{what(session)}</p>
        {fields}
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Leave it for now"</a></p>
    };
    Ok(ctx.page("Find a new date", content).back(here))
}

fn fields(form: &Form, here: &str, session: &Session, slots: Vec<Choice>, role: domain::access::Role) -> AnyView {
    let book = format!("/tours/{}/book?school={}", session.tour_id, session.venue_id);
    if slots.is_empty() {
        let wait = format!("/tours/{}/wait?school={}", session.tour_id, session.venue_id);
        return view! {
            <Empty text="No slot of this tour is free.">
                <p class="govuk-body"><a class="govuk-link" href=wait>"Wait for one"</a>": the school is offered the next that suits it."</p>
            </Empty>
        }
        .into_any();
    }
    let (asked, form, action) = (asked_fields(form, role), form.clone(), format!("{here}/new-date"));
    let closed = form.get("closed").to_owned();
    view! {
        <p class="govuk-body">"The same groups, room and contact are taken along. "<a class="govuk-link" href=book>"Choose among all dates, or change them"</a></p>
        <PostForm form=form.clone() action=action>
            <Hidden name="closed" value=closed/>
            <Radios form=form name="opening" legend="The nearest free dates" choices=slots/>
            {asked}
            <Button text="Book it again"/>
        </PostForm>
    }
    .into_any()
}
