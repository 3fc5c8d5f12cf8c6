//! Attendance sheets: workbooks that go out to be filled in without signal, and come back.

mod decide;
mod over;

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::{Operation, permitted};
use domain::attendance_sheet::heading;
use leptos::prelude::*;
use records::Error;
use records::attendance::{self, Answers, Days, MAX_BYTES, Recorded};
use records::filled_sheets::Import;
use records::imports::File;
use records::taking_back::Kind;
use serde::Deserialize;
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

/// Where filled sheets are uploaded.
pub(crate) const HERE: &str = "/attendance-sheets";

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::RecordAttendance);
    routes
        .get("/tours/{id}/attendance-sheet", who, of_tour)
        .get("/run-sheets/{id}/attendance-sheet", Who::May(Operation::SeeRunSheets), of_team)
        .get(HERE, who, choose)
        .upload(HERE, who, MAX_BYTES + MOST_FIELD_BYTES, upload)
        .get("/attendance-sheets/{id}", who, show)
        .post("/attendance-sheets/{id}/record", who, record)
        .get("/attendance-sheets/{id}/marked", who, marked)
        .get("/attendance-sheets/{id}/drop", who, ask_drop)
        .post("/attendance-sheets/{id}/drop", who, drop_upload)
}

async fn of_tour(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = attendance::of_tour(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    days: u64,
    from: Option<NaiveDate>,
}

async fn of_team(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let from = asked.from.unwrap_or_else(|| ctx.desk().today());
    let days = Days { from, days: if asked.days == 1 { 1 } else { 7 } };
    let (name, workbook) = attendance::of_team(ctx.desk(), ctx.actor()?, id, days).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn choose(ctx: Context) -> Answer {
    Ok(choose_page(&ctx, Form::default()).await?.into_response())
}

async fn choose_page(ctx: &Context, form: Form) -> Result<Page, Trouble> {
    let before = attendance::list_uploads(ctx.desk(), ctx.actor()?, LISTED).await?;
    let run_sheets = permitted(ctx.actor()?.role, Operation::SeeRunSheets).then(|| {
        view! { <li><a class="govuk-link" href="/run-sheets">"Run sheets"</a>": the sheet of a team’s day or week"</li> }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Attendance sheets"</h1>
        <p class="govuk-body">"For a team without signal: take the sheet of a day, a week or a tour with you as a workbook, fill in the headcounts, and upload it afterwards. Get one from:"</p>
        <ul class="govuk-list govuk-list--bullet">
            {run_sheets}
            <li><a class="govuk-link" href="/tours">"Tours"</a>": the sheet of a whole tour, on the tour’s page"</li>
        </ul>
        <h2 class="govuk-heading-m">"Upload a filled sheet"</h2>
        <p class="govuk-body">"Nothing is recorded until you have seen what changes, and said yes. Blank cells change nothing. If several people filled in copies, upload each in turn: where they counted differently you are asked who is right. A sheet can be taken back for 30 days."</p>
        <PostForm form=form.clone() action=HERE upload=true>
            <FileInput form=form name="file" label="The filled sheet" hint="A workbook or CSV file, up to 5 MB" accept=FILES/>
            <Button text="Upload and compare"/>
        </PostForm>
        {sheets::past(HERE, before)}
    };
    Ok(ctx.page("Attendance sheets", content).back("/"))
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    match upload.file("file") {
        None => form.refuse("file", "Choose the filled sheet"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let file = File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) };
            match once(attendance::upload(&ctx.desk_for(&form), ctx.actor()?, None, &file).await) {
                Ok(id) => return Ok(ctx.see_other(format!("{HERE}/{id}"))),
                Err(Error::Invalid(errors)) => {
                    form.refuse_all(errors);
                    elsewhere::tell(&ctx, &mut form, &file, &[Kind::Attendance]).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(choose_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The field of a button that saves and goes on.
const NEXT: &str = "next";

/// Which page of what is to be decided is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    page: i64,
}

async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let (import, compared) = attendance::look(ctx.desk(), ctx.actor()?, id, &Answers::default()).await?;
    let page = match compared {
        None => {
            let (figures, all) = attendance::recorded(ctx.desk(), ctx.actor()?, id, sheets::LISTED_CHANGES).await?;
            let changes = recorded(&figures, all).into_any();
            sheets::done_page(&ctx, HERE, &import, what(&import), changes)
        }
        Some(compared) if !compared.problems.is_empty() => {
            sheets::problems_page(&ctx, HERE, &import, &compared.problems)
        }
        Some(compared) => decide::show(&ctx, &import, &compared, which.page),
    };
    Ok(page.into_response())
}

/// “3 figures of 2 sessions were recorded. 1 filled row was on record already.”
fn what(import: &Import) -> String {
    let unchanged = match import.unchanged {
        0 => String::new(),
        rows => format!(" {} on record already.", plural(rows, "filled row was", "filled rows were")),
    };
    let figures = plural(import.changed, "figure", "figures");
    let were = if import.changed == 1 { "was" } else { "were" };
    format!("{figures} of {} {were} recorded.{unchanged}", plural(import.added, "session", "sessions"))
}

/// What was recorded, figure by figure.
fn recorded(figures: &[Recorded], all: usize) -> Option<impl IntoView + use<>> {
    (!figures.is_empty()).then(|| {
        let rows = figures
            .iter()
            .map(|Recorded { change, is_changed_since }| {
                let href = format!("/sessions/{}", change.session);
                let now = decide::number(change.after);
                let since = if *is_changed_since { format!("{now}, changed again since") } else { now };
                vec![
                    view! { <a class="govuk-link" href=href>{short_date(change.on)}</a> }.into_any(),
                    change.place.clone().into_any(),
                    change.group.clone().into_any(),
                    heading(change.figure).into_any(),
                    decide::number(change.before).into_any(),
                    since.into_any(),
                ]
            })
            .collect();
        view! {
            <DataTable caption="What was recorded" heads=vec!["Day", "Where", "Group", "Figure", "Before", "Now"]
                numeric=vec![4, 5] rows=rows/>
            {sheets::and_more(figures.len(), all)}
        }
    })
}

async fn record(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let here = format!("{HERE}/{id}");
    let answers = decide::answers(&form);
    if over::is_unread(&form) {
        attendance::answer(ctx.desk(), ctx.actor()?, id, &answers).await?;
        let (import, compared) = attendance::look(ctx.desk(), ctx.actor()?, id, &answers).await?;
        let Some(compared) = compared.filter(|compared| compared.problems.is_empty()) else {
            return Ok(ctx.see_other(here));
        };
        return Ok(decide::refused(&ctx, &import, &compared, &form)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    if !form.get(NEXT).is_empty() {
        attendance::answer(ctx.desk(), ctx.actor()?, id, &answers).await?;
        return Ok(ctx.see_other(format!("{here}?page={}", decide::next_page(&form))));
    }
    let done = match attendance::apply(&ctx.desk_for(&form), ctx.actor()?, id, &answers).await {
        // The same form was sent before, and did its work.
        Err(Error::Repeated(_)) => return Ok(ctx.see_other_with(here, "Attendance recorded")),
        done => done?,
    };
    if done.is_settled() {
        let figures = i64::try_from(done.changes.len()).unwrap_or(i64::MAX);
        let said = match figures {
            0 => "Nothing had to be changed".to_owned(),
            _ => format!("Attendance recorded: {}", plural(figures, "figure", "figures")),
        };
        return Ok(ctx.see_other_with(here, &said));
    }
    // What was decided is kept, though not everything is.
    attendance::answer(ctx.desk(), ctx.actor()?, id, &answers).await?;
    if !done.problems.is_empty() {
        return Ok(ctx.see_other(here));
    }
    let (import, _) = attendance::look(ctx.desk(), ctx.actor()?, id, &answers).await?;
    Ok(decide::refused(&ctx, &import, &done, &form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = attendance::marked(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn ask_drop(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    attendance::look(ctx.desk(), ctx.actor()?, id, &Answers::default()).await?;
    Ok(sheets::drop_page(&ctx, HERE, id).into_response())
}

async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    once(attendance::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await.map(|()| id))?;
    Ok(ctx.see_other_with(HERE, "The sheet was dropped, and nothing was changed"))
}
