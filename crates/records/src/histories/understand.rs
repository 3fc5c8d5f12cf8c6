//! A file, what was said of it and the records as they are: what is understood.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::access::Actor;
use domain::setting::LaCode;
use intake::history::{self, Corrections, History, Role, Visit};
use intake::matching::Links;
use uuid::Uuid;

use super::ground::{self, Schools};
use super::judge::{Bench, is_called, topic_key};
use super::{
    About, Choice, Choices, Import, KIND, MAY, OUT, Programme, Provider, State, Topic, Understood, choices, kept, names,
};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::imports::File;
use crate::{lineage, uploads};

/// What is understood of an import that waits, with what was said of it so far.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn understand(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Understood> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    let choices = choices::of_import(&mut conn, id).await?;
    let reading = Reading::of_import(&mut conn, &import, &choices).await?;
    in_conn(&mut conn, desk, &import.authority()?, &reading, choices, &Links::default()).await
}

/// A file that is not stored, read once to be looked at and [taken over](super::take_over).
#[derive(Debug)]
pub struct Opened {
    pub(super) authority: LaCode,
    pub(super) file: File,
    pub(super) reading: Reading,
    /// What [choices](Choice) call its tables, and the sheets without one; blank for the first of a text file.
    pub places: Vec<String>,
    /// What was given, in the order of the file, with the programmes of the same names.
    pub topics: Vec<Topic>,
    /// The programmes there are to choose from.
    pub programmes: Vec<Programme>,
    /// The providers there are to choose from.
    pub providers: Vec<Provider>,
}

impl Opened {
    /// Whether no sheet of it has the headings of visits.
    #[must_use]
    pub fn is_without_table(&self) -> bool {
        self.reading.history.tables.is_empty()
    }

    /// Where no table of it has both a day and a school, so that nothing is read: the sheet of the first, and what it lacks.
    #[must_use]
    pub fn lacks(&self) -> Option<(Option<&str>, &'static str)> {
        let lacking: Option<Vec<_>> =
            self.reading.history.tables.iter().map(|table| Some((table.sheet.as_deref(), table.lacks()?))).collect();
        lacking?.into_iter().next()
    }
}

/// Reads a file, with what is said of its headings, columns and years.
///
/// # Errors
/// Forbidden; a file that cannot be read; a choice that cannot be.
pub async fn open(desk: &Desk, actor: &Actor, authority: &LaCode, file: File, layout: &[Choice]) -> Result<Opened> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, Some(authority), MAY)?;
    let mut conn = desk.read().await?;
    choices::check(&mut conn, authority.as_str(), layout).await?;
    let choices: Choices = layout.iter().cloned().collect();
    let reading = Reading::of(&mut conn, &authority, &file, &choices).await?;
    let programmes = ground::programmes(&mut conn, authority.as_str()).await?;
    let providers = ground::providers(&mut conn, authority.as_str()).await?;
    let topics = topics(&reading.history, &choices, &programmes);
    let History { tables, skipped, .. } = &*reading.history;
    let skipped = skipped.iter().map(|skipped| skipped.sheet.clone().unwrap_or_default());
    let places = tables.iter().map(|table| table.place.clone()).chain(skipped).collect();
    Ok(Opened { authority, file, reading, places, topics, programmes, providers })
}

/// What is understood of a file that is not stored, with choices and links that tell old names.
///
/// # Errors
/// Forbidden; another authority’s; a choice that is not the authority’s.
pub async fn look_at(
    desk: &Desk,
    actor: &Actor,
    opened: &Opened,
    choices: &[Choice],
    links: &Links,
) -> Result<Understood> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, Some(&opened.authority), MAY)?;
    let mut conn = desk.read().await?;
    choices::check(&mut conn, authority.as_str(), choices).await?;
    let choices: Choices = choices.iter().cloned().collect();
    let reading = opened.reading.renewed(&mut conn, &authority, &opened.file, &choices).await?;
    in_conn(&mut conn, desk, &authority, &reading, choices, links).await
}

/// A file as it is read, and what was said of it then.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    said: Arc<Corrections>,
    pub(super) history: Arc<History>,
}

impl Reading {
    /// Reads a file with what is said of it, and of files of its shape.
    pub(super) async fn of(conn: &mut Conn, authority: &LaCode, file: &File, choices: &Choices) -> Result<Self> {
        Self::read(file, Self::said(conn, authority, choices).await?).await
    }

    /// The same of an import that waits: what was kept of the last look at it, where nothing else is said by now.
    pub(super) async fn of_import(conn: &mut Conn, import: &Import, choices: &Choices) -> Result<Self> {
        let said = Self::said(conn, &import.authority()?, choices).await?;
        if let Some(history) = kept::get(&import.file_sha256, &said).filter(|_| import.state == State::Previewed) {
            return Ok(Self { said: Arc::new(said), history });
        }
        let reading = Self::read(&uploads::file(conn, import).await?, said).await?;
        reading.keep(&import.file_sha256);
        Ok(reading)
    }

    /// Keeps it for the next look at the file, by its SHA-256.
    pub(super) fn keep(&self, file: &str) {
        kept::keep(file, &self.said, &self.history);
    }

    pub(super) async fn read(file: &File, said: Corrections) -> Result<Self> {
        let (bytes, name, said) = (Arc::clone(&file.bytes), file.name.clone(), Arc::new(said));
        // Reading takes a moment: it is done beside the other tasks.
        let read = tokio::task::spawn_blocking(move || {
            let history = history::read_corrected(&bytes, &name, &said)?;
            Ok(Self { said, history: Arc::new(history) })
        });
        read.await.map_err(Error::unavailable)?.map_err(|problems: Vec<intake::Problem>| uploads::unreadable(&problems))
    }

