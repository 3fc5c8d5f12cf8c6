//! Term dates and bank holidays from files: chosen, looked at, confirmed.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::calendar::HolidayDifference;
use domain::import::{ImportKind, ImportState as State, UNDO_DAYS};
use leptos::prelude::*;
use records::calendar_imports::{self, Applied, Changes, Import};
use records::imports::{File, Problem, refused_resembles};
use records::{Error, bank_holidays, taking_back, term_dates};
use uuid::Uuid;

use super::super::elsewhere;
use super::super::taking_back::{again, latest, offer};
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::download::{WORKBOOK, download};
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::upload::Upload;

/// Largest upload: what the reader takes, and the form around it.
pub(super) const MOST_BYTES: usize = calendar_imports::MAX_BYTES + (64 << 10);

/// What the two imports call themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Terms,
    Holidays,
}

impl What {
    const fn of(kind: ImportKind) -> Self {
        match kind {
            ImportKind::BankHolidays => Self::Holidays,
            _ => Self::Terms,
        }
    }

    const fn kind(self) -> ImportKind {
        match self {
            Self::Terms => ImportKind::Terms,
            Self::Holidays => ImportKind::BankHolidays,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Terms => "/authority/terms/import",
            Self::Holidays => "/authority/bank-holidays/import",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Terms => "Import term dates",
            Self::Holidays => "Import bank holidays",
        }
    }
}

pub(super) async fn terms_page(ctx: Context) -> Answer {
    Ok(choose(&ctx, What::Terms, Form::default()).await?.into_response())
}

pub(super) async fn holidays_page(ctx: Context) -> Answer {
    Ok(choose(&ctx, What::Holidays, Form::default()).await?.into_response())
}

async fn choose(ctx: &Context, what: What, form: Form) -> Result<Page, crate::web::answer::Problem> {
    let latest = latest(ctx).await?;
    let intro = match what {
        What::Terms => view! {
            <p class="govuk-body">"Choose a calendar file (.ics) with an entry for each term, or a table (.csv, .xlsx) with a row for each under the headings Name, Starts and Ends. Half terms in it part the terms; other holidays are left out."</p>
            <p class="govuk-body">"The terms replace those of the same academic years. You see what changes before it is done."</p>
        }
        .into_any(),
        What::Holidays => view! {
            <p class="govuk-body">"Callboard works England’s bank holidays out by rule. When one is proclaimed or moved, save the government’s list from gov.uk/bank-holidays.json and choose it here: what differs from the rule is taken over."</p>
        }
        .into_any(),
    };
    let (label, accept) = match what {
        What::Terms => ("The list of terms", ".ics,.csv,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods"),
        What::Holidays => ("The published list", ".json"),
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{what.title()}</h1>
        {intro}
        <PostForm form=form.clone() action=what.path() upload=true>
            <FileInput form=form name="file" label=label hint="Up to 1 MB" accept=accept/>
            <Button text="Upload and preview"/>
        </PostForm>
        {latest}
    };
    Ok(ctx.page(what.title(), content).wide().back("/authority"))
}

pub(super) fn problem_table(problems: &[Problem]) -> Option<impl IntoView + use<>> {
    (!problems.is_empty()).then(|| {
        let rows = problems
            .iter()
            .map(|p| {
                let sheet = p.sheet.as_ref().map(|s| format!("{s}, ")).unwrap_or_default();
                let place = match (p.row, &p.column) {
                    (None, _) => "The file".to_owned(),
                    (Some(row), None) => format!("{sheet}entry {row}"),
                    (Some(row), Some(column)) => format!("{sheet}row {row}, {column}"),
                };
                vec![place.into_any(), p.message.clone().into_any()]
            })
            .collect();
        view! { <DataTable caption="What is wrong with the file" heads=vec!["Where", "What"] rows=rows/> }
    })
}

pub(super) async fn terms_upload(ctx: Context, upload: Upload) -> Answer {
    store(&ctx, What::Terms, upload).await
}

pub(super) async fn holidays_upload(ctx: Context, upload: Upload) -> Answer {
    store(&ctx, What::Holidays, upload).await
}

