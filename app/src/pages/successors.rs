//! Schools that closed: who follows them, which of several carries the history, and what is still to come there.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::Error;
use records::lineage::{self, Bringing, Carry, Followed, Item, Split};
use records::taking_back::UNDO_DAYS;
use uuid::Uuid;

use super::imports::coming_text;
use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

/// The choice that no school carries a history.
const NOBODY: &str = "nobody";

pub(crate) fn routes(routes: Routes) -> Routes {
    let may = Who::May(Operation::FollowSchools);
    routes
        .get("/schools/successors", may, list)
        .get("/schools/splits/{urn}", may, split)
        .post("/schools/splits/{urn}", may, decide)
        .post("/schools/splits/{urn}/take-back", may, take_back)
        .get("/schools/closed/{id}", may, carry)
        .post("/schools/closed/{id}", may, carry_over)
}

async fn list(ctx: Context) -> Answer {
    let schools = lineage::list(ctx.desk(), ctx.actor()?).await?;
    let content = view! {
        <h1 class="govuk-heading-l">"Schools that closed, and who follows them"</h1>
        {if schools.is_empty() {
            view! {
                <Empty text="No school has closed of which something is known or still to come.">
                    <p class="govuk-body">"When you "<a class="govuk-link" href="/schools/import">"import a school list with its links table"</a>", schools that converted, merged or were split stand here."</p>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <p class="govuk-body">"A school that follows another carries its history: sessions delivered there count for it in coverage, and in what schools need. What is still to come stays at the closed school until you carry it over; what was carried over can be taken back under "<a class="govuk-link" href="/imports">"Imports"</a>"."</p>
                {table(schools)}
            }
            .into_any()
        }}
    };
    Ok(ctx.page("Schools that closed, and who follows them", content).back("/schools").wide().into_response())
}

fn table(schools: Vec<Followed>) -> impl IntoView {
    let rows = schools
        .into_iter()
        .map(|s| {
            let name = view! { <a class="govuk-link" href=format!("/schools/{}", s.id)>{s.name.clone()}</a> };
            let followed = match (&s.carrier, s.asked) {
                (_, Some(at)) => view! {
                    <a class="govuk-link" href=format!("/schools/splits/{at}")>"Split: say which school carries its history"<span class="govuk-visually-hidden">{format!(", for {}", s.name)}</span></a>
                }
                .into_any(),
                (Some((id, name)), _) => {
                    let merged = s.merged.then_some(" (merged)");
                    view! { <a class="govuk-link" href=format!("/schools/{id}")>{name.clone()}</a>{merged} }.into_any()
                }
                (None, None) => "Nobody".into_any(),
            };
            let decided = s.decided.map(|at| {
                view! { <br/><a class="govuk-link" href=format!("/schools/splits/{at}")>"What was decided"<span class="govuk-visually-hidden">{format!(" about {}", s.name)}</span></a> }
            });
            let c = s.coming;
            let text = coming_text(c.sessions, c.requests, c.invitations, c.people);
            let coming = if c.any() {
                view! { <a class="govuk-link" href=format!("/schools/closed/{}", s.id)>{text}<span class="govuk-visually-hidden">{format!(" still to come at {}", s.name)}</span></a> }
                    .into_any()
            } else {
                text.into_any()
            };
            vec![name.into_any(), s.urn.to_string().into_any(), view! { {followed}{decided} }.into_any(), coming]
        })
        .collect();
    view! {
        <DataTable caption="Schools that closed" caption_hidden=true heads=vec!["School", "URN", "Carried on by", "Still to come there"] rows=rows/>
    }
}

async fn split(ctx: Context, Path(urn): Path<String>) -> Answer {
    let split = lineage::split(ctx.desk(), ctx.actor()?, number(&urn)?).await?;
    let mut form = Form::default();
    if let Some(decided) = &split.decided {
        form.put("carrier", decided.carrier.map_or_else(|| NOBODY.to_owned(), |urn| urn.to_string()));
    }
    Ok(split_page(&ctx, &split, form).into_response())
}

/// What is no number names no school.
fn number(urn: &str) -> Result<i64, Error> {
    urn.parse().map_err(|_| Error::NotFound)
}

fn split_page(ctx: &Context, split: &Split, form: Form) -> Page {
    let here = format!("/schools/splits/{}", split.urn);
    let title = format!("{} was split", split.name);
    let mut choices: Vec<_> =
        split.among.iter().map(|c| choice_with_hint(c.urn, &c.name, format!("URN {}", c.urn))).collect();
    choices.push(choice_with_hint(NOBODY, "None of them", "Its history stays with the school that closed"));
    let delivered = match split.delivered {
        0 => "Nothing on record was delivered there.".to_owned(),
        n => format!("{} delivered there.", plural(n, "session was", "sessions were")),
    };
    let names: Vec<String> = split.settings.iter().map(|s| format!("{} ({})", s.name, s.urn)).collect();
    let decided = split.decided.as_ref().map(|d| {
        let who = d.by.clone().unwrap_or_else(|| "the command line".to_owned());
        let carrier = d.carrier.map_or_else(
            || "nobody".to_owned(),
            |urn| split.among.iter().find(|c| c.urn == urn).map_or_else(|| format!("school {urn}"), |c| c.name.clone()),
        );
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">{format!("Carried on by {carrier}: {who} said so, {}. You can say otherwise, or take it back: then it is asked again, and nobody carries the history until it is answered.", date_time(d.at))}</p>
                <PostForm form=Form::default() action=format!("{here}/take-back")>
                    <Button text="Take this back" variant="secondary"/>
                </PostForm>
            </div>
        }
    });
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">{format!("The links table names more than one school, or a part of one, that followed it. On record: {}. {delivered}", names.join(", "))}</p>
        <p class="govuk-body">"The school you choose counts as reached where this one was, in coverage and in what schools need. The answer is remembered when lists are imported."</p>
        {decided}
        <PostForm form=form.clone() action=here>
            <Radios form=form name="carrier" legend="Which school carries its history?" choices=choices/>
            <Button text="Save"/>
        </PostForm>
    };
    ctx.page(title, content).back("/schools/successors")
}

