//! How much a school needs a programme, in points: what a request is worth to a plan.

use crate::fault::{Fault, Faults};
use crate::setting::SettingType;
use crate::term::terms;

/// What is known of a school's need of one programme in one academic year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Academic years since the programme was last delivered to it, 0 in the same year; none: never.
    pub years_since: Option<i64>,
    /// What it is to its pupils.
    pub setting_type: SettingType,
    /// The national deprivation decile of where it lies, 1 the most deprived; none: not known.
    pub deprivation_decile: Option<i64>,
    /// A year group that the programme is for is the school's last: whoever is not reached this year leaves unreached.
    /// False where the school's year groups are not known.
    pub leaving: bool,
    /// Days since it first asked, not counting what it asked for before it was last reached; 0 when it has not asked.
    pub waiting_days: i64,
}

/// What each part of need is worth, in points; one point is one unit of a request's value in the planner.
///
/// The default: a request that needs nothing special is worth 15, so that serving two schools goes before serving one
/// well, unless the one was never reached. Never having been reached (30 together with the years) is what the
/// programme is measured by and counts most. Special and alternative provision (20) comes next: it is what coverage
/// misses first, and such schools are few and small, so that without it a plan for numbers passes them by.
/// Deprivation moves up to 18 points in even steps, so that no neighbourhood decides by itself. A cohort about to leave
/// (10) cannot be reached next year. Waiting moves little (a point a week, at most 8): it decides between like schools,
/// and asking early does not buy a place from a school that needs it more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Every request.
    pub request: i64,
    /// Never reached by the programme, on top of the most years.
    pub never: i64,
    /// Each academic year since it was last reached.
    pub year: i64,
    /// Years that count at most.
    pub most_years: i64,
    /// Special, alternative or hospital provision, or a resourced unit.
    pub provision: i64,
    /// Each step of deprivation: nothing in the least deprived tenth, nine steps in the most deprived.
    pub deprivation: i64,
    /// A cohort about to leave.
    pub leaving: i64,
    /// Each full week since it first asked.
    pub week: i64,
    /// Weeks that count at most.
    pub most_weeks: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            request: 15,
            never: 10,
            year: 4,
            most_years: 5,
            provision: 20,
            deprivation: 2,
            leaving: 10,
            week: 1,
            most_weeks: 8,
        }
    }
}

/// Points one weight may give.
pub const MOST_POINTS: i64 = 1_000;

/// Where the decile is not known: the middle, so that not knowing neither helps nor harms much.
pub const MIDDLE_DECILE: i64 = 5;

terms! {
    /// What points are given for.
    pub enum Factor {
        Request = "request", "Asked";
        History = "history", "Not reached before, or not for years";
        Provision = "provision", "Special or alternative provision";
        Deprivation = "deprivation", "Deprivation";
        Leaving = "leaving", "Cohort about to leave";
        Waiting = "waiting", "First asked";
    }
}

/// Points for one factor, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Points {
    /// What for.
    pub factor: Factor,
    /// How many.
    pub points: i64,
    /// Why, in a few words: “never reached”, “3 years since it was last reached”.
    pub why: String,
}

/// Why a request is worth what it is: points by factor, in the terms' order, those of nothing left out.
///
/// | factor | points |
/// |---|---|
/// | asked | `request` |
/// | history | never reached: `most_years` × `year` + `never`; otherwise the years since, at most `most_years`, × `year` |
/// | provision | `provision` unless mainstream |
/// | deprivation | (10 − decile) × `deprivation`; an unknown decile is taken as 5 |
/// | leaving | `leaving` when a year group of the audience is the school's last |
/// | waiting | full weeks since it first asked, at most `most_weeks`, × `week` |
///
/// Since no weight is below 0 and “never” is on top of the most years, more need never gives fewer points.
#[must_use]
pub fn points(need: &Need, weights: &Weights) -> Vec<Points> {
    let w = weights;
    let plural = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let (history, why_history) = match need.years_since {
        None => (w.most_years * w.year + w.never, "never reached".to_owned()),
        Some(0) => (0, String::new()),
        Some(years) => {
            let years = years.max(0);
            (years.min(w.most_years) * w.year, format!("{} since it was last reached", plural(years, "year")))
        }
    };
    let provision = if need.setting_type == SettingType::Mainstream { 0 } else { w.provision };
    let decile = need.deprivation_decile.unwrap_or(MIDDLE_DECILE).clamp(1, 10);
    let why_decile = match need.deprivation_decile {
        Some(decile) => format!("deprivation decile {decile} of 10"),
        None => format!("deprivation not known, taken as decile {MIDDLE_DECILE}"),
    };
    let weeks = need.waiting_days.max(0) / 7;
    [
        (Factor::Request, w.request, "asked for it".to_owned()),
        (Factor::History, history, why_history),
        (Factor::Provision, provision, need.setting_type.label().to_lowercase()),
        (Factor::Deprivation, (10 - decile) * w.deprivation, why_decile),
        (
            Factor::Leaving,
            if need.leaving { w.leaving } else { 0 },
            "its last year group is in the audience".to_owned(),
        ),
        (Factor::Waiting, weeks.min(w.most_weeks) * w.week, format!("{} since it first asked", plural(weeks, "week"))),
    ]
    .into_iter()
    .filter(|(_, points, _)| *points > 0)
    .map(|(factor, points, why)| Points { factor, points, why })
    .collect()
}

/// What a placed request is worth, in points: the sum of [`points`].
#[must_use]
pub fn value(need: &Need, weights: &Weights) -> i64 {
    points(need, weights).iter().map(|p| p.points).sum()
}

