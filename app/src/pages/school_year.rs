//! A school's year at a glance: year groups down, programmes across; what is delivered, booked, on offer, not offered.

use axum::extract::Query;
use axum::response::IntoResponse;
use domain::AcademicYear;
use domain::access::{Operation, Scope};
use domain::coverage::State;
use leptos::prelude::*;
use records::school_year::{self, Attended, Cell, Of, Programme, SchoolYear, Totals};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/school-year", Who::May(Operation::SeeSchoolYear), show)
}

async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let asked = Form::of(pairs);
    let school = match (asked.get("school"), &ctx.actor()?.scope) {
        ("", Scope::Setting(own)) => *own,
        ("", Scope::Trust(_)) => return choose(&ctx).await,
        // Somebody of the council comes from a school's page.
        ("", _) => return Ok(ctx.see_other("/schools")),
        (id, _) => id.parse::<Uuid>().map_err(|_| Problem::NotFound)?,
    };
    let year = match asked.get("year") {
        "" => None,
        year => Some(year.parse::<AcademicYear>().map_err(|_| Problem::NotFound)?),
    };
    let year = school_year::get(ctx.desk(), ctx.actor()?, school, year).await?;
    Ok(page(&ctx, &year))
}

/// A trust's schools, to choose from.
async fn choose(ctx: &Context) -> Answer {
    let schools = school_year::choices(ctx.desk(), ctx.actor()?).await?;
    let list = if schools.is_empty() {
        view! { <Empty text="No school of the list belongs to your trust."><p class="govuk-body">"Ask the council whether the school list is up to date."</p></Empty> }
            .into_any()
    } else {
        let links = schools
            .into_iter()
            .map(|s| view! { <li><a class="govuk-link" href=format!("/school-year?school={}", s.id)>{s.name}</a></li> })
            .collect_view();
        view! { <ul class="govuk-list govuk-list--spaced">{links}</ul> }.into_any()
    };
    let content = view! { <h1 class="govuk-heading-l">"Which school’s year?"</h1> {list} };
    Ok(ctx.page("Which school’s year?", content).into_response())
}

