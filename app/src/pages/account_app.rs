//! The authenticator app: set up, confirmed, removed.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::Error;
use records::authenticator::{self, Enrolment};

use crate::components::{Button, ErrorSummary, PostForm, TextInput};
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

const EDIT: Who = Who::May(Operation::EditOwnAccount);

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/account/app", EDIT, show)
        .post("/account/app", EDIT, begin)
        .get("/account/app/confirm", EDIT, confirm_page)
        .post("/account/app/confirm", EDIT, confirm)
        .get("/account/app/remove", EDIT, remove_page)
        .post("/account/app/remove", EDIT, remove)
}

async fn show(ctx: Context) -> Answer {
    if authenticator::has_app(ctx.desk(), ctx.actor()?).await? {
        let content = view! {
            <h1 class="govuk-heading-l">"Authenticator app"</h1>
            <p class="govuk-body">"An app on your phone is asked for a code each time you sign in. A stolen mailbox alone does not let anybody in as you."</p>
            <p class="govuk-body">"For a new phone, remove the app here and set it up again."</p>
            <a href="/account/app/remove" role="button" draggable="false" class="govuk-button govuk-button--secondary">"Remove the app"</a>
        };
        return Ok(ctx.page("Authenticator app", content).back("/account").into_response());
    }
    if !ctx.actor()?.role.is_privileged() {
        return Err(Problem::Forbidden);
    }
    let content = view! {
        <h1 class="govuk-heading-l">"Set up an authenticator app"</h1>
        <p class="govuk-body">"Your role sees or changes a whole authority. With an authenticator app, signing in takes the code from your mail and a second one from your phone, so that a stolen mailbox alone does not let anybody in as you."</p>
        <p class="govuk-body">"Any such app will do: the one your council uses for other services, or a free one from your phone’s shop. Have your phone at hand."</p>
        <PostForm form=Form::default() action="/account/app"><Button text="Set it up"/></PostForm>
    };
    Ok(ctx.page("Set up an authenticator app", content).back("/account").into_response())
}

async fn begin(ctx: Context, form: Form) -> Answer {
    match authenticator::begin(&ctx.desk_for(&form), ctx.actor()?).await {
        Ok(()) | Err(Error::Repeated(_)) => Ok(ctx.see_other("/account/app/confirm")),
        Err(other) => Err(other.into()),
    }
}

async fn confirm_page(ctx: Context) -> Answer {
    let enrolment = authenticator::enrolment(ctx.desk(), ctx.actor()?).await?;
    Ok(enrol(&ctx, Form::default(), &enrolment)?.into_response())
}

fn enrol(ctx: &Context, form: Form, enrolment: &Enrolment) -> Result<crate::web::page::Page, Problem> {
    use fast_qr::convert::{Builder, svg::SvgBuilder};
    let code = fast_qr::QRBuilder::new(enrolment.url.as_str())
        .build()
        .map_err(|e| Problem::from(Error::unavailable(format!("the QR picture: {e:?}"))))?;
    let picture = SvgBuilder::default().margin(4).to_str(&code);
    let key = enrolment.key.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Set up an authenticator app"</h1>
        <ol class="govuk-list govuk-list--number govuk-list--spaced">
            <li>"In the app on your phone, choose to add an account, and scan this picture."
                <div class="app-qr app-qr--small" role="img" aria-label="QR picture for the authenticator app; the key below it does the same" inner_html=picture></div>
                <details class="govuk-details">
                    <summary class="govuk-details__summary"><span class="govuk-details__summary-text">"You cannot scan it"</span></summary>
                    <div class="govuk-details__text">"Type this key into the app instead: "<strong class="app-break">{key}</strong></div>
                </details>
            </li>
            <li>"The app now shows six digits, new ones every 30 seconds. Type them here, to be sure that it works."</li>
        </ol>
        <PostForm form=form.clone() action="/account/app/confirm">
            <TextInput form=form name="code" label="Code from the app" width="width-10" autocomplete="one-time-code" inputmode="numeric"/>
            <p class="govuk-body">"From then on the app is asked at every sign-in, and you are signed out everywhere else."</p>
            <Button text="Confirm"/>
        </PostForm>
    };
    Ok(ctx.page("Set up an authenticator app", content).back("/account/app"))
}

async fn confirm(ctx: Context, mut form: Form) -> Answer {
    let sign_in = ctx.visitor.sign_in().ok_or(Problem::SignInFirst)?;
    if let Some(code) = form.required("code", "Enter the code the app shows") {
        match authenticator::confirm(ctx.desk(), ctx.actor()?, sign_in, &code).await {
            Ok(()) => return Ok(ctx.see_other_with("/account", "Your authenticator app is set up")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    let enrolment = authenticator::enrolment(ctx.desk(), ctx.actor()?).await?;
    Ok(enrol(&ctx, form, &enrolment)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn remove_page(ctx: Context) -> Answer {
    if !authenticator::has_app(ctx.desk(), ctx.actor()?).await? {
        return Err(Problem::NotFound);
    }
    Ok(removal(&ctx, Form::default()).into_response())
}

fn removal(ctx: &Context, form: Form) -> crate::web::page::Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Remove the authenticator app?"</h1>
        <p class="govuk-body">"From then on, whoever can read your mail can sign in as you. A code from the app shows that it is you who asks."</p>
        <PostForm form=form.clone() action="/account/app/remove">
            <TextInput form=form name="code" label="Code from the app" width="width-10" autocomplete="one-time-code" inputmode="numeric"/>
            <div class="govuk-button-group"><Button text="Remove the app" variant="warning"/><a class="govuk-link" href="/account">"Keep it"</a></div>
        </PostForm>
    };
    ctx.page("Remove the authenticator app", content).back("/account/app")
}

async fn remove(ctx: Context, mut form: Form) -> Answer {
    if let Some(code) = form.required("code", "Enter the code the app shows") {
        match authenticator::remove(ctx.desk(), ctx.actor()?, &code).await {
            Ok(()) => return Ok(ctx.see_other_with("/account", "The authenticator app is removed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(removal(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}
