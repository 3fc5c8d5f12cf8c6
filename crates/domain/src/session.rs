//! The states of a session and the events that lead from one to the next.
//!
//! `docs/states.md` is this table in words; a test compares the two.

use chrono::NaiveDate;

use crate::access::Role;
use crate::programme::Audience;
use crate::term::terms;
use crate::year_group::YearGroups;

terms! {
    /// The state of a session.
    pub enum State {
        Reserved = "reserved", "Being booked";
        Offered = "offered", "Offered";
        Confirmed = "confirmed", "Confirmed";
        Delivered = "delivered", "Delivered";
        Cancelled = "cancelled", "Cancelled";
        Missed = "missed", "Missed";
        Declined = "declined", "Declined";
        Lapsed = "lapsed", "Lapsed";
    }
}

impl State {
    /// Whether a session in this state holds its slot.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Reserved | Self::Offered | Self::Confirmed | Self::Delivered)
    }
}

terms! {
    /// What happens to a session.
    pub enum Event {
        Reserve = "reserve", "Reserved while being booked";
        Book = "book", "Booked";
        Offer = "offer", "Offered";
        Accept = "accept", "Accepted";
        Decline = "decline", "Declined";
        Lapse = "lapse", "Lapsed";
        Move = "move", "Moved";
        Cancel = "cancel", "Cancelled";
        Miss = "miss", "Marked missed";
        Deliver = "deliver", "Delivered";
        Import = "import", "Taken over from older records";
        ImportCancelled = "import_cancelled", "Taken over from older records as cancelled";
    }
}

terms! {
    /// Why a session was cancelled or missed.
    pub enum Reason {
        CalledAway = "called_away", "The team was called away";
        Sickness = "sickness", "Sickness";
        Vehicle = "vehicle", "Vehicle trouble";
        SchoolClosed = "school_closed", "School closed";
        Timetable = "timetable", "Clash in the school’s timetable";
        NoLongerNeeded = "no_longer_needed", "No longer needed";
        /// Of older records alone: today a session that is put off is moved.
        Postponed = "postponed", "Postponed";
        Other = "other", "Another reason";
    }
}

impl Reason {
    /// The reasons that people choose from.
    pub fn choices() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|reason| *reason != Self::Postponed)
    }

    /// Whether the team cannot come, so that the slot it leaves is nobody's to have.
    #[must_use]
    pub const fn is_the_teams(self) -> bool {
        matches!(self, Self::CalledAway | Self::Sickness | Self::Vehicle)
    }
}

/// One line of the table: from a state (none: the session begins) by an event to a state, by these roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before; none when the event begins the session.
    pub from: Option<State>,
    /// What happens.
    pub event: Event,
    /// The state after.
    pub to: State,
    /// Who may do it; the system may do every one.
    pub by: &'static [Role],
}

const SCHOOL: &[Role] = &[Role::School, Role::Provider, Role::Commissioner];
const OFFICE: &[Role] = &[Role::Provider, Role::Commissioner];
const SYSTEM: &[Role] = &[];
const RECORDS: &[Role] = &[Role::Commissioner, Role::Administrator];

const fn line(from: Option<State>, event: Event, to: State, by: &'static [Role]) -> Transition {
    Transition { from, event, to, by }
}

/// Every transition there is. What is not listed cannot happen.
pub const TRANSITIONS: &[Transition] = &[
    line(None, Event::Reserve, State::Reserved, SCHOOL),
    line(None, Event::Book, State::Confirmed, SCHOOL),
    line(None, Event::Offer, State::Offered, OFFICE),
    line(None, Event::Import, State::Delivered, RECORDS),
    line(None, Event::ImportCancelled, State::Cancelled, RECORDS),
    line(Some(State::Reserved), Event::Book, State::Confirmed, SCHOOL),
    line(Some(State::Reserved), Event::Lapse, State::Lapsed, SCHOOL),
    line(Some(State::Offered), Event::Accept, State::Confirmed, SCHOOL),
    line(Some(State::Offered), Event::Decline, State::Declined, SCHOOL),
    line(Some(State::Offered), Event::Lapse, State::Lapsed, SYSTEM),
    line(Some(State::Offered), Event::Cancel, State::Cancelled, OFFICE),
    line(Some(State::Confirmed), Event::Move, State::Confirmed, SCHOOL),
    line(Some(State::Confirmed), Event::Cancel, State::Cancelled, SCHOOL),
    line(Some(State::Confirmed), Event::Miss, State::Missed, SCHOOL),
    line(Some(State::Confirmed), Event::Deliver, State::Delivered, SCHOOL),
    line(Some(State::Missed), Event::Deliver, State::Delivered, SCHOOL),
    line(Some(State::Delivered), Event::Miss, State::Missed, OFFICE),
];

/// An event that cannot happen to a session in this state, or not by this role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The table has no such line.
    #[error("this session is {}, so this can no longer be done", .0.map_or("new", |s| s.label()))]
    NotFrom(Option<State>),
    /// The line is there, but not for this role.
    #[error("your role may not do this")]
    NotBy(Role),
}

