//! What the pages of attendance sheets and of feedback on paper share: uploads so far, problems, what was done.

use leptos::prelude::*;
use records::Page as Rows;
use records::filled_sheets::Import;
use records::imports::Problem;
use uuid::Uuid;

use super::taking_back::state_tag;
use crate::components::*;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// What file choosers offer.
pub(super) const FILES: &str = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv";
/// The other fields of the form take less.
pub(super) const MOST_FIELD_BYTES: usize = 64 << 10;
/// So many uploads are listed.
pub(super) const LISTED: Rows = Rows { number: 1, size: 20 };

/// The uploads so far, below the form that takes another.
pub(super) fn past(base: &'static str, imports: Vec<Import>) -> Option<impl IntoView> {
    (!imports.is_empty()).then(|| {
        let rows = imports
            .into_iter()
            .map(|import| {
                let href = format!("{base}/{}", import.id);
                vec![
                    view! { <a class="govuk-link app-break" href=href>{import.file_name}</a> }.into_any(),
                    date_time(import.started_at).into_any(),
                    import.person.unwrap_or_else(|| "Command line".to_owned()).into_any(),
                    state_tag(import.state).into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption="Sheets so far" heads=vec!["File", "When", "Who", "State"] rows=rows/> }
    })
}

/// The file, who uploaded it and when; and that the same one was taken in before.
pub(super) fn about(base: &'static str, import: &Import) -> impl IntoView + use<> {
    let who = import.person.clone().unwrap_or_else(|| "the command line".to_owned());
    let again = import.same_id.zip(import.same_applied_at).map(|(id, at)| {
        view! {
            <div class="govuk-inset-text">
                {format!("This file was taken in before, on {}. ", date_time(at))}
                <a class="govuk-link" href=format!("{base}/{id}")>"See what it changed"</a>
                ". What is on record already is not taken in again."
            </div>
        }
    });
    view! {
        <p class="govuk-body">"Uploaded by "{who}", "{date_time(import.started_at)}"."</p>
        {again}
    }
}

/// What is wrong with a file that waits, with its cells marked to be downloaded, and a form for the mended one.
pub(super) fn problems_page(ctx: &Context, base: &'static str, import: &Import, problems: &[Problem]) -> Page {
    let here = format!("{base}/{}", import.id);
    let marked = problems.iter().any(|problem| problem.row.is_some()).then(|| {
        let href = format!("{here}/marked");
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href=href>"Download the sheet with these cells marked"</a>
                ": each says what is wrong. Mend them there, and upload it in place of this file."
            </p>
        }
    });
    let rows = problems.iter().map(|p| vec![where_of(p).into_any(), p.message.clone().into_any()]).collect();
    let count = i64::try_from(problems.len()).unwrap_or(i64::MAX);
    let about = about(base, import);
    let content = view! {
        <span class="govuk-caption-l app-break">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Mend this sheet"</h1>
        <p class="govuk-body">{format!("Nothing was recorded: {} to be mended first.", plural(count, "thing is", "things are"))}</p>
        {about}
        {marked}
        <DataTable caption="What is wrong with the sheet" heads=vec!["Where", "What"] rows=rows/>
        <PostForm form=Form::default() action=base upload=true>
            <FileInput form=Form::default() name="file" label="The mended sheet" accept=FILES/>
            <div class="govuk-button-group">
                <Button text="Upload and compare"/>
                <a class="govuk-link" href=format!("{here}/drop")>"Drop this file"</a>
            </div>
        </PostForm>
    };
    ctx.page("Mend this sheet", content).back(base)
}

/// “Attendance, row 5, Pupils who took part”
fn where_of(problem: &Problem) -> String {
    let row = problem.row.map(|row| format!("row {row}"));
    let parts = [problem.sheet.clone(), row, problem.column.clone()].into_iter().flatten().collect::<Vec<_>>();
    if parts.is_empty() { "The file".to_owned() } else { parts.join(", ") }
}

/// Rows of what a sheet changed that its page lists.
pub(super) const LISTED_CHANGES: usize = 50;

/// What became of a file that does not wait any more; `what` says what it changed, `changes` lists it.
pub(super) fn done_page(ctx: &Context, base: &'static str, import: &Import, what: String, changes: AnyView) -> Page {
    let until = import.undo_until().filter(|until| *until >= ctx.desk().now());
    let undo = until.map(|until| {
        view! {
            <p class="govuk-body">{format!("It can be taken back until {}, as long as nothing was built on it.", date_time(until))}</p>
            <ButtonLink href=format!("/imports/{}/undo", import.id) text="Take it back" secondary=true/>
        }
    });
    let taken = import.undone_at.map(|at| {
        let who = import.undone_by.clone().unwrap_or_else(|| "the command line".to_owned());
        let text = format!(
            "Taken back by {who}, {}. Everything is as it was before. Upload the file again to take it in after all.",
            date_time(at)
        );
        view! { <p class="govuk-body">{text}</p> }
    });
    let about = about(base, import);
    let content = view! {
        <span class="govuk-caption-l app-break">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"What this sheet changed"</h1>
        <p class="govuk-body">{state_tag(import.state)}</p>
        <p class="govuk-body">{what}</p>
        {about}
        {taken}
        {undo}
        <p class="govuk-body"><a class="govuk-link" href=base>"Upload another sheet"</a></p>
        {changes}
    };
    ctx.page("What this sheet changed", content).wide().back(base)
}

/// Says how many rows of a list are not shown.
pub(super) fn and_more(shown: usize, all: usize) -> Option<impl IntoView + use<>> {
    let more = i64::try_from(all.saturating_sub(shown)).unwrap_or(i64::MAX);
    (more > 0).then(|| view! { <p class="govuk-body">{format!("And {} more.", thousands(more))}</p> })
}

/// Asks before a file that waits is dropped.
pub(super) fn drop_page(ctx: &Context, base: &'static str, id: Uuid) -> Page {
    let here = format!("{base}/{id}");
    let keep = here.clone();
    let content = view! {
        <h1 class="govuk-heading-l">"Drop this sheet?"</h1>
        <p class="govuk-body">"The uploaded file goes. Nothing was recorded from it, so nothing on record changes."</p>
        <PostForm form=Form::default() action=format!("{here}/drop")>
            <div class="govuk-button-group">
                <Button text="Drop the sheet" variant="warning"/>
                <a class="govuk-link" href=keep>"Keep it"</a>
            </div>
        </PostForm>
    };
    ctx.page("Drop this sheet?", content).back(here)
}
