//! Requests: a school asks for a tour to come, and a plan or a person finds it a date.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::AcademicYear;
use crate::fault::{Fault, Faults};
use crate::session::{self, Group};
use crate::slot::TimeOfDay;
use crate::term::terms;

mod dates;

pub use dates::{in_words, read_dates};

terms! {
    /// The state of a request.
    pub enum RequestState {
        Asked = "asked", "Waits for a date";
        Placed = "placed", "Has a date";
        Withdrawn = "withdrawn", "Withdrawn";
        Closed = "closed", "Closed without a date";
    }
}

impl RequestState {
    /// Whether it still stands: a school has at most one such request for a tour.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Asked | Self::Placed)
    }
}

terms! {
    /// At which part of the day a school would have it.
    pub enum PartOfDay {
        Any = "any", "Morning or afternoon";
        Morning = "morning", "Only in the morning";
        Afternoon = "afternoon", "Only in the afternoon";
    }
}

impl PartOfDay {
    /// Whether a slot from `starts` to `ends` suits. A morning is over, and an afternoon begins, at noon; a slot across
    /// noon belongs to the half in which it has more minutes, and to the morning when they are even.
    #[must_use]
    pub fn suits(self, starts: TimeOfDay, ends: TimeOfDay) -> bool {
        let noon = 12 * 60;
        let before = noon - starts.minutes();
        let after = ends.minutes() - noon;
        match self {
            Self::Any => true,
            Self::Morning => before >= after,
            Self::Afternoon => before < after,
        }
    }
}

terms! {
    /// What a date means to a request.
    pub enum DateKind {
        Impossible = "impossible", "Not possible";
        Preferred = "preferred", "Preferred";
    }
}

terms! {
    /// Why a school does not want a tour.
    pub enum DeclineReason {
        AlreadyCovered = "already_covered", "Already covered";
        NoHall = "no_hall", "No hall or room for it";
        NotAPriority = "not_a_priority", "Not a priority this year";
        Staffing = "staffing", "Staffing";
        Other = "other", "Another reason";
    }
}

/// Characters a note to a reason may have.
pub const LONGEST_NOTE: usize = 500;

/// What is wrong with a reason and its note; the fields are `reason` and `reason_note`.
#[must_use]
pub fn reason_faults(reason: Option<DeclineReason>, note: &str) -> Vec<Fault> {
    let mut faults = Faults::default();
    faults.unless(reason.is_some(), "reason", "Say why: choose what comes closest");
    faults.unless(
        reason != Some(DeclineReason::Other) || !note.trim().is_empty(),
        "reason_note",
        "Say in a few words what the reason is",
    );
    faults.at_most(note.trim(), LONGEST_NOTE, "reason_note", "The note");
    faults.or(()).err().unwrap_or_default()
}

/// Sessions one request asks for at most.
pub const MOST_SESSIONS: i64 = 12;

/// Groups one request names at most.
pub const MOST_GROUPS: usize = 8;

/// What a school asks for, apart from who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who is to attend.
    pub groups: Vec<Group>,
    /// Sessions needed; [`deal`] says which groups come to which.
    pub sessions: i64,
    /// They may lie on several days.
    pub may_split: bool,
    /// Another school may join.
    pub room_for_others: bool,
    /// When in the day.
    pub part_of_day: PartOfDay,
    /// Days of the tour on which it cannot be.
    pub impossible: Vec<NaiveDate>,
    /// Days on which the school would have it; they may lie outside the tour's, for the commissioner to decide.
    pub preferred: Vec<NaiveDate>,
    /// What it takes for everyone to take part.
    pub access_needs: String,
    /// Anything else.
    pub note: String,
}

/// What a wish is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The present day.
    pub today: NaiveDate,
    /// The tour's first day.
    pub starts: NaiveDate,
    /// The tour's last day.
    pub ends: NaiveDate,
    /// The most pupils a session takes; none: no limit.
    pub largest_group: Option<i64>,
}

