//! What a filled sheet asks for and changes, and what has to be decided: where two people wrote differently, who is
//! right. And taking it back.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::imports::Problem;
use records::request_sheets::{self, Answer as Right, Answers, Asked, Comparison, Import, Look, Said, State, Taken};
use records::{Conflict, Error};
use uuid::Uuid;

use super::{HERE, taken, will};
use crate::components::*;
use crate::pages::filled_sheets::FILES;
use crate::pages::taking_back::{Way, obstacles};
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let look = request_sheets::look(ctx.desk(), ctx.actor()?, id, &Answers::new()).await?;
    let taken = match look.comparison {
        None => request_sheets::taken(ctx.desk(), ctx.actor()?, id).await?,
        Some(_) => Taken::default(),
    };
    Ok(page(&ctx, &look, &taken, Form::default()).into_response())
}

/// The page of a sheet that is to be mended, with what is wrong with the file that was to take its place.
pub(super) async fn still_to_mend(ctx: &Context, id: Uuid, form: Form) -> Answer {
    let look = request_sheets::look(ctx.desk(), ctx.actor()?, id, &Answers::new()).await?;
    Ok(page(ctx, &look, &Taken::default(), form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

pub(super) async fn take_in(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let answers = answers(&form);
    let done = match request_sheets::take_in(&ctx.desk_for(&form), ctx.actor()?, id, &answers).await {
        // The same form was sent before, and did its work.
        Err(Error::Repeated(_)) => return Ok(ctx.see_other(format!("{HERE}/{id}"))),
        done => done?,
    };
    if done.is_settled() {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let did = [(done.made.len(), "sent"), (done.changed, "changed")];
        let did = did.into_iter().filter(|(n, _)| *n > 0);
        let said: Vec<String> =
            did.map(|(n, what)| format!("{} {what}", plural(count(n), "request", "requests"))).collect();
        let said = if said.is_empty() { "Nothing was changed".to_owned() } else { said.join(", ") };
        return Ok(ctx.see_other_with(format!("{HERE}/{id}"), &said));
    }
    for asked in &done.asked {
        let what = format!("{}, {}", asked.what.school, asked.what.cell.heading());
        let sentence = match &asked.wrong {
            Some(wrong) => format!("{what}: {wrong}"),
            // Asked again beside another one of the same group.
            None if asked.is_answered => continue,
            None if form.get(&asked.field).is_empty() => format!("{what}: choose what is right"),
            None => format!("{what}: the request was changed meanwhile. Choose again what is right"),
        };
        form.refuse(asked.field.clone(), sentence);
    }
    if !done.problems.is_empty() {
        form.refuse("", "Nothing was asked for. Mend what is listed below in the sheet, and upload it again");
    }
    let look = request_sheets::look(ctx.desk(), ctx.actor()?, id, &answers).await?;
    Ok(page(&ctx, &look, &Taken::default(), form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(ctx: &Context, look: &Look, taken: &Taken, form: Form) -> Page {
    let import = &look.import;
    let (title, body) = match &look.comparison {
        None => done(ctx, import, taken),
        Some(compared) if !compared.problems.is_empty() => refused(import, compared, &form),
        Some(compared) => proposed(import, compared, &form),
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l app-break">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        {body}
    };
    ctx.page(title, content).wide().back(HERE)
}

/// A sheet with problems: each with its cell, and the sheet with these marked.
fn refused(import: &Import, compared: &Comparison, form: &Form) -> (&'static str, AnyView) {
    let count = i64::try_from(compared.problems.len()).unwrap_or(i64::MAX);
    let rows = compared.problems.iter().map(|p| vec![where_of(p).into_any(), p.message.clone().into_any()]).collect();
    let marked = compared.problems.iter().any(|p| p.row.is_some()).then(|| {
        view! { <ButtonLink href=format!("{HERE}/{}/marked", import.id) text="Download the sheet with these cells marked" secondary=true/> }
    });
    let drop = format!("{HERE}/{}/drop", import.id);
    let (of, form) = (import.id.to_string(), form.clone());
    let body = view! {
        <p class="govuk-body" role="status">{format!("{} to mend. Nothing was asked for.", plural(count, "cell", "cells"))}</p>
        {marked}
        <DataTable caption="What is to be mended" caption_hidden=true heads=vec!["Where", "What"] rows=rows/>
        {undecided(compared)}
        <PostForm form=form.clone() action=HERE upload=true>
            <Hidden name="of" value=of/>
            <FileInput form=form name="file" label="The mended sheet" accept=FILES/>
            <div class="govuk-button-group">
                <Button text="Upload and compare"/>
                <a class="govuk-link" href=drop>"Drop this file"</a>
            </div>
        </PostForm>
    };
    ("What is to be mended", body.into_any())
}

/// That there will be something to decide once the rest is mended.
fn undecided(compared: &Comparison) -> Option<impl IntoView + use<>> {
    let count = i64::try_from(compared.asked.len()).unwrap_or(i64::MAX);
    (count > 0).then(|| {
        let text = format!(
            "{} written differently by several people: you are asked about it when the rest is mended.",
            plural(count, "cell was", "cells were")
        );
        view! { <p class="govuk-body">{text}</p> }
    })
}

/// “Requests, row 5, Group 1: pupils”
fn where_of(problem: &Problem) -> String {
    let row = problem.row.map(|row| format!("row {row}"));
    let parts = [problem.sheet.clone(), row, problem.column.clone()].into_iter().flatten().collect::<Vec<_>>();
    if parts.is_empty() { "The file".to_owned() } else { parts.join(", ") }
}

fn drop_link(import: &Import) -> impl IntoView + use<> {
    view! { <p class="govuk-body"><a class="govuk-link" href=format!("{HERE}/{}/drop", import.id)>"Drop this sheet"</a></p> }
}

/// What the sheet would do, and what has to be decided first.
fn proposed(import: &Import, compared: &Comparison, form: &Form) -> (&'static str, AnyView) {
    let title = if compared.asked.is_empty() { "Check what the sheet asks for" } else { "Decide what is right" };
    let same = import.same_applied_at.map(|at| {
        view! { <div class="govuk-inset-text">{format!("You took in this very file before, on {}.", date_time(at))}</div> }
    });
    let unchanged = i64::try_from(compared.unchanged).unwrap_or(i64::MAX);
    let unchanged = (unchanged > 0)
        .then(|| format!(" {} on record already.", plural(unchanged, "row says what is", "rows say what is")));
    let next = if compared.is_nothing() {
        view! { <p class="govuk-body">"Nothing would be changed: all of it is on record already."</p> {drop_link(import)} }.into_any()
    } else {
        let asked = (!compared.asked.is_empty()).then(|| {
            let count = i64::try_from(compared.asked.len()).unwrap_or(i64::MAX);
            let questions = compared.asked.iter().map(|asked| question(form, asked)).collect_view();
            view! { <h2 class="govuk-heading-m">{format!("{} written differently", plural(count, "cell was", "cells were"))}</h2> {questions} }
        });
        let will = will::tables(compared);
        let before = decided_before(form, compared);
        view! {
            <PostForm form=form.clone() action=format!("{HERE}/{}", import.id)>
                {before}
                {asked}
                {will}
                <Button text="Send these requests"/>
            </PostForm>
            {drop_link(import)}
        }
        .into_any()
    };
    let body = view! {
        <p class="govuk-body">"Nothing has been asked for yet."{unchanged}</p>
        {same}
        {next}
    };
    (title, body.into_any())
}

/// A cell that was written differently: what each says, who and when; nothing is chosen beforehand.
fn question(form: &Form, asked: &Asked) -> impl IntoView + use<> {
    let what = &asked.what;
    let named = match asked.sheet.as_deref() {
        Some("") => ", by a sheet on which nobody is named".to_owned(),
        Some(names) => format!(", filled in by {names}"),
        None => String::new(),
    };
    let by = match (&asked.by, asked.at) {
        (Some((name, role)), Some(at)) if asked.sheet.is_some() => {
            let role = role.map(|r| format!(" ({})", r.label().to_lowercase())).unwrap_or_default();
            format!("Taken in by {name}{role}, {}{named}", date_time(at))
        }
        (Some((name, role)), Some(at)) => {
            let role = role.map(|r| format!(" ({})", r.label().to_lowercase())).unwrap_or_default();
            format!("The request was last changed by {name}{role}, {}", date_time(at))
        }
        (None, Some(at)) => format!("The request was last changed by the invitation’s link, {}", date_time(at)),
        _ => "Nobody has asked yet".to_owned(),
    };
    let own = match what.before.as_str() {
        "" => "Leave it blank".to_owned(),
        text => format!("{text}, as is on record"),
    };
    let mut choices = vec![choice_with_hint(value(&what.before, &what.before), own, by)];
    choices.extend(asked.said.iter().map(|said| {
        let label = match said.text.as_str() {
            "" => "Nothing, as the sheet says".to_owned(),
            text => format!("{text}, as the sheet says"),
        };
        choice_with_hint(value(&what.before, &said.text), label, format!("In {}", said.wheres.join("; ")))
    }));
    let legend = format!("{}: {}", what.school, what.cell.heading());
    view! { <Radios form=form.clone() name=asked.field.clone() legend=legend hint=what.tour.clone() choices=choices/> }
}

/// What was on record when it was asked, and what is right.
fn value(on_record: &str, right: &str) -> String {
    format!("{}|{}", Said::print(on_record), Said::print(right))
}

/// What was decided.
fn answers(form: &Form) -> Answers {
    let chosen = form.pairs().iter().filter(|(field, _)| field.starts_with("cell-"));
    let answer = |text: &str| {
        let (on_record, right) = text.split_once('|')?;
        Some(Right { on_record: on_record.to_owned(), right: right.to_owned() })
    };
    chosen.filter_map(|(field, chosen)| Some((field.clone(), answer(chosen)?))).collect()
}

/// What was decided before goes on being decided.
fn decided_before(form: &Form, compared: &Comparison) -> Vec<AnyView> {
    let is_asked = |field: &String| compared.asked.iter().any(|asked| asked.field == *field);
    let decided = answers(form).into_iter().filter(|(field, _)| !is_asked(field));
    decided
        .map(|(name, answer)| {
            view! { <Hidden name=name value=format!("{}|{}", answer.on_record, answer.right)/> }.into_any()
        })
        .collect()
}

/// A sheet that was taken in, or back.
fn done(ctx: &Context, import: &Import, taken: &Taken) -> (&'static str, AnyView) {
    let is_undone = import.state == State::Undone;
    let title = if is_undone { "Sheet taken back" } else { "Sheet taken in" };
    let mut rows = vec![
        row("Asked for", plural(import.added, "request", "requests")),
        row("Changed", plural(import.changed, "request", "requests")),
        row("When", import.finished_at.map(date_time).unwrap_or_default()),
    ];
    if let Some(at) = import.undone_at {
        let who = import.undone_by.clone().unwrap_or_else(|| "the command line".to_owned());
        rows.push(row("Taken back", format!("{}, by {who}", date_time(at))));
    }
    let until = import.undo_until().filter(|until| *until >= ctx.desk().now());
    let undo = until.map(|until| {
        view! {
            <p class="govuk-body">{format!("It can be taken back until {}, as long as no date was offered and nothing else was built on it.", date_time(until))}</p>
            <ButtonLink href=format!("{HERE}/{}/undo", import.id) text="Take it back" secondary=true/>
        }
    });
    let next = if is_undone {
        view! { <p class="govuk-body">"The requests are as they were before. Upload the file again to ask after all."</p> }.into_any()
    } else {
        view! { <p class="govuk-body"><a class="govuk-link" href="/requests">"See the requests"</a></p> }.into_any()
    };
    (title, view! { <SummaryList rows=rows/> {next} {undo} {taken::tables(taken)} }.into_any())
}

pub(super) async fn ask_undo(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = request_sheets::get(ctx.desk(), ctx.actor()?, id).await?;
    if import.undo_until().is_none() {
        return Ok(ctx.see_other(format!("{HERE}/{id}")));
    }
    let way = Way::of(request_sheets::in_the_way(ctx.desk(), ctx.actor()?, id).await)?;
    Ok(undo_page(&ctx, &import, &way).into_response())
}

fn undo_page(ctx: &Context, import: &Import, way: &Way) -> Page {
    let here = format!("{HERE}/{}", import.id);
    if !matches!(way, Way::Open) {
        let title = "This sheet cannot be taken back";
        let content = view! {
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">{title}</h1>
            {obstacles(way, here.clone())}
        };
        return ctx.page(title, content).back(here);
    }
    let parts = [
        (import.added, plural(import.added, "request will be withdrawn", "requests will be withdrawn")),
        (import.changed, plural(import.changed, "request will be as before", "requests will be as before")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    let text = format!("{}. Whom they name is told.", parts.join(", and "));
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Take this sheet back?"</h1>
        <Warning text=text/>
        <PostForm form=Form::default() action=format!("{here}/undo")>
            <Button text="Take it back" variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Keep it"</a></p>
    };
    ctx.page("Take this sheet back?", content).back(here)
}

pub(super) async fn undo(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let import = request_sheets::get(ctx.desk(), ctx.actor()?, id).await?;
    match once(request_sheets::undo(&ctx.desk_for(&form), ctx.actor()?, id).await.map(|()| id)) {
        Ok(_) => Ok(ctx.see_other_with(format!("{HERE}/{id}"), "The sheet was taken back")),
        Err(Error::Conflict(Conflict::Refused(why))) => {
            let way = Way::of(request_sheets::in_the_way(ctx.desk(), ctx.actor()?, id).await)?.refused(why);
            Ok(undo_page(&ctx, &import, &way).status(StatusCode::CONFLICT).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
