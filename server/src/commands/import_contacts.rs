//! `callboard import contacts FILE`

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use domain::access::Actor;
use domain::import::ImportKind;
use domain::setting::LaCode;
use records::Desk;
use records::contacts::{self, Applied, Gives, Mails, Row, Understood};
use records::histories::{Found, Standing};
use records::imports::File;
use records::taking_back::{self, Import};
use serde_json::{Value, json};
use uuid::Uuid;

use super::import::{NOT_AGAIN, file, same_json, tell_same, write_marked};
use super::in_words;
use crate::config::{Config, Reached};

/// Rows of each kind that are printed for people; --json has them all.
const LINES: usize = 40;

#[derive(Debug, Args)]
pub(super) struct Contacts {
    /// The list: a workbook or CSV with a column for the school (or its URN) and one for the email address
    file: PathBuf,
    /// Whose schools, by LA code
    #[arg(long)]
    authority: LaCode,
    /// Send each person who gets a role a mail that says how to sign in; without it nobody is told
    #[arg(long)]
    send_mail: bool,
    /// Only tell who would get what
    #[arg(long)]
    dry_run: bool,
    /// Write the list as a workbook with the cells marked that are to be mended, if there are any
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print JSON: {"tables", "rows", "figures", "names_nobody", "not_read", "gone", "problems", "same_file", "applied", "mails", "import"}
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reached: Reached,
    // Where `serve` listens: the site's address, where nothing else is stated.
    #[arg(long, env = "CALLBOARD_ADDR", default_value = "127.0.0.1:3000", hide = true)]
    addr: SocketAddr,
}

impl Contacts {
    /// The file.
    pub(super) fn file(&self) -> &std::path::Path {
        &self.file
    }

    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let file = file(&self.file)?;
        let desk = config.desk().await?;
        let reached = desk.clone().reached_at(&self.reached.url(self.addr)?);
        let done = self.import(&reached, &file).await;
        desk.db().close().await;
        done
    }

    async fn import(&self, desk: &Desk, file: &File) -> anyhow::Result<()> {
        let (actor, authority) = (&Actor::SYSTEM, &self.authority);
        let understood = contacts::look_at_file(desk, actor, authority, file, &[]).await.map_err(in_words)?;
        let kind = ImportKind::Contacts;
        let same = taking_back::imported_before(desk, actor, kind, Some(authority), file).await.map_err(in_words)?;
        let problems = understood.problems();
        if let Some(path) = self.marked.as_ref().filter(|_| !problems.is_empty()) {
            write_marked(path, file, &problems)?;
        }
        let mut applied = None;
        if !self.dry_run && understood.count(Standing::Ready) > 0 {
            let id = contacts::upload(desk, actor, Some(authority), file).await.map_err(in_words)?;
            let mails = if self.send_mail { Mails::Send } else { Mails::None };
            match contacts::apply(desk, actor, id, mails, Some(&understood.seen())).await.map_err(in_words)? {
                Applied::Done { mails, .. } => applied = Some((id, mails)),
                Applied::Changed(_) => bail!("the records changed in the same moment; nothing was stored. Try again"),
            }
        }
        if self.json {
            say!("{:#}", as_json(&understood, same.as_ref(), applied));
        } else {
            tell(&understood, same.as_ref(), applied);
        }
        Ok(())
    }
}

