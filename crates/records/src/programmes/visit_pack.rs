//! The visit pack of a programme: its texts, its uploaded documents, and what of it parents may see.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Operation};
use domain::programme::Status;
use domain::visit_pack::{DocumentKind, MOST_DOCUMENTS, NewDocument, VisitPack};
use serde_json::{Value, json};
use uuid::Uuid;

use super::edit::record;
use super::find;
use crate::Desk;
use crate::authorities::{self, Authority};
use crate::db::Conn;
use crate::error::{Conflict, Error, Result};

/// A document of a visit pack, without the file.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Document {
    /// Its key.
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: DocumentKind,
    /// What readers see.
    pub title: String,
    /// The name to save it by: plain ASCII, ending in `.pdf`.
    pub file_name: String,
    /// Whether parents may read it, signed out.
    pub for_parents: bool,
    /// Bytes of the file.
    pub size: i64,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// What parents may see of a programme, without signing in.
#[derive(Debug, Clone)]
pub struct ForParents {
    /// Whose name and colour head the page.
    pub authority: Authority,
    /// The programme's name.
    pub name: String,
    /// What it is about.
    pub summary: String,
    /// What is shown and taught.
    pub materials: String,
    /// The documents for parents.
    pub documents: Vec<Document>,
}

/// Replaces the texts of a programme's visit pack.
///
/// # Errors
/// Not found; forbidden; texts that are too long; somebody else changed it since `version`.
pub async fn change_visit_pack(desk: &Desk, actor: &Actor, id: Uuid, version: i64, pack: VisitPack) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let pack = pack.check()?;
    let mut conn = desk.write().await?;
    let before = find(&mut conn, actor, id).await?;
    let written = execute!(
        conn,
        "UPDATE programme SET assurance = $3, insurance_expires = $4, risk_assessment = $5, content_notes = $6,
            parent_letter = $7, parent_materials = $8, version = version + 1
         WHERE id = $1 AND version = $2",
        id,
        version,
        &pack.assurance,
        pack.insurance_expires,
        &pack.risk_assessment,
        &pack.content_notes,
        &pack.parent_letter,
        &pack.parent_materials,
    )?;
    if written == 0 {
        return Err(Conflict::Stale.into());
    }
    // The texts name people: the line says how far each had got, not what it said.
    let written = |pack: &VisitPack| {
        json!({ "characters_of_the_visit_pack": {
            "assurance": pack.assurance.chars().count(),
            "insurance_expires": pack.insurance_expires,
            "risk_assessment": pack.risk_assessment.chars().count(),
            "content_notes": pack.content_notes.chars().count(),
            "parent_letter": pack.parent_letter.chars().count(),
            "parent_materials": pack.parent_materials.chars().count(),
        }})
    };
    let was = written(&before.visit_pack());
    record(&mut conn, desk, actor, &before.authority_code, id, was, written(&pack)).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// A programme's documents, by kind and title.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn documents(desk: &Desk, actor: &Actor, programme: Uuid) -> Result<Vec<Document>> {
    desk.authorise(actor, Operation::SeeProgrammes)?;
    let mut conn = desk.read().await?;
    find(&mut conn, actor, programme).await?;
    documents_of(&mut conn, programme).await
}

async fn documents_of(conn: &mut Conn, programme: Uuid) -> Result<Vec<Document>> {
    fetch_all!(
        conn,
        Document,
        "SELECT id, programme_id, kind, title, file_name, for_parents, size, created_at FROM document
         WHERE programme_id = $1 ORDER BY kind, title, id",
        programme,
    )
}

/// One document, without its file.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn document(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Document> {
    desk.authorise(actor, Operation::SeeProgrammes)?;
    let mut conn = desk.read().await?;
    find_document(&mut conn, actor, id).await
}

