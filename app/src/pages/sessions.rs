//! Sessions: the list, one session, and what can happen to it.

mod again;
mod answer;
mod book;
pub(super) mod change;
mod feeds;
pub(super) mod fields;
pub(super) mod groups;
mod join;

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use chrono::NaiveDate;
use domain::access::{Actor, Operation, Role, permitted};
use domain::session::{Event, Reason, State, after};
use leptos::prelude::*;
use records::Page as Rows;
use records::sessions::{self, Detail, Filter, Line, Session};
use serde::Deserialize;
use uuid::Uuid;

pub(super) use feeds::query as feed_query;

use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes.get("/sessions", Who::May(Operation::SeeSessions), list).get(
        "/sessions/{id}",
        Who::May(Operation::SeeSessions),
        show,
    );
    let routes = again::routes(answer::routes(routes));
    feeds::routes(change::routes(join::routes(book::routes(routes))))
}

/// Which sessions the list shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Coming,
    Past,
    Cancelled,
    Missed,
}

impl Which {
    const ALL: [Self; 4] = [Self::Coming, Self::Past, Self::Cancelled, Self::Missed];

    /// Its word in an address, and in a heading.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Coming => ("coming", "Coming"),
            Self::Past => ("past", "Past"),
            Self::Cancelled => ("cancelled", "Cancelled"),
            Self::Missed => ("missed", "Missed"),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    tour: Option<Uuid>,
    which: String,
    page: i64,
}

impl Asked {
    /// What is asked for; unsaid, what comes.
    fn which(&self) -> Which {
        Which::ALL.into_iter().find(|w| w.words().0 == self.which).unwrap_or(Which::Coming)
    }

    fn filter(&self, today: NaiveDate) -> Filter {
        let all = Filter { tour: self.tour, ..Filter::default() };
        match self.which() {
            Which::Coming => Filter { from: Some(today), ..all },
            Which::Past => Filter { until: today.pred_opt(), latest_first: true, ..all },
            Which::Cancelled => Filter { state: Some(State::Cancelled), latest_first: true, ..all },
            Which::Missed => Filter { state: Some(State::Missed), latest_first: true, ..all },
        }
    }

    /// The list's address, up to `which=`.
    fn path(&self) -> String {
        format!("/sessions?{}which=", self.tour.map(|t| format!("tour={t}&")).unwrap_or_default())
    }
}

async fn list(ctx: Context, Query(asked): Query<Asked>) -> Answer {
    let rows = Rows::new(asked.page);
    let (lines, total) = sessions::list(ctx.desk(), ctx.actor()?, &asked.filter(ctx.desk().today()), rows).await?;
    let (which, path) = (asked.which(), asked.path());
    let filters = Which::ALL
        .iter()
        .map(|w| {
            let current = (*w == which).then_some("page");
            let href = format!("{path}{}", w.words().0);
            view! { <li><a class="govuk-link" href=href aria-current=current>{w.words().1}</a></li> }
        })
        .collect_view();
    let content = if lines.is_empty() {
        let text = format!(
            "There are no {} sessions{}.",
            which.words().1.to_lowercase(),
            if asked.tour.is_some() { " of this tour" } else { "" }
        );
        view! {
            <Empty text=text>
                <p class="govuk-body"><a class="govuk-link" href="/tours">"Choose a tour to book"</a>", or look at the others above."</p>
            </Empty>
        }
        .into_any()
    } else {
        table(lines).into_any()
    };
    let path = format!("{path}{}&page=", which.words().0);
    let view = view! {
        <h1 class="govuk-heading-l">{format!("{} sessions", which.words().1)}</h1>
        <nav aria-label="Which sessions" class="app-no-print"><ul class="govuk-list app-choices">{filters}</ul></nav>
        <p class="govuk-body">{plural(total, "session", "sessions")}</p>
        {content}
        <Pagination path=path page=rows.number pages=(total + rows.size - 1) / rows.size/>
    };
    Ok(ctx.page(format!("{} sessions", which.words().1), view).wide().into_response())
}

fn table(lines: Vec<Line>) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let when = line.starts().map_or_else(|| line.slot_label.clone(), |t| t.to_string());
            let counted = match line.attended {
                Some(attended) => thousands(attended),
                None if line.state.is_live() => "not yet".to_owned(),
                None => String::new(),
            };
            let link = view! { <a class="govuk-link app-nowrap" href=format!("/sessions/{}", line.id)>{short_date(line.on_date)}</a> };
            vec![
                link.into_any(),
                when.into_any(),
                line.programme.into_any(),
                line.venue.into_any(),
                view! { <Tag text=line.state.label() colour=colour(line.state)/> }.into_any(),
                expected(line.expected).into_any(),
                counted.into_any(),
            ]
        })
        .collect();
    view! {
        <DataTable caption="Sessions" caption_hidden=true
            heads=vec!["Date", "Time", "Programme", "Where", "State", "Expected", "Counted"] numeric=vec![5, 6] rows=rows/>
    }
}

