//! Lineage: which school carries on another's history, and what of a closed school's is still to come.
//!
//! The table `lineage` holds, for each school that is not open any more, the open one that carries it on. It is computed
//! by `domain::lineage` from the links on record whenever a list or links are imported and whenever a person decides about
//! a split, never at a request: what reads history joins it and counts at `COALESCE(current_id, setting_id)`.

mod carry;
mod links;
mod splits;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Operation};
use domain::lineage::{Fate, Successions, Way};
use domain::setting::{SettingStatus, Urn};
use uuid::Uuid;

use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::within::Within;

pub use carry::{Bringing, Carry, Item, carry_over, look as carrying};
pub(crate) use carry::{built_on, remove};
pub use links::Figures as LinkFigures;
pub(crate) use links::{Kept, kept, replaced, write as write_links};
pub use splits::{Choice, Split, decide, split, take_back};

/// A school as its lineage needs it.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub id: Uuid,
    pub urn: Urn,
    pub name: String,
    pub authority: String,
    pub is_open: bool,
}

/// What became of every school that is not open, within its own authority: one tenant's school never carries on another's.
pub(crate) struct Fates<'a> {
    known: &'a [Known],
    by_urn: BTreeMap<Urn, &'a Known>,
    successions: BTreeMap<String, Successions>,
}

impl<'a> Fates<'a> {
    pub(crate) fn new(known: &'a [Known], links: &Kept, decisions: &Decisions) -> Self {
        let successions = links.iter().map(|(authority, links)| {
            let decided = decisions.get(authority).cloned().unwrap_or_default();
            let of = Successions::new(links.iter().map(|l| (l.urn, l.other, l.kind)), decided);
            (authority.clone(), of)
        });
        Self { known, by_urn: known.iter().map(|k| (k.urn, k)).collect(), successions: successions.collect() }
    }

    /// The school of this URN.
    pub(crate) fn school(&self, urn: Urn) -> Option<&'a Known> {
        self.by_urn.get(&urn).copied()
    }

    /// What became of a school, were it and those in `gone` not open.
    pub(crate) fn of(&self, school: &Known, gone: &BTreeSet<Urn>) -> Fate {
        let Some(successions) = self.successions.get(&school.authority) else { return Fate::Ended };
        successions.fate(school.urn, |urn| {
            self.by_urn
                .get(&urn)
                .is_some_and(|other| other.is_open && other.authority == school.authority && !gone.contains(&urn))
        })
    }

    /// Every school that is open, with the schools that a part of it went to.
    pub(crate) fn split_off(&self, gone: &BTreeSet<Urn>) -> Vec<(&'a Known, Vec<Urn>)> {
        let open = self.known.iter().filter(|k| k.is_open && !gone.contains(&k.urn));
        open.filter_map(|school| Some((school, self.successions.get(&school.authority)?.split_off(school.urn))))
            .collect()
    }

    /// Of every school that is not open.
    pub(crate) fn all(&self, gone: &BTreeSet<Urn>) -> Vec<(&'a Known, Fate)> {
        let closed = self.known.iter().filter(|k| !k.is_open || gone.contains(&k.urn));
        closed.map(|school| (school, self.of(school, gone))).collect()
    }
}

/// What people decided about split schools, by authority and URN.
pub(crate) type Decisions = BTreeMap<String, BTreeMap<Urn, Option<Urn>>>;

/// The decisions of these authorities.
pub(crate) async fn decisions(conn: &mut Conn, authorities: &[String]) -> Result<Decisions> {
    let rows = fetch_in!(
        conn,
        (String, i64, Option<i64>),
        "SELECT authority_code, urn, carrier_urn FROM split_decision WHERE authority_code IN ",
        authorities,
        ""
    )?;
    let mut decisions = Decisions::new();
    for (authority, urn, carrier) in rows {
        let carrier = carrier.map(Urn::new).transpose().map_err(Error::unavailable)?;
        decisions.entry(authority).or_default().insert(Urn::new(urn).map_err(Error::unavailable)?, carrier);
    }
    Ok(decisions)
}

/// The schools of these authorities, by URN.
pub(crate) async fn known(conn: &mut Conn, authorities: &[String]) -> Result<Vec<Known>> {
    let rows = fetch_in!(
        conn,
        (Uuid, i64, String, String, String),
        "SELECT id, urn, name, authority_code, status FROM setting WHERE urn IS NOT NULL AND authority_code IN ",
        authorities,
        " ORDER BY urn"
    )?;
    rows.into_iter()
        .map(|(id, urn, name, authority, status)| {
            let is_open = SettingStatus::try_from(status).map_err(Error::unavailable)?.is_open();
            Ok(Known { id, urn: Urn::new(urn).map_err(Error::unavailable)?, name, authority, is_open })
        })
        .collect()
}

const fn word(way: Way) -> &'static str {
    match way {
        Way::Merged => "merged",
        Way::Whole | Way::Split => "whole",
    }
}

