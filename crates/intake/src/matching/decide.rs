//! From weights to a decision.

use std::collections::HashMap;

use super::lexicon::Class;
use super::reading::Query;
use super::register::Register;
use super::weigh::{Agreement, Facts, Weighed, weigh};
use super::{Candidate, Decision, Finding, MAX_CANDIDATES, Reason, Typed, elsewhere, words};

/// So probable must a school be to be taken without asking.
const CERTAIN: f64 = 0.94;
/// So probable is a school to which no other comes near.
pub(super) const ALONE: f64 = 0.985;
/// So probable must it be that no school of the register is meant.
const CERTAINLY_NONE: f64 = 0.95;
/// So many names are weighed at most for words that many have.
const MOST_WEIGHED: usize = 8_000;
/// Above this cost of its words, the best school may be one whose name was mistyped as another word.
const DOUBTFUL: f64 = 5.0;

impl Register {
    /// Finds what a typed name means.
    #[must_use]
    pub fn find(&self, typed: &Typed<'_>) -> Finding {
        if let Some(finding) = self.by_number(typed) {
            return finding;
        }
        let query = Query::new(self, typed);
        if query.tokens.is_empty() {
            return self.without_name(&query);
        }
        let weighed = self.weigh_all(query);
        let (query, best) = weighed;
        self.decide(typed, &query, best)
    }

    /// The best name of each school, in order of cost.
    pub(super) fn weigh_all(&self, mut query: Query) -> (Query, Vec<Weighed>) {
        query.read_slips(self, self.schools.len() < 1_000);
        let mut best = self.best_of(&query);
        if best.first().is_none_or(|b| b.words > DOUBTFUL) && self.schools.len() >= 1_000 {
            query.read_slips(self, true);
            best = self.best_of(&query);
        }
        (query, best)
    }

    fn best_of(&self, query: &Query) -> Vec<Weighed> {
        let mut words: Vec<(bool, usize, u32)> = query
            .readings
            .keys()
            .map(|id| {
                let word = self.vocabulary.word(*id);
                (word.class != Class::Own, word.names.len(), *id)
            })
            .collect();
        words.sort_unstable();
        let any_own = words.first().is_some_and(|(other, _, _)| !other);
        let mut seen = vec![false; self.names.len()];
        let mut best: HashMap<u32, Weighed> = HashMap::new();
        let mut count = 0;
        for (other, many, id) in words {
            // Words that all schools have tell nothing, unless nothing else was typed.
            if (other && any_own && count > 0) || (count > 0 && count + many > MOST_WEIGHED) {
                continue;
            }
            count += many.min(MOST_WEIGHED);
            for at in self.vocabulary.word(id).names.iter().take(MOST_WEIGHED) {
                if std::mem::replace(&mut seen[*at as usize], true) {
                    continue;
                }
                let weighed = weigh(self, query, *at);
                let known = best.entry(weighed.school).or_insert(weighed);
                if weighed.cost < known.cost {
                    *known = weighed;
                }
            }
        }
        if let Some(postcode) = &query.postcode {
            for at in self.by_postcode.get(postcode).into_iter().flatten() {
                best.entry(*at).or_insert_with(|| weigh(self, query, *at));
            }
        }
        // A school of which no word was read is none, whatever else agrees but its very postcode.
        let own_typed = query.classes.contains(&Class::Own);
        let mut best: Vec<Weighed> = best
            .into_values()
            .filter(|b| {
                let f = &b.facts;
                !own_typed || f.own_read > 0 || f.postcode == Agreement::Same || (f.left_out == 0 && f.unexplained == 0)
            })
            .collect();
        in_order(&mut best);
        best
    }

