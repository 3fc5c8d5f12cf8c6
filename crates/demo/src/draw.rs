//! Chance that is the same every time: one seed, and a stream of its own for each noun, so that a change to one
//! leaves the others as they were.

use chrono::{DateTime, Utc};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

const SEED: u64 = 0x00CA_11B0_A2D0_0999;

/// What is drawn for: each has its own stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Terms = 1,
    Schools,
    Rolls,
    Theatre,
    Unit,
    Programmes,
    People,
    Play,
    Pilot,
    Police,
    Season,
    YearSix,
    Answers,
    Calendars,
    Leave,
    Requests,
}

/// Draws from one stream.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(stream: Stream) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(SEED);
        chance.set_stream(stream as u64);
        Self(chance)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// True `percent` times in a hundred.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.0.random_ratio(percent.min(100), 100)
    }

    /// One of `items`, which are not empty.
    pub(crate) fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        items.choose(&mut self.0).unwrap_or(&items[0])
    }

    /// The place of one of `weights`, the heavier the likelier.
    pub(crate) fn weighted(&mut self, weights: &[i64]) -> usize {
        let mut at = self.between(1, weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            at -= weight;
            if at <= 0 {
                return place;
            }
        }
        weights.len() - 1
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }

    /// A key of version 7 that says `at`.
    pub(crate) fn key(&mut self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.0.random()).into_uuid()
    }

    /// Bytes for a feedback code.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes[..]);
        bytes
    }
}
