//! Term dates from a file: what they would change, and the change.

use chrono::NaiveDate;
use domain::AcademicYear;
use domain::access::Actor;
use domain::term_date::{Stretch, check, terms_of};
use serde_json::json;
use uuid::Uuid;

use super::{Term, note, of_authority};
use crate::Desk;
use crate::before::{self, Among, Kept, TERM};
use crate::db::Conn;
use crate::error::Result;
use crate::taking_back::{At, Built};

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
            // What cannot be stands in no other's way.
            Err(error) => {
                preview.faults.push(format!("“{}”, from {}: {error}", term.name, term.starts));
                continue;
            }
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

/// Replaces the terms of the academic years that a list has terms of, as a preview without faults says, and keeps what
/// stood there. The authority is locked: two administrators at once must not add terms that overlap.
pub(crate) async fn replace(
    conn: &mut Conn,
    desk: &Desk,
    actor: &Actor,
    (import, authority): (Uuid, &str),
    preview: &Preview,
) -> Result<()> {
    let codes = [authority.to_owned()];
    let before = before::rows(conn, &TERM, "authority_code IN ", Among::Codes(&codes), "").await?;
    let gone: Vec<Uuid> = preview.removed.iter().map(|t| t.id).collect();
    execute_in!(conn, "DELETE FROM term WHERE id IN ", gone, "")?;
    insert_rows!(
        conn,
        "INSERT INTO term (id, authority_code, academic_year, name, starts, ends) ",
        preview.added,
        |b, term| {
            b.push_bind(Uuid::now_v7()).push_bind(authority);
            b.push_bind(i64::from(AcademicYear::containing(term.starts))).push_bind(&term.name);
            b.push_bind(term.starts).push_bind(term.ends);
        },
        ""
    )?;
    let after = before::prints(conn, &TERM, "authority_code IN ", Among::Codes(&codes), "").await?;
    before::keep(conn, import, &TERM, &before, &after).await?;
    let said = |name: &str, starts, ends| json!({ "term": name, "starts": starts, "ends": ends });
    let removed = preview.removed.iter().map(|t| said(&t.name, t.starts, t.ends)).collect();
    let new = preview.added.iter().map(|t| said(&t.name, t.starts, t.ends)).collect();
    note(conn, desk, actor, authority, removed, new).await
}

/// Terms that were added since and overlap those that would come back.
pub(crate) async fn in_the_way(conn: &mut Conn, authority: &str, kept: &[Kept]) -> Result<Vec<Built>> {
    let kept: Vec<&Kept> = kept.iter().filter(|kept| kept.table.name == TERM.name).collect();
    let brought: Vec<Uuid> = kept.iter().flat_map(|kept| kept.added()).collect();
    let days = |column: &str| kept.iter().flat_map(|kept| kept.before::<NaiveDate>(column)).collect::<Vec<_>>();
    let back: Vec<(NaiveDate, NaiveDate)> = days("starts").into_iter().zip(days("ends")).collect();
    let mut now = of_authority(conn, authority).await?;
    now.retain(|term| !brought.contains(&term.id));
    now.retain(|term| back.iter().any(|(starts, ends)| term.starts <= *ends && *starts <= term.ends));
    let phrase = |name: &str| Built::new(format!("the term “{name}” was added"), At::Authority);
    Ok(now.iter().map(|term| phrase(&term.name)).collect())
}