impl Weights {
    /// The weights, if they can stand; fields are named as the struct's.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn check(self) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        for (field, points) in [
            ("request", self.request),
            ("never", self.never),
            ("year", self.year),
            ("provision", self.provision),
            ("deprivation", self.deprivation),
            ("leaving", self.leaving),
            ("week", self.week),
        ] {
            let good = (0..=MOST_POINTS).contains(&points);
            faults.unless(good, field, format!("Points must be a whole number between 0 and {MOST_POINTS}"));
        }
        faults.unless((1..=20).contains(&self.most_years), "most_years", "Years must be between 1 and 20");
        faults.unless((0..=52).contains(&self.most_weeks), "most_weeks", "Weeks must be between 0 and 52");
        // The planner passes over what is worth nothing.
        faults.unless(
            self.request != 0,
            "request",
            "Every request must be worth at least 1 point, or nobody plans for it",
        );
        faults.or(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: Need = Need {
        years_since: Some(0),
        setting_type: SettingType::Mainstream,
        deprivation_decile: Some(10),
        leaving: false,
        waiting_days: 0,
    };

    #[test]
    fn each_part_of_need_is_worth_its_weight() {
        let w = Weights::default();
        for (need, expected, factor) in [
            (PLAIN, 15, None),
            (Need { years_since: Some(1), ..PLAIN }, 19, Some("1 year since it was last reached")),
            (Need { years_since: Some(3), ..PLAIN }, 27, Some("3 years since it was last reached")),
            (Need { years_since: Some(5), ..PLAIN }, 35, Some("5 years since it was last reached")),
            (Need { years_since: Some(40), ..PLAIN }, 35, Some("40 years since it was last reached")),
            (Need { years_since: None, ..PLAIN }, 45, Some("never reached")),
            (Need { setting_type: SettingType::Special, ..PLAIN }, 35, Some("special")),
            (Need { setting_type: SettingType::Alternative, ..PLAIN }, 35, Some("alternative provision")),
            (Need { deprivation_decile: Some(1), ..PLAIN }, 33, Some("deprivation decile 1 of 10")),
            (Need { deprivation_decile: None, ..PLAIN }, 25, Some("deprivation not known, taken as decile 5")),
            (Need { leaving: true, ..PLAIN }, 25, Some("its last year group is in the audience")),
            (Need { waiting_days: 6, ..PLAIN }, 15, None),
            (Need { waiting_days: 7, ..PLAIN }, 16, Some("1 week since it first asked")),
            (Need { waiting_days: 700, ..PLAIN }, 23, Some("100 weeks since it first asked")),
        ] {
            assert_eq!(value(&need, &w), expected, "{need:?}");
            assert_eq!(points(&need, &w).get(1).map(|p| p.why.as_str()), factor, "{need:?}");
        }
    }

    #[test]
    fn weights_that_cannot_stand_name_their_fields() {
        let fields = |w: Weights| w.check().err().unwrap_or_default().into_iter().map(|f| f.field).collect::<Vec<_>>();
        assert_eq!(fields(Weights::default()), Vec::<&str>::new());
        assert_eq!(fields(Weights { request: 0, ..Weights::default() }), ["request"]);
        assert_eq!(fields(Weights { never: -1, year: 1_001, ..Weights::default() }), ["never", "year"]);
        assert_eq!(
            fields(Weights { most_years: 0, most_weeks: 53, ..Weights::default() }),
            ["most_years", "most_weeks"]
        );
    }

    fn needs() -> impl Strategy<Value = Need> {
        let kinds = prop::sample::select(SettingType::ALL);
        (prop::option::of(0_i64..30), kinds, prop::option::of(1_i64..=10), any::<bool>(), 0_i64..600).prop_map(
            |(years_since, setting_type, deprivation_decile, leaving, waiting_days)| Need {
                years_since,
                setting_type,
                deprivation_decile,
                leaving,
                waiting_days,
            },
        )
    }

    fn weights() -> impl Strategy<Value = Weights> {
        (prop::array::uniform7(0_i64..=MOST_POINTS), 1_i64..=20, 0_i64..=52).prop_map(|(p, most_years, most_weeks)| {
            Weights {
                request: p[0].max(1),
                never: p[1],
                year: p[2],
                most_years,
                provision: p[3],
                deprivation: p[4],
                leaving: p[5],
                week: p[6],
                most_weeks,
            }
        })
    }

    proptest! {
        /// More need of any one kind never gives less.
        #[test]
        fn more_need_never_gives_less(need in needs(), w in weights()) {
            let base = value(&need, &w);
            prop_assert!(base >= w.request);
            let longer = need.years_since.map(|years| years + 1);
            let mut more = vec![
                Need { years_since: longer, ..need },
                Need { years_since: None, ..need },
                Need { leaving: true, ..need },
                Need { waiting_days: need.waiting_days + 7, ..need },
            ];
            if let Some(decile) = need.deprivation_decile {
                more.push(Need { deprivation_decile: Some((decile - 1).max(1)), ..need });
            }
            if need.setting_type == SettingType::Mainstream {
                more.extend(SettingType::ALL.iter().map(|kind| Need { setting_type: *kind, ..need }));
            }
            for needier in more {
                prop_assert!(value(&needier, &w) >= base, "{:?} {:?}", needier, need);
            }
        }

        /// What a page lists as reasons is the whole value.
        #[test]
        fn the_reasons_add_up(need in needs(), w in weights()) {
            let reasons = points(&need, &w);
            prop_assert_eq!(reasons.iter().map(|p| p.points).sum::<i64>(), value(&need, &w));
            prop_assert!(reasons.iter().all(|p| p.points > 0 && !p.why.is_empty()));
        }
    }
}
