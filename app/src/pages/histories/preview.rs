//! What would be taken over; the yes; what was; and taking it back.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::AcademicYear;
use domain::session::Reason;
use domain::setting::SettingType;
use leptos::prelude::*;
use records::Error;
use records::histories::{self, About, Applied, Difference, Import, Left, Row, Standing, State, Understood, Work};
use records::histories::{Count, Found, Outcome};
use records::taking_back::UNDO_DAYS;
use uuid::Uuid;

use super::super::imports::within_patience;
use super::{Which, again, count_of, page_of, schools, working};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;

/// Rows on a page.
const SIZE: usize = 100;
/// Rows on a page of those that wait for an answer: what is wrong with a file is listed at once.
const SIZE_ASKED: usize = 1_000;
/// Differences that are named.
const NAMED: usize = 20;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let asked_for = Standing::ALL.into_iter().find(|s| s.as_str() == which.standing);
    // Where nothing is ready, what waits for an answer is what there is to see.
    let first = if understood.count(Standing::Ready) == 0 { Standing::Asked } else { Standing::Ready };
    let standing = asked_for.unwrap_or(first);
    let here = format!("/histories/{id}");
    let rows: Vec<&Row> = understood.rows.iter().filter(|row| row.standing == standing).collect();
    let (shown, page, pages) = page_of(&rows, which.page, if standing == Standing::Asked { SIZE_ASKED } else { SIZE });
    let others = Standing::ALL.into_iter().filter(|s| *s != standing && understood.count(*s) > 0);
    let others = others.map(|s| {
        let text = format!("{}: {}", s.label(), plural(count_of(understood.count(s)), "row", "rows"));
        view! { <li><a class="govuk-link" href=format!("{here}/preview?standing={}", s.as_str())>{text}</a></li> }
    });
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"See what would be taken over"</h1>
        {again(&import, &understood)}
        <p class="govuk-body">"Nothing has been changed yet."</p>
        {figures(&understood)}
        {super::not_read_with_way(&import, &understood)}
        {(understood.count(Standing::Ready) > 0).then(|| view! { <ButtonLink href=format!("{here}/apply") text="Go on to take them over"/> })}
        {(standing == Standing::Asked && !shown.is_empty()).then(|| super::mark_link(id))}
        {table(&import, &understood, standing, shown)}
        <Pagination path=format!("{here}/preview?standing={}&page=", standing.as_str()) page=page pages=pages/>
        <ul class="govuk-list">{others.collect_view()}</ul>
    };
    Ok(ctx.page("See what would be taken over", content).wide().back(here).into_response())
}

fn figures(understood: &Understood) -> impl IntoView + use<> {
    let ready: Vec<&Row> = understood.rows.iter().filter(|row| row.standing == Standing::Ready).collect();
    let of = |outcome: Outcome| count_of(ready.iter().filter(|row| row.outcome == outcome).count());
    let schools: BTreeSet<Uuid> = ready.iter().filter_map(|row| row.school.as_ref().map(|s| s.id)).collect();
    let special = ready.iter().filter_map(|row| row.school.as_ref()).filter(|s| s.setting_type == SettingType::Special);
    let special: BTreeSet<Uuid> = special.map(|s| s.id).collect();
    let held = || ready.iter().filter(|row| row.outcome == Outcome::Held);
    let pupils = |row: &&&Row| match row.count {
        Count::Pupils { pupils, .. } => Some(i64::from(pupils)),
        _ => None,
    };
    let (counted, unknown) =
        (held().filter_map(|row| pupils(&row)).sum::<i64>(), held().filter(|row| pupils(row).is_none()).count());
    let rows = |standing| plural(count_of(understood.count(standing)), "row", "rows");
    let differ = count_of(understood.rows.iter().filter(|row| !row.differs().is_empty()).count());
    let already = match differ {
        0 => rows(Standing::AlreadyThere),
        n => format!(
            "{}; of {} the file says something else, and what is on record stays: change it at the session",
            rows(Standing::AlreadyThere),
            thousands(n)
        ),
    };
    view! {
        <SummaryList rows=vec![
            row("Delivered", plural(of(Outcome::Held), "session", "sessions")),
            row("Cancelled", plural(of(Outcome::Cancelled), "session", "sessions")),
            row("Postponed", plural(of(Outcome::Postponed), "session", "sessions")),
            row("Schools", format!("{}, of which {} special", plural(count_of(schools.len()), "school", "schools"), thousands(count_of(special.len())))),
            row("Attendances", format!("{}; {} without a number", thousands(counted), plural(count_of(unknown), "session", "sessions"))),
            row("On record already", already),
            row("Wait for an answer", rows(Standing::Asked)),
            row("Left out", rows(Standing::LeftOut)),
        ]/>
    }
}

