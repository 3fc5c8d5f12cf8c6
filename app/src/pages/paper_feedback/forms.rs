//! The questionnaires as forms to be printed: one for pupils, one for staff, each on a sheet of its own.

use axum::extract::Path;
use axum::response::IntoResponse;
use domain::feedback::{Question, Questionnaire, Respondent};
use domain::programme::ProgrammeKind;
use leptos::prelude::*;
use records::feedback::{self, Form, Of};
use uuid::Uuid;

use crate::components::long_date;
use crate::web::answer::Answer;
use crate::web::context::Context;

pub(super) async fn of_session(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    page(&ctx, Of::Session(id), format!("/sessions/{id}/feedback")).await
}

pub(super) async fn of_tour(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    page(&ctx, Of::Tour(id), format!("/tours/{id}")).await
}

async fn page(ctx: &Context, of: Of, back: String) -> Answer {
    let form = feedback::form_of(ctx.desk(), ctx.actor()?, of).await?;
    let forms = Respondent::ALL.iter().map(|r| paper(*r, &form)).collect_view();
    let content = view! {
        <div class="app-no-print">
            <h1 class="govuk-heading-l">"Feedback forms to print"</h1>
            <p class="govuk-body">"Print this page: the form for pupils comes on one sheet, the one for staff on the next. Copy as many as you need. Nothing on a form tells which pupil’s it is."</p>
        </div>
        {forms}
    };
    Ok(ctx.page("Feedback forms to print", content).back(back).into_response())
}

fn paper(respondent: Respondent, form: &Form) -> impl IntoView + use<> {
    let pupil = respondent == Respondent::Pupil;
    let words = match pupil {
        true => {
            "Tick one box for each question. There are no wrong answers. Do not write your name: nobody will know which answers are yours."
        }
        false => "Tick one box for each question. Do not write your name, nor a pupil’s.",
    };
    let questions = Questionnaire::after(respondent).questions.iter().map(|q| question(q, form.kind)).collect_view();
    view! {
        <section class="app-paper-form">
            <h2 class="govuk-heading-m">{format!("{}: {}", form.programme, respondent.label().to_lowercase())}</h2>
            {session_of(form)}
            <p class="govuk-body">{words}</p>
            <ol class="app-paper-form__questions">{questions}</ol>
            {pupil.then(|| view! {
                <p class="govuk-body">"If anything in it worried you, talk to an adult you trust at school, or call Childline on 0800 1111. It is free, and does not show on the bill."</p>
            })}
        </section>
    }
}

/// Which session a form is of, so that piles from several can be told apart; a line for it where it is not known yet.
fn session_of(form: &Form) -> impl IntoView + use<> {
    match &form.session {
        Some((on, slot, venue)) => {
            view! { <p class="govuk-body">{format!("{venue}, {}, {slot}", long_date(*on))}</p> }.into_any()
        }
        None => view! {
            <p class="govuk-body app-paper-form__line">"School and day of the session (for a teacher to fill in):"</p>
        }
        .into_any(),
    }
}

/// The best answer first, as pages ask.
fn question(question: &Question, kind: ProgrammeKind) -> impl IntoView + use<> {
    let choices = question
        .choices
        .iter()
        .rev()
        .map(|word| view! { <li class="app-paper-form__choice"><span class="app-paper-form__box" aria-hidden="true"></span>{*word}</li> })
        .collect_view();
    view! {
        <li class="app-paper-form__question">
            <p class="govuk-body">{question.asked(kind)}</p>
            <ul class="app-paper-form__choices">{choices}</ul>
        </li>
    }
}
