//! What a new release of the school list, with its links, makes of the schools: for people and scripts to read before
//! anything is changed, and kept with the import.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::lineage::{Fate, LinkType, Order, Way};
use domain::setting::{SettingStatus, Urn};
use intake::matching::Link;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::compare::{FieldChange, School};
use super::plan::Plan;
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::lineage::{self, Coming, Fates, Kept, Known, LinkFigures};

/// What becomes of schools. In each list those with coming sessions stand first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// What the links table changes.
    pub links: LinkFigures,
    /// Rows of the list that are totals of several schools, and were passed over.
    #[serde(default)]
    pub totals: usize,
    /// Whether links were known: without them nobody can say who follows a school.
    pub has_links: bool,
    /// Schools that are in the list for the first time and follow none that was; not kept with the import, which has
    /// its list of added schools.
    #[serde(skip)]
    pub new: Vec<Item>,
    /// Schools that are no longer in the list, or not as open, and of which no open school in the records follows.
    #[serde(default)]
    pub closed: Vec<Item>,
    /// Schools that the list has under another authority's code: they stay as they are.
    #[serde(default)]
    pub moved: Vec<Item>,
    /// How many of these and of [`Self::later`] were, or would be, left as they are until somebody confirms that they closed.
    #[serde(default)]
    pub left: usize,
    /// Schools that the list has as open and the records do not.
    #[serde(default)]
    pub reopened: Vec<Item>,
    /// Schools that the records did not have, and that by the links one that is open there follows already: the list may
    /// be older than what is on record.
    #[serde(default)]
    pub followed: Vec<Item>,
    /// Schools that are not in the list and follow one that it has: by the links they came later.
    #[serde(default)]
    pub later: Vec<Item>,
    /// How many schools lie where the one lay that they follow, since the list does not say it.
    #[serde(default)]
    pub placed: usize,
    /// Schools with another name.
    #[serde(default)]
    pub renamed: Vec<Item>,
    /// Schools that another follows as a whole: it carries their history.
    #[serde(default)]
    pub converted: Vec<Item>,
    /// Schools that were joined with others: the school they are part of carries the history of all.
    #[serde(default)]
    pub merged: Vec<Item>,
    /// Schools that were split. Of those that closed it is asked who carries their history; one that is open, and of which
    /// a school of this list is a part, keeps its own.
    #[serde(default)]
    pub split: Vec<Item>,
}

/// One school and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The setting's key.
    pub setting: Uuid,
    /// Its URN.
    pub urn: i64,
    /// Its name.
    pub name: String,
    /// The name it had, when that is another; of a school that is open again, what it was instead.
    pub was: Option<String>,
    /// Sessions offered or confirmed from today on.
    pub coming_sessions: i64,
    /// Requests that stand, and places on waiting lists.
    pub requests: i64,
    /// Invitations that stand.
    pub invitations: i64,
    /// People who may act for it.
    pub people: i64,
    /// The schools that follow it.
    pub successors: Vec<Successor>,
    /// Whether a person has to say which of them carries its history.
    #[serde(default)]
    pub asked: bool,
    /// Whether the list has it, as closed: then it is closed without anybody's confirming it.
    #[serde(default)]
    pub said_closed: bool,
    /// The code of the authority that the list has it under, where that is another.
    #[serde(default)]
    pub moved_to: Option<String>,
}

/// A school that follows another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// Its URN.
    pub urn: i64,
    /// Its name.
    pub name: String,
    /// How the links table says it; none where other schools lie between.
    pub link: Option<LinkType>,
    /// Since when, by the links table.
    pub since: Option<NaiveDate>,
    /// Whether it is open in the records, or will be.
    pub open: bool,
}

