//! Signing in: an address, a code by mail, and for some the authenticator app's code; and signing out.

use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::contact::EmailAddress;
use leptos::prelude::*;
use records::authenticator::{self, Passed};
use records::sign_in_codes::{self, Asked, Entered, MINUTES, Next};
use records::sign_ins;
use serde::Deserialize;

use crate::components::{Button, ErrorSummary, PostForm, TextInput};
use crate::web::answer::{Answer, forget_copies, redirect};
use crate::web::context::{Context, SIGN_IN_COOKIE, cookie, device};
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};
use crate::web::then;

/// The cookie that binds a code to the browser that asked for it.
const BROWSER_COOKIE: &str = "callboard_browser";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in", Who::Anyone, ask_page)
        .post("/sign-in", Who::Anyone, ask)
        .get("/sign-in/code", Who::Anyone, code)
        .post("/sign-in/code", Who::Anyone, enter)
        .get("/sign-in/app", Who::Anyone, app)
        .post("/sign-in/app", Who::Anyone, pass)
        .post("/sign-out", Who::Anyone, sign_out)
}

async fn ask_page(ctx: Context, headers: HeaderMap, Query(query): Query<then::Query>) -> Answer {
    if ctx.visitor.sign_in().is_some() {
        return Ok(redirect(&then::path(&headers, Some(&query)), vec![then::drop(&ctx)]));
    }
    let mut response = address_page(&ctx, Form::default()).into_response();
    then::keep(&ctx, &query, &mut response);
    Ok(response)
}

fn address_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let demo = ctx.site.demo.then(|| {
        view! { <p class="govuk-body">"Or, in this demonstration, "<a class="govuk-link" href="/demo">"sign in as someone with one press"</a>"."</p> }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Sign in"</h1>
        <p class="govuk-body">"There is no password. We send a code to your email address, and you type it here."</p>
        <PostForm form=form.clone() action="/sign-in">
            <TextInput form=form name="email" label="Email address" kind="email" autocomplete="email"
                hint="The one your council or school gave to Callboard for you"/>
            <Button text="Send me a code"/>
        </PostForm>
        {demo}
    };
    ctx.page("Sign in", content)
}

async fn ask(ctx: Context, mut form: Form) -> Answer {
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(address) = form.read::<EmailAddress>("email", "Enter your email address") {
        match sign_in_codes::ask(ctx.desk(), &address, &ctx.client).await? {
            Asked::OnItsWay { browser } => {
                let cookies = vec![ctx.cookie(BROWSER_COOKIE, &browser, Some(MINUTES * 60))];
                return Ok(redirect("/sign-in/code", cookies));
            }
            Asked::TooOften => {
                status = StatusCode::TOO_MANY_REQUESTS;
                form.refuse("email", "Too many codes were asked for. Wait 15 minutes, then ask again");
            }
        }
    }
    Ok(address_page(&ctx, form).status(status).into_response())
}

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    code: String,
}

/// The mail's link leads here and fills in the code. It does nothing until a person presses the button: mail
/// scanners open links.
async fn code(ctx: Context, headers: HeaderMap, Query(filled): Query<Filled>) -> Answer {
    if cookie(&headers, BROWSER_COOKIE).is_none() {
        return Ok(elsewhere_page(&ctx, StatusCode::OK));
    }
    let form = Form::of([("code", filled.code)]);
    Ok(code_page(&ctx, form).into_response())
}

fn code_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let filled = !form.get("code").is_empty() && form.is_good();
    let words = if filled {
        "The code from your mail is filled in. Press the button to sign in."
    } else {
        "If the address you typed is known to Callboard, a code is on its way to it. It can take a minute or two."
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Type the code from your mail"</h1>
        <p class="govuk-body">{words}</p>
        <PostForm form=form.clone() action="/sign-in/code">
            <TextInput form=form name="code" label="Code" hint="Eight digits, such as 2417 0935" width="width-10"
                autocomplete="one-time-code" inputmode="numeric"/>
            <Button text="Sign in"/>
        </PostForm>
        <details class="govuk-details">
            <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"No mail has come"</span></summary>
            <div class="govuk-details__text">
                <ul class="govuk-list govuk-list--bullet">
                    <li>"Look in the folder for junk mail."</li>
                    <li>"Check with whoever invited you which of your addresses they used."</li>
                    <li><a class="govuk-link" href="/sign-in">"Ask for a new code"</a>", and check how the address is spelled."</li>
                </ul>
            </div>
        </details>
    };
    ctx.page("Type the code from your mail", content).back("/sign-in")
}