async fn show(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let actor = ctx.actor()?;
    let detail = sessions::get(ctx.desk(), actor, id).await?;
    let audit = sessions::audit(ctx.desk(), actor, id).await?;
    let session = &detail.session;
    let title = format!("{} at {}", session.programme, session.venue);
    let content = view! {
        <span class="govuk-caption-l">{session.tour.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body"><Tag text=session.state.label() colour=colour(session.state)/></p>
        {(session.state == State::Offered).then(|| answer::deadline(session))}
        <SummaryList rows=facts(&detail, actor)/>
        {attending(&detail)}
        {actions(&ctx, actor, &detail)}
        {timeline(&detail)}
        <AuditLines lines=audit/>
    };
    Ok(ctx.page(title, content).back("/sessions").into_response())
}

const fn colour(state: State) -> &'static str {
    match state {
        State::Confirmed => "blue",
        State::Delivered => "green",
        State::Offered | State::Reserved => "yellow",
        State::Missed | State::Cancelled => "red",
        State::Declined | State::Lapsed => "grey",
    }
}

/// “9:30am to 10:45am”, or what the slot is called.
fn time(session: &Session) -> String {
    session.times().map_or_else(|| session.slot_label.clone(), |(from, to)| format!("{from} to {to}"))
}

/// The school, which leads to its page, and the room.
fn place(session: &Session, may_see: bool) -> AnyView {
    let room = if session.room.is_empty() { String::new() } else { format!(", {}", session.room) };
    let name = session.venue.clone();
    if may_see {
        let href = format!("/schools/{}", session.venue_id);
        view! { <a class="govuk-link" href=href>{name}</a>{room} }.into_any()
    } else {
        format!("{name}{room}").into_any()
    }
}

fn facts(detail: &Detail, actor: &Actor) -> Vec<Row> {
    let s = &detail.session;
    let mut rows = vec![
        row("When", format!("{}, {}", long_date(s.on_date), time(s))),
        row("Where", place(s, actor.role != Role::School && permitted(actor.role, Operation::SeeSettings))),
        row("Who delivers", s.team.clone().map_or_else(|| s.provider.clone(), |t| format!("{}, {t}", s.provider))),
        row(
            "Who comes",
            if s.who_comes.is_empty() { "Not said yet".to_owned() } else { s.who_comes.replace('\n', ", ") },
        ),
        row("Expected", expected(detail.expected)),
        row("Contact on the day", or_unsaid(&addresses(&s.contact_name, &s.contact_telephone))),
        row("Staff stay throughout", if s.staff_stay { "Yes" } else { "Not said" }),
        row("Another school may join", if s.room_for_others { "Yes" } else { "No" }),
    ];
    // The host's addresses are for the host, and for those who write to it.
    if !detail.is_guest(actor) {
        rows.push(row("Mails go to", or_unsaid(&addresses(&s.contact_email, &s.more_emails))));
    }
    if !s.access_needs.is_empty() {
        rows.push(row("Access needs", s.access_needs.clone()));
    }
    if !s.asked_by_name.is_empty() {
        let how = s.asked_how.parse::<domain::tour::AskedBy>().map_or("", |how| how.label()).to_lowercase();
        rows.push(row("Who asked", format!("{} ({how})", s.asked_by_name)));
    }
    let declined = s.reason.parse::<domain::request::DeclineReason>().ok().filter(|_| s.state == State::Declined);
    let label = declined.map(|reason| reason.label()).or_else(|| s.reason.parse::<Reason>().ok().map(|r| r.label()));
    if let Some(label) = label {
        let note = s.reason_note.trim();
        rows.push(row("Reason", if note.is_empty() { label.to_owned() } else { format!("{label}: {note}") }));
    }
    rows
}

fn or_unsaid(text: &str) -> String {
    if text.is_empty() { "Not said yet".to_owned() } else { text.to_owned() }
}

