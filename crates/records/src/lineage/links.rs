//! Links on record: kept per authority, so that no tenant's file says what became of another's schools.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::lineage::LinkType;
use domain::setting::Urn;
use intake::matching::Link;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Error, Result};

/// Links by authority.
pub(crate) type Kept = BTreeMap<String, Vec<Link>>;

/// What a links table changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Rows of the file.
    pub read: usize,
    /// Rows that say which school came from which and lead to a school of the authorities: those that are kept.
    pub kept: usize,
    /// Links that were not on record.
    pub added: usize,
    /// Links on record about the same schools that the file no longer has.
    pub removed: usize,
}

/// Whether a link is worth keeping: whether it says which school came from which.
fn is_kept(link: &Link) -> bool {
    link.kind.hands_over().is_some() && link.urn != link.other
}

#[derive(sqlx::FromRow)]
struct Row {
    authority_code: String,
    urn: i64,
    other_urn: i64,
    other_name: String,
    #[sqlx(try_from = "String")]
    kind: LinkType,
    since: Option<NaiveDate>,
}

/// The links on record of these authorities.
pub(crate) async fn kept(conn: &mut Conn, authorities: &[String]) -> Result<Kept> {
    let rows = fetch_in!(
        conn,
        Row,
        "SELECT authority_code, urn, other_urn, other_name, kind, since FROM school_link WHERE authority_code IN ",
        authorities,
        " ORDER BY urn, other_urn, kind"
    )?;
    let mut kept = Kept::new();
    for row in rows {
        let link = Link {
            urn: Urn::new(row.urn).map_err(Error::unavailable)?,
            other: Urn::new(row.other_urn).map_err(Error::unavailable)?,
            other_name: row.other_name,
            kind: row.kind,
            since: row.since,
        };
        kept.entry(row.authority_code).or_default().push(link);
    }
    Ok(kept)
}

/// Deals the links of a file out to the authorities whose schools they lead to, over however many schools between.
fn dealt(file: &[Link], schools: &BTreeMap<Urn, String>) -> Kept {
    let mut groups = Groups::default();
    for link in file.iter().filter(|link| is_kept(link)) {
        groups.join(link.urn, link.other);
    }
    let mut of = HashMap::<usize, BTreeSet<&str>>::new();
    for (urn, authority) in schools {
        if let Some(group) = groups.of(*urn) {
            of.entry(group).or_default().insert(authority);
        }
    }
    let mut dealt = Kept::new();
    let mut seen = BTreeSet::new();
    for link in file.iter().filter(|link| is_kept(link)) {
        if !seen.insert((link.urn, link.other, link.kind)) {
            continue;
        }
        let authorities = groups.of(link.urn).and_then(|group| of.get(&group));
        for authority in authorities.into_iter().flatten() {
            dealt.entry((*authority).to_owned()).or_default().push(link.clone());
        }
    }
    dealt
}

/// The links as a file leaves them: what it says about a school takes the place of what was on record about it; what it
/// does not speak of stays. `schools` are the authorities' schools.
pub(crate) fn replaced(before: &Kept, file: &[Link], schools: &BTreeMap<Urn, String>) -> (Kept, Figures) {
    let mut after = before.clone();
    let mut figures = Figures { read: file.len(), ..Figures::default() };
    for (authority, links) in dealt(file, schools) {
        let spoken_of: BTreeSet<Urn> = links.iter().map(|l| l.urn).collect();
        let known = after.entry(authority).or_default();
        let had: BTreeSet<(Urn, Urn, LinkType)> = known.iter().map(key).collect();
        let has: BTreeSet<(Urn, Urn, LinkType)> = links.iter().map(key).collect();
        figures.kept += links.len();
        figures.added += has.difference(&had).count();
        figures.removed += had.difference(&has).filter(|(urn, ..)| spoken_of.contains(urn)).count();
        known.retain(|l| !spoken_of.contains(&l.urn));
        known.extend(links);
        known.sort_by_key(key);
    }
    (after, figures)
}

fn key(link: &Link) -> (Urn, Urn, LinkType) {
    (link.urn, link.other, link.kind)
}