fn table(import: &Import, understood: &Understood, standing: Standing, shown: &[&Row]) -> impl IntoView + use<> {
    if shown.is_empty() {
        return view! { <p class="govuk-body">{match standing {
            _ if super::is_done(understood) => "There is nothing to take over: every row is on record already, or left out.",
            Standing::Ready => "No row is ready. Say what the file’s columns hold and which programme it was, decide its schools, and answer for its rows.",
            _ => "There is no such row.",
        }}</p> }.into_any();
    }
    let rows = shown.iter().map(|row| cells(import, understood, row)).collect();
    view! {
        <DataTable caption=standing.label() heads=vec!["Row", "School", "Typed", "Date", "Time", "Years", "Pupils", "Programme", "Becomes"]
            short=vec![3, 4, 5, 6] rows=rows/>
    }
    .into_any()
}

fn cells(import: &Import, understood: &Understood, row: &Row) -> Vec<AnyView> {
    let school = row.school.as_ref().map_or_else(|| "–".to_owned(), |s| s.name.clone());
    let name = &understood.names[row.name];
    let change = schools::address(import.id, name, "preview");
    // Nobody was asked about it for this file.
    let is_said = || understood.choices.get(About::School, &name.key).is_some();
    let remembered = match name.found {
        Found::Remembered(_) => " (remembered from an earlier file)",
        Found::Out if !is_said() => " (remembered from an earlier file: no school)",
        _ => "",
    };
    let time = match (row.starts, row.half) {
        (Some(starts), _) => starts.to_string(),
        (None, Some(half)) => format!("{half:?}").to_lowercase(),
        (None, None) => "not said".to_owned(),
    };
    let years = match (row.year_groups.is_empty(), row.label.as_str()) {
        (true, "") => "not said".to_owned(),
        (true, label) => label.to_owned(),
        (false, "") => row.year_groups.to_string(),
        (false, label) => format!("{} ({label})", row.year_groups),
    };
    let pupils = match row.count {
        Count::Pupils { pupils, approximate: false } => thousands(i64::from(pupils)),
        Count::Pupils { pupils, approximate: true } => format!("about {}", thousands(i64::from(pupils))),
        _ => "unknown".to_owned(),
    };
    let programme = understood.programmes.iter().find(|p| Some(p.id) == row.programme);
    let becomes = match (row.standing, row.outcome) {
        (Standing::Asked, outcome) => {
            let known = match outcome {
                Outcome::Cancelled => Some("Cancelled."),
                Outcome::Postponed => Some("Postponed."),
                Outcome::Held | Outcome::ToConfirm => None,
            };
            let asked = row.questions.iter().map(|q| q.message.as_str());
            known.into_iter().chain(asked).collect::<Vec<_>>().join(" ")
        }
        (Standing::AlreadyThere, _) => {
            let differs = row.differs().into_iter().map(|differs| differs.to_string());
            std::iter::once("on record already".to_owned()).chain(differs).collect::<Vec<_>>().join(", ")
        }
        (Standing::LeftOut, _) => "left out".to_owned(),
        (Standing::Ready, Outcome::Held) => "delivered".to_owned(),
        (Standing::Ready, Outcome::Postponed) => "cancelled: postponed".to_owned(),
        (Standing::Ready, _) if row.reason == Reason::Other => "cancelled".to_owned(),
        (Standing::Ready, _) => format!("cancelled: {}", row.reason.label().to_lowercase()),
    };
    let becomes = match row.there.as_ref().map(|there| there.session) {
        Some(session) => view! { <a class="govuk-link" href=format!("/sessions/{session}")>{becomes}</a> }.into_any(),
        None => becomes.into_any(),
    };
    vec![
        row.where_is().into_any(),
        view! {
            {school}" "{name.is_typed().then(|| view! {
                <a class="govuk-link" href=change>
                    "Change"<span class="govuk-visually-hidden">{format!(" the school of {}", row.where_is())}</span>
                </a>
            })}
        }
        .into_any(),
        view! {
            {format!("{}{remembered}", row.typed.trim())}<br/><span class="app-label">{row.beside.to_string()}</span>
        }
        .into_any(),
        row.on.map_or_else(|| "–".to_owned(), short_date).into_any(),
        time.into_any(),
        years.into_any(),
        pupils.into_any(),
        programme.map_or_else(|| "–".to_owned(), |p| p.name.clone()).into_any(),
        becomes,
    ]
}

