//! Who asks for this year's Year 6 tour to come and has no date: schools with gaps, of their own accord or because they
//! were invited.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::request::PartOfDay;
use domain::setting::{Phase, SettingType};
use domain::{YearGroup, YearGroups};

use crate::calendar::SchoolDays;
use crate::draw::{Draw, Stream};
use crate::rows::{Group, Invitation, Request, School, Tour, Visit};
use crate::visits::Ground;
use crate::year_six::GAPS;

/// Mainstream schools that ask, and of these, how many were invited and said yes, and yes on other days.
const MAINSTREAM: usize = 25;
const ACCEPTED: usize = 6;
const PROPOSED: usize = 2;

/// Special schools that ask.
const SPECIAL: usize = 4;

/// Requests in all, and one for good measure.
const ASKED: i32 = 30;

/// Of the mainstream schools, how many lie in wards nobody has gone to.
const IN_GAP_WARDS: usize = 9;

/// Adds requests, and the invitations some of them answer, to what the tour has.
pub(crate) fn asked(
    ground: &Ground<'_>,
    tour: &Tour,
    visits: &[Visit],
    invitations: &mut Vec<Invitation>,
) -> Vec<Request> {
    let draw = &mut Draw::new(Stream::Requests);
    let Ok(six) = YearGroup::new(6) else { return Vec::new() };
    let days = SchoolDays::of(ground.present);
    let from = ground.today.succ_opt().unwrap_or(ground.today);
    let days: Vec<NaiveDate> = days.within(from.max(tour.starts), tour.ends).to_vec();
    let schools = asking(ground, visits, invitations, draw, six);
    let sent_at = (tour.created_at + TimeDelta::days(5)).min(ground.now - TimeDelta::days(6));
    let mut requests = Vec::new();
    for (place, school) in schools.into_iter().enumerate() {
        // One after the other, from the invitations until now.
        let share = i32::try_from(place + 1).unwrap_or(1);
        let asked_at = sent_at + (ground.now - sent_at) / ASKED * share - TimeDelta::hours(3);
        let mut request = request(ground, draw, tour, school, asked_at, &days);
        let invited = match place {
            _ if place < ACCEPTED => Some("accepted"),
            _ if place < ACCEPTED + PROPOSED => Some("proposed"),
            _ => None,
        };
        if let Some(state) = invited {
            // Half of those that said yes have not said more: their numbers are the roll's.
            request.is_estimated = state == "accepted" && place % 2 == 0;
            if request.is_estimated {
                estimate(&mut request);
            }
            let id = draw.key(sent_at);
            let (tour, school, answered_at) = (tour.id, school.id, Some(asked_at));
            invitations.push(Invitation {
                id,
                tour,
                school,
                state,
                reason: "",
                reason_note: "",
                sent_at,
                answered_at,
                reminded_at: None,
            });
            if state == "proposed" && request.preferred.is_empty() {
                request.preferred.extend(days.iter().rev().take(3).rev());
            }
        }
        request.preferred.retain(|day| !request.impossible.contains(day));
        requests.push(request);
    }
    requests
}

/// The schools that ask, in the order in which they do: none that has a visit of the tour, or an invitation.
fn asking<'a>(
    ground: &Ground<'a>,
    visits: &[Visit],
    invitations: &[Invitation],
    draw: &mut Draw,
    six: YearGroup,
) -> Vec<&'a School> {
    let known = |s: &School| visits.iter().any(|v| v.venue == s.id) || invitations.iter().any(|i| i.school == s.id);
    let teaches = |s: &School| s.year_groups.is_some_and(|years| years.contains(six));
    let mut others: Vec<&School> = ground
        .schools
        .iter()
        .filter(|s| matches!(s.phase, Phase::Primary | Phase::AllThrough) && s.setting_type == SettingType::Mainstream)
        .filter(|s| teaches(s) && !known(s))
        .collect();
    draw.shuffle(&mut others);
    let (in_gaps, elsewhere): (Vec<_>, Vec<_>) = others.into_iter().partition(|s| GAPS.contains(&s.ward));
    let in_gaps: Vec<_> = in_gaps.into_iter().take(IN_GAP_WARDS).collect();
    let mut all: Vec<&School> = elsewhere.into_iter().take(MAINSTREAM - in_gaps.len()).collect();
    // Those of the gap wards come in between, not all at the end.
    for (place, school) in in_gaps.into_iter().enumerate() {
        all.insert((ACCEPTED + PROPOSED + 2 * place).min(all.len()), school);
    }
    let special = ground
        .schools
        .iter()
        .filter(|s| s.setting_type == SettingType::Special && !known(s))
        .filter(|s| s.year_groups.is_none_or(|years| years.contains(six)))
        .take(SPECIAL);
    all.extend(special);
    all
}

