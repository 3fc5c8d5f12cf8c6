//! The shell of every page: head, header, navigation, content, footer; and the policy of what a page may load.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::access::Operation;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use records::authorities::Authority;

use super::context::Context;

/// A page, made by [`Context::page`].
pub(crate) struct Page {
    ctx: Context,
    title: String,
    content: AnyView,
    status: StatusCode,
    islands: bool,
    script: Option<&'static str>,
    wide: bool,
    back: Option<String>,
    refresh: Option<u32>,
    authority: Option<Authority>,
}

impl Page {
    pub(crate) fn new(ctx: Context, title: String, content: AnyView) -> Self {
        Self {
            ctx,
            title,
            content,
            status: StatusCode::OK,
            islands: false,
            script: None,
            wide: false,
            back: None,
            refresh: None,
            authority: None,
        }
    }

    /// The page's status; 422 also marks the title, so that a screen reader hears it first.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The page has islands: it loads the WebAssembly, where that was built.
    pub(crate) fn with_islands(mut self) -> Self {
        self.islands = true;
        self
    }

    /// The page loads this script of ours, which may have a service worker and fetch nothing. Not for pages with islands.
    pub(crate) fn with_script(mut self, path: &'static str) -> Self {
        self.script = Some(path);
        self
    }

    /// The content spans the whole width: tables and maps.
    pub(crate) fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// A “Back” link above the content.
    pub(crate) fn back(mut self, path: impl Into<String>) -> Self {
        self.back = Some(path.into());
        self
    }

    /// Without JavaScript, the page asks again after so many seconds.
    pub(crate) fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// The page is headed by this council, though nobody is signed in.
    pub(crate) fn headed_by(mut self, authority: Option<Authority>) -> Self {
        self.authority = authority;
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let (status, islands) = (self.status, self.islands && self.ctx.site.assets.has_islands());
        let script = self.script.is_some();
        let cookie = self.ctx.drop_notice();
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let (html, nonce) = owner.with(|| {
            leptos::nonce::provide_nonce();
            (shell(self, islands).to_html(), leptos::nonce::use_nonce())
        });
        owner.cleanup();
        let mut response = (status, Html(format!("<!DOCTYPE html>{html}"))).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&policy(nonce.filter(|_| islands || script), islands)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(value) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
            headers.append(header::SET_COOKIE, value);
        }
        response
    }
}

/// What a page may load: its own style sheet and pictures; scripts only where there is an island, or one script that the
/// page names, by nonce.
fn policy(nonce: Option<leptos::nonce::Nonce>, islands: bool) -> String {
    let scripts = match nonce {
        Some(nonce) if !islands => format!("script-src 'nonce-{nonce}'; worker-src 'self'; connect-src 'none'"),
        Some(nonce) => format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src 'self'"),
        None => "script-src 'none'; connect-src 'none'".into(),
    };
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; {scripts}"
    )
}

fn shell(page: Page, islands: bool) -> impl IntoView {
    let Page { ctx, title, content, status, script, wide, back, refresh, authority, .. } = page;
    let authority = authority.or_else(|| ctx.authority().cloned());
    let council = authority.as_ref().map(|a| a.name.clone());
    let colour = authority.map(|a| format!("/colour/{}.css", a.colour.trim_start_matches('#')));
    // Who works for several councils, or is not signed in, sees none of their names.
    let product = council.is_some().then(|| view! { <span class="app-header__product">"Callboard"</span> });
    let heading = council.clone().unwrap_or_else(|| "Callboard".into());
    let asks_again = matches!(status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT);
    let prefix = if asks_again { "Error: " } else { "" };
    let full_title = format!("{prefix}{title} – {}", council.map_or("Callboard".into(), |c| format!("Callboard, {c}")));
    // As HTML of its own: Leptos ends a text with a comment, which in a title would be read out.
    let full_title = full_title.replace('&', "&amp;").replace('<', "&lt;");
    let notice = ctx.notice().map(str::to_owned);
    let main_class = if wide { "govuk-main-wrapper app-main--wide" } else { "govuk-main-wrapper" };
    view! {
        <html lang="en-GB" class="govuk-template">
            <head>
                <meta charset="utf-8"/>
                <title inner_html=full_title/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="robots" content="noindex"/>
                {refresh.map(|s| view! { <noscript><meta http-equiv="refresh" content=s.to_string()/></noscript> })}
                {ctx.site.assets.path("callboard.css").map(|href| view! { <link rel="stylesheet" href=href/> })}
                {colour.map(|href| view! { <link rel="stylesheet" href=href/> })}
                {ctx.site.assets.path("favicon.svg").map(|href| view! { <link rel="icon" href=href type="image/svg+xml"/> })}
                {islands.then(|| hydration(&ctx))}
                {script.map(|src| view! { <script src=src defer nonce=leptos::nonce::use_nonce()></script> })}
            </head>
            <body class="govuk-template__body">
                <a href="#main-content" class="govuk-skip-link">"Skip to main content"</a>
                {ctx.site.demo.then(demo_banner)}
                <header class="app-header">
                    <div class="govuk-width-container app-header__container">
                        <a class="app-header__link" href="/"><span class="app-header__council">{heading}</span>
                        {product}</a>
                        {account(&ctx)}
                    </div>
                </header>
                {navigation(&ctx)}
                <div class="govuk-width-container">
                    // Before the main part, which the skip link leads to, and in a landmark of its own.
                    {back.map(|href| view! { <nav aria-label="Back"><a href=href class="govuk-back-link">"Back"</a></nav> })}
                    <main class=main_class id="main-content" tabindex="-1">
                        {notice.map(|text| view! { <SuccessBanner text=text/> })}
                        {content}
                    </main>
                </div>
                <footer class="govuk-footer app-footer">
                    <div class="govuk-width-container">
                        <p class="govuk-body-s">"Callboard schedules prevention work in schools. It holds headcounts, never children’s names."</p>
                    </div>
                </footer>
            </body>
        </html>
    }
}

