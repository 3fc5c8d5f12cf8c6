//! The list behind a figure: as many lines as the figure says.

use axum::extract::Query;
use axum::response::IntoResponse;
use domain::coverage::{Cell, Coverage, Headcount, Row, Standing, Value};
use domain::number_on_roll::{Basis, NumberOnRoll};
use domain::programme::Eligibility;
use leptos::prelude::*;
use records::coverage::Covered;

use super::{Asked, deliveries, number, query};
use crate::components::*;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;

/// Which of a row's schools are listed.
#[derive(Clone, Copy)]
enum List {
    Eligible,
    Reached,
    NotReached,
    NotEligible,
    Unknown,
    Missing,
    RollMissing,
}

impl List {
    /// The list of this word in an address.
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "eligible" => Self::Eligible,
            "reached" => Self::Reached,
            "not_reached" => Self::NotReached,
            "not_eligible" => Self::NotEligible,
            "unknown" => Self::Unknown,
            "missing" => Self::Missing,
            "roll_missing" => Self::RollMissing,
            _ => return None,
        })
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Eligible => "Eligible schools",
            Self::Reached => "Schools reached",
            Self::NotReached => "Schools not reached",
            Self::NotEligible => "Schools reached that the programme is not for",
            Self::Unknown => "Schools whose year groups are not stated",
            Self::Missing => "Schools with headcounts missing",
            Self::RollMissing => "Eligible schools whose number on roll is not known",
        }
    }

    fn of(self, covered: &Coverage, row: &Row, value: Option<&Value>) -> Vec<usize> {
        let part = |i: &usize| Part::of(&covered.schools[*i], value);
        match self {
            Self::Eligible => row.eligible.clone(),
            Self::Reached => row.reached.clone(),
            Self::NotReached => row.not_reached.clone(),
            Self::NotEligible => row.reached_not_eligible.clone(),
            Self::Unknown => row.unknown.clone(),
            Self::Missing => row.reached.iter().copied().filter(|i| part(i).headcount.missing > 0).collect(),
            Self::RollMissing => row.eligible.iter().copied().filter(|i| part(i).on_roll.is_none()).collect(),
        }
    }
}

/// What of a school a row is about: the whole of it, or a year group.
struct Part {
    eligibility: Eligibility,
    on_roll: Option<NumberOnRoll>,
    headcount: Headcount,
    sessions: usize,
}

impl Part {
    fn of(standing: &Standing, value: Option<&Value>) -> Self {
        let cell: Option<&Cell> = match value {
            Some(Value::YearGroup(year)) => standing.cells.iter().find(|c| c.year_group == *year),
            _ => None,
        };
        match cell {
            Some(cell) => Self {
                eligibility: cell.eligibility,
                on_roll: cell.on_roll,
                headcount: cell.headcount,
                sessions: cell.sessions.len(),
            },
            None => Self {
                eligibility: standing.eligibility,
                on_roll: standing.on_roll,
                headcount: standing.headcount,
                sessions: standing.sessions.len(),
            },
        }
    }
}

fn row_of(covered: &Covered, value: Option<&Value>) -> Row {
    covered.coverage.row(value.map(std::slice::from_ref).unwrap_or_default())
}

/// “The Lantern, 2026/27: Special”
fn caption(covered: &Covered, value: Option<&Value>) -> String {
    let row = value.map(|value| format!(": {}", value.label())).unwrap_or_default();
    format!("{}, {}{row}", covered.programme.name, covered.year)
}

