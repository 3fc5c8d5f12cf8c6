//! Giving a list's people their roles: everything that is certain, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::access::{Actor, Operation, Role as Holds};
use domain::setting::LaCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::judge::seen;
use super::understand::{self, Reading};
use super::{Gives, KIND, MAY, Row, Standing, Understood};
use crate::Desk;
use crate::audit::{self, Change, REDACTED};
use crate::before::{self, Among, SETTING};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};
use crate::grants;
use crate::histories::seen::differences;
use crate::histories::{aliases, choices};
use crate::imports::File;
use crate::outbox::{self, Mail};
use crate::uploads::{self, Figures};

/// Whether those who get a role are told so by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mails {
    /// Each person gets one mail that says how to sign in.
    Send,
    /// Nobody gets one.
    None,
}

/// What came of applying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The roles are given.
    Done {
        /// Roles that were given.
        roles: usize,
        /// People who got one.
        people: usize,
        /// Schools that got an address for visits.
        addresses: usize,
        /// Mails that go out.
        mails: usize,
    },
    /// The records have changed since they were looked at: nothing was done.
    Changed(Vec<Difference>),
}

/// A row of which something else would become than was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it stands in the file: “row 14”.
    pub place: String,
    /// What was shown.
    pub before: Standing,
    /// What would become of it now; the same where its school is another.
    pub now: Standing,
}

/// Applies a list that waits: what is certain is given, what is asked about is left. `as_seen` is what
/// [`Understood::seen`] said when a person looked; where the records have changed since, nothing is done.
///
/// # Errors
/// Forbidden; not found; it was applied already; nothing of it is certain.
pub async fn apply(desk: &Desk, actor: &Actor, id: Uuid, mails: Mails, as_seen: Option<&str>) -> Result<Applied> {
    desk.authorise(actor, MAY)?;
    // A workbook may take seconds to read: nobody else's writing waits for that.
    let (file, reading) = read(desk, actor, id).await?;
    let mut conn = desk.write().await?;
    let authority = uploads::find(&mut conn, actor, KIND, id).await?.authority()?;
    execute!(conn, "UPDATE authority SET version = version WHERE code = $1", authority.as_str())?;
    // Whoever waited for the lock reads it anew: the one before may have applied it.
    uploads::find(&mut conn, actor, KIND, id).await?.check_waits()?;
    let said = choices::of_import(&mut conn, id).await?;
    let reading = reading.renewed(&mut conn, &authority, &file, &said).await?;
    let understood = understand::in_conn(&mut conn, &authority, reading, said).await?;
    if let Some(as_seen) = as_seen {
        let differences: Vec<_> = differences(as_seen, &understood.rows, seen)
            .map(|(row, before)| Difference { place: row.where_is(), before, now: row.standing })
            .collect();
        if !differences.is_empty() {
            return Ok(Applied::Changed(differences));
        }
    }
    if understood.count(Standing::Ready) == 0 {
        return Err(Error::refused("Nobody of this list can be given anything: decide its schools, or mend it, first"));
    }
    let given = roles(&mut conn, desk, actor, id, &understood).await?;
    let addresses = addresses(&mut conn, desk, actor, id, &understood).await?;
    let mails = match mails {
        Mails::Send => tell(&mut conn, desk, id, &authority, &given).await?,
        Mails::None => 0,
    };
    remember(&mut conn, desk, actor, id, &understood).await?;
    let done = Applied::Done {
        roles: given.len(),
        people: given.iter().map(|g| g.person).collect::<BTreeSet<_>>().len(),
        addresses,
        mails,
    };
    let figures = Figures {
        total: understood.rows.len(),
        added: given.len(),
        changed: addresses,
        unchanged: understood.count(Standing::AlreadyThere),
    };
    uploads::finish(&mut conn, desk, (KIND, id), figures).await?;
    let change = Change {
        operation: MAY,
        authority: Some(authority.as_str()),
        record_kind: "import",
        record_id: id.to_string(),
        before: Value::Null,
        after: json!({
            "file": file.name,
            "roles": figures.added,
            "addresses": figures.changed,
            "already_there": figures.unchanged,
            "mails": mails,
        }),
    };
    audit::write(&mut conn, desk, actor, change).await?;
    desk.commit(conn, id).await?;
    Ok(done)
}

