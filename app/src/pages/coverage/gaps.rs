//! The gaps, and what can be done about each.

use axum::extract::Query;
use axum::response::IntoResponse;
use domain::access::{Operation, Role, permitted};
use domain::coverage::{Gap, Standing, State};
use domain::number_on_roll::Basis;
use domain::programme::Status;
use leptos::prelude::*;
use records::coverage::{Covered, Tour};

use super::{Asked, number, query};
use crate::components::*;
use crate::web::answer::{Answer, Problem};
use crate::web::context::Context;

pub(super) async fn show(ctx: Context, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let covered = Asked::of(pairs).covered(&ctx).await?;
    let title = format!("Gaps: {}", covered.programme.name);
    let count = number(covered.coverage.gaps.len());
    let content = view! {
        <span class="govuk-caption-l">{covered.year.to_string()}</span>
        <h1 class="govuk-heading-l">{title.clone()}</h1>
        <p class="govuk-body" role="status">{plural(count, "gap", "gaps")}</p>
        {invite_all(ctx.actor()?.role, &covered)}
        {body(ctx.actor()?.role, &covered, usize::MAX)}
    };
    Ok(ctx.page(title, content).wide().back(format!("/coverage?{}", query(&covered))).into_response())
}

/// The first gaps, on the page of the figures.
pub(super) fn section(ctx: &Context, covered: &Covered, most: usize) -> Result<impl IntoView + use<>, Problem> {
    let role = ctx.actor()?.role;
    let all = covered.coverage.gaps.len();
    let more = (all > most).then(|| {
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href=format!("/coverage/gaps?{}", query(covered))>{format!("See all {} gaps", thousands(number(all)))}</a>
            </p>
        }
    });
    Ok(view! {
        <h2 class="govuk-heading-m" id="gaps">"Gaps"</h2>
        {invite_all(role, covered)}
        {body(role, covered, most)}
        {more}
    })
}

/// Open tours of the programme: schools can be invited to them.
fn open_tours(covered: &Covered) -> impl Iterator<Item = &Tour> {
    covered.tours.iter().filter(|tour| tour.status == Status::Open)
}

/// The way to invite every school with a gap at once, for those who may.
fn invite_all(role: Role, covered: &Covered) -> impl IntoView + use<> {
    let can = permitted(role, Operation::InviteSchools) && !covered.coverage.gaps.is_empty();
    let tours: Vec<_> = open_tours(covered)
        .filter(|_| can)
        .map(|tour| {
            let text = format!("Invite the schools with gaps to {}", tour.name);
            let plan = permitted(role, Operation::PlanTours).then(|| {
                view! { <ButtonLink href=format!("/plans/new?tour={}&gaps=all", tour.id) text=format!("Plan {} for them", tour.name) secondary=true/> }
            });
            view! { <ButtonLink href=format!("/tours/{}/invite", tour.id) text=text secondary=true/>{plan} }
        })
        .collect();
    let none = (can && tours.is_empty()).then(|| {
        view! {
            <p class="govuk-body app-no-print">
                "No tour of this programme is open, so nobody can be invited or booked. "
                <a class="govuk-link" href="/tours">"Open a tour"</a>" to close these gaps."
            </p>
        }
    });
    let so_far = covered.coverage.schools.iter().any(|school| school.invited.is_some()) && can;
    let so_far = so_far.then(|| {
        view! { <p class="govuk-body app-no-print"><a class="govuk-link" href="/invitations">"See the invitations so far"</a></p> }
    });
    view! { {none}<div class="app-actions">{tours}</div>{so_far} }
}

fn body(role: Role, covered: &Covered, most: usize) -> AnyView {
    let gaps = &covered.coverage.gaps;
    if gaps.is_empty() {
        let reached = covered.coverage.schools.iter().any(Standing::is_eligible);
        let text = if reached {
            "There are no gaps: every school the programme is for was reached."
        } else {
            "The programme is for no school of the list: change its audience, or import the school list."
        };
        let programme = format!("/programmes/{}", covered.programme.id);
        return view! {
            <Empty text=text>
                <p class="govuk-body"><a class="govuk-link" href=programme>"See the programme"</a></p>
            </Empty>
        }
        .into_any();
    }
    let rows = gaps
        .iter()
        .take(most)
        .map(|gap| {
            let standing = &covered.coverage.schools[gap.school];
            let school = &standing.school;
            let mut cells = vec![
                view! {
                    <a class="govuk-link" href=format!("/schools/{}", school.id)>{school.name.clone()}</a>
                    {standing.is_never_reached().then_some(" (never reached)")}
                }
                .into_any(),
                school.setting_type.label().into_any(),
                school.ward.clone().unwrap_or_else(|| "Not known".into()).into_any(),
                view! {
                    <Tag text=gap.state.label() colour=colour(gap.state)/>
                    {declined(standing, gap.state)}
                }
                .into_any(),
                actions(role, covered, standing, gap),
            ];
            if !covered.coverage.for_adults {
                cells.insert(3, gap.year_groups.to_string().into_any());
                cells.insert(5, pupils(gap).into_any());
            }
            cells
        })
        .collect();
    let mut heads = vec!["School", "Setting type", "Ward", "State", "What can be done"];
    let mut numeric = Vec::new();
    if !covered.coverage.for_adults {
        heads.insert(3, "Year groups");
        heads.insert(5, "Pupils");
        numeric.push(5);
    }
    view! { <DataTable caption="Gaps, special schools first" caption_hidden=true heads=heads numeric=numeric rows=rows/> }
        .into_any()
}

