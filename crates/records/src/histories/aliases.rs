//! What people call schools and how their files are laid out, as they decided it once.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::setting::LaCode;
use intake::matching;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{About, Choices, Found, Name, OUT, Understood};
use crate::Desk;
use crate::audit::{self, Change};
use crate::db::{Conn, Page};
use crate::error::{Error, Result};

/// A typed name that was decided once.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Alias {
    /// Its key.
    pub id: Uuid,
    /// The name as it was typed.
    pub text: String,
    /// The school; none: it is no school.
    pub setting_id: Option<Uuid>,
    /// The school's name.
    pub school: Option<String>,
    /// Its town.
    pub town: Option<String>,
    /// Who decided; none for the command line.
    pub person: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// The file it stood in.
    pub file_name: Option<String>,
}

/// What is remembered of typed names, by name; the latest decision of each text counts. And how many there are.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn aliases(desk: &Desk, actor: &Actor, page: Page) -> Result<(Vec<Alias>, i64)> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let authority = actor.authority().map(LaCode::as_str);
    let mut conn = desk.read().await?;
    let aliases = fetch_all!(
        conn,
        Alias,
        "SELECT a.id, a.text, a.setting_id, s.name AS school, s.town, p.name AS person, a.decided_at, i.file_name
         FROM school_alias a LEFT JOIN setting s ON s.id = a.setting_id LEFT JOIN person p ON p.id = a.by_person
            LEFT JOIN import i ON i.id = a.import_id
         WHERE ($1 IS NULL OR a.authority_code = $1) AND NOT EXISTS (SELECT 1 FROM school_alias b
            WHERE b.authority_code = a.authority_code AND b.text_key = a.text_key
                AND (b.decided_at > a.decided_at OR (b.decided_at = a.decided_at AND b.id > a.id)))
         ORDER BY a.text_key, a.id LIMIT $2 OFFSET $3",
        authority,
        page.size,
        page.offset()
    )?;
    let total = fetch_scalar!(
        conn,
        i64,
        "SELECT COUNT(*) FROM (SELECT DISTINCT authority_code, text_key FROM school_alias
            WHERE ($1 IS NULL OR authority_code = $1)) AS texts",
        authority
    )?;
    Ok((aliases, total))
}

