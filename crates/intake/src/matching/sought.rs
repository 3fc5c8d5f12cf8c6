//! One typed name that stands in many rows, with other year groups beside it.

use std::collections::HashMap;

use super::reading::Query;
use super::register::Register;
use super::weigh::Weighed;
use super::{Finding, Typed};

/// More schools than an authority has: above, what a name means may hang together otherwise.
const FEW: usize = 1_000;

/// A typed name that is looked up once, whatever year groups stand beside it.
#[derive(Debug)]
pub struct Sought<'a> {
    register: &'a Register,
    typed: Typed<'a>,
    /// What it may be, before year groups are considered; none where each is looked up by itself.
    weighed: Option<(Query, Vec<Weighed>)>,
    /// The school years that its own text names.
    of_text: Option<(u8, u8)>,
    by_years: HashMap<Option<(u8, u8)>, Finding>,
    /// By which of what it may be cannot teach the years.
    by_unfit: HashMap<Vec<usize>, Finding>,
}

impl Register {
    /// Begins to look for a typed name; its [`Typed::years`] count for nothing.
    #[must_use]
    pub fn seek<'a>(&'a self, typed: &Typed<'a>) -> Sought<'a> {
        let typed = Typed { years: None, ..*typed };
        let (mut weighed, mut of_text) = (None, None);
        if self.len() < FEW && !self.has_number(&typed) {
            let mut query = Query::new(self, &typed);
            if !query.tokens.is_empty() {
                of_text = query.years.take();
                weighed = Some(self.weigh_all(query));
            }
        }
        Sought { register: self, typed, weighed, of_text, by_years: HashMap::new(), by_unfit: HashMap::new() }
    }
}

impl Sought<'_> {
    /// What the name means with these years beside it: what [`Register::find`] says.
    pub fn find(&mut self, years: Option<(u8, u8)>) -> Finding {
        if let Some(known) = self.by_years.get(&years) {
            return known.clone();
        }
        let found = self.find_anew(years);
        self.by_years.insert(years, found.clone());
        found
    }

    fn find_anew(&mut self, years: Option<(u8, u8)>) -> Finding {
        let typed = Typed { years, ..self.typed };
        let Some((query, base)) = &mut self.weighed else { return self.register.find(&typed) };
        query.years = years.or(self.of_text);
        let unfit: Vec<usize> = match query.years {
            Some(years) => {
                let cannot = |w: &Weighed| self.register.schools[w.school as usize].cannot_teach(years);
                base.iter().enumerate().filter(|(_, w)| cannot(w)).map(|(at, _)| at).collect()
            }
            None => Vec::new(),
        };
        if let Some(known) = self.by_unfit.get(&unfit) {
            return known.clone();
        }
        let mut best = base.clone();
        for at in &unfit {
            best[*at].cannot_teach();
        }
        super::decide::in_order(&mut best);
        let found = self.register.decide(&typed, query, best);
        self.by_unfit.insert(unfit, found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Links, Listed};
    use domain::setting::{LaCode, Urn};

    #[test]
    fn a_name_sought_is_what_is_found_by_itself() {
        let authority: LaCode = "380".parse().unwrap();
        let names = [
            ("St Mary's Catholic Infant School", (4, 7)),
            ("St Mary's Catholic Junior School", (7, 11)),
            ("St Mary's Catholic High School", (11, 18)),
            ("Park Primary School", (4, 11)),
            ("Parkside School", (11, 16)),
        ];
        let listed = names.iter().zip(100_001..).map(|((name, ages), urn)| Listed {
            urn: Urn::new(urn).unwrap(),
            authority: &authority,
            authority_name: Some("Bradford"),
            establishment_number: None,
            name,
            establishment_type: None,
            phase: None,
            ages: Some(*ages),
            town: None,
            postcode: None,
        });
        let register = Register::new(listed, &Links::default(), &[]);
        let typed = [
            "St Marys",
            "st marys catholic",
            "Park",
            "Parkside Y9",
            "parksde",
            "100002",
            "100001 park",
            "",
            "youth club",
        ];
        for name in typed {
            let mut sought = register.seek(&Typed { name, ..Typed::default() });
            for years in [None, Some((1, 1)), Some((5, 6)), Some((9, 9)), Some((0, 13)), Some((1, 1))] {
                let typed = Typed { name, years, ..Typed::default() };
                assert_eq!(sought.find(years), register.find(&typed), "{name} {years:?}");
            }
        }
    }
}
