//! A run sheet as one file that needs nothing else: no style sheet, no picture, no signal.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use leptos::prelude::*;
use records::run_sheets::{self, Sheet, Stop};
use uuid::Uuid;

use super::{Asked, Value, dialled, facts, heading, title};
use crate::components::{date_time, long_date};
use crate::web::answer::Answer;
use crate::web::context::Context;

/// The file's whole style: readable on a phone in daylight, and on paper.
const STYLE: &str = "body{font:16px/1.4 Arial,sans-serif;margin:1rem;max-width:40rem;color:#0b0c0c;background:#fff}\
 h1{font-size:1.4rem}h2{font-size:1.2rem;border-bottom:2px solid #0b0c0c}h3{font-size:1.05rem;margin:1rem 0 .3rem}\
 dl{margin:0}dt{font-weight:bold}dd{margin:0 0 .4rem}a{color:#1d70b8}article{break-inside:avoid}";

pub(super) async fn download(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    let from = asked.from.unwrap_or_else(|| ctx.desk().today());
    let sheet = run_sheets::of_team(ctx.desk(), ctx.actor()?, id, from, asked.days()).await?;
    let made = date_time(ctx.desk().now());
    let owner = Owner::new();
    let html = owner.with(|| document(&sheet, made).to_html());
    owner.cleanup();
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"run-sheet-{from}.html\"")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, format!("<!DOCTYPE html>{html}")).into_response())
}

fn document(sheet: &Sheet, made: String) -> impl IntoView + use<> {
    let title = title(sheet);
    let mut dates: Vec<NaiveDate> = sheet.stops.iter().map(|s| s.on_date).collect();
    dates.dedup();
    let days = dates
        .into_iter()
        .map(|day| {
            let stops = sheet.stops.iter().filter(|s| s.on_date == day).map(stop).collect_view();
            view! { <h2>{long_date(day)}</h2>{stops} }
        })
        .collect_view();
    let nothing = sheet.stops.is_empty().then(|| view! { <p>"Nothing is booked for these days."</p> });
    view! {
        <html lang="en-GB">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>{title.clone()}</title>
                <style inner_html=STYLE></style>
            </head>
            <body>
                <h1>{title}</h1>
                <p>{format!("As it stood on {made}. It holds names and numbers: delete it when the visits are over.")}</p>
                {nothing}
                {days}
            </body>
        </html>
    }
}

fn stop(stop: &Stop) -> impl IntoView + use<> {
    let rows = facts(stop)
        .into_iter()
        .map(|(key, value)| {
            let value = match value {
                Value::Text(text) => text.into_any(),
                Value::Phone(text, number) => {
                    let dial = format!("tel:{}", dialled(&number));
                    view! { {text}" "<a href=dial>{number}</a> }.into_any()
                }
            };
            view! { <dt>{key}</dt><dd>{value}</dd> }
        })
        .collect_view();
    let open = stop.offered.then_some(" (not confirmed yet)");
    view! { <article><h3>{heading(stop)}{open}</h3><dl>{rows}</dl></article> }
}