/// The most bytes of what was seen: [`Understood::seen`] has four letters a row.
pub(super) const MOST_SEEN_BYTES: usize = 4 * histories::MOST_ROWS;

pub(super) async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    // What came of a yes that took longer than its request is told here, once.
    let before = histories::at_work(ctx.desk(), ctx.actor()?, id).await?;
    histories::told(id);
    let differences = match before {
        Some(work) if work.goes_on() => return Ok(working::page(&ctx, &import, &work).into_response()),
        Some(Work::Changed(differences)) => differences,
        Some(Work::Refused(why)) => {
            return Ok(ctx.see_other_with(format!("/histories/{id}"), &format!("Nothing was taken over. {why}")));
        }
        Some(_) | None => Vec::new(),
    };
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    Ok(ask_page(&ctx, &import, &understood, &differences).into_response())
}

/// Asks for the yes, with what was seen of each row.
fn ask_page(ctx: &Context, import: &Import, understood: &Understood, differences: &[Difference]) -> Page {
    let here = format!("/histories/{}", import.id);
    let (ready, asked) = (count_of(understood.count(Standing::Ready)), count_of(understood.count(Standing::Asked)));
    let seen = understood.seen();
    let title = format!("Take over {}?", plural(ready, "session", "sessions"));
    let content = view! {
        {(!differences.is_empty()).then(|| changed(differences))}
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {figures(understood)}
        {super::not_read_with_way(import, understood)}
        {(asked > 0).then(|| view! {
            <Warning text=format!("{} for an answer and will not be taken over. You can upload the file again for them: what you have answered is kept.",
                plural(asked, "row still waits", "rows still wait"))/>
        })}
        <p class="govuk-body">{format!("You can take it back for {UNDO_DAYS} days, as long as nothing was built on it. The file itself is not kept.")}</p>
        {if ready > 0 { view! {
            <PostForm form=Form::default() action=format!("{here}/apply")>
                <Hidden name="seen" value=seen/>
                <Button text="Take them over"/>
            </PostForm>
        }.into_any() } else { view! {
            <p class="govuk-body">"No row is ready: answer its questions first."</p>
        }.into_any() }}
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Go back without changing anything"</a></p>
    };
    ctx.page(title, content).back(format!("{here}/preview"))
}

