//! What an import would write: the schools of a list against the records, and what the links make of them.

use std::collections::{HashMap, HashSet};

use domain::setting::{LaCode, SettingStatus, Urn};
use intake::matching::Links;
use intake::school_list::SchoolList;
use uuid::Uuid;

use super::compare::{self, School};
use super::release::{self, Linked};
use super::{Change, ChangeKind, FieldChange, Job, LinkFigures, Problem, Release, Report, place, store};
use crate::db::Conn;
use crate::error::Result;
use crate::lineage::{self, Fates};

/// What an import would write.
pub(super) struct Plan {
    pub added: Vec<School>,
    pub changed: Vec<(School, Vec<FieldChange>)>,
    pub closed: Vec<Closing>,
    /// Schools of the authorities that the list has, as open, under the code of another.
    pub moved: Vec<(School, LaCode)>,
    pub unchanged: usize,
    pub linked: Linked,
    pub release: Release,
}

/// A school that a list no longer has as open.
pub(super) struct Closing {
    pub school: School,
    pub status: SettingStatus,
    /// The links say which open school follows it: it has closed, whoever confirms it or not.
    pub is_followed: bool,
    /// The list has it, as closed.
    pub is_said: bool,
}

impl Closing {
    /// Whether it has closed for certain, and needs nobody to confirm it: an incomplete file says nothing of a school.
    pub(super) const fn is_certain(&self) -> bool {
        self.is_followed || self.is_said
    }
}

/// The schools on record that a list does not change.
struct Others {
    /// Those that it does not have, by URN.
    rest: HashMap<i64, School>,
    /// Those that are as it has them; none where no links are known.
    unchanged: HashMap<i64, School>,
    /// Only links were sent.
    no_list: bool,
}

/// What was read of the files.
pub(super) struct Read {
    pub list: Option<SchoolList>,
    pub links: Option<Links>,
}

