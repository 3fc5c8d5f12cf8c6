//! What invitations' mails say.

use domain::invitation::InvitationState;

use super::{Invitation, Invited};

/// The invitation itself.
pub(super) fn invitation(tour: &Invited, school: &str, link: &str) -> String {
    let summary = if tour.summary.trim().is_empty() { String::new() } else { format!("{}\n\n", tour.summary.trim()) };
    format!(
        "{school} is invited to have {} from {}.\n\n{summary}When: between {} and {}\nPrice: {}\n\n\
         Say yes or no here; you need no account:\n{link}\n\n\
         Saying yes books nothing yet: you then choose a date, or {} rings you to find one.\n",
        tour.programme,
        tour.provider,
        tour.starts.format("%-d %B %Y"),
        tour.ends.format("%-d %B %Y"),
        tour.price_in_words(),
        tour.authority_name,
    )
}

/// What the school did, for the subject of the commissioners' mail.
pub(super) const fn did(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Accepted => "would like",
        _ => "declined",
    }
}

/// What the school answered.
pub(super) fn answered(invitation: &Invitation, state: InvitationState, reason: &str, book: &str) -> String {
    let Invitation { school, to, .. } = invitation;
    match state {
        InvitationState::Accepted => {
            format!("{school} said yes to {}. It has no date yet; you can book for it here:\n{book}\n", to.tour_name)
        }
        _ if reason.is_empty() => format!("{school} said no to {} and gave no reason.\n", to.tour_name),
        _ => format!("{school} said no to {}. Its reason:\n{reason}\n", to.tour_name),
    }
}
