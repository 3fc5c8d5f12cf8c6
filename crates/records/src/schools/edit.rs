//! What people correct in the school list, and the pupils they count.

use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::contact::{EmailAddress, telephone};
use domain::setting::{SettingType, YearGroupsSource, year_groups_of};
use domain::year_group::{YearGroup, YearGroups};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{FROM_LIST, Of, School, find, snapshot};
use crate::Desk;
use crate::audit::{self, Change, REDACTED};
use crate::error::{Conflict, Error, FieldError, Result};

/// The most pupils one year group can have: more is a slip.
const MOST_PUPILS: i64 = 5_000;

/// What a person says of a setting's year groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearGroupsEdit {
    /// What the school list says, and will say.
    AsListed,
    /// It teaches these, whatever the list says.
    Taught(YearGroups),
    /// It does not follow year groups: it chooses by stage.
    NotFollowed,
}

/// What a person says of a setting. Blank contacts are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The version that was edited.
    pub version: i64,
    /// Its year groups.
    pub year_groups: YearGroupsEdit,
    /// Its setting type; none for what the school list says.
    pub setting_type: Option<SettingType>,
    /// Telephone number.
    pub telephone: String,
    /// Where mail about visits goes.
    pub email: Option<EmailAddress>,
    /// Web address.
    pub website: String,
}

