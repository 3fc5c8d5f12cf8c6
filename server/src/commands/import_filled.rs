//! `callboard import attendance FILE` and `callboard import feedback FILE`: sheets that went out and come back filled in

use std::iter;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, ValueEnum};
use domain::access::Actor;
use domain::attendance_sheet;
use domain::feedback::paper::word;
use domain::setting::LaCode;
use records::feedback::{Decision, Unfinished};
use records::imports::{File, Problem};
use records::taking_back::{self, Kind};
use records::{Desk, attendance, feedback};
use serde_json::{Value, json};

use super::import::{NOT_AGAIN, file, listed, same_json, tell_same, write_marked};
use crate::config::Config;

/// A filled sheet.
#[derive(Debug, Args)]
pub(super) struct Filled {
    /// The filled sheet, a workbook or CSV
    file: PathBuf,
    /// The authority whose sessions are on it, by its LA code
    #[arg(long)]
    authority: LaCode,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Write the file, when it is refused, as a workbook with the cells marked that are to be mended
    #[arg(long, value_name = "FILE")]
    marked: Option<PathBuf>,
    /// Print JSON: {"rows", "changes", "added", "unchanged", "asked": [{"what", "on_record", "said"}],
    /// "problems": [{"sheet", "row", "column", "message"}], "left_out": [], "same_file", "import"}
    #[arg(long)]
    json: bool,
}

/// A workbook that feedback on paper was typed into.
#[derive(Debug, Args)]
pub(super) struct Typed {
    #[command(flatten)]
    filled: Filled,
    /// What becomes of forms with blank cells; without it nothing is stored while there is one
    #[arg(long, value_enum)]
    blanks: Option<Blanks>,
}

/// What the blank cells of forms are.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Blanks {
    /// The papers are blank there, too
    NoAnswers,
    /// They are not typed in to the end: all other forms are taken in
    LeaveOut,
}

impl From<Blanks> for Decision {
    fn from(blanks: Blanks) -> Self {
        match blanks {
            Blanks::NoAnswers => Unfinished::TAKE_IN,
            Blanks::LeaveOut => Unfinished::LEAVE_OUT,
        }
    }
}

impl Typed {
    /// The file.
    pub(super) fn file(&self) -> &std::path::Path {
        self.filled.file()
    }

    pub(super) async fn feedback(self, config: &Config) -> anyhow::Result<()> {
        self.filled.run(config, Kind::Feedback, self.blanks).await
    }
}

/// What a sheet says beside the records, as it is printed.
#[derive(Default)]
struct Told {
    rows: usize,
    /// Figures or answers that change.
    changes: usize,
    /// New responses.
    added: usize,
    unchanged: usize,
    /// Forms that were left out, as it was said.
    left_out: Vec<String>,
    asked: Vec<Question>,
    problems: Vec<Problem>,
}

/// What somebody has to decide on the site.
struct Question {
    what: String,
    on_record: Option<String>,
    said: Vec<String>,
}

impl Told {
    fn of_attendance(rows: usize, compared: attendance::Comparison) -> Self {
        let number = |count: i64| count.to_string();
        let figures = compared.asked.iter().map(|asked| Question {
            what: format!(
                "{}, {}, {}: {}{}",
                asked.what.on.format("%-d %B %Y"),
                asked.what.place,
                asked.what.group,
                attendance_sheet::heading(asked.what.figure),
                match asked.copies.as_slice() {
                    [] => String::new(),
                    rows => format!(" (rows of one group: {})", rows.join("; ")),
                }
            ),
            on_record: asked.what.before.map(number),
            said: asked.said.iter().map(|said| format!("{} ({})", said.count, said.wheres.join("; "))).collect(),
        });
        let over = compared.over.iter().map(|over| Question {
            what: format!("{}, {}: {}", over.on.format("%-d %B %Y"), over.place, over.why.join(". ")),
            on_record: None,
            said: Vec::new(),
        });
        Self {
            rows,
            changes: compared.changes.len(),
            added: 0,
            unchanged: compared.unchanged,
            left_out: Vec::new(),
            asked: figures.chain(over).collect(),
            problems: compared.problems,
        }
    }

    fn of_feedback(compared: feedback::Comparison) -> Self {
        let unfinished = compared.unfinished.iter().map(|form| Question {
            what: format!(
                "{}: blank, without an answer or not typed in yet (--blanks no-answers, or --blanks leave-out): {}",
                form.rows,
                form.blanks.iter().map(|question| question.asked(form.kind)).collect::<Vec<_>>().join("; ")
            ),
            on_record: None,
            said: Vec::new(),
        });
        let asked = compared.asked.iter().map(|asked| {
            let say = |given| word(asked.what.question, given).to_owned();
            Question {
                what: format!("{}: {}", asked.what.rows, asked.what.question.asked(asked.what.kind)),
                on_record: asked.what.before.map(say),
                said: asked.said.iter().map(|s| format!("{} ({})", say(s.given), s.wheres.join("; "))).collect(),
            }
        });
        Self {
            rows: compared.rows,
            changes: compared.changes.len(),
            added: compared.forms(),
            unchanged: compared.unchanged,
            left_out: compared.left_out,
            asked: asked.chain(unfinished).collect(),
            problems: compared.problems,
        }
    }

