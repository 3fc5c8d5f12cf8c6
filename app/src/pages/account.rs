//! One's own account: name, role, sign-ins.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::{Error, authenticator, digests, people, sign_ins};
use uuid::Uuid;

use crate::components::{
    Button, ButtonLink, DataTable, ErrorSummary, PostForm, Radios, Row, SummaryList, Tag, TextInput, choice,
    choice_with_hint, date_time, plural, row,
};
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

const SEE: Who = Who::May(Operation::SeeOwnSignIns);
const EDIT: Who = Who::May(Operation::EditOwnAccount);

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/account", SEE, show)
        .get("/account/name", EDIT, name)
        .post("/account/name", EDIT, rename)
        .get("/account/mails", EDIT, mails)
        .post("/account/mails", EDIT, set_mails)
        .get("/account/sign-ins/{id}/end", SEE, end_page)
        .post("/account/sign-ins/{id}/end", SEE, end)
        .get("/account/sign-ins/end-others", SEE, end_others_page)
        .post("/account/sign-ins/end-others", SEE, end_others)
}

async fn show(ctx: Context) -> Answer {
    let (actor, sign_in) = (ctx.actor()?, ctx.visitor.sign_in().ok_or(Problem::SignInFirst)?);
    let (email, name) = people::own(ctx.desk(), actor).await?;
    let grants = sign_ins::choices(ctx.desk(), sign_in).await?;
    let has_app = authenticator::has_app(ctx.desk(), actor).await?;
    let list = sign_ins::list(ctx.desk(), actor).await?;
    let daily = digests::chosen(ctx.desk(), actor).await?;
    let role = grants
        .iter()
        .find(|g| Some(g.id) == actor.grant)
        .map(|g| format!("{}, {}", g.role.label(), g.scope_name))
        .unwrap_or_default();
    let switch = (grants.len() > 1).then(|| ("/choose-role".to_owned(), "role".to_owned()));
    let mut rows = vec![
        Row { key: "Name".into(), value: name.into_any(), change: Some(("/account/name".into(), "name".into())) },
        row("Email address", view! { <span class="app-break">{email}</span> }),
        Row { key: "Role".into(), value: role.into_any(), change: switch },
        Row {
            key: "Mails".into(),
            value: mails_words(daily).into_any(),
            change: Some(("/account/mails".into(), "how mails come".into())),
        },
    ];
    if actor.role.is_privileged() || has_app {
        let state = if has_app { "Asked each time you sign in" } else { "Not set up" };
        let change = Some(("/account/app".to_owned(), "authenticator app".to_owned()));
        rows.push(Row { key: "Authenticator app".into(), value: state.into_any(), change });
    }
    let several = list.len() > 1;
    let limits = ctx.desk().sign_in_limits();
    let limits = format!(
        "A sign-in ends by itself after {} without use, and after {} in any case.",
        plural(limits.idle.num_minutes(), "minute", "minutes"),
        plural(limits.most.num_hours(), "hour", "hours"),
    );
    let lines = list.into_iter().map(|line| sign_in_row(line, sign_in.id)).collect();
    let content = view! {
        <h1 class="govuk-heading-l">"Your account"</h1>
        <SummaryList rows=rows/>
        <h2 class="govuk-heading-m">"Where you are signed in"</h2>
        <p class="govuk-body">{limits}" End one that you do not know, and tell your council’s administrator."</p>
        <DataTable caption="Where you are signed in" caption_hidden=true heads=vec!["Device", "Since", "Last used", "End"] rows=lines/>
        {several.then(|| view! { <ButtonLink href="/account/sign-ins/end-others" text="Sign out everywhere else" secondary=true/> })}
    };
    Ok(ctx.page("Your account", content).into_response())
}

fn sign_in_row(line: sign_ins::Line, this: Uuid) -> Vec<AnyView> {
    let end = if line.id == this {
        view! { <Tag text="This one" colour="green"/> }.into_any()
    } else {
        let href = format!("/account/sign-ins/{}/end", line.id);
        view! { <a class="govuk-link" href=href>"End"<span class="govuk-visually-hidden">" the sign-in of "{line.device.clone()}</span></a> }.into_any()
    };
    vec![line.device.into_any(), date_time(line.created_at).into_any(), date_time(line.last_seen_at).into_any(), end]
}

