//! What was understood of a file: its tables, columns and years; which programmes they were, and who delivered.

mod lacked;
mod saved;

use axum::extract::Path;
use axum::response::IntoResponse;
use domain::AcademicYear;
use leptos::prelude::*;
use records::histories::{self, About, Earlier, Import, OUT, Suggestion, Understood};
use records::histories::{OpenColumn, Role, Skipped, Table};
pub(super) use saved::change;
use uuid::Uuid;

use super::count_of;
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// What is said of a column that is “not read”, and yet says something.
const LOOKED_AT: &str = "Looked at for whether the visit took place.";
/// The academic years that are offered for dates without one.
const YEARS: i64 = 30;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let earlier = histories::earlier(ctx.desk(), ctx.actor()?, id, &understood).await?;
    let mut form = filled(&understood);
    offer(&mut form, &understood, &earlier);
    Ok(page(&ctx, &import, &understood, &earlier, form).into_response())
}

/// Chooses beforehand what was chosen for an earlier file like this one; it counts once the form is sent.
fn offer(form: &mut Form, understood: &Understood, earlier: &Earlier) {
    let mut put = |field: &str, suggestion: Option<&Suggestion>| {
        if let Some(suggestion) = suggestion {
            form.replace(field, suggestion.value.clone());
        }
    };
    put("programme", earlier.programme.as_ref());
    put("provider", earlier.provider.as_ref());
    for (at, topic) in understood.topics.iter().enumerate() {
        put(&format!("topic-{at}"), earlier.topics.get(&histories::topic_key(&topic.text)));
    }
}

/// Says where a choice comes from, after what is said of it anyway.
fn remembered(hint: impl Into<String>, suggestion: Option<&Suggestion>) -> String {
    let hint = hint.into();
    let Some(Suggestion { file_name, at, .. }) = suggestion else { return hint };
    let stop = if hint.is_empty() { "" } else { ". " };
    let from = match at {
        Some(at) => format!("Remembered from “{file_name}”, taken over on {}", date_time(*at)),
        None => format!("As chosen for “{file_name}”, which this is the marked copy of"),
    };
    format!("{hint}{stop}{from}: change it if it is another")
}

/// A column of which a person has to say what it holds.
fn open<'t>(table: &'t Table, letters: &str) -> Option<&'t OpenColumn> {
    table.open.iter().find(|open| open.letters == letters)
}

/// The form as things stand.
fn filled(understood: &Understood) -> Form {
    let mut form = Form::default();
    for (at, table) in understood.tables.iter().enumerate() {
        for (letters, _) in &table.headings {
            let role =
                if open(table, letters).is_some() { "" } else { table.role_of(letters).map_or(OUT, Role::as_str) };
            form.put(&format!("role-{at}-{letters}"), role);
        }
        if table.is_first() {
            form.put(&format!("headings-{at}"), table.header_row.to_string());
        }
        form.put(&format!("year-{at}"), table.academic_year.map(|y| y.to_string()).unwrap_or_default());
    }
    form.put("programme", understood.choices.get(About::Programme, "").unwrap_or_default());
    for (at, topic) in understood.topics.iter().enumerate().filter(|(_, t)| !t.text.trim().is_empty()) {
        let said = understood.choices.get(About::Programme, &histories::topic_key(&topic.text));
        form.put(&format!("topic-{at}"), said.unwrap_or_default());
    }
    form.put("provider", understood.provider.map(|p| p.to_string()).unwrap_or_default());
    form
}

