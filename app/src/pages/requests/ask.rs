//! Asking for a tour: say what is needed, check the answers, send. And changing it.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Role;
use domain::programme::Status;
use domain::request::RequestState;
use leptos::prelude::*;
use records::requests::{self, Asking, Filter, Request};
use records::sessions::{self, Bookable};
use records::tours::{self, Tour};
use records::{Conflict, Error};
use uuid::Uuid;

use super::fields;
use crate::components::*;
use crate::pages::sessions::fields::{asked_fields, school_field, send_again};
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// What the pages of asking need.
struct Around {
    tour: Tour,
    schools: Vec<Bookable>,
    /// Requests of these schools for the tour that stand.
    live: Vec<Request>,
}

async fn around(ctx: &Context, id: Uuid) -> Result<Around, Problem> {
    let actor = ctx.actor()?;
    let tour = tours::get(ctx.desk(), actor, id).await?;
    let mut schools = sessions::bookable_schools(ctx.desk(), actor, id).await?;
    let filter = Filter { tour: Some(id), ..Filter::default() };
    let mut live = requests::list(ctx.desk(), actor, filter).await?;
    live.retain(|r| r.state.is_live());
    if schools.len() > 1 {
        schools.retain(|school| !live.iter().any(|r| r.setting_id == school.id));
    }
    Ok(Around { tour, schools, live })
}

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let around = around(&ctx, id).await?;
    let mut form = Form::of([("sessions", "1"), ("part_of_day", "any"), ("may_split", "yes")]);
    match around.schools.as_slice() {
        [only] => form.put("school", only.id.to_string()),
        _ => form.put("school", Form::of(pairs).get("school").to_owned()),
    }
    if ctx.actor()?.role == Role::School {
        form.put("contact_name", ctx.visitor.sign_in().map(|s| s.name.clone()).unwrap_or_default());
    }
    Ok(details_page(&ctx, &around, form)?.into_response())
}

pub(super) async fn ask(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let around = around(&ctx, id).await?;
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let year = around.tour.academic_year;
    let Some(asking) = fields::read(&mut form, ctx.actor()?, id, year, true) else {
        return Ok(details_page(&ctx, &around, form)?.status(unprocessable).into_response());
    };
    let refused = match form.get("step") {
        "book" => match once(requests::ask(&ctx.desk_for(&form), ctx.actor()?, &asking).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/requests/{id}"), "Your request was sent")),
            Err(error) => error,
        },
        "change" => return Ok(details_page(&ctx, &around, form)?.into_response()),
        _ => match requests::check(ctx.desk(), ctx.actor()?, &asking).await {
            Ok((_, school)) => return Ok(check_page(&ctx, &around, &form, &asking, &school).into_response()),
            Err(error) => error,
        },
    };
    match refused {
        Error::Invalid(errors) => form.refuse_all(errors),
        Error::Conflict(Conflict::Refused(why)) => form.refuse("school", why),
        other => return Err(other.into()),
    }
    Ok(details_page(&ctx, &around, form)?.status(unprocessable).into_response())
}

fn details_page(ctx: &Context, around: &Around, form: Form) -> Result<Page, Problem> {
    let role = ctx.actor()?.role;
    let here = format!("/tours/{}", around.tour.id);
    let title = match role {
        Role::School => format!("Ask for {} to come", around.tour.programme_name),
        _ => format!("Ask for {} on a school’s behalf", around.tour.programme_name),
    };
    if let Some(why) = nothing_to_ask(ctx, around) {
        let content = view! { <h1 class="govuk-heading-l">{title.clone()}</h1> {why} };
        return Ok(ctx.page(title, content).back(here));
    }
    let taught = around.schools.iter().find(|s| s.id.to_string() == form.get("school")).and_then(|s| s.year_groups);
    let school = school_field(&form, &around.schools);
    let fields = fields::fields(&form, &around.tour, taught, role, false);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{around.tour.name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">
            "A request is not a booking. When the tour is planned, a date is offered, and the school says yes or no to it. Is there a slot that suits? "
            <a class="govuk-link" href=here.clone()>"Book it at once"</a>
        </p>
        <p class="govuk-body">"Several tours, or colleagues to ask first? "<a class="govuk-link" href=crate::pages::request_sheets::HERE>"Ask for tours in a workbook"</a></p>
        <PostForm form=form.clone() action=format!("{here}/request")>
            {school}
            {asked_fields(&form, role)}
            {fields}
            <Button text="Check your answers"/>
        </PostForm>
    };
    Ok(ctx.page(title, content).back(here))
}

