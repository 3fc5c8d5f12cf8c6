//! Everyone's calendar to look at: a school's, a team's, a tour's, a provider's, by month and by week.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use chrono::{Datelike, Days, Months, NaiveDate};
use domain::access::{Actor, Operation, Scope, permitted};
use domain::availability::Closed;
use leptos::prelude::*;
use records::calendars::{self, Calendar, Day, Of, Opening, Session};
use records::{providers, school_year, tours};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let teams = Who::May(Operation::SeeProviders);
    routes
        .get("/calendar", Who::May(Operation::SeeCalendar), choose)
        .get("/schools/{id}/calendar", Who::May(Operation::SeeCalendar), school)
        .get("/teams/{id}/calendar", teams, team)
        .get("/tours/{id}/calendar", teams, tour)
        .get("/providers/{id}/calendar", teams, provider)
}

/// Which days are asked for. What is no month and no week is the present month.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    month: String,
    week: String,
}

/// The days a page shows.
#[derive(Clone, Copy)]
enum Span {
    /// The month with this first day, in whole weeks.
    Month(NaiveDate),
    /// The week with this Monday.
    Week(NaiveDate),
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

impl Span {
    fn read(asked: &Asked, today: NaiveDate) -> Self {
        let known = |day: &NaiveDate| (1990..=2100).contains(&day.year());
        if let Some(day) = asked.week.parse::<NaiveDate>().ok().filter(known) {
            return Self::Week(monday(day));
        }
        let month = format!("{}-01", asked.month).parse::<NaiveDate>().ok().filter(known);
        Self::Month(month.or_else(|| today.with_day(1)).unwrap_or(today))
    }

    fn days(self) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Week(monday) => (monday, monday + Days::new(6)),
            Self::Month(first) => {
                let last = first + Months::new(1) - Days::new(1);
                (monday(first), monday(last) + Days::new(6))
            }
        }
    }

    fn has(self, day: NaiveDate) -> bool {
        match self {
            Self::Week(_) => true,
            Self::Month(first) => (day.year(), day.month()) == (first.year(), first.month()),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Month(first) => first.format("%B %Y").to_string(),
            Self::Week(monday) => format!("Week of {}", monday.format("%-d %B %Y")),
        }
    }

    /// The span before or after this one.
    fn by(self, steps: i64) -> Self {
        let back = steps < 0;
        match self {
            Self::Week(day) if back => Self::Week(day - Days::new(7)),
            Self::Week(day) => Self::Week(day + Days::new(7)),
            Self::Month(day) if back => Self::Month(day - Months::new(1)),
            Self::Month(day) => Self::Month(day + Months::new(1)),
        }
    }

    fn query(self) -> String {
        match self {
            Self::Week(monday) => format!("week={monday}"),
            Self::Month(first) => format!("month={}", first.format("%Y-%m")),
        }
    }

    /// The same days in the other manner, and what the link says: of this month, this week.
    fn other(self, today: NaiveDate) -> (Self, &'static str) {
        match self {
            Self::Week(day) => (Self::Month(day.with_day(1).unwrap_or(day)), "Show the month"),
            Self::Month(_) if self.has(today) => (Self::Week(monday(today)), "Show this week"),
            Self::Month(first) => (Self::Week(monday(first)), "Show a week"),
        }
    }
}

async fn school(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    page(&ctx, Of::School(id), asked, &format!("/schools/{id}")).await
}

async fn team(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    page(&ctx, Of::Team(id), asked, &format!("/teams/{id}")).await
}

async fn tour(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    page(&ctx, Of::Tour(id), asked, &format!("/tours/{id}")).await
}

