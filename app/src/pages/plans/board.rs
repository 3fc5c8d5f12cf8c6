//! The board: days across, teams down, and the same as a list. With a script, sessions are dragged on it or moved from
//! the keyboard; without one each leads to its own page, where it is moved by a form.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::slot::Slot;
use leptos::prelude::*;
use records::plans::{self, Ask, Ground};
use serde::Serialize;
use uuid::Uuid;

use super::placement::place_value;
use super::show::{broken, folded, place_words};
use super::{MAY, hours, map};
use crate::components::*;
use crate::islands::PlanningBoard;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/plans/{id}/board", MAY, show).get("/plans/{id}/version", MAY, version)
}

/// What an open board asks for again and again.
#[derive(Serialize)]
struct Version {
    version: i64,
    by: String,
}

async fn version(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let plan = plans::get(ctx.desk(), ctx.actor()?, id).await?;
    let by = plan.changed_by.unwrap_or_else(|| "Somebody".to_owned());
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Version { version: plan.version, by })).into_response())
}

async fn show(ctx: Context, Path(id): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let ground = plans::board(ctx.desk(), ctx.actor()?, id).await?;
    let asked = Form::of(pairs);
    let day = map::day_of(&ground, &asked);
    let outlines = match day {
        Some(_) => plans::outlines(ctx.desk(), ctx.actor()?, id).await?,
        None => Vec::new(),
    };
    let plan = &ground.plan;
    let f = plans::figures(&ground);
    let open = plan.state.is_open();
    let summary = format!(
        "{} of {} placed, {} of {} special schools and alternative provision, {} on the road, score {}.",
        f.placed,
        f.asks,
        f.special,
        f.special_asks,
        hours(f.minutes),
        thousands(f.score)
    );
    let loose = ground.asks.iter().any(|a| a.is_loose() && a.place.is_some());
    let (waits, rows) = (waiting(&ground), table(&ground));
    let content = view! {
        <span class="govuk-caption-l">{plan.name.clone()}</span>
        <h1 class="govuk-heading-l">"Planning board"</h1>
        <p class="govuk-body">{summary}</p>
        {(open && loose).then(|| view! { <div class="app-actions"><ButtonLink href=format!("/plans/{id}/publish") text="Publish"/></div> })}
        <PlanningBoard plan=id.to_string() version=plan.version open=open/>
        {waits}
        {rows}
        {broken(&ground)}
        {day.map(|(team, on)| map::section(&ground, team, on, &outlines))}
        {list(&ground)}
    };
    Ok(ctx.page("Planning board", content).wide().with_islands().back(format!("/plans/{id}")).into_response())
}

/// What has no place yet.
fn waiting(ground: &Ground) -> Option<impl IntoView + use<>> {
    let left: Vec<&Ask> = ground.asks.iter().filter(|a| a.place.is_none()).collect();
    (!left.is_empty()).then(|| {
        let tiles = left.iter().map(|a| view! { <li>{tile(ground, a, false)}</li> }).collect_view();
        view! {
            <h2 class="govuk-heading-m">"Not placed"</h2>
            {folded(left.len(), view! { <ul class="govuk-list app-board__waiting">{tiles}</ul> })}
        }
    })
}

/// A school on the board: a link to its own page; with a script it can also be taken up.
fn tile(ground: &Ground, ask: &Ask, breaks: bool) -> AnyView {
    let id = ask.id;
    let loose = ask.is_loose() && ground.plan.state.is_open();
    let class = match (loose, breaks) {
        (false, _) => "app-board__tile app-board__tile--fixed",
        (true, true) => "app-board__tile app-board__tile--breaks",
        (true, false) => "app-board__tile",
    };
    let state = match ask.booked.filter(|_| !loose) {
        Some(state) => format!(" ({})", state.label().to_lowercase()),
        None if ask.pinned => " (pinned)".to_owned(),
        None if breaks => " (breaks a rule)".to_owned(),
        None => String::new(),
    };
    let name = ask.name();
    let text = format!("{name}{state}");
    view! {
        <a class=class id=format!("at-{id}") href=format!("/plans/{}/placements/{id}", ground.plan.id)
            data-placement=loose.then(|| id.to_string()) data-version=loose.then(|| ask.version.to_string())
            data-name=name data-placed=ask.place.is_some().then_some("yes")>{text}</a>
    }
    .into_any()
}