    pub(super) fn decide(&self, typed: &Typed<'_>, query: &Query, best: Vec<Weighed>) -> Finding {
        #[allow(clippy::cast_precision_loss)]
        let one_of = (self.schools.len().max(1) as f64).ln();
        let elsewhere = elsewhere::other_school(self, query);
        let (no_school, no_school_told) = elsewhere::no_school(self, query);
        let least = best.first().map_or(f64::INFINITY, |b| b.cost + one_of).min(elsewhere).min(no_school);
        let weight = |cost: f64| (least - cost).exp();
        let total: f64 =
            weight(elsewhere) + weight(no_school) + best.iter().map(|b| weight(b.cost + one_of)).sum::<f64>();
        let share = |b: &Weighed| weight(b.cost + one_of) / total;
        let candidates: Vec<Candidate> =
            best.iter().take(MAX_CANDIDATES).map(|b| self.candidate(b, share(b))).collect();
        if let Some(finding) = self.as_remembered(typed, &best, &candidates) {
            return finding;
        }
        let (none, told) = ((weight(elsewhere) + weight(no_school)) / total, no_school_told);
        // In the list of the whole country a school that is not found was mistyped.
        let none = if self.is_whole_country() { weight(no_school) / total } else { none };
        // What is said to be here and is no club or meeting is a school whose name nobody could read.
        let illegible = !told && elsewhere::is_said_to_be_here(self, query);
        if none >= CERTAINLY_NONE && !illegible && !may_be_one(&best, &share) {
            return Finding { decision: Decision::None, confidence: none, candidates };
        }
        let Some(first) = best.first() else {
            return Finding { decision: Decision::Review, confidence: 0.0, candidates };
        };
        let confidence = share(first);
        let certain = confidence >= CERTAIN && self.may_be_taken(query, first, &best, confidence);
        let decision =
            if certain { Decision::Matched(self.schools[first.school as usize].urn) } else { Decision::Review };
        Finding { decision, confidence, candidates }
    }

    fn candidate(&self, weighed: &Weighed, score: f64) -> Candidate {
        let school = &self.schools[weighed.school as usize];
        let name = &self.names[weighed.name as usize];
        Candidate {
            urn: school.urn,
            name: school.name.clone(),
            score,
            reasons: reasons(&weighed.facts, name.old.as_deref()),
        }
    }

    /// Whether a number that tells a school was typed.
    pub(super) fn has_number(&self, typed: &Typed<'_>) -> bool {
        self.by_number(typed).is_some()
    }

    /// A URN, or an LA and establishment number.
    fn by_number(&self, typed: &Typed<'_>) -> Option<Finding> {
        let tokens = words::split(typed.name);
        let digits = |t: &str, many: usize| t.len() == many && t.bytes().all(|b| b.is_ascii_digit());
        let mut found: Vec<u32> = Vec::new();
        let mut others = 0;
        let mut at = 0;
        while at < tokens.len() {
            let text = tokens[at].text.as_str();
            let next = tokens.get(at + 1).map(|t| t.text.as_str()).filter(|t| digits(t, 4));
            if let (true, Some(next)) = (digits(text, 3), next)
                && let Some(school) = self.by_number.get(&format!("{text}{next}"))
            {
                found.push(*school);
                at += 1;
            } else if digits(text, 7)
                && let Some(school) = self.by_number.get(text)
            {
                found.push(*school);
            } else if digits(text, 6)
                && let Some(school) = text.parse().ok().and_then(|urn| self.by_urn.get(&urn))
            {
                found.push(*school);
            } else if !matches!(text, "urn" | "la" | "laestab" | "estab" | "dfe" | "no" | "number" | "dcsf") {
                others += 1;
            }
            at += 1;
        }
        found.dedup();
        let [school] = found[..] else { return None };
        let query = Query::new(self, typed);
        let weighed = weigh(self, &query, school);
        let urn = self.schools[school as usize].urn;
        // A number beside a name must be the name's.
        let here = weighed.facts.postcode != Agreement::Other;
        let is_name = |of: &Facts| of.own_read > 0 && of.own_left_out == 0;
        let its_name = others == 0 || is_name(&weighed.facts);
        let best = if its_name && here { Vec::new() } else { self.weigh_all(Query::new(self, typed)).1 };
        // Or it is one that it had.
        let had = |b: &Weighed| b.school == school && is_name(&b.facts) && b.facts.slips == 0;
        let agrees = here && (its_name || best.iter().any(had));
        let score = if agrees { 0.999 } else { 0.6 };
        let mut candidate = self.candidate(&weighed, score);
        candidate.reasons.insert(0, Reason::Number);
        let decision = if agrees { Decision::Matched(urn) } else { Decision::Review };
        let mut candidates = vec![candidate];
        if !agrees {
            let rest = best.iter().filter(|b| b.school != school).take(MAX_CANDIDATES - 1);
            candidates.extend(rest.map(|b| self.candidate(b, 0.0)));
        }
        Some(Finding { decision, confidence: score, candidates })
    }

