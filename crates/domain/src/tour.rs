//! Tours: a programme, a provider's teams and an academic year.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::AcademicYear;
use crate::calendar::WorkingDays;
use crate::contact::{EmailAddress, telephone};
use crate::fault::{Fault, Faults};
use crate::money::Pence;
use crate::term::terms;

terms! {
    /// What a school pays for a visit.
    pub enum Price {
        Free = "free", "Free";
        Subsidised = "subsidised", "Subsidised";
        Charged = "charged", "Charged";
    }
}

terms! {
    /// What a provider is.
    pub enum ProviderKind {
        Theatre = "theatre", "Theatre company";
        Police = "police", "Police unit";
        Charity = "charity", "Charity";
        Other = "other", "Other provider";
    }
}

terms! {
    /// How somebody asked for a booking that another person wrote down.
    pub enum AskedBy {
        Telephone = "telephone", "By telephone";
        Email = "email", "By email";
        Letter = "letter", "By letter";
        InPerson = "in_person", "In person";
    }
}

/// A tour as somebody wrote it, to be opened or to replace what is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTour {
    /// What schools and reports call it.
    pub name: String,
    /// The provider's teams that play it: at least one.
    pub teams: Vec<Uuid>,
    /// The first day.
    pub starts: NaiveDate,
    /// The last day, in the same academic year.
    pub ends: NaiveDate,
    /// How many schools it shall reach.
    pub target_schools: Option<i64>,
    /// Who pays, one a line.
    pub funders: String,
    /// What may be spent.
    pub budget: Option<Pence>,
    /// What a school pays.
    pub price: Price,
    /// How much, for a visit; nothing when it is free.
    pub school_pays: Pence,
    /// A school may move or cancel until so many days before.
    pub notice_days: i64,
}

/// Most days of notice: half a term.
const MOST_NOTICE_DAYS: i64 = 42;

impl NewTour {
    /// The academic year it belongs to.
    #[must_use]
    pub fn academic_year(&self) -> AcademicYear {
        AcademicYear::containing(self.starts)
    }

    /// The tour, if it can stand.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.unless(!self.name.is_empty(), "name", "Enter the tour’s name");
        faults.at_most(&self.name, 120, "name", "The name");
        faults.unless(!self.teams.is_empty(), "teams", "Choose at least one team");
        faults.unless(self.starts <= self.ends, "ends", "The last day must not be before the first");
        let year = self.academic_year();
        faults.unless(
            self.starts > self.ends || year.contains(self.ends),
            "ends",
            format!("The last day must be in the same academic year as the first: by 31 August {}", year.first() + 1),
        );
        let good = self.target_schools.is_none_or(|n| (1..=5000).contains(&n));
        faults.unless(good, "target_schools", "The target must be between 1 and 5,000 schools");
        faults.at_most(&self.funders, 2000, "funders", "The funders");
        let pays = self.school_pays.pence() > 0;
        match self.price {
            Price::Free => faults.unless(!pays, "school_pays", "Leave the amount blank when the visit is free"),
            Price::Subsidised | Price::Charged => {
                faults.unless(pays, "school_pays", "Enter what a school pays for a visit");
            }
        }
        let good = (0..=MOST_NOTICE_DAYS).contains(&self.notice_days);
        faults.unless(good, "notice_days", format!("Notice must be between 0 and {MOST_NOTICE_DAYS} days"));
        faults.or(self)
    }
}

/// A provider as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProvider {
    /// What it is.
    pub kind: ProviderKind,
    /// Its name.
    pub name: String,
    /// Where it is written to.
    pub email: Option<EmailAddress>,
    /// Where it is rung.
    pub telephone: Option<String>,
}

impl NewProvider {
    /// The provider with its telephone number tidied, if it can stand.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(mut self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.unless(!self.name.is_empty(), "name", "Enter the provider’s name");
        faults.at_most(&self.name, 120, "name", "The name");
        if let Some(number) = &self.telephone {
            match telephone(number) {
                Ok(tidy) => self.telephone = Some(tidy),
                Err(message) => faults.unless(false, "telephone", message),
            }
        }
        faults.or(self)
    }
}

/// A team as somebody wrote it; its slots apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTeam {
    /// Its name.
    pub name: String,
    /// Where it sets out from; may be blank.
    pub base_name: String,
    /// That place's postcode.
    pub base_postcode: Option<String>,
    /// The days it works on.
    pub working_days: WorkingDays,
}

impl NewTeam {
    /// The team with its postcode in capitals, if it can stand.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(mut self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.unless(!self.name.is_empty(), "name", "Enter the team’s name");
        faults.at_most(&self.name, 120, "name", "The name");
        faults.at_most(&self.base_name, 120, "base_name", "The base");
        faults.unless(!self.working_days.is_empty(), "working_days", "Choose at least one working day");
        if let Some(postcode) = &mut self.base_postcode {
            *postcode = postcode.to_ascii_uppercase();
            let plain = postcode.chars().filter(|c| *c != ' ');
            let good = (5..=7).contains(&plain.clone().count()) && plain.clone().all(|c| c.is_ascii_alphanumeric());
            faults.unless(good, "base_postcode", "Enter a postcode, like BD1 1HX");
        }
        faults.or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tour_stays_within_its_year_and_its_price_fits() {
        let tour = NewTour {
            name: "Spring tour".into(),
            teams: vec![Uuid::nil()],
            starts: "2027-01-11".parse().unwrap(),
            ends: "2027-03-19".parse().unwrap(),
            target_schools: Some(60),
            funders: String::new(),
            budget: None,
            price: Price::Free,
            school_pays: Pence::default(),
            notice_days: 7,
        };
        assert_eq!(tour.academic_year().to_string(), "2026/27");
        assert!(tour.clone().check().is_ok());
        let fields = |tour: NewTour| tour.check().unwrap_err().into_iter().map(|f| f.field).collect::<Vec<_>>();
        assert_eq!(fields(NewTour { ends: "2027-09-01".parse().unwrap(), ..tour.clone() }), ["ends"]);
        assert_eq!(fields(NewTour { ends: "2027-01-10".parse().unwrap(), ..tour.clone() }), ["ends"]);
        assert_eq!(fields(NewTour { price: Price::Charged, ..tour.clone() }), ["school_pays"]);
        assert_eq!(fields(NewTour { school_pays: "25".parse().unwrap(), ..tour.clone() }), ["school_pays"]);
        let bad = NewTour { name: String::new(), teams: vec![], target_schools: Some(0), notice_days: -1, ..tour };
        assert_eq!(fields(bad), ["name", "teams", "target_schools", "notice_days"]);
    }
}
