//! Term dates from a file: what they would change, and the change.

use domain::AcademicYear;
use domain::access::{Actor, Operation};
use domain::term_date::{Stretch, check, terms_of};
use serde_json::json;
use uuid::Uuid;

use super::{Term, authority_of, note, of_authority};
use crate::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};

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

async fn compare(conn: &mut Conn, authority: &str, list: &[Stretch]) -> Result<Preview> {
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

/// What a list of term dates would change, without changing it.
///
/// # Errors
/// Forbidden to all but an administrator.
pub async fn preview(desk: &Desk, actor: &Actor, list: &[Stretch]) -> Result<Preview> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let mut conn = desk.read().await?;
    compare(&mut conn, authority_of(actor)?, list).await
}

/// Replaces the terms of the academic years that the list has terms of.
///
/// # Errors
/// Forbidden to all but an administrator; refused when the list has faults.
pub async fn apply(desk: &Desk, actor: &Actor, list: &[Stretch]) -> Result<String> {
    desk.authorise(actor, Operation::EditAuthority)?;
    let authority = authority_of(actor)?;
    let mut conn = desk.write().await?;
    // Two administrators at once must not add terms that overlap.
    execute!(conn, "UPDATE authority SET version = version WHERE code = $1", authority)?;
    let preview = compare(&mut conn, authority, list).await?;
    if let Some(fault) = preview.faults.first() {
        return Err(Error::refused(fault.clone()));
    }
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
    let said = |name: &str, starts, ends| json!({ "term": name, "starts": starts, "ends": ends });
    let before = preview.removed.iter().map(|t| said(&t.name, t.starts, t.ends)).collect();
    let after = preview.added.iter().map(|t| said(&t.name, t.starts, t.ends)).collect();
    note(&mut conn, desk, actor, before, after).await?;
    desk.commit(conn, authority).await?;
    Ok(authority.to_owned())
}
