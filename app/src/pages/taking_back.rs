//! Imports of every kind in one list, and taking one back: a page that asks first.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Actor, Operation, permitted};
use leptos::prelude::*;
use records::taking_back::{self, At, Built, Import, Kind, State, UNDO_DAYS};
use records::{Conflict, Error, Page as Rows};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::{Form, capitalise};
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let (see, take_back) = (Who::May(Operation::SeeImports), Who::May(Operation::TakeBackImport));
    routes.get("/imports", see, list).get("/imports/{id}/undo", take_back, ask).post(
        "/imports/{id}/undo",
        take_back,
        undo,
    )
}

/// So much of what stands in the way is named.
const NAMED: usize = 50;

#[derive(Deserialize, Default)]
struct Which {
    #[serde(default)]
    page: i64,
}

async fn list(ctx: Context, Query(which): Query<Which>) -> Answer {
    let rows = Rows::new(which.page.max(1));
    let (imports, total) = taking_back::list(ctx.desk(), ctx.actor()?, None, rows).await?;
    let pages = (total + rows.size - 1) / rows.size;
    let content = view! {
        <h1 class="govuk-heading-l">"Imports"</h1>
        <p class="govuk-body">{format!("Each can be taken back for {UNDO_DAYS} days, as long as nothing was built on it: the latest first.")}</p>
        {if imports.is_empty() {
            view! { <Empty text="Nothing has been imported yet."><a class="govuk-link" href="/schools/import">"Import the school list"</a></Empty> }.into_any()
        } else {
            table(ctx.actor()?, imports).into_any()
        }}
        <Pagination path="/imports?page=" page=rows.number pages=pages/>
    };
    Ok(ctx.page("Imports", content).wide().back("/schools").into_response())
}

/// The latest imports, for the pages where files are uploaded; none where there are none.
pub(super) async fn latest(ctx: &Context) -> Result<Option<impl IntoView + use<>>, Error> {
    let Ok(actor) = ctx.actor() else { return Ok(None) };
    let (imports, total) = taking_back::list(ctx.desk(), actor, None, Rows { number: 1, size: 10 }).await?;
    Ok((total > 0).then(|| {
        let more = total > 10;
        view! {
            {table(actor, imports)}
            {more.then(|| view! { <p class="govuk-body"><a class="govuk-link" href="/imports">"See all imports"</a></p> })}
        }
    }))
}

/// The page of an import; where it is closed to the actor, the list.
fn page_of(ctx: &Context, import: &Import) -> String {
    let is_shown = ctx.actor().is_ok_and(|actor| import.is_shown_to(actor));
    if is_shown { path_of(import.kind, import.id) } else { "/imports".to_owned() }
}

/// Where an import is shown.
pub(super) fn path_of(kind: Kind, id: Uuid) -> String {
    match kind {
        Kind::Schools | Kind::Links | Kind::Rolls | Kind::Carry => format!("/schools/imports/{id}"),
        Kind::History => format!("/histories/{id}"),
        Kind::Attendance => format!("/attendance-sheets/{id}"),
        Kind::Feedback => format!("/paper-feedback/{id}"),
        Kind::Requests => format!("/request-sheets/{id}"),
        Kind::Contacts => format!("/people/lists/{id}"),
        Kind::Terms | Kind::BankHolidays => format!("/authority/calendars/{id}"),
    }
}

fn files(import: &Import) -> String {
    match import.links_name.as_ref().filter(|_| import.kind == Kind::Schools) {
        Some(links) => format!("{} with {links}", import.file_name),
        None => import.file_name.clone(),
    }
}

/// The most of a file's name that a notice says: it goes in a cookie.
const LONGEST_NAME: usize = 100;

/// “School list “list.csv”, imported on 23 Nov 2026, 2:05pm”
fn named(import: &Import) -> String {
    let files: String = files(import).chars().take(LONGEST_NAME).collect();
    let at = date_time(import.finished_at.unwrap_or(import.started_at));
    format!("{} “{files}”, imported on {at}", import.kind.label())
}

fn table(actor: &Actor, imports: Vec<Import>) -> impl IntoView + use<> {
    let rows = imports
        .into_iter()
        .map(|import| {
            let href = path_of(import.kind, import.id);
            let files = files(&import);
            // Whoever may not import such a file reads here alone that somebody did.
            let may = permitted(actor.role, import.kind.operation());
            let name = if may && import.is_shown_to(actor) {
                view! { <a class="govuk-link app-break" href=href>{files}</a> }.into_any()
            } else {
                files.into_any()
            };
            vec![
                name,
                import.kind.label().into_any(),
                date_time(import.started_at).into_any(),
                import.person.clone().unwrap_or_else(|| "Command line".to_owned()).into_any(),
                state_tag(import.state).into_any(),
                view! { {what(&import)}{take_back(actor, &import)} }.into_any(),
            ]
        })
        .collect();
    view! {
        <DataTable caption="Imports so far" heads=vec!["File", "What", "When", "Who", "State", "What it changed"]
            rows=rows/>
    }
}

