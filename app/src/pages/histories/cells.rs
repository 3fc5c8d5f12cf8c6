//! Rows that a person has to answer for: cells that were not understood, sessions to be confirmed, doubles. Equal
//! questions stand together, and are answered together or row by row.

use std::collections::{HashMap, HashSet};

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::histories::{self, About, Asks, Choice as Said, Import, OUT, Open, Row, Understood};
use serde::Deserialize;
use uuid::Uuid;

use super::{NEXT, cell_of, count_of, page_of, save};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Questions on a page.
const SIZE: usize = 20;
/// Rows of a question that are named before the others.
const NAMED: usize = 3;

/// Which page, and of which kind the questions are that are answered row by row.
#[derive(Deserialize, Default)]
pub(super) struct Which {
    #[serde(default)]
    page: i64,
    #[serde(default)]
    of: String,
}

impl Which {
    fn of_form(form: &Form) -> Self {
        Self { page: form.get("page").parse().unwrap_or(1), of: form.get("of").to_owned() }
    }

    /// The address of this list, but for the number of its page.
    fn path(&self, import: Uuid) -> String {
        let of = utf8_percent_encode(&self.of, NON_ALPHANUMERIC).to_string();
        if of.is_empty() {
            format!("/histories/{import}/cells?page=")
        } else {
            format!("/histories/{import}/cells?of={of}&page=")
        }
    }

    /// The questions it lists.
    fn list(&self, understood: &Understood) -> Vec<Open> {
        if self.of.is_empty() {
            understood.open_together()
        } else {
            understood.open().into_iter().filter(|open| open.kind == self.of).collect()
        }
    }
}

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let open = which.list(&understood);
    if open.is_empty() && !which.of.is_empty() {
        return Ok(ctx.see_other(format!("/histories/{id}/cells")));
    }
    let (shown, page, pages) = page_of(&open, which.page, SIZE);
    Ok(self::page(&ctx, &import, &understood, shown, (page, pages), &which, filled(shown)).into_response())
}

/// Cells show what is typed in them now.
fn filled(shown: &[Open]) -> Form {
    let mut form = Form::default();
    for (n, open) in shown.iter().enumerate().filter(|(_, open)| open.asks == Asks::Cell) {
        form.put(&format!("answer-{n}"), open.typed.trim());
    }
    form
}

fn page(
    ctx: &Context,
    import: &Import,
    understood: &Understood,
    shown: &[Open],
    (page, pages): (i64, i64),
    which: &Which,
    form: Form,
) -> Page {
    let here = format!("/histories/{}", import.id);
    let rows = understood.to_mend().count();
    let content = if shown.is_empty() {
        view! {
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Answer for rows"</h1>
            <p class="govuk-body">"No row waits for an answer here."</p>
            <ButtonLink href=here.clone() text="Go on"/>
        }
        .into_any()
    } else {
        let questions =
            shown.iter().enumerate().map(|(n, open)| question(import.id, n, open, understood, &form)).collect_view();
        let of = which.of.clone();
        let all = which.list(understood).len();
        let left = match (which.of.is_empty(), all == rows) {
            (true, true) => format!("{} for an answer.", plural(count_of(rows), "row waits", "rows wait")),
            (true, false) => format!(
                "{} left, for {}.",
                plural(count_of(all), "question is", "questions are"),
                plural(count_of(rows), "row", "rows")
            ),
            (false, _) => format!("{} left of this kind.", plural(count_of(all), "question is", "questions are")),
        };
        view! {
            <ErrorSummary form=form.clone()/>
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Answer for rows"</h1>
            <p class="govuk-body">{left}" Answer as many as you like and save: you can leave, and go on later. Rows that you pass over are not taken over."</p>
            {(!which.of.is_empty()).then(|| view! {
                <p class="govuk-body"><a class="govuk-link" href=format!("{here}/cells")>"Back to all questions"</a></p>
            })}
            {which.of.is_empty().then(|| super::mark_link(import.id))}
            <Pagination path=which.path(import.id) page=page pages=pages/>
            <PostForm form=form.clone() action=format!("{here}/cells")>
                <Hidden name="page" value=page.to_string()/>
                <Hidden name="of" value=of/>
                {questions}
                {save(page, pages)}
            </PostForm>
        }
        .into_any()
    };
    ctx.page("Answer for rows", content).back(here)
}