    fn is_settled(&self) -> bool {
        self.asked.is_empty() && self.problems.is_empty()
    }
}

impl Filled {
    /// The file.
    pub(super) fn file(&self) -> &std::path::Path {
        &self.file
    }

    pub(super) async fn attendance(self, config: &Config) -> anyhow::Result<()> {
        self.run(config, Kind::Attendance, None).await
    }

    async fn run(self, config: &Config, kind: Kind, blanks: Option<Blanks>) -> anyhow::Result<()> {
        let file = file(&self.file)?;
        let desk = config.desk().await?;
        let authority = Some(&self.authority);
        let same = taking_back::imported_before(&desk, &Actor::SYSTEM, kind, authority, &file).await;
        let told = self.take_in(&desk, kind, &file, blanks).await;
        desk.db().close().await;
        let (same, (told, import)) = (same?, told.map_err(super::in_words)?);
        if let (Some(path), false) = (&self.marked, told.problems.is_empty()) {
            write_marked(path, &file, &told.problems)?;
        }
        if self.json {
            let asked: Vec<Value> = told
                .asked
                .iter()
                .map(|asked| json!({ "what": asked.what, "on_record": asked.on_record, "said": asked.said }))
                .collect();
            say!(
                "{}",
                json!({
                    "rows": told.rows, "changes": told.changes, "added": told.added, "unchanged": told.unchanged,
                    "left_out": told.left_out,
                    "asked": asked, "problems": told.problems, "same_file": same_json(same.as_ref()), "import": import,
                })
            );
        } else if told.is_settled() {
            tell_same(same.as_ref(), NOT_AGAIN);
            self.tell(kind, &told);
        }
        let name = self.file.display();
        match (told.problems.is_empty(), told.asked.is_empty()) {
            (true, true) => Ok(()),
            _ if self.json => bail!("{name} is not taken in; nothing was stored"),
            (false, _) => bail!("{name} is refused; nothing was stored:{}", listed(&told.problems)),
            (true, false) => bail!(
                "{name} says otherwise than the records; nothing was stored. Upload it on the site, and decide who is right:{}",
                told.asked.iter().map(|asked| format!("\n  {}", sentence(asked))).collect::<String>()
            ),
        }
    }

    /// What the file says, and the import when it was taken in.
    async fn take_in(
        &self,
        desk: &Desk,
        kind: Kind,
        file: &File,
        blanks: Option<Blanks>,
    ) -> records::Result<(Told, Option<uuid::Uuid>)> {
        let mut decided = feedback::Decisions::new();
        let (actor, authority) = (&Actor::SYSTEM, Some(&self.authority));
        let told = match kind {
            Kind::Attendance => match attendance::read_workbook(&Arc::clone(&file.bytes), &file.name) {
                Ok(filled) => {
                    let answers = attendance::Answers::default();
                    let compared = attendance::compare(desk, actor, authority, &filled, &answers).await?;
                    Told::of_attendance(filled.rows.len(), compared)
                }
                Err(problems) => Told { problems, ..Told::default() },
            },
            _ => match feedback::read_workbook(&file.bytes, &file.name) {
                Ok(typed) => {
                    let compared = feedback::compare(desk, actor, authority, &typed, &decided).await?;
                    let unfinished = compared.unfinished.iter().map(|form| form.field.clone());
                    decided.extend(
                        blanks.into_iter().flat_map(|blanks| unfinished.clone().zip(iter::repeat(blanks.into()))),
                    );
                    Told::of_feedback(feedback::compare(desk, actor, authority, &typed, &decided).await?)
                }
                Err(problems) => Told { problems, ..Told::default() },
            },
        };
        if self.dry_run || !told.is_settled() || told.rows == 0 {
            return Ok((told, None));
        }
        // Compared once more as it is written: what the records say by then counts.
        let (id, told) = match kind {
            Kind::Attendance => {
                let id = attendance::upload(desk, actor, authority, file).await?;
                let done = attendance::apply(desk, actor, id, &attendance::Answers::default()).await?;
                (id, Told::of_attendance(told.rows, done))
            }
            _ => {
                let id = feedback::upload(desk, actor, authority, file).await?;
                (id, Told::of_feedback(feedback::apply(desk, actor, id, &decided).await?))
            }
        };
        Ok((told, Some(id)))
    }

    fn tell(&self, kind: Kind, told: &Told) {
        let would = if self.dry_run { "Nothing was stored. It would be: " } else { "" };
        if told.rows == 0 {
            say!("Nothing is filled in on this sheet");
        } else if kind == Kind::Attendance {
            say!("{would}{} figures changed, {} rows on record already", told.changes, told.unchanged);
        } else {
            say!(
                "{would}{} responses added, {} answers changed, {} forms on record already",
                told.added,
                told.changes,
                told.unchanged
            );
            if !told.left_out.is_empty() {
                say!("Left out, since they have blank cells: {}", told.left_out.join("; "));
            }
        }
    }
}

/// “row 5: What did you think of the session? On record: Good. The sheet: OK (row 5)”
fn sentence(asked: &Question) -> String {
    let record = asked.on_record.as_ref().map(|record| format!(". On record: {record}")).unwrap_or_default();
    let said = if asked.said.is_empty() { String::new() } else { format!(". The sheet: {}", asked.said.join(", ")) };
    format!("{}{record}{said}", asked.what)
}
