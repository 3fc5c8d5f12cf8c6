//! Providers: who delivers, and how they are reached.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Operation, Role, permitted};
use domain::contact::EmailAddress;
use domain::setting::LaCode;
use domain::tour::{NewProvider, ProviderKind};
use leptos::prelude::*;
use records::providers::{self, Provider};
use records::teams::{self, Team};
use records::tours::{self, Filter, Tour};
use records::{Conflict, Error};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::then::{self, Lacked, THEN};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, edit) = (Who::May(Operation::SeeProviders), Who::May(Operation::EditProvider));
    routes
        .get("/providers", see, list)
        .get("/providers/add", edit, add_page)
        .post("/providers/add", edit, add)
        .get("/providers/{id}", see, show)
        .get("/providers/{id}/edit", edit, edit_page)
        .post("/providers/{id}/edit", edit, change)
}

/// The authority the actor writes for; those who belong to none may not.
pub(super) fn own_authority(ctx: &Context) -> Result<&LaCode, Problem> {
    ctx.actor()?.authority().ok_or(Problem::Forbidden)
}

async fn list(ctx: Context) -> Answer {
    let actor = ctx.actor()?;
    let providers = providers::list(ctx.desk(), actor).await?;
    let may_add = may_add(actor.role);
    let body = if providers.is_empty() {
        view! {
            <Empty text="There are no providers yet.">
                <p class="govuk-body">"A provider is who delivers: a theatre company, a police unit, a charity. Its teams are what a tour is made of."</p>
            </Empty>
        }
        .into_any()
    } else {
        table(providers).into_any()
    };
    let content = view! {
        <h1 class="govuk-heading-l">"Providers"</h1>
        {may_add.then(|| view! { <ButtonLink href="/providers/add" text="Add a provider" secondary=true/> })}
        {body}
    };
    Ok(ctx.page("Providers", content).into_response())
}

fn may_add(role: Role) -> bool {
    role == Role::Commissioner
}

