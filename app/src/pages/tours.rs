//! Tours: what is on, who plays it, how far it has come.

mod add;
mod edit;
mod show;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::AcademicYear;
use domain::access::{Operation, Role, permitted};
use domain::programme::Status;
use leptos::prelude::*;
use records::tours::{self, Counted, Counts, Filter, Tour};
use records::{Conflict, Error};
use uuid::Uuid;

use super::programmes::{ask_status, read_status, status_form, status_tag};
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, edit) = (Who::May(Operation::SeeTours), Who::May(Operation::EditTour));
    routes
        .get("/tours", see, list)
        .get("/tours/add", edit, add::page)
        .post("/tours/add", edit, add::add)
        .get("/tours/{id}", see, show::show)
        .get("/tours/{id}/edit", edit, edit::page)
        .post("/tours/{id}/edit", edit, edit::change)
        .get("/tours/{id}/status", edit, status_page)
        .post("/tours/{id}/status", edit, set_status)
}

async fn list(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let form = Form::of(pairs);
    let actor = ctx.actor()?;
    let year = form.get("year").parse::<AcademicYear>().ok();
    let tours = tours::list_counted(ctx.desk(), actor, Filter { year, ..Filter::default() }).await?;
    let years = tours::years(ctx.desk(), actor).await?;
    let may_edit = permitted(actor.role, Operation::EditTour);
    let body = if tours.is_empty() { nothing(year, may_edit).into_any() } else { table(tours, actor.role).into_any() };
    let content = view! {
        <h1 class="govuk-heading-l">"Tours"</h1>
        {may_edit.then(|| view! { <ButtonLink href="/tours/add" text="Open a tour" secondary=true/> })}
        {(years.len() > 1).then(|| year_filter(form, &years))}
        {body}
    };
    Ok(ctx.page("Tours", content).wide().into_response())
}

fn year_filter(form: Form, years: &[AcademicYear]) -> impl IntoView + use<> {
    let mut choices = vec![choice("", "All")];
    choices.extend(years.iter().map(|year| choice(year.first(), year)));
    view! {
        <form method="get" action="/tours" class="app-filter" aria-label="Tours by academic year">
            <Select form=form name="year" label="Academic year" choices=choices/>
            <Button text="Show" variant="secondary"/>
        </form>
    }
}

fn nothing(year: Option<AcademicYear>, may_edit: bool) -> AnyView {
    match (year, may_edit) {
        (Some(year), _) => view! {
            <Empty text=format!("There are no tours in {year}.")>
                <p class="govuk-body"><a class="govuk-link" href="/tours">"Show all tours"</a></p>
            </Empty>
        }
        .into_any(),
        (None, true) => view! {
            <Empty text="There are no tours yet.">
                <p class="govuk-body">"A tour is a programme, a provider’s teams and dates. "
                    <a class="govuk-link" href="/tours/add">"Open a tour"</a>", then make openings that schools can book."</p>
            </Empty>
        }
        .into_any(),
        (None, false) => view! {
            <Empty text="There are no tours at the moment.">
                <p class="govuk-body">"Tours appear here once the council opens one."</p>
            </Empty>
        }
        .into_any(),
    }
}

fn table(tours: Vec<Counted>, role: Role) -> impl IntoView {
    let inside = role != Role::School;
    let rows = tours
        .into_iter()
        .map(|Counted { tour, counts }| {
            let mut cells = vec![
                view! { <a class="govuk-link" href=format!("/tours/{}", tour.id)>{tour.name.clone()}</a> }.into_any(),
                tour.programme_name.clone().into_any(),
                tour.provider_name.clone().into_any(),
                format!("{} to {}", short_date(tour.starts), short_date(tour.ends)).into_any(),
                thousands(counts.free_openings).into_any(),
            ];
            if inside {
                cells.push(schools_booked(&tour, &counts).into_any());
                cells.push(status_tag(tour.status).into_any());
            }
            cells
        })
        .collect();
    let mut heads = vec!["Tour", "Programme", "Provider", "Dates", "Free openings"];
    if inside {
        heads.extend(["Schools booked", "Status"]);
    }
    view! { <DataTable caption="Tours" caption_hidden=true heads=heads numeric=vec![4, 5] rows=rows/> }
}

/// “12 of 60”, or “12” where there is no target.
fn schools_booked(tour: &Tour, counts: &Counts) -> String {
    let booked = thousands(counts.schools_booked);
    tour.target_schools.map_or_else(|| booked.clone(), |target| format!("{booked} of {}", thousands(target)))
}

async fn status_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = status_form(tour.status, tour.version);
    Ok(ask_status(&ctx, &tour.name, &format!("/tours/{id}"), form).into_response())
}

async fn set_status(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    let here = format!("/tours/{id}");
    if let Some((status, version)) = read_status(&mut form) {
        match once(tours::set_status(&ctx.desk_for(&form), ctx.actor()?, id, version, status).await) {
            Ok(_) => return Ok(ctx.see_other_with(here, said(status))),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(status_form(tour.status, tour.version));
                return Ok(ask_status(&ctx, &tour.name, &here, form).status(StatusCode::CONFLICT).into_response());
            }
            Err(Error::Conflict(Conflict::Refused(why))) => form.refuse("status", why),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(ask_status(&ctx, &tour.name, &here, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

const fn said(status: Status) -> &'static str {
    match status {
        Status::Draft => "The tour is a draft again",
        Status::Open => "The tour is open: schools can book",
        Status::Closed => "The tour is closed to new bookings",
    }
}
