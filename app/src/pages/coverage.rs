//! Coverage: who was reached and who was not. Every programme of a year at a glance, then one programme with its rows,
//! the list behind each figure, its gaps, and files of the same figures.

mod bars;
mod figures;
mod files;
mod gaps;
mod lists;

use axum::extract::Query;
use axum::response::IntoResponse;
use domain::AcademicYear;
use domain::access::Operation;
use domain::coverage::{By, Counts, Value};
use domain::setting::SettingType;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::coverage::{self, Choices, Covered};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let see = Who::May(Operation::SeeCoverage);
    routes
        .get("/coverage", see, show)
        .get("/coverage/schools", see, lists::schools)
        .get("/coverage/sessions", see, lists::sessions)
        .get("/coverage/gaps", see, gaps::show)
        .get("/coverage/rows.csv", see, files::rows)
        .get("/coverage/gaps.csv", see, files::gaps)
        .get("/coverage.json", see, files::json)
}

/// The query of every page of coverage: `programme`, `year`, and for lists `by`, `value` and `list`.
struct Asked(Form);

impl Asked {
    fn of(pairs: Vec<(String, String)>) -> Self {
        Self(Form::of(pairs))
    }

    /// The academic year asked for; none: this one.
    fn year(&self, ctx: &Context) -> Result<AcademicYear, Problem> {
        match self.0.get("year") {
            "" => Ok(AcademicYear::containing(ctx.desk().today())),
            year => year.parse().map_err(|_| Problem::NotFound),
        }
    }

    /// The programme asked for, with its coverage.
    async fn covered(&self, ctx: &Context) -> Result<Covered, Problem> {
        let programme: Uuid = self.0.get("programme").parse().map_err(|_| Problem::NotFound)?;
        Ok(coverage::of(ctx.desk(), ctx.actor()?, programme, self.year(ctx)?).await?)
    }

    /// The row asked for; none: every school.
    fn value(&self) -> Result<Option<Value>, Problem> {
        if self.0.get("by").is_empty() {
            return Ok(None);
        }
        let by: By = self.0.get("by").parse().map_err(|_| Problem::NotFound)?;
        Value::read(by, self.0.get("value")).map(Some).map_err(|_| Problem::NotFound)
    }
}

/// `programme=…&year=…`, which every link from one programme's coverage carries.
fn query(covered: &Covered) -> String {
    format!("programme={}&year={}", covered.programme.id, covered.year.first())
}

/// The query of a row: none is every school.
fn row_query(value: Option<&Value>) -> String {
    value.map_or_else(String::new, |value| {
        format!("&by={}&value={}", value.by().as_str(), utf8_percent_encode(&value.word(), NON_ALPHANUMERIC))
    })
}

/// Where the list of schools behind a figure is. `list` is one of [`lists::List`]'s words.
fn schools_path(covered: &Covered, value: Option<&Value>, list: &str) -> String {
    format!("/coverage/schools?{}{}&list={list}", query(covered), row_query(value))
}

/// Where the list of a row's sessions is.
fn sessions_path(covered: &Covered, value: Option<&Value>) -> String {
    format!("/coverage/sessions?{}{}", query(covered), row_query(value))
}

/// Special schools, which have their own line before all others.
fn special() -> Value {
    Value::SettingType(SettingType::Special)
}

/// A figure that leads to what it counts. Where it counts nothing there is no list to lead to.
fn figure(count: impl TryInto<i64>, path: String, of_what: String) -> AnyView {
    match count.try_into().unwrap_or(i64::MAX) {
        0 => "0".into_any(),
        count => view! {
            <a class="govuk-link" href=path>{thousands(count)}<span class="govuk-visually-hidden">" "{of_what}</span></a>
        }
        .into_any(),
    }
}

/// A count of what is listed, as the number that pages write.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What one delivery of the programme is called, several of them.
fn deliveries(covered: &Covered, count: usize) -> String {
    let one = covered.programme.kind.delivery();
    plural(number(count), one, &format!("{one}s"))
}

async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let asked = Asked::of(pairs);
    let year = asked.year(&ctx)?;
    let choices = coverage::choices(ctx.desk(), ctx.actor()?).await?;
    if asked.0.get("programme").is_empty() {
        let all = coverage::all(ctx.desk(), ctx.actor()?, year).await?;
        return Ok(overview(&ctx, year, &choices, &all));
    }
    let covered = asked.covered(&ctx).await?;
    figures::page(&ctx, &choices, &covered)
}

