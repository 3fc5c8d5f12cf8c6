//! `callboard person add EMAIL --role R --scope ID`

use std::net::SocketAddr;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::access::{Actor, Role};
use domain::contact::EmailAddress;
use records::people::{self, NewPerson};
use records::{authenticator, grants};

use super::in_words;
use crate::config::{Config, Reached};

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Give somebody a role; they are added if they are not known, and invited by mail
    #[command(after_help = "Examples:
  callboard person add lee@council.example --role administrator --scope 380 --name \"Lee Ward\"
  callboard person add office@school.example --role school --scope 107234
  callboard person add tour@company.example --role provider --scope \"Lamplight Theatre\"")]
    Add {
        /// The address they sign in by
        email: EmailAddress,
        /// What they may do
        #[arg(long, value_parser = role())]
        role: Role,
        /// What the role is for: an LA code (380), a school's URN (107234), a trust's code, or a provider's name or id
        #[arg(long)]
        scope: String,
        /// Their name; without it, the part of the address before the @
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        reached: Reached,
        // Where `serve` listens: the site's address, where nothing else is stated.
        #[arg(long, env = "CALLBOARD_ADDR", default_value = "127.0.0.1:3000", hide = true)]
        addr: SocketAddr,
    },
    /// Take the authenticator app off the account of somebody who has lost it, and end their sign-ins
    ResetApp {
        /// The address they sign in by
        email: EmailAddress,
    },
}

/// Says which roles there are when a word names none.
fn role() -> impl TypedValueParser<Value = Role> {
    let people = Role::ALL.iter().filter(|role| **role != Role::System);
    PossibleValuesParser::new(people.map(|role| role.as_str())).try_map(|word| word.parse::<Role>())
}

impl Person {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let desk = config.desk().await?;
        match self {
            Self::Add { email, role, scope, name, reached, addr } => {
                let desk = desk.clone().reached_at(&reached.url(addr)?);
                let named = scope;
                let scope = grants::named(&desk, &Actor::SYSTEM, role, &named).await.map_err(in_words)?;
                let name = name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
                let new = NewPerson { email: email.clone(), name, role, scope };
                people::add(&desk, &Actor::SYSTEM, &new).await.map_err(in_words)?;
                say!(
                    "{email} is now {} for {named}. They sign in at /sign-in with this address.",
                    role.label().to_lowercase()
                );
            }
            Self::ResetApp { email } => {
                authenticator::reset(&desk, &Actor::SYSTEM, &email).await.map_err(|e| match e {
                    records::Error::NotFound => anyhow::anyhow!("nobody has the address {email}"),
                    other => in_words(other),
                })?;
                say!("{email} signs in without an authenticator app now. Their sign-ins are ended.");
            }
        }
        desk.db().close().await;
        Ok(())
    }
}
