//! Term dates and bank holidays from files: chosen, looked at, confirmed.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::calendar::HolidayDifference;
use domain::term_date::Stretch;
use leptos::prelude::*;
use records::imports::Problem;
use records::{Error, bank_holidays, term_dates};

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::upload::Upload;

/// Largest upload: what the reader takes, and the form around it.
pub(super) const MOST_BYTES: usize = term_dates::MAX_BYTES + (64 << 10);

/// What the two imports call themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Terms,
    Holidays,
}

impl What {
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
    Ok(choose(&ctx, What::Terms, Form::default(), &[]).into_response())
}

pub(super) async fn holidays_page(ctx: Context) -> Answer {
    Ok(choose(&ctx, What::Holidays, Form::default(), &[]).into_response())
}

fn choose(ctx: &Context, what: What, form: Form, problems: &[Problem]) -> Page {
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
        What::Terms => ("The list of terms", ".ics,.csv,.txt,.xlsx,.xlsm,.xls,.ods"),
        What::Holidays => ("The published list", ".json"),
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{what.title()}</h1>
        {intro}
        {problem_table(problems)}
        <PostForm form=form.clone() action=what.path() upload=true>
            <FileInput form=form name="file" label=label hint="Up to 1 MB" accept=accept/>
            <Button text="Upload and preview"/>
        </PostForm>
    };
    ctx.page(what.title(), content).back("/authority")
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

/// The file of an upload, read; or the page that says what is wrong.
async fn read<T: Send + 'static>(
    ctx: &Context,
    what: What,
    upload: &Upload,
    reader: fn(&[u8]) -> Result<T, Vec<Problem>>,
) -> Result<T, Box<Page>> {
    let mut form = upload.form.clone();
    let problems = match upload.file("file") {
        None => {
            form.refuse("file", "Choose a file");
            Vec::new()
        }
        Some(file) if file.bytes.is_empty() => {
            form.refuse("file", "The file is empty");
            Vec::new()
        }
        Some(file) => {
            let bytes = file.bytes.clone();
            // Beside the other requests: a workbook is read by a process of its own, which is waited for.
            match tokio::task::spawn_blocking(move || reader(&bytes)).await {
                Ok(Ok(read)) => return Ok(read),
                Ok(Err(problems)) => {
                    form.refuse(
                        "file",
                        "The file could not be taken over: nothing was changed. Each problem is listed below",
                    );
                    problems
                }
                Err(_) => {
                    form.refuse("file", "The file could not be read. Try again, or save it in another format");
                    Vec::new()
                }
            }
        }
    };
    Err(Box::new(choose(ctx, what, form, &problems).status(StatusCode::UNPROCESSABLE_ENTITY)))
}

pub(super) async fn terms_upload(ctx: Context, upload: Upload) -> Answer {
    let list = match read(&ctx, What::Terms, &upload, term_dates::read).await {
        Ok(list) => list,
        Err(page) => return Ok(page.into_response()),
    };
    let preview = term_dates::preview(ctx.desk(), ctx.actor()?, &list).await?;
    let line =
        |name: &str, starts, ends| view! { <li>{format!("{name}: {}", domain::availability::days(starts, ends))}</li> };
    let added: Vec<_> = preview.added.iter().map(|t| line(&t.name, t.starts, t.ends)).collect();
    let removed: Vec<_> = preview.removed.iter().map(|t| line(&t.name, t.starts, t.ends)).collect();
    let neither: Vec<_> = preview.neither.iter().map(|t| line(&t.name, t.starts, t.ends)).collect();
    let faults: Vec<_> = preview.faults.iter().map(|text| view! { <li>{text.clone()}</li> }).collect();
    let years: Vec<_> = preview.years.iter().map(ToString::to_string).collect();
    let same = i64::try_from(preview.unchanged).unwrap_or(i64::MAX);
    let body = view! {
        <p class="govuk-body">{format!("The list has terms of {}.", if years.is_empty() { "no academic year".to_owned() } else { years.join(" and ") })}</p>
        {listed("What is wrong", faults)}
        {listed("New terms", added)}
        {listed("Terms that go", removed)}
        {(same > 0).then(|| view! { <p class="govuk-body">{format!("{} as they are.", plural(same, "term stays", "terms stay"))}</p> })}
        {listed("Left out: neither a term nor a break", neither)}
    };
    let carried = list.iter().map(|s| format!("{}\t{}\t{}", s.starts, s.ends, s.name)).collect::<Vec<_>>().join("\n");
    Ok(preview_page(&ctx, What::Terms, body.into_any(), preview.is_change(), carried).into_response())
}

