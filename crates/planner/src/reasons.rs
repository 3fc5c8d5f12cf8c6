//! Why a request has no place, in words a school can be told.

use crate::model::Model;
use crate::patterns::Pattern;
use crate::problem::Reason;

/// What each request could have had: how many team-days at all, and how many of these the plan leaves without work.
pub(crate) struct Chances {
    days: Vec<usize>,
    idle: Vec<usize>,
}

impl Chances {
    pub fn of(model: &Model, patterns: &[Pattern], busy: &[bool]) -> Self {
        let (mut days, mut idle) = (vec![0; model.requests.len()], vec![0; model.requests.len()]);
        let mut seen = std::collections::HashSet::new();
        for pattern in patterns {
            for request in pattern.requests() {
                if seen.insert((request, pattern.day)) {
                    days[request] += 1;
                    idle[request] += usize::from(!busy[pattern.day]);
                }
            }
        }
        Self { days, idle }
    }

    /// Why this request, which the plan leaves out, has no place.
    pub fn why(&self, model: &Model, request: usize) -> Vec<Reason> {
        let reason = |rule: &str, detail: String| vec![Reason { rule: rule.to_owned(), detail }];
        let r = &model.requests[request];
        let longest = model.days.iter().map(|d| d.slots.count_ones() as usize).max().unwrap_or(0);
        if r.sessions > longest {
            let detail = format!(
                "It asks for {} sessions in one day, and no team has more than {longest} slots a day. Asked for as several requests, it can be placed over several days.",
                r.sessions
            );
            return reason("needs_more_slots", detail);
        }
        let offered = model.days.iter().filter(|d| d.candidates.iter().any(|(c, _)| *c == request)).count();
        if offered == 0 {
            let detail = "On none of its open dates does one of its teams work in enough of its open slots. Another date, or a team that works on these, would change that.";
            return reason("no_common_date", detail.to_owned());
        }
        if self.days[request] == 0 {
            let detail = format!(
                "On each of its {} a team works, but from its base it cannot be there and set up in time, or not be home in time. A later slot, or a team nearer by, would change that.",
                days(offered)
            );
            return reason("out_of_reach", detail);
        }
        if self.idle[request] > 0 {
            let detail = format!(
                "It could be done on {}, {} of them free, but the journey and the moves it would cost weigh more than it is worth.",
                days(self.days[request]),
                self.idle[request]
            );
            return reason("not_worth_it", detail);
        }
        let detail = format!(
            "It could be done on {}, and each of them is taken by requests that are worth more together. One more day on which its school and a team are free would change that.",
            days(self.days[request])
        );
        reason("days_taken", detail)
    }
}

fn days(count: usize) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}
