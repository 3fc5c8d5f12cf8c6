//! One programme in one academic year: the figures, special schools first.

use std::collections::BTreeSet;

use axum::response::IntoResponse;
use domain::coverage::{By, Counts, Row, Value};
use leptos::prelude::*;
use records::coverage::{Choices, Covered};

use super::{bars, chooser, deliveries, figure, gaps, number, query, schools_path, sessions_path, special};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::capitalise;

/// Gaps shown on the page; the rest are one link away.
const FIRST_GAPS: usize = 15;

pub(super) fn page(ctx: &Context, choices: &Choices, covered: &Covered) -> Answer {
    let coverage = &covered.coverage;
    let title = format!("Coverage: {}", covered.programme.name);
    let caption = format!("{}, as of {}", covered.year, long_date(coverage.as_of));
    let tables = By::ALL.iter().map(|by| table(covered, *by)).collect_view();
    let content = view! {
        <span class="govuk-caption-l">{caption}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {chooser(choices, Some(covered.programme.id), covered.year)}
        {headline(covered)}
        {notes(covered)}
        {tables}
        {gaps::section(ctx, covered, FIRST_GAPS)?}
        {downloads(covered)}
    };
    Ok(ctx.page(title, content).wide().back(format!("/coverage?year={}", covered.year.first())).into_response())
}

/// The first screen: special schools, then everyone.
fn headline(covered: &Covered) -> impl IntoView + use<> {
    let value = special();
    let specials = covered.coverage.row(std::slice::from_ref(&value));
    let total = covered.coverage.row(&[]);
    let counts = Counts::from(&total);
    let delivery = covered.programme.kind.delivery();
    let in_special = figure(
        specials.sessions.len(),
        sessions_path(covered, Some(&value)),
        format!("{delivery}s in special schools: see the list"),
    );
    let people = if covered.coverage.for_adults { "Adults" } else { "Pupils" };
    let missing = (counts.headcounts_missing > 0).then(|| missing_note(covered, None, &total));
    let gaps = covered.coverage.gaps.len();
    let gaps_class = if gaps == 0 { "app-figure" } else { "app-figure app-figure--gap" };
    let special_class = if specials.sessions.is_empty() { "app-figure app-figure--gap" } else { "app-figure" };
    view! {
        <dl class="app-figures">
            <div class=special_class>
                <dt class="app-figure__label">{format!("{}s in special schools", capitalise(delivery))}</dt>
                <dd class="app-figure__number">{in_special}</dd>
                <dd class="app-figure__note">{format!("of {}", deliveries(covered, total.sessions.len()))}</dd>
            </div>
            {reached_figure(covered, "Special schools reached", Some(&value), &specials)}
            {reached_figure(covered, "Schools reached", None, &total)}
            <div class="app-figure">
                <dt class="app-figure__label">{format!("{}s delivered", capitalise(delivery))}</dt>
                <dd class="app-figure__number">
                    {figure(total.sessions.len(), sessions_path(covered, None), "delivered: see the list".into())}
                </dd>
            </div>
            <div class="app-figure">
                <dt class="app-figure__label">{format!("{people} counted there")}</dt>
                <dd class="app-figure__number">
                    {figure(counts.reached_pupils, schools_path(covered, None, "reached"), "by school".into())}
                </dd>
                {missing}
            </div>
            <div class=gaps_class>
                <dt class="app-figure__label">"Gaps"</dt>
                <dd class="app-figure__number">
                    {figure(gaps, format!("/coverage/gaps?{}", query(covered)), "gaps: see the list".into())}
                </dd>
                <dd class="app-figure__note">{format!("{}year groups that should be reached and were not", in_schools(covered))}</dd>
            </div>
        </dl>
    }
}

/// In how many schools the gaps are: a school has one for each way in which its year groups stand. None where the
/// programme is for adults.
fn in_schools(covered: &Covered) -> String {
    let schools: BTreeSet<usize> = covered.coverage.gaps.iter().map(|gap| gap.school).collect();
    if schools.is_empty() {
        String::new()
    } else {
        format!("in {}: ", plural(number(schools.len()), "school", "schools"))
    }
}

fn reached_figure(covered: &Covered, label: &'static str, value: Option<&Value>, row: &Row) -> impl IntoView + use<> {
    let not_reached = (!row.not_reached.is_empty()).then(|| {
        let list = schools_path(covered, value, "not_reached");
        view! { <dd class="app-figure__note">{figure(row.not_reached.len(), list, "schools".into())}" not reached"</dd> }
    });
    let not_for = (!row.reached_not_eligible.is_empty()).then(|| {
        let list = schools_path(covered, value, "not_eligible");
        view! {
            <dd class="app-figure__note">
                {figure(row.reached_not_eligible.len(), list, "schools".into())}" of those reached, the programme is not for"
            </dd>
        }
    });
    view! {
        <div class="app-figure">
            <dt class="app-figure__label">{label}</dt>
            <dd class="app-figure__number">
                {figure(row.reached.len(), schools_path(covered, value, "reached"), "schools reached: see the list".into())}
                <span class="app-figure__of">
                    " of "{figure(row.eligible.len(), schools_path(covered, value, "eligible"), "eligible: see the list".into())}
                </span>
            </dd>
            {not_reached}{not_for}
        </div>
    }
}

