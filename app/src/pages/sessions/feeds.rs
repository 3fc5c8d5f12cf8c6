//! Calendar feeds: their addresses, and what they give to a calendar program.

use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::access::{Operation, Scope};
use leptos::prelude::*;
use records::school_year;
use records::sessions::{self, Feed};
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

async fn list(ctx: Context) -> Answer {
    Ok(list_page(&ctx, Form::default()).await?.into_response())
}

async fn list_page(ctx: &Context, form: Form) -> Result<Page, Problem> {
    let feeds = sessions::feeds(ctx.desk(), ctx.actor()?).await?;
    let new = new_form(ctx, form.clone()).await?;
    let list = if feeds.is_empty() {
        view! {
            <Empty text="No calendar address has been made yet.">
                <p class="govuk-body">"A school makes one here, and adds it to Outlook, Google Calendar or a phone: its visits then appear there by themselves."</p>
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

/// A school makes an address for itself, a trust for one of its schools; others only stop them.
async fn new_form(ctx: &Context, form: Form) -> Result<Option<impl IntoView + use<>>, Problem> {
    let schools = match ctx.actor()?.scope {
        Scope::Setting(_) | Scope::Trust(_) => school_year::choices(ctx.desk(), ctx.actor()?).await?,
        _ => Vec::new(),
    };
    let school = match schools.as_slice() {
        [] => return Ok(None),
        [only] => view! { <Hidden name="school" value=only.id.to_string()/> }.into_any(),
        many => {
            let choices: Vec<Choice> = std::iter::once(choice("", "Choose the school"))
                .chain(many.iter().map(|s| choice(s.id, &s.name)))
                .collect();
            view! { <Select form=form.clone() name="school" label="School" choices=choices/> }.into_any()
        }
    };
    Ok(Some(view! {
        <h2 class="govuk-heading-m">"A new address"</h2>
        <PostForm form=form action="/calendar-feeds">{school}<Button text="Make a calendar address" variant="secondary"/></PostForm>
    }))
}

fn one(feed: Feed) -> impl IntoView {
    let stop = format!("/calendar-feeds/{}/revoke", feed.id);
    let made = format!(
        "Made {}. Whoever has this address can read the visits: keep it among colleagues.",
        date_time(feed.created_at)
    );
    view! {
        <h2 class="govuk-heading-m">{feed.school.clone()}</h2>
        <p class="govuk-body">"Copy this address into your calendar program, as a calendar from the internet:"</p>
        <p class="govuk-body app-break"><code>{feed.address}</code></p>
        <p class="govuk-hint">{made}</p>
        <p class="govuk-body"><a class="govuk-link" href=stop>"Stop this address"<span class="govuk-visually-hidden">" of "{feed.school}</span></a></p>
    }
}

async fn give(ctx: Context, mut form: Form) -> Answer {
    let Some(school) = form.read::<Uuid>("school", "Choose the school") else {
        return Ok(list_page(&ctx, form).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    once(sessions::give_feed(&ctx.desk_for(&form), ctx.actor()?, school).await)?;
    Ok(ctx.see_other_with("/calendar-feeds", "Calendar address made"))
}

async fn ask(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let feed = sessions::feed(ctx.desk(), ctx.actor()?, id).await?;
    let content = view! {
        <span class="govuk-caption-l">{feed.school}</span>
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
