//! What is asked about a file, written out to be answered without a browser, and the answers read again.
//!
//! As CSV or JSON, one line a question: `id`, `asks`, `where`, `typed`, `problem`, `candidates`, `answer`. Answers that
//! were given stand in it too, so that it is all that has to be kept between two rounds.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use domain::access::{Actor, Scope};
use domain::spreadsheet::{guarded, is_like_formula};
use records::histories::{About, Answer, Asks, Choice, Name, OUT, Open, Role, Standing, Understood, topic_key};
use records::schools::{self, Filter};
use records::{Desk, Page};
use serde::{Deserialize, Serialize};

/// Rows of a question that are named.
const NAMED: usize = 20;
/// What stands in an answer for “nobody knows”.
const UNKNOWN: &str = "unknown";

/// A question as a line of the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Line {
    id: String,
    asks: String,
    #[serde(rename = "where")]
    places: String,
    typed: String,
    problem: String,
    candidates: String,
    answer: String,
}

/// Questions by their ids.
pub(super) type Lines = BTreeMap<String, Line>;

/// What a question is about.
enum Subject<'a> {
    Name(&'a Name),
    Topic(&'a str),
    Provider,
    /// What a column holds: the place that [choices](Choice) call it.
    Column(String),
    Rows(Box<Open>),
}

/// Every question that is open. Cells with the same text are one question, rows that look like others are not.
fn questions(understood: &Understood) -> Vec<(Line, Subject<'_>)> {
    let rows = understood.rows.iter().filter(|row| row.standing == Standing::Asked);
    let asked = |asks: Asks| rows.clone().flat_map(|row| &row.questions).any(move |q| q.asks == asks);
    let mut all = Vec::new();
    if asked(Asks::Provider) {
        let names = understood.providers.iter().map(|p| p.name.as_str()).collect::<Vec<_>>();
        let problem = "Who delivered? Answer with the provider’s name.".to_owned();
        let line = Line { id: "provider".into(), asks: "provider".into(), problem, ..Line::default() };
        all.push((Line { candidates: names.join("; "), ..line }, Subject::Provider));
    }
    for topic in understood.topics.iter().filter(|t| t.programme.is_none() && !t.is_out) {
        let names = understood.programmes.iter().map(|p| p.name.as_str()).collect::<Vec<_>>();
        let line = Line {
            id: format!("programme {}", topic_key(&topic.text)).trim_end().to_owned(),
            asks: "programme".into(),
            places: counted(topic.rows, "row", "rows"),
            typed: topic.text.clone(),
            problem: "Which programme was it? Answer with its name, or “out” to leave its rows out.".into(),
            candidates: names.join("; "),
            ..Line::default()
        };
        all.push((line, Subject::Topic(&topic.text)));
    }
    for table in &understood.tables {
        for open in &table.open {
            let place = format!("{}\t{}", table.place, open.letters);
            let line = Line {
                id: format!("column {}!{}", table.place, open.letters),
                asks: "column".into(),
                places: format!("{}{}", open.letters, table.header_row),
                typed: open.heading.clone(),
                problem: format!("{} Answer with what it holds, or “out” if it is not to be read.", open.question()),
                candidates: Role::ALL.map(Role::as_str).join("; "),
                ..Line::default()
            };
            all.push((line, Subject::Column(place)));
        }
    }
    for name in understood.undecided() {
        let candidates = name.candidates.iter().map(|c| {
            let town = c.school.town.as_ref().map(|town| format!(", {town}")).unwrap_or_default();
            let urn = c.school.urn.map(|urn| format!("{urn} ")).unwrap_or_default();
            let reasons = c.reasons.iter().map(records::histories::Evidence::label).collect::<Vec<_>>().join(", ");
            let reasons = if reasons.is_empty() { String::new() } else { format!(" ({reasons})") };
            format!("{urn}{}{town}{reasons}", c.school.name)
        });
        let beside = [name.town.as_str(), name.postcode.as_str()].into_iter().filter(|text| !text.is_empty());
        let line = Line {
            id: format!("school {}", name.key),
            asks: "school".into(),
            places: places(name.rows.iter().map(|at| understood.rows[*at].where_is())),
            typed: std::iter::once(name.text.as_str()).chain(beside).collect::<Vec<_>>().join(", "),
            problem: "Which school is it? Answer with its URN, or “out” to leave its rows out.".into(),
            candidates: candidates.collect::<Vec<_>>().join("; "),
            ..Line::default()
        };
        all.push((line, Subject::Name(name)));
    }
    let one_by_one = understood.open();
    for group in understood.open_together() {
        let together = group.asked == 1 || (group.asks == Asks::Cell && !group.typed.trim().is_empty());
        let parts = if together {
            vec![group]
        } else {
            one_by_one.iter().filter(|open| open.kind == group.kind).cloned().collect()
        };
        all.extend(parts.into_iter().map(|open| (of_rows(understood, &open), Subject::Rows(Box::new(open)))));
    }
    all
}

fn of_rows(understood: &Understood, open: &Open) -> Line {
    let how = match open.asks {
        Asks::Outcome => " Answer “held”, “cancelled” or “out”.",
        Asks::Again => " Answer “own” for another session, or “out” to leave the row out.",
        _ if open.is_count() => " Answer with the number, “unknown”, or “out” to leave the row out.",
        _ => " Answer with what is right, or “out” to leave the row out.",
    };
    let rows = open.rows.iter().map(|(at, cell)| match cell {
        Some(cell) if understood.rows[*at].sheet.is_empty() => cell.clone(),
        Some(cell) => format!("{}, {cell}", understood.rows[*at].sheet),
        None => understood.rows[*at].where_is(),
    });
    let asks = match open.asks {
        Asks::Outcome => "outcome",
        Asks::Again => "again",
        _ => "cell",
    };
    Line {
        id: open.id.clone(),
        asks: asks.into(),
        places: places(rows),
        typed: open.typed.trim().to_owned(),
        problem: format!("{}{how}", open.message),
        ..Line::default()
    }
}

/// “1 row”, “3 rows”
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn places(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<_> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join("; ")
}

/// What the answers say of the questions that are open; those that say nothing are left open.
pub(super) async fn choices(desk: &Desk, understood: &Understood, given: &Lines) -> anyhow::Result<Vec<Choice>> {
    let (mut choices, mut wrong) = (Vec::new(), Vec::new());
    for (line, subject) in questions(understood) {
        let Some(answer) = given.get(&line.id).map(|line| line.answer.trim()).filter(|answer| !answer.is_empty())
        else {
            continue;
        };
        let is_out = answer.eq_ignore_ascii_case(OUT);
        let said = match subject {
            Subject::Name(name) if is_out => Ok(vec![Choice::new(About::School, &name.key, OUT)]),
            Subject::Name(name) => {
                school(desk, understood, answer).await?.map(|id| vec![Choice::new(About::School, &name.key, id)])
            }
            Subject::Topic(text) if is_out => Ok(vec![Choice::new(About::Programme, topic_key(text), OUT)]),
            Subject::Topic(text) => super::programme(&understood.programmes, answer)
                .map(|id| vec![Choice::new(About::Programme, topic_key(text), id)])
                .map_err(|error| error.to_string()),
            Subject::Provider => super::provider(&understood.providers, answer)
                .map(|id| vec![Choice::new(About::Provider, "", id)])
                .map_err(|error| error.to_string()),
            Subject::Column(place) if is_out => Ok(vec![Choice::new(About::Column, place, OUT)]),
            Subject::Column(place) => match Role::named(&answer.to_lowercase()) {
                Some(role) => Ok(vec![Choice::new(About::Column, place, role.as_str())]),
                None => Err(format!("a column cannot hold this: it holds {}", Role::ALL.map(Role::as_str).join(", "))),
            },
            Subject::Rows(open) => of_answer(understood, &open, answer),
        };
        match said {
            Ok(said) => choices.extend(said),
            Err(why) => wrong.push(format!("\n  {}: “{answer}”: {why}", line.id)),
        }
    }
    if wrong.is_empty() {
        Ok(choices)
    } else {
        bail!("these answers cannot be taken; nothing was stored:{}", wrong.concat())
    }
}

fn of_answer(understood: &Understood, open: &Open, answer: &str) -> Result<Vec<Choice>, String> {
    let word = answer.to_lowercase();
    let answer = match (open.asks, word.as_str()) {
        (_, OUT) => Answer::Out,
        (Asks::Cell, UNKNOWN) if open.is_count() => Answer::Text(String::new()),
        (Asks::Cell, _) => Answer::Text(answer.to_owned()),
        _ => Answer::Text(word.clone()),
    };
    let choices = open.choices(understood, &answer);
    if choices.is_empty() { Err(of_rows(understood, open).problem) } else { Ok(choices) }
}

/// A school of the authority by its URN or its whole name; why there is none.
async fn school(desk: &Desk, understood: &Understood, answer: &str) -> anyhow::Result<Result<String, String>> {
    let actor = Actor { scope: Scope::Authority(understood.authority.clone()), ..Actor::SYSTEM };
    let mut found = Vec::new();
    for gone in [false, true] {
        let filter = Filter { search: answer.to_owned(), gone, ..Filter::default() };
        let (lines, _) = schools::list(desk, &actor, &filter, Page { number: 1, size: 100 }).await?;
        let is = |line: &&schools::Line| {
            line.name.eq_ignore_ascii_case(answer) || line.urn.is_some_and(|urn| urn.to_string() == answer)
        };
        found.extend(lines.iter().filter(is).map(|line| line.id));
    }
    found.truncate(2);
    Ok(match found.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err("no school has this URN or name".to_owned()),
        _ => Err("several schools have this name: answer with the URN".to_owned()),
    })
}