/// Why nobody can ask, and what to do instead.
fn nothing_to_ask(ctx: &Context, around: &Around) -> Option<AnyView> {
    if around.tour.status != Status::Open || around.tour.ends <= ctx.desk().today() {
        return Some(
            view! {
                <Empty text="This tour takes no requests: it is not open, or it is over.">
                    <p class="govuk-body"><a class="govuk-link" href="/tours">"See other tours"</a></p>
                </Empty>
            }
            .into_any(),
        );
    }
    let asked = around.live.iter().find(|r| around.schools.iter().all(|s| s.id == r.setting_id));
    if let Some(request) = asked {
        let text = format!("{} has asked for this tour already.", request.school);
        let href = format!("/requests/{}", request.id);
        return Some(
            view! {
                <Empty text=text>
                    <p class="govuk-body"><a class="govuk-link" href=href>"See the request"</a>": it can be changed or withdrawn there."</p>
                </Empty>
            }
            .into_any(),
        );
    }
    around.schools.is_empty().then(|| {
        view! {
            <Empty text="This tour is not meant for your school.">
                <p class="govuk-body"><a class="govuk-link" href="/tours">"See other tours"</a>", or ask the council: it can decide otherwise."</p>
            </Empty>
        }
        .into_any()
    })
}

fn check_page(ctx: &Context, around: &Around, form: &Form, asking: &Asking, school: &Bookable) -> Page {
    let here = format!("/tours/{}/request", around.tour.id);
    let outside = outside_tour(&around.tour, &asking.wish.preferred);
    let content = view! {
        <span class="govuk-caption-l">{around.tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Check your answers"</h1>
        {outside}
        <SummaryList rows=fields::answers(school.name.clone(), asking)/>
        {send_again(form, here.clone(), "Send the request")}
    };
    ctx.page("Check your answers", content).back(here)
}

/// Says so where preferred days are not the tour's.
fn outside_tour(tour: &Tour, preferred: &[chrono::NaiveDate]) -> Option<impl IntoView + use<>> {
    let outside: Vec<_> = preferred.iter().copied().filter(|d| *d < tour.starts || *d > tour.ends).collect();
    (!outside.is_empty()).then(|| {
        let text = format!("Not among the tour’s days, so the council has to decide: {}", super::days(&outside));
        view! { <div class="govuk-inset-text">{text}</div> }
    })
}

/// The tour and the school of a request that may still be changed.
async fn to_change(ctx: &Context, request: &Request) -> Result<(Tour, Option<Bookable>), Problem> {
    if request.state != RequestState::Asked {
        return Err(Problem::Conflict(
            "Only a request that waits for a date can be changed. Look at what became of it.".into(),
        ));
    }
    let tour = tours::get(ctx.desk(), ctx.actor()?, request.tour_id).await?;
    let schools = sessions::bookable_schools(ctx.desk(), ctx.actor()?, request.tour_id).await?;
    Ok((tour, schools.into_iter().find(|s| s.id == request.setting_id)))
}

pub(super) async fn change_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let request = requests::get(ctx.desk(), ctx.actor()?, id).await?;
    let (tour, school) = to_change(&ctx, &request).await?;
    let form = fields::of(&request);
    Ok(edit_page(&ctx, &request, &tour, school.as_ref(), form)?.into_response())
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let request = requests::get(ctx.desk(), ctx.actor()?, id).await?;
    let (tour, school) = to_change(&ctx, &request).await?;
    form.replace("school", request.setting_id.to_string());
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    if let Some(mut asking) = fields::read(&mut form, ctx.actor()?, request.tour_id, tour.academic_year, false) {
        // Who changes it for the school stands in the audit line; who asked stays who asked.
        asking.on_behalf =
            request.asked_how.parse().ok().map(|how| sessions::OnBehalf { name: request.asked_by_name.clone(), how });
        asking.on_behalf = asking.on_behalf.or_else(|| on_behalf(&ctx));
        match once(requests::change(&ctx.desk_for(&form), ctx.actor()?, id, version, &asking).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/requests/{id}"), "Request changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    let page = edit_page(&ctx, &request, &tour, school.as_ref(), form)?;
    Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Somebody of the council or the provider who changes what a school itself asked has spoken with it.
fn on_behalf(ctx: &Context) -> Option<sessions::OnBehalf> {
    let sign_in = ctx.visitor.sign_in()?;
    let role = sign_in.actor.as_ref()?.role;
    (role != Role::School)
        .then(|| sessions::OnBehalf { name: sign_in.name.clone(), how: domain::tour::AskedBy::Telephone })
}

fn edit_page(
    ctx: &Context,
    request: &Request,
    tour: &Tour,
    school: Option<&Bookable>,
    form: Form,
) -> Result<Page, Problem> {
    let title = format!("Change the request for {}", request.programme);
    let here = format!("/requests/{}", request.id);
    let version = form.get("version").to_owned();
    let fields = fields::fields(&form, tour, school.and_then(|s| s.year_groups), ctx.actor()?.role, false);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{request.school.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <PostForm form=form.clone() action=format!("{here}/change")>
            <Hidden name="version" value=version/>
            {fields}
            <Button text="Save changes"/>
        </PostForm>
    };
    Ok(ctx.page(title, content).back(here))
}
