//! What pupils and staff answered: nearly everybody after the pilot, and well; some after the play; few after the
//! police, whose officers seldom have a minute left for it.

use chrono::NaiveDate;
use domain::feedback::{Questionnaire, Respondent};
use uuid::Uuid;

use crate::draw::{Draw, Stream};
use crate::rows::{Response, Session, Tour, Visit};
use crate::visits::instant;

/// How a programme's sessions were answered about.
#[derive(Clone, Copy)]
struct Reception {
    /// Of a hundred sessions, after how many the code was used.
    used: u32,
    /// Of a hundred pupils there, how many answered: from, to.
    share: (i64, i64),
    /// How heavily the three choices weigh, the least good first.
    weights: [i64; 3],
}

const PILOT: Reception = Reception { used: 100, share: (70, 92), weights: [2, 14, 84] };
const YEAR_SIX: Reception = Reception { used: 75, share: (45, 80), weights: [4, 20, 76] };
const PLAY: Reception = Reception { used: 70, share: (20, 55), weights: [8, 30, 62] };
const POLICE: Reception = Reception { used: 12, share: (25, 60), weights: [12, 40, 48] };

/// What was answered until `today`, put into the sessions that were delivered and counted.
pub(crate) fn answered(visits: &mut [Visit], tours: &[Tour], today: NaiveDate, kinds: &Kinds) {
    let draw = &mut Draw::new(Stream::Answers);
    for visit in visits {
        let Some(tour) = tours.iter().find(|tour| tour.id == visit.tour) else { continue };
        let reception = kinds.reception(tour);
        for session in &mut visit.sessions {
            session.responses = responses(draw, session, visit.on, today, reception);
        }
    }
}

/// Which programme is which, and when the pilot was.
pub(crate) struct Kinds {
    pub play: Uuid,
    pub year_six: Uuid,
    pub present: domain::AcademicYear,
}

impl Kinds {
    fn reception(&self, tour: &Tour) -> Reception {
        match tour.programme {
            id if id == self.year_six && tour.year < self.present => PILOT,
            id if id == self.year_six => YEAR_SIX,
            id if id == self.play => PLAY,
            _ => POLICE,
        }
    }
}

fn responses(
    draw: &mut Draw,
    session: &Session,
    on: NaiveDate,
    today: NaiveDate,
    reception: Reception,
) -> Vec<Response> {
    let there: i64 = session.groups.iter().filter_map(|g| g.counted.as_ref()).map(|c| c.attended).sum();
    // Drawn whatever becomes of it, so that one session leaves the next as it was.
    let (used, share) = (draw.chance(reception.used), draw.between(reception.share.0, reception.share.1));
    if !used || there == 0 || session.codes.is_none() || on > today {
        return Vec::new();
    }
    let pupils = there * share / 100;
    let staff = draw.between(1, 3);
    let mut all = Vec::new();
    for (respondent, how_many) in [(Respondent::Pupil, pupils), (Respondent::Staff, staff)] {
        for _ in 0..how_many {
            let answers = Questionnaire::after(respondent)
                .questions
                .iter()
                .map(|question| (question.id, i64::try_from(draw.weighted(&reception.weights)).unwrap_or_default()))
                .collect();
            all.push(Response { id: draw.key(instant(on, 15 * 60)), respondent: respondent.as_str(), on, answers });
        }
    }
    all
}
