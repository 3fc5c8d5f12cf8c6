//! Scores as the shared format defines them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::setting::LaCode;
use intake::matching::{Decision, Finding, Register, Typed};

use super::made::{Kind, Made};

/// The figures of a set of typed names.
#[derive(Debug, Default, Clone)]
pub struct Score {
    pub rows: usize,
    pub matched: usize,
    pub wrong: usize,
    pub sure: usize,
    pub sure_matched: usize,
    /// Schools of the register declared none.
    pub false_none: usize,
    pub reviewed: usize,
    /// Reviewed rows that mean a school, and those among whose first 1, 3 and 5 candidates it is.
    pub reviewed_schools: usize,
    pub among: [usize; 3],
    pub not_schools: usize,
    pub not_schools_none: usize,
    by_kind: BTreeMap<Kind, [usize; 3]>,
}

impl Score {
    /// Takes in one finding.
    pub fn add(&mut self, made: &Made, finding: &Finding) {
        self.rows += 1;
        let kind = self.by_kind.entry(made.kind).or_default();
        kind[0] += 1;
        let sure = made.urn.is_some() && !made.review_ok;
        self.sure += usize::from(sure);
        match finding.decision {
            Decision::Matched(urn) => {
                self.matched += 1;
                if made.urn == Some(urn) {
                    self.sure_matched += usize::from(sure);
                    kind[1] += 1;
                } else {
                    self.wrong += 1;
                    kind[2] += 1;
                }
            }
            Decision::Review => {
                self.reviewed += 1;
                if let Some(urn) = made.urn {
                    self.reviewed_schools += 1;
                    let place = finding.candidates.iter().position(|c| c.urn == urn);
                    for (among, first) in self.among.iter_mut().zip([1, 3, 5]) {
                        *among += usize::from(place.is_some_and(|p| p < first));
                    }
                }
            }
            Decision::None => self.false_none += usize::from(made.urn.is_some()),
        }
        if matches!(made.kind, Kind::NotASchool | Kind::OutOfArea) {
            self.not_schools += 1;
            self.not_schools_none += usize::from(finding.decision == Decision::None);
        }
    }

    /// Finds every name, with `each` told of each finding.
    pub fn of(register: &Register, made: &[Made], mut each: impl FnMut(&Made, &Finding)) -> Self {
        let mut score = Self::default();
        for one in made {
            let finding =
                register.find(&Typed { name: &one.name, postcode: &one.postcode, town: &one.town, years: None });
            score.add(one, &finding);
            each(one, &finding);
        }
        score
    }

    /// Finds the names as those of one file. Of schools that are not in the district's list nothing is counted: in the whole
    /// country's they are schools.
    pub fn of_file(
        register: &Register,
        made: &[Made],
        district: impl FnOnce(&BTreeSet<LaCode>) -> Register,
        mut each: impl FnMut(&Made, &Finding),
    ) -> Self {
        let typed: Vec<Typed<'_>> = made
            .iter()
            .map(|one| Typed { name: &one.name, postcode: &one.postcode, town: &one.town, years: None })
            .collect();
        let mut score = Self::default();
        for (one, finding) in made.iter().zip(register.find_all(&typed, district)) {
            if one.kind != Kind::OutOfArea {
                score.add(one, &finding);
                each(one, &finding);
            }
        }
        score
    }

    /// Adds another set's figures.
    pub fn pool(&mut self, other: &Self) {
        self.rows += other.rows;
        self.matched += other.matched;
        self.wrong += other.wrong;
        self.sure += other.sure;
        self.sure_matched += other.sure_matched;
        self.false_none += other.false_none;
        self.reviewed += other.reviewed;
        self.reviewed_schools += other.reviewed_schools;
        for (mine, theirs) in self.among.iter_mut().zip(other.among) {
            *mine += theirs;
        }
        self.not_schools += other.not_schools;
        self.not_schools_none += other.not_schools_none;
        for (kind, counts) in &other.by_kind {
            let mine = self.by_kind.entry(*kind).or_default();
            for (mine, theirs) in mine.iter_mut().zip(counts) {
                *mine += theirs;
            }
        }
    }

    /// Wrong ones per automatic match.
    pub fn wrong_share(&self) -> f64 {
        share(self.wrong, self.matched)
    }

    /// Sure rows matched without a person, per sure row.
    pub fn recall_sure(&self) -> f64 {
        share(self.sure_matched, self.sure)
    }

    /// Schools of the register declared none, per row.
    pub fn false_none_share(&self) -> f64 {
        share(self.false_none, self.rows)
    }

    /// Rows of no school that are said to be none, per such row.
    pub fn none_share(&self) -> f64 {
        share(self.not_schools_none, self.not_schools)
    }

    /// Reviewed rows whose school is among the first 1, 3 or 5 candidates, per reviewed row that means one.
    pub fn first_share(&self, first: usize) -> f64 {
        let at = [1, 3, 5].iter().position(|f| *f == first).expect("1, 3 or 5");
        share(self.among[at], self.reviewed_schools)
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |part: usize, whole: usize| 100.0 * share(part, whole);
        writeln!(
            f,
            "{} rows: {} matched, {} wrong ({:.2}%), recall_sure {:.2}%, false none {}, review {:.1}% (first {:.1}%, three {:.1}%, five {:.1}%), none for non-schools {:.1}%",
            self.rows,
            self.matched,
            self.wrong,
            percent(self.wrong, self.matched),
            percent(self.sure_matched, self.sure),
            self.false_none,
            percent(self.reviewed, self.rows),
            percent(self.among[0], self.reviewed_schools),
            percent(self.among[1], self.reviewed_schools),
            percent(self.among[2], self.reviewed_schools),
            percent(self.not_schools_none, self.not_schools),
        )?;
        for (kind, [rows, right, wrong]) in &self.by_kind {
            write!(f, "  {kind:?} {right}/{rows}")?;
            if *wrong > 0 {
                write!(f, " ({wrong} wrong)")?;
            }
        }
        Ok(())
    }
}
