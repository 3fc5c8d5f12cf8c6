//! `callboard migrate`

use anyhow::Context;

use crate::config::Config;

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let desk = config.desk_as_it_is().await?;
    desk.db().migrate().await.context("the database could not be migrated")?;
    desk.db().close().await;
    say!("The schema is up to date.");
    Ok(())
}
