//! One of what a plan places: where it stands, and where else it could. Each change shows what it breaks and costs before
//! it is made.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use leptos::prelude::*;
use records::plans::{self, Action, Ask, Effect, Ground};
use records::{Conflict, Error};
use serde::Serialize;
use uuid::Uuid;

use super::MAY;
use super::show::place_words;
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::Routes;

/// Places a list offers at most.
const MOST_PLACES: usize = 400;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/plans/{id}/placements/{placement}", MAY, show)
        .post("/plans/{id}/placements/{placement}", MAY, change)
        .post("/plans/{id}/placements/{placement}/pin", MAY, pin)
        .get("/plans/{id}/placements/{placement}/effect", MAY, effect)
}

/// `team.2026-12-01.2`: a place as forms and the board have it.
pub(super) fn place_value(team: Uuid, on: chrono::NaiveDate, slot: i64) -> String {
    format!("{team}.{on}.{slot}")
}

/// What a form or a query asks for: `to`, `with` or `off`.
fn action(form: &Form) -> Option<Action> {
    if form.get("off") == "yes" {
        return Some(Action::Off);
    }
    if let Ok(with) = form.get("with").parse() {
        return Some(Action::Swap { with });
    }
    let mut parts = form.get("to").split('.');
    let (team, on, slot) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Action::To { team: team.parse().ok()?, on: on.parse().ok()?, slot: slot.parse().ok()? })
}

async fn find(ctx: &Context, plan: Uuid, id: Uuid) -> Result<(Ground, Ask), Problem> {
    let ground = plans::board(ctx.desk(), ctx.actor()?, plan).await?;
    let ask = ground.ask(id).cloned().ok_or(Problem::NotFound)?;
    Ok((ground, ask))
}

async fn show(
    ctx: Context,
    Path((plan, id)): Path<(Uuid, Uuid)>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let (ground, ask) = find(&ctx, plan, id).await?;
    Ok(page(&ctx, &ground, &ask, Form::of(pairs)).into_response())
}

/// What the board asks for while something is moved.
#[derive(Serialize)]
struct Told {
    possible: bool,
    breaks: bool,
    words: String,
    place: String,
}

async fn effect(
    ctx: Context,
    Path((plan, id)): Path<(Uuid, Uuid)>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let (ground, _) = find(&ctx, plan, id).await?;
    let Some(action) = action(&Form::of(pairs)) else {
        return Err(Problem::Bad(StatusCode::BAD_REQUEST, "Say where to".into()));
    };
    let effect = plans::effect(&ground, id, action);
    let told = Told {
        possible: effect.refused.is_none(),
        breaks: !effect.breaks.is_empty(),
        words: effect.words(),
        place: effect.place,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(told)).into_response())
}