    /// What a person decided about this text before, unless the postcode says otherwise or the school cannot teach the
    /// years: another's file may mean another school by it.
    fn as_remembered(&self, typed: &Typed<'_>, best: &[Weighed], candidates: &[Candidate]) -> Option<Finding> {
        let chosen = self.remembered.get(&words::key(typed.name))?;
        let query = Query::new(self, typed);
        let mut schools: Vec<Candidate> = Vec::new();
        let mut contradicted = false;
        for at in chosen {
            let weighed = best.iter().find(|b| b.school == *at).copied().unwrap_or_else(|| weigh(self, &query, *at));
            contradicted |= weighed.facts.postcode == Agreement::Other
                || query.years.is_some_and(|years| self.schools[*at as usize].cannot_teach(years));
            let mut candidate = self.candidate(&weighed, 0.999);
            candidate.reasons.insert(0, Reason::Remembered);
            schools.push(candidate);
        }
        let decision = match &schools[..] {
            [] => Decision::None,
            [one] if !contradicted => Decision::Matched(one.urn),
            _ => Decision::Review,
        };
        let confidence = if decision == Decision::Review { 0.6 } else { 0.999 };
        for candidate in candidates {
            if schools.len() < MAX_CANDIDATES && !schools.iter().any(|s| s.urn == candidate.urn) {
                schools.push(candidate.clone());
            }
        }
        Some(Finding { decision, confidence, candidates: schools })
    }

    /// No name was typed: a postcode alone is a hint, never a match.
    fn without_name(&self, query: &Query) -> Finding {
        let at = query.postcode.as_ref().and_then(|p| self.by_postcode.get(p));
        let candidates: Vec<Candidate> = at
            .into_iter()
            .flatten()
            .take(MAX_CANDIDATES)
            .map(|school| self.candidate(&weigh(self, query, *school), 0.5))
            .collect();
        let decision = if candidates.is_empty() { Decision::None } else { Decision::Review };
        let confidence = if candidates.is_empty() { 0.99 } else { 0.5 };
        Finding { decision, confidence, candidates }
    }
}

/// Puts what weighs least first.
pub(super) fn in_order(best: &mut [Weighed]) {
    best.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.school.cmp(&b.school)));
}

/// Whether a school fits so far that a person should see it, however many schools elsewhere would fit.
fn may_be_one(best: &[Weighed], share: &dyn Fn(&Weighed) -> f64) -> bool {
    best.iter().take(10).any(|b| {
        let facts = &b.facts;
        let contradicted = facts.postcode == Agreement::Other || facts.town == Agreement::Other;
        (facts.postcode == Agreement::Same && facts.own_read > 0)
            || (facts.own_read > 0
                && facts.slips == 0
                && facts.unexplained == 0
                && !contradicted
                && (facts.own_left_out == 0 || share(b) > 0.02))
    })
}

fn reasons(facts: &Facts, old: Option<&str>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(old) = old {
        reasons.push(Reason::OldName(old.to_owned()));
    }
    if facts.own_read > 0 && facts.slips > 0 {
        reasons.push(Reason::LikeName);
    } else if facts.left_out == 0 {
        reasons.push(Reason::WholeName);
    } else if facts.own_read > 0 {
        reasons.push(Reason::PartOfName);
    }
    match facts.postcode {
        Agreement::Same => reasons.push(Reason::Postcode),
        Agreement::Near => reasons.push(Reason::NearPostcode),
        Agreement::Unknown | Agreement::Other => reasons.push(Reason::OtherPostcode),
        Agreement::Unsaid => {}
    }
    match facts.town {
        Agreement::Same | Agreement::Near => reasons.push(Reason::Town),
        Agreement::Unknown | Agreement::Other => reasons.push(Reason::OtherTown),
        Agreement::Unsaid => {}
    }
    if facts.other_phase {
        reasons.push(Reason::OtherPhase);
    }
    reasons
}