/// No code was asked for in this browser, or the one that was works no longer.
fn elsewhere_page(ctx: &Context, status: StatusCode) -> Response {
    let content = view! {
        <h1 class="govuk-heading-l">"Ask for a new code"</h1>
        <p class="govuk-body">{format!("There is no code that works in this browser. A code works once, for {MINUTES} minutes, in the browser where you asked for it, and can be mistyped five times.")}</p>
        <p class="govuk-body">"If the link in your mail opened another browser than the one where you asked, go back to that one and type the code there."</p>
        <a href="/sign-in" role="button" draggable="false" class="govuk-button">"Ask for a new code"</a>
    };
    ctx.page("Ask for a new code", content).status(status).into_response()
}

async fn enter(ctx: Context, headers: HeaderMap, mut form: Form) -> Answer {
    let Some(browser) = cookie(&headers, BROWSER_COOKIE) else {
        return Ok(elsewhere_page(&ctx, StatusCode::CONFLICT));
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(code) = form.required("code", "Enter the code from your mail") {
        match sign_in_codes::enter(ctx.desk(), &browser, &code, &ctx.client, &device(&headers)).await? {
            Entered::SignedIn { token, next } => {
                let cookies = vec![ctx.cookie(SIGN_IN_COOKIE, &token, None), ctx.cookie(BROWSER_COOKIE, "", Some(0))];
                return Ok(go_on(&ctx, &headers, next, cookies));
            }
            Entered::Wrong { left } => {
                let tries = crate::components::plural(left, "more try", "more tries");
                form.refuse("code", format!("This is not the code we sent. Check it in the mail: you have {tries}"));
            }
            Entered::AskAgain => return Ok(elsewhere_page(&ctx, StatusCode::CONFLICT)),
            Entered::TooOften => {
                status = StatusCode::TOO_MANY_REQUESTS;
                form.refuse("code", "Too many wrong codes were typed. Wait an hour, then ask for a new one");
            }
        }
    }
    Ok(code_page(&ctx, form).status(status).into_response())
}

fn go_on(ctx: &Context, headers: &HeaderMap, next: Next, mut cookies: Vec<String>) -> Response {
    let path = match next {
        Next::App => "/sign-in/app".to_owned(),
        Next::ChooseRole => "/choose-role".to_owned(),
        Next::Done => {
            cookies.push(then::drop(ctx));
            then::path(headers, None)
        }
    };
    forget_copies(redirect(&path, cookies))
}

async fn app(ctx: Context, headers: HeaderMap) -> Answer {
    let waits = match cookie(&headers, SIGN_IN_COOKIE) {
        Some(token) => sign_ins::waits_for_app(ctx.desk(), &token).await?,
        None => false,
    };
    if !waits {
        return Ok(redirect("/sign-in", Vec::new()));
    }
    Ok(app_page(&ctx, Form::default()).into_response())
}

fn app_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Type the code from your authenticator app"</h1>
        <p class="govuk-body">"Open the app on your phone and find Callboard in it."</p>
        <PostForm form=form.clone() action="/sign-in/app">
            <TextInput form=form name="code" label="Code" hint="Six digits; the app shows a new one every 30 seconds" width="width-10"
                autocomplete="one-time-code" inputmode="numeric"/>
            <Button text="Go on"/>
        </PostForm>
        <p class="govuk-body">"Lost your phone? Whoever runs Callboard at your council can take the app off your account."</p>
    };
    ctx.page("Type the code from your authenticator app", content).back("/sign-in")
}

async fn pass(ctx: Context, headers: HeaderMap, mut form: Form) -> Answer {
    let Some(token) = cookie(&headers, SIGN_IN_COOKIE) else { return Ok(redirect("/sign-in", Vec::new())) };
    if let Some(code) = form.required("code", "Enter the code from your authenticator app") {
        match authenticator::pass(ctx.desk(), &token, &code).await? {
            Passed::SignedIn(next) => return Ok(go_on(&ctx, &headers, next, Vec::new())),
            Passed::AskAgain => return Ok(redirect("/sign-in", Vec::new())),
            Passed::Wrong => form.refuse(
                "code",
                "This code does not work. Wait for the app’s next one and type that: each code works once. After ten wrong ones you must wait 15 minutes",
            ),
        }
    }
    Ok(app_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn sign_out(ctx: Context, headers: HeaderMap) -> Answer {
    if let Some(token) = cookie(&headers, SIGN_IN_COOKIE) {
        sign_ins::end(ctx.desk(), &token).await?;
    }
    let mut response = ctx.see_other_with("/sign-in", "You have signed out");
    crate::web::answer::set_cookies(&mut response, vec![ctx.cookie(SIGN_IN_COOKIE, "", Some(0))]);
    Ok(forget_copies(response))
}
