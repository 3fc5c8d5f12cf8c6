//! Rows that a person has to answer for: cells that were not understood, sessions to be confirmed, doubles.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::histories::Role;
use records::histories::{self, About, Asks, Choice as Said, Import, OUT, Question, Row, Understood};
use uuid::Uuid;

use super::{Which, cell_of, count_of, is_of_row, page_of};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Rows on a page.
const SIZE: usize = 20;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let open = open(&understood);
    let (shown, page, pages) = page_of(&open, which.page, SIZE);
    let mut form = Form::default();
    form.put("page", page.to_string());
    for at in shown {
        fill(&mut form, *at, &understood.rows[*at]);
    }
    Ok(self::page(&ctx, &import, &understood, shown, (page, pages), form).into_response())
}

/// The rows with a question of their own, as positions in the file's rows.
fn open(understood: &Understood) -> Vec<usize> {
    let places: std::collections::HashSet<&str> = understood.to_mend().map(|row| row.place.as_str()).collect();
    understood
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| places.contains(row.place.as_str()))
        .map(|(at, _)| at)
        .collect()
}

/// A row's questions that are answered here, with their numbers.
fn questions(row: &Row) -> impl Iterator<Item = (usize, &Question)> {
    row.questions.iter().enumerate().filter(|(_, question)| is_of_row(question.asks))
}

/// Cells show what is typed in them now.
fn fill(form: &mut Form, at: usize, row: &Row) {
    for (n, question) in questions(row).filter(|(_, q)| q.asks == Asks::Cell) {
        form.put(&format!("answer-{at}-{n}"), question.typed.trim());
    }
}

fn is_count(question: &Question) -> bool {
    matches!(question.about, Some(Role::Pupils | Role::AmPupils | Role::PmPupils))
}

fn page(
    ctx: &Context,
    import: &Import,
    understood: &Understood,
    shown: &[usize],
    (page, pages): (i64, i64),
    form: Form,
) -> Page {
    let here = format!("/histories/{}", import.id);
    let open = open(understood);
    let content = if shown.is_empty() {
        view! {
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Answer for rows"</h1>
            <p class="govuk-body">"No row waits for an answer here."</p>
            <ButtonLink href=here.clone() text="Go on"/>
        }
        .into_any()
    } else {
        let rows = shown.iter().map(|at| row_fields(*at, &understood.rows[*at], &form)).collect_view();
        view! {
            <ErrorSummary form=form.clone()/>
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Answer for rows"</h1>
            <p class="govuk-body">{format!("{} for an answer. Rows that you pass over are not taken over.",
                plural(count_of(open.len()), "row waits", "rows wait"))}</p>
            <PostForm form=form.clone() action=format!("{here}/cells")>
                <Hidden name="page" value=page.to_string()/>
                {rows}
                <Button text="Save"/>
            </PostForm>
            <Pagination path=format!("{here}/cells?page=") page=page pages=pages/>
        }
        .into_any()
    };
    ctx.page("Answer for rows", content).back(here)
}

fn row_fields(at: usize, row: &Row, form: &Form) -> impl IntoView + use<> {
    let school = row.school.as_ref().map_or_else(|| row.typed.trim().to_owned(), |s| s.name.clone());
    let on = row.on.map(|on| format!(", {}", short_date(on))).unwrap_or_default();
    let fields = questions(row).map(|(n, question)| answer(at, n, row, question, form)).collect_view();
    view! {
        <div class="app-decision">
            <h2 class="govuk-heading-s">{format!("{school}{on}")}</h2>
            <Hidden name=format!("row-{at}") value=mark(row)/>
            {fields}
            <Checkboxes form=form.clone() name=format!("out-{at}") legend=format!("Or, {}", row.where_is())
                choices=vec![choice(OUT, "Leave this row out")] small=true/>
        </div>
    }
}

/// What a row is known by while its form is being filled in.
fn mark(row: &Row) -> String {
    row.place.replace('\t', "/")
}

