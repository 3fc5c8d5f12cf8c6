//! Joining another school's visit: choose it, say who comes, check the answers, join.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::YearGroups;
use domain::access::Operation;
use domain::availability::Closed;
use leptos::prelude::*;
use records::sessions::{self, Bookable, Joinable, Joining};
use records::tours::{self, Tour};
use records::{Error, school_calendar};
use serde::Deserialize;
use uuid::Uuid;

use super::book::closed_warning;
use super::fields::{asked_fields, read_asked, school_field, send_again};
use super::groups;
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::BookSession);
    routes.get("/tours/{id}/join", who, ask).post("/tours/{id}/join", who, join)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    school: String,
}

/// What the pages of joining need.
struct Around {
    tour: Tour,
    /// Schools that may come; a second school is never outside the audience.
    schools: Vec<Bookable>,
    visits: Vec<Joinable>,
}

async fn around(ctx: &Context, id: Uuid) -> Result<Around, Problem> {
    let actor = ctx.actor()?;
    let tour = tours::get(ctx.desk(), actor, id).await?;
    let mut schools = sessions::bookable_schools(ctx.desk(), actor, id).await?;
    schools.retain(|school| school.in_audience);
    let visits = sessions::joinable(ctx.desk(), actor, id).await?;
    Ok(Around { tour, schools, visits })
}

async fn ask(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let around = around(&ctx, id).await?;
    let school = match around.schools.as_slice() {
        [only] => only.id.to_string(),
        _ => asked.school,
    };
    Ok(details_page(&ctx, &around, Form::of([("school", school)]))?.into_response())
}

async fn join(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let around = around(&ctx, id).await?;
    let session = form.read::<Uuid>("session", "Choose a visit");
    let school = form.read::<Uuid>("school", "Choose the school");
    let role = ctx.actor()?.role;
    let on_behalf = read_asked(&mut form, role);
    let groups = groups::read(&mut form);
    if session.is_some_and(|session| !around.visits.iter().any(|v| v.id == session)) {
        form.refuse("session", "This visit takes no other school any more. Choose another");
    }
    if let (Some(session), Some(setting), true) = (session, school, form.is_good()) {
        let joining = Joining { setting, groups, on_behalf };
        let checked = match form.get("step") {
            "change" => return Ok(details_page(&ctx, &around, form)?.into_response()),
            "book" => once(sessions::join(&ctx.desk_for(&form), ctx.actor()?, session, &joining).await).map(|id| {
                let text = "Joined. Everybody who comes was told";
                ctx.see_other_with(format!("/sessions/{id}"), text)
            }),
            _ => match sessions::check_join(ctx.desk(), ctx.actor()?, session, &joining).await {
                Ok(school) => {
                    let closed = closed(&ctx, &around, session, &joining).await?;
                    Ok(check_page(&ctx, &around, &form, session, &school, &joining, closed).into_response())
                }
                Err(error) => Err(error),
            },
        };
        match checked {
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            other => return Ok(other?),
        }
    }
    Ok(details_page(&ctx, &around, form)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Why the joining school's calendar says that its groups cannot go.
async fn closed(ctx: &Context, around: &Around, session: Uuid, joining: &Joining) -> Result<Option<Closed>, Problem> {
    let Some(visit) = around.visits.iter().find(|v| v.id == session) else { return Ok(None) };
    let years = joining.groups.iter().fold(YearGroups::NONE, |all, group| all.union(group.year_groups));
    let actor = ctx.actor()?;
    Ok(school_calendar::closed_elsewhere(ctx.desk(), actor, joining.setting, visit.on_date, visit.times(), years)
        .await?)
}

/// “Friday 4 December 2026, 9:30am to 10:30am, at Elm Primary School”
fn when_and_where(visit: &Joinable) -> String {
    let time = visit.times().map_or_else(|| visit.slot_label.clone(), |(from, to)| format!("{from} to {to}"));
    format!("{}, {time}, at {}", long_date(visit.on_date), visit.venue)
}

fn details_page(ctx: &Context, around: &Around, form: Form) -> Result<Page, Problem> {
    let here = format!("/tours/{}", around.tour.id);
    let title = "Join another school’s visit";
    let caption = view! { <span class="govuk-caption-l">{around.tour.name.clone()}</span> };
    if around.visits.is_empty() || around.schools.is_empty() {
        let text = if around.visits.is_empty() {
            "No school’s visit has room for another group at the moment."
        } else {
            "This tour is not meant for your school."
        };
        let own = format!("{here}/book");
        let content = view! {
            {caption}
            <h1 class="govuk-heading-l">{title}</h1>
            <Empty text=text><p class="govuk-body"><a class="govuk-link" href=own>"Book a slot of your own"</a></p></Empty>
        };
        return Ok(ctx.page(title, content).back(here));
    }
    let visits = around
        .visits
        .iter()
        .map(|v| {
            let room = v.room().map_or_else(
                || "No limit".to_owned(),
                |n| format!("Room for {}", plural(n, "more pupil", "more pupils")),
            );
            choice_with_hint(v.id, when_and_where(v), room)
        })
        .collect::<Vec<_>>();
    let taught = around.schools.iter().find(|s| s.id.to_string() == form.get("school")).and_then(|s| s.year_groups);
    let asked = asked_fields(&form, ctx.actor()?.role);
    let action = format!("{here}/join");
    let offered = groups::offered(&around.tour, taught);
    let (school, groups) = (school_field(&form, &around.schools), groups::fields(&form, &offered));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        {caption}
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">"Your pupils travel to the other school, which keeps its room and its contact on the day. Staff of yours stay with them throughout."</p>
        <PostForm form=form.clone() action=action>
            {school}
            {asked}
            <Radios form=form.clone() name="session" legend="Which visit?" choices=visits/>
            {groups}
            <Button text="Check your answers"/>
        </PostForm>
    };
    Ok(ctx.page(title, content).back(format!("{here}/book")))
}

fn check_page(
    ctx: &Context,
    around: &Around,
    form: &Form,
    session: Uuid,
    school: &Bookable,
    joining: &Joining,
    closed: Option<Closed>,
) -> Page {
    let here = format!("/tours/{}/join", around.tour.id);
    let visit = around.visits.iter().find(|v| v.id == session).map(when_and_where).unwrap_or_default();
    let mut rows = vec![
        row("School", school.name.clone()),
        row("Visit", visit),
        row("Who attends", groups::in_words(&joining.groups)),
    ];
    if let Some(o) = &joining.on_behalf {
        rows.push(row("Who asked", format!("{} ({})", o.name, o.how.label().to_lowercase())));
    }
    let content = view! {
        <span class="govuk-caption-l">{around.tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Check your answers"</h1>
        {closed.map(|why| closed_warning(&why, &school.name, school.id))}
        <SummaryList rows=rows/>
        {send_again(form, here.clone(), "Join this visit")}
    };
    ctx.page("Check your answers", content).back(here)
}