fn request(
    ground: &Ground<'_>,
    draw: &mut Draw,
    tour: &Tour,
    school: &School,
    asked_at: DateTime<Utc>,
    days: &[NaiveDate],
) -> Request {
    let is_special = school.setting_type != SettingType::Mainstream;
    let mut groups = match YearGroup::new(6) {
        Ok(six) => ground.classes(draw, school, ground.present, six),
        Err(_) => Vec::new(),
    };
    if is_special {
        // Special schools group by stage.
        for group in &mut groups {
            group.year_groups = YearGroups::NONE;
            group.label = "Upper key stage 2".into();
            group.expected = group.expected.clamp(6, 14);
            group.expected_send = Some(group.expected);
        }
        groups.truncate(1);
    }
    let pupils: i64 = groups.iter().map(|g| g.expected).sum();
    // The play takes 120 at once; some schools rather have their classes one after the other.
    let sessions = if pupils > 120 { 2 } else { i64::from(groups.len() >= 2 && draw.chance(40)) + 1 };
    let part_of_day = match draw.between(1, 10) {
        1..=3 => PartOfDay::Morning,
        4 => PartOfDay::Afternoon,
        _ => PartOfDay::Any,
    };
    let impossible = some_days(draw, days, 5);
    let preferred = if draw.chance(45) { some_days(draw, days, 3) } else { Vec::new() };
    let access_needs = match (is_special, draw.between(1, 6)) {
        (true, _) => "A relaxed performance, symbols for the story, hoist access to the hall.",
        (_, 1) => "Two wheelchair users; the hall is level.",
        (_, 2) => "One pupil with a hearing aid: a loop helps.",
        _ => "",
    };
    Request {
        id: draw.key(asked_at),
        tour: tour.id,
        school: school.id,
        sessions,
        may_split: sessions == 1 || draw.chance(40),
        room_for_others: is_special || (pupils <= 40 && draw.chance(50)),
        part_of_day,
        access_needs,
        contact: school.contact.clone(),
        is_estimated: false,
        groups,
        impossible,
        preferred,
        asked_at,
    }
}

/// A run of school days, up to `most`, somewhere among `days`; sometimes none.
fn some_days(draw: &mut Draw, days: &[NaiveDate], most: i64) -> Vec<NaiveDate> {
    let many = usize::try_from(draw.between(0, most)).unwrap_or(0).min(days.len() / 4);
    let last = i64::try_from(days.len().saturating_sub(many + 1)).unwrap_or(0);
    let first = usize::try_from(draw.between(0, last.max(0))).unwrap_or(0);
    days.iter().skip(first).take(many).copied().collect()
}

/// As a request stands that only says yes: one line for the year group, nothing else.
fn estimate(request: &mut Request) {
    let expected: i64 = request.groups.iter().map(|g| g.expected).sum();
    request.groups.truncate(1);
    for group in &mut request.groups {
        let Group { label, expected: all, expected_send, .. } = group;
        label.clear();
        *all = expected;
        *expected_send = None;
    }
    // The play takes 120 at once.
    request.sessions = (expected + 119) / 120;
    request.impossible.clear();
    request.preferred.clear();
    request.part_of_day = PartOfDay::Any;
    request.may_split = true;
    request.room_for_others = false;
    request.access_needs = "";
}
