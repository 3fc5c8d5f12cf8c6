//! Names of schools that are remembered, and forgetting them.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::Page as Rows;
use records::histories::{self, Alias};
use uuid::Uuid;

use super::Which;
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;

pub(super) async fn list(ctx: Context, Query(which): Query<Which>) -> Answer {
    let rows = Rows::new(which.page.max(1));
    let (aliases, total) = histories::aliases(ctx.desk(), ctx.actor()?, rows).await?;
    let pages = (total + rows.size - 1) / rows.size;
    let content = view! {
        <h1 class="govuk-heading-l">"Names that are remembered"</h1>
        <p class="govuk-body">"What people typed for a school, as somebody decided it once. The next file with such a name is not asked about it. Forgetting one leaves what was taken over as it is."</p>
        {if aliases.is_empty() {
            view! {
                <Empty text="Nothing is remembered yet. It will be once you import older records and decide a name.">
                    <ButtonLink href="/histories" text="Import older records"/>
                </Empty>
            }.into_any()
        } else {
            let rows = aliases.into_iter().map(line).collect();
            view! {
                <DataTable caption="Remembered names" caption_hidden=true heads=vec!["Typed", "Means", "Decided", "Forget"] rows=rows/>
            }.into_any()
        }}
        <Pagination path="/school-names?page=" page=rows.number pages=pages/>
    };
    Ok(ctx.page("Names that are remembered", content).back("/histories").into_response())
}

fn line(alias: Alias) -> Vec<AnyView> {
    let means = match (alias.setting_id, alias.school) {
        (Some(id), Some(school)) => {
            let town = alias.town.map(|t| format!(", {t}")).unwrap_or_default();
            // One piece: on narrow screens each piece of a cell stands on a line of its own.
            view! { <span><a class="govuk-link" href=format!("/schools/{id}")>{school}</a>{town}</span> }.into_any()
        }
        _ => "No school: its rows are left out".into_any(),
    };
    let who = alias.person.unwrap_or_else(|| "command line".to_owned());
    let file = alias.file_name.map(|f| format!(", {f}")).unwrap_or_default();
    let text = alias.text.clone();
    vec![
        format!("“{text}”").into_any(),
        means,
        format!("{}, {who}{file}", date_time(alias.decided_at)).into_any(),
        view! {
            <PostForm form=Form::default() action=format!("/school-names/{}/forget", alias.id)>
                <button type="submit" class="govuk-button govuk-button--secondary">
                    "Forget"<span class="govuk-visually-hidden">{format!(" “{text}”")}</span>
                </button>
            </PostForm>
        }
        .into_any(),
    ]
}

pub(super) async fn forget(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    histories::forget_alias(&ctx.desk_for(&form), ctx.actor()?, id).await?;
    Ok(ctx.see_other_with("/school-names", "The name was forgotten"))
}