fn table(ground: &Ground) -> AnyView {
    let dates = ground.dates();
    if dates.is_empty() {
        return view! {
            <Empty text="No team of these tours has a free slot from the plan’s first day on.">
                <p class="govuk-body">"Make openings, or plan with every slot of the teams’ working days."</p>
            </Empty>
        }
        .into_any();
    }
    let heads = dates
        .iter()
        .map(|on| view! { <th scope="col" class="govuk-table__header">{on.format("%a").to_string()}<br/>{on.format("%-d %b").to_string()}</th> })
        .collect_view();
    let broken: Vec<Uuid> = ground.broken().into_iter().map(|(id, _)| id).collect();
    let rows = ground
        .teams
        .values()
        .map(|team| {
            let cells = dates.iter().map(|on| cell(ground, team.id, *on, &broken)).collect_view();
            view! {
                <tr class="govuk-table__row">
                    <th scope="row" class="govuk-table__header app-board__team">{team.name.clone()}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="app-scroll app-scroll--sticky" tabindex="0" role="region" aria-labelledby="board-caption">
            <table class="govuk-table app-board">
                <caption class="govuk-visually-hidden" id="board-caption">"Days across, teams down"</caption>
                <thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">"Team"</th>{heads}</tr></thead>
                <tbody class="govuk-table__body">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn cell(ground: &Ground, team: Uuid, on: NaiveDate, broken: &[Uuid]) -> AnyView {
    let Some(slots) = ground.days.get(&(team, on)) else {
        return view! { <td class="govuk-table__cell app-board__cell app-board__cell--off"><span class="govuk-visually-hidden">"No slots"</span></td> }
            .into_any();
    };
    let others = ground.busy_on(team, on);
    let mut lines: Vec<(i64, AnyView)> =
        slots.iter().map(|slot| (slot.starts.minutes(), free_or_held(ground, team, on, slot, broken))).collect();
    lines.extend(others.iter().map(|busy| {
        let line = view! {
            <div class="app-board__slot app-board__slot--busy">
                <span class="app-board__time">{busy.starts.to_string()}</span>
                <a class="app-board__tile app-board__tile--fixed" href=format!("/sessions/{}", busy.session)>{busy.school.clone()}</a>
            </div>
        };
        (busy.starts.minutes(), line.into_any())
    }));
    lines.sort_by_key(|(at, _)| *at);
    let held = ground.placed_on(team, on).next().is_some() || !others.is_empty();
    let route = held.then(|| {
        let href = format!("/plans/{}/board?team={team}&on={on}#route", ground.plan.id);
        let day = on.format("%-d %B").to_string();
        view! { <a class="govuk-link app-board__route" href=href>"Route"<span class="govuk-visually-hidden">{format!(" of {day}")}</span></a> }
    });
    view! { <td class="govuk-table__cell app-board__cell">{lines.into_iter().map(|(_, line)| line).collect_view()}{route}</td> }.into_any()
}

fn free_or_held(ground: &Ground, team: Uuid, on: NaiveDate, slot: &Slot, broken: &[Uuid]) -> AnyView {
    let held = ground.placed_on(team, on).find(|(_, place)| place.slots.contains(&slot.number));
    // Of several teams each has such a slot: a list of places must say whose it is.
    let whose = ground.teams.get(&team).filter(|_| ground.teams.len() > 1).map(|t| format!(", {}", t.name));
    let words = format!("{}, {} to {}{}", long_date(on), slot.starts, slot.ends, whose.unwrap_or_default());
    let holder = held.map(|(ask, _)| ask.name());
    let content = match held {
        // What takes several slots is one tile, in its first.
        Some((ask, place)) if place.slots.first() == Some(&slot.number) => tile(ground, ask, broken.contains(&ask.id)),
        Some((ask, _)) => view! { <span class="app-board__more">{format!("{} goes on", ask.school)}</span> }.into_any(),
        None => view! { <span class="app-board__free">"free"</span> }.into_any(),
    };
    view! {
        <div class="app-board__slot" data-to=place_value(team, on, slot.number) data-words=words data-held=holder>
            <span class="app-board__time">{slot.starts.to_string()}</span>
            {content}
        </div>
    }
    .into_any()
}

/// The same as a list: by date, each with the way to its page.
fn list(ground: &Ground) -> Option<impl IntoView + use<>> {
    let mut placed: Vec<(&Ask, &plans::Place)> =
        ground.asks.iter().filter_map(|a| Some((a, a.place.as_ref()?))).collect();
    placed.sort_by_key(|(_, place)| (place.on, place.team, place.slots.clone()));
    (!placed.is_empty()).then(|| {
        let id = ground.plan.id;
        let rows = placed
            .into_iter()
            .map(|(ask, place)| {
                let name = ask.name();
                let href = format!("/plans/{id}/placements/{}", ask.id);
                let loose = ask.is_loose() && ground.plan.state.is_open();
                let how = match (ask.outcome, ask.booked) {
                    (Some(outcome), _) => outcome.label().to_owned(),
                    (None, Some(state)) if ask.fixed => state.label().to_owned(),
                    _ if ask.moves() => "Moves".to_owned(),
                    _ if ask.pinned => "Pinned".to_owned(),
                    _ => "Planned".to_owned(),
                };
                let text = if loose { "Change" } else { "See" };
                vec![
                    place_words(ground, place).into_any(),
                    name.clone().into_any(),
                    how.into_any(),
                    view! { <a class="govuk-link" href=href>{text}<span class="govuk-visually-hidden">{format!(" {name}")}</span></a> }.into_any(),
                ]
            })
            .collect();
        view! { <DataTable caption="As a list" heads=vec!["When", "School", "How it stands", "What can be done"] rows=rows/> }
    })
}