pub(super) async fn schools(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let asked = Asked::of(pairs);
    let list = List::read(asked.0.get("list")).ok_or(Problem::NotFound)?;
    let value = asked.value()?;
    let covered = asked.covered(&ctx).await?;
    let row = row_of(&covered, value.as_ref());
    let lines = list.of(&covered.coverage, &row, value.as_ref());
    let count = plural(number(lines.len()), "school", "schools");
    let figures = format!("/coverage?{}", query(&covered));
    let body = if lines.is_empty() {
        let figures = figures.clone();
        view! {
            <Empty text="There is no such school.">
                <p class="govuk-body"><a class="govuk-link" href=figures>"Back to the figures"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        table(&covered, &lines, value.as_ref()).into_any()
    };
    let content = view! {
        <span class="govuk-caption-l">{caption(&covered, value.as_ref())}</span>
        <h1 class="govuk-heading-l">{list.title()}</h1>
        <p class="govuk-body" role="status">{count}</p>
        {body}
    };
    Ok(ctx.page(list.title(), content).wide().back(figures).into_response())
}

fn table(covered: &Covered, lines: &[usize], value: Option<&Value>) -> impl IntoView + use<> {
    let adults = covered.coverage.for_adults;
    let rows = lines
        .iter()
        .map(|&i| {
            let standing = &covered.coverage.schools[i];
            let school = &standing.school;
            let part = Part::of(standing, value);
            let mut cells = vec![
                view! { <a class="govuk-link" href=format!("/schools/{}", school.id)>{school.name.clone()}</a> }
                    .into_any(),
                school.setting_type.label().into_any(),
                school.ward.clone().unwrap_or_else(|| "Not known".into()).into_any(),
                eligibility(part.eligibility).into_any(),
                thousands(number(part.sessions)).into_any(),
                counted(part.headcount, part.sessions).into_any(),
            ];
            if !adults {
                cells.push(on_roll(&part).into_any());
            }
            cells
        })
        .collect();
    let people = if adults { "Adults reached" } else { "Pupils reached" };
    let mut heads = vec!["School", "Setting type", "Ward", "Eligible", "Sessions", people];
    if !adults {
        heads.push("Eligible pupils");
    }
    view! { <DataTable caption="Schools" caption_hidden=true heads=heads numeric=vec![4, 5, 6] rows=rows/> }
}

const fn eligibility(eligibility: Eligibility) -> &'static str {
    match eligibility {
        Eligibility::Eligible => "Yes",
        Eligibility::Unknown => "Year groups not stated",
        Eligibility::NotEligible => "No",
    }
}

/// The headcount, and how many are missing in it.
fn counted(headcount: Headcount, sessions: usize) -> String {
    match (headcount.pupils, headcount.missing) {
        (_, _) if sessions == 0 => String::new(),
        (pupils, 0) => thousands(pupils),
        (0, missing) => format!("{missing} missing"),
        (pupils, missing) => format!("{}, {missing} missing", thousands(pupils)),
    }
}

fn on_roll(part: &Part) -> String {
    match part.on_roll {
        _ if part.eligibility == Eligibility::NotEligible => String::new(),
        Some(roll) if roll.basis == Basis::Estimated => format!("{} est.", thousands(roll.pupils)),
        Some(roll) => thousands(roll.pupils),
        None => "not known".into(),
    }
}

pub(super) async fn sessions(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let asked = Asked::of(pairs);
    let value = asked.value()?;
    let covered = asked.covered(&ctx).await?;
    let row = row_of(&covered, value.as_ref());
    let delivery = covered.programme.kind.delivery();
    let title = format!("Delivered {delivery}s");
    let rows: Vec<_> = covered
        .coverage
        .sessions
        .iter()
        .filter(|session| row.sessions.contains(&session.id))
        .map(|session| {
            let name = |setting| covered.coverage.schools.iter().find(|s| s.school.id == setting);
            let mut schools: Vec<&str> =
                session.groups.iter().filter_map(|g| name(g.setting)).map(|s| s.school.name.as_str()).collect();
            schools.dedup();
            let came: i64 = session.groups.iter().filter_map(|g| g.attended).sum();
            let missing = session.groups.iter().filter(|g| g.attended.is_none()).count();
            let headcount = Headcount { pupils: came, missing };
            vec![
                view! { <a class="govuk-link" href=format!("/sessions/{}", session.id)>{short_date(session.on_date)}</a> }
                    .into_any(),
                schools.join(", ").into_any(),
                counted(headcount, 1).into_any(),
            ]
        })
        .collect();
    let gaps = format!("/coverage/gaps?{}", query(&covered));
    let body = if rows.is_empty() {
        view! {
            <Empty text="None was delivered here.">
                <p class="govuk-body"><a class="govuk-link" href=gaps>"See the gaps and what can be done"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        let heads = vec!["Date", "Schools", if covered.coverage.for_adults { "Adults" } else { "Pupils" }];
        view! { <DataTable caption=title.clone() caption_hidden=true heads=heads numeric=vec![2] rows=rows/> }
            .into_any()
    };
    let content = view! {
        <span class="govuk-caption-l">{caption(&covered, value.as_ref())}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body" role="status">{deliveries(&covered, row.sessions.len())}</p>
        {body}
    };
    Ok(ctx.page(title, content).wide().back(format!("/coverage?{}", query(&covered))).into_response())
}
