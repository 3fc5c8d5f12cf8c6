//! The school list: its settings, what people correct in it, and what it was in each academic year.

mod edit;
mod snapshot;

use domain::AcademicYear;
use domain::access::{Actor, Operation, permitted};
use domain::number_on_roll::Roll;
use domain::setting::{LaCode, Phase, SettingKind, SettingStatus, SettingType, YearGroupsSource, search_name};
use domain::year_group::YearGroups;
use uuid::Uuid;

use crate::audit::{self, Line as AuditLine};
use crate::db::{Conn, Page};
use crate::error::Result;
use crate::lineage::{self, Kin};
use crate::within::Within;
use crate::{Desk, rolls};

pub use edit::{Edit, YearGroupsEdit, count, edit};
pub use snapshot::keep_snapshots;
pub(crate) use snapshot::{Of, snapshot};

/// The word in `setting_type_source` for what the school list decides; the other is `person`.
pub(crate) const FROM_LIST: &str = "list";

/// `reach!("SELECT … FROM setting s", "AND …")`: a statement about the settings within [`Within`]: authority, setting,
/// trust and provider are the first binds. A provider sees the schools of the authorities it serves.
macro_rules! reach {
    ($select:literal, $tail:literal) => {
        concat!(
            $select,
            " WHERE ($1 IS NULL OR s.authority_code = $1) AND ($2 IS NULL OR s.id = $2)
                AND ($3 IS NULL OR s.trust_code = $3)
                AND ($4 IS NULL OR s.authority_code IN
                    (SELECT authority_code FROM provider_authority WHERE provider_id = $4)) ",
            $tail
        )
    };
}

/// Which settings a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of a name, or a URN; blank for all.
    pub search: String,
    /// Of this setting type.
    pub setting_type: Option<SettingType>,
    /// Of this phase.
    pub phase: Option<Phase>,
    /// Those that are closed or no longer in the list, instead of the open ones.
    pub gone: bool,
}

/// A setting as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Its key.
    pub id: Uuid,
    /// Its URN; none outside the school list.
    pub urn: Option<i64>,
    /// Its name.
    pub name: String,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: SettingKind,
    /// Its phase.
    #[sqlx(try_from = "String")]
    pub phase: Phase,
    /// Its setting type.
    #[sqlx(try_from = "String")]
    pub setting_type: SettingType,
    year_groups: Option<i64>,
    /// Where its year groups come from.
    #[sqlx(try_from = "String")]
    pub year_groups_source: YearGroupsSource,
    /// Its pupils.
    pub pupils: Option<i64>,
    /// Its post town.
    pub town: Option<String>,
    /// Whether it is open.
    #[sqlx(try_from = "String")]
    pub status: SettingStatus,
}

impl Line {
    /// The year groups it teaches; none when they are not known or not followed.
    #[must_use]
    pub fn year_groups(&self) -> Option<YearGroups> {
        self.year_groups.and_then(|mask| mask.try_into().ok())
    }
}

/// The settings an actor sees, by name, and how many there are in all.
///
/// # Errors
/// Forbidden; the database does not answer.
pub async fn list(desk: &Desk, actor: &Actor, filter: &Filter, page: Page) -> Result<(Vec<Line>, i64)> {
    desk.authorise(actor, Operation::SeeSettings)?;
    let reach = Within::of(actor);
    let plain = search_name(&filter.search);
    let urn: Option<i64> = plain.parse().ok().filter(|urn| (100_000..=999_999).contains(urn));
    let name = (!plain.is_empty() && urn.is_none()).then(|| format!("%{plain}%"));
    let setting_type = filter.setting_type.map(SettingType::as_str);
    let phase = filter.phase.map(Phase::as_str);
    let mut conn = desk.read().await?;
    let lines = fetch_all!(
        conn,
        Line,
        reach!(
            "SELECT s.id, s.urn, s.name, s.kind, s.phase, s.setting_type, s.year_groups, s.year_groups_source, s.pupils,
                s.town, s.status FROM setting s",
            "AND ($5 IS NULL OR s.search_name LIKE $5) AND ($6 IS NULL OR s.urn = $6)
             AND ($7 IS NULL OR s.setting_type = $7) AND ($8 IS NULL OR s.phase = $8)
             AND (s.status IN ('open', 'closing')) <> $9
             ORDER BY s.search_name, s.id LIMIT $10 OFFSET $11"
        ),
        &reach.authority,
        reach.setting,
        &reach.trust,
        reach.provider,
        &name,
        urn,
        setting_type,
        phase,
        filter.gone,
        page.size,
        page.offset(),
    )?;
    let total = fetch_scalar!(
        conn,
        i64,
        reach!(
            "SELECT COUNT(*) FROM setting s",
            "AND ($5 IS NULL OR s.search_name LIKE $5) AND ($6 IS NULL OR s.urn = $6)
             AND ($7 IS NULL OR s.setting_type = $7) AND ($8 IS NULL OR s.phase = $8)
             AND (s.status IN ('open', 'closing')) <> $9"
        ),
        &reach.authority,
        reach.setting,
        &reach.trust,
        reach.provider,
        &name,
        urn,
        setting_type,
        phase,
        filter.gone,
    )?;
    Ok((lines, total))
}

