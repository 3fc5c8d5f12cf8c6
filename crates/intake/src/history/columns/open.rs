//! Columns of which a person has to say what they hold: a visit, or its day, may stand there unread.

use super::{Columns, letters};
use crate::history::date::day_and_time;
use crate::history::happened;
use crate::history::header::{Below, is_date};
use crate::history::headings;
use crate::history::{Count, Role};

/// What such a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Days, and the day of the visit is read elsewhere.
    Days,
    /// Days, headed as those of something else; there are no others.
    OnlyDays,
    /// Times, and the time is read elsewhere or nowhere.
    Times,
    /// Something for the morning, or for the afternoon.
    Halves,
    /// Names of schools, and the school is read elsewhere.
    Schools,
    /// Numbers such as groups of pupils have, and none is read.
    Numbers,
    /// Numbers under a heading that is as good as that of the number of pupils that is read, and others than those.
    Counts,
    /// Year groups or classes, and none are read.
    Years,
}

/// A column of which a person has to say what it holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenColumn {
    /// How a spreadsheet program names it.
    pub letters: String,
    /// Its heading.
    pub heading: String,
    /// What seems to stand there.
    pub holds: Holds,
}

impl OpenColumn {
    /// What is asked, beside its name.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self.holds {
            Holds::Days => "It holds days and is not read. Say whether it is the day of the visit.",
            Holds::OnlyDays => "The only days stand here. Say whether they are those of the visits.",
            Holds::Times => "It holds times and is not read. Say whether a visit began then.",
            Holds::Halves => "It says something of a half of the day and is not read. Say what it holds.",
            Holds::Schools => "It names schools and is not read. Say whether they were visited.",
            Holds::Years => "It names year groups or classes and is not read. Say whether they are who came.",
            Holds::Counts => {
                "It holds other numbers than the column that is read as the pupils’. Say whether it is theirs."
            }
            Holds::Numbers => "It holds numbers, and no column says how many pupils came. Say whether it does.",
        }
    }

    /// What is asked.
    #[must_use]
    pub fn question(&self) -> String {
        let Self { letters, heading, .. } = self;
        let named = if heading.is_empty() { "without a heading".to_owned() } else { format!("“{heading}”") };
        format!("Column {letters}, {named}: {}", self.what())
    }
}

impl Columns {
    /// The columns that are open, where `is_said` are those of which a person said it.
    pub fn open(&self, below: Below<'_>, is_said: impl Fn(usize) -> bool) -> Vec<OpenColumn> {
        let Some((day, _, of_day)) = self.known.iter().find(|(_, role, _)| *role == Role::Date) else {
            return Vec::new();
        };
        let is_read = |at: usize| self.role_of(at).is_some() || self.ticked.contains(&at) || self.class == Some(at);
        // The days of “Date 2” are asked about row by row.
        let is_asked =
            |at: usize| self.seconds.contains(&at) || (self.other_days.contains(&at) && below.is_of_plain_days(at));
        let is_of_form = |heading: &str| headings::is_of_form(heading, self.headings.iter().map(|(_, h)| h.clone()));
        let candidates =
            || self.headings.iter().filter(|(at, heading)| !is_said(*at) && !is_asked(*at) && !is_of_form(heading));
        let of = |(at, heading): &(usize, String), holds| OpenColumn {
            letters: letters(*at),
            heading: heading.clone(),
            holds,
        };
        let mut open = Vec::new();
        let is_of_other = headings::is_day_of_other(of_day);
        let says_years = self.says_years(below, &is_said);
        for column in candidates().filter(|(at, _)| at != day) {
            let (at, heading) = column;
            if headings::is_left_out(heading)
                || headings::is_personal(heading)
                || happened::is_off(heading)
                || below.is_of_school_years(*at)
            {
                continue;
            }
            if below.is_of_plain_days(*at) {
                if !headings::is_day_of_other(heading) && below.differ(*at, *day) {
                    open.push(of(column, Holds::Days));
                }
            } else if is_read(*at) {
            } else if headings::half_alone(heading).is_some() && below.holds_something(*at) {
                open.push(of(column, Holds::Halves));
            } else if below.is_of_halves(*at) {
                // Beside a time it says nothing more.
                if !self.at(Role::Time).is_some_and(|time| below.is_filled_where(time, *at)) {
                    open.push(of(column, Holds::Halves));
                }
            } else if below.is_of_plain_times(*at) {
                if !headings::is_time_of_other(heading) {
                    open.push(of(column, Holds::Times));
                }
            } else if !headings::is_school_of_other(heading) && below.names_schools(*at, true) {
                open.push(of(column, Holds::Schools));
            } else if !says_years && !headings::is_year_of_other(heading) && below.tells_years(*at) {
                open.push(of(column, Holds::Years));
            }
        }
        // What has no heading may be of anything, but days and times are seldom of nothing.
        let is_headed = |at: usize| self.headings.iter().any(|(of, _)| *of == at);
        for at in (0..below.width()).filter(|at| !is_headed(*at) && !is_read(*at) && !is_said(*at)) {
            let column = (at, String::new());
            if below.is_of_plain_days(at) && below.differ(at, *day) {
                open.push(of(&column, Holds::Days));
            } else if below.is_of_plain_times(at) {
                open.push(of(&column, Holds::Times));
            }
        }
        if is_of_other && !is_said(*day) && !open.iter().any(|column| column.holds == Holds::Days) {
            open.push(of(&(*day, of_day.clone()), Holds::OnlyDays));
        }
        if let Some((pupils, rank)) = self.ranked(Role::Pupils) {
            let is_other = |(at, heading): &&(usize, String)| {
                !is_read(*at)
                    && headings::role(heading) == Some((Role::Pupils, rank))
                    && below.are_group_sizes(*at)
                    && below.numbers_differ(*at, pupils)
            };
            open.extend(candidates().filter(is_other).map(|column| of(column, Holds::Counts)));
        }
        let is_counted = self.known.iter().any(|(_, role, _)| role.is_count() || *role == Role::Part);
        if !is_counted && self.ticked.is_empty() && !self.is_of_two() {
            let is_number = |(at, heading): &&(usize, String)| {
                !is_read(*at) && headings::may_count_pupils(heading) && below.are_group_sizes(*at)
            };
            open.extend(candidates().filter(is_number).map(|column| of(column, Holds::Numbers)));
        }
        open
    }