/// The address for the mails and the further ones, as one list.
fn addresses(first: &str, more: &str) -> String {
    [first, more].map(str::trim).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Older records need not say: nobody books for none.
fn expected(pupils: i64) -> String {
    if pupils == 0 { "not stated".to_owned() } else { thousands(pupils) }
}

fn attending(detail: &Detail) -> impl IntoView + use<> {
    let rows = detail
        .groups
        .iter()
        .map(|g| {
            let years = match (g.year_groups.is_empty(), g.is_unsaid) {
                (false, _) => g.year_groups.to_string(),
                (true, false) => "not followed".to_owned(),
                (true, true) => "not stated".to_owned(),
            };
            vec![
                g.setting.clone().into_any(),
                years.into_any(),
                Some(g.label.clone()).filter(|label| !label.is_empty()).into_any(),
                figure(
                    expected(g.expected),
                    vec![g.expected_send.map(|n| format!("of whom {} with SEND", thousands(n)))],
                ),
                figure(
                    g.attended.map_or_else(|| "not yet".to_owned(), thousands),
                    vec![
                        g.attended_send.map(|n| format!("of whom {} with SEND", thousands(n))),
                        g.withdrawn.map(|n| format!("{} withdrawn", thousands(n))),
                        g.adults.map(|n| plural(n, "adult", "adults")),
                    ],
                ),
            ]
        })
        .collect::<Vec<_>>();
    view! {
        <DataTable caption="Attending groups" heads=vec!["School", "Year groups", "Group", "Expected", "Counted"]
            rows=rows/>
    }
}

/// A number of pupils; below it what else was said of them.
fn figure(pupils: String, more: Vec<Option<String>>) -> AnyView {
    let more = more.into_iter().flatten().map(|text| view! { <div class="app-label">{text}</div> }).collect_view();
    view! { <div>{pupils}{more}</div> }.into_any()
}

fn actions(ctx: &Context, actor: &Actor, detail: &Detail) -> Option<impl IntoView + use<>> {
    let s = &detail.session;
    // A school that only joined neither moves nor misses the visit: it takes its own groups out.
    let guest = detail.is_guest(actor);
    let may = |operation, event| permitted(actor.role, operation) && after(Some(s.state), event, actor.role).is_ok();
    let today = ctx.desk().today();
    let changeable = domain::session::may_still_change(actor.role, s.on_date, today, s.notice_days);
    let mut links: Vec<(&str, &str)> = Vec::new();
    let open = domain::offer::is_open(ctx.desk().now(), s.offered_until);
    if may(Operation::AnswerOffer, Event::Accept) && open {
        links.push(("accept", "Accept"));
        links.push(("another-day", "Ask for another day"));
        links.push(("decline", "Decline"));
    }
    if matches!(s.state, State::Missed | State::Cancelled) && permitted(actor.role, Operation::BookSession) && !guest {
        links.push(("new-date", "Find a new date"));
    }
    if permitted(actor.role, Operation::RecordAttendance)
        && s.on_date <= today
        && matches!(s.state, State::Confirmed | State::Delivered | State::Missed)
    {
        links.push(("attendance", "Record attendance"));
    }
    if s.state == State::Delivered && permitted(actor.role, Operation::OpenFeedback) {
        links.push(("feedback", "Feedback code"));
    }
    if s.state == State::Delivered && permitted(actor.role, Operation::SeeFeedback) {
        links.push(("results", "What was answered"));
    }
    if may(Operation::MoveSession, Event::Move) && changeable && !guest {
        links.push(("move", "Move to another date"));
    }
    if s.state == State::Confirmed && permitted(actor.role, Operation::AssignPeople) {
        links.push(("people", "Say who comes"));
    }
    if may(Operation::CancelSession, Event::Cancel) && changeable {
        links.push(("cancel", if guest { "Take our groups out" } else { "Cancel" }));
    }
    if may(Operation::MarkMissed, Event::Miss) && s.on_date <= today && !guest {
        links.push(("missed", "Mark missed"));
    }
    let late = s.state == State::Confirmed && !changeable && s.on_date >= today;
    let ring = (late && permitted(actor.role, Operation::CancelSession)).then(|| {
        let number = s.provider_telephone.as_deref().map(|n| format!(" on {n}")).unwrap_or_default();
        let text = format!("To change this so close to the day, ring {}{number}.", s.provider);
        view! { <p class="govuk-body">{text}</p> }
    });
    let id = s.id;
    let pack = permitted(actor.role, Operation::SeeProgrammes).then(|| {
        let href = format!("/programmes/{}/visit-pack", s.programme_id);
        view! { <li><a class="govuk-link" href=href>"Read the visit pack"</a></li> }
    });
    let feeds = permitted(actor.role, Operation::EditFeeds)
        .then(|| view! { <li><a class="govuk-link" href="/calendar-feeds">"Calendar feeds"</a></li> });
    if links.is_empty() && pack.is_none() && feeds.is_none() && ring.is_none() {
        return None;
    }
    let links = links
        .into_iter()
        .map(|(path, text)| view! { <li><a class="govuk-link" href=format!("/sessions/{id}/{path}")>{text}</a></li> })
        .collect_view();
    Some(view! {
        <h2 class="govuk-heading-m">"What you can do"</h2>
        {ring}
        <ul class="govuk-list app-no-print">{links}{pack}{feeds}</ul>
    })
}

fn timeline(detail: &Detail) -> impl IntoView + use<> {
    // A column that is blank all the way down only takes room.
    let noted = detail.timeline.iter().any(|e| !e.note.is_empty());
    let rows = detail
        .timeline
        .iter()
        .map(|e| {
            let by = e.by_name.clone().unwrap_or_else(|| "Callboard".into());
            let mut cells = vec![
                date_time(e.at).into_any(),
                e.label().to_owned().into_any(),
                format!("{by} ({})", e.by_role).into_any(),
            ];
            if noted {
                cells.push(Some(e.note.clone()).filter(|note| !note.is_empty()).into_any());
            }
            cells
        })
        .collect::<Vec<_>>();
    let mut heads = vec!["When", "What", "Who"];
    if noted {
        heads.push("Note");
    }
    view! { <DataTable caption="What happened" heads=heads rows=rows/> }
}
