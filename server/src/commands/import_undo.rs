//! `callboard import list` and `callboard import undo ID`

use anyhow::bail;
use clap::Args;
use domain::access::Actor;
use domain::setting::LaCode;
use records::taking_back::{self, Import};
use records::{Conflict, Desk, Error, Page};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::config::Config;

/// Imports that are read at a time.
const AT_A_TIME: i64 = 200;

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only of this authority, by its LA code; not those of several authorities at once
    #[arg(long)]
    authority: Option<LaCode>,
    /// Print JSON, newest first: [{"import","kind","file","links","authority","state","started_at",
    /// "finished_at","undone_at","by","added","changed","closed","unchanged","undo_until"}]
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The import, by its key: `callboard import list` has it
    id: Uuid,
    /// Print JSON: {"import","state"}, or {"import","refused"} with what stands in the way
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let desk = config.desk().await?;
        let imports = all(&desk, self.authority.as_ref()).await;
        desk.db().close().await;
        let imports = imports?;
        if self.json {
            println!("{:#}", Value::Array(imports.iter().map(as_json).collect()));
        } else if imports.is_empty() {
            println!("Nothing has been imported");
        } else {
            imports.iter().for_each(tell);
        }
        Ok(())
    }
}

async fn all(desk: &Desk, authority: Option<&LaCode>) -> records::Result<Vec<Import>> {
    let mut imports = Vec::new();
    for number in 1.. {
        let page = Page { number, size: AT_A_TIME };
        let (mut more, total) = taking_back::list(desk, &Actor::SYSTEM, authority, page).await?;
        imports.append(&mut more);
        if number * AT_A_TIME >= total {
            break;
        }
    }
    Ok(imports)
}

fn as_json(import: &Import) -> Value {
    json!({
        "import": import.id,
        "kind": import.kind.as_str(),
        "file": import.file_name,
        "links": import.links_name,
        "authority": import.authority_code,
        "state": import.state.as_str(),
        "started_at": import.started_at,
        "finished_at": import.finished_at,
        "undone_at": import.undone_at,
        "by": import.person,
        "added": import.added,
        "changed": import.changed,
        "closed": import.closed,
        "unchanged": import.unchanged,
        "undo_until": import.undo_until(),
    })
}

fn tell(import: &Import) {
    println!(
        "{} {} {}: {} “{}”, by {}: {} added, {} changed, {} closed",
        import.id,
        import.started_at.format("%Y-%m-%d %H:%M"),
        import.authority_code.as_deref().unwrap_or("several authorities"),
        import.kind.label(),
        import.file_name,
        import.person.as_deref().unwrap_or("the command line"),
        import.added,
        import.changed,
        import.closed,
    );
    match import.undo_until() {
        Some(until) => println!("  {}; can be taken back until {}", import.state.label(), until.format("%-d %B %Y")),
        None => println!("  {}", import.state.label()),
    }
}

impl Undo {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let desk = config.desk().await?;
        let done = taking_back::undo(&desk, &Actor::SYSTEM, self.id).await;
        desk.db().close().await;
        match done {
            Ok(()) if self.json => println!("{}", json!({ "import": self.id, "state": "undone" })),
            Ok(()) => println!("The import was taken back"),
            Err(Error::NotFound) => bail!("there is no import {}: `callboard import list` has them", self.id),
            Err(Error::Conflict(Conflict::Refused(why))) if self.json => {
                println!("{}", json!({ "import": self.id, "refused": why }));
                bail!("{why}");
            }
            Err(other) => return Err(super::in_words(other)),
        }
        Ok(())
    }
}
