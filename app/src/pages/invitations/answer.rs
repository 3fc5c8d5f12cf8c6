//! Answering an invitation: yes, yes on other days, or no. Mail scanners open links: the page acts only on a press.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::AcademicYear;
use domain::access::{Actor, Role};
use domain::invitation::InvitationState;
use domain::request::{DeclineReason, RequestState, in_words, read_dates};
use leptos::prelude::*;
use records::Error;
use records::invitations::{self, Invitation, Over, Says};
use records::sessions::Bookable;
use records::tours::Tour;

use crate::components::*;
use crate::pages::requests;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::{Form, capitalise};
use crate::web::page::Page;

/// Who is signed in, if anybody: the link alone is enough.
fn by(ctx: &Context) -> Option<&Actor> {
    ctx.visitor.sign_in().and_then(|sign_in| sign_in.actor.as_ref())
}

/// The link out of a page's address.
fn link_of(pairs: Vec<(String, String)>) -> Form {
    Form::of(pairs.into_iter().filter(|(field, _)| field == "link"))
}

/// The path of a page of this link.
fn path(page: &str, link: &str) -> String {
    let link = percent_encoding::utf8_percent_encode(link, percent_encoding::NON_ALPHANUMERIC);
    format!("/invitations/{page}?link={link}")
}

pub(super) async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let mut form = link_of(pairs);
    let invitation = invitations::by_link(ctx.desk(), form.get("link")).await?;
    match invitation.state {
        InvitationState::Accepted => form.put("answer", "yes"),
        InvitationState::Proposed => form.put("answer", "dates"),
        InvitationState::Declined => form.put("answer", "no"),
        InvitationState::Sent | InvitationState::Withdrawn => {}
    }
    if let Some(request) = &invitation.request {
        form.put("preferred", in_words(&request.preferred).join("\n"));
    }
    form.put("reason", invitation.reason.map_or("", DeclineReason::as_str));
    form.put("reason_note", invitation.reason_note.clone());
    Ok(page(&ctx, &invitation, form).into_response())
}

/// What was answered; what is missing is refused in the form.
fn read(form: &mut Form, year: AcademicYear) -> Option<Says> {
    match form.get("answer") {
        "yes" => Some(Says::Yes),
        "dates" => match read_dates(form.get("preferred"), year) {
            Ok(days) => Some(Says::OtherDates(days)),
            Err(message) => {
                form.refuse("preferred", message);
                None
            }
        },
        "no" => Some(Says::No { reason: form.get("reason").parse().ok(), note: form.get("reason_note").to_owned() }),
        _ => {
            form.refuse("answer", "Say whether you would like it to come");
            None
        }
    }
}