fn listed<V: IntoView + 'static>(title: &'static str, lines: Vec<V>) -> Option<impl IntoView> {
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{title}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines.into_iter().collect_view()}</ul>
        }
    })
}

fn preview_page(ctx: &Context, what: What, body: AnyView, is_change: bool, carried: String) -> Page {
    let apply = format!("{}/apply", what.path());
    let next = if is_change {
        view! {
            <PostForm form=Form::default() action=apply>
                <Hidden name="rows" value=carried/>
                <div class="govuk-button-group">
                    <Button text="Make these changes"/>
                    <a class="govuk-link" href=what.path()>"Choose another file"</a>
                </div>
            </PostForm>
        }
        .into_any()
    } else {
        view! {
            <p class="govuk-body">"Nothing would be changed."</p>
            <p class="govuk-body"><a class="govuk-link" href=what.path()>"Choose another file"</a></p>
        }
        .into_any()
    };
    let content = view! {
        <h1 class="govuk-heading-l">"What this file changes"</h1>
        {body}
        {next}
    };
    ctx.page("What this file changes", content).back(what.path())
}

/// The rows that a preview carried: two dates and a name, or a date and a name. Whatever else was sent is nothing.
fn rows<T>(form: &Form, read: impl Fn(&[&str]) -> Option<T>) -> Result<Vec<T>, Error> {
    let rows: Option<Vec<T>> =
        form.get("rows").lines().take(2_500).map(|line| read(&line.split('\t').collect::<Vec<_>>())).collect();
    match rows {
        Some(rows) if !rows.is_empty() => Ok(rows),
        _ => Err(Error::refused("The preview did not come back whole: choose the file again")),
    }
}

fn name(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.chars().count() <= 120).then(|| text.to_owned())
}

pub(super) async fn terms_apply(ctx: Context, form: Form) -> Answer {
    let list = rows(&form, |cells| match cells {
        [starts, ends, title] => Some(Stretch {
            name: name(title)?,
            starts: starts.parse::<NaiveDate>().ok()?,
            ends: ends.parse::<NaiveDate>().ok()?,
        }),
        _ => None,
    })?;
    once(term_dates::apply(&ctx.desk_for(&form), ctx.actor()?, &list).await)?;
    Ok(ctx.see_other_with("/authority", "Term dates imported"))
}

/// “25 December 2027: Christmas Day”, or that the rule's holiday is none.
fn difference(day: &HolidayDifference) -> String {
    match &day.name {
        Some(name) => format!("{}: {name}", long_date(day.on)),
        None => format!("{}: no bank holiday, although the rule has one", long_date(day.on)),
    }
}

pub(super) async fn holidays_upload(ctx: Context, upload: Upload) -> Answer {
    let published = match read(&ctx, What::Holidays, &upload, bank_holidays::read).await {
        Ok(published) => published,
        Err(page) => return Ok(page.into_response()),
    };
    let preview = bank_holidays::preview(ctx.desk(), ctx.actor()?, &published).await?;
    let lines =
        |days: &[HolidayDifference]| days.iter().map(|d| view! { <li>{difference(d)}</li> }).collect::<Vec<_>>();
    let count = i64::try_from(preview.published).unwrap_or(i64::MAX);
    let years = preview.years.map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default();
    let said = if preview.differences.is_empty() { " All are as the rule has them." } else { "" };
    let body = view! {
        <p class="govuk-body">{format!("The list has {}{years}.{said}", plural(count, "bank holiday", "bank holidays"))}</p>
        {listed("Where they differ from the rule, new", lines(&preview.added))}
        {listed("Where the rule holds again", lines(&preview.removed))}
    };
    let carried = published.iter().map(|(on, name)| format!("{on}\t{name}")).collect::<Vec<_>>().join("\n");
    Ok(preview_page(&ctx, What::Holidays, body.into_any(), preview.is_change(), carried).into_response())
}

pub(super) async fn holidays_apply(ctx: Context, form: Form) -> Answer {
    let published = rows(&form, |cells| match cells {
        [on, title] => Some((on.parse::<NaiveDate>().ok()?, name(title)?)),
        _ => None,
    })?;
    once(bank_holidays::apply(&ctx.desk_for(&form), ctx.actor()?, &published).await)?;
    Ok(ctx.see_other_with("/authority", "Bank holidays taken over"))
}