const fn mails_words(daily: bool) -> &'static str {
    if daily { "One a day, at 7am" } else { "Each by itself, at once" }
}

async fn mails(ctx: Context) -> Answer {
    let daily = digests::chosen(ctx.desk(), ctx.actor()?).await?;
    let form = Form::of([("mails", if daily { "daily" } else { "each" })]);
    Ok(mails_page(&ctx, form).into_response())
}

fn mails_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let choices = vec![
        choice("each", mails_words(false)),
        choice_with_hint(
            "daily",
            mails_words(true),
            "What is pressing does not wait: codes to sign in, and news of the next two days",
        ),
    ];
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"How mails come to you"</h1>
        <PostForm form=form.clone() action="/account/mails">
            <Radios form=form name="mails" legend="Mails about visits" choices=choices/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("How mails come to you", content).back("/account")
}

async fn set_mails(ctx: Context, mut form: Form) -> Answer {
    let daily = match form.get("mails") {
        "daily" => true,
        "each" => false,
        _ => {
            form.refuse("mails", "Choose how mails come to you");
            return Ok(mails_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    match digests::choose(&ctx.desk_for(&form), ctx.actor()?, daily).await {
        Ok(_) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/account", "Changed how mails come to you")),
        Err(other) => Err(other.into()),
    }
}

async fn name(ctx: Context) -> Answer {
    let (_, name) = people::own(ctx.desk(), ctx.actor()?).await?;
    Ok(name_page(&ctx, Form::of([("name", name)])).into_response())
}

fn name_page(ctx: &Context, form: Form) -> crate::web::page::Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Change your name"</h1>
        <PostForm form=form.clone() action="/account/name">
            <TextInput form=form name="name" label="Your name" autocomplete="name"
                hint="As schools, providers and the council know you"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Change your name", content).back("/account")
}

async fn rename(ctx: Context, mut form: Form) -> Answer {
    if let Some(name) = form.required("name", "Enter your name") {
        match people::rename(&ctx.desk_for(&form), ctx.actor()?, &name).await {
            Ok(()) | Err(Error::Repeated(_)) => return Ok(ctx.see_other_with("/account", "Name changed")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(name_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn end_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let list = sign_ins::list(ctx.desk(), ctx.actor()?).await?;
    let line = list.into_iter().find(|line| line.id == id).ok_or(Problem::NotFound)?;
    let since = format!("{}, signed in since {}", line.device, date_time(line.created_at));
    let content = view! {
        <h1 class="govuk-heading-l">"End this sign-in?"</h1>
        <p class="govuk-body">{since}</p>
        <p class="govuk-body">"Whoever uses it must sign in again. What was typed there and not sent is lost."</p>
        <PostForm form=Form::default() action=format!("/account/sign-ins/{id}/end")>
            <div class="govuk-button-group"><Button text="End it" variant="warning"/><a class="govuk-link" href="/account">"Keep it"</a></div>
        </PostForm>
    };
    Ok(ctx.page("End a sign-in", content).back("/account").into_response())
}

async fn end(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    match sign_ins::end_one(&ctx.desk_for(&form), ctx.actor()?, id).await {
        Ok(()) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/account", "Sign-in ended")),
        Err(other) => Err(other.into()),
    }
}

async fn end_others_page(ctx: Context) -> Answer {
    let content = view! {
        <h1 class="govuk-heading-l">"Sign out everywhere else?"</h1>
        <p class="govuk-body">"You stay signed in here. Every other browser must sign in again; what was typed there and not sent is lost."</p>
        <PostForm form=Form::default() action="/account/sign-ins/end-others">
            <div class="govuk-button-group"><Button text="Sign out everywhere else" variant="warning"/><a class="govuk-link" href="/account">"Cancel"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Sign out everywhere else", content).back("/account").into_response())
}

async fn end_others(ctx: Context, form: Form) -> Answer {
    let sign_in = ctx.visitor.sign_in().ok_or(Problem::SignInFirst)?;
    match sign_ins::end_others(&ctx.desk_for(&form), ctx.actor()?, sign_in).await {
        Ok(_) | Err(Error::Repeated(_)) => Ok(ctx.see_other_with("/account", "You are signed out everywhere else")),
        Err(other) => Err(other.into()),
    }
}
