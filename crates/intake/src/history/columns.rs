//! The columns of a table of visits, and what they hold.

mod counts;
mod holds;
mod open;
mod seconds;

use super::Role;
use super::header::Below;
use super::headings::{self, Rank};
use super::years::Aged;
pub use open::{Holds, OpenColumn};

/// The columns of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// What each column holds, with its heading, from left to right.
    pub known: Vec<(usize, Role, String)>,
    /// Every column that has a heading, from left to right.
    pub headings: Vec<(usize, String)>,
    /// Columns of year groups in which a tick says who came.
    pub ticked: Vec<usize>,
    /// The column of the classes, where another holds their year groups.
    pub class: Option<usize>,
    /// Columns in which a second school of a row may stand.
    pub seconds: Vec<usize>,
    /// Columns of how many visits a row stands for.
    pub of_visits: Vec<usize>,
    /// Columns of other days than the one that is read: “Date 2”, “New date”.
    pub other_days: Vec<usize>,
}

impl Columns {
    /// Reads a row as headings. Of two columns for the same thing the one whose heading says best that it took place
    /// counts, else the first; but where only one of them holds such a thing, it is that one. Where a heading alone does not
    /// tell, what stands `below` does.
    pub fn of(headings: &[String], below: Below<'_>) -> Self {
        let mut columns = Self::default();
        let (mut ranks, mut of_years) = (Vec::<Rank>::new(), Vec::new());
        for (at, heading) in headings.iter().enumerate() {
            let shown = heading.split_whitespace().collect::<Vec<_>>().join(" ");
            if shown.is_empty() {
                continue;
            }
            columns.headings.push((at, shown.clone()));
            if headings::is_of_form(heading, headings.iter().cloned()) {
                continue;
            }
            let has_years = |at: usize| {
                let is_other = |(of, heading): (usize, &String)| {
                    of != at && matches!(headings::role(heading), Some((Role::Years, _))) && below.is_of_years(of)
                };
                headings.iter().enumerate().any(is_other)
            };
            let is_half = || headings::may_be_half(heading) && below.is_of_halves(at);
            // “Who for”, “Classes”: whom a heading names is a year group's where those stand below.
            let whom = || (headings::is_of_whom(heading) && below.tells_years(at)).then_some((Role::Years, Rank::Low));
            let said = match headings::role(heading) {
                // “Session start” is no topic.
                None | Some((Role::Topic, _)) if headings::is_start(heading) && below.is_timed(at) => {
                    Some((Role::Time, Rank::High))
                }
                None | Some((Role::Topic, _)) if is_half() => Some((Role::Time, Rank::Low)),
                None => whom(),
                said => said,
            };
            let Some((role, rank)) = said else { continue };
            let (role, rank) = match role {
                Role::Part if headings::year_groups(heading).is_some() => {
                    of_years.push((at, shown));
                    continue;
                }
                Role::Pupils if headings::is_of_both(heading) && !below.tells_apart(at) => continue,
                Role::Pupils if rank == Rank::Bare && below.is_a_numbering(at) => continue,
                // “Year” is of school years as well.
                Role::Years if below.is_of_school_years(at) => continue,
                Role::Topic if headings::is_a_title(heading) && below.is_a_name_each(at) => continue,
                Role::Pupils if headings::may_be_words(heading) && below.is_words(at) => (Role::Notes, rank),
                // “Audience”, “Children”: who they were.
                Role::Pupils if below.tells_years(at) && !below.counts_some(at) && !has_years(at) => {
                    (Role::Years, Rank::Low)
                }
                role => (role, rank),
            };
            // What stands below decides between headings as good as each other; those booked are never those who came.
            let is_better = |columns: &Self, other: usize, role: Role, rank: Rank| {
                let may_be = !role.is_count() || ranks[other] == rank;
                may_be
                    && !headings::is_year_of_other(heading)
                    && below.tells_between(role, columns.known[other].0, at) == Some(true)
            };
            match columns.known.iter().position(|(_, of, _)| *of == role && !role.is_several()) {
                Some(other) if ranks[other] >= rank && !is_better(&columns, other, role, rank) => {}
                // “Schools” may be how many.
                Some(other)
                    if role == Role::School && below.is_named(columns.known[other].0) && !below.is_named(at) => {}
                Some(other) => {
                    columns.known.remove(other);
                    ranks.remove(other);
                    columns.known.push((at, role, shown));
                    ranks.push(rank);
                }
                None => {
                    columns.known.push((at, role, shown));
                    ranks.push(rank);
                }
            }
        }
        columns.settle(of_years, below);
        columns
    }