fn answer(at: usize, n: usize, row: &Row, question: &Question, form: &Form) -> impl IntoView + use<> {
    let name = format!("answer-{at}-{n}");
    match question.asks {
        Asks::Outcome => view! {
            <Radios form=form.clone() name=name legend=question.message.clone() hint=cell_of(row, question.cell.as_deref())
                choices=vec![choice("held", "It took place"), choice("cancelled", "It was cancelled")]/>
        }
        .into_any(),
        Asks::Again => view! {
            <Radios form=form.clone() name=name legend=question.message.clone() hint=row.where_is()
                choices=vec![choice("own", "It is another session: take it over"), choice(OUT, "It is the same: leave this row out")]/>
        }
        .into_any(),
        _ => {
            let unknown = is_count(question).then(|| {
                view! {
                    <Checkboxes form=form.clone() name=format!("unknown-{at}-{n}") legend="Or"
                        choices=vec![choice("yes", "Nobody knows how many came")] small=true/>
                }
            });
            view! {
                <TextInput form=form.clone() name=name label=cell_of(row, question.cell.as_deref())
                    hint=question.message.clone() width="width-20"/>
                {unknown}
            }
            .into_any()
        }
    }
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let (desk, actor) = (ctx.desk_for(&form), ctx.actor()?);
    let import = histories::look(ctx.desk(), actor, id).await?;
    let understood = histories::understand(ctx.desk(), actor, id).await?;
    // Rows keep their numbers as long as the file is read in the same way.
    let shown: Vec<usize> = (0..understood.rows.len())
        .filter(|at| form.get(&format!("row-{at}")) == mark(&understood.rows[*at]).trim())
        .collect();
    let mut said = Vec::new();
    for &at in &shown {
        let row = &understood.rows[at];
        if form.has(&format!("out-{at}"), OUT) {
            said.push(Said::new(About::Row, &row.place, OUT));
            continue;
        }
        for (n, question) in questions(row) {
            let typed = form.get(&format!("answer-{at}-{n}")).to_owned();
            let unknown = is_count(question) && form.has(&format!("unknown-{at}-{n}"), "yes");
            match question.asks {
                Asks::Outcome if !typed.is_empty() => said.push(Said::new(About::Outcome, &row.place, typed)),
                Asks::Again if typed == OUT => said.push(Said::new(About::Row, &row.place, OUT)),
                Asks::Again if !typed.is_empty() => said.push(Said::new(About::Again, &row.place, typed)),
                Asks::Cell => {
                    let Some(cell) = &question.cell else { continue };
                    let place = format!("{}\t{cell}", row.sheet);
                    if unknown {
                        said.push(Said::new(About::Cell, place, ""));
                    } else if !typed.is_empty() && typed != question.typed.trim() {
                        said.push(Said::new(About::Cell, place, typed));
                    }
                }
                _ => {}
            }
        }
    }
    if said.is_empty() {
        let first = shown
            .first()
            .and_then(|at| questions(&understood.rows[*at]).next().map(|(n, _)| format!("answer-{at}-{n}")));
        form.refuse(first.unwrap_or_default(), "Answer for at least one row");
        let page = (form.get("page").parse().unwrap_or(1), 1);
        let answer = self::page(&ctx, &import, &understood, &shown, page, form);
        return Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    histories::choose(&desk, actor, id, &said).await?;
    // What was typed may be no better than what stood there: the row says so, with what was typed.
    let now = histories::understand(ctx.desk(), actor, id).await?;
    let mut wrong = Form::default();
    let mut still = Vec::new();
    for choice in said.iter().filter(|c| c.about == About::Cell) {
        let asks = |(_, row): &(usize, &Row)| {
            row.questions
                .iter()
                .any(|q| q.cell.as_ref().is_some_and(|cell| format!("{}\t{cell}", row.sheet) == choice.place))
        };
        if let Some((at, row)) = now.rows.iter().enumerate().find(asks) {
            fill(&mut wrong, at, row);
            let of = |(_, q): &(usize, &Question)| {
                q.cell.as_ref().is_some_and(|c| choice.place.ends_with(&format!("\t{c}")))
            };
            if let Some((n, question)) = questions(row).find(of) {
                wrong.refuse(format!("answer-{at}-{n}"), question.message.trim_end_matches('.').to_owned());
                still.push(at);
            }
        }
    }
    if still.is_empty() {
        let page = form.get("page").parse::<i64>().unwrap_or(1);
        let notice = plural(count_of(said.len()), "answer was saved", "answers were saved");
        return Ok(ctx.see_other_with(format!("/histories/{id}/cells?page={page}"), &notice));
    }
    still.dedup();
    let answer = self::page(&ctx, &import, &now, &still, (1, 1), wrong);
    Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
