//! The demonstration's page of one-press sign-ins. It exists only under `--demo`.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use domain::access::{Role, Scope};
use leptos::prelude::*;
use records::grants::{self, Grant};
use records::sign_ins;
use serde::Deserialize;

use crate::components::{Empty, Hidden, PostForm, TextInput};
use crate::web::answer::{Answer, Problem, forget_copies, redirect};
use crate::web::context::{Context, SIGN_IN_COOKIE, device};
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/demo", Who::Anyone, show).post("/demo", Who::Anyone, sign_in)
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    school: String,
}

/// What each role comes to the demonstration for.
const fn what_to_see(role: Role) -> &'static str {
    match role {
        Role::Commissioner => "Programmes, tours, coverage and its gaps; books on a school’s behalf",
        Role::Evaluator => "Coverage and what pupils and staff answered, without names",
        Role::Safeguarding => "Coverage and visits, as an officer for safeguarding sees them",
        Role::Administrator => "People, the school list, term dates, the audit trail",
        Role::Provider => "Its own tours and teams, run sheets, attendance on the day",
        Role::School | Role::System => "Its year at a glance, what it can book, its visits",
    }
}

async fn show(ctx: Context, Query(search): Query<Search>) -> Answer {
    if !ctx.site.demo {
        return Err(Problem::NotFound);
    }
    let wanted = search.school.trim().to_owned();
    let found = grants::for_demonstration(ctx.desk(), (!wanted.is_empty()).then_some(wanted.as_str())).await?;
    let form = Form::of([("school", wanted.as_str())]);
    let content = view! {
        <h1 class="govuk-heading-xl">"Sign in as someone"</h1>
        <p class="govuk-body-l">"Everyone here is invented. One press signs you in as them; come back to this page to be somebody else."</p>
        {if wanted.is_empty() { groups(found).into_any() } else { matches(&wanted, found).into_any() }}
        <h2 class="govuk-heading-m" id="another">"Find another school"</h2>
        <form method="get" action="/demo" class="app-filter">
            <TextInput form=form name="school" label="Part of the school’s name"/>
            <button class="govuk-button govuk-button--secondary" type="submit">"Find"</button>
        </form>
    };
    Ok(ctx.page("Sign in as someone", content).wide().into_response())
}

fn groups(found: Vec<Grant>) -> impl IntoView {
    if found.is_empty() {
        return view! {
            <Empty text="There is nobody to be yet.">
                <p class="govuk-body">"The demonstration district is made on first start, or by "<code>"callboard demo"</code>". Ask for this page again in a minute."</p>
            </Empty>
        }
        .into_any();
    }
    let (schools, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|g| matches!(g.scope, Scope::Setting(_) | Scope::Trust(_)));
    let (providers, council): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|g| matches!(g.scope, Scope::Provider(_)));
    [("At the council", council), ("At a provider", providers), ("At a school", schools)]
        .into_iter()
        .filter(|(_, grants)| !grants.is_empty())
        .map(|(title, grants)| {
            view! {
                <h2 class="govuk-heading-m">{title}</h2>
                <div class="app-columns">{grants.into_iter().map(card).collect_view()}</div>
            }
        })
        .collect_view()
        .into_any()
}

fn matches(wanted: &str, found: Vec<Grant>) -> impl IntoView + use<> {
    let title = format!("Schools with “{wanted}” in their name");
    let list = if found.is_empty() {
        view! { <Empty text="No school of the demonstration has that in its name, or nobody signs in for it."><p class="govuk-body"><a class="govuk-link" href="/demo">"Show everyone to be"</a></p></Empty> }
            .into_any()
    } else {
        view! { <div class="app-columns">{found.into_iter().map(card).collect_view()}</div> }.into_any()
    };
    view! { <h2 class="govuk-heading-m">{title}</h2>{list} }
}

/// One person to be.
fn card(grant: Grant) -> impl IntoView {
    let (role, at) = (grant.role.label(), grant.scope_name.clone());
    // A school's card is found by the school, everybody else's by the role.
    let (title, line) = match grant.scope {
        Scope::Setting(_) | Scope::Trust(_) if grant.role == Role::School => (at, grant.person_name.clone()),
        _ => (role.to_owned(), format!("{}, {at}", grant.person_name)),
    };
    let button = format!("Sign in as {}", grant.person_name);
    view! {
        <article class="app-card app-demo-card">
            <h3 class="govuk-heading-s app-card__title">{title}</h3>
            <p class="govuk-body-s">{line}<br/><span class="app-muted">{what_to_see(grant.role)}</span></p>
            <PostForm form=Form::default() action="/demo">
                <Hidden name="grant" value=grant.id.to_string()/>
                <button type="submit" class="govuk-button govuk-button--secondary app-demo-card__button">{button}</button>
            </PostForm>
        </article>
    }
}

async fn sign_in(ctx: Context, headers: HeaderMap, form: Form) -> Answer {
    if !ctx.site.demo {
        return Err(Problem::NotFound);
    }
    let grant = form.get("grant").parse().map_err(|_| Problem::NotFound)?;
    let token = sign_ins::begin_demonstration(ctx.desk(), grant, &device(&headers)).await?;
    Ok(forget_copies(redirect("/", vec![ctx.cookie(SIGN_IN_COOKIE, &token, None)])))
}