/// Computes the lineage of these authorities' schools anew, from what is on record now.
pub(crate) async fn rebuild(conn: &mut Conn, authorities: &[String]) -> Result<()> {
    let links = kept(conn, authorities).await?;
    let mut before: BTreeMap<Uuid, (Uuid, String)> = of(conn, authorities).await?;
    if links.is_empty() && before.is_empty() {
        return Ok(());
    }
    let known = known(conn, authorities).await?;
    let decisions = decisions(conn, authorities).await?;
    let fates = Fates::new(&known, &links, &decisions);
    let mut wanted = Vec::new();
    for (school, fate) in fates.all(&BTreeSet::new()) {
        let Fate::CarriedBy(carrier, way) = fate else { continue };
        let Some(carrier) = fates.school(carrier) else { continue };
        match before.remove(&school.id) {
            Some((current, known)) if current == carrier.id && known == word(way) => {}
            _ => wanted.push((school.id, carrier.id, word(way))),
        }
    }
    let gone: Vec<Uuid> = before.into_keys().collect();
    execute_in!(conn, "DELETE FROM lineage WHERE setting_id IN ", gone, "")?;
    insert_rows!(
        conn,
        "INSERT INTO lineage (setting_id, current_id, way) ",
        wanted,
        |b, row| {
            b.push_bind(row.0).push_bind(row.1).push_bind(row.2);
        },
        " ON CONFLICT (setting_id) DO UPDATE SET current_id = excluded.current_id, way = excluded.way"
    )?;
    Ok(())
}

/// The lineage on record: a setting, who carries it on, and how.
pub(crate) async fn of(conn: &mut Conn, authorities: &[String]) -> Result<BTreeMap<Uuid, (Uuid, String)>> {
    let rows = fetch_in!(
        conn,
        (Uuid, Uuid, String),
        "SELECT l.setting_id, l.current_id, l.way FROM lineage l JOIN setting s ON s.id = l.setting_id
         WHERE s.authority_code IN ",
        authorities,
        ""
    )?;
    Ok(rows.into_iter().map(|(setting, current, way)| (setting, (current, way))).collect())
}

/// What is still to come at a school.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Coming {
    /// Sessions offered or confirmed from today on.
    pub sessions: i64,
    /// Requests that stand, and places on waiting lists.
    pub requests: i64,
    /// Invitations that stand to tours that are not over.
    pub invitations: i64,
    /// People who may act for it.
    pub people: i64,
}

impl Coming {
    /// Whether anything is.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.sessions + self.requests + self.invitations + self.people > 0
    }
}

/// What is still to come at these schools; those with nothing are left out.
pub(crate) async fn coming(conn: &mut Conn, today: NaiveDate, settings: &[Uuid]) -> Result<BTreeMap<Uuid, Coming>> {
    let mut all = BTreeMap::<Uuid, Coming>::new();
    macro_rules! count {
        ($field:ident, $select:expr, $of:literal) => {
            let select = format!($select, today = today);
            for (id, count) in fetch_in!(conn, (Uuid, i64), select.as_str(), settings, concat!(" GROUP BY ", $of))? {
                all.entry(id).or_default().$field += count;
            }
        };
    }
    // The day, no text of anybody's, is written into the statement: the list of values takes the binds.
    count!(
        sessions,
        "SELECT q.setting_id, COUNT(*) FROM
            (SELECT g.setting_id, x.id FROM attending_group g JOIN session x ON x.id = g.session_id
                WHERE x.state IN ('offered', 'confirmed') AND x.on_date >= '{today}'
             UNION SELECT v.venue_id AS setting_id, x.id FROM visit v JOIN session x ON x.visit_id = v.id
                WHERE x.state IN ('offered', 'confirmed') AND x.on_date >= '{today}') q
         WHERE q.setting_id IN ",
        "q.setting_id"
    );
    count!(
        requests,
        "SELECT q.setting_id, COUNT(*) FROM
            (SELECT r.setting_id, r.id FROM request r JOIN tour t ON t.id = r.tour_id
                WHERE r.state IN ('asked', 'placed') AND t.ends >= '{today}'
             UNION ALL SELECT w.setting_id, w.id FROM waiting w JOIN tour t ON t.id = w.tour_id
                WHERE w.state IN ('waiting', 'offered') AND t.ends >= '{today}') q
         WHERE q.setting_id IN ",
        "q.setting_id"
    );
    count!(
        invitations,
        "SELECT i.setting_id, COUNT(*) FROM invitation i JOIN tour t ON t.id = i.tour_id
         WHERE i.state IN ('sent', 'accepted', 'proposed') AND t.ends >= '{today}' AND i.setting_id IN ",
        "i.setting_id"
    );
    for (id, people) in fetch_in!(
        conn,
        (Uuid, i64),
        "SELECT setting_id, COUNT(*) FROM access_grant WHERE revoked_at IS NULL AND setting_id IN ",
        settings,
        " GROUP BY setting_id"
    )? {
        all.entry(id).or_default().people = people;
    }
    Ok(all)
}

