//! The pages of what went wrong. Each says what happened, that nothing was lost, and offers a way on.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use crate::web::answer::Problem;
use crate::web::context::Context;
use crate::web::upload::FILE_TOO_LARGE;

/// The page of a problem that was met at `path`.
pub(crate) fn page(ctx: &Context, problem: Problem, path: &str) -> Response {
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
        Problem::Bad(StatusCode::PAYLOAD_TOO_LARGE, why) => (StatusCode::PAYLOAD_TOO_LARGE, "Too large", why),
        Problem::Bad(StatusCode::FORBIDDEN, why) => (StatusCode::FORBIDDEN, "This was not accepted", why),
        Problem::Bad(StatusCode::REQUEST_TIMEOUT, why) => (StatusCode::REQUEST_TIMEOUT, "This took too long", why),
        Problem::Bad(status, why) => (status, "This could not be read", why),
        Problem::Unavailable => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Sorry, something went wrong",
            "The fault is ours, and it has been noted. Nothing that was confirmed is lost. Try again in a few minutes.".to_owned(),
        ),
    };
    // Forms that take files are asked for at the address they are sent to.
    let again = (text == FILE_TOO_LARGE).then(|| {
        view! {
            <p class="govuk-body"><a class="govuk-link" href=path.to_owned()>"Choose another file"</a>": the page says how large it may be."</p>
        }
    });
    let content = view! {
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{text}</p>
        {again}
        <p class="govuk-body"><a class="govuk-link" href="/">"Go to your home page"</a></p>
    };
    ctx.page(title, content).status(status).into_response()
}
