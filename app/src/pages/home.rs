//! Each role's home page: what waits for that person.

use axum::response::IntoResponse;
use leptos::prelude::*;

use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/", Who::Anyone, home)
}

async fn home(ctx: Context) -> Answer {
    let content = view! {
        <h1 class="govuk-heading-xl">"Callboard"</h1>
        <p class="govuk-body-l">"Prevention work in schools: who was reached, and who was not."</p>
    };
    Ok(ctx.page("Home", content).into_response())
}