impl Wish {
    /// What is wrong with sessions, dates and texts; the groups' own faults are [`session::group_faults`]. Fields:
    /// `sessions`, `impossible`, `preferred`, `access_needs`, `note`, `expected-0`.
    #[must_use]
    pub fn faults(&self, terms: Terms) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.unless(!self.groups.is_empty(), "expected-0", "Say who is to attend: at least one group");
        faults.unless(
            self.groups.len() <= MOST_GROUPS,
            "expected-0",
            format!("At most {MOST_GROUPS} groups: put classes that come together into one line"),
        );
        let good = (1..=MOST_SESSIONS).contains(&self.sessions);
        faults.unless(good, "sessions", format!("Enter how many sessions you need, between 1 and {MOST_SESSIONS}"));
        let pupils: i64 = self.groups.iter().map(|g| g.expected.clamp(0, session::MOST_EXPECTED)).sum();
        if good && pupils > 0 {
            faults.unless(
                pupils >= self.sessions,
                "sessions",
                format!("{pupils} expected cannot be dealt out over {} sessions: ask for fewer", self.sessions),
            );
            if let Some(message) = self.too_full(terms.largest_group) {
                faults.unless(false, "sessions", message);
            }
        }
        self.check_dates(terms, &mut faults);
        faults.at_most(self.access_needs.trim(), 2_000, "access_needs", "What you need");
        faults.at_most(self.note.trim(), 2_000, "note", "The note");
        faults.or(()).err().unwrap_or_default()
    }

    /// What to say when a session would have more pupils than it takes.
    fn too_full(&self, largest: Option<i64>) -> Option<String> {
        let largest = largest.filter(|n| *n > 0)?;
        let fullest = deal(&self.groups, self.sessions).iter().map(|s| expected(s)).max()?;
        if fullest <= largest {
            return None;
        }
        let enough = (self.sessions + 1..=MOST_SESSIONS)
            .find(|n| deal(&self.groups, *n).iter().all(|session| expected(session) <= largest));
        let mend = enough.map_or_else(
            || "ask in two requests, one for each half".to_owned(),
            |n| format!("ask for {n} sessions, or bring fewer"),
        );
        Some(format!("A session takes at most {largest}, and one of yours would have {fullest}: {mend}"))
    }

    fn check_dates(&self, terms: Terms, faults: &mut Faults) {
        let day = |d: NaiveDate| d.format("%-d %B %Y").to_string();
        let outside = self.impossible.iter().find(|d| **d < terms.starts || **d > terms.ends);
        if let Some(outside) = outside {
            faults.unless(
                false,
                "impossible",
                format!(
                    "{} is not among the tour’s days, {} to {}, so it need not be ruled out: leave it away",
                    day(*outside),
                    day(terms.starts),
                    day(terms.ends)
                ),
            );
        }
        let year = AcademicYear::containing(terms.starts);
        if let Some(past) = self.preferred.iter().find(|d| **d <= terms.today) {
            faults.unless(false, "preferred", format!("{} has gone: name days that are still to come", day(*past)));
        } else if let Some(far) = self.preferred.iter().find(|d| !year.contains(**d)) {
            faults.unless(
                false,
                "preferred",
                format!("{} is not in the academic year {year}: name a day before it ends", day(*far)),
            );
        }
        let impossible: BTreeSet<&NaiveDate> = self.impossible.iter().collect();
        if let Some(both) = self.preferred.iter().find(|d| impossible.contains(d)) {
            faults.unless(
                false,
                "preferred",
                format!("{} stands among the days that are not possible too: take it out of one of them", day(*both)),
            );
        }
        let open = |d: NaiveDate| d > terms.today && !impossible.contains(&d);
        let any = terms.starts.iter_days().take_while(|d| *d <= terms.ends).any(open);
        faults.unless(
            any || outside.is_some() || !self.preferred.is_empty(),
            "impossible",
            "No day of the tour is left: leave at least one, or name a day you would prefer",
        );
    }
}

fn expected(groups: &[Group]) -> i64 {
    groups.iter().map(|g| g.expected).sum()
}

/// Deals groups out over sessions, evenly: which groups come to which session.
///
/// Groups stay whole while there are enough of them; otherwise the largest is halved until there is one for each
/// session, and its parts say so (“Year 7 (1 of 2)”). Then, the largest first, each goes to the session with the fewest
/// pupils so far. Every pupil, and every pupil with SEND, is in exactly one session; no session is empty as long as
/// there are as many pupils as sessions. At least one session is made.
#[must_use]
pub fn deal(groups: &[Group], sessions: i64) -> Vec<Vec<Group>> {
    let sessions = usize::try_from(sessions.clamp(1, MOST_SESSIONS)).unwrap_or(1);
    // Into how many parts each group goes.
    let mut parts: Vec<i64> = vec![1; groups.len()];
    let mut total = groups.len();
    while total < sessions {
        let next = (0..groups.len())
            .filter(|i| groups[*i].expected > parts[*i])
            .max_by_key(|i| (groups[*i].expected / parts[*i], std::cmp::Reverse(*i)));
        let Some(next) = next else { break };
        parts[next] += 1;
        total += 1;
    }
    let mut all: Vec<(usize, Group)> = Vec::with_capacity(total);
    for (i, group) in groups.iter().enumerate() {
        all.extend(split(group, parts[i]).into_iter().map(|g| (i, g)));
    }
    all.sort_by_key(|(i, g)| (std::cmp::Reverse(g.expected), *i));
    let mut dealt: Vec<Vec<(usize, Group)>> = vec![Vec::new(); sessions];
    for (i, group) in all {
        let least = dealt.iter().map(|s| s.iter().map(|(_, g)| g.expected).sum::<i64>()).enumerate();
        let session = least.min_by_key(|(n, pupils)| (*pupils, *n)).map_or(0, |(n, _)| n);
        dealt[session].push((i, group));
    }
    dealt.retain(|session| !session.is_empty());
    dealt
        .into_iter()
        .map(|mut session| {
            session.sort_by_key(|(i, _)| *i);
            session.into_iter().map(|(_, group)| group).collect()
        })
        .collect()
}

fn split(group: &Group, parts: i64) -> Vec<Group> {
    if parts <= 1 {
        return vec![group.clone()];
    }
    let until = |part: i64| group.expected * part / parts;
    // SEND follows the pupils before it, so that no part has more of them than pupils: shares
    // of each figure by itself would put 2 of 7 SEND in a fifth of 8 pupils that has one.
    let send_until = |send: i64, part: i64| (2 * send * until(part) + group.expected) / (2 * group.expected).max(1);
    let name = if group.label.trim().is_empty() { group.year_groups.to_string() } else { group.label.clone() };
    (0..parts)
        .map(|part| Group {
            label: format!("{name} ({} of {parts})", part + 1),
            expected: until(part + 1) - until(part),
            expected_send: group.expected_send.map(|send| send_until(send, part + 1) - send_until(send, part)),
            year_groups: group.year_groups,
        })
        .collect()
}

#[cfg(test)]
mod tests;
