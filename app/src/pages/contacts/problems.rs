//! What is to be mended in a list, and what it says against a role, to be answered: given all the same, or left out.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::contacts::{self, Answer as Said, GIVE, Gives, Row, Understood};
use records::histories::{About, Choice, OUT};
use uuid::Uuid;

use super::{Which, count_of, page_of};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;

/// Doubts on a page.
const SIZE: usize = 100;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let here = format!("/people/lists/{id}");
    let nothing = understood.to_mend().is_empty() && understood.doubtful().is_empty();
    let content = view! {
        <span class="govuk-caption-l">{import.file_name}</span>
        <h1 class="govuk-heading-l">"See what is to be mended"</h1>
        {nothing.then(|| view! { <p class="govuk-body">"Nothing is to be mended."</p> })}
        {doubts(&understood, &here, which.page)}
        {mend(&understood, &here)}
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Go on"</a></p>
    };
    Ok(ctx.page("See what is to be mended", content).back(here).into_response())
}

/// Who may have left: each gets a role only where somebody says so.
fn doubts(understood: &Understood, here: &str, page: i64) -> Option<impl IntoView + use<>> {
    let rows = understood.doubtful();
    if rows.is_empty() {
        return None;
    }
    let (shown, page, pages) = page_of(&rows, page, SIZE);
    let mut form = Form::default();
    for row in shown.iter().filter(|row| row.answer == Some(Said::Give)) {
        form.put("give", key(row));
    }
    let choices = shown.iter().map(|row| choice_with_hint(key(row), who(row), said(row))).collect();
    let places = shown.iter().map(|row| view! { <Hidden name="shown" value=key(row)/> }).collect_view();
    let open = count_of(rows.iter().filter(|row| row.answer.is_none()).count());
    let open = match open {
        0 => " All of them are answered; an answer can be changed.".to_owned(),
        n => format!(" {} not answered yet.", plural(n, "is", "are")),
    };
    Some(view! {
        <h2 class="govuk-heading-m">"May have left, or may not be meant"</h2>
        <p class="govuk-body">"The list says something against giving these people a role. Tick whom it is right for all the same; whom you leave unticked is left out once you save."{open}</p>
        <PostForm form=form.clone() action=format!("{here}/problems")>
            <Hidden name="page" value=page.to_string()/>
            {places}
            <Checkboxes form=form.clone() name="give" legend="Give it to" choices=choices/>
            <Button text="Save"/>
        </PostForm>
        <Pagination path=format!("{here}/problems?page=") page=page pages=pages/>
    })
}

/// A row's place as a form sends it.
fn key(row: &Row) -> String {
    row.place().trim().to_owned()
}

/// “Jo Lee, Beck Primary, jo.lee@beck.example”.
fn who(row: &Row) -> String {
    let school = row.school.as_ref().map_or_else(|| row.typed.trim().to_owned(), |school| school.name.clone());
    let email = row.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let parts = [row.person.clone(), school, email];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// “Row 14 (PSHE lead) says “left July 2026”. Left out.”
fn said(row: &Row) -> String {
    let job = if row.gives == Gives::Address || row.job.is_empty() { String::new() } else { format!(" ({})", row.job) };
    let stands = match row.answer {
        None => "Not answered yet",
        Some(Said::Give) => "To be given",
        Some(Said::LeaveOut) => "Left out",
    };
    let said = row.against().unwrap_or_default();
    crate::web::form::capitalise(&format!("{}{job} says {said}. {stands}", row.where_is()))
}

/// What can be mended in the file alone, and the copy of it that is marked.
fn mend(understood: &Understood, here: &str) -> Option<impl IntoView + use<>> {
    let problems = understood.to_mend();
    if problems.is_empty() {
        return None;
    }
    let rows = problems
        .iter()
        .map(|p| {
            let place = [p.sheet.clone(), p.column.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
            vec![place.into_any(), p.message.clone().into_any()]
        })
        .collect();
    Some(view! {
        <h2 class="govuk-heading-m">"To be mended in the file"</h2>
        <p class="govuk-body">"Who stands in these rows gets nothing. Mend the cells in your own file, or in this copy where they are marked; then upload it and drop this one. The others need not wait: who got their role is not given it again."</p>
        <ButtonLink href=format!("{here}/marked") text="Download the list with the cells marked" secondary=true/>
        <DataTable caption="What is to be mended" caption_hidden=true heads=vec!["Cell", "What is wrong"] rows=rows/>
    })
}

pub(super) async fn give(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let rows = understood.doubtful().into_iter().filter(|row| form.has("shown", &key(row)));
    // Whom somebody looked at and did not tick is answered for: not to be given.
    let answer = |row: &Row| if form.has("give", &key(row)) { GIVE } else { OUT };
    let said: Vec<Choice> = rows.map(|row| Choice::new(About::Row, row.place(), answer(row))).collect();
    contacts::choose(&ctx.desk_for(&form), ctx.actor()?, id, &said).await?;
    let ticked = said.iter().filter(|choice| choice.value.as_deref() == Some(GIVE)).count();
    let (ticked, left) = (count_of(ticked), count_of(said.len() - ticked));
    let page = form.get("page").parse::<i64>().unwrap_or(1);
    let give = format!("{} a role all the same", plural(ticked, "person gets", "people get"));
    let leave = plural(left, "is left out", "are left out");
    let notice = match (ticked, left) {
        (0, _) => leave,
        (_, 0) => give,
        _ => format!("{give}, {leave}"),
    };
    Ok(ctx.see_other_with(format!("/people/lists/{id}/problems?page={page}"), &notice))
}
