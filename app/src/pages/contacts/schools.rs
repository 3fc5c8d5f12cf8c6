//! Schools' names that a person has to decide, as in older records.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::contacts::{self, Import, Row, Understood};
use records::histories::{Found, Name};
use uuid::Uuid;

use super::super::histories::schools::{Hit, decide, question};
use super::{Which, count_of, page_of};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Names on a page.
const SIZE: usize = 10;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let names = undecided(&understood);
    let (shown, page, pages) = page_of(&names, which.page, SIZE);
    let mut form = Form::default();
    form.put("page", page.to_string());
    for at in shown.iter().filter(|at| understood.names[**at].is_remembered) {
        form.put(&format!("remember-{at}"), "yes");
    }
    Ok(self::page(&ctx, &import, &understood, shown, (page, pages), form, &[]).into_response())
}

fn undecided(understood: &Understood) -> Vec<usize> {
    let open = |name: &Name| matches!(name.found, Found::Review | Found::None);
    understood.names.iter().enumerate().filter(|(_, name)| open(name)).map(|(at, _)| at).collect()
}

fn page(
    ctx: &Context,
    import: &Import,
    understood: &Understood,
    shown: &[usize],
    (page, pages): (i64, i64),
    form: Form,
    hits: &[Hit],
) -> Page {
    let here = format!("/people/lists/{}", import.id);
    let content = if shown.is_empty() {
        view! {
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Decide schools"</h1>
            <p class="govuk-body">"Every name is decided."</p>
            <ButtonLink href=here.clone() text="Go on"/>
        }
        .into_any()
    } else {
        let asked = |at: &usize| {
            question(*at, &understood.names[*at], places(understood, *at), &understood.choices, &form, hits)
        };
        let questions = shown.iter().map(asked).collect_view();
        let open = count_of(undecided(understood).len());
        view! {
            <ErrorSummary form=form.clone()/>
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Decide schools"</h1>
            <p class="govuk-body">{format!("{} to decide. What you decide counts for everybody with that school. Whose school you pass over gets nothing.",
                plural(open, "name is", "names are"))}</p>
            <PostForm form=form.clone() action=format!("{here}/schools")>
                <Hidden name="page" value=page.to_string()/>
                {questions}
                <Button text="Save"/>
            </PostForm>
            <Pagination path=format!("{here}/schools?page=") page=page pages=pages/>
        }
        .into_any()
    };
    ctx.page("Decide schools", content).back(here)
}

/// Who stands beside a name: “row 14 (Jo Lee, jo.lee@beck.example)”.
fn places(understood: &Understood, at: usize) -> Vec<String> {
    let place = |row: &Row| {
        let email = row.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let who = [row.person.clone(), email].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        if who.is_empty() { row.where_is() } else { format!("{} ({who})", row.where_is()) }
    };
    let mut places: Vec<String> = understood.rows.iter().filter(|row| row.name == Some(at)).map(place).collect();
    // Who would get two roles stands there twice.
    places.dedup();
    places
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    // Names keep their numbers as long as the list is read in the same way.
    let is_shown = |at: &usize| form.get(&format!("name-{at}")) == understood.names[*at].key;
    let shown: Vec<usize> = (0..understood.names.len()).filter(is_shown).collect();
    let (said, hits) = decide(&ctx, &understood.names, &shown, &mut form).await?;
    if form.is_good() {
        contacts::choose(&ctx.desk_for(&form), ctx.actor()?, id, &said).await?;
        let notice = plural(count_of(said.len() / 2), "name was decided", "names were decided");
        let page = form.get("page").parse::<i64>().unwrap_or(1);
        return Ok(ctx.see_other_with(format!("/people/lists/{id}/schools?page={page}"), &notice));
    }
    let page = (form.get("page").parse().unwrap_or(1), 1);
    let answer = self::page(&ctx, &import, &understood, &shown, page, form, &hits);
    Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