/// A question: its rows, what is typed there, the answer, leaving them out.
fn question(import: Uuid, n: usize, open: &Open, understood: &Understood, form: &Form) -> impl IntoView + use<> {
    let rows: Vec<&Row> = open.rows.iter().map(|(at, _)| &understood.rows[*at]).collect();
    let first = rows[0];
    let several = open.asked > 1;
    let lines = match open.asks {
        Asks::Cell => rows.iter().map(|row| (&row.sheet, row.row)).collect::<HashSet<_>>().len(),
        _ => open.asked,
    };
    let heading = match (several, open.asks, open.typed.trim()) {
        (false, ..) => of_row(first),
        (true, Asks::Cell, "") => {
            let what = open.about.map_or_else(|| "answer".to_owned(), |role| role.label().to_lowercase());
            format!("No {what} in {}", cells_and_rows(open, lines))
        }
        (true, Asks::Cell | Asks::Outcome, typed) => format!("“{typed}” in {}", cells_and_rows(open, lines)),
        (true, ..) => format!("Perhaps the same: {} rows", open.asked),
    };
    let out = if several && lines > 1 {
        format!("Leave these {lines} rows out")
    } else if !several && rows.len() > 1 {
        "Leave this line out".to_owned()
    } else {
        "Leave this row out".to_owned()
    };
    view! {
        <div class="app-decision">
            <h2 class="govuk-heading-s">{heading.clone()}</h2>
            <Hidden name=format!("question-{n}") value=open.id.clone()/>
            {several.then(|| where_they_are(import, open, &rows, &heading))}
            {answer(n, open, first, lines, form)}
            <Checkboxes form=form.clone() name=format!("out-{n}") legend=if several { "Or".to_owned() } else { format!("Or, {}", first.where_is()) }
                choices=vec![choice(OUT, out)] small=true/>
        </div>
    }
}

/// “7 rows”; where a row asks at more than one of its cells, “2 cells of 1 row”.
fn cells_and_rows(open: &Open, lines: usize) -> String {
    let rows = plural(count_of(lines), "row", "rows");
    if open.asked != lines { format!("{} cells of {rows}", open.asked) } else { rows }
}

/// The rows of a question that several ask, and the way to answer for each by itself.
fn where_they_are(import: Uuid, open: &Open, rows: &[&Row], heading: &str) -> impl IntoView + use<> {
    let line = |(row, (_, cell)): (&&Row, &(usize, Option<String>))| {
        view! { <li>{format!("{}: {}", cell_of(row, cell.as_deref()), of_row(row))}</li> }
    };
    let mut lines = rows.iter().zip(&open.rows).map(line).collect::<Vec<_>>();
    let more = lines.split_off(NAMED.min(lines.len()));
    let each = Which { page: 1, of: open.kind.clone() }.path(import);
    view! {
        <ul class="govuk-list govuk-list--bullet">{lines.into_iter().collect_view()}</ul>
        {(!more.is_empty()).then(|| view! {
            <details class="govuk-details">
                <summary class="govuk-details__summary">
                    <span class="govuk-details__summary-text">{format!("and {} more", more.len())}</span>
                </summary>
                <div class="govuk-details__text"><ul class="govuk-list govuk-list--bullet">{more.into_iter().collect_view()}</ul></div>
            </details>
        })}
        <p class="govuk-body"><a class="govuk-link" href=format!("{each}1")>
            "Answer for each row by itself"<span class="govuk-visually-hidden">{format!(": {heading}")}</span>
        </a></p>
    }
}

