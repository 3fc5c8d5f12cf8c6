//! One request: where it stands, what was asked, what it is worth; and its withdrawal.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Actor, Operation, Role, permitted};
use domain::need::Points;
use domain::request::{DeclineReason, RequestState};
use leptos::prelude::*;
use records::requests::{self, Filter, Request};
use records::{Error, need};
use uuid::Uuid;

use super::{facts, state_tag};
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let request = requests::get(ctx.desk(), actor, id).await?;
    let worth = if actor.role == Role::School {
        None
    } else {
        let filter = Filter { id: Some(id), ..Filter::default() };
        need::valued(ctx.desk(), actor, filter).await?.pop()
    };
    let audit = requests::audit(ctx.desk(), actor, id).await?;
    let title = format!("Request for {}", request.programme);
    let rows: Vec<Row> = facts(&request)
        .into_iter()
        .map(|mut fact| {
            let change =
                request.state == RequestState::Asked && may(actor) && fact.key != "School" && fact.key != "Who asked";
            fact.change = change.then(|| (format!("/requests/{id}/change"), fact.key.to_lowercase()));
            fact
        })
        .collect();
    let content = view! {
        <span class="govuk-caption-l">{request.tour.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}" "{state_tag(request.state)}</h1>
        {standing(&request)}
        {actions(&request, actor)}
        <SummaryList rows=rows/>
        {worth.map(|worth| worth_of(worth.value(), worth.points, actor))}
        <AuditLines lines=audit/>
    };
    let back = if actor.role == Role::School {
        "/requests".to_owned()
    } else {
        format!("/tours/{}/requests", request.tour_id)
    };
    Ok(ctx.page(title, content).back(back).into_response())
}

fn may(actor: &Actor) -> bool {
    permitted(actor.role, Operation::AskForTour)
}

/// Where it stands, in a sentence, and what comes next.
fn standing(request: &Request) -> impl IntoView + use<> {
    let asked = long_date(request.asked_at.with_timezone(&chrono_tz::Europe::London).date_naive());
    let held = plural(request.held, "session has", "sessions have");
    let reason = request.reason.parse::<DeclineReason>().map(|r| format!(" Why: {}", r.label().to_lowercase()));
    let note = if request.reason_note.is_empty() { String::new() } else { format!(" ({})", request.reason_note) };
    let text = match request.state {
        RequestState::Asked if request.held > 0 => {
            let declined = request.declined().map(|d| format!(" {}.", d.still_asks())).unwrap_or_default();
            format!("Asked on {asked}. {held} a date; {} still to come.{declined}", thousands(request.missing()))
        }
        RequestState::Asked => {
            let declined = request.declined().map(|d| format!(" {}.", d.still_asks())).unwrap_or_default();
            format!("Asked on {asked}.{declined} It waits for the tour to be planned; a date is then offered.")
        }
        RequestState::Placed => format!("Asked on {asked}. It has a date."),
        RequestState::Withdrawn => format!("Withdrawn.{}{note}", reason.unwrap_or_default()),
        RequestState::Closed => "The tour was closed before a date was found.".to_owned(),
    };
    let outside = request.outside_tour();
    let outside = (request.state == RequestState::Asked && !outside.is_empty())
        .then(|| format!(" Not among the tour’s days, so the council has to decide: {}.", super::days(&outside)));
    view! { <p class="govuk-body">{text}{outside}</p> }
}

fn actions(request: &Request, actor: &Actor) -> impl IntoView + use<> {
    let book = match actor.role {
        Role::School => "Choose a free slot yourself",
        _ => "Book a slot for them",
    };
    let waits = request.state == RequestState::Asked;
    let links = [
        (format!("/tours/{}/book?setting={}", request.tour_id, request.setting_id), book, waits && may(actor)),
        (format!("/sessions?tour={}", request.tour_id), "See its sessions", request.held > 0),
        (
            format!("/tours/{}/request?school={}", request.tour_id, request.setting_id),
            "Ask anew",
            request.state == RequestState::Withdrawn && may(actor),
        ),
        (format!("/requests/{}/change", request.id), "Change the request", waits && may(actor)),
        (format!("/requests/{}/withdraw", request.id), "Withdraw the request", waits && may(actor)),
    ];
    let links = links
        .into_iter()
        .filter(|(.., shown)| *shown)
        .map(|(href, text, _)| view! { <li><a class="govuk-link" href=href>{text}</a></li> })
        .collect_view();
    view! { <ul class="govuk-list app-no-print">{links}</ul> }
}

/// What it is worth to a plan, and why.
fn worth_of(value: i64, points: Vec<Points>, actor: &Actor) -> impl IntoView + use<> {
    let rows = points
        .into_iter()
        .map(|p| {
            vec![p.factor.label().into_any(), super::list::sentence(&p.why).into_any(), thousands(p.points).into_any()]
        })
        .collect();
    let set = permitted(actor.role, Operation::EditWeights).then(|| {
        view! { <p class="govuk-body"><a class="govuk-link" href="/weights">"See and set what counts"</a></p> }
    });
    view! {
        <h2 class="govuk-heading-m">{format!("Worth {} to a plan", plural(value, "point", "points"))}</h2>
        <DataTable caption="Points by reason" caption_hidden=true heads=vec!["For", "Why", "Points"] numeric=vec![2] rows=rows/>
        {set}
    }
}

pub(super) async fn withdraw_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let request = requests::get(ctx.desk(), ctx.actor()?, id).await?;
    Ok(question(&ctx, &request, Form::default())?.into_response())
}

pub(super) async fn withdraw(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let request = requests::get(ctx.desk(), ctx.actor()?, id).await?;
    let (reason, note) = (form.get("reason").parse::<DeclineReason>().ok(), form.get("reason_note").to_owned());
    match once(requests::withdraw(&ctx.desk_for(&form), ctx.actor()?, id, reason, &note).await) {
        Ok(id) => return Ok(ctx.see_other_with(format!("/requests/{id}"), "Request withdrawn")),
        Err(Error::Invalid(errors)) => form.refuse_all(errors),
        Err(other) => return Err(other.into()),
    }
    Ok(question(&ctx, &request, form)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn question(ctx: &Context, request: &Request, form: Form) -> Result<Page, Problem> {
    let here = format!("/requests/{}", request.id);
    if request.state != RequestState::Asked {
        return Err(Problem::Conflict("This request no longer waits for a date, so it cannot be withdrawn.".into()));
    }
    let title = format!("Withdraw the request for {}?", request.programme);
    let keep = here.clone();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{request.school.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">"The tour is then planned without this school. It can ask anew while the tour is open."</p>
        <PostForm form=form.clone() action=format!("{here}/withdraw")>
            {reason_fields(&form, "Why?", "It helps the council to plan. Name no child")}
            <div class="govuk-button-group">
                <Button text="Withdraw the request" variant="warning"/>
                <a class="govuk-link" href=keep>"Keep it"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page(title, content).back(here))
}

/// A reason out of the closed list, and a note to it.
pub(crate) fn reason_fields(form: &Form, legend: &'static str, hint: &'static str) -> impl IntoView + use<> {
    let reasons = DeclineReason::ALL.iter().map(|r| choice(r.as_str(), r.label())).collect();
    view! {
        <Radios form=form.clone() name="reason" legend=legend hint=hint choices=reasons/>
        <TextArea form=form.clone() name="reason_note" label="In a few words (optional, unless it is another reason)" rows=3/>
    }
}
