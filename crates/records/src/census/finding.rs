//! Which school on record each row of a census file is of: by its URN, or else by its LAESTAB the open school of the
//! authority. A row whose name is another school's is of neither.

use std::collections::{HashMap, HashSet};

use domain::dfe_number::DfeNumber;
use domain::setting::{LaCode, SettingStatus, Urn};
use uuid::Uuid;

use super::{Rolls, SchoolRoll};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::histories::Links;
use crate::histories::ground::Schools;
use crate::histories::names;
use crate::lineage;

/// A school on record.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Known {
    pub id: Uuid,
    pub urn: i64,
    pub name: String,
    pub authority_code: String,
    pub establishment_number: Option<String>,
    #[sqlx(try_from = "String")]
    pub status: SettingStatus,
    pub ehc_plans: Option<i64>,
    pub sen_support: Option<i64>,
    /// Its pupils by the list of schools.
    pub pupils: Option<i64>,
}

/// A row whose numbers say no school for certain, of which nothing is taken over; or one of which a part is left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NotFound {
    /// The row it stands in, from 1.
    pub row: u32,
    /// Its URN, or else its LAESTAB.
    pub number: String,
    /// Its name, as the file has it.
    pub name: Option<String>,
    /// Why, in words.
    pub why: String,
}

/// What a row is of.
pub(super) enum Found {
    School(Known),
    /// A school that is not in the records, or another authority's.
    Elsewhere,
    /// Nobody knows; its authority's schools are in the records.
    Nobody(NotFound),
}

const KNOWN: &str = "SELECT id, urn, name, authority_code, establishment_number, status, ehc_plans, sen_support,
        pupils
    FROM setting WHERE urn IS NOT NULL AND ";

/// What the rows are of, in their order.
pub(super) async fn find(conn: &mut Conn, only: Option<&LaCode>, rolls: &Rolls) -> Result<Vec<Found>> {
    let codes: HashSet<String> = match only {
        Some(only) => [only.as_str().to_owned()].into(),
        None => fetch_all!(conn, (String,), "SELECT code FROM authority")?.into_iter().map(|(code,)| code).collect(),
    };
    let urns: Vec<i64> = rolls.schools.iter().filter_map(|school| school.urn).map(Urn::number).collect();
    let select = format!("{KNOWN}urn IN ");
    let known = fetch_in!(conn, Known, select.as_str(), urns, "")?;
    let by_urn: HashMap<i64, Known> =
        known.into_iter().filter(|k| codes.contains(&k.authority_code)).map(|k| (k.urn, k)).collect();
    let numbers: HashSet<&str> =
        rolls.schools.iter().filter_map(|s| Some(s.number.as_ref()?.establishment())).collect();
    let numbers: Vec<String> = numbers.into_iter().map(str::to_owned).collect();
    let select = format!("{KNOWN}establishment_number IN ");
    let mut by_number = HashMap::<(String, String), Vec<Known>>::new();
    for known in fetch_in!(conn, Known, select.as_str(), numbers, "")? {
        let Some(number) = known.establishment_number.clone().filter(|_| known.status.is_open()) else { continue };
        by_number.entry((known.authority_code.clone(), number)).or_default().push(known);
    }
    let ground = Ground { only, codes, by_urn, by_number };
    let mut found: Vec<Found> = rolls.schools.iter().map(|school| ground.find(school)).collect();
    named(conn, &rolls.schools, &mut found).await?;
    let mut taken = HashMap::new();
    Ok(rolls.schools.iter().zip(found).map(|(school, found)| once(school, found, &mut taken)).collect())
}

/// A row whose name is another school's than its number is nobody's: figures of the one would stand at the other.
async fn named(conn: &mut Conn, rolls: &[SchoolRoll], found: &mut [Found]) -> Result<()> {
    let mut doubtful = HashMap::<String, Vec<usize>>::new();
    for (at, (roll, found)) in rolls.iter().zip(&*found).enumerate() {
        if let (Found::School(school), Some(name)) = (found, &roll.name)
            && !names::has_all_words(&school.name, name)
        {
            doubtful.entry(school.authority_code.clone()).or_default().push(at);
        }
    }
    let codes: Vec<String> = doubtful.keys().cloned().collect();
    let mut links = lineage::kept(conn, &codes).await?;
    // A read for each authority of which a name is not as on record: hardly ever more than one.
    for (code, rows) in doubtful {
        let schools = Schools::load(conn, &code.parse().map_err(Error::unavailable)?).await?;
        let register = schools.register(&Links::new(links.remove(&code).unwrap_or_default()));
        for at in rows {
            let (Found::School(school), Some(name)) = (&found[at], &rolls[at].name) else { continue };
            if let Some(other) = names::meant(name, school.id, &schools, &register) {
                let why = format!("Its number is {}’s, and its name {}’s", school.name, other.name);
                found[at] = Found::Nobody(not_found(&rolls[at], why));
            }
        }
    }
    Ok(())
}

/// A school that two rows are of, by URN the one and by LAESTAB the other, is the first row's.
fn once(roll: &SchoolRoll, found: Found, taken: &mut HashMap<Uuid, u32>) -> Found {
    let Found::School(school) = &found else { return found };
    match taken.get(&school.id) {
        Some(first) => {
            let why = format!("It is {}, as row {first} is", school.name);
            Found::Nobody(not_found(roll, why))
        }
        None => {
            taken.insert(school.id, roll.row);
            found
        }
    }
}

pub(super) fn not_found(roll: &SchoolRoll, why: String) -> NotFound {
    NotFound { row: roll.row, number: roll.known_by(), name: roll.name.clone(), why }
}

/// The schools that rows may be of.
struct Ground<'a> {
    only: Option<&'a LaCode>,
    /// The authorities whose schools may change.
    codes: HashSet<String>,
    by_urn: HashMap<i64, Known>,
    /// The open schools, by authority and establishment number.
    by_number: HashMap<(String, String), Vec<Known>>,
}

impl Ground<'_> {
    fn find(&self, roll: &SchoolRoll) -> Found {
        let of_number = roll.number.as_ref().map(|number| self.of_number(number));
        let Some(urn) = roll.urn else {
            return match of_number {
                Some(Ok(Some(school))) => Found::School(school.clone()),
                Some(Err(why)) => Found::Nobody(not_found(roll, why)),
                Some(Ok(None)) | None => Found::Elsewhere,
            };
        };
        match (self.by_urn.get(&urn.number()), of_number) {
            // A school that closed may have left its number to the one that follows it.
            (Some(own), Some(Ok(Some(other)))) if own.id != other.id && own.status.is_open() => {
                Found::Nobody(not_found(roll, format!("Its URN is {}’s, and its LAESTAB {}’s", own.name, other.name)))
            }
            (Some(own), _) => Found::School(own.clone()),
            (None, _) => Found::Elsewhere,
        }
    }

    /// The open school of a LAESTAB; none where it is one of an authority whose schools do not change.
    fn of_number(&self, number: &DfeNumber) -> std::result::Result<Option<&Known>, String> {
        let Some(code) = number.authority().or(self.only) else {
            return Err("An establishment number says which school it is only with its LA code".to_owned());
        };
        if !self.codes.contains(code.as_str()) {
            return Ok(None);
        }
        match self.by_number.get(&(code.as_str().to_owned(), number.establishment().to_owned())).map(Vec::as_slice) {
            Some([school]) => Ok(Some(school)),
            Some([one, other, ..]) => Err(format!("{} and {} have this LAESTAB", one.name, other.name)),
            Some([]) | None => Err("No open school has this LAESTAB".to_owned()),
        }
    }
}
