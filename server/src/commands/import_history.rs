//! `callboard import history FILE`

mod answers;
mod layout;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use domain::access::Actor;
use domain::setting::LaCode;
use intake::history::{Count, Outcome};
use records::histories::{
    self, About, Applied, Choice, Differs, Found, Links, Name, Opened, Programme, Provider, Row, Standing, Understood,
};
use records::imports::File;
use records::taking_back::{self, Kind};
use serde_json::{Value, json};
use uuid::Uuid;

use self::layout::Layout;
use super::import::{listed, read, same_json, write_marked};
use crate::config::Config;

/// So often may an answer lead to another question that is answered.
const ROUNDS: usize = 5;
/// Rows of each kind that are printed for people; --json has them all.
const LINES: usize = 40;

#[derive(Debug, Args)]
pub(super) struct History {
    /// The workbook or CSV file
    file: PathBuf,
    /// Whose records, by LA code
    #[arg(long)]
    authority: LaCode,
    /// The programme of the whole file, by its name or key; topics of a programme's name need none
    #[arg(long)]
    programme: Option<String>,
    /// The programme of one topic of the file: "TOPIC=PROGRAMME", as often as there are topics
    #[arg(long, value_name = "TOPIC=PROGRAMME")]
    topic: Vec<String>,
    /// Who delivered, by name or key; not needed where the authority has one provider
    #[arg(long)]
    provider: Option<String>,
    #[command(flatten)]
    layout: Layout,
    /// The links table of the school list, which tells old names
    #[arg(long)]
    links: Option<PathBuf>,
    /// Answers to what is asked: a file of --questions, filled in
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Write what is asked to this .csv or .json, to be answered
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Write a workbook with the cells marked that are asked about
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Only tell what would be taken over
    #[arg(long)]
    dry_run: bool,
    /// Print JSON: {"tables", "skipped", "rows", "not_visits", "topics", "figures", "same_file", "applied", "import"}
    #[arg(long)]
    json: bool,
}