async fn store(ctx: &Context, what: What, upload: Upload) -> Answer {
    let mut form = upload.form.clone();
    match upload.file("file") {
        None => form.refuse("file", "Choose a file"),
        Some(file) if file.bytes.is_empty() => form.refuse("file", "The file is empty"),
        Some(file) => {
            let file = File { name: file.name.clone(), bytes: Arc::from(&file.bytes[..]) };
            let desk = ctx.desk_for(&form);
            match once(calendar_imports::upload(&desk, ctx.actor()?, None, what.kind(), &file, None).await) {
                Ok(id) => return Ok(ctx.see_other(format!("/authority/calendars/{id}"))),
                Err(Error::Invalid(errors)) => {
                    form.refuse_all(errors);
                    elsewhere::tell(ctx, &mut form, &file, &[what.kind()]).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(choose(ctx, what, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = calendar_imports::look(ctx.desk(), ctx.actor()?, id).await?;
    Ok(match import.state {
        State::Previewed => {
            let changes = calendar_imports::understand(ctx.desk(), ctx.actor()?, id).await?;
            let same = taking_back::same_file(ctx.desk(), ctx.actor()?, id).await?;
            preview(&ctx, &import, &changes, again(same).into_any())
        }
        State::Refused => refused(&ctx, &import, refused_resembles(ctx.desk(), ctx.actor()?, id).await?),
        _ => done(&ctx, &import, &taking_back::look(ctx.desk(), ctx.actor()?, id).await?),
    }
    .into_response())
}

/// A file with problems.
fn refused(ctx: &Context, import: &Import, resembles: Option<ImportKind>) -> Page {
    let what = What::of(import.kind);
    let here = format!("/authority/calendars/{}", import.id);
    let marks = calendar_imports::has_cells(import).then(|| {
        view! { <ButtonLink href=format!("{here}/marked") text="Download the file with the cells marked" secondary=true/> }
    });
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"The file could not be taken over"</h1>
        {elsewhere::notice(ctx, resembles)}
        <p class="govuk-body">"Nothing was changed. Each problem is listed here: mend them, and upload the file again."</p>
        {problem_table(&import.problems())}
        {marks}
        {ways_on(what, &here)}
    };
    ctx.page("The file could not be taken over", content).back(what.path())
}

fn ways_on(what: What, here: &str) -> impl IntoView + use<> {
    view! {
        <PostForm form=Form::default() action=format!("{here}/drop")>
            <div class="govuk-button-group">
                <Button text="Drop this file" variant="secondary"/>
                <a class="govuk-link" href=what.path()>"Choose another file"</a>
            </div>
        </PostForm>
    }
}

fn preview(ctx: &Context, import: &Import, changes: &Changes, said: AnyView) -> Page {
    let what = What::of(import.kind);
    let here = format!("/authority/calendars/{}", import.id);
    let body = match changes {
        Changes::Terms(preview) => terms(preview).into_any(),
        Changes::BankHolidays(preview) => holidays(preview).into_any(),
    };
    let seen = changes.seen();
    let next = if changes.is_change() {
        view! {
            <p class="govuk-body">{format!("You can take it back for {UNDO_DAYS} days, as long as nobody changes these dates again.")}</p>
            <PostForm form=Form::default() action=format!("{here}/apply")>
                <Hidden name="seen" value=seen/>
                <Button text="Make these changes"/>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p class="govuk-body">"Nothing would be changed."</p> }.into_any()
    };
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"What this file changes"</h1>
        {said}
        {body}
        {next}
        {ways_on(what, &here)}
    };
    ctx.page("What this file changes", content).back(what.path())
}

fn terms(preview: &term_dates::Preview) -> impl IntoView + use<> {
    let line =
        |name: &str, starts, ends| view! { <li>{format!("{name}: {}", domain::availability::days(starts, ends))}</li> };
    let added: Vec<_> = preview.added.iter().map(|t| line(&t.name, t.starts, t.ends)).collect();
    let removed: Vec<_> = preview.removed.iter().map(|t| line(&t.name, t.starts, t.ends)).collect();
    let neither: Vec<_> = preview.neither.iter().map(|t| line(&t.name, t.starts, t.ends)).collect();
    let faults: Vec<_> = preview.faults.iter().map(|text| view! { <li>{text.clone()}</li> }).collect();
    // What cannot be taken over is not listed as new.
    let can_be = faults.is_empty();
    let years: Vec<_> = preview.years.iter().map(ToString::to_string).collect();
    let same = i64::try_from(preview.unchanged).unwrap_or(i64::MAX);
    view! {
        <p class="govuk-body">{format!("The list has terms of {}.", if years.is_empty() { "no academic year".to_owned() } else { years.join(" and ") })}</p>
        {listed("What is wrong", faults)}
        {can_be.then(|| view! { {listed("New terms", added)} {listed("Terms that go", removed)} })}
        {(same > 0).then(|| view! { <p class="govuk-body">{format!("{}.", plural(same, "term stays as it is", "terms stay as they are"))}</p> })}
        {listed("Left out: neither a term nor a break", neither)}
    }
}

fn holidays(preview: &bank_holidays::Preview) -> impl IntoView + use<> {
    let lines =
        |days: &[HolidayDifference]| days.iter().map(|d| view! { <li>{difference(d)}</li> }).collect::<Vec<_>>();
    let count = i64::try_from(preview.published).unwrap_or(i64::MAX);
    let years = preview.years.map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default();
    let said = if preview.differences.is_empty() { " All are as the rule has them." } else { "" };
    view! {
        <p class="govuk-body">{format!("The list has {}{years}.{said}", plural(count, "bank holiday", "bank holidays"))}</p>
        {listed("Where they differ from the rule, new", lines(&preview.added))}
        {listed("Where the rule holds again", lines(&preview.removed))}
    }
}

fn listed<V: IntoView + 'static>(title: &'static str, lines: Vec<V>) -> Option<impl IntoView> {
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{title}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines.into_iter().collect_view()}</ul>
        }
    })
}