/// “Oak Primary School, 12 Sep 2016”.
fn of_row(row: &Row) -> String {
    let school = row.school.as_ref().map_or_else(|| row.typed.trim().to_owned(), |s| s.name.clone());
    // Where a block's school is typed once, the others' cells are blank.
    let school = Some(school).filter(|school| !school.is_empty());
    let facts: Vec<_> = school.into_iter().chain(row.on.map(short_date)).collect();
    if facts.is_empty() { row.where_is() } else { facts.join(", ") }
}

fn answer(n: usize, open: &Open, first: &Row, lines: usize, form: &Form) -> impl IntoView + use<> {
    let (name, several) = (format!("answer-{n}"), open.asked > 1);
    let cell = open.rows[0].1.as_deref();
    let label = if several { format!("In all {}", cells_and_rows(open, lines)) } else { cell_of(first, cell) };
    match open.asks {
        Asks::Outcome => view! {
            <Radios form=form.clone() name=name legend=open.message.clone() hint=label
                choices=vec![choice("held", "It took place"), choice("cancelled", "It was cancelled")]/>
        }
        .into_any(),
        Asks::Again => {
            let (own, out) = if several {
                ("They are other sessions: take them over", "They are the same: leave these rows out")
            } else {
                ("It is another session: take it over", "It is the same: leave this row out")
            };
            let hint = if several { label } else { first.where_is() };
            view! {
                <Radios form=form.clone() name=name legend=open.message.clone() hint=hint
                    choices=vec![choice("own", own), choice(OUT, out)]/>
            }
            .into_any()
        }
        _ => {
            let unknown = open.is_count().then(|| {
                view! {
                    <Checkboxes form=form.clone() name=format!("unknown-{n}") legend="Or"
                        choices=vec![choice("yes", "Nobody knows how many came")] small=true/>
                }
            });
            view! {
                <TextInput form=form.clone() name=name label=label hint=open.message.clone() width="width-20"/>
                {unknown}
            }
            .into_any()
        }
    }
}

/// What a form answers to the question of a number; none where it does not.
fn said(form: &Form, n: usize, open: &Open) -> Option<histories::Answer> {
    let typed = form.get(&format!("answer-{n}"));
    if form.has(&format!("out-{n}"), OUT) || (open.asks == Asks::Again && typed == OUT) {
        return Some(histories::Answer::Out);
    }
    if open.is_count() && form.has(&format!("unknown-{n}"), "yes") {
        return Some(histories::Answer::Text(String::new()));
    }
    let unchanged = typed.is_empty() || (open.asks == Asks::Cell && typed == open.typed.trim());
    (!unchanged).then(|| histories::Answer::Text(typed.to_owned()))
}

/// The cells that a question is about, as choices call them.
fn places<'u>(open: &'u Open, understood: &'u Understood) -> impl Iterator<Item = String> + 'u {
    let cells = open.rows.iter().filter_map(|(at, cell)| Some((&understood.rows[*at].sheet, cell.as_ref()?)));
    cells.map(|(sheet, cell)| format!("{sheet}\t{cell}"))
}

