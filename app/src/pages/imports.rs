//! Importing the school list: a file goes in, its changes are shown, somebody says yes.

mod release;
mod show;

pub(super) use release::coming_text;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::imports::{self, ChangeKind, File, MAX_FILE_BYTES, Part, Sent};
use records::taking_back::{Kind, UNDO_DAYS};
use records::{Error, Page as Rows};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{rolls, taking_back};
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::download::{WORKBOOK, download};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};
use crate::web::upload::Upload;

/// Work that is done by then is shown at once; longer work shows its progress.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// What file choosers offer.
const FILES: &str = ".csv,.txt,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods";
/// The other fields of the form take less.
const MOST_FIELD_BYTES: usize = 64 * 1024;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (may, see) = (Who::May(Operation::ImportSchools), Who::May(Operation::SeeImports));
    routes
        .get("/schools/import", may, choose)
        .upload("/schools/import", may, 2 * MAX_FILE_BYTES + MOST_FIELD_BYTES, upload)
        .get("/schools/imports/{id}", see, show)
        .get("/schools/imports/{id}/progress", see, progress)
        .get("/schools/imports/{id}/changes", see, changes)
        .get("/schools/imports/{id}/marked", may, marked)
        .get("/schools/imports/{id}/marked-links", may, marked_links)
        .post("/schools/imports/{id}/apply", may, apply)
        .post("/schools/imports/{id}/drop", may, drop_upload)
}

async fn choose(ctx: Context) -> Answer {
    Ok(choose_page(&ctx, Form::default()).await?.into_response())
}

async fn choose_page(ctx: &Context, form: Form) -> Result<Page, Error> {
    let latest = taking_back::latest(ctx).await?;
    let council = ctx.authority().map_or_else(|| "your authority".to_owned(), |a| a.name.clone());
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Import the school list"</h1>
        <p class="govuk-body">"Choose the extract of all establishments from Get Information About Schools, or a file in its layout. Only the schools of "{council}" are taken from it."</p>
        <ul class="govuk-list govuk-list--bullet">
            <li>"Nothing changes until you have seen what would, and said yes."</li>
            <li>"A blank in the file never erases what is known."</li>
            <li>"What schools and colleagues have corrected stays as they left it."</li>
            <li>{format!("You can take it back for {UNDO_DAYS} days, as long as nothing was built on it.")}</li>
        </ul>
        <PostForm form=form.clone() action="/schools/import" upload=true>
            <FileInput form=form.clone() name="file" label="The school list" hint="A CSV file or a workbook, up to 100 MB"
                accept=FILES/>
            <FileInput form=form name="links" label="The links table of the same release"
                hint="It says which school followed which: a converted or merged school then keeps its history. From the same download, by itself or with the list"
                accept=FILES/>
            <Button text="Upload and preview"/>
        </PostForm>
        {latest}
    };
    Ok(ctx.page("Import the school list", content).wide().back("/schools"))
}

async fn upload(ctx: Context, upload: Upload) -> Answer {
    let actor = ctx.actor()?.clone();
    let mut form = upload.form.clone();
    let chosen = |field: &str| {
        upload.file(field).map(|file| File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) })
    };
    let sent = Sent { list: chosen("file"), links: chosen("links") };
    for (field, file) in [("file", &sent.list), ("links", &sent.links)] {
        if file.as_ref().is_some_and(|file| file.bytes.is_empty()) {
            form.refuse(field, "The file is empty");
        }
    }
    if form.is_good() {
        match once(imports::upload_sent(&ctx.desk_for(&form), &actor, &sent).await) {
            Ok(id) => {
                drop((upload, sent));
                let desk = ctx.desk().clone();
                // A preview that fails has said so in the import's own state.
                within_patience(async move { imports::preview(&desk, &actor, id).await }).await;
                return Ok(ctx.see_other(format!("/schools/imports/{id}")));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(choose_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Starts work that goes on when the request is over, and waits a moment for it; none when it takes longer.
pub(super) async fn within_patience<T: Send + 'static>(
    work: impl Future<Output = records::Result<T>> + Send + 'static,
) -> Option<records::Result<T>> {
    let task = tokio::spawn(async move {
        let result = work.await;
        if let Err(Error::Unavailable(cause)) = &result {
            tracing::error!(cause = cause.to_string(), "an import stopped");
        }
        result
    });
    tokio::time::timeout(PATIENCE, task).await.ok()?.ok()
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = imports::look(ctx.desk(), ctx.actor()?, id).await?;
    show::page(&ctx, import).await
}

/// What the progress bar asks for.
#[derive(Serialize)]
struct Progress {
    working: bool,
    done: i64,
    total: i64,
}

async fn progress(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = imports::look(ctx.desk(), ctx.actor()?, id).await?;
    let progress = Progress { working: import.state.is_working(), done: import.done, total: import.total };
    Ok(([(axum::http::header::CACHE_CONTROL, "no-store")], Json(progress)).into_response())
}

#[derive(Deserialize)]
struct Which {
    kind: String,
    #[serde(default)]
    page: i64,
}

async fn changes(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let kind = ChangeKind::try_from(which.kind).map_err(|_| Problem::NotFound)?;
    let import = imports::look(ctx.desk(), ctx.actor()?, id).await?;
    show::changes_page(&ctx, import, kind, Rows::new(which.page.max(1))).await
}

/// A refused file with its cells marked.
async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = imports::marked(ctx.desk(), ctx.actor()?, id, Part::List).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

/// The links table that came with a refused list, with its cells marked.
async fn marked_links(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = imports::marked(ctx.desk(), ctx.actor()?, id, Part::Links).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

async fn apply(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let (desk, actor) = (ctx.desk().clone(), ctx.actor()?.clone());
    // Found first: work that goes on by itself cannot answer "not found".
    let said = match imports::look(&desk, &actor, id).await?.kind {
        Kind::Rolls => return rolls::apply(&ctx, id, &form).await,
        Kind::Links => "Links kept",
        // The other kinds have pages of their own.
        _ => "School list imported",
    };
    let close_missing = form.has("close_missing", "yes");
    let done = within_patience(async move { imports::apply(&desk, &actor, id, close_missing).await }).await;
    let here = format!("/schools/imports/{id}");
    match done {
        Some(Ok(report)) if report.problems.is_empty() && !report.differs => Ok(ctx.see_other_with(here, said)),
        Some(Err(error)) => Err(error.into()),
        _ => Ok(ctx.see_other(here)),
    }
}

async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let rolls = imports::look(ctx.desk(), ctx.actor()?, id).await.is_ok_and(|import| import.kind == Kind::Rolls);
    imports::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await?;
    Ok(ctx.see_other_with(
        if rolls { rolls::HERE } else { "/schools/import" },
        "The file was dropped, and nothing was changed",
    ))
}