/// “25 December 2027: Christmas Day”, or that the rule's holiday is none.
fn difference(day: &HolidayDifference) -> String {
    match &day.name {
        Some(name) => format!("{}: {name}", long_date(day.on)),
        None => format!("{}: no bank holiday, although the rule has one", long_date(day.on)),
    }
}

pub(super) async fn apply(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let import = calendar_imports::look(ctx.desk(), ctx.actor()?, id).await?;
    let said = match What::of(import.kind) {
        What::Terms => "Term dates imported",
        What::Holidays => "Bank holidays taken over",
    };
    let seen = form.get("seen").to_owned();
    match calendar_imports::apply(&ctx.desk_for(&form), ctx.actor()?, id, Some(&seen)).await {
        Ok(Applied::Done(_)) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/authority", said)),
        Ok(Applied::Changed(changes)) => {
            let said = view! { <Warning text="The dates on record have changed since you looked. Nothing was done: look again, then say yes."/> };
            Ok(preview(&ctx, &import, &changes, said.into_any()).status(StatusCode::CONFLICT).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// A refused table with its cells marked.
pub(super) async fn marked(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let (name, workbook) = calendar_imports::marked(ctx.desk(), ctx.actor()?, id).await?;
    Ok(download(&name, WORKBOOK, workbook))
}

pub(super) async fn drop_upload(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match calendar_imports::drop_upload(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(()) | Err(Error::Repeated(_)) => {
            Ok(ctx.see_other_with("/authority", "The file was dropped, and nothing was changed"))
        }
        Err(other) => Err(other.into()),
    }
}

/// An import that was taken over, or back.
fn done(ctx: &Context, import: &Import, whole: &taking_back::Import) -> Page {
    let what = What::of(import.kind);
    let undone = import.state == State::Undone;
    let title = match (what, undone) {
        (What::Terms, false) => "Term dates taken over",
        (What::Terms, true) => "Term dates taken back",
        (What::Holidays, false) => "Bank holidays taken over",
        (What::Holidays, true) => "Bank holidays taken back",
    };
    let who = import.person.clone().unwrap_or_else(|| "the command line".to_owned());
    let (new, gone) = match what {
        What::Terms => ("New terms", "Terms that went"),
        What::Holidays => ("Where they differ from the rule, new", "Where the rule holds again"),
    };
    let rows = vec![
        row(new, thousands(import.added)),
        row(gone, thousands(import.changed)),
        row("When", format!("{}, by {who}", import.finished_at.map(date_time).unwrap_or_default())),
    ];
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <SummaryList rows=rows/>
        <p class="govuk-body"><a class="govuk-link" href="/authority">"See the dates"</a></p>
        {offer(ctx, whole)}
    };
    ctx.page(title, content).back(what.path())
}
