//! People and their roles, for an administrator.

mod add;

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use domain::access::{Operation, Role};
use leptos::prelude::*;
use records::grants::{self, Grant};
use records::people::{self, Details, Filter, Person};
use records::{Error, Page};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::{
    AuditLines, Button, ButtonLink, Choice, DataTable, Empty, Pagination, PostForm, Select, SummaryList, TextInput,
    choice, date_time, plural, row, short_date,
};
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

const SEE: Who = Who::May(Operation::SeePeople);
const EDIT: Who = Who::May(Operation::EditPeople);

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/people", SEE, list)
        .get("/people/add", EDIT, add::show)
        .post("/people/add", EDIT, add::add)
        .get("/people/{id}", SEE, show)
        .get("/people/{id}/roles/{grant}/revoke", EDIT, revoke_page)
        .post("/people/{id}/roles/{grant}/revoke", EDIT, revoke)
        .get("/people/{id}/end-sign-ins", EDIT, end_page)
        .post("/people/{id}/end-sign-ins", EDIT, end)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    text: String,
    role: String,
    page: Option<i64>,
}

/// The roles people can have, as choices.
fn roles() -> impl Iterator<Item = Choice> {
    Role::ALL.iter().filter(|r| **r != Role::System).map(|r| choice(r.as_str(), r.label()))
}

async fn list(ctx: Context, Query(asked): Query<Asked>) -> Answer {
    let text = asked.text.trim().to_owned();
    let filter = Filter { text: Some(text.clone()).filter(|t| !t.is_empty()), role: asked.role.parse().ok() };
    let page = Page::new(asked.page.unwrap_or(1));
    let (found, total) = people::list(ctx.desk(), ctx.actor()?, &filter, page).await?;
    let pages = (total + page.size - 1) / page.size;
    let form = Form::of([("text", text.as_str()), ("role", &asked.role)]);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.pairs()).finish();
    let choices = std::iter::once(choice("", "Any role")).chain(roles()).collect();
    let table = if found.is_empty() {
        view! {
            <Empty text="Nobody here fits what you asked for.">
                <p class="govuk-body"><a class="govuk-link" href="/people">"Show everybody"</a>", or "<a class="govuk-link" href="/people/add">"add a person"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <p class="govuk-body">{plural(total, "person", "people")}</p>
            <DataTable caption="People" caption_hidden=true heads=vec!["Name", "Email address", "Roles", "Last seen"]
                rows=found.into_iter().map(person_row).collect()/>
            <Pagination path=format!("/people?{query}&page=") page=page.number pages=pages/>
        }
        .into_any()
    };
    let content = view! {
        <h1 class="govuk-heading-l">"People"</h1>
        <p class="govuk-body">"Everybody who has a role at the council, at one of its schools, or at a provider that serves it."</p>
        <div class="govuk-button-group">
            <ButtonLink href="/people/add" text="Add a person"/>
            <ButtonLink href="/people/lists" text="Import schools’ people" secondary=true/>
        </div>
        <form method="get" action="/people" class="app-filter">
            <TextInput form=form.clone() name="text" label="Name or email address"/>
            <Select form=form name="role" label="Role" choices=choices/>
            <button class="govuk-button govuk-button--secondary" type="submit">"Show"</button>
        </form>
        {table}
    };
    Ok(ctx.page("People", content).wide().into_response())
}

fn person_row(person: Person) -> Vec<AnyView> {
    let href = format!("/people/{}", person.id);
    let roles = person.grants.iter().map(|g| view! { <div>{role_at(g)}</div> }).collect_view();
    vec![
        view! { <a class="govuk-link" href=href>{person.name}</a> }.into_any(),
        view! { <span class="app-break">{person.email}</span> }.into_any(),
        roles.into_any(),
        person.last_seen_at.map_or("Not yet".to_owned(), |at| short_date(at.date_naive())).into_any(),
    ]
}

fn role_at(grant: &Grant) -> String {
    format!("{}, {}", grant.role.label(), grant.scope_name)
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let details = people::get(ctx.desk(), ctx.actor()?, id).await?;
    let own = ctx.actor()?.grant;
    Ok(ctx.page(details.person.name.clone(), shown(details, own)).back("/people").into_response())
}

