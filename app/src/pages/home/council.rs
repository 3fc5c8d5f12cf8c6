//! Home pages of people at the council.

use leptos::prelude::*;
use records::home::{
    Administrator, ClosedSchools, Commissioner, MOST_NEVER_SIGNED_IN, NeverSignedIn, OverdueProvider, TourFeedback,
    TourProgress, Waiting,
};

use super::files::files;
use crate::components::*;

pub(super) fn commissioner(waiting: Commissioner) -> impl IntoView {
    let overdue = (!waiting.overdue.is_empty()).then(|| overdue(waiting.overdue));
    let requests = (!waiting.waiting.is_empty()).then(|| requests(waiting.waiting));
    let tours = if waiting.tours.is_empty() {
        view! {
            <Empty text="No tour is open this academic year.">
                <p class="govuk-body"><a class="govuk-link" href="/tours/add">"Open a tour"</a>" of a programme, and schools can book it."</p>
            </Empty>
        }
        .into_any()
    } else {
        tours(waiting.tours).into_any()
    };
    view! {
        {failed(waiting.failed_mails)}
        {files(waiting.files)}
        {closed(waiting.closed)}
        {requests}
        {overdue}
        <h2 class="govuk-heading-m" id="tours">"Open tours"</h2>
        {tours}
        <p class="govuk-body"><a class="govuk-link" href="/coverage">"See who was reached this year, special schools first"</a></p>
    }
}

/// Schools that closed and wait for somebody; nothing where none does.
fn closed(closed: ClosedSchools) -> Option<impl IntoView> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let asked = (closed.asked > 0).then(|| {
        plural(
            count(closed.asked),
            "school was split: say which carries its history",
            "schools were split: say which carry their history",
        )
    });
    let coming = (closed.with_coming > 0).then(|| {
        plural(
            count(closed.with_coming),
            "closed school still has something to come",
            "closed schools still have something to come",
        )
    });
    let lines: Vec<String> = [asked, coming].into_iter().flatten().collect();
    if lines.is_empty() {
        return None;
    }
    Some(view! {
        <h2 class="govuk-heading-m" id="closed">"Schools that closed"</h2>
        <ul class="govuk-list">
            {lines.into_iter().map(|line| view! { <li><a class="govuk-link" href="/schools/successors">{line}</a></li> }).collect_view()}
        </ul>
    })
}

fn tours(tours: Vec<TourProgress>) -> impl IntoView {
    let rows = tours
        .into_iter()
        .map(|t| {
            let coverage = format!("/coverage?programme={}&year={}", t.programme_id, t.academic_year.first());
            vec![
                view! { <a class="govuk-link" href=format!("/tours/{}", t.id)>{t.name.clone()}</a> }.into_any(),
                t.academic_year.to_string().into_any(),
                t.target.map_or_else(|| "none set".to_owned(), thousands).into_any(),
                thousands(t.placed).into_any(),
                thousands(t.reached).into_any(),
                thousands(t.special_reached).into_any(),
                view! { <a class="govuk-link" href=coverage>"Coverage and gaps"<span class="govuk-visually-hidden">" of "{t.programme}</span></a> }
                    .into_any(),
            ]
        })
        .collect();
    let heads = vec![
        "Tour",
        "Academic year",
        "Target schools",
        "Booked or reached",
        "Reached",
        "Special schools reached",
        "Who is missing",
    ];
    view! { <DataTable caption="Open tours" caption_hidden=true heads=heads numeric=vec![2, 3, 4, 5] rows=rows/> }
}

fn requests(tours: Vec<Waiting>) -> impl IntoView {
    let rows = tours
        .into_iter()
        .map(|w| {
            let first = w.first_asked.with_timezone(&chrono_tz::Europe::London).date_naive();
            vec![
                view! { <a class="govuk-link" href=format!("/tours/{}/requests", w.tour_id)>{w.tour}</a> }.into_any(),
                thousands(w.requests).into_any(),
                thousands(w.special).into_any(),
                thousands(w.sessions).into_any(),
                long_date(first).into_any(),
            ]
        })
        .collect();
    let heads = vec!["Tour", "Schools", "Of these special", "Sessions asked for", "The first asked on"];
    view! {
        <h2 class="govuk-heading-m" id="requests">"Requests that wait for a plan"</h2>
        <p class="govuk-body">"These schools asked for a tour, or said yes to your invitation, and have no date."</p>
        <DataTable caption="Requests that wait, by tour" caption_hidden=true heads=heads numeric=vec![1, 2, 3] rows=rows/>
    }
}