impl History {
    /// The file.
    pub(super) fn file(&self) -> &std::path::Path {
        &self.file
    }

    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = File { name, bytes: read(&self.file)?.into() };
        let links = match &self.links {
            None => Links::default(),
            Some(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let read = Links::read(&read(path)?, &name);
                read.map_err(|problems| anyhow::anyhow!("{} is refused:{}", path.display(), listed(&problems)))?
            }
        };
        let desk = config.desk().await?;
        let done = self.import(&desk, file, &links).await;
        desk.db().close().await;
        done
    }

    async fn import(&self, desk: &records::Desk, file: File, links: &Links) -> anyhow::Result<()> {
        let actor = &Actor::SYSTEM;
        let same = taking_back::imported_before(desk, actor, Kind::History, Some(&self.authority), &file).await?;
        let layout = self.layout.choices()?;
        // What was answered for the same file counts where nothing else is said now.
        let before = histories::said_before(desk, actor, &self.authority, &file).await.map_err(super::in_words)?;
        let said = [before, layout.clone()].concat();
        let opened = histories::open(desk, actor, &self.authority, file.clone(), &said).await;
        let opened = opened.map_err(super::in_words)?;
        layout::check(&layout, &opened.places)?;
        let look = async |choices: &[Choice]| {
            histories::look_at(desk, actor, &opened, choices, links).await.map_err(super::in_words)
        };
        let mut choices = self.choices(said, &opened)?;
        let given = self.answers.as_deref().map(answers::read).transpose()?.unwrap_or_default();
        if !given.is_empty() {
            // What is answered may lead to another question, which is answered too.
            for _ in 0..ROUNDS {
                let said = answers::choices(desk, &look(&choices).await?, &given).await?;
                if said.iter().all(|choice| choices.contains(choice)) {
                    break;
                }
                choices.extend(said);
            }
        }
        if (self.questions.is_some() || self.marked.is_some()) && opened.lacks().is_none() {
            self.write_asked(&look(&choices).await?, &given, &file)?;
        }
        let (understood, done) = if self.dry_run || opened.is_without_table() {
            (look(&choices).await?, None)
        } else {
            histories::take_over(desk, actor, &opened, &choices, links).await.map_err(super::in_words)?
        };
        let nothing = understood.count(Standing::Ready) == 0;
        let (import, applied) = done.unzip();
        if self.json {
            say!("{:#}", as_json(&understood, same.as_ref(), applied.as_ref(), import));
        } else {
            self.tell(&understood, same.as_ref(), applied.as_ref());
        }
        if opened.is_without_table() {
            bail!(
                "nothing was taken over: no row of the file has a heading for the date and one for the school. Say in which row the headings are with --headings, and what is not understood of them with --column"
            );
        }
        if let Some((sheet, what)) = opened.lacks() {
            bail!(
                "nothing was taken over: no column of {} is known to hold the {what}. Say which does with --column",
                sheet.unwrap_or("the file")
            );
        }
        let unchosen =
            understood.provider.is_none() || understood.topics.iter().any(|t| t.programme.is_none() && !t.is_out);
        if !self.dry_run && nothing && unchosen {
            bail!(
                "nothing was taken over: say which programme with --programme or --topic, and who delivered with --provider"
            );
        }
        Ok(())
    }

    /// Writes what is asked to where it is wanted: before anything is stored, which a full disk could not stop after.
    fn write_asked(&self, understood: &Understood, given: &answers::Lines, file: &File) -> anyhow::Result<()> {
        if let Some(path) = &self.questions {
            answers::write(path, understood, given)?;
        }
        let problems = understood.problems();
        match &self.marked {
            Some(path) if problems.iter().any(|p| p.row.is_some()) => write_marked(path, file, &problems)?,
            Some(path) => eprintln!("No cell is to be mended, so {} was not written", path.display()),
            None => {}
        }
        Ok(())
    }

    /// What the options say, with the keys of what they name.
    fn choices(&self, layout: Vec<Choice>, opened: &Opened) -> anyhow::Result<Vec<Choice>> {
        let programmes = &opened.programmes;
        let mut choices = layout;
        if let Some(wanted) = &self.programme {
            choices.push(Choice::new(About::Programme, "", programme(programmes, wanted)?));
        }
        for pair in &self.topic {
            let (topic, wanted) = pair.split_once('=').context("--topic is written TOPIC=PROGRAMME")?;
            let key = histories::topic_key(topic);
            if !opened.topics.iter().any(|t| histories::topic_key(&t.text) == key) {
                bail!(
                    "the file has no topic “{topic}”: it has {}",
                    quoted(opened.topics.iter().map(|t| t.text.as_str()))
                );
            }
            choices.push(Choice::new(About::Programme, key, programme(programmes, wanted)?));
        }
        if let Some(wanted) = &self.provider {
            choices.push(Choice::new(About::Provider, "", provider(&opened.providers, wanted)?));
        }
        Ok(choices)
    }

    fn tell(&self, understood: &Understood, same: Option<&taking_back::Import>, applied: Option<&Applied>) {
        if let Some(import) = same {
            let when = import.finished_at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default();
            say!("This file was imported before, on {when}. What is on record already is not taken over again.");
            if understood.choices.get(About::Before, "").is_some() {
                say!("What was answered for it then is taken over, where nothing else is said now.");
            }
        }
        for table in &understood.tables {
            let columns = table.columns.iter().map(|(letters, role, _)| format!("{letters} {}", role.label()));
            let sheet = table.sheet.as_deref().unwrap_or("the file");
            say!("{sheet}, headings in row {}: {}", table.header_row, columns.collect::<Vec<_>>().join(", "));
            let is_open = |heading: &&str| table.open.iter().any(|open| open.heading == *heading);
            let not_read: Vec<_> = table.not_read.iter().map(String::as_str).filter(|h| !is_open(h)).collect();
            if !not_read.is_empty() {
                say!("  not read: {}", quoted(not_read.into_iter()));
            }
            let looked_at = table.headings.iter().filter(|(letters, _)| table.looked_at.contains(letters));
            let looked_at: Vec<_> = looked_at.map(|(_, heading)| heading.as_str()).collect();
            if !looked_at.is_empty() {
                say!("  looked at for whether visits took place: {}", quoted(looked_at.into_iter()));
            }
            for open in &table.open {
                let place = if table.place.is_empty() { String::new() } else { format!("{}!", table.place) };
                let (letters, question) = (&open.letters, open.question());
                say!("  {question} (--column \"{place}{letters}=date\", for instance, or \"{place}{letters}=out\")");
            }
            if let Some(what) = table.lacks() {
                say!("  nothing of it is read: say with --column which column holds the {what}");
            }
        }
        for skipped in &understood.skipped {
            let sheet = skipped.sheet.as_deref().unwrap_or("the file");
            say!(
                "{sheet}, {}: not read, no row of it has the headings of visits or it is left out",
                answers::counted(skipped.rows, "row", "rows")
            );
            for (row, text) in skipped.begins.iter().filter(|_| understood.tables.is_empty()) {
                say!("  row {row}: {text}");
            }
        }
        let asked: Vec<&Row> = understood.rows.iter().filter(|r| r.standing == Standing::Asked).collect();
        for row in asked.iter().take(LINES) {
            let messages = row.questions.iter().map(|q| q.message.as_str()).collect::<Vec<_>>().join(" ");
            say!("{}: “{}”: {messages}", row.where_is(), row.typed.trim());
        }
        if asked.len() > LINES {
            say!("… and {} more rows to ask about", asked.len() - LINES);
        }
        let would = if applied.is_some() { "" } else { "Nothing was stored. It would be: " };
        say!(
            "{would}{} taken over. Not taken over: {} on record already, {} left out as decided, {} without an answer",
            understood.count(Standing::Ready),
            understood.count(Standing::AlreadyThere),
            understood.count(Standing::LeftOut),
            understood.count(Standing::Asked),
        );
        tell_differences(understood);
        if !asked.is_empty() {
            let count = answers::count(understood);
            match &self.questions {
                Some(path) => say!(
                    "{} in {}. Fill in the column “answer”, and run this again with --answers {}.",
                    answers::counted(count, "question is", "questions are"),
                    path.display(),
                    path.display()
                ),
                None => say!(
                    "Answer {} in the browser, or write what is asked to a file with --questions FILE.",
                    answers::counted(count, "question", "questions")
                ),
            }
        }
    }
}

