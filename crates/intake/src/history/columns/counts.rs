//! Headcounts that stand in several columns, or under headings that say it only beside others.

use super::Columns;
use crate::history::Role;
use crate::history::header::Below;
use crate::history::headings::{self, Rank};
use crate::history::words::{plain, words};

/// A column's place, and its heading.
type Headed = (usize, String);

/// What is counted in money, hours or miles: then a total may be one of those.
const OF_MONEY: [&str; 14] = [
    "cost", "costs", "fee", "fees", "price", "charge", "charges", "paid", "invoice", "amount", "hours", "miles",
    "expenses", "income",
];

impl Columns {
    /// Settles what says how many came, where `of_years` are the columns that are headed by a year group.
    pub(super) fn settle_counts(&mut self, of_years: Vec<Headed>, below: Below<'_>) {
        self.take_year_groups(of_years, below);
        self.take_actual(below);
        self.add_numbered();
        if self.at(Role::School).is_some() {
            self.take_halves(below);
        }
        if !self.is_of_two() {
            self.take_total(below);
            self.take_number(below);
            self.take_lone(below);
        }
    }

    /// “Vaccinated”, “Seen”, “Present” are of pupils where they head the only numbers such as groups have.
    fn take_lone(&mut self, below: Below<'_>) {
        let is_read = |at: usize| self.known.iter().any(|(of, ..)| *of == at) || self.ticked.contains(&at);
        if self.known.iter().any(|(_, role, _)| role.is_count()) {
            return;
        }
        let numbers =
            self.headed(|at, heading| !is_read(at) && headings::may_count_pupils(heading) && below.are_group_sizes(at));
        if let [(at, heading)] = numbers.as_slice()
            && headings::alone(heading).is_some_and(|rank| rank > Rank::Low)
        {
            self.known.push((*at, Role::Pupils, heading.clone()));
        }
    }

    /// “Number” alone is of pupils where nothing else counts them, no address stands beside it, and it holds what groups
    /// have.
    fn take_number(&mut self, below: Below<'_>) {
        let is_count = |role: &Role| role.is_count() || *role == Role::Part;
        let of_address = self.headings.iter().any(|(_, heading)| {
            words(&plain(heading)).iter().any(|w| matches!(*w, "street" | "road" | "address" | "house" | "premises"))
        });
        if of_address || self.known.iter().any(|(_, role, _)| is_count(role)) {
            return;
        }
        let number = self.headed(|at, heading| plain(heading) == "number" && below.are_group_sizes(at));
        if let [number] = number.as_slice() {
            self.known.push((number.0, Role::Pupils, number.1.clone()));
        }
    }

    /// Columns headed by year groups are read all or none: where one holds numbers, or they say by ticks who came.
    fn take_year_groups(&mut self, of_years: Vec<Headed>, below: Below<'_>) {
        let are_counted = of_years.iter().any(|(at, _)| below.is_counted(*at));
        let places: Vec<usize> = of_years.iter().map(|(at, _)| *at).collect();
        let are_ticked = below.are_ticked(&places);
        if are_ticked {
            self.ticked = places;
        } else if !are_counted {
            return;
        }
        self.known.extend(of_years.into_iter().map(|(at, heading)| (at, Role::Part, heading)));
    }

    /// Whose heading is of pupils, and how well it says so.
    fn rank_of(heading: &str) -> Option<Rank> {
        headings::role(heading).and_then(|(role, rank)| (role == Role::Pupils).then_some(rank))
    }

    fn replace_pupils(&mut self, by: Option<Headed>) {
        self.known.retain(|(at, role, _)| *role != Role::Pupils && by.as_ref().is_none_or(|(of, _)| of != at));
        self.known.extend(by.map(|(at, heading)| (at, Role::Pupils, heading)));
    }

    fn headed(&self, is: impl Fn(usize, &str) -> bool) -> Vec<Headed> {
        self.headings.iter().filter(|(at, heading)| is(*at, heading)).cloned().collect()
    }

