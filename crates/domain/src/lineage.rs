//! What became of schools: which school carries on another's history, by the links of the school list.
//!
//! The official table links two establishments by URN and says in one of a few phrases how. Most phrases say which of
//! the two came first; the amalgamations and the merged age ranges say it in neither row, and then only the state of the
//! two schools does: a school that closed is carried on by the one that is open. Shared sixth forms, plain expansions and
//! closures hand nothing over.

use std::collections::{BTreeMap, BTreeSet};

use crate::setting::Urn;
use crate::term::terms;

terms! {
    /// How two establishments are linked, seen from the first: `Predecessor` means that the other came before.
    pub enum LinkType {
        Predecessor = "predecessor", "Predecessor";
        PredecessorAmalgamated = "predecessor_amalgamated", "Predecessor - amalgamated";
        PredecessorMerged = "predecessor_merged", "Predecessor - merged";
        PredecessorSplit = "predecessor_split", "Predecessor - Split School";
        Successor = "successor", "Successor";
        SuccessorAmalgamated = "successor_amalgamated", "Successor - amalgamated";
        SuccessorMerged = "successor_merged", "Successor - merged";
        SuccessorSplit = "successor_split", "Successor - Split School";
        ResultOfAmalgamation = "result_of_amalgamation", "Result of Amalgamation";
        MergedCapacity = "merged_capacity", "Merged - expansion of school capacity";
        MergedAges = "merged_ages", "Merged - change in age range";
        /// As the official table spells it.
        MergedCapacityAndAges = "merged_capacity_and_ages",
            "Merged - expansion in school capacity and changer in age range";
        SixthFormCentre = "sixth_form_centre", "Sixth Form Centre Link";
        SixthFormCentreSchool = "sixth_form_centre_school", "Sixth Form Centre School";
        Expansion = "expansion", "Expansion";
        Closure = "closure", "Closure";
        Other = "other", "Other";
    }
}

/// Which of two linked establishments came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The other one.
    OtherBefore,
    /// This one.
    OtherAfter,
    /// The phrase stands in both rows: the one that closed came first.
    Unsaid,
}

/// How a school passes into another. The later is the more particular, where two rows say different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// As a whole, as at a conversion to an academy.
    Whole,
    /// Together with another, or into one that there was.
    Merged,
    /// In part: others may have taken other parts.
    Split,
}

impl LinkType {
    /// The phrase of the official table, in whatever case; none for one that it did not have when this was written.
    #[must_use]
    pub fn from_school_list(phrase: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.label().eq_ignore_ascii_case(phrase))
    }

    /// Which came first and how the one became the other; none for links that hand no history over.
    #[must_use]
    pub const fn hands_over(self) -> Option<(Order, Way)> {
        Some(match self {
            Self::Predecessor => (Order::OtherBefore, Way::Whole),
            Self::PredecessorAmalgamated | Self::PredecessorMerged => (Order::OtherBefore, Way::Merged),
            Self::PredecessorSplit => (Order::OtherBefore, Way::Split),
            Self::Successor => (Order::OtherAfter, Way::Whole),
            Self::SuccessorAmalgamated | Self::SuccessorMerged => (Order::OtherAfter, Way::Merged),
            Self::SuccessorSplit => (Order::OtherAfter, Way::Split),
            Self::ResultOfAmalgamation | Self::MergedCapacity | Self::MergedAges | Self::MergedCapacityAndAges => {
                (Order::Unsaid, Way::Merged)
            }
            Self::SixthFormCentre | Self::SixthFormCentreSchool | Self::Expansion | Self::Closure | Self::Other => {
                return None;
            }
        })
    }
}

/// Which schools follow which.
#[derive(Debug, Clone, Default)]
pub struct Successions {
    after: BTreeMap<Urn, BTreeMap<Urn, Way>>,
    /// Where nothing says which came first, both ways.
    beside: BTreeMap<Urn, BTreeMap<Urn, Way>>,
    /// What people decided about schools that were split: who carries the history, none for nobody.
    decided: BTreeMap<Urn, Option<Urn>>,
}

/// Who carries on the history of a school that is not open any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing follows it.
    Ended,
    /// What follows it is not, or not as open, among the schools asked about.
    Outside(Vec<Urn>),
    /// One school does.
    CarriedBy(Urn, Way),
    /// It was split: a person has to say which of these does.
    Split {
        /// The school that was split: this one, or one that follows it.
        at: Urn,
        /// The open schools that have a part of it.
        among: Vec<Urn>,
    },
    /// A person said that nobody does.
    Nobody,
}