fn page(ctx: &Context, import: &Import, understood: &Understood, earlier: &Earlier, form: Form) -> Page {
    let here = format!("/histories/{}", import.id);
    let skipped = not_read(understood, &form);
    if understood.tables.is_empty() {
        let content = view! {
            <ErrorSummary form=form.clone()/>
            <span class="govuk-caption-l">{import.file_name.clone()}</span>
            <h1 class="govuk-heading-l">"Say where the headings are"</h1>
            <p class="govuk-body">"What the columns below them hold is asked next."</p>
            <PostForm form=form.clone() action=format!("{here}/columns")>
                {skipped}
                <Button text="Save and go on"/>
            </PostForm>
        };
        return ctx.page("Say where the headings are", content).back(here);
    }
    let columns_page = format!("{here}/columns");
    let add_programme = lacked::programmes(&columns_page, understood, earlier);
    let programmes = (!understood.programmes.is_empty()).then(|| programmes(understood, earlier, &form));
    let no_provider = understood.providers.is_empty();
    let add_provider = lacked::provider(&columns_page, no_provider);
    let provider = (!no_provider).then(|| provider(understood, earlier, &form));
    let tables = understood.tables.iter().enumerate();
    let tables = tables.map(|(at, table)| columns(ctx, at, table, &form)).collect_view();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Check what was understood"</h1>
        <PostForm form=form action=columns_page>
            <h2 class="govuk-heading-m">"What was delivered, and by whom"</h2>
            {add_programme}
            {programmes}
            {provider}
            {add_provider}
            {tables}
            {skipped}
            <Button text="Save and go on"/>
        </PostForm>
        {passed_over(understood)}
    };
    ctx.page("Check what was understood", content).back(here)
}

fn programmes(understood: &Understood, earlier: &Earlier, form: &Form) -> impl IntoView + use<> {
    let all = || understood.programmes.iter().map(|p| choice(p.id, &p.name));
    let named: Vec<_> =
        understood.topics.iter().enumerate().filter(|(_, topic)| !topic.text.trim().is_empty()).collect();
    let whole = [choice("", "Choose a programme")].into_iter().chain(all()).collect::<Vec<_>>();
    let hint =
        if named.is_empty() { "Of every row" } else { "Of every row, but for topics that have another one below" };
    let topics = named
        .into_iter()
        .map(|(at, topic)| {
            let same = understood.programmes.iter().find(|p| histories::is_called(&p.name, &topic.text));
            let first = same.map_or_else(|| "The programme above".to_owned(), |p| format!("{}, by its name", p.name));
            let choices = [choice("", first)].into_iter().chain(all()).chain([choice(OUT, "Leave its rows out")]);
            let suggestion = earlier.topics.get(&histories::topic_key(&topic.text));
            let hint = remembered(plural(count_of(topic.rows), "row", "rows"), suggestion);
            view! {
                <Select form=form.clone() name=format!("topic-{at}") label=format!("“{}”", topic.text) hint=hint
                    choices=choices.collect()/>
            }
        })
        .collect_view();
    let hint = remembered(hint, earlier.programme.as_ref());
    view! {
        <Select form=form.clone() name="programme" label="Programme" hint=hint choices=whole/>
        {topics}
    }
}

fn provider(understood: &Understood, earlier: &Earlier, form: &Form) -> impl IntoView + use<> {
    let all = understood.providers.iter().map(|p| choice(p.id, &p.name));
    let choices = [choice("", "Choose a provider")].into_iter().chain(all).collect();
    let hint = remembered("", earlier.provider.as_ref());
    view! { <Select form=form.clone() name="provider" label="Who delivered" hint=hint choices=choices/> }
}

/// What a table is called: by its sheet, and below the sheet's first one by its headings too.
fn named(table: &Table) -> String {
    let sheet = table.sheet.as_deref().unwrap_or("The file");
    if table.is_first() { sheet.to_owned() } else { format!("{sheet}, headings in row {}", table.header_row) }
}

