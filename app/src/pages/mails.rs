//! Mails that did not arrive: what the mail server said, what they were about, and what to do.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use domain::access::Operation;
use leptos::prelude::*;
use records::Page;
use records::failed_mails::{self, FailedMail};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let who = Who::May(Operation::MindMail);
    routes
        .get("/mails", who, show)
        .post("/mails", who, send_again)
        .get("/mails/{id}/put-away", who, put_away_page)
        .post("/mails/{id}/put-away", who, put_away)
}

async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let page = Page::new(Form::of(pairs).get("page").parse().unwrap_or(1));
    let (mails, total) = failed_mails::list(ctx.desk(), ctx.actor()?, page).await?;
    let tried = failed_mails::being_tried(ctx.desk(), ctx.actor()?).await?;
    let waits = (tried > 0).then(|| {
        let count = plural(tried, "more mail was not taken yet and is", "more mails were not taken yet and are");
        view! { <p class="govuk-body">{format!("{count} tried again without your doing anything.")}</p> }
    });
    let list = if mails.is_empty() {
        view! {
            <Empty text="No mail failed.">
                <p class="govuk-body">"A mail that the mail server does not take is tried eight times in two hours; what fails for good is listed here."</p>
            </Empty>
        }
        .into_any()
    } else {
        let again = failed_mails::to_send_again(ctx.desk(), ctx.actor()?).await?;
        table(mails, total, again, page).into_any()
    };
    let content = view! { <h1 class="govuk-heading-l">"Mails that did not arrive"</h1>{list}{waits} };
    Ok(ctx.page("Mails that did not arrive", content).wide().back("/").into_response())
}

fn table(mails: Vec<FailedMail>, total: i64, again: i64, page: Page) -> impl IntoView {
    let rows = mails.into_iter().map(line).collect();
    let pages = (total + page.size - 1) / page.size;
    let again = (again > 0).then(|| {
        let text = match (again, total) {
            (1, 1) => "Send it again".to_owned(),
            (1, _) => "Send the one that nobody took again".to_owned(),
            (n, all) if n == all => format!("Send all {} again", thousands(n)),
            (n, _) => format!("Send the {} that nobody took again", thousands(n)),
        };
        view! { <PostForm form=Form::default() action="/mails"><Button text=text/></PostForm> }
    });
    view! {
        <p class="govuk-body">"Each was tried eight times in two hours, or was taken and came back. Was the mail server away for longer? Have them sent again. Is an address wrong? Mend it where the mail belongs: later mails go to the new one; tell them this news another way, and put the mail away."</p>
        {again}
        <DataTable caption="Mails that did not arrive, the newest first" caption_hidden=true
            heads=vec!["To", "Subject", "What the mail server said", "Given up", "What can be done"] rows=rows/>
        <Pagination path="/mails?page=" page=page.number pages=pages/>
    }
}

fn line(mail: FailedMail) -> Vec<AnyView> {
    let about = about(&mail).map(|(href, text)| {
        view! { <li><a class="govuk-link" href=href>{text}<span class="govuk-visually-hidden">{format!(" of “{}” to {}", mail.subject, mail.to_address)}</span></a></li> }
    });
    let away = format!("/mails/{}/put-away", mail.id);
    let which = format!(" “{}” to {}", mail.subject, mail.to_address);
    let ways = view! {
        <ul class="govuk-list">
            {about}
            <li><a class="govuk-link" href=away>"Put it away"<span class="govuk-visually-hidden">":"{which}</span></a></li>
        </ul>
    };
    vec![
        view! { <span class="app-break">{mail.to_address.clone()}</span> }.into_any(),
        mail.subject.clone().into_any(),
        view! { {mail.came_back.then_some("It came back: ")}<span class="app-break">{mail.last_error.clone()}</span> }
            .into_any(),
        date_time(mail.failed_at).into_any(),
        ways.into_any(),
    ]
}

/// Where the address of a mail can be mended.
fn about(mail: &FailedMail) -> Option<(String, &'static str)> {
    match mail.record_kind.as_str() {
        "session" => Some((format!("/sessions/{}", mail.record_id), "The session and its contact")),
        "request" => Some((format!("/requests/{}", mail.record_id), "The request and its contact")),
        "invitation" => Some(("/invitations".to_owned(), "The invitations")),
        _ => None,
    }
}

async fn send_again(ctx: Context, form: Form) -> Answer {
    let sent: u64 = once(failed_mails::send_again(&ctx.desk_for(&form), ctx.actor()?).await)?;
    let count = plural(i64::try_from(sent).unwrap_or(i64::MAX), "mail is", "mails are");
    Ok(ctx.see_other_with("/mails", &format!("{count} being sent again")))
}

async fn put_away_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let mail = failed_mails::get(ctx.desk(), ctx.actor()?, id).await?;
    let content = view! {
        <h1 class="govuk-heading-l">"Put this mail away?"</h1>
        <p class="govuk-body">{format!("“{}” to ", mail.subject)}<span class="app-break">{mail.to_address}</span></p>
        <p class="govuk-body">"It is not sent any more, and its text is deleted. Whoever it was for has to be told another way."</p>
        <PostForm form=Form::default() action=format!("/mails/{id}/put-away")>
            <div class="govuk-button-group"><Button text="Put it away" variant="warning"/><a class="govuk-link" href="/mails">"Keep it"</a></div>
        </PostForm>
    };
    Ok(ctx.page("Put a mail away", content).back("/mails").into_response())
}

async fn put_away(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    once(failed_mails::put_away(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    Ok(ctx.see_other_with("/mails", "Mail put away"))
}