/// How many questions are open.
pub(super) fn count(understood: &Understood) -> usize {
    questions(understood).len()
}

/// Reads a file of answers.
pub(super) fn read(path: &Path) -> anyhow::Result<Lines> {
    let bytes = super::read(path)?;
    let refused = || format!("{} is no file of answers: write one with --questions", path.display());
    let lines: Vec<Line> = if is_json(path) {
        serde_json::from_slice(&bytes).with_context(refused)?
    } else {
        // A spreadsheet program may put a mark before the first letter.
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        csv::Reader::from_reader(text).deserialize().collect::<Result<_, _>>().with_context(refused)?
    };
    let unguarded = |text: &mut String| {
        if let Some(plain) = text.strip_prefix('\'').filter(|plain| is_like_formula(plain)) {
            *text = plain.to_owned();
        }
    };
    let plain = |mut line: Line| {
        unguarded(&mut line.id);
        unguarded(&mut line.answer);
        (line.id.clone(), line)
    };
    Ok(lines.into_iter().map(plain).collect())
}

/// Writes the questions that are open, after the answers that were given.
pub(super) fn write(path: &Path, understood: &Understood, given: &Lines) -> anyhow::Result<()> {
    let given = given.values().filter(|line| !line.answer.trim().is_empty()).cloned();
    let open = questions(understood).into_iter().map(|(line, _)| line);
    let mut lines: Vec<Line> = Vec::new();
    for line in given.chain(open) {
        // An answer that did not answer its question is asked for again.
        lines.retain(|known| known.id != line.id);
        lines.push(line);
    }
    let bytes = if is_json(path) {
        serde_json::to_vec_pretty(&lines)?
    } else {
        let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        for line in &lines {
            let Line { id, asks, places, typed, problem, candidates, answer } = line;
            let [id, places, typed, candidates] = [id, places, typed, candidates].map(|text| guarded(text));
            let (asks, problem, answer) = (asks.clone(), problem.clone(), guarded(answer));
            csv.serialize(Line { id, asks, places, typed, problem, candidates, answer })?;
        }
        if lines.is_empty() {
            csv.write_record(["id", "asks", "where", "typed", "problem", "candidates", "answer"])?;
        }
        csv.into_inner().map_err(|error| anyhow::anyhow!("{}", error.error()))?
    };
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}
