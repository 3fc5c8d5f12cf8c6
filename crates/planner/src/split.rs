//! For those who build problems: a request for more sessions than a day has slots becomes several.

use crate::problem::Request;

/// Splits a request for more than `most` sessions into as few as hold it, as even as can be: `R1` becomes `R1/1`, `R1/2`
/// and so on, open on the same days for the same teams. Values are shared by sessions and keep their sum. An earlier
/// placement cannot be shared out, and stays with the first part only if that has as many sessions as it has slots.
///
/// [`crate::plan`] itself places a request whole or not at all; call this before, where a school agrees to several days.
#[must_use]
pub fn split(request: &Request, most: usize) -> Vec<Request> {
    if most == 0 || request.sessions <= most || request.pinned {
        return vec![request.clone()];
    }
    let parts = request.sessions.div_ceil(most);
    let (mut sessions, mut value) = (request.sessions, request.value);
    let mut all = Vec::new();
    for part in 0..parts {
        let mut one = request.clone();
        one.id = format!("{}/{}", request.id, part + 1);
        one.sessions = sessions.div_ceil(parts - part);
        let (share, of) = (i64::try_from(one.sessions).unwrap_or(1), i64::try_from(sessions).unwrap_or(1));
        one.value = value * share / of;
        sessions -= one.sessions;
        value -= one.value;
        let whole = |slots: usize| part == 0 && slots == one.sessions;
        one.current = request.current.clone().filter(|current| whole(current.slots.len()));
        all.push(one);
    }
    all
}
