//! Each role's home page: what waits for that person, the most pressing first. Signed out, what Callboard is.

mod council;
mod files;
mod school;
mod sessions;

use axum::response::IntoResponse;
use domain::access::{Operation, Role, Scope, permitted};
use leptos::prelude::*;
use records::home::{self, Home};
use records::school_calendar;

use super::school_calendar::terms::out_of_term;
use crate::components::ButtonLink;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/", Who::Anyone, show)
}

async fn show(ctx: Context) -> Answer {
    let Some(sign_in) = ctx.visitor.sign_in() else { return Ok(front_door(&ctx)) };
    let name = sign_in.name.clone();
    let actor = ctx.actor()?;
    // Who can move them sees them, whoever changed the terms.
    let clashes = match actor.role {
        Role::School | Role::Commissioner => school_calendar::out_of_term(ctx.desk(), actor).await?,
        _ => Vec::new(),
    };
    let body = match home::home(ctx.desk(), actor).await? {
        Home::School(waiting) => school::body(waiting).into_any(),
        Home::Provider(waiting) => sessions::body(waiting, Role::Provider).into_any(),
        Home::Commissioner(waiting) => council::commissioner(waiting).into_any(),
        Home::Evaluator(tours) => council::evaluator(tours).into_any(),
        Home::Safeguarding => council::safeguarding().into_any(),
        Home::Administrator(waiting) => council::administrator(waiting).into_any(),
        // Nobody signs in as the command line.
        Home::System => return Err(Problem::NotFound),
    };
    let calendar = permitted(actor.role, Operation::SeeCalendar).then(|| {
        let text = match actor.scope {
            Scope::Setting(_) | Scope::Provider(_) => "See your calendar by month and week",
            _ => "See calendars by month and week",
        };
        view! { <p class="govuk-body"><a class="govuk-link" href="/calendar">{text}</a></p> }
    });
    let trust = matches!(actor.scope, Scope::Trust(_)).then(|| {
        view! { <p class="govuk-body"><a class="govuk-link" href="/trust-terms">"Terms your trust keeps"</a></p> }
    });
    let calendar = view! { {calendar}{trust} };
    let content = view! {
        <span class="govuk-caption-l">{name}</span>
        <h1 class="govuk-heading-l">"What waits for you"</h1>
        {out_of_term(clashes)}
        {body}
        {calendar}
    };
    Ok(ctx.page("Home", content).wide().into_response())
}

/// The page of somebody who has not signed in.
fn front_door(ctx: &Context) -> axum::response::Response {
    let demo = ctx.site.demo.then(|| {
        view! {
            <p class="govuk-body">
                "This is a demonstration: "<a class="govuk-link" href="/demo">"sign in as someone with one press"</a>"."
            </p>
        }
    });
    let content = view! {
        <h1 class="govuk-heading-xl">"Callboard"</h1>
        <p class="govuk-body-l">"Prevention work in schools: who was reached, and who was not."</p>
        <p class="govuk-body">"Schools book plays and police sessions here, providers record who was there, and the council sees which schools have not been reached."</p>
        <ButtonLink href="/sign-in" text="Sign in"/>
        {demo}
        <h2 class="govuk-heading-m">"Were you given a code?"</h2>
        <p class="govuk-body"><a class="govuk-link" href="/feedback">"Say how it went"</a>": four short questions, without your name."</p>
    };
    ctx.page("Home", content).into_response()
}
