//! Invitations: a commissioner invites schools to a tour, singly or every school with a gap at once; a school answers,
//! signed in or by the link in its mail.

mod answer;
mod said_no;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Operation, Role};
use domain::invitation::InvitationState;
use leptos::prelude::*;
use records::Error;
use records::invitations::{self, Invitable, Invited, Line};
use uuid::Uuid;

use crate::components::*;
use crate::web::answer::{Answer, Problem, once};
use crate::web::context::Context;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Routes, Who};

pub(crate) fn routes(routes: Routes) -> Routes {
    let may = Who::May(Operation::InviteSchools);
    routes
        .get("/tours/{id}/invite", may, choose)
        .post("/tours/{id}/invite", may, invite)
        .get("/invitations", Who::May(Operation::SeeTours), list)
        .get("/invitations/answer", Who::Anyone, answer::show)
        .post("/invitations/answer", Who::Anyone, answer::answer)
        .get("/invitations/details", Who::Anyone, answer::details)
        .post("/invitations/details", Who::Anyone, answer::say_more)
        .get("/invitations/{id}/said-no", may, said_no::ask)
        .post("/invitations/{id}/said-no", may, said_no::note)
        .get("/invitations/{id}/withdraw", may, withdraw_page)
        .post("/invitations/{id}/withdraw", may, withdraw)
}