/// Changes what people may correct; what they change survives the next import.
///
/// # Errors
/// Forbidden; not found; a contact that cannot be one; somebody else edited it meanwhile.
pub async fn edit(desk: &Desk, actor: &Actor, id: Uuid, edit: Edit) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditSetting)?;
    let contact = Contact::read(&edit)?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let (year_groups, source) = match edit.year_groups {
        YearGroupsEdit::AsListed => year_groups_of(before.ages(), before.phase),
        YearGroupsEdit::Taught(taught) => (Some(taught), YearGroupsSource::Person),
        YearGroupsEdit::NotFollowed => (None, YearGroupsSource::NotFollowed),
    };
    let (setting_type, setting_type_source) = match edit.setting_type {
        Some(setting_type) => (setting_type, "person"),
        None => (SettingType::of_establishment(&before.establishment_type, &before.type_group), FROM_LIST),
    };
    let contact_edited = contact.telephone != before.telephone || contact.website != before.website;
    let written = execute!(
        conn,
        "UPDATE setting SET year_groups = $1, year_groups_source = $2, setting_type = $3, setting_type_source = $4,
            telephone = $5, website = $6, email = $7,
            contact_edited_at = CASE WHEN $8 THEN $9 ELSE contact_edited_at END,
            updated_at = $9, version = version + 1
         WHERE id = $10 AND version = $11",
        year_groups.map(YearGroups::mask),
        source.as_str(),
        setting_type.as_str(),
        setting_type_source,
        contact.telephone.as_deref(),
        contact.website.as_deref(),
        contact.email.as_deref(),
        contact_edited,
        desk.now(),
        id,
        edit.version,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    snapshot(&mut conn, AcademicYear::containing(desk.today()), Of::Setting(id)).await?;
    let (was, is) = before.differences(year_groups, source, setting_type, &contact);
    let change = Change {
        operation: Operation::EditSetting,
        authority: Some(before.authority_code.as_str()),
        record_kind: "setting",
        record_id: id.to_string(),
        before: was,
        after: is,
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// A contact that was read.
struct Contact {
    telephone: Option<String>,
    email: Option<String>,
    website: Option<String>,
}

impl Contact {
    fn read(edit: &Edit) -> Result<Self> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: &str| {
            errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        let telephone = match edit.telephone.trim() {
            "" => None,
            text => telephone(text).map_err(|why| refuse("telephone", why)).ok(),
        };
        let website = match edit.website.trim() {
            "" => None,
            text if is_web_address(text) => Some(text.to_owned()),
            _ => {
                refuse("website", "Enter a web address that begins with https://, like https://www.example.org");
                None
            }
        };
        let email = edit.email.as_ref().map(ToString::to_string);
        if errors.is_empty() { Ok(Self { telephone, email, website }) } else { Err(Error::Invalid(errors)) }
    }
}

/// Only what may stand in a link: a scheme that a browser opens as a page, and nothing that ends the link early.
fn is_web_address(text: &str) -> bool {
    let plain = text.to_ascii_lowercase();
    let rest = plain.strip_prefix("https://").or_else(|| plain.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.contains('.') && rest.len() < 250)
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>".contains(c))
}

impl School {
    /// What the edit changes, for the audit line: contacts may be a person's, and are not written down.
    fn differences(
        &self,
        year_groups: Option<YearGroups>,
        source: YearGroupsSource,
        setting_type: SettingType,
        contact: &Contact,
    ) -> (Value, Value) {
        let (mut was, mut is) = (json!({}), json!({}));
        let mut note = |field: &str, before: Value, after: Value| {
            if before != after {
                was[field] = before;
                is[field] = after;
            }
        };
        let years = |groups: Option<YearGroups>| groups.map(|groups| groups.to_string());
        note("year_groups", json!(years(self.year_groups())), json!(years(year_groups)));
        note("year_groups_source", json!(self.year_groups_source), json!(source));
        note("setting_type", json!(self.setting_type), json!(setting_type));
        for (field, before, after) in [
            ("telephone", &self.telephone, &contact.telephone),
            ("email", &self.email, &contact.email),
            ("website", &self.website, &contact.website),
        ] {
            if before != after {
                let redacted = |value: &Option<String>| value.as_ref().map(|_| REDACTED);
                was[field] = json!(redacted(before));
                is[field] = json!(redacted(after));
            }
        }
        (was, is)
    }
}

/// Writes counted numbers on roll of an academic year; none takes a count back, so that it is estimated again.
///
/// # Errors
/// Forbidden; not found; a number below 0 or above 5,000.
pub async fn count(
    desk: &Desk,
    actor: &Actor,
    id: Uuid,
    year: AcademicYear,
    counts: &[(YearGroup, Option<i64>)],
) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditSetting)?;
    for (year_group, pupils) in counts {
        if pupils.is_some_and(|pupils| !(0..=MOST_PUPILS).contains(&pupils)) {
            let message = format!("{year_group} must be a whole number between 0 and 5,000, or blank");
            return Err(Error::field(format!("year_{}", year_group.number()), message));
        }
    }
    let mut conn = desk.write().await?;
    let school = find(&mut conn, actor, id).await?;
    let groups: Vec<i64> = counts.iter().map(|(year_group, _)| year_group.number().into()).collect();
    let before = fetch_all!(
        conn,
        (i64, i64),
        "SELECT year_group, pupils FROM number_on_roll WHERE setting_id = $1 AND academic_year = $2 ORDER BY year_group",
        id,
        i64::from(year),
    )?;
    let kept = before.iter().filter(|(group, _)| !groups.contains(group)).copied();
    let counted = counts.iter().filter_map(|(group, pupils)| Some((i64::from(group.number()), (*pupils)?)));
    let mut after: Vec<(i64, i64)> = kept.chain(counted).collect();
    after.sort_unstable();
    execute!(conn, "DELETE FROM number_on_roll WHERE setting_id = $1 AND academic_year = $2", id, i64::from(year))?;
    insert_rows!(
        conn,
        "INSERT INTO number_on_roll (setting_id, academic_year, year_group, pupils) ",
        after,
        |b, row| {
            b.push_bind(id).push_bind(i64::from(year)).push_bind(row.0).push_bind(row.1);
        },
        ""
    )?;
    let shown = |rows: &[(i64, i64)]| {
        let pairs =
            rows.iter().filter_map(|(group, pupils)| Some((YearGroup::new(*group).ok()?.to_string(), json!(pupils))));
        json!({ "academic_year": year, "on_roll": pairs.collect::<serde_json::Map<_, _>>() })
    };
    let change = Change {
        operation: Operation::EditSetting,
        authority: Some(school.authority_code.as_str()),
        record_kind: "setting",
        record_id: id.to_string(),
        before: shown(&before),
        after: shown(&after),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}
