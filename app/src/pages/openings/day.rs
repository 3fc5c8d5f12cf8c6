//! Opening one day: a team and a day first, then the team's slots of that day.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::slot::Slot;
use leptos::prelude::*;
use records::tours::{self, Tour};
use records::{Error, openings, teams};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// A team of the tour, a day, and the team's slots of that day.
struct Chosen {
    team: Uuid,
    team_name: String,
    on: NaiveDate,
    slots: Vec<Slot>,
}

pub(super) async fn page(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    if !form.has("go", "on") {
        if let [only] = tour.teams.as_slice() {
            form.put("team", only.id.to_string());
        }
        return Ok(choose_page(&ctx, &tour, form).into_response());
    }
    Ok(match choose(&ctx, &tour, &mut form).await? {
        Some(chosen) => slots_page(&ctx, &tour, &chosen, form),
        None => choose_page(&ctx, &tour, form).status(StatusCode::UNPROCESSABLE_ENTITY),
    }
    .into_response())
}

/// Reads the team and the day; none when something is wrong with them.
async fn choose(ctx: &Context, tour: &Tour, form: &mut Form) -> Result<Option<Chosen>, Problem> {
    let team = form.read::<Uuid>("team", "Choose a team");
    let on = form.date("on", "the day");
    let (Some(team), Some(on)) = (team, on) else { return Ok(None) };
    if !tour.teams.iter().any(|t| t.id == team) {
        form.refuse("team", "Choose a team of this tour");
        return Ok(None);
    }
    let team = teams::get(ctx.desk(), ctx.actor()?, team).await?;
    let slots = team.slots_on(on).to_vec();
    if slots.is_empty() {
        form.refuse("on", format!("{} has no slots on that day: give it some first", team.name));
        return Ok(None);
    }
    Ok(Some(Chosen { team: team.id, team_name: team.name, on, slots }))
}

pub(super) async fn add(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let tour = tours::get(ctx.desk(), ctx.actor()?, id).await?;
    let Some(chosen) = choose(&ctx, &tour, &mut form).await? else {
        return Ok(choose_page(&ctx, &tour, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    let slots: Vec<i64> = form.all("slots").filter_map(|n| n.parse().ok()).collect();
    match once(openings::add(&ctx.desk_for(&form), ctx.actor()?, id, chosen.team, chosen.on, &slots).await) {
        Ok(id) => return Ok(ctx.see_other_with(format!("/tours/{id}/openings"), "Openings made")),
        Err(Error::Invalid(errors)) => form.refuse_all(errors),
        Err(other) => return Err(other.into()),
    }
    let page = if form.error("slots").is_some() {
        slots_page(&ctx, &tour, &chosen, form)
    } else {
        choose_page(&ctx, &tour, form)
    };
    Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn choose_page(ctx: &Context, tour: &Tour, form: Form) -> Page {
    let back = format!("/tours/{}/openings", tour.id);
    let teams = tour.teams.iter().map(|t| choice(t.id, &t.name)).collect::<Vec<_>>();
    let hint = format!("From {} to {}", long_date(tour.starts.max(ctx.desk().today())), long_date(tour.ends));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{tour.name.clone()}</span>
        <h1 class="govuk-heading-l">"Open one day"</h1>
        <form method="get" action=format!("{back}/add") novalidate>
            <Hidden name="go" value="on"/>
            <Radios form=form.clone() name="team" legend="Team" choices=teams/>
            <DateInput form=form name="on" legend="Day" hint=hint/>
            <Button text="Continue"/>
        </form>
    };
    ctx.page("Open one day", content).back(back)
}

fn slots_page(ctx: &Context, tour: &Tour, chosen: &Chosen, form: Form) -> Page {
    let here = format!("/tours/{}/openings/add", tour.id);
    let slots = chosen
        .slots
        .iter()
        .map(|s| choice(s.number, format!("{}, {} to {}", s.label, s.starts, s.ends)))
        .collect::<Vec<_>>();
    let day = ["on-day", "on-month", "on-year"]
        .map(|part| view! { <Hidden name=part value=form.get(part).to_owned()/> })
        .collect_view();
    let team = chosen.team.to_string();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{format!("{}, {}", tour.name, chosen.team_name)}</span>
        <h1 class="govuk-heading-l">{format!("Open {}", long_date(chosen.on))}</h1>
        <PostForm form=form.clone() action=here.clone()>
            <Hidden name="team" value=team/>
            {day}
            <Checkboxes form=form name="slots" legend="Slots to open" choices=slots/>
            <Button text="Open them"/>
        </PostForm>
    };
    ctx.page("Open one day", content).back(here)
}