/// What the records say otherwise than the rows that are there already.
fn tell_differences(understood: &Understood) {
    let differing: Vec<_> =
        understood.rows.iter().map(|row| (row, row.differs())).filter(|(_, differs)| !differs.is_empty()).collect();
    for (row, differs) in differing.iter().take(LINES) {
        let differs = differs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        say!("{}: on record already, {differs}; it stays as it is ({})", row.where_is(), row.beside);
    }
    if differing.len() > LINES {
        say!("… and {} more rows of which the records say something else", differing.len() - LINES);
    }
    if !differing.is_empty() {
        say!("If the file is right, change these at their sessions: an import never does.");
    }
}

fn is(name: &str, id: Uuid, wanted: &str) -> bool {
    name.trim().eq_ignore_ascii_case(wanted.trim()) || id.to_string() == wanted.trim()
}

fn programme(programmes: &[Programme], wanted: &str) -> anyhow::Result<Uuid> {
    let found = programmes.iter().find(|p| is(&p.name, p.id, wanted));
    let names = || quoted(programmes.iter().map(|p| p.name.as_str()));
    Ok(found.with_context(|| format!("there is no programme “{wanted}”: there are {}", names()))?.id)
}

fn provider(providers: &[Provider], wanted: &str) -> anyhow::Result<Uuid> {
    let found = providers.iter().find(|p| is(&p.name, p.id, wanted));
    let names = || quoted(providers.iter().map(|p| p.name.as_str()));
    Ok(found.with_context(|| format!("there is no provider “{wanted}”: there are {}", names()))?.id)
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("“{name}”")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn as_json(
    understood: &Understood,
    same: Option<&taking_back::Import>,
    applied: Option<&Applied>,
    import: Option<Uuid>,
) -> Value {
    let tables = understood.tables.iter().map(|table| {
        json!({
            "sheet": table.sheet,
            "place": table.place,
            "header_row": table.header_row,
            "academic_year": table.academic_year,
            "columns": table.columns.iter().map(|(letters, role, heading)| {
                json!({ "column": letters, "is": role, "heading": heading })
            }).collect::<Vec<_>>(),
            "not_read": table.not_read,
            "looked_at": table.looked_at,
            "open": table.open,
        })
    });
    let topics = understood.topics.iter().map(|topic| {
        let programme = understood.programmes.iter().find(|p| Some(p.id) == topic.programme).map(|p| &p.name);
        json!({ "topic": topic.text, "rows": topic.rows, "programme": programme })
    });
    let count = |standing| understood.count(standing);
    json!({
        "tables": tables.collect::<Vec<_>>(),
        "skipped": understood.skipped,
        "topics": topics.collect::<Vec<_>>(),
        "provider": understood.providers.iter().find(|p| Some(p.id) == understood.provider).map(|p| &p.name),
        "rows": understood.rows.iter().map(|row| row_json(row, &understood.names[row.name])).collect::<Vec<_>>(),
        "not_visits": understood.not_visits,
        "figures": {
            "rows": understood.rows.len(),
            "ready": count(Standing::Ready),
            "asked": count(Standing::Asked),
            "already_there": count(Standing::AlreadyThere),
            "left_out": count(Standing::LeftOut),
        },
        "same_file": same_json(same),
        "applied": applied.is_some(),
        "import": import,
    })
}

/// A row, as scripts read it.
fn row_json(row: &Row, name: &Name) -> Value {
    let candidates = name.candidates.iter().map(|c| {
        json!({
            "urn": c.school.urn,
            "name": c.school.name,
            "score": (c.score * 1000.0).round() / 1000.0,
            "reasons": c.reasons.iter().map(intake::matching::Reason::label).collect::<Vec<_>>(),
        })
    });
    let (pupils, approximate) = match row.count {
        Count::Pupils { pupils, approximate } => (Some(pupils), approximate),
        _ => (None, false),
    };
    let status = match row.outcome {
        Outcome::Held => "delivered",
        Outcome::Cancelled => "cancelled",
        Outcome::Postponed => "postponed",
        Outcome::ToConfirm => "to_confirm",
    };
    let differs = row.differs();
    json!({
        "sheet": row.sheet,
        "row": row.row,
        "slot": row.half.filter(|_| row.of_two),
        "half": row.half,
        "typed": row.typed,
        "beside": row.beside.as_ref(),
        "on_record": differs.iter().find_map(|d| if let Differs::Pupils(pupils) = d { Some(*pupils) } else { None }),
        "on_record_years": differs.iter().find_map(|d| if let Differs::Years(years) = d { Some(years) } else { None }),
        "on_record_status": differs.iter().find_map(|d| if let Differs::Outcome(state) = d { Some(state) } else { None }),
        "school": row.school.as_ref().map(|s| json!({ "urn": s.urn, "name": s.name })),
        "match": name.found.as_str(),
        "remembered": matches!(name.found, Found::Remembered(_)),
        "candidates": candidates.collect::<Vec<_>>(),
        "date": row.on,
        "starts": row.starts.map(|t| t.to_string()),
        "year_groups": row.year_groups.iter().map(|y| y.number()).collect::<Vec<_>>(),
        "class": row.label,
        "pupils": pupils,
        "approximate": approximate,
        "topic": row.topic,
        "status": status,
        "stands": row.standing,
        "problems": row.questions.iter().map(|q| json!({
            "asks": q.asks,
            "sheet": row.sheet,
            "cell": q.cell,
            "typed": q.typed,
            "message": q.message,
        })).collect::<Vec<_>>(),
    })
}
