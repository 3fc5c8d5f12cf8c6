//! Calendar feeds: their addresses, and what they give to a calendar program.

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use domain::access::{Operation, Scope};
use leptos::prelude::*;
use records::sessions;
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/calendar-feeds", Who::May(Operation::EditFeeds), list)
        .post("/calendar-feeds", Who::May(Operation::EditFeeds), give)
        .post("/calendar-feeds/{id}/revoke", Who::May(Operation::EditFeeds), revoke)
        .get("/feeds/{link}", Who::Anyone, feed)
}

async fn list(ctx: Context) -> Answer {
    let actor = ctx.actor()?;
    let feeds = sessions::feeds(ctx.desk(), actor).await?;
    let form = Form::default();
    let own = matches!(actor.scope, Scope::Setting(_));
    let new = own.then(|| {
        view! { <PostForm form=form.clone() action="/calendar-feeds"><Button text="Make a calendar address"/></PostForm> }
    });
    let list = if feeds.is_empty() {
        view! {
            <Empty text="No calendar address has been made yet.">
                <p class="govuk-body">"A school makes one here, and adds it to Outlook, Google Calendar or a phone: its visits then appear there by themselves."</p>
            </Empty>
        }
        .into_any()
    } else {
        feeds
            .into_iter()
            .map(|feed| {
                let action = format!("/calendar-feeds/{}/revoke", feed.id);
                view! {
                    <h2 class="govuk-heading-m">{feed.school}</h2>
                    <p class="govuk-body app-break">{feed.address}</p>
                    <p class="govuk-hint">{format!("Made {}. Whoever has this address can read the visits.", date_time(feed.created_at))}</p>
                    <PostForm form=Form::default() action=action><Button text="Stop this address" variant="warning"/></PostForm>
                }
            })
            .collect_view()
            .into_any()
    };
    let content = view! { <h1 class="govuk-heading-l">"Calendar feeds"</h1> {new} {list} };
    Ok(ctx.page("Calendar feeds", content).back("/sessions").into_response())
}

async fn give(ctx: Context, form: Form) -> Answer {
    if let Scope::Setting(setting) = ctx.actor()?.scope {
        once(sessions::give_feed(&ctx.desk_for(&form), ctx.actor()?, setting).await)?;
    }
    Ok(ctx.see_other_with("/calendar-feeds", "Calendar address made"))
}

async fn revoke(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    once(sessions::revoke_feed(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    Ok(ctx.see_other_with("/calendar-feeds", "Calendar address stopped"))
}

async fn feed(ctx: Context, Path(link): Path<String>) -> Answer {
    let text = sessions::feed_by_link(ctx.desk(), &link).await?;
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=900")];
    Ok((headers, text).into_response())
}