impl Job<'_> {
    /// The authorities that are meant: those of the list; of links alone, the actor's, or all there are.
    pub(super) async fn authorities(&self, conn: &mut Conn, read: &Read) -> Result<Vec<String>> {
        match (&read.list, self.only) {
            (Some(list), _) => Ok(list.authorities.keys().map(ToString::to_string).collect()),
            (None, Some(only)) => Ok(vec![only.as_str().to_owned()]),
            (None, None) => {
                let codes = fetch_all!(conn, (String,), "SELECT code FROM authority ORDER BY code")?;
                Ok(codes.into_iter().map(|(code,)| code).collect())
            }
        }
    }

    /// Compares what was sent with the records.
    pub(super) async fn plan(
        &self,
        conn: &mut Conn,
        read: Read,
        authorities: &[String],
    ) -> Result<std::result::Result<Plan, Vec<Problem>>> {
        let no_list = read.list.is_none();
        let list = read.list.unwrap_or_default();
        let urns: Vec<i64> = list.rows.iter().map(|row| row.urn.number()).collect();
        let mut known = store::known(conn, authorities, &urns).await?;
        let before = lineage::kept(conn, authorities).await?;
        let has_links = read.links.is_some() || !before.is_empty();
        self.progress.begin(list.rows.len());
        let totals = list.totals;
        let own = self.actor.authority();
        let mut problems = Vec::new();
        // The schools as they will stand, wherever links are known.
        let mut standing = Vec::new();
        let mut unchanged = HashMap::new();
        let mut plan = Plan {
            added: Vec::new(),
            changed: Vec::new(),
            closed: Vec::new(),
            moved: Vec::new(),
            unchanged: 0,
            linked: Linked::default(),
            release: Release::default(),
        };
        for row in list.rows {
            let before = known.remove(&row.urn.number());
            if has_links {
                let id = before.as_ref().map(|school| school.id);
                standing.push((id, row.urn.number(), row.name.clone(), row.authority.to_string(), true));
            }
            match before {
                None => plan.added.push(compare::new(row)),
                // One authority cannot take a school out of another's records.
                Some(school) if own.is_some_and(|own| own.as_str() != school.authority_code) => {
                    problems.push(Problem {
                        sheet: list.sheet.clone(),
                        row: Some(row.row),
                        column: Some("LA (code)".to_owned()),
                        message: format!(
                            "The school {} is in the records of authority {}. Ask whoever runs this Callboard to import the list for both.",
                            row.urn, school.authority_code
                        ),
                    });
                }
                Some(before) => {
                    let after = compare::updated(before.clone(), row);
                    if after == before {
                        plan.unchanged += 1;
                        if has_links {
                            unchanged.insert(before.urn, before);
                        }
                    } else {
                        let fields = compare::differences(&before, &after);
                        plan.changed.push((after, fields));
                    }
                }
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        if has_links {
            let rest = known.values();
            standing.extend(
                rest.map(|s| (Some(s.id), s.urn, s.name.clone(), s.authority_code.clone(), s.status.is_open())),
            );
        }
        let said_closed: HashSet<i64> = list.closed.iter().map(|urn| urn.number()).collect();
        let is_open_here =
            |school: &&School| !no_list && school.status.is_open() && authorities.contains(&school.authority_code);
        let moved_to = |school: &School| list.elsewhere.get(&Urn::new(school.urn).ok()?);
        let moved = known.values().filter(is_open_here);
        plan.moved = moved.filter_map(|school| Some((school.clone(), moved_to(school)?.clone()))).collect();
        plan.moved.sort_by_key(|(school, _)| school.urn);
        plan.closed = known
            .values()
            .filter(is_open_here)
            .filter(|school| moved_to(school).is_none())
            .map(|school| {
                let school = school.clone();
                let is_said = said_closed.contains(&school.urn);
                let status = if is_said { SettingStatus::Closed } else { SettingStatus::NotInList };
                Closing { school, status, is_followed: false, is_said }
            })
            .collect();
        plan.closed.sort_by_key(|closing| closing.school.urn);
        let others = Others { rest: known, unchanged, no_list };
        let mut plan = self.follow(conn, plan, others, standing, (before, read.links), authorities).await?;
        plan.release.totals = totals;
        Ok(Ok(plan))
    }

    /// Says what becomes of the schools, by the links on record and those that were sent.
    async fn follow(
        &self,
        conn: &mut Conn,
        mut plan: Plan,
        mut others: Others,
        standing: Vec<(Option<Uuid>, i64, String, String, bool)>,
        (before, sent): (lineage::Kept, Option<Links>),
        authorities: &[String],
    ) -> Result<Plan> {
        let added: HashMap<i64, Uuid> = plan.added.iter().map(|school| (school.urn, school.id)).collect();
        let standing = release::standing(standing.into_iter().filter_map(|(id, urn, name, authority, is_open)| {
            Some((id.or_else(|| added.get(&urn).copied())?, urn, name, authority, is_open))
        }))?;
        let (after, figures) = match &sent {
            Some(links) => {
                let schools = standing.iter().filter(|s| authorities.contains(&s.authority));
                lineage::replaced(&before, links.rows(), &schools.map(|s| (s.urn, s.authority.clone())).collect())
            }
            None => (before.clone(), LinkFigures::default()),
        };
        plan.linked = Linked { before, after, figures };
        let linked = std::mem::take(&mut plan.linked);
        let decisions = lineage::decisions(conn, authorities).await?;
        let has_links = sent.is_some() || !linked.after.is_empty();
        let fates = has_links.then(|| Fates::new(&standing, &linked.after, &decisions));
        if let Some(fates) = &fates {
            release::follow(&mut plan, fates);
        }
        let placed = match &fates {
            Some(fates) if !others.no_list => {
                let gone = release::gone(&plan);
                place::fill(&mut plan, &mut others.unchanged, fates, &gone, &others.rest)
            }
            _ => 0,
        };
        plan.release = release::release(conn, self.desk, &plan, fates.as_ref(), &linked, authorities).await?;
        plan.release.placed = placed;
        for closing in plan.closed.iter_mut().filter(|closing| closing.is_followed) {
            closing.status = SettingStatus::Closed;
        }
        plan.linked = linked;
        Ok(plan)
    }
}

impl Plan {
    pub(super) fn into_report(self, close_missing: bool) -> Report {
        let (added, changed, closed) = (self.added.len(), self.changed.len(), self.closed.len());
        let line = |school: School, kind, fields| Change {
            setting_id: school.id,
            urn: school.urn,
            name: school.name,
            kind,
            fields,
        };
        let mut changes = Vec::with_capacity(added + changed + closed);
        changes.extend(self.added.into_iter().map(|school| line(school, ChangeKind::Added, Vec::new())));
        changes.extend(self.changed.into_iter().map(|(school, fields)| line(school, ChangeKind::Changed, fields)));
        let left = self.closed.iter().filter(|closing| !close_missing && !closing.is_certain());
        let unmarked: HashSet<i64> = left.map(|closing| closing.school.urn).collect();
        changes.extend(self.closed.into_iter().map(|closing| {
            let field = FieldChange {
                field: "status".to_owned(),
                before: Some(SettingStatus::Open.label().to_owned()),
                after: Some(closing.status.label().to_owned()),
            };
            line(closing.school, ChangeKind::Closed, vec![field])
        }));
        Report {
            added,
            changed,
            closed,
            marked: closed > 0 && unmarked.is_empty(),
            unchanged: self.unchanged,
            problems: Vec::new(),
            changes,
            release: Release { left: unmarked.len(), ..self.release },
            new_authorities: Vec::new(),
            import: None,
            differs: false,
            unmarked,
        }
    }
}