async fn change(ctx: Context, Path((plan, id)): Path<(Uuid, Uuid)>, mut form: Form) -> Answer {
    let (ground, ask) = find(&ctx, plan, id).await?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    let Some(action) = action(&form) else {
        form.refuse("to", "Choose where to");
        return Ok(page(&ctx, &ground, &ask, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    match once(plans::apply(&ctx.desk_for(&form), ctx.actor()?, plan, id, version, action).await) {
        Ok(_) => {
            let text = match action {
                Action::Off => format!("{} has no place any more", ask.name()),
                Action::Swap { .. } => "The two have changed places, and are pinned".to_owned(),
                Action::To { .. } => format!("{} moved, and pinned there", ask.name()),
            };
            Ok(ctx.see_other_with(format!("/plans/{plan}/board#at-{id}"), &text))
        }
        Err(Error::Conflict(conflict)) => {
            // As it stands now: what was chosen stays chosen, and a second press means it.
            let (ground, ask) = find(&ctx, plan, id).await?;
            form.refuse(
                "to",
                match conflict {
                    Conflict::Stale => {
                        let who = ground.plan.changed_by.clone().unwrap_or_else(|| "Somebody".to_owned());
                        let now = ask.place.as_ref().map_or_else(
                            || "it has no place now".to_owned(),
                            |p| format!("it is on {} now", place_words(&ground, p)),
                        );
                        format!(
                            "{who} changed this meanwhile: {now}. Look at what your change does now, and press again"
                        )
                    }
                    other => other.to_string(),
                },
            );
            Ok(page(&ctx, &ground, &ask, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn pin(ctx: Context, Path((plan, id)): Path<(Uuid, Uuid)>, form: Form) -> Answer {
    let version = form.get("version").parse().unwrap_or(0);
    let pinned = form.get("pinned") == "yes";
    let to = format!("/plans/{plan}/placements/{id}");
    match once(plans::set_pinned(&ctx.desk_for(&form), ctx.actor()?, plan, id, version, pinned).await) {
        Ok(_) => Ok(ctx.see_other_with(to, if pinned { "Pinned: planning again leaves it there" } else { "Unpinned" })),
        Err(Error::Conflict(Conflict::Stale)) => {
            Ok(ctx.see_other_with(to, "Nothing was changed: somebody moved it meanwhile. This is where it is now"))
        }
        Err(other) => Err(other.into()),
    }
}

fn page(ctx: &Context, ground: &Ground, ask: &Ask, form: Form) -> Page {
    let plan = ground.plan.id;
    let title = ask.name();
    let may = ground.plan.state.is_open() && ask.is_loose();
    let proposed = action(&form).map(|action| proposal(ground, ask, &form, action));
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{ground.plan.name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {proposed}
        {facts(ground, ask)}
        {(!may).then(|| view! {
            <p class="govuk-body">"It is booked or offered, or the plan is published: it is changed on its session’s page."</p>
        })}
        {may.then(|| changes(ground, ask, &form))}
        <p class="govuk-body"><a class="govuk-link" href=format!("/plans/{plan}/board#at-{}", ask.id)>"See it on the board"</a></p>
    };
    ctx.page(title, content).back(format!("/plans/{plan}/board"))
}

fn facts(ground: &Ground, ask: &Ask) -> impl IntoView + use<> {
    let place = ask.place.as_ref().map_or_else(|| "Not placed".to_owned(), |p| place_words(ground, p));
    let mut rows = vec![
        row("Where", place),
        row("Tour", ground.tours.get(&ask.tour).map(|t| t.name.clone()).unwrap_or_default()),
        row("Sessions", format!("{}, {} expected", ask.sessions, thousands(ask.expected()))),
        row("When in the day", ask.part_of_day.label()),
        row("Worth", thousands(ask.value)),
    ];
    let dates = |days: &std::collections::BTreeSet<chrono::NaiveDate>| {
        days.iter().map(|d| short_date(*d)).collect::<Vec<_>>().join(", ")
    };
    if !ask.preferred.is_empty() {
        rows.push(row("Preferred days", dates(&ask.preferred)));
    }
    if !ask.impossible.is_empty() {
        rows.push(row("Not possible", dates(&ask.impossible)));
    }
    if ask.current.is_some() && ask.current != ask.place {
        let was = ask.current.as_ref().map(|p| place_words(ground, p)).unwrap_or_default();
        rows.push(row("Booked for", was));
    }
    let broken: Vec<String> =
        ground.broken().into_iter().filter(|(id, _)| *id == ask.id).map(|(_, why)| format!("{why}.")).collect();
    if !broken.is_empty() {
        rows.push(row("It breaks", broken.join(" ")));
    }
    if ask.place.is_some() && ask.is_loose() {
        rows.push(row("Pinned", if ask.pinned { "Yes: planning again leaves it there" } else { "No" }));
    }
    if ask.place.is_none() && !ask.reasons.is_empty() {
        rows.push(row("Why it has no place", ask.reasons.join(" ")));
    }
    view! { <SummaryList rows=rows/> }
}

/// What a change would do, and the button that does it.
fn proposal(ground: &Ground, ask: &Ask, form: &Form, action: Action) -> AnyView {
    let effect = plans::effect(ground, ask.id, action);
    let heading = match action {
        Action::Off => "Take it off?".to_owned(),
        Action::Swap { with } => {
            format!("Swap it with {}?", ground.ask(with).map(Ask::name).unwrap_or_else(|| "another".to_owned()))
        }
        Action::To { .. } if effect.place.is_empty() => "Place it there?".to_owned(),
        Action::To { .. } => format!("To {}?", effect.place),
    };
    let sure = effect.refused.is_none().then(|| {
        let text = match action {
            Action::Off => "Take it off",
            Action::Swap { .. } => "Swap the two",
            Action::To { .. } => "Place it there",
        };
        let sent = ["to", "with", "off"]
            .into_iter()
            .filter(|field| !form.get(field).is_empty())
            .map(|field| view! { <Hidden name=field value=form.get(field).to_owned()/> })
            .collect_view();
        let version = ask.version.to_string();
        let warns = if effect.breaks.is_empty() { None } else { Some("warning") };
        let button = match warns {
            Some(variant) => view! { <Button text=format!("{text} all the same") variant=variant/> }.into_any(),
            None => view! { <Button text=text/> }.into_any(),
        };
        view! {
            <PostForm form=Form::default() action=format!("/plans/{}/placements/{}", ground.plan.id, ask.id)>
                <Hidden name="version" value=version/>
                {sent}
                {button}
            </PostForm>
        }
    });
    view! {
        <section class="govuk-inset-text" aria-labelledby="proposal">
            <h2 class="govuk-heading-m" id="proposal">{heading}</h2>
            {told(&effect)}
            {sure}
        </section>
    }
    .into_any()
}

fn told(effect: &Effect) -> AnyView {
    if let Some(why) = &effect.refused {
        return view! { <Warning text=format!("Not possible: {why}.")/> }.into_any();
    }
    let breaks = if effect.breaks.is_empty() {
        view! { <p class="govuk-body">"It breaks nothing."</p> }.into_any()
    } else {
        let lines = effect.breaks.iter().map(|b| view! { <li>{format!("{b}.")}</li> }).collect_view();
        view! { <Warning text="It breaks what was agreed:"/><ul class="govuk-list govuk-list--bullet">{lines}</ul> }
            .into_any()
    };
    view! { {breaks}<p class="govuk-body">{effect.costs()}</p> }.into_any()
}

fn changes(ground: &Ground, ask: &Ask, form: &Form) -> impl IntoView + use<> {
    let here = format!("/plans/{}/placements/{}", ground.plan.id, ask.id);
    let targets = plans::targets(ground, ask);
    let all = targets.len();
    let mut places: Vec<Choice> = vec![choice("", "Choose a day")];
    places.extend(targets.iter().take(MOST_PLACES).map(|p| {
        choice(place_value(p.team, p.on, p.slots.first().copied().unwrap_or_default()), place_words(ground, p))
    }));
    let more = (all > MOST_PLACES).then(|| {
        view! { <p class="govuk-body">{format!("Of {} places the first {MOST_PLACES} are listed. The board shows them all.", thousands(i64::try_from(all).unwrap_or(0)))}</p> }
    });
    let verb = if ask.place.is_some() { "Move it to" } else { "Place it at" };
    let to = (all > 0).then(|| {
        view! {
            <form method="get" action=here.clone() novalidate>
                <Select form=form.clone() name="to" label=verb choices=places/>
                {more}
                <Button text="See what it does" variant="secondary"/>
            </form>
        }
    });
    let none = (all == 0).then(
        || view! { <p class="govuk-body">"No slot is free that holds all of it. Take something off, or swap."</p> },
    );
    let swap = ask.place.is_some().then(|| {
        let others: Vec<&Ask> =
            ground.asks.iter().filter(|o| o.id != ask.id && o.is_loose() && !o.pinned && o.place.is_some()).collect();
        (!others.is_empty()).then(|| {
            let mut choices = vec![choice("", "Choose a school")];
            choices.extend(others.iter().filter_map(|o| {
                let place = place_words(ground, o.place.as_ref()?);
                Some(choice(o.id, format!("{}, {place}", o.name())))
            }));
            view! {
                <form method="get" action=here.clone() novalidate>
                    <Select form=form.clone() name="with" label="Swap it with" choices=choices/>
                    <Button text="See what the swap does" variant="secondary"/>
                </form>
            }
        })
    });
    let stands = ask.place.is_some().then(|| {
        let (value, text) = if ask.pinned { ("no", "Unpin it") } else { ("yes", "Pin it there") };
        let version = ask.version.to_string();
        view! {
            <PostForm form=Form::default() action=format!("{here}/pin")>
                <Hidden name="version" value=version/>
                <Hidden name="pinned" value=value/>
                <Button text=text variant="secondary"/>
            </PostForm>
            <p class="govuk-body"><a class="govuk-link" href=format!("{here}?off=yes")>"Take it off"</a></p>
        }
    });
    view! {
        <h2 class="govuk-heading-m">"Change it"</h2>
        {to}{none}{swap}{stands}
    }
}
