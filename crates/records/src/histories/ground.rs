//! What a file is held against: the authority's schools, programmes, providers, what was decided before, and the
//! sessions on record on the file's days.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::dfe_number::DfeNumber;
use domain::session::State;
use domain::setting::{LaCode, Phase, SettingStatus, SettingType, Urn};
use domain::year_group::YearGroups;
use intake::matching::{Links, Listed, Register, Remembered};
use uuid::Uuid;

use super::{Programme, Provider, School};
use crate::db::Conn;
use crate::error::{Error, Result};

/// What is known of the authority's schools.
pub(crate) struct Schools {
    rows: Vec<SchoolRow>,
    at: HashMap<Uuid, usize>,
    by_urn: HashMap<Urn, usize>,
    authority: LaCode,
    authority_name: String,
    aliases: Vec<AliasRow>,
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    id: Uuid,
    urn: Option<i64>,
    establishment_number: Option<String>,
    name: String,
    establishment_type: String,
    #[sqlx(try_from = "String")]
    phase: Phase,
    #[sqlx(try_from = "String")]
    setting_type: SettingType,
    low_age: Option<i64>,
    high_age: Option<i64>,
    year_groups: Option<i64>,
    pupils: Option<i64>,
    town: Option<String>,
    postcode: Option<String>,
    email: Option<String>,
    trust_code: Option<String>,
    #[sqlx(try_from = "String")]
    status: SettingStatus,
    /// Who carries on the history of one that is not open, and how.
    current_id: Option<Uuid>,
    way: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AliasRow {
    text_key: String,
    text: String,
    setting_id: Option<Uuid>,
}

impl SchoolRow {
    fn urn(&self) -> Option<Urn> {
        self.urn.and_then(|urn| Urn::new(urn).ok())
    }
}

impl Schools {
    /// Every setting of an authority, and what was decided about typed names.
    pub(crate) async fn load(conn: &mut Conn, authority: &LaCode) -> Result<Self> {
        let rows = fetch_all!(
            conn,
            SchoolRow,
            "SELECT s.id, s.urn, s.establishment_number, s.name, s.establishment_type, s.phase, s.setting_type, s.low_age,
                s.high_age, s.year_groups, s.pupils, s.town, s.postcode, s.email, s.trust_code, s.status, l.current_id, l.way
             FROM setting s LEFT JOIN lineage l ON l.setting_id = s.id
             WHERE s.authority_code = $1 ORDER BY s.urn, s.id",
            authority.as_str(),
        )?;
        let aliases = fetch_all!(
            conn,
            AliasRow,
            "SELECT text_key, text, setting_id FROM school_alias WHERE authority_code = $1 ORDER BY decided_at, id",
            authority.as_str(),
        )?;
        let authority_name =
            fetch_one!(conn, (String,), "SELECT name FROM authority WHERE code = $1", authority.as_str())?.0;
        let at = rows.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
        let by_urn = rows.iter().enumerate().filter_map(|(at, row)| Some((row.urn()?, at))).collect();
        Ok(Self { rows, at, by_urn, authority: authority.clone(), authority_name, aliases })
    }

    /// The open schools, ready for finding typed names among them.
    pub(crate) fn register(&self, links: &Links) -> Register {
        let open = self.rows.iter().filter(|row| row.status.is_open());
        let age = |age: Option<i64>| age.and_then(|age| u8::try_from(age).ok());
        let listed = open.filter_map(|row| {
            Some(Listed {
                urn: row.urn()?,
                authority: &self.authority,
                authority_name: Some(&self.authority_name),
                establishment_number: row.establishment_number.as_deref(),
                name: &row.name,
                establishment_type: Some(row.establishment_type.as_str()).filter(|t| !t.is_empty()),
                phase: Some(row.phase),
                ages: age(row.low_age).zip(age(row.high_age)),
                town: row.town.as_deref(),
                postcode: row.postcode.as_deref(),
            })
        });
        // Texts that mean a school outside the list are looked up by key alone: see `remembered`.
        // What is remembered as no school may have become one: matching says so, and whoever asks decides.
        let mut latest = HashMap::<&str, &AliasRow>::new();
        latest.extend(self.aliases.iter().map(|alias| (alias.text_key.as_str(), alias)));
        let mut remembered: Vec<&AliasRow> = latest.into_values().collect();
        remembered.sort_by_key(|alias| &alias.text_key);
        let remembered = remembered.into_iter().filter_map(|alias| {
            let urn = Some(self.row(alias.setting_id?)?.urn()?);
            Some(Remembered { text: alias.text.clone(), urn })
        });
        Register::new(listed, links, &remembered.collect::<Vec<_>>())
    }

