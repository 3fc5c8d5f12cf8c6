//! A council's colour as a style sheet: the content security policy allows no inline style.

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;

use crate::web::answer::{Answer, Problem};
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/colour/{file}", Who::Anyone, colour)
}

async fn colour(Path(file): Path<String>) -> Answer {
    let hex = file.strip_suffix(".css").ok_or(Problem::NotFound)?;
    if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Problem::NotFound);
    }
    let headers = [(header::CONTENT_TYPE, "text/css"), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, format!(":root{{--authority-colour:#{hex}}}\n")).into_response())
}
