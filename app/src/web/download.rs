//! Files that people keep.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The content type of a workbook.
pub(crate) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A file to be kept under `name`, by nobody on the way.
pub(crate) fn download(name: &str, content_type: &'static str, body: Vec<u8>) -> Response {
    // No folder's separator, nor what some systems take in no name.
    let unfit = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let name: String = name.chars().map(|c| if unfit(c) { '-' } else { c }).collect();
    // Old browsers read the first name, all others the second (RFC 6266).
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-".contains(c) { c } else { '-' }).collect();
    let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, body).into_response()
}
