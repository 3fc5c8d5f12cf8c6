//! A school's home page: invitations to answer, attendance to record, visits to come, what it can book.

use domain::access::Role;
use domain::session::Reason;
use leptos::prelude::*;
use records::home::{CalledOff, Invited, Offer, OnList, OpenFeedback, OpenOffer, School};
use records::requests::Request;

use super::sessions;
use crate::components::*;
use crate::pages::programmes::audience_words;

pub(super) fn body(waiting: School) -> impl IntoView {
    let invited = (!waiting.invited.is_empty()).then(|| invited(waiting.invited));
    let requests = (!waiting.requests.is_empty()).then(|| requests(waiting.requests));
    let offers = (!waiting.offers.is_empty()).then(|| offers(waiting.offers));
    let feedback = (!waiting.feedback.is_empty()).then(|| feedback(waiting.feedback));
    let to_answer = (!waiting.to_answer.is_empty()).then(|| to_answer(waiting.to_answer));
    let called_off = (!waiting.called_off.is_empty()).then(|| called_off(waiting.called_off));
    let on_list = (!waiting.waiting.is_empty()).then(|| on_list(waiting.waiting));
    view! {
        {to_answer}
        {called_off}
        {invited}
        {sessions::body(waiting.sessions, Role::School)}
        {requests}
        {feedback}
        {on_list}
        {offers}
        <p class="govuk-body"><a class="govuk-link" href="/school-year">"See your whole year at a glance"</a></p>
        <p class="govuk-body"><a class="govuk-link" href=crate::pages::request_sheets::HERE>"Ask for tours in a workbook"</a>", several at once and without signal"</p>
    }
}

fn to_answer(offers: Vec<OpenOffer>) -> impl IntoView {
    let cards = offers
        .into_iter()
        .map(|o| {
            let until = o.offered_until.map(|until| format!("Say yes or no until {}.", date_time(until)));
            let what = format!("{} at {}", o.programme, o.school);
            view! {
                <article class="app-card app-card--due">
                    <h3 class="govuk-heading-s app-card__title">{what.clone()}</h3>
                    <p class="govuk-body">{format!("{}, {}", long_date(o.on_date), o.slot_label)}</p>
                    <p class="govuk-body-s">{until}</p>
                    <p class="govuk-body">
                        <a class="govuk-link" href=format!("/sessions/{}/accept", o.id)>"Accept"<span class="govuk-visually-hidden">": "{what.clone()}</span></a>", "
                        <a class="govuk-link" href=format!("/sessions/{}/another-day", o.id)>"ask for another day"<span class="govuk-visually-hidden">": "{what.clone()}</span></a>" or "
                        <a class="govuk-link" href=format!("/sessions/{}/decline", o.id)>"decline"<span class="govuk-visually-hidden">": "{what}</span></a>
                    </p>
                </article>
            }
        })
        .collect_view();
    view! { <h2 class="govuk-heading-m" id="to-answer">"Visits you are offered"</h2><div class="app-columns">{cards}</div> }
}