fn page(ctx: &Context, year: &SchoolYear) -> axum::response::Response {
    let title = format!("{} in {}", year.school.name, year.year);
    let body = if year.rows.is_empty() || year.programmes.is_empty() {
        view! {
            <Empty text="No programme has been delivered, booked or offered in this academic year.">
                <p class="govuk-body">"When the council opens a tour, it stands here. "<a class="govuk-link" href="/tours">"See all tours"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        view! { {grid(year)} {key(year)} {totals(year)} }.into_any()
    };
    let content = view! {
        <span class="govuk-caption-l">{format!("As of {}", long_date(year.as_of))}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {chooser(year)}
        {body}
    };
    let school = format!("/schools/{}", year.school.id);
    let back = if matches!(ctx.actor().map(|a| &a.scope), Ok(Scope::Setting(_))) { "/".to_owned() } else { school };
    ctx.page(title, content).wide().back(back).into_response()
}

fn chooser(year: &SchoolYear) -> impl IntoView + use<> {
    let form = Form::of([("school", year.school.id.to_string()), ("year", year.year.first().to_string())]);
    let years: Vec<Choice> = year.years.iter().map(|y| choice(y.first(), y)).collect();
    let school = year.school.id.to_string();
    (years.len() > 1).then(|| {
        view! {
            <form method="get" action="/school-year" class="app-filter" aria-label="Academic year">
                <Hidden name="school" value=school/>
                <Select form=form name="year" label="Academic year" choices=years/>
                <Button text="Show" variant="secondary"/>
            </form>
        }
    })
}

fn of(row: &Of) -> String {
    match row {
        Of::YearGroup(year_group) => year_group.to_string(),
        Of::Stage(stage) => stage.label().to_owned(),
        Of::Mixed => "Year groups not stated".to_owned(),
        Of::Adults => "Staff and parents".to_owned(),
    }
}

fn grid(year: &SchoolYear) -> impl IntoView + use<> {
    let heads = year
        .programmes
        .iter()
        .map(|p| {
            let href = format!("/programmes/{}", p.id);
            view! { <th scope="col" class="govuk-table__header"><a class="govuk-link" href=href>{p.name.clone()}</a></th> }
        })
        .collect_view();
    let rows = year
        .rows
        .iter()
        .map(|row| {
            let name = of(&row.of);
            let roll = row.on_roll.map(|n| {
                let text = format!("{} on roll, {}", thousands(n.pupils), n.basis.label().to_lowercase());
                view! { <span class="app-year__when app-muted">{text}</span> }
            });
            let cells = row
                .cells
                .iter()
                .zip(&year.programmes)
                .map(|(cell, programme)| cell_of(cell, programme, &name, year.school.id))
                .collect_view();
            view! {
                <tr class="govuk-table__row">
                    <th scope="row" class="govuk-table__header app-year__group">{name.clone()}{roll}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let caption = format!("Year groups of {} and what reaches them", year.school.name);
    view! {
        <div class="app-scroll app-scroll--sticky" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="govuk-table app-year">
                <caption class="govuk-table__caption govuk-visually-hidden">{caption.clone()}</caption>
                <thead class="govuk-table__head">
                    <tr class="govuk-table__row"><th scope="col" class="govuk-table__header">"Year group"</th>{heads}</tr>
                </thead>
                <tbody class="govuk-table__body">{rows}</tbody>
            </table>
        </div>
    }
}

fn cell_of(cell: &Cell, programme: &Programme, year_group: &str, school: Uuid) -> impl IntoView + use<> {
    let sessions = cell.sessions.iter().map(|one| session(one, &cell.sessions)).collect_view();
    let book = cell.book.map(|tour| {
        let what = format!(" {} for {year_group}", programme.name);
        view! {
            <a class="govuk-link app-year__when app-no-print" href=format!("/tours/{tour}/book?school={school}")>
                "Book"<span class="govuk-visually-hidden">{what}</span>
            </a>
        }
    });
    let ask = cell.ask.map(|tour| {
        let what = format!(" for {} to come for {year_group}", programme.name);
        view! {
            <a class="govuk-link app-year__when app-no-print" href=format!("/tours/{tour}/request?school={school}")>
                "Ask"<span class="govuk-visually-hidden">{what}</span>
            </a>
        }
    });
    let declined = cell.declined.map(|d| view! { <span class="app-year__when">{d.still_asks()}</span> });
    view! { <td class="govuk-table__cell app-year__cell">{word(cell.state)}{declined}{sessions}{book}{ask}</td> }
}

/// A state as a word with a mark of its own.
fn word(state: State) -> impl IntoView {
    let class = format!("app-state app-state--{}", state.as_str().replace('_', "-"));
    view! { <span class=class>{state.label()}</span> }
}

/// A session of a cell; of several on one day each with its slot, so that they can be told apart.
fn session(attended: &Attended, all: &[Attended]) -> impl IntoView + use<> {
    let href = format!("/sessions/{}", attended.session);
    let of_day = all.iter().filter(|other| other.on_date == attended.on_date).count();
    let slot = (of_day > 1 && !attended.slot.is_empty()).then(|| format!(", {}", attended.slot));
    let state = format!(", {}", attended.state.label().to_lowercase());
    view! {
        <a class="govuk-link app-year__when" href=href>
            {short_date(attended.on_date)}{slot}<span class="govuk-visually-hidden">{state}</span>
        </a>
    }
}

/// What the states that stand in the table mean.
const MEANINGS: [(State, &str); 11] = [
    (State::Delivered, "a session took place and was counted"),
    (State::PartDelivered, "some of its parts took place"),
    (State::DataOverdue, "it took place, and nobody has said how many were there"),
    (State::Booked, "a date is agreed"),
    (State::Waiting, "a slot is held until somebody answers"),
    (State::Requested, "the school asked for it, and has no date yet"),
    (State::Declined, "the school said no"),
    (State::Offered, "it can be booked, or the school was invited"),
    (State::NotOffered, "meant for this year group, and nothing is on offer"),
    (State::Unknown, "the school’s year groups are not stated: ask, or correct them"),
    (State::NotEligible, "meant for others"),
];

fn key(year: &SchoolYear) -> impl IntoView + use<> {
    let here = |state: State| year.rows.iter().any(|row| row.cells.iter().any(|cell| cell.state == state));
    let lines = MEANINGS
        .into_iter()
        .filter(|(state, _)| here(*state))
        .map(|(state, meaning)| view! { <li>{word(state)}" "{meaning}</li> })
        .collect_view();
    view! { <h2 class="govuk-heading-s">"What the words mean"</h2><ul class="govuk-list govuk-list--spaced">{lines}</ul> }
}

fn totals(year: &SchoolYear) -> impl IntoView + use<> {
    if year.totals.sessions == 0 {
        return None;
    }
    let known = |count: Option<i64>| count.map_or_else(|| "not known".to_owned(), thousands);
    let line = |name: AnyView, t: Totals| {
        let missing = if t.uncounted == 0 { "none".to_owned() } else { thousands(t.uncounted) };
        vec![
            name,
            thousands(t.sessions).into_any(),
            thousands(t.pupils).into_any(),
            known(t.send).into_any(),
            known(t.withdrawn).into_any(),
            known(t.adults).into_any(),
            missing.into_any(),
        ]
    };
    let mut rows: Vec<_> = year
        .programmes
        .iter()
        .filter(|p| p.totals.sessions > 0)
        .map(|p| line(p.name.clone().into_any(), p.totals))
        .collect();
    rows.push(line("All programmes".into_any(), year.totals));
    let heads = vec!["Programme", "Sessions", "Pupils", "Of these, SEND", "Withdrawn", "Adults", "Groups not counted"];
    Some(view! {
        <h2 class="govuk-heading-m">"What was counted"</h2>
        <p class="govuk-body">"Attendances, not children: a pupil who came twice is counted twice."</p>
        <DataTable caption="What was counted" caption_hidden=true heads=heads numeric=vec![1, 2, 3, 4, 5, 6] rows=rows/>
    })
}