/// Whether a form both types an answer and says that there is none, or leaves the rows out.
fn says_two_things(form: &Form, n: usize, open: &Open) -> bool {
    let typed = form.get(&format!("answer-{n}"));
    let is_typed = match open.asks {
        Asks::Cell => !typed.is_empty() && typed != open.typed.trim(),
        _ => !typed.is_empty() && typed != OUT,
    };
    let is_unknown = open.is_count() && form.has(&format!("unknown-{n}"), "yes");
    let is_out = form.has(&format!("out-{n}"), OUT);
    [is_typed, is_unknown, is_out].into_iter().filter(|is| *is).count() > 1
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let (desk, actor) = (ctx.desk_for(&form), ctx.actor()?);
    let import = histories::look(ctx.desk(), actor, id).await?;
    let understood = histories::understand(ctx.desk(), actor, id).await?;
    let which = Which::of_form(&form);
    // Questions are known by what they ask: one that somebody else answered meanwhile is not there any more.
    let both = understood.open_together().into_iter().chain(understood.open());
    let open: HashMap<String, Open> = both.map(|open| (open.id.clone(), open)).collect();
    let asked: Vec<Option<Open>> = (0..SIZE)
        .map(|n| form.get(&format!("question-{n}")).to_owned())
        .take_while(|id| !id.is_empty())
        .map(|id| open.get(&id).cloned())
        .collect();
    for (n, open) in asked.iter().enumerate() {
        if open.as_ref().is_some_and(|open| says_two_things(&form, n, open)) {
            form.refuse(format!("answer-{n}"), "Two answers are given here. Keep the one that is right");
        }
    }
    if !form.is_good() {
        let shown: Vec<Open> = asked.into_iter().flatten().collect();
        let answer = self::page(&ctx, &import, &understood, &shown, (which.page, 1), &which, form);
        return Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let answers = asked.iter().enumerate().filter_map(|(n, open)| {
        let open = open.as_ref()?;
        Some((open, said(&form, n, open)?))
    });
    let answers: Vec<_> = answers.collect();
    let choices: Vec<Said> = answers.iter().flat_map(|(open, answer)| open.choices(&understood, answer)).collect();
    let goes_on = form.get(NEXT) == "yes";
    if choices.is_empty() && goes_on {
        return Ok(ctx.see_other(format!("{}{}", which.path(id), which.page + 1)));
    }
    if choices.is_empty() && asked.iter().any(Option::is_none) {
        let notice = "The questions have changed meanwhile. Look again";
        return Ok(ctx.see_other_with(format!("{}{}", which.path(id), which.page), notice));
    }
    if choices.is_empty() {
        let first = if asked.is_empty() { String::new() } else { "answer-0".to_owned() };
        form.refuse(first, "Answer at least one question");
        let shown: Vec<Open> = asked.into_iter().flatten().collect();
        let answer = self::page(&ctx, &import, &understood, &shown, (which.page, 1), &which, form);
        return Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let count = answers.len();
    histories::choose(&desk, actor, id, &choices).await?;
    // What was typed may be no better than what stood there: its question says so, with what was typed.
    let now = histories::understand(ctx.desk(), actor, id).await?;
    let typed: HashSet<&str> = choices.iter().filter(|c| c.about == About::Cell).map(|c| c.place.as_str()).collect();
    let is_still_asked = |open: &Open| places(open, &now).any(|place| typed.contains(place.as_str()));
    let still: Vec<Open> = which.list(&now).into_iter().filter(is_still_asked).take(SIZE).collect();
    let mut still = if still.is_empty() {
        // Of a kind by itself, it is of another kind now.
        now.open().into_iter().filter(is_still_asked).take(SIZE).collect()
    } else {
        still
    };
    if still.is_empty() {
        let notice = plural(count_of(count), "answer was saved", "answers were saved");
        // Those that were passed over stay on this page, as long as there are any.
        let next = i64::from(goes_on && count < asked.len());
        return Ok(ctx.see_other_with(format!("{}{}", which.path(id), which.page + next), &notice));
    }
    let mut wrong = filled(&still);
    for (n, open) in still.iter().enumerate() {
        wrong.refuse(format!("answer-{n}"), open.message.trim_end_matches('.').to_owned());
    }
    // The question is known by what stood there before.
    let before = asked.iter().flatten().filter(|open| open.asks == Asks::Cell);
    let before: HashMap<String, &str> =
        before.flat_map(|open| places(open, &understood).map(|place| (place, open.typed.as_str()))).collect();
    for open in &mut still {
        let typed = places(open, &now).find_map(|place| before.get(&place).copied());
        if let Some(typed) = typed {
            typed.clone_into(&mut open.typed);
        }
    }
    let answer = self::page(&ctx, &import, &now, &still, (which.page, 1), &which, wrong);
    Ok(answer.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
