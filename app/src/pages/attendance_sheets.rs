//! Attendance sheets: workbooks that go out to be filled in without signal, and come back.

mod decide;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::{Operation, permitted};
use leptos::prelude::*;
use records::Error;
use records::attendance::{self, Answers, Days, FilledRow, MAX_BYTES};
use records::imports::Problem;
use serde::Deserialize;
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem as Trouble};
use crate::web::context::Context;
use crate::web::download::{WORKBOOK, download};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::upload::Upload;

/// Where filled sheets are uploaded.
pub(crate) const HERE: &str = "/attendance-sheets";
/// The other fields of the form take less.
const MOST_FIELD_BYTES: usize = 64 << 10;

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::RecordAttendance);
    routes
        .get("/tours/{id}/attendance-sheet", who, of_tour)
        .get("/run-sheets/{id}/attendance-sheet", Who::May(Operation::SeeRunSheets), of_team)
        .get(HERE, who, choose)
        .upload(HERE, who, MAX_BYTES + MOST_FIELD_BYTES, upload)
        .post("/attendance-sheets/record", who, record)
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
    Ok(choose_page(&ctx, Form::default(), &[])?.into_response())
}

fn choose_page(ctx: &Context, form: Form, problems: &[Problem]) -> Result<Page, Trouble> {
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
        {problem_table(problems)}
        <h2 class="govuk-heading-m">"Upload a filled sheet"</h2>
        <p class="govuk-body">"Nothing is recorded until you have seen what changes, and said yes. Blank cells change nothing. If several people filled in copies, upload each in turn: where they counted differently you are asked who is right."</p>
        <PostForm form=form.clone() action=HERE upload=true>
            <FileInput form=form name="file" label="The filled sheet" hint="A workbook or CSV file, up to 5 MB"
                accept=".xlsx,.xlsm,.xls,.xlsb,.ods,.csv"/>
            <Button text="Upload and compare"/>
        </PostForm>
    };
    Ok(ctx.page("Attendance sheets", content).back("/"))
}

fn problem_table(problems: &[Problem]) -> Option<impl IntoView + use<>> {
    (!problems.is_empty()).then(|| {
        let rows = problems.iter().map(|p| vec![where_of(p).into_any(), p.message.clone().into_any()]).collect();
        view! { <DataTable caption="What is wrong with the sheet" heads=vec!["Where", "What"] rows=rows/> }
    })
}

/// “Attendance, row 5, Pupils who took part”
fn where_of(problem: &Problem) -> String {
    let row = problem.row.map(|row| format!("row {row}"));
    let parts = [problem.sheet.clone(), row, problem.column.clone()].into_iter().flatten().collect::<Vec<_>>();
    if parts.is_empty() { "The file".to_owned() } else { parts.join(", ") }
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    let mut problems = Vec::new();
    match upload.file("file") {
        None => form.refuse("file", "Choose the filled sheet"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let (bytes, name) = (file.bytes.clone(), file.name.clone());
            let read = tokio::task::spawn_blocking(move || attendance::read_workbook(&bytes, &name)).await;
            match read.map_err(Error::unavailable)? {
                Ok(rows) if rows.is_empty() => {
                    form.refuse(
                        "file",
                        "Nothing is filled in on this sheet, or only what was on record when it went out",
                    );
                }
                Ok(rows) => {
                    let compared = attendance::compare(ctx.desk(), ctx.actor()?, &rows, &Answers::default()).await?;
                    if compared.problems.is_empty() {
                        return Ok(decide::page(&ctx, Form::default(), &rows, &compared).into_response());
                    }
                    problems = compared.problems;
                }
                Err(found) => problems = found,
            }
        }
    }
    if !problems.is_empty() {
        form.refuse("file", "Nothing was recorded. Mend what is listed below in the sheet, and upload it again");
    }
    Ok(choose_page(&ctx, form, &problems)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn record(ctx: Context, mut form: Form) -> Answer {
    let rows: Vec<FilledRow> = decide::rows(&form)?;
    let answers = decide::answers(&form);
    let done = match attendance::take_in(&ctx.desk_for(&form), ctx.actor()?, &rows, &answers).await {
        // The same form was sent before, and did its work.
        Err(Error::Repeated(_)) => return Ok(ctx.see_other_with(HERE, "Attendance recorded")),
        done => done?,
    };
    if done.is_settled() {
        let figures = i64::try_from(done.changes.len()).unwrap_or(i64::MAX);
        let said = match figures {
            0 => "Nothing had to be changed".to_owned(),
            _ => format!("Attendance recorded: {}", plural(figures, "figure", "figures")),
        };
        return Ok(ctx.see_other_with(HERE, &said));
    }
    if !done.problems.is_empty() {
        form.refuse("file", "Nothing was recorded. Mend what is listed below in the sheet, and upload it again");
        return Ok(choose_page(&ctx, form, &done.problems)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    decide::refuse(&mut form, &done);
    Ok(decide::page(&ctx, form, &rows, &done).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
