//! What a handler answers: a page, a redirect, or a problem that becomes a page.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use records::{Conflict, Error};

use super::context::Context;
use super::site::Site;
use crate::pages::problem;

/// What a handler returns.
pub(crate) type Answer = Result<Response, Problem>;

/// Why a request was not done; the outermost layer makes the page of it.
#[derive(Debug, Clone)]
pub(crate) enum Problem {
    /// Nobody is signed in.
    SignInFirst,
    /// Signed in, but no role chosen.
    ChooseRole,
    NotFound,
    Forbidden,
    /// The sentence says what has changed and what to do.
    Conflict(String),
    /// The request itself is wrong: too large, broken, from elsewhere.
    Bad(StatusCode, String),
    Unavailable,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Forbidden(_) => Self::Forbidden,
            Error::Conflict(Conflict::Stale) => Self::Conflict(
                "Somebody else changed this while you were editing. Open it again to see what it says now.".into(),
            ),
            Error::Conflict(conflict) => Self::Conflict(format!("{conflict}.")),
            Error::Invalid(errors) => {
                let sentences: Vec<_> = errors.into_iter().map(|e| e.message).collect();
                Self::Bad(StatusCode::UNPROCESSABLE_ENTITY, sentences.join(". "))
            }
            Error::Repeated(_) => Self::Conflict("This form was sent before, and its work is done.".into()),
            Error::Unavailable(cause) => {
                let mut chain = cause.to_string();
                let mut source = std::error::Error::source(&*cause);
                while let Some(next) = source {
                    chain = format!("{chain}: {next}");
                    source = next.source();
                }
                tracing::error!(cause = chain, "an operation failed");
                Self::Unavailable
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::SignInFirst | Self::ChooseRole => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Bad(status, _) => *status,
            Self::Unavailable => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Makes a page of a [`Problem`], and of a bare error status from the layers below (no route, body too large).
pub(crate) async fn explain(State(site): State<Site>, request: Request, next: Next) -> Response {
    use axum::extract::FromRequestParts;
    let (mut parts, body) = request.into_parts();
    let Ok(ctx) = Context::from_request_parts(&mut parts, &site).await;
    let asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if response.headers().contains_key(header::CONTENT_TYPE) && !is_plain(&response) => return response,
        None => match response.status() {
            StatusCode::NOT_FOUND => Problem::NotFound,
            StatusCode::INTERNAL_SERVER_ERROR => Problem::Unavailable,
            // Nothing but an address was sent.
            StatusCode::BAD_REQUEST if asked.method == Method::GET => Problem::Bad(
                StatusCode::BAD_REQUEST,
                "Something in the address could not be read. If you typed it, check it. If you followed a link, it may be broken.".into(),
            ),
            status if status.is_client_error() => Problem::Bad(status, plain_words(status).into()),
            _ => return response,
        },
    };
    match problem {
        Problem::SignInFirst => ctx.see_other(format!("/sign-in?then={}", then(&asked))),
        Problem::ChooseRole => ctx.see_other(format!("/choose-role?then={}", then(&asked))),
        problem => problem::page(&ctx, problem, asked.uri.path()),
    }
}

fn is_plain(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/plain"))
        && (response.status().is_client_error() || response.status().is_server_error())
}

const fn plain_words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take what was sent to it.",
        StatusCode::PAYLOAD_TOO_LARGE => "What you sent is too long. Go back and shorten it: nothing was stored.",
        StatusCode::REQUEST_TIMEOUT => "This took too long and was stopped. Nothing was changed.",
        StatusCode::FORBIDDEN => {
            "This form was sent from another site, so it was not accepted. Open the page here and send it again."
        }
        _ => "Something in what was sent could not be read. Go back and try again.",
    }
}

/// Where to go on after signing in: the page asked for, when it was asked for to be read.
fn then(asked: &axum::http::request::Parts) -> String {
    let path = match asked.method {
        Method::GET => asked.uri.path_and_query().map_or("/", |p| p.as_str()),
        _ => "/",
    };
    percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A 303 to a path of this site.
pub(crate) fn redirect(path: &str, cookies: Vec<String>) -> Response {
    // Only paths of our own: never another site's, whatever a query says.
    let own = super::then::is_own(path);
    let location = HeaderValue::from_str(if own { path } else { "/" }).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    set_cookies(&mut response, cookies);
    response
}

/// Adds `Set-Cookie` lines to a response.
pub(crate) fn set_cookies(response: &mut Response, cookies: Vec<String>) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// The same response, with which the browser drops what it keeps of this site: run sheets to read without a signal. For
/// whenever another person may sit there from now on.
pub(crate) fn forget_copies(mut response: Response) -> Response {
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    response
}

/// What an operation did: now, or when the same form was sent before.
pub(crate) fn once<T: std::str::FromStr>(result: records::Result<T>) -> records::Result<T> {
    match result {
        Err(Error::Repeated(id)) => id.parse().map_err(|_| Error::Repeated(id)),
        other => other,
    }
}
