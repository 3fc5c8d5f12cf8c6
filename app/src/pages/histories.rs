//! Older records of sessions: a workbook goes in, what was understood is shown and mended, somebody says yes.

mod aliases;
mod cells;
mod columns;
mod names;
mod past;
mod preview;
pub(super) mod schools;
mod working;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::histories::{self, About, Import, Row, Standing, State, Understood, Work};
use records::imports::{File, went_out};
use records::taking_back::Kind;
use records::{Error, FieldError};
use serde::Deserialize;
use uuid::Uuid;

use super::elsewhere;
use super::imports::within_patience;
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::download::{WORKBOOK, download};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::upload::Upload;

/// The other fields of the form take less.
const MOST_FIELD_BYTES: usize = 64 * 1024;

pub(crate) fn routes(routes: Routes) -> Routes {
    let may = Who::May(Operation::ImportHistory);
    routes
        .get("/histories", may, choose)
        .upload("/histories", may, histories::MOST_BYTES + MOST_FIELD_BYTES, upload)
        .get("/histories/{id}", may, show)
        .get("/histories/{id}/progress", may, working::progress)
        .get("/histories/{id}/columns", may, columns::show)
        .post("/histories/{id}/columns", may, columns::change)
        .get("/histories/{id}/schools", may, schools::show)
        .post("/histories/{id}/schools", may, schools::change)
        .post("/histories/{id}/schools/none", may, schools::leave_out)
        .get("/histories/{id}/names", may, names::show)
        .get("/histories/{id}/cells", may, cells::show)
        .post("/histories/{id}/cells", may, cells::change)
        .get("/histories/{id}/marked", may, marked)
        .get("/histories/{id}/preview", may, preview::show)
        .get("/histories/{id}/apply", may, preview::ask)
        .upload("/histories/{id}/apply", may, preview::MOST_SEEN_BYTES + MOST_FIELD_BYTES, preview::apply)
        .get("/histories/{id}/drop", may, drop_page)
        .post("/histories/{id}/drop", may, drop_upload)
        .get("/school-names", may, aliases::list)
        .post("/school-names/{id}/forget", may, aliases::forget)
}

/// Which page of a list is asked for.
#[derive(Deserialize, Default)]
struct Which {
    #[serde(default)]
    page: i64,
    #[serde(default)]
    standing: String,
}

async fn choose(ctx: Context) -> Answer {
    let before = past::table(&ctx).await?;
    Ok(choose_page(&ctx, Form::default(), before).into_response())
}

fn choose_page(ctx: &Context, form: Form, before: Option<AnyView>) -> Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Import older records"</h1>
        <p class="govuk-body">"Take over the sessions of past years from the workbook they were kept in: a police unit’s log, a theatre’s tour list. The file can stay as it is."</p>
        <ul class="govuk-list govuk-list--bullet">
            <li>"Every row needs a date and a school. Titles, totals and notes are passed over."</li>
            <li>"You are asked about what is not certain. A row with an open question is never taken over."</li>
            <li>"Names of people and telephone numbers are not read."</li>
            <li>"Nothing changes until you say yes, and you can take it back for 30 days."</li>
        </ul>
        <PostForm form=form.clone() action="/histories" upload=true>
            <FileInput form=form name="file" label="The workbook" hint="Excel, OpenDocument or CSV, up to 32 MB"
                accept=".csv,.txt,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods"/>
            <Button text="Upload"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href="/school-names">"Names of schools that are remembered"</a></p>
        {before}
    };
    ctx.page("Import older records", content).back("/schools")
}

