//! Sessions that wait: a provider's whole home page, and a part of a school's.

use chrono::NaiveDate;
use domain::access::Role;
use domain::session::State;
use leptos::prelude::*;
use records::home::{SessionLine, Sessions};

use crate::components::*;

/// What an overdue session is called everywhere.
const OVERDUE: &str = "Data overdue";

/// Sessions not counted, then those that come. `reader` decides whose name a line carries.
pub(super) fn body(waiting: Sessions, reader: Role) -> impl IntoView {
    let nothing = waiting.overdue.is_empty() && waiting.to_record.is_empty() && waiting.coming.is_empty();
    let nothing = nothing.then(|| {
        let (text, next) = match reader {
            Role::School => ("Nothing is booked, and nothing waits to be counted.", "Choose a visit to book"),
            _ => ("Nothing is booked, and nothing waits to be counted.", "See the tours"),
        };
        view! { <Empty text=text><p class="govuk-body"><a class="govuk-link" href="/tours">{next}</a></p></Empty> }
    });
    let coming = (!waiting.coming.is_empty()).then(|| coming(waiting.coming, reader));
    view! {
        {to_count(waiting.overdue, waiting.to_record, reader)}
        {coming}
        {nothing}
    }
}

/// Who a line is about: a school wants to know who comes, a provider where to go.
fn other_side(line: &SessionLine, reader: Role) -> String {
    if reader == Role::School {
        return line.provider.clone();
    }
    if line.room.is_empty() { line.venue.clone() } else { format!("{}, {}", line.venue, line.room) }
}

fn time(line: &SessionLine) -> String {
    match (line.starts(), line.ends()) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => line.slot_label.clone(),
    }
}

/// “30 Nov 2026”, leading to the session.
fn day(id: uuid::Uuid, on: NaiveDate, of: String) -> AnyView {
    view! {
        <a class="govuk-link app-nowrap" href=format!("/sessions/{id}")>{short_date(on)}<span class="govuk-visually-hidden">": "{of}</span></a>
    }
    .into_any()
}

fn to_count(overdue: Vec<SessionLine>, waiting: Vec<SessionLine>, reader: Role) -> Option<impl IntoView> {
    if overdue.is_empty() && waiting.is_empty() {
        return None;
    }
    let row = |line: SessionLine, late: bool| {
        let tag = late.then(|| view! { <span class="app-state app-state--data-overdue">{OVERDUE}</span> });
        let of = format!("{} at {}", line.programme, line.venue);
        vec![
            day(line.id, line.on_date, of.clone()),
            line.programme.clone().into_any(),
            other_side(&line, reader).into_any(),
            view! { {tag}" "<a class="govuk-link" href=format!("/sessions/{}/attendance", line.id)>"Record attendance"<span class="govuk-visually-hidden">": "{of}</span></a> }
                .into_any(),
        ]
    };
    let rows = overdue.into_iter().map(|l| row(l, true)).chain(waiting.into_iter().map(|l| row(l, false))).collect();
    let who = if reader == Role::School { "Who came" } else { "Where" };
    Some(view! {
        <h2 class="govuk-heading-m" id="to-count">"Attendance to record"</h2>
        <p class="govuk-body">"How many were there? Until somebody says so, coverage shows these figures as missing."</p>
        <DataTable caption="Attendance to record" caption_hidden=true heads=vec!["Date", "Programme", who, "What to do"] rows=rows/>
    })
}

/// That an offer is not booked yet.
fn unanswered(line: &SessionLine) -> Option<impl IntoView + use<>> {
    (line.state == State::Offered).then(|| view! { " "<Tag text="Offered, no answer yet" colour="yellow"/> })
}

fn coming(lines: Vec<SessionLine>, reader: Role) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            vec![
                day(line.id, line.on_date, format!("{} at {}", line.programme, line.venue)),
                time(&line).into_any(),
                view! { {line.programme.clone()}{unanswered(&line)} }.into_any(),
                other_side(&line, reader).into_any(),
                line.team.clone().unwrap_or_else(|| "Not said yet".into()).into_any(),
                thousands(line.expected).into_any(),
            ]
        })
        .collect();
    let who = if reader == Role::School { "Who comes" } else { "Where" };
    view! {
        <h2 class="govuk-heading-m" id="coming">"Coming up"</h2>
        <DataTable caption="Coming up" caption_hidden=true heads=vec!["Date", "Time", "Programme", who, "Team", "Expected"]
            numeric=vec![5] rows=rows/>
        <p class="govuk-body"><a class="govuk-link" href="/sessions">"All sessions"</a>", or "<a class="govuk-link" href="/calendar-feeds">"see them in your own calendar"</a></p>
    }
}