fn shown(details: Details, own: Option<Uuid>) -> impl IntoView {
    let Details { person, sign_ins, trail } = details;
    let id = person.id;
    let app = if person.has_app { "Asked at every sign-in" } else { "Not set up" };
    let seen = person.last_seen_at.map_or("Not yet".to_owned(), date_time);
    let facts = vec![
        row("Email address", view! { <span class="app-break">{person.email}</span> }),
        row("Authenticator app", app),
        row("Last seen", seen),
    ];
    let roles = person
        .grants
        .into_iter()
        .map(|g| {
            let revoke = if own == Some(g.id) {
                view! { <span class="app-muted">"You are using it"</span> }.into_any()
            } else {
                let href = format!("/people/{id}/roles/{}/revoke", g.id);
                view! { <a class="govuk-link" href=href>"Take away"<span class="govuk-visually-hidden">" the role "{role_at(&g)}</span></a> }.into_any()
            };
            vec![g.role.label().into_any(), g.scope_name.into_any(), revoke]
        })
        .collect();
    let signed_in = match sign_ins.as_slice() {
        [] => view! { <p class="govuk-body">"Nowhere now."</p> }.into_any(),
        some => {
            let rows = some
                .iter()
                .map(|s| {
                    vec![
                        s.device.clone().into_any(),
                        date_time(s.created_at).into_any(),
                        date_time(s.last_seen_at).into_any(),
                    ]
                })
                .collect();
            view! {
                <DataTable caption="Signed in" caption_hidden=true heads=vec!["Device", "Since", "Last used"] rows=rows/>
                <ButtonLink href=format!("/people/{id}/end-sign-ins") text="End these sign-ins" secondary=true/>
            }
            .into_any()
        }
    };
    view! {
        <h1 class="govuk-heading-l">{person.name}</h1>
        <SummaryList rows=facts/>
        <h2 class="govuk-heading-m">"Roles"</h2>
        <DataTable caption="Roles" caption_hidden=true heads=vec!["Role", "For", "Change"] rows=roles/>
        <ButtonLink href=format!("/people/add?person={id}") text="Give another role" secondary=true/>
        <h2 class="govuk-heading-m">"Signed in"</h2>
        {signed_in}
        <AuditLines lines=trail/>
    }
}

async fn revoke_page(ctx: Context, Path((id, grant)): Path<(Uuid, Uuid)>) -> Answer {
    let Details { person, .. } = people::get(ctx.desk(), ctx.actor()?, id).await?;
    let held = person.grants.iter().find(|g| g.id == grant).ok_or(Problem::NotFound)?;
    let back = format!("/people/{id}");
    let last = (person.grants.len() == 1)
        .then(|| view! { <p class="govuk-body">"It is their only role here, so they will no longer stand in the list of people."</p> });
    let content = view! {
        <h1 class="govuk-heading-l">{format!("Take this role away from {}?", person.name)}</h1>
        <p class="govuk-body-l">{role_at(held)}</p>
        <p class="govuk-body">"From their next page on they can no longer act in it. What they did stays on record. You can give the role again at any time."</p>
        {last}
        <PostForm form=Form::default() action=format!("/people/{id}/roles/{grant}/revoke")>
            <div class="govuk-button-group"><Button text="Take the role away" variant="warning"/><a class="govuk-link" href=format!("/people/{id}")>"Keep it"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Take a role away", content).back(back).into_response())
}

async fn revoke(ctx: Context, Path((id, grant)): Path<(Uuid, Uuid)>, form: Form) -> Answer {
    match grants::revoke(&ctx.desk_for(&form), ctx.actor()?, id, grant).await {
        Ok(()) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/people", "Role taken away")),
        Err(other) => Err(other.into()),
    }
}

async fn end_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let Details { person, .. } = people::get(ctx.desk(), ctx.actor()?, id).await?;
    let back = format!("/people/{id}");
    let content = view! {
        <h1 class="govuk-heading-l">{format!("End {}’s sign-ins?", person.name)}</h1>
        <p class="govuk-body">"Do this when a phone or computer of theirs was lost. They must sign in again everywhere; what they typed and did not send is lost."</p>
        <PostForm form=Form::default() action=format!("/people/{id}/end-sign-ins")>
            <div class="govuk-button-group"><Button text="End the sign-ins" variant="warning"/><a class="govuk-link" href=format!("/people/{id}")>"Leave them"</a></div>
        </PostForm>
    };
    Ok(ctx.page("End sign-ins", content).back(back).into_response())
}

async fn end(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match people::end_sign_ins(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(_) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with(format!("/people/{id}"), "Sign-ins ended")),
        Err(other) => Err(other.into()),
    }
}
