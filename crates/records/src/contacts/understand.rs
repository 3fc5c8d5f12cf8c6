//! A list, what was said of it and the records as they are: what is understood.

use std::sync::Arc;

use domain::access::Actor;
use domain::setting::LaCode;
use intake::contacts::{self, Contacts, Corrections, Line, Role};
use intake::matching::Links;
use uuid::Uuid;

use super::{KIND, MAY, Understood, judge};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::histories::ground::{self, Schools};
use crate::histories::names::{self, Written};
use crate::histories::{About, Choice, Choices, Name, choices};
use crate::imports::File;
use crate::{lineage, uploads};

/// What is understood of a list that waits, with what was said of it so far.
///
/// # Errors
/// Forbidden; not found; it was applied already.
pub async fn understand(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Understood> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    let file = uploads::file(&mut conn, &import).await?;
    let choices = choices::of_import(&mut conn, id).await?;
    let authority = import.authority()?;
    let reading = Reading::of(&mut conn, &authority, &file, &choices).await?;
    in_conn(&mut conn, &authority, reading, choices).await
}

/// What is understood of a list that is not stored, with choices.
///
/// # Errors
/// Forbidden; a file that cannot be read; a choice that is not the authority's.
pub async fn look_at_file(
    desk: &Desk,
    actor: &Actor,
    authority: &LaCode,
    file: &File,
    said: &[Choice],
) -> Result<Understood> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, Some(authority), MAY)?;
    let mut conn = desk.read().await?;
    choices::check(&mut conn, authority.as_str(), said).await?;
    let choices: Choices = said.iter().cloned().collect();
    let reading = Reading::of(&mut conn, &authority, file, &choices).await?;
    in_conn(&mut conn, &authority, reading, choices).await
}

/// A list as it is read, and what was said of it then.
pub(super) struct Reading {
    said: Corrections,
    contacts: Contacts,
}

impl Reading {
    /// Reads a list with what is said of it, and of lists of its shape.
    pub(super) async fn of(conn: &mut Conn, authority: &LaCode, file: &File, choices: &Choices) -> Result<Self> {
        let said = Self::said(conn, authority, choices).await?;
        let (bytes, name) = (Arc::clone(&file.bytes), file.name.clone());
        // Reading takes a moment: it is done beside the other tasks.
        let read = tokio::task::spawn_blocking(move || {
            contacts::read(&bytes, &name, &said).map(|contacts| Self { said, contacts })
        });
        read.await.map_err(Error::unavailable)?.map_err(|problems| uploads::unreadable(&problems))
    }

    /// The same where nothing else is said of the list by now, or it is read again.
    pub(super) async fn renewed(
        self,
        conn: &mut Conn,
        authority: &LaCode,
        file: &File,
        choices: &Choices,
    ) -> Result<Self> {
        if Self::said(conn, authority, choices).await? == self.said {
            Ok(self)
        } else {
            Self::of(conn, authority, file, choices).await
        }
    }

    async fn said(conn: &mut Conn, authority: &LaCode, choices: &Choices) -> Result<Corrections> {
        let mut said = Corrections {
            shapes: ground::shapes(conn, authority.as_str(), Role::named).await?,
            blank_is_above: choices.get(About::Blank, "").is_some(),
            ..Corrections::default()
        };
        for (place, value) in choices.of(About::Column) {
            if let Some((sheet, letters)) = place.split_once('\t') {
                said.columns.entry(sheet.to_owned()).or_default().push((letters.to_owned(), Role::named(value)));
            }
        }
        Ok(said)
    }
}

/// What is understood, inside another operation.
pub(super) async fn in_conn(
    conn: &mut Conn,
    authority: &LaCode,
    reading: Reading,
    choices: Choices,
) -> Result<Understood> {
    let code = authority.as_str();
    let contacts = reading.contacts;
    let schools = Schools::load(conn, authority).await?;
    let held = judge::held(conn, code).await?;
    let links = lineage::kept(conn, &[code.to_owned()]).await?.remove(code).unwrap_or_default();
    let authority = authority.clone();
    let matching = tokio::task::spawn_blocking(move || {
        let register = schools.register(&Links::new(links));
        let (named, names, of) = names_of(&contacts.lines, &schools, &register, &choices);
        let mut name_of = vec![None; contacts.lines.len()];
        for (line, name) in named.into_iter().zip(of) {
            name_of[line] = Some(name);
        }
        let (rows, gone) = judge::rows(&contacts.lines, &name_of, &names, &schools, &held, &choices);
        Understood {
            authority,
            tables: contacts.tables,
            not_people: contacts.left_out,
            not_read: contacts.not_read,
            rows,
            names,
            blank_schools: contacts.blank_schools,
            gone,
            choices,
            resembles: contacts.resembles,
        }
    });
    matching.await.map_err(Error::unavailable)
}

/// The lines that name a school, the names, and which of them each of those lines has.
fn names_of(
    lines: &[Line],
    schools: &Schools,
    register: &intake::matching::Register,
    choices: &Choices,
) -> (Vec<usize>, Vec<Name>, Vec<usize>) {
    let named: Vec<usize> = (0..lines.len())
        .filter(|at| [&lines[*at].school, &lines[*at].urn, &lines[*at].dfe].iter().any(|t| !t.is_empty()))
        .collect();
    // A number of the Department's is turned into the school's URN; one that is of no open school says nothing.
    let numbers: Vec<String> =
        named.iter().map(|at| names::number(&lines[*at].urn, &lines[*at].dfe, schools).unwrap_or_default()).collect();
    let written: Vec<Written<'_>> = named
        .iter()
        .zip(&numbers)
        .map(|(at, urn)| {
            let Line { school, town, postcode, .. } = &lines[*at];
            Written { school, town, postcode, urn, years: None }
        })
        .collect();
    let (names, of) = names::names(&written, schools, register, choices);
    (named, names, of)
}