    /// Whether a column that is read says which year groups came.
    fn says_years(&self, below: Below<'_>, is_said: impl Fn(usize) -> bool) -> bool {
        let is_of_group = |heading: &str| headings::year_groups(heading).is_some();
        self.known.iter().any(|(at, role, heading)| match role {
            Role::Years | Role::AmYears | Role::PmYears => is_said(*at) || below.is_of_years(*at),
            Role::Part => is_of_group(heading),
            _ => false,
        })
    }

    /// The column of a role, with how well its heading says so.
    fn ranked(&self, role: Role) -> Option<(usize, headings::Rank)> {
        let (at, _, heading) = self.known.iter().find(|(_, of, _)| *of == role)?;
        headings::role(heading).filter(|(of, _)| *of == role).map(|(_, rank)| (*at, rank))
    }

    fn role_of(&self, at: usize) -> Option<Role> {
        self.known.iter().find(|(of, ..)| *of == at).map(|(_, role, _)| *role)
    }
}

impl Below<'_> {
    /// Whether a column holds days, each with its month, and no times.
    fn is_of_plain_days(self, at: usize) -> bool {
        let is_plain = |text: &str| {
            let signs = text.matches(['/', '-', '.', ' ']).count();
            is_date(text) && (signs > 1 || text.contains(char::is_alphabetic))
        };
        self.mostly(at, is_plain) && !self.is_timed(at)
    }

    /// Whether a column holds times of the clock, and no bare numbers: those may be anybody's.
    fn is_of_plain_times(self, at: usize) -> bool {
        let is_clock = |text: &str| {
            let text = text.trim();
            text.contains(|c: char| c.is_ascii_digit()) && !text.bytes().all(|b| b.is_ascii_digit())
        };
        self.is_timed(at) && self.mostly(at, is_clock)
    }

    /// Whether one of its rows has another day in one column than in the other. Another time of the same day is no other day.
    fn differ(self, at: usize, other: usize) -> bool {
        self.rows().any(|cells| {
            let (one, other) = (cells.at(at).trim(), cells.at(other).trim());
            let is_other_day = || day_and_time(one).0 != day_and_time(other).0;
            !one.is_empty() && !other.is_empty() && one != other && is_other_day()
        })
    }

    /// Whether one of its rows has another number in one column than in the other.
    fn numbers_differ(self, at: usize, other: usize) -> bool {
        self.rows().any(|cells| {
            let number = |at| Count::read(cells.at(at)).pupils();
            number(at).zip(number(other)).is_some_and(|(one, other)| one != other)
        })
    }

    /// Whether something stands in one column wherever it does in another.
    fn is_filled_where(self, at: usize, other: usize) -> bool {
        self.rows().all(|cells| other == at || cells.at(other).trim().is_empty() || !cells.at(at).trim().is_empty())
    }

    fn holds_something(self, at: usize) -> bool {
        self.cells(at).next().is_some()
    }
}