    /// “Booked” and “Actual” beside each other are pupils, and those who came count.
    fn take_actual(&mut self, below: Below<'_>) {
        let is_read = |at: usize| self.known.iter().any(|(of, role, _)| *of == at && *role != Role::Pupils);
        let alone = |rank: Rank| {
            self.headed(|at, heading| headings::alone(heading) == Some(rank) && !is_read(at) && below.is_counted(at))
        };
        let of_pupils = self.all(Role::Pupils).next().and_then(|(_, heading)| Self::rank_of(heading));
        let is_beside = of_pupils == Some(Rank::Low) || (of_pupils.is_none() && !alone(Rank::Low).is_empty());
        if let Some(actual) = alone(Rank::High).into_iter().chain(alone(Rank::Plain)).next().filter(|_| is_beside) {
            self.replace_pupils(Some(actual));
        }
    }

    /// “Session 1 pupils” and “Session 2 pupils” are added.
    fn add_numbered(&mut self) {
        let of_pupils = self.headed(|_, heading| Self::rank_of(heading).is_some_and(|rank| rank > Rank::Low));
        let Some(alike) = of_pupils.iter().find_map(|(_, first)| {
            let key = unnumbered(first)?;
            let all: Vec<Headed> =
                of_pupils.iter().filter(|(_, other)| unnumbered(other).as_ref() == Some(&key)).cloned().collect();
            (all.len() > 1).then_some(all)
        }) else {
            return;
        };
        let rest = of_pupils.into_iter().find(|one| !alike.contains(one));
        self.replace_pupils(rest);
        self.known.extend(alike.into_iter().map(|(at, heading)| (at, Role::Part, heading)));
    }

    /// Numbers under “AM” and “PM” beside one school are the pupils of two visits.
    fn take_halves(&mut self, below: Below<'_>) {
        if self.is_by_halves() {
            return self.replace_pupils(None);
        }
        if self.at(Role::Pupils).is_some() {
            return;
        }
        let is_read = |at: usize| self.known.iter().any(|(of, ..)| *of == at);
        let halves = self.headed(|at, heading| headings::half_alone(heading).is_some() && !is_read(at));
        let places: Vec<usize> = halves.iter().map(|(at, _)| *at).collect();
        let roles = halves.iter().filter_map(|(_, heading)| headings::half_alone(heading)).collect::<Vec<_>>();
        if roles == [Role::AmSchool, Role::PmSchool]
            && places.iter().all(|at| below.is_counted(*at))
            && !below.are_ticked(&places)
        {
            let roles = [Role::AmPupils, Role::PmPupils];
            self.known.extend(halves.into_iter().zip(roles).map(|((at, heading), role)| (at, role, heading)));
        }
    }

    /// “Total” is of pupils where year groups or the columns of each kind stand beside it, and no money does.
    fn take_total(&mut self, below: Below<'_>) {
        if self.at(Role::Pupils).is_some() {
            return;
        }
        let has_adults = self.headings.iter().any(|(_, heading)| headings::is_of_adults(heading));
        let of_money = self.headings.iter().any(|(_, heading)| {
            heading.contains(['£', '€', '$']) || words(&plain(heading)).iter().any(|word| OF_MONEY.contains(word))
        });
        let is_beside = match self.at(Role::Part) {
            // A sum of adults and pupils is not one of pupils.
            Some(_) => !has_adults,
            None => has_adults || self.at(Role::Years).is_some(),
        };
        let total = self.headed(|at, heading| plain(heading) == "total" && below.is_counted(at));
        if let ([total], true, false) = (total.as_slice(), is_beside, of_money) {
            self.known.push((total.0, Role::Pupils, total.1.clone()));
        }
    }
}

/// A heading without what numbers it; none where nothing does.
pub(super) fn unnumbered(heading: &str) -> Option<String> {
    let heading = plain(heading);
    let is_number = |word: &str| {
        word.parse::<u8>().is_ok_and(|number| number <= 20)
            || matches!(word, "1st" | "2nd" | "3rd" | "4th" | "first" | "second" | "third" | "fourth")
    };
    let said = words(&heading);
    let rest: Vec<&str> = said.iter().filter(|word| !is_number(word)).copied().collect();
    (rest.len() < said.len()).then(|| rest.join(" "))
}