impl Successions {
    /// The successions that links state: each a URN, the other's URN and how they are linked. What people decided about
    /// split schools goes before the links.
    #[must_use]
    pub fn new(links: impl IntoIterator<Item = (Urn, Urn, LinkType)>, decided: BTreeMap<Urn, Option<Urn>>) -> Self {
        let mut all = Self { decided, ..Self::default() };
        let add = |map: &mut BTreeMap<Urn, BTreeMap<Urn, Way>>, from: Urn, to: Urn, way: Way| {
            let known = map.entry(from).or_default().entry(to).or_insert(way);
            *known = way.max(*known);
        };
        for (urn, other, kind) in links {
            match kind.hands_over() {
                Some(_) if urn == other => {}
                Some((Order::OtherBefore, way)) => add(&mut all.after, other, urn, way),
                Some((Order::OtherAfter, way)) => add(&mut all.after, urn, other, way),
                Some((Order::Unsaid, way)) => {
                    add(&mut all.beside, urn, other, way);
                    add(&mut all.beside, other, urn, way);
                }
                None => {}
            }
        }
        all
    }

    /// Who follows a school that closed. Where the order is unsaid the other follows only a school of which nothing
    /// says who does: else a chain would lead back into what came before.
    fn next(&self, urn: Urn) -> BTreeMap<Urn, Way> {
        match self.decided.get(&urn) {
            Some(Some(carrier)) => BTreeMap::from([(*carrier, Way::Whole)]),
            Some(None) => BTreeMap::new(),
            None => self.after.get(&urn).or_else(|| self.beside.get(&urn)).cloned().unwrap_or_default(),
        }
    }

    /// What became of a school that is not open: `is_open` says which schools are.
    ///
    /// Schools on the way need not be known. A ring of links, as tables of years have them, ends where it began.
    #[must_use]
    pub fn fate(&self, urn: Urn, is_open: impl Fn(Urn) -> bool) -> Fate {
        let (mut open, mut ends) = (BTreeSet::new(), BTreeSet::new());
        let (mut seen, mut here) = (BTreeSet::from([urn]), vec![urn]);
        let mut way = Way::Whole;
        let mut refused = false;
        while let Some(at) = here.pop() {
            let next = self.next(at);
            refused |= self.decided.get(&at) == Some(&None);
            if next.is_empty() && at != urn {
                ends.insert(at);
            }
            for (to, how) in next {
                if !seen.insert(to) {
                    continue;
                }
                way = way.max(how);
                if is_open(to) {
                    open.insert(to);
                } else {
                    here.push(to);
                }
            }
        }
        match open.first() {
            Some(carrier) if open.len() == 1 && way != Way::Split => Fate::CarriedBy(*carrier, way),
            Some(_) => Fate::Split { at: self.parting(urn, &is_open), among: open.into_iter().collect() },
            None if refused => Fate::Nobody,
            None if ends.is_empty() => Fate::Ended,
            None => Fate::Outside(ends.into_iter().collect()),
        }
    }

    /// The schools that a part of this one went to; the school itself may be open still, and then keeps its history.
    #[must_use]
    pub fn split_off(&self, urn: Urn) -> Vec<Urn> {
        let after = self.after.get(&urn).into_iter().flatten();
        after.filter(|(_, way)| **way == Way::Split).map(|(to, _)| *to).collect()
    }