async fn provider(ctx: Context, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Answer {
    page(&ctx, Of::Provider(id), asked, &format!("/providers/{id}")).await
}

/// What the lines of a calendar depend on.
#[derive(Clone, Copy)]
struct Reader {
    of: Of,
    today: NaiveDate,
    week: bool,
    may_book: bool,
    may_assign: bool,
}

async fn page(ctx: &Context, of: Of, asked: Asked, here: &str) -> Answer {
    let actor = ctx.actor()?;
    let today = ctx.desk().today();
    let span = Span::read(&asked, today);
    let (from, to) = span.days();
    let calendar = calendars::look(ctx.desk(), actor, of, from, to).await?;
    let reader = Reader {
        of,
        today,
        week: matches!(span, Span::Week(_)),
        may_book: permitted(actor.role, Operation::BookSession),
        may_assign: permitted(actor.role, Operation::AssignPeople),
    };
    let Calendar { name, days } = calendar;
    let nothing = days.iter().all(|d| d.sessions.is_empty() && d.openings.is_empty()).then(|| {
        let what = if matches!(of, Of::School(_)) { "No session" } else { "No session and no free slot" };
        let when = if reader.week { "this week" } else { "this month" };
        view! { <p class="govuk-body">{format!("{what} {when}.")}</p> }
    });
    let class = if reader.week { "app-calendar app-calendar--week" } else { "app-calendar" };
    let heads = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        .map(|day| view! { <span class="app-calendar__head">{day}</span> })
        .collect_view();
    let days = days.into_iter().map(|day| one(day, span, reader)).collect_view();
    let title = format!("Calendar of {name}");
    let content = view! {
        <span class="govuk-caption-l">{title.clone()}</span>
        <h1 class="govuk-heading-l">{span.title()}</h1>
        {turning(span, here, today)}
        {around(of, actor, here)}
        {nothing}
        <div class="app-calendar__heads" aria-hidden="true">{heads}</div>
        <ol class=class>{days}</ol>
        {turning(span, here, today)}
    };
    Ok(ctx.page(format!("{}: {title}", span.title()), content).back(here).wide().into_response())
}

/// Previous, next, today, and the other manner.
fn turning(span: Span, here: &str, today: NaiveDate) -> impl IntoView + use<> {
    let link = |to: Span| format!("{here}/calendar?{}", to.query());
    let what = |to: Span| to.title();
    let (before, after) = (span.by(-1), span.by(1));
    let (other, text) = span.other(today);
    let now = match span {
        Span::Month(_) => Span::Month(today.with_day(1).unwrap_or(today)),
        Span::Week(_) => Span::Week(monday(today)),
    };
    let now =
        (now.query() != span.query()).then(|| view! { <li><a class="govuk-link" href=link(now)>"Today"</a></li> });
    view! {
        <ul class="govuk-list app-calendar__turn app-no-print">
            <li><a class="govuk-link" rel="prev" href=link(before)><span class="govuk-visually-hidden">"Previous: "</span>"← "{what(before)}</a></li>
            <li><a class="govuk-link" rel="next" href=link(after)><span class="govuk-visually-hidden">"Next: "</span>{what(after)}" →"</a></li>
            {now}
            <li><a class="govuk-link" href=link(other)>{text}</a></li>
        </ul>
    }
}

/// Where else to go from a calendar.
fn around(of: Of, actor: &Actor, here: &str) -> impl IntoView + use<> {
    let mut links: Vec<(String, &str)> = Vec::new();
    match of {
        Of::School(_) => links.push((format!("{here}/dates"), "Days without visits, weekly pattern, hall and terms")),
        Of::Team(_) => links.push((here.to_owned(), "Hours, leave and slots of this team")),
        Of::Tour(_) | Of::Provider(_) => {}
    }
    let makes_feeds = !matches!((of, &actor.scope), (Of::Provider(_), _) | (Of::School(_), Scope::Provider(_)));
    if permitted(actor.role, Operation::EditFeeds) && makes_feeds {
        links.push((
            format!("/calendar-feeds?{}", super::sessions::feed_query(of)),
            "Put it into Outlook, Google or a phone",
        ));
    }
    let links = links
        .into_iter()
        .map(|(href, text)| view! { <li><a class="govuk-link" href=href>{text}</a></li> })
        .collect_view();
    view! { <ul class="govuk-list app-no-print">{links}</ul> }
}

fn one(day: Day, span: Span, reader: Reader) -> impl IntoView {
    let mut class = "app-calendar__day".to_owned();
    let bare = day.sessions.is_empty() && day.openings.is_empty() && day.away.is_empty() && day.in_part.is_empty();
    let weekend = day.closed == Some(Closed::Weekend);
    for (yes, name) in [
        (!span.has(day.on), "outside"),
        (day.closed.is_some(), "closed"),
        (day.on == reader.today, "today"),
        // On a phone an empty day only takes room.
        (bare && (weekend || day.closed.is_none()), "bare"),
    ] {
        if yes {
            class.push_str(" app-calendar__day--");
            class.push_str(name);
        }
    }
    let today = (day.on == reader.today).then(|| view! { <span class="app-calendar__now">"Today"</span> });
    let closed = day.closed.as_ref().filter(|_| !weekend).map(|why| {
        let text = match why {
            Closed::BankHoliday(name) => name.clone(),
            Closed::OutsideTerm => "Outside the terms".to_owned(),
            other => other.to_string(),
        };
        view! { <p class="app-calendar__note">{text}</p> }
    });
    let in_part =
        day.in_part.iter().map(|text| view! { <p class="app-calendar__note">{text.clone()}</p> }).collect_view();
    let away = day
        .away
        .iter()
        .map(|(team, why)| {
            let text = if matches!(reader.of, Of::Team(_)) { why.to_string() } else { format!("{team}: away") };
            view! { <p class="app-calendar__note">{text}</p> }
        })
        .collect_view();
    let people = match reader.of {
        Of::Team(id) if reader.may_assign && (reader.week || !day.sessions.is_empty()) => {
            let href = format!("/teams/{id}/days/{}", day.on);
            Some(view! {
                <p class="app-calendar__note app-no-print"><a class="govuk-link" href=href>"Who comes"<span class="govuk-visually-hidden">" on "{long_date(day.on)}</span></a></p>
            })
        }
        _ => None,
    };
    let sessions = day.sessions.iter().map(|s| session(s, reader)).collect_view();
    let entries = !day.sessions.is_empty() || !day.openings.is_empty();
    let openings = openings(&day.openings, reader);
    view! {
        <li class=class>
            <h2 class="app-calendar__date"><span class="app-calendar__long">{day.on.format("%A ").to_string()}</span>{day.on.format("%-d").to_string()}
                <span class="app-calendar__long">{day.on.format(" %B").to_string()}</span>{today}</h2>
            {closed}{in_part}{away}
            {entries.then(|| view! { <ul class="app-calendar__entries">{sessions}{openings}</ul> })}
            {people}
        </li>
    }
}

fn session(session: &Session, reader: Reader) -> impl IntoView + use<> {
    let time = match session.times() {
        Some((starts, ends)) if reader.week => format!("{starts} to {ends}"),
        Some((starts, _)) => starts.to_string(),
        None => "Time not known".to_owned(),
    };
    let what = match reader.of {
        Of::School(_) => session.programme.clone(),
        Of::Team(_) if !reader.week => session.venue.clone(),
        Of::Team(_) => format!("{}, {}", session.venue, session.programme),
        Of::Tour(_) | Of::Provider(_) => match &session.team {
            Some(team) => format!("{}, {team}", session.venue),
            None => session.venue.clone(),
        },
    };
    let state = format!("app-state app-state--{}", session.state.as_str());
    view! {
        <li class="app-calendar__entry">
            <a class="govuk-link" href=format!("/sessions/{}", session.id)>{format!("{time}: {what}")}</a>
            " "<span class=state>{session.state.label()}</span>
        </li>
    }
}

/// Free slots: counted in a month, each by itself in a week.
fn openings(openings: &[Opening], reader: Reader) -> AnyView {
    if openings.is_empty() {
        return ().into_any();
    }
    if !reader.week {
        let count = i64::try_from(openings.len()).unwrap_or(i64::MAX);
        return view! { <li class="app-calendar__entry app-calendar__entry--free">{plural(count, "free slot", "free slots")}</li> }
            .into_any();
    }
    openings
        .iter()
        .map(|o| {
            let several = !matches!(reader.of, Of::Team(_));
            let team = if several { format!(", {}", o.team) } else { String::new() };
            let text = format!("Free: {} to {}{team}", o.starts, o.ends);
            let body = if reader.may_book && o.on_date >= reader.today {
                let href = format!("/tours/{}/book?opening={}", o.tour_id, o.id);
                let hidden = format!(": book {} on {}", o.tour, long_date(o.on_date));
                view! { <a class="govuk-link" href=href>{text}<span class="govuk-visually-hidden">{hidden}</span></a> }
                    .into_any()
            } else {
                text.into_any()
            };
            view! { <li class="app-calendar__entry app-calendar__entry--free">{body}</li> }
        })
        .collect_view()
        .into_any()
}

/// The calendars there are for this person; the only one at once.
async fn choose(ctx: Context) -> Answer {
    let actor = ctx.actor()?;
    match &actor.scope {
        Scope::Setting(id) => return Ok(ctx.see_other(format!("/schools/{id}/calendar"))),
        Scope::Provider(id) => return Ok(ctx.see_other(format!("/providers/{id}/calendar"))),
        Scope::Trust(_) | Scope::Authority(_) | Scope::Everything => {}
    }
    let line = |href: String, name: String| view! { <li><a class="govuk-link" href=href>{name}</a></li> };
    let mut parts = Vec::new();
    let mut part = |title: &'static str, lines: Vec<_>| {
        if !lines.is_empty() {
            parts.push(view! {
                <h2 class="govuk-heading-m">{title}</h2>
                <ul class="govuk-list">{lines.into_iter().collect_view()}</ul>
            });
        }
    };
    if matches!(actor.scope, Scope::Trust(_)) {
        let schools = school_year::choices(ctx.desk(), actor).await?;
        part("Schools", schools.into_iter().map(|s| line(format!("/schools/{}/calendar", s.id), s.name)).collect());
    } else if permitted(actor.role, Operation::SeeProviders) {
        let year = domain::AcademicYear::containing(ctx.desk().today());
        let filter = tours::Filter { year: Some(year), ..tours::Filter::default() };
        let tours = tours::list(ctx.desk(), actor, filter).await?;
        part(
            "Tours of this academic year",
            tours.into_iter().map(|t| line(format!("/tours/{}/calendar", t.id), t.name)).collect(),
        );
        let providers = providers::list(ctx.desk(), actor).await?;
        part(
            "Providers",
            providers.into_iter().map(|p| line(format!("/providers/{}/calendar", p.id), p.name)).collect(),
        );
    }
    let content = view! {
        <h1 class="govuk-heading-l">"Calendars"</h1>
        {parts.into_iter().collect_view()}
        <p class="govuk-body">"Each school’s calendar is on its own page: "<a class="govuk-link" href="/schools">"see the schools"</a>"."</p>
    };
    Ok(ctx.page("Calendars", content).back("/").into_response())
}
