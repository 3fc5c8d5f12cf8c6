//! Who would get what, the yes, and what was done.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::import::{ImportState as State, UNDO_DAYS};
use leptos::prelude::*;
use records::contacts::{self, Applied, Difference, Gives, Gone, Import, Mails, Row, Understood};
use records::histories::Standing;
use records::{Error, taking_back};
use uuid::Uuid;

use super::super::taking_back::offer;
use super::{Which, count_of, page_of};
use crate::components::*;
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::{Form, capitalise};
use crate::web::page::Page;

/// Rows on a page.
const SIZE: usize = 100;
/// Differences that are named.
const NAMED: usize = 20;

pub(super) async fn show(ctx: Context, Path(id): Path<Uuid>, Query(which): Query<Which>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    let standing = Standing::ALL.into_iter().find(|s| s.as_str() == which.standing).unwrap_or(Standing::Ready);
    let here = format!("/people/lists/{id}");
    let rows: Vec<&Row> = understood.rows.iter().filter(|row| row.standing == standing).collect();
    let (shown, page, pages) = page_of(&rows, which.page, SIZE);
    let others = Standing::ALL.into_iter().filter(|s| *s != standing && understood.count(*s) > 0);
    let others = others.map(|s| {
        let text = format!("{}: {}", word(s), plural(count_of(understood.count(s)), "row", "rows"));
        view! { <li><a class="govuk-link" href=format!("{here}/preview?standing={}", s.as_str())>{text}</a></li> }
    });
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">"See who would get what"</h1>
        <p class="govuk-body">"Nothing has been changed yet."</p>
        {figures(&understood)}
        {(understood.count(Standing::Ready) > 0).then(|| view! { <ButtonLink href=format!("{here}/apply") text="Go on to give them"/> })}
        {table(standing, shown)}
        <Pagination path=format!("{here}/preview?standing={}&page=", standing.as_str()) page=page pages=pages/>
        <ul class="govuk-list">{others.collect_view()}</ul>
        {gone(&understood.gone)}
    };
    Ok(ctx.page("See who would get what", content).wide().back(here).into_response())
}

/// What becomes of a row, in words: nobody can answer here for what is to be mended in the file.
const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Asked => "Waits for an answer, or to be mended",
        other => other.label(),
    }
}

fn figures(understood: &Understood) -> impl IntoView + use<> {
    let ready = || understood.rows.iter().filter(|row| row.standing == Standing::Ready);
    let roles = ready().filter(|row| row.gives != Gives::Address).count();
    let rows = |standing| plural(count_of(understood.count(standing)), "row", "rows");
    // Nobody can answer for them here.
    let is_to_mend = |row: &&Row| row.standing == Standing::Asked && !row.problems.is_empty();
    let to_mend = understood.rows.iter().filter(is_to_mend).count();
    view! {
        <SummaryList rows=vec![
            row("Roles to give", format!("{}, to {}", plural(count_of(roles), "role", "roles"), plural(count_of(understood.people()), "person", "people"))),
            row("Addresses for visits", plural(count_of(ready().count() - roles), "school", "schools")),
            row("On record already", rows(Standing::AlreadyThere)),
            row("Wait for an answer", plural(count_of(understood.count(Standing::Asked) - to_mend), "row", "rows")),
            row("To be mended in the file", plural(count_of(to_mend), "row", "rows")),
            row("Left out", rows(Standing::LeftOut)),
        ]/>
    }
}

/// The school, and what was typed for it where that is something else.
fn as_typed(school: &str, typed: &str) -> AnyView {
    match (school, typed) {
        ("", "") => "–".into_any(),
        ("", typed) => format!("“{typed}”").into_any(),
        (school, typed) if typed.is_empty() || typed == school => school.to_owned().into_any(),
        (school, typed) => {
            view! { {school.to_owned()}<br/><span class="app-label">{format!("“{typed}”")}</span> }.into_any()
        }
    }
}

