//! Moving, cancelling, marking missed, and saying who comes: each asks on a page of its own.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::YearGroups;
use domain::access::{Actor, Operation, Scope};
use domain::session::Reason;
use leptos::prelude::*;
use records::openings::Opening;
use records::sessions::{self, Detail, Session, Why};
use records::{Conflict, Error, openings, school_calendar};
use uuid::Uuid;

use super::time;
use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

/// Slots that are offered in place of one that has gone.
pub(super) const NEAREST: usize = 6;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/sessions/{id}/move", Who::May(Operation::MoveSession), ask_move)
        .post("/sessions/{id}/move", Who::May(Operation::MoveSession), do_move)
        .get("/sessions/{id}/cancel", Who::May(Operation::CancelSession), ask_cancel)
        .post("/sessions/{id}/cancel", Who::May(Operation::CancelSession), do_cancel)
        .get("/sessions/{id}/missed", Who::May(Operation::MarkMissed), ask_missed)
        .post("/sessions/{id}/missed", Who::May(Operation::MarkMissed), do_missed)
        .get("/sessions/{id}/people", Who::May(Operation::AssignPeople), ask_people)
        .post("/sessions/{id}/people", Who::May(Operation::AssignPeople), set_people)
}

/// Which end a form is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Cancel,
    /// What cancelling is for a school that only joined: the visit itself goes on.
    Leave,
    Missed,
}

impl End {
    const fn path(self) -> &'static str {
        match self {
            Self::Cancel | Self::Leave => "cancel",
            Self::Missed => "missed",
        }
    }

    const fn question(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel this visit?",
            Self::Leave => "Take your groups out of this visit?",
            Self::Missed => "Mark this session missed?",
        }
    }

    const fn consequence(self) -> &'static str {
        match self {
            Self::Cancel | Self::Missed => {
                "The school, the provider and the council get a mail, and the visit leaves their calendars."
            }
            Self::Leave => {
                "The school you would go to and the provider get a mail. The visit itself goes on without you."
            }
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel the visit",
            Self::Leave => "Take our groups out",
            Self::Missed => "Mark missed",
        }
    }

    /// Cancelling as it is for this actor.
    fn seen_by(self, actor: &Actor, detail: &Detail) -> Self {
        if self == Self::Cancel && detail.is_guest(actor) { Self::Leave } else { self }
    }
}

fn reasons() -> Vec<Choice> {
    Reason::choices().map(|r| choice(r.as_str(), r.label())).collect()
}

fn why(form: &mut Form) -> Option<(i64, Why)> {
    let reason = form.read::<Reason>("reason", "Choose the reason")?;
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    Some((version, Why { reason, note: form.get("note").to_owned() }))
}

/// Somebody changed the visit meanwhile: what was typed stays, and a second press means it.
pub(super) fn look_again(form: &mut Form, field: &str, version: i64) {
    form.replace("version", version.to_string());
    form.refuse(field, "Somebody changed this visit meanwhile. Look at it as it stands now, then press again");
}

fn of(session: &Session) -> Form {
    Form::of([("version", session.version.to_string())])
}

pub(super) fn what(session: &Session) -> String {
    format!("{} at {}, {}, {}", session.programme, session.venue, long_date(session.on_date), time(session))
}

async fn ask_cancel(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    ask_end(ctx, id, End::Cancel).await
}

async fn ask_missed(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    ask_end(ctx, id, End::Missed).await
}

async fn do_cancel(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    do_end(ctx, id, form, End::Cancel).await
}

async fn do_missed(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    do_end(ctx, id, form, End::Missed).await
}

async fn ask_end(ctx: Context, id: Uuid, end: End) -> Answer {
    let detail = sessions::get(ctx.desk(), ctx.actor()?, id).await?;
    let end = end.seen_by(ctx.actor()?, &detail);
    let form = of(&detail.session);
    Ok(end_page(&ctx, &detail.session, form, end).into_response())
}

