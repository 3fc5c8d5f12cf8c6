//! What was understood of a file: its tables, columns and years; which programmes they were, and who delivered.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::AcademicYear;
use leptos::prelude::*;
use records::histories::{self, About, Choice, Earlier, Import, OUT, Suggestion, Understood};
use records::histories::{Role, Skipped, Table};
use uuid::Uuid;

use super::count_of;
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Columns that say which school it was.
const SCHOOLS: [Role; 5] = [Role::School, Role::AmSchool, Role::PmSchool, Role::Urn, Role::Dfe];
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
    format!("{hint}{stop}Remembered from “{file_name}”, taken over on {}: change it if it is another", date_time(*at))
}

/// The form as things stand.
fn filled(understood: &Understood) -> Form {
    let mut form = Form::default();
    for (at, table) in understood.tables.iter().enumerate() {
        for (letters, _) in &table.headings {
            form.put(&format!("role-{at}-{letters}"), table.role_of(letters).map_or(OUT, Role::as_str));
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
    let programmes = if understood.programmes.is_empty() {
        view! {
            <Empty text="There is no programme yet. Add the one these sessions were of, then come back.">
                <ButtonLink href="/programmes/add" text="Add a programme"/>
            </Empty>
        }
        .into_any()
    } else {
        programmes(understood, earlier, &form).into_any()
    };
    let provider = if understood.providers.is_empty() {
        view! {
            <Empty text="There is no provider yet. Add who delivered these sessions, then come back.">
                <ButtonLink href="/providers/add" text="Add a provider"/>
            </Empty>
        }
        .into_any()
    } else {
        provider(understood, earlier, &form).into_any()
    };
    let tables = understood.tables.iter().enumerate();
    let tables = tables.map(|(at, table)| columns(ctx, at, table, &form)).collect_view();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Check what was understood"</h1>
        <PostForm form=form action=format!("{here}/columns")>
            <h2 class="govuk-heading-m">"What was delivered, and by whom"</h2>
            {programmes}
            {provider}
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
            let same = understood
                .programmes
                .iter()
                .find(|p| histories::topic_key(&p.name) == histories::topic_key(&topic.text));
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
    if hint.is_empty() {
        view! { <Select form=form.clone() name="provider" label="Who delivered" choices=choices/> }.into_any()
    } else {
        view! { <Select form=form.clone() name="provider" label="Who delivered" hint=hint choices=choices/> }.into_any()
    }
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
            view! {
                <Select form=form.clone() name=format!("role-{at}-{letters}") label=format!("Column {letters}, {shown}")
                    choices=roles()/>
            }
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

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let before = filled(&understood);
    let (moved, mut choices) = headings(&understood, &mut form, &before);
    let is_moved = |sheet: &str| moved.iter().any(|of| of == sheet);
    let mut set = |about: About, place: String, field: &str| {
        let value = form.get(field);
        if value != before.get(field) {
            choices.push(Choice { about, place, value: Some(value.to_owned()).filter(|v| !v.is_empty()) });
        }
    };
    for (at, table) in understood.tables.iter().enumerate() {
        let is_moved = is_moved(table.sheet.as_deref().unwrap_or_default());
        // Columns under other headings are not what they were.
        for (letters, _) in table.headings.iter().filter(|_| !is_moved) {
            set(About::Column, format!("{}\t{letters}", table.place), &format!("role-{at}-{letters}"));
        }
        set(About::Year, table.place.clone(), &format!("year-{at}"));
    }
    // Without a table there is nothing yet that could be of a programme.
    let is_asked = !understood.tables.is_empty();
    for (about, field) in
        [(About::Programme, "programme"), (About::Provider, "provider")].into_iter().filter(|_| is_asked)
    {
        set(about, String::new(), field);
    }
    for (at, topic) in understood.topics.iter().enumerate().filter(|(_, t)| !t.text.trim().is_empty()) {
        set(About::Programme, histories::topic_key(&topic.text), &format!("topic-{at}"));
    }
    if moved.is_empty() && understood.tables.is_empty() {
        form.refuse("skipped-0", "Type which row of the sheet is the headings, or 0 if none is");
    } else if moved.is_empty() {
        check(&understood, &mut form);
    } else if form.is_good() {
        histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &choices).await?;
        let notice = "The headings are in another row now. Check what its columns hold";
        return Ok(ctx.see_other_with(format!("/histories/{id}/columns"), notice));
    }
    if form.is_good() {
        histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &choices).await?;
        return Ok(ctx.see_other(format!("/histories/{id}")));
    }
    let earlier = histories::earlier(ctx.desk(), ctx.actor()?, id, &understood).await?;
    Ok(page(&ctx, &import, &understood, &earlier, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The sheets whose headings are said to be elsewhere, and what that changes: what was said of their columns goes.
fn headings(understood: &Understood, form: &mut Form, before: &Form) -> (Vec<String>, Vec<Choice>) {
    let tables = understood.tables.iter().enumerate().filter(|(_, table)| table.is_first());
    let tables = tables.map(|(at, table)| {
        let of_sheet = understood.tables.iter().filter(|other| other.sheet == table.sheet);
        let last_row = of_sheet.map(|table| table.last_row).max().unwrap_or_default();
        (format!("headings-{at}"), table.sheet.clone(), last_row)
    });
    let skipped = understood.skipped.iter().enumerate();
    let skipped = skipped.map(|(at, skipped)| (format!("skipped-{at}"), skipped.sheet.clone(), skipped.last_row));
    let (mut moved, mut choices) = (Vec::new(), Vec::new());
    for (field, sheet, last_row) in tables.chain(skipped) {
        if form.get(&field) == before.get(&field) {
            continue;
        }
        let named = sheet.clone().unwrap_or_else(|| "The file".to_owned());
        let row = form.number(&field, &format!("{named}: the row of the headings"), 0, last_row.into());
        let sheet = sheet.unwrap_or_default();
        let value = row.map_or_else(|| OUT.to_owned(), |row| row.to_string());
        choices.push(Choice::new(About::Headings, &sheet, value));
        let of_sheet = understood.tables.iter().filter(|table| table.sheet.as_deref().unwrap_or_default() == sheet);
        let places: Vec<&str> = of_sheet.map(|table| table.place.as_str()).collect();
        let of_columns = understood.choices.of(About::Column).map(|(place, _)| place);
        let its_own = of_columns.filter(|place| place.split('\t').next().is_some_and(|of| places.contains(&of)));
        choices.extend(its_own.map(|place| Choice { about: About::Column, place: place.to_owned(), value: None }));
        moved.push(sheet);
    }
    (moved, choices)
}

/// A table has a date and a school, and no two columns are the same thing.
fn check(understood: &Understood, form: &mut Form) {
    for (at, table) in understood.tables.iter().enumerate() {
        let field = |letters: &str| format!("role-{at}-{letters}");
        let sheet = named(table);
        let chosen: Vec<(String, String)> =
            table.headings.iter().map(|(letters, _)| (field(letters), form.get(&field(letters)).to_owned())).collect();
        let first = chosen.first().map(|(field, _)| field.clone()).unwrap_or_default();
        let has = |role: Role| chosen.iter().any(|(_, value)| value == role.as_str());
        let (dated, named) = (has(Role::Date), SCHOOLS.into_iter().any(has));
        if !dated {
            form.refuse(first.clone(), format!("{sheet}: say which column holds the date"));
        }
        if !named {
            form.refuse(first, format!("{sheet}: say which column holds the school"));
        }
        let is_one = |value: &str| value != OUT && !Role::named(value).is_some_and(Role::is_several);
        for (n, (field, value)) in chosen.iter().enumerate().filter(|(_, (_, value))| is_one(value)) {
            if chosen[..n].iter().any(|(_, other)| other == value) {
                let what = Role::named(value).map_or("This", Role::label);
                form.refuse(field.clone(), format!("{sheet}: two columns are “{what}”. Choose one of them"));
            }
        }
    }
    if !understood.programmes.is_empty() && form.get("programme").is_empty() {
        let open = |(at, topic): (usize, &histories::Topic)| {
            let by_name = understood
                .programmes
                .iter()
                .any(|p| histories::topic_key(&p.name) == histories::topic_key(&topic.text));
            form.get(&format!("topic-{at}")).is_empty() && !by_name
        };
        if understood.topics.iter().enumerate().any(open) {
            form.refuse("programme", "Choose the programme these sessions were of");
        }
    }
    if !understood.providers.is_empty() && form.get("provider").is_empty() {
        form.refuse("provider", "Choose who delivered these sessions");
    }
}