async fn decide(ctx: Context, Path(urn): Path<String>, mut form: Form) -> Answer {
    let urn = number(&urn)?;
    let carrier = match form.get("carrier") {
        "" => {
            form.refuse("carrier", "Choose which school carries its history");
            None
        }
        NOBODY => Some(None),
        other => match other.parse() {
            Ok(carrier) => Some(Some(carrier)),
            Err(_) => {
                form.refuse("carrier", "Choose which school carries its history");
                None
            }
        },
    };
    // Found first: nothing is asked of somebody for whom it does not exist.
    let split = lineage::split(ctx.desk(), ctx.actor()?, urn).await?;
    if let Some(carrier) = carrier {
        match once(lineage::decide(&ctx.desk_for(&form), ctx.actor()?, urn, carrier).await) {
            Ok(_) => return Ok(ctx.see_other_with("/schools/successors", "Saved: coverage counts by it from now on")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(split_page(&ctx, &split, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn take_back(ctx: Context, Path(urn): Path<String>, form: Form) -> Answer {
    let urn = once(lineage::take_back(&ctx.desk_for(&form), ctx.actor()?, number(&urn)?).await)?;
    Ok(ctx.see_other_with(format!("/schools/splits/{urn}"), "Taken back: it is asked again"))
}

async fn carry(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let carry = lineage::carrying(ctx.desk(), ctx.actor()?, id).await?;
    Ok(carry_page(&ctx, &carry).into_response())
}

/// What the lists are called, in the order of the page.
const LISTS: [(Bringing, &str); 7] = [
    (Bringing::Session, "Sessions"),
    (Bringing::Request, "Requests"),
    (Bringing::Waiting, "Places on waiting lists"),
    (Bringing::Invitation, "Invitations"),
    (Bringing::Person, "People who may act for it"),
    (Bringing::Calendar, "Its calendar"),
    (Bringing::Correction, "What people corrected"),
];

fn carry_page(ctx: &Context, carry: &Carry) -> Page {
    let here = format!("/schools/closed/{}", carry.from.id);
    let title = format!("What is still to come at {}", carry.from.name);
    let moving = i64::try_from(carry.moving()).unwrap_or(i64::MAX);
    let lists =
        LISTS.into_iter().map(|(kind, title)| items(title, carry.items.iter().filter(|i| i.kind == kind).collect()));
    let act = match &carry.to {
        Some(to) if moving > 0 => {
            let text = format!("Carry {} over to {}", plural(moving, "thing", "things"), to.name);
            view! {
                <Warning text=format!("{} follows this school. Sessions keep their day, slot and team; both schools’ calendars say so. You can take it back for {UNDO_DAYS} days, as long as nothing was built on it.", to.name)/>
                <PostForm form=Form::default() action=here.clone()>
                    <Button text=text/>
                </PostForm>
            }
            .into_any()
        }
        Some(to) => view! {
            <p class="govuk-body">{format!("Nothing here can be carried over to {}.", to.name)}</p>
        }
        .into_any(),
        None => view! {
            <div class="govuk-inset-text">"Nobody carries this school on, or it is not decided yet: "<a class="govuk-link" href="/schools/successors">"see who follows schools that closed"</a>". Until then move or cancel its sessions one by one."</div>
        }
        .into_any(),
    };
    let content = view! {
        <span class="govuk-caption-l">{format!("URN {}", carry.from.urn)}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {if carry.items.is_empty() {
            view! { <p class="govuk-body">"Nothing: no session, request, invitation, person or calendar is left at this school."</p> }.into_any()
        } else {
            view! { {lists.collect_view()}{act} }.into_any()
        }}
    };
    ctx.page(title, content).back("/schools/successors")
}

fn items(title: &'static str, items: Vec<&Item>) -> Option<impl IntoView + use<>> {
    if items.is_empty() {
        return None;
    }
    let lines = items
        .into_iter()
        .map(|item| {
            let label = match (item.kind, item.id) {
                (Bringing::Session, Some(id)) => {
                    view! { <a class="govuk-link" href=format!("/sessions/{id}")>{item.label.clone()}</a> }.into_any()
                }
                (Bringing::Request, Some(id)) => {
                    view! { <a class="govuk-link" href=format!("/requests/{id}")>{item.label.clone()}</a> }.into_any()
                }
                _ => item.label.clone().into_any(),
            };
            let stays = item.stays.map(|why| format!(". Stays: {}{}", why[..1].to_lowercase(), &why[1..]));
            view! { <li>{label}{stays}</li> }
        })
        .collect_view();
    Some(view! {
        <h2 class="govuk-heading-m">{title}</h2>
        <ul class="govuk-list govuk-list--bullet">{lines}</ul>
    })
}

async fn carry_over(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    let moved = once(lineage::carry_over(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    let said = format!("Carried over: {}", plural(i64::try_from(moved).unwrap_or(i64::MAX), "thing", "things"));
    Ok(ctx.see_other_with(format!("/schools/closed/{id}"), &said))
}
