//! Run sheets: where a team goes today and this week. Complete on one page, printable; a phone keeps those that were
//! opened for where there is no signal, and each can be saved as one file.

mod file;
mod no_signal;

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::Operation;
use leptos::prelude::*;
use records::run_sheets::{self, Sheet, Stop};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::SeeRunSheets);
    routes
        .get("/run-sheets", who, teams)
        .get("/run-sheets/no-signal", Who::Anyone, no_signal::page)
        .get("/run-sheets/worker.js", Who::Anyone, no_signal::worker)
        .get("/run-sheets/keep.js", Who::Anyone, no_signal::keep)
        .get("/run-sheets/{id}", who, show)
        .get("/run-sheets/{id}/file", who, file::download)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    days: u64,
    from: Option<NaiveDate>,
}

impl Asked {
    /// One day, or a week.
    fn days(&self) -> u64 {
        if self.days == 1 { 1 } else { 7 }
    }
}

async fn teams(ctx: Context) -> Answer {
    let teams = run_sheets::teams(ctx.desk(), ctx.actor()?).await?;
    let content = if teams.is_empty() {
        view! { <Empty text="No team tours yet."><p class="govuk-body"><a class="govuk-link" href="/providers">"Add a team to a provider"</a>", and open a tour with it."</p></Empty> }
            .into_any()
    } else {
        let rows = teams
            .into_iter()
            .map(|t| {
                let link = |days: u64, text: &'static str| {
                    view! { <a class="govuk-link" href=format!("/run-sheets/{}?days={days}", t.id)>{text}<span class="govuk-visually-hidden">": "{t.name.clone()}</span></a> }
                        .into_any()
                };
                vec![t.name.clone().into_any(), t.provider.clone().into_any(), link(1, "Today"), link(7, "This week")]
            })
            .collect();
        view! { <DataTable caption="Teams" caption_hidden=true heads=vec!["Team", "Provider", "Today", "Week"] rows=rows/> }
            .into_any()
    };
    let view = view! { <h1 class="govuk-heading-l">"Run sheets"</h1>{no_signal::notes(ctx.desk().now())}{content} };
    Ok(ctx.page("Run sheets", view).with_script(no_signal::KEEP).back("/").into_response())
}