    /// Makes of the columns one table: with one school in a line or with two, each half with what is its own.
    fn settle(&mut self, of_years: Vec<(usize, String)>, below: Below<'_>) {
        if self.at(Role::School).is_none() && self.at(Role::AmSchool).is_none() && self.at(Role::PmSchool).is_none() {
            for (at, heading) in self.headings.clone() {
                let half = headings::half_alone(&heading).filter(|half| self.at(*half).is_none());
                if let Some(half) = half.filter(|_| below.is_named(at)) {
                    self.known.push((at, half, heading));
                }
            }
        }
        if !self.has_school() {
            // A diary's location is a school now and then.
            let names = |at, heading: &str| {
                below.names_schools(at, true) || (!headings::is_place(heading) && below.names_some_schools(at))
            };
            let named = |(at, heading): &&(usize, String)| headings::may_be_schools(heading) && names(*at, heading);
            if let Some((at, heading)) = self.headings.iter().find(named) {
                self.known.push((*at, Role::School, heading.clone()));
            }
        }
        if self.at(Role::Date).is_none() {
            let is_day = |(at, heading): &&(usize, String)| headings::may_be_days(heading) && below.is_dated(*at);
            if let Some(day) = self.headings.iter().find(is_day).cloned() {
                self.take(day, Role::Date);
            }
        }
        if self.at(Role::Time).is_none() {
            let is_free = |at: usize| self.known.iter().all(|(of, role, _)| *of != at || *role == Role::Topic);
            let halves = self.headings.iter().find(|(at, heading)| headings::is_of_halves(heading) && is_free(*at));
            if let Some(half) = halves.filter(|(at, _)| below.is_timed(*at)).cloned() {
                self.take(half, Role::Time);
            }
        }
        let has = |columns: &Self, role| columns.at(role).is_some();
        self.take_one_school();
        // Year groups of one half alone are the line's: the heading above reaches too far to the right.
        for (own, other) in [(Role::AmYears, Role::PmYears), (Role::PmYears, Role::AmYears)] {
            if has(self, own) && !has(self, other) && !has(self, Role::Years) {
                self.known.iter_mut().filter(|(_, role, _)| *role == own).for_each(|(_, role, _)| *role = Role::Years);
            }
        }
        self.give_halves(Role::Pupils, Role::AmPupils, Role::PmPupils);
        self.give_halves(Role::Years, Role::AmYears, Role::PmYears);
        self.settle_counts(of_years, below);
        let is_of_one = has(self, Role::School);
        let is_of_two = !is_of_one && (has(self, Role::AmSchool) || has(self, Role::PmSchool));
        let by_halves = self.is_by_halves();
        let counts_halves = has(self, Role::AmPupils) || has(self, Role::PmPupils);
        self.known.retain(|(_, role, _)| {
            let of_half = role.half().is_some() && !(by_halves && role.is_count());
            let of_one = matches!(role, Role::Pupils | Role::Part) && counts_halves;
            !(is_of_one && of_half || is_of_two && of_one)
        });
        // A total that is not theirs, or boys without girls, would be no sum.
        if self.known.iter().filter(|(_, role, _)| *role == Role::Part).count() == 1 && has(self, Role::Pupils) {
            let ticked = &self.ticked;
            self.known.retain(|(at, role, _)| *role != Role::Part || ticked.contains(at));
        }
        self.find_seconds(below);
        let is_free = |at: usize| self.known.iter().all(|(of, role, _)| *of != at || *role == Role::Topic);
        // “Quantity” beside “Ticket type” is of tickets.
        let of_orders = self.headings.iter().any(|(_, heading)| headings::is_of_orders(heading));
        let counts_visits =
            |heading: &str| headings::counts_visits(heading) && !(of_orders && headings::is_quantity(heading));
        let counts = self.headings.iter().filter(|(at, heading)| counts_visits(heading) && is_free(*at));
        self.of_visits = counts.map(|(at, _)| *at).collect();
        if self.at(Role::Years).is_some() {
            let is_read = |at: usize| self.known.iter().any(|(of, ..)| *of == at);
            let class = self.headings.iter().find(|(at, heading)| headings::is_class(heading) && !is_read(*at));
            self.class = class.map(|(at, _)| *at);
        }
        self.known.sort_by_key(|(at, ..)| *at);
        if let Some((read, _, heading)) = self.known.iter().find(|(_, role, _)| *role == Role::Date) {
            // Beside a second school, which is asked about, nothing more is to be asked of its day.
            let is_other = |(at, other): &&(usize, String)| {
                at != read
                    && headings::is_other_day(other, heading)
                    && (self.seconds.is_empty() || headings::is_moved_to(other))
            };
            self.other_days = self.headings.iter().filter(is_other).map(|(at, _)| *at).collect();
        }
    }

    /// Takes a column for what holds a role, whatever it was taken for by its heading.
    fn take(&mut self, (at, heading): (usize, String), role: Role) {
        self.known.retain(|(of, ..)| *of != at);
        self.known.push((at, role, heading));
    }

