//! Sheets of requests: workbooks that go out, are filled in offline, and come back.

mod preview;
mod taken;
mod will;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Operation, Role, Scope};
use leptos::prelude::*;
use records::imports::File;
use records::request_sheets::{self, Answers, Import, MAX_BYTES, State};
use records::taking_back::Kind;
use records::{Error, Page as Paging};
use serde::Deserialize;
use uuid::Uuid;

use super::elsewhere;
use crate::components::*;
use crate::web::answer::{Answer, Problem as Trouble, once};
use crate::web::context::Context;
use crate::web::download::{WORKBOOK, download};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::upload::Upload;

/// Where filled sheets are uploaded.
pub(crate) const HERE: &str = "/request-sheets";
/// The other fields of the form take less.
const MOST_FIELD_BYTES: usize = 64 << 10;

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::AskForTour);
    routes
        .get("/tours/{id}/request-sheet", who, of_tour)
        .get(HERE, who, choose)
        .upload(HERE, who, MAX_BYTES + MOST_FIELD_BYTES, upload)
        .get("/request-sheets/workbook", who, of_all)
        .get("/request-sheets/{id}", who, preview::show)
        .post("/request-sheets/{id}", who, preview::take_in)
        .get("/request-sheets/{id}/marked", who, marked)
        .get("/request-sheets/{id}/drop", who, ask_drop)
        .post("/request-sheets/{id}/drop", who, drop_upload)
        .get("/request-sheets/{id}/undo", who, preview::ask_undo)
        .post("/request-sheets/{id}/undo", who, preview::undo)
}

async fn of_tour(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = request_sheets::of_tour(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn of_all(ctx: Context) -> Answer {
    let (name, workbook) = request_sheets::of_all(ctx.desk(), ctx.actor()?).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = request_sheets::marked(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: i64,
}

async fn choose(ctx: Context, Query(asked): Query<Asked>) -> Answer {
    Ok(choose_page(&ctx, Form::default(), asked.page).await?.into_response())
}

async fn choose_page(ctx: &Context, form: Form, page: i64) -> Result<Page, Trouble> {
    let actor = ctx.actor()?;
    let uploads = request_sheets::list(ctx.desk(), actor, Paging::new(page)).await?;
    // Few wait at a time: each is compared with the records as they are, since what is to be mended depends on them.
    let mut to_mend = HashMap::new();
    for import in uploads.iter().filter(|import| import.state == State::Previewed) {
        let look = request_sheets::look(ctx.desk(), actor, import.id, &Answers::new()).await?;
        to_mend.extend(look.comparison.map(|compared| (import.id, compared.problems.len())));
    }
    let whose = match (actor.role, &actor.scope) {
        (Role::School, Scope::Trust(_)) => "a row for each tour and each of your schools that may ask for it",
        (Role::School, _) => "a row for each tour you may ask for",
        _ => "a row for each tour and each school that may ask for it",
    };
    let on_behalf = (actor.role != Role::School).then(|| {
        view! { <p class="govuk-body">"For schools that ring or write: say in each row who asked, and how. The page of a "<a class="govuk-link" href="/tours">"tour"</a>" has the sheet of that tour alone."</p> }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Sheets of requests"</h1>
        <p class="govuk-body">{format!("Ask for tours in a workbook: it has {whose}. Fill in the rows you ask for, without signal and with whom you like, and upload the file. What you asked for before stands in it, to be changed.")}</p>
        {on_behalf}
        <ButtonLink href="/request-sheets/workbook" text="Download the sheet" secondary=true/>
        <h2 class="govuk-heading-m">"Upload a filled sheet"</h2>
        <p class="govuk-body">"Nothing is asked for until you have seen what the sheet says, and said yes. Rows that are left empty are no request, and blank cells change nothing. If several people filled in copies, upload each in turn: where they wrote differently you are asked who is right."</p>
        <PostForm form=form.clone() action=HERE upload=true>
            <FileInput form=form name="file" label="The filled sheet" hint="A workbook or CSV file, up to 5 MB"
                accept=".xlsx,.xlsm,.xls,.xlsb,.ods,.csv"/>
            <Button text="Upload and compare"/>
        </PostForm>
        {uploaded(uploads, &to_mend)}
    };
    Ok(ctx.page("Sheets of requests", content).back("/requests"))
}

/// What was uploaded before, and what became of it.
fn uploaded(uploads: Vec<Import>, to_mend: &HashMap<Uuid, usize>) -> Option<impl IntoView + use<>> {
    (!uploads.is_empty()).then(|| {
        let rows = uploads
            .into_iter()
            .map(|import| {
                let cells = to_mend.get(&import.id).map_or(0, |n| i64::try_from(*n).unwrap_or(i64::MAX));
                let became = match import.state {
                    State::Previewed if cells > 0 => {
                        let text = format!("{} to mend", plural(cells, "cell", "cells"));
                        view! { <Tag text=text colour="yellow"/> }.into_any()
                    }
                    State::Previewed => view! { <Tag text="Waits for your yes" colour="yellow"/> }.into_any(),
                    State::Applied => format!("{} asked, {} changed", thousands(import.added), thousands(import.changed)).into_any(),
                    _ => view! { <Tag text="Taken back" colour="grey"/> }.into_any(),
                };
                vec![
                    view! { <a class="govuk-link" href=format!("{HERE}/{}", import.id)>{import.file_name}</a> }.into_any(),
                    date_time(import.started_at).into_any(),
                    became,
                ]
            })
            .collect();
        view! {
            <h2 class="govuk-heading-m">"Sheets you uploaded"</h2>
            <DataTable caption="Sheets you uploaded" caption_hidden=true heads=vec!["File", "Uploaded", "What became of it"] rows=rows/>
        }
    })
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    match upload.file("file") {
        None => form.refuse("file", "Choose the filled sheet"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let file = File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) };
            match once(request_sheets::upload(&ctx.desk_for(&form), ctx.actor()?, &file).await) {
                Ok(id) => return Ok(ctx.see_other(format!("{HERE}/{id}"))),
                Err(Error::Invalid(errors)) => {
                    form.refuse_all(errors);
                    elsewhere::tell(&ctx, &mut form, &file, &[Kind::Requests]).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    // What is to be mended stays in sight.
    if let Ok(of) = form.get("of").parse::<Uuid>() {
        return preview::still_to_mend(&ctx, of, form).await;
    }
    Ok(choose_page(&ctx, form, 1).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn ask_drop(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = request_sheets::get(ctx.desk(), ctx.actor()?, id).await?;
    let here = format!("{HERE}/{id}");
    let content = view! {
        <span class="govuk-caption-l">{import.file_name}</span>
        <h1 class="govuk-heading-l">"Drop this sheet?"</h1>
        <p class="govuk-body">"Nothing of it was asked for. The file stays with you, and can be uploaded again."</p>
        <PostForm form=Form::default() action=format!("{here}/drop")>
            <Button text="Drop the sheet" variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Keep it"</a></p>
    };
    Ok(ctx.page("Drop this sheet?", content).back(here).into_response())
}

async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match once(request_sheets::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await.map(|()| id)) {
        Ok(_) => Ok(ctx.see_other_with(HERE, "The sheet was dropped. Nothing was asked for")),
        Err(other) => Err(other.into()),
    }
}