fn table(standing: Standing, shown: &[&Row]) -> impl IntoView + use<> {
    if shown.is_empty() {
        return view! { <p class="govuk-body">"There is no such row."</p> }.into_any();
    }
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let rows = shown
        .iter()
        .map(|row| {
            let school = row.school.as_ref().map(|s| s.name.clone()).unwrap_or_default();
            let email = row.email.as_ref().map(ToString::to_string).unwrap_or_default();
            vec![
                capitalise(&row.where_is()).into_any(),
                as_typed(&school, row.typed.trim()),
                or_dash(&row.person).into_any(),
                or_dash(&row.job).into_any(),
                address(&or_dash(&email)).into_any(),
                row.gives.label().into_any(),
                or_dash(&row.why).into_any(),
            ]
        })
        .collect();
    view! {
        <DataTable caption=word(standing) heads=vec!["Row", "School", "Name", "Job", "Address", "Gets", "Note"]
            rows=rows/>
    }
    .into_any()
}

/// People on record who are not in the list.
fn gone(gone: &[Gone]) -> Option<impl IntoView + use<>> {
    let rows: Vec<Vec<AnyView>> = gone
        .iter()
        .map(|g| {
            vec![
                view! { <a class="govuk-link" href=format!("/people/{}", g.person)>{g.name.clone()}</a> }.into_any(),
                address(&g.email).into_any(),
                g.school.clone().into_any(),
                Gives::Role(g.role).label().into_any(),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">"Not in the list any more"</h2>
            <p class="govuk-body">"These people have a role at a school of the list, and are not in it. They keep it: look at each, and take the role away where somebody has left."</p>
            <DataTable caption="Not in the list any more" caption_hidden=true heads=vec!["Name", "Address", "School", "Role"] rows=rows/>
        }
    })
}

pub(super) async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let import = contacts::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = contacts::understand(ctx.desk(), ctx.actor()?, id).await?;
    Ok(ask_page(&ctx, &import, &understood, Form::default(), &[]).into_response())
}

