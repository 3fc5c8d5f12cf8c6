//! `callboard import list` and `callboard import undo ID`

use anyhow::bail;
use clap::Args;
use domain::access::Actor;
use domain::setting::LaCode;
use records::taking_back::{self, At, Built, Import};
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
    /// Print JSON, newest first: [{"import", "kind", "file", "links", "authority", "state", "started_at",
    /// "finished_at", "undone_at", "by", "added", "changed", "closed", "unchanged", "undo_until"}]. "import" is what
    /// `import undo` takes; "closed" counts the schools that were marked closed or no longer in the list
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The import, by its key: `callboard import list` has it
    id: Uuid,
    /// Only tell whether it can be taken back, and what stands in the way
    #[arg(long)]
    dry_run: bool,
    /// Print JSON: {"import", "state"}, or {"import", "refused", "in_the_way": [{"what", "kind", "id"}]}; a dry run
    /// leaves the state as it is
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
            say!("{:#}", Value::Array(imports.iter().map(as_json).collect()));
        } else if imports.is_empty() {
            say!("Nothing has been imported");
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
    say!(
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
        Some(until) => say!("  {}; can be taken back until {}", import.state.label(), until.format("%-d %B %Y")),
        None => say!("  {}", import.state.label()),
    }
}

impl Undo {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let desk = config.desk().await?;
        let done = self.undo(&desk).await;
        desk.db().close().await;
        let (import, done, built) = done.map_err(|error| match error {
            Error::NotFound => anyhow::anyhow!("there is no import {}: `callboard import list` has them", self.id),
            other => super::in_words(other),
        })?;
        let Err(why) = done else {
            let (state, words) = if self.dry_run { ("applied", "Can be taken back") } else { ("undone", "Taken back") };
            if self.json {
                say!("{}", json!({ "import": self.id, "state": state }));
            } else {
                let at = import.finished_at.unwrap_or(import.started_at).format("%-d %B %Y");
                say!("{words}: {} “{}”, imported on {at}", import.kind.label(), import.file_name);
            }
            return Ok(());
        };
        if self.json {
            let built: Vec<Value> = built.iter().map(built_json).collect();
            say!("{}", json!({ "import": self.id, "refused": why, "in_the_way": built }));
        } else {
            built.iter().for_each(|thing| say!("{}", in_a_line(thing)));
        }
        bail!("{why}")
    }

    /// Takes it back, or only looks: what it is, why it cannot be, and what was built on it.
    async fn undo(&self, desk: &Desk) -> records::Result<(Import, Result<(), String>, Vec<Built>)> {
        let actor = &Actor::SYSTEM;
        let import = taking_back::look(desk, actor, self.id).await?;
        let refused = if self.dry_run {
            None
        } else {
            match taking_back::undo(desk, actor, self.id).await {
                Ok(()) => return Ok((import, Ok(()), Vec::new())),
                Err(Error::Conflict(Conflict::Refused(why))) => Some(why),
                Err(other) => return Err(other),
            }
        };
        match taking_back::in_the_way(desk, actor, self.id).await {
            Ok(built) => Ok((import, refused.or_else(|| taking_back::refusal(&built)).map_or(Ok(()), Err), built)),
            Err(Error::Conflict(Conflict::Refused(why))) => Ok((import, Err(refused.unwrap_or(why)), Vec::new())),
            Err(other) => Err(other),
        }
    }
}

/// What a thing that stands in the way is, and its key where it has one.
fn kind_and_key(at: &At) -> (&'static str, Option<String>) {
    match at {
        At::Session(id) => ("session", Some(id.to_string())),
        At::Tour(id) => ("tour", Some(id.to_string())),
        At::Request(id) => ("request", Some(id.to_string())),
        At::School(id) => ("school", Some(id.to_string())),
        At::Split(urn) => ("split", Some(urn.to_string())),
        At::Person(id) => ("person", Some(id.to_string())),
        At::Import(_, id) => ("import", Some(id.to_string())),
        At::Authority => ("authority", None),
    }
}

fn built_json(thing: &Built) -> Value {
    let (kind, id) = thing.at.as_ref().map(kind_and_key).unzip();
    json!({ "what": thing.what, "kind": kind, "id": id.flatten() })
}

/// “the tour “The Lantern” is in use (tour 0192…)”
fn in_a_line(thing: &Built) -> String {
    match thing.at.as_ref().map(kind_and_key) {
        Some((kind, Some(id))) => format!("  {} ({kind} {id})", thing.what),
        Some((_, None)) | None => format!("  {}", thing.what),
    }
}
