//! Background jobs: mail out of the outbox, reservations that have lapsed.

use std::time::Duration;

use records::Desk;

use crate::mail::Mailer;

/// Runs the jobs until the program ends. A job that fails is logged and tried again at its next turn.
pub async fn run(desk: Desk, mailer: Mailer) {
    let mut turn = tokio::time::interval(Duration::from_secs(2));
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        if let Err(error) = mailer.deliver(&desk).await {
            tracing::error!(?error, "mail could not be delivered");
        }
    }
}