/// The script that loads the WebAssembly and wakes the islands.
fn hydration(ctx: &Context) -> impl IntoView + use<> {
    let name = ctx.site.assets.path("callboard.js").unwrap_or_default();
    let name = name.trim_start_matches("/assets/").trim_end_matches(".js").to_owned();
    let options = LeptosOptions::builder().output_name(name).site_pkg_dir("assets").build();
    view! { <HydrationScripts options=options islands=true/> }
}

fn demo_banner() -> impl IntoView {
    view! {
        <div class="app-demo-banner" role="region" aria-label="Demonstration">
            <p class="govuk-width-container govuk-body-s">
                <strong>"Demonstration."</strong>" Every school and person here is invented. "
                <a class="govuk-link" href="/demo">"Sign in as someone"</a>
            </p>
        </div>
    }
}

fn account(ctx: &Context) -> impl IntoView + use<> {
    ctx.visitor.sign_in().map(|sign_in| {
        let name = sign_in.name.clone();
        view! {
            <nav class="app-header__account" aria-label="Account">
                <a class="app-header__account-link" href="/account">{name}</a>
                <form method="post" action="/sign-out" novalidate>
                    <button class="app-header__sign-out" type="submit">"Sign out"</button>
                </form>
            </nav>
        }
    })
}

/// The way to each part of the site, for those who may go there.
const PARTS: &[(&str, &str, Operation)] = &[
    ("/", "Home", Operation::SeeHome),
    ("/coverage", "Coverage", Operation::SeeCoverage),
    ("/school-year", "Our year", Operation::SeeSchoolYear),
    ("/tours", "Tours", Operation::SeeTours),
    ("/plans", "Plans", Operation::PlanTours),
    ("/sessions", "Sessions", Operation::SeeSessions),
    ("/run-sheets", "Run sheets", Operation::SeeRunSheets),
    ("/results", "Feedback", Operation::SeeFeedback),
    ("/programmes", "Programmes", Operation::SeeProgrammes),
    ("/schools", "Schools", Operation::SeeSettings),
    ("/providers", "Providers", Operation::SeeProviders),
    ("/people", "People", Operation::SeePeople),
    ("/authority", "Authority", Operation::EditAuthority),
    ("/audit", "Audit", Operation::SeeAudit),
];

fn navigation(ctx: &Context) -> impl IntoView + use<> {
    let here = ctx.uri.path().to_owned();
    let actor = ctx.visitor.sign_in().and_then(|s| s.actor.clone())?;
    let links = PARTS
        .iter()
        .filter(|(path, _, operation)| {
            let ours = *path != "/school-year" || actor.role == domain::access::Role::School;
            ours && domain::access::permitted(actor.role, *operation)
        })
        .map(|(path, label, _)| {
            let active = if *path == "/" { here == "/" } else { here == *path || here.starts_with(&format!("{path}/")) };
            let class = if active {
                "govuk-service-navigation__item govuk-service-navigation__item--active"
            } else {
                "govuk-service-navigation__item"
            };
            let current = active.then_some("true");
            view! { <li class=class><a class="govuk-service-navigation__link" href=*path aria-current=current>{*label}</a></li> }
        })
        .collect_view();
    Some(view! {
        <div class="govuk-service-navigation">
            <div class="govuk-width-container">
                <nav aria-label="Parts of Callboard" class="govuk-service-navigation__wrapper">
                    <ul class="govuk-service-navigation__list">{links}</ul>
                </nav>
            </div>
        </div>
    })
}

#[component]
fn SuccessBanner(text: String) -> impl IntoView {
    view! {
        <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="notice-title">
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="notice-title">"Done"</h2>
            </div>
            <div class="govuk-notification-banner__content">
                <p class="govuk-notification-banner__heading">{text}</p>
            </div>
        </div>
    }
}