impl Release {
    /// Whether there is anything to show besides new schools.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        [
            &self.closed,
            &self.moved,
            &self.later,
            &self.followed,
            &self.reopened,
            &self.renamed,
            &self.converted,
            &self.merged,
            &self.split,
        ]
        .iter()
        .all(|list| list.is_empty())
    }

    /// Schools of the list that have closed by the records or their links: a release hardly ever opens one again, so that with one of
    /// them the list may well be older than what is on record.
    #[must_use]
    pub fn closed_before(&self) -> usize {
        let closed = SettingStatus::Closed.label();
        self.reopened.iter().filter(|item| item.was.as_deref() == Some(closed)).count() + self.followed.len()
    }

    /// As it is kept with the import.
    pub(super) fn stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What is known of links before and after an import.
#[derive(Default)]
pub(super) struct Linked {
    pub before: Kept,
    pub after: Kept,
    pub figures: LinkFigures,
}

/// The schools as an import leaves them.
pub(super) fn standing(schools: impl Iterator<Item = (Uuid, i64, String, String, bool)>) -> Result<Vec<Known>> {
    schools
        .map(|(id, urn, name, authority, is_open)| {
            Ok(Known { id, urn: Urn::new(urn).map_err(Error::unavailable)?, name, authority, is_open })
        })
        .collect()
}

/// Says of each school that vanished whether the links say who follows it: then it has closed, without anybody's
/// confirming it.
pub(super) fn follow(plan: &mut Plan, fates: &Fates<'_>) {
    let gone = gone(plan);
    for closing in &mut plan.closed {
        let Some(school) = Urn::new(closing.school.urn).ok().and_then(|urn| fates.school(urn)) else { continue };
        closing.is_followed = matches!(fates.of(school, &gone), Fate::CarriedBy(..) | Fate::Split { .. });
    }
}

/// The schools that the list does not have as open, and the records do.
pub(super) fn gone(plan: &Plan) -> BTreeSet<Urn> {
    plan.closed.iter().filter_map(|closing| Urn::new(closing.school.urn).ok()).collect()
}

