//! The authenticator app: a second code at signing in, for those whose role sees or changes much (TOTP, RFC 6238).
//!
//! The seed is stored sealed; each code works once.

use domain::access::{Actor, Operation, Scope};
use domain::contact::EmailAddress;
use serde_json::{Value, json};
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::rate_limits::{self, FAILED_APP_CODES};
use crate::sign_in_codes::Next;
use crate::sign_ins::SignedIn;
use crate::{Desk, grants, sign_ins};

const PURPOSE: &str = "totp";

/// Bytes of a seed: what RFC 4226 recommends.
const SEED: usize = 20;

/// What a person types or scans into the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// `otpauth://…`, for the QR picture.
    pub url: String,
    /// The seed in base32, for typing.
    pub key: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    totp_secret: Option<String>,
    is_confirmed: bool,
}

async fn find(conn: &mut Conn, person: Uuid) -> Result<Row> {
    fetch_one!(
        conn,
        Row,
        "SELECT id, email, totp_secret, totp_confirmed_at IS NOT NULL AS is_confirmed FROM person WHERE id = $1",
        person,
    )
}

impl Row {
    fn totp(&self, desk: &Desk) -> Result<Option<Totp>> {
        let Some(sealed) = &self.totp_secret else { return Ok(None) };
        let seed = desk.secret().open(PURPOSE, self.id, sealed)?;
        Builder::new()
            .with_secret(seed)
            .with_account_name(self.email.as_str())
            .with_issuer(Some("Callboard"))
            .build()
            .map(Some)
            .map_err(Error::unavailable)
    }
}

fn person_of(desk: &Desk, actor: &Actor) -> Result<Uuid> {
    desk.authorise(actor, Operation::EditOwnAccount)?;
    actor.person.filter(|_| actor.role.is_privileged()).ok_or(Error::Forbidden(Operation::EditOwnAccount))
}

/// Whether the actor's person has an app that is asked at signing in.
///
/// # Errors
/// Forbidden.
pub async fn has_app(desk: &Desk, actor: &Actor) -> Result<bool> {
    desk.authorise(actor, Operation::SeeOwnSignIns)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::SeeOwnSignIns))?;
    let mut conn = desk.read().await?;
    Ok(find(&mut conn, person).await?.is_confirmed)
}

/// Makes a new seed; it counts once a code made from it is typed ([`confirm`]).
///
/// # Errors
/// Forbidden to roles that are not privileged; there is an app already.
pub async fn begin(desk: &Desk, actor: &Actor) -> Result<()> {
    let person = person_of(desk, actor)?;
    let mut seed = [0_u8; SEED];
    getrandom::fill(&mut seed).map_err(|e| Error::unavailable(e.to_string()))?;
    let sealed = desk.secret().seal(PURPOSE, person, &seed)?;
    let mut conn = desk.write().await?;
    let written = execute!(
        conn,
        "UPDATE person SET totp_secret = $1, totp_last_step = NULL WHERE id = $2 AND totp_confirmed_at IS NULL",
        sealed,
        person,
    )?;
    if written == 0 {
        return Err(Error::refused("You have an authenticator app already. Remove it before you set up another"));
    }
    desk.commit(conn, person).await
}

/// The seed that waits to be confirmed.
///
/// # Errors
/// Forbidden; none waits.
pub async fn enrolment(desk: &Desk, actor: &Actor) -> Result<Enrolment> {
    let person = person_of(desk, actor)?;
    let mut conn = desk.read().await?;
    let row = find(&mut conn, person).await?;
    if row.is_confirmed {
        return Err(Error::NotFound);
    }
    let totp = row.totp(desk)?.ok_or(Error::NotFound)?;
    Ok(Enrolment { url: totp.to_url().map_err(Error::unavailable)?, key: totp.secret().to_base32() })
}

/// Confirms the app by a code from it. From now on it is asked at signing in; every other sign-in of the person ends.
///
/// # Errors
/// Forbidden; a wrong code; no seed waits.
pub async fn confirm(desk: &Desk, actor: &Actor, sign_in: &SignedIn, code: &str) -> Result<()> {
    let person = person_of(desk, actor)?;
    let mut conn = desk.write().await?;
    let row = find(&mut conn, person).await?;
    if row.is_confirmed {
        return Err(Error::NotFound);
    }
    if !try_code(&mut conn, desk, &row, code).await? {
        return wrong(conn, "code", NOT_THE_CODE).await;
    }
    execute!(conn, "UPDATE person SET totp_confirmed_at = $1 WHERE id = $2", desk.now(), person)?;
    execute!(conn, "UPDATE sign_in SET totp_passed = $1 WHERE id = $2", true, sign_in.id)?;
    sign_ins::end_all(&mut conn, desk, person, Some(sign_in.id)).await?;
    note(&mut conn, desk, actor, person, json!({ "authenticator_app": false }), json!({ "authenticator_app": true }))
        .await?;
    desk.commit(conn, person).await
}

