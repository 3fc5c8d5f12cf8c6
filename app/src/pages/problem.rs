//! The pages of what went wrong. Each says what happened, that nothing was lost, and offers a way on.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use crate::web::answer::Problem;
use crate::web::context::Context;

/// The page of a problem.
pub(crate) fn page(ctx: &Context, problem: Problem) -> Response {
    let (status, title, text) = match problem {
        Problem::SignInFirst | Problem::ChooseRole => return ctx.see_other("/"),
        Problem::NotFound => (
            StatusCode::NOT_FOUND,
            "Page not found",
            "If you typed the address, check it. If you followed a link, what it led to may be gone, or it may belong to another school or council.".to_owned(),
        ),
        Problem::Forbidden => (
            StatusCode::FORBIDDEN,
            "Your role may not do this",
            "If you have another role, choose it under your name at the top of the page. Otherwise ask your council’s Callboard administrator.".to_owned(),
        ),
        Problem::Conflict(why) => (StatusCode::CONFLICT, "This could not be done", why),
        Problem::Bad(status, why) => (status, "This could not be read", why),
        Problem::Unavailable => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Sorry, something went wrong",
            "The fault is ours, and it has been noted. Nothing that was confirmed is lost. Try again in a few minutes.".to_owned(),
        ),
    };
    let content = view! {
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{text}</p>
        <p class="govuk-body"><a class="govuk-link" href="/">"Go to your home page"</a></p>
    };
    ctx.page(title, content).status(status).into_response()
}
