//! Results: how often each choice was given.

use std::collections::BTreeMap;

use super::questionnaire::{Question, Questionnaire, Respondent};

/// How often each of a question's three choices was given, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Distribution(pub [i64; 3]);

impl Distribution {
    /// How many answered the question.
    #[must_use]
    pub const fn answered(self) -> i64 {
        self.0[0] + self.0[1] + self.0[2]
    }

    /// Whole per cent of each choice, rounded so that they add up to 100 (largest remainders, the earlier choice first
    /// where remainders are equal); all zero where nobody answered.
    #[must_use]
    pub fn per_cent(self) -> [i64; 3] {
        let total = self.answered();
        if total == 0 {
            return [0; 3];
        }
        let mut per_cent = self.0.map(|n| n * 100 / total);
        let mut order = [0, 1, 2];
        order.sort_by_key(|&i| std::cmp::Reverse(self.0[i] * 100 % total));
        let missing = usize::try_from(100 - per_cent.iter().sum::<i64>()).unwrap_or_default();
        for &i in order.iter().take(missing) {
            per_cent[i] += 1;
        }
        per_cent
    }
}

/// What one kind of respondent answered to the sessions of a session, tour or programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// Who answered.
    pub respondent: Respondent,
    /// How many responses there are.
    pub responses: i64,
    /// Each question with its answers, in the order asked.
    pub questions: Vec<(Question, Distribution)>,
}

impl Results {
    /// Results from how often each (question, choice) was given; what is not a question of today's questionnaire is
    /// left out.
    #[must_use]
    pub fn new(respondent: Respondent, responses: i64, counts: &BTreeMap<(String, i64), i64>) -> Self {
        let questions = Questionnaire::after(respondent)
            .questions
            .iter()
            .map(|question| {
                let count = |choice| counts.get(&(question.id.to_owned(), choice)).copied().unwrap_or_default();
                (*question, Distribution([count(0), count(1), count(2)]))
            })
            .collect();
        Self { respondent, responses, questions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn per_cent_add_up() {
        for (counts, shown) in
            [([0, 0, 0], [0, 0, 0]), ([1, 1, 1], [34, 33, 33]), ([0, 1, 7], [0, 13, 87]), ([2, 0, 4], [33, 0, 67])]
        {
            assert_eq!(Distribution(counts).per_cent(), shown, "{counts:?}");
        }
    }

    proptest! {
        #[test]
        fn per_cent_always_add_up_to_a_hundred(a in 0_i64..100_000, b in 0_i64..100_000, c in 1_i64..100_000) {
            let per_cent = Distribution([a, b, c]).per_cent();
            prop_assert_eq!(per_cent.iter().sum::<i64>(), 100);
            prop_assert!(per_cent.iter().all(|p| (0..=100).contains(p)));
        }
    }
}
