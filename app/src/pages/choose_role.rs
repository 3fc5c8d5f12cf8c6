//! The choice between several roles, after signing in and at any time later.

use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::grants::Grant;
use records::sign_ins;
use uuid::Uuid;

use crate::components::{Button, ErrorSummary, PostForm, Radios, choice_with_hint};
use crate::web::answer::{Answer, Problem, redirect};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};
use crate::web::then;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/choose-role", Who::SignedIn, show).post("/choose-role", Who::SignedIn, choose)
}

async fn show(ctx: Context, Query(query): Query<then::Query>) -> Answer {
    let sign_in = ctx.visitor.sign_in().ok_or(Problem::SignInFirst)?;
    let grants = sign_ins::choices(ctx.desk(), sign_in).await?;
    let now = sign_in.actor.as_ref().and_then(|actor| actor.grant).map(|id| id.to_string());
    let form = Form::of(now.map(|id| ("grant", id)));
    let mut response = page(&ctx, form, grants).into_response();
    then::keep(&ctx, &query, &mut response);
    Ok(response)
}

fn page(ctx: &Context, form: Form, grants: Vec<Grant>) -> crate::web::page::Page {
    if grants.is_empty() {
        let content = view! {
            <h1 class="govuk-heading-l">"You have no role"</h1>
            <p class="govuk-body">"You are signed in, but no role is yours any more. Ask the person at your council who runs Callboard to give you one; then come back to this page."</p>
        };
        return ctx.page("You have no role", content);
    }
    let choices = grants.into_iter().map(|g| choice_with_hint(g.id, g.role.label(), g.scope_name)).collect::<Vec<_>>();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Choose a role"</h1>
        <p class="govuk-body">"You see and do what belongs to the role. You can change to another at any time, under your name at the top of the page."</p>
        <PostForm form=form.clone() action="/choose-role">
            <Radios form=form name="grant" legend="Your roles" choices=choices/>
            <Button text="Go on"/>
        </PostForm>
    };
    ctx.page("Choose a role", content)
}

async fn choose(ctx: Context, headers: HeaderMap, mut form: Form) -> Answer {
    let sign_in = ctx.visitor.sign_in().ok_or(Problem::SignInFirst)?;
    if form.get("grant").is_empty() {
        form.refuse("grant", "Choose a role");
        let grants = sign_ins::choices(ctx.desk(), sign_in).await?;
        return Ok(page(&ctx, form, grants).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let grant: Uuid = form.get("grant").parse().map_err(|_| Problem::NotFound)?;
    sign_ins::choose(ctx.desk(), sign_in, grant).await?;
    Ok(redirect(&then::path(&headers, None), vec![then::drop(&ctx)]))
}
