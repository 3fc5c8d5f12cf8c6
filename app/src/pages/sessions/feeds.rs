//! Calendar feeds: their addresses, and what they give to a calendar program.

use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::access::{Operation, Scope};
use leptos::prelude::*;
use records::calendars::Of;
use records::school_year;
use records::sessions::{self, Feed, FeedOf};
use serde::Deserialize;
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::EditFeeds);
    routes
        .get("/calendar-feeds", who, list)
        .post("/calendar-feeds", who, give)
        .get("/calendar-feeds/{id}/revoke", who, ask)
        .post("/calendar-feeds/{id}/revoke", who, revoke)
        .get("/calendar.ics", Who::Anyone, feed)
}

/// What a feed is made of, as the query and the form name it: `school`, `team` or `tour` with its key.
pub(in crate::pages) fn query(of: Of) -> String {
    match of {
        Of::School(id) => format!("school={id}"),
        Of::Team(id) => format!("team={id}"),
        Of::Tour(id) => format!("tour={id}"),
        // A provider's teams have one each.
        Of::Provider(_) => String::new(),
    }
}

/// What is asked for, of those three.
fn asked(form: &Form) -> Option<FeedOf> {
    let key = |field: &str| form.get(field).parse::<Uuid>().ok();
    let team = || key("team").map(FeedOf::Team).or_else(|| key("tour").map(FeedOf::Tour));
    key("school").map(FeedOf::School).or_else(team)
}

async fn list(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    Ok(list_page(&ctx, Form::of(pairs)).await?.into_response())
}

async fn list_page(ctx: &Context, form: Form) -> Result<Page, Problem> {
    let feeds = sessions::feeds(ctx.desk(), ctx.actor()?).await?;
    let new = new_form(ctx, form.clone()).await?;
    let list = if feeds.is_empty() {
        view! {
            <Empty text="No calendar address has been made yet.">
                <p class="govuk-body">"Make one here, or from a team’s or a tour’s calendar, and add it to Outlook, Google Calendar or a phone: the visits then appear there by themselves, and move and go as they change."</p>
            </Empty>
        }
        .into_any()
    } else {
        feeds.into_iter().map(one).collect_view().into_any()
    };
    let content = view! {
        <ErrorSummary form=form/>
        <h1 class="govuk-heading-l">"Calendar feeds"</h1>
        {list}
        {new}
    };
    Ok(ctx.page("Calendar feeds", content).back("/sessions"))
}

/// A school makes an address for itself, a trust for one of its schools; for a team, a tour or another's school the
/// calendar's own page leads here.
async fn new_form(ctx: &Context, form: Form) -> Result<Option<impl IntoView + use<>>, Problem> {
    let actor = ctx.actor()?;
    let schools = match actor.scope {
        Scope::Setting(_) | Scope::Trust(_) => school_year::choices(ctx.desk(), actor).await?,
        _ => Vec::new(),
    };
    let fields = match (asked(&form), schools.as_slice()) {
        (Some(of), known) if !known.iter().any(|s| FeedOf::School(s.id) == of) => {
            let (field, id, name) = match of {
                FeedOf::Team(id) => ("team", id, records::teams::get(ctx.desk(), actor, id).await?.name),
                FeedOf::Tour(id) => ("tour", id, records::tours::get(ctx.desk(), actor, id).await?.name),
                FeedOf::School(id) => ("school", id, records::schools::get(ctx.desk(), actor, id).await?.school.name),
            };
            view! { <Hidden name=field value=id.to_string()/><p class="govuk-body">{format!("For {name}")}</p> }
                .into_any()
        }
        (_, []) => return Ok(None),
        (_, [only]) => view! { <Hidden name="school" value=only.id.to_string()/> }.into_any(),
        (_, many) => {
            let choices: Vec<Choice> = std::iter::once(choice("", "Choose the school"))
                .chain(many.iter().map(|s| choice(s.id, &s.name)))
                .collect();
            view! { <Select form=form.clone() name="school" label="School" choices=choices/> }.into_any()
        }
    };
    Ok(Some(view! {
        <h2 class="govuk-heading-m">"A new address"</h2>
        <PostForm form=form action="/calendar-feeds">{fields}<Button text="Make a calendar address" variant="secondary"/></PostForm>
    }))
}

fn one(feed: Feed) -> impl IntoView {
    let stop = format!("/calendar-feeds/{}/revoke", feed.id);
    let kind = match feed.of {
        FeedOf::School(_) => "School",
        FeedOf::Team(_) => "Team",
        FeedOf::Tour(_) => "Tour",
    };
    let made = format!(
        "Made {}. Whoever has this address can read the visits: keep it among colleagues.",
        date_time(feed.created_at)
    );
    view! {
        <h2 class="govuk-heading-m">{format!("{kind}: {}", feed.name)}</h2>
        <p class="govuk-body">"Copy this address into your calendar program, as a calendar from the internet:"</p>
        <p class="govuk-body app-break"><code>{feed.address}</code></p>
        <p class="govuk-hint">{made}</p>
        <p class="govuk-body"><a class="govuk-link" href=stop>"Stop this address"<span class="govuk-visually-hidden">" of "{feed.name}</span></a></p>
    }
}

async fn give(ctx: Context, mut form: Form) -> Answer {
    let Some(of) = asked(&form) else {
        form.refuse("school", "Choose the school");
        return Ok(list_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    once(sessions::give_feed(&ctx.desk_for(&form), ctx.actor()?, of).await)?;
    Ok(ctx.see_other_with("/calendar-feeds", "Calendar address made"))
}

async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let feed = sessions::feed(ctx.desk(), ctx.actor()?, id).await?;
    let content = view! {
        <span class="govuk-caption-l">{feed.name}</span>
        <h1 class="govuk-heading-l">"Stop this calendar address?"</h1>
        <p class="govuk-body">"Every calendar that reads it loses the visits. A new address can be made at any time."</p>
        <PostForm form=Form::default() action=format!("/calendar-feeds/{id}/revoke")>
            <div class="govuk-button-group">
                <Button text="Stop the address" variant="warning"/>
                <a class="govuk-link" href="/calendar-feeds">"Keep it"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page("Stop this calendar address?", content).back("/calendar-feeds").into_response())
}

async fn revoke(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    once(sessions::revoke_feed(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    Ok(ctx.see_other_with("/calendar-feeds", "Calendar address stopped"))
}

#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    key: String,
}

async fn feed(ctx: Context, Query(Key { key }): Query<Key>) -> Answer {
    let text = sessions::feed_by_key(ctx.desk(), &key).await?;
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=900")];
    Ok((headers, text).into_response())
}