/// The list of an import that waits, read.
async fn read(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(File, Reading)> {
    let mut conn = desk.read().await?;
    let import = uploads::find(&mut conn, actor, KIND, id).await?;
    import.check_waits()?;
    let file = uploads::file(&mut conn, &import).await?;
    let said = choices::of_import(&mut conn, id).await?;
    let reading = Reading::of(&mut conn, &import.authority()?, &file, &said).await?;
    Ok((file, reading))
}

/// A role that was given.
struct Given {
    person: Uuid,
    email: String,
    name: String,
    role: Holds,
    setting: Uuid,
    school: String,
}

/// Adds who is not known yet, and gives each person their roles.
async fn roles(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    import: Uuid,
    understood: &Understood,
) -> Result<Vec<Given>> {
    let wanted: Vec<(&str, &Row, Holds)> = understood
        .rows
        .iter()
        .filter(|row| row.standing == Standing::Ready)
        .filter_map(|row| match row.gives {
            Gives::Role(role) => Some((row.email.as_ref()?.as_str(), row, role)),
            Gives::Address => None,
        })
        .collect();
    let mut names = BTreeMap::<&str, &str>::new();
    for (email, row, _) in &wanted {
        // The first name that stands beside an address; without one, its part before the @.
        let name = names.entry(*email).or_default();
        if name.is_empty() {
            *name = &row.person;
        }
    }
    let people: Vec<(&str, String)> = names.into_iter().map(|(email, name)| (email, name_of(email, name))).collect();
    insert_rows!(
        conn,
        "INSERT INTO person (id, email, name, created_at, version, import_id) ",
        people,
        |b, person| {
            b.push_bind(Uuid::now_v7()).push_bind(person.0).push_bind(person.1.as_str());
            b.push_bind(desk.now()).push_bind(1_i64).push_bind(import);
        },
        // Writing what is there already locks the row: two at once must not give the same role twice.
        " ON CONFLICT (email) DO UPDATE SET version = person.version"
    )?;
    let emails: Vec<&str> = people.iter().map(|(email, _)| *email).collect();
    let known =
        fetch_in!(conn, (String, Uuid, String), "SELECT email, id, name FROM person WHERE email IN ", emails, "")?;
    let known: HashMap<String, (Uuid, String)> =
        known.into_iter().map(|(email, id, name)| (email, (id, name))).collect();
    let ids: Vec<Uuid> = known.values().map(|(id, _)| *id).collect();
    let held = fetch_in!(
        conn,
        (Uuid, String, Option<Uuid>),
        "SELECT person_id, role, setting_id FROM access_grant WHERE revoked_at IS NULL AND person_id IN ",
        ids,
        ""
    )?;
    let held: HashSet<(Uuid, String, Option<Uuid>)> = held.into_iter().collect();
    let given = wanted.into_iter().filter_map(|(email, row, role)| {
        let ((person, name), school) = (known.get(email)?.clone(), row.school.as_ref()?);
        let given =
            Given { person, email: email.to_owned(), name, role, setting: school.id, school: school.name.clone() };
        Some(given).filter(|_| !held.contains(&(person, role.as_str().to_owned(), Some(school.id))))
    });
    let given: Vec<Given> = given.collect();
    insert_rows!(
        conn,
        "INSERT INTO access_grant (id, person_id, role, setting_id, created_at, import_id) ",
        given,
        |b, grant| {
            b.push_bind(Uuid::now_v7()).push_bind(grant.person).push_bind(grant.role.as_str());
            b.push_bind(grant.setting).push_bind(desk.now()).push_bind(import);
        },
        ""
    )?;
    let lines = given.iter().map(|grant| Change {
        operation: Operation::EditPeople,
        authority: Some(understood.authority.as_str()),
        record_kind: "person",
        record_id: grant.person.to_string(),
        before: Value::Null,
        after: json!({ "role": grant.role, "for": grant.school }),
    });
    audit::write_all(conn, desk, actor, &lines.collect::<Vec<_>>()).await?;
    Ok(given)
}

/// A person's name, at most as long as names are.
fn name_of(email: &str, name: &str) -> String {
    let name = if name.is_empty() { email.split('@').next().unwrap_or(email) } else { name };
    name.chars().take(crate::people::LONGEST_NAME).collect::<String>().trim().to_owned()
}

/// Gives schools without an address for visits their office's, and keeps what they were before. Returns how many.
async fn addresses(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    import: Uuid,
    understood: &Understood,
) -> Result<usize> {
    let ready = understood.rows.iter().filter(|row| row.standing == Standing::Ready && row.gives == Gives::Address);
    let addresses = ready.filter_map(|row| Some((row.school.as_ref()?.id, row.email.as_ref()?.to_string())));
    let addresses: Vec<(Uuid, String)> = addresses.collect();
    let settings: Vec<Uuid> = addresses.iter().map(|(setting, _)| *setting).collect();
    // Whoever edits one of them meanwhile waits.
    execute_in!(conn, "UPDATE setting SET version = version WHERE id IN ", settings, "")?;
    let before = before::rows(conn, &SETTING, "id IN ", Among::Ids(&settings), "").await?;
    let written = insert_rows!(
        conn,
        "WITH given (id, email, at) AS (",
        addresses,
        |b, row| {
            b.push_bind(row.0).push_bind(row.1.as_str()).push_bind(desk.now());
        },
        ") UPDATE setting SET email = given.email, updated_at = given.at, version = setting.version + 1
           FROM given WHERE setting.id = given.id AND (setting.email IS NULL OR setting.email = '')"
    )?;
    let after = before::prints(conn, &SETTING, "id IN ", Among::Ids(&settings), "").await?;
    if written != addresses.len() as u64 || before.len() != addresses.len() {
        // Somebody wrote one in the same moment.
        return Err(Conflict::Stale.into());
    }
    before::keep(conn, import, &SETTING, &before, &after).await?;
    let lines = addresses.iter().map(|(setting, _)| Change {
        operation: Operation::EditSetting,
        authority: Some(understood.authority.as_str()),
        record_kind: "setting",
        record_id: setting.to_string(),
        before: json!({ "email": null }),
        after: json!({ "email": REDACTED }),
    });
    audit::write_all(conn, desk, actor, &lines.collect::<Vec<_>>()).await?;
    Ok(addresses.len())
}

/// One mail to each person, whatever they were given.
async fn tell(conn: &mut Conn, desk: &Desk, import: Uuid, authority: &LaCode, given: &[Given]) -> Result<usize> {
    let mut of = BTreeMap::<Uuid, Vec<&Given>>::new();
    for grant in given {
        of.entry(grant.person).or_default().push(grant);
    }
    let mails: Vec<Mail> = of
        .into_values()
        .map(|grants| {
            let roles: Vec<(Holds, &str)> = grants.iter().map(|g| (g.role, g.school.as_str())).collect();
            let (subject, body) = grants::welcome(desk, &grants[0].name, &roles);
            Mail {
                authority: Some(authority.as_str().to_owned()),
                to: grants[0].email.clone(),
                subject,
                body,
                record_kind: "import",
                record_id: import.to_string(),
                ..Mail::default()
            }
        })
        .collect();
    outbox::put_all(conn, desk, &mails).await?;
    Ok(mails.len())
}

/// Remembers what was decided of names and columns, for the next list.
async fn remember(conn: &mut Conn, desk: &Desk, actor: &Actor, import: Uuid, understood: &Understood) -> Result<()> {
    let Understood { authority, names, choices, .. } = understood;
    aliases::remember_names(conn, desk, actor, import, authority, names, choices).await?;
    let tables = understood.tables.iter().map(|table| {
        let columns = table.columns.iter().map(|(l, _, role)| (l.as_str(), role.map(|r| r.as_str())));
        (table.sheet.as_deref().unwrap_or_default(), table.shape.as_str(), columns.collect())
    });
    aliases::remember_columns(conn, desk, import, authority, tables.collect(), choices).await
}
