//! What planning again changed: each request that had a place and does not keep it.

use crate::problem::{Current, Placement, PlanResult, Problem};

/// A request that does not stay where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The request.
    pub request: String,
    /// Where it was.
    pub from: Current,
    /// Where it is now; none when the plan drops it.
    pub to: Option<Placement>,
}

/// Every request with an earlier placement that the result does not keep, in the problem's order. Their number is what
/// the score's `moved` counts.
#[must_use]
pub fn moves(problem: &Problem, result: &PlanResult) -> Vec<Move> {
    let now: std::collections::HashMap<&str, &Placement> =
        result.placements.iter().map(|p| (p.request.as_str(), p)).collect();
    let set = |slots: &[String]| slots.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    let mut moves = Vec::new();
    for request in &problem.requests {
        let Some(from) = &request.current else { continue };
        let to = now.get(request.id.as_str()).copied();
        let kept =
            to.is_some_and(|to| to.team == from.team && to.date == from.date && set(&to.slots) == set(&from.slots));
        if !kept {
            moves.push(Move { request: request.id.clone(), from: from.clone(), to: to.cloned() });
        }
    }
    moves
}