    /// What was decided last about texts of a key: a school, or that it is none.
    pub(crate) fn remembered(&self) -> HashMap<&str, Option<School>> {
        let decided = self.aliases.iter().filter_map(|alias| {
            let school = match alias.setting_id {
                Some(id) => Some(self.get(id)?),
                None => None,
            };
            Some((alias.text_key.as_str(), school))
        });
        decided.collect()
    }

    fn row(&self, id: Uuid) -> Option<&SchoolRow> {
        self.at.get(&id).map(|at| &self.rows[*at])
    }

    /// A school by its key.
    pub(crate) fn get(&self, id: Uuid) -> Option<School> {
        self.row(id).map(school)
    }

    /// A school by its URN.
    pub(crate) fn of_urn(&self, urn: Urn) -> Option<School> {
        self.by_urn.get(&urn).map(|at| school(&self.rows[*at]))
    }

    /// The open school of a number at the Department for Education: LA code and establishment number, or the latter alone.
    pub(crate) fn of_dfe(&self, number: &str) -> Option<School> {
        let number: DfeNumber = number.parse().ok()?;
        if number.authority().is_some_and(|code| code.as_str() != self.authority.as_str()) {
            return None;
        }
        let own = Some(number.establishment());
        let is = |row: &&SchoolRow| row.status.is_open() && row.establishment_number.as_deref() == own;
        let mut found = self.rows.iter().filter(is);
        // Two of one number: neither is certain.
        found.next().filter(|_| found.next().is_none()).map(school)
    }

    /// Whether a school is open.
    pub(crate) fn is_open(&self, id: Uuid) -> bool {
        self.row(id).is_some_and(|row| row.status.is_open())
    }

    /// The school that carries on a school's history: itself, unless by its lineage another does.
    pub(super) fn carrier(&self, id: Uuid) -> Uuid {
        self.row(id).and_then(|row| row.current_id).unwrap_or(id)
    }

    /// The name of a school that is a part of another by now, joined with others.
    pub(super) fn joined(&self, id: Uuid) -> Option<&str> {
        self.row(id).filter(|row| row.way.as_deref() == Some("merged")).map(|row| row.name.as_str())
    }

    /// Where mail about visits of a school goes; none where nobody said.
    pub(crate) fn email(&self, id: Uuid) -> Option<&str> {
        self.row(id)?.email.as_deref().filter(|email| !email.trim().is_empty())
    }

    /// The code of a school's trust.
    pub(crate) fn trust(&self, id: Uuid) -> Option<&str> {
        self.row(id)?.trust_code.as_deref()
    }

    /// How many pupils a school has, by the school list; none where that is not known.
    pub(super) fn pupils(&self, id: Uuid) -> Option<i64> {
        self.row(id)?.pupils
    }