    /// Where the ways of a school's successors part: the last of the line that leads there.
    fn parting(&self, urn: Urn, is_open: &impl Fn(Urn) -> bool) -> Urn {
        let (mut at, mut seen) = (urn, BTreeSet::from([urn]));
        loop {
            let next = self.next(at);
            match next.first_key_value() {
                Some((to, way)) if next.len() == 1 && *way != Way::Split && !is_open(*to) && seen.insert(*to) => {
                    at = *to;
                }
                _ => return at,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LinkType as L;

    fn urn(number: i64) -> Urn {
        Urn::new(100_000 + number).unwrap()
    }

    fn fate(links: &[(i64, i64, L)], decided: &[(i64, Option<i64>)], open: &[i64]) -> Fate {
        let links = links.iter().map(|(a, b, kind)| (urn(*a), urn(*b), *kind));
        let decided = decided.iter().map(|(at, carrier)| (urn(*at), carrier.map(urn))).collect();
        Successions::new(links, decided).fate(urn(1), |u| open.iter().any(|o| urn(*o) == u))
    }

    #[test]
    fn each_phrase_says_who_follows() {
        let carried = |way| Fate::CarriedBy(urn(2), way);
        let split = Fate::Split { at: urn(1), among: vec![urn(2)] };
        for (links, expected) in [
            // Seen from the school that closed, from the one that followed, from both.
            (vec![(1, 2, L::Successor)], carried(Way::Whole)),
            (vec![(2, 1, L::Predecessor)], carried(Way::Whole)),
            (vec![(1, 2, L::Successor), (2, 1, L::Predecessor)], carried(Way::Whole)),
            (vec![(1, 2, L::SuccessorMerged)], carried(Way::Merged)),
            (vec![(2, 1, L::PredecessorAmalgamated)], carried(Way::Merged)),
            // Each row says it in its own words: the more particular counts.
            (vec![(1, 2, L::Successor), (2, 1, L::PredecessorMerged)], carried(Way::Merged)),
            (vec![(1, 2, L::SuccessorSplit), (2, 1, L::Predecessor)], split.clone()),
            (vec![(2, 1, L::PredecessorSplit)], split),
            // The same phrase in both rows.
            (vec![(1, 2, L::ResultOfAmalgamation), (2, 1, L::ResultOfAmalgamation)], carried(Way::Merged)),
            (vec![(2, 1, L::MergedCapacityAndAges)], carried(Way::Merged)),
            // Each says that the other came before: the one that is open follows.
            (vec![(1, 2, L::PredecessorAmalgamated), (2, 1, L::PredecessorAmalgamated)], carried(Way::Merged)),
            // No history in these.
            (vec![(1, 2, L::SixthFormCentre), (2, 1, L::SixthFormCentreSchool)], Fate::Ended),
            (vec![(1, 2, L::Expansion), (1, 2, L::Closure), (1, 2, L::Other)], Fate::Ended),
            // The wrong way round.
            (vec![(1, 2, L::Predecessor), (2, 1, L::Successor)], Fate::Ended),
            (vec![(1, 1, L::Successor)], Fate::Ended),
        ] {
            assert_eq!(fate(&links, &[], &[2]), expected, "{links:?}");
        }
    }

    #[test]
    fn chains_are_followed_to_the_school_that_is_open() {
        let chain = [(1, 2, L::Successor), (3, 2, L::PredecessorMerged), (3, 4, L::Successor)];
        assert_eq!(fate(&chain, &[], &[4]), Fate::CarriedBy(urn(4), Way::Merged));
        // The school in the middle is open still.
        assert_eq!(fate(&chain, &[], &[2, 4]), Fate::CarriedBy(urn(2), Way::Whole));
        assert_eq!(fate(&chain, &[], &[]), Fate::Outside(vec![urn(4)]));
        // An amalgamation that closed later: its successor is nobody's predecessor but its own.
        // 5, which was amalgamated into it too, is not among its successors.
        let amalgamated = [(1, 2, L::ResultOfAmalgamation), (5, 2, L::ResultOfAmalgamation), (2, 3, L::Successor)];
        assert_eq!(fate(&amalgamated, &[], &[3]), Fate::CarriedBy(urn(3), Way::Merged));
        let ring = [(1, 2, L::Successor), (2, 1, L::Successor)];
        assert_eq!(fate(&ring, &[], &[]), Fate::Ended);
    }

    #[test]
    fn a_split_is_asked_about_where_it_happened() {
        // 1 became 2, which was split into 3 and 4; 4 has converted to 5 since.
        let links = [(1, 2, L::Successor), (2, 3, L::SuccessorSplit), (2, 4, L::SuccessorSplit), (4, 5, L::Successor)];
        let open = [3, 5];
        assert_eq!(fate(&links, &[], &open), Fate::Split { at: urn(2), among: vec![urn(3), urn(5)] });
        assert_eq!(fate(&links, &[(2, Some(3))], &open), Fate::CarriedBy(urn(3), Way::Whole));
        // What was decided about a school that has closed since is followed on.
        assert_eq!(fate(&links, &[(2, Some(4))], &open), Fate::CarriedBy(urn(5), Way::Whole));
        assert_eq!(fate(&links, &[(2, None)], &open), Fate::Nobody);
        // Two plain successors are a split too.
        let plain = [(1, 2, L::Successor), (1, 3, L::Successor)];
        assert_eq!(fate(&plain, &[], &[2, 3]), Fate::Split { at: urn(1), among: vec![urn(2), urn(3)] });
        // Both parts were joined again.
        let joined =
            [(1, 2, L::Successor), (1, 3, L::Successor), (2, 4, L::SuccessorMerged), (3, 4, L::SuccessorMerged)];
        assert_eq!(fate(&joined, &[], &[4]), Fate::CarriedBy(urn(4), Way::Merged));
    }

    #[test]
    fn phrases_are_read_as_the_table_has_them() {
        assert_eq!(L::from_school_list("Successor - Split School"), Some(L::SuccessorSplit));
        assert_eq!(L::from_school_list("result of amalgamation"), Some(L::ResultOfAmalgamation));
        assert_eq!(L::from_school_list("Second cousin"), None);
    }
}