async fn find_document(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<Document> {
    let document = fetch_one!(
        conn,
        Document,
        "SELECT id, programme_id, kind, title, file_name, for_parents, size, created_at FROM document WHERE id = $1",
        id,
    )?;
    find(conn, actor, document.programme_id).await?;
    Ok(document)
}

/// A document's file.
///
/// # Errors
/// Not found in the actor's scope; forbidden.
pub async fn file(desk: &Desk, actor: &Actor, id: Uuid) -> Result<(Document, Vec<u8>)> {
    desk.authorise(actor, Operation::SeeProgrammes)?;
    let mut conn = desk.read().await?;
    let document = find_document(&mut conn, actor, id).await?;
    let body = fetch_scalar!(conn, Vec<u8>, "SELECT body FROM document WHERE id = $1", id)?;
    Ok((document, body))
}

/// Adds an uploaded document to a programme's visit pack.
///
/// # Errors
/// Not found; forbidden; no PDF, too large, or one too many.
pub async fn add_document(desk: &Desk, actor: &Actor, programme: Uuid, document: NewDocument) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let document = document.check()?;
    let mut conn = desk.write().await?;
    let programme = find(&mut conn, actor, programme).await?;
    execute!(conn, "UPDATE programme SET version = version WHERE id = $1", programme.id)?;
    let held = fetch_scalar!(conn, i64, "SELECT COUNT(*) FROM document WHERE programme_id = $1", programme.id)?;
    if held >= MOST_DOCUMENTS {
        let message = format!("A programme has at most {MOST_DOCUMENTS} documents: remove one first");
        return Err(Error::field("file", message));
    }
    let id = Uuid::now_v7();
    execute!(
        conn,
        "INSERT INTO document (id, programme_id, kind, title, file_name, media_type, for_parents, size, body, created_at)
         VALUES ($1, $2, $3, $4, $5, 'application/pdf', $6, $7, $8, $9)",
        id,
        programme.id,
        document.kind.as_str(),
        &document.title,
        &document.file_name,
        document.for_parents,
        i64::try_from(document.body.len()).map_err(Error::unavailable)?,
        &document.body[..],
        desk.now(),
    )?;
    let after = json!({ "document": document.title, "kind": document.kind, "for_parents": document.for_parents });
    record(&mut conn, desk, actor, &programme.authority_code, programme.id, Value::Null, after).await?;
    desk.commit(conn, id).await?;
    Ok(id)
}

/// Removes a document from its programme's visit pack, whose key is the result.
///
/// # Errors
/// Not found; forbidden.
pub async fn remove_document(desk: &Desk, actor: &Actor, id: Uuid) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditProgramme)?;
    let mut conn = desk.write().await?;
    let document = find_document(&mut conn, actor, id).await?;
    let programme = find(&mut conn, actor, document.programme_id).await?;
    execute!(conn, "DELETE FROM document WHERE id = $1", id)?;
    let before = json!({ "document": document.title, "kind": document.kind, "for_parents": document.for_parents });
    record(&mut conn, desk, actor, &programme.authority_code, programme.id, before, Value::Null).await?;
    desk.commit(conn, programme.id).await?;
    Ok(programme.id)
}

/// What parents may see of a programme, by the address a school passes on: anyone may, signed out.
///
/// # Errors
/// Not found, or still a draft.
pub async fn for_parents(desk: &Desk, programme: Uuid) -> Result<ForParents> {
    let mut conn = desk.read().await?;
    let (authority_code, name, summary, materials) = fetch_one!(
        conn,
        (String, String, String, String),
        "SELECT authority_code, name, summary, parent_materials FROM programme WHERE id = $1 AND status <> $2",
        programme,
        Status::Draft.as_str(),
    )?;
    let mut documents = documents_of(&mut conn, programme).await?;
    documents.retain(|d| d.for_parents);
    let authority = authorities::get(&mut conn, &authority_code).await?;
    Ok(ForParents { authority, name, summary, materials, documents })
}

/// A file that parents may read: its name and content. Anyone may, signed out.
///
/// # Errors
/// Not found, not for parents, or its programme is still a draft.
pub async fn file_for_parents(desk: &Desk, id: Uuid) -> Result<(String, Vec<u8>)> {
    let mut conn = desk.read().await?;
    fetch_one!(
        conn,
        (String, Vec<u8>),
        "SELECT d.file_name, d.body FROM document d JOIN programme p ON p.id = d.programme_id
         WHERE d.id = $1 AND d.for_parents = $2 AND p.status <> $3",
        id,
        true,
        Status::Draft.as_str(),
    )
}