/// What has changed since somebody looked.
fn changed(differences: &[Difference]) -> impl IntoView + use<> {
    let lines = differences.iter().take(NAMED).map(|d| {
        let sheet = if d.sheet.is_empty() { String::new() } else { format!("{}, ", d.sheet) };
        let what = if d.before == d.now {
            "its school, day or programme is another one now".to_owned()
        } else {
            format!("was “{}”, is “{}”", d.before.label(), d.now.label())
        };
        view! { <li>{format!("{sheet}row {}: {what}", d.row)}</li> }
    });
    let more = differences.len().saturating_sub(NAMED);
    view! {
        <div class="govuk-error-summary">
            <div role="alert">
                <h2 class="govuk-error-summary__title">"The records have changed since you looked"</h2>
                <div class="govuk-error-summary__body">
                    <p>"Nothing was taken over. Look at these rows, then say yes again."</p>
                    <ul class="govuk-list">{lines.collect_view()}
                        {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
                    </ul>
                </div>
            </div>
        </div>
    }
}

pub(super) async fn apply(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let actor = ctx.actor()?;
    let import = histories::look(ctx.desk(), actor, id).await?;
    let seen = form.get("seen").to_owned();
    let (desk, doer) = (ctx.desk_for(&form), actor.clone());
    let here = format!("/histories/{id}");
    match within_patience(async move { histories::apply_beside(&desk, &doer, id, &seen).await }).await {
        Some(Ok(Applied::Done { added, .. })) => {
            let notice = plural(count_of(added), "session was taken over", "sessions were taken over");
            Ok(ctx.see_other_with(here, &notice))
        }
        Some(Ok(Applied::Changed(differences))) => {
            histories::told(id);
            let understood = histories::understand(ctx.desk(), actor, id).await?;
            Ok(ask_page(&ctx, &import, &understood, &differences).status(StatusCode::CONFLICT).into_response())
        }
        None | Some(Err(Error::Repeated(_))) => Ok(ctx.see_other(here)),
        Some(Err(other)) => {
            histories::told(id);
            Err(other.into())
        }
    }
}

/// An import that was taken over, or back.
pub(super) fn done(ctx: &Context, import: &Import, years: &[AcademicYear], left: Option<Left>) -> Page {
    let by = |person: &Option<String>| person.clone().unwrap_or_else(|| "the command line".to_owned());
    let undone = import.state == State::Undone;
    let title = if undone { "Older records taken back" } else { "Older records taken over" };
    let when = import.finished_at.map(date_time).unwrap_or_default();
    let mut rows = vec![
        row("Taken over", plural(import.added, "session", "sessions")),
        row("On record already", plural(import.unchanged, "row", "rows")),
    ];
    match left {
        Some(left) => {
            rows.push(row("Left out, as decided", plural(left.left_out, "row", "rows")));
            rows.push(row("Not taken over, without an answer", plural(left.unanswered, "row", "rows")));
        }
        None => rows.push(row("Not taken over", plural(import.left(), "row", "rows"))),
    }
    rows.push(row("When", format!("{when}, by {}", by(&import.person))));
    if let Some(at) = import.undone_at {
        rows.push(row("Taken back", format!("{}, by {}", date_time(at), by(&import.undone_by))));
    }
    // Only a question that is answered makes the file worth another upload.
    let open = left.map_or_else(|| import.left(), |left| left.unanswered);
    let until = import.undo_until().filter(|until| *until >= ctx.desk().now());
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <SummaryList rows=rows/>
        {if undone {
            view! { <p class="govuk-body">"Everything is as it was before. "<a class="govuk-link" href="/histories">"Upload the file again"</a>" to take it over after all."</p> }.into_any()
        } else {
            view! {
                <ul class="govuk-list">
                    {years.iter().map(|year| view! {
                        <li><a class="govuk-link" href=format!("/coverage?year={}", year.first())>{format!("See coverage in {year}")}</a></li>
                    }).collect_view()}
                    <li><a class="govuk-link" href="/tours">"See tours"</a></li>
                    {(open > 0).then(|| view! { <li><a class="govuk-link" href="/histories">"Upload the file again for the rows without an answer"</a>": what was answered is kept"</li> })}
                </ul>
            }.into_any()
        }}
        {until.map(|until| view! {
            <p class="govuk-body">{format!("It can be taken back until {}, as long as nothing was built on it.", date_time(until))}</p>
            <ButtonLink href=format!("/imports/{}/undo", import.id) text="Take it back" secondary=true/>
        })}
    };
    ctx.page(title, content).back("/histories")
}