/// Removes the app; a code from it proves that its owner asks.
///
/// # Errors
/// Forbidden; a wrong code; there is no app.
pub async fn remove(desk: &Desk, actor: &Actor, code: &str) -> Result<()> {
    desk.authorise(actor, Operation::EditOwnAccount)?;
    let person = actor.person.ok_or(Error::Forbidden(Operation::EditOwnAccount))?;
    let mut conn = desk.write().await?;
    let row = find(&mut conn, person).await?;
    if !row.is_confirmed {
        return Err(Error::NotFound);
    }
    if !try_code(&mut conn, desk, &row, code).await? {
        return wrong(conn, "code", NOT_THE_CODE).await;
    }
    forget(&mut conn, person).await?;
    note(&mut conn, desk, actor, person, json!({ "authenticator_app": true }), json!({ "authenticator_app": false }))
        .await?;
    desk.commit(conn, person).await
}

/// Removes the app of somebody who has lost it, and ends their sign-ins. For the command line: whoever runs the
/// server has made sure who is asking.
///
/// # Errors
/// Forbidden to all but the system; nobody has this address.
pub async fn reset(desk: &Desk, actor: &Actor, address: &EmailAddress) -> Result<()> {
    desk.authorise(actor, Operation::EditPeople)?;
    if actor.scope != Scope::Everything {
        return Err(Error::Forbidden(Operation::EditPeople));
    }
    let mut conn = desk.write().await?;
    let person = fetch_scalar!(conn, Uuid, "SELECT id FROM person WHERE email = $1", address.as_str())?;
    forget(&mut conn, person).await?;
    sign_ins::end_all(&mut conn, desk, person, None).await?;
    note(&mut conn, desk, actor, person, Value::Null, json!({ "authenticator_app": false })).await?;
    desk.commit(conn, person).await
}

async fn forget(conn: &mut Conn, person: Uuid) -> Result<u64> {
    execute!(
        conn,
        "UPDATE person SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL WHERE id = $1",
        person,
    )
}

async fn note(conn: &mut Conn, desk: &Desk, actor: &Actor, person: Uuid, before: Value, after: Value) -> Result<()> {
    let authority = audit::authority_of(conn, actor).await?;
    let change = Change {
        operation: Operation::EditOwnAccount,
        authority: authority.as_deref(),
        record_kind: "person",
        record_id: person.to_string(),
        before,
        after,
    };
    audit::write(conn, desk, actor, change).await
}

const NOT_THE_CODE: &str = "That is not the code the app shows now. Wait for its next one and type that; check that the phone’s clock is right";

/// A wrong code is counted, although nothing else is written.
async fn wrong<T>(conn: Conn, field: &str, message: &str) -> Result<T> {
    conn.commit().await?;
    Err(Error::field(field, message))
}

/// Whether `code` is right, was not used before, and may still be tried. A wrong one is counted.
async fn try_code(conn: &mut Conn, desk: &Desk, row: &Row, code: &str) -> Result<bool> {
    let key = row.id.to_string();
    if rate_limits::is_spent(conn, desk, &FAILED_APP_CODES, &key).await? {
        return Ok(false);
    }
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let time = u64::try_from(desk.now().timestamp()).map_err(Error::unavailable)?;
    if let Some(totp) = row.totp(desk)?
        && let Some(step) = totp.check(&code, time)
    {
        let step = i64::try_from(step).map_err(Error::unavailable)?;
        // The condition is the guard: of two who send the same code at once, one writes.
        let fresh = execute!(
            conn,
            "UPDATE person SET totp_last_step = $1 WHERE id = $2 AND (totp_last_step IS NULL OR totp_last_step < $1)",
            step,
            row.id,
        )?;
        if fresh == 1 {
            return Ok(true);
        }
    }
    rate_limits::count(conn, desk, &FAILED_APP_CODES, &key).await?;
    Ok(false)
}

/// What typing the app's code at signing in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// It was right.
    SignedIn(Next),
    /// It was wrong, used before, or too many were wrong.
    Wrong,
    /// No sign-in waits for it in this browser.
    AskAgain,
}

/// Types the app's code for the sign-in that `token` opens, which waits for it.
///
/// # Errors
/// The database does not answer.
pub async fn pass(desk: &Desk, token: &str, code: &str) -> Result<Passed> {
    let mut conn = desk.write().await?;
    let waiting = sign_ins::waiting_for_app(&mut conn, desk, token).await?;
    let Some((sign_in, person)) = waiting else { return Ok(Passed::AskAgain) };
    let row = find(&mut conn, person).await?;
    if !try_code(&mut conn, desk, &row, code).await? {
        conn.commit().await?;
        return Ok(Passed::Wrong);
    }
    execute!(
        conn,
        "UPDATE sign_in SET totp_passed = $1, last_seen_at = $2, ends_at = $3 WHERE id = $4",
        true,
        desk.now(),
        desk.now() + desk.sign_in_limits().most,
        sign_in,
    )?;
    let next = if grants::of_person(&mut conn, person).await?.len() == 1 { Next::Done } else { Next::ChooseRole };
    conn.commit().await?;
    Ok(Passed::SignedIn(next))
}
