//! Background jobs: mail out of the outbox, plans that wait, reservations that have lapsed, the school list's upkeep, and sweeping away
//! what is over.

use std::time::Duration;

use domain::access::Actor;
use records::{Desk, digests, imports, invitations, plans, schools, sessions, sweep, waiting};

use crate::mail::Mailer;

/// Runs the jobs until the program ends. A job that fails is logged and tried again at its next turn.
pub async fn run(desk: Desk, mailer: Mailer) {
    tokio::join!(often(desk.clone(), mailer), by_the_minute(desk.clone()), planning(desk.clone()), seldom(desk));
}

async fn often(desk: Desk, mailer: Mailer) {
    let mut turn = tokio::time::interval(Duration::from_secs(2));
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        if let Err(error) = sessions::lapse_due(&desk).await {
            tracing::error!(?error, "offers and reservations that ran out could not be let go");
        }
        if let Err(error) = mailer.deliver(&desk).await {
            tracing::error!(?error, "mail could not be delivered");
        }
    }
}

/// What happens at an hour of the day, or soon: reminders, digests, slots for whoever waits.
async fn by_the_minute(desk: Desk) {
    let mut turn = tokio::time::interval(Duration::from_secs(60));
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        for (what, done) in [
            ("free slots could not be offered to whoever waits", waiting::give_free(&desk).await),
            ("schools could not be reminded of offers", sessions::remind_of_offers(&desk).await),
            ("nobody could be reminded of visits", sessions::remind(&desk).await),
            ("digests could not be written", digests::send_due(&desk).await),
        ] {
            if let Err(error) = done {
                tracing::error!(?error, "{what}");
            }
        }
    }
}

/// Plans that wait, and those whose server has gone. A loop of its own: one takes up to two minutes.
async fn planning(desk: Desk) {
    let mut turn = tokio::time::interval(Duration::from_secs(2));
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        if let Err(error) = plans::give_up_stale(&desk).await {
            tracing::error!(?error, "plans that stopped could not be given up");
        }
        if let Err(error) = plans::work(&desk).await {
            tracing::error!(?error, "what waits could not be planned");
        }
    }
}

/// What may wait: reminders of invitations, codes, counts and lines whose time is over, imports that stopped in the middle, and the first day of a new academic year.
async fn seldom(desk: Desk) {
    let mut turn = tokio::time::interval(Duration::from_secs(15 * 60));
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        match sweep::sweep(&desk).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "swept away what was over"),
            Err(error) => tracing::error!(?error, "what is over could not be swept away"),
        }
        match invitations::remind(&desk, &Actor::SYSTEM).await {
            Ok(0) => {}
            Ok(schools) => tracing::info!(schools, "schools reminded of invitations"),
            Err(error) => tracing::error!(?error, "schools could not be reminded of invitations"),
        }
        if let Err(error) = imports::give_up_stale(&desk).await {
            tracing::error!(?error, "imports that stopped could not be given up");
        }
        if let Err(error) = schools::keep_snapshots(&desk).await {
            tracing::error!(?error, "the academic year's snapshots could not be written");
        }
    }
}
