//! A school's own calendar: its dates, its ordinary week, its hall, its terms.

mod dates;
pub(in crate::pages) mod terms;
mod week;

use axum::extract::Path;
use axum::response::IntoResponse;
use domain::access::Operation;
use domain::availability::{HallWindow, SchoolDate, Week};
use domain::calendar::{WEEK, WorkingDays, weekday_name};
use domain::term_date;
use leptos::prelude::*;
use records::school_calendar::{self, Clash, Detail, OwnTerm};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, edit) = (Who::May(Operation::SeeCalendar), Who::May(Operation::EditCalendar));
    routes
        .get("/schools/{id}/dates", see, show)
        .get("/schools/{id}/dates/add", edit, dates::add_page)
        .post("/schools/{id}/dates/add", edit, dates::add)
        .get("/dates/{id}/edit", edit, dates::edit_page)
        .post("/dates/{id}/edit", edit, dates::change)
        .get("/dates/{id}/remove", edit, dates::remove_page)
        .post("/dates/{id}/remove", edit, dates::remove)
        .get("/schools/{id}/week", edit, week::page)
        .post("/schools/{id}/week", edit, week::set)
        .get("/schools/{id}/terms/add", edit, terms::add_page)
        .post("/schools/{id}/terms/add", edit, terms::add)
        .get("/own-terms/{id}/remove", edit, terms::remove_page)
        .post("/own-terms/{id}/remove", edit, terms::remove)
        .get("/trust-terms", edit, terms::of_trust)
        .post("/trust-terms", edit, terms::add_to_trust)
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let detail = school_calendar::get(ctx.desk(), ctx.actor()?, id).await?;
    let here = format!("/schools/{id}");
    let may_edit = detail.may_edit;
    let add =
        may_edit.then(|| view! { <ButtonLink href=format!("{here}/dates/add") text="Add dates" secondary=true/> });
    let week = may_edit.then(|| {
        view! { <ButtonLink href=format!("{here}/week") text="Change the week and the hall" secondary=true/> }
    });
    let content = view! {
        <span class="govuk-caption-l">{detail.school.name.clone()}</span>
        <h1 class="govuk-heading-l">"Days without visits"</h1>
        <p class="govuk-body app-no-print"><a class="govuk-link" href=format!("{here}/calendar")>"See the calendar by month and week"</a></p>
        <p class="govuk-body">"Teams are planned around these days. Who books on one is warned, and the school may decide otherwise."</p>
        <h2 class="govuk-heading-m">"Dates"</h2>
        {dates_table(&detail.dates, may_edit)}
        {add}
        <h2 class="govuk-heading-m">"An ordinary week"</h2>
        <SummaryList rows=week_rows(&detail.calendar.week, &detail.calendar.hall)/>
        {week}
        <h2 class="govuk-heading-m">"Terms"</h2>
        {terms_that_hold(&detail, may_edit)}
    };
    Ok(ctx.page(format!("Days without visits at {}", detail.school.name), content).back(here).into_response())
}