/// The schools a form is about, each once: those it listed, or those its query names.
fn settings(form: &Form, field: &str) -> Result<Vec<Uuid>, Problem> {
    let mut ids = form.all(field).map(str::parse).collect::<Result<Vec<Uuid>, _>>().map_err(|_| Problem::NotFound)?;
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// What inviting would do: of the schools the query names, or of every school with a gap.
async fn choose(ctx: Context, Path(tour): Path<Uuid>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let named = settings(&Form::of(pairs), "setting")?;
    let schools = match named.is_empty() {
        true => invitations::uninvited(ctx.desk(), ctx.actor()?, tour).await?,
        false => named,
    };
    let (tour, schools) = invitations::preview(ctx.desk(), ctx.actor()?, tour, &schools).await?;
    let mut form = Form::default();
    for school in schools.iter().filter(|school| school.is_new()) {
        form.put("setting", school.setting.to_string());
    }
    Ok(choose_page(&ctx, &tour, schools, form).into_response())
}

async fn invite(ctx: Context, Path(tour): Path<Uuid>, mut form: Form) -> Answer {
    let chosen = settings(&form, "setting")?;
    let answer_by = form.date_optional("answer_by", "the last day to answer");
    let invited = match form.is_good() {
        true => once(invitations::invite(&ctx.desk_for(&form), ctx.actor()?, tour, &chosen, answer_by).await),
        false => Err(Error::Invalid(Vec::new())),
    };
    match invited {
        Ok(invited) => {
            let count = plural(i64::try_from(invited).unwrap_or(i64::MAX), "school", "schools");
            return Ok(ctx.see_other_with("/invitations", &format!("{count} invited")));
        }
        Err(Error::Invalid(errors)) => form.refuse_all(errors),
        Err(other) => return Err(other.into()),
    }
    let (tour, schools) = invitations::preview(ctx.desk(), ctx.actor()?, tour, &settings(&form, "listed")?).await?;
    Ok(choose_page(&ctx, &tour, schools, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn choose_page(ctx: &Context, tour: &Invited, schools: Vec<Invitable>, form: Form) -> Page {
    let (new, before): (Vec<_>, Vec<_>) = schools.into_iter().partition(Invitable::is_new);
    let here = format!("/tours/{}", tour.tour_id);
    let body = if !tour.is_open(ctx.desk().today()) {
        view! {
            <Empty text="This tour is not open, so nobody can be invited to it.">
                <p class="govuk-body"><a class="govuk-link" href=here>"See the tour"</a>" to open it."</p>
            </Empty>
        }
        .into_any()
    } else if new.is_empty() {
        view! {
            <Empty text="Nobody is left to invite: these schools were invited, have a date, or were reached.">
                <p class="govuk-body"><a class="govuk-link" href="/coverage">"See coverage"</a>" or "<a class="govuk-link" href="/invitations">"the invitations so far"</a>"."</p>
            </Empty>
        }
        .into_any()
    } else {
        choices(tour, new, form.clone()).into_any()
    };
    let title = format!("Invite schools to {}", tour.tour_name);
    let content = view! {
        <ErrorSummary form=form/>
        <span class="govuk-caption-l">{tour.programme.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        {body}
        {(!before.is_empty()).then(|| invited_before(before))}
    };
    ctx.page(title, content).back(format!("/tours/{}", tour.tour_id))
}

fn choices(tour: &Invited, new: Vec<Invitable>, form: Form) -> impl IntoView + use<> {
    let listed: Vec<_> =
        new.iter().map(|school| view! { <Hidden name="listed" value=school.setting.to_string()/> }).collect();
    let silent = new.iter().filter(|school| school.addresses == 0).count();
    let all = silent == new.len();
    let choices = new
        .into_iter()
        .map(|school| match school.addresses {
            0 if !all => choice(school.setting, format!("{} (no address known)", school.name)),
            _ => choice(school.setting, school.name),
        })
        .collect();
    view! {
        <p class="govuk-body">
            "Each school’s people get a mail about it, with a link to say yes, name other days, or say no. Saying yes books nothing yet: it becomes a request. The tour runs from "
            {long_date(tour.starts)}" to "{long_date(tour.ends)}" and is "{tour.price_in_words()}"."
        </p>
        {no_address(silent, all)}
        <PostForm form=form.clone() action=format!("/tours/{}/invite", tour.tour_id)>
            {listed}
            <Checkboxes form=form.clone() name="setting" legend="Schools to invite" hint="Take out those you do not want to ask" choices=choices/>
            <DateInput form=form.clone() name="answer_by" legend="Last day to answer (optional)"
                hint="Schools are reminded after a week, and two days before this day. Without it they may answer until the tour is over"/>
            <Button text="Invite these schools"/>
        </PostForm>
    }
}

/// Whom no mail reaches, said once for all of them.
fn no_address(silent: usize, all: bool) -> Option<impl IntoView> {
    let count = plural(i64::try_from(silent).unwrap_or(i64::MAX), "school", "schools");
    let whom = if all { "any of these schools".to_owned() } else { format!("{count}, marked in the list") };
    (silent > 0).then(|| {
        view! {
            <div class="govuk-inset-text">
                {format!("Nobody’s address is known at {whom}, so inviting them sends no mail. Ring them, and book or ask for them on the tour’s page; or give them an address first, each on its page under ")}
                <a class="govuk-link" href="/schools">"Schools"</a>"."
            </div>
        }
    })
}

fn invited_before(schools: Vec<Invitable>) -> impl IntoView {
    let rows = schools
        .into_iter()
        .map(|school| vec![school.name.into_any(), school.state.map(state_tag).into_any()])
        .collect();
    view! { <DataTable caption="Invited before" heads=vec!["School", "Answer"] rows=rows/> }
}

fn state_tag(state: InvitationState) -> impl IntoView {
    let (text, colour) = match state {
        InvitationState::Sent => ("No answer yet", "yellow"),
        InvitationState::Accepted => ("Said yes", "green"),
        InvitationState::Proposed => ("Proposed other days", "green"),
        InvitationState::Declined => ("Said no", "red"),
        InvitationState::Withdrawn => ("Withdrawn", "grey"),
    };
    view! { <Tag text=text colour=colour/> }
}

async fn list(ctx: Context) -> Answer {
    let role = ctx.actor()?.role;
    let lines = invitations::list(ctx.desk(), ctx.actor()?).await?;
    let body = match (lines.is_empty(), role) {
        (false, _) => table(role, lines).into_any(),
        (true, Role::Commissioner) => view! {
            <Empty text="Nobody was invited yet.">
                <p class="govuk-body">"Begin with "<a class="govuk-link" href="/coverage">"the gaps in coverage"</a>"."</p>
            </Empty>
        }
        .into_any(),
        (true, _) => view! {
            <Empty text="There are no invitations.">
                <p class="govuk-body"><a class="govuk-link" href="/tours">"See the tours on offer"</a></p>
            </Empty>
        }
        .into_any(),
    };
    let content = view! { <h1 class="govuk-heading-l">"Invitations"</h1> {body} };
    Ok(ctx.page("Invitations", content).wide().into_response())
}

fn table(role: Role, lines: Vec<Line>) -> impl IntoView {
    let may_book = domain::access::permitted(role, Operation::BookSession);
    let may_withdraw = domain::access::permitted(role, Operation::InviteSchools);
    let rows = lines
        .into_iter()
        .map(|line| {
            let book = (may_book && line.state.is_wanted())
                .then(|| (format!("/tours/{}/book?setting={}", line.tour_id, line.setting), "Book a date"));
            let request = line.request.filter(|_| may_book).map(|id| (format!("/requests/{id}"), "See the request"));
            let withdraw = (may_withdraw && line.state != InvitationState::Withdrawn)
                .then(|| (format!("/invitations/{}/withdraw", line.id), "Withdraw"));
            let open = matches!(line.state, InvitationState::Sent | InvitationState::Accepted | InvitationState::Proposed);
            let said_no = (may_withdraw && open)
                .then(|| (format!("/invitations/{}/said-no", line.id), "The school said no"));
            let answer = line.path.clone().filter(|_| line.state != InvitationState::Withdrawn).map(|path| {
                (path, if line.state.is_answered() { "Change your answer" } else { "Answer" })
            });
            let links: Vec<_> = [answer, request, book, said_no, withdraw]
                .into_iter()
                .flatten()
                .map(|(href, text)| {
                    let of = format!(", {}, {}", line.tour_name, line.school);
                    view! { <li><a class="govuk-link" href=href>{text}<span class="govuk-visually-hidden">{of}</span></a></li> }
                })
                .collect();
            let tour = line.tour_name.clone();
            vec![
                line.school.clone().into_any(),
                view! { <a class="govuk-link" href=format!("/tours/{}", line.tour_id)>{tour}</a> }.into_any(),
                date_time(line.sent_at).into_any(),
                view! { {state_tag(line.state)}{said(&line)} }.into_any(),
                view! { <ul class="govuk-list app-no-print">{links}</ul> }.into_any(),
            ]
        })
        .collect();
    let heads = vec!["School", "Tour", "Sent", "Answer", "What can be done"];
    view! { <DataTable caption="Invitations, the latest first" caption_hidden=true heads=heads rows=rows/> }
}

/// What else is known of an answer: the reason, the note; or by when one is wanted.
fn said(line: &Line) -> String {
    let mut text = String::new();
    if let Some(reason) = line.reason {
        text.push_str(&format!(" {}", reason.label()));
    }
    if !line.reason_note.is_empty() {
        text.push_str(&format!("{} {}", if line.reason.is_some() { ":" } else { "" }, line.reason_note));
    }
    if let Some(last) = line.answer_by.filter(|_| line.state == InvitationState::Sent) {
        text.push_str(&format!(" by {}", short_date(last)));
    }
    text
}

async fn withdraw_page(ctx: Context, Path(id): Path<Uuid>) -> Answer {
    let invitation = invitations::to_withdraw(ctx.desk(), ctx.actor()?, id).await?;
    let title = format!("Withdraw the invitation of {}?", invitation.school);
    if invitation.state == InvitationState::Withdrawn {
        return Err(Problem::Conflict("This invitation was withdrawn already.".into()));
    }
    let tells = match invitation.state {
        InvitationState::Sent => "Its link then says that it was withdrawn, and the school’s people get a mail.",
        _ => "Its link then says that it was withdrawn: nobody can change the answer by it any more.",
    };
    let stays = invitation.has_request.then(|| {
        view! { <p class="govuk-body">"What the school asked for stands: withdraw the request too if it is not to be planned."</p> }
    });
    let content = view! {
        <span class="govuk-caption-l">{invitation.tour.clone()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body">{tells}</p>
        {stays}
        <PostForm form=Form::default() action=format!("/invitations/{id}/withdraw")>
            <div class="govuk-button-group">
                <Button text="Withdraw the invitation" variant="warning"/>
                <a class="govuk-link" href="/invitations">"Keep it"</a>
            </div>
        </PostForm>
    };
    Ok(ctx.page(title, content).back("/invitations").into_response())
}

async fn withdraw(ctx: Context, Path(id): Path<Uuid>, form: Form) -> Answer {
    once(invitations::withdraw(&ctx.desk_for(&form), ctx.actor()?, id).await)?;
    Ok(ctx.see_other_with("/invitations", "Invitation withdrawn"))
}