fn called_off(visits: Vec<CalledOff>) -> impl IntoView {
    let rows = visits
        .into_iter()
        .map(|v| {
            let reason = v.reason.parse::<Reason>().map_or("", |r| r.label());
            let what = format!("{} at {}", v.programme, v.school);
            vec![
                view! { <a class="govuk-link" href=format!("/sessions/{}", v.id)>{format!("{what}, {}", short_date(v.on_date))}</a> }
                    .into_any(),
                format!("{}: {}", v.state.label(), reason.to_lowercase()).into_any(),
                view! { <a class="govuk-link" href=format!("/sessions/{}/new-date", v.id)>"Find a new date"<span class="govuk-visually-hidden">": "{what}</span></a> }
                    .into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m" id="called-off">"Visits that were called off"</h2>
        <DataTable caption="Visits that were called off" caption_hidden=true heads=vec!["Visit", "What happened", "What can be done"] rows=rows/>
    }
}

fn on_list(lines: Vec<OnList>) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|l| {
            vec![
                view! { <a class="govuk-link" href=format!("/tours/{}/wait", l.tour_id)>{l.programme.clone()}</a> }
                    .into_any(),
                l.school.clone().into_any(),
                crate::pages::waiting::place_words(&l).into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m" id="waiting">"What you wait for"</h2>
        <DataTable caption="What you wait for" caption_hidden=true heads=vec!["Programme", "School", "Place on the list"] rows=rows/>
    }
}

fn invited(invited: Vec<Invited>) -> impl IntoView {
    let cards = invited
        .into_iter()
        .map(|i| {
            let sent = i.sent_at.with_timezone(&chrono_tz::Europe::London).date_naive();
            let title = format!("{} would like to come to {}", i.programme, i.school);
            view! {
                <article class="app-card app-card--due">
                    <h3 class="govuk-heading-s app-card__title">{title}</h3>
                    <p class="govuk-body-s">{format!("You were invited on {}.", long_date(sent))}{i.answer_by.map(|last| format!(" Please answer by {}.", long_date(last)))}</p>
                    <p class="govuk-body">
                        <a class="govuk-link" href=i.path>"Say yes or no"<span class="govuk-visually-hidden">" to "{i.programme}</span></a>
                        ", or "<a class="govuk-link" href=format!("/tours/{}/book", i.tour_id)>"choose a date at once"</a>
                    </p>
                </article>
            }
        })
        .collect_view();
    view! { <h2 class="govuk-heading-m" id="invited">"Invitations to answer"</h2><div class="app-columns">{cards}</div> }
}

fn requests(requests: Vec<Request>) -> impl IntoView {
    let rows = requests
        .into_iter()
        .map(|r| {
            let asked = r.asked_at.with_timezone(&chrono_tz::Europe::London).date_naive();
            let who = if r.is_estimated { "from your roll: say more".to_owned() } else { plural(r.expected(), "pupil", "pupils") };
            let declined = r.declined().map(|d| view! { <br/><span class="govuk-body-s">{d.still_asks()}</span> });
            vec![
                view! { <a class="govuk-link" href=format!("/requests/{}", r.id)>{format!("{}, {}", r.programme, r.school)}</a>{declined} }
                    .into_any(),
                who.into_any(),
                long_date(asked).into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m" id="requests">"What you asked for"</h2>
        <p class="govuk-body">"These wait for a date: you are asked when there is one."</p>
        <DataTable caption="What you asked for" caption_hidden=true heads=vec!["Request", "For", "Asked on"] rows=rows/>
    }
}

fn offers(offers: Vec<Offer>) -> impl IntoView {
    let cards = offers
        .into_iter()
        .map(|o| {
            let price = if o.price_pence.pence() == 0 { "Free to you".to_owned() } else { format!("{} a visit", o.price_pence) };
            let free = format!("{} free, the first on {}", plural(o.free, "slot is", "slots are"), long_date(o.first));
            view! {
                <article class="app-card">
                    <h3 class="govuk-heading-s app-card__title"><a class="govuk-link" href=format!("/tours/{}", o.tour_id)>{o.programme.clone()}</a></h3>
                    <p class="govuk-body">{o.summary.clone()}</p>
                    <p class="govuk-body-s app-muted">{audience_words(&o.audience())}<br/>{price}<br/>{free}</p>
                    <ButtonLink href=format!("/tours/{}/book", o.tour_id) text=format!("Book {}", o.programme) secondary=true/>
                    <p class="govuk-body-s">
                        <a class="govuk-link" href=format!("/tours/{}/request", o.tour_id)>"No slot suits? Ask for it to come"<span class="govuk-visually-hidden">", "{o.programme}</span></a>
                    </p>
                </article>
            }
        })
        .collect_view();
    view! {
        <h2 class="govuk-heading-m" id="on-offer">"On offer to you"</h2>
        <p class="govuk-body">"You have not booked these this academic year."</p>
        <div class="app-columns">{cards}</div>
    }
}

fn feedback(open: Vec<OpenFeedback>) -> impl IntoView {
    let rows = open
        .into_iter()
        .map(|f| {
            vec![
                view! { <a class="govuk-link" href=format!("/sessions/{}/feedback", f.id)>{format!("{}, {}", f.programme, short_date(f.on_date))}</a> }
                    .into_any(),
                format!("{} of {}", thousands(f.pupils), plural(f.attended, "pupil", "pupils")).into_any(),
                thousands(f.staff).into_any(),
                long_date(f.feedback_closes).into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m" id="feedback">"Feedback to collect"</h2>
        <p class="govuk-body">"Show pupils the code, and send staff their link: four questions each, without names."</p>
        <DataTable caption="Feedback to collect" caption_hidden=true heads=vec!["Visit", "Pupils answered", "Staff answered", "Closes after"] rows=rows/>
    }
}