/// Headcounts that nobody has recorded are missing, not nought.
fn missing_note(covered: &Covered, value: Option<&Value>, row: &Row) -> impl IntoView + use<> {
    let missing = plural(number(row.headcount.missing), "headcount is", "headcounts are");
    view! {
        <dd class="app-figure__note">
            {missing}" missing: "
            <a class="govuk-link" href=schools_path(covered, value, "missing")>"see at which schools"</a>
        </dd>
    }
}

fn notes(covered: &Covered) -> impl IntoView + use<> {
    let adults = covered.coverage.for_adults;
    view! {
        <ul class="govuk-list govuk-list--bullet">
            <li>"A school is reached when a session was delivered to it, counted or not."</li>
            <li>"A session counts once in each row it belongs to, so rows need not add up: one given to two schools, or to Years 5 and 6 together, is in the row of each."</li>
            {if adults {
                view! { <li>"Headcounts are of adults, summed; somebody who came twice is counted twice."</li> }.into_any()
            } else {
                view! {
                    <li>"Pupils reached are summed headcounts, which are not capped: a child who came twice is counted twice. A headcount of Years 5 and 6 together is in both rows."</li>
                    <li>"Eligible pupils are numbers on roll; where no year group was counted they are estimated from the school’s total, and marked “est.”."</li>
                }
                .into_any()
            }}
        </ul>
    }
}

/// The rows of one kind.
fn table(covered: &Covered, by: By) -> impl IntoView + use<> {
    let rows = covered.coverage.rows(by);
    if rows.is_empty() {
        return ().into_any();
    }
    let adults = covered.coverage.for_adults;
    let lines = rows
        .iter()
        .map(|(value, row)| {
            let list = |list: &str| schools_path(covered, Some(value), list);
            let of = |what: &str| format!("{what}, {}", value.label());
            let mut cells = vec![
                value.label().into_any(),
                bars::bar(row).into_any(),
                figure(row.eligible.len(), list("eligible"), of("eligible schools")),
                figure(row.reached.len(), list("reached"), of("schools reached")),
                figure(row.not_reached.len(), list("not_reached"), of("schools not reached")),
                figure(row.sessions.len(), sessions_path(covered, Some(value)), of("sessions")),
            ];
            if !adults {
                cells.push(eligible_pupils(covered, value, row));
            }
            cells.push(headcount(covered, value, row));
            cells
        })
        .collect();
    let mut heads = vec![by.label(), "Share reached", "Eligible schools", "Schools reached", "Not reached", "Sessions"];
    if adults {
        heads.push("Adults reached");
    } else {
        heads.extend(["Eligible pupils", "Pupils reached"]);
    }
    let numeric = (2..heads.len()).collect::<Vec<_>>();
    view! { <DataTable caption=format!("By {}", by.label().to_lowercase()) heads=heads numeric=numeric rows=lines/> }
        .into_any()
}

fn eligible_pupils(covered: &Covered, value: &Value, row: &Row) -> AnyView {
    let pupils = figure(
        row.eligible_pupils,
        schools_path(covered, Some(value), "eligible"),
        format!("eligible pupils by school, {}", value.label()),
    );
    let estimated = row.is_estimated.then_some(" est.");
    let unknown = (row.rolls_missing > 0).then(|| {
        let list = schools_path(covered, Some(value), "roll_missing");
        view! { " "<span class="app-below"><a class="govuk-link" href=list>{format!("{} without a roll", row.rolls_missing)}</a></span> }
    });
    view! { {pupils}{estimated}{unknown} }.into_any()
}

fn headcount(covered: &Covered, value: &Value, row: &Row) -> AnyView {
    let pupils = figure(
        row.headcount.pupils,
        schools_path(covered, Some(value), "reached"),
        format!("reached by school, {}", value.label()),
    );
    let missing = (row.headcount.missing > 0).then(|| {
        let list = schools_path(covered, Some(value), "missing");
        let words = plural(number(row.headcount.missing), "headcount missing", "headcounts missing");
        view! { " "<span class="app-below"><a class="govuk-link" href=list>{words}</a></span> }
    });
    view! { {pupils}{missing} }.into_any()
}

fn downloads(covered: &Covered) -> impl IntoView + use<> {
    let query = query(covered);
    view! {
        <section class="app-no-print" aria-labelledby="files">
            <h2 class="govuk-heading-m" id="files">"The same figures as files"</h2>
            <ul class="govuk-list">
                <li><a class="govuk-link" href=format!("/coverage/rows.csv?{query}")>"Rows (CSV)"</a></li>
                <li><a class="govuk-link" href=format!("/coverage/gaps.csv?{query}")>"Gaps (CSV)"</a></li>
                <li><a class="govuk-link" href=format!("/coverage.json?{query}")>"Rows and gaps (JSON)"</a></li>
            </ul>
        </section>
    }
}