/// A setting with everything the list and people say of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct School {
    /// Its key.
    pub id: Uuid,
    /// Its authority.
    #[sqlx(try_from = "String")]
    pub authority_code: LaCode,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: SettingKind,
    /// Its URN; none outside the school list.
    pub urn: Option<i64>,
    /// Its number within the authority.
    pub establishment_number: Option<String>,
    /// Its name.
    pub name: String,
    /// Its kind in the school list's words; blank when the list has none.
    pub establishment_type: String,
    /// The group of that kind.
    pub type_group: String,
    /// Its phase.
    #[sqlx(try_from = "String")]
    pub phase: Phase,
    /// Its setting type.
    #[sqlx(try_from = "String")]
    pub setting_type: SettingType,
    setting_type_source: String,
    /// Statutory low age.
    pub low_age: Option<i64>,
    /// Statutory high age.
    pub high_age: Option<i64>,
    year_groups: Option<i64>,
    /// Where its year groups come from.
    #[sqlx(try_from = "String")]
    pub year_groups_source: YearGroupsSource,
    /// Its pupils in the school list.
    pub pupils: Option<i64>,
    /// Pupils with an education, health and care plan.
    pub ehc_plans: Option<i64>,
    /// Pupils with special educational needs support.
    pub sen_support: Option<i64>,
    /// Street and house number.
    pub street: Option<String>,
    /// Post town.
    pub town: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// Web address.
    pub website: Option<String>,
    /// Where mail about visits goes.
    pub email: Option<String>,
    /// Electoral ward.
    pub ward: Option<String>,
    /// Parliamentary constituency.
    pub constituency: Option<String>,
    /// Code of the trust that runs it.
    pub trust_code: Option<String>,
    /// Name of that trust.
    pub trust_name: Option<String>,
    /// Whether it is open.
    #[sqlx(try_from = "String")]
    pub status: SettingStatus,
    /// For a kindly refused stale edit.
    pub version: i64,
}

impl School {
    /// The year groups it teaches; none when they are not known or not followed.
    #[must_use]
    pub fn year_groups(&self) -> Option<YearGroups> {
        self.year_groups.and_then(|mask| mask.try_into().ok())
    }

    /// Whether a person, rather than the school list, said what setting type it is.
    #[must_use]
    pub fn setting_type_is_corrected(&self) -> bool {
        self.setting_type_source != FROM_LIST
    }

    fn ages(&self) -> Option<(u8, u8)> {
        let age = |age: Option<i64>| age.and_then(|age| u8::try_from(age).ok());
        age(self.low_age).zip(age(self.high_age))
    }
}

/// A setting as its page shows it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The setting.
    pub school: School,
    /// The present academic year, which the roll is of.
    pub academic_year: AcademicYear,
    /// Its numbers on roll.
    pub roll: Roll,
    /// The schools whose history it carries, and the one that carries its own.
    pub kin: Kin,
    /// Its audit lines, newest first, for those who may edit it.
    pub audit: Vec<AuditLine>,
}

/// One setting.
///
/// # Errors
/// Forbidden; not found.
pub async fn get(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Detail> {
    desk.authorise(actor, Operation::SeeSettings)?;
    let mut conn = desk.read().await?;
    let school = find(&mut conn, actor, id).await?;
    let academic_year = AcademicYear::containing(desk.today());
    let carried = rolls::of_setting(&mut conn, id, academic_year).await?;
    let pupils = school.pupils.or(carried.pupils);
    let roll = Roll { pupils, year_groups: school.year_groups(), counted: carried.counted };
    let audit = if permitted(actor.role, Operation::EditSetting) {
        audit::of_record(&mut conn, "setting", &id.to_string()).await?
    } else {
        Vec::new()
    };
    let kin = lineage::kin(&mut conn, id).await?;
    Ok(Detail { school, academic_year, roll, kin, audit })
}

async fn find(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<School> {
    let reach = Within::of(actor);
    fetch_one!(
        conn,
        School,
        reach!(
            "SELECT s.id, s.authority_code, s.kind, s.urn, s.establishment_number, s.name, s.establishment_type,
                s.type_group, s.phase, s.setting_type, s.setting_type_source, s.low_age, s.high_age, s.year_groups,
                s.year_groups_source, s.pupils, s.ehc_plans, s.sen_support, s.street, s.town, s.postcode, s.telephone,
                s.website, s.email, s.ward, s.constituency, s.trust_code, s.trust_name, s.status, s.version
             FROM setting s",
            "AND s.id = $5"
        ),
        &reach.authority,
        reach.setting,
        &reach.trust,
        reach.provider,
        id,
    )
}
