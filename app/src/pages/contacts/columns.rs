//! What was understood of a list: its tables and columns.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::contacts::{self, Import, Role, Table, Understood};
use records::histories::{About, Choice, OUT};
use uuid::Uuid;

use super::count_of;
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Rows passed over that are listed.
const LISTED: usize = 100;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let form = filled(&understood);
    Ok(page(&ctx, &import, &understood, form).into_response())
}

/// The form as things stand.
fn filled(understood: &Understood) -> Form {
    let mut form = Form::default();
    for (at, table) in understood.tables.iter().enumerate() {
        for (letters, ..) in &table.columns {
            form.put(&format!("role-{at}-{letters}"), table.role_of(letters).map_or(OUT, Role::as_str));
        }
    }
    form.put("blank", understood.choices.get(About::Blank, "").unwrap_or_default());
    form
}

fn page(ctx: &Context, import: &Import, understood: &Understood, form: Form) -> Page {
    let here = format!("/people/lists/{}", import.id);
    let tables = understood.tables.iter().enumerate();
    let tables = tables.map(|(at, table)| columns(at, table, &form)).collect_view();
    let blanks = count_of(understood.blank_schools);
    let blank = (blanks > 0).then(|| {
        let hint = plural(blanks, "row has no school", "rows have no school");
        view! {
            <Checkboxes form=form.clone() name="blank" legend="Rows without a school" hint=hint
                choices=vec![choice("above", "They are of the school in the row above")] small=true/>
        }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"Check what was understood"</h1>
        <p class="govuk-body">"What you correct here is remembered for the next list with the same headings."</p>
        <PostForm form=form action=format!("{here}/columns")>
            {tables}
            {blank}
            <Button text="Save and go on"/>
        </PostForm>
        {passed_over(understood)}
    };
    ctx.page("Check what was understood", content).back(here)
}

fn columns(at: usize, table: &Table, form: &Form) -> impl IntoView + use<> {
    let sheet = table.sheet.clone().unwrap_or_else(|| "The file".to_owned());
    let roles = || {
        let roles = Role::ALL.into_iter().map(|role| choice(role.as_str(), role.label()));
        [choice(OUT, "Not read")].into_iter().chain(roles).collect::<Vec<_>>()
    };
    let fields = table
        .columns
        .iter()
        .map(|(letters, heading, _)| {
            view! {
                <Select form=form.clone() name=format!("role-{at}-{letters}") label=format!("Column {letters}, “{heading}”")
                    choices=roles()/>
            }
        })
        .collect_view();
    view! {
        <h2 class="govuk-heading-m">{sheet}</h2>
        <p class="govuk-body">{format!("The headings are in row {}.", table.header_row)}</p>
        <div class="app-fields">{fields}</div>
    }
}

fn passed_over(understood: &Understood) -> Option<impl IntoView + use<>> {
    let rows: Vec<Vec<AnyView>> = understood
        .not_people
        .iter()
        .take(LISTED)
        .map(|row| {
            let sheet = row.sheet.as_ref().map(|s| format!("{s}, ")).unwrap_or_default();
            vec![format!("{sheet}row {}", row.row).into_any(), row.text.clone().into_any()]
        })
        .collect();
    let more = count_of(understood.not_people.len().saturating_sub(LISTED));
    (!rows.is_empty()).then(|| {
        let text = plural(count_of(understood.not_people.len()), "row names nobody", "rows name nobody");
        view! {
            <details class="govuk-details">
                <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{text}</span></summary>
                <div class="govuk-details__text">
                    <DataTable caption="Rows that are passed over" heads=vec!["Where", "What it says"] rows=rows/>
                    {(more > 0).then(|| view! { <p class="govuk-body">{format!("and {}", plural(more, "more row", "more rows"))}</p> })}
                </div>
            </details>
        }
    })
}

pub(super) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let before = filled(&understood);
    let mut choices = Vec::new();
    let mut set = |about: About, place: String, field: &str| {
        let value = form.get(field);
        if value != before.get(field) {
            choices.push(Choice { about, place, value: Some(value.to_owned()).filter(|v| !v.is_empty()) });
        }
    };
    for (at, table) in understood.tables.iter().enumerate() {
        let sheet = table.sheet.clone().unwrap_or_default();
        for (letters, ..) in &table.columns {
            set(About::Column, format!("{sheet}\t{letters}"), &format!("role-{at}-{letters}"));
        }
    }
    set(About::Blank, String::new(), "blank");
    check(&understood, &mut form);
    if form.is_good() {
        contacts::choose(&ctx.desk_for(&form), ctx.actor()?, id, &choices).await?;
        return Ok(ctx.see_other(format!("/people/lists/{id}")));
    }
    Ok(page(&ctx, &import, &understood, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// A table has an address and says of which school, and no two columns say the same of the school.
fn check(understood: &Understood, form: &mut Form) {
    for (at, table) in understood.tables.iter().enumerate() {
        let field = |letters: &str| format!("role-{at}-{letters}");
        let sheet = table.sheet.clone().unwrap_or_else(|| "The file".to_owned());
        let chosen: Vec<(String, String)> =
            table.columns.iter().map(|(letters, ..)| (field(letters), form.get(&field(letters)).to_owned())).collect();
        let first = chosen.first().map(|(field, _)| field.clone()).unwrap_or_default();
        let has = |role: Role| chosen.iter().any(|(_, value)| value == role.as_str());
        let (addressed, named) = (has(Role::Email), [Role::School, Role::Urn, Role::Dfe].into_iter().any(has));
        if !addressed {
            form.refuse(first.clone(), format!("{sheet}: say which column holds the email address"));
        }
        if !named {
            form.refuse(first, format!("{sheet}: say which column holds the school, or its URN"));
        }
        let once = chosen.iter().enumerate().filter(|(_, (_, value))| Role::named(value).is_some_and(Role::is_once));
        for (n, (field, value)) in once {
            if chosen[..n].iter().any(|(_, other)| other == value) {
                let what = Role::named(value).map_or("This", Role::label);
                form.refuse(field.clone(), format!("{sheet}: two columns are “{what}”. Choose one of them"));
            }
        }
    }
}