    /// The year groups a school teaches; none where they are not known.
    pub(super) fn taught(&self, id: Uuid) -> Option<YearGroups> {
        self.row(id)?.year_groups.and_then(|mask| YearGroups::try_from(mask).ok())
    }
}

fn school(row: &SchoolRow) -> School {
    School {
        id: row.id,
        urn: row.urn(),
        name: row.name.clone(),
        town: row.town.clone(),
        setting_type: row.setting_type,
    }
}

/// The authority's programmes, by name.
pub(super) async fn programmes(conn: &mut Conn, authority: &str) -> Result<Vec<Programme>> {
    fetch_all!(
        conn,
        Programme,
        "SELECT id, name, for_adults, (SELECT COUNT(*) FROM programme_part p WHERE p.programme_id = programme.id) AS parts
         FROM programme WHERE authority_code = $1 ORDER BY name, id",
        authority
    )
}

/// The providers that serve the authority, by name.
pub(super) async fn providers(conn: &mut Conn, authority: &str) -> Result<Vec<Provider>> {
    fetch_all!(
        conn,
        Provider,
        "SELECT p.id, p.name FROM provider p JOIN provider_authority s ON s.provider_id = p.id
         WHERE s.authority_code = $1 ORDER BY p.name, p.id",
        authority
    )
}

/// What the columns of files of one shape hold, by letters; none: nothing that is read.
pub(crate) type Columns<Role> = Vec<(String, Option<Role>)>;

/// What columns hold in files of each shape, as people corrected it last; `named` tells what a stored word means.
pub(crate) async fn shapes<Role>(
    conn: &mut Conn,
    authority: &str,
    named: fn(&str) -> Option<Role>,
) -> Result<HashMap<String, Columns<Role>>> {
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT shape, columns FROM import_shape WHERE authority_code = $1 ORDER BY decided_at, id",
        authority
    )?;
    rows.into_iter()
        .map(|(shape, columns)| {
            let columns: Vec<(String, Option<String>)> = serde_json::from_str(&columns).map_err(Error::unavailable)?;
            let role = |word: Option<String>| word.as_deref().and_then(named);
            Ok((shape, columns.into_iter().map(|(letters, word)| (letters, role(word))).collect()))
        })
        .collect()
}

/// A session on record, as far as it may be the same as a row: what a school of it did.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct OnRecord {
    pub id: Uuid,
    pub setting_id: Uuid,
    pub on_date: NaiveDate,
    pub programme_id: Uuid,
    pub starts_minute: Option<i64>,
    pub slot_label: String,
    #[sqlx(try_from = "String")]
    pub state: State,
    #[sqlx(try_from = "i64")]
    pub year_groups: YearGroups,
    pub label: String,
    pub expected: i64,
    pub attended: Option<i64>,
    /// Its groups, each as if it were the only one; none where it has only one.
    #[sqlx(skip)]
    pub groups: Vec<Self>,
}

impl OnRecord {
    /// Takes another group of the same school in.
    fn join(&mut self, other: &Self) {
        if self.groups.is_empty() {
            self.groups.push(self.clone());
        }
        self.groups.push(other.clone());
        self.year_groups = self.year_groups.union(other.year_groups);
        if self.label.is_empty() {
            self.label.clone_from(&other.label);
        }
        self.expected += other.expected;
        self.attended = match (self.attended, other.attended) {
            (Some(one), Some(another)) => Some(one + another),
            (one, another) => one.or(another),
        };
    }
}

/// The sessions of an authority between two days, each with a line for each school that attends. What was only being
/// booked, or came to nothing before it had a date, is none.
pub(super) async fn on_record(
    conn: &mut Conn,
    authority: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<OnRecord>> {
    let groups = fetch_all!(
        conn,
        OnRecord,
        "SELECT x.id, g.setting_id, x.on_date, x.programme_id, x.starts_minute, x.slot_label, x.state, g.year_groups,
            g.label, g.expected, CASE WHEN p.for_adults THEN g.adults ELSE g.attended END AS attended
         FROM session x JOIN attending_group g ON g.session_id = x.id JOIN programme p ON p.id = x.programme_id
         WHERE x.authority_code = $1 AND x.on_date BETWEEN $2 AND $3
            AND x.state IN ('offered', 'confirmed', 'delivered', 'cancelled', 'missed')
         ORDER BY x.on_date, x.starts_minute, x.id, g.setting_id, g.id",
        authority,
        from,
        to
    )?;
    let mut records = Vec::<OnRecord>::with_capacity(groups.len());
    for group in groups {
        match records.last_mut() {
            Some(last) if (last.id, last.setting_id) == (group.id, group.setting_id) => last.join(&group),
            _ => records.push(group),
        }
    }
    Ok(records)
}
