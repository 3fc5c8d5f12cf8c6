//! What pupils and staff answered: for a session, a tour and a programme; and the code that opens a session's
//! questionnaires.

use axum::extract::Path;
use axum::response::IntoResponse;
use domain::access::{Operation, permitted};
use domain::feedback::{Distribution, Question, Results};
use domain::programme::ProgrammeKind;
use fast_qr::QRBuilder;
use leptos::prelude::*;
use records::feedback::{self, Codes, Of, Summary};
use uuid::Uuid;

use super::paper_feedback::offer;
use crate::components::{DataTable, Empty, long_date, plural, short_date, thousands};
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/results", Who::May(Operation::SeeFeedback), list)
        .get("/programmes/{id}/results", Who::May(Operation::SeeFeedback), of_programme)
        .get("/tours/{id}/results", Who::May(Operation::SeeFeedback), of_tour)
        .get("/sessions/{id}/results", Who::May(Operation::SeeFeedback), of_session)
        .get("/sessions/{id}/feedback", Who::May(Operation::OpenFeedback), code)
}

async fn list(ctx: Context) -> Answer {
    let lines = feedback::list(ctx.desk(), ctx.actor()?).await?;
    let body = if lines.is_empty() {
        view! {
            <Empty text="No session has been delivered yet, so there is nothing to answer.">
                <p class="govuk-body">"Once attendance is recorded, a session has a code for pupils and one for staff."</p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = lines
            .into_iter()
            .map(|line| {
                vec![
                    view! { <a class="govuk-link" href=format!("/programmes/{}/results", line.id)>{line.name}</a> }
                        .into_any(),
                    thousands(line.sessions).into_any(),
                    thousands(line.pupils).into_any(),
                    thousands(line.staff).into_any(),
                ]
            })
            .collect();
        let heads = vec!["Programme", "Delivered sessions", "Pupils’ responses", "Staff’s responses"];
        view! { <DataTable caption="Programmes with delivered sessions" caption_hidden=true heads=heads numeric=vec![1, 2, 3] rows=rows/> }
            .into_any()
    };
    let content = view! { <h1 class="govuk-heading-l">"Feedback"</h1> {body} };
    Ok(ctx.page("Feedback", content).into_response())
}

async fn of_programme(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let summary = feedback::summary(ctx.desk(), ctx.actor()?, Of::Programme(id)).await?;
    Ok(summary_page(&ctx, &summary, format!("/programmes/{id}"), None))
}

async fn of_tour(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let summary = feedback::summary(ctx.desk(), ctx.actor()?, Of::Tour(id)).await?;
    let paper = offer(&ctx, &format!("/tours/{id}")).into_any();
    Ok(summary_page(&ctx, &summary, format!("/tours/{id}"), Some(paper)))
}

async fn of_session(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let summary = feedback::summary(ctx.desk(), ctx.actor()?, Of::Session(id)).await?;
    let paper = offer(&ctx, &format!("/sessions/{id}")).into_any();
    Ok(summary_page(&ctx, &summary, format!("/sessions/{id}"), Some(paper)))
}

fn summary_page(ctx: &Context, summary: &Summary, back: String, paper: Option<AnyView>) -> axum::response::Response {
    let title = format!("Feedback: {}", summary.title);
    let reached = format!(
        "{} delivered, {} counted there.",
        plural(summary.sessions, "session", "sessions"),
        plural(summary.attended, "pupil", "pupils")
    );
    let parts = summary.results.iter().map(|r| results(r, summary.kind, summary.attended)).collect_view();
    let content = view! {
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">{reached}</p>
        {parts}
        {paper}
    };
    ctx.page(title, content).wide().back(back).into_response()
}

fn results(results: &Results, kind: ProgrammeKind, attended: i64) -> impl IntoView + use<> {
    let heading = results.respondent.label();
    let pupils = results.respondent == domain::feedback::Respondent::Pupil;
    let rate = match (pupils, attended) {
        (true, 1..) => format!(" ({}% of the pupils counted)", results.responses * 100 / attended),
        _ => String::new(),
    };
    let body = if results.responses == 0 {
        view! { <p class="govuk-body">"Nobody has answered yet."</p> }.into_any()
    } else {
        results
            .questions
            .iter()
            .map(|(question, counts)| distribution(question, kind, *counts))
            .collect_view()
            .into_any()
    };
    view! {
        <h2 class="govuk-heading-m">{heading}</h2>
        <p class="govuk-body">{format!("{}{rate}.", plural(results.responses, "response", "responses"))}</p>
        {body}
    }
}

/// One question: a bar of three parts with its table below, so that nothing hangs on colour.
fn distribution(question: &Question, kind: ProgrammeKind, counts: Distribution) -> impl IntoView + use<> {
    let caption = question.asked(kind);
    let per_cent = counts.per_cent();
    let mut from = 0;
    // The best answer first, as it was asked.
    let order = [2_usize, 1, 0];
    let bars = order
        .iter()
        .map(|&place| {
            let (x, width) = (from, per_cent[place]);
            from += width;
            view! { <rect class=format!("app-answers__part app-answers__part--{place}") x=x.to_string() y="0" width=width.to_string() height="12"/> }
        })
        .collect_view();
    let rows = order
        .iter()
        .map(|&place| {
            vec![
                question.choices[place].into_any(),
                thousands(counts.0[place]).into_any(),
                format!("{}%", per_cent[place]).into_any(),
            ]
        })
        .collect();
    view! {
        <h3 class="govuk-heading-s">{caption.clone()}</h3>
        <svg class="app-answers" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">{bars}</svg>
        <DataTable caption=caption caption_hidden=true heads=vec!["Answer", "Responses", "Share"] numeric=vec![1, 2] rows=rows sideways=true/>
    }
}

/// The code and its picture, to be shown in a hall or printed.
async fn code(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let codes = feedback::codes(ctx.desk(), ctx.actor()?, id).await?;
    let may_see = permitted(ctx.actor()?.role, Operation::SeeFeedback);
    let body = match (&codes.feedback_code, &codes.staff_code) {
        (Some(pupils), Some(staff)) => opened(&ctx, &codes, pupils, staff).into_any(),
        _ => view! {
            <Empty text="The codes are made when the session is recorded as delivered.">
                <p class="govuk-body"><a class="govuk-link" href=format!("/sessions/{id}/attendance")>"Record attendance"</a></p>
            </Empty>
        }
        .into_any(),
    };
    let content = view! {
        <span class="govuk-caption-l">{format!("{}, {}", codes.venue, short_date(codes.on_date))}</span>
        <h1 class="govuk-heading-l">{format!("Feedback on {}", codes.programme)}</h1>
        {body}
        {offer(&ctx, &format!("/sessions/{id}"))}
        {may_see.then(|| view! {
            <p class="govuk-body app-no-print"><a class="govuk-link" href=format!("/sessions/{id}/results")>"See what was answered"</a></p>
        })}
    };
    Ok(ctx.page(format!("Feedback on {}", codes.programme), content).back(format!("/sessions/{id}")).into_response())
}

fn opened(ctx: &Context, codes: &Codes, pupils: &str, staff: &str) -> impl IntoView + use<> {
    let link = |code: &str| format!("{}/feedback?code={code}", ctx.site.public_url);
    let shown = |code: &str| code.parse::<domain::feedback::Code>().map_or(code.to_owned(), |c| c.to_string());
    let closes = codes.feedback_closes.map(|date| format!("Both close after {}.", long_date(date)));
    let most = domain::feedback::most_pupil_responses(codes.expected, codes.attended);
    view! {
        <h2 class="govuk-heading-m">"For pupils"</h2>
        <div class="app-code">
            {picture(&link(pupils))}
            <div>
                <p class="govuk-body app-break">"Point a camera at the picture, or go to "<strong>{format!("{}/feedback", ctx.site.public_url)}</strong>" and type:"</p>
                <p class="app-code__characters">{shown(pupils)}</p>
                <p class="govuk-body">{format!("It takes up to {}: as many as were there.", plural(most, "answer", "answers"))}</p>
            </div>
        </div>
        <h2 class="govuk-heading-m">"For staff"</h2>
        <p class="govuk-body app-break">"Send this link to the colleagues who were there: "<a class="govuk-link" href=link(staff)>{link(staff)}</a></p>
        <p class="govuk-body">{closes}</p>
    }
}

/// A QR picture of `link`: one dark square a module, with the quiet zone of four modules that ISO/IEC 18004 asks for.
fn picture(link: &str) -> Option<impl IntoView + use<>> {
    const QUIET: usize = 4;
    let code = QRBuilder::new(link).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size {
        for x in (0..code.size).filter(|&x| code[y][x].value()) {
            dark.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    let size = side.to_string();
    Some(view! {
        <svg class="app-code__picture" viewBox=format!("0 0 {size} {size}") role="img" aria-label="QR code that opens the pupils’ questionnaire"
            shape-rendering="crispEdges">
            <rect width=size.clone() height=size.clone() fill="#fff"/>
            <path d=dark fill="#000"/>
        </svg>
    })
}
