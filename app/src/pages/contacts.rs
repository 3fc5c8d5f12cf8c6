//! Lists of schools' people: a file goes in, what was understood is shown and mended, somebody says yes.

mod columns;
mod preview;
mod problems;
mod schools;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::import::ImportState as State;
use leptos::prelude::*;
use records::Error;
use records::contacts::{self, Import, Understood};
use records::histories::Standing;
use records::imports::{File, MAX_FILE_BYTES, went_out};
use records::taking_back::Kind;
use serde::Deserialize;
use uuid::Uuid;

use super::elsewhere;
use super::histories::{count_of, page_of};
use super::taking_back::{self, again};
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
    let may = Who::May(Operation::EditPeople);
    routes
        .get("/people/lists", may, choose)
        .upload("/people/lists", may, MAX_FILE_BYTES + MOST_FIELD_BYTES, upload)
        .get("/people/lists/{id}", may, show)
        .get("/people/lists/{id}/columns", may, columns::show)
        .post("/people/lists/{id}/columns", may, columns::change)
        .get("/people/lists/{id}/schools", may, schools::show)
        .post("/people/lists/{id}/schools", may, schools::change)
        .get("/people/lists/{id}/problems", may, problems::show)
        .post("/people/lists/{id}/problems", may, problems::give)
        .get("/people/lists/{id}/marked", may, marked)
        .get("/people/lists/{id}/preview", may, preview::show)
        .get("/people/lists/{id}/apply", may, preview::ask)
        .post("/people/lists/{id}/apply", may, preview::apply)
        .get("/people/lists/{id}/drop", may, drop_page)
        .post("/people/lists/{id}/drop", may, drop_upload)
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
    Ok(choose_page(&ctx, Form::default()).await?.into_response())
}

async fn choose_page(ctx: &Context, form: Form) -> Result<Page, Problem> {
    let latest = taking_back::latest(ctx).await?;
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Import schools’ people"</h1>
        <p class="govuk-body">"Take over your list of PSHE leads, safeguarding leads, heads and offices. Each person gets the role for their school and can sign in with their own address. The file can stay as it is."</p>
        <ul class="govuk-list govuk-list--bullet">
            <li>"Every row needs an email address and a school: its name, with postcode or town where there are several, or its URN."</li>
            <li>"A designated safeguarding lead gets the safeguarding role for the school; everybody else gets the school’s."</li>
            <li>"An office’s address becomes the school’s address for visits, where it has none."</li>
            <li>"You are asked about schools that are not certain. Nobody there gets anything until you have answered."</li>
            <li>"You say whether people are told by mail. Telephone numbers are not read, and job titles are not kept."</li>
            <li>"Nothing changes until you say yes, and you can take it back for 30 days."</li>
        </ul>
        <PostForm form=form.clone() action="/people/lists" upload=true>
            <FileInput form=form name="file" label="The list" hint="Excel, OpenDocument or CSV, up to 100 MB"
                accept=".csv,.txt,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods"/>
            <Button text="Upload"/>
        </PostForm>
        {latest}
    };
    Ok(ctx.page("Import schools’ people", content).wide().back("/people"))
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    match upload.file("file") {
        None => form.refuse("file", "Choose the list"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let file = File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) };
            match once(contacts::upload(&ctx.desk_for(&form), ctx.actor()?, None, &file).await) {
                Ok(id) => return Ok(ctx.see_other(format!("/people/lists/{id}"))),
                Err(Error::Invalid(errors)) => {
                    form.refuse_all(errors);
                    elsewhere::tell(&ctx, &mut form, &file, &[Kind::Contacts]).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(choose_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    if import.state != State::Previewed {
        let whole = records::taking_back::look(ctx.desk(), ctx.actor()?, id).await?;
        return Ok(preview::done(&ctx, &import, &whole).into_response());
    }
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let same = records::taking_back::same_file(ctx.desk(), ctx.actor()?, id).await?;
    Ok(steps(&ctx, &import, &understood, again(same).into_any()).into_response())
}

/// What is to be done, in order, and how far each step has come.
fn steps(ctx: &Context, import: &Import, understood: &Understood, again: AnyView) -> Page {
    let here = format!("/people/lists/{}", import.id);
    let (names, problems) = (understood.undecided().count(), understood.problems().len());
    let passed = match understood.not_people.len() {
        0 => String::new(),
        n => format!("; {} nobody", plural(count_of(n), "row names", "rows name")),
    };
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
    let to_do = |count: usize, one: &str, many: &str, none: &str| match count {
        0 => (none.to_owned(), "green"),
        n => (plural(count_of(n), one, many), "yellow"),
    };
    let not_read = understood.not_read.iter().map(|column| {
        let sheet = column.sheet.as_ref().map(|sheet| format!("{sheet}, ")).unwrap_or_default();
        view! { <p class="govuk-body">{format!("{sheet}{}.", column.text)}</p> }
    });
    let not_read = not_read.collect_view();
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Take over schools’ people"</h1>
        {again}
        {elsewhere::notice(ctx, understood.resembles.filter(|kind| went_out(*kind)))}
        {not_read}
        <p class="govuk-body">{format!("{} in {}. Nothing has been changed yet; you can leave, and go on later.",
            plural(count_of(understood.rows.len()), "person or office", "people and offices"),
            plural(count_of(understood.tables.len()), "table", "tables"))}</p>
        <ul class="govuk-task-list">
            {step("columns", "Check what was understood", format!("Which column holds what{passed}"), ("Look".to_owned(), "blue"))}
            {step("schools", "Decide schools", "Names that may mean several schools, or none".into(), to_do(names, "name", "names", "Done"))}
            {step("problems", "See what is to be mended", "Addresses that are none, rows without a school, and who may have left or may not be meant".into(),
                to_do(problems, "cell", "cells", if understood.doubtful().is_empty() { "Nothing" } else { "Done" }))}
            {step("preview", "See who would get what", format!("{} on record already, {} left out, {} not in the list any more",
                thousands(count_of(understood.count(Standing::AlreadyThere))), thousands(count_of(understood.count(Standing::LeftOut))),
                thousands(count_of(understood.gone.len()))),
                (plural(count_of(ready), "is ready", "are ready"), if ready > 0 { "blue" } else { "grey" }))}
        </ul>
        <p class="govuk-body"><a class="govuk-link" href=format!("{here}/drop")>"Drop this file"</a></p>
    };
    ctx.page("Take over schools’ people", content).back("/people/lists")
}

/// The list with its cells marked that are to be mended.
async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = contacts::marked(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn drop_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let (here, keep) = (format!("/people/lists/{id}"), format!("/people/lists/{id}"));
    let content = view! {
        <span class="govuk-caption-l">{import.file_name}</span>
        <h1 class="govuk-heading-l">"Drop this file?"</h1>
        <p class="govuk-body">"The file goes, and with it every school you decided. Nobody got anything from it, so nothing on record changes."</p>
        <PostForm form=Form::default() action=format!("{here}/drop")>
            <div class="govuk-button-group"><Button text="Drop the file" variant="warning"/><a class="govuk-link" href=keep>"Keep it"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Drop this file?", content).back(here).into_response())
}

async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match contacts::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(()) | Err(Error::Repeated(_)) => {
            Ok(ctx.see_other_with("/people/lists", "The file was dropped, and nothing was changed"))
        }
        Err(other) => Err(other.into()),
    }
}
