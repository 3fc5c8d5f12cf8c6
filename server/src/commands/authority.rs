//! `callboard authority add CODE NAME`

use clap::Subcommand;
use domain::access::Actor;
use domain::setting::LaCode;
use records::authorities;

use super::in_words;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Authority {
    /// Add an authority
    Add {
        /// Its LA code, three digits
        code: LaCode,
        /// The council's name
        name: String,
    },
    /// List the authorities
    List {
        /// Print JSON: [{"code", "name"}]
        #[arg(long)]
        json: bool,
    },
}

impl Authority {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let desk = config.desk().await?;
        match self {
            Self::Add { code, name } => {
                authorities::add(&desk, &Actor::SYSTEM, &code, &name, false).await.map_err(in_words)?;
                say!("Added {name} ({code}). Next: callboard person add EMAIL --role administrator --scope {code}");
            }
            Self::List { json } => {
                let list = authorities::list(&desk, &Actor::SYSTEM).await?;
                if json {
                    let rows: Vec<_> =
                        list.iter().map(|a| serde_json::json!({ "code": a.code, "name": a.name })).collect();
                    say!("{}", serde_json::Value::from(rows));
                } else {
                    list.iter().for_each(|a| say!("{}  {}", a.code, a.name));
                }
            }
        }
        desk.db().close().await;
        Ok(())
    }
}