fn table(providers: Vec<Provider>) -> impl IntoView {
    let rows = providers
        .into_iter()
        .map(|provider| {
            vec![
                view! { <a class="govuk-link" href=format!("/providers/{}", provider.id)>{provider.name}</a> }
                    .into_any(),
                provider.kind.label().into_any(),
                thousands(provider.teams).into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption="Providers" caption_hidden=true heads=vec!["Name", "Kind", "Teams"] numeric=vec![2] rows=rows/> }
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let provider = providers::get(ctx.desk(), actor, id).await?;
    let teams = teams::list(ctx.desk(), actor, Some(id)).await?;
    let filter = Filter { provider: Some(id), ..Filter::default() };
    let tours = tours::list(ctx.desk(), actor, filter).await?;
    let may_edit = permitted(actor.role, Operation::EditProvider);
    let content = view! {
        <h1 class="govuk-heading-l">{provider.name.clone()}</h1>
        <p class="govuk-body app-no-print"><a class="govuk-link" href=format!("/providers/{id}/calendar")>"Calendar of all its teams"</a></p>
        <SummaryList rows=summary(&provider, may_edit)/>
        <h2 class="govuk-heading-m">"Teams"</h2>
        {team_list(id, teams, may_edit)}
        <h2 class="govuk-heading-m">"Tours"</h2>
        {tour_list(tours)}
    };
    Ok(ctx.page(provider.name.clone(), content).back("/providers").into_response())
}

fn summary(provider: &Provider, may_edit: bool) -> Vec<Row> {
    let change = |what: &str| may_edit.then(|| (format!("/providers/{}/edit", provider.id), what.to_owned()));
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "Not known".to_owned()).into_any();
    vec![
        Row { key: "Kind".into(), value: provider.kind.label().into_any(), change: change("kind") },
        Row { key: "Email".into(), value: known(&provider.email), change: change("email address") },
        Row { key: "Telephone".into(), value: known(&provider.telephone), change: change("telephone number") },
    ]
}

fn team_list(provider: Uuid, teams: Vec<Team>, may_edit: bool) -> impl IntoView {
    let add = may_edit.then(|| {
        view! { <ButtonLink href=format!("/providers/{provider}/teams/add") text="Add a team" secondary=true/> }
    });
    let body = if teams.is_empty() {
        view! {
            <Empty text="No teams yet.">
                <p class="govuk-body">"A team is one cast or officer unit, with its working days and the slots of its day. A tour needs at least one."</p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = teams
            .into_iter()
            .map(|team| {
                vec![
                    view! { <a class="govuk-link" href=format!("/teams/{}", team.id)>{team.name}</a> }.into_any(),
                    team.base_name.into_any(),
                    team.working_days.to_string().into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption="Teams" caption_hidden=true heads=vec!["Name", "Base", "Working days"] rows=rows/> }
            .into_any()
    };
    view! { {body}{add} }
}

fn tour_list(tours: Vec<Tour>) -> AnyView {
    if tours.is_empty() {
        return view! { <p class="govuk-body">"It has not been on tour yet."</p> }.into_any();
    }
    let lines = tours
        .into_iter()
        .map(|tour| {
            view! {
                <li>
                    <a class="govuk-link" href=format!("/tours/{}", tour.id)>{tour.name}</a>
                    {format!(", {}", tour.academic_year)}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="govuk-list">{lines}</ul> }.into_any()
}

async fn add_page(ctx: Context, Query(lacked): Query<Lacked>) -> Answer {
    own_authority(&ctx)?;
    let mut form = Form::default();
    lacked.fill(&mut form);
    Ok(form_page(&ctx, None, form).into_response())
}

async fn add(ctx: Context, mut form: Form) -> Answer {
    let authority = own_authority(&ctx)?;
    if let Some(provider) = read(&mut form) {
        match once(providers::add(&ctx.desk_for(&form), ctx.actor()?, authority, provider).await) {
            Ok(id) => {
                return Ok(match then::back(&form) {
                    Some(back) => ctx.see_other_with(back, &format!("Provider “{}” added", form.get("name"))),
                    None => ctx.see_other_with(format!("/providers/{id}"), "Provider added. Now add its teams"),
                });
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, None, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn edit_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let provider = providers::get(ctx.desk(), ctx.actor()?, id).await?;
    let form = of_record(&provider);
    Ok(form_page(&ctx, Some(&provider), form).into_response())
}

fn of_record(provider: &Provider) -> Form {
    Form::of([
        ("version", provider.version.to_string()),
        ("kind", provider.kind.as_str().to_owned()),
        ("name", provider.name.clone()),
        ("email", provider.email.clone().unwrap_or_default()),
        ("telephone", provider.telephone.clone().unwrap_or_default()),
    ])
}

async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let provider = providers::get(ctx.desk(), ctx.actor()?, id).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    if let Some(new) = read(&mut form) {
        match once(providers::change(&ctx.desk_for(&form), ctx.actor()?, id, version, new).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/providers/{id}"), "Provider changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let provider = providers::get(ctx.desk(), ctx.actor()?, id).await?;
                form.changed_meanwhile(of_record(&provider));
                return Ok(form_page(&ctx, Some(&provider), form).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, Some(&provider), form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn read(form: &mut Form) -> Option<NewProvider> {
    let name = form.required("name", "Enter the provider’s name");
    let kind = form.read::<ProviderKind>("kind", "Choose what the provider is");
    let email = form.read_optional::<EmailAddress>("email");
    let telephone = Some(form.get("telephone").to_owned()).filter(|t| !t.is_empty());
    if !form.is_good() {
        return None;
    }
    Some(NewProvider { kind: kind?, name: name?, email, telephone })
}

fn form_page(ctx: &Context, provider: Option<&Provider>, form: Form) -> Page {
    let (title, here, back, button) = match provider {
        None => {
            let back = then::back(&form).unwrap_or_else(|| "/providers".to_owned());
            ("Add a provider", "/providers/add".to_owned(), back, "Add the provider")
        }
        Some(provider) => {
            let here = format!("/providers/{}", provider.id);
            ("Change this provider", format!("{here}/edit"), here, "Save")
        }
    };
    let kinds = ProviderKind::ALL.iter().map(|k| choice(k.as_str(), k.label())).collect::<Vec<_>>();
    let version = form.get("version").to_owned();
    let then = then::back(&form).map(|path| view! { <Hidden name=THEN value=path/> });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        {provider.map(|p| view! { <span class="govuk-caption-l">{p.name.clone()}</span> })}
        <h1 class="govuk-heading-l">{title}</h1>
        <PostForm form=form.clone() action=here>
            <Hidden name="version" value=version/>
            {then}
            <TextInput form=form.clone() name="name" label="Name"/>
            <Radios form=form.clone() name="kind" legend="What it is" choices=kinds/>
            <TextInput form=form.clone() name="email" label="Email" kind="email" hint="Where bookings are sent. May be left blank"/>
            <TextInput form=form name="telephone" label="Telephone" kind="tel" width="width-20" hint="May be left blank"/>
            <Button text=button/>
        </PostForm>
    };
    ctx.page(title, content).back(back)
}
