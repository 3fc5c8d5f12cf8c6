//! Opening a tour: first of what and by whom, then the rest.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::programme::Status;
use leptos::prelude::*;
use records::programmes::{self, Programme};
use records::providers::{self, Provider};
use records::teams::{self, Team};
use records::{Conflict, Error, tours};
use uuid::Uuid;

use super::edit;
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Days of notice unless somebody says otherwise: a school week.
const USUAL_NOTICE: &str = "5";

/// What a tour is made of, once it is chosen.
struct Chosen {
    programme: Programme,
    provider: Provider,
    teams: Vec<Team>,
}

async fn chosen(ctx: &Context, programme: Uuid, provider: Uuid) -> Result<Chosen, Problem> {
    let actor = ctx.actor()?;
    let programme = programmes::get(ctx.desk(), actor, programme).await?;
    let provider = providers::get(ctx.desk(), actor, provider).await?;
    let teams = teams::list(ctx.desk(), actor, Some(provider.id)).await?;
    Ok(Chosen { programme, provider, teams })
}

pub(super) async fn page(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = Form::of(pairs);
    if !form.has("go", "on") {
        return choose_page(&ctx, form, StatusCode::OK).await;
    }
    let programme = form.read::<Uuid>("programme", "Choose a programme");
    let provider = form.read::<Uuid>("provider", "Choose a provider");
    let (Some(programme), Some(provider)) = (programme, provider) else {
        return choose_page(&ctx, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let chosen = chosen(&ctx, programme, provider).await?;
    let mut form = Form::of([
        ("name", chosen.programme.name.clone()),
        ("price", "free".to_owned()),
        ("notice_days", USUAL_NOTICE.to_owned()),
    ]);
    chosen.teams.iter().for_each(|team| form.put("teams", team.id.to_string()));
    Ok(form_page(&ctx, &chosen, form).into_response())
}

/// Asks of what programme and by which provider.
async fn choose_page(ctx: &Context, form: Form, status: StatusCode) -> Answer {
    let actor = ctx.actor()?;
    let mut programmes = programmes::list(ctx.desk(), actor).await?;
    programmes.retain(|p| p.status != Status::Closed);
    let providers = providers::list(ctx.desk(), actor).await?;
    let body = if programmes.is_empty() {
        view! {
            <Empty text="There is no programme to tour yet.">
                <p class="govuk-body"><a class="govuk-link" href="/programmes/add">"Write a programme"</a>" first."</p>
            </Empty>
        }
        .into_any()
    } else if providers.is_empty() {
        view! {
            <Empty text="There is no provider yet.">
                <p class="govuk-body"><a class="govuk-link" href="/providers/add">"Add a provider"</a>" and a team first."</p>
            </Empty>
        }
        .into_any()
    } else {
        choose_form(&form, &programmes, &providers).into_any()
    };
    let content = view! {
        <ErrorSummary form=form/>
        <h1 class="govuk-heading-l">"Open a tour"</h1>
        {body}
    };
    Ok(ctx.page("Open a tour", content).back("/tours").status(status).into_response())
}

fn choose_form(form: &Form, programmes: &[Programme], providers: &[Provider]) -> impl IntoView + use<> {
    let programmes = programmes
        .iter()
        .map(|p| match p.status {
            Status::Draft => choice_with_hint(p.id, &p.name, "A draft: its tour cannot be open before it is"),
            _ => choice(p.id, &p.name),
        })
        .collect::<Vec<_>>();
    let providers = providers.iter().map(|p| choice_with_hint(p.id, &p.name, p.kind)).collect::<Vec<_>>();
    view! {
        <form method="get" action="/tours/add" novalidate>
            <Hidden name="go" value="on"/>
            <Radios form=form.clone() name="programme" legend="Of which programme?" choices=programmes/>
            <Radios form=form.clone() name="provider" legend="Who delivers it?" choices=providers/>
            <Button text="Continue"/>
        </form>
    }
}

pub(super) async fn add(ctx: Context, mut form: Form) -> Answer {
    let id = |field: &str| form.get(field).parse::<Uuid>().map_err(|_| Problem::NotFound);
    let chosen = chosen(&ctx, id("programme")?, id("provider")?).await?;
    let tour = edit::read(&mut form);
    let status = form.read::<Status>("status", "Choose whether schools can book it");
    if let (Some(tour), Some(status)) = (tour, status) {
        let (programme, provider) = (chosen.programme.id, chosen.provider.id);
        match once(tours::add(&ctx.desk_for(&form), ctx.actor()?, programme, provider, tour, status).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/tours/{id}"), "Tour opened. Now make its openings")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Refused(why))) => form.refuse("status", why),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, &chosen, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn form_page(ctx: &Context, chosen: &Chosen, form: Form) -> Page {
    let (programme, provider) = (&chosen.programme, &chosen.provider);
    let back = format!("/tours/add?programme={}&provider={}", programme.id, provider.id);
    let body = if chosen.teams.is_empty() {
        let add = format!("/providers/{}/teams/add", provider.id);
        view! {
            <Empty text=format!("{} has no team yet.", provider.name)>
                <p class="govuk-body"><a class="govuk-link" href=add>"Add a team"</a>" first, with its working days and slots."</p>
            </Empty>
        }
        .into_any()
    } else {
        tour_form(&form, chosen).into_any()
    };
    let content = view! {
        <ErrorSummary form=form/>
        <span class="govuk-caption-l">{format!("{}, by {}", programme.name, provider.name)}</span>
        <h1 class="govuk-heading-l">"Open a tour"</h1>
        {body}
    };
    ctx.page("Open a tour", content).back(back)
}

fn tour_form(form: &Form, chosen: &Chosen) -> impl IntoView + use<> {
    let statuses = vec![
        choice_with_hint(Status::Draft.as_str(), "Keep it as a draft", "Schools do not see it until you open it"),
        choice_with_hint(Status::Open.as_str(), "Open it to schools", "They can book as soon as it has openings"),
    ];
    let (programme, provider) = (chosen.programme.id.to_string(), chosen.provider.id.to_string());
    let (form, fields) = (form.clone(), edit::fields(form, &chosen.teams));
    view! {
        <PostForm form=form.clone() action="/tours/add">
            <Hidden name="programme" value=programme/>
            <Hidden name="provider" value=provider/>
            {fields}
            <Radios form=form name="status" legend="Can schools book it?" choices=statuses/>
            <Button text="Open the tour"/>
        </PostForm>
    }
}
