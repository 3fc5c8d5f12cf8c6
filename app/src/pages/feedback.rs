//! Answering a questionnaire: a code, then one question a page. No cookie, no account, nothing kept of who answers:
//! the answers given so far travel in the form itself.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::feedback::{Code, Question, Questionnaire, Respondent};
use leptos::prelude::*;
use records::Error;
use records::feedback::{self, Opened};
use serde::Deserialize;

use crate::components::{Button, ErrorSummary, Hidden, PostForm, TextInput};
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/feedback", Who::Anyone, enter).post("/feedback", Who::Anyone, answer).get(
        "/feedback/thanks",
        Who::Anyone,
        thanks,
    )
}

#[derive(Deserialize)]
struct Asked {
    // In the query, not in the path: logs hold paths.
    code: Option<String>,
}

/// The page where a code is typed; with a code in the query, as the QR picture has it, what it opens.
async fn enter(ctx: Context, Query(asked): Query<Asked>) -> Answer {
    let Some(typed) = asked.code else { return Ok(enter_page(&ctx, Form::default()).into_response()) };
    let mut form = Form::of([("code", typed)]);
    match open(&ctx, &mut form).await? {
        Some(opened) => Ok(welcome(&ctx, &opened).into_response()),
        None => Ok(enter_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()),
    }
}

async fn open(ctx: &Context, form: &mut Form) -> Result<Option<Opened>, crate::web::answer::Problem> {
    let Some(code) = form.read::<Code>("code", "Enter the code you were given") else { return Ok(None) };
    match feedback::open(ctx.desk(), &code).await {
        Ok(opened) => Ok(Some(opened)),
        Err(Error::Invalid(errors)) => {
            form.refuse_all(errors);
            Ok(None)
        }
        Err(other) => Err(other.into()),
    }
}

fn enter_page(ctx: &Context, form: Form) -> Page {
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Answer a questionnaire"</h1>
        <p class="govuk-body">"Your answers have no name on them. Nobody can tell who gave them."</p>
        <form method="get" action="/feedback" novalidate>
            <TextInput form=form.clone() name="code" label="Your code" width="width-10" autocomplete="off"
                hint="Six letters and digits, like K7M 4PX"/>
            <Button text="Continue"/>
        </form>
    };
    ctx.page("Answer a questionnaire", content)
}

fn welcome(ctx: &Context, opened: &Opened) -> Page {
    let pupil = opened.respondent == Respondent::Pupil;
    let words = match pupil {
        true => "There are four questions. There are no wrong answers, and nobody will know which answers are yours.",
        false => "Four questions about how it went for your pupils. Your answers have no name on them.",
    };
    let form = Form::of([("code", opened.code.as_str())]);
    let code = opened.code.as_str().to_owned();
    let content = view! {
        <h1 class="govuk-heading-xl">{opened.programme.clone()}</h1>
        <p class="govuk-body-l">{words}</p>
        <PostForm form=form action="/feedback">
            <Hidden name="code" value=code/>
            <Hidden name="shown" value="start"/>
            <Button text="Start"/>
        </PostForm>
        {pupil.then(|| view! {
            <p class="govuk-body">"If something worries you, talk to an adult you trust at school, or call Childline on "
                <a class="govuk-link" href="tel:08001111">"0800 1111"</a>"."</p>
        })}
    };
    ctx.page(opened.programme.clone(), content).headed_by(Some(opened.authority.clone()))
}