/// What may be chosen: a programme, or all of them, and an academic year.
fn chooser(choices: &Choices, programme: Option<Uuid>, year: AcademicYear) -> impl IntoView + use<> {
    let chosen = programme.map(|id| id.to_string()).unwrap_or_default();
    let form = Form::of([("programme", chosen), ("year", year.first().to_string())]);
    let mut programmes = vec![choice("", "Every programme")];
    programmes.extend(choices.programmes.iter().map(|p| choice(p.id, &p.name)));
    let mut years = choices.years.clone();
    if !years.contains(&year) {
        years.push(year);
    }
    let years = years.into_iter().map(|y| choice(y.first(), y)).collect();
    view! {
        <form method="get" action="/coverage" class="app-filter" aria-label="Programme and academic year">
            <Select form=form.clone() name="programme" label="Programme" choices=programmes/>
            <Select form=form name="year" label="Academic year" choices=years/>
            <Button text="Show" variant="secondary"/>
        </form>
    }
}

/// Every programme of the year, special schools before all others.
fn overview(ctx: &Context, year: AcademicYear, choices: &Choices, all: &[Covered]) -> axum::response::Response {
    let body = if choices.settings == 0 {
        view! {
            <Empty text="There are no schools yet, so nobody can be reached.">
                <p class="govuk-body"><a class="govuk-link" href="/schools">"Import the school list"</a>" first."</p>
            </Empty>
        }
        .into_any()
    } else if all.is_empty() {
        view! {
            <Empty text="There is no programme yet, so there is nothing that could reach a school.">
                <p class="govuk-body"><a class="govuk-link" href="/programmes">"Write a programme"</a>" and open a tour of it."</p>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            {special_first(all)}
            {programmes_table(all)}
            <p class="govuk-body">"Choose a programme to see it by setting type, phase, area and year group, with its gaps. A school is reached when a session was delivered to it."</p>
        }
        .into_any()
    };
    let title = format!("Coverage in {year}");
    let content = view! {
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {chooser(choices, None, year)}
        {body}
    };
    ctx.page(title, content).wide().into_response()
}

/// How many sessions each programme gave in special schools, as big numbers.
fn special_first(all: &[Covered]) -> impl IntoView + use<> {
    let figures = all
        .iter()
        .map(|covered| {
            let value = special();
            let counts = Counts::from(&covered.coverage.row(std::slice::from_ref(&value)));
            let class = if counts.sessions == 0 { "app-figure app-figure--gap" } else { "app-figure" };
            let what = format!("{}s of {} in special schools", covered.programme.kind.delivery(), covered.programme.name);
            let reached = format!(
                "{} of {} reached",
                counts.reached_schools,
                plural(number(counts.eligible_schools), "special school", "special schools")
            );
            view! {
                <div class=class>
                    <dt class="app-figure__label">{covered.programme.name.clone()}</dt>
                    <dd class="app-figure__number">{figure(counts.sessions, sessions_path(covered, Some(&value)), what)}</dd>
                    <dd class="app-figure__note">{reached}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <h2 class="govuk-heading-m">"Sessions in special schools"</h2>
        <dl class="app-figures">{figures}</dl>
    }
}

fn programmes_table(all: &[Covered]) -> impl IntoView + use<> {
    let rows = all
        .iter()
        .map(|covered| {
            let row = covered.coverage.row(&[]);
            let counts = Counts::from(&row);
            let name = covered.programme.name.clone();
            let of = |what: &str| format!("{what}, {name}");
            vec![
                view! { <a class="govuk-link" href=format!("/coverage?{}", query(covered))>{name.clone()}</a> }
                    .into_any(),
                bars::bar(&row).into_any(),
                figure(counts.eligible_schools, schools_path(covered, None, "eligible"), of("eligible schools")),
                figure(counts.reached_schools, schools_path(covered, None, "reached"), of("schools reached")),
                figure(counts.sessions, sessions_path(covered, None), of("sessions")),
                thousands(counts.reached_pupils).into_any(),
                figure(covered.coverage.gaps.len(), format!("/coverage/gaps?{}", query(covered)), of("gaps")),
            ]
        })
        .collect();
    let heads =
        vec!["Programme", "Share reached", "Eligible schools", "Schools reached", "Sessions", "Headcount", "Gaps"];
    view! { <DataTable caption="All settings" heads=heads numeric=vec![2, 3, 4, 5, 6] rows=rows/> }
}
