//! Where a person wanted to go before something came between: signing in, whose path travels in a cookie, through the
//! mail and back, or writing a record that a page lacked.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::context::{Context, cookie};
use super::form::Form;

/// The cookie that remembers the path.
const COOKIE: &str = "callboard_then";

/// Seconds it is remembered: as long as a code works, and a little.
const SECONDS: i64 = 900;

/// Bytes of a path that fit a cookie, each perhaps written as three.
const MOST_BYTES: usize = 1000;

/// `?then=/tours/…`
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Query {
    #[serde(default)]
    then: String,
}

impl Query {
    fn path(&self) -> Option<&str> {
        Some(self.then.as_str()).filter(|path| is_own(path) && path.len() <= MOST_BYTES)
    }
}

/// Whether `path` is one of this site's pages: never another site's, whatever a query says.
pub(super) fn is_own(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// Remembers the query's path, when it has one.
pub(crate) fn keep(ctx: &Context, query: &Query, response: &mut Response) {
    if let Some(path) = query.path() {
        let value = utf8_percent_encode(path, NON_ALPHANUMERIC).to_string();
        if let Ok(value) = HeaderValue::from_str(&ctx.cookie(COOKIE, &value, Some(SECONDS))) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// Where to go on: the query's path, the remembered one, or home.
pub(crate) fn path(headers: &HeaderMap, query: Option<&Query>) -> String {
    if let Some(path) = query.and_then(Query::path) {
        return path.to_owned();
    }
    let kept = cookie(headers, COOKIE).map(|value| percent_decode_str(&value).decode_utf8_lossy().into_owned());
    kept.filter(|path| is_own(path)).unwrap_or_else(|| "/".to_owned())
}

/// The `Set-Cookie` value that forgets it.
pub(crate) fn drop(ctx: &Context) -> String {
    ctx.cookie(COOKIE, "", Some(0))
}

/// The field and the query that hold the way back.
pub(crate) const THEN: &str = "then";

/// `?then=/histories/…&name=…`: a record that another page lacks, what it is called there, and the way back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Lacked {
    #[serde(default)]
    then: String,
    #[serde(default)]
    name: String,
}

impl Lacked {
    /// The address at which `page` writes what `then` lacks and calls `name`.
    pub(crate) fn address(page: &str, then: &str, name: &str) -> String {
        let coded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        format!("{page}?then={}&name={}", coded(then), coded(name))
    }

    /// Fills a form in with what is known of it.
    pub(crate) fn fill(&self, form: &mut Form) {
        form.put(THEN, self.then.clone());
        form.put("name", super::form::typed(self.name.trim()));
    }
}

/// The page of this site that a form leads back to, where it names one.
pub(crate) fn back(form: &Form) -> Option<String> {
    Some(form.get(THEN)).filter(|path| is_own(path)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_followed() {
        for path in ["/", "/tours/1?x=/y", "/sign-in"] {
            assert!(is_own(path), "{path}");
        }
        for path in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nset-cookie: x", "tours"] {
            assert!(!is_own(path), "{path}");
        }
    }

    #[test]
    fn a_form_leads_back_to_pages_of_our_own_alone() {
        assert_eq!(back(&Form::of([(THEN, "/histories/1/columns")])).as_deref(), Some("/histories/1/columns"));
        assert_eq!(back(&Form::of([(THEN, "//evil.example")])), None);
        assert_eq!(back(&Form::default()), None);
    }
}