fn columns(ctx: &Context, at: usize, table: &Table, form: &Form) -> impl IntoView + use<> {
    let sheet = named(table);
    let present = AcademicYear::containing(ctx.desk().today()).first();
    let years = (0..YEARS).map(|back| i64::from(present) - back);
    let years = years.filter_map(|first| AcademicYear::new(first).ok().map(|year| choice(first, year)));
    let years = [choice("", "Dates have their year")].into_iter().chain(years).collect();
    let roles = || {
        let roles = Role::ALL.into_iter().map(|role| choice(role.as_str(), role.label()));
        [choice(OUT, "Not read")].into_iter().chain(roles).collect::<Vec<_>>()
    };
    let fields = table
        .headings
        .iter()
        .map(|(letters, heading)| {
            let shown = if heading.is_empty() { "no heading".to_owned() } else { format!("“{heading}”") };
            let (name, label) = (format!("role-{at}-{letters}"), format!("Column {letters}, {shown}"));
            let open = open(table, letters);
            let says = match open {
                Some(open) => Some(open.what().to_owned()),
                None => table.looked_at.contains(letters).then(|| LOOKED_AT.to_owned()),
            };
            let hint = says.into_iter().chain(examples(table, letters)).collect::<Vec<_>>().join(" ");
            let first = open.map(|_| choice("", "Choose what it holds"));
            let choices = first.into_iter().chain(roles()).collect();
            view! { <Select form=form.clone() name=name label=label hint=hint choices=choices/> }
        })
        .collect_view();
    view! {
        <h2 class="govuk-heading-m">{sheet.clone()}</h2>
        {table.is_first().then(|| view! {
            <TextInput form=form.clone() name=format!("headings-{at}") label=format!("Row of the headings, {sheet}")
                hint="0 if it has no headings. Leave blank to read nothing of the sheet" inputmode="numeric" width="width-5"/>
        })}
        <div class="app-fields">{fields}</div>
        <Select form=form.clone() name=format!("year-{at}") label=format!("Academic year of dates without one, {sheet}")
            choices=years/>
    }
}

/// What stands in a column: “Like 12/09/2016 · 13/09/2016”.
fn examples(table: &Table, letters: &str) -> Option<String> {
    let (_, texts) = table.examples.iter().find(|(of, _)| of == letters)?;
    Some(format!("Like {}", texts.join(" · ")))
}

/// The sheets of which nothing is read, each with the way to read it.
fn not_read(understood: &Understood, form: &Form) -> Option<impl IntoView + use<>> {
    let fields = understood.skipped.iter().enumerate().map(|(at, skipped)| {
        let sheet = skipped.sheet.clone().unwrap_or_else(|| "The file".to_owned());
        let rows = plural(count_of(skipped.rows), "row", "rows");
        view! {
            <TextInput form=form.clone() name=format!("skipped-{at}") label=format!("Row of the headings, {sheet}")
                hint=format!("{rows}. If it lists visits, type which of its rows is the headings, or 0 if none is")
                inputmode="numeric" width="width-5"/>
            {begins(skipped, understood.tables.is_empty())}
        }
    });
    let fields = fields.collect_view();
    (!understood.skipped.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">"Sheets that are not read"</h2>
            {fields}
        }
    })
}

/// How a sheet begins, where its headings may be.
fn begins(skipped: &Skipped, is_open: bool) -> impl IntoView + use<> {
    let sheet = skipped.sheet.as_ref().map_or_else(|| "the file".to_owned(), |name| format!("“{name}”"));
    let cells = |(row, text): &(u32, String)| vec![row.to_string().into_any(), text.clone().into_any()];
    let rows: Vec<Vec<AnyView>> = skipped.begins.iter().map(cells).collect();
    view! {
        <details class="govuk-details" open=is_open>
            <summary class="govuk-details__summary">
                <span class="govuk-details__summary-text">{format!("How {sheet} begins")}</span>
            </summary>
            <div class="govuk-details__text">
                <DataTable caption=format!("How {sheet} begins") caption_hidden=true heads=vec!["Row", "What it says"] rows=rows/>
            </div>
        </details>
    }
}

fn passed_over(understood: &Understood) -> Option<impl IntoView + use<>> {
    let rows: Vec<Vec<AnyView>> = understood
        .not_visits
        .iter()
        .take(100)
        .map(|row| {
            let sheet = row.sheet.as_ref().map(|s| format!("{s}, ")).unwrap_or_default();
            vec![format!("{sheet}row {}", row.row).into_any(), row.text.clone().into_any()]
        })
        .collect();
    (!rows.is_empty()).then(|| {
        let text = plural(count_of(understood.not_visits.len()), "row is no visit", "rows are no visits");
        view! {
            <details class="govuk-details">
                <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{text}</span></summary>
                <div class="govuk-details__text">
                    <DataTable caption="Rows that are passed over" heads=vec!["Where", "What it says"] rows=rows/>
                </div>
            </details>
        }
    })
}