fn dates_table(dates: &[SchoolDate], may_edit: bool) -> AnyView {
    if dates.is_empty() {
        return view! {
            <Empty text="No dates to come.">
                <p class="govuk-body">"Add inset days, SATs, mocks and exams, leavers’ and transition days, Eid and other festivals: whenever no team can come."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = dates
        .iter()
        .map(|date| {
            let what = format!("{}, {}", date.kind.label(), domain::availability::days(date.from, date.to));
            let who = if date.year_groups.is_empty() { "The whole school".to_owned() } else { date.year_groups.to_string() };
            let mut cells = vec![
                domain::availability::days(date.from, date.to).into_any(),
                date.kind.label().into_any(),
                who.into_any(),
                date.note.clone().into_any(),
            ];
            if may_edit {
                let (change, remove) = (format!("/dates/{}/edit", date.id), format!("/dates/{}/remove", date.id));
                cells.push(
                    view! {
                        <a class="govuk-link" href=change>"Change"<span class="govuk-visually-hidden">" "{what.clone()}</span></a>" "
                        <a class="govuk-link" href=remove>"Remove"<span class="govuk-visually-hidden">" "{what}</span></a>
                    }
                    .into_any(),
                );
            }
            cells
        })
        .collect();
    let mut heads = vec!["Days", "What", "For", "Note"];
    if may_edit {
        heads.push("Change");
    }
    view! { <DataTable caption="Dates without visits" caption_hidden=true heads=heads rows=rows/> }.into_any()
}

fn closed(days: WorkingDays) -> String {
    if days.is_empty() { "Any weekday suits".to_owned() } else { format!("Not {days}") }
}

fn week_rows(week: &Week, hall: &[HallWindow]) -> Vec<Row> {
    let mut rows = match week.a_from {
        None => vec![row("Weekdays", closed(week.closed))],
        Some(from) => vec![
            row("Weekdays in week A", closed(week.closed)),
            row("Weekdays in week B", closed(week.closed_b)),
            row("A week A begins", format!("{}; weeks of holiday are not counted", long_date(from))),
        ],
    };
    let free = |day: chrono::Weekday| {
        let windows: Vec<String> = hall.iter().filter(|w| w.is_on(day)).map(ToString::to_string).collect();
        (!windows.is_empty()).then(|| format!("{} {}", weekday_name(day), windows.join(" and ")))
    };
    let lines: Vec<String> = WEEK.into_iter().filter_map(free).collect();
    let text = if lines.is_empty() {
        "All day, as far as is known".into_any()
    } else {
        let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <ul class="govuk-list">{lines}</ul> }.into_any()
    };
    rows.push(row("The hall is free", text));
    rows
}

/// The terms that hold, whose they are, and the breaks between them.
fn terms_that_hold(detail: &Detail, may_edit: bool) -> impl IntoView + use<> {
    let here = format!("/schools/{}", detail.school.id);
    let has = |terms: &[OwnTerm], year| terms.iter().any(|t| t.academic_year == year);
    let removable = may_edit && !detail.own_terms.is_empty();
    let rows: Vec<Vec<AnyView>> = detail
        .calendar
        .terms
        .iter()
        .map(|term| {
            let own = detail.own_terms.iter().find(|t| (t.starts, t.ends) == (term.starts, term.ends));
            let whose = if has(&detail.own_terms, term.academic_year) {
                "The school"
            } else if has(&detail.trust_terms, term.academic_year) {
                "The trust"
            } else {
                "The authority"
            };
            let mut cells =
                vec![term.name.clone().into_any(), domain::availability::days(term.starts, term.ends).into_any(), whose.into_any()];
            let remove = own.filter(|_| may_edit).map(|own| {
                let href = format!("/own-terms/{}/remove", own.id);
                view! { <a class="govuk-link" href=href>"Remove"<span class="govuk-visually-hidden">" "{own.name.clone()}</span></a> }
            });
            if removable {
                cells.push(remove.into_any());
            }
            cells
        })
        .collect();
    let table = if rows.is_empty() {
        view! {
            <Empty text="No terms are known for this academic year or the next.">
                <p class="govuk-body">"Until they are, only weekends and bank holidays are left out. The council’s administrator enters the authority’s terms."</p>
            </Empty>
        }
        .into_any()
    } else {
        let mut heads = vec!["Term", "Days", "Set by"];
        if removable {
            heads.push("Change");
        }
        view! { <DataTable caption="Terms that hold here" caption_hidden=true heads=heads rows=rows/> }.into_any()
    };
    let add = may_edit.then(|| {
        view! {
            <p class="govuk-body">"If the school keeps other terms than the authority, give all of a year’s: they then stand in place of the authority’s."</p>
            <ButtonLink href=format!("{here}/terms/add") text="Add a term of our own" secondary=true/>
        }
    });
    let days: Vec<_> = detail.calendar.terms.iter().map(|t| (t.starts, t.ends)).collect();
    view! { {table}{breaks(&days)}{add} }
}

/// Half terms and holidays, as they follow from the terms.
pub(in crate::pages) fn breaks(terms: &[(chrono::NaiveDate, chrono::NaiveDate)]) -> Option<impl IntoView + use<>> {
    let breaks = term_date::breaks(terms);
    (!breaks.is_empty()).then(|| {
        let lines = breaks
            .into_iter()
            .map(|b| view! { <li>{format!("{}: {}", b.name, domain::availability::days(b.starts, b.ends))}</li> })
            .collect_view();
        view! {
            <p class="govuk-body">"Between them, weekends included:"</p>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        }
    })
}

/// The sessions of clashes, as a form carries them to its second sending.
fn keys(clashes: &[Clash]) -> String {
    clashes.iter().map(|c| c.session.to_string()).collect::<Vec<_>>().join(",")
}

/// Whether the form was sent before and named all of these; else says so in it.
fn confirmed(form: &mut Form, clashes: &[Clash]) -> bool {
    let seen = form.get("confirmed").to_owned();
    if clashes.iter().all(|c| seen.split(',').any(|id| id == c.session.to_string())) {
        return true;
    }
    form.replace("confirmed", keys(clashes));
    let count = i64::try_from(clashes.len()).unwrap_or(i64::MAX);
    let what = plural(count, "session is booked or offered then", "sessions are booked or offered then");
    form.refuse("clashes", format!("{what}. Look at what to do, and save again if it is right"));
    false
}

/// The sessions that clash, each with a link, and what to do.
fn clash_list(form: &Form, clashes: &[Clash]) -> impl IntoView + use<> {
    let lines = clashes
        .iter()
        .map(|c| {
            let when = match c.starts {
                Some(starts) => format!("{}, {starts}", long_date(c.on)),
                None => long_date(c.on),
            };
            let text = format!("{} on {when} ({})", c.programme, c.state.label().to_lowercase());
            view! {
                <li>
                    <a class="govuk-link" href=format!("/sessions/{}", c.session)>{text}</a>
                    <br/>{c.why.to_string()}
                </li>
            }
        })
        .collect_view();
    let confirmed = form.get("confirmed").to_owned();
    let some = !clashes.is_empty();
    view! {
        {some.then(|| view! {
            <div class="govuk-inset-text" id="clashes" tabindex="-1">
                <p class="govuk-body">"These sessions stay as they are when you save. Open each to move or cancel it, or leave it if it can take place all the same."</p>
                <ul class="govuk-list govuk-list--bullet">{lines}</ul>
            </div>
        })}
        <Hidden name="confirmed" value=confirmed/>
    }
}