fn overdue(providers: Vec<OverdueProvider>) -> impl IntoView {
    let rows = providers
        .into_iter()
        .map(|p| {
            vec![
                view! { <a class="govuk-link" href=format!("/providers/{}", p.id)>{p.name.clone()}</a> }.into_any(),
                thousands(p.sessions).into_any(),
                long_date(p.oldest).into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m" id="overdue">"Data overdue"</h2>
        <p class="govuk-body">"Nobody has said how many were there, more than three days after. Providers and schools see these on their own home pages; you can record them too."</p>
        <DataTable caption="Data overdue, by provider" caption_hidden=true heads=vec!["Provider", "Sessions", "The oldest"] numeric=vec![1] rows=rows/>
    }
}

pub(super) fn evaluator(tours: Vec<TourFeedback>) -> impl IntoView {
    if tours.is_empty() {
        return view! {
            <Empty text="Nobody has answered a questionnaire yet.">
                <p class="govuk-body">"Pupils and staff answer after a session is delivered. "<a class="govuk-link" href="/results">"See what was delivered"</a></p>
            </Empty>
        }
        .into_any();
    }
    let rows = tours
        .into_iter()
        .map(|t| {
            vec![
                view! { <a class="govuk-link" href=format!("/tours/{}/results", t.id)>{t.tour}</a> }.into_any(),
                t.programme.into_any(),
                thousands(t.pupils).into_any(),
                thousands(t.staff).into_any(),
                long_date(t.newest).into_any(),
            ]
        })
        .collect();
    let heads = vec!["Tour", "Programme", "Pupils’ responses", "Staff’s responses", "Newest"];
    view! {
        <h2 class="govuk-heading-m">"Tours answered about lately"</h2>
        <DataTable caption="Tours answered about lately" caption_hidden=true heads=heads numeric=vec![2, 3] rows=rows/>
    }
    .into_any()
}

pub(super) fn safeguarding() -> impl IntoView {
    view! {
        <Empty text="Nothing waits for you.">
            <p class="govuk-body">"You can look at "<a class="govuk-link" href="/coverage">"who was reached, and who was not"</a>", at "<a class="govuk-link" href="/sessions">"sessions"</a>" and at "<a class="govuk-link" href="/programmes">"what each programme brings into a school"</a>"."</p>
        </Empty>
    }
}

pub(super) fn administrator(waiting: Administrator) -> impl IntoView {
    let failed = failed(waiting.failed_mails);
    let never = (!waiting.never_signed_in.is_empty()).then(|| never(waiting.never_signed_in));
    let list = if waiting.schools == 0 {
        view! {
            <Empty text="There are no schools yet: nothing can be booked or covered.">
                <p class="govuk-body"><a class="govuk-link" href="/schools/import">"Import the school list"</a></p>
            </Empty>
        }
        .into_any()
    } else {
        let last = waiting.last_import.map(|i| {
            let when = i.finished_at.map(|at| format!(" on {}", date_time(at))).unwrap_or_default();
            let text =
                format!("{}{when}: {} added, {} changed. ", i.file_name, thousands(i.added), thousands(i.changed));
            view! { "Last imported: "<a class="govuk-link" href=format!("/schools/imports/{}", i.id)>{text}</a> }
        });
        view! {
            <p class="govuk-body">{plural(waiting.schools, "open school is", "open schools are")}" in the list. "{last}" "<a class="govuk-link" href="/schools/import">"Import a newer list"</a></p>
        }
        .into_any()
    };
    let quiet = failed.is_none() && never.is_none();
    view! {
        {failed}
        {files(waiting.files)}
        <h2 class="govuk-heading-m" id="schools">"The school list"</h2>
        {list}
        {never}
        {quiet.then(|| view! { <p class="govuk-body">"No mail failed, and everybody who may sign in has done so."</p> })}
    }
}

/// Mails that nobody took; nothing where there are none.
fn failed(mails: i64) -> Option<impl IntoView> {
    (mails > 0).then(|| {
        view! {
            <h2 class="govuk-heading-m" id="mails">"Mails that did not arrive"</h2>
            <p class="govuk-body"><a class="govuk-link" href="/mails">{plural(mails, "mail was", "mails were")}" given up: see why, and what to do"</a></p>
        }
    })
}

fn never(people: Vec<NeverSignedIn>) -> impl IntoView {
    // As many as are read for this page: there may be more.
    let all = people.len() >= MOST_NEVER_SIGNED_IN;
    let rows = people
        .into_iter()
        .map(|p| {
            let added = p.created_at.with_timezone(&chrono_tz::Europe::London).date_naive();
            vec![
                view! { <a class="govuk-link" href=format!("/people/{}", p.id)>{p.name}</a> }.into_any(),
                long_date(added).into_any(),
            ]
        })
        .collect();
    view! {
        <h2 class="govuk-heading-m" id="never">"Never signed in"</h2>
        <p class="govuk-body">"They may sign in with their e-mail address, and never have. Ask whether anybody told them, or take the role away."</p>
        <DataTable caption="Never signed in" caption_hidden=true heads=vec!["Name", "Added"] rows=rows/>
        {all.then(|| view! {
            <p class="govuk-body">"Only those who were added first are shown. "<a class="govuk-link" href="/people">"People"</a>" tells of everybody when they were last seen."</p>
        })}
    }
}