async fn upload(ctx: Context, mut upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    match upload.take("file") {
        None => form.refuse("file", "Choose the workbook"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let (name, bytes) = (file.name, file.bytes);
            let file = File { name, bytes: Arc::from(&bytes[..]) };
            // Reading it takes memory of its own.
            drop(bytes);
            match once(histories::keep_upload(&ctx.desk_for(&form), ctx.actor()?, &file).await) {
                Ok(id) => match read(&ctx, id).await? {
                    None => return Ok(ctx.see_other(format!("/histories/{id}"))),
                    Some(errors) => {
                        form = upload.form.clone().anew().refused(errors);
                        elsewhere::tell(&ctx, &mut form, &file, &[Kind::History]).await?;
                    }
                },
                Err(Error::Invalid(errors)) => {
                    form.refuse_all(errors);
                    elsewhere::tell(&ctx, &mut form, &file, &[Kind::History]).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    let before = past::table(&ctx).await?;
    Ok(choose_page(&ctx, form, before).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Reads a file that was stored: what is wrong with it, where that is known within a moment; then it is not kept.
async fn read(ctx: &Context, id: Uuid) -> Result<Option<Vec<FieldError>>, Problem> {
    let (desk, actor) = (ctx.desk().clone(), ctx.actor()?.clone());
    match within_patience(async move { histories::read_upload(&desk, &actor, id).await }).await {
        Some(Err(Error::Invalid(errors))) => {
            histories::drop_upload(ctx.desk(), ctx.actor()?, id).await?;
            histories::told(id);
            Ok(Some(errors))
        }
        Some(Err(other)) => Err(other.into()),
        Some(Ok(())) | None => Ok(None),
    }
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    if import.state != State::Previewed {
        let years = histories::years(ctx.desk(), ctx.actor()?, id).await?;
        let left = histories::left(ctx.desk(), ctx.actor()?, id).await?;
        return Ok(preview::done(&ctx, &import, &years, left).into_response());
    }
    match histories::at_work(ctx.desk(), ctx.actor()?, id).await? {
        Some(work) if work.goes_on() => return Ok(working::page(&ctx, &import, &work).into_response()),
        Some(Work::Unreadable(why)) => return Ok(working::unreadable(&ctx, &import, &why).into_response()),
        Some(_) => return Ok(ctx.see_other(format!("/histories/{id}/apply"))),
        None => {}
    }
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    Ok(steps(&ctx, &import, &understood).into_response())
}

/// What is to be done, in order, and how far each step has come.
fn steps(ctx: &Context, import: &Import, understood: &Understood) -> Page {
    let here = format!("/histories/{}", import.id);
    let open_topics = understood.topics.iter().filter(|t| t.programme.is_none() && !t.is_out).count();
    let lacking = understood.tables.iter().any(|table| table.lacks().is_some() || !table.open.is_empty());
    let chosen = match (lacking, understood.provider.is_some() && open_topics == 0) {
        (true, _) => ("Columns to choose", "yellow"),
        (false, false) => ("Programme to choose", "yellow"),
        (false, true) => ("Done", "green"),
    };
    let (names, cells) = (understood.undecided().count(), understood.to_mend().count());
    let ready = understood.count(Standing::Ready);
    let step = |path: &str, title: &'static str, hint: String, (text, colour): (String, &'static str)| {
        view! {
            <li class="govuk-task-list__item govuk-task-list__item--with-link">
                <div class="govuk-task-list__name-and-hint">
                    <a class="govuk-link govuk-task-list__link" href=format!("{here}/{path}")>{title}</a>
                    <div class="govuk-task-list__hint">{hint}</div>
                </div>
                <div class="govuk-task-list__status"><Tag text=text colour=colour/></div>
            </li>
        }
    };
    let to_do = |count: usize, one: &str, many: &str| match count {
        0 => ("Done".to_owned(), "green"),
        n => (plural(count_of(n), one, many), "yellow"),
    };
    if understood.tables.is_empty() {
        return without_table(ctx, import, understood);
    }
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Take over older records"</h1>
        {again(import, understood)}
        {is_done(understood).then(|| view! {
            <p class="govuk-body">"There is nothing to do: every row is on record already, or left out. You can drop this file."</p>
        })}
        {elsewhere::notice(ctx, understood.resembles.filter(|kind| went_out(*kind) || understood.rows.is_empty()))}
        <p class="govuk-body">{format!("{} in {}. Nothing has been changed yet; you can leave, and go on later.",
            plural(count_of(understood.rows.len()), "row with a visit", "rows with a visit"),
            plural(count_of(understood.tables.len()), "table", "tables"))}</p>
        {not_read(understood)}
        <ul class="govuk-task-list">
            {step("columns", "Check what was understood", "Columns, years, the programme and who delivered".into(),
                (chosen.0.to_owned(), chosen.1))}
            {step("schools", "Decide schools", "Names that may mean several schools, or none".into(), to_do(names, "name", "names"))}
            {step("cells", "Answer for rows", "Cells that were not understood, and rows in doubt".into(), to_do(cells, "row", "rows"))}
            {step("preview", "See what would be taken over", format!("{} on record already, {} left out",
                thousands(count_of(understood.count(Standing::AlreadyThere))), thousands(count_of(understood.count(Standing::LeftOut)))),
                (plural(count_of(ready), "row is ready", "rows are ready"), if ready > 0 { "blue" } else { "grey" }))}
        </ul>
        {(names + cells > 0).then(|| mark_link(import.id))}
        <p class="govuk-body"><a class="govuk-link" href=format!("{here}/drop")>"Drop this file"</a></p>
    };
    ctx.page("Take over older records", content).back("/histories")
}

/// Whether no row is to be taken over, and none waits for an answer.
fn is_done(understood: &Understood) -> bool {
    !understood.rows.is_empty() && [Standing::Ready, Standing::Asked].iter().all(|of| understood.count(*of) == 0)
}

/// A file in which no headings of visits were found, or of which every sheet is left out.
fn without_table(ctx: &Context, import: &Import, understood: &Understood) -> Page {
    let here = format!("/histories/{}", import.id);
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"No list of visits was found"</h1>
        {elsewhere::notice(ctx, understood.resembles)}
        <p class="govuk-body">"No row of this file has a heading for the date and one for the school, so nothing of it is read yet. If it does list visits, say in which row the headings are, and then what its columns hold."</p>
        <div class="govuk-button-group">
            <ButtonLink href=format!("{here}/columns") text="Say where the headings are"/>
            <a class="govuk-link" href=format!("{here}/drop")>"Drop this file"</a>
        </div>
    };
    ctx.page("No list of visits was found", content).back("/histories")
}

/// The field of a button that saves and goes on.
const NEXT: &str = "next";

/// The way to save a page of answers; where there is a next page, with going on to it: a link there would lose them.
fn save(page: i64, pages: i64) -> impl IntoView {
    view! {
        <div class="govuk-button-group">
            <Button text="Save"/>
            {(page < pages).then(|| view! {
                <Button text="Save and go to the next page" variant="secondary" name=NEXT value="yes"/>
            })}
        </div>
    }
}

/// Sheets and columns of which nothing is taken over.
fn not_read(understood: &Understood) -> Option<impl IntoView + use<>> {
    let sheet = |name: Option<&str>| name.map_or_else(|| "the file".to_owned(), |name| format!("“{name}”"));
    let skipped: Vec<String> = understood
        .skipped
        .iter()
        .map(|s| format!("{} ({})", sheet(s.sheet.as_deref()), plural(count_of(s.rows), "row", "rows")))
        .collect();
    let lacking: Vec<String> = understood
        .tables
        .iter()
        .filter_map(|table| {
            let what = table.lacks()?;
            Some(format!("{} (no column is its {what})", sheet(table.sheet.as_deref())))
        })
        .collect();
    let line = |names: Vec<String>, one: &str, many: &str| {
        let count = plural(count_of(names.len()), one, many);
        (!names.is_empty()).then(|| view! { <li>{format!("{count}: {}", names.join(", "))}</li> })
    };
    // Tables that are alike are told of once.
    let mut columns: Vec<(Vec<String>, usize)> = Vec::new();
    for table in understood.tables.iter().filter(|table| !table.not_read.is_empty()) {
        let named: Vec<String> = table.not_read.iter().map(|heading| format!("“{heading}”")).collect();
        match columns.iter_mut().find(|(of, _)| *of == named) {
            Some((_, tables)) => *tables += 1,
            None => columns.push((named, 1)),
        }
    }
    let (alike, single): (Vec<_>, Vec<_>) = columns.into_iter().partition(|(_, tables)| *tables > 1);
    let single: Vec<String> = single.into_iter().flat_map(|(named, _)| named).collect();
    let alike = alike.into_iter().map(|(named, tables)| {
        let (one, many) = (
            format!("column is not read in {tables} tables alike"),
            format!("columns are not read in {tables} tables alike"),
        );
        line(named, &one, &many)
    });
    let alike: Vec<_> = alike.collect();
    (!skipped.is_empty() || !lacking.is_empty() || !alike.is_empty() || !single.is_empty()).then(|| {
        view! {
            <ul class="govuk-list govuk-list--bullet">
                {line(skipped, "sheet is not read", "sheets are not read")}
                {line(lacking, "table is not read", "tables are not read")}
                {alike}
                {line(single, "column is not read", "columns are not read")}
            </ul>
        }
    })
}

/// The same with the way to change it, on pages that do not have it anyway.
fn not_read_with_way(import: &Import, understood: &Understood) -> Option<impl IntoView + use<>> {
    let columns_page = format!("/histories/{}/columns", import.id);
    not_read(understood).map(|list| {
        view! {
            {list}
            <p class="govuk-body"><a class="govuk-link" href=columns_page>"Say what sheets and columns hold"</a></p>
        }
    })
}

/// The way to mend the file itself.
fn mark_link(import: Uuid) -> impl IntoView {
    view! {
        <p class="govuk-body">"Or mend the workbook itself: "
            <a class="govuk-link" href=format!("/histories/{import}/marked")>"download it with these cells marked"</a>
            ", and upload it again. What you take over now is recognised then."</p>
    }
}

/// The file with the cells marked that are asked about.
async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = histories::marked(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

/// Says that the same file was taken over before, and what of that holds for it.
fn again(import: &Import, understood: &Understood) -> Option<impl IntoView + use<>> {
    let (id, at) = (import.same_id?, import.same_applied_at?);
    let is_said = understood.choices.get(About::Before, "").is_some();
    let said = is_said.then_some(" What was answered for it then is taken over here, and can be changed.");
    Some(view! {
        <div class="govuk-inset-text">
            {format!("This file was taken over before, on {}. ", date_time(at))}
            <a class="govuk-link" href=format!("/histories/{id}")>"See that import"</a>
            ". Rows that are on record already are not taken over again."{said}
        </div>
    })
}

async fn drop_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let (here, keep) = (format!("/histories/{id}"), format!("/histories/{id}"));
    let content = view! {
        <span class="govuk-caption-l">{import.file_name}</span>
        <h1 class="govuk-heading-l">"Drop this file?"</h1>
        <p class="govuk-body">"The file goes, and with it every school you decided and every row you answered for. Nothing was taken over from it, so nothing on record changes."</p>
        <PostForm form=Form::default() action=format!("{here}/drop")>
            <div class="govuk-button-group"><Button text="Drop the file" variant="warning"/><a class="govuk-link" href=keep>"Keep it"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Drop this file?", content).back(here).into_response())
}

async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match histories::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(()) | Err(Error::Repeated(_)) => {
            histories::told(id);
            Ok(ctx.see_other_with("/histories", "The file was dropped, and nothing was changed"))
        }
        Err(other) => Err(other.into()),
    }
}

/// A count as components take it.
pub(super) fn count_of(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// “Summer 2017, D14”.
fn cell_of(row: &Row, cell: Option<&str>) -> String {
    match (cell, row.sheet.as_str()) {
        (Some(cell), "") => format!("Cell {cell}"),
        (Some(cell), sheet) => format!("{sheet}, {cell}"),
        (None, _) => row.where_is(),
    }
}

/// The part of a list that a page shows, the page's number and how many there are.
pub(super) fn page_of<T>(all: &[T], page: i64, size: usize) -> (&[T], i64, i64) {
    let pages = count_of(all.len().div_ceil(size).max(1));
    let page = page.clamp(1, pages);
    let from = usize::try_from(page - 1).unwrap_or_default() * size;
    (&all[from.min(all.len())..(from + size).min(all.len())], page, pages)
}