/// Writes what differs between the links on record and those that are to be.
pub(crate) async fn write(conn: &mut Conn, before: &Kept, after: &Kept) -> Result<()> {
    let mut gone = Vec::new();
    let mut new = Vec::new();
    let none = Vec::new();
    for (authority, links) in after {
        let had = before.get(authority).unwrap_or(&none);
        let same = |one: &Link, all: &[Link]| all.binary_search_by_key(&key(one), key).is_ok_and(|at| all[at] == *one);
        // Both are in the order of their keys.
        let mut sorted = had.clone();
        sorted.sort_by_key(key);
        gone.extend(sorted.iter().filter(|l| !same(l, links)).map(|l| (authority.clone(), l.urn, l.other, l.kind)));
        new.extend(links.iter().filter(|l| !same(l, &sorted)).map(|l| (authority.as_str(), l)));
    }
    if !gone.is_empty() {
        let authorities: Vec<String> = gone.iter().map(|g| g.0.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        let rows = fetch_in!(
            conn,
            (Uuid, String, i64, i64, String),
            "SELECT id, authority_code, urn, other_urn, kind FROM school_link WHERE authority_code IN ",
            authorities,
            ""
        )?;
        let gone: BTreeSet<(String, i64, i64, &str)> =
            gone.into_iter().map(|(a, urn, other, kind)| (a, urn.number(), other.number(), kind.as_str())).collect();
        let ids: Vec<Uuid> = rows
            .into_iter()
            .filter(|(_, authority, urn, other, kind)| gone.contains(&(authority.clone(), *urn, *other, kind.as_str())))
            .map(|(id, ..)| id)
            .collect();
        execute_in!(conn, "DELETE FROM school_link WHERE id IN ", ids, "")?;
    }
    insert_rows!(
        conn,
        "INSERT INTO school_link (id, authority_code, urn, other_urn, other_name, kind, since) ",
        new,
        |b, row| {
            let (authority, link) = row;
            b.push_bind(Uuid::now_v7()).push_bind(*authority).push_bind(link.urn.number());
            b.push_bind(link.other.number()).push_bind(link.other_name.as_str()).push_bind(link.kind.as_str());
            b.push_bind(link.since);
        },
        ""
    )?;
    Ok(())
}

/// Schools that links join, however many lie between.
#[derive(Default)]
struct Groups {
    number: HashMap<Urn, usize>,
    parent: Vec<usize>,
}

impl Groups {
    fn number(&mut self, urn: Urn) -> usize {
        let next = self.parent.len();
        let number = *self.number.entry(urn).or_insert(next);
        if number == next {
            self.parent.push(next);
        }
        number
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, one: Urn, other: Urn) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.root(one), self.root(other));
        self.parent[one] = other;
    }

    fn of(&mut self, urn: Urn) -> Option<usize> {
        let at = *self.number.get(&urn)?;
        Some(self.root(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urn(number: i64) -> Urn {
        Urn::new(100_000 + number).unwrap()
    }

    fn link(one: i64, other: i64, kind: LinkType) -> Link {
        Link { urn: urn(one), other: urn(other), other_name: format!("School {other}"), kind, since: None }
    }

    #[test]
    fn an_authority_keeps_what_leads_to_its_schools() {
        let schools = BTreeMap::from([(urn(3), "380".to_owned()), (urn(9), "381".to_owned())]);
        let file = [
            link(1, 2, LinkType::Successor),
            link(3, 2, LinkType::Predecessor),
            link(3, 4, LinkType::SixthFormCentre),
            link(7, 8, LinkType::Successor),
            link(9, 8, LinkType::Predecessor),
            link(20, 21, LinkType::Successor),
        ];
        let (after, figures) = replaced(&Kept::new(), &file, &schools);
        let kept = |code: &str| after[code].iter().map(|l| (l.urn, l.other)).collect::<Vec<_>>();
        assert_eq!(kept("380"), [(urn(1), urn(2)), (urn(3), urn(2))]);
        assert_eq!(kept("381"), [(urn(7), urn(8)), (urn(9), urn(8))]);
        assert_eq!(figures, Figures { read: 6, kept: 4, added: 4, removed: 0 });

        // A file in part leaves the rest; what it says of a school replaces what was said of it.
        let (again, figures) = replaced(&after, &[link(3, 5, LinkType::Predecessor)], &schools);
        let kept = again["380"].iter().map(|l| (l.urn, l.other)).collect::<Vec<_>>();
        assert_eq!(kept, [(urn(1), urn(2)), (urn(3), urn(5))]);
        assert_eq!(figures, Figures { read: 1, kept: 1, added: 1, removed: 1 });
        assert_eq!(again["381"], after["381"]);
        assert_eq!(replaced(&after, &file, &schools).1, Figures { read: 6, kept: 4, added: 0, removed: 0 });
    }
}
