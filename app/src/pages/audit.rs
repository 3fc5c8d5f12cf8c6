//! The audit trail, for an administrator.

use axum::extract::Query;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::Page;
use records::audit::{self, Filter, Line};
use serde::Deserialize;

use crate::components::{
    Choice, DataTable, Empty, ErrorSummary, Pagination, Select, TextInput, changes, choice, operation, plural, when,
    who,
};
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/audit", Who::May(Operation::SeeAudit), show)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    person: String,
    operation: String,
    kind: String,
    record: String,
    from: String,
    until: String,
    page: Option<i64>,
}

/// The kinds of record that are looked for most.
const KINDS: &[(&str, &str)] = &[
    ("session", "Sessions"),
    ("tour", "Tours"),
    ("programme", "Programmes"),
    ("setting", "Schools"),
    ("import", "Imports"),
    ("person", "People"),
    ("provider", "Providers"),
    ("authority", "The authority"),
];

async fn show(ctx: Context, Query(asked): Query<Asked>) -> Answer {
    let mut form = Form::of([
        ("person", asked.person.as_str()),
        ("operation", &asked.operation),
        ("kind", &asked.kind),
        ("record", &asked.record),
        ("from", &asked.from),
        ("until", &asked.until),
    ]);
    let filter = read(&mut form);
    let page = Page::new(asked.page.unwrap_or(1));
    let (lines, total) = audit::list(ctx.desk(), ctx.actor()?, &filter, page).await?;
    let pages = (total + page.size - 1) / page.size;
    let path = format!("/audit?{}&page=", query(&form));
    let count = plural(total, "line", "lines");
    let table = if lines.is_empty() {
        view! {
            <Empty text="Nothing was changed that fits what you asked for.">
                <p class="govuk-body"><a class="govuk-link" href="/audit">"Show everything"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = lines.iter().map(row).collect();
        view! {
            <p class="govuk-body">{count}", newest first"</p>
            <DataTable caption="Changes" caption_hidden=true heads=vec!["When", "Who", "What", "Record", "Before and after"] rows=rows/>
            <Pagination path=path page=page.number pages=pages/>
        }
        .into_any()
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Audit trail"</h1>
        <p class="govuk-body">"Every change: who made it, in which role, when, and what stood there before and after. Names, addresses and telephone numbers are not kept here. A line is kept for six years."</p>
        {filters(form)}
        {table}
    };
    Ok(ctx.page("Audit trail", content).wide().into_response())
}

/// What is wrong with a filter is said beside it, and it is left out.
fn read(form: &mut Form) -> Filter {
    let text = |form: &Form, field: &str| Some(form.get(field).to_owned()).filter(|t| !t.is_empty());
    Filter {
        operation: form.get("operation").parse().ok(),
        person: text(form, "person"),
        record_kind: text(form, "kind"),
        record_id: text(form, "record"),
        from: day(form, "from"),
        until: day(form, "until"),
    }
}

/// A day as `27/3/2027` or `2027-03-27`.
fn day(form: &mut Form, field: &'static str) -> Option<chrono::NaiveDate> {
    let text = form.get(field).to_owned();
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse().ok().or_else(|| chrono::NaiveDate::parse_from_str(&text, "%d/%m/%Y").ok());
    if parsed.is_none() {
        form.refuse(field, "Enter the day like 27/3/2027");
    }
    parsed
}

fn query(form: &Form) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form.pairs().iter().filter(|(_, value)| !value.is_empty()))
        .finish()
}

fn filters(form: Form) -> impl IntoView {
    let any = |label: &str| vec![choice("", label)];
    let operations: Vec<Choice> = any("Anything")
        .into_iter()
        .chain(Operation::ALL.iter().filter(|o| changes_something(**o)).map(|o| choice(o.as_str(), o.label())))
        .collect();
    let kinds: Vec<Choice> =
        any("Anything").into_iter().chain(KINDS.iter().map(|(word, label)| choice(word, label))).collect();
    view! {
        <form method="get" action="/audit" class="app-filter" novalidate>
            <TextInput form=form.clone() name="person" label="Who (name or address)"/>
            <Select form=form.clone() name="operation" label="What was done" choices=operations/>
            <Select form=form.clone() name="kind" label="To what" choices=kinds/>
            <TextInput form=form.clone() name="from" label="From (day/month/year)" width="width-10"/>
            <TextInput form=form name="until" label="Up to (day/month/year)" width="width-10"/>
            <button class="govuk-button govuk-button--secondary" type="submit">"Show"</button>
        </form>
    }
}

/// Looking leaves no line.
fn changes_something(operation: Operation) -> bool {
    !operation.as_str().starts_with("see_") || operation == Operation::SeeOwnSignIns
}

fn row(line: &Line) -> Vec<AnyView> {
    let kind = line.record_kind.replace('_', " ");
    let all = format!(
        "/audit?{}",
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("kind", &line.record_kind)
            .append_pair("record", &line.record_id)
            .finish()
    );
    vec![
        when(line),
        who(line),
        operation(&line.operation).into_any(),
        view! { <a class="govuk-link" href=all>{kind}<span class="govuk-visually-hidden">" "{line.record_id.clone()}": all its lines"</span></a> }.into_any(),
        view! { <div class="app-changes">{changes(&line.before, &line.after)}</div> }.into_any(),
    ]
}
