//! What was chosen for an earlier file that is the same, or like it: offered again, for a person to say yes to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::access::Actor;
use uuid::Uuid;

use super::{About, KIND, MAY, OUT, Understood, choices, topic_key};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;
use crate::uploads::{self, MARKED};

/// A choice that was made for an earlier file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What was chosen: a key, or [`OUT`].
    pub value: String,
    /// The earlier file's name.
    pub file_name: String,
    /// When that was taken over; none: it waits, and this one is its marked copy.
    pub at: Option<DateTime<Utc>>,
}

/// What earlier files were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    /// The programme of the whole file: of the one it is a marked copy of, one that is the same, or has the same headings.
    pub programme: Option<Suggestion>,
    /// Who delivered.
    pub provider: Option<Suggestion>,
    /// The programmes of topics, by [`topic_key`]: as the last file with such a topic has it.
    pub topics: BTreeMap<String, Suggestion>,
}

/// An earlier import: its key, its file's name, and when it was applied.
type Before = (Uuid, String, Option<DateTime<Utc>>);

/// The name, but for its ending, of the file that a marked copy was made of, though a browser numbered the copy: of
/// `log marked (1).xlsx` it is `log`.
fn marked_of(file_name: &str) -> Option<&str> {
    let (of, copy) = stem(file_name).rsplit_once(MARKED)?;
    copy.chars().all(|c| c.is_ascii_digit() || " ()-_".contains(c)).then_some(of)
}

fn stem(file_name: &str) -> &str {
    file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem)
}

/// The file that one is the marked copy of: the latest of that name, whether it waits or was taken over. Its bytes are
/// others, and its headings are remembered nowhere before it is taken over.
async fn origin(conn: &mut Conn, import: &uploads::Import) -> Result<Option<Before>> {
    let Some(name) = marked_of(&import.file_name) else { return Ok(None) };
    let files = fetch_all!(
        conn,
        Before,
        "SELECT id, file_name, finished_at FROM import
         WHERE kind = 'history' AND state IN ('previewed', 'applied') AND authority_code = $1 AND id <> $2
         ORDER BY started_at DESC, id DESC",
        &import.authority_code,
        import.id
    )?;
    Ok(files.into_iter().find(|(_, file_name, _)| stem(file_name) == name))
}

/// What was chosen for earlier files of the authority where this one says nothing yet. Nothing follows from it until it is
/// chosen for this file, too.
///
/// # Errors
/// Forbidden; not found.
pub async fn earlier(desk: &Desk, actor: &Actor, id: Uuid, understood: &Understood) -> Result<Earlier> {
    desk.authorise(actor, MAY)?;
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    let authority = understood.authority.as_str();

    let mut keys: BTreeSet<String> = understood.topics.iter().map(|topic| topic_key(&topic.text)).collect();
    keys.retain(|key| !key.is_empty() && understood.choices.get(About::Programme, key).is_none());
    // The latest last: it counts.
    let mut of_topics = fetch_all!(
        conn,
        (Uuid, String, Option<DateTime<Utc>>, String, String),
        "SELECT i.id, i.file_name, i.finished_at, c.place, c.value
         FROM import i JOIN import_choice c ON c.import_id = i.id AND c.about = 'programme'
         WHERE i.authority_code = $1 AND i.kind = 'history' AND i.state = 'applied'
         ORDER BY i.finished_at, i.id",
        authority
    )?;
    of_topics.retain(|(.., place, _)| keys.contains(place));

    // The file it is a marked copy of first, then the same file, then those with the same headings, then those with the same topics; of each the latest.
    let origin = origin(&mut conn, &import).await?;
    let same = fetch_all!(
        conn,
        Before,
        "SELECT id, file_name, finished_at FROM import
         WHERE kind = 'history' AND state = 'applied' AND authority_code = $1 AND file_sha256 = $2 AND id <> $3
         ORDER BY finished_at DESC, id DESC LIMIT 1",
        authority,
        &import.file_sha256,
        id
    )?;
    let shapes: BTreeSet<&str> = understood.tables.iter().map(|table| table.shape.as_str()).collect();
    let alike = fetch_all!(
        conn,
        (Uuid, String, Option<DateTime<Utc>>, String),
        "SELECT i.id, i.file_name, i.finished_at, s.shape FROM import_shape s JOIN import i ON i.id = s.import_id
         WHERE s.authority_code = $1 AND i.kind = 'history' AND i.state = 'applied'
         ORDER BY i.finished_at DESC, i.id DESC",
        authority
    )?;
    let alike = alike.into_iter().find(|(.., shape)| shapes.contains(shape.as_str()));
    let alike = alike.map(|(id, name, at, _)| (id, name, at));
    let named = of_topics.last().map(|(id, name, at, ..)| (*id, name.clone(), *at));

    let mut found = Earlier::default();
    let is_programme = |value: &str| understood.programmes.iter().any(|p| p.id.to_string() == value);
    for (_, file_name, at, place, value) in of_topics {
        if value == OUT || is_programme(&value) {
            found.topics.insert(place, Suggestion { value, file_name, at });
        }
    }
    if let Some((of, file_name, at)) = &origin {
        let said = choices::of_import(&mut conn, *of).await?;
        let topics = said.of(About::Programme).filter(|(place, _)| keys.contains(*place));
        for (place, value) in topics.filter(|(_, value)| *value == OUT || is_programme(value)) {
            let suggestion = Suggestion { value: value.to_owned(), file_name: file_name.clone(), at: *at };
            found.topics.insert(place.to_owned(), suggestion);
        }
    }
    let whole = origin.into_iter().chain(same).chain(alike).map(|of| (of, true)).chain(named.map(|of| (of, false)));
    for ((of, file_name, at), has_whole) in whole {
        let said = choices::of_import(&mut conn, of).await?;
        let suggestion = |about: About| {
            let value = said.get(about, "")?.to_owned();
            Some(Suggestion { value, file_name: file_name.clone(), at })
        };
        if has_whole && found.programme.is_none() && understood.choices.get(About::Programme, "").is_none() {
            found.programme = suggestion(About::Programme).filter(|s| is_programme(&s.value));
        }
        if found.provider.is_none() && understood.provider.is_none() {
            let serves = |s: &Suggestion| understood.providers.iter().any(|p| p.id.to_string() == s.value);
            found.provider = suggestion(About::Provider).filter(serves);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::marked_of;

    #[test]
    fn a_marked_copy_is_known_by_its_name() {
        for (name, of) in [
            ("log marked.xlsx", Some("log")),
            ("log marked (1).xlsx", Some("log")),
            ("log marked-2.xlsx", Some("log")),
            ("log marked marked.xlsx", Some("log marked")),
            ("log marked by Ann.xlsx", None),
            ("log.xlsx", None),
        ] {
            assert_eq!(marked_of(name), of, "{name}");
        }
    }
}
