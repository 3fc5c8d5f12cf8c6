//! Run sheets where there is no signal: a service worker keeps those that were opened last, and this is what it needs.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;

/// The script of run sheets' pages that has them kept.
pub(super) const KEEP: &str = "/run-sheets/keep.js";

/// When a page was made, which paper and copies need to say; and two notes that only show where they are true: that the
/// page is kept (by the script), and that it is a copy (by the worker, which looks for the id).
pub(super) fn notes(made: DateTime<Utc>) -> impl IntoView {
    let made = date_time(made);
    view! {
        <div id="no-signal" hidden=true>
            <Warning text=format!("No signal. This is the copy kept on this device on {made}: anything that changed since is not in it.")/>
        </div>
        <p class="govuk-body">{format!("As it stood on {made}.")}</p>
        <p id="kept" class="govuk-body app-no-print" hidden=true>
            "Kept on this device: it opens here without a signal too, for a week at most. Signing out deletes it."
        </p>
    }
}

/// What the worker shows without a signal in place of a run sheet that was not opened here.
pub(super) async fn page(ctx: Context) -> Answer {
    let content = view! {
        <h1 class="govuk-heading-l">"No signal"</h1>
        <p class="govuk-body">"This page is not on this device. Open it again where there is a signal."</p>
        <h2 class="govuk-heading-m">"Run sheets on this device"</h2>
        <ul id="kept-sheets" class="govuk-list"><li>"None. Run sheets stay here once they were opened with a signal."</li></ul>
    };
    Ok(ctx.page("No signal", content).into_response())
}

pub(super) async fn keep() -> Answer {
    Ok(script(include_str!("keep.js")))
}

/// The worker: it may answer for the list of run sheets too, which lies above its own folder, and fetch from this site.
pub(super) async fn worker() -> Answer {
    let mut response = script(include_str!("worker.js"));
    let headers = response.headers_mut();
    headers.insert("service-worker-allowed", header::HeaderValue::from_static("/run-sheets"));
    let policy = header::HeaderValue::from_static("default-src 'none'; connect-src 'self'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn script(text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, text).into_response()
}