/// Takes the answer to the question that was shown and shows the next; keeps them all after the last.
async fn answer(ctx: Context, mut form: Form) -> Answer {
    let Some(opened) = open(&ctx, &mut form).await? else {
        return Ok(enter_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    let questions = Questionnaire::after(opened.respondent).questions;
    let shown = questions.iter().position(|q| q.id == form.get("shown"));
    let next = match (shown, form.get("go")) {
        (None, _) => 0,
        (Some(here), "back") => here.saturating_sub(1),
        (Some(here), _) if given(&form, questions[here].id).is_none() => {
            form.refuse(questions[here].id, "Choose one of the three answers");
            return Ok(question_page(&ctx, &opened, here, form)
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response());
        }
        (Some(here), _) => here + 1,
    };
    if next < questions.len() {
        return Ok(question_page(&ctx, &opened, next, form).into_response());
    }
    match Questionnaire::after(opened.respondent).read(|question| given(&form, question)) {
        Err(gap) => {
            let here = questions.iter().position(|q| q.id == gap.question).unwrap_or_default();
            form.refuse(gap.question, gap.to_string());
            Ok(question_page(&ctx, &opened, here, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Ok(answers) => match feedback::respond(ctx.desk(), form.idempotency_key(), &opened.code, &answers).await {
            Ok(()) => Ok(ctx.see_other(format!("/feedback/thanks?from={}", opened.respondent.as_str()))),
            Err(Error::Invalid(errors)) => {
                form.refuse_all(errors);
                Ok(enter_page(&ctx, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
            }
            Err(other) => Err(other.into()),
        },
    }
}

/// What was chosen: the last of that name, since an answer changed after going back stands behind the carried one.
fn given(form: &Form, question: &str) -> Option<String> {
    form.all(question).last().filter(|choice| matches!(*choice, "0" | "1" | "2")).map(str::to_owned)
}

fn question_page(ctx: &Context, opened: &Opened, here: usize, form: Form) -> Page {
    let questions = Questionnaire::after(opened.respondent).questions;
    let question = questions[here];
    let carried: Vec<_> = questions
        .iter()
        .filter(|q| q.id != question.id)
        .filter_map(|q| given(&form, q.id).map(|value| view! { <Hidden name=q.id value=value/> }))
        .collect();
    let steps = format!("Question {} of {}", here + 1, questions.len());
    let last = here + 1 == questions.len();
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let code = opened.code.as_str().to_owned();
    let choices = choices(opened, &question, &form);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <p class="app-steps">{steps}</p>
        <PostForm form=form.clone() action="/feedback">
            <Hidden name="code" value=code/>
            <Hidden name="shown" value=question.id/>
            {carried}
            {choices}
            <div class="govuk-button-group">
                <Button text=if last { "Send my answers" } else { "Next" }/>
                {(here > 0).then(|| view! { <Button text="Back" variant="secondary" name="go" value="back"/> })}
            </div>
        </PostForm>
    };
    ctx.page(question.asked(opened.kind), content).status(status).headed_by(Some(opened.authority.clone()))
}

fn choices(opened: &Opened, question: &Question, form: &Form) -> impl IntoView + use<> {
    let chosen = given(form, question.id);
    let error = form.error(question.id).map(str::to_owned);
    let id = question.id;
    let described = error.is_some().then(|| format!("{id}-error"));
    let faces = opened.respondent == Respondent::Pupil;
    // The best answer first, as people read.
    let items = question
        .choices
        .iter()
        .enumerate()
        .rev()
        .map(|(place, word)| {
            // The first shown has the question's own id, so that the error summary's link lands on it.
            let input_id = if place == 2 { id.to_owned() } else { format!("{id}-{place}") };
            let checked = chosen.as_deref() == Some(place.to_string().as_str());
            view! {
                <div class="app-face">
                    <input class="app-face__input" type="radio" id=input_id.clone() name=id value=place.to_string() checked=checked/>
                    <label class="app-face__label" for=input_id>
                        {faces.then(|| face(place))}
                        <span class="app-face__word">{*word}</span>
                    </label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="govuk-fieldset" aria-describedby=described>
            <legend class="app-question"><h1 class="app-question__heading">{question.asked(opened.kind)}</h1></legend>
            {error.map(|text| view! {
                <p id=format!("{id}-error") class="govuk-error-message"><span class="govuk-visually-hidden">"Error: "</span>{text}</p>
            })}
            <div class="app-faces">{items}</div>
        </fieldset>
    }
}

/// A face: sad, plain or glad.
fn face(place: usize) -> impl IntoView {
    let mouth = match place {
        0 => "M20 46 Q32 34 44 46",
        1 => "M20 43 H44",
        _ => "M19 39 Q32 53 45 39",
    };
    view! {
        <svg class="app-face__picture" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
            <circle class="app-face__head" cx="32" cy="32" r="29"/>
            <circle class="app-face__eye" cx="23" cy="26" r="4"/>
            <circle class="app-face__eye" cx="41" cy="26" r="4"/>
            <path class="app-face__mouth" d=mouth/>
        </svg>
    }
}

#[derive(Deserialize)]
struct Thanked {
    #[serde(default)]
    from: String,
}

async fn thanks(ctx: Context, Query(thanked): Query<Thanked>) -> Response {
    // Pupils are told whom to turn to; so is whoever comes here by another way.
    let pupil = thanked.from.parse() != Ok(Respondent::Staff);
    let content = view! {
        <div class="govuk-panel govuk-panel--confirmation"><h1 class="govuk-panel__title">"Thank you"</h1></div>
        <p class="govuk-body">"Your answers have been kept, without your name. You can close this page."</p>
        {pupil.then(|| view! {
            <p class="govuk-body">"If anything in it worried you, talk to an adult you trust at school, or call Childline on "
                <a class="govuk-link" href="tel:08001111">"0800 1111"</a>". It is free, and does not show on the bill."</p>
        })}
        <p class="govuk-body"><a class="govuk-link" href="/feedback">"Somebody else answers on this device"</a></p>
    };
    ctx.page("Thank you", content).into_response()
}
