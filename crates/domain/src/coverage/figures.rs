//! Coverage in figures: rows by setting type, phase, area and year group, and the list behind each.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::State;
use super::standing::{Cell, Group, Headcount, Invited, Records, Session, Standing};
use super::value::{By, Value};
use crate::YearGroups;
use crate::number_on_roll::{Basis, NumberOnRoll};
use crate::programme::{Audience, Eligibility};
use crate::session;
use crate::setting::SettingType;

/// A row's figures. Schools are indices into [`Coverage::schools`]; a count is the length of its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Schools the programme is for, those with unknown year groups among them.
    pub eligible: Vec<usize>,
    /// Of these, schools whose year groups are not stated.
    pub unknown: Vec<usize>,
    /// Schools with a delivered session, eligible or not.
    pub reached: Vec<usize>,
    /// Of these, schools the programme is not for.
    pub reached_not_eligible: Vec<usize>,
    /// Eligible schools without a delivered session.
    pub not_reached: Vec<usize>,
    /// The delivered sessions.
    pub sessions: BTreeSet<Uuid>,
    /// Summed headcounts.
    pub headcount: Headcount,
    /// Numbers on roll of the eligible, in the year groups the programme is for.
    pub eligible_pupils: i64,
    /// Whether one of these numbers is an estimate.
    pub is_estimated: bool,
    /// Eligible schools whose numbers on roll are not known.
    pub rolls_missing: usize,
}

impl Row {
    fn add(&mut self, school: usize, part: &Part) {
        let eligible = part.eligibility != Eligibility::NotEligible;
        if eligible {
            self.eligible.push(school);
            match part.on_roll {
                Some(roll) => {
                    self.eligible_pupils = self.eligible_pupils.saturating_add(roll.pupils);
                    self.is_estimated |= roll.basis == Basis::Estimated;
                }
                None => self.rolls_missing += 1,
            }
        }
        if part.eligibility == Eligibility::Unknown {
            self.unknown.push(school);
        }
        match (part.sessions.is_empty(), eligible) {
            (false, true) => self.reached.push(school),
            (false, false) => {
                self.reached.push(school);
                self.reached_not_eligible.push(school);
            }
            (true, true) => self.not_reached.push(school),
            (true, false) => {}
        }
        self.sessions.extend(part.sessions);
        self.headcount.join(part.headcount);
    }

    /// Eligible schools that were reached, of a hundred; none where no school is eligible.
    #[must_use]
    pub fn percent(&self) -> Option<usize> {
        let reached = self.reached.len() - self.reached_not_eligible.len();
        (reached * 100).checked_div(self.eligible.len())
    }

    /// Whether the row has nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.eligible.is_empty() && self.reached.is_empty()
    }
}

/// What of a school a row is about: the whole of it, or a year group.
struct Part<'a> {
    eligibility: Eligibility,
    sessions: &'a BTreeSet<Uuid>,
    headcount: Headcount,
    on_roll: Option<NumberOnRoll>,
}

/// Year groups of one school that should be reached and were not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The school, an index into [`Coverage::schools`].
    pub school: usize,
    /// Those that stand alike; none for adults.
    pub year_groups: YearGroups,
    /// How they stand.
    pub state: State,
    /// Their number on roll, where it is known.
    pub on_roll: Option<NumberOnRoll>,
    /// The earliest session of theirs that is offered or confirmed.
    pub ahead: Option<(NaiveDate, Uuid)>,
}

/// The coverage of one programme in one academic year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Every school, by name.
    pub schools: Vec<Standing>,
    /// The delivered sessions, by date.
    pub sessions: Vec<Session>,
    /// The gaps: special schools first, then those never reached, then those with the most pupils.
    pub gaps: Vec<Gap>,
    /// The day the figures were true.
    pub as_of: NaiveDate,
    /// Whether the programme is for adults: headcounts are of adults, and year groups do not matter.
    pub for_adults: bool,
}

impl Coverage {
    /// Computes coverage. The order of what is passed in does not matter.
    #[must_use]
    pub fn of(mut records: Records) -> Self {
        let schools = std::mem::take(&mut records.schools);
        let mut groups = BTreeMap::<Uuid, Vec<(&Session, &Group)>>::new();
        for session in &records.sessions {
            for group in &session.groups {
                groups.entry(group.setting).or_default().push((session, group));
            }
        }
        let mut invited = BTreeMap::<Uuid, Invited>::new();
        for invitation in &records.invitations {
            let latest = invited.entry(invitation.setting).or_insert(*invitation);
            *latest = (*latest).max(*invitation);
        }
        let mut schools: Vec<Standing> = schools
            .into_iter()
            .map(|school| {
                let ours = groups.get(&school.id).map_or(&[][..], Vec::as_slice);
                let invited = invited.get(&school.id).copied();
                Standing::of(&records, school, ours, invited)
            })
            .collect();
        schools.sort_by(|a, b| (&a.school.name, a.school.id).cmp(&(&b.school.name, b.school.id)));
        drop(groups);
        let mut sessions = records.sessions;
        sessions.retain(|s| s.state == session::State::Delivered);
        sessions.sort_by_key(|s| (s.on_date, s.id));
        let for_adults = records.audience == Audience::Adults;
        let gaps = gaps(&schools, for_adults);
        Self { schools, sessions, gaps, as_of: records.today, for_adults }
    }

