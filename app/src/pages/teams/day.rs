//! A team's day: who is in it, and where it goes.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{Days, NaiveDate};
use leptos::prelude::*;
use records::Error;
use records::sessions::{self, TeamDay};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) async fn page(ctx: Context, Path((id, on)): Path<(Uuid, NaiveDate)>) -> Answer {
    let day = sessions::team_day(ctx.desk(), ctx.actor()?, id, on).await?;
    let form = Form::of([("version", day.version.to_string()), ("who_comes", day.people.clone())]);
    Ok(day_page(&ctx, &day, form).into_response())
}

pub(super) async fn set(ctx: Context, Path((id, on)): Path<(Uuid, NaiveDate)>, mut form: Form) -> Answer {
    let day = sessions::team_day(ctx.desk(), ctx.actor()?, id, on).await?;
    // A form without its version is stale: no day has ever had this one.
    let version = form.get("version").parse().unwrap_or(-1);
    let who = form.get("who_comes").to_owned();
    match once(sessions::set_team_day(&ctx.desk_for(&form), ctx.actor()?, id, on, version, &who).await) {
        Ok(_) => {
            let told = if day.visits.is_empty() {
                "People named for the day"
            } else {
                "People named for the day, and the schools told"
            };
            Ok(ctx.see_other_with(format!("/teams/{id}/days/{on}"), told))
        }
        Err(Error::Invalid(errors)) => {
            form.refuse_all(errors);
            Ok(day_page(&ctx, &day, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn day_page(ctx: &Context, day: &TeamDay, form: Form) -> Page {
    let here = format!("/teams/{}", day.team.id);
    let link = |on: NaiveDate| format!("{here}/days/{on}");
    let (before, after) = (day.on - Days::new(1), day.on + Days::new(1));
    let away = day.away.as_ref().map(|why| view! { <Warning text=why.to_string()/> });
    let differs = (!day.people.is_empty() && day.differs()).then(|| {
        view! { <p class="govuk-body">"Some visits name other people than the day. Saving names these for all of them."</p> }
    });
    let over = day.on < ctx.desk().today();
    let body = if over {
        let who = if day.people.is_empty() { "Nobody was named.".to_owned() } else { day.people.replace('\n', ", ") };
        view! { <h2 class="govuk-heading-m">"Who came"</h2><p class="govuk-body">{who}</p> }.into_any()
    } else {
        let (version, form) = (form.get("version").to_owned(), form.clone());
        view! {
            {differs}
            <PostForm form=form.clone() action=link(day.on)>
                <Hidden name="version" value=version/>
                <TextArea form=form name="who_comes" label="Who is in the team this day" rows=4
                    hint="One person a line. Visits stay booked as they are; their schools are told who comes now"/>
                <Button text="Save and tell the schools"/>
            </PostForm>
        }
        .into_any()
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{day.team.name.clone()}</span>
        <h1 class="govuk-heading-l">{long_date(day.on)}</h1>
        <ul class="govuk-list app-calendar__turn app-no-print">
            <li><a class="govuk-link" rel="prev" href=link(before)>"← "{short_date(before)}</a></li>
            <li><a class="govuk-link" rel="next" href=link(after)>{short_date(after)}" →"</a></li>
            <li><a class="govuk-link" href=format!("{here}/calendar?week={}", day.on)>"Show the week"</a></li>
        </ul>
        {away}
        {body}
        <h2 class="govuk-heading-m">"Visits of the day"</h2>
        {visits(day)}
        {super::cancel_day::on_the_day(ctx, day)}
    };
    ctx.page(format!("{}, {}", day.team.name, long_date(day.on)), content)
        .back(format!("{here}/calendar?week={}", day.on))
}

fn visits(day: &TeamDay) -> AnyView {
    if day.visits.is_empty() {
        return view! { <p class="govuk-body">"None yet. Visits booked from now on begin with the people named above."</p> }
            .into_any();
    }
    let rows = day
        .visits
        .iter()
        .map(|visit| {
            let lines = visit
                .sessions
                .iter()
                .map(|s| {
                    let time = s.times().map_or_else(|| s.slot_label.clone(), |(a, b)| format!("{a} to {b}"));
                    let text = format!("{time}, {}", s.programme);
                    view! { <li><a class="govuk-link" href=format!("/sessions/{}", s.id)>{text}</a>" "{s.state.label()}</li> }
                })
                .collect_view();
            let first = visit.sessions.first();
            let who = first.map(|s| s.who_comes.replace('\n', ", ")).filter(|who| !who.is_empty());
            vec![
                first.map(|s| s.venue.clone()).unwrap_or_default().into_any(),
                view! { <ul class="govuk-list">{lines}</ul> }.into_any(),
                who.unwrap_or_else(|| "Nobody named".to_owned()).into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption="Visits of the day" caption_hidden=true heads=vec!["Where", "Sessions", "Who comes"] rows=rows/> }
        .into_any()
}