/// The state after `event`, or why it is refused.
///
/// # Errors
/// [`Refused`] when no line of [`TRANSITIONS`] leads from `from` by `event`, or none by `role`.
pub fn after(from: Option<State>, event: Event, role: Role) -> Result<State, Refused> {
    let Some(line) = TRANSITIONS.iter().find(|t| t.from == from && t.event == event) else {
        return Err(Refused::NotFrom(from));
    };
    if role == Role::System || line.by.contains(&role) { Ok(line.to) } else { Err(Refused::NotBy(role)) }
}

/// How long a slot stays reserved while a booking is being written, in minutes.
pub const RESERVED_MINUTES: i64 = 10;

/// Slots one booking takes at most: a team's day.
pub const MOST_SLOTS: usize = 6;

/// Groups that attend one session at most.
pub const MOST_GROUPS: usize = 6;

/// Whether a person of this role may still move or cancel a session on `on_date`.
///
/// A school may until `notice_days` days before; a provider and a commissioner until the day itself.
#[must_use]
pub fn may_still_change(role: Role, on_date: NaiveDate, today: NaiveDate, notice_days: i64) -> bool {
    let days = (on_date - today).num_days();
    if role == Role::School { days >= notice_days.max(0) } else { days >= 0 }
}

/// The first day a person of this role may book: a school tomorrow, a provider and a commissioner still today.
#[must_use]
pub fn first_bookable(role: Role, today: NaiveDate) -> NaiveDate {
    if role == Role::School { today.succ_opt().unwrap_or(today) } else { today }
}

/// How many more pupils a session has room for, when `expected` are expected; none: there is no limit.
#[must_use]
pub fn room_left(largest_group: Option<i64>, expected: i64) -> Option<i64> {
    largest_group.map(|most| (most - expected).max(0))
}

/// A group that is to attend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its year groups; none: the school does not follow them, or they are adults.
    pub year_groups: YearGroups,
    /// What the school calls it, such as “6B”; may be blank.
    pub label: String,
    /// Expected pupils, or adults where the programme is for adults.
    pub expected: i64,
    /// Of whom with special educational needs or disabilities, as the school states; none: not stated.
    pub expected_send: Option<i64>,
}

/// A field of a [`Group`], by its name in forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupField {
    /// `year_groups`
    YearGroups,
    /// `label`
    Label,
    /// `expected`
    Expected,
    /// `expected_send`
    ExpectedSend,
}

impl GroupField {
    /// The field's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::YearGroups => "year_groups",
            Self::Label => "label",
            Self::Expected => "expected",
            Self::ExpectedSend => "expected_send",
        }
    }
}

/// What is wrong with a group: the field, and a sentence that says how to mend it.
///
/// `taught` are the school's year groups, none when they are unknown. `outside_audience`: a commissioner decided that
/// the group may come although the programme is not meant for it.
#[must_use]
pub fn group_faults(
    group: &Group,
    audience: &Audience,
    taught: Option<YearGroups>,
    outside_audience: bool,
) -> Vec<(GroupField, String)> {
    let mut faults = Vec::new();
    if let (Audience::Children { year_groups, .. }, false) = (audience, group.year_groups.is_empty()) {
        let not_taught: YearGroups =
            group.year_groups.iter().filter(|y| taught.is_some_and(|t| !t.contains(*y))).collect();
        if !not_taught.is_empty() {
            let taught = taught.unwrap_or_default();
            faults.push((
                GroupField::YearGroups,
                format!("The school teaches {taught}, not {not_taught}: choose others, or correct the school’s year groups first"),
            ));
        } else if group.year_groups.intersection(*year_groups).is_empty() && !outside_audience {
            let choose = if year_groups.iter().count() == 1 { "choose it" } else { "choose at least one of them" };
            faults.push((GroupField::YearGroups, format!("This is for {year_groups}: {choose}")));
        }
    }
    if group.label.chars().count() > 60 {
        faults.push((GroupField::Label, "The group’s name must have 60 characters or fewer".into()));
    }
    if !(1..=MOST_EXPECTED).contains(&group.expected) {
        faults.push((GroupField::Expected, format!("Enter how many you expect, between 1 and {MOST_EXPECTED}")));
    }
    match group.expected_send {
        Some(send) if send < 0 => faults.push((GroupField::ExpectedSend, "Enter 0 or more pupils with SEND".into())),
        Some(send) if send > group.expected && group.expected > 0 => faults.push((
            GroupField::ExpectedSend,
            format!("Pupils with SEND are among the {} expected: enter no more than that", group.expected),
        )),
        _ => {}
    }
    faults
}

/// Expected in one group at most: more is a slip.
pub const MOST_EXPECTED: i64 = 2_000;