/// The way to take back what has no page of its own here.
fn take_back(actor: &Actor, import: &Import) -> Option<impl IntoView + use<>> {
    let may = permitted(actor.role, import.kind.operation()) && permitted(actor.role, Operation::TakeBackImport);
    (may && !import.is_shown_to(actor) && import.undo_until().is_some()).then(|| {
        let name = view! { <span class="govuk-visually-hidden">" "{import.file_name.clone()}</span> };
        view! { <br/><a class="govuk-link" href=format!("/imports/{}/undo", import.id)>"Take it back"{name}</a> }
    })
}

/// “3 added, 2 changed, 1 closed”; a dash where nothing is. Of an attendance sheet, “4 figures of 2 sessions”.
fn what(import: &Import) -> String {
    if import.kind == Kind::Attendance && import.added > 0 {
        let figures = plural(import.changed, "figure", "figures");
        return format!("{figures} of {}", plural(import.added, "session", "sessions"));
    }
    let closed = if import.state == State::Previewed { "not in it" } else { "closed" };
    let parts: Vec<String> = [(import.added, "added"), (import.changed, "changed"), (import.closed, closed)]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", thousands(count)))
        .collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
}

pub(super) fn state_tag(state: State) -> impl IntoView {
    let colour = match state {
        State::Waiting | State::Reading | State::Applying => "blue",
        State::Previewed => "yellow",
        State::Applied => "green",
        State::Refused | State::Failed => "red",
        State::Undone => "grey",
    };
    view! { <Tag text=state.label() colour=colour/> }
}

/// What the page of an import that is done says of taking it back: until when, with the way there; or that it was.
pub(super) fn offer(ctx: &Context, import: &Import) -> impl IntoView + use<> {
    let until = import.undo_until().filter(|until| *until >= ctx.desk().now());
    let href = format!("/imports/{}/undo", import.id);
    let taken = import.undone_at.map(|at| {
        let who = import.undone_by.clone().unwrap_or_else(|| "the command line".to_owned());
        format!(
            "Taken back by {who}, {}. Everything is as it was before.{}",
            date_time(at),
            if import.kind == Kind::Carry { "" } else { " Upload the file again to import it after all." }
        )
    });
    view! {
        {taken.map(|text| view! { <p class="govuk-body">{text}</p> })}
        {until.map(|until| view! {
            <p class="govuk-body">{format!("It can be taken back until {}, as long as nothing was built on it.", date_time(until))}</p>
            <ButtonLink href=href text="Take it back" secondary=true/>
        })}
    }
}

/// Says that the same file was imported before.
pub(super) fn again(same: Option<Import>) -> Option<impl IntoView + use<>> {
    let same = same?;
    let at = date_time(same.finished_at.unwrap_or(same.started_at));
    let href = path_of(same.kind, same.id);
    Some(view! {
        <div class="govuk-inset-text">
            {format!("This file was imported before, on {at}. ")}
            <a class="govuk-link" href=href>"See that import"</a>
        </div>
    })
}

async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = taking_back::look(ctx.desk(), ctx.actor()?, id).await?;
    if !permitted(ctx.actor()?.role, import.kind.operation()) {
        return Err(Error::Forbidden(import.kind.operation()).into());
    }
    if import.undo_until().is_none() {
        return Ok(ctx.see_other(page_of(&ctx, &import)));
    }
    let way = Way::of(taking_back::in_the_way(ctx.desk(), ctx.actor()?, id).await)?;
    Ok(ask_page(&ctx, &import, way).into_response())
}

/// Whether an import can be taken back.
pub(super) enum Way {
    /// It can.
    Open,
    /// Something was built on it.
    Built(Vec<Built>),
    /// It cannot, whatever becomes of what was built on it.
    Closed(String),
}

impl Way {
    pub(super) fn of(looked: Result<Vec<Built>, Error>) -> Result<Self, Error> {
        match looked {
            Ok(built) if built.is_empty() => Ok(Self::Open),
            Ok(built) => Ok(Self::Built(built)),
            Err(Error::Conflict(Conflict::Refused(why))) => Ok(Self::Closed(why)),
            Err(other) => Err(other),
        }
    }

    /// The same once it was refused: something stands there, though it may be gone by now.
    pub(super) fn refused(self, why: String) -> Self {
        if matches!(self, Self::Open) { Self::Closed(why) } else { self }
    }
}

/// The page of what stands there.
fn place(at: &At) -> String {
    match *at {
        At::Session(id) => format!("/sessions/{id}"),
        At::Tour(id) => format!("/tours/{id}"),
        At::Request(id) => format!("/requests/{id}"),
        At::School(id) => format!("/schools/{id}"),
        At::Split(urn) => format!("/schools/splits/{urn}"),
        At::Person(id) => format!("/people/{id}"),
        At::Import(kind, id) => path_of(kind, id),
        At::Authority => "/authority".to_owned(),
    }
}