    /// Of two columns that are headed alike, one beside each half's school, each is that half's: “AM venue, Nos, PM venue,
    /// Nos”.
    fn give_halves(&mut self, of_day: Role, am: Role, pm: Role) {
        let (Some(morning), Some(afternoon)) = (self.at(Role::AmSchool), self.at(Role::PmSchool)) else { return };
        if self.at(Role::School).is_some() || self.at(am).is_some() || self.at(pm).is_some() {
            return;
        }
        let of = |heading: &str| headings::role(heading).is_some_and(|(role, _)| role == of_day);
        let columns: Vec<(usize, String)> = self.headings.iter().filter(|(_, heading)| of(heading)).cloned().collect();
        let [(first, one), (second, other)] = columns.as_slice() else { return };
        let is_behind = morning < *first && *first < afternoon && afternoon < *second;
        let is_before = *first < morning && morning < *second && *second < afternoon;
        if is_behind || is_before {
            self.known.retain(|(_, role, _)| *role != of_day);
            self.known.extend([(*first, am, one.clone()), (*second, pm, other.clone())]);
        }
    }

    /// “AM school, AM nos, PM nos”: the afternoon is at the same school.
    pub fn take_one_school(&mut self) {
        let has = |role| self.at(role).is_some();
        if !has(Role::School) && has(Role::AmSchool) && !has(Role::PmSchool) && has(Role::PmPupils) {
            self.known.iter_mut().filter(|known| known.1 == Role::AmSchool).for_each(|known| known.1 = Role::School);
        }
    }

    /// Gives a column the role that a person says it has, or none; whichever column had the role before is left out.
    pub fn correct(&mut self, at: usize, role: Option<Role>) {
        let taken = role.filter(|role| !role.is_several());
        // Who says which column is the day's, or what another holds, says that it is no second day.
        self.other_days.retain(|of| *of != at && role != Some(Role::Date));
        self.known.retain(|(of, known, _)| *of != at && Some(*known) != taken);
        self.ticked.retain(|of| *of != at);
        self.seconds.retain(|of| *of != at);
        self.of_visits.retain(|of| *of != at);
        self.class = self.class.filter(|of| *of != at);
        if let Some(role) = role {
            let heading = self.headings.iter().find(|(of, _)| *of == at).map(|(_, h)| h.clone()).unwrap_or_default();
            self.known.push((at, role, heading));
            self.known.sort_by_key(|(at, ..)| *at);
        }
    }

    pub fn at(&self, role: Role) -> Option<usize> {
        self.known.iter().find(|(_, r, _)| *r == role).map(|(at, ..)| *at)
    }

    /// Every column that holds it, from left to right, with its heading.
    pub fn all(&self, role: Role) -> impl Iterator<Item = (usize, &str)> {
        self.known.iter().filter(move |(_, r, _)| *r == role).map(|(at, _, heading)| (*at, heading.as_str()))
    }

    /// Columns that are not read, with their headings.
    pub fn unread(&self) -> impl Iterator<Item = &(usize, String)> {
        let is_read = |at: usize| self.class == Some(at) || self.known.iter().any(|(of, ..)| *of == at);
        self.headings.iter().filter(move |(at, _)| !is_read(*at))
    }

    /// Whether these are the headings of a table of visits: it has a day, and a school.
    pub fn is_table(&self) -> bool {
        self.at(Role::Date).is_some() && self.has_school()
    }

    pub fn has_school(&self) -> bool {
        [Role::School, Role::AmSchool, Role::PmSchool, Role::Urn, Role::Dfe].into_iter().any(|r| self.at(r).is_some())
    }

    /// Whether its year groups stand under a heading of ages, or even of ages from one to another.
    pub fn of_ages(&self) -> Option<Aged> {
        let of = |is: fn(&str) -> bool| self.all(Role::Years).any(|(_, heading)| is(heading));
        let aged = of(headings::is_of_ages).then_some(Aged::Perhaps);
        if of(headings::is_of_age_ranges) { Some(Aged::Surely) } else { aged }
    }

    /// Whether a line has a school for each half of the day.
    pub fn is_of_two(&self) -> bool {
        self.at(Role::School).is_none() && (self.at(Role::AmSchool).is_some() || self.at(Role::PmSchool).is_some())
    }

    /// Whether a line has one school, and numbers of its own for each half of the day.
    pub fn is_by_halves(&self) -> bool {
        !self.is_of_two()
            && self.has_school()
            && [Role::AmPupils, Role::PmPupils].into_iter().all(|role| self.at(role).is_some())
    }

    /// What files of the same shape share; nothing where no column has a heading.
    pub fn shape(&self) -> String {
        if self.headings.iter().all(|(_, heading)| heading.is_empty()) {
            return String::new();
        }
        let each = self.headings.iter().map(|(at, h)| format!("{} {}", letters(*at), h.to_lowercase()));
        each.collect::<Vec<_>>().join("\n")
    }
}

/// `A`, `B`, … `Z`, `AA`: how a spreadsheet program names a column, counted from 0.
#[must_use]
pub fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + u8::try_from(column % 26).unwrap_or(0));
        match column / 26 {
            0 => break,
            more => column = more - 1,
        }
    }
    name.reverse();
    String::from_utf8(name).unwrap_or_default()
}

/// The column that a spreadsheet program names so, counted from 0; none where the text is no such name.
pub(crate) fn column_of(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    Some(letters.bytes().fold(0, |sum, b| sum * 26 + usize::from(b - b'A') + 1) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_a_spreadsheets_names() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
            assert_eq!(column_of(name), Some(column));
        }
    }
}