fn tell(understood: &Understood, same: Option<&Import>, applied: Option<(Uuid, usize)>) {
    tell_same(same, NOT_AGAIN);
    for table in &understood.tables {
        let columns = table.columns.iter().filter_map(|(letters, _, role)| Some((letters, (*role)?)));
        let columns: Vec<_> = columns.map(|(letters, role)| format!("{letters} {}", role.label())).collect();
        let sheet = table.sheet.as_deref().unwrap_or("the file");
        say!("{sheet}, headings in row {}: {}", table.header_row, columns.join(", "));
    }
    if applied.is_none() {
        let ready: Vec<&Row> = understood.rows.iter().filter(|row| row.standing == Standing::Ready).collect();
        for row in ready.iter().take(LINES) {
            let school = row.school.as_ref().map_or("", |school| school.name.as_str());
            let email = row.email.as_ref().map(ToString::to_string).unwrap_or_default();
            say!("{}: {school}: {email}: {}", row.where_is(), row.gives.label());
        }
        if ready.len() > LINES {
            say!("… and {} more to be given", ready.len() - LINES);
        }
    }
    for standing in [Standing::Asked, Standing::LeftOut] {
        let rows: Vec<&Row> = understood.rows.iter().filter(|row| row.standing == standing).collect();
        for row in rows.iter().take(LINES) {
            say!("{}: {}: “{}”: {}", standing.label(), row.where_is(), row.typed, row.why);
        }
        if rows.len() > LINES {
            say!("… and {} more: {}", rows.len() - LINES, standing.label().to_lowercase());
        }
    }
    for column in understood.not_read.iter().take(LINES) {
        let sheet = column.sheet.as_ref().map(|sheet| format!("{sheet}, ")).unwrap_or_default();
        say!("not read: {sheet}{}", column.text);
    }
    for row in understood.not_people.iter().take(LINES) {
        let sheet = row.sheet.as_ref().map(|sheet| format!("{sheet}, ")).unwrap_or_default();
        say!("names nobody: {sheet}row {}: {}", row.row, row.text);
    }
    if understood.not_people.len() > LINES {
        say!("… and {} more rows that name nobody", understood.not_people.len() - LINES);
    }
    for gone in understood.gone.iter().take(LINES) {
        say!("not in the list any more: {} ({}), {}", gone.name, gone.email, gone.school);
    }
    if understood.gone.len() > LINES {
        say!("… and {} more not in the list any more", understood.gone.len() - LINES);
    }
    let would = if applied.is_some() { "" } else { "Nothing was stored. It would be: " };
    say!(
        "{would}{} given, {} on record already, {} to ask about, {} left out",
        understood.count(Standing::Ready),
        understood.count(Standing::AlreadyThere),
        understood.count(Standing::Asked),
        understood.count(Standing::LeftOut),
    );
    match applied {
        Some((_, 0)) => say!("Nobody is told by mail: with --send-mail they are."),
        Some((_, mails)) => say!("{mails} mails are on the way."),
        None => {}
    }
    let schools = understood.undecided().next().map(|_| "which schools are meant");
    let is_asked = understood.rows.iter().any(|row| row.open_doubt().is_some());
    let doubts = is_asked.then_some("who gets a role though the list speaks against it");
    let to_say: Vec<&str> = schools.into_iter().chain(doubts).collect();
    if !to_say.is_empty() {
        say!("Upload the list in the browser, under People, to say {}.", to_say.join(" and "));
    }
}

fn as_json(understood: &Understood, same: Option<&Import>, applied: Option<(Uuid, usize)>) -> Value {
    let tables = understood.tables.iter().map(|table| {
        let columns = table
            .columns
            .iter()
            .map(|(letters, heading, role)| json!({ "column": letters, "is": role, "heading": heading }));
        json!({ "sheet": table.sheet, "header_row": table.header_row, "columns": columns.collect::<Vec<_>>() })
    });
    let gone = understood
        .gone
        .iter()
        .map(|gone| json!({ "name": gone.name, "email": gone.email, "role": gone.role, "school": gone.school }));
    let nobody = understood.not_people.iter();
    let nobody = nobody.map(|row| json!({ "sheet": row.sheet, "row": row.row, "text": row.text }));
    let not_read = understood.not_read.iter();
    let not_read = not_read.map(|row| json!({ "sheet": row.sheet, "row": row.row, "text": row.text }));
    let count = |standing| understood.count(standing);
    json!({
        "tables": tables.collect::<Vec<_>>(),
        "rows": understood.rows.iter().map(|row| row_json(understood, row)).collect::<Vec<_>>(),
        "figures": {
            "rows": understood.rows.len(),
            "ready": count(Standing::Ready),
            "asked": count(Standing::Asked),
            "already_there": count(Standing::AlreadyThere),
            "left_out": count(Standing::LeftOut),
            "names_nobody": understood.not_people.len(),
            "people": understood.people(),
        },
        "names_nobody": nobody.collect::<Vec<_>>(),
        "not_read": not_read.collect::<Vec<_>>(),
        "gone": gone.collect::<Vec<_>>(),
        "problems": understood.problems(),
        "same_file": same_json(same),
        "applied": applied.is_some(),
        "mails": applied.map_or(0, |(_, mails)| mails),
        "import": applied.map(|(id, _)| id),
    })
}

/// A row, as scripts read it.
fn row_json(understood: &Understood, row: &Row) -> Value {
    let name = row.name.map(|at| &understood.names[at]);
    let candidates = name.into_iter().flat_map(|name| &name.candidates).map(|c| {
        json!({
            "urn": c.school.urn,
            "name": c.school.name,
            "score": (c.score * 1000.0).round() / 1000.0,
            "reasons": c.reasons.iter().map(intake::matching::Reason::label).collect::<Vec<_>>(),
        })
    });
    let gives = match row.gives {
        Gives::Role(role) => json!({ "role": role }),
        Gives::Address => json!({ "address_for_visits": true }),
    };
    json!({
        "sheet": row.sheet,
        "row": row.row,
        "cell": row.cell,
        "typed": row.typed,
        "school": row.school.as_ref().map(|s| json!({ "urn": s.urn, "name": s.name })),
        "match": name.map_or("none", |name| name.found.as_str()),
        "remembered": name.is_some_and(|name| matches!(name.found, Found::Remembered(_))),
        "candidates": candidates.collect::<Vec<_>>(),
        "name": row.person,
        "email": row.email,
        "gives": gives,
        "standing": row.standing,
        "why": row.why,
    })
}
