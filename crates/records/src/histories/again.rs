//! The same file once more: what was answered for it when it was taken over holds for the rows that were left.

use domain::access::Actor;
use domain::setting::{LaCode, SettingStatus};
use uuid::Uuid;

use super::{About, Choice, KIND, MAY, OUT, choices, ground};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::imports::{File, fingerprint};
use crate::uploads;

/// What was said of the same file when it was taken over last, with [`About::Before`] naming that import; nothing where it
/// never was, or was taken back. A programme, provider or school that is the authority's no more is not said again.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn said_before(desk: &Desk, actor: &Actor, authority: &LaCode, file: &File) -> Result<Vec<Choice>> {
    desk.authorise(actor, MAY)?;
    let authority = uploads::confined(actor, Some(authority), MAY)?;
    of_file(&mut desk.read().await?, &authority, &fingerprint(&file.bytes)).await
}

/// As [`said_before`], inside another operation: of a file by its SHA-256.
pub(super) async fn of_file(conn: &mut Conn, authority: &LaCode, sha256: &str) -> Result<Vec<Choice>> {
    let code = authority.as_str();
    let before = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT id FROM import
         WHERE kind = $1 AND state = 'applied' AND authority_code = $2 AND file_sha256 = $3
         ORDER BY finished_at DESC, id DESC LIMIT 1",
        KIND.as_str(),
        code,
        sha256
    )?;
    let Some((before,)) = before else { return Ok(Vec::new()) };
    let said = choices::of_import(conn, before).await?;
    let keys: Vec<Uuid> = said.of(About::School).filter_map(|(_, value)| value.parse().ok()).collect();
    // One that has closed since is not said again: what is remembered of its name follows it, or is asked.
    let of = "SELECT id, authority_code, status FROM setting WHERE id IN ";
    let schools = fetch_in!(conn, (Uuid, String, String), of, keys, "")?;
    let mut known = Vec::new();
    for (id, of, status) in schools {
        if of == code && SettingStatus::try_from(status).map_err(Error::unavailable)?.is_open() {
            known.push(id);
        }
    }
    known.extend(ground::programmes(conn, code).await?.iter().map(|programme| programme.id));
    known.extend(ground::providers(conn, code).await?.iter().map(|provider| provider.id));
    // What was no school then is remembered, and asked again once the list has such a school: said again, it never would.
    let none = fetch_all!(
        conn,
        (String,),
        "SELECT text_key FROM school_alias WHERE import_id = $1 AND setting_id IS NULL",
        before
    )?;
    let is_remembered = |place: &str| {
        let name = place.split('|').next().unwrap_or_default();
        none.iter().any(|(key,)| key == name)
    };
    let stands = |choice: &Choice| match (choice.about, choice.value.as_deref()) {
        (About::Before, _) => false,
        (About::School, Some(OUT)) => !is_remembered(&choice.place),
        (_, Some(OUT)) => true,
        (About::School | About::Programme | About::Provider, Some(key)) => {
            key.parse().is_ok_and(|key: Uuid| known.contains(&key))
        }
        _ => true,
    };
    let mut again: Vec<Choice> = said.all().filter(stands).collect();
    if !again.is_empty() {
        again.push(Choice::new(About::Before, "", before));
    }
    Ok(again)
}