/// What becomes of the schools; `fates` are none where no links are known.
pub(super) async fn release(
    conn: &mut Conn,
    desk: &Desk,
    plan: &Plan,
    fates: Option<&Fates<'_>>,
    linked: &Linked,
    authorities: &[String],
) -> Result<Release> {
    let mut release = Release { links: linked.figures, has_links: fates.is_some(), ..Release::default() };
    let (renamed, reopened) = (changed(plan, "name"), changed(plan, "status"));
    let reopened = reopened.into_iter().filter(|(school, was)| {
        school.status.is_open() && was.as_deref().is_some_and(|was| CLOSED.map(SettingStatus::label).contains(&was))
    });
    let reopened: Vec<_> = reopened.collect();
    let gone = gone(plan);
    let before = lineage::of(conn, authorities).await?;
    // Those that vanish, and those closed before of which the links say something new.
    let mut fated: Vec<(&Known, Fate)> = fates.map(|f| f.all(&gone)).unwrap_or_default();
    fated.retain(|(school, fate)| {
        gone.contains(&school.urn)
            || match fate {
                Fate::CarriedBy(carrier, _) => {
                    let carrier = fates.and_then(|f| f.school(*carrier)).map(|c| c.id);
                    before.get(&school.id).map(|(current, _)| *current) != carrier
                }
                Fate::Split { .. } => true,
                Fate::Ended | Fate::Outside(_) | Fate::Nobody => false,
            }
    });
    // A part of a school that is open went to one that is new in the list.
    let added: BTreeSet<i64> = plan.added.iter().map(|school| school.urn).collect();
    let mut parted = fates.map(|f| f.split_off(&gone)).unwrap_or_default();
    for (_, parts) in &mut parted {
        parts.retain(|urn| added.contains(&urn.number()));
    }
    parted.retain(|(_, parts)| !parts.is_empty());
    let touched: Vec<Uuid> = renamed
        .iter()
        .chain(&reopened)
        .map(|(school, _)| school.id)
        .chain(plan.closed.iter().map(|closing| closing.school.id))
        .chain(plan.moved.iter().map(|(school, _)| school.id))
        .chain(fated.iter().map(|(school, _)| school.id))
        .chain(parted.iter().map(|(school, _)| school.id))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let coming = lineage::coming(conn, desk.today(), &touched).await?;
    let said: BTreeSet<Uuid> = plan.closed.iter().filter(|c| c.is_said).map(|c| c.school.id).collect();
    let item = |id: Uuid, urn: i64, name: &str, was: Option<String>, successors: Vec<Successor>| {
        let Coming { sessions, requests, invitations, people } = coming.get(&id).copied().unwrap_or_default();
        let name = name.to_owned();
        Item {
            setting: id,
            urn,
            name,
            was,
            coming_sessions: sessions,
            requests,
            invitations,
            people,
            successors,
            asked: false,
            said_closed: said.contains(&id),
            moved_to: None,
        }
    };
    let merging = joined(&fated);
    let back = back(plan, &reopened, fates, &gone);
    let mut followers = BTreeSet::new();
    for (school, fate) in &fated {
        let named = |urns: &[Urn], open: bool| -> Vec<Successor> {
            urns.iter().map(|urn| successor(school, *urn, fates, linked, open)).collect()
        };
        let (list, successors) = match fate {
            Fate::CarriedBy(carrier, way) => {
                followers.insert(carrier.number());
                let is_merged = *way == Way::Merged || merging.contains(carrier);
                (if is_merged { &mut release.merged } else { &mut release.converted }, named(&[*carrier], true))
            }
            Fate::Split { among, .. } => {
                followers.extend(among.iter().map(|urn| urn.number()));
                (&mut release.split, named(among, true))
            }
            Fate::Outside(urns) => (&mut release.closed, named(urns, false)),
            Fate::Ended | Fate::Nobody if back.iter().any(|(_, next)| next.contains(&school.urn)) => {
                (&mut release.later, Vec::new())
            }
            Fate::Ended | Fate::Nobody => (&mut release.closed, Vec::new()),
        };
        let asked = matches!(fate, Fate::Split { .. });
        list.push(Item { asked, ..item(school.id, school.urn.number(), &school.name, None, successors) });
    }
    for (school, parts) in &parted {
        let parts = parts.iter().map(|urn| successor(school, *urn, fates, linked, true)).collect();
        release.split.push(item(school.id, school.urn.number(), &school.name, None, parts));
    }
    if fates.is_none() {
        let closed = plan.closed.iter().map(|c| item(c.school.id, c.school.urn, &c.school.name, None, Vec::new()));
        release.closed = closed.collect();
    }
    let items = |of: Vec<(&School, Option<String>)>| {
        of.into_iter().map(|(s, was)| item(s.id, s.urn, &s.name, was, Vec::new())).collect()
    };
    (release.renamed, release.reopened) = (items(renamed), items(reopened));
    let moved = plan.moved.iter().map(|(school, to)| {
        let moved_to = Some(to.to_string());
        Item { moved_to, ..item(school.id, school.urn, &school.name, None, Vec::new()) }
    });
    release.moved = moved.collect();
    followers.extend(parted.iter().flat_map(|(_, parts)| parts).map(|urn| urn.number()));
    for (school, next) in back.iter().filter(|(school, _)| added.contains(&school.urn.number())) {
        let next = next.iter().map(|urn| successor(school, *urn, fates, linked, true)).collect();
        release.followed.push(item(school.id, school.urn.number(), &school.name, None, next));
    }
    let new = plan.added.iter().filter(|school| !followers.contains(&school.urn));
    release.new = new.map(|s| item(s.id, s.urn, &s.name, None, Vec::new())).collect();
    let Release { closed, moved, later, reopened, renamed, converted, split, .. } = &mut release;
    for list in [closed, moved, later, reopened, renamed, converted, split] {
        list.sort_by_key(|i| (Reverse((i.coming_sessions, i.requests, i.invitations, i.people)), i.urn));
    }
    // Those that became one school stand together.
    let mut most = BTreeMap::<i64, i64>::new();
    let into = |i: &Item| i.successors.first().map_or(0, |s| s.urn);
    for item in &release.merged {
        let most = most.entry(into(item)).or_default();
        *most = (*most).max(item.coming_sessions);
    }
    release.merged.sort_by_key(|i| (Reverse(most.get(&into(i)).copied()), into(i), Reverse(i.coming_sessions), i.urn));
    Ok(release)
}