/// Forgets what was decided of a typed name: the next file is asked about it again. What was taken over stays.
///
/// # Errors
/// Forbidden; not found.
pub async fn forget_alias(desk: &Desk, actor: &Actor, id: Uuid) -> Result<()> {
    desk.authorise(actor, Operation::ImportHistory)?;
    let mut conn = desk.write().await?;
    let (authority, key, text, setting) = fetch_one!(
        conn,
        (String, String, String, Option<Uuid>),
        "SELECT authority_code, text_key, text, setting_id FROM school_alias
         WHERE id = $1 AND ($2 IS NULL OR authority_code = $2)",
        id,
        actor.authority().map(LaCode::as_str)
    )?;
    execute!(conn, "DELETE FROM school_alias WHERE authority_code = $1 AND text_key = $2", &authority, &key)?;
    let change = Change {
        operation: Operation::ImportHistory,
        authority: Some(&authority),
        record_kind: "school_alias",
        record_id: id.to_string(),
        before: json!({ "text": text, "setting": setting }),
        after: Value::Null,
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await
}

/// Remembers what was decided of a file's names and columns, for the next one.
pub(super) async fn remember(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    import: Uuid,
    understood: &Understood,
) -> Result<()> {
    let Understood { authority, names, choices, .. } = understood;
    remember_names(conn, desk, actor, import, authority, names, choices).await?;
    let tables = understood.tables.iter().map(|table| {
        let columns = table.headings.iter().map(|(l, _)| (l.as_str(), table.role_of(l).map(|r| r.as_str()))).collect();
        (table.place.as_str(), table.shape.as_str(), columns)
    });
    remember_columns(conn, desk, import, authority, tables.collect(), choices).await
}

/// Remembers what was decided of names.
pub(crate) async fn remember_names(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    import: Uuid,
    authority: &LaCode,
    names: &[Name],
    choices: &Choices,
) -> Result<()> {
    let authority = authority.as_str();
    let decided = decided(names, choices);
    insert_rows!(
        conn,
        "INSERT INTO school_alias (id, authority_code, text_key, text, setting_id, import_id, by_person, decided_at) ",
        decided,
        |b, alias| {
            let (key, text, setting) = alias;
            b.push_bind(Uuid::now_v7()).push_bind(authority).push_bind(key.as_str()).push_bind(*text);
            b.push_bind(*setting).push_bind(import).push_bind(actor.person).push_bind(desk.now());
        },
        ""
    )?;
    Ok(())
}

/// A table's sheet, its shape, and what its columns hold, by letters.
pub(crate) type Shaped<'a> = (&'a str, &'a str, Vec<(&'a str, Option<&'static str>)>);

/// Remembers what the columns of tables hold that a person corrected, or whose headings a person pointed at.
pub(crate) async fn remember_columns(
    conn: &mut Conn,
    desk: &Desk,
    import: Uuid,
    authority: &LaCode,
    tables: Vec<Shaped<'_>>,
    choices: &Choices,
) -> Result<()> {
    let authority = authority.as_str();
    let mut shapes = BTreeMap::new();
    for (sheet, shape, columns) in &tables {
        let is_corrected = choices.of(About::Column).any(|(place, _)| place.split('\t').next() == Some(*sheet));
        let is_pointed_at = choices.get(About::Headings, sheet).is_some_and(|row| row != OUT && row != "0");
        if !shape.is_empty() && (is_corrected || is_pointed_at) {
            shapes.insert(*shape, serde_json::to_string(columns).map_err(Error::unavailable)?);
        }
    }
    let shapes: Vec<_> = shapes.into_iter().collect();
    insert_rows!(
        conn,
        "INSERT INTO import_shape (id, authority_code, shape, columns, import_id, decided_at) ",
        shapes,
        |b, shape| {
            b.push_bind(Uuid::now_v7()).push_bind(authority).push_bind(shape.0).push_bind(shape.1.as_str());
            b.push_bind(import).push_bind(desk.now());
        },
        ""
    )?;
    Ok(())
}

/// The texts that were decided for this file, with their school. One that was decided differently where another town
/// or postcode stood beside it says nothing by itself, and is not remembered.
fn decided<'a>(names: &'a [Name], choices: &Choices) -> Vec<(String, &'a str, Option<Uuid>)> {
    let is_decided = |name: &&Name| choices.get(About::School, &name.key).is_some();
    let school = |name: &Name| match &name.found {
        Found::Chosen(school) => Some(Some(school.id)),
        Found::Out => Some(None),
        _ => None,
    };
    if choices.of(About::School).next().is_none() {
        return Vec::new();
    }
    let mut of_key = HashMap::<String, Vec<&Name>>::new();
    for name in names {
        of_key.entry(matching::text_key(&name.text)).or_default().push(name);
    }
    let mut texts = BTreeMap::<String, Option<(&str, Option<Uuid>)>>::new();
    for name in names.iter().filter(is_decided).filter(|name| name.is_remembered) {
        let (key, chosen) = (matching::text_key(&name.text), school(name));
        let mut others = of_key.get(&key).into_iter().flatten();
        let agrees = others.all(|other| other.found.school().map(|s| s.id) == chosen.flatten());
        let entry = chosen.filter(|_| agrees && !key.is_empty()).map(|setting| (name.text.as_str(), setting));
        texts.entry(key).and_modify(|known| *known = known.filter(|_| entry.is_some())).or_insert(entry);
    }
    texts.into_iter().filter_map(|(key, entry)| entry.map(|(text, setting)| (key, text, setting))).collect()
}
