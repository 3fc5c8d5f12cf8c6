//! Publishing asks on a page of its own, with everything that will happen.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{NaiveDate, TimeDelta};
use leptos::prelude::*;
use records::plans::{self, Ask, Broken, Preview};
use records::{Conflict, Error};
use uuid::Uuid;

use super::MAY;
use super::show::{broken, place_words};
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/plans/{id}/publish", MAY, ask).post("/plans/{id}/publish", MAY, publish)
}

async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let preview = plans::preview(ctx.desk(), ctx.actor()?, id).await?;
    let mut form = Form::of([("version", preview.ground.plan.version.to_string())]);
    form.put_date("until", proposed(&preview, ctx.desk().today()));
    Ok(page(&ctx, &preview, form).into_response())
}

/// A fortnight, or the day before the first session.
fn proposed(preview: &Preview, today: NaiveDate) -> NaiveDate {
    let fortnight = today + TimeDelta::days(14);
    let before = preview.first_day().and_then(|day| day.pred_opt());
    before.map_or(fortnight, |day| day.min(fortnight)).max(today + TimeDelta::days(1))
}

async fn publish(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    let until = form.date("until", "the last day to answer");
    let broken = if form.has("anyway", "yes") { Broken::Accepted } else { Broken::Refused };
    if let (Some(until), true) = (until, form.is_good()) {
        match once(plans::publish(&ctx.desk_for(&form), ctx.actor()?, id, version, until, broken).await) {
            Ok(_) => {
                let plan = plans::board(ctx.desk(), ctx.actor()?, id).await?;
                let offered = plan.asks.iter().filter(|a| a.outcome == Some(domain::plan::Outcome::Offered)).count();
                let gone = plan.asks.iter().filter(|a| a.outcome == Some(domain::plan::Outcome::Gone)).count();
                let count = |n| i64::try_from(n).unwrap_or(0);
                let left = if gone > 0 {
                    format!(". {} could not be, and stay in the plan", thousands(count(gone)))
                } else {
                    String::new()
                };
                let text = format!("Published: {} from this plan{left}", plural(count(offered), "offer", "offers"));
                return Ok(ctx.see_other_with(format!("/plans/{id}"), &text));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                form.refuse(
                    "",
                    "Somebody changed the plan meanwhile. Look at what publishing does now, then press again",
                );
            }
            Err(Error::Conflict(Conflict::Refused(why))) => form.refuse("", why),
            Err(other) => return Err(other.into()),
        }
    }
    let preview = plans::preview(ctx.desk(), ctx.actor()?, id).await?;
    form.replace("version", preview.ground.plan.version.to_string());
    Ok(page(&ctx, &preview, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(ctx: &Context, preview: &Preview, form: Form) -> Page {
    let plan = &preview.ground.plan;
    let here = format!("/plans/{}/publish", plan.id);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let something = !preview.offers.is_empty() || !preview.moves.is_empty();
    let unplaced = preview.ground.asks.iter().filter(|a| a.place.is_none()).count();
    let mut rows = vec![
        row(
            "Offers",
            format!(
                "{} to {}",
                plural(count(preview.sessions()), "session", "sessions"),
                plural(count(preview.schools()), "school", "schools")
            ),
        ),
        row("Booked visits that move", thousands(count(preview.moves.len()))),
        row("Released visits that stay", thousands(count(preview.stay))),
    ];
    if !preview.gone.is_empty() {
        rows.push(row("Can no longer be", thousands(count(preview.gone.len()))));
    }
    rows.push(row("Not placed", format!("{}: nothing happens to them", thousands(count(unplaced)))));
    let version = form.get("version").to_owned();
    let summary = form.clone();
    let breaks = preview.breaks();
    let ask = if something {
        view! {
            <PostForm form=form.clone() action=here>
                <Hidden name="version" value=version/>
                <DateInput form=form.clone() name="until" legend="Until when may schools answer?"
                    hint="Until six in the evening; at the latest the evening before the session"/>
                {breaks.then(|| view! {
                    <Checkboxes form=form.clone() name="anyway" legend="This plan breaks rules" hint="What it breaks stands above. Nobody checks it again after this." choices=vec![
                        choice("yes", "Publish it all the same"),
                    ]/>
                })}
                <Button text="Publish the plan"/>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p class="govuk-body">"There is nothing to publish: nothing is placed that is not offered already."</p> }.into_any()
    };
    let content = view! {
        <ErrorSummary form=summary/>
        <span class="govuk-caption-l">{plan.name.clone()}</span>
        <h1 class="govuk-heading-l">"Publish this plan?"</h1>
        <p class="govuk-body">"Each placement becomes an offer: its slot is held, and the school gets a mail, which it accepts or declines. A confirmed visit that moves is moved at once, and its school is told; an offer that moves is made anew."</p>
        <SummaryList rows=rows/>
        {gone(preview)}
        {broken(&preview.ground)}
        {moves(preview)}
        {ask}
        <p class="govuk-body"><a class="govuk-link" href=format!("/plans/{}/board", plan.id)>"Back to the board"</a></p>
    };
    ctx.page("Publish this plan?", content).back(format!("/plans/{}", plan.id))
}

fn gone(preview: &Preview) -> Option<impl IntoView + use<>> {
    (!preview.gone.is_empty()).then(|| {
        let rows = preview
            .gone
            .iter()
            .map(|(id, why)| {
                let name = preview.ground.ask(*id).map(Ask::name).unwrap_or_default();
                vec![name.into_any(), format!("{why}.").into_any()]
            })
            .collect();
        view! { <DataTable caption="These stay in the plan, without a place" heads=vec!["School", "Why"] rows=rows/> }
    })
}

fn moves(preview: &Preview) -> Option<impl IntoView + use<>> {
    (!preview.moves.is_empty()).then(|| {
        let ground = &preview.ground;
        let words = |place: &Option<plans::Place>| place.as_ref().map(|p| place_words(ground, p)).unwrap_or_default();
        let moving = preview.moves.iter().filter_map(|id| ground.ask(*id));
        let rows = moving
            .map(|a| vec![a.name().into_any(), words(&a.current).into_any(), words(&a.place).into_any()])
            .collect();
        view! { <DataTable caption="These move" heads=vec!["School", "From", "To"] rows=rows/> }
    })
}
