//! The documents of a visit pack: uploaded PDF files.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::visit_pack::{DocumentKind, MOST_DOCUMENT_BYTES, NewDocument};
use leptos::prelude::*;
use records::Error;
use records::programmes::{self, Document, Programme};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::upload::Upload;

/// Bytes of the form: a file that is a little too large is still read, so that what was typed can be shown again.
pub(super) const MOST_UPLOAD: usize = MOST_DOCUMENT_BYTES * 2;

/// The documents, each with its file and, for who may, the way to remove it.
pub(super) fn table(documents: Vec<Document>, may_edit: bool) -> AnyView {
    if documents.is_empty() {
        return view! { <p class="govuk-body">"No documents yet."</p> }.into_any();
    }
    let mut heads = vec!["Document", "Kind", "For parents", "Size"];
    if may_edit {
        heads.push("Change");
    }
    let rows = documents
        .into_iter()
        .map(|d| {
            let mut cells = vec![
                view! { <a class="govuk-link" href=format!("/documents/{}", d.id)>{d.title.clone()}</a>" (PDF)" }.into_any(),
                d.kind.label().into_any(),
                if d.for_parents { "Yes" } else { "No" }.into_any(),
                size(d.size).into_any(),
            ];
            if may_edit {
                let remove = format!("/documents/{}/remove", d.id);
                cells.push(view! { <a class="govuk-link" href=remove>"Remove"<span class="govuk-visually-hidden">" "{d.title}</span></a> }.into_any());
            }
            cells
        })
        .collect();
    view! { <DataTable caption="Documents" caption_hidden=true heads=heads numeric=vec![3] rows=rows/> }.into_any()
}

/// “340 KB”, “2.1 MB”
pub(super) fn size(bytes: i64) -> String {
    let tenths = bytes * 10 / (1024 * 1024);
    if tenths >= 10 { format!("{}.{} MB", tenths / 10, tenths % 10) } else { format!("{} KB", (bytes / 1024).max(1)) }
}

pub(super) async fn add_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    Ok(form_page(&ctx, &programme, Form::default()).into_response())
}

pub(super) async fn add(ctx: Context, Path(id): Path<Uuid>, upload: Upload) -> Answer {
    let programme = programmes::get(ctx.desk(), ctx.actor()?, id).await?;
    let mut form = upload.form.clone();
    let kind = form.read::<DocumentKind>("kind", "Choose what the document is");
    let file = upload.file("file");
    if file.is_none() {
        form.refuse("file", "Choose a PDF file");
    }
    if let (Some(kind), Some(file)) = (kind, file) {
        let document = NewDocument {
            kind,
            title: form.get("title").to_owned(),
            file_name: file.name.clone(),
            for_parents: form.has("for_parents", "yes"),
            body: file.bytes.to_vec(),
        };
        match once(programmes::add_document(&ctx.desk_for(&form), ctx.actor()?, id, document).await) {
            Ok(_) => return Ok(ctx.see_other_with(format!("/programmes/{id}/visit-pack"), "Document added")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(form_page(&ctx, &programme, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn form_page(ctx: &Context, programme: &Programme, form: Form) -> Page {
    let here = format!("/programmes/{}", programme.id);
    let kinds = DocumentKind::ALL.iter().map(|k| choice(k.as_str(), k.label())).collect::<Vec<_>>();
    let parents =
        vec![choice_with_hint("yes", "Parents may read it", "Anyone with the address can, without signing in")];
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{programme.name.clone()}</span>
        <h1 class="govuk-heading-l">"Add a document"</h1>
        <PostForm form=form.clone() action=format!("{here}/documents/add") upload=true>
            <Radios form=form.clone() name="kind" legend="What it is" choices=kinds/>
            <TextInput form=form.clone() name="title" label="Title" hint="What readers see. Leave blank to call it what it is"/>
            <FileInput form=form.clone() name="file" label="The file" hint="A PDF file of up to 5 MB" accept=".pdf,application/pdf"/>
            <Checkboxes form=form name="for_parents" legend="Who may read it" hint="Schools that see the programme always may" choices=parents/>
            <Button text="Add the document"/>
        </PostForm>
    };
    ctx.page("Add a document", content).back(format!("{here}/visit-pack"))
}

pub(super) async fn download(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (document, body) = programmes::file(ctx.desk(), ctx.actor()?, id).await?;
    Ok(pdf(&document.file_name, body))
}

/// A PDF file to save. It is never opened within this site: an upload is somebody else's work.
pub(super) fn pdf(file_name: &str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, body).into_response()
}

pub(super) async fn remove_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let document = programmes::document(ctx.desk(), ctx.actor()?, id).await?;
    let back = format!("/programmes/{}/visit-pack", document.programme_id);
    let keep = back.clone();
    let content = view! {
        <h1 class="govuk-heading-l">{format!("Remove “{}”?", document.title)}</h1>
        <p class="govuk-body">{format!("{}, {}, uploaded {}", document.kind.label(), size(document.size), date_time(document.created_at))}</p>
        <p class="govuk-body">"Schools and parents can no longer read it. It cannot be brought back: keep your own copy."</p>
        <PostForm form=Form::default() action=format!("/documents/{id}/remove")>
            <div class="govuk-button-group">
                <Button text="Remove the document" variant="warning"/>
                <a class="govuk-link" href=keep>"Keep it"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page("Remove a document", content).back(back).into_response())
}

pub(super) async fn remove(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let programme = once(programmes::remove_document(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    Ok(ctx.see_other_with(format!("/programmes/{programme}/visit-pack"), "Document removed"))
}