async fn show(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let from = asked.from.unwrap_or_else(|| ctx.desk().today());
    let sheet = run_sheets::of_team(ctx.desk(), ctx.actor()?, id, from, asked.days()).await?;
    let title = title(&sheet);
    let file = format!("/run-sheets/{id}/file?from={from}&days={}", asked.days());
    let attendance = format!("/run-sheets/{id}/attendance-sheet?from={from}&days={}", asked.days());
    let other = if asked.days() == 1 { ("This week", 7) } else { ("Today", 1) };
    let other = view! { <a class="govuk-link" href=format!("/run-sheets/{id}?days={}", other.1)>{other.0}</a> };
    let stops = if sheet.stops.is_empty() {
        view! { <Empty text="Nothing is booked for these days."><p class="govuk-body"><a class="govuk-link" href="/sessions">"See all sessions"</a></p></Empty> }.into_any()
    } else {
        days(&sheet)
    };
    let content = view! {
        <span class="govuk-caption-l">{sheet.team.provider.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {no_signal::notes(ctx.desk().now())}
        <p class="govuk-body app-no-print">
            {other}", or "<a class="govuk-link" href=file>"save it as one file"</a>" that opens anywhere without a signal. It holds names and numbers: delete it when the visits are over."
        </p>
        <p class="govuk-body app-no-print">
            "To count without signal, take the "<a class="govuk-link" href=attendance>"attendance sheet as a workbook"</a>" with you, and "<a class="govuk-link" href="/attendance-sheets">"upload it filled in"</a>" afterwards."
        </p>
        {stops}
    };
    Ok(ctx.page(title, content).with_script(no_signal::KEEP).back("/run-sheets").into_response())
}

fn title(sheet: &Sheet) -> String {
    if sheet.from == sheet.until {
        format!("Run sheet of {}, {}", sheet.team.name, long_date(sheet.from))
    } else {
        format!("Run sheet of {}, {} to {}", sheet.team.name, short_date(sheet.from), short_date(sheet.until))
    }
}

/// The stops by day.
fn days(sheet: &Sheet) -> AnyView {
    let mut dates: Vec<NaiveDate> = sheet.stops.iter().map(|s| s.on_date).collect();
    dates.dedup();
    dates
        .into_iter()
        .map(|day| {
            let stops = sheet.stops.iter().filter(|s| s.on_date == day).map(stop).collect_view();
            view! { <h2 class="govuk-heading-m">{long_date(day)}</h2>{stops} }
        })
        .collect_view()
        .into_any()
}

fn stop(stop: &Stop) -> impl IntoView + use<> {
    let rows = facts(stop)
        .into_iter()
        .map(|(key, value)| {
            let value = match value {
                Value::Text(text) => text.into_any(),
                Value::Phone(text, number) => {
                    let dial = format!("tel:{}", dialled(&number));
                    view! { {text}" "<a class="govuk-link" href=dial>{number}</a> }.into_any()
                }
            };
            Row { key: key.to_owned(), value, change: None }
        })
        .collect();
    let tag = stop.offered.then(|| view! { " "<Tag text="Not confirmed yet" colour="yellow"/> });
    view! {
        <article class="app-card app-keep-together">
            <h3 class="govuk-heading-s app-card__title">{heading(stop)}{tag}</h3>
            <SummaryList rows=rows/>
        </article>
    }
}

/// What stands beside a key: text, or a number to ring.
enum Value {
    Text(String),
    Phone(String, String),
}

/// “9:30am to 10:30am, Kelder Primary School”.
fn heading(stop: &Stop) -> String {
    let time = match (stop.starts(), stop.ends()) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => stop.slot_label.clone(),
    };
    format!("{time}, {}", stop.venue)
}

/// Everything a team needs to know of a stop, in order.
fn facts(stop: &Stop) -> Vec<(&'static str, Value)> {
    let text = |text: String| Value::Text(text);
    let or =
        |text: &str, other: &str| Value::Text(if text.trim().is_empty() { other.into() } else { text.trim().into() });
    let mut facts = vec![("What", text(stop.programme.clone()))];
    if let Some(at) = stop.arrives() {
        facts.push(("Be there", text(at.to_string())));
    }
    facts.push(("Address", or(&stop.address(), "Not in the school list: ask the school")));
    facts.push(("Room", or(&stop.room, "Not said")));
    match stop.contact_telephone.trim() {
        "" => facts.push(("Ask for", or(&stop.contact_name, "Not said yet"))),
        number => facts.push(("Ask for", Value::Phone(stop.contact_name.clone(), number.to_owned()))),
    }
    if let Some(number) = stop.school_telephone.clone().filter(|n| !n.trim().is_empty()) {
        facts.push(("School office", Value::Phone(String::new(), number)));
    }
    facts.push(("Who attends", text(stop.groups.join("; "))));
    facts.push(("Access needs", or(&stop.access_needs, "None stated")));
    facts.push(("It needs", or(&stop.needs().join(", "), "Nothing")));
    facts.push(("Who comes", or(&stop.who_comes.replace('\n', ", "), "Not said yet")));
    let leads: Vec<String> = stop.leads.iter().map(|(name, email)| format!("{name}, {email}")).collect();
    facts.push(("Safeguarding lead", or(&leads.join("; "), "Not known here: ask the school office for its DSL")));
    facts
}

/// A number as a telephone dials it.
fn dialled(number: &str) -> String {
    // An extension is asked for, not dialled.
    let number = number.chars().take_while(|c| !c.is_alphabetic());
    number.filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
