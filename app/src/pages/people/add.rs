//! Adding a person: first the role, then who and for what.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Role, Scope};
use domain::contact::EmailAddress;
use leptos::prelude::*;
use records::people::{self, NewPerson};
use records::{Error, grants};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::{
    Button, Choice, ErrorSummary, Hidden, PostForm, Radios, Select, TextInput, choice, choice_with_hint,
};
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    role: Option<String>,
    person: String,
    asked: bool,
}

/// What a role is for, said where it is chosen.
const fn what_for(role: Role) -> &'static str {
    match role {
        Role::School => {
            "Books, moves and cancels for a school or a trust’s schools, confirms who attended, gives feedback"
        }
        Role::Provider => "Sees its own tours, says who comes, records attendance on the day",
        Role::Commissioner => "Programmes, tours, gaps and reports for the whole council; books on a school’s behalf",
        Role::Evaluator => "Coverage and answers without names; changes nothing",
        Role::Safeguarding => "The council’s officer for safeguarding, or a school’s designated lead",
        Role::Administrator => "People, the school list, term dates, the audit trail",
        Role::System => "",
    }
}

pub(super) async fn show(ctx: Context, Query(asked): Query<Asked>) -> Answer {
    let mut form = Form::default();
    if let Ok(id) = asked.person.parse::<Uuid>() {
        let known = people::get(ctx.desk(), ctx.actor()?, id).await?.person;
        form.put("person", id.to_string());
        form.put("email", known.email);
        form.put("name", known.name);
    }
    match asked.role.as_deref().map(str::parse::<Role>) {
        Some(Ok(role)) if role != Role::System => {
            form.put("role", role.as_str());
            Ok(who_page(&ctx, form, role).await?.into_response())
        }
        None if !asked.asked => Ok(role_page(&ctx, form).into_response()),
        _ => {
            form.refuse("role", "Choose a role");
            Ok(role_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn role_page(ctx: &Context, form: Form) -> Page {
    let person = form.get("person").to_owned();
    let title = if person.is_empty() { "Add a person" } else { "Give another role" };
    let choices = Role::ALL
        .iter()
        .filter(|r| **r != Role::System)
        .map(|r| choice_with_hint(r.as_str(), r.label(), what_for(*r)))
        .collect::<Vec<_>>();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{title}</h1>
        <form method="get" action="/people/add" novalidate>
            {(!person.is_empty()).then(|| view! { <Hidden name="person" value=person.clone()/> })}
            // Pressing the button without a choice is told apart from arriving here.
            <Hidden name="asked" value="true"/>
            <Radios form=form name="role" legend="Which role?" choices=choices/>
            <Button text="Go on"/>
        </form>
    };
    ctx.page(title, content).back("/people")
}

async fn who_page(ctx: &Context, mut form: Form, role: Role) -> Result<Page, Problem> {
    let scopes = grants::choices(ctx.desk(), ctx.actor()?, role).await?;
    if scopes.is_empty() {
        let content = view! {
            <h1 class="govuk-heading-l">"Nothing to choose from yet"</h1>
            <p class="govuk-body">{match role {
                Role::Provider => "No provider serves this council yet. A commissioner adds providers; then their people can be added here.",
                _ => "There are no schools yet. Import the school list first; then their people can be added here.",
            }}</p>
        };
        return Ok(ctx.page("Add a person", content).back("/people/add"));
    }
    let mut choices: Vec<Choice> = scopes.iter().map(|c| choice(stored(&c.scope), &c.name)).collect();
    let only = <[_; 1]>::try_from(choices.clone()).ok().map(|[one]| one);
    let label = match role {
        Role::School => "Which school or trust?",
        Role::Provider => "Which provider?",
        _ => "For what?",
    };
    let scope = match only {
        // Nothing to choose.
        Some(one) => view! {
            <Hidden name="scope" value=one.value/>
            <p class="govuk-body">"For "<strong>{one.label}</strong></p>
        }
        .into_any(),
        None => {
            if role == Role::Safeguarding && form.get("scope").is_empty() {
                form.put("scope", choices[0].value.clone());
            } else {
                choices.insert(0, choice("", "Choose"));
            }
            view! { <Select form=form.clone() name="scope" label=label choices=choices/> }.into_any()
        }
    };
    let title = format!("Add a person: {}", role.label().to_lowercase());
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">{what_for(role)}"."</p>
        <PostForm form=form.clone() action="/people/add">
            <Hidden name="role" value=role.as_str()/>
            <TextInput form=form.clone() name="name" label="Name"/>
            <TextInput form=form.clone() name="email" label="Email address" kind="email"
                hint="They sign in by it, so it must be their own: not a shared mailbox"/>
            {scope}
            <p class="govuk-body">"They get a mail that says what they can do and how to sign in."</p>
            <Button text="Add and invite"/>
        </PostForm>
    };
    Ok(ctx.page(title, content).back("/people/add"))
}

/// A scope as a form's value.
fn stored(scope: &Scope) -> String {
    serde_json::to_string(scope).unwrap_or_default()
}

pub(super) async fn add(ctx: Context, mut form: Form) -> Answer {
    let role: Role = form.get("role").parse().map_err(|_| Problem::NotFound)?;
    let name = form.required("name", "Enter their name");
    let email = form.read::<EmailAddress>("email", "Enter their email address");
    let scope = match form.required("scope", "Choose what the role is for") {
        Some(text) => Some(serde_json::from_str::<Scope>(&text).map_err(|_| Problem::NotFound)?),
        None => None,
    };
    if let (Some(name), Some(email), Some(scope)) = (name, email, scope) {
        let new = NewPerson { email, name, role, scope };
        match once(people::add(&ctx.desk_for(&form), ctx.actor()?, &new).await) {
            Ok(id) => {
                return Ok(ctx.see_other_with(format!("/people/{id}"), "Role given, and a mail sent to tell them"));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(who_page(&ctx, form, role).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