/// Days after a session's date until attendance that nobody recorded is overdue.
pub const OVERDUE_DAYS: i64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_can_be_reached_and_no_line_stands_twice() {
        for &state in State::ALL {
            assert!(TRANSITIONS.iter().any(|t| t.to == state), "{state:?} cannot be reached");
        }
        for (i, a) in TRANSITIONS.iter().enumerate() {
            assert!(TRANSITIONS[..i].iter().all(|b| (a.from, a.event) != (b.from, b.event)), "{a:?} stands twice");
        }
    }

    /// `docs/states.md` has one row a line of the table, in the same order and words.
    #[test]
    fn the_document_and_the_table_agree() {
        let document = include_str!("../../../docs/states.md");
        let rows: Vec<&str> = document.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| from")).collect();
        let role = |r: &Role| r.as_str();
        let lines: Vec<String> = TRANSITIONS
            .iter()
            .map(|t| {
                let by = if t.by.is_empty() {
                    "system".into()
                } else {
                    t.by.iter().map(role).collect::<Vec<_>>().join(", ")
                };
                let from = t.from.map_or("–", State::as_str);
                format!("| {from} | {} | {by} | {} |", t.event.as_str(), t.to.as_str())
            })
            .collect();
        let table: Vec<&str> = rows.into_iter().take(lines.len()).collect();
        assert_eq!(table, lines, "docs/states.md differs from TRANSITIONS");
        for state in State::ALL {
            assert!(document.contains(&format!("**{}**", state.as_str())), "{state:?} is not described");
        }
    }

    #[test]
    fn schools_keep_the_notice_period_and_offices_need_not() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap();
        for (role, today, expected) in [
            (Role::School, day(3), true),
            (Role::School, day(4), false),
            (Role::Provider, day(10), true),
            (Role::Commissioner, day(10), true),
            (Role::Commissioner, day(11), false),
            (Role::System, day(10), true),
        ] {
            assert_eq!(may_still_change(role, day(10), today, 7), expected, "{role:?} on {today}");
        }
        assert_eq!(first_bookable(Role::School, day(3)), day(4));
        assert_eq!(first_bookable(Role::Provider, day(3)), day(3));
    }

    #[test]
    fn a_group_is_within_the_audience_and_the_school() {
        use crate::YearGroup;
        use crate::setting::SettingType;
        let years = |n: &[i64]| n.iter().map(|n| YearGroup::new(*n).unwrap()).collect::<YearGroups>();
        let audience =
            Audience::Children { setting_types: [SettingType::Mainstream].into(), year_groups: years(&[5, 6]) };
        let group =
            |year_groups, expected, expected_send| Group { year_groups, label: "6B".into(), expected, expected_send };
        let primary = Some(YearGroups::range(YearGroup::RECEPTION, YearGroup::new(6).unwrap()));
        let fields = |g: &Group, taught, outside| {
            group_faults(g, &audience, taught, outside).into_iter().map(|(f, _)| f).collect::<Vec<_>>()
        };
        assert_eq!(fields(&group(years(&[6]), 30, Some(4)), primary, false), []);
        assert_eq!(fields(&group(years(&[4, 5]), 30, None), primary, false), [], "a mixed class");
        assert_eq!(fields(&group(years(&[4]), 30, None), primary, false), [GroupField::YearGroups]);
        assert_eq!(fields(&group(years(&[4]), 30, None), primary, true), [], "the commissioner decided so");
        assert_eq!(fields(&group(years(&[7]), 30, None), primary, true), [GroupField::YearGroups]);
        assert_eq!(fields(&group(years(&[6]), 30, None), None, false), [], "unknown is never refused");
        assert_eq!(fields(&group(YearGroups::NONE, 12, None), primary, false), [], "year groups are not followed");
        assert_eq!(fields(&group(years(&[6]), 0, None), primary, false), [GroupField::Expected]);
        assert_eq!(fields(&group(years(&[6]), 30, Some(31)), primary, false), [GroupField::ExpectedSend]);
        let says = |wanted: &[i64]| {
            let audience =
                Audience::Children { setting_types: [SettingType::Mainstream].into(), year_groups: years(wanted) };
            group_faults(&group(years(&[4]), 30, None), &audience, primary, false).remove(0).1
        };
        assert_eq!(says(&[6]), "This is for Year 6: choose it");
        assert!(says(&[5, 6]).ends_with(": choose at least one of them"));
        assert_eq!(room_left(Some(60), 45), Some(15));
        assert_eq!(room_left(Some(60), 75), Some(0));
        assert_eq!(room_left(None, 900), None);
    }

    #[test]
    fn what_the_table_lacks_is_refused_for_every_role() {
        for from in State::ALL.iter().copied().map(Some).chain([None]) {
            for &event in Event::ALL {
                for &role in Role::ALL {
                    let listed = TRANSITIONS.iter().find(|t| t.from == from && t.event == event);
                    let allowed = listed.is_some_and(|t| role == Role::System || t.by.contains(&role));
                    assert_eq!(after(from, event, role).is_ok(), allowed, "{from:?} {event:?} {role:?}");
                }
            }
        }
    }
}
