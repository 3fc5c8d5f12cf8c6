//! Invitations: the commissioner asks a school to have a tour, and the school answers by a link.

use crate::term::terms;

terms! {
    /// The state of an invitation.
    pub enum InvitationState {
        Sent = "sent", "Invited";
        Accepted = "accepted", "Accepted";
        Declined = "declined", "Declined";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl InvitationState {
    /// Whether the school has said what it wants.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Accepted | Self::Declined)
    }
}
