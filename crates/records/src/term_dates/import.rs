//! Term dates from a file: what they would change, and the change.

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::Actor;
use domain::term_date::{Stretch, check, terms_of};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Term, note, of_authority};
use crate::Desk;
use crate::db::Conn;
use crate::error::Result;

/// What a list of term dates would change. It replaces the terms of the academic years that it has terms of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Those academic years.
    pub years: Vec<AcademicYear>,
    /// Terms that would be new, by date.
    pub added: Vec<Stretch>,
    /// Terms of these years that would go.
    pub removed: Vec<Term>,
    /// How many terms stay as they are.
    pub unchanged: usize,
    /// What in the list is neither a term nor a break.
    pub neither: Vec<Stretch>,
    /// What is wrong with its terms, a sentence each.
    pub faults: Vec<String>,
}

impl Preview {
    /// Whether applying it would change anything.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.faults.is_empty() && !(self.added.is_empty() && self.removed.is_empty())
    }
}

/// What a list of term dates would change.
pub(crate) async fn compare(conn: &mut Conn, authority: &str, list: &[Stretch]) -> Result<Preview> {
    let (terms, neither) = terms_of(list);
    let mut preview = Preview { neither, ..Preview::default() };
    if terms.is_empty() {
        preview.faults.push(
            "No line is a term: a term has “term”, “autumn”, “spring” or “summer” in its name and ten days or more"
                .into(),
        );
    }
    let mut taken: Vec<&Stretch> = Vec::new();
    for term in &terms {
        let others = taken.iter().map(|t| (t.name.as_str(), t.starts, t.ends));
        match check(term.starts, term.ends, others) {
            Ok(year) if !preview.years.contains(&year) => preview.years.push(year),
            Ok(_) => {}
            Err(error) => preview.faults.push(format!("“{}”, from {}: {error}", term.name, term.starts)),
        }
        taken.push(term);
    }
    let mut there: Vec<Term> = of_authority(conn, authority).await?;
    there.retain(|t| preview.years.contains(&t.academic_year));
    let same = |t: &Term, s: &Stretch| (t.name.as_str(), t.starts, t.ends) == (s.name.as_str(), s.starts, s.ends);
    preview.unchanged = there.iter().filter(|t| terms.iter().any(|s| same(t, s))).count();
    preview.added = terms.iter().filter(|s| !there.iter().any(|t| same(t, s))).cloned().collect();
    preview.removed = there.into_iter().filter(|t| !terms.iter().any(|s| same(t, s))).collect();
    Ok(preview)
}

/// The terms of the academic years that a list replaced, before and after, for taking it back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stood {
    years: Vec<i64>,
    before: Vec<Kept>,
    after: Vec<Kept>,
}

/// A term as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    id: Uuid,
    year: i64,
    name: String,
    starts: NaiveDate,
    ends: NaiveDate,
}

async fn of_years(conn: &mut Conn, authority: &str, years: &[i64]) -> Result<Vec<Kept>> {
    let terms = of_authority(conn, authority).await?;
    let kept = |t: Term| Kept { id: t.id, year: t.academic_year.into(), name: t.name, starts: t.starts, ends: t.ends };
    Ok(terms.into_iter().map(kept).filter(|term| years.contains(&term.year)).collect())
}

async fn write(conn: &mut Conn, authority: &str, terms: &[Kept]) -> Result<()> {
    insert_rows!(
        conn,
        "INSERT INTO term (id, authority_code, academic_year, name, starts, ends) ",
        terms,
        |b, term| {
            b.push_bind(term.id).push_bind(authority).push_bind(term.year).push_bind(term.name.as_str());
            b.push_bind(term.starts).push_bind(term.ends);
        },
        ""
    )?;
    Ok(())
}

/// Replaces the terms of the academic years that a list has terms of, as a preview without faults says. The authority is
/// locked: two administrators at once must not add terms that overlap.
pub(crate) async fn replace(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    authority: &str,
    preview: &Preview,
) -> Result<Stood> {
    let years: Vec<i64> = preview.years.iter().map(|year| i64::from(*year)).collect();
    let before = of_years(conn, authority, &years).await?;
    let gone: Vec<Uuid> = preview.removed.iter().map(|t| t.id).collect();
    execute_in!(conn, "DELETE FROM term WHERE id IN ", gone, "")?;
    let added: Vec<Kept> = preview
        .added
        .iter()
        .map(|term| Kept {
            id: Uuid::now_v7(),
            year: AcademicYear::containing(term.starts).into(),
            name: term.name.clone(),
            starts: term.starts,
            ends: term.ends,
        })
        .collect();
    write(conn, authority, &added).await?;
    let said = |name: &str, starts, ends| json!({ "term": name, "starts": starts, "ends": ends });
    let removed = preview.removed.iter().map(|t| said(&t.name, t.starts, t.ends)).collect();
    let new = preview.added.iter().map(|t| said(&t.name, t.starts, t.ends)).collect();
    note(conn, desk, actor, authority, removed, new).await?;
    let after = of_years(conn, authority, &years).await?;
    Ok(Stood { years, before, after })
}

/// What was built on a list: the years whose terms are others by now.
pub(crate) async fn built_on(conn: &mut Conn, authority: &str, stood: &Stood) -> Result<Vec<String>> {
    let now = of_years(conn, authority, &stood.years).await?;
    let of = |terms: &[Kept], year: i64| terms.iter().filter(|t| t.year == year).cloned().collect::<Vec<_>>();
    let changed = stood.years.iter().filter(|year| of(&now, **year) != of(&stood.after, **year));
    let name = |year: &i64| AcademicYear::new(*year).map(|year| format!("the terms of {year} were changed")).ok();
    Ok(changed.filter_map(name).collect())
}

/// Puts the terms back that a list replaced. Returns how many it had brought.
pub(crate) async fn put_back(conn: &mut Conn, authority: &str, stood: &Stood) -> Result<usize> {
    let brought: Vec<Uuid> = stood.after.iter().filter(|t| !stood.before.contains(t)).map(|t| t.id).collect();
    execute_in!(conn, "DELETE FROM term WHERE id IN ", brought, "")?;
    let back: Vec<Kept> = stood.before.iter().filter(|t| !stood.after.contains(t)).cloned().collect();
    write(conn, authority, &back).await?;
    Ok(brought.len())
}
