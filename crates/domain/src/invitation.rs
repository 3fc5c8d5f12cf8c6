//! Invitations: the commissioner asks a school to have a tour, and the school answers by a link.

use crate::term::terms;

terms! {
    /// The state of an invitation.
    pub enum InvitationState {
        Sent = "sent", "Invited";
        Accepted = "accepted", "Accepted";
        /// It would have the tour, on days it named.
        Proposed = "proposed", "Proposed other dates";
        Declined = "declined", "Declined";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

/// Days an invitation waits for an answer until the school is reminded.
pub const REMIND_AFTER_DAYS: i64 = 7;

/// Days before the last day to answer on which the school is reminded once more.
pub const LAST_REMINDER_DAYS: i64 = 2;

impl InvitationState {
    /// Whether the school would have the tour: its request says for whom and when.
    #[must_use]
    pub const fn is_wanted(self) -> bool {
        matches!(self, Self::Accepted | Self::Proposed)
    }

    /// Whether the school has said what it wants.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Accepted | Self::Proposed | Self::Declined)
    }
}