    /// The same where nothing else is said of the file by now, or it is read again.
    pub(super) async fn renewed(
        &self,
        conn: &mut Conn,
        authority: &LaCode,
        file: &File,
        choices: &Choices,
    ) -> Result<Self> {
        let said = Self::said(conn, authority, choices).await?;
        if said == *self.said { Ok(self.clone()) } else { Self::read(file, said).await }
    }

    /// Whether nothing else is said of the file by now.
    pub(super) async fn is_current(&self, conn: &mut Conn, authority: &LaCode, choices: &Choices) -> Result<bool> {
        Ok(Self::said(conn, authority, choices).await? == *self.said)
    }

    pub(super) async fn said(conn: &mut Conn, authority: &LaCode, choices: &Choices) -> Result<Corrections> {
        let mut said = choices.corrections();
        said.shapes = ground::shapes(conn, authority.as_str(), Role::named).await?;
        Ok(said)
    }
}

/// What is understood, inside another operation. Schools' old names come from the links on record and from `links`.
pub(super) async fn in_conn(
    conn: &mut Conn,
    desk: &Desk,
    authority: &LaCode,
    reading: &Reading,
    choices: Choices,
    links: &Links,
) -> Result<Understood> {
    let code = authority.as_str();
    let history = Arc::clone(&reading.history);
    let schools = Schools::load(conn, authority).await?;
    let (programmes, providers) = (ground::programmes(conn, code).await?, ground::providers(conn, code).await?);
    let on_record = match days(&history) {
        Some(days) => ground::on_record(conn, code, days).await?,
        None => Vec::new(),
    };
    let provider = choices.key(About::Provider, "").or(match providers.as_slice() {
        [only] => Some(only.id),
        _ => None,
    });
    let topics = topics(&history, &choices, &programmes);
    let kept = lineage::kept(conn, &[code.to_owned()]).await?.remove(code).unwrap_or_default();
    let links = Links::new(links.rows().iter().cloned().chain(kept).collect());
    let (authority, today) = (authority.clone(), desk.today());
    let matching = tokio::task::spawn_blocking(move || {
        let register = schools.register(&links);
        let numbers = numbers(&history, &schools);
        let number = |at: usize| numbers.get(at).map_or(history.visits[at].urn.as_str(), |number| number);
        let written: Vec<_> =
            history.visits.iter().enumerate().map(|(at, v)| names::Written::of(v, number(at))).collect();
        let (names, of) = names::names(&written, &schools, &register, &choices);
        let bench = Bench {
            history: &history,
            names: &names,
            of: &of,
            topics: &topics,
            schools: &schools,
            has_provider: provider.is_some(),
            choices: &choices,
            on_record,
            today,
        };
        let rows = bench.judge();
        let (tables, not_visits, skipped) = (history.tables.clone(), history.left_out.clone(), history.skipped.clone());
        Understood {
            authority,
            tables,
            not_visits,
            skipped,
            rows,
            names,
            topics,
            programmes,
            providers,
            provider,
            choices,
            resembles: history.resembles,
        }
    });
    matching.await.map_err(Error::unavailable)
}

/// The number of each visit's school: its URN, or that of the school whose number at the Department for Education
/// stands there. None at all where the file has no such numbers.
fn numbers<'a>(history: &'a History, schools: &Schools) -> Vec<Cow<'a, str>> {
    if history.visits.iter().all(|visit| visit.dfe.is_empty()) {
        return Vec::new();
    }
    let mut known = HashMap::<(&str, &str), String>::new();
    let number = |visit: &'a Visit| {
        let number = known
            .entry((&visit.urn, &visit.dfe))
            .or_insert_with(|| names::number(&visit.urn, &visit.dfe, schools).unwrap_or_else(|| visit.urn.clone()));
        Cow::Owned(number.clone())
    };
    history.visits.iter().map(number).collect()
}

/// The first and the last day of a file.
fn days(history: &History) -> Option<(NaiveDate, NaiveDate)> {
    let put_off = |visit: &Visit| visit.put_off.as_ref().map(|put_off| put_off.to);
    let days = || history.visits.iter().flat_map(|visit| [visit.on, put_off(visit)]).flatten();
    days().min().zip(days().max())
}

/// What was given, each once: the programme chosen for it, the one of its name, or the one chosen for the whole file.
fn topics(history: &History, choices: &Choices, programmes: &[Programme]) -> Vec<Topic> {
    let (mut topics, mut at) = (Vec::<Topic>::new(), HashMap::<String, usize>::new());
    for visit in &history.visits {
        let key = topic_key(&visit.topic);
        let topic = *at.entry(key.clone()).or_insert_with(|| {
            let chosen = choices.get(About::Programme, &key).filter(|_| !key.is_empty());
            let of_name = || programmes.iter().find(|p| is_called(&p.name, &visit.topic)).map(|p| p.id);
            let programme = match chosen {
                Some(OUT) => None,
                Some(_) => choices.key(About::Programme, &key),
                None => of_name().or_else(|| choices.key(About::Programme, "")),
            };
            topics.push(Topic { text: visit.topic.clone(), rows: 0, programme, is_out: chosen == Some(OUT) });
            topics.len() - 1
        });
        topics[topic].rows += 1;
    }
    topics
}