async fn do_end(ctx: Context, id: Uuid, mut form: Form, end: End) -> Answer {
    let detail = sessions::get(ctx.desk(), ctx.actor()?, id).await?;
    let end = end.seen_by(ctx.actor()?, &detail);
    let session = detail.session;
    if let Some((version, why)) = why(&mut form) {
        let desk = ctx.desk_for(&form);
        let done = match end {
            End::Cancel | End::Leave => sessions::cancel(&desk, ctx.actor()?, id, version, &why).await,
            End::Missed => sessions::miss(&desk, ctx.actor()?, id, version, &why).await,
        };
        match once(done) {
            Ok(_) if end == End::Cancel => {
                return Ok(ctx.see_other_with("/sessions", "Cancelled. Everybody concerned was told"));
            }
            Ok(_) if end == End::Leave => {
                let text = "Your groups are out of the visit. The other school and the provider were told";
                return Ok(ctx.see_other_with("/sessions", text));
            }
            Ok(id) => {
                let text = "Marked missed. Everybody concerned was told";
                return Ok(ctx.see_other_with(format!("/sessions/{id}/new-date"), text));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
                look_again(&mut form, "note", session.version);
                return Ok(end_page(&ctx, &session, form, end).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(end_page(&ctx, &session, form, end).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn end_page(ctx: &Context, session: &Session, form: Form, end: End) -> Page {
    let here = format!("/sessions/{}", session.id);
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{end.question()}</h1>
        <p class="govuk-body">{what(session)}</p>
        <p class="govuk-body">{end.consequence()}</p>
        <PostForm form=form.clone() action=format!("{here}/{}", end.path())>
            <Hidden name="version" value=version/>
            <Radios form=form.clone() name="reason" legend="Reason" choices=reasons()/>
            <TextArea form=form name="note" label="Anything else they should know (optional)" rows=3/>
            <Button text=end.button() variant="warning"/>
        </PostForm>
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Keep it as it is"</a></p>
    };
    ctx.page(end.question(), content).back(here)
}

async fn ask_move(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let (form, free) = (of(&session), free(&ctx, &session).await?);
    Ok(move_page(&ctx, &session, form, &free).into_response())
}

async fn do_move(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let opening = form.read::<Uuid>("opening", "Choose the new date");
    let why = why(&mut form);
    if let Some(opening) = opening.filter(|_| form.is_good()) {
        warn_of_closed(&ctx, &session, &mut form, opening).await?;
    }
    if let (Some((version, why)), Some(opening), true) = (why, opening, form.is_good()) {
        match once(sessions::move_to(&ctx.desk_for(&form), ctx.actor()?, id, version, opening, &why).await) {
            Ok(id) => return Ok(ctx.see_other_with(format!("/sessions/{id}"), "Moved. Everybody concerned was told")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(Error::Conflict(Conflict::Stale)) => {
                let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
                look_again(&mut form, "note", session.version);
                let free = free(&ctx, &session).await?;
                return Ok(move_page(&ctx, &session, form, &free).status(StatusCode::CONFLICT).into_response());
            }
            Err(Error::Conflict(Conflict::SlotGone)) => {
                let wanted = openings::get(ctx.desk(), ctx.actor()?, opening).await?;
                let tour = session.tour_id;
                let nearest = sessions::nearest(ctx.desk(), ctx.actor()?, tour, wanted.on_date, NEAREST).await?;
                let free = Free { openings: nearest, ..free(&ctx, &session).await? };
                form.refuse("opening", "That slot has just gone. Here are the nearest free ones");
                return Ok(move_page(&ctx, &session, form, &free).status(StatusCode::CONFLICT).into_response());
            }
            Err(other) => return Err(other.into()),
        }
    }
    let free = free(&ctx, &session).await?;
    Ok(move_page(&ctx, &session, form, &free).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Says in the form that the school takes no visits then, once for each slot: a second press means it.
pub(super) async fn warn_of_closed(
    ctx: &Context,
    session: &Session,
    form: &mut Form,
    opening: Uuid,
) -> Result<(), Problem> {
    if form.get("closed") == opening.to_string() || !sees_calendar(ctx.actor()?, session) {
        return Ok(());
    }
    let closed =
        school_calendar::closed_for(ctx.desk(), ctx.actor()?, session.venue_id, opening, YearGroups::NONE).await?;
    if let Some(why) = closed {
        form.replace("closed", opening.to_string());
        let school = &session.venue;
        form.refuse(
            "opening",
            format!("{school} takes no visits then, according to its calendar. {why}. Choose another time, or press again if the school agrees"),
        );
    }
    Ok(())
}

/// Whether the actor may know when this session's school is closed: not of another's school, which one only joined.
fn sees_calendar(actor: &Actor, session: &Session) -> bool {
    !matches!(&actor.scope, Scope::Setting(own) if *own != session.venue_id)
}

/// What a session may move to.
struct Free {
    /// Every free slot, by date.
    openings: Vec<Opening>,
    /// Those that the school cannot take.
    closed: Vec<Uuid>,
}

async fn free(ctx: &Context, session: &Session) -> Result<Free, Problem> {
    let actor = ctx.actor()?;
    let first = domain::session::first_bookable(actor.role, ctx.desk().today());
    let openings = openings::free(ctx.desk(), actor, session.tour_id, first).await?;
    Ok(Free { openings, closed: closed(ctx, session).await? })
}

/// The free slots of a session's tour that its school cannot take.
pub(super) async fn closed(ctx: &Context, session: &Session) -> Result<Vec<Uuid>, Problem> {
    let actor = ctx.actor()?;
    if !sees_calendar(actor, session) {
        return Ok(Vec::new());
    }
    let first = domain::session::first_bookable(actor.role, ctx.desk().today());
    let (tour, venue) = (session.tour_id, session.venue_id);
    let closed = school_calendar::closed_of_tour(ctx.desk(), actor, venue, tour, first, YearGroups::NONE).await?;
    Ok(closed.into_iter().map(|(id, _)| id).collect())
}

/// [`slot_text`], and whether the school is closed then.
pub(super) fn slot_or_closed(o: &Opening, closed: &[Uuid]) -> String {
    let mark = if closed.contains(&o.id) { " (the school is closed then)" } else { "" };
    format!("{}{mark}", slot_text(o))
}

fn move_page(ctx: &Context, session: &Session, form: Form, free: &Free) -> Page {
    let here = format!("/sessions/{}", session.id);
    let version = form.get("version").to_owned();
    let slots: Vec<Choice> = std::iter::once(choice("", "Choose a date and time"))
        .chain(free.openings.iter().map(|o| choice(o.id, slot_or_closed(o, &free.closed))))
        .collect();
    let closed = form.get("closed").to_owned();
    let summary = form.clone();
    let fields = if free.openings.is_empty() {
        view! { <Empty text="No other slot of this tour is free."><p class="govuk-body">"Ask the provider to open more days."</p></Empty> }
            .into_any()
    } else {
        view! {
            <PostForm form=form.clone() action=format!("{here}/move")>
                <Hidden name="version" value=version/>
                <Hidden name="closed" value=closed/>
                <Select form=form.clone() name="opening" label="New date and time" choices=slots/>
                <Radios form=form.clone() name="reason" legend="Reason" choices=reasons()/>
                <TextArea form=form.clone() name="note" label="Anything else they should know (optional)" rows=3/>
                <Button text="Move the visit"/>
            </PostForm>
        }
        .into_any()
    };
    let content = view! {
        <ErrorSummary form=summary/>
        <h1 class="govuk-heading-l">"Move this visit"</h1>
        <p class="govuk-body">{what(session)}</p>
        {fields}
    };
    ctx.page("Move this visit", content).back(here)
}

/// “Tuesday 1 December 2026, 9:30am to 10:45am, Blue team”.
pub(in crate::pages) fn slot_text(o: &Opening) -> String {
    format!("{}, {} to {}, {}", long_date(o.on_date), o.starts, o.ends, o.team_name)
}

async fn ask_people(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let form = people_of_record(&session);
    Ok(people_page(&ctx, &session, form).into_response())
}

fn people_of_record(session: &Session) -> Form {
    Form::of([("who_comes", session.who_comes.clone()), ("version", session.visit_version.to_string())])
}

async fn set_people(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
    let who = form.get("who_comes").to_owned();
    let version = form.get("version").parse().unwrap_or(0);
    match once(sessions::set_people(&ctx.desk_for(&form), ctx.actor()?, id, version, &who).await) {
        Ok(id) => return Ok(ctx.see_other_with(format!("/sessions/{id}"), "Saved. The booking stands as it was")),
        Err(Error::Invalid(errors)) => form.refuse_all(errors),
        Err(Error::Conflict(Conflict::Stale)) => {
            let session = sessions::get(ctx.desk(), ctx.actor()?, id).await?.session;
            form.changed_meanwhile(people_of_record(&session));
            return Ok(people_page(&ctx, &session, form).status(StatusCode::CONFLICT).into_response());
        }
        Err(other) => return Err(other.into()),
    }
    Ok(people_page(&ctx, &session, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn people_page(ctx: &Context, session: &Session, form: Form) -> Page {
    let here = format!("/sessions/{}", session.id);
    let version = form.get("version").to_owned();
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">"Who comes"</h1>
        <p class="govuk-body">{what(session)}</p>
        <PostForm form=form.clone() action=format!("{here}/people")>
            <Hidden name="version" value=version/>
            <TextArea form=form name="who_comes" label="The people who come" hint="One a line. The school sees their names"/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page("Who comes", content).back(here)
}
