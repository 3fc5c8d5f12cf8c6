//! What parents may see of a programme, signed out.

use axum::extract::Path;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::programmes::{self, ForParents};
use uuid::Uuid;

use super::documents::{pdf, size};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let programme = programmes::for_parents(ctx.desk(), id).await?;
    let authority = programme.authority.clone();
    let title = programme.name.clone();
    Ok(ctx.page(title, shown(programme)).headed_by(Some(authority)).into_response())
}

fn shown(programme: ForParents) -> impl IntoView {
    let files = programme
        .documents
        .into_iter()
        .map(|d| {
            view! {
                <li><a class="govuk-link" href=format!("/for-parents/documents/{}", d.id)>{d.title}</a>{format!(" (PDF, {})", size(d.size))}</li>
            }
        })
        .collect::<Vec<_>>();
    let nothing = programme.materials.is_empty() && files.is_empty();
    let files = (!files.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">"Documents"</h2>
            <ul class="govuk-list">{files.collect_view()}</ul>
        }
    });
    view! {
        <span class="govuk-caption-l">"For parents and carers"</span>
        <h1 class="govuk-heading-l">{programme.name}</h1>
        <Prose text=programme.summary/>
        {(!programme.materials.is_empty()).then(|| view! {
            <h2 class="govuk-heading-m">"What is shown and taught"</h2>
            <Prose text=programme.materials/>
        })}
        {files}
        {nothing.then(|| view! {
            <Empty text="There is nothing more to see yet.">
                <p class="govuk-body">"Ask your child’s school what will be shown and taught."</p>
            </Empty>
        })}
    }
}

pub(super) async fn download(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (file_name, body) = programmes::file_for_parents(ctx.desk(), id).await?;
    Ok(pdf(&file_name, body))
}
