//! The day's route on a map, and as a table: from the base to each school and home.

use chrono::NaiveDate;
use domain::plan::{Route, clock};
use leptos::prelude::*;
use records::plans::Ground;
use records::ward_outlines::Outline;
use uuid::Uuid;

use super::hours;
use crate::components::*;
use crate::web::form::Form;

/// The day asked for, or the first of the plan's days on which something is placed.
pub(super) fn day_of(ground: &Ground, asked: &Form) -> Option<(Uuid, NaiveDate)> {
    let wanted = asked.get("team").parse().ok().zip(asked.get("on").parse().ok());
    let planned = ground.asks.iter().filter_map(|a| a.place.as_ref()).map(|p| (p.team, p.on));
    let first = planned.filter(|key| ground.days.contains_key(key)).min_by_key(|(team, on)| (*on, *team));
    wanted.filter(|key| ground.days.contains_key(key)).or(first)
}

pub(super) fn section(
    ground: &Ground,
    team: Uuid,
    on: NaiveDate,
    outlines: &[Outline],
) -> Option<impl IntoView + use<>> {
    let of = ground.teams.get(&team)?;
    let title = format!("{} on {}", of.name, long_date(on));
    let body = match ground.road(team, on) {
        None if of.calendar.base.is_none() => {
            view! { <p class="govuk-body">"Nobody knows where its base is, so its journey cannot be shown."</p> }
                .into_any()
        }
        None => view! { <p class="govuk-body">"It goes nowhere on this day."</p> }.into_any(),
        Some(route) => {
            let drawn = picture(ground, &route, of.calendar.base.unwrap_or_default(), outlines, &title);
            view! {
                <div class="app-route">
                    <div class="app-route__map">{drawn}</div>
                    <div class="app-route__table">{table(ground, &of.base_name, &route)}</div>
                </div>
            }
            .into_any()
        }
    };
    let other = days_beside(ground, team, on);
    Some(view! {
        <section id="route" aria-labelledby="route-title">
            <h2 class="govuk-heading-m" id="route-title">"The day’s route: "{title}</h2>
            {other}
            {body}
        </section>
    })
}

/// The team's days before and after on which it goes anywhere.
fn days_beside(ground: &Ground, team: Uuid, on: NaiveDate) -> impl IntoView + use<> {
    let mut days: Vec<NaiveDate> =
        ground.asks.iter().filter_map(|a| a.place.as_ref()).filter(|p| p.team == team).map(|p| p.on).collect();
    days.sort_unstable();
    days.dedup();
    let link = |day: Option<&NaiveDate>, word: &str| {
        day.map(|day| {
            let href = format!("/plans/{}/board?team={team}&on={day}#route", ground.plan.id);
            view! { <li><a class="govuk-link" href=href>{format!("{word}: {}", short_date(*day))}</a></li> }
        })
    };
    view! {
        <ul class="govuk-list app-route__days app-no-print">
            {link(days.iter().rev().find(|d| **d < on), "The day before")}
            {link(days.iter().find(|d| **d > on), "The next day")}
        </ul>
    }
}

fn name_of(ground: &Ground, setting: Uuid) -> String {
    let ask = ground.asks.iter().find(|a| a.setting == setting).map(|a| a.school.clone());
    ask.or_else(|| ground.busy_name(setting)).unwrap_or_default()
}

fn table(ground: &Ground, base: &str, route: &Route<Uuid>) -> impl IntoView + use<> {
    let base = if base.is_empty() { "Its base".to_owned() } else { base.to_owned() };
    let mut rows = vec![vec![
        "–".into_any(),
        base.clone().into_any(),
        String::new().into_any(),
        format!("leaves {}", clock(route.sets_out)).into_any(),
        String::new().into_any(),
    ]];
    for (number, stay) in route.stays.iter().enumerate() {
        let late: Vec<String> =
            route.faults.iter().filter(|(n, _)| *n == number).map(|(_, late)| format!("{late}.")).collect();
        let what =
            format!("there by {}, {} to {}, leaves {}", clock(stay.arrive), stay.starts, stay.ends, clock(stay.leave));
        rows.push(vec![
            (number + 1).to_string().into_any(),
            name_of(ground, stay.place).into_any(),
            stay.minutes.to_string().into_any(),
            what.into_any(),
            late.join(" ").into_any(),
        ]);
    }
    rows.push(vec![
        "–".into_any(),
        base.into_any(),
        route.home_minutes.to_string().into_any(),
        format!("home {}", clock(route.home)).into_any(),
        String::new().into_any(),
    ]);
    view! {
        <DataTable caption=format!("On the road: {}", hours(route.minutes)) heads=vec!["Stop", "Place", "Minutes to it", "Times", "What is wrong"]
            numeric=vec![2] rows=rows/>
    }
}

fn picture(
    ground: &Ground,
    route: &Route<Uuid>,
    base: (i64, i64),
    outlines: &[Outline],
    title: &str,
) -> impl IntoView + use<> {
    let stops = || std::iter::once(base).chain(route.stays.iter().map(|s| s.at));
    // The map is of the district, or of the day where the district has no outlines.
    let schools: Vec<(i64, i64)> = ground.asks.iter().filter_map(|a| a.at).collect();
    let frame = Frame::around(stops().chain(schools.iter().copied()).chain(corners(outlines)));
    let wards = wards(&frame, outlines);
    let dots = schools
        .iter()
        .map(|at| {
            let (x, y) = frame.at(*at);
            view! { <circle class="app-map__school" cx=format!("{x:.1}") cy=format!("{y:.1}") r="3"></circle> }
        })
        .collect_view();
    let way = frame.line(stops().chain(std::iter::once(base)));
    let numbers = route
        .stays
        .iter()
        .enumerate()
        .map(|(i, stay)| {
            let (x, y) = frame.at(stay.at);
            view! {
                <circle class="app-map__stop" cx=format!("{x:.1}") cy=format!("{y:.1}") r="11"></circle>
                <text class="app-map__number" x=format!("{x:.1}") y=format!("{:.1}", y + 5.0) text-anchor="middle">{i + 1}</text>
            }
        })
        .collect_view();
    let (bx, by) = frame.at(base);
    let names: Vec<String> = route.stays.iter().map(|s| name_of(ground, s.place)).collect();
    let described = format!("Map: {title}, from its base to {}, and back", names.join(", then "));
    view! {
        <svg class="app-map" viewBox=format!("0 0 {MAP_WIDTH:.0} {:.0}", frame.height) role="img" aria-label=described>
            {wards}{dots}
            <polyline class="app-map__way" points=way></polyline>
            <rect class="app-map__base" x=format!("{:.1}", bx - 8.0) y=format!("{:.1}", by - 8.0) width="16" height="16"></rect>
            {numbers}
        </svg>
    }
}