pub(super) async fn answer(ctx: Context, mut form: Form) -> Answer {
    let link = form.get("link").to_owned();
    let invitation = invitations::by_link(ctx.desk(), &link).await?;
    if let Some(says) = read(&mut form, AcademicYear::containing(invitation.to.starts)) {
        match once(invitations::answer(&ctx.desk_for(&form), by(&ctx), &link, &says).await) {
            Ok(_) => {
                let next = if matches!(says, Says::No { .. }) { "answer" } else { "details" };
                return Ok(ctx.see_other_with(path(next, &link), "Your answer was sent"));
            }
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(page(&ctx, &invitation, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(ctx: &Context, invitation: &Invitation, form: Form) -> Page {
    let to = &invitation.to;
    let title = format!("An invitation to {}", to.programme);
    let over = invitation.over(ctx.desk().today());
    let mut rows = vec![
        row("School", invitation.school.clone()),
        row("Who comes", to.provider.clone()),
        row("When", format!("Between {} and {}", long_date(to.starts), long_date(to.ends))),
        row("Price", capitalise(&to.price_in_words())),
    ];
    if !to.summary.trim().is_empty() {
        rows.insert(0, row("What it is", to.summary.clone()));
    }
    if let Some(last) = invitation.answer_by.filter(|_| over.is_none()) {
        rows.push(row("Please answer by", long_date(last)));
    }
    let body = match over {
        Some(over) => closed(over, &to.authority_name).into_any(),
        None => answer_form(to.authority_name.clone(), form.clone()).into_any(),
    };
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{to.authority_name.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {so_far(invitation, over.is_none(), form.get("link"))}
        <SummaryList rows=rows/>
        {body}
    };
    ctx.page(title, content).headed_by(Some(invitation.authority.clone()))
}

/// Kindly, that there is nothing to answer any more.
fn closed(over: Over, council: &str) -> impl IntoView + use<> {
    let text = match over {
        Over::Withdrawn => format!("{council} has withdrawn this invitation, so there is nothing to answer."),
        Over::TourOver => "The tour is over or closed, so there is nothing to answer any more.".to_owned(),
        Over::Lapsed(last) => format!("An answer was wanted by {}, and that day has gone.", long_date(last)),
        Over::HasDate => {
            "Your school has a date. To change it, or give it up, sign in and look at your sessions.".to_owned()
        }
    };
    let next = match over {
        Over::HasDate => view! { <p class="govuk-body"><a class="govuk-link" href="/sessions">"See your sessions"</a></p> }.into_any(),
        _ => view! {
            <p class="govuk-body">
                "Would you have a visit all the same? Get in touch with "{council.to_owned()}", or "<a class="govuk-link" href="/tours">"look for a tour to ask for"</a>" (you sign in for that)."
            </p>
        }
        .into_any(),
    };
    view! { <Empty text=text>{next}</Empty> }
}

/// What the school has said, and what comes next.
fn so_far(invitation: &Invitation, open: bool, link: &str) -> Option<impl IntoView + use<>> {
    let text = match invitation.state {
        InvitationState::Accepted => "Your school said yes.".to_owned(),
        InvitationState::Proposed => "Your school said yes, on days it named.".to_owned(),
        InvitationState::Declined => match invitation.reason {
            Some(reason) => {
                format!("Your school said no: {}. If that changes, say so below.", reason.label().to_lowercase())
            }
            None => "Your school said no. If that changes, say so below.".to_owned(),
        },
        InvitationState::Sent | InvitationState::Withdrawn => return None,
    };
    let next = invitation.request.as_ref().filter(|r| open && r.state == RequestState::Asked).map(|request| {
        let more =
            if request.is_estimated { "Say who would attend, and when" } else { "See or change what you asked for" };
        let book = format!("/tours/{}/book?setting={}", invitation.to.tour_id, invitation.setting);
        let waits = format!("{} finds a date with you. Nothing is booked yet.", invitation.to.authority_name);
        view! {
            <p class="govuk-body">{waits}</p>
            <ul class="govuk-list">
                <li><a class="govuk-link" href=path("details", link)>{more}</a></li>
                <li><a class="govuk-link" href=book>"Choose a date yourself"</a>" (you sign in for that)"</li>
            </ul>
        }
    });
    Some(view! { <div class="govuk-inset-text"><p class="govuk-body">{text}</p>{next}</div> })
}

fn answer_form(council: String, form: Form) -> impl IntoView {
    let link = form.get("link").to_owned();
    let choices = vec![
        choice_with_hint(
            "yes",
            "Yes, we would like it to come",
            "Nothing is booked yet: a date is found with you afterwards",
        ),
        choice_with_hint("dates", "Yes, on other days", "Name them below; they may lie outside the days above"),
        choice_with_hint("no", "No, not this time", "Say why below"),
    ];
    let reasons = DeclineReason::ALL.iter().map(|r| choice(r.as_str(), r.label())).collect();
    let hint = format!("{council} reads it. Name no child");
    view! {
        <PostForm form=form.clone() action="/invitations/answer">
            <Hidden name="link" value=link/>
            <Radios form=form.clone() name="answer" legend="Would your school like it to come?" choices=choices/>
            <TextArea form=form.clone() name="preferred" label="If on other days: which?" rows=3
                hint="One day or period a line, such as 14 January or 4 to 8 March"/>
            <Radios form=form.clone() name="reason" legend="If no: why?" choices=reasons/>
            <TextArea form=form name="reason_note" label="In a few words (optional, unless it is another reason)" hint=hint rows=3/>
            <Button text="Send your answer"/>
        </PostForm>
    }
}

pub(super) async fn details(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let link = link_of(pairs).get("link").to_owned();
    let (invitation, tour, school) = invitations::asked(ctx.desk(), &link).await?;
    let Some(request) = &invitation.request else { return Err(Problem::NotFound) };
    if invitation.over(ctx.desk().today()).is_some() {
        return Ok(ctx.see_other(path("answer", &link)));
    }
    let mut form = requests::fields::of(request);
    form.put("link", link);
    Ok(details_page(&ctx, &invitation, &tour, &school, form))
}

pub(super) async fn say_more(ctx: Context, mut form: Form) -> Answer {
    let link = form.get("link").to_owned();
    let (invitation, tour, school) = invitations::asked(ctx.desk(), &link).await?;
    form.replace("school", invitation.setting.to_string());
    // A form without its version is stale.
    let version = form.get("version").parse().unwrap_or(0);
    let unnamed = Actor {
        person: None,
        grant: None,
        role: Role::School,
        scope: domain::access::Scope::Setting(invitation.setting),
    };
    if let Some(asking) = requests::fields::read(&mut form, &unnamed, tour.id, tour.academic_year, true) {
        match once(invitations::say_more(&ctx.desk_for(&form), by(&ctx), &link, version, &asking).await) {
            Ok(_) => return Ok(ctx.see_other_with(path("answer", &link), "Thank you. We know what you need")),
            Err(Error::Invalid(errors)) => form.refuse_all(errors),
            Err(other) => return Err(other.into()),
        }
    }
    let mut response = details_page(&ctx, &invitation, &tour, &school, form);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn details_page(ctx: &Context, invitation: &Invitation, tour: &Tour, school: &Bookable, form: Form) -> Response {
    let title = "Who would attend, and when";
    let estimated = invitation.request.as_ref().is_some_and(|r| r.is_estimated);
    let text = if estimated {
        "We have taken the numbers from your roll. Correct what is not so and say what we should know. You may also leave it: we then ring the school."
    } else {
        "This is what your school asks for. Change what has changed."
    };
    let (link, version) = (form.get("link").to_owned(), form.get("version").to_owned());
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let fields = requests::fields::fields(&form, tour, school.year_groups, Role::School, true);
    let leave = path("answer", &link);
    let content = view! {
        <ErrorSummary form=form.clone()/>
        <span class="govuk-caption-l">{format!("{}, {}", invitation.school, invitation.to.programme)}</span>
        <h1 class="govuk-heading-l">{title}</h1>
        <p class="govuk-body">{text}</p>
        <PostForm form=form.clone() action="/invitations/details">
            <Hidden name="link" value=link/>
            <Hidden name="version" value=version/>
            {fields}
            <div class="govuk-button-group">
                <Button text="Save"/>
                <a class="govuk-link" href=leave>"Leave it as it is"</a>
            </div>
        </PostForm>
    };
    ctx.page(title, content).headed_by(Some(invitation.authority.clone())).status(status).into_response()
}
