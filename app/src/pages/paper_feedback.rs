//! Feedback on paper: forms to be printed, a workbook to type them into, and the workbook coming back.

mod decide;
mod forms;
mod other_forms;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Operation, permitted};
use leptos::prelude::*;
use records::Error;
use records::feedback::{self, Decisions, MAX_BYTES, Of};
use records::filled_sheets::Import;
use records::imports::File;
use records::taking_back::Kind;
use uuid::Uuid;

use super::elsewhere;
use super::filled_sheets::{self as sheets, FILES, LISTED, MOST_FIELD_BYTES};
use crate::components::*;
use crate::web::answer::{Answer, Problem as Trouble, once};
use crate::web::context::Context;
use crate::web::download::{WORKBOOK, download};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::upload::Upload;

/// Where typed sheets are uploaded.
pub(crate) const HERE: &str = "/paper-feedback";

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::EnterPaperFeedback);
    routes
        .get("/sessions/{id}/paper-feedback", who, of_session)
        .get("/tours/{id}/paper-feedback", who, of_tour)
        .get("/sessions/{id}/paper-forms", who, forms::of_session)
        .get("/tours/{id}/paper-forms", who, forms::of_tour)
        .get(HERE, who, choose)
        .upload(HERE, who, MAX_BYTES + MOST_FIELD_BYTES, upload)
        .get("/paper-feedback/{id}", who, show)
        .post("/paper-feedback/{id}/record", who, record)
        .get("/paper-feedback/{id}/marked", who, marked)
        .get("/paper-feedback/{id}/drop", who, ask_drop)
        .post("/paper-feedback/{id}/drop", who, drop_upload)
}

/// What can be done with paper forms of a session or tour (`base`), for its page of codes or results.
pub(super) fn offer(ctx: &Context, base: &str) -> Option<impl IntoView + use<>> {
    permitted(ctx.actor().ok()?.role, Operation::EnterPaperFeedback).then(|| {
        let (forms, sheet) = (format!("{base}/paper-forms"), format!("{base}/paper-feedback"));
        view! {
            <h2 class="govuk-heading-m app-no-print">"On paper"</h2>
            <ol class="govuk-list govuk-list--number app-no-print">
                <li>"Print "<a class="govuk-link" href=forms>"the forms"</a>", and hand them out."</li>
                <li>"Type them into "<a class="govuk-link" href=sheet>"the workbook"</a>", with or without signal."</li>
                <li>"Upload it under "<a class="govuk-link" href=HERE>"Paper feedback"</a>"."</li>
            </ol>
        }
    })
}

async fn of_session(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    workbook(&ctx, Of::Session(id)).await
}

async fn of_tour(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    workbook(&ctx, Of::Tour(id)).await
}

async fn workbook(ctx: &Context, of: Of) -> Answer {
    let (name, workbook) = feedback::workbook_of(ctx.desk(), ctx.actor()?, of).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn choose(ctx: Context) -> Answer {
    Ok(choose_page(&ctx, Form::default()).await?.into_response())
}

async fn choose_page(ctx: &Context, form: Form) -> Result<Page, Trouble> {
    let before = feedback::list_uploads(ctx.desk(), ctx.actor()?, LISTED).await?;
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Paper feedback"</h1>
        <p class="govuk-body">"Where pupils or staff answer on paper, type the forms into a workbook and upload it. Each row becomes a response like one given by code: without a name, and nobody can tell whose it is. Get the forms and the workbook from:"</p>
        <ul class="govuk-list govuk-list--bullet">
            <li><a class="govuk-link" href="/sessions">"Sessions"</a>": on the feedback page of one session"</li>
            <li><a class="govuk-link" href="/tours">"Tours"</a>": for all sessions of a tour, on the tour’s page"</li>
        </ul>
        <h2 class="govuk-heading-m">"Upload a workbook"</h2>
        <p class="govuk-body">"Nothing is recorded until you have seen what is added, and said yes. The same row is never counted twice. A workbook can be taken back for 30 days."</p>
        <PostForm form=form.clone() action=HERE upload=true>
            <FileInput form=form name="file" label="The workbook with the forms typed in" hint="A workbook or CSV file, up to 5 MB" accept=FILES/>
            <Button text="Upload and compare"/>
        </PostForm>
        {sheets::past(HERE, before)}
    };
    Ok(ctx.page("Paper feedback", content).back("/"))
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    match upload.file("file") {
        None => form.refuse("file", "Choose the workbook"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let file = File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) };
            match once(feedback::upload(&ctx.desk_for(&form), ctx.actor()?, None, &file).await) {
                Ok(id) => return Ok(ctx.see_other(format!("{HERE}/{id}"))),
                Err(Error::Invalid(errors)) => {
                    form.refuse_all(errors);
                    elsewhere::tell(&ctx, &mut form, &file, &[Kind::Feedback]).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(choose_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (import, compared) = feedback::look(ctx.desk(), ctx.actor()?, id, &Decisions::new()).await?;
    let page = match compared {
        None => {
            let taken = feedback::taken(ctx.desk(), ctx.actor()?, id).await?;
            sheets::done_page(&ctx, HERE, &import, what(&import), decide::taken(&taken).into_any())
        }
        Some(compared) if !compared.problems.is_empty() => {
            sheets::problems_page(&ctx, HERE, &import, &compared.problems)
        }
        Some(compared) => decide::page(&ctx, Form::default(), &import, &compared),
    };
    Ok(page.into_response())
}

/// “28 responses were added. 1 answer was changed. 2 forms were on record already.”
fn what(import: &Import) -> String {
    let mut parts = vec![format!("{} added.", plural(import.added, "response was", "responses were"))];
    if import.changed > 0 {
        parts.push(format!("{} changed.", plural(import.changed, "answer was", "answers were")));
    }
    if import.unchanged > 0 {
        parts.push(format!("{} on record already.", plural(import.unchanged, "form was", "forms were")));
    }
    parts.join(" ")
}

async fn record(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let here = format!("{HERE}/{id}");
    let answers = decide::answers(&form);
    let done = match feedback::apply(&ctx.desk_for(&form), ctx.actor()?, id, &answers).await {
        // The same form was sent before, and did its work.
        Err(Error::Repeated(_)) => return Ok(ctx.see_other_with(here, "Feedback taken in")),
        done => done?,
    };
    if done.is_settled() {
        let forms = i64::try_from(done.forms()).unwrap_or(i64::MAX);
        return Ok(ctx.see_other_with(here, &format!("Feedback taken in: {}", plural(forms, "response", "responses"))));
    }
    if !done.problems.is_empty() {
        // What comes of what was decided, as more forms than people were there, is said where it is decided.
        let (import, undecided) = feedback::look(ctx.desk(), ctx.actor()?, id, &Decisions::new()).await?;
        let Some(undecided) = undecided.filter(|undecided| undecided.problems.is_empty()) else {
            return Ok(ctx.see_other(here));
        };
        decide::refuse_decided(&mut form, &done.problems);
        return Ok(decide::page(&ctx, form, &import, &undecided)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    let (import, _) = feedback::look(ctx.desk(), ctx.actor()?, id, &answers).await?;
    decide::refuse(&mut form, &done);
    Ok(decide::page(&ctx, form, &import, &done).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = feedback::marked(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn ask_drop(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    feedback::look(ctx.desk(), ctx.actor()?, id, &Decisions::new()).await?;
    Ok(sheets::drop_page(&ctx, HERE, id).into_response())
}

async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    once(feedback::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await.map(|()| id))?;
    Ok(ctx.see_other_with(HERE, "The sheet was dropped, and nothing was changed"))
}