/// What it said no to, and why.
fn declined(standing: &Standing, state: State) -> Option<AnyView> {
    if let Some(declined) = standing.declined_and_asks(state) {
        return Some(view! { <br/><span class="govuk-body-s">{declined.still_asks()}</span> }.into_any());
    }
    standing.declined_because(state).map(|reason| format!(" {}", reason.label()).into_any())
}

fn pupils(gap: &Gap) -> String {
    match gap.on_roll {
        None => "not known".into(),
        Some(roll) if roll.basis == Basis::Estimated => format!("{} est.", thousands(roll.pupils)),
        Some(roll) => thousands(roll.pupils),
    }
}

const fn colour(state: State) -> &'static str {
    match state {
        State::Booked | State::Waiting | State::Requested | State::PartDelivered | State::Delivered => "blue",
        State::Offered => "yellow",
        State::Unknown | State::NotEligible => "grey",
        State::NotOffered | State::Declined | State::DataOverdue => "red",
    }
}

/// Links that act on a gap, as far as the role may.
fn actions(role: Role, covered: &Covered, standing: &Standing, gap: &Gap) -> AnyView {
    let may = |operation| permitted(role, operation);
    let school = &standing.school;
    let mut links: Vec<(String, String)> = Vec::new();
    match (gap.state, gap.ahead) {
        (State::DataOverdue, Some((on, session))) if may(Operation::RecordAttendance) => {
            let text = format!("Say how the session of {} went", short_date(on));
            links.push((format!("/sessions/{session}/attendance"), text));
        }
        (_, Some((on, session))) if may(Operation::SeeSessions) => {
            links.push((format!("/sessions/{session}"), format!("See the session of {}", short_date(on))));
        }
        _ => {}
    }
    if gap.ahead.is_none() {
        let invited = standing.invited.is_some_and(|i| i.state != domain::invitation::InvitationState::Withdrawn);
        // Where one tour is open it need not be named on every line.
        let only = open_tours(covered).count() == 1;
        let of = |tour: &Tour, link: &str, word: &str| {
            if only { link.to_owned() } else { format!("{link} {word} {}", tour.name) }
        };
        for tour in open_tours(covered) {
            if may(Operation::InviteSchools) && !invited {
                links.push((format!("/tours/{}/invite?setting={}", tour.id, school.id), of(tour, "Invite", "to")));
            }
            if may(Operation::SeeRequests) && gap.state == State::Requested {
                links.push((format!("/tours/{}/requests", tour.id), of(tour, "See the requests", "for")));
            }
            if may(Operation::BookSession) && tour.has_openings {
                links.push((format!("/tours/{}/book?setting={}", tour.id, school.id), of(tour, "Book for them", "on")));
            }
        }
    }
    if gap.state == State::Unknown && may(Operation::EditSetting) {
        links.push((format!("/schools/{}/edit", school.id), "State its year groups".into()));
    }
    if links.is_empty() {
        return waits(gap.state).into_any();
    }
    let name = school.name.clone();
    let items = links
        .into_iter()
        .map(|(href, text)| {
            let of = format!(", {name}");
            view! { <li><a class="govuk-link" href=href>{text}<span class="govuk-visually-hidden">{of}</span></a></li> }
        })
        .collect_view();
    view! { <ul class="govuk-list app-no-print">{items}</ul> }.into_any()
}

/// Where there is nothing to press: what it waits for.
const fn waits(state: State) -> &'static str {
    match state {
        State::Offered => "Waits for the school’s answer",
        State::Requested => "Waits for a date",
        State::Booked | State::Waiting => "Has a date",
        State::DataOverdue => "Waits for its headcount",
        State::Unknown => "Ask the school for its year groups",
        _ => "No tour is open",
    }
}
