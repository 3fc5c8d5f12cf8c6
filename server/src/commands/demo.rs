//! `callboard demo`

use domain::access::Actor;
use records::demo;

use crate::config::Config;

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let desk = config.desk().await?;
    let filled = demo::fill(&desk, &Actor::SYSTEM).await?;
    desk.db().close().await;
    say!(
        "Filled with {} ({}): {} schools, {} visits, every one of them invented. Next: callboard serve --demo",
        filled.council,
        filled.code,
        filled.schools,
        filled.visits
    );
    Ok(())
}