/// The schools that the list has as open, and the records do not, each with those open on record that follow it by the
/// links: where there are any, the list may be from before these opened.
fn back<'a>(
    plan: &Plan,
    reopened: &[(&School, Option<String>)],
    fates: Option<&Fates<'a>>,
    gone: &BTreeSet<Urn>,
) -> Vec<(&'a Known, Vec<Urn>)> {
    let Some(fates) = fates else { return Vec::new() };
    let urns = plan.added.iter().chain(reopened.iter().map(|(school, _)| *school)).map(|school| school.urn);
    let urns: BTreeSet<Urn> = urns.filter_map(|urn| Urn::new(urn).ok()).collect();
    let next = |school: &Known| match fates.of(school, &urns) {
        Fate::CarriedBy(_, Way::Split) => Vec::new(),
        Fate::CarriedBy(carrier, _) => vec![carrier],
        // A part may have gone to another school long ago.
        Fate::Split { among, .. } => among.into_iter().filter(|urn| gone.contains(urn)).collect(),
        Fate::Outside(_) | Fate::Ended | Fate::Nobody => Vec::new(),
    };
    let schools = urns.iter().filter_map(|urn| fates.school(*urn));
    schools.map(|school| (school, next(school))).filter(|(_, next)| !next.is_empty()).collect()
}

/// What a school is that the records do not have as open.
const CLOSED: [SettingStatus; 2] = [SettingStatus::Closed, SettingStatus::NotInList];

/// The schools of which the list changes a field, each with what it was.
fn changed<'a>(plan: &'a Plan, field: &str) -> Vec<(&'a School, Option<String>)> {
    let was = |fields: &[FieldChange]| Some(fields.iter().find(|f| f.field == field)?.before.clone());
    plan.changed.iter().filter_map(|(school, fields)| Some((school, was(fields)?))).collect()
}

/// Schools that follow more than one other at once.
fn joined(fated: &[(&Known, Fate)]) -> BTreeSet<Urn> {
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for (_, fate) in fated {
        if let Fate::CarriedBy(carrier, _) = fate
            && !once.insert(*carrier)
        {
            twice.insert(*carrier);
        }
    }
    twice
}

fn successor(school: &Known, urn: Urn, fates: Option<&Fates<'_>>, linked: &Linked, open: bool) -> Successor {
    let links = linked.after.get(&school.authority).map(Vec::as_slice).unwrap_or_default();
    // Seen from either; the date of the one that follows is the day on which it opened.
    let from_it = |l: &&Link| {
        l.urn == urn && l.other == school.urn && !matches!(l.kind.hands_over(), Some((Order::OtherAfter, _)))
    };
    let to_it = |l: &&Link| {
        l.urn == school.urn && l.other == urn && !matches!(l.kind.hands_over(), Some((Order::OtherBefore, _)))
    };
    let link = links.iter().find(from_it).or_else(|| links.iter().find(to_it));
    let named = || links.iter().find(|l| l.other == urn).map(|l| l.other_name.clone());
    let name = fates.and_then(|f| f.school(urn)).map(|s| s.name.clone()).or_else(named);
    Successor {
        urn: urn.number(),
        name: name.unwrap_or_else(|| format!("School {urn}")),
        link: link.map(|l| l.kind),
        since: link.and_then(|l| l.since),
        open,
    }
}