    /// The figures of the schools to which all of `values` apply; of all schools when there are none.
    #[must_use]
    pub fn row(&self, values: &[Value]) -> Row {
        let year_group = values.iter().find_map(|v| match v {
            Value::YearGroup(year) => Some(*year),
            _ => None,
        });
        let mut row = Row::default();
        for (i, standing) in self.schools.iter().enumerate() {
            if !values.iter().all(|v| v.has(standing)) {
                continue;
            }
            let whole = Part {
                eligibility: standing.eligibility,
                sessions: &standing.sessions,
                headcount: standing.headcount,
                on_roll: standing.on_roll,
            };
            let part = match year_group {
                None => Some(whole),
                Some(year) => standing.cells.iter().find(|c| c.year_group == year).map(|c| Part {
                    eligibility: c.eligibility,
                    sessions: &c.sessions,
                    headcount: c.headcount,
                    on_roll: c.on_roll,
                }),
            };
            if let Some(part) = part {
                row.add(i, &part);
            }
        }
        row
    }

    /// The rows of one kind that have something to show, in the order pages list them. Special schools always have
    /// theirs; adults' programmes have none by year group.
    #[must_use]
    pub fn rows(&self, by: By) -> Vec<(Value, Row)> {
        let mut values: BTreeSet<Value> = self
            .schools
            .iter()
            .filter(|s| s.is_eligible() || s.is_reached())
            .flat_map(|s| match by {
                By::SettingType => vec![Value::SettingType(s.school.setting_type)],
                By::Phase => vec![Value::Phase(s.school.phase)],
                By::Ward => vec![Value::Ward(s.school.ward.clone())],
                By::Constituency => vec![Value::Constituency(s.school.constituency.clone())],
                By::YearGroup if self.for_adults => Vec::new(),
                By::YearGroup => s.cells.iter().map(|c| Value::YearGroup(c.year_group)).collect(),
            })
            .collect();
        if by == By::SettingType {
            values.insert(Value::SettingType(SettingType::Special));
        }
        values
            .into_iter()
            .map(|value| {
                let row = self.row(std::slice::from_ref(&value));
                (value, row)
            })
            .filter(|(value, row)| !row.is_empty() || *value == Value::SettingType(SettingType::Special))
            .collect()
    }

    /// The year groups that columns of a heat map are made of.
    #[must_use]
    pub fn year_groups(&self) -> YearGroups {
        let cells = self.schools.iter().flat_map(|s| &s.cells);
        cells
            .filter(|c| c.eligibility != Eligibility::NotEligible || c.is_reached)
            .filter_map(|c| c.year_group)
            .collect()
    }

    /// The delivered session with this key.
    #[must_use]
    pub fn session(&self, id: Uuid) -> Option<&Session> {
        self.sessions.iter().find(|s| s.id == id)
    }
}

fn gaps(schools: &[Standing], for_adults: bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (school, standing) in schools.iter().enumerate().filter(|(_, s)| s.is_eligible()) {
        let mut by_state = BTreeMap::<State, Vec<&Cell>>::new();
        for cell in &standing.cells {
            let wanted = cell.eligibility != Eligibility::NotEligible && !cell.is_reached;
            if wanted && (cell.year_group.is_some() || for_adults) {
                by_state.entry(cell.state).or_default().push(cell);
            }
        }
        for (state, cells) in by_state {
            let rolls: Option<Vec<NumberOnRoll>> = cells.iter().map(|c| c.on_roll).collect();
            let on_roll = rolls.filter(|rolls| !rolls.is_empty()).map(|rolls| NumberOnRoll {
                pupils: rolls.iter().map(|r| r.pupils).sum(),
                basis: rolls.iter().map(|r| r.basis).max().unwrap_or(Basis::Counted),
            });
            let year_groups = cells.iter().filter_map(|c| c.year_group).collect();
            let ahead = cells.iter().filter_map(|c| c.ahead).min();
            gaps.push(Gap { school, year_groups, state, on_roll, ahead });
        }
    }
    gaps.sort_by_key(|gap| {
        let standing = &schools[gap.school];
        let pupils = gap.on_roll.map_or(0, |r| r.pupils);
        (
            standing.school.setting_type != SettingType::Special,
            !standing.is_never_reached(),
            std::cmp::Reverse(pupils),
            gap.school,
            gap.state,
        )
    });
    gaps
}