/// A school and what became of it, as a list shows it.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The setting.
    pub id: Uuid,
    /// Its URN.
    pub urn: i64,
    /// Its name.
    pub name: String,
    /// The school that carries it on; none while it is asked, and where nobody does.
    pub carrier: Option<(Uuid, String)>,
    /// Whether it was joined with another.
    pub merged: bool,
    /// Of a school that was split and of which nobody has said who carries it on, the URN that is asked about.
    pub asked: Option<i64>,
    /// Of a school that was split and decided about, the same.
    pub decided: Option<i64>,
    /// What is still to come at it.
    pub coming: Coming,
}

/// The authority whose schools are meant.
pub(crate) fn own(actor: &Actor) -> Result<String> {
    actor.authority().map(|code| code.as_str().to_owned()).ok_or(Error::NotFound)
}

/// The schools of the actor's authority that are not open any more and of which something is known or still to come:
/// those with something to decide first, then those with sessions to come.
///
/// # Errors
/// Forbidden; not found for a scope that is no authority.
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Followed>> {
    desk.authorise(actor, Operation::FollowSchools)?;
    let authority = own(actor)?;
    let mut conn = desk.read().await?;
    followed(&mut conn, desk, &authority).await
}

pub(crate) async fn followed(conn: &mut Conn, desk: &Desk, authority: &str) -> Result<Vec<Followed>> {
    let authorities = [authority.to_owned()];
    let (links, decisions) = (kept(conn, &authorities).await?, decisions(conn, &authorities).await?);
    let known = known(conn, &authorities).await?;
    let fates = Fates::new(&known, &links, &decisions);
    let closed: Vec<Uuid> = known.iter().filter(|k| !k.is_open).map(|k| k.id).collect();
    let coming = coming(conn, desk.today(), &closed).await?;
    let undecided = Fates::new(&known, &links, &Decisions::new());
    let none = BTreeSet::new();
    let mut all: Vec<Followed> = fates
        .all(&none)
        .into_iter()
        .map(|(school, fate)| {
            let coming = coming.get(&school.id).copied().unwrap_or_default();
            let mut line = Followed {
                id: school.id,
                urn: school.urn.number(),
                name: school.name.clone(),
                carrier: None,
                merged: false,
                asked: None,
                decided: None,
                coming,
            };
            // Before anybody decided.
            if let Fate::Split { at, .. } = undecided.of(school, &none) {
                match fate {
                    Fate::Split { at, .. } => line.asked = Some(at.number()),
                    _ => line.decided = Some(at.number()),
                }
            }
            if let Fate::CarriedBy(carrier, way) = fate {
                line.carrier = fates.school(carrier).map(|c| (c.id, c.name.clone()));
                line.merged = way == Way::Merged;
            }
            line
        })
        .filter(|line| line.carrier.is_some() || line.asked.is_some() || line.decided.is_some() || line.coming.any())
        .collect();
    all.sort_by_key(|l| (l.asked.is_none(), std::cmp::Reverse((l.coming.sessions, l.coming.any())), l.urn));
    Ok(all)
}

/// What a school's page says of its past and its future.
#[derive(Debug, Clone, Default)]
pub struct Kin {
    /// The schools whose history it carries.
    pub before: Vec<(Uuid, i64, String)>,
    /// The school that carries on its own.
    pub after: Option<(Uuid, i64, String)>,
}

/// The kin of a setting that the caller has found for its actor.
pub(crate) async fn kin(conn: &mut Conn, setting: Uuid) -> Result<Kin> {
    let before = fetch_all!(
        conn,
        (Uuid, i64, String),
        "SELECT s.id, s.urn, s.name FROM lineage l JOIN setting s ON s.id = l.setting_id
         WHERE l.current_id = $1 ORDER BY s.urn",
        setting,
    )?;
    let after = fetch_optional!(
        conn,
        (Uuid, i64, String),
        "SELECT s.id, s.urn, s.name FROM lineage l JOIN setting s ON s.id = l.current_id WHERE l.setting_id = $1",
        setting,
    )?;
    Ok(Kin { before, after })
}

/// A setting within the actor's scope, which is an authority or everything.
async fn found(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<(i64, String, String)> {
    let within = Within::of(actor);
    if within.setting.is_some() || within.trust.is_some() || within.provider.is_some() {
        return Err(Error::NotFound);
    }
    fetch_one!(
        conn,
        (i64, String, String),
        "SELECT COALESCE(s.urn, 0), s.name, s.authority_code FROM setting s
         WHERE s.id = $1 AND ($2 IS NULL OR s.authority_code = $2)",
        id,
        &within.authority,
    )
}

/// Locks an authority's lineage against another decision or import.
async fn lock(conn: &mut Conn, authority: &str) -> Result<()> {
    execute!(conn, "UPDATE authority SET version = version WHERE code = $1", authority)?;
    Ok(())
}

/// When a decision was made, and by whom.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The URN that carries the history; none for nobody.
    pub carrier: Option<i64>,
    /// Who decided; none for the command line.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}