/// Why an import cannot be taken back, and what would have to go first. `keep` is the import's page.
pub(super) fn obstacles(way: &Way, keep: String) -> impl IntoView + use<> {
    let back = view! { <p class="govuk-body">"The import stays as it is. "<a class="govuk-link" href=keep>"Go back to it"</a></p> };
    let built = match way {
        Way::Built(built) => built,
        Way::Open => return back.into_any(),
        Way::Closed(why) => {
            let why = format!("{}.", why.trim_end_matches('.'));
            return view! { <p class="govuk-body">{why}</p> {back} }.into_any();
        }
    };
    let more = built.len().saturating_sub(NAMED);
    let lines = built.iter().take(NAMED).map(|thing| {
        let what = capitalise(&thing.what);
        match &thing.at {
            Some(at) => view! { <li><a class="govuk-link" href=place(at)>{what}</a></li> }.into_any(),
            None => view! { <li>{what}</li> }.into_any(),
        }
    });
    let lines = lines.collect_view();
    view! {
        <p class="govuk-body">{match built.len() {
            1 => "Something was built on it since, and stands in the way:".to_owned(),
            n => format!("{} things were built on it since, and stand in the way:", thousands(i64::try_from(n).unwrap_or(i64::MAX))),
        }}</p>
        <ul class="govuk-list govuk-list--bullet">
            {lines}
            {(more > 0).then(|| view! { <li>{format!("and {} more", thousands(i64::try_from(more).unwrap_or(i64::MAX)))}</li> })}
        </ul>
        <p class="govuk-body">"Undo these first where that can be, or change what the import brought one by one."</p>
        {back}
    }
    .into_any()
}

fn ask_page(ctx: &Context, import: &Import, way: Way) -> Page {
    let (here, keep) = (page_of(ctx, import), page_of(ctx, import));
    // Where something stands in the way, pressing would come to nothing.
    let may_go_on = matches!(way, Way::Open);
    let title = if may_go_on { "Take this import back?" } else { "This import cannot be taken back" };
    let content = view! {
        <span class="govuk-caption-l app-break">{files(import)}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        {if may_go_on { view! {
            <Warning text=warning(import)/>
            <PostForm form=Form::default() action=format!("/imports/{}/undo", import.id)>
                <div class="govuk-button-group">
                    <Button text="Take it back" variant="warning"/>
                    <a class="govuk-link" href=keep>"Keep it"</a>
                </div>
            </PostForm>
        }.into_any() } else { obstacles(&way, keep).into_any() }}
    };
    ctx.page(title, content).back(here)
}

/// What becomes of the records.
fn warning(import: &Import) -> String {
    let schools = |count: i64| plural(count, "school", "schools");
    match import.kind {
        Kind::History => format!(
            "{} will be deleted, with the tours and remembered names that came with them.",
            plural(import.added, "session", "sessions")
        ),
        Kind::Attendance => format!(
            "The attendance of {} will be as it was before. Those that were not delivered before are not delivered again, and their feedback codes open nothing.",
            plural(import.added, "session", "sessions")
        ),
        Kind::Feedback => {
            let changed = match import.changed {
                0 => String::new(),
                changed => format!(" {} that it changed will be as before.", plural(changed, "answer", "answers")),
            };
            format!("{} that it added will be deleted.{changed}", plural(import.added, "response", "responses"))
        }
        Kind::Contacts => format!(
            "{} will be taken away again. People whom nobody knew before are deleted, and schools’ addresses for visits are as they were before.",
            plural(import.added, "role", "roles")
        ),
        Kind::Terms => "The term dates will be as they were before.".to_owned(),
        Kind::BankHolidays => "The bank holidays will be as they were before.".to_owned(),
        Kind::Carry => {
            "Everything that was carried over will stand at the school that closed again, and go from the school that carries it on."
                .to_owned()
        }
        Kind::Requests => format!(
            "{} will be withdrawn, and {} as before. Whom they name is told.",
            plural(import.added, "request", "requests"),
            plural(import.changed, "request is", "requests are")
        ),
        Kind::Rolls => format!("The numbers of {} will be as they were before.", schools(import.changed)),
        Kind::Links => "The links will be as they were before, and history follows them.".to_owned(),
        Kind::Schools => {
            let links = if import.links_name.is_some() { " So will the links, and history follows them." } else { "" };
            format!(
                "{} that it added will be deleted. What it changed of {} will be as it was before.{links}",
                schools(import.added),
                schools(import.changed + import.closed)
            )
        }
    }
}

async fn undo(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let import = taking_back::look(ctx.desk(), ctx.actor()?, id).await?;
    match once(taking_back::undo(&ctx.desk_for(&form), ctx.actor()?, id).await.map(|()| id)) {
        Ok(_) => Ok(ctx.see_other_with(page_of(&ctx, &import), &format!("Taken back: {}", named(&import)))),
        Err(Error::Conflict(Conflict::Refused(why))) => {
            // It was open when it was asked: what has come since is named now.
            let way = Way::of(taking_back::in_the_way(ctx.desk(), ctx.actor()?, id).await)?.refused(why);
            Ok(ask_page(&ctx, &import, way).status(StatusCode::CONFLICT).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
