//! Who is asking, and where: what every handler begins with.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::access::Actor;
use leptos::prelude::*;
use percent_encoding::percent_decode_str;
use records::Desk;
use records::authorities::Authority;
use records::sign_ins::SignedIn;

use super::answer::{Problem, redirect};
use super::form::Form;
use super::page::Page;
use super::site::Site;

/// The cookie that holds a sign-in's token.
pub(crate) const SIGN_IN_COOKIE: &str = "callboard";

/// The cookie that carries a sentence over a redirect.
const NOTICE_COOKIE: &str = "callboard_notice";

/// Who is asking: looked up once a request, before the route's guard.
#[derive(Clone, Default)]
pub(crate) struct Visitor {
    sign_in: Option<Arc<SignedIn>>,
    authority: Option<Arc<Authority>>,
}

impl Visitor {
    pub(crate) fn sign_in(&self) -> Option<&SignedIn> {
        self.sign_in.as_deref()
    }
}

/// Looks up the sign-in of a request's cookie.
pub(crate) async fn recognise(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    // NUL stands in nobody's address, and PostgreSQL takes it in no text.
    if request.uri().path_and_query().is_some_and(|asked| asked.as_str().contains("%00")) {
        return Problem::Bad(StatusCode::BAD_REQUEST, "This address cannot be read. Check how it is written.".into())
            .into_response();
    }
    let visitor = match cookie(request.headers(), SIGN_IN_COOKIE) {
        None => Ok(Visitor::default()),
        Some(token) => look_up(&site, &token).await,
    };
    match visitor {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

async fn look_up(site: &Site, token: &str) -> records::Result<Visitor> {
    let Some(sign_in) = records::sign_ins::recognise(&site.desk, token).await? else { return Ok(Visitor::default()) };
    let authority = match &sign_in.actor {
        Some(actor) => records::authorities::of_actor(&site.desk, actor).await?,
        None => None,
    };
    Ok(Visitor { sign_in: Some(sign_in.into()), authority: authority.map(Into::into) })
}

/// A request, as handlers see it.
#[derive(Clone)]
pub(crate) struct Context {
    /// What every request shares.
    pub site: Site,
    /// Who is asking.
    pub visitor: Visitor,
    /// The path and query asked for.
    pub uri: axum::http::Uri,
    /// The address on the internet the request came from, for limits on tries.
    pub client: Arc<str>,
    notice: Option<String>,
}

/// The client's address as a proxy in front of this server states it; the server puts it into a request's extensions.
#[derive(Debug, Clone)]
pub struct Client(pub Arc<str>);

fn client(parts: &Parts) -> Arc<str> {
    let stated = parts.extensions.get::<Client>().map(|c| c.0.clone());
    let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string().into());
    stated.or_else(peer).unwrap_or_else(|| "unknown".into())
}

impl FromRequestParts<Site> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let notice = match parts.method {
            Method::GET => cookie(&parts.headers, NOTICE_COOKIE),
            _ => None,
        };
        Ok(Self {
            site: site.clone(),
            visitor: parts.extensions.get::<Visitor>().cloned().unwrap_or_default(),
            uri: parts.uri.clone(),
            client: client(parts),
            notice: notice.map(|n| percent_decode_str(&n).decode_utf8_lossy().into_owned()),
        })
    }
}

impl Context {
    /// Where operations are done.
    pub(crate) fn desk(&self) -> &Desk {
        &self.site.desk
    }

    /// The desk for the work of `form`: done once, however often the form is sent.
    pub(crate) fn desk_for(&self, form: &Form) -> Desk {
        self.site.desk.for_form(form.idempotency_key())
    }

    /// The signed-in person's actor.
    ///
    /// # Errors
    /// Nobody is signed in, or no role is chosen: the route's guard has turned them away already.
    pub(crate) fn actor(&self) -> Result<&Actor, Problem> {
        let sign_in = self.visitor.sign_in().ok_or(Problem::SignInFirst)?;
        sign_in.actor.as_ref().ok_or(Problem::ChooseRole)
    }

    /// The council whose name heads the page.
    pub(crate) fn authority(&self) -> Option<&Authority> {
        self.visitor.authority.as_deref()
    }

    /// The sentence the request before left, such as "Booking confirmed".
    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// A page of this title.
    pub(crate) fn page(&self, title: impl Into<String>, content: impl IntoView + 'static) -> Page {
        Page::new(self.clone(), title.into(), content.into_any())
    }

    /// Goes on to `path` (303).
    pub(crate) fn see_other(&self, path: impl AsRef<str>) -> Response {
        redirect(path.as_ref(), Vec::new())
    }

    /// Goes on to `path`, which begins with `notice` in a green banner.
    pub(crate) fn see_other_with(&self, path: impl AsRef<str>, notice: &str) -> Response {
        let value = percent_encoding::utf8_percent_encode(notice, percent_encoding::NON_ALPHANUMERIC);
        redirect(path.as_ref(), vec![self.cookie(NOTICE_COOKIE, &value.to_string(), Some(60))])
    }

    /// A `Set-Cookie` value: for this site only, unreadable to scripts, never sent along from other sites' forms.
    /// `seconds`: none lasts as long as the browser is open, 0 drops the cookie.
    pub(crate) fn cookie(&self, name: &str, value: &str, seconds: Option<i64>) -> String {
        let age = seconds.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        let secure = if self.site.is_secure() { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
    }

    pub(crate) fn drop_notice(&self) -> Option<String> {
        self.notice.as_ref().map(|_| self.cookie(NOTICE_COOKIE, "", Some(0)))
    }
}

/// “Firefox on Android”: the browser of a request, for the list of sign-ins.
pub(crate) fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    domain::access::device(agent.unwrap_or_default())
}

/// The value of a request's cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}