/// Asks for the yes, and whether people are told, with what was seen of each row.
fn ask_page(ctx: &Context, import: &Import, understood: &Understood, form: Form, differences: &[Difference]) -> Page {
    let here = format!("/people/lists/{}", import.id);
    let (ready, asked) = (understood.count(Standing::Ready), count_of(understood.count(Standing::Asked)));
    let people = count_of(understood.people());
    let seen = understood.seen();
    let title = match people {
        0 => "Take over the schools’ addresses?".to_owned(),
        n => format!("Give {} their role?", plural(n, "person", "people")),
    };
    let mails = (people > 0).then(|| {
        let send = format!("Yes, send {}", plural(people, "mail", "mails"));
        let choices = vec![
            choice_with_hint("send", send, "It says what they can do and how to sign in"),
            choice_with_hint(
                "none",
                "No, nobody is told",
                "They can sign in with their address all the same, once you have told them",
            ),
        ];
        view! { <Radios form=form.clone() name="mails" legend="Tell them by mail?" choices=choices/> }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        {(!differences.is_empty()).then(|| changed(differences))}
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {figures(understood)}
        {(asked > 0).then(|| view! {
            <Warning text=format!("{} for an answer, and nothing comes of it now. You can upload the file again for them.",
                plural(asked, "row waits", "rows wait"))/>
        })}
        <p class="govuk-body">{format!("You can take it back for {UNDO_DAYS} days, as long as nobody has signed in by it. The file itself is not kept.")}</p>
        {if ready > 0 { view! {
            <PostForm form=form.clone() action=format!("{here}/apply")>
                <Hidden name="seen" value=seen/>
                {mails}
                <Button text="Give them"/>
            </PostForm>
        }.into_any() } else { view! {
            <p class="govuk-body">"Nobody is ready: decide the schools first, or mend the list."</p>
        }.into_any() }}
        <p class="govuk-body"><a class="govuk-link" href=here.clone()>"Go back without changing anything"</a></p>
    };
    ctx.page(title, content).back(format!("{here}/preview"))
}

/// What has changed since somebody looked.
fn changed(differences: &[Difference]) -> impl IntoView + use<> {
    let lines = differences.iter().take(NAMED).map(|d| {
        let what = if d.before == d.now {
            "its school is another one now".to_owned()
        } else {
            format!("was “{}”, is “{}”", d.before.label(), d.now.label())
        };
        view! { <li>{format!("{}: {what}", d.place)}</li> }
    });
    let more = differences.len().saturating_sub(NAMED);
    view! {
        <div class="govuk-error-summary">
            <div role="alert">
                <h2 class="govuk-error-summary__title">"The records have changed since you looked"</h2>
                <div class="govuk-error-summary__body">
                    <p>"Nothing was done. Look at these rows, then say yes again."</p>
                    <ul class="govuk-list">{lines.collect_view()}
                        {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
                    </ul>
                </div>
            </div>
        </div>
    }
}

pub(super) async fn apply(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let actor = ctx.actor()?;
    let import = contacts::look(ctx.desk(), actor, id).await?;
    let here = format!("/people/lists/{id}");
    if import.state != State::Previewed {
        return Ok(ctx.see_other(here));
    }
    let understood = contacts::understand(ctx.desk(), actor, id).await?;
    let said = form.get("mails").to_owned();
    let mails = match (said.as_str(), understood.people()) {
        ("send", _) => Mails::Send,
        ("none", _) | (_, 0) => Mails::None,
        _ => {
            form.refuse("mails", "Say whether they are told by mail");
            let page = ask_page(&ctx, &import, &understood, form, &[]);
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let seen = form.get("seen").to_owned();
    match contacts::apply(&ctx.desk_for(&form), actor, id, mails, Some(&seen)).await {
        Ok(Applied::Done { roles, mails, .. }) => {
            let told = match mails {
                0 => "nobody is told by mail".to_owned(),
                n => format!("{} on the way", plural(count_of(n), "mail is", "mails are")),
            };
            let notice = format!("{} given, and {told}", plural(count_of(roles), "role was", "roles were"));
            Ok(ctx.see_other_with(here, &notice))
        }
        Ok(Applied::Changed(differences)) => {
            let understood = contacts::understand(ctx.desk(), actor, id).await?;
            let page = ask_page(&ctx, &import, &understood, form, &differences);
            Ok(page.status(StatusCode::CONFLICT).into_response())
        }
        Err(Error::Repeated(_)) => Ok(ctx.see_other(here)),
        Err(other) => Err(other.into()),
    }
}

/// An import that was taken over, or back.
pub(super) fn done(ctx: &Context, import: &Import, whole: &taking_back::Import) -> Page {
    let who = import.person.clone().unwrap_or_else(|| "the command line".to_owned());
    let undone = import.state == State::Undone;
    let title = if undone { "Schools’ people taken back" } else { "Schools’ people taken over" };
    let when = import.finished_at.map(date_time).unwrap_or_default();
    let left = import.total - import.added - import.changed - import.unchanged;
    let rows = vec![
        row("Roles given", thousands(import.added)),
        row("Addresses for visits", plural(import.changed, "school", "schools")),
        row("On record already", plural(import.unchanged, "row", "rows")),
        row("Not taken over", plural(left, "row", "rows")),
        row("When", format!("{when}, by {who}")),
    ];
    let content = view! {
        <span class="govuk-caption-l">{import.file_name.clone()}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <SummaryList rows=rows/>
        {(!undone).then(|| view! {
            <ul class="govuk-list">
                <li><a class="govuk-link" href="/people?role=school">"See schools’ people"</a></li>
                {(left > 0).then(|| view! { <li><a class="govuk-link" href="/people/lists">"Upload the file again for the rows that were not taken over"</a></li> })}
            </ul>
        })}
        {offer(ctx, whole)}
    };
    ctx.page(title, content).back("/people/lists")
}
