//! The names of one file looked for together: most files are one district's, though nobody says so.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::setting::{LaCode, Urn};

use super::decide::ALONE;
use super::register::Register;
use super::{Candidate, Decision, Finding, MAX_CANDIDATES, Reason, Typed};

/// A file with fewer schools of an authority or a few tells nothing of where it is from.
const ENOUGH: usize = 10;
/// So many neighbouring authorities may a file be of.
const MOST_AUTHORITIES: usize = 3;
/// So great a share of a file's rows that are certain must be of their schools.
const MOST: f64 = 0.8;
/// An authority with a smaller share of them is not the file's, but a school's next door.
const A_PART: f64 = 0.1;
/// Less probable than this among the file's own schools, a row is of a school elsewhere.
const HARDLY: f64 = 0.05;
/// So probable in the whole country, a school elsewhere is thought of before one whose name was typed in part.
const CALLED_SO: f64 = 0.9;

impl Register {
    /// Finds the names of one file, each as [`Register::find`] does. In the list of the whole country, where nearly all
    /// schools that are certain lie in one authority or a few, every row is also looked for among those authorities' schools
    /// alone, which `district` makes a register of, as if they had been asked for; what is of no school of theirs is looked
    /// for in the whole country still. The order of the rows counts for nothing.
    #[must_use]
    pub fn find_all(&self, names: &[Typed<'_>], district: impl FnOnce(&BTreeSet<LaCode>) -> Self) -> Vec<Finding> {
        let found: Vec<Finding> = names.iter().map(|typed| self.find(typed)).collect();
        let of = self.authorities_of(&found);
        if of.is_empty() {
            return found;
        }
        let district = district(&of);
        let both = names.iter().zip(found);
        both.map(|(typed, everywhere)| district.prefer(district.find(typed), everywhere)).collect()
    }

    /// The authorities that a file's schools are of: none where it is too short, or its schools lie all over the country.
    fn authorities_of(&self, found: &[Finding]) -> BTreeSet<LaCode> {
        let mut of: BTreeMap<&LaCode, (usize, HashSet<Urn>)> = BTreeMap::new();
        let mut rows = 0_usize;
        for finding in found.iter().filter(|finding| finding.confidence >= ALONE) {
            if let Decision::Matched(urn) = finding.decision
                && let Some(school) = self.by_urn.get(&urn)
            {
                let (count, schools) = of.entry(&self.schools[*school as usize].authority_code).or_default();
                *count += 1;
                schools.insert(urn);
                rows += 1;
            }
        }
        #[allow(clippy::cast_precision_loss)]
        let share = |count: usize| count as f64 / rows.max(1) as f64;
        let mut most: Vec<_> = of.into_iter().filter(|(_, (count, _))| share(*count) >= A_PART).collect();
        // The greatest first; the codes are in order already.
        most.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        most.truncate(MOST_AUTHORITIES);
        let schools: usize = most.iter().map(|(_, (_, schools))| schools.len()).sum();
        let enough = schools >= ENOUGH && share(most.iter().map(|(_, (count, _))| count).sum()) >= MOST;
        if self.is_whole_country() && enough {
            most.into_iter().map(|(code, _)| code.clone()).collect()
        } else {
            BTreeSet::new()
        }
    }

    /// Of what was found in the file's own authorities, whose register this is, and in the whole country, what is to be
    /// believed.
    fn prefer(&self, here: Finding, everywhere: Finding) -> Finding {
        let is_here = |urn: Urn| self.by_urn.contains_key(&urn);
        let says = |finding: &Finding, reason: &Reason| {
            finding.candidates.first().is_some_and(|first| first.reasons.contains(reason))
        };
        if says(&everywhere, &Reason::Number) || says(&everywhere, &Reason::Remembered) {
            return everywhere;
        }
        // One elsewhere has this very name, and the one that is here only a part of it.
        let elsewhere = everywhere.candidates.first().is_some_and(|first| !is_here(first.urn))
            && everywhere.confidence >= CALLED_SO
            && says(&everywhere, &Reason::WholeName)
            && !says(&here, &Reason::WholeName);
        match (here.decision, everywhere.decision) {
            (Decision::Matched(a), Decision::Matched(b)) if a == b => everywhere,
            (Decision::Matched(_), _) if !elsewhere => self.with_place(here),
            // The whole country's list leaves no doubt of a school of these, or of one elsewhere that none of these is like.
            (Decision::Review | Decision::None, Decision::Matched(b)) if is_here(b) => everywhere,
            (Decision::None, _) | (_, Decision::None) => everywhere,
            (Decision::Review, Decision::Matched(_)) if here.confidence < HARDLY => everywhere,
            (Decision::Review | Decision::Matched(_), _) => {
                let mut found = Finding { decision: Decision::Review, ..self.with_place(here) };
                for candidate in everywhere.candidates {
                    if found.candidates.len() < MAX_CANDIDATES
                        && !found.candidates.iter().any(|known| known.urn == candidate.urn)
                    {
                        found.candidates.push(candidate);
                    }
                }
                found
            }
        }
    }

    /// Says of each candidate that its authority is the file's.
    fn with_place(&self, mut finding: Finding) -> Finding {
        let tell = |candidate: &mut Candidate| {
            let school = self.by_urn.get(&candidate.urn).map(|at| &self.schools[*at as usize]);
            let authority = school.map(|s| s.authority_name.as_deref().unwrap_or(s.authority_code.as_str()));
            candidate.reasons.extend(authority.map(|authority| Reason::SameFile(authority.to_owned())));
        };
        finding.candidates.iter_mut().for_each(tell);
        finding
    }
}
