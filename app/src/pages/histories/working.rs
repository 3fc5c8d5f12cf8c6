//! A file that is being read or taken over, and how it went where nobody was told.

use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::histories::{self, Import, State, Work};
use serde_json::json;
use uuid::Uuid;

use crate::components::*;
use crate::islands::ImportProgress;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::page::Page;

/// A page that follows the work; without a script it is asked for again by itself.
pub(super) fn page(ctx: &Context, import: &Import, work: &Work) -> Page {
    let here = format!("/histories/{}", import.id);
    let title = if *work == Work::Applying { "Taking the rows over" } else { "Reading the file" };
    let rows = plural(import.total, "row", "rows");
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <ImportProgress path=format!("{here}/progress") done=0 total=0 words=title.to_owned()/>
        {(import.total > 0).then(|| view! { <p class="govuk-body">{rows}</p> })}
        <p class="govuk-body">"You can leave this page: the work goes on. "<a class="govuk-link" href=here>"See how far it is"</a></p>
    };
    ctx.page(title, content).with_islands().refresh(2).back("/histories")
}

/// A file that cannot be read: why, and what to do.
pub(super) fn unreadable(ctx: &Context, import: &Import, why: &str) -> Page {
    let title = "This file cannot be read";
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{why.to_owned()}"."</p>
        <ButtonLink href=format!("/histories/{}/drop", import.id) text="Drop this file"/>
        <p class="govuk-body"><a class="govuk-link" href="/histories">"Upload another"</a></p>
    };
    ctx.page(title, content).back("/histories")
}

/// What the progress bar asks for.
pub(super) async fn progress(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let work = histories::at_work(ctx.desk(), ctx.actor()?, id).await?;
    let working = import.state == State::Previewed && work.is_some_and(|work| work.goes_on());
    let progress = json!({ "working": working, "done": 0, "total": 0 });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(progress)).into_response())
}
