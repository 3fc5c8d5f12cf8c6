//! Every name of a file with its school: also those that were matched without anybody, to be corrected.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::histories::{self, About, Found, Name, Understood};
use uuid::Uuid;

use super::{Which, count_of, page_of, schools};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;

/// Names on a page.
const SIZE: usize = 100;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let names: Vec<&Name> = understood.names.iter().filter(|name| name.is_typed()).collect();
    let (shown, page, pages) = page_of(&names, which.page, SIZE);
    let rows = shown.iter().map(|name| line(id, &understood, name)).collect();
    let here = format!("/histories/{id}");
    let content = view! {
        <span class="govuk-caption-l">{import.file_name}</span>
        <h1 class="govuk-heading-l">"Names and their schools"</h1>
        <p class="govuk-body">"Each name as it is typed in the file, and the school it is taken for. If it is another one, or no school, change it: that counts for every row with the name, and is remembered for the next file."</p>
        <DataTable caption="Names" caption_hidden=true heads=vec!["Typed", "Rows", "School", "How it is known", "Change"] numeric=vec![1] rows=rows/>
        <Pagination path=format!("{here}/names?page=") page=page pages=pages/>
    };
    Ok(ctx.page("Names and their schools", content).wide().back(here).into_response())
}

fn line(import: Uuid, understood: &Understood, name: &Name) -> Vec<AnyView> {
    let school = match (&name.found, name.found.school()) {
        (_, Some(school)) => {
            let town = school.town.as_ref().map(|town| format!(", {town}")).unwrap_or_default();
            let urn = school.urn.map(|urn| format!(" (URN {urn})")).unwrap_or_default();
            format!("{}{town}{urn}", school.name)
        }
        (Found::Out, None) => "No school: left out".to_owned(),
        _ => "–".to_owned(),
    };
    let is_said = understood.choices.get(About::School, &name.key).is_some();
    let how = match name.found {
        Found::Matched(_) => "matched by its words",
        Found::Remembered(_) => "remembered from an earlier file",
        Found::Chosen(_) => "decided for this file",
        Found::Out if is_said => "decided for this file",
        Found::Out => "remembered from an earlier file",
        Found::Review | Found::None => "to be decided",
    };
    let change = view! {
        <a class="govuk-link" href=schools::address(import, name, "names")>
            "Change"<span class="govuk-visually-hidden">{format!(" “{}”", name.text)}</span>
        </a>
    };
    vec![
        format!("“{}”", name.text).into_any(),
        thousands(count_of(name.rows.len())).into_any(),
        school.into_any(),
        how.into_any(),
        change.into_any(),
    ]
}
