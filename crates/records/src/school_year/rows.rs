//! The rows of a school's year, and the state of each cell as `domain::coverage` decides it.

use domain::YearGroups;
use domain::coverage::{self, Attends, Facts};
use domain::number_on_roll::Roll;
use domain::programme::Eligibility;
use domain::session;
use domain::setting::YearGroupsSource;
use domain::stage::Stage;

use super::grid::{Column, Found, Group};
use super::{Attended, Cell, Of, Row, School};

pub(super) fn rows(school: &School, roll: &Roll, found: &Found) -> Vec<Row> {
    let row = |of: Of| Row {
        of,
        on_roll: match of {
            Of::YearGroup(year) => roll.of(year),
            Of::Stage(_) | Of::Mixed | Of::Adults => None,
        },
        cells: found.columns.iter().map(|column| cell(school, of, column, found)).collect(),
    };
    let mut rows: Vec<Row> = down(school, found).into_iter().map(row).collect();
    // Groups without a year group have a row where there are any.
    if found.groups.iter().any(|g| g.year_groups.is_empty() && shows(g.state) && !is_for_adults(found, g)) {
        rows.push(row(Of::Mixed));
    }
    if found.columns.iter().any(|c| c.for_adults) {
        rows.push(row(Of::Adults));
    }
    rows
}

/// The year groups taught or, where they are not followed, the stages; and whatever year group attended anyway.
fn down(school: &School, found: &Found) -> Vec<Of> {
    let attended = found
        .groups
        .iter()
        .filter(|g| shows(g.state))
        .fold(YearGroups::NONE, |all, group| all.union(group.year_groups));
    let shown = taught(school).unwrap_or_else(|| planned(school, found)).union(attended);
    if school.year_groups_source == YearGroupsSource::NotFollowed {
        let stages = Stage::ALL.iter().filter(|stage| !stage.year_groups().intersection(shown).is_empty());
        return stages.map(|stage| Of::Stage(*stage)).collect();
    }
    shown.iter().map(Of::YearGroup).collect()
}

/// What a school of unknown year groups is taken to teach, and what else a programme may be for there: one for Year 12
/// and 13 alone has its rows.
fn planned(school: &School, found: &Found) -> YearGroups {
    let audiences = found.columns.iter().map(Column::audience);
    let open = audiences.filter(|audience| audience.eligibility(school.setting_type, None) == Eligibility::Unknown);
    open.fold(YearGroups::planning_assumption(), |all, audience| all.union(audience.year_groups_in(None)))
}

fn taught(school: &School) -> Option<YearGroups> {
    school.year_groups.and_then(|mask| YearGroups::try_from(mask).ok())
}

/// Whether a session leaves a trace that a reader looks for.
const fn shows(state: session::State) -> bool {
    matches!(state, session::State::Offered | session::State::Confirmed | session::State::Delivered)
}

fn is_for_adults(found: &Found, group: &Group) -> bool {
    found.columns.iter().any(|c| c.id == group.programme_id && c.for_adults)
}

fn cell(school: &School, of: Of, column: &Column, found: &Found) -> Cell {
    let here = |group: &&Group| group.programme_id == column.id && belongs(of, column, group.year_groups);
    let groups: Vec<&Group> = found.groups.iter().filter(here).collect();
    let attends: Vec<Attends> = groups
        .iter()
        .map(|g| Attends { session: g.state, on_date: g.on_date, part: g.part, recorded: g.is_settled() })
        .collect();
    let eligibility = eligibility(school, of, column);
    let offer = found.offers.get(&column.id).copied();
    let invitation = found.invitations.get(&column.id).copied().filter(|_| eligibility != Eligibility::NotEligible);
    let asked: Vec<YearGroups> =
        found.requests.iter().filter(|(programme, _)| *programme == column.id).map(|(_, years)| *years).collect();
    let waiting: Vec<YearGroups> =
        found.waiting.iter().filter(|(programme, _)| *programme == column.id).map(|(_, years)| *years).collect();
    let waits = asks(school, of, column, &waiting);
    let requested = if asked.is_empty() {
        invitation.is_some_and(domain::invitation::InvitationState::is_wanted)
    } else {
        asks(school, of, column, &asked)
    };
    let state = coverage::state(&Facts {
        today: found.today,
        eligibility,
        parts: usize::try_from(column.parts).unwrap_or(1).max(1),
        attends: &attends,
        // An invitation is to the school: it says nothing of year groups the programme is not for.
        invitation,
        requested,
        waits,
        on_offer: offer.is_some(),
    });
    let mut sessions: Vec<Attended> = groups
        .iter()
        .filter(|g| shows(g.state))
        .map(|g| Attended { session: g.session_id, on_date: g.on_date, slot: g.slot_label.clone(), state: g.state })
        .collect();
    sessions.dedup();
    let wants = matches!(
        state,
        coverage::State::Unknown
            | coverage::State::Offered
            | coverage::State::Declined
            | coverage::State::Requested
            | coverage::State::PartDelivered
    );
    let book = offer.filter(|_| found.may_book && wants && of != Of::Mixed);
    let may_ask = matches!(
        state,
        coverage::State::Unknown | coverage::State::Offered | coverage::State::NotOffered | coverage::State::Declined
    );
    let ask = found.askable.get(&column.id).copied();
    // One request stands for all year groups: where there is one, it is changed, not asked again. Where a slot can be
    // booked, the page of booking leads to asking too.
    let ask = ask.filter(|_| {
        book.is_none() && may_ask && asked.is_empty() && eligibility != Eligibility::NotEligible && of != Of::Mixed
    });
    // Keys grow with time: the last one offered.
    let declined = groups.iter().filter(|_| state == coverage::State::Requested);
    let declined = declined.filter_map(|g| Some((g.session_id, g.declined()?))).max_by_key(|(id, _)| *id);
    Cell { state, sessions, declined: declined.map(|(_, declined)| declined), book, ask }
}

/// Whether the school asks for the programme for this row. A group that states no year group is for all that the
/// programme is for.
fn asks(school: &School, of: Of, column: &Column, asked: &[YearGroups]) -> bool {
    let meant = column.audience().year_groups_in(taught(school));
    asked.iter().any(|years| {
        let years = if years.is_empty() { meant } else { *years };
        of != Of::Mixed && belongs(of, column, years)
    })
}

/// Whether a group of these year groups stands in a row.
fn belongs(of: Of, column: &Column, year_groups: YearGroups) -> bool {
    match of {
        Of::Adults => column.for_adults,
        _ if column.for_adults => false,
        Of::YearGroup(year) => year_groups.contains(year),
        Of::Stage(stage) => !stage.year_groups().intersection(year_groups).is_empty(),
        Of::Mixed => year_groups.is_empty(),
    }
}

fn eligibility(school: &School, of: Of, column: &Column) -> Eligibility {
    let audience = column.audience();
    let whole = audience.eligibility(school.setting_type, taught(school));
    let meant = audience.year_groups_in(taught(school));
    match of {
        Of::Adults if column.for_adults => Eligibility::Eligible,
        // Groups that nobody gave a year group are as eligible as they were: only what happened shows.
        Of::Adults | Of::Mixed => Eligibility::NotEligible,
        _ if column.for_adults => Eligibility::NotEligible,
        Of::YearGroup(year) if meant.contains(year) => whole,
        Of::Stage(stage) if !stage.year_groups().intersection(meant).is_empty() => whole,
        Of::YearGroup(_) | Of::Stage(_) => Eligibility::NotEligible,
    }
}
