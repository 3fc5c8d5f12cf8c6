//! Coverage as files: the figures of the page.

use axum::Json;
use axum::extract::Query;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::coverage::Figures;
use records::Error;

use super::Asked;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;

async fn figures(ctx: &Context, pairs: Vec<(String, String)>) -> Result<Figures, Problem> {
    let covered = Asked::of(pairs).covered(ctx).await?;
    Ok(covered.coverage.figures(&covered.programme.name, covered.year))
}

/// `coverage-2026-rows-2026-11-24.csv`: a name that is safe whatever the programme is called.
fn csv(figures: &Figures, what: &str, text: std::io::Result<String>) -> Answer {
    let text = text.map_err(|e| Problem::from(Error::unavailable(e)))?;
    let name = format!("attachment; filename=\"coverage-{}-{what}-{}.csv\"", figures.year.first(), figures.as_of);
    Ok(no_store(
        ([(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, name.as_str())], text).into_response(),
    ))
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    response
}

pub(super) async fn rows(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let figures = figures(&ctx, pairs).await?;
    csv(&figures, "rows", report::coverage::rows(&figures))
}

pub(super) async fn gaps(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let figures = figures(&ctx, pairs).await?;
    csv(&figures, "gaps", report::coverage::gaps(&figures))
}

pub(super) async fn json(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let figures = figures(&ctx, pairs).await?;
    Ok(no_store(Json(figures).into_response()))
}
